import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPlaces, type Places } from '../../src/graph/places.ts'
import { serverOf } from './server.ts'

function placesOf(text: string): { places: Places; path: string } {
  const server = serverOf({ 'src/main.ts': text })
  return { places: createPlaces(server.root, server.modules), path: join(server.root, 'src/main.ts') }
}

function lineOf(text: string, specifier: string, dynamic?: boolean): number {
  const { places, path } = placesOf(text)
  return places.line(path, specifier, dynamic)
}

describe('line', () => {
  it('is that of the import', () => {
    expect(lineOf("import './a.js'\n\nimport {\n  b,\n} from './b.js'\n", './b.js')).toBe(3)
    expect(lineOf("import './a.js'\r\n\r\nexport * from './b.js'\r\n", './b.js')).toBe(3)
  })

  it('is that of the kind that is asked for', () => {
    const text = "import type { A } from './a.js'\nexport const a = () => import('./a.js')\nexport let b: A\n"
    expect(lineOf(text, './a.js', true)).toBe(2)
    expect(lineOf(text, './a.js', false)).toBe(1)
    expect(lineOf(text, './a.js')).toBe(1)
  })

  it('is that of the import that exists at run time, where one of types stands above', () => {
    expect(lineOf("export type { A } from './x.js'\nexport { b } from './x.js'\n", './x.js', false)).toBe(2)
    expect(lineOf("import type { A } from './x.js'\nimport { b } from './x.js'\n", './x.js')).toBe(2)
    expect(lineOf("export { b } from './x.js'\nexport type { A } from './x.js'\n", './x.js', false)).toBe(1)
  })

  it('is that of the other kind where there is one only', () => {
    expect(lineOf("\nexport const a = () => import('./a.js')\n", './a.js', false)).toBe(2)
  })

  it('is that of the text where it is no import', () => {
    expect(
      lineOf(
        'import { createRequire } from \'node:module\'\ncreateRequire(import.meta.url)("./a.(1).cjs")\n',
        './a.(1).cjs',
      ),
    ).toBe(2)
  })

  it('is 0 where there is none', () => {
    expect(lineOf("import './a.js'\n", './b.js')).toBe(0)
    const { places, path } = placesOf('')
    expect(places.line(`${path}x`, './a.js')).toBe(0)
  })
})

describe('of', () => {
  it('names file and line for people', () => {
    const { places, path } = placesOf("\nimport './a.js'\n")
    expect(places.of({ path, specifier: './a.js' })).toBe('`src/main.ts:2`')
    expect(places.name(path)).toBe('src/main.ts')
  })

  it('names the file alone where the line is not known', () => {
    const { places, path } = placesOf('')
    expect(places.of({ path, specifier: './a.js' })).toBe('`src/main.ts`')
  })
})
