import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { READS, SOCKETS } from '../../frameworks/packages.ts'
import { childrenOf, rootOf, uncast } from '../../graph/exports/nodes.ts'
import { memberName, moduleCode, type Call, type FunctionNode } from '../../graph/module-code.ts'
import type { Opened } from '../boot/boot.ts'
import type { DeclaredTypes } from './declared-types.ts'
import { importOf, isFunction, type Node } from '../syntax.ts'

/** The functions that a socket of a server has called for each packet. */
export interface SocketListeners {
  /** Whether a call registers a function for packets of a socket: `socket.on('join', async (…) => …)`. */
  registers(file: Opened, call: Call): boolean
  /**
   * Whether a function that such functions wait for may start a moment later, and nothing could tell: before it waits
   * itself it only answers, or asks the database for a row, and no function of any socket does more than answer, ask,
   * and use its socket.
   */
  mayStartLater(file: Opened, owner: FunctionNode): boolean
}

interface Project {
  /** The modules of the server. */
  paths(): Iterable<string>
  text(path: string): string | undefined
  open(path: string): readonly Opened[]
  variableOf(file: Opened): (node: Node) => Variable | undefined
  readonly types: DeclaredTypes
}

/** What may be called: functions that are given, and the socket. */
type Extent = 'answers' | 'listens'

