import { realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Note, Step } from '../codemods/codemod.ts'
import { codemods } from '../codemods/index.ts'
import { applyEdits, positionAt } from './edits/text.ts'
import { createFileTree, type Change } from './edits/tree.ts'
import { writeChanges } from './edits/write.ts'
import { boundaryMatcher } from './graph/boundaries.ts'
import { coverageOf, recentEdits, type Coverage } from './graph/coverage.ts'
import type { Analysis } from './lazy/analysis.ts'
import type { Verdict } from './lazy/candidate.ts'
import { fileRewrites, openModule } from './lazy/file-rewrite.ts'
import type { FileRewriteName } from './lazy/file-rewrite-name.ts'
import { syntaxProblem } from './lazy/parse.ts'
import { analyseProject, planProject, type ProjectPlan } from './lazy/project-plan.ts'
import { explainReason, type Reason } from './lazy/reasons.ts'
import { dirtyFiles } from './project/git.ts'
import { realPath } from './project/files.ts'
import { openProject, ProjectError } from './project/open.ts'
import type { PackageJson, Project } from './project/project.ts'

export interface MigrateOptions {
  /** A directory of the project; the nearest package.json upward decides. Default: the working directory. */
  readonly directory?: string
  /** Names of the only codemods to run; opt-in ones may be among them. */
  readonly only?: readonly string[]
  /** Names of codemods not to run. */
  readonly skip?: readonly string[]
  /** Names of opt-in codemods to run beside the default ones. */
  readonly with?: readonly string[]
  /** Overwrite files that git has no committed version of. */
  readonly allowDirty?: boolean
}

/** One import of request-time code, for people and for `--json`. */
export interface ImportReport {
  /** Relative to the project root, with `/`. */
  readonly path: string
  /** 1-based. */
  readonly line: number
  readonly names: readonly string[]
  readonly specifier: string
  /** Missing for a boundary that is nothing the framework knows. */
  readonly role?: string
  readonly verdict: Verdict
  readonly reason: Reason
  /** One or two sentences: why, and what a person could do. */
  readonly message: string
}

/** A planned migration: everything is computed, nothing is written until {@link Migration.apply}. */
export interface Migration {
  readonly project: Project
  readonly steps: readonly Step[]
  readonly imports: readonly ImportReport[]
  readonly notes: readonly Note[]
  readonly changes: readonly Change[]
  readonly coverage: { readonly before: Coverage; readonly after: Coverage }
  /**
   * Writes the changes, all or none.
   *
   * @throws {ProjectError} when a file to be overwritten has uncommitted changes and `allowDirty` is not set.
   * @throws {WriteError} when a file cannot be written, or changed since it was planned.
   */
  apply(): void
}

/**
 * Plans the migration of a project.
 *
 * @throws {ProjectError} when there is no project that can be migrated; its message says what and what to do.
 * @throws {UnreadableFile} when a file that matters cannot be read.
 * @throws {RangeError} when a codemod of that name does not exist.
 */
export async function migrate(options: MigrateOptions = {}): Promise<Migration> {
  const chosen = chooseCodemods(options)
  const project = openProject(realPath(options.directory ?? '.'))
  const tree = createFileTree()
  const planned = planProject(project, tree)
  requireSound(project, planned)
  const steps: Step[] = []
  for (const codemod of chosen) steps.push(await codemod.run(project, tree))
  const changes = tree.changes()
  requireParsed(changes)
  const after = JSON.parse(stripBom(tree.read(project.packageJsonPath) ?? '{}')) as PackageJson
  return {
    project,
    steps,
    imports: importsOf(project, planned, boundaryMatcher(project.root, after.hotHook?.boundaries ?? [])),
    notes: steps.flatMap(({ notes }) => notes),
    changes,
    coverage: await coverages(project, planned.analysis, changes, after),
    apply() {
      const touched = changes.filter(({ before }) => before !== undefined).map(({ path }) => path)
      const dirty = options.allowDirty ? [] : (dirtyFiles(project.root, touched) ?? [])
      if (dirty.length > 0) {
        throw new ProjectError(
          `Uncommitted changes in ${dirty.join(', ')} would be overwritten. Commit or stash them, or pass --allow-dirty.`,
          project.root,
        )
      }
      writeChanges(changes)
    },
  }
}

