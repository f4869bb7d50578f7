import type { TSESTree } from '@typescript-eslint/utils'
import { isClientMade } from './clients.ts'
import {
  fieldName,
  fieldOf,
  isMemberOfThis,
  methodsOf,
  useThatShows,
  type ClassNode,
  type Held,
} from './instance-uses.ts'
import { memberName, nameOfKey, uncast } from './nodes.ts'
import type { Program } from './programs.ts'
import { prototypeMethodOf } from './prototypes.ts'

/** A class and the module that declares it. */
export interface FoundClass {
  readonly node: ClassNode
  readonly path: string
}

/** How classes are found. */
export interface ClassFinding {
  /** One instance serves until its module is edited: it may make clients of packages that open nothing by themselves. */
  readonly isKept: boolean
  readonly programOf: (path: string) => Program
  /** The class that a name stands for in a module, wherever in the project it is declared. */
  classNamed(path: string, local: string): FoundClass | undefined
  /** Whether the application may set a variable of its environment while it runs. */
  isSet(variable: string): boolean
  /** Whether a name of a module stands for the same thing as long as the module lives. */
  isConstant(path: string, local: string): boolean
  /** `` `file:line` `` */
  placeOf(path: string, offset: number): string
}

/** For the parameters of a constructor that is called by who needs an instance. */
const NOTHING: readonly Held[] = []

/** How many classes are followed, one from the other. */
const DEPTH = 6

/**
 * Why it could be noticed that there are more instances of a class than one, in a few words with the place; undefined
 * when its constructor only keeps what it is given and makes, and nothing that it makes changes later.
 */
export function instanceDoubt(found: FoundClass | undefined, classes: ClassFinding): string | undefined {
  if (!found) return 'its class was not found'
  return doubtOf(found, NOTHING, classes, 0)
}

