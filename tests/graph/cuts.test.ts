import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { combineCuts, findCuts, type Cut, type CutOptions } from '../../src/graph/cuts.ts'
import type { ReloadModel } from '../../src/graph/reload.ts'
import { createServer, type Server } from '../../src/graph/server.ts'
import { graphs, importOf, nameOf, restarting, serverOf, serverOfNodes } from './server.ts'

const ALL: CutOptions = { canBeBoundary: () => true, canChange: () => true }

/** Each cut as `path <- importers: what it frees`, best first. */
function cuts(server: Server, options: Partial<CutOptions> = {}): string[] {
  return findCuts(server.reload(), { ...ALL, ...options }).ranked.map((cut) => say(server, cut))
}

function say(server: Server, { path, reexported, imports, frees }: Cut): string {
  const importers = imports.map((importer) => nameOf(server, importer.path)).sort()
  const again = reexported ? ' (again)' : ''
  return `${nameOf(server, path)} <- ${importers.join()}${again}: ${frees.map((freed) => nameOf(server, freed)).join()}`
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

describe('findCuts with modules that export others again', () => {
  const found = (server: Server): string[] => cuts(server, { canReexport: () => true })
  const USED = {
    'src/main.ts': "import './service.js'\nexport const a = () => import('./ctl/a.js')\n",
    'src/ctl/a.ts': "import '../service.js'\n",
    'src/service.ts': "import './db.js'\n",
    'src/db.ts': '',
  }

  it('changes no import of a hot module', () => {
    expect(found(serverOf(USED))).toEqual(['service <- main (again): service,db', 'db <- service: db'])
  })

  it('needs none where nothing hot imports the module', () => {
    expect(found(serverOf({ ...USED, 'src/ctl/a.ts': '' }))).toEqual([
      'service <- main: service,db',
      'db <- service: db',
    ])
  })

  it('changes an import() too, which would name the module that restarts', () => {
    const main = "export const b = () => import('./service.js')\nexport const a = () => import('./ctl/a.js')\n"
    expect(found(serverOf({ ...USED, 'src/main.ts': main }))).toEqual([
      'service <- main (again): service,db',
      'db <- service: db',
    ])
  })

  it('changes no import of a module that it frees', () => {
    const server = serverOf({ ...USED, 'src/db.ts': "import './service.js'\n" })
    expect(found(server)).toEqual(['service <- main (again): service,db', 'db <- service: db'])
  })

  it('gives none for a boundary: by whatever module it is exported, its static imports are wrong', () => {
    const server = serverOf({
      'src/main.ts': "import './ctl/b.js'\nexport const a = () => import('./ctl/a.js')\n",
      'src/ctl/a.ts': "import './b.js'\n",
      'src/ctl/b.ts': '',
    })
    expect(found(server)).toEqual(['ctl/b <- ctl/a,main: ctl/b'])
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

  it('goes on below what needs a boundary only, which nobody may make', () => {
    const server = serverOf({
      'src/main.ts': "export const load = () => import('./job.js')\n",
      'src/job.ts': "import './pdf.js'\n",
      'src/pdf.ts': '',
    })
    expect(combined(server)).toEqual(['job <- : job,pdf'])
    expect(combined(server, { boundaryOnly: false })).toEqual(['pdf <- job: pdf'])
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

describe('reloadAfter', () => {
  const BARREL = {
    'src/main.ts': "import { one } from './index.js'\nconsole.log(one)\n",
    'src/index.ts': "export * from './one.js'\nexport * from './two.js'\n",
    'src/one.ts': 'export const one = 1\n',
    'src/two.ts': 'export const two = 2\n',
    'src/ctl/a.ts': "import '../index.js'\n",
  }
  /** What restarts once the cut of that module is made, and its imports become what is said. */
  function restartingAfter(server: Server, name: string, becomes?: readonly string[]): string[] {
    const cut = findCuts(server.reload(), ALL).ranked.find(({ path }) => nameOf(server, path) === name)
    const { path = '', reexported = false, imports = [] } = cut ?? {}
    const changed = imports.map((importer) => ({ ...importer, ...(becomes && { becomes }) }))
    return restarting(server, server.reloadAfter([{ path, reexported, imports: changed }]))
  }

  it('has what is imported in place of a barrel restart still', () => {
    const server = serverOf(BARREL)
    expect(restartingAfter(server, 'index', [`${server.root}/src/one.ts`])).toEqual(['main', 'one'])
  })

  it('makes no boundary of what is imported statically still', () => {
    const server = serverOf({
      ...BARREL,
      'src/main.ts':
        "import { one } from './index.js'\nconsole.log(one)\nexport const a = () => import('./ctl/a.js')\n",
    })
    const main = server
      .reload()
      .importers.get(`${server.root}/src/index.ts`)
      ?.filter(({ path }) => path.endsWith('main.ts'))
    const imports = (main ?? []).map((importer) => ({ ...importer, becomes: [] }))
    const then = server.reloadAfter([{ path: `${server.root}/src/index.ts`, reexported: false, imports }])
    expect(restarting(server, then)).toEqual(['main'])
  })

  it('has an import() that runs once beside a static import keep its module', () => {
    const server = serverOf({ 'src/main.ts': "import './a.js'\nawait import('./a.js')\n", 'src/a.ts': '' })
    const imports = server.reload().importers.get(`${server.root}/src/a.ts`)?.slice(0, 1) ?? []
    const { outcomes } = server.reloadAfter([{ path: `${server.root}/src/a.ts`, reexported: false, imports }])
    expect(outcomes.get(`${server.root}/src/a.ts`)).toBe('stale')
  })

  it('frees what is imported twice, where neither import runs once', () => {
    const text = "import './a.js'\nexport const a = () => import('./a.js')\n"
    const server = serverOf({ 'src/main.ts': text, 'src/a.ts': '' })
    expect(restartingAfter(server, 'a')).toEqual(['main'])
  })
})

describe('random graphs', () => {
  /** What no longer restarts in a server with these cuts made. */
  function freedBy(server: Server, ...made: readonly Cut[]): string[] {
    const files = new Map(
      [...server.reload().files.keys()].map((path) => [path, server.modules.text(path) ?? ''] as const),
    )
    const boundaries = [...files.keys()].filter((path) => server.isBoundary(path))
    for (const { path, reexported, imports } of made) {
      const again = path.replace(/\.ts$/, '.hot.ts')
      boundaries.push(reexported ? again : path)
      if (reexported) files.set(again, `export * from './${nameOf(server, path)}.js'\n`)
      if (reexported) writeFileSync(again, '')
      for (const { path: from, specifier } of imports) {
        const lazy = importOf(reexported ? specifier.replace(/\.js$/, '.hot.js') : specifier, true)
        const text = files.get(from) ?? ''
        files.set(from, text.replace(importOf(specifier, false), lazy).replace(importOf(specifier, true), lazy))
      }
    }
    const then = createServer({
      root: server.root,
      framework: server.framework,
      hotHook: { boundaries: boundaries.map((path) => `./${path.slice(server.root.length + 1)}`) },
      entry: server.roots[0]?.path,
      read: (path) => files.get(path),
    })
    const still = restarting(then, then.reload())
    return restarting(server, server.reload()).filter((name) => !still.includes(name))
  }

  it.each([false, true])(
    'a cut frees what is hot once its imports are lazy; other modules export again: %s',
    (reExports) => {
      let compared = 0
      let again = 0
      fc.assert(
        fc.property(graphs, (nodes) => {
          const server = serverOfNodes(nodes)
          const { ranked } = findCuts(server.reload(), { ...ALL, canReexport: () => reExports })
          for (const cut of ranked) {
            if (cut.reexported) again += 1
            expect(cut.frees.map((path) => nameOf(server, path)).sort()).toEqual(freedBy(server, cut))
            expect(cut.frees[0]).toBe(cut.path)
            compared += 1
          }
          // The entry restarts for ever; for every other module there is a cut.
          expect(ranked.map(({ path }) => nameOf(server, path)).sort()).toEqual(
            restarting(server, server.reload()).filter((name) => name !== 'n0'),
          )
        }),
        { seed: 7, numRuns: 80 },
      )
      expect(compared).toBeGreaterThan(100)
      if (reExports) expect(again).toBeGreaterThan(10)
    },
  )

  it.each([false, true])(
    'each of several cuts frees what is hot with it and was not with those before; again: %s',
    (reExports) => {
      let combined = 0
      fc.assert(
        fc.property(graphs, (nodes) => {
          const server = serverOfNodes(nodes)
          const made = combineCuts(server.reload(), (cuts) => server.reloadAfter(cuts), {
            ...ALL,
            canReexport: () => reExports,
          })
          for (const [at, { frees }] of made.entries()) {
            const before = freedBy(server, ...made.slice(0, at))
            const since = freedBy(server, ...made.slice(0, at + 1)).filter((name) => !before.includes(name))
            expect(frees.map((path) => nameOf(server, path)).sort()).toEqual(since)
          }
          // Nothing but the entry restarts after all of them.
          expect(freedBy(server, ...made)).toEqual(restarting(server, server.reload()).filter((name) => name !== 'n0'))
          if (made.length > 1) combined += 1
        }),
        { seed: 9, numRuns: 50 },
      )
      expect(combined).toBeGreaterThan(15)
    },
  )

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
      { seed: 10, numRuns: 50 },
    )
    expect(compared).toBeGreaterThan(50)
  })

  it('the cuts for a file are those of the list that free it', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { ranked, freeing } = findCuts(serverOfNodes(nodes).reload(), ALL)
        for (const { path } of ranked) expect(freeing(path)).toEqual(ranked.filter((cut) => cut.frees.includes(path)))
      }),
      { seed: 8, numRuns: 60 },
    )
  })
})
