import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Session } from '../../../src/verify/session.ts'
import { remove, rewrite, start, writeApp, type Files, type Packages } from './app.ts'
import { ask, type Row } from './requests.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

interface App {
  readonly name: string
  readonly packages: Packages
  readonly files: Files
  /** The names of the functions that move. */
  readonly moved: readonly string[]
  readonly requests: readonly Row[]
}

const services: Files = {
  'src/services/users.js': `const users = [{ id: '1', name: 'Ada' }]
export const list = async () => users
export const count = () => users.length
export function find(id) {
  if (id === 'broken') throw Object.assign(new Error('broken'), { status: 418, statusCode: 418 })
  return users.find((user) => user.id === id)
}
`,
}

const expressWith = (rejected: string): Files => ({
  ...services,
  'src/server.js': "import { app } from './app.js'\n\napp.listen(Number(process.env.PORT), '127.0.0.1')\n",
  'src/app.js': `import express from 'express'
import users from './routes/users.routes.js'

export const app = express()
app.use(express.json())
app.use('/users', users)
app.use((err, req, res, next) => {
  res.status(err.status ?? 500).json({ error: err.message })
})
`,
  'src/routes/users.routes.js': `import { Router } from 'express'
import { count, find, list } from '../services/users.js'

const router = Router()
const wrap = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next)

// A user that is there.
const known = (user) => user ?? { name: 'nobody' }

router.use((req, res, next) => {
  res.set('x-count', String(count()))
  next()
})
router.param('id', (req, res, next, id) => {
  req.user = find(id)
  next()
})
router.get('/', (req, res) => { list().then((all) => res.json(all)) })
router.get('/throws', (req, res) => res.json(find('broken')))
router.get('/next', (req, res, next) => (count() ? next(Object.assign(new Error('no'), { status: 403 })) : next()))
router.get('/route', (req, res, next) => next(count() ? 'route' : undefined), (req, res) => res.json('skipped'))
router.get('/route', (req, res) => res.status(201).json(known(find('2'))))
router.get('/wrapped', wrap(async (req, res) => res.json(await list())))
router.get('/rejected', wrap(async () => find('broken')))
${rejected}router.get('/:id', (req, res, next) => (req.user ? res.json(known(req.user)) : next()))
router.post('/', [(req, res, next) => next(), (req, res) => res.status(count() + 200).json(req.body)])
router.use((err, req, res, next) => {
  res.set('x-error', String(count()))
  next(err)
})

export default router
`,
})

const requests: readonly Row[] = [
  ['GET /users', 200],
  ['GET /users/1', 200],
  ['GET /users/2', 404],
  ['GET /users/broken', 418],
  ['GET /users/throws', 418],
  ['GET /users/next', 403],
  ['GET /users/route', 201],
  ['GET /users/wrapped', 200],
  ['GET /users/rejected', 418],
  ['POST /users', 201, { json: { name: 'Grace' } }],
  ['POST /users', 400, { body: '{', headers: { 'content-type': 'application/json' } }],
  ['PATCH /users', 404],
]

const moved = (...late: readonly string[]): readonly string[] => [
  'useUsers',
  'loadId',
  'getUsers',
  'getThrows',
  'getNext',
  'getRouteMiddleware',
  'getRoute',
  'getRouteHandler',
  'getWrapped',
  'getRejected',
  ...late,
  'getUsersById',
  'postUsersMiddleware',
  'postUsers',
  'handleError',
]

