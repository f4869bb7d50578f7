import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { boot, type Message, type Session } from '../../../src/verify/session.ts'
import { install, type App, type Installed, type NodeMajor } from '../hot-hook.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

const hotHook = { boundaries: ['./src/c/*.js'] }

/** `/a` and `/b` import a boundary of that name lazily. */
const app = {
  entry: 'src/index.js',
  urls: [],
  hotHook,
  files: {
    'src/index.js': `import { serve } from './serve.mjs'
serve({ '/a': async () => (await import('./c/a.js')).show(), '/b': async () => (await import('./c/b.js')).show() })`,
    'src/c/a.js': `import { service } from '../service.js'
export const show = () => ['a', service]`,
    'src/c/b.js': `export const show = () => 'b'`,
    'src/service.js': `export const service = 'old'`,
  },
} satisfies App

let installed: Installed | undefined
let session: Session | undefined

afterEach(async () => {
  await session?.stop()
  await installed?.remove()
})

interface Running extends Session {
  pathOf(file: string): string
  /** What hot-hook does of a file as it is on disk now. */
  touch(file: string): Promise<'hot' | 'restart' | 'silence'>
  save(file: string, text: string): Promise<'hot' | 'restart' | 'silence'>
}

async function start(source: App, major: NodeMajor = 20): Promise<Running> {
  const { directory, launch } = (installed = await install(source, major))
  const started = (session = await boot(launch))
  await started.hold()
  const pathOf = (file: string) => join(directory, file)
  const touch = async (file: string) => nameOf(await started.reaction(pathOf(file)))
  const save = (file: string, text: string) => {
    writeFileSync(pathOf(file), text)
    return touch(file)
  }
  return { ...started, pathOf, touch, save }
}

function nameOf(message: Message | undefined): 'hot' | 'restart' | 'silence' {
  if (message === undefined) return 'silence'
  return message.type === 'hot-hook:invalidated' ? 'hot' : 'restart'
}

describe('a file', () => {
  it('that is new is not known until it is imported', async () => {
    const { get, save, touch } = await start(app)
    await get('/a')
    expect(await save('src/new.js', `export const text = 'new'`)).toBe('silence')
    expect(await save('src/service.js', `export { text as service } from './new.js'`)).toBe('hot')
    expect(await touch('src/new.js')).toBe('silence')
    expect(await get('/a')).toMatchObject({ body: 'a,new' })
    expect(await touch('src/new.js')).toBe('hot')
  })

  it('that is not imported any more stays known', async () => {
    const { get, save, touch } = await start(app)
    await get('/a')
    expect(await save('src/c/a.js', `export const show = () => 'alone'`)).toBe('hot')
    expect(await get('/a')).toMatchObject({ body: 'alone' })
    expect(await touch('src/service.js')).toBe('hot')
  })

  it('that is deleted is forgotten, until its importer is loaded again', async () => {
    const { get, pathOf, save, touch } = await start(app)
    await get('/a')
    rmSync(pathOf('src/service.js'))
    expect(await touch('src/service.js')).toBe('silence')
    expect(await save('src/service.js', `export const service = 'new'`)).toBe('silence')
    expect(await get('/a')).toMatchObject({ body: 'a,old' })
    expect(await touch('src/c/a.js')).toBe('hot')
    await get('/a')
    expect(await touch('src/service.js')).toBe('hot')
  })

  it('with a syntax error is hot, and so is its correction', async () => {
    const { get, save } = await start(app)
    await get('/a')
    expect(await save('src/service.js', `export const service = `)).toBe('hot')
    expect(await get('/a')).toMatchObject({ status: 500 })
    expect(await save('src/service.js', `export const service = 'new'`)).toBe('hot')
    expect(await get('/a')).toMatchObject({ status: 200, body: 'a,new' })
  })

  // Node 24 looks again for a module that it did not find; the others keep the failure until the importer is new.
  it.each<[NodeMajor, number]>([
    [20, 500],
    [22, 500],
    [24, 200],
  ])('that is missing breaks its importer (Node %i)', async (major, status) => {
    const { get, pathOf, save, touch } = await start(app, major)
    await get('/a')
    expect(await save('src/service.js', `export { text as service } from './new.js'`)).toBe('hot')
    expect(await get('/a')).toMatchObject({ status: 500 })
    writeFileSync(pathOf('src/new.js'), `export const text = 'new'`)
    expect(await get('/a')).toMatchObject({ status })
    expect(await touch('src/service.js')).toBe('hot')
    expect(await get('/a')).toMatchObject({ status: 200, body: 'a,new' })
  })
})

