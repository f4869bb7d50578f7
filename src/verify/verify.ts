import { execFileSync } from 'node:child_process'
import { join, relative, resolve, sep } from 'node:path'
import { readText } from '../edits/tree.ts'
import { boundaryMatcher } from '../graph/boundaries.ts'
import { countedFiles } from '../graph/coverage.ts'
import { createPlaces } from '../graph/places.ts'
import type { Outcome, OutcomeReason, ReloadModel } from '../graph/reload.ts'
import { openServer, type Server } from '../graph/server.ts'
import type { Project } from '../project/project.ts'
import { compareVersions, openVersion, type Against } from './against.ts'
import { bench, type Timing } from './bench.ts'
import { copyProject, treeOf, type Copy } from './copy.ts'
import { VerifyError } from './error.ts'
import { launchOf, requireHotHook, type LaunchOptions } from './launch.ts'
import { literalsIn } from './literals.ts'
import { oldCommand } from './old-command.ts'
import type { Answers } from './asked.ts'
import { observe, shows, type Edit, type Observation, type Word } from './observe.ts'
import { parseRequest } from './request.ts'
import type { Progress } from '../project/progress.ts'
import { routesOf } from './routes.ts'
import { BootError, type Launch } from './session.ts'

export interface VerifyOptions extends LaunchOptions {
  /** What to ask of the application, as `parseRequest` reads it. Default: the GET routes that its code registers, and a path that none of them has. */
  readonly urls?: readonly string[]
  /** The only files to save: paths or globs, relative to the project's root. Default: every file the server loads. */
  readonly files?: readonly string[]
  /** Save only the files that differ from this git ref. */
  readonly changed?: string
  /** Work in the project's own directory, and put back each file once it was seen. Default: in a temporary copy. */
  readonly inPlace?: boolean
  /** A git ref, or a directory with another version of the project: both are asked the same, and type-checked. */
  readonly against?: string
  /** Measure how long a save takes to be answered for, with hot-hook and with the command that restarts the server. */
  readonly bench?: boolean
  readonly onProgress?: (progress: Progress) => void
}

/** What was predicted of a file, and what hot-hook did when it was saved. */
export interface VerifiedFile {
  /** Relative to the project's root, with `/`. */
  readonly path: string
  readonly predicted: Outcome
  readonly reason: OutcomeReason
  /** hot-hook's answer depends on the order in which modules were loaded: nothing is promised. */
  readonly unstable: boolean
  /**
   * `not-reached`: no request had the application load the file, so that hot-hook does not know it; or none used it
   * again once it was reloaded.
   */
  readonly observed: Outcome | 'not-reached'
  /** Whether that was predicted; null for what is unstable or not reached. */
  readonly agrees: boolean | null
  /** It did what was predicted, as far as that can be told, and is neither stale nor breaks the application. */
  readonly passes: boolean
  /** The request whose answer is stale or broken. */
  readonly request: string | null
}

export interface AskedRequest {
  readonly request: string
  /** 0: no answer came in time, so it was not asked again. */
  readonly status: number
}

export interface Verification {
  readonly project: Project
  readonly command: string
  /** Version of Node.js that ran it. */
  readonly node: string
  readonly requests: readonly AskedRequest[]
  readonly files: readonly VerifiedFile[]
  /** Null when no other version was named, or it could not be compared with. */
  readonly against: Against | null
  /** Null when it was not asked for, or could not be measured. */
  readonly timing: Timing | null
  /** Why the one or the other could not be done, though it was asked for, or the files could not be judged. */
  readonly problems: readonly string[]
  /**
   * Whether each file did what was predicted, none is stale or breaks the application, and the other version gives the
   * same answers and no type error less; and all that was asked for could be done.
   */
  readonly passes: boolean
}

/** No route leads there: what answers then is loaded too. */
export const NOWHERE = '/hot-codemod/nowhere'

