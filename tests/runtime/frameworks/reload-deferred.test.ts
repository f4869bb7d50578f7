import type { Files } from './app.ts'
import { testReload } from './reload.ts'

const services: Files = {
  'src/services/users.js': `import { names } from './names.js'

export const list = async () => ['users=1', names()].join(' ')
`,
  'src/services/names.js': `export const names = () => 'names=1'
`,
}

const DEFERRED = "const { list } = await import('./services/users.js')"
const migration = { with: ['deferred-imports'] }
const expected = {
  'src/services/users.js': 'hot',
  'src/services/names.js': 'hot',
  'src/server.js': 'restart',
} as const

const express = `import express from 'express'
import { list } from './services/users.js'

const app = express()
app.get('/users', async (req, res) => {
  res.send(await list())
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`

const fastify = `import Fastify from 'fastify'
import { list } from './services/users.js'

const app = Fastify()
app.register(async (instance) => {
  instance.get('/users', async () => list())
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`

const hono = `import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { list } from './services/users.js'

const app = new Hono()
app.get('/users', async (c) => c.text(await list()))
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`

const koa = `import Koa from 'koa'
import { list } from './services/users.js'

const app = new Koa()
app.use(async (ctx) => {
  ctx.body = await list()
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`

const node = `import { createServer } from 'node:http'
import { list } from './services/users.js'

createServer(async (req, res) => {
  res.end(await list())
}).listen(Number(process.env.PORT), '127.0.0.1')
`

/** The module with its one import in the one function. */
const inBlock = (text: string): string =>
  text.replace(/import \{ list \}.*\n/, '').replace(/(async \([^)]*\) => \{\n)(?=.*list\(\))/, `$1  ${DEFERRED}\n`)

const urls = ['/users']

