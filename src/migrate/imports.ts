import { applyEdits, positionAt, type Edit } from '../edits/text.ts'
import type { FilePlan } from '../lazy/analysis.ts'
import type { Candidate } from '../lazy/candidate.ts'
import type { ProjectPlan } from '../lazy/project-plan.ts'
import { explainReason } from '../lazy/reasons.ts'
import type { Project } from '../project/project.ts'
import { keyOf, nameIn, type ImportChoice, type ImportReport } from './import.ts'

/** A candidate, where it stands in the files as they are. */
export interface Located {
  /** Absolute. */
  readonly path: string
  /** 1-based, in the file as it is. */
  readonly line: number
  readonly candidate: Candidate
  /** What the candidate's edits are edits of: the file after the codemods before. */
  readonly text: string
}

export function locate({ path, text, candidates }: FilePlan): Located[] {
  return candidates.map((candidate) => ({ path, text, candidate, line: positionAt(text, candidate.range[0]).line }))
}

/** `known` with the candidates of a later round, at the places that these have before anything is edited. */
export function joinRounds(known: readonly Located[], later: readonly Located[]): Located[] {
  const isSame = (one: Located, other: Located): boolean =>
    one.path === other.path && keyOf({ ...one.candidate, path: '' }) === keyOf({ ...other.candidate, path: '' })
  const files = new Set(known.map(({ path }) => path))
  return [
    ...known.map((one) => {
      const now = one.candidate.verdict === 'fix' ? undefined : later.find((other) => isSame(one, other))
      return now ? { ...now, line: one.line } : one
    }),
    ...later.filter(({ path }) => !files.has(path)),
  ]
}

/**
 * The handlers that are left when the levels above have done their part, where they stand in the files as they are.
 *
 * @param rounds of the handlers, each after one of the levels above; the last is how it stays.
 */
export function stillThere(
  before: ProjectPlan,
  rounds: readonly ProjectPlan[],
  above: readonly Located[],
): readonly Located[] {
  const handlers = before.files.flatMap(locate)
  const last = rounds.at(-1)
  if (!last || above.length === 0) return handlers
  const key = ({ path, candidate }: Located): string => keyOf({ ...candidate, path })
  const left = new Map<string, Located>()
  for (const plan of rounds) {
    for (const located of plan.files.flatMap(locate)) {
      if (located.candidate.verdict === 'fix' || (plan === last && !left.has(key(located))))
        left.set(key(located), located)
    }
  }
  const said = new Set(above.map(key))
  return handlers.flatMap((handler) => {
    const now = left.get(key(handler))
    return now && !said.has(key(now)) ? [{ ...now, line: handler.line }] : []
  })
}

export function reportOf(project: Project, { path, line, candidate }: Located): ImportReport {
  const { names, specifier, role, verdict, reason, detail } = candidate
  return {
    path: nameIn(project, path),
    line,
    names,
    specifier,
    ...(role === undefined ? {} : { role }),
    verdict,
    reason,
    message: explainReason(reason, detail),
  }
}

/** @returns none for an import that no edit makes lazy. */
export function choiceOf(project: Project, located: Located): ImportChoice[] {
  const { candidate, text } = located
  const { verdict, edits, also = [], fromModule } = candidate
  if ((verdict !== 'fix' && verdict !== 'suggest') || edits.length === 0) return []
  const needed: readonly Edit[] = fromModule?.edit ? [fromModule.edit] : []
  return [
    {
      kind: 'import',
      report: reportOf(project, located),
      conditions: (verdict === 'fix' ? [] : [candidate, ...also]).map(({ reason, detail }) => ({
        reason,
        message: explainReason(reason, detail),
      })),
      texts: () => ({ before: text, after: applyEdits(text, [...needed, ...edits]) }),
    },
  ]
}
