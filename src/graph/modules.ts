import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import { parseSync } from 'oxc-parser'
import { transformSync, type TransformOptions } from 'oxc-transform'
import { readText } from '../edits/tree.ts'
import { readManifest } from '../project/package-manager.ts'
import { computedImports, expandGlob, mayCompute, NOTHING_COMPUTED, type Computed } from './computed.ts'
import { rememberedByText } from './by-text.ts'
import { executedOnce, providedModels } from './executed-once.ts'
import { lex, lexAsHotHook, type Lexed, type ReadImport } from './lexer.ts'
import type { Resolver } from './resolver.ts'

/** One import that exists at run time, after types are erased. */
export interface Edge {
  readonly specifier: string
  readonly dynamic: boolean
  /** Absolute path of a project file. Imports of packages are not edges. */
  readonly target: string
  /** The target is a boundary, whatever the globs say: by `{ with: { hot: 'true' } }`, or by `import.meta.hot?.boundary`. */
  readonly hot?: 'attribute' | 'meta'
  /** The specifier is not in the source as such: hot-hook takes the import for a dynamic one. */
  readonly computed?: true
}

/** A file that a module uses without hot-hook's tree seeing it. */
export interface UnseenUse {
  /** `early`: imported before hot-hook starts. */
  readonly kind: 'require' | 'early' | 'url'
  readonly specifier: string
  readonly target: string
}

export type ModuleFormat = 'module' | 'commonjs' | 'json'

/**
 * Which imports a TypeScript loader erases.
 *
 * - `metadata`: those used as types only, but not where `emitDecoratorMetadata` makes values of types (ts-node with
 *   swc, ts-exec, tsc: AdonisJS).
 * - `plain`: those used as types only (tsx, esbuild).
 * - `verbatim`: `import type` only (`verbatimModuleSyntax`, Node's own type stripping).
 */
export type Elision = 'metadata' | 'plain' | 'verbatim'

/** Strips types: what is left, and whether nothing could be made of the text. */
const TRANSFORM: Readonly<Record<Elision, ReturnType<typeof strippedBy>>> = {
  metadata: strippedBy({ decorator: { legacy: true, emitDecoratorMetadata: true } }),
  plain: strippedBy({ decorator: { legacy: true } }),
  verbatim: strippedBy({ decorator: { legacy: true }, typescript: { onlyRemoveTypeImports: true } }),
}

function strippedBy(options: TransformOptions) {
  return rememberedByText((path, text) => {
    const { code, errors } = transformSync(path, text, options)
    return { code, isWrong: errors.length > 0 && code === '' }
  })
}

/** The project's modules, read when asked for and kept until the file changes. */
export interface Modules {
  /**
   * Reads, strips and lexes the modules that were not yet, in that order: each step for all of them takes a third less
   * time than all steps for each. For speed only.
   */
  load(paths: readonly string[]): void
  /** The text of a module, BOM included; undefined when there is no such file. */
  text(path: string): string | undefined
  /** The text as written, types included, lexed; undefined when it cannot be lexed. */
  lexed(path: string): Lexed | undefined
  /** The imports that hot-hook reads in the source; undefined when it cannot. */
  readByHotHook(path: string): readonly ReadImport[] | undefined
  /** The imports of project files that the module has at run time, in textual order. */
  edges(path: string): readonly Edge[]
  /** The project files that the module requires, or names by `new URL('…', import.meta.url)`. */
  unseen(path: string): readonly UnseenUse[]
  /** Specifiers that look like project files and lead nowhere. */
  missing(path: string): readonly string[]
  /** How many `import()`s of the module have a specifier that only a run could tell. */
  unknownImports(path: string): number
  /** What Node takes the file for, by its extension, the nearest package.json, and its text where neither says. */
  format(path: string): ModuleFormat
  /** Specifiers of the `import()`s that are evaluated once, and how many there are of each. */
  importedOnce(path: string): ReadonlyMap<string, number>
  /** Specifiers of the models that `@adonisjs/auth` imports: see {@link providedModels}. */
  providedModels(path: string): ReadonlySet<string>
  /** Paths whose text could not be read as a module; their imports are unknown. */
  readonly unreadable: ReadonlySet<string>
  /** The same modules, read in the same way, with other texts in place of some. */
  withTexts(overlay: ReadonlyMap<string, string>): Modules
  /**
   * Forgets the modules whose files changed on disk since they were read, and where imports lead if files were added
   * or removed. @returns whether there was anything to forget.
   */
  refresh(): boolean
  /** Forgets where imports lead. */
  resolveAgain(): void
}

