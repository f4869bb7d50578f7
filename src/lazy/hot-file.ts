import { join, sep } from 'node:path'
import { listSourceFiles } from '../project/files.ts'
import type { FileTree } from '../edits/tree.ts'
import type { Project } from '../project/project.ts'

/** The file of the user that holds `fromModule`, which the codemod made-values writes. */
export interface HotFile {
  /** Absolute. */
  readonly path: string
  /** Undefined when it is there already. */
  readonly text: string | undefined
}

/**
 * `src/hot.ts`, or `hot.ts` where there is no src/; `.js` where the server is JavaScript. `from-module` stands in for
 * `hot` where a file of that name holds something else.
 *
 * @param read gives a file's text, undefined when there is no such file.
 */
export function hotFileOf({ root, type, runtime }: Project, read: (path: string) => string | undefined): HotFile {
  const all = listSourceFiles(root)
  const below = all.filter((path) => path.startsWith(join(root, 'src') + sep))
  const directory = below.length > 0 ? join(root, 'src') : root
  const [first] = below.length > 0 ? below : all
  const isTyped = /\.[cm]?tsx?$/.test(runtime.entry ?? first ?? '')
  const extension = `${type === 'module' ? '' : 'm'}${isTyped ? 'ts' : 'js'}`
  for (let count = 0; ; count += 1) {
    const name = count === 0 ? 'hot' : `from-module${count === 1 ? '' : count}`
    const path = join(directory, `${name}.${extension}`)
    const text = read(path)
    if (text === undefined) return { path, text: isTyped ? TYPESCRIPT : JAVASCRIPT }
    if (EXPORTS.test(text)) return { path, text: undefined }
  }
}

/** @returns the path of the file, where it was not there. */
export function writeHotFile(project: Project, tree: FileTree): string[] {
  const { path, text } = hotFileOf(project, (path) => tree.read(path))
  if (text === undefined) return []
  tree.write(path, text)
  return [path]
}

const EXPORTS = /\bexport\s+(?:async\s+)?(?:function|const)\s+fromModule\b|\bexport\s*\{[^}]*\bfromModule\b/

const TYPESCRIPT = `/**
 * What \`make\` makes of the module that \`load\` imports: made at the first call and kept, and made again only when
 * \`load\` gives another module, because hot-hook has reloaded it. Written by hot-codemod; it is yours to change.
 */
export function fromModule<Module, Value>(
  load: () => Promise<Module>,
  make: (module: Module) => Value,
): () => Promise<Value> {
  let made: { module: Module; value: Value } | undefined
  return async () => {
    const module = await load()
    if (!made || made.module !== module) made = { module, value: make(module) }
    return made.value
  }
}
`

const JAVASCRIPT = `/**
 * What \`make\` makes of the module that \`load\` imports: made at the first call and kept, and made again only when
 * \`load\` gives another module, because hot-hook has reloaded it. Written by hot-codemod; it is yours to change.
 *
 * @template Module, Value
 * @param {() => Promise<Module>} load
 * @param {(module: Module) => Value} make
 * @returns {() => Promise<Value>}
 */
export function fromModule(load, make) {
  /** @type {{ module: Module, value: Value } | undefined} */
  let made
  return async () => {
    const module = await load()
    if (!made || made.module !== module) made = { module, value: make(module) }
    return made.value
  }
}
`
