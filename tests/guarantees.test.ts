import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { repository } from './engines/engines.ts'

const page = readFileSync(join(repository, 'docs/guarantees.md'), 'utf8')

describe('docs/guarantees.md', () => {
  const rows = [...page.matchAll(/^\| (R\d+) \| (.*) \|$/gm)].map(([, id = '', rest = '']) => ({ id, rest }))

  it('has each requirement once', () => {
    const ids = rows.map(({ id }) => Number(id.slice(1))).sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: 32 }, (_, index) => index + 1))
  })

  it.each(rows)('names tests that exist for $id', ({ rest }) => {
    const named = [...rest.matchAll(/`(tests\/[\w./-]+)` "([^"]+)"/g)].map(([, path = '', title = '']) => [path, title])
    expect(named.length).toBeGreaterThan(0)
    const missing = named.filter(([path = '', title = '']) => !literalsIn(path).has(title))
    expect(missing).toEqual([])
  })
})

/** The strings of a test file, among them its titles. */
function literalsIn(path: string): ReadonlySet<string> {
  const { program } = parseSync(path, readFileSync(join(repository, path), 'utf8'))
  const found = new Set<string>()
  new Visitor({ Literal: ({ value }) => void (typeof value === 'string' && found.add(value)) }).visit(program)
  return found
}

interface Reached {
  /** Modules that the file runs with. */
  readonly modules: readonly string[]
  /** Names of the functions it calls. */
  readonly calls: readonly string[]
  /** Names of the properties it writes in objects. */
  readonly keys: readonly string[]
}

/** What each file of the package reaches out to. */
const published: ReadonlyMap<string, Reached> = new Map(
  ['src', 'rules', 'codemods', 'bin'].flatMap((directory) =>
    readdirSync(join(repository, directory), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name))
      .map((name) => {
        const path = `${directory}/${name}`
        const { program, module } = parseSync(path, readFileSync(join(repository, path), 'utf8'))
        const modules = module.staticImports
          .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
          .map(({ moduleRequest }) => moduleRequest.value)
        const calls: string[] = []
        const keys: string[] = []
        new Visitor({
          CallExpression: ({ callee }) => void (callee.type === 'Identifier' && calls.push(callee.name)),
          NewExpression: ({ callee }) => void (callee.type === 'Identifier' && calls.push(callee.name)),
          ImportExpression: ({ source }) => void (source.type === 'Literal' && modules.push(String(source.value))),
          Property: ({ key }) => void (key.type === 'Identifier' && keys.push(key.name)),
        }).visit(program)
        return [path, { modules, calls, keys }] as const
      }),
  ),
)

function filesThat(reach: (reached: Reached) => boolean): string[] {
  return [...published].flatMap(([path, reached]) => (reach(reached) ? [path] : [])).sort()
}

describe('the package', () => {
  it('starts no program but git, the package manager and what verify runs', () => {
    const starters = filesThat(({ modules }) =>
      modules.some((name) => /^(?:node:)?(?:child_process|cluster)$/.test(name)),
    )
    // Those of src/graph and src/project run git.
    expect(starters.filter((path) => !path.startsWith('src/verify/'))).toEqual([
      'src/cli/install.ts',
      'src/graph/coverage.ts',
      'src/project/commits.ts',
      'src/project/files.ts',
      'src/project/git.ts',
    ])
  })

  it('hands nothing to a shell but what verify runs, and the package manager on Windows', () => {
    const found = filesThat(
      ({ keys, calls }) => keys.includes('shell') || calls.some((name) => /^exec(?:Sync)?$/.test(name)),
    )
    expect(found).toEqual(['src/cli/install.ts', 'src/verify/session.ts'])
  })

  it('opens no connection but those of verify', () => {
    const network = /^(?:node:)?(?:https?|http2|net|tls|dgram|dns)(?:\/|$)/
    const clients = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']
    const found = filesThat(
      ({ modules, calls }) =>
        modules.some((name) => network.test(name)) || calls.some((name) => clients.includes(name)),
    )
    expect(found.filter((path) => !path.startsWith('src/verify/'))).toEqual([])
    expect(found).toContain('src/verify/request.ts')
  })
})
