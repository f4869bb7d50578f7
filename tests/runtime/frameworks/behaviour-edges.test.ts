import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migrate } from '../../../src/migrate.ts'
import type { ImportReport } from '../../../src/migrate/import.ts'
import type { Session } from '../../../src/verify/session.ts'
import { remove, start, writeApp, type Files, type Packages } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

/**
 * The verdict on the import of a target, `none` where it is none of request-time code; what the route file imports and
 * registers; the target; and the requests below the route.
 */
type Edge = readonly [
  name: string,
  verdict: string,
  imports: string,
  registered: string,
  target: string,
  urls: string[],
]

/** Each edge in a route file of its own: a lazy import of its target, where there is one, changes no answer. */
function testEdges(
  name: string,
  packages: Packages,
  edges: readonly Edge[],
  files: Files,
  route: (imports: string, registered: string) => string,
): void {
  describe(name, () => {
    const directories: string[] = []
    const sessions: Session[] = []
    let imports: readonly ImportReport[]

    beforeAll(async () => {
      const all: Record<string, string> = { ...files }
      for (const [at, [, , imported, registered, target]] of edges.entries()) {
        all[`src/edge-${at}/routes.js`] = route(imported, registered)
        all[`src/edge-${at}/target.js`] = target
      }
      for (let count = 0; count < 2; count++) directories.push(await writeApp(all, packages))
      const migration = await migrate({ directory: directories[1]!, only: ['lazy-imports'] })
      migration.apply()
      imports = migration.imports
      for (const directory of directories) sessions.push(await start(directory))
    })

    afterAll(async () => {
      for (const session of sessions) await session.stop()
      for (const directory of directories) await remove(directory)
    })

    it.each(edges.map(([edge, verdict, , , , urls], at) => [edge, verdict, at, urls] as const))(
      '%s: %s',
      async (_, verdict, at, urls) => {
        for (const url of urls) {
          const [before, after] = await Promise.all(sessions.map(({ port }) => ask(port, `GET /${at}${url}`)))
          expect(after).toEqual(before)
        }
        const about = imports.find(
          ({ path, specifier }) => path === `src/edge-${at}/routes.js` && specifier === './target.js',
        )
        expect(about ? about.verdict : 'none').toBe(verdict)
      },
    )
  })
}

function importsOf(edges: readonly Edge[]): string {
  return edges.map((_, at) => `import edge${at} from './edge-${at}/routes.js'\n`).join('')
}

const list = `import { list } from './target.js'`
const users = `import users from './target.js'`

