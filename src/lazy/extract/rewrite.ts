import type { FileTree } from '../../edits/tree.ts'
import type { Project } from '../../project/project.ts'
import type { Condition } from '../candidate.ts'
import type { PlanOptions } from '../plan-options.ts'
import type { RewrittenProject } from '../rewrite-project.ts'
import { planExtractions, type Extraction } from './plan.ts'
import { openTypeCheck } from './type-check.ts'

/**
 * Moves inline handlers to modules of their own, in `tree`. What would add a type error stays where it is.
 *
 * @returns the files that changed and those that are new; how many functions moved; and which did not, and why.
 */
export function rewriteExtractions(project: Project, tree: FileTree, options: PlanOptions = {}): RewrittenProject {
  const refused = new Map<string, Map<number, Condition>>()
  for (;;) {
    const { extractions, notes } = planExtractions(project, tree, options, refused)
    const chosen = options.cuts ? extractions : extractions.filter(({ frees }) => frees)
    const wrong = typeErrors(project, tree, chosen)
    if (wrong.length === 0) return write(tree, chosen, notes)
    for (const { path, offset, condition } of wrong)
      refused.set(path, new Map(refused.get(path)).set(offset, condition))
  }
}

function write(tree: FileTree, chosen: readonly Extraction[], notes: RewrittenProject['notes']): RewrittenProject {
  for (const { path, text, module } of chosen) {
    tree.write(path, text)
    tree.write(module.path, module.text)
  }
  return {
    files: chosen.flatMap(({ path, module }) => [path, module.path]),
    edits: chosen.reduce((sum, { names }) => sum + names.size, 0),
    notes,
  }
}

interface Wrong {
  readonly path: string
  readonly offset: number
  readonly condition: Condition
}

/** The functions that could not move without a type error; all of a file where the error is in none of them. */
function typeErrors(project: Project, tree: FileTree, extractions: readonly Extraction[]): Wrong[] {
  const typed = extractions.filter(({ path }) => /\.[cm]?tsx?$/.test(path))
  const check = typed.length > 0 ? openTypeCheck(project.root, tree) : undefined
  if (!check) return []
  return typed.flatMap((extraction) => {
    const { path, text, module, names } = extraction
    const added = check.errorsAdded(path, text, module)
    if (added.length === 0) return []
    const functions = [...names].filter(([, name]) => added.some((error) => error.within === name))
    return (functions.length > 0 ? functions : [...names]).map(([offset, name]) => ({
      path,
      offset,
      condition: { reason: 'typed-handler', detail: name },
    }))
  })
}
