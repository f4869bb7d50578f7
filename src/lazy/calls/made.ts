import type { Variable } from '@typescript-eslint/scope-manager'
import type { TSESTree } from '@typescript-eslint/utils'
import { lineBreakOf, lineStart, type Edit } from '../../edits/text.ts'
import type { NeededImport } from '../candidate.ts'
import type { ExportFacts, ModuleFacts } from '../facts.ts'
import type { PlanInput } from '../plan.ts'
import { isReadBefore } from '../imports/evaluation-order.ts'
import { importedFromModule, importFromModule } from '../from-module.ts'
import { directiveAbove, endsWithSemicolon, isIdentifierName } from '../rewrite.ts'
import { bare, memberName, type Node } from '../syntax.ts'
import type { CallContext } from './plan.ts'
import type { CallSlot } from './slots.ts'
import { isBoundTo, memberOf, type CallUse } from './uses.ts'
import { isWrapper, wrapperOf, type Wrapper } from './wrapper.ts'

/** A binding of an import declaration, as far as what is made of it needs it. */
interface Binding {
  readonly local: TSESTree.Identifier
  readonly imported: string
  readonly uses: readonly CallUse[]
}

/** Where a value, or a method of it, is registered. */
interface Place {
  /** What the wrapper replaces. */
  readonly node: Node
  readonly slot: CallSlot
  /** The method of an instance. */
  readonly member: string | undefined
  readonly bound: boolean
  readonly target: Target
}

/** A value that a file makes of what it imports: `requireRole('admin')`, `new UsersController(db)`. */
export interface MadeValue {
  readonly use: CallUse
  readonly binding: Binding
  readonly node: TSESTree.CallExpression | TSESTree.NewExpression
  /** The names that lead to the factory or the class from the module. */
  readonly path: readonly string[]
  readonly target: ExportFacts
  /** The constant that holds it. */
  readonly constant: TSESTree.Identifier | undefined
  readonly places: readonly Place[]
}

/** What is registered of a value: a method of it, or itself. */
type MethodOf = (member: string | undefined) => Target | undefined

type Target = NonNullable<ReturnType<ExportFacts['member']>>

/** The statements and edits that make a value at a request. */
export interface WrittenValue {
  /** Beside the constant that imports. */
  readonly statements: readonly string[]
  readonly edits: readonly Edit[]
  readonly wrappers: readonly (readonly [node: Node, wrapper: Wrapper])[]
}

/** What makes values of what one file imports: see codemods/made-values. */
export interface MadeValues {
  /** What is made of the bindings of one declaration; empty when one of these values has to stay as it is. */
  of(module: ModuleFacts, bindings: readonly Binding[]): readonly MadeValue[]
  /** @returns undefined when the framework cannot be given a function in place of the value. */
  write(value: MadeValue, loader: string, declaration: TSESTree.ImportDeclaration): WrittenValue | undefined
  /** The import of `fromModule`, in the style of `declaration`. */
  needed(declaration: TSESTree.ImportDeclaration): NeededImport
}

