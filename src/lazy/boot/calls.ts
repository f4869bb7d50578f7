import { childrenOf } from '../../graph/exports/nodes.ts'
import { bare, isCall, isFunction, memberName, moduleCode, type Call, type Node } from '../../graph/module-code.ts'
import type { Analysis } from '../analysis.ts'
import type { Opened } from './boot.ts'

/** A function or class field, or what a module does when it is loaded. */
export interface Code {
  readonly file: Opened
  readonly owner: Node | undefined
  /** The module of the object that it is a method of, where another one has the class. */
  readonly holder?: string
}

/** Calls, followed from module to module of the project. */
export interface Calls {
  /** The functions of the project that a call runs; of `new`, the constructor and the fields. */
  calledBy(file: Opened, call: Call): Code[]
  /** The function or class that an expression stands for, or that a package wraps: `fp(async (app) => {})`. */
  codeOf(file: Opened, expression: Node): Code[]
  /** The same of what a module, parsed or by its path, exports. */
  exportedBy(file: Opened | string, name: string): Code[]
}

/** Methods of promises and lists that call what they are given. */
const IN_PLACE = /^(?:then|catch|finally|forEach|map|flatMap)$/

/**
 * Follows names, namespaces, `this` and constants. Methods are found by their name, in the module that the object or its
 * class comes from and, where that has none, in those that it imports. What a call returned is followed no further.
 *
 * @param open a module, parsed; none when it cannot be.
 */
export function createCalls(
  open: (path: string) => readonly Opened[],
  { resolver, exports, modules }: Pick<Analysis, 'resolver' | 'exports' | 'modules'>,
): Calls {
  const looking = new Set<Node>()
  return { calledBy, codeOf, exportedBy }

  /** `find` of a node that is not being looked at already: constants may name each other. */
  function once(node: Node, find: () => Code[]): Code[] {
    if (looking.has(node)) return []
    looking.add(node)
    const found = find()
    looking.delete(node)
    return found
  }

  function calledBy(file: Opened, { callee, arguments: passed }: Call): Code[] {
    const isInPlace = callee.type === 'MemberExpression' && IN_PLACE.test(memberName(callee) ?? '')
    const handed = isInPlace ? passed.filter(({ type }) => type === 'Identifier' || type === 'MemberExpression') : []
    return [callee, ...handed].flatMap((called) => codeOf(file, called))
  }

  function codeOf(file: Opened, expression: Node): Code[] {
    const node = bare(expression)
    return once(node, () => functionsOf(file, node))
  }

  function functionsOf(file: Opened, node: Node): Code[] {
    if (isFunction(node)) return [{ file, owner: node }]
    if (isClass(node)) return madeWith(node).map((owner) => ({ file, owner }))
    if (isCall(node)) return node.arguments.flatMap((argument) => codeOf(file, argument))
    if (node.type === 'ImportExpression') return elsewhere(file, node, ['default'])
    if (node.type === 'MemberExpression')
      return once(node.object, () => methodsOf(file, node.object, memberName(node) ?? ''))
    if (node.type !== 'Identifier') return []
    const binding = moduleCode(file.program).bindingOf(node)
    if (binding?.kind === 'function') return [{ file, owner: binding.node }]
    if (binding?.kind === 'variable' && binding.keys.length === 0)
      return binding.declarator.init ? codeOf(file, binding.declarator.init) : []
    if (binding?.kind === 'other') return declaredAs(binding.scope, node.name).flatMap((found) => codeOf(file, found))
    return elsewhere(file, node, [])
  }

  function methodsOf(file: Opened, object: Node, method: string): Code[] {
    const node = bare(object)
    if (node.type === 'ThisExpression' || node.type === 'ObjectExpression' || isClass(node)) return named(file, method)
    if (node.type === 'NewExpression') return methodsOf(file, node.callee, method)
    const binding = node.type === 'Identifier' ? moduleCode(file.program).bindingOf(node) : undefined
    if (binding?.kind === 'variable' && binding.keys.length === 0)
      return binding.declarator.init
        ? once(binding.declarator.init, () => methodsOf(file, binding.declarator.init as Node, method))
        : []
    if (binding?.kind === 'other')
      return node.type === 'Identifier' && declaredAs(binding.scope, node.name).length > 0 ? named(file, method) : []
    return elsewhere(file, node, [method])
  }

  /** What `node`, or that member of it, stands for in the module of the project that it comes from. */
  function elsewhere(file: Opened, node: Node, member: readonly string[]): Code[] {
    const origin = moduleCode(file.program).originOf(node)
    if (origin?.module === undefined || origin.path.includes('()')) return []
    const target = resolver.resolve(file.path, origin.module)
    if (target.kind !== 'project') return []
    const [name = '', ...members] = [...origin.path.split('.').filter(Boolean), ...member]
    // Of a default export, the path names the member only.
    const declared = exports.origin(target.path, name) ?? exports.origin(target.path, 'default')
    if (!declared) return []
    const { path, exportName } = declared
    const last = members.at(-1) ?? (exportName === 'default' && name !== 'default' ? name : undefined)
    if (last === undefined) return exportedBy(path, exportName)
    if (exportName === '*' && members.length === 1) return exportedBy(path, last)
    return open(path).flatMap((found) => {
      const own = named(found, last)
      if (own.length > 0) return own
      const imported = modules.edges(path).flatMap((edge) => (edge.dynamic ? [] : open(edge.target)))
      return imported.flatMap((other) => named(other, last)).map((code) => ({ ...code, holder: path }))
    })
  }

  function exportedBy(from: Opened | string, name: string): Code[] {
    if (typeof from === 'string') {
      const declared = exports.origin(from, name)
      return declared ? open(declared.path).flatMap((file) => exportedBy(file, declared.exportName)) : []
    }
    return from.program.body.flatMap((statement) => {
      if (statement.type === 'ExportDefaultDeclaration')
        return name === 'default' ? codeOf(from, statement.declaration) : []
      if (statement.type !== 'ExportNamedDeclaration' || statement.source) return []
      const locals = statement.specifiers.flatMap(({ exported, local }) =>
        (exported.type === 'Identifier' ? exported.name : exported.value) === name ? [local] : [],
      )
      return [...locals, ...declarations(statement, name)].flatMap((local) => codeOf(from, local))
    })
  }

  /** Functions of a module that are called so: methods, properties, fields, and what a statement declares. */
  function named(file: Opened, name: string): Code[] {
    const visit = (node: Node): Code[] => {
      const isMember =
        node.type === 'MethodDefinition' || node.type === 'PropertyDefinition' || node.type === 'Property'
      const isMeant = isMember && !node.computed && node.key.type === 'Identifier' && node.key.name === name
      const value = isMeant ? (node.value as Node | null) : null
      const own = value && (isFunction(value) || value.type === 'Identifier') ? codeOf(file, value) : []
      return [...own, ...childrenOf(node).flatMap(visit)]
    }
    const found = visit(file.program)
    return found.length > 0 ? found : declaredAs(file.program, name).flatMap((node) => codeOf(file, node))
  }
}