interface Entry {
  /** Milliseconds since the epoch. */
  readonly readAt: number
  /** Identifies the file's state; taken at the first refresh, so that one run over a project need not stat. */
  stamp?: string
  readonly text: string | undefined
  lexed?: Lexed | undefined
  read?: readonly ReadImport[] | undefined
  written?: Written
  imports?: Imports
  once?: ReadonlyMap<string, number>
  models?: ReadonlySet<string>
}

interface Imports {
  readonly edges: readonly Edge[]
  readonly unseen: readonly UnseenUse[]
  readonly missing: readonly string[]
  readonly unknown: number
}

/** The imports of a module before they are resolved. */
interface Written {
  readonly imports: readonly (Omit<Edge, 'target'> & { readonly glob: boolean })[]
  readonly computed: Computed
}

const NOTHING_WRITTEN: Written = { imports: [], computed: NOTHING_COMPUTED }
const NO_IMPORTS: Imports = { edges: [], unseen: [], missing: [], unknown: 0 }

/**
 * @param read gives the text of a file, `undefined` when there is none; the disk's unless a codemod's tree stands in for it.
 * @param typeless what the files of a package without "type" are: Node.js looks at their syntax, tsx makes CommonJS of them.
 */
export function createModules(
  resolver: Resolver,
  elision: Elision,
  read: (path: string) => string | undefined = readText,
  typeless: 'detect' | 'commonjs' = 'detect',
): Modules {
  const entries = new Map<string, Entry>()
  const packageTypes = createPackageTypes()
  const unreadable = new Set<string>()
  const lastWritten = new Map<string, Written>()
  /** Milliseconds since the epoch. */
  let lookedAt = Date.now()

  function entry(path: string): Entry {
    let known = entries.get(path)
    if (!known) {
      entries.set(path, (known = { readAt: Date.now(), text: read(path) }))
    }
    return known
  }

  function load(paths: readonly string[]): void {
    const unread = paths.flatMap((path) => {
      const known = path.endsWith('.json') ? undefined : entry(path)
      return known?.text === undefined || known.written ? [] : [{ path, known, text: known.text }]
    })
    const codes = unread.map(({ path, text }) => codeOf(path, text))
    for (const [at, { path, known }] of unread.entries()) known.written = writtenIn(path, codes[at] ?? '')
  }

  /** The JavaScript that a loader makes of the module; its text where that does not parse, which is noted. */
  function codeOf(path: string, text: string): string {
    const isJavaScript = !/\.(?:[cm]?tsx?|jsx)$/.test(path)
    // A script may hold what no module may.
    if (isJavaScript && formatByPath(path) !== 'module') return text
    const { code, isWrong } = TRANSFORM[elision](path, text)
    if (isWrong) unreadable.add(path)
    return isJavaScript || code === '' ? text : code
  }

  /** @param code JavaScript, types stripped. */
  function writtenIn(path: string, code: string): Written {
    const lexed = lexCode(path, code)
    if (!lexed) {
      unreadable.add(path)
      // Half-written: what it imported before is nearer to what it will import than nothing is.
      return lastWritten.get(path) ?? NOTHING_WRITTEN
    }
    const isComputed =
      mayCompute(code) || lexed.imports.some(({ type, specifier }) => type !== 'import-meta' && specifier === undefined)
    const computed = isComputed ? computedImports(path, code) : NOTHING_COMPUTED
    const imports = lexed.imports.flatMap((found) => {
      if (found.type === 'import-meta' || found.specifier === undefined) return []
      const dynamic = found.type === 'dynamic'
      const attributes = found.attributesStart < 0 ? '' : code.slice(found.attributesStart, found.importEnd)
      const hot = hotBy(attributes)
      return [{ specifier: found.specifier, dynamic, glob: dynamic && found.glob, ...hot }]
    })
    const written: Written = { imports, computed }
    lastWritten.set(path, written)
    return written
  }

  function computeImports(path: string, known: Entry): Imports {
    if (known.text === undefined || path.endsWith('.json')) return NO_IMPORTS
    const { imports, computed } = (known.written ??= writtenIn(path, codeOf(path, known.text)))
    const edges: Edge[] = []
    const unseen: UnseenUse[] = []
    const missing: string[] = []
    // Where only the text tells the format, a static import tells that it is a module.
    const isCommonJs = formatByPath(path) === 'commonjs'
    const add = (specifier: string, flags: Omit<Edge, 'specifier' | 'target'>): void => {
      const resolution = resolver.resolve(path, specifier)
      if (resolution.kind === 'missing') missing.push(specifier)
      if (resolution.kind !== 'project') return
      // What a loader makes of a static import in CommonJS is a require.
      if (isCommonJs && !flags.dynamic) unseen.push({ kind: 'require', specifier, target: resolution.path })
      else edges.push({ specifier, target: resolution.path, ...flags })
    }
    for (const { specifier, glob, ...flags } of imports) {
      if (!glob) add(specifier, flags)
      else
        for (const target of expandGlob(path, specifier))
          edges.push({ specifier, dynamic: true, target, computed: true })
    }
    for (const specifier of computed.dynamic) add(specifier, { dynamic: true, computed: true })
    for (const [kind, specifiers] of [['require', computed.required] as const, ['url', computed.urls] as const]) {
      for (const specifier of specifiers) {
        const { kind: found, path: target } = resolver.resolve(path, specifier)
        if (found === 'project') unseen.push({ kind, specifier, target })
      }
    }
    return { edges, unseen, missing, unknown: computed.unknown }
  }

  function importsOf(path: string): Imports {
    const known = entry(path)
    return (known.imports ??= computeImports(path, known))
  }

  function lexed(path: string): Lexed | undefined {
    const known = entry(path)
    if (!('lexed' in known)) known.lexed = known.text === undefined ? undefined : lexSource(path, known.text)
    return known.lexed
  }

  function format(path: string): ModuleFormat {
    // Node 20.19 and later looks for ECMAScript syntax in a package without "type".
    return formatByPath(path) ?? (lexed(path)?.isModule === false ? 'commonjs' : 'module')
  }

  /** The format by extension and package.json; undefined where the text decides. */
  function formatByPath(path: string): ModuleFormat | undefined {
    if (path.endsWith('.json')) return 'json'
    if (/\.c[jt]s$/.test(path)) return 'commonjs'
    if (/\.m[jt]s$/.test(path)) return 'module'
    return packageTypes.of(dirname(path)) ?? (typeless === 'commonjs' ? 'commonjs' : undefined)
  }

  function resolveAgain(): void {
    for (const known of entries.values()) delete known.imports
  }

  const modules: Modules = {
    unreadable,
    withTexts(overlay) {
      if (overlay.size === 0) return modules
      return layered(
        modules,
        createModules(resolver, elision, (path) => overlay.get(path), typeless),
        overlay,
      )
    },
    load,
    text: (path) => entry(path).text,
    lexed,
    readByHotHook(path) {
      const known = entry(path)
      if (!('read' in known)) known.read = known.text === undefined ? undefined : readAsHotHook(path, known.text)
      return known.read
    },
    edges: (path) => importsOf(path).edges,
    unseen: (path) => importsOf(path).unseen,
    missing: (path) => importsOf(path).missing,
    unknownImports: (path) => importsOf(path).unknown,
    format,
    importedOnce(path) {
      const known = entry(path)
      return (known.once ??= mayImportOnce(known.text ?? '') ? importedOnceIn(path, known.text ?? '') : new Map())
    },
    providedModels(path) {
      const known = entry(path)
      const text = known.text ?? ''
      return (known.models ??= text.includes('UserProvider') ? providedModels(parseProgram(path, text)) : new Set())
    },
    resolveAgain,
    refresh() {
      let changed = false
      const directories = new Set<string>()
      const since = lookedAt - GRAIN
      lookedAt = Date.now()
      for (const [path, known] of entries) {
        directories.add(dirname(path))
        const { stamp, changedAt } = stampOf(path)
        // A file that changed after it was read, or within the clock's grain before, is read again.
        const isAsRead = changedAt < known.readAt - GRAIN && (stamp === ABSENT) === (known.text === undefined)
        if (known.stamp === undefined && isAsRead) known.stamp = stamp
        if (known.stamp === stamp) continue
        entries.delete(path)
        unreadable.delete(path)
        if (stamp === ABSENT) lastWritten.delete(path)
        changed = true
      }
      if (![...directories].some((directory) => stampOf(directory).changedAt >= since)) return changed
      resolveAgain()
      return true
    },
  }
  return modules
}

