import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync, utimesSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { endProcesses, endProcessesSync, TOKEN } from './processes.ts'
import { openChannel, type Member, type Message, type RanModule } from './channel.ts'
import { parseRequest, send, type Answer, type Origin } from './request.ts'

export type { Message, RanModule } from './channel.ts'

/** How an application is started, and how it learns that a file changed. */
export interface Launch {
  /** Working directory of the process, absolute. Name a copy: files in it will be edited. */
  readonly directory: string
  /** Path of the Node binary; what the command starts finds it first. */
  readonly node: string
  /** What `node` gets: flags, then the entry. */
  readonly args: readonly string[]
  /** A command for a shell in place of `node` and `args`, such as a script of package.json. */
  readonly command?: string
  /** The module that the server's process starts with, relative to `directory`; undefined when it is not known. */
  readonly entry: string | undefined
  /** Added to ours; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The port the application gets in the variable `PORT`; default: a free one. */
  readonly port?: number
  /** `hot-hook`: its own file watcher. `parent`: we tell it by `hot-hook:file-changed`, as AdonisJS's assembler does. */
  readonly watcher: 'hot-hook' | 'parent'
  /** Milliseconds until an application that does not listen is given up; default: a minute. */
  readonly timeout?: number
  /** Milliseconds until an answer that does not come is given up; default: `timeout`. */
  readonly answerTimeout?: number
  /** Headers of each request, by their names. */
  readonly headers?: Readonly<Record<string, string>>
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
}

/** An application that runs. */
export interface Session {
  /** Where the process that serves now listens. */
  readonly origin: Origin
  readonly port: number
  /** Whether the process that served has ended. */
  readonly exited: boolean
  /** The end of what it printed so far. */
  readonly log: string
  /** What hot-hook said so far. */
  readonly messages: readonly Message[]
  /** @param request as {@link parseRequest} reads it. */
  get(request: string): Promise<Answer>
  /**
   * From here on, nothing of what hot-hook says restarts the process, and hot-hook hears of saved files from us only.
   *
   * @throws {BootError} when hot-hook is not in the process.
   */
  hold(): Promise<void>
  /**
   * What hot-hook says of a saved file; undefined when it says nothing.
   *
   * @param path real path of the file, which was just saved.
   * @throws {Error} when hot-hook does not even answer for the entry: it is not in the process.
   */
  reaction(path: string): Promise<Message | undefined>
  /**
   * The modules outside of node_modules that ran since this was asked last, or since {@link hold}, by V8's coverage.
   *
   * @returns `nothing` when the process does not react in some seconds.
   */
  ran(): Promise<readonly RanModule[] | 'nothing'>
  /** The marks that modules left as they ran: see `mark` in observe.ts. */
  marks(): Promise<Readonly<Record<string, number>>>
  /** Waits until another process than now serves. @returns whether one does. */
  restarted(timeout: number): Promise<boolean>
  /** Ends the process and all that were started with it. */
  stop(): Promise<void>
}

/** The application ended, or never listened. */
export class BootError extends Error {
  readonly log: string
  constructor(message: string, log: string) {
    const printed = printable(log)
    super(printed === '' ? message : `${message}\n${printed}`)
    this.name = 'BootError'
    this.log = printed
  }
}

/** Without colours, and without what clears or resets a terminal. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\u001b[\w=>]?/g, '')
}

/**
 * Milliseconds that another process than that of the entry has to listen for: some try a port out. While the entry's own
 * is there and does not listen yet, it is half of the time that it has for that.
 */
const STEADY = 1000

/** Milliseconds for a server to listen on the port it got, beside others that it listens on. */
const SETTLED = 1500

/** Milliseconds after which a process that serves, and does not react to us, hangs. */
const REACTION = 10_000

/** Milliseconds after which the server that ended is not started anew. */
const CRASHED = 3000

/** How much is kept of what an application prints, in characters. */
const LOG = 65_536

/**
 * Starts an application and waits until it listens.
 *
 * @throws {BootError} when it ends before, or does not listen in time.
 */
export async function boot(launch: Launch): Promise<Session> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await bootOnce(launch)
    } catch (error) {
      // Between the choice of a free port and its use, another process may take it.
      if (!(error instanceof PortTaken) || launch.port !== undefined || attempt === PORTS) throw error
    }
  }
}

/** How many free ports are tried. */
const PORTS = 3

/** Somebody else listens on the port that the application got in `PORT`. */
class PortTaken extends BootError {}

