import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { observe, type Observations } from '../../../src/verify/observe.ts'
import { freePort } from '../../../src/verify/session.ts'
import {
  exitsOnRequest,
  faultyApps,
  ignoresSignals,
  leavesChildren,
  leavesChildrenWithItsOutput,
  listensOn,
  underHotRunner,
  type FaultyApp,
} from './faults.ts'
import { editOf, install, outcomesOf } from './installed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

interface Run {
  /** By the process itself, or by its script. */
  readonly by: 'node' | 'script'
  readonly port?: number
}

/** Milliseconds until a server that does not listen, or an answer that does not come, is given up. */
const TIMEOUT = 5000

async function observed(app: FaultyApp, major: 20 | 24, { by, port }: Run): Promise<Observations> {
  const { launch, remove } = await install(app, major)
  const edits = Object.keys(app.expected).map((file) => editOf(file, app.files[file] ?? ''))
  const command = by === 'script' ? { command: app.packageJson.scripts.dev } : {}
  try {
    return await observe(
      { ...launch, ...command, timeout: TIMEOUT, ...(port !== undefined && { port }) },
      app.urls,
      edits,
    )
  } finally {
    await remove()
  }
}

function expectAsDescribed(app: FaultyApp, seen: Observations): void {
  const { started, answers, log } = seen
  expect({ started, files: outcomesOf(seen) }, log).toEqual({ started: app.starts, files: app.expected })
  if (app.prints) expect(log).toMatch(app.prints)
  for (const url of app.unanswered ?? []) expect(answers[url]?.status, url).toBe(0)
}

describe.each([20, 24] as const)('on Node %i', (major) => {
  it.each(faultyApps)('an application that $name', async (app) => {
    expectAsDescribed(app, await observed(app, major, { by: 'node' }))
  })

  it.each(faultyApps.map(underHotRunner))('an application that $name', async (app) => {
    expectAsDescribed(app, await observed(app, major, { by: 'script' }))
  })

  it('an application that listens on a port of its own', async () => {
    const port = await freePort()
    const app = listensOn(port)
    expectAsDescribed(app, await observed(app, major, { by: 'node', port }))
  })

  it('an application that listens on a port of its own, which is not known', async () => {
    const app = listensOn(await freePort())
    expectAsDescribed(app, await observed(app, major, { by: 'node' }))
  })
})

describe('what is left when it was ended', () => {
  it.each([leavesChildren, leavesChildrenWithItsOutput].flatMap((app) => [app, underHotRunner(app)]))(
    'nothing of an application that $name',
    async (app) => {
      const { answers } = await observed(app, 20, { by: 'script' })
      const ids = answers['/children']!.body.split(' ').map(Number)
      expect(ids).toHaveLength(2)
      expect(isAlive(process.pid)).toBe(true)
      expect(ids.filter(isAlive)).toEqual([])
    },
  )

  it.each([ignoresSignals, underHotRunner(ignoresSignals)])('nothing of an application that $name', async (app) => {
    const { answers } = await observed(app, 20, { by: 'script' })
    const [, id] = answers['/pid']!.body.split(' ')
    expect(isAlive(Number(id))).toBe(false)
  })

  it('the port of an application that listens on one of its own is free', async () => {
    const port = await freePort()
    await observed(listensOn(port), 20, { by: 'script' })
    expect(await isOpen(port)).toBe(false)
  })
})

it('an application that ends at a request does not end when that is not asked', async () => {
  const urls = ['/users', '/posts']
  const { started, files } = await observed({ ...exitsOnRequest, urls }, 20, { by: 'node' })
  expect(started).toBe(true)
  expect(files['src/handlers/users.js']?.outcome).toBe('hot')
})

/** Whether a process runs: one that has ended stays as a zombie until its parent, or init, looks after it. */
function isAlive(id: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(id)], { encoding: 'utf8' })
  return /^[^Z\s]/.test(stdout.trim())
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
