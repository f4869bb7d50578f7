import type { TSESTree } from '@typescript-eslint/utils'
import { childrenOf, isFunction, memberName, nameOf, rootName, someNode, uncast } from './nodes.ts'

/** Modules that would run after another one, in place of before it. */
export interface OtherModules {
  /** The packages that they import, by their names. */
  readonly packages: ReadonlySet<string>
  /** A module that runs before all of them reads `.env`, so that reading it again changes nothing. */
  readonly environmentIsRead: boolean
  /** One of them sets `process.env` or a global, or may. */
  readonly writesGlobals: boolean
  /** Whether one of them calls something of what `specifier` names, in the asked module, for its effect. */
  writesTo(specifier: string): boolean
}

/**
 * Whether a module could notice, or have them notice, that other modules run after it and not before.
 *
 * What it calls for the effect counts: on what it imports from the project, on globals, and on packages that those
 * modules import too. What it makes and keeps does not, but for what is looked up: `mongoose.model('User')`, and
 * `models.get('User')` where one of those modules writes to what `models` comes from.
 * `router.get(…)` and `schema.index(…)`, on what it made itself, and timers, which run later, do not count either.
 */
export function dependsOnOrder(body: readonly TSESTree.ProgramStatement[], others: OtherModules): boolean {
  const own = new Set<string>()
  const imported = importsIn(body)
  for (const statement of body) {
    for (const { id } of declarationsIn(statement)) if (id.type === 'Identifier') own.add(id.name)
  }
  const isHarmless = (statement: TSESTree.Node): boolean => {
    switch (statement.type) {
      case 'ExpressionStatement':
        return typeof statement.directive === 'string' || isHarmlessCall(statement.expression)
      case 'IfStatement':
        return (
          !calls(statement.test) &&
          isHarmless(statement.consequent) &&
          (!statement.alternate || isHarmless(statement.alternate))
        )
      case 'BlockStatement':
        return statement.body.every(isHarmless)
      case 'ImportDeclaration':
        return statement.specifiers.length > 0 || isHarmlessImport(statement.source.value)
      case 'ForStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'TryStatement':
      case 'SwitchStatement':
      case 'ThrowStatement':
      case 'LabeledStatement':
        return false
      case 'ExportDefaultDeclaration':
        return isHarmlessValue(statement.declaration)
      default:
        return declarationsIn(statement).every(({ init }) => !init || isHarmlessValue(init))
    }
  }
  /** A module of the project is asked itself. */
  const isHarmlessImport = (specifier: string): boolean =>
    packageOf(specifier) === undefined || isHarmlessPackage(specifier)
  const isHarmlessPackage = (specifier: string): boolean => {
    const name = packageOf(specifier)
    if (name === 'dotenv') return others.environmentIsRead
    return name !== undefined && !others.packages.has(name)
  }
  const isHarmlessCall = (expression: TSESTree.Expression): boolean => {
    const root = calledName(expression)
    if (root === undefined) return false
    if (own.has(root) || /^(?:setInterval|setTimeout|console)$/.test(root) || listensToProcess(expression)) return true
    const specifier = imported.get(root)
    return specifier !== undefined && isHarmlessPackage(specifier)
  }
  /** A value that is made and kept; not one that is waited for, or looked up in a registry. */
  const isHarmlessValue = (node: TSESTree.Node): boolean => {
    const value = uncast(node)
    if (value.type === 'AwaitExpression') return false
    if (value.type === 'LogicalExpression') return isHarmlessValue(value.left) && isHarmlessValue(value.right)
    if (value.type === 'MemberExpression') return isHarmlessValue(value.object)
    if (value.type !== 'CallExpression') return true
    const { callee } = value
    if (callee.type !== 'MemberExpression') return !(nameIn(callee) === 'model' && value.arguments.length === 1)
    if (memberName(callee) === 'model' && value.arguments.length === 1) return false
    const specifier = imported.get(rootName(callee) ?? '')
    return specifier === undefined || !others.writesTo(specifier)
  }
  return !body.every(isHarmless) || (others.writesGlobals && body.some(readsGlobals))
}

/** `process.env`, `globalThis` and `global`, outside of functions, which run later. */
function readsGlobals(node: TSESTree.Node): boolean {
  if (isFunction(node)) return false
  if (node.type === 'Identifier') return /^(?:process|globalThis|global)$/.test(node.name)
  return childrenOf(node).some(readsGlobals)
}

