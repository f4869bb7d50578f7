import type { Role } from '../frameworks/framework.ts'

/** What the planner must know of the file it looks at, and cannot read from its text. */
export interface FileFacts {
  /** False for tests, commands and scripts: nothing they import is in the server's module graph. */
  readonly inServer: boolean
  /** The file itself matches `hotHook.boundaries`. */
  readonly boundary: boolean
  /** hot-hook can lex the file; where it cannot, every lazy import of a boundary in it fails. */
  readonly lexes: boolean
  /** The framework names routes after their handlers (AdonisJS 7). */
  readonly namesRoutes: boolean
  /** What `specifier`, written in this file, stands for. */
  module(specifier: string): ModuleFacts
}

export interface ModuleFacts {
  /** `external`: a package or a builtin. `missing`: looks like a project file and does not resolve. */
  readonly kind: 'project' | 'external' | 'missing'
  /** Absolute, symlinks resolved; empty unless `kind` is `project`. */
  readonly path: string
  /** Matches `hotHook.boundaries`. */
  readonly boundary: boolean
  readonly role: Role | undefined
  /** What the export `name` is, barrels followed. */
  exported(name: string): ExportFacts
}

export interface ExportFacts {
  /** `lazy`: a function that returns an `import()`. `value`: a literal, an array or an object. */
  readonly kind: 'class' | 'function' | 'lazy' | 'value' | 'unknown'
  /** Name of the class or function, where it has one. */
  readonly name: string | undefined
  /** The module that declares it, and the name it has there: differs from the imported one behind a barrel. */
  readonly path: string
  readonly exportName: string
  /** How the importing file names that module: as it wrote it, or in the same style for a module behind a barrel. */
  readonly specifier: string
  /** What runs when the module is imported, for example `` `app/cron.ts:3` ``; undefined when nothing does. */
  readonly sideEffect: string | undefined
}