describe("hot-hook's own watcher", () => {
  it('sees a file that is replaced, and no change of its mode', async () => {
    const { get, messages, pathOf, touch } = await start({ ...app, watcher: 'hot-hook' })
    const path = pathOf('src/service.js')
    await get('/a')
    expect(await touch('src/service.js')).toBe('hot')
    await get('/a')

    const afterTouch = messages.length
    chmodSync(path, 0o600)
    expect(await touch('src/index.js')).toBe('restart')
    expect(messages.slice(afterTouch).filter(({ paths }) => paths?.[0] === path)).toEqual([])

    const afterMode = messages.length
    writeFileSync(`${path}.new`, readFileSync(path, 'utf8').replace('old', 'replaced'))
    renameSync(`${path}.new`, path)
    await vi.waitFor(
      () => expect(messages.slice(afterMode).some(({ paths }) => paths?.[0] === path)).toBe(true),
      30_000,
    )
    expect(await get('/a')).toMatchObject({ body: 'a,replaced' })
  })
})

/** These are why `unstable` exists. */
describe('the answer depends on what was requested', () => {
  it('where one file imports a boundary statically and another lazily', async () => {
    const { get, save } = await start({
      ...app,
      files: {
        'src/index.js': `import { serve } from './serve.mjs'
import { fixed } from './fixed.js'
serve({ '/lazy': async () => (await import('./c/a.js')).show(), '/static': fixed })`,
        'src/fixed.js': `import { show } from './c/a.js'
export const fixed = () => show()`,
        'src/c/a.js': `export const show = () => 'old'`,
      },
    })
    expect(await save('src/c/a.js', `export const show = () => 'new'`)).toBe('restart')
    await get('/lazy')
    expect(await save('src/c/a.js', `export const show = () => 'newer'`)).toBe('hot')
    expect(await get('/lazy')).toMatchObject({ body: 'newer' })
    expect(await get('/static')).toMatchObject({ body: 'old' })
  })

  it('where a boundary and its service import each other', async () => {
    const { get, touch } = await start({
      ...app,
      files: {
        ...app.files,
        'src/service.js': `export { show } from './c/a.js'
export const service = 'service'`,
      },
    })
    await get('/a')
    expect(await touch('src/c/a.js')).toBe('restart')
    expect(await touch('src/service.js')).toBe('restart')
    await get('/a')
    expect(await touch('src/c/a.js')).toBe('hot')
    expect(await touch('src/service.js')).toBe('hot')
  })

  it('where a boundary imports another statically', async () => {
    const { get, touch } = await start({
      ...app,
      files: { ...app.files, 'src/c/a.js': `export { show } from './b.js'` },
    })
    await get('/b')
    expect(await touch('src/c/b.js')).toBe('hot')
    await get('/a')
    expect(await touch('src/c/b.js')).toBe('restart')
    await get('/b')
    expect(await touch('src/c/b.js')).toBe('hot')
  })

  it('where one import has the attribute `hot` and another has not', async () => {
    const { get, touch } = await start({
      entry: 'src/index.js',
      urls: [],
      files: {
        'src/index.js': `import { serve } from './serve.mjs'
serve({ '/with': () => import('./a.js', { with: { hot: 'true' } }), '/without': () => import('./a.js') })`,
        'src/a.js': `export const then = undefined`,
      },
    })
    await get('/with')
    expect(await touch('src/a.js')).toBe('hot')
    await get('/without')
    expect(await touch('src/a.js')).toBe('restart')
    await get('/with')
    expect(await touch('src/a.js')).toBe('hot')
  })
})
