import type { TSESTree } from '@typescript-eslint/utils'
import { isFunction, nameOf, nameOfKey, uncast } from '../../graph/exports/nodes.ts'
import type { Program } from '../../graph/exports/programs.ts'

export type Node = TSESTree.Node

export type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression

/** What a name is declared as. `access` leads from the value to the name, through patterns. */
export type Declaration =
  | { readonly kind: 'import'; readonly specifier: string; readonly name: string }
  | { readonly kind: 'value'; readonly node: Node; readonly access: readonly string[] }
  | {
      readonly kind: 'parameter'
      readonly function: FunctionNode
      readonly index: number
      readonly access: readonly string[]
    }
  | { readonly kind: 'loop'; readonly loop: TSESTree.ForOfStatement; readonly access: readonly string[] }
  | { readonly kind: 'unknown'; readonly at: Node }

/** A module with what the analysis asks of it: parents of nodes, scopes, exports. */
export interface Module {
  readonly path: string
  readonly text: string
  /** Every node that holds code, in textual order. */
  readonly nodes: readonly Node[]
  readonly imports: readonly TSESTree.ImportExpression[]
  parentOf(node: Node): Node | undefined
  /** What `name` is declared as where `node` stands; undefined for a global. */
  declarationOf(name: string, node: Node): Declaration | undefined
  /** Nodes that a name is exported by: an expression, a declaration, or an identifier of the module's scope. */
  readonly exports: ReadonlyMap<string, Exported>
  /** Specifiers of `export *`. */
  readonly stars: readonly string[]
  /** Names that functions are declared by, exported by, or are the methods of. */
  readonly functionNames: readonly string[]
  /** The nodes of a function or class, itself first. */
  within(node: Node): readonly Node[]
  /** The functions around `node`, the innermost first. */
  functionsAround(node: Node): FunctionNode[]
}

export type Exported =
  | { readonly kind: 'node'; readonly node: Node }
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'from'; readonly specifier: string; readonly name: string }

/** Characters: what is longer was written by a program, a bundle or data. */
const MAX_TEXT = 500_000

type Scope = Map<string, Declaration>

export function indexModule({ path, text, body }: Program): Module {
  const parents = new Map<Node, Node>()
  const scopes = new Map<Node, Scope>()
  const nodes: Node[] = []
  const imports: TSESTree.ImportExpression[] = []
  const top: Scope = new Map()
  const functionNames: string[] = []
  const spans = new Map<Node, readonly [start: number, end: number]>()

  function visit(node: Node, parent: Node | undefined, scope: Scope): void {
    if (parent) parents.set(node, parent)
    const start = nodes.length
    nodes.push(node)
    let inner = scope
    if (isFunction(node)) {
      const name = nameIn(parent)
      if (name !== undefined) functionNames.push(name)
      if (node.type === 'FunctionDeclaration' && node.id) scope.set(node.id.name, { kind: 'value', node, access: [] })
      scopes.set(node, (inner = new Map()))
      for (const [index, parameter] of node.params.entries())
        declare(parameter, inner, (access) => ({ kind: 'parameter', function: node, index, access }))
    } else if (isBlock(node)) {
      scopes.set(node, (inner = new Map()))
    }
    switch (node.type) {
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) {
          const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : undefined
          const imported = name ?? (specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*')
          scope.set(specifier.local.name, { kind: 'import', specifier: node.source.value, name: imported })
        }
        return
      case 'ClassDeclaration':
        if (node.id) scope.set(node.id.name, { kind: 'value', node, access: [] })
        break
      case 'VariableDeclarator': {
        const { id, init } = node
        const loop = loopOf(node, parents)
        declare(id, scope, (access) =>
          init
            ? { kind: 'value', node: init, access }
            : loop
              ? { kind: 'loop', loop, access }
              : { kind: 'unknown', at: id },
        )
        break
      }
      case 'ImportExpression':
        imports.push(node)
    }
    for (const child of codeBelow(node)) visit(child, node, inner)
    if (isFunction(node) || isClass(node)) spans.set(node, [start, nodes.length])
  }
  try {
    if (text.length <= MAX_TEXT) for (const statement of body) visit(statement, undefined, top)
  } catch (error) {
    // Nested deeper than the stack: what was seen until then counts.
    if (!(error instanceof RangeError)) throw error
  }

  const { exports, stars } = exportsOf(body)
  const parentOf = (node: Node): Node | undefined => parents.get(node)
  return {
    path,
    text,
    nodes,
    imports,
    parentOf,
    declarationOf(name, node) {
      for (let at: Node | undefined = node; at; at = parents.get(at)) {
        const found = scopes.get(at)?.get(name)
        if (found) return found
      }
      return top.get(name)
    },
    exports,
    stars,
    functionNames: [...functionNames, ...exports.keys()],
    within: (node) => nodes.slice(...(spans.get(node) ?? [0, 0])),
    functionsAround(node) {
      const found: FunctionNode[] = []
      for (let at = parents.get(node); at; at = parents.get(at)) if (isFunction(at)) found.push(at)
      return found
    },
  }
}

