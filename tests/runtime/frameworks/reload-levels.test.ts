import type { Files } from './app.ts'
import { testReload } from './reload.ts'

const listen = `
app.listen(Number(process.env.PORT), '127.0.0.1')
`

const services: Files = {
  'src/services/users.js': `export const names = () => 'names=1'
`,
}

const express: Files = {
  ...services,
  'src/server.js': `import { app } from './app.js'
${listen}`,
  'src/app.js': `import express from 'express'
import users from './routes/users.js'
import { auth } from './middleware/auth.js'

export const app = express()
app.use(auth)
app.use((req, res, next) => {
  res.locals.app = 'app=1'
  next()
})
app.use('/users', users)
`,
  'src/middleware/auth.js': `export function auth(req, res, next) {
  res.locals.auth = 'auth=1'
  next()
}
`,
  'src/routes/users.js': `import { Router } from 'express'
import { list } from '../controllers/users.js'

const router = Router()
router.use((req, res, next) => {
  res.locals.route = 'route=1'
  next()
})
router.get('/', list)

export default router
`,
  'src/controllers/users.js': `import { names } from '../services/users.js'

export const list = (req, res) => {
  const { app, auth, route } = res.locals
  res.send(['list=1', names(), app, auth, route].join(' '))
}
`,
}

