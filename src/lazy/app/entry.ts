import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import type { Value } from '../../graph/exports.ts'
import { MAKERS } from './factory.ts'
import { namesIn } from '../calls/names.ts'
import type { Candidate } from '../candidate.ts'
import type { ExportFacts } from '../facts.ts'
import { LEVELS, isLogger } from './loggers.ts'
import { planPerRequest, styleAt, type Demotion, type PerRequestInput, type UseOf } from '../per-request.ts'
import type { PlanInput } from '../plan.ts'
import { makerOf } from '../receivers.ts'
import type { Slots } from '../registrations.ts'
import { bare, importOf, importedName, memberName, resolveIdentifiers, type Node } from '../syntax.ts'
import { fulfilled, onFulfilled } from './promised.ts'
import { WAITING, waitingStart, type WaitingStart } from './waiting-start.ts'

/**
 * Plans the application level of one module: where it starts the server with an application of another module, the
 * server stays, and each request imports the application.
 *
 * Pure, as `plan` is.
 *
 * @returns one candidate for each import of an application, in source order.
 */
export function planApp(input: PerRequestInput, slots: Slots): Candidate[] {
  const names = namesIn(input.scopes, NAMES_INSIDE)
  const { choose = (candidate) => candidate } = input
  const candidates: Candidate[] = []
  for (const statement of input.program.body) {
    if (statement.type !== 'ImportDeclaration') continue
    const importsServer = candidates.some(
      ({ verdict, edits }) => verdict === 'fix' && edits.some(({ text }) => text.includes(CREATE_SERVER)),
    )
    const waits = candidates.some(({ edits }) => edits.some(({ text }) => text.includes(WAITING)))
    const wait = (): WaitingStart | undefined => (waits || input.project.isImported() ? undefined : waitingStart(input))
    const useOf = useOfApplication(input, statement, importsServer)
    const candidate = planPerRequest(input, statement, slots, names, useOf, wait)
    if (candidate) candidates.push(choose(candidate))
  }
  return candidates
}

/** What the functions declare that take an application's place. */
const NAMES_INSIDE = new Set(['req', 'res', 'env', 'err', 'current'])

type Use = ReturnType<UseOf>

/** What starts a server: `listen` of the application itself, or a function that takes it. */
function useOfApplication(
  input: PerRequestInput,
  declaration: TSESTree.ImportDeclaration,
  importsServer: boolean,
): UseOf {
  const variableOf = resolveIdentifiers(input.scopes)
  const server = serverFactory(input, declaration.source.raw[0] ?? "'", importsServer)

  const useOf = (node: Node, imported: ExportFacts, isPromise = false): Use => {
    const { parent } = node
    if (isLogger(imported) && isLogCall(node)) return { kind: 'current' }
    if (parent?.type === 'CallExpression') {
      if (parent.arguments.at(-1) === node && isServerFactory(parent.callee, variableOf))
        return asListener(input, node, imported)
      if (parent.arguments[0] === node && isServe(parent.callee, variableOf, SERVE))
        return inFetch(node, (fetch) => `{ fetch: ${fetch} }`, imported)
      if (parent.callee !== node) return other(node)
      const made = imported.function?.returned && kindOf(imported.function.returned)
      return made && startsServerWith(parent, variableOf) ? start('app-factory', `${nameOf(node)}()`) : other(node)
    }
    if (parent?.type !== 'MemberExpression' || parent.object !== node) return other(node)
    const member = memberName(parent)
    const call = parent.parent
    if (member === 'listen' && call.type === 'CallExpression' && call.callee === parent)
      return onListen(input, node, call, imported, server, variableOf, isPromise)
    if (FASTIFY_AT_BOOT.has(member ?? '') && kindOf(imported, input.project.makerOf(imported)) === 'fastify')
      return { kind: 'kept' }
    if (member === 'callback' && call.type === 'CallExpression' && call.callee === parent)
      return ofKoa(input, call, imported, variableOf)
    if (member === 'fetch' && isFetchOption(parent, variableOf)) return inFetch(parent, (fetch) => fetch, imported)
    const then = isPromise || input.project.isImported() ? undefined : fulfilled(node, variableOf)
    const use = then && onFulfilled(input, node, then, (one) => useOf(one, imported, true))
    return use ?? other(node)
  }
  return (node, imported) => useOf(node, imported)
}

