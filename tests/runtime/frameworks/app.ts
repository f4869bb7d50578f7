import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, type MigrateOptions } from '../../../src/migrate.ts'
import { boot, type Session } from '../../../src/verify/session.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** What an application imports, by name: the package of this repository that it gets, `express4` for `express`. */
export type Packages = Readonly<Record<string, string>>

/** Texts by path, relative to the application. */
export type Files = Readonly<Record<string, string>>

/**
 * Writes an application to a fresh temporary directory, which is the caller's. Its node_modules holds links to the
 * packages of this repository, and its package.json names them, with the ranges of ours.
 */
export async function writeApp(files: Files, packages: Packages, packageJson: object = {}): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'hot-codemod-frameworks-')))
  const { devDependencies } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
  const dependencies: Record<string, string> = {}
  for (const [name, alias] of Object.entries(packages)) {
    dependencies[name] = devDependencies[alias].replace(/^npm:.+@/, '')
    await link(join(repository, 'node_modules', alias), join(directory, 'node_modules', name))
  }
  const manifest = { name: 'app', type: 'module', dependencies, ...packageJson }
  await writeFiles(directory, { 'package.json': `${JSON.stringify(manifest, null, 2)}\n`, ...files })
  return directory
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path, 'junction')
}

export async function writeFiles(directory: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
}

/** Runs codemods on the application in `directory`. @returns the new text of each file that changed. */
export async function rewrite(directory: string, options: MigrateOptions): Promise<Files> {
  const migration = await migrate({ directory, ...options })
  migration.apply()
  const changed = migration.changes.map(({ path, after }) => [path.slice(directory.length + 1), after] as const)
  return Object.fromEntries(changed.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Starts `src/server.js` in production, without hot-hook. */
export function start(directory: string, env: Readonly<Record<string, string>> = {}): Promise<Session> {
  return boot({
    directory,
    node: process.execPath,
    args: ['src/server.js'],
    entry: 'src/server.js',
    env: { NODE_ENV: 'production', NODE_OPTIONS: undefined, VITEST: undefined, ...env },
    watcher: 'parent',
  })
}

export function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true })
}
