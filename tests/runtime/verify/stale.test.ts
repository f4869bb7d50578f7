import { describe, expect, it, vi } from 'vitest'
import { observe } from '../../../src/verify/observe.ts'
import { install, type Installed } from '../hot-hook.ts'
import { predict } from '../reload/predict.ts'
import { editOf, shownBy } from './installed.ts'
import { staleCases, type StaleVersion } from './stale.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 })

describe.each([20, 22, 24] as const)('on Node %i', (major) => {
  describe.each(staleCases)('$name', ({ stale, fixed, isShownByMark, unstable = false }) => {
    it.each<[string, StaleVersion, boolean]>([
      ['goes stale', stale, unstable],
      ['is hot once it is put right', fixed, false],
    ])('%s, as predicted', async (_, version, isUnstable) => {
      const { file, files, urls, outcome } = version
      await withInstalled(version, async ({ directory, launch }) => {
        const seen = await observe(launch, urls, [editOf(file, files[file] ?? '')])
        expect(seen.files[file]?.outcome, shownBy(seen)).toBe(outcome[major])
        if (outcome[major] === 'stale') expect(seen.files[file]?.message?.type).toBe('hot-hook:invalidated')

        const { entry, loader = 'none' } = version
        const predicted = predict(directory, { entry, node: launch.node, loader: loader === 'tsx' ? 'tsx' : 'none' })
        expect(predicted[file]).toEqual({ outcome: outcome[major], unstable: isUnstable })
      })
    })

    it(`goes stale, which a mark ${isShownByMark ? 'shows' : 'does not show'}`, async () => {
      await withInstalled(stale, async ({ launch }) => {
        const { files } = await observe(launch, stale.urls, [{ file: stale.file }])
        const outcome = stale.outcome[major]
        expect(files[stale.file]?.outcome).toBe(outcome === 'stale' && !isShownByMark ? 'hot' : outcome)
      })
    })
  })

  async function withInstalled(version: StaleVersion, use: (installed: Installed) => Promise<void>): Promise<void> {
    const installed = await install(version, major)
    try {
      await use(installed)
    } finally {
      await installed.remove()
    }
  }
})
