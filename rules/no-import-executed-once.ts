import type { Rule } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { basename } from 'node:path'
import { executedOnce } from '../src/graph/executed-once.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow imports of boundaries that are executed once, so that their old code stays after an edit',
      recommended: true,
      url: docsUrl('no-import-executed-once'),
    },
    languages: ['js/js'],
    schema: [],
    messages: {
      'module-level':
        '`{{target}}` is imported once, while this module is loaded: after an edit of it, hot-hook says it is replaced, and the old code stays. Import it in the function that uses it.',
      caller:
        '`{{target}}` is imported once, in a function that runs only while this module is loaded: after an edit of it, hot-hook says it is replaced, and the old code stays. Import it in the function that uses it.',
      memoised:
        '`{{target}}` is imported once and kept: after an edit of it, hot-hook says it is replaced, and the old code stays. Import it on each use: Node.js keeps the module by itself.',
      registered:
        '`{{target}}` is imported once, to be registered: after an edit of it, hot-hook says it is replaced, and the old code stays. Register a function that imports it, or take it out of `hotHook.boundaries`.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!/\bimport\s*\(/.test(sourceCode.text)) return {}
    const file = projectOf(context.physicalFilename, sourceCode.ast)
    if (!file?.server.isInServer(file.path)) return {}
    const hasBoundaries = file.project.packageJson.hotHook?.boundaries !== undefined
    for (const found of executedOnce(sourceCode.ast as unknown as TSESTree.Program)) {
      const target = file.server.resolver.resolve(file.path, found.specifier)
      if (target.kind !== 'project') continue
      const { options } = found.node
      // `import.meta.hot?.boundary`, or the attribute that it stands for.
      const isMarked = options != null && /\bhot\b/.test(sourceCode.text.slice(...options.range))
      if (!isMarked && !(hasBoundaries && file.server.isBoundary(target.path))) continue
      // A module that is replaced itself imports it again.
      if (file.server.reload().outcomes.get(file.path) === 'hot') return {}
      const [start, end] = found.node.range
      context.report({
        loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
        messageId: found.why,
        data: { target: basename(target.path) },
      })
    }
    return {}
  },
}

export default rule
