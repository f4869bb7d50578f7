import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapePattern } from '../edits/text.ts'
import type { Outcome } from '../graph/reload.ts'
import { isSourceFile } from '../project/files.ts'
import { bootAndAsk, HungError, type Answers, type Asked } from './asked.ts'
import type { Answer } from './request.ts'
import { BootError, type Launch, type Message } from './session.ts'

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
  /**
   * Of `stale`: whether a request called a function of the file as it was, or of a module that imports it. If none did,
   * no request uses it, and it is not known to be stale.
   */
  readonly isUsed?: boolean | undefined
  /** An answer turned into 429, too many requests: nothing was seen. */
  readonly isLimited?: boolean
}

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
  /** Called as each request was asked for the first time. */
  readonly onRequest?: (done: number) => void
}

/**
 * Starts an application under hot-hook, requests every URL twice, then makes one edit after the other, and sees what
 * comes of each. The files are put back at the end.
 *
 * - `hot`: invalidated, and every answer that showed the old word shows the new one.
 * - `stale`: invalidated, but an answer still shows the old word, or the module did not run anew, or a request still
 *   calls a function that it had before.
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
  { putsBack = false, onFile, onRequest }: ObserveOptions = {},
): Promise<Observations> {
  const originals = new Map<string, string>()
  /** What was written last to each file that was edited. */
  const written = new Map<string, string>()
  const guesses = new Map<string, Word>()
  const files: Record<string, Observation> = {}
  let answers: Answers = {}
  let asked: Asked | undefined
  let answering = requests
  const hung: Record<string, Answer> = {}
  let started = false
  let log = ''

  /** @param kept a file that stays as it was edited. */
  function restore(kept?: string): void {
    for (const [path, text] of originals) {
      if (path === kept) continue
      const now = readFileSync(path, 'utf8')
      // Somebody else has saved it meanwhile: what they wrote stays.
      writeFileSync(path, now === written.get(path) ? text : withoutEdit(now, guesses.get(path)))
      originals.delete(path)
    }
  }

  function write(path: string, text: string): void {
    writeFileSync(path, text)
    written.set(path, text)
  }

  const pathOf = (file: string): string => realpathSync(join(launch.directory, file))

  /** Starts with the files as they are on the disk. */
  async function start(): Promise<Asked> {
    for (;;) {
      try {
        const booted = await bootAndAsk(launch, answering, started ? undefined : onRequest)
        answering = booted.answering
        return booted
      } catch (error) {
        if (!(error instanceof HungError)) throw error
        const { request } = error
        answering = answering.filter((other) => other !== request)
        hung[request] = { status: 0, headers: {}, body: error.message, timedOut: true }
      }
    }
  }

  /** One that runs; where there is none, a new one with the files as they were. */
  async function application(): Promise<Asked> {
    if (!asked) restore()
    return (asked ??= await start())
  }

  async function end(): Promise<void> {
    log += asked?.session.log ?? ''
    await asked?.session.stop()
    asked = undefined
  }

  /** Saves the file with the edit and sees what comes of it. */
  async function save(edit: Edit, mark: number): Promise<Observation> {
    const running = await application()
    const { session, answers: before } = running
    const path = pathOf(edit.file)
    const text = readFileSync(path, 'utf8')
    if (!originals.has(path)) originals.set(path, text)
    if (edit.guess) guesses.set(path, edit.guess)
    await running.saving()
    write(path, edited(text, path, edit, mark))
    const message = await session.reaction(path)
    // `dispose()` may have ended the process: that is known once the process had to answer.
    if (message?.type === 'hot-hook:invalidated') await session.marks()
    const isInvalidated = message?.type === 'hot-hook:invalidated' && !session.exited
    const word = edit.word ?? edit.guess
    const isMarked = async (): Promise<boolean> => (await session.marks())[path] === mark
    const leavesMark = edit.word === undefined && isSourceFile(path)
    let caller: string | undefined
    let marked = false
    // What runs once an answer is sent runs the new code by the second one.
    for (let round = 0; isInvalidated && round < 2 && !marked && !session.exited; round++) {
      caller = await running.again(message.paths ?? [path], word ? showing(before, word.from) : [])
      marked = !leavesMark || (!session.exited && (await isMarked()))
    }
    // What a request has loaded, and no request loads anew, is kept by somebody.
    if (isInvalidated && leavesMark && !marked) caller ??= running.userOf(path)
    const broken = brokenSince(before, running.answers)
    if (broken.length > 0 && !session.exited) await running.again([], broken)
    const seen = outcomeOf(edit, {
      message,
      before,
      after: running.answers,
      isMarked: leavesMark ? marked : undefined,
      caller,
      exited: session.exited,
    })
    if (seen.outcome === 'restart') write(path, text)
    if (seen.outcome === 'error' || session.exited) await end()
    return seen
  }

  /** Another process has counted no requests yet. */
  async function saveUnlimited(edit: Edit, mark: number): Promise<Observation> {
    const seen = await save(edit, mark)
    if (!seen.isLimited) return seen
    await end()
    return save(edit, mark)
  }

  /** What a guessed word adds to what the mark says. */
  async function saveGuess({ file, guess }: Edit & { readonly guess: Word }, mark: number): Promise<Observation> {
    const seen = await saveUnlimited({ file, guess }, mark)
    // The word may have been more than text.
    if (seen.outcome === 'error') return saveUnlimited({ file }, mark)
    const old = asked ? showing(asked.answers, guess.from) : []
    if (seen.outcome === 'stale' && seen.isUsed) return { ...seen, request: old[0] ?? seen.request }
    const isOpen = seen.outcome === 'hot' || seen.outcome === 'stale'
    if (!isOpen || old.length === 0) {
      const applied = seen.applied ?? showsNew(guess)
      withoutGuess(file, guess)
      return { ...seen, applied }
    }
    // An answer may show what the one before it led to.
    await asked?.again([], old)
    const still = asked ? old.filter((url) => shows(asked?.answers[url], guess.from)) : []
    if (still.length === 0) return seen
    await end()
    restore(pathOf(file))
    try {
      asked = await start()
    } catch (error) {
      if (!(error instanceof BootError)) throw error
      return saveUnlimited({ file }, mark)
    }
    const { answers: fresh } = asked
    withoutGuess(file, guess)
    const request = still.find((url) => shows(fresh[url], guess.to) && !shows(fresh[url], guess.from))
    return request === undefined ? seen : { ...seen, outcome: 'stale', applied: false, isUsed: true, request }
  }

  /** What is saved later is not to meet the word where it is more than text. */
  function withoutGuess(file: string, { from, to }: Word): void {
    const path = pathOf(file)
    if (originals.has(path)) write(path, readFileSync(path, 'utf8').replaceAll(to, from))
  }

  function showsNew({ to }: Word): true | undefined {
    return asked && showing(asked.answers, to).length > 0 ? true : undefined
  }

  /** The application that starts and cannot be edited is broken by the edit; one that does not start again is not. */
  async function see(edit: Edit, mark: number): Promise<Observation> {
    const { guess } = edit
    await application()
    try {
      return await (guess ? saveGuess({ ...edit, guess }, mark) : saveUnlimited(edit, mark))
    } catch (error) {
      if (!(error instanceof BootError)) throw error
      await end()
      return { outcome: 'error', message: undefined, applied: undefined }
    }
  }

  try {
    asked = await start()
    answers = { ...asked.answers, ...hung }
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
  /** The request that ran the old code. */
  readonly caller: string | undefined
  readonly exited: boolean
}