const express: readonly Edge[] = [
  [
    'a query that runs when it is awaited, and was not',
    'fix',
    `${list}`,
    `router.get('/', list)`,
    `const find = (callback) => {
  callback(['a row'])
  return {
    then() {
      throw new Error('Query was already executed')
    },
  }
}
export const list = (req, res) => find((rows) => res.json(rows))
`,
    ['/'],
  ],
  [
    'a variable that is assigned again',
    'leave',
    `${list.replace('list', 'list, change')}`,
    `router.get('/', list)
router.get('/change', change)`,
    `export let list = (req, res) => {
  res.send('first')
}
export const change = (req, res) => {
  list = (req, res) => res.send('second')
  res.send('changed')
}
`,
    ['/', '/change', '/'],
  ],
  [
    'a member that is assigned again',
    'leave',
    `import users, { change } from './target.js'`,
    `router.get('/', users.list)
router.get('/change', change)`,
    `const users = {
  list(req, res) {
    res.send('first')
  },
}
export default users
export const change = (req, res) => {
  users.list = (req, res) => res.send('second')
  res.send('changed')
}
`,
    ['/', '/change', '/'],
  ],
  [
    'a getter',
    'leave',
    users,
    `router.get('/', users.list)`,
    `let reads = 0
export default {
  get list() {
    const read = ++reads
    return (req, res) => res.send(String(read))
  },
}
`,
    ['/', '/'],
  ],
  [
    'an inherited method that uses this',
    'leave',
    `import { users } from './target.js'`,
    `router.get('/', users.list)`,
    `class Base {
  list(req, res) {
    res.send(typeof this)
  }
}
class Users extends Base {}
export const users = new Users()
`,
    ['/'],
  ],
  [
    'a method that uses super',
    'leave',
    `import { users } from './target.js'`,
    `router.get('/', users.list)`,
    `class Base {
  self() {
    return typeof this
  }
}
class Users extends Base {
  list(req, res) {
    res.send(super.self())
  }
}
export const users = new Users()
`,
    ['/'],
  ],
  [
    'a method that the constructor binds',
    'fix',
    `import { users } from './target.js'`,
    `router.get('/', users.list)`,
    `class Users {
  count = 0
  constructor() {
    this.list = this.list.bind(this)
  }
  list(req, res) {
    res.send(String(++this.count))
  }
}
export const users = new Users()
`,
    ['/', '/'],
  ],
  [
    'a method that is bound where it is registered',
    'fix',
    `import { users } from './target.js'`,
    `router.get('/', users.list.bind(users))`,
    `class Users {
  count = 0
  list(req, res) {
    res.send(String(++this.count))
  }
}
export const users = new Users()
`,
    ['/', '/'],
  ],
  [
    'a module with an export named then',
    'leave',
    list,
    `router.get('/', list)`,
    `export const then = (resolve) => resolve({})
export const list = (req, res) => res.send('list')
`,
    ['/'],
  ],
  [
    'a default export with a member named then',
    'leave',
    users,
    `router.get('/', users.list)`,
    `export default {
  then(resolve) {
    resolve({})
  },
  list(req, res) {
    res.send('list')
  },
}
`,
    ['/'],
  ],
  [
    'a wrapper that waits',
    'fix',
    list,
    `const waits = (handler) => async (req, res, next) => {
  try {
    await handler(req, res, next)
  } catch (error) {
    next(error)
  }
}
router.get('/', waits(list))`,
    `export const list = (req, res) => {
  throw new Error('list')
}
`,
    ['/'],
  ],
  [
    'a wrapper that sends what the handler returns',
    'leave',
    list,
    `const asyncHandler = (handler) => (req, res) => res.json(handler(req))
router.get('/', asyncHandler(list))`,
    `export const list = (req) => ['list']
`,
    ['/'],
  ],
  [
    'a wrapper that catches and does not wait',
    'leave',
    list,
    `const catchAsync = (handler) => (req, res, next) => {
  try {
    handler(req, res, next)
  } catch {
    res.status(418).send('caught')
  }
}
router.get('/', catchAsync(list))`,
    `export const list = (req, res) => {
  throw new Error('list')
}
`,
    ['/'],
  ],
  [
    'a wrapper that reads the number of parameters',
    'leave',
    list,
    `const asyncHandler = (handler) => (req, res, next) => {
  res.set('x-length', String(handler.length))
  return Promise.resolve(handler(req, res, next)).catch(next)
}
router.get('/', asyncHandler(list))`,
    `export const list = (req, res, next) => res.send('list')
`,
    ['/'],
  ],
  [
    'a wrapper that reads the name',
    'leave',
    list,
    `const asyncHandler = (handler) => (req, res, next) => {
  res.set('x-name', handler.name)
  return Promise.resolve(handler(req, res, next)).catch(next)
}
router.get('/', asyncHandler(list))`,
    `export const list = (req, res, next) => res.send('list')
`,
    ['/'],
  ],
  [
    'four parameters at a path',
    'fix',
    list,
    `router.get('/', (req, res, next) => next(req.query.fail && new Error('fail')), list, (req, res) => res.send('end'))`,
    `export const list = (err, req, res, next) => res.status(418).send(err.message)
`,
    ['/', '/?fail=1'],
  ],
  [
    'four parameters, the last with a default: no error middleware',
    'fix',
    list,
    `router.get('/fail', () => {
  throw new Error('fail')
})
router.use(list)`,
    `export const list = (req, res, next, extra = undefined) => res.send(typeof extra)
`,
    ['/', '/fail'],
  ],
  [
    'three parameters and the rest: no error middleware',
    'fix',
    list,
    `router.get('/fail', () => {
  throw new Error('fail')
})
router.use(list)`,
    `export function list(req, res, next, ...rest) {
  res.send([rest.length, arguments.length].join())
}
`,
    ['/', '/fail'],
  ],
  [
    'an array of handlers',
    'fix',
    `import { auth, list } from './target.js'`,
    `router.get('/', [auth, list])`,
    `export const auth = (req, res, next) => next(req.query.denied && new Error('denied'))
export const list = (req, res) => res.send('list')
`,
    ['/', '/?denied=1'],
  ],
  [
    'patterns as parameters',
    'fix',
    list,
    `router.get('/', list)`,
    `export const list = ({ query, res }, { locals = {} }) => res.json({ query, locals })
`,
    ['/?a=1'],
  ],
  [
    'arguments inside an arrow function',
    'fix',
    list,
    `router.get('/', list)`,
    `export function list(req, res) {
  const count = () => arguments.length
  res.send(String(count()))
}
`,
    ['/'],
  ],
  [
    'eval',
    'leave',
    list,
    `router.get('/', list)`,
    `export function list(req, res) {
  res.send(eval('typeof this + arguments.length'))
}
`,
    ['/'],
  ],
  [
    'a rest parameter that is a pattern',
    'fix',
    list,
    `router.get('/', list)`,
    `export const list = (req, res, ...[next]) => res.send(typeof next)
`,
    ['/'],
  ],
  [
    'properties of the function',
    'leave',
    list,
    `router.get('/', list)`,
    `export function list(req, res) {
  res.send(list.greeting)
}
list.greeting = 'hello'
`,
    ['/'],
  ],
  [
    'one of two functions',
    'leave',
    list,
    `router.get('/', list)`,
    `export const list = process.env.NOTHING ? (req, res) => res.send('list') : (req, res, next) => next()
`,
    ['/'],
  ],
]

