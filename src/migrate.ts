import { realpathSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Note, Step } from '../codemods/codemod.ts'
import { codemods } from '../codemods/index.ts'
import { applyEdits, count } from './edits/text.ts'
import { createFileTree, type Change, type FileTree } from './edits/tree.ts'
import { requireNoInterruption, writeChanges, type Written } from './edits/transaction.ts'
import { boundaryMatcher } from './graph/boundaries.ts'
import { coverageOf, percent, recentEdits, type Coverage, type Share } from './graph/coverage.ts'
import type { Analysis } from './lazy/analysis.ts'
import { fileRewrites, openModule } from './lazy/file-rewrite.ts'
import type { Choices } from './lazy/choices.ts'
import type { FileRewriteName } from './lazy/file-rewrite-name.ts'
import { planLevel } from './lazy/levels.ts'
import type { Level, PlanOptions } from './lazy/plan-options.ts'
import { analyseProject, planProject, type ProjectPlan } from './lazy/project-plan.ts'
import { explainReason } from './lazy/reasons.ts'
import {
  choicesOf,
  importsAt,
  isPlace,
  writeReasons,
  type AcceptedImport,
  type DeclinedImport,
} from './migrate/choices.ts'
import type { ImportChoice, ImportReport } from './migrate/import.ts'
import { choiceOf, joinRounds, locate, reportOf, stillThere, type Located } from './migrate/imports.ts'
import { problemOf } from './lazy/validate.ts'
import { dirtyFiles } from './project/git.ts'
import { realPath } from './project/files.ts'
import { ProjectError } from './project/error.ts'
import { openProject } from './project/open.ts'
import type { PackageManagerOptions } from './project/package-manager.ts'
import type { Progress } from './project/progress.ts'
import type { PackageJson, Project } from './project/project.ts'
import { runtimeOf } from './project/runtime.ts'

export interface MigrateOptions extends PackageManagerOptions {
  /** A directory of the project; the nearest package.json upward decides. Default: the working directory. */
  readonly directory?: string
  /** Names of the only codemods to run; opt-in ones may be among them. */
  readonly only?: readonly string[]
  /** Names of codemods not to run. */
  readonly skip?: readonly string[]
  /** Names of opt-in codemods to run beside the default ones. */
  readonly with?: readonly string[]
  /** Overwrite files that git has no committed version of. */
  readonly allowDirty?: boolean
  /**
   * Where the boundary is: at each handler, at each router where it is mounted, or at the application; what a level
   * leaves cold is made hot on those below it. `auto`: whichever makes most files hot. Default: `handler`; with
   * node:http it is always `app`.
   */
  readonly level?: Level | 'auto'
  /** Make middleware lazy. Default: true. */
  readonly middleware?: boolean
  /**
   * Source files in which nothing is made lazy: what happens otherwise, by path relative to the project's root, with
   * `/`. Their imports are reported as `regressed`, with that in the message. Default: none.
   */
  readonly leave?: Readonly<Record<string, string>>
  /**
   * Suggestions to take: all those with a reason (`side-effects`), those at a place (`src/routes.ts:3`, relative to the
   * project's root), or an import. What is right under several conditions is taken when each is accepted.
   */
  readonly accept?: readonly (string | AcceptedImport)[]
  /** Imports that stay as they are, though they could be lazy. They are reported as `declined`. */
  readonly decline?: readonly DeclinedImport[]
  /** Called for each file that is planned, in each round; what it does is part of the time that takes. */
  readonly onProgress?: (progress: Progress) => void
}

/** What one codemod changed, in one go. */
export interface State {
  readonly codemod: string
  /** As {@link Step.summary}. */
  readonly summary: string
  readonly changes: readonly Change[]
}

