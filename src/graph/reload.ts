import type { Modules } from './modules.ts'

export type Outcome = 'hot' | 'restart'

/** What hot-hook does when a file is saved, for every module the server loads. */
export interface ReloadModel {
  /** Every project module the roots reach, and its outcome. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Modules that run once: reached from the roots without crossing a boundary. */
  readonly eager: ReadonlySet<string>
  /** The modules that import each module at run time. */
  readonly importers: ReadonlyMap<string, readonly Importer[]>
}

export interface Importer {
  readonly path: string
  readonly dynamic: boolean
  readonly specifier: string
}

/**
 * Computes hot-hook 1.0's answer for every module, in time linear in the graph.
 *
 * hot-hook keeps its verdict per node: a boundary that any importer reaches by a static import is "wrongly imported"
 * and restarts (`dependency_tree.js`, `isReloadable`). Where its answer depends on the order of imports, the worse one
 * is given. A boundary whose `import()` runs once stays stale, which is no better than a restart: it counts as one.
 *
 * @param roots absolute paths of the modules the process starts with or loads by itself.
 * @param isBoundary `hotHook.boundaries` as a predicate on absolute paths.
 * @param importsOnce whether a module's `import()`s run at boot, wherever they stand: those of adonisrc.ts, for example.
 */
export function reloadModel(
  modules: Modules,
  roots: readonly string[],
  isBoundary: (path: string) => boolean,
  importsOnce: (path: string) => boolean = () => false,
): ReloadModel {
  const importers = new Map<string, Importer[]>(roots.map((root) => [root, []]))
  const reachable = [...importers.keys()]
  for (const path of reachable) {
    for (const { target, dynamic, specifier } of modules.edges(path)) {
      let into = importers.get(target)
      if (!into) {
        importers.set(target, (into = []))
        reachable.push(target)
      }
      into.push({ path, specifier, dynamic: dynamic && isLazy(path, specifier) })
    }
  }
  /** An import that is evaluated anew each time: not one of a module that runs once, outside any function or at boot. */
  function isLazy(path: string, specifier: string): boolean {
    return !importsOnce(path) && isReadAsDynamic(modules, path, specifier) && !modules.importedOnce(path).has(specifier)
  }

  const wrong = reachable.filter((path) => isBoundary(path) && importers.get(path)?.some(({ dynamic }) => !dynamic))
  const eager = reach(roots)
  const cold = reach([...roots, ...wrong])
  return {
    importers,
    eager,
    outcomes: new Map(reachable.map((path) => [path, cold.has(path) ? 'restart' : 'hot'])),
  }

  /** Everything below `sources`, not going into a boundary through a lazy import. */
  function reach(sources: readonly string[]): Set<string> {
    const seen = new Set(sources)
    for (const path of seen) {
      for (const { target, dynamic, specifier } of modules.edges(path)) {
        if (dynamic && isBoundary(target) && isLazy(path, specifier)) continue
        seen.add(target)
      }
    }
    return seen
  }
}

/**
 * Whether hot-hook takes the module's first import of `specifier` for a dynamic one.
 *
 * hot-hook 1.0.0 (`dynamic_import_checker.js`) lexes the importer's source, types included: an `import type` counts, an
 * `export type … from` does not. A source it cannot lex fails at run time; it counts as static here.
 */
function isReadAsDynamic(modules: Modules, path: string, specifier: string): boolean {
  const lexed = modules.lexed(path)
  const text = modules.text(path)
  if (!lexed || text === undefined || !isLexedByHotHook(path, text)) return false
  const first = lexed.imports.find(
    (found) =>
      found.type !== 'import-meta' &&
      found.specifier === specifier &&
      !(found.type !== 'dynamic' && found.typeOnly && text.startsWith('export', found.importStart)),
  )
  return first === undefined || first.type === 'dynamic'
}

/** hot-hook's lexer (es-module-lexer 1.7 in parse-imports) fails on JSX text: closing tags and what stands between them. */
export function isLexedByHotHook(path: string, text: string): boolean {
  return !/\.[jt]sx$/.test(path) || !/<\/|`/.test(text)
}
