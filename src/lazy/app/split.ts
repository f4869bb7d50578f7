import type { TSESTree } from '@typescript-eslint/utils'
import { existsSync } from 'node:fs'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import { applyEdits, positionAt } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import { engineOf } from '../../graph/server.ts'
import type { Project } from '../../project/project.ts'
import type { Analysis, FilePlan } from '../analysis.ts'
import { madeByFactory, type MadeByFactory } from './factory.ts'
import { startedInClass } from './class-start.ts'
import { splitApp, type AppSplit } from './split-text.ts'
import { bootOf, type Boot, type Opened } from '../boot/boot.ts'
import { leaveAlone, leaveForeign, type Candidate, type Condition, type Verdict } from '../candidate.ts'
import { runs } from '../imports/evaluation-order.ts'
import { flatStart, namedStart, type FlatStart } from './flat-start.ts'
import { mayBeClosed } from './fastify-instance.ts'
import { memoryIn } from './memory.ts'
import type { LevelPlan } from '../levels.ts'
import { styleAt } from '../per-request.ts'
import { createTouching, isHarmless } from './touching.ts'
import type { PlanOptions } from '../plan-options.ts'
import { planProject } from '../project-plan.ts'
import { findReceivers } from '../receivers.ts'
import { resolveIdentifiers, type Node } from '../syntax.ts'

/** An entry that builds its application, and what becomes of it. */
export interface SplitPlan extends FilePlan {
  /** The new texts: of the entry, and of the module of the application. None unless the split is proven, or accepted. */
  readonly writes: readonly { readonly path: string; readonly text: string }[]
  readonly notes: LevelPlan['notes']
}

/** Files of platforms that import the entry and take what it exports. */
const PLATFORMS = [
  ...['vercel.json', 'now.json', 'netlify.toml', 'wrangler.toml', 'wrangler.json', 'wrangler.jsonc'],
  ...['yml', 'yaml', 'json', 'js', 'ts'].map((extension) => `serverless.${extension}`),
]

/** The names, in the module, of what a statement exports; `default` for what has none. */
function exportedNames(statement: TSESTree.ProgramStatement): string[] {
  if (statement.type === 'ExportDefaultDeclaration')
    return [statement.declaration.type === 'Identifier' ? statement.declaration.name : 'default']
  if (statement.type !== 'ExportNamedDeclaration') return []
  const { declaration, specifiers } = statement
  if (declaration?.type === 'VariableDeclaration')
    return declaration.declarations.map(({ id }) => (id.type === 'Identifier' ? id.name : 'default'))
  if (declaration) return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : []
  return specifiers.map(({ local }) => (local.type === 'Identifier' ? local.name : local.value))
}

/**
 * Plans the split of a module that builds an application and starts its server: the module of the application, and the
 * entry as the level of the application makes it when it imports that module.
 *
 * @param planApp plans that level on a tree in which the file is split.
 * @param flat `file` is the module made flat, so.
 * @returns a candidate for each import that goes with the application; undefined where there is nothing to split.
 */
