import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** How many commits are looked at, at most. */
const COMMITS = 1000

/**
 * How many edits of the server's files a person makes a day, on a day with one: the median over the days of the
 * project's last commits, by `git log` with author dates, a file once for each commit that modifies it. The days are
 * those of the person that git's `user.email` names; of all authors, each with their own days, when that person has none.
 *
 * A lower bound: commits hold fewer edits than there were saves, since a file is saved many times for a commit, and
 * added files do not count. The median keeps out commits that rewrite many files at once, as a formatter does.
 *
 * @param root directory of package.json, absolute and real.
 * @param isCounted whether a file is one of the server's, by absolute path.
 * @returns undefined without git, or without such an edit.
 */
export async function editRate(root: string, isCounted: (path: string) => boolean): Promise<number | undefined> {
  const [days, email] = await Promise.all([editedDays(root), gitOutput(root, ['config', 'user.email'])])
  const counted = days
    .map(({ author, date, paths }) => ({ author, date, edits: paths.filter(isCounted).length }))
    .filter(({ edits }) => edits > 0)
  const own = counted.filter(({ author }) => author === email?.trim().toLowerCase())
  return counted.length === 0 ? undefined : median(perDay(own.length > 0 ? own : counted))
}

interface EditedDay {
  readonly author: string
  /** As the author's clock said, `2026-11-21`. */
  readonly date: string
  readonly paths: readonly string[]
}

/** The files that each commit modifies. */
async function editedDays(root: string): Promise<EditedDay[]> {
  const own = existsSync(join(root, '.git')) ? [] : ['--', '.']
  const output = await gitOutput(root, [
    'log',
    '--no-merges',
    '--no-renames',
    '--diff-filter=M',
    `--max-count=${COMMITS}`,
    '--relative',
    '--name-only',
    '--format=%x01%aE%x01%ad%x01',
    '--date=short',
    '-z',
    ...own,
  ])
  // Each commit: what the format says, then the names.
  const [, ...fields] = (output ?? '').split('\x01')
  return Array.from({ length: Math.floor(fields.length / 3) }, (_, at) => ({
    author: (fields[3 * at] ?? '').toLowerCase(),
    date: fields[3 * at + 1] ?? '',
    paths: (fields[3 * at + 2] ?? '')
      .split(/[\0\n]/)
      .filter(Boolean)
      .map((name) => resolve(root, name.replaceAll('/', sep))),
  }))
}

async function gitOutput(root: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })).stdout
  } catch {
    return undefined
  }
}

function perDay(days: readonly { author: string; date: string; edits: number }[]): number[] {
  const sums = new Map<string, number>()
  for (const { author, date, edits } of days) {
    const day = `${date} ${author}`
    sums.set(day, (sums.get(day) ?? 0) + edits)
  }
  return [...sums.values()]
}

/** The middle one, or what is halfway between the two in the middle; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle - 1)] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}
