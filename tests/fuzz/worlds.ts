import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { world as adonisWorld } from '../fixtures/world.ts'

/** How a module may import one of the world's modules: the clause, and the handlers it can then name. */
export interface ImportForm {
  readonly specifier: string
  /** @param names local names, of which it takes as many as it needs. */
  readonly clause: (...names: readonly string[]) => string
  /** Expressions that are handlers, by the same names. */
  readonly handlers: (...names: readonly string[]) => readonly string[]
}

/** A project in which any number of modules can stand, and what such a module is made of. */
export interface World {
  readonly name: string
  /** The package of this repository that each import gets; none where the modules cannot run. */
  readonly packages: Readonly<Record<string, string>>
  readonly manifest: object
  /** The modules beside each generated one, by name. */
  readonly targets: Readonly<Record<string, string>>
  /** The generated module, and what imports it; both relative to the project. */
  readonly filename: string
  readonly entry: string
  /** What each module starts with: imports, then the objects that it registers on. */
  readonly imports: readonly string[]
  readonly setup: readonly string[]
  readonly forms: readonly ImportForm[]
  /** A handler of the module's own. */
  readonly inline: string
  /** Statements that register handlers below a path. */
  readonly registrations: readonly ((path: string, handlers: readonly [string, string]) => string)[]
}

const named = (imported: string, local: string): string => (imported === local ? local : `${imported} as ${local}`)

/** The forms in which handlers that are functions are imported. */
const functionForms: readonly ImportForm[] = [
  ...['list', 'show', 'guard', 'reject', 'fail', 'rest', 'onError', 'gone', 'rows', 'late', 'typed'].map(
    (name): ImportForm => ({
      specifier: './users.js',
      clause: (a = '') => `{ ${named(name, a)} }`,
      handlers: (a = '') => [a],
    }),
  ),
  { specifier: './users.js', clause: (a = '') => a, handlers: (a) => [`${a}.list`, `${a}.show`, `${a}['list']`] },
  { specifier: './users.js', clause: (a = '') => a, handlers: (a) => [`${a}.list.bind(${a})`, `${a}.self`] },
  { specifier: './users.js', clause: (a) => `* as ${a}`, handlers: (a) => [`${a}.list`, `${a}.default.show`] },
  { specifier: './users.js', clause: (a) => `{ default as ${a} }`, handlers: (a) => [`${a}.list`, `${a}?.show`] },
  {
    specifier: './users.js',
    clause: (a = '', b = '') => `{ ${named('list', a)}, ${named('guard', b)} }`,
    handlers: (a = '', b = '') => [a, b],
  },
  {
    specifier: './users.js',
    clause: (a, b = '') => `${a}, { ${named('show', b)} }`,
    handlers: (a, b = '') => [`${a}.list`, b],
  },
  { specifier: './users.js', clause: (a = '') => `{ ${named('list', a)}, type User }`, handlers: (a = '') => [a] },
  { specifier: './users.js', clause: (a) => `{ 'list' as ${a} }`, handlers: (a = '') => [a] },
  {
    specifier: './users.js',
    clause: (a, b = '') => `{ PAGE as ${a}, ${named('list', b)} }`,
    handlers: (_, b = '') => [b],
  },
  { specifier: './users.js', clause: () => '{ type User }', handlers: () => [] },
  { specifier: './users.js', clause: () => 'type { User }', handlers: () => [] },
  { specifier: './users.js', clause: () => '{}', handlers: () => [] },
  { specifier: './barrel.js', clause: (a = '') => `{ ${named('list', a)} }`, handlers: (a = '') => [a] },
  { specifier: './acts.js', clause: (a) => `{ list as ${a} }`, handlers: (a = '') => [a] },
  { specifier: './missing.js', clause: (a) => `{ list as ${a} }`, handlers: (a = '') => [a] },
  {
    specifier: './made.js',
    clause: (a) => `{ users as ${a} }`,
    handlers: (a) => [`${a}.list`, `${a}.list.bind(${a})`],
  },
]

