import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { WriteError } from './error.ts'
import { isWithin } from './paths.ts'

/** What a transaction changes. It is on disk before the first file is touched, and holds all that is needed to undo it. */
export interface Journal {
  readonly version: 1
  /** Sorts by time: `20261122T021500123Z-1a2b3c`. */
  readonly id: string
  /** `writing` or `undoing`, and no process at it: it was interrupted, and may be half done. */
  readonly state: 'writing' | 'written' | 'undoing'
  /** What the other paths are relative to; itself relative to the journal's directory, so that a project may move. */
  readonly root: string
  readonly files: readonly JournalFile[]
  /** The directories that the transaction makes, the outer ones first. */
  readonly directories: readonly string[]
}

export interface JournalFile {
  readonly path: string
  /** The text before, a BOM included; null for a file that the transaction creates. */
  readonly before: string | null
  /** SHA-256 of the text after, in hexadecimal. */
  readonly after: string
}

/** A journal, and the directory that it was found in. */
export interface FoundJournal {
  readonly directory: string
  readonly journal: Journal
}

/** How many transactions can be undone. */
const KEPT = 20

/** A new identifier of a transaction. */
export function createId(): string {
  const time = new Date().toISOString().replace(/[-:.]/g, '')
  return `${time}-${randomBytes(3).toString('hex')}`
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * Where journals may be, the best place first: in git's own directory, which `npm ci` does not empty, or in
 * node_modules/.cache of the project or above it.
 *
 * @param root absolute.
 */
export function journalDirectories(root: string): string[] {
  const git = firstAbove(root, gitDirectoryIn)
  const modules = firstAbove(root, (directory) => {
    const path = join(directory, 'node_modules')
    // Two projects may share one by a link, and each journal leads from where it is to its project.
    return isDirectory(path) ? realpathSync(path) : undefined
  })
  return [...(git === undefined ? [] : [git]), join(modules ?? join(root, 'node_modules'), '.cache')].map((path) =>
    join(path, 'hot-codemod'),
  )
}

function firstAbove(root: string, find: (directory: string) => string | undefined): string | undefined {
  for (let directory = root; ; directory = dirname(directory)) {
    const found = find(directory)
    if (found !== undefined || dirname(directory) === directory) return found
  }
}

/** `.git`, or what the file `.git` of another work tree or of a submodule leads to. */
function gitDirectoryIn(directory: string): string | undefined {
  const path = join(directory, '.git')
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (stat.isDirectory()) return realpathSync(path)
  const target = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1]
  const found = target === undefined ? undefined : resolve(directory, target)
  return found !== undefined && isDirectory(found) ? found : undefined
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** The journals of the project in `root`, or of one around or below it, the newest first. */
export function findJournals(root: string): FoundJournal[] {
  return allJournals(root)
    .filter((found) => touches(found, root))
    .sort((a, b) => (a.journal.id < b.journal.id ? 1 : -1))
}

/** The journals that are where those of `root` are: of its whole repository, for example. */
export function allJournals(root: string): FoundJournal[] {
  return journalDirectories(root).flatMap((directory) =>
    readJournals(directory).map((journal) => ({ directory, journal })),
  )
}

function touches({ directory, journal }: FoundJournal, root: string): boolean {
  return journal.files.some(({ path }) => isWithin(resolve(directory, journal.root, path), root))
}

function readJournals(directory: string): Journal[] {
  const names = isDirectory(directory) ? readdirSync(directory) : []
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => readJournal(join(directory, name)))
    .filter((journal) => journal !== undefined)
}

/** @returns undefined for a transaction of another version that is done: that version undoes it. */
function readJournal(path: string): Journal | undefined {
  let journal: Partial<Journal>
  try {
    journal = JSON.parse(readFileSync(path, 'utf8')) as Partial<Journal>
  } catch (error) {
    throw new WriteError(
      path,
      `${path} says what a migration changed, and cannot be read (${(error as Error).message}). Nothing was changed. See \`git status\` for what is half written, remove that file, and run again.`,
    )
  }
  if (journal.version === 1) return journal as Journal
  if (journal.state === 'written') return undefined
  throw new WriteError(
    path,
    `Another version of hot-codemod was interrupted: ${path} is its journal. Nothing was changed. Run \`undo\` of that version, and run again.`,
  )
}

