import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InvalidJson, jsonPosition, parseJson, type JsonPath } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import {
  ancestors,
  detectPackageManager,
  installedVersion,
  isRecord,
  packageMajor,
  type PackageManagerOptions,
} from './package-manager.ts'
import { ProjectError } from './error.ts'
import type { FrameworkInUse, PackageJson, Project } from './project.ts'
import { runtimeOf, type RuntimeOptions } from './runtime.ts'

export type ProjectOptions = RuntimeOptions & PackageManagerOptions

/**
 * The project that `directory` is in, whatever its framework: that of the nearest package.json upward.
 *
 * @param options what decides instead of the scripts of package.json, the running Node.js and the lockfile.
 * @throws {ProjectError} when there is no package.json, it is not JSON, or it holds values of wrong types.
 * @throws {UnreadableFile} when package.json cannot be read or is not UTF-8.
 */
export function readProject(directory: string, options: ProjectOptions = {}): Project {
  const manifest = nearestManifest(resolve(directory))
  return projectOf(manifest, parseManifest(manifest), options)
}

/** A package.json and its directory, absolute. */
export interface Manifest {
  readonly root: string
  readonly path: string
  readonly text: string
}

/** @param packageJson from {@link parseManifest}. */
export function projectOf(
  { root, path, text }: Manifest,
  packageJson: PackageJson,
  options: ProjectOptions = {},
): Project {
  const framework = frameworkOf(root, packageJson)
  return {
    root,
    packageJsonPath: path,
    framework,
    runtime: runtimeOf(root, packageJson, text, framework.name, options),
    packageManager: detectPackageManager(root, options),
    type: packageJson.type === 'module' ? 'module' : 'commonjs',
    packageJson,
  }
}

/** The packages that name a framework, the outer ones first: NestJS and KickJS run on Express or Fastify. */
const packages: readonly (readonly [Exclude<FrameworkInUse['name'], 'adonisjs' | 'node'>, readonly string[]])[] = [
  ['nestjs', ['@nestjs/core']],
  ['kickjs', ['@forinda/kickjs', '@forinda/kickjs-core', '@forinda/kickjs-http', 'kickjs']],
  ['fastify', ['fastify']],
  ['hono', ['hono']],
  ['koa', ['koa']],
  ['express', ['express']],
]

/** By `dependencies`, then by `devDependencies`. */
function frameworkOf(root: string, packageJson: PackageJson): FrameworkInUse {
  if (isAdonisApplication(root, packageJson)) return { name: 'adonisjs', major: adonisMajor(root, packageJson) ?? 0 }
  for (const section of [packageJson.dependencies ?? {}, packageJson.devDependencies ?? {}]) {
    for (const [name, members] of packages) {
      const found = members.find((member) => Object.hasOwn(section, member))
      if (found !== undefined) return { name, major: packageMajor(root, packageJson, found) ?? 0 }
    }
  }
  return { name: 'node', major: 0 }
}

/** Whether it is an application of AdonisJS, and not a package for it. */
export function isAdonisApplication(root: string, { dependencies, devDependencies }: PackageJson): boolean {
  if (dependencies?.['@adonisjs/core'] !== undefined) return true
  const declared = devDependencies?.['@adonisjs/core'] !== undefined
  return hasRcFile(root) && (declared || installedVersion(root, '@adonisjs/core') !== undefined)
}

/** @throws {ProjectError} when `directory` does not exist, or there is no package.json in it or above. */
export function nearestManifest(directory: string): Manifest {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ProjectError(`${directory} is not a directory. Name the directory of an application.`, directory)
  }
  for (const root of ancestors(directory)) {
    const path = join(root, 'package.json')
    const text = readText(path)
    if (text !== undefined) return { root, path, text }
  }
  throw new ProjectError(
    `There is no package.json in ${directory} or above it. Run hot-codemod in the directory of an application.`,
    directory,
  )
}

/** @throws {ProjectError} when it is not JSON, or holds values of wrong types. */
export function parseManifest({ text, path }: Manifest): PackageJson {
  const value = parse(text, path)
  if (!isRecord(value)) {
    throw new ProjectError(`${path}:1 does not hold a JSON object. Correct it and run again.`, path, 1)
  }
  for (const key of ['scripts', 'dependencies', 'devDependencies', 'hotHook']) {
    if (value[key] === undefined || isRecord(value[key])) continue
    const line = lineOf(text, [key])
    throw new ProjectError(`"${key}" is not an object in ${at(path, line)}. Correct it and run again.`, path, line)
  }
  requireBoundaries(text, path, value)
  return value
}

function requireBoundaries(text: string, path: string, { hotHook }: PackageJson): void {
  const boundaries: unknown = hotHook?.boundaries
  const list = typeof boundaries === 'string' || boundaries === undefined || boundaries === null ? [] : boundaries
  if (Array.isArray(list) && list.every((pattern) => typeof pattern === 'string')) return
  const line = lineOf(text, ['hotHook', 'boundaries'])
  throw new ProjectError(
    `"hotHook.boundaries" is not a list of globs in ${at(path, line)}. Correct it and run again.`,
    path,
    line,
  )
}

function parse(text: string, path: string): unknown {
  try {
    return parseJson(text, path)
  } catch (error) {
    if (error instanceof InvalidJson) throw new ProjectError(error.message, path, error.line)
    throw error
  }
}

/** The major version of AdonisJS; see `openProject`. */
export function adonisMajor(root: string, packageJson: PackageJson): number | undefined {
  const core = packageMajor(root, packageJson, '@adonisjs/core')
  if (core !== undefined) return core
  const assembler = packageMajor(root, packageJson, '@adonisjs/assembler')
  if (assembler !== undefined) return assembler - 1
  if (!hasRcFile(root)) return undefined
  const rc = rcFiles.map((file) => readText(join(root, file)) ?? '').join('')
  return rc.includes('indexEntities') || packageJson.imports?.['#generated/*'] !== undefined ? 7 : 6
}

const rcFiles = ['adonisrc.ts', 'adonisrc.js']

function hasRcFile(root: string): boolean {
  return rcFiles.some((file) => existsSync(join(root, file)))
}

/** The 1-based line of a value of package.json. */
export function lineOf(text: string, path: JsonPath): number | undefined {
  return jsonPosition(text, path)?.line
}

/** `path:line`, or the path alone. */
export function at(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`
}
