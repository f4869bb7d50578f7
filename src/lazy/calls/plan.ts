import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Edit } from '../../edits/text.ts'
import type { FunctionRouting, Role } from '../../frameworks/framework.ts'
import type { Candidate, Verdict } from '../candidate.ts'
import { isReadBefore, runs } from '../imports/evaluation-order.ts'
import type { ExportFacts, ModuleFacts } from '../facts.ts'
import type { PlanInput } from '../plan.ts'
import type { Reason } from '../reasons.ts'
import { makerOf } from '../receivers.ts'
import { rewriteTypes } from '../imports/rewrite-import.ts'
import { commentsInside, directiveAbove, hasAttributes, isIdentifierName, replaceImport } from '../rewrite.ts'
import { importOf, importedName, isCast, type Node } from '../syntax.ts'
import type { MadeValue, MadeValues } from './made.ts'
import type { Names } from './names.ts'
import type { CallSlotOf } from './slots.ts'
import { callUsesOf, type CallUse } from './uses.ts'
import { isWrapper, wrapperOf, type Access, type Wrapper } from './wrapper.ts'

/** What is the same for every import of one module that registers functions. */
export interface CallContext {
  readonly routing: FunctionRouting
  readonly slotOf: CallSlotOf
  readonly variableOf: (node: Node) => Variable | undefined
  readonly names: Names
  /** Undefined when what the file makes of its imports stays as it is. */
  readonly values: MadeValues | undefined
}

type Decision = readonly [verdict: Verdict, reason: Reason, detail: string]

interface CallBinding {
  readonly local: TSESTree.Identifier
  readonly imported: string
  /** Imported by `import { type X }`. */
  readonly erased: boolean
  readonly uses: readonly CallUse[]
}

/** A function that is registered: where, and what it is. */
interface Call {
  readonly binding: CallBinding
  readonly use: Extract<CallUse, { kind: 'call' }>
  /** The names that lead to it from the module: `['default', 'list']`. */
  readonly path: readonly string[]
  readonly target: ExportFacts
  /** Undefined when it is not known. */
  readonly value: ReturnType<ExportFacts['member']>
}

/**
 * Plans one import declaration of a framework whose handlers are functions.
 *
 * @returns undefined when nothing of it is registered, or is there to be registered.
 */
export function planCallImport(
  input: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  context: CallContext,
): Candidate | undefined {
  const { facts, scopes } = input
  if (declaration.importKind === 'type' || facts.loadedLazily) return undefined
  const bindings = declaration.specifiers.map((specifier): CallBinding => {
    const [variable] = scopes.getDeclaredVariables(specifier)
    return {
      local: specifier.local,
      imported: importedName(specifier),
      erased: specifier.type === 'ImportSpecifier' && specifier.importKind === 'type',
      uses: variable ? callUsesOf(variable as Variable, context.slotOf, context.variableOf) : [],
    }
  })
  if (!bindings.some(({ uses }) => uses.some(({ kind }) => kind === 'call' || kind === 'registered'))) return undefined
  const module = facts.module(declaration.source.value)
  if (module.kind === 'external') return undefined
  const made = planMade(input, declaration, context, module, bindings)
  if (made) return made
  const registered = bindings.flatMap((binding) =>
    binding.uses.flatMap((use) => {
      // What a call gets may be a setting as well.
      if (
        use.kind !== 'registered' ||
        (use.reason === 'unknown-wrapper' && !isFunctionAt(module, binding, use.members))
      )
        return []
      return [{ reason: use.reason, name: [binding.local.name, ...use.members].join('.') }]
    }),
  )
  const calls = bindings.flatMap((binding) => callsOf(module, binding))
  // A router is no handler: the other levels make it lazy where it is mounted.
  if (calls.length > 0 && calls.every(({ target }) => context.routing.routers.includes(makerOf(target) ?? '')))
    return undefined
  const candidate = candidateOf(declaration, module, calls, bindings)
  const [first] = registered
  if (calls.length === 0) {
    if (!first) return undefined
    const isHandler = first.reason === 'constructed-here' || first.reason === 'unknown-wrapper'
    const isLeft = context.values && /^(?:factory|constructed-here)$/.test(first.reason)
    const reason = isLeft ? 'not-made' : first.reason
    return { ...candidate(['leave', reason, first.name], []), role: isHandler ? 'controller' : undefined }
  }
  const blocker = blockerOf(input, declaration, module, bindings)
  return blocker ? candidate(blocker, []) : planCalls(input, declaration, context, module, bindings, calls)
}

