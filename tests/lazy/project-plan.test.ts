import { describe, expect, it } from 'vitest'
import { migrate } from '../../src/api.ts'
import { application, directoryWith } from '../cli/run.ts'

/** What becomes of each import of request-time code: `path names verdict reason message`. */
async function verdicts(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { imports } = await migrate({ directory: directoryWith({ ...application, ...files }), only: ['lazy-imports'] })
  return Object.fromEntries(
    imports.map(({ path, names, verdict, reason, message }) => [
      `${path} ${names.join()}`,
      verdict === 'fix' || verdict === 'done' ? verdict : `${verdict} ${reason}: ${message}`,
    ]),
  )
}

const USERS = 'start/routes.ts UsersController'
const POSTS = 'start/routes.ts PostsController'

describe('what a handler loads', () => {
  it.each([
    ['adds to a list of another module', "import { add } from './list.js'\nadd(() => 1)\n", 'suggest adds-elsewhere'],
    ['adds to it by itself', "import { all } from './list.js'\nall.push(() => 1)\n", 'suggest adds-elsewhere'],
    ['takes the place of what is kept there', "import { set } from './list.js'\nset(() => 1)\n", 'fix'],
    ['adds to a list of its own', 'const all = []\nall.push(() => 1)\n', 'fix'],
  ])('%s', async (_, text, expected) => {
    const { imports } = await migrate({
      directory: directoryWith({
        'package.json': JSON.stringify({
          name: 'app',
          type: 'module',
          scripts: { dev: 'node src/server.js' },
          dependencies: { express: '^5.1.0' },
        }),
        'src/server.js':
          "import express from 'express'\nimport { list } from './users.js'\nconst app = express()\napp.get('/', list)\napp.listen(3000)\n",
        'src/users.js': "import './mail.js'\nexport const list = (req, res) => res.json([])\n",
        'src/mail.js': text,
        'src/list.js':
          "const one = new Map()\nexport const all = []\nexport const add = (it) => { all.push(it) }\nexport const set = (it) => { one.set('it', it) }\n",
      }),
      only: ['lazy-imports'],
    })
    expect(imports.map(({ verdict, reason }) => (verdict === 'fix' ? verdict : `${verdict} ${reason}`))).toEqual([
      expected,
    ])
  })
})

describe('what another file forbids', () => {
  it('nothing, when no other file imports the controller', async () => {
    expect(await verdicts({})).toEqual({ [USERS]: 'fix', [POSTS]: 'fix' })
  })

  it('a static import in code that runs at boot would keep the old controller', async () => {
    const found = await verdicts({
      'config/app.ts':
        "import UsersController from '#controllers/users_controller'\nexport const guards = UsersController.name\n",
    })
    expect(found[USERS]).toBe(
      'suggest also-static: The module is also imported statically by `config/app.ts:1`; that importer would keep the old code after a hot reload.',
    )
    expect(found[POSTS]).toBe('fix')
    expect(found['config/app.ts UsersController']).toMatch(/^leave static-member/)
  })

  it('so would one below a boot file', async () => {
    const found = await verdicts({
      'config/app.ts': "import '../app/services/guards.js'\n",
      'app/services/guards.ts':
        "import UsersController from '#controllers/users_controller'\nexport const guards = UsersController.name\n",
    })
    expect(found[USERS]).toMatch(/^suggest also-static: .*`app\/services\/guards.ts:1`/)
  })

  it('a static import that nothing loads forbids nothing', async () => {
    const found = await verdicts({
      'app/services/guards.ts':
        "import UsersController from '#controllers/users_controller'\nexport const guards = UsersController.name\n",
    })
    expect(found[USERS]).toBe('fix')
  })

  it('an import used as a type only is none at run time', async () => {
    const found = await verdicts({
      'config/app.ts':
        "import UsersController from '#controllers/users_controller'\nexport const guards: UsersController[] = []\n",
    })
    expect(found[USERS]).toBe('fix')
  })

  it('another controller that imports it is reloaded with it', async () => {
    const found = await verdicts({
      'app/controllers/posts_controller.ts':
        "import UsersController from './users_controller.js'\nexport default class PostsController extends UsersController {}\n",
    })
    expect(found[USERS]).toBe('fix')
    expect(found[POSTS]).toBe('fix')
  })

  it('a controller that stays static pins the ones it imports', async () => {
    const found = await verdicts({
      'app/controllers/posts_controller.ts':
        "import UsersController from './users_controller.js'\nexport default class PostsController extends UsersController {}\n",
      'config/app.ts':
        "import PostsController from '#controllers/posts_controller'\nexport const guards = PostsController.name\n",
    })
    expect(found[POSTS]).toMatch(/^suggest also-static: .*`config\/app.ts:1`/)
    expect(found[USERS]).toMatch(/^suggest also-static: .*`app\/controllers\/posts_controller.ts:1`/)
  })

  it('two route files that import one controller are fixed together', async () => {
    const found = await verdicts({
      'adonisrc.ts':
        "export default { preloads: [() => import('./start/routes.js'), () => import('./start/more.js')] }\n",
      'start/more.ts': application['start/routes.ts']!,
    })
    expect(Object.values(found)).toEqual(['fix', 'fix', 'fix', 'fix'])
  })

  it('a route file that needs the class forbids the fix in the other', async () => {
    const found = await verdicts({
      'adonisrc.ts':
        "export default { preloads: [() => import('./start/routes.js'), () => import('./start/more.js')] }\n",
      'start/more.ts': `${application['start/routes.ts']}export const users = new UsersController()\n`,
    })
    expect(found[USERS]).toMatch(/^suggest also-static: .*`start\/more.ts:2`/)
    expect(found['start/more.ts UsersController']).toMatch(/^leave constructed/)
    expect(found[POSTS]).toBe('fix')
  })
})

