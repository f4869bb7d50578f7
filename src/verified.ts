import { lstatSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { isWithin } from './edits/paths.ts'
import type { Change } from './edits/tree.ts'
import type { Outcome, ReloadModel } from './graph/reload.ts'
import { openServer, type Server } from './graph/server.ts'
import { migrate, requireClean, type MigrateOptions, type Migration } from './migrate.ts'
import { addDevCommand, installedVersion, rangeOf } from './project/package-manager.ts'
import type { Project } from './project/project.ts'
import { parseManifest, projectOf, readProject } from './project/read.ts'
import {
  answersOf,
  compareTypes,
  openVersion,
  typesOf,
  type Against,
  type TypeComparison,
  type Types,
  type Version,
} from './verify/against.ts'
import { askAtStart, type Answers } from './verify/asked.ts'
import { compareAnswers, type Comparison, type Difference } from './verify/answers.ts'
import { copyProject, type Copy } from './verify/copy.ts'
import type { Diagnostic } from './verify/diagnostics.ts'
import { VerifyError } from './verify/error.ts'
import { launchOf, type LaunchOptions } from './verify/launch.ts'
import { parseRequest } from './verify/request.ts'
import { routesOf, type Route } from './verify/routes.ts'
import { boot, BootError, type Launch } from './verify/session.ts'
import { NOWHERE, verifyProject, type Verification, type VerifiedFile, type VerifyOptions } from './verify/verify.ts'
import { satisfies } from './versions.ts'

export interface VerifiedMigrateOptions
  extends MigrateOptions, Omit<LaunchOptions, 'command'>, Pick<VerifyOptions, 'urls' | 'onProgress'> {}

/** A file that stays as it is, since a run has shown what happens otherwise. */
export interface RolledBack {
  /** Relative to the project's root, with `/`. */
  readonly path: string
  /** A clause: `/users answers 500 in place of 200`. */
  readonly what: string
}

/** A migration that was tried in a copy of the project. */
export interface VerifiedMigration {
  /** Without what was rolled back. Its `apply` throws a {@link VerifyError} when something still regresses. */
  readonly migration: Migration
  /** The run of {@link migration}; null when nothing was to be run, since nothing changes or nothing would be hot. */
  readonly verification: Verification | null
  readonly rolledBack: readonly RolledBack[]
  /** What regresses whatever source file stays as it is, as clauses: then nothing is to be applied. */
  readonly regressions: readonly string[]
}

/**
 * Plans the migration of a project, tries it in a temporary copy against the project as it is, and plans again without
 * the source files that make something worse: a start, an answer, a type error, a file that is stale or breaks the
 * application when it is saved. Nothing of the project is written until {@link Migration.apply}, and all that is
 * started is ended.
 *
 * @throws {VerifyError} when it cannot run: a package is not installed, or the application does not start as it is.
 * @throws {ProjectError} as {@link migrate}; also when a file to be overwritten has uncommitted changes.
 * @throws {RangeError} when there is no codemod of a name, or a request cannot be read.
 */
export async function migrateVerified(options: VerifiedMigrateOptions = {}): Promise<VerifiedMigration> {
  options.urls?.forEach(parseRequest)
  const first = await migrate(options)
  const { project } = first
  const runs = first.rewritten.length > 0 || isHot(changed(project, first.changes))
  if (first.changes.length === 0 || !runs) {
    return { migration: first, verification: null, rolledBack: [], regressions: [] }
  }
  if (options.allowDirty !== true) requireClean(project, first.changes)
  requireInstalled(changed(project, first.changes))
  // What is compared at each level is compared once.
  const settled = options.level === 'auto' ? { ...options, level: first.level } : options
  const trial = await openTrial(project, settled)
  try {
    const rolledBack: RolledBack[] = []
    const leave: Record<string, string> = { ...options.leave }
    for (let migration = first; ; migration = await migrate({ ...settled, leave })) {
      const found = await trial.run(migration)
      if (found.regressions.length === 0) {
        return { migration, verification: found.verification, rolledBack, regressions: [] }
      }
      const causes = await trial.causesOf(found.regressions, migration, leave)
      if (causes.length === 0) {
        const regressions = found.regressions.map(({ what }) => what)
        return { migration: unproven(migration, regressions), verification: null, rolledBack, regressions }
      }
      for (const { path, what } of causes) leave[path] = what
      rolledBack.push(...causes)
    }
  } finally {
    await trial.remove()
  }
}

function unproven(migration: Migration, regressions: readonly string[]): Migration {
  return {
    ...migration,
    apply() {
      throw new VerifyError(`Nothing was written: with the migration, ${regressions.join('; ')}.`)
    },
  }
}

/** What the development script needs, by the names that the codemod dev-dependencies knows. */
const NEEDED = ['hot-hook', '@hot-hook/runner', 'tsx']

/** @throws {VerifyError} when what package.json will ask for is not installed. */
function requireInstalled({ root, packageManager, packageJson: { dependencies, devDependencies } }: Project): void {
  const wanted: Readonly<Record<string, string>> = { ...dependencies, ...devDependencies }
  const missing = NEEDED.flatMap((name) => {
    const specifier = wanted[name]
    if (specifier === undefined) return []
    const range = rangeOf(root, name, specifier)
    const installed = installedVersion(root, name)
    if (installed !== undefined && (range === undefined || satisfies(installed, range))) return []
    return [range === undefined ? name : `${name}@${range}`]
  })
  if (missing.length === 0) return
  throw new VerifyError(
    `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed in ${root}, so the migration cannot be run. Nothing was changed. Run \`${addDevCommand(packageManager, missing.join(' '))}\`, commit that, and run again.`,
  )
}

/** The project as its package.json will have it. */
function changed(project: Project, changes: readonly Change[]): Project {
  const { root, packageJsonPath: path } = project
  const text = changes.find((change) => change.path === path)?.after
  if (text === undefined) return project
  const manifest = { root, path, text }
  return projectOf(manifest, parseManifest(manifest))
}

/** Something that is worse than before. */
interface Regression {
  readonly what: string
  /** Of an answer. */
  readonly request?: string
  readonly diagnostic?: Diagnostic
  readonly file?: VerifiedFile
}

interface Found {
  readonly regressions: readonly Regression[]
  readonly verification: Verification | null
}

/** The project as it is, and a copy in which migrations are tried. */
interface Trial {
  run(migration: Migration): Promise<Found>
  /** The source files of the migration that are to stay as they are; none where that would not help. */
  causesOf(
    regressions: readonly Regression[],
    migration: Migration,
    leave: Readonly<Record<string, string>>,
  ): Promise<readonly RolledBack[]>
  remove(): Promise<void>
}

/** @throws {VerifyError} when the application does not start as it is. */
async function openTrial(project: Project, options: VerifiedMigrateOptions): Promise<Trial> {
  const { signal, onProgress } = options
  const { root } = project
  const outcomesBefore = outcomesOf(project)
  requireScript(project)
  onProgress?.({ doing: 'copy' })
  const before = await openVersion(project, root, options)
  let copy: Copy | undefined
  const remove = async (): Promise<void> => {
    await before.remove()
    await copy?.remove()
  }
  try {
    copy = await copyProject(root)
    signal?.throwIfAborted()
    onProgress?.({ doing: 'start' })
    const routes = routesOf(project, openServer(project))
    const requests = await answeredBy(before, root, options.urls ?? [...routes.map(({ request }) => request), NOWHERE])
    signal?.throwIfAborted()
    const answers = await answersOf(before.launch, requests)
    signal?.throwIfAborted()
    const types = await typesOf(before.directory, signal)
    return { ...trialIn(copy, { project, before, routes, requests, answers, types, outcomesBefore }, options), remove }
  } catch (error) {
    await remove()
    throw error
  }
}

function requireScript({ runtime, packageJsonPath }: Project): void {
  if (runtime.script !== undefined) return
  throw new VerifyError(
    `No script of ${packageJsonPath} starts a server, so there is nothing to compare with. Add a "dev" script that does, commit it, and run again; or migrate without --verify.`,
  )
}

/** The requests that the application answers as it is: a stream of events never ends. @throws {VerifyError} */
async function answeredBy(
  { launch, directory }: Version,
  root: string,
  requests: readonly string[],
): Promise<string[]> {
  try {
    const session = await boot(launch)
    try {
      const answers = await askAtStart(session, requests)
      return requests.filter((request) => answers[request]?.timedOut !== true)
    } finally {
      await session.stop()
    }
  } catch (error) {
    if (!(error instanceof BootError) || launch.signal?.aborted) throw error
    throw new VerifyError(
      `\`${launch.command}\` does not start before anything is changed, so there is nothing to compare with. Nothing was changed.\n${error.message.replaceAll(directory, root)}`,
    )
  }
}

/** Everything that is known of the project as it is. */
interface Baseline {
  readonly project: Project
  readonly before: Version
  readonly routes: readonly Route[]
  /** Those that it answers. */
  readonly requests: readonly string[]
  readonly answers: readonly Answers[]
  readonly types: Types
  /** By path relative to the root, with `/`. */
  readonly outcomesBefore: (path: string) => Outcome
}

/** What becomes of a file that is saved, before the migration. Without hot-hook, what watches restarts. */
function outcomesOf(project: Project): (path: string) => Outcome {
  if (project.runtime.hotHook === 'none') return () => 'restart'
  const { outcomes } = openServer(project).reload()
  return (path) => outcomes.get(resolve(project.root, path)) ?? 'restart'
}

function trialIn(copy: Copy, baseline: Baseline, options: VerifiedMigrateOptions): Pick<Trial, 'run' | 'causesOf'> {
  const { project, before, requests, types, outcomesBefore } = baseline
  const { root } = project
  const { signal, onProgress } = options
  const directories = [before.directory, copy.directory]
  const write = writerIn(copy, root)

  /** Puts changes into the copy. @returns the project there. */
  function put(changes: readonly Change[]): Project {
    write(changes)
    return readProject(copy.directory)
  }

  function launch(tried: Project): Launch {
    return launchOf(tried, copy.directory, options)
  }

  /** What is answered otherwise; a start that fails. */
  async function answer(
    tried: Project,
    asked: readonly string[],
  ): Promise<{ readonly regressions: readonly Regression[]; readonly comparison?: Comparison }> {
    signal?.throwIfAborted()
    let own: Answers[]
    try {
      own = await answersOf(launch(tried), asked)
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof VerifyError)) throw error
      return { regressions: [{ what: `the application does not start (${reasonIn(error.message, copy.directory)})` }] }
    }
    const known = baseline.answers.map((answers) => pick(answers, asked))
    const comparison = compareAnswers(known, own, { directories })
    const first = new Map(comparison.differences.toReversed().map((difference) => [difference.request, difference]))
    const regressions = [...first.values()].map((difference) => ({
      what: describeDifference(difference),
      request: difference.request,
    }))
    return { regressions, comparison }
  }

  async function compiled(): Promise<{ types: TypeComparison | null; regressions: Regression[] }> {
    const compared = await compareTypes(types, () => typesOf(copy.directory, signal))
    const regressions = (compared?.added ?? []).map((diagnostic) => ({
      what: describeDiagnostic(diagnostic),
      diagnostic,
    }))
    return { types: compared, regressions }
  }

  async function run(migration: Migration): Promise<Found> {
    if (migration.changes.length === 0) return { regressions: [], verification: null }
    const tried = put(migration.changes)
    if (!isHot(tried)) {
      if (migration.rewritten.length > 0) throw notHot(migration)
      return { regressions: [], verification: null }
    }
    onProgress?.({ doing: 'compare' })
    const answered = await answer(tried, requests)
    signal?.throwIfAborted()
    const checked = await compiled()
    signal?.throwIfAborted()
    const worse = [...answered.regressions, ...checked.regressions]
    if (worse.length > 0 || answered.comparison === undefined) return { regressions: worse, verification: null }
    const verification = await verifyProject(tried, { ...options, urls: requests, inPlace: true })
    const against: Against = {
      version: 'the project before',
      command: before.launch.command ?? '',
      answers: answered.comparison,
      types: checked.types,
    }
    return {
      regressions: verification.files.flatMap((file) => regressionOf(file, outcomesBefore(file.path)) ?? []),
      verification: {
        ...verification,
        project: { ...tried, root, packageJsonPath: project.packageJsonPath },
        against,
      },
    }
  }

  async function causesOf(
    regressions: readonly Regression[],
    migration: Migration,
    leave: Readonly<Record<string, string>>,
  ): Promise<readonly RolledBack[]> {
    const rewritten = migration.rewritten
      .map((path) => relativeTo(root, path))
      .filter((path) => leave[path] === undefined)
    const server = openServer(put(migration.changes))
    const causes = new Map<string, string>()
    const untraced: Regression[] = []
    for (const regression of regressions) {
      const cause = tracedTo(regression, server, new Set(rewritten))
      if (cause === undefined) untraced.push(regression)
      else if (!causes.has(cause)) causes.set(cause, regression.what)
    }
    // What can be told is left alone first: it may be the cause of the rest.
    if (causes.size > 0) return [...causes].map(([path, what]) => ({ path, what }))
    if (rewritten.length === 0 || untraced.every(({ file }) => file)) return []
    return bisect(untraced, rewritten, migration, leave)
  }

  /** Finds the causes by trying: half of the files stay as they are, and so on. */
  async function bisect(
    regressions: readonly Regression[],
    rewritten: readonly string[],
    migration: Migration,
    leave: Readonly<Record<string, string>>,
  ): Promise<readonly RolledBack[]> {
    const asked = regressions.flatMap(({ request }) => request ?? [])
    const isOfTypes = regressions.some(({ diagnostic }) => diagnostic)
    const isOfAnswers = regressions.some(({ diagnostic }) => !diagnostic)
    const known = new Map<string, Promise<readonly Regression[]>>([['', Promise.resolve(regressions)]])

    function tryWithout(left: readonly string[]): Promise<readonly Regression[]> {
      const key = left.toSorted().join('\0')
      const found = known.get(key) ?? attempt(left)
      known.set(key, found)
      return found
    }

    async function attempt(left: readonly string[]): Promise<readonly Regression[]> {
      const all = { ...leave, ...Object.fromEntries(left.map((path) => [path, ''])) }
      const { changes } = await migrate({ ...options, leave: all })
      let tried = put(changes)
      // Without a boundary there is no hot-hook to start: then it is started with nothing lazy.
      if (!isHot(tried)) tried = put(migration.changes.filter(({ path }) => !migration.rewritten.includes(path)))
      const found = isOfAnswers ? (await answer(tried, asked)).regressions : []
      signal?.throwIfAborted()
      return isOfTypes ? [...found, ...(await compiled()).regressions] : found
    }

    const isGood = async (left: readonly string[]): Promise<boolean> => (await tryWithout(left)).length === 0

    /** @param left the files that stay as they are: not enough, but with `suspects` it is. */
    async function search(suspects: readonly string[], left: readonly string[]): Promise<RolledBack[]> {
      const [only] = suspects
      if (suspects.length === 1 && only !== undefined) {
        const found = await tryWithout(left)
        return [{ path: only, what: found[0]?.what ?? '' }]
      }
      const middle = Math.ceil(suspects.length / 2)
      const [one, other] = [suspects.slice(0, middle), suspects.slice(middle)]
      if (await isGood([...left, ...one])) return search(one, left)
      if (await isGood([...left, ...other])) return search(other, left)
      return [...(await search(one, [...left, ...other])), ...(await search(other, [...left, ...one]))]
    }

    // The files that register what is answered otherwise are the first to try.
    const registering = new Set(
      baseline.routes.filter(({ request }) => asked.includes(request)).map(({ path }) => relativeTo(root, path)),
    )
    const likely = rewritten.filter((path) => registering.has(path))
    if (likely.length > 0 && (await isGood(likely))) return search(likely, [])
    return (await isGood(rewritten)) ? search(rewritten, []) : []
  }

  return { run, causesOf }
}

