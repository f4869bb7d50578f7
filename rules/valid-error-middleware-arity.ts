import type { Rule, SourceCode } from 'eslint'
import type { ScopeManager } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { express } from '../src/frameworks/express.ts'
import type { FunctionFacts, Value } from '../src/graph/exports.ts'
import {
  bare,
  isFunction,
  memberName,
  moduleCode,
  specifierOf,
  type FunctionNode,
  type ModuleCode,
  type Node,
} from '../src/graph/module-code.ts'
import type { FileFacts } from '../src/lazy/facts.ts'
import { docsUrl } from '../src/lazy/lint.ts'
import { projectOf } from '../src/lazy/linted-project.ts'
import { functionOf, registeredFunctions } from '../src/lazy/registered.ts'

const rule: Rule.RuleModule = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Enforce that error middleware of Express has the four parameters that make it one',
      recommended: true,
      url: docsUrl('valid-error-middleware-arity'),
    },
    hasSuggestions: true,
    languages: ['js/js'],
    schema: [],
    messages: {
      normal:
        'Express takes a function for error middleware if its `length` is 4. That of {{name}} is {{length}}{{why}}, so it runs for requests, as normal middleware, and never for errors.',
      never:
        'Express takes a function for error middleware if its `length` is 4. That of {{name}} is {{length}}, so it never runs.',
      errorsOnly:
        'Express calls a function with four parameters for errors only, and {{name}}, which it calls, takes three: it never runs for a request. Declare `(req, res, next)`.',
      add: 'Add the fourth parameter.',
      drop: 'Drop the default.',
    },
  },
  create(context) {
    const { sourceCode } = context
    const { text } = sourceCode
    if (!/err/i.test(text) || !/\.\s*(?:use|all|get|post|put|patch|delete)\s*[(<]/.test(text)) return {}
    const program = sourceCode.ast as unknown as TSESTree.Program
    const file = projectOf(context.physicalFilename, program)
    if (file && !file.server.isInServer(file.path)) return {}
    if (file?.framework.name !== 'express' && !/\bexpress\b/.test(text)) return {}
    const facts = file?.analysis.facts(file.path) ?? NOTHING
    const scopes = sourceCode.scopeManager as unknown as ScopeManager
    const code = moduleCode(program)
    for (const { value, slot } of registeredFunctions(program, scopes, express, facts)) {
      if (!slot.registration.errorParameters) continue
      const found = problemOf(value, code, facts.module)
      if (!found) continue
      context.report({
        loc: { start: sourceCode.getLocFromIndex(value.range[0]), end: sourceCode.getLocFromIndex(value.range[1]) },
        messageId: found.messageId,
        data: found.data,
        suggest: found.node ? suggestionsFor(found.node, sourceCode) : [],
      })
    }
    return {}
  },
}

/** What is known of other modules outside of a project. */
const NOTHING: Pick<FileFacts, 'module' | 'isRegisteredElsewhere'> = {
  isRegisteredElsewhere: () => false,
  module: () => ({
    kind: 'missing',
    path: '',
    boundary: false,
    role: undefined,
    commonjs: false,
    exported: () => {
      throw new Error('Only modules of a project have exports that are known.')
    },
    origin: () => undefined,
    exportNames: () => ({ names: [], complete: false }),
  }),
}

/** What the modules are that a module names. */
type ModuleOf = FileFacts['module']

interface Problem {
  readonly messageId: 'normal' | 'never' | 'errorsOnly'
  readonly data: Record<string, string>
  /** The function whose parameters are all that is wrong. */
  readonly node?: FunctionNode | undefined
}

/** What Express sees of a function, and what its author says of it. */
interface Middleware {
  /** For people: `` `errorHandler` ``. */
  readonly name: string
  /** At run time. */
  readonly length: number
  readonly parameters: readonly (string | undefined)[]
  readonly hasRest: boolean
  readonly hasDefault: boolean
  /** `sure`: its type, or the function that it stands around, is for errors. `name`: its name says so. */
  readonly forErrors: 'sure' | 'name' | undefined
  /** It is what a call gives, for a function that the call takes. */
  readonly isWrapper: boolean
  readonly node: FunctionNode | undefined
  /** The function that the call takes. */
  readonly inner?: Middleware | undefined
}

