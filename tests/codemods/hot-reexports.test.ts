import { describe, expect, it } from 'vitest'
import { hotHookConfig } from '../../codemods/hot-hook-config.ts'
import { hotReexports } from '../../codemods/hot-reexports.ts'
import { planReexports } from '../../src/lazy/imports/reexports.ts'
import { directoryWith, open, run } from './run.ts'

type Files = Readonly<Record<string, string>>

const WHY = '// A hot-hook boundary: what imports it lazily is not restarted for edits of users.ts.\n'

/** A hot controller and, beside it, an entry that both use a service. */
const EXPRESS: Files = {
  'package.json': JSON.stringify({
    name: 'app',
    type: 'module',
    scripts: { dev: 'tsx src/server.ts' },
    imports: { '#services/*': './src/services/*.ts' },
    hotHook: { boundaries: ['./src/controllers/*.ts'] },
  }),
  'src/controllers/users.ts':
    "import { list } from '../services/users.js'\n\nexport const all = async (req, res) => res.json(await list())\n",
  'src/services/users.ts': 'export const list = async () => []\n',
}

/** An entry that imports the service so, with the statements of its handler. */
const entry = (imported: string, handler: string): string => `import express from 'express'
${imported}
const app = express()
app.get('/users', async (req, res) => (await import('./controllers/users.js')).all(req, res))
app.get('/count', async (req, res) => {
  ${handler}
  res.json(await list())
})
app.listen(3000)
`

const STATIC = entry("import { list } from './services/users.js'\n", 'req.resume()')

/** What changes in an application of Express whose entry is `text`. */
const express = async (text: string, files: Files = {}): Promise<Files> =>
  (await run(hotReexports, { ...EXPRESS, 'src/server.ts': text, ...files }, { name: 'express', major: 5 })).changed

/** The import in the function, as the codemod writes it. */
const through = (specifier: string): string =>
  entry('', `const { list } = await import('${specifier}')\n  req.resume()`)

describe('a static import', () => {
  it('is deferred, through a module that exports the other again', async () => {
    expect(await express(STATIC)).toEqual({
      'src/server.ts': through('./services/users.hot.js'),
      'src/services/users.hot.ts': `${WHY}export * from './users.js'\n`,
    })
  })

  it('stays where nothing that is hot imports the module: deferred-imports makes a boundary of it', async () => {
    const controller = 'export const all = async (req, res) => res.json([])\n'
    expect(await express(STATIC, { 'src/controllers/users.ts': controller })).toEqual({})
  })

  it('stays where the function runs at boot', async () => {
    const text = entry("import { list } from './services/users.js'\n", '').replace(
      'app.listen',
      'await list()\napp.listen',
    )
    expect(await express(text)).toEqual({})
  })

  it('stays where an `import()` of the same file is kept', async () => {
    expect(
      await express(STATIC.replace('app.listen', "const kept = await import('./services/users.js')\napp.listen")),
    ).toEqual({})
  })

  it('stays where another static import cannot change', async () => {
    const jobs = "import { list } from './services/users.js'\n\nawait list()\n"
    const text = STATIC.replace('\nconst app', "import './jobs.js'\n\nconst app")
    expect(await express(text, { 'src/jobs.ts': jobs })).toEqual({})
  })

  it('stays where a glob matches the module', async () => {
    const manifest =
      EXPRESS['package.json']?.replace('./src/controllers/*.ts', './src/{controllers,services}/*.ts') ?? ''
    expect(await express(STATIC, { 'package.json': manifest })).toEqual({})
  })
})

