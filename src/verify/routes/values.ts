import type { TSESTree } from '@typescript-eslint/utils'
import { isFunction, nameOfKey, uncast } from '../../graph/exports/nodes.ts'
import { createPrograms } from '../../graph/exports/programs.ts'
import type { Server } from '../../graph/server.ts'
import { indexModule, isClass, type Declaration, type FunctionNode, type Module, type Node } from './scope.ts'

type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression

/** What an expression may be. A value of no kind here is left out. */
export type Value =
  | { readonly kind: 'string'; readonly text: string }
  /** Of a package, or a global. */
  | { readonly kind: 'external' }
  /** What a call of code outside the project gives: `express()`, `new Router()`. */
  | { readonly kind: 'site'; readonly node: TSESTree.CallExpression | TSESTree.NewExpression; readonly place: Place }
  | { readonly kind: 'function'; readonly node: FunctionNode; readonly module: Module }
  | { readonly kind: 'class' | 'instance'; readonly node: ClassNode; readonly module: Module }
  | { readonly kind: 'object'; readonly node: TSESTree.ObjectExpression; readonly place: Place }
  | { readonly kind: 'list'; readonly elements: readonly (readonly Value[])[] }
  | { readonly kind: 'namespace'; readonly path: string }
  /** A parameter of a function, or what is below it. */
  | { readonly kind: 'parameter'; readonly node: FunctionNode; readonly name: string; readonly called: boolean }
  /** What nothing says more of: a variable that is assigned later, a property of `this`. */
  | { readonly kind: 'slot'; readonly node: Node; readonly name: string }

/** An expression where it stands. */
export interface Place {
  readonly node: Node
  readonly module: Module
  readonly env?: Env | undefined
}

/** The values that parameters of a function, or the variable of a loop, have. */
export interface Env {
  readonly key: Node
  readonly values: readonly (readonly Value[])[]
  readonly outer: Env | undefined
  readonly depth: number
}

/** A call of a function of the project. */
export interface Caller {
  readonly node: TSESTree.CallExpression | TSESTree.NewExpression
  readonly module: Module
}

export type Callers = ReadonlyMap<FunctionNode, readonly Caller[]>

export interface Values {
  /** Everything the expression may be, as far as the text tells. Never throws. */
  of(place: Place): readonly Value[]
  /** The strings among it. */
  strings(place: Place): string[]
  property(values: readonly Value[], name: string): readonly Value[]
  /** Elements of lists, and values of the properties of objects. */
  elements(values: readonly Value[]): (readonly Value[])[]
  /** What a call of the function returns. */
  returned(node: FunctionNode, module: Module, env?: Env): readonly Value[]
  exported(path: string, name: string): readonly Value[]
  exportNames(path: string): string[]
  moduleOf(path: string): Module
  /** Takes the arguments that functions of the project are called with, and forgets what was computed without them. */
  setCallers(callers: Callers): void
  callersOf(node: FunctionNode): readonly Caller[]
}

/** How many calls of functions within each other are followed. */
const MAX_DEPTH = 6
/** How many expressions within each other: a chain of half as many calls. */
const MAX_NESTING = 400
/** How many expressions are evaluated in all. The largest of 30 applications took 3,400. */
const BUDGET = 200_000
/** Of one function. */
const MAX_CALLERS = 60
/** Of one expression. */
const MAX_VALUES = 80

/** Methods of arrays that call a function with each element. */
const METHOD_PLACES = new Set(['forEach', 'map', 'flatMap', 'filter', 'some', 'every', 'find'])

