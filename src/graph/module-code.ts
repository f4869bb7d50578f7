import type { TSESTree } from '@typescript-eslint/utils'

export type Node = TSESTree.Node
export type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression
export type Call = TSESTree.CallExpression | TSESTree.NewExpression

/** What declares a name. `scope` is the node whose code sees it. */
export type Binding =
  | { readonly kind: 'import'; readonly scope: Node; readonly source: string; readonly imported: string }
  | {
      readonly kind: 'variable'
      readonly scope: Node
      readonly declarator: TSESTree.VariableDeclarator
      /** Keys that lead from the initial value to the name, where it is destructured. */
      readonly keys: readonly string[]
    }
  | { readonly kind: 'function'; readonly scope: Node; readonly node: TSESTree.FunctionDeclaration }
  | { readonly kind: 'other'; readonly scope: Node }

/** The value of an expression by where it comes from: `new pg.Pool()` of `pg` is `Pool()`. */
export interface Origin {
  /** Without `node:`; undefined for a global. */
  readonly module: string | undefined
  /** Members and calls, e.g. `createServer().listen()`; that of a default export starts with `default`. */
  readonly path: string
}

/** One module as the analyses of its code see it: which code runs when it is loaded, and what names stand for. */
export interface ModuleCode {
  readonly program: TSESTree.Program
  /** In textual order. */
  readonly imports: readonly TSESTree.ImportExpression[]
  /** Calls and `new`, in textual order. */
  readonly calls: readonly Call[]
  readonly assignments: readonly TSESTree.AssignmentExpression[]
  readonly members: readonly TSESTree.MemberExpression[]
  parentOf(node: Node): Node | undefined
  bindingOf(identifier: TSESTree.Identifier): Binding | undefined
  originOf(node: Node): Origin | undefined
  /**
   * The function or instance field that has to be called or made for `node` to run; undefined for code that runs when
   * the module is loaded. Functions that are called where they stand are part of the code around them.
   */
  ownerOf(node: Node): Node | undefined
  /** Whether something calls the function while the module is loaded. */
  runsAtLoad(owner: Node): boolean
  /** Whether the function runs while the module is loaded and at no other time: it is not exported, passed on or called by itself. */
  runsOnlyAtLoad(owner: Node): boolean
}

const known = new WeakMap<TSESTree.Program, ModuleCode>()

/**
 * Reads a module's code.
 *
 * @param program from @typescript-eslint/parser, espree, or oxc-parser with `range: true`; parents are not needed.
 */
export function moduleCode(program: TSESTree.Program): ModuleCode {
  let code = known.get(program)
  if (!code) known.set(program, (code = readCode(program)))
  return code
}

