import type { Node, ParseError } from 'jsonc-parser'
import { isDeepStrictEqual } from 'node:util'
import { lineBreakOf, positionAt, type Edit } from './text.ts'
import { requirePackage } from '../require.ts'

const { getNodeValue, parseTree, printParseErrorCode } = requirePackage('jsonc-parser') as typeof import('jsonc-parser')

export type JsonPath = readonly (string | number)[]

/** A JSON file cannot be parsed; `line` and `column` (1-based) are where the first mistake is. */
export class InvalidJson extends Error {
  readonly path: string
  readonly line: number
  readonly column: number
  constructor(path: string, position: { line: number; column: number }, problem: string) {
    super(`${path}:${position.line}:${position.column} is not valid JSON: ${problem}. Correct it and run again.`)
    this.name = 'InvalidJson'
    this.path = path
    this.line = position.line
    this.column = position.column
  }
}

export interface JsonOptions {
  /** Comments and trailing commas are allowed, as in tsconfig.json and .oxlintrc.json. */
  readonly comments?: boolean
}

/**
 * The value in `text`, the content of the file `path`; a BOM is ignored, and the last of duplicate keys counts.
 *
 * @throws {InvalidJson} when it is not JSON, or not JSON with comments where those are allowed.
 */
export function parseJson(text: string, path: string, { comments = false }: JsonOptions = {}): unknown {
  const errors: ParseError[] = []
  const root = parse(text, errors, { disallowComments: !comments, allowTrailingComma: comments })
  const error = errors[0]
  if (error !== undefined || root === undefined) {
    const problem = problems[printParseErrorCode(error?.error ?? 4)] ?? 'this is not JSON'
    throw new InvalidJson(path, positionAt(text, error?.offset ?? 0), problem)
  }
  return getNodeValue(root)
}

const problems: Readonly<Record<string, string>> = {
  CloseBraceExpected: 'a comma or `}` is missing',
  CloseBracketExpected: 'a comma or `]` is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  EndOfFileExpected: 'there is text after the end',
  InvalidCommentToken: 'comments are not allowed in this file',
  PropertyNameExpected: 'a property name in double quotes is missing',
  UnexpectedEndOfComment: 'this comment does not end',
  UnexpectedEndOfString: 'this string does not end',
  ValueExpected: 'a value is missing',
}

/** 1-based line and column of the property or element at `path`, or `undefined` when there is none. */
export function jsonPosition(text: string, path: JsonPath): { line: number; column: number } | undefined {
  const node = nodeAt(validRoot(text), path)
  if (node === undefined) return undefined
  return positionAt(text, node.parent?.type === 'property' ? node.parent.offset : node.offset)
}

/**
 * The edits that make the value at `path` equal `value`, in the style of the text around it: order of keys, indent,
 * line breaks, comments and trailing commas stay. Objects that are missing on the way are created. A new key goes
 * before the key `before` of the same object, else at its end; a new element goes to the end of its array.
 *
 * @returns no edit when the value is there already.
 * @throws {TypeError} when `text` is not valid JSON (see {@link parseJson}), or when something on the way is neither
 *   an object nor an array.
 */
export function setJsonValue(
  text: string,
  path: JsonPath,
  value: unknown,
  { before }: { readonly before?: string } = {},
): Edit[] {
  const root = validRoot(text)
  let node = root
  for (const [depth, segment] of path.entries()) {
    if (node.type !== (typeof segment === 'number' ? 'array' : 'object')) {
      throw new TypeError(`Cannot set ${JSON.stringify(path)}: there is a JSON ${node.type} at depth ${depth}.`)
    }
    const child = childAt(node, segment)
    if (child === undefined) return insert(text, root, node, segment, nest(path.slice(depth + 1), value), before)
    node = child
  }
  return replace(text, root, node, value)
}

