import type { Rule, SourceCode } from 'eslint'
import type { TSESTree } from '@typescript-eslint/utils'
import {
  bare,
  isFunction,
  memberName,
  moduleCode,
  type Call,
  type FunctionNode,
  type ModuleCode,
  type Node,
} from '../src/graph/module-code.ts'
import { resourcesOf } from '../src/graph/resources.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Require adapters of KickJS to undo in `shutdown()` what they open, and no more than that',
      recommended: false,
      url: docsUrl('require-adapter-shutdown'),
    },
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      missing:
        'KickJS builds its adapters again with each reload, and this one runs `{{name}}` and has no `shutdown()`: that of before is never undone. Add a `shutdown()` that undoes it.',
      closesServer:
        '`{{name}}` closes the server that KickJS hands to all adapters, with each reload, and nothing opens it again. Close only what the adapter owns.',
      keepsHandle:
        '`{{name}}` still holds what `shutdown()` closes, so the adapter uses it again after a reload. Set it to `undefined` here.',
      detach: 'Detach Socket.IO from the server.',
    },
  },
  create(context) {
    const { sourceCode } = context
    if (!/\bdefine(?:Adapter|Plugin)\b|\b(?:AppAdapter|KickPlugin)\b/.test(sourceCode.text)) return {}
    const program = sourceCode.ast as unknown as TSESTree.Program
    const file = projectOf(context.physicalFilename, program)
    if (file?.framework.name !== 'kickjs' || !file.server.isInServer(file.path)) return {}
    const code = moduleCode(program)
    const report = (node: Node, messageId: string, name: string, fix?: Rule.ReportFixer): void =>
      context.report({
        loc: { start: sourceCode.getLocFromIndex(node.range[0]), end: sourceCode.getLocFromIndex(node.range[1]) },
        messageId,
        data: { name },
        suggest: fix ? [{ messageId: 'detach', fix }] : [],
      })
    for (const adapter of adaptersIn(program, code)) {
      const { shutdown, hooks } = adapter
      if (!shutdown) {
        // A listener of the process may be meant to stay; what is opened is not.
        const opened = resourcesOf(program, hooks).find(({ kind }) => kind !== 'model' && kind !== 'metric')
        if (opened && adapter.isWhole) report(opened.node, 'missing', opened.name)
        continue
      }
      for (const call of code.calls) {
        if (!contains(shutdown, call) || call.callee.type !== 'MemberExpression') continue
        const closed = call.callee.object
        const name = sourceCode.text.slice(...closed.range)
        const method = memberName(call.callee)
        if (method === 'close' && isShared(closed, adapter, code)) {
          report(call, 'closesServer', `${name}.close()`, detachOf(call, closed, code, sourceCode))
        } else if (CLOSES.test(method ?? '') && isKept(closed, adapter, code)) {
          report(call, 'keepsHandle', name)
        }
      }
    }
    return {}
  },
}

const CLOSES = /^(?:close|quit|end|destroy|disconnect|stop|terminate|shutdown|\$disconnect)$/

interface Adapter {
  /** What it is made of is all written there: no spread, no base class. */
  readonly isWhole: boolean
  readonly shutdown: Node | undefined
  /** The functions that open what `shutdown` has to close: `build` itself, and what runs at start. */
  readonly hooks: readonly Node[]
}

/** `defineAdapter({ build })`, `definePlugin({ build })`, and classes that implement their interfaces. */
function adaptersIn(program: TSESTree.Program, code: ModuleCode): Adapter[] {
  const classes = program.body.flatMap((statement) => {
    const declared = 'declaration' in statement && statement.declaration ? statement.declaration : statement
    return declared.type === 'ClassDeclaration' && isAdapterClass(declared) ? [adapterOfClass(declared)] : []
  })
  return [...code.calls.flatMap((call) => adapterOfCall(call, code) ?? []), ...classes]
}

