import { describe, expect, it } from 'vitest'
import { obstacleOf } from '../../src/lazy/cuts/obstacle.ts'
import { parseModule } from '../../src/lazy/parse.ts'
import { explainReason } from '../../src/lazy/reasons.ts'

function why(text: string, found: { dynamic?: boolean; lazy?: boolean } = {}): string | undefined {
  const parsed = parseModule('/app/a.ts', text)
  if ('message' in parsed) throw new Error(parsed.message)
  const importer = { path: '/app/a.ts', specifier: './b.js', dynamic: false, lazy: false, ...found }
  const obstacle = obstacleOf({ ...parsed, path: '/app/a.ts', text }, importer)
  return obstacle && explainReason(obstacle.reason, obstacle.detail)
}

const IMPORT = "import B from './b.js'\n"

describe('what keeps an import from being rewritten', () => {
  it.each([
    ['a use at load', 'class A extends B {}', '`B`, line `2` is used while this module is loaded.'],
    [
      'a use in a group of routes',
      'router.group(() => { router.get("/", { schema: B }) })',
      '`B`, line `2` is used while this module is loaded.',
    ],
    [
      'a decorator, whose function runs late, beside a type',
      'class A {\n  @belongsTo(() => B)\n  declare b: BelongsTo<typeof B>\n}',
      '`B`, line `3` is used in a decorator, which cannot wait for an import.',
    ],
    [
      'a function that is not async',
      'function a() { return B }',
      '`B`, line `2` is used in a function that is not async, which cannot wait for an import. Make it `async` if its callers await it.',
    ],
    ['an export', 'export { B }', '`B` is exported again; its importers expect it as it is.'],
    [
      'a use at load behind one in a function',
      'function a() { return B }\nB.boot()',
      '`B`, line `3` is used while this module is loaded.',
    ],
    ['an async function', 'async function a() { return B }', undefined],
    ['a type', 'let a: typeof B', undefined],
  ])('%s', (_, text, expected) => {
    expect(why(IMPORT + text)).toBe(expected)
  })

  it('a re-export, an import for its effect, and an `import()` that runs once', () => {
    expect(why("export * from './b.js'")).toBe('`./b.js` is exported again; its importers expect it as it is.')
    expect(why("import './b.js'")).toBe(
      '`./b.js` is imported for what it does when it is loaded, which the server needs at its start.',
    )
    expect(why("await import('./b.js')", { dynamic: true })).toContain('runs while the server starts only')
    expect(why("() => import('./b.js')", { dynamic: true, lazy: true })).toBe(undefined)
  })
})
