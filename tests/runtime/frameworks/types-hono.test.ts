import type { Files } from './app.ts'
import { testTypes } from './types.ts'

const files: Files = {
  'src/handlers.ts': `import type { Context, Handler } from 'hono'

export const zero = () => new Response('none')
export const list = (c: Context) => c.json([{ title: 'Morning' as const }])
export const one = async (c: Context) => c.json({ id: c.req.param('id') })
export const typed: Handler = (c) => c.text('typed')
`,
  'src/middleware.ts': `import type { Context, MiddlewareHandler, Next } from 'hono'
import { createMiddleware } from 'hono/factory'

export const typedMiddleware: MiddlewareHandler = async (c, next) => {
  await next()
}
export async function plain(c: Context, next: Next): Promise<void> {
  await next()
}
export const withUser = createMiddleware<{ Variables: { user: { name: string } } }>(async (c, next) => {
  c.set('user', { name: 'Ada' })
  await next()
})
export const onlyUsers: MiddlewareHandler<{ Variables: { user: { name: string } } }> = async (c, next) => {
  await next()
}
`,
  'src/validate.ts': `import { validator } from 'hono/validator'

export const named = validator('json', (value: { name?: string }) => ({ name: value.name ?? 'nobody' }))
`,
  'src/errors.ts': `import type { Context, ErrorHandler, NotFoundHandler } from 'hono'

export const typedError: ErrorHandler = (error, c) => c.text(error.message, 500)
export const typedNotFound: NotFoundHandler = (c) => c.text('none', 404)
export function onError(error: Error, c: Context) {
  return c.text(error.message, 500)
}
export const notFound = (c: Context) => c.text('none', 404)
`,
}

function route(imports: string, registered: string): string {
  return `import { Hono } from 'hono'
import { hc } from 'hono/client'
${imports}

const app = new Hono()

export const routes = ${registered}
export const client = hc<typeof routes>('/')
`
}

testTypes('Hono', {
  packages: { hono: 'hono', '@types/node': '@types/node' },
  files,
  route,
  forms: [
    [
      'no parameter',
      `import { zero } from '../handlers.js'`,
      `app.get('/', zero)`,
      `const handlers = () => import('../handlers.js')
export const routes = app.get('/', async () => (await handlers()).zero())`,
    ],
    [
      'one parameter',
      `import { one } from '../handlers.js'`,
      `app.get('/:id', one)`,
      `const handlers = () => import('../handlers.js')
export const routes = app.get('/:id', async (c) => (await handlers()).one(c))`,
    ],
    [
      'a handler that an annotation types',
      `import { typed } from '../handlers.js'`,
      `app.get('/', typed)`,
      `const handlers = () => import('../handlers.js')
export const routes = app.get('/', async (c, next) => (await handlers()).typed(c, next))`,
    ],
    [
      'a handler whose answer the client knows',
      `import { list } from '../handlers.js'`,
      `app.get('/posts', list)
export const posts: import('hono/client').InferResponseType<typeof client.posts.$get> = [{ title: 'Morning' }]
// @ts-expect-error: the client knows the literal
export const others: import('hono/client').InferResponseType<typeof client.posts.$get> = [{ title: 'Evening' }]`,
      `const handlers = () => import('../handlers.js')
export const routes = app.get('/posts', async (c) => (await handlers()).list(c))`,
    ],
    [
      'a middleware that an annotation types',
      `import { typedMiddleware } from '../middleware.js'`,
      'app.use(typedMiddleware)',
      `const middleware = () => import('../middleware.js')
export const routes = app.use(async (c, next) => (await middleware()).typedMiddleware(c, next))`,
    ],
    [
      'a middleware',
      `import { plain } from '../middleware.js'`,
      `app.use('/a/*', plain)`,
      `const middleware = () => import('../middleware.js')
export const routes = app.use('/a/*', async (c, next) => (await middleware()).plain(c, next))`,
    ],
    [
      'a middleware that gives variables to a handler',
      `import { withUser } from '../middleware.js'`,
      `app.get('/', withUser, (c) => c.json(c.get('user')))`,
      '',
    ],
    [
      'a middleware of an environment',
      `import { onlyUsers } from '../middleware.js'`,
      `app.get('/', onlyUsers, (c) => c.json(c.get('user')))`,
      `const middleware = () => import('../middleware.js')
type OnlyUsersParameters = Parameters<typeof import('../middleware.js').onlyUsers>
export const routes = app.get('/', async (c: OnlyUsersParameters[0], next: OnlyUsersParameters[1]) => (await middleware()).onlyUsers(c, next), (c) => c.json(c.get('user')))`,
    ],
    [
      'a validator',
      `import { named } from '../validate.js'`,
      `app.post('/', named, (c) => c.json(c.req.valid('json')))`,
      '',
    ],
    [
      'an error handler that an annotation types',
      `import { typedError } from '../errors.js'`,
      'app.onError(typedError)',
      `const errors = () => import('../errors.js')
export const routes = app.onError(async (err, c) => (await errors()).typedError(err, c))`,
    ],
    [
      'an error handler',
      `import { onError } from '../errors.js'`,
      'app.onError(onError)',
      `const errors = () => import('../errors.js')
export const routes = app.onError(async (err, c) => (await errors()).onError(err, c))`,
    ],
    [
      'a handler of what is not found',
      `import { notFound } from '../errors.js'`,
      'app.notFound(notFound)',
      `const errors = () => import('../errors.js')
export const routes = app.notFound(async (c) => (await errors()).notFound(c))`,
    ],
  ],
})
