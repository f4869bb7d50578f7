import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { boundaryMatcher } from '../../src/graph/boundaries.ts'
import { createModules, type Elision } from '../../src/graph/modules.ts'
import { reloadModel } from '../../src/graph/reload.ts'
import { createResolver } from '../../src/graph/resolver.ts'
import { directoryWith } from '../cli/run.ts'

/** The outcome of each file below `src`, when the server starts with src/main.ts and src/ctl/* are boundaries. */
function outcomes(files: Readonly<Record<string, string>>, elision: Elision = 'plain'): Record<string, string> {
  const root = directoryWith({ 'package.json': '{ "type": "module" }', ...files })
  const resolver = createResolver(root)
  const model = reloadModel({
    modules: createModules(resolver, elision),
    roots: [{ path: join(root, 'src/main.ts') }],
    isBoundary: boundaryMatcher(root, './src/ctl/*.ts'),
  })
  return Object.fromEntries([...model.outcomes].map(([path, outcome]) => [path.slice(root.length + 5), outcome]))
}

const LAZY = "export const a = () => import('./ctl/a.js')\n"

// The rows are those of hot-hook 1.0.0's measured behaviour: facts on lazy, static and mixed boundaries.
describe('reloadModel', () => {
  it('a lazy boundary and what only it loads are hot', () => {
    expect(
      outcomes({ 'src/main.ts': LAZY, 'src/ctl/a.ts': "import '../service.js'\n", 'src/service.ts': 'export {}\n' }),
    ).toEqual({ 'main.ts': 'restart', 'ctl/a.ts': 'hot', 'service.ts': 'hot' })
  })

  it('a service that the entry reaches without a boundary restarts', () => {
    expect(
      outcomes({
        'src/main.ts': `import './service.js'\n${LAZY}`,
        'src/ctl/a.ts': "import '../service.js'\n",
        'src/service.ts': 'export {}\n',
      }),
    ).toEqual({ 'main.ts': 'restart', 'ctl/a.ts': 'hot', 'service.ts': 'restart' })
  })

  it('a static boundary restarts, and everything only under it', () => {
    expect(
      outcomes({
        'src/main.ts': "import './ctl/a.js'\n",
        'src/ctl/a.ts': "import '../service.js'\n",
        'src/service.ts': 'export {}\n',
      }),
    ).toEqual({ 'main.ts': 'restart', 'ctl/a.ts': 'restart', 'service.ts': 'restart' })
  })

  it('a lazy import of no boundary restarts', () => {
    expect(
      outcomes({ 'src/main.ts': "export const a = () => import('./other.js')\n", 'src/other.ts': 'export {}\n' }),
    ).toEqual({
      'main.ts': 'restart',
      'other.ts': 'restart',
    })
  })

  it('a boundary that another boundary imports statically restarts', () => {
    expect(
      outcomes({ 'src/main.ts': LAZY, 'src/ctl/a.ts': "import './base.js'\n", 'src/ctl/base.ts': 'export {}\n' }),
    ).toEqual({ 'main.ts': 'restart', 'ctl/a.ts': 'hot', 'ctl/base.ts': 'restart' })
  })

  it('`import type` above the lazy import of the same specifier switches hot reload off', () => {
    const type = "import type A from './ctl/a.js'\nexport type T = A\n"
    expect(outcomes({ 'src/main.ts': type + LAZY, 'src/ctl/a.ts': 'export default class {}\n' })).toEqual({
      'main.ts': 'restart',
      'ctl/a.ts': 'restart',
    })
  })

  it('below it, or as an import type, it does not', () => {
    const below = `${LAZY}import type A from './ctl/a.js'\nexport type T = A\n`
    const query = `export type T = import('./ctl/a.js').default\n${LAZY}`
    for (const main of [below, query]) {
      expect(outcomes({ 'src/main.ts': main, 'src/ctl/a.ts': 'export default class {}\n' })['ctl/a.ts']).toBe('hot')
    }
  })

  it('an import used as a type only is no edge, unless the loader keeps it', () => {
    const files = {
      'src/main.ts': "import { T } from './types.js'\nexport const x: T = 1\n",
      'src/types.ts': 'export type T = number\n',
    }
    expect(Object.keys(outcomes(files))).toEqual(['main.ts'])
    expect(Object.keys(outcomes(files, 'verbatim'))).toEqual(['main.ts', 'types.ts'])
  })

  it('constructor types of a decorated class are edges under decorator metadata only', () => {
    const files = {
      'src/main.ts':
        "import { Users } from './users.js'\ndeclare const inject: any\n@inject()\nexport class A { constructor(public users: Users) {} }\n",
      'src/users.ts': 'export class Users {}\n',
    }
    expect(Object.keys(outcomes(files, 'metadata'))).toEqual(['main.ts', 'users.ts'])
    expect(Object.keys(outcomes(files, 'plain'))).toEqual(['main.ts'])
  })

  it('cycles in the hot zone stay hot', () => {
    expect(
      outcomes({
        'src/main.ts': LAZY,
        'src/ctl/a.ts': "import '../x.js'\n",
        'src/x.ts': "import './y.js'\n",
        'src/y.ts': "import './x.js'\n",
      }),
    ).toEqual({ 'main.ts': 'restart', 'ctl/a.ts': 'hot', 'x.ts': 'hot', 'y.ts': 'hot' })
  })

  it('a module that imports the entry makes a second copy of it', () => {
    expect(outcomes({ 'src/main.ts': LAZY, 'src/ctl/a.ts': "import '../main.js'\n" })).toEqual({
      'main.ts': 'error',
      'ctl/a.ts': 'error',
    })
  })
})

