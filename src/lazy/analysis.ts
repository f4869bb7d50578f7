import type { TSESTree } from '@typescript-eslint/utils'
import { relative, sep } from 'node:path'
import { escapePattern, positionAt } from '../edits/text.ts'
import { createExports, type Exports } from '../graph/exports.ts'
import type { Modules } from '../graph/modules.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Resolver } from '../graph/resolver.ts'
import type { Server } from '../graph/server.ts'
import { importedApps, startsServer } from './app/entry.ts'
import { bootOf } from './boot/boot.ts'
import { conditionsOf, forbiddenIn, isAccepted, type Forbidden } from './boot/forbidden.ts'
import { createBootOrder, type BootOrder } from './boot/order.ts'
import { withKeptInstances } from './bound-instances.ts'
import { leaveAlone, type Candidate, type Condition } from './candidate.ts'
import { choose } from './choices.ts'
import { deferredTargets } from './deferred/already.ts'
import type { FileFacts } from './facts.ts'
import { createFileFacts } from './file-facts.ts'
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
  /** In which order the server evaluates its modules at boot. */
  readonly order: BootOrder
  /** A middleware of the server that goes on with the request after `next()`, before a handler that waits is done. */
  actsAfterNext(): string | undefined
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
  let order = createBootOrder(server, exports, effectOf)
  let effects = new Map<string, string | undefined>()
  let importedPerRequest: ReadonlySet<string> | undefined
  let deferredImports: ReadonlySet<string> | undefined
  let then: ReloadModel | undefined
  /** null: there is none. */
  let afterNext: string | null | undefined
  const facts = createFileFacts(server, exports, {
    major,
    hotFile,
    effectOf,
    isLoadedLazily(path) {
      const { eager, outcomes } = reloadThen()
      return outcomes.has(path) && !eager.has(path)
    },
  })

  /** What loading a module does. Where it can be loaded at boot too, all that may do anything counts. */
  function effectOf(path: string): string | undefined {
    if (!effects.has(path)) {
      effects.set(path, framework.functions ? exports.loadEffect(path) : exports.sideEffect(path))
    }
    return effects.get(path)
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
    const editable = new Set(server.files())
    const planned = [...reload().outcomes.keys()]
      .filter((path) => editable.has(path) && (choices !== undefined || mayHoldFix(path)))
      .map(planFile)
      .filter((file) => file !== undefined && 'candidates' in file)
    const leftBehindBy = (path: string): string | undefined => bootOf(self).leftBehindBy(path)
    return forbiddenIn(planned, { server, order, choices, effectOf, leftBehindBy, placeOf })
  }

  /** A module that is loaded at boot by a file that it imports; for files that no known entry leads to. */
  function deadlockOf(path: string, { reason, targets }: Candidate): Condition | undefined {
    const waits = reason === 'preloaded' && targets.some((target) => order.closureOf(target).has(path))
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
        const [open, ...also] = conditions.filter((condition) => !isAccepted(choices, path, candidate, condition))
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
    get order() {
      return order
    },
    actsAfterNext,
    refresh() {
      if (!server.refresh()) return
      plans = new Map()
      registering = new Map()
      forbidden = undefined
      order = createBootOrder(server, exports, effectOf)
      effects = new Map()
      importedPerRequest = undefined
      deferredImports = undefined
      then = undefined
      afterNext = undefined
    },
  }
  return self
}

function leaveMiddleware(candidate: Candidate): Candidate {
  const { verdict, role, names } = candidate
  if (role !== 'middleware' || (verdict !== 'fix' && verdict !== 'suggest')) return candidate
  return { ...candidate, verdict: 'leave', reason: 'static-middleware', detail: names.join('`, `'), edits: [] }
}

function firstOf<Found>(targets: readonly string[], found: ReadonlyMap<string, Found>): Found | undefined {
  for (const target of targets) {
    const first = found.get(target)
    if (first !== undefined) return first
  }
  return undefined
}