function readCode(program: TSESTree.Program): ModuleCode {
  const parents = new Map<Node, Node>()
  const imports: TSESTree.ImportExpression[] = []
  const calls: Call[] = []
  const assignments: TSESTree.AssignmentExpression[] = []
  const members: TSESTree.MemberExpression[] = []
  const identifiers = new Map<string, (TSESTree.Identifier | TSESTree.JSXIdentifier)[]>()
  const scopes = new Map<Node, ReadonlyMap<string, Binding>>()
  const timesOfLoad = new Map<Node, boolean>()
  const onlyAtLoad = new Map<Node, boolean>()

  visit(program, (node, parent) => {
    parents.set(node, parent)
    if (node.type === 'ImportExpression') imports.push(node)
    else if (isCall(node)) calls.push(node)
    else if (node.type === 'AssignmentExpression') assignments.push(node)
    else if (node.type === 'MemberExpression') members.push(node)
    else if (node.type === 'Identifier' || node.type === 'JSXIdentifier') {
      const same = identifiers.get(node.name)
      if (same) same.push(node)
      else identifiers.set(node.name, [node])
    }
  })
  // Parsers differ in the order of some fields.
  imports.sort(inText)
  calls.sort(inText)

  const parentOf = (node: Node): Node | undefined => parents.get(node)

  function bindingOf(identifier: { readonly name: string } & Node): Binding | undefined {
    for (let scope = parentOf(identifier); scope; scope = parentOf(scope)) {
      let names = scopes.get(scope)
      if (!names) scopes.set(scope, (names = namesIn(scope)))
      const binding = names.get(identifier.name)
      if (binding) return binding
    }
    return undefined
  }

  function pathOf(node: Node, depth = 0): { module: string | undefined; steps: readonly string[] } | undefined {
    const value = bare(node)
    if (depth > 20) return undefined
    switch (value.type) {
      case 'Identifier': {
        const binding = bindingOf(value)
        if (!binding) return { module: undefined, steps: /^global(?:This)?$/.test(value.name) ? [] : [value.name] }
        if (binding.kind === 'import')
          return { module: binding.source, steps: binding.imported === '*' ? [] : [binding.imported] }
        if (binding.kind !== 'variable' || !binding.declarator.init) return undefined
        const from = pathOf(binding.declarator.init, depth + 1)
        return from && { ...from, steps: [...from.steps, ...binding.keys] }
      }
      case 'MemberExpression': {
        const name = memberName(value)
        const from = name === undefined ? undefined : pathOf(value.object, depth + 1)
        return from && name !== undefined ? { ...from, steps: [...from.steps, name] } : undefined
      }
      case 'CallExpression':
      case 'NewExpression': {
        const required = requiredModule(value)
        if (required !== undefined) return { module: required, steps: [] }
        const from = pathOf(value.callee, depth + 1)
        return from && { ...from, steps: [...from.steps, '()'] }
      }
      case 'ImportExpression': {
        const specifier = specifierOf(value)
        return specifier === undefined ? undefined : { module: specifier, steps: [] }
      }
      default:
        return undefined
    }
  }

  function requiredModule({ callee, arguments: [argument] }: Call): string | undefined {
    if (callee.type !== 'Identifier' || callee.name !== 'require' || bindingOf(callee)?.kind === 'function') return
    return argument?.type === 'Literal' && typeof argument.value === 'string' ? argument.value : undefined
  }

  /** What calls the function where it stands: `(() => …)()`, `.forEach(() => …)`, `new Promise(() => …)`. */
  function callInPlace(node: FunctionNode): Call | undefined {
    let value: Node = node
    let parent = parentOf(value)
    while (parent && isTransparent(parent)) [value, parent] = [parent, parentOf(parent)]
    if (parent?.type === 'CallExpression' && parent.callee === value) return parent
    if (
      parent?.type === 'MemberExpression' &&
      parent.object === value &&
      /^(?:call|apply)$/.test(memberName(parent) ?? '')
    ) {
      const call = parentOf(parent)
      if (call?.type === 'CallExpression' && call.callee === parent) return call
    }
    return parent && isCall(parent) && callsItsArgument(parent, value) ? parent : undefined
  }

  /** Whether the call runs that argument of it, a function, once for each promise or element. */
  function callsItsArgument(call: Call, argument: Node): boolean {
    if (!call.arguments.includes(argument as TSESTree.CallExpressionArgument)) return false
    const { callee } = call
    if (call.type === 'NewExpression')
      return callee.type === 'Identifier' && callee.name === 'Promise' && !bindingOf(callee)
    return (
      callee.type === 'MemberExpression' &&
      /^(?:then|catch|finally|forEach|map|flatMap)$/.test(memberName(callee) ?? '')
    )
  }

  function ownerOf(node: Node): Node | undefined {
    for (let child = node, parent = parentOf(node); parent; [child, parent] = [parent, parentOf(parent)]) {
      if (isFunction(parent) && !callInPlace(parent)) return parent
      if (isField(parent) && !parent.static && parent.value === child) return parent
    }
    return undefined
  }

  /** The uses of a function by its name, and whether it is declared in an export; undefined when it has none. */
  function usesOf(owner: Node): { readonly uses: readonly Node[]; readonly exported: boolean } | undefined {
    const declaration = owner.type === 'FunctionDeclaration' ? owner : parentOf(owner)
    const name =
      declaration?.type === 'FunctionDeclaration' || declaration?.type === 'VariableDeclarator' ? declaration.id : null
    if (!declaration || name?.type !== 'Identifier') return undefined
    if (declaration.type === 'VariableDeclarator' && declaration.init !== owner) return undefined
    const statement = declaration.type === 'VariableDeclarator' ? parentOf(declaration) : declaration
    const around = statement && parentOf(statement)
    const exported = around?.type === 'ExportNamedDeclaration' || around?.type === 'ExportDefaultDeclaration'
    const binding = bindingOf(name)
    const uses = (identifiers.get(name.name) ?? []).filter(
      (identifier) =>
        identifier !== name && isReference(identifier, parentOf(identifier)) && bindingOf(identifier) === binding,
    )
    return { uses, exported }
  }

  /** The call that the reference to a function stands for, by its name or as an argument; undefined for other uses. */
  function callBy(use: Node): Call | undefined {
    const parent = parentOf(use)
    if (!parent || !isCall(parent)) return undefined
    return (parent.type === 'CallExpression' && parent.callee === use) || callsItsArgument(parent, use)
      ? parent
      : undefined
  }

  function runsAtLoad(owner: Node): boolean {
    const before = timesOfLoad.get(owner)
    if (before !== undefined) return before
    timesOfLoad.set(owner, false)
    const runs = (usesOf(owner)?.uses ?? []).some((use) => {
      const call = callBy(use)
      const caller = call && ownerOf(call)
      return call !== undefined && (caller === undefined || runsAtLoad(caller))
    })
    timesOfLoad.set(owner, runs)
    return runs
  }

  function runsOnlyAtLoad(owner: Node): boolean {
    const before = onlyAtLoad.get(owner)
    if (before !== undefined) return before
    onlyAtLoad.set(owner, false)
    const found = usesOf(owner)
    const runs =
      found !== undefined &&
      !found.exported &&
      found.uses.length > 0 &&
      found.uses.every((use) => {
        const call = callBy(use)
        if (!call || isRepeated(call)) return false
        const caller = ownerOf(call)
        return caller === undefined || runsOnlyAtLoad(caller)
      })
    onlyAtLoad.set(owner, runs)
    return runs
  }

  /** Whether the node is in a loop without an end of its own. */
  function isRepeated(node: Node): boolean {
    return loopAround(node, parentOf, ownerOf(node))
  }

  return {
    program,
    imports,
    calls,
    assignments,
    members,
    parentOf,
    bindingOf,
    originOf(node) {
      const found = pathOf(node)
      return found && { module: found.module?.replace(/^node:/, ''), path: join(found.module, found.steps) }
    },
    ownerOf,
    runsAtLoad,
    runsOnlyAtLoad,
  }
}

