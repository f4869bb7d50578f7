import { parse } from '@typescript-eslint/parser'
import type { TSESTree } from '@typescript-eslint/utils'
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { executedOnce, providedModels } from '../../src/graph/executed-once.ts'

/** What the tree of each parser gives: `specifier why`, in textual order. */
function found(text: string, path = 'module.ts'): string[] {
  const options = { range: true, preserveParens: false, sourceType: 'module', astType: 'ts' } as const
  const oxc = parseSync(path, text, options)
  expect(oxc.errors).toEqual([])
  const jsx = path.endsWith('x')
  const estree = parse(text, { range: true, sourceType: 'module', ecmaFeatures: { jsx } })
  const trees = [oxc.program as unknown as TSESTree.Program, estree as TSESTree.Program]
  const [first, second] = trees.map((tree) =>
    executedOnce(tree).map(({ specifier, why, node }) => {
      expect(text.slice(...node.range)).toMatch(/^import\(/)
      return `${specifier} ${why}`
    }),
  )
  expect(second).toEqual(first)
  return first ?? []
}

describe('at module level', () => {
  it.each([
    ['awaited', "const { default: users } = await import('./users.js')"],
    ['a promise', "const users = import('./users.js')"],
    ['exported', "export const users = await import('./users.js')"],
    ['for its side effects', "await import('./users.js')"],
    ['a template without expressions', 'await import(`./users.js`)'],
    ['in an if', "if (process.env.USERS) await import('./users.js')"],
    ['in a for', "for (const app of apps) app.boot(await import('./users.js'))"],
    ['in a try', "try { await import('./users.js') } catch {}"],
    ['in an async function called where it stands', "(async () => { await import('./users.js') })()"],
    ['in a function expression called where it stands', "void (async function () { await import('./users.js') })()"],
    ['in .then()', "ready.then(async () => { await import('./users.js') })"],
    ['in .map()', "await Promise.all([1, 2].map(async () => await import('./users.js')))"],
    ['in a static block', "class App { static { import('./users.js') } }"],
    ['in a static field', "class App { static users = import('./users.js') }"],
    ['in an object', "export default { users: await import('./users.js') }"],
    ['with .then()', "const users = import('./users.js').then((m) => m.default)"],
    ['with a cast', "const users = (await import('./users.js')) as Users"],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual(['./users.js module-level'])
  })

  it('a template with an expression, by its glob', () => {
    expect(found('await import(`./${name}.js`)')).toEqual(['./*.js module-level'])
  })

  it.each([
    ['a thunk', "const users = () => import('./users.js')"],
    ['a thunk passed on', "router.get('/users', [() => import('./users.js'), 'index'])"],
    ['thunks in an object', "export const controllers = { Users: () => import('./users.js') }"],
    ['an async handler', "app.get('/', async (req, res) => (await import('./users.js')).list(req, res))"],
    ['a computed specifier', 'await import(name)'],
    ['an instance field', "class App { users = import('./users.js') }"],
    ['a method', "export class App { async users() { return import('./users.js') } }"],
    ['a static method', "export class App { static async users() { return import('./users.js') } }"],
    ['a loop that does not end', "while (true) { await (await import('./job.js')).run() }"],
    ['a loop over a stream', "for await (const job of jobs) await (await import('./job.js')).run(job)"],
    ['a thunk in a function called where it stands', "(() => { app.get('/', () => import('./users.js')) })()"],
    ['a type', "type Users = import('./users.js').Users"],
  ])('not %s', (_, text) => {
    expect(found(text)).toEqual([])
  })
})

describe('memoised', () => {
  it.each([
    ['??=', "let p\nexport const users = () => (p ??= import('./users.js'))"],
    ['||=', "let p\nexport const users = () => (p ||= import('./users.js'))"],
    ['??= with await', "let m\nexport async function users() { return (m ??= await import('./users.js')) }"],
    ['??= with .then()', "let p\nexport const users = () => (p ??= import('./users.js').then((m) => m.default))"],
    ['||', "let p\nexport const users = () => p || (p = import('./users.js'))"],
    ['??', "let p\nexport const users = () => p ?? (p = import('./users.js'))"],
    ['if', "let p\nexport function users() { if (!p) p = import('./users.js'); return p }"],
    ['if with null', "let p = null\nexport function users() { if (p === null) { p = import('./users.js') } return p }"],
    [
      'if with typeof',
      "let p\nexport function users() { if (typeof p === 'undefined') p = import('./users.js'); return p }",
    ],
    [
      'if with a second condition',
      "let p\nexport function users() { if (on && !p) p = import('./users.js'); return p }",
    ],
    ['a conditional', "let p\nexport const users = () => (p ? p : (p = import('./users.js')))"],
    [
      'an early return',
      "let m\nexport async function users() { if (m) return m; m = await import('./users.js'); return m }",
    ],
    [
      'in two steps',
      "let service\nexport async function users() { if (!service) { const { Users } = await import('./users.js'); service = new Users() } return service }",
    ],
    [
      'in a function called where it stands',
      "let p\nexport const users = () => (p ??= (async () => { const m = await import('./users.js'); return m.create() })())",
    ],
    ['a property', "const cache = {}\nexport const users = () => (cache.users ??= import('./users.js'))"],
    ['a property of globalThis', "export const users = () => (globalThis.users ??= import('./users.js'))"],
    [
      'a map',
      "const cache = new Map()\nexport async function users(k) { if (!cache.has(k)) cache.set(k, await import('./users.js')); return cache.get(k) }",
    ],
    ['several', "let all\nexport const users = () => (all ??= Promise.all([import('./users.js')]))"],
    [
      'a static property',
      "export class Users { static p; static load() { return (Users.p ??= import('./users.js')) } }",
    ],
    ['once()', "import { once } from './once.js'\nexport const users = once(() => import('./users.js'))"],
    ['lodash', "import _ from 'lodash'\nexport const users = _.once(() => import('./users.js'))"],
    ['p-memoize', "import pMemoize from 'p-memoize'\nexport const users = pMemoize(async () => import('./users.js'))"],
    [
      'lazy() of tRPC',
      "import { lazy } from '@trpc/server'\nexport const app = router({ users: lazy(() => import('./users.js')) })",
    ],
    [
      'lazyEventHandler() of h3',
      "import { lazyEventHandler } from 'h3'\napp.use('/', lazyEventHandler(() => import('./users.js')))",
    ],
    [
      'defineLazyEventHandler() of h3',
      "import { defineLazyEventHandler } from 'h3'\nexport default defineLazyEventHandler(async () => (await import('./users.js')).handler)",
    ],
  ])('by %s', (_, text) => {
    expect(found(text)).toEqual(['./users.js memoised'])
  })

  it.each([
    [
      'a variable of the function',
      "export async function users() { let m; m ??= await import('./users.js'); return m }",
    ],
    [
      'a variable of the function around',
      "export function loader() { let p; return () => (p ??= import('./users.js')) }",
    ],
    ['a parameter', "export async function users(ctx) { ctx.users ??= await import('./users.js') }"],
    [
      'this, which may live as long as a request',
      "export class C { p; users() { return (this.p ??= import('./users.js')) } }",
    ],
    ['a plain assignment', "let m\nexport async function users() { m = await import('./users.js'); return m }"],
    [
      'a variable that is emptied elsewhere',
      "let p\nexport const users = () => (p ??= import('./users.js'))\nexport const reload = () => { p = undefined }",
    ],
    [
      'a condition on something else',
      "let m\nlet fresh\nexport async function users() { if (!fresh) m = await import('./users.js'); return m }",
    ],
    ['a full variable', "let m\nexport async function users() { if (m) m = await import('./users.js'); return m }"],
    [
      'lazy() of anything else',
      "import { lazy } from './lazy.js'\nexport const users = lazy(() => import('./users.js'))",
    ],
    [
      'once() in a request',
      "import { once } from './once.js'\napp.get('/', (req, res) => once(() => import('./users.js'))())",
    ],
    ['a listener', "emitter.once('ready', () => import('./users.js'))"],
    ['headers', "app.get('/', async (req, res) => { res.set('x', (await import('./users.js')).x) })"],
  ])('not by %s', (_, text) => {
    expect(found(text)).toEqual([])
  })

  it('is not where a variable of the same name is the function’s own', () => {
    expect(found("let p\nexport function users() { let p; p ??= import('./users.js'); return p }")).toEqual([])
  })

  it('is where its own failure empties it', () => {
    const text =
      "let p\nexport const users = () => (p ??= import('./users.js').catch((e) => { p = undefined; throw e }))"
    expect(found(text)).toEqual(['./users.js memoised'])
  })
})

describe('registered', () => {
  it.each([
    ['with register()', "app.register(import('./users.js'))"],
    ['with use()', "app.use((await import('./users.js')).default)"],
    ['with use() and a path', "app.use('/users', (await import('./users.js')).default)"],
    ['with get()', "app.get('/users', (await import('./users.js')).list)"],
    ['with a cast', "app.use((await import('./users.js')).default as Handler)"],
    [
      'in an exported function',
      "export async function build() { const app = fastify(); app.register(import('./users.js')); return app }",
    ],
    ['in a plugin', "export default async function (app) { app.register(import('./users.js')) }"],
    [
      'in a wrapped plugin',
      "import fp from 'fastify-plugin'\nexport default fp(async (app) => { await app.register(import('./users.js')) })",
    ],
    [
      'in a nested plugin',
      "export async function routes(app) { app.register(async (inner) => { inner.register(import('./users.js')) }) }",
    ],
    [
      'in a plugin of fastify',
      "import Fastify from 'fastify'\nconst app = Fastify()\napp.register(async (inner) => { const { routes } = await import('./users.js'); routes(inner) })",
    ],
    [
      'in a hook of fastify',
      "import Fastify from 'fastify'\nconst app = Fastify()\napp.addHook('onReady', async () => { await import('./users.js') })",
    ],
    [
      'in a hook of AdonisJS',
      "import app from '@adonisjs/core/services/app'\napp.booted(async () => { await import('./users.js') })",
    ],
    [
      'the exception handler of AdonisJS',
      "import server from '@adonisjs/core/services/server'\nserver.errorHandler(() => import('./users.js'))",
    ],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual(['./users.js registered'])
  })

  it.each([
    ['a thunk in use()', "router.use([() => import('./users.js')])"],
    ['a thunk in register()', "loaders.register('users', () => import('./users.js'))"],
    ['in a handler', "app.get('/', async (req, res) => { sandbox.use(await import('./users.js')) })"],
    [
      'in a hook of requests',
      "import Fastify from 'fastify'\nconst app = Fastify()\napp.addHook('onRequest', async () => { await import('./users.js') })",
    ],
    ['get() in a function', "export async function users() { return post('/x', (await import('./users.js')).body) }"],
  ])('not %s', (_, text) => {
    expect(found(text)).toEqual([])
  })
})

describe('in a function that only the module calls', () => {
  it.each([
    ['a declaration', "async function main() { const { default: r } = await import('./users.js') }\nawait main()"],
    ['a constant', "const main = async () => { await import('./users.js') }\nmain()"],
    [
      'called before it stands there',
      "main().catch(console.error)\nasync function main() { await import('./users.js') }",
    ],
    [
      'called in another',
      "async function load() { return import('./users.js') }\nasync function main() { await load() }\nmain()",
    ],
    ['handed to .then()', "async function load() { await import('./users.js') }\nconnect().then(load)"],
    ['called in an if', "async function main() { await import('./users.js') }\nif (isMain) main()"],
    [
      'with a function of its own',
      "async function main() { async function load() { await import('./users.js') } await load() }\nmain()",
    ],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual(['./users.js caller'])
  })

  it.each([
    ['exported', "export async function main() { await import('./users.js') }\nawait main()"],
    ['exported below', "async function main() { await import('./users.js') }\nmain()\nexport { main }"],
    ['the default export', "async function main() { await import('./users.js') }\nmain()\nexport default main"],
    ['never called', "async function main() { await import('./users.js') }"],
    ['handed to a timer', "async function tick() { await import('./users.js') }\nsetInterval(tick, 1000)"],
    [
      'also called in a handler',
      "async function load() { return import('./users.js') }\nload()\napp.get('/', async () => load())",
    ],
    ['calls itself', "async function loop() { await import('./users.js'); await sleep(1); loop() }\nloop()"],
    [
      'with a loop that does not end',
      "async function main() { while (true) { await (await import('./job.js')).run() } }\nmain()",
    ],
    [
      'called in a loop that does not end',
      "async function run() { await import('./job.js') }\nwhile (true) await run()",
    ],
    ['with a handler in it', "async function main() { app.get('/', () => import('./users.js')) }\nmain()"],
    ['hidden by a name of its own', "async function load() { await import('./users.js') }\n{ const load = 1; load() }"],
  ])('not when it is %s', (_, text) => {
    expect(found(text)).toEqual([])
  })

  it('is not when it is used as a component', () => {
    expect(
      found("function App() { return import('./users.js') }\nApp()\nexport default () => <App />", 'app.tsx'),
    ).toEqual([])
  })
})

it('gives every import its own reason, in the order of the text', () => {
  const text = [
    "const load = () => import('./a.js')",
    "const b = await import('./b.js')",
    'let p',
    "export const c = () => (p ??= import('./c.js'))",
    "app.use((await import('./d.js')).default)",
  ]
  expect(found(text.join('\n'))).toEqual(['./b.js module-level', './c.js memoised', './d.js registered'])
})

it('takes plain JavaScript', () => {
  expect(found("const users = await import('./users.js')", 'module.js')).toEqual(['./users.js module-level'])
})

describe('the models of @adonisjs/auth are imported for each request', () => {
  const models = (text: string): string[] => {
    const { program } = parseSync('config/auth.ts', text, { range: true, preserveParens: false })
    return [...providedModels(program as unknown as TSESTree.Program)]
  }
  const config = (provider: string): string =>
    `import { sessionGuard, sessionUserProvider } from '@adonisjs/auth/session'\nimport { defineConfig } from '@adonisjs/auth'\nexport default defineConfig({ default: 'web', guards: { web: sessionGuard({ provider: ${provider} }) } })\n`

  it.each([
    ['a user provider', "sessionUserProvider({ model: () => import('#models/user') })"],
    ['an async function', "sessionUserProvider({ model: async () => import('#models/user') })"],
  ])('%s', (_, provider) => expect(models(config(provider))).toEqual(['#models/user']))

  it.each([
    ['another option', "sessionUserProvider({ other: () => import('#models/user') })"],
    ['another function', "custom({ model: () => import('#models/user') })"],
    ['a promise', "sessionUserProvider({ model: import('#models/user') })"],
    ['one of another module', "sessionUserProvider({ model: () => import('#models/user') })".replace('session', 'own')],
  ])('not %s', (_, provider) => expect(models(config(provider))).toEqual([]))
})
