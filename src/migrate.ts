import { realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Note, Step } from '../codemods/codemod.ts'
import { withoutHmr } from '../codemods/dev-script/ace.ts'
import { applyEdits, count } from './edits/text.ts'
import type { Change } from './edits/tree.ts'
import { requireNoInterruption, writeChanges, type Written } from './edits/transaction.ts'
import { needsRestart, type BootUse } from './graph/boot-use.ts'
import { boundaryMatcher } from './graph/boundaries.ts'
import {
  countedFiles,
  coverageOf,
  EDITS,
  percent,
  reaches,
  recentEdits,
  type Coverage,
  type Share,
} from './graph/coverage.ts'
import type { Analysis } from './lazy/analysis.ts'
import { usedAtBoot } from './lazy/cuts/used-at-boot.ts'
import { fileRewrites, openModule } from './lazy/file-rewrite.ts'
import type { FileRewriteName } from './lazy/file-rewrite-name.ts'
import type { Level } from './lazy/plan-options.ts'
import { analyseProject } from './lazy/project-plan.ts'
import { importsAt, isPlace } from './migrate/choices.ts'
import type { CutChoice, CutSummary } from './migrate/cut.ts'
import { choiceOfCut, cutsLeft, reportCut } from './migrate/cut-summary.ts'
import type { ImportChoice, ImportReport } from './migrate/import.ts'
import { choiceOf, reportOf, stillThere, type Located } from './migrate/imports.ts'
import type { MigrateOptions } from './migrate/options.ts'
import {
  chooseCodemods,
  CODEMOD_OF,
  hasBoundaries,
  hotFiles,
  makesLazy,
  modelAfter,
  planAtLevel,
  planSound,
  rewrittenIn,
  type Planned,
} from './migrate/plan.ts'
import { targetNote } from './migrate/target-note.ts'
import type { State } from './migrate/work.ts'
import { dirtyFiles } from './project/git.ts'
import { realPath } from './project/files.ts'
import { ProjectError } from './project/error.ts'
import { openProject } from './project/open.ts'
import type { PackageJson, Project } from './project/project.ts'
import { runtimeOf } from './project/runtime.ts'

export type { CutChoice, CutImport, CutSummary } from './migrate/cut.ts'
export type { MigrateOptions } from './migrate/options.ts'
export type { State } from './migrate/work.ts'

/** A planned migration: everything is computed, nothing is written until {@link Migration.apply}. */
export interface Migration {
  readonly project: Project
  readonly level: Level
  readonly steps: readonly Step[]
  readonly imports: readonly ImportReport[]
  /** Those of {@link imports} that a codemod of this run makes lazy, or would if they were accepted. */
  readonly choices: readonly ImportChoice[]
  readonly notes: readonly Note[]
  readonly changes: readonly Change[]
  /** The source files among {@link changes} that are there already, and in which imports become lazy; absolute. */
  readonly rewritten: readonly string[]
  readonly coverage: { readonly before: Coverage; readonly after: Coverage }
  /** Percent of the files that were to be hot; undefined where no number was asked for. */
  readonly target: number | undefined
  /** What was done to reach the target, and what would turn most of what is left hot. */
  readonly cuts: { readonly made: readonly CutSummary[]; readonly left: readonly CutSummary[] }
  /** The cuts that were made, one by one. */
  readonly cutChoices: readonly CutChoice[]
  /** The changes one codemod at a time: each from what those before it left. Together they are {@link changes}. */
  readonly states: readonly State[]
  /** @throws {ProjectError} when a file to be overwritten has uncommitted changes and `allowDirty` is not set. */
  requireClean(): void
  /**
   * Writes the changes, all or none.
   *
   * @throws {ProjectError} as {@link Migration.requireClean}.
   * @throws {WriteError} when a file cannot be written, or changed since it was planned.
   */
  apply(): Written
}

