import { positionAt } from '../../edits/text.ts'
import { childrenOf } from '../../graph/exports/nodes.ts'
import { bare, isCall, isFunction, memberName, moduleCode, type Call, type Node } from '../../graph/module-code.ts'
import { mayMakeResources, resourcesOf, type ResourceKind } from '../../graph/resources.ts'
import type { Opened } from './boot.ts'
import type { ModuleFacts } from '../facts.ts'

/** Something that outlives an application, and that a function makes which runs each time the application is made. */
export interface Started {
  readonly kind: ResourceKind
  /** `setInterval` */
  readonly name: string
  readonly path: string
  /** 1-based. */
  readonly line: number
}

interface Project {
  /** A module, parsed; none when it cannot be. */
  open(path: string): readonly Opened[]
  /** A module of the project or a package, as `from` names it. */
  module(from: string, specifier: string): ModuleFacts
}

/** A function, class field, or the module itself. */
interface Code {
  readonly file: Opened
  readonly owner: Node | undefined
}

/** Hooks of Fastify that run when an application is made. */
const MAKING = /^on(?:Ready|Register|Route)$/
/** Methods of the scheduler of @fastify/schedule. */
const JOBS = /^add(?:Cron|(?:Simple|Long)?Interval)Job$/

/**
 * What is started each time that `target` is loaded: by functions of the project that it calls, and so on; of Fastify, by
 * plugins that it registers and hooks that run when it gets ready, too.
 *
 * @param plugins modules whose default export is a plugin that something else registers.
 */
