import { PassThrough } from 'node:stream'
import { main } from '../../dist/src/cli/main.js'
import type { Ran } from './run.ts'

/** Runs a command in this process, as where the output is no terminal. */
export async function hotCodemodHere(...argv: readonly string[]): Promise<Ran> {
  return runOn(argv, false)
}

/** Runs a command in this process, as on a terminal with colours. */
export async function hotCodemodOnTerminal(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return runOn(argv, true, env)
}

async function runOn(argv: readonly string[], isTTY: boolean, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const stdout = Object.assign(new PassThrough(), { isTTY })
  const stderr = new PassThrough()
  const code = await main(argv, { stdin: new PassThrough(), stdout, stderr, env })
  return { code, stdout: textOf(stdout), stderr: textOf(stderr) }
}

function textOf(stream: PassThrough): string {
  return String((stream.read() as Buffer | null) ?? '')
}
