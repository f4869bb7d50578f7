import type { TSESTree } from '@typescript-eslint/utils'
import {
  bare,
  isCall,
  isTransparent,
  memberName,
  moduleCode,
  type Call,
  type ModuleCode,
  type Node,
} from './module-code.ts'

export type ResourceKind = 'timer' | 'listener' | 'server' | 'worker' | 'pool' | 'model' | 'metric' | 'cron' | 'watcher'

/** Something that outlives the module that made it: the next version of the module makes another one. */
export interface Resource {
  readonly kind: ResourceKind
  /** As written: `setInterval`, `new pg.Pool`, `server.listen`. */
  readonly name: string
  readonly node: Call
  /**
   * A statement that undoes it, right in `import.meta.hot.dispose()`: it uses names of the module only, and may run
   * twice. Undefined where no variable holds the resource, or no such statement is known.
   */
  readonly undo: string | undefined
}

/** What becomes of the one that was made before, in words that follow a comma or a colon. */
export const CONSEQUENCES: Readonly<Record<ResourceKind, string>> = {
  cron: 'the jobs of before keep running',
  listener: 'the listeners of before stay',
  metric: 'prom-client throws, because there is a metric of that name',
  model: 'Mongoose throws, because there is a model of that name',
  pool: 'the connections of before stay open',
  server: 'the server of before keeps its port',
  timer: 'the timers of before keep running',
  watcher: 'the watchers of before stay',
  worker: 'the workers of before keep running',
}

interface Row {
  readonly kind: ResourceKind
  /** Of a package, without `node:`; undefined for globals. */
  readonly module: RegExp | undefined
  /** As `Origin.path` in module-code.ts. */
  readonly path: RegExp
  /**
   * Statements that undo it; the first whose names are known is taken. `$` stands for the variable that holds the result
   * of the call, `@` for the one whose method it is. hot-hook calls a callback again where a file is saved twice
   * between two requests, so each may run twice. Promises that a second call rejects are caught.
   */
  readonly undo?: readonly string[]
}

const CLOSE = ['$.close()']
const LISTEN = ['@.close()', '$.close()']