describe('an `import()` in a function that handlers call', () => {
  const SERVER = entry("import { count } from './count.js'\n", 'req.resume()').replace('list()', 'count()')
  const count = (specifier: string): string =>
    `export async function count() {\n  const { list } = await import("${specifier}")\n  return (await list()).length\n}\n`
  const plain = { 'src/count.ts': count('./services/users.js') }

  it('takes the other path, in its quotes', async () => {
    expect(await express(SERVER, plain)).toEqual({
      'src/count.ts': count('./services/users.hot.js'),
      'src/services/users.hot.ts': `${WHY}export * from './users.js'\n`,
    })
  })

  it('takes it in a handler itself', async () => {
    const text = (specifier: string): string => entry('', `const { list } = await import('${specifier}')`)
    expect((await express(text('./services/users.js')))['src/server.ts']).toBe(text('./services/users.hot.js'))
  })

  it('takes it each time that it stands there', async () => {
    const twice = `${plain['src/count.ts']}export const all = async () => (await import('./services/users.js')).list()\n`
    const server = SERVER.replace('{ count }', '{ all, count }').replace('req.resume()', 'await all()')
    expect((await express(server, { 'src/count.ts': twice }))['src/count.ts']).toBe(
      twice.replaceAll('services/users', 'services/users.hot'),
    )
  })

  it('stays where nothing that is hot imports the module statically', async () => {
    const controller = 'export const all = async (req, res) => res.json([])\n'
    expect(await express(SERVER, { ...plain, 'src/controllers/users.ts': controller })).toEqual({})
  })

  it('stays where another import of the module cannot change', async () => {
    const server = SERVER.replace('\nconst app', "import './jobs.js'\n\nconst app")
    const jobs = "import { list } from './services/users.js'\n\nawait list()\n"
    expect(await express(server, { ...plain, 'src/jobs.ts': jobs })).toEqual({})
  })

  it('changes with another import that can', async () => {
    const server = SERVER.replace('\nconst app', "import './jobs.js'\n\nconst app")
    const jobs = "import { list } from './services/users.js'\n\nsetInterval(async () => list(), 60_000)\n"
    expect(Object.keys(await express(server, { ...plain, 'src/jobs.ts': jobs })).sort()).toEqual([
      'src/count.ts',
      'src/jobs.ts',
      'src/services/users.hot.ts',
    ])
  })
})

describe('the path', () => {
  it.each([
    ['an alias', '#services/users', '#services/users.hot'],
    ['a relative one', './services/users.js', './services/users.hot.js'],
    ['one with the extension of TypeScript', './services/users.ts', './services/users.hot.ts'],
    ['one without an extension', './services/users', './services/users.hot'],
  ])('of %s, %s, is %s', async (_, before, after) => {
    const changed = await express(STATIC.replace('./services/users.js', before))
    expect(changed['src/server.ts']).toBe(through(after))
    expect(changed['src/services/users.hot.ts']).toBe(
      `${WHY}export * from '${before.startsWith('#') ? before : `./users${/\.[jt]s$/.exec(before)?.[0] ?? ''}`}'\n`,
    )
  })

  it('of the index of a directory is that of the file', async () => {
    const { 'src/services/users.ts': service = '', ...others } = EXPRESS
    const files = {
      ...others,
      'src/controllers/users.ts': others['src/controllers/users.ts']?.replace('users.js', 'users/index.js') ?? '',
      'src/services/users/index.ts': service,
      'src/server.ts': STATIC.replace('users.js', 'users'),
    }
    const { changed } = await run(hotReexports, files, { name: 'express', major: 5 })
    expect(changed['src/server.ts']).toBe(through('./services/users/index.hot'))
    expect(Object.keys(changed)).toContain('src/services/users/index.hot.ts')
  })
})

