import { testRows, type Row } from './rows.ts'

const hotHook = { boundaries: ['./src/c/*.js', './src/c/*.cjs', './src/c/*.mjs'] }
const entry = 'src/index.js'

const json = {
  name: 'JSON below a boundary',
  entry,
  urls: ['/a'],
  hotHook,
  files: {
    'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
    'src/c/a.js': `import data from '../data.json' with { type: 'json' }
export const show = () => ['a=1', data.text]`,
    'src/data.json': `{ "text": "data=1" }`,
  },
} satisfies Omit<Row, 'expected'>

testRows([
  // Node 20 keeps JSON modules by path, without the version that hot-hook adds.
  { ...json, expected: { 'src/c/a.js': 'hot', 'src/data.json': 'stale' }, node: [20] },
  { ...json, expected: { 'src/c/a.js': 'hot', 'src/data.json': 'hot' }, node: [22, 24] },
  { ...json, name: `${json.name}, with tsx`, loader: 'tsx', expected: { 'src/c/a.js': 'hot', 'src/data.json': 'hot' } },
  {
    name: 'what require and fs read',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const page = readFileSync(new URL('../page.txt', import.meta.url), 'utf8')
export const show = () => ['a=1', require('../data.json').text, require('../old.cjs'), page]`,
      'src/data.json': `{ "text": "data=1" }`,
      'src/old.cjs': `module.exports = 'old=1'`,
      'src/page.txt': `page=1`,
    },
    expected: {
      'src/c/a.js': 'hot',
      'src/data.json': 'unwatched',
      'src/old.cjs': 'unwatched',
      'src/page.txt': 'unwatched',
    },
    node: [20, 22, 24],
  },
  {
    name: 'CommonJS below a boundary, and as a boundary',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js')).show(),
  '/b': async () => (await import('./c/b.cjs')).default.show(),
})`,
      'src/c/a.js': `import old from '../old.cjs'
export const show = () => ['a=1', old]`,
      'src/old.cjs': `module.exports = ['old=1', require('./older.cjs')]`,
      'src/older.cjs': `module.exports = 'older=1'`,
      'src/c/b.cjs': `module.exports.show = () => 'b=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/old.cjs': 'stale', 'src/older.cjs': 'unwatched', 'src/c/b.cjs': 'stale' },
    node: [20, 22, 24],
  },
  {
    name: 'a CommonJS project whose entry imports lazily',
    entry,
    urls: ['/a'],
    hotHook,
    packageJson: { type: undefined },
    files: {
      'src/index.js': `const { createServer } = require('node:http')
createServer(async (request, response) => {
  response.end(String((await import('./c/a.js')).default.show()))
}).listen(Number(process.env.PORT), '127.0.0.1')`,
      'src/c/a.js': `exports.show = () => ['a=1', require('../under.js')]`,
      'src/under.js': `module.exports = 'under=1'`,
    },
    expected: { 'src/index.js': 'restart', 'src/c/a.js': 'stale', 'src/under.js': 'unwatched' },
    node: [20, 22, 24],
  },
  {
    name: 'a CommonJS project whose router imports lazily',
    entry,
    urls: ['/a'],
    hotHook,
    packageJson: { type: 'commonjs' },
    files: {
      'src/index.js': `const { createServer } = require('node:http')
const route = require('./router.js')
createServer(async (request, response) => {
  try {
    response.end(String(await route()))
  } catch (error) {
    response.writeHead(500).end(String(error.stack))
  }
}).listen(Number(process.env.PORT), '127.0.0.1')`,
      'src/router.js': `module.exports = async () => (await import('./c/a.js')).default.show()`,
      'src/c/a.js': `exports.show = () => 'a=1'`,
    },
    expected: { 'src/index.js': 'restart', 'src/router.js': 'unwatched', 'src/c/a.js': 'error' },
    says: /Node .*a\.js does not exist/,
    node: [20, 22, 24],
  },
  {
    name: 'ES modules in a project without "type"',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    packageJson: { type: undefined },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { route } from './router.js'
serve({ '/a': async () => (await import('./c/a.js')).show(), '/b': route })`,
      'src/router.js': `import { text } from './text.js'
export const route = async () => [text, (await import('./c/b.js')).show()]`,
      'src/text.js': `export const text = 'text=1'`,
      'src/c/a.js': `import { under } from '../under.js'
export const show = () => ['a=1', under]`,
      'src/c/b.js': `export const show = () => 'b=1'`,
      'src/under.js': `export const under = 'under=1'`,
    },
    expected: {
      'src/index.js': 'restart',
      'src/router.js': 'restart',
      'src/text.js': 'restart',
      'src/c/a.js': 'hot',
      'src/c/b.js': 'hot',
      'src/under.js': 'hot',
    },
    node: [20, 22, 24],
  },
  {
    name: 'a CommonJS module of an ESM application that imports lazily',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import router from './router.cjs'
serve({ '/a': router })`,
      'src/router.cjs': `module.exports = async () => (await import('./c/a.js')).show()`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/router.cjs': 'restart', 'src/c/a.js': 'hot' },
  },
  {
    name: 'one that another CommonJS module requires',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import router from './router.cjs'
serve({ '/a': router })`,
      'src/router.cjs': `module.exports = require('./routes.cjs')`,
      'src/routes.cjs': `module.exports = async () => (await import('./c/a.js')).show()`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/router.cjs': 'restart', 'src/routes.cjs': 'unwatched', 'src/c/a.js': 'error' },
    says: /Node .*a\.js does not exist/,
  },
  {
    name: 'a shebang in a lazily imported module',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show(), '/b': async () => (await import('./c/b.js')).show() })`,
      'src/c/a.js': `#!/usr/bin/env node
