import { testRows } from './rows.ts'

const hotHook = { boundaries: ['./src/c/*.js'] }
const entry = 'src/index.js'
const controller = `import { under } from '../under.js'
export const show = () => ['a=1', under]`
const under = `export const under = 'under=1'`

/** Imports of a boundary that run once, so that the old code stays. */
testRows([
  {
    name: 'a top-level await in the entry',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const { show } = await import('./c/a.js')
serve({ '/a': async () => show() })`,
      'src/c/a.js': controller,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/under.js': 'stale' },
    node: [20, 22, 24],
  },
  {
    name: 'a top-level await in the routes',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { routes } from './routes.js'
serve(routes)`,
      'src/routes.js': `const a = await import('./c/a.js')
export const routes = { '/a': async () => a.show(), '/b': async () => (await import('./c/b.js')).show() }`,
      'src/c/a.js': controller,
      'src/c/b.js': `export const show = () => 'b=1'`,
      'src/under.js': under,
    },
    expected: { 'src/routes.js': 'restart', 'src/c/a.js': 'stale', 'src/under.js': 'stale', 'src/c/b.js': 'hot' },
  },
  {
    name: 'a service below one boundary that is imported once, and one that is imported each time',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const a = await import('./c/a.js')
serve({ '/a': async () => a.show(), '/b': async () => (await import('./c/b.js')).show() })`,
      'src/c/a.js': controller,
      'src/c/b.js': `import { under } from '../under.js'
export const show = () => ['b=1', under]`,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/under.js': 'stale', 'src/c/b.js': 'hot' },
  },
  {
    name: 'what a boundary that is imported once imports lazily',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const a = await import('./c/a.js')
serve({ '/a': async () => a.show() })`,
      'src/c/a.js': `import { shared } from '../shared.js'
export const show = async () => ['a=1', shared, (await import('./b.js')).show()]`,
      'src/c/b.js': `import { shared } from '../shared.js'
import { under } from '../under.js'
export const show = () => ['b=1', shared, under]`,
      'src/shared.js': `export const shared = 'shared=1'`,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/shared.js': 'stale', 'src/c/b.js': 'hot', 'src/under.js': 'hot' },
  },
  {
    name: 'a top-level promise',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const loading = import('./c/a.js')
serve({ '/a': async () => (await loading).show() })`,
      'src/c/a.js': controller,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/under.js': 'stale' },
  },
  {
    name: 'a loader that keeps its promise',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
let loading
const load = () => (loading ??= import('./c/a.js'))
serve({ '/a': async () => (await load()).show() })`,
      'src/c/a.js': controller,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/under.js': 'stale' },
  },
  {
    name: 'middleware that a function registers at boot',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const middleware = []
async function start() {
  const { show } = await import('./c/a.js')
  middleware.push(show)
  serve({ '/a': async () => middleware.map((run) => run()) })
}
start()`,
      'src/c/a.js': controller,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/under.js': 'stale' },
  },
  {
    name: 'all modules of a directory, read at boot',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { readdirSync } from 'node:fs'
import { serve } from './serve.mjs'
const routes = {}
for (const name of readdirSync(new URL('./c', import.meta.url))) {
  const { path, show } = await import(\`./c/\${name}\`)
  routes[path] = async () => show()
}
serve(routes)`,
      'src/c/a.js': `export const path = '/a'\n${controller}`,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/under.js': 'stale' },
  },
  {
    name: '@fastify/autoload',
    entry,
    urls: ['/'],
    hotHook,
    packageJson: { dependencies: { fastify: '5.12.8', '@fastify/autoload': '6.5.0' } },
    files: {
      'src/index.js': `import autoload from '@fastify/autoload'
import Fastify from 'fastify'
const app = Fastify()
app.register(autoload, { dir: new URL('./c', import.meta.url).pathname })
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })`,
      'src/c/a.js': `import { under } from '../under.js'
export default async (app) => {
  app.get('/', async () => ['a=1', under])
}`,
      'src/under.js': under,
    },
    expected: { 'src/index.js': 'restart', 'src/c/a.js': 'stale', 'src/under.js': 'stale' },
  },
  {
    name: 'what a boundary that is imported once imports lazily, and is no boundary',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const a = await import('./c/a.js')
serve({ '/a': async () => a.show() })`,
      'src/c/a.js': `export const show = async () => ['a=1', (await import('../plain.js')).plain]`,
      'src/plain.js': `import { under } from './under.js'
export const plain = ['plain=1', under]`,
      'src/under.js': under,
    },
    expected: { 'src/c/a.js': 'stale', 'src/plain.js': 'hot', 'src/under.js': 'hot' },
  },
  {
    name: 'a boundary below one of a request that restarts, in a file where its lazy import stands before the static one',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import { base } from './base.js'
export const name = () => 'a=1'
export const show = async () => [name(), await base()]`,
      'src/c/base.js': `export const base = async () => ['base=1', await (await import('../late.js')).late()]`,
      'src/late.js': `const load = () => import('./c/a.js')
import { name } from './c/a.js'
export const late = async () => ['late=1', name(), (await load()).name()]`,
    },
    expected: { 'src/c/base.js': 'restart', 'src/late.js': 'restart', 'src/c/a.js': 'stale' },
  },
  {
    name: 'below a file that is ignored, and so never runs anew',
    entry,
    urls: ['/a'],
    hotHook: { ...hotHook, ignore: ['**/node_modules/**', './src/c/a.js'] },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': controller,
      'src/under.js': under,
    },
    expected: { 'src/under.js': 'stale' },
  },
])
