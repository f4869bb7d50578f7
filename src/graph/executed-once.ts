import type { TSESTree } from '@typescript-eslint/utils'
import {
  isFunction,
  isTransparent,
  loopAround,
  memberName,
  moduleCode,
  specifierOf,
  type ModuleCode,
  type Node,
} from './module-code.ts'

/** An `import()` whose result is kept: hot-hook invalidates the module, and nothing ever asks for the new version. */
export interface ExecutedOnce {
  readonly specifier: string
  readonly node: TSESTree.ImportExpression
  /**
   * - `module-level`: it is evaluated while the module is loaded.
   * - `caller`: in a function that is called while the module is loaded, and at no other time.
   * - `memoised`: its result is stored, and the next call takes the stored one.
   * - `registered`: its result is handed to a framework, at boot.
   */
  readonly why: 'module-level' | 'caller' | 'memoised' | 'registered'
}

/**
 * The `import()`s of a module that are executed once, with a specifier that is written out.
 *
 * hot-hook 1.0.0 says `invalidated` for the module behind such an import, and its old code stays until a restart. All
 * of it holds for one copy of the importing module: where hot-hook replaces that too, the import is executed again.
 * What cannot be told counts as executed on each call.
 *
 * @param program from @typescript-eslint/parser, espree, or oxc-parser with `range: true`; parents are not needed.
 */
export function executedOnce(program: TSESTree.Program): ExecutedOnce[] {
  const code = moduleCode(program)
  return code.imports.flatMap((node) => {
    const specifier = specifierOf(node)
    const why = specifier === undefined ? undefined : reasonOf(node, code)
    return specifier === undefined || why === undefined ? [] : [{ specifier, node, why }]
  })
}

/**
 * The specifiers of `import()`s that AdonisJS evaluates for each request under hot-hook, though they stand in a file of
 * config/: `sessionUserProvider({ model: () => import('#models/user') })`. @adonisjs/auth keeps the model only where
 * `import.meta` has no `hot` (read in 9.3.2, 9.6.0 and 10.1.0: `session_guard`, `access_tokens_guard`, `basic_auth_guard`;
 * not so in 9.1.1).
 */
export function providedModels(program: TSESTree.Program): ReadonlySet<string> {
  const code = moduleCode(program)
  const found = code.imports.flatMap((node) => {
    const owner = code.ownerOf(node)
    const property = owner && code.parentOf(owner)
    if (property?.type !== 'Property' || property.key.type !== 'Identifier' || property.key.name !== 'model') return []
    const options = code.parentOf(property)
    const call = options && code.parentOf(options)
    const origin = call?.type === 'CallExpression' && call.arguments[0] === options ? code.originOf(call) : undefined
    const isProvider = /^@adonisjs\/auth\//.test(origin?.module ?? '') && /UserProvider\(\)$/.test(origin?.path ?? '')
    return isProvider ? (specifierOf(node) ?? []) : []
  })
  return new Set(found)
}

function reasonOf(node: TSESTree.ImportExpression, code: ModuleCode): ExecutedOnce['why'] | undefined {
  const owner = code.ownerOf(node)
  if (loopAround(node, code.parentOf, owner)) return undefined
  const values = valuesOf(node, owner, code)
  if (!owner) return values.some((value) => isHandedOver(value, code)) ? 'registered' : 'module-level'
  if (values.some((value) => isStored(value, code)) || isGuarded(node, owner, code)) return 'memoised'
  if (isArgumentOfCache(owner, code)) return 'memoised'
  if (values.some((value) => isPlugin(value, code)) && isBootFunction(owner, code)) return 'registered'
  if (isBootHook(owner, code)) return 'registered'
  return code.runsOnlyAtLoad(owner) ? 'caller' : undefined
}

/**
 * The expressions that the import is the whole of: `await import()`, `(await import()).default`, `import().then(…)`,
 * the call of a function around it that is called where it stands.
 */
function valuesOf(node: Node, owner: Node | undefined, code: ModuleCode): Node[] {
  const values = [node]
  let isWhole = true
  for (
    let value = node, parent = code.parentOf(node);
    parent && parent !== owner;
    value = parent, parent = code.parentOf(parent)
  ) {
    isWhole =
      isFunction(parent) ||
      isFunction(value) ||
      (isWhole &&
        (isTransparent(parent) ||
          parent.type === 'AwaitExpression' ||
          (parent.type === 'MemberExpression' && parent.object === value) ||
          (parent.type === 'CallExpression' && (parent.callee === value || value.type === 'ArrayExpression')) ||
          (parent.type === 'ArrayExpression' && /^all/.test(methodOf(code.parentOf(parent)) ?? ''))))
    if (isWhole) values.push(parent)
  }
  return values
}

const REGISTERS =
  /^(?:register|use|route|mount|plugin|get|post|put|patch|delete|options|head|all|any|resource|on|addHook|setErrorHandler|setNotFoundHandler|errorHandler)$/

