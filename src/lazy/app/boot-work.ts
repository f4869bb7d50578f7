import type { TSESTree } from '@typescript-eslint/utils'
import { dirname, extname, posix, relative, sep } from 'node:path'
import { lineBreakOf, positionAt } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import { awaits } from '../../graph/exports/nodes.ts'
import { mayMakeResources, moduleResources } from '../../graph/resources.ts'
import type { Analysis } from '../analysis.ts'
import type { Boot, Opened } from '../boot/boot.ts'
import { createCalls } from '../boot/calls.ts'
import { startedAtLoad } from '../boot/started.ts'
import type { Candidate } from '../candidate.ts'
import { runs } from '../imports/evaluation-order.ts'
import type { LevelPlan } from '../levels.ts'
import { styleAt } from '../per-request.ts'
import { importedName } from '../syntax.ts'
import {
  importsOfMoved,
  isImportedElsewhere,
  isWhole,
  namesPlace,
  partsOf,
  takenOut,
  withParts,
  writesOf,
  type MovedImports,
} from './moved.ts'
import { importWith, type Part } from './split-text.ts'
import type { SplitPlan } from './split.ts'
import { createTouching } from './touching.ts'

type Statement = TSESTree.ProgramStatement

/** Where what moves is imported in the entry: before the application, or after, with what is loaded in the old place too. */
interface Place {
  readonly isBefore: boolean
  readonly areLoaded?: boolean
}

const PLACES: readonly Place[] = [{ isBefore: true }, { isBefore: false }, { isBefore: false, areLoaded: true }]

/**
 * Plans what the module of an application does for the whole server, `connectDB()`: it moves to the entry, behind the
 * import of the application, and happens once. What of the application's module comes after it does not need it, and
 * would not notice; see {@link createTouching}.
 *
 * @param candidate the import of the application, which stays static for something that its module makes.
 * @param planApp plans the level of the application on a tree in which the statements are moved.
 * @returns undefined where one of them has to stay, or more than that keeps the application.
 */
export function planBootWork(
  tree: FileTree,
  analysis: Analysis,
  boot: Boot,
  file: Opened,
  candidate: Candidate,
  planApp: (tree: FileTree) => LevelPlan,
): SplitPlan | undefined {
  const { path, text } = file
  const [target] = candidate.targets
  const [app] = target === undefined ? [] : boot.open(target)
  if (!app || target === path || analysis.facts(path).foreign || analysis.facts(app.path).foreign) return undefined
  if (extname(path).replace('x', '') !== extname(app.path).replace('x', '')) return undefined
  if (/@ts-nocheck/.test(text + app.text) || isImportedElsewhere(analysis, path, app.path)) return undefined
  const moved = bootWork(app, boot, analysis)
  if (moved.size === 0 || isNoticed(app, moved, analysis, boot)) return undefined
  if ([...moved].some((statement) => awaits(statement)) && !analysis.facts(path).topLevelAwait) return undefined
  if (meetsOthers(file, app, moved, analysis, boot)) return undefined
  const others = PLACES.flatMap((place) => textsOf(app, file, candidate, moved, place) ?? []).find(
    (texts) => analysis.order.noticedIn(analysis.modules.withTexts(texts)).length === 0,
  )
  if (!others) return undefined
  const trial = createFileTree(tree)
  for (const [of, written] of others) trial.write(of, written)
  const plan = planApp(trial)
  const made = plan.files.find((planned) => planned.path === path)
  const own = made?.candidates.find(({ specifier }) => specifier === candidate.specifier)
  if (!made || !own || own.verdict === 'leave') return undefined
  const isFix = own.verdict === 'fix'
  if (isFix && own.reason !== 'preloaded' && readsWhatIsMade(app, file, moved, analysis, boot)) return undefined
  const [first] = moved
  const line = first ? positionAt(app.text, first.range[0]).line : 1
  return {
    path,
    text,
    candidates: [{ ...own, range: candidate.range, edits: [] }],
    writes: isFix ? writesOf(plan, made, own, others) : [],
    notes: isFix
      ? [
          ...plan.notes.map((note) => (note.path === path ? { ...note, line: 1 } : note)),
          {
            kind: 'info',
            message: `What starts here moves to ${boot.placeOf(path)}: it happens once, and not again after each edit.`,
            path: app.path,
            line,
          },
        ]
      : [],
  }
}

/** The statements that make what stays, there or in functions of the project that they call, and nothing for the module. */
function bootWork(app: Opened, boot: Boot, analysis: Analysis): ReadonlySet<Statement> {
  const own = mayMakeResources(app.text) ? moduleResources(app.program).map(({ node }) => node.range[0]) : []
  const calls = createCalls(boot.open, analysis)
  const isStatement = ({ type }: Statement): boolean => /^(?:Expression|If|Try)Statement$/.test(type)
  return new Set(
    app.program.body.filter((statement) => {
      if (!isStatement(statement) || namesPlace(statement)) return false
      const [start, end] = statement.range
      return own.some((offset) => start <= offset && offset < end) || startedAtLoad(app, calls, statement).length > 0
    }),
  )
}

