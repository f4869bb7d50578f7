import { describe, expect, it } from 'vitest'
import { boundInstances } from '../../codemods/bound-instances.ts'
import { cases } from '../fixtures/world.ts'
import { run } from './run.ts'

const ROUTER = "import router from '@adonisjs/core/services/router'\n"

function app(
  routes: string,
  controller = 'export default class UsersController { index() {} show() {} }\n',
): Record<string, string> {
  return {
    'package.json': `${JSON.stringify({ name: 'app', type: 'module', imports: { '#controllers/*': './app/controllers/*.js' } })}\n`,
    'start/routes.ts': routes,
    'app/controllers/users_controller.ts': controller,
    'app/controllers/base_controller.ts': 'export default class BaseController { hello() {} }\n',
  }
}

const ROUTES = `${ROUTER}import UsersController from '#controllers/users_controller'

const users = new UsersController()

router.get('/users', users.index.bind(users))
`

async function routesAfter(
  routes: string,
  controller?: string,
  major = 6,
  more: Record<string, string> = {},
): Promise<string | undefined> {
  const { changed } = await run(boundInstances, { ...app(routes, controller), ...more }, { major })
  return changed['start/routes.ts']
}

async function reasonFor(
  routes: string,
  controller?: string,
  major = 6,
  more: Record<string, string> = {},
): Promise<string> {
  const { changed, notes } = await run(boundInstances, { ...app(routes, controller), ...more }, { major })
  expect(changed).toEqual({})
  return notes.join('\n')
}

