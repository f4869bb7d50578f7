import { relative, sep } from 'node:path'
import { applyEdits, positionAt } from '../../edits/text.ts'
import type { ReloadModel } from '../../graph/reload.ts'
import type { Node } from '../../graph/module-code.ts'
import { disposals, mayMakeResources, moduleResources } from '../../graph/resources.ts'
import { isLink } from '../../project/files.ts'
import type { Analysis } from '../analysis.ts'
import { createCalls } from './calls.ts'
import type { Candidate } from '../candidate.ts'
import { lateAddition } from './late-additions.ts'
import { leftBehind } from './left-behind.ts'
import { parseModule, type Parsed } from '../parse.ts'
import type { Demotion } from '../per-request.ts'
import { startedAtLoad, startedByInstance, type Started } from './started.ts'

/** A module, parsed. */
export interface Opened extends Parsed {
  readonly path: string
  readonly text: string
}

/** An import that would be executed for each request. */
export interface Import {
  readonly from: Opened
  readonly candidate: Candidate
  readonly target: string
  /** The module that the file names: the target, or a barrel before it. */
  readonly named: string
}

/** Something that a module makes when it is loaded, and that outlives it. */
interface Kept {
  /** `new Pool` */
  readonly name: string
  /** 1-based. */
  readonly line: number
  readonly isServer: boolean
  /** It does something by itself: beside one of before, that is done twice. */
  readonly acts: boolean
  /** The module that has the code: another one where a function of that was called. */
  readonly path: string
}

/** What the server's start loads, and what it would no longer load. */
export interface Boot {
  /** The module, parsed; none when it cannot be edited. */
  open(path: string): readonly Opened[]
  /** What a module imports statically, and so on; itself too. */
  closure(path: string): ReadonlySet<string>
  /** A module that imports `path`, for its types only too, and a test too. */
  importerOf(path: string): string | undefined
  /** What is loaded at boot by way of these imports only, each as importer, `\0` and target. */
  lostWithout(edges: ReadonlySet<string>): ReadonlySet<string>
  /** What the module does when it is loaded, `` `src/env.ts:3` ``; undefined when nothing. */
  effectOf(path: string): string | undefined
  /** Why the format of one of two modules forbids the import of the other for each request. */
  formatOf(from: string, target: string): Demotion | undefined
  /** hot-hook's answer with these imports lazy, and their targets boundaries. */
  reloadWith(fixes: readonly Import[]): ReloadModel
  /**
   * Imports that have to stay as they are, by importer, `\0` and target.
   *
   * @param ordered those of which nothing is loaded sooner or later than it is, written so.
   */
  demotionsIn(
    fixes: readonly Import[],
    then: ReloadModel,
    lost: ReadonlySet<string>,
    ordered: ReadonlyMap<string, unknown>,
  ): Map<string, readonly Demotion[]>
  /** Whether what comes after the target when the server starts would notice to come before it. @param lost as there. */
  isOvertaken(fix: Import, lost: ReadonlySet<string>): boolean
  /** Where the module adds to what stays when it is loaded again, `` `src/users.ts:3` ``; see {@link leftBehind}. */
  leftBehindBy(path: string): string | undefined
  /** What the module makes without undoing it in `import.meta.hot.dispose()`. */
  undisposed(path: string): readonly Kept[]
  /** What functions of the project start each time that the application of Fastify is made; see {@link startedByInstance}. */
  startedBy(path: string): readonly Started[]
  /** `` `src/app.ts` ``, `` `src/app.ts:3` `` */
  placeOf(path: string, line?: number): string
  positionOf(file: Opened, offset: number): { readonly path: string; readonly line: number }
}

const ACTS = /^(?:cron|listener|timer|watcher|worker)$/

/** What the server's start loads, found out once for what the analysis has read of its modules. */
export function bootOf(analysis: Analysis): Boot {
  // Another one when the disk was looked at again, and had changed.
  const model = analysis.reload()
  let found = known.get(model)
  if (!found) known.set(model, (found = createBoot(analysis)))
  return found
}

const known = new WeakMap<ReloadModel, Boot>()

