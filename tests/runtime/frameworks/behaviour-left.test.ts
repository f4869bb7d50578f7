import { describe, expect, it, vi } from 'vitest'
import { remove, rewrite, start, writeApp, type Files, type Packages } from './app.ts'
import { ask, type Reply, type Row } from './requests.ts'

vi.setConfig({ testTimeout: 60_000 })

/** An application, in one file but for what is imported, that a lazy handler would break. */
interface Case {
  readonly name: string
  readonly packages: Packages
  readonly files: Files
  readonly requests: readonly Row[]
  /** What the neighbour that is rewritten has instead: a word of the files, and what is put in its place. */
  readonly fixed: readonly [from: string, to: string]
}

const listen = `app.listen(Number(process.env.PORT), '127.0.0.1')
`

const expressWith = (middleware: string): Files => ({
  'src/server.js': `import express from 'express'
import { list } from './users.js'

const app = express()
app.use(${middleware})
app.get('/', list)
${listen}`,
  'src/users.js': `export const list = (req, res) => {
  res.send('list')
}
`,
})

const koaWith = (middleware: string): Files => ({
  'src/server.js': `import Koa from 'koa'
import Router from '@koa/router'
import { list } from './users.js'

const app = new Koa()
const router = new Router()
app.use(${middleware})
router.get('/', list)
app.use(router.routes())
${listen}`,
  'src/users.js': `export const list = (ctx) => {
  ctx.body = 'list'
}
`,
})

