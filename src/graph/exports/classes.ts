import type { TSESTree } from '@typescript-eslint/utils'
import type { Exports } from '../exports.ts'
import type { Resolver } from '../resolver.ts'
import { describeExport, memberOfClass } from './describe.ts'
import type { FunctionFacts, Member, Reached } from './facts.ts'
import { isPlainClass, type ProjectCalls } from './load-effects.ts'
import type { Declared } from './find.ts'
import { instanceDoubt } from './instances.ts'
import { memberName, nameOf, nameOfKey, someNode } from './nodes.ts'
import type { Program } from './programs.ts'

/** Questions about classes and the classes they extend, wherever in the project those are. */
export function createClasses(
  find: Exports['find'],
  programOf: (path: string) => Program,
  resolver: Resolver,
  placeOf: (path: string, offset: number) => string,
): Pick<Exports, 'member' | 'instanceMember' | 'method' | 'instanceDoubt'> & { callsIn(path: string): ProjectCalls } {
  function method(path: string, name: string, wanted: string, depth = 0): ReturnType<Exports['method']> {
    const declared = find(path, name)
    const node = declared.kind === 'class' ? classIn(programOf(declared.path).body, declared) : undefined
    if (!node || depth > 5) return 'unknown'
    for (const member of node.body.body) {
      if (
        !('key' in member) ||
        member.computed ||
        nameOfKey(member.key) !== wanted ||
        ('static' in member && member.static)
      )
        continue
      if (member.type === 'MethodDefinition' && member.kind === 'method')
        return usesThis(member.value) ? 'bound' : 'free'
      if (member.type === 'PropertyDefinition')
        return member.value?.type === 'ArrowFunctionExpression' ? 'free' : 'bound'
    }
    if (!node.superClass) return 'absent'
    const base =
      node.superClass.type === 'Identifier' ? baseOf(programOf(declared.path).body, node.superClass.name) : undefined
    if (!base) return 'unknown'
    const next =
      base.from === undefined
        ? { kind: 'project' as const, path: declared.path }
        : resolver.resolve(declared.path, base.from)
    return next.kind === 'project' ? method(next.path, base.name, wanted, depth + 1) : 'unknown'
  }

  type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression

  /** The class that `local` names in a module, and the module that declares it. */
  function classNamed(path: string, local: string): { node: ClassNode; path: string } | undefined {
    const binding = programOf(path).bindings.get(local)
    if (binding?.kind === 'local') {
      const { node } = binding
      return node?.type === 'ClassDeclaration' || node?.type === 'ClassExpression' ? { node, path } : undefined
    }
    if (!binding) return undefined
    const next = resolver.resolve(path, binding.imported.specifier)
    return next.kind === 'project' ? classExported(find(next.path, binding.imported.name)) : undefined
  }

  function classExported(declared: Declared): { node: ClassNode; path: string } | undefined {
    const node = declared.kind === 'class' ? classIn(programOf(declared.path).body, declared) : undefined
    return node && { node, path: declared.path }
  }

  function classMember(
    found: { node: ClassNode; path: string } | undefined,
    wanted: string,
    isStatic: boolean,
    depth = 0,
  ): Reached | undefined {
    if (!found || depth > 5) return undefined
    const { node, path } = found
    const assigned = assignedTo(node, wanted)
    if (assigned === 'other') return undefined
    const own = node.body.body.filter(
      (member) => 'key' in member && !member.computed && nameOfKey(member.key) === wanted,
    )
    const member = own.find((candidate) => 'static' in candidate && candidate.static === isStatic)
    if (member) {
      const value = { ...memberOfClass(programOf(path), member), path }
      // Bound, it is called with its instance whoever calls it.
      const bound = assigned === 'self' && value.function
      return bound ? { ...value, function: { ...bound, usesThis: false } } : value
    }
    if (node.superClass?.type !== 'Identifier' || assigned === 'self') return undefined
    return classMember(classNamed(path, node.superClass.name), wanted, isStatic, depth + 1)
  }

  function member(path: string, name: string, wanted: string): Reached | undefined {
    const declared = find(path, name)
    switch (declared.kind) {
      case 'namespace':
        return find(declared.path, wanted)
      case 'class':
        return classMember(classExported(declared), wanted, true)
      case 'instance': {
        const local = declared.callee?.name
        const found = local === undefined ? undefined : classMember(classNamed(declared.path, local), wanted, false)
        return typedBy(declared, found)
      }
      case 'object':
        if (isAssignedLater(programOf(declared.path).body, wanted)) return undefined
        return typedBy(declared, memberOfObject(declared, wanted))
      default:
        return undefined
    }
  }

  function instanceMember(path: string, name: string, wanted: string): Reached | undefined {
    const found = classExported(find(path, name))
    const member = classMember(found, wanted, false)
    // What the class leaves open, its methods do.
    const open = found?.node.typeParameters && member?.function
    return open ? { ...member, function: { ...open, generic: true } } : member
  }

  function isPlain(found: { node: ClassNode; path: string } | undefined, depth = 0): boolean {
    if (!found || depth > 5) return false
    const { node, path } = found
    if (!isPlainClass(node, callsIn(path, depth))) return false
    if (!node.superClass) return true
    return node.superClass.type === 'Identifier' && isPlain(classNamed(path, node.superClass.name), depth + 1)
  }

  /** @param depth of the classes that were followed on the way here. */
  function callsIn(path: string, depth = 0): ProjectCalls {
    return {
      makesFunction: (name) => {
        const maker = functionNamed(path, name)
        return maker?.onlyReturns === true && maker.returned?.kind === 'function'
      },
      isPlainClass: (name) => isPlain(classNamed(path, name), depth + 1),
    }
  }

  function functionNamed(path: string, local: string): FunctionFacts | undefined {
    const binding = programOf(path).bindings.get(local)
    if (binding?.kind === 'local') return describeExport(programOf(path), local, local).function
    if (!binding) return undefined
    const next = resolver.resolve(path, binding.imported.specifier)
    return next.kind === 'project' ? find(next.path, binding.imported.name).function : undefined
  }

  function isConstant(path: string, local: string): boolean {
    const binding = programOf(path).bindings.get(local)
    if (binding?.kind === 'local') return !programOf(path).isReassigned(local)
    if (!binding) return false
    const next = resolver.resolve(path, binding.imported.specifier)
    return next.kind !== 'project' || !find(next.path, binding.imported.name).mutable
  }

  return {
    member,
    instanceMember,
    callsIn: (path) => callsIn(path),
    method: (path, name, wanted) => method(path, name, wanted),
    instanceDoubt: (path, name, isSet, until) =>
      instanceDoubt(classExported(find(path, name)), {
        isKept: until === 'edit',
        programOf,
        classNamed,
        isSet,
        isConstant,
        placeOf,
      }),
  }
}