/** Whether the server is started with the result of a call: there, or by the constant that it is. */
function startsServerWith(call: TSESTree.CallExpression, variableOf: (node: Node) => Variable | undefined): boolean {
  const { parent } = call
  const places: Node[] =
    parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier'
      ? (variableOf(parent.id)?.references ?? []).map(({ identifier }) => identifier)
      : [parent.type === 'AwaitExpression' ? parent : call]
  return places.some(({ parent: around, ...node }) => {
    if (around?.type === 'MemberExpression') return /^(?:listen|callback|fetch)$/.test(memberName(around) ?? '')
    if (around?.type !== 'CallExpression' || !around.arguments.some(({ range }) => range === node.range)) return false
    return isServerFactory(around.callee, variableOf) || isServe(around.callee, variableOf, SERVE)
  })
}

/** Whether the server is started with an application where `node`, a reference to it, stands. */
export function isServed(node: Node, variableOf: (node: Node) => Variable | undefined): boolean {
  const { parent } = node
  if (fulfilled(node, variableOf)?.uses.some((use) => isServed(use, variableOf)) === true) return true
  if (parent?.type === 'CallExpression') {
    if (!parent.arguments.includes(node as TSESTree.CallExpressionArgument)) return false
    return isServerFactory(parent.callee, variableOf) || isServe(parent.callee, variableOf, SERVE)
  }
  if (parent?.type !== 'MemberExpression' || parent.object !== node) return false
  const member = memberName(parent)
  if (member === 'fetch') return isFetchOption(parent, variableOf)
  const call = parent.parent
  if (call.type !== 'CallExpression' || call.callee !== parent) return false
  if (member === 'listen') return true
  const factory = call.parent
  return (
    member === 'callback' &&
    factory.type === 'CallExpression' &&
    factory.arguments.at(-1) === call &&
    isServerFactory(factory.callee, variableOf)
  )
}

/** `createServer(app)` */
function asListener(input: PerRequestInput, node: Node, imported: ExportFacts): Use {
  if (NO_LISTENER.test(imported.kind)) return other(node)
  const kind = kindOf(imported, input.project.makerOf(imported))
  if (kind === 'koa' || kind === 'hono' || kind === 'fastify') return other(node)
  const listener = imported.function
  if (imported.kind === 'function' && listener) {
    const { usesThis, usesArguments, generator } = listener
    if (usesThis) return start('uses-this', nameOf(node))
    if (usesArguments || generator) return start('uses-arguments', nameOf(node))
    const passed = ['req', 'res'].slice(0, listener.hasRest ? 2 : listener.parameters).join(', ')
    return request(input, node, (member, module) => `await ${module}${member}(${passed})`)
  }
  return request(
    input,
    node,
    (member, module) => `${module}${member}(req, res)`,
    kind === 'express' ? undefined : unknown(nameOf(node)),
  )
}

/** Kinds that are no request listener; a call may return one. */
const NO_LISTENER = /^(?:class|lazy|array|object|literal|namespace)$/

