import type { TSESTree } from '@typescript-eslint/utils'
import type { FunctionFacts, Value } from './facts.ts'
import { childrenOf, isFunction, memberName, rootName, uncast } from './nodes.ts'
import { promiseUseOf } from './promises.ts'

type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression

/**
 * The facts of a function that has a body.
 *
 * @param valueOf what an expression is.
 */
export function functionFacts(node: FunctionNode, valueOf: (node: TSESTree.Node) => Value): FunctionFacts {
  const parameters = node.params.filter((parameter) => !(parameter.type === 'Identifier' && parameter.name === 'this'))
  const first = parameters.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement')
  const found: Found = { usesThis: false, usesArguments: false, usesNewTarget: false, entersContext: false }
  for (const parameter of parameters) lookFor(parameter, found)
  lookFor(node.body, found)
  return {
    arrow: node.type === 'ArrowFunctionExpression',
    async: node.async,
    generator: node.generator,
    parameters: parameters.length,
    length: first === -1 ? parameters.length : first,
    hasDefault: parameters.some(({ type }) => type === 'AssignmentPattern'),
    hasRest: parameters.some(({ type }) => type === 'RestElement'),
    destructured: parameters.some(isPattern),
    ...returnsOf(node.body, parameters.map(nameOf)),
    ...found,
    mayReturnThenable: node.async || mayReturnThenable(node, parameters),
    generic: Boolean(node.typeParameters),
    parameterNames: parameters.map(nameOf),
    parameterTypes: parameters.map(typeOf),
    returnType: node.returnType ? writtenType(node.returnType.typeAnnotation) : undefined,
    onlyReturns: node.body.type !== 'BlockStatement' || node.body.body[0]?.type === 'ReturnStatement',
    get returned() {
      const returned = returnedBy(node.body)
      if (!returned) return undefined
      const value = valueOf(uncast(returned.node))
      const annotation = value.annotation ?? typeOfValue(returned)
      return { ...value, annotation }
    },
    get promises() {
      return promiseUseOf(node)
    },
  }
}

function nameOf(parameter: TSESTree.Parameter): string | undefined {
  if (parameter.type === 'AssignmentPattern')
    return parameter.left.type === 'Identifier' ? parameter.left.name : undefined
  const target = parameter.type === 'RestElement' ? parameter.argument : parameter
  return target.type === 'Identifier' ? target.name : undefined
}

/** The type of a parameter as written, without the spaces that mean nothing. */
function typeOf(parameter: TSESTree.Parameter): string | undefined {
  const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
  const annotation = 'typeAnnotation' in target ? target.typeAnnotation : undefined
  return annotation ? writtenType(annotation.typeAnnotation) : undefined
}

/** A type as text: a name with its qualifiers, `Request<…>` with arguments, `any`, `unknown`; anything else is `…`. */
export function writtenType(type: TSESTree.TypeNode): string {
  if (type.type === 'TSAnyKeyword') return 'any'
  if (type.type === 'TSUnknownKeyword') return 'unknown'
  if (type.type !== 'TSTypeReference') return '…'
  const names: string[] = []
  let name: TSESTree.EntityName = type.typeName
  for (; name.type === 'TSQualifiedName'; name = name.left) names.unshift(name.right.name)
  return name.type === 'Identifier' ? [name.name, ...names].join('.') + (type.typeArguments ? '<…>' : '') : '…'
}

/** The one expression that a function returns, its own constants followed. */
function returnedBy(body: TSESTree.Node): Returned | undefined {
  if (body.type !== 'BlockStatement') return { node: body }
  const [only, more] = returnsIn(body)
  if (!only?.argument || more) return undefined
  const expression = uncast(only.argument)
  if (expression.type !== 'Identifier') return { node: only.argument }
  for (const statement of body.body) {
    if (statement.type === 'FunctionDeclaration' && statement.id.name === expression.name) return { node: statement }
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') continue
    const found = statement.declarations.find(({ id }) => id.type === 'Identifier' && id.name === expression.name)
    if (found?.init) return { node: found.init, id: found.id }
  }
  return { node: only.argument }
}

interface Returned {
  readonly node: TSESTree.Node
  /** The constant of the function that holds it. */
  readonly id?: TSESTree.Node
}

/** The type that what a function returns is given there: `const handler: RequestHandler = …`, `… as RequestHandler`. */
function typeOfValue({ node, id }: Returned): string | undefined {
  const annotation = id?.type === 'Identifier' ? id.typeAnnotation?.typeAnnotation : undefined
  if (annotation) return writtenType(annotation)
  return node.type === 'TSAsExpression' ? writtenType(node.typeAnnotation) : undefined
}

function mayReturnThenable({ body }: FunctionNode, parameters: readonly TSESTree.Parameter[]): boolean {
  const names = new Set(parameters.flatMap((parameter) => (parameter.type === 'Identifier' ? [parameter.name] : [])))
  const isPlain = (value: TSESTree.Node | null): boolean => {
    const node = value && uncast(value)
    switch (node?.type) {
      case undefined:
      case 'Literal':
      case 'UnaryExpression':
        return true
      case 'ConditionalExpression':
        return isPlain(node.consequent) && isPlain(node.alternate)
      case 'CallExpression':
      case 'MemberExpression': {
        let root: TSESTree.Node = node
        while (root.type === 'CallExpression' || root.type === 'MemberExpression')
          root = root.type === 'CallExpression' ? root.callee : root.object
        return root.type === 'Identifier' && names.has(root.name)
      }
      default:
        return node?.type === 'Identifier' && node.name === 'undefined'
    }
  }
  if (body.type !== 'BlockStatement') return !isPlain(body)
  return returnsIn(body).some(({ argument }) => !isPlain(argument))
}

