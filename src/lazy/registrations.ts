import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Framework, Registration } from '../frameworks/framework.ts'
import type { FileFacts } from './facts.ts'
import { findReceivers, type ReceiverOf } from './receivers.ts'
import { bare, climbCasts, memberName, type Node } from './syntax.ts'

/** A place in a registration call where the framework expects a handler. */
export interface Slot {
  readonly registration: Registration
  /** A cast stands between the handler and the call. */
  readonly cast: boolean
  /** That cast names a type other than `any`, `unknown`, `never` or `const`. */
  readonly opaque: boolean
}

export interface Slots {
  /** The receiver that an expression is, undefined when it is none. */
  readonly receiverOf: ReceiverOf
  /** The slot that an expression fills, `undefined` when it fills none. */
  slotOf(node: Node): Slot | undefined
  /** The registration that takes its handler from the argument `node`, whatever the argument looks like. */
  registrationOf(node: Node): Registration | undefined
  /** Whether the instance that `new X()` makes is a constant whose methods are handlers. */
  isHandlerInstance(node: TSESTree.NewExpression): boolean
}

/**
 * Finds where handlers are registered in one module.
 *
 * @param variableOf the variable an identifier refers to.
 * @param facts of the module.
 */
export function findSlots(
  framework: Framework,
  variableOf: (node: Node) => Variable | undefined,
  facts: Pick<FileFacts, 'module' | 'isRegisteredElsewhere'>,
): Slots {
  const receiverOf = findReceivers(framework, variableOf, facts)

  function slotOf(handler: Node): Slot | undefined {
    const value = climbCasts(handler)
    const { parent } = value.node
    if (!parent) return undefined
    if (parent.type === 'CallExpression') return inCall(parent, value.node, ['value'], value.cast, value.opaque)
    let shapes: Registration['shape'][]
    let holder: Node
    if (parent.type === 'ArrayExpression') {
      shapes = parent.elements[0] === value.node ? ['tuple', 'list'] : ['list']
      holder = parent
    } else if (parent.type === 'Property' && parent.value === value.node && parent.parent.type === 'ObjectExpression') {
      shapes = ['record']
      holder = parent.parent
    } else {
      return undefined
    }
    const outer = climbCasts(holder)
    if (outer.node.parent?.type !== 'CallExpression') return undefined
    return inCall(outer.node.parent, outer.node, shapes, value.cast || outer.cast, value.opaque || outer.opaque)
  }

  function inCall(
    call: TSESTree.CallExpression,
    argument: Node,
    shapes: readonly Registration['shape'][],
    cast: boolean,
    opaque: boolean,
  ): Slot | undefined {
    const index = call.arguments.indexOf(argument as TSESTree.CallExpressionArgument)
    if (index === -1 || call.arguments.slice(0, index).some(({ type }) => type === 'SpreadElement')) return undefined
    const callee = bare(call.callee)
    if (callee.type !== 'MemberExpression') return undefined
    const method = memberName(callee)
    const registration = framework.registrations.find(
      (candidate) =>
        candidate.argument === index &&
        shapes.includes(candidate.shape) &&
        method !== undefined &&
        candidate.methods.includes(method) &&
        receiverOf(callee.object)?.name === candidate.receiver,
    )
    return registration && { registration, cast, opaque }
  }

  function registrationOf(node: Node): Registration | undefined {
    const { node: argument, cast, opaque } = climbCasts(node)
    return argument.parent?.type === 'CallExpression'
      ? inCall(argument.parent, argument, ['value', 'tuple', 'list', 'record'], cast, opaque)?.registration
      : undefined
  }

  return {
    receiverOf,
    slotOf,
    registrationOf,
    isHandlerInstance({ parent }) {
      if (parent.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return false
      return (variableOf(parent.id)?.references ?? []).some(({ identifier }) => {
        const method = identifier.parent
        if (method?.type !== 'MemberExpression' || method.object !== identifier) return false
        const bind =
          method.parent.type === 'MemberExpression' && memberName(method.parent) === 'bind'
            ? method.parent.parent
            : undefined
        return registrationOf(bind ?? method) !== undefined
      })
    },
  }
}
