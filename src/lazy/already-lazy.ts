import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Registration } from '../frameworks/framework.ts'
import type { Candidate } from './candidate.ts'
import type { PlanInput } from './plan.ts'
import type { Slot, Slots } from './registrations.ts'
import type { Node } from './syntax.ts'

/** Lazy imports that fill a slot already, written inline or as a constant; also the `#generated/*` barrels. */
export function lazyImports(
  { dynamicImports, facts, framework, scopes, program }: PlanInput,
  slots: Slots,
): Candidate[] {
  const done: Candidate[] = []
  for (const node of dynamicImports) {
    if (node.source.type !== 'Literal' || typeof node.source.value !== 'string') continue
    const loader = loaderOf(node)
    const variable =
      loader?.parent?.type === 'VariableDeclarator' && loader.parent.init === loader
        ? scopes.getDeclaredVariables(loader.parent)[0]
        : undefined
    const registration =
      ((loader && slots.slotOf(loader)) ?? firstSlot(variable, slots))?.registration ??
      enclosingRegistration(node, slots)
    if (!registration) continue
    const module = facts.module(node.source.value)
    done.push({
      verdict: 'done',
      reason: 'already-lazy',
      detail: '',
      about: 'handler',
      role: registration.role,
      names: variable ? [variable.name] : [],
      specifier: node.source.value,
      targets: module.kind === 'project' ? [module.path] : [],
      range: node.range,
      edits: [],
    })
  }
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || !framework.generated.test(statement.source.value)) continue
    const role = scopes
      .getDeclaredVariables(statement)
      .map((variable) => memberSlot(variable, slots))
      .find(Boolean)?.registration.role
    if (!role) continue
    done.push({
      verdict: 'done',
      reason: 'already-lazy',
      detail: '',
      about: 'handler',
      role,
      names: statement.specifiers.map(({ local }) => local.name),
      specifier: statement.source.value,
      targets: [],
      range: statement.range,
      edits: [],
    })
  }
  return done
}

/** The `() => import('…')` around an `import()`, also with `.then(…)` behind it. */
function loaderOf(node: TSESTree.ImportExpression): Node | undefined {
  let current: Node = node
  for (let parent: Node | undefined = node.parent; parent; parent = current.parent) {
    if (parent.type === 'ArrowFunctionExpression') return parent.body === current ? parent : undefined
    const chained =
      (parent.type === 'MemberExpression' && parent.object === current) ||
      (parent.type === 'CallExpression' && parent.callee === current) ||
      parent.type === 'AwaitExpression'
    if (!chained) return undefined
    current = parent
  }
  return undefined
}

/** The registration of the function handler that `node` stands in. */
function enclosingRegistration(node: Node, slots: Slots): Registration | undefined {
  for (let current: Node | undefined = node.parent; current; current = current.parent) {
    if (current.type !== 'ArrowFunctionExpression' && current.type !== 'FunctionExpression') continue
    const registration = slots.registrationOf(current)
    if (registration) return registration
  }
  return undefined
}

function firstSlot(variable: Variable | undefined, slots: Slots): Slot | undefined {
  for (const { identifier } of variable?.references ?? []) {
    const slot = slots.slotOf(identifier)
    if (slot) return slot
  }
  return undefined
}

/** The slot that `controllers.Users` fills, for `controllers` the given variable. */
function memberSlot(variable: Variable, slots: Slots): Slot | undefined {
  for (const { identifier } of variable.references) {
    let node: Node = identifier
    while (node.parent?.type === 'MemberExpression' && node.parent.object === node) node = node.parent
    const slot = node === identifier ? undefined : slots.slotOf(node)
    if (slot) return slot
  }
  return undefined
}
