import { findCuts } from './cuts.ts'
import type { Importer, ReloadModel } from './reload.ts'
import type { Server } from './server.ts'

/** The one static import without which modules would be hot. */
export interface Leak {
  /** The importer, absolute. */
  readonly from: string
  readonly specifier: string
  readonly target: string
  /** The modules that hot ones use too, and that restart because of this import; absolute. */
  readonly frees: readonly string[]
}

const known = new WeakMap<ReloadModel, readonly Leak[]>()

/**
 * The imports that alone make modules restart which hot modules use as well. A module that nothing hot uses is no
 * leak: it would not be hot without the import, but gone. Of a chain of imports that cost the same modules, the last
 * one is given. Static imports of boundaries are none: they are wrong by themselves.
 */
export function findLeaks(server: Server): readonly Leak[] {
  const model = server.reload()
  let leaks = known.get(model)
  if (!leaks) known.set(model, (leaks = computeLeaks(server, model)))
  return leaks
}

function computeLeaks(server: Server, model: ReloadModel): Leak[] {
  const { ranked } = findCuts(model, {
    canBeBoundary: (path) => server.isInServer(path) && !server.isBoundary(path),
    canChange: () => true,
  })
  const targets = new Map<string, string[]>()
  for (const [path, importers] of model.importers) {
    for (const { path: from } of importers) {
      const list = targets.get(from)
      if (list) list.push(path)
      else targets.set(from, [path])
    }
  }
  const isHot = (path: string): boolean => model.outcomes.get(path) === 'hot'
  const importersOf = (path: string): readonly Importer[] => model.importers.get(path) ?? []
  const found = ranked.flatMap(({ path, frees }) => {
    const inside = new Set(frees)
    // What a hot module imports is hot without being a boundary.
    const importers = importersOf(path).filter((importer) => !isHot(importer.path) && !inside.has(importer.path))
    const [only] = importers
    if (!only || importers.some(({ dynamic, ...other }) => dynamic || !isSame(other, only))) return []
    if (!frees.some((freed) => importersOf(freed).some((importer) => isHot(importer.path)))) return []
    const reached = reachedWithout(only.path, path)
    const wouldBeHot = frees.filter((freed) => reached.has(freed))
    const leak: Leak = { from: only.path, specifier: only.specifier, target: path, frees: wouldBeHot }
    return wouldBeHot.length > 0 ? [{ leak, inside }] : []
  })

  /** What the server loads without the imports of `target` in `from`: hot modules may be gone with them. */
  function reachedWithout(from: string, target: string): ReadonlySet<string> {
    const reached = new Set(server.roots.map((root) => root.path))
    for (const path of reached) {
      for (const next of targets.get(path) ?? []) if (path !== from || next !== target) reached.add(next)
    }
    return reached
  }

  const isLast = ({ leak, inside }: (typeof found)[number]): boolean =>
    !found.some(
      (other) =>
        other.leak.target !== leak.target &&
        inside.has(other.leak.target) &&
        other.leak.frees.length === leak.frees.length,
    )
  return found.filter(isLast).map(({ leak }) => leak)
}

function isSame(a: Pick<Importer, 'path' | 'specifier'>, b: Importer): boolean {
  return a.path === b.path && a.specifier === b.specifier
}
