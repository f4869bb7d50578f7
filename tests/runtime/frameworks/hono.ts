import type { Files } from './app.ts'
import type { Row } from './requests.ts'

/** The form that every handler and middleware takes on Hono. */
export const files: Files = {
  'src/server.js': `import { serve } from '@hono/node-server'
import { app } from './app.js'

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
  'src/app.js': `import { Hono } from 'hono'
import { onError } from './handlers/on-error.js'
import { notFound } from './handlers/not-found.js'
import { requestId } from './middleware/request-id.js'
import { timing } from './middleware/timing.js'
import { guard } from './middleware/guard.js'
import { handlers } from './routes/handlers.js'
import { members } from './routes/members.js'
import { streams } from './routes/streams.js'

export const app = new Hono()

app.onError(onError)
app.notFound(notFound)
app.use(requestId)
app.use('*', timing)
app.use('/handlers/guarded/*', guard)
app.route('/handlers', handlers)
app.route('/members', members)
app.route('/streams', streams)
`,
  'src/handlers/on-error.js': `import { HTTPException } from 'hono/http-exception'

export const onError = (error, c) => {
  if (error instanceof HTTPException) return error.getResponse()
  return c.json({ error: error.message, id: c.get('id') }, 500)
}
`,
  'src/handlers/not-found.js': `export function notFound(c) {
  return c.text('No ' + c.req.path, 404)
}
`,
  'src/middleware/request-id.js': `export async function requestId(c, next) {
  c.set('id', c.req.header('x-request-id') ?? 'none')
  await next()
  c.header('x-request-id', c.get('id'))
}
`,
  'src/middleware/timing.js': `import { createMiddleware } from 'hono/factory'

export const timing = createMiddleware(async (c, next) => {
  await next()
  c.res.headers.set('x-status', String(c.res.status))
  c.res.headers.set('x-error', c.error?.message ?? 'none')
})
`,
  'src/middleware/guard.js': `import { HTTPException } from 'hono/http-exception'

export const guard = (c, next) => {
  if (c.req.query('key') === 'none') throw new HTTPException(401, { message: 'No key.' })
  if (c.req.query('key') === 'wrong') return c.text('Wrong key.', 403)
  return next()
}
`,
  'src/routes/handlers.js': `import { Hono } from 'hono'
import { all, created, fails, forbidden, later, none, one, posted, sync, teapot } from '../handlers/handlers.js'
import { first, second } from '../handlers/chain.js'

export const handlers = new Hono()

handlers.get('/none', none)
handlers.get('/sync/:id', sync)
handlers.get('/one/:id', one)
handlers.get('/fails', fails)
handlers.get('/later', later)
handlers.get('/forbidden', forbidden)
handlers.get('/chain', first, second)
handlers.get('/guarded/secret', one)
handlers.post('/created', created)
handlers.post('/posted', posted)
handlers.all('/all', all)
handlers.on(['GET', 'POST'], '/teapot', teapot)
`,
  'src/handlers/handlers.js': `import { HTTPException } from 'hono/http-exception'

export const none = () => new Response('none', { status: 203 })

export function sync(c) {
  return c.json({ sync: c.req.param('id'), query: c.req.query() })
}

export async function one(c) {
  return c.json({ one: c.req.param('id') ?? 'nobody', path: c.req.path, route: c.req.routePath })
}

export function fails(c) {
  throw new Error('fails')
}

export const later = async (c) => {
  await new Promise(setImmediate)
  throw new Error('late')
}

export const forbidden = (c) => {
  throw new HTTPException(403, { message: 'Forbidden.' })
}

export const created = async (c) => c.json(await c.req.json(), 201)

export async function posted(c) {
  return c.json({ length: (await c.req.text()).length })
}

export const all = (c) => c.text(c.req.method)

export const teapot = (c) => c.body('tea', 418, { 'x-tea': 'yes' })
`,
  'src/handlers/chain.js': `export async function first(c, next) {
  c.set('trail', ['first'])
  await next()
  c.header('x-trail', c.get('trail').join(' '))
}

export const second = (c) => {
  c.get('trail').push('second')
  return c.json(c.get('trail'))
}
`,
  'src/routes/members.js': `import { Hono } from 'hono'
import users from '../handlers/users.js'
import * as posts from '../handlers/posts.js'
import { hits } from '../handlers/hits.js'
import { Reports } from '../handlers/reports.js'
import health from '../handlers/health.js'

export const members = new Hono()

members.get('/users', users.list)
members.get('/posts', posts.list)
members.get('/hits/count', hits.count)
members.get('/reports', Reports.list)
members.get('/health', health)
`,
  'src/handlers/users.js': `export default {
  list: (c) => c.json(['Ada', 'Grace']),
}
`,
  'src/handlers/posts.js': `export const list = async (c) => c.json([{ title: 'Morning' }])
`,
  'src/handlers/hits.js': `class Hits {
  total = 0

  count = (c) => {
    this.total += 1
    return c.json({ hits: this.total })
  }
}

export const hits = new Hits()
`,
  'src/handlers/reports.js': `export class Reports {
  static list(c) {
    return c.json(['weekly'])
  }
}
`,
  'src/handlers/health.js': `export default function health(c) {
  return c.json({ ok: true })
}
`,
  'src/routes/streams.js': `import { Hono } from 'hono'
import { broken, download, size, upload } from '../handlers/streams.js'

export const streams = new Hono()

streams.get('/download', download)
streams.post('/size', size)
streams.post('/upload', upload)
streams.get('/broken', broken)
`,
  'src/handlers/streams.js': `import { stream } from 'hono/streaming'

let saw
const seen = new Promise((resolve) => (saw = resolve))

export const download = (c) =>
  stream(c, async (out) => {
    for (let at = 0; at < 300; at++) await out.write(String(at).repeat(3_000))
  })

export async function size(c) {
  return c.json({ size: (await c.req.arrayBuffer()).byteLength })
}

export function upload(c) {
  const { incoming } = c.env
  let start = ''
  incoming.on('data', (chunk) => (start += chunk))
  incoming.on('close', () => saw({ start, complete: incoming.complete }))
  return stream(c, async (out) => {
    await out.write('begun')
    await seen
  })
}

export async function broken(c) {
  return c.json(await seen)
}
`,
}

export const requests: readonly Row[] = [
  ['GET /handlers/none', 203],
  ['GET /handlers/sync/7?a=1', 200, { headers: { 'x-request-id': 'r-1' } }],
  ['HEAD /handlers/sync/7', 200],
  ['PUT /handlers/sync/7', 404],
  ['GET /handlers/one/7', 200],
  ['GET /handlers/fails', 500],
  ['GET /handlers/later', 500],
  ['GET /handlers/forbidden', 403],
  ['GET /handlers/chain', 200],
  ['GET /handlers/guarded/secret', 200],
  ['GET /handlers/guarded/secret?key=none', 401],
  ['GET /handlers/guarded/secret?key=wrong', 403],
  ['POST /handlers/created', 201, { json: { name: 'Ada' } }],
  ['POST /handlers/created', 500, { body: '{' }],
  ['POST /handlers/posted', 200, { body: 'x'.repeat(3_000_000) }],
  ['DELETE /handlers/all', 200],
  ['POST /handlers/teapot', 418],
  ['GET /members/users', 200],
  ['GET /members/posts', 200],
  ['GET /members/hits/count', 200],
  ['GET /members/hits/count', 200],
  ['GET /members/reports', 200],
  ['GET /members/health', 200],
  ['GET /streams/download', 200],
  ['GET /nowhere', 404],
]
