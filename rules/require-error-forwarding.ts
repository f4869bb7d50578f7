import type { Rule, SourceCode } from 'eslint'
import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import {
  isFunction,
  isTransparent,
  memberName,
  moduleCode,
  specifierOf,
  type FunctionNode,
  type ModuleCode,
  type Node,
} from '../src/graph/module-code.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf, type LintedFile } from '../src/lazy/linted-project.ts'
import { styleAt } from '../src/lazy/per-request.ts'
import { functionOf, registeredFunctions } from '../src/lazy/registered.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description:
        'Require that request handlers forward the error of a lazy import where the server drops their promise',
      recommended: true,
      url: docsUrl('require-error-forwarding'),
    },
    fixable: 'code',
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      next: '`{{specifier}}` fails to load with each syntax error that is saved. {{who}} drops the promise of this handler, so the rejection ends the process, and hot-runner does not start it again. Forward it with `.catch({{next}})`.',
      answer:
        '`{{specifier}}` fails to load with each syntax error that is saved. {{who}} drops the promise of this listener, so the rejection ends the process, and hot-runner does not start it again. Catch it, and answer.',
      forward: 'Forward it with `.catch({{next}})`.',
      catch: 'Catch it, and answer with status 500.',
    },
  },
  create(context) {
    const { sourceCode } = context
    const { text } = sourceCode
    if (!/\bimport\s*\(/.test(text)) return {}
    const program = sourceCode.ast as unknown as TSESTree.Program
    const file = projectOf(context.physicalFilename, program)
    if (file && !file.server.isInServer(file.path)) return {}
    const code = moduleCode(program)
    const handlers = handlersIn(sourceCode, file, code)
    if (handlers.length === 0) return {}
    const imports = lazyImports(code).filter(({ specifier }) => isOfProject(specifier, file))
    for (const handler of handlers) {
      let isReported = false
      for (const { node, specifier } of imports) {
        const lost = contains(handler.function, node) ? lostIn(node, handler.function, code) : undefined
        if (!lost || (lost.by !== 'floats' && (isReported || handler.forwards()))) continue
        isReported ||= lost.by !== 'floats'
        report(context, handler, lost, specifier)
      }
    }
    return {}
  },
}

/** A function that is called with requests, and whose promise is dropped. */
interface Handler {
  readonly function: FunctionNode
  /** `Express 4` */
  readonly who: string
  /** Index of the parameter that takes errors; undefined for listeners of node:http, which have none. */
  readonly next: number | undefined
  /** It is written where it is registered. */
  readonly isInline: boolean
  /** Something else sees to what it returns. */
  readonly forwards: () => boolean
}

function handlersIn(sourceCode: SourceCode, file: LintedFile | undefined, code: ModuleCode): Handler[] {
  const handlers = [...(file ? expressHandlers(sourceCode, file) : []), ...listeners(code)]
  return handlers.filter(
    (handler, index) => handlers.findIndex((other) => other.function === handler.function) === index,
  )
}

/** Functions that the framework calls without a look at what they return: those of Express 4. */
function expressHandlers(
  sourceCode: SourceCode,
  { analysis, framework, path, project, server }: LintedFile,
): Handler[] {
  const { major } = project.framework
  // Which version it is decides, and is not known without the package.
  if (major === 0 || !framework.functions) return []
  const { text } = sourceCode
  const forwards = (): boolean =>
    FORWARDS.test(text) ||
    [...server.reload().files.keys()].some((other) => FORWARDS.test(server.modules.text(other) ?? ''))
  const scopes = sourceCode.scopeManager as unknown as ScopeManager
  return registeredFunctions(programOf(sourceCode), scopes, framework, analysis.facts(path)).flatMap(
    ({ slot: { registration }, function: found, value }) => {
      const { parameters, errorParameters = parameters, result } = registration
      const use = typeof result === 'function' ? result(major) : result
      if (use !== 'forwarded' || !found) return []
      const names = found.params.length === errorParameters.length ? errorParameters : parameters
      return [
        {
          function: found,
          who: `Express ${major}`,
          next: names.indexOf('next'),
          isInline: found === value,
          forwards,
        },
      ]
    },
  )
}

