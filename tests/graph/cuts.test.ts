import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCuts, type Cut, type CutOptions } from '../../src/graph/cuts.ts'
import type { Server } from '../../src/graph/server.ts'
import { graphs, nameOf, restarting, serverOf, serverOfNodes } from './server.ts'

const ALL: CutOptions = { canBeBoundary: () => true, canChange: () => true }

/** Each cut as `path <- importers: what it frees`, best first. */
function cuts(server: Server, options: Partial<CutOptions> = {}): string[] {
  return findCuts(server.reload(), { ...ALL, ...options }).ranked.map((cut) => say(server, cut))
}

function say(server: Server, { path, imports, frees }: Cut): string {
  const importers = imports.map((importer) => nameOf(server, importer.path)).sort()
  return `${nameOf(server, path)} <- ${importers.join()}: ${frees.map((freed) => nameOf(server, freed)).join()}`
}

describe('findCuts', () => {
  it('gives the module above most of what restarts', () => {
    const server = serverOf({
      'src/main.ts': "import './a.js'\n",
      'src/a.ts': "import './b.js'\nimport './c.js'\n",
      'src/b.ts': '',
      'src/c.ts': '',
    })
    expect(cuts(server)).toEqual(['a <- main: a,c,b', 'b <- a: b', 'c <- a: c'])
  })

  it('gives nothing where nothing but the entry restarts', () => {
    const server = serverOf({ 'src/main.ts': "export const a = () => import('./ctl/a.js')\n", 'src/ctl/a.ts': '' })
    expect(cuts(server)).toEqual([])
  })

  it('names a static import before an import() of the same specifier that runs once', () => {
    const server = serverOf({ 'src/main.ts': "import './a.js'\nawait import('./a.js')\n", 'src/a.ts': '' })
    const [cut] = findCuts(server.reload(), ALL).ranked
    expect(cut?.imports.map(({ dynamic }) => dynamic)).toEqual([false])
  })

  it('frees nothing that another chain leads to', () => {
    const server = serverOf({
      'src/main.ts': "import './a.js'\nimport './b.js'\n",
      'src/a.ts': "import './shared.js'\n",
      'src/b.ts': "import './shared.js'\n",
      'src/shared.ts': '',
    })
    expect(cuts(server).sort()).toEqual(['a <- main: a', 'b <- main: b', 'shared <- a,b: shared'])
  })

  it('counts every static import of a boundary, also from hot modules', () => {
    const server = serverOf({
      'src/main.ts': "import './base.js'\nexport const a = () => import('./ctl/a.js')\n",
      'src/ctl/a.ts': "import '../base.js'\n",
      'src/base.ts': '',
    })
    expect(cuts(server)).toEqual(['base <- ctl/a,main: base'])
  })

  it('counts those from modules that it frees too', () => {
    const server = serverOf({
      'src/main.ts': "import './a.js'\n",
      'src/a.ts': "import './b.js'\n",
      'src/b.ts': "import './a.js'\n",
    })
    expect(cuts(server)).toEqual(['b <- a: b', 'a <- b,main: a,b'])
  })

  it('counts no lazy import: what that needs is a glob', () => {
    const server = serverOf({
      'src/main.ts': "export const a = () => import('./a.js')\n",
      'src/a.ts': "import './b.js'\n",
      'src/b.ts': '',
    })
    expect(cuts(server)).toEqual(['a <- : a,b', 'b <- a: b'])
  })

  it('gives a boundary that is imported statically', () => {
    const server = serverOf({
      'src/main.ts': "import './ctl/a.js'\n",
      'src/ctl/a.ts': "import '../b.js'\n",
      'src/b.ts': '',
    })
    expect(cuts(server)).toEqual(['ctl/a <- main: ctl/a,b', 'b <- ctl/a: b'])
  })

  it('gives nothing for a file that restarts whatever imports it', () => {
    const server = serverOf(
      { 'src/main.ts': "import './settings.js'\n", 'src/settings.ts': '' },
      { hotHook: { boundaries: [], restart: ['src/settings.ts'] } },
    )
    expect(cuts(server)).toEqual([])
  })

  it('gives nothing for one that declines', () => {
    const server = serverOf({
      'src/main.ts': "export const a = () => import('./ctl/a.js')\n",
      'src/ctl/a.ts': "import '../b.js'\nimport.meta.hot?.decline()\n",
      'src/b.ts': '',
    })
    expect(restarting(server, server.reload())).toEqual(['b', 'ctl/a', 'main'])
    expect(cuts(server)).toEqual([])
  })

  it('ranks by weight for each import that has to change', () => {
    const server = serverOf({
      'src/main.ts': "import './a.js'\nimport './b.js'\nimport './x.js'\n",
      'src/a.ts': '',
      'src/b.ts': '',
      'src/x.ts': "import './b.js'\n",
    })
    expect(cuts(server)).toEqual(['a <- main: a', 'x <- main: x', 'b <- main,x: b'])
    const weight = (path: string): number => (path.endsWith('b.ts') ? 10 : 1)
    expect(cuts(server, { weight })).toEqual(['b <- main,x: b', 'a <- main: a', 'x <- main: x'])
  })

  it('leaves out what can be no boundary', () => {
    const server = serverOf({ 'src/main.ts': "import './a.js'\n", 'src/a.ts': "import './b.js'\n", 'src/b.ts': '' })
    expect(cuts(server, { canBeBoundary: (path) => !path.endsWith('a.ts') })).toEqual(['b <- a: b'])
  })

  it('leaves out what needs an import to change that cannot', () => {
    const server = serverOf({ 'src/main.ts': "import './a.js'\n", 'src/a.ts': "import './b.js'\n", 'src/b.ts': '' })
    expect(cuts(server, { canChange: ({ path }) => !path.endsWith('main.ts') })).toEqual(['b <- a: b'])
  })

  it('has the best cut for a file', () => {
    const server = serverOf({ 'src/main.ts': "import './a.js'\n", 'src/a.ts': "import './b.js'\n", 'src/b.ts': '' })
    const { freeing } = findCuts(server.reload(), ALL)
    const best = freeing(`${server.root}/src/b.ts`)
    expect(best && say(server, best)).toBe('a <- main: a,b')
    expect(freeing(`${server.root}/src/main.ts`)).toBeUndefined()
  })
})

