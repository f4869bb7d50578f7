import type { Reference, Variable } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { applyEdits, lineStart, type Edit } from '../../edits/text.ts'
import { childrenOf } from '../../graph/exports/nodes.ts'
import type { Opened } from '../boot/boot.ts'
import { namesIn, type Names } from '../calls/names.ts'
import { prologueOf } from '../imports/evaluation-order.ts'
import { styleAt } from '../per-request.ts'
import { insertStatements, removeImport, removeStatement, replaceImport } from '../rewrite.ts'
import { importedName, type Node } from '../syntax.ts'
import { holds, type InlineHandler, type Movable } from './handlers.ts'

/** What becomes of a file whose handlers move. */
export interface Extracted {
  /** Of the file that registers them. */
  readonly edits: readonly Edit[]
  /** Of the new module. */
  readonly text: string
  /** The names of its exports, by the offsets at which the functions start. */
  readonly names: ReadonlyMap<number, string>
  /** The imports that the file then has for types only, or not at all. */
  readonly imports: readonly TSESTree.ImportDeclaration[]
}

/** A name that the new module imports. */
interface Imported {
  readonly form: 'default' | 'namespace' | 'named'
  /** As it is written between braces. */
  readonly name: string
  readonly local: string
  readonly isType: boolean
}

/**
 * Writes the module of what `movable` has that is not refused, and what the file has in its place.
 *
 * @param specifier of the new module, as the file names it.
 * @param typed the file holds types.
 */
export function extract(file: Opened, { handlers, companions }: Movable, specifier: string, typed: boolean): Extracted {
  const { text, program, scopes } = file
  const moving = handlers.filter(({ refusal }) => !refusal)
  const places: readonly Node[] = [...moving.map(({ node }) => node), ...companions.map(({ statement }) => statement)]
  const isMoved = (node: Node): boolean => places.some((place) => holds(place, node))
  const staying = scopes.scopes.filter(({ block }) => !isMoved(block as Node))
  const names = namesIn({ scopes: staying } as typeof scopes, new Set())
  const exported = new Map(moving.map(({ node, name }) => [node.range[0], freeName(names, node.id?.name ?? name)]))
  const style = styleAt(text, 0, program)
  const eol = style.lineBreak
  const references = [...moving, ...companions].flatMap((part) => part.references)
  const { statements, locals } = frameworkTypes(moving, references, program, style.semicolon)
  const imports = program.body.filter((statement) => statement.type === 'ImportDeclaration')
  for (const declaration of imports) {
    const needed = importedFor(declaration, references, locals, scopes, typed)
    statements.push(...importStatements(declaration.source.raw, needed).map((line) => line + style.semicolon))
  }
  const parts = [
    ...companions.map(({ statement }) => withComments(text, statement)),
    ...moving.map((handler) => handlerText(text, handler, exported.get(handler.node.range[0]) ?? '', locals, style)),
  ]
  const head = fileDirectives(text, eol)
  const body = [statements.join(eol), ...parts].filter(Boolean).join(eol + eol)

  const edits: Edit[] = []
  const gone: TSESTree.ImportDeclaration[] = []
  for (const declaration of imports) {
    const change = keptImport(text, declaration, scopes, isMoved, typed)
    if (!change) continue
    edits.push(change.edit)
    if (change.isErased) gone.push(declaration)
  }
  for (const { node } of moving) edits.push(replacementOf(node, exported.get(node.range[0]) ?? ''))
  edits.push(
    ...removals(
      text,
      companions.map(({ statement }) => statement),
    ),
  )
  const { last, next } = prologueOf(program)
  const from = imports[0]?.source.raw[0] ?? "'"
  const line = `import { ${[...exported.values()].join(', ')} } from ${from}${specifier}${from}`
  const anchor = last && (!next || last.range[0] < next.range[0]) ? last : undefined
  edits.push(insertStatements(text, anchor, next ?? program, [line], style.semicolon !== ''))
  return { edits, text: head + body + eol, names: exported, imports: gone }
}

