import { readFileSync, writeFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { bench, measure, type BenchOptions } from '../../src/verify/bench.ts'
import { boot, freePort, type Launch, type Session } from '../../src/verify/session.ts'
import { remove, writeApp } from '../runtime/frameworks/app.ts'
import { repositoryOf } from './repository.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const PACKAGES = { 'hot-hook': 'hot-hook', '@hot-hook/runner': '@hot-hook/runner', tsx: 'tsx' }
const PROGRAMS = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))
const HOT = 'hot-runner --node-args=--import=hot-hook/register src/server.js'
const FILES = {
  'src/server.js': `import { createServer } from 'node:http'
import './eager.js'
createServer(async (request, response) => {
  if (request.url === '/plain') return response.end('plain')
  const { answer } = await import('./answer.js')
  response.end(answer())
}).listen(process.env.PORT)
`,
  'src/answer.js': "import { word } from './word.js'\nexport const answer = () => word\n",
  'src/word.js': "export const word = 'word'\n",
  'src/eager.js': 'export const eager = true\n',
}

/** Copies of the application, each ready to run. */
async function application(): Promise<string> {
  const directory = await writeApp(FILES, PACKAGES, { hotHook: { boundaries: ['src/answer.js'] } })
  await symlink(PROGRAMS, join(directory, 'node_modules/.bin'), 'junction')
  return directory
}

function launchOf(directory: string, command: string, watcher: Launch['watcher'] = 'hot-hook'): Launch {
  return {
    directory,
    node: process.execPath,
    args: [],
    command,
    entry: 'src/server.js',
    env: { NODE_OPTIONS: undefined, VITEST: undefined },
    watcher,
    timeout: 30_000,
  }
}

async function started(directory: string, command: string): Promise<Session> {
  const session = await boot(launchOf(directory, command))
  onTestFinished(() => session.stop())
  await session.get('/')
  return session
}

let directory: string
beforeAll(async () => {
  directory = await application()
})
afterAll(() => remove(directory))

describe('measure', () => {
  it.each([
    ['hot-hook', HOT],
    ['tsx watch', 'tsx watch src/server.js'],
    ['node --watch', 'node --watch src/server.js'],
  ])('gives as many figures as rounds under %s, and puts the file back', async (_, command) => {
    const session = await started(directory, command)
    const figures = await measure(session, join(directory, 'src/word.js'), '/', 3, { command, warmUps: 1 })
    expect(figures).toHaveLength(3)
    expect(figures.every((figure) => figure > 0)).toBe(true)
    expect(readFileSync(join(directory, 'src/word.js'), 'utf8')).toBe(FILES['src/word.js'])
  })

  it('measures a restart under hot-hook too', async () => {
    const session = await started(directory, HOT)
    const path = join(directory, 'src/eager.js')
    expect(await measure(session, path, '/plain', 2, { command: HOT, warmUps: 1 })).toHaveLength(2)
  })

  it('says which command and which file do not react, and puts the file back', async () => {
    const command = 'node src/server.js'
    const session = await started(directory, command)
    const path = join(directory, 'src/word.js')
    await expect(measure(session, path, '/', 1, { command, timeout: 300 })).rejects.toThrow(
      `Under \`node src/server.js\`, no response to / came from the new code of ${path} in 300 ms`,
    )
    expect(readFileSync(path, 'utf8')).toBe(FILES['src/word.js'])
  })

  it('says that the server ended', async () => {
    const command = 'node src/server.js'
    const session = await started(directory, command)
    await session.stop()
    const path = join(directory, 'src/word.js')
    await expect(measure(session, path, '/', 1, { command, timeout: 300 })).rejects.toThrow('The server ended')
    expect(readFileSync(path, 'utf8')).toBe(FILES['src/word.js'])
  })

  it('ends when it is told to, and puts the file back', async () => {
    const session = await started(directory, HOT)
    const path = join(directory, 'src/word.js')
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(measure(session, path, '/', 1, { command: HOT, signal })).rejects.toThrow('enough')
    expect(readFileSync(path, 'utf8')).toBe(FILES['src/word.js'])
  })
})

describe('bench', () => {
  let other: string
  beforeAll(async () => {
    other = await application()
  })
  afterAll(() => remove(other))

  function options(root: string, changes: Partial<BenchOptions> = {}): BenchOptions {
    return {
      root,
      isCounted: () => true,
      hotFiles: ['src/answer.js', 'src/word.js'].map((file) => join(root, file)),
      requests: ['/plain', '/'],
      hot: launchOf(directory, HOT),
      restart: launchOf(other, 'node --watch src/server.js'),
      old: { source: 'derived', notes: ['None.'] },
      rounds: 2,
      timeout: 20_000,
      ...changes,
    }
  }

  it('measures with the hot file that is edited most and a request that loads it, by both commands', async () => {
    const root = repositoryOf([
      { files: { 'src/answer.js': '1', 'src/word.js': '1' } },
      { files: { 'src/word.js': '2' } },
      { files: { 'src/word.js': '3' } },
    ])
    const saves: string[] = []
    const timing = await bench(options(root, { onSave: (done, total) => saves.push(`${done}/${total}`) }))
    expect(timing).toMatchObject({
      file: 'src/word.js',
      request: '/',
      rounds: 2,
      interleaved: true,
      hot: { command: HOT },
      restart: { command: 'node --watch src/server.js', source: 'derived', notes: ['None.'] },
      editsPerDay: 2,
    })
    expect(timing.hot.all).toHaveLength(2)
    expect(timing.restart.all).toHaveLength(2)
    expect(timing.ratio).toBe(timing.restart.median / timing.hot.median)
    expect(saves).toEqual(['1/4', '2/4', '3/4', '4/4'])
    for (const copy of [directory, other]) {
      expect(readFileSync(join(copy, 'src/word.js'), 'utf8')).toBe(FILES['src/word.js'])
    }
  })

  it('has no rate without a history', async () => {
    const timing = await bench(options(directory, { rounds: 1 }))
    expect(timing).toMatchObject({ file: 'src/answer.js', request: '/', editsPerDay: undefined })
    expect(timing.secondsPerDay).toBeUndefined()
  })

  it('passes over a file that restarts the server', async () => {
    const hotFiles = ['src/eager.js', 'src/word.js'].map((file) => join(directory, file))
    expect(await bench(options(directory, { hotFiles, rounds: 1 }))).toMatchObject({ file: 'src/word.js' })
  })

  it('measures one after the other where the application wants a port of its own', async () => {
    const server = FILES['src/server.js'].replace('process.env.PORT', String(await freePort()))
    for (const copy of [directory, other]) writeFileSync(join(copy, 'src/server.js'), server)
    onTestFinished(() => {
      for (const copy of [directory, other]) writeFileSync(join(copy, 'src/server.js'), FILES['src/server.js'])
    })
    const timing = await bench(options(directory))
    expect(timing.interleaved).toBe(false)
    expect([timing.hot.all.length, timing.restart.all.length]).toEqual([2, 2])
  })

  it('says that there is no hot file', async () => {
    await expect(bench(options(directory, { hotFiles: [] }))).rejects.toThrow('There is no hot file to measure with')
  })

  it('says that no request answers', async () => {
    await expect(bench(options(directory, { requests: [] }))).rejects.toThrow(
      'No request shows the new code of src/answer.js, src/word.js',
    )
  })
})
