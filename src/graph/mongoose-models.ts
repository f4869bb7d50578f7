import type { TSESTree } from '@typescript-eslint/utils'
import { memberName, moduleCode, type ModuleCode, type Node } from './module-code.ts'
import { modelsRegistered, moduleResources } from './resources.ts'

/** What one module does with the models of Mongoose's default connection. */
export interface ModelsOfModule {
  /** The names it registers while it is loaded; undefined for one that is no literal. */
  readonly registered: readonly (string | undefined)[]
  /** A guard keeps a model that is there. */
  readonly guarded: boolean
  /** It registers one in a function that runs later, where the model that is there is the answer of the second call. */
  readonly registersLater: boolean
  /** The names whose models it asks for while it is loaded, and may keep; undefined for one that is no literal. */
  readonly asked: readonly (string | undefined)[]
}

/** Reads the calls of `mongoose.model()`, and uses of `mongoose.models`. */
export function modelsOfModule(program: TSESTree.Program): ModelsOfModule {
  const code = moduleCode(program)
  const registered = modelsRegistered(program)
  const unguarded = moduleResources(program).filter(({ kind }) => kind === 'model')
  const calls = code.calls.filter((node) => isOfMongoose(node, code, /^model\(\)$/))
  return {
    registered: registered.map(({ arguments: [name] }) => literal(name)),
    guarded: unguarded.length < registered.length,
    registersLater: calls.some((node) => node.arguments.length > 1 && !registered.includes(node)),
    asked: [
      ...calls
        .filter((node) => node.arguments.length === 1 && isAtLoad(node, code))
        .map(({ arguments: [name] }) => literal(name)),
      ...code.members
        .filter((node) => isOfMongoose(node, code, /^(?:connection\.)?models$/) && isAtLoad(node, code))
        .map((node) => {
          const parent = code.parentOf(node)
          return parent?.type === 'MemberExpression' && parent.object === node ? memberName(parent) : undefined
        }),
    ],
  }
}

function isOfMongoose(node: Node, code: ModuleCode, path: RegExp): boolean {
  const origin = code.originOf(node)
  return origin?.module === 'mongoose' && path.test(origin.path)
}

function isAtLoad(node: Node, code: ModuleCode): boolean {
  const owner = code.ownerOf(node)
  return !owner || code.runsAtLoad(owner)
}

function literal(node: Node | undefined): string | undefined {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}
