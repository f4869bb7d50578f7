import { describe, expect, it } from 'vitest'
import { appBoundary } from '../../codemods/app-boundary.ts'
import { createFileTree } from '../../src/edits/tree.ts'
import { planLevel } from '../../src/lazy/levels.ts'
import { readProject } from '../../src/project/open.ts'
import { directoryWith } from '../cli/run.ts'
import { run, type Result } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>
type Name = 'express' | 'fastify' | 'hono' | 'koa'

const DEPENDENCIES = {
  express: { express: '^5.1.0' },
  fastify: { fastify: '^5.0.0' },
  hono: { hono: '^4.8.0', '@hono/node-server': '^1.14.0' },
  koa: { koa: '^3.0.0' },
} as const
const USERS = "import { Router } from 'express'\nconst users = Router()\nexport default users\n"

function filesOf(text: string, files: Files, name: Name, entry: string): Files {
  const manifest = {
    name: 'app',
    type: 'module',
    scripts: { dev: `${entry.endsWith('.ts') ? 'tsx' : 'node'} ${entry}` },
    dependencies: DEPENDENCIES[name],
  }
  return { 'package.json': JSON.stringify(manifest), 'src/users.js': USERS, [entry]: text, ...files }
}

/** What becomes of src/server.js, which is split. */
async function split(
  text: string,
  files: Files = {},
  name: Name = 'express',
  entry = 'src/server.js',
): Promise<Result> {
  return run(appBoundary, filesOf(text, files, name, entry), {
    name,
    major: name === 'hono' ? 4 : name === 'koa' ? 3 : 5,
  })
}

/** `verdict reason detail`, of the first import that would go with the application. */
function judged(text: string, files: Files = {}, name: Name = 'express'): string {
  const project = readProject(directoryWith(filesOf(text, files, name, 'src/server.js')))
  const { files: planned, splits } = planLevel('app', project, createFileTree())
  const candidate = planned.find(({ path }) => path.endsWith('server.js'))?.candidates[0]
  if (!candidate) return 'nothing'
  expect(splits.length).toBe(candidate.verdict === 'fix' && candidate.edits.length === 0 ? 1 : 0)
  return [candidate.verdict, candidate.reason, candidate.detail].filter(Boolean).join(' ')
}

const LISTENER = `createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})`