function pick(answers: Answers, requests: readonly string[]): Answers {
  return Object.fromEntries(Object.entries(answers).filter(([request]) => requests.includes(request)))
}

function isHot({ framework, runtime, packageJson }: Project): boolean {
  const isBounded = (packageJson.hotHook?.boundaries ?? []).length > 0 || runtime.hotHook === 'init'
  return runtime.hotHook !== 'none' && (isBounded || framework.name === 'adonisjs')
}

/** The development script could not be changed, or was not to be. */
function notHot({ notes, project, steps }: Migration): VerifyError {
  const said = steps.find(({ codemod }) => codemod === 'dev-script')?.notes ?? notes
  const why = said.filter(({ kind }) => kind === 'manual').map(({ message }) => ` ${message}`)
  return new VerifyError(
    `The script of ${project.packageJsonPath} that starts the server would not start hot-hook after the migration, so it cannot be verified. Nothing was changed.${why.join('')}`,
  )
}

/**
 * Puts changes of a project into its copy, in place of those before.
 *
 * @throws {VerifyError} when a file of the copy is a link to one outside.
 */
function writerIn({ directory, top }: Copy, root: string): (changes: readonly Change[]) => void {
  let written: readonly Change[] = []
  const put = (path: string, text: string | undefined): void => {
    const target = resolve(directory, relative(root, path))
    // What lies above the copied directory is linked; nothing there is loaded by the server.
    if (!isWithin(target, top)) return
    mkdirSync(dirname(target), { recursive: true })
    const isThere = lstatSync(target, { throwIfNoEntry: false }) !== undefined
    const real = isThere ? realpathSync(target) : realpathSync(dirname(target))
    if (!isWithin(real, realpathSync(top))) {
      throw new VerifyError(
        `${path} is a link to a file outside the project, so the migration cannot be tried in a copy.`,
      )
    }
    if (text === undefined) rmSync(target, { force: true })
    else writeFileSync(target, text)
  }
  return (changes) => {
    for (const { path, before } of written) put(path, before)
    written = changes
    for (const { path, after } of changes) put(path, after)
  }
}

