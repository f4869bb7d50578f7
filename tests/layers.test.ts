import { init, parse } from 'es-module-lexer'
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { repository } from './engines/engines.ts'

/** What each layer imports from directly; it may reach further down, never up. DESIGN section 5. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  cli: ['api'],
  api: ['verified', 'migrate-workspaces'],
  verified: ['migrate', 'inspect', 'undo'],
  'migrate-workspaces': ['migrate'],
  migrate: ['codemods'],
  inspect: ['doctor', 'verify'],
  undo: ['project'],
  codemods: ['lazy'],
  doctor: ['lazy'],
  verify: ['graph'],
  index: ['rules'],
  rules: ['lazy'],
  lazy: ['graph'],
  graph: ['project', 'frameworks'],
  project: ['edits'],
  frameworks: ['edits'],
  edits: ['versions'],
  versions: ['require'],
  require: [],
}

interface Import {
  /** Relative to the repository, with `/`. */
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

/** The layer of a file of the repository; undefined for a file that has none. */
function layerOf(path: string): string | undefined {
  const [first = '', second = ''] = path.replace(/^src\//, '').split('/')
  const name = second === '' ? first.replace(/\.ts$/, '') : first
  return Object.hasOwn(LAYERS, name) ? name : undefined
}

/** Whether `lower` is `upper` itself or somewhere below it. */
function reaches(upper: string, lower: string): boolean {
  return upper === lower || (LAYERS[upper] ?? []).some((next) => reaches(next, lower))
}

/** The imports that point up or sideways, or leave the layers, each as `from -> to`. */
function inversions(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => {
      const [upper, lower] = [layerOf(from), layerOf(to)]
      return upper === undefined || lower === undefined || !reaches(upper, lower)
    })
    .map(({ from, to, typeOnly }) => `${from} -> ${to}${typeOnly ? ' (types)' : ''}`)
}

/** The imports of one file that lead to another file of the repository. */
function importsOf(from: string, text: string): Import[] {
  const [imports] = parse(text)
  return imports.flatMap((found) => {
    if (found.type === 'import-meta' || !found.specifier?.startsWith('.')) return []
    const to = posix.join(posix.dirname(from), found.specifier)
    return [{ from, to, typeOnly: found.type === 'static' && found.typeOnly }]
  })
}

/** Every import between files of src, rules and codemods. */
function readImports(): Import[] {
  const files = ['src', 'rules', 'codemods'].flatMap((directory) =>
    readdirSync(join(repository, directory), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => posix.join(directory, path.replaceAll('\\', '/'))),
  )
  return files.flatMap((path) => importsOf(path, readFileSync(join(repository, path), 'utf8')))
}

beforeAll(() => init())

describe('the source', () => {
  it('imports one way', () => {
    // The jscodeshift transforms are loaded alone, and reach the engine through the package's own entry.
    expect(inversions(readImports())).toEqual(['codemods/per-file.ts -> src/api.ts (types)'])
  })

  it('names a file for every import', () => {
    const imports = readImports()
    expect(imports.length).toBeGreaterThan(100)
    expect(imports.filter(({ to }) => !to.endsWith('.ts'))).toEqual([])
  })

  it('plans without the disk and without a parser', () => {
    const imports = readImports().filter(({ typeOnly }) => !typeOnly)
    const reached = new Set(['src/lazy/plan.ts'])
    for (const path of reached) for (const { from, to } of imports) if (from === path) reached.add(to)
    expect(reached).toContain('src/lazy/uses.ts')
    const packages = [...reached].flatMap((path) => packagesOf(readFileSync(join(repository, path), 'utf8')))
    expect(packages).toEqual([])
  })
})

/** Node's modules and the packages that a file runs with. */
function packagesOf(text: string): string[] {
  const [imports] = parse(text)
  return imports.flatMap((found) => {
    if (found.type === 'import-meta' || found.specifier === undefined || found.specifier.startsWith('.')) return []
    return found.type === 'static' && found.typeOnly ? [] : [found.specifier]
  })
}

describe('inversions', () => {
  const from = (path: string, text: string): string[] => inversions(importsOf(path, text))

  it('lets a layer import the one below', () => {
    expect(from('src/api.ts', "import { codemods } from '../codemods/index.ts'")).toEqual([])
  })

  it('lets a layer import further down', () => {
    expect(from('src/cli/main.ts', "import { applyEdits } from '../edits/text.ts'")).toEqual([])
  })

  it('lets a layer import itself', () => {
    expect(from('src/lazy/plan.ts', "import { usesOf } from './uses.ts'")).toEqual([])
  })

  it('finds an import upwards', () => {
    expect(from('src/edits/text.ts', "import { plan } from '../lazy/plan.ts'")).toEqual([
      'src/edits/text.ts -> src/lazy/plan.ts',
    ])
  })

  it('finds an import sideways', () => {
    expect(from('rules/x.ts', "import { codemods } from '../codemods/index.ts'")).toEqual([
      'rules/x.ts -> codemods/index.ts',
    ])
  })

  it('finds an export from above', () => {
    expect(from('src/project/open.ts', "export * from '../api.ts'")).toEqual(['src/project/open.ts -> src/api.ts'])
  })

  it('finds a lazy import', () => {
    expect(from('codemods/x.ts', "const api = () => import('../src/api.ts')")).toEqual(['codemods/x.ts -> src/api.ts'])
  })

  it('finds an import of types', () => {
    expect(from('codemods/x.ts', "import type * as Api from '../src/api.ts'")).toEqual([
      'codemods/x.ts -> src/api.ts (types)',
    ])
  })

  it('finds a file without a layer', () => {
    expect(from('src/helpers.ts', "import { plan } from './lazy/plan.ts'")).toEqual([
      'src/helpers.ts -> src/lazy/plan.ts',
    ])
  })
})