/** The declaration with what is made of it, as a whole; undefined when it cannot be rewritten so. */
function planMade(
  input: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  context: CallContext,
  module: ModuleFacts,
  bindings: readonly CallBinding[],
): Candidate | undefined {
  const made = context.values?.of(module, bindings) ?? []
  if (made.length === 0) return undefined
  const others = bindings.map((binding) => ({
    ...binding,
    uses: binding.uses.filter((use) => !made.some((value) => value.use === use)),
  }))
  if (blockerOf(input, declaration, module, others)) return undefined
  const calls = others.flatMap((binding) => callsOf(module, binding))
  const planned = planCalls(input, declaration, context, module, others, calls, made)
  return planned.verdict === 'fix' ? planned : undefined
}

function isFunctionAt(module: ModuleFacts, { imported }: CallBinding, members: readonly string[]): boolean {
  const [name = '*', member, deeper] = imported === '*' ? members : [imported, ...members]
  const target = module.exported(name)
  const value = member === undefined ? target : target.member(member)
  return deeper === undefined && value?.kind === 'function'
}

function callsOf(module: ModuleFacts, binding: CallBinding): Call[] {
  return binding.uses.flatMap((use) => {
    if (use.kind !== 'call') return []
    const path = binding.imported === '*' ? use.members : [binding.imported, ...use.members]
    const [name = '*', ...members] = path
    const target = module.exported(name)
    const [member, deeper] = members
    const value = member === undefined ? target : deeper === undefined ? target.member(member) : undefined
    return [{ binding, use, path, target, value }]
  })
}

/** A function that makes candidates of one declaration, given what becomes of it. */
function candidateOf(
  declaration: TSESTree.ImportDeclaration,
  module: ModuleFacts,
  calls: readonly Call[],
  bindings: readonly CallBinding[],
  made: readonly MadeValue[] = [],
): (decision: Decision, edits: readonly Edit[]) => Candidate {
  const slots = [...calls.map(({ use }) => use.slot), ...made.flatMap(({ places }) => places.map(({ slot }) => slot))]
  const roles = slots.map(({ role }) => role)
  const named = calls.length > 0 && made.length === 0 ? calls.map(({ binding }) => binding) : bindings
  return ([verdict, reason, detail], edits) => ({
    verdict,
    reason,
    detail,
    about: 'handler',
    role: roles.find((role) => role === 'controller') ?? roles[0],
    names: [...new Set(named.map(({ local }) => local.name))],
    specifier: declaration.source.value,
    targets: module.path ? [module.path] : [],
    range: declaration.range,
    edits,
  })
}

/** What keeps the declaration static whatever its functions are. */
function blockerOf(
  { facts, text }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  module: ModuleFacts,
  bindings: readonly CallBinding[],
): Decision | undefined {
  if (module.commonjs) return ['leave', 'commonjs', declaration.source.value]
  for (const { uses, local, erased, imported } of bindings) {
    const isHandler = uses.some(({ kind }) => kind === 'call')
    const other = uses.find(({ kind }) => kind === 'value' || kind === 'registered')
    if (other && erased) return ['leave', 'qualified-type', local.name]
    if (other) return ['leave', isHandler ? 'used-as-value' : 'mixed-declaration', local.name]
    const types = uses.filter((use) => use.kind === 'type')
    if (types.length === 0) continue
    const exported = types.some(({ node }) => node.parent?.type === 'ExportSpecifier')
    if (exported || !isIdentifierName(imported) || imported === '*') return ['leave', 'qualified-type', local.name]
    if (types.some(({ node }) => /\/[*/]/.test(text.slice(...node.range)))) return ['leave', 'comment-inside', '']
  }
  if (hasAttributes(text, declaration)) return ['leave', 'import-attributes', '']
  if (!facts.lexes) return ['leave', 'unlexable', '']
  return commentsInside(text, declaration) === undefined ? ['leave', 'comment-inside', ''] : undefined
}

/** The constant that imports, in the words of the import it replaces. */
interface Loader {
  readonly name: string
  readonly statement: string
  /** It gives the default export, not the module. */
  readonly givesDefault: boolean
}

/** @param constants the bindings whose names stand for wrappers. */
function loaderOf(
  { specifiers, source }: TSESTree.ImportDeclaration,
  names: Names,
  constants: ReadonlySet<CallBinding>,
  made: readonly MadeValue[],
): Loader {
  const [only, another] = specifiers
  // What is made again for another module has to be told by the module.
  const isWhole = made.length === 0 || only?.type === 'ImportNamespaceSpecifier'
  const isFree = only && !another && only.type !== 'ImportSpecifier' && constants.size === 0 && isWhole
  const keeps = isFree && names.canStay(only.local.name)
  const name = keeps
    ? only.local.name
    : names.loaderFor(
        source.value,
        specifiers.map(({ local }) => local.name),
      )
  const givesDefault = keeps === true && only?.type === 'ImportDefaultSpecifier'
  const loads = `import(${source.raw})`
  const value = givesDefault ? `async () => (await ${loads}).default` : `() => ${loads}`
  return { name, statement: `const ${name} = ${value}`, givesDefault }
}

