import { rootOf } from '../../graph/exports/nodes.ts'
import { changesBelow } from '../../graph/exports/state.ts'
import { bare, isCall, memberName, moduleCode, type Call, type Node } from '../../graph/module-code.ts'
import type { Analysis } from '../analysis.ts'
import type { Opened } from './boot.ts'
import type { Calls } from './calls.ts'
import { ADDS, MAKERS } from './late-additions.ts'
import { runAtLoad } from './started.ts'

/** A place where a module adds to what another one keeps. */
export interface LeftBehind {
  readonly file: Opened
  readonly node: Node
  /** The module, or the package, that keeps it. */
  readonly keeper: string
}

/** Packages of objects that others add functions to, and what makes these: `z.object().openapi()` adds to nothing. */
const RECEIVERS = [MAKERS, /^(?:axios|events|socket\.io|ws)$/]
const MADE_BY =
  /^(?:default|create|express|fastify|EventEmitter|Hono|Koa|OpenAPIHono|Router|Server|WebSocketServer)\(\)(?:.*\(\))?$/

/** Methods of a package by which it keeps what it is given, and asks the first first. */
const KEPT_BY_PACKAGES: readonly { readonly module: RegExp; readonly path: RegExp }[] = [
  { module: /^passport$/, path: /^(?:de)?serializeUser\(\)$/ },
  { module: /^mongoose$/, path: /^plugin\(\)$/ },
  { module: /^axios$/, path: /^interceptors\.(?:request|response)\.use\(\)$/ },
]

/**
 * The first place where a module, while it is loaded, adds to what stays when it is loaded again: a route to the router
 * of another module, an entry to its list. What was added before stays there, and is found before the new.
 *
 * What overwrites is none: `handlers.list = list`, `registry.set('list', list)`.
 *
 * @param open a module, parsed; none when it cannot be.
 * @param isLoadedAnew whether a module is loaded again whenever `start` is.
 */
export function leftBehind(
  start: Opened,
  open: (path: string) => readonly Opened[],
  analysis: Analysis,
  calls: Calls,
  isLoadedAnew: (path: string) => boolean,
): LeftBehind | undefined {
  /** The module of the object that each function is a method of, by the function. */
  const running = new Map<Opened, Map<Node | undefined, string>>()
  for (const { file, owner, holder = file.path } of runAtLoad(start, calls))
    running.set(file, (running.get(file) ?? new Map<Node | undefined, string>()).set(owner, holder))
  for (const [file, holders] of running) {
    const { ownerOf } = moduleCode(file.program)
    const runs = (node: Node): boolean => holders.has(ownerOf(node))
    const found = [
      ...callsThatAdd(file, runs),
      ...patches(file, runs),
      ...(file === start ? [] : changes(file, runs, (node) => holders.get(ownerOf(node)) ?? file.path)),
    ]
    const kept = found.find(({ keeper }) => keeper !== start.path && !isLoadedAnew(keeper))
    if (kept) return kept
  }
  return undefined

  function callsThatAdd(file: Opened, runs: (node: Node) => boolean): LeftBehind[] {
    const code = moduleCode(file.program)
    return code.calls.filter(runs).flatMap((node): LeftBehind[] => {
      const { module, path } = code.originOf(node) ?? {}
      if (module !== undefined && KEPT_BY_PACKAGES.some((row) => row.module.test(module) && row.path.test(path ?? '')))
        return [{ file, node, keeper: module }]
      const root = adds(node) ? rootOf(node.callee) : undefined
      const keeper = (root && keeperOf(file, root)) ?? listOf(file, node)
      if (keeper !== undefined) return [{ file, node, keeper }]
      return node.arguments.flatMap((argument, at): LeftBehind[] => {
        const handed = argument.type === 'Identifier' ? keeperOf(file, argument) : undefined
        const isAddedTo =
          handed !== undefined &&
          calls.calledBy(file, node).some(({ file: other, owner: called }) => {
            const parameter = called && 'params' in called ? called.params[at] : undefined
            const inside = moduleCode(other.program)
            return (
              parameter?.type === 'Identifier' &&
              inside.calls.some((call) => {
                const name = adds(call) ? rootOf(call.callee) : undefined
                return (
                  name?.type === 'Identifier' &&
                  name.name === parameter.name &&
                  inside.bindingOf(name)?.scope === called
                )
              })
            )
          })
        return isAddedTo ? [{ file, node, keeper: handed }] : []
      })
    })
  }

  /** The module of the list that `listeners.push(…)` adds to. */
  function listOf({ path, program }: Opened, { callee }: Call): string | undefined {
    if (callee.type !== 'MemberExpression' || !/^(?:push|unshift)$/.test(memberName(callee) ?? '')) return undefined
    let root = bare(callee.object)
    while (root.type === 'MemberExpression') root = bare(root.object)
    const binding = root.type === 'Identifier' ? moduleCode(program).bindingOf(root) : undefined
    if (binding?.kind !== 'import') return undefined
    const target = analysis.resolver.resolve(path, binding.source)
    return target.kind === 'project' ? analysis.exports.origin(target.path, binding.imported)?.path : undefined
  }

  /** The module that keeps what a name stands for, where others may add functions to that. */
  function keeperOf(file: Opened, name: Node): string | undefined {
    const code = moduleCode(file.program)
    const binding = name.type === 'Identifier' ? code.bindingOf(name) : undefined
    if (binding?.kind === 'variable' && binding.scope === file.program)
      return file !== start && isReceiver(file, name) ? file.path : undefined
    if (binding?.kind !== 'import') return undefined
    const target = analysis.resolver.resolve(file.path, binding.source)
    const declared = target.kind === 'project' ? analysis.exports.origin(target.path, binding.imported) : undefined
    if (!declared) return undefined
    const isMade = open(declared.path).some((other) =>
      declaredAs(other, declared.exportName).some((value) => isReceiver(other, value)),
    )
    return isMade ? declared.path : undefined
  }
}

