import { testBehaviour } from './behaviour.ts'
import { files, requests } from './hono.ts'
import type { Files } from './app.ts'

const after: Files = {
  'src/app.js': `import { Hono } from 'hono'
const loadOnError = () => import('./handlers/on-error.js')
const loadNotFound = () => import('./handlers/not-found.js')
const loadRequestId = () => import('./middleware/request-id.js')
import { timing } from './middleware/timing.js'
const loadGuard = () => import('./middleware/guard.js')
import { handlers } from './routes/handlers.js'
import { members } from './routes/members.js'
import { streams } from './routes/streams.js'

export const app = new Hono()

app.onError(async (err, c) => (await loadOnError()).onError(err, c))
app.notFound(async (c) => (await loadNotFound()).notFound(c))
app.use(async (c, next) => (await loadRequestId()).requestId(c, next))
app.use('*', timing)
app.use('/handlers/guarded/*', async (c, next) => (await loadGuard()).guard(c, next))
app.route('/handlers', handlers)
app.route('/members', members)
app.route('/streams', streams)
`,
  'src/routes/handlers.js': `import { Hono } from 'hono'
const handlersHandlers = () => import('../handlers/handlers.js')
const chain = () => import('../handlers/chain.js')

export const handlers = new Hono()

handlers.get('/none', async () => (await handlersHandlers()).none())
handlers.get('/sync/:id', async (c) => (await handlersHandlers()).sync(c))
handlers.get('/one/:id', async (c) => (await handlersHandlers()).one(c))
handlers.get('/fails', async (c) => (await handlersHandlers()).fails(c))
handlers.get('/later', async (c) => (await handlersHandlers()).later(c))
handlers.get('/forbidden', async (c) => (await handlersHandlers()).forbidden(c))
handlers.get('/chain', async (c, next) => (await chain()).first(c, next), async (c) => (await chain()).second(c))
handlers.get('/guarded/secret', async (c) => (await handlersHandlers()).one(c))
handlers.post('/created', async (c) => (await handlersHandlers()).created(c))
handlers.post('/posted', async (c) => (await handlersHandlers()).posted(c))
handlers.all('/all', async (c) => (await handlersHandlers()).all(c))
handlers.on(['GET', 'POST'], '/teapot', async (c) => (await handlersHandlers()).teapot(c))
`,
  'src/routes/members.js': `import { Hono } from 'hono'
const users = async () => (await import('../handlers/users.js')).default
const posts = () => import('../handlers/posts.js')
const loadHits = () => import('../handlers/hits.js')
const reports = () => import('../handlers/reports.js')
const health = async () => (await import('../handlers/health.js')).default

export const members = new Hono()

members.get('/users', async (c) => (await users()).list(c))
members.get('/posts', async (c) => (await posts()).list(c))
members.get('/hits/count', async (c) => (await loadHits()).hits.count(c))
members.get('/reports', async (c) => (await reports()).Reports.list(c))
members.get('/health', async (c) => (await health())(c))
`,
  'src/routes/streams.js': `import { Hono } from 'hono'
const handlersStreams = () => import('../handlers/streams.js')
await handlersStreams()

export const streams = new Hono()

streams.get('/download', async (c) => (await handlersStreams()).download(c))
streams.post('/size', async (c) => (await handlersStreams()).size(c))
streams.post('/upload', async (c) => (await handlersStreams()).upload(c))
streams.get('/broken', async (c) => (await handlersStreams()).broken(c))
`,
}

testBehaviour('Hono', {
  packages: { hono: 'hono', '@hono/node-server': '@hono/node-server' },
  files,
  after,
  requests,
  upload: 'POST /streams/size',
  broken: ['POST /streams/upload', 'GET /streams/broken'],
})