export function startedAnew(
  { open, module }: Project,
  target: string,
  framework: string,
  plugins: readonly string[] = [],
): Started[] {
  const found: Started[] = []
  const pending: Code[] = open(target).map((file) => ({ file, owner: undefined }))
  for (const path of plugins) pending.push(...open(path).flatMap((file) => exportedBy(file, 'default')))
  const seen = new Set<Node>()
  for (let code = pending.pop(); code; code = pending.pop()) {
    const { file, owner } = code
    if (seen.has(owner ?? file.program)) continue
    seen.add(owner ?? file.program)
    if (owner && mayMakeResources(file.text))
      for (const { kind, name, node } of resourcesOf(file.program, [owner])) found.push(at(file, kind, name, node))
    const { calls, ownerOf } = moduleCode(file.program)
    for (const call of calls) {
      if (ownerOf(call) !== owner) continue
      pending.push(...calledBy(file, call))
      if (framework === 'fastify' && JOBS.test(methodOf(call) ?? ''))
        found.push(at(file, 'timer', methodOf(call) ?? '', call))
    }
  }
  // Mongoose connects once, and a model or metric of before is told of by an error.
  return found.filter(({ kind, name }) => !/^(?:server|model|metric)$/.test(kind) && name !== 'mongoose.connect')

  function at({ path, text }: Opened, kind: ResourceKind, name: string, { range }: Node): Started {
    return { kind, name, path, line: positionAt(text, range[0]).line }
  }

  /** The functions of the project that a call runs, there or when the application gets ready. */
  function calledBy(file: Opened, call: Call): Code[] {
    const callee = bare(call.callee)
    if (callee.type !== 'MemberExpression') return codeOf(file, callee)
    const method = memberName(callee) ?? ''
    const [first, second] = call.arguments
    if (framework === 'fastify' && first) {
      if (/^(?:register|after|ready)$/.test(method)) return codeOf(file, first)
      if (method === 'addHook' && second && first.type === 'Literal' && MAKING.test(String(first.value)))
        return codeOf(file, second)
    }
    return methodsOf(file, bare(callee.object), method)
  }

  /** The code of a function, a class, or what a function of a package wraps: `fp(async (app) => {})`. */
  function codeOf(file: Opened, expression: Node): Code[] {
    const node = bare(expression)
    if (isFunction(node)) return [{ file, owner: node }]
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression')
      return node.body.body.flatMap((member): Code[] => {
        if (member.type === 'MethodDefinition' && member.kind === 'constructor') return [{ file, owner: member.value }]
        return member.type === 'PropertyDefinition' && !member.static ? [{ file, owner: member }] : []
      })
    if (isCall(node)) return node.arguments.flatMap((argument) => codeOf(file, argument))
    if (node.type === 'ImportExpression')
      return node.source.type === 'Literal' ? importedBy(file, String(node.source.value), 'default') : []
    if (node.type === 'MemberExpression') {
      const object = bare(node.object)
      const binding = object.type === 'Identifier' ? moduleCode(file.program).bindingOf(object) : undefined
      return binding?.kind === 'import' && binding.imported === '*'
        ? importedBy(file, binding.source, memberName(node) ?? '')
        : []
    }
    if (node.type !== 'Identifier') return []
    const binding = moduleCode(file.program).bindingOf(node)
    if (binding?.kind === 'import') return importedBy(file, binding.source, binding.imported)
    if (binding?.kind === 'function') return [{ file, owner: binding.node }]
    if (binding?.kind === 'variable')
      return binding.declarator.init && binding.keys.length === 0 ? codeOf(file, binding.declarator.init) : []
    return declaredClass(file, node.name)
  }

  function declaredClass(file: Opened, name: string): Code[] {
    return file.program.body.flatMap((statement) => {
      const node = 'declaration' in statement && statement.declaration ? statement.declaration : statement
      return node.type === 'ClassDeclaration' && node.id?.name === name ? codeOf(file, node) : []
    })
  }

  function importedBy(file: Opened, specifier: string, name: string): Code[] {
    const target = module(file.path, specifier)
    if (target.kind !== 'project') return []
    const { path, exportName } = target.exported(name)
    return path ? open(path).flatMap((found) => exportedBy(found, exportName)) : []
  }

  function exportedBy(file: Opened, name: string): Code[] {
    for (const statement of file.program.body) {
      if (statement.type === 'ExportDefaultDeclaration' && name === 'default')
        return codeOf(file, statement.declaration)
      if (statement.type !== 'ExportNamedDeclaration') continue
      const { declaration, specifiers } = statement
      if (declaration?.type === 'VariableDeclaration') {
        for (const { id, init } of declaration.declarations)
          if (id.type === 'Identifier' && id.name === name && init) return codeOf(file, init)
      } else if (declaration && 'id' in declaration && declaration.id?.type === 'Identifier') {
        if (declaration.id.name === name) return codeOf(file, declaration)
      }
      for (const { exported, local } of specifiers)
        if (exported.type === 'Identifier' && exported.name === name && !statement.source) return codeOf(file, local)
    }
    return []
  }

  /** `jobs.start()`: what is called so in the module that `jobs`, or its class, comes from. */
  function methodsOf(file: Opened, object: Node, method: string): Code[] {
    if (object.type === 'ThisExpression') return named(file, method)
    if (object.type === 'NewExpression') return methodsOf(file, bare(object.callee), method)
    if (object.type !== 'Identifier') return []
    const binding = moduleCode(file.program).bindingOf(object)
    if (binding?.kind === 'variable') {
      const init = binding.declarator.init && bare(binding.declarator.init)
      if (init?.type === 'NewExpression') return methodsOf(file, bare(init.callee), method)
      return init?.type === 'ObjectExpression' ? named(file, method) : []
    }
    if (binding?.kind === 'other') return binding.scope === file.program ? named(file, method) : []
    if (binding?.kind !== 'import') return []
    if (binding.imported === '*') return importedBy(file, binding.source, method)
    const target = module(file.path, binding.source)
    const path = target.kind === 'project' ? target.exported(binding.imported).path : ''
    return path ? open(path).flatMap((found) => named(found, method)) : []
  }

  function named(file: Opened, method: string): Code[] {
    const visit = (node: Node): Code[] => {
      const below = childrenOf(node).flatMap(visit)
      if (node.type !== 'MethodDefinition' && node.type !== 'PropertyDefinition' && node.type !== 'Property')
        return below
      const isMeant = !node.computed && node.key.type === 'Identifier' && node.key.name === method
      const value = node.value as Node | null
      return isMeant && value && isFunction(value) ? [{ file, owner: value }, ...below] : below
    }
    return visit(file.program)
  }
}

function methodOf({ callee }: Call): string | undefined {
  return callee.type === 'MemberExpression' ? memberName(callee) : undefined
}
