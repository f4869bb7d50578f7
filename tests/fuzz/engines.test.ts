import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ESLint } from 'eslint'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyWorld, lintWith, lintWithOxlint, transformWithJscodeshift, type Source } from '../engines/engines.ts'
import { migrated } from './migrated.ts'
import { factor, moduleIn, seed } from './modules.ts'
import { filesOf } from './project.ts'
import { worlds } from './worlds.ts'

const MODULES = 8 * factor

/** Modules of every world. */
const sources = worlds.flatMap((world, at): Source[] => {
  const files = filesOf(world)
  return fc
    .sample(moduleIn(world, join(tmpdir(), world.filename)), { numRuns: MODULES, seed: seed + at })
    .map((input) => ({ filename: world.filename, input, ...(files && { files }) }))
})

/** What the command line leaves of a source. */
async function migrate(source: Source): Promise<string> {
  const root = realpathSync(copyWorld(source))
  try {
    if (!source.files) {
      // A project that registers nothing is refused; every real one has a route.
      const more = join(root, 'start/more.ts')
      mkdirSync(dirname(more), { recursive: true })
      writeFileSync(more, "import router from '@adonisjs/core/services/router'\nrouter.get('/', () => 1)\n")
    }
    return await migrated(root, join(root, source.filename))
  } finally {
    rmSync(root, { recursive: true })
  }
}

describe('any module is fixed as by the command line', { timeout: 300_000 }, () => {
  const expected: string[] = []

  beforeAll(async () => {
    for (const source of sources) expected.push(await migrate(source))
    expect(expected.filter((text, at) => text !== sources[at]!.input).length).toBeGreaterThan(sources.length / 6)
  })

  function expectSame(outputs: readonly (string | undefined)[]): void {
    for (const [at, output] of outputs.entries()) expect(output, `of\n${sources[at]!.input}`).toBe(expected[at])
  }

  it('by ESLint', async () => {
    for (const [at, source] of sources.entries()) {
      const { output } = await lintWith(ESLint, source)
      expect(output, `of\n${source.input}`).toBe(expected[at])
    }
  })

  it('by oxlint', () => {
    expectSame(lintWithOxlint(sources).map(({ output }) => output))
  })

  it('by jscodeshift', () => {
    expectSame(transformWithJscodeshift(sources))
  })
})