const hono: Files = {
  ...services,
  'src/server.js': `import { serve } from '@hono/node-server'
import { app } from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
  'src/app.js': `import { Hono } from 'hono'
import { users } from './routes/users.js'

export const app = new Hono()
app.use(async (c, next) => {
  c.set('app', 'app=1')
  await next()
})
app.route('/users', users)
`,
  'src/routes/users.js': `import { Hono } from 'hono'
import { list } from '../handlers/users.js'

export const users = new Hono()
users.use(async (c, next) => {
  c.set('route', 'route=1')
  await next()
})
users.get('/', list)
`,
  'src/handlers/users.js': `import { names } from '../services/users.js'

export const list = (c) => c.text(['list=1', names(), c.get('app'), c.get('route')].join(' '))
`,
}

const koa: Files = {
  ...services,
  'src/server.js': `import { app } from './app.js'
${listen}`,
  'src/app.js': `import Koa from 'koa'
import { router } from './routes/users.js'

export const app = new Koa()
app.use((ctx, next) => {
  ctx.state.app = 'app=1'
  return next()
})
app.use(router.routes())
`,
  'src/routes/users.js': `import Router from '@koa/router'
import { list } from '../controllers/users.js'

export const router = new Router({ prefix: '/users' })
router.use((ctx, next) => {
  ctx.state.route = 'route=1'
  return next()
})
router.get('/', list)
`,
  'src/controllers/users.js': `import { names } from '../services/users.js'

export const list = (ctx) => {
  ctx.body = ['list=1', names(), ctx.state.app, ctx.state.route].join(' ')
}
`,
}

const node: Files = {
  ...services,
  'src/server.js': `import { createServer } from 'node:http'
import { handle } from './app.js'

createServer(handle).listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/app.js': `import { list } from './handlers/users.js'

export function handle(request, response) {
  response.setHeader('x-app', '1')
  response.end([list(), 'app=1'].join(' '))
}
`,
  'src/handlers/users.js': `import { names } from '../services/users.js'

export const list = () => ['list=1', names()].join(' ')
`,
}

const mounted = {
  'src/server.js': 'restart',
  'src/app.js': 'restart',
  'src/middleware/auth.js': 'hot',
  'src/routes/users.js': 'hot',
  'src/controllers/users.js': 'hot',
  'src/services/users.js': 'hot',
} as const
const split = {
  'src/server.js': 'restart',
  'src/app.js': 'hot',
  'src/routes/users.js': 'hot',
  'src/controllers/users.js': 'hot',
  'src/services/users.js': 'hot',
} as const

testReload([
  {
    name: 'a mount of Express 5',
    packages: { express: 'express' },
    files: express,
    migration: { level: 'mount' },
    after: {
      'src/app.js': `import express from 'express'
const loadAuth = () => import('./middleware/auth.js')

export const app = express()
app.use(async (req, res, next) => (await loadAuth()).auth(req, res, next))
app.use((req, res, next) => {
  res.locals.app = 'app=1'
  next()
})
app.use('/users', async (req, res, next) => (await import('./routes/users.js')).default(req, res, next))
`,
    },
    urls: ['/users'],
    expected: mounted,
  },
  {
    name: 'a mount of Express 4',
    packages: { express: 'express4' },
    files: express,
    migration: { level: 'mount' },
    after: {
      'src/app.js': `import express from 'express'
const loadAuth = () => import('./middleware/auth.js')

export const app = express()
app.use((req, res, next) => { loadAuth().then((m) => m.auth(req, res, next)).catch(next) })
app.use((req, res, next) => {
  res.locals.app = 'app=1'
  next()
})
app.use('/users', (req, res, next) => { import('./routes/users.js').then((m) => m.default(req, res, next)).catch(next) })
`,
    },
    urls: ['/users'],
    expected: mounted,
  },
  {
    name: 'the app of Express 5',
    packages: { express: 'express' },
    files: express,
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { createServer } from 'node:http'

createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/users'],
    expected: { ...split, 'src/middleware/auth.js': 'hot' },
    node: [20, 22, 24],
  },
  {
    name: 'the app of Express 4',
    packages: { express: 'express4' },
    files: express,
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { createServer } from 'node:http'

createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/users'],
    expected: { ...split, 'src/middleware/auth.js': 'hot' },
  },
  {
    name: 'the app of Hono',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: hono,
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { serve } from '@hono/node-server'

serve({ fetch: async (req, env) => (await import('./app.js')).app.fetch(req, env), port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'hot',
      'src/routes/users.js': 'hot',
      'src/handlers/users.js': 'hot',
      'src/services/users.js': 'hot',
    },
  },
  {
    name: 'the app of Koa',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: koa,
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { createServer } from 'node:http'

createServer(async (req, res) => {
  try { await (await import('./app.js')).app.callback()(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/users'],
    expected: split,
  },
  {
    name: 'the app of Fastify',
    packages: { fastify: 'fastify' },
    files: {
      'src/server.js': `import { app } from './app.js'

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
      'src/app.js': `import fastify from 'fastify'
import { users } from './handlers/users.js'

export const app = fastify()
app.decorate('word', 'app=1')
app.register(async (scope) => {
  scope.get('/users', users)
})
`,
      'src/handlers/users.js': `import { service } from '../services/users.js'

export async function users() {
  return ['users=1', service, this.word].join(' ')
}
`,
      'src/services/users.js': "export const service = 'service=1'\n",
    },
    migration: { level: 'app' },
    after: {
      'src/server.js': `const loadApp = () => import('./app.js')
const { app } = await loadApp()
app.server.removeAllListeners('request').on('request', async (req, res) => {
  try { const current = (await loadApp()).app; await current.ready(); current.routing(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'hot',
      'src/handlers/users.js': 'hot',
      'src/services/users.js': 'hot',
    },
  },
  {
    name: 'the app of node:http',
    packages: {},
    files: node,
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { createServer } from 'node:http'

createServer(async (req, res) => {
  try { await (await import('./app.js')).handle(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'hot',
      'src/handlers/users.js': 'hot',
      'src/services/users.js': 'hot',
    },
  },
  {
    name: 'an app that the start waits for, where await may not stand at the top level',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: {
      'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'es2020', target: 'es2020' } }),
      'src/names.js': "export const names = []\nnames.push('names=1')\n",
      'src/app.js': `import { Hono } from 'hono'
import { names } from './names.js'

const app = new Hono()
app.get('/', (c) => c.text(['app=1', ...names].join(' ')))
export default app
`,
      'src/server.js': `import { serve } from '@hono/node-server'
import app from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
    },
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { serve } from '@hono/node-server'
const loadApp = () => import('./app.js')

loadApp().then(() => {
  serve({ fetch: async (req, env) => (await loadApp()).default.fetch(req, env), port: Number(process.env.PORT), hostname: '127.0.0.1' })
}).catch((err) => { setImmediate(() => { throw err }) })
`,
    },
    urls: ['/'],
    expected: { 'src/server.js': 'restart', 'src/app.js': 'hot', 'src/names.js': 'hot' },
  },
])
