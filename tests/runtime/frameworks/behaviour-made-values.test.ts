import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../../src/verify/session.ts'
import { remove, rewrite, start, writeApp, type Files } from './app.ts'
import { ask, type Reply } from './requests.ts'

const files: Files = {
  'src/server.js': `import express from 'express'
import users from './routes.js'
import { onError } from './guards.js'

const app = express()
app.use('/users', users)
app.use(onError({ code: 418 }))
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/routes.js': `import { Router } from 'express'
import { limit, requireRole } from './guards.js'
import { UsersController } from './users.js'

const users = new UsersController('user')
const shared = limit(4)

const router = Router()
router.get('/a', limit(2), users.list.bind(users))
router.get('/b', limit(2), users.list.bind(users))
router.get('/one/:id', shared, users.find)
router.get('/two/:id', shared, users.find)
router.get('/admin', requireRole('admin'), users.find)
router.get('/broken', users.broken)

export default router
`,
  'src/guards.js': `export const requireRole = (role) => (req, res, next) => (req.query.role === role ? next() : res.sendStatus(403))
export function limit(max) {
  let count = 0
  return (req, res, next) => (++count > max ? res.sendStatus(429) : next())
}
export const onError = ({ code }) => (err, req, res, next) => {
  res.status(code).send(err.message)
}
`,
  'src/users.js': `export class UsersController {
  hits = 0
  constructor(name) {
    this.name = name
  }
  find = (req, res) => {
    res.json({ name: this.name, id: req.params.id, hits: ++this.hits })
  }
  async list(req, res) {
    res.json({ name: this.name, hits: ++this.hits })
  }
  broken(req, res) {
    throw new Error('broken')
  }
}
`,
}

const lines = [
  ...['a', 'a', 'a', 'b', 'one/1', 'two/2', 'one/3', 'two/4', 'one/5', 'two/6'],
  ...['admin', 'admin?role=admin', 'broken', 'b', 'b', 'none'],
].map((path) => `GET /users/${path}`)

describe.each([
  ['Express 5', 'express'],
  ['Express 4', 'express4'],
])('%s, values that are made at the first request', (_, packageName) => {
  const directories: string[] = []
  const sessions: Session[] = []

  async function serve(directory: string): Promise<Session> {
    const session = await start(directory)
    sessions.push(session)
    return session
  }

  beforeAll(async () => {
    for (let count = 0; count < 2; count++) directories.push(await writeApp(files, { express: packageName }))
    const changed = await rewrite(directories[1]!, { only: ['made-values'] })
    expect(Object.keys(changed)).toEqual(['src/hot.js', 'src/routes.js', 'src/server.js'])
    expect(changed['src/routes.js']).not.toContain("from './guards.js'")
  }, 120_000)

  afterAll(async () => {
    for (const session of sessions) await session.stop()
    for (const directory of directories) await remove(directory)
  })

  it('keep what they keep from one request to the next', async () => {
    const answers: Reply[][] = []
    for (const directory of directories) {
      const { port } = await serve(directory)
      const replies: Reply[] = []
      for (const line of lines) replies.push(await ask(port, line))
      answers.push(replies)
    }
    expect(answers[1]).toEqual(answers[0])
    const statuses = answers[0]!.map(({ status }) => status)
    expect(statuses).toEqual([200, 200, 429, 200, 200, 200, 200, 200, 429, 429, 403, 200, 418, 200, 429, 404])
  })

  it('are made once by 20 first requests at once', async () => {
    const answers: number[][] = []
    for (const directory of directories) {
      const { port } = await serve(directory)
      const replies = await Promise.all(Array.from({ length: 20 }, () => ask(port, 'GET /users/one/1')))
      answers.push(replies.map(({ status }) => status).sort())
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]!.filter((status) => status === 200)).toHaveLength(4)
  })
})
