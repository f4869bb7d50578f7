import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../src/edits/text.ts'
import { analyseProject } from '../../src/lazy/project-plan.ts'
import { readProject } from '../../src/project/open.ts'
import { directoryWith } from '../cli/run.ts'

type Files = Readonly<Record<string, string>>

interface Planned {
  /** The text with all fixes. */
  readonly text: string
  /** `list: fix`, `list: leave used-as-value`; what is lazy already left out. */
  readonly verdicts: readonly string[]
}

const DEPENDENCIES = {
  express5: { express: '^5.1.0' },
  express4: { express: '^4.21.0' },
  fastify: { fastify: '^5.4.0' },
  hono: { hono: '^4.8.0' },
  koa: { koa: '^3.0.0', '@koa/router': '^14.0.0' },
} as const

/** Plans src/routes.{js,ts} of a project, and again what that made of it, which must hold no fix. */
function planned(
  files: Files,
  framework: keyof typeof DEPENDENCIES = 'express5',
  scripts: Readonly<Record<string, string>> = {},
): Planned {
  const file = Object.keys(files).find((name) => /^src\/routes\.[jt]sx?$/.test(name)) ?? ''
  const extension = file.endsWith('.js') ? 'js' : 'ts'
  const manifest = {
    type: 'module',
    scripts: { dev: `tsx watch src/server.${extension}`, ...scripts },
    dependencies: DEPENDENCIES[framework],
  }
  const root = directoryWith({
    'package.json': JSON.stringify(manifest),
    [`src/server.${extension}`]: `import './routes.js'\n`,
    ...files,
  })
  const path = join(root, file)
  const plan = (): Planned => {
    const analysis = analyseProject(readProject(root))
    const found = analysis.planFile(path)
    if (!found) return { text: files[file] ?? '', verdicts: [] }
    if ('message' in found) throw new Error(`${found.message} in\n${files[file]}`)
    const candidates = analysis.settle(path, found.candidates)
    const fixes = candidates.filter(({ verdict }) => verdict === 'fix')
    return {
      text: applyEdits(
        found.text,
        fixes.flatMap(({ edits }) => edits),
      ),
      verdicts: candidates
        .filter(({ verdict }) => verdict !== 'done')
        .map(({ names, verdict, reason }) => {
          const said = verdict === 'fix' && reason === 'every-use-is-lazy' ? 'fix' : `${verdict} ${reason}`
          return `${names.join()}: ${said}`
        }),
    }
  }
  const first = plan()
  writeFileSync(path, first.text)
  const second = plan()
  expect(second.verdicts.filter((verdict) => verdict.includes(': fix'))).toEqual([])
  return first
}

const USERS = `export const list = async (req, res) => {
  res.json([])
}
export const all = async (req, res, next) => {
  next()
}
export const rows = [list]
export const make = () => list
`

const HEAD = `import express, { Router } from 'express'
import { list } from './users.js'
`

/** What becomes of `list` in a module of Express. */
function ofList(body: string, more: Files = {}): string {
  const { verdicts } = planned({ 'src/users.js': USERS, 'src/routes.js': HEAD + body, ...more })
  return verdicts.find((verdict) => verdict.startsWith('list: '))?.slice('list: '.length) ?? 'none'
}

/** The last line of a module that imports `names` of users.js and ends with `body`; the verdicts where nothing changes. */
function lastLine(
  names: string,
  body: string,
  users = USERS,
  framework: keyof typeof DEPENDENCIES = 'express5',
): string {
  const input = `import ${names} from './users.js'\n${body}\n`
  const { text, verdicts } = planned({ 'src/users.js': users, 'src/routes.js': input }, framework)
  return text === input ? verdicts.join('; ') : (text.trimEnd().split('\n').at(-1) ?? '')
}