describe('bound-instances', () => {
  it('turns bound methods into tuples and the import into a lazy one', async () => {
    const { input, expected } = cases.find(({ id }) => id === 'C26-bound-instance')!
    expect(await routesAfter(input)).toBe(expected.codemodOutput)
  })

  it('keeps quotes, semicolons and line ends', async () => {
    const routes = ROUTES.replaceAll("'", '"')
      .replaceAll(/(?<=[^\n])\n/g, ';\n')
      .replaceAll('\n', '\r\n')
    expect(await routesAfter(routes)).toBe(
      'import router from "@adonisjs/core/services/router";\r\nconst UsersController = () => import("#controllers/users_controller");\r\n\r\nrouter.get("/users", [UsersController, "index"]);\r\n',
    )
  })

  it('handles two instances of one class', async () => {
    const routes = ROUTES + "const more = new UsersController()\nrouter.get('/more', more.show.bind(more))\n"
    expect(await routesAfter(routes)).toBe(
      `${ROUTER}const UsersController = () => import('#controllers/users_controller')\n\nrouter.get('/users', [UsersController, 'index'])\nrouter.get('/more', [UsersController, 'show'])\n`,
    )
  })

  it('takes a method that is not bound when it uses no `this`', async () => {
    expect(await routesAfter(ROUTES.replace('.bind(users)', ''))).toContain("[UsersController, 'index']")
  })

  it('takes an arrow function in a field', async () => {
    const controller = 'export default class C { index = () => this.list(); list() {} }\n'
    expect(await routesAfter(ROUTES.replace('.bind(users)', ''), controller)).toContain("[UsersController, 'index']")
  })

  it('leaves one that uses `this`', async () => {
    const controller = 'export default class C { index() { return this.list() } list() {} }\n'
    expect(await reasonFor(ROUTES.replace('.bind(users)', ''), controller)).toContain(
      '`index` may use `this`, and is not bound',
    )
    expect(await routesAfter(ROUTES, controller)).toContain("[UsersController, 'index']")
  })

  it('follows a base class whose constructor takes nothing', async () => {
    const controller =
      "import BaseController from './base_controller.js'\nexport default class UsersController extends BaseController { index() {} }\n"
    expect(await routesAfter(ROUTES, controller)).toContain("[UsersController, 'index']")
  })

  it('takes a field that holds a service', async () => {
    const controller =
      "import Users from '../users.js'\nexport default class UsersController { private users = new Users(); index() {} }\n"
    const more = { 'app/users.ts': 'export default class Users { list() {} }\n' }
    expect(await routesAfter(ROUTES, controller, 6, more)).toContain("[UsersController, 'index']")
  })

  it('takes a constructor that only keeps what it makes, of classes that keep what they are given', async () => {
    const controller = `import CrudController from '../crud_controller.js'
import { CrudService, TABLE } from '../crud_service.js'
import env from '#start/env'
export default class UsersController extends CrudController {
  declare users: CrudService
  private labels = { a: 1 }
  readonly #names = ['a', 'b']
  constructor() {
    super(new CrudService(TABLE))
    const key = env.get('KEY')
    this.users = new CrudService(TABLE, key ?? \`key-\${process.env.KEY}\`)
    this.show = this.show.bind(this)
  }
  async index() { return [await this.users.list(), this.labels.a, ...this.#names, this.#names.map((name) => name)] }
  show() { return this.service.delete(1) }
}
`
    const more = {
      'app/crud_controller.ts':
        'export default class CrudController { constructor(protected service: any) {} all() { return this.service.list() } }\n',
      'app/crud_service.ts': `export const TABLE = 'users'
export class CrudService {
  private table: string
  constructor(table: string, private key = 'none') { this.table = table }
  getTable() { return this.table }
  async list() { return [this.table, this.key] }
  delete(id: number) { return id }
}
`,
    }
    expect(await routesAfter(ROUTES, controller, 6, more)).toContain("[UsersController, 'index']")
  })

  it('takes functions of its own that only it calls, and a pattern that always begins anew', async () => {
    const controller = `export default class C {
  private word = /a/i
  private key = process.env.KEY
  private isKey = process.env.OTHER === process.env.KEY
  names = () => ['a'].filter((name) => this.word.test(name))
  constructor() { this.list = this.list.bind(this) }
  list() { return this.names() }
  index() { return [this.list(), this.list.bind(this)] }
}
`
    expect(await routesAfter(ROUTES, controller)).toContain("[UsersController, 'index']")
  })

  it.each<[string, string, string, string?]>([
    ['a counter', 'count = 0; list() { return ++this.count }', 'it keeps state between requests (`app/users.ts:1`)'],
    ['a list', 'list() { this.seen.push(1) } seen = [1]', 'it keeps state between requests (`app/users.ts:1`)'],
    [
      'a private list',
      'list() { this.#seen.push(1) } #seen = [1]',
      'it keeps state between requests (`app/users.ts:1`)',
    ],
    [
      'a list under another name',
      'list() { const s = this.seen; s.count++ } seen = { count: 1 }',
      'it hands on what it made (`app/users.ts:1`)',
    ],
    [
      'itself under another name',
      'list() { const self: any = this; self.count = 1 }',
      'it hands itself to something else (`app/users.ts:1`)',
    ],
    [
      'a field by a computed name',
      'list(name: string) { return this[name] }',
      'it hands itself to something else (`app/users.ts:1`)',
    ],
    ['a cache', 'cache = new Map()', 'it makes something that may keep state, `new Map()` (`app/users.ts:1`)'],
    [
      'what a constructor does',
      'constructor() { console.log(1) }',
      'its constructor does something (`app/users.ts:1`)',
    ],
    [
      'what a constructor checks',
      'constructor() { if (!process.env.KEY) throw new Error() }',
      'its constructor does something (`app/users.ts:1`)',
    ],
    [
      'the time',
      'at: number; constructor() { this.at = Date.now() }',
      'it calls something when it is made (`app/users.ts:1`)',
    ],
    [
      'what may be another thing later',
      'at = tick; list() { tick++ }',
      '`tick` may be another thing later (`app/users.ts:1`)',
    ],
    [
      'a function in a constructor',
      'get; constructor() { let n = 0; this.get = () => n++ }',
      'its constructor does something (`app/users.ts:1`)',
    ],
    ['a method that is memoised', '@memoize list() {}', 'it is decorated (`app/users.ts:1`)'],
    [
      'a listener that is taken away by what the instance has',
      'constructor() { this.heard = this.heard.bind(this) } heard() {} list() { emitter.off("a", this.heard) }',
      'it hands on what it made (`app/users.ts:1`)',
    ],
    [
      'a listener in a field',
      'heard = () => {}; list() { emitter.on("a", this.heard) }',
      'it hands on what it made (`app/users.ts:1`)',
    ],
    [
      'a pattern that knows where it was',
      'word = /a/g; list() { return this.word.test("a") }',
      'it keeps state between requests (`app/users.ts:1`)',
    ],
    [
      'a cache where it is given nothing',
      'constructor(cache = new Map()) { this.cache = cache } cache',
      'it makes something that may keep state, `new Map()` (`app/users.ts:1`)',
      'process.env.NONE',
    ],
    [
      'a function that changes what it is bound to',
      'list() { return count.bind(this)() }',
      'it hands itself to something else (`app/users.ts:1`)',
    ],
    [
      'a function that changes what it is a field of',
      'count = count; list() { return this.count() }',
      'it hands itself to something else (`app/users.ts:1`)',
    ],
    [
      'a field that is set by `super`',
      'list() { super.total = (this.total ?? 0) + 1 }',
      'it keeps state between requests (`app/users.ts:1`)',
    ],
    [
      'a class that is exchanged',
      'made = new Made(); list() { Made = class {} }',
      '`Made` may be another thing later (`app/users.ts:1`)',
    ],
    ['what a container gives a method', '@inject() list(users?: object) {}', 'it is decorated (`app/users.ts:1`)'],
    [
      'what a container is told to give',
      'static containerInjections = { list: { dependencies: [Date] } }; list() {}',
      'a container gives it something (`app/users.ts:1`)',
    ],
    [
      'a variable that the application sets',
      "key = process.env.KEY; list() { process.env['KEY'] = '1' }",
      'the application sets `KEY`, which it reads (`app/users.ts:1`)',
    ],
    [
      'a setter',
      'set name(name: string) { console.log(name) } constructor() { this.name = "" }',
      'it has a setter (`app/users.ts:1`)',
    ],
  ])('leaves a service with %s', async (_, body, reason, given = '') => {
    const controller = `import Users from '../users.js'\nexport default class C { private users = new Users(${given}); index() {} }\n`
    const more = {
      'app/users.ts': `let tick = 1; let Made = class {}; function count() { this.n = 1 } export default class Users { ${body} }\n`,
    }
    expect(await reasonFor(ROUTES, controller, 6, more)).toBe(
      `info start/routes.ts:2 \`UsersController\` stays an instance: ${reason}, in \`Users\`, which it makes (\`app/controllers/users_controller.ts:2\`).`,
    )
  })

  it.each([
    [
      'a constructor that takes arguments',
      'export default class C { constructor(private users: unknown) {} index() {} }\n',
      'its constructor takes arguments (`app/controllers/users_controller.ts:1`)',
    ],
    [
      'a field that is assigned',
      'export default class C { count = 0; index() { this.count++ } }\n',
      'it keeps state between requests (`app/controllers/users_controller.ts:1`)',
    ],
    [
      'a constructor that does something',
      'export default class C { constructor() { setInterval(() => {}, 1000) } index() {} }\n',
      'its constructor does something (`app/controllers/users_controller.ts:1`)',
    ],
    [
      'a field that holds what it made',
      "import { Pool } from 'pg'\nexport default class C { pool = new Pool(); index() {} }\n",
      'it makes something that may keep state, `new Pool()` (`app/controllers/users_controller.ts:2`)',
    ],
    [
      'a service that is handed on',
      "import Base from './base_controller.js'\nexport default class C { base = new Base(); index() { return this.base } }\n",
      'it hands on what it made (`app/controllers/users_controller.ts:2`)',
    ],
    [
      'a service that is handed to a base class that gives it away',
      'class Base { constructor(protected a: object) {} get() { return this.a } }\nclass A {}\nexport default class C extends Base { constructor() { super(new A()) } index() {} }\n',
      'it hands on what it made (`app/controllers/users_controller.ts:1`)',
    ],
    [
      'a base class from a package',
      "import { Base } from 'base'\nexport default class C extends Base { index() {} }\n",
      'its base class comes from a package, or was not found (`app/controllers/users_controller.ts:2`)',
    ],
    [
      'a base class whose constructor the container would give something',
      "import { inject } from '@adonisjs/core'\n@inject() class Base { constructor(a?: object) {} }\nexport default class C extends Base { index() {} }\n",
      'its constructor takes arguments (`app/controllers/users_controller.ts:2`)',
    ],
    [
      'code that runs at import',
      'setInterval(() => {}, 1000)\nexport default class C { index() {} }\n',
      '`app/controllers/users_controller.ts:1` runs code when it is imported',
    ],
  ])('leaves %s', async (_, controller, reason) => {
    expect(await reasonFor(ROUTES, controller)).toBe(
      `info start/routes.ts:2 \`UsersController\` stays an instance: ${reason}.`,
    )
  })

  it.each([
    [
      'an instance that is used otherwise',
      `${ROUTES}console.log(users)\n`,
      '`users` is used other than by `.bind(users)`',
    ],
    ['a comment', ROUTES.replace('bind(users)', 'bind(/* why */ users)'), 'a comment would be lost'],
    ['a method that does not exist', `${ROUTES}router.get('/x', users.gone.bind(users))\n`, 'it has no method `gone`'],
    [
      'a bound method elsewhere',
      `${ROUTES}export const show = users.show.bind(users)\n`,
      '`users` is used outside a route',
    ],
    [
      'a method bound to another object',
      `${ROUTES}router.get('/x', users.show.bind({}))\n`,
      '`users` is used other than by `.bind(users)`',
    ],
    ['a class that is used otherwise', `${ROUTES}console.log(UsersController)\n`, 'its class is used otherwise'],
    [
      'an exported instance',
      ROUTES.replace('const users', 'export const users'),
      'its instance is not a constant of the module',
    ],
    [
      'constructor arguments',
      ROUTES.replace('new UsersController()', 'new UsersController(1)'),
      'it is constructed with arguments',
    ],
  ])('leaves %s', async (_, routes, reason) => {
    expect(await reasonFor(routes)).toBe(`info start/routes.ts:2 \`UsersController\` stays an instance: ${reason}.`)
  })

  const CLIENT = `import axios from 'axios'
import env from '#start/env'
export default class UsersController {
  constructor() {
    const url = env.get('URL')
    if (!url) {
      throw new Error('URL is not set')
    }
    this.key = process.env.KEY ?? 'none'
    this.client = axios.create({ baseURL: url, headers: { 'x-key': this.key }, timeout: 3000 })
    this.client.interceptors.response.use((response) => response, (error) => Promise.reject(this.wrap(error)))
  }
  wrap(error) { return new Error(error.message) }
  async index({ response }) { response.send(await this.client.get('/users')) }
  show() { return this.client.get('/user') }
}
`

  it('keeps an instance that makes clients of packages until an edit', async () => {
    const routes = `${ROUTES}router.get('/users/:id', users.show.bind(users))\n`
    const { changed, summary } = await run(boundInstances, app(routes, CLIENT), { major: 6 })
    expect(changed['start/routes.ts']).toBe(`${ROUTER}import { fromModule } from '../hot.js'
const UsersController = () => import('#controllers/users_controller')

const users = fromModule(UsersController, (m) => new m.default())
await users()

router.get('/users', async (ctx) => (await users()).index(ctx))
router.get('/users/:id', async () => (await users()).show())
`)
    expect(changed['hot.ts']).toContain('export function fromModule<Module, Value>(')
    expect(Object.keys(changed)).toHaveLength(2)
    expect(summary).toBe('1 instance, then built for each request, or after an edit')
  })

  it('keeps two instances by one import, also of services that make the clients, and their semicolons', async () => {
    const routes = `${ROUTER.trimEnd()};
import UsersController from '#controllers/users_controller';
import BaseController from '#controllers/base_controller';

const users = new UsersController();
const base = new BaseController();
router.get('/users', users.index.bind(users));
router.get('/hello', base.hello.bind(base));
`
    const service =
      "import { createClient } from '@supabase/supabase-js'\nexport default class Users { client; constructor() { this.client = createClient(process.env.URL, process.env.KEY) } list() { return this.client.from('users').select() } }\n"
    const controller = (method: string): string =>
      `import Users from '../users.js'\nexport default class C { users = new Users(); ${method}() { return this.users.list() } }\n`
    const more = { 'app/users.ts': service, 'app/controllers/base_controller.ts': controller('hello') }
    expect(await routesAfter(routes, controller('index'), 6, more)).toBe(`${ROUTER.trimEnd()};
import { fromModule } from '../hot.js';
const UsersController = () => import('#controllers/users_controller');
const BaseController = () => import('#controllers/base_controller');

const users = fromModule(UsersController, (m) => new m.default());
await users();
const base = fromModule(BaseController, (m) => new m.default());
await base();
router.get('/users', async () => (await users()).index());
router.get('/hello', async () => (await base()).hello());
`)
  })

  const PLAIN = `import axios from 'axios'
export default class C {
  client = axios.create({ baseURL: 'http://users' })
  index() { return this.client.get('/') }
}
`

  it.each([
    [
      'whose client listens',
      PLAIN.replaceAll('axios', 'amqp'),
      'it calls something when it is made (`app/controllers/users_controller.ts:3`)',
    ],
    [
      'that configures all clients',
      PLAIN.replace('index()', 'constructor() { axios.interceptors.request.use((config) => config) } index()'),
      'its constructor does something (`app/controllers/users_controller.ts:4`)',
    ],
    [
      'whose client keeps a session',
      PLAIN.replace("this.client.get('/')", "this.client.auth.signIn('ada')"),
      'it keeps state between requests (`app/controllers/users_controller.ts:4`)',
    ],
    [
      'that changes its client for later requests',
      PLAIN.replace("this.client.get('/')", "this.client.defaults.headers.token = 'a'"),
      'it keeps state between requests (`app/controllers/users_controller.ts:4`)',
    ],
    [
      'that counts in what it gives its client',
      PLAIN.replace(
        'index()',
        'constructor() { this.client.interceptors.request.use((config) => { this.count = (this.count ?? 0) + 1; return config }) } index()',
      ),
      'it keeps state between requests (`app/controllers/users_controller.ts:4`)',
    ],
    [
      'that counts beside its client',
      PLAIN.replace("return this.client.get('/')", 'this.count = 1'),
      'it keeps state between requests (`app/controllers/users_controller.ts:4`)',
    ],
    [
      'that hands its client on',
      PLAIN.replace("this.client.get('/')", 'this.client'),
      'it hands on what it made (`app/controllers/users_controller.ts:4`)',
    ],
    [
      'whose client is given a function',
      PLAIN.replace("baseURL: 'http://users'", 'transformRequest: () => {}'),
      'it hands something on that it makes (`app/controllers/users_controller.ts:3`)',
    ],
    [
      'that checks more than what it is given',
      PLAIN.replace('index()', "constructor() { if (!isReady()) throw new Error('not ready') } index()"),
      'its constructor does something (`app/controllers/users_controller.ts:4`)',
    ],
    [
      'that is no default export',
      PLAIN.replace('export default class', 'class').replace(/$/, 'export { C as UsersController }\n'),
      'its class is not the default export',
    ],
    ['whose module imports the routes', `import '../../start/routes.js'\n${PLAIN}`, 'its module imports this one'],
    [
      'whose method takes more than the context',
      PLAIN.replace('index()', 'index(ctx, next)'),
      '`index` may take more than the context',
    ],
  ])('leaves an instance %s', async (_, controller, reason) => {
    const routes = controller.includes('export { C')
      ? ROUTES.replace('UsersController from', '{ UsersController } from')
      : ROUTES
    expect(await reasonFor(routes, controller)).toBe(
      `info start/routes.ts:2 \`UsersController\` stays an instance: ${reason}.`,
    )
  })

  it('leaves an instance with a client where the routes cannot wait for it', async () => {
    const more = { 'tsconfig.json': '{ "compilerOptions": { "module": "es2020", "target": "es2020" } }\n' }
    expect(await reasonFor(ROUTES, PLAIN, 6, more)).toContain('the project has no `await` outside of functions')
  })

  it('leaves an instance with a client that listens to events', async () => {
    const routes = `import emitter from '@adonisjs/core/services/emitter'\nimport UsersController from '#controllers/users_controller'\n\nconst users = new UsersController()\n\nemitter.on('a', users.index.bind(users))\n`
    expect(await reasonFor(routes, PLAIN)).toContain('`index` is no handler of a route')
  })

  it('sees methods that the module gives its class by the prototype', async () => {
    const completed = (body: string): string =>
      `export default class C { index() {} }\nC.prototype.list = function () { ${body} }\n`
    expect(await routesAfter(ROUTES, completed('return 1'))).toContain("[UsersController, 'index']")
    expect(await reasonFor(ROUTES, completed('this.count = 1'))).toContain('it keeps state between requests')
    const extended = completed('return 1').replace('class C', 'class C extends Base')
    expect(await reasonFor(ROUTES, `class Base {}\n${extended}`)).toContain('runs code when it is imported')
  })

  it('leaves AdonisJS 7 alone, where a tuple gets a route name', async () => {
    expect(await reasonFor(ROUTES, undefined, 7)).toContain('AdonisJS 7 would give its routes names')
  })
})
