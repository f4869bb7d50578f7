import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { madeValues } from '../../codemods/made-values.ts'
import { migrate as api } from '../../src/migrate.ts'
import { directoryWith, run, type Result } from './run.ts'

type Files = Readonly<Record<string, string>>

const JS = { name: 'app', type: 'module', scripts: { dev: 'node src/server.js' } }
const TS = { name: 'app', type: 'module', scripts: { dev: 'tsx watch src/server.ts' } }

const GUARDS = `export const requireRole = (role) => (req, res, next) => (req.role === role ? next() : res.sendStatus(403))
export function limit(max) {
  let count = 0
  return (req, res, next) => (++count > max ? res.sendStatus(429) : next())
}
export function onError(options) {
  return (err, req, res, next) => res.status(500).json({ options })
}
export const protect = (req, res, next) => next()
export const lists = (max) => [protect]
export const settings = (max) => ({ max })
export const later = async (max) => protect
export const ROLE = 'admin'
`

const USERS = `export class UsersController {
  #db
  find = async (req, res) => res.json(await this.#db.find(req.params.id))
  constructor(db) {
    this.#db = db
  }
  async list(req, res) {
    res.json(await this.#db.all())
  }
  about(req, res) {
    res.json({})
  }
}
`

const FILES: Files = {
  'package.json': JSON.stringify(JS),
  'src/server.js': "import './routes.js'\n",
  'src/db.js': 'export const db = new Map()\n',
  'src/guards.js': GUARDS,
  'src/users.controller.js': USERS,
}

/** src/routes.js with these imports and statements. */
const routes = (imports: string, statements: string): string =>
  `import express from 'express'\n${imports}\nexport const router = express.Router()\n${statements}\n`

const migrate = (files: Files, major = 5, name: 'express' | 'fastify' | 'koa' = 'express'): Promise<Result> =>
  run(madeValues, { ...FILES, ...files }, { name, major })

/** What becomes of src/routes.js; undefined where it stays. */
async function rewritten(
  imports: string,
  statements: string,
  files: Files = {},
  major = 5,
): Promise<string | undefined> {
  const { changed } = await migrate({ 'src/routes.js': routes(imports, statements), ...files }, major)
  return changed['src/routes.js']
}

const GUARD = "import { requireRole } from './guards.js'"
const LIMIT = "import { limit } from './guards.js'"

const USERS_IMPORTS = "import { UsersController } from './users.controller.js'\nimport { db } from './db.js'"

