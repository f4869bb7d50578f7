import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { autoloadsIn, autoloadedFiles } from './fastify-autoload.ts'
import { IMPORTS_ONLY, OUTSIDE_SERVER } from './conventions.ts'
import type { Framework, FunctionRegistration, Root } from './framework.ts'

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all']
const HANDLER = ['req', 'reply']

/** The hooks of a request, by what they get (fastify 5 `lib/hooks.js`). The others run at boot, or once for each route. */
const HOOKS: readonly (readonly [names: readonly string[], parameters: readonly string[]])[] = [
  [
    ['onRequest', 'preValidation', 'preHandler', 'onResponse', 'onTimeout'],
    [...HANDLER, 'done'],
  ],
  [
    ['preParsing', 'preSerialization', 'onSend'],
    [...HANDLER, 'payload', 'done'],
  ],
  [['onError'], [...HANDLER, 'error', 'done']],
  [['onRequestAbort'], ['req', 'done']],
]

const hooks: readonly FunctionRegistration[] = HOOKS.flatMap(([names, parameters]) => {
  const hook = { receiver: 'instance', role: 'middleware', parameters, result: 'hook' } as const
  return [
    { ...hook, methods: ['addHook'], argument: 1, events: names },
    { ...hook, methods: VERBS, argument: 1, properties: names },
    { ...hook, methods: ['route'], argument: 0, properties: names },
  ]
})

/** Fastify 4 and 5. Plugins that @fastify/autoload registers are imported by it. */
export const fastify: Framework = {
  ...IMPORTS_ONLY,
  name: 'fastify',
  typeModules: /^fastify$/,
  loads: loadsOf,
  receivers: [
    {
      name: 'instance',
      modules: [],
      types: ['FastifyInstance'],
      pluginTypes: ['FastifyPluginAsync', 'FastifyPluginCallback', 'FastifyPlugin'],
      bindings: [],
      factories: ['fastify#default', 'fastify#fastify', 'fastify#default.fastify', 'fastify#default.default'],
      names: ['fastify', 'app'],
      returns: { withTypeProvider: 'instance', register: 'instance', after: 'instance' },
      plugins: ['register', 'after'],
    },
  ],
  functions: {
    registrations: [
      {
        receiver: 'instance',
        methods: VERBS,
        argument: 1,
        rest: true,
        role: 'controller',
        parameters: HANDLER,
        result: 'reply',
      },
      {
        receiver: 'instance',
        methods: VERBS,
        argument: 1,
        properties: ['handler'],
        role: 'controller',
        parameters: HANDLER,
        result: 'reply',
      },
      {
        receiver: 'instance',
        methods: ['route'],
        argument: 0,
        properties: ['handler'],
        role: 'controller',
        parameters: HANDLER,
        result: 'reply',
      },
      {
        receiver: 'instance',
        methods: ['setNotFoundHandler'],
        argument: 0,
        rest: true,
        role: 'controller',
        parameters: HANDLER,
        result: 'reply',
      },
      {
        receiver: 'instance',
        methods: ['setErrorHandler'],
        argument: 0,
        role: 'error-handler',
        parameters: ['error', ...HANDLER],
        result: 'reply',
      },
      ...hooks,
    ],
    parameterTypes: {
      req: { name: 'FastifyRequest', module: 'fastify', of: 'route' },
      reply: { name: 'FastifyReply', module: 'fastify' },
      done: { name: 'HookHandlerDoneFunction', module: 'fastify' },
    },
    // Not `FastifyError`: Fastify 5 hands an error of type `unknown` to a handler that does not say otherwise.
    plainTypes: ['FastifyRequest', 'FastifyReply', 'any', 'unknown'],
    functionTypes: { RouteHandlerMethod: 2, RouteHandler: 2 },
    routers: [],
  },
}

const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/
const SKIPPED = /^(?:node_modules|build|dist|coverage|tmp|tests?|__tests__|public|\..*)$/

const AUTOLOAD = /['"](?:@fastify\/|fastify-)autoload['"]/

/** What `@fastify/autoload` loads, by each of its registrations in the project. */
function loadsOf(root: string, read: (path: string) => string | undefined, entry: string | undefined): Root[] {
  if (!AUTOLOAD.test(read(join(root, 'package.json')) ?? '')) return []
  const files = new Set([...(entry === undefined ? [] : [entry]), ...sourceFilesBelow(root)])
  const roots = new Map<string, Root>()
  const texts = [...files].flatMap((file) => {
    const text = read(file)
    return text?.includes('autoload') ? [[file, text] as const] : []
  })
  const users = texts.flatMap(([file, text]) => (AUTOLOAD.test(text) ? [file] : []))
  for (const [file, text] of texts) {
    for (const autoload of autoloadsIn(file, text, root)) {
      const by = `@fastify/autoload in ${relative(root, file).split(sep).join('/')}:${autoload.line}`
      if (!existsSync(autoload.dir)) continue
      const from = { path: file, users }
      for (const path of autoloadedFiles(autoload)) if (!roots.has(path)) roots.set(path, { path, by, from })
    }
  }
  return [...roots.values()]
}

function sourceFilesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : sourceFilesBelow(path)
    return entry.isFile() && SOURCE.test(entry.name) && !OUTSIDE_SERVER.test(entry.name) ? [path] : []
  })
}
