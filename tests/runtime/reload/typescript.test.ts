import type { Outcome } from '../../../src/graph/reload.ts'
import { testRows } from './rows.ts'
import { blind, hotHook, on, others, seeing, stripping, withoutSwc } from './typescript.ts'

const staticImport = {
  name: 'a static import of a boundary, as .js',
  urls: ['/a', '/b'],
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
import { show } from './c/a.js'
serve({ '/a': async () => show(), '/b': async () => (await import('./c/b.js')).show() })`,
    'src/c/a.ts': `import { under } from '../under.js'
export const show = (): unknown => ['a=1', under]`,
    'src/c/b.ts': `export const show = (): unknown => 'b=1'`,
    'src/under.ts': `export const under: string = 'under=1'`,
  },
}
const restarts: Record<string, Outcome> = {
  'src/index.ts': 'restart',
  'src/c/a.ts': 'restart',
  'src/under.ts': 'restart',
  'src/c/b.ts': 'hot',
}
const isStale: Record<string, Outcome> = { ...restarts, 'src/c/a.ts': 'stale', 'src/under.ts': 'stale' }

const withoutExtension = {
  name: 'a static import of a boundary, without extension, by an alias of tsconfig, and by one of package.json',
  urls: ['/a', '/b', '/c', '/d'],
  packageJson: { imports: { '#c/*.js': './src/c/*.js' } },
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
import { show as a } from './c/a'
import { show as b } from '@c/b.js'
import { show as c } from '#c/c.js'
serve({ '/a': async () => a(), '/b': async () => b(), '/c': async () => c(), '/d': async () => (await import('./c/d')).show() })`,
    'src/c/a.ts': `export const show = (): unknown => 'a=1'`,
    'src/c/b.ts': `export const show = (): unknown => 'b=1'`,
    'src/c/c.ts': `export const show = (): unknown => 'c=1'`,
    'src/c/d.ts': `export const show = (): unknown => 'd=1'`,
  },
  others: {
    'tsconfig.json': `{ "compilerOptions": { "module": "esnext", "moduleResolution": "bundler", "paths": { "@c/*": ["./src/c/*"] } } }`,
  },
}

testRows([
  ...on(seeing, { ...staticImport, expected: restarts }),
  ...on(blind, { ...staticImport, expected: isStale }),
  ...on(blind, {
    ...staticImport,
    name: 'throwWhenBoundariesAreNotDynamicallyImported, where hot-hook does not see the static import',
    hotHook: { ...hotHook, throwWhenBoundariesAreNotDynamicallyImported: true },
    expected: { 'src/c/a.ts': 'stale', 'src/c/b.ts': 'hot' },
  }),
  ...on(
    [
      ['tsx', [20]],
      ['tsx-4.21', [24]],
    ],
    {
      ...withoutExtension,
      expected: { 'src/c/a.ts': 'restart', 'src/c/b.ts': 'restart', 'src/c/c.ts': 'restart', 'src/c/d.ts': 'hot' },
    },
  ),
  ...on(blind, {
    ...withoutExtension,
    expected: { 'src/c/a.ts': 'stale', 'src/c/b.ts': 'stale', 'src/c/c.ts': 'stale', 'src/c/d.ts': 'hot' },
  }),
  ...on([['tsx', [20, 22, 24]], ['ts-node', [20, 24]], ...stripping], {
    name: 'a static import of a boundary, as .ts',
    urls: ['/a', '/b', '/c'],
    packageJson: { imports: { '#c/*': './src/c/*' } },
    files: {
      'src/index.ts': `import { serve } from './serve.mjs'
import { show as a } from './c/a.ts'
import { show as b } from '#c/b.ts'
serve({ '/a': async () => a(), '/b': async () => b(), '/c': async () => (await import('./c/c.ts')).show() })`,
      'src/c/a.ts': `export const show = (): unknown => 'a=1'`,
      'src/c/b.ts': `export const show = (): unknown => 'b=1'`,
      'src/c/c.ts': `export const show = (): unknown => 'c=1'`,
    },
    expected: { 'src/c/a.ts': 'restart', 'src/c/b.ts': 'restart', 'src/c/c.ts': 'hot' },
  }),
])

