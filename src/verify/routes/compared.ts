import type { Project } from '../../project/project.ts'
import type { Module, Node } from './scope.ts'

/** What an expression is called that holds the path of a request. */
const URL_NAME = /\b(?:url|pathname|path|originalUrl|route)\b/i
const KEY = /^(?:(?:GET|ALL|\*)[ :])?(\/\S*)$/

/**
 * The paths that a node compares the path of a request with: `url === '/users'`, `case '/users':`; without a framework
 * also the keys of objects and maps of handlers, `{ '/users': list, 'GET /users': list }`.
 *
 * @param strings the strings that an expression may be.
 */
export function comparedPaths(
  node: Node,
  module: Module,
  framework: Project['framework']['name'],
  strings: (node: Node) => readonly string[],
): string[] {
  const paths = (found: readonly string[]): string[] => found.flatMap((text) => KEY.exec(text)?.[1] ?? [])
  const isUrl = (side: Node): boolean => URL_NAME.test(module.text.slice(...side.range))
  switch (node.type) {
    case 'BinaryExpression':
      if (node.operator !== '===' && node.operator !== '==') return []
      if (isUrl(node.left)) return paths(strings(node.right))
      return isUrl(node.right) ? paths(strings(node.left)) : []
    case 'SwitchStatement':
      if (!isUrl(node.discriminant)) return []
      return node.cases.flatMap(({ test }) => (test ? paths(strings(test)) : []))
    case 'ObjectExpression':
      if (framework !== 'node') return []
      return node.properties.flatMap((member) =>
        member.type === 'Property' && member.key.type === 'Literal' ? paths([String(member.key.value)]) : [],
      )
    case 'ArrayExpression': {
      const [first, second] = node.elements
      return framework === 'node' && first && second && first.type === 'Literal' ? paths([String(first.value)]) : []
    }
    default:
      return []
  }
}