describe('what a factory makes', () => {
  it("is made at the first request, by a file that is the user's", async () => {
    const { changed, summary, notes } = await migrate({
      'src/routes.js': routes(GUARD, "router.get('/', requireRole('admin'), (req, res) => res.json([]))"),
    })
    expect(changed['src/routes.js']).toBe(`import express from 'express'
import { fromModule } from './hot.js'
const guards = () => import('./guards.js')
const requireRoleAdmin = fromModule(guards, (m) => m.requireRole('admin'))
export const router = express.Router()
router.get('/', async (req, res, next) => (await requireRoleAdmin())(req, res, next), (req, res) => res.json([]))
`)
    expect(Object.keys(changed)).toEqual(['src/routes.js', 'src/hot.js'])
    expect(changed['src/hot.js']).toContain('export function fromModule(load, make) {')
    expect(summary).toBe('1 import, what is made of it by fromModule()')
    expect(notes).toEqual([])
  })

  it('hands errors on by itself on Express 4', async () => {
    expect(await rewritten(GUARD, "router.use(requireRole('admin'))", {}, 4)).toContain(
      'router.use((req, res, next) => { requireRoleAdmin().then((m) => m(req, res, next)).catch(next) })',
    )
  })

  it('is one for each call, as before', async () => {
    const text = await rewritten(LIMIT, "router.use('/a', limit(3))\nrouter.use('/b', limit(3))")
    expect(text).toContain(
      'const limit3 = fromModule(guards, (m) => m.limit(3))\nconst limit3_2 = fromModule(guards, (m) => m.limit(3))\n',
    )
    expect(text).toContain("router.use('/a', async (req, res, next) => (await limit3())(req, res, next))")
    expect(text).toContain("router.use('/b', async (req, res, next) => (await limit3_2())(req, res, next))")
  })

  it('is one for all uses of a constant', async () => {
    const text = await rewritten(LIMIT, "const slow = limit(3)\nrouter.use('/a', slow)\nrouter.use('/b', [slow])")
    expect(text).toContain('\nconst slow = fromModule(guards, (m) => m.limit(3))\n')
    expect(text).toContain("router.use('/a', async (req, res, next) => (await slow())(req, res, next))")
    expect(text).toContain("router.use('/b', [async (req, res, next) => (await slow())(req, res, next)])")
  })

  it('stays where the constant is read otherwise', async () => {
    expect(await rewritten(LIMIT, "const slow = limit(3)\nrouter.use('/a', slow)\nslow.reset()")).toBeUndefined()
    expect(await rewritten(LIMIT, "export const slow = limit(3)\nrouter.use('/a', slow)")).toBeUndefined()
  })

  it('stays where the functions around it would hide the constant', async () => {
    expect(await rewritten(LIMIT, 'const next = limit(3)\nrouter.use(next)')).toBeUndefined()
  })

  it('stays where a comment would be lost, or would be of another line', async () => {
    const bound = "const users = new UsersController(db)\nrouter.get('/', users.list /* all */.bind(users))"
    expect(await rewritten(USERS_IMPORTS, bound)).toBeUndefined()
    const directive = 'export function mount() {\n  // eslint-disable-next-line\n  router.use(limit(3))\n}'
    expect(await rewritten(LIMIT, directive)).toBeUndefined()
    expect(await rewritten(LIMIT, 'router.use(limit(/* three */ 3))')).toContain('(m) => m.limit(/* three */ 3))')
  })

  it('keeps the name of its factory where nothing else tells it from another', async () => {
    const text = await rewritten("import { onError } from './guards.js'", 'router.use(onError({ debug: true }))')
    expect(text).toContain('const onError = fromModule(guards, (m) => m.onError({ debug: true }))\n')
    expect(text).toContain('router.use(async (err, req, res, next) => (await onError())(err, req, res, next))')
  })

  it('is converted with the handlers of its declaration', async () => {
    const text = await rewritten(
      "import { protect, requireRole } from './guards.js'",
      "router.use(protect, requireRole('admin'))",
    )
    expect(text).not.toContain('import { protect')
    expect(text).toContain(
      'router.use(async (req, res, next) => (await guards()).protect(req, res, next), async (req, res, next) => (await requireRoleAdmin())(req, res, next))',
    )
  })

  it('takes the handlers of other files with it, which would keep its module cold', async () => {
    const { changed } = await migrate({
      'src/server.js': "import './routes.js'\nimport './others.js'\n",
      'src/routes.js': routes(LIMIT, 'router.use(limit(3))'),
      'src/others.js': routes("import { protect } from './guards.js'", 'router.use(protect)'),
    })
    expect(Object.keys(changed).sort()).toEqual(['src/hot.js', 'src/others.js', 'src/routes.js'])
    expect(changed['src/others.js']).toContain("const guards = () => import('./guards.js')")
    expect(changed['src/others.js']).not.toContain('fromModule')
  })

  it('stays where another file imports its module for something else', async () => {
    const files = { 'src/server.js': "import './routes.js'\nimport { ROLE } from './guards.js'\nconsole.log(ROLE)\n" }
    expect(await rewritten(GUARD, "router.use(requireRole('admin'))", files)).toBeUndefined()
  })

  it('is made of a namespace or a default export', async () => {
    const namespace = await rewritten("import * as guards from './guards.js'", 'router.use(guards.limit(3))')
    expect(namespace).toContain(
      "const guards = () => import('./guards.js')\nconst limit3 = fromModule(guards, (m) => m.limit(3))",
    )
    const files = { 'src/guards.js': 'export default (max) => (req, res, next) => next(max)\n' }
    const text = await rewritten("import limit from './guards.js'", 'router.use(limit(3))', files)
    expect(text).toContain(
      "const guards = () => import('./guards.js')\nconst limit3 = fromModule(guards, (m) => m.default(3))",
    )
  })

  it('is made of a member of an export, whose `this` it keeps', async () => {
    const files = {
      'src/guards.js':
        'export default {\n  top: 9,\n  limit(max) {\n    return (req, res, next) => next(max + this.top)\n  },\n}\nexport function own(max) {\n  return (req, res, next) => next(this, max)\n}\n',
    }
    const text = await rewritten("import auth from './guards.js'", 'router.use(auth.limit(3))', files)
    expect(text).toContain('const limit3 = fromModule(guards, (m) => m.default.limit(3))')
    expect(await rewritten("import { own } from './guards.js'", 'router.use(own(3))', files)).toBeUndefined()
  })

  it('stays where it uses `this`, which a function around it does not have', async () => {
    const files = { 'src/guards.js': 'export const limit = (max) => function (req, res, next) {\n  next(this)\n}\n' }
    expect(await rewritten(LIMIT, 'router.use(limit(3))', files)).toBeUndefined()
  })

  it('is made for a list, in a chain', async () => {
    expect(await rewritten(LIMIT, "router.route('/').all([limit(3)]).get((req, res) => res.end())")).toContain(
      "router.route('/').all([async (req, res, next) => (await limit3())(req, res, next)]).get(",
    )
  })

  it('keeps the line breaks of the file, and ends its statement before a bracket', async () => {
    const statements = 'export function mount() {\r\n  const max = 1\r\n  ;(router).use(limit(3))\r\n}'
    const { changed } = await migrate({ 'src/routes.js': routes(LIMIT, statements).replace(/\r?\n/g, '\r\n') })
    expect(changed['src/routes.js']).not.toMatch(/[^\r]\n/)
    expect(changed['src/routes.js']).toContain(
      ';const limit3 = fromModule(guards, (m) => m.limit(3));\r\n  (router).use(',
    )
  })

  it('is loaded at boot as before where its module does something then', async () => {
    const files = { 'src/guards.js': `${GUARDS}globalThis.started = true\n` }
    expect(await rewritten(LIMIT, 'router.use(limit(3))', files)).toContain(
      "const guards = () => import('./guards.js')\nawait guards()\nconst limit3 = fromModule(",
    )
  })

  it('is made where its function makes it', async () => {
    const text = await rewritten(LIMIT, 'export function mount(app) {\n  router.use(limit(3))\n}')
    expect(text).toContain(
      'export function mount(app) {\n  const limit3 = fromModule(guards, (m) => m.limit(3))\n  router.use(async ',
    )
    expect(await rewritten(LIMIT, 'export const mount = () => router.use(limit(3))')).toBeUndefined()
  })

  it.each(['lists(3)', 'settings(3)', 'later(3)'])('stays where it is no function: %s', async (made) => {
    expect(await rewritten(`import { ${made.slice(0, -3)} } from './guards.js'`, `router.use(${made})`)).toBeUndefined()
  })

  it('stays where a list, a call or a spread is made of it', async () => {
    expect(await rewritten(LIMIT, 'router.use(...limit(3))')).toBeUndefined()
    expect(await rewritten(LIMIT, 'router.use(limit(3).handler)')).toBeUndefined()
  })
})

