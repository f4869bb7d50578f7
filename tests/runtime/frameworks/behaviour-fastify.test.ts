import { testBehaviour } from './behaviour.ts'
import { files, requests } from './fastify.ts'
import type { Files } from './app.ts'

const after: Files = {
  'src/app.js': `import fastify from 'fastify'
const errors = () => import('./handlers/errors.js')
const loadNotFound = () => import('./handlers/not-found.js')
import handlers from './routes/handlers.js'
import hooks from './routes/hooks.js'
import members from './routes/members.js'
import odd from './routes/odd.js'
import options from './routes/options.js'
import streams from './routes/streams.js'

export const app = fastify({ bodyLimit: 5_000_000, exposeHeadRoutes: true })

app.decorate('greeting', 'hello')
app.decorateRequest('trail', null)
app.setErrorHandler(async function (error, req, reply) { const result = (await errors()).errorHandler.call(this, error, req, reply); return result === undefined ? reply : result })
app.setNotFoundHandler(async function (req, reply) { return (await loadNotFound()).notFound.call(this, req, reply) })
app.register(handlers, { prefix: '/handlers' })
app.register(hooks, { prefix: '/hooks' })
app.register(members, { prefix: '/members' })
app.register(odd, { prefix: '/odd' })
app.register(options, { prefix: '/options' })
app.register(streams, { prefix: '/streams' })
`,
  'src/routes/handlers.js': `const handlers = () => import('../handlers/handlers.js')

export default async function (app) {
  app.get('/value', async function (req, reply) { return (await handlers()).value.call(this, req, reply) })
  app.get('/value/:id', async function (req) { return (await handlers()).one.call(this, req) })
  app.get('/none', async () => (await handlers()).none())
  app.get('/replies', async function (req, reply) { return (await handlers()).replies.call(this, req, reply) })
  app.get('/fails', async function (req, reply) { return (await handlers()).fails.call(this, req, reply) })
  app.get('/fails-late', async function (req, reply) { return (await handlers()).failsLate.call(this, req, reply) })
  app.get('/sync-fails', async function (req, reply) { (await handlers()).syncFails.call(this, req, reply); return reply })
  app.get('/sync-replies', async function (req, reply) { (await handlers()).syncReplies.call(this, req, reply); return reply })
  app.get('/sync-value', async function (req, reply) { return (await handlers()).syncValue.call(this, req, reply) })
  app.get('/text', async (req, reply) => (await handlers()).text(req, reply))
  app.get('/later', async function (req, reply) { (await handlers()).later.call(this, req, reply); return reply })
  app.get('/returns-reply', async function (req, reply) { const result = (await handlers()).returnsReply.call(this, req, reply); return result === undefined ? reply : result })
  app.get('/decorated', async function (req, reply) { return (await handlers()).decorated.call(this, req, reply) })
  app.post('/object', async (req, reply) => (await handlers()).object(req, reply))
}
`,
  'src/routes/hooks.js': `const request = () => import('../hooks/request.js')
const loadPayload = () => import('../hooks/payload.js')
const loadPayloadAsync = () => import('../hooks/payload-async.js')
const loadOnError = () => import('../hooks/on-error.js')
const loadTrail = () => import('../handlers/trail.js')

export default async function (app) {
  app.addHook('onRequest', (req, reply, done) => { request().then((m) => m.stamp(req, reply, done)).catch(done) })
  app.addHook('onRequest', async (req, reply) => (await request()).asyncHook(req, reply))
  app.addHook('preHandler', (req, reply, done) => { request().then((m) => m.callbackHook(req, reply, done)).catch(done) })
  app.addHook('preHandler', async (req, reply) => (await request()).early(req, reply))
  app.addHook('preValidation', (req, reply, done) => { request().then((m) => m.failing(req, reply, done)).catch(done) })
  app.addHook('preHandler', async (req, reply) => (await request()).failingAsync(req, reply))
  app.addHook('onSend', (req, reply, payload, done) => { loadPayload().then((m) => m.payload(req, reply, payload, done)).catch(done) })
  app.addHook('onSend', async (req, reply, payload) => (await loadPayloadAsync()).payloadAsync(req, reply, payload))
  app.addHook('onError', (req, reply, error, done) => { loadOnError().then((m) => m.onError(req, reply, error, done)).catch(done) })
  app.get('/trail', async function (req, reply) { return (await loadTrail()).trail.call(this, req, reply) })
}
`,
  'src/routes/members.js': `const users = async () => (await import('../handlers/users.js')).default
const posts = () => import('../handlers/posts.js')
const loadHits = () => import('../handlers/hits.js')
const reports = () => import('../handlers/reports.js')
const health = async () => (await import('../handlers/health.js')).default

export default async function (app) {
  app.get('/users', async function (req, reply) { return (await users()).list.call(this, req, reply) })
  app.get('/posts', async () => (await posts()).list())
  app.get('/posts/:id', async function (req, reply) { return (await posts()).show.call(this, req, reply) })
  app.get('/hits/count', async (req, reply) => (await loadHits()).hits.count(req, reply))
  app.get('/reports', async function (req, reply) { return (await reports()).Reports.list.call(this, req, reply) })
  app.get('/health', async function (req, reply) { return (await health()).call(this, req, reply) })
}
`,
  'src/routes/odd.js': `const loadGiven = () => import('../handlers/given.js')
const loadSelf = () => import('../handlers/self.js')
const detached = async () => (await import('../handlers/detached.js')).default
const loadSometimes = () => import('../handlers/sometimes.js')

export default async function (app) {
  app.get('/sometimes', async function (req, reply) { const result = (await loadSometimes()).sometimes.call(this, req, reply); return result === undefined ? reply : result })
  app.get('/given', async function (req, reply) { return (await loadGiven()).given.call(this, req, reply) })
  app.get('/self', async function () { return (await loadSelf()).self.call(this) })
  app.get('/detached', async function (req, reply) { return (await detached()).list.call(this, req, reply) })
}
`,
  'src/routes/options.js': `const loadCheck = () => import('../hooks/check.js')
const loadCreate = () => import('../handlers/create.js')
import { handleError } from '../handlers/handle-error.js'

const schema = { body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } }

export default async function (app) {
  app.route({ method: 'GET', url: '/routed/:id', preHandler: (req, reply, done) => { loadCheck().then((m) => m.check(req, reply, done)).catch(done) }, handler: async function (req, reply) { return (await loadCreate()).find.call(this, req, reply) } })
  app.get('/checked/:id', { preHandler: (req, reply, done) => { loadCheck().then((m) => m.check(req, reply, done)).catch(done) } }, async function (req, reply) { return (await loadCreate()).find.call(this, req, reply) })
  app.get('/twice/:id', { preHandler: [(req, reply, done) => { loadCheck().then((m) => m.check(req, reply, done)).catch(done) }, async (req, reply) => (await loadCheck()).checkTwice(req, reply)], handler: async function (req, reply) { return (await loadCreate()).find.call(this, req, reply) } })
  app.get('/handled/:id', { errorHandler: handleError, preHandler: (req, reply, done) => { loadCheck().then((m) => m.check(req, reply, done)).catch(done) } }, async function (req, reply) { return (await loadCreate()).find.call(this, req, reply) })
  app.post('/create', { schema }, async function (req, reply) { return (await loadCreate()).create.call(this, req, reply) })
}
`,
  'src/routes/streams.js': `const streams = () => import('../handlers/streams.js')
await streams()

export default async function (app) {
  app.addContentTypeParser('*', (request, payload, done) => done(null, payload))
  app.get('/download', async function (req, reply) { return (await streams()).download.call(this, req, reply) })
  app.post('/size', async function (req, reply) { return (await streams()).size.call(this, req, reply) })
  app.post('/upload', async function (req, reply) { (await streams()).upload.call(this, req, reply); return reply })
  app.get('/broken', async function (req, reply) { return (await streams()).broken.call(this, req, reply) })
}
`,
}

for (const [name, alias] of [
  ['Fastify 5', 'fastify'],
  ['Fastify 4', 'fastify4'],
] as const) {
  testBehaviour(name, {
    packages: { fastify: alias },
    files,
    after,
    requests,
    upload: 'POST /streams/size',
    broken: ['POST /streams/upload', 'GET /streams/broken'],
  })
}
