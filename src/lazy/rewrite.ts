import type { TSESTree } from '@typescript-eslint/utils'
import { lineBreakOf, lineStart, type Edit } from '../edits/text.ts'
import { prologueOf } from './imports/evaluation-order.ts'

/**
 * Where an import declaration ends for an edit: after its specifier, or its attributes. A node's range may reach a `;`
 * on the next line.
 */
function endOfImport(text: string, { source, range }: TSESTree.ImportDeclaration): number {
  const [, end] = source.range
  return end + 1 + blankComments(text.slice(end, range[1])).lastIndexOf('}')
}

/** Whether a comment stands between `import` and the specifier. */
export function hasCommentInside(text: string, declaration: TSESTree.ImportDeclaration): boolean {
  return /\/[*/]/.test(text.slice(declaration.range[0], declaration.source.range[0]))
}

/** Whether the import has attributes: `with { … }`, which may be empty, and so be in no tree. */
export function hasAttributes(text: string, { source, range }: TSESTree.ImportDeclaration): boolean {
  return blankComments(text.slice(source.range[1], range[1])).includes('}')
}

/**
 * The comments between `import` and the specifier, each on a line of its own, to put before what replaces the import;
 * undefined where a line comment cannot stand, since something else is on the line of the import.
 */
export function commentsInside(text: string, declaration: TSESTree.ImportDeclaration): string | undefined {
  const start = declaration.range[0]
  const found = text.slice(start, declaration.source.range[0]).match(/\/\*[^]*?\*\/|\/\/.*/g) ?? []
  const indent = text.slice(startOfLine(text, start), start)
  if (found.length > 0 && indent.trim() !== '') return undefined
  return found.map((comment) => comment + lineBreakOf(text) + indent).join('')
}

/**
 * Puts `statements` in place of the import, one a line, in the import's own semicolon style and indent.
 * Adds the `;` that keeps a following `(`, `[` or template from continuing the last statement.
 */
export function replaceImport(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  statements: readonly string[],
): Edit {
  const end = endOfImport(text, declaration)
  return {
    range: [declaration.range[0], end],
    text: statements.join(separator(text, declaration)) + closing(text, end),
  }
}

/**
 * `import X from 'x'` to `const X = () => import('x')` token by token, so that comments between the tokens stay
 * where they are. `more` are statements to put behind it.
 */
export function replaceImportTokens(
  text: string,
  declaration: TSESTree.ImportDeclaration,
  local: TSESTree.Identifier,
  more: readonly string[],
): Edit[] {
  const between = blankComments(text.slice(local.range[1], declaration.source.range[0]))
  const from = local.range[1] + between.indexOf('from')
  const end = endOfImport(text, declaration)
  const glued = /^\s*$/.test(text.slice(from + 4, declaration.source.range[0]))
  return [
    { range: [declaration.range[0], declaration.range[0] + 'import'.length], text: 'const' },
    { range: [from, glued ? declaration.source.range[0] : from + 4], text: '= () => import(' },
    {
      range: [end, end],
      text: [')', ...more].join(separator(text, declaration)) + closing(text, end),
    },
  ]
}

/**
 * Deletes the import and puts `statements` behind another, `anchor`; undefined where one of the two shares its lines, or
 * a comment above or beside the first may belong to it.
 */
export function moveImport(
  text: string,
  program: TSESTree.Program,
  declaration: TSESTree.ImportDeclaration,
  statements: readonly string[],
  anchor: TSESTree.ImportDeclaration,
): Edit[] | undefined {
  const [start] = declaration.range
  const above = text.slice(0, startOfLine(text, start))
  const isAlone =
    text.slice(above.length, start).trim() === '' &&
    /^[ \t]*;?[ \t]*(?:[\r\n]|$)/.test(text.slice(endOfImport(text, declaration))) &&
    /^[ \t]*;?[ \t]*(?:\/\/.*)?(?:[\r\n]|$)/.test(text.slice(endOfImport(text, anchor)))
  if (!isAlone || /\*\/\s*$|\/\/.*\s*$/.test(above)) return undefined
  return [
    removeImport(text, declaration),
    insertStatements(text, anchor, program, statements, endsWithSemicolon(text, declaration)),
  ]
}

/** Deletes the import, and its line when nothing else stands there. */
export function removeImport(text: string, declaration: TSESTree.ImportDeclaration): Edit {
  return removeStatement(text, declaration.range[0], endOfImport(text, declaration))
}

/**
 * Deletes the statement at `start` to `end` and a `;` behind it on the same line; the whole line when it is alone there.
 * A `;` stays where the statement above would otherwise go on with the one below.
 */
