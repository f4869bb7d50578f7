import type { Files } from '../../frameworks/app.ts'
import type { Migrated } from './app.ts'

/** Of hot-hook 0.4.0 the starter kits ask for `^0.4.0`; `migrate` asks for 1.0.0. */
export type HotHookVersion = '0.4.0' | '1.0.0'

/** What the starter kits of AdonisJS 6 ask for, as far as a server without views and a database needs it. */
export const dependencies: Readonly<Record<string, string>> = {
  '@adonisjs/core': '6.21.0',
  '@vinejs/vine': '3.0.1',
  'reflect-metadata': '0.2.2',
  '@adonisjs/assembler': '7.8.2',
  '@adonisjs/tsconfig': '1.4.1',
  '@swc/core': '1.16.22',
  '@types/node': '22.20.5',
  'pino-pretty': '13.2.0',
  'ts-node-maintained': '10.9.6',
  typescript: '5.8.3',
}

const bin = (action: string): string => `import 'reflect-metadata'
import { Ignitor, prettyPrintError } from '@adonisjs/core'

const APP_ROOT = new URL('../', import.meta.url)

const importer = (filePath: string) => {
  if (filePath.startsWith('./') || filePath.startsWith('../')) return import(new URL(filePath, APP_ROOT).href)
  return import(filePath)
}

new Ignitor(APP_ROOT, { importer })
  .tap((app) => {
    app.booting(async () => {
      await import('#start/env')
    })
    app.listen('SIGTERM', () => app.terminate())
    app.listenIf(app.managedByPm2, 'SIGINT', () => app.terminate())
  })
  ${action}
  .catch((error) => {
    process.exitCode = 1
    prettyPrintError(error)
  })
`

