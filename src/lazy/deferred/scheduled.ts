import type { Variable } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import type { FunctionNode } from '../../graph/module-code.ts'
import type { FileFacts } from '../facts.ts'
import { LEVELS, isLogger } from '../app/loggers.ts'
import { importOf, importedName, isFunction, memberName, type Node } from '../syntax.ts'

type VariableOf = (node: Node) => Variable | undefined

/**
 * Packages that call a function by a schedule and take a promise from it as they take nothing: read in node-cron 3.0.3
 * and 4.6.0, cron 4.4.0, croner 9.1.0 and node-schedule 2.1.1.
 */
const SCHEDULERS = /^(?:node-cron|cron|croner|node-schedule)$/

/**
 * Whether a function that is not async can be made so and nothing could tell, but for when it does what it does: a
 * timer or a scheduler calls it, which does not wait for it, and it cannot throw. It only writes logs and calls functions
 * that are async.
 */
export function canBeAsync(owner: FunctionNode, variableOf: VariableOf, facts: FileFacts): boolean {
  if (owner.async || owner.generator || owner.type === 'FunctionDeclaration') return false
  const { parent, params, body } = owner
  if (params.length > 0 || (parent.type !== 'CallExpression' && parent.type !== 'NewExpression')) return false
  if (!parent.arguments.includes(owner) || !isScheduler(parent.callee, variableOf)) return false
  const cannotThrow = (node: Node): boolean => !throws(node, variableOf, facts)
  if (body.type !== 'BlockStatement') return cannotThrow(body)
  return body.body.every((statement) => statement.type === 'ExpressionStatement' && cannotThrow(statement.expression))
}

function isScheduler(callee: Node, variableOf: VariableOf): boolean {
  if (callee.type === 'MemberExpression') return isScheduler(callee.object, variableOf)
  if (callee.type !== 'Identifier') return false
  const imported = importOf(callee, variableOf)
  if (imported) return SCHEDULERS.test(imported.specifier)
  return callee.name === 'setInterval' && (variableOf(callee)?.defs.length ?? 0) === 0
}

/** Whether the expression may throw, instead of giving a promise that is rejected. */
function throws(node: Node, variableOf: VariableOf, facts: FileFacts): boolean {
  const each = (nodes: readonly Node[]): boolean => nodes.some((one) => throws(one, variableOf, facts))
  switch (node.type) {
    case 'Literal':
      return false
    case 'Identifier': {
      const [definition] = variableOf(node)?.defs ?? []
      return definition?.type !== 'ImportBinding' && definition?.type !== 'FunctionName' && node.name !== 'undefined'
    }
    case 'TemplateLiteral':
      return node.expressions.some((one) => !isTime(one, variableOf) && one.type !== 'Literal')
    case 'MemberExpression':
      return node.optional || memberName(node) === undefined || !isLog(node.object, variableOf, facts)
    case 'UnaryExpression':
      return node.operator !== 'void' || throws(node.argument, variableOf, facts)
    case 'CallExpression': {
      const { callee } = node
      if (isTime(node, variableOf)) return false
      if (node.optional || each(node.arguments.filter((argument) => !isFunction(argument)))) return true
      if (callee.type === 'Identifier') return !isAsync(callee, variableOf, facts)
      if (callee.type !== 'MemberExpression' || callee.optional) return true
      const method = memberName(callee) ?? ''
      if (/^(?:then|catch|finally)$/.test(method))
        return throws(callee.object, variableOf, facts) || !givesPromise(callee.object)
      return !LEVELS.test(method) || !isLog(callee.object, variableOf, facts)
    }
    default:
      return !isTime(node, variableOf)
  }
}

/** Of what cannot throw: whether it is a call of an async function, or what is made of its promise. */
function givesPromise(node: Node): boolean {
  if (node.type !== 'CallExpression') return false
  const { callee } = node
  return (
    callee.type === 'Identifier' ||
    (callee.type === 'MemberExpression' && /^(?:then|catch|finally)$/.test(memberName(callee) ?? ''))
  )
}

/** `new Date()`, `new Date().toISOString()`, `Date.now()` */
function isTime(node: Node, variableOf: VariableOf): boolean {
  const isDate = (one: Node): boolean =>
    one.type === 'Identifier' && one.name === 'Date' && (variableOf(one)?.defs.length ?? 0) === 0
  if (node.type === 'NewExpression') return node.arguments.length === 0 && isDate(node.callee)
  if (node.type !== 'CallExpression' || node.arguments.length > 0 || node.callee.type !== 'MemberExpression')
    return false
  const method = memberName(node.callee)
  if (method === 'now') return isDate(node.callee.object)
  return /^to(?:ISO|Locale)?(?:Date|Time)?String$/.test(method ?? '') && isTime(node.callee.object, variableOf)
}

/** `console`, and a logger that is imported or made by this module. */
function isLog(node: Node, variableOf: VariableOf, facts: FileFacts): boolean {
  if (node.type !== 'Identifier') return false
  const variable = variableOf(node)
  if (node.name === 'console' && (variable?.defs.length ?? 0) === 0) return true
  const imported = importOf(node, variableOf)
  return imported !== undefined && isLogger(facts.module(imported.specifier).exported(imported.name))
}

/** A function of the project that is async, so that it rejects and does not throw. */
function isAsync(node: TSESTree.Identifier, variableOf: VariableOf, facts: FileFacts): boolean {
  const variable = variableOf(node)
  const [definition, other] = variable?.defs ?? []
  if (!definition || other) return false
  if (definition.type === 'ImportBinding' && definition.node.type !== 'TSImportEqualsDeclaration') {
    const { source } = definition.parent as TSESTree.ImportDeclaration
    const target = facts.module(source.value).exported(importedName(definition.node))
    return (
      !target.mutable && target.kind === 'function' && target.function?.async === true && !target.function.generator
    )
  }
  if (definition.type !== 'FunctionName' || variable?.references.some((reference) => reference.isWrite()) === true)
    return false
  return definition.node.async && !definition.node.generator
}
