import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { WriteError } from './error.ts'
import {
  allJournals,
  createId,
  findJournals,
  hashOf,
  isAtWork,
  journalDirectories,
  lockJournals,
  lockOwner,
  pruneJournals,
  removeDirectory,
  removeEmpty,
  removeJournal,
  removeRemnants,
  writeJournal,
  type FoundJournal,
  type Journal,
} from './journal.ts'
import { readText, type Change } from './tree.ts'

/** A transaction that is done. */
export interface Written {
  /** What `undo` takes. */
  readonly id: string
}

/** A transaction that was taken back. Paths are absolute. */
export interface Undone {
  readonly id: string
  /** Files that have their text of before again. */
  readonly restored: readonly string[]
  /** Files that are gone again. */
  readonly removed: readonly string[]
}

/**
 * Writes all changes or none.
 *
 * A journal is written first, then every new text to a temporary file beside its target; only then are these renamed,
 * one after the other. Mode and owner stay, and a symbolic link keeps leading to the file that is written. If anything
 * fails, all is put back; if the process is killed, {@link undo} does that.
 *
 * @param root directory that the journal is for: the project's, or the workspace's. Absolute.
 * @throws {WriteError} when a file changed since it was planned, or cannot be written, or another process is writing.
 *   Everything is as it was then.
 */
export function writeChanges(changes: readonly Change[], root: string): Written {
  requireUnchanged(changes)
  for (const { path } of changes) requireWritable(path)
  const directory = openJournals(root)
  const id = createId()
  const unlock = requireLock(directory, root)
  const paths = changes.map(({ path }) => path)
  const directories = missingDirectories(paths)
  const journal: Journal = {
    version: 1,
    id,
    state: 'writing',
    root: posix(relative(directory, root)),
    files: changes.map(({ path, before, after }) => ({
      path: posix(relative(root, path)),
      before: before ?? null,
      after: hashOf(after),
    })),
    directories: directories.map((path) => posix(relative(root, path))),
  }
  let current = root
  let isJournaled = false
  try {
    // Another process may have been faster to the lock.
    requireUnchanged(changes)
    current = directory
    writeJournal(directory, journal)
    isJournaled = true
    for (const path of directories) {
      current = path
      mkdirSync(path)
    }
    const staged = changes.map(({ path, after }, index) => {
      current = path
      return stage(path, after, id, index)
    })
    for (const [index, file] of staged.entries()) {
      current = paths[index]!
      requireUnchanged([changes[index]!])
      finish(current, file)
    }
    current = directory
    writeJournal(directory, { ...journal, state: 'written' })
  } catch (error) {
    if (isJournaled) putBack(changes, { directory, journal }, error, current)
    throw error instanceof WriteError ? error : cannotWrite(current, error)
  } finally {
    unlock()
    if (isJournaled) removeDirectory(directory)
    else tidy(directory)
  }
  pruneJournals(directory)
  return { id }
}

function cannotWrite(path: string, error: unknown): WriteError {
  const { code } = error as NodeJS.ErrnoException
  const remedy =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'make room on the disk'
      : 'check the permissions of the file and of its directory'
  return new WriteError(path, `${path} cannot be written (${code ?? String(error)}). Nothing was changed; ${remedy}.`)
}

/** Takes back what was written so far. @throws {WriteError} when that does not work either: the journal stays then. */
function putBack(changes: readonly Change[], { directory, journal }: FoundJournal, cause: unknown, at: string): void {
  try {
    for (const [index, { path, before, after }] of changes.entries()) {
      if (readText(path) !== after || before === after) continue
      finish(path, before === undefined ? undefined : stage(path, before, journal.id, index))
    }
    cleanUp(resolve(directory, journal.root), journal)
    removeJournal(directory, journal.id)
  } catch (error) {
    throw new WriteError(
      at,
      `${at} cannot be written (${reasonOf(cause)}), and what was written before it cannot be put back (${reasonOf(error)}). When that works again, run \`hot-codemod undo ${journal.id}\`.`,
    )
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error))
}

