import type { Candidate } from './candidate.ts'
import type { Reason } from './reasons.ts'
import { declinedAbove } from './rewrite.ts'

/** What a person chose among the imports of request-time code. Paths are absolute. */
export interface Choices {
  /** The reasons that were accepted wherever they are, and that a suggestion had. */
  readonly met: ReadonlySet<Reason>
  /** Whether the suggestion is taken, though the condition `reason` is not proven. */
  accepts(path: string, candidate: Candidate, reason: Reason): boolean
  /** Why the import is to stay as it is: empty where nothing was said, undefined where it is not declined. */
  declined(path: string, candidate: Candidate): string | undefined
}

/**
 * The candidate of the file `path` with what was chosen: a suggestion is a fix when each of its conditions is accepted,
 * and what is declined is left. The reason stays that of the last condition.
 */
export function choose(candidate: Candidate, path: string, choices: Choices): Candidate {
  const { verdict, edits, reason, detail, also = [] } = candidate
  if (verdict !== 'fix' && verdict !== 'suggest') return candidate
  const why = choices.declined(path, candidate)
  if (why !== undefined) return decline(candidate, why)
  if (verdict === 'fix' || edits.length === 0) return candidate
  const [open, ...others] = [{ reason, detail }, ...also].filter(
    (condition) => !choices.accepts(path, candidate, condition.reason),
  )
  return open ? { ...candidate, ...open, also: others } : { ...candidate, verdict: 'fix', also: [] }
}

/** The candidate as its file has it: left, where a comment above the import switches off the rule that reports it. */
export function chooseAsWritten(candidate: Candidate, text: string): Candidate {
  const { verdict, about, role, range } = candidate
  if ((verdict !== 'fix' && verdict !== 'suggest') || about !== 'handler' || role === undefined) return candidate
  const why = declinedAbove(text, range[0])
  return why === undefined ? candidate : decline(candidate, why)
}

/** @param why a person left the import as it is; may be empty. */
function decline(candidate: Candidate, why: string): Candidate {
  return { ...candidate, verdict: 'leave', reason: 'declined', detail: why, edits: [] }
}
