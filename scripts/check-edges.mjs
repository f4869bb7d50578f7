import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import ts from 'typescript'

/*
 * `npm run check:edges -- [directory …]`: are the imports that we say exist at run time those that TypeScript emits?
 *
 * For each file that a project's tsconfig names, and each file reached from those: TypeScript transpiles it with the
 * project's own options, TypeScript parses what comes out, and TypeScript resolves each specifier. The set of
 * (file, target, static or dynamic) has to be that of `createModules(…).edges(…)`.
 *
 * Without a directory it takes the public servers below, at the commit given, from GitHub, into a cache outside the
 * repository: nothing of theirs is installed but the tsconfig presets they extend, and none of their code runs.
 */

const HELP = `usage: node scripts/check-edges.mjs [options] [directory …]

  directory           a project: it has a package.json and a tsconfig.json (default: the public servers, cloned)
  --cache <directory> where the public servers go (default: hot-codemod-repositories in the system's temporary files)
  --samples <n>       how many differences to print for each project (default 10)
  --json              print the figures as JSON

Exits with 1 when there is a difference, with 2 when a project could not be read.
`

/** `directory` is that of the server; `checkout` what to take of the repository. */
const SERVERS = [
  server('unleash', 'Unleash/unleash', 'ceeb5a9ca6d0beb0cabf041d6a27ffd2d6501859', '.', ['src']),
  server('logto core', 'logto-io/logto', '1fbc55441fd28d9e3e7d69c1522e7654dccfe99c', 'packages/core'),
  server('outline', 'outline/outline', 'd77dcdf853868c5d5fe125c895c9b71f0eff5c68', '.', [
    'app',
    'server',
    'shared',
    'plugins',
  ]),
  server('vendure core', 'vendure-ecommerce/vendure', '1633446f4ee203e5e3fbca628bee952893bffa5b', 'packages/core'),
  server('payload', 'payloadcms/payload', 'db7543c2121f0b672e33436447122b5e09ea4f2b', 'packages/payload'),
  server('novu api', 'novuhq/novu', '74a2e9a6a295cd5a17aa9806914b4574fecce737', 'apps/api'),
  server('medusa', 'medusajs/medusa', '59e6747800133e091d20c2c167f600981abc5c0d', 'packages/medusa'),
  server('adocasts', 'adocasts/adocasts', '20260849102b2404e440a3e4c8800793f47b28c2', '.'),
]

/** What the servers' tsconfigs extend; found by walking up from a clone. */
const PRESETS = ['@adonisjs/tsconfig@1.4.1', '@silverhand/ts-config@6.0.0']

function server(name, repository, commit, directory, checkout = [directory]) {
  return { name, repository, commit, directory, checkout }
}

const repository = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = /\.[cm]?[jt]sx?$/
const DECLARATION = /\.d\.(?:[^./]+\.)?[cm]?ts$/
const JAVASCRIPT = /\.[cm]?jsx?$/

/** Installs the presets, once. */
function openCache(cache) {
  mkdirSync(cache, { recursive: true })
  if (existsSync(join(cache, 'node_modules'))) return
  writeFileSync(join(cache, 'package.json'), '{ "private": true }\n')
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', ...PRESETS], cache)
}

