import type { Outcome } from '../../../src/graph/reload.ts'
import type { App, NodeMajor } from '../hot-hook.ts'

/** A server of which one file goes stale, and the same server put right. */
export interface StaleCase {
  readonly name: string
  readonly stale: StaleVersion
  /** Its files, where they are others, or other texts. */
  readonly fixed: StaleVersion
  /** Whether a mark that the module leaves as it runs shows that it is stale: not where another import runs it anew. */
  readonly isShownByMark: boolean
  /** Whether hot-hook's answer depends on the order of the requests. */
  readonly unstable?: boolean
}

export interface StaleVersion extends App {
  /** Some answers show its word `name=1`. */
  readonly file: string
  /** What saving the file does, by version of Node. */
  readonly outcome: Readonly<Record<NodeMajor, Outcome>>
}

const everywhere = (outcome: Outcome): StaleVersion['outcome'] => ({ 20: outcome, 22: outcome, 24: outcome })

const entry = 'src/server.js'
const hotHook = { boundaries: ['./src/handlers/*.js'] }
const file = 'src/handlers/users.js'
const listen = `listen(Number(process.env.PORT), '127.0.0.1')`
const stale = { entry, hotHook, urls: ['/users'], file, outcome: everywhere('stale') }
const fixed = { ...stale, outcome: everywhere('hot') }

const users = `export const list = () => 'users=1'
`

/** A request listener that imports the handler each time. */
const lazyServer = `import { createServer } from 'node:http'

createServer(async (req, res) => {
  const { list } = await import('./handlers/users.js')
  res.end(list())
}).${listen}
`

const fastify = { dependencies: { fastify: '5.12.8', 'hot-hook': '1.0.0' } }

const tsconfig = `{
  "compilerOptions": { "target": "es2022", "module": "nodenext", "strict": true, "noEmit": true }
}
`

