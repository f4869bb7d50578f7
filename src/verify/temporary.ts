import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRunning } from '../edits/journal.ts'
import { VerifyError } from './error.ts'

/** Temporary directories are named by the process that they belong to: `hot-codemod-verify-<pid>-XXXXXX`. */
export const PREFIX = 'hot-codemod-verify-'

/** A new one, real. @throws {VerifyError} when the system's one cannot be written. */
export async function temporaryDirectory(parent = tmpdir()): Promise<string> {
  try {
    return await realpath(await mkdtemp(join(parent, `${PREFIX}${process.pid}-`)))
  } catch (error) {
    throw unwritable(error)
  }
}

/** The error as a sentence that a person can do something with. */
export function unwritable(error: unknown): VerifyError {
  const what: Readonly<Record<string, string>> = {
    EACCES: 'you have no permission',
    EDQUOT: 'your disk quota is used up',
    ENOENT: 'it does not exist',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'it is not a directory',
    EPERM: 'you have no permission',
    EROFS: 'it is read-only',
  }
  const code = codeOf(error)
  return new VerifyError(
    `The temporary directory ${tmpdir()} cannot be written: ${what[code] ?? code}. ` +
      `Name another one by the environment variable TMPDIR, and run again.`,
  )
}

/** `ENOENT`. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

/** A directory may get files while it is removed: of a process that is just ending. */
export const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const

/** @throws {VerifyError} when it cannot be removed. */
export async function removeDirectory(path: string): Promise<void> {
  try {
    await rm(path, REMOVAL)
  } catch (error) {
    throw new VerifyError(`${path} cannot be removed (${codeOf(error)}). Remove it by hand.`)
  }
}

/** Removes those of processes that have ended. */
export async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir()).catch((): string[] => [])
  const abandoned = names.filter((name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    return pid !== undefined && !isRunning(Number(pid))
  })
  // Those of another user stay.
  await Promise.all(abandoned.map((name) => rm(join(tmpdir(), name), REMOVAL).catch(() => {})))
}