describe('import cycles', () => {
  const A = "import { B } from './b.js'\nexport class A { make() { return new B() } }\n"
  const B = "import { A } from './a.js'\nexport class B extends A {}\n"

  it('a base class in a cycle depends on which module is loaded first', async () => {
    const found = await verdicts({
      'app/services/users.ts': "import { A } from './a.js'\nexport const list = () => [A]\n",
      'app/services/a.ts': A,
      'app/services/b.ts': B,
    })
    expect(found[USERS]).toBe(
      'suggest import-cycle: `app/services/b.ts` is part of an import cycle that is evaluated in another order when the import is lazy.',
    )
    expect(found[POSTS]).toBe('fix')
  })

  it('a cycle that is read later only does not', async () => {
    const found = await verdicts({
      'app/services/users.ts': "import { A } from './a.js'\nexport const list = () => [A]\n",
      'app/services/a.ts': A,
      'app/services/b.ts': B.replace('extends A {}', '{ base() { return A } }'),
    })
    expect(found[USERS]).toBe('fix')
  })

  it('nor a barrel in a cycle, which only passes on', async () => {
    const found = await verdicts({
      'app/services/users.ts': "import { A } from './index.js'\nexport const list = () => [A]\n",
      'app/services/index.ts': "import { A } from './a.js'\nexport { A }\n",
      'app/services/a.ts': "import { A as Self } from './index.js'\nexport class A { self() { return Self } }\n",
    })
    expect(found[USERS]).toBe('fix')
  })

  it('nor does one that is loaded at boot anyway', async () => {
    const found = await verdicts({
      'app/services/users.ts': "import { A } from './a.js'\nexport const list = () => [A]\n",
      'app/services/a.ts': A,
      'app/services/b.ts': B,
      'config/app.ts': "import '../app/services/a.js'\n",
    })
    expect(found[USERS]).toBe('fix')
  })

  it('a route file in a cycle may be read before its constants are there', async () => {
    const found = await verdicts({
      'start/routes.ts': `${application['start/routes.ts']}import './more.js'\nexport function register() {}\n`,
      'start/more.ts': "import { register } from './routes.js'\nregister()\n",
    })
    expect(found[USERS]).toMatch(/^suggest import-cycle: This file is part of an import cycle/)
  })
})

describe('a file that hot-hook cannot lex', () => {
  it('keeps its imports', async () => {
    const found = await verdicts({
      'adonisrc.ts':
        "export default { preloads: [() => import('./start/routes.js'), () => import('./start/pages.js')] }\n",
      'start/pages.tsx': `${application['start/routes.ts']}export const page = <p>Don't</p>\n`,
    })
    expect(found['start/pages.tsx UsersController']).toMatch(/^leave unlexable/)
  })

  it('unlike JSX without closing tags', async () => {
    const found = await verdicts({
      'adonisrc.ts': "export default { preloads: [() => import('./start/pages.js')] }\n",
      'start/routes.ts': "import router from '@adonisjs/core/services/router'\n",
      'start/pages.tsx': `${application['start/routes.ts']}export const page = <p />\n`,
    })
    expect(found['start/pages.tsx UsersController']).toBe('fix')
  })
})

