import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Origin } from './request.ts'
import { REMOVAL, temporaryDirectory } from './temporary.ts'

/** What hot-hook says to its parent process. */
export interface Message {
  readonly type: 'hot-hook:invalidated' | 'hot-hook:full-reload'
  /** Of `invalidated`, the touched file first; of `full-reload`, when a module declined. */
  readonly paths?: readonly string[]
  readonly path?: string
  /** The file would be hot if a boundary on the way were imported dynamically. */
  readonly shouldBeReloadable?: boolean
}

/** A module, as it was loaded once: another version of it is another one. */
export interface RanModule {
  /** V8's, of this version. */
  readonly id: string
  readonly path: string
  /** It was loaded; else one of its functions was called that an earlier load made. */
  readonly evaluated: boolean
}

/** A Node.js process of the application, which preload.js speaks for. */
export interface Member {
  readonly pid: number
  /** The module it was started with. */
  readonly main: string
  readonly socket: Socket
  origins: Listening[]
  /** As `performance.now()` has it; undefined while it runs. */
  ended: number | undefined
}

interface Listening extends Origin {
  /** As `performance.now()` has it. */
  readonly since: number
}

/** What the processes of an application tell us. */
export interface Channel {
  /** Of the socket. Every process of the application has it in its environment, and nothing else has. */
  readonly address: string
  readonly members: readonly Member[]
  readonly messages: readonly Message[]
  readonly marks: readonly Readonly<Record<string, number>>[]
  readonly ran: readonly (readonly RanModule[])[]
  /** A port that somebody else listened on. */
  readonly portTaken: number | undefined
  close(): void
}

type Line =
  | { readonly type: 'process'; readonly pid: number; readonly main: string }
  | ({ readonly type: 'listening' } & Origin)
  | { readonly type: 'closed'; readonly port: number }
  | { readonly type: 'port-taken'; readonly port?: number }
  | { readonly type: 'marks'; readonly marks: Readonly<Record<string, number>> }
  | { readonly type: 'ran'; readonly modules: readonly RanModule[] }
  | Message

/** How long the path of a socket may be, in bytes: 103 on macOS, 107 on Linux. */
const LONGEST = 100

async function socketDirectory(): Promise<string> {
  const directory = await temporaryDirectory()
  if (Buffer.byteLength(join(directory, 'socket')) <= LONGEST) return directory
  rmSync(directory, REMOVAL)
  return temporaryDirectory('/tmp')
}

/** @throws {VerifyError} when the temporary directory cannot be written. */
export async function openChannel(): Promise<Channel> {
  const directory = process.platform === 'win32' ? undefined : await socketDirectory()
  const address =
    directory === undefined ? String.raw`\\.\pipe\hot-codemod-${process.pid}-${Date.now()}` : join(directory, 'socket')
  const members: Member[] = []
  const messages: Message[] = []
  const marks: Readonly<Record<string, number>>[] = []
  const ran: (readonly RanModule[])[] = []
  const sockets = new Set<Socket>()
  let portTaken: number | undefined

  const server = createServer((socket) => {
    let member: Member | undefined
    let rest = ''
    sockets.add(socket)
    socket
      .setEncoding('utf8')
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(socket)
        if (member) member.ended = performance.now()
      })
      .on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) receive(JSON.parse(line) as Line)
      })
    function receive(line: Line): void {
      switch (line.type) {
        case 'process':
          members.push((member = { ...line, socket, origins: [], ended: undefined }))
          break
        case 'listening':
          member?.origins.push({ ...line, host: reachable(line.host), since: performance.now() })
          break
        case 'closed':
          if (member) member.origins = member.origins.filter(({ port }) => port !== line.port)
          break
        case 'port-taken':
          portTaken = line.port
          break
        case 'marks':
          marks.push(line.marks)
          break
        case 'ran':
          ran.push(line.modules)
          break
        default:
          messages.push(line)
      }
    }
  })
  server.listen(address)
  await once(server, 'listening')
  return {
    address,
    members,
    messages,
    marks,
    ran,
    get portTaken() {
      return portTaken
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      if (directory !== undefined) rmSync(directory, REMOVAL)
    },
  }
}

/** A server on all addresses is asked on this machine. */
function reachable(host: string): string {
  return host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host
}