/** @param given what stands for the parameters of the constructor. */
function doubtOf(found: FoundClass, given: readonly Held[], classes: ClassFinding, depth: number): string | undefined {
  const chain: FoundClass[] = []
  for (let current: FoundClass | undefined = found; current;) {
    chain.push(current)
    const { node, path } = current
    if (!node.superClass) break
    if (node.superClass.type !== 'Identifier') return 'its base class is computed'
    const base: FoundClass | undefined = classes.classNamed(path, node.superClass.name)
    if (!base || !classes.isConstant(path, node.superClass.name))
      return `its base class comes from a package, or was not found (${place(node.superClass, path)})`
    if (chain.length + depth > DEPTH) return `it extends too many classes (${place(node.superClass, path)})`
    current = base
  }
  const added = chain.flatMap(({ node: { id }, path }) =>
    classes.programOf(path).body.flatMap((statement) => {
      const method = prototypeMethodOf(statement)
      return id && method?.className === id.name ? { ...method, path } : []
    }),
  )
  const methods = new Set([...chain.flatMap(({ node }) => methodsOf(node)), ...added.map(({ name }) => name)])
  const fields = new Map<string, Held>()
  /** Functions that a client is given when it is made. */
  const callbacks: { readonly node: TSESTree.Node; readonly path: string }[] = [...added]
  let passed = given
  for (const current of chain) {
    const result = readClass(current, passed, fields)
    if (typeof result === 'string') return result
    passed = result.passed
  }
  for (const { node, path } of callbacks) {
    const use = useThatShows(node, fields, methods)
    if (use) return `${use.what} (${place(use.node, path)})`
  }
  for (const { node, path } of chain) {
    for (const member of node.body.body) {
      const isConstructor = member.type === 'MethodDefinition' && member.kind === 'constructor'
      if (isConstructor || ('static' in member && member.static)) continue
      const use = useThatShows(member, fields, methods)
      if (use) return `${use.what} (${place(use.node, path)})`
    }
  }
  return undefined

  function place({ range }: TSESTree.Node, path: string): string {
    return classes.placeOf(path, range[0])
  }

  /**
   * What the fields of one class hold, into `into`, and what it hands to the constructor of its base class.
   *
   * @param given to its constructor.
   */
  function readClass(
    { node, path }: FoundClass,
    given: readonly Held[],
    into: Map<string, Held>,
  ): string | { readonly passed: readonly Held[] } {
    // What a container gives a method, it did not get before.
    const decorator = [
      ...node.decorators.filter(({ expression }) => !isInject(expression)),
      ...node.body.body.flatMap((member) => ('decorators' in member ? member.decorators : [])),
    ][0]
    if (decorator) return `it is decorated (${place(decorator, path)})`
    const own = node.body.body.find(
      (member): member is TSESTree.MethodDefinition =>
        member.type === 'MethodDefinition' && member.kind === 'constructor' && Boolean(member.value.body),
    )
    const locals = new Map<string, Held>()
    const injections = node.body.body.find(
      (member) =>
        'key' in member && member.static && /^container(?:Injections|Provider)$/.test(nameOfKey(member.key) ?? ''),
    )
    if (injections) return `a container gives it something (${place(injections, path)})`
    const accessor = node.body.body.find((member) => member.type === 'MethodDefinition' && member.kind === 'set')
    if (accessor) return `it has a setter (${place(accessor, path)})`
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock' || ('static' in member && member.static)) continue
      if (member.type !== 'PropertyDefinition' && member.type !== 'AccessorProperty') continue
      if (!member.value) continue
      const held = heldBy(member.value, path, undefined, into)
      if (typeof held !== 'string') return held.doubt
      const name = fieldName(member.key, member.computed)
      if (name === undefined) return `it has a field whose name is computed (${place(member, path)})`
      const doubt = keep(name, held, member)
      if (doubt !== undefined) return doubt
    }
    // Without a constructor of its own it hands on what it is given.
    if (!own) return { passed: given }
    // What a container injects, or no longer does.
    const isInjected = given === NOTHING || node.decorators.length > 0
    if (depth === 0 && isInjected && own.value.params.length > 0)
      return `its constructor takes arguments (${place(own, path)})`
    for (const [at, parameter] of own.value.params.entries()) {
      const isField = parameter.type === 'TSParameterProperty'
      const declared = isField ? parameter.parameter : parameter
      const id = declared.type === 'AssignmentPattern' ? declared.left : declared
      if (id.type !== 'Identifier') return `its constructor takes its arguments apart (${place(parameter, path)})`
      // The default is what it gets for `undefined` too, which a variable may be.
      const initial = declared.type === 'AssignmentPattern' ? heldBy(declared.right, path, locals, into) : undefined
      if (typeof initial === 'object') return initial.doubt
      const held = given[at] ?? initial ?? 'shared'
      if (initial !== undefined && initial !== held)
        return `it may be given one thing or another (${place(parameter, path)})`
      locals.set(id.name, held)
      const doubt = isField ? keep(id.name, held, parameter) : undefined
      if (doubt !== undefined) return doubt
    }
    let passed: readonly Held[] = []
    for (const statement of own.value.body?.body ?? []) {
      const result = readStatement(statement)
      if (result !== undefined) return result
    }
    return { passed }

    function readStatement(statement: TSESTree.Statement): string | undefined {
      const doubt = `its constructor does something (${place(statement, path)})`
      if (statement.type === 'VariableDeclaration' && statement.kind === 'const') {
        for (const { id, init } of statement.declarations) {
          if (id.type !== 'Identifier' || !init) return doubt
          const held = heldBy(init, path, locals, into)
          if (typeof held !== 'string') return held.doubt
          // Another name for it would have to be followed.
          if (held !== 'shared') return doubt
          locals.set(id.name, held)
        }
        return undefined
      }
      if (classes.isKept && statement.type === 'IfStatement') {
        const isCheck = !statement.alternate && throwsOnly(statement.consequent)
        return isCheck && heldBy(statement.test, path, locals, into) === 'shared' ? undefined : doubt
      }
      if (statement.type !== 'ExpressionStatement') return doubt
      const { expression } = statement
      // `this.client.interceptors.request.use((config) => config)`
      if (classes.isKept && expression.type === 'CallExpression' && isOfClient(expression.callee, into)) {
        const isFunctions = expression.arguments.every(({ type }) => /^(?:Arrow)?Function/.test(type))
        callbacks.push(...expression.arguments.map((argument) => ({ node: argument, path })))
        return isFunctions ? undefined : doubt
      }
      if (expression.type === 'CallExpression' && expression.callee.type === 'Super') {
        const handed: Held[] = []
        for (const argument of expression.arguments) {
          const held = heldBy(argument, path, locals, into)
          if (typeof held !== 'string') return held.doubt
          handed.push(held)
        }
        passed = handed
        return undefined
      }
      if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') return doubt
      const { left, right } = expression
      if (left.type !== 'MemberExpression' || left.object.type !== 'ThisExpression') return doubt
      const name = fieldName(left.property, left.computed)
      if (name === undefined) return doubt
      const held = heldBy(right, path, locals, into)
      return typeof held === 'string' ? keep(name, held, left) : held.doubt
    }

    function keep(name: string, held: Held, at: TSESTree.Node): string | undefined {
      const known = into.get(name)
      if (known !== undefined && known !== held) return `it changes what \`${name}\` holds (${place(at, path)})`
      into.set(name, held)
      return undefined
    }
  }

  /**
   * What an expression gives that is evaluated when an instance is made.
   *
   * @param locals of the constructor; undefined for the value of a field.
   */
  function heldBy(
    expression: TSESTree.Node,
    path: string,
    locals: ReadonlyMap<string, Held> | undefined,
    fields: ReadonlyMap<string, Held>,
  ): Held | { readonly doubt: string } {
    const node = uncast(expression)
    const at = place(node, path)
    const all = (nodes: readonly TSESTree.Node[]): Held | { readonly doubt: string } => {
      for (const one of nodes) {
        const held = heldBy(one, path, locals, fields)
        if (typeof held !== 'string') return held
        if (held !== 'shared') return { doubt: `its constructor does something (${at})` }
      }
      return 'shared'
    }
    switch (node.type) {
      case 'Literal':
        // Where the next match begins.
        return 'regex' in node && /[gy]/.test(node.regex.flags) ? keepsState(at) : 'shared'
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        // One that stands in a constructor sees what that is given.
        return locals ? { doubt: `its constructor does something (${at})` } : 'function'
      case 'TemplateLiteral':
        return all(node.expressions)
      case 'UnaryExpression':
        return all([node.argument])
      case 'LogicalExpression':
      case 'BinaryExpression':
        return all([node.left, node.right])
      case 'ConditionalExpression':
        return all([node.test, node.consequent, node.alternate])
      case 'Identifier': {
        const own = locals?.get(node.name)
        if (own !== undefined) return own
        if (node.name === 'undefined' || classes.isConstant(path, node.name)) return 'shared'
        return { doubt: `\`${node.name}\` may be another thing later (${at})` }
      }
      case 'MemberExpression': {
        const name = memberName(node)
        if (node.object.type === 'ThisExpression' && name !== undefined)
          return fields.get(name) ?? { doubt: `it reads \`this.${name}\` when it is made (${at})` }
        if (name !== undefined && isEnvironment(node.object))
          return classes.isSet(name) ? { doubt: `the application sets \`${name}\`, which it reads (${at})` } : 'shared'
        return { doubt: `what it reads when it is made may be another thing later (${at})` }
      }
      case 'CallExpression': {
        const { callee } = node
        if (callee.type === 'MemberExpression' && memberName(callee) === 'bind') {
          const [self, more] = node.arguments
          const isOwn = isMemberOfThis(callee.object) && methods.has(fieldOf(callee.object))
          if (self?.type === 'ThisExpression' && !more && isOwn) return 'function'
        }
        if (callee.type === 'Identifier' && /^(?:String|Number|Boolean|parseInt|parseFloat)$/.test(callee.name))
          return all(node.arguments)
        if (classes.isKept && isClientMade(node, classes.programOf(path))) return clientGiven(node.arguments)
        if (isEnvironmentRead(callee, classes.programOf(path))) {
          const [variable] = node.arguments
          const isSet = variable?.type !== 'Literal' || classes.isSet(String(variable.value))
          return isSet ? { doubt: `the application sets what it reads (${at})` } : all(node.arguments)
        }
        return { doubt: `it calls something when it is made (${at})` }
      }
      case 'NewExpression': {
        if (classes.isKept && isClientMade(node, classes.programOf(path))) return clientGiven(node.arguments)
        if (node.callee.type !== 'Identifier') return { doubt: `it makes something of its own (${at})` }
        const made = classes.classNamed(path, node.callee.name)
        if (!made) return { doubt: `it makes something that may keep state, \`new ${node.callee.name}()\` (${at})` }
        if (!classes.isConstant(path, node.callee.name))
          return { doubt: `\`${node.callee.name}\` may be another thing later (${at})` }
        if (depth >= DEPTH) return { doubt: `it makes too much (${at})` }
        const handed: Held[] = []
        for (const argument of node.arguments) {
          const held = heldBy(argument, path, locals, fields)
          if (typeof held !== 'string') return held
          if (held === 'table' || held === 'function') return { doubt: `it hands something on that it makes (${at})` }
          handed.push(held)
        }
        const doubt = doubtOf(made, handed, classes, depth + 1)
        return doubt === undefined ? 'made' : { doubt: `${doubt}, in \`${node.callee.name}\`, which it makes (${at})` }
      }
      case 'ArrayExpression': {
        const flat = all(node.elements.map((element) => element ?? node).filter((element) => element !== node))
        return flat === 'shared' && node.elements.length > 0 ? 'table' : keepsState(at)
      }
      case 'ObjectExpression': {
        const values = node.properties.map((property) =>
          property.type === 'Property' && !property.computed ? property.value : undefined,
        )
        if (values.length === 0 || values.includes(undefined)) return keepsState(at)
        return all(values.filter((value) => value !== undefined)) === 'shared' ? 'table' : keepsState(at)
      }
      default:
        return { doubt: `its constructor does something (${at})` }
    }

    /** @param options literals, values of the environment, and objects and arrays of these. */
    function clientGiven(options: readonly TSESTree.Node[]): Held | { readonly doubt: string } {
      for (const option of options) {
        const parts =
          option.type === 'ObjectExpression'
            ? option.properties.map((property) =>
                property.type === 'Property' && !property.computed ? property.value : property,
              )
            : option.type === 'ArrayExpression'
              ? option.elements.filter((element) => element !== null)
              : undefined
        const held = parts ? clientGiven(parts) : heldBy(option, path, locals, fields)
        if (typeof held !== 'string') return held
        if (!parts && held !== 'shared') return { doubt: `it hands something on that it makes (${at})` }
      }
      return 'client'
    }
  }
}