/** The situations in which hot-hook says that it invalidated a file, and the old code goes on running. */
export const staleCases: readonly StaleCase[] = [
  {
    name: 'an await at the top level',
    isShownByMark: true,
    stale: {
      ...stale,
      files: {
        'src/server.js': `import { createServer } from 'node:http'
const { list } = await import('./handlers/users.js')

createServer((req, res) => res.end(list())).${listen}
`,
        'src/handlers/users.js': users,
      },
    },
    fixed: { ...fixed, files: { 'src/server.js': lazyServer, 'src/handlers/users.js': users } },
  },
  {
    name: 'an await at the top level, and a service below the handler',
    isShownByMark: true,
    stale: {
      ...stale,
      file: 'src/services/names.js',
      files: {
        'src/server.js': `import { createServer } from 'node:http'
const { list } = await import('./handlers/users.js')

createServer((req, res) => res.end(list())).${listen}
`,
        'src/handlers/users.js': `import { names } from '../services/names.js'

export const list = () => names()
`,
        'src/services/names.js': `export const names = () => 'names=1'
`,
      },
    },
    fixed: {
      ...fixed,
      file: 'src/services/names.js',
      files: {
        'src/server.js': lazyServer,
        'src/handlers/users.js': `import { names } from '../services/names.js'

export const list = () => names()
`,
        'src/services/names.js': `export const names = () => 'names=1'
`,
      },
    },
  },
  {
    name: 'a promise at the top level',
    isShownByMark: true,
    stale: {
      ...stale,
      files: {
        'src/server.js': `import { createServer } from 'node:http'
const users = import('./handlers/users.js')

createServer(async (req, res) => res.end((await users).list())).${listen}
`,
        'src/handlers/users.js': users,
      },
    },
    fixed: { ...fixed, files: { 'src/server.js': lazyServer, 'src/handlers/users.js': users } },
  },
  {
    name: 'a loader that keeps its promise',
    isShownByMark: true,
    stale: {
      ...stale,
      files: {
        'src/server.js': `import { createServer } from 'node:http'
let loading
const users = () => (loading ??= import('./handlers/users.js'))

createServer(async (req, res) => res.end((await users()).list())).${listen}
`,
        'src/handlers/users.js': users,
      },
    },
    fixed: {
      ...fixed,
      files: {
        'src/server.js': `import { createServer } from 'node:http'
const users = () => import('./handlers/users.js')

createServer(async (req, res) => res.end((await users()).list())).${listen}
`,
        'src/handlers/users.js': users,
      },
    },
  },
  {
    name: 'a hook that is registered once',
    isShownByMark: true,
    stale: {
      ...stale,
      file: 'src/hooks/auth.js',
      hotHook: { boundaries: ['./src/hooks/*.js'] },
      packageJson: fastify,
      files: {
        'src/server.js': `import fastify from 'fastify'

async function start() {
  const app = fastify()
  const { auth } = await import('./hooks/auth.js')
  app.addHook('onRequest', auth)
  app.get('/users', async (request) => request.headers.auth)
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
}

start()
`,
        'src/hooks/auth.js': `export async function auth(request) {
  request.headers.auth = 'auth=1'
}
`,
      },
    },
    fixed: {
      ...fixed,
      file: 'src/hooks/auth.js',
      hotHook: { boundaries: ['./src/hooks/*.js'] },
      packageJson: fastify,
      files: {
        'src/server.js': `import fastify from 'fastify'
const loadAuth = () => import('./hooks/auth.js')

async function start() {
  const app = fastify()
  app.addHook('onRequest', async (req) => (await loadAuth()).auth(req))
  app.get('/users', async (request) => request.headers.auth)
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
}

start()
`,
        'src/hooks/auth.js': `export async function auth(request) {
  request.headers.auth = 'auth=1'
}
`,
      },
    },
  },
  {
    name: 'a plugin that is registered as a promise',
    isShownByMark: true,
    stale: {
      ...stale,
      hotHook: { boundaries: ['./src/routes/*.js'] },
      packageJson: fastify,
      files: {
        'src/server.js': `import fastify from 'fastify'

const app = fastify()
app.register(import('./routes/users.js'))
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
        'src/routes/users.js': `import { list } from '../handlers/users.js'

export default async function (app) {
  app.get('/users', list)
}
`,
        'src/handlers/users.js': `export const list = async () => 'users=1'
`,
      },
    },
    fixed: {
      ...fixed,
      packageJson: fastify,
      files: {
        'src/server.js': `import fastify from 'fastify'
import users from './routes/users.js'

const app = fastify()
app.register(users)
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
        'src/routes/users.js': `const users = () => import('../handlers/users.js')

export default async function (app) {
  app.get('/users', async function () { return (await users()).list.call(this) })
}
`,
        'src/handlers/users.js': `export const list = async () => 'users=1'
`,
      },
    },
  },
  {
    name: 'all modules of a directory, read at boot',
    isShownByMark: true,
    stale: {
      ...stale,
      files: {
        'src/server.js': `import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'

const routes = new Map()
for (const name of readdirSync(new URL('./handlers', import.meta.url))) {
  const { path, list } = await import(\`./handlers/\${name}\`)
  routes.set(path, list)
}
createServer((req, res) => res.end(routes.get(req.url)())).${listen}
`,
        'src/handlers/users.js': `export const path = '/users'
${users}`,
      },
    },
    fixed: {
      ...fixed,
      files: {
        'src/server.js': `import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'

const routes = new Map()
for (const name of readdirSync(new URL('./handlers', import.meta.url))) {
  routes.set('/' + name.replace('.js', ''), () => import(\`./handlers/\${name}\`))
}
createServer(async (req, res) => res.end((await routes.get(req.url)()).list())).${listen}
`,
        'src/handlers/users.js': `export const path = '/users'
${users}`,
      },
    },
  },
  {
    name: '@fastify/autoload',
    isShownByMark: true,
    stale: {
      ...stale,
      hotHook: { boundaries: ['./src/routes/*.js'] },
      packageJson: { dependencies: { ...fastify.dependencies, '@fastify/autoload': '6.5.0' } },
      files: {
        'src/server.js': `import autoload from '@fastify/autoload'
import fastify from 'fastify'

const app = fastify()
app.register(autoload, { dir: new URL('./routes', import.meta.url).pathname })
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
        'src/routes/users.js': `import { list } from '../handlers/users.js'

export default async function (app) {
  app.get('/users', list)
}
`,
        'src/handlers/users.js': `export const list = async () => 'users=1'
`,
      },
    },
    fixed: {
      ...fixed,
      packageJson: { dependencies: { ...fastify.dependencies, '@fastify/autoload': '6.5.0' } },
      files: {
        'src/server.js': `import autoload from '@fastify/autoload'
import fastify from 'fastify'

const app = fastify()
app.register(autoload, { dir: new URL('./routes', import.meta.url).pathname })
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
        'src/routes/users.js': `const users = () => import('../handlers/users.js')

export default async function (app) {
  app.get('/users', async function () { return (await users()).list.call(this) })
}
`,
        'src/handlers/users.js': `export const list = async () => 'users=1'
`,
      },
    },
  },
  {
    name: 'a static importer beside a lazy one',
    isShownByMark: false,
    unstable: true,
    stale: {
      ...stale,
      urls: ['/users', '/status'],
      files: {
        'src/server.js': `import { createServer } from 'node:http'
import { status } from './status.js'

createServer(async (req, res) => {
  if (req.url === '/status') return res.end(status())
  const { list } = await import('./handlers/users.js')
  res.end(list())
}).${listen}
`,
        'src/status.js': `import { label } from './handlers/users.js'

export const status = () => 'status ' + label
`,
        'src/handlers/users.js': `export const label = 'label=1'
export const list = () => 'list ' + label
`,
      },
    },
    fixed: {
      ...fixed,
      urls: ['/users', '/status'],
      files: {
        'src/server.js': `import { createServer } from 'node:http'
import { status } from './status.js'

createServer(async (req, res) => {
  if (req.url === '/status') return res.end(await status())
  const { list } = await import('./handlers/users.js')
  res.end(list())
}).${listen}
`,
        'src/status.js': `export async function status() {
  const { label } = await import('./handlers/users.js')
  return 'status ' + label
}
`,
        'src/handlers/users.js': `export const label = 'label=1'
export const list = () => 'list ' + label
`,
      },
    },
  },
  {
    name: 'JSON below a handler, on Node 20',
    isShownByMark: false,
    stale: {
      ...stale,
      file: 'src/handlers/texts.json',
      outcome: { 20: 'stale', 22: 'hot', 24: 'hot' },
      files: {
        'src/server.js': lazyServer,
        'src/handlers/users.js': `import texts from './texts.json' with { type: 'json' }

export const list = () => texts.title
`,
        'src/handlers/texts.json': `{ "title": "texts=1" }
`,
      },
    },
    fixed: {
      ...fixed,
      file: 'src/texts.js',
      files: {
        'src/server.js': lazyServer,
        'src/handlers/users.js': `import { texts } from '../texts.js'

export const list = () => texts.title
`,
        'src/texts.js': `export const texts = { title: 'texts=1' }
`,
      },
    },
  },
  {
    name: 'CommonJS below a handler',
    isShownByMark: true,
    stale: {
      ...stale,
      file: 'src/names.cjs',
      files: {
        'src/server.js': lazyServer,
        'src/handlers/users.js': `import { names } from '../names.cjs'

export const list = () => names()
`,
        'src/names.cjs': `exports.names = () => 'names=1'
`,
      },
    },
    fixed: {
      ...fixed,
      file: 'src/names.js',
      files: {
        'src/server.js': lazyServer,
        'src/handlers/users.js': `import { names } from '../names.js'

export const list = () => names()
`,
        'src/names.js': `export const names = () => 'names=1'
`,
      },
    },
  },
  {
    name: 'a static import of a boundary that tsx has renamed, on Node 22 and 24',
    isShownByMark: true,
    stale: {
      ...stale,
      entry: 'src/server.ts',
      hotHook: { boundaries: ['./src/handlers/*.ts'] },
      file: 'src/handlers/users.ts',
      loader: 'tsx',
      outcome: { 20: 'restart', 22: 'stale', 24: 'stale' },
      files: {
        'tsconfig.json': tsconfig,
        'src/server.ts': `import { createServer } from 'node:http'
import { list } from './handlers/users.js'

createServer((req, res) => void res.end(list())).${listen}
`,
        'src/handlers/users.ts': `export const list = (): string => 'users=1'
`,
      },
    },
    fixed: {
      ...fixed,
      entry: 'src/server.ts',
      hotHook: { boundaries: ['./src/handlers/*.ts'] },
      file: 'src/handlers/users.ts',
      loader: 'tsx',
      files: {
        'tsconfig.json': tsconfig,
        'src/server.ts': lazyServer,
        'src/handlers/users.ts': `export const list = (): string => 'users=1'
`,
      },
    },
  },
]
