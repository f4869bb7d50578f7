import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { childrenOf } from '../../graph/exports/nodes.ts'
import type { Opened } from '../boot/boot.ts'
import type { ModuleFacts } from '../facts.ts'
import { importedName, isTypeOnly, memberName, type Node } from '../syntax.ts'

interface Finding {
  /** The modules of the server, and what it starts beside itself. */
  readonly paths: () => Iterable<string>
  readonly edges: (path: string) => readonly { readonly target: string }[]
  readonly open: (path: string) => readonly Opened[]
  readonly moduleOf: (file: Opened, specifier: string) => ModuleFacts
  readonly variableOf: (file: Opened) => (node: Node) => Variable | undefined
}

/**
 * Finds classes of which the server makes no instance: another process does, a worker that a command starts. All that the
 * server's modules do with such a class is to read its static members: `SendMail.dispatch()`.
 *
 * @returns whether a class is one. One with a base class or a decorator is not, since a package may make it.
 */
export function createUnmadeClasses({
  paths,
  edges,
  open,
  moduleOf,
  variableOf,
}: Finding): (file: Opened, node: TSESTree.ClassDeclaration) => boolean {
  const known = new Map<Node, boolean>()
  let importers: Map<string, Set<string>> | undefined
  return (file, node) => {
    const before = known.get(node)
    if (before !== undefined) return before
    const names = exportedNames(file, node)
    const isUnmade =
      !node.superClass &&
      node.decorators.length === 0 &&
      names.length > 0 &&
      !makesItself(node) &&
      isOnlyRead(file, node) &&
      importersOf(file.path).every((path) => open(path).every((other) => usesStatics(other, file.path, names)))
    known.set(node, isUnmade)
    return isUnmade
  }

  /** The class's own module: outside of the class, and in it, every mention of its name. */
  function isOnlyRead(file: Opened, { id }: TSESTree.ClassDeclaration): boolean {
    return mentions(file.program, id?.name ?? '').every((node) => node === id || isStaticRead(node) || isExported(node))
  }

  /** The modules that import one, and those that import what exports it again. */
  function importersOf(path: string): readonly string[] {
    if (!importers) {
      importers = new Map()
      for (const from of paths()) {
        for (const { target } of edges(from)) importers.set(target, (importers.get(target) ?? new Set()).add(from))
      }
    }
    const found = new Set([path])
    for (const one of found) {
      if (one !== path && !open(one).some(({ program }) => program.body.some(isReexport))) continue
      for (const importer of importers.get(one) ?? []) found.add(importer)
    }
    found.delete(path)
    return [...found]
  }

  /** Whether a module that imports the class in some way uses nothing of it but static members. */
  function usesStatics(file: Opened, target: string, names: readonly string[]): boolean {
    const isIt = (module: ModuleFacts, name: string): boolean => {
      const { path, exportName } = module.exported(name)
      return path === target && names.includes(exportName)
    }
    const areRead = (local: Node): boolean =>
      (variableOf(file)(local)?.references ?? []).every(
        ({ identifier, init }) => init === true || isStaticRead(identifier) || isTypeOnly(identifier),
      )
    for (const statement of file.program.body) {
      if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') continue
      const module = moduleOf(file, statement.source.value)
      if (module.kind !== 'project') continue
      for (const specifier of statement.specifiers) {
        if (specifier.type === 'ImportNamespaceSpecifier') {
          if (module.exportNames().names.some((name) => isIt(module, name))) return false
        } else if (isIt(module, importedName(specifier)) && !areRead(specifier.local)) return false
      }
    }
    return file.dynamicImports.every((node) => {
      const { source } = node
      if (source.type !== 'Literal' || typeof source.value !== 'string') return false
      const module = moduleOf(file, source.value)
      if (module.kind !== 'project' || !module.exportNames().names.some((name) => isIt(module, name))) return true
      return readsOf(node, (name) => isIt(module, name), areRead)
    })
  }
}

/** `const { SendMail } = await import('…')` and `(await import('…')).SendMail.dispatch()`. */
function readsOf(
  node: TSESTree.ImportExpression,
  isIt: (name: string) => boolean,
  areRead: (local: Node) => boolean,
): boolean {
  if (node.parent.type !== 'AwaitExpression') return false
  const { parent } = node.parent
  if (parent.type === 'MemberExpression') return !isIt(memberName(parent) ?? '') || isStaticRead(parent)
  if (parent.type !== 'VariableDeclarator' || parent.id.type !== 'ObjectPattern') return false
  return parent.id.properties.every((property) => {
    if (property.type !== 'Property' || property.computed || property.key.type !== 'Identifier') return false
    return !isIt(property.key.name) || (property.value.type === 'Identifier' && areRead(property.value))
  })
}

/** Whether a static member may make an instance: by `this`, which is the class. */
function makesItself({ body }: TSESTree.ClassDeclaration): boolean {
  return body.body.some((member) => {
    if (member.type === 'StaticBlock') return true
    if (!('static' in member) || !member.static) return false
    return some(member, (node) => node.type === 'ThisExpression' && !isStaticRead(node))
  })
}

/** `SendMail.dispatch`: of what a class has by itself, not what makes one. */
function isStaticRead(node: { readonly parent?: Node | undefined }): boolean {
  const { parent } = node
  if (parent?.type !== 'MemberExpression' || parent.object !== node) return false
  const name = memberName(parent)
  return name !== undefined && !/^(?:prototype|constructor|bind|call|apply)$/.test(name)
}

function isExported({ parent }: Node): boolean {
  return parent?.type === 'ExportSpecifier' || parent?.type === 'ExportDefaultDeclaration'
}

/** Every identifier of that name that stands for a value, in whatever scope. */
function mentions(root: Node, name: string): Node[] {
  const found: Node[] = []
  some(root, (node) => {
    if (node.type === 'Identifier' && node.name === name && !isTypeOnly(node) && !isKey(node)) found.push(node)
    return false
  })
  return found
}

function isKey(node: Node): boolean {
  const { parent } = node
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed
  return parent !== undefined && 'key' in parent && parent.key === node && parent.type !== 'Property'
}

function some(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || childrenOf(node).some((child) => some(child, test))
}

/** Whether a string of the module matches, or the end of a template. */
export function holdsText(root: Node, pattern: RegExp): boolean {
  return some(root, (node) => {
    if (node.type === 'TemplateElement') return pattern.test(node.value.raw)
    return node.type === 'Literal' && typeof node.value === 'string' && pattern.test(node.value)
  })
}

function isReexport(statement: TSESTree.ProgramStatement): boolean {
  return (
    statement.type === 'ExportAllDeclaration' ||
    (statement.type === 'ExportNamedDeclaration' && (statement.source !== null || statement.specifiers.length > 0))
  )
}

function exportedNames({ program }: Opened, node: TSESTree.ClassDeclaration): string[] {
  return program.body.flatMap((statement) => {
    if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement
      const isIt = declaration === node || (declaration.type === 'Identifier' && declaration.name === node.id?.name)
      return isIt ? ['default'] : []
    }
    if (statement.type !== 'ExportNamedDeclaration' || statement.source) return []
    if (statement.declaration === node) return node.id ? [node.id.name] : []
    return statement.specifiers.flatMap(({ local, exported }) =>
      local.type === 'Identifier' && local.name === node.id?.name
        ? [exported.type === 'Identifier' ? exported.name : exported.value]
        : [],
    )
  })
}
