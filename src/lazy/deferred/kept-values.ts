import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { rootOf } from '../../graph/exports/nodes.ts'
import { memberName, isFunction, type Node } from '../syntax.ts'

/** Methods that keep what they are given. */
const KEEPS =
  /^(?:set|add|push|unshift|register|use|on|once|addListener|addEventListener|prependListener|subscribe|define|provide|bind|singleton|decorate)$/
/** Methods that call the function they are given before they return, or whose promise waits for it. */
const IN_PLACE =
  /^(?:then|catch|finally|map|forEach|filter|find|findIndex|findLast|findLastIndex|some|every|reduce|reduceRight|flatMap|sort|toSorted|replace|replaceAll|from|fromEntries|run|call|apply)$/

/**
 * Where a value outlives the call of the function that uses it: it is stored in a variable of the module or in `this`,
 * handed to something that keeps it, or returned as what it is.
 *
 * What a module gives is the module's old code after an edit, wherever it is kept.
 *
 * @param use the name of an import, or an `import()`.
 * @param owner the function that would import it.
 * @param returned what the function returns may be kept by who calls it: what the import gives, and instances of it, or
 *   whatever is made of it.
 */
export function keptAt(
  use: Node,
  owner: Node,
  variableOf: (node: Node) => Variable | undefined,
  returned: 'nothing' | 'itself' | 'anything',
): Node | undefined {
  return keptFrom(use, owner, variableOf, returned, true)
}

/** The same of what a call gives that stands in `owner`, but for what that returns. */
export function storedAt(call: Node, owner: Node, variableOf: (node: Node) => Variable | undefined): Node | undefined {
  return keptFrom(call, owner, variableOf, 'nothing', false)
}

function keptFrom(
  use: Node,
  owner: Node,
  variableOf: (node: Node) => Variable | undefined,
  returned: 'nothing' | 'itself' | 'anything',
  isImport: boolean,
): Node | undefined {
  const seen = new Set<Variable>()

  /** @param made whether it is the import itself, or an instance of it; not what a call of it gives. */
  function kept(start: Node, made: boolean): Node | undefined {
    let value = start
    let isMade = made
    for (let parent = value.parent; parent && value !== owner; [value, parent] = [parent, parent.parent]) {
      switch (parent.type) {
        case 'MemberExpression':
          if (parent.object !== value) return undefined
          break
        case 'CallExpression':
          if (parent.callee === value) isMade = false
          else if (isAssign(parent) && parent.arguments[0]) return keptIn(parent.arguments[0], parent, isMade)
          else return keepsArgument(parent.callee, isMade) ? parent : undefined
          break
        case 'NewExpression':
        case 'AwaitExpression':
        case 'ChainExpression':
        case 'ArrayExpression':
        case 'ObjectExpression':
        case 'Property':
        case 'SpreadElement':
        case 'LogicalExpression':
        case 'SequenceExpression':
        case 'TSAsExpression':
        case 'TSNonNullExpression':
        case 'TSSatisfiesExpression':
        case 'TSTypeAssertion':
        case 'ClassDeclaration':
        case 'ClassExpression':
          break
        case 'ConditionalExpression':
          if (parent.test === value) return undefined
          break
        case 'AssignmentExpression':
          return parent.right === value ? keptIn(parent.left, parent, isMade) : undefined
        case 'VariableDeclarator':
          return parent.init === value ? ofPattern(parent.id, isMade) : undefined
        case 'ReturnStatement':
        case 'ArrowFunctionExpression':
          if (returned === 'nothing' || functionAround(parent) !== owner) return undefined
          return isMade || returned === 'anything' ? parent : undefined
        default:
          return undefined
      }
    }
    return undefined
  }

  function keptIn(target: Node, assignment: Node, isMade: boolean): Node | undefined {
    const definition = definitionOf(rootOf(target))
    // What a function is given, and what it makes, belongs to the call.
    if (!definition || !isWithin(definition, owner)) return assignment
    return target.type === 'Identifier' ? ofVariable(target, isMade) : undefined
  }

  function ofPattern(pattern: Node, isMade: boolean): Node | undefined {
    if (pattern.type === 'Identifier') return ofVariable(pattern, isMade)
    if (pattern.type !== 'ObjectPattern') return undefined
    for (const property of pattern.properties) {
      const found = ofPattern(property.type === 'Property' ? property.value : property.argument, isMade)
      if (found) return found
    }
    return undefined
  }

  function ofVariable(id: Node, isMade: boolean): Node | undefined {
    const variable = variableOf(id)
    if (!variable || seen.has(variable)) return undefined
    seen.add(variable)
    for (const { identifier, init } of variable.references) {
      if (init === true) continue
      const found = kept(identifier, isMade) ?? (isMade ? outlivingFunction(identifier, owner, variableOf) : undefined)
      if (found) return found
    }
    return undefined
  }

  /** Whether a call keeps what it is given: not where it is a method of what belongs to the call itself. */
  function keepsArgument(callee: Node, isMade: boolean): boolean {
    if (callee.type !== 'MemberExpression' || !KEEPS.test(memberName(callee) ?? '')) return false
    const definition = definitionOf(rootOf(callee))
    if (!definition || !isWithin(definition, owner)) return true
    return isMade && definition.parent?.type === 'VariableDeclarator'
  }

  function definitionOf(root: Node): Node | undefined {
    return root.type === 'Identifier' ? (variableOf(root)?.defs[0]?.name as Node | undefined) : undefined
  }

  const found = kept(use, isImport)
  if (found || !isImport) return found
  for (let node: Node | undefined = use; node && node !== owner; node = node.parent) {
    if (!isFunction(node)) continue
    const stored = node.type === 'FunctionDeclaration' && node.id ? ofVariable(node.id, true) : kept(node, true)
    if (stored) return stored
  }
  return undefined
}

