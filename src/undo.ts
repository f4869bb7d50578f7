import { resolve } from 'node:path'
import { findJournals } from './edits/journal.ts'
import { undo as undoTransaction, type Undone } from './edits/transaction.ts'
import { realPath } from './project/files.ts'
import { ProjectError } from './project/error.ts'
import { nearestManifest } from './project/read.ts'

export interface UndoOptions {
  /** A directory of the project; the nearest package.json upward decides. Default: the working directory. */
  readonly directory?: string
  /** Which migration. Default: the last one that was applied to the project. */
  readonly id?: string
}

/**
 * Puts every file back as it was before a migration, byte for byte, also after one that was interrupted.
 *
 * @throws {WriteError} when there is no such migration, or a file was edited since: no file is touched then. Also when
 *   the disk fails in between; the same call finishes it later.
 */
export function undo({ directory = '.', id }: UndoOptions = {}): Undone {
  return undoTransaction(rootOf(directory), id)
}

/** A migration that can be undone. */
export interface Undoable {
  readonly id: string
  /** `interrupted`: it is half done, or half undone. */
  readonly state: 'applied' | 'interrupted'
  /** Absolute. */
  readonly files: readonly string[]
}

/** What {@link undo} can take back in a project, the last first. */
export function undoable({ directory = '.' }: Pick<UndoOptions, 'directory'> = {}): Undoable[] {
  return findJournals(rootOf(directory)).map(({ directory: place, journal: { id, state, root, files } }) => ({
    id,
    state: state === 'written' ? 'applied' : 'interrupted',
    files: files.map(({ path }) => resolve(place, root, path)),
  }))
}

/** An interrupted migration may have left no package.json that can be read, so nothing in it is asked for. */
function rootOf(directory: string): string {
  const real = realPath(directory)
  try {
    return nearestManifest(real).root
  } catch (error) {
    if (error instanceof ProjectError) return real
    throw error
  }
}