describe('receivers', () => {
  it.each([
    ["const app = express()\napp.get('/', list)"],
    ["const router = express.Router({ mergeParams: true })\nrouter.get('/', list)"],
    ["export default Router().get('/', list)"],
    ["const router = Router()\nrouter.route('/').all((req, res, next) => next()).get(list)"],
    ["router.get('/', list)"],
    ["app.get('/', list)"],
    ["class Users {\n  router = Router()\n  constructor() {\n    this.router.get('/', list)\n  }\n}"],
    ["class Users {\n  constructor() {\n    this.router = Router()\n    this.router.get('/', list)\n  }\n}"],
    ["class Users {\n  router = Router()\n  add() {\n    [1].forEach(() => this.router.get('/', list))\n  }\n}"],
  ])('%j', (body) => {
    expect(ofList(body)).toBe('fix')
  })

  it.each([
    ["const map = new Map()\nmap.get('/', list)"],
    ["cache.get('/', list)"],
    ["let app = express()\napp = new Map()\napp.get('/', list)"],
    ["export default (app) => {\n  app.get('/', list)\n}"],
    ["const app = express()\nexport const add = (app) => app.get('/', list)"],
    ["const app = express()\napp.set('list', list)"],
    ["class Users {\n  router = new Map()\n  add() {\n    this.router.get('/', list)\n  }\n}"],
    [
      "class Users {\n  router = Router()\n  add() {\n    this.router = new Map()\n    this.router.get('/', list)\n  }\n}",
    ],
    [
      "class Users {\n  router = Router()\n  add() {\n    return function () {\n      this.router.get('/', list)\n    }\n  }\n}",
    ],
  ])('none: %j', (body) => {
    expect(ofList(body)).toBe('none')
  })

  it.each([
    ["import { router } from './router.js'\nrouter.get('/', list)", 'export const router = Router()'],
    ["import router from './router.js'\nrouter.get('/', list)", 'const router = Router()\nexport default router'],
    [
      "import { make } from './router.js'\nconst router = make()\nrouter.get('/', list)",
      'export const make = () => Router()',
    ],
    [
      "import make from './router.js'\nmake().get('/', list)",
      'export default function make() {\n  const router = Router()\n  router.use(express.json())\n  return router\n}',
    ],
  ])('of another module: %j', (body, router) => {
    expect(ofList(body, { 'src/router.js': `import express, { Router } from 'express'\n${router}\n` })).toBe('fix')
  })

  it.each([
    ["import { router } from './router.js'\nrouter.get('/', list)", 'export const router = new Map()'],
    [
      "import { router } from './router.js'\nrouter.get('/', list)",
      "import { router } from 'other'\nexport { router }",
    ],
    ["import { axios } from './router.js'\naxios.get('/', list)", 'export const axios = client.create()'],
  ])('of another module, none: %j from %j', (body, router) => {
    expect(ofList(body, { 'src/router.js': `${router}\n` })).toBe('none')
  })

  it('by annotation, of the framework only', () => {
    const users = 'export const list = (req: any, res: any) => {}\n'
    const plan = (type: string): readonly string[] =>
      planned({
        'src/users.ts': users,
        'src/routes.ts': `import type { Application } from 'express'\nimport type { Cache } from './cache.js'\nimport { list } from './users.js'\nexport default (app: ${type}) => {\n  app.get('/', list)\n}\n`,
        'src/cache.ts': 'export interface Cache {}\n',
      }).verdicts
    expect(plan('Application')).toEqual(['list: fix'])
    expect(plan('Cache')).toEqual([])
    expect(plan('any')).toEqual([])
  })

  it('of Fastify: plugins by what they are handed to, and by the conventional name', () => {
    const users = 'export const list = async (req, reply) => []\n'
    const plan = (body: string): readonly string[] =>
      planned(
        {
          'src/users.js': users,
          'src/routes.js': `import Fastify from 'fastify'\nimport { list } from './users.js'\n${body}\n`,
        },
        'fastify',
      ).verdicts
    expect(plan("Fastify().get('/', list)")).toEqual(['list: fix'])
    expect(plan("const app = Fastify()\napp.register(async (child) => {\n  child.get('/', list)\n})")).toEqual([
      'list: fix',
    ])
    expect(plan("export default async function (fastify) {\n  fastify.get('/', list)\n}")).toEqual(['list: fix'])
    expect(plan("export default async function (instance) {\n  instance.get('/', list)\n}")).toEqual([])
    expect(plan("const app = Fastify()\napp.ready((child) => {\n  child.get('/', list)\n})")).toEqual([])
  })

  it('of Hono: chains, base paths, and an application that a function of the project makes', () => {
    const files = {
      'src/users.js': 'export const list = (c) => c.json([])\n',
      'src/app.js':
        "import { OpenAPIHono } from '@hono/zod-openapi'\nexport function createRouter() {\n  return new OpenAPIHono({ strict: false })\n}\n",
    }
    const plan = (body: string): string => planned({ ...files, 'src/routes.js': body }, 'hono').text
    expect(
      plan(
        "import { Hono } from 'hono'\nimport { list } from './users.js'\nexport default new Hono().basePath('/users').get('/', list)\n",
      ),
    ).toContain("get('/', async (c) => (await users()).list(c))")
    expect(
      plan(
        "import { createRouter } from './app.js'\nimport { list } from './users.js'\nexport default createRouter().openapi({}, list)\n",
      ),
    ).toContain('openapi({}, async (c) => (await users()).list(c))')
  })
})

describe('what is registered', () => {
  it.each([
    ["app.get('/', list)", "app.get('/', async (req, res) => (await users()).list(req, res))"],
    [
      "app.get('/', list, list)",
      "app.get('/', async (req, res) => (await users()).list(req, res), async (req, res) => (await users()).list(req, res))",
    ],
    [
      "app.use('/', [list, [list]])",
      "app.use('/', [async (req, res) => (await users()).list(req, res), [async (req, res) => (await users()).list(req, res)]])",
    ],
    ["app.get('/', ...others, list)", "app.get('/', ...others, async (req, res) => (await users()).list(req, res))"],
    ["app.get('/', (list))", "app.get('/', (async (req, res) => (await users()).list(req, res)))"],
  ])('%s', (before, after) => {
    expect(lastLine('{ list }', before)).toBe(after)
  })

  it.each([
    ["app.get('/', list())", '{ list }', 'list: leave factory'],
    ["app.get('/', make('admin'))", '{ make }', 'make: leave factory'],
    ["app.get('/', ...rows)", '{ rows }', 'rows: leave spread'],
    ["app.get('/', rows)", '{ rows }', 'rows: leave not-a-function'],
    ['const guards = [list]\napp.use(guards)', '{ list }', 'list: leave indirect'],
    ['const handler = list\napp.use(handler)', '{ list }', 'list: leave indirect'],
    ["app.get('/', list)\nlist()", '{ list }', 'list: leave used-as-value'],
    ["app.get('/', list)\nexport { list }", '{ list }', 'list: leave used-as-value'],
    ["app.get('/', list)\nconsole.log(rows)", '{ list, rows }', 'list: leave mixed-declaration'],
    ["app.get('/', all /* of them */ .bind(null))", '{ all }', ''],
    ["app.get('/', on ? list : all)", '{ list, all }', ''],
    ["app.get('/', (req, res) => list(req, res))", '{ list }', ''],
    ["app.get('/', list?.handler)", '{ list }', ''],
    ["app.get('/', missing)", '{ missing }', 'missing: leave unknown-target'],
  ])('left: %s', (before, names, verdicts) => {
    expect(lastLine(names, before)).toBe(verdicts)
  })

  it.each([
    ["app.get('/', users.list)", 'users'],
    ["app.get('/', users['list'])", 'users'],
    ["app.get('/', users.list)", '* as users'],
  ])('a member: %s of %s', (before, names) => {
    const users = 'export const list = (req, res) => {}\nexport default { list }\n'
    expect(lastLine(names, before, users)).toBe("app.get('/', async (req, res) => (await users()).list(req, res))")
  })

  it.each([
    ['export const users = { list(req, res) {} }', "app.get('/', users.list)"],
    ['export class users {\n  static list(req, res) {}\n}', "app.get('/', users.list)"],
    [
      'class Users {\n  list = (req, res) => {\n    this.hits += 1\n  }\n}\nexport const users = new Users()',
      "app.get('/', users.list)",
    ],
    ['class Users {\n  list(req, res) {}\n}\nexport const users = new Users()', "app.get('/', users.list)"],
    [
      'class Users {\n  list(req, res) {\n    this.hits += 1\n  }\n}\nexport const users = new Users()',
      "app.get('/', users.list.bind(users))",
    ],
    [
      'class Users {\n  constructor() {\n    this.list = this.list.bind(this)\n  }\n  list(req, res) {\n    this.hits += 1\n  }\n}\nexport const users = new Users()',
      "app.get('/', users.list)",
    ],
  ])('a member of what %j exports', (users, before) => {
    expect(lastLine('{ users }', before, users)).toBe(
      "app.get('/', async (req, res) => (await loadUsers()).users.list(req, res))",
    )
  })

  it.each([
    ['export const users = { list(req, res) {\n  this.hits += 1\n} }', "app.get('/', users.list)", 'leave uses-this'],
    [
      'export class users {\n  static list(req, res) {\n    this.hits += 1\n  }\n}',
      "app.get('/', users.list)",
      'leave uses-this',
    ],
    [
      'class Users {\n  list(req, res) {\n    this.hits += 1\n  }\n}\nexport const users = new Users()',
      "app.get('/', users.list)",
      'leave uses-this',
    ],
    [
      'class Users {\n  get list() {\n    return other\n  }\n}\nexport const users = new Users()',
      "app.get('/', users.list)",
      'leave unknown-target',
    ],
    [
      'class Users extends Base {}\nexport const users = new Users()',
      "app.get('/', users.list)",
      'leave unknown-target',
    ],
    ['export const users = { admin: { list(req, res) {} } }', "app.get('/', users.admin.list)", 'leave unknown-target'],
    ['export const users = { list: [a, b] }', "app.get('/', users.list)", 'leave not-a-function'],
    ['export class users {\n  list(req, res) {}\n}', "app.get('/', new users().list)", 'leave constructed-here'],
    [
      'export class users {\n  list(req, res) {}\n}',
      "const made = new users()\napp.get('/', made.list)",
      'leave constructed-here',
    ],
  ])('left, a member of what %j exports: %s', (users, before, verdict) => {
    expect(lastLine('{ users }', before, users)).toBe(`users: ${verdict}`)
  })

  it.each([
    ['export default function (req, res) {}', 'users', "app.get('/', async (req, res) => (await users())(req, res))"],
    ['export default (req, res) => {}', 'users', "app.get('/', async (req, res) => (await users())(req, res))"],
    [
      'export default (req, res) => {}',
      '{ default as users }',
      "app.get('/', async (req, res) => (await loadUsers()).default(req, res))",
    ],
    [
      'export default (req, res) => {}',
      'users, { other }',
      "app.get('/', async (req, res) => (await loadUsers()).default(req, res))",
    ],
  ])('a default export: %s as %s', (target, names, after) => {
    expect(lastLine(names, "app.get('/', users)", target)).toBe(after)
  })

  it('through barrels, which are what is loaded', () => {
    const { text } = planned({
      'src/users.js': USERS,
      'src/controllers.js':
        "export * from './users.js'\nexport * as users from './users.js'\nexport { list as first } from './users.js'\n",
      'src/routes.js': "import { all, first, users } from './controllers.js'\napp.get('/', all, first, users.list)\n",
    })
    expect(text).toBe(
      "const controllers = () => import('./controllers.js')\napp.get('/', async (req, res, next) => (await controllers()).all(req, res, next), async (req, res) => (await controllers()).first(req, res), async (req, res) => (await controllers()).users.list(req, res))\n",
    )
  })
})