/** Whether a module may set `process.env` or a global while it is loaded. @param text of the module. */
export function mayWriteGlobals(text: string): boolean {
  return /\bprocess\.env(?:\.\w+|\[[^\]]+\])\s*(?:=(?!=)|\?\?=|\|\|=)|\(\s*process\.env\s*,|\bglobal(?:This)?\b/.test(
    text,
  )
}

/** The specifiers of what a module calls for its effect while it is loaded. */
export function writtenAtLoad(body: readonly TSESTree.ProgramStatement[]): string[] {
  const imported = importsIn(body)
  return body.flatMap((statement) => {
    const root = statement.type === 'ExpressionStatement' ? calledName(statement.expression) : undefined
    const specifier = imported.get(root ?? '')
    return specifier === undefined ? [] : [specifier]
  })
}

/** The specifiers of the `import()`s that a module awaits while it is loaded: `await import('…')`, `const { list } = await users()`. */
export function awaitedAtLoad(body: readonly TSESTree.ProgramStatement[]): string[] {
  const loaders = new Map<string, string>()
  for (const statement of body) {
    for (const { id, init } of declarationsIn(statement)) {
      const specifier = init?.type === 'ArrowFunctionExpression' ? importIn(init.body) : undefined
      if (id.type === 'Identifier' && specifier !== undefined) loaders.set(id.name, specifier)
    }
  }
  const awaited = body.flatMap((statement) => [
    ...(statement.type === 'ExpressionStatement' ? [statement.expression] : []),
    ...declarationsIn(statement).flatMap(({ init }) => init ?? []),
  ])
  return awaited.flatMap((expression) => {
    if (expression.type !== 'AwaitExpression') return []
    const { argument } = expression
    const isLoader = argument.type === 'CallExpression' && argument.callee.type === 'Identifier'
    return (isLoader ? loaders.get(nameIn(argument.callee) ?? '') : importIn(argument)) ?? []
  })
}

/** The specifier of `import('…')` and of `(await import('…')).default`. */
function importIn(node: TSESTree.Node): string | undefined {
  switch (node.type) {
    case 'ImportExpression':
      return node.source.type === 'Literal' && typeof node.source.value === 'string' ? node.source.value : undefined
    case 'AwaitExpression':
      return importIn(node.argument)
    case 'MemberExpression':
      return importIn(node.object)
    default:
      return undefined
  }
}

/** The specifiers of what a module imports, by local name. */
function importsIn(body: readonly TSESTree.ProgramStatement[]): ReadonlyMap<string, string> {
  const imported = new Map<string, string>()
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration') continue
    for (const { local } of statement.specifiers) imported.set(local.name, statement.source.value)
  }
  return imported
}

/** `process.on('SIGTERM', …)` */
function listensToProcess(node: TSESTree.Expression): boolean {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false
  const { object } = node.callee
  return (
    object.type === 'Identifier' && object.name === 'process' && /^(?:on|once)$/.test(memberName(node.callee) ?? '')
  )
}

function nameIn(node: TSESTree.Node): string | undefined {
  return node.type === 'Identifier' ? nameOf(node) : undefined
}

function declarationsIn(statement: TSESTree.Node): readonly TSESTree.VariableDeclarator[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
  return declaration?.type === 'VariableDeclaration' ? declaration.declarations : []
}

function calls(root: TSESTree.Node): boolean {
  return someNode(root, ({ type }) => type === 'CallExpression' || type === 'AwaitExpression')
}

/** The name at the start of a call, and of `router.x = …`. */
function calledName(node: TSESTree.Node): string | undefined {
  if (node.type !== 'AssignmentExpression') return rootName(node)
  return node.left.type === 'MemberExpression' ? rootName(node.left) : undefined
}

/** The packages that a module imports, by their names. */
export function packagesOf(body: readonly TSESTree.ProgramStatement[]): ReadonlySet<string> {
  const names = body.flatMap((statement) => {
    const isTyped = statement.type !== 'ImportDeclaration' || statement.importKind === 'type'
    const name = isTyped ? undefined : packageOf(statement.source.value)
    return name === undefined ? [] : [name]
  })
  return new Set(names)
}

/** `@scope/name` of `@scope/name/file`; undefined for a path and a package import. */
function packageOf(specifier: string): string | undefined {
  return /^(?:@[^/]+\/)?[^./#@][^/]*/.exec(specifier)?.[0]
}