export const adonisjs6: Migrated & { readonly files: Files } = {
  name: 'AdonisJS 6',
  packageJson: {
    scripts: { dev: 'node ace serve --hmr' },
    hotHook: { boundaries: ['./app/controllers/**/*.ts', './app/middleware/*.ts'] },
    imports: {
      '#controllers/*': './app/controllers/*.js',
      '#exceptions/*': './app/exceptions/*.js',
      '#services/*': './app/services/*.js',
      '#middleware/*': './app/middleware/*.js',
      '#start/*': './start/*.js',
      '#config/*': './config/*.js',
    },
  },
  entry: 'bin/server.ts',
  flags: ['--import=ts-node-maintained/register/esm', '--enable-source-maps', '--import=hot-hook/register'],
  loader: 'ts-node',
  statuses: {
    '/users': 200,
    '/users/1': 200,
    '/users/9': 404,
    '/posts': 200,
    '/admin/report': 200,
    '/nowhere': 404,
    'POST /users {"name":"Ines"}': 201,
  },
  expected: {
    'ace.js': 'unwatched',
    'adonisrc.ts': 'restart',
    'bin/console.ts': 'unwatched',
    'bin/server.ts': 'restart',
    'config/app.ts': 'restart',
    'config/bodyparser.ts': 'restart',
    'config/logger.ts': 'restart',
    'start/env.ts': 'restart',
    'start/kernel.ts': 'restart',
    'start/routes.ts': 'restart',
    'app/exceptions/handler.ts': 'restart',
    'app/middleware/json_middleware.ts': 'hot',
    'app/middleware/desk_middleware.ts': 'hot',
    'app/controllers/users_controller.ts': 'hot',
    'app/controllers/posts_controller.ts': 'hot',
    'app/controllers/admin/reports_controller.ts': 'hot',
    'app/services/directory.ts': 'hot',
    'app/services/clock.ts': 'restart',
    'app/types.ts': 'unwatched',
  },
  files: {
    'ace.js': `import 'ts-node-maintained/register/esm'

await import('./bin/console.js')
`,
    'adonisrc.ts': `import { defineConfig } from '@adonisjs/core/app'

export default defineConfig({
  commands: [() => import('@adonisjs/core/commands')],
  providers: [() => import('@adonisjs/core/providers/app_provider')],
  preloads: [() => import('#start/routes'), () => import('#start/kernel')],
})
`,
    'bin/console.ts': bin('.ace()\n  .handle(process.argv.splice(2))'),
    'bin/server.ts': bin('.httpServer()\n  .start()'),
    'config/app.ts': `import env from '#start/env'
import { startedAt } from '#services/clock'
import app from '@adonisjs/core/services/app'
import { Secret } from '@adonisjs/core/helpers'
import { defineConfig } from '@adonisjs/core/http'

export const appKey = new Secret(env.get('APP_KEY'))
export const start = startedAt

export const http = defineConfig({
  generateRequestId: true,
  allowMethodSpoofing: false,
  useAsyncLocalStorage: false,
  cookie: { domain: '', path: '/', maxAge: '2h', httpOnly: true, secure: app.inProduction, sameSite: 'lax' },
})
`,
    'config/bodyparser.ts': `import { defineConfig } from '@adonisjs/core/bodyparser'

export default defineConfig({
  allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  json: { convertEmptyStringsToNull: true, types: ['application/json'] },
})
`,
    'config/logger.ts': `import env from '#start/env'
import app from '@adonisjs/core/services/app'
import { defineConfig, targets } from '@adonisjs/core/logger'

export default defineConfig({
  default: 'app',
  loggers: {
    app: {
      enabled: true,
      name: 'desk',
      level: env.get('LOG_LEVEL'),
      transport: {
        targets: targets()
          .pushIf(!app.inProduction, targets.pretty())
          .pushIf(app.inProduction, targets.file({ destination: 1 }))
          .toArray(),
      },
    },
  },
})
`,
    'start/env.ts': `import { Env } from '@adonisjs/core/env'

export default await Env.create(new URL('../', import.meta.url), {
  NODE_ENV: Env.schema.enum(['development', 'production', 'test'] as const),
  PORT: Env.schema.number(),
  HOST: Env.schema.string({ format: 'host' }),
  APP_KEY: Env.schema.string(),
  LOG_LEVEL: Env.schema.string(),
})
`,
    'start/kernel.ts': `import router from '@adonisjs/core/services/router'
import server from '@adonisjs/core/services/server'

server.errorHandler(() => import('#exceptions/handler'))

server.use([() => import('#middleware/json_middleware')])

router.use([() => import('@adonisjs/core/bodyparser_middleware')])

export const middleware = router.named({
  desk: () => import('#middleware/desk_middleware'),
})
`,
    'start/routes.ts': `import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'
const UsersController = () => import('#controllers/users_controller')
const PostsController = () => import('#controllers/posts_controller')
const ReportsController = () => import('#controllers/admin/reports_controller')

router.get('/users', [UsersController, 'index'])
router.get('/users/:id', [UsersController, 'show'])
router.post('/users', [UsersController, 'store'])
router.resource('posts', PostsController).only(['index'])
router.get('/admin/report', [ReportsController, 'show']).use(middleware.desk({ name: 'editors' }))
`,
    'app/exceptions/handler.ts': `import app from '@adonisjs/core/services/app'
import { ExceptionHandler } from '@adonisjs/core/http'

export default class HttpExceptionHandler extends ExceptionHandler {
  protected debug = !app.inProduction
}
`,
    'app/middleware/json_middleware.ts': `import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

export default class JsonMiddleware {
  handle(ctx: HttpContext, next: NextFn) {
    ctx.request.headers().accept = 'application/json'
    ctx.answeredAs = 'json=1'
    return next()
  }
}

declare module '@adonisjs/core/http' {
  interface HttpContext {
    answeredAs?: string
  }
}
`,
    'app/middleware/desk_middleware.ts': `import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'

export default class DeskMiddleware {
  handle(ctx: HttpContext, next: NextFn, options: { name: string }) {
    ctx.desk = \`desk=1 of the \${options.name}\`
    return next()
  }
}

declare module '@adonisjs/core/http' {
  interface HttpContext {
    desk?: string
  }
}
`,
    'app/controllers/users_controller.ts': `import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import Directory from '#services/directory'

@inject()
export default class UsersController {
  constructor(protected directory: Directory) {}

  index({ answeredAs }: HttpContext) {
    return { kind: 'users=1', users: this.directory.all(), answeredAs }
  }

  show({ params, response }: HttpContext) {
    const user = this.directory.find(Number(params.id))
    return user ?? response.notFound({ kind: 'users=1' })
  }

  store({ request, response }: HttpContext) {
    return response.created({ name: request.input('name') })
  }
}
`,
    'app/controllers/posts_controller.ts': `export default class PostsController {
  index() {
    return { kind: 'posts=1' }
  }
}
`,
    'app/controllers/admin/reports_controller.ts': `import type { HttpContext } from '@adonisjs/core/http'
import Directory from '#services/directory'
import { startedAt } from '#services/clock'

export default class ReportsController {
  show({ desk }: HttpContext) {
    return { kind: 'reports=1', desk, startedAt, count: new Directory().all().length }
  }
}
`,
    'app/services/directory.ts': `import type { User } from '../types.js'

const users: User[] = [{ id: 1, name: 'directory=1' }]

export default class Directory {
  all() {
    return users
  }

  find(id: number) {
    return users.find((user) => user.id === id)
  }
}
`,
    'app/services/clock.ts': `export const startedAt = 'clock=1'
`,
    'app/types.ts': `export interface User {
  id: number
  name: string
}
`,
    'tsconfig.json': `{
  "extends": "@adonisjs/tsconfig/tsconfig.app.json",
  "compilerOptions": {
    "rootDir": "./",
    "outDir": "./build"
  }
}
`,
    '.env': `TZ=UTC
PORT=3333
HOST=localhost
NODE_ENV=development
LOG_LEVEL=info
APP_KEY=a-key-for-tests-that-protects-nothing
`,
  },
}
