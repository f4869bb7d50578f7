import { ESLint } from 'eslint'
import { ESLint as ESLint9 } from 'eslint9'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesOf, frameworkCases, type FrameworkCase } from '../fixtures/frameworks.ts'
import { copyWorld, lintWith, lintWithOxlint, transformWithJscodeshift, type Source } from './engines.ts'

const MIDDLEWARE = ['hot-codemod/prefer-lazy-middleware-import']

const sourceOf = (found: FrameworkCase): Source => ({
  filename: found.filename,
  input: found.input,
  files: filesOf(found),
})

const named = (found: readonly FrameworkCase[]): (readonly [string, FrameworkCase])[] =>
  found.map((one) => [one.id, one] as const)

const isLazyMiddleware = ({ middleware }: FrameworkCase): boolean => middleware !== false
const offFor = (found: FrameworkCase): readonly string[] => (isLazyMiddleware(found) ? [] : MIDDLEWARE)

/** What the lint rules leave: the levels above the handler are not theirs. */
const lintedOf = ({ input, level, expected }: FrameworkCase): string =>
  expected.linted ?? (level ? input : (expected.output ?? input))

describe.each([
  ['ESLint 10', ESLint],
  ['ESLint 9', ESLint9 as unknown as typeof ESLint],
])('%s', (_, engine) => {
  it.each(named(frameworkCases))('%s', async (_id, found) => {
    const { output, rules } = await lintWith(engine, sourceOf(found), offFor(found))
    expect(rules).toEqual(found.expected.rules)
    expect(output).toBe(lintedOf(found))
  })
})

describe.each([
  ['oxlint', frameworkCases.filter(isLazyMiddleware), []],
  ['oxlint without the rule for middleware', frameworkCases.filter((found) => !isLazyMiddleware(found)), MIDDLEWARE],
])('%s', (_, cases, off) => {
  const results = lintWithOxlint(cases.map(sourceOf), off)
  it.each(cases.map((found, index) => [found.id, found, results[index]] as const))('%s', (_id, found, result) => {
    expect([...(result?.rules ?? [])].sort()).toEqual([...found.expected.rules].sort())
    expect(result?.output).toBe(lintedOf(found))
  })
})

describe('jscodeshift', () => {
  // It fails with the message of the command line where that refuses.
  const cases = frameworkCases.filter((found) => isLazyMiddleware(found) && found.expected.refused === undefined)
  const outputs = transformWithJscodeshift(cases.map(sourceOf))
  it.each(cases.map((found, index) => [found.id, found, outputs[index]] as const))('%s', (_id, found, output) => {
    expect(output).toBe(found.level ? found.input : (found.expected.output ?? found.input))
  })
})

describe('the command line', () => {
  const CODEMOD = { mount: 'lazy-mounts', app: 'app-boundary', handler: 'lazy-imports' } as const

  it.each(named(frameworkCases))('%s', async (_id, found) => {
    const root = copyWorld(sourceOf(found))
    const read = (): string => readFileSync(join(root, found.filename), 'utf8')
    const { level = 'handler', middleware = true, expected, filename, input } = found
    try {
      const { migrate } = (await import('../../dist/src/api.js')) as typeof import('../../src/api.ts')
      const run = () => migrate({ directory: root, only: [CODEMOD[level]], level, middleware })
      if (expected.refused !== undefined) {
        await expect(run()).rejects.toThrow(expected.refused)
        expect(read()).toBe(input)
        return
      }
      const migration = await run()
      const own = migration.imports.filter(({ path, verdict }) => path === filename && verdict !== 'done')
      expect(own.map(({ names, verdict, reason }) => `${names.join(', ')}: ${verdict} ${reason}`)).toEqual(
        expected.verdicts,
      )
      migration.apply()
      expect(read()).toBe(expected.output ?? input)
      // A second run changes nothing.
      expect((await run()).changes).toEqual([])
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
