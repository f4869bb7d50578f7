import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

const common = { parameters: ['c', 'next'], result: 'awaited', rest: true } as const
const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'all']

/** Hono 4. What a handler or a middleware returns is awaited (hono 4.13 `compose.ts`, `hono-base.ts`). */
export const hono: Framework = {
  ...IMPORTS_ONLY,
  name: 'hono',
  typeModules: /^(?:hono(?:\/.*)?|@hono\/zod-openapi)$/,
  receivers: [
    {
      name: 'app',
      modules: [],
      types: ['Hono', 'OpenAPIHono'],
      bindings: [],
      factories: ['hono#Hono', 'hono/tiny#Hono', 'hono/quick#Hono', '@hono/zod-openapi#OpenAPIHono'],
      names: ['app'],
      returns: { basePath: 'app', route: 'app', mount: 'app', openapi: 'app', doc: 'app' },
    },
  ],
  functions: {
    registrations: [
      { ...common, receiver: 'app', methods: VERBS, argument: 0, role: 'position' },
      { ...common, receiver: 'app', methods: ['on'], argument: 2, role: 'position' },
      { ...common, receiver: 'app', methods: ['use'], argument: 0, role: 'middleware' },
      {
        receiver: 'app',
        methods: ['openapi'],
        argument: 1,
        role: 'controller',
        parameters: ['c', 'next'],
        result: 'awaited',
      },
      {
        receiver: 'app',
        methods: ['notFound'],
        argument: 0,
        role: 'controller',
        parameters: ['c'],
        result: 'awaited',
      },
      {
        receiver: 'app',
        methods: ['onError'],
        argument: 0,
        role: 'error-handler',
        parameters: ['err', 'c'],
        result: 'awaited',
      },
    ],
    parameterTypes: {
      c: { name: 'Context', module: 'hono', of: 'environment and path' },
      next: { name: 'Next', module: 'hono' },
      err: { name: 'Error' },
    },
    plainTypes: ['Context', 'Next', 'Error', 'any', 'unknown'],
    functionTypes: { Handler: 2, MiddlewareHandler: 2, NotFoundHandler: 1, ErrorHandler: 2 },
    routers: ['hono#Hono', '@hono/zod-openapi#OpenAPIHono'],
  },
}
