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

/** A cut that is made, to be taken or not. */
export interface CutChoice {
  readonly kind: 'cut'
  readonly report: CutSummary
  /** Of each import, in the order of the report: the text of the file, and the text with this import changed and nothing else. */
  texts(): readonly { readonly before: string; readonly after: string }[]
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