/** `this.client.….use`, of a client in a field. */
function isOfClient(callee: TSESTree.Node, fields: ReadonlyMap<string, Held>): boolean {
  for (let node = callee; node.type === 'MemberExpression'; node = node.object) {
    if (memberName(node) === undefined) return false
    if (isMemberOfThis(node.object)) return fields.get(fieldOf(node.object)) === 'client'
  }
  return false
}

/** Whether a statement does nothing but say what is wrong. */
function throwsOnly(statement: TSESTree.Statement): boolean {
  if (statement.type === 'BlockStatement') return statement.body.length > 0 && statement.body.every(throwsOnly)
  if (statement.type !== 'ThrowStatement' || statement.argument.type !== 'NewExpression') return false
  const {
    callee,
    arguments: [message, more],
  } = statement.argument
  return callee.type === 'Identifier' && /Error$/.test(callee.name) && message?.type === 'Literal' && !more
}

function keepsState(at: string): { readonly doubt: string } {
  return { doubt: `it keeps state between requests (${at})` }
}

/** `inject()`, which only says what the container gives the constructor. */
function isInject(expression: TSESTree.Node): boolean {
  return (
    expression.type === 'CallExpression' &&
    expression.arguments.length === 0 &&
    expression.callee.type === 'Identifier' &&
    expression.callee.name === 'inject'
  )
}

/** `process.env` */
function isEnvironment(node: TSESTree.Node): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'process' &&
    memberName(node) === 'env'
  )
}

/** `env.get` of AdonisJS, whose values are read once, at boot. */
function isEnvironmentRead(callee: TSESTree.Node, { bindings }: Program): boolean {
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'get' || callee.object.type !== 'Identifier')
    return false
  const binding = bindings.get(callee.object.name)
  return binding?.kind === 'import' && /(?:^#|\/)start\/env(?:\.[jt]s)?$/.test(binding.imported.specifier)
}
