import { joinPaths } from './sample.ts'

/** Where routes are registered: a router, a parameter that is one, the body of a function. */
export interface Point {
  /** What is mounted here, and below which prefix. */
  readonly below: { readonly point: Point; readonly prefix: string }[]
  /** Whether anything is known to mount it. */
  mounted: boolean
  /** A parameter whose routes are also those of what it is called with. */
  readonly passed: boolean
}

export function createPoint(passed = false): Point {
  return { below: [], mounted: false, passed }
}

/** @param isGuess the point keeps the paths that it has by itself, too. */
export function mount(parent: Point, prefix: string, point: Point, isGuess = false): void {
  if (parent === point) return
  if (!parent.below.some((known) => known.point === point && known.prefix === prefix))
    parent.below.push({ point, prefix })
  point.mounted ||= !isGuess
}

/** Of one point; a router that is mounted more often is one that everything mounts. */
const MAX_PREFIXES = 24

/** The prefixes that each point has, from those that nothing mounts downwards. */
export function prefixesOf(points: readonly Point[]): Map<Point, Set<string>> {
  const prefixes = new Map<Point, Set<string>>()
  const way = new Set<Point>()
  function descend(point: Point, prefix: string): void {
    const known = prefixes.get(point) ?? new Set()
    if (way.has(point) || known.has(prefix) || known.size >= MAX_PREFIXES) return
    prefixes.set(point, known.add(prefix))
    way.add(point)
    for (const next of point.below) descend(next.point, next.prefix === '' ? prefix : joinPaths(prefix, next.prefix))
    way.delete(point)
  }
  for (const point of points) if (!point.mounted && !point.passed) descend(point, '')
  return prefixes
}

/** As many mounts of what is not known as are looked at. */
const MAX_UNRESOLVED = 100

/** Whatever nothing mounts may be what is mounted where the text does not tell what. */
export function mountUnresolved(
  unresolved: readonly { readonly parents: readonly Point[]; readonly prefix: string }[],
  all: readonly Point[],
): void {
  const orphans = all.filter((point) => !point.mounted && !point.passed)
  for (const { parents, prefix } of unresolved.slice(0, MAX_UNRESOLVED)) {
    for (const parent of parents) {
      for (const orphan of orphans) if (!reaches(orphan, parent)) mount(parent, prefix, orphan, true)
    }
  }
}

function reaches(from: Point, to: Point): boolean {
  const seen = new Set<Point>([from])
  for (const point of seen) {
    if (point === to) return true
    for (const next of point.below) seen.add(next.point)
  }
  return false
}