/** `app.listen(…)`, which makes a server of node:http and listens on that (express 4.22 and 5.3, koa 3.3, `application.js`). */
function onListen(
  input: PerRequestInput,
  node: Node,
  { arguments: passed }: TSESTree.CallExpression,
  imported: ExportFacts,
  server: ServerFactory,
  variableOf: (node: Node) => Variable | undefined,
  isPromise: boolean,
): Use {
  const kind = kindOf(imported, input.project.makerOf(imported))
  if (kind === 'fastify') return ofFastify(input, node, passed, imported, isPromise)
  if (kind === 'hono') return other(node)
  if (kind === 'koa') {
    return request(input, node, (member, module) => `await ${module}${member}.callback()(req, res)`, undefined, server)
  }
  if (input.framework.name !== 'express') return other(node)
  // Express 5 calls the callback with the error when the server cannot listen.
  const isFive = input.facts.major >= 5 || input.facts.major === 0
  if (isFive && passed.some((argument, index) => mayTakeError(argument, index, input, variableOf)))
    return start('listen-error', nameOf(node))
  const doubt = kind === 'express' ? undefined : unknown(nameOf(node))
  return request(input, node, (member, module) => `${module}${member}(req, res)`, doubt, server)
}

/** Whether an argument of `listen` may be a function that looks at its first parameter. */
function mayTakeError(
  argument: Node,
  index: number,
  input: PerRequestInput,
  variableOf: (node: Node) => Variable | undefined,
): boolean {
  const node = bare(argument)
  switch (node.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return node.params.length > 0
    case 'SpreadElement':
      return true
    case 'MemberExpression':
      return index > 0 && !/host|address|backlog/i.test(memberName(node) ?? '')
    case 'Identifier': {
      const [definition] = variableOf(node)?.defs ?? []
      if (definition?.type === 'FunctionName') return mayTakeError(definition.node, index, input, variableOf)
      if (definition?.type === 'Variable')
        return definition.node.init != null && mayTakeError(definition.node.init, index, input, variableOf)
      if (definition?.type !== 'ImportBinding' || definition.node.type === 'TSImportEqualsDeclaration') return index > 0
      const { source } = definition.parent as TSESTree.ImportDeclaration
      const { kind, function: found } = input.facts.module(source.value).exported(importedName(definition.node))
      return kind === 'function' ? found?.parameters !== 0 : kind === 'unknown' && index > 0
    }
    case 'CallExpression':
      return index > 0 && /bind$/.test(nameOf(node.callee))
    default:
      return false
  }
}

/** What an entry may ask of the application that listens, now and later: it holds for the whole process. */
const FASTIFY_AT_BOOT = new Set([
  'addresses',
  'close',
  'config',
  'initialConfig',
  'listeningOrigin',
  'log',
  'printPlugins',
  'printRoutes',
  'ready',
  'version',
])

/** Whether `node`, a reference to an application of Fastify, asks for what holds for the whole process. */
export function isKeptByFastify(node: Node): boolean {
  const { parent } = node
  return parent?.type === 'MemberExpression' && parent.object === node && FASTIFY_AT_BOOT.has(memberName(parent) ?? '')
}

/**
 * `app.listen(…)` of Fastify, which stays: the server has the options, hooks and handlers of the application that is made
 * at boot. Its one listener of `request` is `app.routing` (fastify 4 and 5, `fastify.js` and `lib/server.js`), in whose
 * place comes one that asks for the newest application.
 *
 * Where it listens on `localhost`, Fastify makes servers for its other addresses, with the same listener, which nothing
 * else has a hold of. Node tells of each request before its server emits it (20, 22 and 24, `_http_server.js`), not so
 * for HTTP/2.
 */