async function bootOnce(launch: Launch): Promise<Session> {
  const { directory, timeout = 60_000, headers = {}, signal } = launch
  const port = launch.port ?? (await freePort())
  const entry = launch.entry === undefined ? undefined : realpathSync(resolve(directory, launch.entry))
  const channel = await openChannel()
  const { members, messages } = channel
  let { watcher } = launch
  let log = ''

  const child = start(launch, port, channel.address)
  const closed = once(child, 'close')
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-LOG)))
  }
  const stop = async (): Promise<void> => {
    process.off('exit', stopAtExit)
    signal?.removeEventListener('abort', stopAtExit)
    channel.close()
    await endProcesses(channel.address, child.pid)
    // A child that left its group and holds the pipes would keep them open.
    await Promise.race([closed, sleep(1000)])
    for (const stream of [child.stdout!, child.stderr!]) stream.destroy()
  }
  const stopAtExit = (): void => {
    channel.close()
    endProcessesSync(channel.address, child.pid)
  }
  // Before the handler that removes the copy, in which it runs.
  process.prependOnceListener('exit', stopAtExit)
  signal?.addEventListener('abort', stopAtExit)

  let current: Member | undefined
  /** The process that serves: that of the entry, else one started as the one before, else one that goes on listening. */
  const serving = (): Member | undefined => {
    const listening = members.filter(({ ended, origins }) => ended === undefined && origins.length > 0)
    const isBooting = members.some(({ ended, main }) => ended === undefined && isStartedWith(main, entry))
    const steady = isBooting ? timeout / 2 : STEADY
    const isSteady = ({ origins }: Member): boolean => origins.some(({ since }) => performance.now() - since > steady)
    const isNext = ({ main }: Member): boolean => current?.ended !== undefined && current.main === main
    return (
      listening.find(({ main }) => isStartedWith(main, entry)) ??
      listening.findLast(isNext) ??
      listening.findLast(isSteady)
    )
  }
  const originOf = ({ origins }: Member): Origin =>
    origins.find((origin) => origin.port === port) ?? origins[0] ?? { host: '127.0.0.1', port, tls: false }
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  const exited = (): boolean => current === undefined || current.ended !== undefined || hasEnded()
  const tell = (command: string, ...args: string[]): void => {
    if (current && current.ended === undefined) current.socket.write(`${JSON.stringify([command, ...args])}\n`)
  }
  const about = (path: string, since: number): Message | undefined =>
    messages.slice(since).find((message) => message.path === path || message.paths?.[0] === path)

  /** Takes the process that serves now, when what it listens on is settled: as wanted, or as of the one before it. */
  async function attach(before?: Member): Promise<void> {
    const isFinal = (): boolean => {
      const member = serving()
      if (member === undefined) return false
      if (before && member.main === before.main && originOf(member).port === originOf(before).port) return true
      return isStartedWith(member.main, entry) && originOf(member).port === port
    }
    await comesTrue(isFinal, SETTLED, signal)
    current = serving()
  }

  /** A watcher outlives the server that crashed, and waits for a change. */
  const hasCrashed = (): boolean => {
    const own = members.filter(({ main }) => isStartedWith(main, entry))
    return (
      entry !== undefined &&
      own.length > 0 &&
      own.every(({ ended }) => ended !== undefined && performance.now() - ended > CRASHED)
    )
  }

  const isUp = await comesTrue(() => hasEnded() || serving() !== undefined || hasCrashed(), timeout, signal)
  await attach()
  if (current === undefined) {
    // What it printed last may still be on its way.
    if (hasEnded()) await Promise.race([closed, sleep(500)])
    await stop()
    const taken = channel.portTaken
    if (signal?.aborted) throw new BootError('The application was ended before it listened.', '')
    if (taken !== undefined) {
      const Problem = taken === port ? PortTaken : BootError
      throw new Problem(
        `Port ${taken} is taken, and the application wants that one. End what listens there${taken === port ? '' : ', or have it take the port from the variable PORT'}.`,
        log,
      )
    }
    throw new BootError(
      isUp ? 'The application ended before it listened.' : `The application does not listen after ${timeout} ms.`,
      log,
    )
  }

  /** Has hot-hook look at the file, which was saved. */
  function notify(path: string): void {
    if (watcher === 'parent') tell('changed', path)
    else utimesSync(path, new Date(), new Date())
  }

  /** The file that hot-hook always has an answer for. */
  const barrier = (): string => entry ?? realpathSync(current!.main)

  /**
   * Waits until hot-hook has dealt with all it was notified of: it has an answer for the entry, always.
   *
   * `parent`: each notification gets one answer, and that is waited for, so none is taken for that of a later one.
   * `hot-hook`: its watcher starts some time after a file was loaded, and drops a second change within 50 ms; so
   * the entry is touched until the answer comes, and the other file has 300 ms in any case.
   */
  async function catchUp(path: string, since: number): Promise<void> {
    const start = messages.length
    const isDone = () => about(barrier(), start) ?? exited()
    const isKnown = () => about(path, since) ?? exited()
    const silent = () => new BootError(`hot-hook does not react to ${barrier()}: it is not in the process.`, log)
    if (path !== barrier()) notify(barrier())
    if (watcher === 'parent') {
      if (!(await comesTrue(isDone, timeout, signal))) throw silent()
      return
    }
    const deadline = performance.now() + timeout
    while (!(await comesTrue(isKnown, 300, signal)) && !isDone()) {
      if (performance.now() > deadline || signal?.aborted) throw silent()
      notify(barrier())
    }
  }

  return {
    get origin() {
      return originOf(current!)
    },
    get port() {
      return originOf(current!).port
    },
    get exited() {
      return exited()
    },
    get log() {
      return printable(log)
    },
    messages,
    get: (request) => send(originOf(current!), { ...parseRequest(request), headers }, launch.answerTimeout ?? timeout),
    async hold() {
      tell('hold')
      if (watcher === 'parent') {
        const start = messages.length
        notify(barrier())
        if (await comesTrue(() => about(barrier(), start) ?? exited(), 5000, signal)) return
        // The entry itself may have asked hot-hook to watch: `hot.init({ watch: true })`.
        watcher = 'hot-hook'
      }
      await catchUp(barrier(), messages.length)
    },
    async reaction(path) {
      const since = messages.length
      // hot-hook looks at a file asynchronously (`#onFileChange` in loader.js), so that its answer for the entry may
      // overtake the first one; and its watcher may start too late for it.
      const rounds = watcher === 'parent' ? 2 : 3
      for (let round = 0; round < rounds && !exited() && !about(path, since); round++) {
        notify(path)
        await catchUp(path, since)
      }
      return about(path, since)
    },
    async ran() {
      const { length } = channel.ran
      tell('ran')
      await comesTrue(() => channel.ran.length > length || exited(), REACTION, signal)
      return channel.ran[length] ?? 'nothing'
    },
    async marks() {
      if (!current) return {}
      const { length } = channel.marks
      tell('marks')
      await comesTrue(() => channel.marks.length > length || exited(), REACTION, signal)
      return channel.marks.at(-1) ?? {}
    },
    async restarted(milliseconds) {
      const before = current
      const isOther = (): boolean => {
        const member = serving()
        return member !== undefined && member !== before
      }
      if (!(await comesTrue(() => isOther() || hasEnded(), milliseconds, signal)) || !isOther()) return false
      await attach(before)
      return true
    },
    stop,
  }
}

