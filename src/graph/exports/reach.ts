import type { TSESTree } from '@typescript-eslint/utils'
import { bare } from '../module-code.ts'
import { childrenOf, isFunction, memberName, rootName, uncast } from './nodes.ts'
import type { Program } from './programs.ts'

type Node = TSESTree.Node

/** What code of a module may come to when it runs. */
export interface Reach {
  /** The specifiers of the imports that it names. */
  readonly specifiers: ReadonlySet<string>
  /** Those of which something is called for its effect, is assigned to, or is handed to what is called for its effect. */
  readonly changed: ReadonlySet<string>
  /** It names something that all modules share: `process`, a global that another module makes, a prototype. */
  readonly shared: boolean
  /** The other globals that it names, and of them those that it sets something on, or hands to what may: `Date.now = …`. */
  readonly globals: ReadonlySet<string>
  readonly patched: ReadonlySet<string>
}

/**
 * What a module comes to while it is loaded: by its statements, and by the functions and classes of the module that
 * these name, which they may call. Functions that are written as an argument count too.
 */
export function reachAtLoad(program: Program): Reach {
  return program.remember('reach at load', () =>
    reachFrom(
      program,
      program.body.filter((statement) => !isQuiet(statement)),
    ),
  )
}

/** What anything in a module comes to. */
export function reachOfAll(program: Program): Reach {
  return program.remember('reach of all', () => reachFrom(program, program.body))
}

/** Whether a module keeps nothing that others could change: it declares functions, classes and constants, and makes schemas. */
export function keepsNothing({ body }: Program, isInert: (specifier: string) => boolean): boolean {
  const sources = new Map<string, string>()
  for (const statement of body)
    if (statement.type === 'ImportDeclaration')
      for (const { local } of statement.specifiers) sources.set(local.name, statement.source.value)
  const isConstant = (node: Node): boolean => {
    const value = uncast(node)
    switch (value.type) {
      case 'Literal':
      case 'Identifier':
      case 'MemberExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'TemplateLiteral':
      case 'UnaryExpression':
      case 'BinaryExpression':
      case 'LogicalExpression':
      case 'ConditionalExpression':
        return true
      case 'ArrayExpression':
        return value.elements.length > 0 && value.elements.every((element) => element !== null && isConstant(element))
      case 'ObjectExpression':
        return (
          value.properties.length > 0 &&
          value.properties.every((property) =>
            isConstant(property.type === 'Property' ? property.value : property.argument),
          )
        )
      case 'SpreadElement':
        return isConstant(value.argument)
      case 'CallExpression':
        return isInert(sources.get(rootName(value, bare) ?? '') ?? '')
      default:
        return false
    }
  }
  const keeps = (statement: Node): boolean => {
    switch (statement.type) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'FunctionDeclaration':
      case 'TSDeclareFunction':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'TSEnumDeclaration':
        return true
      case 'ExportNamedDeclaration':
        return !statement.declaration || keeps(statement.declaration)
      case 'ExportDefaultDeclaration':
        return keeps(statement.declaration)
      case 'ClassDeclaration':
        return statement.body.body.every(
          (member) => member.type !== 'StaticBlock' && !(member.type === 'PropertyDefinition' && member.static),
        )
      case 'VariableDeclaration':
        return statement.kind === 'const' && statement.declarations.every(({ init }) => init && isConstant(init))
      default:
        return isConstant(statement)
    }
  }
  return body.every(keeps)
}

