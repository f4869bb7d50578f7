import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { escapePattern } from '../edits/text.ts'
import type { Outcome } from '../graph/reload.ts'
import type { Answer } from './request.ts'
import { boot, BootError, type Launch, type Message, type Session } from './session.ts'

/** A text in a file, and the one to put in its place. */
export interface Word {
  readonly from: string
  readonly to: string
}

/** A change of a file. */
export interface Edit {
  /** Relative to the directory of the application, with `/`. */
  readonly file: string
  /**
   * A word of the file that some answers show. Without it, a statement is appended that leaves a mark when the module
   * runs anew.
   */
  readonly word?: Word
  /**
   * A word that answers seem to show. It is changed beside the mark: where the mark says that the new code ran and an
   * answer still shows the old word, another process that starts with the edit decides whether that is stale.
   */
  readonly guess?: Word | undefined
}

export interface Observation {
  readonly outcome: Outcome
  readonly message: Message | undefined
  /** Whether all answers come from the new code; undefined when hot-hook did not reload it, or nothing shows it. */
  readonly applied: boolean | undefined
  /** The request whose answer is stale or broken, as it was asked. */
  readonly request?: string | undefined
}

/** By the text of the request. */
export type Answers = Readonly<Record<string, Answer>>

export interface Observations {
  /** Whether the application started, and was not ended by the first requests. */
  readonly started: boolean
  /** By `Edit.file`, in the order of the edits. */
  readonly files: Readonly<Record<string, Observation>>
  /** The answers before the edits; none of an application that does not start. */
  readonly answers: Answers
  /** What the application printed until it ended, or was ended. */
  readonly log: string
}

export interface ObserveOptions {
  /** Put each file back once it was seen, and not at the end: nothing but one file is ever changed on the disk. */
  readonly putsBack?: boolean
  /** Called as each file was seen. */
  readonly onFile?: (file: string, observation: Observation) => void
}

/**
 * Starts an application under hot-hook, requests every URL twice, then makes one edit after the other, and sees what
 * comes of each. The files are put back at the end.
 *
 * - `hot`: invalidated, and every answer that showed the old word shows the new one.
 * - `stale`: invalidated, but an answer still shows the old word, or the module did not run anew.
 * - `restart`: a full reload was asked for. The process goes on with the old text: asking changes nothing in hot-hook.
 * - `error`: the application does not start or ends, an answer turns into a 5xx, or the file's word is in no answer
 *   while one is a 5xx.
 * - `unwatched`: silence.
 *
 * @param requests as `parseRequest` reads them.
 * @param edits or what they are, given the answers before them.
 * @throws {Error} when hot-hook is not in the process, or a file does not hold the word.
 */
export async function observe(
  launch: Launch,
  requests: readonly string[],
  edits: readonly Edit[] | ((answers: Answers) => readonly Edit[]),
  { putsBack = false, onFile }: ObserveOptions = {},
): Promise<Observations> {
  const originals = new Map<string, string>()
  const files: Record<string, Observation> = {}
  let answers: Answers = {}
  /** What answers at all: a stream of events never ends. */
  let asked = requests
  /** The last answers. */
  let current: Answers = {}
  let session: Session | undefined
  let started = false
  let log = ''

  function restore(): void {
    for (const [path, text] of originals) writeFileSync(path, text)
    originals.clear()
  }

  async function start(): Promise<Session> {
    const booted = await boot(launch)
    try {
      await booted.hold()
      const first = await askAtStart(booted, asked)
      asked = asked.filter((request) => first[request]?.timedOut !== true)
      current = { ...first, ...(await askAtStart(booted, asked)) }
      return booted
    } catch (error) {
      await booted.stop()
      throw error
    }
  }

  async function end(): Promise<void> {
    log += session?.log ?? ''
    await session?.stop()
    session = undefined
  }

  /** Saves the file with the edit and sees what comes of it. */
  async function save(edit: Edit, mark: number): Promise<Observation> {
    if (!session) restore()
    session ??= await start()
    const path = realpathSync(join(launch.directory, edit.file))
    const text = readFileSync(path, 'utf8')
    if (!originals.has(path)) originals.set(path, text)
    writeFileSync(path, edited(text, path, edit, mark))
    const message = await session.reaction(path)
    const before = current
    if (message?.type === 'hot-hook:invalidated' && !session.exited)
      current = { ...current, ...(await ask(session, asked)) }
    const marks = edit.word || session.exited ? {} : await session.marks()
    const seen = outcomeOf(edit, {
      message,
      before,
      after: current,
      isMarked: isModule(path) ? marks[path] === mark : undefined,
      exited: session.exited,
    })
    if (seen.outcome === 'restart') writeFileSync(path, text)
    if (seen.outcome === 'error' || session.exited) await end()
    return seen
  }

  /** What a guessed word adds to what the mark says. */
  async function saveGuess({ file, guess }: Edit, mark: number): Promise<Observation> {
    const seen = await save({ file, guess }, mark)
    // The word may have been more than text.
    if (seen.outcome === 'error') return save({ file }, mark)
    const old = seen.outcome === 'hot' && guess ? showing(current, guess.from) : []
    if (old.length === 0) return seen
    await end()
    session = await start()
    const request = old.find((url) => shows(current[url], guess!.to) && !shows(current[url], guess!.from))
    return request === undefined ? seen : { ...seen, outcome: 'stale', applied: false, request }
  }

  /** The application that starts and cannot be edited is broken by the edit; one that does not start again is not. */
  async function see(edit: Edit, mark: number): Promise<Observation> {
    if (!session) restore()
    session ??= await start()
    try {
      return await (edit.guess ? saveGuess(edit, mark) : save(edit, mark))
    } catch (error) {
      if (!(error instanceof BootError)) throw error
      await end()
      return { outcome: 'error', message: undefined, applied: undefined }
    }
  }

  try {
    session = await start()
    answers = current
    started = true
    for (const [index, edit] of (typeof edits === 'function' ? edits(answers) : edits).entries()) {
      const seen = await see(edit, index + 1)
      files[edit.file] = seen
      if (putsBack) restore()
      onFile?.(edit.file, seen)
    }
  } catch (error) {
    if (started || !(error instanceof BootError)) throw error
    log += error.message
    for (const { file } of typeof edits === 'function' ? [] : edits) {
      files[file] = { outcome: 'error', message: undefined, applied: undefined }
    }
  } finally {
    await end()
    restore()
  }
  return { started, files, answers, log }
}

