import type { TSESTree } from '@typescript-eslint/utils'
import type { ScopeManager, Variable } from '@typescript-eslint/scope-manager'
import type { Slots } from './registrations.ts'
import { importedName } from './syntax.ts'
import { usesOf, type Use } from './uses.ts'

/** One imported name and what becomes of it. */
export interface Binding {
  readonly specifier: TSESTree.ImportClause
  readonly local: TSESTree.Identifier
  readonly imported: string
  readonly uses: readonly Use[]
  /** `lazy` and `inline` become lazy imports, `type` an import type, `unused` goes, `static` stays. */
  readonly fate: 'lazy' | 'inline' | 'type' | 'unused' | 'static'
}

/** What becomes of each name that `declaration` imports, by its uses. */
export function bindingsOf(scopes: ScopeManager, declaration: TSESTree.ImportDeclaration, slots: Slots): Binding[] {
  return declaration.specifiers.map((specifier): Binding => {
    const [variable] = scopes.getDeclaredVariables(specifier)
    const imported = importedName(specifier)
    const declaredType =
      declaration.importKind === 'type' || (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type')
    const found = variable ? usesOf(variable as Variable, slots) : []
    const uses = declaredType ? found : found.map(asClassUse)
    return { specifier, local: specifier.local, imported, uses, fate: fateOf(uses, declaredType) }
  })
}

/** `export type { X }` of a class gives the class to other modules, whose `typeof X` an alias of its instances would break. */
function asClassUse(use: Use): Use {
  const exported = use.kind === 'type' && use.node.parent?.type === 'ExportSpecifier'
  return exported ? { kind: 'value', node: use.node, reason: 're-exported', blocks: 'leave' } : use
}

function fateOf(uses: readonly Use[], declaredType: boolean): Binding['fate'] {
  if (uses.length === 0) return 'unused'
  if (declaredType) return 'type'
  if (uses.some(({ kind }) => kind === 'value')) return 'static'
  const slots = uses.filter((use) => use.kind === 'slot')
  if (slots.length === 0) return 'type'
  return slots.every(({ slot }) => slot.registration.form === 'inline') && slots.length === uses.length
    ? 'inline'
    : 'lazy'
}
