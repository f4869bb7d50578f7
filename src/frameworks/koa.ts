import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

const common = { parameters: ['ctx', 'next'], result: 'awaited' } as const

/** Koa 2 and 3 with @koa/router. Each middleware is awaited by the one before it (koa-compose). */
export const koa: Framework = {
  ...IMPORTS_ONLY,
  name: 'koa',
  typeModules: /^(?:koa|@koa\/router|koa-router)$/,
  receivers: [
    {
      name: 'app',
      modules: [],
      types: ['default', 'Koa'],
      bindings: [],
      factories: ['koa#default', 'koa#Application'],
      names: ['app'],
    },
    {
      name: 'router',
      modules: [],
      types: ['default', 'Router'],
      bindings: [],
      factories: ['@koa/router#default', '@koa/router#Router', 'koa-router#default'],
      names: ['router'],
      returns: { prefix: 'router' },
    },
  ],
  functions: {
    registrations: [
      {
        ...common,
        receiver: 'router',
        methods: ['get', 'post', 'put', 'patch', 'delete', 'del', 'head', 'options', 'link', 'unlink', 'all'],
        argument: 1,
        rest: true,
        role: 'position',
      },
      { ...common, receiver: 'router', methods: ['use'], argument: 0, rest: true, role: 'middleware' },
      { ...common, receiver: 'app', methods: ['use'], argument: 0, role: 'middleware' },
      {
        receiver: 'router',
        methods: ['param'],
        argument: 1,
        role: 'middleware',
        parameters: ['value', 'ctx', 'next'],
        result: 'awaited',
      },
    ],
    parameterTypes: {
      ctx: { name: 'Context', module: 'koa' },
      next: { name: 'Next', module: 'koa' },
      value: { name: 'string' },
    },
    plainTypes: ['Context', 'ParameterizedContext', 'DefaultContext', 'Next', 'any', 'unknown'],
    functionTypes: { Middleware: 2 },
    routers: [],
  },
}