/** The edits that remove the property or element at `path`; none when it is not there. Comments outside it stay. */
export function removeJsonValue(text: string, path: JsonPath): Edit[] {
  const node = nodeAt(validRoot(text), path)
  const target = node?.parent?.type === 'property' ? node.parent : node
  const container = target?.parent
  if (target === undefined || container === undefined) return []
  const children = container.children ?? []
  const index = children.indexOf(target)
  const previous = children[index - 1]
  const comma = commaAfter(text, endOf(target))
  const open = container.offset + 1
  const close = endOf(container) - 1

  const around = text.slice(open, target.offset) + text.slice(endOf(target), close)
  if (children.length === 1 && /^[\s,]*$/.test(around)) return [{ range: [open, close], text: '' }]

  const isLast = index === children.length - 1
  const ownComma = comma !== undefined && text.slice(endOf(target), comma).trim() === ''
  const end = ownComma ? comma + 1 : endOf(target)
  const endOfSpaces = end + indentAfter(text, end).length
  const edits: Edit[] = []
  if (comma !== undefined && !ownComma) edits.push({ range: [comma, comma + 1], text: '' })

  const previousComma = previous && isLast && comma === undefined ? commaAfter(text, endOf(previous)) : undefined
  const next = text[endOfSpaces]!
  if (next === '/') {
    if (previousComma !== undefined) edits.push({ range: [previousComma, previousComma + 1], text: '' })
    return [...edits, { range: [target.offset, endOfSpaces], text: '' }]
  }
  if (previousComma !== undefined) {
    if (text.slice(previousComma + 1, target.offset).trim() === '') {
      return [...edits, { range: [previousComma, end], text: '' }]
    }
    edits.push({ range: [previousComma, previousComma + 1], text: '' })
  }
  if (startsLine(text, target.offset) && '\r\n'.includes(next)) {
    const lineStart = target.offset - indentBefore(text, target.offset).length
    return [...edits, { range: [lineStart - (text[lineStart - 2] === '\r' ? 2 : 1), end], text: '' }]
  }
  if (isLast) return [...edits, { range: [target.offset - indentBefore(text, target.offset).length, end], text: '' }]
  return [...edits, { range: [target.offset, endOfSpaces], text: '' }]
}

/** The offset of the first character at or after `offset` that is neither white space nor in a comment. */
export function skipTrivia(text: string, offset: number): number {
  const trivia = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y
  trivia.lastIndex = offset
  trivia.test(text)
  return trivia.lastIndex
}

/** The end of the comments that follow `offset` on its line, or `offset` when there are none. */
export function endOfLineComments(text: string, offset: number): number {
  const comments = /(?:[ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/))*/y
  comments.lastIndex = offset
  comments.test(text)
  return comments.lastIndex
}

/** The spaces and tabs that lead up to `offset`. */
export function indentBefore(text: string, offset: number): string {
  let start = offset
  while (text[start - 1] === ' ' || text[start - 1] === '\t') start -= 1
  return text.slice(start, offset)
}

function indentAfter(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(offset))![0]
}

/** Whether nothing but white space precedes `offset` on its line. */
export function startsLine(text: string, offset: number): boolean {
  const start = offset - indentBefore(text, offset).length
  return start === 0 || text[start - 1] === '\n'
}

/** How a new member is written after the last one of its list. */
export interface ListEnd {
  /** Offset just after the last member, parentheses around it included. */
  readonly end: number
  /** Line break and indent, or the spaces, that separate it from the member before. */
  readonly gap: string
}

/** The edits that put `member` after the last member of a list, with a trailing comma when the list has one. */
export function appendToList(text: string, { end, gap }: ListEnd, member: string): Edit[] {
  const comma = commaAfter(text, end)
  const after = comma === undefined ? end : comma + 1
  const point = gap.includes('\n') ? endOfLineComments(text, after) : after
  if (comma !== undefined) return [{ range: [point, point], text: `${gap}${member},` }]
  if (point === end) return [{ range: [end, end], text: `,${gap}${member}` }]
  return [
    { range: [end, end], text: ',' },
    { range: [point, point], text: gap + member },
  ]
}

/** The offset of the comma that follows a list member ending at `end`, if one does. */
function commaAfter(text: string, end: number): number | undefined {
  const next = skipTrivia(text, end)
  return text[next] === ',' ? next : undefined
}

function parse(
  text: string,
  errors: ParseError[],
  options: { disallowComments: boolean; allowTrailingComma: boolean },
): Node | undefined {
  // A space in its place keeps every offset.
  return parseTree(text.replace(/^\uFEFF/, ' '), errors, options)
}

function validRoot(text: string): Node {
  const errors: ParseError[] = []
  const root = parse(text, errors, { disallowComments: false, allowTrailingComma: true })
  if (root === undefined || errors.length > 0) {
    throw new TypeError('The text is not valid JSON. Check it with parseJson first.')
  }
  return root
}

function nodeAt(root: Node, path: JsonPath): Node | undefined {
  return path.reduce<Node | undefined>((node, segment) => node && childAt(node, segment), root)
}

function childAt(node: Node, segment: string | number): Node | undefined {
  if (node.type === 'array' && typeof segment === 'number') return node.children?.[segment]
  if (node.type !== 'object') return undefined
  return node.children?.findLast((property) => property.children?.[0]?.value === segment)?.children?.[1]
}

function nest(path: JsonPath, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value)
}

