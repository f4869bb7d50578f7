import type { TSESTree } from '@typescript-eslint/utils'
import { parseSync } from 'oxc-parser'
import { childrenOf } from '../graph/exports/nodes.ts'

/** Text that stands in an answer as it stands in a module: nothing that JSON or HTML escapes, and no path or query. */
const TEXT = /^(?!\d+$)\w[\w .,:!=-]*[\w.!]$/

const LENGTH = { least: 3, most: 80 }

/**
 * The texts of a module that an answer may show: string literals, the fixed parts of templates and the text of JSX,
 * as far as they stand once in the module, with white space around them cut off. The longest first.
 *
 * @returns nothing for a module that does not parse.
 */
export function literalsIn(path: string, text: string): string[] {
  const found = new Set<string>()
  for (const literal of path.endsWith('.json') ? stringsInJson(text) : stringsIn(path, text)) {
    const trimmed = literal.trim()
    const isLong = trimmed.length >= LENGTH.least && trimmed.length <= LENGTH.most
    if (isLong && TEXT.test(trimmed) && text.split(trimmed).length === 2) found.add(trimmed)
  }
  return [...found].sort((a, b) => b.length - a.length)
}

function stringsInJson(text: string): string[] {
  return [...text.matchAll(/:\s*"([^"\\]*)"/g)].map(([, value = '']) => value)
}

function stringsIn(path: string, text: string): string[] {
  const { program, errors } = parseSync(path, text, { range: true, preserveParens: false, astType: 'ts' })
  if (errors.length > 0) return []
  const strings: string[] = []
  const pending: TSESTree.Node[] = [program as unknown as TSESTree.Program]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'Literal' && typeof node.value === 'string') strings.push(node.value)
    else if (node.type === 'TemplateElement') strings.push(node.value.raw)
    else if (node.type === 'JSXText') strings.push(node.value)
    else pending.push(...childrenOf(node).filter((child) => !isName(child, node)))
  }
  return strings
}

/** What names a module, a property or a directive is no text. */
function isName(child: TSESTree.Node, parent: TSESTree.Node): boolean {
  switch (parent.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportEqualsDeclaration':
      return true
    case 'ExportNamedDeclaration':
      return child === parent.source
    case 'ExpressionStatement':
      return parent.directive !== undefined && parent.directive !== null
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return child === parent.key
    case 'MemberExpression':
      return child === parent.property
    default:
      return false
  }
}
