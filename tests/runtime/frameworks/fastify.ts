import type { Files } from './app.ts'
import type { Row } from './requests.ts'

/** The form that every handler and hook takes, on Fastify 4 and 5. */
export const files: Files = {
  'src/server.js': `import { app } from './app.js'

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
  'src/app.js': `import fastify from 'fastify'
import { errorHandler } from './handlers/errors.js'
import { notFound } from './handlers/not-found.js'
import handlers from './routes/handlers.js'
import hooks from './routes/hooks.js'
import members from './routes/members.js'
import odd from './routes/odd.js'
import options from './routes/options.js'
import streams from './routes/streams.js'

export const app = fastify({ bodyLimit: 5_000_000, exposeHeadRoutes: true })

app.decorate('greeting', 'hello')
app.decorateRequest('trail', null)
app.setErrorHandler(errorHandler)
app.setNotFoundHandler(notFound)
app.register(handlers, { prefix: '/handlers' })
app.register(hooks, { prefix: '/hooks' })
app.register(members, { prefix: '/members' })
app.register(odd, { prefix: '/odd' })
app.register(options, { prefix: '/options' })
app.register(streams, { prefix: '/streams' })
`,

  'src/handlers/errors.js': `export function errorHandler(error, request, reply) {
  if (error.validation) return reply.status(422).send({ invalid: error.message })
  reply.status(error.statusCode ?? 500).send({ error: error.message, greeting: this.greeting })
}
`,
  'src/handlers/not-found.js': `export async function notFound(request, reply) {
  reply.status(404)
  return { nowhere: request.url }
}
`,

  'src/routes/handlers.js': `import {
  decorated,
  fails,
  failsLate,
  later,
  none,
  object,
  one,
  replies,
  returnsReply,
  syncFails,
  syncReplies,
  syncValue,
  text,
  value,
} from '../handlers/handlers.js'

export default async function (app) {
  app.get('/value', value)
  app.get('/value/:id', one)
  app.get('/none', none)
  app.get('/replies', replies)
  app.get('/fails', fails)
  app.get('/fails-late', failsLate)
  app.get('/sync-fails', syncFails)
  app.get('/sync-replies', syncReplies)
  app.get('/sync-value', syncValue)
  app.get('/text', text)
  app.get('/later', later)
  app.get('/returns-reply', returnsReply)
  app.get('/decorated', decorated)
  app.post('/object', object)
}
`,
  'src/handlers/handlers.js': `export async function value(request, reply) {
  reply.header('x-value', '1')
  return { value: 1, query: request.query }
}

export async function one(request) {
  return request.params
}

export const none = async () => ['none']

export async function replies(request, reply) {
  await reply.status(201).send({ replies: true })
}

export async function fails(request, reply) {
  throw Object.assign(new Error('fails'), { statusCode: 409 })
}

export async function failsLate(request, reply) {
  await new Promise(setImmediate)
  throw new Error('late')
}

export function syncFails(request, reply) {
  throw new Error('sync')
}

export function syncReplies(request, reply) {
  reply.send({ sync: true })
}

export function syncValue(request, reply) {
  reply.code(203)
  return { sync: 'returned' }
}

export const text = (request, reply) => reply.type('text/plain').send('text')

export function later(request, reply) {
  setImmediate(() => reply.status(202).send({ later: request.url }))
}

export function returnsReply(request, reply) {
  reply.code(203).send('returned')
  return reply
}

export async function decorated(request, reply) {
  return { greeting: this.greeting, prefix: this.prefix }
}

export const object = async (request, reply) => {
  reply.code(201)
  return { length: JSON.stringify(request.body).length, first: request.body.list[0] }
}
`,

  'src/routes/hooks.js': `import { asyncHook, callbackHook, early, failing, failingAsync, stamp } from '../hooks/request.js'
import { payload } from '../hooks/payload.js'
import { payloadAsync } from '../hooks/payload-async.js'
import { onError } from '../hooks/on-error.js'
import { trail } from '../handlers/trail.js'

export default async function (app) {
  app.addHook('onRequest', stamp)
  app.addHook('onRequest', asyncHook)
  app.addHook('preHandler', callbackHook)
  app.addHook('preHandler', early)
  app.addHook('preValidation', failing)
  app.addHook('preHandler', failingAsync)
  app.addHook('onSend', payload)
  app.addHook('onSend', payloadAsync)
  app.addHook('onError', onError)
  app.get('/trail', trail)
}
`,
  'src/hooks/request.js': `export function stamp(request, reply, done) {
  request.trail = ['stamp']
  done()
}

export async function asyncHook(request, reply) {
  await null
  request.trail.push('async')
}

export function callbackHook(request, reply, done) {
  setImmediate(() => {
    request.trail.push('callback')
    done()
  })
}

export async function early(request, reply) {
  if (!request.query.early) return
  reply.status(203).send({ early: true })
  return reply
}

export function failing(request, reply, done) {
  if (request.query.throw) throw new Error('thrown in a hook')
  done(request.query.fail ? Object.assign(new Error('failed'), { statusCode: 402 }) : undefined)
}

export async function failingAsync(request, reply) {
  if (request.query.reject) throw new Error('rejected in a hook')
}
`,
  'src/hooks/payload.js': `export function payload(request, reply, payload, done) {
  reply.header('x-length', payload.length)
  done(null, payload.replace('trail', 'path'))
}
`,
  'src/hooks/payload-async.js': `export async function payloadAsync(request, reply, payload) {
  return request.query.shout ? payload.toUpperCase() : payload
}
`,
  'src/hooks/on-error.js': `export function onError(request, reply, error, done) {
  reply.header('x-error', error.message)
  done()
}
`,
  'src/handlers/trail.js': `export async function trail(request, reply) {
  return { trail: request.trail }
}
`,

  'src/routes/members.js': `import users from '../handlers/users.js'
import * as posts from '../handlers/posts.js'
import { hits } from '../handlers/hits.js'
import { Reports } from '../handlers/reports.js'
import health from '../handlers/health.js'

export default async function (app) {
  app.get('/users', users.list)
  app.get('/posts', posts.list)
  app.get('/posts/:id', posts.show)
  app.get('/hits/count', hits.count)
  app.get('/reports', Reports.list)
  app.get('/health', health)
}
`,
  'src/handlers/users.js': `export default {
  async list(request, reply) {
    return ['Ada', 'Grace']
  },
}
`,
  'src/handlers/posts.js': `export const list = async () => [{ title: 'Morning' }]

export async function show({ params }, reply) {
  if (params.id === '0') return reply.callNotFound()
  return params
}
`,
  'src/handlers/hits.js': `class Hits {
  total = 0

  count = async (request, reply) => {
    this.total += 1
    return { hits: this.total }
  }
}

export const hits = new Hits()
`,
  'src/handlers/reports.js': `export class Reports {
  static async list(request, reply) {
    return Reports.all()
  }

  static all() {
    return ['weekly']
  }
}
`,
  'src/handlers/health.js': `export default async function health(request, reply) {
  return { ok: true }
}
`,

  // What a wrapper of fewer parameters, another `this`, or a promise of the result would change.
  'src/routes/odd.js': `import { given } from '../handlers/given.js'
import { self } from '../handlers/self.js'
import detached from '../handlers/detached.js'
import { sometimes } from '../handlers/sometimes.js'

export default async function (app) {
  app.get('/sometimes', sometimes)
  app.get('/given', given)
  app.get('/self', self)
  app.get('/detached', detached.list)
}
`,
  'src/handlers/given.js': `export async function given(request, reply) {
  return { given: arguments.length }
}
`,
  'src/handlers/self.js': `export async function self() {
  return { self: typeof this, greeting: this.greeting }
}
`,
  'src/handlers/detached.js': `export default {
  names: ['Ada'],
  async list(request, reply) {
    return { names: this.names ?? 'none', greeting: this.greeting }
  },
}
`,

  'src/handlers/sometimes.js': `export function sometimes(request, reply) {
  if (request.query.now) return { now: true }
  setImmediate(() => reply.send({ now: false }))
}
`,

  'src/routes/options.js': `import { check, checkTwice } from '../hooks/check.js'
import { create, find } from '../handlers/create.js'
import { handleError } from '../handlers/handle-error.js'

const schema = { body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } }

