import type { TSESTree } from '@typescript-eslint/utils'
import { isFunction, nameOfKey, uncast } from '../../graph/exports/nodes.ts'
import type { Server } from '../../graph/server.ts'
import type { Project } from '../../project/project.ts'
import { autoloaded } from './autoload.ts'
import { callersIn } from './callers.ts'
import { comparedPaths } from './compared.ts'
import { createPoints } from './points.ts'
import { createPoint, mountUnresolved, prefixesOf, type Point } from './mounts.ts'
import { resourcePaths } from './resource.ts'
import { joinPaths } from './sample.ts'
import { chainAbove, chainBelow, type FunctionNode, type Module, type Node } from './scope.ts'
import { createValues, stringsOf, type Env, type Place, type Value, type Values } from './values.ts'

/** The registration of a GET route, with every prefix that it is mounted below. */
export interface Found {
  readonly patterns: readonly string[]
  readonly module: Module
  readonly node: Node
}

interface Registered {
  readonly points: readonly Point[]
  readonly path: string
  readonly module: Module
  readonly node: Node
}

const METHOD = /^(?:get|post|put|patch|delete|head|options|all)$/i
const READS = /^(?:get|all|any|\*)$/i

/** The GET routes that the modules register, `paths` absolute. */
export function registeredRoutes(
  { framework }: Pick<Project, 'framework'>,
  server: Server,
  paths: readonly string[],
): Found[] {
  const values = createValues(server)
  const modules = paths.map((path) => values.moduleOf(path))
  // In the second round, a function that is a parameter is known.
  for (let round = 0; round < 2; round++) values.setCallers(callersIn(modules, values, server))
  const read = createReading(framework.name, server.root, values)
  for (const module of modules) read.file(module)
  for (const module of modules) {
    for (const node of module.nodes) if (node.type === 'CallExpression') read.prefixCall(node, module)
  }
  for (const module of modules) {
    for (const node of module.nodes) {
      if (node.type === 'CallExpression') read.call(node, module)
      else read.other(node, module)
    }
  }
  return read.found()
}

interface Reading {
  /** `router.prefix('/p')` of Koa: to be read before all others. */
  prefixCall(node: TSESTree.CallExpression, module: Module): void
  call(node: TSESTree.CallExpression, module: Module): void
  /** A module that is a route by its name: `routes/users/[id].ts` with `export function GET`. */
  file(module: Module): void
  other(node: Node, module: Module): void
  found(): Found[]
}

/** A call of a method, in one turn of the loops around it. */
interface Call {
  readonly node: TSESTree.CallExpression
  readonly name: string
  readonly receiver: Node
  readonly at: (node: Node) => Place
  readonly module: Module
  readonly env: Env | undefined
}