export const show = () => 'a=1'`,
      'src/c/b.js': `export const show = () => 'b=1'`,
    },
    expected: { 'src/c/a.js': 'error', 'src/c/b.js': 'hot' },
    says: /SyntaxError/,
  },
  {
    name: 'a shebang in a module that is loaded at boot',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { text } from './text.js'
serve({ '/a': async () => text })`,
      'src/text.js': `#!/usr/bin/env node
export const text = 'text=1'`,
    },
    expected: { 'src/text.js': 'error' },
    says: /SyntaxError/,
  },
  {
    name: 'a shebang in the entry',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `#!/usr/bin/env node
import { serve } from './serve.mjs'
serve({ '/a': async () => 'a=1' })`,
    },
    expected: { 'src/index.js': 'error' },
    says: /SyntaxError/,
  },
  {
    name: 'a lazily imported module imports the entry',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
export const name = 'index=1'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import { name } from '../index.js'
export const show = () => ['a=1', name]`,
    },
    expected: { 'src/c/a.js': 'error' },
    says: /EADDRINUSE/,
  },
  {
    name: 'a module that is loaded at boot imports the entry',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { show } from './routes.js'
export const name = () => 'index=1'
serve({ '/a': async () => show() })`,
      'src/routes.js': `import { name } from './index.js'
export const show = () => ['routes=1', name()]`,
    },
    expected: { 'src/routes.js': 'error' },
    says: /EADDRINUSE/,
  },
  {
    name: 'a worker thread',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { serve } from './serve.mjs'
const worker = new Worker(new URL('./worker.js', import.meta.url))
const [text] = await once(worker, 'message')
serve({ '/a': async () => [(await import('./c/a.js')).show(), text] })`,
      'src/worker.js': `import { parentPort } from 'node:worker_threads'
import { inside } from './inside.js'
parentPort.postMessage('worker=1 ' + inside)`,
      'src/inside.js': `export const inside = 'inside=1'`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/worker.js': 'unwatched', 'src/inside.js': 'unwatched' },
    node: [20, 22, 24],
  },
])
