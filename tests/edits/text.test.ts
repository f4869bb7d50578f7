import { expect, it } from 'vitest'
import { lineBreakOf, lineStart, positionAt } from '../../src/edits/text.ts'

it.each([
  ['a\nb', '\n'],
  ['a\r\nb\nc', '\r\n'],
  ['a\rb\r\nc', '\r'],
  ['', '\n'],
])('the line break of %j is %j', (text, lineBreak) => {
  expect(lineBreakOf(text)).toBe(lineBreak)
})

it.each([
  ['ab\ncd', 4, 3],
  ['ab\rcd', 4, 3],
  ['ab\r\ncd', 4, 4],
  ['ab', 0, 0],
  ['\nab', 0, 0],
])('the line in %j at %i starts at %i', (text, offset, start) => {
  expect(lineStart(text, offset)).toBe(start)
})

it.each([
  ['ab\ncd', 2, 1, 3],
  ['ab\ncd', 3, 2, 1],
  ['ab\rcd', 4, 2, 2],
  ['ab\r\ncd', 4, 2, 1],
  ['ab\u2028cd', 3, 2, 1],
  ['ab', 0, 1, 1],
])('the position in %j at %i is %i:%i', (text, offset, line, column) => {
  expect(positionAt(text, offset)).toEqual({ line, column })
})