for (const [name, alias] of [
  ['Express 5', 'express'],
  ['Express 4', 'express4'],
] as const) {
  const files: Files = {
    'src/server.js': `import express from 'express'
${importsOf(express)}
const app = express()
for (const [at, router] of [${express.map((_, at) => `edge${at}`).join(', ')}].entries()) app.use('/' + at, router)
app.use((err, req, res, next) => {
  res.status(500).send(err.message)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  }
  testEdges(name, { express: alias }, express, files, (imports, registered) => {
    return `import { Router } from 'express'\n${imports}\n\nconst router = Router()\n${registered}\n\nexport default router\n`
  })
}

const fastify: readonly Edge[] = [
  [
    'a promise that is not of an async function',
    'fix',
    list,
    `app.get('/', list)`,
    `export function list(request, reply) {
  return Promise.resolve({ list: 1 })
}
`,
    ['/'],
  ],
  [
    'a promise of nothing, which replied',
    'fix',
    list,
    `app.get('/', list)`,
    `const send = async (reply) => {
  await null
  reply.send('later')
}
export function list(request, reply) {
  return send(reply)
}
`,
    ['/'],
  ],
  [
    'null',
    'fix',
    list,
    `app.get('/', list)`,
    `export const list = () => null
`,
    ['/'],
  ],
  [
    'a value now, or a reply later',
    'fix',
    list,
    `app.get('/', list)`,
    `export function list(request, reply) {
  if (request.query.now) return { now: true }
  setImmediate(() => reply.send({ now: false }))
}
`,
    ['/', '/?now=1'],
  ],
  [
    'nothing, of an async function',
    'fix',
    list,
    `app.get('/', list)`,
    `export const list = async () => {}
`,
    ['/'],
  ],
  [
    'an error after the reply',
    'fix',
    list,
    `app.get('/', list)`,
    `export function list(request, reply) {
  reply.send('sent')
  throw new Error('late')
}
`,
    ['/'],
  ],
  [
    'undefined, thrown',
    'fix',
    list,
    `app.get('/', list)`,
    `export function list(request, reply) {
  throw undefined
}
`,
    ['/'],
  ],
  [
    'the rest of the parameters',
    'fix',
    list,
    `app.get('/', list)`,
    `export async function list(request, ...rest) {
  return { rest: rest.length, all: arguments.length }
}
`,
    ['/'],
  ],
  [
    'a reply that is hijacked',
    'fix',
    list,
    `app.get('/', list)`,
    `export function list(request, reply) {
  reply.hijack()
  reply.raw.end('raw')
}
`,
    ['/'],
  ],
  [
    'a stream',
    'fix',
    list,
    `app.get('/', list)`,
    `import { Readable } from 'node:stream'

export function list(request, reply) {
  reply.send(Readable.from(['a', 'b']))
}
`,
    ['/'],
  ],
  [
    'a hook whose done has a default',
    'leave',
    list,
    `app.addHook('onRequest', list)
app.get('/', async (request) => ({ seen: request.seen }))`,
    `export const list = (request, reply, done = () => {}) => {
  request.seen = true
  done()
}
`,
    ['/'],
  ],
  [
    'a hook without parameters',
    'fix',
    list,
    `app.addHook('onRequest', list)
app.get('/', async () => 'end')`,
    `export const list = async () => {
  throw new Error('hook')
}
`,
    ['/'],
  ],
  [
    'a hook that returns a promise and is not async',
    'leave',
    list,
    `app.addHook('onRequest', list)
app.get('/', async (request) => ({ seen: request.seen }))`,
    `export const list = (request, reply) =>
  Promise.resolve().then(() => {
    request.seen = true
  })
`,
    ['/'],
  ],
  [
    'a hook that replies and calls nothing',
    'leave',
    list,
    `app.addHook('onRequest', list)
app.get('/', async () => 'end')`,
    `export const list = (request, reply) => {
  reply.send('hook')
}
`,
    ['/'],
  ],
  [
    'a callback hook that uses this',
    'fix',
    list,
    `app.addHook('onRequest', list)
app.get('/', async (request) => ({ seen: request.seen }))`,
    `export function list(request, reply, done) {
  request.seen = this.prefix
  done()
}
`,
    ['/'],
  ],
  [
    'a hook that calls done twice',
    'fix',
    list,
    `app.addHook('preHandler', list)
let count = 0
app.get('/', async () => ({ count: ++count }))`,
    `export function list(request, reply, done) {
  done()
  done()
}
`,
    ['/', '/'],
  ],
  [
    'a store that a callback hook runs the request in',
    'fix',
    `${list}\nimport { storage } from '../storage.js'`,
    `app.addHook('onRequest', list)
app.get('/', async () => ({ store: storage.getStore() ?? 'none' }))`,
    `import { storage } from '../storage.js'

export function list(request, reply, done) {
  storage.run('store', done)
}
`,
    ['/'],
  ],
  [
    'a store that an async hook enters',
    'suggest',
    `${list}\nimport { storage } from '../storage.js'`,
    `app.addHook('onRequest', list)
app.get('/', async () => ({ store: storage.getStore() ?? 'none' }))`,
    `import { storage } from '../storage.js'

export async function list(request, reply) {
  storage.enterWith('store')
}
`,
    ['/'],
  ],
  [
    'an error handler that returns',
    'fix',
    list,
    `app.setErrorHandler(list)
app.get('/', async () => {
  throw new Error('route')
})`,
    `export function list(error, request, reply) {
  reply.code(418)
  return { caught: error.message }
}
`,
    ['/'],
  ],
  [
    'an error handler that throws',
    'fix',
    list,
    `app.setErrorHandler(list)
app.get('/', async () => {
  throw new Error('route')
})`,
    `export function list(error, request, reply) {
  throw new Error('again')
}
`,
    ['/'],
  ],
  [
    'a not-found handler behind options',
    'fix',
    list,
    `app.setNotFoundHandler({ preHandler: (request, reply, done) => done() }, list)`,
    `export const list = (request, reply) => {
  reply.code(404).send('nothing')
}
`,
    ['/nowhere'],
  ],
  [
    'a schema of the response',
    'fix',
    list,
    `app.get('/', { schema: { response: { 200: { type: 'object', properties: { a: { type: 'number' } } } } } }, list)`,
    `export const list = () => ({ a: 1, b: 2 })
`,
    ['/'],
  ],
  [
    'a plugin inside the plugin',
    'fix',
    list,
    `app.register(async (child) => { child.get('/', list) }, { prefix: '/child' })`,
    `export async function list() {
  return { prefix: this.prefix }
}
`,
    ['/child/'],
  ],
]

for (const [name, alias] of [
  ['Fastify 5', 'fastify'],
  ['Fastify 4', 'fastify4'],
] as const) {
  const files: Files = {
    'src/storage.js': `import { AsyncLocalStorage } from 'node:async_hooks'

export const storage = new AsyncLocalStorage()
`,
    'src/server.js': `import fastify from 'fastify'
${importsOf(fastify)}
const app = fastify()
${fastify.map((_, at) => `app.register(edge${at}, { prefix: '/${at}' })\n`).join('')}
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
  }
  testEdges(name, { fastify: alias }, fastify, files, (imports, registered) => {
    return `${imports}\n\nexport default async function (app) {\n${registered}\n}\n`
  })
}

