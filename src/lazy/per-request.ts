import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { lineBreakOf, lineStart, type Edit } from '../edits/text.ts'
import { bindingsOf, type Binding } from './bindings.ts'
import type { Names } from './calls/names.ts'
import type { Candidate, Verdict } from './candidate.ts'
import { prologueOf } from './imports/evaluation-order.ts'
import type { ExportFacts } from './facts.ts'
import { awaitLaterImports } from './imports/later-imports.ts'
import type { PlanInput } from './plan.ts'
import type { Reason } from './reasons.ts'
import type { Slots } from './registrations.ts'
import { rewriteTypes } from './imports/rewrite-import.ts'
import {
  directiveAbove,
  endsWithSemicolon,
  hasAttributes,
  hasCommentInside,
  isIdentifierName,
  removeImport,
  removeStatement,
  replaceImport,
  replaceByStatements,
} from './rewrite.ts'
import { resolveIdentifiers, type Node } from './syntax.ts'
import { typeUse } from './uses.ts'
import type { WaitingStart } from './app/waiting-start.ts'

/** Why an import cannot be executed for each request, or not without a person's consent. */
export interface Demotion {
  readonly verdict: Exclude<Verdict, 'fix' | 'done'>
  readonly reason: Reason
  readonly detail: string
}

/** What the rest of the project says about an import of one file that would be executed for each request. */
export interface PerRequestFacts {
  /** Why the module `target` has to be loaded once, whatever this file does with it. */
  demotionsOf(target: string): readonly Demotion[]
  /** What importing `target` does, in it or below it, that nothing else of the server's start would do then. */
  effectOf(target: string): string | undefined
  /** What the module `target` does when it is loaded, where what is loaded after it would notice to come before it. */
  overtakenBy(target: string): string | undefined
  /** Whether another module imports this one, a test too. */
  isImported(): boolean
  /** Whether a module of the server may go on after a rejection that nothing handles. */
  listensToRejections(): boolean
  /**
   * What a second application of the module `target` has no part in, or has twice.
   *
   * @param isOne its server is the only one.
   */
  readonly ofInstance: (target: string, isOne: boolean) => Demotion | undefined
  /** What makes the application that an export is, where a function of the project does: `express#default`. */
  makerOf(exported: ExportFacts): string | undefined
  /** Whether the module `target` is loaded at boot, and may be loaded later: it runs by no framework's convention. */
  isLoadedAtBoot(target: string): boolean
  /** When a function of this file runs. */
  runOf(owner: Node): FunctionRun
  /** A middleware that goes on with the request after `next()`, before a handler that waits is done. */
  actsAfterNext(): string | undefined
}

/** When a function runs, for its file: see function-runs.ts. */
export interface FunctionRun {
  readonly when: 'request' | 'boot' | 'unknown'
  /** `` `src/jobs.ts:3` `` */
  readonly unawaited: string | undefined
  /** Whether a caller stores what it returns. */
  readonly isKept: boolean
}

/** One module, for the levels above the handler. */
export interface PerRequestInput extends PlanInput {
  readonly project: PerRequestFacts
}

/**
 * What a reference to an imported binding is.
 *
 * - `request`: an expression that a function can stand for which imports the module when it is called.
 * - `listen`: the server is started with it, and goes on with it; each request is handed to a newer one.
 * - `promise`: the server is started when it is fulfilled, and the module is imported there.
 * - `kept`: a use of the one that is there from boot on.
 * - `current`: a use of which nothing is left when it is done, so that it can be of the one of the last request.
 * - `start`: the server is started with it in a way that has no such form.
 * - `other`: anything else.
 */
