import type { TSESTree } from '@typescript-eslint/utils'
import type { ReloadModel } from '../../graph/reload.ts'
import type { Analysis } from '../analysis.ts'
import { bootOf } from '../boot/boot.ts'
import { createRuns } from './function-runs.ts'
import { isFunction, resolveIdentifiers, type Node } from '../syntax.ts'

/**
 * The modules that async functions import first thing each time they run, and that nothing imports in another way: what
 * `deferredPlanner` has written, whoever wrote it. And those that export another module again, for lazy imports.
 *
 * @param then hot-hook's answer with the modules for boundaries that handlers import.
 * @param takesUnknown whether functions count of which nothing shows when they run.
 * @returns absolute paths.
 */
export function deferredTargets(analysis: Analysis, then: ReloadModel, takesUnknown: boolean): ReadonlySet<string> {
  const { server, modules, facts } = analysis
  const found = new Set<string>()
  const boot = bootOf(analysis)
  const runOf = createRuns(analysis, server.framework, boot.open, then)
  for (const path of then.outcomes.keys()) {
    if (isReexport(path) && then.importers.get(path)?.every(({ lazy }) => lazy)) found.add(path)
    if (!/\bawait\b/.test(modules.text(path) ?? '') || !modules.text(path)?.includes('import(')) continue
    for (const file of boot.open(path)) {
      const variableOf = resolveIdentifiers(file.scopes)
      for (const { source, parent } of file.dynamicImports) {
        const target = source.type === 'Literal' ? facts(path).module(String(source.value)) : undefined
        if (target?.kind !== 'project' || server.isBoot(target.path) || found.has(target.path)) continue
        if (then.importers.get(target.path)?.some(({ lazy }) => !lazy) !== false) continue
        if (boot.undisposed(target.path).length > 0) continue
        const owners = importsOf(parent, variableOf).flatMap((node) => functionStartingWith(node) ?? [])
        const isDeferred = owners.some((owner) => {
          const { when } = runOf(file, owner)
          return when === 'request' || (takesUnknown && when === 'unknown')
        })
        if (isDeferred) found.add(target.path)
      }
    }
  }
  return found

  /** What `hot-reexports` makes, whoever made it: `user.hot.ts`, which only exports another module again. */
  function isReexport(path: string): boolean {
    if (!/\.hot\.\w+$/.test(path)) return false
    return boot
      .open(path)
      .some(({ program }) => program.body.every((node) => 'source' in node && node.type !== 'ImportDeclaration'))
  }
}

/** What is awaited: the `import()` below `parent` itself, or the calls of the constant that is a function which gives it. */
function importsOf(parent: Node, variableOf: ReturnType<typeof resolveIdentifiers>): readonly Node[] {
  if (parent.type === 'AwaitExpression') return [parent]
  if (parent.type !== 'ArrowFunctionExpression' || parent.parent.type !== 'VariableDeclarator') return []
  return (variableOf(parent.parent.id)?.references ?? []).flatMap(({ identifier }) => {
    const call = (identifier as Node).parent
    const isCalled = call?.type === 'CallExpression' && call.callee === identifier
    return isCalled && call.parent.type === 'AwaitExpression' ? [call.parent] : []
  })
}

/** The async function whose body starts with `const … = await …`, other such statements aside. */
function functionStartingWith(awaited: Node): Node | undefined {
  const declaration = awaited.parent?.type === 'VariableDeclarator' ? awaited.parent.parent : undefined
  const block = declaration?.parent
  const owner = block?.parent
  if (block?.type !== 'BlockStatement' || !owner || !isFunction(owner) || owner.body !== block || !owner.async)
    return undefined
  const before = block.body.slice(0, block.body.indexOf(declaration as TSESTree.Statement))
  return before.every(isDirectiveOrImport) ? owner : undefined
}

function isDirectiveOrImport(statement: TSESTree.Statement): boolean {
  if (statement.type === 'ExpressionStatement') return typeof statement.directive === 'string'
  if (statement.type !== 'VariableDeclaration') return false
  return statement.declarations.every(({ init }) => {
    if (init?.type !== 'AwaitExpression') return false
    const { argument } = init
    return (
      argument.type === 'ImportExpression' || (argument.type === 'CallExpression' && argument.arguments.length === 0)
    )
  })
}
