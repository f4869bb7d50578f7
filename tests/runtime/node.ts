import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

const cacheRoot = resolve(
  process.env['HOT_CODEMOD_CACHE'] ??
    fileURLToPath(new URL('../../node_modules/.cache/hot-codemod-tests', import.meta.url)),
)

/**
 * Path of a Node binary of the given major version: the running one when it matches, else one installed from npm into
 * the test cache.
 */
export async function nodeBinary(major: 20 | 22 | 24): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath
  // The package `node` picks the platform in an install script; the Linux ones need none.
  const name = process.platform === 'linux' ? `node-linux-${process.arch}` : 'node'
  const dir = await cached(`node-${major}`, (folder) => npmInstall(folder, { [name]: String(major) }))
  return join(dir, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/**
 * Path of the folder `name` of the test cache. The first caller has `fill` fill it; it appears under its name only
 * when complete, so another process sees all of it or nothing, and waits rather than filling it a second time.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheRoot, name)
  if (existsSync(folder)) return folder
  await mkdir(cacheRoot, { recursive: true })
  const unlock = await lock(`${folder}.lock`)
  try {
    if (!existsSync(folder)) await fillAside(folder, fill)
  } finally {
    await unlock()
  }
  return folder
}

/**
 * Install `dependencies` (package name to version) into `folder`, which gets a package.json of its own. npm runs on
 * `node` when given, which packages that check the Node version need.
 *
 * @throws {Error} with npm's output when npm fails.
 */
export async function npmInstall(folder: string, dependencies: Record<string, string>, node?: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  const path = node === undefined ? process.env['PATH'] : pathStartingWith(node)
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  await run('npm', ['install', ...options, '--prefix', folder], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  })
}

/** `PATH` with the folder of the given Node binary first. */
export function pathStartingWith(node: string): string {
  return [dirname(node), process.env['PATH']].join(delimiter)
}

async function fillAside(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const partial = await mkdtemp(`${folder}.partial-`)
  try {
    await fill(partial)
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

/** Wait for the lock file `path`, take it, and return the function that gives it back. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    // A process that died left its lock behind. Two may find that out at once and both go on: costly, not wrong.
    const owner = Number(await readFile(path, 'utf8').catch(() => process.pid))
    if (!isAlive(owner)) await rm(path, { force: true })
    await sleep(200)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
