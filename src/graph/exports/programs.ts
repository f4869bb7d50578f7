import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { parseSync } from 'oxc-parser'
import { rememberedByText } from '../by-text.ts'
import type { Modules } from '../modules.ts'
import { analyze } from '../scopes.ts'
import type { Imported } from './facts.ts'
import { writtenType } from './functions.ts'
import { childrenOf, importedName, type AnyNode } from './nodes.ts'

/** What a name of the module's scope stands for. */
export type Binding =
  | { readonly kind: 'import'; readonly imported: Imported }
  /** `node` is a class, function, enum or initialiser; undefined for what a pattern takes out of a value. */
  | { readonly kind: 'local'; readonly node: TSESTree.Node | undefined; readonly constant: boolean }

/** A module, parsed. What is not always needed is made when asked for. */
export interface Program {
  readonly path: string
  readonly text: string
  /** Empty when the module does not parse. */
  readonly body: readonly TSESTree.ProgramStatement[]
  readonly parses: boolean
  /** The names of values that the module's scope has, types left out. */
  readonly bindings: ReadonlyMap<string, Binding>
  /** What `export default` exports by itself. */
  readonly defaultExport: TSESTree.Node | undefined
  readonly scopes: ScopeManager
  /** The type that the module gives its variable `name`, as {@link writtenType} has it. */
  annotationOf(name: string): string | undefined
  /** Whether the module assigns to its binding `name` after declaring it. */
  isReassigned(name: string): boolean
  /** What `compute` makes of this text, kept under `key`. */
  remember<Result>(key: string, compute: () => Result): Result
}

/** @returns the parsed module, parsed anew only when its text changed. */
export function createPrograms(modules: Modules): (path: string) => Program {
  const programs = new Map<string, Program>()
  return (path) => {
    const text = modules.text(path) ?? ''
    let program = programs.get(path)
    if (program?.text !== text) programs.set(path, (program = parse(path, text)))
    return program
  }
}

const parse = rememberedByText(parseAnew)

function parseAnew(path: string, text: string): Program {
  const { program, errors } = parseSync(path, text, { range: true, preserveParens: false, astType: 'ts' })
  const parses = errors.length === 0
  const tree = program as unknown as TSESTree.Program
  const body = parses ? tree.body : []
  const kept = new Map<string, unknown>()
  function remember<Result>(key: string, compute: () => Result): Result {
    if (!kept.has(key)) kept.set(key, compute())
    return kept.get(key) as Result
  }
  const found: Program = {
    path,
    text,
    body,
    parses,
    get bindings() {
      return remember('bindings', () => bindingsOf(body))
    },
    get defaultExport() {
      return remember('default', () => defaultExportOf(body))
    },
    get scopes() {
      return remember('scopes', () => analyze(tree, { sourceType: 'module', lib: [] }))
    },
    annotationOf(name) {
      return remember('annotations', () => annotationsIn(body)).get(name)
    },
    isReassigned(name) {
      const binding = found.bindings.get(name)
      if (binding?.kind !== 'local' || binding.constant) return false
      const written = remember('written', () => writtenNames(body))
      return written.has(name) && isWritten(found.scopes, name)
    },
    remember,
  }
  return found
}

function bindingsOf(body: readonly TSESTree.ProgramStatement[]): ReadonlyMap<string, Binding> {
  const bindings = new Map<string, Binding>()
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      if (statement.importKind === 'type') continue
      for (const specifier of statement.specifiers) {
        if (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type') continue
        const imported = { specifier: statement.source.value, name: importedName(specifier) }
        bindings.set(specifier.local.name, { kind: 'import', imported })
      }
      continue
    }
    const declaration =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? statement.declaration
        : statement
    switch (declaration?.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
      case 'TSEnumDeclaration':
        if (declaration.id && !declaration.declare)
          bindings.set(declaration.id.name, { kind: 'local', node: declaration, constant: false })
        break
      case 'VariableDeclaration':
        if (declaration.declare) break
        for (const { id, init } of declaration.declarations) {
          const constant = declaration.kind !== 'let' && declaration.kind !== 'var'
          const node = id.type === 'Identifier' ? (init ?? undefined) : undefined
          for (const name of namesIn(id)) bindings.set(name, { kind: 'local', node, constant })
        }
    }
  }
  return bindings
}

function annotationsIn(body: readonly TSESTree.ProgramStatement[]): ReadonlyMap<string, string> {
  const annotations = new Map<string, string>()
  for (const statement of body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id } of declaration.declarations) {
      if (id.type !== 'Identifier' || !id.typeAnnotation) continue
      annotations.set(id.name, writtenType(id.typeAnnotation.typeAnnotation))
    }
  }
  return annotations
}

function defaultExportOf(body: readonly TSESTree.ProgramStatement[]): TSESTree.Node | undefined {
  for (const statement of body) {
    if (statement.type !== 'ExportDefaultDeclaration') continue
    // Overload signatures come before the function, and an interface may stand beside it.
    const { type } = statement.declaration as AnyNode
    if (type !== 'TSDeclareFunction' && type !== 'TSInterfaceDeclaration') return statement.declaration
  }
  return undefined
}

/** Names that are assigned to anywhere, in whatever scope. */
function writtenNames(body: readonly TSESTree.Node[]): ReadonlySet<string> {
  const names = new Set<string>()
  const pending = [...body]
  for (let node = pending.pop(); node; node = pending.pop()) {
    const target =
      node.type === 'AssignmentExpression' || node.type === 'ForOfStatement' || node.type === 'ForInStatement'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : undefined
    if (target) for (const name of namesIn(target)) names.add(name)
    pending.push(...childrenOf(node))
  }
  return names
}

/** The names that a pattern binds or assigns to; of anything else but an identifier, none. */
function namesIn(pattern: TSESTree.Node | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn)
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'AssignmentPattern':
      return namesIn(pattern.left)
    case 'RestElement':
      return namesIn(pattern.argument)
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      return namesIn(pattern.expression)
    default:
      return []
  }
}

function isWritten(scopes: ScopeManager, name: string): boolean {
  const module = scopes.scopes.find(({ type }) => (type as string) === 'module')
  const references = module?.set.get(name)?.references ?? []
  return references.some((reference) => reference.isWrite() && reference.init !== true)
}
