import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseJson } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import { plugNPlayIn } from './plug-n-play.ts'
import type { PackageJson } from './project.ts'
import { major, minVersion, valid, validRange } from '../versions.ts'

export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun'
  /** What says so, for people: `pnpm-lock.yaml in /app`. */
  readonly reason: string
}

export interface PackageManagerOptions {
  /** The one that is used, whatever the project says. */
  readonly packageManager?: PackageManager['name'] | undefined
  /**
   * `npm_config_user_agent` of the environment, which a package manager sets for what it runs: it counts where the
   * project says nothing.
   */
  readonly userAgent?: string | undefined
}

export const packageManagers = ['npm', 'pnpm', 'yarn', 'bun'] as const

const lockfiles = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
] as const

/**
 * The package manager of the project in `root`: the one that is asked for, else what `packageManager` or `devEngines` of
 * the nearest package.json that has one names, else whose lockfile is nearest, else the one that runs this, else npm.
 * The search ends at the root of the git repository.
 */
export function detectPackageManager(
  root: string,
  { packageManager, userAgent }: PackageManagerOptions = {},
): PackageManager {
  if (packageManager !== undefined) return { name: packageManager, reason: 'as asked for' }
  const directories = repositoryDirectories(root)
  for (const directory of directories) {
    const path = join(directory, 'package.json')
    const manifest = readManifest(path)
    const declared = knownName(manifest?.['packageManager'])
    if (declared !== undefined) return { name: declared, reason: `packageManager in ${path}` }
    const engine = engineName(manifest?.['devEngines'])
    if (engine !== undefined) return { name: engine, reason: `devEngines.packageManager in ${path}` }
  }
  for (const directory of directories) {
    for (const [file, name] of lockfiles) {
      if (existsSync(join(directory, file))) return { name, reason: `${file} in ${directory}` }
    }
  }
  const nothing = 'no packageManager field and no lockfile'
  const running = knownName(userAgent)
  return running === undefined || running === 'npm'
    ? { name: 'npm', reason: nothing }
    : { name: running, reason: `${nothing}; ${running} runs hot-codemod` }
}

/** The command that installs what package.json says. */
export function installCommand({ name }: PackageManager): string {
  return `${name} install`
}

/** The command that adds `specifier`, for example `hot-hook@^1.0.0`, to devDependencies. */
export function addDevCommand({ name }: PackageManager, specifier: string): string {
  return name === 'npm' ? `npm install -D ${specifier}` : `${name} add -D ${specifier}`
}

/** `directory` and every directory above it. */
export function ancestors(directory: string): string[] {
  const parent = dirname(directory)
  return parent === directory ? [directory] : [directory, ...ancestors(parent)]
}

/** `root` and the directories above it, up to the root of the git repository where there is one. */
export function repositoryDirectories(root: string): string[] {
  const directories = ancestors(root)
  const top = directories.findIndex((directory) => existsSync(join(directory, '.git')))
  return top === -1 ? directories : directories.slice(0, top + 1)
}

function knownName(value: unknown): PackageManager['name'] | undefined {
  const name = typeof value === 'string' ? value.split(/[@/]/)[0] : undefined
  return lockfiles.find(([, known]) => known === name)?.[1]
}

function engineName(devEngines: unknown): PackageManager['name'] | undefined {
  const engine = isRecord(devEngines) ? devEngines['packageManager'] : undefined
  for (const candidate of Array.isArray(engine) ? engine : [engine]) {
    const name = isRecord(candidate) ? knownName(candidate['name']) : undefined
    if (name !== undefined) return name
  }
  return undefined
}

/**
 * The version of the package `name` that code in `root` imports, in node_modules or by Yarn Plug'n'Play; `undefined` when
 * none is installed.
 */
export function installedVersion(root: string, name: string): string | undefined {
  for (const directory of ancestors(root)) {
    const manifest = join(directory, 'node_modules', name, 'package.json')
    const version = readManifest(manifest)?.['version'] ?? pnpVersion(directory, root, name)
    if (typeof version === 'string' && valid(version) !== null) return version
  }
  return undefined
}

/** @param directory where `.pnp.cjs` would be. */
function pnpVersion(directory: string, root: string, name: string): unknown {
  const found = plugNPlayIn(directory)?.dependency(root, name)
  if (found?.directory === undefined) return found?.version
  return readManifest(join(found.directory, 'package.json'))?.['version']
}

/** The installed major of the package `name`, else the lowest that package.json allows. */
export function packageMajor(root: string, packageJson: PackageJson, name: string): number | undefined {
  const installed = installedVersion(root, name)
  if (installed !== undefined) return major(installed)
  const specifier = packageJson.dependencies?.[name] ?? packageJson.devDependencies?.[name]
  const range = typeof specifier === 'string' ? rangeOf(root, name, specifier) : undefined
  return range === undefined ? undefined : lowestMajor(range)
}