function start({ directory, node, args, command, env, watcher }: Launch, port: number, address: string): ChildProcess {
  const preload = `--import=${new URL('./preload.js', import.meta.url).href}`
  const variables: NodeJS.ProcessEnv = { ...process.env, ...env }
  const bins = [dirname(node), ...binaries(directory), variables['PATH'] ?? ''].join(delimiter)
  const options = {
    cwd: directory,
    env: {
      ...variables,
      PATH: bins,
      PORT: String(port),
      NODE_OPTIONS: [preload, variables['NODE_OPTIONS'] ?? ''].join(' ').trim(),
      [TOKEN]: address,
      HOT_HOOK_WATCH: watcher === 'parent' ? 'false' : undefined,
    },
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  }
  const child =
    command === undefined
      ? spawn(node, args, options)
      : spawn(withPreload(command, preload), { ...options, shell: true })
  // A program that is not there: what was waited for is its end, and `exitCode` says so.
  return child.on('error', () => {})
}

/** Where package managers find the programs that scripts name. */
function binaries(directory: string): string[] {
  const found: string[] = []
  for (let at = directory; ; at = dirname(at)) {
    found.push(join(at, 'node_modules', '.bin'))
    if (dirname(at) === at) return found
  }
}

/** A command that sets NODE_OPTIONS itself would lose ours. */
function withPreload(command: string, preload: string): string {
  return command.replace(
    /\bNODE_OPTIONS=(?:(["'])(.*?)\1|([^\s"']*))/g,
    (_, quote: string | undefined, quoted: string | undefined, plain: string | undefined) =>
      `NODE_OPTIONS=${quote ?? '"'}${preload} ${quoted ?? plain ?? ''}${quote ?? '"'}`,
  )
}

/** Whether `main`, as `process.argv` has it, is the module `entry`, whose extension may be left out. */
function isStartedWith(main: string, entry: string | undefined): boolean {
  if (entry === undefined || main === '') return entry === undefined
  if (entry === main || entry.startsWith(`${main}.`)) return true
  try {
    return realpathSync(main) === entry
  } catch {
    return false
  }
}

/** Waits for `condition`. @returns whether it came true in `timeout` milliseconds, before `signal` was aborted. */
async function comesTrue(condition: () => unknown, timeout: number, signal?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + timeout
  while (!condition()) {
    if (performance.now() > deadline || signal?.aborted) return false
    await sleep(2)
  }
  return true
}

/** A port of this machine that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
