import type { MigratedApp } from './app.ts'

export const fastify5: MigratedApp = {
  name: 'Fastify 5',
  packages: {
    fastify: 'fastify',
    tsx: 'tsx',
    typescript: 'typescript',
    '@types/node': '@types/node',
    'hot-hook': 'hot-hook',
  },
  packageJson: {
    scripts: {
      dev: 'node --import tsx --import hot-hook/register src/server.ts',
    },
    hotHook: {
      boundaries: ['./src/handlers/**/*.ts', './src/hooks/**/*.ts'],
    },
  },
  entry: 'src/server.ts',
  flags: ['--import=tsx', '--import=hot-hook/register'],
  loader: 'tsx',
  statuses: {
    '/users': 200,
    '/users/broken': 418,
    '/posts': 200,
    'POST /users {"name":"Ines"}': 201,
  },
  expected: {
    'src/server.ts': 'restart',
    'src/config.ts': 'restart',
    'src/app.ts': 'restart',
    'src/routes/users.ts': 'restart',
    'src/routes/posts.ts': 'restart',
    'src/hooks/auth.ts': 'hot',
    'src/handlers/errors.ts': 'hot',
    'src/handlers/users.ts': 'hot',
    'src/handlers/posts.ts': 'hot',
    'src/services/store.ts': 'hot',
    'src/services/format.ts': 'hot',
    'src/types.ts': 'unwatched',
    'src/hot-hook.d.ts': 'unwatched',
  },
  files: {
    'src/server.ts': `import { buildApp } from './app.js'
import { settings } from './config.js'

await buildApp().listen({ port: Number(process.env.PORT), host: settings.host })
`,
    'src/config.ts': `export const settings = { host: '127.0.0.1', title: 'title=1' }
`,
    'src/app.ts': `import fastify, { type FastifyInstance } from 'fastify'
const errors = () => import('./handlers/errors.js')
type OnErrorParameters = Parameters<typeof import('./handlers/errors.js').onError>
import { posts } from './routes/posts.js'
import { users } from './routes/users.js'

export function buildApp(): FastifyInstance {
  const app = fastify()
  app.setErrorHandler(async function (error: OnErrorParameters[0], req: OnErrorParameters[1], reply: OnErrorParameters[2]) { return (await errors()).onError.call(this, error, req, reply) })
  app.register(users, { prefix: '/users' })
  app.register(posts, { prefix: '/posts' })
  return app
}
`,
    'src/routes/users.ts': `import type { FastifyInstance } from 'fastify'
const handlersUsers = () => import('../handlers/users.js')
const loadAuth = () => import('../hooks/auth.js')

export async function users(app: FastifyInstance) {
  app.addHook('onRequest', async (req, reply) => (await loadAuth()).auth(req, reply))
  app.get('/', async function (req, reply) { return (await handlersUsers()).list.call(this, req, reply) })
  app.get('/broken', async function () { return (await handlersUsers()).broken.call(this) })
  app.post('/', async function (req, reply) { return (await handlersUsers()).create.call(this, req, reply) })
}
`,
    'src/routes/posts.ts': `import type { FastifyInstance } from 'fastify'
const handlersPosts = () => import('../handlers/posts.js')

export async function posts(app: FastifyInstance) {
  app.get('/', async function (req, reply) { return (await handlersPosts()).show.call(this, req, reply) })
}
`,
    'src/hooks/auth.ts': `import type { FastifyReply, FastifyRequest } from 'fastify'

export async function auth(request: FastifyRequest, reply: FastifyReply) {
  reply.header('x-auth', 'auth=1')
  if (request.headers.authorization === 'none') throw new Error('No authorization')
}
`,
    'src/handlers/errors.ts': `import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

export async function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  reply.code(418)
  return { error: 'error=1', message: error.message }
}
`,
    'src/handlers/users.ts': `import type { FastifyReply, FastifyRequest } from 'fastify'
import { settings } from '../config.js'
import { names } from '../services/store.js'

export async function list(request: FastifyRequest, reply: FastifyReply) {
  return { kind: 'users=1', names: names(), auth: reply.getHeader('x-auth'), title: settings.title }
}

export async function create(request: FastifyRequest, reply: FastifyReply) {
  reply.code(201)
  return request.body
}

export async function broken() {
  throw new Error('broken')
}
`,
    'src/handlers/posts.ts': `import type { FastifyReply, FastifyRequest } from 'fastify'
import { names } from '../services/store.js'
import type { Post } from '../types.js'

export async function show(request: FastifyRequest, reply: FastifyReply): Promise<Post> {
  return { title: 'posts=1 ' + names() }
}
`,
    'src/services/store.ts': `import { format } from './format.js'

export const names = (): string => format('store=1')
`,
    'src/services/format.ts': `export const format = (text: string): string => 'format=1 ' + text
`,
    'src/types.ts': `export interface Post {
  title: string
}
`,
    'src/hot-hook.d.ts': `/// <reference types="hot-hook/import-meta" />
`,
    'tsconfig.json': `{
  "compilerOptions": {
    "target": "es2022",
    "module": "nodenext",
    "strict": true,
    "noEmit": true
  },
  "include": ["src"]
}
`,
  },
}
