import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { FunctionRegistration, FunctionRouting, Role } from '../../frameworks/framework.ts'
import { promiseUseOf, type PromiseUse } from '../../graph/exports/promises.ts'
import { nameOfKey } from '../../graph/exports/nodes.ts'
import type { FileFacts } from '../facts.ts'
import type { ReceiverOf } from '../receivers.ts'
import { isPlainArgument } from './plain.ts'
import { bare, climbCasts, importedName, isFunction, memberName, type Node } from '../syntax.ts'

/** A place in a registration where the framework expects a function. */
export interface CallSlot {
  readonly registration: FunctionRegistration
  readonly role: Role
  /** A function expression there gets the types of its parameters from the place: it stands in no array, wrapper or cast. */
  readonly typed: boolean
  /** A function expression stands beside it that gets the types of its parameters from what stands there. */
  readonly givesTypes: boolean
  /** It is the argument of a wrapper such as `asyncHandler(…)`: what that does with a promise. */
  readonly wrapped: PromiseUse | undefined
  /** The cast around it, to a type that a wrapper may not have. */
  readonly opaque: boolean
}

export type CallSlotOf = (expression: Node) => CallSlot | undefined

/** Packages whose functions call their one argument for each request, and hand a rejection to `next`. */
const WRAPPER_PACKAGES = ['express-async-handler', 'express-async-wrap', 'express-async-catch', '@awaitjs/express']

/**
 * Finds the functions that one module registers.
 *
 * @param variableOf the variable an identifier refers to.
 * @param moduleOf what a specifier of the module stands for.
 */
export function findCallSlots(
  routing: FunctionRouting,
  receiverOf: ReceiverOf,
  variableOf: (node: Node) => Variable | undefined,
  moduleOf: FileFacts['module'],
): CallSlotOf {
  function slotOf(expression: Node): CallSlot | undefined {
    const value = climbCasts(expression)
    const around = value.node.parent
    if (around?.type === 'CallExpression' && around.arguments[0] === value.node) {
      const wrapped = promiseUseIn(around)
      const outer = wrapped && slotOf(around)
      if (outer) return outer.wrapped ? undefined : { ...outer, typed: false, wrapped, opaque: value.opaque }
    }
    return inRegistration(value.node, value.cast, value.opaque)
  }

  function inRegistration(node: Node, cast: boolean, opaque: boolean): CallSlot | undefined {
    let holder = node
    let isLast = true
    for (let list = holder.parent; list?.type === 'ArrayExpression'; list = holder.parent) {
      isLast &&= list.elements.at(-1) === holder
      holder = climbCasts(list).node
    }
    const isBare = holder === node && !cast
    const { parent } = holder
    if (parent?.type === 'Property' && parent.value === holder && parent.parent.type === 'ObjectExpression') {
      const key = parent.computed ? undefined : nameOfKey(parent.key)
      const object = climbCasts(parent.parent).node
      const call = object.parent
      if (key === undefined || call?.type !== 'CallExpression') return undefined
      const index = call.arguments.indexOf(object as TSESTree.CallExpressionArgument)
      const registration = find(call, index, key)
      if (!registration) return undefined
      const role = roleIn(registration, true)
      return { registration, role, typed: isBare, givesTypes: false, wrapped: undefined, opaque }
    }
    if (parent?.type !== 'CallExpression') return undefined
    const index = parent.arguments.indexOf(holder as TSESTree.CallExpressionArgument)
    const registration = find(parent, index, undefined)
    if (!registration) return undefined
    const role = roleIn(registration, isLast && index === parent.arguments.length - 1)
    return {
      registration,
      role,
      get typed() {
        return isBare && areOthersPlain(parent, index, registration)
      },
      get givesTypes() {
        return parent.arguments.some((argument) => isFunction(argument) && argument.params.some(isUntyped))
      },
      wrapped: undefined,
      opaque,
    }
  }

  /** Whether the arguments beside the one at `index` leave it the types that it has alone. */
  function areOthersPlain(
    { arguments: all }: TSESTree.CallExpression,
    index: number,
    registration: FunctionRegistration,
  ): boolean {
    return all.every(
      (argument, at) =>
        at === index ||
        at < registration.argument ||
        isPlainArgument(argument, registration, routing, variableOf, moduleOf),
    )
  }

  function find(
    call: TSESTree.CallExpression,
    index: number,
    property: string | undefined,
  ): FunctionRegistration | undefined {
    const callee = bare(call.callee)
    if (index === -1 || callee.type !== 'MemberExpression') return undefined
    const method = memberName(callee)
    if (method === undefined) return undefined
    const spread = call.arguments.findIndex(({ type }) => type === 'SpreadElement')
    const candidates = routing.registrations.filter(
      ({ methods, argument, rest, properties, events }) =>
        methods.includes(method) &&
        (rest ? index >= argument : index === argument && (spread === -1 || spread > index)) &&
        (property === undefined ? !properties : properties?.includes(property)) &&
        (!events || events.includes(textOf(call.arguments[0]) ?? '')),
    )
    if (candidates.length === 0) return undefined
    const receiver = receiverOf(callee.object)?.name
    return candidates.find((candidate) => candidate.receiver === receiver)
  }

  /** What the wrapper that `call` calls does with promises; undefined when that is not known, or it is no wrapper. */
  function promiseUseIn(call: TSESTree.CallExpression): PromiseUse | undefined {
    const callee = bare(call.callee)
    if (call.arguments.length !== 1 || callee.type !== 'Identifier') return undefined
    const definition = variableOf(callee)?.defs[0]
    if (definition?.type === 'ImportBinding') {
      if (definition.node.type === 'TSImportEqualsDeclaration') return undefined
      const { source } = definition.parent as TSESTree.ImportDeclaration
      const module = moduleOf(source.value)
      if (module.kind === 'external') return WRAPPER_PACKAGES.includes(source.value) ? 'handled' : undefined
      const imported = importedName(definition.node)
      if (module.kind !== 'project' || imported === '*') return undefined
      const { function: wrapper } = module.exported(imported)
      return wrapper?.returned?.kind === 'function' ? wrapper.promises : undefined
    }
    const wrapper = definition?.type === 'Variable' ? definition.node.init : definition?.node
    return wrapper && isFunction(wrapper) && returnsFunction(wrapper) ? promiseUseOf(wrapper) : undefined
  }

  return slotOf
}

/** `(fn) => (req, res, next) => …`, also with a body that does nothing but return it. */
function returnsFunction({ body }: Parameters<typeof promiseUseOf>[0]): boolean {
  const [only] = body.type === 'BlockStatement' ? body.body : []
  const value = only?.type === 'ReturnStatement' ? only.argument : body
  return value?.type === 'ArrowFunctionExpression' || value?.type === 'FunctionExpression'
}

function isUntyped(parameter: TSESTree.Parameter): boolean {
  return 'typeAnnotation' in parameter && !parameter.typeAnnotation
}

function roleIn({ role }: FunctionRegistration, isLast: boolean): Role {
  if (role !== 'position') return role
  return isLast ? 'controller' : 'middleware'
}

function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}
