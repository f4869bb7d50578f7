import { relative, sep } from 'node:path'
import { escapePattern, positionAt } from '../edits/text.ts'
import type { Modules } from './modules.ts'

/** Where the imports of a project stand, for people. Lines are looked up when asked for. */
export interface Places {
  /** Relative to the project's root, with `/`. */
  name(path: string): string
  /**
   * 1-based line of the import of `specifier` in `path`; 0 when it is not found. Of several it is the first of the kind
   * asked for, one of types only where there is no other.
   */
  line(path: string, specifier: string, dynamic?: boolean): number
  /** `` `src/routes.ts:3` ``. */
  of(importer: { readonly path: string; readonly specifier: string; readonly dynamic?: boolean }): string
}

/** An import in a text, types included. */
interface Place {
  readonly line: number
  readonly dynamic: boolean
  readonly typeOnly: boolean
}

export function createPlaces(root: string, modules: Modules): Places {
  const below = root + sep
  const known = new Map<string, { readonly text: string; readonly places: ReadonlyMap<string, readonly Place[]> }>()

  function name(path: string): string {
    const short = path.startsWith(below) ? path.slice(below.length) : relative(root, path)
    return sep === '/' ? short : short.replaceAll(sep, '/')
  }

  function placesIn(path: string, text: string): ReadonlyMap<string, readonly Place[]> {
    let own = known.get(path)
    if (own?.text !== text) known.set(path, (own = { text, places: bySpecifier(path, text) }))
    return own.places
  }

  /** The imports of a module by their specifiers, in one pass over its lines. */
  function bySpecifier(path: string, text: string): ReadonlyMap<string, readonly Place[]> {
    const places = new Map<string, Place[]>()
    let line = 1
    let end = text.indexOf('\n')
    for (const found of modules.lexed(path)?.imports ?? []) {
      if (found.type === 'import-meta' || found.specifier === undefined) continue
      const { type, specifier, importStart } = found
      for (; end !== -1 && end < importStart; end = text.indexOf('\n', end + 1)) line += 1
      const place: Place = { line, dynamic: type === 'dynamic', typeOnly: type !== 'dynamic' && found.typeOnly }
      const same = places.get(specifier)
      if (same) same.push(place)
      else places.set(specifier, [place])
    }
    return places
  }

  function line(path: string, specifier: string, dynamic = false): number {
    const text = modules.text(path)
    if (text === undefined) return 0
    const places = placesIn(path, text).get(specifier)
    if (!places) {
      const offset = text.search(new RegExp(`(['"\`])${escapePattern(specifier)}\\1`))
      return offset < 0 ? 0 : positionAt(text, offset).line
    }
    const ofKind = places.filter((place) => place.dynamic === dynamic)
    const found = ofKind.find(({ typeOnly }) => !typeOnly) ?? ofKind[0] ?? places[0]
    return found?.line ?? 0
  }

  return {
    name,
    line,
    of({ path, specifier, dynamic }) {
      const found = line(path, specifier, dynamic)
      return `\`${name(path)}${found > 0 ? `:${found}` : ''}\``
    },
  }
}