function ofFastify(
  input: PerRequestInput,
  node: Node,
  passed: readonly TSESTree.CallExpressionArgument[],
  imported: ExportFacts,
  isPromise: boolean,
): Use {
  const name = nameOf(node)
  const host = hostOf(passed)
  const isOne = host !== undefined && host !== 'localhost'
  const demotion = input.project.ofInstance(imported.path, isOne)
  if (demotion?.verdict === 'leave') return { kind: 'start', demotion }
  const { lineBreak, unit, semicolon } = styleAt(input.text, 0, input.program)
  const quote = input.program.body.find(({ type }) => type === 'ImportDeclaration')
  const mark = quote?.type === 'ImportDeclaration' ? (quote.source.raw[0] ?? "'") : "'"
  const request = `${mark}request${mark}`
  const handler = (load: string, member: string): string[] => [
    `.removeAllListeners(${request}).on(${request}, async (req, res) => {`,
    `${unit}try { const current = ${isPromise ? 'await ' : ''}(await ${load})${member}; await current.ready(); current.routing(req, res)${semicolon} }`,
    `${unit}catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end()${semicolon} }`,
    '})',
  ]
  const doubt = demotion ?? (imported.mutable ? unknown(name) : undefined)
  if (isOne) {
    return {
      kind: 'listen',
      doubt,
      text: (load, member, kept) => `${kept}.server${handler(load, member).join(lineBreak)}`,
    }
  }
  const isFree = !input.scopes.scopes.some(({ set }) => set.has('subscribe'))
  const subscribe = isFree ? 'subscribe' : 'subscribeToChannel'
  const imports = isFree ? 'subscribe' : `subscribe as ${subscribe}`
  return {
    kind: 'listen',
    doubt,
    needs: [`import { ${imports} } from ${mark}node:diagnostics_channel${mark}`],
    text: (load, member, kept) => {
      const [message = '', server = ''] = ['message', 'httpServer'].map((own) => (own === kept ? `${own}_` : own))
      const typed = input.facts.typescript ? `(${message} as { server: typeof ${kept}.server })` : message
      const [first = '', ...rest] = handler(load, member)
      return [
        `${subscribe}(${mark}http.server.request.start${mark}, (${message}) => {`,
        `${unit}const ${server} = ${typed}.server${semicolon}`,
        `${unit}if (!${server}.listeners(${request}).includes(${kept}.routing)) return${semicolon}`,
        ...[server + first, ...rest.slice(0, -1), `})${semicolon}`].map((line) => unit + line),
        '})',
      ].join(lineBreak)
    },
  }
}

/** What `listen` of Fastify listens on: the default is `localhost`. Undefined where the text does not tell. */
function hostOf([options]: readonly TSESTree.CallExpressionArgument[]): string | undefined {
  if (!options) return 'localhost'
  if (options.type !== 'ObjectExpression') return undefined
  const found = new Map<string, Node>()
  for (const property of options.properties) {
    if (property.type !== 'Property' || property.computed) return undefined
    found.set(property.key.type === 'Literal' ? String(property.key.value) : nameOf(property.key), property.value)
  }
  const host = found.get('host')
  if (!host) return found.has('path') ? 'path' : 'localhost'
  return host.type === 'Literal' && typeof host.value === 'string' ? host.value : undefined
}

/** `createServer(app.callback())` */
function ofKoa(
  input: PerRequestInput,
  call: TSESTree.CallExpression,
  imported: ExportFacts,
  variableOf: (node: Node) => Variable | undefined,
): Use {
  const { parent } = call
  const isListener =
    parent.type === 'CallExpression' && parent.arguments.at(-1) === call && isServerFactory(parent.callee, variableOf)
  if (!isListener || call.arguments.length > 0) return other(call.callee)
  const doubt = kindOf(imported, input.project.makerOf(imported)) === 'koa' ? undefined : unknown(nameOf(call.callee))
  return request(input, call, (member, module) => `await ${module}${member}.callback()(req, res)`, doubt)
}

/** A rejection is answered by the adapter (@hono/node-server 2.1, `handleFetchError`). */
function inFetch(node: Node, around: (fetch: string) => string, imported: ExportFacts): Use {
  const doubt = imported.mutable || imported.kind === 'function' ? unknown(nameOf(node)) : undefined
  return {
    kind: 'request',
    node,
    doubt,
    text: (member, module) => around(`async (req, env) => ${module}${member}.fetch(req, env)`),
  }
}

