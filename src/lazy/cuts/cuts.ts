import type { FileTree } from '../../edits/tree.ts'
import { changeable, combineCuts, type Cut } from '../../graph/cuts.ts'
import { createPlaces } from '../../graph/places.ts'
import type { Importer, ReloadModel } from '../../graph/reload.ts'
import type { Project } from '../../project/project.ts'
import type { Analysis } from '../analysis.ts'
import { bootOf, type Boot } from '../boot/boot.ts'
import type { Candidate, Condition, Verdict } from '../candidate.ts'
import { forms } from './forms.ts'
import { obstacleOf } from './obstacle.ts'
import { edgeKey, type PlanOptions } from '../plan-options.ts'
import { planProject } from '../project-plan.ts'

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
  /** What the candidate's edits are edits of. */
  readonly text?: string
  /** Where none knows it: why. */
  readonly obstacle?: Condition | undefined
}

/** The order of verdicts, the surest first. */
const SURE: readonly Verdict[] = ['fix', 'suggest', 'leave']

/** These cuts, with the codemods that would change their imports. */
export function withForms(
  cuts: readonly Cut[],
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
): PlannedCut[] {
  const { analysis } = planProject(project, tree, options)
  return cuts.map(planned(analysis, formsOf(project, tree, options)))
}

/** Which cuts are made. */
export interface Aim {
  /** The codemods that may make them, by name. */
  readonly allowed: ReadonlySet<string>
  /** Whether no more is wanted, by hot-hook's answer after the cuts so far. */
  readonly isEnough: (then: ReloadModel) => boolean
  /** Whether the cut of this module, absolute, is not to be made. */
  readonly isRefused: (path: string) => boolean
}

/**
 * The cuts that lead to what is wanted, or as far as they go: of those that are proven safe, each time the one that
 * frees most for each import, and none that those after it make needless; and what hot-hook's answer is then.
 */
export function chooseCuts(
  project: Project,
  tree: FileTree,
  options: PlanOptions,
  { allowed, isEnough, isRefused }: Aim,
): { readonly cuts: readonly PlannedCut[]; readonly then: ReloadModel } {
  const { analysis } = planProject(project, tree, options)
  const { server } = analysis
  const known = formsOf(project, tree, options)
  const { canBeBoundary, canReexport, canChange } = changeable(server)
  const after = (cuts: readonly Cut[]): ReloadModel =>
    server.reloadAfter(
      cuts.map(({ path, reexported, imports }) => ({
        path,
        reexported,
        imports: imports.map((importer) => ({ ...importer, ...staticThen(known(importer, reexported)) })),
      })),
      analysis.willBeBoundary,
    )
  const made = combineCuts(
    analysis.reloadThen(),
    after,
    {
      canBeBoundary: (path) => canBeBoundary(path) && !isRefused(path),
      canReexport,
      // Made by no codemod: what is imported lazily only, and is no boundary, is so for want of proof.
      boundaryOnly: false,
      canChange(importer, reexported) {
        const form = known(importer, reexported)
        return form?.candidate.verdict === 'fix' && allowed.has(form.codemod) && canChange(importer, reexported)
      },
    },
    isEnough,
  )
  const chosen = made.reduce<readonly Cut[]>((cuts, cut) => {
    const others = cuts.filter((other) => other !== cut)
    return isEnough(after(others)) ? others : cuts
  }, made)
  return { cuts: chosen.map(planned(analysis, known)), then: after(chosen) }
}

/** How an import is rewritten. @param reexported see {@link Cut.reexported}. */
type Forms = (importer: Importer, reexported: boolean) => Rewriting | undefined

interface Rewriting {
  readonly codemod: string
  readonly candidate: Candidate
  readonly text: string
}

/** Adds to a cut how its imports are rewritten. */
function planned(analysis: Analysis, known: Forms): (cut: Cut) => PlannedCut {
  const { server, modules } = analysis
  const places = createPlaces(server.root, modules)
  const boot = bootOf(analysis)
  return (cut) => {
    const imports = cut.imports.map((importer) => {
      const { path, specifier, dynamic } = importer
      const found = known(importer, cut.reexported)
      const [file] = found ? [] : boot.open(path)
      const way = found ?? { obstacle: file && obstacleOf(file, importer) }
      return { ...importer, line: places.line(path, specifier, dynamic), ...way }
    })
    return {
      path: cut.path,
      reexported: cut.reexported,
      // Of most cuts nobody asks.
      get frees() {
        const stay = targetsThatStay(imports, boot)
        return stay.size > 0 ? cut.frees.filter((path) => !stay.has(path)) : cut.frees
      },
      imports,
      verdict: leastSure(imports),
    }
  }
}

/** What is imported statically where the codemod leaves no lazy import. */
function staticThen(rewriting: Rewriting | undefined): { readonly becomes?: readonly string[] } {
  const form = forms.find(({ codemod }) => codemod === rewriting?.codemod)
  if (form?.codemod === 'type-imports') return { becomes: [] }
  return form?.isStatic === true ? { becomes: rewriting?.candidate.targets ?? [] } : {}
}

/** What the imports that are written in place of those of a cut still load at boot. */
function targetsThatStay(imports: readonly PlannedImport[], { closure }: Boot): ReadonlySet<string> {
  const isStatic = (codemod: string | undefined): boolean =>
    forms.some((form) => form.codemod === codemod && form.isStatic === true)
  return new Set(
    imports.flatMap(({ codemod, candidate }) =>
      isStatic(codemod) ? (candidate?.targets ?? []).flatMap((target) => [...closure(target)]) : [],
    ),
  )
}

function leastSure(imports: readonly PlannedImport[]): PlannedCut['verdict'] {
  const verdicts = new Set(imports.map(({ candidate }) => candidate?.verdict ?? 'leave'))
  return verdicts.has('leave') ? 'leave' : verdicts.has('suggest') ? 'suggest' : 'fix'
}

/** For each import the form that is surest, of several the one that changes least. */
function formsOf(project: Project, tree: FileTree, options: PlanOptions): Forms {
  const boundary = new Map<string, Rewriting>()
  const reexported = new Map<string, Rewriting>()
  const maps = { boundary: [boundary], reexported: [reexported], both: [boundary, reexported] }
  for (const { codemod, fits, plan } of forms) {
    for (const { path, text, candidates } of plan(project, tree, options)) {
      for (const candidate of candidates) {
        if (candidate.verdict === 'done') continue
        const key = edgeKey(path, candidate.specifier)
        for (const own of maps[fits]) {
          const known = own.get(key)
          if (!known || SURE.indexOf(candidate.verdict) < SURE.indexOf(known.candidate.verdict))
            own.set(key, { codemod, candidate, text })
        }
      }
    }
  }
  return ({ path, specifier }, isReexported) => (isReexported ? reexported : boundary).get(edgeKey(path, specifier))
}
