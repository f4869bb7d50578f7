import { describe, expect, it } from 'vitest'
import { openServer } from '../../src/graph/server.ts'
import { readProject } from '../../src/project/read.ts'
import { routesOf, type Route } from '../../src/verify/routes.ts'
import { doesSomething, sampleOf } from '../../src/verify/routes/sample.ts'
import { directoryWith } from '../cli/run.ts'

type Files = Readonly<Record<string, string>>

const VERSIONS: Readonly<Record<string, string>> = {
  express: '^5.0.0',
  fastify: '^5.0.0',
  '@fastify/autoload': '^6.0.0',
  koa: '^3.0.0',
  hono: '^4.0.0',
  '@adonisjs/core': '^6.0.0',
}

function routesIn(dependencies: readonly string[], files: Files): Route[] {
  const packageJson = JSON.stringify({
    type: 'module',
    scripts: { dev: 'node src/server.js' },
    dependencies: Object.fromEntries(dependencies.map((name) => [name, VERSIONS[name]])),
  })
  const root = directoryWith({ 'package.json': packageJson, ...files })
  const project = readProject(root)
  return routesOf(project, openServer(project))
}

/** Patterns; `/`, which is always there, left out unless it is registered. */
function patternsIn(dependencies: readonly string[], files: Files): string[] {
  return routesIn(dependencies, files)
    .map(({ pattern }) => pattern)
    .filter((pattern) => pattern !== '/')
}

const USERS = "import { Router } from 'express'\nexport const router = Router()\nrouter.get('/:id', (req, res) => {})\n"