describe('the arguments', () => {
  it.each(["'admin'", '`a`', '3', '-3', 'MAX', 'options.max', '{ max: MAX, options }', '[1, MAX]'])(
    'may be %s',
    async (argument) => {
      const text = await rewritten(
        `${LIMIT}\nimport { db } from './db.js'\nconst MAX = 1\nconst options = { max: db }`,
        `router.use(limit(${argument}))`,
      )
      expect(text).toContain(`(m) => m.limit(${argument}))`)
    },
  )

  it.each(['max()', 'changed', 'process.env.MAX', '...list', '(req) => req.ip', 'm', 'list[changed]', 'new Map()'])(
    'may not be %s',
    async (argument) => {
      const declared = 'const max = () => 1\nlet changed = 1\nchanged = 2\nconst list = []\nconst m = 1'
      expect(await rewritten(`${LIMIT}\n${declared}`, `router.use(limit(${argument}))`)).toBeUndefined()
    },
  )

  it('may not be of a function', async () => {
    const text = (argument: string): string =>
      `const MAX = 1\nexport function mount(own) {\n  router.use(limit(${argument}))\n}`
    expect(await rewritten(LIMIT, text('own'))).toBeUndefined()
    expect(await rewritten(LIMIT, text('MAX'))).toBeDefined()
  })

  it('may not be of the same module', async () => {
    expect(await rewritten("import { limit, ROLE } from './guards.js'", 'router.use(limit(ROLE))')).toBeUndefined()
  })
})

