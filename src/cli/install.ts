import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { installCommand, type PackageManager } from '../project/package-manager.ts'
import type { Project } from '../project/project.ts'
import type { Streams } from './command.ts'

/** In CI pnpm and Yarn refuse to change the lockfile, which is what an install of something new is for. */
const FLAGS: Readonly<Record<PackageManager['name'], readonly string[]>> = {
  npm: [],
  pnpm: ['--no-frozen-lockfile'],
  yarn: [],
  bun: [],
}
const ENVIRONMENT = { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' }

/**
 * Runs the install of the project's package manager after a migration. Its output goes to standard output, with
 * `json` to standard error; so does what to do where it fails.
 *
 * @returns whether it succeeded.
 */
export async function runInstall(
  { packageManager, root }: Pick<Project, 'packageManager' | 'root'>,
  streams: Streams,
  json: boolean,
): Promise<boolean> {
  const command = installCommand(packageManager)
  const output = json ? streams.stderr : streams.stdout
  output.write(`  ${command}\n`)
  const failure = await failureOf(packageManager, root, streams, output)
  if (failure === undefined) return true
  streams.stderr.write(
    `\`${command}\` ${failure}. The migration is written, and what it needs is not installed: run \`${command}\` in ${root}.\n`,
  )
  return false
}

/** How the install failed, as the predicate of a sentence. */
async function failureOf(
  manager: PackageManager,
  directory: string,
  { stderr, env }: Streams,
  output: NodeJS.WritableStream,
): Promise<string | undefined> {
  const [program = '', ...args] = [...installCommand(manager).split(' '), ...FLAGS[manager.name]]
  // Windows starts .cmd files by a shell only. There is no word of the user's among the arguments.
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...env, ...ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  child.stdout.pipe(output, { end: false })
  child.stderr.pipe(stderr, { end: false })
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return code === 0 ? undefined : `ended with ${code ?? signal}`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? `was not found: is ${manager.name} installed? Or name another by --pm` : String(error)
  }
}
