import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { InvalidJson, jsonPosition, parseJson, type JsonPath } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import {
  ancestors,
  installedVersion,
  isRecord,
  packageMajor,
  readManifest,
  workspacePatterns,
} from './package-manager.ts'
import type { FrameworkInUse, PackageJson, Project } from './project.ts'
import { runtimeOf, type RuntimeOptions } from './runtime.ts'
import { requirePackage } from '../require.ts'

const picomatch = requirePackage('picomatch') as typeof import('picomatch')

export { packageMajor } from './package-manager.ts'

/** A project that cannot be worked on. The message says what is wrong, where, and what to do next. */
export class ProjectError extends Error {
  /** The file that decides it, and its 1-based line where one does. */
  readonly path: string
  readonly line: number | undefined
  constructor(message: string, path: string, line?: number) {
    super(message)
    this.name = 'ProjectError'
    this.path = path
    this.line = line
  }
}

const supported = 'hot-codemod supports AdonisJS 6 and 7 today'

/**
 * The project that `directory` is in, whatever its framework: that of the nearest package.json upward.
 *
 * @param options what decides instead of the scripts of package.json and the running Node.js.
 * @throws {ProjectError} when there is no package.json, it is not JSON, or it holds values of wrong types.
 * @throws {UnreadableFile} when package.json cannot be read or is not UTF-8.
 */
export function readProject(directory: string, options: RuntimeOptions = {}): Project {
  const { root, path, text } = nearestManifest(resolve(directory))
  return projectOf(root, path, text, parseManifest(text, path), options)
}

function projectOf(
  root: string,
  path: string,
  text: string,
  packageJson: PackageJson,
  options: RuntimeOptions,
): Project {
  const framework = frameworkOf(root, packageJson)
  return {
    root,
    packageJsonPath: path,
    framework,
    runtime: runtimeOf(root, packageJson, text, framework.name, options),
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

function isAdonisApplication(root: string, { dependencies, devDependencies }: PackageJson): boolean {
  if (dependencies?.['@adonisjs/core'] !== undefined) return true
  const declared = devDependencies?.['@adonisjs/core'] !== undefined
  return hasRcFile(root) && (declared || installedVersion(root, '@adonisjs/core') !== undefined)
}

/**
 * The AdonisJS application that `directory` is in: that of the nearest package.json upward.
 *
 * The major version of AdonisJS is that of the installed @adonisjs/core, else the lowest that its range in
 * package.json allows (`catalog:` is looked up in pnpm-workspace.yaml or .yarnrc.yml). Where neither is known, that
 * of @adonisjs/assembler decides (7 comes with AdonisJS 6, 8 with 7), and last the `indexEntities` hook or
 * `#generated/*` imports, which are new in 7, in a project that has an adonisrc file.
 *
 * @throws {ProjectError} when there is no such project, or it is not an ESM application on AdonisJS 6 or later.
 * @throws {UnreadableFile} when package.json cannot be read or is not UTF-8.
 */
export function openProject(directory: string): Project {
  const { root, path, text } = nearestManifest(resolve(directory))
  const packageJson = parseManifest(text, path)
  requireApplication(root, path, packageJson)
  const adonis = adonisMajor(root, packageJson)
  const core = lineOf(text, ['dependencies', '@adonisjs/core']) ?? lineOf(text, ['devDependencies', '@adonisjs/core'])
  if (adonis === undefined) {
    throw new ProjectError(
      `${at(path, core)} does not say which version of @adonisjs/core it uses, and none is installed. Install the dependencies and run again.`,
      path,
      core,
    )
  }
  if (adonis < 6) {
    throw new ProjectError(
      `${at(path, core)} uses AdonisJS ${adonis}. ${supported}. Upgrade the application to AdonisJS 6 and run again.`,
      path,
      core,
    )
  }
  requireModules(text, path, packageJson)
  return projectOf(root, path, text, packageJson, {})
}

function nearestManifest(directory: string): { root: string; path: string; text: string } {
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

function parseManifest(text: string, path: string): PackageJson {
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

function requireApplication(root: string, path: string, packageJson: PackageJson): void {
  if (isAdonisApplication(root, packageJson)) return
  const declared = { ...packageJson.devDependencies, ...packageJson.dependencies }
  if ('@adonisjs/core' in declared) {
    throw new ProjectError(
      `${path} has @adonisjs/core only in devDependencies and there is no adonisrc.ts beside it: it is a package for AdonisJS, not an application. ${supported}; run it in the directory of an application.`,
      path,
    )
  }
  const workspaces = adonisWorkspaces(root)
  if (workspaces.length > 0) {
    throw new ProjectError(
      `${path} is the root of a workspace and does not depend on @adonisjs/core itself. Run hot-codemod in one of the directories that do: ${workspaces.join(', ')}.`,
      path,
    )
  }
  const found = otherFrameworks.filter((name) => name in declared)
  const instead =
    found.length === 0
      ? 'it does not depend on @adonisjs/core'
      : `it depends on ${found.join(' and ')}, not on @adonisjs/core`
  throw new ProjectError(
    `${path} is not an AdonisJS application: ${instead}. ${supported}; run it in the directory of such an application.`,
    path,
  )
}

const otherFrameworks = [
  '@adonisjs/framework',
  '@feathersjs/feathers',
  '@hapi/hapi',
  '@nestjs/core',
  '@trpc/server',
  'elysia',
  'express',
  'fastify',
  'h3',
  'hono',
  'koa',
  'next',
  'nitropack',
  'nuxt',
  'polka',
  'restify',
]

function requireModules(text: string, path: string, { type }: PackageJson): void {
  if (type === 'module') return
  const line = lineOf(text, ['type'])
  const what = type === undefined ? 'has no "type": "module"' : `has "type": ${JSON.stringify(type)}`
  throw new ProjectError(
    `${at(path, line)} ${what}, so Node.js runs the application as CommonJS, and hot-hook reloads ES modules only. Set "type": "module", which AdonisJS 6 needs, and run again.`,
    path,
    line,
  )
}

function adonisMajor(root: string, packageJson: PackageJson): number | undefined {
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

/** The workspaces of `root` that depend on @adonisjs/core, relative to it, in the order of their names. */
function adonisWorkspaces(root: string): string[] {
  const patterns = workspacePatterns(root).map((pattern) => pattern.replace(/^(!?)\.\//, '$1').replace(/\/$/, ''))
  const included = patterns.filter((pattern) => !pattern.startsWith('!'))
  if (included.length === 0) return []
  const ignore = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  const isWorkspace = picomatch(included, { ignore })
  const depth = Math.max(...included.map((pattern) => (pattern.includes('**') ? Infinity : pattern.split('/').length)))
  return directoriesBelow(root, depth)
    .map((directory) => relative(root, directory).replaceAll('\\', '/'))
    .filter((directory) => isWorkspace(directory) && dependsOnAdonis(join(root, directory)))
    .sort()
}

function directoriesBelow(directory: string, depth: number): string[] {
  if (depth === 0) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map((entry) => join(directory, entry.name))
    .flatMap((child) => [child, ...directoriesBelow(child, depth - 1)])
}

function dependsOnAdonis(directory: string): boolean {
  const manifest = readManifest(join(directory, 'package.json'))
  return [manifest?.['dependencies'], manifest?.['devDependencies']].some(
    (section) => isRecord(section) && '@adonisjs/core' in section,
  )
}

function lineOf(text: string, path: JsonPath): number | undefined {
  return jsonPosition(text, path)?.line
}

function at(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`
}
