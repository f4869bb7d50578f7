import type { TSESTree } from '@typescript-eslint/utils'
import { writtenType } from './functions.ts'
import { childrenOf, isFunction, memberName } from './nodes.ts'

type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression

/** A call of `next`, and the nodes from its function down to it. */
interface NextCall {
  readonly node: TSESTree.CallExpression
  readonly path: readonly TSESTree.Node[]
}

/**
 * Where a middleware of the module goes on with its request after it called `next()`, as an offset; undefined where none
 * does. What handlers did before `next()` returned is done later when they are imported lazily, and such a middleware
 * sees it (measured: 200 becomes 404 on Express 4 and 5 and on Koa 3, 500 on Hono 4).
 *
 * Calls of other functions that are handed `next` are not followed, nor is a variable that holds it.
 *
 * @param awaits `next()` returns a promise that the middleware has to return or await (Koa, Hono); else what follows it
 *   counts where it may matter to the request (Express, hooks of Fastify).
 */
export function actsAfterNext(body: readonly TSESTree.Node[], awaits: boolean): number | undefined {
  const pending: { readonly node: TSESTree.Node; readonly parent: TSESTree.Node | undefined }[] = body.map((node) => ({
    node,
    parent: undefined,
  }))
  for (let found = pending.pop(); found; found = pending.pop()) {
    const { node, parent } = found
    const name = isFunction(node) ? nextIn(node, parent) : undefined
    if (isFunction(node) && name !== undefined) {
      const calls = callsOf(name, node)
      const goingOn = calls.find((call) => (awaits ? !isAwaited(call) : isFollowed(call, node, name)))
      if (goingOn) return goingOn.node.range[0]
    }
    pending.push(...childrenOf(node).map((child) => ({ node: child, parent: node })))
  }
  return undefined
}

/** The parameter that a middleware calls: `next`, or `done` of a hook; under another name where its type, or what registers it, says so. */
function nextIn(node: FunctionNode, parent: TSESTree.Node | undefined): string | undefined {
  if (node.params.length < 2) return undefined
  const known = namesOf(node).find((name) => name === 'next' || name === 'done')
  if (known !== undefined) return known
  const last = node.params.at(-1)
  if (last?.type !== 'Identifier') return undefined
  const type = last.typeAnnotation && writtenType(last.typeAnnotation.typeAnnotation)
  const isRegistered =
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'MemberExpression' &&
    /^(?:use|all|get|post|put|patch|delete|param)$/.test(memberName(parent.callee) ?? '') &&
    node.params.length > 2
  return isRegistered || /(?:^|\.)Next(?:Function)?$/.test(type ?? '') ? last.name : undefined
}

function namesOf({ params }: FunctionNode): string[] {
  return params.flatMap((parameter) => (parameter.type === 'Identifier' ? [parameter.name] : []))
}

/** The calls of a parameter of the function, those in functions in it too. */
function callsOf(name: string, node: FunctionNode): NextCall[] {
  const found: NextCall[] = []
  const visit = (current: TSESTree.Node, path: readonly TSESTree.Node[]): void => {
    if (current !== node && isFunction(current) && namesOf(current).includes(name)) return
    if (current.type === 'CallExpression' && current.callee.type === 'Identifier' && current.callee.name === name)
      found.push({ node: current, path: [...path, current] })
    for (const child of childrenOf(current)) visit(child, [...path, current])
  }
  visit(node, [])
  return found
}

/** Whether the promise that `next()` returns is returned or awaited, also with `.then(…)` behind it. */
function isAwaited({ path }: NextCall): boolean {
  for (let index = path.length - 2; index >= 0; index -= 1) {
    const [parent, child] = [path[index], path[index + 1]]
    switch (parent?.type) {
      case 'AwaitExpression':
      case 'ReturnStatement':
      case 'YieldExpression':
        return true
      case 'ArrowFunctionExpression':
        return parent.body === child
      case 'ConditionalExpression':
        if (parent.test === child) return false
        continue
      case 'CallExpression':
        // An argument: `Promise.all([next()])`, `withTimeout(next())`.
        continue
      case 'MemberExpression':
      case 'ArrayExpression':
      case 'LogicalExpression':
      case 'ChainExpression':
      case 'TSAsExpression':
      case 'TSNonNullExpression':
        continue
      default:
        return false
    }
  }
  return false
}

/** Whether something that may run after the call, in the same function, may matter to the request. */
function isFollowed({ path }: NextCall, middleware: FunctionNode, next: string): boolean {
  const others = namesOf(middleware).filter((name) => name !== next)
  for (let index = path.length - 2; index >= 0; index -= 1) {
    const [parent, child] = [path[index], path[index + 1]]
    if (!parent || !child || isFunction(parent) || parent.type === 'ReturnStatement') return false
    if (followersIn(parent, child).some((follower) => goesOn(follower, others))) return true
    if (endsIn(parent, child)) return false
  }
  return false
}

/**
 * Whether a statement may matter to the request: it names another parameter, assigns, or calls anything but a clock or a
 * log. Behind `if (token) { …; next() }`, an `if (!token) …` on a variable of the middleware is the other way through it,
 * and does not count.
 */
function goesOn(node: TSESTree.Node, others: readonly string[]): boolean {
  if (node.type === 'IfStatement' && isOtherWay(node.test, others)) return false
  if (node.type === 'Identifier') return others.includes(node.name)
  if (node.type === 'AssignmentExpression' || node.type === 'UpdateExpression') return true
  if ((node.type === 'CallExpression' || node.type === 'NewExpression') && !isClockOrLog(node.callee)) return true
  return childrenOf(node).some((child) => goesOn(child, others))
}

/** `!token` */
function isOtherWay(test: TSESTree.Node, others: readonly string[]): boolean {
  if (test.type !== 'UnaryExpression' || test.operator !== '!') return false
  return test.argument.type === 'Identifier' && !others.includes(test.argument.name)
}

function isClockOrLog(callee: TSESTree.Node): boolean {
  let root = callee
  while (root.type === 'MemberExpression') root = root.object
  return (
    root.type === 'Identifier' &&
    /^(?:console|debug|log|logger|Date|performance|process|Number|Math|next|done)$/i.test(root.name)
  )
}

/** What runs after `child` in `parent`. */
function followersIn(parent: TSESTree.Node, child: TSESTree.Node): readonly TSESTree.Node[] {
  switch (parent.type) {
    case 'BlockStatement':
      return untilEnd(parent.body, child)
    case 'SwitchCase':
      return untilEnd(parent.consequent, child)
    case 'TryStatement':
      return parent.finalizer && parent.finalizer !== child ? [parent.finalizer] : []
    case 'SequenceExpression':
      return parent.expressions.slice(parent.expressions.indexOf(child as TSESTree.Expression) + 1)
    case 'LogicalExpression':
      return parent.left === child ? [parent.right] : []
    default:
      return []
  }
}

function untilEnd(list: readonly TSESTree.Node[], child: TSESTree.Node): readonly TSESTree.Node[] {
  const after = list.slice(list.indexOf(child) + 1)
  const end = after.findIndex(isEnd)
  return end === -1 ? after : after.slice(0, end + 1)
}

/** Whether control leaves the function at a statement behind `child`. */
function endsIn(parent: TSESTree.Node, child: TSESTree.Node): boolean {
  return (
    parent.type === 'BlockStatement' &&
    parent.body.slice(parent.body.indexOf(child as TSESTree.Statement) + 1).some(isEnd)
  )
}

function isEnd({ type }: TSESTree.Node): boolean {
  return type === 'ReturnStatement' || type === 'ThrowStatement'
}
