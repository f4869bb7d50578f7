import { join, relative, sep } from 'node:path'
import type { Codemod, Note, Step } from '../../codemods/codemod.ts'
import { planConfig } from '../../codemods/hot-hook-config.ts'
import { codemods } from '../../codemods/index.ts'
import { count } from '../edits/text.ts'
import { createFileTree, type Change, type FileTree } from '../edits/tree.ts'
import { coverageOf, percent, reaches, type Share } from '../graph/coverage.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Choices } from '../lazy/choices.ts'
import type { PlannedCut } from '../lazy/cuts/cuts.ts'
import { forms } from '../lazy/cuts/forms.ts'
import { planLevel } from '../lazy/levels.ts'
import type { Level, PlanOptions } from '../lazy/plan-options.ts'
import { planProject, type ProjectPlan } from '../lazy/project-plan.ts'
import { explainReason } from '../lazy/reasons.ts'
import { problemOf } from '../lazy/validate.ts'
import { ProjectError } from '../project/error.ts'
import { isSourceFile } from '../project/files.ts'
import type { PackageJson, Project } from '../project/project.ts'
import { choicesOf, writeReasons } from './choices.ts'
import { joinRounds, locate, type Located } from './imports.ts'
import type { MigrateOptions } from './options.ts'
import { takeCuts } from './cuts.ts'
import { untilSettled, worked, workOf, type State, type Work } from './work.ts'