const ERROR = /^_*(?:err|error|ex|exception)$/i
const REQUEST = /^_*(?:req|request|ctx|context|c)$/i
const ERROR_NAME =
  /err(?:or)?s?(?:handler|handling|middleware|converter|logger|responder)$|^handle\w*err(?:or)?s?$|^on\w*error$/i

function problemOf(value: Node, code: ModuleCode, moduleOf: ModuleOf): Problem | undefined {
  const middleware = middlewareOf(value, code, moduleOf)
  if (!middleware) return undefined
  const { name, length, isWrapper, node, inner } = middleware
  const called = node ? forwardedBy(node, code, moduleOf) : inner
  if (length === 4) {
    const isForRequests = called?.length === 3 && REQUEST.test(called.parameters[0] ?? '')
    return isForRequests ? { messageId: 'errorsOnly', data: { name: called.name } } : undefined
  }
  if (saysErrors(middleware)) {
    const data = { name, length: String(length), why: whyOf(middleware) }
    return { messageId: length > 4 ? 'never' : 'normal', data, node: isWrapper ? undefined : node }
  }
  if (called?.length !== 4 || length !== 3 || !saysErrors(called)) return undefined
  return { messageId: 'normal', data: { name: `the function around ${called.name}`, length: '3', why: '' } }
}

/** Whether it is for errors, by what is sure, by its parameters, or by its name where they do not say that it is for requests. */
function saysErrors({ parameters: [first], length, hasRest, hasDefault, forErrors }: Middleware): boolean {
  if (forErrors === 'sure' || (first !== undefined && ERROR.test(first))) return true
  if (forErrors === undefined || (first !== undefined && REQUEST.test(first))) return false
  // Without any parameter it may be for anything.
  return length > 0 || hasRest || hasDefault
}

function whyOf({ isWrapper, hasRest, hasDefault }: Middleware): string {
  if (isWrapper) return ', for that of the function around it counts'
  if (hasRest) return ', for a rest parameter does not count'
  return hasDefault ? ', for a parameter with a default does not count' : ''
}

function middlewareOf(expression: Node, code: ModuleCode, moduleOf: ModuleOf): Middleware | undefined {
  const value = bare(expression)
  switch (value.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return ofNode(value, value.id?.name)
    case 'Identifier': {
      const node = functionOf(value, code)
      const binding = code.bindingOf(value)
      const declarator = binding?.kind === 'variable' ? binding.declarator : undefined
      if (node) return ofNode(node, value.name, declarator?.id)
      if (declarator?.id.type !== 'Identifier') return ofLoaded(loadedBy(value, code), value.name, moduleOf)
      const { id, init } = declarator
      return init?.type === 'CallExpression' ? ofCall(init, code, moduleOf, id) : undefined
    }
    case 'MemberExpression':
      return ofLoaded(loadedBy(value, code), memberName(value) ?? '', moduleOf)
    case 'CallExpression':
      return ofCall(value, code, moduleOf)
    default:
      return undefined
  }
}

/** @param id what declares the function, with its type. */
function ofNode(node: FunctionNode, name: string | undefined, id?: Node): Middleware {
  const first = node.params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement')
  const annotation = id?.type === 'Identifier' ? id.typeAnnotation?.typeAnnotation : undefined
  return {
    name: name === undefined ? 'this function' : `\`${name}\``,
    length: first === -1 ? node.params.length : first,
    parameters: node.params.map((parameter) => {
      const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter
      return target.type === 'Identifier' ? target.name : undefined
    }),
    hasRest: node.params.at(-1)?.type === 'RestElement',
    hasDefault: node.params.some(({ type }) => type === 'AssignmentPattern'),
    forErrors: isErrorType(annotation) ? 'sure' : byName(name),
    isWrapper: false,
    node,
  }
}

function byName(name: string | undefined): 'name' | undefined {
  return name !== undefined && ERROR_NAME.test(name) ? 'name' : undefined
}

