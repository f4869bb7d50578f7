import { applyEdits, type Edit } from '../edits/text.ts'
import type { FileTree } from '../edits/tree.ts'
import type { Project } from '../project/project.ts'
import type { Candidate } from './candidate.ts'
import { writeHotFile } from './hot-file.ts'
import type { PlanOptions } from './plan-options.ts'
import { planProject } from './project-plan.ts'

/** What was rewritten: absolute paths, and how many imports that is. */
export interface MadeValuesRewritten {
  readonly files: readonly string[]
  readonly edits: number
}

/**
 * Has what factories and constructors make in the files that register it made at the first request, and writes the
 * file that holds `fromModule`. The other fixes of the modules that are made lazy so are applied with it: a static
 * import that is left would keep them cold.
 */
export function rewriteMadeValues(project: Project, tree: FileTree, options: PlanOptions = {}): MadeValuesRewritten {
  const { files } = planProject(project, tree, { ...options, values: true })
  const fixes = files.flatMap(({ candidates }) => candidates.filter(({ verdict }) => verdict === 'fix'))
  const targets = new Set(fixes.flatMap((fix) => (fix.fromModule ? fix.targets : [])))
  if (targets.size === 0) return { files: [], edits: 0 }
  const changed: string[] = []
  let edits = 0
  for (const { path, text, candidates } of files) {
    const own = candidates.filter(
      (candidate) => candidate.verdict === 'fix' && candidate.targets.some((target) => targets.has(target)),
    )
    if (own.length === 0) continue
    tree.write(path, applyEdits(text, [...neededBy(own), ...own.flatMap((candidate) => candidate.edits)]))
    changed.push(path)
    edits += own.length
  }
  changed.push(...writeHotFile(project, tree))
  return { files: changed, edits }
}

/** The import of `fromModule`, once. */
function neededBy(candidates: readonly Candidate[]): readonly Edit[] {
  const needed = candidates.find(({ fromModule }) => fromModule?.edit !== undefined)?.fromModule?.edit
  return needed ? [needed] : []
}
