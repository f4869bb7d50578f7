import { execFile } from 'node:child_process'
import { constants, existsSync, lstatSync, rmSync, statSync, type Dirent } from 'node:fs'
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { parseJson } from '../edits/json.ts'
import { isWithin } from '../edits/paths.ts'
import { readText } from '../edits/tree.ts'
import { openServer } from '../graph/server.ts'
import { repositoryOf } from '../project/git.ts'
import { ancestors, isRecord, repositoryDirectories, workspacePatterns } from '../project/package-manager.ts'
import { readProject } from '../project/read.ts'
import type { RuntimeOptions } from '../project/runtime.ts'
import { requirePackage } from '../require.ts'
import { VerifyError } from './error.ts'
import {
  codeOf,
  PREFIX,
  REMOVAL,
  removeAbandoned,
  removeDirectory,
  temporaryDirectory,
  unwritable,
} from './temporary.ts'

const picomatch = requirePackage('picomatch') as typeof import('picomatch')

/** A temporary copy of a project. */
export interface Copy {
  /** The copy of the directory that was copied: the workspace root or another directory above, else the project. */
  readonly top: string
  /** The project's directory in the copy, real. What the project's files import outside `top` was not copied. */
  readonly directory: string
  /** @throws {VerifyError} when the copy cannot be removed. Does nothing the second time. */
  remove(): Promise<void>
}

/** Not copied: the metadata of version control, and what build tools keep for themselves and make anew. */
const LEFT_OUT = new Set([
  '.git',
  '.hg',
  '.jj',
  '.svn',
  '.angular',
  '.cache',
  '.next',
  '.nuxt',
  '.parcel-cache',
  '.svelte-kit',
  '.turbo',
])

/** What tools write to in node_modules: empty in the copy. */
const WRITTEN = new Set(['.cache', '.vite', '.vite-temp', '.vitest'])

/** Where the copy is made from and to. */
interface Job {
  /** The directory that is copied, absolute and real. */
  readonly tree: string
  /** The temporary directory. The copy's path in it is the whole path of the original. */
  readonly temporary: string
  /** The first one ends the copying. */
  readonly errors: unknown[]
}

/**
 * Copies a project into a temporary directory, so that it can be started and edited there: the workspace root that it
 * belongs to, or the directory above that holds all files that it imports by relative paths or its tsconfig.json
 * extends; else its own directory.
 *
 * - Files are copied, those that git ignores too, with copy-on-write where the file system has it. Version control, and
 *   the directories of build tools in `LEFT_OUT`, are not: they may be large, and are made anew.
 * - Symbolic links inside the copied directory lead to the same place in the copy, others to where they led.
 * - A node_modules, also one above the copied directory, becomes a directory of links to the original's packages. Those
 *   that are links to a package in the copied directory lead to its copy. With Yarn PnP there is none, and .pnp.cjs is
 *   copied with its cache.
 * - Below the root of the git repository, what lies beside the copied directory and above it is linked.
 * - The copy has a git repository of its own, with the original's index, objects and HEAD, so that git lists the same
 *   files there. Git writes nothing to the original's.
 *
 * Removed when the process exits, if not before; what an earlier process left behind is removed first.
 *
 * @param root the directory of the package.json, absolute and real.
 * @param options as for `readProject`.
 * @throws {VerifyError} when the temporary directory cannot be written, or a file of the project cannot be read. Nothing
 *   is left behind.
 * @throws {ProjectError} as `readProject`.
 */
export async function copyProject(root: string, options: RuntimeOptions = {}): Promise<Copy> {
  const tree = treeOf(root, options)
  await removeAbandoned()
  const temporary = await temporaryDirectory()
  const job: Job = { tree, temporary, errors: [] }
  const onExit = (): void => {
    try {
      rmSync(temporary, REMOVAL)
    } catch {
      // The next process tries again.
    }
  }
  process.once('exit', onExit)
  const remove = async (): Promise<void> => {
    await removeDirectory(temporary)
    process.off('exit', onExit)
  }
  await Promise.all([
    copyDirectory(job, tree, counterpart(job, tree)),
    ...ancestors(tree)
      .slice(1)
      .map((directory) => attempt(job, directory, () => linkLevel(job, directory))),
    attempt(job, tree, () => makeRepository(job)),
  ])
  await attempt(job, tree, () => relocatePnp(job))
  if (job.errors.length > 0) {
    await remove()
    throw job.errors[0]
  }
  return { top: counterpart(job, tree), directory: counterpart(job, root), remove }
}