export function createSocketListeners({ paths, text, open, variableOf, types }: Project): SocketListeners {
  const quiet = { answers: new Map<Node, boolean>(), listens: new Map<Node, boolean>() }
  let all: boolean | undefined

  const definitionOf = (file: Opened, node: Node): Variable['defs'][number] | undefined =>
    node.type === 'Identifier' ? variableOf(file)(node)?.defs[0] : undefined

  /** The function of the module that a name stands for, always. */
  function functionOf(file: Opened, node: Node): FunctionNode | undefined {
    if (isFunction(node)) return node
    const definition = definitionOf(file, node)
    if (definition?.type === 'FunctionName') return isFunction(definition.node) ? definition.node : undefined
    if (definition?.type !== 'Variable' || definition.parent?.type !== 'VariableDeclaration') return undefined
    const { init } = definition.node
    return definition.parent.kind === 'const' && init && isFunction(init) ? init : undefined
  }

  function isOfPackage(file: Opened, type: TSESTree.TSTypeAnnotation | undefined, names: readonly string[]): boolean {
    const reference = type?.typeAnnotation
    if (reference?.type !== 'TSTypeReference' || reference.typeName.type !== 'Identifier') return false
    const { name } = reference.typeName
    return file.program.body.some(
      (statement) =>
        statement.type === 'ImportDeclaration' &&
        statement.source.value === SOCKETS.module &&
        statement.specifiers.some(
          (specifier) =>
            specifier.type === 'ImportSpecifier' &&
            specifier.local.name === name &&
            specifier.imported.type === 'Identifier' &&
            names.includes(specifier.imported.name),
        ),
    )
  }

  function isServer(file: Opened, node: Node): boolean {
    const definition = definitionOf(file, node)
    if (!definition) return false
    const name = definition.name as Node
    if (name.type === 'Identifier' && isOfPackage(file, name.typeAnnotation, SOCKETS.servers)) return true
    const init = definition.type === 'Variable' ? definition.node.init : null
    if (init?.type !== 'NewExpression') return false
    const imported = importOf(init.callee, variableOf(file))
    return imported?.specifier === SOCKETS.module && SOCKETS.servers.some((server) => server === imported.name)
  }

  /** A parameter, not taken out of one, that is a socket. */
  function isSocket(file: Opened, node: Node, names: readonly string[] = [SOCKETS.type]): boolean {
    const owner = parameterOf(file, node)
    const name = definitionOf(file, node)?.name as Node | undefined
    if (!owner || name?.type !== 'Identifier') return false
    if (isOfPackage(file, name.typeAnnotation, names)) return true
    const call = owner.parent
    return owner.params[0] === name && call.type === 'CallExpression' && isConnection(file, call)
  }

  /** The function whose parameter a name is. */
  function parameterOf(file: Opened, node: Node): FunctionNode | undefined {
    const definition = definitionOf(file, node)
    const owner = definition?.type === 'Parameter' ? definition.node : undefined
    return owner && isFunction(owner) && owner.params.includes(definition?.name as TSESTree.Parameter)
      ? owner
      : undefined
  }

  function isConnection(file: Opened, { callee, arguments: [event] }: Call): boolean {
    if (callee.type !== 'MemberExpression' || !SOCKETS.listens.test(memberName(callee) ?? '')) return false
    if (event?.type !== 'Literal' || !SOCKETS.connection.test(String(event.value))) return false
    return isServer(file, uncast(callee.object))
  }

  function registers(file: Opened, call: Call): boolean {
    const { callee, arguments: given } = call
    if (callee.type !== 'MemberExpression' || !/^(?:on|once)$/.test(memberName(callee) ?? '')) return false
    const [event] = given
    const isPacket = event?.type === 'Literal' && typeof event.value === 'string' && !SOCKETS.reserved.test(event.value)
    return isPacket && !SOCKETS.connection.test(event.value) && isSocket(file, callee.object)
  }

  /** Whether nothing but answers, questions and the socket is used in any listener of the server. */
  function areAllQuiet(): boolean {
    for (const path of paths()) {
      if (!SOCKETS.mentioned.test(text(path) ?? '')) continue
      const files = open(path)
      if (files.length === 0 || !files.every((file) => isModuleQuiet(file))) return false
    }
    return true
  }

  function isModuleQuiet(file: Opened): boolean {
    return moduleCode(file.program).calls.every((call) => {
      const { callee, arguments: given } = call
      if (callee.type !== 'MemberExpression' || !SOCKETS.listens.test(memberName(callee) ?? '')) return true
      const last = given.at(-1)
      const listener = last && functionOf(file, last)
      if (!listener) return false
      if (!isConnection(file, call)) return isQuiet(file, listener, 'listens')
      return listener.params.every((parameter) => staysHere(file, parameter))
    })
  }

  /** Whether a socket is used by functions of the module only. */
  function staysHere(file: Opened, parameter: Node, depth = 0): boolean {
    if (parameter.type !== 'Identifier' || depth > 5) return false
    return (variableOf(file)(parameter)?.references ?? []).every(({ identifier }) => {
      const use = identifier as Node
      const { parent } = use
      if (parent?.type === 'MemberExpression') return parent.object === use
      if (parent?.type !== 'CallExpression' || parent.callee === use) return false
      const called = functionOf(file, parent.callee)
      const given = called?.params[parent.arguments.indexOf(use as TSESTree.CallExpressionArgument)]
      return given !== undefined && staysHere(file, given, depth + 1)
    })
  }

  function isQuiet(file: Opened, owner: FunctionNode, extent: Extent): boolean {
    const known = quiet[extent].get(owner)
    if (known !== undefined) return known
    // One that calls itself does nothing more by that.
    quiet[extent].set(owner, true)
    const found = childrenOf(owner).every((child) => isQuietNode(file, child, owner, extent))
    quiet[extent].set(owner, found)
    return found
  }

  function isQuietNode(file: Opened, node: Node, owner: FunctionNode, extent: Extent): boolean {
    switch (node.type) {
      case 'CallExpression':
        // Its steps are calls too.
        if (extent === 'listens' && isRead(file, node)) return true
        if (!isQuietCall(file, node, extent)) return false
        break
      case 'AssignmentExpression':
      case 'UpdateExpression': {
        const definition = definitionOf(file, node.type === 'UpdateExpression' ? node.argument : node.left)
        const name = definition?.name as Node | undefined
        if (!name || name.range[0] < owner.range[0] || name.range[1] > owner.range[1]) return false
        break
      }
      case 'AwaitExpression':
        if (extent === 'answers') return false
        break
      case 'UnaryExpression':
        if (node.operator === 'delete') return false
        break
      case 'NewExpression':
        if (node.callee.type !== 'Identifier' || node.callee.name !== 'Error' || definitionOf(file, node.callee))
          return false
        break
      case 'ImportExpression':
      case 'TaggedTemplateExpression':
      case 'YieldExpression':
      case 'ClassExpression':
      case 'ClassDeclaration':
      case 'ForOfStatement':
        return false
      default:
    }
    return childrenOf(node).every((child) => isQuietNode(file, child, owner, extent))
  }

  function isQuietCall(file: Opened, call: TSESTree.CallExpression, extent: Extent): boolean {
    const callee = uncast(call.callee)
    // What is given to the listener: it sends the answer.
    if (callee.type === 'Identifier' && parameterOf(file, callee)) return true
    const called = functionOf(file, callee)
    if (called) {
      // No other function may come to be called as if it were that.
      const isFine = call.arguments.every(isPlain) || !hasCall(called.body)
      return isFine && !called.generator && isQuiet(file, called, extent)
    }
    if (extent === 'answers' || callee.type !== 'MemberExpression') return false
    const root = rootOf(callee)
    if (root.type === 'Identifier' && root.name === 'console' && !definitionOf(file, root)) return true
    return (
      isSocket(file, root, [SOCKETS.type, ...SOCKETS.servers]) &&
      call.arguments.every((argument) => !isFunction(argument))
    )

    function isPlain(argument: Node): boolean {
      if (argument.type === 'Identifier') {
        const definition = definitionOf(file, argument)
        return definition?.type === 'Parameter' || (definition?.type === 'Variable' && !functionOf(file, argument))
      }
      return /^(?:Literal|TemplateLiteral|ObjectExpression)$/.test(argument.type)
    }
  }

  /** `User.query().where('id', id).first()`, of a model that adds nothing to it. */
  function isRead(file: Opened, call: TSESTree.CallExpression): boolean {
    const steps: string[] = []
    let node: Node = call
    while (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
      if (!node.arguments.every((argument) => isPure(file, argument))) return false
      steps.unshift(memberName(node.callee) ?? '')
      node = node.callee.object
    }
    const last = steps.pop()
    if (last === undefined || !READS.last.test(last) || !steps.every((step) => READS.chain.test(step))) return false
    if (node.type !== 'Identifier' || definitionOf(file, node)?.type !== 'ImportBinding') return false
    const model = types.named(file, node)
    if (model?.node.type !== 'ClassDeclaration' || READS.hooks.test(model.file.text)) return false
    const { superClass, body } = model.node
    const base = superClass ? importOf(superClass, variableOf(model.file)) : undefined
    if (base?.specifier !== READS.module || base.name !== READS.base) return false
    return !body.body.some(
      (member) =>
        'key' in member && member.static && member.key.type === 'Identifier' && READS.chain.test(member.key.name),
    )
  }

  /** Reads what cannot change meanwhile. */
  function isPure(file: Opened, node: Node): boolean {
    switch (node.type) {
      case 'Literal':
        return true
      case 'Identifier': {
        const definition = definitionOf(file, node)
        if (!definition) return node.name === 'undefined'
        if (definition.type !== 'Variable') return /^(?:Parameter|FunctionName)$/.test(definition.type)
        if (definition.parent?.type !== 'VariableDeclaration' || definition.parent.kind !== 'const') return false
        // An object of the module is answered with as it is then.
        const isOfModule = /^(?:Program|ExportNamedDeclaration)$/.test(definition.parent.parent.type)
        return !isOfModule || definition.node.init?.type === 'Literal' || functionOf(file, node) !== undefined
      }
      case 'UnaryExpression':
      case 'BinaryExpression':
      case 'LogicalExpression':
      case 'ConditionalExpression':
      case 'TemplateLiteral':
      case 'TemplateElement':
      case 'ArrayExpression':
      case 'ObjectExpression':
      case 'TSNonNullExpression':
        return childrenOf(node).every((child) => isPure(file, child))
      case 'Property':
        return !node.computed && isPure(file, node.value)
      case 'CallExpression':
        return isAnswer(file, node)
      default:
        return false
    }
  }

  function isAnswer(file: Opened, call: TSESTree.CallExpression): boolean {
    return isQuietCall(file, call, 'answers') && call.arguments.every((argument) => isPure(file, argument))
  }

  /** Whether the statements do nothing before the first `await` but answer and ask; `waits`: one of them waits. */
  function startOf(file: Opened, statements: readonly Node[]): 'waits' | 'ends' | undefined {
    for (const statement of statements) {
      switch (statement.type) {
        case 'VariableDeclaration':
          for (const { id, init } of statement.declarations) {
            if (init?.type === 'AwaitExpression') return waitsFor(file, init)
            if (id.type !== 'Identifier' || (init && !isPure(file, init))) return undefined
          }
          break
        case 'ExpressionStatement': {
          const { expression } = statement
          if (expression.type === 'AwaitExpression') return waitsFor(file, expression)
          if (expression.type !== 'CallExpression' || !isAnswer(file, expression)) return undefined
          break
        }
        case 'IfStatement':
          if (!isPure(file, statement.test)) return undefined
          for (const branch of [statement.consequent, statement.alternate])
            if (branch && startOf(file, blockOf(branch)) !== 'ends') return undefined
          break
        case 'ReturnStatement':
          if (statement.argument?.type === 'AwaitExpression') return waitsFor(file, statement.argument)
          if (statement.argument && !isPure(file, statement.argument)) return undefined
          break
        case 'TryStatement': {
          const start = startOf(file, statement.block.body)
          if (start !== 'ends') return start
          if (statement.finalizer && startOf(file, statement.finalizer.body) !== 'ends') return undefined
          break
        }
        default:
          return undefined
      }
    }
    return 'ends'
  }

  function waitsFor(file: Opened, { argument }: TSESTree.AwaitExpression): 'waits' | undefined {
    const isFine = isPure(file, argument) || (argument.type === 'CallExpression' && isRead(file, argument))
    return isFine ? 'waits' : undefined
  }

  return {
    registers,
    mayStartLater(file, owner) {
      if (owner.body.type !== 'BlockStatement' || !owner.params.every(isWithoutDefault)) return false
      if (startOf(file, owner.body.body) === undefined || !isQuiet(file, owner, 'listens')) return false
      return (all ??= areAllQuiet())
    },
  }
}

/** What a default would read and call, it does before the function starts. */
function isWithoutDefault(parameter: Node): boolean {
  return parameter.type === 'Identifier'
}

function hasCall(node: Node): boolean {
  return node.type === 'CallExpression' || childrenOf(node).some(hasCall)
}

function blockOf(statement: Node): readonly Node[] {
  return statement.type === 'BlockStatement' ? statement.body : [statement]
}
