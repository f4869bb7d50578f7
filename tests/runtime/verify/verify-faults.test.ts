import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { freePort } from '../../../src/verify/session.ts'
import {
  cannotBeParsed,
  declines,
  exitsAtBoot,
  exitsOnFirstEdit,
  exitsOnRequest,
  floods,
  hangs,
  ignoresSignals,
  leavesChildren,
  leavesChildrenWithItsOutput,
  listensLate,
  listensOn,
  neverListens,
  throwsAtBoot,
  underHotRunner,
  withoutFault,
  type FaultyApp,
} from './faults.ts'
import { install, type Installed } from './installed.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 })

const cli = fileURLToPath(new URL('../../../bin/hot-codemod.js', import.meta.url))

interface Ended {
  /** Of the process: its exit code, or the signal that ended it. */
  readonly end: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** An application, and a temporary directory that nothing else uses. */
interface Place extends Installed {
  readonly temporary: string
  run(...args: string[]): Run
  /** The processes that a run started and that are still there. */
  left(): string[]
}

/** Runs `use` with an application on disk, whose files are the same afterwards. */
async function withApp(app: FaultyApp, use: (place: Place) => Promise<void>): Promise<void> {
  const installed = await install(app, 20)
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-faults-')))
  const before = digestOf(installed.directory)
  try {
    await use({
      ...installed,
      temporary,
      run: (...args) => start(installed.directory, temporary, [...app.urls.flatMap((url) => ['--url', url]), ...args]),
      left: () => processesWith(temporary),
    })
    expect(digestOf(installed.directory)).toBe(before)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
    await installed.remove()
  }
}

function start(directory: string, temporary: string, args: readonly string[]): Run {
  const env = { ...process.env, NODE_ENV: undefined, NODE_OPTIONS: undefined, VITEST: undefined, TMPDIR: temporary }
  const child = spawn(process.execPath, [cli, 'verify', ...args], { cwd: directory, env })
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text))
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ end: code ?? signal, ...texts }))
  return { child, ended }
}

/** What its files hold, those of node_modules left out. */
function digestOf(directory: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.startsWith('node_modules')) continue
    hash.update(name)
    if (/\.\w+$/.test(name)) hash.update(readFileSync(join(directory, name)))
  }
  return hash.digest('hex')
}

/** Processes whose environment names a directory: what a run starts inherits TMPDIR. */
function processesWith(directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${directory}\0`)
      } catch {
        return false
      }
    })
}

describe.skipIf(process.platform !== 'linux')('verify of an application that', () => {
  it.each<[FaultyApp, number, RegExp]>([
    [withoutFault, 0, /as predicted\./],
    [underHotRunner(withoutFault), 0, /as predicted\./],
    [neverListens, 2, /does not listen after 5000 ms[^]*Waiting for a database\./],
    [underHotRunner(neverListens), 2, /does not listen after 5000 ms[^]*Waiting for a database\./],
    [throwsAtBoot, 2, /ended before it listened[^]*No database at all\./],
    [underHotRunner(throwsAtBoot), 2, /ended before it listened[^]*No database at all\./],
    [exitsAtBoot, 2, /ended before it listened[^]*Nothing to serve\./],
    [cannotBeParsed, 2, /ended before it listened[^]*SyntaxError/],
    [exitsOnFirstEdit, 1, /src\/handlers\/users\.js +error +predicted hot; the application ends when it is saved/],
    [declines, 0, /as predicted\./],
    [underHotRunner(declines), 0, /as predicted\./],
    [floods, 0, /as predicted\./],
    [underHotRunner(floods), 0, /as predicted\./],
    [ignoresSignals, 0, /as predicted\./],
    [leavesChildren, 0, /as predicted\./],
    [underHotRunner(leavesChildrenWithItsOutput), 0, /as predicted\./],
    [hangs, 0, /\/hangs +gives no answer, so it was left out/],
    [exitsOnRequest, 2, /ended when it was asked for \/exit/],
    [listensLate, 0, /as predicted\./],
  ])('$name', async (app, code, says) => {
    await withApp(app, async ({ run, left, temporary }) => {
      const { end, stdout, stderr } = await run('--timeout', '5').ended
      expect(stdout + stderr).toMatch(says)
      expect(end).toBe(code)
      expect(left()).toEqual([])
      expect(readdirSync(temporary)).toEqual([])
    })
  })

  it('wants a port that is taken', async () => {
    const port = await freePort()
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await withApp(listensOn(port), async ({ run, left }) => {
        const { end, stderr } = await run('--timeout', '5').ended
        expect(stderr).toMatch(`Port ${port} is taken`)
        expect(end).toBe(2)
        expect(left()).toEqual([])
      })
    } finally {
      server.close()
    }
  })
})

describe.skipIf(process.platform !== 'linux')('verify that', () => {
  it('finds no temporary directory to write to leaves nothing', async () => {
    await withApp(withoutFault, async ({ temporary, directory, left }) => {
      const missing = join(temporary, 'missing')
      const { end, stderr } = await start(directory, missing, []).ended
      expect(stderr).toContain(missing)
      expect(stderr).toContain('TMPDIR')
      expect(end).toBe(2)
      expect(left()).toEqual([])
      expect(existsSync(missing)).toBe(false)
    })
  })

  // Each falls into another phase, and it does not matter which one on a given machine.
  it.each([0, 50, 100, 200, 300, 450, 600, 800, 1100, 1500, 2000, 3000, 5000, 8000])(
    'is interrupted after %i ms leaves nothing',
    async (milliseconds) => {
      await withApp(underHotRunner(ignoresSignals), async ({ run, left, temporary, directory }) => {
        const { child, ended } = run('--bench', '--against', directory)
        await sleep(milliseconds)
        child.kill('SIGINT')
        const { end, stderr } = await ended
        expect(end, stderr).toBe('SIGINT')
        expect(left()).toEqual([])
        expect(readdirSync(temporary)).toEqual([])
      })
    },
  )

  it.each([500, 1000, 2000])('is interrupted after %i ms in place puts the file back', async (milliseconds) => {
    await withApp(withoutFault, async ({ run, left }) => {
      const { child, ended } = run('--in-place', '--bench')
      await sleep(milliseconds)
      child.kill('SIGTERM')
      expect((await ended).end).toBe('SIGTERM')
      expect(left()).toEqual([])
    })
  })

  it('is killed takes the application with it, and the next one cleans up', async () => {
    await withApp(underHotRunner(ignoresSignals), async ({ run, left, temporary }) => {
      const { child, ended } = run('--bench')
      while (left().length < 3) await sleep(20)
      child.kill('SIGKILL')
      expect((await ended).end).toBe('SIGKILL')
      while (left().length > 0) await sleep(20)
      mkdirSync(join(temporary, 'own'))
      expect((await run().ended).end).toBe(0)
      expect(readdirSync(temporary)).toEqual(['own'])
    })
  })
})
