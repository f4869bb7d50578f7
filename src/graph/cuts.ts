import { basename, extname, sep } from 'node:path'
import type { Importer, ReloadModel } from './reload.ts'
import type { Server } from './server.ts'

/** A module that, made a lazily imported boundary, turns others hot. */
export interface Cut {
  readonly path: string
  /** The imports of it that would have to become lazy, or of types only; one for each importer and specifier. */
  readonly imports: readonly Importer[]
  /**
   * Others import the module statically too, and are hot or turn hot with it. So no boundary can be made of it; what is
   * imported lazily in its place is a module that exports it again, and that nothing else imports.
   */
  readonly reexported: boolean
  /** The modules that turn hot, `path` first. */
  readonly frees: readonly string[]
}

/** `user.hot.ts`, for `user.ts`: the module that exports it again. */
export function reexportPath(path: string): string {
  const extension = extname(path)
  return `${path.slice(0, path.length - extension.length)}.hot${extension}`
}

export interface Cuts {
  /** Best first: the weight of what is freed, for each import that has to change. */
  readonly ranked: readonly Cut[]
  /** The cuts that free `path`, best first. */
  freeing(path: string): readonly Cut[]
}

export interface CutOptions {
  /** Whether a module can be imported lazily at all: not the entry, nor what is loaded at boot. */
  readonly canBeBoundary: (path: string) => boolean
  /** Whether an import can be changed: not where the framework makes it run once. */
  readonly canChange: (importer: Importer, reexported: boolean) => boolean
  /** Whether a module may be imported through one that exports it again: {@link Cut.reexported}. Default: none may. */
  readonly canReexport?: (path: string) => boolean
  /** Whether a boundary may be all that a cut needs, since every import of the module is lazy. Default: it may. */
  readonly boundaryOnly?: boolean
  /** What turning a module hot is worth; default: the same for each. */
  readonly weight?: (path: string) => number
}

/**
 * Finds the imports whose change turns most modules hot: those above which a whole part of the restarting modules
 * hangs, by the dominators of that part of the graph. Near-linear (Cooper, Harvey, Kennedy: a simple, fast dominance
 * algorithm).
 */
export function findCuts(
  model: ReloadModel,
  { canBeBoundary, canChange, canReexport = () => false, boundaryOnly = true, weight = () => 1 }: CutOptions,
): Cuts {
  const restarting = [...model.files].filter(([, { outcome }]) => outcome === 'restart').map(([path]) => path)
  const { order, above } = immediateDominators(model, restarting)
  const gains = order.map(weight)
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const dominator = above[at] ?? NONE
    if (dominator !== NONE) gains[dominator] = (gains[dominator] ?? 0) + (gains[at] ?? 0)
  }

  /** The module at a position of the order and all that it dominates, which comes behind it. */
  function dominatedBy(start: number): string[] {
    const isBelow = new Set([start])
    for (let at = start + 1; at < order.length; at += 1) if (isBelow.has(above[at] ?? NONE)) isBelow.add(at)
    return [...isBelow].flatMap((at) => order[at] ?? [])
  }

  const position = new Map(order.map((path, at) => [path, at]))
  /** Whether the importer restarts, whatever becomes of the module at that position. */
  function staysCold(importer: Importer, at: number): boolean {
    const own = position.get(importer.path)
    if (own === undefined) return false
    for (let dominator = own; dominator !== NONE; dominator = above[dominator] ?? NONE)
      if (dominator === at) return false
    return true
  }

  const cuts = new Map<number, RankedCut>()
  for (const [at, path] of order.entries()) {
    if (!canBeBoundary(path) || STAYS.has(model.files.get(path)?.reason ?? '')) continue
    const importers = model.importers.get(path) ?? []
    // Those of the freed modules themselves too: hot-hook's answer for a boundary in a static cycle flips.
    const eager = importers.filter(({ lazy }) => !lazy)
    // What a glob matches is a boundary, by whatever module it is exported.
    const mayBePlain = canReexport(path) && !SOURCES.has(model.files.get(path)?.reason ?? '')
    const reexported = mayBePlain && eager.some((importer) => !staysCold(importer, at))
    // A lazy import of what is no boundary costs a glob only, or another specifier.
    const imports = changesOf(reexported ? importers.filter((importer) => staysCold(importer, at)) : eager)
    if (imports.length === 0 && !boundaryOnly) continue
    if (!imports.every((importer) => canChange(importer, reexported))) continue
    let frees: readonly string[] | undefined
    cuts.set(at, {
      path,
      imports,
      reexported,
      // Of most cuts nobody asks: lists of all would be as long as the tree of dominators is deep.
      get frees() {
        return (frees ??= dominatedBy(at))
      },
      worth: (gains[at] ?? 0) / Math.max(1, imports.length),
      name: basename(path),
    })
  }
  return {
    ranked: [...cuts.values()].sort(byWorth),
    freeing(path) {
      const found: RankedCut[] = []
      for (let at = order.indexOf(path); at >= 0; at = above[at] ?? NONE) {
        const cut = cuts.get(at)
        if (cut) found.push(cut)
      }
      return found.sort(byWorth)
    },
  }
}

