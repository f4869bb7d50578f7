import type { Files } from './app.ts'
import { testTypes, type Form } from './types.ts'

const files: Files = {
  'src/handlers.ts': `import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'

export const zero = async () => ['none']
export async function one(request: FastifyRequest) {
  return { id: request.id }
}
export async function two(request: FastifyRequest, reply: FastifyReply) {
  reply.code(201)
  return { id: request.id }
}
export function later(request: FastifyRequest, reply: FastifyReply): void {
  setImmediate(() => reply.send({ id: request.id }))
}
export async function withThis(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
  return { prefix: this.prefix }
}
export const typed: RouteHandlerMethod = async (request, reply) => {
  return { id: request.id }
}
`,
  'src/generic.ts': `import type { FastifyReply, FastifyRequest } from 'fastify'

export async function byId(request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) {
  return { id: request.params.id }
}
export const create = async (request: FastifyRequest<{ Body: { name: string } }>) => {
  return { name: request.body.name }
}
`,
  'src/hooks.ts': `import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, onRequestHookHandler } from 'fastify'

export function callback(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  done()
}
export async function promise(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await null
}
export const typedHook: onRequestHookHandler = (request, reply, done) => {
  done()
}
export async function payload(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  return payload
}
`,
  'src/errors.ts': `import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

export function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.status(500).send({ error: error.message })
}
export async function notFound(request: FastifyRequest, reply: FastifyReply) {
  reply.status(404)
  return { nowhere: request.url }
}
`,
  'src/users.ts': `import type { FastifyReply, FastifyRequest } from 'fastify'

export default {
  async list(request: FastifyRequest, reply: FastifyReply) {
    return []
  },
}
`,
}

function route(imports: string, registered: string): string {
  return `import type { FastifyInstance } from 'fastify'
${imports}

export default async function routes(app: FastifyInstance): Promise<void> {
  ${registered}
}
`
}