testReload([
  {
    name: 'an inline handler of Express',
    packages: { express: 'express' },
    files: { ...services, 'src/server.js': express },
    migration,
    after: { 'src/server.js': inBlock(express) },
    urls,
    expected,
  },
  {
    name: 'an inline handler of a plugin of Fastify',
    packages: { fastify: 'fastify' },
    files: { ...services, 'src/server.js': fastify },
    migration,
    after: {
      'src/server.js': `import Fastify from 'fastify'

const app = Fastify()
app.register(async (instance) => {
  instance.get('/users', async () => {
    ${DEFERRED}
    return list()
  })
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
    },
    urls,
    expected,
  },
  {
    name: 'an inline handler of Hono',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: { ...services, 'src/server.js': hono },
    migration,
    after: {
      'src/server.js': hono
        .replace(/import \{ list \}.*\n/, '')
        .replace('c.text(await list()))', `{\n  ${DEFERRED}\n  return c.text(await list())\n})`),
    },
    urls,
    expected,
  },
  {
    name: 'an inline middleware of Koa',
    packages: { koa: 'koa' },
    files: { ...services, 'src/server.js': koa },
    migration,
    after: { 'src/server.js': inBlock(koa) },
    urls,
    expected,
  },
  {
    name: 'the listener of a server of node:http',
    packages: {},
    files: { ...services, 'src/server.js': node },
    migration,
    after: { 'src/server.js': inBlock(node) },
    urls,
    expected,
  },
  {
    name: 'a method that a handler calls, of a service that a hot controller uses too',
    packages: { express: 'express' },
    files: {
      ...services,
      'src/server.js': `import express from 'express'
import { all } from './controllers/users.js'
import { Reports } from './reports.js'

const app = express()
const reports = new Reports()
app.get('/users', all)
app.get('/reports', async (req, res) => {
  res.send(await reports.print())
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/reports.js': `import { list } from './services/users.js'

export class Reports {
  async print() {
    return 'reports ' + (await list())
  }
}
`,
      'src/controllers/users.js': `import { list } from '../services/users.js'

export const all = async (req, res) => {
  res.send('all=1 ' + (await list()))
}
`,
    },
    migration: { with: ['hot-reexports'] },
    after: {
      'src/server.js': `import express from 'express'
const users = () => import('./controllers/users.js')
import { Reports } from './reports.js'

const app = express()
const reports = new Reports()
app.get('/users', async (req, res) => (await users()).all(req, res))
app.get('/reports', async (req, res) => {
  res.send(await reports.print())
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/reports.js': `
export class Reports {
  async print() {
    const { list } = await import('./services/users.hot.js')
    return 'reports ' + (await list())
  }
}
`,
      'src/services/users.hot.js': `// A hot-hook boundary: what imports it lazily is not restarted for edits of users.js.
export * from './users.js'
`,
    },
    urls: ['/users', '/reports'],
    expected: {
      'src/services/users.js': 'hot',
      'src/services/names.js': 'hot',
      'src/controllers/users.js': 'hot',
      'src/reports.js': 'restart',
      'src/server.js': 'restart',
    },
  },
  {
    name: 'an `import()` of what a hot controller imports statically',
    packages: { express: 'express' },
    files: {
      ...services,
      'src/server.js': `import express from 'express'
import { count } from './count.js'

const app = express()
app.get('/users', async (req, res) => (await import('./controllers/users.js')).all(req, res))
app.get('/count', async (req, res) => {
  res.send(await count())
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/count.js': `export async function count() {
  const { list } = await import('./services/users.js')
  return 'count ' + (await list())
}
`,
      'src/controllers/users.js': `import { list } from '../services/users.js'

export const all = async (req, res) => {
  res.send('all=1 ' + (await list()))
}
`,
    },
    migration: { with: ['hot-reexports'] },
    after: {
      'src/count.js': `export async function count() {
  const { list } = await import('./services/users.hot.js')
  return 'count ' + (await list())
}
`,
      'src/services/users.hot.js': `// A hot-hook boundary: what imports it lazily is not restarted for edits of users.js.
export * from './users.js'
`,
    },
    urls: ['/users', '/count'],
    expected: {
      'src/services/users.js': 'hot',
      'src/services/names.js': 'hot',
      'src/controllers/users.js': 'hot',
      'src/count.js': 'restart',
      'src/server.js': 'restart',
    },
  },
  {
    name: 'a job, which a scheduler calls by the class that it extends',
    packages: { express: 'express' },
    files: {
      'src/server.ts': `import express from 'express'
import { Users } from './jobs/users.js'
import { schedule } from './schedule.js'

const app = express()
const last = schedule({ milliseconds: 10, job: new Users() })
app.get('/users', async (req, res) => {
  await new Promise((resolve) => setTimeout(resolve, 300))
  res.send(last.text)
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      'src/schedule.ts': `import type { Config } from './jobs/job.js'

export function schedule(config: Config) {
  const last = { text: '' }
  setInterval(async () => {
    last.text = await config.job.run()
  }, config.milliseconds)
  return last
}
`,
      'src/jobs/job.ts': `export abstract class Job {
  abstract run(): Promise<string>
}
export interface Config {
  readonly milliseconds: number
  readonly job: Job
}
`,
      'src/jobs/users.ts': `import { list } from '../services/users.js'
import { Job } from './job.js'

export class Users extends Job {
  async run() {
    return 'ran ' + (await list())
  }
}
`,
      'src/services/users.ts': `import { names } from './names.js'

export const list = async () => ['users=1', names()].join(' ')
`,
      'src/services/names.ts': `export const names = () => 'names=1'
`,
    },
    migration,
    after: {
      'src/jobs/users.ts': `import { Job } from './job.js'

export class Users extends Job {
  async run() {
    const { list } = await import('../services/users.js')
    return 'ran ' + (await list())
  }
}
`,
    },
    urls,
    expected: {
      'src/services/users.ts': 'hot',
      'src/services/names.ts': 'hot',
      'src/jobs/users.ts': 'restart',
      'src/server.ts': 'restart',
    },
  },
])
