import { parseSync } from 'oxc-parser'
import type { Reference, Variable } from '@typescript-eslint/scope-manager'
import { expect } from 'vitest'
import { applyEdits, type Edit } from '../../src/edits/text.ts'
import { parseModule, type Parsed } from '../../src/lazy/parse.ts'

/** The module, parsed. @throws {Error} with its text when it does not parse. */
export function parse(path: string, text: string): Parsed {
  const parsed = parseModule(path, text)
  if ('message' in parsed) throw new Error(`${parsed.message} at ${parsed.line}:${parsed.column} of\n${text}`)
  return parsed
}

/**
 * Asserts what holds for every rewrite of a module: it parses, its statements are those before, every name that stays
 * means what it meant, every name that is new means something that is new too, and comments, line breaks and the BOM
 * are as they were.
 *
 * @param edits the whole rewrite.
 * @returns the text after it.
 */
export function expectSound(path: string, text: string, edits: readonly Edit[]): string {
  const output = applyEdits(text, edits)
  const before = parse(path, text)
  const after = parse(path, output)
  const places = placesOf(edits)
  expect(kindsOf(after, places.isNew), 'statements').toEqual(kindsOf(before))
  expectSameBindings(before, after, places)
  expect(commentsOf(path, output), 'comments').toEqual(commentsOf(path, text))
  expect(output.startsWith('\ufeff'), 'BOM').toBe(text.startsWith('\ufeff'))
  expect(output.lastIndexOf('\ufeff'), 'BOM').toBe(text.lastIndexOf('\ufeff'))
  expect(lineBreaksOf(text), 'line breaks').toEqual(expect.arrayContaining(lineBreaksOf(output)))
  return output
}

/** The kinds of the statements that no rewrite of an import makes or removes. */
function kindsOf({ program }: Parsed, isNew: Places['isNew'] = () => false): string[] {
  return program.body
    .filter(({ range }) => !isNew(range[0]))
    .map(({ type }) => type as string)
    .filter((type) => !/^(?:ImportDeclaration|VariableDeclaration|TSTypeAliasDeclaration|EmptyStatement)$/.test(type))
}

function commentsOf(path: string, text: string): string[] {
  const { comments, errors } = parseSync(path, text, { sourceType: 'module' })
  expect(errors).toEqual([])
  // Lines of a block may get another line break only by a rewrite that nothing asked for.
  return comments.map(({ type, value }) => `${type} ${value}`)
}

function lineBreaksOf(text: string): string[] {
  return [...new Set(text.match(/\r\n|\r|\n/g) ?? ['\n'])].sort()
}

/** What TypeScript knows without a declaration, and wrappers may name. */
const KNOWN = new Set(['Parameters', 'undefined'])

function expectSameBindings(before: Parsed, after: Parsed, places: Places): void {
  const now = new Map(referencesOf(after).map((reference) => [reference.identifier.range[0], reference]))
  for (const reference of referencesOf(before)) {
    const { identifier } = reference
    const name = String(identifier.name)
    if (places.isEdited(identifier.range[0])) continue
    const place = places.moved(identifier.range[0])
    const same = now.get(place)
    now.delete(place)
    expect(same && String(same.identifier.name), `the reference ${name} at ${identifier.range[0]}`).toBe(name)
    const meant = reference.resolved ? declarationOf(reference.resolved) : undefined
    const expected = meant === undefined ? 'nothing' : places.isEdited(meant) ? 'what is new' : places.moved(meant)
    expect(meaningOf(same!, places.isNew), `what ${name} at ${identifier.range[0]} refers to`).toBe(expected)
  }
  for (const reference of now.values()) {
    const name = String(reference.identifier.name)
    const meaning = meaningOf(reference, places.isNew)
    if (meaning === 'nothing') expect(KNOWN, `the new reference ${name}`).toContain(name)
    // A type that the module imports already.
    else if (name !== 'ErrorRequestHandler') expect(meaning, `what the new ${name} refers to`).toBe('what is new')
  }
  const twice = (parsed: Parsed): string[] =>
    parsed.scopes.scopes
      .flatMap(({ variables }) => variables)
      .filter(({ defs }) => defs.filter(({ type }) => type !== 'Type').length > 1)
      .map(({ name }) => name)
      .sort()
  expect(twice(after), 'names that are declared twice').toEqual(twice(before))
}

function referencesOf({ scopes }: Parsed): Reference[] {
  // Without the write that a declaration with a value is.
  return scopes.scopes.flatMap(({ references }) => references.filter(({ init }) => !init))
}

function declarationOf({ defs, identifiers }: Variable): number | undefined {
  return defs[0]?.name.range[0] ?? identifiers[0]?.range[0]
}

function meaningOf({ resolved }: Reference, isNew: (offset: number) => boolean): string | number {
  const place = resolved ? declarationOf(resolved) : undefined
  return place === undefined ? 'nothing' : isNew(place) ? 'what is new' : place
}

/** Where offsets of a text are after a rewrite. */
interface Places {
  isEdited(offset: number): boolean
  /** Of an offset after the edits: whether it lies in what they wrote. */
  isNew(offset: number): boolean
  moved(offset: number): number
}

function placesOf(edits: readonly Edit[]): Places {
  const sorted = [...edits].sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1])
  const written: [number, number][] = []
  let shift = 0
  for (const { range, text } of sorted) {
    written.push([range[0] + shift, range[0] + shift + text.length])
    shift += text.length - (range[1] - range[0])
  }
  return {
    isEdited: (offset) => sorted.some(({ range }) => range[0] <= offset && offset < range[1]),
    isNew: (offset) => written.some(([start, end]) => start <= offset && offset < end),
    moved: (offset) =>
      sorted
        .filter(({ range }) => range[1] <= offset)
        .reduce((place, { range, text }) => place + text.length - (range[1] - range[0]), offset),
  }
}
