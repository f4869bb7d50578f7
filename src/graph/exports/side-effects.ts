import type { TSESTree } from '@typescript-eslint/utils'
import { someNode } from './nodes.ts'
import type { Program } from './programs.ts'
import { prototypeMethodOf } from './prototypes.ts'

/** The first statement that does something when the module is loaded; most modules are not parsed for it. */
export function sideEffectOf(text: string, program: () => Program): TSESTree.ProgramStatement | undefined {
  return mayRunCode(text) ? firstEffect(program().body) : undefined
}

/** The specifiers whose bindings the module reads while it is loaded. */
export function specifiersReadAtLoad(body: readonly TSESTree.ProgramStatement[]): ReadonlySet<string> {
  const sources = new Map<string, string>()
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration') continue
    for (const { local } of statement.specifiers) sources.set(local.name, statement.source.value)
  }
  const found = new Set<string>()
  const pending: unknown[] = body.filter(({ type }) => type !== 'ImportDeclaration')
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue
    const { type, name, static: isStatic } = node as { type?: string; name?: string; static?: boolean }
    // Functions run later, types never, instance fields when an instance is made.
    if (type !== undefined && /Function|^MethodDefinition$|^TS(?!As|Satisfies|NonNull|TypeAssertion|Export)/.test(type))
      continue
    if (type === 'ExportSpecifier' || (type === 'PropertyDefinition' && !isStatic)) continue
    const source = type === 'Identifier' && name !== undefined ? sources.get(name) : undefined
    if (source !== undefined) found.add(source)
    pending.push(...Object.values(node))
  }
  return found
}

/** Lines that stand at the start of a line and are neither a declaration nor the end of one. */
const SUSPICIOUS = new RegExp(
  [
    String.raw`^(?!(?:import|export|const|let|var|class|abstract|function|async|type|interface|enum|declare|namespace|module)\b|[@/*})\]\s'"\x60,|&?:\ufeff]|$)`,
    String.raw`^(?:\/\*.*\*\/[ \t]*|\}[ \t]*(?!from\b|as\b|satisfies\b))[\w$;([]`,
    String.raw`^export\s+default\s+(?!(?:abstract\s+)?class\b|(?:async\s+)?function\b|[\w$]+\s*;?\s*$)`,
    String.raw`^import\s*['"]`,
    String.raw`^[ \t]*@(?!inject\b)`,
    String.raw`\bstatic\s*\{`,
  ].join('|'),
  'm',
)
const EFFECT =
  /\b(?:setInterval|setTimeout|setImmediate|createServer|listen|on|once|addListener|subscribe|schedule|model|await)\b|\bnew\s+\w*(?:Worker|Queue|Job|Server|Client|Pool)\b/

/**
 * Whether the module could run code for its effect when imported: a cheap question that is asked of every module.
 * Top-level code stands at the start of a line in any formatted source, so only such lines are looked at.
 */
function mayRunCode(text: string): boolean {
  if (SUSPICIOUS.test(text)) return true
  // The first lines of a declaration, where what it starts would be named.
  for (const [lines] of text.matchAll(/(?:^(?:export\s+)?(?:const|let|var)\b|\bstatic\b).*(?:\n[ \t]+.*){0,2}/gm)) {
    if (EFFECT.test(lines)) return true
  }
  return false
}

/** The first statement that does something when the module is loaded. */
function firstEffect(body: readonly TSESTree.ProgramStatement[]): TSESTree.ProgramStatement | undefined {
  const foreign = new Set<string>()
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration' || /^(?:@adonisjs\/|#|\.)/.test(statement.source.value)) continue
    for (const { local } of statement.specifiers) foreign.add(local.name)
  }
  return body.find(
    (statement) =>
      (runsCode(statement) && !completesClass(statement, body)) ||
      isImportedForEffect(statement) ||
      isDecorated(statement, foreign),
  )
}

/** A method that is given to a class of the module itself, which extends none: nobody has seen the class before. */
function completesClass(statement: TSESTree.Node, body: readonly TSESTree.ProgramStatement[]): boolean {
  const method = prototypeMethodOf(statement)
  return (
    method !== undefined &&
    body.some((other) => {
      const isExport = other.type === 'ExportNamedDeclaration' || other.type === 'ExportDefaultDeclaration'
      const declared = isExport ? other.declaration : other
      return declared?.type === 'ClassDeclaration' && declared.id?.name === method.className && !declared.superClass
    })
  )
}