function isErrorType(type: TSESTree.TypeNode | undefined): boolean {
  if (type?.type !== 'TSTypeReference') return false
  const { typeName } = type
  const last = typeName.type === 'TSQualifiedName' ? typeName.right : typeName
  return last.type === 'Identifier' && last.name === 'ErrorRequestHandler'
}

/** What another module of the project exports. */
function ofLoaded(found: Loaded | undefined, name: string, moduleOf: ModuleOf): Middleware | undefined {
  const target = found && exportOf(found, moduleOf)
  if (target?.kind === 'function' && target.function) return ofFacts(target.function, name, target.annotation)
  if (target?.kind !== 'call') return undefined
  const made = 'result' in target ? (target.result as Value | undefined)?.function : undefined
  const around = made ? ofFacts(made, name, target.annotation) : ofPackage(target.callee?.imported?.specifier, name)
  const inner = target.function && ofFacts(target.function, name, undefined)
  return (
    around && {
      ...around,
      isWrapper: true,
      forErrors: inner && saysErrors(inner) ? 'sure' : around.forErrors,
    }
  )
}

function ofFacts(facts: FunctionFacts, name: string, annotation: string | undefined): Middleware {
  const { length, parameterNames, hasRest, hasDefault } = facts
  return {
    name: `\`${name}\``,
    length,
    parameters: parameterNames,
    hasRest,
    hasDefault,
    forErrors: /(?:^|\.)ErrorRequestHandler$/.test(annotation ?? '') ? 'sure' : byName(name),
    isWrapper: false,
    node: undefined,
  }
}

/** `asyncHandler(fn)` of express-async-handler 1.2 is `(...args) => …`. */
function ofPackage(specifier: string | undefined, name: string): Middleware | undefined {
  if (specifier !== 'express-async-handler') return undefined
  return {
    name: `\`${name}\``,
    length: 0,
    parameters: [],
    hasRest: true,
    hasDefault: false,
    forErrors: byName(name),
    isWrapper: true,
    node: undefined,
  }
}

/**
 * What `lazy(…)` gives: its own parameters count, not those of the function that it is for.
 *
 * @param id what declares the result, with its type.
 */
function ofCall(
  call: TSESTree.CallExpression,
  code: ModuleCode,
  moduleOf: ModuleOf,
  id?: TSESTree.Identifier,
): Middleware | undefined {
  const callee = bare(call.callee)
  const made = callee.type === 'Identifier' ? madeBy(callee, code, moduleOf) : undefined
  if (!made || callee.type !== 'Identifier') return undefined
  const name = `\`${id?.name ?? `${callee.name}(…)`}\``
  const [argument] = call.arguments
  const { inner, innerName } = argument ? innerOf(argument, code, moduleOf) : {}
  const isAround = inner ? inner.length === 4 || saysErrors(inner) : byName(innerName) !== undefined
  const isSure = isAround || isErrorType(id?.typeAnnotation?.typeAnnotation)
  return { ...made, name, forErrors: isSure ? 'sure' : byName(id?.name), isWrapper: isAround, node: undefined, inner }
}

/** The function that a call of `callee` gives. */
function madeBy(callee: TSESTree.Identifier, code: ModuleCode, moduleOf: ModuleOf): Middleware | undefined {
  const factory = functionOf(callee, code)
  if (factory) {
    const given = givenBy(factory)
    return given && isFunction(given) ? ofNode(given, undefined) : undefined
  }
  const found = loadedBy(callee, code)
  if (!found) return undefined
  const made = exportOf(found, moduleOf)?.function?.returned
  return made?.function ? ofFacts(made.function, '', undefined) : ofPackage(found.specifier, '')
}

interface Inner {
  readonly inner?: Middleware | undefined
  readonly innerName?: string | undefined
}

/** The function that a wrapper is for: its argument, or what that loads: `async () => (await errors()).errorHandler`. */
function innerOf(argument: Node, code: ModuleCode, moduleOf: ModuleOf): Inner {
  const value = bare(argument)
  const given = isFunction(value) ? givenBy(value) : undefined
  const loaded = given && loadedBy(given, code)
  const innerName = loaded?.path.at(-1)
  const inner = loaded ? ofLoaded(loaded, innerName ?? '', moduleOf) : middlewareOf(value, code, moduleOf)
  return { inner, innerName }
}

