import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { isBuiltin } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'es-module-lexer/js'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repository } from './engines/engines.ts'
import { world } from './fixtures/world.ts'

/** What must not be loaded, and therefore has to be there to be loaded. */
const HEAVY = [
  'eslint',
  'typescript',
  '@typescript-eslint/parser',
  '@typescript-eslint/typescript-estree',
  '@typescript-eslint/utils',
]

/** `require` of a module in the project. */
const REQUIRE = "(await import('node:module')).createRequire(process.cwd() + '/x.js')"

const ESLINT_CONFIG = `import parser from '@typescript-eslint/parser'
import hotCodemod from 'hot-codemod'

export default [{ ...hotCodemod.configs.recommended, languageOptions: { parser } }]
`

const ROUTES = `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'

router.get('/users', [UsersController, 'index'])
`
const ROUTES_FIXED = `import router from '@adonisjs/core/services/router'
const UsersController = () => import('#controllers/users_controller')

router.get('/users', [UsersController, 'index'])
`

/** A project made from the tarball alone. */
let app: string
/** Where npm put the package in it. */
let installed: string
/** The files of the package, relative to it. */
let files: string[]
/** What npm installed beside it. */
let neighbours: string[]
/** The temporary directory of all. */
let top: string

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Ran {
  // `npm test` tells npm where its own project is.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?:config_local_prefix|config_call|package_)/.test(name),
  )
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: {
      ...Object.fromEntries(inherited),
      npm_config_loglevel: 'error',
      npm_config_update_notifier: 'false',
      ...env,
    },
    maxBuffer: 2 ** 26,
  })
  if (error) throw error
  return { status, stdout, stderr }
}

function succeed(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, args, cwd)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

/** Makes a package of the repository resolve below `directory`. */
function link(directory: string, name: string, target = `node_modules/${name}`): void {
  const path = join(directory, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  symlinkSync(join(repository, target), path, 'dir')
}

/** Evaluates code in the project and returns what it gives, through JSON. */
function evaluate(code: string, type: 'module' | 'commonjs'): unknown {
  return JSON.parse(
    succeed(process.execPath, [`--input-type=${type}`, '-e', `console.log(JSON.stringify(${code}))`], app),
  )
}

/** The packages whose modules node ran: V8 lists every script, whichever loader brought it. */
function packagesLoadedBy(args: readonly string[], cwd = app): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'hot-codemod-scripts-'))
  try {
    const { status, stdout, stderr } = run(process.execPath, args, cwd, { NODE_V8_COVERAGE: directory })
    if (status === null || status > 1) throw new Error(stdout + stderr)
    const scripts = readdirSync(directory).flatMap(
      (name) => (JSON.parse(readFileSync(join(directory, name), 'utf8')) as { result: { url: string }[] }).result,
    )
    const packages = scripts.map(({ url }) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1])
    return [...new Set(packages.filter((name) => name !== undefined))].sort()
  } finally {
    rmSync(directory, { recursive: true })
  }
}

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, string | { readonly types: string }>>
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
}

/** The static and dynamic imports of a file, types included. */
function specifiersIn(path: string): string[] {
  const [imports] = parse(readFileSync(path, 'utf8'))
  return imports.flatMap((found) =>
    found.type === 'import-meta' || found.specifier === undefined ? [] : [found.specifier],
  )
}

/** `['@scope/name']` for `@scope/name/deep`; nothing for relative specifiers and Node's own modules. */
function packageOf(specifier: string): string[] {
  if (isBuiltin(specifier)) return []
  const name = /^(?:@[^/]+\/)?[^./#@][^/]*/.exec(specifier)?.[0]
  return name === undefined ? [] : [name]
}

function packagesNamedIn(path: string): string[] {
  return specifiersIn(path).flatMap(packageOf)
}

function list(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-package-')))
  const packed = succeed('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', top], repository)
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  app = join(top, 'app')
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  succeed('npm', ['install', ...quiet, join(top, filename)], app)
  installed = join(app, 'node_modules/hot-codemod')
  files = list(installed)
  neighbours = readdirSync(join(app, 'node_modules'))
  for (const name of [...HEAVY, '@types/node']) link(app, name)
})

afterAll(() => {
  if (top) rmSync(top, { recursive: true })
})

describe('the tarball', () => {
  it('holds the manifest, the command and the build', () => {
    const strangers = files.filter((path) => !/^(?:package\.json|README\.md|LICENSE|(?:bin|dist)\/.+)$/.test(path))
    expect(strangers).toEqual([])
  })

  it('holds JavaScript and declarations only', () => {
    const strangers = files.filter((path) => path.startsWith('dist/') && !/(?:\.js|\.d\.ts)$/.test(path))
    expect(strangers).toEqual([])
  })

  it('holds no test', () => {
    expect(files.filter((path) => /\b(?:tests?|fixtures)\b/.test(path))).toEqual([])
  })

  it('holds no output of a source that is gone', () => {
    const sources = files
      .filter((path) => path.startsWith('dist/') && path.endsWith('.js'))
      .map((path) => path.replace('dist/', ''))
    const isThere = (path: string): boolean => existsSync(join(repository, path))
    expect(sources.filter((path) => !isThere(path) && !isThere(path.replace(/js$/, 'ts')))).toEqual([])
  })

  it('imports no package that it does not depend on', () => {
    const { dependencies, peerDependencies } = readManifest(installed)
    const known = new Set(['hot-codemod', ...Object.keys({ ...dependencies, ...peerDependencies })])
    const imported = files
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) => packagesNamedIn(join(installed, path)))
    expect(imported.filter((name) => !known.has(name))).toEqual([])
  })

  it('declares its API without the types of a package that it does not depend on', () => {
    const { dependencies, peerDependencies, exports } = readManifest(installed)
    const known = new Set(Object.keys({ ...dependencies, ...peerDependencies }))
    const entries = Object.values(exports ?? {}).flatMap((target) => (typeof target === 'object' ? [target.types] : []))
    const declarations = new Set(entries.map((path) => join(installed, path)))
    const strangers = new Set<string>()
    for (const path of declarations) {
      for (const specifier of specifiersIn(path)) {
        if (specifier.startsWith('.')) declarations.add(join(dirname(path), specifier.replace(/\.[jt]s$/, '.d.ts')))
        for (const name of packageOf(specifier)) {
          if (!known.has(name)) strangers.add(`${name} in ${path.slice(installed.length + 1)}`)
        }
      }
    }
    expect([...strangers]).toEqual([])
  })

  it('names no directory of this machine', () => {
    const places = [repository, `${homedir()}/`]
    const found = files.filter((path) => {
      const text = readFileSync(join(installed, path), 'utf8')
      return places.some((place) => text.includes(place))
    })
    expect(found).toEqual([])
  })

  it('passes publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, level: 'warning', pack: false })
    expect(messages.map((message) => formatMessage(message, pkg as Record<string, unknown>))).toEqual([])
  })
})