/**
 * Puts the files of a git revision in place of those that git tracks now. Others stay: those it ignores, such as .env,
 * and new ones that were not added. The original's index, work tree and metadata are not written.
 *
 * @param copy of the project in `root`.
 * @param ref any revision of the repository that the project is in: a branch, a tag, `HEAD~1`.
 * @throws {VerifyError} when it is in no git repository, or there is no such revision, or it does not have the project.
 */
export async function checkOut(copy: Copy, root: string, ref: string): Promise<void> {
  const repository = await topOf(root)
  const commit = await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
  if (commit === undefined) {
    throw new VerifyError(
      `There is no revision "${ref}" in ${repository}. Name a branch, a tag or a commit, as \`git log\` shows them, or fetch it.`,
    )
  }
  const tree = resolve(root, relative(copy.directory, copy.top))
  const target = resolve(copy.top, relative(tree, repository))
  const below = relative(repository, tree).split(sep).join('/')
  const paths = below === '' ? '.' : `:(literal)${below}`
  const index = join(target, '.git/index')
  const env = { GIT_INDEX_FILE: index }
  const revision = commit.trim()

  const project = relative(repository, join(root, 'package.json')).split(sep).join('/')
  if ((await git(repository, ['cat-file', '-e', `${revision}:${project}`])) === undefined) {
    throw new VerifyError(`Revision "${ref}" has no ${project}. Name one in which the application exists.`)
  }
  const before = await requireGit(repository, ['ls-files', '-z', '--', paths])
  await removeFiles(namesIn(before).map((name) => join(target, name)))
  await rm(index, { force: true })
  await requireGit(repository, ['read-tree', revision], { env })
  const after = await requireGit(repository, ['ls-files', '-z', '--', paths], { env })
  await requireGit(repository, ['checkout-index', '--force', '--quiet', '-z', '--stdin', `--prefix=${target}/`], {
    env,
    input: after,
  })
  await writeFile(join(target, '.git/HEAD'), `${revision}\n`)
}

/** @throws {VerifyError} */
async function topOf(root: string): Promise<string> {
  const top = await git(root, ['rev-parse', '--show-toplevel'])
  if (top !== undefined) return realpath(top.trim())
  throw new VerifyError(
    `${root} is not in a git repository, or git is not installed. Compare with a directory instead of a revision.`,
  )
}

/** Removes files that are there, but none below a link: it may lead to the original, as those in node_modules do. */
async function removeFiles(paths: readonly string[]): Promise<void> {
  const directories = [...new Set(paths.map((path) => dirname(path)))]
  const isReal = async (path: string): Promise<boolean> => (await realpath(path).catch(() => undefined)) === path
  const areReal = await Promise.all(directories.map(isReal))
  const real = new Set(directories.filter((_, index) => areReal[index]))
  await Promise.all(paths.filter((path) => real.has(dirname(path))).map((path) => unlink(path).catch(() => {})))
}

function namesIn(output: string): string[] {
  return output.split('\0').filter(Boolean)
}

/** The directory that {@link copyProject} copies. */
export function treeOf(root: string, options: RuntimeOptions = {}): string {
  const workspace = workspaceOf(root)
  const repository = repositoryOf(root)
  if (workspace === repository) return workspace
  let tree = workspace
  for (const path of filesOf(root, options)) {
    if (repository !== undefined && !isWithin(path, repository)) continue
    const above = ancestors(tree).find((directory) => isWithin(path, directory))
    if (above !== undefined && (repository !== undefined || isOfOneProject(above))) tree = above
  }
  return tree
}

/** Outside git nothing says where a project ends: it is not all of the user's files, nor all temporary ones. */
function isOfOneProject(directory: string): boolean {
  return ![homedir(), tmpdir()].some((other) => isWithin(other, directory))
}

/** The root of the workspace that the package in `root` is a member of, and so on upward; else `root`. */
function workspaceOf(root: string): string {
  const above = repositoryDirectories(root)
    .slice(1)
    .find((directory) => isMember(relative(directory, root).split(sep).join('/'), workspacePatterns(directory)))
  return above === undefined ? root : workspaceOf(above)
}

function isMember(name: string, patterns: readonly string[]): boolean {
  const globs = patterns.map((pattern) => pattern.replace(/^(!?)\.\//, '$1').replace(/\/$/, ''))
  const included = globs.filter((glob) => !glob.startsWith('!'))
  const ignore = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1))
  return included.length > 0 && picomatch(included, { ignore })(name)
}

/** The files outside node_modules that the project cannot do without, wherever they are. */
function filesOf(root: string, options: RuntimeOptions): string[] {
  const { files } = openServer(readProject(root, options)).reload()
  return [...files.keys(), ...tsconfigs(join(root, 'tsconfig.json'))]
}

