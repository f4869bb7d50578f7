import { readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { getTsconfig } from 'get-tsconfig'
import { gte, satisfies } from 'semver'
import type { Framework } from '../frameworks/framework.ts'
import { frameworks } from '../frameworks/index.ts'
import { listSourceFiles } from '../project/files.ts'
import type { HotHookOptions, Project } from '../project/project.ts'
import type { Runtime } from '../project/runtime.ts'
import { boundaryMatcher } from './boundaries.ts'
import { createModules, withTexts, type Edge, type Elision, type Modules } from './modules.ts'
import { reloadModel, type Engine, type ReloadInput, type ReloadModel, type Root } from './reload.ts'
import { createResolver, type Resolver } from './resolver.ts'

/** A server's module graph, and hot-hook's answer for each of its modules. Read from disk when asked for, and kept. */
export interface Server {
  /** Directory of package.json, absolute and real. */
  readonly root: string
  readonly framework: Framework
  readonly modules: Modules
  readonly resolver: Resolver
  readonly elision: Elision
  readonly roots: readonly Root[]
  /** Whether an absolute path matches `hotHook.boundaries`. */
  readonly isBoundary: (path: string) => boolean
  /** Whether the module's `import()`s run once, at boot, wherever in it they stand. */
  readonly importsOnce: (path: string) => boolean
  /** Whether a module may be loaded by the server at all: not a test, a command, a script. */
  readonly isInServer: (path: string) => boolean
  /** The imports that `path` has at run time with `text` in place of what is on disk. */
  edgesOf(path: string, text: string): readonly Edge[]
  /** hot-hook's answer for the project as it is. */
  reload(): ReloadModel
  /** The same with other texts in place of files, and other boundaries. */
  reloadWith(texts: ReadonlyMap<string, string>, boundaries: string | readonly string[]): ReloadModel
  /** The same with other texts, and a predicate in place of globs. */
  reloadAs(texts: ReadonlyMap<string, string>, isBoundary: (path: string) => boolean): ReloadModel
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
  /** Where nothing is known to be loaded, take every file for it that no other imports. */
  readonly orphansAsRoots?: boolean
}

/** The server of a project. */
export function openServer(project: Project, options: Pick<ServerOptions, 'read' | 'orphansAsRoots'> = {}): Server {
  const { root, packageJson, runtime } = project
  return createServer({
    root,
    framework: frameworks[project.framework.name],
    hotHook: packageJson.hotHook ?? {},
    entry: runtime.entry,
    runtime,
    ...options,
  })
}

export function createServer({ root, framework, hotHook, entry, runtime, read, orphansAsRoots }: ServerOptions): Server {
  const resolver = createResolver(root)
  const elision = elisionOf(root, framework, runtime)
  const modules = createModules(resolver, elision, read)
  const isBoundary = boundaryMatcher(root, hotHook.boundaries ?? [])
  const importsOnce = (path: string): boolean => framework.importsOnce.test(path.slice(root.length + 1))
  const base: Omit<ReloadInput, 'modules' | 'roots' | 'isBoundary'> = {
    importsOnce,
    isIgnored: boundaryMatcher(root, hotHook.ignore ?? []),
    isRestart: boundaryMatcher(root, hotHook.restart ?? []),
    ...(runtime ? { engine: engineOf(root, runtime) } : {}),
  }
  const isInServer = (path: string): boolean =>
    path.startsWith(root + sep) && !framework.outsideServer.test(path.slice(root.length + 1))
  function orphans(): Root[] {
    const files = listSourceFiles(root).filter(isInServer)
    const imported = new Set(files.flatMap((path) => modules.edges(path).map(({ target }) => target)))
    return files.filter((path) => !imported.has(path)).map((path) => ({ path, by: 'Nothing that is known' }))
  }
  const findRoots = (): readonly Root[] => {
    const loaded = framework.loads(root, (path) => modules.text(path), entry)
    if (entry !== undefined) return [{ path: entry }, ...loaded.filter(({ path }) => path !== entry)]
    return loaded.length === 0 && orphansAsRoots ? orphans() : loaded
  }
  let roots = findRoots()
  let model: ReloadModel | undefined
  const reloadAs: Server['reloadAs'] = (texts, isBoundaryThen) =>
    reloadModel({
      ...base,
      modules: texts.size === 0 ? modules : withTexts(modules, resolver, elision, texts),
      roots,
      isBoundary: isBoundaryThen,
    })
  return {
    root,
    framework,
    modules,
    resolver,
    elision,
    get roots() {
      return roots
    },
    isBoundary,
    importsOnce,
    isInServer,
    edgesOf: (path, text) =>
      (modules.text(path) === text ? modules : createModules(resolver, elision, () => text)).edges(path),
    reload: () => (model ??= reloadModel({ ...base, modules, roots, isBoundary })),
    reloadAs,
    reloadWith: (texts, patterns) => reloadAs(texts, boundaryMatcher(root, patterns)),
    refresh() {
      const changed = modules.refresh() || resolver.recheckMissing()
      const current = findRoots()
      if (!changed && pathsOf(current) === pathsOf(roots)) return false
      roots = current
      resolver.clear()
      model = undefined
      return true
    },
  }
}

function pathsOf(roots: readonly Root[]): string {
  return roots.map(({ path }) => path).join('\0')
}

/**
 * Which imports the loader erases: Node itself only `import type`, tsx and esbuild what is used as types only, and
 * those that know `emitDecoratorMetadata` keep what it makes values of. AdonisJS compiles with it.
 */
function elisionOf(root: string, { name }: Framework, runtime: Runtime | undefined): Elision {
  const options = compilerOptions(root)
  if (runtime?.loader === 'native' || options.verbatimModuleSyntax) return 'verbatim'
  if (name === 'adonisjs') return 'metadata'
  return options.emitDecoratorMetadata && runtime?.loader !== 'tsx' ? 'metadata' : 'plain'
}

function compilerOptions(root: string): { verbatimModuleSyntax?: boolean; emitDecoratorMetadata?: boolean } {
  try {
    return getTsconfig(root)?.config.compilerOptions ?? {}
  } catch {
    // A tsconfig that extends a package which is not installed.
    return {}
  }
}

/** What loader and Node version change in hot-hook's answer: facts/hot-hook.md section 6, each measured. */
export function engineOf(root: string, { loader, loaderVersion, node, watcher }: Runtime): Engine {
  const hidesStatic = loader === 'tsx' && usesSyncHooks(node, loaderVersion)
  const imports = hidesStatic ? packageImports(root) : {}
  return {
    replacesSpecifier: (specifier, target) => hidesStatic && isReplacedByTsx(specifier, target, imports),
    reloadsJson: gte(node, '22.0.0'),
    hasMetaHot: (path) => loader !== 'native' || !/\.[cm]?tsx?$/.test(path),
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

function mappedTo(specifier: string, imports: Readonly<Record<string, unknown>>): string | undefined {
  const key = Object.keys(imports)
    .filter((candidate) => {
      const [head = '', tail] = candidate.split('*')
      return tail === undefined ? candidate === specifier : specifier.startsWith(head) && specifier.endsWith(tail)
    })
    .sort((a, b) => b.length - a.length)[0]
  let value: unknown = key === undefined ? undefined : imports[key]
  while (typeof value === 'object' && value !== null) value = Object.values(value)[0]
  if (typeof value !== 'string' || key === undefined) return undefined
  const [head = '', tail = ''] = key.split('*')
  return value.replace('*', specifier.slice(head.length, specifier.length - tail.length))
}

function packageImports(root: string): Readonly<Record<string, unknown>> {
  try {
    const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8').replace(/^\uFEFF/, '')) as {
      imports?: Record<string, unknown>
    }
    return imports ?? {}
  } catch {
    return {}
  }
}
