import { relative } from 'node:path'
import { positionAt } from '../edits/text.ts'
import { rememberedByText } from './by-text.ts'
import { actsAfterNext } from './exports/after-next.ts'
import { createClasses } from './exports/classes.ts'
import type { Callee, FunctionFacts, Reached, Value } from './exports/facts.ts'
import { createFinding, type Declared, type ExportNames, type Origin } from './exports/find.ts'
import { describeExport } from './exports/describe.ts'
import { awaits } from './exports/nodes.ts'
import { createPrograms } from './exports/programs.ts'
import { actsAtLoad, firstLoadEffect, loadEffects } from './exports/load-effects.ts'
import {
  awaitedAtLoad,
  dependsOnOrder,
  mayWriteGlobals,
  packagesOf,
  writtenAtLoad,
  type OtherModules,
} from './exports/order.ts'
import { createTouching, reachAtLoad } from './exports/reach.ts'
import { sideEffectOf, specifiersReadAtLoad } from './exports/side-effects.ts'
import { stateOf } from './exports/state.ts'
import type { Modules } from './modules.ts'
import type { Resolver } from './resolver.ts'

export type { Callee, FunctionFacts, Imported, Kind, Member, Reached, Value } from './exports/facts.ts'
export type { Declared, ExportNames, Origin } from './exports/find.ts'

/** Questions about the exports of the project's modules. */
export interface Exports {
  /** What `name`, exported by `path`, is; `unknown` when it is not found. The name `*` asks for the namespace. */
  find(path: string, name: string): Declared
  /**
   * The module that declares what `path` exports as `name`: re-exports are followed, and imports that are exported. An
   * import of it from there is the same binding, with its types. Undefined when it is not found in the project.
   */
  origin(path: string, name: string): Origin | undefined
  /**
   * What `member` of the export `name` is: a property of an object, a method or field of an instance, something static
   * of a class, an export of a namespace. Undefined when it is not found, or may be something else at run time.
   */
  member(path: string, name: string, member: string): Reached | undefined
  /** What `member` of the instances of the class `name` is; undefined as for {@link Exports.member}. */
  instanceMember(path: string, name: string, member: string): Reached | undefined
  /** The names under which `path` imports the export `name` of `specifier`. */
  localsOf(path: string, specifier: string, name: string): readonly string[]
  /**
   * What a call of `callee`, in the module `path`, gives, where its function says: see {@link FunctionFacts.returned}.
   * Its annotation is the return type of that function, or the type that it gives the value.
   */
  resultOf(path: string, callee: Callee): Value | undefined
  /** The names that `path` exports at run time, its own first, then those of its `export *`. */
  exportNames(path: string): ExportNames
  /**
   * Why it could be noticed that there are more instances of the class than one, in a few words with the place; undefined
   * when the constructor takes nothing and neither the instance nor what it makes keeps state.
   *
   * @param isSet whether the application may set a variable of its environment while it runs.
   * @param until what the instance serves: one request, or all until an edit, for which it may make clients of packages.
   */
  instanceDoubt(
    path: string,
    name: string,
    isSet: (variable: string) => boolean,
    until: 'request' | 'edit',
  ): string | undefined
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
  /** The first thing in `path` that may do something, or fail, when it is loaded, as `` `file:line` ``; stricter than {@link sideEffect}. */
  loadEffect(path: string): string | undefined
  /** Offsets of all statements of which {@link loadEffect} is the first. */
  loadEffects(path: string): readonly number[]
  /** Whether others could notice that `path` is loaded; see {@link actsAtLoad}. */
  actsAtLoad(path: string): boolean
  /** Whether loading `path` itself after `others`, in place of before, could be noticed; see {@link dependsOnOrder}. */
  dependsOnOrder(path: string, others: OtherModules): boolean
  /**
   * Whether a module may be loaded before `ones` or after them, and neither it nor they could tell: by their code, and that
   * of the functions that they may call.
   */
  areIndependent(ones: readonly string[], other: string): boolean
  /** Whether the module may read, while it is loaded, what all modules share: the environment, a global. */
  readsShared(path: string): boolean
  /** The specifiers of what the module calls for its effect while it is loaded. */
  writtenAtLoad(path: string): readonly string[]
  /** The specifiers of the `import()`s that the module awaits while it is loaded. */
  awaitedAtLoad(path: string): readonly string[]
  /** Whether the module awaits anything while it is loaded. */
  awaitsAtLoad(path: string): boolean
  /** The packages that the module imports, by their names. */
  packagesOf(path: string): ReadonlySet<string>
  /** Whether the module imports dotenv. */
  loadsDotenv(path: string): boolean
  /** Whether the module may set `process.env` or a global while it is loaded, dotenv aside. */
  mayWriteGlobals(path: string): boolean
  /** Where a middleware in `path` goes on after `next()`, as `` `file:line` ``; see {@link actsAfterNext}. */
  afterNext(path: string, awaits: boolean): string | undefined
  /**
   * What a reload of `path` forgets: the first `let`, container or static field of the module that a function of the
   * module changes, as `` `hits` (`file:line`) `` of its declaration; undefined when there is none.
   */
  moduleState(path: string): string | undefined
}