/** An argument of a call that registers: `app.use((await import('./m.js')).default)`. */
function isHandedOver(value: Node, code: ModuleCode): boolean {
  const parent = code.parentOf(value)
  if (parent?.type !== 'CallExpression' || !parent.arguments.includes(value as TSESTree.CallExpressionArgument))
    return false
  const { callee } = parent
  if (callee.type !== 'MemberExpression' || !REGISTERS.test(memberName(callee) ?? '')) return false
  return callee.object.type !== 'Identifier' || callee.object.name !== 'Promise'
}

/** An argument of a call that nothing makes while it answers a request. */
function isPlugin(value: Node, code: ModuleCode): boolean {
  const parent = code.parentOf(value)
  return isHandedOver(value, code) && /^(?:register|use|route|mount|plugin)$/.test(methodOf(parent) ?? '')
}

/** A function of the module itself, or one that a framework calls at boot: `fp(async (app) => …)`, `app.register(…)`. */
function isBootFunction(owner: Node, code: ModuleCode): boolean {
  const parent = code.parentOf(owner)
  switch (parent?.type) {
    case 'Program':
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return true
    case 'VariableDeclarator':
      return code.ownerOf(parent) === undefined
    case 'CallExpression': {
      const outer = code.ownerOf(parent)
      if (code.originOf(parent)?.module === 'fastify-plugin') return outer === undefined
      return (
        methodOf(parent) === 'register' &&
        parent.arguments[0] === owner &&
        (outer === undefined || isBootFunction(outer, code))
      )
    }
    default:
      return false
  }
}

/** `app.booted(async () => …)` and `server.errorHandler(() => …)` of AdonisJS; `app.register(async (app) => …)` and `app.addHook('onReady', …)` of fastify. */
function isBootHook(owner: Node, code: ModuleCode): boolean {
  const call = code.parentOf(owner)
  if (call?.type !== 'CallExpression') return false
  const outer = code.ownerOf(call)
  const origin = outer === undefined || code.runsOnlyAtLoad(outer) ? code.originOf(call) : undefined
  const [first] = call.arguments
  switch (origin?.module) {
    case '@adonisjs/core/services/app':
      return /^default\.(?:booting|booted|starting|ready)\(\)$|^(?:booting|booted|starting|ready)\(\)$/.test(
        origin.path,
      )
    case '@adonisjs/core/services/server':
      // @adonisjs/http-server 8.2.0, `Server.boot`: the exception handler is imported there, once.
      return /^(?:default\.)?errorHandler\(\)$/.test(origin.path) && first === owner
    case 'fastify':
      if (/\(\)\.(?:register|after|ready)\(\)$/.test(origin.path)) return first === owner
      return (
        /\(\)\.addHook\(\)$/.test(origin.path) &&
        first?.type === 'Literal' &&
        /^on(?:Ready|Listen|Close)$/.test(String(first.value))
      )
    default:
      return false
  }
}

function methodOf(call: Node | undefined): string | undefined {
  return call?.type === 'CallExpression' && call.callee.type === 'MemberExpression'
    ? memberName(call.callee)
    : undefined
}

/** Whether the value goes to a variable or a map that outlives the call, where the next call finds it. */
function isStored(value: Node, code: ModuleCode): boolean {
  const parent = code.parentOf(value)
  if (parent?.type === 'AssignmentExpression')
    return parent.right === value && /^(?:\?\?|\|\|)=$/.test(parent.operator) && isKept(parent.left, parent, code)
  if (parent?.type !== 'CallExpression' || methodOf(parent) !== 'set' || parent.arguments[1] !== value) return false
  const { object } = parent.callee as TSESTree.MemberExpression
  return outlives(object, code) && /(?:Map|Cache|LRU)\(\)$/.test(code.originOf(object)?.path ?? '')
}

/** Whether the target keeps its value: it outlives the call, and nothing else in the module empties it. */
function isKept(target: Node, where: Node, code: ModuleCode): boolean {
  const owner = code.ownerOf(where)
  return (
    outlives(target, code) &&
    !code.assignments.some(
      ({ left, right, range: [start] }) =>
        isSame(left, target) && isEmpty(right) && !(owner && owner.range[0] < start && start < owner.range[1]),
    )
  )
}

/** A variable of the module, or a property of one. What belongs to a function or to `this` may live as long as a request. */
function outlives(target: Node, code: ModuleCode): boolean {
  let root = target
  while (isTransparent(root) || root.type === 'MemberExpression')
    root = root.type === 'MemberExpression' ? root.object : (root as TSESTree.ChainExpression).expression
  if (root.type !== 'Identifier') return false
  const binding = code.bindingOf(root)
  if (!binding) return target !== root && /^global(?:This)?$/.test(root.name)
  return binding.kind !== 'import' && !isFunction(binding.scope) && code.ownerOf(binding.scope) === undefined
}

/**
 * Whether the node runs only while something is empty that is filled then: below `if (!p)`, after `if (p) return`,
 * right of `p ||`.
 */
