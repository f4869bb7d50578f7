import type { Files, Packages } from './app.ts'
import { testBehaviour } from './behaviour.ts'
import type { Row } from './requests.ts'

/** What the handlers use: one module of its own for each kind of use, so that each first request loads one. */
const services: Files = {
  'src/services/users.js': `const users = [{ id: '1', name: 'Ada' }]
export const list = async () => users
export default function find(id) {
  if (id === 'broken') throw Object.assign(new Error('broken'), { status: 418, statusCode: 418, expose: true })
  return users.find((user) => user.id === id)
}
`,
  'src/services/size.js': `export async function size(stream) {
  let bytes = 0
  for await (const chunk of stream) bytes += chunk.length
  return bytes
}
`,
  'src/services/trail.js': `export const mark = async (trail, name) => [...trail, name]
export const TEXT = 'plain'
`,
  'src/services/uploads.js': `let broken = 0
export function start(stream) {
  stream.on('close', () => { broken += 1 })
  stream.on('error', () => {})
  stream.resume()
}
export const seen = async () => {
  while (broken === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  return String(broken)
}
`,
}

const requests: readonly Row[] = [
  ['GET /users', 200],
  ['GET /users/1', 200],
  ['GET /users/2', 404],
  ['GET /users/broken', 418],
  ['GET /trail', 200],
  ['GET /text', 200],
  ['HEAD /text', 200],
  ['GET /nowhere', 404],
  ['POST /size', 200, { body: 'some text', headers: { 'content-type': 'application/octet-stream' } }],
]

const IMPORTS = `import find, { list } from './services/users.js'
import { size } from './services/size.js'
import { mark, TEXT as text } from './services/trail.js'
import * as uploads from './services/uploads.js'
`

const STATEMENTS: Readonly<Record<string, string>> = {
  list: "const { list } = await import('./services/users.js')",
  find: "const { default: find } = await import('./services/users.js')",
  users: "const { default: find, list } = await import('./services/users.js')",
  size: "const { size } = await import('./services/size.js')",
  mark: "const { mark } = await import('./services/trail.js')",
  text: "const { TEXT: text } = await import('./services/trail.js')",
  trail: "const { mark, TEXT: text } = await import('./services/trail.js')",
  uploads: "const uploads = await import('./services/uploads.js')",
}

/** @param text with a line `IMPORTS`, and `@list` where the handler imports `list` then. */
function test(name: string, packages: Packages, text: string): void {
  testBehaviour(name, {
    packages,
    files: { ...services, 'src/server.js': text.replace('IMPORTS\n', IMPORTS).replace(/^ *@\w+\n/gm, '') },
    after: {
      'src/server.js': text.replace('IMPORTS\n', '').replace(/@(\w+)$/gm, (_, name: string) => STATEMENTS[name] ?? ''),
    },
    only: ['deferred-imports'],
    requests,
    upload: 'POST /size',
    broken: ['POST /upload', 'GET /seen'],
  })
}

const express = `import express from 'express'
IMPORTS

const app = express()
app.use(async (req, res, next) => {
  @mark
  try {
    req.trail = await mark([], 'first')
    next()
  } catch (error) {
    next(error)
  }
})
app.use((req, res, next) => {
  res.set('x-second', req.trail.join())
  next()
})
app.get('/users', async (req, res, next) => {
  @list
  try {
    res.json(await list())
  } catch (error) {
    next(error)
  }
})
app.get('/users/:id', async (req, res, next) => {
  @find
  try {
    const user = find(req.params.id)
    if (user) res.json(user)
    else next()
  } catch (error) {
    next(error)
  }
})
app.get('/trail', (req, res) => res.json(req.trail))
app.get('/text', async (req, res) => {
  @text
  res.type('text').send(text)
})
app.post('/size', async (req, res) => {
  @size
  res.json({ size: await size(req) })
})
app.post('/upload', async (req, res) => {
  @uploads
  uploads.start(req)
  res.writeHead(202)
  res.write('receiving')
})
app.get('/seen', async (req, res) => {
  @uploads
  res.send(await uploads.seen())
})
app.use((err, req, res, next) => {
  res.status(err.status ?? 500).json({ error: err.message, trail: req.trail })
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`

test('Express 4', { express: 'express4' }, express)

// A promise that rejects is an error of its own there.
const rejecting = express.replace(
  `  try {
    const user = find(req.params.id)
    if (user) res.json(user)
    else next()
  } catch (error) {
    next(error)
  }
`,
  `  const user = find(req.params.id)
  if (user) res.json(user)
  else next()
`,
)
test('Express 5', { express: 'express' }, rejecting)

