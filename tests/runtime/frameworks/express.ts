import type { Files } from './app.ts'
import type { Row } from './requests.ts'

/** The form that every handler, middleware and error middleware takes, on Express 4 and 5. */
export const files: Files = {
  'src/server.js': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/app.js': `import express from 'express'
import { log } from './middleware/log.js'
import { requestId } from './middleware/request-id.js'
import { isTeapot, teapot } from './middleware/teapot.js'
import notFound from './middleware/not-found.js'
import { errorHandler } from './middleware/error-handler.js'
import arity from './routes/arity.js'
import errors from './routes/errors.js'
import members from './routes/members.js'
import mounted from './routes/mounted.js'
import odd from './routes/odd.js'
import streams from './routes/streams.js'
import wrapped from './routes/wrapped.js'

export const app = express()

app.use(log)
app.use(requestId)
app.use('/teapot', isTeapot, teapot)
app.use(express.json({ limit: '5mb' }))
app.use('/arity', arity)
app.use('/errors', errors)
app.use('/members', members)
app.use('/orgs/:org', mounted)
app.use('/odd', odd)
app.use('/streams', streams)
app.use('/wrapped', wrapped)
app.use(notFound)
app.use(errorHandler)
`,

  'src/middleware/log.js': `const entries = []

export function log(req, res, next) {
  if (req.url === '/log/count') return res.json(entries)
  res.on('finish', () => entries.push([req.method, req.originalUrl, res.statusCode].join(' ')))
  next()
}
`,
  'src/middleware/request-id.js': `export async function requestId(req, res, next) {
  await null
  res.locals.id = req.get('x-request-id') ?? 'none'
  res.set('x-request-id', res.locals.id)
  next()
}
`,
  'src/middleware/teapot.js': `export const isTeapot = (req, res, next) => (req.query.tea ? next() : next('router'))

export const teapot = (req, res) => {
  res.status(418).send(req.baseUrl + ' ' + req.url)
}
`,
  'src/middleware/not-found.js': `export default (req, res) => {
  res.status(404).type('text').send('No ' + req.originalUrl)
}
`,
  'src/middleware/error-handler.js': `export function errorHandler(err, req, res, next) {
  if (res.headersSent || err === 'unhandled') return next(err)
  res.status(err?.status ?? 500).json({ error: String(err?.message ?? err), id: res.locals.id })
}
`,

  'src/routes/arity.js': `import { Router } from 'express'
import { allowed, echo, fallback, list, one, remove, three, two, withDefault, withRest, zero } from '../controllers/arity.js'

const router = Router()

router.get('/zero', zero)
router.get('/one/:id', one)
router.get('/two/:id', two)
router.get('/three/:id', three)
router.get('/three/:id', fallback)
router.get('/default', withDefault)
router.get('/rest', withRest)
router.post('/echo', echo)
router
  .route('/items')
  .get(list)
  .delete(allowed, remove)
  .all((req, res) => {
    res.set('allow', 'GET, DELETE').sendStatus(405)
  })

export default router
`,
  'src/controllers/arity.js': `export const zero = () => {
  throw Object.assign(new Error('Gone.'), { status: 410 })
}

export const one = (req) => {
  req.res.json({ one: req.params.id })
}

export function two(req, res) {
  res.status(201).set('x-two', req.params.id).json({ two: req.params, query: req.query, id: res.locals.id })
}

export async function three(req, res, next) {
  if (req.query.next === 'route') return next('route')
  if (req.query.next) return next()
  if (req.query.error) return next(new Error(req.query.error))
  await null
  res.json({ three: req.params.id })
}

export const fallback = (req, res) => {
  res.json({ fallback: req.params.id })
}

export function withDefault(req, res, next = undefined) {
  res.json({ next: typeof next })
}

export function withRest(req, res, ...rest) {
  res.json({ rest: rest.map((value) => typeof value) })
}

export async function echo(req, res) {
  res.json({ body: req.body, type: req.get('content-type') })
}

export function list(req, res) {
  res.json(['a', 'b'])
}

export function allowed(req, res, next) {
  next(req.query.denied ? Object.assign(new Error('denied'), { status: 403 }) : undefined)
}

export async function remove(req, res) {
  res.status(204).end()
}
`,

  'src/routes/errors.js': `import express from 'express'
import * as errors from '../controllers/errors.js'

const router = express.Router()

router.get('/sync', errors.sync)
router.get('/status', errors.status)
router.get('/text', errors.text)
router.get('/next', errors.forwarded)
router.get('/unhandled', errors.unhandled)
router.get('/after-head', errors.afterHead)

export default router
`,
  'src/controllers/errors.js': `export function sync(req, res) {
  throw new Error('sync')
}

export function status(req, res) {
  throw Object.assign(new Error('Payment required.'), { status: 402 })
}

export function text(req, res) {
  throw 'text'
}

export function forwarded(req, res, next) {
  setImmediate(() => next(new Error('forwarded')))
}

export function unhandled(req, res, next) {
  next('unhandled')
}

export function afterHead(req, res) {
  res.write('start')
  throw new Error('after the head')
}
`,

  'src/routes/members.js': `import express from 'express'
import users from '../controllers/users.js'
import * as posts from '../controllers/posts.js'
import { hits } from '../controllers/hits.js'
import { Reports } from '../controllers/reports.js'
import health from '../controllers/health.js'

const router = express.Router()

router.get('/users', users.list)
router.get('/users/:id', users.show)
router.get('/posts', posts.list)
router.post('/posts', posts.create)
router.get('/hits/count', hits.count)
router.get('/reports', Reports.list)
router.get('/health', health)

export default router
`,
  'src/controllers/users.js': `export default {
  list(req, res) {
    res.json(['Ada', 'Grace'])
  },
  show: async (req, res, next) => {
    if (req.params.id === '0') return next()
    res.json({ user: req.params.id })
  },
}
`,
  'src/controllers/posts.js': `export const list = (req, res) => {
  res.json([{ title: 'Morning' }])
}

export function create(req, res) {
  res.status(201).location('/members/posts/1').json(req.body)
}
`,
  'src/controllers/hits.js': `class Hits {
  total = 0

  count = (req, res) => {
    this.total += 1
    res.json({ hits: this.total })
  }
}

export const hits = new Hits()
`,
  'src/controllers/reports.js': `export class Reports {
  static list(req, res) {
    res.json({ reports: Reports.all() })
  }

  static all() {
    return ['weekly']
  }
}
`,
  'src/controllers/health.js': `export default async function health(req, res) {
  res.json({ ok: true })
}
`,

  'src/routes/mounted.js': `import { Router } from 'express'
import { loadProject } from '../middleware/load-project.js'
import { member, project } from '../controllers/projects.js'
import { nested } from '../middleware/nested.js'

const router = Router({ mergeParams: true })

router.param('project', loadProject)
router.use('/projects', nested)
router.get('/projects/:project', project)
router.get('/members/:member', member)

export default router
`,
  'src/middleware/load-project.js': `export function loadProject(req, res, next, id, name) {
  if (id === 'broken') throw new Error('broken project')
  if (id === 'missing') return next('route')
  if (id === 'denied') return next(Object.assign(new Error('denied'), { status: 403 }))
  req.project = { id, name, org: req.params.org }
  next()
}
`,
  'src/middleware/nested.js': `export const nested = (req, res, next) => {
  res.locals.nested = { baseUrl: req.baseUrl, url: req.url, path: req.path, originalUrl: req.originalUrl }
  next()
}
`,
  'src/controllers/projects.js': `export function project(req, res) {
  res.json({ project: req.project, nested: res.locals.nested, at: where(req) })
}

export async function member(req, res) {
  res.json(where(req))
}

function where({ baseUrl, url, path, originalUrl, params, route }) {
  return { baseUrl, url, path, originalUrl, params, route: route.path }
}
`,

  // What a wrapper of fewer parameters, or another `this`, would change.
  'src/routes/odd.js': `import { Router } from 'express'
import { given } from '../controllers/given.js'
import { self } from '../controllers/self.js'
import detached from '../controllers/detached.js'
import { Lists } from '../controllers/lists.js'

const router = Router()

router.get('/given', given)
router.get('/self', self)
router.get('/detached', detached.list)
router.get('/lists', Lists.list)

export default router
`,
  'src/controllers/given.js': `export function given(req, res) {
  res.json({ given: arguments.length })
}
`,
  'src/controllers/self.js': `export function self(req, res) {
  res.json({ self: typeof this })
}
`,
  'src/controllers/detached.js': `export default {
  names: ['Ada'],
  list(req, res) {
    res.json(this.names)
  },
}
`,
  'src/controllers/lists.js': `export class Lists {
  static names = ['Ada']

  static list(req, res) {
    res.json(this.names)
  }
}
`,

  'src/routes/streams.js': `import { Router } from 'express'
import { broken, download, size, upload } from '../controllers/streams.js'

const router = Router()

router.get('/download', download)
router.post('/size', size)
router.post('/upload', upload)
router.get('/broken', broken)

export default router
`,
  'src/controllers/streams.js': `import { Readable } from 'node:stream'

let saw
const seen = new Promise((resolve) => (saw = resolve))

export function download(req, res) {
  res.type('text')
  Readable.from(Array.from({ length: 300 }, (_, at) => String(at).repeat(3_000))).pipe(res)
}

export function size(req, res) {
  let size = 0
  req.on('data', (chunk) => (size += chunk.length))
  req.on('end', () => res.json({ size }))
}

export function upload(req, res) {
  let start = ''
  req.on('data', (chunk) => (start += chunk))
  req.on('close', () => saw({ start, complete: req.complete }))
  res.writeHead(200).write('begun')
}

export async function broken(req, res) {
  res.json(await seen)
}
`,

  'src/routes/wrapped.js': `import { Router } from 'express'
import { asyncHandler } from '../async-handler.js'
import { list, show } from '../controllers/books.js'
import { latest } from '../controllers/latest.js'

const router = Router()

router.get('/books', asyncHandler(list))
router.get('/books/:id', asyncHandler(show))
router.get('/latest', latest)

export default router
`,
  'src/async-handler.js': `export const asyncHandler = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next)
