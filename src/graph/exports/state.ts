import type { TSESTree } from '@typescript-eslint/utils'
import { childrenOf, isFunction, memberName, uncast } from './nodes.ts'
import type { Program } from './programs.ts'

/** A binding of the module, or a static field of a class of it, that holds something between calls. */
export interface State {
  /** `hits`, `Counter.hits`. */
  readonly name: string
  /** Offset of its declaration. */
  readonly at: number
}

/**
 * The first thing of the module's scope that a function of the module changes after the module is loaded: a `let` that
 * is assigned, an array, object, Map, Set or cache that is added to, a property that is set. What other modules do to
 * it, and what happens behind another name for it, is not seen.
 */
export function stateOf(program: Program): State | undefined {
  if (!program.parses) return undefined
  return program.remember('state', () => {
    const found = [...variablesChanged(program), ...staticsChanged(program)]
    return found.sort((a, b) => a.at - b.at)[0]
  })
}

/** A change of what a name, or `this`, leads to. */
interface Change {
  /** The identifier or `this` that the changed expression starts from. */
  readonly root: TSESTree.Node
  /** Names of the properties from `root` to what is changed; for a call, to the object of the method. */
  readonly steps: readonly (string | undefined)[]
  /** The method that changes it; undefined for an assignment, `++` and `delete`. */
  readonly method: string | undefined
}

function* variablesChanged(program: Program): Generator<State> {
  const scope = program.scopes.scopes.find(({ type }) => (type as string) === 'module')
  if (!scope) return
  const changes = new Map([...changesIn(program)].map((change) => [change.root, change]))
  const loading = functionsRunAtLoad(program.body)
  type Scope = typeof scope
  const isLate = (from: Scope): boolean => {
    for (let current: Scope | null = from; current && current !== scope; current = current.upper) {
      const { type, block } = current as { type: string; block: TSESTree.Node }
      if (type === 'function' && !loading.has(block)) return true
    }
    return false
  }
  for (const variable of scope.variables) {
    const [definition] = variable.defs
    const binding = program.bindings.get(variable.name)
    if (!definition || binding?.kind !== 'local') continue
    const made = binding.node && uncast(binding.node)
    const isChanged = variable.references.some((reference) => {
      if (!isLate(reference.from)) return false
      if (reference.isWrite() && reference.init !== true) return true
      const change = changes.get(reference.identifier as TSESTree.Node)
      return change !== undefined && made !== undefined && changesMade(made, change)
    })
    if (isChanged) yield { name: variable.name, at: (definition.name as TSESTree.Node).range[0] }
  }
}

/** Whether `change` changes what this module made by the expression `made`, and would make anew. */
function changesMade(made: TSESTree.Node, { steps, method }: Change): boolean {
  // Another name for something that is made elsewhere.
  if (made.type === 'Identifier' || made.type === 'MemberExpression') return false
  if (method === undefined) return steps.length > 0
  if (steps.length > 0) return made.type === 'ObjectExpression' || made.type === 'ClassDeclaration'
  return methodsChanging(made).test(method)
}

const NEVER = /^(?!)/
const OF_ARRAY = /^(?:push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)$/
const OF_COLLECTION = /^(?:set|add|delete|clear)$/
const OF_ANY = /^(?:Object\.(?:assign|definePropert(?:y|ies))|Reflect\.set)$/
const CHANGING = new RegExp([OF_ARRAY, OF_COLLECTION, OF_ANY].map(({ source }) => source).join('|'))

/** The methods that change what `made` makes. Classes of packages are known by their names: `LRUCache`, `NodeCache`. */
function methodsChanging(made: TSESTree.Node): RegExp {
  switch (made.type) {
    case 'ArrayExpression':
      return OF_ARRAY
    case 'ObjectExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'FunctionDeclaration':
      return OF_ANY
    case 'NewExpression':
    case 'CallExpression': {
      const callee = uncast(made.callee)
      const name =
        callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? objectName(callee) : ''
      if (name === 'Array') return OF_ARRAY
      return made.type === 'NewExpression' && /(?:Map|Set|Cache|LRU)$/.test(name) ? OF_COLLECTION : NEVER
    }
    default:
      return NEVER
  }
}