/** What the codemods of one level make of the project. */
export interface Planned {
  readonly level: Level
  readonly choices: Choices | undefined
  /** As it is. */
  readonly before: ProjectPlan
  /** The levels above the handler. */
  readonly above: readonly Located[]
  /** What each of these levels says of the project as it is before the others are made. */
  readonly first: ReadonlyMap<'mount' | 'app', readonly Located[]>
  /** The handlers that these levels leave cold, after each round of them; the last is how it stays. */
  readonly handlers: readonly ProjectPlan[]
  /** The cuts that were made to reach the target. */
  readonly cuts: readonly PlannedCut[]
  /** The files as they will be. */
  readonly tree: FileTree
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
export const CODEMOD_OF = { mount: 'lazy-mounts', app: 'app-boundary' } as const

const NODE_HTTP_LEVEL =
  'level app: a server of node:http has one request listener, which is its application, so there is no other level.'

/** Why a level is not reached: for a line among others, and in a sentence. */
interface Obstacle {
  readonly short: string
  readonly long: string
}

/** What the levels make of the project, without the files whose new text is wrong: that is a defect of ours. */
export async function planSound(project: Project, options: MigrateOptions): ReturnType<typeof planAtLevel> {
  const result = await planAtLevel(project, options)
  const { steps, changes, before, handlers } = result.planned
  // Its resolver knows the files that are new.
  const { analysis } = handlers.at(-1) ?? before
  const rewritten = new Set(rewrittenIn(steps, changes))
  const created = changes.filter((change) => change.before === undefined && isSourceFile(change.path))
  const leave: Record<string, string> = {}
  for (const { path, before: text, after } of changes) {
    if (!/\.[cm]?[jt]sx?$/.test(path)) continue
    const others = changes.flatMap((one) =>
      one.before === undefined || one.path === path ? [] : { before: one.before, after: one.after },
    )
    const problem = problemOf({ path, before: text, after, facts: analysis.facts(path), created, others })
    if (problem === undefined) continue
    const isLeft = options.leave?.[relative(project.root, path).split(sep).join('/')] !== undefined
    if (!rewritten.has(path) || isLeft) {
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

export async function planAtLevel(
  project: Project,
  options: MigrateOptions,
): Promise<{ readonly planned: Planned; readonly notes: readonly Note[] }> {
  // A server of node:http has one request listener, and that is its application.
  const { target, ...unaimed } = options
  const { name: framework } = project.framework
  const usual = target === undefined || framework === 'adonisjs' ? 'handler' : 'auto'
  const level = framework === 'node' ? 'app' : (options.level ?? usual)
  if (level !== 'auto') {
    const planned = await planAimed(level, project, options)
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
  const comparing = { ...unaimed, skip: [...(options.skip ?? []), ...AT_EVERY_LEVEL] }
  const compared: { planned: Planned; obstacle: Obstacle | undefined; hot: Share; lines: number }[] = []
  for (const name of project.framework.name === 'adonisjs' ? (['handler'] as const) : LEVELS) {
    const planned = await planAt(name, project, comparing)
    const obstacle = name === 'handler' ? undefined : obstacleOf(name, planned, project)
    compared.push({ planned, obstacle, hot: hotFiles(planned, project), lines: changedLines(planned.changes) })
  }
  const aim = (target ?? 100) / 100
  const [best] = compared
    .filter(({ obstacle }) => obstacle === undefined)
    .sort((a, b) => Math.min(aim, ratio(b.hot)) - Math.min(aim, ratio(a.hot)) || a.lines - b.lines)
  if (!best) throw new Error('No level was planned.')
  const others = compared
    .filter((other) => other !== best)
    .reverse()
    .map(
      ({ planned, obstacle, hot }) =>
        `${planned.level} ${obstacle === undefined ? percent(hot) : `not: ${obstacle.short}`}`,
    )
  const isChoice =
    compared.length === 1 ||
    compared.some(({ obstacle, hot }) => obstacle !== undefined || percent(hot) !== percent(best.hot))
  const message = `level ${best.planned.level}: ${percent(best.hot)} of files${others.length > 0 ? ` (${others.join(', ')})` : ''}`
  const missed = target === undefined || reaches(best.hot, target) ? [] : compared
  const obstacles = missed.flatMap(({ planned, obstacle }) =>
    obstacle === undefined || obstacle.long === `${obstacle.short}.`
      ? []
      : [`level ${planned.level}: ${obstacle.long}`],
  )
  const notes = [...(isChoice ? [message] : []), ...obstacles].map((line): Note => ({ kind: 'info', message: line }))
  return { planned: await planAt(best.planned.level, project, options), notes }
}

/** With the codemod of bound instances too, where they keep the target from being reached: it is proven as others are. */
async function planAimed(level: Level, project: Project, options: MigrateOptions): Promise<Planned> {
  const planned = await planAt(level, project, options)
  const { target, with: extra = [], skip = [], only } = options
  const isThere = planned.before.files.some(({ candidates }) =>
    candidates.some(({ reason }) => reason === 'bound-instance'),
  )
  const name = 'bound-instances'
  if (target === undefined || !isThere || only || skip.includes(name) || extra.includes(name)) return planned
  const hot = hotFiles(planned, project)
  if (reaches(hot, target)) return planned
  const more = await planAt(level, project, { ...options, with: [...extra, name] })
  return hotFiles(more, project).hot > hot.hot ? more : planned
}

async function planAt(level: Level, project: Project, options: MigrateOptions): Promise<Planned> {
  const { target } = options
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
  const first = new Map<'mount' | 'app', readonly Located[]>()
  const steps = new Map<string, Step>()
  const handlers: ProjectPlan[] = []
  const states: State[] = []
  const cuts: PlannedCut[] = []
  /** With `hotHook` as it will be, where cuts are looked for: what its globs cover wrongly restarts till then. */
  let current = project
  const keep = ({ step, changes }: Work): void => {
    if (changes.length > 0) states.push({ codemod: step.codemod, summary: step.summary, changes })
    const last = steps.get(step.codemod)
    steps.set(step.codemod, last ? joined(last, step) : step)
  }
  const keepHandlers = (): void => {
    // With the files, which are planned when they are asked for, and of the tree as it is now.
    handlers.push({ ...planProject(current, tree, planning) })
  }
  const run = async (codemod: Codemod): Promise<void> => {
    const own = levelOf(codemod)
    if (codemod.name === 'lazy-imports') keepHandlers()
    if (own) {
      const found = planLevel(own, current, tree, planning).files.flatMap(locate)
      if (!first.has(own)) first.set(own, found)
      above = joinRounds(above, found)
    }
    keep(await workOf(codemod, current, tree, planning))
  }
  const isInRound = (codemod: Codemod): boolean =>
    levelOf(codemod) !== undefined ||
    /^(?:made-values|(?:type|direct|lazy|deferred)-imports|hot-reexports)$/.test(codemod.name)
  const round = chosen.filter(isInRound)
  const isOfNoUse = (codemod: Codemod): boolean =>
    codemod.needsBoundaries === true &&
    !options.only?.includes(codemod.name) &&
    !hasBoundaries(project, manifestIn(project, tree))
  for (const codemod of chosen) {
    if (isOfNoUse(codemod)) continue
    if (!round.includes(codemod)) await run(codemod)
    else if (codemod === round[0]) {
      const settle = (): Promise<void> =>
        untilSettled(tree, async () => {
          for (const member of round) await run(member)
        })
      await settle()
      // What a glob covers wrongly is imported through another module once it no longer does.
      if (target !== undefined || round.some(({ name }) => name === 'hot-reexports')) {
        const allowed = formsAllowed(options)
        const declined = (options.declineCuts ?? []).map((path) => join(project.root, path))
        const isConfigured = chosen.some(({ name }) => name === 'hot-hook-config')
        for (let version = NONE; version !== tree.version;) {
          const then = isConfigured ? configured(current, tree, planning) : current
          if (then === current && version !== NONE) break
          version = tree.version
          if (then !== current) {
            current = then
            await settle()
          }
          if (target === undefined) continue
          const cutting = { project: current, options: planning, target, declined, allowed, round }
          cuts.push(...(await takeCuts(tree, cutting, keep)))
        }
      }
      keepHandlers()
    }
  }
  const after = manifestIn(project, tree)
  if (options.decline?.some(({ why }) => why))
    keep(await worked(tree, () => declinedStep(writeReasons(project, tree, planning, options))))
  const changes = tree.changes()
  return {
    level,
    choices,
    before,
    above,
    first,
    handlers,
    cuts,
    tree,
    steps: [...steps.values()],
    states,
    changes,
    after,
  }
}

/** Stands for no version of a tree. */
const NONE = -1

/** The project with `hotHook` as `hot-hook-config` will leave it; itself where that is what it has. */
function configured(project: Project, tree: FileTree, options: PlanOptions): Project {
  const { packageJsonPath, packageJson } = project
  const { after } = planConfig(project, planProject(project, tree, options), tree.read(packageJsonPath) ?? '')
  const { hotHook } = JSON.parse(stripBom(after)) as PackageJson
  if (hotHook === undefined || JSON.stringify(hotHook) === JSON.stringify(packageJson.hotHook)) return project
  return { ...project, packageJson: { ...packageJson, hotHook } }
}

function manifestIn({ packageJsonPath }: Project, tree: FileTree): PackageJson {
  return JSON.parse(stripBom(tree.read(packageJsonPath) ?? '{}')) as PackageJson
}

/** Whether anything may be hot. hot-hook without a boundary restarts for every file, which other watchers do better. */
export function hasBoundaries({ framework, runtime }: Project, { hotHook }: PackageJson): boolean {
  return framework.name === 'adonisjs' || runtime.hotHook === 'init' || (hotHook?.boundaries ?? []).length > 0
}

export function makesLazy({ codemod, edits }: Step): boolean {
  return edits > 0 && isOfImports(codemod)
}

/** Whether a codemod is one that makes imports lazy. */
export function isOfImports(codemod: string): boolean {
  return codemod === 'made-values' || forms.some((form) => form.codemod === codemod)
}

export function rewrittenIn(steps: readonly Step[], changes: readonly Change[]): string[] {
  const files = new Set(steps.flatMap((step) => (rewritesSource(step) ? step.files : [])))
  return changes.flatMap(({ path, before }) => (before !== undefined && files.has(path) ? [path] : []))
}

function rewritesSource(step: Step): boolean {
  return makesLazy(step) || /^(?:bound-instances|magic-strings)$/.test(step.codemod)
}

function levelOf({ name }: Codemod): 'mount' | 'app' | undefined {
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
  { steps, first: said, before }: Planned,
  { root }: Project,
): Obstacle | undefined {
  const made = steps.some(({ codemod, edits }) => codemod === CODEMOD_OF[level] && edits > 0)
  const isThere = before.files.some(({ candidates }) =>
    candidates.some(({ verdict, role }) => verdict === 'done' && (level === 'mount' || role === undefined)),
  )
  if (made || isThere) return undefined
  const first = said
    .get(level)
    ?.find(
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

/** hot-hook's answer after it, in a server that is started with hot-hook. */
export function modelAfter({ before: { analysis }, changes, after }: Planned): ReloadModel {
  const texts = new Map(changes.map((change) => [change.path, change.after]))
  return analysis.server.reloadWith(texts, after.hotHook ?? {})
}

/** What is hot then. */
export function hotFiles(planned: Planned, { root }: Project): Share {
  return coverageOf(modelAfter(planned), true, [], root).files
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

export function chooseCodemods(
  { only, skip = [], with: extra = [], target }: MigrateOptions,
  level: Level,
): typeof codemods {
  if (only?.length === 0) throw new RangeError('--only names no codemod.')
  for (const name of [...(only ?? []), ...skip, ...extra]) {
    if (codemods.some((codemod) => codemod.name === name)) continue
    throw new RangeError(
      `There is no codemod \`${name}\`. There are: ${codemods.map((codemod) => codemod.name).join(', ')}.`,
    )
  }
  const ofLevel = level === 'app' ? [CODEMOD_OF.app, CODEMOD_OF.mount] : level === 'mount' ? [CODEMOD_OF.mount] : []
  const aimed = target === undefined ? [] : ['mongoose-models']
  const added: readonly string[] = only ? extra : [...extra, ...ofLevel, ...aimed]
  return codemods.filter(
    ({ name, optIn }) => (added.includes(name) || (only ? only.includes(name) : !optIn)) && !skip.includes(name),
  )
}

/** The codemods that may make cuts: a level that is asked for is not left for one above it. */
function formsAllowed({ only, skip = [], level }: MigrateOptions): ReadonlySet<string> {
  const above: readonly string[] =
    level === 'handler' ? Object.values(CODEMOD_OF) : level === 'mount' ? [CODEMOD_OF.app] : []
  const names = forms.map(({ codemod }) => codemod).filter((name) => !skip.includes(name) && !above.includes(name))
  return new Set(names.filter((name) => only === undefined || only.includes(name)))
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

function stripBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
