import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from './request.ts'
import { boot, BootError, type Launch, type RanModule, type Session } from './session.ts'

/** By the text of the request. */
export type Answers = Readonly<Record<string, Answer>>

/** An application under hot-hook that was asked all requests, and of which is known what each of them runs. */
export interface Asked {
  readonly session: Session
  /** The last answer to each request. */
  readonly answers: Answers
  /** The requests that are answered soon enough to be asked again. */
  readonly answering: readonly string[]
  /** A request that loaded a module, or called a function of it, before any file was saved. */
  userOf(path: string): string | undefined
  /** What is loaded from here on is new: a file is about to be saved. */
  saving(): Promise<void>
  /**
   * Asks those requests again that ran one of some modules before, and `also` those; all of them where none did.
   *
   * @returns the first of them that called a function of one of these modules as it was before {@link saving}.
   */
  again(paths: readonly string[], also: readonly string[]): Promise<string | undefined>
}

/** The process does not react any more since it was asked for something. */
export class HungError extends BootError {
  readonly request: string
  constructor(request: string, log: string) {
    super(`The application does not react any more after ${request}.`, log)
    this.name = 'HungError'
    this.request = request
  }
}

/** Milliseconds after which an answer is so slow that it is not asked for again: a stream of events never ends. */
const SLOW = 5000

/** Milliseconds for the first answers to all requests; what was not asked by then is left out. */
const FIRST = 120_000

/**
 * Starts an application and asks it all requests twice: what is loaded by the first answer is not compiled in the second.
 *
 * @throws {BootError} when it does not start, hot-hook is not in it, or it ends at a request.
 */
export async function bootAndAsk(
  launch: Launch,
  requests: readonly string[],
  onRequest?: (done: number) => void,
): Promise<Asked> {
  const session = await boot(launch)
  try {
    await session.hold()
    const used = new Map<string, Set<string>>()
    /** The ids of the modules that were loaded since a file was saved. */
    const loaded = new Set<string>()
    const note = (ran: readonly RanModule[] | 'nothing'): readonly RanModule[] => {
      const modules = ran === 'nothing' ? [] : ran
      for (const { id, evaluated } of modules) if (evaluated) loaded.add(id)
      return modules
    }
    let answers: Answers = {}
    let fast = requests
    for (const isFirst of [true, false]) {
      const start = performance.now()
      const quick: string[] = []
      for (const [index, request] of fast.entries()) {
        const before = performance.now()
        if (isFirst && before - start > FIRST) {
          answers = { ...answers, [request]: NOT_ASKED }
          continue
        }
        await session.ran()
        answers = { ...answers, ...(await askAtStart(session, [request])) }
        if (performance.now() - before < SLOW && !answers[request]?.timedOut) quick.push(request)
        const modules = used.get(request) ?? new Set()
        const ran = await session.ran()
        if (ran === 'nothing' && !session.exited) throw new HungError(request, session.log)
        for (const { path } of ran === 'nothing' ? [] : ran) modules.add(path)
        used.set(request, modules)
        if (isFirst) onRequest?.(index + 1)
      }
      fast = quick
    }
    return {
      session,
      answering: fast,
      get answers() {
        return answers
      },
      async saving() {
        await session.ran()
        loaded.clear()
      },
      userOf: (path) => fast.find((request) => used.get(request)?.has(path)),
      async again(paths, also) {
        // Not those that a reload itself calls: `import.meta.hot.dispose()`.
        note(await session.ran())
        const users = fast.filter((request) => paths.some((path) => used.get(request)?.has(path)))
        const chosen = new Set(users.length > 0 || paths.length === 0 ? [...users, ...also] : fast)
        let caller: string | undefined
        for (const request of chosen) {
          answers = { ...answers, ...(await ask(session, [request])) }
          const ran = note(await session.ran())
          if (ran.some(({ id, path }) => !loaded.has(id) && paths.includes(path))) caller ??= request
        }
        return caller
      },
    }
  } catch (error) {
    await session.stop()
    throw error
  }
}

/** The answers to all requests, asked one after the other. */
async function ask(session: Session, requests: readonly string[]): Promise<Answers> {
  const answers: Record<string, Answer> = {}
  for (const request of requests) answers[request] = await session.get(request)
  return answers
}

const NOT_ASKED: Answer = { status: 0, headers: {}, body: 'Not asked: the others took too long.', timedOut: true }

/** As many requests as the application lives for. @throws {BootError} when it ends, naming the request that ended it. */
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
