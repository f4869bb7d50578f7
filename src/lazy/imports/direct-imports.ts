import { isBuiltin } from 'node:module'
import type { TSESTree } from '@typescript-eslint/utils'
import type { Edit } from '../../edits/text.ts'
import { bindingsOf, type Binding } from '../bindings.ts'
import type { Candidate, Place } from '../candidate.ts'
import type { ModuleFacts } from '../facts.ts'
import { directiveDoubt, type Demotion } from '../per-request.ts'
import { hasAttributes, hasCommentInside, isIdentifierName, moveImport, replaceImport } from '../rewrite.ts'
import { isOfTypes, textOf } from '../syntax.ts'
import { isErased, type StaticInput } from './type-imports.ts'

/**
 * Plans the imports of one module that name a barrel: the modules behind it can be imported themselves, without all else
 * that the barrel loads. Types stay with the barrel, in an `import type`.
 *
 * Pure, as `plan` is.
 *
 * @returns one candidate for each import of which a name comes from behind a barrel, in source order. Its targets are the
 *   modules that are imported instead, and stay as they are.
 */
export function planDirectImports(input: StaticInput): Candidate[] {
  const { program, facts } = input
  const found: Candidate[] = []
  /** Why the module behind a specifier stays loaded by this file, whatever becomes of its other statements. */
  const kept = new Map<string, Demotion>()
  for (const statement of program.body) {
    if (!('source' in statement) || !statement.source || isOfTypes(statement)) continue
    const specifier = statement.source.value as string
    if (!input.isLoaded(specifier)) continue
    const module = facts.module(specifier)
    if (module.kind !== 'project') continue
    const candidate = statement.type === 'ImportDeclaration' ? candidateOf(input, statement, module) : undefined
    if (candidate) found.push(candidate)
    else if (statement.type !== 'ImportDeclaration')
      kept.set(specifier, { verdict: 'leave', reason: 're-exported', detail: specifier })
    else if (!isErasedImport(input, statement))
      kept.set(specifier, mixed(statement.specifiers.map(({ local }) => local.name)))
    if (candidate?.verdict === 'leave') kept.set(specifier, mixed(candidate.names))
  }
  return found.map((candidate) => {
    const why = candidate.verdict === 'leave' ? undefined : kept.get(candidate.specifier)
    return why ? { ...candidate, ...why, edits: [] } : candidate
  })
}

function mixed(names: readonly string[]): Demotion {
  return { verdict: 'leave', reason: 'mixed-declaration', detail: names.join('`, `') }
}

/** An import that the loader drops, beside one of the same specifier that it keeps. */
function isErasedImport({ scopes, slots, facts }: StaticInput, statement: TSESTree.ProgramStatement): boolean {
  if (statement.type !== 'ImportDeclaration' || !facts.typescript || statement.specifiers.length === 0) return false
  return bindingsOf(scopes, statement, slots).every(({ uses }) => uses.every(isErased))
}

/** A name, and the module that declares it. */
interface Moved {
  readonly local: string
  readonly exportName: string
  readonly specifier: string
  readonly path: string
}

/** @returns undefined where no value comes from behind a barrel. */
function candidateOf(
  input: StaticInput,
  declaration: TSESTree.ImportDeclaration,
  module: ModuleFacts,
): Candidate | undefined {
  const { facts, text, scopes, slots } = input
  const bindings = bindingsOf(scopes, declaration, slots)
  const isType = ({ uses }: Binding): boolean => facts.typescript && uses.every(isErased)
  const types = bindings.filter(isType)
  const values = bindings.filter((binding) => !isType(binding))
  const moved = values.map(({ local, imported }): Moved | undefined => {
    const origin = module.origin(imported)
    return origin && { ...origin, local: local.name }
  })
  if (!moved.some((one) => one && one.path !== module.path)) return undefined
  const stays = values.find((_, at) => (moved[at]?.path ?? module.path) === module.path)
  const known = moved.flatMap((one) => (one ? [one] : []))
  const blocker = stays ? mixed([stays.local.name]) : blockerOf(input, declaration, known, types)
  const demotion = blocker ?? directiveDoubt(text, declaration)[0]
  return {
    verdict: demotion?.verdict ?? 'fix',
    reason: demotion?.reason ?? 'behind-barrel',
    detail: demotion?.detail ?? known.map(({ local }) => local).join('`, `'),
    about: 'handler',
    role: undefined,
    names: values.map(({ local }) => local.name),
    specifier: declaration.source.value,
    targets: [...new Set(known.map(({ path }) => path))],
    range: declaration.range,
    edits: demotion?.verdict === 'leave' ? [] : rewrite(text, declaration, known, types),
    ...(demotion ? {} : { places: placesOf(input, declaration, statementsFor(text, declaration, known, types)) }),
  }
}

