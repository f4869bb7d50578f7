import type { TSESTree } from '@typescript-eslint/utils'
import type { Callee, FunctionFacts, Imported, Member, Value } from './facts.ts'
import { functionFacts, writtenType } from './functions.ts'
import { isFunction, memberName, nameOfKey, uncast } from './nodes.ts'
import type { Program } from './programs.ts'

/** What a name of one module stands for, other modules not asked. */
export interface Description extends Value {
  readonly mutable: boolean
  /** Elements, properties, and what the module sets as properties of the value while it is loaded. */
  readonly members: readonly Member[]
  /** Where the value comes from, when the name is another name for an import; all else is empty then. */
  readonly alias: Imported | undefined
}

export const NOTHING: Value = {
  kind: 'unknown',
  name: undefined,
  function: undefined,
  callee: undefined,
  annotation: undefined,
}
const UNKNOWN: Description = { ...NOTHING, mutable: false, members: [], alias: undefined }

/**
 * What the module exports as `exportName`.
 *
 * @param local its name in the module, as the lexer read it; undefined for an expression after `export default`.
 */
export function describeExport(program: Program, exportName: string, local: string | undefined): Description {
  return program.remember(`describe ${exportName}`, () => {
    const expression = exportName === 'default' ? program.defaultExport : undefined
    // A declaration is exported as a binding; of an expression, the value that it has when the module is loaded.
    const isDeclaration = expression?.type === 'FunctionDeclaration' || expression?.type === 'ClassDeclaration'
    if (expression && !(isDeclaration && expression.id)) return describe(program, valueBehind(program, expression))
    const name = isDeclaration ? expression.id?.name : local
    return name === undefined ? UNKNOWN : describe(program, bindingBehind(program, name))
  })
}

/** An expression with the names followed that stand for it. */
interface Behind {
  readonly node: TSESTree.Node | undefined
  /** The name that the module has for the value. */
  readonly local: string | undefined
  readonly alias: Imported | undefined
  readonly mutable: boolean
  /** The type that it is cast to. */
  readonly cast: string | undefined
}

function bindingBehind(program: Program, local: string, seen: ReadonlySet<string> = new Set()): Behind {
  const nothing: Behind = { node: undefined, local, alias: undefined, mutable: false, cast: undefined }
  const binding = program.bindings.get(local)
  if (!binding || seen.has(local)) return nothing
  if (binding.kind === 'import') return { ...nothing, alias: binding.imported }
  if (program.isReassigned(local)) return { ...nothing, mutable: true }
  if (!binding.node) return nothing
  return valueBehind(program, binding.node, local, new Set(seen).add(local))
}

function valueBehind(program: Program, node: TSESTree.Node, local?: string, seen?: ReadonlySet<string>): Behind {
  const value = unfrozen(program, uncast(node))
  // What another binding is assigned later does not change what was read of it.
  if (value.type === 'Identifier') return { ...bindingBehind(program, value.name, seen), mutable: false }
  return { node: value, local, alias: undefined, mutable: false, cast: castIn(node) }
}

/** The type of the outermost cast; undefined for `as const`, `satisfies` and `!`, which keep that of the value. */
function castIn(node: TSESTree.Node): string | undefined {
  if (node.type === 'TSNonNullExpression' || node.type === 'TSSatisfiesExpression') return castIn(node.expression)
  if (node.type !== 'TSAsExpression' && node.type !== 'TSTypeAssertion') return undefined
  const type = writtenType(node.typeAnnotation)
  return type === 'const' ? undefined : type
}

