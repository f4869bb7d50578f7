import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { ReloadModel } from './reload.ts'

/** Hot coverage: how much of the server an edit hot-reloads. Counts, so that two states can be compared exactly. */
export interface Coverage {
  /** The server's own source files: those it loads. */
  readonly files: Share
  /** The last edits git knows of, at most {@link EDITS}, one for each file in each commit; empty without a history. */
  readonly edits: Share
}

export interface Share {
  readonly hot: number
  readonly total: number
}

/** How many edits of the history are weighed. */
export const EDITS = 500

/**
 * @param model what hot-hook does with each file; `undefined` when hot-hook does not run at all.
 * @param history from {@link recentEdits}.
 */
export function coverageOf(model: ReloadModel, runs: boolean, history: readonly string[]): Coverage {
  const outcomes = [...model.outcomes.values()]
  const edits = history.filter((path) => model.outcomes.has(path)).slice(0, EDITS)
  const hot = (path: string): boolean => runs && model.outcomes.get(path) === 'hot'
  return {
    files: { hot: runs ? outcomes.filter((outcome) => outcome === 'hot').length : 0, total: outcomes.length },
    edits: { hot: edits.filter(hot).length, total: edits.length },
  }
}

/**
 * The files that the project's commits edited, newest first, a file once for each commit; files they added do not count.
 *
 * @returns absolute paths; empty when there is no git, or no commit.
 */
export function recentEdits(root: string): string[] {
  try {
    const output = execFileSync(
      'git',
      [
        'log',
        '--no-merges',
        '--no-renames',
        '--diff-filter=M',
        '--max-count=1000',
        '--relative',
        '--name-only',
        '--format=',
        '-z',
        '--',
        '.',
      ],
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] },
    )
    return output
      .split(/[\0\n]/)
      .filter(Boolean)
      .map((name) => join(root, name))
  } catch {
    return []
  }
}
