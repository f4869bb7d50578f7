import type { ConfigCode } from '../graph/config.ts'
import type { OutcomeReason } from '../graph/reload.ts'

/** `error`: hot reload does not work, or lies. `warning`: less is hot than could be. `info`: good to know. */
export type Severity = 'error' | 'warning' | 'info'

/** Something that keeps files from being hot, or makes a hot reload go wrong. */
export interface Finding {
  readonly code: FindingCode
  readonly severity: Severity
  /** Relative to the project's root, with `/`. */
  readonly path: string
  /** 1-based; 0 for a file as a whole. */
  readonly line: number
  /** What is wrong, and why; sentences. */
  readonly message: string
  /** What to do; a sentence. */
  readonly remedy: string
}

/** Reasons of an outcome that are findings as well. */
export type ReportedReason = Extract<
  OutcomeReason,
  | 'static-boundary'
  | 'type-import-above'
  | 'imported-once'
  | 'static-importer'
  | 'commonjs'
  | 'json'
  | 'unversioned'
  | 'unreadable-importer'
  | 'not-in-tree'
  | 'entry-imported'
  | 'shebang'
  | 'syntax-error'
  | 'required'
  | 'before-hot-hook'
>

export type FindingCode =
  | ConfigCode
  | ReportedReason
  | 'no-entry'
  | 'not-esm'
  | 'no-hot-hook'
  | 'not-installed'
  | 'not-loaded'
  | 'no-boundaries'
  | 'preload-order'
  | 'preloaded'
  | 'hot-hook-version'
  | 'typescript-7'
  | 'unstable'
  | 'unresolved'
  | 'computed-import'
  | 'no-dispose'
  | 'no-meta-hot'
  | 'dispose-never-runs'
  | 'decline-stops-runner'
  | 'slow-cluster'
  | 'large-file'
  | 'not-utf8'
  | 'unreadable-file'

export interface FindingKind {
  readonly severity: Severity
  /** What is wrong, of any project; the finding itself says it of this one. */
  readonly meaning: string
  /** What to do, of any project. */
  readonly remedy: string
}

