import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FINDINGS, type Finding, type FindingCode, type Severity } from '../../src/doctor/finding.ts'
import { createReading } from '../../src/doctor/reading.ts'
import type { ServerOptions } from '../../src/inspect.ts'
import { directoryWith } from '../cli/run.ts'
import { entry, findingsIn, findingsOf, manifest, server, type Files } from './server.ts'

interface Case {
  /** What is written over the files of a server in which nothing is wrong. */
  readonly files: Files
  readonly options?: ServerOptions
  /** `path:line`, in the order of the findings. */
  readonly at: readonly string[]
  readonly severity?: Severity
  /** The same server without the problem; that without changes by default. */
  readonly valid?: { readonly files: Files; readonly options?: ServerOptions }
}

const hotHook = (block: Readonly<Record<string, unknown>>): Files => ({
  'package.json': manifest({ hotHook: { boundaries: ['./src/routes/*.ts'], ...block } }),
})
const boundaries = (...globs: readonly string[]): Files => hotHook({ boundaries: globs })
const dev = (command: string): Files => ({ 'package.json': manifest({ scripts: { dev: command } }) })
const REGISTER = 'node --import tsx --import hot-hook/register'

const adonis = (assembler: string, hotHookVersion: string): Files => ({
  'package.json': manifest({
    scripts: { dev: 'node ace serve --hmr' },
    dependencies: { '@adonisjs/core': assembler.startsWith('8') ? '^7.0.0' : '^6.0.0' },
    devDependencies: { '@adonisjs/assembler': `^${assembler}`, 'hot-hook': hotHookVersion },
  }),
  'node_modules/hot-hook/package.json': JSON.stringify({ name: 'hot-hook', version: hotHookVersion }),
})

/** Modules that all import each other, below the boundary. */
function mutual(count: number): Files {
  const names = Array.from({ length: count }, (_, index) => `m${index}`)
  const module = (name: string): string =>
    names
      .filter((other) => other !== name)
      .map((other) => `import { ${other} } from './${other}.js'\n`)
      .join('') + `export const ${name} = () => [${names.filter((other) => other !== name).join(', ')}]\n`
  return {
    ...Object.fromEntries(names.map((name) => [`src/services/${name}.ts`, module(name)])),
    'src/services/users.ts': "import { m0 } from './m0.js'\nexport const all = () => m0()\n",
  }
}

const CASES: Readonly<
  Record<Exclude<FindingCode, 'no-entry' | 'unmatchable-root' | 'not-utf8' | 'unreadable-file'>, Case>
