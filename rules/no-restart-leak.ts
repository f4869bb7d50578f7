import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { basename } from 'node:path'
import { findLeaks } from '../src/graph/leaks.ts'
import { rewriteOfLeak, type LeakRewrite } from '../src/lazy/cuts/leak-rewrite.ts'
import { docsUrl, mayImport } from '../src/lazy/lint.ts'
import { projectOf, type LintedFile } from '../src/lazy/linted-project.ts'
import { explainReason } from '../src/lazy/reasons.ts'
import { isOfTypes } from '../src/lazy/syntax.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow the one import because of which files restart the server that would be hot without it',
      recommended: false,
      url: docsUrl('no-restart-leak'),
    },
    fixable: 'code',
    hasSuggestions: true,
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
      'type-imports': 'Import {{imported}} as a type only. {{reason}}',
      'direct-imports': 'Import {{imported}} from where it is declared. {{reason}}',
      'deferred-imports':
        'Import {{imported}} in the functions that use it, and add {{target}} to `hotHook.boundaries`. {{reason}}',
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
    for (const leak of leaks) {
      const { specifier, frees, target } = leak
      if (!edges.some((edge) => edge.specifier === specifier && !edge.dynamic)) continue
      const statement = (sourceCode.ast as unknown as TSESTree.Program).body.find(
        (candidate) => 'source' in candidate && candidate.source?.value === specifier && !isOfTypes(candidate),
      )
      if (!statement) continue
      const names = frees.slice(0, 3).map((freed) => `\`${basename(freed)}\``)
      const data = {
        target: `\`${basename(target)}\``,
        count: String(frees.length),
        names: `${names.join(', ')}${frees.length > 3 ? ', …' : ''}`,
      }
      context.report({
        node: statement as unknown as Rule.Node,
        messageId: 'leak',
        data,
        ...(isOnDisk(project, sourceCode) ? remedyOf(rewriteOfLeak(project, leak), sourceCode, data) : {}),
      })
    }
    return {}
  },
}

/** Whether the text is that of the file: the edits of a plan are edits of that. */
function isOnDisk({ analysis, path }: LintedFile, { text, hasBOM }: SourceCode): boolean {
  return analysis.modules.text(path) === (hasBOM ? BOM : '') + text
}

const BOM = '\uFEFF'

/** The fix, where nothing else has to change; else a suggestion, if there is any rewrite. */
function remedyOf(
  rewrite: LeakRewrite | undefined,
  { hasBOM }: SourceCode,
  data: Readonly<Record<string, string>>,
): Partial<Rule.ReportDescriptorOptions> {
  if (!rewrite) return {}
  const { codemod, candidate } = rewrite
  const { verdict, edits, names, reason, detail } = candidate
  const shift = hasBOM ? BOM.length : 0
  const fix: Rule.ReportFixer = (fixer) =>
    edits.map(({ range: [start, end], text }) => fixer.replaceTextRange([start - shift, end - shift], text))
  if (verdict === 'fix' && codemod !== 'deferred-imports') return { fix }
  const imported = names.map((name) => `\`${name}\``).join(', ')
  return { suggest: [{ messageId: codemod, data: { ...data, imported, reason: explainReason(reason, detail) }, fix }] }
}

export default rule
