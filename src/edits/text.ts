/** Replace the characters of `range` (UTF-16 offsets, end exclusive) by `text`. */
export interface Edit {
  readonly range: readonly [start: number, end: number]
  readonly text: string
}

/**
 * `text` with `edits` applied. Characters outside the ranges are untouched; the order of `edits` does not matter.
 *
 * @throws {RangeError} when two edits overlap, since one of them would be lost.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1])
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
  const newline = text.indexOf('\n')
  return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n'
}

/** 1-based line and column of `offset` in `text`; a column counts UTF-16 units, as ESLint's does plus one. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1
    lineStart = at + 1
  }
  return { line, column: offset - lineStart + 1 }
}

/** `text` with what means something in a regular expression escaped. */
export function escapePattern(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