/** What is made, by where the called function comes from. */
const ROWS: readonly Row[] = [
  { kind: 'timer', module: undefined, path: /^setInterval\(\)$/, undo: ['clearInterval($)'] },
  { kind: 'timer', module: /^timers$/, path: /^setInterval\(\)$/, undo: ['clearInterval($)'] },

  { kind: 'listener', module: undefined, path: /^process\.(?:on|once|addListener|prependListener)\(\)$/ },
  { kind: 'listener', module: /^process$/, path: /^(?:on|once|addListener|prependListener)\(\)$/ },
  { kind: 'listener', module: /^@adonisjs\/core\/services\/emitter$/, path: /^(?:on|once|onAny)\(\)$/ },

  {
    kind: 'server',
    module: /^(?:https?|net|tls|http2|restify)$/,
    path: /^create(?:Secure)?Server\(\)(?:\.\w+\(\))*\.listen\(\)$/,
    undo: LISTEN,
  },
  { kind: 'server', module: /^(?:https?|net|tls)$/, path: /^Server\(\)\.listen\(\)$/, undo: LISTEN },
  { kind: 'server', module: /^fastify$/, path: /^\w+\(\)(?:\.\w+\(\))*\.listen\(\)$/, undo: ['@.close()'] },
  {
    kind: 'server',
    module: /^(?:express|koa|polka|@feathersjs\/express|@adonisjs\/core\/services\/server)$/,
    path: /^\w+\(\)(?:\.\w+\(\))*\.listen\(\)$/,
    undo: CLOSE,
  },
  { kind: 'server', module: /^@forinda\/kickjs(?:-http)?$/, path: /^bootstrap\(\)\.listen\(\)$/ },
  { kind: 'server', module: /^elysia$/, path: /^Elysia\(\)(?:\.\w+\(\))*\.listen\(\)$/ },
  { kind: 'server', module: /^@hono\/node-server$/, path: /^serve\(\)$/, undo: CLOSE },
  { kind: 'server', module: /^ws$/, path: /^(?:WebSocketServer|Server)\(\)$/, undo: CLOSE },
  { kind: 'server', module: /^socket\.io$/, path: /^(?:Server|default)\(\)$/, undo: CLOSE },
  { kind: 'server', module: /^@apollo\/server\/standalone$/, path: /^startStandaloneServer\(\)$/ },
  { kind: 'server', module: undefined, path: /^(?:Bun|Deno)\.serve\(\)$/ },

  { kind: 'worker', module: /^worker_threads$/, path: /^Worker\(\)$/, undo: ['$.terminate()'] },
  { kind: 'worker', module: /^child_process$/, path: /^fork\(\)$/, undo: ['$.kill()'] },
  { kind: 'worker', module: /^cluster$/, path: /^fork\(\)$/ },
  { kind: 'worker', module: /^piscina$/, path: /^(?:Piscina|default)\(\)$/, undo: ['$.destroy()'] },
  { kind: 'worker', module: /^tinypool$/, path: /^(?:Tinypool|default)\(\)$/, undo: ['$.destroy()'] },
  { kind: 'worker', module: /^bullmq$/, path: /^Worker\(\)$/, undo: CLOSE },

  {
    kind: 'pool',
    module: /^(?:pg|@neondatabase\/serverless)$/,
    path: /^(?:Pool|Client)\(\)$/,
    undo: ['$.end().catch(() => {})'],
  },
  { kind: 'pool', module: /^postgres$/, path: /^default\(\)$/, undo: ['$.end()'] },
  {
    kind: 'pool',
    module: /^mysql2\/promise$/,
    path: /^create(?:Pool|Connection|PoolCluster)\(\)$/,
    undo: ['$.end().catch(() => {})'],
  },
  { kind: 'pool', module: /^(?:mysql2?|mariadb|oracledb)$/, path: /^create(?:Pool|Connection|PoolCluster)\(\)$/ },
  { kind: 'pool', module: /^mssql$/, path: /^(?:connect|ConnectionPool)\(\)$/ },
  { kind: 'pool', module: /./, path: /^PrismaClient\(\)$/, undo: ['$.$disconnect()'] },
  { kind: 'pool', module: /^mongoose$/, path: /^connect\(\)$/, undo: ['@.disconnect()'] },
  { kind: 'pool', module: /^mongoose$/, path: /^createConnection\(\)$/, undo: CLOSE },
  { kind: 'pool', module: /^mongodb$/, path: /^MongoClient(?:\.connect)?\(\)$/, undo: CLOSE },
  { kind: 'pool', module: /^ioredis$/, path: /^(?:default|Redis|Cluster)\(\)$/, undo: ['$.disconnect()'] },
  {
    kind: 'pool',
    module: /^(?:redis|@redis\/client)$/,
    path: /^create(?:Client|Cluster|ClientPool)\(\)$/,
    undo: ['$.disconnect().catch(() => {})'],
  },
  {
    kind: 'pool',
    module: /^(?:sequelize(?:-typescript)?|@sequelize\/core)$/,
    path: /^(?:Sequelize|default)\(\)$/,
    undo: ['$.close().catch(() => {})'],
  },
  { kind: 'pool', module: /^typeorm$/, path: /^DataSource\(\)$/, undo: ['$.destroy().catch(() => {})'] },
  { kind: 'pool', module: /^@mikro-orm\//, path: /^MikroORM\.init(?:Sync)?\(\)$/ },
  { kind: 'pool', module: /^knex$/, path: /^(?:default|knex)\(\)$/, undo: ['$.destroy()'] },
  { kind: 'pool', module: /^kysely$/, path: /^Kysely\(\)$/, undo: ['$.destroy()'] },
  {
    kind: 'pool',
    module: /^drizzle-orm\/(?:node-postgres|postgres-js|mysql2|better-sqlite3|libsql)$/,
    path: /^drizzle\(\)$/,
  },
  { kind: 'pool', module: /^better-sqlite3$/, path: /^default\(\)$/, undo: CLOSE },
  { kind: 'pool', module: /^sqlite$/, path: /^DatabaseSync\(\)$/ },
  { kind: 'pool', module: /^amqplib$/, path: /^connect\(\)$/ },
  { kind: 'pool', module: /^bullmq$/, path: /^(?:Queue|QueueEvents|FlowProducer)\(\)$/, undo: CLOSE },
  { kind: 'pool', module: /^bull$/, path: /^default\(\)$/, undo: CLOSE },

  { kind: 'model', module: /^mongoose$/, path: /^model\(\)$/ },
  { kind: 'metric', module: /^prom-client$/, path: /^(?:Counter|Gauge|Histogram|Summary|collectDefaultMetrics)\(\)$/ },

  { kind: 'cron', module: /^node-cron$/, path: /^schedule\(\)$/, undo: ['$.stop()'] },
  { kind: 'cron', module: /^cron$/, path: /^CronJob(?:\.from)?\(\)$/, undo: ['$.stop()'] },
  { kind: 'cron', module: /^croner$/, path: /^(?:Cron|default)\(\)$/, undo: ['$.stop()'] },
  { kind: 'cron', module: /^node-schedule$/, path: /^scheduleJob\(\)$/, undo: ['$.cancel()'] },

  { kind: 'watcher', module: /^fs$/, path: /^watch\(\)$/, undo: CLOSE },
  { kind: 'watcher', module: /^fs$/, path: /^watchFile\(\)$/ },
  { kind: 'watcher', module: /^chokidar$/, path: /^watch\(\)$/, undo: CLOSE },
  { kind: 'watcher', module: /^@parcel\/watcher$/, path: /^subscribe\(\)$/ },
]

const GLOBALS =
  /\bset(?:Interval|Timeout)\b|\.\s*(?:on|once|addListener|prependListener|listen)\s*\(|\b(?:Bun|Deno)\s*\.\s*serve\b|\bPrismaClient\b/
const MODULES =
  /['"](?:node:)?(?:timers|process|https?|net|tls|http2|restify|fastify|express|koa|polka|elysia|ws|socket\.io|worker_threads|child_process|cluster|piscina|tinypool|bull|bullmq|pg|postgres|mysql2?|mysql2\/promise|mariadb|oracledb|mssql|mongoose|mongodb|ioredis|redis|sequelize|sequelize-typescript|typeorm|knex|kysely|better-sqlite3|sqlite|amqplib|prom-client|node-cron|cron|croner|node-schedule|fs|chokidar|drizzle-orm\/[\w-]+|@adonisjs\/core\/services\/(?:emitter|server)|@(?:feathersjs|hono|apollo|neondatabase|redis|sequelize|mikro-orm|parcel)\/[\w/-]+)['"]/
const CALLS =
  /\b(?:set(?:Interval|Timeout)|on(?:ce|Any)?|addListener|prependListener|listen|serve|\w*Server|\w*Worker|fork|connect|create\w+|\w*Pool|\w*Client|watch(?:File)?|subscribe|model|schedule(?:Job)?|CronJob|Cron|drizzle|DataSource|MikroORM|Kysely|DatabaseSync|Queue\w*|FlowProducer|Counter|Gauge|Histogram|Summary|collectDefaultMetrics|Sequelize|Redis|Cluster)\b/

/** Packages whose default export is what makes the resource: nothing of its name is left where it is called. */
const DEFAULTS = /['"](?:socket\.io|piscina|tinypool|postgres|ioredis|sequelize|knex|better-sqlite3|bull|croner)['"]/

/** Whether {@link moduleResources} may find anything in a text: a cheap question before parsing. */
export function mayMakeResources(text: string): boolean {
  return GLOBALS.test(text) || DEFAULTS.test(text) || (MODULES.test(text) && CALLS.test(text))
}

/**
 * What the module makes while it is loaded, also in functions that it calls then. Left out is what is made once however
 * often the module is loaded (`globalThis.prisma ?? new PrismaClient()`), what it undoes first
 * (`clearInterval(globalThis.timer)`), and what only production makes.
 *
 * Emitters that the module makes itself are no resources: they go when the module goes, with their listeners.
 * `sequelize.define` is none either: it replaces a model of the same name (sequelize 6, `Model.init`).
 *
 * @param program from @typescript-eslint/parser, espree, or oxc-parser with `range: true`; parents are not needed.
 * @param options.timeouts counts `setTimeout` too, which runs once, with the code of the module that called it.
 */
export function moduleResources(
  program: TSESTree.Program,
  { timeouts = false }: { readonly timeouts?: boolean } = {},
): Resource[] {
  const code = moduleCode(program)
  return resourcesWhere(code, (owner) => !owner || code.runsAtLoad(owner), timeouts)
}

/**
 * The calls by which the module registers a model of Mongoose while it is loaded, also where the one that is there is
 * kept: `mongoose.models.User ?? mongoose.model('User', schema)` does not throw, and answers with the old schema
 * (measured with hot-hook 1.0.0 and Mongoose 8.19).
 */
export function modelsRegistered(program: TSESTree.Program): Call[] {
  const code = moduleCode(program)
  return code.calls.filter((node) => {
    const owner = code.ownerOf(node)
    return kindOf(node, code) === 'model' && (!owner || code.runsAtLoad(owner))
  })
}

/** What the functions `owners` make when they run, as {@link moduleResources} has it for the module. */
export function resourcesOf(program: TSESTree.Program, owners: readonly Node[]): Resource[] {
  return resourcesWhere(moduleCode(program), (owner) => owner !== undefined && owners.includes(owner))
}

/** @param isMade by the function that the call stands in; undefined for code that runs when the module is loaded. */
function resourcesWhere(code: ModuleCode, isMade: (owner: Node | undefined) => boolean, timeouts = false): Resource[] {
  const found = code.calls.flatMap((node): Resource[] => {
    const kind = kindOf(node, code) ?? (timeouts && isTimeout(node, code) ? 'timer' : undefined)
    if (kind === undefined || !isMade(code.ownerOf(node))) return []
    if (isMadeElsewhere(node, code) || isUndoneAbove(node, code)) return []
    return [{ kind, name: nameOf(node), node, undo: undoOf(node, code) }]
  })
  // A pool in the options of a query builder is closed with it.
  return found.filter(
    ({ node, kind }) => !(kind === 'pool' && found.some((other) => other.kind === kind && isInside(node, other.node))),
  )
}

/** The `import.meta.hot.dispose(…)` calls that run while the module is loaded; hot-hook 1.0.0 keeps the last one's callback. */
export function disposals(program: TSESTree.Program): TSESTree.CallExpression[] {
  const code = moduleCode(program)
  return code.calls.filter((node): node is TSESTree.CallExpression => {
    if (
      node.type !== 'CallExpression' ||
      node.callee.type !== 'MemberExpression' ||
      memberName(node.callee) !== 'dispose'
    )
      return false
    const owner = code.ownerOf(node)
    return isHot(node.callee.object, code) && (!owner || code.runsAtLoad(owner))
  })
}

/** `import.meta.hot`, or a constant that holds it. */
function isHot(node: Node, code: ModuleCode): boolean {
  const value = bare(node)
  if (value.type === 'MemberExpression') return memberName(value) === 'hot' && value.object.type === 'MetaProperty'
  const binding = value.type === 'Identifier' ? code.bindingOf(value) : undefined
  return (
    binding?.kind === 'variable' &&
    binding.keys.length === 0 &&
    binding.declarator.init != null &&
    isHot(binding.declarator.init, code)
  )
}

const kinds = new WeakMap<Call, { readonly kind: ResourceKind | undefined }>()

/** @param code of the module that the call stands in. */
function kindOf(node: Call, code: ModuleCode): ResourceKind | undefined {
  let known = kinds.get(node)
  if (!known) kinds.set(node, (known = { kind: findKind(node, code) }))
  return known.kind
}

function findKind(node: Call, code: ModuleCode): ResourceKind | undefined {
  if (isRecursiveTimeout(node, code)) return 'timer'
  if (isListenerOfProject(node, code)) return 'listener'
  const row = rowOf(node, code)
  if (row) return isMade(node, row, code) ? row.kind : undefined
  return isServerOfProject(node, code) ? 'server' : undefined
}

function rowOf(node: Call, code: ModuleCode): Row | undefined {
  const origin = code.originOf(node)
  return (
    origin &&
    ROWS.find(
      ({ module, path }) =>
        path.test(origin.path) && (origin.module === undefined ? !module : module?.test(origin.module)),
    )
  )
}

/** Whether this call of the function makes something that stays. */
function isMade({ arguments: [first, second] }: Call, { kind, path }: Row, code: ModuleCode): boolean {
  // `mongoose.model('User')` asks for a model. `globalThis` guards are below.
  if (kind === 'model') return second !== undefined
  // A registry of its own has no metric of that name yet.
  if (kind === 'metric') return !hasProperty(first, 'registers') && !hasProperty(first, 'register')
  // `drizzle(pool)` and `new Kysely({ dialect })` take what is made elsewhere.
  if (path.source.includes('drizzle'))
    return first !== undefined && first.type !== 'Identifier' && !hasIdentifier(first, 'client')
  if (path.source.includes('Kysely'))
    return (
      first !== undefined && code.calls.some((inner) => isInside(inner, first) && rowOf(inner, code)?.kind === 'pool')
    )
  return true
}

function hasProperty(node: Node | undefined, name: string): boolean {
  return propertyOf(node, name) !== undefined
}

function hasIdentifier(node: Node, name: string): boolean {
  return propertyOf(node, name)?.type === 'Identifier'
}

function propertyOf(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'ObjectExpression') return undefined
  for (const property of node.properties) {
    if (property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === name)
      return property.value
  }
  return undefined
}

/** `setTimeout()` that nothing waits for: `await new Promise((resolve) => setTimeout(resolve, 100))` is over when it is. */
function isTimeout(node: Call, code: ModuleCode): boolean {
  if (!isGlobalTimeout(node, code)) return false
  for (let parent = code.parentOf(node); parent; parent = code.parentOf(parent)) {
    if (parent.type === 'NewExpression' && code.originOf(parent)?.path === 'Promise()') return false
  }
  return true
}

function isGlobalTimeout({ callee }: Call, code: ModuleCode): boolean {
  return callee.type === 'Identifier' && callee.name === 'setTimeout' && !code.bindingOf(callee)
}

/** `setTimeout(tick, 1000)` in `tick`: a timer that starts itself again. */
function isRecursiveTimeout(node: Call, code: ModuleCode): boolean {
  if (!isGlobalTimeout(node, code)) return false
  const [callback] = node.arguments
  const owner = callback && code.ownerOf(node)
  const named = owner?.type === 'FunctionDeclaration' ? owner : owner && code.parentOf(owner)
  if (
    !callback ||
    (named?.type !== 'FunctionDeclaration' && named?.type !== 'VariableDeclarator') ||
    named.id?.type !== 'Identifier'
  )
    return false
  const { name } = named.id
  if (callback.type === 'Identifier') return callback.name === name
  return code.calls.some(
    ({ callee, range }) =>
      callee.type === 'Identifier' &&
      callee.name === name &&
      callback.range[0] <= range[0] &&
      range[1] <= callback.range[1],
  )
}

/** `emitter.on('…', …)` on an emitter that another module of the project keeps. */
function isListenerOfProject({ callee, arguments: { length } }: Call, code: ModuleCode): boolean {
  if (
    length < 2 ||
    callee.type !== 'MemberExpression' ||
    !/^(?:on|once|addListener|prependListener)$/.test(memberName(callee) ?? '')
  )
    return false
  const object = bare(callee.object)
  if (object.type !== 'Identifier' || !/(?:emitter|events?|bus)$/i.test(object.name)) return false
  const binding = code.bindingOf(object)
  return binding?.kind === 'import' && isOfProject(binding.source)
}

/** `app.listen(3000)` on an application that another module of the project makes. */
function isServerOfProject({ callee }: Call, code: ModuleCode): boolean {
  if (callee.type !== 'MemberExpression' || memberName(callee) !== 'listen') return false
  const object = bare(callee.object)
  if (object.type !== 'Identifier' || !/^(?:app|server|httpServer|fastify)$/i.test(object.name)) return false
  const binding = code.bindingOf(object)
  return binding?.kind === 'import' && isOfProject(binding.source)
}

/** A relative specifier, or an alias. */
function isOfProject(source: string): boolean {
  return /^(?:\.{0,2}\/|[#~]|@\/)/.test(source)
}

/** Whether the call is skipped when the module is loaded again, or never made in development. */
function isMadeElsewhere(node: Call, code: ModuleCode): boolean {
  for (let child: Node = node, parent = code.parentOf(node); parent; child = parent, parent = code.parentOf(parent)) {
    if (parent.type === 'LogicalExpression' && parent.right === child) {
      if (parent.operator === '&&' ? isForProduction(parent.left, true) : isMember(parent.left)) return true
    } else if (parent.type === 'AssignmentExpression' && parent.right === child) {
      if (/^(?:\?\?|\|\|)=$/.test(parent.operator) && isMember(parent.left)) return true
    } else if ((parent.type === 'IfStatement' || parent.type === 'ConditionalExpression') && parent.test !== child) {
      if (isForProduction(parent.test, parent.consequent === child) || namesGlobal(parent.test, code)) return true
    }
  }
  return false
}

/** Whether `globalThis` keeps what was made before, and a call above undoes that: `clearInterval(g.tick); g.tick = setInterval(…)`. */
function isUndoneAbove(node: Call, code: ModuleCode): boolean {
  const kept = [holderAround(node, code), ...node.arguments].flatMap((place) => {
    const member = place && bare(place.type === 'AssignmentExpression' ? place.left : place)
    return member?.type === 'MemberExpression' && rootIsGlobal(member, code) ? (code.originOf(member)?.path ?? []) : []
  })
  const isOf = (place: Node): boolean => {
    const origin = code.originOf(place)
    return origin?.module === undefined && kept.some((path) => `${origin?.path ?? ''}.`.startsWith(`${path}.`))
  }
  return (
    kept.length > 0 &&
    code.calls.some(({ range, callee, arguments: of }) => range[1] <= node.range[0] && [callee, ...of].some(isOf))
  )
}

function isMember(node: Node): boolean {
  const value = bare(node)
  return value.type === 'MemberExpression'
}

/** Whether the test, with that outcome, holds in production only, or for the entry of the process. */
function isForProduction(test: Node, outcome: boolean): boolean {
  const value = bare(test)
  if (value.type === 'UnaryExpression' && value.operator === '!') return isForProduction(value.argument, !outcome)
  if (value.type === 'LogicalExpression')
    return (
      (value.operator === '&&') === outcome &&
      (isForProduction(value.left, outcome) || isForProduction(value.right, outcome))
    )
  if (value.type === 'MemberExpression')
    return outcome && value.object.type === 'MetaProperty' && memberName(value) === 'main'
  if (
    value.type !== 'BinaryExpression' ||
    !/^[!=]==?$/.test(value.operator) ||
    value.operator.startsWith('=') !== outcome
  )
    return false
  return [value.left, value.right].some(
    (side) =>
      (side.type === 'Literal' && side.value === 'production') ||
      (side.type !== 'PrivateIdentifier' && isOfEntry(side)),
  )
}

/** `require.main`, `process.argv[1]`, also in a call: `pathToFileURL(process.argv[1]).href`. */
function isOfEntry(node: Node): boolean {
  const value = bare(node)
  if (isCall(value)) return isOfEntry(value.callee) || value.arguments.some(isOfEntry)
  if (value.type === 'TemplateLiteral') return value.expressions.some(isOfEntry)
  if (value.type !== 'MemberExpression') return false
  const { object } = value
  const name = memberName(value)
  if (object.type === 'Identifier')
    return (object.name === 'require' && name === 'main') || (object.name === 'process' && name === 'argv')
  return isOfEntry(object)
}

/** Whether the test reads `globalThis`, `mongoose.models` or a constant that stands for it. */
function namesGlobal(test: Node, code: ModuleCode): boolean {
  const value = bare(test)
  switch (value.type) {
    case 'UnaryExpression':
      return namesGlobal(value.argument, code)
    case 'BinaryExpression':
    case 'LogicalExpression':
      return (
        (value.left.type !== 'PrivateIdentifier' && namesGlobal(value.left, code)) || namesGlobal(value.right, code)
      )
    case 'MemberExpression': {
      const origin = code.originOf(value)
      if (origin === undefined) return false
      if (origin.module === 'mongoose') return /(?:^|\.)models\b/.test(origin.path)
      return origin.module === undefined && rootIsGlobal(value, code)
    }
    default:
      return false
  }
}

function rootIsGlobal(node: TSESTree.MemberExpression, code: ModuleCode): boolean {
  const object = bare(node.object)
  if (object.type === 'MemberExpression') return rootIsGlobal(object, code)
  return object.type === 'Identifier' && code.originOf(object)?.path === ''
}

function nameOf(node: Call): string {
  return `${node.type === 'NewExpression' ? 'new ' : ''}${written(node.callee)}`
}

function written(node: Node): string {
  const value = bare(node)
  switch (value.type) {
    case 'Identifier':
      return value.name
    case 'ThisExpression':
      return 'this'
    case 'MemberExpression':
      return `${written(value.object)}.${memberName(value) ?? '[…]'}`
    case 'CallExpression':
      return `${written(value.callee)}()`
    case 'NewExpression':
      return `new ${written(value.callee)}()`
    default:
      return '(…)'
  }
}

function undoOf(node: Call, code: ModuleCode): string | undefined {
  const row = rowOf(node, code)
  const object = node.callee.type === 'MemberExpression' ? bare(node.callee.object) : undefined
  const receiver = object?.type === 'Identifier' && isOfModule(object, code) ? object.name : undefined
  if (row?.kind === 'listener' || isListenerOfProject(node, code)) return receiver && undoListener(node, receiver, code)
  const holder = holderOf(node, code)
  for (const template of row?.undo ?? []) {
    const name = template.startsWith('@') ? receiver : holder
    if (name !== undefined) return template.replace(/[$@](?=[).]|$)/, () => name)
  }
  return undefined
}

function undoListener({ arguments: [event, listener] }: Call, receiver: string, code: ModuleCode): string | undefined {
  if (event?.type !== 'Literal' || typeof event.value !== 'string' || !/^[\w:.-]+$/.test(event.value)) return undefined
  return listener?.type === 'Identifier' && isOfModule(listener, code)
    ? `${receiver}.off('${event.value}', ${listener.name})`
    : undefined
}

/** A name that code at the end of the module may use. */
function isOfModule(identifier: TSESTree.Identifier, code: ModuleCode): boolean {
  const binding = code.bindingOf(identifier)
  return binding === undefined || binding.scope.type === 'Program'
}

/** The module's variable that holds the result: `const timer = setInterval(…).unref()`. */
function holderOf(node: Call, code: ModuleCode): string | undefined {
  const target = holderAround(node, code)
  return target?.type === 'Identifier' && isOfModule(target, code) ? target.name : undefined
}

/** What the result is assigned to. */
function holderAround(node: Call, code: ModuleCode): Node | undefined {
  for (let value: Node = node, parent = code.parentOf(node); parent; value = parent, parent = code.parentOf(parent)) {
    if (parent.type === 'VariableDeclarator') return parent.id
    if (parent.type === 'AssignmentExpression') return parent.operator === '=' ? parent.left : undefined
    const returnsIt =
      isTransparent(parent) ||
      parent.type === 'AwaitExpression' ||
      (parent.type === 'MemberExpression' &&
        parent.object === value &&
        /^(?:unref|ref|on|once|connect|listen)$/.test(memberName(parent) ?? '')) ||
      (parent.type === 'CallExpression' && parent.callee === value)
    if (!returnsIt) return undefined
  }
  return undefined
}

function isInside(node: Node, around: Node): boolean {
  return node !== around && around.range[0] <= node.range[0] && node.range[1] <= around.range[1]
}
