import { testRows } from './rows.ts'

const hotHook = { boundaries: ['./src/c/*.js'] }
const entry = 'src/index.js'

/** Ways to write a lazy import. */
testRows([
  {
    name: 'forms of a lazy import',
    entry,
    urls: ['/load', '/then', '/pattern', '/resolve', '/url', '/query', '/hash', '/imports'],
    hotHook,
    packageJson: { imports: { '#c/*': './src/c/*' } },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const load = () => import('./c/load.js')
serve({
  '/load': async () => (await load()).show(),
  '/then': () => import('./c/then.js').then((m) => m.show()),
  '/pattern': async () => {
    const { show } = await import('./c/pattern.js')
    return show()
  },
  '/resolve': async () => (await import(import.meta.resolve('./c/resolve.js'))).show(),
  '/url': async () => (await import(new URL('./c/url.js', import.meta.url).href)).show(),
  '/query': async () => (await import('./c/query.js?x=1')).show(),
  '/hash': async () => (await import('./c/hash.js#h')).show(),
  '/imports': async () => (await import('#c/imports.js')).show(),
})`,
      'src/c/load.js': `export const show = () => 'load=1'`,
      'src/c/then.js': `export const show = () => 'then=1'`,
      'src/c/pattern.js': `export const show = () => 'pattern=1'`,
      'src/c/resolve.js': `export const show = () => 'resolve=1'`,
      'src/c/url.js': `export const show = () => 'url=1'`,
      'src/c/query.js': `export const show = () => 'query=1'`,
      'src/c/hash.js': `export const show = () => 'hash=1'`,
      'src/c/imports.js': `export const show = () => 'imports=1'`,
    },
    expected: {
      'src/c/load.js': 'hot',
      'src/c/then.js': 'hot',
      'src/c/pattern.js': 'hot',
      'src/c/resolve.js': 'hot',
      'src/c/url.js': 'hot',
      'src/c/query.js': 'hot',
      'src/c/hash.js': 'hot',
      'src/c/imports.js': 'hot',
    },
  },
  {
    name: 'a template as specifier',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const show = async (name) => (await import(\`./c/\${name}.js\`)).show()
serve({ '/a': () => show('a') })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/c/a.js': 'hot' },
  },
  {
    name: 'a constant as specifier',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
const a = './c/a.js'
const directory = './c'
serve({ '/a': async () => (await import(a)).show(), '/b': async () => (await import(directory + '/b.js')).show() })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
      'src/c/b.js': `export const show = () => 'b=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/c/b.js': 'hot' },
  },
  {
    name: 'a function of another file that imports what it is given',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { load } from './load.js'
serve({ '/a': async () => (await load('./c/a.js')).show() })`,
      'src/load.js': `export const load = (path) => import(path)`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/load.js': 'restart', 'src/c/a.js': 'hot' },
  },
  {
    name: 'import attributes in place of a glob',
    entry,
    urls: ['/a', '/b', '/plain'],
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js', { with: { hot: 'true' } })).show(),
  '/b': async () => (await import('./c/b.js', import.meta.hot?.boundary)).show(),
  '/plain': async () => (await import('./c/plain.js')).show(),
})`,
      'src/c/a.js': `import { under } from '../under.js'
export const show = () => ['a=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
      'src/c/b.js': `export const show = () => 'b=1'`,
      'src/c/plain.js': `export const show = () => 'plain=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/under.js': 'hot', 'src/c/b.js': 'hot', 'src/c/plain.js': 'restart' },
    node: [20, 22, 24],
  },
  {
    name: 'an import with the attribute and one without',
    entry,
    urls: ['/a', '/b'],
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js', { with: { hot: 'true' } })).show(),
  '/b': async () => (await import('./c/a.js')).show(),
})`,
      'src/c/a.js': `import { under } from '../under.js'
export const show = () => ['a=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
    },
    expected: {},
    unstable: ['src/c/a.js', 'src/under.js'],
  },
  {
    name: 'a static import with the attribute',
    entry,
    urls: ['/a'],
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { show } from './c/a.js' with { hot: 'true' }
serve({ '/a': async () => show() })`,
      'src/c/a.js': `import { under } from '../under.js'
export const show = () => ['a=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
    },
    expected: { 'src/c/a.js': 'restart', 'src/under.js': 'restart' },
  },
  {
    name: 'decline',
    entry,
    urls: ['/a', '/b', '/c'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js')).show(),
  '/b': async () => (await import('./c/b.js')).show(),
  '/c': async () => (await import('./c/c.js')).show(),
})`,
      'src/c/a.js': `import { under } from '../under.js'
import.meta.hot?.decline()
export const show = () => ['a=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
      'src/c/b.js': `import { declines } from '../declines.js'
import { beside } from '../beside.js'
export const show = () => ['b=1', declines, beside]`,
      'src/declines.js': `import.meta.hot?.decline()
export const declines = 'declines=1'`,
      'src/beside.js': `export const beside = 'beside=1'`,
      'src/c/c.js': `import.meta.hot?.dispose(() => {})
export const show = () => 'c=1'`,
    },
    expected: {
      'src/c/a.js': 'restart',
      'src/under.js': 'restart',
      'src/declines.js': 'restart',
      'src/beside.js': 'hot',
      'src/c/b.js': 'hot',
      'src/c/c.js': 'hot',
    },
  },
])