/**
 * Puts every file back as it was before a transaction, byte for byte, also after one that was interrupted.
 *
 * @param root a directory of the project; absolute.
 * @param id of the transaction; default: the last one of the project.
 * @throws {WriteError} when there is no such transaction, a file was edited since, or it cannot be written. No file is
 *   touched then, or, when the disk fails in between, the same call finishes it later.
 */
export function undo(root: string, id?: string): Undone {
  const journals = findJournals(root)
  // An id tells which project is meant, wherever in the repository one is.
  const found = id === undefined ? journals[0] : allJournals(root).find(({ journal }) => journal.id === id)
  if (!found) {
    journalDirectories(root).forEach(tidy)
    throw nothingToUndo(root, id, journals)
  }
  const { directory, journal } = found
  const unlock = requireLock(directory, root)
  try {
    const base = resolve(directory, journal.root)
    const files = journal.files.map(({ path, before, after }) => ({ path: resolve(base, path), before, after }))
    const states = files.map((file) => stateOf(file))
    requireUnedited(
      files.filter((_, index) => states[index] === 'edited').map(({ path }) => path),
      journal.id,
    )
    const written = files.flatMap((file, index) => (states[index] === 'after' ? [{ ...file, index }] : []))
    let current = base
    try {
      writeJournal(directory, { ...journal, state: 'undoing' })
      const staged = written.map(({ path, before, index }) => {
        current = path
        return before === null ? undefined : stage(path, before, journal.id, index)
      })
      for (const [order, { path }] of written.entries()) {
        current = path
        finish(path, staged[order])
      }
      cleanUp(base, journal)
      removeJournal(directory, journal.id)
    } catch (error) {
      throw new WriteError(
        current,
        `${current} cannot be put back (${reasonOf(error)}). Mend that, and run \`hot-codemod undo ${journal.id}\` again.`,
      )
    }
    return {
      id: journal.id,
      restored: written.filter(({ before }) => before !== null).map(({ path }) => path),
      removed: written.filter(({ before }) => before === null).map(({ path }) => path),
    }
  } finally {
    unlock()
    removeDirectory(directory)
  }
}

function nothingToUndo(root: string, id: string | undefined, journals: readonly FoundJournal[]): WriteError {
  const known = journals.map(({ journal }) => journal.id)
  const rest = known.length > 0 ? ` There are: ${known.join(', ')}.` : ''
  return id === undefined
    ? new WriteError(root, `There is nothing to undo in ${root}: no migration was applied there, or it was undone.`)
    : new WriteError(root, `There is no migration ${id} to undo in ${root}.${rest}`)
}

/** How a file is now: as before the transaction, as after it, or neither. */
function stateOf(file: {
  readonly path: string
  readonly before: string | null
  readonly after: string
}): 'before' | 'after' | 'edited' {
  const text = readText(file.path)
  if ((text ?? null) === file.before) return 'before'
  return text !== undefined && hashOf(text) === file.after ? 'after' : 'edited'
}

function requireUnedited(edited: readonly string[], id: string): void {
  const [first] = edited
  if (first === undefined) return
  throw new WriteError(
    first,
    `${edited.join(', ')} ${edited.length > 1 ? 'were' : 'was'} edited since migration ${id}, and that would be lost. Nothing was changed. Take these edits back, or set them aside (\`git stash\` is not enough where the migration is not committed), and run it again.`,
  )
}

/** @throws {WriteError} for a project in which a migration was interrupted, or is being written. */
export function requireNoInterruption(root: string): void {
  const found = findJournals(root).find(({ journal }) => journal.state !== 'written')
  if (!found) return
  const owner = lockOwner(found.directory)
  if (owner !== undefined && isAtWork(owner)) throw isBeingWritten(root, owner)
  throw new WriteError(
    root,
    `Migration ${found.journal.id} of ${root} was interrupted while it was ${found.journal.state === 'writing' ? 'written' : 'undone'}. Run \`hot-codemod undo ${found.journal.id}\` to put every file back, and run again.`,
  )
}

function isBeingWritten(root: string, owner: number): WriteError {
  return new WriteError(
    root,
    `Another hot-codemod, process ${owner}, is writing to ${root}. Nothing was changed; wait for it, and run again.`,
  )
}

