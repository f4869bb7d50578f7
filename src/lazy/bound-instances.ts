import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { lineBreakOf, type Edit } from '../edits/text.ts'
import type { Analysis } from './analysis.ts'
import type { Role } from '../frameworks/framework.ts'
import type { Candidate } from './candidate.ts'
import type { ExportFacts } from './facts.ts'
import type { OpenModule, Rewritten } from './file-rewrite.ts'
import { importedFromModule, importFromModule } from './from-module.ts'
import { plan } from './plan.ts'
import { findSlots, type Slots } from './registrations.ts'
import { hasAttributes, hasCommentInside, loaderText, removeStatement, replaceImport } from './rewrite.ts'
import { importedName, memberName, resolveIdentifiers, type Node } from './syntax.ts'
import { usesOf } from './uses.ts'

/**
 * `const c = new C()` and `router.get('/', c.m.bind(c))` to `[C, 'm']` with a lazy import; `c.m` too, where `m` uses no `this`.
 *
 * The container then makes an instance for each request. Where that could be noticed only because the instance makes
 * clients of packages, it is made at boot as before, and again after an edit: `const c = fromModule(C, (m) => new m.default())`.
 * Left alone where more could be noticed: the constructor takes arguments, the instance keeps state, or anything else uses
 * the instance or the class. On AdonisJS 7 it is left alone too: a tuple gets a route name, and a name that exists already
 * throws at boot.
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
  let kept: TSESTree.ImportDeclaration | undefined
  for (const candidate of bound) {
    const converted = module.major >= 7 ? 'AdonisJS 7 would give its routes names' : convert(module, candidate, slots)
    const isWithoutFile = typeof converted === 'object' && converted.kept && !facts.hotFile
    const result = isWithoutFile ? 'what keeps it needs a file of its own' : converted
    if (typeof result === 'string') {
      left.push({ message: keptBy(candidate, result), offset: candidate.range[0] })
    } else {
      edits.push(...result.edits)
      kept ??= result.kept
    }
  }
  const count = bound.length - left.length
  if (!kept || !facts.hotFile) return { edits, count, left }
  const importing = { ...module, facts }
  if (importedFromModule(importing, facts.hotFile) === undefined)
    edits.unshift(importFromModule(importing, facts.hotFile, kept, FROM_MODULE))
  return { edits, count, left, needsHotFile: true }
}

const FROM_MODULE = 'fromModule'

/** The candidates of a module, where an instance stays with what keeps it. */
export function withKeptInstances(module: OpenModule, candidates: readonly Candidate[]): Candidate[] {
  const isBound = ({ reason }: Candidate): boolean => reason === 'bound-instance'
  if (!candidates.some(isBound)) return [...candidates]
  const slots = slotsOf(module)
  return candidates.map((candidate) => {
    const why = isBound(candidate) ? convert(module, candidate, slots) : undefined
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

interface Converted {
  readonly edits: readonly Edit[]
  /** The import, where its instance is kept by `fromModule`. */
  readonly kept?: TSESTree.ImportDeclaration
}

/** What becomes of an instance. */
interface Form {
  readonly kept: boolean
  /** The edits of the statement that declares it. */
  ofStatement(statement: TSESTree.VariableDeclaration, instance: TSESTree.NewExpression): Edit[]
  /** What is registered, or in a few words why nothing can be. */
  ofMethod(method: string, instance: string, role: Role): string | { readonly doubt: string }
}

/** @returns the edits, or in a few words why there are none. */
function convert(module: OpenModule, candidate: Candidate, slots: Slots): Converted | string {
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
  const { name } = specifier.local
  const isSetHere = (one: string): boolean => isSet(one, analysis)
  const isMade = analysis.exports.instanceDoubt(target.path, target.exportName, isSetHere, 'request') === undefined
  const form = isMade ? tupleForm(text, name, quote) : keptForm(module, name, target)
  if (typeof form === 'string') return form
  for (const use of usesOf(variable as Variable, slots)) {
    if (use.kind === 'slot') continue
    if (use.kind === 'type') return 'its class is used as a type'
    const instance = use.reason === 'bound-instance' ? use.node.parent : undefined
    if (instance?.type !== 'NewExpression') return 'its class is used otherwise'
    if (instance.arguments.length > 0) return 'it is constructed with arguments'
    const result = convertInstance(module, instance, slots, target, form)
    if (typeof result === 'string') return result
    edits.push(...result)
  }
  const effect = target.sideEffect ?? effectBelow(target.path, analysis)
  if (effect) return `${effect} runs code when it is imported`
  const loader = loaderText(quote + target.specifier + quote, target.exportName)
  edits.push(replaceImport(text, declaration, [`const ${name} = ${loader}`]))
  return form.kept ? { edits, kept: declaration } : { edits }
}

/** The container makes an instance for each request. */
function tupleForm(text: string, name: string, quote: string): Form {
  return {
    kept: false,
    ofStatement({ range }) {
      const removed = removeStatement(text, range[0], range[1])
      return [{ range: [removed.range[0], skipBlankLine(text, removed.range)], text: '' }]
    },
    ofMethod: (method) => `[${name}, ${quote}${method}${quote}]`,
  }
}

/** One instance serves all requests, from boot to an edit; or in a few words why it cannot. */
function keptForm(
  { path, text, scopes, analysis, program, ...module }: OpenModule,
  name: string,
  target: ExportFacts,
): Form | string {
  const facts = analysis.facts(path)
  const doubt = analysis.exports.instanceDoubt(target.path, target.exportName, (one) => isSet(one, analysis), 'edit')
  if (doubt) return doubt
  if (!facts.topLevelAwait) return 'the project has no `await` outside of functions, which would make it at boot'
  // `fromModule` takes what the loader gives for the module, which it is of a default export only.
  if (target.exportName !== 'default') return 'its class is not the default export'
  // Both would wait for each other.
  if (staticBelow(target.path, analysis).has(path)) return 'its module imports this one'
  const importing = { text, program, facts, ...module }
  const known = facts.hotFile && importedFromModule(importing, facts.hotFile)
  if (facts.hotFile && known === undefined && scopes.scopes.some(({ set }) => set.has(FROM_MODULE)))
    return `\`${FROM_MODULE}\` is something else there`
  return {
    kept: true,
    ofStatement({ range: [, end] }, instance) {
      const { id } = instance.parent as TSESTree.VariableDeclaratorMaybeInit & { id: TSESTree.Identifier }
      const closing = text[end - 1] === ';' ? ';' : ''
      return [
        { range: instance.range, text: `${known ?? FROM_MODULE}(${name}, (m) => new m.default())` },
        { range: [end, end], text: `${lineBreakOf(text)}await ${id.name}()${closing}` },
      ]
    },
    ofMethod(method, instance, role) {
      if (role !== 'controller') return { doubt: `\`${method}\` is no handler of a route` }
      const { parameters = Infinity, usesArguments } = target.instanceMember(method)?.function ?? {}
      if (parameters > 1 || usesArguments || instance === 'ctx')
        return { doubt: `\`${method}\` may take more than the context` }
      const context = parameters === 1 ? 'ctx' : ''
      return `async (${context}) => (await ${instance}()).${method}(${context})`
    },
  }
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
function effectBelow(target: string, analysis: Analysis): string | undefined {
  const { exports } = analysis
  const below = staticBelow(target, analysis)
  const { importers } = analysis.reload()
  for (const path of below) {
    const effect = exports.sideEffect(path)
    const others = importers.get(path)?.some((importer) => !below.has(importer.path)) ?? false
    if (effect && !others) return effect
  }
  return undefined
}

/** `target`, and all that is loaded with it. */
function staticBelow(target: string, { modules }: Analysis): ReadonlySet<string> {
  const below = new Set([target])
  for (const path of below) for (const edge of modules.edges(path)) if (!edge.dynamic) below.add(edge.target)
  return below
}

/** The edits that give `const c = new C()` and each `c.m.bind(c)` another form. */
function convertInstance(
  { text, scopes, analysis }: OpenModule,
  instance: TSESTree.NewExpression,
  slots: Slots,
  target: ExportFacts,
  form: Form,
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
    const registration = slots.registrationOf(handler.node)
    if (registration?.shape !== 'tuple') return `\`${variable?.name}\` is used outside a route`
    if (/\/[*/]/.test(text.slice(...handler.node.range))) return 'a comment would be lost'
    const kind = analysis.exports.method(target.path, target.exportName, handler.method)
    if (kind === 'absent') return `it has no method \`${handler.method}\``
    if (!handler.isBound && kind !== 'free') return `\`${handler.method}\` may use \`this\`, and is not bound`
    const registered = form.ofMethod(handler.method, variable?.name ?? '', registration.role)
    if (typeof registered !== 'string') return registered.doubt
    if (!handlers.has(handler.node)) edits.push({ range: handler.node.range, text: registered })
    handlers.add(handler.node)
  }
  if (handlers.size === 0) return 'its instance is never registered'
  return [...edits, ...form.ofStatement(statement, instance)]
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