export function planSplit(
  project: Project,
  tree: FileTree,
  analysis: Analysis,
  boot: Boot,
  file: Opened,
  options: PlanOptions,
  planApp: (tree: FileTree) => LevelPlan,
  flat?: FlatStart,
): SplitPlan | undefined {
  const { path, text, program, scopes } = file
  const facts = analysis.facts(path)
  const { framework, root } = analysis.server
  const variableOf = resolveIdentifiers(scopes)
  const lineAt = (node: Node): number => {
    const { line } = positionAt(text, node.range[0])
    return flat ? flat.lineOf(line) : line
  }
  const placeOf = (node: Node): string => boot.placeOf(path, lineAt(node))
  const { touchedBy, setsEnvironment, mayEnd } = createTouching(analysis, boot, file)
  const appPath = freePath(path, tree)
  const specifier = `./${basename(appPath, extname(appPath))}${extensionFor(project, analysis, file)}`
  const receiverOf = findReceivers(framework, variableOf, facts)
  const madeBy = (made: Node): MadeByFactory | undefined =>
    madeByFactory(boot.open, (from, named) => analysis.facts(from).module(named), file, made)
  const isAnew = (made: Node): boolean => madeBy(made) !== undefined
  const split = splitApp(
    { ...file, framework, facts },
    receiverOf,
    specifier,
    placeOf,
    (of) => withExtension(analysis, path, of),
    isAnew,
  )
  if (!flat && (!split || ('reason' in split && split.reason === 'built-and-served'))) {
    const input = { ...file, framework, facts }
    const planned = planFlat(flatStart(input, receiverOf, isAnew)) ?? planFlat(namedStart(input, isAnew))
    if (planned) return planned
  }
  if (!split) return undefined
  if ('reason' in split) {
    const { reason, detail, node } = split
    const declaration = program.body.find((statement) => statement.type === 'ImportDeclaration')
    const candidate = declaration && candidateOf(analysis, path, declaration, { verdict: 'leave', reason, detail })
    return candidate && { path, text, writes: [], notes: [], candidates: [{ ...candidate, range: node.range }] }
  }
  const trial = createFileTree(tree)
  trial.write(appPath, split.app)
  trial.write(path, split.entry)
  const appText = closedAnew(planApp(trial), split)
  trial.write(appPath, appText)
  const plan = planApp(trial)
  const made = plan.files.find((planned) => planned.path === path)
  const own = made?.candidates.find((candidate) => candidate.specifier === specifier)
  if (!made || !own) return undefined
  const judged: Judged =
    own.verdict === 'leave' || own.verdict === 'done'
      ? { verdict: 'leave', reason: own.reason, detail: own.detail }
      : judge([
          ...(own.verdict === 'suggest'
            ? [{ reason: own.reason, detail: own.detail }, ...(own.also ?? [])]
            : []
          ).filter(
            // What is split is known to build one.
            ({ reason }) => reason !== 'app-unknown',
          ),
          ...importedBy(split),
          ...memoryOf(split),
          ...orderOf(split, own.reason !== 'every-use-is-lazy'),
        ])

  const moved = split.moved.map((declaration) => candidateOf(analysis, path, declaration, judged))
  const ofProject = moved.filter(({ targets }) => targets.length > 0)
  const candidates = chosen(ofProject.length > 0 ? ofProject : moved.slice(0, 1))
  const isFix = candidates.every(({ verdict }) => verdict === 'fix')
  return {
    path,
    text,
    candidates,
    writes: isFix
      ? [
          { path: appPath, text: appText },
          { path, text: applyEdits(made.text, own.edits) },
        ]
      : [],
    notes: isFix
      ? plan.notes.map((note) => (note.path === path ? { ...note, line: lineOfBuilding(split) } : note))
      : [],
  }

  /** The split of the module with what builds the application before the call of the function that did. */
  function planFlat(made: FlatStart | undefined): SplitPlan | undefined {
    if (!made) return undefined
    const flatTree = createFileTree(tree)
    flatTree.write(path, made.text)
    const found = planProject(project, flatTree, options).analysis
    const flatBoot = bootOf(found)
    const [opened] = flatBoot.open(path)
    const plan = opened && planSplit(project, flatTree, found, flatBoot, opened, options, planApp, made)
    return (
      plan && {
        ...plan,
        text,
        candidates: plan.candidates.map((candidate) => ({ ...candidate, range: rangeOf(candidate) })),
      }
    )
  }

  /** Where the import of a candidate is in the file as it is. */
  function rangeOf({ specifier: imported, range }: Candidate): Candidate['range'] {
    const own = program.body.find(
      (statement) => statement.type === 'ImportDeclaration' && statement.source.value === imported,
    )
    return own?.range ?? range
  }

  /** The module of the application, which closes what it has made when another takes its place, where that is safe. */
  function closedAnew({ files }: LevelPlan, { app, name }: AppSplit): string {
    const isLeft = files.some(
      (planned) => planned.path === path && planned.candidates.some(({ verdict }) => verdict === 'leave'),
    )
    if (framework.name !== 'fastify' || isLeft || !engineOf(root, project.runtime).hasMetaHot(appPath)) return app
    const built = planProject(project, trial, options).analysis
    if (!mayBeClosed(built.server, bootOf(built), appPath)) return app
    const { lineBreak, semicolon } = styleAt(text, 0, program)
    const ends = (one: string): string => `{ if (!${one}.server.listening) ${one}.close() }`
    const end = flat?.isPromise ? `{ ${name}.then((last) => ${ends('last')}, () => {}) }` : ends(name)
    const close = `import.meta.hot?.dispose(() => ${end})${semicolon}`
    return app + (app.endsWith('\n') ? '' : lineBreak) + lineBreak + close + lineBreak
  }

  /** Where the application is built, in the file as it is. */
  function lineOfBuilding({ building }: AppSplit): number {
    const first = building.find((statement) => runs(statement)) ?? building[0]
    return first ? lineAt(first) : 1
  }

  /** @param conditions that are not proven; none of them makes a fix. */
  function judge(conditions: readonly Judged[]): Judged {
    const refused = conditions.find(({ verdict }) => verdict === 'leave')
    if (refused) return refused
    const [first, ...also] = conditions
    if (first) return { ...first, verdict: 'suggest', also }
    return { verdict: 'fix', reason: 'app-split', detail: relative(root, appPath).split(sep).join('/') }
  }

  function chosen(found: readonly Candidate[]): readonly Candidate[] {
    const { choices, leave } = options
    const foreign = facts.foreign
    if (foreign) return found.map((candidate) => leaveForeign(candidate, foreign))
    const what = leave?.get(path)
    if (what !== undefined) return found.map((candidate) => leaveAlone(candidate, what))
    if (!choices || judged.verdict === 'leave') return found
    const why = found.map((candidate) => choices.declined(path, candidate)).find((one) => one !== undefined)
    if (why !== undefined)
      return found.map((candidate) => ({ ...candidate, verdict: 'leave', reason: 'declined', detail: why }))
    if (judged.verdict === 'fix') return found
    const open = [judged, ...(judged.also ?? [])].filter(
      ({ reason }) => !found.some((candidate) => choices.accepts(path, candidate, reason)),
    )
    const [first, ...also] = open
    return found.map((candidate): Candidate =>
      first
        ? { ...candidate, reason: first.reason, detail: first.detail, also }
        : { ...candidate, verdict: 'fix', also: [] },
    )
  }

  /** Who imports from this module what goes with the application. */
  function importedBy({ building, name }: AppSplit): Judged[] {
    const exported = building.flatMap(exportedNames)
    if (exported.length === 0) return []
    const importer = boot.importerOf(path)
    // What no module of the project imports is there for someone else: another package, or a platform.
    const other = exported.find((one) => one !== name)
    const platform = PLATFORMS.find((file) => existsSync(join(root, file)))
    const by =
      importer === undefined
        ? other === undefined
          ? platform && `\`${platform}\``
          : `Who imports \`${other}\``
        : boot.placeOf(importer)
    return by === undefined ? [] : [{ verdict: 'leave', reason: 'entry-imported', detail: by }]
  }

  /** What the application keeps in memory. */
  function memoryOf({ building }: AppSplit): Judged[] {
    const found = building.flatMap((statement) => memoryIn(statement, variableOf) ?? [])
    const state = planProject(project, trial, options).analysis.exports.moduleState(appPath)
    const name = /^`([^.`]+)/.exec(state ?? '')?.[1]
    const declared = scopes.scopes.flatMap(({ set }) =>
      name === undefined ? [] : (set.get(name)?.defs[0]?.name ?? []),
    )
    const own = [...found, ...declared.slice(0, 1).map((node) => ({ name, node: node as Node }))].map(
      ({ name, node }) => ({
        reason: 'memory-state' as const,
        detail: `\`${name}\` (${placeOf(node)})`,
      }),
    )
    return [...own, ...building.flatMap(memoryOfFactory)]
  }

  /** What the functions keep in memory that make the application, and the module of the first. */
  function memoryOfFactory(statement: Node): Judged[] {
    const declarators = statement.type === 'VariableDeclaration' ? statement.declarations : []
    const functions = declarators.flatMap(({ init }) => (init ? (madeBy(init)?.functions ?? []) : []))
    const kept = functions.flatMap(({ file: from, node }) => {
      const found = memoryIn(from === functions[0]?.file ? from.program : node, resolveIdentifiers(from.scopes))
      if (!found) return []
      return `\`${found.name}\` (${boot.placeOf(from.path, positionAt(from.text, found.node.range[0]).line)})`
    })
    const own = functions[0]?.file.path
    const states = own === undefined || own === path ? [] : [analysis.exports.moduleState(own) ?? []].flat()
    return [...kept, ...states].map((detail) => ({ reason: 'memory-state', detail }))
  }

  /**
   * What runs before something of the application as it is, and after it in the end, and might notice.
   *
   * @param isAtBoot the application is loaded with the entry, and not by the first request.
   */
  function orderOf({ overtaken, building, moved }: AppSplit, isAtBoot: boolean): Judged[] {
    const late = program.body.slice(program.body.findIndex((statement) => moved.some((one) => one === statement)))
    const stayed = late.filter(
      (statement): statement is TSESTree.ImportDeclaration =>
        statement.type === 'ImportDeclaration' && !moved.includes(statement),
    )
    const targets = (declarations: readonly TSESTree.ImportDeclaration[]): string[] =>
      declarations.map(({ source }) => facts.module(source.value).path).filter(Boolean)
    const kept = new Set(targets(stayed).flatMap((target) => [...boot.closure(target)]))
    const delayed = new Set(
      targets(moved).flatMap((target) => [...boot.closure(target)].filter((below) => !kept.has(below))),
    )
    const [first] = stayed
    if (first && !analysis.order.waitsFor(path, delayed)) return [{ reason: 'runs-before-app', detail: placeOf(first) }]
    const acting = new Set(analysis.exports.loadEffects(path))
    const acts = ({ range }: Node): boolean => acting.has(range[0])
    const noticed = overtaken.find((statement) => {
      if (!acts(statement) || isHarmless(statement)) return false
      const touched = touchedBy(statement, true)
      const later = building.filter((one) => acts(one) && one.range[0] > statement.range[0])
      if (isAtBoot && (setsEnvironment(statement, touched) || (later.length > 0 && mayEnd(statement)))) return true
      return later.some((one) => [...touchedBy(one, false)].some((name) => touched.has(name)))
    })
    return noticed ? [{ reason: 'runs-before-app', detail: placeOf(noticed) }] : []
  }
}

