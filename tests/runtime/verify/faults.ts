import type { Outcome } from '../../../src/graph/reload.ts'
import type { Files } from '../frameworks/app.ts'
import type { Written } from './installed.ts'

/** A server that does what a verification has to survive. What it starts, or keeps up, ends by itself in a minute. */
export interface FaultyApp extends Written {
  readonly name: string
  readonly packageJson: { readonly scripts: { readonly dev: string }; readonly hotHook: object }
  readonly urls: readonly string[]
  /** Whether it ever listens. */
  readonly starts: boolean
  /** What saving each file does, in this order. */
  readonly expected: Readonly<Record<string, Outcome>>
  /** What it prints. */
  readonly prints?: RegExp
  /** URLs that get no answer. */
  readonly unanswered?: readonly string[]
}

const users = `export const list = () => 'users=1'
`
const posts = `export const list = () => 'posts=1'
`

/** A server with two handlers; `routes` has more lines of the listener, `listen` starts it. */
function server({ before = '', routes = '', listen = `server.listen(Number(process.env.PORT), '127.0.0.1')` }): string {
  return `import { createServer } from 'node:http'
${before}
const server = createServer(async (req, res) => {
${routes}  if (req.url === '/posts') return res.end((await import('./handlers/posts.js')).list())
  res.end((await import('./handlers/users.js')).list())
})
${listen}
`
}

const healthy: Omit<FaultyApp, 'name'> = {
  packages: { 'hot-hook': 'hot-hook', '@hot-hook/runner': '@hot-hook/runner' },
  packageJson: {
    scripts: { dev: 'node --import=hot-hook/register src/server.js' },
    hotHook: { boundaries: ['./src/handlers/*.js'] },
  },
  entry: 'src/server.js',
  flags: ['--import=hot-hook/register'],
  urls: ['/users', '/posts'],
  starts: true,
  expected: { 'src/handlers/users.js': 'hot', 'src/handlers/posts.js': 'hot' },
  files: filesOf(server({})),
}

function filesOf(entry: string, others: Files = {}): Files {
  return { 'src/server.js': entry, 'src/handlers/users.js': users, 'src/handlers/posts.js': posts, ...others }
}

const broken: Pick<FaultyApp, 'starts' | 'expected'> = {
  starts: false,
  expected: { 'src/handlers/users.js': 'error', 'src/handlers/posts.js': 'error' },
}

export const withoutFault: FaultyApp = { name: 'has no fault', ...healthy }

export const neverListens: FaultyApp = {
  name: 'never listens',
  ...healthy,
  ...broken,
  files: filesOf(
    server({ listen: `console.log('Waiting for a database.')\nsetTimeout(() => process.exit(), 60_000)` }),
  ),
  prints: /Waiting for a database\./,
}

export const throwsAtBoot: FaultyApp = {
  name: 'throws at boot',
  ...healthy,
  ...broken,
  files: filesOf(server({ before: `throw new Error('No database at all.')` })),
  prints: /No database at all\./,
}

export const exitsAtBoot: FaultyApp = {
  name: 'ends at boot without an error',
  ...healthy,
  ...broken,
  files: filesOf(server({ before: `console.log('Nothing to serve.')\nprocess.exit()` })),
  prints: /Nothing to serve\./,
}

export const cannotBeParsed: FaultyApp = {
  name: 'has a syntax error in the entry',
  ...healthy,
  ...broken,
  files: filesOf(`${server({})}const = 1\n`),
  prints: /SyntaxError/,
}

/** The module that a save invalidates ends the process; the next file has its turn in another one. */
export const exitsOnFirstEdit: FaultyApp = {
  name: 'ends when a hot file is first edited',
  ...healthy,
  expected: { 'src/handlers/users.js': 'error', 'src/handlers/posts.js': 'hot' },
  files: filesOf(server({}), {
    'src/handlers/users.js': `import.meta.hot?.dispose(() => process.exit(3))

${users}`,
  }),
}

