import { applyEdits } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import type { Leak } from '../../graph/leaks.ts'
import type { ReloadModel } from '../../graph/reload.ts'
import type { Candidate } from '../candidate.ts'
import { forms } from './forms.ts'
import type { LintedFile } from '../linted-project.ts'
import { edgeKey } from '../plan-options.ts'

/** How the import of a leak is rewritten within its file. */
export interface LeakRewrite {
  readonly codemod: LeakCodemod
  /** A `fix` or a `suggest`, with edits of the file as it is on disk. */
  readonly candidate: Candidate
  /** How many files of the leak are hot then; those that are imported lazily are boundaries. */
  readonly frees: number
}

/** The codemods that need no more than the file itself. */
type LeakCodemod = 'type-imports' | 'direct-imports' | 'deferred-imports'

const IN_FILE: readonly string[] = ['type-imports', 'direct-imports', 'deferred-imports'] satisfies LeakCodemod[]

/** The files as they were when the reload model was computed, so that one plan of the project serves all its leaks. */
const trees = new WeakMap<ReloadModel, FileTree>()

/** The rewrite of a leak's import that frees most, of those that are surest; undefined when there is none. */
export function rewriteOfLeak({ project, server, analysis, path }: LintedFile, leak: Leak): LeakRewrite | undefined {
  const model = server.reload()
  let tree = trees.get(model)
  if (!tree) trees.set(model, (tree = createFileTree()))
  const cuts = new Set([edgeKey(path, leak.specifier)])
  const found: LeakRewrite[] = []
  for (const { codemod, plan } of forms) {
    if (!isInFile(codemod)) continue
    for (const file of plan(project, tree, { cuts })) {
      const candidates = file.path === path ? file.candidates.filter(({ edits }) => edits.length > 0) : []
      const [candidate] = candidates
      // Two imports of one module are no single rewrite.
      if (!candidate || candidates.length > 1 || !/^(?:fix|suggest)$/.test(candidate.verdict)) continue
      const lazy = codemod === 'deferred-imports' ? candidate.targets : []
      const texts = new Map([[path, applyEdits(file.text, candidate.edits)]])
      const then = server.reloadAs(texts, (module) => analysis.isBoundary(module) || lazy.includes(module))
      const frees = leak.frees.filter((freed) => then.outcomes.get(freed) === 'hot').length
      if (frees > 0) found.push({ codemod, candidate, frees })
    }
  }
  const sure = found.filter(({ candidate }) => candidate.verdict === 'fix')
  return (sure.length > 0 ? sure : found).sort((a, b) => b.frees - a.frees)[0]
}

function isInFile(codemod: string): codemod is LeakCodemod {
  return IN_FILE.includes(codemod)
}