function freeName(names: Names, name: string): string {
  if (names.take(name)) return name
  return names.take(`${name}Handler`) ? `${name}Handler` : names.valueFor(`${name}Handler`, undefined)
}

/** What `// @ts-nocheck`, `@jsxImportSource` and the like say of the whole file. */
function fileDirectives(text: string, eol: string): string {
  const header = /^\ufeff?(?:#!.*\n)?((?:\s|\/\/.*|\/\*[^]*?\*\/)*)/.exec(text)?.[1] ?? ''
  const comments = header.match(/\/\/.*|\/\*[^]*?\*\//g) ?? []
  const found = comments.filter((comment) => DIRECTIVE.test(comment))
  return found.length === 0 ? '' : found.join(eol) + eol + eol
}

const DIRECTIVE = /@ts-(?:no)?check|@jsx|(?:eslint|oxlint)-disable(?!-)/

/** The imports of the types that annotations name, and the name that each has in the new module. */
function frameworkTypes(
  moving: readonly InlineHandler[],
  references: readonly Reference[],
  program: TSESTree.Program,
  semicolon: string,
): { statements: string[]; locals: ReadonlyMap<string, string> } {
  const locals = new Map<string, string>()
  const added = new Map<string, string[]>()
  const used = new Set(references.map(({ identifier }) => String(identifier.name)))
  for (const { type } of moving.flatMap(({ annotations }) => annotations)) {
    if (!type) continue
    const key = `${type.module}#${type.name}`
    if (locals.has(key)) continue
    const known = importedAs(program, type.module, type.name)
    const isTaken = used.has(type.name) && !known
    const local = known?.local.name ?? (isTaken ? `${pascal(type.module)}${type.name}` : type.name)
    locals.set(key, local)
    if (known) continue
    const named = local === type.name ? local : `${type.name} as ${local}`
    added.set(type.module, [...(added.get(type.module) ?? []), named])
  }
  const quote = program.body.find((statement) => statement.type === 'ImportDeclaration')?.source.raw[0] ?? "'"
  const statements = [...added].map(
    ([module, named]) => `import type { ${named.sort().join(', ')} } from ${quote}${module}${quote}${semicolon}`,
  )
  return { statements, locals }
}

function importedAs(program: TSESTree.Program, module: string, name: string): TSESTree.ImportSpecifier | undefined {
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || statement.source.value !== module) continue
    const found = statement.specifiers.find((specifier) => importedName(specifier) === name)
    if (found?.type === 'ImportSpecifier') return found
  }
  return undefined
}

function pascal(module: string): string {
  return (module[0] ?? '').toUpperCase() + module.slice(1)
}

/** What the new module takes of one import of the file. */
function importedFor(
  declaration: TSESTree.ImportDeclaration,
  references: readonly Reference[],
  locals: ReadonlyMap<string, string>,
  scopes: Opened['scopes'],
  typed: boolean,
): Imported[] {
  return declaration.specifiers.flatMap((specifier): Imported[] => {
    const [variable] = scopes.getDeclaredVariables(specifier)
    const uses = references.filter(({ resolved }) => resolved === (variable as Variable | undefined))
    const isAnnotation = locals.get(`${declaration.source.value}#${importedName(specifier)}`) === specifier.local.name
    if (uses.length === 0 && !isAnnotation) return []
    const isType = isErased(declaration, specifier) || (typed && uses.every(({ isTypeReference }) => isTypeReference))
    return [{ form: formOf(specifier), name: writtenName(specifier), local: specifier.local.name, isType }]
  })
}

function isErased(declaration: TSESTree.ImportDeclaration, specifier: TSESTree.ImportClause): boolean {
  const own = specifier.type === 'ImportSpecifier' && specifier.importKind === 'type'
  return declaration.importKind === 'type' || own
}