describe('the function', () => {
  it.each([
    ['() => {}', 'async () => (await users()).list()'],
    ['(req) => {}', 'async (req) => (await users()).list(req)'],
    ['({ body }, res) => {}', 'async (req, res) => (await users()).list(req, res)'],
    ['(req, res, next = fail) => {}', 'async (req, res, next) => (await users()).list(req, res, next)'],
    ['(...args) => {}', 'async (req, res, next) => (await users()).list(req, res, next)'],
    [
      'function (req) {\n  return arguments.length\n}',
      'async (req, res, next) => (await users()).list(req, res, next)',
    ],
  ])('gets what it takes: %j', (target, after) => {
    expect(lastLine('{ list }', "app.get('/', list)", `export const list = ${target}\n`)).toBe(`app.get('/', ${after})`)
  })

  it.each([
    ['function* (req, res) {}', 'leave not-a-function'],
    ['function (req, res) {\n  this.hits += 1\n}', 'leave uses-this'],
    ['(a, b, c, d, e) => {}', 'leave never-called'],
    ['wrap((req, res) => {})', 'leave unknown-target'],
    ['{ handle() {} }', 'leave not-a-function'],
  ])('left: %j', (target, verdict) => {
    expect(lastLine('{ list }', "app.get('/', list)", `export const list = ${target}\n`)).toBe(`list: ${verdict}`)
  })

  it('is left where it is assigned again, or has properties', () => {
    const use = "app.get('/', list)"
    expect(
      lastLine(
        '{ list }',
        use,
        'export let list = (req, res) => {}\nexport const set = (next) => {\n  list = next\n}\n',
      ),
    ).toBe('list: leave unknown-target')
    expect(lastLine('{ list }', use, 'export const list = (req, res) => {}\nlist.schema = {}\n')).toBe(
      'list: leave function-metadata',
    )
  })

  it('an error handler is one by its four parameters', () => {
    const use = 'app.use(list)'
    expect(lastLine('{ list }', use, 'export const list = (err, req, res, next) => {}\n')).toBe(
      'app.use(async (err, req, res, next) => (await users()).list(err, req, res, next))',
    )
    expect(lastLine('{ list }', use, 'export const list = (err, req, res, next = fail) => {}\n')).toBe(
      'app.use(async (req, res, next) => (await users()).list(req, res, next))',
    )
  })

  it.each([
    ['(req, res, next, id) => {}', 'async (req, res, next, value) => (await users()).list(req, res, next, value)'],
    [
      '(req, res, next, id, name) => {}',
      'async (req, res, next, value, name) => (await users()).list(req, res, next, value, name)',
    ],
  ])('of a parameter of the path: %s', (target, after) => {
    expect(lastLine('{ list }', "app.param('id', list)", `export const list = ${target}\n`)).toBe(
      `app.param('id', ${after})`,
    )
  })

  it('on Express 4 forwards what it throws', () => {
    expect(lastLine('{ list }', "app.get('/', list)", 'export const list = () => {}\n', 'express4')).toBe(
      "app.get('/', (req, res, next) => { users().then((m) => m.list()).catch(next) })",
    )
    expect(lastLine('{ list }', 'app.use(list)', 'export const list = (err, req, res, next) => {}\n', 'express4')).toBe(
      'app.use((err, req, res, next) => { users().then((m) => m.list(err, req, res, next)).catch(next) })',
    )
  })
})

