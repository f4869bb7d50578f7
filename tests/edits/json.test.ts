import { describe, expect, it } from 'vitest'
import {
  InvalidJson,
  jsonPosition,
  parseJson,
  removeJsonValue,
  setJsonValue,
  type JsonPath,
} from '../../src/edits/json.ts'
import { applyEdits } from '../../src/edits/text.ts'

function set(text: string, path: JsonPath, value: unknown, before?: string): string {
  return applyEdits(text, setJsonValue(text, path, value, before === undefined ? {} : { before }))
}

function remove(text: string, path: JsonPath): string {
  return applyEdits(text, removeJsonValue(text, path))
}

describe('parseJson', () => {
  it('reads a value', () => {
    expect(parseJson('{"a": [1, true, null]}', '/p.json')).toEqual({ a: [1, true, null] })
  })
  it('ignores a BOM', () => {
    expect(parseJson('\uFEFF{"a": 1}', '/p.json')).toEqual({ a: 1 })
  })
  it('takes the last of duplicate keys, as JSON.parse does', () => {
    expect(parseJson('{"a": 1, "a": 2}', '/p.json')).toEqual({ a: 2 })
  })
  it('refuses comments in JSON', () => {
    expect(() => parseJson('{\n  // why\n  "a": 1\n}', '/p.json')).toThrow(
      '/p.json:2:3 is not valid JSON: comments are not allowed in this file. Correct it and run again.',
    )
  })
  it('accepts comments and trailing commas where they are allowed', () => {
    expect(parseJson('{\n  // why\n  "a": [1,],\n}', '/p.json', { comments: true })).toEqual({ a: [1] })
  })
  it('refuses a trailing comma in JSON', () => {
    expect(() => parseJson('{"a": 1,}', '/p.json')).toThrow(
      '/p.json:1:9 is not valid JSON: a property name in double quotes is missing.',
    )
  })
  it('says where a comma is missing', () => {
    expect(() => parseJson('{\r\n  "a": 1\r\n  "b": 2\r\n}', '/p.json')).toThrow(
      '/p.json:3:3 is not valid JSON: a comma is missing. Correct it and run again.',
    )
  })
  it('refuses an empty file', () => {
    expect(() => parseJson('', '/p.json')).toThrow('/p.json:1:1 is not valid JSON: a value is missing.')
  })
  it('carries the file and the position', () => {
    try {
      parseJson('{\n  "a" 1\n}', '/p.json')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidJson)
      expect(error).toMatchObject({ name: 'InvalidJson', path: '/p.json', line: 2, column: 7 })
    }
  })
})

describe('jsonPosition', () => {
  it('is where the key starts', () => {
    expect(jsonPosition('{\n  "a": {\n    "b": 1\n  }\n}', ['a', 'b'])).toEqual({ line: 3, column: 5 })
  })
  it('is where the element starts', () => {
    expect(jsonPosition('{\n  "a": [1, 2]\n}', ['a', 1])).toEqual({ line: 2, column: 12 })
  })
  it('is undefined for what is not there', () => {
    expect(jsonPosition('{"a": 1}', ['a', 'b'])).toBeUndefined()
  })
})

describe('setJsonValue, a value that is there', () => {
  it('replaces only the value', () => {
    expect(set('{ "a" : "x" ,\t"b":2}', ['a'], 'y')).toBe('{ "a" : "y" ,\t"b":2}')
  })
  it('makes no edit for an equal value', () => {
    expect(setJsonValue('{"a": [1,   {"b": 2}]}', ['a'], [1, { b: 2 }])).toEqual([])
  })
  it('replaces the last of duplicate keys', () => {
    expect(set('{"a": 1, "a": 2}', ['a'], 3)).toBe('{"a": 1, "a": 3}')
  })
  it('keeps an array on one line', () => {
    expect(set('{\n  "a": ["x"]\n}\n', ['a'], ['x', 'y'])).toBe('{\n  "a": ["x", "y"]\n}\n')
  })
  it('keeps an array on several lines', () => {
    expect(set('{\n  "a": [\n    "x"\n  ]\n}\n', ['a'], ['x', 'y'])).toBe('{\n  "a": [\n    "x",\n    "y"\n  ]\n}\n')
  })
  it('replaces one element', () => {
    expect(set('["a", "b"]', [1], 'c')).toBe('["a", "c"]')
  })
  it('replaces the root', () => {
    expect(set('\uFEFF1\n', [], 2)).toBe('\uFEFF2\n')
  })
})

