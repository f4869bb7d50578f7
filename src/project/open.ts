import { resolve } from 'node:path'
import { commonJsProblem } from './commonjs.ts'
import { workspacePatterns, type PackageManagerOptions } from './package-manager.ts'
import { ProjectError } from './error.ts'
import type { PackageJson, Project } from './project.ts'
import {
  adonisMajor,
  at,
  isAdonisApplication,
  lineOf,
  nearestManifest,
  parseManifest,
  projectOf,
  type Manifest,
} from './read.ts'
import { sayServers, serversBelow } from './servers-below.ts'

export { packageMajor } from './package-manager.ts'
export { readProject } from './read.ts'

const supportedAdonis = 'hot-codemod supports AdonisJS 6 and 7 today'
const supported = 'AdonisJS 6 and 7, Express 4 and 5, Fastify 4 and 5, Hono, Koa 2 and 3, and node:http'
const readers = '`hot-codemod doctor`, `explain` and `graph` work here too.'
const guides = 'https://github.com/hot-codemod/hot-codemod/blob/main/docs/frameworks'

/**
 * The server that `directory` is in, to be migrated: that of the nearest package.json upward.
 *
 * It is an application of AdonisJS 6 or later, or a server on Express 4 or 5, Fastify 4 or 5, Hono, Koa or node:http.
 * Its entry is an ES module at run time: by its extension, or by `type` of the package.json nearest to it. The syntax
 * says nothing: compilers and tsx make CommonJS of imports (facts: the reload tests, `not-esm` of doctor).
 *
 * The major version of AdonisJS is that of the installed @adonisjs/core, else the lowest that its range in
 * package.json allows (`catalog:` is looked up in pnpm-workspace.yaml or .yarnrc.yml). Where neither is known, that
 * of @adonisjs/assembler decides (7 comes with AdonisJS 6, 8 with 7), and last the `indexEntities` hook or
 * `#generated/*` imports, which are new in 7, in a project that has an adonisrc file.
 *
 * @throws {ProjectError} when there is no such project: another framework, CommonJS, the root of a workspace.
 * @throws {UnreadableFile} when package.json cannot be read or is not UTF-8.
 */
export function openProject(directory: string, options: PackageManagerOptions = {}): Project {
  const manifest = nearestManifest(resolve(directory))
  const packageJson = parseManifest(manifest)
  if (isAdonisApplication(manifest.root, packageJson)) return openAdonis(manifest, packageJson, options)
  const project = projectOf(manifest, packageJson, options)
  requireFramework(manifest, project)
  requireModules(manifest, project)
  return project
}

function openAdonis(manifest: Manifest, packageJson: PackageJson, options: PackageManagerOptions): Project {
  const { root, path, text } = manifest
  const adonis = adonisMajor(root, packageJson)
  const core = lineOfDependency(text, '@adonisjs/core')
  if (adonis === undefined) throw unknownVersion(manifest, '@adonisjs/core')
  if (adonis < 6) {
    throw new ProjectError(
      `${at(path, core)} uses AdonisJS ${adonis}. ${supportedAdonis}. Upgrade the application to AdonisJS 6 and run again.`,
      path,
      core,
    )
  }
  if (packageJson.type !== 'module') {
    const line = lineOf(text, ['type'])
    const { type } = packageJson
    const what = type === undefined ? 'has no "type": "module"' : `has "type": ${JSON.stringify(type)}`
    throw new ProjectError(
      `${at(path, line)} ${what}, so Node.js runs the application as CommonJS, and hot-hook reloads ES modules only. Set "type": "module", which AdonisJS 6 needs, and run again.`,
      path,
      line,
    )
  }
  return projectOf(manifest, packageJson, options)
}

function requireFramework(manifest: Manifest, project: Project): void {
  const { path, text } = manifest
  const { packageJson, framework, runtime } = project
  const declared = { ...packageJson.devDependencies, ...packageJson.dependencies }
  if ('@adonisjs/core' in declared) {
    throw new ProjectError(
      `${path} has @adonisjs/core only in devDependencies and there is no adonisrc.ts beside it: it is a package for AdonisJS, not an application. ${supportedAdonis}; run it in the directory of an application.`,
      path,
    )
  }
  const refused = REFUSALS.find(({ applies }) => applies(project, declared))
  if (refused !== undefined) {
    const name = refused.packages.find((candidate) => candidate in declared)!
    const line = lineOfDependency(text, name)
    throw new ProjectError(`${at(path, line)} depends on ${name}. ${refused.why} ${readers}`, path, line)
  }
  if (runtime.entry === undefined || (framework.name === 'node' && runtime.script === undefined)) {
    requireServer(manifest, project)
  }
  const [lowest, highest] = MAJORS[framework.name] ?? [0, Infinity]
  const { name, major } = framework
  if (major >= lowest && major <= highest) return
  if (major === 0) throw unknownVersion(manifest, name)
  const line = lineOfDependency(text, name)
  const next = major < lowest ? `Upgrade to ${name} ${lowest} or later and run again.` : readers
  throw new ProjectError(
    `${at(path, line)} uses ${name} ${major}. hot-codemod migrates ${supported}. ${next}`,
    path,
    line,
  )
}