/** What stands beside the handlers, whatever the framework. */
const SHARED = `export interface User {
  id: string
}
export const PAGE = 20
export default { list, show, self(this: { page?: number }, ...args: any[]) { return (list as any)(...args, this.page) } }
`

const MODULES = {
  'barrel.ts': "export { list } from './users.js'\n",
  'trace.ts': `export function trace(name: string, ...seen: readonly unknown[]): void {
  ;((globalThis as { trace?: unknown[] }).trace ??= []).push([name, ...seen])
}
`,
}

const express = (name: string, version: string, alias: string): World => ({
  name,
  packages: { express: alias },
  manifest: { type: 'module', scripts: { dev: 'tsx watch src/server.ts' }, dependencies: { express: version } },
  filename: 'src/routes.ts',
  entry: 'src/server.ts',
  targets: {
    ...MODULES,
    'users.ts': `import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { trace } from './trace.js'
export const list = async (req: Request, res: Response) => {
  trace('list', req.url)
  res.json(['list', req.path])
}
export function show(req: Request, res: Response, next: NextFunction) {
  trace('show', req.url)
  if (res.headersSent) next()
  else res.status(201).send('show')
}
export const guard = (req: Request, res: Response, next: NextFunction) => {
  trace('guard', req.url)
  next()
}
export async function reject(req: Request) {
  trace('reject', req.url)
  throw new Error('rejected')
}
export const fail = (req: Request) => {
  trace('fail', req.url)
  throw new Error('failed')
}
export const rest = (...args: any[]) => {
  trace('rest', args.length)
  args.at(-1)()
}
export const onError = (err: Error, req: Request, res: Response, next: NextFunction) => {
  trace('onError', err.message)
  res.status(500).json({ message: err.message })
}
export const typed: RequestHandler = (req, res) => {
  res.send(req.method)
}
export const late = (req: Request<{ id: string }>, res: Response) => {
  setImmediate(() => res.send(req.params.id))
}
export const rows = [guard, list]
${SHARED}`,
    'acts.ts': `import type { Request, Response } from 'express'
import { trace } from './trace.js'
trace('loaded')
export const list = (req: Request, res: Response) => {
  res.send('acts')
}
`,
    'made.ts': `import type { Request, Response } from 'express'
class Users {
  page = 1
  list = (req: Request, res: Response) => {
    res.json(this.page)
  }
}
export const users = new Users()
`,
  },
  imports: ["import express from 'express'"],
  setup: [
    'const app = express()',
    'const router = express.Router()',
    "app.use('/router', router)",
    'const wrap = (fn: any): any => (req: any, res: any, next: any) => Promise.resolve(fn(req, res, next)).catch(next)',
  ],
  forms: functionForms,
  inline: "(req: any, res: any) => { res.send('inline') }",
  registrations: [
    (path, [a]) => `app.get('${path}', ${a})`,
    (path, [a, b]) => `app.get('${path}', ${a}, ${b})`,
    (path, [a, b]) => `app.post('${path}', [${a}, ${b}])`,
    (path, [a, b]) => `router.route('${path}').get(${a}).post(${b})`,
    (path, [a, b]) => `app.get('${path}', ${a}).post('${path}', ${b})`,
    (path, [a]) => `app.use('${path}', ${a})`,
    (_, [a]) => `app.use(${a})`,
    (path, [a]) => `app.get('${path}', wrap(${a}))`,
    (path, [a, b]) => `router.use('${path}', (req, res, next) => next(), ${a}, [${b}])`,
    (path, [a]) => `app.get('${path}', (${a}))`,
    (path, [a]) => `app.get('${path}', (${a}) as any)`,
    (path, [a]) => `app.get('${path}', ${a}!)`,
    (path, [a, b]) => `app.get('${path}', Math.random() < 2 ? ${a} : ${b})`,
    (path, [a]) => `app.all('${path}', (req, res, next) => (${a} as any)(req, res, next))`,
  ],
})