describe('the module', () => {
  /** Its text, for a service with that text. */
  async function exported(text: string, imported = '{ list }'): Promise<string | undefined> {
    const statement = `import ${imported} from './services/users.js'\n`
    const controller = `import ${imported} from '../services/users.js'\n\nexport const all = async (req, res) => res.json(await list())\n`
    const files = { 'src/services/users.ts': text, 'src/controllers/users.ts': controller }
    return (await express(entry(statement, 'req.resume()'), files))['src/services/users.hot.ts']
  }

  it.each([
    ['names', '{ list }', 'export const list = async () => []\n', "export * from './users.js'\n"],
    ['the default', 'list', 'export default async function () {}\n', "export { default } from './users.js'\n"],
    [
      'both',
      'list, { one }',
      'export default async function () {}\nexport const one = 1\n',
      "export * from './users.js'\nexport { default } from './users.js'\n",
    ],
  ])('exports %s', async (_, imported, text, expected) => {
    expect(await exported(text, imported)).toBe(WHY + expected)
  })

  it.each([
    ['what a package exports is not known', "export * from 'somewhere'\nexport const list = async () => []\n"],
    ['a module that is not there', "export * from './nowhere.js'\nexport const list = async () => []\n"],
  ])('is not made where %s', async (_, text) => {
    expect(await exported(text)).toBeUndefined()
  })

  it('is made where another module of the project is exported too', async () => {
    const files = {
      'src/services/users.ts': "export * from './more.js'\nexport const list = async () => []\n",
      'src/services/more.ts': 'export const more = 1\n',
    }
    expect((await express(STATIC, files))['src/services/users.hot.ts']).toBe(`${WHY}export * from './users.js'\n`)
  })

  it('is not made where a file of that name has another content', async () => {
    expect(await express(STATIC, { 'src/services/users.hot.ts': 'export const mine = 1\n' })).toEqual({})
  })

  it('is not made again where it is there', async () => {
    const files = { 'src/services/users.hot.ts': `${WHY}export * from './users.js'\n` }
    expect(await express(STATIC, files)).toEqual({ 'src/server.ts': through('./services/users.hot.js') })
  })

  it('is that of a JavaScript module', async () => {
    const files = Object.fromEntries(
      Object.entries({ ...EXPRESS, 'src/server.ts': STATIC }).map(([path, text]) => [
        path.replace('.ts', '.js'),
        text.replaceAll('.ts', '.js'),
      ]),
    )
    const { changed } = await run(hotReexports, files, { name: 'express', major: 5 })
    expect(changed).toEqual({
      'src/server.js': through('./services/users.hot.js'),
      'src/services/users.hot.js': `${WHY.replace('.ts', '.js')}export * from './users.js'\n`,
    })
  })
})

