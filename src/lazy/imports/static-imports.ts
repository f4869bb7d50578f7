import { applyEdits } from '../../edits/text.ts'
import type { FileTree } from '../../edits/tree.ts'
import type { Outcome, ReloadModel } from '../../graph/reload.ts'
import type { Project } from '../../project/project.ts'
import type { Analysis, FilePlan } from '../analysis.ts'
import { bootOf, type Boot, type Opened } from '../boot/boot.ts'
import { leaveAlone, leaveForeign, type Candidate, type Place } from '../candidate.ts'
import { choose } from '../choices.ts'
import { planDirectImports } from './direct-imports.ts'
import type { Demotion } from '../per-request.ts'
import { createPlanOnce } from '../plan-once.ts'
import { edgeKey, type PlanOptions } from '../plan-options.ts'
import { planProject } from '../project-plan.ts'
import { findSlots } from '../registrations.ts'
import type { RewrittenProject } from '../rewrite-project.ts'
import { resolveIdentifiers } from '../syntax.ts'
import { planTypeImports, type StaticInput } from './type-imports.ts'
import { writeFixes } from '../write-fixes.ts'

/** The codemods after which every import of a file is still static, or gone. */
export type StaticCodemod = 'type-imports' | 'direct-imports'

const PLANNERS: Readonly<Record<StaticCodemod, (input: StaticInput) => Candidate[]>> = {
  'type-imports': planTypeImports,
  'direct-imports': planDirectImports,
}

const planOnce = createPlanOnce<readonly FilePlan[]>()

/**
 * The imports that one of these codemods concerns, of modules that restart the server, as `tree` has them; once for each
 * state of the tree. A fix is one that nothing of the server's start could notice.
 */
export function planStaticImports(
  codemod: StaticCodemod,
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
): readonly FilePlan[] {
  const key = [codemod, ...(options.cuts ?? ['*'])].join(' ')
  return planOnce(project, tree, key, () => {
    const { analysis } = planProject(project, tree, options)
    const files = analysis.server.files().filter((path) => coldImportsOf(path, analysis).length > 0)
    return planFiles(codemod, analysis, files, options)
  })
}

/** Writes the fixes of such a codemod to `tree`: those of `options.cuts`, or else all by which a module turns hot. */
export function rewriteStaticImports(
  codemod: StaticCodemod,
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
): RewrittenProject {
  const { analysis } = planProject(project, tree, options)
  const all = planStaticImports(codemod, project, tree, options)
  const cuts = options.cuts ?? edgesThatFree(all, analysis)
  const { files, fixes } = writeFixes(planStaticImports(codemod, project, tree, { ...options, cuts }), tree)
  return { files, edits: fixes.length, notes: [] }
}

/** The specifiers by which a module makes others restart the server: one that is hot does so for boundaries. */
function coldImportsOf(path: string, { modules, reloadThen, willBeBoundary }: Analysis): readonly string[] {
  const { eager, outcomes } = reloadThen()
  if (!outcomes.has(path)) return []
  return modules
    .edges(path)
    .filter(({ dynamic, target }) => !dynamic && outcomes.get(target) === 'restart')
    .filter(({ target }) => eager.has(path) || willBeBoundary(target))
    .map(({ specifier }) => specifier)
}

function editsOf(candidates: readonly Candidate[]): Candidate['edits'] {
  return candidates.flatMap(({ edits }) => edits)
}

function isFix({ verdict }: Candidate): boolean {
  return verdict === 'fix'
}

/** A fix, and the module that its import names. */
interface Fix {
  readonly path: string
  readonly candidate: Candidate
  readonly named: string
}

function fixesIn(plans: readonly FilePlan[], { facts }: Analysis): Fix[] {
  return plans.flatMap(({ path, candidates }) =>
    candidates
      .filter(isFix)
      .map((candidate) => ({ path, candidate, named: facts(path).module(candidate.specifier).path })),
  )
}

/** The texts with the fixes applied. */
function textsWith(plans: readonly FilePlan[]): ReadonlyMap<string, string> {
  return new Map(plans.map(({ path, text, candidates }) => [path, applyEdits(text, editsOf(candidates.filter(isFix)))]))
}

