import type { Role } from '../frameworks/framework.ts'
import type { Foreign } from '../project/foreign.ts'
import type { Declared, ExportNames, Origin, Value } from '../graph/exports.ts'

/** What the planner must know of the file it looks at, and cannot read from its text. */
export interface FileFacts {
  /** False for tests, commands and scripts: nothing they import is in the server's module graph. */
  readonly inServer: boolean
  /** The file is generated, or somebody else's: nothing in it is edited. */
  readonly foreign: Foreign | undefined
  /** The file itself matches `hotHook.boundaries`. */
  readonly boundary: boolean
  /** hot-hook can lex the file; where it cannot, every lazy import of a boundary in it fails. */
  readonly lexes: boolean
  /** The framework names routes after their handlers (AdonisJS 7). */
  readonly namesRoutes: boolean
  /** Major version of the framework. */
  readonly major: number
  /** Loaded after boot only, by a lazy import: what it imports statically is hot with it. */
  readonly loadedLazily: boolean
  /** The file holds types, and is checked. */
  readonly typescript: boolean
  /** The project's target has `await` at the top level of a module. */
  readonly topLevelAwait: boolean
  /** Whether another module hands this one's export `name` to `app.register(…)`, or @fastify/autoload does. */
  isRegisteredElsewhere(name: string): boolean
  /** Where `fromModule` comes from, for values that are to be made at a request; undefined where none are. */
  readonly hotFile: HotFileFacts | undefined
  /** What `specifier`, written in this file, stands for. */
  module(specifier: string): ModuleFacts
}

export interface HotFileFacts {
  /** Absolute. */
  readonly path: string
  /** How the file names it, without the extension. */
  readonly specifier: string
  /** `.ts` */
  readonly extension: string
}

export interface ModuleFacts {
  /** `external`: a package or a builtin. `missing`: looks like a project file and does not resolve. */
  readonly kind: 'project' | 'external' | 'missing'
  /** Absolute, symlinks resolved; empty unless `kind` is `project`. */
  readonly path: string
  /** Matches `hotHook.boundaries`. */
  readonly boundary: boolean
  readonly role: Role | undefined
  /** Node loads it as CommonJS, which hot-hook does not reload. */
  readonly commonjs: boolean
  /** What the export `name` is, barrels followed; `*` is the namespace. */
  exported(name: string): ExportFacts
  /** Where the export `name` comes from, and how the importing file names that module: see `Exports.origin`. */
  origin(name: string): (Omit<Origin, 'through'> & { readonly specifier: string }) | undefined
  /** The names that the module exports at run time, barrels followed; none, and not complete, outside the project. */
  exportNames(): ExportNames
}

/** What an export is, barrels followed: see {@link Declared}. */
export interface ExportFacts extends Omit<Declared, 'through'> {
  /** How the importing file names that module: as it wrote it, or in the same style for a module behind a barrel. */
  readonly specifier: string
  /** What runs when the module is imported, for example `` `app/cron.ts:3` ``; undefined when nothing does. */
  readonly sideEffect: string | undefined
  /** What its property, method, or export `name` is; undefined when that is not known. */
  member(name: string): (Value & { readonly result?: Value | undefined }) | undefined
  /** The same of the instances of a class. */
  instanceMember(name: string): (Value & { readonly result?: Value | undefined }) | undefined
  /** What its call gives, when it is a `call`; undefined when that is not known. */
  readonly result: Value | undefined
  /** What a reload of that module forgets, for example `` `hits` (`app/limiter.ts:3`) ``; undefined when it keeps nothing. */
  readonly state: string | undefined
}
