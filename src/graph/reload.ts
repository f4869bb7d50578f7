import type { Loading } from '../frameworks/framework.ts'
import type { Edge, Modules } from './modules.ts'

/**
 * What happens when a file is saved.
 *
 * - `hot`: hot-hook invalidates it, and the next request runs the new code.
 * - `restart`: hot-hook asks for a new process.
 * - `stale`: hot-hook says it invalidated the file, and the old code goes on running.
 * - `error`: the module fails under hot-hook.
 * - `unwatched`: nothing; the file is not in hot-hook's tree.
 */
export type Outcome = 'hot' | 'restart' | 'stale' | 'error' | 'unwatched'

/** Why a file has its outcome; `src/graph/outcomes.ts` has the sentences. */
export type OutcomeReason =
  | 'boundary'
  | 'below-boundary'
  | 'entry'
  | 'loaded-at-boot'
  | 'outside-boundary'
  | 'static-boundary'
  | 'type-import-above'
  | 'below-static-boundary'
  | 'restart-glob'
  | 'declined'
  | 'imported-once'
  | 'static-importer'
  | 'commonjs'
  | 'json'
  | 'unversioned'
  | 'unreadable-importer'
  | 'not-in-tree'
  | 'entry-imported'
  | 'shebang'
  | 'syntax-error'
  | 'ignored'
  | 'required'
  | 'before-hot-hook'
  | 'by-url'
  | 'fails-to-load'
  | 'no-start'

export interface FileReload {
  readonly outcome: Outcome
  readonly reason: OutcomeReason
  /** hot-hook's answer depends on the order in which modules were loaded: never promised. */
  readonly unstable: boolean
  /** The last import of the shortest chain that decides the outcome; undefined for a root. */
  readonly via: Importer | undefined
}

export interface Importer {
  readonly path: string
  readonly specifier: string
  /** It is evaluated anew each time, and hot-hook reads it as dynamic. */
  readonly lazy: boolean
  readonly dynamic: boolean
}

/** A module that the process starts with, or that the framework loads by itself. */
export interface Root {
  /** Absolute, symlinks resolved. */
  readonly path: string
  /** Who loads it, for people; undefined for the entry. */
  readonly by?: string
  /** The module that has it loaded, each time that it is evaluated; undefined for what is loaded once. */
  readonly from?: Loading
}

/** What hot-hook does when a file is saved, for every module the server loads. */
export interface ReloadModel {
  readonly files: ReadonlyMap<string, FileReload>
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Modules that run once: reached from the roots without crossing a boundary. */
  readonly eager: ReadonlySet<string>
  /** The modules that import each module at run time. */
  readonly importers: ReadonlyMap<string, readonly Importer[]>
}

export interface ReloadInput {
  readonly modules: Modules
  readonly roots: readonly Root[]
  /** `hotHook.boundaries` as a predicate on absolute paths. */
  readonly isBoundary: (path: string) => boolean
  /** `hotHook.ignore`; default: nothing of the project. */
  readonly isIgnored?: (path: string) => boolean
  /** `hotHook.restart`; default: nothing. */
  readonly isRestart?: (path: string) => boolean
  /** Whether a module's `import()`s of a specifier run at boot, wherever they stand: those of adonisrc.ts, for example. */
  readonly importsOnce?: (path: string, specifier: string, modules: Modules) => boolean
  /** Modules that an `import()` loads whose specifier only a run could tell. Default: none. */
  readonly namedElsewhere?: { readonly by: string; readonly targets: readonly string[] } | undefined
  /** `hotHook.throwWhenBoundariesAreNotDynamicallyImported`. */
  readonly throwsOnStatic?: boolean
  readonly engine?: Engine
}

/** What the loader and the version of Node change in hot-hook's answer (facts: experiments with Node 18 to 25). */
export interface Engine {
  /** tsx with synchronous hooks replaces the specifier before hot-hook compares it with the source: it sees no static boundary. */
  readonly replacesSpecifier: (specifier: string, target: string) => boolean
  /** A JSON module that is imported again is read again: Node 22 and later. */
  readonly reloadsJson: boolean
  /** `import.meta.hot` works in the file; not where Node itself strips types, nor where hot-hook does not find the file again. */
  readonly hasMetaHot: (path: string) => boolean
  /** A server whose entry is CommonJS starts at all: not where tsx has synchronous hooks, on Node 24. */
  readonly startsCommonJs: boolean
  /** The package hot-hook can be imported from the file, as `import.meta.hot.dispose()` and `decline()` need. */
  readonly findsHotHook: (path: string) => boolean
  /** Another process watches and tells of every file: `ignore` then keeps files from getting a new version only. */
  readonly watchedByParent: boolean
}

