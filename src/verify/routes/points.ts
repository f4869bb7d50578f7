import { nameOfKey, uncast } from '../../graph/exports/nodes.ts'
import { createPoint, mount, type Point } from './mounts.ts'
import type { FunctionNode, Module, Node } from './scope.ts'
import { joinPaths } from './sample.ts'
import { makesRouter, stringsOf, type Value, type Values } from './values.ts'

export interface Points {
  /** Every point, when all are known: what nothing runs is taken to run where it stands. */
  complete(): readonly Point[]
  /** Where a call on `values` registers: a package's own router is the one of the function that the call stands in. */
  ofReceiver(values: readonly Value[], node: Node, module: Module): readonly Point[]
  /** Whether {@link ofReceiver} gives the function around the call. */
  isContext(values: readonly Value[]): boolean
  /** The body of the function around `node`, or the module. */
  context(node: Node, module: Module): Point
  /** Whether a function answers by itself, and hands the request to no router. */
  isHandler(value: Value): boolean
  mountValue(parent: Point, prefix: string, value: Value): void
  /** Koa: `router.prefix('/p')`. AdonisJS: the same of a group. */
  addOwnPrefix(router: Node, own: OwnPrefix): void
  /** All prefixes of a group of AdonisJS: each later one is put in front (@adonisjs/http-server `router/group.ts`). */
  groupPrefix(group: Node, module: Module): string
}

/** A call of `prefix`. */
interface OwnPrefix {
  readonly prefix: string
  readonly module: Module
  /** Where the call ends: the outer ones of a chain end later. */
  readonly end: number
}

/** Methods that register something on a router: a call of one is no call of the router itself. */
const REGISTERS =
  /^(?:get|post|put|patch|delete|del|head|options|all|any|on|use|route|register|mount|resource|group|openapi|param|prefix|addHook|decorate|set)$/

const CONTEXT = new Set<Value['kind']>(['external', 'string', 'object', 'list', 'namespace', 'function', 'class'])

