import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import { isTransparent, memberName, type Node } from '../src/graph/module-code.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf, type LintedFile } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow `import.meta.hot` in server modules of KickJS, where it is undefined',
      recommended: false,
      url: docsUrl('no-import-meta-hot'),
    },
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      undefined:
        '`import.meta.hot` is undefined in server modules of KickJS, so this never runs. Keep what has to survive a reload on `globalThis`, and undo the rest in `shutdown()` of an adapter.',
      remove: 'Remove it.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!/\bimport\s*\.\s*meta\b/.test(sourceCode.text) || !/\bhot\b/.test(sourceCode.text)) return {}
    const file = projectOf(context.physicalFilename, sourceCode.ast)
    if (file?.framework.name !== 'kickjs' || !isOfServer(file, sourceCode.text)) return {}
    const reported = new Set<Node>()
    return {
      MetaProperty(node) {
        const hot = (node as unknown as TSESTree.MetaProperty).parent as TSESTree.MemberExpression
        if (!isHot(hot)) return
        const statement = statementOf(hot)
        const place = statement ?? hot
        if (reported.has(place)) return
        reported.add(place)
        const removed = statement && removalOf(statement, sourceCode)
        context.report({
          loc: place.loc,
          messageId: 'undefined',
          suggest: removed ? [{ messageId: 'remove', fix: (fixer) => fixer.removeRange(removed) }] : [],
        })
      },
    }
  },
}

/**
 * Whether Node.js runs the module, under a KickJS that reloads through Vite's own server (`@forinda/kickjs`; the packages
 * of 1.x ran under vite-node, which sets `import.meta.hot`). Code for the browser has it.
 */
function isOfServer({ project, server, path }: LintedFile, text: string): boolean {
  const { dependencies, devDependencies } = project.packageJson
  if ({ ...devDependencies, ...dependencies }['@forinda/kickjs'] === undefined || !server.isInServer(path)) return false
  return server.reload().files.has(path) || !(/\.[jt]sx$/.test(path) || /\b(?:document|window)\b/.test(text))
}

/** The statement that does nothing where `import.meta.hot` is undefined: a call of it, or an `if` without `else`. */
function statementOf(hot: TSESTree.MemberExpression): Node | undefined {
  for (let parent: Node | undefined = hot.parent; parent; parent = parent.parent) {
    if (parent.type === 'IfStatement' && isHot(parent.test)) return parent.alternate ? undefined : inList(parent)
  }
  let node: Node = hot
  while (node.parent && isOnlyFor(node.parent, node)) node = node.parent
  return node.parent?.type === 'ExpressionStatement' ? inList(node.parent) : undefined
}

/** Whether `parent` does nothing but what `node` gives it: `node.dispose`, `node(…)`, `node && …`. */
function isOnlyFor(parent: Node, node: Node): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node
    case 'CallExpression':
      return parent.callee === node
    case 'LogicalExpression':
      return parent.operator === '&&' && (parent.left === node || isHot(parent.left))
    default:
      return isTransparent(parent)
  }
}

function isHot(node: Node): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'MetaProperty' && memberName(node) === 'hot'
}

/** The statement, where it may go without leaving a hole: `if (x) import.meta.hot?.accept()` needs one. */
function inList(statement: Node): Node | undefined {
  return /^(?:Program|BlockStatement|StaticBlock)$/.test(statement.parent?.type ?? '') ? statement : undefined
}

/** The statement's lines; undefined where a comment in it would go too. */
function removalOf(statement: Node, sourceCode: SourceCode): [number, number] | undefined {
  const [start, end] = statement.range
  if (sourceCode.getCommentsInside(statement as never).length > 0) return undefined
  const { text } = sourceCode
  const behind = /^[^\S\r\n]*\r?\n/.exec(text.slice(end))?.[0]
  const isLine = /(?:^|\n)[^\S\n]*$/.test(text.slice(0, start))
  return isLine && behind !== undefined ? [start, end + behind.length] : [start, end]
}

export default rule
