import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { recentEdits } from '../graph/coverage.ts'
import { editRate, median } from './edit-rate.ts'
import { VerifyError } from './error.ts'
import { isSourceFile } from '../project/files.ts'
import { marked } from './observe.ts'
import type { OldCommand } from './old-command.ts'
import type { Answer } from './request.ts'
import { boot, freePort, type Launch, type Session } from './session.ts'

export interface MeasureOptions {
  /** What starts the application; errors name it. */
  readonly command: string
  /** Saves before those that count; default: 2. The first ones load and compile what later ones find in caches. */
  readonly warmUps?: number | undefined
  /** Milliseconds between a response of the new code and the next save; default: {@link PAUSE}. */
  readonly pause?: number | undefined
  /** Milliseconds after which a response of the new code does not come any more; default: half a minute. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Milliseconds until the watchers see the next save for certain. chokidar drops a second change of a file within 50 ms,
 * tsx collects changes for 100 ms, and `node --watch` those of 200 ms; after a restart it also forgets the files,
 * and watches them again as the new process says that it loaded them, which it did before it answered.
 */
const PAUSE = 500

/** How long a save may take to be seen by a watcher that may not have started yet: then the file is saved again. */
const AGAIN = 2000

/**
 * Saves a file again and again, and measures the time from each save to the end of the first response that the new code
 * gave: that of the request after which the process that answered has the mark of the save. The requests follow each
 * other without a pause, so a figure is too high by the time of one request at most. Files are watched by the
 * application's own command: do not `hold` the session, and start it with `watcher: 'hot-hook'`.
 *
 * @param path real path of the file. It is put back at the end, whatever happens.
 * @param request as `parseRequest` reads it, by which the application loads the file.
 * @param rounds how many figures are wanted.
 * @returns milliseconds, in the order of the saves.
 * @throws {VerifyError} when the new code does not answer in time, or the application ends.
 */
export async function measure(
  session: Session,
  path: string,
  request: string,
  rounds: number,
  options: MeasureOptions,
): Promise<number[]> {
  const saves = openSaves(session, path, request, options)
  try {
    await saves.warmUp()
    const all: number[] = []
    while (all.length < rounds) all.push((await saves.next()).milliseconds)
    return all
  } finally {
    saves.restore()
  }
}

/** The saves of one file, in an application that runs. */
interface Saves {
  /** Those that do not count. */
  warmUp(): Promise<void>
  /** Saves the file, waits for the new code's response, and pauses. */
  next(): Promise<Save>
  /** Puts the file back. */
  restore(): void
}

interface Save {
  readonly milliseconds: number
  /** Whether another process answered than before the save. */
  readonly restarted: boolean
}

function openSaves(
  session: Session,
  path: string,
  request: string,
  { command, warmUps = 2, pause = PAUSE, timeout = 30_000, signal }: MeasureOptions,
): Saves {
  const text = readFileSync(path, 'utf8')
  let mark = 0

  const write = (): number => {
    writeFileSync(path, marked(text, path, mark))
    return performance.now()
  }

  /** @param again milliseconds after which the file is saved once more. */
  async function save(again: number): Promise<Save> {
    mark += 1
    const start = write()
    let last = start
    let restarted = false
    for (;;) {
      signal?.throwIfAborted()
      const left = start + timeout - performance.now()
      if (left < 0) throw noResponse()
      if (session.exited) {
        const isUp = await session.restarted(left)
        signal?.throwIfAborted()
        if (!isUp) throw noResponse()
        restarted = true
        last = performance.now()
      }
      const answer = await session.get(request)
      const milliseconds = performance.now() - start
      if (isAnswer(answer) && (await session.marks())[path] === mark && !session.exited) {
        await sleep(pause, undefined, { signal })
        return { milliseconds, restarted }
      }
      if (!session.exited && performance.now() - last > again) last = write()
    }
  }

  function noResponse(): VerifyError {
    const ended = session.exited ? ' The server ended, and no other one listens.' : ''
    return new VerifyError(
      `Under \`${command}\`, no response to ${request} came from the new code of ${path} in ${timeout} ms after it was saved.${ended} ` +
        `Check that the command reloads or restarts when this file is saved.\n${session.log.trim()}`.trim(),
    )
  }

  return {
    async warmUp() {
      for (let round = 0; round < warmUps; round++) await save(AGAIN)
    },
    next: () => save(Infinity),
    restore: () => writeFileSync(path, text),
  }
}

function isAnswer({ status }: Answer): boolean {
  return status > 0 && status < 500
}

/** Times from a save to the first response of the new code, in milliseconds. */
export interface Times {
  readonly command: string
  readonly median: number
  /** In the order of the saves. */
  readonly all: readonly number[]
}

/** What hot reload spares. */
export interface Timing {
  /** The file that was saved, relative to the project's root, with `/`. */
  readonly file: string
  readonly request: string
  readonly rounds: number
  /** Whether the two ran at the same time, and the saves alternated. */
  readonly interleaved: boolean
  readonly hot: Times
  readonly restart: Times & Omit<OldCommand, 'command'>
  /** How many times as long the restart takes, by the medians. */
  readonly ratio: number
  /** See {@link editRate}. */
  readonly editsPerDay: number | undefined
  /** What the difference of the medians adds up to at that rate. */
  readonly secondsPerDay: number | undefined
}

export interface BenchOptions {
  /** The project's root, absolute and real: its git history is read. */
  readonly root: string
  /** Whether a file is one of the server's, by absolute path: see `countedFiles`. */
  readonly isCounted: (path: string) => boolean
  /** The files that are hot, absolute. */
  readonly hotFiles: readonly string[]
  /** As `parseRequest` reads them. */
  readonly requests: readonly string[]
  /** The development command with hot-hook, in a copy of the project. */
  readonly hot: Launch
  /** The command without, in another copy. Of its own port and watcher, nothing is kept. */
  readonly restart: Launch
  /** Where its command comes from. */
  readonly old: Omit<OldCommand, 'command'>
  /** Saves with each command; default: 10. */
  readonly rounds?: number | undefined
  /** Called after each save that counts. */
  readonly onSave?: ((done: number, total: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** See {@link MeasureOptions}. */
  readonly pause?: number | undefined
  readonly timeout?: number | undefined
}

/**
 * Measures the time from a save to the first response of the new code under hot-hook and with the command that restarts
 * the server, with one file: of the hot ones, that which git history edits most and a request loads. Both applications
 * run at once, and the saves alternate, so that what else the machine does falls on both; one after the other where the
 * application wants a port of its own.
 *
 * @throws {VerifyError} when no file will do, or one of the commands does not react to a save.
 * @throws {BootError} when an application does not start.
 */
export async function bench(options: BenchOptions): Promise<Timing> {
  const { root, isCounted, old, rounds = 10, onSave } = options
  const candidates = await byEdits(root, options.hotFiles)
  const rate = await editRate(root, isCounted)
  const port = options.hot.port ?? (await freePort())
  const hotLaunch: Launch = { ...options.hot, port, watcher: 'hot-hook' }
  // hot-hook that the entry itself starts watches nothing then, and we tell it nothing.
  const restartLaunch: Launch = { ...options.restart, port: await freePort(), watcher: 'parent' }
  const sessions: Session[] = []
  const start = async (launch: Launch): Promise<Session> => {
    const session = await boot(launch)
    sessions.push(session)
    return session
  }
  const all = { hot: [] as number[], restart: [] as number[] }
  const total = 2 * rounds
  const add = (kind: keyof typeof all, { milliseconds }: Save): void => {
    all[kind].push(milliseconds)
    onSave?.(all.hot.length + all.restart.length, total)
  }
  const originals = new Map<string, string>()
  const open = async (session: Session, launch: Launch, { file, request }: Choice): Promise<Saves> => {
    const path = realpathSync(join(launch.directory, file))
    originals.set(path, readFileSync(path, 'utf8'))
    const saves = openSaves(session, path, request, { ...options, command: commandOf(launch) })
    await saves.warmUp()
    return saves
  }

  try {
    const hotSession = await start(hotLaunch)
    const interleaved = hotSession.port === port
    const choice = await choose(hotSession, candidates, originals, options)
    const hot = await open(hotSession, hotLaunch, choice)
    const nextHot = async (): Promise<void> => add('hot', hotOnly(await hot.next(), choice.file, commandOf(hotLaunch)))
    if (!interleaved) {
      while (all.hot.length < rounds) await nextHot()
      await hotSession.stop()
    }
    const restart = await open(await start(restartLaunch), restartLaunch, choice)
    while (all.restart.length < rounds) {
      if (interleaved) await nextHot()
      add('restart', await restart.next())
    }
    const times = { hot: median(all.hot), restart: median(all.restart) }
    return {
      file: choice.file.split(sep).join('/'),
      request: choice.request,
      rounds,
      interleaved,
      hot: { command: commandOf(hotLaunch), median: times.hot, all: all.hot },
      restart: { ...old, command: commandOf(restartLaunch), median: times.restart, all: all.restart },
      ratio: times.restart / times.hot,
      editsPerDay: rate,
      secondsPerDay: rate === undefined ? undefined : (rate * (times.restart - times.hot)) / 1000,
    }
  } finally {
    for (const session of sessions) await session.stop()
    for (const [path, text] of originals) writeFileSync(path, text)
  }
}

function commandOf({ command, args }: Launch): string {
  return command ?? ['node', ...args].join(' ')
}

/** What is saved, relative to the directories of both applications, and the request that loads it. */
interface Choice {
  readonly file: string
  readonly request: string
}

/** How many files are tried. */
const TRIED = 5

/** How long a file is tried, in milliseconds. */
const TRIAL = 10_000

/**
 * The first file that both versions have, for which a request shows a fresh mark, in the same process.
 *
 * @param originals gets the text of each file that was changed.
 */
async function choose(
  session: Session,
  candidates: readonly string[],
  originals: Map<string, string>,
  { hot, restart, requests, signal }: BenchOptions,
): Promise<Choice> {
  const asked = await answered(session, requests)
  const files = candidates.filter((file) => existsSync(join(restart.directory, file))).slice(0, TRIED)
  for (const file of files) {
    const path = realpathSync(join(hot.directory, file))
    const text = readFileSync(path, 'utf8')
    originals.set(path, text)
    const request = await requestOf(session, path, text, asked, signal)
    if (request === undefined) continue
    writeFileSync(path, text)
    await sleep(PAUSE, undefined, { signal })
    return { file, request }
  }
  throw new VerifyError(
    files.length === 0
      ? 'There is no hot file to measure with: none is hot, or none of them is in the version to compare with.'
      : `No request shows the new code of ${files.join(', ')}, the hot files that are edited most. Name requests that use one of them with --url.`,
  )
}

/** The requests that the application answers. Each is asked twice: it loads by the second what it resolves by the first. */
async function answered(session: Session, requests: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const request of requests) {
    if (isAnswer(await session.get(request)) && isAnswer(await session.get(request))) found.push(request)
  }
  return found
}

/**
 * The first request after which the file's new code has run.
 *
 * @returns undefined when none does, or the server restarts; the file keeps its mark then, since the server could
 *   restart again if it were put back.
 */
async function requestOf(
  session: Session,
  path: string,
  text: string,
  requests: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const start = performance.now()
  let saved = -Infinity
  while (performance.now() - start < TRIAL && requests.length > 0) {
    if (performance.now() - saved > AGAIN) {
      writeFileSync(path, marked(text, path, -1))
      saved = performance.now()
    }
    for (const request of requests) {
      signal?.throwIfAborted()
      const isAnswered = isAnswer(await session.get(request))
      if (session.exited) {
        await session.restarted(TRIAL)
        await answered(session, requests)
        return undefined
      }
      if (isAnswered && (await session.marks())[path] === -1) return request
    }
  }
  return undefined
}

/** @throws {VerifyError} when the server restarted. */
function hotOnly(save: Save, file: string, command: string): Save {
  if (!save.restarted) return save
  throw new VerifyError(`Under \`${command}\`, the server restarted as ${file} was saved: the file is not hot.`)
}

/** Relative to the root, those first that git history edits most; of equals, in the order of their paths. */
async function byEdits(root: string, files: readonly string[]): Promise<string[]> {
  const edits = new Map<string, number>()
  for (const path of await recentEdits(root)) edits.set(path, (edits.get(path) ?? 0) + 1)
  const count = (path: string): number => edits.get(path) ?? 0
  return files
    .filter(isSourceFile)
    .toSorted((a, b) => count(b) - count(a) || (a < b ? -1 : 1))
    .map((path) => relative(root, path))
}
