import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLeaks } from '../../src/graph/leaks.ts'
import type { ReloadModel } from '../../src/graph/reload.ts'
import type { Server } from '../../src/graph/server.ts'
import { graphs, nameOf, serverOf, serverOfNodes } from './server.ts'

/** Each leak as `importer -> module: what would be hot`. */
function leaks(server: Server): string[] {
  return findLeaks(server)
    .map(({ from, target, frees }) => {
      const names = frees.map((path) => nameOf(server, path)).sort()
      return `${nameOf(server, from)} -> ${nameOf(server, target)}: ${names.join()}`
    })
    .sort()
}

const HOT = {
  'src/main.ts': "import './boot.js'\nexport const a = () => import('./ctl/a.js')\n",
  'src/boot.ts': "import './service.js'\n",
  'src/ctl/a.ts': "import '../service.js'\n",
  'src/service.ts': "import './log.js'\n",
  'src/log.ts': '',
}

describe('findLeaks', () => {
  it('gives the import because of which what hot modules use restarts', () => {
    expect(leaks(serverOf(HOT))).toEqual(['boot -> service: log,service'])
  })

  it('gives none without that import', () => {
    expect(leaks(serverOf({ ...HOT, 'src/boot.ts': '' }))).toEqual([])
  })

  it('gives none where a second import has the same effect', () => {
    expect(leaks(serverOf({ ...HOT, 'src/main.ts': `${HOT['src/main.ts']}import './service.js'\n` }))).toEqual([])
  })

  it('gives none where a lazy import of no boundary has the same effect', () => {
    const main = `${HOT['src/main.ts']}export const b = () => import('./service.js')\n`
    expect(leaks(serverOf({ ...HOT, 'src/main.ts': main }))).toEqual([])
  })

  it('gives none for what nothing hot uses', () => {
    expect(leaks(serverOf({ ...HOT, 'src/ctl/a.ts': '' }))).toEqual([])
  })

  it('gives none for a boundary', () => {
    const server = serverOf({ ...HOT, 'src/boot.ts': "import './ctl/b.js'\n", 'src/ctl/b.ts': '' })
    expect(leaks(server)).toEqual([])
  })

  it('gives none where what is hot would be gone with the import', () => {
    const server = serverOf({
      'src/main.ts': "import './app.js'\n",
      'src/app.ts': "export const a = () => import('./ctl/a.js')\n",
      'src/ctl/a.ts': "import '../app.js'\n",
    })
    expect(leaks(server)).toEqual([])
  })

  it('gives an import that is written twice', () => {
    const boot = "import { a } from './service.js'\nexport { b } from './service.js'\na()\n"
    expect(leaks(serverOf({ ...HOT, 'src/boot.ts': boot }))).toEqual(['boot -> service: log,service'])
  })

  it('gives the last import of a chain', () => {
    const files = { ...HOT, 'src/boot.ts': "import './more.js'\n", 'src/more.ts': "import './service.js'\n" }
    expect(leaks(serverOf(files))).toEqual(['more -> service: log,service'])
  })

  it('gives the import of a barrel, and those of its members', () => {
    const files = {
      ...HOT,
      'src/boot.ts': "import './index.js'\n",
      'src/index.ts': "import './service.js'\nimport './log.js'\n",
      'src/ctl/a.ts': "import '../service.js'\nimport '../log.js'\n",
      'src/service.ts': '',
    }
    expect(leaks(serverOf(files))).toEqual([
      'boot -> index: log,service',
      'index -> log: log',
      'index -> service: service',
    ])
  })

  it('gives the import of a cycle', () => {
    const files = { ...HOT, 'src/log.ts': "import './service.js'\n" }
    expect(leaks(serverOf(files))).toEqual(['boot -> service: log,service'])
  })

  it('computes them once for a state of the project', () => {
    const server = serverOf(HOT)
    expect(findLeaks(server)).toBe(findLeaks(server))
  })
})

describe('random graphs', () => {
  const hot = ({ outcomes }: ReloadModel): string[] =>
    [...outcomes].filter(([, outcome]) => outcome === 'hot').map(([path]) => path)

  /** What turns hot when an import is taken away. */
  function freedWithout(server: Server, from: string, specifier: string): string[] {
    const text = (server.modules.text(from) ?? '').replace(`import '${specifier}'\n`, '')
    const before = new Set(hot(server.reload()))
    return hot(server.reloadAs(new Map([[from, text]]), server.isBoundary)).filter((path) => !before.has(path))
  }

  it('a leak costs what is hot without it, and nothing else does', () => {
    let compared = 0
    fc.assert(
      fc.property(graphs, (nodes) => {
        const server = serverOfNodes(nodes)
        const found = findLeaks(server)
        for (const { from, specifier, frees } of found) {
          expect([...frees].sort()).toEqual(freedWithout(server, from, specifier).sort())
          compared += 1
        }
        const known = new Set(found.map(({ frees }) => [...frees].sort().join()))
        for (const [from, outcome] of server.reload().outcomes) {
          if (outcome !== 'restart') continue
          for (const { specifier, target, dynamic } of server.modules.edges(from)) {
            if (dynamic || server.isBoundary(target)) continue
            const freed = freedWithout(server, from, specifier).sort().join()
            if (freed !== '') expect(known).toContain(freed)
          }
        }
      }),
      { seed: 9, numRuns: 800 },
    )
    expect(compared).toBeGreaterThan(20)
  })
})