function describe(program: Program, { node, local, alias, mutable, cast }: Behind): Description {
  if (!node) return { ...UNKNOWN, alias, mutable }
  const own =
    node.type === 'ArrayExpression'
      ? elementsOf(program, node)
      : node.type === 'ObjectExpression'
        ? propertiesOf(program, node.properties)
        : node.type === 'TSEnumDeclaration'
          ? node.body.members.map(({ id }): Member => ({ ...EMPTY_MEMBER, kind: 'literal', key: nameOfKey(id) }))
          : []
  const isClass = node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
  const annotation = (local === undefined ? undefined : program.annotationOf(local)) ?? cast
  const members = local === undefined || isClass ? own : [...own, ...assignedMembers(program, local)]
  return { ...UNKNOWN, ...valueOf(program, node), annotation, members: withoutDuplicates(members) }
}

/** `node`, or what is frozen in `Object.freeze(node)`. */
function unfrozen(program: Program, node: TSESTree.Node): TSESTree.Node {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return node
  const { object } = node.callee
  const isObject = object.type === 'Identifier' && object.name === 'Object' && !program.bindings.has('Object')
  const [first] = node.arguments
  return isObject && first && /^(?:freeze|seal|preventExtensions)$/.test(memberName(node.callee) ?? '')
    ? unfrozen(program, uncast(first))
    : node
}

function valueOf(program: Program, node: TSESTree.Node): Value {
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      return { ...NOTHING, kind: 'class', name: node.id?.name }
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return { ...NOTHING, kind: 'function', name: node.id?.name, function: factsOf(program, node) }
    case 'ArrowFunctionExpression': {
      const kind = node.body.type === 'ImportExpression' ? 'lazy' : 'function'
      return { ...NOTHING, kind, function: factsOf(program, node) }
    }
    case 'Literal':
    case 'TemplateLiteral':
    case 'UnaryExpression':
    case 'BinaryExpression':
      return { ...NOTHING, kind: 'literal' }
    case 'ArrayExpression':
      return { ...NOTHING, kind: 'array' }
    case 'ObjectExpression':
    case 'TSEnumDeclaration':
      return { ...NOTHING, kind: 'object' }
    case 'NewExpression':
      return { ...NOTHING, kind: 'instance', callee: calleeOf(program, node.callee) }
    case 'CallExpression':
      return {
        ...NOTHING,
        kind: 'call',
        function: handedFunction(program, node.arguments[0]),
        callee: calleeOf(program, node.callee),
      }
    default:
      return NOTHING
  }
}

function factsOf(program: Program, node: Parameters<typeof functionFacts>[0]): FunctionFacts {
  const facts = functionFacts(node, (expression) =>
    valueOf(program, valueBehind(program, expression).node ?? expression),
  )
  return node.type === 'FunctionDeclaration' && isOverloaded(program, node)
    ? Object.assign(facts, { generic: true })
    : facts
}

/** `function list(req: Request): void` above it: its types are those of the signatures. */
function isOverloaded({ body }: Program, { id }: TSESTree.FunctionDeclaration): boolean {
  return body.some((statement) => {
    const isExport = statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
    const declaration = isExport ? statement.declaration : statement
    return declaration?.type === 'TSDeclareFunction' && declaration.id?.name === id?.name
  })
}

/** What a member of a class is: a method, or what its field is initialised with. */
export function memberOfClass(program: Program, member: TSESTree.ClassElement): Value {
  if (member.type === 'MethodDefinition' && member.kind === 'method' && member.value.body) {
    return { ...NOTHING, kind: 'function', function: factsOf(program, member.value as TSESTree.FunctionExpression) }
  }
  if (member.type !== 'PropertyDefinition' || !member.value) return NOTHING
  const type = member.typeAnnotation?.typeAnnotation
  const annotation = type ? writtenType(type) : castIn(member.value)
  return { ...valueOf(program, uncast(member.value)), annotation }
}

function handedFunction(program: Program, argument: TSESTree.CallExpressionArgument | undefined): Value['function'] {
  if (!argument) return undefined
  const { node } = valueBehind(program, argument)
  return node && isFunction(node) ? factsOf(program, node) : undefined
}