/** Writes the journal so that it is there as a whole or not at all, also when the machine goes down. */
export function writeJournal(directory: string, journal: Journal): void {
  const path = join(directory, `${journal.id}.json`)
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w')
  try {
    writeFileSync(file, `${JSON.stringify(journal, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

export function removeJournal(directory: string, id: string): void {
  for (const name of [`${id}.json.tmp`, `${id}.json`]) rmSync(join(directory, name), { force: true })
}

/** Removes what processes left that were killed before their journal was there. Only for who has the lock. */
export function removeRemnants(directory: string): void {
  for (const name of readdirSync(directory)) {
    const owner = /^lock-(\d+)/.exec(name)?.[1]
    if (name.endsWith('.tmp') || (owner !== undefined && !isRunning(Number(owner))))
      rmSync(join(directory, name), { recursive: true, force: true })
  }
}

/** Removes the directories that were made for journals, where nothing is in them any more. */
export function removeDirectory(directory: string): void {
  const isInModules = basename(dirname(directory)) === '.cache'
  try {
    removeEmpty(isInModules ? [directory, dirname(directory), dirname(dirname(directory))] : [directory])
  } catch {
    // An empty directory is in nobody's way.
  }
}

/** Those of the directories that are empty, one after the other, up to the first that is not. */
export function removeEmpty(directories: readonly string[]): void {
  try {
    for (const directory of directories) rmdirSync(directory)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!/^(?:ENOTEMPTY|EEXIST|ENOENT|ENOTDIR)$/.test(code)) throw error
  }
}

/** Forgets the oldest journals of transactions that are done. */
export function pruneJournals(directory: string): void {
  try {
    const done = readJournals(directory).filter(({ state }) => state === 'written')
    const old = done.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(KEPT)
    for (const { id } of old) rmSync(join(directory, `${id}.json`), { force: true })
  } catch {
    // They take room, and nothing else.
  }
}

/**
 * Has the journals of a directory to itself, until the function that it returns is called.
 *
 * The lock is a directory with a file named as the process: it is renamed into place, so it is never there without its
 * owner, on any file system.
 *
 * @returns the number of the process that has it, where that is a running one.
 */
export function lockJournals(directory: string): (() => void) | number {
  const path = join(directory, 'lock')
  const own = `${path}-${process.pid}`
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, String(process.pid)), '')
  for (;;) {
    try {
      renameSync(own, path)
      return () => {
        try {
          rmSync(path, { recursive: true, force: true })
        } catch {
          // It is taken over when this process has ended.
        }
      }
    } catch (error) {
      if (!isDirectory(path)) throw error
    }
    const owner = lockOwner(directory)
    if (owner !== undefined && isAtWork(owner)) {
      rmSync(own, { recursive: true, force: true })
      return owner
    }
    takeAside(path)
  }
}

/** Removes a lock whose process has ended; another process may be doing the same, and have it already. */
function takeAside(path: string): void {
  const aside = `${path}-${process.pid}-aside`
  try {
    rmSync(aside, { recursive: true, force: true })
    renameSync(path, aside)
  } catch {
    return
  }
  const [owner] = readdirSync(aside)
  if (owner !== undefined && isAtWork(Number(owner))) renameSync(aside, path)
  else rmSync(aside, { recursive: true, force: true })
}

/** The process that has the journals of a directory to itself; undefined when none has. */
export function lockOwner(directory: string): number | undefined {
  const path = join(directory, 'lock')
  const [name] = isDirectory(path) ? readdirSync(path) : []
  return name === undefined ? undefined : Number(name)
}

/** Whether there is another process of that number. In a container, each run may have that of the one before. */
export function isAtWork(pid: number): boolean {
  return pid !== process.pid && isRunning(pid)
}

/** Whether there is a process of that number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
