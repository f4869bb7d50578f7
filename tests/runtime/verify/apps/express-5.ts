import type { MigratedApp } from './app.ts'

export const express5: MigratedApp = {
  name: 'Express 5',
  packages: {
    express: 'express',
    tsx: 'tsx',
    typescript: 'typescript',
    '@types/node': '@types/node',
    '@types/express': '@types/express',
    'hot-hook': 'hot-hook',
    '@hot-hook/runner': '@hot-hook/runner',
  },
  packageJson: {
    scripts: {
      dev: 'hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts',
    },
    hotHook: {
      boundaries: ['./src/controllers/**/*.ts', './src/middleware/**/*.ts'],
    },
  },
  entry: 'src/server.ts',
  flags: ['--import=tsx', '--import=hot-hook/register'],
  loader: 'tsx',
  statuses: {
    '/users': 200,
    '/users/1': 200,
    '/users/9': 418,
    '/reports/weekly': 200,
    'POST /users {"name":"Ines"}': 201,
  },
  expected: {
    'src/server.ts': 'restart',
    'src/config.ts': 'restart',
    'src/app.ts': 'restart',
    'src/routes/users.ts': 'restart',
    'src/routes/reports.ts': 'restart',
    'src/middleware/auth.ts': 'hot',
    'src/middleware/error-handler.ts': 'hot',
    'src/controllers/users.controller.ts': 'hot',
    'src/controllers/reports.controller.ts': 'hot',
    'src/services/users.ts': 'hot',
    'src/services/label.ts': 'hot',
    'src/types.ts': 'unwatched',
    'src/hot-hook.d.ts': 'unwatched',
  },
  files: {
    'src/server.ts': `import { createApp } from './app.js'
import { settings } from './config.js'

createApp().listen(Number(process.env.PORT), settings.host)
`,
    'src/config.ts': `export const settings = { host: '127.0.0.1', title: 'title=1' }
`,
    'src/app.ts': `import express, { type Express } from 'express'
import type { ErrorRequestHandler } from 'express'
const loadErrorHandler = () => import('./middleware/error-handler.js')
const errorHandler: ErrorRequestHandler = async (err, req, res, next) => (await loadErrorHandler()).errorHandler(err, req, res, next)
import { users } from './routes/users.js'
import { reports } from './routes/reports.js'

export function createApp(): Express {
  const app = express()
  app.use(express.json())
  app.use('/users', users)
  app.use('/reports', reports)
  app.use(errorHandler)
  return app
}
`,
    'src/routes/users.ts': `import { Router } from 'express'
const loadAuth = () => import('../middleware/auth.js')
const usersController = () => import('../controllers/users.controller.js')
type CreateParameters = Parameters<typeof import('../controllers/users.controller.js').create>
type ShowParameters = Parameters<typeof import('../controllers/users.controller.js').show>

export const users = Router()
users.use(async (req, res, next) => (await loadAuth()).auth(req, res, next))
users.get('/', async (req, res) => (await usersController()).list(req, res))
users.get('/:id', async (req: ShowParameters[0], res: ShowParameters[1]) => (await usersController()).show(req, res))
users.post('/', async (req: CreateParameters[0], res: CreateParameters[1]) => (await usersController()).create(req, res))
`,
    'src/routes/reports.ts': `import { Router } from 'express'
const reportsController = () => import('../controllers/reports.controller.js')

export const reports = Router()
reports.get('/weekly', async (req, res) => (await reportsController()).weekly(req, res))
`,
    'src/middleware/auth.ts': `import type { NextFunction, Request, Response } from 'express'

export function auth(req: Request, res: Response, next: NextFunction) {
  res.locals.auth = 'auth=1'
  next()
}
`,
    'src/middleware/error-handler.ts': `import type { NextFunction, Request, Response } from 'express'

export function errorHandler(err: Error, req: Request, res: Response, next: NextFunction) {
  res.status(418).json({ error: 'error=1', message: err.message })
}
`,
    'src/controllers/users.controller.ts': `import type { Request, Response } from 'express'
import { settings } from '../config.js'
import { all, find } from '../services/users.js'
import type { User } from '../types.js'

export async function list(req: Request, res: Response) {
  res.json({ kind: 'users=1', auth: res.locals.auth, title: settings.title, users: all() })
}

export async function show(req: Request<{ id: string }>, res: Response) {
  res.json({ kind: 'users=1', user: find(Number(req.params.id)) })
}

export function create(req: Request<object, User, User>, res: Response) {
  res.status(201).json({ id: 3, name: req.body.name })
}
`,
    'src/controllers/reports.controller.ts': `import type { Request, Response } from 'express'
import { label } from '../services/label.js'
import { all } from '../services/users.js'

export const weekly = (req: Request, res: Response) => {
  res.json({ kind: 'reports=1', label: label(all().length) })
}
`,
    'src/services/users.ts': `import type { User } from '../types.js'

const users: User[] = [
  { id: 1, name: 'first=1' },
  { id: 2, name: 'second' },
]

export const all = (): User[] => users

export function find(id: number): User {
  const user = users.find((candidate) => candidate.id === id)
  if (!user) throw new Error('No user ' + id)
  return user
}
`,
    'src/services/label.ts': `export const label = (count: number): string => 'label=1 ' + count
`,
    'src/types.ts': `export interface User {
  id: number
  name: string
}
`,
    'src/hot-hook.d.ts': `/// <reference types="hot-hook/import-meta" />
`,
    'tsconfig.json': `{
  "compilerOptions": {
    "target": "es2022",
    "module": "nodenext",
    "strict": true,
    "noEmit": true
  },
  "include": ["src"]
}
`,
  },
}
