import type { TSESTree } from '@typescript-eslint/utils'
import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { Edit } from '../edits/text.ts'
import type { Framework, Role } from '../frameworks/framework.ts'
import { lazyImports } from './already-lazy.ts'
import { bindingsOf, type Binding } from './bindings.ts'
import { leaveForeign, type Candidate, type Verdict } from './candidate.ts'
import { chooseAsWritten } from './choices.ts'
import { lazyCalls } from './calls/already-lazy.ts'
import { madeValuesIn } from './calls/made.ts'
import { namesIn } from './calls/names.ts'
import { planCallImport, type CallContext } from './calls/plan.ts'
import { findCallSlots } from './calls/slots.ts'
import { namesInWrappers } from './calls/wrapper.ts'
import { isReadBefore } from './imports/evaluation-order.ts'
import type { ExportFacts, FileFacts, ModuleFacts } from './facts.ts'
import type { Reason } from './reasons.ts'
import { findSlots, type Slots } from './registrations.ts'
import { rewriteImport, rewriteIndirect, rewriteTypes } from './imports/rewrite-import.ts'
import {
  directiveAbove,
  hasAttributes,
  hasCommentInside,
  isIdentifierName,
  removeImport,
  replaceImport,
} from './rewrite.ts'
import { climbCasts, moduleName, resolveIdentifiers, textOf, type Node } from './syntax.ts'
import type { Use } from './uses.ts'

export interface PlanInput {
  /** The module's text, as the ranges of `program` count it. */
  readonly text: string
  /** TS-ESTree with `range` and `parent` on every node. */
  readonly program: TSESTree.Program
  readonly scopes: ScopeManager
  /** Every `import('…')` of the module. */
  readonly dynamicImports: readonly TSESTree.ImportExpression[]
  readonly framework: Framework
  readonly facts: FileFacts
  /** What a person chose for a candidate: see choices.ts. */
  readonly choose?: (candidate: Candidate) => Candidate
}

type Demotion = readonly [verdict: Verdict, reason: Reason, detail: string]

/**
 * Plans one module: which imports of request-time code become lazy, and by which edits.
 *
 * Pure: reads nothing but its input. Knows this module only; {@link settle} takes back what other modules forbid.
 *
 * @returns one candidate for each import (or re-export) of request-time code, in source order.
 */
export function plan(input: PlanInput): Candidate[] {
  if (!input.facts.inServer) return []
  const variableOf = resolveIdentifiers(input.scopes)
  const { facts, framework, scopes } = input
  const slots = findSlots(framework, variableOf, facts)
  const { functions: routing } = framework
  const context: Omit<CallContext, 'values'> | undefined = routing && {
    routing,
    slotOf: findCallSlots(routing, slots.receiverOf, variableOf, facts.module),
    variableOf,
    names: namesIn(scopes, namesInWrappers(routing)),
  }
  const calls: CallContext | undefined = context && { ...context, values: madeValuesIn(input, context) }
  const candidates: Candidate[] = calls ? lazyCalls(input, calls) : lazyImports(input, slots)
  const typeImports: TSESTree.ImportDeclaration[] = []
  for (const statement of input.program.body) {
    if (statement.type === 'ImportDeclaration') {
      const candidate = calls ? planCallImport(input, statement, calls) : planImport(input, statement, slots)
      if (candidate) candidates.push(candidate)
      else typeImports.push(statement)
    } else {
      const candidate = planReexport(input, statement)
      if (candidate) candidates.push(candidate)
    }
  }
  for (const declaration of typeImports) planTypeImport(input, declaration, slots, candidates)
  const { text, choose = (candidate) => candidate } = input
  const { foreign } = facts
  if (foreign) return inOrder(candidates.map((candidate) => leaveForeign(candidate, foreign)))
  const wanted = candidates.map((candidate) => choose(chooseAsWritten(candidate, text)))
  return inOrder(demoteMixed(wanted).map(choose))
}

function inOrder(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted((a, b) => a.range[0] - b.range[0])
}