/** A planned migration: everything is computed, nothing is written until {@link Migration.apply}. */
export interface Migration {
  readonly project: Project
  readonly level: Level
  readonly steps: readonly Step[]
  readonly imports: readonly ImportReport[]
  /** Those of {@link imports} that a codemod of this run makes lazy, or would if they were accepted. */
  readonly choices: readonly ImportChoice[]
  readonly notes: readonly Note[]
  readonly changes: readonly Change[]
  /** The source files among {@link changes} that are there already, and in which imports become lazy; absolute. */
  readonly rewritten: readonly string[]
  readonly coverage: { readonly before: Coverage; readonly after: Coverage }
  /** The changes one codemod at a time: each from what those before it left. Together they are {@link changes}. */
  readonly states: readonly State[]
  /** @throws {ProjectError} when a file to be overwritten has uncommitted changes and `allowDirty` is not set. */
  requireClean(): void
  /**
   * Writes the changes, all or none.
   *
   * @throws {ProjectError} as {@link Migration.requireClean}.
   * @throws {WriteError} when a file cannot be written, or changed since it was planned.
   */
  apply(): Written
}

/**
 * Plans the migration of a project.
 *
 * @throws {ProjectError} when there is no project that can be migrated; its message says what and what to do.
 * @throws {UnreadableFile} when a file that matters cannot be read.
 * @throws {WriteError} when a migration of it was interrupted, or is being written.
 * @throws {RangeError} when a codemod of that name does not exist, or nothing can be accepted at a place.
 */
export async function migrate(options: MigrateOptions = {}): Promise<Migration> {
  chooseCodemods(options, 'handler')
  const project = openProject(realPath(options.directory ?? '.'), options)
  requireNoInterruption(project.root)
  requireLevel(project, options)
  // git reads it while the plan is made.
  const history = recentEdits(project.root)
  const settled = await withImportsAtPlaces(project, options)
  const { planned, notes } = await planSound(project, settled)
  const { level, steps, states, changes, after, before } = planned
  const clean = (): void => {
    if (options.allowDirty !== true) requireClean(project, changes)
  }
  const imports = importsOf(project, planned)
  return {
    project,
    level,
    steps,
    imports: imports.map((located) => reportOf(project, located)),
    choices: choicesIn(project, imports, steps),
    notes: [
      ...notes,
      ...hotNotes(project, planned),
      ...steps.flatMap((step) => step.notes),
      ...middlewareNotes(project, planned),
      ...acceptNotes(options, planned),
    ],
    changes,
    rewritten: rewrittenIn(steps, changes),
    coverage: await coverages(project, before.analysis, changes, after, history),
    states,
    requireClean: clean,
    apply() {
      clean()
      return writeChanges(changes, project.root)
    },
  }
}