const forms: readonly Form[] = [
  [
    'no parameter',
    `import { zero } from '../handlers.js'`,
    `app.get('/', zero)`,
    `const handlers = () => import('../handlers.js')
  app.get('/', async () => (await handlers()).zero())`,
  ],
  [
    'one parameter',
    `import { one } from '../handlers.js'`,
    `app.get('/', one)`,
    `const handlers = () => import('../handlers.js')
  app.get('/', async function (req) { return (await handlers()).one.call(this, req) })`,
  ],
  [
    'two parameters',
    `import { two } from '../handlers.js'`,
    `app.get('/', two)`,
    `const handlers = () => import('../handlers.js')
  app.get('/', async function (req, reply) { return (await handlers()).two.call(this, req, reply) })`,
  ],
  [
    'a handler that replies later',
    `import { later } from '../handlers.js'`,
    `app.get('/', later)`,
    `const handlers = () => import('../handlers.js')
  app.get('/', async function (req, reply) { (await handlers()).later.call(this, req, reply); return reply })`,
  ],
  [
    'this',
    `import { withThis } from '../handlers.js'`,
    `app.get('/', withThis)`,
    `const handlers = () => import('../handlers.js')
  app.get('/', async function (req, reply) { return (await handlers()).withThis.call(this, req, reply) })`,
  ],
  [
    'a handler that an annotation types',
    `import { typed } from '../handlers.js'`,
    `app.get('/', typed)`,
    `const handlers = () => import('../handlers.js')
  app.get('/', async function (req, reply) { return (await handlers()).typed.call(this, req, reply) })`,
  ],
  [
    'a route that names the types of the request',
    `import { byId } from '../generic.js'`,
    `app.get<{ Params: { id: string } }>('/:id', byId)`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
  app.get<{ Params: { id: string } }>('/:id', async function (req: ByIdParameters[0], reply: ByIdParameters[1]) { return (await generic()).byId.call(this, req, reply) })`,
  ],
  [
    'a handler that names the types of the request',
    `import { byId } from '../generic.js'`,
    `app.get('/:id', byId)`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
  app.get('/:id', async function (req: ByIdParameters[0], reply: ByIdParameters[1]) { return (await generic()).byId.call(this, req, reply) })`,
  ],
  [
    'a handler that names the type of the body',
    `import { create } from '../generic.js'`,
    `app.post('/', create)`,
    `const generic = () => import('../generic.js')
type CreateParameters = Parameters<typeof import('../generic.js').create>
  app.post('/', async (req: CreateParameters[0]) => (await generic()).create(req))`,
  ],
  [
    'a callback hook',
    `import { callback } from '../hooks.js'`,
    `app.addHook('onRequest', callback)`,
    `const hooks = () => import('../hooks.js')
type CallbackParameters = Parameters<typeof import('../hooks.js').callback>
  app.addHook('onRequest', (req: CallbackParameters[0], reply: CallbackParameters[1], done: CallbackParameters[2]) => { hooks().then((m) => m.callback(req, reply, done)).catch(done) })`,
  ],
  [
    'an async hook',
    `import { promise } from '../hooks.js'`,
    `app.addHook('preHandler', promise)`,
    `const hooks = () => import('../hooks.js')
  app.addHook('preHandler', async (req, reply) => (await hooks()).promise(req, reply))`,
  ],
  [
    'an error handler',
    `import { onError } from '../errors.js'`,
    'app.setErrorHandler(onError)',
    `const errors = () => import('../errors.js')
type OnErrorParameters = Parameters<typeof import('../errors.js').onError>
  app.setErrorHandler(async function (error: OnErrorParameters[0], req: OnErrorParameters[1], reply: OnErrorParameters[2]) { (await errors()).onError.call(this, error, req, reply); return reply })`,
  ],
  [
    'a handler of what is not found',
    `import { notFound } from '../errors.js'`,
    'app.setNotFoundHandler(notFound)',
    `const errors = () => import('../errors.js')
  app.setNotFoundHandler(async function (req, reply) { return (await errors()).notFound.call(this, req, reply) })`,
  ],
  [
    'a method of a default object',
    `import users from '../users.js'`,
    `app.get('/', users.list)`,
    `const users = async () => (await import('../users.js')).default
  app.get('/', async function (req, reply) { return (await users()).list.call(this, req, reply) })`,
  ],
  [
    'a plugin that an annotation types',
    `import type { FastifyPluginAsync } from 'fastify'
import { two } from '../handlers.js'
export const plugin: FastifyPluginAsync = async (child) => {
  child.get('/', two)
}`,
    'app.register(plugin)',
    `const handlers = () => import('../handlers.js')
  child.get('/', async function (req, reply) { return (await handlers()).two.call(this, req, reply) })`,
  ],
  [
    'options and the handler of a route',
    `import { callback } from '../hooks.js'
import { two } from '../handlers.js'`,
    `app.route({ method: 'GET', url: '/', preHandler: callback, handler: two })`,
    `const hooks = () => import('../hooks.js')
type CallbackParameters = Parameters<typeof import('../hooks.js').callback>
const handlers = () => import('../handlers.js')
  app.route({ method: 'GET', url: '/', preHandler: (req: CallbackParameters[0], reply: CallbackParameters[1], done: CallbackParameters[2]) => { hooks().then((m) => m.callback(req, reply, done)).catch(done) }, handler: async function (req, reply) { return (await handlers()).two.call(this, req, reply) } })`,
  ],
  [
    'a hook of a route',
    `import { promise } from '../hooks.js'
import { two } from '../handlers.js'`,
    `app.get('/', { preHandler: [promise] }, two)`,
    `const hooks = () => import('../hooks.js')
type PromiseParameters = Parameters<typeof import('../hooks.js').promise>
const handlers = () => import('../handlers.js')
type TwoParameters = Parameters<typeof import('../handlers.js').two>
  app.get('/', { preHandler: [async (req: PromiseParameters[0], reply: PromiseParameters[1]) => (await hooks()).promise(req, reply)] }, async function (req: TwoParameters[0], reply: TwoParameters[1]) { return (await handlers()).two.call(this, req, reply) })`,
  ],
  [
    'a hook that an annotation types',
    `import { typedHook } from '../hooks.js'`,
    `app.addHook('onRequest', typedHook)`,
    '',
  ],
  [
    'a hook with the payload',
    `import { payload } from '../hooks.js'`,
    `app.addHook('onSend', payload)`,
    `const hooks = () => import('../hooks.js')
  app.addHook('onSend', async (req, reply, payload) => (await hooks()).payload(req, reply, payload))`,
  ],
  [
    'a type provider',
    `import type { FastifyTypeProvider } from 'fastify'
import { byId } from '../generic.js'
interface Provider extends FastifyTypeProvider {
  validator: { id: string }
}
const schema = { params: { type: 'object', properties: { id: { type: 'string' } } } }`,
    `app.withTypeProvider<Provider>().get('/:id', { schema }, byId)`,
    `const generic = () => import('../generic.js')
type ByIdParameters = Parameters<typeof import('../generic.js').byId>
  app.withTypeProvider<Provider>().get('/:id', { schema }, async function (req: ByIdParameters[0], reply: ByIdParameters[1]) { return (await generic()).byId.call(this, req, reply) })`,
  ],
]

for (const [name, alias] of [
  ['Fastify 5', 'fastify'],
  ['Fastify 4', 'fastify4'],
] as const) {
  testTypes(name, { packages: { fastify: alias, '@types/node': '@types/node' }, files, route, forms })
}