function isPattern(parameter: TSESTree.Node): boolean {
  if (parameter.type === 'AssignmentPattern') return isPattern(parameter.left)
  if (parameter.type === 'RestElement') return isPattern(parameter.argument)
  return parameter.type === 'ObjectPattern' || parameter.type === 'ArrayPattern'
}

interface Found {
  usesThis: boolean
  usesArguments: boolean
  usesNewTarget: boolean
  entersContext: boolean
}

/** Looks through arrow functions, which have no `this` and no `arguments` of their own. */
function lookFor(node: TSESTree.Node, found: Found): void {
  switch (node.type) {
    case 'ThisExpression':
    case 'Super':
      found.usesThis = true
      return
    case 'Identifier':
      if (node.name === 'arguments' || node.name === 'eval') found.usesArguments = true
      if (node.name === 'eval') found.usesThis = true
      return
    case 'MetaProperty':
      if (node.meta.name === 'new') found.usesNewTarget = true
      return
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return
    case 'MemberExpression':
      if (!node.computed && node.property.type === 'Identifier' && node.property.name === 'enterWith')
        found.entersContext = true
      lookFor(node.object, found)
      if (node.computed) lookFor(node.property, found)
      return
    case 'Property':
      if (node.computed) lookFor(node.key, found)
      lookFor(node.value, found)
      return
    case 'ClassDeclaration':
    case 'ClassExpression':
      if (node.superClass) lookFor(node.superClass, found)
      for (const member of node.body.body) if ('key' in member && member.computed) lookFor(member.key, found)
      return
    default:
      for (const child of childrenOf(node)) lookFor(child, found)
  }
}

function returnsOf(
  body: TSESTree.Node,
  parameters: readonly (string | undefined)[],
): Pick<FunctionFacts, 'returnsValue' | 'mayReturnNothing'> {
  const isBlock = body.type === 'BlockStatement'
  const returned = isBlock ? returnsIn(body).map(({ argument }) => argument) : [body]
  return {
    returnsValue: returned.some((value) => value !== null && isValue(value)),
    mayReturnNothing:
      returned.some((value) => value === null || !isDefined(value, parameters)) || (isBlock && canEnd(body)),
  }
}

/** The `return`s of a function, those of functions in it left out. */
function returnsIn(node: TSESTree.Node): TSESTree.ReturnStatement[] {
  const found: TSESTree.ReturnStatement[] = []
  const visit = (at: TSESTree.Node): void => {
    if (at.type === 'ReturnStatement') found.push(at)
    else for (const child of childrenOf(at)) if (!isFunction(child) && child.type !== 'ClassBody') visit(child)
  }
  visit(node)
  return found
}

function isValue(node: TSESTree.Node): boolean {
  if (node.type === 'UnaryExpression') return node.operator !== 'void'
  return node.type !== 'Identifier' || node.name !== 'undefined'
}

/** Whether an expression is never undefined, as far as its form says. */
function isDefined(node: TSESTree.Node, parameters: readonly (string | undefined)[]): boolean {
  const value = uncast(node)
  switch (value.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ObjectExpression':
    case 'ArrayExpression':
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'ClassExpression':
    case 'NewExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
    case 'ImportExpression':
      return true
    case 'UnaryExpression':
      return value.operator !== 'void'
    case 'ConditionalExpression':
      return isDefined(value.consequent, parameters) && isDefined(value.alternate, parameters)
    case 'LogicalExpression':
      return isDefined(value.right, parameters) && (value.operator !== '&&' || isDefined(value.left, parameters))
    case 'SequenceExpression':
      return value.expressions.slice(-1).every((last) => isDefined(last, parameters))
    case 'CallExpression':
      return isAnswer(value, parameters) || rootName(value) === 'Promise'
    default:
      return false
  }
}

/** `reply.code(201).send(user)`, of a parameter, which gives the parameter again. */
function isAnswer({ callee }: TSESTree.CallExpression, parameters: readonly (string | undefined)[]): boolean {
  if (callee.type !== 'MemberExpression') return false
  if (!/^(?:code|header|headers|redirect|send|status|type)$/.test(memberName(callee) ?? '')) return false
  const object = uncast(callee.object)
  if (object.type === 'Identifier') return parameters.includes(object.name)
  return object.type === 'CallExpression' && isAnswer(object, parameters)
}

/** Whether what follows the statement can be reached, as far as its form says; when in doubt, it can. */
function canEnd(node: TSESTree.Node): boolean {
  switch (node.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return false
    case 'BlockStatement':
      return node.body.every(canEnd)
    case 'IfStatement':
      return !node.alternate || canEnd(node.consequent) || canEnd(node.alternate)
    case 'TryStatement':
      if (node.finalizer && !canEnd(node.finalizer)) return false
      return canEnd(node.block) || (node.handler !== null && canEnd(node.handler.body))
    case 'SwitchStatement': {
      const last = node.cases.at(-1)
      return !node.cases.some(({ test }) => test === null) || breaks(node) || !last || last.consequent.every(canEnd)
    }
    case 'WhileStatement':
      return !(node.test.type === 'Literal' && node.test.value === true) || breaks(node)
    case 'ForStatement':
      return node.test !== null || breaks(node)
    default:
      return true
  }
}

function breaks(node: TSESTree.Node): boolean {
  if (node.type === 'BreakStatement') return true
  return !isFunction(node) && childrenOf(node).some(breaks)
}