function formOf({ type }: TSESTree.ImportClause): Imported['form'] {
  return type === 'ImportSpecifier' ? 'named' : type === 'ImportDefaultSpecifier' ? 'default' : 'namespace'
}

function writtenName(specifier: TSESTree.ImportClause): string {
  if (specifier.type !== 'ImportSpecifier') return importedName(specifier)
  return specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.raw
}

/** An import of these names; two where types and a default export cannot share one. */
function importStatements(raw: string, imported: readonly Imported[]): string[] {
  if (imported.length === 0) return []
  const types = imported.filter(({ isType }) => isType)
  const values = imported.filter(({ isType }) => !isType)
  const isMixed = types.length > 0 && values.length > 0
  if (isMixed && types.every(({ form }) => form === 'named') && values.every(({ form }) => form !== 'namespace'))
    return [statementOf('import', raw, imported, true)]
  return [
    ...(values.length > 0 ? [statementOf('import', raw, values, false)] : []),
    ...splitDefault(types).map((some) => statementOf('import type', raw, some, false)),
  ]
}

/** `import type X, { Y }` is no TypeScript. */
function splitDefault(types: readonly Imported[]): Imported[][] {
  const named = types.filter(({ form }) => form === 'named')
  return [...types.filter((type) => !named.includes(type)).map((type) => [type]), named].filter(
    ({ length }) => length > 0,
  )
}

function statementOf(keyword: string, raw: string, imported: readonly Imported[], marksTypes: boolean): string {
  const named = imported
    .filter(({ form }) => form === 'named')
    .map(({ name, local, isType }) => {
      const mark = marksTypes && isType ? 'type ' : ''
      return mark + (name === local ? local : `${name} as ${local}`)
    })
  const others = imported.flatMap(({ form, local }) =>
    form === 'default' ? [local] : form === 'namespace' ? [`* as ${local}`] : [],
  )
  const clause = [...others, ...(named.length > 0 ? [`{ ${named.join(', ')} }`] : [])].join(', ')
  return `${keyword} ${clause} from ${raw}`
}

/** What stays of an import in the file; undefined when all of it does. */
function keptImport(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  scopes: Opened['scopes'],
  isMoved: (node: Node) => boolean,
  typed: boolean,
): { readonly edit: Edit; readonly isErased: boolean } | undefined {
  let isChanged = false
  const kept = declaration.specifiers.flatMap((specifier): (Imported & { readonly isUsed: boolean })[] => {
    const [variable] = scopes.getDeclaredVariables(specifier)
    const references = variable?.references ?? []
    const left = references.filter(({ identifier }) => !isMoved(identifier as Node))
    const own = {
      form: formOf(specifier),
      name: writtenName(specifier),
      local: specifier.local.name,
      isUsed: left.length > 0,
    }
    if (references.length === left.length) return [{ ...own, isType: isErased(declaration, specifier) }]
    isChanged ||= left.length === 0
    if (left.length === 0) return []
    const isType = isErased(declaration, specifier) || (typed && left.every(({ isTypeReference }) => isTypeReference))
    isChanged ||= isType && !isErased(declaration, specifier)
    return [{ ...own, isType }]
  })
  if (!isChanged) return undefined
  // A name that nothing uses would keep the import for nothing.
  if (kept.every(({ isUsed }) => !isUsed)) return { edit: removeImport(text, declaration), isErased: true }
  const edit = replaceImport(text, declaration, importStatements(declaration.source.raw, kept))
  return { edit, isErased: kept.every(({ isType }) => isType) }
}

/** The name in place of the function; of a method, the property with the name as its value. */
function replacementOf(node: InlineHandler['node'], name: string): Edit {
  const { parent } = node
  if (parent.type === 'Property' && parent.method) {
    const key = parent.key.type === 'Identifier' ? parent.key.name : 'handler'
    return { range: parent.range, text: key === name ? name : `${key}: ${name}` }
  }
  return { range: node.range, text: name }
}

