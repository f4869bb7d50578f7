import type { TSESTree } from '@typescript-eslint/utils'
import { dirname, relative, sep } from 'node:path'
import { applyEdits, escapePattern, positionAt } from '../edits/text.ts'
import { createExports, type Exports } from '../graph/exports.ts'
import type { Modules } from '../graph/modules.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Resolution, Resolver } from '../graph/resolver.ts'
import type { Server } from '../graph/server.ts'
import { listSourceFiles } from '../project/files.ts'
import type { Candidate } from './candidate.ts'
import type { ExportFacts, FileFacts, ModuleFacts } from './facts.ts'
import { parseModule, type SyntaxProblem } from './parse.ts'
import { plan } from './plan.ts'
import type { Reason } from './reasons.ts'

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
  /** Looks at the disk again. Cheap when nothing changed. */
  refresh(): void
}

/** @param major of the framework. */
export function createAnalysis(server: Server, major: number): Analysis {
  const { root, framework, modules, resolver, isBoundary, isInServer, reload } = server
  const exports = createExports(root, modules, resolver)
  let plans = new Map<string, FilePlan | SyntaxProblem | undefined>()
  let registering = new Map<string, boolean>()
  let forbidden: Forbidden | undefined
  const namesRoutes = framework.name === 'adonisjs' && major >= 7

  function facts(path: string): FileFacts {
    return {
      inServer: isInServer(path),
      boundary: isBoundary(path),
      get lexes() {
        return modules.text(path) === undefined || modules.readByHotHook(path) !== undefined
      },
      namesRoutes,
      module: (specifier) => moduleFacts(path, specifier),
    }
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
      exportNames: () =>
        resolution.kind === 'project' ? exports.exportNames(resolution.path) : { names: [], complete: false },
      exported(name) {
        if (resolution.kind !== 'project') {
          return { ...NOT_FOUND, path: '', exportName: name, specifier }
        }
        const { through, ...declared } = exports.find(resolution.path, name)
        const direct =
          through.length === 0 ? specifier : specifierBehind(from, specifier, resolution.path, declared.path)
        if (direct === undefined) {
          return { ...NOT_FOUND, name: declared.name, path: resolution.path, exportName: name, specifier }
        }
        return {
          ...declared,
          specifier: direct,
          sideEffect: exports.sideEffect(declared.path) ?? exports.sideEffect(resolution.path),
          get state() {
            return exports.moduleState(declared.path)
          },
        }
      },
    }
  }

  /** How a file that names a barrel by `specifier` names the module behind it, in the same style. */
  function specifierBehind(from: string, specifier: string, barrel: string, target: string): string | undefined {
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
    return candidates.find((candidate) => {
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
    return { path, text, candidates: plan({ text, ...parsed, framework, facts: facts(path) }) }
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
    return framework.receivers.length > 0 && REGISTERS.test(text)
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

  /** What no file may import lazily yet, which files may not, and why. */
  function forbid(): Forbidden {
    const forbidden: Forbidden = { targets: new Map(), files: new Map() }
    const now = reload()
    const editable = new Set(listSourceFiles(root))
    const planned = [...now.outcomes.keys()]
      .filter((path) => editable.has(path) && mayHoldFix(path))
      .map(planFile)
      .filter((file) => file !== undefined && 'candidates' in file)
    const targets = new Set(planned.flatMap((file) => fixesOf(file, forbidden).flatMap((fix) => fix.targets)))
    if (targets.size === 0) return forbidden
    const willBeBoundary = (path: string): boolean => isBoundary(path) || targets.has(path)
    for (;;) {
      const overlay = new Map<string, string>()
      for (const file of planned) {
        const edits = fixesOf(file, forbidden).flatMap((fix) => fix.edits)
        if (edits.length > 0) overlay.set(file.path, applyEdits(file.text, edits))
      }
      const texts = modules.withTexts(overlay)
      const then = server.reloadAs(overlay, willBeBoundary)
      // A constant is not hoisted as an import is, and another module of the cycle may read it first.
      const cyclic = [...overlay.keys()].filter((path) => closureOf(path, texts, false).has(path))
      for (const path of cyclic) forbidden.files.set(path, { reason: 'import-cycle', detail: 'This file' })
      const found = demotionsIn(then, now, targets, forbidden.targets)
      if (found.size === 0 && cyclic.length === 0) return forbidden
      for (const [target, demotion] of found) forbidden.targets.set(target, demotion)
    }
  }

  function demotionsIn(
    then: ReloadModel,
    now: ReloadModel,
    targets: ReadonlySet<string>,
    known: ReadonlyMap<string, Demotion>,
  ): Map<string, Demotion> {
    const found = new Map<string, Demotion>()
    for (const target of targets) {
      if (known.has(target)) continue
      const cold = then.importers.get(target)?.find(({ path, lazy }) => !lazy && then.eager.has(path))
      if (cold) found.set(target, { reason: 'also-static', detail: placeOf(cold.path, cold.specifier) })
    }
    if (found.size > 0) return found
    // Modules that were loaded at boot, in the order of the static imports, and would now be loaded by a request.
    for (const path of [...now.eager].filter((eager) => !then.eager.has(eager))) {
      const effect = targets.has(path) ? undefined : exports.sideEffect(path)
      const demotion: Demotion | undefined = effect
        ? { reason: 'side-effects', detail: effect }
        : dependsOnOrder(path)
          ? { reason: 'import-cycle', detail: placeOf(path) }
          : undefined
      if (!demotion) continue
      const remaining = [...targets].filter((target) => !known.has(target))
      const owners = remaining.filter((target) => closureOf(target).has(path))
      // Below no target: it came with a barrel that nothing imports any more.
      for (const target of owners.length > 0 ? owners : remaining) found.set(target, demotion)
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

  return {
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
      const { targets, files } = (forbidden ??= forbid())
      return candidates.map((candidate) => {
        const demotion =
          candidate.verdict === 'fix' ? (files.get(path) ?? firstOf(candidate.targets, targets)) : undefined
        return demotion ? { ...candidate, verdict: 'suggest', ...demotion } : candidate
      })
    },
    reload,
    refresh() {
      if (!server.refresh()) return
      plans = new Map()
      registering = new Map()
      forbidden = undefined
    },
  }
}

const NOT_FOUND: Omit<ExportFacts, 'path' | 'exportName' | 'specifier'> = {
  kind: 'unknown',
  name: undefined,
  function: undefined,
  callee: undefined,
  mutable: false,
  members: [],
  sideEffect: undefined,
  state: undefined,
}

interface Forbidden {
  readonly targets: Map<string, Demotion>
  readonly files: Map<string, Demotion>
}

interface Demotion {
  readonly reason: Reason
  readonly detail: string
}

function firstOf(targets: readonly string[], demotions: ReadonlyMap<string, Demotion>): Demotion | undefined {
  for (const target of targets) {
    const demotion = demotions.get(target)
    if (demotion) return demotion
  }
  return undefined
}

function fixesOf({ path, candidates }: FilePlan, { targets, files }: Forbidden): Candidate[] {
  if (files.has(path)) return []
  return candidates.filter(({ verdict, targets: own }) => verdict === 'fix' && !firstOf(own, targets))
}