function relativeTo(root: string, path: string): string {
  return relative(root, path).split(sep).join('/')
}

const RANKS: Readonly<Record<Outcome, number>> = { hot: 4, restart: 3, unwatched: 2, stale: 1, error: 0 }

/** @param before what became of the file when it was saved, before the migration. */
function regressionOf(file: VerifiedFile, before: Outcome): Regression | undefined {
  const { path, observed, agrees, predicted, request } = file
  if (observed === 'not-reached' || RANKS[observed] >= RANKS[before]) return undefined
  if (observed !== 'stale' && observed !== 'error' && agrees !== false) return undefined
  const what = {
    hot: '',
    restart: `the server restarts for ${path}, which was to be ${predicted}`,
    unwatched: `nothing happens when ${path} is saved`,
    stale: request === null ? `the old code of ${path} goes on running` : `${request} shows the old text of ${path}`,
    error: `${request ?? 'the application'} fails when ${path} is saved`,
  }[observed]
  return { what, file }
}

/** The file among `rewritten` that the text of the project tells to be the cause. All paths are relative, with `/`. */
function tracedTo(
  { diagnostic, file }: Regression,
  server: Server,
  rewritten: ReadonlySet<string>,
): string | undefined {
  const place = diagnostic?.path ?? file?.path
  if (place === undefined) return undefined
  if (rewritten.has(place)) return place
  const start = resolve(server.root, place)
  const { files, importers } = server.reload()
  const imports = (path: string): string[] => server.modules.edges(path).map(({ target }) => target)
  const importing = (path: string): string[] => (importers.get(path) ?? []).map((importer) => importer.path)
  const reached = diagnostic
    ? reachedFrom(start, imports)
    : [...chainOf(start, files), ...reachedFrom(start, importing)]
  return reached.map((path) => relativeTo(server.root, path)).find((path) => rewritten.has(path))
}

