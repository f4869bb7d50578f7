import type { Exports } from '../../graph/exports.ts'
import type { Modules } from '../../graph/modules.ts'
import type { Root } from '../../graph/reload.ts'
import type { Server } from '../../graph/server.ts'

/** In which order the server evaluates its modules at boot, and what could notice another one. */
export interface BootOrder {
  /** Whether the module `path` can wait for the modules of `below` when it runs, instead of before, and nothing could tell. */
  waitsFor(path: string, below: ReadonlySet<string>): boolean
  /**
   * The modules that could notice that the server evaluates its modules in another order with other texts, or have
   * others notice.
   */
  noticedIn(texts: Modules): readonly string[]
  /** The modules that the server loads at boot with other texts, by imports that a module awaits while it is loaded too. */
  loadedAtBoot(texts: Modules): ReadonlySet<string>
  /** Whether the module, when it is loaded, reads an import of a module that imports it in turn: a base class, for example. */
  dependsOnOrder(path: string): boolean
  /** What a module imports statically, and so on, itself included. */
  closureOf(path: string, texts?: Modules): Set<string>
  /** Whether a module imports itself statically, by way of others. */
  isCyclic(path: string, texts: Modules): boolean
}

/** @param effectOf what loading a module does, if anything: see `Exports.loadEffect` and `Exports.sideEffect`. */
export function createBootOrder(
  server: Server,
  exports: Exports,
  effectOf: (path: string) => string | undefined,
): BootOrder {
  const { modules, resolver } = server
  let order: readonly string[] | undefined

  /**
   * Whether `path` can wait for the modules `below` when it runs, instead of before: modules that came after them, and
   * import `path` in no way, do not wait, so they must not notice.
   */
  function waitsFor(path: string, below: ReadonlySet<string>): boolean {
    const order = evaluationOrder()
    const acts = (one: string): boolean => effectOf(one) !== undefined && exports.actsAtLoad(one)
    const delayed: string[] = []
    const loadedBelow = modulesOf(({ from }) => from !== undefined && below.has(from.path))
    const loadedByOthers = modulesOf(({ from }) => from === undefined || !below.has(from.path))
    return order.every((loaded) => {
      if (below.has(loaded)) {
        delayed.push(loaded)
        return true
      }
      // By a module below, when that runs, as before.
      if (loadedBelow.has(loaded) && !loadedByOthers.has(loaded)) return true
      if (closureOf(loaded).has(path)) return true
      const sets = exports.mayWriteGlobals(loaded) || exports.loadsDotenv(loaded)
      const acting = delayed.filter((one) => acts(one) || (sets && exports.readsShared(one)))
      const [first] = acting
      if (first === undefined || !noticing(acting, order.slice(0, order.indexOf(first)))(loaded)) return true
      return exports.areIndependent(delayed, loaded)
    })
  }

  /** What the roots load statically. */
  function modulesOf(isMeant: (root: Root) => boolean): ReadonlySet<string> {
    return new Set(server.roots.filter(isMeant).flatMap(({ path }) => [...closureOf(path)]))
  }

  /** Which modules could notice, or have them notice, that `acting` run after them and not before. @param before all. */
  function noticing(acting: readonly string[], before: readonly string[]): (path: string) => boolean {
    /** A project's module by its path, a package by its specifier. */
    const moduleOf = (from: string, specifier: string): string => resolver.resolve(from, specifier).path || specifier
    const written = new Set(
      acting.flatMap((loaded) => exports.writtenAtLoad(loaded).map((specifier) => moduleOf(loaded, specifier))),
    )
    const packages = new Set(acting.flatMap((loaded) => [...exports.packagesOf(loaded)]))
    const environmentIsRead = before.some((loaded) => exports.loadsDotenv(loaded))
    const writesGlobals = acting.some(
      (loaded) => exports.mayWriteGlobals(loaded) || (!environmentIsRead && exports.loadsDotenv(loaded)),
    )
    return (loaded) => {
      const writesTo = (specifier: string): boolean => written.has(moduleOf(loaded, specifier))
      return exports.dependsOnOrder(loaded, { packages, environmentIsRead, writesGlobals, writesTo })
    }
  }

  function noticedIn(texts: Modules): string[] {
    const now = evaluationOrder()
    const after = orderOf(texts)
    const { sooner, later } = movedIn(now, after)
    const [first] = sooner
    if (first === undefined) return unawaitedIn(texts, after)
    const before = now.slice(0, now.indexOf(first)).filter((path) => !later.includes(path))
    const [ranks, ranksAfter] = [now, after].map((order) => new Map(order.map((path, at) => [path, at])))
    /** Whether two modules, of which the first came before the other, change places. */
    const changePlaces = (one: string, other: string): boolean =>
      Number(ranks?.get(one)) < Number(ranks?.get(other)) &&
      Number(ranksAfter?.get(one)) > Number(ranksAfter?.get(other))
    const noticed = (path: string, others: readonly string[]): boolean => {
      if (others.length === 0) return false
      const acting = others.filter((other) => effectOf(other) !== undefined)
      const isNoticed = acting.length > 0 && noticing(acting, before)(path)
      return (isNoticed && !exports.areIndependent(others, path)) || dependsOnOrder(path)
    }
    return [
      ...later.filter((path) =>
        noticed(
          path,
          sooner.filter((other) => changePlaces(path, other)),
        ),
      ),
      ...sooner.filter((path) =>
        noticed(
          path,
          later.filter((other) => changePlaces(other, path)),
        ),
      ),
      ...unawaitedIn(texts, after),
    ]
  }

  /**
   * The modules that no longer wait for one that awaits while it is loaded, and would notice to run before what still
   * waits for it, or have that notice.
   */
  function unawaitedIn(texts: Modules, after: readonly string[]): string[] {
    const now = evaluationOrder()
    const awaiting = after.filter((path) => exports.awaitsAtLoad(path))
    const [waited, wait] = [modules, texts].map((each) => awaiting.map((path) => waitingFor(path, now, each)))
    const isLate = (path: string): boolean => waited?.some((paths) => paths.has(path)) === true
    return after.filter((path) => {
      if (!waited?.some((paths, at) => paths.has(path) && !wait?.[at]?.has(path))) return false
      const needed = closureOf(path, texts)
      const others = now.slice(0, now.indexOf(path)).filter((other) => isLate(other) && !needed.has(other))
      return others.some((other) => {
        const before = now.slice(0, now.indexOf(other))
        const notices = (one: string, acting: string): boolean =>
          effectOf(acting) !== undefined && noticing([acting], before)(one) && !exports.areIndependent([acting], one)
        return notices(path, other) || notices(other, path)
      })
    })
  }

  /** The modules of `order` that run when `path` is done: itself, and what imports it. */
  function waitingFor(path: string, order: readonly string[], texts: Modules): ReadonlySet<string> {
    const found = new Set([path])
    for (let size = 0; size < found.size;) {
      size = found.size
      for (const one of order)
        if (texts.edges(one).some(({ dynamic, target }) => !dynamic && found.has(target))) found.add(one)
    }
    return found
  }

  /** The modules that the server loads at boot, in the order in which they run. */
  function evaluationOrder(): readonly string[] {
    return (order ??= orderOf(modules))
  }

  function orderOf(texts: Modules): readonly string[] {
    const seen = new Set<string>()
    const found: string[] = []
    const visit = (path: string): void => {
      if (seen.has(path)) return
      seen.add(path)
      for (const { target, dynamic } of texts.edges(path)) if (!dynamic) visit(target)
      const awaited = exports.awaitedAtLoad(path)
      for (const { target, specifier } of texts.edges(path)) if (awaited.includes(specifier)) visit(target)
      found.push(path)
    }
    for (const { path } of server.roots) visit(path)
    return found
  }

  /** Whether the module, when it is loaded, reads an import of a module that imports it in turn: a base class, for example. */
  function dependsOnOrder(path: string): boolean {
    const cyclic = modules.edges(path).filter(({ dynamic, target }) => !dynamic && closureOf(target).has(path))
    if (cyclic.length === 0) return false
    const read = exports.readAtLoad(path)
    return cyclic.some(({ specifier }) => read.has(specifier))
  }

  /** What a module imports statically, and so on. @param self whether it counts itself, though it is in no cycle. */
  function closureOf(start: string, texts: Modules = modules, self = true): Set<string> {
    const seen = new Set(self ? [start] : texts.edges(start).flatMap((edge) => (edge.dynamic ? [] : [edge.target])))
    for (const path of seen) for (const edge of texts.edges(path)) if (!edge.dynamic) seen.add(edge.target)
    return seen
  }

  return {
    waitsFor,
    noticedIn,
    loadedAtBoot: (texts) => new Set(orderOf(texts)),
    dependsOnOrder,
    closureOf,
    isCyclic: (path, texts) => closureOf(path, texts, false).has(path),
  }
}

/** What comes before something in `then` that it came behind in `now`, and what it comes before. */
function movedIn(
  now: readonly string[],
  then: readonly string[],
): { readonly sooner: readonly string[]; readonly later: readonly string[] } {
  const rank = new Map(then.map((path, at) => [path, at]))
  const ranks = now.flatMap((path) => rank.get(path) ?? [])
  let last = -1
  const sooner = ranks.filter((at) => at < (last = Math.max(last, at)))
  let first = then.length
  const later = [...ranks].reverse().filter((at) => at > (first = Math.min(first, at)))
  const pathsAt = (places: readonly number[]): string[] => places.flatMap((at) => then[at] ?? [])
  return { sooner: pathsAt(sooner), later: pathsAt(later) }
}