/** @returns undefined when the import is none of request-time code, or of types only. */
function planImport(input: PlanInput, declaration: TSESTree.ImportDeclaration, slots: Slots): Candidate | undefined {
  const { facts, framework, text } = input
  const specifier = declaration.source.value
  if (declaration.importKind === 'type' || framework.generated.test(specifier)) return undefined
  const module = facts.module(specifier)
  if (module.kind === 'external') return undefined
  const bindings = bindingsOf(input.scopes, declaration, slots)
  const role = roleOf(module, bindings)
  if (!role) return undefined
  const handlers = bindings.filter(({ fate }) => fate === 'lazy' || fate === 'inline')
  const kept = bindings.filter(({ fate }) => fate === 'static')
  if (handlers.length === 0 && kept.length === 0) {
    const onlyTypes = bindings.some(({ fate }) => fate === 'type')
    if (onlyTypes || bindings.length === 0) return undefined
  }
  const exports = new Map(handlers.map((binding) => [binding, module.exported(binding.imported)]))
  const candidate = (demotion: Demotion, edits: readonly Edit[]): Candidate => ({
    verdict: demotion[0],
    reason: demotion[1],
    detail: demotion[2],
    about: isHandled(bindings) ? 'handler' : 'boundary',
    role,
    names: (handlers.length > 0 ? handlers : bindings).map(({ local }) => local.name),
    specifier,
    targets: [...new Set(exports.size > 0 ? [...exports.values()].map(({ path }) => path) : [module.path])].filter(
      Boolean,
    ),
    range: declaration.range,
    edits,
  })

  if (exports.size > 0 && [...exports.values()].every(({ kind }) => kind === 'lazy')) {
    return { ...candidate(['done', 'already-lazy', ''], []), targets: [] }
  }
  const blocker = blockerOf(input, declaration, bindings)
  if (blocker && (blocker[0] === 'leave' || handlers.length === 0)) {
    const indirect = blocker[1] === 'indirect' ? rewriteIndirect(text, declaration, bindings, module) : []
    return candidate(blocker, indirect)
  }
  if (handlers.length === 0) {
    if (hasAttributes(text, declaration)) return candidate(['leave', 'import-attributes', ''], [])
    if (hasCommentInside(text, declaration)) return candidate(['leave', 'comment-inside', ''], [])
    return candidate(['suggest', 'unused', bindings[0]?.local.name ?? specifier], [removeImport(text, declaration)])
  }
  const mixed: Demotion[] = kept[0] ? [['suggest', 'mixed-declaration', kept[0].local.name]] : []
  const demotions = [...(blocker ? [blocker] : []), ...mixed, ...doubtsOf(input, declaration, module, exports)]
  const refused = demotions.find(([verdict]) => verdict === 'leave')
  if (refused) return candidate(refused, [])
  const edits = rewriteImport(input, declaration, bindings, exports)
  const [first = ['fix', 'every-use-is-lazy', ''] as const, ...others] = demotions
  const also = others.map(([, reason, detail]) => ({ reason, detail }))
  return { ...candidate(first, edits), ...(also.length > 0 ? { also } : {}) }
}

function roleOf(module: ModuleFacts, bindings: readonly Binding[]): Role | undefined {
  for (const { uses } of bindings) {
    for (const use of uses) if (use.kind === 'slot') return use.slot.registration.role
  }
  const instantiated = bindings.some(({ uses }) => uses.some(isBoundInstance))
  return module.boundary || (instantiated && module.role === 'controller') ? module.role : undefined
}

/** Whether something of the import is registered, or instantiated to be. */
function isHandled(bindings: readonly Binding[]): boolean {
  return bindings.some(({ uses }) => uses.some((use) => use.kind === 'slot' || isBoundInstance(use)))
}

function isBoundInstance(use: Use): boolean {
  return use.kind === 'value' && use.reason === 'bound-instance'
}

