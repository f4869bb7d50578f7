import type { TSESTree } from '@typescript-eslint/utils'
import { isFunction, nameOfKey, uncast } from '../../graph/exports/nodes.ts'
import type { Server } from '../../graph/server.ts'
import type { FunctionNode, Module } from './scope.ts'
import type { Caller, Callers, Values } from './values.ts'

/**
 * The calls of functions of the modules. A call whose name none of them gives to a function is of something else: most
 * are, and this costs most.
 */
export function callersIn(modules: readonly Module[], values: Values, server: Server): Callers {
  const paths = new Set(modules.map(({ path }) => path))
  const names = new Set(modules.flatMap(({ functionNames }) => functionNames))
  const callers = new Map<FunctionNode, Caller[]>()
  for (const module of modules) {
    for (const node of module.nodes) {
      if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue
      const callee = uncast(node.callee)
      const name = callee.type === 'MemberExpression' && !callee.computed ? nameOfKey(callee.property) : undefined
      if (name !== undefined && !names.has(name)) continue
      if (callee.type === 'Identifier' && !mayBeIn(callee, module, paths, server)) continue
      for (const target of values.of({ node: callee, module })) {
        const called =
          target.kind === 'function' ? target.node : target.kind === 'class' ? constructorOf(target.node) : undefined
        if (called === undefined) continue
        const calls = callers.get(called)
        if (calls) calls.push({ node, module })
        else callers.set(called, [{ node, module }])
      }
    }
  }
  return callers
}

/** Whether a name is not imported, or from one of the modules. */
function mayBeIn(node: TSESTree.Identifier, module: Module, paths: ReadonlySet<string>, { resolver }: Server): boolean {
  const declaration = module.declarationOf(node.name, node)
  return declaration?.kind !== 'import' || paths.has(resolver.resolve(module.path, declaration.specifier).path)
}

function constructorOf({ body }: TSESTree.ClassDeclaration | TSESTree.ClassExpression): FunctionNode | undefined {
  for (const member of body.body) {
    if (member.type === 'MethodDefinition' && member.kind === 'constructor' && isFunction(member.value))
      return member.value
  }
  return undefined
}