/** The edges without which modules turn hot. */
function edgesThatFree(plans: readonly FilePlan[], analysis: Analysis): ReadonlySet<string> {
  const now = analysis.reloadThen()
  const then = analysis.server.reloadAs(textsWith(plans), analysis.willBeBoundary)
  const freed = freedBy(now, then)
  const { closure } = bootOf(analysis)
  return new Set(
    fixesIn(plans, analysis)
      .filter(({ path, named }) => !freed.has(path) && [...closure(named)].some((below) => freed.has(below)))
      .map(({ path, candidate }) => edgeKey(path, candidate.specifier)),
  )
}

function freedBy(now: ReloadModel, then: ReloadModel): Set<string> {
  return new Set(
    [...now.outcomes].flatMap(([path, outcome]) =>
      outcome === 'restart' && then.outcomes.get(path) === 'hot' ? [path] : [],
    ),
  )
}

/**
 * Plans files together: their fixes are checked as if all of them were applied, and taken back where that could be
 * noticed.
 *
 * @param files absolute.
 */
function planFiles(
  codemod: StaticCodemod,
  analysis: Analysis,
  files: readonly string[],
  options: PlanOptions,
): readonly FilePlan[] {
  const boot = bootOf(analysis)
  const opened = files.flatMap((path) => boot.open(path))
  const demoted = new Map<string, readonly Demotion[]>()
  const placed = new Map<string, Place>()
  const sought = new Set<string>()
  for (;;) {
    const plans = opened.flatMap((file): FilePlan[] => {
      const { path, text } = file
      const candidates = candidatesOf(codemod, analysis, file, options, demoted).map((candidate) =>
        inPlace(candidate, placed.get(edgeKey(path, candidate.specifier))),
      )
      return candidates.length > 0 ? [{ path, text, candidates }] : []
    })
    const found = demotionsIn(plans, analysis, boot).filter(([edge, { reason }]) =>
      (demoted.get(edge) ?? []).every((one) => one.reason !== reason),
    )
    if (found.length === 0) return plans
    const better = plans.find((plan) => !sought.has(plan.path) && reorderedIn(plan, found).length > 0)
    if (better) {
      sought.add(better.path)
      for (const [edge, place] of placesIn(better, plans, found, analysis)) placed.set(edge, place)
      continue
    }
    for (const [edge, demotion] of found) demoted.set(edge, [...(demoted.get(edge) ?? []), demotion])
  }
}

type Demotions = readonly (readonly [edge: string, demotion: Demotion])[]

/** The candidate, written at another place. */
function inPlace({ places, ...candidate }: Candidate, place: Place | undefined): Candidate {
  if (place && candidate.edits.length > 0) return { ...candidate, edits: place.edits }
  return places ? { ...candidate, places } : candidate
}

/** The imports of a file of which the order of evaluation is noticed. */
function reorderedIn({ path, candidates }: FilePlan, found: Demotions): Candidate[] {
  const edges = new Set(found.flatMap(([edge, { reason }]) => (reason === 'evaluation-order' ? [edge] : [])))
  return candidates.filter((candidate) => isFix(candidate) && edges.has(edgeKey(path, candidate.specifier)))
}

/**
 * The nearest place for those imports of a file behind which nothing of the order is noticed, the same for all of them.
 *
 * @returns by edge; empty where there is none.
 */
function placesIn(
  file: FilePlan,
  plans: readonly FilePlan[],
  found: Demotions,
  analysis: Analysis,
): ReadonlyMap<string, Place> {
  const moved = reorderedIn(file, found)
  const anchors = moved.at(-1)?.places ?? []
  for (const { anchor } of anchors) {
    const places = new Map(
      moved.flatMap(({ specifier, places = [] }) =>
        places.filter((place) => place.anchor === anchor).map((place) => [edgeKey(file.path, specifier), place]),
      ),
    )
    if (places.size < moved.length) continue
    const tried = plans.map((plan) =>
      plan === file
        ? {
            ...plan,
            candidates: plan.candidates.map((one) => inPlace(one, places.get(edgeKey(plan.path, one.specifier)))),
          }
        : plan,
    )
    const reordered = demotionsIn(tried, analysis, bootOf(analysis))
    if (reorderedIn(file, reordered).length === 0) return places
  }
  return new Map()
}