/**
 * Where code between `use` and `owner` may run when a call of `owner` is over, or again and again in it: a function that
 * is handed to something that may keep it, and a loop without an end.
 */
export function outlivingFunction(
  use: Node,
  owner: Node,
  variableOf: (node: Node) => Variable | undefined,
): Node | undefined {
  for (let node: Node | undefined = use; node && node !== owner; node = node.parent) {
    if (isEndless(node)) return node
    if (!isFunction(node)) continue
    const found = placesOf(node, variableOf).find((place) => isHandedOn(place))
    if (found) return found
  }
  return undefined
}

/** `for (;;)` and `while (true)` */
function isEndless(node: Node): boolean {
  if (node.type === 'ForStatement') return node.test === null
  return node.type === 'WhileStatement' && node.test.type === 'Literal' && Boolean(node.test.value)
}

/** Where a function stands as a value: where it is written, or where its name is. */
function placesOf(node: Node, variableOf: (node: Node) => Variable | undefined): readonly Node[] {
  const { parent } = node
  const id =
    node.type === 'FunctionDeclaration' ? node.id : parent?.type === 'VariableDeclarator' ? parent.id : undefined
  if (id?.type !== 'Identifier') return [node]
  return (variableOf(id)?.references ?? []).map(({ identifier }) => identifier)
}

function isHandedOn(place: Node): boolean {
  const { parent } = place
  if (parent?.type !== 'CallExpression' && parent?.type !== 'NewExpression') return false
  if (parent.callee === place || parent.parent.type === 'AwaitExpression') return false
  const { callee } = parent
  const method = callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : ''
  if (callee.type === 'Identifier' && /^(?:Promise|setTimeout|setImmediate|queueMicrotask)$/.test(callee.name))
    return false
  return !IN_PLACE.test(method)
}

/** `Object.assign(target, …)` */
function isAssign({ callee }: TSESTree.CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false
  return callee.object.name === 'Object' && memberName(callee) === 'assign'
}

function functionAround(node: Node): Node | undefined {
  for (let current: Node | undefined = node; current; current = current.parent) if (isFunction(current)) return current
  return undefined
}

function isWithin(node: Node, owner: Node): boolean {
  return owner.range[0] <= node.range[0] && node.range[1] <= owner.range[1]
}
