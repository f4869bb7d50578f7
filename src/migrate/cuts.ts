import { codemods } from '../../codemods/index.ts'
import type { Codemod } from '../../codemods/codemod.ts'
import { createFileTree, type FileTree } from '../edits/tree.ts'
import { coverageOf, type Share } from '../graph/coverage.ts'
import { chooseCuts, planCuts, type PlannedCut } from '../lazy/cuts.ts'
import { edgeKey, type PlanOptions } from '../lazy/plan-options.ts'
import { planProject } from '../lazy/project-plan.ts'
import type { Project } from '../project/project.ts'
import { untilSettled, workOf, type Work } from './work.ts'

/** What a project is cut with. */
export interface Cutting {
  readonly project: Project
  readonly options: PlanOptions
  /** Percent of the files that are to be hot. */
  readonly target: number
  /** The codemods that may make cuts, by name. */
  readonly allowed: ReadonlySet<string>
  /** The codemods that run after each cut, until they find nothing more. */
  readonly round: readonly Codemod[]
}

/**
 * Makes the fewest cuts that turn as many files hot as is asked for, of those that are proven safe. Each is tried on a
 * tree over `tree` first, and not made where hot-hook would reload no more files for it.
 *
 * @param keep takes what was done; `tree` has it already.
 * @returns the cuts that were made.
 */
export async function takeCuts(
  tree: FileTree,
  { project, options, target, allowed, round }: Cutting,
  keep: (work: Work) => void,
): Promise<PlannedCut[]> {
  const taken: PlannedCut[] = []
  /** By path: cuts that free nothing when they are made. */
  const refused = new Set<string>()
  for (;;) {
    const now = hotFiles(project, tree, options)
    const wanted = Math.ceil((now.total * target) / 100) - now.hot
    if (wanted <= 0) return taken
    const possible = planCuts(project, tree, options).filter(({ imports }) =>
      imports.every(({ codemod }) => codemod !== undefined && allowed.has(codemod)),
    )
    const chosen = chooseCuts(possible, wanted, (path) => refused.has(path))
    const [first] = chosen
    if (!first) return taken
    // Together, where they keep what they promise; else the best of them alone.
    const expected = now.hot + Math.min(wanted, new Set(chosen.flatMap(({ frees }) => frees)).size)
    if (!(await attempt(chosen, expected)) && !(chosen.length > 1 && (await attempt([first], now.hot + 1))))
      refused.add(first.path)
  }

  /** @returns whether at least `expected` files are hot with these cuts, and they were made. */
  async function attempt(cuts: readonly PlannedCut[], expected: number): Promise<boolean> {
    const above = createFileTree(tree)
    const works: Work[] = []
    const imports = cuts.flatMap((cut) => cut.imports)
    const edges = new Set(imports.map(({ path, specifier }) => edgeKey(path, specifier)))
    const names = new Set(imports.map(({ codemod }) => codemod))
    for (const codemod of codemods.filter(({ name }) => names.has(name)))
      works.push(await workOf(codemod, project, above, { ...options, cuts: edges }))
    await untilSettled(above, async () => {
      for (const codemod of round) works.push(await workOf(codemod, project, above, options))
    })
    if (hotFiles(project, above, options).hot < expected) return false
    for (const { path, after } of above.changes()) tree.write(path, after)
    for (const work of works) keep(work)
    taken.push(...cuts)
    return true
  }
}

/** The files that are hot once hot-hook-config has covered what is imported lazily. */
function hotFiles(project: Project, tree: FileTree, options: PlanOptions): Share {
  const { analysis } = planProject(project, tree, options)
  return coverageOf(analysis.reloadThen(), true, [], project.root).files
}