describe('wrappers', () => {
  const wrapped = (wrapper: string, framework: keyof typeof DEPENDENCIES = 'express5'): string =>
    lastLine('{ all }', `const wrap = ${wrapper}\napp.get('/', wrap(all))`, USERS, framework)
  const after = "app.get('/', wrap(async (req, res, next) => (await users()).all(req, res, next)))"

  it.each([
    ['(fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)'],
    ['(fn) => (req, res, next) => fn(req, res, next).catch(next)'],
    ['(fn) => async (req, res, next) => { try { await fn(req, res, next) } catch (error) { next(error) } }'],
    ['(fn) => { return (req, res, next) => fn(req, res).then((rows) => res.json(rows)).catch(next) }'],
  ])('%s', (wrapper) => {
    expect(wrapped(wrapper)).toBe(after)
    expect(wrapped(wrapper, 'express4')).toBe(after)
  })

  it('that hands a promise on is right where the framework awaits it', () => {
    const wrapper = '(fn) => (req, res, next) => fn(req, res, next)'
    expect(wrapped(wrapper)).toBe(after)
    expect(wrapped(wrapper, 'express4')).toBe('all: leave unknown-wrapper')
  })

  it.each([
    ['(fn) => (req, res, next) => { try { fn(req, res, next) } catch (error) { next(error) } }'],
    ['(fn) => (req, res) => res.json(fn(req))'],
    ['(fn) => (req, res, next) => fn.length > 2 ? fn(req, res, next) : fn(req, res)'],
    ['(fn) => { const made = fn(); return () => made }'],
    ['memoise'],
  ])('left: %s', (wrapper) => {
    expect(wrapped(wrapper)).toBe('all: leave unknown-wrapper')
  })

  it('what gets no function is none', () => {
    expect(lastLine('{ all }', "app.get('/', validate(all))")).toBe('all: leave unknown-wrapper')
    expect(lastLine('{ rows }', "app.get('/', validate(rows))")).toBe('')
    expect(lastLine('* as users', "app.get('/', validate(users.rows))")).toBe('')
  })

  it('of another module, and of a package', () => {
    const routes = (from: string): string =>
      `import asyncHandler from '${from}'\nimport { list } from './users.js'\napp.get('/', asyncHandler(list))\n`
    const plan = (from: string, wrapper = ''): readonly string[] =>
      planned({ 'src/users.js': USERS, 'src/wrap.js': wrapper, 'src/routes.js': routes(from) }).verdicts
    const own = (body: string): string => `export default (fn) => (req, res, next) => ${body}\n`
    expect(plan('express-async-handler')).toEqual(['list: fix'])
    expect(plan('some-memoiser')).toEqual(['list: leave unknown-wrapper'])
    expect(plan('./wrap.js', own('Promise.resolve(fn(req, res, next)).catch(next)'))).toContain('list: fix')
    expect(plan('./wrap.js', own('{ fn(req, res, next) }'))).not.toContain('list: fix')
  })

  it('that the target is exported through', () => {
    const use = "app.get('/', list)"
    const own = 'const wrap = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)\n'
    expect(lastLine('{ list }', use, `${own}export const list = wrap(async (req, res) => {})\n`)).toBe(
      "app.get('/', async (req, res, next) => (await users()).list(req, res, next))",
    )
    const pair = 'const wrap = (fn) => [fn, fn]\n'
    expect(lastLine('{ list }', use, `${pair}export const list = wrap(async (req, res) => {})\n`)).toBe(
      'list: leave unknown-target',
    )
  })
})

describe('Fastify', () => {
  const after = (target: string, use = "app.get('/', list)"): string =>
    lastLine('{ list }', use, `export ${target}\n`, 'fastify')

  it.each([
    [
      'async function list(req, reply) {}',
      'async function (req, reply) { return (await users()).list.call(this, req, reply) }',
    ],
    ['const list = async (req, reply) => []', 'async (req, reply) => (await users()).list(req, reply)'],
    ['const list = (req, reply) => ({ rows: [] })', 'async (req, reply) => (await users()).list(req, reply)'],
    ['const list = (req, reply) => reply.code(201).send([])', 'async (req, reply) => (await users()).list(req, reply)'],
    [
      'const list = (req, reply) => { find((rows) => reply.send(rows)) }',
      'async (req, reply) => { (await users()).list(req, reply); return reply }',
    ],
    [
      'const list = (req, reply) => find((rows) => reply.send(rows))',
      'async (req, reply) => { const result = (await users()).list(req, reply); return result === undefined ? reply : result }',
    ],
    [
      'const list = (req, reply) => { if (req.id) return []; reply.send([]) }',
      'async (req, reply) => { const result = (await users()).list(req, reply); return result === undefined ? reply : result }',
    ],
    ['const list = () => { setTimeout(done) }', 'async (req, reply) => { (await users()).list(); return reply }'],
  ])('a handler: %s', (target, wrapper) => {
    expect(after(target)).toBe(`app.get('/', ${wrapper})`)
  })

  it.each([
    [
      "app.get('/', { schema, handler: list })",
      "app.get('/', { schema, handler: async (req, reply) => (await users()).list(req, reply) })",
    ],
    [
      "app.route({ method: 'GET', url: '/', handler: list })",
      "app.route({ method: 'GET', url: '/', handler: async (req, reply) => (await users()).list(req, reply) })",
    ],
    [
      "app.get('/', { preHandler: [list] }, async () => [])",
      "app.get('/', { preHandler: [async (req, reply) => (await users()).list(req, reply)] }, async () => [])",
    ],
    ['app.setNotFoundHandler(list)', 'app.setNotFoundHandler(async (req, reply) => (await users()).list(req, reply))'],
  ])('in its place: %s', (before, text) => {
    expect(after('const list = async (req, reply) => []', before)).toBe(text)
  })

  it.each([
    ["app.addHook('onReady', list)"],
    ["app.addHook('onRoute', list)"],
    ["app.addHook('onClose', list)"],
    ["app.decorate('list', list)"],
    ['app.register(list)'],
    ["app.addContentTypeParser('text/csv', list)"],
    ["app.get('/', { errorHandler: list }, async () => [])"],
  ])('left, as it runs at boot or is looked at: %s', (before) => {
    expect(after('const list = async (req, reply) => []', before)).toBe('')
  })

  it('a property of its name in short', () => {
    const users = 'export const handler = async (req, reply) => []\n'
    expect(lastLine('{ handler }', "app.route({ method: 'GET', url: '/', handler })", users, 'fastify')).toBe(
      "app.route({ method: 'GET', url: '/', handler: async (req, reply) => (await users()).handler(req, reply) })",
    )
  })

  it.each([
    [
      'onRequest',
      'const list = (req, reply, done) => done()',
      '(req, reply, done) => { users().then((m) => m.list(req, reply, done)).catch(done) }',
    ],
    [
      'preHandler',
      'function list(req, reply, done) {\n  done(this.error)\n}',
      'function (req, reply, done) { users().then((m) => m.list.call(this, req, reply, done)).catch(done) }',
    ],
    ['onRequest', 'const list = async (req, reply) => {}', 'async (req, reply) => (await users()).list(req, reply)'],
    [
      'onSend',
      'const list = (req, reply, payload, done) => done(null, payload)',
      '(req, reply, payload, done) => { users().then((m) => m.list(req, reply, payload, done)).catch(done) }',
    ],
    [
      'onSend',
      'const list = async (req, reply, payload) => payload',
      'async (req, reply, payload) => (await users()).list(req, reply, payload)',
    ],
    [
      'onError',
      'const list = async (req, reply, error) => {}',
      'async (req, reply, error) => (await users()).list(req, reply, error)',
    ],
  ])('a hook, %s: %s', (hook, target, wrapper) => {
    expect(after(target, `app.addHook('${hook}', list)`)).toBe(`app.addHook('${hook}', ${wrapper})`)
  })

  it.each([
    ['onRequest', 'const list = (req, reply) => {}'],
    ['onRequest', 'const list = async (req, reply, done) => {}'],
    ['onSend', 'const list = (req, reply, done) => done()'],
  ])('left, a hook that is done nobody knows when, %s: %s', (hook, target) => {
    expect(after(target, `app.addHook('${hook}', list)`)).toBe('list: leave hook-arity')
  })
})

