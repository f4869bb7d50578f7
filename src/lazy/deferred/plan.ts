import type { TSESTree } from '@typescript-eslint/utils'
import { positionAt, type Edit } from '../../edits/text.ts'
import type { FunctionNode } from '../../graph/module-code.ts'
import { bindingsOf, type Binding } from '../bindings.ts'
import { namesIn, type Names } from '../calls/names.ts'
import type { Candidate } from '../candidate.ts'
import { createFunctionTops, hasCommentBeforeBody, type FunctionTops } from './text.ts'
import { prologueOf } from '../imports/evaluation-order.ts'
import type { ExportFacts, FileFacts } from '../facts.ts'
import { keptAt, outlivingFunction } from './kept-values.ts'
import { directiveDoubt, typeImportsBeside, typesOf, type Demotion, type PerRequestInput } from '../per-request.ts'
import type { Reason } from '../reasons.ts'
import type { Slots } from '../registrations.ts'
import { rewriteTypes } from '../imports/rewrite-import.ts'
import { canBeAsync } from './scheduled.ts'
import { hasAttributes, hasCommentInside, isIdentifierName, replaceByStatements } from '../rewrite.ts'
import { isFunction, resolveIdentifiers, type Node } from '../syntax.ts'

/**
 * Plans the static imports of one module that are used only in async functions which run after the server's start:
 * each such function imports what it uses itself, first thing, `const { list } = await import('./users.js')`.
 *
 * Pure, as `plan` is; what it reads of a module it keeps for the next time that it is asked.
 *
 * @returns what gives one candidate for each import of a module of the project that some async function uses, in source
 * order.
 */
export function deferredPlanner(): (input: PerRequestInput, slots: Slots) => Candidate[] {
  const drafts = new Map<TSESTree.ImportDeclaration, Draft | undefined>()
  return (input, slots) => {
    const { choose = (candidate) => candidate, facts, text, program, scopes } = input
    if (!facts.inServer) return []
    const tops = createFunctionTops(text, program)
    const names = namesIn(scopes, new Set())
    const variableOf = resolveIdentifiers(scopes)
    return program.body.flatMap((statement) => {
      if (statement.type !== 'ImportDeclaration') return []
      if (!drafts.has(statement)) drafts.set(statement, draftOf(input, statement, slots, variableOf))
      const draft = drafts.get(statement)
      return draft ? [choose(candidateOf(input, statement, draft, { slots, tops, names }))] : []
    })
  }
}

/** A binding, what it is, and its uses at run time. */
interface Found {
  readonly binding: Binding
  readonly target: ExportFacts
  readonly values: readonly Node[]
}

/** A use, and the function that would import what it needs. */
interface Placed {
  readonly found: Found
  readonly owner: FunctionNode
}

/** What a module by itself, and who calls its functions, say of an import. */
interface Draft {
  readonly found: readonly Found[]
  readonly placed: readonly Placed[]
  readonly targets: readonly string[]
  readonly demotions: readonly Demotion[]
}

type VariableOf = ReturnType<typeof resolveIdentifiers>

function draftOf(
  input: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  slots: Slots,
  variableOf: VariableOf,
): Draft | undefined {
  const { facts, project, text } = input
  const specifier = declaration.source.value
  if (declaration.importKind === 'type' || input.framework.generated.test(specifier)) return undefined
  const module = facts.module(specifier)
  if (module.kind !== 'project' || !project.isLoadedAtBoot(module.path)) return undefined
  const found = bindingsOf(input.scopes, declaration, slots).map((binding): Found => {
    const values = binding.uses.filter(({ kind }) => kind !== 'type').map(({ node }) => node)
    return { binding, target: module.exported(binding.imported), values }
  })
  const used = found.filter(({ values }) => values.length > 0)
  const uses = used.flatMap((one) => one.values.map((use) => ({ found: one, use })))
  if (!uses.some(({ use }) => waitingFunctionsAround(use, variableOf, facts).length > 0)) return undefined
  // What is registered is made lazy where it is registered.
  if (used.some(({ binding }) => binding.uses.some(({ kind }) => kind === 'slot'))) return undefined
  const targets = [...new Set(used.map(({ target }) => target.path || module.path))]
  if (!targets.every(project.isLoadedAtBoot)) return undefined

  const placed: Placed[] = []
  const demotions: Demotion[] = []
  const blocker = blockerOf(input, declaration, found)
  if (blocker) demotions.push(blocker)
  for (const { found: one, use } of uses) {
    const place = placeOf(input, one, use, variableOf)
    if (place.owner) placed.push({ found: one, owner: place.owner })
    demotions.push(...place.demotions)
  }
  return { found, placed, targets, demotions: [...demotions, ...directiveDoubt(text, declaration)] }
}

interface Writing {
  readonly slots: Slots
  readonly tops: FunctionTops
  readonly names: Names
}

