import { count } from '../edits/text.ts'
import { createFileTree, UnreadableFile, type FileTree } from '../edits/tree.ts'
import { percent } from '../graph/coverage.ts'
import type { Cut } from '../graph/cuts.ts'
import type { Importer } from '../graph/reload.ts'
import type { CutChange, CutVerdict } from '../graph/report.ts'
import type { PlannedCut, PlannedImport } from '../lazy/cuts/cuts.ts'
import type { BootUse } from '../graph/boot-use.ts'
import type { Project } from '../project/project.ts'
import type { Diagnosis } from './diagnose.ts'

/** A cut, as it is shown. Paths of places are relative to the project's root, with `/`. */
export interface DescribedCut {
  /** The module that would be imported lazily; absolute. */
  readonly path: string
  /** Hot modules import it statically too, so a module that only exports it again is imported in its place. */
  readonly reexported: boolean
  readonly imports: readonly DescribedImport[]
  /** Those that are lazy already, and need a boundary only. */
  readonly lazy: readonly Place[]
  /** The modules that turn hot, `path` first; absolute. */
  readonly frees: readonly string[]
  /** How many of the last edits that git knows of were of those. */
  readonly edits: number
  /** Of the import that is least sure. */
  readonly verdict: CutVerdict
}

export interface Place {
  readonly path: string
  readonly line: number
  readonly specifier: string
}

/** An import that has to change, and how. */
export type DescribedImport = Place & Omit<CutChange, 'import'>

/** How many imports a cut may change at least; with more than it frees files it is a migration. */
const IMPORTS = 3

/** What these cuts change and free, and which codemods make them. The planner is loaded for it. */
export async function describeCuts(cuts: readonly Cut[], diagnosis: Diagnosis): Promise<DescribedCut[]> {
  if (cuts.length === 0) return []
  const { server, places, edits } = diagnosis
  const { importers } = server.reload()
  const [planned, { explainReason }] = await Promise.all([plannedCuts(cuts, diagnosis), import('../lazy/reasons.ts')])
  const placeOf = ({ path, specifier, dynamic }: Importer): Place => ({
    path: places.name(path),
    line: places.line(path, specifier, dynamic),
    specifier,
  })
  const describeImport = ({ path, line, specifier, codemod, candidate, obstacle }: PlannedImport): DescribedImport => {
    const place = { path: places.name(path), line, specifier }
    if (codemod === undefined || !candidate || candidate.verdict === 'done') {
      const message = obstacle ? explainReason(obstacle.reason, obstacle.detail) : UNKNOWN
      return { ...place, codemod: null, verdict: 'leave', reason: obstacle?.reason ?? null, message }
    }
    const { verdict, reason, also = [] } = candidate
    const conditions = [candidate, ...(verdict === 'suggest' ? also : [])]
    const message = conditions.map((condition) => explainReason(condition.reason, condition.detail)).join(' ')
    return { ...place, codemod, verdict, reason, message }
  }
  return planned.map((cut) => ({
    path: cut.path,
    reexported: cut.reexported,
    imports: cut.imports.map(describeImport),
    lazy: (importers.get(cut.path) ?? []).filter(({ lazy }) => lazy).map(placeOf),
    frees: cut.frees,
    edits: cut.frees.reduce((sum, path) => sum + (edits.get(path) ?? 0), 0),
    verdict: cut.verdict,
  }))
}

const UNKNOWN = 'No codemod rewrites this import.'

/** The files as they are when they are first asked for, so that one plan of the project serves all that is asked. */
const trees = new WeakMap<Project, FileTree>()

function treeOf(project: Project): FileTree {
  let tree = trees.get(project)
  if (!tree) trees.set(project, (tree = createFileTree()))
  return tree
}

/** See {@link usedAtBoot}; none where a file of the project cannot be read. The planner is loaded for it. */
export async function bootUses({ project }: Diagnosis): Promise<ReadonlyMap<string, BootUse>> {
  const [{ usedAtBoot }, { planProject }] = await Promise.all([
    import('../lazy/cuts/used-at-boot.ts'),
    import('../lazy/project-plan.ts'),
  ])
  try {
    return usedAtBoot(planProject(project, treeOf(project)).analysis)
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    return new Map()
  }
}

/** A project that cannot be planned, since a file of it cannot be read, still has cuts: doctor says which file it is. */
async function plannedCuts(cuts: readonly Cut[], { project, places }: Diagnosis): Promise<readonly PlannedCut[]> {
  const { withForms } = await import('../lazy/cuts/cuts.ts')
  try {
    return withForms(cuts, project, treeOf(project))
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    return cuts.map((cut) => ({
      ...cut,
      imports: cut.imports.map((found) => ({
        ...found,
        line: places.line(found.path, found.specifier, found.dynamic),
      })),
      verdict: 'leave',
    }))
  }
}

/** `18 files turn hot, 6 % of your last 500 edits`. @param total how many edits were counted. */
export function describeGain(files: number, edits: number, total: number): string {
  const share = total === 0 ? '' : `, ${percent({ hot: edits, total })} of your last ${count(total, 'edit')}`
  return `${files} ${files === 1 ? 'file turns' : 'files turn'} hot${share}`
}

/** The surest first; of the same verdict in the order they have. */
export function bySureness(a: DescribedCut, b: DescribedCut): number {
  return SURE.indexOf(a.verdict) - SURE.indexOf(b.verdict)
}

const SURE: readonly CutVerdict[] = ['fix', 'suggest', 'leave']

/**
 * The cuts of a diagnosis that are worth a person's time, best first: none that changes more imports than it is worth,
 * none of what the start of the server uses, and none whose modules one before it frees that is as sure.
 *
 * @param most how many.
 */
export async function worthwhileCuts(diagnosis: Diagnosis, most: number): Promise<DescribedCut[]> {
  const { ranked } = diagnosis.cuts
  const uses = ranked.length > 0 ? await bootUses(diagnosis) : new Map<string, BootUse>()
  const cheap = ranked.filter(
    ({ path, frees, imports }) => !uses.has(path) && imports.length <= Math.max(frees.length, IMPORTS),
  )
  const shown: DescribedCut[] = []
  for (const cut of await describeCuts(cheap, diagnosis)) {
    const isCovered = shown.some(
      (other) => bySureness(other, cut) <= 0 && cut.frees.every((path) => other.frees.includes(path)),
    )
    if (!isCovered) shown.push(cut)
    if (shown.length === most) break
  }
  return shown
}