describe('Express', () => {
  const express = (files: Files): string[] => patternsIn(['express'], files)

  it('gives the request, the pattern, the file and the line', () => {
    const [, route] = routesIn(['express'], {
      'src/server.js':
        "import express from 'express'\nconst app = express()\n\napp.get('/users/:id', (req, res) => {})\n",
    })
    expect(route).toMatchObject({ request: '/users/1', pattern: '/users/:id', line: 4 })
    expect(route?.path).toMatch(/src\/server\.js$/)
  })

  it('gives `/` of an application that registers nothing', () => {
    expect(routesIn(['express'], { 'src/server.js': "import express from 'express'\nexpress()\n" })).toMatchObject([
      { request: '/', pattern: '/' },
    ])
  })

  it('leaves out other methods, settings and events', () => {
    const server =
      "import express from 'express'\nconst app = express()\napp.post('/users', () => {})\napp.get('/title')\napp.on('/mount', () => {})\napp.all('/any', () => {})\n"
    expect(express({ 'src/server.js': server })).toEqual(['/any'])
  })

  it('follows a mount to another module', () => {
    const server =
      "import express from 'express'\nimport { router } from './users.js'\nconst app = express()\napp.use('/api/users', router)\n"
    expect(express({ 'src/server.js': server, 'src/users.js': USERS })).toEqual(['/api/users/:id'])
  })

  it.each([
    ['await import', "async (req, res, next) => (await import('./users.js')).router(req, res, next)"],
    ['then', "(req, res, next) => { import('./users.js').then((m) => m.router(req, res, next)).catch(next) }"],
    ['a loader', 'async (req, res, next) => (await users()).router(req, res, next)'],
  ])('follows a mount that imports per request by %s', (_, handler) => {
    const server = `import express from 'express'\nconst users = () => import('./users.js')\nconst app = express()\napp.use('/users', ${handler})\n`
    expect(express({ 'src/server.js': server, 'src/users.js': USERS })).toEqual(['/users/:id'])
  })

  it('follows the application that is imported per request', () => {
    const server =
      "import { createServer } from 'node:http'\ncreateServer(async (req, res) => {\n  (await import('./app.js')).app(req, res)\n}).listen(3000)\n"
    const app =
      "import express from 'express'\nimport { router } from './users.js'\nexport const app = express()\napp.use('/users', router)\n"
    expect(express({ 'src/server.js': server, 'src/app.js': app, 'src/users.js': USERS })).toEqual(['/users/:id'])
  })

  it('follows arrays of mounts', () => {
    const server =
      "import express from 'express'\nimport { router } from './users.js'\nconst app = express()\nconst mounts = [{ path: '/a', router }, { path: '/b', router }]\nmounts.forEach((mount) => { app.use(mount.path, mount.router) })\n"
    expect(express({ 'src/server.js': server, 'src/users.js': USERS })).toEqual(['/a/:id', '/b/:id'])
  })

  it('follows `for` over entries', () => {
    const server =
      "import express from 'express'\nimport { router } from './users.js'\nconst app = express()\nfor (const [name, target] of Object.entries({ a: router })) app.use(`/v1/${name}`, target)\n"
    expect(express({ 'src/server.js': server, 'src/users.js': USERS })).toEqual(['/v1/a/:id'])
  })

  it('follows functions that take the application, and those that make a router', () => {
    const server =
      "import express from 'express'\nimport setUp from './set-up.js'\nconst app = express()\nconst api = express.Router()\napp.use('/api', api)\nsetUp(api)\n"
    const setUp =
      "import { Router } from 'express'\nfunction make() {\n  const router = Router()\n  router.get('/made', () => {})\n  return router\n}\nexport default (app) => {\n  app.get('/taken', () => {})\n  app.use('/x', make())\n}\n"
    expect(express({ 'src/server.js': server, 'src/set-up.js': setUp })).toEqual(['/api/taken', '/api/x/made'])
  })

  it('follows the router of a class', () => {
    const server =
      "import express from 'express'\nimport { Users } from './users.js'\nconst app = express()\napp.use('/users', new Users().router)\n"
    const users =
      "import { Router } from 'express'\nexport class Users {\n  router = Router()\n  constructor() { this.router.get('/me', () => {}) }\n}\n"
    expect(express({ 'src/server.js': server, 'src/users.js': users })).toEqual(['/users/me'])
  })

  it('reads `route()` and its chain', () => {
    const server =
      "import express from 'express'\nconst app = express()\napp.route('/a').post(() => {}).get(() => {})\napp.route('/b').post(() => {})\n"
    expect(express({ 'src/server.js': server })).toEqual(['/a'])
  })

  it('evaluates constants, of other modules too, and leaves out what it cannot', () => {
    const server =
      "import express from 'express'\nimport { BASE } from './config.js'\nconst VERSION = 'v' + 1\nconst app = express()\napp.get(`${BASE}/${VERSION}/users`, () => {})\napp.get(`/${process.env.NAME}/users`, () => {})\napp.get(/users/, () => {})\n"
    const config = "export const BASE = process.env.BASE ?? '/api'\n"
    expect(express({ 'src/server.js': server, 'src/config.js': config })).toEqual(['/api/v1/users'])
  })

  it('takes what nothing mounts for what is mounted where nothing says what', () => {
    const server =
      "import express from 'express'\nimport { readdirSync } from 'node:fs'\nconst app = express()\nfor (const name of readdirSync('src/routes')) app.use('/api', (await import(`./routes/${name}`)).router)\n"
    expect(express({ 'src/server.js': server, 'src/routes/users.js': USERS })).toEqual(['/:id', '/api/:id'])
  })

  it('evaluates methods of strings, and defaults of the environment', () => {
    const server =
      "import express from 'express'\nimport env from './env.js'\nconst at = (path = '') => `/${env.get('PREFIX', ' admin ').trim()}/${String(path).replace(/^\\/+/, '')}`\nconst app = express()\napp.get(at('/users'), () => {})\napp.get(at(), () => {})\napp.get(['/api', 'v1'].join('/'), () => {})\n"
    expect(
      express({ 'src/server.js': server, 'src/env.js': "import { make } from 'env'\nexport default make()\n" }),
    ).toEqual(['/admin', '/admin/users', '/api/v1'])
  })

  it('gives the prefix of a function that answers by itself', () => {
    const server =
      "import express from 'express'\nconst app = express()\napp.use('/teapot', (req, res) => { res.status(418).end() })\n"
    expect(express({ 'src/server.js': server })).toEqual(['/teapot'])
  })

  it('leaves out what does something', () => {
    const server =
      "import express from 'express'\nconst app = express()\napp.get('/logout', () => {})\napp.get('/users/delete/:id', () => {})\napp.get('/deleted', () => {})\n"
    expect(express({ 'src/server.js': server })).toEqual(['/deleted'])
  })

  it('ends where functions call each other', () => {
    const server =
      "import express from 'express'\nconst app = express()\nconst a = (x) => [b(x), b([x]), b({ x })]\nconst b = (x) => [a(x), a([x]), a({ x })]\napp.use('/a', a(app))\napp.get('/x', () => {})\n"
    expect(express({ 'src/server.js': server })).toContain('/x')
  })

  it('ends where routers mount each other', () => {
    const server =
      "import express from 'express'\nconst app = express()\nconst a = express.Router()\nconst b = express.Router()\napp.use('/a', a)\na.use('/b', b)\nb.use('/a', a)\nb.get('/x', () => {})\n"
    expect(express({ 'src/server.js': server })).toContain('/a/b/x')
  })

  it('gives the routes beside a module that does not parse', () => {
    const server =
      "import express from 'express'\nimport './broken.js'\nconst app = express()\napp.get('/users', () => {})\n"
    expect(express({ 'src/server.js': server, 'src/broken.js': "app.get('/x', (" })).toEqual(['/users'])
  })

  it('gives the routes beside an expression that is nested deeper than any stack', () => {
    const server =
      "import express from 'express'\nimport './deep.js'\nconst app = express()\napp.get('/users', () => {})\n"
    const deep = `export const x = ${'a(['.repeat(3000)}${'])'.repeat(3000)}\nx.get('/x', y)\n`
    expect(express({ 'src/server.js': server, 'src/deep.js': deep })).toContain('/users')
  })

  it('gives two hundred routes at most', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `app.get('/users/${index}', () => {})\n`).join('')
    const server = `import express from 'express'\nconst app = express()\n${lines}`
    expect(routesIn(['express'], { 'src/server.js': server })).toHaveLength(200)
  })
})

