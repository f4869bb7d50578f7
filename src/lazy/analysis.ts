import type { TSESTree } from '@typescript-eslint/utils'
import { dirname, extname, posix, relative, sep } from 'node:path'
import { applyEdits, escapePattern, positionAt } from '../edits/text.ts'
import { createExports, type Exports, type Reached } from '../graph/exports.ts'
import type { Modules } from '../graph/modules.ts'
import type { ReloadModel, Root } from '../graph/reload.ts'
import type { Resolution, Resolver } from '../graph/resolver.ts'
import type { Server } from '../graph/server.ts'
import { foreignOf } from '../project/foreign.ts'
import { deferredTargets } from './deferred/already.ts'
import { importedApps, startsServer } from './app/entry.ts'
import { withKeptInstances } from './bound-instances.ts'
import { leaveAlone, type Candidate, type Condition } from './candidate.ts'
import { choose } from './choices.ts'
import type { ExportFacts, FileFacts, HotFileFacts, ModuleFacts } from './facts.ts'
import { parseModule, type SyntaxProblem } from './parse.ts'
import type { PlanOptions } from './plan-options.ts'
import { plan, type PlanInput } from './plan.ts'

/** One planned module. */
export interface FilePlan {
  readonly path: string
  readonly text: string
  readonly candidates: readonly Candidate[]
}

/** The project as the planner sees it: facts about modules, plans of files, and what one file forbids another. */
export interface Analysis {
  readonly server: Server
  readonly modules: Modules
  readonly resolver: Resolver
  readonly exports: Exports
  readonly isBoundary: (path: string) => boolean
  facts(path: string): FileFacts
  /** Whether a file of the server may hold a candidate at all: a cheap question before parsing it. */
  canHoldCandidate(path: string): boolean
  /** Whether a file of the server names the router, the emitter or another object that handlers are registered on. */
  registers(path: string): boolean
  /** Whether a file of the server may hold a candidate that is not done yet. @param text of the file, and its tree. */
  mayPlan(path: string, text: string, program: TSESTree.Program): boolean
  /** Plans a file of the disk. @returns the problem when it does not parse, undefined when it can hold no candidate. */
  planFile(path: string): FilePlan | SyntaxProblem | undefined
  /** `candidates` of the file `path`, with the fixes taken back that other modules forbid. */
  settle(path: string, candidates: readonly Candidate[]): Candidate[]
  /** hot-hook's answer for every module the server loads, with the project as it is. */
  reload(): ReloadModel
  /** Whether a module is a boundary, or is imported for each request, so that hot-hook-config makes it one. */
  willBeBoundary(path: string): boolean
  /** The modules that async functions import when they run: see {@link deferredTargets}. */
  deferred(): ReadonlySet<string>
  /** hot-hook's answer with these boundaries. */
  reloadThen(): ReloadModel
  /** Whether the module `path` can wait for the modules of `below` when it runs, instead of before, and nothing could tell. */
  waitsFor(path: string, below: ReadonlySet<string>): boolean
  /** A middleware of the server that goes on with the request after `next()`, before a handler that waits is done. */
  actsAfterNext(): string | undefined
  /**
   * The modules that could notice that the server evaluates its modules in another order with other texts, or have
   * others notice.
   */
  noticedIn(texts: Modules): readonly string[]
  /** The modules that the server loads at boot with other texts, by imports that a module awaits while it is loaded too. */
  loadedAtBoot(texts: Modules): ReadonlySet<string>
  /** Looks at the disk again. Cheap when nothing changed. */
  refresh(): void
}

/**
 * @param major of the framework.
 * @param options of which `values` is said by `hotFile`.
 * @param hotFile where `fromModule` comes from, absolute, when values are to be made at a request; see codemods/made-values.
 */
