import type { FileTree } from '../edits/tree.ts'
import { changeable, findCuts, type Cut } from '../graph/cuts.ts'
import { createPlaces } from '../graph/places.ts'
import type { Importer } from '../graph/reload.ts'
import type { Project } from '../project/project.ts'
import type { Candidate, Verdict } from './candidate.ts'
import { forms } from './forms.ts'
import { edgeKey, type PlanOptions } from './plan-options.ts'
import { planProject } from './project-plan.ts'

/** A cut, and how each of its imports is rewritten. */
export interface PlannedCut extends Omit<Cut, 'imports'> {
  readonly imports: readonly PlannedImport[]
  /** Of the import that is least sure. `leave` where one of them has no form. */
  readonly verdict: Exclude<Verdict, 'done'>
}

/** An import of a cut. */
export interface PlannedImport extends Importer {
  /** 1-based; 0 when not known. */
  readonly line: number
  /** The codemod that rewrites it, and what becomes of it there; undefined when none knows the import. */
  readonly codemod?: string
  readonly candidate?: Candidate
}

/** The order of verdicts, the surest first. */
const SURE: readonly Verdict[] = ['fix', 'suggest', 'leave']

/**
 * The cuts of a project as `tree` has it: the imports whose change turns most of its restarting modules hot, and the
 * codemods that would change them.
 *
 * @param weight what it is worth that a file, absolute, turns hot. Default: the same for each.
 * @returns the best first: see `Cuts.ranked`.
 */
export function planCuts(
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
  weight?: (path: string) => number,
): PlannedCut[] {
  const { analysis } = planProject(project, tree, options)
  const { ranked } = findCuts(analysis.reloadThen(), { ...changeable(analysis.server), ...(weight ? { weight } : {}) })
  return withForms(ranked, project, tree, options)
}

/** These cuts, with the codemods that would change their imports. */
export function withForms(
  cuts: readonly Cut[],
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
): PlannedCut[] {
  const { server, modules } = planProject(project, tree, options).analysis
  const places = createPlaces(server.root, modules)
  const planned = formsOf(project, tree, options)
  return cuts.map((cut) => {
    const imports = cut.imports.map((importer) => {
      const { path, specifier, dynamic } = importer
      return { ...importer, line: places.line(path, specifier, dynamic), ...planned.get(edgeKey(path, specifier)) }
    })
    return {
      path: cut.path,
      // Of most cuts nobody asks.
      get frees() {
        return cut.frees
      },
      imports,
      verdict: leastSure(imports),
    }
  })
}

function leastSure(imports: readonly PlannedImport[]): PlannedCut['verdict'] {
  const verdicts = new Set(imports.map(({ candidate }) => candidate?.verdict ?? 'leave'))
  return verdicts.has('leave') ? 'leave' : verdicts.has('suggest') ? 'suggest' : 'fix'
}

/** For each import, by {@link edgeKey}, the form that is surest, of several the one that changes least. */
function formsOf(
  project: Project,
  tree: FileTree,
  options: PlanOptions,
): ReadonlyMap<string, { readonly codemod: string; readonly candidate: Candidate }> {
  const found = new Map<string, { readonly codemod: string; readonly candidate: Candidate }>()
  for (const { codemod, plan } of forms) {
    for (const { path, candidates } of plan(project, tree, options)) {
      for (const candidate of candidates) {
        if (candidate.verdict === 'done') continue
        const key = edgeKey(path, candidate.specifier)
        const known = found.get(key)
        if (!known || SURE.indexOf(candidate.verdict) < SURE.indexOf(known.candidate.verdict))
          found.set(key, { codemod, candidate })
      }
    }
  }
  return found
}

/**
 * The cuts that are proven safe and together free what is asked for: each time the one that frees most of what is left
 * for each import, and at last none that the others make needless.
 *
 * @param wanted how many files have to turn hot.
 * @param isRefused a cut that is not to be taken, by its path.
 */
export function chooseCuts(
  cuts: readonly PlannedCut[],
  wanted: number,
  isRefused: (path: string) => boolean,
): PlannedCut[] {
  const taken: PlannedCut[] = []
  const freed = new Set<string>()
  const open = cuts.filter(({ verdict, path, imports }) => verdict === 'fix' && imports.length > 0 && !isRefused(path))
  while (freed.size < wanted) {
    const [best] = open
      .map((cut) => ({ cut, gain: cut.frees.filter((path) => !freed.has(path)).length }))
      .filter(({ gain }) => gain > 0)
      .sort((a, b) => b.gain / b.cut.imports.length - a.gain / a.cut.imports.length)
    if (!best) break
    taken.push(best.cut)
    for (const path of best.cut.frees) freed.add(path)
  }
  return taken.reduceRight<PlannedCut[]>((kept, cut, at) => {
    const others = new Set([...taken.slice(0, at), ...kept].flatMap(({ frees }) => frees))
    return cut.frees.every((path) => others.has(path)) ? kept : [cut, ...kept]
  }, [])
}