describe('Fastify', () => {
  const fastify = (files: Files): string[] => patternsIn(['fastify', '@fastify/autoload'], files)
  const users = "export default async function users(app) {\n  app.get('/:id', async () => {})\n}\n"

  it('follows `register` with a prefix, nested and wrapped', () => {
    const server =
      "import Fastify from 'fastify'\nimport fp from 'fastify-plugin'\nimport users from './users.js'\nconst app = Fastify()\napp.register(async (api) => {\n  api.register(fp(users), { prefix: '/users' })\n  api.register(import('./users.js'), { prefix: '/members' })\n}, { prefix: '/api' })\n"
    expect(fastify({ 'src/server.js': server, 'src/users.js': users })).toEqual(['/api/members/:id', '/api/users/:id'])
  })

  it('reads `route()` with one method and with several', () => {
    const server =
      "import Fastify from 'fastify'\nconst app = Fastify()\napp.route({ method: 'GET', url: '/a', handler() {} })\napp.withTypeProvider().route({ method: ['POST', 'GET'], url: '/b', handler() {} })\napp.route({ method: 'POST', url: '/c', handler() {} })\nfor (const route of [{ method: 'GET', url: '/d' }]) app.route(route)\n"
    expect(fastify({ 'src/server.js': server })).toEqual(['/a', '/b', '/d'])
  })

  it('reads modules that are routes by their names, where the server imports by a computed name', () => {
    const server =
      "import Fastify from 'fastify'\nconst app = Fastify()\nfor (const file of files) app.route((await import(file)).GET(app))\n"
    const get = 'export function GET() {\n  return { handler() {} }\n}\n'
    expect(
      fastify({
        'src/server.js': server,
        'src/routes/users/index.js': get,
        'src/routes/users/[id].js': get,
        'src/routes/posts.js': 'export function POST() {}\n',
        'src/other/posts.js': get,
      }),
    ).toEqual(['/users', '/users/:id'])
  })

  it('reads the directories of @fastify/autoload, `autoPrefix` and `prefixOverride`', () => {
    const server =
      "import Fastify from 'fastify'\nimport autoload from '@fastify/autoload'\nconst app = Fastify()\napp.register(autoload, { dir: `${import.meta.dirname}/routes`, routeParams: true, options: { prefix: '/api' } })\n"
    const route = 'export default async (app) => {\n  app.get("/x", () => {})\n}\n'
    expect(
      fastify({
        'src/server.js': server,
        'src/routes/root.js': route,
        'src/routes/users/_id/index.js': route,
        'src/routes/named.js': `${route}export const autoPrefix = '/auto'\n`,
        'src/routes/other.js': `${route}export const prefixOverride = '/over'\n`,
      }),
    ).toEqual(['/api/auto/x', '/api/users/:id/x', '/api/x', '/over/x'])
  })
})

