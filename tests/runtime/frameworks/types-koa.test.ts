import type { Files } from './app.ts'
import { testTypes } from './types.ts'

const files: Files = {
  'src/handlers.ts': `import type { Context, Middleware, Next } from 'koa'
import type { RouterContext } from '@koa/router'

export const zero = () => {}
export const one = (ctx: Context) => {
  ctx.body = {}
}
export async function two(ctx: Context, next: Next): Promise<void> {
  await next()
}
export const typed: Middleware = (ctx) => {
  ctx.body = {}
}
export async function routed(ctx: RouterContext): Promise<void> {
  ctx.body = ctx.params['id']
}
`,
  'src/state.ts': `import type { Next, ParameterizedContext } from 'koa'
import type { RouterContext } from '@koa/router'

export const owned = async (ctx: RouterContext<{ user: string }>, next: Next) => {
  ctx.body = ctx.state.user
  await next()
}
export const me = (ctx: ParameterizedContext<{ user: string }>) => {
  ctx.body = ctx.state.user
}
`,
}

function route(imports: string, registered: string): string {
  return `import Koa from 'koa'
import Router from '@koa/router'
${imports}

export const app = new Koa()
export const router = new Router()

${registered}
`
}

testTypes('Koa', {
  packages: { koa: 'koa', '@koa/router': '@koa/router', '@types/koa': '@types/koa', '@types/node': '@types/node' },
  files,
  route,
  forms: [
    [
      'no parameter',
      `import { zero } from '../handlers.js'`,
      `router.get('/', zero)`,
      `const handlers = () => import('../handlers.js')
router.get('/', async () => (await handlers()).zero())`,
    ],
    [
      'one parameter',
      `import { one } from '../handlers.js'`,
      `router.get('/', one)`,
      `const handlers = () => import('../handlers.js')
router.get('/', async (ctx) => (await handlers()).one(ctx))`,
    ],
    [
      'two parameters',
      `import { two } from '../handlers.js'`,
      'router.use(two)',
      `const handlers = () => import('../handlers.js')
router.use(async (ctx, next) => (await handlers()).two(ctx, next))`,
    ],
    [
      'a middleware of the application',
      `import { two } from '../handlers.js'`,
      'app.use(two)',
      `const handlers = () => import('../handlers.js')
app.use(async (ctx, next) => (await handlers()).two(ctx, next))`,
    ],
    [
      'a middleware that an annotation types',
      `import { typed } from '../handlers.js'`,
      'app.use(typed)',
      `const handlers = () => import('../handlers.js')
app.use(async (ctx, next) => (await handlers()).typed(ctx, next))`,
    ],
    [
      'the context of the router',
      `import { routed } from '../handlers.js'`,
      `router.get('/:id', routed)`,
      `const handlers = () => import('../handlers.js')
type RoutedParameters = Parameters<typeof import('../handlers.js').routed>
router.get('/:id', async (ctx: RoutedParameters[0]) => (await handlers()).routed(ctx))`,
    ],
    [
      'the context of another state',
      `import { me } from '../state.js'`,
      `router.get('/', me)`,
      `const state = () => import('../state.js')
type MeParameters = Parameters<typeof import('../state.js').me>
router.get('/', async (ctx: MeParameters[0]) => (await state()).me(ctx))`,
    ],
    [
      'the context of the router with a state',
      `import { owned } from '../state.js'`,
      `router.get('/', owned)`,
      `const state = () => import('../state.js')
type OwnedParameters = Parameters<typeof import('../state.js').owned>
router.get('/', async (ctx: OwnedParameters[0], next: OwnedParameters[1]) => (await state()).owned(ctx, next))`,
    ],
    [
      'a router with a state',
      `import { me } from '../state.js'`,
      `new Router<{ user: string }>().get('/', me)`,
      `const state = () => import('../state.js')
type MeParameters = Parameters<typeof import('../state.js').me>
new Router<{ user: string }>().get('/', async (ctx: MeParameters[0]) => (await state()).me(ctx))`,
    ],
  ],
})
