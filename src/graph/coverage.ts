import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import type { ReloadModel } from './reload.ts'

/** Hot coverage: how much of the server an edit hot-reloads. Counts, so that two states can be compared exactly. */
export interface Coverage {
  /** The server's own source files: those below its root that it loads. */
  readonly files: Share
  /** The last edits git knows of, at most {@link EDITS}, one for each file in each commit; empty without a history. */
  readonly edits: Share
}

export interface Share {
  readonly hot: number
  readonly total: number
}

/** `91 %`, rounded down: 100 % is all of them. */
export function percent({ hot, total }: Share): string {
  return `${total === 0 ? 0 : Math.floor((100 * hot) / total)} %`
}

/** Whether so many percent are hot. */
export function reaches({ hot, total }: Share, target: number): boolean {
  return 100 * hot >= target * total
}

/** How many edits of the history are weighed. */
export const EDITS = 500

/**
 * @param runs whether hot-hook runs at all; where it does not, nothing is hot.
 * @param history from {@link recentEdits}, or of {@link History}.
 * @param root directory of package.json.
 */
export function coverageOf(model: ReloadModel, runs: boolean, history: readonly string[], root: string): Coverage {
  const isCounted = countedFiles(model, root)
  const outcomes = [...model.outcomes].filter(([path]) => isCounted(path)).map(([, outcome]) => outcome)
  const edits = history.filter(isCounted).slice(0, EDITS)
  const hot = (path: string): boolean => runs && model.outcomes.get(path) === 'hot'
  return {
    files: { hot: runs ? outcomes.filter((outcome) => outcome === 'hot').length : 0, total: outcomes.length },
    edits: { hot: edits.filter(hot).length, total: edits.length },
  }
}

/** Whether a file counts: a source file of the server, below its root. */
export function countedFiles(model: ReloadModel, root: string): (path: string) => boolean {
  const below = root + sep
  return (path) => model.outcomes.has(path) && path.startsWith(below) && !path.endsWith('.json')
}

/** How many commits are looked at, at most. */
const COMMITS = 1000

/** How many of them hold {@link EDITS} edits in most projects. */
const LATEST = 300

/** The edits of a project's commits, read while something else is done. */
export interface History {
  /** The last {@link EDITS} edits of files that count, as {@link recentEdits} gives them. */
  of(isCounted: (path: string) => boolean): Promise<string[]>
}

/** Starts to read the history. git takes as long as Node does to start where it reads all of it, so few commits come first. */
export function openHistory(root: string): History {
  const latest = editsIn(root, LATEST)
  return {
    async of(isCounted) {
      const edits = (await latest).filter(isCounted)
      // From the newest again: `--skip` counts the commits that hold no edit, and `--max-count` does not.
      return (edits.length < EDITS ? (await recentEdits(root)).filter(isCounted) : edits).slice(0, EDITS)
    },
  }
}

/**
 * The files that the project's commits edited, newest first, a file once for each commit; files they added do not count.
 *
 * @returns absolute paths; empty when there is no git, or no commit.
 */
export async function recentEdits(root: string): Promise<string[]> {
  return editsIn(root, COMMITS)
}

async function editsIn(root: string, count: number): Promise<string[]> {
  // To leave out the commits of other directories, git compares trees, which takes as long as all else.
  const own = existsSync(join(root, '.git')) ? [] : ['--', '.']
  try {
    const { stdout } = await promisify(execFile)(
      'git',
      [
        'log',
        '--no-merges',
        '--no-renames',
        '--diff-filter=M',
        `--max-count=${count}`,
        '--relative',
        '--name-only',
        '--format=',
        '-z',
        ...own,
      ],
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 },
    )
    // Not `join`: git gives paths without `.` and `..`, and there are thousands.
    const native = sep === '/' ? stdout : stdout.replaceAll('/', sep)
    return native.split(/[\0\n]/).flatMap((name) => (name === '' ? [] : [root + sep + name]))
  } catch {
    return []
  }
}
