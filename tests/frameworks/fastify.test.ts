import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fastify } from '../../src/frameworks/fastify.ts'
import { directoryWith } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>

const packageJson = '{"dependencies": {"fastify": "^5.0.0", "@fastify/autoload": "^6.0.0"}}'

/** `path by` of everything that is loaded. */
function roots(files: Files, entry?: string): string[] {
  const root = directoryWith({ 'package.json': packageJson, ...files })
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return undefined
    }
  }
  const loaded = fastify.loads(root, read, entry === undefined ? undefined : join(root, entry))
  return loaded.map(({ path, by }) => `${relative(root, path)} by ${by}`)
}

/** The paths below src/routes that `options` load, with `head` before the registration. */
function loaded(options: string, tree: readonly string[], head = "import autoload from '@fastify/autoload'"): string[] {
  const app = `${head}\nawait app.register(autoload, ${options})\n`
  const files = Object.fromEntries(tree.map((path) => [`src/routes/${path}`, '']))
  return roots({ 'src/app.ts': app, ...files }).map((line) => line.replace(/^src\/routes\/| by .*$/g, ''))
}

const dir = "dir: join(import.meta.dirname, 'routes')"

describe('fastify.loads', () => {
  it('names the registration that loads a file', () => {
    const app =
      "import autoload from '@fastify/autoload'\n\n\napp\n  .register(autoload, { dir: `${__dirname}/routes` })\n"
    expect(roots({ 'src/app.ts': app, 'src/routes/users.ts': '' })).toEqual([
      'src/routes/users.ts by @fastify/autoload in src/app.ts:4',
    ])
  })
  it('finds every registration, and names a file once', () => {
    const app = `import autoload from '@fastify/autoload'
app.register(autoload, { dir: join(import.meta.dirname, 'plugins') })
app.register(autoload, { dir: join(import.meta.dirname, 'routes') })
app.register(autoload, { dir: join(import.meta.dirname, 'routes/admin') })
`
    const files = { 'src/plugins/db.ts': '', 'src/routes/admin/users.ts': '', 'src/routes/home.ts': '' }
    expect(roots({ 'src/app.ts': app, ...files })).toEqual([
      'src/plugins/db.ts by @fastify/autoload in src/app.ts:2',
      'src/routes/admin/users.ts by @fastify/autoload in src/app.ts:3',
      'src/routes/home.ts by @fastify/autoload in src/app.ts:3',
    ])
  })
  it('looks at the entry first', () => {
    const app = "import autoload from '@fastify/autoload'\napp.register(autoload, { dir: join(__dirname, 'routes') })\n"
    const files = { 'a.ts': app, 'z.ts': app, 'routes/users.ts': '' }
    expect(roots(files, 'z.ts')).toEqual(['routes/users.ts by @fastify/autoload in z.ts:2'])
    expect(roots(files)).toEqual(['routes/users.ts by @fastify/autoload in a.ts:2'])
  })
  it('finds those of autoloaded plugins', () => {
    const app = "import autoload from '@fastify/autoload'\napp.register(autoload, { dir: join(__dirname, 'x') })\n"
    expect(roots({ 'src/app.ts': app, 'src/x/x.ts': app.replace("'x'", "'inner'"), 'src/x/inner/y.ts': '' })).toEqual([
      'src/x/inner/y.ts by @fastify/autoload in src/app.ts:2',
      'src/x/x.ts by @fastify/autoload in src/app.ts:2',
    ])
  })
  it('is nothing without the package', () => {
    const app = "import autoload from '@fastify/autoload'\napp.register(autoload, { dir: join(__dirname, 'routes') })\n"
    const files = { 'src/app.ts': app, 'src/routes/users.ts': '' }
    expect(roots({ ...files, 'package.json': '{"dependencies": {"fastify": "^5.0.0"}}' })).toEqual([])
    expect(roots(files)).toHaveLength(1)
  })
  it('is nothing where the directory is missing, or the module does not parse', () => {
    expect(loaded(dir, [])).toEqual([])
    expect(loaded(`${dir} } } (`, ['users.ts'])).toEqual([])
  })
})