/** What a function is called by, that is the value of a property or a method. */
function nameIn(parent: Node | undefined): string | undefined {
  switch (parent?.type) {
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return nameOfKey(parent.key)
    case 'AssignmentExpression':
      return parent.left.type === 'MemberExpression' ? nameOfKey(parent.left.property) : undefined
    default:
      return undefined
  }
}

export function isClass(node: Node): node is TSESTree.ClassDeclaration | TSESTree.ClassExpression {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

function isBlock({ type }: Node): boolean {
  return /^(?:BlockStatement|For(?:Of|In)?Statement|SwitchStatement|CatchClause|StaticBlock)$/.test(type)
}

function loopOf(node: Node, parents: ReadonlyMap<Node, Node>): TSESTree.ForOfStatement | undefined {
  const declaration = parents.get(node)
  const loop = declaration && parents.get(declaration)
  return loop?.type === 'ForOfStatement' && loop.left === declaration ? loop : undefined
}

function declare(
  pattern: Node,
  scope: Scope,
  make: (access: readonly string[]) => Declaration,
  access: readonly string[] = [],
): void {
  switch (pattern.type) {
    case 'Identifier':
      scope.set(pattern.name, make(access))
      break
    case 'AssignmentPattern':
      declare(pattern.left, scope, make, access)
      break
    case 'TSParameterProperty':
      declare(pattern.parameter, scope, make, access)
      break
    case 'ArrayPattern':
      for (const [index, element] of pattern.elements.entries())
        if (element) declare(element, scope, make, [...access, String(index)])
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        const name = property.type === 'Property' ? nameOfKey(property.key) : undefined
        if (property.type === 'RestElement') declare(property.argument, scope, make, access)
        else if (name !== undefined) declare(property.value, scope, make, [...access, name])
      }
      break
  }
}

const SKIPPED = new Set(['parent', 'range', 'loc', 'typeAnnotation', 'typeParameters', 'typeArguments', 'returnType'])

function codeBelow(node: Node): Node[] {
  const children: Node[] = []
  const record = node as unknown as Readonly<Record<string, unknown>>
  for (const key in record) {
    const value = record[key]
    if (typeof value !== 'object' || value === null || SKIPPED.has(key)) continue
    for (const item of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      if (isCode(item)) children.push(item)
  }
  return children
}

function isCode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) return false
  const { type } = value as { readonly type?: unknown }
  if (typeof type !== 'string') return false
  return !type.startsWith('TS') || /^TS(?:As|Satisfies|NonNull|TypeAssertion|Instantiation|Parameter|Export)/.test(type)
}

function exportsOf(body: readonly TSESTree.ProgramStatement[]): Pick<Module, 'exports' | 'stars'> {
  const exports = new Map<string, Exported>()
  const stars: string[] = []
  for (const statement of body) {
    switch (statement.type) {
      case 'ExportDefaultDeclaration':
        exports.set('default', { kind: 'node', node: statement.declaration })
        break
      case 'ExportAllDeclaration':
        if (statement.exported)
          exports.set(nameOf(statement.exported), { kind: 'from', specifier: statement.source.value, name: '*' })
        else stars.push(statement.source.value)
        break
      case 'ExportNamedDeclaration':
        for (const { local, exported } of statement.specifiers) {
          const name = nameOf(local)
          exports.set(
            nameOf(exported),
            statement.source ? { kind: 'from', specifier: statement.source.value, name } : { kind: 'local', name },
          )
        }
        for (const name of namesDeclared(statement.declaration)) exports.set(name, { kind: 'local', name })
    }
  }
  return { exports, stars }
}

function namesDeclared(declaration: TSESTree.ExportNamedDeclaration['declaration']): string[] {
  if (declaration?.type === 'VariableDeclaration') {
    const scope: Scope = new Map()
    for (const { id } of declaration.declarations) declare(id, scope, () => ({ kind: 'unknown', at: id }))
    return [...scope.keys()]
  }
  const isNamed = declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration'
  return isNamed && declaration.id ? [declaration.id.name] : []
}

/** The calls of a chain, outwards: of `a` in `a.b().c()`, `a.b()` and `a.b().c()` with the names of their methods. */
export function chainAbove(
  module: Module,
  node: Node,
): { readonly name: string; readonly call: TSESTree.CallExpression }[] {
  const found: { name: string; call: TSESTree.CallExpression }[] = []
  for (let at = node; ;) {
    const member = module.parentOf(at)
    const call = member && module.parentOf(member)
    if (member?.type !== 'MemberExpression' || member.object !== at || call?.type !== 'CallExpression') return found
    if (call.callee !== member) return found
    found.push({ name: nameOfKey(member.property) ?? '', call })
    at = call
  }
}

/** The same inwards: the calls that the receiver of `call` is made by, the outermost first. */
export function chainBelow(
  call: TSESTree.CallExpression,
): { readonly name: string; readonly call: TSESTree.CallExpression }[] {
  const found: { name: string; call: TSESTree.CallExpression }[] = []
  for (let at: Node = call; at.type === 'CallExpression' && at.callee.type === 'MemberExpression';) {
    const inner = uncast(at.callee.object)
    if (inner.type !== 'CallExpression' || inner.callee.type !== 'MemberExpression') return found
    found.push({ name: nameOfKey(inner.callee.property) ?? '', call: inner })
    at = inner
  }
  return found
}
