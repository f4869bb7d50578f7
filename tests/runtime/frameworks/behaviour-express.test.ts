import { describe, expect, it } from 'vitest'
import { remove, rewrite, start, writeApp, type Files } from './app.ts'
import { testBehaviour } from './behaviour.ts'
import { files, rejected, requests, withRejections } from './express.ts'
import { ask } from './requests.ts'

const upload = 'POST /streams/size'
const broken = ['POST /streams/upload', 'GET /streams/broken'] as const

const after5: Files = {
  'src/app.js': `import express from 'express'
const loadLog = () => import('./middleware/log.js')
const loadRequestId = () => import('./middleware/request-id.js')
const loadTeapot = () => import('./middleware/teapot.js')
const notFound = async () => (await import('./middleware/not-found.js')).default
const loadErrorHandler = () => import('./middleware/error-handler.js')
import arity from './routes/arity.js'
import errors from './routes/errors.js'
import members from './routes/members.js'
import mounted from './routes/mounted.js'
import odd from './routes/odd.js'
import rejections from './routes/rejections.js'
import streams from './routes/streams.js'
import wrapped from './routes/wrapped.js'

export const app = express()

app.use(async (req, res, next) => (await loadLog()).log(req, res, next))
app.use(async (req, res, next) => (await loadRequestId()).requestId(req, res, next))
app.use('/teapot', async (req, res, next) => (await loadTeapot()).isTeapot(req, res, next), async (req, res) => (await loadTeapot()).teapot(req, res))
app.use(express.json({ limit: '5mb' }))
app.use('/arity', arity)
app.use('/errors', errors)
app.use('/members', members)
app.use('/orgs/:org', mounted)
app.use('/odd', odd)
app.use('/rejections', rejections)
app.use('/streams', streams)
app.use('/wrapped', wrapped)
app.use(async (req, res) => (await notFound())(req, res))
app.use(async (err, req, res, next) => (await loadErrorHandler()).errorHandler(err, req, res, next))
`,
  'src/routes/arity.js': `import { Router } from 'express'
const arity = () => import('../controllers/arity.js')

const router = Router()

router.get('/zero', async () => (await arity()).zero())
router.get('/one/:id', async (req) => (await arity()).one(req))
router.get('/two/:id', async (req, res) => (await arity()).two(req, res))
router.get('/three/:id', async (req, res, next) => (await arity()).three(req, res, next))
router.get('/three/:id', async (req, res) => (await arity()).fallback(req, res))
router.get('/default', async (req, res, next) => (await arity()).withDefault(req, res, next))
router.get('/rest', async (req, res, next) => (await arity()).withRest(req, res, next))
router.post('/echo', async (req, res) => (await arity()).echo(req, res))
router
  .route('/items')
  .get(async (req, res) => (await arity()).list(req, res))
  .delete(async (req, res, next) => (await arity()).allowed(req, res, next), async (req, res) => (await arity()).remove(req, res))
  .all((req, res) => {
    res.set('allow', 'GET, DELETE').sendStatus(405)
  })

export default router
`,
  'src/routes/errors.js': `import express from 'express'
const errors = () => import('../controllers/errors.js')

const router = express.Router()

router.get('/sync', async (req, res) => (await errors()).sync(req, res))
router.get('/status', async (req, res) => (await errors()).status(req, res))
router.get('/text', async (req, res) => (await errors()).text(req, res))
router.get('/next', async (req, res, next) => (await errors()).forwarded(req, res, next))
router.get('/unhandled', async (req, res, next) => (await errors()).unhandled(req, res, next))
router.get('/after-head', async (req, res) => (await errors()).afterHead(req, res))

export default router
`,
  'src/routes/members.js': `import express from 'express'
const users = async () => (await import('../controllers/users.js')).default
const posts = () => import('../controllers/posts.js')
const loadHits = () => import('../controllers/hits.js')
const reports = () => import('../controllers/reports.js')
const health = async () => (await import('../controllers/health.js')).default

const router = express.Router()

router.get('/users', async (req, res) => (await users()).list(req, res))
router.get('/users/:id', async (req, res, next) => (await users()).show(req, res, next))
router.get('/posts', async (req, res) => (await posts()).list(req, res))
router.post('/posts', async (req, res) => (await posts()).create(req, res))
router.get('/hits/count', async (req, res) => (await loadHits()).hits.count(req, res))
router.get('/reports', async (req, res) => (await reports()).Reports.list(req, res))
router.get('/health', async (req, res) => (await health())(req, res))

export default router
`,
  'src/routes/mounted.js': `import { Router } from 'express'
const loadLoadProject = () => import('../middleware/load-project.js')
const projects = () => import('../controllers/projects.js')
const loadNested = () => import('../middleware/nested.js')

const router = Router({ mergeParams: true })

router.param('project', async (req, res, next, value, name) => (await loadLoadProject()).loadProject(req, res, next, value, name))
router.use('/projects', async (req, res, next) => (await loadNested()).nested(req, res, next))
router.get('/projects/:project', async (req, res) => (await projects()).project(req, res))
router.get('/members/:member', async (req, res) => (await projects()).member(req, res))

export default router
`,
  'src/routes/odd.js': `import { Router } from 'express'
const loadGiven = () => import('../controllers/given.js')
import { self } from '../controllers/self.js'
import detached from '../controllers/detached.js'
import { Lists } from '../controllers/lists.js'

const router = Router()

router.get('/given', async (req, res, next) => (await loadGiven()).given(req, res, next))
router.get('/self', self)
router.get('/detached', detached.list)
router.get('/lists', Lists.list)

export default router
`,
  'src/routes/rejections.js': `import { Router } from 'express'
const rejections = () => import('../controllers/rejections.js')

const router = Router()

router.param('id', async (req, res, next, value) => (await rejections()).load(req, res, next, value))
router.get('/late', async (req, res, next) => (await rejections()).late(req, res, next))
router.get('/never', async (req, res) => (await rejections()).never(req, res))
router.get('/:id', async (req, res, next) => (await rejections()).late(req, res, next))

export default router
`,
  'src/routes/streams.js': `import { Router } from 'express'
const streams = () => import('../controllers/streams.js')
await streams()

const router = Router()

router.get('/download', async (req, res) => (await streams()).download(req, res))
router.post('/size', async (req, res) => (await streams()).size(req, res))
router.post('/upload', async (req, res) => (await streams()).upload(req, res))
router.get('/broken', async (req, res) => (await streams()).broken(req, res))

export default router
`,
  'src/routes/wrapped.js': `import { Router } from 'express'
import { asyncHandler } from '../async-handler.js'
const books = () => import('../controllers/books.js')
const loadLatest = () => import('../controllers/latest.js')

const router = Router()

router.get('/books', asyncHandler(async (req, res) => (await books()).list(req, res)))
router.get('/books/:id', asyncHandler(async (req, res) => (await books()).show(req, res)))
router.get('/latest', async (req, res, next) => (await loadLatest()).latest(req, res, next))

export default router
`,
}