/**
 * The range that the dependency `name: specifier` of the project in `root` stands for: that of its catalog for
 * `catalog:`, and what follows `workspace:` or `npm:<name>@`.
 *
 * @returns `undefined` for tags, links, and whatever else holds no range.
 */
export function rangeOf(root: string, name: string, specifier: string): string | undefined {
  if (specifier.startsWith('catalog:')) return catalogEntry(root, name, specifier)?.range
  const range = specifier.replace(/^workspace:/, '').replace(/^npm:(?:@[^/@]+\/)?[^@]+@/, '')
  return validRange(range) === null ? undefined : range
}

/** The lowest major that `range` allows, or `undefined` when it has no lower bound. */
export function lowestMajor(range: string): number | undefined {
  const lowest = minVersion(range)
  return lowest === null || major(lowest) === 0 ? undefined : major(lowest)
}

export interface CatalogEntry {
  readonly range: string
  /** The file that holds it, and its 1-based line. */
  readonly path: string
  readonly line: number
}

/**
 * What `specifier` (`catalog:` or `catalog:<name>`) means for the package `name`: the entry in the nearest
 * pnpm-workspace.yaml or, for Yarn, .yarnrc.yml. Only block style is read, one key per line, as both tools write it.
 */
export function catalogEntry(root: string, name: string, specifier: string): CatalogEntry | undefined {
  const catalog = specifier.slice('catalog:'.length).trim()
  const places =
    catalog === '' || catalog === 'default' ? [['catalog'], ['catalogs', 'default']] : [['catalogs', catalog]]
  for (const path of catalogFiles(root)) {
    for (const place of places) {
      const entry = yamlScalar(readText(path) ?? '', [...place, name])
      if (entry !== undefined && validRange(entry.value) !== null) return { range: entry.value, path, line: entry.line }
    }
  }
  return undefined
}

function catalogFiles(root: string): string[] {
  return ['pnpm-workspace.yaml', '.yarnrc.yml'].flatMap((file) => {
    const path = ancestors(root)
      .map((directory) => join(directory, file))
      .find(existsSync)
    return path === undefined ? [] : [path]
  })
}

/** The globs of the workspaces that `directory` is the root of; empty when it is not one. */
export function workspacePatterns(directory: string): string[] {
  const pnpm = readText(join(directory, 'pnpm-workspace.yaml'))
  if (pnpm !== undefined) return yamlList(pnpm, 'packages')
  const workspaces = readManifest(join(directory, 'package.json'))?.['workspaces']
  const patterns = isRecord(workspaces) ? workspaces['packages'] : workspaces
  return Array.isArray(patterns) ? patterns.filter((pattern) => typeof pattern === 'string') : []
}

/** The object in the package.json `path`; `undefined` when there is none or it cannot be parsed. */
export function readManifest(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = readText(path)
    const value = text === undefined ? undefined : parseJson(text, path)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The scalar at `keys` in block mappings with one key per line, and its 1-based line. */
function yamlScalar(text: string, keys: readonly string[]): { value: string; line: number } | undefined {
  let depth = 0
  let parentIndent = -1
  let blockIndent: number | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trimStart()
    if (content === '' || content.startsWith('#')) continue
    const indent = line.length - content.length
    if (indent <= parentIndent) return undefined
    blockIndent ??= indent
    const entry = /^(?:'([^']*)'|"([^"]*)"|([^\s'":]+))\s*:(?:\s+(.*))?$/.exec(content)
    if (indent !== blockIndent || entry === null) continue
    if ((entry[1] ?? entry[2] ?? entry[3]) !== keys[depth]) continue
    depth += 1
    if (depth === keys.length) return { value: yamlText(entry[4] ?? ''), line: index + 1 }
    parentIndent = indent
    blockIndent = undefined
  }
  return undefined
}

/** The items of the sequence at the top-level `key`, in block style or in flow style on one line. */
function yamlList(text: string, key: string): string[] {
  const lines = text.split(/\r?\n/)
  const start = lines.findIndex((line) => line.startsWith(`${key}:`))
  if (start === -1) return []
  const flow = /^\[(.*)\]/.exec(lines[start]!.slice(key.length + 1).trim())
  if (flow !== null) return flow[1]!.split(',').map(yamlText).filter(Boolean)
  const items: string[] = []
  for (const line of lines.slice(start + 1)) {
    const item = /^\s*-\s+(.*)$/.exec(line)
    if (item !== null) items.push(yamlText(item[1]!))
    else if (line.trim() !== '' && !line.trim().startsWith('#')) break
  }
  return items
}

function yamlText(value: string): string {
  const quoted = /^\s*(?:'([^']*)'|"([^"]*)")/.exec(value)
  return quoted === null ? value.replace(/(^|\s)#.*$/, '').trim() : (quoted[1] ?? quoted[2]!)
}