describe('the style', () => {
  it('is that of each file: line ends, quotes, semicolons', async () => {
    const windows = (text: string): string =>
      text
        .replaceAll("'", '"')
        .replace(/([^{,\n])\n/g, '$1;\n')
        .replaceAll('\n', '\r\n')
    const changed = await express(windows(STATIC), {
      'src/services/users.ts': windows("import type { Stats } from 'node:fs'\nexport const list = async () => []\n"),
    })
    expect(changed).toEqual({
      'src/server.ts': windows(through('./services/users.hot.js')),
      'src/services/users.hot.ts': `${WHY}export * from "./users.js";\n`.replaceAll('\n', '\r\n'),
    })
  })
})

describe('an application of AdonisJS', () => {
  const ADONIS: Files = {
    'package.json': JSON.stringify({
      name: 'app',
      type: 'module',
      imports: { '#models/*': './app/models/*.js', '#controllers/*': './app/controllers/*.js' },
      hotHook: { boundaries: ['./app/controllers/**/*.ts'] },
    }),
    'adonisrc.ts':
      "export default { preloads: [() => import('./start/routes.js'), () => import('./start/jobs.js')] }\n",
    'bin/server.ts': '',
    'start/jobs.ts': '',
    'start/routes.ts': `import router from '@adonisjs/core/services/router'
const UsersController = () => import('#controllers/users')

router.get('/', [UsersController, 'index'])
`,
    'app/controllers/users.ts': `import User from '#models/user'

export default class UsersController {
  async index() {
    return User.all()
  }
}
`,
    'app/models/user.ts': 'export default class User {\n  static all() {\n    return []\n  }\n}\n',
  }
  const MODEL = `// A hot-hook boundary: what imports it lazily is not restarted for edits of user.ts.
export { default } from '#models/user'
`
  const LAZY = "const { default: User } = await import('#models/user')"

  /** What becomes of one whose start/jobs.ts is `text`. */
  const adonis = async (text: string, files: Files = {}): Promise<Files> =>
    (await run(hotReexports, { ...ADONIS, 'start/jobs.ts': text, ...files })).changed

  it('has the model of a job', async () => {
    const head = "import scheduler from 'adonisjs-scheduler/services/main'\n"
    const text = `${head}import User from '#models/user'\n\nscheduler.call(async () => {\n  await User.all()\n})\n`
    expect(await adonis(text)).toEqual({
      'start/jobs.ts': `${head}\nscheduler.call(async () => {\n  const { default: User } = await import('#models/user.hot')\n  await User.all()\n})\n`,
      'app/models/user.hot.ts': MODEL,
    })
  })

  it('has the model of an `import()` that runs each time', async () => {
    const text = `setInterval(async () => {\n  ${LAZY}\n  await User.all()\n}, 1)\n`
    expect((await adonis(text))['start/jobs.ts']).toBe(text.replace('#models/user', '#models/user.hot'))
  })

  it.each([
    ['at boot', `${LAZY}\nawait User.all()\n`],
    ['once, by a timer', `setTimeout(async () => {\n  ${LAZY}\n}, 1)\n`],
    ['when nothing shows', `export async function all() {\n  ${LAZY}\n}\n`],
    ['and is kept', `let kept\nsetInterval(async () => {\n  ${LAZY}\n  kept = User\n}, 1)\n`],
  ])('leaves an `import()` that runs %s', async (_, text) => {
    expect(await adonis(text)).toEqual({})
  })

  it.each([
    ['suggest', 'unknown-caller', `export async function all() {\n  ${LAZY}\n}\n`],
    ['leave', 'runs-at-boot', `let made\nexport const one = async () => (made ??= ${LAZY.replace(/.*= /, '')})\n`],
    ['suggest', 'kept-value', `let kept\nsetInterval(async () => {\n  ${LAZY}\n  kept = User\n}, 1)\n`],
    ['fix', 'through-reexport', `setInterval(async () => {\n  ${LAZY}\n  await User.all()\n}, 1)\n`],
  ])('%s, %s', (verdict, reason, text) => {
    const { project, tree } = open(directoryWith({ ...ADONIS, 'start/jobs.ts': text }), { name: 'adonisjs', major: 7 })
    const { files } = planReexports(project, tree)
    expect(files.flatMap(({ candidates }) => candidates)).toMatchObject([
      { verdict, reason, specifier: '#models/user' },
    ])
  })

  describe('with the model of its user provider', () => {
    const config = (model: string): string => `import { defineConfig } from '@adonisjs/auth'
import { sessionGuard, sessionUserProvider } from '@adonisjs/auth/session'

export default defineConfig({
  default: 'web',
  guards: { web: sessionGuard({ provider: sessionUserProvider({ model: () => import('${model}') }) }) },
})
`
    const auth = (version: string, text: string): Promise<Files> =>
      adonis("import '../config/auth.js'\n", {
        'config/auth.ts': text,
        'node_modules/@adonisjs/auth/package.json': JSON.stringify({ name: '@adonisjs/auth', version }),
      })

    it('takes the other path where @adonisjs/auth imports it for each request', async () => {
      expect(await auth('9.3.0', config('#models/user'))).toEqual({
        'config/auth.ts': config('#models/user.hot'),
        'app/models/user.hot.ts': MODEL,
      })
    })

    it('stays where @adonisjs/auth keeps it', async () => {
      expect(await auth('9.2.5', config('#models/user'))).toEqual({})
    })

    it('stays where it is not the model', async () => {
      expect(await auth('9.3.0', config('#models/user').replace('model:', 'other:'))).toEqual({})
    })
  })
})

describe('the boundaries', () => {
  it('take the module in, and not the one that it exports', async () => {
    const changed = await express(STATIC)
    const { changed: then } = await run(hotHookConfig, { ...EXPRESS, ...changed }, { name: 'express', major: 5 })
    const { hotHook } = JSON.parse(then['package.json'] ?? '{}') as { hotHook?: { boundaries?: readonly string[] } }
    expect(hotHook?.boundaries).toEqual(['./src/controllers/*.ts', './src/services/**/*.hot.ts'])
  })
})

describe('an application that modules below it import too', () => {
  const APP = `import express from 'express'
import { list } from './users.js'

export const app = express()
app.get('/', list)
`
  const USERS = "import { app } from './app.js'\n\nexport const list = (req, res) => res.send(app.get('env'))\n"
  const SERVER = "import { app } from './app.js'\n\napp.listen(3000)\n"

  it('is imported for each request, through a module that exports it again', async () => {
    const { 'src/server.ts': changed } = await express(SERVER, { 'src/app.ts': APP, 'src/users.ts': USERS })
    expect(changed).toContain("try { (await import('./app.hot.js')).app(req, res) }")
  })

  it('stays where the entry sets it up', async () => {
    const text = SERVER.replace('app.listen', "app.set('port', 3000)\napp.listen")
    expect(await express(text, { 'src/app.ts': APP, 'src/users.ts': USERS })).toEqual({})
  })

  it('stays where something else of the server imports it', async () => {
    const files = {
      'src/app.ts': APP,
      'src/users.ts': USERS,
      'src/jobs.ts': "import { app } from './app.js'\n\napp.on('mount', () => {})\n",
    }
    expect(await express(`import './jobs.js'\n${SERVER}`, files)).toEqual({})
  })
})

describe('a lazy controller that another module imports statically', () => {
  const ROUTES = `import router from '@adonisjs/core/services/router'

const UsersController = () => import('#controllers/users_controller')
const ReportsController = () => import('#controllers/reports_controller')

router.get('/users', [UsersController, 'index'])
router.get('/reports', [ReportsController, 'index'])
`
  const files = {
    'package.json': JSON.stringify({
      name: 'app',
      type: 'module',
      imports: { '#controllers/*': './app/controllers/*.js', '#services/*': './app/services/*.js' },
      hotHook: { boundaries: ['./app/controllers/reports_controller.ts'] },
    }),
    'adonisrc.ts': "export default { preloads: [() => import('./start/routes.js')] }\n",
    'bin/server.ts': "import 'reflect-metadata'\n",
    'start/routes.ts': ROUTES,
    'app/controllers/users_controller.ts': 'export default class UsersController {\n  index() {}\n}\n',
    'app/controllers/reports_controller.ts':
      "import UsersController from '#controllers/users_controller'\n\nexport default class ReportsController extends UsersController {}\n",
  }
  const adonis = async (more: Files = {}): Promise<Files> =>
    (await run(hotReexports, { ...files, ...more }, { major: 6 })).changed

  it('is registered through a module that exports it again', async () => {
    expect(await adonis()).toEqual({
      'app/controllers/users_controller.hot.ts': `${WHY.replace('users.ts', 'users_controller.ts')}export { default } from '#controllers/users_controller'\n`,
      'start/routes.ts': ROUTES.replace('users_controller', 'users_controller.hot'),
    })
  })

  it('stays where none does, or what is registered runs once', async () => {
    const alone = 'export default class ReportsController {\n  index() {}\n}\n'
    expect(await adonis({ 'app/controllers/reports_controller.ts': alone })).toEqual({})
    const once = ROUTES.replace(
      "() => import('#controllers/users_controller')",
      "(await import('#controllers/users_controller')).default",
    )
    expect(await adonis({ 'start/routes.ts': once })).toEqual({})
  })
})