describe('Hono and Koa', () => {
  it.each([
    ['hono', "app.get('/', list)", '(c) => c.json([])', 'async (c) => (await users()).list(c)'],
    ['hono', "app.get('/', list)", '() => new Response()', 'async () => (await users()).list()'],
    [
      'hono',
      'app.onError(list)',
      '(error, c) => c.text(error.message)',
      'async (err, c) => (await users()).list(err, c)',
    ],
    ['hono', "app.on('GET', '/', list)", '(c) => c.json([])', 'async (c) => (await users()).list(c)'],
    ['koa', "router.get('/', list)", 'async (ctx) => {}', 'async (ctx) => (await users()).list(ctx)'],
    [
      'koa',
      "router.get('users', '/', list)",
      'async (ctx, next) => {}',
      'async (ctx, next) => (await users()).list(ctx, next)',
    ],
    [
      'koa',
      'app.use(list)',
      'async (ctx, next) => await next()',
      'async (ctx, next) => (await users()).list(ctx, next)',
    ],
    [
      'koa',
      "router.param('id', list)",
      'async (id, ctx, next) => next()',
      'async (value, ctx, next) => (await users()).list(value, ctx, next)',
    ],
  ] as const)('%s: %s of %s', (framework, before, target, wrapper) => {
    const expected = before.replace(/list\)$/, `${wrapper})`)
    expect(lastLine('{ list }', before, `export const list = ${target}\n`, framework)).toBe(expected)
  })

  it.each([
    ['hono', "app.route('/users', list)", 'new Hono()'],
    ['hono', "app.get('/', ...list)", 'factory.createHandlers((c) => c.json([]))'],
    ['koa', 'app.use(list.routes())', 'new Router()'],
  ] as const)('left, %s: %s', (framework, before, target) => {
    const users = `import { Hono } from 'hono'\nimport Router from '@koa/router'\nexport const list = ${target}\n`
    expect(lastLine('{ list }', before, users, framework)).not.toContain('import(')
  })
})

describe('the constant', () => {
  const constant = (specifier: string, body: string, target = specifier): string => {
    const { text } = planned({
      [`src/${target.replace('./', '')}`]: USERS,
      'src/routes.js': `import { list } from '${specifier}'\n${body}app.get('/', list)\n`,
    })
    return /const (\S+) = \(\) => import/.exec(text)?.[1] ?? text
  }

  it.each([
    ['./users.controller.js', 'usersController'],
    ['./users-controller.js', 'usersController'],
    ['./users_controller.js', 'usersController'],
    ['./UsersController.js', 'usersController'],
    ['./users/index.js', 'users'],
    ['./404.js', 'load404'],
    ['./new.js', 'loadNew'],
    ['./process.js', 'loadProcess'],
    ['./await.js', 'loadAwait'],
    ['./req.js', 'loadReq'],
    ['./next.js', 'loadNext'],
    ['./m.js', 'loadM'],
    ['./args.js', 'loadArgs'],
    ['./list.js', 'loadList'],
    ['./[id].js', 'id'],
    ['./größe.js', 'größe'],
  ])('for %s: %s', (specifier, name) => {
    expect(constant(specifier, '')).toBe(name)
  })

  it.each([
    ['./users.js', 'const users = []\n', 'loadUsers'],
    ['./users.js', 'export const find = (users) => users\n', 'loadUsers'],
    ['./users.js', 'console.log(users)\n', 'loadUsers'],
    ['./users.js', 'const users = []\nconst loadUsers = () => users\n', 'loadUsers2'],
    ['./admin/users.js', 'const users = []\n', 'adminUsers'],
    ['./users.js', 'users: for (;;) break users\n', 'users'],
  ])('for %s where %j stands: %s', (specifier, body, name) => {
    expect(constant(specifier, body)).toBe(name)
  })

  it('of two modules of one name', () => {
    const { text } = planned({
      'src/a/users.js': USERS,
      'src/b/users.js': USERS,
      'src/routes.js':
        "import { list } from './a/users.js'\nimport { all } from './b/users.js'\napp.get('/', all, list)\n",
    })
    expect(text).toContain("const users = () => import('./a/users.js')\nconst bUsers = () => import('./b/users.js')\n")
  })

  it('of a namespace or a default keeps its name, unless a parameter hides it', () => {
    expect(lastLine('* as users', "app.get('/', users.list)")).toContain('(await users()).list(')
    expect(lastLine('* as next', "app.get('/', next.list)")).toContain('(await users()).list(')
    const target = 'export default (req, res) => {}\n'
    expect(lastLine('handler', "app.get('/', handler)", target)).toContain('(await handler())(')
    expect(lastLine('next', "app.get('/', next)", target)).toContain('(await users()).default(')
  })
})

