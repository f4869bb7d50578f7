import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { world as adonisWorld } from '../fixtures/world.ts'
import type { World } from './worlds.ts'

/**
 * Writes a project of the world with the given modules, each in a directory of its own beside what it imports; that of
 * AdonisJS holds one only. Removed after all tests of the file.
 *
 * @returns its directory, real, and the path of each module.
 */
export function projectOf(world: World, texts: readonly string[]): { root: string; paths: readonly string[] } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-fuzz-')))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    return join(root, path)
  }
  if (world.name === 'adonisjs') cpSync(adonisWorld, root, { recursive: true })
  write('package.json', JSON.stringify(world.manifest))
  if (world.name === 'adonisjs') return { root, paths: texts.map((text) => write(world.filename, text)) }
  const directories = texts.map((_, at) => (texts.length === 1 ? 'src' : `src/m${at}`))
  const paths = texts.map((text, at) => {
    for (const [name, target] of Object.entries(world.targets)) write(`${directories[at]}/${name}`, target)
    return write(`${directories[at]}/routes.ts`, text)
  })
  write(world.entry, directories.map((directory) => `import '.${directory.slice('src'.length)}/routes.js'\n`).join(''))
  return { root, paths }
}

/** The files of a project of the world that holds one module, without that; undefined for that of AdonisJS. */
export function filesOf(world: World): Readonly<Record<string, string>> | undefined {
  if (world.name === 'adonisjs') return undefined
  return {
    'package.json': JSON.stringify(world.manifest),
    [world.entry]: "import './routes.js'\n",
    ...Object.fromEntries(Object.entries(world.targets).map(([name, text]) => [`src/${name}`, text])),
  }
}