function requireLock(directory: string, root: string): () => void {
  let unlock: ReturnType<typeof lockJournals> | undefined
  try {
    unlock = lockJournals(directory)
    if (typeof unlock !== 'number') removeRemnants(directory)
  } catch (error) {
    if (typeof unlock === 'function') unlock()
    tidy(directory)
    throw cannotWrite(directory, error)
  }
  if (typeof unlock === 'number') throw isBeingWritten(root, unlock)
  return unlock
}

/** Removes what is left of a process that could not go on before it changed anything. */
function tidy(directory: string): void {
  if (!existsSync(directory)) return
  try {
    const unlock = lockJournals(directory)
    if (typeof unlock === 'number') return
    removeRemnants(directory)
    unlock()
  } catch {
    // Another time.
  }
  removeDirectory(directory)
}

/** The directory of the journals, made where it is not there. @throws {WriteError} when there is no place for them. */
function openJournals(root: string): string {
  let last: unknown
  for (const directory of journalDirectories(root)) {
    try {
      mkdirSync(directory, { recursive: true })
      return directory
    } catch (error) {
      last = error
    }
  }
  throw new WriteError(
    root,
    `The journal that would undo the migration cannot be written (${String(last)}). Nothing was changed; check the permissions of ${root}.`,
  )
}

function requireUnchanged(changes: readonly Change[]): void {
  for (const { path, before } of changes) {
    if (readText(path) !== before)
      throw new WriteError(path, `${path} changed while the plan was shown. Nothing was written; run again.`)
  }
}

function requireWritable(path: string): void {
  let mode: number | undefined
  try {
    mode = statSync(path, { throwIfNoEntry: false })?.mode
  } catch (error) {
    throw cannotWrite(path, error)
  }
  if (mode === undefined && lstatSync(path, { throwIfNoEntry: false }))
    throw new WriteError(path, `${path} is a symbolic link that leads to no file. Nothing was changed; remove it.`)
  // Renaming would replace a file that its owner has protected.
  if (mode !== undefined && (mode & 0o222) === 0) throw cannotWrite(path, { code: 'read-only' })
}

function missingDirectories(paths: readonly string[]): string[] {
  const missing = new Set<string>()
  for (const path of paths) {
    const above: string[] = []
    for (let directory = dirname(path); lstatSync(directory, { throwIfNoEntry: false }) === undefined;) {
      above.unshift(directory)
      directory = dirname(directory)
    }
    for (const directory of above) missing.add(directory)
  }
  return [...missing]
}

interface Staged {
  readonly temporary: string
  readonly target: string
}

function temporaryOf(target: string, id: string, index: number): string {
  return join(dirname(target), `.hot-codemod-${id}-${index}.tmp`)
}

/** The file that is written for `path`: what a symbolic link leads to. */
function targetOf(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? realpathSync(path) : path
}

/** Writes a text beside the file it is for, with that one's mode and owner. */
function stage(path: string, text: string, id: string, index: number): Staged {
  const target = targetOf(path)
  const temporary = temporaryOf(target, id, index)
  writeFileSync(temporary, text)
  const stat = statSync(target, { throwIfNoEntry: false })
  if (stat) keepAttributes(temporary, stat)
  return { temporary, target }
}

function keepAttributes(path: string, { mode, uid, gid }: Stats): void {
  const own = statSync(path)
  if (own.uid !== uid || own.gid !== gid) {
    try {
      chownSync(path, uid, gid)
    } catch {
      // Only root gives files away; without, they become the user's own, as with any editor that writes by renaming.
    }
  }
  if ((statSync(path).mode & 0o7777) !== (mode & 0o7777)) chmodSync(path, mode & 0o7777)
}

/** Gives a file its staged text, or removes it where there is none. */
function finish(path: string, staged: Staged | undefined): void {
  if (staged) renameSync(staged.temporary, staged.target)
  else rmSync(path, { force: true })
}

/** Removes the temporary files of a transaction, and the directories that it made, where nothing else is in them. */
function cleanUp(base: string, { id, files, directories }: Journal): void {
  for (const [index, { path }] of files.entries()) {
    rmSync(temporaryOf(targetOf(resolve(base, path)), id, index), { force: true })
  }
  for (const directory of directories.toReversed()) removeEmpty([resolve(base, directory)])
}

function posix(path: string): string {
  return path.split(sep).join('/')
}
