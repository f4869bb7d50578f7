import type { Files } from './app.ts'
import { testReload } from './reload.ts'

const express: Files = {
  'src/server.js': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/app.js': `import express from 'express'
import users from './routes/users.js'
import { errorHandler } from './middleware/error-handler.js'

export const app = express()
app.use('/users', users)
app.use(errorHandler)
`,
  'src/routes/users.js': `import { Router } from 'express'
import { auth } from '../middleware/auth.js'
import { broken, list } from '../controllers/users.js'

const router = Router()
router.get('/', auth, list)
router.get('/broken', broken)

export default router
`,
  'src/middleware/auth.js': `export function auth(req, res, next) {
  res.locals.auth = 'auth=1'
  next()
}
`,
  'src/middleware/error-handler.js': `export function errorHandler(err, req, res, next) {
  res.status(418).send('error=1')
}
`,
  'src/controllers/users.js': `import { names } from '../services/users.js'

export const list = (req, res) => {
  res.send(['list=1', names(), res.locals.auth].join(' '))
}
export const broken = (req, res) => {
  throw new Error('broken')
}
`,
  'src/services/users.js': `export const names = () => 'names=1'
`,
}

const fastify: Files = {
  'src/server.js': `import { app } from './app.js'

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
  'src/app.js': `import fastify from 'fastify'
import users from './routes/users.js'
import { onError } from './handlers/errors.js'

export const app = fastify()
app.setErrorHandler(onError)
app.register(users, { prefix: '/users' })
`,
  'src/routes/users.js': `import { auth } from '../hooks/auth.js'
import { broken, later, list } from '../handlers/users.js'

export default async function (app) {
  app.addHook('onRequest', auth)
  app.get('/', list)
  app.get('/later', later)
  app.get('/broken', broken)
}
`,
  'src/hooks/auth.js': `export function auth(request, reply, done) {
  request.auth = 'auth=1'
  done()
}
`,
  'src/handlers/errors.js': `export async function onError(error, request, reply) {
  reply.code(418)
  return 'error=1'
}
`,
  'src/handlers/users.js': `import { names } from '../services/users.js'

export async function list(request, reply) {
  return ['list=1', names(), request.auth].join(' ')
}
export function later(request, reply) {
  setImmediate(() => reply.send('list=1'))
}
export async function broken() {
  throw new Error('broken')
}
`,
  'src/services/users.js': express['src/services/users.js']!,
}

