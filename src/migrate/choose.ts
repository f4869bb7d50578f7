import { migrate, type MigrateOptions, type Migration, type State } from '../migrate.ts'
import type { AcceptedImport, DeclinedImport } from './choices.ts'
import type { CutChoice } from './cut.ts'
import { keyOf, type ImportChoice } from './import.ts'
import { isOfImports } from './plan.ts'

/** What a codemod does to package.json and other files that follow from the imports: all of it, or nothing. */
export interface StepChoice {
  readonly kind: 'step'
  readonly step: State
  /** Of the project: what paths are relative to. */
  readonly root: string
}

/** One thing that a person may want, or not. */
export type Choice = ImportChoice | CutChoice | StepChoice

/** `false`: it is left. `why`: it is left, and that is said in the report and above the import. */
export type Answer = boolean | { readonly why: string }

/** What was chosen. */
export interface Chosen {
  /** The options with the choices in them, for {@link migrate}. */
  readonly options: MigrateOptions
  /** The migration with these options. */
  readonly migration: Migration
}

/**
 * Plans the migration of a project and asks for each part of it: for each import, one that is proven or a suggestion,
 * then for each cut that the target takes, and then for each codemod that changes other files. What depends on the answers is planned anew, and asked when it
 * was not asked before: a suggestion with its new condition too.
 *
 * @param ask is called for one choice after the other, in the order of the plan. What it throws ends it all.
 * @param place which of how many that are to be asked now, from 1.
 * @throws {ProjectError} as {@link migrate}; also when a file that may be overwritten has uncommitted changes and
 * `allowDirty` is not set.
 */
export async function choose(
  options: MigrateOptions,
  ask: (choice: Choice, place: { readonly number: number; readonly total: number }) => Answer | Promise<Answer>,
): Promise<Chosen> {
  const asked = new Set<string>()
  const accept: AcceptedImport[] = []
  const decline: DeclinedImport[] = [...(options.decline ?? [])]
  const declineCuts: string[] = [...(options.declineCuts ?? [])]
  const skip: string[] = [...(options.skip ?? [])]
  let chosen = options
  let migration = await migrate(chosen)
  migration.requireClean()
  // The levels are compared once, as they are without a choice. A level that is asked for takes no cut above it.
  const level = options.target === undefined ? { level: migration.level } : {}
  for (;;) {
    const open = openIn(migration, asked)
    if (open.length === 0) return { options: chosen, migration }
    let isOther = false
    for (const [index, choice] of open.entries()) {
      const answer = await ask(choice, { number: index + 1, total: open.length })
      asked.add(nameOf(choice))
      isOther = note(choice, answer) || isOther
    }
    if (!isOther) continue
    const accepted = [...(options.accept ?? []), ...accept]
    chosen = { ...options, ...level, accept: accepted, decline, declineCuts, skip }
    migration = await migrate(chosen)
  }

  /** @returns whether the plan is another one with the answer. */
  function note(choice: Choice, answer: Answer): boolean {
    if (choice.kind === 'step') {
      if (answer !== true) skip.push(choice.step.codemod)
      return answer !== true
    }
    if (choice.kind === 'cut') {
      if (answer !== true) declineCuts.push(choice.report.path)
      return answer !== true
    }
    const { path, specifier, names, verdict } = choice.report
    const key = { path, specifier, names }
    if (answer === true) {
      if (verdict === 'fix') return false
      asked.add(keyOf(key))
      for (const condition of choice.conditions) accept.push({ ...key, reason: condition.reason })
      return true
    }
    const why = answer === false ? '' : answer.why
    // A suggestion that is not taken waits as before.
    if (verdict === 'suggest' && why === '') return false
    decline.push(why === '' ? key : { ...key, why })
    return true
  }
}

/** The imports that were not asked; when there are none left, the cuts, and then the codemods. */
function openIn({ project: { root }, choices, cutChoices, states }: Migration, asked: ReadonlySet<string>): Choice[] {
  const isOpen = (choice: Choice): boolean => !asked.has(nameOf(choice))
  const imports = choices.filter(isOpen)
  if (imports.length > 0) return imports
  const cuts = cutChoices.filter(isOpen)
  if (cuts.length > 0) return cuts
  return states
    .filter(({ codemod }) => !isOfImports(codemod) && codemod !== 'disable-comments')
    .map((step): StepChoice => ({ kind: 'step', step, root }))
    .filter(isOpen)
}

/** A suggestion is another choice with another condition. */
function nameOf(choice: Choice): string {
  if (choice.kind === 'step') return choice.step.codemod
  if (choice.kind === 'cut') {
    const { path, imports } = choice.report
    return ['cut', path, ...imports.flatMap((one) => [one.path, one.specifier])].join('\0')
  }
  const { report, conditions } = choice
  return [keyOf(report), ...conditions.map(({ reason }) => reason)].join('\0')
}