describe('random graphs', () => {
  /** What no longer restarts when the imports of a cut are made lazy, and its module a boundary. */
  function freedBy(server: Server, { path, imports }: Cut): string[] {
    const texts = new Map<string, string>()
    for (const importer of imports) {
      const before = texts.get(importer.path) ?? server.modules.text(importer.path) ?? ''
      const lazy = `void (() => import('${importer.specifier}'))\n`
      texts.set(importer.path, before.replace(`import '${importer.specifier}'\n`, lazy))
    }
    const then = server.reloadAs(texts, (candidate) => candidate === path || server.isBoundary(candidate))
    const still = restarting(server, then)
    return restarting(server, server.reload()).filter((name) => !still.includes(name))
  }

  it('a cut frees what is hot once its imports are lazy', () => {
    let compared = 0
    fc.assert(
      fc.property(graphs, (nodes) => {
        const server = serverOfNodes(nodes)
        const { ranked } = findCuts(server.reload(), ALL)
        for (const cut of ranked) {
          expect(cut.frees.map((path) => nameOf(server, path)).sort()).toEqual(freedBy(server, cut))
          expect(cut.frees[0]).toBe(cut.path)
          compared += 1
        }
        // The entry restarts for ever; for every other module there is a cut.
        expect(ranked.map(({ path }) => nameOf(server, path)).sort()).toEqual(
          restarting(server, server.reload()).filter((name) => name !== 'n0'),
        )
      }),
      { seed: 7, numRuns: 200 },
    )
    expect(compared).toBeGreaterThan(300)
  })

  it('the best cut for a file is the first in the list that frees it', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { ranked, freeing } = findCuts(serverOfNodes(nodes).reload(), ALL)
        for (const { path } of ranked)
          expect(freeing(path)).toMatchObject(ranked.find((cut) => cut.frees.includes(path))!)
      }),
      { seed: 8, numRuns: 100 },
    )
  })
})
