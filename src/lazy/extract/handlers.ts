import type { TSESTree } from '@typescript-eslint/utils'
import type { Reference, Scope, Variable } from '@typescript-eslint/scope-manager'
import type { Framework } from '../../frameworks/framework.ts'
import { NOTHING } from '../../graph/exports/describe.ts'
import { functionFacts } from '../../graph/exports/functions.ts'
import { childrenOf } from '../../graph/exports/nodes.ts'
import type { Opened } from '../boot/boot.ts'
import { findCallSlots, type CallSlot } from '../calls/slots.ts'
import type { Condition } from '../candidate.ts'
import type { FileFacts } from '../facts.ts'
import { findReceivers } from '../receivers.ts'
import { directiveAbove, hasAttributes, hasCommentInside } from '../rewrite.ts'
import { isCast, resolveIdentifiers, type Node } from '../syntax.ts'
import { nameFor } from './names.ts'
import { typesOf, type Annotation } from './types.ts'

export type InlineFunction = TSESTree.ArrowFunctionExpression | TSESTree.FunctionExpression

/** A function that is written where it is registered. */
export interface InlineHandler {
  readonly node: InlineFunction
  readonly slot: CallSlot
  /** What it would be called; others may be called the same. */
  readonly name: string
  /** What it refers to outside itself, and what its annotations do. */
  readonly references: readonly Reference[]
  /** The types that it loses where nothing calls it. */
  readonly annotations: readonly Annotation[]
  /** Why it stays where it is; undefined when it can move. */
  readonly refusal: Condition | undefined
}

/** A declaration of the module that only functions that move refer to: it moves with them. */
export interface Companion {
  readonly variable: Variable
  readonly statement: Node
  readonly references: readonly Reference[]
}

/** What can move out of one module. */
export interface Movable {
  /** Every function that is written where it is registered, in textual order. */
  readonly handlers: readonly InlineHandler[]
  /** In textual order. */
  readonly companions: readonly Companion[]
}

/**
 * Finds the functions that `file` registers where it writes them, and which of them can be called from elsewhere.
 *
 * @param refused what has to stay for other reasons, by the offset at which it starts.
 */