const hono: Files = {
  'src/server.js': `import { serve } from '@hono/node-server'
import { app } from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
  'src/app.js': `import { Hono } from 'hono'
import { users } from './routes/users.js'
import { onError } from './handlers/errors.js'

export const app = new Hono()
app.onError(onError)
app.route('/users', users)
`,
  'src/routes/users.js': `import { Hono } from 'hono'
import { auth } from '../middleware/auth.js'
import { broken, list } from '../handlers/users.js'

export const users = new Hono()
users.get('/', auth, list)
users.get('/broken', broken)
`,
  'src/middleware/auth.js': `export async function auth(c, next) {
  c.set('auth', 'auth=1')
  await next()
}
`,
  'src/handlers/errors.js': `export const onError = (error, c) => c.text('error=1', 418)
`,
  'src/handlers/users.js': `import { names } from '../services/users.js'

export const list = (c) => c.text(['list=1', names(), c.get('auth')].join(' '))
export const broken = (c) => {
  throw new Error('broken')
}
`,
  'src/services/users.js': express['src/services/users.js']!,
}

const koa: Files = {
  'src/server.js': express['src/server.js']!,
  'src/app.js': `import Koa from 'koa'
import { router } from './routes/users.js'
import { errors } from './middleware/errors.js'

export const app = new Koa()
app.use(errors)
app.use(router.routes())
`,
  'src/routes/users.js': `import Router from '@koa/router'
import { auth } from '../middleware/auth.js'
import { broken, list } from '../controllers/users.js'

export const router = new Router({ prefix: '/users' })
router.get('/', auth, list)
router.get('/broken', broken)
`,
  'src/middleware/auth.js': `export function auth(ctx, next) {
  ctx.state.auth = 'auth=1'
  return next()
}
`,
  'src/middleware/errors.js': `export async function errors(ctx, next) {
  try {
    await next()
  } catch {
    ctx.status = 418
    ctx.body = 'error=1'
  }
}
`,
  'src/controllers/users.js': `import { names } from '../services/users.js'

export const list = (ctx) => {
  ctx.body = ['list=1', names(), ctx.state.auth].join(' ')
}
export const broken = () => {
  throw new Error('broken')
}
`,
  'src/services/users.js': express['src/services/users.js']!,
}

testReload([
  {
    name: 'handlers of Express 5',
    packages: { express: 'express' },
    files: express,
    after: {
      'src/app.js': `import express from 'express'
import users from './routes/users.js'
const loadErrorHandler = () => import('./middleware/error-handler.js')

export const app = express()
app.use('/users', users)
app.use(async (err, req, res, next) => (await loadErrorHandler()).errorHandler(err, req, res, next))
`,
      'src/routes/users.js': `import { Router } from 'express'
const loadAuth = () => import('../middleware/auth.js')
const users = () => import('../controllers/users.js')

const router = Router()
router.get('/', async (req, res, next) => (await loadAuth()).auth(req, res, next), async (req, res) => (await users()).list(req, res))
router.get('/broken', async (req, res) => (await users()).broken(req, res))

export default router
`,
    },
    urls: ['/users', '/users/broken'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/middleware/auth.js': 'hot',
      'src/middleware/error-handler.js': 'hot',
      'src/controllers/users.js': 'hot',
      'src/services/users.js': 'hot',
    },
    node: [20, 22, 24],
  },
  {
    name: 'handlers of Express 4',
    packages: { express: 'express4' },
    files: express,
    after: {
      'src/app.js': `import express from 'express'
import users from './routes/users.js'
const loadErrorHandler = () => import('./middleware/error-handler.js')

export const app = express()
app.use('/users', users)
app.use((err, req, res, next) => { loadErrorHandler().then((m) => m.errorHandler(err, req, res, next)).catch(next) })
`,
      'src/routes/users.js': `import { Router } from 'express'
const loadAuth = () => import('../middleware/auth.js')
const users = () => import('../controllers/users.js')

const router = Router()
router.get('/', (req, res, next) => { loadAuth().then((m) => m.auth(req, res, next)).catch(next) }, (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })
router.get('/broken', (req, res, next) => { users().then((m) => m.broken(req, res)).catch(next) })

export default router
`,
    },
    urls: ['/users', '/users/broken'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/middleware/auth.js': 'hot',
      'src/middleware/error-handler.js': 'hot',
      'src/controllers/users.js': 'hot',
      'src/services/users.js': 'hot',
    },
  },
  ...(['fastify', 'fastify4'] as const).map((alias) => ({
    name: `handlers of ${alias}`,
    packages: { fastify: alias },
    files: fastify,
    after: {
      'src/app.js': `import fastify from 'fastify'
import users from './routes/users.js'
const errors = () => import('./handlers/errors.js')

export const app = fastify()
app.setErrorHandler(async function (error, req, reply) { return (await errors()).onError.call(this, error, req, reply) })
app.register(users, { prefix: '/users' })
`,
      'src/routes/users.js': `const loadAuth = () => import('../hooks/auth.js')
const users = () => import('../handlers/users.js')

export default async function (app) {
  app.addHook('onRequest', (req, reply, done) => { loadAuth().then((m) => m.auth(req, reply, done)).catch(done) })
  app.get('/', async function (req, reply) { return (await users()).list.call(this, req, reply) })
  app.get('/later', async function (req, reply) { (await users()).later.call(this, req, reply); return reply })
  app.get('/broken', async function () { return (await users()).broken.call(this) })
}
`,
    },
    urls: ['/users', '/users/later', '/users/broken'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/hooks/auth.js': 'hot',
      'src/handlers/errors.js': 'hot',
      'src/handlers/users.js': 'hot',
      'src/services/users.js': 'hot',
    } as const,
  })),
  {
    name: 'handlers of Hono',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: hono,
    after: {
      'src/app.js': `import { Hono } from 'hono'
import { users } from './routes/users.js'
const errors = () => import('./handlers/errors.js')

export const app = new Hono()
app.onError(async (err, c) => (await errors()).onError(err, c))
app.route('/users', users)
`,
      'src/routes/users.js': `import { Hono } from 'hono'
const loadAuth = () => import('../middleware/auth.js')
const handlersUsers = () => import('../handlers/users.js')

export const users = new Hono()
users.get('/', async (c, next) => (await loadAuth()).auth(c, next), async (c) => (await handlersUsers()).list(c))
users.get('/broken', async (c) => (await handlersUsers()).broken(c))
`,
    },
    urls: ['/users', '/users/broken'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/middleware/auth.js': 'hot',
      'src/handlers/errors.js': 'hot',
      'src/handlers/users.js': 'hot',
      'src/services/users.js': 'hot',
    },
  },
  {
    name: 'handlers of Koa',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: koa,
    after: {
      'src/app.js': `import Koa from 'koa'
import { router } from './routes/users.js'
const loadErrors = () => import('./middleware/errors.js')

export const app = new Koa()
app.use(async (ctx, next) => (await loadErrors()).errors(ctx, next))
app.use(router.routes())
`,
      'src/routes/users.js': `import Router from '@koa/router'
const loadAuth = () => import('../middleware/auth.js')
const users = () => import('../controllers/users.js')

export const router = new Router({ prefix: '/users' })
router.get('/', async (ctx, next) => (await loadAuth()).auth(ctx, next), async (ctx) => (await users()).list(ctx))
router.get('/broken', async () => (await users()).broken())
`,
    },
    urls: ['/users', '/users/broken'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/middleware/auth.js': 'hot',
      'src/middleware/errors.js': 'hot',
      'src/controllers/users.js': 'hot',
      'src/services/users.js': 'hot',
    },
  },
])