/** Whether what stays in the module and comes after what moves could notice, or that it. */
function isNoticed(app: Opened, moved: ReadonlySet<Statement>, analysis: Analysis, boot: Boot): boolean {
  const { changedBy, mayEnd, setsEnvironment, touchedBy } = createTouching(analysis, boot, app)
  const acting = new Set(analysis.exports.loadEffects(app.path))
  return [...moved].some((statement) => {
    const touched = touchedBy(statement, true)
    const changed = changedBy(statement)
    const later = app.program.body.filter(
      (one) => one.range[0] > statement.range[0] && acting.has(one.range[0]) && !moved.has(one),
    )
    if (setsEnvironment(statement, touched) || (later.length > 0 && mayEnd(statement))) return true
    return later.some((one) => meet(touchedBy(one, false), changed) || meet(changedBy(one), touched))
  })
}

/** What the statements may change, in other modules and packages. */
function changedIn(app: Opened, moved: ReadonlySet<Statement>, analysis: Analysis, boot: Boot): ReadonlySet<string> {
  const { changedBy } = createTouching(analysis, boot, app)
  return new Set([...moved].flatMap((statement) => [...changedBy(statement)]))
}

/** Whether a module that the entry imports beside the application does something at boot with what the statements change. */
function meetsOthers(
  { path }: Opened,
  app: Opened,
  moved: ReadonlySet<Statement>,
  analysis: Analysis,
  boot: Boot,
): boolean {
  const changed = changedIn(app, moved, analysis, boot)
  const known = boot.closure(app.path)
  return [...boot.closure(path)].some((other) => {
    if (other === path || known.has(other) || boot.effectOf(other) === undefined) return false
    return meet(new Set([...boot.closure(other), ...analysis.exports.packagesOf(other)]), changed)
  })
}

/** Whether a module that would be loaded after the statements, by a request, reads what they change. */
function readsWhatIsMade(
  app: Opened,
  file: Opened,
  moved: ReadonlySet<Statement>,
  analysis: Analysis,
  boot: Boot,
): boolean {
  const { exports, resolver } = analysis
  const changed = changedIn(app, moved, analysis, boot)
  const imports = importsOfMoved(app, file, moved, undefined, () => true) ?? (new Map() as MovedImports)
  const gone = new Set([...imports].flatMap(([{ source }, { stay }]) => (stay.length === 0 ? [source.value] : [])))
  return [...boot.closure(app.path)].some((other) =>
    [...exports.readAtLoad(other)].some(
      (specifier) =>
        !(other === app.path && gone.has(specifier)) &&
        changed.has(resolver.resolve(other, specifier).path || specifier),
    ),
  )
}

/** Both texts, with the statements in the entry. */
function textsOf(
  app: Opened,
  entry: Opened,
  { range, specifier }: Candidate,
  moved: ReadonlySet<Statement>,
  { isBefore, areLoaded }: Place,
): ReadonlyMap<string, string> | undefined {
  const step = relative(dirname(entry.path), dirname(app.path)).split(sep).join('/')
  const imports = importsOfMoved(app, entry, moved, undefined, () => true)
  if (!imports || lineBreakOf(app.text) !== lineBreakOf(entry.text) || !isWhole(entry)) return undefined
  const { body } = entry.program
  const at = body.findIndex((statement) =>
    statement.type === 'ImportDeclaration'
      ? statement.source.value === specifier && statement.importKind !== 'type'
      : statement.range[0] === range[0],
  )
  const anchor = body[at]
  const taken = takenOut(app, moved, imports, areLoaded)
  if (!anchor || !taken) return undefined
  const isAwaited = anchor.type !== 'ImportDeclaration'
  const last = isAwaited ? at : body.findLastIndex(({ type }) => type === 'ImportDeclaration')
  // What runs before it in the entry would come before what moves.
  if (!isAwaited && body.slice(0, last).some((statement) => runs(statement))) return undefined
  const added = statementsFor(app, entry, imports, step, isAwaited).map((body): Part => ({ lead: '', body }))
  const parts = partsOf(entry)
  const own = parts.slice(at, at + 1)
  const result: Part[] = [
    ...parts.slice(0, at),
    ...(isBefore ? [...added, ...own] : [...own, ...added]),
    ...parts.slice(at + 1, last + 1),
    { lead: lineBreakOf(app.text), body: taken.moving },
    ...parts.slice(last + 1),
  ]
  return new Map([
    [entry.path, withParts(entry, result)],
    [app.path, taken.staying],
  ])
}

/** The imports that the statements need in the entry; awaited, where the application is. */
function statementsFor(app: Opened, entry: Opened, imports: MovedImports, step: string, isAwaited: boolean): string[] {
  const { lineBreak, semicolon } = styleAt(entry.text, 0, entry.program)
  const first = entry.program.body.find((statement) => statement.type === 'ImportDeclaration')
  return [...imports].flatMap(([declaration, { add }]): string[] => {
    if (add.length === 0) return []
    const { raw, value } = declaration.source
    const quote = (first?.source.raw ?? raw)[0] ?? "'"
    const rebased = /^\.{1,2}\//.test(value) ? posix.join(step, value).replace(/^(?!\.)/, './') : value
    const source = quote + rebased + quote
    const end = semicolon + lineBreak
    if (!isAwaited) return [importWith(app.text, declaration, add).replace(raw, source).replace(/;$/, '') + end]
    const names = add.map((clause) => {
      const name = importedName(clause)
      return name === clause.local.name ? name : `${name}: ${clause.local.name}`
    })
    return [`const { ${names.join(', ')} } = await import(${source})${end}`]
  })
}

function meet(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].some((one) => others.has(one))
}
