import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Session } from '../../../src/verify/session.ts'
import { remove, rewrite, start, writeApp, type Files } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const files: Files = {
  'src/server.js': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/app.js': `import express from 'express'
import { Counter, hits, hit, log as lines, NotFound } from './services/index.js'
import { list } from './controllers/users.js'

export const app = express()
const counter = new Counter()
app.use((req, res, next) => {
  hit()
  res.locals.seen = [hits, counter.next(), counter instanceof Counter, lines.write(req.path)]
  next()
})
app.get('/users', list)
app.use((error, req, res, next) => {
  res.status(error instanceof NotFound ? 404 : 500).send(error.message)
})
`,
  'src/controllers/users.js': `import { users, NotFound } from '../services/index.js'

export const list = async (req, res) => {
  if (req.query.id) throw new NotFound(req.query.id)
  res.json({ users: users(), seen: res.locals.seen })
}
`,
  'src/services/index.js': `export { default as Counter } from './counter.js'
export * from './hits.js'
export * as log from './log.js'
export { Missing as NotFound } from './errors.js'
export * from './users.js'
`,
  'src/services/counter.js': `export default class Counter {
  count = 0
  next() {
    return ++this.count
  }
}
`,
  'src/services/hits.js': `export let hits = 0
export function hit() {
  hits++
}
`,
  'src/services/log.js': `const lines = []
export const write = (line) => lines.push(line)
`,
  'src/services/errors.js': `export class Missing extends Error {}
`,
  'src/services/users.js': `export const users = () => ['Ada']
`,
}

const directories: string[] = []
const sessions: Session[] = []
let changed: Files

beforeAll(async () => {
  for (let count = 0; count < 2; count++) directories.push(await writeApp(files, { express: 'express' }))
  changed = await rewrite(directories[1]!, { only: ['direct-imports', 'lazy-imports', 'hot-hook-config'] })
  for (const directory of directories) sessions.push(await start(directory))
})

afterAll(async () => {
  for (const session of sessions) await session.stop()
  for (const directory of directories) await remove(directory)
})

it('names the modules behind the barrel', () => {
  expect(changed['src/app.js']).toContain(`import Counter from './services/counter.js'
import { hits, hit } from './services/hits.js'
import * as lines from './services/log.js'
import { Missing as NotFound } from './services/errors.js'
`)
})

it('shares classes, live bindings and state with what still imports the barrel', async () => {
  for (const line of ['GET /users', 'GET /users?id=1', 'GET /users', 'GET /none']) {
    const [before, after] = await Promise.all(sessions.map(({ port }) => ask(port, line)))
    expect(after).toEqual(before)
  }
  const { status, body } = await ask(sessions[1]!.port, 'GET /users')
  expect(status).toBe(200)
  expect(JSON.parse(String(body))).toEqual({ users: ['Ada'], seen: [5, 5, true, 5] })
})
