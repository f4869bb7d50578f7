import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Reason } from './reasons.ts'
import type { Slot, Slots } from './registrations.ts'
import { climbCasts, isCast, type Node } from './syntax.ts'

/**
 * One reference to an imported binding.
 *
 * - `slot`: a handler in a registration.
 * - `type`: erased at run time. `query` is `typeof X`, the others are `X` as a type; `generic` when it has arguments.
 * - `value`: anything else; `blocks` is `leave` when a lazy import would break it, `suggest` when it might.
 */
export type Use =
  | { readonly kind: 'slot'; readonly node: TSESTree.Identifier; readonly slot: Slot }
  | { readonly kind: 'type'; readonly node: Node; readonly form: 'query' | 'name' | 'generic' }
  | { readonly kind: 'value'; readonly node: Node; readonly reason: Reason; readonly blocks: 'leave' | 'suggest' }

/** Classifies every reference to `variable`, in source order. */
export function usesOf(variable: Variable, slots: Slots): Use[] {
  return variable.references.map((reference) => useOf(reference.identifier, slots))
}

function useOf(node: Node, slots: Slots): Use {
  const parent = node.parent
  if (!parent) return { kind: 'value', node, reason: 'used-as-value', blocks: 'leave' }
  const type = typeUse(node, parent)
  if (type) return type
  if (parent.type === 'ExportSpecifier') {
    const erased = parent.exportKind === 'type' || parent.parent?.exportKind === 'type'
    return erased ? { kind: 'type', node, form: 'name' } : leave(node, 're-exported')
  }
  if (parent.type === 'ExportDefaultDeclaration' || parent.type === 'TSExportAssignment')
    return leave(node, 're-exported')
  const slot = slots.slotOf(node)
  if (slot) return { kind: 'slot', node: node as TSESTree.Identifier, slot }
  if (parent.type === 'NewExpression' && parent.callee === node) {
    return leave(node, slots.isHandlerInstance(parent) ? 'bound-instance' : 'constructed')
  }
  if (parent.type === 'MemberExpression' && parent.object === node) return leave(node, 'static-member')
  if (slots.registrationOf(node)) return leave(node, 'function-handler')
  if (isStored(node)) return { kind: 'value', node, reason: 'indirect', blocks: 'suggest' }
  return leave(node, 'used-as-value')
}

function leave(node: Node, reason: Reason): Use {
  return { kind: 'value', node, reason, blocks: 'leave' }
}

/** The use of a name as a type; a `value` where a lazy import would break it; undefined when it is no type. */
export function typeUse(node: Node, parent: Node): Use | undefined {
  switch (parent.type) {
    case 'TSTypeQuery':
      return parent.typeArguments ? leave(node, 'qualified-type') : { kind: 'type', node: parent, form: 'query' }
    case 'TSQualifiedName':
      return leave(node, 'qualified-type')
    case 'TSTypeReference':
      if (emitsMetadata(parent)) return leave(node, 'decorator-metadata')
      return { kind: 'type', node, form: parent.typeArguments ? 'generic' : 'name' }
    case 'TSClassImplements':
    case 'TSInterfaceHeritage':
      // An import type cannot stand there, and an alias takes no arguments.
      return parent.typeArguments ? leave(node, 'qualified-type') : { kind: 'type', node, form: 'name' }
    default:
      return undefined
  }
}

/** `emitDecoratorMetadata` turns the types of a decorated class's parameters and properties into values. */
function emitsMetadata(type: Node): boolean {
  for (let node: Node | undefined = type.parent; node; node = node.parent) {
    if (node.type === 'PropertyDefinition') return node.decorators.length > 0
    if (node.type === 'MethodDefinition') {
      const { decorators, parent } = node
      if (decorators.length > 0 || (node.kind === 'constructor' && parent.parent.decorators.length > 0)) return true
      return node.value.params.some((parameter) => parameter.decorators.length > 0)
    }
    if (node.type === 'BlockStatement' || node.type === 'Program') return false
  }
  return false
}

/** In a tuple, an object or a variable of this module that is not exported. */
function isStored(node: Node): boolean {
  let current = climbCasts(node).node
  for (let parent = current.parent; parent; parent = current.parent) {
    if (parent.type === 'VariableDeclarator') {
      return parent.init === current && parent.parent.parent.type !== 'ExportNamedDeclaration'
    }
    const holds =
      isCast(parent) ||
      parent.type === 'ArrayExpression' ||
      parent.type === 'ObjectExpression' ||
      (parent.type === 'Property' && parent.value === current)
    if (!holds) return false
    current = parent
  }
  return false
}