function listed(names: readonly string[]): string {
  const most = 5
  return names.length <= most + 1
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more files`
}

/** @throws {ProjectError} when a file to be overwritten has uncommitted changes. */
export function requireClean({ root }: Project, changes: readonly Change[]): void {
  const touched = changes.filter(({ before }) => before !== undefined).map(({ path }) => path)
  const dirty = dirtyFiles(root, touched) ?? []
  if (dirty.length === 0) return
  throw new ProjectError(
    `Uncommitted changes in ${listed(dirty)} would be overwritten. Commit or stash them, or pass --allow-dirty.`,
    root,
  )
}

const NODE_HTTP_LEVEL =
  'level app: a server of node:http has one request listener, which is its application, so there is no other level.'

/** That nothing will be hot, and why, where no boundary says what may be. */
function hotNotes(project: Project, { steps, after }: Planned): Note[] {
  if (hasBoundaries(project, after)) return []
  if (steps.some(makesLazy)) {
    const message =
      'The lazy imports are not hot yet: no boundary covers them, as the codemod hot-hook-config would do, and the server is not started with hot-hook.'
    return [{ kind: 'info', message }]
  }
  if (!steps.some(({ codemod }) => codemod === 'lazy-imports')) return []
  const message =
    'No import can be made lazy as the project is, so nothing would be hot, and the rest of it stays as it is. Why: --show skipped; what restarts: hot-codemod doctor.'
  return [{ kind: 'info', message }]
}

/** AdonisJS routes take lazy imports of controllers, and its server and kernel are its own. */
function requireLevel({ framework, packageJsonPath }: Project, { level = 'handler' }: MigrateOptions): void {
  if (framework.name !== 'adonisjs' || level === 'handler' || level === 'auto') return
  throw new ProjectError(
    `--level ${level}: AdonisJS starts its server and loads its routes itself, so boundaries are its controllers, middleware and listeners. Run without --level.`,
    packageJsonPath,
  )
}

/** What the codemods of one level make of the project. */
interface Planned {
  readonly level: Level
  readonly choices: Choices | undefined
  /** As it is. */
  readonly before: ProjectPlan
  /** The levels above the handler. */
  readonly above: readonly Located[]
  /** The handlers that these levels leave cold, after each round of them; the last is how it stays. */
  readonly handlers: readonly ProjectPlan[]
  readonly steps: readonly Step[]
  readonly states: readonly State[]
  readonly changes: readonly Change[]
  /** package.json. */
  readonly after: PackageJson
}

const LEVELS = ['handler', 'mount', 'app'] as const

/** The codemods whose work does not depend on the level. */
const AT_EVERY_LEVEL = ['dev-script', 'dev-dependencies', 'types', 'lint-config']

/** The codemods of the levels above the handler; a level takes in those below it. */
const CODEMOD_OF = { mount: 'lazy-mounts', app: 'app-boundary' } as const

/** Why a level is not reached: for a line among others, and in a sentence. */
interface Obstacle {
  readonly short: string
  readonly long: string
}

/** What the levels make of the project, without the files whose new text is wrong: that is a defect of ours. */
async function planSound(project: Project, options: MigrateOptions): ReturnType<typeof planAtLevel> {
  const result = await planAtLevel(project, options)
  const { steps, changes, before } = result.planned
  const rewritten = new Set(rewrittenIn(steps, changes))
  const leave: Record<string, string> = {}
  for (const { path, before: text, after } of changes) {
    if (!/\.[cm]?[jt]sx?$/.test(path)) continue
    const problem = problemOf({ path, before: text, after, facts: before.analysis.facts(path) })
    if (problem === undefined) continue
    if (!rewritten.has(path)) {
      throw new Error(
        `The new text of ${path} is wrong: ${problem}. Nothing was written. This is a defect of hot-codemod; please report it.`,
      )
    }
    leave[relative(project.root, path).split(sep).join('/')] = `${problem}, a defect of hot-codemod: please report it`
  }
  return Object.keys(leave).length === 0
    ? result
    : planSound(project, { ...options, leave: { ...options.leave, ...leave } })
}

async function planAtLevel(
  project: Project,
  options: MigrateOptions,
): Promise<{ readonly planned: Planned; readonly notes: readonly Note[] }> {
  // A server of node:http has one request listener, and that is its application.
  const level = project.framework.name === 'node' ? 'app' : (options.level ?? 'handler')
  if (level !== 'auto') {
    const planned = await planAt(level, project, options)
    const isAsked = level !== 'handler' && !options.only && !options.skip?.includes(CODEMOD_OF[level])
    const obstacle = isAsked ? obstacleOf(level, planned, project) : undefined
    const isOther = options.level !== undefined && options.level !== level
    if (isOther) return { planned, notes: [{ kind: 'info', message: NODE_HTTP_LEVEL }] }
    return {
      planned,
      notes: obstacle === undefined ? [] : [{ kind: 'info', message: `level ${level}: ${obstacle.long}` }],
    }
  }
  // What is the same at every level is left for the one that is chosen.
  const comparing = { ...options, skip: [...(options.skip ?? []), ...AT_EVERY_LEVEL] }
  const compared: { planned: Planned; obstacle: Obstacle | undefined; hot: Share; lines: number }[] = []
  for (const name of project.framework.name === 'adonisjs' ? (['handler'] as const) : LEVELS) {
    const planned = await planAt(name, project, comparing)
    const obstacle = name === 'handler' ? undefined : obstacleOf(name, planned, project)
    compared.push({ planned, obstacle, hot: hotFiles(planned, project), lines: changedLines(planned.changes) })
  }
  const [best] = compared
    .filter(({ obstacle }) => obstacle === undefined)
    .sort((a, b) => ratio(b.hot) - ratio(a.hot) || a.lines - b.lines)
  if (!best) throw new Error('No level was planned.')
  const others = compared
    .filter((other) => other !== best)
    .reverse()
    .map(
      ({ planned, obstacle, hot }) =>
        `${planned.level} ${obstacle === undefined ? percent(hot) : `not: ${obstacle.short}`}`,
    )
  const message = `level ${best.planned.level}: ${percent(best.hot)} of files${others.length > 0 ? ` (${others.join(', ')})` : ''}`
  return { planned: await planAt(best.planned.level, project, options), notes: [{ kind: 'info', message }] }
}

async function planAt(level: Level, project: Project, options: MigrateOptions): Promise<Planned> {
  const tree = createFileTree()
  const chosen = chooseCodemods(options, level)
  const choices = choicesOf(project, options)
  const planning: PlanOptions = {
    ...(options.middleware === undefined ? {} : { middleware: options.middleware }),
    values: chosen.some(({ name }) => name === 'made-values'),
    leave: new Map(Object.entries(options.leave ?? {}).map(([path, what]) => [join(project.root, path), what])),
    choices,
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  }
  const before = planProject(project, tree, planning)
  requireSound(project, before)
  let above: readonly Located[] = []
  const steps = new Map<string, Step>()
  const handlers: ProjectPlan[] = []
  const states: State[] = []
  const run = async (codemod: (typeof codemods)[number]): Promise<void> => {
    const own = levelOf(codemod)
    if (codemod.name === 'lazy-imports') handlers.push(planProject(project, tree, planning))
    if (own) above = joinRounds(above, planLevel(own, project, tree, planning).files.flatMap(locate))
    await take(() => codemod.run(project, tree, planning))
  }
  const take = async (work: () => Step | Promise<Step>): Promise<void> => {
    const texts = textsIn(tree)
    const step = await work()
    const changes = changesSince(texts, tree)
    if (changes.length > 0) states.push({ codemod: step.codemod, summary: step.summary, changes })
    const last = steps.get(step.codemod)
    steps.set(step.codemod, last ? joined(last, step) : step)
  }
  const isInRound = (codemod: (typeof codemods)[number]): boolean =>
    levelOf(codemod) !== undefined || /^(?:made-values|lazy-imports)$/.test(codemod.name)
  const round = chosen.filter(isInRound)
  const isOfNoUse = (codemod: (typeof codemods)[number]): boolean =>
    codemod.needsBoundaries === true &&
    !options.only?.includes(codemod.name) &&
    !hasBoundaries(project, manifestIn(project, tree))
  for (const codemod of chosen) {
    if (isOfNoUse(codemod)) continue
    if (!round.includes(codemod)) await run(codemod)
    else if (codemod === round[0]) {
      // What becomes lazy may set free what was imported beside it. The last round finds nothing, nor would a second run.
      for (let rounds = 0, version = -1; version !== tree.version; rounds++) {
        if (rounds > MOST_ROUNDS) throw endless(round.map(({ name }) => name))
        version = tree.version
        for (const member of round) await run(member)
      }
      handlers.push(planProject(project, tree, planning))
    }
  }
  const after = manifestIn(project, tree)
  if (options.decline?.some(({ why }) => why))
    await take(() => declinedStep(writeReasons(project, tree, planning, options)))
  return { level, choices, before, above, handlers, steps: [...steps.values()], states, changes: tree.changes(), after }
}

/** Each round makes something lazy that was not, so chains of re-exports set the number; real servers need two. */
const MOST_ROUNDS = 50

function endless(names: readonly string[]): Error {
  return new Error(
    `${names.join(', ')} would change what they have changed, again and again. Nothing was written. This is a defect of hot-codemod; please report it.`,
  )
}

function textsIn(tree: FileTree): ReadonlyMap<string, string> {
  return new Map(tree.changes().map(({ path, after }) => [path, after]))
}

function changesSince(texts: ReadonlyMap<string, string>, tree: FileTree): Change[] {
  return tree.changes().flatMap(({ path, before, after }) => {
    const last = texts.get(path) ?? before
    return last === after ? [] : [{ path, before: last, after }]
  })
}

function manifestIn({ packageJsonPath }: Project, tree: FileTree): PackageJson {
  return JSON.parse(stripBom(tree.read(packageJsonPath) ?? '{}')) as PackageJson
}

/** Whether anything may be hot. hot-hook without a boundary restarts for every file, which other watchers do better. */
function hasBoundaries({ framework, runtime }: Project, { hotHook }: PackageJson): boolean {
  return framework.name === 'adonisjs' || runtime.hotHook === 'init' || (hotHook?.boundaries ?? []).length > 0
}

function makesLazy({ codemod, edits }: Step): boolean {
  return edits > 0 && isOfImports(codemod)
}

/** Whether a codemod is one that makes imports lazy. */
export function isOfImports(codemod: string): boolean {
  return /^(?:lazy-|app-boundary$|made-values$)/.test(codemod)
}

function rewrittenIn(steps: readonly Step[], changes: readonly Change[]): string[] {
  const files = new Set(steps.flatMap((step) => (rewritesSource(step) ? step.files : [])))
  return changes.flatMap(({ path, before }) => (before !== undefined && files.has(path) ? [path] : []))
}

function rewritesSource(step: Step): boolean {
  return makesLazy(step) || /^(?:bound-instances|magic-strings)$/.test(step.codemod)
}

function levelOf({ name }: (typeof codemods)[number]): 'mount' | 'app' | undefined {
  return name === CODEMOD_OF.app ? 'app' : name === CODEMOD_OF.mount ? 'mount' : undefined
}

/** The comments above the imports that are declined; see {@link writeReasons}. */
function declinedStep({ files, edits }: ReturnType<typeof writeReasons>): Step {
  const summary = edits > 0 ? `${count(edits, 'import')} left as ${edits === 1 ? 'it is' : 'they are'}, and why` : ''
  return { codemod: 'disable-comments', summary, files, edits, notes: [] }
}

/** What a codemod did in two rounds. */
function joined(one: Step, other: Step): Step {
  const notes = [
    ...one.notes,
    ...other.notes.filter(({ message }) => !one.notes.some((note) => note.message === message)),
  ]
  return {
    ...one,
    notes,
    summary: [one.summary, other.summary].filter(Boolean).join(', then '),
    files: [...new Set([...one.files, ...other.files])],
    edits: one.edits + other.edits,
  }
}

/** Why a level makes nothing hot that those below it do not; undefined when it does. */
function obstacleOf(
  level: 'mount' | 'app',
  { steps, above, before }: Planned,
  { root }: Project,
): Obstacle | undefined {
  const made = steps.some(({ codemod, edits }) => codemod === CODEMOD_OF[level] && edits > 0)
  const isThere = before.files.some(({ candidates }) =>
    candidates.some(({ verdict, role }) => verdict === 'done' && (level === 'mount' || role === undefined)),
  )
  if (made || isThere) return undefined
  const first = above.find(
    ({ candidate: { verdict, role } }) =>
      verdict !== 'fix' && verdict !== 'done' && (role === undefined) === (level === 'app'),
  )
  if (first) {
    const { reason, detail } = first.candidate
    const place = `${first.path.slice(root.length + 1)}:${first.line}`
    return { short: `${place} ${reason}`, long: `${place} ${explainReason(reason, detail)}` }
  }
  const none =
    level === 'mount'
      ? 'no router of another module is mounted where it can be'
      : 'no application of another module is served'
  const remedy =
    level === 'mount' ? '' : '. Where the entry makes the application itself, move that to a module of its own'
  return { short: none, long: `${none}${remedy}.` }
}

function hotFiles({ before: { analysis }, changes, after }: Planned, { root }: Project): Share {
  const texts = new Map(changes.map((change) => [change.path, change.after]))
  return coverageOf(analysis.server.reloadWith(texts, after.hotHook ?? {}), true, [], root).files
}

function ratio({ hot, total }: Share): number {
  return total === 0 ? 0 : hot / total
}

/** How many lines are in one version of a file and not in the other. */
function changedLines(changes: readonly Change[]): number {
  const missing = (from: string, other: string): number => {
    const lines = new Set(other.split('\n'))
    return from.split('\n').filter((line) => !lines.has(line)).length
  }
  return changes.reduce((sum, { before = '', after }) => sum + missing(before, after) + missing(after, before), 0)
}

/** What lazy middleware costs where its import is not cached by the framework (facts: an import() of a loaded module, timed). */
function middlewareNotes({ framework }: Project, { before, handlers, steps }: Planned): Note[] {
  if (framework.name === 'adonisjs' || !steps.some(({ codemod, edits }) => codemod === 'lazy-imports' && edits > 0))
    return []
  const files = (handlers.length > 0 ? handlers : [before]).flatMap((plan) => plan.files)
  const lazy = new Set(
    files.flatMap(({ candidates }) =>
      candidates.flatMap(({ role, verdict, targets }) => (role === 'middleware' && verdict === 'fix' ? targets : [])),
    ),
  ).size
  if (lazy === 0) return []
  const message = `Middleware of ${count(lazy, 'module')} is imported for each request: 0.17 to 0.5 ms each in development, microseconds in production. --no-middleware leaves it static.`
  return [{ kind: 'info', message }]
}

function chooseCodemods({ only, skip = [], with: extra = [] }: MigrateOptions, level: Level): typeof codemods {
  if (only?.length === 0) throw new RangeError('--only names no codemod.')
  for (const name of [...(only ?? []), ...skip, ...extra]) {
    if (codemods.some((codemod) => codemod.name === name)) continue
    throw new RangeError(
      `There is no codemod \`${name}\`. There are: ${codemods.map((codemod) => codemod.name).join(', ')}.`,
    )
  }
  const ofLevel = level === 'app' ? [CODEMOD_OF.app, CODEMOD_OF.mount] : level === 'mount' ? [CODEMOD_OF.mount] : []
  const added: readonly string[] = only ? extra : [...extra, ...ofLevel]
  return codemods.filter(
    ({ name, optIn }) => (added.includes(name) || (only ? only.includes(name) : !optIn)) && !skip.includes(name),
  )
}