/** @returns undefined when values stay as they are made. */
export function madeValuesIn(input: PlanInput, context: Omit<CallContext, 'values'>): MadeValues | undefined {
  const { facts, program, text } = input
  const { hotFile } = facts
  if (!hotFile) return undefined
  const { routing, slotOf, variableOf, names } = context
  const existing = importedFromModule(input, hotFile)
  let local = existing
  /** The names of types, by the declaration that they stand beside. */
  const aliasesOf = new Map<Node, Map<string, string>>()
  const nameOfImport = (): string =>
    (local ??= names.take('fromModule') ? 'fromModule' : names.valueFor('fromModule', undefined))

  function valueOf(module: ModuleFacts, binding: Binding, use: CallUse): MadeValue | undefined {
    if (use.kind !== 'registered') return undefined
    const node = use.node.parent
    if ((node?.type !== 'CallExpression' && node?.type !== 'NewExpression') || node.callee !== use.node)
      return undefined
    if (node.type === 'CallExpression' && node.optional) return undefined
    const path = binding.imported === '*' ? use.members : [binding.imported, ...use.members]
    const [name, member, deeper] = path
    if (name === undefined || deeper !== undefined || !path.every(isIdentifierName)) return undefined
    if (!node.arguments.every(isKept)) return undefined
    const target = module.exported(name)
    const held = constantOf(node)
    const methodOf =
      node.type === 'CallExpression'
        ? methodOfFactory(member === undefined ? target : target.member(member), use.members.length === 0)
        : methodOfInstance(member === undefined ? target : undefined, node)
    if (target.mutable || !methodOf) return undefined
    const places = held ? placesOfConstant(held, methodOf) : placeOf(node, node, undefined, false, methodOf)
    return places.length > 0 && places.every((place) => place !== undefined)
      ? { use, binding, node, path, target, constant: held, places }
      : undefined
  }

  /** The function that a factory of the project gives. @param detached it is called without the object that it is read of. */
  function methodOfFactory(factory: ReturnType<ExportFacts['member']>, detached: boolean): MethodOf | undefined {
    const maker = factory?.kind === 'function' ? factory.function : undefined
    const returned = maker?.returned
    if (!maker || maker.async || maker.generator || returned?.kind !== 'function') return undefined
    if (detached && maker.usesThis && !maker.arrow) return undefined
    // The type of a whole factory says what it gives, in words that are not followed.
    if (facts.typescript && factory?.annotation !== undefined) return undefined
    const made = { ...returned, annotation: maker.returnType ?? returned.annotation }
    return (member) => (member === undefined ? made : undefined)
  }

  function methodOfInstance(
    target: ExportFacts | undefined,
    { typeArguments }: TSESTree.NewExpression,
  ): MethodOf | undefined {
    // What has a `then` is called by `await`.
    if (target?.kind !== 'class' || typeArguments || target.instanceMember('then')) return undefined
    return (member) => (member === undefined ? undefined : target.instanceMember(member))
  }

  function placeOf(
    node: Node,
    value: Node,
    member: string | undefined,
    bound: boolean,
    methodOf: MethodOf,
  ): readonly (Place | undefined)[] {
    const slot = slotOf(node)
    const target = slot && methodOf(member)
    if (!slot || !target) return [undefined]
    // A constant of its own has to stand where it is made as often as before.
    if (node === value && !statementFor(node)) return [undefined]
    return [{ node, slot, member, bound, target }]
  }

  function placesOfConstant(constant: TSESTree.Identifier, methodOf: MethodOf): readonly (Place | undefined)[] {
    const references = variableOf(constant)?.references ?? []
    return references
      .map(({ identifier }) => identifier)
      .filter((identifier) => identifier !== constant && !isBoundTo(identifier))
      .flatMap((identifier) => {
        const { expression, members, bound } = memberOf(identifier)
        return members.length > 1 ? [undefined] : placeOf(expression, constant, members[0], bound, methodOf)
      })
  }

  /** Whether an argument means the same at any time: it names literals, and what the module declares once. */
  function isKept(node: Node): boolean {
    switch (node.type) {
      case 'Literal':
        return true
      case 'TemplateLiteral':
        return node.expressions.every(isKept)
      case 'UnaryExpression':
        return /^[-+!]$/.test(node.operator) && isKept(node.argument)
      case 'ArrayExpression':
        return node.elements.every((element) => element !== null && isKept(element))
      case 'ObjectExpression':
        return node.properties.every(
          (property) =>
            property.type === 'Property' && property.kind === 'init' && !property.computed && isKept(property.value),
        )
      case 'MemberExpression':
        return !node.optional && memberName(node) !== undefined && isKept(node.object)
      case 'Identifier':
        return isConstant(variableOf(node))
      default:
        return false
    }
  }

  function isConstant(variable: Variable | undefined): boolean {
    // `m` is the parameter of the function that makes the value.
    if (!variable || variable.scope.type !== 'module' || variable.defs.length !== 1 || variable.name === 'm')
      return false
    if (variable.references.some((reference) => reference.isWrite() && !reference.init)) return false
    // In a function TypeScript forgets what the module has found out of a member.
    return !facts.typescript || !variable.references.some(({ identifier }) => isTested(identifier))
  }

  function hasComment({ range }: Node): boolean {
    return /\/[*/]/.test(text.slice(...range))
  }

  function makerText({ node, path, use }: MadeValue): string {
    const made = node.type === 'NewExpression' ? 'new m' : 'm'
    return `(m) => ${[made, ...path].join('.')}${text.slice(use.node.range[1], node.range[1])}`
  }

  return {
    of(module, bindings) {
      const made: MadeValue[] = []
      for (const binding of bindings) {
        for (const use of binding.uses) {
          if (use.kind !== 'registered') continue
          const value = valueOf(module, binding, use)
          if (!value) return []
          made.push(value)
        }
      }
      return made
    },
    write(value, loader, declaration) {
      const { node, path, constant, places } = value
      const { source } = declaration
      // A parameter of the function around it would hide it.
      if (constant && !names.canStay(constant.name)) return undefined
      if ([value.use, ...places].some((other) => other.node !== node && hasComment(other.node))) return undefined
      const name = constant?.name ?? nameOf(value)
      const statements: string[] = []
      const wrappers: [Node, Wrapper][] = []
      const aliases = aliasesOf.get(declaration) ?? new Map<string, string>()
      aliasesOf.set(declaration, aliases)
      for (const { node: place, slot, member, bound, target } of places) {
        const alias = (): string => {
          const type =
            node.type === 'NewExpression'
              ? `import(${source.raw}).${path.join('.')}['${member}']`
              : `ReturnType<typeof import(${source.raw}).${path.join('.')}>`
          const known = aliases.get(type)
          if (known !== undefined) return known
          const named = names.aliasFor(member ?? factoryOf(value))
          aliases.set(type, named)
          statements.push(`type ${named} = Parameters<${type}>`)
          return named
        }
        const access = { loader: name, members: member === undefined ? [] : [member] }
        const { major, typescript } = facts
        const { result } = target
        const wrapper = wrapperOf({
          slot,
          access,
          target,
          result,
          bound,
          constant: false,
          major,
          typescript,
          routing,
          alias,
        })
        if (!isWrapper(wrapper)) return undefined
        // Of what a generic function gives, the type is not known without its call.
        if (wrapper.usesAlias && isGeneric(value)) return undefined
        wrappers.push([place, wrapper])
      }
      const statement = statementFor(node)
      const isBeside = !constant && statement?.parent?.type === 'Program'
      if (!statement || (!isBeside && isReadBefore(program, declaration, [{ kind: 'slot', node }]))) return undefined
      const made = `${nameOfImport()}(${loader}, ${makerText(value)})`
      if (constant) return { statements, wrappers, edits: [{ range: node.range, text: made }] }
      const declared = `const ${name} = ${made}`
      if (isBeside) return { statements: [...statements, declared], wrappers, edits: [] }
      const start = statement.range[0]
      if (directiveAbove(text, start) !== undefined) return undefined
      const indent = /^[ \t]*/.exec(text.slice(lineStart(text, start)))?.[0] ?? ''
      const closing = endsWithSemicolon(text, declaration) || /[([`+\-/]/.test(text[start] ?? '') ? ';' : ''
      return {
        statements,
        wrappers,
        edits: [{ range: [start, start], text: declared + closing + lineBreakOf(text) + indent }],
      }
    },
    needed(declaration) {
      if (existing !== undefined) return { edit: undefined }
      return { edit: importFromModule(input, hotFile, declaration, nameOfImport()) }
    },
  }

  /** `requireRoleAdmin` for `requireRole('admin')`; the factory's own name, where the import leaves it to one value. */
  function nameOf(value: MadeValue): string {
    const { node, use, binding } = value
    const words = node.arguments.flatMap(wordsOf)
    const said = words.join('_')
    const isFree =
      words.length === 0 && binding.uses.length === 1 && use.kind === 'registered' && use.members.length === 0
    return isFree && names.canStay(binding.local.name)
      ? binding.local.name
      : names.valueFor(factoryOf(value), said !== '' && said.length <= 30 ? said : undefined)
  }
}

/** What an argument adds to the name of a value. */
function wordsOf(node: Node): string[] {
  if (node.type === 'Literal') return typeof node.value === 'object' ? [] : [String(node.value)]
  if (node.type === 'Identifier') return [node.name]
  if (node.type === 'MemberExpression') return [memberName(node) ?? '']
  return []
}

/** The constant of the module or a function that holds `value`, and has no type of its own. */
function constantOf(value: Node): TSESTree.Identifier | undefined {
  const { parent } = value
  if (parent?.type !== 'VariableDeclarator' || parent.init !== value || parent.id.type !== 'Identifier')
    return undefined
  const isOwn = parent.parent.kind === 'const' && parent.parent.parent.type !== 'ExportNamedDeclaration'
  return isOwn && !parent.id.typeAnnotation ? parent.id : undefined
}

/** The statement before which a constant can stand for an expression in it, that is evaluated once for each time it runs. */
function statementFor(expression: Node): Node | undefined {
  for (let node: Node = expression; node.parent; node = node.parent) {
    const { type } = node.parent
    if (type === 'Program' || type === 'BlockStatement') return node
    if (/Function|^(?:For|While|DoWhile|If|Switch|Class|Labeled)/.test(type)) return undefined
  }
  return undefined
}

function factoryOf({ path, binding }: MadeValue): string {
  const name = path.at(-1) ?? ''
  return name === 'default' ? binding.local.name : name
}

function isGeneric({ node, path, target }: MadeValue): boolean {
  if (node.type === 'NewExpression') return false
  const [, member] = path
  return (member === undefined ? target : target.member(member))?.function?.generic === true
}

/** In the condition of an `if`, or of an assertion. */
function isTested(node: Node): boolean {
  for (let current: Node = node; current.parent; current = current.parent) {
    const { parent } = current
    if (parent.type === 'IfStatement') return parent.test === current
    if (parent.type === 'ExpressionStatement') {
      const { expression } = parent
      const callee = expression.type === 'CallExpression' ? bare(expression.callee) : undefined
      const root = callee?.type === 'MemberExpression' ? callee.object : callee
      return root?.type === 'Identifier' && /^(?:assert|invariant|ok)/i.test(root.name)
    }
  }
  return false
}