function createBoot(analysis: Analysis): Boot {
  const { server, modules } = analysis
  const { root } = server
  const opened = new Map<string, Opened | undefined>()
  const editable = new Map<string, readonly Opened[]>()
  const kept = new Map<string, readonly Kept[]>()
  const closures = new Map<string, ReadonlySet<string>>()
  const started = new Map<string, readonly Started[]>()
  const additions = new Map<string, string | undefined>()
  const left = new Map<string, string | undefined>()
  const calls = createCalls((path) => [parsed(path)].filter((one) => one !== undefined), analysis)

  function parsed(path: string): Opened | undefined {
    if (!opened.has(path)) {
      const text = modules.text(path)
      const found = text === undefined || path.endsWith('.json') ? undefined : parseModule(path, text)
      opened.set(path, found && 'program' in found && text !== undefined ? { ...found, path, text } : undefined)
    }
    return opened.get(path)
  }

  function closure(path: string): ReadonlySet<string> {
    let found = closures.get(path)
    if (!found) closures.set(path, (found = reachedFrom([path], new Set())))
    return found
  }

  function reachedFrom(starts: readonly string[], without: ReadonlySet<string>): Set<string> {
    const seen = new Set(starts)
    for (const path of seen) {
      for (const { dynamic, target } of modules.edges(path))
        if (!dynamic && !without.has(`${path}\0${target}`)) seen.add(target)
    }
    return seen
  }

  function placeOf(path: string, line?: number): string {
    const name = relative(root, path).split(sep).join('/')
    return `\`${name}${line === undefined ? '' : `:${line}`}\``
  }

  function lineOf(path: string, specifier: string): number | undefined {
    const found = modules.lexed(path)?.imports.find((candidate) => candidate.specifier === specifier)
    return found && positionAt(modules.text(path) ?? '', found.importStart).line
  }

  function undisposed(path: string): readonly Kept[] {
    let found = kept.get(path)
    if (!found) kept.set(path, (found = computeKept(path)))
    return found
  }

  function computeKept(path: string): readonly Kept[] {
    const file = parsed(path)
    if (!file) return []
    const own = mayMakeResources(file.text) ? moduleResources(file.program) : []
    const called = startedAtLoad(file, calls).filter(({ node }) => !own.some((one) => one.node === node))
    const isDisposed = disposals(file.program).length > 0
    return [
      ...own.map(({ kind, name, node }) => ({ kind, name, path, line: positionAt(file.text, node.range[0]).line })),
      ...called,
    ]
      .map(({ kind, name, path: of, line }) => ({
        name,
        line,
        isServer: kind === 'server',
        acts: ACTS.test(kind),
        path: of,
      }))
      .filter(({ isServer }) => isServer || !isDisposed)
  }

  const open = (path: string): readonly Opened[] => {
    let found = editable.get(path)
    if (!found) {
      const file = isLink(path) ? undefined : parsed(path)
      editable.set(path, (found = file ? [file] : []))
    }
    return found
  }

  const positionOf: Boot['positionOf'] = ({ path, text }, offset) => ({ path, line: positionAt(text, offset).line })

  function startedBy(path: string): readonly Started[] {
    let found = started.get(path)
    if (!found) {
      const plugins = server.roots.flatMap((root) => (root.from ? [root.path] : []))
      found = open(path).flatMap((file) => startedByInstance(file, calls, plugins))
      // Mongoose connects once, and a model or metric of before is told of by an error.
      found = found.filter(({ kind, name }) => !/^(?:server|model|metric)$/.test(kind) && name !== 'mongoose.connect')
      started.set(path, found)
    }
    return found
  }

  /** A static import of `target`, or one that is executed once, that stays. */
  function staticImportOf(target: string, then: ReloadModel): Demotion | undefined {
    const loaded = then.importers.get(target)?.find(({ lazy }) => !lazy)
    if (loaded) return alsoStatic(loaded.path, loaded.specifier)
    // What only a run could tell may load any module of the server.
    if (![...then.files.keys()].some((path) => modules.unknownImports(path) > 0)) return undefined
    for (const path of server.files()) {
      if (then.files.has(path) || !server.isInServer(path)) continue
      const edge = modules.edges(path).find(({ dynamic, target: to }) => !dynamic && to === target)
      if (edge) return alsoStatic(path, edge.specifier)
    }
    return undefined
  }

  function alsoStatic(path: string, specifier: string): Demotion {
    return { verdict: 'suggest', reason: 'also-static', detail: placeOf(path, lineOf(path, specifier)) }
  }

  /** @param named the module itself, or a barrel before it, or one behind it. */
  function resourceIn(target: string, named: string, then: ReloadModel): Demotion | undefined {
    const isReloaded = (path: string): boolean => !then.eager.has(path)
    for (const path of [...closure(target)].filter(isReloaded)) {
      const isMeant = path === target || path === named
      /** An edit of something else loads the module again. */
      const isBetween = [...closure(path)].filter(isReloaded).length > 1
      const found = undisposed(path).find(({ isServer, acts }) => isMeant || isServer || (isBetween && acts))
      if (!found) continue
      const detail = `\`${found.name}\` in ${placeOf(found.path, found.line)}`
      return { verdict: isMeant || found.isServer ? 'leave' : 'suggest', reason: 'resource', detail }
    }
    return undefined
  }

  /** The place that `find` finds in a module. @param known what was found before, by module. */
  function placeIn(
    path: string,
    known: Map<string, string | undefined>,
    find: (file: Opened) => { readonly file: Opened; readonly node: Node } | undefined,
  ): string | undefined {
    if (!known.has(path)) {
      const [found] = open(path).map(find)
      const at = found && positionOf(found.file, found.node.range[0])
      known.set(path, at && placeOf(at.path, at.line))
    }
    return known.get(path)
  }

  /** The first place in the target, or a module that is loaded with it. */
  function firstBelow(
    reason: 'adds-later' | 'adds-elsewhere',
    target: string,
    then: ReloadModel,
    placeIn: (path: string) => string | undefined,
  ): Demotion | undefined {
    for (const path of closure(target)) {
      const detail = then.eager.has(path) ? undefined : placeIn(path)
      if (detail !== undefined) return { verdict: 'suggest', reason, detail }
    }
    return undefined
  }

  function leftBehindBy(path: string): string | undefined {
    return placeIn(path, left, (file) =>
      leftBehind(file, open, analysis, calls, (keeper) => closure(keeper).has(file.path)),
    )
  }

  /**
   * What a barrel loads beside the modules that are imported in its place, and nothing would load any more.
   *
   * @param still what those load.
   */
  function barrelDoubt(named: string, still: ReadonlySet<string>, lost: ReadonlySet<string>): Demotion | undefined {
    for (const path of closure(named)) {
      const effect = lost.has(path) && !still.has(path) ? analysis.exports.loadEffect(path) : undefined
      if (effect !== undefined) return { verdict: 'suggest', reason: 'side-effects', detail: effect }
    }
    return undefined
  }

  function cycleOf(from: string, target: string): Demotion | undefined {
    return closure(target).has(from) ? { verdict: 'suggest', reason: 'import-cycle', detail: placeOf(from) } : undefined
  }

  function isOvertaken({ from, target }: Pick<Import, 'from' | 'target'>, lost: ReadonlySet<string>): boolean {
    return !analysis.order.waitsFor(from.path, new Set([...closure(target)].filter((path) => lost.has(path))))
  }

  return {
    isOvertaken,
    open,
    closure,
    importerOf: (path) =>
      server
        .files()
        .find(
          (from) =>
            from !== path &&
            modules
              .lexed(from)
              ?.imports.some(
                ({ specifier }) => specifier != null && analysis.resolver.resolve(from, specifier).path === path,
              ) === true,
        ),
    lostWithout(edges) {
      if (edges.size === 0) return new Set()
      const left = reachedFrom(
        server.roots.map(({ path }) => path),
        edges,
      )
      const gone = [...edges].flatMap((edge) => [...closure(edge.slice(edge.indexOf('\0') + 1))])
      return new Set(gone.filter((path) => !left.has(path)))
    },
    effectOf: (path) => analysis.exports.loadEffect(path),
    formatOf(from, target) {
      const path = [from, target].find((candidate) => modules.format(candidate) !== 'module')
      if (path === undefined) return undefined
      return { verdict: 'leave', reason: 'commonjs', detail: relative(root, path).split(sep).join('/') }
    },
    reloadWith(fixes) {
      const candidates = new Map<Opened, Set<Candidate>>()
      for (const { from, candidate } of fixes)
        candidates.set(from, (candidates.get(from) ?? new Set<Candidate>()).add(candidate))
      const overlay = new Map(
        [...candidates].map(([{ path, text }, own]) => [
          path,
          applyEdits(
            text,
            [...own].flatMap(({ edits }) => edits),
          ),
        ]),
      )
      const targets = new Set(fixes.map(({ target }) => target))
      return server.reloadAs(overlay, (path) => analysis.willBeBoundary(path) || targets.has(path))
    },
    demotionsIn(fixes, then, lost, ordered) {
      const now = analysis.reload()
      const found = new Map<string, readonly Demotion[]>()
      const worse = [...then.outcomes].filter(
        ([path, outcome]) =>
          (outcome === 'stale' || outcome === 'error') &&
          !path.endsWith('.json') &&
          now.outcomes.get(path) !== 'stale' &&
          now.outcomes.get(path) !== 'error',
      )
      const still = new Set(fixes.flatMap(({ target }) => [...closure(target)]))
      for (const { from, candidate, target, named } of fixes) {
        const below = closure(target)
        const stale = worse.find(([path]) => below.has(path))
        const also = staticImportOf(target, then)
        const demotions = [
          barrelDoubt(named, still, lost),
          also,
          resourceIn(target, named, then),
          firstBelow('adds-later', target, then, (path) =>
            placeIn(path, additions, (file) => lateAddition(file, calls)),
          ),
          firstBelow('adds-elsewhere', target, then, leftBehindBy),
          cycleOf(from.path, target),
          (candidate.reason === 'preloaded' || candidate.reason === 'kept-server') &&
          !ordered.has(`${from.path}\0${target}`) &&
          isOvertaken({ from, target }, lost)
            ? ({ verdict: 'suggest', reason: 'side-effects', detail: candidate.detail } as const)
            : undefined,
          // What is imported statically too does not become a boundary.
          stale && !also ? ({ verdict: 'leave', reason: 'goes-stale', detail: placeOf(stale[0]) } as const) : undefined,
        ].filter((demotion) => demotion !== undefined)
        if (demotions.length > 0) found.set(`${from.path}\0${target}`, demotions)
      }
      return found
    },
    leftBehindBy,
    undisposed,
    startedBy,
    placeOf,
    positionOf,
  }
}