/**
 * Boots an application under hot-hook by its own development script, saves one file at a time, and compares what
 * hot-hook does with what is predicted. A file is stale when an answer, or a mark that the file leaves as it runs, says
 * so: hot-hook's own words are not believed.
 *
 * @throws {VerifyError} when it cannot run: hot-hook is not there, the application does not start, no file to save.
 * @throws {RangeError} when a request cannot be read.
 */
export async function verifyProject(project: Project, options: VerifyOptions = {}): Promise<Verification> {
  const { root, runtime } = project
  const { signal, onProgress } = options
  options.urls?.forEach(parseRequest)
  requireHotHook(project, options.command)
  const node = versionOf(options.nodePath)
  const server = openServer({ ...project, runtime: { ...runtime, node } })
  const chosen = chosenFiles(project, server.reload(), options)
  const requests = options.urls ?? [...routesOf(project, server).map(({ request }) => request), NOWHERE]

  onProgress?.({ doing: 'copy' })
  const removals: (() => Promise<void>)[] = []
  try {
    const copy = options.inPlace === true ? undefined : await copyProject(root, runtime)
    if (copy) removals.push(() => copy.remove())
    const other = options.against === undefined ? undefined : await openVersion(project, options.against, options)
    if (other) removals.push(() => other.remove())
    signal?.throwIfAborted()

    const directory = copy?.directory ?? root
    const launch = launchOf(project, directory, options)
    const { files, asked } =
      chosen.length === 0 ? { files: [], asked: [] } : await verifyFiles(server, chosen, launch, requests, options)
    const answering =
      chosen.length === 0 ? requests : asked.filter(({ status }) => status !== 0).map(({ request }) => request)
    signal?.throwIfAborted()

    // What was seen of the files is worth having, whatever comes of the rest.
    const problems: string[] = failing(asked)
    const attempt = async <Result>(run: () => Promise<Result>): Promise<Result | null> => {
      try {
        return await run()
      } catch (error) {
        signal?.throwIfAborted()
        if (!(error instanceof VerifyError || error instanceof BootError)) throw error
        problems.push(error.message.replaceAll(directory, root).trim())
        return null
      }
    }
    onProgress?.({ doing: 'compare' })
    const against = other ? await attempt(() => compareVersions(options.against ?? '', other, launch, answering)) : null
    const timing = options.bench === true ? await attempt(timingOf) : null
    signal?.throwIfAborted()

    return {
      project,
      command: launch.command ?? '',
      node,
      requests: asked,
      files,
      against,
      timing,
      problems,
      passes: problems.length === 0 && files.every((file) => file.passes) && (against === null || isSame(against)),
    }

    async function timingOf(): Promise<Timing> {
      const old = oldCommand(project, other?.project)
      const isOther = other !== undefined && old.source === 'against'
      // Two copies: in both of them the same file is saved.
      const [own, second] = [copy ?? (await another()), isOther ? other : await another()]
      const isCounted = countedFiles(server.reload(), root)
      return bench({
        root,
        isCounted,
        hotFiles: chosen.filter(
          (path, index) => files[index]?.agrees === true && files[index].observed === 'hot' && isCounted(path),
        ),
        requests: answering,
        hot: { ...launch, directory: own.directory },
        restart: { ...launch, directory: second.directory, command: old.command },
        old: { source: old.source, notes: old.notes },
        onSave: (done, total) => onProgress?.({ doing: 'measure', done, total }),
        signal,
      })
    }

    async function another(): Promise<Copy> {
      const made = await copyProject(root, runtime)
      removals.push(() => made.remove())
      return made
    }
  } finally {
    for (const remove of removals.reverse()) await remove()
  }
}

