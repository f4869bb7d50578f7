import { parseSync } from 'oxc-parser'
import { relative } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import { positionAt } from '../edits/text.ts'
import type { Modules } from './modules.ts'
import type { Resolver } from './resolver.ts'

export interface Declared {
  /** `lazy`: a function that returns an `import()`. `value`: a literal, an array or an object. */
  readonly kind: 'class' | 'function' | 'lazy' | 'value' | 'unknown'
  /** Name of the class or function. */
  readonly name: string | undefined
  /** The module that declares it, barrels followed, and the name it is exported by there. */
  readonly path: string
  readonly exportName: string
  /** The specifiers that lead from the asked module to `path`, one for each barrel on the way. */
  readonly through: readonly string[]
}

/** Questions about the exports of the project's modules. */
export interface Exports {
  /** What `name`, exported by `path`, is; `unknown` when it is not found. */
  find(path: string, name: string): Declared
  /**
   * Why instances of the class cannot be made for each request by the container, in a few words;
   * undefined when the constructor takes nothing and no method keeps state in the instance.
   */
  instanceDoubt(path: string, name: string): string | undefined
  /**
   * The method `method` of the class, own or inherited. `free` when it works without its instance: it uses no `this`,
   * or is an arrow function in a field; `absent` when no class in the chain has it; `unknown` when the chain leaves
   * the project.
   */
  method(path: string, name: string, method: string): 'free' | 'bound' | 'absent' | 'unknown'
  /** The specifiers whose bindings the module reads while it is loaded: a base class, an argument of a top-level call. */
  readAtLoad(path: string): ReadonlySet<string>
  /** The first thing that runs when `path` itself is imported, as `` `file:line` ``; undefined when nothing does. */
  sideEffect(path: string): string | undefined
}

export function createExports(root: string, modules: Modules, resolver: Resolver): Exports {
  const programs = new Map<string, { text: string; body: TSESTree.ProgramStatement[] }>()

  function bodyOf(path: string): TSESTree.ProgramStatement[] {
    const text = modules.text(path) ?? ''
    const known = programs.get(path)
    if (known?.text === text) return known.body
    const { program, errors } = parseSync(path, text, { range: true, preserveParens: false, astType: 'ts' })
    const body = errors.length > 0 ? [] : (program.body as unknown as TSESTree.ProgramStatement[])
    programs.set(path, { text, body })
    return body
  }

  function find(path: string, name: string, through: readonly string[], seen: ReadonlySet<string>): Declared {
    const unknown: Declared = { kind: 'unknown', name: undefined, path, exportName: name, through }
    const key = `${path}\0${name}`
    const lexed = modules.lexed(path)
    const text = modules.text(path)
    if (seen.has(key) || !lexed || text === undefined) return unknown
    const visited = new Set(seen).add(key)
    const follow = (from: string, importName: string): Declared => {
      const next = resolver.resolve(path, from)
      return next.kind === 'project' ? find(next.path, importName, [...through, from], visited) : unknown
    }
    for (const found of lexed.exports) {
      if (found.type === 'reexport' && found.name === name && !found.typeOnly) {
        return found.importName === null ? unknown : follow(found.from, found.importName)
      }
      if (found.type !== 'direct' || found.name !== name || found.typeOnly) continue
      const head = text.slice(found.exportStart, found.exportStart + 300)
      const declared =
        /^export\s+(?:default\s+)?(?:abstract\s+)?class\b(?:\s+(?!extends\b|implements\b)([\p{ID_Continue}$]+))?/u.exec(
          head,
        )
      if (declared) return { ...unknown, kind: 'class', name: declared[1] }
      return declarationIn(bodyOf(path), name, unknown, follow)
    }
    if (name === 'default') return unknown
    for (const found of lexed.exports) {
      if (found.type !== 'reexport-all') continue
      const declared = follow(found.from, name)
      if (declared.kind !== 'unknown') return declared
    }
    return unknown
  }

  function method(path: string, name: string, wanted: string, depth = 0): ReturnType<Exports['method']> {
    const declared = find(path, name, [], new Set())
    const node = declared.kind === 'class' ? classIn(bodyOf(declared.path), declared) : undefined
    if (!node || depth > 5) return 'unknown'
    for (const member of node.body.body) {
      if (
        !('key' in member) ||
        member.computed ||
        nameOfKey(member.key) !== wanted ||
        ('static' in member && member.static)
      )
        continue
      if (member.type === 'MethodDefinition' && member.kind === 'method')
        return usesThis(member.value) ? 'bound' : 'free'
      if (member.type === 'PropertyDefinition')
        return member.value?.type === 'ArrowFunctionExpression' ? 'free' : 'bound'
    }
    if (!node.superClass) return 'absent'
    const base = node.superClass.type === 'Identifier' ? baseOf(bodyOf(declared.path), node.superClass.name) : undefined
    if (!base) return 'unknown'
    const next =
      base.from === undefined
        ? { kind: 'project' as const, path: declared.path }
        : resolver.resolve(declared.path, base.from)
    return next.kind === 'project' ? method(next.path, base.name, wanted, depth + 1) : 'unknown'
  }

  function instanceDoubt(path: string, name: string, depth = 0): string | undefined {
    const declared = find(path, name, [], new Set())
    const node = declared.kind === 'class' ? classIn(bodyOf(declared.path), declared) : undefined
    if (!node || depth > 5) return 'its class was not found'
    const own = node.body.body.find((member) => member.type === 'MethodDefinition' && member.kind === 'constructor')
    if (own?.type === 'MethodDefinition' && own.value.params.length > 0) return 'its constructor takes arguments'
    if (own?.type === 'MethodDefinition' && doesSomething(own)) return 'its constructor does something'
    if (keepsState(node, ownClasses(bodyOf(declared.path)))) return 'it keeps state between requests'
    if (!node.superClass) return undefined
    if (node.superClass.type !== 'Identifier') return 'its base class is computed'
    const base = baseOf(bodyOf(declared.path), node.superClass.name)
    if (!base) return 'its base class was not found'
    const resolution =
      base.from === undefined
        ? { kind: 'project' as const, path: declared.path }
        : resolver.resolve(declared.path, base.from)
    if (resolution.kind !== 'project') return 'its base class comes from a package'
    const doubt = instanceDoubt(resolution.path, base.name, depth + 1)
    return doubt && (own && doubt.includes('constructor') ? undefined : `${doubt} (base class ${node.superClass.name})`)
  }

  const effects = new Map<string, { text: string; line: string | undefined }>()
  return {
    find: (path, name) => find(path, name, [], new Set()),
    instanceDoubt,
    method,
    readAtLoad: (path) => specifiersReadAtLoad(bodyOf(path)),
    sideEffect(path) {
      const text = modules.text(path) ?? ''
      const known = effects.get(path)
      if (known?.text === text) return known.line
      const statement = mayRunCode(text) ? firstEffect(bodyOf(path)) : undefined
      const line =
        statement && `\`${relative(root, path).replaceAll('\\', '/')}:${positionAt(text, statement.range[0]).line}\``
      effects.set(path, { text, line })
      return line
    },
  }
}