/** Whether a `while`, a `do`, a `for await` or a `for (;;)` stands between the node and `owner`: it may run again and again. */
export function loopAround(node: Node, parentOf: ModuleCode['parentOf'], owner: Node | undefined): boolean {
  for (let parent = parentOf(node); parent && parent !== owner; parent = parentOf(parent)) {
    if (parent.type === 'WhileStatement' || parent.type === 'DoWhileStatement') return true
    if (parent.type === 'ForOfStatement' && parent.await) return true
    if (parent.type === 'ForStatement' && !parent.test) return true
  }
  return false
}

function join(module: string | undefined, steps: readonly string[]): string {
  const named =
    module !== undefined && steps[0] === 'default' && steps.length > 1 && steps[1] !== '()' ? steps.slice(1) : steps
  const path = named.reduce((text, step) => (step === '()' ? `${text}()` : text === '' ? step : `${text}.${step}`), '')
  return path.startsWith('()') ? `default${path}` : path
}

/** Calls `see` with every node below `node` and its parent. */
function visit(node: Node, see: (node: Node, parent: Node) => void): void {
  const meet = (child: unknown): void => {
    if (!isNode(child)) return
    see(child, node)
    visit(child, see)
  }
  for (const key of Object.keys(node)) {
    const value = (node as unknown as Readonly<Record<string, unknown>>)[key]
    if (typeof value !== 'object' || value === null) continue
    if (key === 'parent' || key === 'tokens' || key === 'comments' || key === 'loc' || key === 'range') continue
    if (Array.isArray(value)) for (const child of value) meet(child)
    else meet(value)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

/** A call before those in its callee, which start where it does. */
function inText(a: Node, b: Node): number {
  return a.range[0] - b.range[0] || b.range[1] - a.range[1]
}

export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  )
}

export function isCall(node: Node): node is Call {
  return node.type === 'CallExpression' || node.type === 'NewExpression'
}

function isField(node: Node): node is TSESTree.PropertyDefinition | TSESTree.AccessorProperty {
  return node.type === 'PropertyDefinition' || node.type === 'AccessorProperty'
}

/** Whether the node's value is that of the expression in it: a cast, `?.`, or parentheses, which oxc-parser can keep. */
export function isTransparent(node: Node): boolean {
  return /^(?:TSAsExpression|TSSatisfiesExpression|TSTypeAssertion|TSNonNullExpression|ChainExpression|ParenthesizedExpression)$/.test(
    node.type,
  )
}

/** `node` without the casts and the `await` around it. */
export function bare(node: Node): Node {
  let current = node
  for (;;) {
    if (isTransparent(current)) current = (current as TSESTree.ChainExpression).expression
    else if (current.type === 'AwaitExpression') current = current.argument
    else return current
  }
}

/** The property name of `a.b` and `a['b']`. */
export function memberName(node: TSESTree.MemberExpression): string | undefined {
  if (node.property.type === 'PrivateIdentifier') return `#${node.property.name}`
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined
  return node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : undefined
}

