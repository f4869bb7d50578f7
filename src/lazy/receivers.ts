import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Framework, Receiver } from '../frameworks/framework.ts'
import { childrenOf } from '../graph/exports/nodes.ts'
import type { Value } from '../graph/exports.ts'
import type { ExportFacts, FileFacts } from './facts.ts'
import { bare, importOf, importedName, memberName, moduleName, type Node } from './syntax.ts'

/** The receiver that an expression of one module is; undefined when it is none, or when that cannot be told. */
export type ReceiverOf = (expression: Node) => Receiver | undefined

/** The parts of a binding's module-side name: `express#default.Router` without its module. */
interface Import {
  readonly specifier: string
  /** `default.Router` */
  readonly name: string
}

/**
 * Recognises the objects that request-time code is registered on: by import, by what makes them, by annotation, by the
 * container, as the parameter of a plugin, and through the module of the project that exports them.
 *
 * @param variableOf the variable an identifier refers to.
 * @param facts of the module.
 */
export function findReceivers(
  framework: Framework,
  variableOf: (node: Node) => Variable | undefined,
  { module: moduleOf, isRegisteredElsewhere }: Pick<FileFacts, 'module' | 'isRegisteredElsewhere'>,
): ReceiverOf {
  const { receivers } = framework
  const known = new Map<Variable, Receiver | undefined>()
  const named = (name: string | undefined): Receiver | undefined => receivers.find((found) => found.name === name)

  function receiverOf(expression: Node): Receiver | undefined {
    const node = bare(expression)
    switch (node.type) {
      case 'Identifier': {
        const variable = variableOf(node)
        if (variable && variable.defs.length > 0) return receiverOfVariable(variable)
        // A name that nothing declares is a receiver by convention or an error, whatever is done with it.
        return receivers.find(({ names }) => names?.includes(node.name))
      }
      case 'MemberExpression':
        if (node.object.type === 'ThisExpression') return receiverOfField(node)
        return memberName(node) === 'default' ? receiverOfNamespace(bare(node.object)) : undefined
      case 'NewExpression':
        return receiverMadeBy(node.callee)
      case 'CallExpression':
        return receiverMadeBy(node.callee) ?? receiverOfChain(node) ?? receiverOfContainerCall(node)
      default:
        return undefined
    }
  }

  /** `express()`, `express.Router()`, `new Hono()`, and a function of the project that returns one. */
  function receiverMadeBy(callee: Node): Receiver | undefined {
    const made = exportPathOf(callee)
    if (!made) return undefined
    const key = `${made.specifier}#${made.name}`
    const receiver = receivers.find(({ factories }) => factories?.includes(key))
    if (receiver) return receiver
    const module = moduleOf(made.specifier)
    return module.kind === 'project' ? receiverOfExport(module.exported(made.name), true) : undefined
  }

  /** Where the name that `expression` starts with is imported from, with the members that are read of it. */
  function exportPathOf(expression: Node): Import | undefined {
    const node = bare(expression)
    if (node.type !== 'MemberExpression') return importOf(node, variableOf)
    const found = exportPathOf(node.object)
    const member = memberName(node)
    if (!found || member === undefined) return undefined
    return { ...found, name: found.name === '*' ? member : `${found.name}.${member}` }
  }

  /** @param returned the function that is exported is called, and what it returns counts. */
  function receiverOfExport(target: ExportFacts, returned: boolean): Receiver | undefined {
    const value = returned ? target.function?.returned : target
    const maker = value && makerOf(value)
    return receivers.find(({ factories }) => maker !== undefined && factories?.includes(maker))
  }

  /** `router.get(…).post(…)` and `router.route('/users').get(…)` */
  function receiverOfChain(call: TSESTree.CallExpression): Receiver | undefined {
    const callee = bare(call.callee)
    if (callee.type !== 'MemberExpression') return undefined
    const method = memberName(callee)
    const object = method === undefined ? undefined : receiverOf(callee.object)
    if (!object || method === undefined) return undefined
    const returns = object.returns?.[method]
    if (returns !== undefined) return named(returns)
    const registers = framework.functions?.registrations.some(
      ({ receiver, methods }) => receiver === object.name && methods.includes(method),
    )
    return registers ? object : undefined
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
      ? receivers.find(({ modules }) => modules.includes(String(source.value)))
      : undefined
  }

  /** `await app.container.make('router')`. */
  function receiverOfContainerCall(call: TSESTree.CallExpression): Receiver | undefined {
    const callee = bare(call.callee)
    const [name] = call.arguments
    if (callee.type !== 'MemberExpression' || memberName(callee) !== 'make' || name?.type !== 'Literal')
      return undefined
    return receivers.find(({ bindings }) => bindings.includes(String(name.value)))
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
      const { source } = definition.parent as TSESTree.ImportDeclaration
      const name = importedName(definition.node)
      const own = name === 'default' ? receiverOfModule(source) : undefined
      if (own || !framework.functions) return own
      const module = moduleOf(source.value)
      return module.kind === 'project' && name !== '*' ? receiverOfExport(module.exported(name), false) : undefined
    }
    const reassigned = variable.references.some((reference) => reference.isWrite() && !reference.init)
    if (reassigned) return undefined
    if (definition.type === 'Parameter') {
      return receiverOfAnnotation(definition.name) ?? receiverOfParameter(definition.node, definition.name)
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

  /** `(router: HttpRouterService) => …`, `(app: express.Application) => …` and `(r: typeof router) => …`. */
  function receiverOfAnnotation(node: Node): Receiver | undefined {
    const type = 'typeAnnotation' in node ? node.typeAnnotation : undefined
    if (type?.type !== 'TSTypeAnnotation') return undefined
    if (type.typeAnnotation.type === 'TSTypeQuery') return receiverOf(type.typeAnnotation.exprName as Node)
    const name = frameworkType(type.typeAnnotation)
    return name === undefined ? undefined : receivers.find(({ types }) => types.includes(name))
  }

  /** The name of a type that comes from the framework; `default` for its default export. */
  function frameworkType(type: TSESTree.TypeNode): string | undefined {
    if (type.type !== 'TSTypeReference') return undefined
    const { typeName } = type
    const root = typeName.type === 'TSQualifiedName' ? typeName.left : typeName
    if (root.type !== 'Identifier') return undefined
    const definition = variableOf(root)?.defs[0]
    if (definition?.type !== 'ImportBinding' || definition.node.type === 'TSImportEqualsDeclaration') return undefined
    const { source } = definition.parent as TSESTree.ImportDeclaration
    if (!framework.typeModules.test(source.value)) return undefined
    if (typeName.type === 'TSQualifiedName') return typeName.right.name
    const { node } = definition
    return node.type === 'ImportSpecifier' ? moduleName(node.imported) : importedName(node)
  }

  /** The first parameter of a callback of the container, or of a plugin. */
  function receiverOfParameter(callback: Node, parameter: Node): Receiver | undefined {
    if (!('params' in callback) || callback.params[0] !== parameter) return undefined
    const { parent } = callback
    if (parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' && parent.id.typeAnnotation) {
      const name = frameworkType(parent.id.typeAnnotation.typeAnnotation)
      return receivers.find(({ pluginTypes }) => name !== undefined && pluginTypes?.includes(name))
    }
    const call = parent?.type === 'CallExpression' ? parent : undefined
    const callee = call && bare(call.callee)
    if (call && callee?.type === 'MemberExpression') {
      const method = memberName(callee)
      const [name] = call.arguments
      if (method === 'resolving' && name?.type === 'Literal')
        return receivers.find(({ bindings }) => bindings.includes(String(name.value)))
      const object = receiverOf(callee.object)
      return method !== undefined && object?.plugins?.includes(method) ? object : undefined
    }
    const plugins = receivers.find((receiver) => receiver.plugins)
    if (!plugins) return undefined
    if (call && callee && exportPathOf(callee)?.specifier === 'fastify-plugin') return plugins
    // function routes(fastify) { … }, which nothing else would be called.
    if (parameter.type === 'Identifier' && plugins.names?.includes(parameter.name)) return plugins
    return isPlugin(callback) ? plugins : undefined
  }

  /** Whether a function is handed to `app.register(…)` by its name, here or by a module that imports it. */
  function isPlugin(callback: Node): boolean {
    const holder = callback.type === 'FunctionDeclaration' ? callback : callback.parent
    const name =
      holder && (holder.type === 'FunctionDeclaration' || holder.type === 'VariableDeclarator') ? holder.id : null
    const statement = holder?.type === 'VariableDeclarator' ? holder.parent?.parent : holder?.parent
    if (callback.parent?.type === 'ExportDefaultDeclaration') return isRegisteredElsewhere('default')
    if (name?.type !== 'Identifier') return false
    if (statement?.type === 'ExportNamedDeclaration' && isRegisteredElsewhere(name.name)) return true
    const references = variableOf(name)?.references ?? []
    return references.some(({ identifier }) => {
      const { parent } = identifier
      if (parent?.type === 'ExportDefaultDeclaration') return isRegisteredElsewhere('default')
      if (parent?.type === 'ExportSpecifier')
        return isRegisteredElsewhere(moduleName(parent.exported as TSESTree.Identifier))
      if (parent?.type !== 'CallExpression' || parent.arguments[0] !== identifier) return false
      const callee = bare(parent.callee)
      const method = callee.type === 'MemberExpression' ? memberName(callee) : undefined
      if (method === undefined || callee.type !== 'MemberExpression') return false
      return receiverOf(callee.object)?.plugins?.includes(method) === true
    })
  }

  /** `this.router`, by the field's annotation or by the one thing that the class assigns to it. */
  function receiverOfField(member: TSESTree.MemberExpression): Receiver | undefined {
    const name = memberName(member)
    const body = classAround(member)
    if (name === undefined || !body) return undefined
    for (const field of body.body) {
      if (field.type === 'PropertyDefinition' && !field.computed && nameOf(field.key) === name) {
        return (
          receiverOfAnnotation(field) ??
          (field.value ? ownValue(body, name, field.value) : assignedInConstructor(body, name))
        )
      }
    }
    return assignedInConstructor(body, name)
  }

  /** The receiver that a field starts with, which nothing in the class replaces. */
  function ownValue(body: TSESTree.ClassBody, name: string, value: TSESTree.Expression): Receiver | undefined {
    return assignmentsTo(body, name).length === 0 ? receiverOf(value) : undefined
  }

  function assignedInConstructor(body: TSESTree.ClassBody, name: string): Receiver | undefined {
    const [assigned, another] = assignmentsTo(body, name)
    const isOne = assigned !== undefined && !another && assigned.operator === '='
    for (const method of body.body) {
      if (method.type !== 'MethodDefinition' || method.kind !== 'constructor') continue
      for (const parameter of method.value.params) {
        if (parameter.type !== 'TSParameterProperty' || nameOf(parameter.parameter) !== name) continue
        return receiverOfAnnotation(parameter.parameter)
      }
      const statements: readonly Node[] = method.value.body?.body ?? []
      if (isOne && statements.some((statement) => statement === assigned.parent)) return receiverOf(assigned.right)
    }
    return undefined
  }

  return receiverOf
}

/** The class whose instance `this` is where `node` stands. */
function classAround(node: Node): TSESTree.ClassBody | undefined {
  for (let current: Node | undefined = node; current; current = current.parent) {
    if (current.type === 'ClassBody') return current
    const hasOwnThis = current.type === 'FunctionExpression' || current.type === 'FunctionDeclaration'
    if (hasOwnThis && current.parent?.type !== 'MethodDefinition') return undefined
  }
  return undefined
}

/** Every `this.name = …` in a class. */
function assignmentsTo(node: Node, name: string): TSESTree.AssignmentExpression[] {
  const below = childrenOf(node).flatMap((child) => assignmentsTo(child, name))
  return node.type === 'AssignmentExpression' && isOwn(node.left, name) ? [node, ...below] : below
}

function isOwn(node: Node, name: string): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'ThisExpression' && memberName(node) === name
}

function nameOf(node: Node): string | undefined {
  return node.type === 'Identifier' ? node.name : undefined
}

/** What makes a value, as `<module>#<export path>`: `express#default.Router`; undefined where the project makes it. */
export function makerOf({ kind, callee }: Value): string | undefined {
  if ((kind !== 'call' && kind !== 'instance') || !callee?.imported) return undefined
  const { specifier, name } = callee.imported
  const [, ...members] = callee.name.split('.')
  return `${specifier}#${[...(name === '*' ? [] : [name]), ...members].join('.')}`
}
