import { applyEdits, positionAt } from '../edits/text.ts'
import type { FileTree } from '../edits/tree.ts'
import { isLink } from '../project/files.ts'
import type { Project } from '../project/project.ts'
import { fileRewrites, openModule } from './file-rewrite.ts'
import type { FileRewriteName } from './file-rewrite-name.ts'
import { writeHotFile } from './hot-file.ts'
import type { PlanOptions } from './plan-options.ts'
import { analyseProject, planProject } from './project-plan.ts'
import { writeFixes } from './write-fixes.ts'

export interface RewrittenProject {
  readonly files: readonly string[]
  readonly edits: number
  readonly notes: readonly {
    readonly kind: 'info'
    readonly message: string
    readonly path: string
    readonly line: number
  }[]
}

/** Runs one of the file rewrites over every file of the project, as `tree` has it, and writes the results to `tree`. */
export function rewriteProject(
  name: FileRewriteName,
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
): RewrittenProject {
  if (name === 'lazy-imports') return applyPlan(project, tree, options)
  const analysis = analyseProject(project, tree, { values: true })
  const files: string[] = []
  const notes: RewrittenProject['notes'][number][] = []
  let count = 0
  let isHotFileNeeded = false
  for (const path of analysis.server.files()) {
    const text = analysis.modules.text(path)
    if (text === undefined || !analysis.canHoldCandidate(path) || isLink(path) || options.leave?.has(path)) continue
    const module = openModule(project, analysis, path, text)
    if ('message' in module) continue
    const { edits, count: done, left, needsHotFile } = fileRewrites[name](module)
    isHotFileNeeded ||= needsHotFile === true
    notes.push(
      ...left.map(({ message, offset }) => ({
        kind: 'info' as const,
        message,
        path,
        line: positionAt(text, offset).line,
      })),
    )
    if (edits.length === 0) continue
    tree.write(path, applyEdits(text, edits))
    files.push(path)
    count += done
  }
  if (isHotFileNeeded) files.push(...writeHotFile(project, tree))
  return { files, edits: count, notes }
}

/** The plan is made for all files before any is edited, since one file may forbid another's fix. */
function applyPlan(project: Project, tree: FileTree, options: PlanOptions): RewrittenProject {
  const { files, fixes } = writeFixes(planProject(project, tree, options).files, tree, ({ fromModule }) => !fromModule)
  return { files, edits: fixes.length, notes: [] }
}