describe('what builds the application goes, what starts the server stays', () => {
  it('with comments, imports and declarations', async () => {
    const text = `// The server.
import 'dotenv/config'
import cors from 'cors'
import express from 'express'
import { connect } from './db.js' // the database
import users from './users.js'

// Connects.
connect()

const app = express()
const origins = ['http://localhost']
// All of them.
app.use(cors({ origin: origins }))
app.use('/users', users)

/** Health */
app.get('/health', (req, res) => {
  res.send('ok')
})

const PORT = process.env.PORT ?? 3000
app.listen(PORT, () => console.log(PORT))
process.on('SIGTERM', () => process.exit())
`
    const { changed, edits } = await split(text, { 'src/db.js': 'export const connect = () => {}\n' })
    expect(edits).toBe(1)
    expect(changed).toEqual({
      'src/app.js': `import cors from 'cors'
import express from 'express'
import users from './users.js'

export const app = express()
const origins = ['http://localhost']
// All of them.
app.use(cors({ origin: origins }))
app.use('/users', users)

/** Health */
app.get('/health', (req, res) => {
  res.send('ok')
})
`,
      'src/server.js': `// The server.
import 'dotenv/config'
import { connect } from './db.js' // the database
import { createServer } from 'node:http'

// Connects.
connect()

const PORT = process.env.PORT ?? 3000
${LISTENER}.listen(PORT, () => console.log(PORT))
process.on('SIGTERM', () => process.exit())
`,
    })
  })

  it('an import of both is in both', async () => {
    const text = `import express from 'express'
import users, { name, limit } from './users.js'
const app = express()
app.use('/users', users, limit)
app.listen(3000, () => console.log(name))
`
    const users = `${USERS}export const name = 'users'\nexport const limit = (req, res, next) => next()\n`
    const { changed } = await split(text, { 'src/users.js': users })
    expect(changed['src/app.js']).toContain("import users, { limit } from './users.js'\n")
    expect(changed['src/server.js']).toContain("import { name } from './users.js'\n")
  })

  it('the environment is read where the application is built, before it', async () => {
    const text = `import dotenv from 'dotenv'
import express from 'express'

dotenv.config()
const app = express()
app.set('secret', process.env.SECRET)

app.listen(process.env.PORT)
`
    const { changed } = await split(text)
    expect(changed['src/app.js']).toBe(`import dotenv from 'dotenv'
import express from 'express'

dotenv.config()
export const app = express()
app.set('secret', process.env.SECRET)
`)
    expect(changed['src/server.js']).toBe(`import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
await loadApp()

createServer(async (req, res) => {
  try { (await loadApp()).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(process.env.PORT)
`)
  })

  it.each([
    "if (process.env.NODE_ENV !== 'production') {\n  dotenv.config()\n}",
    "process.env.NODE_ENV = process.env.NODE_ENV || 'development'",
    "process.env.NODE_ENV ??= 'development'",
  ])('it is read under a condition: %s', async (statement) => {
    const imports = "import dotenv from 'dotenv'\nimport express from 'express'\n"
    const text = `${imports}${statement}\nconst app = express()\napp.set('env', process.env.NODE_ENV)\napp.listen(3000)\n`
    const { changed } = await split(text)
    expect(changed['src/app.js']).toContain(`\n${statement}\nexport const app = express()\n`)
  })

  it('a default export goes along', async () => {
    const text =
      "import express from 'express'\nconst app = express()\napp.get('/', (req, res) => res.send('ok'))\napp.listen(3000)\nexport default app\n"
    const { changed } = await split(text)
    expect(changed['src/app.js']).toBe(
      "import express from 'express'\nconst app = express()\napp.get('/', (req, res) => res.send('ok'))\nexport default app\n",
    )
    expect(changed['src/server.js']).toContain("(await import('./app.js')).default(req, res)")
  })

  it.each([
    ['another export that needs the application', 'export const handler = wrap(app)\n', {}],
    ['a type of it, for a client in another package', 'export type App = typeof app\n', {}],
    ['the application, for a platform', 'export default app\n', { 'vercel.json': '{}' }],
  ])('stays where someone else may import %s', async (_, line, files) => {
    const text = `import express from 'express'\nimport wrap from 'serverless-http'\nconst app = express()\napp.get('/', (req, res) => res.send('ok'))\napp.listen(3000)\n${line}`
    const { changed } = await split(text, files, 'express', 'src/index.ts')
    expect(changed).toEqual({})
  })

  it('Hono, in TypeScript', async () => {
    const text = `import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
app.get('/', (c) => c.text('ok'));

serve({ fetch: app.fetch, port: 3000 });
`
    const { changed } = await split(text, {}, 'hono', 'src/index.ts')
    expect(changed).toEqual({
      'src/app.ts': `import { Hono } from 'hono';

export const app = new Hono();
app.get('/', (c) => c.text('ok'));
`,
      'src/index.ts': `import { serve } from '@hono/node-server';

serve({ fetch: async (req, env) => (await import('./app.js')).app.fetch(req, env), port: 3000 });
`,
    })
  })

  it('Koa, started in a function', async () => {
    const text = `import Koa from 'koa'
const app = new Koa()
app.use((ctx) => {
  ctx.body = 'ok'
})
async function start() {
  app.listen(3000)
}
start()
`
    const { changed } = await split(text, {}, 'koa')
    expect(changed['src/app.js']).toBe(
      "import Koa from 'koa'\nexport const app = new Koa()\napp.use((ctx) => {\n  ctx.body = 'ok'\n})\n",
    )
    expect(changed['src/server.js']).toContain("try { await (await import('./app.js')).app.callback()(req, res) }")
  })

  it('names modules with their extension where TypeScript asks for it', async () => {
    const text = `import Koa from 'koa'
import { body, port } from './config'

const app = new Koa()
app.use((ctx) => {
  ctx.body = body
})

app.listen(port)
`
    const files = { 'src/config.ts': "export const body = 'ok'\nexport const port = 3000\n" }
    const config = (module: string): Files => ({
      ...files,
      'tsconfig.json': JSON.stringify({ compilerOptions: { module } }),
    })
    const asked = (await split(text, config('nodenext'), 'koa', 'src/server.ts')).changed
    expect(asked['src/server.ts']).toContain("await (await import('./app.js')).app.callback()(req, res)")
    expect(asked['src/server.ts']).toContain("import { port } from './config'\n")
    expect(asked['src/app.ts']).toContain("import { body } from './config.js'\n")
    const other = (await split(text, config('esnext'), 'koa', 'src/server.ts')).changed
    expect(other['src/server.ts']).toContain("await (await import('./app')).app.callback()(req, res)")
    expect(other['src/app.ts']).toContain("import { body } from './config'\n")
  })

  it('with CRLF and a BOM', async () => {
    const text =
      "\ufeffimport express from 'express'\r\nimport users from './users.js'\r\nconst app = express()\r\napp.use(users)\r\napp.listen(3000)\r\n"
    const { changed } = await split(text)
    expect(changed['src/app.js']).toBe(
      "import express from 'express'\r\nimport users from './users.js'\r\nexport const app = express()\r\napp.use(users)\r\n",
    )
    expect(changed['src/server.js']).toMatch(/^\ufeffimport \{ createServer \} from 'node:http'\r\n/)
  })

  it('in the directory of the entry, under a name that is free', async () => {
    const text = "import express from 'express'\nconst app = express()\napp.get('/', () => {})\napp.listen(3000)\n"
    const { changed } = await split(text, { 'src/app.ts': 'export {}\n' })
    expect(Object.keys(changed)).toEqual(['src/application.js', 'src/server.js'])
  })
})