export type PerRequestUse =
  | {
      readonly kind: 'request'
      /** What is replaced. */
      readonly node: Node
      /** @param member `.default`, behind the module. @param module what awaits it. @param load gives a promise of it. */
      text(member: string, module: string, load: string): string
      readonly doubt?: Demotion | undefined
      /** Statements that the text needs at the top of the file. */
      readonly needs?: readonly string[] | undefined
    }
  | {
      readonly kind: 'listen'
      /** The statement that hands requests over, behind the one that declares the binding `name`. */
      text(load: string, member: string, name: string): string
      readonly doubt?: Demotion | undefined
      /** Statements that the text needs at the top of the file. */
      readonly needs?: readonly string[] | undefined
    }
  | {
      readonly kind: 'promise'
      /** @param load gives a promise of the module. @param member `.app`, behind the module. */
      edits(load: string, member: string): readonly Edit[]
      readonly doubt?: Demotion | undefined
      /** Statements that the edits need at the top of the file. */
      readonly needs?: readonly string[] | undefined
    }
  | { readonly kind: 'kept' | 'current' }
  | { readonly kind: 'start' | 'other'; readonly demotion: Demotion }

/** What `node`, a reference to `imported`, is. */
export type UseOf = (node: Node, imported: ExportFacts) => PerRequestUse

/**
 * Plans one import declaration, of which every use becomes a function that imports the module when it is called.
 *
 * @param wait asked where `await` may not stand at the top level: what the module runs, where that may wait for a promise.
 * @returns undefined where no binding is used in such a way, nor starts the server.
 */
export function planPerRequest(
  input: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  slots: Slots,
  names: Names,
  useOf: UseOf,
  wait: () => WaitingStart | undefined = () => undefined,
): Candidate | undefined {
  const { facts, text, project } = input
  const specifier = declaration.source.value
  if (declaration.importKind === 'type') return undefined
  const module = facts.module(specifier)
  if (module.kind !== 'project') return undefined
  const variableOf = resolveIdentifiers(input.scopes)
  const found = bindingsOf(input.scopes, declaration, slots).map((binding): Found => {
    const target = module.exported(binding.imported)
    const values = binding.uses.filter(({ kind }) => kind !== 'type')
    const aliases = target.mutable
      ? []
      : values
          .flatMap(({ node }) => aliasOf(node, variableOf) ?? [])
          .filter(({ statement }) => directiveAbove(text, statement.range[0]) === undefined)
    const nodes = values.filter(({ node }) => aliases.every(({ init }) => init !== node)).map(({ node }) => node)
    const uses = [...nodes, ...aliases.flatMap(({ references }) => references)].map((node) => useOf(node, target))
    return { binding, target, uses, aliases: aliases.map(({ statement }) => statement) }
  })
  const served = found.filter(isServed)
  if (served.length === 0) return undefined
  const keeps = served.some(({ uses }) => uses.some(({ kind }) => kind === 'listen'))
  const isNeeded = found.some(isCurrent)
  const targets = [...new Set(served.map(({ target }) => target.path).filter(Boolean))]
  const effect = firstOf(targets, project.effectOf)
  // What it does, it does where the server is started.
  const isPromised = served.every(({ uses }) => uses.every(({ kind }) => kind === 'promise')) && !isNeeded
  const mustWait = !isPromised && (effect !== undefined || keeps || isNeeded)
  // Two promises would have to be waited for in the order of the imports.
  const mayWait = mustWait && !keeps && !facts.topLevelAwait && targets.length === 1
  const waiting = mayWait ? wait() : undefined
  const overtaken = firstOf(targets, project.overtakenBy)
  const later =
    overtaken !== undefined && facts.topLevelAwait && !isPromised && isInPlace(input.program, declaration)
      ? awaitLaterImports(input, declaration, slots, (node, from, imported) =>
          /^(?:request|listen|current|start)$/.test(useOf(node, facts.module(from).exported(imported)).kind),
        )
      : undefined
  const blocker = blockerOf(input, declaration, found, names)
  const demotions = blocker
    ? [blocker]
    : [
        ...targets.flatMap(project.demotionsOf),
        ...served.flatMap(({ uses }) => uses.flatMap((use) => ('doubt' in use && use.doubt) || [])),
        ...directiveDoubt(text, declaration),
        ...(overtaken === undefined || later
          ? []
          : [{ verdict: 'suggest', reason: 'side-effects', detail: overtaken } as const]),
        ...(!mustWait || facts.topLevelAwait || waiting
          ? []
          : [{ verdict: 'suggest', reason: 'top-level-await', detail: '' } as const]),
      ]
  const demotion = demotions.find(({ verdict }) => verdict === 'leave') ?? demotions[0]
  const also = demotions.slice(1).map(({ reason, detail }) => ({ reason, detail }))
  return {
    verdict: demotion?.verdict ?? 'fix',
    reason: demotion?.reason ?? (keeps ? 'kept-server' : effect === undefined ? 'every-use-is-lazy' : 'preloaded'),
    detail: demotion?.detail ?? (keeps ? served[0]?.binding.local.name : effect) ?? '',
    about: 'handler',
    role: undefined,
    names: served.map(({ binding }) => binding.local.name),
    specifier,
    targets,
    range: declaration.range,
    edits:
      demotion?.verdict === 'leave'
        ? []
        : [...rewrite(input, declaration, slots, names, found, waiting), ...(later ?? [])],
    ...(demotion?.verdict === 'suggest' && also.length > 0 ? { also } : {}),
  }
}

