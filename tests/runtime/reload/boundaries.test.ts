import { testRows } from './rows.ts'

const hotHook = { boundaries: ['./src/c/*.js'] }
const entry = 'src/index.js'

testRows([
  {
    name: 'lazy controllers, their services, and services they share',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js')).show(),
  '/b': async () => (await import('./c/b.js')).show(),
})`,
      'src/c/a.js': `import { one } from '../one.js'
import { shared } from '../shared.js'
export const show = () => ['a=1', one, shared]`,
      'src/c/b.js': `import { shared } from '../shared.js'
export const show = () => ['b=1', shared]`,
      'src/one.js': `import { deep } from './deep.js'
export const one = ['one=1', deep]`,
      'src/deep.js': `export const deep = 'deep=1'`,
      'src/shared.js': `export const shared = 'shared=1'`,
    },
    expected: {
      'src/index.js': 'restart',
      'src/serve.mjs': 'restart',
      'src/c/a.js': 'hot',
      'src/c/b.js': 'hot',
      'src/one.js': 'hot',
      'src/deep.js': 'hot',
      'src/shared.js': 'hot',
    },
    node: [20, 22, 24],
  },
  {
    name: 'a service that hot modules import, and that others import through a boundary which only exports it again',
    entry,
    urls: ['/a', '/late'],
    hotHook: { boundaries: ['./src/c/*.js', './src/service.hot.js'] },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { late } from './boot.js'
serve({ '/a': async () => (await import('./c/a.js')).show(), '/late': late })`,
      'src/boot.js': `export const late = async () => (await import('./service.hot.js')).service`,
      'src/c/a.js': `import { service } from '../service.js'
export const show = () => ['a=1', service]`,
      'src/service.hot.js': `export * from './service.js'`,
      'src/service.js': `import { below } from './below.js'
export const service = ['service=1', below]`,
      'src/below.js': `export const below = 'below=1'`,
    },
    expected: {
      'src/boot.js': 'restart',
      'src/c/a.js': 'hot',
      'src/service.hot.js': 'hot',
      'src/service.js': 'hot',
      'src/below.js': 'hot',
    },
  },
  {
    name: 'a service that is also reached without a boundary',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import './boot.js'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/boot.js': `import './service.js'`,
      'src/c/a.js': `import { service } from '../service.js'
import { own } from '../own.js'
export const show = () => ['a=1', service, own]`,
      'src/service.js': `import { below } from './below.js'
export const service = ['service=1', below]`,
      'src/below.js': `export const below = 'below=1'`,
      'src/own.js': `export const own = 'own=1'`,
    },
    expected: {
      'src/boot.js': 'restart',
      'src/service.js': 'restart',
      'src/below.js': 'restart',
      'src/c/a.js': 'hot',
      'src/own.js': 'hot',
    },
  },
  {
    name: 'a lazy import of a file that is no boundary',
    entry,
    urls: ['/a', '/plain'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js')).show(),
  '/plain': async () => (await import('./plain.js')).plain,
})`,
      'src/plain.js': `import { below } from './below.js'
export const plain = ['plain=1', below]`,
      'src/below.js': `export const below = 'below=1'`,
      'src/c/a.js': `export const show = async () => ['a=1', (await import('../inner.js')).inner]`,
      'src/inner.js': `export const inner = 'inner=1'`,
    },
    expected: {
      'src/plain.js': 'restart',
      'src/below.js': 'restart',
      'src/c/a.js': 'hot',
      'src/inner.js': 'hot',
    },
  },
  {
    name: 'boundaries imported or exported statically, among them a config file',
    entry,
    urls: ['/a', '/b', '/lazy'],
    hotHook: { boundaries: ['./src/c/*.js', './src/config.js'] },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { show } from './c/a.js'
import { b } from './barrel.js'
import { config } from './config.js'
serve({
  '/a': async () => [show(), config],
  '/b': async () => b,
  '/lazy': async () => (await import('./c/lazy.js')).lazy,
})`,
      'src/c/a.js': `import { under } from '../under.js'
export const show = () => ['a=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
      'src/config.js': `export const config = 'config=1'`,
      'src/barrel.js': `export { b } from './c/b.js'`,
      'src/c/b.js': `export const b = 'b=1'`,
      'src/c/lazy.js': `export const lazy = 'lazy=1'`,
    },
    expected: {
      'src/c/a.js': 'restart',
      'src/under.js': 'restart',
      'src/config.js': 'restart',
      'src/barrel.js': 'restart',
      'src/c/b.js': 'restart',
      'src/c/lazy.js': 'hot',
    },
  },
  {
    name: 'a static and a lazy import of one specifier in one file',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { helper } from './c/a.js'
serve({ '/a': async () => [(await import('./c/a.js')).show(), helper] })`,
      'src/c/a.js': `import { under } from '../under.js'
export const helper = ''
export const show = () => ['a=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
    },
    expected: { 'src/c/a.js': 'restart', 'src/under.js': 'restart' },
  },
  {
    name: 'the lazy import of a specifier stands before the static one',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `const load = () => import('./c/a.js')
