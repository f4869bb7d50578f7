import { describe, expect, it } from 'vitest'
import { appBoundary } from '../../codemods/app-boundary.ts'
import { createFileTree } from '../../src/edits/tree.ts'
import { planLevel } from '../../src/lazy/levels.ts'
import { readProject } from '../../src/project/open.ts'
import { directoryWith } from '../cli/run.ts'
import { run } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>
type Name = 'express' | 'fastify' | 'koa'

/** Bundled as CommonJS, so that nothing may be awaited at the top level. */
function filesOf(text: string, app: string, files: Files = {}): Files {
  const dependencies = { express: '^5.1.0', fastify: '^5.0.0', koa: '^3.0.0' }
  const scripts = { dev: 'node src/server.js', build: 'tsup src --format cjs' }
  const manifest = { name: 'app', type: 'module', scripts, dependencies }
  return { 'package.json': JSON.stringify(manifest), 'src/server.js': text, 'src/build.js': app, ...files }
}

async function split(text: string, name: Name, app: string): Promise<Files> {
  return (await run(appBoundary, filesOf(text, app), { name, major: 5 })).changed
}

/** `verdict reason detail` */
function judged(text: string, app = FASTIFY, files: Files = {}, name: Name = 'fastify'): string {
  const project = readProject(directoryWith(filesOf(text, app, files)))
  const { files: planned } = planLevel('app', { ...project, framework: { name, major: 5 } }, createFileTree())
  const candidate = planned.find(({ path }) => path.endsWith('server.js'))?.candidates[0]
  return candidate ? [candidate.verdict, candidate.reason, candidate.detail].filter(Boolean).join(' ') : 'nothing'
}

const FASTIFY = `import Fastify from 'fastify'
export const build = async () => {
  const app = Fastify()
  app.get('/', () => '1')
  return app
}
`
const EXPRESS = `import express from 'express'
export async function build() {
  const app = express()
  app.get('/', (req, res) => { res.send('1') })
  return app
}
`
const KOA = `import Koa from 'koa'
export async function build() {
  const app = new Koa()
  app.use((ctx) => { ctx.body = '1' })
  return app
}
`
const IMPORT = "import { build } from './build.js'\n"
const STARTED = `${IMPORT}\nbuild().then((app) => {\n  app.listen({ port: 3000, host: '::' })\n})\n`
const APP = `${IMPORT}\nexport const app = build()\n`

describe('an application that is a promise, where nothing may be awaited', () => {
  it('of Fastify', async () => {
    expect(await split(STARTED, 'fastify', FASTIFY)).toEqual({
      'src/app.js': APP,
      'src/server.js': `const loadApp = () => import('./app.js')

loadApp().then(({ app }) => app).then((app) => {
  app.server.removeAllListeners('request').on('request', async (req, res) => {
    try { const current = await (await loadApp()).app; await current.ready(); current.routing(req, res) }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
  })
  app.listen({ port: 3000, host: '::' })
})
`,
    })
  })

  it('of Fastify, on localhost, in a function without a block', async () => {
    const changed = await split(
      `${IMPORT}\nvoid build().then((app) => app.listen({ port: 3000 }));\n`,
      'fastify',
      FASTIFY,
    )
    expect(changed['src/server.js']).toBe(`import { subscribe } from 'node:diagnostics_channel'
const loadApp = () => import('./app.js')

void loadApp().then(({ app }) => app).then((app) => {
  subscribe('http.server.request.start', (message) => {
    const httpServer = message.server
    if (!httpServer.listeners('request').includes(app.routing)) return
    httpServer.removeAllListeners('request').on('request', async (req, res) => {
      try { const current = await (await loadApp()).app; await current.ready(); current.routing(req, res) }
      catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
    })
  })
  return app.listen({ port: 3000 })
});
`)
  })

  it('of Fastify, which is closed when another takes its place', async () => {
    const closing = FASTIFY.replace(
      '  return',
      "  app.addHook('onClose', (instance) => instance.log.info('closed'))\n  return",
    )
    expect((await split(STARTED, 'fastify', closing))['src/app.js']).toBe(`${APP}
import.meta.hot?.dispose(() => { app.then((last) => { if (!last.server.listening) last.close() }, () => {}) })
`)
  })

  it('of Express, whose own is not used any more', async () => {
    const text = `${IMPORT}\nconst port = Number(process.env.PORT ?? 3000)\nbuild().then(async (app) => {\n  app.listen(port)\n})\n`
    expect(await split(text, 'express', EXPRESS)).toEqual({
      'src/app.js': `${IMPORT}\nexport const app = build()\n`,
      'src/server.js': `import { createServer } from 'node:http'
const loadApp = () => import('./app.js')

const port = Number(process.env.PORT ?? 3000)
loadApp().then(({ app }) => app).then(async () => {
  createServer(async (req, res) => {
    try { (await (await loadApp()).app)(req, res) }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
  }).listen(port)
})
`,
    })
  })

  it('of Koa', async () => {
    const changed = await split(`${IMPORT}\nbuild().then(app => app.listen(3000))\n`, 'koa', KOA)
    expect(changed['src/server.js']).toContain('.then(() => createServer(async (req, res) => {\n')
    expect(changed['src/server.js']).toContain('await (await (await loadApp()).app).callback()(req, res)')
  })

  it('that a module exports', async () => {
    const text = "import { app } from './app.js'\n\napp.then((app) => {\n  app.listen({ port: 3000, host: '::' })\n})\n"
    const files = filesOf(text, FASTIFY, { 'src/app.js': APP })
    const { changed } = await run(appBoundary, files, { name: 'fastify', major: 5 })
    expect(Object.keys(changed)).toEqual(['src/server.js'])
    expect(changed['src/server.js']).toContain('loadApp().then(({ app }) => app).then((app) => {\n  app.server.')
    const another = await run(appBoundary, { ...files, ...changed }, { name: 'fastify', major: 5 })
    expect(another.changed).toEqual({})
  })

  it('is named after none of the names of the module', async () => {
    const changed = await split(`${IMPORT}\nconst app = 1\n${STARTED.slice(IMPORT.length)}`, 'fastify', FASTIFY)
    expect(changed['src/app.js']).toContain('export const application = build()\n')
    expect(changed['src/server.js']).toContain('.then(({ application }) => application).then((app) => {\n')
  })
})

