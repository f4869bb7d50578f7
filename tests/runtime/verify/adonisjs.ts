import { createHash } from 'node:crypto'
import { mkdtemp, realpath, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Launch } from '../../../src/verify/session.ts'
import { migrate } from '../../../src/migrate.ts'
import { installExample } from '../adonisjs.ts'
import { remove, writeFiles } from '../frameworks/app.ts'
import type { NodeMajor } from '../hot-hook.ts'
import { cached, nodeBinary, npmInstall } from '../node.ts'
import { adonisjs6, dependencies, type HotHookVersion } from './apps/adonisjs-6.ts'
import { adonisjs7 } from './apps/adonisjs-7.ts'
import type { Migrated } from './apps/app.ts'
import { outsideOfVitest, type Installed } from './installed.ts'

/**
 * Writes the application of AdonisJS 6 to a fresh temporary directory. Its node_modules is a link into the test cache,
 * where all of it is installed from npm the first time, with Node 20.
 */
export async function installAdonisjs6(major: NodeMajor, hotHook: HotHookVersion): Promise<Installed> {
  const wanted = { ...dependencies, 'hot-hook': hotHook }
  const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 12)
  const modules = await cached(`adonisjs-${digest}`, (folder) => npmInstall(folder, wanted))

  const directory = await realpath(await mkdtemp(join(tmpdir(), 'hot-codemod-adonisjs-6-')))
  const manifest = { name: 'desk', type: 'module', ...adonisjs6.packageJson, dependencies: wanted }
  await writeFiles(directory, { ...adonisjs6.files, 'package.json': `${JSON.stringify(manifest, null, 2)}\n` })
  await symlink(join(modules, 'node_modules'), join(directory, 'node_modules'), 'junction')
  // hot-hook 0.4.0 does not know `hot-hook:file-changed`.
  return installed(directory, adonisjs6, major, hotHook === '0.4.0' ? 'hot-hook' : 'parent')
}

/** The example of the repository, migrated, with an `.env`. Needs Node 24. */
export async function installAdonisjs7(): Promise<Installed> {
  const directory = await installExample()
  await writeFiles(directory, { '.env': adonisjs6.files['.env']! })
  ;(await migrate({ directory })).apply()
  return installed(directory, adonisjs7, 24, 'parent')
}

async function installed(
  directory: string,
  { flags, entry }: Migrated,
  major: NodeMajor,
  watcher: Launch['watcher'],
): Promise<Installed> {
  const launch: Launch = {
    directory,
    node: await nodeBinary(major),
    args: [...flags, entry],
    entry,
    watcher,
    env: { ...outsideOfVitest, HOST: '127.0.0.1' },
  }
  return { directory, launch, remove: () => remove(directory) }
}
