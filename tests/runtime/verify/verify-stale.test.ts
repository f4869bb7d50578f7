import { describe, expect, it, vi } from 'vitest'
import { verify } from '../../../src/inspect.ts'
import { install } from '../hot-hook.ts'
import { nodeBinary } from '../node.ts'
import { staleCases, type StaleVersion } from './stale.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 })

describe.each([20, 24] as const)('verify on Node %i', (major) => {
  describe.each(staleCases)('of $name', ({ stale, fixed, unstable = false }) => {
    it.each<[string, StaleVersion, boolean]>([
      ['says what goes stale', stale, unstable],
      ['says that it is hot once it is put right', fixed, false],
    ])('%s', async (_, version, isUnstable) => {
      const { entry, file, urls, outcome, loader } = version
      const { directory, remove } = await install(version, major)
      try {
        const { files, passes } = await verify({
          directory,
          entry,
          urls,
          files: [file],
          nodePath: await nodeBinary(major),
          ...(loader === 'tsx' && { loader }),
        })
        const expected = outcome[major]
        expect(files).toMatchObject([{ path: file, observed: expected, agrees: isUnstable ? null : true }])
        expect(passes).toBe(expected !== 'stale')
      } finally {
        await remove()
      }
    })
  })
})