const APPS: readonly App[] = [
  {
    name: 'Express 5',
    packages: { express: 'express' },
    files: expressWith("router.get('/late', async (req, res) => res.json(await Promise.reject(find('broken'))))\n"),
    moved: moved('getLate'),
    requests: [...requests, ['GET /users/late', 418]],
  },
  {
    name: 'Express 4',
    packages: { express: 'express4' },
    files: expressWith(''),
    moved: moved(),
    requests,
  },
  {
    name: 'Fastify',
    packages: { fastify: 'fastify' },
    files: {
      ...services,
      'src/server.js': `import fastify from 'fastify'
import { users } from './users.js'

const app = fastify()
app.register(users, { prefix: '/users' })
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
      'src/users.js': `import { count, find, list } from './services/users.js'

export async function users(fastify) {
  fastify.addHook('onRequest', async (req, reply) => {
    reply.header('x-count', count())
  })
  fastify.get('/', async () => list())
  fastify.get('/sync', (req, reply) => {
    reply.code(202).send({ count: count() })
  })
  fastify.get('/later', (req, reply) => {
    setTimeout(() => reply.send({ count: count() }), 10)
  })
  fastify.get('/throws', async () => find('broken'))
  fastify.get('/:id', { handler: async (req, reply) => find(req.params.id) ?? reply.callNotFound() })
  fastify.route({ method: 'POST', url: '/', async handler(req, reply) { return reply.code(200 + count()).send(req.body) } })
  fastify.setNotFoundHandler((req, reply) => {
    reply.code(404).send({ missing: req.url, of: count() })
  })
  fastify.setErrorHandler((error, req, reply) => {
    reply.code(error.statusCode ?? 500).send({ error: error.message, of: count() })
  })
}
`,
    },
    moved: [
      'onRequest',
      'getUsers',
      'getSync',
      'getLater',
      'getThrows',
      'getUsersById',
      'postUsers',
      'handleNotFound',
      'handleError',
    ],
    requests: [
      ['GET /users', 200],
      ['GET /users/sync', 202],
      ['GET /users/later', 200],
      ['GET /users/throws', 418],
      ['GET /users/1', 200],
      ['GET /users/2', 404],
      ['POST /users', 201, { json: { name: 'Grace' } }],
      ['POST /users', 400, { body: '{', headers: { 'content-type': 'application/json' } }],
    ],
  },
  {
    name: 'Hono',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: {
      ...services,
      'src/server.js': `import { serve } from '@hono/node-server'
import { app } from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
      'src/app.js': `import { Hono } from 'hono'
import { count, find, list } from './services/users.js'

export const app = new Hono()
app.use(async (c, next) => {
  await next()
  c.header('x-count', String(count()))
})
app.get('/users', async (c) => c.json(await list()))
app.get('/users/throws', (c) => c.json(find('broken')))
app.on('GET', '/users/on', (c) => c.text(\`on \${count()}\`))
app.get('/users/:id', (c) => {
  const user = find(c.req.param('id'))
  return user ? c.json(user) : c.notFound()
})
app.notFound((c) => c.text(\`none of \${count()}\`, 404))
app.onError((error, c) => c.json({ error: error.message, of: count() }, 418))
`,
    },
    moved: ['useRoot', 'getUsers', 'getUsersThrows', 'onUsersOn', 'getUsersById', 'handleNotFound', 'handleError'],
    requests: [
      ['GET /users', 200],
      ['GET /users/throws', 418],
      ['GET /users/on', 200],
      ['GET /users/1', 200],
      ['GET /users/2', 404],
      ['GET /nowhere', 404],
    ],
  },
  {
    name: 'Koa',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: {
      ...services,
      'src/server.js': "import { app } from './app.js'\n\napp.listen(Number(process.env.PORT), '127.0.0.1')\n",
      'src/app.js': `import Koa from 'koa'
import { router } from './users.router.js'

export const app = new Koa()
app.silent = true
app.use(router.routes())
app.use(router.allowedMethods())
`,
      'src/users.router.js': `import Router from '@koa/router'
import { count, find, list } from './services/users.js'

export const router = new Router({ prefix: '/users' })
router.use(async (ctx, next) => {
  await next()
  ctx.set('x-count', String(count()))
})
router.param('id', (id, ctx, next) => {
  ctx.state.user = find(id)
  return next()
})
router.get('/', async (ctx) => {
  ctx.body = await list()
})
router.get('/throws', (ctx) => {
  ctx.body = find('broken')
})
router.get('named', '/named', (ctx) => {
  ctx.status = 200 + count()
})
router.get('/:id', (ctx) => {
  if (!ctx.state.user) ctx.throw(404, \`none of \${count()}\`)
  ctx.body = ctx.state.user
})
`,
    },
    moved: ['useUsers', 'loadId', 'getUsers', 'getThrows', 'getNamed', 'getUsersById'],
    requests: [
      ['GET /users', 200],
      ['GET /users/throws', 418],
      ['GET /users/named', 201],
      ['GET /users/1', 200],
      ['GET /users/2', 404],
      ['DELETE /users', 405],
    ],
  },
]

describe.each(APPS)('$name', ({ packages, files, moved, requests }) => {
  const directories: string[] = []
  const sessions: Session[] = []
  let changed: Files
  let again: Files

  beforeAll(async () => {
    for (let count = 0; count < 2; count++) directories.push(await writeApp(files, packages))
    changed = await rewrite(directories[1]!, { only: ['extract-handlers', 'lazy-imports'] })
    again = await rewrite(directories[1]!, { only: ['extract-handlers', 'lazy-imports'] })
    for (const directory of directories) sessions.push(await start(directory))
  })

  afterAll(async () => {
    for (const session of sessions) await session.stop()
    for (const directory of directories) await remove(directory)
  })

  it('is rewritten', () => {
    const [, text = ''] = Object.entries(changed).find(([path]) => path.includes('.handlers.')) ?? []
    const names = [...text.matchAll(/^export (?:async )?(?:const|function) (\w+)/gm)].map(([, name]) => name)
    expect(names).toEqual(moved)
    expect(Object.values(changed).join('\n')).toContain("Handlers = () => import('./")
  })

  it('is not rewritten twice', () => {
    expect(again).toEqual({})
  })

  it.each(requests.map(([line, status, sent]) => ({ line, status, sent })))(
    '$line answers $status as before',
    async ({ line, status, sent }) => {
      const [before, after] = sessions
      const expected = await ask(before!.port, line, sent)
      expect(await ask(after!.port, line, sent)).toEqual(expected)
      expect(expected.status).toBe(status)
    },
  )
})