const hono: readonly Edge[] = [
  [
    'nothing',
    'fix',
    list,
    `app.get('/', list)`,
    `export const list = (c) => {}
`,
    ['/'],
  ],
  [
    'an answer after that of the next',
    'fix',
    list,
    `app.get('/', list, (c) => c.text('next'))`,
    `export const list = async (c, next) => {
  await next()
  return c.text('over')
}
`,
    ['/'],
  ],
  [
    'the rest of the parameters',
    'fix',
    list,
    `app.get('/', list)`,
    `export function list(...all) {
  return all[0].text(String(all.length))
}
`,
    ['/'],
  ],
  [
    'arguments',
    'fix',
    list,
    `app.get('/', list)`,
    `export function list(c) {
  return c.text(String(arguments.length))
}
`,
    ['/'],
  ],
  [
    'handlers in an array',
    'leave',
    list,
    `app.get('/', ...list)`,
    `import { createFactory } from 'hono/factory'

export const list = createFactory().createHandlers((c) => c.text('list'))
`,
    ['/'],
  ],
  [
    'a chain of registrations below a base path',
    'fix',
    list,
    `app.basePath('/api').get('/x', list).post('/x', list)`,
    `export const list = (c) => c.text(c.req.path)
`,
    ['/api/x'],
  ],
  [
    'an error handler that answers later',
    'fix',
    list,
    `app.onError(list)
app.get('/', () => {
  throw new Error('route')
})`,
    `export const list = async (error, c) => c.text(error.message, 418)
`,
    ['/'],
  ],
]
testEdges(
  'Hono',
  { hono: 'hono', '@hono/node-server': '@hono/node-server' },
  hono,
  {
    'src/server.js': `import { Hono } from 'hono'
import { serve } from '@hono/node-server'
${importsOf(hono)}
const app = new Hono()
${hono.map((_, at) => `app.route('/${at}', edge${at})\n`).join('')}
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
  },
  (imports, registered) =>
    `import { Hono } from 'hono'\n${imports}\n\nconst app = new Hono()\n${registered}\n\nexport default app\n`,
)

const koa: readonly Edge[] = [
  [
    'nested routes',
    'leave',
    list,
    `router.use('/nested', list)`,
    `import Router from '@koa/router'

export const list = new Router().get('/', (ctx) => { ctx.body = 'nested' }).routes()
`,
    ['/nested'],
  ],
  [
    'a generator',
    'leave',
    list,
    `router.get('/', list)`,
    `export function* list(ctx) {
  ctx.body = 'list'
}
`,
    ['/'],
  ],
  [
    'this',
    'leave',
    list,
    `router.get('/', list)`,
    `export function list(ctx) {
  ctx.body = typeof this
}
`,
    ['/'],
  ],
  [
    'arguments',
    'fix',
    list,
    `router.get('/', list)`,
    `export function list(ctx) {
  ctx.body = String(arguments.length)
}
`,
    ['/'],
  ],
  [
    'an answer past Koa',
    'fix',
    list,
    `router.get('/', list)`,
    `export const list = (ctx) => {
  ctx.respond = false
  ctx.res.end('raw')
}
`,
    ['/'],
  ],
  [
    'a name before the path',
    'fix',
    list,
    `router.get('users', '/users/:id', list)`,
    `export const list = (ctx) => {
  ctx.body = ctx.router.url('users', 3)
}
`,
    ['/users/1'],
  ],
]
testEdges(
  'Koa',
  { koa: 'koa', '@koa/router': '@koa/router' },
  koa,
  {
    'src/server.js': `import Koa from 'koa'
${importsOf(koa)}
const app = new Koa()
${koa.map((_, at) => `app.use(edge${at}.prefix('/${at}').routes())\n`).join('')}
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  },
  (imports, registered) =>
    `import Router from '@koa/router'\n${imports}\n\nconst router = new Router()\n${registered}\n\nexport default router\n`,
)
