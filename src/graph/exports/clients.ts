import type { TSESTree } from '@typescript-eslint/utils'
import { CLIENTS } from '../../frameworks/packages.ts'
import { memberName } from './nodes.ts'
import type { Program } from './programs.ts'

/** Whether a call, or a `new`, gives a client of a package that opens nothing until it is asked for something. */
export function isClientMade(
  { callee }: TSESTree.CallExpression | TSESTree.NewExpression,
  { bindings }: Program,
): boolean {
  const [root, member] = callee.type === 'MemberExpression' ? [callee.object, memberName(callee)] : [callee]
  const binding = root.type === 'Identifier' ? bindings.get(root.name) : undefined
  if (binding?.kind !== 'import' || (callee.type === 'MemberExpression' && member === undefined)) return false
  const { specifier, name } = binding.imported
  const names = member === undefined ? name : name === '*' ? member : `${name}.${member}`
  return CLIENTS.some((client) => client.module.test(specifier) && client.names.test(names))
}
