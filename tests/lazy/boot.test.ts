import { describe, expect, it } from 'vitest'
import { createFileTree } from '../../src/edits/tree.ts'
import { planLevel } from '../../src/lazy/levels.ts'
import { readProject } from '../../src/project/open.ts'
import { directoryWith } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>

/** Each candidate at the level of the application, as `verdict reason detail`. */
function judged(framework: string, files: Files): string[] {
  const manifest = {
    name: 'app',
    type: 'module',
    scripts: { dev: 'node src/server.js' },
    dependencies: { [framework]: '^5.0.0' },
  }
  const server = { 'src/server.js': "import { app } from './app.js'\napp.listen({ port: 3000, host: '::' })\n" }
  const root = directoryWith({ 'package.json': JSON.stringify(manifest), ...server, ...files })
  return planLevel('app', readProject(root), createFileTree()).files.flatMap(({ candidates }) =>
    candidates.map(({ verdict, reason, detail }) => `${verdict} ${reason} ${detail}`),
  )
}

const SETUP = 'export function setup(app) { BODY }'
const JOBS = 'export class Jobs { setup(app) { BODY } }'

/** How a module comes to a function of another one, by an import and statements; `BODY` is what the function does. */
const WAYS: readonly [string, string, string, Files][] = [
  ['a function', "import { setup } from './jobs.js'", 'setup(app)', { 'src/jobs.js': SETUP }],
  [
    'a constant',
    "import { setup } from './jobs.js'",
    'setup(app)',
    { 'src/jobs.js': 'export const setup = (app) => { BODY }' },
  ],
  [
    'a default export',
    "import setup from './jobs.js'",
    'setup(app)',
    { 'src/jobs.js': 'export default (app) => { BODY }' },
  ],
  [
    'another name',
    "import { setup } from './jobs.js'",
    'setup(app)',
    { 'src/jobs.js': 'function run(app) { BODY }\nexport { run as setup }' },
  ],
  ['a namespace', "import * as jobs from './jobs.js'", 'jobs.setup(app)', { 'src/jobs.js': SETUP }],
  [
    'a method of an object',
    "import { jobs } from './jobs.js'",
    'jobs.setup(app)',
    { 'src/jobs.js': 'export const jobs = { setup(app) { BODY } }' },
  ],
  [
    'a property of a default export',
    "import jobs from './jobs.js'",
    'jobs.setup(app)',
    { 'src/jobs.js': 'function setup(app) { BODY }\nexport default { setup }' },
  ],
  [
    'a static method',
    "import { Jobs } from './jobs.js'",
    'Jobs.setup(app)',
    { 'src/jobs.js': 'export class Jobs { static setup(app) { BODY } }' },
  ],
  [
    'an instance',
    "import { Jobs } from './jobs.js'",
    'const jobs = new Jobs()\njobs.setup(app)',
    { 'src/jobs.js': JOBS },
  ],
  [
    'an instance of a class of a third module',
    "import { jobs } from './jobs.js'",
    'jobs.setup(app)',
    { 'src/jobs.js': "import { Jobs } from './third.js'\nexport const jobs = new Jobs()", 'src/third.js': JOBS },
  ],
  [
    'a constructor',
    "import { Jobs } from './jobs.js'",
    'new Jobs(app)',
    { 'src/jobs.js': 'export class Jobs { constructor(app) { BODY } }' },
  ],
  [
    'an import that is awaited',
    '',
    "const { setup } = await import('./jobs.js')\nsetup(app)",
    { 'src/jobs.js': SETUP },
  ],
  [
    'a name that is exported again',
    "import { setup } from './jobs.js'",
    'setup(app)',
    { 'src/jobs.js': "export { setup } from './third.js'", 'src/third.js': SETUP },
  ],
  [
    'a namespace that is exported again',
    "import { third } from './jobs.js'",
    'third.setup(app)',
    { 'src/jobs.js': "export * as third from './third.js'", 'src/third.js': SETUP },
  ],
  [
    'a wrapper',
    "import { setup } from './jobs.js'",
    'setup(app)',
    { 'src/jobs.js': "import { once } from 'lodash-es'\nexport const setup = once((app) => { BODY })" },
  ],
  [
    'constants that name each other',
    "import { setup } from './jobs.js'",
    'setup(app)',
    { 'src/jobs.js': 'export var setup = pick(other, (app) => { BODY })\nvar other = pick(setup)' },
  ],
  ['a class of the module', '', 'class Jobs { setup(app) { BODY } }\nnew Jobs().setup(app)', {}],
]