const attributes = {
  name: 'import attributes and decline in TypeScript',
  urls: ['/a', '/b', '/c', '/d'],
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
serve({
  '/a': async () => (await import('./a.ts', import.meta.hot?.boundary)).show(),
  '/b': async () => (await import('./b.ts', { with: { hot: 'true' } })).show(),
  '/c': async () => (await import('./c/c.ts')).show(),
  '/d': async () => (await import('./c/d.ts')).show(),
})`,
    'src/c/d.ts': `(import.meta as any).hot?.decline()
export const show = (): unknown => 'd=1'`,
    'src/a.ts': `export const show = (): unknown => 'a=1'`,
    'src/b.ts': `export const show = (): unknown => 'b=1'`,
    'src/c/c.ts': `import.meta.hot?.decline()
export const show = (): unknown => 'c=1'`,
  },
}
const commonjs = {
  name: 'tsx in a project without "type": "module"',
  urls: ['/a'],
  packageJson: { type: undefined },
  files: {
    'src/index.ts': `import { createServer } from 'node:http'
import { route } from './router.js'
createServer(async (_, response) => {
  try {
    response.end(String(await route()))
  } catch (error) {
    response.writeHead(500).end(String((error as Error).stack))
  }
}).listen(Number(process.env.PORT), '127.0.0.1')`,
    'src/router.ts': `export const route = async () => (await import('./c/a.js')).show()`,
    'src/c/a.ts': `export const show = () => 'a=1'`,
  },
}
const required = {
  name: 'tsx in a project without "type": "module", where all imports are static',
  urls: ['/a'],
  packageJson: { type: undefined },
  files: {
    'src/index.ts': `import { createServer } from 'node:http'
import { show } from './app.js'
createServer((_, response) => response.end(String(show()))).listen(Number(process.env.PORT), '127.0.0.1')`,
    'src/app.ts': `import { deep } from './deep.js'
export const show = (): unknown => ['app=1', deep]`,
    'src/deep.ts': `export const deep: string = 'deep=1'`,
  },
}
const native = {
  name: 'ES modules in a project without "type"',
  urls: ['/a'],
  packageJson: { type: undefined },
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
import { text } from './text.ts'
serve({ '/a': async () => [text, (await import('./c/a.ts')).show()] })`,
    'src/text.ts': `import { deep } from './deep.ts'
export const text: unknown = ['text=1', deep]`,
    'src/deep.ts': `export const deep: string = 'deep=1'`,
    'src/c/a.ts': `export const show = (): unknown => 'a=1'`,
  },
}
const jsx = {
  name: 'JSX that es-module-lexer cannot read, in a file that imports a boundary',
  entry: 'src/index.tsx',
  urls: ['/a', '/b'],
  files: {
    'src/index.tsx': `import { serve } from './serve.mjs'
import { b } from './b.tsx'
const React = { createElement: (...parts: unknown[]) => parts.join(' ') }
const page = () => <p>Don't</p>
serve({ '/a': async () => [page(), (await import('./c/a.tsx')).show()], '/b': b })`,
    'src/b.tsx': `export const b = async () => (await import('./c/b.tsx')).show()`,
    'src/c/a.tsx': `const React = { createElement: (...parts: unknown[]) => parts.join(' ') }
export const show = () => <p>Don't a=1</p>`,
    'src/c/b.tsx': `export const show = () => 'b=1'`,
  },
}
const importEquals = {
  name: 'import = require in a file that imports a boundary',
  urls: ['/a'],
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
import http = require('node:http')
serve({ '/a': async () => [typeof http.get, (await import('./c/a.ts')).show()] })`,
    'src/c/a.ts': `export const show = () => 'a=1'`,
  },
  others: { 'tsconfig.json': withoutSwc(others['tsconfig.json']).replaceAll(/"(esnext|bundler)"/g, '"nodenext"') },
}

testRows([
  ...on(
    [
      ['tsx', [20, 24]],
      ['ts-node', [20]],
    ],
    {
      ...attributes,
      expected: { 'src/a.ts': 'hot', 'src/b.ts': 'hot', 'src/c/c.ts': 'restart', 'src/c/d.ts': 'restart' },
    },
  ),
  ...on(stripping, {
    ...attributes,
    expected: { 'src/a.ts': 'restart', 'src/b.ts': 'hot', 'src/c/c.ts': 'hot', 'src/c/d.ts': 'hot' },
  }),
  ...on([['tsx', [20, 22, 24]]], {
    ...commonjs,
    expected: { 'src/c/a.ts': 'error' },
    says: /router\.ts\?hot-hook|does not exist/,
  }),
  ...on([['tsx', [20, 22]]], {
    ...required,
    expected: { 'src/index.ts': 'restart', 'src/app.ts': 'unwatched', 'src/deep.ts': 'unwatched' },
  }),
  // Node 24 gives what `require` loads to the loaders as well, and hot-hook does not know who asks.
  ...on([['tsx', [24]]], {
    ...required,
    expected: { 'src/deep.ts': 'error' },
    says: /app\.ts\?hot-hook|does not exist/,
  }),
  ...on(stripping, {
    ...native,
    expected: {
      'src/index.ts': 'restart',
      'src/text.ts': 'restart',
      'src/deep.ts': 'restart',
      'src/c/a.ts': 'hot',
    },
  }),
  ...on(
    [
      ['tsx', [20, 24]],
      ['ts-node', [20]],
    ],
    {
      ...jsx,
      expected: { 'src/c/a.tsx': 'error', 'src/c/b.tsx': 'hot' },
      says: /Parse error/,
    },
  ),
  ...on([['ts-node', [20, 24]]], { ...importEquals, expected: { 'src/c/a.ts': 'error' }, says: /Parse error/ }),
])
