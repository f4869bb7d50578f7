import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Session } from '../../../src/verify/session.ts'
import { remove, rewrite, start, writeApp, writeFiles, type Files, type Packages } from './app.ts'
import { files as express4, rejected, requests as expressRequests, withRejections as express5 } from './express.ts'
import { files as fastify, requests as fastifyRequests } from './fastify.ts'
import { files as hono, requests as honoRequests } from './hono.ts'
import { files as koa, requests as koaRequests } from './koa.ts'
import { abort, ask, type Row } from './requests.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

interface Level {
  readonly name: string
  readonly packages: Packages
  readonly files: Files
  readonly codemod: 'lazy-mounts' | 'app-boundary'
  /** A line of what it makes of a file. */
  readonly made: readonly [file: string, line: string]
  readonly requests: readonly Row[]
}

const EXPRESS = { packages: { express: 'express' }, files: express5, requests: [...expressRequests, ...rejected] }
const EXPRESS_4 = { packages: { express: 'express4' }, files: express4, requests: expressRequests }
const MOUNTED =
  "app.use('/members', async (req, res, next) => (await import('./routes/members.js')).default(req, res, next))"
const MOUNTED_4 =
  "app.use('/members', (req, res, next) => { import('./routes/members.js').then((m) => m.default(req, res, next)).catch(next) })"

/** The application, built where its server is started. */
function inOneFile({ 'src/server.js': start = '', 'src/app.js': app = '', ...files }: Files): Files {
  const server = start.replace(/import \{ app \}.*\n/, '')
  return { ...files, 'src/server.js': app.replace('export const app', 'const app') + server }
}

/** The application, made by a function that the module calls which starts the server. */
function inFactory({ 'src/server.js': start = '', 'src/app.js': app = '', ...files }: Files, call: string): Files {
  const server = start.replace('{ app }', '{ build }').replace('./app.js', './build.js')
  const made = server.replace(/^(?=(?:await |serve|app))/m, `const app = ${call}\n`)
  const [imports = '', body = ''] = app.split('export const app')
  const build = `${imports}export ${call.startsWith('await') ? 'async ' : ''}function build() {\n`
  return { ...files, 'src/server.js': made, 'src/build.js': `${build}const app${body}return app\n}\n` }
}

function onLocalhost({ 'src/server.js': server = '', ...files }: Files): Files {
  return { ...files, 'src/server.js': server.replace(", host: '127.0.0.1'", '') }
}

const LEVELS: readonly Level[] = [
  { ...EXPRESS, name: 'mounts of Express 5', codemod: 'lazy-mounts', made: ['src/app.js', MOUNTED] },
  { ...EXPRESS_4, name: 'mounts of Express 4', codemod: 'lazy-mounts', made: ['src/app.js', MOUNTED_4] },
  {
    ...EXPRESS,
    name: 'the application of Express 5',
    codemod: 'app-boundary',
    made: ['src/server.js', 'createServer(async (req, res) => {'],
  },
  {
    ...EXPRESS_4,
    name: 'the application of Express 4',
    codemod: 'app-boundary',
    made: ['src/server.js', 'createServer(async (req, res) => {'],
  },
  {
    name: 'the application of Hono',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: hono,
    requests: honoRequests,
    codemod: 'app-boundary',
    made: ['src/server.js', 'fetch: async (req, env) =>'],
  },
  {
    name: 'the application of Koa',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: koa,
    requests: koaRequests,
    codemod: 'app-boundary',
    made: ['src/server.js', 'createServer(async (req, res) => {'],
  },
  ...[5, 4].map((major): Level => ({
    name: `the application of Fastify ${major}`,
    packages: { fastify: major === 5 ? 'fastify' : 'fastify4' },
    files: fastify,
    requests: [...fastifyRequests, ['HEAD /handlers/value', 200]],
    codemod: 'app-boundary',
    made: ['src/server.js', "app.server.removeAllListeners('request').on('request', async (req, res) => {"],
  })),
  {
    ...EXPRESS,
    name: 'an application of Express 5 in one file',
    files: inOneFile(express5),
    codemod: 'app-boundary',
    made: ['src/app.js', 'export const app = express()'],
  },
  {
    name: 'an application of Hono in one file',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: inOneFile(hono),
    requests: honoRequests,
    codemod: 'app-boundary',
    made: ['src/app.js', 'export const app = new Hono()'],
  },
  {
    name: 'an application of Koa in one file',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: inOneFile(koa),
    requests: koaRequests,
    codemod: 'app-boundary',
    made: ['src/app.js', 'export const app = new Koa()'],
  },
  {
    ...EXPRESS,
    name: 'an application of Express 5 that a function makes',
    files: inFactory(express5, 'build()'),
    codemod: 'app-boundary',
    made: ['src/app.js', 'export const app = build()'],
  },
  {
    name: 'an application of Koa that a function makes',
    packages: { koa: 'koa', '@koa/router': '@koa/router' },
    files: inFactory(koa, 'build()'),
    requests: koaRequests,
    codemod: 'app-boundary',
    made: ['src/app.js', 'export const app = build()'],
  },
  {
    name: 'an application of Hono that a function makes',
    packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
    files: inFactory(hono, 'build()'),
    requests: honoRequests,
    codemod: 'app-boundary',
    made: ['src/app.js', 'export const app = build()'],
  },
  {
    name: 'an application of Fastify 5 that a function makes',
    packages: { fastify: 'fastify' },
    files: inFactory(fastify, 'await build()'),
    requests: [...fastifyRequests, ['HEAD /handlers/value', 200]],
    codemod: 'app-boundary',
    made: ['src/app.js', 'export const app = await build()'],
  },
  ...[5, 4].map((major): Level => ({
    name: `an application of Fastify ${major} in one file, that listens on localhost`,
    packages: { fastify: major === 5 ? 'fastify' : 'fastify4' },
    files: onLocalhost(inOneFile(fastify)),
    requests: [...fastifyRequests, ['HEAD /handlers/value', 200]],
    codemod: 'app-boundary',
    made: ['src/server.js', "subscribe('http.server.request.start', (message) => {"],
  })),
]