describe('an instance', () => {
  it('is made at the first request', async () => {
    const text = await rewritten(
      USERS_IMPORTS,
      "const users = new UsersController(db)\nrouter.get('/', users.list.bind(users))\nrouter.get('/:id', users.find)\nrouter.get('/about', users.about)",
    )
    expect(text).toBe(`import express from 'express'
import { fromModule } from './hot.js'
const usersController = () => import('./users.controller.js')
import { db } from './db.js'
export const router = express.Router()
const users = fromModule(usersController, (m) => new m.UsersController(db))
router.get('/', async (req, res) => (await users()).list(req, res))
router.get('/:id', async (req, res) => (await users()).find(req, res))
router.get('/about', async (req, res) => (await users()).about(req, res))
`)
  })

  it.each([
    ['a method without its instance', "router.get('/', users.list)"],
    ['a method that it does not have', "router.get('/', users.none)"],
    ['another use', "router.get('/', users.about)\nusers.start()"],
    ['a method of another one', "const other = {}\nrouter.get('/', users.about.bind(other))"],
  ])('stays with %s', async (_, statements) => {
    expect(await rewritten(USERS_IMPORTS, `const users = new UsersController(db)\n${statements}`)).toBeUndefined()
  })

  it('stays where it has no constant of its own', async () => {
    expect(await rewritten(USERS_IMPORTS, "router.get('/', new UsersController(db).about)")).toBeUndefined()
    expect(
      await rewritten(USERS_IMPORTS, "let users = new UsersController(db)\nrouter.get('/', users.about)"),
    ).toBeUndefined()
  })

  it('stays where `await` would call it', async () => {
    const files = {
      'src/users.controller.js': 'export class UsersController {\n  then() {}\n  about(req, res) {}\n}\n',
    }
    const statements = "const users = new UsersController()\nrouter.get('/', users.about)"
    expect(
      await rewritten("import { UsersController } from './users.controller.js'", statements, files),
    ).toBeUndefined()
  })

  it('stays where its import stands below', async () => {
    const text = `import express from 'express'\nconst router = express.Router()\nconst users = new UsersController()\nrouter.get('/', users.about)\nimport { UsersController } from './users.controller.js'\n`
    expect((await migrate({ 'src/routes.js': text })).changed).toEqual({})
  })
})

describe('the import of fromModule', () => {
  it('stands in a file once', async () => {
    const text = await rewritten(
      `${LIMIT}\n${USERS_IMPORTS}`,
      "const users = new UsersController(db)\nrouter.get('/', limit(3), users.about)",
    )
    expect(text?.match(/import \{ fromModule \}/g)).toHaveLength(1)
  })

  it('is not added where it is', async () => {
    const hot = 'export function fromModule(load, make) {\n  return async () => make(await load())\n}\n'
    const { changed } = await migrate({
      'src/hot.js': hot,
      'src/routes.js': routes(`import { fromModule as keep } from './hot.js'\n${LIMIT}`, 'router.use(limit(3))'),
    })
    expect(Object.keys(changed)).toEqual(['src/routes.js'])
    expect(changed['src/routes.js']).toContain('const limit3 = keep(guards, ')
    expect(changed['src/routes.js']?.match(/hot\.js/g)).toHaveLength(1)
  })

  it('gets another name where its own is taken', async () => {
    const text = await rewritten(`${LIMIT}\nconst fromModule = 1\nconst limit3 = 2`, 'router.use(limit(3))')
    expect(text).toContain("import { fromModule as fromModule2 } from './hot.js'")
    expect(text).toContain('const limit3_2 = fromModule2(guards, (m) => m.limit(3))')
  })

  it('comes from another file where hot.js holds something else', async () => {
    const { changed } = await migrate({
      'src/hot.js': 'export const x = 1\n',
      'src/routes.js': routes(LIMIT, 'router.use(limit(3))'),
    })
    expect(Object.keys(changed)).toEqual(['src/routes.js', 'src/from-module.js'])
    expect(changed['src/routes.js']).toContain("import { fromModule } from './from-module.js'")
  })

  it('is written in the style of the file', async () => {
    const { changed } = await migrate({
      'src/routes/all.js': `import express from "express";\nimport { limit } from "../guards.js";\n\nconst router = express.Router();\nrouter.use(limit(3));\n`,
      'src/server.js': "import './routes/all.js'\n",
    })
    expect(changed['src/routes/all.js']).toBe(`import express from "express";
import { fromModule } from "../hot.js";
const guards = () => import("../guards.js");
const limit3 = fromModule(guards, (m) => m.limit(3));

const router = express.Router();
router.use(async (req, res, next) => (await limit3())(req, res, next));
`)
  })

  it('has none where those have none', async () => {
    const text = await rewritten("import { limit } from '#guards'\nimport './db'", 'router.use(limit(3))', {
      'package.json': JSON.stringify({ ...JS, imports: { '#guards': './src/guards.js' } }),
    })
    expect(text).toContain("import { fromModule } from './hot'\n")
  })

  it('has an extension where the other imports of the file are aliases', async () => {
    const text = await rewritten("import { limit } from '#guards'", 'router.use(limit(3))', {
      'package.json': JSON.stringify({ ...JS, imports: { '#guards': './src/guards.js' } }),
    })
    expect(text).toContain("import { fromModule } from './hot.js'\nconst guards = () => import('#guards')")
  })

  it('leads to a file beside package.json where there is no src/', async () => {
    const { changed } = await run(
      madeValues,
      {
        'package.json': JSON.stringify({ ...JS, scripts: { dev: 'node server.js' } }),
        'server.js': routes(LIMIT, 'router.use(limit(3))'),
        'guards.js': GUARDS,
      },
      { name: 'express', major: 5 },
    )
    expect(Object.keys(changed)).toEqual(['server.js', 'hot.js'])
  })
})

