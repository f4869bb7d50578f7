import type { Coverage } from './coverage.ts'
import type { Outcome } from './reload.ts'

/** What `doctor`, `explain`, `graph` and `--json` show of a server; documented in docs/graph.md. */
export interface ServerReport {
  /** Fields may be added to a version; nothing is renamed or removed within one. */
  readonly version: 1
  /** The name in package.json, else that of the directory. */
  readonly name: string
  readonly framework: { readonly name: string; readonly major: number }
  readonly coverage: Coverage
  /** Sorted by path. */
  readonly files: readonly FileReport[]
  /** The imports between `files` at run time. */
  readonly imports: readonly ImportReport[]
  /** Best first. */
  readonly cuts: readonly CutReport[]
}

export interface FileReport {
  /** Relative to the project's root, with `/`. */
  readonly path: string
  readonly outcome: Outcome
  /** Code: `entry`, `boundary`, `below-boundary`, `static-boundary`, `outside-boundary`, `imported-once`, … */
  readonly reason: string
  /** One or two sentences. */
  readonly message: string
  /** hot-hook's answer depends on the order of requests. */
  readonly unstable: boolean
  /** A restart is what an edit needs: the process starts with the file, or its start uses it. */
  readonly needsRestart: boolean
  /** Matches `hotHook.boundaries`. */
  readonly boundary: boolean
  /** How many of the last 500 edits that git knows of were of this file. */
  readonly edits: number
  /**
   * Index into `imports` of the last step of the shortest chain that decides the outcome; null for an entry or a root.
   * Following `imports[via].from` up gives the whole chain.
   */
  readonly via: number | null
}

export interface ImportReport {
  /** Indexes into `files`. */
  readonly from: number
  readonly to: number
  /** As it is written. */
  readonly specifier: string
  /** 1-based; 0 when it is not known. */
  readonly line: number
  readonly dynamic: boolean
}

export interface CutReport {
  /** Index of the file that would be imported lazily. */
  readonly file: number
  /** Hot files import it statically too, so a module that only exports it again would be imported in its place. */
  readonly reexported: boolean
  /** Indexes of the imports that would have to change. */
  readonly imports: readonly number[]
  /** Indexes of the files that turn hot. */
  readonly frees: readonly number[]
  /** How many of the last edits were of those. */
  readonly edits: number
  /** Of the change that is least sure: `fix` is proven, `suggest` needs a condition to hold, `leave` no codemod makes. */
  readonly verdict: CutVerdict
  /** How each of `imports` is changed, in the same order. */
  readonly changes: readonly CutChange[]
}

export interface CutChange {
  /** Index of the import. */
  readonly import: number
  /** The codemod that knows the import; null where none does. */
  readonly codemod: string | null
  readonly verdict: CutVerdict
  /** Code of the reason; null where none is known. */
  readonly reason: string | null
  /** Why, and what would have to be true; sentences. */
  readonly message: string
}

export type CutVerdict = 'fix' | 'suggest' | 'leave'
