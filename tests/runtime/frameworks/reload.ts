import { expect, it, vi } from 'vitest'
import type { Outcome } from '../../../src/graph/reload.ts'
import type { MigrateOptions } from '../../../src/migrate.ts'
import { observe, type Edit } from '../../../src/verify/observe.ts'
import { nodeBinary } from '../node.ts'
import type { NodeMajor } from '../hot-hook.ts'
import { predict } from '../reload/predict.ts'
import { remove, rewrite, writeApp, type Files, type Packages } from './app.ts'

export interface Row {
  readonly name: string
  readonly packages: Packages
  /** With the entry `src/server.js`, or `src/server.ts` for tsx. */
  readonly files: Files
  readonly migration?: MigrateOptions
  /** The new text of each file of `src` that changes. */
  readonly after: Files
  readonly urls: readonly string[]
  /** What saving each file does; the answers show the word `name=1` of a hot one. */
  readonly expected: Readonly<Record<string, Outcome>>
  readonly node?: readonly NodeMajor[]
}

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000, maxConcurrency: 2 })

/** The migrated application does under the real hot-hook what is expected of each file, and what we predict. */
export function testReload(rows: readonly Row[]): void {
  for (const row of rows) {
    for (const major of row.node ?? [20]) it.concurrent(`${row.name} (Node ${major})`, () => reload(row, major))
  }
}

async function reload({ packages, files, migration, after, urls, expected }: Row, major: NodeMajor): Promise<void> {
  const isTyped = 'src/server.ts' in files
  const entry = isTyped ? 'src/server.ts' : 'src/server.js'
  const args = [...(isTyped ? ['--import=tsx'] : []), '--import=hot-hook/register', entry]
  const installed = { ...packages, 'hot-hook': 'hot-hook', ...(isTyped && { tsx: 'tsx' }) }
  const directory = await writeApp(files, installed, { scripts: { dev: ['node', ...args].join(' ') } })
  try {
    const changed = await rewrite(directory, migration ?? {})
    const sources = Object.entries(changed).filter(([path]) => path.startsWith('src/'))
    expect(Object.fromEntries(sources)).toEqual(after)

    const node = await nodeBinary(major)
    const env = { NODE_NO_WARNINGS: '1', NODE_ENV: undefined, NODE_OPTIONS: undefined, VITEST: undefined }
    const edits = Object.keys(expected).map((file): Edit => {
      const word = /\b\w+=(?=1\b)/.exec(after[file] ?? files[file] ?? '')?.[0]
      return word === undefined ? { file } : { file, word: { from: `${word}1`, to: `${word}2` } }
    })
    const seen = await observe({ directory, node, args, entry, watcher: 'parent', env }, urls, edits)
    const found = Object.fromEntries(Object.entries(seen.files).map(([file, { outcome }]) => [file, outcome]))
    const answers = Object.values(seen.answers).map(({ status, body }) => `${status} ${body}`)
    expect(found, `${answers.join('\n')}\n${seen.log}`).toEqual(expected)

    const predicted = predict(directory, { entry, node, loader: isTyped ? 'tsx' : 'none' })
    const outcomes = Object.keys(expected).map((file) => {
      const { outcome, unstable } = predicted[file] ?? { outcome: 'unwatched', unstable: false }
      return [file, unstable ? 'unstable' : outcome]
    })
    expect(Object.fromEntries(outcomes), 'what is predicted').toEqual(expected)
  } finally {
    await remove(directory)
  }
}
