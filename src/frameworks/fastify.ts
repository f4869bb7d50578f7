import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { autoloadsIn, autoloadedFiles } from './fastify-autoload.ts'
import { IMPORTS_ONLY, OUTSIDE_SERVER } from './conventions.ts'
import type { Framework, Root } from './framework.ts'

/** Fastify 4 and 5. Plugins that @fastify/autoload registers are imported by it, once, at boot. */
export const fastify: Framework = {
  ...IMPORTS_ONLY,
  name: 'fastify',
  typeModules: /^fastify$/,
  loads: loadsOf,
}

const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/
const SKIPPED = /^(?:node_modules|build|dist|coverage|tmp|tests?|__tests__|public|\..*)$/

/** What `@fastify/autoload` loads, by each of its registrations in the project. */
function loadsOf(root: string, read: (path: string) => string | undefined, entry: string | undefined): Root[] {
  if (!/['"](?:@fastify\/|fastify-)autoload['"]/.test(read(join(root, 'package.json')) ?? '')) return []
  const files = new Set([...(entry === undefined ? [] : [entry]), ...sourceFilesBelow(root)])
  const roots = new Map<string, Root>()
  for (const file of files) {
    const text = read(file)
    if (text === undefined || !text.includes('autoload')) continue
    for (const autoload of autoloadsIn(file, text, root)) {
      const by = `@fastify/autoload in ${relative(root, file).split(sep).join('/')}:${autoload.line}`
      if (!existsSync(autoload.dir)) continue
      for (const path of autoloadedFiles(autoload)) if (!roots.has(path)) roots.set(path, { path, by })
    }
  }
  return [...roots.values()]
}

function sourceFilesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : sourceFilesBelow(path)
    return entry.isFile() && SOURCE.test(entry.name) && !OUTSIDE_SERVER.test(entry.name) ? [path] : []
  })
}
