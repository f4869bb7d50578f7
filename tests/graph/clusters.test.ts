import { describe, expect, it } from 'vitest'
import { findClusters, LIMIT } from '../../src/graph/clusters.ts'
import { nameOf, serverOf } from './server.ts'

/** n modules that all import each other, below the boundary src/ctl/a.ts. */
function all(n: number, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const names = Array.from({ length: n }, (_, index) => `m${index}`)
  const importsOf = (own: string): string =>
    names
      .filter((name) => name !== own)
      .map((name) => `import './${name}.js'\n`)
      .join('')
  return {
    'src/main.ts': "export const a = () => import('./ctl/a.js')\n",
    'src/ctl/a.ts': "import '../m0.js'\n",
    ...Object.fromEntries(names.map((name) => [`src/${name}.ts`, importsOf(name)])),
    ...extra,
  }
}

function clusters(files: Readonly<Record<string, string>>): { names: string[]; visits: number }[] {
  const server = serverOf(files)
  return findClusters(server.reload()).map(({ paths, visits }) => ({
    names: paths.map((path) => nameOf(server, path)),
    visits,
  }))
}

/** hot-hook 1.0's walk over importers (`dependency_tree.js`, `isReloadable`): how often it looks at a module of `all(n)`. */
function visitsOfHotHook(n: number): number {
  let visits = 0
  const walk = (module: number, seen: ReadonlySet<number>): void => {
    visits += 1
    if (seen.has(module)) return
    const next = new Set([...seen, module])
    for (let other = 0; other < n; other += 1) if (other !== module) walk(other, next)
    // The boundary that imports module 0.
    if (module === 0) visits += 1
  }
  walk(1, new Set())
  return visits
}

describe('findClusters', () => {
  it('gives modules that all import each other, where hot-hook walks for long', () => {
    const [cluster, ...more] = clusters(all(8))
    expect(cluster?.names).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'])
    expect(cluster?.visits).toBeGreaterThan(10_000)
    expect(more).toEqual([])
  })

  it('counts as hot-hook walks', () => {
    expect(clusters(all(8))[0]?.visits).toBe(visitsOfHotHook(8))
  })

  it('stops counting', () => {
    expect(clusters(all(11))[0]?.visits).toBe(LIMIT)
  })

  it('gives none for a few modules', () => {
    expect(clusters(all(5))).toEqual([])
  })

  it('gives none for many in one ring', () => {
    const ring = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`src/m${index}.ts`, `import './m${(index + 1) % 30}.js'\n`]),
    )
    expect(clusters(all(0, ring))).toEqual([])
  })

  it('gives none where the modules restart', () => {
    const files = all(9)
    expect(clusters({ ...files, 'src/main.ts': `import './m0.js'\n${files['src/main.ts']}` })).toEqual([])
  })

  it('gives none where the imports between them are lazy', () => {
    const files = Object.entries(all(9)).map(([path, text]) => [
      path,
      path.startsWith('src/m') && path !== 'src/main.ts'
        ? text.replace(/import ('.*')/g, 'void (() => import($1))')
        : text,
    ])
    expect(clusters(Object.fromEntries(files) as Record<string, string>)).toEqual([])
  })

  it('gives the worst first', () => {
    const second = Object.entries(all(9)).flatMap(([path, text]) =>
      path.startsWith('src/m') && path !== 'src/main.ts'
        ? [[path.replace('/m', '/k'), text.replaceAll('./m', './k')]]
        : [],
    )
    const found = clusters(
      all(8, {
        ...(Object.fromEntries(second) as Record<string, string>),
        'src/ctl/b.ts': "import '../k0.js'\n",
        'src/main.ts': "export const a = () => import('./ctl/a.js')\nexport const b = () => import('./ctl/b.js')\n",
      }),
    )
    expect(found.map(({ names }) => `${names[0]} ${names.length}`)).toEqual(['k0 9', 'm0 8'])
  })
})
