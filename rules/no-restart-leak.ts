import type { Rule } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { basename } from 'node:path'
import { findLeaks } from '../src/graph/leaks.ts'
import { docsUrl, mayImport } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'
import { isOfTypes } from '../src/lazy/syntax.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow the one import because of which files restart the server that would be hot without it',
      recommended: false,
      url: docsUrl('no-restart-leak'),
    },
    languages: ['js/js'],
    schema: [
      {
        type: 'object',
        properties: {
          minimum: {
            type: 'integer',
            minimum: 1,
            description: 'How many files an import may cost before it is reported.',
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ minimum: 3 }],
    messages: {
      leak: 'This import of {{target}} makes {{count}} files restart the server that are hot without it ({{names}}). Import types only, import it lazily, or move what is needed here to a module of its own.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!mayImport(sourceCode.text)) return {}
    const project = projectOf(context.physicalFilename, sourceCode.ast)
    if (!project?.server.isInServer(project.path)) return {}
    const { server, path } = project
    const { minimum } = { minimum: 3, ...(context.options[0] as { minimum?: number } | undefined) }
    const leaks = findLeaks(server).filter((leak) => leak.from === path && leak.frees.length >= minimum)
    if (leaks.length === 0) return {}
    // The disk may be behind the editor: only what the text still holds is reported.
    const edges = server.edgesOf(path, sourceCode.text)
    for (const { specifier, frees, target } of leaks) {
      if (!edges.some((edge) => edge.specifier === specifier && !edge.dynamic)) continue
      const statement = (sourceCode.ast as unknown as TSESTree.Program).body.find(
        (candidate) => 'source' in candidate && candidate.source?.value === specifier && !isOfTypes(candidate),
      )
      if (!statement) continue
      const names = frees.slice(0, 3).map((freed) => `\`${basename(freed)}\``)
      context.report({
        node: statement as unknown as Rule.Node,
        messageId: 'leak',
        data: {
          target: `\`${basename(target)}\``,
          count: String(frees.length),
          names: `${names.join(', ')}${frees.length > 3 ? ', …' : ''}`,
        },
      })
    }
    return {}
  },
}

export default rule
