import { stripVTControlCharacters } from 'node:util'

/** Where a cell of a line is wrapped in its own column: with less room than this it gets a line of its own. */
const ROOM = 32

/** What separates the columns of a line. */
const GAP = / {3,}/

const ESCAPE = /(\u001b\[[\d;]*m)/

/**
 * `text` for a terminal: no line is wider than it, and what continues a line is indented under it. Paths that are wider
 * are cut in the middle. Where the output is read by a program, `text` as it is.
 *
 * @param stream what it is written to; a terminal that does not know its width gets `text` as it is.
 */
export function fitted(text: string, stream: { readonly isTTY?: boolean; readonly columns?: number }): string {
  const { isTTY = false, columns = 0 } = stream
  if (!isTTY || columns < 1) return text
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) <= columns ? [line] : wrapped(line, columns)))
    .join('\n')
}

/** How many columns a terminal needs for `text`, colours left out. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text)
  if (/^[ -~]*$/.test(plain)) return plain.length
  return graphemes(plain).reduce((sum, grapheme) => sum + widthOfGrapheme(grapheme), 0)
}

/** `text` with spaces up to `width` columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Scripts and symbols that take two columns (UAX #11: W and F), half-width forms left out. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|.\ufe0f)/u

function widthOfGrapheme(grapheme: string): number {
  if (/^[\p{M}\p{Cf}\p{Cc}]/u.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}

/** What is one character with what stands before or after it. */
const JOINED = /[\p{M}\u200d\u1160-\u11ff\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]/u

let segmenter: Intl.Segmenter | undefined

function graphemes(text: string): string[] {
  if (!JOINED.test(text)) return [...text]
  // Loads tables of ICU, which takes Node.js as long as to start.
  segmenter ??= new Intl.Segmenter()
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}

/** A line in several: its cells side by side as long as there is room, each then in its own column or on its own line. */
function wrapped(line: string, columns: number): string[] {
  const indent = Math.min(/^ */.exec(stripVTControlCharacters(line))?.[0].length ?? 0, columns >> 1)
  const rest = line.replace(/^((?:\u001b\[[\d;]*m)*) +/, '$1')
  const hang = Math.min(indent + (isEntry(rest) ? 2 : 0), columns >> 1)
  const lines: string[] = []
  let current = ' '.repeat(indent)
  for (const { gap, text } of cellsOf(rest)) {
    const start = widthOf(current) + gap.length
    const [isFirst, width] = [gap === '', widthOf(text)]
    const isShort = !isFirst && start + width > columns && (columns - start < ROOM || hang + width <= columns)
    if (isShort) lines.push(current.trimEnd())
    const from = isShort ? hang : start
    const [first = '', ...more] = words(text, columns - from, columns - (isFirst || isShort ? hang : from))
    const under = ' '.repeat(isFirst || isShort ? hang : from)
    const parts = [(isShort ? under : current + gap) + first, ...more.map((part) => under + part)]
    lines.push(...parts.slice(0, -1))
    current = parts.at(-1) ?? ''
  }
  return [...lines, current]
}

/** Whether a line is one of a list: a sign, or a name and two spaces, before what is said of it. */
function isEntry(line: string): boolean {
  return /^[^\w\s]\s|\S {2}/.test(stripVTControlCharacters(line))
}

function cellsOf(line: string): { readonly gap: string; readonly text: string }[] {
  const texts = line.split(GAP)
  const gaps = line.match(new RegExp(GAP, 'g')) ?? []
  return texts.map((text, at) => ({ text, gap: gaps[at - 1] ?? '' }))
}

/** `text` in lines that are broken at spaces. @param first columns of the first line. @param others of the others. */
function words(text: string, first: number, others: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const [, gap = '', word = ''] of text.matchAll(/( *)([^ ]+|$)/g)) {
    const room = lines.length === 0 ? first : others
    if (current !== '' && widthOf(current + gap + word) <= room) {
      current += gap + word
      continue
    }
    if (word === '') continue
    if (current !== '') lines.push(current)
    const [last = '', ...before] = pieces(word, lines.length === 0 ? first : others, others).reverse()
    lines.push(...before.reverse())
    current = last
  }
  return [...lines, current]
}

/** A word that may be wider than a line: a path is cut in the middle, another goes on in the next line. */
function pieces(word: string, first: number, others: number): string[] {
  if (widthOf(word) <= first) return [word]
  if (isPath(stripVTControlCharacters(word))) return [cut(word, others)]
  const lines: string[] = []
  let current = ''
  for (const part of partsOf(word)) {
    if (widthOf(current) + widthOf(part) > Math.max(2, lines.length === 0 ? first : others)) {
      lines.push(current)
      current = ''
    }
    current += part
  }
  return [...lines, current]
}

function isPath(word: string): boolean {
  return /[/\\]/.test(word) && !/^\w+:\/\/|['"()]/.test(word)
}

/** `text` with `…` in its middle for what does not fit. */
export function cut(text: string, width: number): string {
  const parts = partsOf(text)
  const total = widthOf(text)
  if (total <= width) return text
  const head = Math.max(0, width - 1) >> 1
  const tail = Math.max(0, width - 1 - head)
  let position = 0
  let isCut = false
  return parts
    .map((part) => {
      const own = widthOf(part)
      position += own
      if (own === 0 || position <= head || position - own >= total - tail) return part
      const mark = isCut ? '' : '…'
      isCut = true
      return mark
    })
    .join('')
}

/** Graphemes and colours. */
function partsOf(text: string): string[] {
  return text.split(ESCAPE).flatMap((part) => (ESCAPE.test(part) ? [part] : graphemes(part)))
}
