import type { TSESTree } from '@typescript-eslint/utils'
import type { FileTree } from '../edits/tree.ts'
import { frameworks } from '../frameworks/index.ts'
import { childrenOf } from '../graph/exports/nodes.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Project } from '../project/project.ts'
import type { Analysis, FilePlan } from './analysis.ts'
import { exportedFactory } from './app/factory.ts'
import { planAdditions } from './app/additions.ts'
import { planAwaited } from './app/awaited.ts'
import { planBootWork } from './app/boot-work.ts'
import { mayServe, planApp, startsServer } from './app/entry.ts'
import { leaveAlone, leaveForeign, type Candidate } from './candidate.ts'
import { choose } from './choices.ts'
import { bootOf, type Boot, type Import, type Opened } from './boot/boot.ts'
import { deferredPlanner } from './deferred/plan.ts'
import { runsOf } from './deferred/function-runs.ts'
import { planMounts } from './app/mounts.ts'
import type { Demotion, PerRequestInput } from './per-request.ts'
import { createPlanOnce } from './plan-once.ts'
import { edgeKey, type Planned, type PlanOptions } from './plan-options.ts'
import { planProject } from './project-plan.ts'
import { ofInstance } from './app/fastify-instance.ts'
import { factsThrough } from './imports/reexport-facts.ts'
import { findSlots, type Slots } from './registrations.ts'
import { planClassStart, planSplit, type SplitPlan } from './app/split.ts'
import type { RewrittenProject } from './rewrite-project.ts'
import { isFunction, memberName, resolveIdentifiers, type Node } from './syntax.ts'
import { mountBlocker } from './app/mount-blocker.ts'
import { writeFixes } from './write-fixes.ts'

/** What a level above the handler makes of the project. */
export interface LevelPlan {
  /** The modules that import a router or an application, with what becomes of these imports. */
  readonly files: readonly FilePlan[]
  /** Of {@link LevelPlan.files}, those that are split. */
  readonly splits: readonly SplitPlan[]
  readonly notes: RewrittenProject['notes']
  /** Fixes that turn nothing hot beside the others. */
  readonly needless: ReadonlySet<Candidate>
}

type PlanFile = (input: PerRequestInput, slots: Slots) => Candidate[]

const PLANNERS: Readonly<Record<Planned, () => PlanFile>> = {
  app: () => planApp,
  deferred: deferredPlanner,
  mount: () => planMounts,
}

const planOnce = createPlanOnce<LevelPlan>()

/** Plans a level above the handler, as `tree` has the project; once for each state of the tree. */
export function planLevel(level: Planned, project: Project, tree: FileTree, options: PlanOptions = {}): LevelPlan {
  const key = [level, ...(options.cuts ?? ['*']), ...(options.reexports?.values() ?? [])].join(' ')
  return planOnce(project, tree, key, () => computePlan(level, project, tree, options))
}

/** Writes the fixes of a level to `tree`. */
export function rewriteLevel(
  level: Planned,
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
): RewrittenProject {
  const { files, splits, notes, needless } = planLevel(level, project, tree, options)
  const writes = splits.flatMap((split) => split.writes)
  for (const { path, text } of writes) tree.write(path, text)
  const written = writeFixes(files, tree, (fix) => fix.edits.length > 0 && !needless.has(fix))
  return {
    files: [...writes.map(({ path }) => path), ...written.files],
    edits: splits.length + written.fixes.length,
    notes,
  }
}

