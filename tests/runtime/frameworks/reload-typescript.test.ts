import { testReload } from './reload.ts'

testReload([
  {
    name: 'handlers of Express 5 in TypeScript, whose parameters need their types',
    packages: { express: 'express' },
    files: {
      'src/server.ts': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/app.ts': `import express from 'express'
import users from './routes/users.js'
import { errorHandler } from './middleware/error-handler.js'

export const app = express()
app.use('/users', users)
app.use(errorHandler)
`,
      'src/routes/users.ts': `import { Router } from 'express'
import type { User } from '../controllers/users.js'
import { create, list } from '../controllers/users.js'

const router = Router()
export const example: User = { name: 'Ada' }
router.get('/', list)
router.get('/:id', create)

export default router
`,
      'src/middleware/error-handler.ts': `import type { ErrorRequestHandler } from 'express'

export const errorHandler: ErrorRequestHandler = (err, req, res, next) => {
  res.status(418).send('error=1')
}
`,
      'src/controllers/users.ts': `import type { Request, Response } from 'express'
import { names } from '../services/users.js'

export interface User {
  name: string
}
export const list = (req: Request, res: Response) => {
  res.send(['list=1', names()].join(' '))
}
export const create = (req: Request<{ id: string }, {}, User>, res: Response<never>) => {
  throw new Error(req.params.id)
}
`,
      'src/services/users.ts': `export const names = (): string => 'names=1'
`,
    },
    after: {
      'src/app.ts': `import express from 'express'
import users from './routes/users.js'
import type { ErrorRequestHandler } from 'express'
const loadErrorHandler = () => import('./middleware/error-handler.js')
const errorHandler: ErrorRequestHandler = async (err, req, res, next) => (await loadErrorHandler()).errorHandler(err, req, res, next)

export const app = express()
app.use('/users', users)
app.use(errorHandler)
`,
      'src/routes/users.ts': `import { Router } from 'express'
type User = import('../controllers/users.js').User
const users = () => import('../controllers/users.js')
type CreateParameters = Parameters<typeof import('../controllers/users.js').create>

const router = Router()
export const example: User = { name: 'Ada' }
router.get('/', async (req, res) => (await users()).list(req, res))
router.get('/:id', async (req: CreateParameters[0], res: CreateParameters[1]) => (await users()).create(req, res))

export default router
`,
    },
    urls: ['/users', '/users/1'],
    expected: {
      'src/server.ts': 'restart',
      'src/app.ts': 'restart',
      'src/routes/users.ts': 'restart',
      'src/middleware/error-handler.ts': 'hot',
      'src/controllers/users.ts': 'hot',
      'src/services/users.ts': 'hot',
    },
    node: [20, 22, 24],
  },
  {
    name: 'handlers of Fastify 5 in TypeScript',
    packages: { fastify: 'fastify' },
    files: {
      'src/server.ts': `import fastify from 'fastify'
import { users } from './routes/users.js'

const app = fastify()
app.register(users, { prefix: '/users' })
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
      'src/routes/users.ts': `import type { FastifyPluginAsync } from 'fastify'
import { one } from '../handlers/users.js'

export const users: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { id: string } }>('/:id', one)
}
`,
      'src/handlers/users.ts': `import type { FastifyReply, FastifyRequest } from 'fastify'

export async function one(request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) {
  return ['one=1', request.params.id].join(' ')
}
`,
    },
    after: {
      'src/routes/users.ts': `import type { FastifyPluginAsync } from 'fastify'
const handlersUsers = () => import('../handlers/users.js')
type OneParameters = Parameters<typeof import('../handlers/users.js').one>

export const users: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { id: string } }>('/:id', async function (req: OneParameters[0], reply: OneParameters[1]) { return (await handlersUsers()).one.call(this, req, reply) })
}
`,
    },
    urls: ['/users/7'],
    expected: { 'src/server.ts': 'restart', 'src/routes/users.ts': 'restart', 'src/handlers/users.ts': 'hot' },
  },
])
