import { statSync } from 'node:fs'
import { parseSync } from 'oxc-parser'
import { transformSync, type TransformOptions } from 'oxc-transform'
import { readText } from '../edits/tree.ts'
import { lex, type Lexed } from './lexer.ts'
import type { Resolver } from './resolver.ts'

/** One import that exists at run time, after types are erased. */
export interface Edge {
  readonly specifier: string
  readonly dynamic: boolean
  /** Absolute path of a project file. Imports of packages are not edges. */
  readonly target: string
}

/**
 * Which imports a TypeScript loader erases.
 *
 * - `metadata`: those used as types only, but not where `emitDecoratorMetadata` makes values of types (ts-node with
 *   swc, ts-exec, tsc: AdonisJS).
 * - `plain`: those used as types only (tsx, esbuild).
 * - `verbatim`: `import type` only (`verbatimModuleSyntax`, Node's own type stripping).
 */
export type Elision = 'metadata' | 'plain' | 'verbatim'

const TRANSFORM: Record<Elision, TransformOptions> = {
  metadata: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  plain: { decorator: { legacy: true } },
  verbatim: { decorator: { legacy: true }, typescript: { onlyRemoveTypeImports: true } },
}

/** The project's modules, read when asked for and kept until the file changes. */
export interface Modules {
  /** The text of a module, BOM included; undefined when there is no such file. */
  text(path: string): string | undefined
  /** The text as written, types included, lexed; undefined when it cannot be lexed. */
  lexed(path: string): Lexed | undefined
  /** The imports of project files that the module has at run time, in textual order. */
  edges(path: string): readonly Edge[]
  /** Specifiers that the module imports by an `import()` outside any function: once, when it is loaded itself. */
  importedOnce(path: string): ReadonlySet<string>
  /** Paths whose text could not be read as a module; their imports are unknown. */
  readonly unreadable: ReadonlySet<string>
  /** Forgets the modules whose files changed on disk since they were read. @returns whether there were any. */
  refresh(): boolean
}

interface Entry {
  /** Milliseconds since the epoch. */
  readonly readAt: number
  /** Identifies the file's state; taken at the first refresh, so that one run over a project need not stat. */
  stamp?: string
  readonly text: string | undefined
  lexed?: Lexed | undefined
  edges?: readonly Edge[]
  once?: ReadonlySet<string>
}

/** @param read gives the text of a file, `undefined` when there is none; the disk's unless a codemod's tree stands in for it. */
export function createModules(
  resolver: Resolver,
  elision: Elision,
  read: (path: string) => string | undefined = readText,
): Modules {
  const entries = new Map<string, Entry>()
  const unreadable = new Set<string>()

  function entry(path: string): Entry {
    let known = entries.get(path)
    if (!known) {
      entries.set(path, (known = { readAt: Date.now(), text: read(path) }))
    }
    return known
  }

  function computeEdges(path: string, { text }: Entry): readonly Edge[] {
    if (text === undefined) return []
    const lexed = lex(strip(path, text, elision))
    if (!lexed) {
      unreadable.add(path)
      return []
    }
    const edges: Edge[] = []
    for (const found of lexed.imports) {
      if (found.type === 'import-meta' || found.specifier === undefined) continue
      const dynamic = found.type === 'dynamic'
      if (dynamic && found.glob) continue
      const resolution = resolver.resolve(path, found.specifier)
      if (resolution.kind === 'project') edges.push({ specifier: found.specifier, dynamic, target: resolution.path })
    }
    return edges
  }

  return {
    unreadable,
    text: (path) => entry(path).text,
    lexed(path) {
      const known = entry(path)
      if (!('lexed' in known)) known.lexed = known.text === undefined ? undefined : lex(known.text)
      return known.lexed
    },
    edges(path) {
      const known = entry(path)
      return (known.edges ??= computeEdges(path, known))
    },
    importedOnce(path) {
      const known = entry(path)
      return (known.once ??= known.text?.includes('import(') ? moduleLevelImports(path, known.text) : new Set())
    },
    refresh() {
      let changed = false
      for (const [path, known] of entries) {
        const { stamp, changedAt } = stampOf(path)
        // A file that changed after it was read, or within the clock's grain before, is read again.
        if (known.stamp === undefined && changedAt < known.readAt - GRAIN) known.stamp = stamp
        if (known.stamp === stamp) continue
        entries.delete(path)
        unreadable.delete(path)
        changed = true
      }
      return changed
    },
  }
}

function moduleLevelImports(path: string, text: string): ReadonlySet<string> {
  const found = new Set<string>()
  const pending: unknown[] = [parseSync(path, text, { sourceType: 'module', astType: 'ts' }).program.body]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue
    const { type, source } = node as { type?: string; source?: { value?: unknown } }
    if (type !== undefined && /Function|^MethodDefinition$|^PropertyDefinition$|^TSImportType$/.test(type)) continue
    if (type === 'ImportExpression' && typeof source?.value === 'string') found.add(source.value)
    pending.push(...Object.values(node))
  }
  return found
}

/** Milliseconds within which two writes may carry the same time. */
const GRAIN = 50

function stampOf(path: string): { stamp: string; changedAt: number } {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return { stamp: 'absent', changedAt: 0 }
  return {
    stamp: `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`,
    changedAt: Math.max(stat.mtimeMs, stat.ctimeMs),
  }
}

/** The JavaScript a loader makes of the module; plain JavaScript is returned as it is, and so is what does not parse. */
function strip(path: string, text: string, elision: Elision): string {
  if (/\.[cm]?js$/.test(path)) return text
  const { code, errors } = transformSync(path, text, TRANSFORM[elision])
  return errors.length > 0 && code === '' ? text : code
}

/** `base`, with the texts of `overlay` in place of those it reads. */
export function withTexts(
  base: Modules,
  resolver: Resolver,
  elision: Elision,
  overlay: ReadonlyMap<string, string>,
): Modules {
  const over = createModules(resolver, elision, (path) => overlay.get(path))
  const of = (path: string): Modules => (overlay.has(path) ? over : base)
  return {
    text: (path) => of(path).text(path),
    lexed: (path) => of(path).lexed(path),
    edges: (path) => of(path).edges(path),
    importedOnce: (path) => of(path).importedOnce(path),
    unreadable: base.unreadable,
    refresh: () => base.refresh(),
  }
}