function replace(text: string, root: Node, node: Node, value: unknown): Edit[] {
  if (isDeepStrictEqual(plain(getNodeValue(node)), plain(value))) return []
  const old = text.slice(node.offset, endOf(node))
  const inline = node.children?.length ? !old.includes('\n') : isOneLine(text, root)
  const indent = lineIndent(text, node.offset)
  const written = inline ? writeInline(value, spaceAfterColon(text, root)) : write(text, root, value, indent)
  return [{ range: [node.offset, endOf(node)], text: written }]
}

function insert(
  text: string,
  root: Node,
  container: Node,
  key: string | number,
  value: unknown,
  before?: string,
): Edit[] {
  const children = container.children ?? []
  const colon = colonIn(text, container) ?? colonIn(text, root) ?? ': '
  const member = (inline: boolean, indent: string): string => {
    const written = inline ? writeInline(value, spaceAfterColon(text, root)) : write(text, root, value, indent)
    return container.type === 'array' ? written : JSON.stringify(key) + colon + written
  }
  const index = children.findIndex((child) => before !== undefined && child.children?.[0]?.value === before)
  const next = children[index]
  const last = children.at(-1)
  if (next !== undefined) {
    return insertBefore(text, container, next, children[index - 1], spaceAfterColon(text, root), member)
  }
  if (last === undefined) return insertFirst(text, root, container, member)
  if (startsLine(text, last.offset)) {
    const indent = indentBefore(text, last.offset)
    return appendToList(text, { end: endOf(last), gap: lineBreakOf(text) + indent }, member(false, indent))
  }
  const previous = children.at(-2)
  const comma = previous && commaAfter(text, endOf(previous))
  const gap = comma === undefined ? colon.slice(colon.indexOf(':') + 1) : indentBefore(text, last.offset)
  return appendToList(text, { end: endOf(last), gap }, member(true, ''))
}

type Member = (inline: boolean, indent: string) => string

function insertBefore(
  text: string,
  container: Node,
  next: Node,
  previous: Node | undefined,
  space: string,
  member: Member,
): Edit[] {
  if (!startsLine(text, next.offset)) {
    return [{ range: [next.offset, next.offset], text: `${member(true, '')},${space}` }]
  }
  const indent = indentBefore(text, next.offset)
  const after = previous === undefined ? container.offset + 1 : commaAfter(text, endOf(previous))! + 1
  const point = endOfLineComments(text, after)
  return [{ range: [point, point], text: `${lineBreakOf(text)}${indent}${member(false, indent)},` }]
}

function insertFirst(text: string, root: Node, container: Node, member: Member): Edit[] {
  const open = container.offset + 1
  const close = endOf(container) - 1
  const inner = text.slice(open, close)
  if (isOneLine(text, root)) {
    const lead = inner.trim() === '' ? '' : ' '
    const end = open + inner.trimEnd().length
    return [{ range: [end, end], text: lead + member(true, '') }]
  }
  const outer = lineIndent(text, container.offset)
  const indent = outer + indentUnit(text, root)
  const eol = lineBreakOf(text)
  const end = open + inner.trimEnd().length
  return [{ range: [end, close], text: eol + indent + member(false, indent) + eol + outer }]
}

/** The indent of the line that holds `offset`. */
export function lineIndent(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  return /^\uFEFF?([ \t]*)/.exec(text.slice(lineStart))![1]!
}

/** The file has content, all on one line. */
function isOneLine(text: string, root: Node): boolean {
  return (root.children?.length ?? 0) > 0 && !text.slice(root.offset, endOf(root)).includes('\n')
}

function write(text: string, root: Node, value: unknown, indent: string): string {
  return JSON.stringify(value, null, indentUnit(text, root)).replaceAll('\n', lineBreakOf(text) + indent)
}

function writeInline(value: unknown, space: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => writeInline(item, space)).join(`,${space}`)}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${space}${writeInline(item, space)}`,
  )
  return members.length === 0 ? '{}' : `{${space}${members.join(`,${space}`)}${space}}`
}

function indentUnit(text: string, root: Node): string {
  const first = root.children?.[0]
  if (first !== undefined && startsLine(text, first.offset)) {
    const unit = indentBefore(text, first.offset)
    if (unit !== '') return unit
  }
  return /^[ \t]+(?=\S)/m.exec(text)?.[0] ?? '  '
}

/** The colon of the container's first property, with the spaces around it. */
function colonIn(text: string, container: Node): string | undefined {
  const [key, value] = container.children?.[0]?.children ?? []
  if (container.type !== 'object' || key === undefined || value === undefined) return undefined
  const colon = text.slice(endOf(key), value.offset)
  return /^ *: *$/.test(colon) ? colon : undefined
}

function spaceAfterColon(text: string, root: Node): string {
  return colonIn(text, root)?.endsWith(':') ? '' : ' '
}

function endOf(node: Node): number {
  return node.offset + node.length
}

/** Without prototypes that differ: getNodeValue makes objects without one. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