/** Every finding there is, those of the set-up first. The table of docs/doctor.md is generated from it. */
export const FINDINGS: Readonly<Record<FindingCode, FindingKind>> = {
  'no-entry': {
    severity: 'error',
    meaning: 'No module was found that the server starts with. Every file that nothing imports is taken for one.',
    remedy: 'Name it with `--entry`, or add a `dev` script that starts it.',
  },
  'not-esm': {
    severity: 'error',
    meaning: 'The package has no `"type": "module"`, and hot-hook reloads ES modules only.',
    remedy: 'Set `"type": "module"`.',
  },
  'no-hot-hook': {
    severity: 'error',
    meaning: 'hot-hook is not a dependency.',
    remedy: 'Add it to devDependencies.',
  },
  'not-installed': {
    severity: 'warning',
    meaning: 'hot-hook is a dependency and is not in node_modules.',
    remedy: 'Install the dependencies.',
  },
  'not-loaded': {
    severity: 'error',
    meaning: 'The development script starts the server without hot-hook.',
    remedy: 'AdonisJS: `node ace serve --hmr`. Others: `hot-runner`, or `node --import hot-hook/register`.',
  },
  'no-boundaries': {
    severity: 'warning',
    meaning: '`hotHook.boundaries` is not set, so only imports with an attribute are boundaries.',
    remedy: 'Name the modules that are imported lazily.',
  },
  'preload-order': {
    severity: 'error',
    meaning:
      'A module of the project is preloaded after `--import hot-hook/register`. hot-hook fails on it at the start.',
    remedy: 'Put `--import hot-hook/register` last.',
  },
  preloaded: {
    severity: 'info',
    meaning: 'A module of the project is preloaded before hot-hook, which does not know it.',
    remedy: 'Import it from the entry, if that is possible.',
  },
  'hot-hook-version': {
    severity: 'warning',
    meaning:
      'hot-hook is older than 1.0. An error where it cannot work: before 0.4, and with @adonisjs/assembler 8 or later.',
    remedy: 'Update hot-hook to 1.0.0 or later.',
  },
  'typescript-7': {
    severity: 'warning',
    meaning: 'TypeScript 7 has no JavaScript API, so ESLint does not start with typescript-eslint beside it.',
    remedy: 'Use oxlint, or install TypeScript 6 under the name: `"typescript": "npm:@typescript/typescript6@^6.0.2"`.',
  },
  'misspelt-key': {
    severity: 'error',
    meaning: 'A key of package.json that hot-hook does not read, and that is nearly one that it does.',
    remedy: 'Rename it.',
  },
  'unknown-option': {
    severity: 'warning',
    meaning: 'hot-hook 1.0 has no such option in package.json.',
    remedy: 'Remove it.',
  },
  'wrong-type': {
    severity: 'error',
    meaning: 'The value of an option is of a type that hot-hook does not take.',
    remedy: 'Correct it.',
  },
  'negated-glob': {
    severity: 'error',
    meaning: 'A boundary that starts with `!`. hot-hook has no negation.',
    remedy: 'Name what is a boundary, or write `!(name).ts` inside a glob.',
  },
  'directory-glob': {
    severity: 'error',
    meaning: 'A boundary that is a directory, and matches none of the files in it.',
    remedy: 'Write a glob for the files.',
  },
  'matches-nothing': {
    severity: 'warning',
    meaning: 'A boundary glob that matches no file.',
    remedy: 'Correct it, or remove it.',
  },
  'matches-static': {
    severity: 'warning',
    meaning: 'A boundary glob that matches files which are imported statically: they restart, and all below them.',
    remedy: 'Import them lazily, or make the glob narrower: what a boundary imports is hot without being one.',
  },
  'matches-boot': {
    severity: 'warning',
    meaning: 'A boundary glob that matches files which run once, at boot.',
    remedy: 'Make the glob narrower.',
  },
  'matches-no-lazy': {
    severity: 'warning',
    meaning: 'A boundary glob that matches no file which is imported lazily, so it makes nothing hot.',
    remedy: 'Import them lazily where they are used.',
  },
  'unmatchable-root': {
    severity: 'error',
    meaning: 'The path of the project holds a parenthesis or a brace. No relative glob matches then.',
    remedy: 'Move the project, or start the glob with `**/`.',
  },
  'restart-glob': {
    severity: 'warning',
    meaning: '`hotHook.restart` holds a glob. Only the modules of the server are watched for it.',
    remedy: 'Name each file.',
  },
  'ignore-node-modules': {
    severity: 'warning',
    meaning: '`hotHook.ignore` replaces the default list and leaves node_modules out, so that is watched.',
    remedy: 'Add `**/node_modules/**`.',
  },
  'not-for-kickjs': {
    severity: 'warning',
    meaning: 'A project on KickJS has `hotHook`. KickJS reloads through Vite, and nothing reads it.',
    remedy: 'Remove it.',
  },
  'imported-once': {
    severity: 'error',
    meaning: 'A boundary whose `import()` runs once, at boot or behind a cache: its edits are lost without a word.',
    remedy: 'Evaluate the `import()` in each call, or take the module out of `hotHook.boundaries`.',
  },
  'static-importer': {
    severity: 'error',
    meaning: 'A boundary that is also imported statically, by code that keeps the old version of it.',
    remedy: 'Import it lazily there too.',
  },
  commonjs: {
    severity: 'error',
    meaning: 'A CommonJS module below a boundary: hot-hook says it is invalidated, and Node keeps it.',
    remedy: 'Make it an ES module.',
  },
  json: {
    severity: 'error',
    meaning: 'A JSON module below a boundary, on Node 20, which reads it once. package.json is not reported.',
    remedy: 'Use Node 22 or later, or read the file with `fs`.',
  },
  unversioned: {
    severity: 'error',
    meaning: '`hotHook.ignore` names a module that another process watches: it is invalidated, and stays as it is.',
    remedy: 'Take it out of `hotHook.ignore`.',
  },
  'unreadable-importer': {
    severity: 'error',
    meaning: 'hot-hook cannot read the source of a file that imports a boundary: JSX text, or `import x = require()`.',
    remedy: 'Import the boundary from a file without these.',
  },
  'not-in-tree': {
    severity: 'error',
    meaning: 'A file that was required has an `import()`, which fails: hot-hook does not know the file.',
    remedy: 'Make the importer an ES module.',
  },
  'entry-imported': {
    severity: 'error',
    meaning: 'A module imports the entry, which then runs a second time.',
    remedy: 'Move what is imported to a module of its own.',
  },
  shebang: {
    severity: 'error',
    meaning: 'A module starts with `#!`, and hot-hook puts a line of code above that.',
    remedy: 'Take the line away and start the module with `node`.',
  },
  'syntax-error': {
    severity: 'error',
    meaning: 'A module does not parse. What it imports is not known.',
    remedy: 'Correct the syntax.',
  },
  'unreadable-file': {
    severity: 'error',
    meaning: 'A module cannot be read. What it imports is not known.',
    remedy: 'Check its permissions.',
  },
  'no-meta-hot': {
    severity: 'error',
    meaning: 'A TypeScript module uses `import.meta.hot`, which is undefined where Node itself strips the types.',
    remedy: 'Start the server with `--import tsx`, or write the module in JavaScript.',
  },
  'dispose-never-runs': {
    severity: 'error',
    meaning: 'A module with `dispose` or `decline` whose path holds a space or a character outside ASCII.',
    remedy: 'Move the project to a path without such characters.',
  },
  'decline-stops-runner': {
    severity: 'error',
    meaning: 'A module that declines, under hot-runner 1.0, which stops at its edit.',
    remedy: 'Take the call of `decline()` away.',
  },
  'static-boundary': {
    severity: 'warning',
    meaning:
      'A static import of a boundary, which switches the boundary off. An info where the importer is, or is below, a boundary itself.',
    remedy: 'Import it lazily there, or take it out of `hotHook.boundaries`.',
  },
  'type-import-above': {
    severity: 'warning',
    meaning: 'A type import of a boundary above its lazy import, for which hot-hook takes it.',
    remedy: "Write `type T = import('…').T`, or put the type import below.",
  },
  unstable: {
    severity: 'warning',
    meaning: 'hot-hook reads one import of a boundary as lazy and another as static: the last that ran decides.',
    remedy: 'Import it lazily everywhere, or take it out of `hotHook.boundaries`.',
  },
  unresolved: {
    severity: 'warning',
    meaning: 'An import that leads to no file. What is below it is not known.',
    remedy: 'Correct the import, or build what it names.',
  },
  'no-dispose': {
    severity: 'warning',
    meaning: 'A hot module makes something while it is loaded (a timer, a listener, a pool) and nothing undoes it.',
    remedy: 'Undo it in `import.meta.hot?.dispose()`, or move it to a module that is not hot.',
  },
  'slow-cluster': {
    severity: 'warning',
    meaning: 'Hot modules that import each other so often that hot-hook takes seconds to follow the chains.',
    remedy: 'Import types with `import type`, or put what they share into a module of its own.',
  },
  'not-utf8': {
    severity: 'warning',
    meaning: 'A module that is not UTF-8: Node reads other characters than were written.',
    remedy: 'Convert it to UTF-8.',
  },
  'computed-import': {
    severity: 'info',
    meaning: 'An `import()` whose specifier only a run can tell. The files that it loads may be missing in the report.',
    remedy: 'Nothing, if those files are boundaries.',
  },
  required: {
    severity: 'info',
    meaning: 'A file that is required, which hot-hook does not see: an edit of it does nothing.',
    remedy: 'Import it.',
  },
  'before-hot-hook': {
    severity: 'warning',
    meaning: 'A module that is imported before `hot.init()` runs: hot-hook does not know it, and an edit does nothing.',
    remedy: 'Import it with `await import()` below `hot.init()`, or start with `--import hot-hook/register`.',
  },
  'large-file': {
    severity: 'info',
    meaning: 'A hot module of more than a megabyte, which is parsed again in each reload of it or of what it imports.',
    remedy: 'Move the data to a file that is read with `fs`.',
  },
}

/** A finding of its usual severity. @param line 1-based; 0 for the file as a whole. */
export function finding(code: FindingCode, path: string, line: number, message: string, remedy: string): Finding {
  return { code, severity: FINDINGS[code].severity, path, line, message, remedy }
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info']
const CODES = Object.keys(FINDINGS)

/** Worst first, then in the order of {@link FINDINGS}, then by place. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CODES.indexOf(a.code) - CODES.indexOf(b.code) ||
    compare(a.path, b.path) ||
    a.line - b.line
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