/** The tsconfig.json and those that it extends by relative paths. */
function tsconfigs(path: string, seen: ReadonlySet<string> = new Set()): string[] {
  const text = seen.has(path) ? undefined : readText(path)
  if (text === undefined) return []
  const below = extendedBy(path, text).flatMap((name) => {
    const extended = resolve(dirname(path), name)
    const candidates = [extended, `${extended}.json`, join(extended, 'tsconfig.json')]
    return candidates.filter((candidate) => isFile(candidate)).slice(0, 1)
  })
  return [path, ...below.flatMap((extended) => tsconfigs(extended, new Set([...seen, path])))]
}

function extendedBy(path: string, text: string): string[] {
  try {
    const config = parseJson(text, path, { comments: true })
    const names = isRecord(config) ? [config['extends']].flat() : []
    return names.filter((name) => typeof name === 'string').filter((name) => name.startsWith('.') || isAbsolute(name))
  } catch {
    return []
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

/** Where a path of the original is in the copy. */
function counterpart({ temporary }: Job, path: string): string {
  return join(temporary, path.slice(parse(path).root.length))
}

/** Does nothing after an error, and keeps its own. What has vanished since it was listed is left out. */
async function attempt(job: Job, path: string, action: () => Promise<unknown>): Promise<void> {
  if (job.errors.length > 0) return
  try {
    await action()
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !isThere(path)) return
    job.errors.push(await explained(error, path))
  }
}

async function explained(error: unknown, path: string): Promise<unknown> {
  if (error instanceof VerifyError) return error
  const code = codeOf(error)
  if (['EDQUOT', 'ENOENT', 'ENOSPC', 'EROFS'].includes(code)) return unwritable(error)
  if (['EACCES', 'EPERM'].includes(code) && (await isReadable(path))) return unwritable(error)
  return new VerifyError(
    `${path} cannot be read (${code}), so the project cannot be copied. ` +
      'Make it readable, or move it out of the project, and run again.',
  )
}

async function isReadable(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r')
    await file.close()
    return true
  } catch {
    return false
  }
}

/** A link that leads nowhere is there too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

async function copyDirectory(job: Job, from: string, to: string): Promise<void> {
  await attempt(job, from, async () => {
    const [entries] = await Promise.all([readdir(from, { withFileTypes: true }), mkdir(to, { recursive: true })])
    await Promise.all(entries.map((entry) => copyEntry(job, entry, join(from, entry.name), join(to, entry.name))))
  })
}

async function copyEntry(job: Job, entry: Dirent, from: string, to: string): Promise<void> {
  const { name } = entry
  if (LEFT_OUT.has(name) || name.startsWith(PREFIX)) return
  if (name === 'node_modules') return attempt(job, from, () => linkModules(job, from, to))
  if (entry.isDirectory()) return copyDirectory(job, from, to)
  if (entry.isSymbolicLink()) return attempt(job, from, () => copyLink(job, from, to))
  if (entry.isFile()) return attempt(job, from, () => copyFile(from, to, constants.COPYFILE_FICLONE))
}

async function copyLink(job: Job, from: string, to: string): Promise<void> {
  const text = await readlink(from)
  const target = resolve(dirname(from), text)
  if (!isWithin(target, job.tree)) return link(target, to, target)
  await link(isAbsolute(text) ? counterpart(job, target) : text, to, target)
}

/** @param original what the link leads to, or the original of that: Windows has links of two kinds. */
async function link(target: string, path: string, original: string): Promise<void> {
  if (process.platform !== 'win32') return symlink(target, path)
  const found = await stat(original).catch(() => undefined)
  if (found?.isDirectory() === true) return symlink(resolve(dirname(path), target), path, 'junction')
  // Links to files need a privilege.
  await symlink(target, path, 'file').catch(() => copyFile(original, path, constants.COPYFILE_FICLONE))
}

/** A node_modules: a directory of links to what is in the original. */
async function linkModules(job: Job, from: string, to: string): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true })
  await mkdir(to, { recursive: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [path, copy] = [join(from, entry.name), join(to, entry.name)]
      if (WRITTEN.has(entry.name)) await mkdir(copy)
      else if (entry.isDirectory() && isGroup(entry.name)) await linkModules(job, path, copy)
      else await attempt(job, path, async () => link(await packageAt(job, entry, path), copy, path))
    }),
  )
}

/** Whether an entry of node_modules holds entries of several packages. */
function isGroup(name: string): boolean {
  return name.startsWith('@') || name === '.bin'
}