function reachFrom(program: Program, starts: readonly Node[]): Reach {
  const specifiers = new Set<string>()
  const changed = new Set<string>()
  const globals = new Set<string>()
  const patched = new Set<string>()
  let shared = false
  const declared = program.remember('declared names', () => declaredNames(program))
  const pending: Node[] = [...starts]
  const seen = new Set<Node>()
  const inFunctions = new Set<Node>()

  const specifierOf = (name: string | undefined): string | undefined => {
    const binding = name === undefined ? undefined : program.bindings.get(name)
    return binding?.kind === 'import' ? binding.imported.specifier : undefined
  }
  const change = (node: Node): void => {
    const root = rootName(node, bare)
    const specifier = specifierOf(root)
    if (specifier !== undefined) changed.add(specifier)
    // A property of what the module has not declared: `Error.stackTraceLimit = 0`.
    if (root !== undefined && !declared.has(root)) shared = true
  }
  const patch = (node: Node): void => {
    change(node)
    patched.add(rootName(node, bare) ?? '')
  }
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    switch (node.type) {
      case 'ImportDeclaration':
        // What has no bindings is imported for its effect.
        if (node.specifiers.length === 0) {
          specifiers.add(node.source.value)
          changed.add(node.source.value)
        }
        continue
      case 'ExportAllDeclaration':
        continue
      case 'ExportNamedDeclaration':
        if (node.declaration) pending.push(node.declaration)
        for (const { local } of node.source ? [] : node.specifiers) if (local.type === 'Identifier') pending.push(local)
        continue
      // In a function it comes later than what is loaded with the module.
      case 'ImportExpression':
        shared ||= !inFunctions.has(node) || node.source.type !== 'Literal'
        break
      case 'ExpressionStatement':
        for (const [at, effect] of effectsOf(node.expression).entries()) (at === 0 ? change : patch)(effect)
        break
      case 'AssignmentExpression':
        if (node.left.type === 'MemberExpression') patch(node.left)
        break
      case 'UpdateExpression':
        patch(node.argument)
        break
      case 'UnaryExpression':
        if (node.operator === 'delete') patch(node.argument)
        break
      case 'Identifier': {
        const { name } = node
        const binding = program.bindings.get(name)
        if (binding?.kind === 'import') specifiers.add(binding.imported.specifier)
        else if (binding?.kind === 'local') {
          if (binding.node) pending.push(binding.node)
        } else if (HARMLESS.has(name)) globals.add(name)
        else if (!declared.has(name)) shared = true
        continue
      }
      case 'MemberExpression': {
        const name = memberName(node)
        if (name === 'prototype' || name === '__proto__') shared = true
        if (!node.computed) {
          if (inFunctions.has(node)) inFunctions.add(node.object)
          pending.push(node.object)
          continue
        }
        break
      }
      case 'Property':
      case 'PropertyDefinition':
      case 'MethodDefinition':
        if (!node.computed) seen.add(node.key)
        break
    }
    const children = childrenOf(node)
    if (isFunction(node) || inFunctions.has(node)) for (const child of children) inFunctions.add(child)
    pending.push(...children)
  }
  return { specifiers, changed, shared, globals, patched }
}

/** What an expression that stands for its effect may change: what it is called on first, then what is handed over. */
function effectsOf(expression: Node): Node[] {
  const node = uncast(expression)
  if (node.type === 'AwaitExpression') return effectsOf(node.argument)
  if (node.type !== 'CallExpression') return []
  return [
    node.callee,
    ...node.arguments.filter((argument) => !isFunction(argument) && rootName(argument, bare) !== undefined),
  ]
}

/** Whether a statement runs nothing: what it declares runs where it is named. */
function isQuiet(statement: Node): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
      return statement.specifiers.length > 0
    case 'ExportAllDeclaration':
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return true
    case 'ExportNamedDeclaration':
      return !statement.declaration || isQuiet(statement.declaration)
    case 'ExportDefaultDeclaration':
      return isQuiet(statement.declaration) || isFunction(statement.declaration)
    case 'VariableDeclaration':
      return statement.declarations.every(
        ({ id, init }) => id.type === 'Identifier' && (!init || isFunction(uncast(init)) || !runs(init)),
      )
    case 'ClassDeclaration':
      return !runs(statement)
    default:
      return false
  }
}

/** Whether an expression runs code or reads what all modules share, outside of the functions in it. */
function runs(node: Node): boolean {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression':
    case 'AwaitExpression':
    case 'ImportExpression':
    case 'TaggedTemplateExpression':
    case 'AssignmentExpression':
    case 'UpdateExpression':
    case 'StaticBlock':
    case 'Decorator':
    case 'MemberExpression':
      return true
    case 'Identifier':
      return /^(?:process|globalThis|global)$/.test(node.name)
    default:
      return !isFunction(node) && childrenOf(node).some(runs)
  }
}

/** Names that are declared anywhere in a module, in whatever scope. */
function declaredNames({ scopes }: Program): ReadonlySet<string> {
  return new Set(scopes.scopes.flatMap(({ set }) => [...set.keys()]))
}

