import { ESLint } from 'eslint'
import { ESLint as ESLint9 } from 'eslint9'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { cases } from '../fixtures/world.ts'
import { lintWith, lintWithOxlint, migrateCase, transformWithJscodeshift } from './engines.ts'

const require = createRequire(import.meta.url)
const { FlatESLint: ESLint8 } = require('eslint8/use-at-your-own-risk') as { FlatESLint: typeof ESLint }

const expectedOutput = ({ input, expected }: (typeof cases)[number]): string =>
  expected.kind === 'fix' ? (expected.output ?? '') : input

describe.each([
  ['ESLint 10', ESLint],
  ['ESLint 9', ESLint9 as unknown as typeof ESLint],
  ['ESLint 8 with a flat config', ESLint8],
])('%s', (_, engine) => {
  it.each(cases.map((source) => [source.id, source] as const))('%s', async (_id, source) => {
    const { output, reports, suggestions } = await lintWith(engine, source)
    expect(reports).toBe(source.expected.reports)
    expect(output).toBe(expectedOutput(source))
    if (source.expected.suggestion !== undefined) expect(suggestions).toEqual([source.expected.suggestion])
    if (source.expected.kind === 'report') expect(suggestions).toEqual([])
  })
})

describe('oxlint', () => {
  const results = lintWithOxlint(cases)
  it.each(cases.map((source, index) => [source.id, source, results[index]] as const))('%s', (_id, source, result) => {
    expect(result?.reports).toBe(source.expected.reports)
    expect(result?.output).toBe(expectedOutput(source))
  })
})

describe('jscodeshift', () => {
  const outputs = transformWithJscodeshift(cases)
  it.each(cases.map((source, index) => [source.id, source, outputs[index]] as const))('%s', (_id, source, output) => {
    expect(output).toBe(expectedOutput(source))
  })
})

describe('the command line', () => {
  it.each(cases.map((source) => [source.id, source] as const))('%s', async (_id, source) => {
    expect(await migrateCase(source)).toBe(expectedOutput(source))
  })
})