/** A member of what has a type of its own, which gives the member its type. */
function typedBy({ annotation }: Declared, member: Reached | undefined): Reached | undefined {
  if (!member || annotation === undefined) return member
  return { ...member, annotation: annotation === 'any' ? annotation : '…' }
}

function memberOfObject({ path, members }: Declared, wanted: string): Reached | undefined {
  const found: Member | undefined = members.findLast(({ key, spread }) => spread || key === undefined || key === wanted)
  return found && { ...found, path: found.imported ? undefined : path }
}

/** The class that is exported by `exportName`, when its declaration stands in `body`. */
function classIn(
  body: readonly TSESTree.ProgramStatement[],
  { exportName, name }: Declared,
): TSESTree.ClassDeclaration | TSESTree.ClassExpression | undefined {
  for (const statement of body) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? statement.declaration
        : statement
    if (declaration?.type === 'ClassDeclaration') {
      const isDefault = statement.type === 'ExportDefaultDeclaration' && exportName === 'default'
      if (isDefault || (declaration.id && declaration.id.name === (name ?? exportName))) return declaration
    }
    if (declaration?.type !== 'VariableDeclaration') continue
    for (const { id, init } of declaration.declarations) {
      if (init?.type === 'ClassExpression' && id.type === 'Identifier' && id.name === exportName) return init
    }
  }
  return undefined
}

/** Where a base class comes from: its export name and the specifier, none when this module declares it and exports it. */
function baseOf(
  body: readonly TSESTree.ProgramStatement[],
  local: string,
): { name: string; from: string | undefined } | undefined {
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      const specifier = statement.specifiers.find((candidate) => candidate.local.name === local)
      if (specifier?.type === 'ImportDefaultSpecifier') return { name: 'default', from: statement.source.value }
      if (specifier?.type === 'ImportSpecifier')
        return { name: nameOf(specifier.imported), from: statement.source.value }
    } else if (
      statement.type === 'ExportNamedDeclaration' &&
      statement.declaration?.type === 'ClassDeclaration' &&
      statement.declaration.id?.name === local
    ) {
      return { name: local, from: undefined }
    }
  }
  return undefined
}

/**
 * What a class assigns to `this.name` in its constructor or a method: `self` for `this.list = this.list.bind(this)`,
 * which leaves what the class declares; `other` for anything else.
 */
function assignedTo(root: object, name: string): 'nothing' | 'self' | 'other' {
  const assigned: TSESTree.Expression[] = []
  someNode<TSESTree.Node>(root, (node) => {
    if (node.type === 'AssignmentExpression' && isOwn(node.left, name)) assigned.push(node.right)
    return false
  })
  if (assigned.length === 0) return 'nothing'
  return assigned.every((value) => isSelfBound(value, name)) ? 'self' : 'other'
}

/** Whether a function of the module assigns to a member of this name: `users.list = …`, whatever `users` is. */
function isAssignedLater(body: readonly TSESTree.Node[], name: string): boolean {
  const assigns = (root: TSESTree.Node): boolean =>
    someNode<TSESTree.Node>(
      root,
      ({ type, ...node }) =>
        type === 'AssignmentExpression' &&
        (node as TSESTree.AssignmentExpression).left.type === 'MemberExpression' &&
        memberName((node as TSESTree.AssignmentExpression).left as TSESTree.MemberExpression) === name,
    )
  return body.some((statement) => statement.type !== 'ExpressionStatement' && assigns(statement))
}

function isOwn(node: TSESTree.Node, name: string): boolean {
  return node.type === 'MemberExpression' && node.object.type === 'ThisExpression' && memberName(node) === name
}

/** `this.name.bind(this)` */
function isSelfBound(node: TSESTree.Node, name: string): boolean {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false
  const [self, more] = node.arguments
  const { callee } = node
  return memberName(callee) === 'bind' && isOwn(callee.object, name) && self?.type === 'ThisExpression' && !more
}

/** Whether a function refers to its instance; a nested function's own `this` counts too, which errs on the safe side. */
function usesThis(root: object): boolean {
  return someNode(root, ({ type }) => type === 'ThisExpression' || type === 'Super')
}
