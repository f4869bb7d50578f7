import type { TSESTree } from '@typescript-eslint/utils'
import type { ScopeManager, Variable } from '@typescript-eslint/scope-manager'

export { isFunction } from '../graph/exports/nodes.ts'

export type Node = TSESTree.Node

/** Type-level wrappers that leave the value as it is. */
export function isCast(
  node: Node | undefined,
): node is
  TSESTree.TSAsExpression | TSESTree.TSSatisfiesExpression | TSESTree.TSTypeAssertion | TSESTree.TSNonNullExpression {
  return (
    node?.type === 'TSAsExpression' ||
    node?.type === 'TSSatisfiesExpression' ||
    node?.type === 'TSTypeAssertion' ||
    node?.type === 'TSNonNullExpression'
  )
}

/** The outermost cast around `node`, or `node`; `opaque` when a cast names a type that a lazy import may not have. */
export function climbCasts(node: Node): { node: Node; cast: boolean; opaque: boolean } {
  let current = node
  let opaque = false
  for (let parent = current.parent; isCast(parent) && parent.expression === current; parent = current.parent) {
    opaque ||= !isHarmlessCast(parent)
    current = parent
  }
  return { node: current, cast: current !== node, opaque }
}

function isHarmlessCast(node: Node): boolean {
  if (node.type === 'TSNonNullExpression') return true
  const { typeAnnotation } = node as TSESTree.TSAsExpression
  return (
    typeAnnotation.type === 'TSAnyKeyword' ||
    typeAnnotation.type === 'TSUnknownKeyword' ||
    typeAnnotation.type === 'TSNeverKeyword' ||
    (typeAnnotation.type === 'TSTypeReference' &&
      typeAnnotation.typeName.type === 'Identifier' &&
      typeAnnotation.typeName.name === 'const')
  )
}

/** `node` without the casts and the `await` around it. */
export function bare(node: Node): Node {
  let current = node
  for (;;) {
    if (isCast(current)) current = current.expression
    else if (current.type === 'AwaitExpression') current = current.argument
    else if (current.type === 'ChainExpression') current = current.expression
    else return current
  }
}

/** The property name of `a.b` and `a['b']`. */
export function memberName(node: TSESTree.MemberExpression): string | undefined {
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined
  return node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : undefined
}

/** The name of an import or export specifier's module side: an identifier or a string literal. */
export function moduleName(node: TSESTree.Identifier | TSESTree.StringLiteral): string {
  return node.type === 'Identifier' ? node.name : node.value
}

/** The name a specifier imports: `default`, `*`, or the exported name. */
export function importedName(specifier: TSESTree.ImportClause): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default'
  if (specifier.type === 'ImportNamespaceSpecifier') return '*'
  return moduleName(specifier.imported)
}

/** The variable each identifier of the module refers to or declares, from the scope manager. */
export function resolveIdentifiers(scopes: ScopeManager): VariableOf {
  return ofOneText.get(scopes) ?? variablesIn(scopes)
}

type VariableOf = (node: Node) => Variable | undefined

const ofOneText = new WeakMap<ScopeManager, VariableOf>()

/** Resolves the identifiers of a text once, for all who ask. oxlint's scope manager is not of one text: all have the same. */
export function resolveOnce(scopes: ScopeManager): void {
  ofOneText.set(scopes, variablesIn(scopes))
}

function variablesIn(scopes: ScopeManager): VariableOf {
  let variables: Map<Node, Variable> | undefined
  return (node) => {
    if (!variables) {
      variables = new Map()
      for (const scope of scopes.scopes) {
        for (const variable of scope.variables)
          for (const { name } of variable.defs) variables.set(name as Node, variable as Variable)
        for (const reference of scope.references) {
          if (reference.resolved) variables.set(reference.identifier, reference.resolved as Variable)
        }
      }
    }
    return variables.get(node)
  }
}

/** Whether a statement imports or exports types only, by its own words. */
export function isOfTypes(
  statement: TSESTree.ImportDeclaration | TSESTree.ExportNamedDeclaration | TSESTree.ExportAllDeclaration,
): boolean {
  return statement.type === 'ImportDeclaration' ? statement.importKind === 'type' : statement.exportKind === 'type'
}

/** Whether a name stands where only types are: `users: Users`, `typeof users`. */
export function isTypeOnly({ parent }: { readonly parent?: Node | undefined }): boolean {
  return /^TS(?:TypeReference|TypeQuery|QualifiedName)$/.test(parent?.type ?? '')
}

/** The specifier of an `import()`; undefined when it is computed. */
export function textOf(source: TSESTree.Expression): unknown {
  if (source.type === 'TemplateLiteral') return source.quasis.length === 1 ? source.quasis[0]?.value.cooked : undefined
  return source.type === 'Literal' ? source.value : undefined
}

/**
 * Where the name `node` is imported from: the specifier, and the name it has in that module. Undefined when it is no
 * import.
 *
 * @param variableOf the variable an identifier refers to.
 */
export function importOf(
  node: Node,
  variableOf: (node: Node) => Variable | undefined,
): { readonly specifier: string; readonly name: string } | undefined {
  const definition = variableOf(node)?.defs[0]
  if (definition?.type !== 'ImportBinding' || definition.node.type === 'TSImportEqualsDeclaration') return undefined
  const { source } = definition.parent as TSESTree.ImportDeclaration
  return { specifier: source.value, name: importedName(definition.node) }
}
