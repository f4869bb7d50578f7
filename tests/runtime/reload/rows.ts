import { posix } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { Outcome } from '../../../src/graph/reload.ts'
import { install, runUnderHotHook, type App, type NodeMajor } from '../hot-hook.ts'
import { predict } from './predict.ts'

export interface Row extends App {
  readonly name: string
  /** Versions of Node to run it on. */
  readonly node?: readonly NodeMajor[]
  /** What saving each file does. Only these files are saved. */
  readonly expected: Readonly<Record<string, Outcome>>
  /** Files whose outcome depends on the order of requests. They are not saved, and have to be predicted as unstable. */
  readonly unstable?: readonly string[]
  /** Where the source does not tell the outcome: files that are not compared with the prediction, and why. */
  readonly unpredictable?: Readonly<Record<string, string>>
  /** What the application prints or answers when it is broken. */
  readonly says?: RegExp
}

// Two applications at a time: each is a process or two.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000, maxConcurrency: 2 })

/** One test for each row and version of Node: hot-hook does what is expected, and we predict it. */
export function testRows(rows: readonly Row[]): void {
  for (const row of rows) {
    for (const major of row.node ?? [20]) {
      const loader = row.loader && row.loader !== 'none' ? `, ${row.loader}` : ''
      it.concurrent(`${row.name} (Node ${major}${loader})`, () => compare(row, major))
    }
  }
}

async function compare(row: Row, major: NodeMajor): Promise<void> {
  const { entry, loader = 'none', expected, unstable = [], unpredictable = {}, says } = row
  const installed = await install(row, major)
  try {
    const seen = await runUnderHotHook(installed, row, Object.keys(expected))
    const answers = Object.values(seen.answers).map(({ body }) => body)
    const found = Object.fromEntries(Object.entries(seen.files).map(([file, { outcome }]) => [file, outcome]))
    expect(found, `${answers.join('\n')}\n${seen.log}`).toEqual(expected)
    if (says) expect([...answers, seen.log].join('\n')).toMatch(says)

    const { directory, launch } = installed
    const predictions = predict(directory, { entry, node: launch.node, loader: loader === 'tsx-4.21' ? 'tsx' : loader })
    const predicted: Record<string, string> = {}
    const wanted: Record<string, string> = {}
    for (const file of [...Object.keys(expected), ...unstable]) {
      if (file in unpredictable) continue
      const { outcome, unstable: flips } = predictions[posix.relative(row.directory ?? '', file)] ?? {
        outcome: 'unwatched',
      }
      predicted[file] = flips ? 'unstable' : outcome
      wanted[file] = unstable.includes(file) ? 'unstable' : expected[file]!
    }
    expect(predicted).toEqual(wanted)
  } finally {
    await installed.remove()
  }
}
