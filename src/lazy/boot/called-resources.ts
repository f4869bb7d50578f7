import { isFunction, memberName, moduleCode, type Call, type ModuleCode, type Node } from '../../graph/module-code.ts'
import { mayMakeResources, resourcesOf, type Resource } from '../../graph/resources.ts'
import type { Analysis } from '../analysis.ts'
import type { Opened } from './boot.ts'

/** What a function of another module makes. */
export interface CalledResource {
  readonly resource: Resource
  /** The module of that function. */
  readonly file: Opened
}

/** Functions of a module that run. */
export interface Running {
  readonly file: Opened
  readonly owners: readonly Node[]
  /** The module of what they are methods of: `users` of `users.list()`. */
  readonly holder: string
}

/**
 * What a module makes while it is loaded by calling functions of other modules of the project, which call others in turn:
 * `startJobs()`, of which another module has the timer. An edit of the caller, or of what that imports, makes it again.
 *
 * Methods are found by their name, in the module that the object comes from and in those that it imports. What a function
 * makes once only, by a variable of its module, is left out.
 *
 * @param open a module, parsed; none when it cannot be.
 */
export function calledResources(
  start: Opened,
  open: (path: string) => readonly Opened[],
  analysis: Analysis,
): CalledResource[] {
  return runningAtLoad(start, open, analysis).flatMap(({ file, owners }) => {
    if (!mayMakeResources(file.text)) return []
    const code = moduleCode(file.program)
    return resourcesOf(file.program, owners)
      .filter(({ node }) => !isMadeOnce(node, code))
      .map((resource) => ({ resource, file }))
  })
}

/** The functions of other modules that run while a module is loaded, as {@link calledResources} finds them. */
export function runningAtLoad(
  start: Opened,
  open: (path: string) => readonly Opened[],
  { resolver, exports, modules }: Analysis,
): Running[] {
  const found: Running[] = []
  const seen = new Set<Node>()
  const { runsAtLoad, ownerOf, calls } = moduleCode(start.program)
  const pending: Running[] = calls
    .filter((call) => isAtLoad(ownerOf(call)))
    .flatMap((call) => calledElsewhere(start, call))
  for (let running = pending.pop(); running; running = pending.pop()) {
    const { file, holder } = running
    const owners = withLocals(file, running.owners).filter((owner) => !seen.has(owner))
    for (const owner of owners) seen.add(owner)
    if (owners.length === 0) continue
    found.push({ file, owners, holder })
    const code = moduleCode(file.program)
    for (const call of code.calls) {
      const owner = code.ownerOf(call)
      if (owner && owners.includes(owner) && !isMadeOnce(call, code)) pending.push(...calledElsewhere(file, call))
    }
  }
  return found

  function isAtLoad(owner: Node | undefined): boolean {
    return !owner || runsAtLoad(owner)
  }

  /** The functions of other modules that a call runs. */
  function calledElsewhere(file: Opened, call: Call): Running[] {
    const origin = moduleCode(file.program).originOf(call.callee)
    // What a call returned is followed no further.
    if (origin?.module === undefined || origin.path.includes('()')) return []
    const next = resolver.resolve(file.path, origin.module)
    if (next.kind !== 'project') return []
    const [name = '', ...members] = origin.path.split('.')
    const declared = exports.origin(next.path, name) ?? exports.origin(next.path, 'default')
    if (!declared) return []
    const wanted = members.at(-1) ?? (declared.exportName === 'default' && name !== 'default' ? name : undefined)
    return open(declared.path).flatMap((declaring) =>
      wanted === undefined
        ? [
            {
              file: declaring,
              owners: functionsOf(declaring, declared.exportName, call.type === 'NewExpression'),
              holder: declared.path,
            },
          ]
        : methodsNamed(declaring, wanted),
    )
  }

  /** Methods of that name, in the module or, where it has none, in those that it imports. */
  function methodsNamed(file: Opened, name: string): Running[] {
    const owners = functionsNamed(file, name)
    if (owners.length > 0) return [{ file, owners, holder: file.path }]
    return modules
      .edges(file.path)
      .filter(({ dynamic }) => !dynamic)
      .flatMap(({ target }) => open(target))
      .map((imported) => ({ file: imported, owners: functionsNamed(imported, name), holder: file.path }))
  }
}

/** These functions, and those of the module that they call. */
function withLocals(file: Opened, owners: readonly Node[]): Node[] {
  const code = moduleCode(file.program)
  const all = new Set(owners)
  for (const owner of all) {
    for (const call of code.calls) {
      if (code.ownerOf(call) !== owner) continue
      const { callee } = call
      if (callee.type === 'Identifier' && code.bindingOf(callee)?.kind !== 'import')
        for (const local of functionsNamed(file, callee.name, call.type === 'NewExpression')) all.add(local)
      if (callee.type === 'MemberExpression' && callee.object.type === 'ThisExpression')
        for (const local of functionsNamed(file, memberName(callee) ?? '')) all.add(local)
    }
  }
  return [...all]
}