export default async function (app) {
  app.route({ method: 'GET', url: '/routed/:id', preHandler: check, handler: find })
  app.get('/checked/:id', { preHandler: check }, find)
  app.get('/twice/:id', { preHandler: [check, checkTwice], handler: find })
  app.get('/handled/:id', { errorHandler: handleError, preHandler: check }, find)
  app.post('/create', { schema }, create)
}
`,
  'src/hooks/check.js': `export function check(request, reply, done) {
  done(request.params.id === '0' ? Object.assign(new Error('zero'), { statusCode: 400 }) : undefined)
}

export async function checkTwice(request, reply) {
  if (request.params.id === '1') throw new Error('one')
}
`,
  'src/handlers/create.js': `export async function create(request, reply) {
  reply.code(201)
  return request.body
}

export async function find(request, reply) {
  return { found: request.params.id }
}
`,
  'src/handlers/handle-error.js': `export async function handleError(error, request, reply) {
  reply.code(418)
  return { handled: error.message }
}
`,

  'src/routes/streams.js': `import { broken, download, size, upload } from '../handlers/streams.js'

export default async function (app) {
  app.addContentTypeParser('*', (request, payload, done) => done(null, payload))
  app.get('/download', download)
  app.post('/size', size)
  app.post('/upload', upload)
  app.get('/broken', broken)
}
`,
  'src/handlers/streams.js': `import { Readable } from 'node:stream'

