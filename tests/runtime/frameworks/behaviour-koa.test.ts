import { testBehaviour } from './behaviour.ts'
import { files, requests } from './koa.ts'
import type { Files } from './app.ts'

const after: Files = {
  'src/app.js': `import Koa from 'koa'
const loadErrors = () => import('./middleware/errors.js')
const loadRequestId = () => import('./middleware/request-id.js')
import { router as handlers } from './routes/handlers.js'
import { router as members } from './routes/members.js'
import { router as streams } from './routes/streams.js'

export const app = new Koa()

app.silent = true
app.use(async (ctx, next) => (await loadErrors()).errors(ctx, next))
app.use(async (ctx, next) => (await loadRequestId()).requestId(ctx, next))
for (const router of [handlers, members, streams]) app.use(router.routes()).use(router.allowedMethods())
`,
  'src/routes/handlers.js': `import Router from '@koa/router'
const handlers = () => import('../controllers/handlers.js')
const loadGuard = () => import('../middleware/guard.js')
const loadLoad = () => import('../middleware/load.js')

export const router = new Router({ prefix: '/handlers' })

router.param('project', async (value, ctx, next) => (await loadLoad()).load(value, ctx, next))
router.use('/guarded', async (ctx, next) => (await loadGuard()).guard(ctx, next))
router.get('/none', async () => (await handlers()).none())
router.get('/sync/:id', async (ctx) => (await handlers()).sync(ctx))
router.get('/one/:id', async (ctx, next) => (await handlers()).one(ctx, next))
router.get('/fails', async (ctx) => (await handlers()).fails(ctx))
router.get('/late', async (ctx) => (await handlers()).late(ctx))
router.get('/thrown', async (ctx) => (await handlers()).thrown(ctx))
router.get('/unhandled', async (ctx) => (await handlers()).unhandled(ctx))
router.get('/skips', async (ctx, next) => (await handlers()).skips(ctx, next), async (ctx, next) => (await handlers()).one(ctx, next))
router.get('/guarded/secret', async (ctx, next) => (await loadGuard()).after(ctx, next), async (ctx, next) => (await handlers()).one(ctx, next))
router.get('/projects/:project', async (ctx, next) => (await handlers()).one(ctx, next))
router.post('/created', async (ctx) => (await handlers()).created(ctx))
router.all('/all', async (ctx) => (await handlers()).sync(ctx))
`,
  'src/routes/members.js': `import Router from '@koa/router'
const users = async () => (await import('../controllers/users.js')).default
const posts = () => import('../controllers/posts.js')
const loadHits = () => import('../controllers/hits.js')
const reports = () => import('../controllers/reports.js')
const health = async () => (await import('../controllers/health.js')).default

export const router = new Router({ prefix: '/members' })

router.get('/users', async (ctx) => (await users()).list(ctx))
router.get('/posts', async (ctx) => (await posts()).list(ctx))
router.get('/hits/count', async (ctx) => (await loadHits()).hits.count(ctx))
router.get('/reports', async (ctx) => (await reports()).Reports.list(ctx))
router.get('/health', async (ctx) => (await health())(ctx))
`,
  'src/routes/streams.js': `import Router from '@koa/router'
const streams = () => import('../controllers/streams.js')
await streams()

export const router = new Router({ prefix: '/streams' })

router.get('/download', async (ctx) => (await streams()).download(ctx))
router.post('/size', async (ctx) => (await streams()).size(ctx))
router.post('/upload', async (ctx) => (await streams()).upload(ctx))
router.get('/broken', async (ctx) => (await streams()).broken(ctx))
`,
}

testBehaviour('Koa', {
  packages: { koa: 'koa', '@koa/router': '@koa/router' },
  files,
  after,
  requests,
  upload: 'POST /streams/size',
  broken: ['POST /streams/upload', 'GET /streams/broken'],
})
