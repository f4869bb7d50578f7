import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../../src/frameworks/index.ts'
import type { Candidate } from '../../src/lazy/candidate.ts'
import { plan } from '../../src/lazy/plan.ts'
import { analyseProject } from '../../src/lazy/project-plan.ts'
import { readProject } from '../../src/project/open.ts'
import { factor, moduleIn, seed } from './modules.ts'
import { projectOf } from './project.ts'
import { expectSound, parse } from './properties.ts'
import { worlds } from './worlds.ts'

const RUNS = 1700

describe.each(worlds.map((world, at) => [world.name, world, seed + at] as const))(
  'any module of %s',
  (_, world, seed) => {
    const { root, paths } = projectOf(world, [''])
    const path = paths[0]!
    const project = readProject(root)
    const analysis = analyseProject(project)
    const framework = frameworks[project.framework.name]
    const candidatesOf = (text: string): Candidate[] =>
      analysis.settle(path, plan({ text, ...parse(path, text), framework, facts: analysis.facts(path) }))

    it('is rewritten soundly, and has nothing to do for a second run', { timeout: 120_000 * factor }, () => {
      const seen = { fix: 0, suggest: 0, leave: 0, done: 0 }
      fc.assert(
        fc.property(moduleIn(world, path), (text) => {
          const candidates = candidatesOf(text)
          for (const { verdict } of candidates) seen[verdict] += 1
          const fixes = candidates.filter(({ verdict }) => verdict === 'fix')
          const output = expectSound(
            path,
            text,
            fixes.flatMap(({ edits }) => edits),
          )
          if (fixes.length > 0) expect(candidatesOf(output).filter(({ verdict }) => verdict === 'fix')).toEqual([])
          // Each on its own, as a person takes them.
          for (const { verdict, edits } of candidates) if (verdict === 'suggest') expectSound(path, text, edits)
        }),
        { numRuns: RUNS * factor, seed },
      )
      if (process.env['FUZZ_STATS']) console.log(world.name, seen)
      expect(seen.fix).toBeGreaterThan(RUNS / 10)
      expect(seen.leave).toBeGreaterThan(RUNS / 10)
    })
  },
)
