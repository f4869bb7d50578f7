import { isAbsolute, resolve } from 'node:path'
import type { PicomatchOptions } from 'picomatch'
import { requirePackage } from '../require.ts'

const picomatch = requirePackage('picomatch') as typeof import('picomatch')

/**
 * Whether hot-hook takes a file for a boundary.
 *
 * hot-hook 1.0.0 (`matcher.js`): each pattern is resolved against the directory of package.json unless it starts with
 * `**`, then matched with picomatch `{ dot: true, posixSlashes: true }` against the real path.
 *
 * @param root directory of package.json.
 * @param patterns `hotHook.boundaries`; a string stands for a list of one.
 * @returns a predicate on absolute real paths.
 */
export function boundaryMatcher(root: string, patterns: string | readonly string[]): (path: string) => boolean {
  // Backslashes become slashes after the pattern is resolved: `src\\c\\*.js` matches, `.\\src\\c\\*.js` does not.
  const list = (typeof patterns === 'string' ? [patterns] : patterns).map((pattern) =>
    (pattern.startsWith('**') || isAbsolute(pattern) ? pattern : resolve(root, pattern)).replaceAll('\\', '/'),
  )
  if (list.length === 0) return () => false
  // `posixSlashes` is missing from @types/picomatch.
  const options: PicomatchOptions & { posixSlashes: boolean } = { dot: true, posixSlashes: true }
  const matches = picomatch(list, options)
  const known = new Map<string, boolean>()
  return (path) => {
    let answer = known.get(path)
    if (answer === undefined) known.set(path, (answer = matches(path)))
    return answer
  }
}
