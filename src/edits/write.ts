import { chmodSync, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readText, type Change } from './tree.ts'

/** The files could not all be written; those that had been are as before. */
export class WriteError extends Error {
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.name = 'WriteError'
    this.path = path
  }
}

/**
 * Writes all changes or none: each file through a temporary one in its directory, keeping its mode and following a
 * symbolic link to its target.
 *
 * @throws {WriteError} when a file changed since it was planned, or cannot be written. Everything is put back first.
 */
export function writeChanges(changes: readonly Change[]): void {
  for (const { path, before } of changes) {
    if (readText(path) !== before)
      throw new WriteError(path, `${path} changed while the plan was shown. Nothing was written; run again.`)
  }
  const written: Change[] = []
  for (const change of changes) {
    try {
      writeAtomically(change.path, change.after)
    } catch (error) {
      for (const { path, before } of written.reverse()) {
        if (before === undefined) rmSync(path, { force: true })
        else writeAtomically(path, before)
      }
      const { code } = error as NodeJS.ErrnoException
      throw new WriteError(
        change.path,
        `${change.path} cannot be written (${code ?? String(error)}). Nothing was changed; check the permissions of the file and of its directory.`,
      )
    }
    written.push(change)
  }
}

/** What a new file gets without being told. */
const DEFAULT_MODE = 0o666 & ~process.umask()

function writeAtomically(path: string, text: string): void {
  const link = lstatSync(path, { throwIfNoEntry: false })
  const target = link?.isSymbolicLink() ? realpathSync(path) : path
  const stat = link?.isSymbolicLink() ? statSync(target) : link
  if (stat && (stat.mode & 0o222) === 0) throw Object.assign(new Error('read-only'), { code: 'read-only' })
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  try {
    writeFileSync(temporary, text, { flag: 'wx' })
    if (stat && (stat.mode & 0o7777) !== DEFAULT_MODE) chmodSync(temporary, stat.mode)
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