const fastify: World = {
  name: 'fastify',
  packages: { fastify: 'fastify' },
  manifest: { type: 'module', scripts: { dev: 'tsx watch src/server.ts' }, dependencies: { fastify: '^5.4.0' } },
  filename: 'src/routes.ts',
  entry: 'src/server.ts',
  targets: {
    ...MODULES,
    'users.ts': `import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { trace } from './trace.js'
export const list = async (req: FastifyRequest, reply: FastifyReply) => {
  trace('list', req.url)
  return ['list', req.url]
}
export function show(req: FastifyRequest, reply: FastifyReply) {
  trace('show', req.url)
  reply.code(201).send('show')
}
export const guard = (req: FastifyRequest, reply: FastifyReply, done: () => void) => {
  trace('guard', req.url)
  done()
}
export async function reject(req: FastifyRequest) {
  trace('reject', req.url)
  throw new Error('rejected')
}
export const fail = (req: FastifyRequest) => {
  trace('fail', req.url)
  throw new Error('failed')
}
export const rest = async (...args: any[]) => {
  trace('rest', args.length)
}
export const onError = (error: any, req: FastifyRequest, reply: FastifyReply) => {
  trace('onError', error.message)
  reply.code(500).send({ message: error.message })
}
export const typed: RouteHandlerMethod = function (req, reply) {
  reply.send(typeof this.inject)
}
export const late = (req: FastifyRequest, reply: FastifyReply) => {
  setImmediate(() => reply.send('late'))
  return reply
}
export const rows = [list]
${SHARED}`,
    'acts.ts': `import { trace } from './trace.js'
trace('loaded')
export const list = async () => 'acts'
`,
    'made.ts': `class Users {
  page = 1
  list = async () => this.page
}
export const users = new Users()
`,
  },
  imports: ["import fastify from 'fastify'"],
  setup: ['const app = fastify()'],
  forms: functionForms,
  inline: "async () => 'inline'",
  registrations: [
    (path, [a]) => `app.get('${path}', ${a})`,
    (path, [a]) => `app.post('${path}', {}, ${a})`,
    (path, [a]) => `app.get('${path}', { handler: ${a} })`,
    (path, [a, b]) => `app.get('${path}', { onRequest: ${b}, handler: ${a} })`,
    (path, [a, b]) => `app.get('${path}', { preHandler: [${b}] }, ${a})`,
    (path, [a]) => `app.route({ method: 'GET', url: '${path}', handler: ${a} })`,
    (path, [a, b]) => `app.get('${path}', ${a}).post('${path}', ${b})`,
    (_, [a]) => `app.addHook('onRequest', ${a})`,
    (_, [a]) => `app.addHook('preHandler', ${a})`,
    (_, [a]) => `app.setErrorHandler(${a})`,
    (path, [a]) => `app.register(async (child) => { child.get('${path}', ${a}) })`,
    (path, [a]) => `app.get('${path}', (${a}) as any)`,
    (path, [a]) => `app.get('${path}', (req, reply) => (${a} as any)(req, reply))`,
  ],
}