const PLAIN: Engine = {
  replacesSpecifier: () => false,
  reloadsJson: true,
  hasMetaHot: () => true,
  startsCommonJs: true,
  findsHotHook: () => true,
  watchedByParent: false,
}

interface Link extends Importer {
  readonly target: string
  /** hot-hook takes the target for a boundary. */
  readonly boundary: boolean
  /** hot-hook reads the import as dynamic. */
  readonly read: 'dynamic' | 'static' | 'type-above' | 'fails'
  /** It runs once, at boot or kept by its importer. */
  readonly once: boolean
}

/**
 * Computes hot-hook 1.0's answer for every module, in time linear in the graph, for a server that was booted and has
 * executed every lazy import twice.
 *
 * hot-hook keeps its verdict per node, and the last import that was resolved decides it (`dependency_tree.js`): a
 * boundary that is imported statically is "wrongly imported" and restarts, and so does all that is reached from it
 * without crossing another boundary. Walking up from a file, hot-hook stops at a boundary (hot), at a wrongly imported
 * one and at a module without importers (restart). Where the order of imports decides, the worse answer is given and
 * the file is `unstable`.
 */
export function reloadModel(input: ReloadInput): ReloadModel {
  const { modules, roots, engine = PLAIN } = input
  const { isIgnored = () => false, isRestart = () => false } = input
  const entry = roots.find(({ by }) => by === undefined)?.path
  const rootPaths = roots.map(({ path }) => path)
  const links = new Map<string, readonly Link[]>()
  const isRoot = new Set(rootPaths)
  const importers = new Map<string, Link[]>()
  /** The last import of a shortest chain to each module. */
  const shortest = new Map<string, Link>()
  for (const path of rootPaths) importers.set(path, [])
  const reached = [...importers.keys()]
  let ahead = 0
  for (const [position, path] of reached.entries()) {
    if (position === ahead) {
      const batch = reached.slice(position, position + BATCH)
      modules.load(batch)
      ahead += batch.length
    }
    const own = linksOf(path, input, engine)
    links.set(path, own)
    for (const link of own) {
      let into = importers.get(link.target)
      if (!into) {
        importers.set(link.target, (into = []))
        shortest.set(link.target, link)
        reached.push(link.target)
      }
      into.push(link)
    }
  }
  const into = (path: string): readonly Link[] => importers.get(path) ?? []

  // Held: what boot and the first import of each module that restarts have loaded.
  const held = search(rootPaths, (link) => !link.dynamic || !link.boundary || link.once)
  const isLoadedByFramework = new Set(roots.flatMap(({ path, by }) => (by === undefined ? [] : [path])))

  const stable = new Set<string>()
  const possible = new Set<string>()
  const usual = new Set<string>()
  const wrong: string[] = []
  const wrongAtBest: string[] = []
  const usuallyWrong = new Set<string>()
  for (const path of reached) {
    const imports = into(path)
    const loaded = isLoadedByFramework.has(path) && input.isBoundary(path)
    if (!loaded && !imports.some(({ boundary }) => boundary)) continue
    const dynamic = imports.filter(({ boundary, read }) => boundary && read === 'dynamic')
    const rest = imports.filter(({ boundary, read }) => !boundary || read !== 'dynamic')
    const marksWrong = rest.some(({ boundary }) => boundary)
    const again = dynamic.some(({ once, dynamic: isDynamic }) => isDynamic && !once)
    const isBoundaryAtBest = dynamic.length > 0 || loaded
    if (isBoundaryAtBest) possible.add(path)
    if (rest.length === 0) stable.add(path)
    else if (marksWrong) wrong.push(path)
    // Static imports of modules that are loaded at boot come before every import() that a request runs.
    if (rest.length === 0 || (again && rest.every((link) => held.seen.has(link.path)))) usual.add(path)
    else if (marksWrong) usuallyWrong.add(path)
    // The import of what is no boundary clears the mark.
    if (!isBoundaryAtBest && rest.every(({ boundary }) => boundary)) wrongAtBest.push(path)
  }

  const cold = search([...rootsThatRestart(usual), ...usuallyWrong], (link) => !usual.has(link.target))
  // What is stable is possible: where they are as many, no boundary is in doubt, and the three answers are one.
  const isCertain = stable.size === possible.size && wrong.length === wrongAtBest.length
  const worst = isCertain ? cold : search([...rootsThatRestart(stable), ...wrong], (link) => !stable.has(link.target))
  const best = isCertain
    ? cold
    : search([...rootsThatRestart(possible), ...wrongAtBest], (link) => !possible.has(link.target))
  const { declined, kept } = restOf(cold.seen)
  const restAtWorst = isCertain ? { declined, kept } : restOf(worst.seen)
  const restAtBest = isCertain ? { declined, kept } : restOf(best.seen)
  const failing = failingModules()
  // A second copy of the entry that only a request makes lets the server start.
  const again = entry === undefined ? [] : into(entry)
  const isLoaded =
    entry === undefined || !failing.has(entry) || (again.length > 0 && !again.some(({ path }) => held.seen.has(path)))
  const canStart = entry === undefined || engine.startsCommonJs || modules.format(entry) !== 'commonjs'

  const files = new Map<string, FileReload>()
  for (const path of reached) files.set(path, fileReload(path))
  addUnseen()
  const eager = search(rootPaths, (link) => !(input.isBoundary(link.target) && link.lazy)).seen
  return {
    importers,
    eager: new Set(eager.keys()),
    files,
    outcomes: new Map([...files].map(([path, { outcome }]) => [path, outcome])),
  }

  function rootsThatRestart(boundaries: ReadonlySet<string>): string[] {
    return rootPaths.filter((path) => path === entry || !boundaries.has(path))
  }

  /** Breadth first, so that each module keeps the last import of a shortest chain; `null` for a start. */
  function search(
    starts: readonly string[],
    follows: (link: Link) => boolean,
  ): { readonly seen: ReadonlyMap<string, Link | null> } {
    const seen = new Map<string, Link | null>(starts.map((path) => [path, null]))
    for (const path of seen.keys()) {
      for (const link of links.get(path) ?? []) {
        if (!seen.has(link.target) && follows(link)) seen.set(link.target, link)
      }
    }
    return { seen }
  }

  /** What else follows from which modules are cold, that is, never get a new version. */
  function restOf(coldThen: ReadonlyMap<string, Link | null>): {
    /** Modules whose invalidation reaches one that declines: hot-hook's walk over importers crosses boundaries. */
    readonly declined: ReadonlyMap<string, Link | null>
    /** Modules of which the process keeps an old copy. */
    readonly kept: ReadonlyMap<string, Link | null>
  } {
    const declining = reached.filter(
      (path) => !coldThen.has(path) && matches(DECLINES, modules.text(path) ?? '') && engine.hasMetaHot(path),
    )
    // No new version of an ignored module is ever asked for, and require's cache keeps CommonJS.
    const runsOnce = reached.filter(
      (path) => coldThen.has(path) || isIgnored(path) || modules.format(path) === 'commonjs',
    )
    return {
      declined: search(declining, (link) => !coldThen.has(link.target)).seen,
      kept: search([...rootPaths, ...runsOnce], (link) => !link.dynamic || link.once).seen,
    }
  }

  /** Whether the order of imports decides the outcome. The worst case contains the usual one, and that the best. */
  function isUnstable(path: string): boolean {
    if (isCertain || best.seen.has(path)) return false
    if (worst.seen.has(path) || restAtWorst.declined.has(path) !== restAtBest.declined.has(path)) return true
    return !restAtBest.declined.has(path) && restAtWorst.kept.has(path) && !restAtBest.kept.has(path)
  }

  /** hot-hook puts its own line above the first one of each ES module. */
  function hasShebang(path: string): boolean {
    return modules.text(path)?.startsWith('#!') === true && modules.format(path) === 'module'
  }

  /**
   * Modules that cannot be loaded, and those that import them statically, each with the import that is or leads to the
   * cause; `null` where the module itself is the cause.
   */
  function failingModules(): ReadonlyMap<string, Link | null> {
    const found = new Map<string, Link | null>()
    for (const path of reached) {
      const text = modules.text(path) ?? ''
      const isLost = matches(USES_HOT, text) && !engine.findsHotHook(path)
      if (hasShebang(path) || isLost || (path === entry && into(path).length > 0)) found.set(path, null)
      for (const link of links.get(path) ?? []) {
        const throws = link.boundary && link.read !== 'dynamic' && input.throwsOnStatic === true
        if (link.read !== 'fails' && !throws) continue
        // An import() that fails takes its target with it only where nothing else loads that.
        if (!link.dynamic) found.set(path, null)
        if (throws) found.set(link.target, link)
      }
    }
    for (const path of found.keys()) {
      for (const link of into(path)) if (!link.dynamic && !found.has(link.path)) found.set(link.path, { ...link })
    }
    return found
  }

  function fileReload(path: string): FileReload {
    // hot-hook does not look at the tree for a file of `hotHook.restart`, nor for one that it does not watch.
    const isFixed = isRestart(path) || (isIgnored(path) && !engine.watchedByParent)
    const unstable = !isFixed && isUnstable(path)
    const found = (outcome: Outcome, reason: OutcomeReason, via?: Link | null): FileReload => ({
      outcome,
      reason,
      unstable,
      via: via ?? shortest.get(path),
    })
    const imports = into(path)
    if (path === entry && imports.length > 0) return found('error', 'entry-imported', imports[0])
    if (modules.unreadable.has(path)) return found('error', 'syntax-error')
    if (!canStart || (!isLoaded && path !== entry)) return found('error', 'no-start')
    if (hasShebang(path)) return found('error', 'shebang')
    const unread = imports.filter(({ read }) => read === 'fails')
    if (unread.length > 0 && unread.length === imports.length) return found('error', 'unreadable-importer', unread[0])
    if (failing.has(path)) {
      const cause = failing.get(path)
      return found('error', 'fails-to-load', cause?.target === path ? cause : undefined)
    }
    if (isIgnored(path) && !engine.watchedByParent) return found('unwatched', 'ignored')
    if (isRestart(path)) return found('restart', 'restart-glob')
    if (cold.seen.has(path)) return coldReload(path, found)
    const decline = declined.get(path)
    if (decline !== undefined) return found('restart', 'declined', decline)
    if (isIgnored(path)) return found('stale', 'unversioned')
    if (modules.format(path) === 'commonjs') return found('stale', 'commonjs')
    if (kept.has(path)) return heldReload(path, found)
    if (modules.format(path) === 'json' && !engine.reloadsJson) return found('stale', 'json')
    return found('hot', usual.has(path) ? 'boundary' : 'below-boundary')
  }

  function coldReload(
    path: string,
    found: (outcome: Outcome, reason: OutcomeReason, via?: Link | null) => FileReload,
  ): FileReload {
    const via = cold.seen.get(path)
    if (via) {
      return found('restart', sourceOf(path) === undefined ? 'outside-boundary' : 'below-static-boundary', via)
    }
    if (path === entry) return found('restart', 'entry')
    const culprit = usuallyWrong.has(path) ? culpritOf(path) : undefined
    if (culprit)
      return found('restart', culprit.read === 'type-above' ? 'type-import-above' : 'static-boundary', culprit)
    return found('restart', 'loaded-at-boot')
  }

  /** The wrongly imported boundary that a cold module is below; undefined below a root. */
  function sourceOf(path: string): string | undefined {
    let current = path
    for (let link = cold.seen.get(current); link; link = cold.seen.get(current)) current = link.path
    return usuallyWrong.has(current) && !isRoot.has(current) ? current : undefined
  }

  /** The import that makes a boundary wrong: one on a chain from a root, where there is one, so that chains end. */
  function culpritOf(path: string): Link | undefined {
    const culprits = into(path).filter(({ boundary, read }) => boundary && read !== 'dynamic')
    return (
      culprits.find(({ path: from }) => held.seen.has(from)) ??
      culprits.find((link) => !isBelow(link.path, path)) ??
      culprits[0]
    )
  }

  /** Whether the shortest chain to `path` leads through `above`. */
  function isBelow(path: string, above: string): boolean {
    let current: string | undefined = path
    while (current !== undefined && current !== above) current = shortest.get(current)?.path
    return current === above
  }

  function heldReload(
    path: string,
    found: (outcome: Outcome, reason: OutcomeReason, via?: Link | null) => FileReload,
  ): FileReload {
    const via = kept.get(path)
    // The nearest boundary on the way is the one whose import() does not run again.
    let decisive = via
    while (decisive && !usual.has(decisive.target)) decisive = kept.get(decisive.path)
    return found('stale', decisive && !decisive.dynamic ? 'static-importer' : 'imported-once', via)
  }

  /** Files that the server uses behind hot-hook's back: required ones and what they require, and those named by URL. */
  function addUnseen(): void {
    const pending = reached.flatMap((path) => modules.unseen(path).map((use) => ({ from: path, use })))
    for (const { from, use } of pending) {
      if (files.has(use.target)) continue
      const via: Importer = { path: from, specifier: use.specifier, lazy: false, dynamic: false }
      files.set(use.target, {
        ...(canStart ? { outcome: 'unwatched', reason: UNSEEN[use.kind] } : { outcome: 'error', reason: 'no-start' }),
        unstable: false,
        via,
      })
      if (use.kind === 'url') continue
      pending.push(...modules.unseen(use.target).map((next) => ({ from: use.target, use: next })))
      // hot-hook knows nothing of such a module, and its import()s fail (`dependency_tree.js`, `version`).
      for (const { specifier, dynamic, target } of modules.edges(use.target)) {
        if (files.has(target)) continue
        if (!dynamic) pending.push({ from: use.target, use: { kind: use.kind, specifier, target } })
        else {
          const importer: Importer = { path: use.target, specifier, lazy: true, dynamic }
          files.set(target, { outcome: 'error', reason: 'not-in-tree', unstable: false, via: importer })
        }
      }
    }
  }
}

