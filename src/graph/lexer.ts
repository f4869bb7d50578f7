import { parse, type Export, type Import } from 'es-module-lexer'
import { initSync, parse as parseAsHotHook } from 'hot-hook-lexer'

/** Imports and exports of one module, in textual order, as hot-hook and Node read them. */
export interface Lexed {
  readonly imports: readonly Import[]
  readonly exports: readonly Export[]
  /** Whether the text holds syntax that only an ECMAScript module may hold. */
  readonly isModule: boolean
}

/**
 * Lexes JavaScript or TypeScript without types being stripped: `import type` is listed, marked `typeOnly`.
 *
 * @returns undefined when the text cannot be lexed (JSX text, syntax errors). Never take that for "no imports".
 */
export function lex(text: string): Lexed | undefined {
  try {
    const [imports, exports, , isModule] = parse(text)
    return { imports, exports, isModule }
  } catch {
    return undefined
  }
}

/** One import as hot-hook reads it: types included, computed specifiers left out. */
export interface ReadImport {
  readonly specifier: string
  readonly dynamic: boolean
}

/**
 * The imports of a source in textual order, by the lexer that hot-hook 1.0 uses (parse-imports 3: es-module-lexer 1.7),
 * which differs from ours: an `import type` is listed, an `export type … from` is not, and closing tags of JSX, a
 * backquote in its text and `import x = require('…')` cannot be read at all.
 *
 * @returns undefined when the source cannot be read; importing a boundary from it fails at run time.
 */
export function lexAsHotHook(text: string): readonly ReadImport[] | undefined {
  try {
    initSync()
    const [imports] = parseAsHotHook(text)
    return imports.flatMap(({ n, d }) => (n === undefined || d === -2 ? [] : [{ specifier: n, dynamic: d !== -1 }]))
  } catch {
    return undefined
  }
}
