import { execFile } from 'node:child_process'
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

/** How many edits of the history are weighed. */
export const EDITS = 500

/**
 * @param model what hot-hook does with each file; `undefined` when hot-hook does not run at all.
 * @param history from {@link recentEdits}.
 * @param root directory of package.json.
 */
export function coverageOf(model: ReloadModel, runs: boolean, history: readonly string[], root: string): Coverage {
  const own = (path: string): boolean => path.startsWith(root + sep) && !path.endsWith('.json')
  const outcomes = [...model.outcomes].filter(([path]) => own(path)).map(([, outcome]) => outcome)
  const edits = history.filter((path) => model.outcomes.has(path) && own(path)).slice(0, EDITS)
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
export async function recentEdits(root: string): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(
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
      { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 },
    )
    return stdout
      .split(/[\0\n]/)
      .filter(Boolean)
      .map((name) => join(root, name))
  } catch {
    return []
  }
}