export function createPoints(values: Values): Points {
  const all: Point[] = []
  const known = new Map<object, Map<string, Point>>()
  const bodies: { readonly point: Point; readonly node: Node; readonly module: Module }[] = []
  const ownPrefixes = new Map<Node, readonly OwnPrefix[]>()

  /** @param fill is called once, when the point is new. */
  function pointAt(key: object, name: string, fill: (point: Point) => void = () => undefined, passed = false): Point {
    const named = known.get(key) ?? new Map<string, Point>()
    known.set(key, named)
    let point = named.get(name)
    if (!point) {
      named.set(name, (point = createPoint(passed)))
      all.push(point)
      fill(point)
    }
    return point
  }

  /** A router has its own prefix between what mounts it and its routes. */
  function outerOf(value: Extract<Value, { kind: 'site' }>): Point {
    const inner = pointAt(value.node, 'inner')
    return pointAt(value.node, 'outer', (outer) => {
      const { node, place } = value
      const [first] = node.arguments
      const given = first ? values.of({ ...place, node: first }) : []
      const callee = uncast(node.callee)
      const method = callee.type === 'MemberExpression' ? (nameOfKey(callee.property) ?? '') : ''
      const isBelow = node.type === 'CallExpression' && makesRouter(method, node)
      const own = isBelow
        ? method === 'group'
          ? []
          : stringsOf(given)
        : [...stringsOf(values.property(given, 'prefix')), ...(ownPrefixes.get(node) ?? []).map(({ prefix }) => prefix)]
      for (const prefix of own.length > 0 ? own : ['']) mount(outer, prefix, inner)
      if (isBelow && callee.type === 'MemberExpression') {
        const receivers = values.of({ ...place, node: callee.object })
        for (const point of ofReceiver(receivers, node, place.module)) mount(point, '', outer)
        return
      }
      // `fp(plugin)`, `mount('/p', app)` of koa-mount, `compose([…])`.
      const paths = stringsOf(given).filter((text) => text.startsWith('/'))
      for (const argument of node.arguments) {
        const target = argument.type === 'SpreadElement' ? argument.argument : argument
        for (const found of values.of({ ...place, node: target }))
          if (found.kind !== 'object')
            for (const prefix of paths.length > 0 ? paths : ['']) mountValue(inner, prefix, found)
      }
    })
  }

  function innerOf(value: Extract<Value, { kind: 'site' }>): Point {
    outerOf(value)
    return pointAt(value.node, 'inner')
  }

  function parameterOf({ node, name, called }: Extract<Value, { kind: 'parameter' }>): Point {
    const end = name.lastIndexOf('.')
    return pointAt(
      node,
      name,
      (point) => {
        if (end >= 0) mount(parameterOf({ kind: 'parameter', node, name: name.slice(0, end), called }), '', point)
      },
      called,
    )
  }

  function functionOf(node: FunctionNode, module: Module): Point {
    return pointAt(node, 'function', (point) => {
      mount(point, '', bodyOf(node, module))
      mount(point, '', pointAt(node, '0'))
      for (const value of values.returned(node, module)) mountValue(point, '', value)
      for (const value of calledWithRequest(node, module)) mountValue(point, '', value)
    })
  }

  /** The routers that a function hands its own parameters to: `(await import('./users.js')).router(req, res, next)`. */
  function calledWithRequest(node: FunctionNode, module: Module): readonly Value[] {
    return module.within(node).flatMap((inner) => {
      if (inner.type !== 'CallExpression') return []
      const [first] = inner.arguments
      if (first?.type !== 'Identifier' || module.declarationOf(first.name, first)?.kind !== 'parameter') return []
      const callee = uncast(inner.callee)
      if (callee.type === 'MemberExpression' && REGISTERS.test(nameOfKey(callee.property) ?? '')) return []
      return values.of({ node: callee, module }).filter(({ kind }) => kind === 'site' || kind === 'slot')
    })
  }

  /** Registered on a package's own router: what runs the function decides below which prefix. */
  function bodyOf(node: FunctionNode, module: Module): Point {
    return pointAt(node, 'body', (point) => {
      bodies.push({ point, node, module })
      for (const caller of values.callersOf(node)) mount(context(caller.node, caller.module), '', point)
    })
  }

  function context(node: Node, module: Module): Point {
    const [around] = module.functionsAround(node)
    return around ? bodyOf(around, module) : pointAt(module, 'module')
  }

  function mountValue(parent: Point, prefix: string, value: Value, depth = 0): void {
    if (depth > 4) return
    switch (value.kind) {
      case 'site':
        return mount(parent, prefix, outerOf(value))
      case 'function':
        return mount(parent, prefix, functionOf(value.node, value.module))
      case 'class':
      case 'instance':
        return mount(parent, prefix, classOf(value))
      case 'list':
        for (const item of value.elements.flat()) mountValue(parent, prefix, item, depth + 1)
        return
      case 'namespace': {
        const main = values.exported(value.path, 'default')
        const found = main.length > 0 ? main : values.elements([value]).flat()
        for (const item of found) mountValue(parent, prefix, item, depth + 1)
        return
      }
      case 'parameter':
        return mount(parent, prefix, parameterOf(value))
      case 'slot':
        return mount(parent, prefix, pointAt(value.node, `slot ${value.name}`))
    }
  }

  /** An instance that is mounted has its router in a property. */
  function classOf(value: Extract<Value, { kind: 'class' | 'instance' }>): Point {
    return pointAt(value.node, 'instance', (point) => {
      for (const name of ['router', 'routes', 'app', 'route', 'handler', 'plugin'])
        for (const found of values.property([{ ...value, kind: 'instance' }], name))
          if (found.kind !== 'slot') mountValue(point, '', found)
    })
  }

  function ofReceiver(found: readonly Value[], node: Node, module: Module): readonly Point[] {
    const points = found.flatMap((value): Point[] => {
      switch (value.kind) {
        case 'site':
          return [innerOf(value)]
        case 'parameter':
          return [parameterOf(value)]
        case 'slot':
          return [pointAt(value.node, `slot ${value.name}`)]
        case 'instance':
          return [classOf(value)]
        default:
          return []
      }
    })
    return points.length > 0 ? points : [context(node, module)]
  }

  return {
    complete() {
      // Grows while it is read: the function around a function.
      for (const { point, node, module } of bodies) if (!point.mounted) mount(context(node, module), '', point)
      return all
    },
    ofReceiver,
    isContext: (found) => found.every(({ kind }) => CONTEXT.has(kind)),
    context,
    isHandler: (value) => value.kind === 'function' && calledWithRequest(value.node, value.module).length === 0,
    mountValue,
    addOwnPrefix(router, own) {
      ownPrefixes.set(router, [...(ownPrefixes.get(router) ?? []), own])
    },
    groupPrefix(group, module) {
      const found = ownPrefixes.get(group) ?? []
      const here = found.filter((own) => own.module === module).sort((one, other) => one.end - other.end)
      const elsewhere = found.filter((own) => own.module !== module)
      return [...here, ...elsewhere].reduce((prefix, own) => joinPaths(own.prefix, prefix), '')
    },
  }
}