`,
  'src/controllers/books.js': `export async function list(req, res) {
  res.json(['Emma'])
}

export async function show(req, res) {
  if (req.params.id === '0') throw Object.assign(new Error('No such book.'), { status: 404 })
  res.json({ book: req.params.id })
}
`,
  'src/controllers/latest.js': `import { asyncHandler } from '../async-handler.js'

export const latest = asyncHandler(async (req, res) => {
  if (req.query.fail) throw new Error('latest')
  res.json({ latest: 'Emma' })
})
`,
}

const json = Array.from({ length: 30_000 }, (_, id) => ({ id, name: `name ${id}`, note: 'x'.repeat(70) }))

export const requests: readonly Row[] = [
  ['GET /arity/zero', 410],
  ['GET /arity/one/7', 200],
  ['GET /arity/two/7?a=1&a=2', 201, { headers: { 'x-request-id': 'r-1' } }],
  ['HEAD /arity/two/7', 201],
  ['OPTIONS /arity/two/7', 200],
  ['PUT /arity/two/7', 404],
  ['GET /arity/three/7', 200],
  ['GET /arity/three/7?next=1', 200],
  ['GET /arity/three/7?next=route', 200],
  ['GET /arity/three/7?error=wrong', 500],
  ['GET /arity/three/%E0%A4', 400],
  ['GET /arity/default', 200],
  ['GET /arity/rest', 200],
  ['POST /arity/echo', 200, { json: { name: 'Ada' } }],
  ['POST /arity/echo', 200, { json }],
  ['POST /arity/echo', 400, { body: '{', headers: { 'content-type': 'application/json' } }],
  ['GET /arity/items', 200],
  ['DELETE /arity/items', 204],
  ['DELETE /arity/items?denied=1', 403],
  ['PATCH /arity/items', 405],
  ['GET /errors/sync', 500],
  ['GET /errors/status', 402, { headers: { 'x-request-id': 'r-2' } }],
  ['GET /errors/text', 500],
  ['GET /errors/next', 500],
  ['GET /errors/unhandled', 500],
  ['GET /errors/after-head', 200],
  ['GET /members/users', 200],
  ['GET /members/users/7', 200],
  ['GET /members/users/0', 404],
  ['GET /members/posts', 200],
  ['POST /members/posts', 201, { json: { title: 'Evening' } }],
  ['GET /members/hits/count', 200],
  ['GET /members/hits/count', 200],
  ['GET /members/reports', 200],
  ['GET /members/health', 200],
  ['GET /orgs/acme/projects/1', 200],
  ['GET /orgs/acme/projects/broken', 500],
  ['GET /orgs/acme/projects/missing', 404],
  ['GET /orgs/acme/projects/denied', 403],
  ['GET /orgs/acme/members/ada?full=1', 200],
  ['GET /odd/given', 200],
  ['GET /odd/self', 200],
  ['GET /odd/detached', 500],
  ['GET /odd/lists', 500],
  ['GET /streams/download', 200],
  ['POST /streams/size', 200, { body: 'x'.repeat(100_000), headers: { 'content-type': 'text/plain' } }],
  ['GET /wrapped/books', 200],
  ['GET /wrapped/books/7', 200],
  ['GET /wrapped/books/0', 404],
  ['GET /wrapped/latest', 200],
  ['GET /wrapped/latest?fail=1', 500],
  ['GET /teapot/pot?tea=1', 418],
  ['GET /teapot/pot', 404],
  ['GET /nowhere', 404],
  ['GET /log/count', 200],
]

/** With promises that are rejected, which Express 5 waits for. On Express 4 they end the process. */
export const withRejections: Files = {
  ...files,
  'src/app.js': files['src/app.js']!.replace(
    'import streams from',
    "import rejections from './routes/rejections.js'\nimport streams from",
  ).replace("app.use('/streams'", "app.use('/rejections', rejections)\napp.use('/streams'"),
  'src/routes/rejections.js': `import { Router } from 'express'
import { late, load, never } from '../controllers/rejections.js'

const router = Router()

router.param('id', load)
router.get('/late', late)
router.get('/never', never)
router.get('/:id', late)

export default router
`,
  'src/controllers/rejections.js': `export async function late(req, res, next) {
  await null
  throw Object.assign(new Error('late'), { status: 503 })
}

export const never = (req, res) => Promise.reject(new Error('never'))

export async function load(req, res, next, id) {
  if (id === 'broken') throw new Error('broken id')
  next()
}
`,
}

export const rejected: readonly Row[] = [
  ['GET /rejections/late', 503],
  ['GET /rejections/never', 500],
  ['GET /rejections/7', 503],
  ['GET /rejections/broken', 500],
]
