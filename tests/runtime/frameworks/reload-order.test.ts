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
  {
    name: 'Express, with an application that is awaited after the environment is set',
    packages: { express: 'express' },
    files: {
      'src/server.js': `import { port } from './port.js'
process.env.GREETING = 'hello'
const { default: app } = await import('./app.js')

app.listen(port, '127.0.0.1')
`,
      'src/port.js': 'export const port = Number(process.env.PORT)\n',
      'src/app.js': `import express from 'express'
import { greeting } from './greeting.js'

const app = express()
app.get('/', (req, res) => {
  res.send('app=1 ' + greeting)
})
export default app
`,
      'src/greeting.js':
        "if (!process.env.GREETING) throw new Error('GREETING')\nexport const greeting = process.env.GREETING + ' greeting=1'\n",
    },
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { port } from './port.js'
import { createServer } from 'node:http'
process.env.GREETING = 'hello'
const loadApp = () => import('./app.js')
await loadApp()

createServer(async (req, res) => {
  try { (await loadApp()).default(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(port, '127.0.0.1')
`,
    },
    urls: ['/'],
    expected: { 'src/server.js': 'restart', 'src/port.js': 'restart', 'src/app.js': 'hot', 'src/greeting.js': 'hot' },
  },
  {
    name: 'Express, with an application whose module starts something for the whole server',
    packages: { express: 'express' },
    files: {
      'src/server.js': `import app from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.js': `import express from 'express'
import { connect } from './db.js'
import { state } from './state.js'
import { greeting } from './greeting.js'

const app = express()

// Once, and not after each edit.
connect()

app.get('/', (req, res) => {
  res.send(['app=1', greeting, 'connected ' + state.connected].join(' '))
})

export default app
`,
      'src/db.js': `import { state } from './state.js'
export const connect = async () => {
  state.connected += 1
  setInterval(() => {}, 60_000)
}
`,
      'src/state.js': 'export const state = { connected: 0 }\n',
      'src/greeting.js': "export const greeting = 'greeting=1'\n",
    },
    migration: { level: 'app' },
    after: {
      'src/server.js': `import { connect } from './db.js'
import { createServer } from 'node:http'

// Once, and not after each edit.
connect()

createServer(async (req, res) => {
  try { (await import('./app.js')).default(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.js': `import express from 'express'
import { state } from './state.js'
import { greeting } from './greeting.js'

const app = express()

app.get('/', (req, res) => {
  res.send(['app=1', greeting, 'connected ' + state.connected].join(' '))
})

export default app
`,
    },
    urls: ['/'],
    expected: {
      'src/server.js': 'restart',
      'src/db.js': 'restart',
      'src/state.js': 'restart',
      'src/app.js': 'hot',
      'src/greeting.js': 'hot',
    },
  },
])
