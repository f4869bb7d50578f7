import { count } from '../edits/text.ts'
import { existsSync, statSync } from 'node:fs'
import { basename, extname, relative, resolve, sep } from 'node:path'
import type { JsonPath } from '../edits/json.ts'
import { isRecord } from '../project/package-manager.ts'
import { boundaryMatcher } from './boundaries.ts'
import type { FileReload, ReloadModel } from './reload.ts'

export type ConfigCode =
  | 'misspelt-key'
  | 'unknown-option'
  | 'wrong-type'
  | 'negated-glob'
  | 'directory-glob'
  | 'matches-nothing'
  | 'matches-static'
  | 'matches-boot'
  | 'matches-no-lazy'
  | 'unmatchable-root'
  | 'restart-glob'
  | 'ignore-node-modules'
  | 'not-for-kickjs'

/** Something in `hotHook` of package.json that does not do what it says. */
export interface ConfigProblem {
  readonly code: ConfigCode
  /** Where in package.json. */
  readonly at: JsonPath
  /** What happens, and why; a sentence. */
  readonly message: string
  /** What to do; a sentence. */
  readonly remedy: string
  /** The right key or value. `sure`: nothing else could be meant. */
  readonly change?: { readonly kind: 'rename' | 'set'; readonly to: unknown; readonly sure: boolean }
}

/** What {@link configProblems} needs to know of the project beside package.json. */
export interface ConfigContext {
  /** Directory of package.json. */
  readonly root: string
  /** The project's source files, absolute; asked for where no module of the server answers. */
  readonly files: () => readonly string[]
  readonly model: ReloadModel
  /** Whether a file runs once at boot, whoever imports it. */
  readonly isBoot: (path: string) => boolean
  /** An importer with its line, for people. */
  readonly place: (importer: { readonly path: string; readonly specifier: string }) => string
}

/** Options of hot-hook 1.0.0 that package.json can hold (`register.js`, `types.d.ts`). */
const OPTIONS = ['boundaries', 'ignore', 'restart', 'root', 'throwWhenBoundariesAreNotDynamicallyImported', 'watch']

/**
 * What is wrong with `hotHook` in a package.json, in the order of the text.
 *
 * @param packageJson the parsed file.
 * @param context undefined where the project cannot be read: what package.json alone shows is given then.
 */
export function configProblems(
  packageJson: Readonly<Record<string, unknown>>,
  context: ConfigContext | undefined,
): ConfigProblem[] {
  const { hotHook } = packageJson
  if (hotHook === undefined) return misspeltBlock(packageJson)
  if (isOfKickJs(packageJson)) return [NOT_FOR_KICKJS]
  if (!isRecord(hotHook)) return [wrongType(['hotHook'], 'an object')]
  const problems: ConfigProblem[] = []
  for (const [key, value] of Object.entries(hotHook)) {
    problems.push(...keyProblems(key, hotHook))
    if (key === 'boundaries') problems.push(...boundaryProblems(value, context))
    if (key === 'restart') problems.push(...restartProblems(value))
    if (key === 'ignore') problems.push(...ignoreProblems(value))
  }
  return problems
}

/** `kick dev` reloads through Vite's server (@forinda/kickjs-vite 8.0, `dev-server.ts`), which hot-hook has no part in. */
const NOT_FOR_KICKJS: ConfigProblem = {
  code: 'not-for-kickjs',
  at: ['hotHook'],
  message: 'KickJS reloads through Vite, and nothing reads `hotHook`.',
  remedy: 'Remove it.',
}

function isOfKickJs({ dependencies, devDependencies }: Readonly<Record<string, unknown>>): boolean {
  return [dependencies, devDependencies].some(
    (section) =>
      isRecord(section) && Object.keys(section).some((name) => /^@forinda\/kickjs(?:-core|-http)?$/.test(name)),
  )
}

function misspeltBlock(packageJson: Readonly<Record<string, unknown>>): ConfigProblem[] {
  const key = Object.keys(packageJson).find((name) => /^hot[-_ ]?hooks?$/i.test(name))
  if (key === undefined) return []
  return [
    {
      code: 'misspelt-key',
      at: [key],
      message: `hot-hook reads \`hotHook\`, not \`${key}\`, so nothing is a boundary.`,
      remedy: 'Rename it to `hotHook`.',
      change: { kind: 'rename', to: 'hotHook', sure: true },
    },
  ]
}