const hono: World = {
  name: 'hono',
  packages: { hono: 'hono' },
  manifest: { type: 'module', scripts: { dev: 'tsx watch src/server.ts' }, dependencies: { hono: '^4.8.0' } },
  filename: 'src/routes.ts',
  entry: 'src/server.ts',
  targets: {
    ...MODULES,
    'users.ts': `import type { Context, Handler, Next } from 'hono'
import { trace } from './trace.js'
export const list = async (c: Context) => {
  trace('list', c.req.path)
  return c.json(['list', c.req.path])
}
export function show(c: Context) {
  trace('show', c.req.path)
  return c.text('show', 201)
}
export const guard = async (c: Context, next: Next) => {
  trace('guard', c.req.path)
  await next()
}
export async function reject(c: Context) {
  trace('reject', c.req.path)
  throw new Error('rejected')
}
export const fail = (c: Context) => {
  trace('fail', c.req.path)
  throw new Error('failed')
}
export const rest = (...args: any[]) => {
  trace('rest', args.length)
  return args[1]()
}
export const onError = (err: Error, c: Context) => {
  trace('onError', err.message)
  return c.text(err.message, 500)
}
export const typed: Handler = (c) => c.text(c.req.method)
export const late = (c: Context<{ Variables: { id: string } }>) => c.text(String(c.get('id')))
export const rows = [guard, list]
${SHARED}`,
    'acts.ts': `import type { Context } from 'hono'
import { trace } from './trace.js'
trace('loaded')
export const list = (c: Context) => c.text('acts')
`,
    'made.ts': `import type { Context } from 'hono'
class Users {
  page = 1
  list = (c: Context) => c.json(this.page)
}
export const users = new Users()
`,
  },
  imports: ["import { Hono } from 'hono'"],
  setup: ['const app = new Hono()'],
  forms: functionForms,
  inline: "(c: any) => c.text('inline')",
  registrations: [
    (path, [a]) => `app.get('${path}', ${a})`,
    (path, [a, b]) => `app.get('${path}', ${b}, ${a})`,
    (path, [a]) => `app.on('GET', '${path}', ${a})`,
    (path, [a]) => `app.use('${path}', ${a})`,
    (_, [a]) => `app.use(${a})`,
    (_, [a]) => `app.notFound(${a})`,
    (_, [a]) => `app.onError(${a})`,
    (path, [a, b]) => `app.get('${path}', ${a}).post('${path}', ${b})`,
    (path, [a]) => `app.basePath('/base').get('${path}', ${a})`,
    (path, [a]) => `app.get('${path}', (${a}) as any)`,
    (path, [a]) => `app.get('${path}', (c) => (${a} as any)(c))`,
    (path, [a]) => `app.route('/sub', new Hono().get('${path}', ${a}))`,
  ],
}

const koa: World = {
  name: 'koa',
  packages: { koa: 'koa', '@koa/router': '@koa/router' },
  manifest: {
    type: 'module',
    scripts: { dev: 'tsx watch src/server.ts' },
    dependencies: { koa: '^3.0.0', '@koa/router': '^15.0.0' },
  },
  filename: 'src/routes.ts',
  entry: 'src/server.ts',
  targets: {
    ...MODULES,
    'users.ts': `import type { Context, Middleware, Next } from 'koa'
import { trace } from './trace.js'
export const list = async (ctx: Context) => {
  trace('list', ctx.path)
  ctx.body = ['list', ctx.path]
}
export function show(ctx: Context, next: Next) {
  trace('show', ctx.path)
  ctx.status = 201
  return next()
}
export const guard = async (ctx: Context, next: Next) => {
  trace('guard', ctx.path)
  await next()
}
export async function reject(ctx: Context) {
  trace('reject', ctx.path)
  ctx.throw(418, 'rejected')
}
export const fail = (ctx: Context) => {
  trace('fail', ctx.path)
  ctx.throw(409, 'failed')
}
export const rest = (...args: any[]) => {
  trace('rest', args.length)
  return args[1]()
}
export const onError = (err: Error, ctx: Context) => {
  trace('onError', err.message)
}
export const typed: Middleware = (ctx) => {
  ctx.body = ctx.method
}
export const late = async (ctx: Context) => {
  await new Promise((resolve) => setImmediate(resolve))
  ctx.body = 'late'
}
export const rows = [guard, list]
${SHARED}`,
    'acts.ts': `import type { Context } from 'koa'
import { trace } from './trace.js'
trace('loaded')
export const list = (ctx: Context) => {
  ctx.body = 'acts'
}
`,
    'made.ts': `import type { Context } from 'koa'
class Users {
  page = 1
  list = (ctx: Context) => {
    ctx.body = this.page
  }
}
export const users = new Users()
`,
  },
  imports: ["import Koa from 'koa'", "import Router from '@koa/router'"],
  setup: ['const app = new Koa()', 'const router = new Router()', 'app.silent = true'],
  forms: functionForms,
  inline: "(ctx: any) => { ctx.body = 'inline' }",
  registrations: [
    (path, [a]) => `router.get('${path}', ${a})`,
    (path, [a, b]) => `router.get('${path}', ${b}, ${a})`,
    (path, [a, b]) => `router.get('${path}', ${a}).post('${path}', ${b})`,
    (path, [a]) => `router.use('${path}', ${a})`,
    (_, [a]) => `router.use(${a})`,
    (_, [a]) => `app.use(${a})`,
    (_, [a, b]) => `app.use(${a}).use(${b})`,
    (path, [a]) => `router.get('${path}', (${a}) as any)`,
    (path, [a]) => `router.get('${path}', (ctx, next) => (${a} as any)(ctx, next))`,
  ],
}

