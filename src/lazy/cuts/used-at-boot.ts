import { positionAt } from '../../edits/text.ts'
import type { Framework } from '../../frameworks/framework.ts'
import { startsByItself, type BootUse } from '../../graph/boot-use.ts'
import { moduleCode } from '../../graph/module-code.ts'
import type { ReloadModel } from '../../graph/reload.ts'
import type { Analysis } from '../analysis.ts'
import { bootOf, type Opened } from '../boot/boot.ts'
import { findCallSlots } from '../calls/slots.ts'
import { runsOf, type RunOf } from '../deferred/function-runs.ts'
import { findSlots } from '../registrations.ts'
import { importedName, isFunction, memberName, resolveIdentifiers, type Node } from '../syntax.ts'

const known = new WeakMap<Analysis, ReadonlyMap<string, BootUse>>()

/**
 * The modules that the start of the server uses, with the first such use, so that no way of writing their imports would
 * spare a restart: the settings that the server listens with, what is connected or written to a database once.
 *
 * Followed from what the process starts with and what the framework loads once. Not into modules that register
 * handlers: those need not be of the start, however the application is written.
 *
 * @returns by absolute path; none of what starts by itself.
 */
export function usedAtBoot(analysis: Analysis): ReadonlyMap<string, BootUse> {
  let found = known.get(analysis)
  if (!found) known.set(analysis, (found = findUsed(analysis)))
  return found
}

function findUsed(analysis: Analysis): ReadonlyMap<string, BootUse> {
  const { server } = analysis
  const { framework } = server
  const { open, closure, effectOf } = bootOf(analysis)
  const model = analysis.reloadThen()
  const actsAtLoad = (path: string): boolean => [...closure(path)].some((one) => effectOf(one) !== undefined)
  const reading: Reading = {
    analysis,
    framework,
    model,
    actsAtLoad,
    runOf: runsOf(analysis),
  }
  const found = new Map<string, BootUse>()
  const used = new Set([...model.files.keys()].filter((path) => startsByItself(path, model, server.roots)))
  for (const path of used) {
    for (const { target, use } of open(path).flatMap((file) => usesIn(file, reading))) {
      if (used.has(target) || !RESTARTS.test(model.files.get(target)?.reason ?? '')) continue
      if (!server.isBoot(target) && open(target).some((file) => registersHandlers(file, reading))) continue
      found.set(target, use)
      used.add(target)
    }
  }
  return found
}

/** What is asked of each module. */
interface Reading {
  readonly analysis: Analysis
  readonly framework: Framework
  readonly model: ReloadModel
  readonly runOf: RunOf
  /** Whether a module, or one that it loads, does anything when it is loaded. */
  readonly actsAtLoad: (path: string) => boolean
}

interface Found {
  readonly target: string
  readonly use: BootUse
}

/** Not what a boundary that is in the wrong place, or a call of `decline()`, makes restart. */
const RESTARTS = /^(?:outside-boundary|restart-glob)$/

/** What a module uses while it is loaded, or in functions that run at boot only. */
function usesIn(file: Opened, reading: Reading): Found[] {
  const { analysis, framework, model, actsAtLoad, runOf } = reading
  const { path, text, program, scopes } = file
  const { module } = analysis.facts(path)
  const code = moduleCode(program)
  const isHandler = handlersOf(file, reading)
  const edges = analysis.modules.edges(path)
  const at = (node: Node, name?: string): BootUse => ({ path, line: positionAt(text, node.range[0]).line, name })
  const found: Found[] = []
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') continue
    const { value } = statement.source
    const target = edges.find((edge) => edge.specifier === value && !edge.dynamic)?.target
    if (target === undefined) continue
    if (statement.specifiers.length === 0 && actsAtLoad(target)) found.push({ target, use: at(statement) })
    // It names handlers, and is no module that holds any.
    const isGenerated = framework.generated.test(value)
    for (const specifier of statement.specifiers) {
      const use = scopes
        .getDeclaredVariables(specifier)
        .flatMap(({ references }) => references)
        .filter(({ isValueReference }) => isValueReference)
        .map(({ identifier }) => identifier as Node)
        .find((node) => !isErased(node) && (isGenerated || !isHandler(node)) && isAtBoot(node))
      if (!use) continue
      const { exported, exportNames } = module(value)
      const names = specifier.type === 'ImportNamespaceSpecifier' ? exportNames().names : [importedName(specifier)]
      for (const behind of new Set([target, ...names.map((name) => exported(name).path)]))
        found.push({ target: behind, use: at(use, specifier.local.name) })
    }
  }
  for (const node of code.imports) {
    const specifier = node.source.type === 'Literal' ? node.source.value : undefined
    const edge = edges.find((one) => one.dynamic && one.specifier === specifier)
    const isLazy = edge && model.importers.get(edge.target)?.some((one) => one.path === path && one.lazy)
    if (!edge || isLazy) continue
    // The framework calls a function that it is given with an `import()` that runs once.
    const isOfFramework = analysis.server.importsOnce(path, edge.specifier) || isHandler(node)
    if (isOfFramework || isAtBoot(node)) found.push({ target: edge.target, use: at(node) })
  }
  return found

  function isAtBoot(use: Node): boolean {
    if (isForFailure(use)) return false
    const owner = code.ownerOf(use)
    return owner === undefined || runOf(file, owner).when === 'boot'
  }
}

/** Whether an expression is, or is part of, what is registered for requests. */
function handlersOf({ path, scopes }: Opened, { analysis, framework }: Reading): (node: Node) => boolean {
  const facts = analysis.facts(path)
  const variableOf = resolveIdentifiers(scopes)
  const slots = findSlots(framework, variableOf, facts)
  const slotOf = framework.functions && findCallSlots(framework.functions, slots.receiverOf, variableOf, facts.module)
  return (node) => {
    for (let at: Node | undefined = node; at && !/Statement$|Declaration$/.test(at.type); at = at.parent)
      if (slots.slotOf(at) || slots.registrationOf(at) || slotOf?.(at)) return true
    return false
  }
}

/** Whether a module builds an application, or registers handlers. */
function registersHandlers(file: Opened, reading: Reading): boolean {
  const factories = reading.framework.receivers.flatMap((receiver) => receiver.factories ?? [])
  const builds = file.program.body.some(
    (statement) =>
      statement.type === 'ImportDeclaration' &&
      statement.specifiers.some((specifier) =>
        factories.some((factory) => `${factory}.`.startsWith(`${statement.source.value}#${importedName(specifier)}.`)),
      ),
  )
  if (builds) return true
  const isHandler = handlersOf(file, reading)
  return moduleCode(file.program).calls.some((call) => call.arguments.some(isHandler))
}

/** Whether it runs only where the start of the server, or a part of it, fails. */
function isForFailure(use: Node): boolean {
  for (let node: Node | undefined = use; node; node = node.parent) {
    if (node.type === 'CatchClause') return true
    const parent: Node | undefined = node.parent
    if (!isFunction(node) || parent?.type !== 'CallExpression' || parent.callee.type !== 'MemberExpression') continue
    const name = memberName(parent.callee)
    if ((name === 'catch' && parent.arguments[0] === node) || (name === 'then' && parent.arguments[1] === node))
      return true
  }
  return false
}

function isErased({ parent }: Node): boolean {
  return /^TS(?:TypeQuery|TypeReference|QualifiedName)$/.test(parent?.type ?? '')
}
