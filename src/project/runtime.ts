import { join } from 'node:path'
import { jsonPosition } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import { installedVersion, packageMajor } from './package-manager.ts'
import type { FrameworkInUse, PackageJson } from './project.ts'
import { conventionalEntry, sourceFiles } from './source-file.ts'
import { startOf, type Start } from './start-command.ts'
import { lt } from '../versions.ts'

/** What `--import`, `--loader` or `--require` loads before the entry. */
export interface Preload {
  readonly flag: 'import' | 'loader' | 'require'
  readonly specifier: string
}

/** How the development server is started: decides which loader strips types, and what hot-hook sees. */
export interface Runtime {
  /** The module `node` starts with, absolute and real; undefined when none was found. */
  readonly entry: string | undefined
  /** The package.json script that starts it, and its 1-based line. */
  readonly script: { readonly name: string; readonly command: string; readonly line: number } | undefined
  /** `ace`: `node ace serve`. */
  readonly runner: 'node' | 'hot-runner' | 'ace' | 'tsx' | 'ts-node' | 'nodemon' | 'other'
  /** What strips types. `native`: Node itself. `none`: plain JavaScript, that which a compiler wrote too. */
  readonly loader: 'none' | 'native' | 'tsx' | 'ts-node' | 'ts-exec' | 'swc'
  /** Version installed in node_modules; undefined when it is not, and for `none` and `native`. */
  readonly loaderVersion: string | undefined
  /** Specifiers of `--import`, `--loader`, `--require`: those of NODE_OPTIONS, then in their order on the command line. */
  readonly preloads: readonly Preload[]
  /** Version of Node, `20.20.2`. */
  readonly node: string
  /** How hot-hook gets into the process: `--import hot-hook/register`, hot-runner, `hot.init()` in the entry, `ace serve --hmr`. */
  readonly hotHook: 'register' | 'init' | 'ace' | 'none'
  /** Version installed in node_modules; else undefined. */
  readonly hotHookVersion: string | undefined
  /** Who watches files: hot-hook's own chokidar, or a parent that sends `hot-hook:file-changed` (assembler >= 8). */
  readonly watcher: 'hot-hook' | 'parent'
}

/** What the person says, against what the scripts of package.json say. */
export interface RuntimeOptions {
  /** Relative to the project root, or absolute. */
  readonly entry?: string | undefined
  readonly node?: string | undefined
  readonly loader?: Runtime['loader'] | undefined
}

const SCRIPTS = ['dev', 'start:dev', 'develop', 'serve', 'watch', 'start']
/** By their names; the others may be for production, unless they watch. */
export const FOR_DEVELOPMENT = new Set(['dev', 'start:dev', 'develop'])
const OTHER_SCRIPTS = /^(?:dev|develop|local|serve|server|start|watch)(?=[:_-]|$)(?!.*(?:prod|staging|test|e2e|ci\b))/

/**
 * How the project in `root` starts its development server, by its scripts: the first of `dev`, `start:dev` and `develop`
 * that starts one, else the first of `serve`, `watch`, `start` and others of such names that also watches files, else
 * the first of these. Scripts, watchers, environment tools and
 * `concurrently` are followed to the command itself. Where no script tells, the entry is `main` of package.json or a
 * conventional file, and the loader one that the project depends on.
 *
 * @param root absolute and real.
 * @param packageJsonText the text that `packageJson` was parsed from.
 */