// A project is opened again for each state of its files, of which most are the same.
const lexSource = rememberedByText((_, text) => lex(text))
const lexCode = rememberedByText((_, code) => lex(code))
const readAsHotHook = rememberedByText((_, text) => lexAsHotHook(text))

/** Whether a module may hold an `import()` that is executed once: one that no arrow returns, or a call that may keep it. */
function mayImportOnce(text: string): boolean {
  return /(?<!=>\s*)\bimport\(/.test(text) || (text.includes('import(') && KEEPS.test(text))
}

const KEEPS =
  /\b(?:\w*[lL]azy\w*|once|memo\w*|register|use|after|ready|boot\w*|starting|errorHandler|addHook|fp|fastifyPlugin|\w*[cC]ache\w*)\b/

const importedOnceIn = rememberedByText(countImportedOnce)

function countImportedOnce(path: string, text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { specifier } of executedOnce(parseProgram(path, text)))
    counts.set(specifier, (counts.get(specifier) ?? 0) + 1)
  return counts
}

function parseProgram(path: string, text: string): TSESTree.Program {
  const { program } = parseSync(path, text, { range: true, preserveParens: false, sourceType: 'module', astType: 'ts' })
  return program as unknown as TSESTree.Program
}

/** How the attributes of an import make its target a boundary. */
function hotBy(attributes: string): Pick<Edge, 'hot'> {
  if (/\bhot['"]?\s*:\s*['"]true['"]/.test(attributes)) return { hot: 'attribute' }
  return /\bimport\.meta\.hot\??\.boundary\b/.test(attributes) ? { hot: 'meta' } : {}
}

