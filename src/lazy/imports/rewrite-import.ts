import type { TSESTree } from '@typescript-eslint/utils'
import type { Edit } from '../../edits/text.ts'
import type { Binding } from '../bindings.ts'
import { isReadBefore, prologueOf } from './evaluation-order.ts'
import type { ExportFacts, ModuleFacts } from '../facts.ts'
import type { PlanInput } from '../plan.ts'
import {
  endsWithSemicolon,
  hasAttributes,
  hasCommentInside,
  insertStatements,
  loaderText,
  removeImport,
  replaceImport,
  replaceImportTokens,
} from '../rewrite.ts'
import { climbCasts, type Node } from '../syntax.ts'

/** Turns the declaration's handlers into lazy imports, its types into import types, and drops what is unused. */
export function rewriteImport(
  { text, program }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  bindings: readonly Binding[],
  exports: ReadonlyMap<Binding, ExportFacts>,
): Edit[] {
  const edits: Edit[] = []
  const quote = declaration.source.raw[0] ?? "'"
  const statements: string[] = []
  const kept = bindings.filter(({ fate }) => fate === 'static')
  if (kept.length > 0) statements.push(importStatement(kept, declaration.source.raw))
  for (const binding of bindings) {
    const target = exports.get(binding)
    if (!target) continue
    const raw =
      target.specifier === declaration.source.value ? declaration.source.raw : quote + target.specifier + quote
    const loader = loaderText(raw, target.exportName)
    if (binding.fate === 'lazy') statements.push(`const ${binding.local.name} = ${loader}`)
    else edits.push(...binding.uses.map(({ node }) => inlineUse(node, loader)))
  }
  for (const binding of bindings) {
    if (binding.fate !== 'static') rewriteTypes(binding, declaration.source.raw, statements, edits)
  }
  const [only] = bindings
  if (statements.length === 0) {
    edits.push(removeImport(text, declaration))
  } else if (bindings.some(({ uses, fate }) => fate === 'lazy' && isReadBefore(program, declaration, uses))) {
    const { last, next } = prologueOf(program)
    const anchor = last && next && last.range[0] < next.range[0] ? last : undefined
    edits.push(removeImport(text, declaration))
    if (next) edits.push(insertStatements(text, anchor, next, statements, endsWithSemicolon(text, declaration)))
  } else if (only && hasCommentInside(text, declaration)) {
    edits.push(...replaceImportTokens(text, declaration, only.local, statements.slice(1)))
  } else {
    edits.push(replaceImport(text, declaration, statements))
  }
  return edits
}

/** Only the import: the stored use then holds the lazy import. Types keep naming the local constant. */
export function rewriteIndirect(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  bindings: readonly Binding[],
  module: ModuleFacts,
): Edit[] {
  const [binding] = bindings
  if (!binding || bindings.length > 1 || hasCommentInside(text, declaration) || hasAttributes(text, declaration))
    return []
  const target = module.exported(binding.imported)
  if (target.kind !== 'class') return []
  const quote = declaration.source.raw[0] ?? "'"
  const loader = loaderText(quote + target.specifier + quote, target.exportName)
  return [replaceImport(text, declaration, [`const ${binding.local.name} = ${loader}`])]
}

function inlineUse(node: Node, loader: string): Edit {
  const { parent } = node
  if (parent?.type === 'Property' && parent.shorthand) {
    return { range: node.range, text: `${(node as TSESTree.Identifier).name}: ${loader}` }
  }
  return { range: climbCasts(node).node.range, text: loader }
}

function importStatement(bindings: readonly Binding[], raw: string): string {
  const named: string[] = []
  let clause = ''
  for (const { specifier, local } of bindings) {
    if (specifier.type === 'ImportSpecifier') {
      const imported = specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.raw
      named.push(imported === local.name ? local.name : `${imported} as ${local.name}`)
    } else {
      clause = local.name
    }
  }
  const braces = named.length > 0 ? `{ ${named.join(', ')} }` : ''
  return `import ${[clause, braces].filter(Boolean).join(', ')} from ${raw}`
}

/**
 * Types move to import types: `typeof X` in place, a name by an alias beside the import, a generic name in place.
 * Never an `import type`: above a lazy import of the same specifier it switches hot reload off (hot-hook 1.0.0,
 * `dynamic_import_checker.js` takes the first import it finds).
 */
export function rewriteTypes(
  { uses, imported, local }: Pick<Binding, 'uses' | 'imported' | 'local'>,
  raw: string,
  statements: string[],
  edits: Edit[],
): void {
  const types = uses.filter((use) => use.kind === 'type')
  for (const { node, form } of types) {
    if (form === 'query') edits.push({ range: node.range, text: `(typeof import(${raw}))['${imported}']` })
  }
  const names = types.filter(({ form }) => form !== 'query')
  if (names.some(({ form }) => form === 'generic')) {
    edits.push(...names.map(({ node }) => ({ range: node.range, text: `import(${raw}).${imported}` })))
  } else if (names.length > 0) {
    statements.push(`type ${local.name} = import(${raw}).${imported}`)
  }
}
