import type { Verdict } from '../lazy/candidate.ts'
import type { Reason } from '../lazy/reasons.ts'
import type { Project } from '../project/project.ts'

/** An import, however the lines around it move. */
export interface ImportKey {
  /** Relative to the project root, with `/`. */
  readonly path: string
  /** As written, without quotes. */
  readonly specifier: string
  /** Local names. */
  readonly names: readonly string[]
}

/** One import of request-time code, for people and for `--json`. */
export interface ImportReport extends ImportKey {
  /** 1-based, in the file as it is. */
  readonly line: number
  /** Missing for a boundary that is nothing the framework knows. */
  readonly role?: string
  readonly verdict: Verdict
  readonly reason: Reason
  /** One or two sentences: why, and what a person could do. */
  readonly message: string
}

/** An import that can be made lazy: a proven one, or a suggestion. */
export interface ImportChoice {
  readonly kind: 'import'
  readonly report: ImportReport
  /** What is not proven of a suggestion, and how a person reads it; none of a proven one. */
  readonly conditions: readonly { readonly reason: Reason; readonly message: string }[]
  /** The text of the file, and the text with this import lazy and nothing else changed. */
  texts(): { readonly before: string; readonly after: string }
}

/** What {@link ImportKey} is compared by. */
export function keyOf({ path, specifier, names }: ImportKey): string {
  return [path, specifier, ...names].join('\0')
}

/** `path` relative to the project's root, with `/`. */
export function nameIn({ root }: Pick<Project, 'root'>, path: string): string {
  return path.slice(root.length + 1).replaceAll('\\', '/')
}
