import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { applyEdits, lineBreakOf } from '../../edits/text.ts'
import { childrenOf } from '../../graph/exports/nodes.ts'
import type { Analysis, FilePlan } from '../analysis.ts'
import type { Opened } from '../boot/boot.ts'
import type { Candidate } from '../candidate.ts'
import type { LevelPlan } from '../levels.ts'
import { hasAttributes, hasCommentInside } from '../rewrite.ts'
import { importedName, type Node } from '../syntax.ts'
import type { SplitPlan } from './split.ts'
import { chunksOf, importWith, joined, type Part } from './split-text.ts'

type Statement = TSESTree.ProgramStatement

/** What becomes of the imports of a module of which statements move to another: those to add there, and those to keep. */
export type MovedImports = ReadonlyMap<
  TSESTree.ImportDeclaration,
  { readonly add: readonly TSESTree.ImportClause[]; readonly stay: readonly TSESTree.ImportClause[] }
>

/**
 * What statements that move need of the imports of their module.
 *
 * @param own the variable that both modules know by the same name.
 * @param mayMove whether an import of this specifier can stand in the other module.
 * @returns undefined where they need something else of their module, or a name means something else in the other.
 */
export function importsOfMoved(
  from: Opened,
  to: Opened,
  moved: ReadonlySet<Statement>,
  own: Variable | undefined,
  mayMove: (specifier: string) => boolean,
): MovedImports | undefined {
  const isMoved = ({ range }: Node): boolean =>
    [...moved].some((one) => one.range[0] <= range[0] && range[1] <= one.range[1])
  const theirs = moduleVariables(to)
  const imports = new Map<TSESTree.ImportDeclaration, { add: TSESTree.ImportClause[]; stay: TSESTree.ImportClause[] }>()
  const names = new Map<string, Variable | undefined>()
  const values = new Set<string>()
  for (const { references: found } of from.scopes.scopes)
    for (const { identifier, resolved, isValueReference } of found) {
      const declared = resolved?.defs[0]?.name as Node | undefined
      if (!isMoved(identifier as Node) || (declared && isMoved(declared)) || identifier.type !== 'Identifier') continue
      names.set(identifier.name, (resolved ?? undefined) as Variable | undefined)
      if (isValueReference) values.add(identifier.name)
    }
  for (const [name, found] of names) {
    if (own && found === own) continue
    const definition = found?.defs[0]
    if (!definition) {
      // A global there, something else here.
      if (theirs.has(name)) return undefined
      continue
    }
    if (definition.type !== 'ImportBinding' || definition.parent?.type !== 'ImportDeclaration') return undefined
    const declaration = definition.parent as TSESTree.ImportDeclaration
    if (!mayMove(declaration.source.value) || hasCommentInside(from.text, declaration)) return undefined
    if (hasAttributes(from.text, declaration)) return undefined
    const clause = definition.node as TSESTree.ImportClause
    const known = theirs.get(name)
    if (known && !isSameImport(known, declaration, clause, values.has(name))) return undefined
    const kept = imports.get(declaration) ?? { add: [], stay: [] }
    if (!known) kept.add.push(clause)
    imports.set(declaration, kept)
  }
  for (const [declaration, { stay }] of imports) {
    stay.push(
      ...declaration.specifiers.filter((one) => {
        const [bound] = from.scopes.getDeclaredVariables(one) as Variable[]
        return (
          !bound ||
          bound.references.length === 0 ||
          bound.references.some(({ identifier }) => !isMoved(identifier as Node))
        )
      }),
    )
  }
  return imports
}

/**
 * The text of a module without the statements that move, and the text of these.
 *
 * @param areLoaded whether the module still loads, in its place, what only these import: `import './db.js'`.
 */
