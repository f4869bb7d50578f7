import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combineCuts, findCuts, type Cut, type CutOptions } from '../../src/graph/cuts.ts'
import type { ReloadModel } from '../../src/graph/reload.ts'
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

  it('has the cuts for a file, best first', () => {
    const server = serverOf({ 'src/main.ts': "import './a.js'\n", 'src/a.ts': "import './b.js'\n", 'src/b.ts': '' })
    const { freeing } = findCuts(server.reload(), ALL)
    const found = freeing(`${server.root}/src/b.ts`).map((cut) => say(server, cut))
    expect(found).toEqual(['a <- main: a,b', 'b <- a: b'])
    expect(freeing(`${server.root}/src/main.ts`)).toEqual([])
  })
})

describe('combineCuts', () => {
  /** The cuts, one after the other. */
  function combined(server: Server, options: Partial<CutOptions> = {}, files = Infinity): string[] {
    const isEnough = (then: ReloadModel): boolean =>
      [...then.outcomes].filter(([, outcome]) => outcome === 'hot').length >= files
    const steps = combineCuts(server.reload(), (made) => server.reloadAfter(made), { ...ALL, ...options }, isEnough)
    return steps.map((cut) => say(server, cut))
  }

  const SHARED = {
    'src/main.ts': "import './a.js'\nimport './b.js'\n",
    'src/a.ts': "import './shared.js'\n",
    'src/b.ts': "import './shared.js'\n",
    'src/shared.ts': '',
  }

  it('counts what two cuts free together with the last of them', () => {
    expect(combined(serverOf(SHARED))).toEqual(['a <- main: a', 'b <- main: b,shared'])
  })

  it('gives nothing that the cuts before have freed', () => {
    const server = serverOf({ 'src/main.ts': "import './a.js'\n", 'src/a.ts': "import './b.js'\n", 'src/b.ts': '' })
    expect(combined(server)).toEqual(['a <- main: a,b'])
  })

  it('goes on below what cannot be changed', () => {
    const server = serverOf({ ...SHARED, 'src/shared.ts': "import './c.js'\n", 'src/c.ts': '' })
    const canChange: CutOptions['canChange'] = ({ specifier }) => specifier !== './b.js'
    expect(combined(server, { canChange })).toEqual(['a <- main: a', 'c <- shared: c', 'shared <- a,b: shared'])
  })

  it('stops when it is enough', () => {
    expect(combined(serverOf(SHARED), {}, 1)).toEqual(['a <- main: a'])
  })

  it('gives nothing when it is enough already', () => {
    expect(combined(serverOf(SHARED), {}, 0)).toEqual([])
  })

  it('makes no module stale', () => {
    const server = serverOf({
      'src/main.ts': "import './settings.js'\nimport './a.cjs'\n",
      'src/a.cjs': '',
      'src/settings.ts': '',
    })
    expect(combined(server)).toEqual(['settings <- main: settings'])
  })

  it('frees with the next cut what one before makes restart', () => {
    const server = serverOf({
      'src/main.ts': "import './a.js'\nexport const b = () => import('./ctl/b.js')\n",
      'src/a.ts': "import './ctl/b.js'\n",
      'src/ctl/b.ts': "import '../c.js'\n",
      'src/c.ts': '',
    })
    expect(restarting(server, server.reload())).toEqual(['a', 'main'])
    expect(combined(server)).toEqual(['a <- main: a', 'ctl/b <- a: ctl/b,c'])
  })
})

describe('random graphs', () => {
  /** What no longer restarts when the imports of cuts are made lazy, and their modules boundaries. */
  function freedBy(server: Server, ...made: readonly Cut[]): string[] {
    const texts = new Map<string, string>()
    for (const importer of made.flatMap(({ imports }) => imports)) {
      const before = texts.get(importer.path) ?? server.modules.text(importer.path) ?? ''
      const lazy = `void (() => import('${importer.specifier}'))\n`
      texts.set(importer.path, before.replace(`import '${importer.specifier}'\n`, lazy))
    }
    const paths = new Set(made.map(({ path }) => path))
    const then = server.reloadAs(texts, (candidate) => paths.has(candidate) || server.isBoundary(candidate))
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

  it('each of several cuts frees what is hot with it and was not with those before', () => {
    let combined = 0
    fc.assert(
      fc.property(graphs, (nodes) => {
        const server = serverOfNodes(nodes)
        const made = combineCuts(server.reload(), (cuts) => server.reloadAfter(cuts), ALL)
        for (const [at, { frees }] of made.entries()) {
          const before = freedBy(server, ...made.slice(0, at))
          const since = freedBy(server, ...made.slice(0, at + 1)).filter((name) => !before.includes(name))
          expect(frees.map((path) => nameOf(server, path)).sort()).toEqual(since)
        }
        // Nothing but the entry restarts after all of them.
        expect(freedBy(server, ...made)).toEqual(restarting(server, server.reload()).filter((name) => name !== 'n0'))
        if (made.length > 1) combined += 1
      }),
      { seed: 9, numRuns: 150 },
    )
    expect(combined).toBeGreaterThan(50)
  })

  it('no cut is better than the one that is next', () => {
    let compared = 0
    fc.assert(
      fc.property(graphs, (nodes) => {
        const server = serverOfNodes(nodes)
        const made = combineCuts(server.reload(), (cuts) => server.reloadAfter(cuts), ALL)
        for (const [at, next] of made.entries()) {
          const before = made.slice(0, at)
          const already = freedBy(server, ...before).length
          const { importers } = server.reloadAfter(before)
          for (const name of restarting(server, server.reloadAfter(before))) {
            const path = `${server.root}/src/${name}.ts`
            if (name === 'n0' || path === next.path) continue
            const imports = (importers.get(path) ?? []).filter(({ lazy }) => !lazy)
            const freed = freedBy(server, ...before, { path, imports, reexported: false, frees: [] }).length - already
            const changes = new Set(imports.map((importer) => importer.path)).size
            expect(freed / Math.max(1, changes)).toBeLessThanOrEqual(
              next.frees.length / Math.max(1, next.imports.length),
            )
            compared += 1
          }
        }
      }),
      { seed: 10, numRuns: 100 },
    )
    expect(compared).toBeGreaterThan(100)
  })

  it('the cuts for a file are those of the list that free it', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { ranked, freeing } = findCuts(serverOfNodes(nodes).reload(), ALL)
        for (const { path } of ranked) expect(freeing(path)).toEqual(ranked.filter((cut) => cut.frees.includes(path)))
      }),
      { seed: 8, numRuns: 100 },
    )
  })
})