function calleeOf(program: Program, callee: TSESTree.Node): Callee {
  const written = writtenName(callee)
  const binding = written.root === undefined ? undefined : program.bindings.get(written.root)
  return { name: written.name, imported: binding?.kind === 'import' ? binding.imported : undefined }
}

/** A callee without arguments and types, and the name that it starts from. */
function writtenName(callee: TSESTree.Node): { name: string; root: string | undefined } {
  const node = uncast(callee)
  switch (node.type) {
    case 'Identifier':
      return { name: node.name, root: node.name }
    case 'MemberExpression': {
      const { name, root } = writtenName(node.object)
      return { name: `${name}.${memberName(node) ?? '[…]'}`, root }
    }
    case 'CallExpression': {
      const { name, root } = writtenName(node.callee)
      return { name: `${name}()`, root }
    }
    case 'NewExpression': {
      const { name, root } = writtenName(node.callee)
      return { name: `new ${name}()`, root }
    }
    case 'ThisExpression':
      return { name: 'this', root: undefined }
    default:
      return { name: '(…)', root: undefined }
  }
}

const EMPTY_MEMBER: Member = { ...NOTHING, key: undefined, spread: false, local: undefined, imported: undefined }

function elementsOf(program: Program, { elements }: TSESTree.ArrayExpression): Member[] {
  return elements.map((element) => {
    if (element === null) return EMPTY_MEMBER
    return element.type === 'SpreadElement'
      ? { ...memberOf(program, undefined, element.argument), spread: true }
      : memberOf(program, undefined, element)
  })
}

function propertiesOf(program: Program, properties: readonly TSESTree.ObjectLiteralElement[]): Member[] {
  return properties.map((property) => {
    if (property.type === 'SpreadElement') return { ...memberOf(program, undefined, property.argument), spread: true }
    const key = property.computed ? stringIn(property.key) : nameOfKey(property.key)
    return property.kind === 'init' ? memberOf(program, key, property.value) : { ...EMPTY_MEMBER, key }
  })
}

function stringIn(key: TSESTree.Node): string | undefined {
  return key.type === 'Literal' ? String(key.value) : undefined
}

function memberOf(program: Program, key: string | undefined, node: TSESTree.Node): Member {
  const written = uncast(node)
  const { node: value, alias, local, cast } = valueBehind(program, written)
  return {
    ...EMPTY_MEMBER,
    ...(value && valueOf(program, value)),
    annotation: castIn(node) ?? (local === undefined ? undefined : program.annotationOf(local)) ?? cast,
    key,
    local: written.type === 'Identifier' ? written.name : undefined,
    imported: alias,
  }
}

/** `users.list = async (req, res) => …` and `Object.assign(users, more)` among the module's statements. */
function assignedMembers(program: Program, local: string): Member[] {
  const isLocal = (node: TSESTree.Node | undefined): boolean => node?.type === 'Identifier' && node.name === local
  return program.body.flatMap((statement): Member[] => {
    if (statement.type !== 'ExpressionStatement') return []
    const { expression } = statement
    if (expression.type === 'AssignmentExpression') {
      const left = uncast(expression.left)
      if (left.type !== 'MemberExpression' || !isLocal(uncast(left.object))) return []
      return [memberOf(program, memberName(left), expression.right)]
    }
    if (expression.type !== 'CallExpression' || writtenName(expression.callee).name !== 'Object.assign') return []
    const [target, ...sources] = expression.arguments
    if (!isLocal(target)) return []
    return sources.flatMap((source) =>
      source.type === 'ObjectExpression'
        ? propertiesOf(program, source.properties)
        : [{ ...EMPTY_MEMBER, spread: true, local: source.type === 'Identifier' ? source.name : undefined }],
    )
  })
}

/** As a later property replaces an earlier one of the same key. */
function withoutDuplicates(members: readonly Member[]): Member[] {
  return members.filter(
    ({ key }, index) => key === undefined || !members.some((other, at) => at > index && other.key === key),
  )
}