/**
 * Plans the migration of a project.
 *
 * @throws {ProjectError} when there is no project that can be migrated; its message says what and what to do.
 * @throws {UnreadableFile} when a file that matters cannot be read.
 * @throws {WriteError} when a migration of it was interrupted, or is being written.
 * @throws {RangeError} when a codemod of that name does not exist, or nothing can be accepted at a place.
 */
export async function migrate(options: MigrateOptions = {}): Promise<Migration> {
  chooseCodemods(options, 'handler')
  const project = openProject(realPath(options.directory ?? '.'), options)
  requireNoInterruption(project.root)
  requireLevel(project, options)
  requireHmr(project, options)
  // git reads it while the plan is made.
  const history = recentEdits(project.root)
  const settled = await withImportsAtPlaces(project, options)
  const { planned, notes } = await planSound(project, settled)
  const { level, steps, states, changes, after, before } = planned
  const clean = (): void => {
    if (options.allowDirty !== true) requireClean(project, changes)
  }
  const imports = importsOf(project, planned)
  const model = before.analysis.reload()
  const recent = model.outcomes.size > 0 ? await history : []
  const edits = recent.filter(countedFiles(model, project.root)).slice(0, EDITS)
  const { analysis } = planned.handlers.at(-1) ?? before
  const coverage = coverages(project, before.analysis, changes, after, recent)
  // Of a plan without a target nobody asks what could not be cut.
  const isMissed = options.target !== undefined && !reaches(coverage.after.files, options.target)
  const uses: ReadonlyMap<string, BootUse> = isMissed ? usedAtBoot(analysis) : new Map<string, BootUse>()
  return {
    project,
    level,
    target: options.target,
    steps,
    imports: imports.map((located) => reportOf(project, located)),
    choices: choicesIn(project, imports, steps),
    notes: [
      ...notes,
      ...hotNotes(project, planned),
      ...startNotes(project, planned, coverage.after.files),
      ...steps.flatMap((step) => step.notes),
      ...middlewareNotes(project, planned),
      ...acceptNotes(options, planned),
      ...(isMissed ? [missedNote()] : []),
    ],
    changes,
    rewritten: rewrittenIn(steps, changes),
    coverage,
    cutChoices: planned.cuts.map((cut) => choiceOfCut(project, cut, edits)),
    cuts: {
      made: planned.cuts.map((cut) => reportCut(project, cut, edits)),
      left: cutsLeft(project, analysis, edits, CUTS, (path) => uses.has(path)),
    },
    states,
    requireClean: clean,
    apply() {
      clean()
      return writeChanges(changes, project.root)
    },
  }

  function missedNote(): Note {
    const then = modelAfter(planned)
    const isNeeded = (path: string): boolean => needsRestart(path, then, analysis.server.roots, uses)
    return targetNote(project, options, coverage.after.files, then, isNeeded)
  }
}

/** How many cuts are shown of those that are left. */
const CUTS = 3

