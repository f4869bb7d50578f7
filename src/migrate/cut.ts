import type { Reason } from '../lazy/reasons.ts'

/** An import, or a few, whose change turns files hot; for people and for `--json`. Paths are relative, with `/`. */
export interface CutSummary {
  /** The module that is imported lazily then. */
  readonly path: string
  readonly imports: readonly CutImport[]
  /** How many files turn hot. */
  readonly files: number
  /** How many of the last edits that git knows of were of those. */
  readonly edits: number
}

export interface CutImport {
  readonly path: string
  /** 1-based, in the file before the cuts; 0 when not known. */
  readonly line: number
  readonly specifier: string
  /** The codemod that changes it; missing where none was looked for, or none knows the import. */
  readonly codemod?: string
  readonly verdict?: 'fix' | 'suggest' | 'leave'
  readonly reason?: Reason
  /** Why, and what would have to be true. */
  readonly message?: string
}