> = {
  'not-esm': {
    files: { 'package.json': manifest({ type: undefined }) },
    at: ['package.json:1'],
    valid: {
      files: {
        'package.json': manifest({ type: undefined, scripts: { dev: `${REGISTER} src/server.mts` } }),
        'src/server.mts': entry(),
      },
    },
  },
  'typescript-7': {
    files: {
      'package.json': manifest({
        devDependencies: { 'hot-hook': '^1.0.0', typescript: '^7.0.2', 'typescript-eslint': '^8.73.0' },
      }),
    },
    at: ['package.json:12'],
    valid: {
      files: {
        'package.json': manifest({
          devDependencies: {
            'hot-hook': '^1.0.0',
            typescript: 'npm:@typescript/typescript6@^6.0.2',
            'typescript-eslint': '^8.73.0',
          },
        }),
      },
    },
  },
  'no-hot-hook': {
    files: {
      'package.json': manifest({ devDependencies: { tsx: '^4.20.0' } }),
      'node_modules/hot-hook/package.json': '',
    },
    at: ['package.json:10'],
    valid: { files: { 'package.json': manifest({ devDependencies: { tsx: '^4.20.0' } }) } },
  },
  'not-installed': { files: { 'node_modules/hot-hook/package.json': '' }, at: ['package.json:12'] },
  'not-loaded': {
    files: dev('tsx watch src/server.ts'),
    at: ['package.json:5'],
    valid: { files: dev(`${REGISTER} src/server.ts`) },
  },
  'no-boundaries': {
    files: { 'package.json': manifest({ hotHook: { restart: ['.env'] } }) },
    at: ['package.json:15'],
  },
  'preload-order': {
    files: {
      ...dev(`${REGISTER} --import ./trace.js src/server.ts`),
      'trace.js': "import './src/services/users.js'\n",
    },
    at: ['package.json:5'],
    valid: { files: dev('node --import tsx --import ./trace.js --import hot-hook/register src/server.ts') },
  },
  preloaded: {
    files: {
      ...dev('node --import tsx --import ./trace.js --import hot-hook/register src/server.ts'),
      'trace.js': "import './src/services/users.js'\n",
    },
    at: ['package.json:5'],
    valid: {
      files: {
        ...dev('node --import ./ts.js --import hot-hook/register src/server.ts'),
        'ts.js': "import { register } from 'node:module'\nregister('ts-node/esm', import.meta.url)\n",
      },
    },
  },
  'hot-hook-version': {
    files: { 'node_modules/hot-hook/package.json': '{ "name": "hot-hook", "version": "0.4.0" }' },
    at: ['package.json:12'],
    valid: { files: { 'node_modules/hot-hook/package.json': '{ "name": "hot-hook", "version": "0.4.1-next.4" }' } },
  },
  'misspelt-key': {
    files: { 'package.json': manifest({ hotHook: undefined, 'hot-hook': {} }) },
    at: ['package.json:15'],
  },
  'unknown-option': { files: hotHook({ include: ['src'] }), at: ['package.json:19'] },
  'wrong-type': { files: hotHook({ restart: '.env' }), at: ['package.json:19'] },
  'negated-glob': {
    files: boundaries('./src/routes/*.ts', '!./src/routes/base.ts'),
    at: ['package.json:18'],
    valid: { files: boundaries('./src/routes/!(base).ts') },
  },
  'directory-glob': { files: boundaries('./src/routes'), at: ['package.json:17'] },
  'matches-nothing': { files: boundaries('./src/routes/*.ts', './src/controllers/*.ts'), at: ['package.json:18'] },
  'matches-static': {
    files: boundaries('./src/routes/*.ts', './src/services/*.ts'),
    at: ['package.json:18'],
  },
  'matches-boot': { files: boundaries('./src/routes/*.ts', './src/*.ts'), at: ['package.json:18'] },
  'matches-no-lazy': {
    files: boundaries('./src/routes/*.ts', './src/services/*.ts'),
    options: { node: '24.11.1' },
    at: ['package.json:18'],
    valid: { files: {}, options: { node: '24.11.1' } },
  },
  'restart-glob': {
    files: hotHook({ restart: ['config/*.yaml'] }),
    at: ['package.json:20'],
    valid: { files: hotHook({ restart: ['config/app.yaml'] }) },
  },
  'ignore-node-modules': {
    files: hotHook({ ignore: ['./tmp/**'] }),
    at: ['package.json:19'],
    valid: { files: hotHook({ ignore: ['./tmp/**', '**/node_modules/**'] }) },
  },
  'not-for-kickjs': {
    files: { 'package.json': manifest({ dependencies: { '@forinda/kickjs': '^7.1.1' } }) },
    at: ['package.json:15'],
  },
  'imported-once': {
    files: { 'src/server.ts': "const { list } = await import('./routes/users.js')\nlist(1, console)\n" },
    at: ['src/server.ts:1'],
  },
  'static-importer': {
    files: { 'src/server.ts': entry("import { list } from './routes/users.js'", 'list(1, { json() {} })\n') },
    options: { node: '24.11.1' },
    at: ['src/server.ts:2'],
    valid: { files: {}, options: { node: '24.11.1' } },
  },
  commonjs: {
    files: {
      'src/services/users.ts': "import all from './all.cjs'\nexport { all }\n",
      'src/services/all.cjs': 'module.exports = () => []\n',
    },
    at: ['src/services/all.cjs'],
    valid: {
      files: {
        'src/services/users.ts': "import all from './all.mjs'\nexport { all }\n",
        'src/services/all.mjs': 'export default () => []\n',
      },
    },
  },
  json: {
    files: {
      'src/services/users.ts': "import all from './all.json' with { type: 'json' }\nexport { all }\n",
      'src/services/all.json': '[]',
    },
    at: ['src/services/all.json'],
    options: { loader: 'ts-node' },
    valid: {
      files: {
        'src/services/users.ts': "import all from './all.json' with { type: 'json' }\nexport { all }\n",
        'src/services/all.json': '[]',
      },
      options: { node: '22.0.0' },
    },
  },
  unversioned: {
    files: {
      'package.json': manifest({
        scripts: { dev: `HOT_HOOK_WATCH=false ${REGISTER} src/server.ts` },
        hotHook: { boundaries: ['./src/routes/*.ts'], ignore: ['./src/services/*.ts', '**/node_modules/**'] },
      }),
    },
    at: ['src/services/users.ts'],
    valid: { files: hotHook({ ignore: ['./src/services/*.ts', '**/node_modules/**'] }) },
  },
  'unreadable-importer': {
    files: {
      'src/server.ts': entry("import './page.js'"),
      'src/page.tsx': "export const Page = () => <p>Don't</p>\nexport const load = () => import('./routes/page.js')\n",
      'src/routes/page.ts': 'export const page = 1\n',
    },
    at: ['src/page.tsx:2'],
    valid: {
      files: {
        'src/server.ts': entry("import './page.js'"),
        'src/page.ts': "export const load = () => import('./routes/page.js')\n",
        'src/routes/page.ts': 'export const page = 1\n',
      },
    },
  },
  'not-in-tree': {
    files: {
      'src/server.ts': entry(
        "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nrequire('./old.cjs')",
      ),
      'src/old.cjs': "exports.load = () => import('./new.mjs')\n",
      'src/new.mjs': '',
    },
    at: ['src/old.cjs:1'],
    valid: {
      files: {
        'src/server.ts': entry("import './old.mjs'"),
        'src/old.mjs': "export const load = () => import('./new.mjs')\n",
        'src/new.mjs': '',
      },
    },
  },
  'entry-imported': {
    files: { 'src/services/users.ts': "import '../server.js'\nexport const all = () => []\n" },
    at: ['src/services/users.ts:1'],
    valid: {
      files: {
        'src/services/users.ts':
          "import type { app } from '../server.js'\nexport const all = () => [] as typeof app[]\n",
      },
    },
  },
  shebang: {
    files: { 'src/services/users.ts': '#!/usr/bin/env node\nexport const all = () => []\n' },
    at: ['src/services/users.ts:1'],
    valid: { files: { 'src/services/users.ts': '// #!\nexport const all = () => []\n' } },
  },
  'syntax-error': {
    files: { 'src/services/users.ts': 'export const one = 1\n\nexport const all = () => [\n' },
    at: ['src/services/users.ts:4'],
  },
  'no-meta-hot': {
    files: {
      ...dev('node --import hot-hook/register src/server.ts'),
      'src/routes/users.ts': '// import.meta.hot\nexport const list = () => []\nimport.meta.hot?.dispose(() => {})\n',
    },
    options: { node: '24.11.1' },
    at: ['src/routes/users.ts:3'],
    valid: {
      files: {
        ...dev('node --import hot-hook/register src/server.ts'),
        'src/routes/users.ts': '// import.meta.hot\nexport const list = () => []\n',
      },
      options: { node: '24.11.1' },
    },
  },
  'dispose-never-runs': {
    files: {
      'src/services/users.ts': "export { all } from './all users.js'\n",
      'src/services/all users.ts': 'export const all = () => []\nimport.meta.hot?.dispose(() => {})\n',
    },
    at: ['src/services/all users.ts:2'],
    valid: { files: { 'src/services/users.ts': 'export const all = () => []\nimport.meta.hot?.dispose(() => {})\n' } },
  },
  'decline-stops-runner': {
    files: { 'src/services/users.ts': 'export const all = () => []\nimport.meta.hot?.decline()\n' },
    at: ['src/services/users.ts:2'],
    valid: {
      files: {
        ...dev(`${REGISTER} src/server.ts`),
        'src/services/users.ts': 'export const all = () => []\nimport.meta.hot?.decline()\n',
      },
    },
  },
  'static-boundary': {
    files: { 'src/server.ts': entry("import { list } from './routes/users.js'", 'list(1, { json() {} })\n') },
    at: ['src/server.ts:2'],
    valid: {
      files: { 'src/server.ts': entry('', "export type List = typeof import('./routes/users.js').list\n") },
    },
  },
  'type-import-above': {
    files: {
      'src/server.ts': entry("import type { list } from './routes/users.js'", 'export type List = typeof list\n'),
    },
    at: ['src/server.ts:2'],
    valid: {
      files: {
        'src/server.ts': entry('', "import type { list } from './routes/users.js'\nexport type List = typeof list\n"),
      },
    },
  },
  unstable: {
    files: {
      'src/server.ts': entry("import './app.js'"),
      'src/app.ts':
        "import type { list } from './routes/users.js'\nexport const load = (): Promise<{ list: typeof list }> => import('./routes/users.js')\n",
    },
    at: ['src/app.ts:1'],
    valid: {
      files: {
        'src/server.ts': entry("import './app.js'"),
        'src/app.ts': "export const load = () => import('./routes/users.js')\n",
      },
    },
  },
  unresolved: {
    files: {
      'src/services/users.ts': "\nimport '#db'\nimport { none } from './none.js'\nexport const all = () => none\n",
    },
    at: ['src/services/users.ts:2', 'src/services/users.ts:3'],
    valid: {
      files: {
        'src/services/users.ts': "\nimport type { None } from './none.js'\nexport const all = (): None[] => []\n",
      },
    },
  },
  'no-dispose': {
    files: { 'src/services/users.ts': 'export const all = () => []\nsetInterval(all, 1000)\n' },
    at: ['src/services/users.ts:2'],
    valid: {
      files: {
        'src/services/users.ts':
          'export const all = () => []\nconst timer = setInterval(all, 1000)\nimport.meta.hot?.dispose(() => clearInterval(timer))\n',
      },
    },
  },
  'slow-cluster': { files: mutual(9), at: ['src/services/m1.ts:1'], valid: { files: mutual(4) } },
  'computed-import': {
    files: { 'src/services/users.ts': '\nexport const all = (name: string) => import(name)\n' },
    at: ['src/services/users.ts:2'],
    valid: { files: { 'src/services/users.ts': "\nexport const all = () => import('node:fs')\n" } },
  },
  required: {
    files: {
      'src/services/users.ts':
        "import { createRequire } from 'node:module'\nexport const all = createRequire(import.meta.url)('./all.cjs')\n",
      'src/services/all.cjs': 'module.exports = () => []\n',
    },
    at: ['src/services/users.ts:2'],
    valid: {
      files: {
        'src/services/users.ts':
          "import { createRequire } from 'node:module'\nexport const all = createRequire(import.meta.url)('../../package.json')\n",
      },
    },
  },
  'before-hot-hook': {
    files: {
      ...dev('node --import tsx src/server.ts'),
      'src/server.ts':
        "import { hot } from 'hot-hook'\nimport './app.js'\nawait hot.init({ root: import.meta.filename, boundaries: ['./routes/*.ts'] })\n",
      'src/app.ts': "import './services/users.js'\n",
    },
    at: ['src/server.ts:2'],
    valid: {
      files: {
        ...dev('node --import tsx src/server.ts'),
        'src/server.ts':
          "import { hot } from 'hot-hook'\nawait hot.init({ root: import.meta.filename, boundaries: ['./routes/*.ts'] })\nawait import('./app.js')\n",
        'src/app.ts': "import './services/users.js'\n",
      },
    },
  },
  'large-file': {
    files: { 'src/services/users.ts': `export const all = () => data\nconst data = '${'x'.repeat(1_000_000)}'\n` },
    at: ['src/services/users.ts:1'],
    valid: {
      files: { 'src/services/users.ts': `export const all = () => data\nconst data = '${'x'.repeat(900_000)}'\n` },
    },
  },
}