/** What a server of each framework registers its handlers on, as the message says it, and where that stands mostly. */
const REGISTERED_ON: Partial<Record<Project['framework']['name'], readonly [what: string, where: string]>> = {
  adonisjs: ['imports the router, the server or the emitter of AdonisJS', 'start/routes.ts'],
  express: ['registers a route on an application or a router of Express', 'the routes'],
  fastify: ['registers a route on an instance of Fastify', 'the routes'],
  hono: ['registers a route on an application of Hono', 'the routes'],
  koa: ['registers a route on an application or a router of Koa', 'the routes'],
  node: ['makes a server of node:http (`createServer()`)', 'the server'],
}

/** One file that does not parse may import anything statically, so nothing can be proven of the others. */
function requireSound({ root, packageJsonPath, framework }: Project, { problems, registering }: ProjectPlan): void {
  const [first] = problems
  if (first) {
    const places = problems.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`)
    throw new ProjectError(
      `${places.join('\n')}\nNothing was changed. Mend what does not parse and run again.`,
      first.path,
      first.line,
    )
  }
  if (registering === 0) {
    const [what, where] = REGISTERED_ON[framework.name] ?? ['registers handlers', 'the routes']
    throw new ProjectError(
      `No source file of ${root} ${what}, so there is nothing to make lazy. Run hot-codemod in the directory that holds ${where}.`,
      packageJsonPath,
    )
  }
}

/** Every import of request-time code, without those of modules that no longer are boundaries. */
function importsOf({ root }: Project, { before, above, handlers, after }: Planned): Located[] {
  const isBoundary = boundaryMatcher(root, after.hotHook?.boundaries ?? [])
  return [...above, ...stillThere(before, handlers, above)].filter(
    ({ candidate: { reason, targets } }) => reason !== 'between-boundaries' || targets.some(isBoundary),
  )
}

/** The imports that a codemod among `steps` makes lazy. */
function choicesIn(project: Project, imports: readonly Located[], steps: readonly Step[]): ImportChoice[] {
  const ran = new Set(steps.map(({ codemod }) => codemod))
  const codemodOf = ({ candidate: { fromModule, role } }: Located): string[] =>
    fromModule
      ? ['made-values']
      : role === undefined
        ? [...Object.values(CODEMOD_OF), 'lazy-imports']
        : ['lazy-imports']
  return imports
    .filter((located) => codemodOf(located).some((name) => ran.has(name)))
    .flatMap((located) => choiceOf(project, located))
}

/** The options with what `accept` says of places said of imports, as a plan without it knows them. */
async function withImportsAtPlaces(project: Project, options: MigrateOptions): Promise<MigrateOptions> {
  const { accept = [] } = options
  if (!accept.some(isPlace)) return options
  const others = accept.filter((one) => !isPlace(one))
  const { planned } = await planAtLevel(project, { ...options, accept: others })
  const imports = importsOf(project, planned)
  const reports = imports.map((located) => reportOf(project, located))
  const choices = choicesIn(project, imports, planned.steps)
  return { ...options, accept: [...others, ...accept.filter(isPlace).flatMap((at) => importsAt(at, reports, choices))] }
}

/** Reasons that were to be accepted, and that no suggestion has. */
function acceptNotes({ accept = [] }: MigrateOptions, { choices }: Planned): Note[] {
  const found: ReadonlySet<unknown> = choices?.met ?? new Set()
  return accept
    .filter((one) => typeof one === 'string' && !isPlace(one) && !found.has(one))
    .map((reason) => ({ kind: 'info', message: `--accept ${String(reason)}: no suggestion has that reason.` }))
}

async function coverages(
  project: Project,
  analysis: Analysis,
  changes: readonly Change[],
  after: PackageJson,
  history: Promise<readonly string[]>,
): Promise<Migration['coverage']> {
  const edits = analysis.reload().outcomes.size > 0 ? await history : []
  const texts = new Map(changes.map((change) => [change.path, change.after]))
  const at = (packageJson: PackageJson, overlay: ReadonlyMap<string, string>): Coverage =>
    coverageOf(
      analysis.server.reloadWith(overlay, packageJson.hotHook ?? {}),
      runsHotHook(project, packageJson),
      edits,
      project.root,
    )
  return { before: at(project.packageJson, new Map()), after: at(after, texts) }
}

/**
 * Whether the server runs with hot-hook: it is a dependency, and a script starts `ace serve --hmr` (assembler 7.8.2 and
 * 8.5.2 load it then if it is installed), the development script preloads it, or the entry calls `hot.init()`.
 */
function runsHotHook({ root, framework }: Project, packageJson: PackageJson): boolean {
  const { scripts = {}, dependencies, devDependencies } = packageJson
  const isDeclared = ((dependencies ?? {})['hot-hook'] ?? (devDependencies ?? {})['hot-hook']) !== undefined
  if (framework.name === 'adonisjs') {
    return isDeclared && Object.values(scripts).some((script) => /\bace(?:\.[jt]s)?\s+serve\b.*--hmr\b/.test(script))
  }
  const { hotHook, hotHookVersion } = runtimeOf(root, packageJson, JSON.stringify(packageJson), framework.name)
  return hotHook !== 'none' && (isDeclared || hotHookVersion !== undefined)
}

function stripBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

const analyses = new Map<string, { project: Project; analysis: Analysis }>()

/**
 * Runs one per-file codemod on a text: what the jscodeshift transforms do.
 *
 * @param path of the file, absolute or relative to the working directory; its project is read from disk.
 * @returns the new text, `undefined` when there is nothing to do.
 * @throws {ProjectError} when the file belongs to no project that can be migrated.
 * @throws {SyntaxError} when the text does not parse; the message names file, line and column.
 */
export async function transformSource(
  codemod: FileRewriteName,
  path: string,
  source: string,
): Promise<string | undefined> {
  const absolute = resolve(path)
  const real = join(realpathSync(dirname(absolute)), absolute.slice(dirname(absolute).length + 1))
  const { project, analysis } = openOnce(dirname(real))
  const module = openModule(project, analysis, real, source)
  if ('message' in module) throw new SyntaxError(`${path}:${module.line}:${module.column} ${module.message}`)
  const { edits } = fileRewrites[codemod](module)
  return edits.length > 0 ? applyEdits(source, edits) : undefined
}

function openOnce(directory: string): { project: Project; analysis: Analysis } {
  const project = openProject(directory)
  const known = analyses.get(project.root)
  if (known) return known
  const opened = { project, analysis: analyseProject(project) }
  analyses.set(project.root, opened)
  return opened
}
