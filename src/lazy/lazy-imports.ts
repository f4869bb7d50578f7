import type { OpenModule, Rewritten } from './file-rewrite.ts'
import { plan } from './plan.ts'

/** The fixes of the lint rules, for one file. */
export function rewriteLazyImports({ analysis, path, ...module }: OpenModule): Rewritten {
  const fixes = analysis
    .settle(path, plan({ ...module, facts: analysis.facts(path) }))
    .filter(({ verdict }) => verdict === 'fix')
  return { edits: fixes.flatMap(({ edits }) => edits), count: fixes.length, left: [] }
}
