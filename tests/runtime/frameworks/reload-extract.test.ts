import type { Files } from './app.ts'
import { testReload } from './reload.ts'

const services: Files = {
  'src/services/users.js': `export const names = () => 'names=1'
`,
}

const listen = "\napp.listen(Number(process.env.PORT), '127.0.0.1')\n"
const migration = { with: ['extract-handlers'] }
const after = { routes: 'restart', handlers: 'hot', services: 'hot' } as const

testReload([
  {
    name: 'handlers of a router of Express',
    packages: { express: 'express' },
    files: {
      ...services,
      'src/server.js': `import { app } from './app.js'\n${listen}`,
      'src/app.js': `import express from 'express'
import { router } from './users.routes.js'

export const app = express()
app.use('/users', router)
`,
      'src/users.routes.js': `import { Router } from 'express'
import { names } from './services/users.js'

export const router = Router()
router.use((req, res, next) => {
  res.locals.used = names()
  next()
})
router.get('/', (req, res) => {
  res.send(['list=1', res.locals.used].join(' '))
})
`,
    },
    migration,
    after: {
      'src/users.handlers.js': `import { names } from './services/users.js'

export const useUsers = (req, res, next) => {
  res.locals.used = names()
  next()
}

export const getUsers = (req, res) => {
  res.send(['list=1', res.locals.used].join(' '))
}
`,
      'src/users.routes.js': `import { Router } from 'express'
const usersHandlers = () => import('./users.handlers.js')

export const router = Router()
router.use(async (req, res, next) => (await usersHandlers()).useUsers(req, res, next))
router.get('/', async (req, res) => (await usersHandlers()).getUsers(req, res))
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/users.routes.js': after.routes,
      'src/users.handlers.js': after.handlers,
      'src/services/users.js': after.services,
    },
  },
  {
    name: 'handlers of a plugin of Fastify',
    packages: { fastify: 'fastify' },
    files: {
      ...services,
      'src/server.js': `import fastify from 'fastify'
import { users } from './users.js'

const app = fastify()
app.register(users)
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
      'src/users.js': `import { names } from './services/users.js'

export async function users(fastify) {
  fastify.get('/users', async (req, reply) => {
    return ['list=1', names()].join(' ')
  })
}
`,
    },
    migration,
    after: {
      'src/users.handlers.js': `import { names } from './services/users.js'

export const getUsers = async (req, reply) => {
  return ['list=1', names()].join(' ')
}
`,
      'src/users.js': `const usersHandlers = () => import('./users.handlers.js')

export async function users(fastify) {
  fastify.get('/users', async (req, reply) => (await usersHandlers()).getUsers(req, reply))
}
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/users.js': after.routes,
      'src/users.handlers.js': after.handlers,
      'src/services/users.js': after.services,
    },
  },
  {
    name: 'handlers of Hono',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: {
      ...services,
      'src/server.js': `import { serve } from '@hono/node-server'
import { app } from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
      'src/app.js': `import { Hono } from 'hono'
import { names } from './services/users.js'

export const app = new Hono()
app.get('/users', (c) => c.text(['list=1', names()].join(' ')))
`,
    },
    migration,
    after: {
      'src/app.handlers.js': `import { names } from './services/users.js'

export const getUsers = (c) => c.text(['list=1', names()].join(' '))
`,
      'src/app.js': `import { Hono } from 'hono'
const appHandlers = () => import('./app.handlers.js')

export const app = new Hono()
app.get('/users', async (c) => (await appHandlers()).getUsers(c))
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': after.routes,
      'src/app.handlers.js': after.handlers,
      'src/services/users.js': after.services,
    },
  },
  {
    name: 'handlers of Koa',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: {
      ...services,
      'src/server.js': `import { app } from './app.js'\n${listen}`,
      'src/app.js': `import Koa from 'koa'
import { router } from './users.router.js'

export const app = new Koa()
app.use(router.routes())
`,
      'src/users.router.js': `import Router from '@koa/router'
import { names } from './services/users.js'

export const router = new Router()
router.get('/users', (ctx) => {
  ctx.body = ['list=1', names()].join(' ')
})
`,
    },
    migration,
    after: {
      'src/users.handlers.js': `import { names } from './services/users.js'

export const getUsers = (ctx) => {
  ctx.body = ['list=1', names()].join(' ')
}
`,
      'src/users.router.js': `import Router from '@koa/router'
const usersHandlers = () => import('./users.handlers.js')

export const router = new Router()
router.get('/users', async (ctx) => (await usersHandlers()).getUsers(ctx))
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/users.router.js': after.routes,
      'src/users.handlers.js': after.handlers,
      'src/services/users.js': after.services,
    },
  },
])
