import type { Rule } from 'eslint'
import { describe, docsUrl, planSource } from '../src/lazy/lint.ts'

const MESSAGES = { fix: 'typeImport', suggest: 'conditional', leave: 'kept' } as const

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow type imports above a lazy import of the same boundary, which switch hot reload off for it',
      recommended: true,
      url: docsUrl('no-type-import-beside-lazy'),
    },
    fixable: 'code',
    // eslint-disable-next-line eslint-plugin/require-meta-has-suggestions -- `describe` makes them.
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      typeImport:
        'The type import of {{names}} stands above a lazy import of the same module, and hot-hook 1.0 takes the first import it reads: hot reload is off for that module.',
      conditional:
        'The type import of {{names}} stands above a lazy import of the same module, so hot reload is off for that module. {{reason}}',
      kept: 'The type import of {{names}} stands above a lazy import of the same module, so hot reload is off for that module: hot-hook 1.0 takes the first import it reads. Move it below the lazy import.',
      importLazily: "Write `import('…')` types for {{names}}.",
      removeImport: 'Remove the import of {{names}}.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!/\bimport\s*\(/.test(sourceCode.text)) return {}
    for (const candidate of planSource(sourceCode, context.physicalFilename)) {
      if (candidate.about === 'types' && candidate.verdict !== 'done')
        context.report(describe(candidate, sourceCode, MESSAGES[candidate.verdict]))
    }
    return {}
  },
}

export default rule