function candidateOf(
  input: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  draft: Draft,
  writing: Writing,
): Candidate {
  const { facts, project } = input
  const { found, targets } = draft
  const demotions = [...draft.demotions, ...targets.flatMap(project.demotionsOf)]
  const effect = targets.map(project.effectOf).find((one) => one !== undefined)
  if (effect !== undefined && !facts.topLevelAwait)
    demotions.push({ verdict: 'suggest', reason: 'top-level-await', detail: '' })
  const demotion = demotions.find(({ verdict }) => verdict === 'leave') ?? demotions[0]
  const also = distinct(demotions)
    .slice(1)
    .map(({ reason, detail }) => ({ reason, detail }))
  return {
    verdict: demotion?.verdict ?? 'fix',
    reason: demotion?.reason ?? (effect === undefined ? 'deferred' : 'preloaded'),
    detail: demotion?.detail ?? effect ?? '',
    about: 'handler',
    role: undefined,
    names: found.filter(({ values }) => values.length > 0).map(({ binding }) => binding.local.name),
    specifier: declaration.source.value,
    targets,
    range: declaration.range,
    edits: demotion?.verdict === 'leave' ? [] : rewrite(input, declaration, draft, writing),
    ...(demotion?.verdict === 'suggest' && also.length > 0 ? { also } : {}),
  }
}

/** One for each reason: the first. */
function distinct(demotions: readonly Demotion[]): Demotion[] {
  return demotions.filter(({ reason }, at) => demotions.findIndex((other) => other.reason === reason) === at)
}

/** What keeps the import as it is, wherever it is used. */
function blockerOf(
  { facts, text, program }: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  found: readonly Found[],
): Demotion | undefined {
  const leave = (reason: Reason, detail: string): Demotion => ({ verdict: 'leave', reason, detail })
  for (const { binding, target } of found) {
    const { name } = binding.local
    const value = binding.uses.find((use) => use.kind === 'value')
    if (value?.kind === 'value' && /^(?:qualified-type|decorator-metadata|re-exported)$/.test(value.reason))
      return leave(value.reason, name)
    if (binding.uses.some(({ kind }) => kind === 'type') && !isIdentifierName(binding.imported))
      return leave('qualified-type', name)
    if (target.mutable) return leave('reassigned-export', name)
    // TypeScript takes `asserts` and `never` from a name that is declared with its type only.
    if (/^(?:asserts|never$)/.test(target.function?.returnType ?? '') && facts.typescript)
      return leave('assertion', name)
  }
  if (facts.module(declaration.source.value).exportNames().names.includes('then'))
    return leave('thenable', declaration.source.value)
  if (!facts.lexes) return leave('unlexable', '')
  for (const one of [declaration, ...typeImportsBeside(program, declaration)]) {
    if (hasAttributes(text, one)) return leave('import-attributes', '')
    if (hasCommentInside(text, one)) return leave('comment-inside', '')
  }
  return undefined
}

/** The outermost async function around the use that runs after boot, or why there is none. */
function placeOf(
  input: PerRequestInput,
  { binding }: Found,
  use: Node,
  variableOf: VariableOf,
): { readonly owner?: FunctionNode; readonly demotions: readonly Demotion[] } {
  const { name } = binding.local
  const refused = (verdict: Demotion['verdict'], reason: Reason, detail: string): { demotions: Demotion[] } => ({
    demotions: [{ verdict, reason, detail }],
  })
  const around = waitingFunctionsAround(use, variableOf, input.facts)
  if (around.length === 0) {
    const isLate = functionsAround(use).length > 0
    const { line } = positionAt(input.text, use.range[0])
    return refused('leave', isLate ? 'sync-function' : 'used-at-load', `${name}\`, line \`${line}`)
  }
  const runs = around.map((owner) => ({ owner, run: input.project.runOf(owner) }))
  const late = runs.filter(({ run }) => run.when === 'request')
  const chosen = late.find(({ owner }) => !outlivingFunction(use, owner, variableOf)) ?? late.at(-1)
  if (!chosen) {
    const unknown = runs.find(({ run }) => run.when === 'unknown')
    if (!unknown) return refused('leave', 'runs-at-boot', nameOfFunction(runs.at(-1)?.owner))
    return {
      owner: unknown.owner,
      demotions: doubtsOf(input, binding, use, unknown.owner, variableOf, [
        { verdict: 'suggest', reason: 'unknown-caller', detail: nameOfFunction(unknown.owner) },
      ]),
    }
  }
  return { owner: chosen.owner, demotions: doubtsOf(input, binding, use, chosen.owner, variableOf, []) }
}

function doubtsOf(
  input: PerRequestInput,
  { local }: Binding,
  use: Node,
  owner: FunctionNode,
  variableOf: VariableOf,
  before: readonly Demotion[],
): Demotion[] {
  const doubts = [...before]
  const { unawaited, isKept } = input.project.runOf(owner)
  if (hasCommentBeforeBody(input.text, owner)) doubts.push({ verdict: 'leave', reason: 'comment-inside', detail: '' })
  if (!awaitsFirst(owner)) {
    if (unawaited !== undefined) doubts.push({ verdict: 'suggest', reason: 'runs-before-await', detail: unawaited })
    const next = input.project.actsAfterNext()
    if (next !== undefined) doubts.push({ verdict: 'suggest', reason: 'acts-after-next', detail: next })
  }
  const returned = isKept ? 'anything' : isRegistered(owner) ? 'nothing' : 'itself'
  const kept = keptAt(use, owner, variableOf, returned) ?? outlivingFunction(use, owner, variableOf)
  if (kept)
    doubts.push({
      verdict: 'suggest',
      reason: 'kept-value',
      detail: `${local.name}\`, line \`${positionAt(input.text, kept.range[0]).line}`,
    })
  return doubts
}