/** The one expression that a function gives. */
function givenBy({ body }: FunctionNode): Node | undefined {
  if (body.type !== 'BlockStatement') return bare(body)
  const [only, more] = body.body
  return only?.type === 'ReturnStatement' && only.argument && !more ? bare(only.argument) : undefined
}

/** A value of another module: `['errors', 'errorHandler']` of `./errors.js`. */
interface Loaded {
  readonly specifier: string
  readonly path: readonly string[]
}

/** Where a value comes from, by a static import or a lazy one. */
function loadedBy(expression: Node, code: ModuleCode): Loaded | undefined {
  const value = bare(expression)
  switch (value.type) {
    case 'Identifier': {
      const binding = code.bindingOf(value)
      if (binding?.kind === 'import')
        return { specifier: binding.source, path: binding.imported === '*' ? [] : [binding.imported] }
      return binding?.kind === 'other' ? thenParameter(value, binding.scope, code) : undefined
    }
    case 'MemberExpression': {
      const name = memberName(value)
      const from = loadedBy(value.object, code)
      return from && name !== undefined ? { ...from, path: [...from.path, name] } : undefined
    }
    case 'ImportExpression': {
      const specifier = specifierOf(value)
      return specifier === undefined ? undefined : { specifier, path: [] }
    }
    case 'CallExpression': {
      // errors().then((m) => m.errorHandler)
      const [taken] = value.arguments
      const isThen = value.callee.type === 'MemberExpression' && memberName(value.callee) === 'then'
      const loader = isThen ? taken && functionOf(taken, code) : functionOf(value.callee, code)
      const given = loader && givenBy(loader)
      return given && (isThen || loader.params.length === 0) ? loadedBy(given, code) : undefined
    }
    default:
      return undefined
  }
}

/** `m` in `errors().then((m) => …)`. */
function thenParameter({ name }: TSESTree.Identifier, scope: Node, code: ModuleCode): Loaded | undefined {
  const call = code.parentOf(scope)
  if (!isFunction(scope) || call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return undefined
  const [first] = scope.params
  if (memberName(call.callee) !== 'then' || first?.type !== 'Identifier' || first.name !== name) return undefined
  return loadedBy(call.callee.object, code)
}

function exportOf({ specifier, path: [name, member, more] }: Loaded, moduleOf: ModuleOf): Value | undefined {
  const module = moduleOf(specifier)
  if (module.kind !== 'project' || name === undefined || more !== undefined) return undefined
  const found = module.exported(name)
  return member === undefined ? found : found.member(member)
}

/** The function that this one calls with its own parameters, in their order. */
function forwardedBy({ params, body }: FunctionNode, code: ModuleCode, moduleOf: ModuleOf): Middleware | undefined {
  const names = params.map((parameter) => (parameter.type === 'Identifier' ? parameter.name : undefined))
  const call = code.calls.find(
    ({ type, range, arguments: passed }) =>
      type === 'CallExpression' &&
      body.range[0] <= range[0] &&
      range[1] <= body.range[1] &&
      passed.length === names.length &&
      passed.every((argument, index) => argument.type === 'Identifier' && argument.name === names[index]),
  )
  return call && names.length > 0 ? middlewareOf(call.callee, code, moduleOf) : undefined
}

function suggestionsFor({ params, body }: FunctionNode, { text }: SourceCode): Rule.SuggestionReportDescriptor[] {
  const last = params.at(-1)
  if (!last || params.slice(0, 3).some(({ type }) => type !== 'Identifier')) return []
  if (params.length === 3) {
    const name = /\bnext\b/.test(text.slice(...body.range)) ? 'next' : '_next'
    return [{ messageId: 'add', fix: (fixer) => fixer.insertTextAfterRange([...last.range], `, ${name}`) }]
  }
  if (params.length !== 4 || last.type !== 'AssignmentPattern') return []
  return [{ messageId: 'drop', fix: (fixer) => fixer.removeRange([last.left.range[1], last.range[1]]) }]
}

export default rule