describe('TypeScript', () => {
  const files = (guards: string, imports: string, statements: string): Files => ({
    'package.json': JSON.stringify(TS),
    'src/server.ts': "import './routes.js'\n",
    'src/guards.ts': guards,
    'src/routes.ts': routes(imports, statements),
  })
  const typed = async (guards: string, statements: string): Promise<string | undefined> =>
    (
      await run(madeValues, files(guards, "import { guard } from './guards.js'", statements), {
        name: 'express',
        major: 5,
      })
    ).changed['src/routes.ts']

  it('gets a file of its own', async () => {
    const all = files(
      'export const guard = (role: string) => (req: Request, res: Response) => {}\n',
      "import { guard } from './guards'",
      "router.use(guard('a'))",
    )
    const { changed } = await run(madeValues, all, { name: 'express', major: 5 })
    expect(Object.keys(changed)).toEqual(['src/routes.ts', 'src/hot.ts'])
    expect(changed['src/routes.ts']).toContain("import { fromModule } from './hot'\n")
    expect(changed['src/hot.ts']).toContain('export function fromModule<Module, Value>(')
  })

  it('is told the types of a route', async () => {
    const guards = 'export const guard = (role: string) => (req: Request<{ id: string }>, res: Response) => {}\n'
    expect(await typed(guards, "router.get('/:id', guard('a'))")).toContain(
      "type GuardParameters = Parameters<ReturnType<typeof import('./guards.js').guard>>\n",
    )
  })

  it('stays where the types come from type parameters', async () => {
    const plain = 'export const guard = <T>(schema: T) => (req: Request, res: Response) => {}\n'
    const typedBySchema = 'export const guard = <T>(schema: T) => (req: Request<T>, res: Response) => {}\n'
    expect(await typed(plain, "router.get('/:id', guard('a'))")).toBeDefined()
    expect(await typed(typedBySchema, "router.get('/:id', guard('a'))")).toBeUndefined()
  })

  it('stays where the module tests an argument', async () => {
    const guards = 'export const guard = (role: string) => (req: Request, res: Response) => {}\n'
    const declared = "const role = process.env['ROLE']\n"
    expect(await typed(guards, `${declared}router.use(guard(role!))`)).toBeUndefined()
    expect(await typed(guards, `${declared}if (!role) throw new Error()\nrouter.use(guard(role))`)).toBeUndefined()
    expect(await typed(guards, `${declared}router.use(guard(role))`)).toBeDefined()
  })

  it('leaves a JavaScript file, which may not find it', async () => {
    const all = { ...FILES, 'package.json': JSON.stringify(TS), 'src/server.ts': "import './routes.js'\n" }
    delete (all as Record<string, string>)['src/server.js']
    const { changed } = await run(
      madeValues,
      { ...all, 'src/routes.js': routes(LIMIT, 'router.use(limit(3))') },
      { name: 'express', major: 5 },
    )
    expect(changed).toEqual({})
  })
})