/** What keeps the declaration static whatever its target is. */
function blockerOf(
  { facts, text, program }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  bindings: readonly Binding[],
): Demotion | undefined {
  const namespace = bindings.find(({ imported }) => imported === '*')
  if (namespace) return ['leave', 'namespace', namespace.local.name]
  const handlers = bindings.some(({ fate }) => fate === 'lazy' || fate === 'inline')
  if (!handlers) {
    for (const { uses, local } of bindings) {
      const use = uses.find((candidate) => candidate.kind === 'value')
      if (use?.kind !== 'value') continue
      if (facts.boundary && use.blocks === 'leave') return ['leave', 'between-boundaries', local.name]
      // A tuple would name its routes, so the codemod that makes one is no advice there.
      if (use.reason === 'bound-instance' && facts.namesRoutes) return ['leave', 'constructed', local.name]
      return [use.blocks, use.reason, local.name]
    }
    return undefined
  }
  // One binding that is a handler here and a value there: splitting the declaration would not help it.
  for (const { uses, local } of bindings) {
    const use = uses.find((candidate) => candidate.kind === 'value')
    if (use?.kind === 'value' && uses.some(({ kind }) => kind === 'slot')) return [use.blocks, use.reason, local.name]
  }
  for (const { uses, local, imported, fate } of bindings) {
    // What is written inline replaces the casts around a use, too.
    const inline = fate === 'inline' ? uses.map(({ node }) => climbCasts(node).node) : []
    if (inline.some(({ range }) => /\/[*/]/.test(text.slice(...range)))) return ['leave', 'comment-inside', '']
    const types = uses.filter((use) => use.kind === 'type')
    const generic = types.some(({ form }) => form === 'generic')
    const exported = types.some(({ node }) => node.parent?.type === 'ExportSpecifier')
    if ((generic && exported) || (types.length > 0 && !isIdentifierName(imported)))
      return ['leave', 'qualified-type', local.name]
    if (types.some(({ node }) => /\/[*/]/.test(text.slice(...node.range)))) return ['leave', 'comment-inside', '']
  }
  if (hasAttributes(text, declaration)) return ['leave', 'import-attributes', '']
  if (!facts.lexes) return ['leave', 'unlexable', '']
  const soleDefault = bindings.length === 1 && declaration.specifiers[0]?.type === 'ImportDefaultSpecifier'
  const moves = bindings.some(({ uses }) => isReadBefore(program, declaration, uses))
  const keepsTokens = soleDefault && bindings[0]?.fate === 'lazy' && !moves
  if (hasCommentInside(text, declaration) && !keepsTokens) return ['leave', 'comment-inside', '']
  return undefined
}

/** What cannot be proven of the declaration and its targets. */
function doubtsOf(
  { facts, framework, text }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  module: ModuleFacts,
  exports: ReadonlyMap<Binding, ExportFacts>,
): Demotion[] {
  if (module.kind === 'missing') return [['suggest', 'unresolved', declaration.source.value]]
  const doubts: Demotion[] = []
  const directive = directiveAbove(text, declaration.range[0])
  if (directive) doubts.push(['suggest', 'directive', directive])
  for (const [{ local, uses, fate, imported }, target] of exports) {
    const slots = uses.filter((use) => use.kind === 'slot').map(({ slot }) => slot)
    if (slots.some(({ opaque, cast }) => opaque || (fate === 'inline' && cast)))
      doubts.push(['suggest', 'opaque-cast', local.name])
    if (target.kind !== 'class')
      doubts.push([NO_CLASS.test(target.kind) ? 'leave' : 'suggest', 'not-a-class', local.name])
    else if (facts.namesRoutes && slots.some(({ registration }) => registration.namesRoute)) {
      if (target.exportName !== 'default') doubts.push(['suggest', 'named-export', imported])
      else if (target.name === undefined || framework.routeName(target.name) !== framework.routeName(local.name))
        doubts.push(['suggest', 'route-name', target.name ?? 'default'])
    }
    if (target.sideEffect !== undefined) doubts.push(['suggest', 'side-effects', target.sideEffect])
  }
  return doubts
}

/** Kinds that rule a class out; a call may return one. */
const NO_CLASS = /^(?:function|lazy|array|object|literal)$/

/** `export { default as X } from '#controllers/x'`: a static edge to a boundary that no local rewrite can remove. */
function planReexport({ facts }: PlanInput, statement: Node): Candidate | undefined {
  if (statement.type !== 'ExportNamedDeclaration' && statement.type !== 'ExportAllDeclaration') return undefined
  if (!statement.source || statement.exportKind === 'type' || facts.boundary) return undefined
  const module = facts.module(statement.source.value)
  if (!module.boundary || !module.role) return undefined
  const names =
    statement.type === 'ExportNamedDeclaration'
      ? statement.specifiers
          .filter(({ exportKind }) => exportKind !== 'type')
          .map(({ exported }) => moduleName(exported as TSESTree.Identifier))
      : ['*']
  if (names.length === 0) return undefined
  return {
    verdict: 'leave',
    reason: 're-exported',
    detail: names.join('`, `'),
    about: 'boundary',
    role: module.role,
    names,
    specifier: statement.source.value,
    targets: [module.path],
    range: statement.range,
    edits: [],
  }
}