/** Globals that no module changes by using them: what is set on them is looked for. */
const HARMLESS: ReadonlySet<string> = new Set(
  'undefined NaN Infinity Array ArrayBuffer BigInt Boolean Buffer DataView Date Error EvalError Int32Array Intl Iterator JSON Map Math Number Object Promise Proxy RangeError RegExp Set String Symbol SyntaxError TextDecoder TextEncoder TypeError URIError URL URLSearchParams Uint8Array WeakMap WeakRef WeakSet AbortController Blob FormData Headers Request Response arguments clearInterval clearTimeout console crypto decodeURIComponent encodeURIComponent isFinite isNaN parseFloat parseInt performance queueMicrotask structuredClone'.split(
    ' ',
  ),
)

/** What a module comes to while it is loaded, in the modules whose functions it may call too. */
export interface Touched {
  /** The modules of the project that it has something of. */
  readonly modules: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
  /** Of both, those that it may change. */
  readonly changed: ReadonlySet<string>
  /** It may read or change what all modules share. */
  readonly shared: boolean
  /** As of {@link Reach}. */
  readonly globals: ReadonlySet<string>
  readonly patched: ReadonlySet<string>
}

/**
 * Packages that only make values of what they are given: they read no variable of the environment and have no state,
 * neither when they are loaded nor when they are called. express and koa read NODE_ENV, and are none of them; nor are the
 * drivers in drizzle-orm, of which pg reads PGHOST.
 */
const INERT =
  /^(?:hono|@hono\/(?!node-server)[\w-]+|zod|joi|yup|valibot|@sinclair\/typebox|kysely|http-status-codes|dayjs|date-fns|nanoid|uuid|(?:node:)?(?:path|url|util|crypto|assert|buffer|querystring|string_decoder))(?:\/|$)|^drizzle-orm(?:\/(?:\w+-core|casing|relations|sql|typebox|valibot|zod)(?:\/|$)|$)/

/** @param resolve the path of a module of the project; undefined for a package. */
export function createTouching(
  programOf: (path: string) => Program,
  resolve: (from: string, specifier: string) => string | undefined,
): { areIndependent(ones: readonly string[], other: string): boolean } {
  /** `@scope/name` of `@scope/name/file`. */
  const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier

  function touched(path: string): Touched {
    const modules = new Set<string>()
    const packages = new Set<string>()
    const changed = new Set<string>()
    const globals = new Set<string>()
    const patched = new Set<string>()
    let shared = false
    const add = (from: string, reach: Reach): void => {
      shared ||= reach.shared
      for (const name of reach.globals) globals.add(name)
      for (const name of reach.patched) patched.add(name)
      for (const specifier of reach.changed) changed.add(resolve(from, specifier) ?? packageOf(specifier))
      for (const specifier of reach.specifiers) {
        const target = resolve(from, specifier)
        if (target !== undefined) modules.add(target)
      }
      // A package is loaded with the module, whatever is made of it.
      for (const statement of programOf(from).body) {
        if (
          statement.type !== 'ImportDeclaration' &&
          statement.type !== 'ExportAllDeclaration' &&
          statement.type !== 'ExportNamedDeclaration'
        )
          continue
        const isType =
          statement.type === 'ImportDeclaration' ? statement.importKind === 'type' : statement.exportKind === 'type'
        const specifier = statement.source?.value
        if (isType || specifier === undefined) continue
        const target = resolve(from, specifier)
        if (target === undefined) {
          packages.add(packageOf(specifier))
          shared ||= !INERT.test(specifier)
        }
        // What a barrel hands on is had through it.
        else if (statement.type !== 'ImportDeclaration' && from !== path) modules.add(target)
      }
    }
    add(path, reachAtLoad(programOf(path)))
    for (const module of modules) add(module, reachOfAll(programOf(module)))
    return { modules, packages, changed, shared, globals, patched }
  }

  function areIndependent(one: string, a: Touched, other: string, b: Touched): boolean {
    if (a.shared && b.shared) return false
    if ([...a.patched].some((name) => b.globals.has(name)) || [...b.patched].some((name) => a.globals.has(name)))
      return false
    if (b.modules.has(one) || a.modules.has(other)) return false
    for (const found of [...a.modules, ...a.packages]) {
      if (!b.modules.has(found) && !b.packages.has(found)) continue
      if (a.changed.has(found) || b.changed.has(found)) return false
      if (!a.packages.has(found) && !keepsNothing(programOf(found), (specifier) => INERT.test(specifier))) return false
    }
    return true
  }

  return {
    areIndependent(ones, other) {
      const found = touched(other)
      return ones.every((one) => areIndependent(one, touched(one), other, found))
    },
  }
}
