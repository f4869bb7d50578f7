import { testReload } from './reload.ts'

const services = {
  'src/services/users.js': `export const names = () => 'names=1'
`,
}
const listen = `
app.listen(Number(process.env.PORT), '127.0.0.1')
`

testReload([
  {
    name: 'an app, a mount and handlers, each in the one before',
    packages: { express: 'express' },
    files: {
      ...services,
      'src/server.js': `import { createServer } from 'node:http'

createServer(async (req, res) => (await import('./app.js')).app(req, res)).listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.js': `import express from 'express'

export const app = express()
app.use('/users', async (req, res, next) => (await import('./routes/users.js')).default(req, res, next))
`,
      'src/routes/users.js': `import { Router } from 'express'
const users = () => import('../controllers/users.js')
await users()

const router = Router()
router.get('/', async (req, res) => (await users()).list(req, res))

export default router
`,
      'src/controllers/users.js': `import { names } from '../services/users.js'
import { models } from '../models.js'
models.set('x', 1)
export const list = (req, res) => res.send(['list=1', names()].join(' '))
`,
      'src/models.js': `export const models = new Map()`,
    },
    after: {},
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'hot',
      'src/routes/users.js': 'hot',
      'src/controllers/users.js': 'hot',
      'src/models.js': 'hot',
      'src/services/users.js': 'hot',
    },
    node: [20, 22, 24],
  },
  {
    name: 'a mount with handlers below it, and preloads in both',
    packages: { express: 'express' },
    files: {
      ...services,
      'src/server.js': `import { app } from './app.js'
${listen}`,
      'src/app.js': `import express from 'express'

export const app = express()
const usersRoutes = () => import('./routes/users.js')
await usersRoutes()
const loadUsers = () => import('./controllers/users.js')
app.get('/one', async (req, res) => (await loadUsers()).list(req, res))
app.use('/users', async (req, res, next) => (await usersRoutes()).default(req, res, next))
`,
      'src/routes/users.js': `import { Router } from 'express'
const users = () => import('../controllers/users.js')
const posts = () => import('../controllers/posts.js')
await Promise.all([users(), posts()])

const router = Router()
router.get('/', async (req, res) => (await users()).list(req, res))
router.get('/posts', async (req, res) => (await posts()).list(req, res))

export default router
`,
      'src/controllers/users.js': `import { names } from '../services/users.js'
export const list = (req, res) => res.send(['list=1', names()].join(' '))
`,
      'src/controllers/posts.js': `import { names } from '../services/users.js'
export const list = (req, res) => res.send(['posts=1', names()].join(' '))
`,
    },
    after: {},
    urls: ['/one', '/users', '/users/posts'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/routes/users.js': 'hot',
      'src/controllers/users.js': 'hot',
      'src/controllers/posts.js': 'hot',
      'src/services/users.js': 'hot',
    },
    node: [20, 22, 24],
  },
  {
    name: 'a preload, and a service that is imported statically elsewhere',
    packages: { express: 'express' },
    files: {
      ...services,
      'src/server.js': `import { app } from './app.js'
${listen}`,
      'src/app.js': `import express from 'express'
import users from './routes/users.js'
import { names } from './services/users.js'

export const app = express()
app.use('/users', users)
app.get('/', (req, res) => res.send(names()))
`,
      'src/routes/users.js': `import { Router } from 'express'
const users = () => import('../controllers/users.js')
await users()
const router = Router()
router.get('/', async (req, res) => (await users()).list(req, res))

export default router
`,
      'src/controllers/users.js': `import { names } from '../services/users.js'
export const list = (req, res) => res.send(['list=1', names()].join(' '))
`,
    },
    after: {},
    urls: ['/', '/users'],
    expected: {
      'src/server.js': 'restart',
      'src/app.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/controllers/users.js': 'hot',
      'src/services/users.js': 'restart',
    },
    node: [20, 22, 24],
  },
])
