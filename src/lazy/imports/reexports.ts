import { basename, extname } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import { lineBreakOf, type Edit } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import { changeable, findCuts, reexportPath, type Cut } from '../../graph/cuts.ts'
import type { Importer } from '../../graph/reload.ts'
import type { Project } from '../../project/project.ts'
import type { Analysis, FilePlan } from '../analysis.ts'
import { bootOf, type Opened } from '../boot/boot.ts'
import { leaveAlone, leaveForeign, type Candidate } from '../candidate.ts'
import { choose } from '../choices.ts'
import { runsOf, type RunOf } from '../deferred/function-runs.ts'
import { keptAt } from '../deferred/kept-values.ts'
import { planLevel } from '../levels.ts'
import { edgeKey, type PlanOptions } from '../plan-options.ts'
import { planProject } from '../project-plan.ts'
import { specifierThrough } from './reexport-facts.ts'
import { isFunction, resolveIdentifiers, type Node } from '../syntax.ts'

/** What becomes of imports of modules that hot ones import statically too. */
export interface ReexportPlan {
  readonly files: readonly FilePlan[]
  /** The text of each module to be made, by its path. */
  readonly created: ReadonlyMap<string, string>
  /** Modules that are of no use: not every import of what they export can change, so it restarts as before. */
  readonly partial: ReadonlySet<string>
}

/**
 * Plans imports through a module that exports another again, `user.hot.ts` for `user.ts`: of a module that hot ones
 * import statically no boundary can be made (hot-hook 1.0 restarts for it), and of one that nothing else imports it can.
 * Both are the same module at run time, and an edit of it reaches both (run with hot-hook 1.0.0 on Node 20).
 *
 * An `import()` that is there and runs in each call takes the other specifier; a static import is deferred, as by
 * `deferred-imports`, or that of an application is executed for each request, as by `app-boundary`.
 */
export function planReexports(project: Project, tree: FileTree, options: PlanOptions = {}): ReexportPlan {
  const { analysis } = planProject(project, tree, options)
  const cuts = cutsOf(analysis, options.cuts)
  const above = createFileTree(tree)
  const created = new Map<string, string>()
  const reexports = new Map<string, string>()
  for (const { path, imports } of cuts) {
    const [first] = imports
    const hot = reexportPath(path)
    const text = first && textOf(analysis, path, first.specifier)
    const there = tree.read(hot)
    if (text === undefined || (there !== undefined && there !== text)) continue
    // An import and an `import()` of one specifier: what runs once cannot change.
    if (imports.some((found) => !found.dynamic && runsOnceToo(analysis, path, found))) continue
    if (there === undefined) created.set(hot, text)
    above.write(hot, text)
    reexports.set(path, hot)
  }
  const edges = cuts.flatMap(({ path, imports }) => (reexports.has(path) ? imports : []))
  const eager = new Set(edges.flatMap(({ path, specifier, dynamic }) => (dynamic ? [] : [edgeKey(path, specifier)])))
  const planned = eager.size === 0 ? [] : planEager(project, above, { ...options, cuts: eager, reexports })
  const { analysis: then } = planProject(project, above, options)
  const lazy = planLazy(
    then,
    edges.filter(({ dynamic }) => dynamic),
    reexports,
    options,
  )
  const files = joinFiles([...planned, ...lazy])
  const fixed = new Set(
    files.flatMap(({ path, candidates }) =>
      candidates.filter(({ verdict }) => verdict === 'fix').map(({ specifier }) => edgeKey(path, specifier)),
    ),
  )
  const partial = new Set<string>()
  for (const { path, imports } of options.cuts ? [] : cuts) {
    const hot = reexports.get(path)
    const isWhole = imports.every((found) => fixed.has(edgeKey(found.path, found.specifier)))
    if (hot !== undefined && !isWhole) partial.add(hot)
  }
  return { files, created, partial }
}

/** The static imports: of applications for each request, of others where they are used. */
function planEager(project: Project, tree: FileTree, options: PlanOptions): FilePlan[] {
  const [served, deferred] = (['app', 'deferred'] as const).map(
    (level) => planLevel(level, project, tree, options).files,
  )
  const taken = new Set(
    served?.flatMap(({ path, candidates }) => candidates.map(({ specifier }) => edgeKey(path, specifier))),
  )
  const others = deferred?.map((file) => ({
    ...file,
    candidates: file.candidates.filter(({ specifier }) => !taken.has(edgeKey(file.path, specifier))),
  }))
  return [...(served ?? []), ...(others ?? [])]
}

function runsOnceToo(analysis: Analysis, target: string, { path, specifier }: Importer): boolean {
  const importers = analysis.reloadThen().importers.get(target) ?? []
  return importers.some((other) => other.path === path && other.specifier === specifier && other.dynamic && !other.lazy)
}

/** @param asked the imports that may be taken; default: all. */
function cutsOf(analysis: Analysis, asked: PlanOptions['cuts']): Cut[] {
  const { canBeBoundary, canReexport } = changeable(analysis.server)
  const { ranked } = findCuts(analysis.reloadThen(), { canBeBoundary, canReexport, canChange: () => true })
  return ranked.flatMap(({ path, imports, reexported, frees }) => {
    const own = imports.filter((found) => !asked || asked.has(edgeKey(found.path, found.specifier)))
    return reexported && own.length > 0 ? [{ path, imports: own, reexported, frees }] : []
  })
}