export function runtimeOf(
  root: string,
  packageJson: PackageJson,
  packageJsonText: string,
  frameworkName: FrameworkInUse['name'],
  options: RuntimeOptions = {},
): Runtime {
  const manifest = packageJson as Readonly<Record<string, unknown>>
  const find = sourceFiles(root)
  const isAdonis = frameworkName === 'adonisjs'
  const start = devStart(root, packageJson, isAdonis, find)
  const adonisEntry = isAdonis ? (find(root, 'bin/server.ts') ?? find(root, 'bin/server.js')) : undefined
  const found =
    options.entry === undefined
      ? (start?.entry ?? adonisEntry ?? conventionalEntry(root, manifest, find))
      : find(root, options.entry)
  const runner = start?.runner ?? (isAdonis ? 'ace' : 'node')
  const preloads = start?.preloads ?? []
  const hotHookVersion = installedVersion(root, 'hot-hook')
  const loader =
    options.loader ??
    (runner === 'ace'
      ? aceLoader(root, packageJson)
      : (start?.loader ??
        preloadedLoader(root, preloads) ??
        (start?.entry?.compiled
          ? 'none'
          : found !== undefined && /\.[cm]?tsx?$/.test(found.path)
            ? start === undefined
              ? likelyLoader(packageJson)
              : 'native'
            : 'none')))
  return {
    entry: found?.path,
    script: start && scriptOf(start, packageJson, packageJsonText),
    runner,
    loader,
    loaderVersion: loaderVersion(root, loader, preloads),
    preloads,
    node: options.node ?? process.versions.node,
    hotHook:
      options.entry !== undefined && found && found.path !== start?.entry?.path && initialises(textOf(found.path))
        ? 'init'
        : hotHookIn(root, start, found?.path),
    hotHookVersion,
    watcher: isWatchedByParent(root, packageJson, start, hotHookVersion) ? 'parent' : 'hot-hook',
  }
}

function devStart(
  root: string,
  packageJson: PackageJson,
  isAdonis: boolean,
  find: ReturnType<typeof sourceFiles>,
): Start | undefined {
  const scripts = packageJson.scripts ?? {}
  const names = [
    ...SCRIPTS.filter((name) => scripts[name] !== undefined),
    ...Object.keys(scripts).filter((name) => !SCRIPTS.includes(name) && OTHER_SCRIPTS.test(name)),
  ]
  const context = { root, scripts, manifest: packageJson as Readonly<Record<string, unknown>>, find }
  let first: Start | undefined
  let otherThanAce: Start | undefined
  for (const name of names) {
    const start = startOf(name, context)
    if (start === undefined || start.score < 0) continue
    if (isAdonis && start.runner !== 'ace') {
      // `node bin/server.js` starts the build.
      if (!start.entry?.compiled) otherThanAce ??= start
    } else {
      if (FOR_DEVELOPMENT.has(name) || start.watches) return start
      first ??= start
    }
  }
  return first ?? otherThanAce
}

function scriptOf(
  { script }: Start,
  { scripts }: PackageJson,
  text: string,
): { name: string; command: string; line: number } {
  return { name: script, command: scripts![script]!, line: jsonPosition(text, ['scripts', script])?.line ?? 1 }
}

/** What is before the name of the loader's package is a path to it, or nothing. */
const LOADERS: readonly (readonly [RegExp, Runtime['loader']])[] = [
  [/(?:^|\/)tsx(?:\/|$)|(?:^|\/)(?:esbuild-register|tsm|esno)(?:\/|$)/, 'tsx'],
  [/(?:^|\/)ts-node(?:-maintained)?(?:\/|$)/, 'ts-node'],
  [/(?:^|\/)@poppinss\/ts-exec(?:\/|$)/, 'ts-exec'],
  [/(?:^|\/)@swc-node\/register(?:\/|$)|(?:^|\/)@swc\/register(?:\/|$)/, 'swc'],
]

function preloadedLoader(root: string, preloads: readonly Preload[]): Runtime['loader'] | undefined {
  for (const { specifier } of preloads) {
    const named = loaderNamed(specifier)
    if (named !== undefined) return named
    // `--import=./tsnode.esm.js`, which registers one.
    for (const [, inner = ''] of localText(root, specifier).matchAll(/['"]([^'"\n]+)['"]/g)) {
      const registered = loaderNamed(inner)
      if (registered !== undefined) return registered
    }
  }
  return undefined
}

function loaderNamed(specifier: string): Runtime['loader'] | undefined {
  return LOADERS.find(([pattern]) => pattern.test(specifier))?.[1]
}

