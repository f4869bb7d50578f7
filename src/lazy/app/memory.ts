import type { TSESTree } from '@typescript-eslint/utils'
import type { Variable } from '@typescript-eslint/scope-manager'
import { childrenOf } from '../../graph/exports/nodes.ts'
import { importOf, type Node } from '../syntax.ts'

/** Something that keeps what it knows of its clients in memory, where it is given no store. */
export interface Memory {
  /** As written, without arguments: `session`, `new LRUCache`. */
  readonly name: string
  readonly node: Node
}

/** What takes a store, and the options that name one. */
const STORES: Readonly<Record<string, RegExp>> = {
  'express-session#default': /^store$/,
  'express-rate-limit#default': /^store$/,
  'express-rate-limit#rateLimit': /^store$/,
  'express-slow-down#default': /^store$/,
  'express-slow-down#slowDown': /^store$/,
  'hono-rate-limiter#rateLimiter': /^store$/,
  'koa-ratelimit#default': /^never$/,
  '@fastify/session#default': /^store$/,
  '@fastify/rate-limit#default': /^(?:store|redis)$/,
  'rate-limiter-flexible#RateLimiterMemory': /^never$/,
  'memorystore#default': /^never$/,
  'node-cache#default': /^never$/,
  'lru-cache#LRUCache': /^never$/,
}

/**
 * The first call below `root` that makes sessions, limits or a cache in memory: a call of the package, or
 * `app.register(plugin, options)`.
 */
export function memoryIn(root: Node, variableOf: (node: Node) => Variable | undefined): Memory | undefined {
  if (root.type === 'CallExpression' || root.type === 'NewExpression') {
    const [first, second] = root.arguments
    const own = keyOf(root.callee, variableOf)
    if (own !== undefined && !namesStore(first, STORES[own], variableOf))
      return { name: nameOf(root.callee, root.type === 'NewExpression'), node: root }
    const plugin = first && keyOf(first, variableOf)
    if (first && plugin?.startsWith('@fastify/') && !namesStore(second, STORES[plugin], variableOf))
      return { name: nameOf(first, false), node: root }
  }
  for (const child of childrenOf(root)) {
    const found = memoryIn(child, variableOf)
    if (found) return found
  }
  return undefined
}

function keyOf(node: Node, variableOf: (node: Node) => Variable | undefined): string | undefined {
  const imported = importOf(node, variableOf)
  const key = imported && `${imported.specifier}#${imported.name}`
  return key !== undefined && Object.hasOwn(STORES, key) ? key : undefined
}

/** Whether options that are written, here or as a constant, name a store. */
function namesStore(
  options: Node | undefined,
  store: RegExp | undefined,
  variableOf: (node: Node) => Variable | undefined,
): boolean {
  if (!options || !store) return false
  if (options.type === 'Identifier') {
    const definition = variableOf(options)?.defs[0]
    const init = definition?.type === 'Variable' ? definition.node.init : undefined
    return init != null && init.type !== 'Identifier' && namesStore(init, store, variableOf)
  }
  if (options.type !== 'ObjectExpression') return false
  return options.properties.some(
    (property) =>
      property.type === 'Property' &&
      !property.computed &&
      property.key.type === 'Identifier' &&
      store.test(property.key.name),
  )
}

function nameOf(callee: TSESTree.Node, isNew: boolean): string {
  return `${isNew ? 'new ' : ''}${callee.type === 'Identifier' ? callee.name : '(…)'}`
}
