import { relative } from 'node:path'
import { readProject } from './read.ts'
import { workspacePatterns } from './package-manager.ts'
import type { Project } from './project.ts'
import { packagesBelow, workspacePackages } from './workspaces.ts'

const NO_SERVERS = /(?:^|[\\/])(?:tests?|__tests__|fixtures|templates?|examples?|docs?)(?:[\\/]|$)/

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
  const isWorkspace = workspacePatterns(root).length > 0
  const directories = isWorkspace
    ? workspacePackages(root)
    : packagesBelow(root, DEPTH).filter((path) => path !== root && !NO_SERVERS.test(relative(root, path)))
  const projects = directories.flatMap((directory) => projectIn(directory))
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

/** None where package.json is broken: that is not what was asked for. */
function projectIn(directory: string): Project[] {
  try {
    return [readProject(directory)]
  } catch {
    return []
  }
}
