import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { childrenOf } from '../../graph/exports/nodes.ts'
import type { Opened } from '../boot/boot.ts'
import { bare, importOf, isFunction, isOfTypes, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

/**
 * Plugins that connect for each instance, and whose `onClose` ends that and no client they were handed (main modules of
 * @fastify/redis 7.1, @fastify/postgres 5.2, @fastify/mysql 4.3 and @fastify/mongodb 8.0); @fastify/schedule stops its scheduler
 * (`lib/schedulePlugin.js`).
 */
const CONNECTS = /^@fastify\/(?:mongodb|mysql|postgres|redis|schedule)$/

/** Packages with plugins that close nothing but what they made for the instance; the container of @fastify/awilix is shared. */
const CLOSES_ITS_OWN =
  /^(?:fastify(?:-plugin|-type-provider-[\w-]+)?|@fastify\/(?!(?:awilix|elasticsearch|express|kafka|leveldb|nextjs|vite)$)[\w-]+)$/
const MAY_BE_PLUGIN = /fastify|^mercurius/

/** Functions of packages that make a connection each time; a class makes one, too. */
const MAKES = /^(?:knex#(?:default|knex)|postgres#default|[^#]+#create(?:Client|Connection|Pool))$/
/** What is named so may be a connection that others use. */
const CONNECTION =
  /(?:adapter|client|conn(?:ection)?|database|db|dialect|driver|knex|kysely|mongo(?:ose)?|pg|pool|prisma|redis|sequelize|sql)s?$/i

/** What a hook may use beside what was made with the instance. */
const GLOBALS = new Set(['undefined', 'console', 'clearInterval', 'clearTimeout', 'clearImmediate'])

/** One module, with what its names stand for. */
interface Module extends Opened {
  readonly variableOf: (node: Node) => Variable | undefined
}

/**
 * Whether `close()` of an application of Fastify ends connections that it made, and nothing that another goes on with:
 * each `onClose` hook of the project uses only what was made with its instance.
 *
 * @param files all modules of the application.
 * @param app the module that makes it; what that declares is made anew with it.
 */
export function closesItsOwn(files: readonly Opened[], app: string): boolean {
  const modules = files.map((file): Module => ({ ...file, variableOf: resolveIdentifiers(file.scopes) }))
  const packages = modules.flatMap(({ program }) =>
    program.body.flatMap((statement) =>
      statement.type === 'ImportDeclaration' && !isOfTypes(statement) && isPackage(statement.source.value)
        ? [statement.source.value]
        : [],
    ),
  )
  if (packages.some((name) => MAY_BE_PLUGIN.test(name) && !CLOSES_ITS_OWN.test(name))) return false
  const hooks = modules.flatMap((module) =>
    callsOf(module, 'addHook').flatMap(({ arguments: [event, hook] }) =>
      event?.type === 'Literal' && /^(?:onClose|preClose)$/.test(String(event.value)) ? [{ module, hook }] : [],
    ),
  )
  const mentions = modules.flatMap(({ text }) => [...text.matchAll(/\b(?:onClose|preClose)\b/g)])
  if (mentions.length !== hooks.length) return false
  // A client that @fastify/redis is handed, and others may go on with.
  if (modules.some(({ text }) => /\bcloseClient\b/.test(text))) return false
  return (
    hooks.every(({ module, hook }) => hook && isFunction(hook) && usesItsOwn(hook, hook, module)) &&
    (hooks.length > 0 || packages.some((name) => CONNECTS.test(name)))
  )

  /** Whether what `node`, in a hook, uses was made with the instance that the hook is called for. */
  function usesItsOwn(node: Node, hook: Node, module: Module): boolean {
    if (node.type === 'ThisExpression') return false
    if (node.type !== 'Identifier') return childrenOf(node).every((child) => usesItsOwn(child, hook, module))
    if (!isRead(node)) return true
    const definition = definitionOf(node, module)
    if (!definition) return GLOBALS.has(node.name)
    const declared = definition.name as Node
    const isInstance = definition.type === 'Parameter' && firstParameter(definition.node as Node) === declared
    if (isInside(declared, hook) && !(isInstance && definition.node === hook)) return true
    return isInstance ? node === declared || readsItsOwn(node) : isMadeHere(node, module)
  }

  /** `instance.log`, and what the project decorates the instance with. */
  function readsItsOwn(node: TSESTree.Identifier): boolean {
    const { parent: member } = node
    if (member.type !== 'MemberExpression' || member.object !== node) return false
    const name = memberName(member)
    if (name === 'log') return true
    const values = modules.flatMap((module) =>
      callsOf(module, 'decorate').flatMap(({ arguments: [key, value] }) =>
        key?.type === 'Literal' && key.value === name ? [value !== undefined && isMade(value, module)] : [],
      ),
    )
    return values.length === 1 && values[0] === true
  }

  /** Whether a name is a constant of a function, or of the module of the application, that holds something new. */
  function isMadeHere(node: Node, module: Module): boolean {
    const definition = definitionOf(node, module)
    if (definition?.type !== 'Variable' || definition.node.id.type !== 'Identifier') return false
    const { parent: declaration, init } = definition.node
    if (declaration.kind !== 'const' || !init) return false
    const isOfModule = /^(?:Program|Export)/.test(declaration.parent.type)
    return (!isOfModule || module.path === app) && isMade(init, module)
  }

  /** Whether an expression makes something with a package that nothing else has a hold of. */
  function isMade(expression: Node, module: Module): boolean {
    const node = bare(expression)
    if (node.type === 'Identifier') return isMadeHere(node, module)
    if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false
    if (node.callee.type === 'Identifier' && node.callee.name === 'setInterval' && !definitionOf(node.callee, module))
      return true
    const maker = packageOf(node.callee, module)
    if (maker === undefined || (node.type === 'CallExpression' && !MAKES.test(maker))) return false
    return node.arguments.every((argument) => isHandedOver(argument, module))
  }

  /** Whether no connection that others use is in an argument. */
  function isHandedOver(node: Node, module: Module): boolean {
    if (node.type === 'NewExpression') return isMade(node, module)
    if (node.type === 'Property' && !isFunction(node.value) && CONNECTION.test(nameOf(node.key))) {
      const value = bare(node.value)
      return value.type === 'ObjectExpression'
        ? isHandedOver(value, module)
        : value.type === 'Literal' || isMade(value, module)
    }
    if (node.type === 'MemberExpression' && CONNECTION.test(memberName(node) ?? 'pool')) return false
    if (node.type === 'Identifier' && isRead(node))
      return !CONNECTION.test(node.name) || packageOf(node, module) !== undefined || isMadeHere(node, module)
    return childrenOf(node).every((child) => isHandedOver(child, module))
  }
}

function definitionOf(node: Node, { variableOf }: Module): Variable['defs'][number] | undefined {
  return variableOf(node)?.defs[0]
}

function firstParameter(owner: Node): Node | undefined {
  return 'params' in owner ? owner.params[0] : undefined
}

function isInside({ range: [start, end] }: Node, { range }: Node): boolean {
  return range[0] <= start && end <= range[1]
}

function isPackage(specifier: string): boolean {
  return /^[@\w]/.test(specifier)
}

function nameOf(node: Node): string {
  return node.type === 'Identifier' ? node.name : ''
}

/** What a package exports, as `<package>#<name>`: imported, or taken of an import: `const { Pool } = pg`. */
function packageOf(callee: Node, module: Module): string | undefined {
  const node = bare(callee)
  if (node.type === 'MemberExpression') {
    const object = packageOf(node.object, module)
    return object && `${object.slice(0, object.indexOf('#'))}#${memberName(node) ?? ''}`
  }
  const imported = importOf(node, module.variableOf)
  if (imported) return isPackage(imported.specifier) ? `${imported.specifier}#${imported.name}` : undefined
  const definition = definitionOf(node, module)
  if (definition?.type !== 'Variable' || definition.node.id.type !== 'ObjectPattern') return undefined
  const from = definition.node.init && importOf(definition.node.init, module.variableOf)
  return from && isPackage(from.specifier) ? `${from.specifier}#${nameOf(node)}` : undefined
}

function callsOf({ program, text }: Module, method: string): TSESTree.CallExpression[] {
  const visit = (node: Node): TSESTree.CallExpression[] => {
    const below = childrenOf(node).flatMap(visit)
    const isMeant =
      node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && memberName(node.callee) === method
    return isMeant ? [node, ...below] : below
  }
  return text.includes(method) ? visit(program) : []
}

/** Whether an identifier is a value, and not the name of a property. */
function isRead(node: TSESTree.Identifier): boolean {
  const { parent } = node
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed
  return parent.type !== 'Property' || parent.value === node || parent.computed
}
