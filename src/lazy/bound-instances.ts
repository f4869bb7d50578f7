import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Edit } from '../edits/text.ts'
import type { Exports } from '../graph/exports.ts'
import type { Analysis } from './analysis.ts'
import type { Candidate } from './candidate.ts'
import type { OpenModule, Rewritten } from './file-rewrite.ts'
import { plan } from './plan.ts'
import { findSlots, type Slots } from './registrations.ts'
import { hasAttributes, hasCommentInside, loaderText, removeStatement, replaceImport } from './rewrite.ts'
import { importedName, memberName, resolveIdentifiers, type Node } from './syntax.ts'
import { usesOf } from './uses.ts'

/**
 * `const c = new C()` and `router.get('/', c.m.bind(c))` to `[C, 'm']` with a lazy import; `c.m` too, where `m` uses no `this`.
 *
 * The container then makes an instance for each request. Left alone where that could be noticed: the constructor
 * takes arguments, the instance keeps state, or anything else uses the instance or the class. On AdonisJS 7 it is
 * left alone too: a tuple gets a route name, and a name that exists already throws at boot.
 */
export function rewriteBoundInstances(module: OpenModule): Rewritten {
  const facts = module.analysis.facts(module.path)
  if (facts.foreign) return { edits: [], count: 0, left: [] }
  // On AdonisJS 7 the planner does not offer this codemod; here it says why.
  const bound = plan({ ...module, facts: { ...facts, namesRoutes: false } }).filter(
    ({ reason }) => reason === 'bound-instance',
  )
  const slots = slotsOf(module)
  const edits: Edit[] = []
  const left: { message: string; offset: number }[] = []
  for (const candidate of bound) {
    const result = module.major >= 7 ? 'AdonisJS 7 would give its routes names' : convert(module, candidate, slots)
    if (typeof result === 'string') {
      left.push({ message: keptBy(candidate, result), offset: candidate.range[0] })
    } else {
      edits.push(...result)
    }
  }
  return { edits, count: bound.length - left.length, left }
}

/** The candidates of a module, where an instance stays with what keeps it. */
export function withKeptInstances(module: OpenModule, candidates: readonly Candidate[]): Candidate[] {
  const isBound = ({ reason }: Candidate): boolean => reason === 'bound-instance'
  if (!candidates.some(isBound)) return [...candidates]
  const slots = slotsOf(module)
  return candidates.map((candidate) => {
    const why = isBound(candidate) ? convert(module, candidate, slots) : []
    return typeof why === 'string'
      ? { ...candidate, reason: 'kept-instance', detail: keptBy(candidate, why) }
      : candidate
  })
}

function slotsOf({ framework, scopes, analysis, path }: OpenModule): Slots {
  return findSlots(framework, resolveIdentifiers(scopes), analysis.facts(path))
}

function keptBy({ names }: Candidate, why: string): string {
  return `\`${names.join('`, `')}\` stays an instance: ${why}.`
}

/** @returns the edits, or in a few words why there are none. */
function convert(module: OpenModule, candidate: Candidate, slots: Slots): Edit[] | string {
  const { text, program, scopes, analysis } = module
  const declaration = program.body.find(
    (statement): statement is TSESTree.ImportDeclaration =>
      statement.type === 'ImportDeclaration' && statement.range[0] === candidate.range[0],
  )
  const [specifier, another] = declaration?.specifiers ?? []
  if (!declaration || !specifier || another) return 'its import names more than one thing'
  if (hasCommentInside(text, declaration) || hasAttributes(text, declaration)) return 'its import cannot be rewritten'
  const [variable] = scopes.getDeclaredVariables(specifier)
  if (!variable) return 'its import has no binding'
  const target = analysis.facts(module.path).module(declaration.source.value).exported(importedName(specifier))
  if (target.kind !== 'class') return 'its class was not found'
  const edits: Edit[] = []
  const quote = declaration.source.raw[0] ?? "'"
  for (const use of usesOf(variable as Variable, slots)) {
    if (use.kind === 'slot') continue
    if (use.kind === 'type') return 'its class is used as a type'
    const instance = use.reason === 'bound-instance' ? use.node.parent : undefined
    if (instance?.type !== 'NewExpression') return 'its class is used otherwise'
    if (instance.arguments.length > 0) return 'it is constructed with arguments'
    const methodOf = (name: string): ReturnType<Exports['method']> =>
      analysis.exports.method(target.path, target.exportName, name)
    const result = convertInstance(
      module,
      instance,
      slots,
      methodOf,
      (method) => `[${specifier.local.name}, ${quote}${method}${quote}]`,
    )
    if (typeof result === 'string') return result
    edits.push(...result)
  }
  const doubt = analysis.exports.instanceDoubt(target.path, target.exportName, (name) => isSet(name, analysis))
  if (doubt) return doubt
  const effect = target.sideEffect ?? effectBelow(target.path, analysis)
  if (effect) return `${effect} runs code when it is imported`
  const loader = loaderText(quote + target.specifier + quote, target.exportName)
  edits.push(replaceImport(text, declaration, [`const ${specifier.local.name} = ${loader}`]))
  return edits
}

