import type { TSESTree } from '@typescript-eslint/utils'
import { CLIENT_STATE } from '../../frameworks/packages.ts'
import { childrenOf, memberName, nameOfKey } from './nodes.ts'
import { changesBelow } from './state.ts'

export type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression

/**
 * What a field holds. `shared`: what all instances have, however many there are. `made`: an object that is made with
 * the instance. `table`: an array or object of constants that is made with it. `function`: a function of its own, which
 * stays the same as long as the instance: a listener can be taken away by it. `client`: one of a package.
 */
export type Held = 'shared' | 'made' | 'table' | 'function' | 'client'

/** Methods of arrays that change nothing. */
const READS =
  /^(?:at|concat|entries|every|filter|find|findIndex|flatMap|forEach|includes|indexOf|join|keys|map|reduce|slice|some|values)$/

/** The first thing below `root` by which instances differ: a change of one, or what lets others change it. */
export function useThatShows(
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
      const isClient = isMemberOfThis(node.object) && heldIn(node.object) === 'client'
      if (isClient && CLIENT_STATE.test(memberName(node) ?? 'auth'))
        return { what: 'it keeps state between requests', node }
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

export function methodsOf({ body }: ClassNode): string[] {
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

export function isMemberOfThis(node: TSESTree.Node): node is TSESTree.MemberExpression {
  return node.type === 'MemberExpression' && node.object.type === 'ThisExpression'
}

/** The name of a field; empty where it is not known. */
export function fieldOf({ property, computed: isComputed }: TSESTree.MemberExpression): string {
  return fieldName(property, isComputed) ?? ''
}

export function fieldName(key: TSESTree.Node, isComputed: boolean): string | undefined {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`
  return isComputed && key.type !== 'Literal' ? undefined : nameOfKey(key)
}
