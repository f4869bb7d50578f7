import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { VerifyError } from './error.ts'

/** The environment variable that every process of a verification inherits; its value is the token. */
export const TOKEN = 'HOT_CODEMOD_VERIFY'

/** How often processes are looked for, and the milliseconds between two looks. */
const ROUNDS = 200
const PAUSE = 10

/** Looks that find none, one after the other: a process that is just executing a program has no environment yet. */
const CLEAN = 2

/**
 * Ends, by SIGKILL, the process group `group` and every process whose environment holds the token, until there is none:
 * also what has put itself into a group or session of its own, and what is started meanwhile. Ends neither the caller
 * nor its group. A process that has both left the group and dropped the variable is not found.
 *
 * The environment is that of /proc/<pid>/environ on Linux and that of `ps eww` on macOS, in both of them the one that the
 * program was executed with. On Windows, where it cannot be read, the tree below the process `group` is ended by
 * taskkill.
 *
 * @param token the value of {@link TOKEN}.
 * @param group the id of a process that was started with `detached: true`.
 * @throws {VerifyError} when processes are still there after some seconds; names them.
 */
export async function endProcesses(token: string, group: number | undefined): Promise<void> {
  const rounds = killing(token, group)
  while (!rounds.next().done) await sleep(PAUSE)
}

/** As {@link endProcesses}, for `process.on('exit')`: blocks the thread. */
export function endProcessesSync(token: string, group: number | undefined): void {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  const rounds = killing(token, group)
  while (!rounds.next().done) Atomics.wait(clock, 0, 0, PAUSE)
}

/** Kills what is there, and yields, until nothing is left. */
function* killing(token: string, group: number | undefined): Generator<undefined, void> {
  let clean = 0
  let left: readonly number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    left = kill(token, group)
    clean = left.length === 0 ? clean + 1 : 0
    if (clean === CLEAN) return
    yield
  }
  if (left.length > 0) throw remaining(left)
}

function remaining(pids: readonly number[]): VerifyError {
  const [first] = pids
  const what = pids.length === 1 ? `Process ${first} does` : `The processes ${pids.join(', ')} do`
  return new VerifyError(`${what} not end. End what is left by hand: kill -9 ${pids.join(' ')}.`)
}

/** @returns the processes with the token that were there. */
function kill(token: string, group: number | undefined): readonly number[] {
  if (process.platform === 'win32') {
    if (group !== undefined) taskkill(group)
    return []
  }
  if (group !== undefined && group > 1 && group !== ownGroup()) signal(-group)
  const pids = holders(token)
  for (const pid of pids) signal(pid)
  return pids
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended: ESRCH; macOS says EPERM of a group in which nothing runs.
  }
}

function taskkill(pid: number): void {
  try {
    execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' })
  } catch {
    // It has ended.
  }
}

/** The processes other than this one whose environment holds the token. */
function holders(token: string): number[] {
  const variable = `${TOKEN}=${token}`
  const found = process.platform === 'linux' ? holdersByProc(variable) : holdersByPs(variable)
  return found.filter((pid) => pid > 1 && pid !== process.pid)
}

function holdersByProc(variable: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(variable))
    .map(Number)
}

/** Empty for one that has ended, and for that of another user. */
function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** By `ps`, which prints the variables after the command, separated by blanks. */
export function holdersByPs(variable: string): number[] {
  const processes = ps(['axeww', '-o', 'pid=,command='])
  return processes
    .split('\n')
    .filter((line) => `${line} `.includes(` ${variable} `))
    .map((line) => Number.parseInt(line, 10))
}

/** The process group of this process: killing it would end us. */
function ownGroup(): number {
  if (process.platform !== 'linux') return Number.parseInt(ps(['-o', 'pgid=', '-p', String(process.pid)]), 10)
  // The name of the program, in parentheses, may hold anything; after it come state, parent and group.
  const stat = readFileSync('/proc/self/stat', 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
}

function ps(args: readonly string[]): string {
  return execFileSync('ps', args, { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] })
}
