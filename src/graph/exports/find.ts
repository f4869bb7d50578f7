import type { DirectExport, Reexport } from 'es-module-lexer'
import type { Lexed } from '../lexer.ts'
import type { Modules } from '../modules.ts'
import type { Resolver } from '../resolver.ts'
import { describeExport } from './describe.ts'
import type { Imported, Member, Value } from './facts.ts'
import type { Program } from './programs.ts'

/** An export, barrels followed to the module that declares it. */
export interface Declared extends Value {
  /** The module that declares it, and the name it is exported by there; `*` for its namespace. */
  readonly path: string
  readonly exportName: string
  /** The specifiers that lead from the asked module to `path`, one for each barrel on the way. */
  readonly through: readonly string[]
  /** A live binding: its module assigns to it again. Its kind is `unknown` then. */
  readonly mutable: boolean
  /**
   * Elements of an array in their order, holes included; properties of an object or an enum; what the module sets as
   * properties while it is loaded, `users.list = …`. Imported ones are followed to what they are. None of a class.
   */
  readonly members: readonly Member[]
}

/** Where a binding comes from. */
export interface Origin {
  /** The module that declares it, and the name it is exported by there; `*` for its namespace. */
  readonly path: string
  readonly exportName: string
  /** The specifiers that lead there, one for each module on the way. */
  readonly through: readonly string[]
}

export interface ExportNames {
  /** Without `default` of `export *`, types, and names that two `export *` give to different things. */
  readonly names: readonly string[]
  /** False when an `export *` leads out of the project, or to a module that cannot be read: there may be more. */
  readonly complete: boolean
}

export interface Finding {
  find(path: string, name: string): Declared
  /** See `Exports.origin`. */
  origin(path: string, name: string): Origin | undefined
  exportNames(path: string): ExportNames
}

/** Where a name leads. `outside`: to a package, or to what cannot be read; `path` is the last module of the project. */
interface Place {
  readonly kind: 'local' | 'namespace' | 'outside' | 'none'
  readonly path: string
  readonly exportName: string
  readonly through: readonly string[]
  /** The same for two names of one thing. */
  readonly origin: string
  readonly local?: string | undefined
  /** Offset of the statement that exports it. */
  readonly at?: number
}