/**
 * Behind each import below that loads a module: an order of evaluation of its own each. Not behind a package, of which
 * nobody knows what it does when it is loaded.
 */
function placesOf(
  { text, program, facts, isLoaded }: StaticInput,
  declaration: TSESTree.ImportDeclaration,
  statements: readonly string[],
): Place[] {
  const places: Place[] = []
  for (const statement of program.body) {
    if (!('source' in statement) || !statement.source || statement.range[0] <= declaration.range[0]) continue
    const specifier = statement.source.value as string
    if (isOfTypes(statement) || !isLoaded(specifier) || isBuiltin(specifier)) continue
    if (facts.module(specifier).kind !== 'project') break
    if (statement.type !== 'ImportDeclaration') continue
    const edits = moveImport(text, program, declaration, statements, statement)
    if (edits) places.push({ anchor: statement.range[0], edits })
  }
  return places
}

function blockerOf(
  { text, dynamicImports }: StaticInput,
  declaration: TSESTree.ImportDeclaration,
  moved: readonly Moved[],
  types: readonly Binding[],
): Demotion | undefined {
  const { source } = declaration
  const leave = (reason: Demotion['reason'], detail = ''): Demotion => ({ verdict: 'leave', reason, detail })
  if (hasAttributes(text, declaration)) return leave('import-attributes')
  const isRenamed = moved.some(({ exportName }) => !isIdentifierName(exportName) && exportName !== '*')
  if (isRenamed) return leave('unresolved', source.value)
  if (hasCommentInside(text, declaration) && !isOnlyRenamed(declaration, moved, types)) return leave('comment-inside')
  // A type import above a lazy import of the same specifier switches hot reload off (hot-hook 1.0.0).
  const isLazyToo = types.length > 0 && dynamicImports.some((lazy) => textOf(lazy.source) === source.value)
  return isLazyToo ? leave('type-beside-lazy', types.map(({ local }) => local.name).join('`, `')) : undefined
}

/** Whether the specifier is all that changes. */
function isOnlyRenamed(
  { specifiers }: TSESTree.ImportDeclaration,
  moved: readonly Moved[],
  types: readonly Binding[],
): boolean {
  if (types.length > 0 || new Set(moved.map(({ specifier }) => specifier)).size > 1) return false
  return specifiers.every((specifier, at) => {
    const exportName = moved[at]?.exportName
    if (specifier.type === 'ImportDefaultSpecifier') return exportName === 'default'
    if (specifier.type === 'ImportNamespaceSpecifier') return exportName === '*'
    return specifier.imported.type === 'Identifier' && specifier.imported.name === exportName
  })
}

function rewrite(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  moved: readonly Moved[],
  types: readonly Binding[],
): Edit[] {
  const { raw, range } = declaration.source
  const quote = raw[0] ?? "'"
  const [first] = moved
  if (first && isOnlyRenamed(declaration, moved, types)) return [{ range, text: quote + first.specifier + quote }]
  return [replaceImport(text, declaration, statementsFor(text, declaration, moved, types))]
}

/** What is written in place of the import. */
function statementsFor(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  moved: readonly Moved[],
  types: readonly Binding[],
): string[] {
  const { raw } = declaration.source
  const quote = raw[0] ?? "'"
  const [first] = moved
  if (first && isOnlyRenamed(declaration, moved, types))
    return [text.slice(declaration.range[0], declaration.source.range[0]) + quote + first.specifier + quote]
  const groups = new Map<string, Moved[]>()
  for (const one of moved) groups.set(one.specifier, [...(groups.get(one.specifier) ?? []), one])
  const typed = types.map(({ local, imported }) => ({ local: local.name, exportName: imported }))
  return [
    ...[...groups].flatMap(([specifier, names]) =>
      clausesOf(names).map((clause) => `import ${clause} from ${quote}${specifier}${quote}`),
    ),
    ...clausesOf(typed).map((clause) => `import type ${clause} from ${raw}`),
  ]
}

/** `Users`, `* as users`, `{ list, show as showUser }`: one for each statement that is needed. */
function clausesOf(names: readonly Pick<Moved, 'local' | 'exportName'>[]): string[] {
  const named = names.filter(({ exportName }) => exportName !== 'default' && exportName !== '*')
  const others = names.filter((one) => !named.includes(one))
  const list = named.map(({ local, exportName }) => (local === exportName ? local : `${exportName} as ${local}`))
  return [
    ...others.map(({ local, exportName }) => (exportName === '*' ? `* as ${local}` : local)),
    ...(list.length > 0 ? [`{ ${list.join(', ')} }`] : []),
  ]
}
