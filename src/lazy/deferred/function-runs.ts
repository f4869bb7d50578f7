import { basename, extname } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { escapePattern } from '../../edits/text.ts'
import type { Framework } from '../../frameworks/framework.ts'
import { AWAITED_METHODS } from '../../frameworks/packages.ts'
import { rememberedByText } from '../../graph/by-text.ts'
import { isCall, memberName, moduleCode } from '../../graph/module-code.ts'
import type { ReloadModel } from '../../graph/reload.ts'
import type { Analysis } from '../analysis.ts'
import { bootOf, type Opened } from '../boot/boot.ts'
import { findCallSlots } from '../calls/slots.ts'
import { createDeclaredTypes, importOfType, type DeclaredType } from './declared-types.ts'
import { storedAt } from './kept-values.ts'
import { findSlots } from '../registrations.ts'
import { createSocketListeners } from './socket-listeners.ts'
import { createUnmadeClasses, holdsText } from './unmade-classes.ts'
import { climbCasts, importOf, importedName, isFunction, isTypeOnly, resolveIdentifiers, type Node } from '../syntax.ts'

/** When a function of a module runs. */
export interface Run {
  /**
   * - `request`: after the server's start, each time that something happens.
   * - `boot`: while the server starts, and at no other time.
   * - `unknown`: nothing shows that anything calls it.
   */
  readonly when: 'request' | 'boot' | 'unknown'
  /** Where somebody calls it and goes on before its promise is settled; undefined where nobody does. */
  readonly unawaited: Place | undefined
  /** Whether a caller stores what it returns, so that it outlives the call. */
  readonly isKept?: boolean
}

interface Place {
  readonly file: Opened
  readonly offset: number
  /** Nothing calls it but a package, for what comes from the network. */
  readonly isPacket?: true
}

export type RunOf = (file: Opened, owner: Node) => Run

/** Globals that call what they are given once, later, and do not look at what it returns. */
const ONCE = /^(?:setTimeout|setImmediate|queueMicrotask|process\.nextTick)\(\)$/
/** Methods that have a function called each time that something happens. */
const LISTENS = /^(?:on|addListener|prependListener|addEventListener|subscribe)$/
/** What happens once, when a server starts or ends. */
const AT_START = /^(?:listening|ready|open|connect|connected|start|started|exit|beforeExit|SIG[A-Z]+)$/
/** Packages that run jobs: they call the functions that they are given by a schedule, or for each job. */
const SCHEDULERS =
  /^(?:node-cron|cron|croner|node-schedule|toad-scheduler|bree|agenda|@hokify\/agenda|bull|bullmq|bee-queue|pg-boss|graphile-worker|adonisjs-scheduler|@adonisjs\/queue|@rlanz\/bull-queue)(?:\/|$)/
/** Methods that a package calls on instances of classes that extend its own. */
const CALLED_BY_BASE = /^(?:handle|process|perform|execute|report)$/
/** Decorators that register a method for when something happens: `@beforeSave()`, `@OnEvent()`, `@Cron()`. */
const HOOK = /^(?:before|after)[A-Z]|^(?:on[A-Z]\w*|cron|interval|timeout|process)$/i

const REQUEST: Run = { when: 'request', unawaited: undefined }
const UNKNOWN: Run = { when: 'unknown', unawaited: undefined }

const known = new WeakMap<ReloadModel, RunOf>()

/** When the functions of the project run, once for what the analysis has read of its modules; see {@link createRuns}. */
export function runsOf(analysis: Analysis): RunOf {
  const then = analysis.reloadThen()
  let found = known.get(then)
  if (!found) known.set(then, (found = createRuns(analysis, analysis.server.framework, bootOf(analysis).open, then)))
  return found
}

/**
 * Finds when functions of the project run: by where they are registered, and by who calls them, in all its modules.
 * Methods are found by their name, in modules that name their class, or the constant that holds them.
 *
 * @param open a module, parsed; none when it cannot be.
 * @param then hot-hook's answer: what it has for loaded after boot runs then.
 */
