import { positionAt } from '../../edits/text.ts'
import { memberName, moduleCode, type Call, type ModuleCode, type Node } from '../../graph/module-code.ts'
import { mayMakeResources, resourcesOf, type ResourceKind } from '../../graph/resources.ts'
import type { Opened } from './boot.ts'
import { runWith, type Calls, type Code } from './calls.ts'

/** Something that outlives the module, or the application, that a function makes it for. */
export interface Started {
  readonly kind: ResourceKind
  /** `setInterval` */
  readonly name: string
  readonly path: string
  /** 1-based. */
  readonly line: number
  readonly node: Node
}

/** Hooks of Fastify that run when an application is made. */
const MAKING = /^on(?:Ready|Register|Route)$/
/** Methods of the scheduler of @fastify/schedule. */
const JOBS = /^add(?:Cron|(?:Simple|Long)?Interval)Job$/

/** What runs while a module is loaded, itself first: functions of the project that it calls, and so on. */
export function runAtLoad(file: Opened, { calledBy }: Calls, within: Node = file.program): readonly Code[] {
  const { ownerOf } = moduleCode(file.program)
  const isOutside = (of: Opened, call: Call): boolean =>
    of === file && !ownerOf(call) && (call.range[0] < within.range[0] || within.range[1] < call.range[1])
  return runWith([{ file, owner: undefined }], (of, call) =>
    isOutside(of, call) || isOnce(of, call, file) ? [] : calledBy(of, call),
  )
}

/**
 * What a module makes while it is loaded by calling functions of the project, which call others in turn: `startJobs()`, of
 * which another module has the timer. An edit of the caller, or of what that imports, makes it again. What a function of
 * another module makes once only, by a variable of its module, is left out.
 *
 * @param within the statement of the module that calls them.
 */
export function startedAtLoad(file: Opened, calls: Calls, within?: Node): Started[] {
  return runAtLoad(file, calls, within).flatMap((code) =>
    madeIn(code).filter(({ node }) => !isOnce(code.file, node, file)),
  )
}

/** @param start the module that is loaded again, with its variables. */
function isOnce({ program }: Opened, node: Node, start: Opened): boolean {
  return program !== start.program && isMadeOnce(node, moduleCode(program))
}

/**
 * What an application of Fastify makes each time that it is made: as {@link startedAtLoad}, and by plugins that it
 * registers and hooks that run when it gets ready.
 *
 * @param plugins what something else registers: modules whose default export is a plugin.
 */
export function startedByInstance(
  file: Opened,
  { calledBy, codeOf, exportedBy }: Calls,
  plugins: readonly string[],
): Started[] {
  const starts = plugins.flatMap((path) => exportedBy(path, 'default'))
  const codes = runWith([{ file, owner: undefined }, ...starts], (of, call) => [
    ...calledBy(of, call),
    ...registeredBy(call).flatMap((plugin) => codeOf(of, plugin)),
  ])
  return codes.flatMap((code) => [...madeIn(code), ...jobsIn(code)])
}

function madeIn({ file, owner }: Code): Started[] {
  if (!owner || !mayMakeResources(file.text)) return []
  return resourcesOf(file.program, [owner]).map(({ kind, name, node }) => startedAt(file, kind, name, node))
}

function jobsIn({ file, owner }: Code): Started[] {
  const { calls, ownerOf } = moduleCode(file.program)
  return calls.flatMap((call) => {
    const name = ownerOf(call) === owner ? methodOf(call) : ''
    return JOBS.test(name) ? [startedAt(file, 'timer', name, call)] : []
  })
}

function startedAt({ path, text }: Opened, kind: ResourceKind, name: string, node: Node): Started {
  return { kind, name, path, line: positionAt(text, node.range[0]).line, node }
}

/** The plugin, or the hook that runs when the application gets ready. */
function registeredBy(call: Call): Node[] {
  const [first, second] = call.arguments
  const method = methodOf(call)
  if (first && /^(?:register|after|ready)$/.test(method)) return [first]
  return method === 'addHook' && second && first?.type === 'Literal' && MAKING.test(String(first.value)) ? [second] : []
}

function methodOf({ callee }: Call): string {
  return callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : ''
}

/**
 * Whether a variable of the module says that it was made before: `timer ??= setInterval(…)`, `if (!timer) …`,
 * `if (timer) return` before it.
 */
function isMadeOnce(node: Node, code: ModuleCode): boolean {
  const owner = code.ownerOf(node)
  for (let child = node, parent = code.parentOf(node); parent && child !== owner;) {
    if (parent.type === 'AssignmentExpression' && /^(?:\?\?|\|\|)=$/.test(parent.operator) && isKept(parent.left))
      return true
    if (
      parent.type === 'LogicalExpression' &&
      parent.operator !== '&&' &&
      parent.right === child &&
      isKept(parent.left)
    )
      return true
    if (parent.type === 'IfStatement' && parent.test !== child && namesKept(parent.test)) return true
    if (parent.type === 'BlockStatement') {
      const before = parent.body.slice(0, parent.body.indexOf(child as (typeof parent.body)[number]))
      if (
        before.some(
          (statement) => statement.type === 'IfStatement' && ends(statement.consequent) && namesKept(statement.test),
        )
      )
        return true
    }
    child = parent
    parent = code.parentOf(parent)
  }
  return false

  /** A variable of the module that is assigned to. */
  function isKept(test: Node): boolean {
    if (test.type !== 'Identifier') return false
    const binding = code.bindingOf(test)
    return (
      binding?.kind === 'variable' &&
      binding.scope.type === 'Program' &&
      code.assignments.some(({ left }) => left.type === 'Identifier' && left.name === test.name)
    )
  }

  function namesKept(test: Node): boolean {
    if (test.type === 'UnaryExpression') return namesKept(test.argument)
    if (test.type === 'BinaryExpression') return test.left.type !== 'PrivateIdentifier' && namesKept(test.left)
    if (test.type === 'LogicalExpression') return namesKept(test.left) || namesKept(test.right)
    return isKept(test)
  }
}

function ends(statement: Node): boolean {
  if (statement.type === 'BlockStatement') return statement.body.some(ends)
  return statement.type === 'ReturnStatement' || statement.type === 'ThrowStatement'
}
