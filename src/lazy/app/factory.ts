import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { childrenOf, nodesIn } from '../../graph/exports/nodes.ts'
import type { Analysis } from '../analysis.ts'
import type { Boot, Opened } from '../boot/boot.ts'
import type { ModuleFacts } from '../facts.ts'
import { LEVELS } from './loggers.ts'
import { bare, importOf, isFunction, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

/** What makes an application: module and export path. */
export const MAKERS: Readonly<Record<string, 'express' | 'koa' | 'hono' | 'fastify'>> = {
  'express#default': 'express',
  'koa#default': 'koa',
  'hono#Hono': 'hono',
  'hono/tiny#Hono': 'hono',
  'hono/quick#Hono': 'hono',
  '@hono/zod-openapi#OpenAPIHono': 'hono',
  'fastify#default': 'fastify',
  'fastify#fastify': 'fastify',
  'fastify#default.fastify': 'fastify',
  'fastify#default.default': 'fastify',
}

/** A call of a function of the project that makes an application, and nothing else keeps that. */
export interface MadeByFactory {
  /** A key of {@link MAKERS}. */
  readonly maker: string
  /** The functions of the project that it runs. */
  readonly functions: readonly FunctionIn[]
}

export interface FunctionIn {
  readonly file: Opened
  readonly node: Function
}

type Function = TSESTree.ArrowFunctionExpression | TSESTree.FunctionDeclarationWithName | TSESTree.FunctionExpression
interface ClassIn {
  readonly file: Opened
  readonly node: Class
}

type Class = TSESTree.ClassDeclaration | TSESTree.ClassExpression

/** Methods that give the application itself, or a new one. */
const CHAINS = /^(?:all|basePath|delete|get|notFound|onError|patch|post|put|route|use|withTypeProvider)$/
/** Methods that put something into what they are called on, whatever becomes of their result. */
const KEEPS = /^(?:add\w*|on\w*|once|push|register\w*|set\w*|subscribe|unshift)$/
/** Methods that call a function there and then. */
const CALLS = /^(?:each|every|filter|flatMap|forEach|map|reduce|some)$/

/**
 * What a call of a function of the project makes, where each call makes a new application: it returns a constant of its
 * own that a framework's function has made, or what a builder class holds that it instantiates for that.
 *
 * Whatever such a function runs must not put anything into what outlives the application: assignments to other names than
 * its own, methods of objects of other modules, and functions that cannot be found.
 *
 * @param file where the call stands, which hands over nothing but literals.
 * @returns undefined where it may return one that was there before, or cannot be followed.
 */
export function madeByFactory(
  open: (path: string) => readonly Opened[],
  module: (from: string, specifier: string) => ModuleFacts,
  file: Opened,
  expression: Node,
): MadeByFactory | undefined {
  const call = bare(expression)
  if (call.type !== 'CallExpression' || !call.arguments.every(isLiteral)) return undefined
  const names = new Map<Opened, (node: Node) => Variable | undefined>()
  const found = new Set<Node>()
  const functions: FunctionIn[] = []
  const made = functionOf(file, call.callee)
  const maker = made && returnedBy(made, [])
  return made && maker !== undefined && keepsNothing(made) ? { maker, functions } : undefined

  function variableIn(where: Opened, node: Node): Variable | undefined {
    const known = names.get(where) ?? resolveIdentifiers(where.scopes)
    names.set(where, known)
    return known(node)
  }

  /** The one thing that a function returns: a key of {@link MAKERS}. */
  function returnedBy(one: FunctionIn, around: readonly Node[]): string | undefined {
    if (around.includes(one.node) || one.node.generator) return undefined
    const { body } = one.node
    if (body.type !== 'BlockStatement') return makerOf(one, body, [...around, one.node])
    const [only, another] = returnsIn(body)
    return only?.argument && !another ? makerOf(one, only.argument, [...around, one.node]) : undefined
  }

  function makerOf(one: FunctionIn, expression: Node, around: readonly Node[]): string | undefined {
    const node = bare(expression)
    if (node.type === 'Identifier') {
      const init = ownConstant(one, node)
      return init && makerOf(one, init, around)
    }
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined
    const path = packagePathOf(one.file, node.callee)
    if (path !== undefined) return Object.hasOwn(MAKERS, path) ? path : undefined
    const callee = bare(node.callee)
    if (node.type === 'CallExpression' && callee.type === 'MemberExpression') {
      const built = builtBy(one.file, node)
      if (built !== undefined) return built
      return CHAINS.test(memberName(callee) ?? '') ? makerOf(one, callee.object, around) : undefined
    }
    const called = node.type === 'CallExpression' ? functionOf(one.file, callee) : undefined
    return called && returnedBy(called, around)
  }

  /** What a constant that a function declares for itself is given. */
  function ownConstant({ file: where, node: owner }: FunctionIn, name: Node): Node | undefined {
    const [definition, another] = variableIn(where, name)?.defs ?? []
    if (definition?.type !== 'Variable' || another || definition.node.id.type !== 'Identifier') return undefined
    if (definition.parent.kind !== 'const' || !isInside(definition.name as Node, owner)) return undefined
    return definition.node.init ?? undefined
  }

  /** `new Builder().setRoutes().build()`: methods that return `this`, and one that returns what the constructor made. */
  function builtBy(where: Opened, call: TSESTree.CallExpression): string | undefined {
    const methods: string[] = []
    let node: Node = call
    while (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      methods.push(memberName(node.callee) ?? '')
      node = bare(node.callee.object)
    }
    const { file: from = where, node: builder } = (node.type === 'NewExpression' && classOf(where, node.callee)) || {}
    const [last, ...others] = methods.map((name) => builder && methodOf(builder, name))
    if (!builder || !last || !others.every((method) => method && returnsThis(method))) return undefined
    const [only, another] = returnsIn(last.body)
    const field = only?.argument && !another ? fieldOf(only.argument) : undefined
    const own = builder.body.body.find((member) => member.type === 'MethodDefinition' && member.kind === 'constructor')
    if (field === undefined || own?.type !== 'MethodDefinition' || own.value.body?.type !== 'BlockStatement')
      return undefined
    const written = nodesIn(builder.body).flatMap((one) =>
      one.type === 'AssignmentExpression' && fieldOf(one.left) === field ? [one] : [],
    )
    const [assignment, more] = written
    const isFirst = own.value.body.body.some(
      (one) => one.type === 'ExpressionStatement' && one.expression === assignment && assignment.operator === '=',
    )
    if (!assignment || more || !isFirst) return undefined
    return makerOf({ file: from, node: own.value as Function }, assignment.right, [builder])
  }

  /** Whether nothing of what a function runs stays behind where the next application finds it. */
  function keepsNothing({ file: where, node: owner }: FunctionIn): boolean {
    if (found.has(owner)) return true
    found.add(owner)
    functions.push({ file: where, node: owner })
    const isOwn = (node: Node): boolean => {
      const root = holderOf(node)
      if (root.type === 'ThisExpression') return isMember(owner)
      if (root.type !== 'Identifier') return true
      const definition = variableIn(where, root)?.defs[0]
      return definition !== undefined && isInside(definition.name as Node, owner)
    }
    return nodesIn(owner).every((node) => {
      if (node.type === 'AssignmentExpression') return targetsOf(node.left).every(isOwn)
      if (node.type === 'UpdateExpression') return isOwn(node.argument)
      if (node.type === 'UnaryExpression') return node.operator !== 'delete' || isOwn(node.argument)
      if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return true
      return !runsIn(node, owner) || callKeepsNothing(where, node, isOwn)
    })
  }

  function callKeepsNothing(
    where: Opened,
    call: TSESTree.CallExpression | TSESTree.NewExpression,
    isOwn: (node: Node) => boolean,
  ): boolean {
    const callee = bare(call.callee)
    const name = callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : ''
    if (name === 'listen') return false
    if (call.type === 'NewExpression') {
      const made = classOf(where, callee)
      if (!made) return !isOfProject(where, callee)
      return madeWith(made.node).every((node) => keepsNothing({ file: made.file, node }))
    }
    const called = functionOf(where, callee)
    if (called) return keepsNothing(called)
    if (callee.type === 'Identifier') return !isOfProject(where, callee)
    if (callee.type !== 'MemberExpression' || isOwn(callee)) {
      const built = callee.type === 'MemberExpression' ? chainedClass(where, callee) : undefined
      return !built || madeWith(built.node, true).every((node) => keepsNothing({ file: built.file, node }))
    }
    const root = holderOf(callee)
    const isShared = root.type === 'Identifier' && (isOfProject(where, root) || isOfModule(where, root))
    const isStatement = call.parent.type === 'ExpressionStatement' || call.parent.parent?.type === 'ExpressionStatement'
    return !isShared || LEVELS.test(name) || (!isStatement && !KEEPS.test(name))
  }

  /** The class that a chain of calls begins with. */
  function chainedClass(where: Opened, callee: Node): ClassIn | undefined {
    let node = bare(callee)
    while (node.type === 'MemberExpression' || node.type === 'CallExpression')
      node = bare(node.type === 'MemberExpression' ? node.object : node.callee)
    return node.type === 'NewExpression' ? classOf(where, node.callee) : undefined
  }

  function isOfProject(where: Opened, name: Node): boolean {
    const imported = importOf(name, (node) => variableIn(where, node))
    if (imported) return module(where.path, imported.specifier).kind !== 'external'
    const type = variableIn(where, name)?.defs[0]?.type as string | undefined
    return type !== undefined && type !== 'Parameter'
  }

  /** Whether a name is a variable of the module. */
  function isOfModule(where: Opened, name: Node): boolean {
    const definition = variableIn(where, name)?.defs[0]
    return definition?.type === 'Variable' && /^(?:Program|Export)/.test(definition.parent.parent.type)
  }

  function packagePathOf(where: Opened, callee: Node): string | undefined {
    const node = bare(callee)
    if (node.type === 'MemberExpression') {
      const object = packagePathOf(where, node.object)
      return object === undefined ? undefined : `${object}.${memberName(node) ?? ''}`.replace('#*.', '#')
    }
    const imported = importOf(node, (one) => variableIn(where, one))
    if (!imported || module(where.path, imported.specifier).kind !== 'external') return undefined
    return `${imported.specifier}#${imported.name}`
  }

  /** The function of the project that a callee names. */
  function functionOf(where: Opened, callee: Node): FunctionIn | undefined {
    const node = bare(callee)
    const one = declaredAs(where, node)
    if (!one) return undefined
    return isFunction(one.node) ? { file: one.file, node: one.node as Function } : undefined
  }

  /** A class that extends none. */
  function classOf(where: Opened, callee: Node): ClassIn | undefined {
    const one = declaredAs(where, callee)
    const node = one?.node
    const isClass = node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression'
    return one && isClass && node.superClass === null ? { file: one.file, node } : undefined
  }

  /** What a name stands for that is declared once, and assigned nowhere else: here, or in the module it is imported from. */
  function declaredAs(where: Opened, node: Node): { file: Opened; node: Node } | undefined {
    if (node.type === 'MemberExpression') {
      const imported = importOf(node.object, (one) => variableIn(where, one))
      return imported?.name === '*' ? exportedAs(where, imported.specifier, memberName(node) ?? '') : undefined
    }
    if (isFunction(node)) return { file: where, node }
    if (node.type !== 'Identifier') return undefined
    const variable = variableIn(where, node)
    const imported = importOf(node, (one) => variableIn(where, one))
    if (imported) return exportedAs(where, imported.specifier, imported.name)
    return variable && declarationOf(where, variable)
  }

  function exportedAs(where: Opened, specifier: string, name: string): { file: Opened; node: Node } | undefined {
    const target = module(where.path, specifier)
    if (target.kind !== 'project') return undefined
    const { path, exportName } = target.exported(name)
    const [opened] = path ? open(path) : []
    for (const statement of opened?.program.body ?? []) {
      if (!opened) continue
      if (statement.type === 'ExportDefaultDeclaration' && exportName === 'default') {
        const { declaration } = statement
        if (declaration.type === 'Identifier') return declaredAs(opened, declaration)
        return { file: opened, node: bare(declaration) }
      }
      if (statement.type !== 'ExportNamedDeclaration' || statement.source) continue
      for (const { exported, local } of statement.specifiers)
        if (exported.type === 'Identifier' && exported.name === exportName) return declaredAs(opened, local)
      const { declaration } = statement
      const declared = declaration ? (opened.scopes.getDeclaredVariables(declaration) as Variable[]) : []
      const variables =
        declaration?.type === 'VariableDeclaration'
          ? declaration.declarations.flatMap((one) => opened.scopes.getDeclaredVariables(one) as Variable[])
          : declared
      const own = variables.find((variable) => variable.name === exportName)
      if (own) return declarationOf(opened, own)
    }
    return undefined
  }

  function declarationOf(where: Opened, variable: Variable): { file: Opened; node: Node } | undefined {
    const [definition, another] = variable.defs
    if (!definition || another || variable.references.some((one) => one.isWrite() && one.init !== true))
      return undefined
    if (definition.type === 'FunctionName' || definition.type === 'ClassName')
      return { file: where, node: definition.node as Node }
    if (definition.type !== 'Variable' || definition.node.id.type !== 'Identifier' || !definition.node.init)
      return undefined
    return { file: where, node: bare(definition.node.init) }
  }
}

/** Whether an expression says all that it is, but for the environment. */
function isLiteral(expression: Node): boolean {
  const node = bare(expression)
  switch (node.type) {
    case 'Literal':
      return true
    case 'TemplateLiteral':
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'UnaryExpression':
    case 'LogicalExpression':
    case 'BinaryExpression':
    case 'ConditionalExpression':
      return childrenOf(node).every(isLiteral)
    case 'TemplateElement':
      return true
    case 'Property':
      return !node.computed && !node.method && isLiteral(node.value)
    case 'MemberExpression':
      return /^process\.env$/.test(nameOf(node.object)) && !node.computed
    default:
      return false
  }
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  return node.type === 'MemberExpression' ? `${nameOf(node.object)}.${memberName(node) ?? ''}` : ''
}

/** The object that a chain of members starts with: what a call gives is its own, whatever it is called on. */
function holderOf(expression: Node): Node {
  const node = bare(expression)
  return node.type === 'MemberExpression' ? holderOf(node.object) : node
}

/** What an assignment writes to. */
function targetsOf(left: Node): Node[] {
  switch (left.type) {
    case 'ObjectPattern':
      return left.properties.flatMap((one) => targetsOf(one.type === 'Property' ? one.value : one.argument))
    case 'ArrayPattern':
      return left.elements.flatMap((one) => (one ? targetsOf(one) : []))
    case 'AssignmentPattern':
      return targetsOf(left.left)
    case 'RestElement':
      return targetsOf(left.argument)
    default:
      return [left]
  }
}

function isInside({ range: [start, end] }: Node, { range }: Node): boolean {
  return range[0] <= start && end <= range[1]
}

/** The `return` statements of a function, and not those of functions in it. */
function returnsIn(node: Node): TSESTree.ReturnStatement[] {
  if (node.type === 'ReturnStatement') return [node]
  return isFunction(node) || /^Class/.test(node.type) ? [] : childrenOf(node).flatMap(returnsIn)
}

/** Whether a call happens when the function does, and not in one that it hands on. */
function runsIn(call: Node, owner: Node): boolean {
  for (let node: Node = call; node !== owner && node.parent; node = node.parent) {
    if (!isFunction(node) || node === call) continue
    const around: Node = node.parent
    const callee = around.type === 'CallExpression' ? bare(around.callee) : undefined
    const isCalled = callee === node || (callee?.type === 'MemberExpression' && CALLS.test(memberName(callee) ?? ''))
    const isNamed = around.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration'
    if (!isCalled && !isNamed) return false
  }
  return true
}

/** `this.app`, `this.#app` */
export function fieldOf(expression: Node): string | undefined {
  const node = bare(expression)
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'ThisExpression') return undefined
  return node.property.type === 'PrivateIdentifier' ? `#${node.property.name}` : memberName(node)
}

