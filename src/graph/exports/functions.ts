import type { TSESTree } from '@typescript-eslint/utils'
import type { FunctionFacts } from './facts.ts'
import { childrenOf, isFunction } from './nodes.ts'

type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression

/** The facts of a function that has a body. */
export function functionFacts(node: FunctionNode): FunctionFacts {
  const parameters = node.params.filter((parameter) => !(parameter.type === 'Identifier' && parameter.name === 'this'))
  const first = parameters.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement')
  const found = { usesThis: false, usesArguments: false, usesNewTarget: false }
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
    ...returnsOf(node.body),
    ...found,
  }
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
}

/** Looks through arrow functions, which have no `this` and no `arguments` of their own. */
function lookFor(node: TSESTree.Node, found: Found): void {
  switch (node.type) {
    case 'ThisExpression':
    case 'Super':
      found.usesThis = true
      return
    case 'Identifier':
      if (node.name === 'arguments') found.usesArguments = true
      return
    case 'MetaProperty':
      if (node.meta.name === 'new') found.usesNewTarget = true
      return
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return
    case 'MemberExpression':
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

function returnsOf(body: TSESTree.Node): Pick<FunctionFacts, 'returnsValue' | 'mayReturnNothing'> {
  if (body.type !== 'BlockStatement') return { returnsValue: isValue(body), mayReturnNothing: !isValue(body) }
  const returned = returnsIn(body).map(({ argument }) => argument !== null && isValue(argument))
  return { returnsValue: returned.includes(true), mayReturnNothing: returned.includes(false) || canEnd(body) }
}

/** The `return`s of a function, those of functions in it left out. */
function returnsIn(node: TSESTree.Node): TSESTree.ReturnStatement[] {
  if (node.type === 'ReturnStatement') return [node]
  return childrenOf(node).flatMap((child) => (isFunction(child) || child.type === 'ClassBody' ? [] : returnsIn(child)))
}

function isValue(node: TSESTree.Node): boolean {
  if (node.type === 'UnaryExpression') return node.operator !== 'void'
  return node.type !== 'Identifier' || node.name !== 'undefined'
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
