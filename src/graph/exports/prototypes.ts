import type { TSESTree } from '@typescript-eslint/utils'
import { memberName, uncast } from './nodes.ts'

/** A method that a statement of a module gives a class: `Users.prototype.list = function () {…}`. */
export interface PrototypeMethod {
  readonly className: string
  readonly name: string
  readonly node: TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression
}

export function prototypeMethodOf(statement: TSESTree.Node): PrototypeMethod | undefined {
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') return undefined
  const { left, operator, right: node } = statement.expression
  if (operator !== '=' || left.type !== 'MemberExpression') return undefined
  if (node.type !== 'FunctionExpression' && node.type !== 'ArrowFunctionExpression') return undefined
  const name = left.computed ? undefined : memberName(left)
  const { object } = left
  if (name === undefined || object.type !== 'MemberExpression' || memberName(object) !== 'prototype') return undefined
  const root = uncast(object.object)
  return root.type === 'Identifier' ? { className: root.name, name, node } : undefined
}
