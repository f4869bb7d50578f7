import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endProcesses, endProcessesSync, holdersByPs, TOKEN } from '../../src/verify/processes.ts'

interface Started {
  readonly child: ChildProcess
  readonly token: string
  /** The first line that it prints: ids of processes. */
  readonly pids: readonly number[]
}

/** Starts a program that prints ids of processes, in a group of its own, with a token. */
async function start(
  command: string,
  args: readonly string[],
  { token = randomUUID(), detached = true }: { token?: string; detached?: boolean } = {},
): Promise<Started> {
  const child = spawn(command, args, {
    env: { ...process.env, [TOKEN]: token },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const pids = line.toString().trim().split(' ').map(Number)
  onTestFinished(() => pids.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL')))
  return { child, token, pids }
}

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]]

/** A process that waits, and the id that it prints. */
const WAITING = 'console.log(process.pid); setInterval(() => {}, 1000)'

/** A process whose child is detached, and waits. */
const LEAVING = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
  child.unref()
  console.log(process.pid + ' ' + child.pid)
`

/** Whether there is such a process. One that has ended, and that its parent has not asked for, is none. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return /^[^Z\s]/.test(stdout)
}

describe('endProcesses', () => {
  it('ends the group', async () => {
    const { child, token, pids } = await start('sh', ['-c', 'sleep 1000 & echo $$ $!; wait'])
    const ended = once(child, 'exit')
    await endProcesses(token, child.pid)
    await ended
    expect(pids).toHaveLength(2)
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('ends one that dropped the variable, in the group', async () => {
    const { child, token, pids } = await start('sh', ['-c', `env -u ${TOKEN} sleep 1000 & echo $!; wait`])
    const ended = once(child, 'exit')
    await endProcesses(token, child.pid)
    await ended
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('ends a shell that ignores SIGTERM', async () => {
    const { child, token } = await start('sh', ['-c', "trap '' TERM INT HUP; echo $$; while :; do sleep 1; done"])
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await endProcesses(token, child.pid)
    expect(await ended).toEqual([null, 'SIGKILL'])
  })

  it('ends a detached child of a process that has ended', async () => {
    const { child, token, pids } = await start(...node(LEAVING))
    if (child.exitCode === null) await once(child, 'exit')
    expect(pids.slice(1).filter(isRunning)).toHaveLength(1)
    await endProcesses(token, child.pid)
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('ends a child in a session of its own', async () => {
    const { child, token, pids } = await start(...node(`${LEAVING}; setInterval(() => {}, 1000)`))
    const ended = once(child, 'exit')
    await endProcesses(token, undefined)
    await ended
    expect(pids).toHaveLength(2)
    expect(pids.filter(isRunning)).toEqual([])
  })

  it('ends what is started meanwhile', async () => {
    const script = `
      const { spawn } = require('node:child_process')
      setInterval(() => spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }), 1)
      console.log(process.pid)
    `
    const { child, token } = await start(...node(script))
    const ended = once(child, 'exit')
    await endProcesses(token, child.pid)
    await ended
    expect(holdersByPs(`${TOKEN}=${token}`)).toEqual([])
  })

  it('leaves processes with another token', async () => {
    const { child, token } = await start(...node(WAITING))
    const other = await start(...node(WAITING), { token: `${token}-2` })
    const ended = once(child, 'exit')
    await endProcesses(token, child.pid)
    await ended
    expect(isRunning(other.child.pid ?? 0)).toBe(true)
  })

  it('leaves the group of the caller', async () => {
    const { child, token } = await start(...node(WAITING), { detached: false })
    const group = Number(spawnSync('ps', ['-o', 'pgid=', '-p', String(process.pid)], { encoding: 'utf8' }).stdout)
    const ended = once(child, 'exit')
    expect(group).toBeGreaterThan(1)
    await endProcesses(token, group)
    expect(await ended).toEqual([null, 'SIGKILL'])
  })

  it('does nothing when all have ended', async () => {
    const { child, token } = await start(...node('console.log(process.pid)'))
    if (child.exitCode === null) await once(child, 'exit')
    await expect(endProcesses(token, child.pid)).resolves.toBeUndefined()
  })
})

describe('endProcessesSync', () => {
  it('ends all before it returns', async () => {
    const { token, pids, child } = await start(...node(LEAVING))
    if (child.exitCode === null) await once(child, 'exit')
    endProcessesSync(token, child.pid)
    expect(pids.filter(isRunning)).toEqual([])
  })
})

describe('holdersByPs', () => {
  it('finds a process by its variable', async () => {
    const { token, pids } = await start(...node(WAITING))
    expect(holdersByPs(`${TOKEN}=${token}`)).toEqual(pids)
  })

  it('finds none by the beginning of a value', async () => {
    const { token } = await start(...node(WAITING))
    expect(holdersByPs(`${TOKEN}=${token.slice(0, -1)}`)).toEqual([])
  })
})
