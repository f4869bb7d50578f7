import { describe, expect, it } from 'vitest'
import { appBoundary } from '../../codemods/app-boundary.ts'
import { createFileTree } from '../../src/edits/tree.ts'
import { planLevel } from '../../src/lazy/levels.ts'
import { readProject } from '../../src/project/open.ts'
import { directoryWith } from '../cli/run.ts'
import { run } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>
type Name = 'express' | 'fastify' | 'hono' | 'koa'

const DEPENDENCIES = {
  express: '^5.1.0',
  fastify: '^5.0.0',
  hono: '^4.8.0',
  '@hono/node-server': '^1.14.0',
  koa: '^3.0.0',
}

function filesOf(text: string, files: Files): Files {
  const manifest = { name: 'app', type: 'module', scripts: { dev: 'node src/server.js' }, dependencies: DEPENDENCIES }
  return { 'package.json': JSON.stringify(manifest), 'src/server.js': text, ...files }
}

async function split(text: string, name: Name, app: string): Promise<Files> {
  return (await run(appBoundary, filesOf(text, { 'src/build.js': app }), { name, major: name === 'hono' ? 4 : 5 }))
    .changed
}

/** `verdict reason detail` */
function judged(text: string, app: string, files: Files = {}, name: Name = 'express'): string {
  const project = readProject(directoryWith(filesOf(text, { 'src/build.js': app, ...files })))
  const { files: planned } = planLevel('app', { ...project, framework: { name, major: 5 } }, createFileTree())
  const candidate = planned.find(({ path }) => path.endsWith('server.js'))?.candidates[0]
  return candidate ? [candidate.verdict, candidate.reason, candidate.detail].filter(Boolean).join(' ') : 'nothing'
}

const EXPRESS = `import express from 'express'
export function build() {
  const app = express()
  app.get('/', (req, res) => res.send('1'))
  return app
}
`
const FASTIFY = `import Fastify from 'fastify'
export const build = async (options = {}) => {
  const app = Fastify(options)
  app.get('/', () => '1')
  return app
}
`
const STARTED = "import { build } from './build.js'\n\nconst app = build()\napp.listen(3000)\n"

describe('an application that a function of the project makes', () => {
  it('is made in a module of its own', async () => {
    const changed = await split(STARTED, 'express', EXPRESS)
    expect(changed['src/app.js']).toBe("import { build } from './build.js'\n\nexport const app = build()\n")
    expect(changed['src/server.js']).toContain('(await loadApp()).app(req, res)')
    expect(changed['src/build.js']).toBeUndefined()
  })

  it('is given a name', async () => {
    const text = "import { build } from './build.js'\n\nbuild().listen(3000)\n"
    const changed = await split(text, 'express', EXPRESS)
    expect(changed['src/app.js']).toBe("import { build } from './build.js'\n\nexport const app = build()\n")
    expect(changed['src/server.js']).toContain('}).listen(3000)\n')
  })

  it('is waited for', async () => {
    const text =
      "import { build } from './build.js'\n\nbuild({ logger: true }).then((app) => {\n  app.listen({ port: 3000, host: '::' }).then(() => {\n    console.log('on')\n  })\n})\n"
    const changed = await split(text, 'fastify', FASTIFY)
    expect(changed['src/app.js']).toBe(
      "import { build } from './build.js'\n\nexport const app = await build({ logger: true })\n",
    )
    expect(changed['src/server.js']).toMatch(
      /app\.listen\({ port: 3000, host: '::' }\)\.then\(\(\) => {\n {2}console\.log\('on'\)\n}\)\n$/,
    )
  })
})

const koa =
  "import Koa from 'koa'\nexport default () => { const app = new Koa(); app.use((ctx) => { ctx.body = '1' }); return app }\n"
const hono = "import { Hono } from 'hono'\nexport const build = () => new Hono().get('/', (c) => c.text('1'))\n"
const builder = (method: string): string => `import Fastify from 'fastify'
class Builder {
  #app
  constructor() { this.#app = Fastify() }
  routes() { this.#app.get('/', () => '1'); return this }
  ${method}
}
export async function build() { return new Builder().routes().build() }
`

describe('what is made anew with each call', () => {
  it.each([
    [
      'Koa',
      'koa',
      "import build from './build.js'\nimport { createServer } from 'node:http'\ncreateServer(build().callback()).listen(3000)\n",
      koa,
    ],
    [
      'Hono',
      'hono',
      "import { build } from './build.js'\nimport { serve } from '@hono/node-server'\nserve({ fetch: build().fetch, port: 3000 })\n",
      hono,
    ],
    [
      'Fastify',
      'fastify',
      "import { build } from './build.js'\nconst app = await build()\nawait app.listen({ port: 3000, host: '::' })\n",
      FASTIFY,
    ],
    [
      'a builder',
      'fastify',
      "import { build } from './build.js'\nconst app = await build()\nawait app.listen({ port: 3000, host: '::' })\n",
      builder('build() { return this.#app }'),
    ],
    [
      'a function of the entry',
      'express',
      `${EXPRESS.replace('export ', '')}const app = build()\napp.listen(3000)\n`,
      '',
    ],
  ] as const)('%s', (_, name, text, app) => {
    expect(judged(text, app, {}, name)).toBe('fix app-split src/app.js')
  })
})

const registry: Files = {
  'src/registry.js': 'export const registry = []\nexport const add = (one) => { registry.push(one) }\n',
}
const withLine = (line: string, top = ''): string =>
  `${top}${EXPRESS.replace('  return app', `  ${line}\n  return app`)}`

