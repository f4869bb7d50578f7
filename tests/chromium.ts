import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { cached } from './runtime/node.ts'

const run = promisify(execFile)

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * Path of a Chromium: `CHROME_PATH`, else one on `PATH`, else Debian's package, installed as root or with a `sudo` that
 * asks for no password.
 *
 * @throws {Error} that says what to install.
 */
export async function chromium(): Promise<string> {
  const found = installed()
  if (found !== undefined) return found
  // The folder says no more than that the installation ended: the package may be gone since, with another container.
  const folder = await cached('chromium', install)
  const path = installed()
  if (path !== undefined) return path
  await rm(folder, { recursive: true, force: true })
  await cached('chromium', install)
  return installed() ?? fail('apt-get installed no chromium.')
}

function installed(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const paths = [process.env['CHROME_PATH'], ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))]
  return paths.find((path) => path !== undefined && isExecutable(path))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function install(folder: string): Promise<void> {
  if (installed() !== undefined) return
  await aptGet('update')
  await aptGet('install', '--yes', '--no-install-recommends', 'chromium')
  await writeFile(join(folder, 'installed'), '')
}

async function aptGet(...args: readonly string[]): Promise<void> {
  const command = ['apt-get', '--quiet', '--option=DPkg::Lock::Timeout=300', ...args]
  const [first = '', ...rest] =
    process.getuid?.() === 0 ? command : ['sudo', '--non-interactive', '--preserve-env=DEBIAN_FRONTEND', ...command]
  try {
    await run(first, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 2 ** 26 })
  } catch (error) {
    fail((error as Error).message)
  }
}

function fail(reason: string): never {
  throw new Error(
    `This test opens a page in Chromium, which is not installed. Install it (Debian: apt-get install chromium), or set CHROME_PATH. ${reason}`,
  )
}
