import type { TSESTree } from '@typescript-eslint/utils'
import { childrenOf, memberName, nameOfKey, uncast } from './nodes.ts'
import type { Program } from './programs.ts'
import { changesBelow } from './state.ts'

type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression

/** A class and the module that declares it. */
export interface FoundClass {
  readonly node: ClassNode
  readonly path: string
}

/** How classes are found. */
export interface ClassFinding {
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

/**
 * What a field holds. `shared`: what all instances have, however many there are. `made`: an object that is made with
 * the instance. `table`: an array or object of constants that is made with it. `function`: a function of its own, which
 * stays the same as long as the instance: a listener can be taken away by it.
 */
type Held = 'shared' | 'made' | 'table' | 'function'

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
  const methods = new Set(chain.flatMap(({ node }) => methodsOf(node)))
  const fields = new Map<string, Held>()
  let passed = given
  for (const current of chain) {
    const result = readClass(current, passed, fields)
    if (typeof result === 'string') return result
    passed = result.passed
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
      if (statement.type !== 'ExpressionStatement') return doubt
      const { expression } = statement
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
        if (isEnvironmentRead(callee, classes.programOf(path))) {
          const [variable] = node.arguments
          const isSet = variable?.type !== 'Literal' || classes.isSet(String(variable.value))
          return isSet ? { doubt: `the application sets what it reads (${at})` } : all(node.arguments)
        }
        return { doubt: `it calls something when it is made (${at})` }
      }
      case 'NewExpression': {
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
  }
}

/** Methods of arrays that change nothing. */
const READS =
  /^(?:at|concat|entries|every|filter|find|findIndex|flatMap|forEach|includes|indexOf|join|keys|map|reduce|slice|some|values)$/

function keepsState(at: string): { readonly doubt: string } {
  return { doubt: `it keeps state between requests (${at})` }
}

/** The first thing below `root` by which instances differ: a change of one, or what lets others change it. */
function useThatShows(
  root: TSESTree.Node,
  fields: ReadonlyMap<string, Held>,
  methods: ReadonlySet<string>,
): { readonly what: string; readonly node: TSESTree.Node } | undefined {
  const changed = changesBelow(root).find(
    ({ root: { type }, steps, method }) => type === 'ThisExpression' && method === undefined && steps.length > 0,
  )
  if (changed) return { what: 'it keeps state between requests', node: changed.root }
  return handedOn(root)

  function handedOn(node: TSESTree.Node): ReturnType<typeof useThatShows> {
    if (node.type === 'ThisExpression') return { what: 'it hands itself to something else', node }
    // `super.count = 1` sets a field of the instance.
    const target = assignedBy(node)
    if (target?.type === 'MemberExpression' && target.object.type === 'Super')
      return { what: 'it keeps state between requests', node }
    if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      const { callee } = node
      const [self, more] = node.arguments
      if (memberName(callee) === 'bind' && self?.type === 'ThisExpression' && !more && isMethod(callee.object))
        return undefined
      if (isMemberOfThis(callee)) {
        // A function of the module that is a field gets the instance as `this`.
        if (heldIn(callee) === 'shared') return { what: 'it hands itself to something else', node }
        if (heldIn(callee) === 'function') return first(node.arguments)
      }
      // `this.service.list()`: what it calls, it calls on what the instance holds.
      if (isMemberOfThis(callee.object)) {
        const isRead = heldIn(callee.object) !== 'table' || READS.test(memberName(callee) ?? '')
        if (!isRead) return { what: 'it keeps state between requests', node }
        return first([...computed(callee.object), ...computed(callee), ...node.arguments])
      }
    }
    if (node.type === 'MemberExpression') {
      if (isMemberOfThis(node.object) && heldIn(node.object) !== 'made') return first(computed(node))
      if (isMemberOfThis(node.object)) return { what: 'it hands on what it made', node }
      if (isMemberOfThis(node)) {
        const held = heldIn(node)
        // Any field may be meant.
        if (node.computed && node.property.type !== 'Literal')
          return { what: 'it hands itself to something else', node }
        if (held !== undefined && held !== 'shared') return { what: 'it hands on what it made', node }
        return first(computed(node))
      }
    }
    if (node.type === 'SpreadElement' && isMemberOfThis(node.argument) && heldIn(node.argument) === 'table')
      return undefined
    return first(childrenOf(node))
  }

  function first(nodes: readonly TSESTree.Node[]): ReturnType<typeof useThatShows> {
    for (const node of nodes) {
      const found = handedOn(node)
      if (found) return found
    }
    return undefined
  }

  function heldIn(member: TSESTree.MemberExpression): Held | undefined {
    return fields.get(fieldOf(member))
  }

  function isMethod(node: TSESTree.Node): boolean {
    return isMemberOfThis(node) && methods.has(fieldOf(node)) && fields.get(fieldOf(node)) !== 'shared'
  }
}

function methodsOf({ body }: ClassNode): string[] {
  return body.body.flatMap((member) => {
    const isMethod = member.type === 'MethodDefinition' && member.kind === 'method' && !member.static
    const name = isMethod ? fieldName(member.key, member.computed) : undefined
    return name === undefined ? [] : [name]
  })
}

function assignedBy(node: TSESTree.Node): TSESTree.Node | undefined {
  if (node.type === 'AssignmentExpression') return node.left
  const isChange = node.type === 'UpdateExpression' || (node.type === 'UnaryExpression' && node.operator === 'delete')
  return isChange ? node.argument : undefined
}

/** What is evaluated for the name of a member. */
function computed({ computed: isComputed, property }: TSESTree.MemberExpression): TSESTree.Node[] {
  return isComputed ? [property] : []
}

function isMemberOfThis(node: TSESTree.Node): node is TSESTree.MemberExpression {
  return node.type === 'MemberExpression' && node.object.type === 'ThisExpression'
}

/** The name of a field; empty where it is not known. */
function fieldOf({ property, computed: isComputed }: TSESTree.MemberExpression): string {
  return fieldName(property, isComputed) ?? ''
}

function fieldName(key: TSESTree.Node, isComputed: boolean): string | undefined {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return isComputed && key.type !== 'Literal' ? undefined : nameOfKey(key)
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
