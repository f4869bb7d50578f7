import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync, utimesSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** How an application is started, and how it learns that a file changed. */
export interface Launch {
  /** Working directory of the process, absolute. Name a copy: files in it will be edited. */
  readonly directory: string
  /** Path of the Node binary. */
  readonly node: string
  /** What `node` gets: flags, then the entry. hot-hook has to be among them, or be started by the entry. */
  readonly args: readonly string[]
  /** The module that `node` starts with, relative to `directory`. */
  readonly entry: string
  /** Added to ours; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The port the application listens on; else a free one, which it has to take from the variable `PORT`. */
  readonly port?: number
  /** `hot-hook`: its own file watcher. `parent`: we tell it by `hot-hook:file-changed`, as AdonisJS's assembler does. */
  readonly watcher: 'hot-hook' | 'parent'
  /** Milliseconds until an application that does not listen, or an answer that does not come, is given up. */
  readonly timeout?: number
}

/** What hot-hook says to its parent process. */
export interface Message {
  readonly type: 'hot-hook:invalidated' | 'hot-hook:full-reload'
  /** Of `invalidated`, the touched file first; of `full-reload`, when a module declined. */
  readonly paths?: readonly string[]
  readonly path?: string
  /** The file would be hot if a boundary on the way were imported dynamically. */
  readonly shouldBeReloadable?: boolean
}

export interface Answer {
  /** 0 when there was none. */
  readonly status: number
  readonly body: string
}

/** An application that runs under hot-hook. */
export interface Session {
  readonly port: number
  /** Whether the process has ended. */
  readonly exited: boolean
  /** What it printed so far. */
  readonly log: string
  /** What hot-hook said so far. */
  readonly messages: readonly Message[]
  get(url: string): Promise<Answer>
  /**
   * What hot-hook says of a saved file; undefined when it says nothing.
   *
   * @param path real path of the file, which was just saved.
   * @throws {Error} when hot-hook does not even answer for the entry: it is not in the process.
   */
  reaction(path: string): Promise<Message | undefined>
  /** The marks that modules left as they ran: see `mark` in observe.ts. */
  marks(): Promise<Readonly<Record<string, number>>>
  /** Ends the process and those it started. */
  stop(): Promise<void>
}

/** The application ended, or never listened. */
export class BootError extends Error {
  readonly log: string
  constructor(message: string, log: string) {
    super(`${message}\n${log}`)
    this.name = 'BootError'
    this.log = log
  }
}

// Loaded before hot-hook, which therefore never sees it. A worker thread inherits it, and has no `process.send`.
const preload = `data:text/javascript,${encodeURIComponent(`
if (process.send) {
  process.on('message', (message) => {
    if (message?.type === 'hot-codemod:marks') {
      process.send({ type: 'hot-codemod:marks', marks: globalThis['hot-codemod'] ?? {} })
    }
  })
  process.channel.unref()
}`)}`

/**
 * Starts an application and waits until it listens.
 *
 * @throws {BootError} when it ends before, or does not listen in time.
 */
export async function boot(launch: Launch): Promise<Session> {
  const { directory, timeout = 60_000 } = launch
  const port = launch.port ?? (await freePort())
  const messages: Message[] = []
  let marks: Record<string, number> | undefined
  let log = ''

  const watch = launch.watcher === 'parent' ? 'false' : undefined
  const child = spawn(launch.node, ['--import', preload, ...launch.args], {
    cwd: directory,
    env: { ...process.env, ...launch.env, PORT: String(port), HOT_HOOK_WATCH: watch },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const ended = once(child, 'close')
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text) => (log += text))
  child.on('message', (message: Message & { marks?: Record<string, number> }) => {
    if (message.marks) marks = message.marks
    else messages.push(message)
  })
  // A message to a process that has just ended is lost, and `exited` says so.
  child.on('error', () => {})

  // To the group, so that what the application started ends too; Windows has no groups, and all may have ended already.
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
  }
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    kill()
    await ended
  }

  const exited = () => child.exitCode !== null || child.signalCode !== null
  const send = (message: object) => void (child.connected && child.send(message, () => {}))
  const about = (path: string, since: number) =>
    messages.slice(since).find((message) => message.path === path || message.paths?.[0] === path)

  const listens = await comesTrue(async () => exited() || (await isOpen(port)), timeout)
  if (!listens || exited()) {
    await stop()
    const what = listens ? 'ended before it listened' : `does not listen on port ${port} after ${timeout} ms`
    throw new BootError(`The application ${what}.`, log)
  }
  const entry = realpathSync(join(directory, launch.entry))

  /** Has hot-hook look at the file, which was saved. */
  function notify(path: string): void {
    if (launch.watcher === 'parent') send({ type: 'hot-hook:file-changed', path, action: 'change' })
    else utimesSync(path, new Date(), new Date())
  }

  /**
   * Waits until hot-hook has dealt with all it was notified of: it has an answer for the entry, always.
   *
   * `parent`: each notification gets one answer, and that is waited for, so none is taken for that of a later one.
   * `hot-hook`: its watcher starts some time after a file was loaded, and drops a second change within 50 ms; so
   * the entry is touched until the answer comes, and the other file has 300 ms in any case.
   */
  async function catchUp(path: string, since: number): Promise<void> {
    const start = messages.length
    const isDone = () => about(entry, start) ?? exited()
    const isKnown = () => about(path, since) ?? exited()
    const silent = () => new Error(`hot-hook does not react to ${entry}.\n${log}`)
    if (path !== entry) notify(entry)
    if (launch.watcher === 'parent') {
      if (!(await comesTrue(isDone, timeout))) throw silent()
      return
    }
    const deadline = performance.now() + timeout
    while (!(await comesTrue(isKnown, 300)) && !isDone()) {
      if (performance.now() > deadline) throw silent()
      notify(entry)
    }
  }

  return {
    port,
    get exited() {
      return exited()
    },
    get log() {
      return log
    },
    messages,
    async get(url) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}${url}`, {
          signal: AbortSignal.timeout(timeout),
          headers: { connection: 'close' },
          redirect: 'manual',
        })
        return { status: response.status, body: await response.text() }
      } catch (error) {
        return { status: 0, body: String((error as Error).cause ?? error) }
      }
    },
    async reaction(path) {
      const since = messages.length
      // hot-hook looks at a file asynchronously (`#onFileChange` in loader.js), so that its answer for the entry may
      // overtake the first one; and its watcher may start too late for it.
      const rounds = launch.watcher === 'parent' ? 2 : 3
      for (let round = 0; round < rounds && !exited() && !about(path, since); round++) {
        notify(path)
        await catchUp(path, since)
      }
      return about(path, since)
    },
    async marks() {
      marks = undefined
      send({ type: 'hot-codemod:marks' })
      await comesTrue(() => marks ?? exited(), timeout)
      return marks ?? {}
    },
    stop,
  }
}

/** Waits for `condition`. @returns whether it came true in `timeout` milliseconds. */
async function comesTrue(condition: () => unknown, timeout: number): Promise<boolean> {
  const deadline = performance.now() + timeout
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await sleep(5)
  }
  return true
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