function adapterOfCall(call: Call, code: ModuleCode): Adapter | undefined {
  const [definition] = call.arguments
  const origin = code.originOf(call)
  if (!origin?.module?.startsWith('@forinda/kickjs') || !/^define(?:Adapter|Plugin)\(\)$/.test(origin.path)) return
  const build = definition?.type === 'ObjectExpression' ? valuesOf(definition).get('build') : undefined
  if (!build || !isFunction(build)) return undefined
  const built = returned(build)
  if (!built) return undefined
  const values = valuesOf(built)
  const hooks = [...values].filter(([name]) => HOOKS.test(name)).map(([, value]) => value)
  const isWhole = built.properties.every(({ type }) => type === 'Property')
  return { isWhole, shutdown: values.get('shutdown'), hooks: [build, ...hooks] }
}

/** Hooks that run once for each adapter that is built. */
const HOOKS = /^(?:beforeMount|beforeStart|afterStart|onReady|register)$/

function adapterOfClass({ body, superClass }: TSESTree.ClassDeclaration): Adapter {
  const members = new Map<string, Node>()
  const fields: Node[] = []
  for (const member of body.body) {
    if (member.type === 'PropertyDefinition' && !member.static) fields.push(member)
    if (
      (member.type === 'MethodDefinition' || member.type === 'PropertyDefinition') &&
      member.key.type === 'Identifier'
    )
      if (member.value) members.set(member.key.name, member.value)
  }
  const hooks = [...members].filter(([name]) => name === 'constructor' || HOOKS.test(name)).map(([, value]) => value)
  return { isWhole: !superClass, shutdown: members.get('shutdown'), hooks: [...hooks, ...fields] }
}

function isAdapterClass({ implements: interfaces = [] }: TSESTree.ClassDeclaration): boolean {
  return interfaces.some(
    ({ expression }) => expression.type === 'Identifier' && /^(?:AppAdapter|KickPlugin)$/.test(expression.name),
  )
}

function valuesOf({ properties }: TSESTree.ObjectExpression): Map<string, Node> {
  return new Map(
    properties.flatMap((property) =>
      property.type === 'Property' && property.key.type === 'Identifier' && !property.computed
        ? [[property.key.name, property.value] as const]
        : [],
    ),
  )
}

/** The object that a function returns at its end. */
function returned({ body }: FunctionNode): TSESTree.ObjectExpression | undefined {
  const statement = body.type === 'BlockStatement' ? body.body.at(-1) : undefined
  const argument = statement?.type === 'ReturnStatement' ? statement.argument : body
  const value = argument && bare(argument)
  return value?.type === 'ObjectExpression' ? value : undefined
}

/** Whether the value is the server of KickJS, or a Socket.IO server on it, whose `close()` closes that (socket.io 4, `Server#close`). */
function isShared(node: Node, adapter: Adapter, code: ModuleCode, depth = 0): boolean {
  const value = bare(node)
  if (depth > 5) return false
  if (value.type === 'NewExpression') {
    const origin = code.originOf(value)
    const [server] = value.arguments
    return origin?.module === 'socket.io' && server !== undefined && isShared(server, adapter, code, depth + 1)
  }
  if (isServerOfContext(value, adapter, code)) return true
  return assigned(value, code).some((from) => isShared(from, adapter, code, depth + 1))
}

/** `server` in `afterStart({ server })`, and `context.server` in `afterStart(context)`. */
function isServerOfContext(value: Node, { hooks }: Adapter, code: ModuleCode): boolean {
  return hooks.some((hook) => {
    const [context] = isFunction(hook) ? hook.params : []
    if (!context || !contains(hook, value)) return false
    if (context.type === 'Identifier')
      return (
        value.type === 'MemberExpression' &&
        memberName(value) === 'server' &&
        value.object.type === 'Identifier' &&
        value.object.name === context.name
      )
    const server = context.type === 'ObjectPattern' ? serverIn(context) : undefined
    return value.type === 'Identifier' && value.name === server && code.bindingOf(value)?.scope === hook
  })
}

