import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { requirePackage } from '../require.ts'
import { readManifest, repositoryDirectories, workspacePatterns } from './package-manager.ts'
import { ProjectError } from './error.ts'

const picomatch = requirePackage('picomatch') as typeof import('picomatch')

/** A package of a monorepo. */
export interface Workspace {
  /** Absolute and real. */
  readonly root: string
  /** Relative to the root of the monorepo, with `/`; `.` for that itself. */
  readonly directory: string
  /** `name` of its package.json, else undefined. */
  readonly name: string | undefined
}

export interface Workspaces {
  /** The directory that declares them: absolute and real. */
  readonly root: string
  /** That of the root itself first, the others by their directories. */
  readonly packages: readonly Workspace[]
}

const SKIPPED = /^(?:\.|node_modules$|build$|dist$|coverage$)/

/** How deep below the root a package is looked for. */
const DEPTH = 8

/**
 * The workspaces of the monorepo that `directory` is in: those of `workspaces` in package.json (npm, Yarn, Bun) or of
 * pnpm-workspace.yaml, of the nearest directory upward that has one.
 *
 * @param directory absolute and real.
 * @throws {ProjectError} when there is none.
 */
export function openWorkspaces(directory: string): Workspaces {
  const root = repositoryDirectories(directory).find((candidate) => workspacePatterns(candidate).length > 0)
  if (root === undefined) {
    throw new ProjectError(
      `${directory} is in no workspace: neither package.json there or above it has "workspaces", nor is there a pnpm-workspace.yaml that names packages. Run without --workspace and --workspaces.`,
      directory,
    )
  }
  const packages = [root, ...workspacePackages(root)].map((path) => {
    const name = readManifest(join(path, 'package.json'))?.['name']
    return { root: path, directory: posix(root, path), name: typeof name === 'string' ? name : undefined }
  })
  return { root, packages }
}

/**
 * Those of `workspaces` that `wanted` names: by name, by directory relative to the root or to `from`, or by a glob for
 * either.
 *
 * @throws {RangeError} when one of `wanted` names none; it lists what there is.
 */
export function selectWorkspaces(
  { root, packages }: Workspaces,
  wanted: readonly string[],
  from: string,
): readonly Workspace[] {
  const chosen = new Set(
    wanted.flatMap((text) => {
      const isGlob = picomatch(text.replace(/^\.\//, '').replace(/(?<=.)\/$/, ''))
      const directories = [posix(root, resolve(root, text)), posix(root, resolve(from, text))]
      const exact = packages.filter(({ name, directory }) => name === text || directories.includes(directory))
      const found =
        exact.length > 0
          ? exact
          : packages.filter(({ name, directory }) => isGlob(directory) || (name !== undefined && isGlob(name)))
      if (found.length > 0) return found
      const known = packages.map(({ name, directory }) => (name === undefined ? directory : `${directory} (${name})`))
      throw new RangeError(`There is no workspace \`${text}\` in ${root}. There are: ${known.join(', ')}.`)
    }),
  )
  return packages.filter((workspace) => chosen.has(workspace))
}

/** The directories of the packages that the globs of the workspace root `root` match: absolute, real, sorted. */
export function workspacePackages(root: string): string[] {
  const patterns = workspacePatterns(root).map((pattern) => pattern.replace(/^(!?)\.\//, '$1').replace(/\/$/, ''))
  const included = patterns.filter((pattern) => !pattern.startsWith('!'))
  if (included.length === 0) return []
  const ignore = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  const isMember = picomatch(included, { ignore })
  const members = packagesBelow(root, DEPTH).filter((directory) => isMember(posix(root, directory)))
  // A link to a package is another name of it; what is linked from outside belongs to another project.
  const real = new Set(members.map((directory) => realpathSync(directory)))
  return [...real].filter((directory) => directory.startsWith(root + sep)).sort()
}

/** The directories with a package.json in `directory` and up to `depth` levels below it. */
export function packagesBelow(directory: string, depth: number): string[] {
  const entries = entriesOf(directory)
  const here = entries.some(({ name }) => name === 'package.json') ? [directory] : []
  if (depth === 0) return here
  const below = entries.filter(({ name }) => !SKIPPED.test(name))
  return [
    ...here,
    ...below.flatMap((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return packagesBelow(path, depth - 1)
      return entry.isSymbolicLink() && isDirectory(path) ? packagesBelow(path, 0) : []
    }),
  ]
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** None where the directory cannot be read. */
function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}

function posix(root: string, path: string): string {
  return relative(root, path).split(sep).join('/') || '.'
}
