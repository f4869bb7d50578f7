import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { CONSEQUENCES, disposals, mayMakeResources, moduleResources, type Resource } from '../src/graph/resources.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Require `import.meta.hot.dispose()` in modules that are hot and make what outlives them',
      recommended: true,
      url: docsUrl('require-dispose'),
    },
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      missing:
        'Each hot reload of this module runs `{{name}}` again, and {{consequence}}. Undo it in `import.meta.hot?.dispose()`, or move it to a module that is not hot.',
      dispose: 'Add `import.meta.hot?.dispose()`.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!mayMakeResources(sourceCode.text)) return {}
    const program = sourceCode.ast as unknown as TSESTree.Program
    const file = projectOf(context.physicalFilename, program)
    if (!file?.server.isInServer(file.path)) return {}
    const resources = moduleResources(program)
    if (resources.length === 0 || disposals(program).length > 0) return {}
    if (file.server.reload().outcomes.get(file.path) !== 'hot') return {}
    const dispose = disposeOf(resources, program, sourceCode)
    for (const resource of resources) {
      const [start, end] = resource.node.range
      context.report({
        loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
        messageId: 'missing',
        data: { name: resource.name, consequence: CONSEQUENCES[resource.kind] },
        // One call for all of them: hot-hook keeps the last callback only.
        suggest: resource.undo === undefined || !dispose ? [] : [{ messageId: 'dispose', fix: dispose }],
      })
    }
    return {}
  },
}

/** Inserts a call that undoes what can be undone, behind the last statement that makes something of that. */
function disposeOf(
  resources: readonly Resource[],
  program: TSESTree.Program,
  { text }: SourceCode,
): Rule.ReportFixer | undefined {
  const undone = resources.filter(({ undo }) => undo !== undefined)
  const last = program.body.findLast(({ range: [start, end] }) =>
    undone.some(({ node }) => start <= node.range[0] && node.range[1] <= end),
  )
  if (!last) return undefined
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const semicolon = text[last.range[1] - 1] === ';' ? ';' : ''
  const statements = [...new Set(undone.map(({ undo = '' }) => undo))]
  const [only = ''] = statements
  const body =
    statements.length === 1 && only.startsWith('clear')
      ? only
      : `{${newline}${statements.map((statement) => `  ${statement}${semicolon}${newline}`).join('')}}`
  const rest = /^[^\S\r\n]*(?:\/\/.*)?/.exec(text.slice(last.range[1]))?.[0] ?? ''
  const at = last.range[1] + rest.length
  const isEndOfLine = /^(?:\r?\n|$)/.test(text.slice(at))
  const position = isEndOfLine ? at : last.range[1]
  const call = `${newline}${newline}import.meta.hot?.dispose(() => ${body})${semicolon}${isEndOfLine ? '' : newline}`
  return (fixer) => fixer.insertTextAfterRange([position, position], call)
}

export default rule