describe('the text around', () => {
  const text = (before: string): string => planned({ 'src/users.js': USERS, 'src/routes.js': before }).text
  const USE = "app.get('/', list)"
  const LAZY = "app.get('/', async (req, res) => (await users()).list(req, res))"

  it.each([
    [`import { list } from './users.js';\n${USE};\n`, `const users = () => import('./users.js');\n${LAZY};\n`],
    [`import { list } from "./users.js"\r\n${USE}\r\n`, `const users = () => import("./users.js")\r\n${LAZY}\r\n`],
    [`\ufeffimport { list } from './users.js'\n${USE}\n`, `\ufeffconst users = () => import('./users.js')\n${LAZY}\n`],
    [
      `#!/usr/bin/env node\nimport { list } from './users.js'\n${USE}\n`,
      `#!/usr/bin/env node\nconst users = () => import('./users.js')\n${LAZY}\n`,
    ],
    [
      `'use strict'\nimport { list } from './users.js'\n${USE}\n`,
      `'use strict'\nconst users = () => import('./users.js')\n${LAZY}\n`,
    ],
    [`import{list}from'./users.js';${USE}`, `const users = () => import('./users.js');${LAZY}`],
    [
      `import { list } from './users.js' // all of them\n${USE}\n`,
      `const users = () => import('./users.js') // all of them\n${LAZY}\n`,
    ],
    [
      `import {\n  list,\n  rows,\n} from './users.js'\n${USE}\n`,
      `const users = () => import('./users.js')\n${LAZY}\n`,
    ],
    [
      `import { list } from './users.js'\n(() => {})()\n${USE}\n`,
      `const users = () => import('./users.js');\n(() => {})()\n${LAZY}\n`,
    ],
    [
      `import { list } from './users.js'\n[1].map(String)\n${USE}\n`,
      `const users = () => import('./users.js');\n[1].map(String)\n${LAZY}\n`,
    ],
    [
      `import { list } from './users.js'\n;(() => {})()\n${USE}\n`,
      `const users = () => import('./users.js')\n;(() => {})()\n${LAZY}\n`,
    ],
    [`${USE}\nimport { list } from './users.js'\n`, `${LAZY}\nconst users = () => import('./users.js')\n`],
  ])('%j', (before, after) => {
    expect(text(before)).toBe(after)
  })

  it('keeps the comments of the import above the constant', () => {
    const input = `import {\n  list, // all\n  // get,\n} from './users.js'\napp.get('/', list)\n`
    expect(text(input)).toBe(
      `// all\n// get,\nconst users = () => import('./users.js')\napp.get('/', async (req, res) => (await users()).list(req, res))\n`,
    )
  })

  it.each([
    [`import * as list from './users.js'\napp.get('/', list./* of */all)\n`, 'leave comment-inside'],
    [`import { list } from './users.js' with { type: 'module' }\n${USE}\n`, 'leave import-attributes'],
    [`// eslint-disable-next-line import/first\nimport { list } from './users.js'\n${USE}\n`, 'suggest directive'],
    [`// @ts-expect-error no types\nimport { list } from './users.js'\n${USE}\n`, 'suggest directive'],
    [`// all of them\nimport { list } from './users.js'\n${USE}\n`, 'fix'],
  ])('%j: %s', (before, verdict) => {
    expect(planned({ 'src/users.js': USERS, 'src/routes.js': before }).verdicts).toEqual([`list: ${verdict}`])
  })

  it('JSX that hot-hook cannot lex', () => {
    const plan = (element: string): readonly string[] =>
      planned(
        {
          'src/users.ts': 'export const list = (c: any) => c.text(1)\n',
          'src/routes.tsx': `import { list } from './users.js'\napp.get('/', list)\napp.get('/b', (c) => c.html(${element}))\n`,
        },
        'hono',
      ).verdicts
    expect(plan("<p>don't</p>")).toEqual(['list: leave unlexable'])
    expect(plan('<p />')).toEqual(['list: fix'])
  })
})

describe('types beside handlers', () => {
  const TARGET = `import type { Request, Response } from 'express'
export interface User<T = string> {
  id: T
}
export enum Kind {
  admin,
}
export const list = async (req: Request, res: Response) => {
  res.json([])
}
`
  const plan = (before: string): Planned => planned({ 'src/users.ts': TARGET, 'src/routes.ts': before })
  const USE = "app.get('/', list)\n"
  const LAZY = "app.get('/', async (req, res) => (await users()).list(req, res))\n"
  const LOADER = "const users = () => import('./users.js')\n"

  it.each([
    [
      `import { list, type User } from './users.js'\nconst a: User = b\n${USE}`,
      `${LOADER}type User = import('./users.js').User\nconst a: User = b\n${LAZY}`,
    ],
    [
      `import { list, User } from './users.js'\nconst a: User = b\n${USE}`,
      `${LOADER}type User = import('./users.js').User\nconst a: User = b\n${LAZY}`,
    ],
    [
      `import { list, type User } from './users.js'\nconst a: User<number> = b\n${USE}`,
      `${LOADER}const a: import('./users.js').User<number> = b\n${LAZY}`,
    ],
    [
      `import type { User } from './users.js'\nimport { list } from './users.js'\nconst a: User = b\n${USE}`,
      `type User = import('./users.js').User\n${LOADER}const a: User = b\n${LAZY}`,
    ],
    [
      `import { list } from './users.js'\ntype List = typeof list\n${USE}`,
      `${LOADER}type List = (typeof import('./users.js'))['list']\n${LAZY}`,
    ],
    [
      `import { list } from './users.js'\nimport type { User } from './users.js'\nconst a: User = b\n${USE}`,
      `${LOADER}import type { User } from './users.js'\nconst a: User = b\n${LAZY}`,
    ],
  ])('%j', (before, after) => {
    expect(plan(before).text).toBe(after)
  })

  it.each([
    [`import { list, type User } from './users.js'\nexport type { User }\n${USE}`, 'leave qualified-type'],
    [`import { list, type User } from './users.js'\nlet a: User.Inner\n${USE}`, 'leave qualified-type'],
    [
      `import { list, type User } from './users.js'\nclass A implements User<string> {}\n${USE}`,
      'leave qualified-type',
    ],
    [`import { list, Kind } from './users.js'\nlet a: Kind = Kind.admin\n${USE}`, 'leave mixed-declaration'],
    [`import { list, Kind } from './users.js'\nlet a: Kind\n${USE}`, 'fix'],
  ])('%j: %s', (before, verdict) => {
    expect(plan(before).verdicts).toEqual([`list: ${verdict}`])
  })
})