describe('setJsonValue, a new key at the end', () => {
  it('uses two spaces', () => {
    expect(set('{\n  "a": 1\n}\n', ['b'], 2)).toBe('{\n  "a": 1,\n  "b": 2\n}\n')
  })
  it('uses four spaces', () => {
    expect(set('{\n    "a": 1\n}\n', ['b'], { c: 2 })).toBe('{\n    "a": 1,\n    "b": {\n        "c": 2\n    }\n}\n')
  })
  it('uses tabs', () => {
    expect(set('{\n\t"a": 1\n}\n', ['b'], ['c'])).toBe('{\n\t"a": 1,\n\t"b": [\n\t\t"c"\n\t]\n}\n')
  })
  it('uses CRLF', () => {
    expect(set('{\r\n  "a": 1\r\n}\r\n', ['b'], { c: 2 })).toBe(
      '{\r\n  "a": 1,\r\n  "b": {\r\n    "c": 2\r\n  }\r\n}\r\n',
    )
  })
  it('keeps a BOM', () => {
    expect(set('\uFEFF{\n  "a": 1\n}\n', ['b'], 2)).toBe('\uFEFF{\n  "a": 1,\n  "b": 2\n}\n')
  })
  it('adds no final newline', () => {
    expect(set('{\n  "a": 1\n}', ['b'], 2)).toBe('{\n  "a": 1,\n  "b": 2\n}')
  })
  it('stays on one line', () => {
    expect(set('{ "a": 1 }', ['b'], { c: [2] })).toBe('{ "a": 1, "b": { "c": [2] } }')
  })
  it('stays minified', () => {
    expect(set('{"a":1,"b":2}', ['c'], { d: [3, 4] })).toBe('{"a":1,"b":2,"c":{"d":[3,4]}}')
  })
  it('copies a space before the colon', () => {
    expect(set('{\n  "a" : 1\n}', ['b'], 2)).toBe('{\n  "a" : 1,\n  "b" : 2\n}')
  })
  it('keeps a trailing comma', () => {
    expect(set('{\n  "a": 1,\n}', ['b'], 2)).toBe('{\n  "a": 1,\n  "b": 2,\n}')
  })
  it('leaves a comment with its line', () => {
    expect(set('{\n  "a": 1 // why\n}', ['b'], 2)).toBe('{\n  "a": 1, // why\n  "b": 2\n}')
  })
  it('leaves a comment after a trailing comma with its line', () => {
    expect(set('{\n  "a": 1, // why\n  // end\n}', ['b'], 2)).toBe('{\n  "a": 1, // why\n  "b": 2,\n  // end\n}')
  })
  it('does not take a comma in a comment for one', () => {
    expect(set('{\n  "a": 1 /* , */\n}', ['b'], 2)).toBe('{\n  "a": 1, /* , */\n  "b": 2\n}')
  })
  it('fills an empty object', () => {
    expect(set('{\n  "a": {}\n}\n', ['a', 'b'], 2)).toBe('{\n  "a": {\n    "b": 2\n  }\n}\n')
  })
  it('fills an empty file', () => {
    expect(set('{}\n', ['a'], 1)).toBe('{\n  "a": 1\n}\n')
  })
  it('fills an object with a comment in it', () => {
    expect(set('{\n  // nothing yet\n}\n', ['a'], 1)).toBe('{\n  // nothing yet\n  "a": 1\n}\n')
  })
  it('creates the objects on the way', () => {
    expect(set('{\n  "a": 1\n}\n', ['b', 'c'], 2)).toBe('{\n  "a": 1,\n  "b": {\n    "c": 2\n  }\n}\n')
  })
  it('escapes the key and the value', () => {
    expect(set('{"a":1}', ['b"'], 'é "\n')).toBe('{"a":1,"b\\"":"é \\"\\n"}')
  })
  it('refuses a path through a string', () => {
    expect(() => setJsonValue('{"a": "x"}', ['a', 'b'], 1)).toThrow(TypeError)
  })
  it('refuses text that is not JSON', () => {
    expect(() => setJsonValue('{"a": ', ['a'], 1)).toThrow(TypeError)
  })
})

