import { testRows } from './rows.ts'

const entry = 'src/index.js'
const urls = ['/a']
const packageJson = { dependencies: { fastify: '5.12.8', '@fastify/autoload': '6.5.0' } }
const hotHook = { boundaries: ['./src/app.js'] }

const files = {
  'src/index.js': `const loadApp = () => import('./app.js')
const { app } = await loadApp()
app.server.removeAllListeners('request').on('request', async (req, res) => {
  try { const current = (await loadApp()).app; await current.ready(); current.routing(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })`,
  'src/app.js': `import autoload from '@fastify/autoload'
import Fastify from 'fastify'
import { join } from 'node:path'

export const app = Fastify()
app.decorate('word', 'app=1')
app.register(autoload, { dir: join(import.meta.dirname, 'routes') })`,
  'src/routes/a.js': `import { under } from '../under.js'
export default async (app) => {
  app.get('/a', async () => ['a=1', app.word, under])
}`,
  'src/under.js': `export const under = 'under=1'`,
}

/** @fastify/autoload where the application is built again. */
testRows([
  {
    name: 'below a boundary',
    entry,
    urls,
    hotHook,
    packageJson,
    files,
    expected: { 'src/index.js': 'restart', 'src/app.js': 'hot', 'src/routes/a.js': 'hot', 'src/under.js': 'hot' },
  },
  {
    name: 'below a boundary that closes what it replaces, and not what listens',
    entry,
    urls,
    hotHook,
    packageJson,
    files: {
      ...files,
      'src/app.js': `${files['src/app.js']}
import.meta.hot?.dispose(() => { if (!app.server.listening) app.close() })`,
    },
    expected: { 'src/app.js': 'hot', 'src/routes/a.js': 'hot', 'src/under.js': 'hot' },
  },
  {
    name: 'below a boundary, and imported by a module outside of it',
    entry,
    urls,
    hotHook,
    packageJson,
    files: { ...files, 'src/index.js': `import '@fastify/autoload'\n${files['src/index.js']}` },
    expected: { 'src/app.js': 'hot', 'src/routes/a.js': 'restart', 'src/under.js': 'restart' },
  },
  {
    name: 'below a boundary, files that are boundaries',
    entry,
    urls,
    hotHook: { boundaries: ['./src/app.js', './src/routes/*.js'] },
    packageJson,
    files,
    expected: { 'src/app.js': 'hot', 'src/routes/a.js': 'hot', 'src/under.js': 'hot' },
  },
])