function computePlan(level: Planned, project: Project, tree: FileTree, options: PlanOptions): LevelPlan {
  if (level === 'mount' && project.framework.name !== 'express')
    return { files: [], splits: [], notes: [], needless: new Set() }
  const { leave, choices, cuts, reexports = new Map<string, string>() } = options
  const added = new Set(reexports.values())
  const { analysis } = planProject(project, tree, options)
  const framework = frameworks[project.framework.name]
  const boot = bootOf(analysis)
  const { eager, outcomes } = analysis.reloadThen()
  // What hot modules import statically cannot be a boundary, whoever else imports it.
  const known = level === 'deferred' ? outcomes : eager
  const asked = cuts && new Set([...cuts].map((edge) => edge.slice(0, edge.indexOf('\0'))))
  const isAsked = (path: string): boolean =>
    asked?.has(path) !== false && (level !== 'app' || mayServe(analysis.modules.text(path) ?? ''))
  const opened = analysis.server.files().flatMap((path) => (known.has(path) && isAsked(path) ? boot.open(path) : []))
  const planOf = PLANNERS[level]()
  const runOf = runsOf(analysis)
  const blocker = level === 'mount' ? mountBlocker(project, analysis) : undefined
  const demoted = new Map<string, readonly Demotion[]>()
  const ordered = new Map<string, string>()
  let removed: ReadonlySet<string> = new Set()
  let below: ReadonlySet<string> = new Set()
  for (;;) {
    const lost = boot.lostWithout(removed)
    const planned = opened
      .filter(({ path }) => !below.has(path))
      .map((file) => ({ file, candidates: planFile(file, lost) }))
      .filter(({ candidates }) => candidates.length > 0)
    const fixes = planned.flatMap(({ file, candidates }) => importsOf(analysis, file, candidates, isFix))
    const edges = new Set(
      planned.flatMap(({ file, candidates }) => importsOf(analysis, file, candidates, mayBeLazy)).map(edgeOf),
    )
    // What only these imports load at boot decides how they are written.
    if (edges.size !== removed.size || [...edges].some((edge) => !removed.has(edge))) {
      removed = edges
      continue
    }
    const then = boot.reloadWith(fixes)
    // What is reached by a lazy import needs none of its own.
    const reached =
      level === 'deferred' ? [] : fixes.filter(({ from }) => !then.eager.has(from.path)).map(({ from }) => from.path)
    if (reached.length > 0) {
      below = new Set([...below, ...reached])
      continue
    }
    // Others do not wait for what an entry awaits.
    const overtaken = fixes.filter(
      (fix) =>
        level === 'app' &&
        fix.candidate.reason === 'preloaded' &&
        !ordered.has(targetEdgeOf(fix)) &&
        boot.importerOf(fix.from.path) === undefined &&
        boot.isOvertaken(fix, lost),
    )
    if (overtaken.length > 0) {
      for (const fix of overtaken) ordered.set(targetEdgeOf(fix), fix.candidate.detail)
      continue
    }
    const found = [...boot.demotionsIn(fixes, then, lost, ordered)].flatMap(([edge, demotions]) => {
      const known = demoted.get(edge) ?? []
      const others = demotions.filter(({ reason }) => known.every((one) => one.reason !== reason))
      return others.length > 0 ? [[edge, [...known, ...others]] as const] : []
    })
    if (found.length === 0) {
      const files = planned.map(({ file: { path, text }, candidates }) => ({ path, text, candidates }))
      const needless = level === 'deferred' && !cuts ? needlessOf(fixes, boot) : new Set<Candidate>()
      const taken = fixes.filter(({ candidate }) => !needless.has(candidate))
      const notes = taken.length > 0 ? notesOf(level, taken, then, boot, analysis) : []
      return withSplits({ files, splits: [], notes, needless })
    }
    for (const [edge, demotions] of found) demoted.set(edge, demotions)
    below = new Set()
  }

  /** The plan, with the entries that build what they serve. */
  function withSplits(plan: LevelPlan): LevelPlan {
    if (level !== 'app' || reexports.size > 0) return plan
    let joined = plan
    for (const file of opened) {
      if (!startsServer(file.text) && !/\.\s*listen\s*\(/.test(file.text)) continue
      const planApp = (trial: FileTree): LevelPlan => planLevel('app', project, trial, { ...options, cuts: undefined })
      const isAdded = plan.files.some(
        ({ path, candidates }) => path === file.path && candidates.some(({ reason }) => reason === 'used-at-start'),
      )
      const additions = isAdded ? planAdditions(tree, analysis, boot, file, planApp) : undefined
      const moved = additions ?? planAwaited(tree, analysis, file, planApp)
      const held = (moved ?? plan.files.find(({ path }) => path === file.path))?.candidates.find(
        ({ reason }) => reason === 'resource',
      )
      const started = held && planBootWork(tree, analysis, boot, file, held, planApp)
      const isPlanned = plan.files.some(({ path }) => path === file.path)
      const split =
        started ??
        moved ??
        planSplit(project, tree, analysis, boot, file, options, planApp) ??
        (isPlanned ? undefined : planClassStart(analysis, boot, file))
      if (!split || (cuts && !split.candidates.some(({ specifier }) => cuts.has(edgeKey(file.path, specifier)))))
        continue
      joined = {
        ...joined,
        files: [...joined.files.filter(({ path }) => path !== file.path), split],
        splits: [...joined.splits, ...(split.writes.length > 0 ? [split] : [])],
        notes: [...joined.notes, ...split.notes],
      }
    }
    return joined
  }

  function planFile(file: Opened, lost: ReadonlySet<string>): Candidate[] {
    const own = analysis.facts(file.path)
    const facts = reexports.size > 0 ? factsThrough(own, file.path, reexports, analysis) : own
    const slots = findSlots(framework, resolveIdentifiers(file.scopes), facts)
    const what = leave?.get(file.path)
    const candidates = planOf(
      {
        ...file,
        framework,
        facts,
        choose(candidate) {
          if (facts.foreign) return leaveForeign(candidate, facts.foreign)
          const wanted = choices ? choose(candidate, file.path, choices) : candidate
          return what === undefined ? wanted : leaveAlone(wanted, what)
        },
        project: {
          demotionsOf: (target) => {
            const one = blocker ?? boot.formatOf(file.path, target)
            return one ? [one] : (demoted.get(`${file.path}\0${target}`) ?? [])
          },
          effectOf: (target) => {
            // What is loaded at boot is so by others.
            if (!eager.has(file.path)) return undefined
            for (const path of boot.closure(target)) {
              const effect = lost.has(path) ? boot.effectOf(path) : undefined
              if (effect !== undefined) return effect
            }
            return undefined
          },
          overtakenBy: (target) => ordered.get(`${file.path}\0${target}`),
          isImported: () => boot.importerOf(file.path) !== undefined,
          listensToRejections: () =>
            analysis.server
              .files()
              .some((path) => analysis.modules.text(path)?.includes('unhandledRejection') === true),
          makerOf: ({ path, exportName }) => exportedFactory(analysis, boot, path, exportName)?.maker,
          ofInstance: (target, isOne) => ofInstance(analysis.server, boot, target, isOne),
          isLoadedAtBoot: (target) => added.has(target) || (eager.has(target) && !analysis.server.isBoot(target)),
          runOf: (owner) => {
            const { when, unawaited, isKept = false } = runOf(file, owner)
            const { path, line } = unawaited ? boot.positionOf(unawaited.file, unawaited.offset) : { path: '', line: 0 }
            return { when, unawaited: unawaited && boot.placeOf(path, line), isKept }
          },
          actsAfterNext: analysis.actsAfterNext,
        },
      },
      slots,
    )
    return candidates.filter(({ specifier }) => !cuts || cuts.has(edgeKey(file.path, specifier)))
  }
}

function importsOf(
  { facts }: Analysis,
  from: Opened,
  candidates: readonly Candidate[],
  isMeant: (candidate: Candidate) => boolean,
): Import[] {
  return candidates.filter(isMeant).flatMap((candidate) => {
    const named = facts(from.path).module(candidate.specifier).path
    return candidate.targets.map((target) => ({ from, candidate, target, named }))
  })
}

function isFix({ verdict }: Candidate): boolean {
  return verdict === 'fix'
}

/**
 * The fixes in modules that are hot by the others, unless a module that is not hot imports the same target: what a hot
 * module imports is hot with it, but for a boundary.
 */
function needlessOf(fixes: readonly Import[], boot: Boot): ReadonlySet<Candidate> {
  const needless = new Set<Candidate>()
  for (;;) {
    const taken = fixes.filter(({ candidate }) => !needless.has(candidate))
    const { eager } = boot.reloadWith(taken)
    const needed = new Set(taken.flatMap(({ from, target }) => (eager.has(from.path) ? [target] : [])))
    const others = taken.filter(({ candidate }) => !candidate.targets.some((target) => needed.has(target)))
    if (others.length === 0) return needless
    for (const { candidate } of others) needless.add(candidate)
  }
}

/** Whether it is a fix, or would be one if nothing had to be loaded at boot: what has to be is asked without it. */
function mayBeLazy(candidate: Candidate): boolean {
  return isFix(candidate) || candidate.reason === 'top-level-await'
}

function edgeOf({ from, named }: Import): string {
  return `${from.path}\0${named}`
}

function targetEdgeOf({ from, target }: Import): string {
  return `${from.path}\0${target}`
}

/** pino runs each transport in a thread of its own, which nothing but `end()` of it ends (measured with pino 8.21 and 10.4). */
const TRANSPORT = /['"](?:fastify|(?:hono-)?pino(?:-http)?)['"][^]*\btransport\s*[:(]/

/** What a person should know of the fixes of a level. */
function notesOf(
  level: Planned,
  fixes: readonly Import[],
  then: ReloadModel,
  boot: Boot,
  { facts, modules }: Analysis,
): LevelPlan['notes'] {
  const notes: LevelPlan['notes'][number][] = []
  const below = new Set(
    fixes.flatMap(({ target }) => [...boot.closure(target)].filter((path) => !then.eager.has(path))),
  )
  const kept = [...below].flatMap((path) => [
    ...boot.undisposed(path).map((made) => `${boot.placeOf(made.path)} (${made.name})`),
    ...(TRANSPORT.test(modules.text(path) ?? '') ? [`${boot.placeOf(path)} (a worker thread of pino)`] : []),
  ])
  if (level === 'app' || kept.length > 0) {
    const what = level === 'app' ? 'the application' : 'these routers'
    const list =
      kept.length === 0
        ? ''
        : ` These are made anew then, and nothing undoes the old ones in import.meta.hot.dispose(): ${kept.join(', ')}.`
    notes.push(
      ...fixes.slice(0, 1).map(({ from, candidate }) => ({
        kind: 'info' as const,
        message: `What a module below ${what} keeps in memory (sessions, limits, connections) starts anew when it, or what it imports, is edited.${list}`,
        ...boot.positionOf(from, candidate.range[0]),
      })),
    )
  }
  for (const [candidate, from] of new Map(fixes.map((fix) => [fix.candidate, fix.from]))) {
    if (facts(from.path).major < 5 || !candidate.edits.some(({ range }) => listensWithCallback(from, range[0])))
      continue
    notes.push({
      kind: 'info',
      message:
        'Express 5 calls the callback of `app.listen()` when the port cannot be had, too. The server of node:http emits `error` instead, which ends the process where nothing listens to it.',
      ...boot.positionOf(from, candidate.range[0]),
    })
  }
  const data = [...below].filter((path) => path.endsWith('.json') && then.outcomes.get(path) === 'stale')
  for (const path of data) {
    const message = `${boot.placeOf(path)} is read once on this version of Node.js: an edit of it needs a restart.`
    notes.push({ kind: 'info', message, path, line: 1 })
  }
  return notes
}

/** `app.listen(3000, () => …)`, for `app` at `offset`. */
function listensWithCallback({ program, scopes }: Opened, offset: number): boolean {
  const variableOf = resolveIdentifiers(scopes)
  const isFound = (node: Node): boolean => {
    if (offset < node.range[0] || node.range[1] <= offset) return false
    return (node.type === 'CallExpression' && hasCallback(node)) || childrenOf(node).some(isFound)
  }
  const hasCallback = ({ callee, arguments: passed }: TSESTree.CallExpression): boolean => {
    const last = passed.at(-1)
    if (callee.type !== 'MemberExpression' || callee.object.range[0] !== offset || memberName(callee) !== 'listen')
      return false
    return last !== undefined && (isFunction(last) || variableOf(last)?.defs[0]?.type === 'FunctionName')
  }
  return program.body.some(isFound)
}
