import { readdirSync, type Dirent } from 'node:fs'
import { join, relative } from 'node:path'
import { readProject } from './read.ts'
import { workspacePatterns } from './package-manager.ts'
import type { Project } from './project.ts'
import { requirePackage } from '../require.ts'

const picomatch = requirePackage('picomatch') as typeof import('picomatch')

const SKIPPED = /^(?:\.|node_modules$|build$|dist$|coverage$)/
const NO_SERVERS = /(?:^|\/)(?:tests?|__tests__|fixtures|templates?|examples?|docs?)(?:\/|$)/

/** How deep below the root a package of its own is looked for. */
const DEPTH = 4

export interface ServersBelow {
  /** Relative to the root, with `/`, sorted. */
  readonly directories: readonly string[]
  /** Whether they have a script that starts a server; else they only depend on a framework. */
  readonly start: boolean
}

/** The packages below `root` with a server of their own: those among its workspaces, all where it declares none. */
export function serversBelow(root: string): ServersBelow {
  const patterns = workspacePatterns(root).map((pattern) => pattern.replace(/^(!?)\.\//, '$1').replace(/\/$/, ''))
  const included = patterns.filter((pattern) => !pattern.startsWith('!'))
  const ignore = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  const isWorkspace = included.length === 0 ? (name: string) => !NO_SERVERS.test(name) : picomatch(included, { ignore })
  const projects = packagesBelow(root, DEPTH)
    .filter((directory) => directory !== root)
    .filter((directory) => isWorkspace(relative(root, directory).replaceAll('\\', '/')))
    .flatMap((directory) => projectIn(directory))
  const withFramework = projects.filter(({ framework }) => framework.name !== 'node')
  const starting = withFramework.filter(({ runtime }) => runtime.entry !== undefined && runtime.script !== undefined)
  const start = starting.length > 0
  const found = start ? starting : withFramework
  return { start, directories: found.map((project) => relative(root, project.root).replaceAll('\\', '/')).sort() }
}

/** How many are named. */
const NAMED = 8

/** The end of a sentence: `start one: apps/api, apps/admin and 3 more`. */
export function sayServers({ directories, start }: ServersBelow): string {
  const more = directories.length > NAMED ? ` and ${directories.length - NAMED} more` : ''
  return `${start ? 'start one' : 'depend on a framework'}: ${directories.slice(0, NAMED).join(', ')}${more}`
}

function packagesBelow(directory: string, depth: number): string[] {
  const entries = entriesOf(directory)
  const here = entries.some(({ name }) => name === 'package.json') ? [directory] : []
  if (depth === 0) return here
  const below = entries.filter((entry) => entry.isDirectory() && !SKIPPED.test(entry.name))
  return [...here, ...below.flatMap(({ name }) => packagesBelow(join(directory, name), depth - 1))]
}

/** None where the directory cannot be read. */
function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}

/** None where package.json is broken: that is not what was asked for. */
function projectIn(directory: string): Project[] {
  try {
    return [readProject(directory)]
  } catch {
    return []
  }
}