export function createRuns(
  analysis: Analysis,
  framework: Framework,
  open: (path: string) => readonly Opened[],
  then: ReloadModel,
): RunOf {
  const known = new Map<Node, Run>()
  /** Answers that leave out a function around them, by its place in `asked`: they hold until that one is known. */
  const partial = new Map<Node, { readonly run: Run; without: number }>()
  /** The functions whose runs are being asked for, each by the one before it. */
  const asked: Node[] = []
  let without = Infinity
  const contexts = new WeakMap<Opened, Context>()
  let words: readonly (readonly [path: string, words: ReadonlySet<string>])[] | undefined
  const naming = new Map<string, readonly string[]>()
  const { outcomes, eager, importers: importersOf } = then
  const isHot = (path: string): boolean => outcomes.has(path) && !eager.has(path)

  function contextOf(file: Opened): Context {
    let context = contexts.get(file)
    if (!context) contexts.set(file, (context = createContext(file, framework, analysis)))
    return context
  }

  const types = createDeclaredTypes(
    open,
    (file) => contextOf(file).variableOf,
    (file, specifier) => {
      const { kind, path } = analysis.facts(file.path).module(specifier)
      return kind === 'project' ? path : undefined
    },
  )

  const sockets = createSocketListeners({
    paths: () => outcomes.keys(),
    text: (path) => analysis.modules.text(path),
    open,
    variableOf: (file) => contextOf(file).variableOf,
    types,
  })

  const isUnmade = createUnmadeClasses({
    paths: () => outcomes.keys(),
    edges: (path) => analysis.modules.edges(path),
    open,
    moduleOf: (file, specifier) => analysis.facts(file.path).module(specifier),
    variableOf: (file) => contextOf(file).variableOf,
  })

  /** Undefined for a function whose runs are being asked for. */
  function runOf(file: Opened, owner: Node): Run | undefined {
    const before = known.get(owner)
    if (before) return before
    const half = partial.get(owner)
    const at = half?.without ?? asked.indexOf(owner)
    if (at >= 0) {
      without = Math.min(without, at)
      return half?.run
    }
    const around = without
    without = Infinity
    const depth = asked.push(owner) - 1
    const run = computeRun(file, owner)
    asked.pop()
    const isWhole = without >= depth
    for (const [node, answer] of partial) {
      if (answer.without < depth) continue
      if (isWhole) partial.delete(node)
      else answer.without = without
    }
    if (isWhole) known.set(owner, run)
    else partial.set(owner, { run, without })
    without = isWhole ? around : Math.min(around, without)
    return run
  }

  function computeRun(file: Opened, owner: Node): Run {
    const { code } = contextOf(file)
    if (!isFunction(owner)) return UNKNOWN
    // A function that is called where it stands is part of what is around it.
    const real = code.ownerOf(owner.body)
    if (real !== owner) return inPlace(file, owner, real)
    const value = valueOf(owner)
    const run = runOfValue(file, value) ?? join(referencesTo(file, value), memberAt(value) !== undefined)
    return isHot(file.path) && !code.runsOnlyAtLoad(owner) ? { ...run, when: 'request' } : run
  }

  function inPlace(file: Opened, node: Node, owner: Node | undefined): Run {
    const run = ownerRun(file, owner) ?? UNKNOWN
    const call = climbCasts(node).node.parent
    const unawaited = call && isCall(call) && !isWaitedFor(call) ? { file, offset: call.range[0] } : run.unawaited
    return { when: run.when, unawaited }
  }

  /** @param owner undefined for code that runs when the module is loaded. */
  function ownerRun(file: Opened, owner: Node | undefined): Run | undefined {
    if (owner) return runOf(file, owner)
    return { when: isHot(file.path) ? 'request' : 'boot', unawaited: undefined }
  }

  /** When what stands there is called, where the place itself says it: an argument, a method, what a function returns. */
  function runOfValue(file: Opened, value: Node): Run | undefined {
    const { slotOf, slots, code, variableOf } = contextOf(file)
    const { parent } = value
    if (slots.registrationOf(value) || slotOf?.(value))
      return isOfSocket(value) ? { when: 'request', unawaited: { file, offset: value.range[0] } } : REQUEST
    if (parent?.type === 'MethodDefinition') return runOfMethod(file, parent, variableOf)
    const returns = returnedBy(value)
    if (returns) {
      const made = referencesIn(file, valueOf(returns)).map(({ file: from, node }) => {
        const call = node.parent
        return call?.type === 'CallExpression' && call.callee === node ? runOfArgument(from, call) : undefined
      })
      return made.find((run) => run?.when === 'request') ?? UNKNOWN
    }
    const option = parent?.type === 'Property' && parent.value === value ? climbCasts(parent.parent).node : value
    const call = option.parent
    if (!call || !isCall(call) || call.callee === option) return undefined
    const origin = code.originOf(call) ?? (call.type === 'NewExpression' ? code.originOf(call.callee) : undefined)
    if (origin?.module === undefined && origin?.path === 'setInterval()') return REQUEST
    if (origin?.module === undefined && ONCE.test(origin?.path ?? '')) {
      const run = ownerRun(file, code.ownerOf(call))
      return run && { ...run, unawaited: undefined }
    }
    // Signals, errors that nothing caught, the end of the process: once, for what the server was started with.
    if (origin?.module === undefined && origin?.path.startsWith('process.')) return UNKNOWN
    if (SCHEDULERS.test(origin?.module ?? '')) return REQUEST
    if (/^https?$/.test(origin?.module ?? '') && /^(?:default\.)?createServer\(\)$/.test(origin?.path ?? ''))
      return REQUEST
    if (call.callee.type !== 'MemberExpression' || !LISTENS.test(memberName(call.callee) ?? '')) return UNKNOWN
    const [event] = call.arguments
    if (event?.type === 'Literal' && AT_START.test(String(event.value))) return UNKNOWN
    const isPacket = sockets.registers(file, call) ? { isPacket: true as const } : {}
    return { when: 'request', unawaited: { file, offset: call.range[0], ...isPacket } }
  }

  function runOfArgument(file: Opened, value: Node): Run | undefined {
    const { slotOf, slots } = contextOf(file)
    return slots.registrationOf(value) || slotOf?.(value) ? REQUEST : undefined
  }

  /** Of a method that the framework, or a package, calls. */
  function runOfMethod(
    file: Opened,
    { decorators, parent, key, static: isStatic }: TSESTree.MethodDefinition,
    variableOf: Context['variableOf'],
  ): Run | undefined {
    const isOutside = (node: Node): boolean => {
      const imported = importOf(node, variableOf)
      return imported !== undefined && analysis.facts(file.path).module(imported.specifier).kind === 'external'
    }
    const isHook = decorators.some(({ expression }) => {
      const name = expression.type === 'CallExpression' ? expression.callee : expression
      return name.type === 'Identifier' && HOOK.test(name.name) && isOutside(name)
    })
    if (isHook) return REQUEST
    const { superClass: base, implements: interfaces } = parent.parent
    if (key.type !== 'Identifier') return undefined
    const { name } = key
    if (base && isOutside(base) && CALLED_BY_BASE.test(name)) return REQUEST
    const isAwaited = [base, ...interfaces.map(({ expression }) => expression)].some((type) => {
      const imported = type ? importOfType(file, type, variableOf) : undefined
      return (
        imported &&
        AWAITED_METHODS.some(
          ({ module, types: names, methods }) =>
            module.test(imported.specifier) && names.test(imported.name) && methods.test(name),
        )
      )
    })
    if (isStatic) return undefined
    if (isAwaited) return { when: 'request', unawaited: unawaitedCallOf(file, name) }
    const holder = parent.parent
    return holder.type === 'ClassDeclaration' && isUnmade(file, holder) ? runElsewhere(file, holder, name) : undefined
  }

  /** Of a method of a class that is made by another process only: no edit reaches that, so all that counts is who waits. */
  function runElsewhere(file: Opened, { id }: TSESTree.ClassDeclaration, name: string): Run | undefined {
    const named = new RegExp(String.raw`\b${escapePattern(id?.name ?? '')}\b`)
    const called = new RegExp(String.raw`\.\s*${escapePattern(name)}\b`)
    const others = analysis.server.files().filter((path) => {
      const text = outcomes.has(path) ? '' : (analysis.modules.text(path) ?? '')
      return called.test(text) && named.test(text)
    })
    // A worker that the server itself starts was started anew for each edit.
    if (others.some(isNamedByServer)) return undefined
    const calls = [file, ...others.flatMap((path) => open(path))].flatMap((other) =>
      contextOf(other)
        .members(name)
        .map((node) => ({ file: other, node })),
    )
    if (calls.length === 0) return undefined
    const unawaited = calls.find(({ node: { parent } }) => parent?.type !== 'CallExpression' || !isWaitedFor(parent))
    return { when: 'request', unawaited: unawaited && { file: unawaited.file, offset: unawaited.node.range[0] } }
  }

  /** `fork('./work.js')` */
  function isNamedByServer(path: string): boolean {
    const name = basename(path, extname(path))
    const named = new RegExp(String.raw`(?:^|[/\\])${escapePattern(name)}(?:\.[cm]?[jt]s)?$`)
    return [...outcomes.keys()].some(
      (own) =>
        (analysis.modules.text(own) ?? '').includes(name) && open(own).some(({ program }) => holdsText(program, named)),
    )
  }

  /** A call of any method of that name that is not awaited. */
  function unawaitedCallOf(file: Opened, name: string): Place | undefined {
    for (const other of [file, ...filesNaming(name, file)]) {
      const call = contextOf(other)
        .members(name)
        .find(({ parent }) => parent?.type !== 'CallExpression' || !isWaitedFor(parent))
      if (call) return { file: other, offset: call.range[0] }
    }
    return undefined
  }

  function referencesTo(file: Opened, value: Node): readonly Run[] {
    return referencesIn(file, value).flatMap(({ file: from, node, mayBeOther }) => {
      const run = runOfReference(from, node)
      if (!run) return []
      return mayBeOther && run.when === 'request' ? { ...run, when: 'unknown' } : run
    })
  }

  /** Undefined for one that says nothing: of a function to itself. */
  function runOfReference(file: Opened, node: Node): Run | undefined {
    const value = climbCasts(node).node
    const chain = value.parent?.type === 'ChainExpression' ? value.parent : value
    const { parent } = value
    if (parent?.type === 'CallExpression' && parent.callee === value) {
      const { code, variableOf } = contextOf(file)
      const owner = code.ownerOf(parent)
      const run = ownerRun(file, owner)
      const isKept = owner !== undefined && storedAt(parent, owner, variableOf) !== undefined
      if (!isWaitedFor(parent)) return run && { when: run.when, unawaited: { file, offset: parent.range[0] }, isKept }
      // What calls the caller goes on as soon as this waits for the first time.
      return run && { when: run.when, unawaited: waitsBefore(owner, parent) ? undefined : run.unawaited, isKept }
    }
    // svc.list.bind(svc)
    if (parent?.type === 'MemberExpression' && parent.object === value && memberName(parent) === 'bind') {
      const bound = parent.parent
      return bound.type === 'CallExpression' ? (runOfValue(file, climbCasts(bound).node) ?? UNKNOWN) : UNKNOWN
    }
    const run = runOfValue(file, chain) ?? UNKNOWN
    return run.when === 'unknown' ? { ...run, unawaited: { file, offset: value.range[0] } } : run
  }

  interface Reference {
    readonly file: Opened
    readonly node: Node
    /** It proves nothing of what happens after boot. */
    readonly mayBeOther?: true
  }

  function namesModule({ path, program }: Opened, target: string): boolean {
    const { module } = analysis.facts(path)
    return program.body.some((node) => node.type === 'ImportDeclaration' && module(node.source.value).path === target)
  }

  /** Every mention of the function that stands at `value`, by the name that it is declared, stored or assigned under. */
  function referencesIn(file: Opened, value: Node): readonly Reference[] {
    const { parent } = value
    const declared =
      value.type === 'FunctionDeclaration'
        ? value.id
        : parent?.type === 'VariableDeclarator' && parent.init === value && parent.id.type === 'Identifier'
          ? parent.id
          : undefined
    if (declared) return referencesToVariable(file, declared)
    if (value.type === 'FunctionDeclaration' || parent?.type === 'ExportDefaultDeclaration')
      return referencesToExport(file, 'default')
    const member = memberAt(value)
    return member ? referencesToMember(file, member.name, member.holders, basesOf(file, value)) : []
  }

  function referencesToVariable(file: Opened, id: TSESTree.Identifier): Reference[] {
    const { variableOf } = contextOf(file)
    const variable = variableOf(id)
    const own = (variable?.references ?? [])
      .filter((reference) => reference.init !== true && !isTypeOnly(reference.identifier))
      .map(({ identifier }) => ({ file, node: identifier as Node }))
    const names = exportedNames(file, id, own)
    const isExport = ({ node }: Reference): boolean =>
      node.parent?.type === 'ExportSpecifier' || node.parent?.type === 'ExportDefaultDeclaration'
    return [...own.filter((one) => !isExport(one)), ...names.flatMap((name) => referencesToExport(file, name))]
  }

  /** The uses of the export in other modules, barrels followed. */
  function referencesToExport(file: Opened, name: string): Reference[] {
    return filesNaming(name === 'default' ? undefined : name, file).flatMap((other) => {
      const { variableOf } = contextOf(other)
      const { module } = analysis.facts(other.path)
      return other.program.body.flatMap((statement): Reference[] => {
        if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') return []
        const source = module(statement.source.value)
        if (source.kind !== 'project') return []
        return statement.specifiers.flatMap((specifier): Reference[] => {
          const references = variableOf(specifier.local)?.references ?? []
          const nodes = references.map(({ identifier }) => identifier as Node).filter((node) => !isTypeOnly(node))
          if (specifier.type !== 'ImportNamespaceSpecifier') {
            const target = source.exported(importedName(specifier))
            const isIt = target.path === file.path && target.exportName === name
            return isIt ? nodes.map((node) => ({ file: other, node })) : []
          }
          const target = source.exported(name)
          if (target.path !== file.path || target.exportName !== name) return []
          return nodes.flatMap(({ parent }) =>
            parent?.type === 'MemberExpression' && memberName(parent) === name ? [{ file: other, node: parent }] : [],
          )
        })
      })
    })
  }

  /** The classes of the project that the class of a method extends, and the interfaces that it implements. */
  function basesOf(file: Opened, { parent }: Node): readonly DeclaredType[] {
    if (parent?.type !== 'MethodDefinition' || parent.static) return []
    const { superClass, implements: interfaces } = parent.parent.parent
    return [superClass, ...interfaces.map(({ expression }) => expression)].flatMap(
      (base) => (base ? types.named(file, base) : undefined) ?? [],
    )
  }

  /**
   * `….name`, in modules that name one of `holders`, or import the module that declares them. And in others, of what is
   * typed as one of `bases`: `job.run()`, where `job: BaseJob`.
   */
  function referencesToMember(
    file: Opened,
    name: string,
    holders: readonly string[],
    bases: readonly DeclaredType[],
  ): Reference[] {
    const importers = new Set((importersOf.get(file.path) ?? []).map(({ path }) => path))
    const named = new RegExp(holders.map((holder) => `\\b${escapePattern(holder)}\\b`).join('|') || '(?!)')
    return [file, ...filesNaming(name.replace('#', ''), file)].flatMap((other) => {
      const nodes = contextOf(other).members(name)
      if (other === file || importers.has(other.path) || named.test(other.text))
        return nodes.map((node) => ({ file: other, node }))
      if (!bases.some((base) => namesModule(other, base.file.path))) return []
      return nodes.flatMap((node) => {
        const type = node.type === 'MemberExpression' ? types.typeOf(other, node.object) : undefined
        if (!type) return [{ file: other, node, mayBeOther: true }]
        return bases.some((base) => base.node === type.node) ? [{ file: other, node }] : []
      })
    })
  }

  /** The other modules of the server whose text holds `name`; all of them without one. */
  function filesNaming(name: string | undefined, file: Opened): readonly Opened[] {
    const paths = name === undefined ? [...outcomes.keys()] : pathsNaming(name)
    return paths.flatMap((path) => (path === file.path ? [] : open(path)))
  }

  function pathsNaming(name: string): readonly string[] {
    const known = naming.get(name)
    if (known) return known
    words ??= [...outcomes.keys()].map((path) => [path, wordsIn(path, analysis.modules.text(path) ?? '')] as const)
    const found = words.flatMap(([path, own]) => (own.has(name) ? [path] : []))
    naming.set(name, found)
    return found
  }

  return (file, owner) => {
    const run = runOf(file, owner) ?? UNKNOWN
    const mayStartLater = run.unawaited?.isPacket && isFunction(owner) && sockets.mayStartLater(file, owner)
    return mayStartLater ? { ...run, unawaited: undefined } : run
  }
}