function keyProblems(key: string, hotHook: Readonly<Record<string, unknown>>): ConfigProblem[] {
  if (OPTIONS.includes(key)) return []
  const at = ['hotHook', key]
  const meant = OPTIONS.find((option) => distance(key.toLowerCase(), option.toLowerCase()) <= slips(option))
  if (meant !== undefined && !(meant in hotHook)) {
    return [
      {
        code: 'misspelt-key',
        at,
        message: `hot-hook has no option \`${key}\`, and ignores it.`,
        remedy: `Rename it to \`${meant}\`.`,
        change: { kind: 'rename', to: meant, sure: true },
      },
    ]
  }
  const why = WHY_NOT[key] ?? 'hot-hook 1.0 has no such option, and ignores it.'
  return [{ code: 'unknown-option', at, message: `\`${key}\`: ${why}`, remedy: 'Remove it.' }]
}

const WHY_NOT: Readonly<Record<string, string>> = {
  include: 'an option of 0.4.1-next.1 only; hot-hook 1.0 ignores it.',
  rootDirectory: 'hot-hook takes the directory of package.json, whatever it says.',
  onFullReloadAsked: 'a function, which `hot.init()` takes and package.json cannot hold.',
}

/** How many letters of an option may be wrong for it to be meant. */
function slips(option: string): number {
  return Math.min(3, Math.floor(option.length / 3))
}

function boundaryProblems(value: unknown, context: ConfigContext | undefined): ConfigProblem[] {
  const patterns: readonly unknown[] = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [undefined]
  const at = (index: number): JsonPath => ['hotHook', 'boundaries', ...(typeof value === 'string' ? [] : [index])]
  if (patterns.some((pattern) => typeof pattern !== 'string')) {
    return [wrongType(['hotHook', 'boundaries'], 'a glob, or a list of globs')]
  }
  return (patterns as string[]).flatMap((pattern, index) => patternProblems(pattern, at(index), context))
}

function patternProblems(pattern: string, at: JsonPath, context: ConfigContext | undefined): ConfigProblem[] {
  const problem = (
    code: ConfigCode,
    message: string,
    remedy: string,
    change?: ConfigProblem['change'],
  ): ConfigProblem[] => [{ code, at, message, remedy, ...(change ? { change } : {}) }]
  if (pattern.startsWith('!')) {
    return problem(
      'negated-glob',
      `\`${pattern}\` excludes nothing: hot-hook has no negation.`,
      'Name what is a boundary, or write `!(name).ts` inside a glob.',
    )
  }
  if (!context) return []
  const { root, files, model, isBoot, place } = context
  if (!pattern.startsWith('**') && /[(){}]/.test(root)) {
    return problem(
      'unmatchable-root',
      `\`${pattern}\` matches nothing, because the path of the project holds a parenthesis or a brace, which hot-hook takes for a part of the glob.`,
      'Move the project, or start the glob with `**/`.',
    )
  }
  const directory = resolve(root, pattern)
  // A glob may be longer than the name of a file.
  if (existsSync(directory) && statSync(directory).isDirectory()) {
    const to = globOf(pattern, directory, files())
    return problem(
      'directory-glob',
      `\`${pattern}\` is a directory, and matches none of the files in it.`,
      `Write \`${to}\`.`,
      { kind: 'set', to, sure: false },
    )
  }
  const isMatch = boundaryMatcher(root, pattern)
  const loaded = [...model.files.keys()].filter((path) => isMatch(path))
  const matched = loaded.length > 0 ? loaded : files().filter((path) => isMatch(path))
  if (matched.length === 0) {
    const to = otherExtension(pattern, root, files())
    return problem(
      'matches-nothing',
      `\`${pattern}\` matches no file.`,
      to === undefined ? 'Correct it, or remove it.' : `Write \`${to}\`, which does.`,
      to === undefined ? undefined : { kind: 'set', to, sure: true },
    )
  }
  const name = (path: string): string => relative(root, path).split(sep).join('/')
  const found: ConfigProblem[] = []
  const boot = matched.filter((path) => isBoot(path))
  if (boot[0] !== undefined) {
    found.push(
      ...problem(
        'matches-boot',
        `\`${pattern}\` matches ${count(boot.length, 'file')} that ${boot.length === 1 ? 'runs' : 'run'} once at boot (\`${name(boot[0])}\`), and no boundary makes that hot.`,
        'Make the glob match only what a request runs: handlers, controllers, middleware, listeners.',
      ),
    )
  }
  const reload = (path: string): FileReload | undefined => model.files.get(path)
  const wrong = matched.filter((path) => !boot.includes(path) && reload(path)?.reason === 'static-boundary')
  if (wrong[0] !== undefined) {
    const via = reload(wrong[0])?.via
    found.push(
      ...problem(
        'matches-static',
        `\`${pattern}\` matches ${count(wrong.length, 'file')} that ${wrong.length === 1 ? 'is' : 'are'} imported statically, which makes edits of ${wrong.length === 1 ? 'it' : 'them'}, and of all below, restart: \`${name(wrong[0])}\`${via ? ` by ${place(via)}` : ''}${wrong.length > 1 ? ', and others' : ''}.`,
        'Import them lazily, or make the glob narrower: what a boundary imports is hot without being one.',
      ),
    )
  }
  // One that is dynamic and does not count has a finding of its own.
  const lazy = matched.some((path) => model.importers.get(path)?.some((importer) => importer.dynamic))
  if (!lazy && found.length === 0 && matched.some((path) => model.files.has(path))) {
    found.push(
      ...problem(
        'matches-no-lazy',
        `No file that \`${pattern}\` matches is imported lazily, so it makes nothing hot.`,
        'Import them lazily where they are used.',
      ),
    )
  }
  return found
}

