import { init, parse as parseFast, type Export, type Import } from 'es-module-lexer'
import { parse as parseNow } from 'es-module-lexer/js'

/** Imports and exports of one module, in textual order, as hot-hook and Node read them. */
export interface Lexed {
  readonly imports: readonly Import[]
  readonly exports: readonly Export[]
}

let ready = false

/** Resolves when the WebAssembly lexer, twice as fast as the one that works at once, is ready. Optional to await. */
export const lexerReady: Promise<void> = init().then(() => {
  ready = true
})

/**
 * Lexes JavaScript or TypeScript without types being stripped: `import type` is listed, marked `typeOnly`.
 *
 * @returns undefined when the text cannot be lexed (JSX text, syntax errors). Never take that for "no imports".
 */
export function lex(text: string): Lexed | undefined {
  try {
    const [imports, exports] = (ready ? parseFast : parseNow)(text)
    return { imports, exports }
  } catch {
    return undefined
  }
}