/** What is asked of one module. */
interface Context {
  readonly code: ReturnType<typeof moduleCode>
  readonly slots: ReturnType<typeof findSlots>
  readonly slotOf: ReturnType<typeof findCallSlots> | undefined
  readonly variableOf: (node: Node) => Variable | undefined
  /** Every `….name` of the module, and `{ name } = …`. */
  members(name: string): readonly Node[]
}

function createContext({ path, program, scopes }: Opened, framework: Framework, analysis: Analysis): Context {
  const facts = analysis.facts(path)
  const variableOf = resolveIdentifiers(scopes)
  const slots = findSlots(framework, variableOf, facts)
  const code = moduleCode(program)
  let members: Map<string, Node[]> | undefined
  return {
    code,
    slots,
    slotOf: framework.functions && findCallSlots(framework.functions, slots.receiverOf, variableOf, facts.module),
    variableOf,
    members(name) {
      if (!members) {
        members = new Map()
        for (const node of code.members) {
          const key = memberName(node)
          if (key !== undefined) members.set(key, [...(members.get(key) ?? []), node])
        }
        for (const { key, node } of destructuredIn(scopes)) members.set(key, [...(members.get(key) ?? []), node])
      }
      return members.get(name) ?? []
    },
  }
}

const wordsIn = rememberedByText((_, text) => new Set(text.match(/[\w$]+/g)))