describe('installed', () => {
  it('brings neither ESLint nor TypeScript', () => {
    expect(neighbours).not.toContain('eslint')
    expect(neighbours).not.toContain('typescript')
  })

  it('gives import and require the same plugin', () => {
    expect(evaluate(`${REQUIRE}('hot-codemod') === (await import('hot-codemod')).default`, 'module')).toBe(true)
  })

  it('is a plugin for require', () => {
    expect(evaluate("Object.keys(require('hot-codemod')).sort()", 'commonjs')).toEqual(['configs', 'meta', 'rules'])
  })

  it('says its version through the command', () => {
    expect(succeed('npx', ['--no-install', 'hot-codemod', '--version'], app)).toBe(
      `${readManifest(repository).version}\n`,
    )
  })

  it('has the transforms where jscodeshift is pointed at', () => {
    expect(evaluate("typeof (await import('hot-codemod/codemods/lazy-imports')).default", 'module')).toBe('function')
  })

  it('has the commands as functions', () => {
    expect(evaluate("typeof (await import('hot-codemod/api')).migrate", 'module')).toBe('function')
  })

  it('lints and fixes a project', () => {
    const project = copyWorld()
    writeFileSync(join(project, 'eslint.config.js'), ESLINT_CONFIG)
    succeed(process.execPath, [join(app, 'node_modules/eslint/bin/eslint.js'), '--fix', 'start/routes.ts'], project)
    expect(readFileSync(join(project, 'start/routes.ts'), 'utf8')).toBe(ROUTES_FIXED)
  })
})

describe('what is loaded', () => {
  it.each([
    ['import', ['--input-type=module', '-e', "import('eslint')"], 'eslint'],
    ['require', ['--input-type=commonjs', '-e', "require('typescript')"], 'typescript'],
    ['require inside a module', ['--input-type=module', '-e', `${REQUIRE}('eslint')`], 'eslint'],
  ])('is seen for %s', (_, args, name) => {
    expect(packagesLoadedBy(args)).toContain(name)
  })

  it('is neither ESLint nor TypeScript for the plugin', () => {
    const loaded = packagesLoadedBy(['--input-type=module', '-e', "import('hot-codemod')"])
    expect(loaded).toContain('hot-codemod')
    expect(loaded.filter((name) => HEAVY.includes(name))).toEqual([])
  })

  it('is neither ESLint nor TypeScript for a migration', () => {
    const project = copyWorld()
    const loaded = packagesLoadedBy(
      [join(installed, 'bin/hot-codemod.js'), 'migrate', '--dry-run', '--allow-dirty'],
      project,
    )
    expect(loaded).toContain('oxc-parser')
    expect(loaded.filter((name) => HEAVY.includes(name))).toEqual([])
  })

  it('is no parser for --version', () => {
    const loaded = packagesLoadedBy([join(installed, 'bin/hot-codemod.js'), '--version'])
    expect(loaded).not.toContain('oxc-parser')
  })
})

describe('types', () => {
  const CONSUMER = `import { defineConfig } from 'eslint/config'
import hotCodemod from 'hot-codemod'
import { migrate, type Migration } from 'hot-codemod/api'

export const plan: Migration = await migrate({ directory: '.', only: ['lazy-imports'] })
export default defineConfig(hotCodemod.configs.recommended, {
  plugins: { 'hot-codemod': hotCodemod },
  extends: ['hot-codemod/recommended'],
  rules: { 'hot-codemod/prefer-lazy-controller-import': 'warn' },
})

// @ts-expect-error There is no such config.
hotCodemod.configs.absent
// @ts-expect-error There is no such option.
void migrate({ directories: '.' })
`
  const FLAGS =
    '--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --module nodenext --target es2023 --types node'

  it.each([
    ['ESLint 10', 'node_modules/eslint'],
    ['ESLint 9', 'node_modules/eslint9'],
  ])('fit %s', (_, eslint) => {
    writeFileSync(join(app, 'consumer.ts'), CONSUMER)
    link(app, 'eslint', eslint)
    try {
      const tsc = join(repository, 'node_modules/typescript/bin/tsc')
      expect(run(process.execPath, [tsc, ...FLAGS.split(' '), 'consumer.ts'], app).stdout).toBe('')
    } finally {
      link(app, 'eslint')
    }
  })
})

/** A copy of the world inside the project, with one static controller. */
function copyWorld(): string {
  const project = mkdtempSync(join(app, 'world-'))
  cpSync(world, project, { recursive: true })
  writeFileSync(join(project, 'start/routes.ts'), ROUTES)
  return project
}
