import { relative } from 'node:path'
import { positionAt } from '../edits/text.ts'
import { createClasses } from './exports/classes.ts'
import { createFinding, type Declared, type ExportNames } from './exports/find.ts'
import { createPrograms } from './exports/programs.ts'
import { sideEffectOf, specifiersReadAtLoad } from './exports/side-effects.ts'
import { stateOf } from './exports/state.ts'
import type { Modules } from './modules.ts'
import type { Resolver } from './resolver.ts'

export type { Callee, FunctionFacts, Imported, Kind, Member } from './exports/facts.ts'
export type { Declared, ExportNames } from './exports/find.ts'

/** Questions about the exports of the project's modules. */
export interface Exports {
  /** What `name`, exported by `path`, is; `unknown` when it is not found. The name `*` asks for the namespace. */
  find(path: string, name: string): Declared
  /** The names that `path` exports at run time, its own first, then those of its `export *`. */
  exportNames(path: string): ExportNames
  /**
   * Why instances of the class cannot be made for each request by the container, in a few words;
   * undefined when the constructor takes nothing and no method keeps state in the instance.
   */
  instanceDoubt(path: string, name: string): string | undefined
  /**
   * The method `method` of the class, own or inherited. `free` when it works without its instance: it uses no `this`,
   * or is an arrow function in a field; `absent` when no class in the chain has it; `unknown` when the chain leaves
   * the project.
   */
  method(path: string, name: string, method: string): 'free' | 'bound' | 'absent' | 'unknown'
  /** The specifiers whose bindings the module reads while it is loaded: a base class, an argument of a top-level call. */
  readAtLoad(path: string): ReadonlySet<string>
  /** The first thing that runs when `path` itself is imported, as `` `file:line` ``; undefined when nothing does. */
  sideEffect(path: string): string | undefined
  /**
   * What a reload of `path` forgets: the first `let`, container or static field of the module that a function of the
   * module changes, as `` `hits` (`file:line`) `` of its declaration; undefined when there is none.
   */
  moduleState(path: string): string | undefined
}

/**
 * @param root absolute; places are named relative to it. Modules are lexed, and parsed when a question needs it; answers
 * are kept until the text of a module changes.
 */
export function createExports(root: string, modules: Modules, resolver: Resolver): Exports {
  const programOf = createPrograms(modules)
  const { find, exportNames } = createFinding(modules, resolver, programOf)
  const effects = new Map<string, { text: string; line: string | undefined }>()

  function place(path: string, text: string, offset: number): string {
    return `\`${relative(root, path).replaceAll('\\', '/')}:${positionAt(text, offset).line}\``
  }

  return {
    find,
    exportNames,
    ...createClasses(find, programOf, resolver),
    readAtLoad: (path) => specifiersReadAtLoad(programOf(path).body),
    sideEffect(path) {
      const text = modules.text(path) ?? ''
      const known = effects.get(path)
      if (known?.text === text) return known.line
      const statement = sideEffectOf(text, () => programOf(path))
      const line = statement && place(path, text, statement.range[0])
      effects.set(path, { text, line })
      return line
    },
    moduleState(path) {
      const program = programOf(path)
      const state = stateOf(program)
      return state && `\`${state.name}\` (${place(path, program.text, state.at)})`
    },
  }
}
