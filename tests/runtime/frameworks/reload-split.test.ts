import type { Files } from './app.ts'
import { testReload } from './reload.ts'

const listen = "app.listen(Number(process.env.PORT), '127.0.0.1')\n"

const db: Files = { 'src/db.js': 'export const connect = () => undefined\n' }
const names: Files = { 'src/names.js': "export const names = []\nnames.push('names=1')\n" }

const hot = { 'src/app.js': 'hot', 'src/users.js': 'hot', 'src/names.js': 'hot' } as const
const cold = { 'src/server.js': 'restart', 'src/db.js': 'restart' } as const

testReload([
  {
    name: 'Express, built and started in one file',
    packages: { express: 'express' },
    files: {
      ...db,
      ...names,
      'src/server.js': `import express from 'express'
import { connect } from './db.js'
import users from './users.js'

connect()
const app = express()
app.use((req, res, next) => {
  res.locals.app = 'app=1'
  next()
})
app.use('/users', users)

${listen}`,
      'src/users.js': `import { Router } from 'express'
import { names } from './names.js'

const users = Router()
users.get('/', (req, res) => {
  res.send(['users=1', names[0], res.locals.app].join(' '))
})
export default users
`,
    },
    migration: { level: 'app' },
    after: {
      'src/app.js': `import express from 'express'
import users from './users.js'

export const app = express()
app.use((req, res, next) => {
  res.locals.app = 'app=1'
  next()
})
app.use('/users', users)
`,
      'src/server.js': `import { connect } from './db.js'
import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
await loadApp()

connect()

createServer(async (req, res) => {
  try { (await loadApp()).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/users'],
    expected: { ...hot, ...cold },
  },
  {
    name: 'Koa, started in a function',
    packages: { koa: 'koa' },
    files: {
      ...db,
      'src/server.js': `import Koa from 'koa'
import { connect } from './db.js'
import { users } from './users.js'

const app = new Koa()
app.use((ctx, next) => {
  ctx.state.app = 'app=1'
  return next()
})
app.use(users)

async function start() {
  connect()
  ${listen}}

await start()
`,
      'src/users.js': `export const users = (ctx) => {
  ctx.body = ['users=1', ctx.state.app].join(' ')
}
`,
    },
    migration: { level: 'app' },
    after: {
      'src/app.js': `import Koa from 'koa'
import { users } from './users.js'

export const app = new Koa()
app.use((ctx, next) => {
  ctx.state.app = 'app=1'
  return next()
})
app.use(users)
`,
      'src/server.js': `import { connect } from './db.js'
import { createServer } from 'node:http'

async function start() {
  connect()
  createServer(async (req, res) => {
    try { await (await import('./app.js')).app.callback()(req, res) }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
  }).listen(Number(process.env.PORT), '127.0.0.1')
}

await start()
`,
    },
    urls: ['/users'],
    expected: { 'src/app.js': 'hot', 'src/users.js': 'hot', ...cold },
  },
  {
    name: 'Fastify, built and started in one file, on both addresses of localhost',
    packages: { fastify: 'fastify' },
    files: {
      // What `localhost` is on another machine.
      'src/localhost.js': `import dns from 'node:dns'

const { lookup } = dns
const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
dns.lookup = (name, options, callback = options) => {
  if (name !== 'localhost') return lookup(name, options, callback)
  setImmediate(() => (options.all ? callback(null, addresses) : callback(null, '127.0.0.1', 4)))
}
`,
      'src/server.js': `import './localhost.js'
import Fastify from 'fastify'
import { users } from './users.js'

process.env.TZ = 'UTC'

const server = Fastify({ logger: { level: 'silent' } })

await server.register(users)
server.get('/app', () => 'app=1')
server.get('/other', async () => (await fetch(\`http://127.0.0.2:\${process.env.PORT}/users\`)).text())

await server.ready()
await server.listen({ port: Number(process.env.PORT) })

process.on('SIGTERM', () => server.close())
`,
      'src/users.js': "export const users = async (app) => app.get('/users', () => 'users=1')\n",
    },
    migration: { level: 'app' },
    after: {
      'src/app.js': `import Fastify from 'fastify'
import { users } from './users.js'

process.env.TZ = 'UTC'

export const server = Fastify({ logger: { level: 'silent' } })

await server.register(users)
server.get('/app', () => 'app=1')
server.get('/other', async () => (await fetch(\`http://127.0.0.2:\${process.env.PORT}/users\`)).text())
`,
      'src/server.js': `import './localhost.js'
import { subscribe } from 'node:diagnostics_channel'
const app = () => import('./app.js')
const { server } = await app()
subscribe('http.server.request.start', (message) => {
  const httpServer = message.server
  if (!httpServer.listeners('request').includes(server.routing)) return
  httpServer.removeAllListeners('request').on('request', async (req, res) => {
    try { const current = (await app()).server; await current.ready(); current.routing(req, res) }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
  })
})

await server.ready()
await server.listen({ port: Number(process.env.PORT) })

process.on('SIGTERM', () => server.close())
`,
    },
    urls: ['/app', '/users', '/other'],
    expected: { 'src/app.js': 'hot', 'src/users.js': 'hot', 'src/server.js': 'restart' },
    node: [20, 22, 24],
  },
  {
    name: 'Fastify in a function, with connections, which are closed when another application takes its place',
    packages: { fastify: 'fastify' },
    files: {
      'src/server.js': `import Fastify from 'fastify'
import { database } from './database.js'
import { users } from './users.js'

async function start() {
  const app = Fastify()
  app.register(database)
  await app.register(users)
  app.get('/', async () => 'app=1')

  try {
    await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
  } catch (err) {
    app.log.error(err)
  }
}

start()
`,
      'src/database.js': `import { EventEmitter } from 'node:events'
import { opened } from './opened.js'

export const database = async (app) => {
  const pool = new EventEmitter()
  pool.on('end', () => opened.delete(pool))
  opened.add(pool)
  app.addHook('onClose', async () => pool.emit('end'))
  app.decorate('answer', 'database=1')
}
database[Symbol.for('skip-override')] = true
`,
      // One of boot, one of now, and one that is about to be closed.
      'src/users.js': `import { opened } from './opened.js'

export const users = async (app) =>
  app.get('/users', async () => (opened.size > 3 ? 'too many' : ['users=1', app.answer].join(' ')))
`,
      'src/opened.js': 'export const opened = (globalThis.opened ??= new Set())\n',
    },
    migration: { level: 'app' },
    after: {
      'src/app.js': `import Fastify from 'fastify'
import { database } from './database.js'
import { users } from './users.js'

export const app = Fastify()
app.register(database)
await app.register(users)
app.get('/', async () => 'app=1')

import.meta.hot?.dispose(() => { if (!app.server.listening) app.close() })
`,
      'src/server.js': `const loadApp = () => import('./app.js')
const { app } = await loadApp()
app.server.removeAllListeners('request').on('request', async (req, res) => {
  try { const current = (await loadApp()).app; await current.ready(); current.routing(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})

async function start() {
  try {
    await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
  } catch (err) {
    app.log.error(err)
  }
}

start()
`,
    },
    urls: ['/', '/users'],
    expected: { 'src/app.js': 'hot', 'src/opened.js': 'hot', 'src/database.js': 'hot', 'src/users.js': 'hot' },
  },
])