/**
 * A type import above a lazy import of the same specifier. Beside a lazy import that exists it is a candidate of its
 * own; beside one that this plan makes, its edits join that candidate's, so that no fix switches hot reload off.
 */
function planTypeImport(
  input: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  slots: Slots,
  candidates: Candidate[],
): void {
  const { facts, text: source } = input
  const specifier = declaration.source.value
  const beside = input.dynamicImports.some(
    ({ source, range }) => textOf(source) === specifier && range[0] > declaration.range[0],
  )
  const made = candidates.findIndex((candidate) => importsLazilyBelow(candidate, specifier, declaration.range[0]))
  if (!beside && made === -1) return
  const module = facts.module(specifier)
  const role =
    (candidates[made] ?? candidates.find((candidate) => candidate.specifier === specifier))?.role ??
    (module.boundary ? module.role : undefined)
  if ((!role && !module.boundary) || module.kind === 'external') return
  const bindings = bindingsOf(input.scopes, declaration, slots)
  const erased = declaration.importKind === 'type' || bindings.every(({ fate }) => fate === 'type')
  if (bindings.length === 0 || !erased) return
  const detail = bindings.map(({ local }) => local.name).join('`, `')
  const directive = directiveAbove(source, declaration.range[0])
  const blocker: Demotion | undefined =
    (hasCommentInside(source, declaration) ? ['leave', 'comment-inside', ''] : undefined) ??
    blockerOf(
      input,
      declaration,
      bindings.map((binding) => ({ ...binding, fate: 'lazy' })),
    ) ??
    (directive ? ['suggest', 'directive', directive] : undefined)
  const statements: string[] = []
  const edits: Edit[] = []
  if (blocker?.[0] !== 'leave') {
    for (const binding of bindings) rewriteTypes(binding, declaration.source.raw, statements, edits)
    edits.push(
      statements.length > 0 ? replaceImport(source, declaration, statements) : removeImport(source, declaration),
    )
  }
  const joined = candidates[made]
  if (!beside && joined) {
    const [verdict, reason, about]: Demotion =
      joined.verdict === 'fix' && blocker
        ? ['suggest', 'type-beside-lazy', detail]
        : [joined.verdict, joined.reason, joined.detail]
    const preloaded = joined.preloaded && { preloaded: [...joined.preloaded, ...edits] }
    candidates[made] = { ...joined, verdict, reason, detail: about, edits: [...joined.edits, ...edits], ...preloaded }
    return
  }
  candidates.push({
    verdict: blocker?.[0] ?? 'fix',
    reason: blocker?.[1] ?? 'type-beside-lazy',
    detail: blocker?.[2] ?? detail,
    about: 'types',
    role,
    names: bindings.map(({ local }) => local.name),
    specifier,
    targets: module.path ? [module.path] : [],
    range: declaration.range,
    edits,
  })
}

/** Whether the edits of `candidate` put a lazy import of `specifier` behind `offset`. */
function importsLazilyBelow(candidate: Candidate, specifier: string, offset: number): boolean {
  return candidate.edits.some(({ range, text }) => {
    if (range[0] <= offset || !text.includes('import(')) return false
    const own = candidate.specifier === specifier && text.endsWith('import(')
    return own || text.includes(`'${specifier}'`) || text.includes(`"${specifier}"`)
  })
}

/** A module that stays statically imported by this file is not hot, however lazily it is imported beside that. */
function demoteMixed(candidates: readonly Candidate[]): Candidate[] {
  const kept = candidates.filter(({ verdict }) => verdict !== 'done' && verdict !== 'fix')
  return candidates.map((candidate) => {
    if (candidate.verdict !== 'fix') return candidate
    const other = kept.find(({ targets }) => targets.some((target) => candidate.targets.includes(target)))
    if (!other) return candidate
    return {
      ...candidate,
      verdict: 'suggest',
      reason: 'also-static',
      detail: `this file, for \`${other.names.join('`, `')}\``,
    }
  })
}
