import { readFileSync } from 'node:fs'
import { isUtf8 } from 'node:buffer'

/** One file that a migration changes; `before` is `undefined` for a file it creates. */
export interface Change {
  readonly path: string
  readonly before: string | undefined
  readonly after: string
}

/**
 * The project's files as they will be: reads come from disk, writes stay in memory.
 * Codemods run one after another on the same tree, so each sees what the ones before it did.
 */
export interface FileTree {
  /** The text of `path` (absolute), BOM included, or `undefined` when there is no such file. */
  read(path: string): string | undefined
  /** Keeps `text` as the new content of `path`. Nothing reaches the disk. */
  write(path: string, text: string): void
  /** How many writes there have been: results computed at one version hold until the next. */
  readonly version: number
  /** The files that the disk does not have, absolute. */
  created(): string[]
  /** Every file whose text differs from that below the tree, in the order of its first write. */
  changes(): Change[]
}

/** A file cannot be edited safely; `path` is the file, `message` says why and what to do. */
export class UnreadableFile extends Error {
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.name = 'UnreadableFile'
    this.path = path
  }
}

/**
 * Reads `path` as UTF-8, keeping a BOM as its first character.
 *
 * @returns `undefined` when there is no such file.
 * @throws {UnreadableFile} when the file is not UTF-8: decoding would replace bytes, and writing it back would lose them.
 */
export function readText(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    // Decoding puts U+FFFD where bytes are not UTF-8; a file may hold that character itself.
    if (!text.includes('\ufffd') || isUtf8(readFileSync(path))) return text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new UnreadableFile(path, `${path} cannot be read (${code}). Check its permissions and run again.`)
  }
  throw new UnreadableFile(path, `${path} is not UTF-8. Convert it to UTF-8, or exclude it, and run again.`)
}

const DISK: Pick<FileTree, 'read' | 'created'> = { read: readText, created: () => [] }

/** A tree over the disk, or over another tree, which it leaves as it is; see {@link FileTree}. */
export function createFileTree(below: Pick<FileTree, 'read' | 'created'> = DISK): FileTree {
  const before = new Map<string, string | undefined>()
  const after = new Map<string, string>()
  let version = 0
  function original(path: string): string | undefined {
    if (!before.has(path)) before.set(path, below.read(path))
    return before.get(path)
  }
  return {
    read: (path) => after.get(path) ?? original(path),
    get version() {
      return version
    },
    write(path, text) {
      original(path)
      after.set(path, text)
      version += 1
    },
    created: () => [...below.created(), ...[...after.keys()].filter((path) => before.get(path) === undefined)],
    changes: () =>
      [...after]
        .filter(([path, text]) => before.get(path) !== text)
        .map(([path, text]) => ({ path, before: before.get(path), after: text })),
  }
}