/** Where the copy of an entry of node_modules leads: to the copy of a package of the workspace, else to the original. */
async function packageAt(job: Job, entry: Dirent, path: string): Promise<string> {
  if (!entry.isSymbolicLink()) return path
  const real = await realpath(path).catch(() => path)
  const isOwn = isWithin(real, job.tree) && !relative(job.tree, real).split(sep).includes('node_modules')
  return isOwn ? counterpart(job, real) : path
}

/** Yarn PnP: .pnp.cjs names packages by their paths from itself, also those in the cache in the user's home directory. */
async function relocatePnp(job: Job): Promise<void> {
  const { tree } = job
  const to = counterpart(job, tree)
  for (const path of ['.pnp.cjs', '.pnp.data.json'].map((name) => join(to, name)).filter(isFile)) {
    const text = await readFile(path, 'utf8')
    const relocated = text.replace(/("packageLocation": ")(\.\.\/[^"]*)/g, (whole, key: string, location: string) => {
      const target = resolve(tree, location)
      return isWithin(target, tree) ? whole : `${key}${relative(to, target).split(sep).join('/')}/`
    })
    if (relocated !== text) await writeFile(path, relocated)
  }
}

/** Links what a directory above the copied one holds: node_modules and, in its git repository, everything. */
async function linkLevel(job: Job, directory: string): Promise<void> {
  const to = counterpart(job, directory)
  const modules = join(directory, 'node_modules')
  if (existsSync(modules)) await linkModules(job, modules, join(to, 'node_modules'))
  const repository = repositoryOf(job.tree)
  if (repository === undefined || !isWithin(directory, repository)) return
  await mkdir(to, { recursive: true })
  await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const path = join(directory, name)
      if (name === '.git' || name === 'node_modules' || isWithin(job.tree, path)) return
      // Git does not read .gitignore and .gitattributes by a link.
      if (name.startsWith('.git') && isFile(path)) await copyFile(path, join(to, name))
      else await link(path, join(to, name), path)
    }),
  )
}

/** A git repository for the copy; an empty .git where git does not know the original's, to end searches upward there. */
async function makeRepository(job: Job): Promise<void> {
  const repository = repositoryOf(job.tree)
  if (repository === undefined) return
  const to = counterpart(job, repository)
  const metadata = join(to, '.git')
  await mkdir(metadata, { recursive: true })
  const places = await git(repository, [
    'rev-parse',
    ...['objects', ...METADATA].flatMap((name) => ['--git-path', name]),
  ])
  const top = await git(repository, ['rev-parse', '--show-toplevel'])
  if (places === undefined || top === undefined || (await realpath(top.trim())) !== repository) return
  const head = (await git(repository, ['rev-parse', '--verify', '--quiet', 'HEAD']))?.trim()
  const format = head?.length === 64 ? ['--object-format=sha256'] : []
  await requireGit(to, ['init', '--quiet', '--template=', ...format])
  await mkdir(join(metadata, 'info'), { recursive: true })
  const [objects = '', ...files] = places
    .trim()
    .split('\n')
    .map((path) => resolve(repository, path))
  await mkdir(join(metadata, 'objects/info'), { recursive: true })
  await writeFile(join(metadata, 'objects/info/alternates'), `${objects}\n`)
  for (const [index, path] of files.entries()) {
    if (isFile(path)) await copyFile(path, join(metadata, METADATA[index] ?? ''))
  }
  if (head !== undefined) await writeFile(join(metadata, 'HEAD'), `${head}\n`)
}

/** What the copy's repository has of the original's, besides HEAD and what it reads there: the objects. */
const METADATA = ['index', 'info/exclude', 'shallow'] as const

const execFileAsync = promisify(execFile)

interface GitOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** @returns what git prints; `undefined` when it fails or is not installed. */
async function git(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<string | undefined> {
  return requireGit(cwd, args, options).catch(() => undefined)
}

/** @throws {VerifyError} when git fails. */
async function requireGit(cwd: string, args: readonly string[], { env, input = '' }: GitOptions = {}): Promise<string> {
  try {
    const running = execFileAsync('git', args, { cwd, env: { ...gitEnvironment(), ...env }, maxBuffer: 2 ** 28 })
    running.child.stdin?.on('error', () => {}).end(input)
    return (await running).stdout
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new VerifyError(`\`git ${args[0]}\` fails in ${cwd}: ${stderr.trim() || message}`)
  }
}

/** Without the variables of a git hook, which name another index and directory, and without locks on the user's index. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const local = new Set(['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY'])
  const rest = Object.entries(process.env).filter(([name]) => !local.has(name))
  return { ...Object.fromEntries(rest), GIT_OPTIONAL_LOCKS: '0' }
}