/** All code that runs with some other. @param next what a call of it runs. */
export function runWith(starts: readonly Code[], next: (file: Opened, call: Call) => readonly Code[]): readonly Code[] {
  const found = new Map<Node, Code>()
  const pending = [...starts]
  for (let code = pending.pop(); code; code = pending.pop()) {
    const { file, owner, ...held } = code
    if (found.has(owner ?? file.program)) continue
    found.set(owner ?? file.program, code)
    const { calls, ownerOf } = moduleCode(file.program)
    for (const call of calls) {
      if (ownerOf(call) !== owner) continue
      // Its own methods are of the same object.
      for (const called of next(file, call)) pending.push(called.file === file ? { ...held, ...called } : called)
    }
  }
  return [...found.values()]
}

type Class = Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>

function isClass(node: Node): node is Class {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

/** The constructor and the fields of a class. */
function madeWith({ body }: Class): Node[] {
  return body.body.flatMap((member): Node[] => {
    if (member.type === 'MethodDefinition') return member.kind === 'constructor' ? [member.value] : []
    return member.type === 'PropertyDefinition' && !member.static ? [member] : []
  })
}

/** What a module or a block declares by that name: a function, a class, or what a constant is. */
function declaredAs(scope: Node, name: string): Node[] {
  const statements = scope.type === 'Program' || scope.type === 'BlockStatement' ? scope.body : []
  return statements.flatMap((statement) => declarations(statement, name))
}

function declarations(statement: Node, name: string): Node[] {
  const node = 'declaration' in statement && statement.declaration ? statement.declaration : statement
  if (node.type === 'VariableDeclaration')
    return node.declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' && id.name === name && init ? [init] : [],
    )
  return (node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration') && node.id?.name === name
    ? [node]
    : []
}
