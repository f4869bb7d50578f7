import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { moduleCode, type Node } from '../src/graph/module-code.ts'
import { disposals } from '../src/graph/resources.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow a second `import.meta.hot.dispose()` in a module, which replaces the first',
      recommended: true,
      url: docsUrl('no-duplicate-dispose'),
    },
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      replaces: 'Only one callback is kept for each module: this one replaces that in line {{line}}, which never runs.',
      merge: 'Merge the two callbacks.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (sourceCode.text.split('dispose', 3).length < 3) return {}
    const program = sourceCode.ast as unknown as TSESTree.Program
    const calls = disposals(program)
    if (calls.length < 2) return {}
    const file = projectOf(context.physicalFilename, program)
    if (!file?.server.isInServer(file.path)) return {}
    calls.forEach((call, index) => {
      const before = calls.slice(0, index).findLast((other) => !isOtherBranch(call, other, program))
      if (!before) return
      const merge = mergeOf(before, call, program, sourceCode)
      const [start, end] = call.range
      context.report({
        loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
        messageId: 'replaces',
        data: { line: String(sourceCode.getLocFromIndex(before.range[0]).line) },
        suggest: merge ? [{ messageId: 'merge', fix: merge }] : [],
      })
    })
    return {}
  },
}

/** Whether the two stand in different branches of one condition: only one of them runs. */
function isOtherBranch(a: Node, b: Node, program: TSESTree.Program): boolean {
  const { parentOf } = moduleCode(program)
  const around = new Set<Node>()
  for (let node: Node | undefined = a; node; node = parentOf(node)) around.add(node)
  let common: Node | undefined = b
  while (common && !around.has(common)) common = parentOf(common)
  return common?.type === 'IfStatement' || common?.type === 'ConditionalExpression'
}

/** Moves what the callback of `first` does into that of `second`; undefined where more than the two would change. */
function mergeOf(
  first: TSESTree.CallExpression,
  second: TSESTree.CallExpression,
  program: TSESTree.Program,
  sourceCode: SourceCode,
): Rule.ReportFixer | undefined {
  const { text } = sourceCode
  const [before, after] = [first, second].map((call) => callbackIn(call, program))
  if (!before || !after) return undefined
  const isLost = (comment: ReturnType<SourceCode['getAllComments']>[number]): boolean =>
    [before, after].some(
      ({ statement, body }) =>
        comment.range !== undefined && contains(statement.range, comment.range) && !contains(body.range, comment.range),
    )
  if (sourceCode.getAllComments().some(isLost)) return undefined
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const semicolon = text[after.statement.range[1] - 1] === ';' ? ';' : ''
  const lines = [before, after].map(({ body }) => linesOf(body, text, semicolon)).join(newline)
  const removed = linesAround(before.statement.range, text)
  return (fixer) => [
    fixer.removeRange(removed),
    fixer.replaceTextRange([...after.callback.range], `() => {${newline}${lines}${newline}}`),
  ]
}

/** The range, with its line where nothing else is in it, and with an empty line behind it where one is before it. */
function linesAround([start, end]: readonly [number, number], text: string): [number, number] {
  const before = text.slice(0, start)
  if (!/(?:^|\n)[^\S\n]*$/.test(before)) return [start, end]
  const [behind] = /^[^\S\n]*\n/.exec(text.slice(end)) ?? ['']
  const [empty] = /^\s*$|\n\s*\n[^\S\n]*$/.test(before)
    ? (/^[^\S\n]*\n/.exec(text.slice(end + behind.length)) ?? [''])
    : ['']
  return [start, end + behind.length + empty.length]
}

interface Disposal {
  readonly statement: Node
  readonly callback: TSESTree.ArrowFunctionExpression
  readonly body: Node
}

/** The callback of a call that is a statement of the module, if it is an arrow function without parameters. */
function callbackIn(call: TSESTree.CallExpression, program: TSESTree.Program): Disposal | undefined {
  const statement = program.body.find(
    (candidate) =>
      candidate.type === 'ExpressionStatement' &&
      (candidate.expression === call ||
        (candidate.expression.type === 'ChainExpression' && candidate.expression.expression === call)),
  )
  const [callback, ...more] = call.arguments
  if (!statement || more.length > 0 || callback?.type !== 'ArrowFunctionExpression') return undefined
  if (callback.async || callback.params.length > 0) return undefined
  return { statement, callback, body: callback.body }
}

function linesOf(body: Node, text: string, semicolon: string): string {
  if (body.type !== 'BlockStatement') return `  ${text.slice(...body.range)}${semicolon}`
  const inner = text.slice(body.range[0] + 1, body.range[1] - 1)
  const lines = /\n/.test(inner) ? inner.replace(/^[^\S\n]*\n/, '').trimEnd() : `  ${inner.trim()}`
  // Two callbacks may use one name.
  return body.body.some(({ type }) => /Declaration$/.test(type)) ? `  {\n${lines}\n  }` : lines
}

function contains(outer: readonly [number, number], inner: readonly [number, number]): boolean {
  return outer[0] <= inner[0] && inner[1] <= outer[1]
}

export default rule