describe('fastify.loads, the name of the plugin', () => {
  it.each([
    ["import autoload from '@fastify/autoload'", 'autoload'],
    ["import { fastifyAutoload as autoload } from '@fastify/autoload'", 'autoload'],
    ["import * as autoload from '@fastify/autoload'", 'autoload.default'],
    ["import autoload from 'fastify-autoload'", 'autoload as never'],
    ["const autoload = require('@fastify/autoload')", 'autoload'],
    ["const autoload = require('@fastify/autoload').default", 'autoload'],
    ["const { fastifyAutoload: autoload } = require('@fastify/autoload')", 'autoload'],
    ["const autoload = await import('@fastify/autoload')", 'autoload.default'],
    ['', "require('@fastify/autoload')"],
    ['', "import('@fastify/autoload')"],
  ])('%s: %s', (head, plugin) => {
    const app = `${head}\napp.register(${plugin}, { ${dir} })\n`
    expect(roots({ 'src/app.ts': app, 'src/routes/users.ts': '' })).toHaveLength(1)
  })
  it.each([
    ["import autoload from './autoload.ts'", 'autoload'],
    ["import other from '@fastify/cors' // not @fastify/autoload", 'other'],
    ["import type { AutoloadPluginOptions } from '@fastify/autoload'", 'cors'],
  ])('not %s: %s', (head, plugin) => {
    const app = `${head}\napp.register(${plugin}, { ${dir} })\n`
    expect(roots({ 'src/app.ts': app, 'src/routes/users.ts': '' })).toEqual([])
  })
})

describe('fastify.loads, the directory', () => {
  it.each([
    "{ dir: join(import.meta.dirname, 'routes') }",
    "{ dir: path.join(__dirname, 'routes') }",
    "{ dir: path.join(__dirname, '..', 'src', 'routes'), options: { prefix: '/' } }",
    '{ dir: `${import.meta.dirname}/routes` }',
    "{ dir: __dirname + '/routes' }",
    "{ dir: resolve('src/routes') }",
    "{ dir: path.resolve(process.cwd(), 'src', 'routes') }",
    "{ 'dir': 'src/routes' }",
    "{ dir: fileURLToPath(new URL('./routes', import.meta.url)) }",
    "{ dir: new URL('routes', import.meta.url).pathname }",
    "{ dir: join(new URL('.', import.meta.url).pathname, 'routes') }",
    "{ dir: join(import.meta.url, 'routes') }",
    "{ dir: join(dirname(fileURLToPath(import.meta.url)), 'routes') }",
    "Object.assign({}, opts, { dir: join(__dirname, 'routes') })",
    "{ ...opts, dir: join(__dirname, 'routes') } as AutoloadPluginOptions",
  ])('%s', (options) => {
    expect(loaded(options, ['users.ts'])).toEqual(['users.ts'])
  })
  it.each([
    ['const __dirname = dirname(fileURLToPath(import.meta.url))', "{ dir: join(__dirname, 'routes') }"],
    [
      'const __filename = fileURLToPath(import.meta.url)\nconst __dirname = path.dirname(__filename)',
      "{ dir: join(__dirname, 'routes') }",
    ],
    ["const routes = join(import.meta.dirname, 'routes')", '{ dir: routes }'],
    ["const options = { dir: join(import.meta.dirname, 'routes') }", 'options'],
    ["const options = { dir: join(import.meta.dirname, 'routes') }", '{ ...options, maxDepth: 1 }'],
  ])('through %s', (constant, options) => {
    const head = `import autoload from '@fastify/autoload'\n${constant}`
    expect(loaded(options, ['users.ts'], head)).toEqual(['users.ts'])
  })
  it.each(['{ dir: routesDirectory }', '{ dir: join(root, "routes") }', '{ dir: a ? "x" : "y" }', '{}', 'options', ''])(
    'unknown: %s',
    (options) => {
      expect(loaded(options, ['users.ts'])).toEqual([])
    },
  )
})