/** A listener whose rejections stay with the request: node drops the promise, and the process would end with it. */
function request(
  { text, program }: PerRequestInput,
  node: Node,
  call: (member: string, module: string) => string,
  doubt?: Demotion,
  server?: ServerFactory,
): Use {
  const { lineBreak, indent, unit, semicolon } = styleAt(text, node.range[0], program)
  const lines = (member: string, module: string): string =>
    [
      'async (req, res) => {',
      `${indent}${unit}try { ${call(member, module)}${semicolon} }`,
      `${indent}${unit}catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end()${semicolon} }`,
      `${indent}}`,
    ].join(lineBreak)
  return {
    kind: 'request',
    node,
    doubt,
    needs: server?.needs,
    text: (member, module) => (server ? `${server.name}(${lines(member, module)})` : lines(member, module)),
  }
}

/** `logger.info(…)`, of which nothing takes the result. */
function isLogCall({ parent, ...node }: Node): boolean {
  if (parent?.type !== 'MemberExpression' || parent.object.range !== node.range) return false
  const call = parent.parent
  if (call.type !== 'CallExpression' || call.callee !== parent || !LEVELS.test(memberName(parent) ?? '')) return false
  return call.parent.type === 'ExpressionStatement' || call.parent.type === 'ArrowFunctionExpression'
}

function start(reason: Demotion['reason'], detail: string): Use {
  return { kind: 'start', demotion: { verdict: 'leave', reason, detail } }
}

/** @param node a reference, or the member of it that is read. */
function other(node: Node): Use {
  const { parent } = node
  if (parent?.type === 'ExportSpecifier' || parent?.type === 'ExportDefaultDeclaration')
    return { kind: 'other', demotion: { verdict: 'leave', reason: 're-exported', detail: nameOf(node) } }
  const used = parent?.type === 'MemberExpression' && parent.object === node ? nameOf(parent) : nameOf(node)
  return { kind: 'other', demotion: { verdict: 'leave', reason: 'used-at-start', detail: used } }
}

function unknown(name: string): Demotion {
  return { verdict: 'suggest', reason: 'app-unknown', detail: name }
}

/** `app`, `app.set` */
function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name
  return node.type === 'MemberExpression' ? `${nameOf(node.object)}.${memberName(node) ?? '[…]'}` : '(…)'
}

type Kind = (typeof MAKERS)[string]

const TYPES: Readonly<Record<string, Kind>> = {
  Express: 'express',
  Application: 'express',
  'express.Express': 'express',
  'express.Application': 'express',
  FastifyInstance: 'fastify',
}

/** The framework whose application an export is: by what makes it, by what its factory returns, or by its declared type. */
function kindOf(imported: Value & { readonly result?: Value | undefined }, madeBy?: string): Kind | undefined {
  const { annotation, result } = imported
  return (
    MAKERS[madeBy ?? ''] ??
    MAKERS[makerOf(imported) ?? ''] ??
    (result && MAKERS[makerOf(result) ?? '']) ??
    (annotation === undefined ? undefined : TYPES[annotation])
  )
}

/** How `createServer` of node:http is called in this file. */
interface ServerFactory {
  readonly name: string
  readonly needs: readonly string[] | undefined
}

const CREATE_SERVER = 'import { createServer'
const HTTP = /^(?:node:)?http$/

function serverFactory({ program, scopes }: PerRequestInput, quote: string, imported: boolean): ServerFactory {
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') continue
    if (!HTTP.test(statement.source.value)) continue
    for (const specifier of statement.specifiers) {
      if (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type') continue
      const name = importedName(specifier)
      const { local } = specifier
      if (name === 'createServer') return { name: local.name, needs: undefined }
      if (name === 'default' || name === '*') return { name: `${local.name}.createServer`, needs: undefined }
    }
  }
  const free = !scopes.scopes.some(({ set }) => set.has('createServer'))
  const name = free ? 'createServer' : 'createHttpServer'
  const from = `${quote}node:http${quote}`
  return {
    name,
    needs: imported ? undefined : [`${CREATE_SERVER}${free ? '' : ` as ${name}`} } from ${from}`],
  }
}

