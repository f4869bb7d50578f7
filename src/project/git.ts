import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isWithin } from '../edits/paths.ts'
import { realPath } from './files.ts'
import { ancestors } from './package-manager.ts'

/**
 * Which of `paths` git would lose if they were overwritten: changed since the last commit, or unknown to git. Of a
 * symbolic link, that is what it leads to; what lies outside the work tree is nothing of git's.
 *
 * @returns paths as git names them, relative to the top of the work tree; `undefined` outside a git work tree.
 */
export function dirtyFiles(root: string, paths: readonly string[]): string[] | undefined {
  const top = repositoryOf(root) ?? root
  const written = paths.map(realPath).filter((path) => isWithin(path, top))
  if (written.length === 0) return []
  try {
    // A path is no pattern: `[ab].ts` is not `a.ts`.
    const literal = ['--literal-pathspecs', 'status', '--porcelain', '-z', '--no-renames', '--', ...written]
    const output = execFileSync('git', literal, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return output
      .split('\0')
      .filter(Boolean)
      .map((line) => line.slice(3))
  } catch {
    return undefined
  }
}

/** The top of the git work tree that `directory` is in, or of the submodule. @param directory absolute. */
export function repositoryOf(directory: string): string | undefined {
  return ancestors(directory).find((candidate) => existsSync(join(candidate, '.git')))
}