/** What of a server can be cut: the half of {@link CutOptions} that no caller chooses. */
export function changeable(server: Server): Required<Pick<CutOptions, 'canBeBoundary' | 'canChange' | 'canReexport'>> {
  const { root, framework } = server
  const isBootModule = (path: string): boolean =>
    path.startsWith(root + sep) &&
    framework.boot.test(
      path
        .slice(root.length + 1)
        .split(sep)
        .join('/'),
    )
  return {
    canBeBoundary: (path) => !server.isBoot(path) && server.isInServer(path) && !path.endsWith('.json'),
    canReexport: (path) => !path.endsWith('.json'),
    // What a framework imports once, at boot, no other way of writing makes it import again.
    canChange: ({ path, specifier, dynamic, lazy }) =>
      !server.importsOnce(path, specifier) && !(dynamic && !lazy && isBootModule(path)),
  }
}

/**
 * Finds cuts to make one after the other: each the best there is once those before it are made, by hot-hook's answer
 * after these. `frees` of each are the modules that turn hot with it and did not before; what only several cuts free
 * together, the last of them does.
 *
 * A cut that would make a module stale, or fail, is none.
 *
 * @param model hot-hook's answer now.
 * @param after its answer once these cuts are made: {@link Server.reloadAfter}.
 * @param isEnough whether no more is wanted, asked with the answer after the cuts so far. Default: all there are.
 */
export function combineCuts(
  model: ReloadModel,
  after: (cuts: readonly Cut[]) => ReloadModel,
  options: CutOptions,
  isEnough: (then: ReloadModel) => boolean = () => false,
): readonly Cut[] {
  const { canBeBoundary } = options
  const refused = new Set<string>()
  const made: Cut[] = []
  for (let now = model; !isEnough(now);) {
    const [best] = findCuts(now, {
      ...options,
      canBeBoundary: (path) => !refused.has(path) && canBeBoundary(path),
    }).ranked
    if (!best) break
    const then = after([...made, best])
    // Asked for once: what a cut is refused for, those after it do not take away.
    refused.add(best.path)
    // JSON that Node.js reads once only is no code that goes stale.
    const turned = [...then.outcomes].filter(
      ([path, outcome]) => outcome !== now.outcomes.get(path) && !path.endsWith('.json'),
    )
    // Not those that export others again, which are new.
    const freed = turned.flatMap(([path, outcome]) => (outcome === 'hot' && model.files.has(path) ? [path] : []))
    if (freed.length === 0 || turned.some(([, outcome]) => outcome === 'stale' || outcome === 'error')) continue
    const frees = [best.path, ...freed.filter((path) => path !== best.path)]
    made.push({ ...best, frees })
    now = then
  }
  return made
}