const EXPRESS = "import express from 'express'\nimport users from './users.js'\n"

describe('what is not split', () => {
  it('an application of another module, to which nothing is added', () => {
    const files = { 'src/app.js': "import express from 'express'\nexport const app = express()\n" }
    expect(judged("import { app } from './app.js'\napp.listen(3000)\n", files)).toBe('fix every-use-is-lazy')
  })

  it('an application of another module, to which more than routes is added', () => {
    const files = { 'src/app.js': "import express from 'express'\nexport const app = express()\n" }
    const text = "import { app } from './app.js'\napp.get('/', (req, res) => res.send(app.name))\napp.listen(3000)\n"
    expect(judged(text, files)).toBe('fix every-use-is-lazy')
    const setting = "import { app } from './app.js'\napp.set('etag', false)\napp.listen(3000)\n"
    expect(judged(setting, files)).toBe('leave used-at-start app.set')
  })

  it.each([
    ['start(app)', "import { start } from './jobs.js'", 'leave resource `setInterval` in `src/jobs.js:1`'],
    ['new Sweep(app)', "import { Sweep } from './jobs.js'", 'leave resource `setInterval` in `src/jobs.js:2`'],
    ['jobs.start(app)', "import * as jobs from './jobs.js'", 'leave resource `setInterval` in `src/jobs.js:1`'],
    ["app.get('/', () => start())", "import { start } from './jobs.js'", 'fix every-use-is-lazy'],
  ])('an application of another module, which runs %s each time', (call, line, expected) => {
    const files = {
      'src/app.js': `import express from 'express'\n${line}\nexport const app = express()\n${call}\n`,
      'src/jobs.js':
        "export function start() { setInterval(() => {}, 1) }\nexport class Sweep { timer = setInterval(() => {}, 1) }\nimport mongoose from 'mongoose'\nexport const connect = () => mongoose.connect('x')\n",
    }
    expect(judged("import { app } from './app.js'\napp.listen(3000)\n", files)).toBe(expected)
  })

  it('an application that a function of another module makes, and may keep', () => {
    const files = {
      'src/app.js': "import express from 'express'\nconst app = express()\nexport const get = () => app\n",
    }
    const text = "import { get } from './app.js'\nconst app = get()\napp.get('/', () => {})\napp.listen(3000)\n"
    expect(judged(text, files)).toBe('leave app-factory get()')
  })

  it('what both use', () => {
    const text = `${EXPRESS}const log = users.log()\nconst app = express()\napp.use(log)\napp.listen(3000, () => log.info('on'))\n`
    expect(judged(text)).toBe('leave shared-declaration `log` (`src/server.js:3`)')
  })

  it('what both use of their place is', () => {
    const text = `${EXPRESS}const __dirname = import.meta.dirname\nconst app = express()\napp.use(express.static(__dirname), users)\napp.listen(3000, () => console.log(__dirname))\n`
    expect(judged(text)).toBe('fix app-split src/app.js')
  })

  it('a socket server that routes use', () => {
    const text = `${EXPRESS}import { createServer } from 'node:http'\nimport { Server } from 'socket.io'\nconst app = express()\nconst server = createServer(app)\nconst io = new Server(server)\napp.use((req, res, next) => { req.io = io; next() })\nserver.listen(3000)\n`
    expect(judged(text)).toBe('leave made-with-server `io` (`src/server.js:7`)')
  })

  it('a socket server that they do not use is', () => {
    const text = `${EXPRESS}import { createServer } from 'node:http'\nimport { Server } from 'socket.io'\nconst app = express()\nconst server = createServer(app)\nconst io = new Server(server)\nio.on('connection', () => {})\napp.use(users)\nserver.listen(3000)\n`
    expect(judged(text)).toBe('fix app-split src/app.js')
  })

  it('a function that builds and serves', () => {
    const text = `${EXPRESS}const app = express()\nfunction start() {\n  app.use(users)\n  app.listen(3000)\n}\nsetTimeout(start)\n`
    expect(judged(text)).toBe('leave built-and-served `src/server.js:4`')
  })

  it('the name of the file', () => {
    const text = `${EXPRESS}const app = express()\napp.set('file', import.meta.filename)\napp.use(users)\napp.listen(3000)\n`
    expect(judged(text)).toBe('leave names-file `src/server.js:4`')
  })

  it('its directory is', () => {
    const text = `${EXPRESS}import path from 'node:path'\nimport { fileURLToPath } from 'node:url'\nconst file = fileURLToPath(import.meta.url)\nconst app = express()\napp.use(express.static(path.dirname(file)), users)\napp.listen(3000)\n`
    expect(judged(text)).toBe('fix app-split src/app.js')
  })

  it('what a test imports', () => {
    const text = `${EXPRESS}export const app = express()\napp.use(users)\napp.listen(3000)\n`
    const test = { 'test/app.test.js': "import { app } from '../src/server.js'\nconsole.log(app)\n" }
    expect(judged(text, test)).toBe('leave entry-imported `test/app.test.js`')
  })
})