/** What is to be said where nothing works: that no file is stale proves little then. */
function failing(asked: readonly AskedRequest[]): string[] {
  const [first] = asked
  if (first === undefined || asked.some(({ status }) => status > 0 && status < 500)) return []
  const what = first.status === 0 ? 'gives no answer' : `answers ${first.status}`
  return [
    `All requests fail before any file is saved (${first.request} ${what}), so little is seen. Give the application what it needs, such as a database, or name other requests with --url.`,
  ]
}

/** Saves files of a running application. @returns them in their order, and what was asked. */
async function verifyFiles(
  server: Server,
  chosen: readonly string[],
  launch: Launch,
  requests: readonly string[],
  { inPlace = false, onProgress }: VerifyOptions,
): Promise<{ files: VerifiedFile[]; asked: AskedRequest[] }> {
  const model = server.reload()
  const places = createPlaces(server.root, server.modules)
  const names = new Map(chosen.map((path) => [relative(server.root, path), path]))
  let done = 0
  onProgress?.({ doing: 'start' })
  const { started, log, answers, files } = await observe(
    launch,
    requests,
    (before) => [...names].map(([file, path]): Edit => ({ file, guess: guessOf(path, server, before) })),
    {
      putsBack: inPlace,
      onRequest: (asked) => onProgress?.({ doing: 'ask', done: asked, total: requests.length }),
      onFile: (file) => onProgress?.({ doing: 'save', file, done: ++done, total: names.size }),
    },
  )
  launch.signal?.throwIfAborted()
  if (!started) throw notStarted(launch, server.root, log)
  requireAnswers(answers)
  const loaded = loadedAtBoot(model, server)
  return {
    asked: Object.entries(answers).map(([request, { status }]) => ({ request, status })),
    files: [...names].map(([file, path]) =>
      compare(places.name(path), model.files.get(path), files[file], loaded.has(path)),
    ),
  }
}

function isSame({ answers, types }: Against): boolean {
  return answers.differences.length === 0 && (types?.added.length ?? 0) === 0
}

function versionOf(nodePath: string | undefined): string {
  if (nodePath === undefined || nodePath === process.execPath) return process.versions.node
  return execFileSync(nodePath, ['--version'], { encoding: 'utf8' }).trim().slice(1)
}

/**
 * The server's own files, in the order of their paths.
 *
 * @returns none where none of them changed.
 * @throws {VerifyError} when it has none, or none as they are named.
 */
function chosenFiles({ root, runtime }: Project, model: ReloadModel, { files, changed }: VerifyOptions): string[] {
  // What a link to another place leads to is not copied.
  const tree = treeOf(root, runtime) + sep
  const own = [...model.files.keys()]
    .filter((path) => path.startsWith(tree) && !path.split(sep).includes('node_modules'))
    .sort()
  const names = files && new Set(files.map((name) => resolve(root, name)))
  const matches = files && boundaryMatcher(root, files)
  const differing = changed === undefined ? undefined : filesSince(root, changed)
  const chosen = own.filter(
    (path) => (!matches || matches(path) || names?.has(path)) && (!differing || differing.has(path)),
  )
  // That nothing of the server changed is a result.
  if (chosen.length > 0 || (own.length > 0 && changed !== undefined && !files)) return chosen
  const unknown = files?.filter((name) => readText(resolve(root, name)) !== undefined)
  throw new VerifyError(
    own.length === 0
      ? `No module is known that the server in ${root} loads. Name the one it starts with by --entry.`
      : unknown?.length
        ? `The server loads none of ${unknown.join(', ')}. What it loads: hot-codemod graph --format json.`
        : `No file that the server loads matches ${files?.join(', ')}${changed === undefined ? '' : ` and differs from ${changed}`}. Paths and globs are relative to ${root}.`,
  )
}

/** What differs from a git ref, new files too. @throws {VerifyError} when git does not know the ref. */
function filesSince(root: string, ref: string): Set<string> {
  const git = (...args: string[]): string[] =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'pipe'] })
      .split('\0')
      .filter(Boolean)
  try {
    const names = [
      ...git('diff', '--name-only', '--relative', '-z', '--end-of-options', ref, '--', '.'),
      ...git('ls-files', '--others', '--exclude-standard', '-z', '--', '.'),
    ]
    return new Set(names.map((name) => join(root, name)))
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? error).trim()
    throw new VerifyError(`git cannot compare ${root} with ${ref}: ${said}`)
  }
}