/** Whether statements can stand in the place of an import: none comes before it that runs. */
function isInPlace(program: TSESTree.Program, { range }: TSESTree.ImportDeclaration): boolean {
  const { next } = prologueOf(program)
  return next === undefined || range[0] < next.range[0]
}

function firstOf<Item, Result>(items: readonly Item[], find: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

interface Found {
  readonly binding: Binding
  readonly target: ExportFacts
  readonly uses: readonly PerRequestUse[]
  /** The statements that give it another name; {@link uses} has the uses of that. */
  readonly aliases: readonly Node[]
}

/** `const served = app`, at the top level of the module: what uses `served`. */
function aliasOf(
  node: Node,
  variableOf: (node: Node) => Variable | undefined,
): { readonly init: Node; readonly statement: Node; readonly references: readonly Node[] } | undefined {
  const declarator = node.parent
  if (declarator?.type !== 'VariableDeclarator' || declarator.init !== node || declarator.id.type !== 'Identifier')
    return undefined
  const statement = declarator.parent
  if (statement.kind !== 'const' || statement.declarations.length > 1 || statement.parent.type !== 'Program')
    return undefined
  if (declarator.id.typeAnnotation) return undefined
  const uses = variableOf(declarator.id)?.references.filter(({ init }) => init !== true) ?? []
  const references = uses.map(({ identifier }) => identifier as Node)
  if (references.length === 0 || references.some((one) => one.parent && typeUse(one, one.parent))) return undefined
  return { init: node, statement, references }
}

function isServed({ uses }: Found): boolean {
  return uses.some(({ kind }) => kind !== 'other' && kind !== 'kept' && kind !== 'current')
}

/** Whether it may be one of the last request wherever it is used. */
function isCurrent({ uses, aliases, binding }: Found): boolean {
  const isRead = uses.length > 0 && aliases.length === 0 && uses.every(({ kind }) => kind === 'current')
  return isRead && binding.imported !== '*' && binding.uses.every(({ kind }) => kind !== 'type')
}

/** What keeps the import as it is, as far as this file tells. */
function blockerOf(
  { facts, text, program, project }: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  found: readonly Found[],
  names: Names,
): Demotion | undefined {
  const leave = (reason: Reason, detail: string): Demotion => ({ verdict: 'leave', reason, detail })
  const served = found.filter(isServed)
  for (const { uses, binding } of served) {
    if (binding.imported === '*') return leave('namespace', binding.local.name)
    for (const kind of ['start', 'other'] as const) {
      const use = uses.find((candidate) => candidate.kind === kind)
      if (use && 'demotion' in use) return use.demotion
    }
  }
  const isPromised = served.some(({ uses }) => uses.some(({ kind }) => kind === 'promise'))
  const beside = isPromised && found.find(({ uses }) => uses.some(({ kind }) => kind !== 'promise'))
  if (beside) return leave('used-at-start', beside.binding.local.name)
  const { next } = prologueOf(program)
  const isFirst = next === undefined || declaration.range[0] < next.range[0]
  const listens = served.some(({ uses }) => uses.some(({ kind }) => kind === 'listen'))
  const mayBeCurrent = (one: Found): boolean =>
    isCurrent(one) &&
    isFirst &&
    !listens &&
    !project.isImported() &&
    names.canStay(one.binding.local.name) &&
    served.every(({ target }) => target.specifier === one.target.specifier)
  const mixed = found.find((one) => one.uses.length > 0 && !isServed(one) && !mayBeCurrent(one))
  if (mixed) return leave('mixed-declaration', mixed.binding.local.name)
  for (const { binding } of found) {
    const types = binding.uses.filter((use) => use.kind === 'type')
    if (types.length > 0 && !isIdentifierName(binding.imported)) return leave('qualified-type', binding.local.name)
  }
  if (!facts.lexes) return leave('unlexable', '')
  for (const one of [declaration, ...typeImportsBeside(program, declaration)]) {
    if (hasAttributes(text, one)) return leave('import-attributes', '')
    if (hasCommentInside(text, one)) return leave('comment-inside', '')
  }
  return undefined
}

/** That a comment for tools above the import would apply to another line. */
export function directiveDoubt(text: string, { range }: TSESTree.ImportDeclaration): Demotion[] {
  const directive = directiveAbove(text, range[0])
  return directive === undefined ? [] : [{ verdict: 'suggest', reason: 'directive', detail: directive }]
}

function rewrite(
  { text, program, scopes, project }: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  slots: Slots,
  names: Names,
  found: readonly Found[],
  waiting: WaitingStart | undefined,
): Edit[] {
  const edits: Edit[] = []
  const statements: string[] = []
  const quote = declaration.source.raw[0] ?? "'"
  const modules = new Map<string, Found[]>()
  for (const one of found) modules.set(one.target.specifier, [...(modules.get(one.target.specifier) ?? []), one])
  for (const [specifier, members] of modules) {
    const requests = members.flatMap(({ uses, target }) =>
      uses.flatMap((use) => (use.kind === 'request' ? [{ use, member: memberText(target.exportName) }] : [])),
    )
    const [first] = members
    const kept = members.flatMap(({ uses, target, binding }) => {
      const use = uses.find(({ kind }) => kind === 'listen')
      return use?.kind === 'listen' ? [{ use, target, name: binding.local.name }] : []
    })
    const promised = members.flatMap(({ uses, target }) =>
      uses.flatMap((use) => (use.kind === 'promise' ? [{ use, member: memberText(target.exportName) }] : [])),
    )
    if (requests.length + kept.length + promised.length === 0 || !first) continue
    statements.push(...new Set([...requests, ...kept, ...promised].flatMap(({ use }) => use.needs ?? [])))
    const raw = specifier === declaration.source.value ? declaration.source.raw : quote + specifier + quote
    let load = `import(${raw})`
    const current = members
      .filter(isCurrent)
      .map(({ binding, target }) => propertyText(target.exportName, binding.local.name))
    const pattern = current.length > 0 ? `{ ${current.join(', ')} }` : ''
    const isPreloaded = promised.length === 0 && (pattern !== '' || project.effectOf(first.target.path) !== undefined)
    if (isPreloaded || kept.length + promised.length > 0 || requests.length > 1) {
      const name = names.loaderFor(
        specifier.replace(/\.hot(?=$|\.[cm]?[jt]s$)/, ''),
        declaration.specifiers.map(({ local }) => local.name),
      )
      statements.push(`const ${name} = () => ${load}`)
      load = `${name}()`
      if (isPreloaded && !waiting && kept.length === 0)
        statements.push(pattern === '' ? `await ${load}` : `let ${pattern} = await ${load}`)
    }
    for (const { use, target, name } of kept) {
      statements.push(`const { ${propertyText(target.exportName, name)} } = await ${load}`)
      statements.push(use.text(load, memberText(target.exportName), name))
    }
    for (const { use, member } of requests) {
      const module = pattern === '' ? `(await ${load})` : `(${pattern} = await ${load})`
      const served = use.text(member, module, load)
      edits.push({ range: use.node.range, text: waiting?.nested(served, use.node) ?? served })
    }
    for (const { use, member } of promised) edits.push(...use.edits(load, member))
    for (const { aliases } of kept.length > 0 ? [] : members)
      edits.push(...aliases.map(({ range }) => removeStatement(text, ...range)))
    if (isPreloaded && waiting) {
      const replaced = edits.map(({ range }) => range)
      edits.push(...waiting.edits(load, replaced, pattern))
    }
  }
  for (const { binding, uses } of found)
    if (!uses.some(({ kind }) => kind === 'listen')) rewriteTypes(binding, declaration.source.raw, statements, edits)
  const { last, next } = prologueOf(program)
  const listens = found.some(({ uses }) => uses.some(({ kind }) => kind === 'listen'))
  const isBetween = listens && last !== undefined && last !== declaration
  const isLate = next !== undefined && (next.range[0] < declaration.range[0] || isBetween)
  edits.push(...replaceByStatements(text, program, declaration, statements, isLate))
  for (const statement of typeImportsBeside(program, declaration)) {
    edits.push(...typesOf(text, statement, bindingsOf(scopes, statement, slots)))
  }
  return edits
}

/** `default: app`, in a pattern. */
function propertyText(exported: string, name: string): string {
  if (exported === name) return name
  return `${isIdentifierName(exported) ? exported : JSON.stringify(exported)}: ${name}`
}

function memberText(name: string): string {
  return isIdentifierName(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

/** A type import above a lazy import of the same specifier switches hot reload off (hot-hook 1.0.0, `dynamic_import_checker.js`). */
export function typeImportsBeside(
  { body }: TSESTree.Program,
  { source }: TSESTree.ImportDeclaration,
): TSESTree.ImportDeclaration[] {
  return body.filter(
    (statement): statement is TSESTree.ImportDeclaration =>
      statement.type === 'ImportDeclaration' &&
      statement.importKind === 'type' &&
      statement.source.value === source.value,
  )
}

/** The edits that make `type X = import('…').X` of a type import. */
export function typesOf(text: string, declaration: TSESTree.ImportDeclaration, bindings: readonly Binding[]): Edit[] {
  const edits: Edit[] = []
  const statements: string[] = []
  for (const binding of bindings) rewriteTypes(binding, declaration.source.raw, statements, edits)
  edits.push(statements.length > 0 ? replaceImport(text, declaration, statements) : removeImport(text, declaration))
  return edits
}

/** How the file is written, where an edit puts several lines. */
export interface Style {
  readonly lineBreak: string
  /** Of the line that the edit is in. */
  readonly indent: string
  readonly unit: string
  /** `;` where the file ends its statements with one. */
  readonly semicolon: string
}

/** @param offset in the line that the lines are put in. */
export function styleAt(text: string, offset: number, program: TSESTree.Program): Style {
  const line = text.slice(lineStart(text, offset), offset)
  const firstImport = program.body.find((statement) => statement.type === 'ImportDeclaration')
  return {
    lineBreak: lineBreakOf(text),
    indent: /^[\t ]*/.exec(line)?.[0] ?? '',
    unit: /^\t/m.test(text) ? '\t' : (/^( {2,8})\S/m.exec(text)?.[1] ?? '  '),
    semicolon: firstImport && endsWithSemicolon(text, firstImport) ? ';' : '',
  }
}