/** Which ends hot-runner 1.0.0 itself, so that nothing starts the server anew. */
export const declines: FaultyApp = {
  name: 'declines an edit',
  ...healthy,
  expected: { 'src/handlers/users.js': 'restart', 'src/handlers/posts.js': 'hot' },
  files: filesOf(server({}), {
    'src/handlers/users.js': `import.meta.hot?.decline()

${users}`,
  }),
}

/** 100 MB, in pieces of 1 MB each 10 ms: as fast as it is read. */
export const floods: FaultyApp = {
  name: 'floods its output',
  ...healthy,
  files: filesOf(
    server({
      before: `
const line = 'x'.repeat(1023) + '\\n'
let left = 100
const flood = setInterval(() => {
  process.stdout.write(line.repeat(1024))
  if (--left === 0) clearInterval(flood)
}, 10)
flood.unref()
`,
    }),
  ),
  prints: /x{1023}\n/,
}

export const ignoresSignals: FaultyApp = {
  name: 'ignores SIGTERM, SIGINT and SIGHUP',
  ...healthy,
  files: filesOf(
    server({
      before: `
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
setTimeout(() => process.exit(), 60_000)
`,
      routes: `  if (req.url === '/pid') return res.end('pid ' + process.pid)\n`,
    }),
  ),
  urls: ['/users', '/posts', '/pid'],
}

/** Its children, a Node.js process and one that is not, are in groups of their own. `/children` has their ids. */
export const leavesChildren: FaultyApp = {
  name: 'leaves children behind',
  ...healthy,
  files: filesOf(
    server({
      before: `import { spawn } from 'node:child_process'

const options = { detached: true, stdio: 'ignore' }
const children = [
  spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 60_000)'], options),
  spawn('sleep', ['60'], options),
]
for (const child of children) child.unref()
`,
      routes: `  if (req.url === '/children') return res.end(children.map(({ pid }) => pid).join(' '))\n`,
    }),
  ),
  urls: ['/users', '/posts', '/children'],
}

/** As above, and its children hold its output open. */
export const leavesChildrenWithItsOutput: FaultyApp = {
  ...leavesChildren,
  name: 'leaves children behind that hold its output',
  files: {
    ...leavesChildren.files,
    'src/server.js': leavesChildren.files['src/server.js']!.replace(`stdio: 'ignore'`, `stdio: 'inherit'`),
  },
}

/** Listens on the port in its code, whatever the environment says. */
export function listensOn(port: number): FaultyApp {
  return {
    name: 'listens on a port of its own',
    ...healthy,
    files: filesOf(server({ listen: `server.listen(${port}, '127.0.0.1')` })),
  }
}

export const hangs: FaultyApp = {
  name: 'gives no answer to a request',
  ...healthy,
  files: filesOf(server({ routes: `  if (req.url === '/hangs') return\n` })),
  urls: ['/users', '/posts', '/hangs'],
  unanswered: ['/hangs'],
}

/** The first requests end it. */
export const exitsOnRequest: FaultyApp = {
  name: 'ends at a request',
  ...healthy,
  ...broken,
  files: filesOf(server({ routes: `  if (req.url === '/exit') process.exit(4)\n` })),
  urls: ['/users', '/posts', '/exit'],
}

export const listensLate: FaultyApp = {
  name: 'listens after 3 seconds',
  ...healthy,
  files: filesOf(server({ listen: `setTimeout(() => server.listen(Number(process.env.PORT), '127.0.0.1'), 3000)` })),
}

/** All but the one that needs a port. */
export const faultyApps: readonly FaultyApp[] = [
  withoutFault,
  neverListens,
  throwsAtBoot,
  exitsAtBoot,
  cannotBeParsed,
  exitsOnFirstEdit,
  declines,
  floods,
  ignoresSignals,
  leavesChildren,
  leavesChildrenWithItsOutput,
  hangs,
  exitsOnRequest,
  listensLate,
]

/** The same application, with hot-runner as its script. */
export function underHotRunner(app: FaultyApp): FaultyApp {
  const dev = 'hot-runner --node-args=--import=hot-hook/register src/server.js'
  return { ...app, name: `${app.name}, under hot-runner`, packageJson: { ...app.packageJson, scripts: { dev } } }
}