function candidatesOf(
  codemod: StaticCodemod,
  analysis: Analysis,
  { path, ...file }: Opened,
  { cuts, choices, leave }: PlanOptions,
  demoted: ReadonlyMap<string, readonly Demotion[]>,
): Candidate[] {
  const { framework } = analysis.server
  const facts = analysis.facts(path)
  const loaded = new Set(analysis.modules.edges(path).flatMap(({ dynamic, specifier }) => (dynamic ? [] : [specifier])))
  const cold = new Set(coldImportsOf(path, analysis))
  const slots = findSlots(framework, resolveIdentifiers(file.scopes), facts)
  const what = leave?.get(path)
  return PLANNERS[codemod]({ ...file, framework, facts, slots, isLoaded: (specifier) => loaded.has(specifier) })
    .filter(({ specifier }) => cold.has(specifier) && (!cuts || cuts.has(edgeKey(path, specifier))))
    .map((candidate) => {
      if (facts.foreign) return leaveForeign(candidate, facts.foreign)
      const settled = demote(candidate, demoted.get(edgeKey(path, candidate.specifier)) ?? [])
      const wanted = choices ? choose(settled, path, choices) : settled
      return what === undefined ? wanted : leaveAlone(wanted, what)
    })
}

/** The candidate under the conditions that the rest of the project sets. */
function demote(candidate: Candidate, demotions: readonly Demotion[]): Candidate {
  if (demotions.length === 0 || (candidate.verdict !== 'fix' && candidate.verdict !== 'suggest')) return candidate
  const refused = demotions.find(({ verdict }) => verdict === 'leave')
  if (refused) return { ...candidate, ...refused, edits: [] }
  const { reason, detail, verdict, also = [] } = candidate
  const own = verdict === 'suggest' ? [{ reason, detail }, ...also] : []
  const [first, ...others] = [...own, ...demotions]
  if (!first) return candidate
  return {
    ...candidate,
    verdict: 'suggest',
    reason: first.reason,
    detail: first.detail,
    also: others.map((one) => ({ reason: one.reason, detail: one.detail })),
  }
}

/** What could be noticed of the fixes together, each time with the import that it comes of. */
function demotionsIn(
  plans: readonly FilePlan[],
  analysis: Analysis,
  boot: Boot,
): readonly (readonly [edge: string, demotion: Demotion])[] {
  const fixes = fixesIn(plans, analysis)
  if (fixes.length === 0) return []
  const texts = textsWith(plans)
  const now = analysis.reloadThen()
  const then = analysis.server.reloadAs(texts, analysis.willBeBoundary)
  const modules = analysis.modules.withTexts(texts)
  const stillLoaded = analysis.order.loadedAtBoot(modules)
  const lost = [...now.eager].filter((path) => !then.eager.has(path) && !stillLoaded.has(path))
  const noticed = analysis.order.noticedIn(modules)
  const stale = [...then.outcomes].flatMap(([path, outcome]) =>
    isWrong(outcome) && !isWrong(now.outcomes.get(path)) ? [path] : [],
  )
  const isBelowNone = (path: string): boolean => !fixes.some(({ named }) => boot.closure(named).has(path))
  return fixes.flatMap(({ path: from, candidate, named }) => {
    const below = boot.closure(named)
    const concerns = (path: string): boolean => below.has(path) || isBelowNone(path)
    const effect = lost.filter((path) => below.has(path)).flatMap((path) => boot.effectOf(path) ?? [])[0]
    const order = noticed.find(concerns)
    const wrong = stale.find(concerns)
    const demotions: (Demotion | undefined)[] = [
      effect === undefined ? undefined : { verdict: 'suggest', reason: 'drops-side-effects', detail: effect },
      order === undefined ? undefined : { verdict: 'suggest', reason: 'evaluation-order', detail: boot.placeOf(order) },
      resourceIn(named, below, now, then, boot),
      wrong === undefined ? undefined : { verdict: 'leave', reason: 'goes-stale', detail: boot.placeOf(wrong) },
    ]
    const edge = edgeKey(from, candidate.specifier)
    return demotions.flatMap((demotion) => (demotion ? [[edge, demotion] as const] : []))
  })
}

function isWrong(outcome: Outcome | undefined): boolean {
  return outcome === 'stale' || outcome === 'error'
}

/** What a module that turns hot makes when it is loaded, and would make again for each edit. */
function resourceIn(
  named: string,
  below: ReadonlySet<string>,
  now: ReloadModel,
  then: ReloadModel,
  boot: Boot,
): Demotion | undefined {
  for (const path of below) {
    if (now.outcomes.get(path) !== 'restart' || then.outcomes.get(path) !== 'hot') continue
    const found = boot.undisposed(path).find(({ isServer }) => path === named || isServer)
    if (!found) continue
    return {
      verdict: 'leave',
      reason: 'resource',
      detail: `\`${found.name}\` in ${boot.placeOf(found.path, found.line)}`,
    }
  }
  return undefined
}