/** `const { name } = …` and parameters. */
function destructuredIn(scopes: Opened['scopes']): { readonly key: string; readonly node: Node }[] {
  return scopes.scopes.flatMap(({ variables }) =>
    variables.flatMap(({ defs }) => {
      const property = defs[0]?.name.parent as Node | undefined
      if (property?.type !== 'Property' || property.computed || property.key.type !== 'Identifier') return []
      return property.parent.type === 'ObjectPattern' ? [{ key: property.key.name, node: property }] : []
    }),
  )
}

/**
 * Several calls of one function.
 *
 * @param isByName they may be of another method of that name. What runs at boot is not proven by them to run again.
 */
function join(runs: readonly Run[], isByName: boolean): Run {
  const places = runs.flatMap((run) => run.unawaited ?? [])
  const unawaited = places.find(({ isPacket }) => !isPacket) ?? places[0]
  const isKept = runs.some((run) => run.isKept)
  const isOnceToo = isByName && runs.some(({ when }) => when === 'boot')
  if (!isOnceToo && runs.some(({ when }) => when === 'request')) return { when: 'request', unawaited, isKept }
  const isBoot = runs.length > 0 && runs.every(({ when }) => when === 'boot')
  return { when: isBoot ? 'boot' : 'unknown', unawaited, isKept }
}

