import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'

const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/
const SKIPPED = new Set(['node_modules', 'build', 'dist', 'coverage', 'tmp'])

/** Whether a path names a module of JavaScript or TypeScript, declarations left out. */
export function isSourceFile(path: string): boolean {
  return SOURCE.test(path)
}

/**
 * The project's own source files: those git tracks or would track, so that ignored and generated files stay out;
 * in a directory git does not know, every one outside node_modules, build output and dot directories.
 *
 * @param root absolute.
 * @param snapshot the project as it was read once: for the same object, the files are those of its first listing.
 * @returns absolute paths, sorted.
 */
export function listSourceFiles(root: string, snapshot?: object): string[] {
  return listFiles(root, SOURCE, snapshot)
}

/** The project's own declaration files, by the same rules. */
export function listDeclarationFiles(root: string, snapshot?: object): string[] {
  return listFiles(root, /\.d\.[cm]?ts$/, snapshot)
}

/** By root. A migration asks again after each codemod, and each time git takes longer than the plan of a small server. */
const listed = new WeakMap<object, Map<string, readonly string[]>>()

function namesIn(root: string, snapshot: object | undefined): readonly string[] {
  const known = snapshot && listed.get(snapshot)?.get(root)
  if (known) return known
  const names = filesOfGit(root) ?? walk(root)
  if (snapshot) listed.set(snapshot, new Map(listed.get(snapshot)).set(root, names))
  return names
}

function listFiles(root: string, pattern: RegExp, snapshot: object | undefined): string[] {
  return namesIn(root, snapshot)
    .filter((name) => pattern.test(name) && !name.split('/').includes('node_modules'))
    .sort()
    .map((name) => join(root, name))
}

function filesOfGit(root: string): string[] | undefined {
  try {
    const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '.'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const names = [...new Set(output.split('\0').filter(Boolean))]
    return names.length > 0 ? names : undefined
  } catch {
    return undefined
  }
}

function walk(root: string, below = ''): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return entry.name.startsWith('.') || SKIPPED.has(entry.name) ? [] : walk(root, name)
    return entry.isFile() ? [name] : []
  })
}

/** Whether `path` is a symbolic link: what it leads to is edited under its own name, if it is in the project at all. */
export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

/** The path that hot-hook compares: absolute, symbolic links resolved where there is such a file. */
export function realPath(path: string): string {
  const absolute = resolve(path)
  return existsSync(absolute) ? realpathSync(absolute) : absolute
}