const after4: Files = {
  'src/app.js': `import express from 'express'
const loadLog = () => import('./middleware/log.js')
const loadRequestId = () => import('./middleware/request-id.js')
const loadTeapot = () => import('./middleware/teapot.js')
const notFound = async () => (await import('./middleware/not-found.js')).default
const loadErrorHandler = () => import('./middleware/error-handler.js')
import arity from './routes/arity.js'
import errors from './routes/errors.js'
import members from './routes/members.js'
import mounted from './routes/mounted.js'
import odd from './routes/odd.js'
import streams from './routes/streams.js'
import wrapped from './routes/wrapped.js'

export const app = express()

app.use((req, res, next) => { loadLog().then((m) => m.log(req, res, next)).catch(next) })
app.use((req, res, next) => { loadRequestId().then((m) => m.requestId(req, res, next)).catch(next) })
app.use('/teapot', (req, res, next) => { loadTeapot().then((m) => m.isTeapot(req, res, next)).catch(next) }, (req, res, next) => { loadTeapot().then((m) => m.teapot(req, res)).catch(next) })
app.use(express.json({ limit: '5mb' }))
app.use('/arity', arity)
app.use('/errors', errors)
app.use('/members', members)
app.use('/orgs/:org', mounted)
app.use('/odd', odd)
app.use('/streams', streams)
app.use('/wrapped', wrapped)
app.use((req, res, next) => { notFound().then((m) => m(req, res)).catch(next) })
app.use((err, req, res, next) => { loadErrorHandler().then((m) => m.errorHandler(err, req, res, next)).catch(next) })
`,
  'src/routes/arity.js': `import { Router } from 'express'
const arity = () => import('../controllers/arity.js')

const router = Router()

router.get('/zero', (req, res, next) => { arity().then((m) => m.zero()).catch(next) })
router.get('/one/:id', (req, res, next) => { arity().then((m) => m.one(req)).catch(next) })
router.get('/two/:id', (req, res, next) => { arity().then((m) => m.two(req, res)).catch(next) })
router.get('/three/:id', (req, res, next) => { arity().then((m) => m.three(req, res, next)).catch(next) })
router.get('/three/:id', (req, res, next) => { arity().then((m) => m.fallback(req, res)).catch(next) })
router.get('/default', (req, res, next) => { arity().then((m) => m.withDefault(req, res, next)).catch(next) })
router.get('/rest', (req, res, next) => { arity().then((m) => m.withRest(req, res, next)).catch(next) })
router.post('/echo', (req, res, next) => { arity().then((m) => m.echo(req, res)).catch(next) })
router
  .route('/items')
  .get((req, res, next) => { arity().then((m) => m.list(req, res)).catch(next) })
  .delete((req, res, next) => { arity().then((m) => m.allowed(req, res, next)).catch(next) }, (req, res, next) => { arity().then((m) => m.remove(req, res)).catch(next) })
  .all((req, res) => {
    res.set('allow', 'GET, DELETE').sendStatus(405)
  })

export default router
`,
  'src/routes/errors.js': `import express from 'express'
const errors = () => import('../controllers/errors.js')

const router = express.Router()

router.get('/sync', (req, res, next) => { errors().then((m) => m.sync(req, res)).catch(next) })
router.get('/status', (req, res, next) => { errors().then((m) => m.status(req, res)).catch(next) })
router.get('/text', (req, res, next) => { errors().then((m) => m.text(req, res)).catch(next) })
router.get('/next', (req, res, next) => { errors().then((m) => m.forwarded(req, res, next)).catch(next) })
router.get('/unhandled', (req, res, next) => { errors().then((m) => m.unhandled(req, res, next)).catch(next) })
router.get('/after-head', (req, res, next) => { errors().then((m) => m.afterHead(req, res)).catch(next) })

export default router
`,
  'src/routes/members.js': `import express from 'express'
const users = async () => (await import('../controllers/users.js')).default
const posts = () => import('../controllers/posts.js')
const loadHits = () => import('../controllers/hits.js')
const reports = () => import('../controllers/reports.js')
const health = async () => (await import('../controllers/health.js')).default

const router = express.Router()

router.get('/users', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })
router.get('/users/:id', (req, res, next) => { users().then((m) => m.show(req, res, next)).catch(next) })
router.get('/posts', (req, res, next) => { posts().then((m) => m.list(req, res)).catch(next) })
router.post('/posts', (req, res, next) => { posts().then((m) => m.create(req, res)).catch(next) })
router.get('/hits/count', (req, res, next) => { loadHits().then((m) => m.hits.count(req, res)).catch(next) })
router.get('/reports', (req, res, next) => { reports().then((m) => m.Reports.list(req, res)).catch(next) })
router.get('/health', (req, res, next) => { health().then((m) => m(req, res)).catch(next) })

export default router
`,
  'src/routes/mounted.js': `import { Router } from 'express'
const loadLoadProject = () => import('../middleware/load-project.js')
const projects = () => import('../controllers/projects.js')
const loadNested = () => import('../middleware/nested.js')

const router = Router({ mergeParams: true })

router.param('project', (req, res, next, value, name) => { loadLoadProject().then((m) => m.loadProject(req, res, next, value, name)).catch(next) })
router.use('/projects', (req, res, next) => { loadNested().then((m) => m.nested(req, res, next)).catch(next) })
router.get('/projects/:project', (req, res, next) => { projects().then((m) => m.project(req, res)).catch(next) })
router.get('/members/:member', (req, res, next) => { projects().then((m) => m.member(req, res)).catch(next) })

export default router
`,
  'src/routes/odd.js': `import { Router } from 'express'
const loadGiven = () => import('../controllers/given.js')
import { self } from '../controllers/self.js'
import detached from '../controllers/detached.js'
import { Lists } from '../controllers/lists.js'

const router = Router()

router.get('/given', (req, res, next) => { loadGiven().then((m) => m.given(req, res, next)).catch(next) })
router.get('/self', self)
router.get('/detached', detached.list)
router.get('/lists', Lists.list)

export default router
`,
  'src/routes/streams.js': `import { Router } from 'express'
const streams = () => import('../controllers/streams.js')
await streams()

const router = Router()

router.get('/download', (req, res, next) => { streams().then((m) => m.download(req, res)).catch(next) })
router.post('/size', (req, res, next) => { streams().then((m) => m.size(req, res)).catch(next) })
router.post('/upload', (req, res, next) => { streams().then((m) => m.upload(req, res)).catch(next) })
router.get('/broken', (req, res, next) => { streams().then((m) => m.broken(req, res)).catch(next) })

export default router
`,
  'src/routes/wrapped.js': `import { Router } from 'express'
import { asyncHandler } from '../async-handler.js'
const books = () => import('../controllers/books.js')
const loadLatest = () => import('../controllers/latest.js')

const router = Router()

router.get('/books', asyncHandler(async (req, res) => (await books()).list(req, res)))
router.get('/books/:id', asyncHandler(async (req, res) => (await books()).show(req, res)))
router.get('/latest', (req, res, next) => { loadLatest().then((m) => { m.latest(req, res, next) }).catch(next) })

export default router
`,
}

testBehaviour('Express 5', {
  packages: { express: 'express' },
  files: withRejections,
  after: after5,
  requests: [...requests, ...rejected],
  upload,
  broken,
})
testBehaviour('Express 4', { packages: { express: 'express4' }, files, after: after4, requests, upload, broken })

// What the wrapper passes on is an error like any other: better than before, and documented.
describe('a rejected promise on Express 4', () => {
  it('ends the process before, and is an error after', async () => {
    const directories = [
      await writeApp(withRejections, { express: 'express4' }),
      await writeApp(withRejections, { express: 'express4' }),
    ]
    await rewrite(directories[1]!, { only: ['lazy-imports'] })
    const [before, after] = [await start(directories[0]!), await start(directories[1]!)]
    try {
      await expect(ask(before.port, 'GET /rejections/late')).rejects.toThrow('socket hang up')
      expect(await ask(after.port, 'GET /rejections/late')).toMatchObject({
        status: 503,
        body: '{"error":"late","id":"none"}',
      })
      await expect.poll(() => before.exited).toBe(true)
      expect(after.exited).toBe(false)
    } finally {
      for (const session of [before, after]) await session.stop()
      for (const directory of directories) await remove(directory)
    }
  })
})
