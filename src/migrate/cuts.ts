import { codemods } from '../../codemods/index.ts'
import type { Codemod } from '../../codemods/codemod.ts'
import { createFileTree, type FileTree } from '../edits/tree.ts'
import { coverageOf, reaches, type Share } from '../graph/coverage.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Analysis } from '../lazy/analysis.ts'
import { chooseCuts, type PlannedCut } from '../lazy/cuts/cuts.ts'
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
  /** Modules that are not cut, absolute. */
  readonly declined: readonly string[]
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
  { project, options, target, declined, allowed, round }: Cutting,
  keep: (work: Work) => void,
): Promise<PlannedCut[]> {
  const taken: PlannedCut[] = []
  /** By path: cuts that nobody wants, or that free nothing when they are made. */
  const refused = new Set(declined)
  for (;;) {
    const now = hotFiles(project, analysisOf(tree).reloadThen())
    if (reaches(now, target)) return taken
    const aim = { allowed, isRefused: (path: string) => refused.has(path) }
    const isEnough = (then: ReloadModel): boolean => reaches(hotFiles(project, then), target)
    const { cuts, then } = chooseCuts(project, tree, options, { ...aim, isEnough })
    const [first] = cuts
    if (!first) return taken
    // Together, where they keep what they promise; else the best of them alone.
    const promised = Math.max(now.hot + 1, hotFiles(project, then).hot)
    if (!(await attempt(cuts, promised)) && !(await attempt([first], now.hot + 1))) refused.add(first.path)
  }

  function analysisOf(state: FileTree): Analysis {
    return planProject(project, state, options).analysis
  }

  /** @returns whether at least so many files are hot with these cuts, and they were made. */
  async function attempt(cuts: readonly PlannedCut[], least: number): Promise<boolean> {
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
    if (hotFiles(project, analysisOf(above).reloadThen()).hot < least) return false
    for (const { path, after } of above.changes()) tree.write(path, after)
    for (const work of works) keep(work)
    taken.push(...cuts)
    return true
  }
}

function hotFiles({ root }: Project, model: ReloadModel): Share {
  return coverageOf(model, true, [], root).files
}