describe('what a person has to know is suggested', () => {
  it('sessions in memory', () => {
    const text = `${EXPRESS}import session from 'express-session'\nconst app = express()\napp.use(session({ secret: 'x' }), users)\napp.listen(3000)\n`
    expect(judged(text)).toBe('suggest memory-state `session` (`src/server.js:5`)')
  })

  it('sessions in a store are fixed', () => {
    const text = `${EXPRESS}import session from 'express-session'\nimport { store } from './store.js'\nconst app = express()\napp.use(session({ secret: 'x', store }), users)\napp.listen(3000)\n`
    expect(judged(text, { 'src/store.js': 'export const store = undefined\n' })).toBe('fix app-split src/app.js')
  })

  it('limits in memory', () => {
    const text = `${EXPRESS}import { rateLimit } from 'express-rate-limit'\nconst options = { windowMs: 1000 }\nconst app = express()\napp.use(rateLimit(options), users)\napp.listen(3000)\n`
    expect(judged(text)).toBe('suggest memory-state `rateLimit` (`src/server.js:6`)')
  })

  it('a collection that handlers write to', () => {
    const text = `${EXPRESS}const app = express()\nconst posts = []\napp.post('/', (req, res) => { posts.push(req.body); res.end() })\napp.use(users)\napp.listen(3000)\n`
    expect(judged(text)).toBe('suggest memory-state `posts` (`src/server.js:4`)')
  })

  it('what runs before something of the application and may matter to it', () => {
    const text = `${EXPRESS}import passport from 'passport'\nconst app = express()\npassport.use({ name: 'x' })\napp.use(passport.initialize(), users)\napp.listen(3000)\n`
    expect(judged(text)).toBe('suggest runs-before-app `src/server.js:5`')
  })

  const CORS = "import cors from 'cors'\nconst app = express()\n"
  const BUILT = 'app.use(cors({ origin: process.env.ORIGIN }), users)\napp.listen(3000)\n'

  it.each([
    [
      'a result of dotenv',
      "import dotenv from 'dotenv'\nconst read = dotenv.config()\nif (read.error) throw read.error\n",
    ],
    ['a variable that a condition computes', 'process.env.ORIGIN = process.env.HOST || process.env.ORIGIN\n'],
    ['the process that ends', "if (!process.env.ORIGIN) { console.error('none'); process.exit(1) }\n"],
    ['a function that ends it', "import { check } from './check.js'\ncheck()\n"],
    ['a function that sets a variable', "import { load } from './load.js'\nawait load()\n"],
    ['a listener to errors', "process.on('uncaughtException', () => process.exit(7))\n"],
    ['a listener to errors, of a condition', "if (process.env.CI) process.once('unhandledRejection', console.error)\n"],
    ['a function of its own', 'function check() { if (!process.env.ORIGIN) throw new Error() }\ncheck()\n'],
  ])('%s, before what is built', (_, line) => {
    const files = {
      'src/check.js': 'export function check() { if (!process.env.ORIGIN) process.exit(1) }\n',
      'src/load.js': 'export async function load() { process.env.ORIGIN = await null }\n',
    }
    expect(judged(EXPRESS + CORS + line + BUILT, files)).toMatch(/^suggest runs-before-app /)
    // It is loaded with the first request.
    expect(judged(EXPRESS + CORS + line + 'app.use(users)\napp.listen(3000)\n', files)).toBe('fix app-split src/app.js')
  })

  it('what fails later is fixed', () => {
    const files = { 'src/db.js': 'export async function connect() { await null; process.exit(1) }\n' }
    const text = `${EXPRESS}import { connect } from './db.js'\n${CORS}connect()\n${BUILT}`
    expect(judged(text, files)).toBe('fix app-split src/app.js')
  })

  it('what matters nothing to it is fixed', () => {
    const text = `${EXPRESS}import passport from 'passport'\nconst app = express()\nprocess.on('exit', () => {})\nconsole.log('starting')\napp.use(passport.initialize(), users)\napp.listen(3000)\n`
    expect(judged(text)).toBe('fix app-split src/app.js')
  })
})

