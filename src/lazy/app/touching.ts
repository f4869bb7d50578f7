import type { TSESTree } from '@typescript-eslint/utils'
import { childrenOf } from '../../graph/exports/nodes.ts'
import type { Analysis } from '../analysis.ts'
import type { Boot, Opened } from '../boot/boot.ts'
import { importOf, isFunction, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

/** What statements of a module may come to, to tell whether two of them could notice that they change places. */
export interface Touching {
  /** Whether what a statement does, or a function that it calls, may set a variable that the application reads. */
  setsEnvironment(statement: Node, touched: ReadonlySet<string>): boolean
  /** Whether the process may end in a statement: by what it does, or a function that it calls and that is not async. */
  mayEnd(statement: Node): boolean
  /** The packages, and modules of the project, that a statement may do something to. */
  touchedBy(statement: Node, inFunctions: boolean): ReadonlySet<string>
  /** Of these, what a statement or a function in it calls, makes, assigns to, or hands to what it calls. */
  changedBy(statement: Node): ReadonlySet<string>
}

export function createTouching(analysis: Analysis, boot: Boot, { path, text, scopes }: Opened): Touching {
  const facts = analysis.facts(path)
  const variableOf = resolveIdentifiers(scopes)
  return { setsEnvironment, mayEnd, touchedBy, changedBy }

  function setsEnvironment(statement: Node, touched: ReadonlySet<string>): boolean {
    if (touched.has('dotenv') || SETS_ENVIRONMENT.test(text.slice(...statement.range))) return true
    const { exports, modules } = analysis
    return [...touched].some((one) => {
      const code = modules.text(one)
      if (code === undefined) return false
      const isLater = exports.loadsDotenv(one) && !/['"]dotenv\/config['"]/.test(code)
      return SETS_ENVIRONMENT.test(code) || (isLater && !exports.writtenAtLoad(one).includes('dotenv'))
    })
  }

  function mayEnd(statement: Node): boolean {
    if (isFunction(statement)) return false
    if (statement.type === 'ThrowStatement') return true
    if (statement.type === 'CallExpression' || statement.type === 'NewExpression') {
      if (/^process\.(?:abort|exit|kill|reallyExit)$/.test(text.slice(...statement.callee.range))) return true
      if (listensToErrors(statement)) return true
      // `cleanEnv(process.env, …)` of envalid
      if (statement.arguments.some((one) => text.slice(...one.range) === 'process.env')) return true
      const imported = importOf(statement.callee, variableOf)
      const module = imported && facts.module(imported.specifier)
      if (module?.kind === 'project') {
        const called = module.exported(imported?.name ?? '')
        const ends = called.function?.async !== true && ENDS.test(analysis.modules.text(called.path) ?? '')
        if (ends) return true
      }
      const [definition] = statement.callee.type === 'Identifier' ? (variableOf(statement.callee)?.defs ?? []) : []
      const own = definition?.type === 'Variable' ? definition.node.init : definition?.node
      if (own && isFunction(own as Node) && !(own as TSESTree.FunctionExpression).async)
        if (ENDS.test(text.slice(...(own as Node).range))) return true
    }
    return childrenOf(statement).some(mayEnd)
  }

  function touchedBy(statement: Node, inFunctions: boolean): ReadonlySet<string> {
    const found = new Set<string>()
    const seen = new Set<Node>()
    const visit = (node: Node): void => {
      if (seen.has(node)) return
      seen.add(node)
      const imported = importOf(node, variableOf)
      if (imported) for (const name of touchedThrough(imported.specifier)) found.add(name)
      const [definition] = node.type === 'Identifier' ? (variableOf(node)?.defs ?? []) : []
      if (definition && definition.type !== 'ImportBinding') visitCode(definition.node as Node)
      if (inFunctions || !isFunction(node)) for (const child of childrenOf(node)) visit(child)
    }
    const visitCode = (node: Node): void => {
      if (seen.has(node)) return
      seen.add(node)
      for (const child of childrenOf(node)) visit(child)
    }
    visitCode(statement)
    return found
  }

  function changedBy(statement: Node): ReadonlySet<string> {
    const found = new Set<string>()
    const add = (node: Node): void => {
      for (const name of touchedBy(node, true)) found.add(name)
    }
    const visit = (node: Node): void => {
      if (node.type === 'CallExpression' || node.type === 'NewExpression') {
        if (!isOfText(node.callee)) add(node.callee)
        for (const argument of node.arguments) if (!isFunction(argument)) add(argument)
      } else if (node.type === 'TaggedTemplateExpression') add(node.tag)
      else if (node.type === 'AssignmentExpression') add(node.left)
      else if (node.type === 'UpdateExpression' || (node.type === 'UnaryExpression' && node.operator === 'delete'))
        add(node.argument)
      for (const child of childrenOf(node)) visit(child)
    }
    visit(statement)
    return found
  }

  function touchedThrough(specifier: string): string[] {
    const module = facts.module(specifier)
    if (module.kind !== 'project') return HARMLESS.test(specifier) ? [] : [specifier]
    return [...boot.closure(module.path)].flatMap((below) => [
      below,
      ...[...analysis.exports.packagesOf(below)].filter((name) => name !== 'dotenv' && !HARMLESS.test(name)),
    ])
  }
}

/** Packages of which nothing is changed by calling them: those that make applications, and builtins. */
const HARMLESS = /^(?:express|koa|hono|fastify|cors|helmet|morgan|node:.*|path|url|util|fs|os|http|https|crypto)$/

const SETS_ENVIRONMENT =
  /\bprocess\.(?:env(?:\.\w+|\[[^\]]+\])\s*(?:\|\||\?\?)?=(?!=)|loadEnvFile\b)|\(\s*process\.env\s*,|\bglobal(?:This)?\.\w+\s*(?:\|\||\?\?)?=(?!=)/
const ENDS = /\bthrow\b|\bprocess\.(?:abort|exit|kill)\b/

/** `console.log(…)`, `process.on(…)` and timers, whatever has run before them. */
export function isHarmless(statement: Node): boolean {
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'CallExpression') return false
  const { callee } = statement.expression
  if (listensToErrors(statement.expression)) return false
  if (callee.type === 'Identifier') return /^set(?:Interval|Timeout|Immediate)$/.test(callee.name)
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false
  return (
    callee.object.name === 'console' ||
    (callee.object.name === 'process' && /^(?:on|once)$/.test(memberName(callee) ?? ''))
  )
}

/** `process.on('uncaughtException', …)`: what fails below it fails otherwise without it. */
function listensToErrors({ callee, arguments: [event] }: TSESTree.CallExpression | TSESTree.NewExpression): boolean {
  return (
    callee.type === 'MemberExpression' &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'process' &&
    event?.type === 'Literal' &&
    /^un(?:caught|handled)/.test(String(event.value))
  )
}

/** `config.origins.split(',')`, and what comes of it: a text has no state. */
function isOfText(callee: Node): boolean {
  if (callee.type !== 'MemberExpression') return false
  if (/^(?:endsWith|replaceAll|split|startsWith|toLowerCase|toUpperCase|trim)$/.test(memberName(callee) ?? ''))
    return true
  return callee.object.type === 'CallExpression' && isOfText(callee.object.callee)
}