interface RankedCut extends Cut {
  readonly worth: number
  readonly name: string
}

function byWorth(a: RankedCut, b: RankedCut): number {
  return b.worth - a.worth || a.imports.length - b.imports.length || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}

/** One import for each importer and specifier; a static one stands for an `import()` too. */
function changesOf(importers: readonly Importer[]): readonly Importer[] {
  if (importers.length < 2) return importers
  const changes = new Map<string, Importer>()
  for (const importer of importers) {
    const key = `${importer.path}\0${importer.specifier}`
    if (changes.get(key)?.dynamic !== false) changes.set(key, importer)
  }
  return [...changes.values()]
}

/** Stands for no position in an order. */
const NONE = -1

interface Dominators {
  /** The modules, importers before what they import, cycles aside. */
  readonly order: readonly string[]
  /** The position of the nearest module that every chain to the one at a position leads through, or {@link NONE}. */
  readonly above: readonly number[]
}

/** Dominators within `paths`, seen from those that restart by themselves: roots, and boundaries that are imported statically. */
function immediateDominators(model: ReloadModel, paths: readonly string[]): Dominators {
  // Modules by number from here on: strings as keys take several times as long.
  const number = new Map(paths.map((path, at) => [path, at]))
  const importers = paths.map((path, at) =>
    (model.importers.get(path) ?? []).flatMap((importer) => {
      const from = number.get(importer.path)
      return from === undefined || from === at ? [] : [from]
    }),
  )
  const targets = paths.map((): number[] => [])
  for (const [at, from] of importers.entries()) for (const importer of from) targets[importer]?.push(at)
  const sources = [...paths.keys()].filter((at) => SOURCES.has(model.files.get(paths[at] ?? '')?.reason ?? ''))
  const order = reversePostorder(sources, targets)
  const position = new Array<number | undefined>(paths.length)
  for (const [place, at] of order.entries()) position[at] = place
  // Places in the order. The virtual root above every source has none.
  const idom = new Array<number | undefined>(order.length)
  for (const source of sources) idom[position[source] ?? NONE] = NONE
  const isSource = new Set(sources)
  for (let changed = true; changed;) {
    changed = false
    for (const [place, at] of order.entries()) {
      if (isSource.has(at)) continue
      let above: number | undefined
      for (const importer of importers[at] ?? []) {
        const from = position[importer]
        if (from === undefined || idom[from] === undefined) continue
        above = above === undefined ? from : intersect(above, from, idom)
      }
      if (above !== undefined && idom[place] !== above) {
        idom[place] = above
        changed = true
      }
    }
  }
  return { order: order.map((at) => paths[at] ?? ''), above: order.map((_, place) => idom[place] ?? NONE) }
}

/** Reasons for which a module restarts whatever imports it. */
const SOURCES: ReadonlySet<string> = new Set([
  'entry',
  'loaded-at-boot',
  'static-boundary',
  'type-import-above',
  'restart-glob',
  'declined',
])

/** Reasons that no import changes. */
const STAYS: ReadonlySet<string> = new Set(['entry', 'loaded-at-boot', 'restart-glob', 'declined'])

function intersect(a: number, b: number, idom: readonly (number | undefined)[]): number {
  while (a !== b) {
    while (a > b) a = idom[a] ?? NONE
    while (b > a) b = idom[b] ?? NONE
  }
  return a
}

function reversePostorder(sources: readonly number[], targets: readonly (readonly number[])[]): number[] {
  const seen = new Set<number>()
  const order: number[] = []
  for (const source of sources) {
    if (seen.has(source)) continue
    seen.add(source)
    const stack = [{ at: source, next: 0 }]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const target = targets[top.at]?.[top.next++]
      if (target === undefined) {
        order.push(top.at)
        stack.pop()
      } else if (!seen.has(target)) {
        seen.add(target)
        stack.push({ at: target, next: 0 })
      }
    }
  }
  return order.reverse()
}