describe('fastify.loads, the files', () => {
  const scripts = ['a.ts', 'b.js', 'c.mjs', 'd.cjs', 'e.mts', 'f.cts', 'users.test.ts']

  it('are scripts, tests too, as by default', () => {
    expect(loaded(`{ ${dir} }`, [...scripts, 'types.d.ts', 'page.tsx', 'notes.md', 'data.json'])).toEqual(scripts)
  })
  it('are the index alone of a directory that has one, and those of its subdirectories', () => {
    const tree = ['index.ts', 'other.ts', 'users/index.js', 'users/service.js', 'users/deep/a.ts']
    expect(loaded(`{ ${dir} }`, tree)).toEqual(['index.ts', 'users/index.js', 'users/deep/a.ts'])
  })
  it('are without what ignorePattern matches', () => {
    const tree = ['a.ts', 'a.test.ts', 'helpers/x.ts', 'users/helpers/x.ts']
    expect(loaded(`{ ${dir}, ignorePattern: /.*\\.test\\.ts/ }`, tree)).toEqual([
      'a.ts',
      'helpers/x.ts',
      'users/helpers/x.ts',
    ])
    expect(loaded(`{ ${dir}, ignorePattern: /^helpers$/g }`, tree)).toEqual(['a.test.ts', 'a.ts', 'users/helpers/x.ts'])
    expect(loaded(`{ ${dir}, ignorePattern: 'helpers|test' }`, tree)).toEqual(['a.ts'])
  })
  it('are without what ignoreFilter matches', () => {
    const tree = ['a.ts', 'a.spec.ts', 'b/a.ts']
    expect(loaded(`{ ${dir}, ignoreFilter: '/b/' }`, tree)).toEqual(['a.spec.ts', 'a.ts'])
    expect(loaded(`{ ${dir}, ignoreFilter: /spec/ }`, tree)).toEqual(['a.ts', 'b/a.ts'])
    expect(loaded(`{ ${dir}, ignoreFilter: (path) => path.includes('b') }`, tree)).toEqual(tree.toSorted())
  })
  it('are those that matchFilter matches', () => {
    expect(loaded(`{ ${dir}, matchFilter: /\\/handlers\\// }`, ['a.ts', 'users/handlers/b.ts'])).toEqual([
      'users/handlers/b.ts',
    ])
  })
  it('follow indexPattern and scriptPattern', () => {
    expect(loaded(`{ ${dir}, indexPattern: /^routes\\.ts$/ }`, ['users/routes.ts', 'users/x.ts', 'y.ts'])).toEqual([
      'users/routes.ts',
      'y.ts',
    ])
    expect(loaded(`{ ${dir}, scriptPattern: /\\.route\\.ts$/ }`, ['a.route.ts', 'a.ts'])).toEqual(['a.route.ts'])
  })
  it('are no deeper than maxDepth', () => {
    const tree = ['a.ts', 'b/b.ts', 'b/c/c.ts']
    expect(loaded(`{ ${dir}, maxDepth: 1 }`, tree)).toEqual(['a.ts', 'b/b.ts'])
    expect(loaded(`{ ${dir}, maxDepth: 0 }`, tree)).toEqual(['a.ts'])
    expect(loaded(`{ ${dir}, maxDepth: depth }`, tree)).toEqual(tree)
  })
  it('are hooks where autoHooks says so', () => {
    const tree = ['autohooks.ts', 'users.ts', 'x/_autohooks.ts', 'x/y.ts']
    expect(loaded(`{ ${dir} }`, tree)).toEqual(['users.ts', 'x/y.ts'])
    expect(loaded(`{ ${dir}, autoHooks: true }`, tree)).toEqual(tree)
  })
})
