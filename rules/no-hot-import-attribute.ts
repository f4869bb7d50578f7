import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { basename } from 'node:path'
import { specifierOf } from '../src/graph/module-code.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow the import attribute `hot`, which Node.js refuses where hot-hook is not loaded',
      recommended: true,
      url: docsUrl('no-hot-import-attribute'),
    },
    fixable: 'code',
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      static:
        'Node.js throws ERR_IMPORT_ATTRIBUTE_UNSUPPORTED for the attribute `hot` where hot-hook is not loaded, in production for example. In a static import it makes nothing hot.',
      boundary:
        'Node.js throws ERR_IMPORT_ATTRIBUTE_UNSUPPORTED for the attribute `hot` where hot-hook is not loaded, in production for example. `hotHook.boundaries` names `{{target}}` already.',
      other:
        'Node.js throws ERR_IMPORT_ATTRIBUTE_UNSUPPORTED for the attribute `hot` where hot-hook is not loaded, in production for example. Name the file in `hotHook.boundaries`, or pass `import.meta.hot?.boundary`.',
      pass: 'Pass `import.meta.hot?.boundary`.',
    },
  },
  create(context) {
    const { sourceCode } = context
    const { text } = sourceCode
    if (!text.includes('hot') || !/\bhot['"]?\s*:/.test(text)) return {}
    const file = projectOf(context.physicalFilename, sourceCode.ast)
    if (!file?.server.isInServer(file.path)) return {}
    const hasBoundaries = file.project.packageJson.hotHook?.boundaries !== undefined

    function checkStatic(node: unknown): void {
      const { source, attributes = [] } = node as TSESTree.ImportDeclaration
      const attribute = attributes.find(({ key }) => nameOf(key) === 'hot')
      const end = attribute && sourceCode.getTokenAfter(attribute as never, (token) => token.value === '}')
      if (!attribute || !end) return
      const fix = attributes.length === 1 ? removal(source.range[1], end.range[1], sourceCode) : undefined
      context.report({ loc: attribute.loc, messageId: 'static', ...(fix ? { fix } : {}) })
    }

    return {
      ImportDeclaration: checkStatic,
      ExportNamedDeclaration: checkStatic,
      ExportAllDeclaration: checkStatic,
      ImportExpression(node) {
        const { source, options } = node as unknown as TSESTree.ImportExpression
        const attribute = hotAttribute(options)
        if (!attribute || !options) return
        const specifier = specifierOf(node as unknown as TSESTree.ImportExpression)
        const target = specifier === undefined ? undefined : file.server.resolver.resolve(file.path, specifier)
        const end = sourceCode.getTokenAfter(options as never)
        const isComment = sourceCode.getCommentsInside(node as never).length > 0
        const only = attribute.alone && !isComment
        if (target?.kind === 'project' && hasBoundaries && file.server.isBoundary(target.path)) {
          const fix = removal(source.range[1], (end?.value === ',' ? end : options).range?.[1] ?? 0, sourceCode)
          context.report({
            loc: attribute.node.loc,
            messageId: 'boundary',
            data: { target: basename(target.path) },
            ...(only && fix ? { fix } : {}),
          })
          return
        }
        context.report({
          loc: attribute.node.loc,
          messageId: 'other',
          suggest: only
            ? [
                {
                  messageId: 'pass',
                  fix: (fixer) => fixer.replaceTextRange([...options.range], 'import.meta.hot?.boundary'),
                },
              ]
            : [],
        })
      },
    }
  },
}

/** `hot` in `{ with: { hot: 'true' } }`, and whether there is nothing else in it. */
function hotAttribute(options: TSESTree.Expression | null): { node: TSESTree.Node; alone: boolean } | undefined {
  if (options?.type !== 'ObjectExpression') return undefined
  for (const property of options.properties) {
    if (property.type !== 'Property' || property.value.type !== 'ObjectExpression') continue
    if (!/^(?:with|assert)$/.test(nameOf(property.key) ?? '')) continue
    const { properties } = property.value
    const node = properties.find((attribute) => attribute.type === 'Property' && nameOf(attribute.key) === 'hot')
    if (node) return { node, alone: options.properties.length === 1 && properties.length === 1 }
  }
  return undefined
}

function nameOf(key: TSESTree.Node): string | undefined {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : undefined
}

/** Removes what stands between the two places; undefined where a comment would go with it. */
function removal(start: number, end: number, sourceCode: SourceCode): Rule.ReportFixer | undefined {
  const isComment = sourceCode.getAllComments().some(({ range = [0, 0] }) => start <= range[0] && range[1] <= end)
  return isComment ? undefined : (fixer) => fixer.removeRange([start, end])
}

export default rule