describe('setJsonValue, a new key before another', () => {
  it('goes between two keys', () => {
    expect(set('{\n  "a": 1,\n  "c": 3\n}\n', ['b'], 2, 'c')).toBe('{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n')
  })
  it('goes to the front', () => {
    expect(set('{\n  "b": 2\n}\n', ['a'], 1, 'b')).toBe('{\n  "a": 1,\n  "b": 2\n}\n')
  })
  it('goes to the end when that key is not there', () => {
    expect(set('{\n  "a": 1\n}\n', ['b'], 2, 'x')).toBe('{\n  "a": 1,\n  "b": 2\n}\n')
  })
  it('names a key of the object that gets the first new key', () => {
    expect(set('{\n  "a": 1,\n  "prettier": "x"\n}\n', ['hotHook', 'boundaries'], ['./a.ts'], 'prettier')).toBe(
      '{\n  "a": 1,\n  "hotHook": {\n    "boundaries": [\n      "./a.ts"\n    ]\n  },\n  "prettier": "x"\n}\n',
    )
  })
  it('leaves the comment above that key with it', () => {
    expect(set('{\n  "a": 1, // one\n  // three\n  "c": 3\n}\n', ['b'], 2, 'c')).toBe(
      '{\n  "a": 1, // one\n  "b": 2,\n  // three\n  "c": 3\n}\n',
    )
  })
  it('stays on one line', () => {
    expect(set('{ "a": 1, "c": 3 }', ['b'], 2, 'c')).toBe('{ "a": 1, "b": 2, "c": 3 }')
  })
  it('stays minified', () => {
    expect(set('{"a":1,"c":3}', ['b'], 2, 'c')).toBe('{"a":1,"b":2,"c":3}')
  })
})

describe('setJsonValue, a new element', () => {
  it('goes to the end of an array on one line', () => {
    expect(set('{\n  "a": ["x", "y"]\n}', ['a', 2], 'z')).toBe('{\n  "a": ["x", "y", "z"]\n}')
  })
  it('goes to the end of an array on several lines', () => {
    expect(set('[\n  "x",\n]', [1], { a: 1 })).toBe('[\n  "x",\n  {\n    "a": 1\n  },\n]')
  })
})

describe('removeJsonValue', () => {
  it('removes the line of a key', () => {
    expect(remove('{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n', ['b'])).toBe('{\n  "a": 1,\n  "c": 3\n}\n')
  })
  it('removes the first key', () => {
    expect(remove('{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n', ['a'])).toBe('{\r\n  "b": 2\r\n}\r\n')
  })
  it('removes the comma before the last key', () => {
    expect(remove('{\n  "a": 1,\n  "b": 2\n}\n', ['b'])).toBe('{\n  "a": 1\n}\n')
  })
  it('keeps a trailing comma', () => {
    expect(remove('{\n  "a": 1,\n  "b": 2,\n}\n', ['b'])).toBe('{\n  "a": 1,\n}\n')
  })
  it('closes an object that becomes empty', () => {
    expect(remove('{\n  "a": {\n    "b": 2\n  }\n}\n', ['a', 'b'])).toBe('{\n  "a": {}\n}\n')
  })
  it('keeps the comments around', () => {
    expect(remove('{\n  // a\n  "a": 1, // one\n  "b": 2 // two\n}\n', ['a'])).toBe(
      '{\n  // a\n  // one\n  "b": 2 // two\n}\n',
    )
  })
  it('removes from one line', () => {
    expect(remove('{ "a": 1, "b": 2, "c": 3 }', ['b'])).toBe('{ "a": 1, "c": 3 }')
  })
  it('removes the last from one line', () => {
    expect(remove('{ "a": 1, "b": 2 }', ['b'])).toBe('{ "a": 1 }')
  })
  it('removes an element', () => {
    expect(remove('["a", "b", "c"]', [0])).toBe('["b", "c"]')
  })
  it('makes no edit for what is not there', () => {
    expect(removeJsonValue('{"a": "x"}', ['a', 'b'])).toEqual([])
  })
})