/** What gives routers that forward rejections, or makes those of Express 4 do so. */
const FORWARDS = /['"](?:express-async-errors|express-promise-router|@awaitjs\/express)['"]/

function programOf(sourceCode: SourceCode): TSESTree.Program {
  return sourceCode.ast as unknown as TSESTree.Program
}

/** The request listeners of node:http, which emits an event and drops what they return. */
function listeners(code: ModuleCode): Handler[] {
  return code.calls.flatMap((call): Handler[] => {
    const { module = '', path = '' } = code.originOf(call) ?? {}
    if (!/^https?2?$/.test(module)) return []
    const isOn = /^(?:create(?:Secure)?Server|Server)\(\)\.(?:on|once|addListener)\(\)$/.test(path)
    if (!isOn && !/^(?:create(?:Secure)?Server|Server)\(\)$/.test(path)) return []
    const [event] = call.arguments
    if (isOn && !(event?.type === 'Literal' && event.value === 'request')) return []
    const listener = call.arguments.at(-1)
    const found = listener && functionOf(listener, code)
    if (!found) return []
    return [
      { function: found, who: `node:${module}`, next: undefined, isInline: found === listener, forwards: () => false },
    ]
  })
}

interface LazyImport {
  readonly node: Node
  readonly specifier: string
}

/** Every `import('…')`, and every call of a function of the module that gives what one gives. */
function lazyImports(code: ModuleCode): LazyImport[] {
  const imports = code.imports.flatMap((node): LazyImport[] => {
    const specifier = specifierOf(node)
    return specifier === undefined ? [] : [{ node, specifier }]
  })
  const calls = code.calls.flatMap((node): LazyImport[] => {
    const loader = node.type === 'CallExpression' ? functionOf(node.callee, code) : undefined
    const found =
      loader && imports.find((other) => contains(loader, other.node) && isLoadedBy(loader, other.node, code))
    return found ? [{ node, specifier: found.specifier }] : []
  })
  return [...imports, ...calls]
}

/** Whether what the function gives rejects when the import does. */
function isLoadedBy(loader: FunctionNode, found: Node, code: ModuleCode): boolean {
  const lost = lostIn(found, loader, code)
  return lost !== undefined && lost.by !== 'floats'
}

function isOfProject(specifier: string, file: LintedFile | undefined): boolean {
  if (!file) return /^(?:\.{1,2}\/|[#~]|@\/)/.test(specifier)
  return file.server.resolver.resolve(file.path, specifier).kind !== 'external'
}

/** How the rejection of a promise leaves a function. */
interface Lost {
  /** `floats`: nothing holds the promise. `result`: the function returns it. `await`: it is the function's own then. */
  readonly by: 'floats' | 'result' | 'await'
  /** The whole expression whose rejection it is. */
  readonly promise: Node
}

/** Where the rejection of the promise `node` goes; undefined where something catches it, or that cannot be told. */
function lostIn(node: Node, handler: FunctionNode, code: ModuleCode): Lost | undefined {
  let promise = node
  for (;;) {
    const parent = code.parentOf(promise)
    switch (parent?.type) {
      case 'MemberExpression': {
        const call = code.parentOf(parent)
        if (parent.object !== promise || call?.type !== 'CallExpression' || call.callee !== parent) return undefined
        if (!/^(?:then|finally)$/.test(memberName(parent) ?? '')) return undefined
        promise = call
        continue
      }
      case 'ArrayExpression': {
        const call = code.parentOf(parent)
        if (call?.type !== 'CallExpression' || !/^Promise\.(?:all|race)\(\)$/.test(code.originOf(call)?.path ?? ''))
          return undefined
        promise = call
        continue
      }
      case 'ConditionalExpression':
      case 'LogicalExpression':
        if (parent.type === 'ConditionalExpression' ? parent.test === promise : parent.left === promise)
          return undefined
        promise = parent
        continue
      case 'ExpressionStatement':
        return { by: 'floats', promise }
      case 'UnaryExpression':
        return parent.operator === 'void' ? { by: 'floats', promise } : undefined
      case 'AwaitExpression':
        if (isCaught(parent, code)) return undefined
        break
      case 'ReturnStatement':
        break
      case 'ArrowFunctionExpression':
        if (parent.body !== promise) return undefined
        break
      default:
        if (!parent || !isTransparent(parent)) return undefined
        promise = parent
        continue
    }
    const around = functionAround(promise, code)
    if (around === handler) return { by: parent.type === 'AwaitExpression' ? 'await' : 'result', promise }
    const outer = around && callOf(around, code)
    if (!outer) return undefined
    promise = outer
  }
}

function functionAround(node: Node, code: ModuleCode): FunctionNode | undefined {
  for (let parent = code.parentOf(node); parent; parent = code.parentOf(parent)) if (isFunction(parent)) return parent
  return undefined
}

/** The call whose promise takes over what the function gives: `(async () => …)()`, `promise.then(() => …)`. */
function callOf(node: FunctionNode, code: ModuleCode): Node | undefined {
  const call = code.parentOf(node)
  if (call?.type !== 'CallExpression') return undefined
  if (call.callee === node) return call
  const isThen = call.callee.type === 'MemberExpression' && /^(?:then|finally)$/.test(memberName(call.callee) ?? '')
  return isThen ? call : undefined
}

/** Whether a `try` around it, in the same function, takes the error and keeps it. */
function isCaught(node: Node, code: ModuleCode): boolean {
  for (let child = node, parent = code.parentOf(node); parent && !isFunction(parent); parent = code.parentOf(parent)) {
    if (parent.type === 'TryStatement' && parent.block === child && parent.handler) {
      if (parent.handler.body.body.at(-1)?.type !== 'ThrowStatement') return true
    }
    child = parent
  }
  return false
}

function report(context: Rule.RuleContext, handler: Handler, lost: Lost, specifier: string): void {
  const { sourceCode } = context
  const { who, next } = handler
  const { range } = lost.promise
  const parameter = next === undefined ? undefined : (parameterAt(handler, next) ?? 'next')
  const data = { specifier, who, next: parameter ?? '' }
  const repair = next === undefined ? undefined : forwardOf(handler, lost, sourceCode)
  const caught = next === undefined ? catchOf(handler, sourceCode) : undefined
  context.report({
    loc: { start: sourceCode.getLocFromIndex(range[0]), end: sourceCode.getLocFromIndex(range[1]) },
    messageId: next === undefined ? 'answer' : 'next',
    data,
    ...(repair?.isSafe ? { fix: repair.fix } : {}),
    ...(repair && !repair.isSafe ? { suggest: [{ messageId: 'forward', data, fix: repair.fix }] } : {}),
    ...(caught ? { suggest: [{ messageId: 'catch', fix: caught }] } : {}),
  })
}

interface Repair {
  readonly fix: Rule.ReportFixer
  /** Requests that succeed are answered as before, and the types of other parameters stay. */
  readonly isSafe: boolean
}

function parameterAt({ function: { params } }: Handler, index: number): string | undefined {
  const parameter = params[index]
  return parameter?.type === 'Identifier' ? parameter.name : undefined
}

/** Has the rejection handed to `next`, which becomes a parameter where it is none. */
function forwardOf(handler: Handler, lost: Lost, sourceCode: SourceCode): Repair | undefined {
  const { function: node, next = 0, isInline } = handler
  const { text } = sourceCode
  const declared = parameterAt(handler, next)
  const last = node.params.at(-1)
  const isAdded = declared === undefined
  // Without parentheses around the parameters there is one, and `next` is never the second.
  if (isAdded && (node.params.length !== next || !last || /\bnext\b/.test(text.slice(...node.range)))) return undefined
  if (node.params.some(({ type }) => type === 'RestElement' || type === 'AssignmentPattern')) return undefined
  const name = declared ?? 'next'
  const isTyped = node.params.some((parameter) => 'typeAnnotation' in parameter && parameter.typeAnnotation)
  const isSafe = !isAdded || (isInline && !isTyped)
  const add = (fixer: Rule.RuleFixer): Rule.Fix[] =>
    isAdded && last ? [fixer.insertTextAfterRange([...last.range], `, ${name}`)] : []
  if (lost.by === 'await') {
    const block = blockOf(node, sourceCode)
    if (!block) return isLastStatement(lost.promise, node) ? appended() : undefined
    return {
      isSafe,
      fix: (fixer) => [
        fixer.removeRange(block.async),
        ...add(fixer),
        fixer.replaceTextRange([...node.body.range], block.text(name)),
      ],
    }
  }
  return appended()

  function appended(): Repair | undefined {
    const { promise } = lost
    const isOwn = moduleCode(programOf(sourceCode)).ownerOf(promise) === node
    if (promise.type !== 'CallExpression' && promise.type !== 'ImportExpression') return undefined
    if (!isOwn) return undefined
    return {
      isSafe,
      fix: (fixer) => [...add(fixer), fixer.insertTextAfterRange([...promise.range], `.catch(${name})`)],
    }
  }
}

/** Whether nothing of the handler runs after the statement that awaits the promise, which gives nothing to anyone. */
function isLastStatement(promise: Node, { body }: FunctionNode): boolean {
  const last = body.type === 'BlockStatement' ? body.body.at(-1) : undefined
  return (
    last?.type === 'ExpressionStatement' &&
    last.expression.type === 'AwaitExpression' &&
    last.expression.argument === promise
  )
}

/**
 * `async (req, res) => (await users()).list(req, res)` as a block that awaits nothing: how to write it, and where
 * `async` stands. Undefined for a handler of another shape.
 */
function blockOf(
  node: FunctionNode,
  sourceCode: SourceCode,
): { readonly async: [number, number]; readonly text: (next: string) => string } | undefined {
  const { text } = sourceCode
  if (node.type !== 'ArrowFunctionExpression' || node.returnType || node.typeParameters) return undefined
  const call = onlyCallOf(node)
  const [start] = node.range
  const [async = ''] = /^async\s*(?=\()/.exec(text.slice(start)) ?? []
  if (!call || async === '' || sourceCode.getCommentsInside(node as never).length > 0) return undefined
  // An expression in parentheses would leave them around the block.
  if (node.body.range[1] !== node.range[1]) return undefined
  const awaited = awaitedIn(call)
  const rest = awaited && /^\s*\)([^]*)$/.exec(text.slice(awaited.range[1], call.range[1]))?.[1]
  if (!awaited || rest === undefined || /\bawait\b/.test(rest)) return undefined
  const name = ['m', 'loaded', 'module'].find((free) => !new RegExp(`\\b${free}\\b`).test(rest))
  if (name === undefined) return undefined
  const load = text.slice(...awaited.argument.range)
  return {
    async: [start, start + async.length],
    text: (next) => `{ ${load}.then((${name}) => ${name}${rest}).catch(${next}) }`,
  }
}

/** The call that the handler consists of. */
function onlyCallOf({ body }: FunctionNode): TSESTree.CallExpression | undefined {
  const [only, more] = body.type === 'BlockStatement' ? body.body : [body]
  if (!only || more) return undefined
  const value =
    only.type === 'ReturnStatement' ? only.argument : only.type === 'ExpressionStatement' ? only.expression : only
  const call = value?.type === 'AwaitExpression' ? value.argument : value
  return call?.type === 'CallExpression' ? call : undefined
}

/** The `await` that the callee starts with: `(await users()).list(…)`. */
function awaitedIn({ callee }: TSESTree.CallExpression): TSESTree.AwaitExpression | undefined {
  let node: Node = callee
  while (node.type === 'MemberExpression') node = node.object
  return node.type === 'AwaitExpression' ? node : undefined
}

/** The same in `try`, with an answer where there is none yet. */
function catchOf({ function: node }: Handler, sourceCode: SourceCode): Rule.ReportFixer | undefined {
  const { text } = sourceCode
  const call = onlyCallOf(node)
  const response = node.params[1]
  if (!node.async || !call || response?.type !== 'Identifier' || node.body.range[1] !== node.range[1]) return undefined
  if (sourceCode.getCommentsInside(node.body as never).length > 0 || !awaitedIn(call)) return undefined
  const { indent, lineBreak, semicolon, unit } = styleAt(text, node.range[0], programOf(sourceCode))
  const { name } = response
  const error = /\berr\b/.test(text.slice(...call.range)) ? 'error' : 'err'
  const lines = [
    '{',
    `${indent}${unit}try { await ${text.slice(...call.range)}${semicolon} }`,
    `${indent}${unit}catch (${error}) { console.error(${error}); if (!${name}.headersSent) ${name}.statusCode = 500; ${name}.end()${semicolon} }`,
    `${indent}}`,
  ]
  return (fixer) => fixer.replaceTextRange([...node.body.range], lines.join(lineBreak))
}

function contains({ range: [start, end] }: Node, { range }: Node): boolean {
  return start <= range[0] && range[1] <= end
}

export default rule
