import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migrate } from '../../../src/migrate.ts'
import { listSourceFiles } from '../../../src/project/files.ts'
import { readProject } from '../../../src/project/open.ts'
import { observe, type Edit } from '../../../src/verify/observe.ts'
import { installAdonisjs6, installAdonisjs7 } from './adonisjs.ts'
import { adonisjs6 } from './apps/adonisjs-6.ts'
import { adonisjs7 } from './apps/adonisjs-7.ts'
import type { Migrated } from './apps/app.ts'
import { answersOfScript, editOf, outcomesOf, predictedOutcomes, shownBy, urlsOf, type Installed } from './installed.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 })

interface Case {
  readonly title: string
  readonly app: Migrated
  readonly edits: readonly Edit[]
  install(): Promise<Installed>
}

const files6 = Object.keys(adonisjs6.expected)
const byWords = files6.map((file) => editOf(file, adonisjs6.files[file] ?? ''))

const cases: readonly Case[] = [
  ...([20, 24] as const).flatMap((major) =>
    (['0.4.0', '1.0.0'] as const).map((hotHook): Case => ({
      title: `AdonisJS 6 with hot-hook ${hotHook} on Node ${major}`,
      app: adonisjs6,
      edits: byWords,
      install: () => installAdonisjs6(major, hotHook),
    })),
  ),
  {
    title: 'AdonisJS 7 on Node 24',
    app: adonisjs7,
    edits: Object.keys(adonisjs7.expected).map((file) => ({ file })),
    install: installAdonisjs7,
  },
]

describe.each(cases)('$title', ({ app, edits, install }) => {
  const requests = Object.keys(app.statuses)
  let installed: Installed
  beforeAll(async () => {
    installed = await install()
  })
  afterAll(() => installed.remove())

  it('starts by its script, and answers all requests', async () => {
    const { answers, log } = await answersOfScript(installed, app.packageJson.scripts.dev, requests)
    const statuses = Object.fromEntries(Object.entries(answers).map(([request, { status }]) => [request, status]))
    expect(statuses, log).toEqual(app.statuses)
  })

  it('does what is expected of each file', async () => {
    const seen = await observe(installed.launch, urlsOf(requests), edits)
    expect(outcomesOf(seen), shownBy(seen)).toEqual(app.expected)
  })

  it('is predicted', () => {
    expect(predictedOutcomes(installed, app)).toEqual(app.expected)
  })

  it('has the entry, the loader and hot-hook that its script says', () => {
    const { runtime } = readProject(installed.directory)
    expect(runtime).toMatchObject({
      entry: `${installed.directory}/${app.entry}`,
      script: { name: 'dev', command: app.packageJson.scripts.dev },
      loader: app.loader,
      runner: 'ace',
      hotHook: 'ace',
      watcher: app === adonisjs7 ? 'parent' : 'hot-hook',
    })
  })

  it('lists every file', () => {
    const { directory } = installed
    const files = listSourceFiles(directory).map((path) => path.slice(directory.length + 1))
    const listed = Object.keys(app.expected)
    expect(files.filter((file) => !listed.includes(file) && !file.startsWith('.adonisjs/'))).toEqual([])
  })

  it('is what the codemods leave: they change no module and no boundary', async () => {
    const { changes } = await migrate({ directory: installed.directory, skip: ['dev-dependencies', 'lint-config'] })
    expect(changes.map(({ path }) => path)).toEqual([])
  })
})
