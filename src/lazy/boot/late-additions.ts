import { moduleCode, type Call, type ModuleCode, type Node } from '../../graph/module-code.ts'
import { isFunction, memberName, rootOf } from '../../graph/exports/nodes.ts'
import type { Opened } from './boot.ts'
import type { Calls } from './calls.ts'

/** Packages of applications and routers. */
export const MAKERS = /^(?:express|fastify|hono|koa|@hono\/zod-openapi|@koa\/router|koa-router)$/
const NAMES_MAKER = new RegExp(`['"]${MAKERS.source.slice(1, -1)}['"]`)

/** Methods that add to an application or a router. */
export const ADDS = /^(?:all|delete|get|head|mount|on|options|patch|post|put|register|route|routes|use)$/

/** What calls a function after the code around it. */
const LATER = /^(?:catch|finally|nextTick|on|once|queueMicrotask|setImmediate|setInterval|setTimeout|then)$/

/**
 * The place where something is added to an application when its module has run already, and nothing waits for it:
 * `connect().then(() => app.use(users))`. At boot that is done before the first request comes; after an edit it is not.
 *
 * @returns undefined where there is none in the module, nor in the functions that it hands the application to.
 */
export function lateAddition(
  start: Opened,
  { calledBy }: Calls,
): { readonly file: Opened; readonly node: Node } | undefined {
  const seen = new Set<Node>()
  if (!NAMES_MAKER.test(start.text)) return undefined
  return within(start, (code, name) => MAKERS.test(code.originOf(name)?.module ?? ''))

  /** @param isIt whether a name is the application. @param owner the function that is handed it, and nothing waits for. */
  function within(
    file: Opened,
    isIt: (code: ModuleCode, name: Node) => boolean,
    owner?: Node,
  ): { readonly file: Opened; readonly node: Node } | undefined {
    const code = moduleCode(file.program)
    for (const call of code.calls) {
      const root = rootOf(call.callee)
      if (
        root.type === 'Identifier' &&
        adds(call) &&
        isIt(code, root) &&
        isLate(code, call, scopeOf(code, root), owner)
      )
        return { file, node: call }
      const at = call.arguments.findIndex((argument) => argument.type === 'Identifier' && isIt(code, argument))
      if (at < 0) continue
      for (const { file: other, owner: called } of calledBy(file, call)) {
        const parameter = called && 'params' in called ? called.params[at] : undefined
        if (!called || parameter?.type !== 'Identifier' || seen.has(called)) continue
        seen.add(called)
        const isParameter = (inside: ModuleCode, name: Node): boolean =>
          name.type === 'Identifier' && name.name === parameter.name && scopeOf(inside, name) === called
        const isWaitedFor = code.parentOf(call)?.type === 'AwaitExpression'
        const found = within(other, isParameter, isWaitedFor ? undefined : called)
        if (found) return found
      }
    }
    return undefined
  }
}

function adds({ callee, arguments: passed }: Call): boolean {
  if (callee.type !== 'MemberExpression') return false
  const name = memberName(callee) ?? ''
  // `app.get('env')` reads a setting.
  return ADDS.test(name) && (name !== 'get' || passed.length > 1)
}

function scopeOf(code: ModuleCode, name: Node): Node | undefined {
  return name.type === 'Identifier' ? code.bindingOf(name)?.scope : undefined
}

/**
 * Whether a call runs when the code that declares the application has gone on.
 *
 * @param unawaited the function that declares it, where nothing waits for what it returns.
 */
function isLate(code: ModuleCode, call: Node, declaredIn: Node | undefined, unawaited: Node | undefined): boolean {
  for (let node = code.parentOf(call); node; node = code.parentOf(node)) {
    if (node === declaredIn) return isFunction(node) && node === unawaited && node.async
    if (!isFunction(node)) continue
    const around = code.parentOf(node)
    if (around?.type === 'CallExpression' && around.callee !== node) {
      if (LATER.test(calledName(around)) && !isWaitedFor(code, around)) return true
    } else if (node.async && !isCalledAndWaitedFor(code, node)) return true
  }
  return false
}

function calledName({ callee }: Call): string {
  if (callee.type === 'MemberExpression') return memberName(callee) ?? ''
  return callee.type === 'Identifier' ? callee.name : ''
}

function isCalledAndWaitedFor(code: ModuleCode, owner: Node): boolean {
  const around = code.parentOf(owner)
  const declared = around?.type === 'VariableDeclarator' ? around.id : 'id' in owner ? owner.id : undefined
  const calls = code.calls.filter(
    ({ callee }) =>
      callee === owner ||
      (callee.type === 'Identifier' && declared?.type === 'Identifier' && callee.name === declared.name),
  )
  return calls.length > 0 && calls.every((call) => isWaitedFor(code, call))
}

/** Whether the code around waits for a promise: by itself, or as one of those of `Promise.all()`. */
function isWaitedFor(code: ModuleCode, promise: Node): boolean {
  const parent = code.parentOf(promise)
  switch (parent?.type) {
    case 'AwaitExpression':
      return true
    case 'MemberExpression':
    case 'CallExpression':
    case 'ArrayExpression':
    case 'ArrowFunctionExpression':
      return isWaitedFor(code, parent)
    default:
      return false
  }
}
