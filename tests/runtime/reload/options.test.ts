import { testRows } from './rows.ts'

const entry = 'src/index.js'

/** An application whose entry imports each of these files of `src` lazily; each shows its own name. */
function lazily(names: readonly string[]) {
  const wordOf = (name: string) => name.replaceAll(/\W+/g, '_')
  const routes = names.map((name) => `  '/${wordOf(name)}': async () => (await import('./${name}')).show(),`)
  return {
    entry,
    urls: names.map((name) => `/${wordOf(name)}`),
    files: {
      'src/index.js': ["import { serve } from './serve.mjs'", 'serve({', ...routes, '})'].join('\n'),
      ...Object.fromEntries(names.map((name) => [`src/${name}`, `export const show = () => '${wordOf(name)}=1'`])),
    },
  }
}

testRows([
  {
    name: 'globs that match',
    ...lazily([
      'plain/a.js',
      'dot/a.js',
      'absolute/a.js',
      'up/a.js',
      'deep/er/a.js',
      'anywhere/a.js',
      'one/a.js',
      'two/a.js',
      'three/a.js',
      'q1/a.js',
      'setc/a.js',
      'ext/a.js',
      'hidden/.a.js',
      'back/a.js',
    ]),
    hotHook: {
      boundaries: [
        'src/plain/*.js',
        './src/dot/*.js',
        '{root}/src/absolute/*.js',
        '../app/src/up/*.js',
        './src/deep/**',
        '**/anywhere/*.js',
        './src/{one,two}/*.js',
        './src/(three|four)/*.js',
        './src/q?/*.js',
        './src/set[cd]/*.js',
        './src/ext/!(b).js',
        './src/hidden/*.js',
        'src\\back\\*.js',
      ],
    },
    expected: {
      'src/plain/a.js': 'hot',
      'src/dot/a.js': 'hot',
      'src/absolute/a.js': 'hot',
      'src/up/a.js': 'hot',
      'src/deep/er/a.js': 'hot',
      'src/anywhere/a.js': 'hot',
      'src/one/a.js': 'hot',
      'src/two/a.js': 'hot',
      'src/three/a.js': 'hot',
      'src/q1/a.js': 'hot',
      'src/setc/a.js': 'hot',
      'src/ext/a.js': 'hot',
      'src/hidden/.a.js': 'hot',
      'src/back/a.js': 'hot',
    },
  },
  {
    name: 'globs that do not match',
    ...lazily([
      'directory/a.js',
      'slash/a.js',
      'ext/b.js',
      'Case/a.js',
      'flat/er/a.js',
      'typescript/a.js',
      'back/a.js',
    ]),
    hotHook: {
      boundaries: [
        './src/directory',
        './src/slash/',
        './src/ext/!(b).js',
        './src/case/*.js',
        './src/flat/*.js',
        './src/typescript/*.ts',
        '.\\src\\back\\*.js',
      ],
    },
    expected: {
      'src/directory/a.js': 'restart',
      'src/slash/a.js': 'restart',
      'src/ext/b.js': 'restart',
      'src/Case/a.js': 'restart',
      'src/flat/er/a.js': 'restart',
      'src/typescript/a.js': 'restart',
      'src/back/a.js': 'restart',
    },
  },
  {
    name: 'a glob that starts with !',
    ...lazily(['c/a.js', 'c/b.js']),
    hotHook: { boundaries: ['./src/c/*.js', '!./src/c/b.js'] },
    expected: { 'src/c/a.js': 'hot', 'src/c/b.js': 'hot' },
  },
  {
    name: 'one glob that is no list',
    ...lazily(['c/a.js', 'd/a.js']),
    hotHook: { boundaries: './src/c/*.js' },
    expected: { 'src/c/a.js': 'hot', 'src/d/a.js': 'restart' },
  },
  {
    name: 'a misspelt key',
    ...lazily(['c/a.js']),
    packageJson: { 'hot-hook': { boundaries: ['./src/c/*.js'] } },
    expected: { 'src/c/a.js': 'restart' },
  },
  {
    name: 'parentheses in the path of the project',
    ...lazily(['c/a.js', 'd/a.js']),
    parent: 'app (1)',
    hotHook: { boundaries: ['./src/c/*.js', '**/src/d/*.js'] },
    expected: { 'src/c/a.js': 'restart', 'src/d/a.js': 'hot' },
  },
  {
    name: 'braces in the path of the project',
    ...lazily(['c/a.js']),
    parent: '{a,b}',
    hotHook: { boundaries: ['./src/c/*.js'] },
    expected: { 'src/c/a.js': 'restart' },
  },
  {
    name: 'other signs in the path of the project',
    ...lazily(['c/a.js']),
    parent: 'à [x] +!#?',
    hotHook: { boundaries: ['./src/c/*.js'] },
    expected: { 'src/c/a.js': 'hot' },
  },
  {
    // decline and dispose look for the path in the URL, where the space is `%20`.
    name: 'a space in the path of the project, and decline',
    parent: 'my app',
    entry,
    urls: ['/a'],
    hotHook: { boundaries: ['./src/c/*.js'] },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `import.meta.hot?.decline()
export const show = () => 'a=1'`,
    },
    expected: { 'src/c/a.js': 'hot' },
  },
  {
    name: 'ignored files, watched by hot-hook',
    ...lazily(['c/a.js', 'c/b.js']),
    watcher: 'hot-hook',
    hotHook: { boundaries: ['./src/c/*.js'], ignore: ['./src/c/b.js'] },
    expected: { 'src/c/a.js': 'hot', 'src/c/b.js': 'unwatched' },
  },
  {
    name: 'restart, watched by hot-hook: paths and globs',
    ...lazily(['c/a.js', 'c/b.js']),
    watcher: 'hot-hook',
    hotHook: { boundaries: ['./src/c/*.js'], restart: ['config/plain.yaml', 'config/*.json', './src/c/b.js'] },
    others: { 'config/plain.yaml': 'a: 1', 'config/some.json': '{}', '.env': '' },
    unpredictable: { 'config/plain.yaml': 'It is no module.' },
    expected: {
      'src/c/a.js': 'hot',
      'src/c/b.js': 'restart',
      'config/plain.yaml': 'restart',
      'config/some.json': 'unwatched',
      '.env': 'unwatched',
    },
  },
  {
    name: '.env, watched by hot-hook',
    ...lazily(['c/a.js']),
    watcher: 'hot-hook',
    hotHook: { boundaries: ['./src/c/*.js'] },
    others: { '.env': '', '.env.local': '' },
    unpredictable: { '.env': 'It is no module.' },
    expected: { 'src/c/a.js': 'hot', '.env': 'restart', '.env.local': 'unwatched' },
  },
  {
    name: 'throwWhenBoundariesAreNotDynamicallyImported, at boot',
    entry,
    urls: ['/a'],
    hotHook: { boundaries: ['./src/c/*.js'], throwWhenBoundariesAreNotDynamicallyImported: true },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
import { show } from './c/a.js'
serve({ '/a': async () => show() })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/c/a.js': 'error' },
    says: /is not imported dynamically/,
  },
  {
    name: 'throwWhenBoundariesAreNotDynamicallyImported, below a boundary',
    entry,
    urls: ['/a', '/b'],
    hotHook: { boundaries: ['./src/c/*.js'], throwWhenBoundariesAreNotDynamicallyImported: true },
    files: {
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show(), '/b': async () => (await import('./c/b.js')).show() })`,
      'src/c/a.js': `import { base } from './base.js'
export const show = () => ['a=1', base]`,
      'src/c/base.js': `export const base = 'base=1'`,
      'src/c/b.js': `export const show = () => 'b=1'`,
    },
    expected: { 'src/c/a.js': 'error', 'src/c/base.js': 'error', 'src/c/b.js': 'hot' },
    says: /is not imported dynamically/,
  },
  {
    name: 'a workspace package, by a link in node_modules',
    directory: 'apps/web',
    entry: 'src/index.js',
    urls: ['/a', '/b'],
    hotHook: { boundaries: ['./src/c/*.js', '../../packages/*/src/lazy/**'] },
    files: {
      'apps/web/src/index.js': `import { serve } from './serve.mjs'
import { boot } from '@app/lib'
serve({ '/a': async () => [boot, (await import('./c/a.js')).show()], '/b': async () => (await import('@app/lib/lazy/b.js')).show() })`,
      'apps/web/src/c/a.js': `import { hot } from '@app/lib/hot.js'
export const show = () => ['a=1', hot]`,
      'packages/lib/package.json': `{
  "name": "@app/lib",
  "type": "module",
  "exports": { ".": "./src/index.js", "./*": "./src/*" }
}`,
      'packages/lib/src/index.js': `export const boot = 'boot=1'`,
      'packages/lib/src/hot.js': `export const hot = 'hot=1'`,
      'packages/lib/src/lazy/b.js': `export const show = () => 'b=1'`,
    },
    links: { 'apps/web/node_modules/@app/lib': 'packages/lib' },
    expected: {
      'apps/web/src/c/a.js': 'hot',
      'packages/lib/src/index.js': 'restart',
      'packages/lib/src/hot.js': 'hot',
      'packages/lib/src/lazy/b.js': 'hot',
    },
  },
  {
    name: 'a workspace package that calls dispose and cannot resolve hot-hook',
    directory: 'apps/web',
    entry: 'src/index.js',
    urls: ['/a'],
    hotHook: { boundaries: ['./src/c/*.js'] },
    files: {
      'apps/web/src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'apps/web/src/c/a.js': `import { pool } from '@app/lib'
export const show = () => ['a=1', pool]`,
      'packages/lib/package.json': `{ "name": "@app/lib", "type": "module", "exports": "./src/index.js" }`,
      'packages/lib/src/index.js': `import.meta.hot?.dispose(() => {})
export const pool = 'pool=1'`,
    },
    links: { 'apps/web/node_modules/@app/lib': 'packages/lib' },
    expected: { 'packages/lib/src/index.js': 'error' },
    says: /Cannot find package 'hot-hook'/,
  },
])