/** The specifier of an `import()` that is written out; undefined for one that is computed. */
export function specifierOf({ source }: TSESTree.ImportExpression): string | undefined {
  if (source.type === 'Literal' && typeof source.value === 'string') return source.value
  return source.type === 'TemplateLiteral' ? source.quasis.map(({ value }) => value.cooked ?? '').join('*') : undefined
}

/** Whether the identifier stands for the value of a variable. */
function isReference(node: Node, parent: Node | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed
    case 'Property':
      return parent.value === node || parent.computed
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.value === node || parent.computed
    case 'ExportSpecifier':
      return parent.local === node
    case 'ImportSpecifier':
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'JSXAttribute':
      return false
    default:
      return true
  }
}

/** The names that a node declares for the code in it. */
function namesIn(scope: Node): ReadonlyMap<string, Binding> {
  const names = new Map<string, Binding>()
  const other: Binding = { kind: 'other', scope }

  function declare(statement: Node | null | undefined): void {
    if (!statement) return
    if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration') {
      declare(statement.declaration)
    } else if (statement.type === 'ImportDeclaration') {
      for (const specifier of statement.specifiers) {
        const imported =
          specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : specifier.type === 'ImportNamespaceSpecifier'
              ? '*'
              : specifier.imported.type === 'Identifier'
                ? specifier.imported.name
                : specifier.imported.value
        names.set(specifier.local.name, { kind: 'import', scope, source: statement.source.value, imported })
      }
    } else if (statement.type === 'VariableDeclaration') {
      for (const declarator of statement.declarations) {
        for (const [name, keys] of namesOf(declarator.id, []))
          names.set(name, keys ? { kind: 'variable', scope, declarator, keys } : other)
      }
    } else if (statement.type === 'FunctionDeclaration') {
      if (statement.id) names.set(statement.id.name, { kind: 'function', scope, node: statement })
    } else if ('id' in statement && statement.id?.type === 'Identifier') {
      names.set(statement.id.name, other)
    }
  }

  switch (scope.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
      scope.body.forEach(declare)
      break
    case 'SwitchStatement':
      scope.cases.forEach(({ consequent }) => consequent.forEach(declare))
      break
    case 'ForStatement':
      if (scope.init?.type === 'VariableDeclaration') declare(scope.init)
      break
    case 'ForInStatement':
    case 'ForOfStatement':
      if (scope.left.type === 'VariableDeclaration') declare(scope.left)
      break
    case 'CatchClause':
      if (scope.param) for (const [name] of namesOf(scope.param, [])) names.set(name, other)
      break
    case 'ClassExpression':
    case 'ClassDeclaration':
      if (scope.id) names.set(scope.id.name, other)
      break
  }
  if (isFunction(scope)) {
    if (scope.type === 'FunctionExpression' && scope.id) names.set(scope.id.name, other)
    for (const param of scope.params) for (const [name] of namesOf(param, [])) names.set(name, other)
  }
  if (isFunction(scope) || scope.type === 'Program') {
    for (const declaration of hoisted(isFunction(scope) ? scope.body : scope)) declare(declaration)
  }
  return names
}

/** The `var`s in blocks of a function or a module. */
function* hoisted(node: Node): Generator<TSESTree.VariableDeclaration> {
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent' || typeof value !== 'object' || value === null) continue
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value as unknown]) {
      if (!isNode(child) || !/Statement$|^VariableDeclaration$|^SwitchCase$|^CatchClause$/.test(child.type)) continue
      if (child.type === 'VariableDeclaration' && child.kind === 'var') yield child
      yield* hoisted(child)
    }
  }
}

/** The names in a pattern, each with the keys that lead to it; `keys` is undefined where they are not all written out. */
function* namesOf(
  pattern: Node | null,
  keys: readonly string[] | undefined,
): Generator<[string, readonly string[] | undefined]> {
  switch (pattern?.type) {
    case 'Identifier':
      yield [pattern.name, keys]
      break
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') yield* namesOf(property.argument, undefined)
        else {
          const { key } = property
          const name = !property.computed && key.type === 'Identifier' ? key.name : undefined
          yield* namesOf(property.value, keys && name !== undefined ? [...keys, name] : undefined)
        }
      }
      break
    case 'ArrayPattern':
      for (const element of pattern.elements) yield* namesOf(element, undefined)
      break
    case 'AssignmentPattern':
      yield* namesOf(pattern.left, keys)
      break
    case 'RestElement':
      yield* namesOf(pattern.argument, undefined)
      break
    case 'TSParameterProperty':
      yield* namesOf(pattern.parameter, undefined)
      break
  }
}