function listed(names: readonly string[]): string {
  const most = 5
  return names.length <= most + 1
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more files`
}

/** @throws {ProjectError} when a file to be overwritten has uncommitted changes. */
export function requireClean({ root }: Project, changes: readonly Change[]): void {
  const touched = changes.filter(({ before }) => before !== undefined).map(({ path }) => path)
  const dirty = dirtyFiles(root, touched) ?? []
  if (dirty.length === 0) return
  throw new ProjectError(
    `Uncommitted changes in ${listed(dirty)} would be overwritten. Commit or stash them, or pass --allow-dirty.`,
    root,
  )
}

/** That nothing will be hot, and why, where no boundary says what may be. */
function hotNotes(project: Project, { steps, after }: Planned): Note[] {
  if (hasBoundaries(project, after)) return []
  if (steps.some(makesLazy)) {
    const message =
      'The lazy imports are not hot yet: no boundary covers them, as the codemod hot-hook-config would do, and the server is not started with hot-hook.'
    return [{ kind: 'info', message }]
  }
  if (!steps.some(({ codemod }) => codemod === 'lazy-imports')) return []
  const message =
    'No import can be made lazy as the project is, so nothing would be hot, and the rest of it stays as it is. Why: --show skipped; what restarts: hot-codemod doctor.'
  return [{ kind: 'info', message }]
}

/** That nothing is hot though much could be, where nothing starts the server with hot-hook. */
function startNotes(project: Project, planned: Planned, { hot }: Share): Note[] {
  if (hot > 0 || runsHotHook(project, planned.after) || !hasBoundaries(project, planned.after)) return []
  const once = hotFiles(planned, project)
  if (once.hot === 0) return []
  const message = `The server is not started with hot-hook, so nothing is hot: ${percent(once)} of files are once it is.`
  return [{ kind: 'manual', message }]
}

/** AdonisJS routes take lazy imports of controllers, and its server and kernel are its own. */
function requireLevel({ framework, packageJsonPath }: Project, { level = 'handler' }: MigrateOptions): void {
  if (framework.name !== 'adonisjs' || level === 'handler' || level === 'auto') return
  throw new ProjectError(
    `--level ${level}: AdonisJS starts its server and loads its routes itself, so boundaries are its controllers, middleware and listeners. Run without --level.`,
    packageJsonPath,
  )
}

/** Below a version of AdonisJS no script starts the server with hot-hook, so what is made lazy would never be hot. */
function requireHmr(project: Project, { only, skip = [] }: MigrateOptions): void {
  const tooOld = only || skip.includes('dev-script') ? undefined : withoutHmr(project)
  if (tooOld === undefined) return
  throw new ProjectError(`${tooOld} Nothing could be hot until then, so nothing was planned.`, project.packageJsonPath)
}

/** What lazy middleware costs where its import is not cached by the framework (facts: an import() of a loaded module, timed). */
function middlewareNotes({ framework }: Project, { before, handlers, steps }: Planned): Note[] {
  if (framework.name === 'adonisjs' || !steps.some(({ codemod, edits }) => codemod === 'lazy-imports' && edits > 0))
    return []
  const files = (handlers.length > 0 ? handlers : [before]).flatMap((plan) => plan.files)
  const lazy = new Set(
    files.flatMap(({ candidates }) =>
      candidates.flatMap(({ role, verdict, targets }) => (role === 'middleware' && verdict === 'fix' ? targets : [])),
    ),
  ).size
  if (lazy === 0) return []
  const message = `Middleware of ${count(lazy, 'module')} is imported for each request: 0.17 to 0.5 ms each in development, microseconds in production. --no-middleware leaves it static.`
  return [{ kind: 'info', message }]
}

/** Every import of request-time code, without those of modules that no longer are boundaries. */
function importsOf({ root }: Project, { before, above, handlers, after }: Planned): Located[] {
  const isBoundary = boundaryMatcher(root, after.hotHook?.boundaries ?? [])
  return [...above, ...stillThere(before, handlers, above)].filter(
    ({ candidate: { reason, targets } }) => reason !== 'between-boundaries' || targets.some(isBoundary),
  )
}

/** The imports that a codemod among `steps` makes lazy. */
function choicesIn(project: Project, imports: readonly Located[], steps: readonly Step[]): ImportChoice[] {
  const ran = new Set(steps.map(({ codemod }) => codemod))
  const codemodOf = ({ candidate: { fromModule, role } }: Located): string[] =>
    fromModule
      ? ['made-values']
      : role === undefined
        ? [...Object.values(CODEMOD_OF), 'lazy-imports']
        : ['lazy-imports']
  return imports
    .filter((located) => codemodOf(located).some((name) => ran.has(name)))
    .flatMap((located) => choiceOf(project, located))
}

/** The options with what `accept` says of places said of imports, as a plan without it knows them. */
async function withImportsAtPlaces(project: Project, options: MigrateOptions): Promise<MigrateOptions> {
  const { accept = [] } = options
  if (!accept.some(isPlace)) return options
  const others = accept.filter((one) => !isPlace(one))
  const { planned } = await planAtLevel(project, { ...options, accept: others })
  const imports = importsOf(project, planned)
  const reports = imports.map((located) => reportOf(project, located))
  const choices = choicesIn(project, imports, planned.steps)
  return { ...options, accept: [...others, ...accept.filter(isPlace).flatMap((at) => importsAt(at, reports, choices))] }
}

/** Reasons that were to be accepted, and that no suggestion has. */
function acceptNotes({ accept = [] }: MigrateOptions, { choices }: Planned): Note[] {
  const found: ReadonlySet<unknown> = choices?.met ?? new Set()
  return accept
    .filter((one) => typeof one === 'string' && !isPlace(one) && !found.has(one))
    .map((reason) => ({ kind: 'info', message: `--accept ${String(reason)}: no suggestion has that reason.` }))
}

function coverages(
  project: Project,
  analysis: Analysis,
  changes: readonly Change[],
  after: PackageJson,
  edits: readonly string[],
): Migration['coverage'] {
  const texts = new Map(changes.map((change) => [change.path, change.after]))
  const at = (packageJson: PackageJson, overlay: ReadonlyMap<string, string>): Coverage =>
    coverageOf(
      analysis.server.reloadWith(overlay, packageJson.hotHook ?? {}),
      runsHotHook(project, packageJson),
      edits,
      project.root,
    )
  return { before: at(project.packageJson, new Map()), after: at(after, texts) }
}

/**
 * Whether the server runs with hot-hook: it is a dependency, and a script starts `ace serve --hmr` (assembler 7.8.2 and
 * 8.5.2 load it then if it is installed), the development script preloads it, or the entry calls `hot.init()`.
 */
function runsHotHook({ root, framework }: Project, packageJson: PackageJson): boolean {
  const { scripts = {}, dependencies, devDependencies } = packageJson
  const isDeclared = ((dependencies ?? {})['hot-hook'] ?? (devDependencies ?? {})['hot-hook']) !== undefined
  if (framework.name === 'adonisjs') {
    return isDeclared && Object.values(scripts).some((script) => /\bace(?:\.[jt]s)?\s+serve\b.*--hmr\b/.test(script))
  }
  const { hotHook, hotHookVersion } = runtimeOf(root, packageJson, JSON.stringify(packageJson), framework.name)
  return hotHook !== 'none' && (isDeclared || hotHookVersion !== undefined)
}

const analyses = new Map<string, { project: Project; analysis: Analysis }>()

/**
 * Runs one per-file codemod on a text: what the jscodeshift transforms do.
 *
 * @param path of the file, absolute or relative to the working directory; its project is read from disk.
 * @returns the new text, `undefined` when there is nothing to do.
 * @throws {ProjectError} when the file belongs to no project that can be migrated.
 * @throws {SyntaxError} when the text does not parse; the message names file, line and column.
 */
export async function transformSource(
  codemod: FileRewriteName,
  path: string,
  source: string,
): Promise<string | undefined> {
  const absolute = resolve(path)
  const real = join(realpathSync(dirname(absolute)), absolute.slice(dirname(absolute).length + 1))
  const { project, analysis } = openOnce(dirname(real))
  const module = openModule(project, analysis, real, source)
  if ('message' in module) throw new SyntaxError(`${path}:${module.line}:${module.column} ${module.message}`)
  const { edits } = fileRewrites[codemod](module)
  return edits.length > 0 ? applyEdits(source, edits) : undefined
}

function openOnce(directory: string): { project: Project; analysis: Analysis } {
  const project = openProject(directory)
  const known = analyses.get(project.root)
  if (known) return known
  const opened = { project, analysis: analyseProject(project) }
  analyses.set(project.root, opened)
  return opened
}