function planCalls(
  input: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  { routing, names, variableOf, values }: CallContext,
  module: ModuleFacts,
  bindings: readonly CallBinding[],
  calls: readonly Call[],
  made: readonly MadeValue[] = [],
): Candidate {
  const { facts, text } = input
  const candidate = candidateOf(declaration, module, calls, bindings, made)
  if (isThenable(module, calls)) return candidate(['leave', 'thenable', declaration.source.value], [])
  const constants = new Set(bindings.filter((binding) => isErrorConstant(input, declaration, binding, calls, routing)))
  const loader = loaderOf(declaration, names, constants, made)
  const before: string[] = []
  const after: string[] = []
  const written = new Set<CallBinding>()
  const edits: Edit[] = []
  const aliases = new Map<string, string>()
  let role: Role | undefined
  let errorType: ErrorType | undefined
  for (const call of calls) {
    const { binding, use, path, value } = call
    const name = [binding.local.name, ...use.members].join('.')
    if (path.length === 0 || !path.every(isIdentifierName)) return candidate(['leave', 'used-as-value', name], [])
    if (/\/[*/]/.test(text.slice(...use.node.range))) return candidate(['leave', 'comment-inside', ''], [])
    const access: Access = { loader: loader.name, members: loader.givesDefault ? path.slice(1) : path }
    const key = path.join('.')
    const alias = (): string => {
      const known = aliases.get(key)
      if (known !== undefined) return known
      const named = names.aliasFor(use.members.at(-1) ?? binding.local.name)
      aliases.set(key, named)
      after.push(`type ${named} = Parameters<typeof import(${declaration.source.raw}).${key}>`)
      return named
    }
    const wrapper = wrapperOf({
      slot: use.slot,
      access,
      target: value,
      result: value?.result,
      bound: use.bound,
      constant: constants.has(binding),
      major: facts.major,
      typescript: facts.typescript,
      routing,
      alias,
    })
    if (!isWrapper(wrapper)) {
      if (module.kind === 'missing') return candidate(['suggest', 'unresolved', declaration.source.value], [])
      const refused = candidate([wrapper.verdict, wrapper.reason, name], [])
      // What is registered as a list or an object is there for the registration: nothing that a rule should ask for.
      return wrapper.reason === 'not-a-function' ? { ...refused, role: undefined } : refused
    }
    if (wrapper.forErrors) role = 'error-handler'
    if (!constants.has(binding) || wrapper.usesAlias) {
      edits.push(replaceUse(use.node, wrapper))
    } else if (!written.has(binding)) {
      written.add(binding)
      const { imports, type } = (errorType ??= errorTypeIn(input, declaration, routing, names))
      if (written.size === 1) before.push(...imports)
      after.push(`const ${binding.local.name}: ${type} = ${wrapper.text}`)
    }
  }
  for (const value of made) {
    const written = values?.write(value, loader.name, declaration)
    if (!written) return candidate(['leave', 'factory', value.binding.local.name], [])
    after.push(...written.statements)
    edits.push(...written.edits, ...written.wrappers.map(([node, wrapper]) => replaceUse(node, wrapper)))
    if (written.wrappers.some(([, { forErrors }]) => forErrors)) role = 'error-handler'
  }
  for (const { uses, local, imported } of bindings) {
    rewriteTypes(
      { uses: uses.filter((use) => use.kind === 'type'), imported, local },
      declaration.source.raw,
      after,
      edits,
    )
  }
  const withImport = (...preload: string[]): Edit[] => {
    const [first = '', ...rest] = [...before, loader.statement, ...preload, ...after]
    const comments = commentsInside(text, declaration) ?? ''
    return [...edits, replaceImport(text, declaration, [comments + first, ...rest])]
  }
  const planned = (decision: Decision, changes: readonly Edit[]): Candidate => {
    const found = candidate(decision, changes)
    const needed = made.length > 0 && values ? { ...found, fromModule: values.needed(declaration) } : found
    return role === 'error-handler' && found.role !== 'controller' ? { ...needed, role } : needed
  }
  const isBelow = runsBelow(input, declaration, variableOf)
  const preloaded = facts.topLevelAwait && !isBelow ? withImport(`await ${loader.name}()`) : undefined
  const effect = [...calls, ...made].find(({ target }) => target.sideEffect !== undefined)?.target.sideEffect
  const called = [...new Set(made.map(({ binding }) => binding.local.name))].join('`, `')
  const proven: Decision = called === '' ? ['fix', 'every-use-is-lazy', ''] : ['fix', 'made-value', called]
  const found =
    effect === undefined
      ? { ...planned(proven, withImport()), ...(preloaded ? { preloaded } : {}) }
      : preloaded
        ? planned(['fix', 'preloaded', effect], preloaded)
        : planned(['suggest', 'side-effects', effect], withImport())
  const directive = directiveAbove(text, declaration.range[0])
  if (directive === undefined) return found
  const also = found.verdict === 'suggest' ? { also: [{ reason: found.reason, detail: found.detail }] } : {}
  return { ...found, verdict: 'suggest', reason: 'directive', detail: directive, ...also }
}