describe('Hono', () => {
  const hono = (files: Files): string[] => patternsIn(['hono'], files)

  it('follows `route`, `basePath` and chains', () => {
    const server =
      "import { Hono } from 'hono'\nimport { users } from './users.js'\nconst app = new Hono().basePath('/api')\nconst routes = app.get('/a', (c) => c.text('')).route('/users', users)\nexport default routes\n"
    const users =
      "import { Hono } from 'hono'\nexport const users = new Hono().get('/', (c) => c.text('')).post('/p', (c) => c.text('')).get('/:id{[0-9]+}', (c) => c.text(''))\n"
    expect(hono({ 'src/server.js': server, 'src/users.js': users })).toEqual([
      '/api/a',
      '/api/users',
      '/api/users/:id{[0-9]+}',
    ])
  })

  it('reads a long chain below a prefix', () => {
    const calls = Array.from({ length: 120 }, (_, index) => `.get('/u${index}', (c) => c.text(''))`).join('')
    const server = `import { Hono } from 'hono'\nexport const app = new Hono().basePath('/api')${calls}\n`
    const patterns = hono({ 'src/server.js': server })
    expect(patterns).toHaveLength(120)
    expect(patterns.every((pattern) => pattern.startsWith('/api/u'))).toBe(true)
  })

  it('reads `on` of GET', () => {
    const server =
      "import { Hono } from 'hono'\nconst app = new Hono()\napp.on('GET', '/a', (c) => c.text(''))\napp.on(['PUT', 'GET'], ['/b', '/c'], (c) => c.text(''))\napp.on('PURGE', '/d', (c) => c.text(''))\n"
    expect(hono({ 'src/server.js': server })).toEqual(['/a', '/b', '/c'])
  })

  it('reads `openapi` with a route of another module', () => {
    const server =
      "import { OpenAPIHono } from '@hono/zod-openapi'\nimport * as routes from './routes.js'\nconst app = new OpenAPIHono()\napp.openapi(routes.show, (c) => c.text('')).openapi(routes.create, (c) => c.text(''))\n"
    const routes =
      "import { createRoute } from '@hono/zod-openapi'\nexport const show = createRoute({ method: 'get', path: '/x/{id}', responses: {} })\nexport const create = createRoute({ method: 'post', path: '/y', responses: {} })\n"
    expect(hono({ 'src/server.js': server, 'src/routes.js': routes })).toEqual(['/x/{id}'])
  })
})

describe('Koa', () => {
  const koa = (files: Files): string[] => patternsIn(['koa'], files)

  it('follows `routes()`, prefixes of routers and of `prefix()`', () => {
    const server =
      "import Koa from 'koa'\nimport Router from '@koa/router'\nimport { users } from './users.js'\nconst app = new Koa()\nconst api = new Router({ prefix: '/api' })\nconst other = new Router()\nother.prefix('/other')\nother.get('name', '/x', (ctx) => {})\napi.use('/users', users.routes(), users.allowedMethods())\napp.use(api.routes()).use(other.routes())\n"
    const users =
      "import Router from '@koa/router'\nexport const users = new Router()\nusers.get('/', (ctx) => {}).get('/:id', (ctx) => {})\n"
    expect(koa({ 'src/server.js': server, 'src/users.js': users })).toEqual([
      '/api/users',
      '/api/users/:id',
      '/other/x',
    ])
  })

  it('follows a router that is imported per request', () => {
    const server =
      "import Koa from 'koa'\nconst app = new Koa()\napp.use(async (ctx, next) => (await import('./users.js')).users.routes()(ctx, next))\n"
    const users =
      "import Router from '@koa/router'\nexport const users = new Router({ prefix: '/users' })\nusers.get('/:id', (ctx) => {})\n"
    expect(koa({ 'src/server.js': server, 'src/users.js': users })).toEqual(['/users/:id'])
  })
})