export function removeStatement(text: string, start: number, end: number): Edit {
  const after = end + (/^[ \t]*;/.exec(text.slice(end, end + 200))?.[0].length ?? 0)
  if (continuesStatement(text, after) && !/(?:^|[;{])\s*$/.test(blankComments(text.slice(0, start)))) {
    return { range: [start, after], text: ';' }
  }
  const first = startOfLine(text, start)
  const rest = /^[ \t]*(?:\r?\n|\r|$)/.exec(text.slice(after))
  if (rest && text.slice(first, start).trim() === '') return { range: [first, after + rest[0].length], text: '' }
  return { range: [start, after + (/^[ \t]*/.exec(text.slice(after))?.[0].length ?? 0)], text: '' }
}

/** Puts `statements` behind the import prologue: after `anchor`, or before `next` where there is no import to follow. */
export function insertStatements(
  text: string,
  anchor: TSESTree.ImportDeclaration | undefined,
  next: TSESTree.Node,
  statements: readonly string[],
  semicolon: boolean,
): Edit {
  const eol = lineBreakOf(text)
  const lines = statements.map((statement) => (semicolon ? `${statement};` : statement))
  if (!anchor) {
    const at = next.range[0]
    const guard = !semicolon && continuesStatement(text, at) ? ';' : ''
    return { range: [at, at], text: lines.join(eol) + guard + eol }
  }
  const end = endOfImport(text, anchor) + (/^[ \t]*;/.exec(text.slice(endOfImport(text, anchor)))?.[0].length ?? 0)
  const line = /^[ \t]*(?:\/\/.*|\/\*.*?\*\/[ \t]*)?(?=\r|\n|$)/.exec(text.slice(end))
  const at = end + (line?.[0].length ?? 0)
  const ending = semicolon ? '' : closing(text, at)
  // At the start of the next line, where an edit that removes the anchor's line ends.
  const lineBreak = line ? /^(?:\r\n|\r|\n)/.exec(text.slice(at))?.[0] : undefined
  if (lineBreak)
    return { range: [at + lineBreak.length, at + lineBreak.length], text: lines.join(eol) + ending + lineBreak }
  return { range: [at, at], text: eol + lines.join(eol) + ending + (line ? '' : eol) }
}

/** Whether the import is followed by `;` on its own line. */
export function endsWithSemicolon(text: string, declaration: TSESTree.ImportDeclaration): boolean {
  return /^[ \t]*;/.test(text.slice(endOfImport(text, declaration)))
}

function separator(text: string, declaration: TSESTree.ImportDeclaration): string {
  const start = declaration.range[0]
  const indent = text.slice(startOfLine(text, start), start)
  if (indent.trim() !== '') return '; '
  return (endsWithSemicolon(text, declaration) ? ';' : '') + lineBreakOf(text) + indent
}

/** Offset of the first character of the line `offset` is on, a BOM left out. */
export function startOfLine(text: string, offset: number): number {
  const start = lineStart(text, offset)
  return start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start
}

/** `;` when what follows `offset` would continue an expression that ends there. */
export function closing(text: string, offset: number): string {
  return continuesStatement(text, offset) ? ';' : ''
}

/** `text` with spaces in place of its comments; good enough to find the last character of code. */
function blankComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*/g, (comment) => ' '.repeat(comment.length))
}

/** An import ends at its specifier; an expression goes on over a line break when the next token can continue it. */
function continuesStatement(text: string, offset: number): boolean {
  const next = /^(?:\s|\/\*[^]*?\*\/|\/\/.*)*/.exec(text.slice(offset))?.[0].length ?? 0
  return /^[([`+\-/*<]/.test(text.slice(offset + next, offset + next + 1))
}

/** The lazy import of a module that the framework takes in place of a class; it reads the class from `default`. */
export function loaderText(raw: string, exportName: string): string {
  if (exportName === 'default') return `() => import(${raw})`
  const member = isIdentifierName(exportName) ? `m.${exportName}` : `m[${JSON.stringify(exportName)}]`
  return `() => import(${raw}).then((m) => ({ default: ${member} }))`
}

/** Whether `name` can stand behind a dot; a string-named export may not. */
export function isIdentifierName(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
}

const DIRECTIVE = /@ts-expect-error|@ts-ignore|(?:eslint|oxlint)-disable-next-line|biome-ignore|prettier-ignore/

/** The line above `offset`, when it is a comment. */
function commentAbove(text: string, offset: number): string | undefined {
  const above = text.slice(0, lineStart(text, offset)).replace(/(?:\r\n|\n|\r)$/, '')
  const line = above.slice(lineStart(above, above.length)).trim()
  return /^(?:\/\/|\/\*|\*)/.test(line) ? line : undefined
}

const DECLINES =
  /(?:eslint|oxlint)-disable-next-line\s(?:.*[\s,/])?prefer-lazy-(?:controller|middleware|listener)-import(?=[\s,]|$)(?:.*?\s--+\s+(.*?))?(?:\s*\*\/)?$/

/**
 * What a person says who switched off the rule for the import below, `// eslint-disable-next-line … -- why`.
 *
 * @returns '' where nothing is said, undefined where no such comment stands above `offset`.
 */
export function declinedAbove(text: string, offset: number): string | undefined {
  const [found, why = ''] = DECLINES.exec(commentAbove(text, offset) ?? '') ?? []
  return found === undefined ? undefined : why
}

/** The tool directive on the line above `offset`, which binds to the line below it. */
export function directiveAbove(text: string, offset: number): string | undefined {
  return DIRECTIVE.exec(commentAbove(text, offset) ?? '')?.[0]
}

/**
 * The edits that put statements in place of an import; none, that remove it.
 *
 * @param isLate whether they cannot stand where it stands: imports run before every statement, wherever they are.
 */
export function replaceByStatements(
  text: string,
  program: TSESTree.Program,
  declaration: TSESTree.ImportDeclaration,
  statements: readonly string[],
  isLate: boolean,
): Edit[] {
  if (statements.length === 0) return [removeImport(text, declaration)]
  const { last, next } = prologueOf(program)
  if (!isLate || next === undefined) return [replaceImport(text, declaration, statements)]
  const anchor = last && last.range[0] < next.range[0] ? last : undefined
  return [
    removeImport(text, declaration),
    insertStatements(text, anchor, next, statements, endsWithSemicolon(text, declaration)),
  ]
}
