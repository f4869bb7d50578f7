import { execFileSync } from 'node:child_process'
import { relative, sep } from 'node:path'
import type { Change } from '../edits/tree.ts'
import { ProjectError } from './error.ts'
import { realPath } from './files.ts'

/** One commit: the new texts of some files, which are on disk with this text or a later one. */
export interface Commit {
  /** The subject, and what stands below it. */
  readonly message: readonly [subject: string, body: string]
  readonly changes: readonly Change[]
}

/** @throws {ProjectError} when nothing can be committed, or a commit would take in what somebody has staged. */
export function requireNothingStaged(root: string): void {
  let staged: string
  try {
    // Outside a work tree, what `git diff` says is its manual.
    git(root, ['rev-parse', '--show-prefix'])
    staged = git(root, ['diff', '--cached', '--name-only'])
  } catch (error) {
    throw new ProjectError(`Nothing can be committed in ${root}: ${saidBy(error)} Nothing was changed.`, root)
  }
  const [first] = staged.split('\n')
  if (!first) return
  throw new ProjectError(
    `${first} is staged, and would be in the first commit. Nothing was changed. Commit or unstage it, and run again.`,
    root,
  )
}

/**
 * Makes the commits, one after the other, with the hooks and the identity that git has. Only the index is used: the
 * files keep the text they have.
 *
 * @throws {ProjectError} when git refuses one; the index is as the last commit then, and the files stay as they are.
 */
export function commit(root: string, commits: readonly Commit[]): void {
  for (const [index, { message, changes }] of commits.entries()) {
    try {
      stage(root, changes)
      git(root, ['commit', '--quiet', ...message.filter(Boolean).flatMap((text) => ['--message', text])])
    } catch (error) {
      git(root, ['reset', '--quiet'])
      throw new ProjectError(
        `Every file is written, but git did not take commit ${index + 1} of ${commits.length}, "${message[0]}": ${saidBy(error)} Commit the rest by hand, or run \`hot-codemod undo\`.`,
        root,
      )
    }
  }
}

/** Puts the new texts into the index, through the filters that git has for each file; a symbolic link stays one. */
function stage(root: string, changes: readonly Change[]): void {
  const names = changes.map(({ path }) => relative(root, realPath(path)).split(sep).join('/'))
  const known = git(root, ['ls-files', '--stage', '-z', '--', ...names]).split('\0')
  const modes = new Map(known.filter(Boolean).map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, 6)]))
  // Other than all else, these paths are relative to the top of the work tree.
  const prefix = git(root, ['rev-parse', '--show-prefix']).trimEnd()
  const entries = changes.map(({ after }, index) => {
    const name = names[index]!
    const hash = git(root, ['hash-object', '-w', '--stdin', '--path', name], after).trim()
    return `${modes.get(name) ?? '100644'} ${hash}\t${prefix}${name}\0`
  })
  git(root, ['update-index', '--add', '-z', '--index-info'], entries.join(''))
}

function git(root: string, args: readonly string[], input?: string): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** What git wrote, in one line. */
function saidBy(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string }
  return `${(stderr || message).trim().replaceAll(/\s*\n\s*/g, '; ')}.`
}