/** That a class of the module keeps the application that it starts the server with; see {@link startedInClass}. */
export function planClassStart(analysis: Analysis, boot: Boot, file: Opened): SplitPlan | undefined {
  const { path, text, program } = file
  const facts = analysis.facts(path)
  const found = startedInClass({ ...file, framework: analysis.server.framework, facts })
  const declaration = program.body.find((statement) => statement.type === 'ImportDeclaration')
  if (!found || !declaration) return undefined
  const place = boot.placeOf(path, positionAt(text, found.node.range[0]).line)
  const detail = found.name === '' ? place : `\`${found.name}\` (${place})`
  const candidate = candidateOf(analysis, path, declaration, { verdict: 'leave', reason: 'app-in-class', detail })
  return { path, text, writes: [], notes: [], candidates: [{ ...candidate, range: found.node.range }] }
}

/** What a candidate of a split says. */
interface Judged extends Condition {
  readonly verdict?: Exclude<Verdict, 'done'>
  readonly also?: readonly Condition[]
}

function candidateOf(
  analysis: Analysis,
  path: string,
  declaration: TSESTree.ImportDeclaration,
  { verdict = 'suggest', reason, detail, also = [] }: Judged,
): Candidate {
  const specifier = declaration.source.value
  const module = analysis.facts(path).module(specifier)
  return {
    verdict,
    reason,
    detail,
    ...(also.length > 0 ? { also } : {}),
    about: 'handler',
    role: undefined,
    names: declaration.specifiers.map(({ local }) => local.name),
    specifier,
    targets: module.kind === 'project' ? [module.path] : [],
    range: declaration.range,
    edits: [],
  }
}

