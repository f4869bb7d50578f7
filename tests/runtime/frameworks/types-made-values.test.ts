import type { Files } from './app.ts'
import { testTypes, type Form } from './types.ts'

const files: Files = {
  'src/db.ts': `export const db = new Map<string, string>()
export const config = { role: 'admin', max: 3 }
`,
  'src/guards.ts': `import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express'

export const requireRole = (role: string) => (req: Request, res: Response, next: NextFunction) => {
  if (req.headers['role'] === role) return next()
  res.sendStatus(403)
}
export function limit({ max }: { max: number }): RequestHandler {
  let count = 0
  return (req, res, next) => {
    if (++count > max) res.sendStatus(429)
    else next()
  }
}
export function inner(max: number) {
  const handler: RequestHandler = (req, res) => {
    res.json(max)
  }
  return handler
}
export const owned = (role: string) => (req: Request<{ id: string }>, res: Response) => {
  res.json(role + req.params.id)
}
export const onError = (options: { debug: boolean }) => (err: Error, req: Request, res: Response, next: NextFunction) => {
  if (res.headersSent) return next(err)
  res.json(options)
}
export function typedOnError(debug: boolean): ErrorRequestHandler {
  return (err, req, res, next) => {
    if (res.headersSent) return next(err)
    res.json({ err, debug })
  }
}
export const validate = <T>(schema: T) => (req: Request, res: Response, next: NextFunction) => {
  if (schema !== req.body) next()
}
export const protect: RequestHandler = (req, res, next) => next()
`,
  'src/users.controller.ts': `import type { Request, Response } from 'express'

export class UsersController {
  private readonly db: Map<string, string>
  find = (req: Request<{ id: string }>, res: Response) => {
    res.json(this.db.get(req.params.id))
  }
  constructor(db: Map<string, string>) {
    this.db = db
  }
  async list(req: Request, res: Response): Promise<void> {
    res.json([...this.db, req.url])
  }
}
export class Boxes<T extends Request> {
  find = (req: T, res: Response) => {
    res.json(req.params)
  }
}
export default class {
  show(req: Request<{ id: string }>, res: Response) {
    res.json(req.params.id)
  }
}
`,
}

const route = (imports: string, registered: string): string => `import express, { Router } from 'express'
${imports}

export const router = Router()
router.use(express.json())
${registered}
`

const HOT = "import { fromModule } from '../../../hot.js'"
const GUARDS = "const guards = () => import('../guards.js')"
const USERS = "const usersController = () => import('../users.controller.js')"

