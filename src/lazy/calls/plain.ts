import type { Variable } from '@typescript-eslint/scope-manager'
import type { FunctionRegistration, FunctionRouting } from '../../frameworks/framework.ts'
import type { FunctionFacts, Value } from '../../graph/exports.ts'
import { NOTHING } from '../../graph/exports/describe.ts'
import { functionFacts } from '../../graph/exports/functions.ts'
import type { FileFacts } from '../facts.ts'
import { bare, importOf, isFunction, memberName, type Node } from '../syntax.ts'

/** `Request` of `express.Request`. */
export function lastName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1)
}

/** Whether the types of the parameters say nothing of the route. */
export function isPlainFunction({ parameterTypes }: FunctionFacts, { plainTypes }: FunctionRouting): boolean {
  return parameterTypes.every((type) => type === undefined || plainTypes.includes(lastName(type)))
}

/**
 * Whether TypeScript still tells a function expression the types of its parameters where `argument` stands beside it:
 * an array, an error handler or a function with types of its own makes it take another overload.
 */
export function isPlainArgument(
  argument: Node,
  { errorParameters }: FunctionRegistration,
  routing: FunctionRouting,
  variableOf: (node: Node) => Variable | undefined,
  moduleOf: FileFacts['module'],
): boolean {
  const isPlain = (value: Value | undefined): boolean => {
    if (value?.kind !== 'function' || !value.function) return false
    if (value.function.generic || value.function.parameters >= (errorParameters?.length ?? Infinity)) return false
    if (value.annotation === undefined) return isPlainFunction(value.function, routing)
    return routing.functionTypes[lastName(value.annotation)] !== undefined
  }
  /** What an expression is, by its import or by the declaration of the module. */
  const valueOf = (node: Node): Value | undefined => {
    if (isFunction(node)) return { ...NOTHING, kind: 'function', function: functionFacts(node, valueOfResult) }
    if (node.type === 'MemberExpression') {
      const member = memberName(node)
      const found = importOf(node.object, variableOf)
      if (member === undefined || !found) return undefined
      const module = moduleOf(found.specifier)
      return found.name === '*' ? module.exported(member) : module.exported(found.name).member(member)
    }
    if (node.type !== 'Identifier') return undefined
    const imported = importOf(node, variableOf)
    if (imported) return moduleOf(imported.specifier).exported(imported.name)
    const definition = variableOf(node)?.defs[0]
    const declared = definition?.type === 'Variable' ? definition.node.init : definition?.node
    const isTyped = definition?.type === 'Variable' && definition.name.typeAnnotation
    return declared && !isTyped && isFunction(declared) ? valueOf(declared) : undefined
  }
  const valueOfResult = (node: Node): Value => (isFunction(node) ? (valueOf(node) ?? NOTHING) : NOTHING)
  switch (argument.type) {
    case 'Literal':
    case 'TemplateLiteral':
      return true
    case 'CallExpression':
      return isPlain(valueOf(bare(argument.callee))?.function?.returned)
    default:
      return isPlain(valueOf(argument))
  }
}