describe('types of the wrapper', () => {
  const IMPORTS =
    "import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express'\n"
  /** What stands in place of `list`, and the lines behind the constant. */
  const typed = (target: string, use = "app.get('/', list)", head = ''): string => {
    const { text, verdicts } = planned({
      'src/users.ts': `${IMPORTS}export const others: RequestHandler[] = []\n${target}\n`,
      'src/routes.ts': `import express from 'express'\n${head}import { list } from './users.js'\nconst app = express()\n${use}\n`,
    })
    return text.includes('import(') ? text.slice(text.indexOf('const users')) : verdicts.join('; ')
  }
  const LOADER = "const users = () => import('./users.js')\n"
  const ALIAS = "type ListParameters = Parameters<typeof import('./users.js').list>\n"
  const APP = 'const app = express()\n'

  it('are those of the place for a function that takes no types of its own', () => {
    expect(typed('export const list = async (req: Request, res: Response) => {}')).toBe(
      `${LOADER}${APP}app.get('/', async (req, res) => (await users()).list(req, res))\n`,
    )
    expect(typed('export const list: RequestHandler = (req, res) => {}')).toBe(
      `${LOADER}${APP}app.get('/', async (req, res, next) => (await users()).list(req, res, next))\n`,
    )
  })

  it.each([
    ['export const list = async (req: Request<{ id: string }>, res: Response) => {}'],
    ['export const list = async (req: Request, res: Response<Row[]>) => {}'],
    ['interface Authenticated extends Request {}\nexport const list = async (req: Authenticated, res: Response) => {}'],
  ])('are those of the function: %j', (target) => {
    expect(typed(target)).toBe(
      `${LOADER}${ALIAS}${APP}app.get('/', async (req: ListParameters[0], res: ListParameters[1]) => (await users()).list(req, res))\n`,
    )
  })

  it.each([
    ["app.get('/', [list])", 'in an array'],
    ["app.get('/', others, list)", 'beside an array'],
    ["app.get('/', validate(), list)", 'beside a call that may give an array'],
    ["app.get('/', list as any)", 'in a cast'],
  ])('%s: those of the function too, %s', (use) => {
    const plain = 'export const list = async (req: Request, res: Response) => {}'
    const head = "import { others } from './others.js'\nimport { validate } from 'some-package'\n"
    expect(typed(plain, use, head)).toContain('async (req: ListParameters[0], res: ListParameters[1]) =>')
  })

  it('of the place beside plain functions, inline ones among them', () => {
    const plain = 'export const list = async (req: Request, res: Response) => {}'
    expect(typed(plain, "app.get('/', (req, res, next) => next(), list)")).toContain('async (req, res) =>')
    expect(typed(plain, "app.use('/users', list)")).toContain('async (req, res) =>')
  })

  it.each([
    ['export const list = <T>(req: Request, res: Response) => {}', "app.get('/', list)", 'suggest generic-handler'],
    [
      'export function list(req: Request): void\nexport function list(req: Request, res?: Response): void {}',
      "app.get('/', list)",
      'suggest generic-handler',
    ],
    ['export const list = (...args: [Request, Response]) => {}', "app.get('/', list)", 'suggest typed-handler'],
    ['export const list: ErrorRequestHandler = (err, req, res) => {}', 'app.use(list)', 'suggest typed-handler'],
    [
      'export const list = (req: Request, res: Response) => {}',
      "app.get('/', list as RequestHandler)",
      'suggest opaque-cast',
    ],
    [
      'export const list = (req: Request<{ id: string }>, res: Response) => {}',
      "app.get('/:id', (req, res, next) => next(), list)",
      'suggest typed-handler',
    ],
  ])('cannot be had: %j in %s', (target, use, verdict) => {
    expect(typed(target, use)).toBe(`list: ${verdict}`)
  })

  it('of an error handler are said by a constant of its name', () => {
    const target = 'export const list = (err: Error, req: Request, res: Response, next: NextFunction) => {}'
    const wrapper = 'async (err, req, res, next) => (await users()).list(err, req, res, next)'
    expect(typed(target, "app.use(list)\napp.use('/b', list)")).toBe(
      `${LOADER}const list: ErrorRequestHandler = ${wrapper}\n${APP}app.use(list)\napp.use('/b', list)\n`,
    )
    expect(typed(target, 'app.use(list)', "import type { ErrorRequestHandler as Handler } from 'express'\n")).toContain(
      `const list: Handler = ${wrapper}`,
    )
    expect(typed(target, 'app.use(list)', 'type ErrorRequestHandler = never\n')).toContain(
      `const list: import('express').ErrorRequestHandler = ${wrapper}`,
    )
  })

  it('of two error handlers are imported once', () => {
    const target = `${IMPORTS}export const one: ErrorRequestHandler = (err, req, res, next) => {}\nexport const two: ErrorRequestHandler = (err, req, res, next) => {}\n`
    const plan = (imports: string): string =>
      planned({
        'src/users.ts': target,
        'src/posts.ts': target,
        'src/routes.ts': `${imports}app.use(one)\napp.use(two)\n`,
      }).text
    const count = (text: string): number => text.split('import type {').length - 1
    expect(count(plan("import { one, two } from './users.js'\n"))).toBe(1)
    expect(count(plan("import { one } from './users.js'\nimport { two } from './posts.js'\n"))).toBe(1)
  })

  it('of an error handler that is a default export, or a member', () => {
    const target = `${IMPORTS}export const list = (err: Error, req: Request, res: Response, next: NextFunction) => {}\nexport default list\n`
    const plan = (routes: string): string => planned({ 'src/users.ts': target, 'src/routes.ts': routes }).text
    expect(plan("import list from './users.js'\napp.use(list)\n")).toBe(
      "import type { ErrorRequestHandler } from 'express'\nconst users = () => import('./users.js')\nconst list: ErrorRequestHandler = async (err, req, res, next) => (await users()).default(err, req, res, next)\napp.use(list)\n",
    )
    expect(plan("import * as errors from './users.js'\napp.use(errors.list)\n")).toContain(
      'app.use(async (err: ListParameters[0], req: ListParameters[1], res: ListParameters[2], next: ListParameters[3]) =>',
    )
  })
})