function objectName({ object }: TSESTree.MemberExpression): string {
  return object.type === 'Identifier' ? object.name : ''
}

/** Static fields that a static method changes through `this`; through the name of the class, they are changes of it. */
function* staticsChanged(program: Program): Generator<State> {
  for (const binding of program.bindings.values()) {
    if (binding.kind !== 'local' || binding.node?.type !== 'ClassDeclaration' || !binding.node.id) continue
    for (const member of binding.node.body.body) {
      if (member.type !== 'MethodDefinition' || !member.static || !member.value.body) continue
      for (const { root, steps } of changesBelow(member.value.body)) {
        const field = binding.node.body.body.find(
          (other) =>
            other.type === 'PropertyDefinition' &&
            other.static &&
            other.key.type === 'Identifier' &&
            other.key.name === steps[0],
        )
        if (root.type === 'ThisExpression' && field)
          yield { name: `${binding.node.id.name}.${steps[0]}`, at: field.range[0] }
      }
    }
  }
}

function changesIn(program: Program): Change[] {
  return program.body.flatMap((statement) => changesBelow(statement))
}

/** What a node changes, and the nodes below it. */
export function changesBelow(node: TSESTree.Node): Change[] {
  return [...changesAt(node), ...childrenOf(node).flatMap(changesBelow)]
}

function changesAt(node: TSESTree.Node): Change[] {
  switch (node.type) {
    case 'AssignmentExpression':
    case 'ForOfStatement':
    case 'ForInStatement':
      return targetsIn(node.left).flatMap((target) => changeOf(target, undefined))
    case 'UpdateExpression':
      return changeOf(node.argument, undefined)
    case 'UnaryExpression':
      return node.operator === 'delete' ? changeOf(node.argument, undefined) : []
    case 'CallExpression': {
      const callee = uncast(node.callee)
      if (callee.type !== 'MemberExpression') return []
      const method = memberName(callee) ?? ''
      const owned = `${objectName(callee)}.${method}`
      const [first] = node.arguments
      if (OF_ANY.test(owned)) return first ? changeOf(first, owned) : []
      return CHANGING.test(method) ? changeOf(callee.object, method) : []
    }
    default:
      return []
  }
}

/** The expressions that a pattern assigns to. */
function targetsIn(pattern: TSESTree.Node | null): TSESTree.Node[] {
  switch (pattern?.type) {
    case undefined:
      return []
    case 'ArrayPattern':
      return pattern.elements.flatMap(targetsIn)
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        targetsIn(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'AssignmentPattern':
      return targetsIn(pattern.left)
    case 'RestElement':
      return targetsIn(pattern.argument)
    default:
      return [pattern as TSESTree.Node]
  }
}

function changeOf(target: TSESTree.Node, method: string | undefined): Change[] {
  const steps: (string | undefined)[] = []
  let root = uncast(target)
  for (; root.type === 'MemberExpression'; root = uncast(root.object)) steps.unshift(memberName(root))
  return root.type === 'Identifier' || root.type === 'ThisExpression' ? [{ root, steps, method }] : []
}

/** Functions that run while the module is loaded: called where they stand, or handed to a loop over an array. */
function functionsRunAtLoad(body: readonly TSESTree.Node[]): ReadonlySet<TSESTree.Node> {
  const found = new Set<TSESTree.Node>()
  const pending = [...body]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'CallExpression') {
      const callee = uncast(node.callee)
      const loops = callee.type === 'MemberExpression' && LOOPS.test(memberName(callee) ?? '')
      for (const called of loops ? node.arguments : [callee]) if (isFunction(called)) found.add(called)
    }
    if (!isFunction(node) || found.has(node)) pending.push(...childrenOf(node))
  }
  return found
}

const LOOPS = /^(?:forEach|map|flatMap|filter|reduce|reduceRight|some|every|find|sort|from|fromEntries)$/
