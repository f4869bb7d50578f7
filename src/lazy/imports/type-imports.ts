import type { TSESTree } from '@typescript-eslint/utils'
import type { Edit } from '../../edits/text.ts'
import { bindingsOf, type Binding } from '../bindings.ts'
import type { Candidate } from '../candidate.ts'
import { directiveDoubt, type Demotion } from '../per-request.ts'
import type { PlanInput } from '../plan.ts'
import type { Slots } from '../registrations.ts'
import { rewriteTypes } from './rewrite-import.ts'
import { hasAttributes, hasCommentInside, isIdentifierName, removeImport, replaceImport } from '../rewrite.ts'
import { isOfTypes, textOf } from '../syntax.ts'
import type { Use } from '../uses.ts'

/** One module, for the codemods after which every import is still static, or gone. */
export interface StaticInput extends PlanInput {
  readonly slots: Slots
  /** Whether the module imports `specifier` statically at run time: most loaders drop what is used as a type only. */
  isLoaded(specifier: string): boolean
}

/**
 * Plans the imports of one module that are executed though nothing of it needs them when it runs: those that are used
 * as types only become `import type`, those that are not used go.
 *
 * Pure, as `plan` is.
 *
 * @returns one candidate for each such import, in source order; none where another statement loads the same module.
 */
export function planTypeImports(input: StaticInput): Candidate[] {
  const { program, facts, scopes, slots } = input
  const found: Candidate[] = []
  const needed = new Set<string>()
  for (const statement of program.body) {
    if (!('source' in statement) || !statement.source || isOfTypes(statement)) continue
    const specifier = statement.source.value as string
    if (!input.isLoaded(specifier) || facts.module(specifier).kind !== 'project') continue
    const candidate =
      statement.type === 'ImportDeclaration'
        ? candidateOf(input, statement, bindingsOf(scopes, statement, slots))
        : undefined
    if (candidate) found.push(candidate)
    else needed.add(specifier)
  }
  return found.filter(({ specifier }) => !needed.has(specifier))
}

/** Whether a use is none of the value: an `import type` is enough for it. */
export function isErased(use: Use): boolean {
  if (use.kind !== 'value') return use.kind === 'type'
  const { parent } = use.node
  if (parent?.type === 'ExportSpecifier') return parent.exportKind === 'type' || parent.parent.exportKind === 'type'
  if (use.reason !== 'qualified-type') return false
  let name = use.node
  while (name.parent?.type === 'TSQualifiedName') name = name.parent
  // `import User = models.User` is a constant where `User` is one.
  return name.parent?.type !== 'TSImportEqualsDeclaration'
}

function isMetadata(use: Use): boolean {
  return use.kind === 'value' && use.reason === 'decorator-metadata'
}

/** @returns undefined when something of the import is needed at run time. */
function candidateOf(
  input: StaticInput,
  declaration: TSESTree.ImportDeclaration,
  bindings: readonly Binding[],
): Candidate | undefined {
  const { facts, text } = input
  const names = bindings.map(({ local }) => local.name)
  const isNeeded = bindings.some(({ uses }) => uses.some((use) => !isErased(use) && !isMetadata(use)))
  const isUnused = bindings.every(({ uses }) => uses.length === 0)
  if (bindings.length === 0 || isNeeded) return undefined
  // The types in comments of JavaScript.
  if (!facts.typescript && (!isUnused || names.some((name) => isMentioned(name, text)))) return undefined
  const edits = isUnused ? unusedEdits(text, declaration) : typeEdits(input, declaration, bindings)
  const demotion =
    blockerOf(text, declaration, bindings, edits) ??
    (isUnused ? ({ verdict: 'suggest', reason: 'unused', detail: names.join('`, `') } as const) : undefined) ??
    directiveDoubt(text, declaration)[0]
  return {
    verdict: demotion?.verdict ?? 'fix',
    reason: demotion?.reason ?? 'used-as-types',
    detail: demotion?.detail ?? names.join('`, `'),
    about: 'types',
    role: undefined,
    names,
    specifier: declaration.source.value,
    targets: [],
    range: declaration.range,
    edits: demotion?.verdict === 'leave' ? [] : (edits ?? []),
  }
}

function isMentioned(name: string, text: string): boolean {
  return (text.match(new RegExp(String.raw`(?<![\w$])${name.replaceAll('$', '\\$')}(?![\w$])`, 'g')) ?? []).length > 1
}

/** @param edits undefined when a comment inside the import is in their way. */
function blockerOf(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  bindings: readonly Binding[],
  edits: readonly Edit[] | undefined,
): Demotion | undefined {
  const leave = (reason: Demotion['reason'], detail = ''): Demotion => ({ verdict: 'leave', reason, detail })
  const metadata = bindings.find(({ uses }) => uses.some(isMetadata))
  if (metadata) return leave('decorator-metadata', metadata.local.name)
  if (hasAttributes(text, declaration)) return leave('import-attributes')
  return edits ? undefined : leave('comment-inside')
}

function unusedEdits(text: string, declaration: TSESTree.ImportDeclaration): Edit[] | undefined {
  return hasCommentInside(text, declaration) ? undefined : [removeImport(text, declaration)]
}

/** @returns undefined when a comment inside the import is in the way. */
function typeEdits(
  { text, dynamicImports }: StaticInput,
  declaration: TSESTree.ImportDeclaration,
  bindings: readonly Binding[],
): Edit[] | undefined {
  const { source, specifiers } = declaration
  const hasComment = hasCommentInside(text, declaration)
  // A type import above a lazy import of the same specifier switches hot reload off (hot-hook 1.0.0).
  if (dynamicImports.some((lazy) => textOf(lazy.source) === source.value)) {
    const isAlias = bindings.every(
      ({ uses, imported }) => uses.every(({ kind }) => kind === 'type') && isIdentifierName(imported),
    )
    if (hasComment || !isAlias) return undefined
    const statements: string[] = []
    const edits: Edit[] = []
    for (const binding of bindings) rewriteTypes(binding, source.raw, statements, edits)
    return [
      ...edits,
      statements.length > 0 ? replaceImport(text, declaration, statements) : removeImport(text, declaration),
    ]
  }
  const named = specifiers.filter((specifier) => specifier.type === 'ImportSpecifier')
  const start = declaration.range[0] + 'import'.length
  const edits: Edit[] = [{ range: [start, start], text: ' type' }]
  for (const { importKind, range } of named) {
    if (importKind === 'type') edits.push({ range: [range[0], range[0] + typeKeyword(text, range[0])], text: '' })
  }
  const [first, second] = specifiers
  if (first?.type !== 'ImportDefaultSpecifier' || !second) return edits
  // A type import has a default or names, not both.
  if (hasComment) return undefined
  const clause =
    second.type === 'ImportNamespaceSpecifier'
      ? text.slice(...second.range)
      : `{ ${named.map(({ imported, range }) => text.slice(imported.range[0], range[1])).join(', ')} }`
  return [
    replaceImport(text, declaration, [
      `import type ${first.local.name} from ${source.raw}`,
      `import type ${clause} from ${source.raw}`,
    ]),
  ]
}

/** The length of `type ` at `start`, what is between it and the name included. */
function typeKeyword(text: string, start: number): number {
  return /^type\s*/.exec(text.slice(start))?.[0].length ?? 0
}
