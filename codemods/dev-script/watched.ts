import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Watched } from './launch.ts'

/** Files that a supervisor restarted for and hot-hook, which watches what the server imports, would not see. */
export interface Unseen {
  /** Relative to the root, with `/`, sorted: for `hotHook.restart`. */
  readonly files: readonly string[]
  /** The extensions of more than {@link MOST} such files, with a dot: too many to name. */
  readonly many: readonly string[]
}

/** How many files are named. */
export const MOST = 10

/** hot-hook sees them where the server imports them. */
const CODE = /\.(?:[cm]?[jt]sx?|json|node|wasm)$/
const GLOB = /[*?[\]{}()!]/

/** What `watched` names and the server cannot import: templates, YAML, `.env.local`; those that are there. */
export function unseenFiles(root: string, { paths, extensions, ignored }: Watched): Unseen {
  const isIgnored = (name: string): boolean =>
    ignored.some((pattern) => {
      const prefix = pattern.replace(/^\.\//, '').replace(/\/?\*.*$/, '')
      const extension = /^(?:\*\*\/)?\*(\.\w+)$/.exec(pattern)?.[1]
      return extension === undefined ? prefix !== '' && isBelow(name, prefix) : name.endsWith(extension)
    })
  const found = new Set<string>()
  for (const pattern of paths) {
    const path = pattern.replace(/^\.\//, '').replace(/\/$/, '')
    const directory = GLOB.test(path) ? path.split('/').slice(0, firstGlob(path)).join('/') : path
    const ending = /\*(\.\w+)$/.exec(path)?.[1]
    if (!existsSync(join(root, directory))) continue
    if (statSync(join(root, directory)).isFile()) {
      if (!/\.[cm]?[jt]sx?$/.test(directory)) found.add(directory)
      continue
    }
    for (const name of filesBelow(root, directory === '.' ? '' : directory)) {
      const isWatched = extensions === undefined || extensions.some((extension) => name.endsWith(`.${extension}`))
      if (isWatched && !CODE.test(name) && (ending === undefined || name.endsWith(ending))) found.add(name)
    }
  }
  const files = [...found].filter((name) => !isIgnored(name)).sort()
  if (files.length <= MOST) return { files, many: [] }
  return { files: [], many: [...new Set(files.map((name) => /\.\w+$/.exec(name)?.[0] ?? name))] }
}

function firstGlob(path: string): number {
  return path.split('/').findIndex((part) => GLOB.test(part))
}

function isBelow(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}/`)
}

function filesBelow(root: string, directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = directory === '' ? entry.name : `${directory}/${entry.name}`
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    return entry.isDirectory() ? filesBelow(root, name) : [name]
  })
}
