import type { TSESTree } from '@typescript-eslint/utils'

/** The properties that are asked of a node before its type is known. */
export interface AnyNode {
  readonly type?: string
  readonly name?: string
  readonly left?: TSESTree.Node
  readonly argument?: TSESTree.Node
  readonly callee?: TSESTree.Node
}

/** Whether `test` holds for any node below and including `root`. */
export function someNode<Found extends object = AnyNode>(root: object, test: (node: Found) => boolean): boolean {
  const pending: object[] = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (test(node as Found)) return true
    for (const key of Object.keys(node)) {
      const value = (node as Readonly<Record<string, unknown>>)[key]
      if (typeof value === 'object' && value !== null && key !== 'range') pending.push(value)
    }
  }
  return false
}

/** `node` and all nodes below it, in textual order, types left out. */
export function nodesIn(node: TSESTree.Node): TSESTree.Node[] {
  return [node, ...childrenOf(node).flatMap(nodesIn)]
}

/** The nodes right below `node`, in textual order, types left out. */
export function childrenOf(node: TSESTree.Node): TSESTree.Node[] {
  const children: TSESTree.Node[] = []
  // Asked of every node of every module: no list is made that is not needed.
  for (const key of Object.keys(node)) {
    if (key === 'parent' || key === 'range') continue
    const value = (node as unknown as Readonly<Record<string, unknown>>)[key]
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item) && !isType(item)) children.push(item)
    } else if (isNode(value) && !isType(value)) children.push(value)
  }
  return children
}

function isNode(value: unknown): value is TSESTree.Node {
  return typeof value === 'object' && value !== null && typeof (value as AnyNode).type === 'string'
}

/** Nodes that no loader leaves in the JavaScript, and that hold no code. */
function isType({ type }: TSESTree.Node): boolean {
  return (
    type.startsWith('TS') &&
    /^TS(?!As|Satisfies|NonNull|TypeAssertion|Instantiation|Enum|Module|ParameterProperty|Export)/.test(type)
  )
}

export function isFunction(
  node: TSESTree.Node,
): node is TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  )
}

/** Whether `await` stands in a node, and in no function below it. */
export function awaits(node: TSESTree.Node): boolean {
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) return true
  return !isFunction(node) && childrenOf(node).some(awaits)
}

/** `node` without casts, type arguments and the `?.` around it. */
export function uncast(node: TSESTree.Node): TSESTree.Node {
  let current = node
  for (;;) {
    switch (current.type) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
      case 'TSNonNullExpression':
      case 'TSInstantiationExpression':
      case 'ChainExpression':
        current = current.expression
        break
      default:
        return current
    }
  }
}

/**
 * What a chain of members, calls and `new` starts with, casts left out: `router` of `router.get(…).post(…)`.
 *
 * @param without what else is left out on the way: `bare` of module-code.ts, where something of what is awaited is meant.
 */
export function rootOf(node: TSESTree.Node, without: (node: TSESTree.Node) => TSESTree.Node = uncast): TSESTree.Node {
  const start = without(node)
  if (start.type === 'MemberExpression') return rootOf(start.object, without)
  return start.type === 'CallExpression' || start.type === 'NewExpression' ? rootOf(start.callee, without) : start
}

/** The name that is the {@link rootOf} an expression. */
export function rootName(...of: Parameters<typeof rootOf>): string | undefined {
  const root = rootOf(...of)
  return root.type === 'Identifier' ? root.name : undefined
}

/** The name of an import or export specifier's module side: an identifier or a string literal. */
export function nameOf(node: TSESTree.Identifier | TSESTree.StringLiteral): string {
  return node.type === 'Identifier' ? node.name : node.value
}

/** The name a specifier imports: `default`, `*`, or the exported name. */
export function importedName(specifier: TSESTree.ImportClause): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  return specifier.type === 'ImportNamespaceSpecifier' ? '*' : nameOf(specifier.imported)
}

/** The name of a key that is not computed. */
export function nameOfKey(key: TSESTree.Node): string | undefined {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : undefined
}

/** The property name of `a.b` and `a['b']`. */
export function memberName({ computed, property }: TSESTree.MemberExpression): string | undefined {
  if (!computed) return property.type === 'Identifier' ? property.name : undefined
  return property.type === 'Literal' ? String(property.value) : undefined
}
