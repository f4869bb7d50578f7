import { relative, sep } from 'node:path'
import { positionAt } from '../edits/text.ts'
import type { Modules } from './modules.ts'

/** Where the imports of a project stand, for people. Lines are looked up when asked for. */
export interface Places {
  /** Relative to the project's root, with `/`. */
  name(path: string): string
  /** 1-based line of the import of `specifier` in `path`; 0 when it is not found. */
  line(path: string, specifier: string, dynamic?: boolean): number
  /** `` `src/routes.ts:3` ``. */
  of(importer: { readonly path: string; readonly specifier: string; readonly dynamic?: boolean }): string
}

export function createPlaces(root: string, modules: Modules): Places {
  const name = (path: string): string => relative(root, path).split(sep).join('/')
  function line(path: string, specifier: string, dynamic?: boolean): number {
    const text = modules.text(path)
    if (text === undefined) return 0
    const imports = (modules.lexed(path)?.imports ?? []).filter((found) => found.specifier === specifier)
    const found = imports.find((candidate) => (candidate.type === 'dynamic') === dynamic) ?? imports[0]
    const offset = found ? found.importStart : text.search(new RegExp(`(['"\`])${escape(specifier)}\\1`))
    return offset < 0 ? 0 : positionAt(text, offset).line
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

function escape(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}/]/g, '\\$&')
}
