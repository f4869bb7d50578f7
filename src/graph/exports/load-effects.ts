import type { TSESTree } from '@typescript-eslint/utils'
import { memberName, rootName, uncast } from './nodes.ts'

type Node = TSESTree.Node

/**
 * The first statement of a module that may do something when it is loaded, or fail: what boot did so far, a lazy import
 * leaves to the first request. Left out are the declarations of an application and of routers, and what is registered
 * on them. In doubt a statement counts.
 */
export function firstLoadEffect(
  body: readonly TSESTree.ProgramStatement[],
  project: ProjectCalls,
): TSESTree.ProgramStatement | undefined {
  const module = { ...scopeOf(body), ...project }
  return body.find((statement) => !isInert(statement, module))
}

/** All such statements; see {@link firstLoadEffect}. */
export function loadEffects(
  body: readonly TSESTree.ProgramStatement[],
  project: ProjectCalls,
): TSESTree.ProgramStatement[] {
  const module = { ...scopeOf(body), ...project }
  return body.filter((statement) => !isInert(statement, module))
}

/** Whether a module does anything while it is loaded that others could notice: reading the environment is nothing. */
export function actsAtLoad(body: readonly TSESTree.ProgramStatement[], project: ProjectCalls): boolean {
  const module = { ...scopeOf(body), ...project, mayRead: true }
  return !body.every((statement) => isInert(statement, module))
}

/** What is known of the project's own functions and classes, by their names in the module. */
export interface ProjectCalls {
  /** A call of the function only makes a function: `catchAsync(async (req, res) => …)`. */
  makesFunction(name: string): boolean
  /** The class, and those it extends, only keep what their constructors are given. */
  isPlainClass(name: string): boolean
}

/** The names of a module that inert code may call or register on. */
interface ModuleScope extends ProjectCalls {
  /** Specifiers of imports, by local name. */
  readonly imports: ReadonlyMap<string, string>
  /** Constants that a web framework made: `const app = express()`. */
  readonly receivers: ReadonlySet<string>
  /** `process.env.SECRET` is a value as others are. */
  readonly mayRead?: boolean
}

/** Packages whose functions make handlers, routers and schemas, and nothing else happens. */
const WEB =
  /^(?:express(?:$|-)|hono(?:$|\/)|@hono\/|koa(?:$|-)|@koa\/|fastify$|@fastify\/|better-auth\/node$|body-parser$|compression$|cookie-parser$|cors$|helmet$|morgan$|zod$|joi$|yup$|valibot$|@sinclair\/typebox$|(?:node:)?(?:path|url|util)$)/
const BUILTINS =
  /^(?:Array|Boolean|Buffer|Error|Intl|Map|Math|Number|Object|RegExp|Set|String|Symbol|TextDecoder|TextEncoder|TypeError|URL|URLSearchParams|WeakMap|WeakRef|WeakSet|parseFloat|parseInt)$/

function scopeOf(body: readonly TSESTree.ProgramStatement[]): Omit<ModuleScope, keyof ProjectCalls> {
  const imports = new Map<string, string>()
  const receivers = new Set<string>()
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      for (const { local } of statement.specifiers) imports.set(local.name, statement.source.value)
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
    for (const { id, init } of declaration.declarations) {
      const root = init ? rootName(init) : undefined
      if (id.type === 'Identifier' && root !== undefined && WEB.test(imports.get(root) ?? '')) receivers.add(id.name)
    }
  }
  return { imports, receivers }
}

function isInert(statement: Node, module: ModuleScope): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
      // What a module of the project does is asked of that module.
      return (
        statement.specifiers.length > 0 ||
        statement.importKind === 'type' ||
        /^(?:\.{0,2}\/|[#~]|@\/)/.test(statement.source.value)
      )
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return !statement.declaration || isInert(statement.declaration, module)
    case 'VariableDeclaration':
      return statement.declarations.every(({ init }) => !init || isInertValue(init, module))
    case 'ExpressionStatement':
      return isInertExpression(statement.expression, module)
    case 'ClassDeclaration':
      return isInertClass(statement, module)
    case 'ExportAllDeclaration':
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration':
    case 'EmptyStatement':
      return true
    case 'TSModuleDeclaration':
      return statement.declare
    default:
      return isInertValue(statement, module)
  }
}

/** `app.use(…)`, `app.locals.title = 'x'`, a directive. */
function isInertExpression(expression: Node, module: ModuleScope): boolean {
  const node = uncast(expression)
  if (node.type === 'Literal') return true
  const isOwn = (target: Node): boolean => module.receivers.has(rootName(target) ?? '')
  if (node.type === 'CallExpression') return isOwn(node) && isInertValue(node, module)
  if (node.type !== 'AssignmentExpression') return false
  return node.left.type === 'MemberExpression' && isOwn(node.left) && isInertValue(node.right, module)
}

function isInertClass(
  { body, decorators, superClass }: TSESTree.ClassDeclaration | TSESTree.ClassExpression,
  module: ModuleScope,
): boolean {
  if (decorators.length > 0 || (superClass && !isInertValue(superClass, module))) return false
  return body.body.every((member) => {
    if (member.type === 'StaticBlock' || ('decorators' in member && member.decorators.length > 0)) return false
    return member.type !== 'PropertyDefinition' || !member.static || !member.value || isInertValue(member.value, module)
  })
}