describe('what is not', () => {
  it.each([
    [
      'a function that gives the one it made',
      EXPRESS.replace('  const app = express()\n', '').replace('export', 'const app = express()\nexport'),
    ],
    ['a function with two ends', withLine('if (last) return last', 'let last\n')],
    ['a name of the module', withLine('last = app', 'let last\n')],
    ['a global', withLine('globalThis.app = app')],
    ['an array of the module', withLine('all.push(app)', 'const all = []\n')],
    ['an array of another', withLine('registry.push(1)', "import { registry } from './registry.js'\n")],
    ['a function of another', withLine('add(1)', "import { add } from './registry.js'\n")],
    ['a loop', withLine('[1].forEach((one) => add(one))', "import { add } from './registry.js'\n")],
    ['a server of its own', withLine('app.listen(3001)')],
    ['a router of the module', withLine("router.get('/', () => {})", 'const router = express.Router()\n')],
  ])('%s', (_, app) => {
    expect(judged(STARTED, app, registry)).toMatch(/^(?:leave app-factory build\(\)|nothing)$/)
  })

  it('what reads what the entry made before it', () => {
    const db = 'let pool\nexport const connect = () => { pool = {} }\nexport const get = () => pool\n'
    const text =
      "import { build } from './build.js'\nimport { connect } from './db.js'\nconnect()\nbuild().listen(3000)\n"
    const reads = withLine("app.set('pool', get())", "import { get } from './db.js'\n")
    expect(judged(text, reads, { 'src/db.js': db })).toBe('suggest runs-before-app `src/server.js:3`')
    expect(judged(text, EXPRESS, { 'src/db.js': db })).toBe('fix app-split src/app.js')
  })

  it.each(['if (process.env.WORKER) build().listen(3000)\n', 'process.env.WORKER && build().listen(3000)\n'])(
    'what may not be made: %s',
    (start) => {
      expect(judged(`import { build } from './build.js'\n${start}`, EXPRESS)).toBe('leave app-factory build()')
    },
  )

  it('what is handed over', () => {
    expect(judged(STARTED.replace('build()', 'build(globalThis)'), EXPRESS)).toBe('leave app-factory build()')
  })

  it('a builder that keeps what it builds', () => {
    const text =
      "import { build } from './build.js'\nconst app = await build()\nawait app.listen({ port: 3000, host: '::' })\n"
    expect(judged(text, builder('build() { last = this.#app; return this.#app }'), {}, 'fastify')).not.toMatch(/^fix/)
    expect(judged(text, builder('build() { return this.#app ??= last }'), {}, 'fastify')).not.toMatch(/^fix/)
  })

  it('a timer, which each would start', () => {
    expect(judged(STARTED, withLine('setInterval(() => {}, 1000)'))).toMatch(/^leave resource/)
  })

  it('sessions in memory, unless someone says so', () => {
    const app = withLine("app.use(session({ secret: 'x' }))", "import session from 'express-session'\n")
    expect(judged(STARTED, app)).toBe('suggest memory-state `session` (`src/build.js:6`)')
  })

  it('what a module keeps, unless someone says so', () => {
    const app = withLine("app.post('/', (req, res) => { users.push(1); res.end() })", 'const users = []\n')
    expect(judged(STARTED, app)).toBe('suggest memory-state `users` (`src/build.js:1`)')
  })

  it('a promise that the module goes on after', () => {
    const text =
      "import { build } from './build.js'\nbuild().then((app) => {\n  app.listen({ port: 3000, host: '::' })\n})\nconsole.log('starting')\n"
    expect(judged(text, FASTIFY, {}, 'fastify')).not.toMatch(/^fix/)
    const caught =
      "import { build } from './build.js'\nbuild().then((app) => {\n  app.listen({ port: 3000, host: '::' })\n}).catch(console.error)\n"
    expect(judged(caught, FASTIFY, {}, 'fastify')).not.toMatch(/^fix/)
  })
})

const inClass = (made: string, start: string, imported: string): string =>
  `${imported}\nclass Server {\n  #app\n  constructor() {\n    this.#app = ${made}\n  }\n  start(port) {\n    ${start}\n  }\n}\nnew Server().start(3000)\n`

describe('a class that starts the server with an application of its own', () => {
  it.each([
    ['express()', 'this.#app.listen(port)', "import express from 'express'", 'express'],
    ['Fastify({}).withTypeProvider()', 'return this.#app.listen({ port })', "import Fastify from 'fastify'", 'fastify'],
    [
      'new Koa()',
      'createServer(this.#app.callback()).listen(port)',
      "import Koa from 'koa'; import { createServer } from 'node:http'",
      'koa',
    ],
  ] as const)('is named: %s', (made, start, imported, name) => {
    expect(judged(inClass(made, start, imported), '', {}, name)).toBe('leave app-in-class `Server` (`src/server.js:8`)')
  })

  it('by its field', () => {
    const text =
      "import express from 'express'\nexport class Server {\n  app = express()\n  start() { this.app.listen(1) }\n}\nnew Server().start()\n"
    expect(judged(text, '')).toBe('leave app-in-class `Server` (`src/server.js:4`)')
  })

  it('is not one that listens with something else', () => {
    expect(
      judged(inClass('connect()', 'this.#app.listen(port)', "import { connect } from './build.js'"), EXPRESS),
    ).toBe('nothing')
    expect(judged(inClass('express()', 'this.#app.get(port)', "import express from 'express'"), '')).toBe('nothing')
  })
})