/** An argument of a call: what it returns goes to what calls it. */
function isRegistered({ parent }: FunctionNode): boolean {
  return parent.type === 'CallExpression' || parent.type === 'NewExpression'
}

/** Whether nothing that anybody could see happens in the function before it waits for something. */
function awaitsFirst({ body }: FunctionNode): boolean {
  if (body.type !== 'BlockStatement') return body.type === 'AwaitExpression' && isQuiet(body.argument)
  for (const statement of body.body) {
    if (statement.type === 'ExpressionStatement') {
      const { expression } = statement
      if (expression.type === 'AwaitExpression') return isQuiet(expression.argument)
      if (typeof statement.directive === 'string') continue
      return false
    }
    if (statement.type !== 'VariableDeclaration') return false
    for (const { id, init } of statement.declarations) {
      if (init?.type === 'AwaitExpression') return isQuiet(init.argument)
      if (id.type !== 'Identifier' || (init && !isQuiet(init))) return false
    }
  }
  return true
}

/** An expression that only reads names and literals. */
function isQuiet(node: Node): boolean {
  return node.type === 'Identifier' || node.type === 'Literal' || node.type === 'ThisExpression'
}

/** The functions in whose bodies `node` stands, the outermost first. */
function functionsAround(node: Node): FunctionNode[] {
  const found: FunctionNode[] = []
  for (let child = node, parent = node.parent; parent; [child, parent] = [parent, parent.parent]) {
    if (isFunction(parent) && parent.body === child) found.unshift(parent)
  }
  return found
}

/** Of these, the ones that can wait for an import. */
function waitingFunctionsAround(node: Node, variableOf: VariableOf, facts: FileFacts): FunctionNode[] {
  return functionsAround(node).filter(
    (owner) => (owner.async && !owner.generator) || canBeAsync(owner, variableOf, facts),
  )
}

/** A name for people. */
function nameOfFunction(owner: FunctionNode | undefined): string {
  const { parent } = owner ?? {}
  if (owner && 'id' in owner && owner.id) return owner.id.name
  const key = parent && ('key' in parent ? parent.key : 'id' in parent ? parent.id : undefined)
  return key && 'name' in key && typeof key.name === 'string' ? key.name : 'async () => …'
}

function rewrite(
  { text, program, scopes, project }: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  { found, placed }: Draft,
  { slots, tops, names }: Writing,
): Edit[] {
  const edits: Edit[] = []
  const statements: string[] = []
  const { raw, value } = declaration.source
  const quote = raw[0] ?? "'"
  const owners = [...new Set(placed.map(({ owner }) => owner))].sort(
    (a, b) => a.range[0] - b.range[0] || b.range[1] - a.range[1],
  )
  const modules = [...new Map(placed.map(({ found: { target } }) => [target.specifier, target]))]
  for (const [specifier, { path }] of modules) {
    let load = `import(${specifier === value ? raw : quote + specifier + quote})`
    if (project.effectOf(path) !== undefined) {
      const name = names.loaderFor(
        specifier,
        declaration.specifiers.map(({ local }) => local.name),
      )
      statements.push(`const ${name} = () => ${load}`, `await ${name}()`)
      load = `${name}()`
    }
    for (const owner of owners) {
      const members = found.filter((one) =>
        placed.some((use) => use.owner === owner && use.found === one && one.target.specifier === specifier),
      )
      for (const pattern of patternsOf(members)) edits.push(...tops.insert(owner, `const ${pattern} = await ${load}`))
    }
  }
  for (const { binding } of found) rewriteTypes(binding, raw, statements, edits)
  const { next } = prologueOf(program)
  const isLate = next !== undefined && next.range[0] < declaration.range[0]
  edits.push(...replaceByStatements(text, program, declaration, statements, isLate))
  for (const statement of typeImportsBeside(program, declaration))
    edits.push(...typesOf(text, statement, bindingsOf(scopes, statement, slots)))
  return edits
}

/** `{ default: Users, list as all }`, and a name for the namespace. */
function patternsOf(members: readonly Found[]): string[] {
  const patterns = members.flatMap(({ binding, target }) => (target.exportName === '*' ? [binding.local.name] : []))
  const named = members.flatMap(({ binding: { local }, target: { exportName } }) => {
    if (exportName === '*') return []
    if (exportName === local.name) return [local.name]
    return [`${isIdentifierName(exportName) ? exportName : JSON.stringify(exportName)}: ${local.name}`]
  })
  return named.length > 0 ? [...patterns, `{ ${named.join(', ')} }`] : patterns
}
