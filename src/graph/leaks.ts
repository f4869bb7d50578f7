import { findCuts } from './cuts.ts'
import type { ReloadModel } from './reload.ts'
import type { Server } from './server.ts'

/** One static import without which modules would be hot. */
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
 * leak: it would not be hot without the import, but gone.
 */
export function findLeaks(server: Server): readonly Leak[] {
  const model = server.reload()
  let leaks = known.get(model)
  if (!leaks) known.set(model, (leaks = computeLeaks(server, model)))
  return leaks
}

function computeLeaks(server: Server, model: ReloadModel): Leak[] {
  const { ranked } = findCuts(model, { canBeBoundary: (path) => server.isInServer(path), canChange: () => true })
  return ranked.flatMap(({ path, imports, frees }) => {
    const [only] = imports
    if (imports.length !== 1 || !only || only.dynamic) return []
    const wouldBeHot = usedByHot(frees, model)
    return wouldBeHot.length > 0
      ? [{ from: only.path, specifier: only.specifier, target: path, frees: wouldBeHot }]
      : []
  })
}

/** Those of `paths` that a hot module imports, and those of them that these import. */
function usedByHot(paths: readonly string[], model: ReloadModel): string[] {
  const used = new Set<string>()
  for (let size = -1; size !== used.size; ) {
    size = used.size
    for (const path of paths) {
      if (used.has(path)) continue
      const isUsed = model.importers
        .get(path)
        ?.some((importer) => used.has(importer.path) || model.outcomes.get(importer.path) === 'hot')
      if (isUsed) used.add(path)
    }
  }
  return [...used]
}
