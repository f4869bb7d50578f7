import type { Files } from './app.ts'
import { testTypes, type Form } from './types.ts'

const files: Files = {
  'src/handlers.ts': `import type { NextFunction, Request, RequestHandler, Response } from 'express'

export const zero = () => {
  throw new Error('Gone.')
}
export const one = (req: Request) => {
  req.res?.json({})
}
export const two = (req: Request, res: Response) => {
  res.json(req.params)
}
export async function three(req: Request, res: Response, next: NextFunction): Promise<void> {
  if (req.query['next']) return next()
  res.json({})
}
export const withDefault = (req: Request, res: Response, next: NextFunction = () => {}) => {
  if (req.query['next']) return next()
  res.json({})
}
export const typed: RequestHandler = (req, res) => {
  res.json({})
}
`,
  'src/generic.ts': `import type { Request, RequestHandler, Response } from 'express'

export const byId = (req: Request<{ id: string }>, res: Response) => {
  res.json(req.params.id)
}
export const create = (req: Request<{}, {}, { name: string }>, res: Response) => {
  res.json(req.body.name)
}
export const search = (req: Request<{}, {}, {}, { q: string }>, res: Response) => {
  res.json(req.query.q)
}
export const later = async (req: Request<{ id: string }>, res: Response): Promise<void> => {
  res.json(req.params.id)
}
export const withLocals = (req: Request, res: Response<unknown, { user: string }>) => {
  res.json(res.locals.user)
}
export function generic<P extends { id: string }>(req: Request<P>, res: Response) {
  res.json(req.params.id)
}
export function overloaded(req: Request, res: Response): void
export function overloaded(req: Request<{ id: string }>, res: Response): void
export function overloaded(req: Request<any>, res: Response) {
  res.json(req.params)
}
export const destructured = ({ params }: Request<{ id: string }>, res: Response<string>) => {
  res.json(params.id)
}
export const mine = (req: Request & { user: string }, res: Response) => {
  res.json(req.user)
}
export const typedById: RequestHandler<{ id: string }> = (req, res) => {
  res.json(req.params.id)
}
`,
  'src/guards.ts': `import type { RequestHandler } from 'express'

export const guards: RequestHandler[] = [(req, res, next) => next()]
`,
  'src/errors.ts': `import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'

export const typedHandler: ErrorRequestHandler = (err, req, res, next) => {
  res.status(500).json({ error: String(err) })
}
export function errorHandler(err: Error, req: Request, res: Response, next: NextFunction) {
  res.status(500).json({ error: err.message })
}
export async function asyncErrorHandler(err: any, req: Request, res: Response, next: NextFunction): Promise<void> {
  res.status(500).json({ error: err.message })
}
`,
  'src/load.ts': `import type { NextFunction, Request, RequestParamHandler, Response } from 'express'

export const typedLoad: RequestParamHandler = (req, res, next, id) => {
  res.locals['id'] = id
  next()
}
export function load(req: Request, res: Response, next: NextFunction, id: string, name: string) {
  res.locals[name] = id
  next()
}
`,
  'src/auth.ts': `import type { NextFunction, Request, Response } from 'express'

export interface AuthRequest extends Request {
  user?: { id: string }
}
export const me = (req: AuthRequest, res: Response) => {
  res.json(req.user)
}
export const auth = (req: AuthRequest, res: Response, next: NextFunction) => {
  req.user = { id: '1' }
  next()
}
`,
  'src/users.ts': `import type { Request, Response } from 'express'

export interface User {
  name: string
}
export default {
  list: (req: Request, res: Response): void => {
    res.json([])
  },
}
`,
  'src/posts.ts': `import type { Request, Response } from 'express'

export interface Post {
  title: string
}
export const list = async (req: Request, res: Response<Post[]>) => {
  res.json([])
}
class Posts {
  count = 0
  all = (req: Request, res: Response): void => {
    res.json(++this.count)
  }
  static one(req: Request, res: Response): void {
    res.json({})
  }
}
export const posts = new Posts()
export { Posts }
export default list
`,
  'src/async-handler.ts': `import type { NextFunction, Request, RequestHandler, Response } from 'express'

export function wait<P>(handler: (req: Request<P>, res: Response, next: NextFunction) => Promise<void>): RequestHandler<P> {
  return async (req, res, next) => {
    try {
      await handler(req, res, next)
    } catch (error) {
      next(error)
    }
  }
}
export const asyncHandler =
  (handler: (req: Request, res: Response, next: NextFunction) => Promise<unknown>): RequestHandler =>
  (req, res, next) => {
    handler(req, res, next).catch(next)
  }
`,
  'src/wrapped.ts': `import { asyncHandler } from './async-handler.js'

export const latest = asyncHandler(async (req, res) => {
  res.json({})
})
`,
}

