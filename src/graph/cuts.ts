import { basename } from 'node:path'
import type { Importer, ReloadModel } from './reload.ts'

/** A module that, made a lazily imported boundary, turns others hot. */
export interface Cut {
  readonly path: string
  /** The imports of it that would have to become lazy, or of types only; one for each importer and specifier. */
  readonly imports: readonly Importer[]
  /** The modules that turn hot, `path` first. */
  readonly frees: readonly string[]
}

export interface Cuts {
  /** Best first: the weight of what is freed, for each import that has to change. */
  readonly ranked: readonly Cut[]
  /** The best of the cuts that free `path`. */
  freeing(path: string): Cut | undefined
}

export interface CutOptions {
  /** Whether a module can be imported lazily at all: not the entry, nor what is loaded at boot. */
  readonly canBeBoundary: (path: string) => boolean
  /** Whether an import can be changed: not where the framework makes it run once. */
  readonly canChange: (importer: Importer) => boolean
  /** What turning a module hot is worth; default: the same for each. */
  readonly weight?: (path: string) => number
}

/**
 * Finds the imports whose change turns most modules hot: those above which a whole part of the restarting modules
 * hangs, by the dominators of that part of the graph. Near-linear (Cooper, Harvey, Kennedy: a simple, fast dominance
 * algorithm).
 */
export function findCuts(model: ReloadModel, { canBeBoundary, canChange, weight = () => 1 }: CutOptions): Cuts {
  const restarting = [...model.files].filter(([, { outcome }]) => outcome === 'restart').map(([path]) => path)
  const dominators = immediateDominators(model, new Set(restarting))
  const below = new Map<string, string[]>()
  for (const path of dominators.order) {
    for (let above: string | undefined = path; above !== undefined; above = dominators.of.get(above)) {
      const freed = below.get(above)
      if (freed) freed.push(path)
      else below.set(above, [path])
    }
  }
  const cuts = new Map<string, Cut & { readonly worth: number }>()
  for (const [path, frees] of below) {
    if (!canBeBoundary(path) || STAYS.has(model.files.get(path)?.reason ?? '')) continue
    const imports = new Map<string, Importer>()
    // Those of the freed modules themselves too: hot-hook's answer for a boundary in a static cycle flips.
    for (const importer of model.importers.get(path) ?? []) {
      if (!importer.lazy) imports.set(`${importer.path}\0${importer.specifier}`, importer)
    }
    const changes = [...imports.values()]
    // A lazy import of what is no boundary costs a glob only.
    if (!changes.every(canChange)) continue
    const gain = frees.reduce((sum, freed) => sum + weight(freed), 0)
    cuts.set(path, { path, imports: changes, frees, worth: gain / Math.max(1, changes.length) })
  }
  const byWorth = (a: Cut & { worth: number }, b: Cut & { worth: number }): number =>
    b.worth - a.worth || a.imports.length - b.imports.length || basename(a.path).localeCompare(basename(b.path))
  return {
    ranked: [...cuts.values()].sort(byWorth).map(({ path, imports, frees }) => ({ path, imports, frees })),
    freeing(path) {
      const above: (Cut & { worth: number })[] = []
      for (let current: string | undefined = path; current !== undefined; current = dominators.of.get(current)) {
        const cut = cuts.get(current)
        if (cut) above.push(cut)
      }
      return above.sort(byWorth)[0]
    },
  }
}

interface Dominators {
  /** The nearest module that every chain to a module leads through; absent where there is none. */
  readonly of: ReadonlyMap<string, string>
  /** The modules, importers before what they import, cycles aside. */
  readonly order: readonly string[]
}

/** Dominators within `paths`, seen from those that restart by themselves: roots, and boundaries that are imported statically. */
function immediateDominators(model: ReloadModel, paths: ReadonlySet<string>): Dominators {
  const targets = new Map<string, string[]>()
  for (const path of paths) {
    for (const importer of model.importers.get(path) ?? []) {
      if (!paths.has(importer.path)) continue
      const list = targets.get(importer.path)
      if (list) list.push(path)
      else targets.set(importer.path, [path])
    }
  }
  const sources = [...paths].filter((path) => SOURCES.has(model.files.get(path)?.reason ?? ''))
  const isSource = new Set(sources)
  const order = reversePostorder(sources, targets)
  const index = new Map(order.map((path, position) => [path, position]))
  // Position -1 stands for the virtual root above every source.
  const idom = new Array<number | undefined>(order.length)
  for (let changed = true; changed;) {
    changed = false
    for (const [position, path] of order.entries()) {
      let above: number | undefined = isSource.has(path) ? -1 : undefined
      if (above === undefined) {
        for (const importer of model.importers.get(path) ?? []) {
          const from = index.get(importer.path)
          if (from === undefined || from === position || idom[from] === undefined) continue
          above = above === undefined ? from : intersect(above, from, idom)
        }
      }
      if (above !== undefined && idom[position] !== above) {
        idom[position] = above
        changed = true
      }
    }
  }
  const of = new Map<string, string>()
  for (const [position, path] of order.entries()) {
    const above = order[idom[position] ?? -1]
    if (above !== undefined) of.set(path, above)
  }
  return { of, order }
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
    while (a > b) a = idom[a] ?? -1
    while (b > a) b = idom[b] ?? -1
  }
  return a
}

function reversePostorder(sources: readonly string[], targets: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>()
  const order: string[] = []
  for (const source of sources) {
    if (seen.has(source)) continue
    seen.add(source)
    const stack = [{ path: source, next: 0 }]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const target = targets.get(top.path)?.[top.next++]
      if (target === undefined) {
        order.push(top.path)
        stack.pop()
      } else if (!seen.has(target)) {
        seen.add(target)
        stack.push({ path: target, next: 0 })
      }
    }
  }
  return order.reverse()
}