/** The functions that an export is, by its name; of a class, what makes its instances. */
function functionsOf(file: Opened, exportName: string, isNew: boolean): Node[] {
  for (const statement of file.program.body) {
    if (statement.type === 'ExportDefaultDeclaration' && exportName === 'default') {
      const { declaration } = statement
      if (declaration.type === 'Identifier') return functionsNamed(file, declaration.name, isNew)
      return isFunction(declaration) ? [declaration] : isClass(declaration) && isNew ? madeWith(declaration) : []
    }
    if (statement.type !== 'ExportNamedDeclaration') continue
    for (const { exported, local } of statement.specifiers) {
      const name = exported.type === 'Identifier' ? exported.name : exported.value
      if (name === exportName && local.type === 'Identifier') return functionsNamed(file, local.name, isNew)
    }
  }
  return functionsNamed(file, exportName, isNew)
}

/** What is declared as a function, a method or a property of that name; of a class, what makes its instances. */
function functionsNamed({ program }: Opened, name: string, isNew = false): Node[] {
  const code = moduleCode(program)
  const named = new Set<Node>()
  for (const call of code.calls) {
    // Only what calls something can make anything, and its function is around it.
    for (let node: Node | undefined = call; node; node = code.parentOf(node)) {
      if (isClass(node) && isNew && node.id?.name === name) for (const one of madeWith(node)) named.add(one)
      if (isFunction(node) && !isNew && nameOf(node, code.parentOf(node)) === name) named.add(node)
    }
  }
  return [...named]
}

function nameOf(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'FunctionDeclaration') return node.id?.name
  if (parent?.type === 'VariableDeclarator') return parent.id.type === 'Identifier' ? parent.id.name : undefined
  if (parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition' || parent?.type === 'Property')
    return parent.key.type === 'Identifier' ? parent.key.name : undefined
  return undefined
}

function isClass(node: Node): node is Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }> {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

/** The constructor and the fields of a class. */
function madeWith({ body }: Extract<Node, { type: 'ClassDeclaration' | 'ClassExpression' }>): Node[] {
  return body.body.flatMap((member): Node[] => {
    if (member.type === 'MethodDefinition') return member.kind === 'constructor' ? [member.value] : []
    return member.type === 'PropertyDefinition' && !member.static ? [member] : []
  })
}

/**
 * Whether a variable of the module says that it was made before: `timer ??= setInterval(…)`, `if (!timer) …`,
 * `if (timer) return` before it.
 */
function isMadeOnce(node: Node, code: ModuleCode): boolean {
  const owner = code.ownerOf(node)
  for (let child = node, parent = code.parentOf(node); parent && child !== owner;) {
    if (parent.type === 'AssignmentExpression' && /^(?:\?\?|\|\|)=$/.test(parent.operator) && isKept(parent.left))
      return true
    if (
      parent.type === 'LogicalExpression' &&
      parent.operator !== '&&' &&
      parent.right === child &&
      isKept(parent.left)
    )
      return true
    if (parent.type === 'IfStatement' && parent.test !== child && namesKept(parent.test)) return true
    if (parent.type === 'BlockStatement') {
      const before = parent.body.slice(0, parent.body.indexOf(child as (typeof parent.body)[number]))
      if (
        before.some(
          (statement) => statement.type === 'IfStatement' && ends(statement.consequent) && namesKept(statement.test),
        )
      )
        return true
    }
    child = parent
    parent = code.parentOf(parent)
  }
  return false

  /** A variable of the module that is assigned to. */
  function isKept(test: Node): boolean {
    if (test.type !== 'Identifier') return false
    const binding = code.bindingOf(test)
    return (
      binding?.kind === 'variable' &&
      binding.scope.type === 'Program' &&
      code.assignments.some(({ left }) => left.type === 'Identifier' && left.name === test.name)
    )
  }

  function namesKept(test: Node): boolean {
    if (test.type === 'UnaryExpression') return namesKept(test.argument)
    if (test.type === 'BinaryExpression') return test.left.type !== 'PrivateIdentifier' && namesKept(test.left)
    if (test.type === 'LogicalExpression') return namesKept(test.left) || namesKept(test.right)
    return isKept(test)
  }
}

function ends(statement: Node): boolean {
  if (statement.type === 'BlockStatement') return statement.body.some(ends)
  return statement.type === 'ReturnStatement' || statement.type === 'ThrowStatement'
}
