import type { Edit } from '../edits/text.ts'
import type { Role } from '../frameworks/framework.ts'
import type { Foreign } from '../project/foreign.ts'
import type { Reason } from './reasons.ts'

/**
 * - `fix`: every use is proven safe; `edits` are applied by ESLint's fixer and by the CLI.
 * - `suggest`: right only under a condition that cannot be proven; `edits` wait for a person.
 * - `leave`: has to stay static; `reason` says why and what a person could do.
 * - `done`: already lazy.
 */
export type Verdict = 'fix' | 'suggest' | 'leave' | 'done'

/** An import that a file has to have: its text, and where it goes. */
export interface NeededImport {
  /** Undefined when it is there already. */
  readonly edit: Edit | undefined
}

/** What a suggestion is right under. */
export interface Condition {
  readonly reason: Reason
  readonly detail: string
}

/** One import of request-time code and what becomes of it. Each ends in exactly one verdict. */
export interface Candidate {
  readonly verdict: Verdict
  readonly reason: Reason
  /** What the reason is about, for its sentence: a name, a file, a line. */
  readonly detail: string
  /** Of a suggestion: the conditions beside {@link reason}. */
  readonly also?: readonly Condition[]
  /**
   * `handler`: something is registered, or instantiated to be. `boundary`: a boundary is imported for another use.
   * `types`: a type import beside a lazy one.
   */
  readonly about: 'handler' | 'boundary' | 'types'
  /** What the module is to the framework; undefined for a boundary that is nothing the framework knows. */
  readonly role: Role | undefined
  /** Local names of the import; empty for a lazy import that is written inline. */
  readonly names: readonly string[]
  /** As written, without quotes. */
  readonly specifier: string
  /** Absolute paths of the modules the lazy imports load, barrels followed; empty when unresolved. */
  readonly targets: readonly string[]
  /** The declaration (or the `import()`): UTF-16 offsets into the text the plan was made from. */
  readonly range: readonly [number, number]
  readonly edits: readonly Edit[]
  /** It needs `fromModule`, which {@link edits} do not import. */
  readonly fromModule?: NeededImport
  /** The same edits with a line that loads the module at boot too, for one whose import does something. */
  readonly preloaded?: readonly Edit[]
  /** Where else the statements can stand that replace an import, the nearest place first. */
  readonly places?: readonly Place[]
}

/** A place behind another import. */
export interface Place {
  /** The offset of that import. */
  readonly anchor: number
  /** {@link Candidate.edits} that write there. */
  readonly edits: readonly Edit[]
}

/** A candidate of a file that nobody edits by hand. */
export function leaveForeign(candidate: Candidate, { reason, detail }: Foreign): Candidate {
  if (candidate.verdict !== 'fix' && candidate.verdict !== 'suggest') return candidate
  return { ...candidate, verdict: 'leave', reason, detail, edits: [] }
}

/** A candidate of a file that stays as it is. @param what happens when its imports are lazy. */
export function leaveAlone(candidate: Candidate, what: string): Candidate {
  if (candidate.verdict !== 'fix') return candidate
  return { ...candidate, verdict: 'leave', reason: 'regressed', detail: what, edits: [] }
}