function handlerText(
  text: string,
  { node, annotations }: InlineHandler,
  name: string,
  locals: ReadonlyMap<string, string>,
  { semicolon }: { readonly semicolon: string },
): string {
  const edits = annotations.flatMap(({ type, builtin, edits: of }) =>
    of(type ? (locals.get(`${type.module}#${type.name}`) ?? type.name) : (builtin ?? 'any')),
  )
  const code = dedented(text, node, edits)
  if (node.type === 'FunctionExpression' && node.parent.type === 'Property' && node.parent.method) {
    return `export ${node.async ? 'async ' : ''}function${node.generator ? '*' : ''} ${name}${code}`
  }
  if (node.type === 'FunctionExpression' && node.id?.name === name) return `export ${code}`
  return `export const ${name} = ${code}${semicolon}`
}

/** The text of `node` with `edits`, its lines moved left by the indent of its first one. */
function dedented(text: string, node: Node, edits: readonly Edit[]): string {
  const [start, end] = node.range
  const indent = /^[\t ]*/.exec(text.slice(lineStart(text, start)))?.[0] ?? ''
  const strings = indent === '' ? [] : stringsIn(node)
  const lines: Edit[] = []
  for (const { index, 0: found } of text.slice(start, end).matchAll(/(?<=\r\n|\n|\r(?!\n))[\t ]+/g)) {
    const at = start + index
    if (strings.some(({ range }) => range[0] < at && at < range[1])) continue
    if (found.startsWith(indent)) lines.push({ range: [at, at + indent.length], text: '' })
  }
  const shifted = [...edits, ...lines].map(({ range, text: by }) => ({
    range: [range[0] - start, range[1] - start] as const,
    text: by,
  }))
  return applyEdits(text.slice(start, end), shifted)
}

/** Templates and strings that may hold line breaks. */
function stringsIn(node: Node): Node[] {
  if (node.type === 'TemplateElement' || node.type === 'Literal' || node.type === 'JSXText') return [node]
  return childrenOf(node).flatMap(stringsIn)
}

/** A statement with the comments right above it. */
function withComments(text: string, statement: Node): string {
  const [start, end] = rangeWithComments(text, statement)
  return text.slice(start, end)
}

function rangeWithComments(text: string, { range: [start, end] }: Node): [start: number, end: number] {
  const above = COMMENTS_ABOVE.exec(text.slice(0, start))?.[0].trimStart().length ?? 0
  const behind =
    /^[\t ]*;?[\t ]*(?:\/\/.*|\/\*.*?\*\/)?[\t ]*(?=\r|\n|$)/.exec(text.slice(end))?.[0].trimEnd().length ?? 0
  return [start - above, end + behind]
}

const COMMENTS_ABOVE = /(?:^|(?<=\n))(?:[\t ]*(?:\/\/.*|\/\*(?:[^*]|\*(?!\/))*\*\/)[\t ]*\r?\n)+[\t ]*$/

/** Deletes statements with their comments, and one of the empty lines around them. */
function removals(text: string, statements: readonly Node[]): Edit[] {
  const edits: Edit[] = []
  for (const statement of statements) {
    const edit = removeStatement(text, ...rangeWithComments(text, statement))
    const last = edits.at(-1)
    if (last && last.text + edit.text === '' && last.range[1] === edit.range[0])
      edits.splice(-1, 1, { range: [last.range[0], edit.range[1]], text: '' })
    else edits.push(edit)
  }
  return edits.map((edit) => {
    const isBehindEmptyLine = /(?:^|\n)\r?\n$/.test(text.slice(0, edit.range[0]))
    const [next = ''] = /^\r?\n/.exec(text.slice(edit.range[1])) ?? []
    if (!isBehindEmptyLine || edit.text !== '') return edit
    return { range: [edit.range[0], edit.range[1] + next.length], text: '' }
  })
}
