import { existsSync } from 'node:fs'
import { basename, dirname, extname, join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { getTsconfig } from 'get-tsconfig'
import { readText } from '../edits/tree.ts'
import type { Framework } from '../frameworks/framework.ts'
import { frameworks } from '../frameworks/index.ts'
import { TSCONFIGS } from '../frameworks/packages.ts'
import { listSourceFiles } from '../project/files.ts'
import { installedVersion, isRecord, readManifest } from '../project/package-manager.ts'
import type { HotHookOptions, Project } from '../project/project.ts'
import type { Runtime } from '../project/runtime.ts'
import { boundaryMatcher } from './boundaries.ts'
import { reexportPath, type Cut } from './cuts.ts'
import { readHotInit, type HotInit } from './hot-init.ts'
import { createModules, type Edge, type Elision, type Modules, type UnseenUse } from './modules.ts'
import { mappedTo, packageImports } from './package-imports.ts'
import { reloadModel, type Engine, type Importer, type ReloadInput, type ReloadModel, type Root } from './reload.ts'
import { createResolver, type Resolver } from './resolver.ts'
import { gte, satisfies } from '../versions.ts'

/** A server's module graph, and hot-hook's answer for each of its modules. Read from disk when asked for, and kept. */
export interface Server {
  /** Directory of package.json, absolute and real. */
  readonly root: string
  readonly framework: Framework
  readonly modules: Modules
  readonly resolver: Resolver
  readonly roots: readonly Root[]
  /** Whether an absolute path matches `hotHook.boundaries`. */
  readonly isBoundary: (path: string) => boolean
  /** Whether the module's `import()`s of `specifier` run once, at boot, wherever in it they stand. */
  readonly importsOnce: (path: string, specifier: string) => boolean
  /** Whether a file runs once at boot, whoever imports it: the framework loads it, or has it in a place for such files. */
  readonly isBoot: (path: string) => boolean
  /** Whether TypeScript takes `await` at the top level of the project's modules. */
  readonly topLevelAwait: boolean
  /** Whether TypeScript takes relative specifiers of ES modules with their extension only (error TS2835). */
  readonly needsExtensions: boolean
  /** Whether a module may be loaded by the server at all: not a test, a command, a script. */
  readonly isInServer: (path: string) => boolean
  /** The project's own source files, absolute and sorted. */
  files(): readonly string[]
  /** The imports that `path` has at run time with `text` in place of what is on disk. */
  edgesOf(path: string, text: string): readonly Edge[]
  /** hot-hook's answer for the project as it is. */
  reload(): ReloadModel
  /** The same with other texts in place of files, and with `boundaries` and `restart` of another `hotHook`. */
  reloadWith(texts: ReadonlyMap<string, string>, options: HotHookOptions): ReloadModel
  /** The same with other texts, and a predicate in place of globs. */
  reloadAs(texts: ReadonlyMap<string, string>, isBoundary: (path: string) => boolean): ReloadModel
  /**
   * hot-hook's answer once the imports of these cuts are lazy, and their modules boundaries; no text is read again.
   *
   * @param isBoundaryThen what else is a boundary then. Default: what is one now.
   */
  reloadAfter(cuts: readonly CutImports[], isBoundaryThen?: (path: string) => boolean): ReloadModel
  /** Looks at the disk again. Cheap when nothing changed. @returns whether anything did. */
  refresh(): boolean
}

export interface ServerOptions {
  readonly root: string
  readonly framework: Framework
  readonly hotHook: HotHookOptions
  /** The module that node starts with, absolute and real. */
  readonly entry?: string | undefined
  readonly runtime?: Runtime | undefined
  /** Reads a file; the disk's text unless a codemod's tree stands in for it. */
  readonly read?: ((path: string) => string | undefined) | undefined
  /** Files that are not on disk yet, absolute. */
  readonly created?: (() => readonly string[]) | undefined
  /** Lists the project's own source files; from the disk, unless they were listed already. */
  readonly files?: (() => readonly string[]) | undefined
  /** hot-hook starts in the entry, by `hot.init()`: what that imports statically is loaded before. */
  readonly startsLate?: boolean
  /** Where nothing is known to be loaded, take every file for it that no other imports. */
  readonly orphansAsRoots?: boolean
}

/** The server of a project. */
export function openServer(
  project: Project,
  options: Pick<ServerOptions, 'read' | 'created' | 'files' | 'orphansAsRoots'> = {},
): Server {
  const { root, packageJson, runtime } = project
  const { entry } = runtime
  const read = options.read ?? readText
  const init = runtime.hotHook === 'init' && entry !== undefined ? readHotInit(entry, read(entry) ?? '') : undefined
  return createServer({
    root,
    framework: frameworks[project.framework.name],
    hotHook: init && entry !== undefined ? optionsOf(init, dirname(entry)) : (packageJson.hotHook ?? {}),
    entry,
    startsLate: init !== undefined,
    runtime,
    ...options,
  })
}

/** The options of `hot.init()`, their globs made absolute: they start from another directory than those of package.json. */
function optionsOf({ rootDirectory, ...options }: HotInit, directory: string): HotHookOptions {
  const absolute = (patterns: string | readonly string[] = []): string[] =>
    (typeof patterns === 'string' ? [patterns] : patterns).map((pattern) =>
      pattern.startsWith('**') ? pattern : resolve(rootDirectory ?? directory, pattern),
    )
  return { ...options, boundaries: absolute(options.boundaries), ignore: absolute(options.ignore) }
}

export function createServer({
  root,
  framework,
  hotHook,
  entry,
  runtime,
  read,
  created,
  files = () => listSourceFiles(root),
  startsLate,
  orphansAsRoots,
}: ServerOptions): Server {
  const resolver = createResolver(root, created)
  const elision = elisionOf(root, framework, runtime)
  const typeless = runtime?.loader === 'tsx' ? 'commonjs' : 'detect'
  const modules = createModules(resolver, elision, read, typeless)
  const isBoundary = boundaryMatcher(root, hotHook.boundaries ?? [])
  /** Relative to the root; what lies outside it is none of the framework's conventions. */
  const below = (path: string): string => (path.startsWith(root + sep) ? path.slice(root.length + 1) : '')
  const importsOnce = (path: string, specifier: string, texts: Modules = modules): boolean =>
    framework.importsOnce.test(below(path)) && !(texts.providedModels(path).has(specifier) && providesModels(root))
  const base: Omit<ReloadInput, 'modules' | 'roots' | 'isBoundary'> & Required<Pick<ReloadInput, 'isRestart'>> = {
    importsOnce,
    isIgnored: boundaryMatcher(root, hotHook.ignore ?? []),
    isRestart: boundaryMatcher(root, hotHook.restart ?? []),
    throwsOnStatic: hotHook.throwWhenBoundariesAreNotDynamicallyImported === true,
    ...(runtime ? { engine: engineOf(root, runtime) } : {}),
  }
  const isInServer = (path: string): boolean => below(path) !== '' && !framework.outsideServer.test(below(path))
  function orphans(): Root[] {
    const own = files().filter(isInServer)
    const imported = new Set(own.flatMap((path) => modules.edges(path).map(({ target }) => target)))
    return own.filter((path) => !imported.has(path)).map((path) => ({ path, by: 'Nothing that is known' }))
  }
  const findRoots = (): readonly Root[] => {
    const loaded = framework.loads(root, (path) => modules.text(path), entry)
    if (entry !== undefined) return [{ path: entry }, ...loaded.filter(({ path }) => path !== entry)]
    return loaded.length === 0 && orphansAsRoots ? orphans() : loaded
  }
  let roots = findRoots()
  let rootPaths = new Set(roots.map(({ path }) => path))
  let model: ReloadModel | undefined
  let topLevelAwait: boolean | undefined
  function compute(
    texts: Modules,
    isBoundaryThen: (path: string) => boolean,
    isRestart: (path: string) => boolean = base.isRestart,
  ): ReloadModel {
    const seen = startsLate && entry !== undefined ? startingAt(entry, texts) : texts
    const inputs = { ...base, isRestart, modules: seen, roots, isBoundary: isBoundaryThen }
    const { input, found } = loadedAgain(inputs) ?? { input: inputs, found: reloadModel(inputs) }
    // Without globs nothing can be a boundary that a string names.
    const hasGlobs = isBoundaryThen !== isBoundary || (hotHook.boundaries ?? []).length > 0
    const by = hasGlobs ? [...found.files.keys()].find((path) => texts.unknownImports(path) > 0) : undefined
    const targets = by === undefined ? [] : namedFiles(found, texts, isBoundaryThen)
    return by === undefined || targets.length === 0 ? found : reloadModel({ ...input, namedElsewhere: { by, targets } })
  }
  /** Boundaries that nothing imports by a specifier, and whose name stands in a string: `'#controllers/users.index'`. */
  function namedFiles(found: ReloadModel, texts: Modules, isBoundaryThen: (path: string) => boolean): string[] {
    const missing = files().filter((path) => isBoundaryThen(path) && !found.files.has(path) && isInServer(path))
    if (missing.length === 0) return []
    const names = new Set<string>()
    for (const path of found.files.keys()) {
      for (const [, name] of (texts.text(path) ?? '').matchAll(NAMED)) if (name !== undefined) names.add(name)
    }
    return missing.filter((path) => {
      const name = basename(path).replace(/\.[cm]?[jt]sx?$/, '')
      return names.has(`${basename(dirname(path))}/${name}`)
    })
  }
  const reloadAs: Server['reloadAs'] = (texts, isBoundaryThen) => compute(modules.withTexts(texts), isBoundaryThen)
  return {
    root,
    framework,
    modules,
    resolver,
    get roots() {
      return roots
    },
    isBoundary,
    importsOnce,
    isBoot: (path) => rootPaths.has(path) || framework.boot.test(below(path)),
    isInServer,
    files,
    get topLevelAwait() {
      return (topLevelAwait ??= allowsTopLevelAwait(root))
    },
    get needsExtensions() {
      const { module, moduleResolution = module } = compilerOptions(root)
      return /^node(?:16|18|20|next)$/i.test(moduleResolution ?? '')
    },
    edgesOf: (path, text) =>
      (modules.text(path) === text ? modules : modules.withTexts(new Map([[path, text]]))).edges(path),
    reload: () => (model ??= compute(modules, isBoundary)),
    reloadAs,
    reloadWith: (texts, { boundaries = [], restart = [] }) =>
      compute(modules.withTexts(texts), boundaryMatcher(root, boundaries), boundaryMatcher(root, restart)),
    reloadAfter(cuts, isBoundaryThen = isBoundary) {
      const lazy = cuts.filter(({ imports }) => imports.length === 0 || imports.some(({ becomes }) => !becomes))
      const boundaries = new Set(lazy.map(({ path, reexported }) => (reexported ? reexportPath(path) : path)))
      return compute(withCuts(modules, cuts), (path) => boundaries.has(path) || isBoundaryThen(path))
    },
    refresh() {
      const isThereNow = resolver.recheckMissing()
      if (isThereNow) modules.resolveAgain()
      const changed = modules.refresh() || isThereNow
      if (changed) resolver.clear()
      const current = findRoots()
      if (!changed && pathsOf(current) === pathsOf(roots)) return false
      roots = current
      rootPaths = new Set(roots.map(({ path }) => path))
      model = undefined
      return true
    },
  }
}

/**
 * The model where what a package loads is loaded again, since all modules that import the package are hot (measured with
 * hot-hook 1.0.0, @fastify/autoload 6.5.0 and fastify 5): it is below the module that has it loaded.
 *
 * @returns undefined where it is loaded at boot only.
 */
function loadedAgain(input: ReloadInput): { readonly input: ReloadInput; readonly found: ReloadModel } | undefined {
  const loaded = new Map<string, Edge[]>()
  const users = new Set<string>()
  for (const { path, from } of input.roots) {
    if (from === undefined) continue
    loaded.set(from.path, [
      ...(loaded.get(from.path) ?? []),
      { specifier: '', dynamic: true, target: path, computed: true },
    ])
    for (const user of from.users) users.add(user)
  }
  if (loaded.size === 0) return undefined
  const below: ReloadInput = {
    ...input,
    roots: input.roots.filter(({ from }) => from === undefined),
    modules: {
      ...input.modules,
      unreadable: input.modules.unreadable,
      edges: (path) => [...input.modules.edges(path), ...(loaded.get(path) ?? [])],
    },
  }
  const found = reloadModel(below)
  const isHot = (path: string): boolean => {
    const file = found.files.get(path)
    return file === undefined || (file.outcome === 'hot' && !file.unstable)
  }
  return [...users].every(isHot) && [...loaded.keys()].every((path) => found.files.has(path))
    ? { input: below, found }
    : undefined
}

/** The modules as hot-hook sees them that starts in `entry`, after its static imports. */
function startingAt(entry: string, modules: Modules): Modules {
  return {
    ...modules,
    unreadable: modules.unreadable,
    edges: (path) => (path === entry ? modules.edges(path).filter(({ dynamic }) => dynamic) : modules.edges(path)),
    unseen(path) {
      if (path !== entry) return modules.unseen(path)
      const early = modules.edges(path).filter(({ dynamic }) => !dynamic)
      return [...modules.unseen(path), ...early.map((edge): UnseenUse => ({ kind: 'early', ...edge }))]
    },
  }
}

/** Whether AdonisJS imports the models of {@link providedModels} for each request. */
function providesModels(root: string): boolean {
  const version = installedVersion(root, '@adonisjs/auth')
  return version !== undefined && gte(version, '9.3.0')
}

/** The modules with the imports of cuts lazy, and the modules that export others again. */
function withCuts(modules: Modules, cuts: readonly CutImports[]): Modules {
  const changes = new Map<string, Map<string, ImportThen>>()
  const added = new Map<string, readonly Edge[]>()
  for (const { path, reexported, imports } of cuts) {
    const target = reexported ? reexportPath(path) : undefined
    if (target !== undefined) added.set(target, [{ specifier: `./${basename(path)}`, dynamic: false, target: path }])
    for (const importer of imports) {
      const own = changes.get(importer.path) ?? new Map<string, ImportThen>()
      const then = importer.becomes ?? { target, wasDynamic: importer.dynamic }
      changes.set(importer.path, own.set(importer.specifier, then))
    }
  }
  const edgesThen = (own: ReadonlyMap<string, ImportThen>, edge: Edge): readonly Edge[] => {
    const then = own.get(edge.specifier)
    if (then === undefined) return [edge]
    if ('target' in then) return [{ ...edge, dynamic: true, target: then.target ?? edge.target }]
    return edge.dynamic ? [edge] : then.map((target) => ({ ...edge, target }))
  }
  return {
    ...modules,
    unreadable: modules.unreadable,
    edges(path) {
      const own = changes.get(path)
      return (
        added.get(path) ?? (own ? modules.edges(path).flatMap((edge) => edgesThen(own, edge)) : modules.edges(path))
      )
    },
    readByHotHook(path) {
      const own = changes.get(path)
      const read = modules.readByHotHook(path)
      return (
        (own && read?.map((found) => (isLazyThen(own, found.specifier) ? { ...found, dynamic: true } : found))) || read
      )
    },
    importedOnce(path) {
      const once = modules.importedOnce(path)
      const own = changes.get(path)
      // Beside a static import that is changed, an import() that runs once does so still.
      return own ? new Map([...once].filter(([specifier]) => !isLazyThen(own, specifier, true))) : once
    },
  }
}

/** What becomes of an import: a lazy one of a module, by default the same, or static ones of others. */
type ImportThen = { readonly target: string | undefined; readonly wasDynamic: boolean } | readonly string[]

function isLazyThen(own: ReadonlyMap<string, ImportThen>, specifier = '', wasDynamic = false): boolean {
  const then = own.get(specifier)
  return then !== undefined && 'target' in then && (then.wasDynamic || !wasDynamic)
}

/** The imports of a cut. `becomes`: the modules that are imported statically in place of it, where none is lazy. */
interface CutImports extends Pick<Cut, 'path' | 'reexported'> {
  readonly imports: readonly (Importer & { readonly becomes?: readonly string[] })[]
}

/** The last directory and the name in a string that is a specifier, with a method behind it or not. */
const NAMED = /['"`](?:#|\.{1,2}\/)[^'"`\s]*?([\w-]+\/[\w-]+)(?:\.[\w$]+)?['"`]/g

function pathsOf(roots: readonly Root[]): string {
  return roots.map(({ path }) => path).join('\0')
}

/**
 * Which imports the loader erases: Node itself only `import type`, tsx and esbuild what is used as types only, and
 * those that know `emitDecoratorMetadata` keep what it makes values of. AdonisJS compiles with it.
 */
function elisionOf(root: string, { name }: Framework, runtime: Runtime | undefined): Elision {
  const { swc, ...options } = compilerOptions(root)
  if (runtime?.loader === 'native') return 'verbatim'
  // ts-node hands no option to swc that keeps imports.
  if (options.verbatimModuleSyntax && !(runtime?.loader === 'ts-node' && swc)) return 'verbatim'
  if (name === 'adonisjs') return 'metadata'
  return options.emitDecoratorMetadata && runtime?.loader !== 'tsx' ? 'metadata' : 'plain'
}

interface CompilerOptions {
  readonly verbatimModuleSyntax?: boolean
  readonly emitDecoratorMetadata?: boolean
  readonly module?: string
  readonly moduleResolution?: string
  readonly target?: string
  /** `"ts-node": { "swc": true }`. */
  readonly swc?: boolean
}

function compilerOptions(root: string): CompilerOptions {
  try {
    const config = getTsconfig(root)?.config as
      { compilerOptions?: CompilerOptions; 'ts-node'?: { swc?: boolean } } | undefined
    const swc = config?.['ts-node']?.swc
    return { ...config?.compilerOptions, ...(swc === undefined ? {} : { swc }) }
  } catch {
    // A tsconfig that extends a package which is not installed.
    return extendedOptions(readText(join(root, 'tsconfig.json')) ?? '')
  }
}

/** @param text of a tsconfig. */
function extendedOptions(text: string): CompilerOptions {
  const known = TSCONFIGS.find(({ extended }) => extended.test(text))
  // What it sets itself may be anything.
  return known && !/"(?:module|target)"\s*:/.test(text) ? { module: known.module, target: known.target } : {}
}

/**
 * By tsconfig.json: TypeScript reports error TS1378 for other modules and targets. And by the scripts: esbuild, and tsup
 * with it, refuse it in a bundle that is CommonJS, as tsup's are by default.
 */
function allowsTopLevelAwait(root: string): boolean {
  if (bundlesToCommonJs(root)) return false
  if (!existsSync(join(root, 'tsconfig.json'))) return true
  const { module, target } = compilerOptions(root)
  return (
    /^(?:es2022|esnext|system|preserve|node(?:16|18|20|next))$/i.test(module ?? '') &&
    !/^es(?:3|5|6|2015|2016)$/i.test(target ?? 'esnext')
  )
}

function bundlesToCommonJs(root: string): boolean {
  const { scripts, tsup } = readManifest(join(root, 'package.json')) ?? {}
  const bundles = Object.values(isRecord(scripts) ? scripts : {}).filter(
    (script) => typeof script === 'string' && /\b(?:tsup|esbuild)\b/.test(script),
  )
  if (bundles.length === 0) return false
  const configs = ['tsup.config.ts', 'tsup.config.js', 'tsup.config.mjs'].map(
    (name) => readText(join(root, name)) ?? '',
  )
  const options = [...bundles, JSON.stringify(tsup ?? {}), ...configs].join('\n')
  return !/\besm\b/.test(options) || /\bcjs\b/.test(options)
}

/** What loader and Node version change in hot-hook's answer: facts/hot-hook.md section 6, each measured. */
export function engineOf(root: string, { loader, loaderVersion, node, watcher }: Runtime): Engine {
  const hidesStatic = loader === 'tsx' && usesSyncHooks(node, loaderVersion)
  const imports = hidesStatic ? packageImports(root) : {}
  return {
    replacesSpecifier: (specifier, target) => hidesStatic && isReplacedByTsx(specifier, target, imports),
    // tsx makes a module of it (4.23.15 on Node 20.20.2).
    reloadsJson: loader === 'tsx' || gte(node, '22.0.0'),
    startsCommonJs: !(hidesStatic && gte(node, '24.0.0')),
    // hot-hook 1.0 looks the module up by a path that is percent-encoded.
    hasMetaHot(path) {
      const { pathname } = pathToFileURL(path)
      return (loader !== 'native' || !/\.[cm]?tsx?$/.test(path)) && decodeURI(pathname) === pathname
    },
    findsHotHook: (path) => path.startsWith(root + sep) || installedVersion(dirname(path), 'hot-hook') !== undefined,
    watchedByParent: watcher === 'parent',
  }
}

/** tsx registers synchronous hooks, which run before hot-hook's, from these versions of itself and of Node on. */
function usesSyncHooks(node: string, tsx = '4.23.0'): boolean {
  if (satisfies(node, '>=24.11.1 <25 || >=25.1')) return gte(tsx, '4.22.0')
  return satisfies(node, '>=22.22.3 <23') && gte(tsx, '4.23.0')
}

/** tsx hands on another specifier than the source has, unless that names the file as it is. */
function isReplacedByTsx(specifier: string, target: string, imports: Readonly<Record<string, unknown>>): boolean {
  if (specifier.startsWith('#')) return extname(mappedTo(specifier, imports) ?? '') !== extname(target)
  if (/^(?:\.{0,2}\/|file:)/.test(specifier)) return !specifier.endsWith(extname(target))
  return true
}
