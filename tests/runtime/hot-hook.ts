import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { observe, type Edit, type Observations } from '../../src/verify/observe.ts'
import type { Launch } from '../../src/verify/session.ts'
import { cached, nodeBinary, npmInstall } from './node.ts'

export type NodeMajor = 20 | 22 | 24
/** What strips types. `native`: Node itself. */
export type Loader = 'none' | 'native' | 'tsx' | 'tsx-4.21' | 'ts-node'

/** A small application, written out, and how it is run. */
export interface App {
  /** Text by path. A `src/serve.mjs` that exports `serve(routes)` is added. */
  readonly files: Readonly<Record<string, string>>
  /** More files, of which nothing is shown. */
  readonly others?: Readonly<Record<string, string>>
  /** Relative to `directory`. */
  readonly entry: string
  readonly urls: readonly string[]
  /** `hotHook` in package.json; `{root}` stands for the absolute path of the root of `files`. */
  readonly hotHook?: object
  /** The rest of package.json; `type` is `module` unless given. */
  readonly packageJson?: Readonly<Record<string, unknown>>
  /** Where package.json is and the process runs, relative to the root of `files`. */
  readonly directory?: string
  /** Name of the directory that holds `files`, inside a temporary one; `app` unless given. */
  readonly parent?: string
  /** Symbolic links: where each leads, by path, both relative to the root of `files`. */
  readonly links?: Readonly<Record<string, string>>
  readonly loader?: Loader
  /** Arguments of node before the entry, in place of the loader and `--import=hot-hook/register`. */
  readonly flags?: readonly string[]
  readonly watcher?: Launch['watcher']
  readonly env?: Readonly<Record<string, string>>
}

const packages = {
  tsx: '4.23.15',
  'ts-node-maintained': '10.9.6',
  '@swc/core': '1.16.22',
  typescript: '5.9.3',
  fastify: '5.12.8',
  '@fastify/autoload': '6.5.0',
}

const loaderFlags: Readonly<Record<Loader, readonly string[]>> = {
  none: [],
  native: [],
  tsx: ['--import=tsx'],
  'tsx-4.21': ['--import=tsx'],
  'ts-node': ['--import=ts-node-maintained/register/esm'],
}

/** Answers `GET <route>` with what the function of that name gives, and 500 with the stack when it throws. */
const serve = `import { createServer } from 'node:http'

export function serve(routes) {
  const server = createServer(async (request, response) => {
    try {
      response.end(String(await routes[request.url]()))
    } catch (error) {
      response.writeHead(500).end(String(error?.stack))
    }
  })
  server.listen(Number(process.env.PORT), '127.0.0.1')
}
`

/** The node_modules with what an application needs, installed from npm the first time. */
async function installPackages(loader: Loader, hotHook: string): Promise<string> {
  const dependencies = { 'hot-hook': hotHook, ...packages, ...(loader === 'tsx-4.21' && { tsx: '4.21.0' }) }
  const digest = createHash('sha256').update(JSON.stringify(dependencies)).digest('hex').slice(0, 12)
  return join(await cached(`hot-hook-${digest}`, (folder) => npmInstall(folder, dependencies)), 'node_modules')
}

const outsideOfVitest = { NODE_NO_WARNINGS: '1', NODE_ENV: undefined, NODE_OPTIONS: undefined, VITEST: undefined }

/** An application on disk, ready to run. */
export interface Installed {
  /** Where it runs: real and absolute. */
  readonly directory: string
  readonly launch: Launch
  remove(): Promise<void>
}

/** Writes an application to a fresh temporary directory, with a node_modules that links into the test cache. */
export async function install(app: App, major: NodeMajor, hotHookVersion = '1.0.0'): Promise<Installed> {
  const { loader = 'none', watcher = 'parent' } = app
  const top = await realpath(await mkdtemp(join(tmpdir(), 'hot-codemod-reload-')))
  const root = join(top, app.parent ?? 'app')
  const directory = join(root, app.directory ?? '')
  const flags = app.flags ?? [...loaderFlags[loader], '--import=hot-hook/register']
  const packageJson = {
    name: 'app',
    type: 'module',
    scripts: { dev: ['node', ...flags, app.entry].join(' ') },
    ...app.packageJson,
    ...(app.hotHook && { hotHook: app.hotHook }),
  }
  await write(join(directory, 'src/serve.mjs'), serve)
  await write(join(directory, 'package.json'), JSON.stringify(packageJson, null, 2).replaceAll('{root}', root))
  for (const [path, text] of Object.entries({ ...app.files, ...app.others })) await write(join(root, path), text)

  const modules = await installPackages(loader, hotHookVersion)
  await mkdir(join(directory, 'node_modules'), { recursive: true })
  for (const name of await readdir(modules)) {
    if (!name.startsWith('.')) await symlink(join(modules, name), join(directory, 'node_modules', name), 'junction')
  }
  for (const [path, target] of Object.entries(app.links ?? {})) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await symlink(join(root, target), join(root, path), 'junction')
  }
  const launch: Launch = {
    directory,
    node: await nodeBinary(major),
    args: [...flags, app.entry],
    entry: app.entry,
    watcher,
    env: { ...outsideOfVitest, ...app.env },
  }
  return { directory, launch, remove: () => rm(top, { recursive: true, force: true }) }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/**
 * Saves one file after the other in a running application, and gives what hot-hook did of each. The first word of the
 * form `name=1` in a file becomes `name=2`, which the answers have to show; see `observe`.
 *
 * @param edited keys of `app.files`, or other files of the application; the result has these names too.
 */
export async function runUnderHotHook(
  { launch }: Installed,
  { files, urls, directory = '' }: App,
  edited: readonly string[],
): Promise<Observations> {
  const names = new Map(edited.map((file) => [posix.relative(directory, file), file]))
  const edits = [...names].map(([file, name]): Edit => {
    const word = /\b\w+=(?=1\b)/.exec(files[name] ?? '')?.[0]
    return word === undefined ? { file } : { file, word: { from: `${word}1`, to: `${word}2` } }
  })
  const observations = await observe(launch, urls, edits)
  const byName = Object.entries(observations.files).map(([file, observation]) => [names.get(file)!, observation])
  return { ...observations, files: Object.fromEntries(byName) }
}