/** `type` in the package.json nearest to a directory, each read once. */
function createPackageTypes(): { of(directory: string): 'module' | 'commonjs' | undefined } {
  const known = new Map<string, 'module' | 'commonjs' | undefined>()
  function of(directory: string): 'module' | 'commonjs' | undefined {
    if (known.has(directory)) return known.get(directory)
    const path = join(directory, 'package.json')
    const parent = dirname(directory)
    const type = existsSync(path) ? typeIn(path) : parent === directory ? undefined : of(parent)
    known.set(directory, type)
    return type
  }
  return { of }
}

function typeIn(path: string): 'module' | 'commonjs' | undefined {
  const type = readManifest(path)?.['type']
  return type === 'module' || type === 'commonjs' ? type : undefined
}

/** Milliseconds within which two writes may carry the same time. */
const GRAIN = 50

const ABSENT = 'absent'

function stampOf(path: string): { stamp: string; changedAt: number } {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return { stamp: ABSENT, changedAt: 0 }
  return {
    stamp: `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`,
    changedAt: Math.max(stat.mtimeMs, stat.ctimeMs),
  }
}

/** `base`, with `over` in place of it for the modules of `overlay`. */
function layered(base: Modules, over: Modules, overlay: ReadonlyMap<string, string>): Modules {
  const of = (path: string): Modules => (overlay.has(path) ? over : base)
  return {
    load(paths) {
      base.load(paths.filter((path) => !overlay.has(path)))
      over.load(paths.filter((path) => overlay.has(path)))
    },
    text: (path) => of(path).text(path),
    lexed: (path) => of(path).lexed(path),
    readByHotHook: (path) => of(path).readByHotHook(path),
    edges: (path) => of(path).edges(path),
    unseen: (path) => of(path).unseen(path),
    missing: (path) => of(path).missing(path),
    unknownImports: (path) => of(path).unknownImports(path),
    format: (path) => of(path).format(path),
    importedOnce: (path) => of(path).importedOnce(path),
    providedModels: (path) => of(path).providedModels(path),
    unreadable: base.unreadable,
    withTexts: (texts) => base.withTexts(new Map([...overlay, ...texts])),
    refresh: () => base.refresh(),
    resolveAgain: () => base.resolveAgain(),
  }
}
