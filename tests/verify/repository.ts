import { execFileSync } from 'node:child_process'
import { realPath } from '../../src/project/files.ts'
import { directoryWith } from '../cli/run.ts'

export interface Commit {
  readonly files: Readonly<Record<string, string>>
  /** Default: `dev@example.org`. */
  readonly author?: string
  /** A day of January 2026, at noon UTC; default: 1. */
  readonly day?: number
}

/** A git repository with these commits, oldest first, the last one checked out. `dev@example.org` is its `user.email`. */
export function repositoryOf(commits: readonly Commit[]): string {
  const root = realPath(directoryWith({}))
  const stream = commits.map(({ files, author = 'dev@example.org', day = 1 }) => {
    const when = Date.UTC(2026, 0, day, 12) / 1000
    const texts = Object.entries(files).map(
      ([name, text]) => `M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
    )
    return `commit refs/heads/main\nauthor A <${author}> ${when} +0000\ncommitter A <${author}> ${when} +0000\ndata 1\nx\n${texts.join('')}`
  })
  git(root, 'init', '--quiet', '--initial-branch=main')
  git(root, 'config', 'user.email', 'dev@example.org')
  execFileSync('git', ['fast-import', '--quiet'], { cwd: root, input: stream.join('\n') })
  git(root, 'checkout', '--quiet', '--force', 'main')
  return root
}

export function git(root: string, ...args: readonly string[]): void {
  execFileSync('git', args, { cwd: root })
}
