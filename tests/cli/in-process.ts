import { PassThrough } from 'node:stream'
import { main } from '../../dist/src/cli/main.js'
import type { Ran } from './run.ts'

/** Runs a command in this process, as where the output is no terminal. */
export async function hotCodemodHere(...argv: readonly string[]): Promise<Ran> {
  return runOn(argv, false)
}

/** Runs a command in this process, as where the output is no terminal, with these variables of the environment. */
export async function hotCodemodWith(env: NodeJS.ProcessEnv, ...argv: readonly string[]): Promise<Ran> {
  return runOn(argv, false, env)
}

/** Runs a command in this process, as on a terminal with colours. @param columns of it, where it knows. */
export async function hotCodemodOnTerminal(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
  columns?: number,
): Promise<Ran> {
  return runOn(argv, true, env, columns)
}

async function runOn(
  argv: readonly string[],
  isTTY: boolean,
  env: NodeJS.ProcessEnv = {},
  columns?: number,
): Promise<Ran> {
  const terminal = { isTTY, ...(columns === undefined ? {} : { columns }) }
  const stdout = Object.assign(new PassThrough(), terminal)
  const stderr = Object.assign(new PassThrough(), terminal)
  const code = await main(argv, { stdin: new PassThrough(), stdout, stderr, env })
  return { code, stdout: textOf(stdout), stderr: textOf(stderr) }
}

function textOf(stream: PassThrough): string {
  return String((stream.read() as Buffer | null) ?? '')
}