const placesOf = (findings: readonly Finding[], code: string): string[] =>
  findings.filter((finding) => finding.code === code).map(({ path, line }) => (line > 0 ? `${path}:${line}` : path))

describe('doctor finds', () => {
  it.each(Object.entries(CASES))('%s', async (code, { files, options, at, severity, valid }) => {
    const findings = await findingsIn(files, options)
    expect(placesOf(findings, code)).toEqual(at)
    for (const finding of findings.filter((found) => found.code === code)) {
      expect(finding.severity).toBe(severity ?? FINDINGS[code as FindingCode].severity)
      expect(finding.message).toMatch(/^(?:[A-Z`@\d]|hot-hook ).*[.!?]$/)
      expect(finding.remedy).toMatch(/\.$/)
    }
    expect(placesOf(await findingsIn(valid?.files ?? {}, valid?.options), code)).toEqual([])
  })
})

describe('doctor finds, where a whole project is needed,', () => {
  it('no-entry', async () => {
    const files = {
      'package.json': manifest({ scripts: {} }),
      'src/mine.ts': "import './other.js'\n",
      'src/other.ts': 'export {}\n',
    }
    const findings = await findingsOf(directoryWith(files))
    expect(placesOf(findings, 'no-entry')).toEqual(['package.json:4'])
    expect(placesOf(await findingsOf(directoryWith(files), { entry: 'src/mine.ts' }), 'no-entry')).toEqual([])
  })

  it('unmatchable-root', async () => {
    const root = directoryWith(
      Object.fromEntries(Object.entries(server).map(([path, text]) => [`app (1)/${path}`, text])),
    )
    expect(placesOf(await findingsOf(join(root, 'app (1)')), 'unmatchable-root')).toEqual(['package.json:17'])
    expect(placesOf(await findingsOf(directoryWith(server)), 'unmatchable-root')).toEqual([])
  })

  it('not-utf8, and reads on', async () => {
    const root = directoryWith(server)
    const path = join(root, 'src/services/users.ts')
    writeFileSync(path, Buffer.from("import './other.js'\n// caf\xe9\nexport const all = () => []\n", 'latin1'))
    const findings = await findingsOf(root)
    expect(placesOf(findings, 'not-utf8')).toEqual(['src/services/users.ts:2'])
    expect(placesOf(findings, 'unresolved')).toEqual(['src/services/users.ts:1'])
    writeFileSync(path, readFileSync(path, 'latin1'))
    expect(placesOf(await findingsOf(root), 'not-utf8')).toEqual([])
  })

  it('what is no text at all', async () => {
    const root = directoryWith(server)
    writeFileSync(
      join(root, 'src/services/users.ts'),
      Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 256)),
    )
    const findings = await findingsOf(root)
    expect(findings.map(({ code }) => code)).toEqual(['syntax-error', 'not-utf8'])
    // What it holds must not reach a terminal.
    expect(findings.map(({ message }) => message).join('')).not.toMatch(/\p{Cc}/u)
  })

  it('unreadable-file', () => {
    const root = directoryWith(server)
    const { read, findings } = createReading()
    expect(read(join(root, 'src/server.ts'))).toBe(server['src/server.ts'])
    expect(read(join(root, 'src/none.ts'))).toBeUndefined()
    expect(findings((path) => path)).toEqual([])
    expect(read(join(root, 'src'))).toBeUndefined()
    expect(findings((path) => path.slice(root.length + 1))).toEqual([
      {
        code: 'unreadable-file',
        severity: 'error',
        path: 'src',
        line: 0,
        message: 'The file cannot be read (EISDIR), so what it imports is not known.',
        remedy: 'Check its permissions.',
      },
    ])
  })
})

describe('doctor', () => {
  it('finds nothing in a server that is as it should be', async () => {
    expect(await findingsIn({})).toEqual([])
  })

  it('reads CRLF and BOM', async () => {
    const crlf = (files: Files): Files =>
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `\ufeff${text.replaceAll('\n', '\r\n')}`]))
    expect(await findingsOf(directoryWith(crlf(server)))).toEqual([])
    const broken = { ...server, 'src/services/users.ts': "\nimport './none.js'\nexport const all = () => []\n" }
    expect(placesOf(await findingsOf(directoryWith(crlf(broken))), 'unresolved')).toEqual(['src/services/users.ts:2'])
  })

  it.each([
    ['7.8.2', '0.4.0', 'warning'],
    ['7.8.2', '0.3.1', 'error'],
    ['7.8.2', '0.2.0', 'error'],
    ['8.5.2', '0.4.0', 'error'],
  ])('with @adonisjs/assembler %s, hot-hook %s is an %s', async (assembler, version, severity) => {
    const findings = await findingsIn(adonis(assembler, version))
    expect(findings.filter(({ code }) => code === 'hot-hook-version').map((found) => found.severity)).toEqual([
      severity,
    ])
  })

  it.each(['7.8.2', '8.5.2'])('with @adonisjs/assembler %s, hot-hook 1.0.0 is right', async (assembler) => {
    const findings = await findingsIn(adonis(assembler, '1.0.0'))
    expect(placesOf(findings, 'hot-hook-version')).toEqual([])
  })

  it('takes a static import of a boundary by another for an info', async () => {
    const findings = await findingsIn({
      'src/routes/users.ts': "import { base } from './base.js'\nexport const list = () => base()\n",
      'src/routes/base.ts': 'export const base = () => []\n',
    })
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning matches-static',
      'info static-boundary',
    ])
  })

  it('reports a boundary that autoload imports once, by who loads it', async () => {
    const findings = await findingsOf(
      directoryWith({
        'package.json': manifest({
          scripts: { dev: 'node --import hot-hook/register src/app.js' },
          dependencies: { fastify: '^5.0.0', '@fastify/autoload': '^6.0.0' },
          hotHook: { boundaries: ['./src/routes/*.js'] },
        }),
        'src/app.js':
          "import Fastify from 'fastify'\nimport autoload from '@fastify/autoload'\nimport { join } from 'node:path'\nconst app = Fastify()\napp.register(autoload, { dir: join(import.meta.dirname, 'routes') })\n",
        'src/routes/users.js': "export default async (app) => app.get('/', () => [])\n",
      }),
    )
    expect(findings.find(({ code }) => code === 'imported-once')).toMatchObject({
      path: 'src/routes/users.js',
      line: 0,
      message: '@fastify/autoload in src/app.js:5 imports this boundary once, at boot, so edits of it are lost.',
    })
  })

  it('reports no more for what is below a boundary that is stale', async () => {
    const findings = await findingsIn({
      'src/server.ts': "const { list } = await import('./routes/users.js')\nlist(1, console)\n",
    })
    expect(findings.map(({ code }) => code)).toEqual(['imported-once'])
  })

  it('says once that a package is CommonJS', async () => {
    const files = {
      'src/services/users.ts':
        "import { createRequire } from 'node:module'\nexport const all = createRequire(import.meta.url)('./all.cjs')\n",
      'src/services/all.cjs': "exports.load = () => import('./new.mjs')\n",
      'src/services/new.mjs': '',
    }
    const codes = async (type: string | undefined): Promise<string[]> =>
      (await findingsIn({ ...files, 'package.json': manifest({ type }) })).map(({ code }) => code)
    expect(await codes('module')).toEqual(['not-in-tree', 'required'])
    expect(await codes(undefined)).toEqual(['not-esm'])
  })

  it('takes the syntax of the entry where package.json has no "type" and Node.js runs the source', async () => {
    const scripts = { dev: 'node --import hot-hook/register src/index.js' }
    const codes = async (text: string): Promise<string[]> => {
      const files = { 'package.json': manifest({ type: undefined, scripts }), 'src/index.js': text }
      return (await findingsIn(files)).map(({ code }) => code)
    }
    expect(await codes("import { createServer } from 'node:http'\ncreateServer()\n")).not.toContain('not-esm')
    expect(await codes("const { createServer } = require('node:http')\ncreateServer()\n")).toContain('not-esm')
  })

  it.each([
    ['tsx watch src/server.ts', '20.20.2', '--node-args=--import=tsx --node-args=--import=hot-hook/register'],
    [
      'node --import @swc-node/register/esm-register src/server.ts',
      '20.20.2',
      '--node-args=--import=@swc-node/register/esm-register --node-args=--import=hot-hook/register',
    ],
    ['node src/server.ts', '24.11.1', '--node-args=--import=hot-hook/register'],
    ['node src/server.ts', '20.20.2', '--node-args=--import=tsx --node-args=--import=hot-hook/register'],
  ])('says how `%s` on Node %s is run under hot-hook', async (command, node, flags) => {
    const findings = await findingsIn(dev(command), { node })
    expect(findings.find(({ code }) => code === 'not-loaded')?.remedy).toBe(
      `Start it with \`hot-runner ${flags} src/server.ts\`.`,
    )
  })

  it('sorts by severity, kind and place', async () => {
    const findings = await findingsIn({
      'package.json': manifest({ hotHook: { boundaries: ['./src/routes/*.ts', '!x', './none.ts'] } }),
      'src/services/users.ts':
        "import './b.js'\nimport './a.js'\nexport const all = () => import(process.argv[2] ?? '')\n",
      'src/routes/users.ts': "import './c.js'\nimport { all } from '../services/users.js'\nexport const list = all\n",
    })
    expect(findings.map(({ severity, code, path, line }) => `${severity} ${code} ${path}:${line}`)).toEqual([
      'error negated-glob package.json:18',
      'warning matches-nothing package.json:19',
      'warning unresolved src/routes/users.ts:1',
      'warning unresolved src/services/users.ts:1',
      'warning unresolved src/services/users.ts:2',
      'info computed-import src/services/users.ts:3',
    ])
  })
})