/** Follows names as ECMAScript's ResolveExport and GetExportedNames do. */
export function createFinding(modules: Modules, resolver: Resolver, programOf: (path: string) => Program): Finding {
  const surfaces = new WeakMap<Lexed, Surface>()

  /** Undefined when the module cannot be read, or has exports that no `export` names: JSON, and CommonJS as such. */
  function surfaceOf(path: string): Surface | undefined {
    const lexed = modules.lexed(path)
    const format = lexed && !lexed.isModule ? modules.format(path) : 'module'
    if (!lexed || format !== 'module') return undefined
    let surface = surfaces.get(lexed)
    if (!surface) surfaces.set(lexed, (surface = createSurface(lexed)))
    return surface
  }

  function locate(path: string, name: string, through: readonly string[], seen: Set<string>): Place {
    const key = `${path}\0${name}`
    const none: Place = { kind: 'none', path, exportName: name, through, origin: key }
    const outside: Place = { ...none, kind: 'outside' }
    if (seen.has(key)) return none
    seen.add(key)
    const surface = surfaceOf(path)
    if (!surface) return outside
    const found = surface.named.get(name)
    if (found?.type === 'reexport') {
      const next = resolver.resolve(path, found.from)
      if (next.kind !== 'project') return { ...outside, origin: `${found.from}\0${found.importName ?? '*'}` }
      const further = [...through, found.from]
      if (found.importName !== null) return locate(next.path, found.importName, further, seen)
      return { kind: 'namespace', path: next.path, exportName: '*', through: further, origin: `${next.path}\0*` }
    }
    if (found && isValue(path, found.exportStart, found.localName))
      return { ...none, kind: 'local', local: found.localName, at: found.exportStart }
    if (name === 'default') return none
    let starred: Place | undefined
    for (const from of surface.stars) {
      const next = resolver.resolve(path, from)
      if (next.kind !== 'project' || !surfaceOf(next.path)) continue
      const place = locate(next.path, name, [...through, from], seen)
      if (place.kind === 'none') continue
      if (starred && starred.origin !== place.origin) return none
      starred ??= place
    }
    return starred ?? none
  }

  /** Whether `export { local }` exports something that is left when types are erased. */
  function isValue(path: string, exportStart: number, local: string | undefined): boolean {
    if (local === undefined || !/^export\s*\{/.test((modules.text(path) ?? '').slice(exportStart, exportStart + 300)))
      return true
    const program = programOf(path)
    return !program.parses || program.bindings.has(local)
  }

  function declared(path: string, name: string, through: readonly string[], seen: ReadonlySet<string>): Declared {
    const place = name === '*' ? namespaceOf(path, through) : locate(path, name, through, new Set())
    const unknown: Declared = {
      kind: place.kind === 'namespace' ? 'namespace' : 'unknown',
      name: undefined,
      path: place.path,
      exportName: place.exportName,
      through: place.through,
      mutable: false,
      function: undefined,
      callee: undefined,
      annotation: undefined,
      members: [],
    }
    const key = `${place.path}\0${place.exportName}`
    if (place.kind !== 'local' || seen.has(key)) return unknown
    const className = classAt(modules.text(place.path) ?? '', place.at ?? 0)
    if (className !== undefined) return { ...unknown, kind: 'class', name: className || undefined }
    const visited = new Set(seen).add(key)
    const { alias, members, ...own } = describeExport(programOf(place.path), place.exportName, place.local)
    if (alias) return followed(place, alias, visited) ?? unknown
    return { ...unknown, ...own, members: members.map((member) => resolvedMember(place, member, visited)) }
  }

  function namespaceOf(path: string, through: readonly string[]): Place {
    return { kind: surfaceOf(path) ? 'namespace' : 'none', path, exportName: '*', through, origin: `${path}\0*` }
  }

  function followed({ path, through }: Place, alias: Imported, seen: ReadonlySet<string>): Declared | undefined {
    const next = resolver.resolve(path, alias.specifier)
    return next.kind === 'project' ? declared(next.path, alias.name, [...through, alias.specifier], seen) : undefined
  }

  function resolvedMember(place: Place, member: Member, seen: ReadonlySet<string>): Member {
    const target = member.imported && followed(place, member.imported, seen)
    if (!target) return member
    const { kind, name, function: declaredAs, callee, annotation } = target
    return { ...member, kind, name, function: declaredAs, callee, annotation }
  }

  function originOf(path: string, name: string, through: readonly string[], seen: Set<string>): Origin | undefined {
    if (name === '*') return surfaceOf(path) && { path, exportName: name, through }
    const place = locate(path, name, through, seen)
    if (place.kind !== 'local') return place.kind === 'namespace' ? place : undefined
    const binding = place.local === undefined ? undefined : programOf(place.path).bindings.get(place.local)
    if (binding?.kind !== 'import') return place
    const { specifier, name: imported } = binding.imported
    const next = resolver.resolve(place.path, specifier)
    return next.kind === 'project' ? originOf(next.path, imported, [...place.through, specifier], seen) : undefined
  }

  /**
   * What each name of `path` leads to, undefined where two `export *` disagree.
   *
   * @param known what was found on the way here; in a cycle, without what is still being looked at, which is found there.
   */
  function originsOf(path: string, known: Map<string, OriginNames>): OriginNames {
    const own: OriginNames = { names: new Map(), complete: true }
    const before = known.get(path)
    if (before) return before
    known.set(path, own)
    const surface = surfaceOf(path)
    if (!surface) return Object.assign(own, { complete: false })
    for (const name of surface.named.keys()) {
      const { kind, origin } = locate(path, name, [], new Set())
      if (kind !== 'none') own.names.set(name, origin)
    }
    const starred: OriginNames['names'] = new Map()
    for (const from of surface.stars) {
      const next = resolver.resolve(path, from)
      const below = next.kind === 'project' ? originsOf(next.path, known) : undefined
      own.complete &&= below?.complete ?? false
      for (const [name, origin] of below?.names ?? []) {
        if (name === 'default' || surface.named.has(name)) continue
        starred.set(name, starred.has(name) && starred.get(name) !== origin ? undefined : origin)
      }
    }
    for (const [name, origin] of starred) own.names.set(name, origin)
    return own
  }

  return {
    find: (path, name) => declared(path, name, [], new Set()),
    origin: (path, name) => originOf(path, name, [], new Set()),
    exportNames(path) {
      const { names, complete } = originsOf(path, new Map())
      return { names: [...names].flatMap(([name, origin]) => (origin === undefined ? [] : [name])), complete }
    },
  }
}

interface OriginNames {
  readonly names: Map<string, string | undefined>
  complete: boolean
}

/** The run-time exports of one module, as its text names them. */
interface Surface {
  readonly named: ReadonlyMap<string, DirectExport | Reexport>
  /** Specifiers of its `export *`. */
  readonly stars: readonly string[]
}

function createSurface({ exports }: Lexed): Surface {
  const named = new Map<string, DirectExport | Reexport>()
  const stars: string[] = []
  for (const found of exports) {
    if (found.typeOnly) continue
    if (found.type === 'reexport-all') stars.push(found.from)
    else if (!named.has(found.name)) named.set(found.name, found)
  }
  return { named, stars }
}

/**
 * The name of the class that is declared at `exportStart`, `''` when it has none; undefined for anything else, and for
 * a class whose name the text assigns to. Most exports of an AdonisJS application are classes, and need no parsing.
 */
function classAt(text: string, exportStart: number): string | undefined {
  const [found, name = ''] =
    /^export\s+(?:default\s+)?(?:abstract\s+)?class\b(?:\s+(?!extends\b|implements\b)([\p{ID_Continue}$]+))?/u.exec(
      text.slice(exportStart, exportStart + 300),
    ) ?? []
  if (found === undefined) return undefined
  const assigned = new RegExp(String.raw`(?<![\w$.])${name.replaceAll('$', '\\$')}\s*(?:=(?![=>])|(?:\|\||&&|\?\?)=)`)
  return name !== '' && assigned.test(text) ? undefined : name
}