/** The modules that decide the outcome of a file, from it on to what the server starts with. */
function chainOf(start: string, files: ReloadModel['files']): string[] {
  const chain = new Set([start])
  for (const path of chain) {
    const next = files.get(path)?.via?.path
    if (next !== undefined) chain.add(next)
  }
  return [...chain]
}

/** The nearest first. */
function reachedFrom(start: string, next: (path: string) => readonly string[]): string[] {
  const reached = new Set([start])
  for (const path of reached) for (const other of next(path)) reached.add(other)
  return [...reached]
}

function describeDifference({ request, what, name, before, after }: Difference): string {
  if (what === 'status') return `${request} answers ${after} in place of ${before}`
  return `${request} has another ${name === undefined ? what : `${what} ${name}`}: ${after}, and before ${before}`
}

function describeDiagnostic({ path, line, code, message }: Diagnostic): string {
  return `${path}:${line} has the type error ${code}: ${message.split('\n')[0]?.replace(/\.$/, '')}`
}

/** The line that says why, of what an application printed. */
function reasonIn(message: string, directory: string): string {
  const lines = message.split('\n').map((line) => line.trim())
  const said =
    lines.find((line) => /^(?:Uncaught )?\w*(?:Error|Exception)\b.*:/.test(line)) ?? lines[1] ?? lines[0] ?? ''
  return said.replaceAll(`${directory}${sep}`, '').replace(/\.$/, '')
}