/** `export default X`, `export { X }` and `export const X = …`: what the name stands for in its module. */
function declarationIn(
  body: readonly TSESTree.ProgramStatement[],
  name: string,
  unknown: Declared,
  follow: (from: string, importName: string) => Declared,
): Declared {
  let local = name
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration' && name === 'default') {
      const { declaration } = statement
      if (declaration.type !== 'Identifier') return describe(declaration, unknown)
      local = declaration.name
    }
    if (statement.type === 'ExportNamedDeclaration') {
      const specifier = statement.specifiers.find(({ exported }) => nameOf(exported) === name)
      if (specifier) local = nameOf(specifier.local)
    }
  }
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      const specifier = statement.specifiers.find((candidate) => candidate.local.name === local)
      if (specifier?.type === 'ImportDefaultSpecifier') return follow(statement.source.value, 'default')
      if (specifier?.type === 'ImportSpecifier') return follow(statement.source.value, nameOf(specifier.imported))
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (!declaration) continue
    if ('id' in declaration && declaration.id?.type === 'Identifier' && declaration.id.name === local) {
      return describe(declaration, unknown)
    }
    if (declaration.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
    const variable = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === local)
    if (variable?.init) return describe(variable.init, unknown)
  }
  return unknown
}

function nameOf(node: TSESTree.Identifier | TSESTree.StringLiteral): string {
  return node.type === 'Identifier' ? node.name : node.value
}

function describe(node: TSESTree.Node, unknown: Declared): Declared {
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      return { ...unknown, kind: 'class', name: node.id?.name }
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return { ...unknown, kind: 'function', name: node.id?.name }
    case 'ArrowFunctionExpression':
      return { ...unknown, kind: node.body.type === 'ImportExpression' ? 'lazy' : 'function' }
    case 'Literal':
    case 'TemplateLiteral':
    case 'ArrayExpression':
    case 'ObjectExpression':
      return { ...unknown, kind: 'value' }
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return describe(node.expression, unknown)
    default:
      return unknown
  }
}

/** The class that is exported by `exportName`, when its declaration stands in `body`. */
function classIn(
  body: readonly TSESTree.ProgramStatement[],
  { exportName, name }: Declared,
): TSESTree.ClassDeclaration | TSESTree.ClassExpression | undefined {
  for (const statement of body) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? statement.declaration
        : statement
    if (declaration?.type === 'ClassDeclaration') {
      const isDefault = statement.type === 'ExportDefaultDeclaration' && exportName === 'default'
      if (isDefault || (declaration.id && declaration.id.name === (name ?? exportName))) return declaration
    }
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      if (init?.type === 'ClassExpression' && id.type === 'Identifier' && id.name === exportName) return init
    }
  }
  return undefined
}

