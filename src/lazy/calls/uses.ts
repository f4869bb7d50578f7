import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Reason } from '../reasons.ts'
import { isCast, memberName, type Node } from '../syntax.ts'
import { typeUse, type Use } from '../uses.ts'
import type { CallSlot, CallSlotOf } from './slots.ts'

/** One reference to an imported binding of a module that registers functions. */
export type CallUse =
  | {
      readonly kind: 'call'
      /** The whole expression that names the function: `users.list`, `users.list.bind(users)`. */
      readonly node: Node
      /** The members that are read of the binding: `['list']`. */
      readonly members: readonly string[]
      /** It is bound to what it is read of. */
      readonly bound: boolean
      readonly slot: CallSlot
    }
  | Extract<Use, { kind: 'type' }>
  /** Part of what is registered, but not as a function: a factory that is called, a class, a list, what a call gets. */
  | { readonly kind: 'registered'; readonly node: Node; readonly members: readonly string[]; readonly reason: Reason }
  | { readonly kind: 'value'; readonly node: Node }

type VariableOf = (node: Node) => Variable | undefined

/** Classifies every reference to `variable`, in source order. */
export function callUsesOf(variable: Variable, slotOf: CallSlotOf, variableOf: VariableOf): CallUse[] {
  return variable.references
    .filter(({ identifier }) => !isBoundTo(identifier))
    .map(({ identifier }) => callUseOf(identifier, slotOf, variableOf))
}

/** `users` in the parentheses of `users.list.bind(users)`, which is part of the use before it. */
export function isBoundTo(node: Node): boolean {
  const { expression } = memberOf(node)
  const call = expression.parent
  if (call?.type !== 'CallExpression' || call.arguments[0] !== expression || call.arguments.length > 1) return false
  const { callee } = call
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'bind') return false
  return callee.object.type === 'MemberExpression' && isSame(callee.object.object, expression)
}

function callUseOf(node: Node, slotOf: CallSlotOf, variableOf: VariableOf): CallUse {
  const { parent } = node
  const type = parent && typeUse(node, parent)
  if (type) return type.kind === 'type' ? type : { kind: 'value', node }
  if (parent?.type === 'ExportSpecifier' && (parent.exportKind === 'type' || parent.parent.exportKind === 'type'))
    return { kind: 'type', node, form: 'name' }
  const { expression, members, bound } = memberOf(node)
  const slot = slotOf(expression)
  if (slot) return { kind: 'call', node: expression, members, bound, slot }
  const reason = registeredAs(expression, slotOf, variableOf)
  return reason ? { kind: 'registered', node: expression, members, reason } : { kind: 'value', node }
}

/** `users`, `users.list` and `users.list.bind(users)`, as far as they go from `users`. */
export function memberOf(node: Node): { expression: Node; members: string[]; bound: boolean } {
  const members: string[] = []
  let expression = node
  for (
    let { parent } = node;
    parent?.type === 'MemberExpression' && parent.object === expression;
    { parent } = parent
  ) {
    const name = parent.optional ? undefined : memberName(parent)
    if (name === undefined) break
    const call = parent.parent
    if (name === 'bind' && call.type === 'CallExpression' && call.callee === parent) {
      const [self, more] = call.arguments
      const owner = expression.type === 'MemberExpression' ? expression.object : undefined
      const bound = owner !== undefined && self !== undefined && !more && isSame(owner, self)
      return { expression: bound ? call : expression, members, bound }
    }
    members.push(name)
    expression = parent
  }
  return { expression, members, bound: false }
}

/** Whether two expressions are the same name, or the same member of it. */
function isSame(a: Node, b: Node): boolean {
  if (a.type === 'Identifier') return b.type === 'Identifier' && a.name === b.name
  if (a.type !== 'MemberExpression' || b.type !== 'MemberExpression') return false
  const name = memberName(a)
  return name !== undefined && name === memberName(b) && isSame(a.object, b.object)
}

/** Why something that is made of the binding is registered, and not the binding. */
function registeredAs(expression: Node, slotOf: CallSlotOf, variableOf: VariableOf): Reason | undefined {
  const { parent } = expression
  switch (parent?.type) {
    case 'CallExpression':
      if (!isRegistered(parent, slotOf, variableOf)) return undefined
      // `asyncHandler(list)`: what is registered is `list`.
      if (parent.callee === expression && parent.arguments.some((argument) => slotOf(argument)?.wrapped))
        return undefined
      return parent.callee === expression ? 'factory' : 'unknown-wrapper'
    case 'NewExpression':
      return parent.callee === expression && isRegistered(parent, slotOf, variableOf) ? 'constructed-here' : undefined
    case 'SpreadElement':
      return slotOf(parent) ? 'spread' : undefined
    case 'ArrayExpression':
    case 'VariableDeclarator':
      return isHeld(expression, slotOf, variableOf) ? 'indirect' : undefined
    default:
      return undefined
  }
}

/** Whether `value`, a member of it, or a constant that holds it, fills a slot. */
function isRegistered(value: Node, slotOf: CallSlotOf, variableOf: VariableOf): boolean {
  let node = value
  while (node.parent?.type === 'MemberExpression' && node.parent.object === node) node = node.parent
  if (node !== value && node.parent?.type === 'CallExpression' && node.parent.callee === node) node = node.parent
  return slotOf(node) !== undefined || (node === value && isHeld(node, slotOf, variableOf))
}

/** Whether a constant of the module holds `value`, alone or in a list, and fills a slot or gives it a member. */
function isHeld(value: Node, slotOf: CallSlotOf, variableOf: VariableOf): boolean {
  let node = value
  while (node.parent?.type === 'ArrayExpression' || isCast(node.parent)) node = node.parent
  const { parent } = node
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier' || parent.init !== node) return false
  const references = variableOf(parent.id)?.references ?? []
  return references.some(({ identifier }) => {
    const { expression } = memberOf(identifier)
    return slotOf(expression) !== undefined || (isSpread(expression.parent) && slotOf(expression.parent) !== undefined)
  })
}

function isSpread(node: Node | undefined): node is TSESTree.SpreadElement {
  return node?.type === 'SpreadElement'
}