/** The expression that stands for a function: with its casts; of a method, its value. */
function valueOf(owner: Node): Node {
  return owner.type === 'FunctionDeclaration' ? owner : climbCasts(owner).node
}

/** The function that does nothing but give the function `value`: `(role) => async (req, res) => …`. */
function returnedBy(value: Node): Node | undefined {
  const { parent } = value
  if (parent?.type === 'ArrowFunctionExpression' && parent.body === value) return parent
  if (parent?.type !== 'ReturnStatement') return undefined
  for (let node: Node | undefined = parent.parent; node; node = node.parent) if (isFunction(node)) return node
  return undefined
}

/** The name that a function has in a class or an object, and the names of these. */
function memberAt(value: Node): { readonly name: string; readonly holders: readonly string[] } | undefined {
  const { parent } = value
  if (parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition') {
    const { computed, key } = parent
    const isName = !computed && (key.type === 'Identifier' || key.type === 'PrivateIdentifier')
    const name = isName ? (key.type === 'Identifier' ? key.name : `#${key.name}`) : undefined
    const { id, superClass, implements: types } = parent.parent.parent
    // What it extends may call it, and what takes the interface.
    const holders = [id, superClass, ...types.map(({ expression }) => expression)]
    return name === undefined
      ? undefined
      : { name, holders: holders.flatMap((holder) => (holder?.type === 'Identifier' ? holder.name : [])) }
  }
  if (parent?.type !== 'Property' || parent.computed || parent.key.type !== 'Identifier') return undefined
  const holder = climbCasts(parent.parent).node.parent
  const own = holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier' ? holder.id.name : undefined
  return own === undefined ? undefined : { name: parent.key.name, holders: [own] }
}

