import type { TSESTree } from '@typescript-eslint/utils'
import type { Edit } from '../../edits/text.ts'
import { bindingsOf } from '../bindings.ts'
import { runs } from './evaluation-order.ts'
import type { PlanInput } from '../plan.ts'
import type { Slots } from '../registrations.ts'
import { directiveAbove, hasAttributes, hasCommentInside, isIdentifierName, replaceImport } from '../rewrite.ts'
import type { Node } from '../syntax.ts'

/**
 * The edits that have the imports of a module that come after `declaration` wait for what is awaited in its place, so
 * that modules are evaluated in the order that they have: `const { env } = await import('./env.js')`. Packages that are
 * imported for what they export stay.
 *
 * @param isTaken whether another rewrite takes the reference.
 * @returns undefined where one of them has to stay an import, or none comes after it.
 */
export function awaitLaterImports(
  { program, scopes, text, facts }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  slots: Slots,
  isTaken: (node: Node, specifier: string, imported: string) => boolean,
): Edit[] | undefined {
  const edits: Edit[] = []
  const statements = program.body.slice(program.body.indexOf(declaration) + 1)
  let isRunning = false
  for (const statement of statements) {
    if (statement.type !== 'ImportDeclaration') {
      isRunning ||= runs(statement)
      continue
    }
    const { specifiers, source } = statement
    const module = facts.module(source.value)
    if (statement.importKind === 'type' || (module.kind !== 'project' && specifiers.length > 0)) continue
    const bindings = bindingsOf(scopes, statement, slots)
    const mayStay = bindings.some(
      ({ specifier, imported, uses }) =>
        // TypeScript leaves out what is used as a type, and not at all.
        uses.length === 0 ||
        uses.some(({ kind, node }) => kind === 'type' || isTaken(node, source.value, imported)) ||
        (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type') ||
        !isIdentifierName(imported === '*' ? 'all' : imported) ||
        module.exported(imported).mutable,
    )
    const isNamespace = bindings.some(({ imported }) => imported === '*')
    if (isRunning || mayStay || module.boundary || (isNamespace && bindings.length > 1)) return undefined
    if (hasAttributes(text, statement) || hasCommentInside(text, statement)) return undefined
    if (directiveAbove(text, statement.range[0]) !== undefined) return undefined
    const names = bindings.map(({ imported, local: { name } }) => (imported === name ? name : `${imported}: ${name}`))
    const pattern = isNamespace ? (bindings[0]?.local.name ?? '') : `{ ${names.join(', ')} }`
    const awaited = `await import(${source.raw})`
    edits.push(replaceImport(text, statement, [bindings.length === 0 ? awaited : `const ${pattern} = ${awaited}`]))
  }
  return edits.length > 0 ? edits : undefined
}