const classForm = (specifier: string, clause: (a: string) => string): ImportForm => ({
  specifier,
  clause: (a = '') => clause(a),
  handlers: (a = '') => [a],
})

const adonisjs: World = {
  name: 'adonisjs',
  packages: {},
  manifest: JSON.parse(readFileSync(join(adonisWorld, 'package.json'), 'utf8')) as object,
  filename: 'start/routes.ts',
  entry: 'bin/server.ts',
  targets: {},
  imports: [
    "import router from '@adonisjs/core/services/router'",
    "import server from '@adonisjs/core/services/server'",
    "import emitter from '@adonisjs/core/services/emitter'",
  ],
  setup: [],
  forms: [
    ...[
      '#controllers/users_controller',
      '#controllers/posts_controller',
      '#controllers/index',
      '../app/controllers/home_controller.js',
      '#listeners/audit',
      '#controllers/missing',
    ].flatMap((specifier) => [
      classForm(specifier, (a) => a),
      classForm(specifier, (a) => `{ default as ${a} }`),
      classForm(specifier, (a) => `{ UsersController as ${a} }`),
      classForm(specifier, (a) => `* as ${a}`),
    ]),
    classForm('#controllers/named_controller', (a) => `{ NamedController as ${a} }`),
    classForm('#controllers/users_controller', (a) => `${a}, { USERS_PER_PAGE }`),
    classForm('#controllers/users_controller', (a) => `${a}, { type UserRow as User }`),
    {
      specifier: '#controllers/named_controller',
      clause: (a, b) => `{ NamedController as ${a}, OtherController as ${b} }`,
      handlers: (a = '', b = '') => [a, b],
    },
    { specifier: '#controllers/users_controller', clause: () => 'type { UserRow as User }', handlers: () => [] },
  ],
  inline: 'class {}',
  registrations: [
    (path, [a]) => `router.get('${path}', [${a}, 'index'])`,
    (path, [a]) => `router.any('${path}', [${a}])`,
    (path, [a]) => `router.resource('${path}', ${a}).apiOnly()`,
    (path, [a, b]) => `router.group(() => { router.get('${path}', [${a}]); router.post('/', [${b}, 'store']) })`,
    (path, [a]) => `emitter.on('${path}', [${a}, 'handle'])`,
    (_, [a]) => `server.errorHandler(${a} as any)`,
    (_, [a]) => `router.use([${a}])`,
    (_, [a]) => `const made = new (${a})()`,
    (_, [a]) => `void (${a} as any).guards`,
  ],
}

/** Each of them with modules of its own, generated by {@link moduleIn}. */
export const worlds: readonly World[] = [
  express('express 5', '^5.1.0', 'express'),
  express('express 4', '^4.21.0', 'express4'),
  fastify,
  hono,
  koa,
  adonisjs,
]