function chooseCodemods({ only, skip = [], with: extra = [] }: MigrateOptions): typeof codemods {
  if (only?.length === 0) throw new RangeError('--only names no codemod.')
  for (const name of [...(only ?? []), ...skip, ...extra]) {
    if (codemods.some((codemod) => codemod.name === name)) continue
    throw new RangeError(
      `There is no codemod \`${name}\`. There are: ${codemods.map((codemod) => codemod.name).join(', ')}.`,
    )
  }
  return codemods.filter(
    ({ name, optIn }) => (extra.includes(name) || (only ? only.includes(name) : !optIn)) && !skip.includes(name),
  )
}

/** One file that does not parse may import anything statically, so nothing can be proven of the others. */
function requireSound({ root, packageJsonPath }: Project, { problems, registering }: ProjectPlan): void {
  const [first] = problems
  if (first) {
    const places = problems.map(({ path, line, column, message }) => `${path}:${line}:${column} ${message}`)
    throw new ProjectError(
      `${places.join('\n')}\nNothing was changed. Mend what does not parse and run again.`,
      first.path,
      first.line,
    )
  }
  if (registering === 0) {
    throw new ProjectError(
      `No source file of ${root} imports the router, the server or the emitter of AdonisJS, so there is nothing to make lazy. Run hot-codemod in the directory that holds start/routes.ts.`,
      packageJsonPath,
    )
  }
}

/** A result that does not parse is a defect of ours: it must not reach the disk. */
function requireParsed(changes: readonly Change[]): void {
  for (const { path, after } of changes) {
    const problem = /\.[cm]?[jt]sx?$/.test(path) ? syntaxProblem(path, after) : undefined
    if (problem) {
      throw new Error(
        `The new text of ${path} does not parse (line ${problem.line}: ${problem.message}). Nothing was written. This is a defect of hot-codemod; please report it.`,
      )
    }
  }
}

/** @param isBoundary as it will be: what no longer is a boundary may be imported statically. */
function importsOf({ root }: Project, { files }: ProjectPlan, isBoundary: (path: string) => boolean): ImportReport[] {
  return files.flatMap(({ path, text, candidates }) =>
    candidates
      .filter(({ reason, targets }) => reason !== 'between-boundaries' || targets.some(isBoundary))
      .map(({ range, names, specifier, role, verdict, reason, detail }) => ({
        path: path.slice(root.length + 1).replaceAll('\\', '/'),
        line: positionAt(text, range[0]).line,
        names,
        specifier,
        ...(role === undefined ? {} : { role }),
        verdict,
        reason,
        message: explainReason(reason, detail),
      })),
  )
}

async function coverages(
  project: Project,
  analysis: Analysis,
  changes: readonly Change[],
  after: PackageJson,
): Promise<Migration['coverage']> {
  const history = analysis.reload().outcomes.size > 0 ? await recentEdits(project.root) : []
  const texts = new Map(changes.map((change) => [change.path, change.after]))
  const at = (packageJson: PackageJson, overlay: ReadonlyMap<string, string>): Coverage =>
    coverageOf(
      analysis.server.reloadWith(overlay, packageJson.hotHook?.boundaries ?? []),
      runsHotHook(packageJson),
      history,
      project.root,
    )
  return { before: at(project.packageJson, new Map()), after: at(after, texts) }
}

/** AdonisJS loads hot-hook when `ace serve` is told to, and only if it is installed (assembler 7.8.2, 8.5.2). */
function runsHotHook({ scripts = {}, dependencies, devDependencies }: PackageJson): boolean {
  const installed = (dependencies ?? {})['hot-hook'] ?? (devDependencies ?? {})['hot-hook']
  return (
    installed !== undefined &&
    Object.values(scripts).some((script) => /\bace(?:\.[jt]s)?\s+serve\b.*--hmr\b/.test(script))
  )
}

function stripBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
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