const honoWith = (middleware: string): Files => ({
  'src/server.js': `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { list } from './users.js'

const app = new Hono()
app.use(${middleware})
app.get('/', list)
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
  'src/users.js': `export const list = (c) => c.text('list')
`,
})

async function answersOf(directory: string, requests: readonly Row[]): Promise<Reply[]> {
  const session = await start(directory)
  try {
    const replies: Reply[] = []
    for (const [line, , sent] of requests) replies.push(await ask(session.port, line, sent))
    return replies
  } finally {
    await session.stop()
  }
}

/** @returns the files that a fix changes, after which the answers have to be the same. */
async function fix(packages: Packages, files: Files, requests: readonly Row[]): Promise<string[]> {
  const directory = await writeApp(files, packages)
  try {
    const before = await answersOf(directory, requests)
    expect(before.map(({ status }) => status)).toEqual(requests.map(([, status]) => status))
    const changed = await rewrite(directory, { only: ['lazy-imports'] })
    expect(await answersOf(directory, requests)).toEqual(before)
    return Object.keys(changed)
  } finally {
    await remove(directory)
  }
}

const UNANSWERED = "if (!res.headersSent) res.status(404).send('nobody answered')"

const cases: readonly Case[] = [
  {
    name: 'Express 5: a middleware goes on when the handler has answered',
    packages: { express: 'express' },
    files: expressWith(`(req, res, next) => {
  next()
  ${UNANSWERED}
}`),
    requests: [['GET /', 200]],
    fixed: [UNANSWERED, ''],
  },
  {
    name: 'Express 4: a middleware goes on when the handler has answered',
    packages: { express: 'express4' },
    files: expressWith(`(req, res, next) => {
  next()
  ${UNANSWERED}
}`),
    requests: [['GET /', 200]],
    fixed: [UNANSWERED, ''],
  },
  {
    name: 'Express 5: a middleware awaits what is no promise',
    packages: { express: 'express' },
    files: expressWith(`async (req, res, next) => {
  await next()
  ${UNANSWERED}
}`),
    requests: [['GET /', 200]],
    fixed: [UNANSWERED, ''],
  },
  {
    name: 'Express 5: a middleware with names of its own goes on',
    packages: { express: 'express' },
    files: expressWith(`(_, res, done) => {
  done()
  ${UNANSWERED}
}`),
    requests: [['GET /', 200]],
    fixed: [UNANSWERED, ''],
  },
  {
    name: 'Koa: a middleware does not wait for the next',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: koaWith(`(ctx, next) => {
  next()
}`),
    requests: [['GET /', 200]],
    fixed: ['  next()', '  return next()'],
  },
  {
    name: 'Koa: an async middleware does not wait for the next',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: koaWith(`async (ctx, next) => void next()`),
    requests: [['GET /', 200]],
    fixed: ['void next()', 'next()'],
  },
  {
    name: 'Hono: a middleware does not wait for the next',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: honoWith(`async (c, next) => {
  next()
}`),
    requests: [['GET /', 200]],
    fixed: ['  next()', '  await next()'],
  },
  {
    name: 'Express 5: a module with side effects imports, in the end, the one that imports it',
    packages: { express: 'express' },
    files: {
      'src/server.js': `import { app } from './app.js'

${listen}`,
      'src/app.js': `import express from 'express'
import users from './routes.js'

export const models = new Map()
export const app = express()
app.use('/', users)
`,
      'src/routes.js': `import { Router } from 'express'
import { list } from './users.js'

const router = Router()
router.get('/', list)

export default router
`,
      'src/users.js': `import { models } from './app.js'

setImmediate(() => models.set('User', 1))

export const list = (req, res) => {
  res.json([...models.keys()])
}
`,
    },
    requests: [['GET /', 200]],
    fixed: ["setImmediate(() => models.set('User', 1))", ''],
  },
  {
    name: 'Express 5: a module beside the routes needs the side effects of the handler',
    packages: { express: 'express' },
    files: {
      'src/server.js': `import { app } from './app.js'

${listen}`,
      'src/app.js': `import express from 'express'
import users from './routes.js'
import { warm } from './warm.js'

export const app = express()
app.get('/warm', (req, res) => res.send(warm))
app.use('/', users)
`,
      'src/models.js': `export const models = new Map()
`,
      'src/warm.js': `import { models } from './models.js'

export const warm = models.get('User') ?? 'nothing'
`,
      'src/routes.js': `import { Router } from 'express'
import { list } from './users.js'

const router = Router()
router.get('/', list)

export default router
`,
      'src/users.js': `import { models } from './models.js'

models.set('User', 'a model')

export const list = (req, res) => {
  res.json([...models.keys()])
}
`,
    },
    requests: [
      ['GET /warm', 200],
      ['GET /', 200],
    ],
    fixed: ["export const warm = models.get('User') ?? 'nothing'", "export const warm = 'nothing'"],
  },
  {
    name: 'express: a module beside the routes reads a variable that the handler sets',
    packages: { express: 'express' },
    files: {
      'src/server.js': `import { app } from './app.js'

${listen}`,
      'src/app.js': `import express from 'express'
import users from './routes.js'
import { url } from './database.js'

export const app = express()
app.get('/url', (req, res) => res.send(url))
app.use('/', users)
`,
      'src/database.js': `export const url = process.env.DATABASE_URL ?? 'default'
`,
      'src/routes.js': `import { Router } from 'express'
import { list } from './users.js'

const router = Router()
router.get('/', list)

export default router
`,
      'src/users.js': `process.env.DATABASE_URL = 'from the handler'

export const list = (req, res) => {
  res.send('list')
}
`,
    },
    requests: [
      ['GET /url', 200],
      ['GET /', 200],
    ],
    fixed: ["process.env.DATABASE_URL ?? 'default'", "'default'"],
  },
]

describe.each(cases)('$name', ({ packages, files, requests, fixed: [from, to] }) => {
  it('is left', async () => {
    expect(await fix(packages, files, requests)).toEqual([])
  })

  it('is rewritten where it makes no difference', async () => {
    const others = Object.entries(files).map(([path, text]) => [path, text.replace(from, to)])
    expect(await fix(packages, Object.fromEntries(others), requests)).toHaveLength(1)
  })
})
