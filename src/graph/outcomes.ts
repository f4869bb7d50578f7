import type { Outcome, OutcomeReason } from './reload.ts'

/** What a sentence about a file may name. */
export interface OutcomeNames {
  /** The importer that decides it, with its line: `` `src/routes.ts:3` ``. */
  readonly importer: string
  /** Who loads it, where no module of the project does: `@fastify/autoload in src/app.ts:12`. */
  readonly loader: string
}

interface OutcomeText {
  readonly outcome: Outcome
  /** What happens, and why. */
  readonly say: (names: OutcomeNames) => string
  /** What a person can do; empty where nothing has to be done, or nothing can. */
  readonly remedy: string
}

/**
 * Every reason for an outcome. docs/outcomes.md is generated from it.
 *
 * Each row was measured under hot-hook 1.0.0; tests/runtime/reload holds it.
 */
export const OUTCOMES: Readonly<Record<OutcomeReason, OutcomeText>> = {
  boundary: {
    outcome: 'hot',
    say: ({ importer }) => `It is a boundary that ${importer} imports lazily.`,
    remedy: '',
  },
  'below-boundary': {
    outcome: 'hot',
    say: () => 'Every chain of imports that leads to it crosses a boundary that is imported lazily.',
    remedy: '',
  },
  entry: {
    outcome: 'restart',
    say: () => 'The process starts with it.',
    remedy: '',
  },
  'loaded-at-boot': {
    outcome: 'restart',
    say: ({ loader }) => `${loader} loads it once, at boot.`,
    remedy: '',
  },
  'outside-boundary': {
    outcome: 'restart',
    say: ({ importer }) => `${importer} imports it, and no boundary stands between it and the start of the process.`,
    remedy: 'Make one of the imports on the chain lazy, and its module a boundary.',
  },
  'static-boundary': {
    outcome: 'restart',
    say: ({ importer }) => `It is a boundary, and ${importer} imports it statically, which switches it off.`,
    remedy: 'Import it lazily there, or take it out of `hotHook.boundaries`.',
  },
  'type-import-above': {
    outcome: 'restart',
    say: ({ importer }) =>
      `${importer} imports its types above the lazy import; hot-hook takes the first import it reads, and that is no dynamic one.`,
    remedy: "Write `type T = import('…').T` in place of the type import, or put it below the lazy one.",
  },
  'below-static-boundary': {
    outcome: 'restart',
    say: ({ importer }) => `${importer} imports it, which is, or is below, a boundary that is imported statically.`,
    remedy: 'Import that boundary lazily everywhere, or take it out of `hotHook.boundaries`.',
  },
  'restart-glob': {
    outcome: 'restart',
    say: () => '`hotHook.restart` names it.',
    remedy: '',
  },
  declined: {
    outcome: 'restart',
    say: () => 'It, or a module that imports it, calls `import.meta.hot.decline()`.',
    remedy: 'Take the call away, or dispose of what the module holds instead.',
  },
  'imported-once': {
    outcome: 'stale',
    say: ({ importer }) =>
      `hot-hook says it is invalidated, and the old code stays: ${importer} imports it, or a module above it, only once.`,
    remedy:
      'Evaluate the `import()` in each call, or take its module out of `hotHook.boundaries`, so that edits restart.',
  },
  'static-importer': {
    outcome: 'stale',
    say: ({ importer }) =>
      `hot-hook says it is invalidated, and ${importer}, which imports it statically, keeps the old code.`,
    remedy: 'Import it lazily there too.',
  },
  commonjs: {
    outcome: 'stale',
    say: () => 'hot-hook says it is invalidated, and Node keeps a CommonJS module in `require.cache`.',
    remedy: 'Make it an ES module.',
  },
  json: {
    outcome: 'stale',
    say: () => 'hot-hook says it is invalidated, and Node 20 reads a JSON module once.',
    remedy: 'Use Node 22 or later, or read the file with `fs`.',
  },
  unversioned: {
    outcome: 'stale',
    say: () => '`hotHook.ignore` names it, so that it is invalidated without getting a new version.',
    remedy: 'Take it out of `hotHook.ignore`.',
  },
  'unreadable-importer': {
    outcome: 'error',
    say: ({ importer }) =>
      `hot-hook cannot read the source of ${importer}, and the import of a boundary from it fails.`,
    remedy: 'Import the boundary from a file without JSX and without `import x = require()`.',
  },
  'not-in-tree': {
    outcome: 'error',
    say: ({ importer }) => `${importer} was required, so hot-hook does not know it, and its \`import()\` fails.`,
    remedy: 'Make the importer an ES module, or require this file too.',
  },
  'entry-imported': {
    outcome: 'error',
    say: ({ importer }) =>
      `It is the entry, and ${importer} imports it: hot-hook makes that a second copy, which runs again.`,
    remedy: 'Move what is imported to a module of its own.',
  },
  'fails-to-load': {
    outcome: 'error',
    say: () => 'It cannot be loaded under hot-hook, or what it imports cannot.',
    remedy: 'Mend the module that fails; `hot-codemod doctor` names it.',
  },
  'no-start': {
    outcome: 'error',
    say: () => 'The server does not start under hot-hook, because a module that it loads at boot fails.',
    remedy: 'Mend the module that fails; `hot-codemod doctor` names it.',
  },
  shebang: {
    outcome: 'error',
    say: () => 'It starts with `#!`, and hot-hook puts a line of code above that.',
    remedy: 'Take the `#!` line away and start it with `node`.',
  },
  'syntax-error': {
    outcome: 'error',
    say: () => 'It does not parse.',
    remedy: 'Correct the syntax; what it imports is not known until then.',
  },
  ignored: {
    outcome: 'unwatched',
    say: () => '`hotHook.ignore` names it.',
    remedy: 'Take it out of `hotHook.ignore` if it is ever edited.',
  },
  required: {
    outcome: 'unwatched',
    say: ({ importer }) => `${importer} requires it, which hot-hook does not see.`,
    remedy: 'Import it.',
  },
  'before-hot-hook': {
    outcome: 'unwatched',
    say: ({ importer }) => `${importer} imports it before \`hot.init()\` runs, so hot-hook does not know it.`,
    remedy: 'Import it with `await import()` below `hot.init()`, or start with `--import hot-hook/register`.',
  },
  'by-url': {
    outcome: 'unwatched',
    say: ({ importer }) => `${importer} names it by \`new URL()\`: a worker, or a file that is read.`,
    remedy: '',
  },
}