export function createAnalysis(
  server: Server,
  major: number,
  { middleware = true, leave, choices }: PlanOptions = {},
  hotFile?: string,
): Analysis {
  const { root, framework, modules, resolver, isBoundary, isInServer, reload } = server
  const exports = createExports(root, modules, resolver)
  let plans = new Map<string, FilePlan | SyntaxProblem | undefined>()
  let registering = new Map<string, boolean>()
  let forbidden: Forbidden | undefined
  let order: readonly string[] | undefined
  let effects = new Map<string, string | undefined>()
  let importedPerRequest: ReadonlySet<string> | undefined
  let deferredImports: ReadonlySet<string> | undefined
  let then: ReloadModel | undefined
  /** null: there is none. */
  let afterNext: string | null | undefined
  const namesRoutes = framework.name === 'adonisjs' && major >= 7

  function facts(path: string): FileFacts {
    return {
      inServer: isInServer(path),
      get foreign() {
        return foreignOf(relative(root, path).split(sep).join('/'), modules.text(path) ?? '')
      },
      boundary: isBoundary(path),
      get lexes() {
        return modules.text(path) === undefined || modules.readByHotHook(path) !== undefined
      },
      namesRoutes,
      major,
      get loadedLazily() {
        const { eager, outcomes } = reloadThen()
        return outcomes.has(path) && !eager.has(path)
      },
      typescript: /\.[cm]?tsx?$/.test(path),
      get topLevelAwait() {
        return server.topLevelAwait
      },
      isRegisteredElsewhere: (name) => isRegisteredElsewhere(path, name),
      get hotFile() {
        return hotFile === undefined ? undefined : hotFileFor(path, hotFile)
      },
      module: (specifier) => moduleFacts(path, specifier),
    }
  }

  function isRegisteredElsewhere(path: string, name: string): boolean {
    const isLoaded = server.roots.some((loaded) => loaded.path === path && loaded.by !== undefined)
    if (isLoaded && name === 'default') return true
    return (reload().importers.get(path) ?? []).some((importer) => {
      const text = modules.text(importer.path) ?? ''
      return exports
        .localsOf(importer.path, importer.specifier, name)
        .some((local) =>
          new RegExp(String.raw`\.\s*register\s*(?:<[^()]*>)?\s*\(\s*${escapePattern(local)}\b`).test(text),
        )
    })
  }

  /** What loading a module does. Where it can be loaded at boot too, all that may do anything counts. */
  function effectOf(path: string): string | undefined {
    if (!effects.has(path)) {
      effects.set(path, framework.functions ? exports.loadEffect(path) : exports.sideEffect(path))
    }
    return effects.get(path)
  }

  function moduleFacts(from: string, specifier: string): ModuleFacts {
    const found = resolver.resolve(from, specifier)
    // Nothing outside the project is planned, nor is anything that holds no code.
    const isPlanned = found.path.startsWith(root + sep) && !found.path.endsWith('.json')
    const resolution: Resolution = found.kind === 'project' && !isPlanned ? { kind: 'external', path: '' } : found
    const boundary = resolution.kind === 'project' && isBoundary(resolution.path)
    return {
      kind: resolution.kind,
      path: resolution.path,
      boundary,
      role: resolution.kind === 'project' ? framework.roleOf(resolution.path.slice(root.length + 1)) : undefined,
      get commonjs() {
        return resolution.kind === 'project' && modules.format(resolution.path) === 'commonjs'
      },
      exportNames: () =>
        resolution.kind === 'project' ? exports.exportNames(resolution.path) : { names: [], complete: false },
      origin(name) {
        const origin = resolution.kind === 'project' ? exports.origin(resolution.path, name) : undefined
        if (!origin) return undefined
        const { path, exportName, through } = origin
        const direct =
          through.length === 0 ? specifier : specifierBehind(from, specifier, resolution.path, path, through)
        return direct === undefined ? undefined : { path, exportName, specifier: direct }
      },
      exported(name) {
        if (resolution.kind !== 'project') {
          return { ...NOT_FOUND, path: '', exportName: name, specifier }
        }
        const { through, ...declared } = exports.find(resolution.path, name)
        const direct =
          through.length === 0 ? specifier : specifierBehind(from, specifier, resolution.path, declared.path, through)
        if (direct === undefined) {
          return { ...NOT_FOUND, name: declared.name, path: resolution.path, exportName: name, specifier }
        }
        return {
          ...declared,
          specifier: direct,
          sideEffect: effectOf(declared.path) ?? effectOf(resolution.path),
          member: (wanted) => withResult(exports.member(declared.path, declared.exportName, wanted)),
          instanceMember: (wanted) => withResult(exports.instanceMember(declared.path, declared.exportName, wanted)),
          get result() {
            return declared.kind === 'call' && declared.callee
              ? exports.resultOf(declared.path, declared.callee)
              : undefined
          },
          get state() {
            return exports.moduleState(declared.path)
          },
        }
      },
    }
  }

  function withResult(member: Reached | undefined): ReturnType<ExportFacts['member']> {
    if (member?.kind !== 'call' || !member.callee || member.path === undefined) return member
    return { ...member, result: exports.resultOf(member.path, member.callee) }
  }

  /**
   * How a file that names a barrel by `specifier` names the module behind it, in the same style, or else by its relative
   * path. @param through the specifiers that lead there, of which the last has the extension.
   */
  function specifierBehind(
    from: string,
    specifier: string,
    barrel: string,
    target: string,
    through: readonly string[],
  ): string | undefined {
    const barrelDirectory = dirname(barrel)
    const step = relative(barrelDirectory, target).split(sep).join('/')
    const extension = /\.[cm]?[jt]sx?$/.exec(specifier)?.[0] ?? ''
    const bareStep = step.replace(/\.[cm]?[jt]sx?$/, '')
    const barrelName = relative(barrelDirectory, barrel).replace(/\.[cm]?[jt]sx?$/, '')
    const bareSpecifier = specifier.slice(0, specifier.length - extension.length)
    const prefixes = bareSpecifier.endsWith(`/${barrelName}`)
      ? [bareSpecifier.slice(0, -barrelName.length)]
      : [`${specifier}/`]
    const candidates = prefixes.flatMap((prefix) => [
      `${prefix}${bareStep}${extension}`,
      `${prefix}${bareStep}`,
      `${prefix}${bareStep}.js`,
    ])
    const path = relative(dirname(from), target)
      .split(sep)
      .join('/')
      .replace(/\.[cm]?[jt]sx?$/, '')
    const direct = `./${path}${/\.[cm]?[jt]sx?$/.exec(through.at(-1) ?? '')?.[0] ?? ''}`
    const inPlace = specifier.startsWith('.') ? candidates : candidates.filter((name) => !name.includes('/../'))
    return [...inPlace, direct].map(withoutSteps).find((candidate) => {
      const found = resolver.resolve(from, candidate)
      return found.kind === 'project' && found.path === target
    })
  }

  function planFile(path: string): FilePlan | SyntaxProblem | undefined {
    if (!plans.has(path)) plans.set(path, computePlan(path))
    return plans.get(path)
  }

  function computePlan(path: string): FilePlan | SyntaxProblem | undefined {
    const text = modules.text(path)
    if (text === undefined) return undefined
    if (!canHoldCandidate(path)) return undefined
    const parsed = parseModule(path, text)
    if ('message' in parsed) return parsed
    const choosing = choices && { choose: (candidate: Candidate) => choose(candidate, path, choices) }
    const found = candidatesOf({ text, ...parsed, framework, facts: facts(path), ...choosing })
    const candidates = withKeptInstances({ ...parsed, path, text, framework, major, analysis: self }, found)
    const what = leave?.get(path)
    return {
      path,
      text,
      candidates: what === undefined ? candidates : candidates.map((candidate) => leaveAlone(candidate, what)),
    }
  }

  function candidatesOf(input: PlanInput): Candidate[] {
    const planned = plan(input).map((candidate) => (middleware ? candidate : leaveMiddleware(candidate)))
    const apps = input.facts.inServer ? importedApps(input) : []
    const others = apps.filter(({ range }) => !planned.some((candidate) => candidate.range[0] === range[0]))
    return [...planned, ...others]
  }

  function willBeBoundary(path: string): boolean {
    if (isBoundary(path)) return true
    // hot-hook-config leaves out what is imported statically too.
    return (targetsOfHandlers().has(path) || deferred().has(path)) && !isImportedStatically(path)
  }

  function isImportedStatically(path: string): boolean {
    return (
      reload()
        .importers.get(path)
        ?.some(({ lazy }) => !lazy) === true
    )
  }

  function deferred(): ReadonlySet<string> {
    if (deferredImports) return deferredImports
    const handlers = targetsOfHandlers()
    const model = server.reloadAs(new Map(), (path) => isBoundary(path) || handlers.has(path))
    return (deferredImports = deferredTargets(self, model, choices?.met.has('unknown-caller') === true))
  }

  /** The modules that are imported for each request already. */
  function targetsOfHandlers(): ReadonlySet<string> {
    if (importedPerRequest) return importedPerRequest
    const found = new Set<string>()
    for (const path of reload().outcomes.keys()) {
      const text = modules.text(path) ?? ''
      const parsed = text.includes('import(') && registers(path) ? parseModule(path, text) : undefined
      if (!parsed || 'message' in parsed) continue
      // What is lazy does not depend on what is loaded lazily, which is asked here.
      const own: FileFacts = Object.create(facts(path), { loadedLazily: { value: true } }) as FileFacts
      for (const { verdict, role, targets } of candidatesOf({ text, ...parsed, framework, facts: own }))
        if (verdict === 'done' && role !== 'error-handler') for (const target of targets) found.add(target)
    }
    return (importedPerRequest = found)
  }

  function reloadThen(): ReloadModel {
    const isAsItIs = targetsOfHandlers().size === 0 && deferred().size === 0
    return (then ??= isAsItIs ? reload() : server.reloadAs(new Map(), willBeBoundary))
  }

  /** What is not done yet stands in a static import, of a boundary or of what the file registers. */
  function mayPlan(path: string, text: string, program: TSESTree.Program): boolean {
    if (!isInServer(path)) return false
    let registers: boolean | undefined
    return program.body.some((statement) => {
      const source = 'source' in statement ? statement.source : undefined
      if (!source) return false
      const resolution = resolver.resolve(path, source.value as string)
      if (resolution.kind === 'external') return false
      if (resolution.kind === 'project' && isBoundary(resolution.path)) return true
      return (registers ??= mayRegister(text))
    })
  }

  function mayRegister(text: string): boolean {
    if (framework.receivers.length > 0 && REGISTERS.test(text)) return true
    return framework.name !== 'adonisjs' && startsServer(text)
  }

  function registers(path: string): boolean {
    let known = registering.get(path)
    if (known === undefined) {
      known = isInServer(path) && mayRegister(modules.text(path) ?? '')
      registering.set(path, known)
    }
    return known
  }

  /** A superset of the files `plan` finds something in: they register handlers, or import a boundary. */
  function canHoldCandidate(path: string): boolean {
    if (!isInServer(path)) return false
    if (registers(path)) return true
    const lexed = modules.lexed(path)
    // What does not parse matters where the server loads it, and may be anything elsewhere (stubs, templates).
    if (!lexed) return modules.text(path) !== undefined && reload().outcomes.has(path)
    return lexed.imports.some((found) => {
      if (found.type === 'import-meta' || found.specifier === undefined) return false
      if (found.type === 'dynamic' && found.glob) return false
      const resolution = resolver.resolve(path, found.specifier)
      return resolution.kind === 'project' && isBoundary(resolution.path)
    })
  }

  const REGISTERS = new RegExp(
    [
      // A receiver may come from anywhere, but its methods are called by their names.
      ...(framework.functions?.registrations ?? []).flatMap(({ methods }) =>
        methods.map((method) => `\\.\\s*${method}\\s*[(<]`),
      ),
      ...framework.receivers.flatMap((receiver) => receiver.modules.map(escapePattern)),
      ...framework.receivers.flatMap(({ types }) => types.map((name) => `\\b${name}\\b`)),
      '\\.\\s*(?:make|resolving)\\s*\\(',
      '\\[\\s*[\'"](?:make|resolving)',
    ].join('|'),
  )

  /** A fix is of a static import: of what the file registers, or of what it imports lazily too. */
  function mayHoldFix(path: string): boolean {
    const imports = modules.lexed(path)?.imports
    if (!imports) return true
    const lazy = new Set(imports.map(({ type, specifier }) => (type === 'dynamic' ? specifier : undefined)))
    return imports.some(({ type, specifier }) => {
      if (type !== 'static' || specifier === undefined) return false
      if (!registers(path) && !lazy.has(specifier)) return false
      return resolver.resolve(path, specifier).kind !== 'external'
    })
  }

  /** What no file may import lazily yet, or not without loading it at boot too; which files may not; and why. */
  function forbid(): Forbidden {
    const forbidden: Forbidden = { targets: new Map(), files: new Map(), preloaded: new Map() }
    const now = reload()
    const editable = new Set(server.files())
    const planned = [...now.outcomes.keys()]
      .filter((path) => editable.has(path) && (choices !== undefined || mayHoldFix(path)))
      .map(planFile)
      .filter((file) => file !== undefined && 'candidates' in file)
    const targets = new Set(planned.flatMap((file) => fixesOf(file, forbidden).flatMap((fix) => fix.targets)))
    if (targets.size === 0) return forbidden
    const willBeBoundary = (path: string): boolean => isBoundary(path) || targets.has(path)
    for (;;) {
      const overlay = new Map<string, string>()
      const lazy = new Set<string>()
      for (const file of planned) {
        const fixes = fixesOf(file, forbidden)
        const edits = fixes.flatMap((fix) => fix.edits)
        if (edits.length > 0) overlay.set(file.path, applyEdits(file.text, edits))
        for (const target of fixes.flatMap((fix) => fix.targets)) lazy.add(target)
      }
      const texts = modules.withTexts(overlay)
      const then = server.reloadAs(overlay, willBeBoundary)
      // A constant is not hoisted as an import is, and another module of the cycle may read it first.
      const cyclic = [...overlay.keys()].filter(
        (path) => !forbidden.files.has(path) && closureOf(path, texts, false).has(path),
      )
      for (const path of cyclic) forbidden.files.set(path, { reason: 'import-cycle', detail: 'This file' })
      const found = demotionsIn(then, now, targets, lazy, forbidden, planned)
      if (found.size === 0 && cyclic.length === 0) return forbidden
      for (const [target, demotion] of found)
        forbidden.targets.set(target, [...(forbidden.targets.get(target) ?? []), demotion])
    }
  }

  function fixesOf({ path, candidates }: FilePlan, found: Forbidden): Candidate[] {
    return candidates.filter(
      (candidate) =>
        candidate.verdict === 'fix' &&
        conditionsOf(path, candidate, found).every((condition) => isAccepted(path, candidate, condition)),
    )
  }

  /** What forbids the fix, unless it is accepted. */
  function conditionsOf(path: string, candidate: Candidate, { targets, files }: Forbidden): Condition[] {
    const ofFile = files.get(path)
    return [...(ofFile ? [ofFile] : []), ...candidate.targets.flatMap((target) => targets.get(target) ?? [])]
  }

  function isAccepted(path: string, candidate: Candidate, { reason }: Condition): boolean {
    return choices?.accepts(path, candidate, reason) === true
  }

  /**
   * Whether every fix that imports `target` can load it at boot too, and nothing could tell.
   *
   * @param delayed the modules that lazy imports keep from being loaded at boot.
   */
  function canPreload(target: string, planned: readonly FilePlan[], delayed: ReadonlySet<string>): boolean {
    const below = closureOf(target)
    return planned.every(({ path, candidates }) => {
      const fixes = candidates.filter(({ verdict, targets }) => verdict === 'fix' && targets.includes(target))
      if (fixes.length === 0) return true
      const isOffered = fixes.every(({ preloaded, reason }) => preloaded !== undefined || reason === 'preloaded')
      return (
        isOffered && !below.has(path) && waitsFor(path, new Set([...below].filter((loaded) => delayed.has(loaded))))
      )
    })
  }

  /**
   * Whether `path` can wait for the modules `below` when it runs, instead of before: modules that came after them, and
   * import `path` in no way, do not wait, so they must not notice.
   */
  function waitsFor(path: string, below: ReadonlySet<string>): boolean {
    const order = evaluationOrder()
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
      const acting = delayed.filter((one) => effectOf(one) !== undefined || (sets && exports.readsShared(one)))
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

  /** A module that is loaded at boot by a file that it imports; for files that no known entry leads to. */
  function deadlockOf(path: string, { reason, targets }: Candidate): Condition | undefined {
    const waits = reason === 'preloaded' && targets.some((target) => closureOf(target).has(path))
    return waits ? { reason: 'import-cycle', detail: 'This file' } : undefined
  }

  function ownerOfNext({ role }: Candidate): Condition | undefined {
    const detail = role === undefined ? undefined : actsAfterNext()
    return detail === undefined ? undefined : { reason: 'acts-after-next', detail }
  }

  function actsAfterNext(): string | undefined {
    if (!framework.functions) return undefined
    if (afterNext === undefined) {
      const paths = [...reload().outcomes.keys()]
      afterNext = null
      for (const path of paths)
        if ((afterNext ??= exports.afterNext(path, framework.name === 'koa' || framework.name === 'hono') ?? null))
          break
    }
    return afterNext ?? undefined
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

  function demotionsIn(
    then: ReloadModel,
    now: ReloadModel,
    targets: ReadonlySet<string>,
    lazy: ReadonlySet<string>,
    { targets: known, preloaded }: Forbidden,
    planned: readonly FilePlan[],
  ): Map<string, Condition> {
    const found = new Map<string, Condition>()
    // A target with a condition is static again, or lazy all the same where its condition was accepted.
    const remaining = [...targets].filter((target) => !known.has(target) || lazy.has(target))
    const isKnown = (target: string, { reason }: Condition): boolean =>
      (known.get(target) ?? []).some((condition) => condition.reason === reason)
    for (const target of remaining) {
      const cold = then.importers.get(target)?.find((importer) => !importer.lazy && then.eager.has(importer.path))
      if (!cold) continue
      const demotion: Condition = { reason: 'also-static', detail: placeOf(cold.path, cold.specifier) }
      if (!isKnown(target, demotion)) found.set(target, demotion)
    }
    if (found.size > 0) return found
    // Modules that were loaded at boot, in the order of the static imports, and would now be loaded by a request.
    const delayed = new Set([...now.eager].filter((path) => !then.eager.has(path)))
    const loaded = new Set([...preloaded.keys()].flatMap((target) => [...closureOf(target)]))
    for (const path of delayed) {
      if (loaded.has(path)) continue
      const effect = effectOf(path)
      const demotion: Condition | undefined = effect
        ? { reason: 'side-effects', detail: effect }
        : dependsOnOrder(path)
          ? { reason: 'import-cycle', detail: placeOf(path) }
          : undefined
      if (!demotion) continue
      const owners = remaining.filter((target) => closureOf(target).has(path))
      // One that loads it at boot, as before, is enough.
      const loader = effect === undefined ? undefined : owners.find((target) => canPreload(target, planned, delayed))
      if (effect !== undefined && loader !== undefined) {
        preloaded.set(loader, effect)
        for (const below of closureOf(loader)) loaded.add(below)
        continue
      }
      // Below no target: it came with a barrel that nothing imports any more.
      for (const target of owners.length > 0 ? owners : remaining)
        if (!isKnown(target, demotion)) found.set(target, demotion)
    }
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

  function placeOf(path: string, specifier?: string): string {
    const found = modules.lexed(path)?.imports.find((candidate) => candidate.specifier === specifier)
    const line = found ? `:${positionAt(modules.text(path) ?? '', found.importStart).line}` : ''
    return `\`${relative(root, path).split(sep).join('/')}${line}\``
  }

  const self: Analysis = {
    server,
    modules,
    resolver,
    exports,
    isBoundary,
    facts,
    canHoldCandidate,
    registers,
    mayPlan,
    planFile,
    settle(path, candidates) {
      if (candidates.every(({ verdict }) => verdict !== 'fix')) return [...candidates]
      const found = (forbidden ??= forbid())
      return candidates.map((candidate) => {
        if (candidate.verdict !== 'fix') return candidate
        const conditions = [
          ...conditionsOf(path, candidate, found),
          deadlockOf(path, candidate),
          ownerOfNext(candidate),
        ].filter((condition) => condition !== undefined)
        const [open, ...also] = conditions.filter((condition) => !isAccepted(path, candidate, condition))
        if (open) return { ...candidate, verdict: 'suggest', ...open, also }
        const effect = candidate.preloaded && firstOf(candidate.targets, found.preloaded)
        return effect === undefined || !candidate.preloaded
          ? { ...candidate, ...conditions[0] }
          : { ...candidate, reason: 'preloaded', detail: effect, edits: candidate.preloaded }
      })
    },
    reload,
    willBeBoundary,
    deferred,
    reloadThen,
    waitsFor,
    actsAfterNext,
    noticedIn,
    loadedAtBoot: (texts) => new Set(orderOf(texts)),
    refresh() {
      if (!server.refresh()) return
      plans = new Map()
      registering = new Map()
      forbidden = undefined
      order = undefined
      effects = new Map()
      importedPerRequest = undefined
      deferredImports = undefined
      then = undefined
      afterNext = undefined
    },
  }
  return self
}

/** A relative specifier without `a/..` in it. */
function withoutSteps(specifier: string): string {
  return specifier.startsWith('.') ? posix.normalize(specifier).replace(/^(?!\.)/, './') : specifier
}

/** Undefined for a file of the other language: what runs one may not find the other. */
function hotFileFor(path: string, hotFile: string): HotFileFacts | undefined {
  const extension = extname(hotFile)
  if (/ts/.test(extension) !== /\.[cm]?tsx?$/.test(path)) return undefined
  const step = relative(dirname(path), hotFile).slice(0, -extension.length).split(sep).join('/')
  return { path: hotFile, specifier: step.startsWith('.') ? step : `./${step}`, extension }
}

function leaveMiddleware(candidate: Candidate): Candidate {
  const { verdict, role, names } = candidate
  if (role !== 'middleware' || (verdict !== 'fix' && verdict !== 'suggest')) return candidate
  return { ...candidate, verdict: 'leave', reason: 'static-middleware', detail: names.join('`, `'), edits: [] }
}

const NOT_FOUND: Omit<ExportFacts, 'path' | 'exportName' | 'specifier'> = {
  kind: 'unknown',
  name: undefined,
  function: undefined,
  callee: undefined,
  annotation: undefined,
  mutable: false,
  members: [],
  sideEffect: undefined,
  state: undefined,
  member: () => undefined,
  instanceMember: () => undefined,
  result: undefined,
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

interface Forbidden {
  /** More than one for what is lazy all the same, because one was accepted. */
  readonly targets: Map<string, readonly Condition[]>
  readonly files: Map<string, Condition>
  /** Targets that are loaded at boot too, and what their loading does. */
  readonly preloaded: Map<string, string>
}

function firstOf<Found>(targets: readonly string[], found: ReadonlyMap<string, Found>): Found | undefined {
  for (const target of targets) {
    const first = found.get(target)
    if (first !== undefined) return first
  }
  return undefined
}