import { serve } from './serve.mjs'
import { helper } from './c/a.js'
serve({ '/a': async () => [(await load()).show(), helper] })`,
      'src/c/a.js': `const name = 'a=1'
export const helper = name
export const show = () => name`,
    },
    expected: { 'src/c/a.js': 'stale' },
  },
  {
    name: 'a boundary imported statically by one file and lazily by another',
    entry,
    urls: ['/lazy', '/static'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { fixed } from './other.js'
serve({ '/lazy': async () => (await import('./c/a.js')).show(), '/static': fixed })`,
      'src/other.js': `import { show } from './c/a.js'
export const fixed = () => show()`,
      'src/c/a.js': `import { under } from '../under.js'
export const show = () => ['a=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
    },
    expected: { 'src/other.js': 'restart' },
    unstable: ['src/c/a.js', 'src/under.js'],
  },
  {
    name: 'a boundary statically imports a file that matches too',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import { base } from './base.js'
import { own } from '../own.js'
export const show = () => ['a=1', base, own]`,
      'src/c/base.js': `import { under } from '../under.js'
export const base = ['base=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
      'src/own.js': `export const own = 'own=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/c/base.js': 'restart', 'src/under.js': 'restart', 'src/own.js': 'hot' },
  },
  {
    name: 'that file is routed lazily as well',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js')).show(),
  '/b': async () => (await import('./c/b.js')).show(),
})`,
      'src/c/a.js': `import { show as b } from './b.js'
export const show = () => ['a=1', b()]`,
      'src/c/b.js': `import { under } from '../under.js'
export const show = () => ['b=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
    },
    expected: { 'src/c/a.js': 'hot' },
    unstable: ['src/c/b.js', 'src/under.js'],
  },
  {
    name: 'a boundary and its service import each other',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import { service } from '../service.js'
export const name = () => 'a=1'
export const show = () => service()`,
      'src/service.js': `import { name } from './c/a.js'
export const service = () => ['service=1', name()]`,
    },
    expected: {},
    unstable: ['src/c/a.js', 'src/service.js'],
  },
  {
    name: 'services of a boundary that import each other',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import { one } from '../one.js'
export const show = () => ['a=1', one()]`,
      'src/one.js': `import { two } from './two.js'
export const name = () => 'one=1'
export const one = () => two()`,
      'src/two.js': `import { name } from './one.js'
export const two = () => ['two=1', name()]`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/one.js': 'hot', 'src/two.js': 'hot' },
  },
  {
    name: 'a cycle through a lazy import',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { load } from './app.js'
serve({ '/a': async () => (await load()).show() })`,
      'src/app.js': `export const name = 'app=1'
export const load = () => import('./c/a.js')`,
      'src/c/a.js': `import { name } from '../app.js'
export const show = () => ['a=1', name]`,
    },
    expected: { 'src/app.js': 'restart', 'src/c/a.js': 'hot' },
  },
  {
    name: 'seven modules below a boundary that all import each other',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import { m1 } from '../m1.js'
export const show = () => ['a=1', m1()]`,
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6, 7].map((own) => [
          `src/m${own}.js`,
          [1, 2, 3, 4, 5, 6, 7]
            .filter((other) => other !== own)
            .map((other) => `import { name as n${other} } from './m${other}.js'\n`)
            .join('') +
            `export const name = () => 'm${own}=1'
export const m${own} = () => [name(), ${[1, 2, 3, 4, 5, 6, 7]
              .filter((other) => other !== own)
              .map((other) => `n${other}()`)
              .join(', ')}]`,
        ]),
      ),
    },
    expected: { 'src/c/a.js': 'hot', 'src/m1.js': 'hot', 'src/m7.js': 'hot' },
  },
  {
    name: 'a lazy barrel, where the boundaries cover it and its members',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/index.js')).show() })`,
      'src/c/index.js': `export * from './a.js'
export const barrel = 1`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/c/index.js': 'hot', 'src/c/a.js': 'restart' },
  },
  {
    name: 'a lazy barrel, where the boundaries cover it alone',
    entry,
    urls: ['/a'],
    hotHook: { boundaries: ['./src/c/index.js'] },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/index.js')).show() })`,
      'src/c/index.js': `export * from './a.js'`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/c/index.js': 'hot', 'src/c/a.js': 'hot' },
  },
  {
    name: 'a barrel imported statically',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import * as controllers from './c/index.js'
serve({ '/a': async () => controllers.show() })`,
      'src/c/index.js': `export * from './a.js'`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/c/index.js': 'restart', 'src/c/a.js': 'restart' },
  },
  {
    name: 'an object of loaders',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { controllers } from './controllers.js'
serve({ '/a': async () => (await controllers.A()).show() })`,
      'src/controllers.js': `export const controllers = { A: () => import('./c/a.js'), B: () => import('./c/b.js') }`,
      'src/c/a.js': `export const show = () => 'a=1'`,
      'src/c/b.js': `export const show = () => 'b=1'`,
    },
    expected: { 'src/controllers.js': 'restart', 'src/c/a.js': 'hot' },
  },
  {
    name: 'a barrel shared by the entry and a boundary',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { port } from './services/index.js'
serve({ '/a': async () => [port, (await import('./c/a.js')).show()] })`,
      'src/services/index.js': `export * from './port.js'
export * from './mail.js'`,
      'src/services/port.js': `export const port = 'port=1'`,
      'src/services/mail.js': `export const mail = 'mail=1'`,
      'src/c/a.js': `import { mail } from '../services/index.js'
export const show = () => ['a=1', mail]`,
    },
    expected: {
      'src/services/index.js': 'restart',
      'src/services/port.js': 'restart',
      'src/services/mail.js': 'restart',
      'src/c/a.js': 'hot',
    },
  },
  {
    name: 'boundaries that import other boundaries lazily',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { show } from './c/static.js'
serve({ '/a': async () => (await import('./c/a.js')).show(), '/b': async () => show() })`,
      'src/c/a.js': `export const show = async () => ['a=1', (await import('./b.js')).show()]`,
      'src/c/b.js': `import { under } from '../under.js'
export const show = () => ['b=1', under]`,
      'src/under.js': `export const under = 'under=1'`,
      'src/c/static.js': `export const show = async () => ['static=1', await (await import('./d.js')).show()]`,
      'src/c/d.js': `export const show = () => 'd=1'`,
    },
    expected: {
      'src/c/a.js': 'hot',
      'src/c/b.js': 'hot',
      'src/under.js': 'hot',
      'src/c/static.js': 'restart',
      'src/c/d.js': 'hot',
    },
  },
  {
    name: 'a lazy import inside and outside the boundaries',
    entry,
    urls: ['/a', '/plain'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js')).show(),
  '/plain': async () => (await import('./plain.js')).plain,
})`,
      'src/c/a.js': `export const show = async () => ['a=1', (await import('../plain.js')).plain]`,
      'src/plain.js': `export const plain = 'plain=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/plain.js': 'restart' },
  },
  {
    name: 'two boundaries that import each other statically, both lazy too',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show(), '/b': async () => (await import('./c/b.js')).show() })`,
      'src/c/a.js': `import { show as b } from './b.js'