function createReading(framework: Project['framework']['name'], root: string, values: Values): Reading {
  const points = createPoints(values)
  const addsSlash = framework === 'adonisjs' || framework === 'hono'
  const routes: Registered[] = []
  const unresolved: { readonly parents: readonly Point[]; readonly prefix: string }[] = []
  const usedObjects = new Set<Node>()
  const objects: { readonly node: TSESTree.ObjectExpression; readonly module: Module }[] = []

  function add(registered: readonly Point[], path: string, { node, module }: Pick<Call, 'node' | 'module'>): void {
    routes.push({ points: registered, path, module, node })
  }

  function receiversOf({ receiver, at, node, module }: Call): readonly Point[] {
    return points.ofReceiver(values.of(at(receiver)), node, module)
  }

  /** Whether the framework takes it for a path: Hono and AdonisJS put the slash there. */
  function isPath(text: string): boolean {
    return /^[/*]/.test(text) || (addsSlash && /^[\w:(][^\s]*$/.test(text))
  }

  function route(call: Call, paths: readonly string[]): void {
    const prefixes = prefixesAround(call)
    const own = routePrefix(call)
    const registered = receiversOf(call)
    const isInContext = points.isContext(values.of(call.at(call.receiver)))
    for (const path of paths) {
      for (const prefix of isInContext ? [''] : prefixes) add(registered, joinPaths(prefix, joinPaths(own, path)), call)
    }
  }

  /** The prefixes of the groups around a call whose receiver is not the one that they are made with. */
  function prefixesAround({ node, module }: Call): string[] {
    let prefixes = ['']
    for (const around of module.functionsAround(node)) {
      const group = module.parentOf(around)
      if (group?.type !== 'CallExpression' || !isGroup(group)) continue
      const outer = groupPrefixes(group, module)
      prefixes = prefixes.flatMap((prefix) => outer.map((before) => joinPaths(before, prefix)))
    }
    return prefixes
  }

  /** AdonisJS: `router.get(…).prefix('/p')`. */
  function routePrefix({ node, module }: Call): string {
    const before = chainAbove(module, node).filter(({ name }) => name === 'prefix')
    return before
      .flatMap(({ call }) => stringsAt(call.arguments[0], module).slice(0, 1))
      .reverse()
      .join('/')
  }

  /** `group('/p', callback)` of others, `group(callback).prefix('/p')` of AdonisJS, where a later prefix is put in front. */
  function groupPrefixes(group: TSESTree.CallExpression, module: Module): string[] {
    const own = points.groupPrefix(group, module)
    const prefixes = stringsAt(group.arguments[0], module)
    return prefixes.length === 0 ? [own] : prefixes.map((prefix) => joinPaths(own, prefix))
  }

  function stringsAt(node: Node | undefined, module: Module, env?: Env): string[] {
    return node ? textsOf(values.of({ node, module, env })) : []
  }

  /** The strings among values, and in lists of them. */
  function textsOf(found: readonly Value[]): string[] {
    return [...stringsOf(found), ...values.elements(found.filter(({ kind }) => kind === 'list')).flatMap(stringsOf)]
  }

  /** Methods whose name says what they register. */
  const readers: Readonly<Record<string, (call: Call) => void>> = {
    get: verb,
    all: verb,
    any: verb,
    on,
    route: routeCall,
    openapi,
    resource: (call) => resource(call, false),
    shallowResource: (call) => resource(call, true),
    group,
    use,
    mount: use,
    register,
    startsWith,
  }

  function verb(call: Call): void {
    const [first, second] = call.node.arguments
    if (first === undefined) return
    const isOfRoute = chainBelow(call.node).find(({ name }) => name === 'route')?.call.arguments.length === 1
    const paths = stringsAt(first, call.module, call.env)
    if (paths.length === 0 && isOfRoute) return route(call, [''])
    if (second === undefined) return
    // `env.get('PORT', '3333')`
    const isNoRouter = framework === 'adonisjs' && !/rout/i.test(call.module.text.slice(...call.receiver.range))
    if (isNoRouter && !paths.some((path) => path.startsWith('/'))) return
    // Koa: a name before the path.
    const isNamed = framework === 'koa' && paths.length > 0 && !paths.some(isPath)
    const named = !isNamed ? [] : stringsAt(second, call.module, call.env).filter((text) => text.startsWith('/'))
    route(call, named.length > 0 ? named : paths.filter((path) => path === '' || isPath(path)))
  }

  function on(call: Call): void {
    const [first, second] = call.node.arguments.map((argument) => stringsAt(argument, call.module, call.env))
    if (second && first?.some((method) => READS.test(method))) return route(call, second.filter(isPath))
    const shows = /^(?:render|renderInertia|redirect|redirectToPath|redirectToRoute)$/
    if (chainAbove(call.module, call.node).some(({ name }) => shows.test(name)))
      route(call, (first ?? []).filter(isPath))
  }

  function routeCall(call: Call): void {
    const [first, second] = call.node.arguments
    if (first === undefined) return
    const found = values.of(call.at(first))
    const configs = [...found, ...values.elements(found.filter(({ kind }) => kind === 'list')).flat()]
    for (const config of configs) if (config.kind === 'object') routeObject(config, call)
    if (second === undefined) return
    const methods = stringsAt(second, call.module, call.env)
    if (!methods.some((method) => METHOD.test(method))) use(call)
    else if (methods.some((method) => READS.test(method))) route(call, textsOf(found).filter(isPath))
  }

  /** `{ method: 'GET', url: '/users' }`. */
  function routeObject(config: Extract<Value, { kind: 'object' }>, call: Call): void {
    usedObjects.add(config.node)
    const paths = pathsOf(config)
    if (paths.length > 0) route(call, paths)
  }

  function pathsOf(config: Value): string[] {
    const methods = textsOf(values.property([config], 'method'))
    if (!methods.some((method) => READS.test(method))) return []
    return ['url', 'path'].flatMap((name) => textsOf(values.property([config], name))).filter(isPath)
  }

  /** `@hono/zod-openapi`: `app.openapi(createRoute({ … }), handler)`. */
  function openapi(call: Call): void {
    const [first] = call.node.arguments
    for (const value of first ? values.of(call.at(first)) : []) {
      const argument = value.kind === 'site' ? value.node.arguments[0] : undefined
      const configs = value.kind === 'site' && argument ? values.of({ ...value.place, node: argument }) : [value]
      for (const config of configs) if (config.kind === 'object') routeObject(config, call)
    }
  }

  function resource(call: Call, isShallow: boolean): void {
    const chain = chainAbove(call.module, call.node).map(
      ({
        name,
        call: {
          arguments: [first],
        },
      }) => ({
        name,
        strings: stringsAt(first, call.module, call.env),
      }),
    )
    const names = stringsAt(call.node.arguments[0], call.module, call.env)
    route(
      call,
      names.flatMap((name) => resourcePaths(name, isShallow, chain)),
    )
  }

  function group(call: Call): void {
    const prefixes = groupPrefixes(call.node, call.module)
    for (const argument of call.node.arguments) {
      const targets = values.of(call.at(argument)).filter(({ kind }) => kind === 'function')
      mountAll(receiversOf(call), prefixes, targets)
    }
  }

  function mountAll(parents: readonly Point[], prefixes: readonly string[], targets: readonly Value[]): void {
    for (const parent of parents)
      for (const prefix of prefixes) for (const target of targets) points.mountValue(parent, prefix, target)
  }

  function use(call: Call): void {
    const [first, ...rest] = call.node.arguments
    if (first === undefined) return
    const before = stringsAt(first, call.module, call.env)
    const isRegExp = first.type === 'Literal' && 'regex' in first
    const prefixes = before.length > 0 ? before.map((prefix) => prefix.replace(/\*$/, '')) : ['']
    const targets = before.length > 0 || isRegExp ? rest : [first, ...rest]
    // A prefix that is not known is over-approximated by none.
    mountNodes(call, prefixes, targets)
    mountObjects(call, prefixes, targets)
    // A function may answer whatever is below the prefix.
    const functions = targets.flatMap((target) => values.of(call.at(target)))
    if (framework === 'express' && functions.length > 0 && functions.every(points.isHandler))
      route(call, before.filter(isPath))
  }

  /** Elysia and others take objects of routes. */
  function mountObjects(call: Call, prefixes: readonly string[], targets: readonly Node[]): void {
    for (const target of targets) {
      for (const value of values.of(call.at(target))) {
        if (value.kind !== 'object') continue
        for (const path of pathsOf(value)) {
          usedObjects.add(value.node)
          route(
            call,
            prefixes.map((prefix) => joinPaths(prefix, path)),
          )
        }
      }
    }
  }

  function mountNodes(call: Call, prefixes: readonly string[], targets: readonly Node[]): void {
    const parents = receiversOf(call)
    for (const target of targets) {
      const node = target.type === 'SpreadElement' ? target.argument : target
      const found = values.of(call.at(node))
      mountAll(parents, prefixes, found)
      const isUnknown = found.every(
        ({ kind, ...value }) => kind === 'slot' || (kind === 'parameter' && 'called' in value && !value.called),
      )
      if (isUnknown) for (const prefix of prefixes) unresolved.push({ parents, prefix })
    }
  }

  function register(call: Call): void {
    const [plugin, given] = call.node.arguments
    if (plugin === undefined) return
    const options = given ? optionsOf(values.of(call.at(given)), call) : []
    const loaded = autoloaded(call.node, options, call.module, values, root)
    const parents = receiversOf(call)
    for (const { prefixes, plugin: found } of loaded) {
      mountAll(parents, prefixes, found)
      for (const config of found) {
        if (config.kind !== 'object') continue
        usedObjects.add(config.node)
        for (const path of pathsOf(config)) for (const prefix of prefixes) add(parents, joinPaths(prefix, path), call)
      }
    }
    if (loaded.length > 0) return
    const prefixes = stringsOf(values.property(options, 'prefix'))
    mountNodes(call, prefixes.length > 0 ? prefixes : [''], [plugin])
  }

  /** Fastify: options may be a function that gives them. */
  function optionsOf(found: readonly Value[], { env }: Call): readonly Value[] {
    return found.flatMap((value) =>
      value.kind === 'function' ? values.returned(value.node, value.module, env) : [value],
    )
  }

  /** `request.url.startsWith('/users/')`. */
  function startsWith(call: Call): void {
    const { receiver, module } = call
    if (!/\b(?:url|pathname|path)\b/.test(module.text.slice(...receiver.range))) return
    for (const path of stringsAt(call.node.arguments[0], module, call.env)) {
      if (path.startsWith('/')) add([points.context(call.node, module)], path.endsWith('/') ? `${path}*` : path, call)
    }
  }

  /** The turns of the loops around a call whose items are known; one without them. */
  function turnsAround(node: Node, module: Module): (Env | undefined)[] {
    let turns: (Env | undefined)[] = [undefined]
    const around: { readonly key: Node; readonly items: readonly (readonly Value[])[] }[] = []
    for (let at = module.parentOf(node); at; at = module.parentOf(at)) {
      const iterated = at.type === 'ForOfStatement' ? at.right : isFunction(at) ? iteratedBy(at, module) : undefined
      if (iterated) around.unshift({ key: at, items: values.elements(values.of({ node: iterated, module })) })
    }
    for (const { key, items } of around) {
      if (items.length === 0) continue
      turns = turns.flatMap((outer) =>
        items.slice(0, MAX_TURNS).map((item): Env => ({ key, values: [item], outer, depth: outer?.depth ?? 0 })),
      )
    }
    return turns.slice(0, MAX_TURNS)
  }

  function isGroup(node: Node): boolean {
    return node.type === 'CallExpression' && methodOf(node) === 'group'
  }

  function methodOf({ callee }: TSESTree.CallExpression): string | undefined {
    const member = uncast(callee)
    return member.type === 'MemberExpression' && !member.computed ? nameOfKey(member.property) : undefined
  }

  return {
    prefixCall(node, module) {
      const callee = uncast(node.callee)
      if (callee.type !== 'MemberExpression' || methodOf(node) !== 'prefix') return
      const prefix = stringsAt(node.arguments[0], module)[0]
      if (prefix === undefined) return
      for (const value of values.of({ node: callee.object, module })) {
        if (value.kind === 'site' && (framework === 'koa' || isGroup(value.node)))
          points.addOwnPrefix(value.node, { prefix, module, end: node.range[1] })
      }
    },
    call(node, module) {
      const callee = uncast(node.callee)
      if (callee.type !== 'MemberExpression') return
      const name = methodOf(node)
      if (name !== undefined && !Object.hasOwn(readers, name)) return
      for (const env of turnsAround(node, module)) {
        const at = (inner: Node): Place => ({ node: inner, module, env })
        const names = name === undefined ? values.strings(at(callee.property)) : [name]
        for (const method of names) {
          const key = method.toLowerCase()
          const reader = Object.hasOwn(readers, method) ? readers[method] : READS.test(key) ? verb : undefined
          reader?.({ node, name: method, receiver: callee.object, at, module, env })
        }
      }
    },
    file(module) {
      const exported = module.exports.get('GET')
      const [, name] = /\/(?:routes|pages|endpoints)\/(.+)\.\w+$/.exec(module.path.slice(root.length)) ?? []
      const node = exported?.kind === 'node' ? exported.node : module.nodes[0]
      if (!exported || name === undefined || !node) return
      const path = `/${name.replace(/(?:^|\/)index$/, '').replace(/\[(?:\.{3})?(\w+)\]/g, ':$1')}`
      routes.push({ points: [points.context(node, module)], path, module, node })
    },
    other(node, module) {
      if (node.type === 'ObjectExpression') objects.push({ node, module })
      for (const path of comparedPaths(node, module, framework, (inner) => stringsAt(inner, module)))
        routes.push({ points: [points.context(node, module)], path, module, node })
    },
    found() {
      const all = [...points.complete()]
      for (const { node, module } of objects) {
        if (
          usedObjects.has(node) ||
          !node.properties.some((member) => member.type === 'Property' && nameOfKey(member.key) === 'method')
        )
          continue
        const place: Place = { node, module }
        const paths = pathsOf({ kind: 'object', node, place })
        if (paths.length === 0) continue
        const point = createPoint()
        all.push(point)
        for (const path of paths) routes.push({ points: [point], path, module, node })
      }
      mountUnresolved(unresolved, all)
      const prefixes = prefixesOf(all)
      return routes.map(({ points: registered, path, module, node }) => {
        const found = new Set(registered.flatMap((point) => [...(prefixes.get(point) ?? [])]))
        if (found.size === 0) found.add('')
        return { patterns: [...found].map((prefix) => joinPaths(prefix, path)), module, node }
      })
    },
  }
}

const MAX_TURNS = 100

/** The array whose `forEach` a function is given to. */
function iteratedBy(node: FunctionNode, module: Module): Node | undefined {
  const call = module.parentOf(node)
  if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return undefined
  const isGiven = call.arguments[0] === node && /^(?:forEach|map|flatMap)$/.test(nameOfKey(call.callee.property) ?? '')
  return isGiven ? call.callee.object : undefined
}
