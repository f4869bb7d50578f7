import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../graph/reload.ts'
import { boot, BootError, type Answer, type Launch, type Message, type Session } from './session.ts'

/** A change of a file. */
export interface Edit {
  /** Relative to the directory of the application, with `/`. */
  readonly file: string
  /**
   * A word of the file that some answers show, and the one to put in its place. Without it, a statement is appended
   * that leaves a mark when the module runs anew.
   */
  readonly word?: { readonly from: string; readonly to: string }
}

export interface Observation {
  readonly outcome: Outcome
  readonly message: Message | undefined
  /** Whether all answers come from the new code; undefined when hot-hook did not reload it, or nothing shows it. */
  readonly applied: boolean | undefined
}

/** By URL. */
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
 * @param urls paths such as `/users`.
 * @throws {Error} when hot-hook is not in the process, or a file does not hold the word.
 */
export async function observe(launch: Launch, urls: readonly string[], edits: readonly Edit[]): Promise<Observations> {
  const originals = new Map<string, string>()
  const files: Record<string, Observation> = {}
  let answers: Answers = {}
  /** The last answers. */
  let current: Answers = {}
  let session: Session | undefined
  let started = false
  let log = ''

  async function start(): Promise<Session> {
    for (const [path, text] of originals) writeFileSync(path, text)
    const booted = await boot(launch)
    await ask(booted, urls)
    current = await ask(booted, urls)
    return booted
  }

  try {
    session = await start()
    answers = current
    if (session.exited) throw new BootError('The application ended when it was asked.', session.log)
    started = true
    for (const [index, edit] of edits.entries()) {
      session ??= await start()
      const path = realpathSync(join(launch.directory, edit.file))
      const text = readFileSync(path, 'utf8')
      if (!originals.has(path)) originals.set(path, text)
      writeFileSync(path, edited(text, path, edit, index + 1))
      const message = await session.reaction(path)
      const before = current
      if (message?.type === 'hot-hook:invalidated' && !session.exited) current = await ask(session, urls)
      const marks = edit.word || session.exited ? {} : await session.marks()
      const isMarked = isModule(path) ? marks[path] === index + 1 : undefined
      const { outcome, applied } = outcomeOf(edit, message, before, current, isMarked, session.exited)
      files[edit.file] = { outcome, message, applied }
      if (outcome === 'error') {
        log += session.log
        await session.stop()
        session = undefined
      } else if (outcome === 'restart') {
        writeFileSync(path, text)
      }
    }
    log += session?.log ?? ''
  } catch (error) {
    if (!(error instanceof BootError)) throw error
    log += error.log
    for (const { file } of edits) files[file] ??= { outcome: 'error', message: undefined, applied: undefined }
  } finally {
    await session?.stop()
    for (const [path, text] of originals) writeFileSync(path, text)
  }
  return { started, files, answers, log }
}

function outcomeOf(
  { file, word }: Edit,
  message: Message | undefined,
  before: Answers,
  after: Answers,
  isMarked: boolean | undefined,
  exited: boolean,
): Pick<Observation, 'outcome' | 'applied'> {
  const urls = Object.keys(before)
  const shown = word && urls.filter((url) => shows(before[url], word.from))
  const breaks = urls.some((url) => isBroken(after[url]) && !isBroken(before[url]))
  const neverLoads = shown?.length === 0 && urls.some((url) => isBroken(before[url]))
  if (exited || breaks || neverLoads) return { outcome: 'error', applied: undefined }
  if (message === undefined) return { outcome: 'unwatched', applied: undefined }
  if (message.type === 'hot-hook:full-reload') return { outcome: 'restart', applied: undefined }
  if (shown?.length === 0) throw new Error(`No answer shows "${word!.from}" of ${file}.`)
  const applied = shown ? shown.every((url) => !shows(after[url], word!.from)) : isMarked
  return { outcome: applied === false ? 'stale' : 'hot', applied }
}

/** The answers of all URLs, asked one after the other. */
async function ask(session: Session, urls: readonly string[]): Promise<Answers> {
  const answers: Record<string, Answer> = {}
  for (const url of urls) answers[url] = await session.get(url)
  return answers
}

function isBroken(answer: Answer | undefined): boolean {
  return answer === undefined || answer.status === 0 || answer.status >= 500
}

function shows(answer: Answer | undefined, word: string): boolean {
  return answer?.body.split(/[^\w=]+/).includes(word) ?? false
}

/** The text after the edit. A mark has the number of the edit, and is left by real path. */
function edited(text: string, path: string, { file, word }: Edit, mark: number): string {
  if (word) {
    if (!text.includes(word.from)) throw new Error(`No "${word.from}" in ${file}.`)
    return text.replaceAll(word.from, word.to)
  }
  if (!isModule(path)) return `${text}\n`
  const marks =
    "Object.assign(globalThis, { 'hot-codemod': Object.assign(Reflect.get(globalThis, 'hot-codemod') ?? {}, "
  return `${text}\n;${marks}{ [${JSON.stringify(path)}]: ${mark} }) })\n`
}

function isModule(path: string): boolean {
  return /(?<!\.d)\.[cm]?[jt]sx?$/.test(path)
}