describe('code that runs at import', () => {
  it('in the controller itself', async () => {
    const found = await verdicts({
      'app/controllers/posts_controller.ts':
        "import emitter from '@adonisjs/core/services/emitter'\nemitter.on('x', () => {})\nexport default class PostsController {}\n",
    })
    expect(found[POSTS]).toMatch(/^suggest side-effects: `app\/controllers\/posts_controller.ts:2` runs code/)
    expect(found[USERS]).toBe('fix')
  })

  it('in a module that only the controller loads', async () => {
    const found = await verdicts({
      'app/services/users.ts': 'setInterval(() => {}, 1000)\nexport const list = () => []\n',
    })
    expect(found[USERS]).toMatch(/^suggest side-effects: `app\/services\/users.ts:1` runs code/)
  })

  it('in a module that only a barrel loads', async () => {
    const found = await verdicts({
      'start/routes.ts': application['start/routes.ts']!.replace(
        "import PostsController from '#controllers/posts_controller'\n",
        '',
      ).replace(
        "UsersController from '#controllers/users_controller'",
        "{ UsersController, PostsController } from '#controllers/index'",
      ),
      'app/controllers/index.ts':
        "import './cron.js'\nexport { default as UsersController } from './users_controller.js'\nexport { default as PostsController } from './posts_controller.js'\n",
      'app/controllers/cron.ts': 'setInterval(() => {}, 1000)\n',
    })
    expect(found['start/routes.ts UsersController,PostsController']).toMatch(
      /^suggest side-effects: `app\/controllers\/cron.ts:1`/,
    )
  })

  it('in a module that is loaded at boot anyway changes nothing', async () => {
    const found = await verdicts({
      'app/services/users.ts': 'setInterval(() => {}, 1000)\nexport const list = () => []\n',
      'config/app.ts': "import '../app/services/users.js'\n",
    })
    expect(found[USERS]).toBe('fix')
  })

  it.each([
    ['a timer that is kept', 'export const timer = setInterval(() => {}, 1000)'],
    ['a listener', "process.on('exit', () => {})"],
    ['a loop', 'for (const name of []) globalThis[name] = 1'],
    ['an assignment', 'globalThis.users = []'],
    ['a static block', 'export class Registry { static { globalThis.registry = this } }'],
    ['a top-level await', 'export const users = await load()\ndeclare function load(): Promise<unknown>'],
    ['a call behind a semicolon', ';(() => { setInterval(() => {}, 1000) })()'],
    ['a timer on the next line', 'export const timer =\n  setInterval(() => {}, 1000)'],
    ['a static field', 'export class Timer {\n  static timer = setInterval(() => {}, 1000)\n}'],
    ['a call behind a comment', "/* here */ process.on('exit', () => {})"],
    [
      'a default export that starts something',
      'export default new Worker(String(import.meta.url))\ndeclare const Worker: any',
    ],
    ['a package imported for its effect', "import 'some-package/extend'"],
    [
      'a decorator of a package that is not AdonisJS',
      "import { cron } from 'cron-package'\n@cron('* * * * *')\nexport class Job {}",
    ],
    ['a guard on the environment', "if (!process.env.KEY) throw new Error('KEY')"],
  ])('%s', async (_, code) => {
    const found = await verdicts({ 'app/services/users.ts': `${code}\nexport const list = () => []\n` })
    expect(found[USERS]).toMatch(/^suggest side-effects/)
  })

  it.each([
    ['a result that is kept', 'export const schema = build({ a: 1 })\ndeclare function build(x: unknown): unknown'],
    ['a guard on constants', "const weights = [1]\nif (Math.abs(weights[0] - 1) > 1e-9) throw new Error('weights')"],
    ['a directive', "'use strict'"],
    ['a types import', "import '@adonisjs/core/types'"],
    ['a decorator that describes', "import { ApiOperation } from 'openapi'\n@ApiOperation()\nexport class Users {}"],
    ['a decorator of AdonisJS', "import { inject } from '@adonisjs/core'\n@inject()\nexport class Users {}"],
    ['a default export of data', 'export default { a: 1 }'],
    ['a decorated class', 'const inject = () => () => {}\n@inject()\nexport class Users {}'],
    ['a comment block at the start of a line', '/*\n| Users\n*/'],
  ])('does not count %s', async (_, code) => {
    const found = await verdicts({ 'app/services/users.ts': `${code}\nexport const list = () => []\n` })
    expect(found[USERS]).toBe('fix')
  })
})

describe('the files that are looked at', () => {
  it('leaves tests, commands and what git ignores out', async () => {
    const routes = application['start/routes.ts']!
    const found = await verdicts({
      'tests/routes.spec.ts': routes,
      'commands/routes.ts': routes,
      'database/seeders/routes.ts': routes,
      'node_modules/x/routes.ts': routes,
      'app/routes.test.ts': routes,
    })
    expect(Object.keys(found)).toEqual([USERS, POSTS])
  })
})