const forms: readonly Form[] = [
  [
    'a factory of middleware',
    `import { requireRole } from '../guards.js'`,
    `router.get('/', requireRole('admin'), (req, res) => { res.json(req.params) })`,
    `${HOT}
${GUARDS}
const requireRoleAdmin = fromModule(guards, (m) => m.requireRole('admin'))
router.get('/', async (req, res, next) => (await requireRoleAdmin())(req, res, next), (req, res) => { res.json(req.params) })`,
  ],
  [
    'a factory with a type of its result, in a constant',
    `import { limit } from '../guards.js'
import { config } from '../db.js'`,
    `const slow = limit({ max: config.max })
router.use('/a', slow)
router.use('/b', [slow])`,
    `${HOT}
${GUARDS}
type LimitParameters = Parameters<ReturnType<typeof import('../guards.js').limit>>
const slow = fromModule(guards, (m) => m.limit({ max: config.max }))
router.use('/a', async (req, res, next) => (await slow())(req, res, next))
router.use('/b', [async (req: LimitParameters[0], res: LimitParameters[1], next: LimitParameters[2]) => (await slow())(req, res, next)])`,
  ],
  [
    'a factory whose function has its type within',
    `import { inner } from '../guards.js'`,
    `router.get('/', inner(3))`,
    `${HOT}
${GUARDS}
const inner3 = fromModule(guards, (m) => m.inner(3))
router.get('/', async (req, res, next) => (await inner3())(req, res, next))`,
  ],
  [
    'the types of a route',
    `import { owned } from '../guards.js'`,
    `router.get('/:id', owned('admin'))`,
    `${HOT}
${GUARDS}
type OwnedParameters = Parameters<ReturnType<typeof import('../guards.js').owned>>
const ownedAdmin = fromModule(guards, (m) => m.owned('admin'))
router.get('/:id', async (req: OwnedParameters[0], res: OwnedParameters[1]) => (await ownedAdmin())(req, res))`,
  ],
  [
    'error handlers',
    `import { onError, typedOnError } from '../guards.js'`,
    `router.use(onError({ debug: true }))
router.use(typedOnError(true))`,
    `${HOT}
${GUARDS}
type OnErrorParameters = Parameters<ReturnType<typeof import('../guards.js').onError>>
const onError = fromModule(guards, (m) => m.onError({ debug: true }))
type TypedOnErrorParameters = Parameters<ReturnType<typeof import('../guards.js').typedOnError>>
const typedOnErrorTrue = fromModule(guards, (m) => m.typedOnError(true))
router.use(async (err: OnErrorParameters[0], req: OnErrorParameters[1], res: OnErrorParameters[2], next: OnErrorParameters[3]) => (await onError())(err, req, res, next))
router.use(async (err: TypedOnErrorParameters[0], req: TypedOnErrorParameters[1], res: TypedOnErrorParameters[2], next: TypedOnErrorParameters[3]) => (await typedOnErrorTrue())(err, req, res, next))`,
  ],
  [
    'type parameters that the function does not show',
    `import { validate } from '../guards.js'
import { config } from '../db.js'`,
    `router.post('/', validate(config))`,
    `${HOT}
${GUARDS}
const validateConfig = fromModule(guards, (m) => m.validate(config))
router.post('/', async (req, res, next) => (await validateConfig())(req, res, next))`,
  ],
  [
    'a factory beside a handler of its declaration',
    `import { protect, requireRole } from '../guards.js'`,
    `router.get('/', protect, requireRole('admin'))`,
    `${HOT}
${GUARDS}
const requireRoleAdmin = fromModule(guards, (m) => m.requireRole('admin'))
router.get('/', async (req, res, next) => (await guards()).protect(req, res, next), async (req, res, next) => (await requireRoleAdmin())(req, res, next))`,
  ],
  [
    'an instance',
    `import { UsersController } from '../users.controller.js'
import { db } from '../db.js'`,
    `const users = new UsersController(db)
router.get('/', users.list.bind(users))
router.get('/:id', users.find)`,
    `${HOT}
${USERS}
type FindParameters = Parameters<import('../users.controller.js').UsersController['find']>
const users = fromModule(usersController, (m) => new m.UsersController(db))
router.get('/', async (req, res) => (await users()).list(req, res))
router.get('/:id', async (req: FindParameters[0], res: FindParameters[1]) => (await users()).find(req, res))`,
  ],
  [
    'an instance of a default export',
    `import Users from '../users.controller.js'`,
    `const users = new Users()
router.get('/:id', users.show)`,
    `${HOT}
${USERS}
type ShowParameters = Parameters<import('../users.controller.js').default['show']>
const users = fromModule(usersController, (m) => new m.default())
router.get('/:id', async (req: ShowParameters[0], res: ShowParameters[1]) => (await users()).show(req, res))`,
  ],
  [
    'an instance of a class with type parameters',
    `import { Boxes } from '../users.controller.js'`,
    `const boxes = new Boxes()
router.get('/:id', boxes.find)`,
    '',
  ],
]

testTypes('Express 5, made values', {
  packages: { express: 'express', '@types/express': '@types/express', '@types/node': '@types/node' },
  files,
  route,
  forms,
  codemod: 'made-values',
})