export function findMovable(
  file: Opened,
  framework: Framework,
  facts: FileFacts,
  refused: ReadonlyMap<number, Condition>,
): Movable {
  const { functions } = framework
  if (!functions) return { handlers: [], companions: [] }
  const { program, scopes } = file
  const variableOf = resolveIdentifiers(scopes)
  const receiverOf = findReceivers(framework, variableOf, facts)
  const slotOf = findCallSlots(functions, receiverOf, variableOf, facts.module)
  const found: InlineHandler[] = []
  for (const scope of scopes.scopes) {
    const { block } = scope
    if (scope.type !== 'function') continue
    const node = block as Node
    if (node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression') continue
    const slot = slotOf(node)
    // What imports for itself is lazy already.
    if (!slot || file.dynamicImports.some((loads) => holds(node, loads))) continue
    const outside = outsideOf(scope as Scope, node)
    const types = facts.typescript ? typesOf(node, slot, functions, file, variableOf) : { annotations: [] }
    const refusal =
      refused.get(node.range[0]) ??
      refusalOf(node, outside, file) ??
      ('refusal' in types ? { reason: 'typed-handler', detail: types.refusal } : undefined)
    const annotations = 'annotations' in types ? types.annotations : []
    const added = annotations.flatMap(({ within }) => (within ? referencesIn(scopes.scopes as Scope[], within) : []))
    const name = nameFor(node, slot, file.path)
    found.push({ node, slot, name, references: [...outside, ...added], annotations, refusal })
  }
  const handlers = found
    .filter(({ node }) => !found.some((other) => other.node !== node && holds(other.node, node)))
    .sort((one, other) => one.node.range[0] - other.node.range[0])
  return settle(handlers, program)
}

/** Refuses what closes over something that stays, and says what moves along, until both agree. */
function settle(all: readonly InlineHandler[], program: TSESTree.Program): Movable {
  let handlers = all
  for (;;) {
    const companions = companionsOf(handlers, program)
    const moved = new Set(companions.map(({ variable }) => variable))
    const next = handlers.map((handler): InlineHandler => {
      if (handler.refusal) return handler
      const kept = handler.references.find(({ resolved }) => resolved && !isImport(resolved) && !moved.has(resolved))
      return kept ? { ...handler, refusal: { reason: 'closes-over', detail: String(kept.identifier.name) } } : handler
    })
    if (next.every((handler, at) => handler === handlers[at])) return { handlers, companions }
    handlers = next
  }
}

/** The declarations that are referred to by what moves, and by nothing else. */
function companionsOf(handlers: readonly InlineHandler[], program: TSESTree.Program): Companion[] {
  const moving = handlers.filter(({ refusal }) => !refusal)
  const found = new Map<Variable, Companion>()
  const wanted = moving.flatMap(({ references }) => references)
  for (const { resolved } of wanted) {
    if (!resolved || isImport(resolved) || found.has(resolved)) continue
    const statement = movableStatement(resolved, program)
    if (!statement) continue
    const references = outsideOfStatement(resolved, statement)
    found.set(resolved, { variable: resolved, statement, references })
    wanted.push(...references)
  }
  // One that something else refers to stays, and with it those that it refers to.
  for (;;) {
    const places = [...moving.map(({ node }) => node as Node), ...[...found.values()].map(({ statement }) => statement)]
    const staying = [...found.values()].find(
      ({ variable, references }) =>
        variable.references.some(({ identifier }) => !places.some((place) => holds(place, identifier as Node))) ||
        references.some(({ resolved }) => resolved && !isImport(resolved) && !found.has(resolved)),
    )
    if (!staying) break
    found.delete(staying.variable)
  }
  return [...found.values()].sort((one, other) => one.statement.range[0] - other.statement.range[0])
}

/** The statement that declares the variable and nothing else, where moving it changes nothing. */
function movableStatement(variable: Variable, program: TSESTree.Program): Node | undefined {
  const [definition, another] = variable.defs
  if (!definition || another) return undefined
  const { node } = definition as { node: Node }
  if (node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration')
    return node.parent === program ? node : undefined
  if (node.type === 'FunctionDeclaration') return node.parent === program && !usesModule(node) ? node : undefined
  if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) return undefined
  const declaration = node.parent
  if (declaration.kind !== 'const' || declaration.declarations.length > 1 || declaration.parent !== program)
    return undefined
  return isConstant(node.init) && !usesModule(node.init) ? declaration : undefined
}

/** Whether the value is the same however often it is made, and keeps nothing. */
function isConstant(node: Node): boolean {
  if (isCast(node)) return isConstant(node.expression)
  switch (node.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return true
    case 'Literal':
      return !('regex' in node) || !/[gy]/.test(node.regex.flags)
    case 'TemplateLiteral':
      return node.expressions.every(isConstant)
    case 'UnaryExpression':
      return isConstant(node.argument)
    case 'BinaryExpression':
      return isConstant(node.left) && isConstant(node.right)
    default:
      return false
  }
}

/** What only means the same in this module, or where it is called. */
function usesModule(node: Node): boolean {
  return node.type === 'MetaProperty' || node.type === 'Super' || childrenOf(node).some(usesModule)
}

function refusalOf(
  node: InlineFunction,
  references: readonly Reference[],
  { text, program }: Opened,
): Condition | undefined {
  const facts = functionFacts(node, () => NOTHING)
  const named = node.id ? `\`${node.id.name}\`` : 'function'
  if (facts.usesThis) return { reason: 'uses-this', detail: named }
  if (facts.usesArguments) return { reason: 'uses-arguments', detail: named }
  if (usesModule(node)) return { reason: 'closes-over', detail: 'import.meta' }
  if (isCast(node.parent)) return { reason: 'opaque-cast', detail: named }
  // What JSX is compiled to calls names that nothing in the tree refers to.
  const factory = usesJsx(node) ? jsxFactoryOf(program) : undefined
  if (factory !== undefined) return { reason: 'closes-over', detail: factory }
  // It is about the line that the function starts in.
  const above = directiveAbove(text, node.range[0])
  if (above !== undefined) return { reason: 'directive', detail: above }
  for (const { resolved } of references) {
    const declaration = resolved && isImport(resolved) ? resolved.defs[0]?.parent : undefined
    if (declaration?.type !== 'ImportDeclaration') continue
    if (hasAttributes(text, declaration)) return { reason: 'import-attributes', detail: '' }
    if (hasCommentInside(text, declaration)) return { reason: 'comment-inside', detail: '' }
    const directive = directiveAbove(text, declaration.range[0])
    if (directive !== undefined) return { reason: 'directive', detail: directive }
  }
  return undefined
}

function usesJsx(node: Node): boolean {
  return node.type.startsWith('JSX') || childrenOf(node).some(usesJsx)
}

function jsxFactoryOf({ body }: TSESTree.Program): string | undefined {
  const locals = body.flatMap((statement) =>
    statement.type === 'ImportDeclaration' ? statement.specifiers.map(({ local }) => local.name) : [],
  )
  return locals.find((name) => /^(?:React|jsx|h|Fragment)$/.test(name))
}

/** What the code of a scope refers to outside `node`; globals too. */
function outsideOf(scope: Scope, node: Node): Reference[] {
  return scope.through.filter(({ resolved }) => !resolved?.defs.some(({ name }) => holds(node, name as Node)))
}

function outsideOfStatement(variable: Variable, statement: Node): Reference[] {
  return referencesIn(variable.scope.set.size > 0 ? scopesBelow(variable.scope) : [], statement).filter(
    ({ resolved }) => !resolved?.defs.some(({ name }) => holds(statement, name as Node)),
  )
}

function scopesBelow(scope: Scope): Scope[] {
  return [scope, ...scope.childScopes.flatMap((child) => scopesBelow(child))]
}

function referencesIn(scopes: readonly Scope[], place: Node): Reference[] {
  return scopes.flatMap(({ references }) => references.filter(({ identifier }) => holds(place, identifier as Node)))
}

export function isImport({ defs }: Variable): boolean {
  return defs[0]?.type === 'ImportBinding' && defs[0].node.type !== 'TSImportEqualsDeclaration'
}

export function holds(node: Node, inner: Node): boolean {
  return node.range[0] <= inner.range[0] && inner.range[1] <= node.range[1]
}