describe('what else the project does', () => {
  const ROUTES = "import { list } from './users.js'\napp.get('/', list)\n"

  it('side effects of the target load it at boot too', () => {
    const { text, verdicts } = planned({
      'src/users.js': `${USERS}setInterval(() => {}, 1000).unref()\n`,
      'src/routes.js': ROUTES,
    })
    expect(verdicts).toEqual(['list: fix preloaded'])
    expect(text).toContain("const users = () => import('./users.js')\nawait users()\n")
  })

  it('and where the module system has no await at the top level, they are only suggested', () => {
    const { verdicts } = planned({
      'tsconfig.json': '{ "compilerOptions": { "module": "commonjs", "target": "es2017" } }',
      'src/users.ts': 'export const list = (req: any, res: any) => {}\nsetInterval(() => {}, 1000).unref()\n',
      'src/routes.ts': ROUTES,
    })
    expect(verdicts).toEqual(['list: suggest side-effects'])
  })

  it.each([
    ['tsup src/server.ts', 'suggest side-effects'],
    ['tsup src/server.ts --format cjs,esm', 'suggest side-effects'],
    ['tsup src/server.ts --format esm', 'fix preloaded'],
    ['esbuild src/server.ts --bundle --outdir=dist', 'suggest side-effects'],
    ['tsc', 'fix preloaded'],
  ])('where the build is `%s`: %s', (build, said) => {
    const { verdicts } = planned(
      {
        'src/users.js': `${USERS}setInterval(() => {}, 1000).unref()\n`,
        'src/routes.js': ROUTES,
      },
      'express5',
      { build },
    )
    expect(verdicts).toEqual([`list: ${said}`])
  })

  it('a target that imports the routes would wait for itself', () => {
    const effect = 'setInterval(() => {}, 1000).unref()\n'
    const plan = (imports: string, more: string): readonly string[] =>
      planned({
        'src/users.js': `${imports}${USERS}${more}`,
        'src/routes.js': `${ROUTES}export const prefix = '/users'\n`,
      }).verdicts
    expect(plan("import { prefix } from './routes.js'\nexport const path = () => prefix\n", effect)).toEqual([
      'list: suggest side-effects',
    ])
    expect(plan("import { prefix } from './routes.js'\nexport const path = () => prefix\n", '')).toEqual(['list: fix'])
  })

  it('a module that stays static somewhere else would keep the old code there', () => {
    const plan = (other: string): readonly string[] =>
      planned({ 'src/users.js': USERS, 'src/other.js': other, 'src/routes.js': `import './other.js'\n${ROUTES}` })
        .verdicts
    expect(plan("import { list } from './users.js'\nconsole.log(list)\n")).toEqual(['list: suggest also-static'])
    expect(plan("import { all } from './users.js'\napp.get('/b', all)\n")).toEqual(['list: fix'])
  })

  it('two imports of one module, of which one has to stay', () => {
    const plan = (use: string): readonly string[] =>
      planned({
        'src/users.js': USERS,
        'src/routes.js': `import { list } from './users.js'\nimport { all } from './users.js'\napp.get('/', list)\n${use}\n`,
      }).verdicts
    expect(plan("app.get('/b', all)")).toEqual(['list: fix', 'all: fix'])
    expect(plan("app.get('/b', all)\nall()")).toEqual(['list: suggest also-static', 'all: leave used-as-value'])
  })

  it('a module that is only loaded lazily is hot with what it imports', () => {
    const routes =
      "import { list } from './users.js'\nimport { Router } from 'express'\nconst router = Router()\nrouter.get('/', list)\nexport default router\n"
    const server =
      "import express from 'express'\nconst app = express()\napp.use(async (req, res, next) => (await import('./routes.js')).default(req, res, next))\n"
    const files = { 'src/users.js': USERS, 'src/routes.js': routes }
    expect(planned(files).verdicts).toEqual(['list: fix'])
    const lazily = { ...files, 'src/server.js': server }
    expect(planned(lazily).verdicts).toEqual([])
  })

  it.each([
    [{ 'src/users.cjs': 'exports.list = (req, res) => {}\n' }, './users.cjs', 'leave commonjs'],
    [{}, './users.js', 'suggest unresolved'],
  ])('a target that is CommonJS, or is not there: %j', (files, specifier, verdict) => {
    const routes = `import { list } from '${specifier}'\napp.get('/', list)\n`
    expect(planned({ ...files, 'src/routes.js': routes }).verdicts).toEqual([`list: ${verdict}`])
  })

  it.each([
    [
      'export const then = (resolve) => resolve(1)\nexport const list = (req, res) => {}',
      '{ list }',
      'list',
      'leave thenable',
    ],
    ['export const after = (resolve) => resolve(1)\nexport const list = (req, res) => {}', '{ list }', 'list', 'fix'],
    ['export default { then(resolve) {}, list(req, res) {} }', 'list', 'list.list', 'leave thenable'],
  ])('a module that `await` would call: %j', (target, names, use, verdict) => {
    const routes = `import ${names} from './users.js'\napp.get('/', ${use})\n`
    expect(planned({ 'src/users.js': `${target}\n`, 'src/routes.js': routes }).verdicts).toEqual([`list: ${verdict}`])
  })
})
