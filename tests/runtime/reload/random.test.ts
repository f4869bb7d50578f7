import { expect, it, vi } from 'vitest'
import { appOf, compare, randomApp } from './random.ts'

const firstSeed = Number(process.env['FUZZ_SEED'] ?? 40)
const runs = Number(process.env['FUZZ_RUNS'] ?? 8)

vi.setConfig({ testTimeout: 300_000, maxConcurrency: 2 })

for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
  it.concurrent(`hot-hook does what is predicted of a random application (seed ${seed})`, async () => {
    const random = randomApp(seed)
    const { predicted, observed, log } = await compare(random)
    expect(observed, `${JSON.stringify(appOf(random), null, 2).replaceAll('\\n', '\n')}\n${log}`).toEqual(predicted)
  })
}
