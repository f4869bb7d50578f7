import { describe, expect, it } from 'vitest'
import { appBoundary } from '../../codemods/app-boundary.ts'
import { createFileTree } from '../../src/edits/tree.ts'
import { planLevel } from '../../src/lazy/levels.ts'
import { readProject } from '../../src/project/open.ts'
import { directoryWith } from '../cli/run.ts'
import { run } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>

function filesOf(text: string, files: Files): Files {
  const dependencies = { express: '^5.1.0', fastify: '^5.0.0' }
  const manifest = { name: 'app', type: 'module', scripts: { dev: 'node src/server.js' }, dependencies }
  return {
    'package.json': JSON.stringify(manifest),
    'src/server.js': text,
    'src/users.js': 'export const users = async (app) => app.get("/users", () => [])\n',
    'src/db.js': 'import pg from "pg"\nlet db\nexport const connect = async () => { db = new pg.Pool() }\n',
    ...files,
  }
}

async function split(text: string, name: 'express' | 'fastify' = 'fastify', files: Files = {}): Promise<Files> {
  return (await run(appBoundary, filesOf(text, files), { name, major: 5 })).changed
}

/** `verdict reason detail` */
function judged(text: string): string {
  const project = readProject(directoryWith(filesOf(text, {})))
  const { files } = planLevel('app', { ...project, framework: { name: 'fastify', major: 5 } }, createFileTree())
  const candidate = files.find(({ path }) => path.endsWith('server.js'))?.candidates[0]
  return candidate ? [candidate.verdict, candidate.reason, candidate.detail].filter(Boolean).join(' ') : 'nothing'
}

const IMPORTS = "import Fastify from 'fastify'\nimport { users } from './users.js'\n"

describe('what builds the application in a function that starts it', () => {
  it('happens before that is called', async () => {
    const changed = await split(`${IMPORTS}
const level = 'info'

async function start () {
  const app = Fastify({ logger: { level } })
  // The users.
  await app.register(users, {
    path: \`
  users\`
  })

  process.on('SIGTERM', () => app.close())

  try {
    await app.listen({ port: 3000, host: '::' })
  } catch (err) {
    app.log.error(err)
    process.exit(1)
  }
}

start()
`)
    expect(changed).toEqual({
      'src/app.js': `import Fastify from 'fastify'
import { users } from './users.js'

const level = 'info'

export const app = Fastify({ logger: { level } })
// The users.
await app.register(users, {
  path: \`
  users\`
})
`,
      'src/server.js': `const loadApp = () => import('./app.js')
const { app } = await loadApp()
app.server.removeAllListeners('request').on('request', async (req, res) => {
  try { const current = (await loadApp()).app; await current.ready(); current.routing(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})

async function start () {
  process.on('SIGTERM', () => app.close())

  try {
    await app.listen({ port: 3000, host: '::' })
  } catch (err) {
    app.log.error(err)
    process.exit(1)
  }
}

start()
`,
    })
  })

  it('of Express, too', async () => {
    const changed = await split(
      `import express from 'express'
import { users } from './users.js'

const main = async () => {
  const app = express()
  app.use(users)

  const server = app.listen(3000)
  process.on('SIGTERM', () => server.close())
}

await main()
`,
      'express',
      { 'src/users.js': 'import { Router } from "express"\nexport const users = Router()\n' },
    )
    expect(changed['src/app.js']).toBe(`import express from 'express'
import { users } from './users.js'

export const app = express()
app.use(users)
`)
    expect(changed['src/server.js']).toContain('\n  const server = createServer(async (req, res) => {\n')
  })

  it.each([
    ['void start()', 'fix app-split src/app.js'],
    ['await start()', 'fix app-split src/app.js'],
    ['start()\nfunction stop() {}', 'fix app-split src/app.js'],
    ['start().catch((err) => { process.exit(2) })', 'leave built-and-served `src/server.js:3`'],
    ['start()\nstart()', 'leave built-and-served `src/server.js:3`'],
    ['start()\nconsole.log("started")', 'leave built-and-served `src/server.js:3`'],
    ['setTimeout(start)', 'leave built-and-served `src/server.js:3`'],
    ['if (process.argv[2]) start()', 'leave built-and-served `src/server.js:3`'],
    ['start()\nexport { start }', 'leave built-and-served `src/server.js:3`'],
  ])('where the module ends with %s', (end, expected) => {
    const text = `${IMPORTS}async function start() {\n  app.register(users)\n  await app.listen()\n}\n`
    expect(judged(`${text}const app = Fastify()\n${end}\n`)).toBe(expected)
  })

  it.each([
    ['an argument', 'async function start(port = 3000) {\n  app.register(users)\n  await app.listen({ port })\n}'],
    [
      'a return',
      'async function start() {\n  if (process.argv[2]) return\n  app.register(users)\n  await app.listen()\n}',
    ],
    ['this', 'async function start() {\n  app.register(users, this)\n  await app.listen()\n}'],
    [
      'a name of the module',
      'const port = 1\nasync function start() {\n  const port = 2\n  app.register(users, { port })\n  await app.listen()\n}',
    ],
    [
      'a name of a global',
      'async function start() {\n  const process = {}\n  app.register(users, process)\n  await app.listen()\n}\nprocess.title = "a"',
    ],
    [
      'an error that is caught',
      'async function start() {\n  try {\n    app.register(users)\n    await app.listen()\n  } catch {\n    process.exit(1)\n  }\n}',
    ],
    ['a line with more on it', 'async function start() { app.register(users); await app.listen() }'],
    ['a start before it', 'async function start() {\n  await app.listen()\n  app.register(users)\n}'],
  ])('stays with %s', (_, start) => {
    expect(judged(`${IMPORTS}const app = Fastify()\n${start}\nstart()\n`)).toMatch(/^leave built-and-served /)
  })

  it('says where, as the module is', () => {
    const text = `${IMPORTS}import { connect } from './db.js'\nasync function start() {\n  const app = Fastify()\n  app.register(users)\n  const seen = []\n  app.get('/', () => seen.push(1))\n  await app.listen()\n}\nstart()\n`
    expect(judged(text)).toBe('suggest memory-state `seen` (`src/server.js:7`)')
  })
})