/** A text of the module that an answer shows, and that stands in no other module. */
function guessOf(path: string, { modules, reload }: Server, answers: Answers): Word | undefined {
  const bodies = Object.values(answers)
  const from = literalsIn(path, modules.text(path) ?? '').find(
    (literal) =>
      bodies.some((answer) => shows(answer, literal)) &&
      ![...reload().files.keys()].some((other) => other !== path && modules.text(other)?.includes(literal)),
  )
  if (from === undefined) return undefined
  const middle = Math.ceil(from.length / 2)
  return { from, to: `${from.slice(0, middle)}Zq${from.slice(middle)}` }
}

/** The paths that the application printed are those of the copy, which is gone when a person reads them. */
function notStarted({ command, directory }: Launch, root: string, log: string): VerifyError {
  const printed = log.replaceAll(directory, root).trim()
  return new VerifyError(`The application does not start under hot-hook by \`${command}\`.\n${printed}`)
}

function requireAnswers(answers: Answers): void {
  const entries = Object.entries(answers)
  if (entries.length === 0 || entries.some(([, { status }]) => status !== 0)) return
  const [request, { body }] = entries[0]!
  throw new VerifyError(
    `The application listens and gives no answer: ${request} ${body}. Name other requests with --url.`,
  )
}

/** The modules that a start loads for certain: by static imports alone. */
function loadedAtBoot({ importers }: ReloadModel, { roots }: Server): ReadonlySet<string> {
  const imports = new Map<string, string[]>()
  for (const [target, all] of importers) {
    for (const { path, dynamic } of all) if (!dynamic) imports.set(path, [...(imports.get(path) ?? []), target])
  }
  const loaded = new Set(roots.flatMap(({ path, by }) => (by === undefined ? [path] : [])))
  for (const path of loaded) for (const target of imports.get(path) ?? []) loaded.add(target)
  return loaded
}

/** Why an old copy may stay in use beside the new one. */
const KEEPS_OLD: ReadonlySet<OutcomeReason> = new Set(['static-importer', 'imported-once'])

function compare(
  path: string,
  prediction: { readonly outcome: Outcome; readonly reason: OutcomeReason; readonly unstable: boolean } | undefined,
  observation: Observation | undefined,
  isLoadedAtBoot: boolean,
): VerifiedFile {
  const {
    outcome: predicted,
    reason,
    unstable,
  } = prediction ?? {
    outcome: 'unwatched' as const,
    reason: 'not-in-tree' as const,
    unstable: false,
  }
  const outcome = observation?.outcome ?? 'error'
  const isPredictedStale = predicted === 'stale'
  const isSeen = outcome !== 'stale' || observation?.isUsed !== false
  const isReached = isSeen && (outcome !== 'unwatched' || predicted === 'unwatched' || isLoadedAtBoot)
  const observed = isReached ? outcome : 'not-reached'
  const isUndecided =
    // The new code ran, and no function of the old one: who keeps a constant of it is not known.
    (isPredictedStale && (!isSeen || (KEEPS_OLD.has(reason) && observed === 'hot'))) ||
    // Nothing that is no module leaves a mark.
    (outcome === 'hot' && observation?.applied === undefined)
  const agrees = unstable || !isReached || isUndecided ? null : predicted === observed
  return {
    path,
    predicted,
    reason,
    unstable,
    observed,
    agrees,
    passes:
      agrees !== false &&
      observed !== 'stale' &&
      observed !== 'error' &&
      (unstable || predicted !== 'stale' || !isUndecided),
    request: observation?.request ?? null,
  }
}