function route(imports: string, registered: string): string {
  return `import express, { Router } from 'express'
${imports}

export const app = express()
export const router = Router()

${registered}
`
}

/** Each with its form on Express 5, then on Express 4. */
const rows: readonly (readonly [name: string, imports: string, before: string, after5: string, after4: string])[] = [
  [
    'no parameter',
    `import { zero } from '../handlers.js'`,
    `router.get('/', zero)`,
    `const handlers = () => import('../handlers.js')
router.get('/', async () => (await handlers()).zero())`,
    `const handlers = () => import('../handlers.js')
router.get('/', (_req, _res, next) => { handlers().then((m) => m.zero()).catch(next) })`,
  ],
  [
    'one parameter',
    `import { one } from '../handlers.js'`,
    `router.get('/', one)`,
    `const handlers = () => import('../handlers.js')
router.get('/', async (req) => (await handlers()).one(req))`,
    `const handlers = () => import('../handlers.js')
router.get('/', (req, _res, next) => { handlers().then((m) => m.one(req)).catch(next) })`,
  ],
  [
    'two parameters',
    `import { two } from '../handlers.js'`,
    `router.get('/:id', two)`,
    `const handlers = () => import('../handlers.js')
router.get('/:id', async (req, res) => (await handlers()).two(req, res))`,
    `const handlers = () => import('../handlers.js')
router.get('/:id', (req, res, next) => { handlers().then((m) => m.two(req, res)).catch(next) })`,
  ],
  [
    'three parameters',
    `import { three } from '../handlers.js'`,
    `router.get('/', three)`,
    `const handlers = () => import('../handlers.js')
router.get('/', async (req, res, next) => (await handlers()).three(req, res, next))`,
    `const handlers = () => import('../handlers.js')
router.get('/', (req, res, next) => { handlers().then((m) => m.three(req, res, next)).catch(next) })`,
  ],
  [
    'a parameter with a default',
    `import { withDefault } from '../handlers.js'`,
    `router.get('/', withDefault)`,
    `const handlers = () => import('../handlers.js')
router.get('/', async (req, res, next) => (await handlers()).withDefault(req, res, next))`,
    `const handlers = () => import('../handlers.js')
router.get('/', (req, res, next) => { handlers().then((m) => { m.withDefault(req, res, next) }).catch(next) })`,
  ],
  [
    'a handler that an annotation types',
    `import { typed } from '../handlers.js'`,
    `router.get('/', typed)`,
    `const handlers = () => import('../handlers.js')
router.get('/', async (req, res, next) => (await handlers()).typed(req, res, next))`,
    `const handlers = () => import('../handlers.js')
router.get('/', (req, res, next) => { handlers().then((m) => m.typed(req, res, next)).catch(next) })`,
  ],
  [
    'parameters of the path, which is a literal',
    `import { byId } from '../generic.js'`,
    `router.get('/:id', byId)`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get('/:id', async (req: ByIdParameters[0], res: ByIdParameters[1]) => (await generic()).byId(req, res))`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get('/:id', (req: ByIdParameters[0], res: ByIdParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.byId(req, res)).catch(next) })`,
  ],
  [
    'parameters of a path that has others',
    `import { byId } from '../generic.js'`,
    `router.get('/', byId)`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get('/', async (req: ByIdParameters[0], res: ByIdParameters[1]) => (await generic()).byId(req, res))`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get('/', (req: ByIdParameters[0], res: ByIdParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.byId(req, res)).catch(next) })`,
  ],
  [
    'a typed body',
    `import { create } from '../generic.js'`,
    `router.post('/', create)`,
    `const generic = () => import('../generic.js')
type CreateParameters = Parameters<typeof import('../generic.js').create>
router.post('/', async (req: CreateParameters[0], res: CreateParameters[1]) => (await generic()).create(req, res))`,
    `const generic = () => import('../generic.js')
type CreateParameters = Parameters<typeof import('../generic.js').create>
router.post('/', (req: CreateParameters[0], res: CreateParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.create(req, res)).catch(next) })`,
  ],
  [
    'a typed query',
    `import { search } from '../generic.js'`,
    `router.get('/', search)`,
    `const generic = () => import('../generic.js')
type SearchParameters = Parameters<typeof import('../generic.js').search>
router.get('/', async (req: SearchParameters[0], res: SearchParameters[1]) => (await generic()).search(req, res))`,
    `const generic = () => import('../generic.js')
type SearchParameters = Parameters<typeof import('../generic.js').search>
router.get('/', (req: SearchParameters[0], res: SearchParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.search(req, res)).catch(next) })`,
  ],
  [
    'typed locals',
    `import { withLocals } from '../generic.js'`,
    `router.get('/', withLocals)`,
    `const generic = () => import('../generic.js')
type WithLocalsParameters = Parameters<typeof import('../generic.js').withLocals>
router.get('/', async (req: WithLocalsParameters[0], res: WithLocalsParameters[1]) => (await generic()).withLocals(req, res))`,
    `const generic = () => import('../generic.js')
type WithLocalsParameters = Parameters<typeof import('../generic.js').withLocals>
router.get('/', (req: WithLocalsParameters[0], res: WithLocalsParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.withLocals(req, res)).catch(next) })`,
  ],
  [
    'parameters of an annotation',
    `import { typedById } from '../generic.js'`,
    `router.get('/', typedById)`,
    `const generic = () => import('../generic.js')
type TypedByIdParameters = Parameters<typeof import('../generic.js').typedById>
router.get('/', async (req: TypedByIdParameters[0], res: TypedByIdParameters[1], next: TypedByIdParameters[2]) => (await generic()).typedById(req, res, next))`,
    `const generic = () => import('../generic.js')
type TypedByIdParameters = Parameters<typeof import('../generic.js').typedById>
router.get('/', (req: TypedByIdParameters[0], res: TypedByIdParameters[1], next: TypedByIdParameters[2]) => { generic().then((m) => m.typedById(req, res, next)).catch(next) })`,
  ],
  ['an array', `import { guards } from '../guards.js'`, 'router.use(guards)', '', ''],
  [
    'an error middleware that an annotation types',
    `import { typedHandler } from '../errors.js'`,
    'app.use(typedHandler)',
    `import type { ErrorRequestHandler } from 'express'
const errors = () => import('../errors.js')
const typedHandler: ErrorRequestHandler = async (err, req, res, next) => (await errors()).typedHandler(err, req, res, next)`,
    `import type { ErrorRequestHandler } from 'express'
const errors = () => import('../errors.js')
const typedHandler: ErrorRequestHandler = (err, req, res, next) => { errors().then((m) => m.typedHandler(err, req, res, next)).catch(next) }`,
  ],
  [
    'an error middleware',
    `import { errorHandler } from '../errors.js'`,
    'app.use(errorHandler)',
    `import type { ErrorRequestHandler } from 'express'
const errors = () => import('../errors.js')
const errorHandler: ErrorRequestHandler = async (err, req, res, next) => (await errors()).errorHandler(err, req, res, next)`,
    `import type { ErrorRequestHandler } from 'express'
const errors = () => import('../errors.js')
const errorHandler: ErrorRequestHandler = (err, req, res, next) => { errors().then((m) => m.errorHandler(err, req, res, next)).catch(next) }`,
  ],
  [
    'an async error middleware below a path',
    `import { asyncErrorHandler } from '../errors.js'`,
    `router.use('/a', asyncErrorHandler)`,
    `import type { ErrorRequestHandler } from 'express'
const errors = () => import('../errors.js')
const asyncErrorHandler: ErrorRequestHandler = async (err, req, res, next) => (await errors()).asyncErrorHandler(err, req, res, next)`,
    `import type { ErrorRequestHandler } from 'express'
const errors = () => import('../errors.js')
const asyncErrorHandler: ErrorRequestHandler = (err, req, res, next) => { errors().then((m) => m.asyncErrorHandler(err, req, res, next)).catch(next) }`,
  ],
  [
    'a handler of a parameter that an annotation types',
    `import { typedLoad } from '../load.js'`,
    `router.param('id', typedLoad)`,
    `const load = () => import('../load.js')
router.param('id', async (req, res, next, value, name) => (await load()).typedLoad(req, res, next, value, name))`,
    `const load = () => import('../load.js')
router.param('id', (req, res, next, value, name) => { load().then((m) => m.typedLoad(req, res, next, value, name)).catch(next) })`,
  ],
  [
    'a handler of a parameter',
    `import { load } from '../load.js'`,
    `router.param('id', load)`,
    `const loadLoad = () => import('../load.js')
type LoadParameters = Parameters<typeof import('../load.js').load>
router.param('id', async (req: LoadParameters[0], res: LoadParameters[1], next: LoadParameters[2], value: LoadParameters[3], name: LoadParameters[4]) => (await loadLoad()).load(req, res, next, value, name))`,
    `const loadLoad = () => import('../load.js')
type LoadParameters = Parameters<typeof import('../load.js').load>
router.param('id', (req: LoadParameters[0], res: LoadParameters[1], next: LoadParameters[2], value: LoadParameters[3], name: LoadParameters[4]) => { loadLoad().then((m) => m.load(req, res, next, value, name)).catch(next) })`,
  ],
  [
    'a middleware and a handler with a request of their own',
    `import { auth, me } from '../auth.js'`,
    `router.get('/', auth, me)`,
    `const loadAuth = () => import('../auth.js')
type AuthParameters = Parameters<typeof import('../auth.js').auth>
type MeParameters = Parameters<typeof import('../auth.js').me>
router.get('/', async (req: AuthParameters[0], res: AuthParameters[1], next: AuthParameters[2]) => (await loadAuth()).auth(req, res, next), async (req: MeParameters[0], res: MeParameters[1]) => (await loadAuth()).me(req, res))`,
    `const loadAuth = () => import('../auth.js')
type AuthParameters = Parameters<typeof import('../auth.js').auth>
type MeParameters = Parameters<typeof import('../auth.js').me>
router.get('/', (req: AuthParameters[0], res: AuthParameters[1], next: AuthParameters[2]) => { loadAuth().then((m) => m.auth(req, res, next)).catch(next) }, (req: MeParameters[0], res: MeParameters[1], next: (error?: unknown) => void) => { loadAuth().then((m) => m.me(req, res)).catch(next) })`,
  ],
  [
    'a middleware of all paths',
    `import { auth } from '../auth.js'`,
    'app.use(auth)',
    `const loadAuth = () => import('../auth.js')
type AuthParameters = Parameters<typeof import('../auth.js').auth>
app.use(async (req: AuthParameters[0], res: AuthParameters[1], next: AuthParameters[2]) => (await loadAuth()).auth(req, res, next))`,
    `const loadAuth = () => import('../auth.js')
type AuthParameters = Parameters<typeof import('../auth.js').auth>
app.use((req: AuthParameters[0], res: AuthParameters[1], next: AuthParameters[2]) => { loadAuth().then((m) => m.auth(req, res, next)).catch(next) })`,
  ],
  [
    'a method of a default object',
    `import users from '../users.js'`,
    `router.get('/', users.list)`,
    `const users = async () => (await import('../users.js')).default
router.get('/', async (req, res) => (await users()).list(req, res))`,
    `const users = async () => (await import('../users.js')).default
router.get('/', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })`,
  ],
  [
    'a method of a default object, beside a type',
    `import users, { type User } from '../users.js'
export const user: User = { name: 'Ada' }`,
    `router.get('/', users.list)`,
    `const loadUsers = () => import('../users.js')
type User = import('../users.js').User
router.get('/', async (req, res) => (await loadUsers()).default.list(req, res))`,
    `const loadUsers = () => import('../users.js')
type User = import('../users.js').User
router.get('/', (req, res, next) => { loadUsers().then((m) => m.default.list(req, res)).catch(next) })`,
  ],
  [
    'a namespace',
    `import * as posts from '../posts.js'`,
    `router.get('/', posts.list)`,
    `const posts = () => import('../posts.js')
type ListParameters = Parameters<typeof import('../posts.js').list>
router.get('/', async (req: ListParameters[0], res: ListParameters[1]) => (await posts()).list(req, res))`,
    `const posts = () => import('../posts.js')
type ListParameters = Parameters<typeof import('../posts.js').list>
router.get('/', (req: ListParameters[0], res: ListParameters[1], next: (error?: unknown) => void) => { posts().then((m) => m.list(req, res)).catch(next) })`,
  ],
  [
    'a named export, beside a type',
    `import type { Post } from '../posts.js'
import { list } from '../posts.js'
export const post: Post = { title: '' }`,
    `router.get('/', list)`,
    `type Post = import('../posts.js').Post
const posts = () => import('../posts.js')
type ListParameters = Parameters<typeof import('../posts.js').list>
router.get('/', async (req: ListParameters[0], res: ListParameters[1]) => (await posts()).list(req, res))`,
    `type Post = import('../posts.js').Post
const posts = () => import('../posts.js')
type ListParameters = Parameters<typeof import('../posts.js').list>
router.get('/', (req: ListParameters[0], res: ListParameters[1], next: (error?: unknown) => void) => { posts().then((m) => m.list(req, res)).catch(next) })`,
  ],
  [
    'a method of an exported instance',
    `import { posts } from '../posts.js'`,
    `router.get('/', posts.all)`,
    `const loadPosts = () => import('../posts.js')
router.get('/', async (req, res) => (await loadPosts()).posts.all(req, res))`,
    `const loadPosts = () => import('../posts.js')
router.get('/', (req, res, next) => { loadPosts().then((m) => m.posts.all(req, res)).catch(next) })`,
  ],
  [
    'a static method',
    `import { Posts } from '../posts.js'`,
    `router.get('/', Posts.one)`,
    `const posts = () => import('../posts.js')
router.get('/', async (req, res) => (await posts()).Posts.one(req, res))`,
    `const posts = () => import('../posts.js')
router.get('/', (req, res, next) => { posts().then((m) => m.Posts.one(req, res)).catch(next) })`,
  ],
  [
    'a default function',
    `import list from '../posts.js'`,
    `router.get('/', list)`,
    `const list = async () => (await import('../posts.js')).default
type ListParameters = Parameters<typeof import('../posts.js').default>
router.get('/', async (req: ListParameters[0], res: ListParameters[1]) => (await list())(req, res))`,
    `const list = async () => (await import('../posts.js')).default
type ListParameters = Parameters<typeof import('../posts.js').default>
router.get('/', (req: ListParameters[0], res: ListParameters[1], next: (error?: unknown) => void) => { list().then((m) => m(req, res)).catch(next) })`,
  ],
  [
    'inside a wrapper',
    `import { asyncHandler } from '../async-handler.js'
import { three } from '../handlers.js'`,
    `router.get('/', asyncHandler(three))`,
    `const handlers = () => import('../handlers.js')
type ThreeParameters = Parameters<typeof import('../handlers.js').three>
router.get('/', asyncHandler(async (req: ThreeParameters[0], res: ThreeParameters[1], next: ThreeParameters[2]) => (await handlers()).three(req, res, next)))`,
    `const handlers = () => import('../handlers.js')
type ThreeParameters = Parameters<typeof import('../handlers.js').three>
router.get('/', asyncHandler(async (req: ThreeParameters[0], res: ThreeParameters[1], next: ThreeParameters[2]) => (await handlers()).three(req, res, next)))`,
  ],
  [
    'a wrapped handler',
    `import { latest } from '../wrapped.js'`,
    `router.get('/', latest)`,
    `const wrapped = () => import('../wrapped.js')
router.get('/', async (req, res, next) => (await wrapped()).latest(req, res, next))`,
    `const wrapped = () => import('../wrapped.js')
router.get('/', (req, res, next) => { wrapped().then((m) => m.latest(req, res, next)).catch(next) })`,
  ],
  [
    'a route of a path',
    `import { two } from '../handlers.js'`,
    `router.route('/:id').get(two)`,
    `const handlers = () => import('../handlers.js')
router.route('/:id').get(async (req, res) => (await handlers()).two(req, res))`,
    `const handlers = () => import('../handlers.js')
router.route('/:id').get((req, res, next) => { handlers().then((m) => m.two(req, res)).catch(next) })`,
  ],
  ['a generic function', `import { generic } from '../generic.js'`, `router.get('/:id', generic)`, '', ''],
  ['an overloaded function', `import { overloaded } from '../generic.js'`, `router.get('/:id', overloaded)`, '', ''],
  [
    'a pattern as parameter',
    `import { destructured } from '../generic.js'`,
    `router.get('/:id', destructured)`,
    `const generic = () => import('../generic.js')
type DestructuredParameters = Parameters<typeof import('../generic.js').destructured>
router.get('/:id', async (req: DestructuredParameters[0], res: DestructuredParameters[1]) => (await generic()).destructured(req, res))`,
    `const generic = () => import('../generic.js')
type DestructuredParameters = Parameters<typeof import('../generic.js').destructured>
router.get('/:id', (req: DestructuredParameters[0], res: DestructuredParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.destructured(req, res)).catch(next) })`,
  ],
  [
    'a cast',
    `import type { RequestHandler } from 'express'
import { mine } from '../generic.js'`,
    `router.get('/', mine as unknown as RequestHandler)`,
    '',
    '',
  ],
  [
    'a type that is satisfied',
    `import type { RequestHandler } from 'express'
import { two } from '../handlers.js'`,
    `router.get('/', two satisfies RequestHandler)`,
    '',
    '',
  ],
  [
    'a regular expression as path',
    `import { byId } from '../generic.js'`,
    'router.get(/x/, byId)',
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get(/x/, async (req: ByIdParameters[0], res: ByIdParameters[1]) => (await generic()).byId(req, res))`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get(/x/, (req: ByIdParameters[0], res: ByIdParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.byId(req, res)).catch(next) })`,
  ],
  [
    'a path that is not a literal',
    `import { byId } from '../generic.js'
const path: string = '/:id'`,
    'router.get(path, byId)',
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get(path, async (req: ByIdParameters[0], res: ByIdParameters[1]) => (await generic()).byId(req, res))`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get(path, (req: ByIdParameters[0], res: ByIdParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.byId(req, res)).catch(next) })`,
  ],
  [
    'parameters of the router that mounts this one',
    `import { byId } from '../generic.js'`,
    `Router({ mergeParams: true }).get('/members', byId)`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
Router({ mergeParams: true }).get('/members', async (req: ByIdParameters[0], res: ByIdParameters[1]) => (await generic()).byId(req, res))`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
Router({ mergeParams: true }).get('/members', (req: ByIdParameters[0], res: ByIdParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.byId(req, res)).catch(next) })`,
  ],
  [
    'an array of handlers',
    `import { auth, me } from '../auth.js'`,
    `router.get('/', [auth, me])`,
    `const loadAuth = () => import('../auth.js')
type AuthParameters = Parameters<typeof import('../auth.js').auth>
type MeParameters = Parameters<typeof import('../auth.js').me>
router.get('/', [async (req: AuthParameters[0], res: AuthParameters[1], next: AuthParameters[2]) => (await loadAuth()).auth(req, res, next), async (req: MeParameters[0], res: MeParameters[1]) => (await loadAuth()).me(req, res)])`,
    `const loadAuth = () => import('../auth.js')
type AuthParameters = Parameters<typeof import('../auth.js').auth>
type MeParameters = Parameters<typeof import('../auth.js').me>
router.get('/', [(req: AuthParameters[0], res: AuthParameters[1], next: AuthParameters[2]) => { loadAuth().then((m) => m.auth(req, res, next)).catch(next) }, (req: MeParameters[0], res: MeParameters[1], next: (error?: unknown) => void) => { loadAuth().then((m) => m.me(req, res)).catch(next) }])`,
  ],
  [
    'inside a wrapper that infers',
    `import { wait } from '../async-handler.js'
import { later } from '../generic.js'`,
    `router.get('/:id', wait(later))`,
    `const generic = () => import('../generic.js')
type LaterParameters = Parameters<typeof import('../generic.js').later>
router.get('/:id', wait(async (req: LaterParameters[0], res: LaterParameters[1]) => (await generic()).later(req, res)))`,
    `const generic = () => import('../generic.js')
type LaterParameters = Parameters<typeof import('../generic.js').later>
router.get('/:id', wait(async (req: LaterParameters[0], res: LaterParameters[1]) => (await generic()).later(req, res)))`,
  ],
  [
    'inside a wrapper with a type argument',
    `import { wait } from '../async-handler.js'
import { later } from '../generic.js'`,
    `router.get('/:id', wait<{ id: string }>(later))`,
    `const generic = () => import('../generic.js')
type LaterParameters = Parameters<typeof import('../generic.js').later>
router.get('/:id', wait<{ id: string }>(async (req: LaterParameters[0], res: LaterParameters[1]) => (await generic()).later(req, res)))`,
    `const generic = () => import('../generic.js')
type LaterParameters = Parameters<typeof import('../generic.js').later>
router.get('/:id', wait<{ id: string }>(async (req: LaterParameters[0], res: LaterParameters[1]) => (await generic()).later(req, res)))`,
  ],
  [
    'two uses',
    `import { byId } from '../generic.js'`,
    `router.get('/:id', byId)
router.put('/:id/:other', byId)`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get('/:id', async (req: ByIdParameters[0], res: ByIdParameters[1]) => (await generic()).byId(req, res))
router.put('/:id/:other', async (req: ByIdParameters[0], res: ByIdParameters[1]) => (await generic()).byId(req, res))`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
router.get('/:id', (req: ByIdParameters[0], res: ByIdParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.byId(req, res)).catch(next) })
router.put('/:id/:other', (req: ByIdParameters[0], res: ByIdParameters[1], next: (error?: unknown) => void) => { generic().then((m) => m.byId(req, res)).catch(next) })`,
  ],
]

for (const [name, packages, version] of [
  ['Express 5', { express: 'express', '@types/express': '@types/express', '@types/node': '@types/node' }, 3],
  ['Express 4', { express: 'express4', '@types/express': '@types/express4', '@types/node': '@types/node' }, 4],
] as const) {
  const forms = rows.map((row): Form => [row[0], row[1], row[2], row[version]!])
  testTypes(name, { packages, files, route, forms })
}
