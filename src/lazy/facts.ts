import type { Role } from '../frameworks/framework.ts'
import type { Declared, ExportNames } from '../graph/exports.ts'

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
  /** What the export `name` is, barrels followed; `*` is the namespace. */
  exported(name: string): ExportFacts
  /** The names that the module exports at run time, barrels followed; none, and not complete, outside the project. */
  exportNames(): ExportNames
}

/** What an export is, barrels followed: see {@link Declared}. */
export interface ExportFacts extends Omit<Declared, 'through'> {
  /** How the importing file names that module: as it wrote it, or in the same style for a module behind a barrel. */
  readonly specifier: string
  /** What runs when the module is imported, for example `` `app/cron.ts:3` ``; undefined when nothing does. */
  readonly sideEffect: string | undefined
  /** What a reload of that module forgets, for example `` `hits` (`app/limiter.ts:3`) ``; undefined when it keeps nothing. */
  readonly state: string | undefined
}
