import { basename, dirname, extname, join } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import { applyEdits, positionAt } from '../../edits/text.ts'
import { createFileTree, type FileTree } from '../../edits/tree.ts'
import { frameworks } from '../../frameworks/index.ts'
import type { Project } from '../../project/project.ts'
import type { Analysis, FilePlan } from '../analysis.ts'
import { bootOf, type Opened } from '../boot/boot.ts'
import { leaveAlone, leaveForeign, type Candidate, type Condition, type Verdict } from '../candidate.ts'
import { createPlanOnce } from '../plan-once.ts'
import { edgeKey, type PlanOptions } from '../plan-options.ts'
import { planProject } from '../project-plan.ts'
import { explainReason } from '../reasons.ts'
import type { RewrittenProject } from '../rewrite-project.ts'
import { importedName } from '../syntax.ts'
import { findMovable, holds, type InlineHandler, type Movable } from './handlers.ts'
import { extract, type Extracted } from './module.ts'
import { stemOf } from './names.ts'

/** A file whose handlers move to a module of their own. */
export interface Extraction {
  /** The file that registers them, absolute. */
  readonly path: string
  /** Its new text. */
  readonly text: string
  readonly module: { readonly path: string; readonly text: string }
  /** The names of the functions that move, by the offsets at which they start. */
  readonly names: ReadonlyMap<number, string>
  /** Files turn hot that are not now, beside the new one. */
  readonly frees: boolean
}

export interface ExtractionPlan {
  /** The imports that inline handlers use, with what becomes of them. They have no edits: see {@link Extraction}. */
  readonly files: readonly FilePlan[]
  readonly extractions: readonly Extraction[]
  /** What stays where it is. */
  readonly notes: RewrittenProject['notes']
}

/** What stays for other reasons, by file and the offset at which it starts. */
export type Refused = ReadonlyMap<string, ReadonlyMap<number, Condition>>

interface Draft {
  readonly file: Opened
  readonly movable: Movable
  readonly extracted: Extracted | undefined
  readonly modulePath: string
  readonly specifier: string
  /** Why nothing moves, though it could. */
  readonly refusal: (Condition & { readonly verdict: Exclude<Verdict, 'fix' | 'done'> }) | undefined
}

const planOnce = createPlanOnce<ExtractionPlan>()

/**
 * Plans to move the functions that files register where they write them to modules of their own, whose imports
 * lazy-imports makes lazy: what it would make of them decides.
 *
 * In AdonisJS the routes take classes lazily, not functions, and in node:http nothing is registered: there is no plan.
 *
 * @param refused what has to stay for other reasons.
 */
export function planExtractions(
  project: Project,
  tree: FileTree,
  options: PlanOptions = {},
  refused: Refused = new Map(),
): ExtractionPlan {
  const offsets = [...refused].flatMap(([path, at]) => [path, ...at.keys()])
  const key = [...(options.cuts ?? ['*']), '', ...offsets].join(' ')
  return planOnce(project, tree, key, () => computePlan(project, tree, options, refused))
}