function outcomeOf({ file, word }: Edit, { message, before, after, isMarked, caller, exited }: Seen): Observation {
  const urls = Object.keys(before)
  const shown = word && showing(before, word.from)
  const [broken] = brokenSince(before, after)
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
  const isLimited = urls.some((url) => after[url]?.status === 429 && before[url]?.status !== 429)
  // A mark says that the new code runs, and not that the old one does not.
  const isStale = applied === false || (isMarked === true && caller !== undefined)
  if (!isStale) return { outcome: 'hot', message, applied, isLimited }
  const isUsed = shown !== undefined || caller !== undefined
  return { outcome: 'stale', message, applied, request: old ?? caller, isUsed, isLimited }
}

/** The requests that fail, and did not before. */
function brokenSince(before: Answers, after: Answers): string[] {
  return Object.keys(before).filter((request) => isBroken(after[request]) && !isBroken(before[request]))
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
  if (!isSourceFile(path)) return `${text}\n`
  const marks =
    "Object.assign(globalThis, { 'hot-codemod': Object.assign(Reflect.get(globalThis, 'hot-codemod') ?? {}, "
  return `${text}\n;${marks}{ [${JSON.stringify(path)}]: ${mark} }) })\n`
}

/** The text that somebody else saved while it held our edit. */
function withoutEdit(text: string, guess: Word | undefined): string {
  const own = text.replace(/\n;Object\.assign\(globalThis, \{ 'hot-codemod': .*\n/g, '')
  return guess ? own.replaceAll(guess.to, guess.from) : own
}