describe('Fastify', () => {
  const FASTIFY = "import Fastify from 'fastify'\nimport plugin from './users.js'\nconst app = Fastify()\n"
  const plugin = { 'src/users.js': 'export default async function users(app) {}\n' }

  it.each([
    ['a script', 'await app.listen({ port: 3000 })'],
    ['what it is configured with', 'await app.listen({ port: app.config.PORT, host: app.config.HOST })'],
    [
      'a function',
      'async function start() { try { await app.listen({ port: 3000 }) } catch (err) { app.log.error(err); process.exit(1) } }\nstart()',
    ],
    ['a callback', 'app.listen({ port: 3000 }, (err) => { if (err) { app.log.error(err); process.exit(1) } })'],
    ['readiness', 'app.ready().then(() => app.listen({ port: 3000 }))'],
    ['signals', "app.listen()\nprocess.on('SIGTERM', () => { app.close().then(() => process.exit()) })"],
  ])('is split where it is started by %s', (_, start) => {
    expect(judged(`${FASTIFY}app.register(plugin)\n${start}\n`, plugin, 'fastify')).toBe('fix app-split src/app.js')
  })

  it('what waits for its plugins goes with what needs them', async () => {
    const text = `${FASTIFY}app.register(plugin)\nawait app.ready()\napp.swagger()\nawait app.ready()\nawait app.listen()\n`
    const { changed } = await split(text, plugin, 'fastify')
    expect(changed['src/app.js']).toMatch(/await app\.ready\(\)\napp\.swagger\(\)\n$/)
    expect(changed['src/server.js']).toMatch(/\}\)\n+await app\.ready\(\)\nawait app\.listen\(\)\n$/)
  })

  it.each([
    ["app.server.on('upgrade', () => {})", 'leave fastify-server `src/app.js:5`'],
    ["app.addHook('onListen', async () => {})", 'leave fastify-server `src/app.js:5`'],
    ["app.register(import('@fastify/websocket'))", 'leave fastify-server `src/app.js:5`'],
    ["app.register(import('@fastify/redis'))", 'suggest fastify-connections `src/app.js:5`'],
    [
      'const seen = []\napp.post("/", async (req) => { seen.push(req.id) })',
      'suggest memory-state `seen` (`src/server.js:5`)',
    ],
    ['const port = app.config.PORT\napp.get("/", () => port)\nconsole.log(port)', 'fix app-split src/app.js'],
  ])('is not where what is built has to do with the server or with memory: %s', (line, expected) => {
    expect(judged(`${FASTIFY}app.register(plugin)\n${line}\nawait app.listen()\n`, plugin, 'fastify')).toBe(expected)
  })

  const SCHEDULE = `import fp from 'fastify-plugin'
export default fp(async (app) => {
  const timer = setInterval(() => {}, 1000)
`

  it.each([
    [
      'a timer that it ends',
      `${SCHEDULE}  app.addHook('onClose', async () => clearInterval(timer))\n})\n`,
      'fix app-split src/app.js',
    ],
    ['a timer', `${SCHEDULE}  timer.unref()\n})\n`, 'suggest resource `setInterval` in `src/users.js:3`'],
    [
      'a listener',
      "import { bus } from './bus.js'\nexport default async function users(app) {\n  bus.on('x', () => {})\n}\n",
      'suggest resource `bus.on` in `src/users.js:3`',
    ],
    [
      'jobs of another module, when it is ready',
      "import { start } from './jobs.js'\nexport default async function users(app) {\n  app.addHook('onReady', async () => start())\n}\n",
      'suggest resource `setInterval` in `src/jobs.js:1`',
    ],
    [
      'a timer of a request',
      "import { start } from './jobs.js'\nexport default async function users(app) {\n  app.get('/', async () => start())\n}\n",
      'fix app-split src/app.js',
    ],
  ])('whose plugin starts %s', (_, text, expected) => {
    const files = {
      'src/users.js': text,
      'src/jobs.js': 'export const start = () => setInterval(() => {}, 1000)\n',
      'src/bus.js': "import { EventEmitter } from 'node:events'\nexport const bus = new EventEmitter()\n",
    }
    expect(judged(`${FASTIFY}app.register(plugin)\nawait app.listen()\n`, files, 'fastify')).toBe(expected)
  })

  it('closes no client that @fastify/redis is handed', async () => {
    const text = `import redis from '@fastify/redis'\nimport { client } from './redis.js'\n${FASTIFY}app.register(redis, { client, closeClient: true })\napp.register(plugin)\nawait app.listen()\n`
    const files = { ...plugin, 'src/redis.js': 'export const client = undefined\n' }
    expect(judged(text, files, 'fastify')).toBe('suggest fastify-connections `src/app.js:1`')
  })

  it('of HTTP/2 is not where it may have two servers', () => {
    const text = FASTIFY.replace('Fastify()', 'Fastify({ http2: true })')
    expect(judged(`${text}app.register(plugin)\napp.listen()\n`, plugin, 'fastify')).toBe(
      'leave fastify-localhost `src/app.js:3`',
    )
    expect(judged(`${text}app.register(plugin)\napp.listen({ host: '::' })\n`, plugin, 'fastify')).toBe(
      'fix app-split src/app.js',
    )
  })
})