describe.each(WAYS)('by %s', (_, imports, statements, others) => {
  const project = (body: string, app: string): Files =>
    Object.fromEntries(
      Object.entries({ ...others, 'src/app.js': app }).map(([path, text]) => [path, `${text.replace('BODY', body)}\n`]),
    )
  const express = `import express from 'express'\n${imports}\nexport const app = express()\n${statements}`

  it('what runs when a module is loaded is seen to start something', () => {
    expect(judged('express', project('setInterval(() => {}, 1000)', express))).toEqual([
      expect.stringMatching(/^leave resource `setInterval` in /),
    ])
    expect(judged('express', project('app.set("a", 1)', express))).toEqual([expect.stringMatching(/^fix /)])
  })

  it('what runs when a plugin is registered is seen to start something', () => {
    const fastify = `import Fastify from 'fastify'\n${imports}\nexport const app = Fastify()\napp.register(async (app) => {\n${statements}\n})`
    expect(judged('fastify', project('setInterval(() => {}, 1000)', fastify))).toEqual([
      expect.stringMatching(/^suggest resource `setInterval` in /),
    ])
    expect(judged('fastify', project('app.decorate("a", 1)', fastify))).toEqual([expect.stringMatching(/^fix /)])
  })

  it('what is handed the application is seen to add to it late', () => {
    const later = 'setTimeout(() => app.get("/late", () => {}), 10)'
    expect(judged('express', project(later, express))).toEqual([expect.stringMatching(/^suggest adds-later /)])
    expect(judged('express', project('app.get("/", () => {})', express))).toEqual([expect.stringMatching(/^fix /)])
  })
})

describe('what runs when a module is loaded', () => {
  const app = (line: string, imports = "import { setup } from './jobs.js'"): string =>
    `import express from 'express'\n${imports}\nexport const app = express()\n${line}\n`
  const jobs = { 'src/jobs.js': 'export const setup = () => { setInterval(() => {}, 1000) }\n' }

  it.each([
    ';["a"].forEach(setup)',
    'export const ready = Promise.resolve().then(setup)',
    'const start = () => setup()\nstart()',
  ])('is what is called in place: %s', (line) => {
    expect(judged('express', { 'src/app.js': app(line), ...jobs })).toEqual([expect.stringMatching(/^leave resource/)])
  })

  it.each(['app.get("/", setup)', 'const start = () => setup()', 'const other = { setup }'])('is not: %s', (line) => {
    expect(judged('express', { 'src/app.js': app(line), ...jobs })).toEqual([expect.stringMatching(/^fix /)])
  })
})

describe('a module between the application and what is edited', () => {
  const files = (routes: string): Files => ({
    'src/app.js':
      "import express from 'express'\nimport { users } from './routes.js'\nexport const app = express()\napp.use(users)\n",
    'src/routes.js': `${routes}\nexport const users = () => {}\n`,
    'src/jobs.js': 'export const startJobs = () => { setInterval(() => {}, 1000) }\n',
    'src/users.js': 'export const list = () => {}\n',
  })

  it.each([
    ["import { startJobs } from './jobs.js'\nstartJobs()", 'suggest resource `setInterval` in `src/jobs.js:1`'],
    [
      "import { list } from './users.js'\nprocess.on('SIGHUP', list)",
      'suggest resource `process.on` in `src/routes.js:2`',
    ],
  ])('starts again what does something by itself: %s', (routes, expected) => {
    expect(judged('express', files(routes))).toEqual([expected])
  })

  it.each([
    // Only its own edit makes these again: it is said, by notes.
    "process.on('SIGHUP', () => {})",
    "import { list } from './users.js'\nimport pg from 'pg'\nexport const pool = new pg.Pool({ list })",
    "import { list } from './users.js'\nconst timer = setInterval(list, 1000)\nimport.meta.hot?.dispose(() => clearInterval(timer))",
  ])('does not: %s', (routes) => {
    expect(judged('express', files(routes))).toEqual([expect.stringMatching(/^fix /)])
  })
})

describe('a router below the application', () => {
  const app =
    "import express from 'express'\nimport { users } from './users.js'\nexport const app = express()\napp.use(users)\n"
  const users = (line: string): Files => ({
    'src/app.js': app,
    'src/users.js': `import { Router } from 'express'\nexport const users = Router()\n${line}\n`,
  })

  it.each([
    "import('./more.js').then(({ list }) => users.get('/', list))",
    "const add = async () => { await null; users.get('/', () => {}) }\nadd()",
  ])('is not done at the first request after an edit: %s', (line) => {
    expect(judged('express', users(line))).toEqual(['suggest adds-later `src/users.js:3`'])
  })

  it.each([
    "const { list } = await import('./more.js')\nusers.get('/', list)",
    "users.get('/', async () => { await null; users.stack.length })",
    "export async function build() {\n  const router = Router()\n  await null\n  router.get('/', () => {})\n  return router\n}",
  ])('is done: %s', (line) => {
    expect(judged('express', users(line))).toEqual([expect.stringMatching(/^fix /)])
  })
})

describe('a plugin of the project', () => {
  const files = (body: string): Files => ({
    'src/app.js':
      "import Fastify from 'fastify'\nimport { db } from './db.js'\nexport const app = Fastify()\napp.register(db)\n",
    'src/db.js': `import pg from 'pg'\nexport async function db(app) {\n${body}\n}\n`,
  })

  it.each([
    'app.decorate("db", new pg.Pool())',
    'const pool = new pg.Pool()\napp.decorate("db", pool)\napp.addHook("onClose", () => pool.end())',
  ])('connects for each application, of which none is closed: %s', (body) => {
    expect(judged('fastify', files(body))).toEqual(['suggest resource `new pg.Pool` in `src/db.js:3`'])
  })

  it('does not', () => {
    expect(judged('fastify', files('app.decorate("connect", () => new pg.Pool())'))).toEqual([
      expect.stringMatching(/^fix /),
    ])
  })
})