function methodOf({ body }: Class, name: string): Function | undefined {
  for (const member of body.body) {
    if (member.type !== 'MethodDefinition' || member.computed || member.static || member.kind !== 'method') continue
    if (member.key.type === 'Identifier' && member.key.name === name && member.value.body)
      return member.value as Function
  }
  return undefined
}

function returnsThis(method: Function): boolean {
  const [only, another] = returnsIn(method.body)
  return only?.argument?.type === 'ThisExpression' && !another
}

/** The functions of a class that make an instance; all but the static ones where its methods are called, too. */
function madeWith({ body }: Class, all = false): Function[] {
  return body.body.flatMap((member): Function[] => {
    if (member.type !== 'MethodDefinition' || !member.value.body || member.static) return []
    return all || member.kind === 'constructor' ? [member.value as Function] : []
  })
}

/** Whether a function is a method, whose `this` is an instance of its class. */
function isMember({ parent }: Node): boolean {
  return parent?.type === 'MethodDefinition'
}

/** The same for a constant that a module exports: `export const app = await createApp()`. */
export function exportedFactory(
  { facts }: Analysis,
  { open }: Boot,
  path: string,
  exportName: string,
): MadeByFactory | undefined {
  const [file] = path ? open(path) : []
  for (const statement of file?.program.body ?? []) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined
    if (!file || declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
    for (const { id, init } of declaration.declarations)
      if (id.type === 'Identifier' && id.name === exportName && init)
        return madeByFactory(open, (from, specifier) => facts(from).module(specifier), file, init)
  }
  return undefined
}