describe.each(LEVELS)('$name', ({ packages, files, codemod, made: [file, line], requests }) => {
  const directories: string[] = []
  const sessions: Session[] = []
  let changed: Files

  beforeAll(async () => {
    for (let count = 0; count < 2; count++) directories.push(await writeApp(files, packages))
    changed = await rewrite(directories[1]!, { only: [codemod] })
    for (const directory of directories) sessions.push(await start(directory))
  })

  afterAll(async () => {
    for (const session of sessions) await session.stop()
    for (const directory of directories) await remove(directory)
  })

  it('is rewritten', () => {
    expect(changed[file]).toContain(line)
  })

  it.each(requests.map(([request, status, sent]) => ({ request, status, sent })))(
    '$request answers $status as before',
    async ({ request, status, sent }) => {
      const [before, after] = sessions
      const expected = await ask(before!.port, request, sent)
      expect(await ask(after!.port, request, sent)).toEqual(expected)
      expect(expected.status).toBe(status)
    },
  )

  it('reads a body of 3 MB in the first request as before', async () => {
    const sent = { headers: { 'content-type': 'application/octet-stream' }, body: Buffer.alloc(3_000_000, 'body') }
    const answers = []
    for (const directory of directories) {
      const session = await start(directory)
      sessions.push(session)
      answers.push(await ask(session.port, 'POST /streams/size', sent))
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]!.status).toBe(200)
  })

  it('sees a request that breaks off as before', async () => {
    const answers = []
    for (const { port } of sessions.slice(0, 2)) {
      await abort(port, 'POST /streams/upload')
      answers.push(await ask(port, 'GET /streams/broken'))
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]!.status).toBe(200)
  })
})

/** The module of the application, half-written. */
const BROKEN = 'export const app = (\n'

// Fastify's is loaded at boot, as before.
describe.each(LEVELS.filter(({ codemod, packages }) => codemod === 'app-boundary' && !('fastify' in packages)))(
  '$name that does not parse',
  ({ packages, files }) => {
    it('answers 500, and the process goes on', async () => {
      const directory = await writeApp(files, packages)
      try {
        await rewrite(directory, { only: ['app-boundary'] })
        // A preloaded application does not start at all, which is as before.
        const server = (await readFile(join(directory, 'src/server.js'), 'utf8')).replace(/^await .*\n/m, '')
        await writeFiles(directory, { 'src/server.js': server, 'src/app.js': BROKEN })
        const session = await start(directory)
        try {
          expect((await ask(session.port, 'GET /')).status).toBe(500)
          expect((await ask(session.port, 'GET /')).status).toBe(500)
        } finally {
          await session.stop()
        }
      } finally {
        await remove(directory)
      }
    })
  },
)
