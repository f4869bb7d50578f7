import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Edit } from '../../edits/text.ts'
import { childrenOf } from '../../graph/exports/nodes.ts'
import { runs } from '../imports/evaluation-order.ts'
import { styleAt, type PerRequestInput, type PerRequestUse } from '../per-request.ts'
import { isFunction, memberName, type Node } from '../syntax.ts'

/** `app.then((app) => { … })` of a promise that nothing else is done with. */
interface Fulfilled {
  readonly call: TSESTree.CallExpression
  readonly callback: TSESTree.ArrowFunctionExpression
  readonly parameter: TSESTree.Identifier
  /** What the function does with the application. */
  readonly uses: readonly Node[]
}

/** What is done when a promise of an application is fulfilled, which `node`, a reference to it, stands for. */
export function fulfilled(node: Node, variableOf: (node: Node) => Variable | undefined): Fulfilled | undefined {
  const { parent } = node
  if (parent?.type !== 'MemberExpression' || parent.object !== node || memberName(parent) !== 'then') return undefined
  const call = parent.parent
  if (call.type !== 'CallExpression' || call.callee !== parent) return undefined
  const [callback, another] = call.arguments
  if (another || callback?.type !== 'ArrowFunctionExpression') return undefined
  const [parameter, more] = callback.params
  if (parameter?.type !== 'Identifier' || more) return undefined
  const uses = (variableOf(parameter)?.references ?? []).map(({ identifier }) => identifier as Node)
  return { call, callback, parameter, uses }
}

/**
 * `app.then((app) => { … })` with which a module ends, and in which the server is started: the application is imported
 * there, so that nothing has to be awaited at the top level.
 *
 * @param useOf what a use of the application in the function is, where the application of a request is a promise.
 * @returns undefined where something else runs in the module, before or after it: that would come first.
 */
export function onFulfilled(
  { program, text, project }: PerRequestInput,
  node: Node,
  { call, callback, parameter, uses }: Fulfilled,
  useOf: (node: Node) => PerRequestUse,
): PerRequestUse | undefined {
  const statement = call.parent.type === 'UnaryExpression' ? call.parent.parent : call.parent
  const running = program.body.filter((one) => runs(one) && !isQuiet(one))
  // An error of a static import is no rejection.
  if (running.length !== 1 || running[0] !== statement || project.listensToRejections()) return undefined
  const found = uses.map(useOf)
  for (const use of found) if (use.kind === 'start' || use.kind === 'other') return use
  const inner = found.filter((use) => use.kind === 'request' || use.kind === 'listen')
  if (inner.length === 0 || inner.length + found.filter(({ kind }) => kind === 'kept').length < found.length)
    return undefined
  const isReplaced = found.every(({ kind }) => kind === 'request')
  const head = text.slice(callback.range[0], callback.body.range[0])
  if (isReplaced && !/^(?:async\s+)?(?:\([\s\w$:.<>]*\)|[\w$]+)\s*=>\s*\(?$/.test(head)) return undefined
  const needs = inner.flatMap((use) => use.needs ?? [])
  return {
    kind: 'promise',
    doubt: inner.find(({ doubt }) => doubt)?.doubt,
    ...(needs.length > 0 ? { needs } : {}),
    edits(load, member) {
      const name = /^\.(?!default$)([\w$]+)$/.exec(member)?.[1]
      const taken = name === undefined ? `(m) => m${member}` : `({ ${name} }) => ${name}`
      const edits: Edit[] = [{ range: node.range, text: `${load}.then(${taken})` }]
      const statements: string[] = []
      for (const use of inner) {
        if (use.kind === 'listen') statements.push(use.text(load, member, parameter.name))
        else edits.push({ range: use.node.range, text: use.text('', `(await (await ${load})${member})`, load) })
      }
      if (isReplaced) {
        const unused = head.replace(/^(async\s+)?[^]*(?==>)/, '$1() ')
        edits.push({ range: [callback.range[0], callback.body.range[0]], text: unused })
      }
      return statements.length > 0 ? [...edits, ...first(statements)] : edits
    },
  }

  /** Statements at the beginning of the function. */
  function first(statements: readonly string[]): Edit[] {
    const { body } = callback
    const { lineBreak, indent, unit, semicolon } = styleAt(text, body.range[0], program)
    const lines = statements.flatMap((one) => `${one}${semicolon}`.split(lineBreak)).map((line) => indent + unit + line)
    const inserted = lineBreak + lines.join(lineBreak)
    const [start, end] = body.range
    if (body.type === 'BlockStatement') {
      const isAlone = /^[\t ]*\r?\n/.test(text.slice(start + 1))
      return [{ range: [start + 1, start + 1], text: isAlone ? inserted : `${inserted}${lineBreak}${indent}${unit}` }]
    }
    return [
      { range: [start, start], text: `{${inserted}${lineBreak}${indent}${unit}return ` },
      { range: [end, end], text: `${semicolon}${lineBreak}${indent}}` },
    ]
  }
}

/** `const port = Number(process.env.PORT ?? 3000)`, which nothing could notice to come earlier or later. */
function isQuiet(statement: Node): boolean {
  if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') return false
  const makes = (node: Node): boolean => {
    if (isFunction(node)) return true
    if (node.type === 'CallExpression')
      return node.callee.type === 'Identifier' && /^(?:Boolean|Number|String|parseInt)$/.test(node.callee.name)
        ? node.arguments.every(makes)
        : false
    if (/^(?:Assignment|Await|Import|New|TaggedTemplate|Update|Yield)Expression$|^Class/.test(node.type)) return false
    return childrenOf(node).every(makes)
  }
  return makes(statement)
}
