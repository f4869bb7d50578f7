import type { MigratedApp } from './app.ts'

export const express4: MigratedApp = {
  name: 'Express 4',
  packages: {
    express: 'express4',
    'hot-hook': 'hot-hook',
  },
  packageJson: {
    scripts: {
      dev: 'node --import hot-hook/register src/server.js',
    },
    hotHook: {
      boundaries: ['./src/controllers/**/*.js', './src/middleware/**/*.js'],
    },
  },
  entry: 'src/server.js',
  flags: ['--import=hot-hook/register'],
  loader: 'none',
  statuses: {
    '/users': 200,
    '/users/broken': 418,
    '/posts': 200,
    'POST /users {"name":"Ines"}': 201,
  },
  expected: {
    'src/server.js': 'restart',
    'src/config.js': 'restart',
    'src/app.js': 'restart',
    'src/routes/users.js': 'restart',
    'src/routes/posts.js': 'restart',
    'src/middleware/request-id.js': 'hot',
    'src/middleware/auth.js': 'hot',
    'src/middleware/error-handler.js': 'hot',
    'src/controllers/users.js': 'hot',
    'src/controllers/posts.js': 'hot',
    'src/services/store.js': 'hot',
    'scripts/seed.js': 'unwatched',
  },
  files: {
    'src/server.js': `import { app } from './app.js'
import { settings } from './config.js'

app.listen(Number(process.env.PORT), settings.host)
`,
    'src/config.js': `export const settings = { host: '127.0.0.1', title: 'title=1' }
`,
    'src/app.js': `import express from 'express'
const loadErrorHandler = () => import('./middleware/error-handler.js')
const loadRequestId = () => import('./middleware/request-id.js')
import posts from './routes/posts.js'
import users from './routes/users.js'

export const app = express()
app.use(express.json())
app.use((req, res, next) => { loadRequestId().then((m) => m.requestId(req, res, next)).catch(next) })
app.use('/users', users)
app.use('/posts', posts)
app.use((err, req, res, next) => { loadErrorHandler().then((m) => m.errorHandler(err, req, res, next)).catch(next) })
`,
    'src/routes/users.js': `import { Router } from 'express'
const loadAuth = () => import('../middleware/auth.js')
const users = () => import('../controllers/users.js')

const router = Router()
router.get('/', (req, res, next) => { loadAuth().then((m) => m.auth(req, res, next)).catch(next) }, (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })
router.get('/broken', (req, res, next) => { users().then((m) => m.broken()).catch(next) })
router.post('/', (req, res, next) => { users().then((m) => m.create(req, res)).catch(next) })

export default router
`,
    'src/routes/posts.js': `import { Router } from 'express'
const posts = () => import('../controllers/posts.js')

const router = Router()
router.get('/', (req, res, next) => { posts().then((m) => m.list(req, res)).catch(next) })

export default router
`,
    'src/middleware/request-id.js': `export function requestId(req, res, next) {
  res.set('x-request', 'request=1')
  res.locals.request = 'request=1'
  next()
}
`,
    'src/middleware/auth.js': `export function auth(req, res, next) {
  res.locals.auth = 'auth=1'
  next()
}
`,
    'src/middleware/error-handler.js': `export function errorHandler(err, req, res, next) {
  res.status(418).send('error=1 ' + err.message)
}
`,
    'src/controllers/users.js': `import { settings } from '../config.js'
import { add, names } from '../services/store.js'

export const list = (req, res) => {
  res.send(['users=1', names(), res.locals.auth, res.locals.request, settings.title].join(' '))
}

export const create = (req, res) => {
  res.status(201).json({ name: add(req.body.name) })
}

export const broken = () => {
  throw new Error('broken')
}
`,
    'src/controllers/posts.js': `import { names } from '../services/store.js'

export const list = (req, res) => {
  res.send(['posts=1', names()].join(' '))
}
`,
    'src/services/store.js': `const people = ['store=1']

export const names = () => people.join(' ')

export function add(name) {
  people.push(name)
  return name
}
`,
    'scripts/seed.js': `import { add } from '../src/services/store.js'

add('Ines')
`,
  },
}
