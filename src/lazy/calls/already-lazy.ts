import type { Variable } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import type { Role } from '../../frameworks/framework.ts'
import type { Candidate } from '../candidate.ts'
import type { PlanInput } from '../plan.ts'
import { importedName, isFunction, type Node } from '../syntax.ts'
import type { CallContext } from './plan.ts'

/** The lazy imports that registered functions make when they are called: directly, or by a constant that imports. */
export function lazyCalls(input: PlanInput, context: CallContext): Candidate[] {
  const { dynamicImports, facts, scopes } = input
  return dynamicImports.flatMap((node): Candidate[] => {
    if (node.source.type !== 'Literal' || typeof node.source.value !== 'string') return []
    const variable = loaderAround(node, (declarator) => scopes.getDeclaredVariables(declarator)[0] as Variable)
    const loads: Node[] = [node, ...(variable?.references ?? []).map(({ identifier }) => identifier)]
    const made = loads.flatMap((place) => valueMadeBy(place, input, context))
    const places = [...loads, ...made]
    const role = places.map((place) => roleAround(place, context)).find(Boolean)
    if (!role) return []
    const module = facts.module(node.source.value)
    if (module.kind !== 'project') return []
    return [
      {
        verdict: 'done',
        reason: 'already-lazy',
        detail: '',
        about: 'handler',
        role,
        names: variable ? [variable.name] : [],
        specifier: node.source.value,
        targets: [module.path],
        range: node.range,
        edits: [],
      },
    ]
  })
}

/** The constant that holds the function an `import()` stands in: `const users = () => import('…')`. */
function loaderAround(node: Node, variableOf: (declarator: Node) => Variable | undefined): Variable | undefined {
  for (let current: Node | undefined = node; current; current = current.parent) {
    if (!isFunction(current)) continue
    return current.parent?.type === 'VariableDeclarator' ? variableOf(current.parent) : undefined
  }
  return undefined
}

/** Where the value is used that `const users = fromModule(usersController, …)` makes, with what `place` loads. */
function valueMadeBy(place: Node, { facts }: PlanInput, { variableOf }: CallContext): readonly Node[] {
  const isInline = place.type === 'ImportExpression' && place.parent.type === 'ArrowFunctionExpression'
  const load = isInline ? place.parent : place
  const call = load.parent
  if (call?.type !== 'CallExpression' || call.arguments[0] !== load || call.callee.type !== 'Identifier') return []
  const definition = variableOf(call.callee)?.defs[0]
  if (definition?.type !== 'ImportBinding' || definition.node.type === 'TSImportEqualsDeclaration') return []
  const { source } = definition.parent as TSESTree.ImportDeclaration
  if (importedName(definition.node) !== 'fromModule' || facts.module(source.value).kind === 'external') return []
  const { parent } = call
  if (parent.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return []
  return (variableOf(parent.id)?.references ?? []).map(({ identifier }) => identifier)
}

/** The role of the registered function that `node` stands in. */
function roleAround(node: Node, { slotOf, variableOf }: CallContext): Role | undefined {
  for (let current: Node | undefined = node; current; current = current.parent) {
    if (!isFunction(current)) continue
    const slot = slotOf(current) ?? slotOfConstant(current, { slotOf, variableOf })
    if (slot) return slot.role
  }
  return undefined
}

function slotOfConstant(
  { parent }: Node,
  { slotOf, variableOf }: Pick<CallContext, 'slotOf' | 'variableOf'>,
): ReturnType<CallContext['slotOf']> {
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return undefined
  for (const { identifier } of variableOf(parent.id)?.references ?? []) {
    const slot = slotOf(identifier)
    if (slot) return slot
  }
  return undefined
}
