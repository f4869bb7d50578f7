import { testReload } from './reload.ts'

testReload([
  {
    name: 'Koa, with imports behind that of the application that are to be loaded after it',
    packages: { koa: 'koa' },
    files: {
      'src/server.js': `import { app } from './app.js'
import { connect } from './db.js'

connect()
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.js': `import Koa from 'koa'
import { names } from './names.js'
import { connected } from './db.js'

export const app = new Koa()
app.use((ctx) => {
  ctx.body = ['app=1', names[0], connected()].join(' ')
})
`,
      'src/names.js': "export const names = []\nglobalThis.first ??= 'names'\nnames.push('names=1')\n",
      'src/db.js': `let state = 'closed'
globalThis.first ??= 'db'
export const connect = () => (state = 'open')
export const connected = () => state + globalThis.first
`,
    },
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
await loadApp()
const { connect } = await import('./db.js')

connect()
createServer(async (req, res) => {
  try { await (await loadApp()).app.callback()(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
    },
    urls: ['/'],
    expected: {
      'src/server.js': 'restart',
      'src/db.js': 'restart',
      'src/app.js': 'hot',
      'src/names.js': 'hot',
    },
  },
  {
    name: 'Express, with a route that the entry adds',
    packages: { express: 'express' },
    files: {
      'src/server.js': `import { app } from './app.js'

app.get('/added', (req, res) => {
  res.send(res.locals.app)
})

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.js': `import express from 'express'

export const app = express()
app.use((req, res, next) => {
  res.locals.app = 'app=1'
  next()
})
`,
    },
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { createServer } from 'node:http'

createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.js': `import express from 'express'

export const app = express()
app.use((req, res, next) => {
  res.locals.app = 'app=1'
  next()
})

app.get('/added', (req, res) => {
  res.send(res.locals.app)
})
`,
    },
    urls: ['/added'],
    expected: { 'src/server.js': 'restart', 'src/app.js': 'hot' },
  },
])