describe('boundaryMatcher', () => {
  const matches = (pattern: string, path: string): boolean => boundaryMatcher('/app', pattern)(path)

  it.each([
    ['./src/c/*.ts', '/app/src/c/a.ts'],
    ['src/c/*.ts', '/app/src/c/a.ts'],
    ['/app/src/c/*.ts', '/app/src/c/a.ts'],
    ['../x/src/c/*.ts', '/x/src/c/a.ts'],
    ['**/controllers/*.ts', '/anywhere/controllers/a.ts'],
    ['./src/**/!(base).ts', '/app/src/c/a.ts'],
    ['./src/c/*.ts', '/app/src/c/.a.ts'],
  ])('%s matches %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true)
  })

  it.each([
    ['./src/c', '/app/src/c/a.ts'],
    ['./src/c/', '/app/src/c/a.ts'],
    ['./src/c/*.ts', '/app/src/c/d/a.ts'],
    ['./src/**/!(base).ts', '/app/src/c/base.ts'],
    ['./src/C/*.ts', '/app/src/c/a.ts'],
    ['controllers/*.ts', '/anywhere/controllers/a.ts'],
  ])('%s does not match %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false)
  })

  it('an exclusion takes nothing away', () => {
    expect(boundaryMatcher('/app', ['./src/*.ts', '!./src/base.ts'])('/app/src/base.ts')).toBe(true)
  })
})

describe('modules with other texts', () => {
  it('are read in the same way: as CommonJS where the loader makes that of a package without "type"', () => {
    const root = directoryWith({ 'package.json': '{}', 'a.ts': "import './b.js'\n", 'b.ts': '' })
    const path = join(root, 'a.ts')
    const kindsOf = (typeless: 'detect' | 'commonjs'): number[] => {
      const modules = createModules(createResolver(root), 'plain', undefined, typeless)
      const other = modules.withTexts(new Map([[path, "import './b.js' // edited\n"]]))
      return [modules, other].flatMap((each) => [each.edges(path).length, each.unseen(path).length])
    }
    expect(kindsOf('commonjs')).toEqual([0, 1, 0, 1])
    expect(kindsOf('detect')).toEqual([1, 0, 1, 0])
  })
})