describe('what is not', () => {
  it.each([
    ['a function that handles what fails', STARTED.replace(/\n$/, '.catch(console.error)\n')],
    ['two functions', STARTED.replace(/\}\)\n$/, '}, console.error)\n')],
    ['what goes on', `${STARTED}console.log('starting')\n`],
    ['what runs before', STARTED.replace('\nbuild', '\nglobalThis.since = Date.now()\nbuild')],
    ['what calls before', STARTED.replace('\nbuild', '\nconst port = read()\nbuild').concat('function read() {}\n')],
    ['what is added', STARTED.replace('  app.listen', "  app.get('/late', () => '1')\n  app.listen")],
    ['what is kept', STARTED.replace('  app.listen', '  globalThis.app = app\n  app.listen')],
  ])('%s', (_, text) => {
    expect(judged(text)).not.toMatch(/^fix/)
  })

  it('where rejections are listened to', () => {
    const files = { 'src/errors.js': "process.on('unhandledRejection', console.error)\n" }
    expect(judged(`import './errors.js'\n${STARTED}`, FASTIFY, files)).not.toMatch(/^fix/)
    expect(judged(`import './errors.js'\n${STARTED}`, FASTIFY, { 'src/errors.js': '' })).toMatch(/^fix/)
  })

  it('a function that does not make it anew', () => {
    const app = FASTIFY.replace('  const app = Fastify()\n', '').replace('export', 'const app = Fastify()\nexport')
    expect(judged(STARTED, app)).not.toMatch(/^fix/)
  })
})

describe('what came before the application, and comes after it', () => {
  const beside = `${IMPORT}import './events.js'\n${STARTED.slice(IMPORT.length)}`
  const events = {
    'src/bus.js': 'export const bus = new Map()\n',
    'src/events.js': "import { bus } from './bus.js'\nbus.set('x', process.env.QUEUE ?? 'memory')\n",
  }

  it('is not noticed by a module that only reads the environment', () => {
    const app = `export const secret = process.env.SECRET ?? 'none'\n${FASTIFY}`
    expect(judged(beside, app, events)).toBe('fix app-split src/app.js')
  })

  it.each([
    ['sets the environment', "export const secret = process.env.SECRET ?? 'none'\n", "process.env.SECRET = 'x'\n"],
    ['fails without a variable', 'export const secret = process.env.SECRET.length\n', ''],
    ['looks something up', "import { bus } from './bus.js'\nexport const x = bus.get('x')\n", ''],
  ])('may be noticed where one %s', (_, app, more) => {
    const files = { ...events, 'src/events.js': events['src/events.js'] + more }
    expect(judged(beside, app + FASTIFY, files)).toBe('suggest runs-before-app `src/server.js:2`')
  })
})