function isReceiver({ program }: Opened, value: Node): boolean {
  const { module, path = '' } = moduleCode(program).originOf(value) ?? {}
  return module !== undefined && MADE_BY.test(path) && RECEIVERS.some((one) => one.test(module))
}

/** What a module exports by that name, where it is a constant of it or the value itself. */
function declaredAs({ program }: Opened, name: string): Node[] {
  return program.body.flatMap((statement): Node[] => {
    if (statement.type === 'ExportDefaultDeclaration') return name === 'default' ? [statement.declaration] : []
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (statement.type === 'ExportNamedDeclaration' && !statement.source) {
      const own = statement.specifiers.find(
        ({ exported }) => (exported.type === 'Identifier' ? exported.name : exported.value) === name,
      )
      if (own) return [own.local]
    }
    if (declared?.type !== 'VariableDeclaration') return []
    return declared.declarations.flatMap(({ id }) => (id.type === 'Identifier' && id.name === name ? [id] : []))
  })
}

/** `router.get('/users', list)`, `router.route('/users').get(list)`, `client.interceptors.request.use(log)`. */
function adds({ callee, arguments: passed }: Call): boolean {
  if (callee.type !== 'MemberExpression') return false
  const name = memberName(callee) ?? ''
  return (
    (ADDS.test(name) || /^(?:addListener|once|openapi|param|prependListener)$/.test(name)) &&
    passed.length > (name === 'get' ? 1 : 0)
  )
}

/** `const { json } = response; response.json = …`: what a package or global had before is called by what takes its place. */
function patches(file: Opened, runs: (node: Node) => boolean): LeftBehind[] {
  const code = moduleCode(file.program)
  return code.assignments.filter(runs).flatMap((node): LeftBehind[] => {
    if (node.left.type !== 'MemberExpression') return []
    const origin = code.originOf(node.left)
    if (!origin || /^(?:\.|#)/.test(origin.module ?? '') || /^process\.env\b|\(\)/.test(origin.path)) return []
    const isWrapped = code.members.some((member) => {
      const read = member === node.left || !runs(member) ? undefined : code.originOf(member)
      return read?.module === origin.module && keptPaths(member, read?.path ?? '').includes(origin.path)
    })
    return isWrapped ? [{ file, node, keeper: origin.module ?? 'globalThis' }] : []
  })

  /** What is kept or handed on of what a member reads, and not only called. */
  function keptPaths(member: Node, path: string): string[] {
    const parent = code.parentOf(member)
    if (parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern')
      return parent.id.properties.flatMap((property) =>
        property.type === 'Property' && property.key.type === 'Identifier' ? [`${path}.${property.key.name}`] : [],
      )
    const isKept =
      parent?.type === 'VariableDeclarator' ||
      (parent?.type === 'MemberExpression' && memberName(parent) === 'bind') ||
      (parent !== undefined && isCall(parent) && parent.callee !== member)
    return isKept ? [path] : []
  }
}

/** What functions of a module add to its lists, or to those of the object that they are methods of. */
function changes(file: Opened, runs: (node: Node) => boolean, holderOf: (node: Node) => string): LeftBehind[] {
  const code = moduleCode(file.program)
  return file.program.body.flatMap(changesBelow).flatMap(({ root, steps, method }): LeftBehind[] => {
    if (method === undefined || !/^(?:push|unshift|add)$/.test(method) || !runs(root)) return []
    const binding = root.type === 'Identifier' ? code.bindingOf(root) : undefined
    if (
      binding
        ? binding.kind === 'variable' && binding.scope === file.program
        : root.type === 'ThisExpression' && steps.length > 0
    )
      return [{ file, node: root, keeper: binding ? file.path : holderOf(root) }]
    return []
  })
}