/** Where a base class comes from: its export name and the specifier, none when this module declares it and exports it. */
function baseOf(
  body: readonly TSESTree.ProgramStatement[],
  local: string,
): { name: string; from: string | undefined } | undefined {
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      const specifier = statement.specifiers.find((candidate) => candidate.local.name === local)
      if (specifier?.type === 'ImportDefaultSpecifier') return { name: 'default', from: statement.source.value }
      if (specifier?.type === 'ImportSpecifier')
        return { name: nameOf(specifier.imported), from: statement.source.value }
    } else if (
      statement.type === 'ExportNamedDeclaration' &&
      statement.declaration?.type === 'ClassDeclaration' &&
      statement.declaration.id?.name === local
    ) {
      return { name: local, from: undefined }
    }
  }
  return undefined
}

/** A constructor with more in it than `super()`. */
function doesSomething({ value }: TSESTree.MethodDefinition): boolean {
  const statements = value.body?.body ?? []
  return statements.some(
    (statement) =>
      statement.type !== 'ExpressionStatement' ||
      statement.expression.type !== 'CallExpression' ||
      statement.expression.callee.type !== 'Super',
  )
}

/** Names of what the project itself declares and a module imports. */
function ownClasses(body: readonly TSESTree.ProgramStatement[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const statement of body) {
    if (statement.type !== 'ImportDeclaration' || !/^[#.]/.test(statement.source.value)) continue
    for (const { local } of statement.specifiers) names.add(local.name)
  }
  return names
}

/**
 * Whether an instance remembers anything from one call to the next: assigns to a field, or holds what it made itself.
 * A field with a `new Service()` of the project is the usual way to hold a service, and is not counted.
 */
function keepsState(node: TSESTree.ClassDeclaration | TSESTree.ClassExpression, own: ReadonlySet<string>): boolean {
  return node.body.body.some((member) => {
    if (member.type === 'PropertyDefinition') {
      return (
        !member.static && member.value !== null && (isEmptyContainer(member.value) || makesSomething(member.value, own))
      )
    }
    return member.type === 'MethodDefinition' && member.kind !== 'constructor' && assignsToThis(member.value)
  })
}

function makesSomething(value: TSESTree.Node, own: ReadonlySet<string>): boolean {
  if (value.type === 'ArrowFunctionExpression' || value.type === 'FunctionExpression') return false
  return someNode(value, (node) => {
    if (node.type === 'CallExpression' || node.type === 'AwaitExpression') return true
    return node.type === 'NewExpression' && !(node.callee?.type === 'Identifier' && own.has(node.callee.name))
  })
}

/** `[]`, `{}`, `new Map()`: made to be filled. */
function isEmptyContainer(node: TSESTree.Node): boolean {
  if (node.type === 'ArrayExpression') return node.elements.length === 0
  if (node.type === 'ObjectExpression') return node.properties.length === 0
  return (
    node.type === 'NewExpression' &&
    node.callee.type === 'Identifier' &&
    /^(?:Weak)?(?:Map|Set)$/.test(node.callee.name)
  )
}

function assignsToThis(root: object): boolean {
  return someNode(root, ({ type, left, argument }) => {
    const target = type === 'AssignmentExpression' ? left : type === 'UpdateExpression' ? argument : undefined
    return target !== undefined && isMemberOfThis(target)
  })
}

/** Whether a function refers to its instance; a nested function's own `this` counts too, which errs on the safe side. */
function usesThis(root: object): boolean {
  return someNode(root, ({ type }) => type === 'ThisExpression' || type === 'Super')
}

interface AnyNode {
  readonly type?: string
  readonly name?: string
  readonly left?: TSESTree.Node
  readonly argument?: TSESTree.Node
  readonly callee?: TSESTree.Node
}

/** Whether `test` holds for any node below and including `root`. */
function someNode(root: object, test: (node: AnyNode) => boolean): boolean {
  const pending: object[] = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (test(node)) return true
    for (const value of Object.values(node))
      if (typeof value === 'object' && value !== null) pending.push(value as object)
  }
  return false
}

function nameOfKey(key: TSESTree.Node): string | undefined {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : undefined
}

function isMemberOfThis(node: TSESTree.Node): boolean {
  return node.type === 'MemberExpression' && (node.object.type === 'ThisExpression' || isMemberOfThis(node.object))
}

function specifiersReadAtLoad(body: readonly TSESTree.ProgramStatement[]): ReadonlySet<string> {
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
    (statement) => runsCode(statement) || isImportedForEffect(statement) || isDecorated(statement, foreign),
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
