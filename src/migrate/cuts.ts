import { codemods } from '../../codemods/index.ts'
import type { Codemod } from '../../codemods/codemod.ts'
import { createFileTree, type FileTree } from '../edits/tree.ts'
import { coverageOf } from '../graph/coverage.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Analysis } from '../lazy/analysis.ts'
import { chooseCuts, type PlannedCut } from '../lazy/cuts.ts'
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
  const wanted = target / 100
  const taken: PlannedCut[] = []
  /** By path: cuts that free nothing when they are made. */
  const refused = new Set<string>()
  for (;;) {
    const now = hotShare(project, analysisOf(tree).reloadThen())
    if (now >= wanted) return taken
    const aim = { allowed, isRefused: (path: string) => refused.has(path) }
    const isEnough = (then: ReloadModel): boolean => hotShare(project, then) >= wanted
    const { cuts, then } = chooseCuts(project, tree, options, { ...aim, isEnough })
    const [first] = cuts
    if (!first) return taken
    // Together, where they keep what they promise; else the best of them alone.
    const promised = Math.min(wanted, hotShare(project, then))
    if (!(await attempt(cuts, promised)) && !(await attempt([first], now + Number.EPSILON))) refused.add(first.path)
  }

  function analysisOf(state: FileTree): Analysis {
    return planProject(project, state, options).analysis
  }

  /** @returns whether at least that share of the files is hot with these cuts, and they were made. */
  async function attempt(cuts: readonly PlannedCut[], share: number): Promise<boolean> {
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
    if (hotShare(project, analysisOf(above).reloadThen()) < share) return false
    for (const { path, after } of above.changes()) tree.write(path, after)
    for (const work of works) keep(work)
    taken.push(...cuts)
    return true
  }
}

/** The share of the files that are hot, 0 to 1. */
function hotShare({ root }: Project, model: ReloadModel): number {
  const { hot, total } = coverageOf(model, true, [], root).files
  return total === 0 ? 1 : hot / total
}