/** How many modules are loaded at once: enough to be fast, few enough that their texts stay in the processor's cache. */
const BATCH = 128

const UNSEEN = { require: 'required', early: 'before-hot-hook', url: 'by-url' } as const
const USES_HOT = /\bimport\.meta(?:\s+as\s+[^)]+\))?\s*!?\??\.\s*hot\s*!?\??\.\s*(?:dispose|decline)\s*\(/
const DECLINES = /\bimport\.meta(?:\s+as\s+[^)]+\))?\s*!?\??\.\s*hot\s*!?\??\.\s*decline\s*\(/

/** Most modules hold no `import.meta`, which is quicker to see. */
function matches(pattern: RegExp, text: string): boolean {
  return text.includes('import.meta') && pattern.test(text)
}

function linksOf(
  path: string,
  { modules, isBoundary, importsOnce, namedElsewhere }: ReloadInput,
  engine: Engine,
): readonly Link[] {
  const counted = new Map<string, number>()
  const named = (namedElsewhere?.by === path ? namedElsewhere.targets : []).map((target): Edge => ({
    specifier: '',
    dynamic: true,
    target,
    computed: true,
  }))
  const link = (edge: Edge): Link => {
    const { specifier, dynamic, target } = edge
    const boundary = edge.hot === 'attribute' || (edge.hot && engine.hasMetaHot(path)) || isBoundary(target)
    const read = boundary ? readingOf(edge, path, modules, engine) : dynamic ? 'dynamic' : 'static'
    if (!dynamic) return { path, specifier, dynamic, target, boundary, read, once: false, lazy: false }
    // Where a module imports a specifier both once and again, the edges of the first kind come first.
    const key = `${specifier}\0${target}`
    const before = counted.get(key) ?? 0
    counted.set(key, before + 1)
    return {
      path,
      specifier,
      dynamic,
      target,
      boundary,
      read,
      // Asked for of few imports, and the module is parsed for it.
      get once() {
        // An import() that loads whatever it is told to is no import of boot time, wherever it stands.
        if (specifier === '') return false
        return (
          importsOnce?.(path, specifier, modules) === true || before < (modules.importedOnce(path).get(specifier) ?? 0)
        )
      },
      get lazy() {
        return read === 'dynamic' && !this.once
      },
    }
  }
  const links = modules.edges(path).map(link)
  return named.length === 0 ? links : [...links, ...named.map(link)]
}

/**
 * How hot-hook reads the import of a boundary.
 *
 * hot-hook 1.0.0 (`dynamic_import_checker.js`) lexes the importer's source, types included, and takes the first import
 * of that very specifier; none at all counts as dynamic. A source that it cannot read makes the import fail.
 */
function readingOf(edge: Edge, path: string, modules: Modules, engine: Engine): Link['read'] {
  if (edge.computed || engine.replacesSpecifier(edge.specifier, edge.target)) return 'dynamic'
  const imports = modules.readByHotHook(path)
  if (!imports) return 'fails'
  const first = imports.find(({ specifier }) => specifier === edge.specifier)
  if (first === undefined || first.dynamic) return 'dynamic'
  return edge.dynamic && isTypeImport(edge.specifier, path, modules) ? 'type-above' : 'static'
}

/** Whether the first import of `specifier` in the source is one of types. */
function isTypeImport(specifier: string, path: string, modules: Modules): boolean {
  const first = modules.lexed(path)?.imports.find((found) => found.specifier === specifier)
  return first?.type !== 'dynamic' && first?.typeOnly === true
}
