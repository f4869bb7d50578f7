import type { TSESTree } from '@typescript-eslint/utils'
import { childrenOf, isFunction, memberName, uncast } from './nodes.ts'

type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression

/**
 * What becomes of the promises that a handler gives to the function that wraps it: `(fn) => (req, res, next) => …`.
 *
 * - `handled`: each is awaited, or has its rejection handled.
 * - `returned`: some are handed on to who calls the function around it.
 */
export type PromiseUse = 'handled' | 'returned'

/**
 * What a function that takes a function does with the promises that calls of it give.
 *
 * @returns undefined when it calls it anywhere but in a function that it makes, drops a promise, or does anything else
 * with it than call it, such as reading its `length`.
 */
export function promiseUseOf({ async, params, body }: FunctionNode): PromiseUse | undefined {
  const [first, another] = params
  if (async || first?.type !== 'Identifier' || another) return undefined
  const uses = usesOf(first.name, body, []).map((path) => (path.some(isFunction) ? useOfCall(path) : undefined))
  if (uses.length === 0 || uses.includes(undefined)) return undefined
  return uses.includes('returned') ? 'returned' : 'handled'
}

/** The nodes that lead to each place where `name` stands, the outermost first. */
function usesOf(name: string, node: TSESTree.Node, above: readonly TSESTree.Node[]): TSESTree.Node[][] {
  if (node.type === 'Identifier') return node.name === name ? [[...above, node]] : []
  const path = [...above, node]
  return childrenOf(node).flatMap((child) => {
    const isName =
      (node.type === 'MemberExpression' && child === node.property) || (node.type === 'Property' && child === node.key)
    return isName && !node.computed ? [] : usesOf(name, child, path)
  })
}

/** @param path ends with the name of the function. */
function useOfCall(path: readonly TSESTree.Node[]): PromiseUse | undefined {
  let index = path.length - 1
  const callee = path[index - 1]
  // fn.call(this, req, res, next)
  if (callee?.type === 'MemberExpression' && /^(?:call|apply)$/.test(memberName(callee) ?? '')) index -= 1
  const call = path[index - 1]
  return call?.type === 'CallExpression' && call.callee === path[index] ? useOfPromise(path.slice(0, index)) : undefined
}

/** @param path ends with an expression that gives the promise. */
function useOfPromise(path: readonly TSESTree.Node[]): PromiseUse | undefined {
  const node = path.at(-1)
  const parent = path.at(-2)
  if (!node || !parent) return undefined
  const further = path.slice(0, -1)
  if (uncast(parent) !== parent) return useOfPromise(further)
  switch (parent.type) {
    case 'AwaitExpression':
      return 'handled'
    case 'LogicalExpression':
    case 'ConditionalExpression':
      return useOfPromise(further)
    case 'MemberExpression': {
      const call = path.at(-3)
      if (parent.object !== node || call?.type !== 'CallExpression' || call.callee !== parent) return undefined
      const method = memberName(parent)
      if (method === 'catch' || (method === 'then' && call.arguments.length > 1)) return 'handled'
      return method === 'then' || method === 'finally' ? useOfPromise(path.slice(0, -2)) : undefined
    }
    case 'CallExpression':
      return isPromiseResolve(parent) && parent.arguments[0] === node ? useOfPromise(further) : undefined
    case 'VariableDeclarator': {
      const index = path.findLastIndex(isFunction)
      const { id } = parent
      if (index === -1 || id.type !== 'Identifier' || parent.init !== node) return undefined
      const uses = usesOf(id.name, path[index] as FunctionNode, path.slice(0, index)).map(useOfPromise)
      return uses.find((use) => use === 'handled') ?? uses.find(Boolean)
    }
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
      return useOfResult(further)
    default:
      return undefined
  }
}

/** @param path ends with the `return` of a function, or with an arrow function whose body is the promise. */
function useOfResult(path: readonly TSESTree.Node[]): PromiseUse | undefined {
  const index = path.findLastIndex(isFunction)
  // What `try` caught of the call itself, it would not of its promise.
  if (index === -1 || path.slice(index).some(({ type }) => type === 'TryStatement')) return undefined
  const around = path[index - 1]
  // Promise.resolve().then(() => fn(req, res, next)).catch(next)
  if (around?.type === 'CallExpression' && around.callee.type === 'MemberExpression') {
    return memberName(around.callee) === 'then' ? useOfPromise(path.slice(0, index)) : undefined
  }
  const isOutermost = !path.slice(0, index).some(isFunction)
  return isOutermost ? 'returned' : undefined
}

function isPromiseResolve({ callee }: TSESTree.CallExpression): boolean {
  return (
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'Promise' &&
    memberName(callee) === 'resolve'
  )
}
