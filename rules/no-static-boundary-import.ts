import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { basename } from 'node:path'
import { describe, docsUrl, mayImport, planSource } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'
import { isOfTypes } from '../src/lazy/syntax.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow static imports of hot-hook boundaries, which switch hot reload off for them',
      recommended: true,
      url: docsUrl('no-static-boundary-import'),
    },
    fixable: 'code',
    // eslint-disable-next-line eslint-plugin/require-meta-has-suggestions -- `describe` makes them.
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [
      {
        type: 'object',
        properties: {
          betweenBoundaries: {
            type: 'boolean',
            description: 'Whether a boundary that imports another one is reported.',
          },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ betweenBoundaries: true }],
    messages: {
      static:
        '{{target}} is a boundary of hot-hook, and a static import of it restarts the server for each of its edits, or keeps the old code here.',
      betweenBoundaries:
        '{{target}} is a boundary of hot-hook that this boundary imports statically: an edit of it restarts the server, though it would be hot if no glob matched it.',
      planned: '{{names}} {{are}} imported statically from a boundary of hot-hook. {{reason}}',
      importLazily: 'Import {{names}} lazily.',
      removeImport: 'Remove the import of {{names}}.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!mayImport(sourceCode.text)) return {}
    const project = projectOf(context.physicalFilename, sourceCode.ast)
    if (!project?.server.isInServer(project.path)) return {}
    const { server, path } = project
    const { betweenBoundaries } = { betweenBoundaries: true, ...(context.options[0] as object | undefined) }
    const isBoundary = server.isBoundary(path)
    if (isBoundary && !betweenBoundaries) return {}
    const planned = planSource(sourceCode, context.physicalFilename)
    const known = new Set(planned.map(({ range }) => range[0]))
    for (const candidate of planned) {
      if (candidate.about !== 'boundary' || candidate.verdict === 'done') continue
      context.report(describe(candidate, sourceCode, 'planned'))
    }
    const values = (sourceCode.ast as unknown as TSESTree.Program).body.filter(isValueImport)
    const isOfBoundary = (statement: { readonly source: TSESTree.StringLiteral }): boolean => {
      const target = server.resolver.resolve(path, statement.source.value)
      return target.kind === 'project' && server.isBoundary(target.path)
    }
    if (!values.some((statement) => !known.has(statement.range[0]) && isOfBoundary(statement))) return {}
    // Erased imports are no edges, and unknown specifiers none of a boundary.
    const targets = new Map<string, string[]>()
    for (const { specifier, target, dynamic } of server.edgesOf(path, sourceCode.text)) {
      if (!dynamic && server.isBoundary(target)) targets.set(specifier, [...(targets.get(specifier) ?? []), target])
    }
    for (const statement of values) {
      const specifier = statement.source.value
      const [target, ...more] = targets.get(specifier) ?? []
      if (target === undefined || known.has(statement.range[0])) continue
      // Of several imports of one module, those that are used for types only are erased.
      const { length } = values.filter(({ source }) => source.value === specifier)
      if (length > more.length + 1 && isUsedAsTypes(statement, sourceCode)) continue
      context.report({
        node: statement as unknown as Rule.Node,
        messageId: isBoundary ? 'betweenBoundaries' : 'static',
        data: { target: `\`${basename(target)}\`` },
      })
    }
    return {}
  },
}

type Import = TSESTree.ImportDeclaration | TSESTree.ExportNamedDeclaration | TSESTree.ExportAllDeclaration

function isValueImport(statement: TSESTree.ProgramStatement): statement is Import & { source: TSESTree.StringLiteral } {
  return 'source' in statement && statement.source !== null && !isOfTypes(statement)
}

function isUsedAsTypes(statement: Import, sourceCode: SourceCode): boolean {
  const variables = sourceCode.scopeManager.getDeclaredVariables(statement as unknown as Rule.Node)
  return variables.length > 0 && variables.every(({ references }) => references.every(isTypeReference))
}

function isTypeReference(reference: object): boolean {
  return 'isTypeReference' in reference && reference.isTypeReference === true
}

export default rule