/** Clones a server that is not there yet. @returns its directory. */
function clone({ repository, commit, directory, checkout }, cache) {
  const target = join(cache, repository.split('/')[1])
  const git = (...args) => run('git', ['-C', target, ...args], cache)
  if (!existsSync(join(target, '.git'))) {
    run('git', ['init', '--quiet', target], cache)
    git('remote', 'add', 'origin', `https://github.com/${repository}.git`)
    if (!checkout.includes('.')) git('sparse-checkout', 'set', ...checkout)
  }
  if (spawnSync('git', ['-C', target, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).stdout.trim() !== commit) {
    git('fetch', '--quiet', '--depth', '1', '--filter=blob:none', 'origin', commit)
    git('checkout', '--quiet', '--force', 'FETCH_HEAD')
  }
  return join(target, directory)
}

function run(command, args, cwd) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  if (error) throw error
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} exited with ${status}. Without GitHub, name directories of projects.`)
  }
}

/**
 * What TypeScript says of a project.
 *
 * @returns its files, how its types are erased, and the imports of one file as `<target> <static|dynamic>`, targets
 * relative to the root.
 */
function oracle(root) {
  const configFile = join(root, 'tsconfig.json')
  const { config, error } = ts.readConfigFile(configFile, ts.sys.readFile)
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root, {}, configFile)
  const missing = parsed.errors.find(({ code }) => code === 6053 || code === 5083)
  if (missing) throw new Error(ts.flattenDiagnosticMessageText(missing.messageText, '\n'))
  const { options } = parsed
  const isNode =
    options.moduleResolution === ts.ModuleResolutionKind.NodeNext ||
    options.moduleResolution === ts.ModuleResolutionKind.Node16 ||
    options.module >= ts.ModuleKind.Node16
  const transpile = {
    ...Object.fromEntries(
      ['experimentalDecorators', 'emitDecoratorMetadata', 'verbatimModuleSyntax', 'isolatedModules', 'jsx']
        .filter((name) => options[name] !== undefined)
        .map((name) => [name, options[name]]),
    ),
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ESNext,
    allowJs: true,
  }
  const resolution = {
    ...options,
    // Neither has an effect on paths; without them a package's `imports` would lead to build output.
    declaration: false,
    composite: false,
    allowJs: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    resolvePackageJsonImports: true,
    module: isNode ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
    moduleResolution: isNode ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler,
  }
  const host = cachedHost()
  const cache = ts.createModuleResolutionCache(root, (name) => name, resolution)

  function targetOf(file, specifier, dynamic) {
    const packages = cache.getPackageJsonInfoCache()
    const format = isNode ? ts.getImpliedNodeFormatForFile(file, packages, host, resolution) : undefined
    const mode = isNode && dynamic ? ts.ModuleKind.ESNext : format
    const { resolvedModule } = ts.resolveModuleName(specifier, file, resolution, host, cache, undefined, mode)
    if (!resolvedModule) return undefined
    const path = realpathSync(resolvedModule.resolvedFileName)
    const below = relative(root, path)
    const own = !(below.startsWith('..') ? path : below).split(sep).includes('node_modules')
    return own && SOURCE.test(path) && !DECLARATION.test(path) ? below : undefined
  }

  return {
    files: parsed.fileNames.filter((file) => SOURCE.test(file) && !DECLARATION.test(file)),
    elision: options.verbatimModuleSyntax ? 'verbatim' : options.emitDecoratorMetadata ? 'metadata' : 'plain',
    resolution: isNode ? 'nodenext' : 'bundler',
    imports(file) {
      const text = ts.sys.readFile(file)
      // No loader erases anything of plain JavaScript.
      const emitted = JAVASCRIPT.test(file)
        ? text
        : ts.transpileModule(text, { fileName: file, compilerOptions: transpile }).outputText
      const imports = new Map()
      const required = new Set()
      for (const { specifier, kind } of importsOf(emitted)) {
        const target = targetOf(file, specifier, kind === 'dynamic')
        if (target === undefined) continue
        if (kind === 'require') required.add(`${target} static`)
        else imports.set(`${target} ${kind}`, specifier)
      }
      return { imports, required }
    },
  }
}

/** TypeScript's own look at the disk, remembered. */
function cachedHost() {
  const remember = (ask) => {
    const known = new Map()
    return (path) => {
      if (!known.has(path)) known.set(path, ask(path))
      return known.get(path)
    }
  }
  return {
    ...ts.sys,
    fileExists: remember(ts.sys.fileExists),
    directoryExists: remember(ts.sys.directoryExists),
    readFile: remember((path) => ts.sys.readFile(path)),
    realpath: remember(ts.sys.realpath),
  }
}

/** The imports, re-exports and calls of `require` of JavaScript whose specifier is a literal. */
function importsOf(text) {
  const source = ts.createSourceFile('emitted.jsx', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JSX)
  const found = []
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      found.push({ specifier: node.moduleSpecifier.text, kind: 'static' })
    }
    if (ts.isCallExpression(node)) {
      const [argument] = node.arguments
      const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
      const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require'
      if (argument && ts.isStringLiteralLike(argument) && (isImport || isRequire))
        found.push({ specifier: argument.text, kind: isImport ? 'dynamic' : 'require' })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Compares both on every file that either reaches. */
async function check({ name, directory }) {
  const root = realpathSync(directory)
  const { createResolver } = await import('../dist/src/graph/resolver.js')
  const { createModules } = await import('../dist/src/graph/modules.js')
  const theirs = oracle(root)
  const modules = createModules(createResolver(root), theirs.elision)
  const result = { name, ...theirs, files: 0, static: 0, dynamic: 0, others: 0, extra: [], missing: [] }
  delete result.imports
  const reached = new Set(theirs.files.map((file) => realpathSync(file)))
  for (const file of reached) {
    const { imports: expected, required } = theirs.imports(file)
    const actual = new Map()
    const add = (target, kind, specifier, isCertain) => {
      const key = `${relative(root, target)} ${kind}`
      if (expected.has(key) || (isCertain && SOURCE.test(target))) actual.set(key, specifier)
      else result.others += 1
    }
    // What is computed from constants or globs, JSON, and files that are named by URL, TypeScript's emit does not tell.
    for (const { target, dynamic, specifier, computed } of modules.edges(file)) {
      add(target, dynamic ? 'dynamic' : 'static', specifier, !computed)
    }
    // A static import of a CommonJS module is a require.
    for (const { target, kind, specifier } of modules.unseen(file)) {
      add(target, 'static', specifier, kind === 'require' && !required.has(`${relative(root, target)} static`))
    }
    const where = relative(root, file)
    for (const [key, specifier] of actual) {
      result[key.split(' ').at(-1)] += 1
      if (!expected.has(key)) result.extra.push(`${where} -> ${key} ('${specifier}')`)
    }
    for (const [key, specifier] of expected) {
      if (!actual.has(key)) result.missing.push(`${where} -> ${key} ('${specifier}')`)
    }
    for (const key of [...actual.keys(), ...expected.keys()])
      reached.add(join(root, key.slice(0, key.lastIndexOf(' '))))
  }
  result.files = reached.size
  result.unreadable = [...modules.unreadable].map((path) => relative(root, path))
  return result
}

function print(result, samples) {
  const { name, files, elision, resolution, others, extra, missing, unreadable } = result
  console.log(
    `${name}: ${files} files, ${elision}, ${resolution}; ${result.static + result.dynamic} edges (${result.dynamic} dynamic), ${extra.length} extra, ${missing.length} missing` +
      (others > 0 ? `; ${others} edges of other kinds` : '') +
      (unreadable.length > 0 ? `; unreadable: ${unreadable.join(', ')}` : ''),
  )
  for (const [sign, list] of Object.entries({ '+': extra, '-': missing })) {
    for (const line of list.slice(0, samples)) console.log(`  ${sign} ${line}`)
    if (list.length > samples) console.log(`  ${sign} … ${list.length - samples} more`)
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cache: { type: 'string', default: join(tmpdir(), 'hot-codemod-repositories') },
    samples: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  console.log(HELP)
} else if (!existsSync(join(repository, 'dist'))) {
  throw new Error('There is no dist: build first, with `npm run build`.')
} else {
  const cache = resolve(values.cache)
  if (positionals.length === 0) openCache(cache)
  const projects =
    positionals.length === 0
      ? SERVERS.map((server) => ({ name: server.name, open: () => clone(server, cache) }))
      : positionals.map((directory) => ({ name: directory, open: () => directory }))
  const results = []
  for (const { name, open } of projects) {
    try {
      const result = await check({ name, directory: open() })
      results.push(result)
      if (!values.json) print(result, Number(values.samples))
      if (result.extra.length + result.missing.length > 0) process.exitCode ||= 1
    } catch (error) {
      console.error(`${name}: ${error.message}`)
      process.exitCode = 2
    }
  }
  if (values.json) console.log(JSON.stringify(results, null, 2))
  else {
    const total = (key) => results.reduce((sum, { [key]: value }) => sum + (value.length ?? value), 0)
    console.log(
      `${results.length} projects, ${total('static') + total('dynamic')} edges: ${total('extra')} extra, ${total('missing')} missing`,
    )
  }
}
