import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Framework, Role, Root } from './framework.ts'

const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/(?:^|[\\/])controllers?[\\/]|_controller\.[cm]?[jt]sx?$/i, 'controller'],
  [/(?:^|[\\/])middlewares?[\\/]|_middleware\.[cm]?[jt]sx?$/i, 'middleware'],
  [/(?:^|[\\/])listeners?[\\/]|_listener\.[cm]?[jt]sx?$/i, 'listener'],
]

/**
 * AdonisJS 6 and 7.
 *
 * Signatures: @adonisjs/http-server 8.2.0 `router/main.d.ts` and `route.d.ts`, @adonisjs/events 10.1.0 `emitter.d.ts`.
 * A handler is a class or a lazy import; the two are told apart by `is.class`, and a lazy import is evaluated again
 * on each call when hot-hook is loaded (@poppinss/utils `importDefault`, @adonisjs/fold `moduleImporter`).
 * Middleware stacks and the exception handler take lazy imports only.
 */
export const adonisjs: Framework = {
  name: 'adonisjs',
  receivers: [
    {
      name: 'router',
      modules: ['@adonisjs/core/services/router'],
      types: ['Router', 'HttpRouterService'],
      bindings: ['router'],
    },
    {
      name: 'server',
      modules: ['@adonisjs/core/services/server'],
      types: ['Server', 'HttpServerService'],
      bindings: ['server'],
    },
    {
      name: 'emitter',
      modules: ['@adonisjs/core/services/emitter'],
      types: ['Emitter', 'EmitterService'],
      bindings: ['emitter'],
    },
  ],
  typeModules: /^@adonisjs\/(?:core|http-server|events)(?:\/|$)/,
  registrations: [
    {
      receiver: 'router',
      methods: ['get', 'post', 'put', 'patch', 'delete', 'any'],
      argument: 1,
      shape: 'tuple',
      role: 'controller',
      form: 'binding',
      namesRoute: true,
    },
    {
      receiver: 'router',
      methods: ['route'],
      argument: 2,
      shape: 'tuple',
      role: 'controller',
      form: 'binding',
      namesRoute: true,
    },
    {
      receiver: 'router',
      methods: ['resource', 'shallowResource'],
      argument: 1,
      shape: 'value',
      role: 'controller',
      form: 'binding',
    },
    { receiver: 'router', methods: ['use'], argument: 0, shape: 'list', role: 'middleware', form: 'inline' },
    { receiver: 'server', methods: ['use'], argument: 0, shape: 'list', role: 'middleware', form: 'inline' },
    { receiver: 'router', methods: ['named'], argument: 0, shape: 'record', role: 'middleware', form: 'inline' },
    {
      receiver: 'server',
      methods: ['errorHandler'],
      argument: 0,
      shape: 'value',
      role: 'error-handler',
      form: 'inline',
    },
    { receiver: 'emitter', methods: ['on', 'once'], argument: 1, shape: 'tuple', role: 'listener', form: 'binding' },
    { receiver: 'emitter', methods: ['listen'], argument: 1, shape: 'list', role: 'listener', form: 'binding' },
    { receiver: 'emitter', methods: ['listenIf'], argument: 2, shape: 'tuple', role: 'listener', form: 'binding' },
  ],
  generated: /^#generated\//,
  roleOf: (path) => ROLES.find(([pattern]) => pattern.test(path))?.[1],
  defaultBoundaries: ['./app/controllers/**/*.ts', './app/middleware/*.ts'],
  outsideServer:
    /^(?:tests?|__tests__|commands|database|scripts|bin|build|dist|ace(?:js)?)[\\/]|[\\/]__tests__[\\/]|\.(?:spec|test)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/,
  boot: /^(?:start|config|providers|bin|adonisrc\.[jt]s|ace\.js)(?:[\\/]|$)/,
  importsOnce: /^(?:adonisrc\.[jt]s$|bin[\\/]|config[\\/])/,
  loads: (root, _read, entry) => loadsOf(root, entry),
  // @adonisjs/http-server 8.2.0: StringBuilder(name).removeSuffix('controller').snakeCase()
  routeName: (name) => name.replace(/[-_]?controller$/i, '').replace(/^./, (first) => first.toLowerCase()),
}

/**
 * The modules an AdonisJS server loads by itself: adonisrc.ts (which imports providers and preloads) and everything in
 * config/ (@adonisjs/application `Application.init`). bin/server.ts, with which `ace serve` starts, where the entry is
 * not known.
 */
function loadsOf(root: string, entry: string | undefined): Root[] {
  const servers = entry === undefined ? ['bin/server.ts', 'server.ts', 'bin/server.js'] : []
  const config = join(root, 'config')
  const configs = statSync(config, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(config, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.[cm]?[jt]s$/.test(name))
    : []
  return [
    ...servers.map((name) => ({ path: join(root, name), by: '`node ace serve`' })),
    ...['adonisrc.ts', 'adonisrc.js'].map((name) => ({ path: join(root, name), by: 'AdonisJS' })),
    ...configs.sort().map((name) => ({ path: join(config, name), by: 'AdonisJS' })),
  ].filter(({ path }) => existsSync(path))
}