describe('AdonisJS', () => {
  const adonis = (routes: string, files: Files = {}): string[] =>
    patternsIn(['@adonisjs/core'], {
      'adonisrc.ts': "export default { preloads: [() => import('./start/routes.js')] }\n",
      'bin/server.ts': '',
      'start/routes.ts': `import router from '@adonisjs/core/services/router'\n${routes}`,
      ...files,
    })

  it('reads routes without a slash, and those of every method', () => {
    expect(adonis("router.get('users/:id?', [C, 'm'])\nrouter.any('any', [C])\nrouter.post('p', [C])\n")).toEqual([
      '/any',
      '/users/:id?',
    ])
  })

  it('reads `route` with GET among its methods', () => {
    expect(adonis("router.route('/a', ['GET', 'POST'], [C])\nrouter.route('/b', ['POST'], [C])\n")).toEqual(['/a'])
  })

  it('reads `on` that shows a page', () => {
    expect(adonis("router.on('/about').render('pages/about')\nrouter.on('/old').redirect('about')\n")).toEqual([
      '/about',
      '/old',
    ])
  })

  it('puts the prefixes of groups around', () => {
    expect(
      adonis(
        "router.group(() => {\n  router.get('/a', [C])\n  router.group(() => {\n    router.get('/b', [C])\n  }).prefix('/inner')\n}).as('x').prefix('/v1').prefix('/api')\n",
      ),
    ).toEqual(['/api/v1/a', '/api/v1/inner/b'])
  })

  it('follows groups to functions, and prefixes of a group that another module exports', () => {
    expect(
      adonis(
        "import { users } from './users.js'\nimport { posts } from './posts.js'\nrouter.group(users).prefix('/users')\nposts.prefix('/v1')\n",
        {
          'start/users.ts':
            "import router from '@adonisjs/core/services/router'\nexport function users() {\n  router.get('/me', [C])\n}\n",
          'start/posts.ts':
            "import router from '@adonisjs/core/services/router'\nexport const posts = router.group(() => {\n  router.get('/all', [C])\n}).prefix('/posts')\n",
        },
      ),
    ).toEqual(['/users/me', '/v1/posts/all'])
  })

  it('reads the routes of resources', () => {
    expect(
      adonis(
        "router.resource('posts', C)\nrouter.resource('posts.comments', C).apiOnly()\nrouter.shallowResource('users.photos', C).only(['show'])\n",
      ),
    ).toEqual([
      '/photos/:id',
      '/posts',
      '/posts/:id',
      '/posts/:post_id/comments',
      '/posts/:post_id/comments/:id',
      '/posts/:id/edit',
      '/posts/create',
    ])
  })

  it('leaves out variables of the environment', () => {
    expect(adonis("import env from '#start/env'\nenv.get('PORT', '3333')\nrouter.get('/users', [C])\n")).toEqual([
      '/users',
    ])
  })
})

describe('node:http', () => {
  const node = (server: string): string[] => patternsIn([], { 'src/server.js': server })

  it('reads what `url` is compared with', () => {
    const server =
      "import { createServer } from 'node:http'\ncreateServer((req, res) => {\n  if (req.url === '/users') return res.end()\n  const { pathname } = new URL(req.url, 'http://localhost')\n  switch (pathname) { case '/posts': return res.end() }\n  if (pathname.startsWith('/files/')) res.end()\n  if (req.method === '/no') res.end()\n}).listen(3000)\n"
    expect(node(server)).toEqual(['/files/*', '/posts', '/users'])
  })

  it('reads the keys of routes', () => {
    const server =
      "import { createServer } from 'node:http'\nconst routes = { '/users': () => {}, 'GET /posts': () => {}, 'POST /posts/new': () => {}, other: 1 }\ncreateServer((req, res) => routes[req.url]?.(req, res)).listen(3000)\n"
    expect(node(server)).toEqual(['/posts', '/users'])
  })
})

describe('a sample of a pattern', () => {
  it.each([
    ['/users/:id', '/users/1'],
    ['users', '/users'],
    ['/users/:id(\\d+)', '/users/1'],
    ['/users/:id([0-9]{2,})/posts', '/users/1/posts'],
    ['/users/:id?', '/users/1'],
    ['/users{/:id}', '/users'],
    ['/users/{id}', '/users/1'],
    ['/:id{[0-9]+}/x', '/1/x'],
    ['/:kind(cats|dogs)', '/cats'],
    ['/files/*', '/files/x'],
    ['/files/*path', '/files/x'],
    ['/files/(.*)', '/files/x'],
    ['*', '/x'],
    ['/:from-:to', '/1-1'],
    ['/:file.json', '/1.json'],
    ['/name::verb', '/name:verb'],
    ['/:hour(^\\d{2})h:minute(^\\d{2})m', '/1h1m'],
  ])('of %s is %s', (pattern, request) => {
    expect(sampleOf(pattern)).toBe(request)
  })

  it.each(['/a b', '/a"', '/ü'])('is none of %s', (pattern) => {
    expect(sampleOf(pattern)).toBeUndefined()
  })
})

describe('a path that does something', () => {
  it.each([
    '/logout',
    '/auth/log-out',
    '/signOut',
    '/sign_out',
    '/kill',
    '/users/delete/:id',
    '/delete-account',
    '/reset',
  ])('is %s', (path) => {
    expect(doesSomething(path)).toBe(true)
  })

  it.each(['/', '/users/deleted', '/logs/out', '/skills', '/reset-password', '/blogout'])('is not %s', (path) => {
    expect(doesSomething(path)).toBe(false)
  })
})