/** Whether an expression only makes values: functions, literals, and what web frameworks make of them. */
function isInertValue(expression: Node, module: ModuleScope): boolean {
  const node = uncast(expression)
  const all = (nodes: readonly (Node | null)[]): boolean =>
    nodes.every((child) => child === null || isInertValue(child, module))
  switch (node.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'Identifier':
    case 'Literal':
    case 'ThisExpression':
      return true
    case 'ClassExpression':
    case 'ClassDeclaration':
      return isInertClass(node, module)
    case 'MemberExpression':
      // `process.env.SECRET.length` fails without the variable, and the server must not start then.
      if (node.object.type === 'MemberExpression' && readsEnvironment(node.object))
        return module.mayRead === true && !readsEnvironment(node.object.object)
      return !(node.object.type === 'MetaProperty' && memberName(node) !== 'url') && isInertValue(node.object, module)
    case 'MetaProperty':
      return true
    case 'TemplateLiteral':
      return all(node.expressions)
    case 'ArrayExpression':
      return all(node.elements)
    case 'ObjectExpression':
      return all(node.properties.map((property) => (property.type === 'Property' ? property.value : property.argument)))
    case 'SpreadElement':
    case 'UnaryExpression':
      return isInertValue(node.argument, module)
    case 'BinaryExpression':
    case 'LogicalExpression':
      return all([node.left, node.right])
    case 'ConditionalExpression':
      return all([node.test, node.consequent, node.alternate])
    case 'CallExpression':
    case 'NewExpression': {
      // `router.routes()` of @koa/router, whichever module the router comes from.
      const method = node.callee.type === 'MemberExpression' ? (memberName(node.callee) ?? '') : ''
      if (/^(?:routes|allowedMethods)$/.test(method) && node.arguments.length === 0)
        return isInertValue(node.callee, module)
      const root = rootName(node) ?? ''
      const source = module.imports.get(root)
      const own = node.callee.type === 'Identifier' ? node.callee.name : undefined
      const isOwn =
        own !== undefined && (node.type === 'NewExpression' ? module.isPlainClass(own) : module.makesFunction(own))
      const isKnown =
        isOwn || module.receivers.has(root) || (source === undefined ? BUILTINS.test(root) : WEB.test(source))
      // `new Date('2020-01-01')`; without arguments it is the time at which the module is loaded.
      if (node.type === 'NewExpression' && /^(?:node:)?async_hooks$/.test(source ?? '')) return all(node.arguments)
      if (node.type === 'NewExpression' && own === 'Date') return node.arguments.length > 0 && all(node.arguments)
      if (/^(?:assign|define\w+|set\w*|delete\w*)$/.test(method) && root !== own && !isMadeHere(node.arguments[0]))
        return module.receivers.has(root)
      // A missing variable makes many a function throw, and the server must not start then.
      return (
        isKnown &&
        (BUILTINS.test(root) || !node.arguments.some(readsEnvironment)) &&
        all([node.callee, ...node.arguments])
      )
    }
    default:
      return false
  }
}

/** `Object.assign({}, …)` changes what nothing else has. */
function isMadeHere(node: Node | undefined): boolean {
  return (
    node !== undefined &&
    /^(?:ObjectExpression|ArrayExpression|NewExpression|FunctionExpression|ArrowFunctionExpression)$/.test(
      uncast(node).type,
    )
  )
}

/** Whether an instance of the class is made without doing anything: its fields are inert, its constructor keeps what it gets. */
export function isPlainClass(
  node: TSESTree.ClassDeclaration | TSESTree.ClassExpression,
  project: ProjectCalls,
): boolean {
  const module: ModuleScope = { imports: new Map(), receivers: new Set(), ...project }
  return node.body.body.every((member) => {
    if (member.type === 'PropertyDefinition')
      return member.static || !member.value || isInertValue(member.value, module)
    if (member.type !== 'MethodDefinition' || member.kind !== 'constructor') return member.type !== 'StaticBlock'
    return (member.value.body?.body ?? []).every((statement) => keepsValue(statement, module))
  })
}

/** `super(…)`, `this.users = users`, `this.list = this.list.bind(this)` */
function keepsValue(statement: TSESTree.Statement, module: ModuleScope): boolean {
  if (statement.type !== 'ExpressionStatement') return false
  const { expression } = statement
  if (expression.type === 'CallExpression') return expression.callee.type === 'Super'
  if (expression.type !== 'AssignmentExpression' || expression.left.type !== 'MemberExpression') return false
  const { left, right } = expression
  const isBinding =
    right.type === 'CallExpression' && right.callee.type === 'MemberExpression' && memberName(right.callee) === 'bind'
  return left.object.type === 'ThisExpression' && (isBinding || isInertValue(right, module))
}

/** `process.env.SECRET`, by itself or in an object. */
function readsEnvironment(node: Node): boolean {
  const value = uncast(node)
  switch (value.type) {
    case 'MemberExpression':
      return (
        (value.object.type === 'Identifier' && value.object.name === 'process' && memberName(value) === 'env') ||
        readsEnvironment(value.object)
      )
    case 'ObjectExpression':
      return value.properties.some((property) =>
        readsEnvironment(property.type === 'Property' ? property.value : property.argument),
      )
    default:
      return false
  }
}
