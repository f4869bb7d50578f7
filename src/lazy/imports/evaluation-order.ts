import type { TSESTree } from '@typescript-eslint/utils'
import type { Node } from '../syntax.ts'
import type { Use } from '../uses.ts'

/** The last import before the first statement that runs, and that statement. */
export function prologueOf(program: TSESTree.Program): {
  last: TSESTree.ImportDeclaration | undefined
  next: Node | undefined
} {
  let last: TSESTree.ImportDeclaration | undefined
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') last = statement
    else if (runs(statement)) return { last, next: statement }
  }
  return { last, next: undefined }
}

/** Whether a statement does anything when it is reached. */
export function runs(statement: Node): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return false
    case 'ExportNamedDeclaration':
      return statement.declaration ? runs(statement.declaration) : false
    case 'ExpressionStatement':
      return typeof statement.directive !== 'string'
    default:
      return true
  }
}

/** Whether a `const` in the import's place could be read before it is initialised. */
export function isReadBefore(
  program: TSESTree.Program,
  declaration: TSESTree.ImportDeclaration,
  uses: readonly Pick<Use, 'kind' | 'node'>[],
): boolean {
  const { next } = prologueOf(program)
  if (!next || next.range[0] > declaration.range[0]) return false
  return uses.some(
    ({ kind, node }) => kind === 'slot' && (node.range[0] < declaration.range[0] || isInFunctionDeclaration(node)),
  )
}

function isInFunctionDeclaration(node: Node): boolean {
  for (let current: Node | undefined = node; current; current = current.parent) {
    if (current.type === 'FunctionDeclaration') return true
  }
  return false
}