let saw
const seen = new Promise((resolve) => (saw = resolve))

export async function download(request, reply) {
  reply.type('text/plain')
  return Readable.from(Array.from({ length: 300 }, (_, at) => String(at).repeat(3_000)))
}

export async function size(request, reply) {
  let size = 0
  for await (const chunk of request.raw) size += chunk.length
  return { size }
}

export function upload(request, reply) {
  let start = ''
  reply.hijack()
  request.raw.on('data', (chunk) => (start += chunk))
  request.raw.on('close', () => saw({ start, complete: request.raw.complete }))
  reply.raw.writeHead(200).write('begun')
}

export async function broken(request, reply) {
  return await seen
}
`,
}

const list = Array.from({ length: 30_000 }, (_, id) => ({ id, name: `name ${id}`, note: 'x'.repeat(70) }))

export const requests: readonly Row[] = [
  ['GET /handlers/value?a=1', 200],
  ['HEAD /handlers/value', 200],
  ['PUT /handlers/value', 404],
  ['GET /handlers/value/7', 200],
  ['GET /handlers/value/%E0%A4', 400],
  ['GET /handlers/none', 200],
  ['GET /handlers/replies', 201],
  ['GET /handlers/fails', 409],
  ['GET /handlers/fails-late', 500],
  ['GET /handlers/sync-fails', 500],
  ['GET /handlers/sync-replies', 200],
  ['GET /handlers/sync-value', 203],
  ['GET /handlers/text', 200],
  ['GET /handlers/later', 202],
  ['GET /handlers/returns-reply', 203],
  ['GET /handlers/decorated', 200],
  ['POST /handlers/object', 201, { json: { list: ['a'] } }],
  ['POST /handlers/object', 201, { json: { list } }],
  ['POST /handlers/object', 400, { body: '{', headers: { 'content-type': 'application/json' } }],
  ['POST /handlers/object', 415, { body: '<a/>', headers: { 'content-type': 'application/xml' } }],
  ['GET /hooks/trail', 200],
  ['GET /hooks/trail?shout=1', 200],
  ['GET /hooks/trail?early=1', 203],
  ['GET /hooks/trail?fail=1', 402],
  ['GET /hooks/trail?throw=1', 500],
  ['GET /hooks/trail?reject=1', 500],
  ['GET /members/users', 200],
  ['GET /members/posts', 200],
  ['GET /members/posts/7', 200],
  ['GET /members/posts/0', 404],
  ['GET /members/hits/count', 200],
  ['GET /members/hits/count', 200],
  ['GET /members/reports', 200],
  ['GET /members/health', 200],
  ['GET /odd/given', 200],
  ['GET /odd/self', 200],
  ['GET /odd/sometimes', 200],
  ['GET /odd/sometimes?now=1', 200],
  ['GET /odd/detached', 200],
  ['GET /options/routed/7', 200],
  ['GET /options/routed/0', 400],
  ['GET /options/checked/7', 200],
  ['GET /options/checked/0', 400],
  ['GET /options/twice/7', 200],
  ['GET /options/twice/1', 500],
  ['GET /options/handled/7', 200],
  ['GET /options/handled/0', 418],
  ['POST /options/create', 201, { json: { name: 'Ada' } }],
  ['POST /options/create', 422, { json: {} }],
  ['GET /streams/download', 200],
  ['POST /streams/size', 200, { body: 'x'.repeat(100_000), headers: { 'content-type': 'application/octet-stream' } }],
  ['GET /nowhere', 404],
]