function computePlan(project: Project, tree: FileTree, options: PlanOptions, refused: Refused): ExtractionPlan {
  const { leave, cuts } = options
  const framework = frameworks[project.framework.name]
  if (!framework.functions) return { files: [], extractions: [], notes: [] }
  const { analysis } = planProject(project, tree, options)
  const boot = bootOf(analysis)
  const { eager } = analysis.reloadThen()
  const extension = extensionIn(analysis)
  let drafts = analysis.server
    .files()
    .flatMap((path) => (eager.has(path) && analysis.registers(path) ? boot.open(path) : []))
    .map((file): Draft => {
      const stays = boot.formatOf(file.path, file.path) ?? directoryLoader(analysis, file.path)
      return draft(file, refused.get(file.path) ?? new Map(), stays)
    })
    .filter(({ movable }) => movable.handlers.length > 0)

  function draft(file: Opened, stays: ReadonlyMap<number, Condition>, refusal: Draft['refusal']): Draft {
    const facts = analysis.facts(file.path)
    const movable = findMovable(file, framework, facts, stays)
    const modulePath = freePath(file.path, tree)
    const specifier = `./${basename(modulePath).replace(/\.[cm]?[jt]sx?$/, '')}${extension(modulePath)}`
    const mayMove = !refusal && !facts.foreign && movable.handlers.some((handler) => !handler.refusal)
    const extracted = mayMove ? extract(file, movable, specifier, facts.typescript) : undefined
    return { file, movable, extracted, modulePath, specifier, refusal }
  }

  // What lazy-imports would make of the new modules; one function that it refuses stays, and the others are asked for again.
  let freed: ReadonlySet<Draft> = new Set()
  for (;;) {
    const moving = drafts.filter(
      ({ extracted, file }) => extracted && extracted.imports.some((found) => isOwn(file, found)),
    )
    drafts = drafts.map((one) => (moving.includes(one) ? one : { ...one, extracted: undefined }))
    if (moving.length === 0) break
    const tried = createFileTree(tree)
    for (const { file, extracted, modulePath } of moving) {
      tried.write(file.path, applyEdits(file.text, extracted?.edits ?? []))
      tried.write(modulePath, extracted?.text ?? '')
    }
    const after = planProject(project, tried, options)
    const results = moving.map((one) => [one, lazyCandidate(after.files, one)] as const)
    const failed = results.filter(([, candidate]) => candidate?.verdict !== 'fix')
    if (failed.length === 0) {
      freed = draftsThatFree(moving, after.analysis, analysis)
      break
    }
    const again = new Map(failed.map(([one, candidate]) => [one, without(one, candidate)]))
    drafts = drafts.map((one) => again.get(one) ?? one)
  }

  /** The draft without the function that `candidate` is about, or without all of them. */
  function without(one: Draft, candidate: Candidate | undefined): Draft {
    const { file, movable, extracted } = one
    const named = candidate && [...(extracted?.names ?? [])].find(([, name]) => name === candidate.detail)
    if (candidate && named) {
      const stays = new Map(
        movable.handlers.flatMap(({ node, refusal }) => (refusal ? [[node.range[0], refusal] as const] : [])),
      )
      stays.set(named[0], { reason: candidate.reason, detail: candidate.detail })
      return draft(file, stays, one.refusal)
    }
    const verdict = candidate?.verdict === 'suggest' ? 'suggest' : 'leave'
    const { reason = 'unknown-target', detail = one.specifier } = candidate ?? {}
    return { ...one, extracted: undefined, refusal: { verdict, reason, detail } }
  }

  function isOwn({ path }: Opened, declaration: TSESTree.ImportDeclaration): boolean {
    return analysis.facts(path).module(declaration.source.value).kind === 'project'
  }

  const plans = drafts.map((one) => {
    const { file } = one
    const { foreign } = analysis.facts(file.path)
    const what = leave?.get(file.path)
    const candidates = candidatesOf(one, analysis)
      .map((candidate) => (foreign ? leaveForeign(candidate, foreign) : candidate))
      .map((candidate) => (what === undefined ? candidate : leaveAlone(candidate, what)))
      .filter(({ specifier }) => !cuts || cuts.has(edgeKey(file.path, specifier)))
    return { draft: one, path: file.path, text: file.text, candidates }
  })
  const files = plans.filter(({ candidates }) => candidates.length > 0)
  const extractions = files.flatMap(({ draft: one, candidates }): Extraction[] => {
    const { file, extracted, modulePath } = one
    if (!extracted || !candidates.some(({ verdict }) => verdict === 'fix')) return []
    return [
      {
        path: file.path,
        text: applyEdits(file.text, extracted.edits),
        module: { path: modulePath, text: extracted.text },
        names: extracted.names,
        frees: freed.has(one),
      },
    ]
  })
  return {
    files: files.map(({ path, text, candidates }) => ({ path, text, candidates })),
    extractions,
    notes: files.flatMap(({ draft: { file, movable } }) =>
      movable.handlers.flatMap(({ refusal, node }) =>
        refusal
          ? [
              {
                kind: 'info' as const,
                message: explainReason(refusal.reason, refusal.detail),
                path: file.path,
                line: positionAt(file.text, node.range[0]).line,
              },
            ]
          : [],
      ),
    ),
  }
}

