import type { Files } from './app.ts'
import type { Row } from './requests.ts'

/** The form that every handler and middleware takes on Koa with @koa/router. */
export const files: Files = {
  'src/server.js': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/app.js': `import Koa from 'koa'
import { errors } from './middleware/errors.js'
import { requestId } from './middleware/request-id.js'
import { router as handlers } from './routes/handlers.js'
import { router as members } from './routes/members.js'
import { router as streams } from './routes/streams.js'

export const app = new Koa()

app.silent = true
app.use(errors)
app.use(requestId)
for (const router of [handlers, members, streams]) app.use(router.routes()).use(router.allowedMethods())
`,
  'src/middleware/errors.js': `export async function errors(ctx, next) {
  try {
    await next()
    if (ctx.status === 404 && !ctx.body) ctx.throw(404, 'No ' + ctx.path)
  } catch (error) {
    if (error.message === 'unhandled') throw error
    ctx.status = error.status ?? 500
    ctx.body = { error: error.message, id: ctx.state.id }
  }
}
`,
  'src/middleware/request-id.js': `export const requestId = (ctx, next) => {
  ctx.state.id = ctx.get('x-request-id') || 'none'
  return next().then(() => ctx.set('x-request-id', ctx.state.id + ' ' + ctx.status))
}
`,
  'src/routes/handlers.js': `import Router from '@koa/router'
import { created, fails, late, none, one, skips, sync, thrown, unhandled } from '../controllers/handlers.js'
import { after, guard } from '../middleware/guard.js'
import { load } from '../middleware/load.js'

export const router = new Router({ prefix: '/handlers' })

router.param('project', load)
router.use('/guarded', guard)
router.get('/none', none)
router.get('/sync/:id', sync)
router.get('/one/:id', one)
router.get('/fails', fails)
router.get('/late', late)
router.get('/thrown', thrown)
router.get('/unhandled', unhandled)
router.get('/skips', skips, one)
router.get('/guarded/secret', after, one)
router.get('/projects/:project', one)
router.post('/created', created)
router.all('/all', sync)
`,
  'src/controllers/handlers.js': `export const none = () => {}

export function sync(ctx) {
  ctx.body = { sync: ctx.params.id ?? ctx.method, query: ctx.query }
}

export async function one(ctx, next) {
  ctx.body = { one: ctx.params, project: ctx.state.project, route: ctx._matchedRoute, trail: ctx.state.trail }
}

export function fails(ctx) {
  throw new Error('fails')
}

export const late = async (ctx) => {
  await new Promise(setImmediate)
  throw Object.assign(new Error('late'), { status: 503 })
}

export const thrown = (ctx) => ctx.throw(402, 'Payment required.')

export const unhandled = (ctx) => {
  throw new Error('unhandled')
}

export const skips = (ctx, next) => {
  ctx.set('x-skips', 'yes')
  return next()
}

export async function created(ctx) {
  let size = 0
  for await (const chunk of ctx.req) size += chunk.length
  ctx.status = 201
  ctx.body = { size }
}
`,
  'src/middleware/guard.js': `export function guard(ctx, next) {
  ctx.state.trail = ['guard']
  if (ctx.query.key === 'none') ctx.throw(401, 'No key.')
  return next()
}

export const after = async (ctx, next) => {
  ctx.state.trail.push('before')
  await next()
  ctx.set('x-trail', [...ctx.state.trail, 'after', JSON.stringify(ctx.body).length].join(' '))
}
`,
  'src/middleware/load.js': `export const load = (id, ctx, next) => {
  if (id === 'broken') throw new Error('broken project')
  if (id === 'missing') return
  ctx.state.project = id
  return next()
}
`,
  'src/routes/members.js': `import Router from '@koa/router'
import users from '../controllers/users.js'
import * as posts from '../controllers/posts.js'
import { hits } from '../controllers/hits.js'
import { Reports } from '../controllers/reports.js'
import health from '../controllers/health.js'

export const router = new Router({ prefix: '/members' })

router.get('/users', users.list)
router.get('/posts', posts.list)
router.get('/hits/count', hits.count)
router.get('/reports', Reports.list)
router.get('/health', health)
`,
  'src/controllers/users.js': `export default {
  list: async (ctx) => {
    ctx.body = ['Ada', 'Grace']
  },
}
`,
  'src/controllers/posts.js': `export const list = async (ctx) => {
  ctx.body = [{ title: 'Morning' }]
}
`,
  'src/controllers/hits.js': `class Hits {
  total = 0

  count = (ctx) => {
    this.total += 1
    ctx.body = { hits: this.total }
  }
}

export const hits = new Hits()
`,
  'src/controllers/reports.js': `export class Reports {
  static list(ctx) {
    ctx.body = ['weekly']
  }
}
`,
  'src/controllers/health.js': `export default function health(ctx) {
  ctx.body = { ok: true }
}
`,
  'src/routes/streams.js': `import Router from '@koa/router'
import { broken, download, size, upload } from '../controllers/streams.js'

export const router = new Router({ prefix: '/streams' })

router.get('/download', download)
router.post('/size', size)
router.post('/upload', upload)
router.get('/broken', broken)
`,
  'src/controllers/streams.js': `import { PassThrough, Readable } from 'node:stream'

let saw
const seen = new Promise((resolve) => (saw = resolve))

export function download(ctx) {
  ctx.type = 'text'
  ctx.body = Readable.from(Array.from({ length: 300 }, (_, at) => String(at).repeat(3_000)))
}

export async function size(ctx) {
  let size = 0
  for await (const chunk of ctx.req) size += chunk.length
  ctx.body = { size }
}

export function upload(ctx) {
  let start = ''
  ctx.req.on('data', (chunk) => (start += chunk))
  ctx.req.on('close', () => saw({ start, complete: ctx.req.complete }))
  ctx.body = new PassThrough()
  ctx.body.write('begun')
}

export async function broken(ctx) {
  ctx.body = await seen
}
`,
}

export const requests: readonly Row[] = [
  ['GET /handlers/none', 404],
  ['GET /handlers/sync/7?a=1', 200, { headers: { 'x-request-id': 'r-1' } }],
  ['HEAD /handlers/sync/7', 200],
  ['OPTIONS /handlers/sync/7', 200],
  ['PUT /handlers/sync/7', 405],
  ['GET /handlers/one/7', 200],
  ['GET /handlers/fails', 500],
  ['GET /handlers/late', 503],
  ['GET /handlers/thrown', 402],
  ['GET /handlers/unhandled', 500],
  ['GET /handlers/skips', 200],
  ['GET /handlers/guarded/secret', 200],
  ['GET /handlers/guarded/secret?key=none', 401],
  ['GET /handlers/projects/acme', 200],
  ['GET /handlers/projects/broken', 500],
  ['GET /handlers/projects/missing', 404],
  ['POST /handlers/created', 201, { body: 'x'.repeat(3_000_000) }],
  ['DELETE /handlers/all', 200],
  ['GET /members/users', 200],
  ['GET /members/posts', 200],
  ['GET /members/hits/count', 200],
  ['GET /members/hits/count', 200],
  ['GET /members/reports', 200],
  ['GET /members/health', 200],
  ['GET /streams/download', 200],
  ['GET /nowhere', 404],
]