export function createValues({ modules, resolver }: Pick<Server, 'modules' | 'resolver'>): Values {
  const programOf = createPrograms(modules)
  const indexed = new Map<string, Module>()
  const known = new Map<Node, readonly Value[]>()
  let callers: Callers = new Map()
  let nesting = 0
  let steps = 0

  function moduleOf(path: string): Module {
    let module = indexed.get(path)
    if (!module) indexed.set(path, (module = indexModule(programOf(path))))
    return module
  }

  function of(place: Place): readonly Value[] {
    const node = uncast(place.node)
    if (!place.env) {
      const before = known.get(node)
      if (before) return before
    }
    if (nesting > MAX_NESTING || ++steps > BUDGET) return []
    // A cycle finds nothing on its way round.
    if (!place.env) known.set(node, [])
    nesting += 1
    const found = limited(compute({ ...place, node }))
    nesting -= 1
    if (!place.env) known.set(node, found)
    return found
  }

  function compute({ node, module, env }: Place): readonly Value[] {
    const at = (inner: Node): Place => ({ node: inner, module, env })
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'string' || typeof node.value === 'number'
          ? [{ kind: 'string', text: String(node.value) }]
          : []
      case 'TemplateLiteral':
        return joined(
          node.quasis.flatMap(({ value }, index) => {
            const expression = node.expressions[index]
            return [[value.cooked ?? ''], ...(expression ? [strings(at(expression))] : [])]
          }),
        )
      case 'BinaryExpression':
        return node.operator === '+' ? joined([strings(at(node.left)), strings(at(node.right))]) : []
      case 'Identifier':
        return ofName(node, module, env)
      case 'ThisExpression':
        return ofThis(node, module)
      case 'MemberExpression':
        return ofMember(node, at)
      case 'AwaitExpression':
        return of(at(node.argument))
      case 'AssignmentExpression':
        return of(at(node.right))
      case 'SequenceExpression': {
        const last = node.expressions.at(-1)
        return last ? of(at(last)) : []
      }
      case 'ConditionalExpression':
        return [...of(at(node.consequent)), ...of(at(node.alternate))]
      case 'LogicalExpression':
        return [...of(at(node.left)), ...of(at(node.right))]
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return [{ kind: 'function', node, module }]
      case 'ClassDeclaration':
      case 'ClassExpression':
        return [{ kind: 'class', node, module }]
      case 'ObjectExpression':
        return [{ kind: 'object', node, place: { node, module, env } }]
      case 'ArrayExpression':
        return [{ kind: 'list', elements: node.elements.flatMap((element) => elementsAt(element, at)) }]
      case 'ImportExpression':
        return strings(at(node.source)).flatMap((specifier) => imported(module.path, specifier, '*'))
      case 'NewExpression': {
        const instances = of(at(node.callee)).flatMap((value): Value[] =>
          value.kind === 'class' ? [{ ...value, kind: 'instance' }] : [],
        )
        if (instances.length > 0) return instances
        return [{ kind: 'site', node, place: { node, module, env } }]
      }
      case 'CallExpression':
        return ofCall(node, module, env)
      default:
        return []
    }
  }

  function elementsAt(element: Node | null, at: (node: Node) => Place): (readonly Value[])[] {
    if (element === null) return []
    return element.type === 'SpreadElement' ? elements(of(at(element.argument))) : [of(at(element))]
  }

  function ofName(node: TSESTree.Identifier, module: Module, env: Env | undefined): readonly Value[] {
    const declaration = module.declarationOf(node.name, node)
    return declaration ? ofDeclaration(declaration, node.name, module, env) : [{ kind: 'external' }]
  }

  function ofDeclaration(
    declaration: Declaration,
    name: string,
    module: Module,
    env: Env | undefined,
  ): readonly Value[] {
    switch (declaration.kind) {
      case 'import':
        return imported(module.path, declaration.specifier, declaration.name)
      case 'value': {
        const found = along(of({ node: declaration.node, module, env }), declaration.access)
        return found.length > 0 ? found : [{ kind: 'slot', node: declaration.node, name }]
      }
      case 'loop': {
        const bound = boundIn(env, declaration.loop)?.[0]
        const items = bound ?? elements(of({ node: declaration.loop.right, module, env })).flat()
        return along(items, declaration.access)
      }
      case 'parameter':
        return ofParameter(declaration, module, env)
      case 'unknown':
        return assignedTo(name, declaration.at, module)
    }
  }

  /** `let app; app = express()`. */
  function assignedTo(name: string, at: Node, module: Module): readonly Value[] {
    const found = module.nodes.flatMap((node) =>
      node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && node.left.name === name
        ? of({ node: node.right, module })
        : [],
    )
    return found.length > 0 ? found : [{ kind: 'slot', node: at, name }]
  }

  function ofParameter(
    { function: node, index, access }: Extract<Declaration, { kind: 'parameter' }>,
    module: Module,
    env: Env | undefined,
  ): readonly Value[] {
    const bound = boundIn(env, node)?.[index]
    if (bound) return along(bound, access)
    const items = iterated(node, module)
    if (items) return index === 0 ? along(items.flat(), access) : []
    const passed = (callers.get(node) ?? []).slice(0, MAX_CALLERS).flatMap((call) => {
      const argument = call.node.arguments[index]
      return argument ? along(of({ node: argument, module: call.module }), access) : []
    })
    const own: Value = {
      kind: 'parameter',
      node,
      name: [String(index), ...access].join('.'),
      called: passed.some(({ kind }) => kind !== 'external' && kind !== 'string'),
    }
    const pattern = node.params[index]
    const fallback =
      pattern?.type === 'AssignmentPattern' && access.length === 0 ? of({ node: pattern.right, module, env }) : []
    return [...passed, ...fallback, own]
  }

  /** What `node` is called with by the `forEach` whose argument it is, or by `then`. */
  function iterated(node: FunctionNode, module: Module): (readonly Value[])[] | undefined {
    const call = module.parentOf(node)
    if (call?.type !== 'CallExpression' || call.arguments[0] !== node) return undefined
    const { callee } = call
    if (callee.type !== 'MemberExpression') return undefined
    const name = nameOfKey(callee.property) ?? ''
    if (name === 'then') return [of({ node: callee.object, module })]
    if (!METHOD_PLACES.has(name)) return undefined
    const found = elements(of({ node: callee.object, module }))
    return found.length > 0 ? found : undefined
  }

  function ofThis(node: Node, module: Module): readonly Value[] {
    for (let at = module.parentOf(node); at; at = module.parentOf(at)) {
      if (isClass(at)) return [{ kind: 'instance', node: at, module }]
    }
    return []
  }

  function ofMember(node: TSESTree.MemberExpression, at: (node: Node) => Place): readonly Value[] {
    const object = of(at(node.object))
    if (!node.computed) return property(object, nameOfKey(node.property) ?? '')
    const names = strings(at(node.property))
    return names.length > 0 ? names.flatMap((name) => property(object, name)) : elements(object).flat()
  }

  function property(values: readonly Value[], name: string): readonly Value[] {
    return values.flatMap((value): readonly Value[] => {
      switch (value.kind) {
        case 'object':
          return propertyOf(value.node, value.place, name)
        case 'list':
          return /^\d+$/.test(name) ? (value.elements[Number(name)] ?? []) : []
        case 'namespace':
          return exported(value.path, name)
        case 'class':
        case 'instance':
          return fieldOf(value.node, value.module, name)
        case 'parameter':
          return [{ ...value, name: `${value.name}.${name}` }]
        case 'external':
        case 'site':
        case 'slot':
          return [value]
        default:
          return []
      }
    })
  }

  function along(values: readonly Value[], access: readonly string[]): readonly Value[] {
    return access.reduce(property, values)
  }

  function propertyOf(node: TSESTree.ObjectExpression, place: Place, name: string): readonly Value[] {
    // Later ones win.
    for (const member of node.properties.toReversed()) {
      if (member.type === 'SpreadElement') {
        const found = property(of({ ...place, node: member.argument }), name)
        if (found.length > 0) return found
      } else if (keysOf(member, place).includes(name)) return of({ ...place, node: member.value })
    }
    return []
  }

  function keysOf({ key, computed }: TSESTree.Property, place: Place): string[] {
    if (computed) return strings({ ...place, node: key })
    const name = nameOfKey(key)
    return name === undefined ? [] : [name]
  }

  function fieldOf(node: ClassNode, module: Module, name: string): readonly Value[] {
    for (const member of node.body.body) {
      if (!('key' in member) || nameOfKey(member.key) !== name) continue
      if (member.type === 'MethodDefinition' && isFunction(member.value))
        return member.kind === 'get'
          ? returned(member.value, module)
          : [{ kind: 'function', node: member.value, module }]
      if (member.type === 'PropertyDefinition' && member.value) return of({ node: member.value, module })
    }
    const assigned = assignedFields(node, module).get(name) ?? []
    const found = assigned.flatMap((right) => of({ node: right, module }))
    if (found.length > 0) return found
    const parent = node.superClass ? of({ node: node.superClass, module }) : []
    const inherited = parent.flatMap((value) => (value.kind === 'class' ? fieldOf(value.node, value.module, name) : []))
    return inherited.length > 0 ? inherited : [{ kind: 'slot', node, name }]
  }

  const fields = new Map<ClassNode, ReadonlyMap<string, Node[]>>()

  /** `this.name = …`, and parameters of the constructor that are properties. */
  function assignedFields(node: ClassNode, module: Module): ReadonlyMap<string, Node[]> {
    const before = fields.get(node)
    if (before) return before
    const found = new Map<string, Node[]>()
    for (const inner of module.within(node)) {
      if (inner.type === 'AssignmentExpression') {
        const { left, right } = inner
        if (left.type !== 'MemberExpression' || left.object.type !== 'ThisExpression') continue
        const name = nameOfKey(left.property) ?? ''
        found.set(name, [...(found.get(name) ?? []), right])
      } else if (inner.type === 'TSParameterProperty' && inner.parameter.type === 'Identifier') {
        found.set(inner.parameter.name, [inner.parameter])
      }
    }
    fields.set(node, found)
    return found
  }

  function elements(values: readonly Value[]): (readonly Value[])[] {
    return values.flatMap((value): (readonly Value[])[] => {
      if (value.kind === 'list') return [...value.elements]
      if (value.kind === 'object') return entriesOf(value).map(([, item]) => item)
      if (value.kind === 'namespace') return exportNames(value.path).map((name) => exported(value.path, name))
      return []
    })
  }

  function entriesOf(value: Value): (readonly [string, readonly Value[]])[] {
    if (value.kind === 'namespace') return exportNames(value.path).map((name) => [name, exported(value.path, name)])
    if (value.kind !== 'object') return []
    return value.node.properties.flatMap((member): (readonly [string, readonly Value[]])[] => {
      if (member.type === 'SpreadElement') return of({ ...value.place, node: member.argument }).flatMap(entriesOf)
      return keysOf(member, value.place).map((key) => [key, of({ ...value.place, node: member.value })])
    })
  }

  function ofCall(node: TSESTree.CallExpression, module: Module, env: Env | undefined): readonly Value[] {
    const at = (inner: Node): Place => ({ node: inner, module, env })
    const callee = uncast(node.callee)
    const name = callee.type === 'MemberExpression' ? (nameOfKey(callee.property) ?? '') : ''
    const site: Value = { kind: 'site', node, place: at(node) }
    const first = node.arguments[0]
    if (callee.type === 'MemberExpression') {
      const object = uncast(callee.object)
      if (object.type === 'Identifier' && object.name === 'Object' && first) return ofObject(name, of(at(first)))
      const receiver = of(at(object))
      const texts = ofText(name, stringsOf(receiver), node.arguments, at)
      if (texts.length > 0) return texts
      if (name === 'then' && first) return called(of(at(first)), [receiver], env)
      const lists = receiver.filter((value) => value.kind === 'list')
      if (lists.length > 0) return ofList(lists, name, node, at, env)
      if (makesRouter(name, node) && receiver.some(({ kind }) => kind !== 'string')) return [site]
    }
    if (callee.type === 'Identifier' && callee.name === 'String' && first) return of(at(first))
    const targets = of(at(callee))
    const functions = targets.filter((value) => value.kind === 'function')
    if (functions.length > 0)
      return called(
        functions,
        node.arguments.map((argument) => of(at(argument))),
        env,
      )
    // A method of a router gives the router, or what stands for it: `.routes()`, `.callback()`, a chain.
    const same = callee.type === 'MemberExpression' ? targets.filter(({ kind }) => kind !== 'external') : []
    return same.length > 0 ? same : targets.length > 0 ? [site] : []
  }

  function called(
    targets: readonly Value[],
    values: readonly (readonly Value[])[],
    outer: Env | undefined,
  ): readonly Value[] {
    const depth = (outer?.depth ?? 0) + 1
    if (depth > MAX_DEPTH) return []
    return targets.flatMap((value) =>
      value.kind === 'function' ? returned(value.node, value.module, { key: value.node, values, outer, depth }) : [],
    )
  }

  function ofObject(name: string, values: readonly Value[]): readonly Value[] {
    const entries = values.flatMap(entriesOf)
    const text = (key: string): readonly Value[] => [{ kind: 'string', text: key }]
    switch (name) {
      case 'values':
        return [{ kind: 'list', elements: entries.map(([, item]) => item) }]
      case 'keys':
        return [{ kind: 'list', elements: entries.map(([key]) => text(key)) }]
      case 'entries':
        return [
          { kind: 'list', elements: entries.map(([key, item]) => [{ kind: 'list', elements: [text(key), item] }]) },
        ]
      case 'freeze':
      case 'assign':
        return values
      default:
        return []
    }
  }

  function ofList(
    lists: readonly Value[],
    name: string,
    { arguments: [first, ...rest] }: TSESTree.CallExpression,
    at: (node: Node) => Place,
    env: Env | undefined,
  ): readonly Value[] {
    if (first && (name === 'map' || name === 'flatMap')) {
      const functions = of(at(first))
      return [{ kind: 'list', elements: elements(lists).map((item) => called(functions, [item], env)) }]
    }
    if (name === 'concat')
      return [...lists, ...[first, ...rest].flatMap((argument) => (argument ? of(at(argument)) : []))]
    if (name === 'find' || name === 'at' || name === 'pop') return elements(lists).flat()
    if (name === 'join')
      return joined(
        elements(lists).flatMap((item, index) => [
          ...(index > 0 && first ? [strings(at(first))] : []),
          stringsOf(item),
        ]),
      )
    return lists
  }

  /** What methods of strings give, and the default of `env.get('PREFIX', '/api')`. */
  function ofText(
    name: string,
    texts: readonly string[],
    [first, second]: readonly Node[],
    at: (node: Node) => Place,
  ): Value[] {
    const made = (change: (text: string) => string): Value[] =>
      texts.map((text) => ({ kind: 'string', text: change(text) }))
    switch (name) {
      case 'trim':
      case 'toString':
        return made((text) => text.trim())
      case 'toLowerCase':
        return made((text) => text.toLowerCase())
      case 'concat':
        return texts.length > 0 && first ? joined([texts, strings(at(first))]) : []
      case 'replace':
      case 'replaceAll': {
        const pattern = first?.type === 'Literal' && 'regex' in first ? first.value : first && strings(at(first))[0]
        const [by] = second ? strings(at(second)) : []
        return pattern === undefined || pattern === null || by === undefined
          ? []
          : made((text) => (name === 'replace' ? text.replace(pattern, by) : text.split(pattern).join(by)))
      }
      case 'get': {
        const isVariable = first?.type === 'Literal' && /^[A-Z][A-Z\d_]*$/.test(String(first.value))
        return isVariable && second ? strings(at(second)).map((text) => ({ kind: 'string', text })) : []
      }
      default:
        return []
    }
  }

  function returned(node: FunctionNode, module: Module, env?: Env): readonly Value[] {
    if (node.body === undefined || node.body === null) return []
    if (node.body.type !== 'BlockStatement') return of({ node: node.body, module, env })
    return returnsOf(node, module).flatMap((argument) => of({ node: argument, module, env }))
  }

  const returns = new Map<FunctionNode, Node[]>()

  function returnsOf(node: FunctionNode, module: Module): Node[] {
    const before = returns.get(node)
    if (before) return before
    const found: Node[] = []
    for (const inner of module.within(node)) {
      if (inner.type !== 'ReturnStatement') continue
      if (inner.argument && module.functionsAround(inner)[0] === node) found.push(inner.argument)
    }
    returns.set(node, found)
    return found
  }

  function imported(from: string, specifier: string, name: string): readonly Value[] {
    const { kind, path } = resolver.resolve(from, specifier)
    if (kind !== 'project') return kind === 'external' ? [{ kind: 'external' }] : []
    if (path.endsWith('.json')) return []
    return name === '*' ? [{ kind: 'namespace', path }] : exported(path, name)
  }

  function exported(path: string, name: string): readonly Value[] {
    const module = moduleOf(path)
    const found = module.exports.get(name)
    if (++steps > BUDGET || nesting > MAX_NESTING) return []
    nesting += 1
    try {
      switch (found?.kind) {
        case 'node':
          return of({ node: found.node, module })
        case 'local': {
          const declaration = module.declarationOf(found.name, NOWHERE)
          return declaration ? ofDeclaration(declaration, found.name, module, undefined) : []
        }
        case 'from':
          return imported(path, found.specifier, found.name)
        case undefined:
          return name === 'default' ? [] : module.stars.flatMap((specifier) => imported(path, specifier, name))
      }
    } finally {
      nesting -= 1
    }
  }

  function exportNames(path: string): string[] {
    const module = moduleOf(path)
    return [...module.exports.keys()]
  }

  function strings(place: Place): string[] {
    return stringsOf(of(place))
  }

  return {
    of,
    strings,
    property,
    elements,
    returned,
    exported,
    exportNames,
    moduleOf,
    setCallers(found) {
      callers = found
      known.clear()
      steps = 0
    },
    callersOf: (node) => callers.get(node) ?? [],
  }
}

