import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migrate } from '../../../src/migrate.ts'
import { readProject } from '../../../src/project/open.ts'
import { observe } from '../../../src/verify/observe.ts'
import { migratedApps } from './apps/index.ts'
import {
  answersOfScript,
  editOf,
  install,
  outcomesOf,
  predictedOutcomes,
  shownBy,
  urlsOf,
  type Installed,
} from './installed.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 })

describe.each(migratedApps)('$name', (app) => {
  const files = Object.keys(app.expected)
  const requests = Object.keys(app.statuses)
  const edits = files.map((file) => editOf(file, app.files[file] ?? ''))

  describe.each([20, 24] as const)('on Node %i', (major) => {
    let installed: Installed
    beforeAll(async () => {
      installed = await install(app, major)
    })
    afterAll(() => installed.remove())

    it('starts by its script, and answers all requests', async () => {
      const { answers, log } = await answersOfScript(installed, app.packageJson.scripts.dev, requests)
      const statuses = Object.fromEntries(Object.entries(answers).map(([request, { status }]) => [request, status]))
      expect(statuses, log).toEqual(app.statuses)
    })

    it.each([
      ['by words in the answers', edits],
      ['by marks that the modules leave', files.map((file) => ({ file }))],
    ])('does what is expected of each file, seen %s', async (_, seenBy) => {
      const seen = await observe(installed.launch, urlsOf(requests), seenBy)
      expect(outcomesOf(seen), shownBy(seen)).toEqual(app.expected)
    })

    it('is predicted', () => {
      expect(predictedOutcomes(installed, app)).toEqual(app.expected)
    })
  })

  it('has the entry, the loader and hot-hook that its script says', async () => {
    const installed = await install(app, 20)
    try {
      const { runtime } = readProject(installed.directory)
      expect(runtime).toMatchObject({
        entry: `${installed.directory}/${app.entry}`,
        script: { name: 'dev', command: app.packageJson.scripts.dev },
        loader: app.loader,
        hotHook: 'register',
        watcher: 'hot-hook',
      })
    } finally {
      await installed.remove()
    }
  })

  it('is what the codemods leave: they change nothing', async () => {
    const installed = await install(app, 20)
    try {
      const { changes } = await migrate({ directory: installed.directory })
      expect(changes.map(({ path }) => path)).toEqual([])
    } finally {
      await installed.remove()
    }
  })

  it('lists every file, and answers show the word of each that is hot', () => {
    const others = Object.keys(app.files).filter((file) => file !== 'tsconfig.json')
    expect(others.sort()).toEqual(files.toSorted())
    const hot = edits.filter(({ file }) => app.expected[file] === 'hot')
    expect(hot.filter(({ word }) => word === undefined)).toEqual([])
  })
})
