import { describe, expect, it, vi } from 'vitest'
import { remove, rewrite, start, writeApp, type Files } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 60_000 })

const files: Files = {
  'src/server.js': `import { app } from './app.js'
import { log as write } from './log.js'
import { default as connect, host } from './db.js'
import './late.js'

write('start')
connect()
app.listen(Number(process.env.PORT), host)
`,
  'src/app.js': `import Koa from 'koa'
import { log } from './log.js'
import './schema.js'

log('app')
export const app = new Koa()
app.use((ctx) => {
  ctx.body = globalThis.order
})
`,
  'src/log.js': 'export const log = (what) => (globalThis.order ??= []).push(what)\n',
  'src/schema.js': "import { log } from './log.js'\nlog('schema ' + (process.env.STAGE ?? 'none'))\n",
  'src/db.js': `import { log } from './log.js'
log('db')
process.env.STAGE = 'db'
export const host = '127.0.0.1'
export default () => log('connected')
`,
  'src/late.js': "import { log } from './log.js'\nlog('late')\n",
}

describe('what the entry imports after the application', () => {
  it('is loaded after it, and in its order', async () => {
    const directory = await writeApp(files, { koa: 'koa' })
    async function answer(): Promise<string> {
      const session = await start(directory)
      try {
        return (await ask(session.port, 'GET /')).body
      } finally {
        await session.stop()
      }
    }
    try {
      const before = await answer()
      const { 'src/server.js': changed } = await rewrite(directory, { only: ['app-boundary'] })
      expect(changed).toContain(`const loadApp = () => import('./app.js')
await loadApp()
const { log: write } = await import('./log.js')
const { default: connect, host } = await import('./db.js')
await import('./late.js')
`)
      expect(await answer()).toBe(before)
      expect(before).toBe('["schema none","app","db","late","start","connected"]')
    } finally {
      await remove(directory)
    }
  })
})

describe('routes that the entry adds', () => {
  it.each([
    [
      'express',
      `import express from 'express'
export const app = express()
app.get('/', (req, res) => res.send('first'))
app.use('/known', (req, res) => res.send('known'))
`,
      `app.get('/', (req, res) => res.send('second'))
app.get('/known', (req, res) => res.send('hidden'))
app.get('/added', (req, res) => { res.send({ name: basename('/a/added') }) })
app.use((req, res) => { res.status(404).send('nothing') })
`,
      'first known {"name":"added"} nothing',
    ],
    [
      'koa',
      `import Koa from 'koa'
export const app = new Koa()
app.use(async (ctx, next) => {
  if (ctx.path === '/known') ctx.body = 'known'
  else await next()
})
`,
      `app.use(async (ctx, next) => { ctx.body = basename(ctx.path); await next() })
app.use((ctx) => { if (ctx.path === '/') ctx.body = 'second' })
`,
      'second known added nowhere',
    ],
  ])('are found in the order that they have, on %s', async (name, app, added, expected) => {
    const directory = await writeApp(
      {
        'src/app.js': app,
        'src/server.js': `import { basename } from 'node:path'
import { app } from './app.js'

${added}
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
      },
      { [name]: name },
    )
    async function answer(): Promise<string> {
      const session = await start(directory)
      try {
        const bodies = []
        for (const path of ['/', '/known', '/added', '/nowhere'])
          bodies.push((await ask(session.port, `GET ${path}`)).body)
        return bodies.join(' ')
      } finally {
        await session.stop()
      }
    }
    try {
      const before = await answer()
      const changed = await rewrite(directory, { only: ['app-boundary'] })
      expect(Object.keys(changed)).toEqual(['src/app.js', 'src/server.js'])
      expect(await answer()).toBe(before)
      expect(before).toBe(expected)
    } finally {
      await remove(directory)
    }
  })
})
