/** Replace the characters of `range` (UTF-16 offsets, end exclusive) by `text`. */
export interface Edit {
  readonly range: readonly [start: number, end: number]
  readonly text: string
}

/**
 * `text` with `edits` applied. Characters outside the ranges are untouched. The order of `edits` matters for those that
 * insert at one place only; an edit that is there twice, the same object, is made once.
 *
 * @throws {RangeError} when two edits overlap, since one of them would be lost.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...new Set(edits)].sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1])
  let result = ''
  let position = 0
  for (const { range, text: replacement } of sorted) {
    if (range[0] < position) throw new RangeError(`Overlapping edits at offset ${range[0]}.`)
    result += text.slice(position, range[0]) + replacement
    position = range[1]
  }
  return result + text.slice(position)
}

/** The line break `text` uses: that of its first line, `\n` when it has one line. */
export function lineBreakOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
}

/** Offset of the first character of the line that `offset` is on; lines end with `\n`, `\r\n` or `\r`. */
export function lineStart(text: string, offset: number): number {
  const before = text.slice(0, offset)
  return Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1
}

/** 1-based line and column of `offset` in `text`; a column counts UTF-16 units, as ESLint's does plus one. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  if (lines.text !== text) lines = { text, starts: lineStartsIn(text) }
  const { starts } = lines
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

/** Of the text that was asked for last: mostly, many offsets of one text are asked for one after the other. */
let lines: { readonly text: string; readonly starts: readonly number[] } = { text: '', starts: [0] }

function lineStartsIn(text: string): number[] {
  const breaks = text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)
  return [0, ...Array.from(breaks, ({ index, 0: lineBreak }) => index + lineBreak.length)]
}

/** `text` with what means something in a regular expression escaped. */
export function escapePattern(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