/** What a callee is imported as: module and export path. */
function exportPathOf(callee: Node, variableOf: (node: Node) => Variable | undefined): string | undefined {
  const node = bare(callee)
  if (node.type === 'MemberExpression') {
    const object = exportPathOf(node.object, variableOf)
    return object && `${object}.${memberName(node) ?? ''}`
  }
  const imported = importOf(node, variableOf)
  return imported && `${imported.specifier}#${imported.name}`
}

function isServerFactory(callee: Node, variableOf: (node: Node) => Variable | undefined): boolean {
  return /^(?:node:)?https?#(?:(?:default|\*)\.)?createServer$/.test(exportPathOf(callee, variableOf) ?? '')
}

const SERVE = /^@hono\/node-server#(?:\*\.)?(?:serve|createAdaptorServer)$/
const LISTENER = /^@hono\/node-server#(?:\*\.)?getRequestListener$/

function isServe(callee: Node, variableOf: (node: Node) => Variable | undefined, names: RegExp): boolean {
  return names.test(exportPathOf(callee, variableOf) ?? '')
}

/** The `fetch` that `serve({ fetch })`, or `getRequestListener(fetch)`, takes. */
function isFetchOption(node: Node, variableOf: (node: Node) => Variable | undefined): boolean {
  const { parent } = node
  if (parent?.type === 'CallExpression')
    return parent.arguments[0] === node && isServe(parent.callee, variableOf, LISTENER)
  if (parent?.type !== 'Property' || parent.value !== node || parent.computed || nameOf(parent.key) !== 'fetch')
    return false
  const options = parent.parent
  const call = options.parent
  return call.type === 'CallExpression' && call.arguments[0] === options && isServe(call.callee, variableOf, SERVE)
}

/** Whether a text may hand an application to a server, in any way that {@link planApp} knows: asked before parsing. */
export function mayServe(text: string): boolean {
  return /\b(?:listen|callback|fetch|serve)\b|createServer|createAdaptorServer/.test(text) || startsServer(text)
}

/** Whether a text may start a server with an application: a cheap question before parsing. */
export function startsServer(text: string): boolean {
  return /\b(?:createServer|serve|createAdaptorServer|getRequestListener)\s*\(|\.on\(['"]request['"]/.test(text)
}

/**
 * The applications that a module imports for each request already: `import('…')` in a listener of a node server, or in
 * the `fetch` of `serve()`, written there or as a constant.
 */
export function importedApps({ dynamicImports, facts, scopes }: PlanInput): Candidate[] {
  const variableOf = resolveIdentifiers(scopes)
  return dynamicImports.flatMap((node): Candidate[] => {
    const { parent, source } = node
    if (source.type !== 'Literal' || typeof source.value !== 'string') return []
    const holder = parent.type === 'ArrowFunctionExpression' && parent.body === node ? parent.parent : undefined
    const [variable] = holder?.type === 'VariableDeclarator' ? scopes.getDeclaredVariables(holder) : []
    const places: Node[] = variable ? variable.references.map(({ identifier }) => identifier) : [node]
    if (!places.some((place) => isInListener(place, variableOf))) return []
    const module = facts.module(source.value)
    return [
      {
        verdict: 'done',
        reason: 'already-lazy',
        detail: '',
        about: 'handler',
        role: undefined,
        names: variable ? [variable.name] : [],
        specifier: source.value,
        targets: module.kind === 'project' ? [module.path] : [],
        range: node.range,
        edits: [],
      },
    ]
  })
}

/** `server.on('request', …)` */
function isOnRequest({ callee, arguments: [event] }: TSESTree.CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'on') return false
  return event?.type === 'Literal' && event.value === 'request'
}

function isInListener(place: Node, variableOf: (node: Node) => Variable | undefined): boolean {
  for (let node: Node | undefined = place; node; node = node.parent) {
    if (node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression') continue
    if (isFetchOption(node, variableOf)) return true
    const call: Node = node.parent
    if (call.type !== 'CallExpression' || call.arguments.at(-1) !== node) continue
    if (isServerFactory(call.callee, variableOf) || isOnRequest(call)) return true
  }
  return false
}