import { under } from '../under.js'
export const show = () => ['a=1', typeof b, under]
export const name = () => 'a=1'`,
      'src/c/b.js': `import { name } from './a.js'
export const show = () => ['b=1', name()]`,
      'src/under.js': `export const under = 'under=1'`,
    },
    expected: {},
    unstable: ['src/c/a.js', 'src/c/b.js', 'src/under.js'],
  },
  {
    name: 'files that nothing loads, or that load no code',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
      'src/c/orphan.js': `export const show = () => 'orphan=1'`,
      'src/types.d.ts': `export interface A {}`,
      'tsconfig.json': '{}',
    },
    expected: {
      'src/c/a.js': 'hot',
      'src/c/orphan.js': 'unwatched',
      'src/types.d.ts': 'unwatched',
      'tsconfig.json': 'unwatched',
      'package.json': 'unwatched',
    },
  },
  {
    name: 'a branch that is never taken',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (process.env.NEVER ? import('./c/never.js') : import('./c/a.js')).then((a) => a.show()) })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
      'src/c/never.js': `export const show = () => 'never=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/c/never.js': 'unwatched' },
    unpredictable: { 'src/c/never.js': 'It would be hot if the branch were taken.' },
  },
  {
    name: 'a static import with the attribute, and a lazy one without',
    entry,
    urls: ['/a', '/b'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./c/a.js')).show(),
  '/b': async () => (await import('./c/b.js')).show(),
})`,
      'src/c/a.js': `import { plain } from '../plain.js' with { hot: 'true' }
export const show = () => ['a=1', plain]`,
      'src/c/b.js': `export const show = async () => ['b=1', (await import('../plain.js')).plain]`,
      'src/plain.js': `export const plain = 'plain=1'`,
    },
    expected: { 'src/c/a.js': 'hot', 'src/c/b.js': 'hot' },
    unstable: ['src/plain.js'],
  },
  {
    name: 'what is kept by a boundary that is stable only in some orders',
    entry,
    urls: ['/a'],
    hotHook,
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `let kept
const load = () => (kept ??= import('./b.js'))
export const name = () => 'a=1'
export const show = async () => [name(), await (await load()).show()]`,
      'src/c/b.js': `export const show = async () => ['b=1', (await import('../service.js')).service()]`,
      'src/service.js': `import { name } from './c/a.js'
export const service = () => ['service=1', name()]`,
    },
    expected: { 'src/service.js': 'hot' },
    unstable: ['src/c/a.js', 'src/c/b.js'],
  },
])