/** Whether any module of the server sets the variable of the environment, by its name or by one that is computed. */
function isSet(variable: string, { modules, server }: Analysis): boolean {
  const name = variable.replaceAll('$', String.raw`\$`)
  const sets = new RegExp(
    String.raw`\bprocess\.env(?:\.${name}\b|\[['"]${name}['"]\]|\[[^'"\]]+\])\s*(?:\?\?|\|\|)?=(?!=)|\bObject\.assign\(\s*process\.env\b|\b[eE]nv\.set\(`,
  )
  return server.files().some((path) => server.isInServer(path) && sets.test(modules.text(path) ?? ''))
}

/** The first thing that runs when `target` is imported, in a module that nothing else of the server loads. */
function effectBelow(target: string, { modules, exports, reload }: Analysis): string | undefined {
  const below = new Set([target])
  for (const path of below) for (const edge of modules.edges(path)) if (!edge.dynamic) below.add(edge.target)
  const { importers } = reload()
  for (const path of below) {
    const effect = exports.sideEffect(path)
    const others = importers.get(path)?.some((importer) => !below.has(importer.path)) ?? false
    if (effect && !others) return effect
  }
  return undefined
}

/** The edits that drop `const c = new C()` and turn each `c.m.bind(c)` into a tuple. */
function convertInstance(
  { text, scopes }: OpenModule,
  instance: TSESTree.NewExpression,
  slots: Slots,
  methodOf: (name: string) => ReturnType<Exports['method']>,
  tuple: (method: string) => string,
): Edit[] | string {
  const declarator = instance.parent
  if (declarator.type !== 'VariableDeclarator') return 'its instance is not a constant'
  const statement = declarator.parent
  if (statement.kind !== 'const' || statement.declarations.length > 1 || statement.parent.type !== 'Program') {
    return 'its instance is not a constant of the module'
  }
  const [variable] = scopes.getDeclaredVariables(declarator)
  const edits: Edit[] = []
  const handlers = new Set<Node>()
  for (const reference of variable?.references ?? []) {
    const node = reference.identifier as Node
    if (reference.init) continue
    const handler = handlerOf(node)
    if (!handler) return `\`${variable?.name}\` is used other than by \`.bind(${variable?.name})\``
    if (slots.registrationOf(handler.node)?.shape !== 'tuple') return `\`${variable?.name}\` is used outside a route`
    if (/\/[*/]/.test(text.slice(...handler.node.range))) return 'a comment would be lost'
    const kind = methodOf(handler.method)
    if (kind === 'absent') return `it has no method \`${handler.method}\``
    if (!handler.isBound && kind !== 'free') return `\`${handler.method}\` may use \`this\`, and is not bound`
    if (!handlers.has(handler.node)) edits.push({ range: handler.node.range, text: tuple(handler.method) })
    handlers.add(handler.node)
  }
  if (handlers.size === 0) return 'its instance is never registered'
  const removed = removeStatement(text, statement.range[0], statement.range[1])
  edits.push({ range: [removed.range[0], skipBlankLine(text, removed.range)], text: '' })
  return edits
}

/** `c.m.bind(c)`, from either `c`, or `c.m`. */
function handlerOf(node: Node): { node: Node; method: string; isBound: boolean } | undefined {
  const call = node.parent?.type === 'CallExpression' ? node.parent : node.parent?.parent?.parent
  if (
    call?.type === 'CallExpression' &&
    call.callee.type === 'MemberExpression' &&
    memberName(call.callee) === 'bind'
  ) {
    const [self, another] = call.arguments
    const method = call.callee.object
    if (
      method.type !== 'MemberExpression' ||
      method.object.type !== 'Identifier' ||
      self?.type !== 'Identifier' ||
      another
    )
      return undefined
    const name = memberName(method)
    const isOwn = method.object.name === self.name && (node === method.object || node === self)
    return name !== undefined && isOwn ? { node: call, method: name, isBound: true } : undefined
  }
  if (node.parent?.type !== 'MemberExpression' || node.parent.object !== node) return undefined
  const name = memberName(node.parent)
  return name === undefined ? undefined : { node: node.parent, method: name, isBound: false }
}

/** The end of the removed lines, one line further when they would leave two blank lines together. */
function skipBlankLine(text: string, [start, end]: readonly [number, number]): number {
  const blankAbove = /(?:^|\n)[ \t]*\r?\n$/.test(text.slice(0, start))
  const blankBelow = /^[ \t]*\r?\n/.exec(text.slice(end))
  return blankAbove && blankBelow ? end + blankBelow[0].length : end
}