function isGuarded(node: Node, owner: Node, code: ModuleCode): boolean {
  const fills = (target: Node): boolean =>
    isKept(target, node, code) &&
    code.assignments.some(
      ({ left, right, range: [start] }) =>
        owner.range[0] < start && start < owner.range[1] && isSame(left, target) && !isEmpty(right),
    )
  for (
    let child = node, parent = code.parentOf(node);
    parent && child !== owner;
    child = parent, parent = code.parentOf(parent)
  ) {
    if (parent.type === 'IfStatement' || parent.type === 'ConditionalExpression') {
      if (parent.consequent === child && emptyIf(parent.test, true).some(fills)) return true
      if (parent.alternate === child && emptyIf(parent.test, false).some(fills)) return true
    } else if (parent.type === 'LogicalExpression' && parent.right === child) {
      if (emptyIf(parent.left, parent.operator === '&&').some(fills)) return true
    } else if (parent.type === 'BlockStatement') {
      for (const statement of parent.body.slice(0, parent.body.indexOf(child as TSESTree.Statement))) {
        if (
          statement.type === 'IfStatement' &&
          returns(statement.consequent) &&
          emptyIf(statement.test, false).some(fills)
        )
          return true
      }
    }
  }
  return false
}

function returns(statement: Node): boolean {
  return statement.type === 'ReturnStatement' || (statement.type === 'BlockStatement' && statement.body.some(returns))
}

/** What is empty, for sure, when the test has that outcome. */
function emptyIf(test: Node, outcome: boolean): Node[] {
  if (isTransparent(test)) return emptyIf((test as TSESTree.ChainExpression).expression, outcome)
  if (test.type === 'UnaryExpression' && test.operator === '!') return emptyIf(test.argument, !outcome)
  if (test.type === 'LogicalExpression')
    return (test.operator === '&&') === outcome ? [...emptyIf(test.left, outcome), ...emptyIf(test.right, outcome)] : []
  if (test.type === 'BinaryExpression' && /^[!=]==?$/.test(test.operator)) {
    const { left, right, operator } = test
    const isTypeof = left.type === 'UnaryExpression' && left.operator === 'typeof'
    const isCompared = isTypeof ? right.type === 'Literal' && right.value === 'undefined' : isEmpty(right)
    return isCompared && operator.startsWith('=') === outcome ? [isTypeof ? left.argument : left] : []
  }
  return (test.type === 'Identifier' || test.type === 'MemberExpression') && !outcome ? [test] : []
}

function isEmpty(node: Node): boolean {
  return (
    (node.type === 'Literal' && node.value === null && node.raw === 'null') ||
    (node.type === 'Identifier' && node.name === 'undefined')
  )
}

/** Whether two expressions are the same variable, or the same property of one. */
function isSame(a: Node, b: Node): boolean {
  if (isTransparent(a)) return isSame((a as TSESTree.ChainExpression).expression, b)
  if (isTransparent(b)) return isSame(a, (b as TSESTree.ChainExpression).expression)
  if (a.type === 'Identifier' && b.type === 'Identifier') return a.name === b.name
  if (a.type === 'Literal' && b.type === 'Literal') return a.value === b.value
  if (a.type !== 'MemberExpression' || b.type !== 'MemberExpression' || !isSame(a.object, b.object)) return false
  const name = memberName(a)
  return name === undefined ? memberName(b) === undefined && isSame(a.property, b.property) : name === memberName(b)
}

/** Functions that call the function they are given once and keep what it returns, by the module they come from. */
const CACHES: readonly (readonly [module: RegExp, path: RegExp])[] = [
  [/^@trpc\/server(?:\/|$)/, /^(?:lazy|experimental_lazy)\(\)$/],
  [/^(?:h3|nitropack|nitro|#imports)(?:\/|$)/, /^(?:lazyEventHandler|defineLazyEventHandler)\(\)$/],
  [
    /^(?:lodash(?:-es)?|underscore|radash|remeda|ramda|rambda|es-toolkit)(?:[./]|$)/,
    /(?:^|\.)(?:once|memoize|memo|default)\(\)$/,
  ],
  [
    /^(?:once|onetime|just-once|p-once|mem|memoize|memoizee|memoize-one|p-memoize|fast-memoize|micro-memoize|moize)$/,
    /\(\)$/,
  ],
]

/** `once(() => import('./x.js'))`, made while the module is loaded: whoever calls the result gets what was kept. */
function isArgumentOfCache(owner: Node, code: ModuleCode): boolean {
  const call = code.parentOf(owner)
  if (call?.type !== 'CallExpression' || call.arguments[0] !== owner || code.ownerOf(call) !== undefined) return false
  if (
    call.callee.type === 'Identifier' &&
    /^(?:once|memoize|memoise|lazyEventHandler|defineLazyEventHandler)$/.test(call.callee.name)
  )
    return true
  const origin = code.originOf(call)
  return CACHES.some(([modules, paths]) => modules.test(origin?.module ?? '') && paths.test(origin?.path ?? ''))
}