/** Where the application goes: `app`, beside the entry, or the first of other names that is free. */
function freePath(entry: string, tree: FileTree): string {
  const extension = extname(entry)
  const names = ['app', 'application', `${basename(entry, extension)}-app`, `${basename(entry, extension)}-application`]
  const isTaken = (name: string): boolean =>
    ['.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs', '.cjs', '.cts', `${sep}index.ts`, `${sep}index.js`].some(
      (suffix) => tree.read(join(dirname(entry), name + suffix)) !== undefined,
    )
  const name = names.find((candidate) => !isTaken(candidate)) ?? 'app'
  return join(dirname(entry), name + extension)
}

/** Whether TypeScript asks for the extension where the file names another. */
function needsExtension({ server, modules }: Analysis, path: string): boolean {
  return /\.[cm]?tsx?$/.test(path) && server.needsExtensions && modules.format(path) === 'module'
}

/** `./config.js` for `./config`, where TypeScript asks for it: what is written once more is to be no error once more. */
function withExtension(analysis: Analysis, path: string, specifier: string): string {
  if (!/^\.{1,2}\//.test(specifier) || !needsExtension(analysis, path)) return specifier
  const { resolver } = analysis
  const target = resolver.resolve(path, specifier).path
  const names = [`${specifier}.js`, `${specifier}/index.js`]
  const isNamed = /\.[cm]?[jt]sx?$/.test(specifier) || target === ''
  return (isNamed ? undefined : names.find((name) => resolver.resolve(path, name).path === target)) ?? specifier
}

/** How the entry writes the extensions of what it imports; without an example, as what runs it finds them. */
function extensionFor({ runtime }: Project, analysis: Analysis, { path, program }: Opened): string {
  const own = extname(path)
  const facts = analysis.facts(path)
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || !statement.source.value.startsWith('.')) continue
    const { value } = statement.source
    const extension = /\.[cm]?[jt]sx?$/.exec(value)?.[0]
    if (extension === undefined && needsExtension(analysis, path)) continue
    if (facts.module(value).kind === 'project' && extname(facts.module(value).path) === own) return extension ?? ''
  }
  if (!/ts/.test(own) || runtime.loader === 'native') return own
  return own.replace('ts', 'js').replace('x', '')
}