export function takenOut(
  from: Opened,
  moved: ReadonlySet<Statement>,
  imports: MovedImports,
  areLoaded = false,
): { readonly staying: string; readonly moving: string } | undefined {
  const eol = lineBreakOf(from.text)
  const { header, list, tail } = chunksOf(from.text, from.program)
  if (!isWhole(from)) return undefined
  if (
    list.some(({ statement, lead }) => moved.has(statement) && /(?:eslint|oxlint)-(?:disable|enable)(?!-)/.test(lead))
  )
    return undefined
  const staying = list.map(({ statement, lead, body }): Part => {
    if (moved.has(statement)) return { lead, body: undefined }
    const split = statement.type === 'ImportDeclaration' ? imports.get(statement) : undefined
    if (!split || statement.type !== 'ImportDeclaration' || split.stay.length === statement.specifiers.length)
      return { lead, body }
    if (split.stay.length === 0) {
      if (!areLoaded || statement.importKind === 'type') return { lead, body: undefined }
      return { lead, body: `import ${body.slice(statement.source.range[0] - statement.range[0])}` }
    }
    return {
      lead,
      body: importWith(from.text, statement, split.stay) + body.slice(statement.range[1] - statement.range[0]),
    }
  })
  const moving = joined(
    list.flatMap(({ statement, lead, body }): Part[] => (moved.has(statement) ? [{ lead, body }] : [])),
    eol,
  ).replace(/^(?:[\t ]*\r?\n)+/, '')
  return { staying: header + joined(staying, eol) + tail, moving: moving.endsWith('\n') ? moving : moving + eol }
}

/** The statements of a module, to which others can be put. */
export function partsOf({ program, text }: Opened): Part[] {
  return chunksOf(text, program).list.map(({ lead, body }) => ({ lead, body }))
}

/** The text of a module whose statements are these. */
export function withParts({ program, text }: Opened, parts: readonly Part[]): string {
  const { header, tail } = chunksOf(text, program)
  return header + joined(parts, lineBreakOf(text)) + tail
}

/** Whether a module can be written again from its statements, byte for byte. */
export function isWhole(file: Opened): boolean {
  return withParts(file, partsOf(file)) === file.text
}

/** Whether code means something else in another file. */
export function namesPlace(node: Node): boolean {
  if (node.type === 'MetaProperty' || node.type === 'ImportExpression' || node.type === 'ThisExpression') return true
  return childrenOf(node).some(namesPlace)
}

/** Whether a module other than `path`, a test too, imports `target`, and has what it does by that. */
export function isImportedElsewhere({ server, modules, resolver }: Analysis, path: string, target: string): boolean {
  return server
    .files()
    .some(
      (from) =>
        from !== path &&
        modules
          .lexed(from)
          ?.imports.some(({ specifier }) => specifier != null && resolver.resolve(from, specifier).path === target) ===
          true,
    )
}

/** The variables of a module by their names. */
export function moduleVariables({ scopes }: Opened): ReadonlyMap<string, Variable> {
  const module = scopes.scopes.find(({ type }) => (type as string) === 'module')
  return new Map((module?.variables as Variable[] | undefined)?.map((variable) => [variable.name, variable]))
}

/** Whether a name is imported here as it is there. @param isValue whether more than its type is asked for. */
function isSameImport(
  { defs }: Variable,
  { source }: TSESTree.ImportDeclaration,
  clause: TSESTree.ImportClause,
  isValue: boolean,
): boolean {
  const [definition] = defs
  const declaration = definition?.type === 'ImportBinding' ? definition.parent : undefined
  if (declaration?.type !== 'ImportDeclaration' || declaration.source.value !== source.value) return false
  const known = definition?.node as TSESTree.ImportClause
  const isType = declaration.importKind === 'type' || (known.type === 'ImportSpecifier' && known.importKind === 'type')
  return importedName(known) === importedName(clause) && !(isType && isValue)
}

/**
 * The texts that come of a plan for a tree in which statements were moved.
 *
 * @param made the plan of the entry, of which `own` is a fix.
 * @param others what was written to the tree beside the entry.
 */
export function writesOf(
  { splits }: LevelPlan,
  made: FilePlan,
  own: Candidate,
  others: ReadonlyMap<string, string>,
): SplitPlan['writes'] {
  // Of a file that is split again, the plan has no edits.
  const split = splits.find(({ path }) => path === made.path)
  const texts = new Map([...others, [made.path, applyEdits(made.text, own.edits)]])
  for (const { path, text } of split?.writes ?? []) texts.set(path, text)
  return [...texts].map(([path, text]) => ({ path, text }))
}
