import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { lineBreakOf, positionAt } from '../../edits/text.ts'
import { awaits, childrenOf } from '../../graph/exports/nodes.ts'
import { isKeptByFastify, isServed } from './entry.ts'
import { fulfilled } from './promised.ts'
import { isServedApplication } from './split-text.ts'
import type { PlanInput } from '../plan.ts'
import type { ReceiverOf } from '../receivers.ts'
import { isFunction, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

/** A module as it reads when what it runs first in a function stands before the call of that function. */
export interface FlatStart {
  readonly text: string
  /** Whether the application is there when a promise is fulfilled. */
  readonly isPromise?: true
  /** Where a line of {@link FlatStart.text} is in the module; both 1-based. */
  lineOf(line: number): number
}

/**
 * Takes what builds an application out of the function that starts it: `async function start() { app.register(…); …
 * await app.listen(…) }`, where the module calls `start()` once, at its end. What the function does first happens right
 * before it is called, in the same order.
 *
 * @returns undefined where no such function is found, or where a name, `return`, `this` or error handling would notice.
 */
export function flatStart(
  input: PlanInput,
  receiverOf: ReceiverOf,
  isAnew: (made: Node) => boolean,
): FlatStart | undefined {
  const { program, scopes, text, facts } = input
  const variableOf = resolveIdentifiers(scopes)
  for (const statement of program.body) {
    const start = functionIn(statement)
    const call = start && callAtEnd(program, scopes.getDeclaredVariables(start.declared)[0] as Variable | undefined)
    if (!start || !call) continue
    const { body } = start.block
    const inside = scopes.scopes.filter(({ block }) => block === start.owner).flatMap(({ variables }) => variables)
    const outside = scopes.scopes.find(({ type }) => (type as string) === 'module')?.variables ?? []
    const app = ([...inside, ...outside] as Variable[]).find((variable) =>
      isServedApplication(variable, variableOf, receiverOf, facts, isAnew),
    )
    if (!app) continue
    const isIn = (node: Node, found: Node): boolean =>
      node.range[0] <= found.range[0] && found.range[1] <= node.range[1]
    const uses = app.references.map(({ identifier }) => identifier as Node)
    const builds = body.map(
      (node) =>
        app.defs.some(({ name }) => isIn(node, name as Node)) ||
        uses.some((use) => isIn(node, use) && !isServed(use, variableOf) && !isKept(use)),
    )
    const first = body.slice(0, builds.lastIndexOf(true) + 1)
    const serves = (node: Node): boolean => uses.some((use) => isIn(node, use) && isServed(use, variableOf))
    if (first.length === 0 || first.some((node) => serves(node) || leaves(node))) continue
    if (!facts.topLevelAwait && first.some(awaits)) continue
    const declared = inside.filter(({ defs }) =>
      defs.some(({ name }) => first.some((node) => isIn(node, name as Node))),
    )
    if (declared.some(({ name }) => taken(scopes).has(name))) continue
    const flat = moved(text, start.block, first, call)
    if (flat) return flat
  }
  return undefined

  function isKept(use: Node): boolean {
    return input.framework.name === 'fastify' && isKeptByFastify(use)
  }
}

/**
 * Gives a name to the application that a function of the project makes where the module starts it:
 * `createApp().listen(3000)`, and `createApp().then((app) => { … })` at its end.
 *
 * @param isAnew whether a call makes an application anew.
 * @returns undefined where nothing is started so, or where a name, `return`, `this` or error handling would notice.
 */
export function namedStart(input: PlanInput, isAnew: (made: Node) => boolean): FlatStart | undefined {
  const { program, text, scopes, facts } = input
  const variableOf = resolveIdentifiers(scopes)
  const last = lastRunning(program)
  for (const statement of program.body) {
    if (statement === last && !text.includes('unhandledRejection')) {
      const named = facts.topLevelAwait ? afterPromise(input, last, isAnew) : namedPromise(input, last, isAnew)
      if (named) return named
    }
    if (statement.type !== 'ExpressionStatement' && statement.type !== 'VariableDeclaration') continue
    const call = callsIn(statement).find((node) => isAnew(node) && isServed(awaitedAs(node), variableOf))
    if (!call) continue
    const made = awaitedAs(call)
    const isFirst = callsIn(statement).every(({ range }) => range[1] > call.range[0])
    const names = taken(scopes)
    const isFree = (name: string): boolean => !names.has(name) && !scopes.scopes.some(({ set }) => set.has(name))
    const name = ['app', 'application'].find(isFree)
    if (!isFirst || name === undefined || (made !== call && !facts.topLevelAwait)) return undefined
    const start = text.lastIndexOf('\n', statement.range[0]) + 1
    if (start !== statement.range[0] && start !== 0) return undefined
    const [from, to] = withParentheses(text, made)
    const declaration = `const ${name} = ${text.slice(...made.range)}${text[statement.range[1] - 1] === ';' ? ';' : ''}`
    const { line } = positionAt(text, statement.range[0])
    return {
      text:
        text.slice(0, statement.range[0]) +
        declaration +
        lineBreakOf(text) +
        text.slice(statement.range[0], from) +
        name +
        text.slice(to),
      lineOf: (found) => (found > line ? found - 1 : found),
    }
  }
  return undefined
}

/** `createApp().then((app) => { … })`, as `const app = await createApp()` and what was in the function. */
function afterPromise(
  { text, scopes }: PlanInput,
  statement: TSESTree.ExpressionStatement,
  isAnew: (made: Node) => boolean,
): FlatStart | undefined {
  const { expression } = statement
  const isPassing =
    expression.type === 'AwaitExpression' || (expression.type === 'UnaryExpression' && expression.operator === 'void')
  const then = isPassing ? expression.argument : expression
  if (then.type !== 'CallExpression' || then.callee.type !== 'MemberExpression') return undefined
  const { callee, arguments: passed } = then
  const [callback, another] = passed
  if (memberName(callee) !== 'then' || another || callback?.type !== 'ArrowFunctionExpression') return undefined
  const [parameter, more] = callback.params
  if (parameter?.type !== 'Identifier' || more || !isAnew(callee.object)) return undefined
  const { body } = callback
  const names = taken(scopes)
  const inside = scopes.scopes.filter(({ block }) => block === callback || block === body)
  if (leaves(body) || inside.some(({ set }) => [...set.keys()].some((name) => names.has(name)))) return undefined
  const [start, end] = statement.range
  const around = text.slice(callee.object.range[1], body.range[0]) + text.slice(body.range[1], end)
  if (/\/[/*]/.test(around)) return undefined
  const semicolon = text[statement.range[1] - 1] === ';' ? ';' : ''
  const declaration = `const ${text.slice(...parameter.range)} = await ${text.slice(...callee.object.range)}${semicolon}`
  const from = positionAt(text, start).line
  const lineBreak = lineBreakOf(text)
  if (body.type !== 'BlockStatement') {
    return {
      text: text.slice(0, start) + declaration + lineBreak + text.slice(...body.range) + semicolon + text.slice(end),
      lineOf: (line) => (line > from ? line - 1 : line),
    }
  }
  const [open, close] = [body.range[0] + 1, body.range[1] - 1]
  const [first = '', ...own] = text.slice(open, close).split(/(?<=\n)/)
  const lineAt = (offset: number): number => positionAt(text, offset).line
  const isApart = first.endsWith('\n') && first.trim() === '' && lineAt(open) === from
  const ends = /(?:^|\n)[\t ]*$/.test(text.slice(0, close)) && /^\s*\)\s*;?$/.test(text.slice(close + 1, end))
  if (!isApart || !ends || body.body.some((one) => linesOfTexts(one, lineAt).length > 0)) return undefined
  const [indent = ''] = /^[\t ]*/.exec(own.find((line) => line.trim() !== '') ?? '') ?? []
  const flat = own.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('')
  return {
    text: text.slice(0, start) + declaration + lineBreak + flat.trimEnd() + text.slice(end),
    lineOf: (line) => line,
  }
}

/** `createApp().then((app) => { … })`, as `const app = createApp()` and `app.then((app) => { … })`. */
function namedPromise(
  input: PlanInput,
  statement: TSESTree.ExpressionStatement,
  isAnew: (made: Node) => boolean,
): FlatStart | undefined {
  const { text, scopes } = input
  const { expression } = statement
  const then =
    expression.type === 'UnaryExpression' && expression.operator === 'void' ? expression.argument : expression
  if (then.type !== 'CallExpression' || then.callee.type !== 'MemberExpression') return undefined
  const made = then.callee.object
  const variableOf = resolveIdentifiers(scopes)
  const uses = fulfilled(made, variableOf)?.uses ?? []
  if (!isAnew(made) || !uses.some((use) => isServed(use, variableOf))) return undefined
  const names = taken(scopes)
  const name = ['app', 'application'].find((one) => !names.has(one))
  const [start] = statement.range
  if (name === undefined || (start !== 0 && text[start - 1] !== '\n')) return undefined
  const semicolon = text[statement.range[1] - 1] === ';' ? ';' : ''
  const { line } = positionAt(text, start)
  const declaration = `const ${name} = ${text.slice(...made.range)}${semicolon}${lineBreakOf(text)}`
  return {
    text: text.slice(0, start) + declaration + text.slice(start, made.range[0]) + name + text.slice(made.range[1]),
    isPromise: true,
    lineOf: (found) => (found > line ? found - 1 : found),
  }
}

/** A call, or what awaits it. */
function awaitedAs(call: Node): Node {
  return call.parent?.type === 'AwaitExpression' ? call.parent : call
}

function withParentheses(text: string, { range: [start, end] }: Node): [number, number] {
  return text[start - 1] === '(' && text[end] === ')' && /[^\w$]$/.test(text.slice(0, start - 1).trimEnd() || ';')
    ? [start - 1, end + 1]
    : [start, end]
}

/** The calls of a statement that happen whenever it does. */
function callsIn(node: Node): (TSESTree.CallExpression | TSESTree.NewExpression)[] {
  if (isFunction(node) || /^(?:Class|ConditionalExpression|LogicalExpression)/.test(node.type)) return []
  const below = childrenOf(node).flatMap(callsIn)
  return node.type === 'CallExpression' || node.type === 'NewExpression' ? [node, ...below] : below
}

/** A function without parameters that the module declares for itself. */
interface Start {
  /** What declares its name. */
  readonly declared: Node
  readonly owner: Node
  readonly block: TSESTree.BlockStatement
}

/** `async function start() { … }`, and `const start = async () => { … }` */
function functionIn(statement: TSESTree.ProgramStatement): Start | undefined {
  if (statement.type === 'FunctionDeclaration') return startOf(statement, statement)
  if (statement.type !== 'VariableDeclaration' || statement.kind !== 'const') return undefined
  const [declarator, another] = statement.declarations
  const init = declarator?.init
  return !another && init?.type === 'ArrowFunctionExpression' ? startOf(init.parent, init) : undefined
}

function startOf(
  declared: Node,
  owner: TSESTree.FunctionDeclaration | TSESTree.ArrowFunctionExpression,
): Start | undefined {
  const { params, generator, body } = owner
  return params.length > 0 || generator || body.type !== 'BlockStatement' ? undefined : { declared, owner, block: body }
}

/** The statement `start()`, `await start()` or `void start()`, with which the module ends, and which is its only use. */
function callAtEnd(program: TSESTree.Program, start: Variable | undefined): Node | undefined {
  const last = lastRunning(program)
  const [use, another] = start?.references.filter(({ init }) => init !== true) ?? []
  if (!last || !use || another) return undefined
  const { expression } = last
  const isPassing =
    expression.type === 'AwaitExpression' || (expression.type === 'UnaryExpression' && expression.operator === 'void')
  const call = isPassing ? expression.argument : expression
  return call.type === 'CallExpression' && call.callee === use.identifier ? last : undefined
}

/** The statement that a module ends with. */
function lastRunning({ body }: TSESTree.Program): TSESTree.ExpressionStatement | undefined {
  const last = body.findLast(({ type }) => !/^(?:FunctionDeclaration|TS(?:Interface|TypeAlias)Declaration)$/.test(type))
  return last?.type === 'ExpressionStatement' ? last : undefined
}

/** Whether a statement has to do with the function that it stands in. */
function leaves(node: Node): boolean {
  if (/^(?:ReturnStatement|ThisExpression|Super|MetaProperty)$/.test(node.type)) return node.type !== 'MetaProperty'
  if (node.type === 'Identifier' && node.name === 'arguments') return true
  return !isFunction(node) && childrenOf(node).some(leaves)
}

/** The names of the module, and of the globals that it uses. */
function taken({ scopes }: PlanInput['scopes']): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { type, set, through } of scopes) {
    if (!/^(?:global|module)$/.test(type)) continue
    for (const name of set.keys()) names.add(name)
    if ((type as string) === 'global') for (const { identifier } of through) names.add(String(identifier.name))
  }
  return names
}

/** The lines of `first` before that of `call`; undefined where they share a line with something else. */
function moved(
  text: string,
  block: TSESTree.BlockStatement,
  first: readonly TSESTree.Statement[],
  call: Node,
): FlatStart | undefined {
  const lines = text.split(/(?<=\n)/)
  const lineAt = (offset: number): number => positionAt(text, offset).line - 1
  const from = lineAt(block.range[0]) + 1
  const end = first.at(-1)?.range[1] ?? 0
  const to = lineAt(end) + 1
  const at = lineAt(call.range[0])
  const following = block.body[first.length]
  const isApart =
    lineAt(first[0]?.range[0] ?? 0) >= from &&
    (!following || lineAt(following.range[0]) >= to) &&
    at >= lineAt(block.range[1])
  if (!isApart || /^\s*\S/.test(text.slice(text.lastIndexOf('\n', call.range[0]) + 1, call.range[0]))) return undefined
  const [indent = ''] = /^[\t ]*/.exec(lines[lineAt(first[0]?.range[0] ?? 0)] ?? '') ?? []
  const kept = new Set(first.flatMap((statement) => linesOfTexts(statement, lineAt)))
  const isBlank = (line: number): boolean => (lines[line] ?? '').trim() === ''
  const own = Array.from({ length: to - from }, (_, index) => from + index)
  const skipped = isBlank(to) ? 1 : 0
  const before = [...lines.keys()].filter((line) => line < from || (line >= to + skipped && line < at))
  const order = [...before, ...own, ...(skipped ? [to] : []), ...[...lines.keys()].filter((line) => line >= at)]
  const isOwn = new Set(own)
  const flat = order.map((line) => {
    const found = lines[line] ?? ''
    if (isOwn.has(line) && !kept.has(line) && found.startsWith(indent)) return found.slice(indent.length)
    return isOwn.has(line) || found.endsWith('\n') || line === lines.length - 1 ? found : found + lineBreakOf(text)
  })
  return { text: flat.join(''), lineOf: (line) => (order[line - 1] ?? 0) + 1 }
}

/** The lines that begin within a text of several lines. */
function linesOfTexts(node: Node, lineAt: (offset: number) => number): number[] {
  if (node.type !== 'TemplateLiteral') return childrenOf(node).flatMap((child) => linesOfTexts(child, lineAt))
  const [start, end] = node.range.map(lineAt)
  return Array.from({ length: (end ?? 0) - (start ?? 0) }, (_, index) => (start ?? 0) + 1 + index)
}