/**
 * Whether `const handler: ErrorRequestHandler = …` can stand in place of the import, so that every use stays as it is:
 * of a function that declares four parameters, no place tells TypeScript the types.
 */
function isErrorConstant(
  { facts, program }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  { uses, imported }: CallBinding,
  calls: readonly Call[],
  { errorType }: FunctionRouting,
): boolean {
  if (!errorType || !facts.typescript || imported === '*' || uses.length === 0) return false
  const isEach = uses.every((use) => {
    if (use.kind !== 'call' || use.members.length > 0 || use.slot.wrapped || use.slot.opaque) return false
    const { errorParameters } = use.slot.registration
    const value = calls.find((call) => call.use === use)?.value
    return errorParameters !== undefined && value?.function?.length === errorParameters.length
  })
  return (
    isEach &&
    !isReadBefore(
      program,
      declaration,
      uses.map(({ node }) => ({ kind: 'slot', node })),
    )
  )
}

interface ErrorType {
  readonly imports: readonly string[]
  readonly type: string
}

/** How the module names the type of error handlers: as it imports it, by an import of its own, or by an import type. */
function errorTypeIn(
  { scopes }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  { errorType: wanted }: FunctionRouting,
  names: Names,
): ErrorType {
  const { name = '', module = '' } = wanted ?? {}
  const quote = declaration.source.raw[0] ?? "'"
  const known = scopes.scopes
    .flatMap(({ variables }) => variables)
    .find(({ defs: [definition] }) => {
      if (definition?.type !== 'ImportBinding' || definition.node.type !== 'ImportSpecifier') return false
      const { source } = definition.parent as TSESTree.ImportDeclaration
      return importedName(definition.node) === name && source.value === module
    })
  if (known) return { imports: [], type: known.name }
  if (names.take(name)) return { imports: [`import type { ${name} } from ${quote}${module}${quote}`], type: name }
  return { imports: [], type: `import(${quote}${module}${quote}).${name}` }
}

/**
 * Whether the import, which runs before all statements of the module, stands below one that could tell. A router that a
 * package makes, `const router = express.Router()`, could not.
 */
function runsBelow(
  { program, facts }: PlanInput,
  declaration: TSESTree.ImportDeclaration,
  variableOf: CallContext['variableOf'],
): boolean {
  const isOfPackage = (node: Node): boolean => {
    if (node.type === 'MemberExpression') return isOfPackage(node.object)
    const imported = importOf(node, variableOf)
    return imported !== undefined && facts.module(imported.specifier).kind === 'external'
  }
  const isInert = ({ init }: TSESTree.VariableDeclarator): boolean =>
    init?.type === 'Literal' ||
    init?.type === 'ArrowFunctionExpression' ||
    (init?.type === 'CallExpression' &&
      isOfPackage(init.callee) &&
      init.arguments.every(({ type }) => type === 'Literal' || type === 'ObjectExpression'))
  return program.body.some(
    (statement) =>
      statement.range[0] < declaration.range[0] &&
      runs(statement) &&
      !(statement.type === 'VariableDeclaration' && statement.declarations.every(isInert)),
  )
}

/** Whether awaiting the module, or its default export, would call something. */
function isThenable(module: ModuleFacts, calls: readonly Call[]): boolean {
  if (module.exportNames().names.includes('then')) return true
  return calls.some(({ target }) => target.exportName === 'default' && target.member('then') !== undefined)
}

function replaceUse(node: Node, { text }: Wrapper): Edit {
  const { parent } = node
  if (parent?.type === 'Property' && parent.shorthand) {
    return { range: node.range, text: `${(node as TSESTree.Identifier).name}: ${text}` }
  }
  // Behind an arrow function, `as` would be part of its body.
  return { range: node.range, text: isCast(parent) ? `(${text})` : text }
}
