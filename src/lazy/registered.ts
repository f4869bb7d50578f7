import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import type { Framework } from '../frameworks/framework.ts'
import { isFunction, moduleCode, type FunctionNode, type ModuleCode, type Node } from '../graph/module-code.ts'
import { findCallSlots, type CallSlot } from './calls/slots.ts'
import type { FileFacts } from './facts.ts'
import { findReceivers } from './receivers.ts'
import { bare, resolveIdentifiers } from './syntax.ts'

/** What a module hands to its framework to be called with requests. */
export interface Registered {
  /** The argument, or the element of an array in it, without casts. */
  readonly value: Node
  readonly slot: CallSlot
  /** The function itself, written there or declared by the module. */
  readonly function: FunctionNode | undefined
}

/**
 * Every function that a module registers, in textual order; what stands in a wrapper is not looked into.
 *
 * @param program with parents.
 */
export function registeredFunctions(
  program: TSESTree.Program,
  scopes: ScopeManager,
  framework: Framework,
  facts: Pick<FileFacts, 'module' | 'isRegisteredElsewhere'>,
): Registered[] {
  const { functions } = framework
  if (!functions) return []
  const variableOf = resolveIdentifiers(scopes)
  const slotOf = findCallSlots(functions, findReceivers(framework, variableOf, facts), variableOf, facts.module)
  const code = moduleCode(program)
  return code.calls
    .flatMap((call) => call.arguments.flatMap(elementsOf))
    .flatMap((node): Registered[] => {
      const slot = slotOf(node)
      const value = bare(node)
      return slot && !slot.wrapped ? [{ value, slot, function: functionOf(value, code) }] : []
    })
}

/** The elements of an array literal, those of arrays in it too; else the node. */
function elementsOf(node: Node): Node[] {
  const value = bare(node)
  return value.type === 'ArrayExpression'
    ? value.elements.flatMap((element) => (element ? elementsOf(element) : []))
    : [node]
}

/** The function that an expression is, or that it names and the module declares and never replaces. */
export function functionOf(value: Node, code: ModuleCode): FunctionNode | undefined {
  if (isFunction(value)) return value
  const binding = value.type === 'Identifier' ? code.bindingOf(value) : undefined
  if (binding?.kind === 'function') return binding.node
  if (binding?.kind !== 'variable' || binding.keys.length > 0 || !binding.declarator.init) return undefined
  const isReplaced = code.assignments.some(({ left }) => left.type === 'Identifier' && code.bindingOf(left) === binding)
  const init = bare(binding.declarator.init)
  return isReplaced || !isFunction(init) ? undefined : init
}