/** The name that `{ server }` or `{ server: http }` declares. */
function serverIn({ properties }: TSESTree.ObjectPattern): string | undefined {
  for (const property of properties) {
    if (property.type !== 'Property' || property.key.type !== 'Identifier' || property.key.name !== 'server') continue
    return property.value.type === 'Identifier' ? property.value.name : undefined
  }
  return undefined
}

/** What is assigned to a variable, or to a field of `this`. */
function assigned(place: Node, code: ModuleCode): Node[] {
  const values = code.assignments.filter(({ left }) => isSame(left, place, code)).map(({ right }) => right)
  const binding = place.type === 'Identifier' ? code.bindingOf(place) : undefined
  const init = binding?.kind === 'variable' && binding.keys.length === 0 ? binding.declarator.init : undefined
  return init ? [init, ...values] : values
}

/** Whether two expressions are one variable, or one field of `this`. */
function isSame(a: Node, b: Node, code: ModuleCode): boolean {
  const [left, right] = [bare(a), bare(b)]
  if (left.type === 'Identifier' && right.type === 'Identifier')
    return left.name === right.name && code.bindingOf(left) === code.bindingOf(right)
  return (
    left.type === 'MemberExpression' &&
    right.type === 'MemberExpression' &&
    left.object.type === 'ThisExpression' &&
    right.object.type === 'ThisExpression' &&
    memberName(left) === memberName(right)
  )
}

/** Whether a hook opens it only where there is none, and `shutdown` leaves it as it is. */
function isKept(closed: Node, { shutdown, hooks }: Adapter, code: ModuleCode): boolean {
  const place = bare(closed)
  const assignments = code.assignments.filter(({ left }) => isSame(left, place, code))
  if (!shutdown || assignments.some((assignment) => contains(shutdown, assignment))) return false
  return assignments.some(
    (assignment) => hooks.some((hook) => contains(hook, assignment)) && isGuarded(assignment, place, code),
  )
}

/** `io ??= …`, or an assignment in `if (!io)`. */
function isGuarded(assignment: TSESTree.AssignmentExpression, place: Node, code: ModuleCode): boolean {
  if (/^(?:\?\?|\|\|)=$/.test(assignment.operator)) return true
  for (let parent = code.parentOf(assignment); parent && !isFunction(parent); parent = code.parentOf(parent)) {
    if (parent.type !== 'IfStatement') continue
    const { test } = parent
    if (test.type === 'UnaryExpression' && test.operator === '!' && isSame(test.argument, place, code)) return true
  }
  return false
}

/** What `engine.close()` does to the server's listeners is all that an adapter owns of them. */
function detachOf(call: Call, io: Node, code: ModuleCode, { text }: SourceCode): Rule.ReportFixer | undefined {
  let statement = code.parentOf(call)
  while (statement && /^(?:ChainExpression|AwaitExpression)$/.test(statement.type)) statement = code.parentOf(statement)
  const isSocketServer = assigned(bare(io), code).some((from) => bare(from).type === 'NewExpression')
  if (statement?.type !== 'ExpressionStatement' || call.arguments.length > 0 || !isSocketServer) return undefined
  const { range } = statement
  const name = text.slice(...io.range)
  const access = /\?\.\s*close$/.test(text.slice(...call.callee.range)) ? '?.' : '.'
  const semicolon = text[range[1] - 1] === ';' ? ';' : ''
  const indent = /(?:^|\r?\n)[^\S\n]*$/.exec(text.slice(0, range[0]))?.[0]
  const calls = ['disconnectSockets(true)', 'engine.close()', 'removeAllListeners()'].map(
    (method) => `${name}${access}${method}`,
  )
  const detached = calls.join(indent === undefined ? '; ' : semicolon + indent) + semicolon
  return (fixer) => fixer.replaceTextRange([...range], detached)
}

function contains({ range: [start, end] }: Node, { range }: Node): boolean {
  return start <= range[0] && range[1] <= end
}

export default rule