testTypes('Express 4, made values', {
  packages: { express: 'express4', '@types/express': '@types/express4', '@types/node': '@types/node' },
  files,
  route,
  forms: [
    [
      'a factory, twice, and an instance',
      `import { owned } from '../guards.js'
import { UsersController } from '../users.controller.js'
import { db } from '../db.js'`,
      `const users = new UsersController(db)
router.get('/:id', owned('a'), users.find)
router.put('/:id', owned('b'))`,
      `${HOT}
${GUARDS}
type OwnedParameters = Parameters<ReturnType<typeof import('../guards.js').owned>>
const ownedA = fromModule(guards, (m) => m.owned('a'))
const ownedB = fromModule(guards, (m) => m.owned('b'))
${USERS}
type FindParameters = Parameters<import('../users.controller.js').UsersController['find']>
const users = fromModule(usersController, (m) => new m.UsersController(db))
router.get('/:id', (req: OwnedParameters[0], res: OwnedParameters[1], next: (error?: unknown) => void) => { ownedA().then((m) => m(req, res)).catch(next) }, (req: FindParameters[0], res: FindParameters[1], next: (error?: unknown) => void) => { users().then((m) => m.find(req, res)).catch(next) })
router.put('/:id', (req: OwnedParameters[0], res: OwnedParameters[1], next: (error?: unknown) => void) => { ownedB().then((m) => m(req, res)).catch(next) })`,
    ],
  ],
  codemod: 'made-values',
})

testTypes('Fastify 5, made values', {
  packages: { fastify: 'fastify', '@types/node': '@types/node' },
  files: {
    'src/guards.ts': `import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, preHandlerHookHandler } from 'fastify'

export const requireRole = (role: string) => async (request: FastifyRequest, reply: FastifyReply) => {
  if (request.headers['role'] !== role) await reply.code(403).send()
}
export const log = (prefix: string) => (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
  request.log.info(prefix)
  done()
}
export function typedHook(): preHandlerHookHandler {
  return (request, reply, done) => done()
}
`,
    'src/users.controller.ts': `import type { FastifyRequest } from 'fastify'

export class UsersController {
  private names = ['one']
  async list(request: FastifyRequest) {
    return { names: this.names, id: request.id }
  }
  byId = async (request: FastifyRequest<{ Params: { id: string } }>) => ({ id: request.params.id })
}
`,
  },
  route: (imports, registered) => `import type { FastifyInstance } from 'fastify'
${imports}

export async function routes(app: FastifyInstance) {
  ${registered}
}
`,
  forms: [
    [
      'an async hook',
      `import { requireRole } from '../guards.js'`,
      `app.addHook('onRequest', requireRole('admin'))`,
      `${HOT}
${GUARDS}
  const requireRoleAdmin = fromModule(guards, (m) => m.requireRole('admin'))
  app.addHook('onRequest', async (req, reply) => (await requireRoleAdmin())(req, reply))`,
    ],
    [
      'a hook with done',
      `import { log } from '../guards.js'`,
      `app.addHook('onRequest', log('users'))`,
      `${HOT}
${GUARDS}
type LogParameters = Parameters<ReturnType<typeof import('../guards.js').log>>
  const logUsers = fromModule(guards, (m) => m.log('users'))
  app.addHook('onRequest', (req: LogParameters[0], reply: LogParameters[1], done: LogParameters[2]) => { logUsers().then((m) => m(req, reply, done)).catch(done) })`,
    ],
    [
      'a hook with a type that is not known',
      `import { typedHook } from '../guards.js'`,
      `app.addHook('preHandler', typedHook())`,
      '',
    ],
    [
      'an instance',
      `import { UsersController } from '../users.controller.js'`,
      `const users = new UsersController()
  app.get('/', users.list.bind(users))
  app.get('/:id', users.byId)`,
      `${HOT}
${USERS}
type ByIdParameters = Parameters<import('../users.controller.js').UsersController['byId']>
  const users = fromModule(usersController, (m) => new m.UsersController())
  app.get('/', async (req) => (await users()).list(req))
  app.get('/:id', async (req: ByIdParameters[0]) => (await users()).byId(req))`,
    ],
  ],
  codemod: 'made-values',
})