/** Majors whose rules are known. The forms differ, so it has to be known which one it is. */
const MAJORS: Partial<Record<Project['framework']['name'], readonly [lowest: number, highest: number]>> = {
  express: [4, 5],
  fastify: [4, 5],
}

function requireServer({ root, path }: Manifest, { framework, runtime }: Project): void {
  const servers = serversBelow(root)
  if (servers.directories.length > 0) {
    const isRoot = workspacePatterns(root).length > 0
    const what = isRoot ? 'is the root of a workspace and starts' : 'starts'
    const or = isRoot ? ', or pass --workspaces' : ''
    throw new ProjectError(
      `${path} ${what} no server itself. Run hot-codemod in one of the directories that ${sayServers(servers)}${or}.`,
      path,
    )
  }
  if (framework.name !== 'node' || runtime.entry !== undefined) return
  throw new ProjectError(
    `${path} depends on no framework that is known, and no module was found that a server starts with. hot-codemod migrates ${supported}. Run it in the directory of such a server, or add a "dev" script that starts it.`,
    path,
  )
}

interface Refusal {
  readonly packages: readonly string[]
  /** Sentences: why it is not migrated, and what there is instead. */
  readonly why: string
  applies(project: Project, declared: Readonly<Record<string, string>>): boolean
}

/** A framework of its own around, or in place of, those that are migrated. */
function outer(packages: readonly string[], why: string): Refusal {
  return { packages, why, applies: (_, declared) => packages.some((name) => name in declared) }
}

/** A framework that servers on another one also depend on: it counts where no other is found. */
function alone(packages: readonly string[], why: string): Refusal {
  return {
    packages,
    why,
    applies: ({ framework }, declared) => framework.name === 'node' && packages.some((name) => name in declared),
  }
}

/** Development servers of their own. A server beside them, started by its own script, is another matter. */
function withOwnServer(packages: readonly string[], title: string): Refusal {
  return {
    packages,
    why: `${title} has a development server of its own, in which hot-hook has no part.`,
    applies: ({ runtime }, declared) => runtime.script === undefined && packages.some((name) => name in declared),
  }
}

const unknown = `hot-codemod does not know which of its calls take code that could be imported per request. It migrates ${supported}.`

const REFUSALS: readonly Refusal[] = [
  {
    ...outer(
      ['@nestjs/core'],
      `NestJS reads the metadata of its controllers once, when it starts, so no controller can be a boundary of hot-hook: imported lazily, its edits would be reported as reloaded and have no effect. Nothing was changed. What works on ES modules is to import the application as a whole per request, which is experimental: ${guides}/nestjs.md.`,
    ),
    applies: ({ framework }) => framework.name === 'nestjs',
  },
  {
    ...outer(
      ['@forinda/kickjs', '@forinda/kickjs-core', '@forinda/kickjs-http', 'kickjs'],
      `\`kick dev\` reloads a KickJS application through Vite, and hot-hook sees none of its modules. Nothing has to be migrated; the preset \`hotCodemod.configs.kickjs\` finds what leaks on each of its reloads: ${guides}/kickjs.md.`,
    ),
    applies: ({ framework }) => framework.name === 'kickjs',
  },
  outer(['@adonisjs/framework'], `That is AdonisJS 4. ${supportedAdonis}. Upgrade the application and run again.`),
  outer(
    ['@feathersjs/feathers'],
    `Feathers registers services by instances that live as long as the server. ${unknown}`,
  ),
  withOwnServer(['next'], 'Next.js'),
  withOwnServer(['nuxt'], 'Nuxt'),
  withOwnServer(['nitropack', 'nitro'], 'Nitro'),
  {
    packages: ['wrangler'],
    why: 'The server runs on Cloudflare Workers, and hot-hook on Node.js only.',
    applies: ({ runtime }, declared) =>
      runtime.script === undefined && 'wrangler' in declared && !('@hono/node-server' in declared),
  },
  ...['@hapi/hapi', 'elysia', 'h3', 'polka', 'restify', '@trpc/server'].map((name) => alone([name], unknown)),
]

function requireModules(manifest: Manifest, project: Project): void {
  const problem = commonJsProblem(project, manifest.text)
  if (problem !== undefined) throw new ProjectError(`${problem.message}\n${readers}`, problem.path, problem.line)
}

function unknownVersion({ path, text }: Manifest, name: string): ProjectError {
  const line = lineOfDependency(text, name)
  return new ProjectError(
    `${at(path, line)} does not say which version of ${name} it uses, and none is installed. Install the dependencies and run again.`,
    path,
    line,
  )
}

function lineOfDependency(text: string, name: string): number | undefined {
  return lineOf(text, ['dependencies', name]) ?? lineOf(text, ['devDependencies', name])
}