describe('other frameworks', () => {
  it('takes the hooks of Fastify', async () => {
    const { changed } = await migrate(
      {
        'src/guards.js':
          'export const requireRole = (role) => (request, reply, done) => done()\nexport class Users {\n  async list(request) {\n    return this.rows\n  }\n}\n',
        'src/server.js':
          "import fastify from 'fastify'\nimport { requireRole, Users } from './guards.js'\nconst app = fastify()\nconst users = new Users()\napp.addHook('onRequest', requireRole('admin'))\napp.get('/', users.list.bind(users))\n",
      },
      5,
      'fastify',
    )
    expect(changed['src/server.js']).toContain(
      "app.addHook('onRequest', (req, reply, done) => { requireRoleAdmin().then((m) => m(req, reply, done)).catch(done) })",
    )
    expect(changed['src/server.js']).toContain("app.get('/', async (req) => (await users()).list(req))")
  })

  it('takes the middleware of Koa', async () => {
    const { changed } = await migrate(
      {
        'src/guards.js': 'export const requireRole = (role) => async (ctx, next) => {\n  await next()\n}\n',
        'src/server.js':
          "import Koa from 'koa'\nimport { requireRole } from './guards.js'\nconst app = new Koa()\napp.use(requireRole('admin'))\n",
      },
      3,
      'koa',
    )
    expect(changed['src/server.js']).toContain('app.use(async (ctx, next) => (await requireRoleAdmin())(ctx, next))')
  })
})

describe('migrate', () => {
  const written = (text: string): string =>
    directoryWith({
      ...FILES,
      'package.json': JSON.stringify({ ...JS, dependencies: { express: '^5.1.0' } }),
      'src/routes.js': text,
    })

  it('leaves a factory, and names the codemod', async () => {
    const { changes, imports } = await api({ directory: written(routes(LIMIT, 'router.use(limit(3))')) })
    expect(changes.filter(({ path }) => path.endsWith('routes.js'))).toEqual([])
    expect(imports.map(({ reason, message }) => [reason, message.includes('--with made-values')])).toEqual([
      ['factory', true],
    ])
  })

  it('says of another one that it cannot be made', async () => {
    const directory = written(routes(LIMIT, 'router.use(limit(process.env.MAX))'))
    const { imports } = await api({ directory, with: ['made-values'] })
    expect(imports.map(({ verdict, reason }) => [verdict, reason])).toEqual([['leave', 'not-made']])
  })

  it('leaves it to a router that is hot', async () => {
    const directory = written(routes(LIMIT, 'router.use(limit(3))'))
    writeFileSync(
      join(directory, 'src/server.js'),
      "import express from 'express'\nimport { router } from './routes.js'\nconst app = express()\napp.use(router)\napp.listen(1)\n",
    )
    const { changes } = await api({ directory, with: ['made-values'], level: 'mount' })
    expect(changes.map(({ path }) => path.slice(directory.length + 1)).sort()).toEqual([
      'package.json',
      'src/server.js',
    ])
  })

  it('rewrites it with made-values, and makes its module a boundary', async () => {
    const directory = written(routes(LIMIT, 'router.use(limit(3))'))
    const migration = await api({ directory, with: ['made-values'] })
    expect(migration.imports.map(({ verdict, reason }) => [verdict, reason])).toEqual([['fix', 'made-value']])
    expect(migration.changes.map(({ path }) => path.slice(directory.length + 1)).sort()).toEqual([
      'package.json',
      'src/hot.js',
      'src/routes.js',
    ])
    const manifest = migration.changes.find(({ path }) => path.endsWith('package.json'))?.after
    expect(JSON.parse(manifest ?? '').hotHook.boundaries).toEqual(['./src/guards.js'])

    migration.apply()
    const again = await api({ directory, with: ['made-values'], allowDirty: true })
    expect(again.changes).toEqual([])
    expect(again.imports.map(({ verdict }) => verdict)).toEqual(['done'])
  })
})
