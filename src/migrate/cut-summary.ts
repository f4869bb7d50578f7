import { applyEdits } from '../edits/text.ts'
import { EDITS } from '../graph/coverage.ts'
import { changeable, findCuts } from '../graph/cuts.ts'
import { createPlaces } from '../graph/places.ts'
import type { Analysis } from '../lazy/analysis.ts'
import type { PlannedCut, PlannedImport } from '../lazy/cuts/cuts.ts'
import { explainReason } from '../lazy/reasons.ts'
import type { Project } from '../project/project.ts'
import type { CutChoice, CutImport, CutSummary } from './cut.ts'
import { nameIn } from './import.ts'

/** @param edits the last edits that count: absolute paths. */
export function reportCut(
  project: Project,
  { path, imports, frees }: PlannedCut,
  edits: readonly string[],
): CutSummary {
  const freed = new Set(frees)
  return {
    path: nameIn(project, path),
    imports: imports.map((found) => reportImport(project, found)),
    files: freed.size,
    edits: edits.filter((edited) => freed.has(edited)).length,
  }
}

function reportImport(project: Project, { path, line, specifier, codemod, candidate }: PlannedImport): CutImport {
  const place = { path: nameIn(project, path), line, specifier }
  if (!candidate || candidate.verdict === 'done' || codemod === undefined) return place
  const { verdict, reason, detail } = candidate
  return { ...place, codemod, verdict, reason, message: explainReason(reason, detail) }
}

/** @param edits as for {@link reportCut}. */
export function choiceOfCut(project: Project, cut: PlannedCut, edits: readonly string[]): CutChoice {
  return {
    kind: 'cut',
    report: reportCut(project, cut, edits),
    texts: () =>
      cut.imports.map(({ text = '', candidate }) => ({
        before: text,
        after: applyEdits(text, candidate?.edits ?? []),
      })),
  }
}

/** How many files a cut frees at least to be worth a line. */
const FREES = 2

/**
 * The cuts that would free most of what restarts still, by the graph alone. No file is planned for it.
 *
 * @param isNeeded whether a module, absolute, is to restart.
 */
export function cutsLeft(
  project: Project,
  analysis: Analysis,
  edits: readonly string[],
  most: number,
  isNeeded: (path: string) => boolean,
): CutSummary[] {
  const { server, modules } = analysis
  const counts = new Map<string, number>()
  for (const path of edits.slice(0, EDITS)) counts.set(path, (counts.get(path) ?? 0) + 1)
  const { ranked } = findCuts(analysis.reloadThen(), {
    ...changeable(server),
    weight: (path) => 100 * (counts.get(path) ?? 0) + 1,
  })
  const places = createPlaces(server.root, modules)
  const shown: PlannedCut[] = []
  for (const cut of ranked) {
    if (shown.length === most) break
    const isWorthIt = cut.frees.length >= FREES && cut.imports.length <= cut.frees.length && cut.imports.length > 0
    if (!isWorthIt || isNeeded(cut.path) || shown.some(({ frees }) => frees.includes(cut.path))) continue
    const imports = cut.imports.map((found) => ({
      ...found,
      line: places.line(found.path, found.specifier, found.dynamic),
    }))
    shown.push({ ...cut, imports, verdict: 'leave' })
  }
  return shown.map((cut) => reportCut(project, cut, edits))
}
