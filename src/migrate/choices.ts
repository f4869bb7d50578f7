import { applyEdits, lineBreakOf, type Edit } from '../edits/text.ts'
import type { FileTree } from '../edits/tree.ts'
import type { Candidate } from '../lazy/candidate.ts'
import type { Choices } from '../lazy/choices.ts'
import type { PlanOptions } from '../lazy/plan-options.ts'
import { planProject } from '../lazy/project-plan.ts'
import { isReason, type Reason } from '../lazy/reasons.ts'
import { directiveAbove, startOfLine } from '../lazy/rewrite.ts'
import type { Project } from '../project/project.ts'
import { keyOf, nameIn, type ImportChoice, type ImportKey, type ImportReport } from './import.ts'

/** A suggestion that is taken. */
export interface AcceptedImport extends ImportKey {
  /** The condition it is taken under. Default: whatever it is. */
  readonly reason?: Reason
}

/** An import that stays as it is, though it could be lazy. */
export interface DeclinedImport extends ImportKey {
  /** Why. It is written above the import, where a lint rule reports it: that keeps it so. */
  readonly why?: string
}

/** What of {@link MigrateOptions} says which imports become lazy. */
export interface ChoiceOptions {
  readonly accept?: readonly (string | AcceptedImport)[]
  readonly decline?: readonly DeclinedImport[]
}

/** `src/routes.ts:3` */
const PLACE = /^(.+):(\d+)$/

/** Whether a text of `accept` is about a line, which only a plan tells the import of. */
export function isPlace(accepted: string | AcceptedImport): accepted is string {
  return typeof accepted === 'string' && !isReason(accepted)
}

/** @param accept without places: see {@link importAt}. */
export function choicesOf(
  project: Pick<Project, 'root'>,
  { accept = [], decline = [] }: ChoiceOptions,
): Choices | undefined {
  if (accept.length === 0 && decline.length === 0) return undefined
  const reasons = new Set<unknown>(accept)
  const accepted = new Set<string>()
  for (const one of accept) if (typeof one !== 'string') accepted.add(`${keyOf(one)}\0${one.reason ?? ''}`)
  const declined = whysOf(decline)
  const key = (path: string, candidate: Candidate): string => keyOf({ ...candidate, path: nameIn(project, path) })
  const met = new Set<Reason>()
  return {
    met,
    accepts(path, candidate, reason) {
      if (reasons.has(reason)) met.add(reason)
      return (
        reasons.has(reason) ||
        (accepted.size > 0 && [reason, ''].some((of) => accepted.has(`${key(path, candidate)}\0${of}`)))
      )
    },
    declined: (path, candidate) => declined.get(key(path, candidate)),
  }
}

/** Verdicts and reasons of imports that need no acceptance, or that a person took back. */
const SETTLED: ReadonlySet<string> = new Set(['fix', 'done', 'regressed', 'declined'])

/**
 * The imports at the place that `accepted` names, in a plan without it.
 *
 * @throws {RangeError} when it is neither a reason nor a place with a suggestion; its message lists the suggestions.
 */
export function importsAt(
  accepted: string,
  imports: readonly ImportReport[],
  choices: readonly ImportChoice[],
): AcceptedImport[] {
  const [, path = '', line = ''] = PLACE.exec(accepted.replaceAll('\\', '/').replace(/^\.\//, '')) ?? []
  const found = imports.filter((report) => report.path === path && report.line === Number(line))
  const [first] = found
  if (!first) {
    const what =
      path === '' ? `There is no reason \`${accepted}\`` : `There is no import of request-time code at ${accepted}`
    throw new RangeError(`${what}. ${listOf(choices)}`)
  }
  const isTaken = found.some(
    ({ verdict, reason }) =>
      (verdict === 'suggest' && choices.some(isAt)) || SETTLED.has(verdict) || SETTLED.has(reason),
  )
  if (!isTaken) throw new RangeError(`${accepted} cannot be accepted. ${first.message}`)
  return found.map(({ specifier, names }) => ({ path, specifier, names }))

  function isAt({ report }: ImportChoice): boolean {
    return report.path === path && report.line === Number(line)
  }
}

function listOf(choices: readonly ImportChoice[]): string {
  const places = choices.flatMap(({ report: { verdict, path, line, reason } }) =>
    verdict === 'suggest' ? [`${path}:${line} (${reason})`] : [],
  )
  return places.length === 0 ? 'Nothing waits to be accepted.' : `Suggestions are: ${places.join(', ')}.`
}

/** The rule that reports an import, by its role. */
const RULES = {
  controller: 'prefer-lazy-controller-import',
  middleware: 'prefer-lazy-middleware-import',
  'error-handler': 'prefer-lazy-middleware-import',
  listener: 'prefer-lazy-listener-import',
} as const

/**
 * Writes why an import is declined above it, as the comment that switches off its rule: the linter and the next run
 * then leave it alone. Where no rule reports it, or another comment for tools stands there, nothing is written.
 *
 * @returns absolute paths of the files, and how many comments that is.
 */
export function writeReasons(
  project: Project,
  tree: FileTree,
  options: PlanOptions,
  { decline = [] }: ChoiceOptions,
): { readonly files: readonly string[]; readonly edits: number } {
  const whys = whysOf(decline)
  const written: string[] = []
  let count = 0
  for (const { path, text, candidates } of planProject(project, tree, options).files) {
    const edits = candidates.flatMap((candidate): Edit[] => {
      const { reason, about, role, range } = candidate
      const why = whys.get(keyOf({ ...candidate, path: nameIn(project, path) }))
      if (reason !== 'declined' || !why || about !== 'handler' || !role) return []
      const start = startOfLine(text, range[0])
      const indent = text.slice(start, range[0])
      if (indent.trim() !== '' || directiveAbove(text, range[0]) !== undefined) return []
      const comment = `// eslint-disable-next-line hot-codemod/${RULES[role]} -- ${why}`
      return [{ range: [start, start], text: indent + comment + lineBreakOf(text) }]
    })
    if (edits.length === 0) continue
    tree.write(path, applyEdits(text, edits))
    written.push(path)
    count += edits.length
  }
  return { files: written, edits: count }
}

/** Why each import is declined, by its key; empty where nothing was said. */
function whysOf(decline: readonly DeclinedImport[]): ReadonlyMap<string, string> {
  return new Map(decline.map((one) => [keyOf(one), oneLine(one.why ?? '')]))
}

/** For a comment, and for a sentence that ends with its own period. */
function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(/\.$/, '')
}
