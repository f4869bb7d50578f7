import { testReload } from './reload.ts'

const hot = { 'src/app.js': 'hot', 'src/build.js': 'hot', 'src/users.js': 'hot' } as const

testReload([
  {
    name: 'Express, made by a function where it is started',
    packages: { express: 'express' },
    files: {
      'src/server.js': `import { build } from './build.js'

build().listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/build.js': `import express from 'express'
import users from './users.js'

export function build() {
  const app = express()
  app.use((req, res, next) => {
    res.locals.app = 'app=1'
    next()
  })
  app.use('/users', users)
  return app
}
`,
      'src/users.js': `import { Router } from 'express'

const users = Router()
users.get('/', (req, res) => {
  res.send(['users=1', res.locals.app].join(' '))
})
export default users
`,
    },
    migration: { level: 'app' },
    after: {
      'src/app.js': `import { build } from './build.js'

export const app = build()
`,
      'src/server.js': `import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
await loadApp()

createServer(async (req, res) => {
  try { (await loadApp()).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/users'],
    expected: { ...hot, 'src/server.js': 'restart' },
  },
  {
    name: 'Fastify, made by a builder, and started when its promise is fulfilled',
    packages: { fastify: 'fastify' },
    files: {
      'src/server.js': `import { build } from './build.js'

build().then((app) => {
  app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
})
`,
      'src/build.js': `import Fastify from 'fastify'
import { users } from './users.js'

class Builder {
  #app
  constructor() {
    this.#app = Fastify()
  }
  routes() {
    this.#app.register(users)
    this.#app.get('/app', () => 'app=1')
    return this
  }
  build() {
    return this.#app
  }
}

export async function build() {
  return new Builder().routes().build()
}
`,
      'src/users.js': "export const users = async (app) => app.get('/users', () => 'users=1')\n",
    },
    migration: { level: 'app' },
    after: {
      'src/app.js': `import { build } from './build.js'

export const app = await build()
`,
      'src/server.js': `const loadApp = () => import('./app.js')
const { app } = await loadApp()
app.server.removeAllListeners('request').on('request', async (req, res) => {
  try { const current = (await loadApp()).app; await current.ready(); current.routing(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
    },
    urls: ['/users', '/app'],
    expected: { ...hot, 'src/server.js': 'restart' },
  },
  {
    name: 'Fastify, a promise where nothing may be awaited at the top level',
    packages: { fastify: 'fastify' },
    files: {
      'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'es2020', target: 'es2020', allowJs: true } }),
      'src/server.js': `import { build } from './build.js'

build().then((app) => {
  app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
})
`,
      'src/build.js': `import Fastify from 'fastify'
import { users } from './users.js'

export const build = async () => {
  const app = Fastify()
  app.register(users)
  app.get('/app', () => 'app=1')
  return app
}
`,
      'src/users.js': "export const users = async (app) => app.get('/users', () => 'users=1')\n",
    },
    migration: { level: 'app' },
    after: {
      'src/app.js': `import { build } from './build.js'

export const app = build()
`,
      'src/server.js': `const loadApp = () => import('./app.js')

loadApp().then(({ app }) => app).then((app) => {
  app.server.removeAllListeners('request').on('request', async (req, res) => {
    try { const current = await (await loadApp()).app; await current.ready(); current.routing(req, res) }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
  })
  app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
})
`,
    },
    urls: ['/users', '/app'],
    expected: { ...hot, 'src/server.js': 'restart' },
  },
])
