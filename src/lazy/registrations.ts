import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Framework, Receiver, Registration } from '../frameworks/framework.ts'
import { bare, climbCasts, importedName, memberName, moduleName, type Node } from './syntax.ts'

/** A place in a registration call where the framework expects a handler. */
export interface Slot {
  readonly registration: Registration
  /** A cast stands between the handler and the call. */
  readonly cast: boolean
  /** That cast names a type other than `any`, `unknown`, `never` or `const`. */
  readonly opaque: boolean
}

export interface Slots {
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
 */
export function findSlots(framework: Framework, variableOf: (node: Node) => Variable | undefined): Slots {
  const known = new Map<Variable, Receiver | undefined>()

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

  function receiverOf(expression: Node): Receiver | undefined {
    const node = bare(expression)
    if (node.type === 'Identifier') {
      const variable = variableOf(node)
      return variable && receiverOfVariable(variable)
    }
    if (node.type === 'MemberExpression' && memberName(node) === 'default')
      return receiverOfNamespace(bare(node.object))
    if (node.type === 'CallExpression') return receiverOfContainerCall(node)
    return undefined
  }

  /** `ns.default`, where `ns` is a namespace import or an awaited `import('…')`. */
  function receiverOfNamespace(node: Node): Receiver | undefined {
    if (node.type === 'ImportExpression') return receiverOfModule(node.source)
    if (node.type !== 'Identifier') return undefined
    const definition = variableOf(node)?.defs[0]
    if (definition?.type !== 'ImportBinding' || definition.node.type !== 'ImportNamespaceSpecifier') return undefined
    return receiverOfModule((definition.parent as TSESTree.ImportDeclaration).source)
  }

  function receiverOfModule(source: Node): Receiver | undefined {
    return source.type === 'Literal'
      ? framework.receivers.find(({ modules }) => modules.includes(String(source.value)))
      : undefined
  }

  /** `await app.container.make('router')`. */
  function receiverOfContainerCall(call: TSESTree.CallExpression): Receiver | undefined {
    const callee = bare(call.callee)
    const [name] = call.arguments
    if (callee.type !== 'MemberExpression' || memberName(callee) !== 'make' || name?.type !== 'Literal')
      return undefined
    return framework.receivers.find(({ bindings }) => bindings.includes(String(name.value)))
  }

  function receiverOfVariable(variable: Variable): Receiver | undefined {
    if (known.has(variable)) return known.get(variable)
    known.set(variable, undefined)
    const receiver = computeReceiver(variable)
    known.set(variable, receiver)
    return receiver
  }

  function computeReceiver(variable: Variable): Receiver | undefined {
    const [definition, another] = variable.defs
    if (!definition || another) return undefined
    if (definition.type === 'ImportBinding') {
      if (definition.node.type === 'TSImportEqualsDeclaration') return undefined
      if (importedName(definition.node) !== 'default') return undefined
      return receiverOfModule((definition.parent as TSESTree.ImportDeclaration).source)
    }
    const reassigned = variable.references.some((reference) => reference.isWrite() && !reference.init)
    if (reassigned) return undefined
    if (definition.type === 'Parameter') {
      return receiverOfAnnotation(definition.name) ?? receiverOfCallback(definition.node, definition.name)
    }
    if (definition.type !== 'Variable') return undefined
    const { id, init } = definition.node
    if (id.type === 'Identifier') return receiverOfAnnotation(id) ?? (init ? receiverOf(init) : undefined)
    // const { default: router } = await import('@adonisjs/core/services/router')
    if (id.type !== 'ObjectPattern' || !init) return undefined
    const takesDefault = id.properties.some(
      (property) =>
        property.type === 'Property' &&
        property.value === definition.name &&
        !property.computed &&
        (property.key.type === 'Identifier'
          ? property.key.name
          : property.key.type === 'Literal' && property.key.value) === 'default',
    )
    return takesDefault ? receiverOfNamespace(bare(init)) : undefined
  }

  /** `(router: HttpRouterService) => …` and `(r: typeof router) => …`. */
  function receiverOfAnnotation(node: Node): Receiver | undefined {
    const type = node.type === 'Identifier' ? node.typeAnnotation?.typeAnnotation : undefined
    if (type?.type === 'TSTypeQuery') return receiverOf(type.exprName as Node)
    if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return undefined
    const definition = variableOf(type.typeName)?.defs[0]
    if (definition?.type !== 'ImportBinding' || definition.node.type !== 'ImportSpecifier') return undefined
    const { source } = definition.parent as TSESTree.ImportDeclaration
    const name = moduleName(definition.node.imported)
    return framework.typeModules.test(source.value)
      ? framework.receivers.find(({ types }) => types.includes(name))
      : undefined
  }

  /** `container.resolving('router', (router) => …)`. */
  function receiverOfCallback(callback: Node, parameter: Node): Receiver | undefined {
    const call = callback.parent
    if (call?.type !== 'CallExpression' || !('params' in callback) || callback.params[0] !== parameter) return undefined
    const callee = bare(call.callee)
    const [name] = call.arguments
    if (callee.type !== 'MemberExpression' || memberName(callee) !== 'resolving' || name?.type !== 'Literal')
      return undefined
    return framework.receivers.find(({ bindings }) => bindings.includes(String(name.value)))
  }

  function registrationOf(node: Node): Registration | undefined {
    const { node: argument, cast, opaque } = climbCasts(node)
    return argument.parent?.type === 'CallExpression'
      ? inCall(argument.parent, argument, ['value', 'tuple', 'list', 'record'], cast, opaque)?.registration
      : undefined
  }

  return {
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
