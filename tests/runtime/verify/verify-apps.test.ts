import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { verify, type VerifyOptions } from '../../../src/inspect.ts'
import type { Verification } from '../../../src/verify/verify.ts'
import { nodeBinary } from '../node.ts'
import { installAdonisjs6, installAdonisjs7 } from './adonisjs.ts'
import { adonisjs6 } from './apps/adonisjs-6.ts'
import { adonisjs7 } from './apps/adonisjs-7.ts'
import type { Migrated } from './apps/app.ts'
import { migratedApps } from './apps/index.ts'
import { install, type Installed } from './installed.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 })

interface Case {
  readonly title: string
  readonly app: Migrated
  readonly major: 20 | 24
  install(): Promise<Installed>
}

const cases: readonly Case[] = [
  ...migratedApps.flatMap((app) =>
    ([20, 24] as const).map((major): Case => ({
      title: `${app.name} on Node ${major}`,
      app,
      major,
      install: () => install(app, major),
    })),
  ),
  ...([20, 24] as const).flatMap((major) =>
    (['0.4.0', '1.0.0'] as const).map((hotHook): Case => ({
      title: `AdonisJS 6 with hot-hook ${hotHook} on Node ${major}`,
      app: adonisjs6,
      major,
      install: () => installAdonisjs6(major, hotHook),
    })),
  ),
  { title: 'AdonisJS 7 on Node 24', app: adonisjs7, major: 24, install: installAdonisjs7 },
]

describe.each(cases)('$title', ({ app, major, install: installOne }) => {
  const loaded = Object.entries(app.expected).filter(([, outcome]) => outcome !== 'unwatched')
  let installed: Installed
  beforeAll(async () => {
    installed = await installOne()
  })
  afterAll(() => installed.remove())

  it('does with each file what is predicted, and what facts say', async () => {
    const urls = Object.keys(app.statuses).filter((request) => request.startsWith('/'))
    const { files, passes } = await verify({ directory: installed.directory, urls, nodePath: await nodeBinary(major) })
    const observed = files.map(({ path, observed: outcome, agrees }) => [path, { outcome, agrees }])
    expect(Object.fromEntries(observed)).toEqual(
      Object.fromEntries(loaded.map(([path, outcome]) => [path, { outcome, agrees: true }])),
    )
    expect(passes).toBe(true)
  })

  it('is reached by the routes in its code, but for what handles errors', async () => {
    const { files, passes } = await verify({ directory: installed.directory, nodePath: await nodeBinary(major) })
    const missed = files.filter(({ agrees }) => agrees !== true)
    expect(missed.filter(({ path }) => !/error/.test(path))).toEqual([])
    expect(missed.filter(({ observed }) => observed !== 'not-reached')).toEqual([])
    expect(passes).toBe(true)
  })
})

describe('the requests that are named', () => {
  it('decide what is reached', async () => {
    const { directory, remove } = await install(migratedApps[1]!, 20)
    try {
      const { files, passes } = await verify({ directory, urls: ['/users'] })
      const missed = files.filter(({ observed }) => observed === 'not-reached')
      expect(missed.map(({ path, agrees }) => ({ path, agrees }))).toEqual(
        ['src/controllers/reports.controller.ts', 'src/middleware/error-handler.ts', 'src/services/label.ts'].map(
          (path) => ({ path, agrees: null }),
        ),
      )
      expect(passes).toBe(true)
    } finally {
      await remove()
    }
  })
})

describe('what no request proves', () => {
  const packages = { 'hot-hook': 'hot-hook' }
  const packageJson = {
    scripts: { dev: 'node --import=hot-hook/register src/server.js' },
    hotHook: { boundaries: ['./src/handlers/*.js'] },
  }
  const users = "export const list = () => 'the users'\n"
  const posts = "export const create = () => 'a post'\n"

  async function verified(files: Readonly<Record<string, string>>, options: VerifyOptions = {}): Promise<Verification> {
    const { directory, remove } = await install(
      { files, packages, packageJson, entry: 'src/server.js', flags: ['--import=hot-hook/register'] },
      20,
    )
    try {
      return await verify({ directory, ...options })
    } finally {
      await remove()
    }
  }

  const outcomes = ({ files }: Verification): object =>
    Object.fromEntries(files.map(({ path, observed }) => [path, observed]))

  const warmedUp = {
    'src/server.js': `import { createServer } from 'node:http'
const posts = () => import('./handlers/posts.js')
await posts()
createServer(async (request, response) => {
  if (request.method === 'POST') return response.end((await posts()).create())
  response.end((await import('./handlers/users.js')).list())
}).listen(process.env.PORT)
`,
    'src/handlers/users.js': users,
    'src/handlers/posts.js': posts,
  }

  it('is not taken for stale: a module that is loaded at the start, and that no request uses', async () => {
    const verification = await verified(warmedUp, { urls: ['/users'] })
    expect(outcomes(verification)).toEqual({
      'src/server.js': 'restart',
      'src/handlers/users.js': 'hot',
      'src/handlers/posts.js': 'not-reached',
    })
    expect(verification.passes).toBe(true)
  })

  it('is seen once a request uses it', async () => {
    const verification = await verified(warmedUp, { urls: ['/users', 'POST /posts {}'] })
    expect(outcomes(verification)).toMatchObject({ 'src/handlers/posts.js': 'hot' })
  })

  it('is not taken for stale where a limit of requests is reached: another process starts to count anew', async () => {
    const verification = await verified(
      {
        'src/server.js': `import { createServer } from 'node:http'
let left = 4
createServer(async (request, response) => {
  if (left-- === 0) left = 0
  if (left <= 0) return response.writeHead(429).end()
  const name = request.url === '/posts' ? 'posts' : 'users'
  const handlers = name === 'posts' ? await import('./handlers/posts.js') : await import('./handlers/users.js')
  response.end(name === 'posts' ? handlers.create() : handlers.list())
}).listen(process.env.PORT)
`,
        'src/handlers/users.js': users,
        'src/handlers/posts.js': posts,
      },
      { urls: ['/users'] },
    )
    expect(outcomes(verification)).toMatchObject({ 'src/handlers/users.js': 'hot' })
    expect(verification.passes).toBe(true)
  })

  it('is not taken for broken where the application does not start with a text that was changed to see it', async () => {
    const verification = await verified(
      {
        'src/server.js': `import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
const [text] = readFileSync(new URL('./handlers/users.js', import.meta.url), 'utf8').match(/the [a-z]+(?=')/) ?? process.exit(1)
createServer(async (request, response) => {
  response.end((await import('./handlers/users.js')).list() + ', once ' + text)
}).listen(process.env.PORT)
`,
        'src/handlers/users.js': users,
      },
      { urls: ['/users'] },
    )
    expect(outcomes(verification)).toMatchObject({ 'src/handlers/users.js': 'hot' })
  })

  const guarded = {
    'src/server.js': `import { createServer } from 'node:http'
createServer(async (request, response) => {
  if (request.headers.authorization !== 'Bearer me') return response.writeHead(401).end()
  response.end((await import('./handlers/users.js')).list())
}).listen(process.env.PORT)
`,
    'src/handlers/users.js': users,
  }

  it('is what lies behind a login', async () => {
    const verification = await verified(guarded, { urls: ['/users'] })
    expect(outcomes(verification)).toMatchObject({ 'src/handlers/users.js': 'not-reached' })
  })

  it('is seen with a header', async () => {
    const verification = await verified(guarded, { urls: ['/users'], headers: { authorization: 'Bearer me' } })
    expect(outcomes(verification)).toMatchObject({ 'src/handlers/users.js': 'hot' })
  })
})
