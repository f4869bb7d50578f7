import type { ReloadModel } from './reload.ts'

/** Modules for whose edits hot-hook's walk over importers takes long. */
export interface Cluster {
  /** The modules that import each other, sorted. */
  readonly paths: readonly string[]
  /** How many modules hot-hook visits for an edit of one of them; {@link LIMIT} when it is that many or more. */
  readonly visits: number
}

/** Visits after which counting stops. */
export const LIMIT = 200_000

/** Visits of all clusters together after which counting stops. */
const TOTAL = 2_000_000

/** Visits from which on a walk is felt: 10,000 take a third of a second (nine modules that all import each other: 4.3 s). */
const SLOW = 10_000

/**
 * Finds the clusters of hot modules on which hot-hook 1.0's walk over importers explodes: it visits every simple chain
 * of importers and remembers nothing (`dependency_tree.js`, `isReloadable`), and every `import()` waits for it.
 *
 * @returns worst first. Large clusters are counted first; where counting stopped, the rest is left out.
 */
export function findClusters(model: ReloadModel): Cluster[] {
  const components = connected(model).filter((component) => component.length >= 5)
  const clusters: Cluster[] = []
  let total = 0
  for (const paths of components.sort((a, b) => b.length - a.length)) {
    if (total >= TOTAL) break
    let most = 0
    for (const path of sample(paths)) {
      const visits = visitsFor(path, model)
      total += visits
      most = Math.max(most, visits)
      if (most >= LIMIT) break
    }
    clusters.push({ paths: [...paths].sort(), visits: most })
  }
  return clusters.filter(({ visits }) => visits >= SLOW).sort((a, b) => b.visits - a.visits)
}

/** A few are enough: within a cluster the walks differ little. */
function sample(paths: readonly string[]): readonly string[] {
  return paths.slice(0, 3)
}

/** How often hot-hook's walk visits a module, for an edit of `path`. */
function visitsFor(path: string, model: ReloadModel): number {
  let visits = 0
  const seen = new Set<string>()
  const walk = (current: string): void => {
    visits += 1
    if (visits >= LIMIT || model.files.get(current)?.reason === 'boundary' || seen.has(current)) return
    seen.add(current)
    for (const importer of model.importers.get(current) ?? []) walk(importer.path)
    seen.delete(current)
  }
  walk(path)
  return Math.min(visits, LIMIT)
}

/** Strongly connected components of the hot modules, by their static imports (Tarjan). */
function connected(model: ReloadModel): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const components: string[][] = []
  for (const [start, { outcome }] of model.files) {
    if (outcome === 'restart' || index.has(start)) continue
    const frames = [{ path: start, next: 0 }]
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const { path } = frame
      if (frame.next === 0) {
        index.set(path, index.size)
        low.set(path, index.get(path) ?? 0)
        stack.push(path)
        onStack.add(path)
      }
      const importer = model.importers.get(path)?.[frame.next++]
      if (importer === undefined) {
        frames.pop()
        const above = frames.at(-1)
        if (above) low.set(above.path, Math.min(low.get(above.path) ?? 0, low.get(path) ?? 0))
        if (low.get(path) === index.get(path)) {
          const component = stack.splice(stack.lastIndexOf(path))
          for (const member of component) onStack.delete(member)
          components.push(component)
        }
      } else if (!importer.dynamic && model.files.get(importer.path)?.outcome !== 'restart') {
        if (!index.has(importer.path)) frames.push({ path: importer.path, next: 0 })
        else if (onStack.has(importer.path)) low.set(path, Math.min(low.get(path) ?? 0, index.get(importer.path) ?? 0))
      }
    }
  }
  return components
}