/** @param specifier that some module names it by. Undefined when what it exports is not known. */
function textOf({ exports, modules }: Analysis, path: string, specifier: string): string | undefined {
  const { names, complete } = exports.exportNames(path)
  if (!complete) return undefined
  const extension = extname(path)
  const own = specifier.startsWith('.')
    ? `./${basename(path, extension)}${/\.[cm]?[jt]sx?$/.exec(specifier)?.[0] ?? ''}`
    : specifier
  const text = modules.text(path) ?? ''
  const quote = /\bfrom "|\bimport "/.test(text) ? '"' : "'"
  const end = `${/;[ \t]*\r?$/m.test(text) ? ';' : ''}${lineBreakOf(text)}`
  const lines = [
    ...(names.some((name) => name !== 'default') || names.length === 0 ? [`export * from ${quote}${own}${quote}`] : []),
    ...(names.includes('default') ? [`export { default } from ${quote}${own}${quote}`] : []),
  ]
  const why = `// A hot-hook boundary: what imports it lazily is not restarted for edits of ${basename(path)}.${lineBreakOf(text)}`
  return why + lines.map((line) => line + end).join('')
}

/** The `import()`s that are there. */
function planLazy(
  analysis: Analysis,
  imports: readonly Importer[],
  reexports: ReadonlyMap<string, string>,
  { choices, leave }: PlanOptions,
): FilePlan[] {
  const boot = bootOf(analysis)
  const runOf = runsOf(analysis)
  return imports.flatMap(({ path, specifier }) =>
    boot.open(path).flatMap((file) => {
      const planned = planSpecifier(analysis, file, specifier, reexports, runOf)
      const { foreign } = analysis.facts(path)
      return planned.map((candidate) => {
        const own = foreign ? leaveForeign(candidate, foreign) : candidate
        const wanted = choices ? choose(own, path, choices) : own
        const what = leave?.get(path)
        return { path, text: file.text, candidates: [what === undefined ? wanted : leaveAlone(wanted, what)] }
      })
    }),
  )
}

function planSpecifier(
  analysis: Analysis,
  file: Opened,
  specifier: string,
  reexports: ReadonlyMap<string, string>,
  runOf: RunOf,
): Candidate[] {
  const { path, text, dynamicImports } = file
  const target = analysis.resolver.resolve(path, specifier).path
  const hot = reexports.get(target)
  const through = hot && specifierThrough(analysis, path, specifier, target, hot)
  const found = dynamicImports.filter(
    ({ source }) => source.type === 'Literal' && source.value === specifier,
  ) as (TSESTree.ImportExpression & { source: TSESTree.StringLiteral })[]
  const [first] = found
  if (!first || hot === undefined || through === undefined) return []
  const importers = analysis.reload().importers.get(target) ?? []
  const isOnce = importers.some((importer) => importer.path === path && importer.dynamic && !importer.lazy)
  const edits = found.map(({ source }): Edit => {
    const quote = text[source.range[0]] ?? "'"
    return { range: source.range, text: quote + through + quote }
  })
  const doubt = isOnce ? undefined : firstDoubt(analysis, file, found, runOf)
  return [
    {
      verdict: isOnce ? 'leave' : doubt ? 'suggest' : 'fix',
      reason: isOnce ? 'runs-at-boot' : (doubt ?? 'through-reexport'),
      detail: isOnce || doubt ? specifier : basename(hot),
      about: 'boundary',
      role: undefined,
      names: [],
      specifier,
      targets: [hot],
      range: first.range,
      edits: isOnce ? [] : edits,
    },
  ]
}

/** Why an edit of what is imported might not be seen: nothing shows that it is imported again, or something keeps it. */
function firstDoubt(
  { modules, planFile }: Analysis,
  file: Opened,
  imports: readonly (TSESTree.ImportExpression & { source: TSESTree.StringLiteral })[],
  runOf: RunOf,
): 'unknown-caller' | 'kept-value' | undefined {
  const variableOf = resolveIdentifiers(file.scopes)
  const plan = planFile(file.path)
  const handlers = plan && 'candidates' in plan ? plan.candidates.filter(isRegistered) : []
  const isHandler = ({ range }: Node): boolean => handlers.some((handler) => handler.range[0] === range[0])
  for (const node of imports) {
    if (modules.providedModels(file.path).has(node.source.value)) continue
    let owner: Node | undefined = node.parent
    while (owner && !isFunction(owner)) owner = owner.parent
    if (!owner || !(isHandler(node) || runOf(file, owner).when === 'request')) return 'unknown-caller'
    if (keptAt(node, owner, variableOf, 'nothing')) return 'kept-value'
  }
  return undefined
}

/** What a framework imports for each request, which AdonisJS does not with its error handler. */
function isRegistered({ verdict, role }: Candidate): boolean {
  return verdict === 'done' && role !== 'error-handler'
}

/** One plan for each file. */
function joinFiles(files: readonly FilePlan[]): FilePlan[] {
  const joined = new Map<string, FilePlan>()
  for (const file of files) {
    const known = joined.get(file.path)
    joined.set(file.path, known ? { ...known, candidates: [...known.candidates, ...file.candidates] } : file)
  }
  return [...joined.values()]
}