function restartProblems(value: unknown): ConfigProblem[] {
  if (!Array.isArray(value) || value.some((pattern) => typeof pattern !== 'string')) {
    return [wrongType(['hotHook', 'restart'], 'a list of paths')]
  }
  return (value as string[]).flatMap((pattern, index) =>
    /[*?{}()[\]]/.test(pattern)
      ? [
          {
            code: 'restart-glob' as const,
            at: ['hotHook', 'restart', index],
            message: `hot-hook hands \`${pattern}\` to its watcher, which knows no globs: only modules of the server are restarted for it.`,
            remedy: 'Name each file.',
          },
        ]
      : [],
  )
}

function ignoreProblems(value: unknown): ConfigProblem[] {
  if (!Array.isArray(value) || value.some((pattern) => typeof pattern !== 'string')) {
    return [wrongType(['hotHook', 'ignore'], 'a list of globs')]
  }
  if ((value as string[]).some((pattern) => pattern.includes('node_modules'))) return []
  return [
    {
      code: 'ignore-node-modules',
      at: ['hotHook', 'ignore'],
      message:
        'It replaces the default list, so every file of node_modules that the server loads is watched and versioned.',
      remedy: 'Add `**/node_modules/**`.',
      change: { kind: 'set', to: ['**/node_modules/**', ...(value as string[])], sure: true },
    },
  ]
}

function wrongType(at: JsonPath, expected: string): ConfigProblem {
  return {
    code: 'wrong-type',
    at,
    message: `\`${at.join('.')}\` is not ${expected}.`,
    remedy: `Make it ${expected}.`,
  }
}

/** The glob for the files of a directory, all in it or, where none is, all below it. */
function globOf(pattern: string, directory: string, files: readonly string[]): string {
  const below = files.filter((path) => path.startsWith(directory + sep))
  const direct = below.filter((path) => relative(directory, path) === basename(path))
  const extensions = [...new Set((direct.length > 0 ? direct : below).map((path) => extname(path)))].sort()
  const extension = extensions.length > 1 ? `.{${extensions.map((name) => name.slice(1)).join(',')}}` : extensions[0]
  return `${pattern.replace(/\/$/, '')}${direct.length > 0 || below.length === 0 ? '' : '/**'}/*${extension ?? '.ts'}`
}

/** The pattern with `.ts` for `.js` or the other way, when that matches. */
function otherExtension(pattern: string, root: string, paths: readonly string[]): string | undefined {
  const swapped = pattern.replace(/\.([jt])s$/, (_, letter: string) => (letter === 'j' ? '.ts' : '.js'))
  return swapped !== pattern && paths.some(boundaryMatcher(root, swapped)) ? swapped : undefined
}

/** Edit distance of Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (letter === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
