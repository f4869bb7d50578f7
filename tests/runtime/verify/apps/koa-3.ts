import type { MigratedApp } from './app.ts'

export const koa3: MigratedApp = {
  name: 'Koa 3',
  packages: {
    koa: 'koa',
    '@koa/router': '@koa/router',
    'hot-hook': 'hot-hook',
    '@hot-hook/runner': '@hot-hook/runner',
  },
  packageJson: {
    scripts: {
      dev: 'hot-runner --node-args=--import=hot-hook/register src/server.js',
    },
    hotHook: {
      boundaries: ['./src/controllers/**/*.js', './src/middleware/**/*.js'],
    },
  },
  entry: 'src/server.js',
  flags: ['--import=hot-hook/register'],
  loader: 'none',
  statuses: {
    '/': 200,
    '/users': 200,
    '/users/broken': 418,
  },
  expected: {
    'src/server.js': 'restart',
    'src/config.js': 'restart',
    'src/app.js': 'restart',
    'src/routes/users.js': 'restart',
    'src/routes/pages.js': 'restart',
    'src/middleware/auth.js': 'hot',
    'src/middleware/errors.js': 'hot',
    'src/controllers/users.js': 'hot',
    'src/controllers/pages.js': 'hot',
    'src/services/names.js': 'hot',
    'scripts/report.js': 'unwatched',
  },
  files: {
    'src/server.js': `import { app } from './app.js'
import { settings } from './config.js'

app.listen(Number(process.env.PORT), settings.host)
`,
    'src/config.js': `export const settings = { host: '127.0.0.1', title: 'title=1' }
`,
    'src/app.js': `import Koa from 'koa'
const loadErrors = () => import('./middleware/errors.js')
import { router as pages } from './routes/pages.js'
import { router as users } from './routes/users.js'

export const app = new Koa()
app.use(async (ctx, next) => (await loadErrors()).errors(ctx, next))
app.use(users.routes())
app.use(pages.routes())
`,
    'src/routes/users.js': `import Router from '@koa/router'
const users = () => import('../controllers/users.js')
const loadAuth = () => import('../middleware/auth.js')

export const router = new Router({ prefix: '/users' })
router.get('/', async (ctx, next) => (await loadAuth()).auth(ctx, next), async (ctx) => (await users()).list(ctx))
router.get('/broken', async () => (await users()).broken())
`,
    'src/routes/pages.js': `import Router from '@koa/router'
const pages = () => import('../controllers/pages.js')

export const router = new Router()
router.get('/', async (ctx) => (await pages()).show(ctx))
`,
    'src/middleware/auth.js': `export function auth(ctx, next) {
  ctx.state.auth = 'auth=1'
  return next()
}
`,
    'src/middleware/errors.js': `export async function errors(ctx, next) {
  try {
    await next()
  } catch (error) {
    ctx.status = 418
    ctx.body = 'error=1 ' + error.message
  }
}
`,
    'src/controllers/users.js': `import { settings } from '../config.js'
import { names } from '../services/names.js'

export const list = (ctx) => {
  ctx.body = ['users=1', names(), ctx.state.auth, settings.title].join(' ')
}
export const broken = () => {
  throw new Error('broken')
}
`,
    'src/controllers/pages.js': `import { names } from '../services/names.js'

export const show = (ctx) => {
  ctx.type = 'html'
  ctx.body = '<h1>pages=1</h1><p>' + names() + '</p>'
}
`,
    'src/services/names.js': `export const names = () => 'names=1'
`,
    'scripts/report.js': `console.log('report=1')
`,
  },
}