/** `import 'package'`; packages of types and the metadata polyfill, which every AdonisJS server loads first, do nothing. */
function isImportedForEffect(statement: TSESTree.Node): boolean {
  return (
    statement.type === 'ImportDeclaration' &&
    statement.specifiers.length === 0 &&
    statement.importKind !== 'type' &&
    !/^(?:\.|#)|\/types$|^reflect-metadata$/.test(statement.source.value)
  )
}

/** Decorators that are there to register something; most others only keep what they learn in the class. */
const REGISTERS =
  /^(?:cron|schedule\w*|job|queue\w*|worker|process|on|once|listen\w*|subscribe\w*|event\w*|route\w*|get|post|put|patch|delete|any|resource|controller|register\w*|command|middleware)$/i

/** A class with a decorator of a package that registers it somewhere, by the decorator's name. */
function isDecorated(statement: TSESTree.Node, foreign: ReadonlySet<string>): boolean {
  const declaration =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
      ? statement.declaration
      : statement
  if (declaration?.type !== 'ClassDeclaration') return false
  const members = declaration.body.body.flatMap((member) => ('decorators' in member ? member.decorators : []))
  return [...declaration.decorators, ...members].some(({ expression }) =>
    someNode(
      expression,
      ({ type, name }) => type === 'Identifier' && name !== undefined && foreign.has(name) && REGISTERS.test(name),
    ),
  )
}

/** Statements that exist for their effect, and declarations that start something and keep the handle. */
function runsCode(statement: TSESTree.Node): boolean {
  switch (statement.type) {
    case 'ExpressionStatement':
      return typeof statement.directive !== 'string' && statement.expression.type !== 'Literal'
    case 'VariableDeclaration':
      return statement.declarations.some(({ init }) => init && startsSomething(init))
    case 'ExportNamedDeclaration':
      return statement.declaration ? runsCode(statement.declaration) : false
    case 'ExportDefaultDeclaration':
      return statement.declaration.type === 'ClassDeclaration'
        ? runsCode(statement.declaration)
        : startsSomething(statement.declaration)
    case 'ClassDeclaration':
      return statement.body.body.some(
        (member) =>
          member.type === 'StaticBlock' ||
          (member.type === 'PropertyDefinition' &&
            member.static &&
            member.value !== null &&
            startsSomething(member.value)),
      )
    case 'IfStatement':
      return !isGuard(statement)
    case 'ForStatement':
    case 'ForOfStatement':
    case 'ForInStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'TryStatement':
    case 'SwitchStatement':
    case 'BlockStatement':
    case 'LabeledStatement':
    case 'ThrowStatement':
      return true
    default:
      return false
  }
}

/**
 * `if (sum !== 1) throw …` on the module's own constants: it held when the server booted, so it holds later. One that
 * asks the environment does not count, since it is there to stop the boot.
 */
function isGuard(statement: TSESTree.IfStatement): boolean {
  const { consequent, alternate, test } = statement
  const [only, more] = consequent.type === 'BlockStatement' ? consequent.body : [consequent]
  return only?.type === 'ThrowStatement' && !more && !alternate && isPure(test)
}

/** Reads and compares, calling nothing but `Math`, `Number`, `Object` and `Array` functions. */
function isPure(root: TSESTree.Node): boolean {
  return !someNode(root, ({ type, name, callee }) => {
    if (
      type === 'AwaitExpression' ||
      type === 'NewExpression' ||
      type === 'AssignmentExpression' ||
      type === 'UpdateExpression'
    )
      return true
    if (type === 'Identifier') return name === 'process' || name === 'env'
    const owner = callee?.type === 'MemberExpression' && callee.object.type === 'Identifier' ? callee.object.name : ''
    return type === 'CallExpression' && !/^(?:Math|Number|Object|Array)$/.test(owner)
  })
}

function startsSomething(node: TSESTree.Node): boolean {
  if (node.type === 'AwaitExpression') return true
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  const { callee } = node
  const name =
    callee.type === 'Identifier'
      ? callee.name
      : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
        ? callee.property.name
        : ''
  return EFFECT.test(node.type === 'NewExpression' ? `new ${name}` : name)
}