interface Seen {
  readonly message: Message | undefined
  readonly before: Answers
  readonly after: Answers
  readonly isMarked: boolean | undefined
  readonly exited: boolean
}

function outcomeOf({ file, word }: Edit, { message, before, after, isMarked, exited }: Seen): Observation {
  const urls = Object.keys(before)
  const shown = word && showing(before, word.from)
  const broken = urls.find((url) => isBroken(after[url]) && !isBroken(before[url]))
  const neverLoads = shown?.length === 0 && urls.some((url) => isBroken(before[url]))
  const isRestart = message?.type === 'hot-hook:full-reload'
  if ((exited && !isRestart) || broken !== undefined || neverLoads) {
    return { outcome: 'error', message, applied: undefined, request: broken }
  }
  if (message === undefined) return { outcome: 'unwatched', message, applied: undefined }
  if (isRestart) return { outcome: 'restart', message, applied: undefined }
  if (shown?.length === 0) throw new Error(`No answer shows "${word!.from}" of ${file}.`)
  const old = shown?.find((url) => shows(after[url], word!.from))
  const applied = shown ? old === undefined : isMarked
  return { outcome: applied === false ? 'stale' : 'hot', message, applied, request: old }
}

/** The answers to all requests, asked one after the other. */
async function ask(session: Session, requests: readonly string[]): Promise<Answers> {
  const answers: Record<string, Answer> = {}
  for (const request of requests) answers[request] = await session.get(request)
  return answers
}

/** @throws {BootError} when it ends, naming the request that it ended at. */
export async function askAtStart(session: Session, requests: readonly string[]): Promise<Answers> {
  const answers: Record<string, Answer> = {}
  for (const request of requests) {
    Object.assign(answers, await ask(session, [request]))
    // That the connection broke off may be known before that the process ended.
    for (let wait = 0; answers[request]?.status === 0 && !session.exited && wait < 50; wait++) await sleep(10)
    if (session.exited) throw new BootError(`The application ended when it was asked for ${request}.`, session.log)
  }
  return answers
}

function isBroken(answer: Answer | undefined): boolean {
  return answer === undefined || answer.status === 0 || answer.status >= 500
}

/** The requests whose answers show a word. */
function showing(answers: Answers, word: string): string[] {
  return Object.keys(answers).filter((request) => shows(answers[request], word))
}

/** Whether an answer shows a word, and not as a part of another. */
export function shows(answer: Answer | undefined, word: string): boolean {
  return answer !== undefined && new RegExp(`(?<![\\w=])${escapePattern(word)}(?![\\w=])`).test(answer.body)
}

/** The text after the edit. A mark has the number of the edit. */
function edited(text: string, path: string, { file, word, guess }: Edit, mark: number): string {
  if (word && !text.includes(word.from)) throw new Error(`No "${word.from}" in ${file}.`)
  const changed = word ?? guess
  const after = changed ? text.replaceAll(changed.from, changed.to) : text
  if (word) return after
  return marked(after, path, mark)
}

/**
 * The text of a module with a statement at its end that leaves `mark`, by real path, when the module runs: see `marks`
 * of a session. That of another file gets a line break.
 */
export function marked(text: string, path: string, mark: number): string {
  if (!isModule(path)) return `${text}\n`
  const marks =
    "Object.assign(globalThis, { 'hot-codemod': Object.assign(Reflect.get(globalThis, 'hot-codemod') ?? {}, "
  return `${text}\n;${marks}{ [${JSON.stringify(path)}]: ${mark} }) })\n`
}

function isModule(path: string): boolean {
  return /(?<!\.d)\.[cm]?[jt]sx?$/.test(path)
}
