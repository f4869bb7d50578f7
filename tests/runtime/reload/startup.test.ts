import { testRows } from './rows.ts'

const hotHook = { boundaries: ['./src/c/*.js'] }

/** How hot-hook gets into the process. */
testRows([
  {
    name: 'hot.init in the entry, before anything else is imported',
    entry: 'bin/start.js',
    urls: ['/a'],
    flags: [],
    files: {
      'bin/start.js': `import { hot } from 'hot-hook'
await hot.init({ root: import.meta.filename, rootDirectory: import.meta.dirname + '/..', boundaries: ['./src/c/*.js'] })
await import('../src/app.js')`,
      'src/app.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'bin/start.js': 'restart', 'src/app.js': 'restart', 'src/c/a.js': 'hot' },
  },
  {
    name: 'hot.init after static imports',
    entry: 'bin/start.js',
    urls: ['/a', '/b'],
    flags: [],
    files: {
      'bin/start.js': `import { hot } from 'hot-hook'
import { early } from '../src/early.js'
await hot.init({ root: import.meta.filename, rootDirectory: import.meta.dirname + '/..', boundaries: ['./src/c/*.js'] })
const { start } = await import('../src/app.js')
start(early)`,
      'src/early.js': `export const early = async () => (await import('./c/b.js')).show()`,
      'src/app.js': `import { serve } from './serve.mjs'
export const start = (early) => serve({ '/a': async () => (await import('./c/a.js')).show(), '/b': early })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
      'src/c/b.js': `export const show = () => 'b=1'`,
    },
    expected: {
      'bin/start.js': 'restart',
      'src/early.js': 'unwatched',
      'src/app.js': 'restart',
      'src/c/a.js': 'hot',
      'src/c/b.js': 'error',
    },
    says: /Node .*b\.js does not exist/,
  },
  {
    name: 'a preload after hot-hook/register',
    entry: 'src/index.js',
    urls: ['/a'],
    hotHook,
    flags: ['--import=hot-hook/register', '--import=./src/preload.js'],
    files: {
      'src/preload.js': `globalThis.preloaded = true`,
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show() })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/preload.js': 'error' },
    unpredictable: { 'src/preload.js': 'the order of --import is a finding of doctor: it is nothing of the source' },
    says: /Cannot read properties of undefined \(reading 'match'\)/,
  },
  {
    name: 'a preload before hot-hook/register',
    entry: 'src/index.js',
    urls: ['/a'],
    hotHook,
    flags: ['--import=./src/preload.js', '--import=hot-hook/register'],
    files: {
      'src/preload.js': `import { setting } from './setting.js'
globalThis.setting = setting`,
      'src/setting.js': `export const setting = 'setting=1'`,
      'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => [(await import('./c/a.js')).show(), globalThis.setting] })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/preload.js': 'unwatched', 'src/setting.js': 'unwatched', 'src/c/a.js': 'hot' },
  },
  {
    name: 'a preload before hot-hook/register, whose module the application imports too',
    entry: 'src/index.js',
    urls: ['/a'],
    hotHook,
    flags: ['--import=./src/preload.js', '--import=hot-hook/register'],
    files: {
      'src/preload.js': `import { setting } from './setting.js'
globalThis.setting = setting`,
      'src/setting.js': `export const setting = 'setting=1'`,
      'src/index.js': `import { serve } from './serve.mjs'
import { setting } from './setting.js'
serve({ '/a': async () => [(await import('./c/a.js')).show(), setting] })`,
      'src/c/a.js': `export const show = () => 'a=1'`,
    },
    expected: { 'src/preload.js': 'unwatched', 'src/setting.js': 'restart', 'src/c/a.js': 'hot' },
  },
])
