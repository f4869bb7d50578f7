import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { analyseProject } from '../../dist/src/lazy/project-plan.js'
import { openProject } from '../../dist/src/project/open.js'
import { editAndWait, installExample, saveAndWatch, serve } from './adonisjs.ts'
import type { Answer, App, WordEdit } from './adonisjs.ts'
import { migrate } from '../../dist/src/api.js'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

const endpoints = [
  '/',
  '/health',
  '/users',
  '/users/1',
  '/users/99',
  '/users/1/welcome',
  '/posts',
  '/posts/1',
  '/posts/99',
  '/admin/reports',
  '/admin/reports/3',
  '/nowhere',
]

let before: App | undefined
let after: App | undefined
let answersBefore: Record<string, Answer>
let answersAfter: Record<string, Answer>

beforeAll(async () => {
  before = await serve(await installForHotHook())
  answersBefore = await answersOf(before)

  const dir = await installExample()
  const migration = await migrate({ directory: dir })
  migration.apply()
  after = await serve(dir)
  answersAfter = await answersOf(after)
})

afterAll(async () => {
  for (const app of [before, after]) {
    await app?.stop()
    if (app) await rm(app.dir, { recursive: true })
  }
})

describe('before the migration', () => {
  it('restarts the server when a controller is edited', async () => {
    const answer = await editAndWait(before!, {
      file: 'app/controllers/users_controller.ts',
      from: 'Contributors',
      to: 'Columnists',
      path: '/users',
    })
    expect(answer).toMatchObject({ status: 200, samePid: false })
  })
})

describe('after the migration', () => {
  it('restarts the server when a controller that stays static is edited', async () => {
    const answer = await editAndWait(after!, {
      file: 'app/controllers/health_controller.ts',
      from: 'healthy',
      to: 'lively',
      path: '/health',
    })
    expect(answer).toMatchObject({ status: 200, samePid: false })
  })

  it('answers every endpoint as before', () => {
    expect(answersAfter).toEqual(answersBefore)
  })

  it.each<[string, WordEdit]>([
    [
      'a controller',
      { file: 'app/controllers/users_controller.ts', from: 'Contributors', to: 'Columnists', path: '/users' },
    ],
    [
      'a base class of controllers',
      { file: 'app/controllers/base_controller.ts', from: 'total', to: 'circulation', path: '/users' },
    ],
    [
      'a resource controller',
      { file: 'app/controllers/posts_controller.ts', from: 'Morning', to: 'Evening', path: '/posts/1' },
    ],
    [
      'a controller routed in another file',
      { file: 'app/controllers/admin/reports_controller.ts', from: 'Overview', to: 'Summary', path: '/admin/reports' },
    ],
    [
      'a service of a controller',
      { file: 'app/services/weekly_report.ts', from: 'Circulation', to: 'Readership', path: '/admin/reports' },
    ],
    [
      'a service injected into a controller',
      { file: 'app/services/user_directory.ts', from: 'photographer', to: 'illustrator', path: '/users' },
    ],
    [
      'a middleware',
      { file: 'app/middleware/desk_middleware.ts', from: 'Desk of', to: 'Table of', path: '/admin/reports' },
    ],
    [
      'a listener',
      { file: 'app/listeners/write_welcome_note.ts', from: 'newsroom', to: 'archive', path: '/users/1/welcome' },
    ],
  ])('reloads %s in the same process', async (_, edit) => {
    const answer = await editAndWait(after!, edit)
    expect(answer).toMatchObject({ status: 200, samePid: true })
  })
})

describe('a service that a controller and an inline handler share', () => {
  const LABEL = { file: 'app/services/weekly_report.ts', from: 'Circulation', to: 'Readership' }
  let app: App | undefined
  let routes: string

  beforeAll(async () => {
    const dir = await installExample()
    const path = join(dir, 'start/routes.ts')
    await writeFile(
      path,
      `import { weeklyReport } from '#services/weekly_report'\n${await readFile(path, 'utf8')}\nrouter.get('/weeks/:week', async ({ params }) => weeklyReport(Number(params.week)))\n`,
    )
    ;(await migrate({ directory: dir, with: ['hot-reexports'] })).apply()
    routes = await readFile(path, 'utf8')
    app = await serve(dir)
  })

  afterAll(async () => {
    await app?.stop()
    if (app) await rm(app.dir, { recursive: true })
  })

  it('is imported through a module that exports it again', async () => {
    expect(routes).toContain("const { weeklyReport } = await import('#services/weekly_report.hot')")
    expect(await readFile(join(app!.dir, 'app/services/weekly_report.hot.ts'), 'utf8')).toContain(
      "export * from '#services/weekly_report'\n",
    )
  })

  it('is reloaded in the same process, for both', async () => {
    const pid = await app!.pid()
    const old = await app!.get('/weeks/1')
    expect(old).toMatchObject({ status: 200, body: { week: 1, label: 'Circulation' } })
    expect(await editAndWait(app!, { ...LABEL, path: '/admin/reports/1' })).toMatchObject({ status: 200 })
    expect(await app!.get('/weeks/1')).toMatchObject({ status: 200, body: { week: 1, label: 'Readership' } })
    expect(await app!.pid()).toBe(pid)
  })
})

describe('the prediction', () => {
  it('is what hot-hook does, for every file the server loads', async () => {
    const dir = await installExample()
    ;(await migrate({ directory: dir })).apply()
    const project = openProject(dir)
    const predicted = analyseProject(project).reload().outcomes
    const app = await serve(dir)
    try {
      const found: Record<string, string> = {}
      const expected: Record<string, string> = {}
      for (const [path, outcome] of predicted) {
        const file = path.slice(dir.length + 1)
        expected[file] = outcome
        found[file] = await saveAndWatch(app, file, endpoints)
      }
      expect(found).toEqual(expected)
      expect(Object.values(found)).toContain('hot')
      expect(Object.values(found)).toContain('restart')
    } finally {
      await app.stop()
      await rm(dir, { recursive: true })
    }
  })
})

/** The example with the boundaries hot-hook needs; nothing else is changed. */
async function installForHotHook(): Promise<string> {
  const dir = await installExample()
  const path = join(dir, 'package.json')
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  manifest.hotHook = { boundaries: ['./app/controllers/**/*.ts', './app/middleware/*.ts', './app/listeners/*.ts'] }
  await writeFile(path, JSON.stringify(manifest, null, 2))
  return dir
}

/** Every endpoint's answer, the process id left out. */
async function answersOf(app: App): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  for (const path of endpoints) answers[path] = await app.get(path)
  answers['/health'] = { ...answers['/health']!, body: { ...(answers['/health']!.body as object), pid: undefined } }
  return answers
}