/** The names under which the module exports the variable that `id` declares. */
function exportedNames(
  { program }: Opened,
  id: TSESTree.Identifier,
  references: readonly { readonly node: Node }[],
): string[] {
  const names = references.flatMap(({ node: { parent } }) => {
    if (parent?.type === 'ExportDefaultDeclaration') return ['default']
    if (parent?.type !== 'ExportSpecifier') return []
    return [parent.exported.type === 'Identifier' ? parent.exported.name : parent.exported.value]
  })
  for (const statement of program.body) {
    if (statement.type !== 'ExportNamedDeclaration' && statement.type !== 'ExportDefaultDeclaration') continue
    const { declaration } = statement
    const ids =
      declaration?.type === 'VariableDeclaration'
        ? declaration.declarations.map((one) => one.id)
        : declaration && 'id' in declaration
          ? [declaration.id]
          : []
    if (ids.includes(id)) names.push(statement.type === 'ExportDefaultDeclaration' ? 'default' : id.name)
  }
  return names
}

/** Whether the options beside a handler say `websocket`: messages are lost that come before it listens (@fastify/websocket 11). */
function isOfSocket({ parent }: Node): boolean {
  const options = parent?.type === 'Property' ? [parent.parent] : parent && isCall(parent) ? parent.arguments : []
  return options.some(
    (option) =>
      option.type === 'ObjectExpression' &&
      option.properties.some(
        (property) =>
          property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === 'websocket',
      ),
  )
}

/** Whether the async function waits for something, whatever happens, before it comes to the call. */
function waitsBefore(owner: Node | undefined, call: Node): boolean {
  if (!owner || !isFunction(owner) || !owner.async || owner.body.type !== 'BlockStatement') return false
  return owner.body.body.some((statement) => {
    if (statement.range[1] > call.range[0]) return false
    if (statement.type === 'VariableDeclaration')
      return statement.declarations.some(({ init }) => init?.type === 'AwaitExpression')
    return statement.type === 'ExpressionStatement' && statement.expression.type === 'AwaitExpression'
  })
}

/** Whether nothing happens behind the call before the promise that it gives is settled. */
function isWaitedFor(call: Node): boolean {
  const { node } = climbCasts(call.parent?.type === 'ChainExpression' ? call.parent : call)
  const { parent } = node
  return (
    parent?.type === 'AwaitExpression' ||
    parent?.type === 'ReturnStatement' ||
    (parent?.type === 'ArrowFunctionExpression' && parent.body === node)
  )
}