/** Whether a method gives a router of its own: with a prefix, for a path, a group. */
export function makesRouter(method: string, { arguments: given }: TSESTree.CallExpression): boolean {
  if (method === 'basePath' || method === 'route') return given.length === 1
  return method === 'group' && given.some((argument) => argument.type === 'Identifier' || isFunction(argument))
}

/** In no scope but the module's. */
const NOWHERE = { type: 'Program' } as unknown as Node

export function stringsOf(values: readonly Value[]): string[] {
  return [...new Set(values.flatMap((value) => (value.kind === 'string' ? [value.text] : [])))]
}

function boundIn(env: Env | undefined, key: Node): Env['values'] | undefined {
  for (let at = env; at; at = at.outer) if (at.key === key) return at.values
  return undefined
}

/** Every text that the parts make; none when a part is not known. */
function joined(parts: readonly (readonly string[])[]): Value[] {
  let texts = ['']
  for (const part of parts) {
    if (part.length === 0) return []
    texts = texts.flatMap((text) => part.map((more) => text + more)).slice(0, 8)
  }
  return texts.map((text) => ({ kind: 'string', text }))
}

function limited(values: readonly Value[]): readonly Value[] {
  if (values.length < 2) return values
  const seen = new Set<unknown>()
  return values
    .filter((value) => {
      const key = value.kind === 'string' ? value.text : value.kind === 'site' ? value.node : value
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, MAX_VALUES)
}