const fastify = `import Fastify from 'fastify'
IMPORTS

const app = Fastify({ bodyLimit: 5_000_000 })
app.decorateRequest('trail', null)
app.addContentTypeParser('*', (request, payload, done) => done(null, payload))
app.addHook('onRequest', async (req) => {
  @mark
  req.trail = await mark([], 'first')
})
app.addHook('preHandler', (req, reply, done) => {
  reply.header('x-second', req.trail.join())
  done()
})
app.get('/users', async () => {
  @list
  return list()
})
app.get('/users/:id', async (req, reply) => {
  @find
  return find(req.params.id) ?? reply.callNotFound()
})
app.get('/trail', async (req) => req.trail)
app.get('/text', async (req, reply) => {
  @text
  reply.type('text/plain')
  return text
})
app.post('/size', async (req) => {
  @size
  return { size: await size(req.body) }
})
app.post('/upload', async (req, reply) => {
  @uploads
  uploads.start(req.body)
  reply.hijack()
  reply.raw.writeHead(202)
  reply.raw.write('receiving')
})
app.get('/seen', async () => {
  @uploads
  return uploads.seen()
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`

for (const [name, alias] of [
  ['Fastify 5', 'fastify'],
  ['Fastify 4', 'fastify4'],
] as const) {
  test(name, { fastify: alias }, fastify)
}

const hono = `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
IMPORTS

const app = new Hono()
app.use(async (c, next) => {
  @mark
  c.set('trail', await mark([], 'first'))
  await next()
  c.header('x-first', 'after')
})
app.use(async (c, next) => {
  c.header('x-second', c.get('trail').join())
  await next()
})
app.get('/users', async (c) => {
  @list
  return c.json(await list())
})
app.get('/users/:id', async (c) => {
  @find
  const user = find(c.req.param('id'))
  return user ? c.json(user) : c.notFound()
})
app.get('/trail', async (c) => c.json(c.get('trail')))
app.get('/text', async (c) => {
  @text
  return c.text(text)
})
app.post('/size', async (c) => {
  @size
  return c.json({ size: await size(c.env.incoming) })
})
app.post('/upload', async (c) => {
  @uploads
  uploads.start(c.env.incoming)
  return c.body(new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('receiving')) }), 202)
})
app.get('/seen', async (c) => {
  @uploads
  return c.text(await uploads.seen())
})
app.onError((error, c) => c.json({ error: error.message }, error.status ?? 500))
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`

test('Hono', { hono: 'hono', '@hono/node-server': '@hono/node-server' }, hono)

const koa = `import Koa from 'koa'
import Router from '@koa/router'
IMPORTS

const app = new Koa()
const router = new Router()
app.silent = true
app.use(async (ctx, next) => {
  @mark
  ctx.state.trail = await mark([], 'first')
  await next()
  ctx.set('x-first', 'after')
})
app.use(async (ctx, next) => {
  ctx.set('x-second', ctx.state.trail.join())
  await next()
})
router.get('/users', async (ctx) => {
  @list
  ctx.body = await list()
})
router.get('/users/:id', async (ctx) => {
  @find
  ctx.body = find(ctx.params.id) ?? ctx.throw(404, 'none')
})
router.get('/trail', async (ctx) => {
  ctx.body = ctx.state.trail
})
router.get('/text', async (ctx) => {
  @text
  ctx.body = text
})
router.post('/size', async (ctx) => {
  @size
  ctx.body = { size: await size(ctx.req) }
})
router.post('/upload', async (ctx) => {
  @uploads
  uploads.start(ctx.req)
  ctx.respond = false
  ctx.res.writeHead(202)
  ctx.res.write('receiving')
})
router.get('/seen', async (ctx) => {
  @uploads
  ctx.body = await uploads.seen()
})
app.use(router.routes())
app.listen(Number(process.env.PORT), '127.0.0.1')
`

test('Koa', { koa: 'koa', '@koa/router': '@koa/router' }, koa)

const node = `import { createServer } from 'node:http'
IMPORTS

createServer(async (req, res) => {
  @users
  @size
  @trail
  @uploads
  try {
    res.setHeader('x-second', (await mark([], 'first')).join())
    const { pathname } = new URL(req.url, 'http://localhost')
    if (pathname === '/users') res.end(JSON.stringify(await list()))
    else if (pathname === '/text') res.end(text)
    else if (pathname === '/trail') res.end('first')
    else if (pathname === '/size') res.end(String(await size(req)))
    else if (pathname === '/seen') res.end(await uploads.seen())
    else if (pathname === '/upload') {
      uploads.start(req)
      res.writeHead(202)
      res.write('receiving')
    } else {
      const user = pathname.startsWith('/users/') ? find(pathname.slice(7)) : undefined
      res.statusCode = user ? 200 : 404
      res.end(user?.name)
    }
  } catch (error) {
    res.statusCode = error.status ?? 500
    res.end(error.message)
  }
}).listen(Number(process.env.PORT), '127.0.0.1')
`

test('node:http', {}, node)