/** Every import of the project that inline handlers use, and nothing else does. */
function candidatesOf({ file, movable, extracted, refusal }: Draft, analysis: Analysis): Candidate[] {
  const facts = analysis.facts(file.path)
  const places = [...movable.handlers.map(({ node }) => node), ...movable.companions.map(({ statement }) => statement)]
  return file.program.body.flatMap((statement): Candidate[] => {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') return []
    const module = facts.module(statement.source.value)
    if (module.kind !== 'project' || statement.specifiers.length === 0) return []
    const identifiers = statement.specifiers
      .flatMap((specifier) => file.scopes.getDeclaredVariables(specifier))
      .flatMap(({ references }) => references)
      .flatMap(({ identifier, isTypeReference }) => (isTypeReference ? [] : [identifier as TSESTree.Node]))
    const isUsedOutside = identifiers.some((identifier) => !places.some((place) => holds(place, identifier)))
    if (identifiers.length === 0 || isUsedOutside) return []
    const isMoved = extracted?.imports.includes(statement) === true
    const kept = movable.handlers.find(
      (handler): handler is InlineHandler & { refusal: Condition } =>
        handler.refusal !== undefined && identifiers.some((identifier) => holds(handler.node, identifier)),
    )
    if (!isMoved && !kept && !refusal) return []
    const why = isMoved ? undefined : (kept?.refusal ?? refusal)
    const exported = statement.specifiers.map((specifier) => module.exported(importedName(specifier)).path)
    return [
      {
        verdict: isMoved ? 'fix' : kept ? 'leave' : (refusal?.verdict ?? 'leave'),
        reason: why?.reason ?? 'every-use-is-lazy',
        detail: why?.detail ?? '',
        about: 'handler',
        role: undefined,
        names: statement.specifiers.map(({ local }) => local.name),
        specifier: statement.source.value,
        targets: [...new Set([module.path, ...exported].filter(Boolean))],
        range: statement.range,
        edits: [],
      },
    ]
  })
}

function lazyCandidate(files: readonly FilePlan[], { file, specifier }: Draft): Candidate | undefined {
  return files
    .find(({ path }) => path === file.path)
    ?.candidates.find((candidate) => candidate.specifier === specifier && candidate.verdict !== 'done')
}

/** The files whose extraction turns others hot, once lazy-imports has made the imports of the new modules lazy. */
function draftsThatFree(moving: readonly Draft[], after: Analysis, before: Analysis): ReadonlySet<Draft> {
  const boot = bootOf(after)
  const fixes = moving.flatMap((one) => {
    const planned = after.planFile(one.file.path)
    const candidate = planned && 'candidates' in planned ? lazyCandidate([planned], one) : undefined
    return candidate
      ? boot.open(one.file.path).map((from) => ({ from, candidate, target: one.modulePath, named: one.modulePath }))
      : []
  })
  const then = boot.reloadWith(fixes)
  const now = before.reloadThen()
  return new Set(
    moving.filter(({ modulePath }) =>
      [...boot.closure(modulePath)].some(
        (path) => path !== modulePath && then.outcomes.get(path) === 'hot' && now.outcomes.get(path) !== 'hot',
      ),
    ),
  )
}

/** A name beside the file that is free: users.handlers.ts for users.routes.ts. */
function freePath(path: string, tree: FileTree): string {
  const name = basename(path, extname(path))
  const stem = stemOf(path)
  const separator = /[-_]/.exec(name.slice(stem.length))?.[0] ?? '.'
  const names = [`${stem}${separator}handlers`, `${name}${separator}handlers`]
  for (let count = 2; ; count += 1) {
    const free = names.find((candidate) => isFree(join(dirname(path), candidate), tree))
    if (free !== undefined) return join(dirname(path), free + extname(path))
    names.push(`${stem}${separator}handlers${count}`)
  }
}

function isFree(stem: string, tree: FileTree): boolean {
  return EXTENSIONS.every((extension) => tree.read(stem + extension) === undefined)
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json']

/** How the project's relative imports end: in what is compiled, in what is written, or in nothing. */
function extensionIn(analysis: Analysis): (path: string) => string {
  let ending: string | undefined
  for (const path of analysis.server.files()) {
    for (const { specifier = '' } of analysis.modules.edges(path)) {
      if (!specifier.startsWith('.') || specifier.endsWith('.json')) continue
      const target = analysis.resolver.resolve(path, specifier).path
      if (/(?:^|\/)index\.[^/]+$/.test(target) || target === '') continue
      ending ??= /\.[cm]?[jt]sx?$/.exec(specifier)?.[0] ?? ''
    }
    if (ending !== undefined) break
  }
  const found = ending ?? '.js'
  return (path) => {
    if (found === '') return ''
    const own = extname(path)
    return /^\.[cm]?t/.test(found) ? own : own.replace('tsx', 'js').replace('jsx', 'js').replace('ts', 'js')
  }
}

/** Why a new file beside `path` would be loaded by itself; undefined where files are named one by one. */
function directoryLoader(analysis: Analysis, path: string): Draft['refusal'] {
  const { roots } = analysis.server
  const loader = roots.find((root) => root.by !== undefined && dirname(root.path) === dirname(path))?.by
  if (loader !== undefined) return { verdict: 'leave', reason: 'loaded-by-name', detail: loader }
  const importers = analysis.reload().importers.get(path) ?? []
  const isNamed = roots.some((root) => root.path === path) || importers.some(({ lazy }) => !lazy)
  if (isNamed) return undefined
  return { verdict: 'leave', reason: 'loaded-by-name', detail: 'What imports it' }
}
