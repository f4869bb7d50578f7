import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Opened } from '../boot/boot.ts'
import { importOf, isCast, memberName, type Node } from '../syntax.ts'

/** A class, an interface or a type of an object, and the module that declares it. */
export interface DeclaredType {
  readonly file: Opened
  readonly node: TSESTree.ClassDeclaration | TSESTree.TSInterfaceDeclaration | TSESTree.TSTypeAliasDeclaration
}

/** What the types of the project say, where a name is written for them; nothing is inferred. */
export interface DeclaredTypes {
  /** The type of an expression: `jobConfig.job`, where `jobConfig: JobConfig`, and `job: BaseJob` in that. */
  typeOf(file: Opened, expression: Node): DeclaredType | undefined
  /** What a name stands for where a type is, or the class that an expression names: `BaseJob`. */
  named(file: Opened, name: Node): DeclaredType | undefined
}

/**
 * @param open a module, parsed; none when it cannot be.
 * @param variableOf of each module.
 * @param resolve the module of the project that a specifier of another stands for.
 */
export function createDeclaredTypes(
  open: (path: string) => readonly Opened[],
  variableOf: (file: Opened) => (node: Node) => Variable | undefined,
  resolve: (file: Opened, specifier: string) => string | undefined,
): DeclaredTypes {
  function typeOf(file: Opened, expression: Node, depth = 0): DeclaredType | undefined {
    if (depth > 5) return undefined
    let node = expression
    while (isCast(node) || node.type === 'ChainExpression') {
      if (node.type === 'TSAsExpression' || node.type === 'TSTypeAssertion') return undefined
      node = node.expression
    }
    if (node.type === 'ThisExpression') return classAround(file, node)
    if (node.type === 'Identifier') return annotated(file, annotationOf(variableOf(file)(node)))
    if (node.type !== 'MemberExpression') return undefined
    const name = memberName(node)
    const owner = name === undefined ? undefined : typeOf(file, node.object, depth + 1)
    return owner && name !== undefined ? annotated(owner.file, memberAnnotation(owner, name)) : undefined
  }

  function annotated(file: Opened, annotation: TSESTree.TSTypeAnnotation | undefined): DeclaredType | undefined {
    const type = annotation?.typeAnnotation
    return type?.type === 'TSTypeReference' && !type.typeArguments ? named(file, type.typeName) : undefined
  }

  function named(file: Opened, name: Node): DeclaredType | undefined {
    if (name.type !== 'Identifier') return undefined
    const imported = importOfType(file, name, variableOf(file))
    if (!imported) return declaredIn(file, name.name)
    const path = resolve(file, imported.specifier)
    const [target] = path === undefined ? [] : open(path)
    return target && declaredIn(target, imported.name)
  }

  return { typeOf, named }
}

/** Where a name is imported from that stands for a class, or for a type. */
export function importOfType(
  file: Opened,
  node: Node,
  variableOf: (node: Node) => Variable | undefined,
): ReturnType<typeof importOf> {
  return importOf(node, variableOf) ?? (node.type === 'Identifier' ? importedAs(file, node.name) : undefined)
}

/** A name that is used as a type only has no variable. */
function importedAs(file: Opened, name: string): ReturnType<typeof importOf> {
  for (const statement of file.program.body) {
    if (statement.type !== 'ImportDeclaration') continue
    for (const specifier of statement.specifiers) {
      if (specifier.local.name !== name || specifier.type === 'ImportNamespaceSpecifier') continue
      const imported = specifier.type === 'ImportDefaultSpecifier' ? undefined : specifier.imported
      return {
        specifier: statement.source.value,
        name: imported === undefined ? 'default' : imported.type === 'Identifier' ? imported.name : imported.value,
      }
    }
  }
  return undefined
}

/** @param name as the module exports it, or declares it. */
function declaredIn(file: Opened, name: string): DeclaredType | undefined {
  for (const statement of file.program.body) {
    const isDefault = statement.type === 'ExportDefaultDeclaration'
    const node: Node | null =
      isDefault || statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (
      node?.type !== 'ClassDeclaration' &&
      node?.type !== 'TSInterfaceDeclaration' &&
      node?.type !== 'TSTypeAliasDeclaration'
    )
      continue
    if (name === 'default' ? isDefault : node.id?.name === name) return { file, node }
  }
  if (name !== 'default') return undefined
  // export default X
  const exported = file.program.body.find((statement) => statement.type === 'ExportDefaultDeclaration')
  return exported?.declaration.type === 'Identifier' ? declaredIn(file, exported.declaration.name) : undefined
}

function annotationOf(variable: Variable | undefined): TSESTree.TSTypeAnnotation | undefined {
  const name = variable?.defs.length === 1 ? (variable.defs[0]?.name as Node | undefined) : undefined
  return name?.type === 'Identifier' ? name.typeAnnotation : undefined
}

function classAround(file: Opened, node: Node): DeclaredType | undefined {
  for (let at: Node | undefined = node; at; at = at.parent) {
    if (at.type === 'ClassDeclaration') return { file, node: at }
    if (at.type === 'FunctionExpression' && at.parent.type !== 'MethodDefinition') return undefined
    if (at.type === 'FunctionDeclaration' || at.type === 'ClassExpression' || at.type === 'ObjectExpression')
      return undefined
  }
  return undefined
}

function memberAnnotation({ node }: DeclaredType, name: string): TSESTree.TSTypeAnnotation | undefined {
  const isNamed = (key: Node): boolean => key.type === 'Identifier' && key.name === name
  if (node.type === 'ClassDeclaration') {
    for (const member of node.body.body) {
      if (member.type === 'PropertyDefinition' && !member.computed && !member.static && isNamed(member.key))
        return member.typeAnnotation
      if (member.type !== 'MethodDefinition' || member.kind !== 'constructor') continue
      for (const parameter of member.value.params)
        if (
          parameter.type === 'TSParameterProperty' &&
          isNamed(parameter.parameter) &&
          'typeAnnotation' in parameter.parameter
        )
          return parameter.parameter.typeAnnotation
    }
    return undefined
  }
  const members =
    node.type === 'TSInterfaceDeclaration'
      ? node.body.body
      : node.typeAnnotation.type === 'TSTypeLiteral'
        ? node.typeAnnotation.members
        : []
  for (const member of members)
    if (member.type === 'TSPropertySignature' && !member.computed && isNamed(member.key)) return member.typeAnnotation
  return undefined
}