/** The text of a preloaded module of the project itself. */
function localText(root: string, specifier: string): string {
  return /^\.{0,2}\//.test(specifier) ? textOf(join(root, specifier)) : ''
}

function textOf(path: string): string {
  try {
    return readText(path) ?? ''
  } catch {
    return ''
  }
}

/**
 * What `ace serve` runs bin/server.ts with: ts-exec from @adonisjs/assembler 8 on, ts-node before it, whatever ace.js
 * itself runs with (assembler 7.8.2 and 8.5.2, `DEFAULT_NODE_ARGS`).
 */
function aceLoader(root: string, packageJson: PackageJson): Runtime['loader'] {
  return assemblerMajor(root, packageJson) >= 8 ? 'ts-exec' : 'ts-node'
}

/** That of @adonisjs/assembler; by what AdonisJS itself, or ace.js, is where that is not known. */
function assemblerMajor(root: string, packageJson: PackageJson): number {
  const core = (): number | undefined => packageMajor(root, packageJson, '@adonisjs/core')
  const known = packageMajor(root, packageJson, '@adonisjs/assembler') ?? plusOne(core())
  return known ?? (textOf(join(root, 'ace.js')).includes('@poppinss/ts-exec') ? 8 : 7)
}

function plusOne(major: number | undefined): number | undefined {
  return major === undefined ? undefined : major + 1
}

/** Without a script that tells: the first that the project depends on. */
function likelyLoader({ dependencies, devDependencies }: PackageJson): Runtime['loader'] {
  const declared = Object.keys({ ...dependencies, ...devDependencies })
  const loaders = ['tsx', 'ts-node', '@swc-node/register', 'ts-node-dev'].filter((name) => declared.includes(name))
  return loaders[0] === 'ts-node-dev' ? 'ts-node' : (loaderNamed(loaders[0] ?? '') ?? 'native')
}

const PACKAGES: Readonly<Record<Runtime['loader'], readonly string[]>> = {
  none: [],
  native: [],
  tsx: ['tsx'],
  'ts-node': ['ts-node', 'ts-node-maintained'],
  'ts-exec': ['@poppinss/ts-exec'],
  swc: ['@swc-node/register', '@swc/core'],
}

function loaderVersion(root: string, loader: Runtime['loader'], preloads: readonly Preload[]): string | undefined {
  const maintained = preloads.some(({ specifier }) => specifier.includes('ts-node-maintained'))
  const names = maintained ? PACKAGES[loader].toReversed() : PACKAGES[loader]
  for (const name of names) {
    const version = installedVersion(root, name)
    if (version !== undefined) return version
  }
  return undefined
}

/** hot-hook before 0.4.1-next.4, which is 1.0.0, does not know HOT_HOOK_WATCH. */
function isWatchedByParent(
  root: string,
  packageJson: PackageJson,
  start: Start | undefined,
  hotHookVersion: string | undefined,
): boolean {
  if (start === undefined || lt(hotHookVersion ?? '1.0.0', '0.4.1-next.4')) return false
  return start.watchedByParent || (start.runner === 'ace' && start.hmr && assemblerMajor(root, packageJson) >= 8)
}

const REGISTERS = /(?:^|\/)hot-hook\/(?:register$|build\/)/

function hotHookIn(root: string, start: Start | undefined, entry: string | undefined): Runtime['hotHook'] {
  const registered = start?.preloads.some(
    ({ specifier }) => REGISTERS.test(specifier) || /['"]hot-hook\/register['"]/.test(localText(root, specifier)),
  )
  if (registered) return 'register'
  if (start?.runner === 'ace' && start.hmr) return 'ace'
  return entry !== undefined && initialises(textOf(entry)) ? 'init' : 'none'
}

/** An import of hot-hook, or `hot.init(`, outside of line comments. */
function initialises(text: string): boolean {
  return /^(?!\s*(?:\/\/|\*)).*(?:['"]hot-hook(?:\/register)?['"]|\bhot\s*\.\s*init\s*\()/m.test(text)
}