/** Names a middleware's parameter, its type, or registers one. */
const MAY_CALL_NEXT = /\b(?:next|done)\s*\(|\bNext(?:Function)?\b|\.\s*(?:use|all|get|post|put|patch|delete|param)\s*\(/

const writesGlobals = rememberedByText((_, text) => mayWriteGlobals(text))

/**
 * @param root absolute; places are named relative to it. Modules are lexed, and parsed when a question needs it; answers
 * are kept until the text of a module changes.
 */
export function createExports(root: string, modules: Modules, resolver: Resolver): Exports {
  const programOf = createPrograms(modules)
  const { find, origin, exportNames } = createFinding(modules, resolver, programOf)
  const effects = new Map<string, { text: string; line: string | undefined }>()

  function place(path: string, text: string, offset: number): string {
    return `\`${relative(root, path).replaceAll('\\', '/')}:${positionAt(text, offset).line}\``
  }

  const { callsIn, ...classes } = createClasses(find, programOf, resolver, (path, offset) =>
    place(path, programOf(path).text, offset),
  )

  function packages(path: string): ReadonlySet<string> {
    const program = programOf(path)
    return program.remember('packages', () => packagesOf(program.body))
  }

  return {
    find,
    origin,
    exportNames,
    localsOf(path, specifier, name) {
      return [...programOf(path).bindings].flatMap(([local, binding]) =>
        binding.kind === 'import' && binding.imported.specifier === specifier && binding.imported.name === name
          ? [local]
          : [],
      )
    },
    resultOf(path, { name, imported }) {
      const resultIn = (maker: FunctionFacts | undefined): Value | undefined =>
        maker?.returned && { ...maker.returned, annotation: maker.returnType ?? maker.returned.annotation }
      if (!imported) return resultIn(describeExport(programOf(path), name, name).function)
      const [, ...members] = name.split('.')
      const next = resolver.resolve(path, imported.specifier)
      if (next.kind !== 'project' || members.length > (imported.name === '*' ? 1 : 0)) return undefined
      return resultIn(find(next.path, members[0] ?? imported.name).function)
    },
    ...classes,
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
    loadEffect(path) {
      const { body, text } = programOf(path)
      const statement = firstLoadEffect(body, callsIn(path))
      return statement && place(path, text, statement.range[0])
    },
    loadEffects: (path) => loadEffects(programOf(path).body, callsIn(path)).map(({ range }) => range[0]),
    actsAtLoad: (path) => actsAtLoad(programOf(path).body, callsIn(path)),
    dependsOnOrder: (path, others) => dependsOnOrder(programOf(path).body, others),
    areIndependent: createTouching(programOf, (from, specifier) => {
      const found = resolver.resolve(from, specifier)
      return found.kind === 'project' ? found.path : undefined
    }).areIndependent,
    readsShared: (path) =>
      /\b(?:process|global(?:This)?)\b/.test(modules.text(path) ?? '') && reachAtLoad(programOf(path)).shared,
    writtenAtLoad: (path) => writtenAtLoad(programOf(path).body),
    awaitedAtLoad: (path) =>
      /^(?:.*=\s*)?await\b/m.test(modules.text(path) ?? '') ? awaitedAtLoad(programOf(path).body) : [],
    awaitsAtLoad: (path) => /\bawait\b/.test(modules.text(path) ?? '') && programOf(path).body.some(awaits),
    packagesOf: packages,
    loadsDotenv: (path) => packages(path).has('dotenv'),
    mayWriteGlobals: (path) => writesGlobals(path, modules.text(path) ?? ''),
    afterNext(path, awaits) {
      const text = modules.text(path) ?? ''
      if (!MAY_CALL_NEXT.test(text)) return undefined
      const program = programOf(path)
      const at = program.remember(`after next ${awaits}`, () => actsAfterNext(program.body, awaits))
      return at === undefined ? undefined : place(path, text, at)
    },
    moduleState(path) {
      const program = programOf(path)
      const state = stateOf(program)
      return state && `\`${state.name}\` (${place(path, program.text, state.at)})`
    },
  }
}
