import { basename, dirname, extname, relative, sep } from 'node:path'
import type { FileTree } from '../edits/tree.ts'
import { lineBreakOf } from '../edits/text.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Analysis } from './analysis.ts'

/**
 * A module that does nothing but export another one again. Cold modules import it lazily, and hot ones go on importing
 * the other one: as a boundary that is imported statically, hot-hook would restart for that.
 */
export interface Reexport {
  /** Absolute; `user.hot.ts` beside `user.ts`. */
  readonly path: string
  readonly text: string
}

/** The re-exports that could be, by the module that they export, for modules that restart and that something else imports. */
export function reexportsIn(
  { server, modules, exports }: Analysis,
  { eager, importers }: ReloadModel,
  tree: FileTree,
): ReadonlyMap<string, Reexport> {
  const found = new Map<string, Reexport>()
  for (const target of server.files()) {
    const others = importers.get(target) ?? []
    if (!eager.has(target) || server.isBoot(target) || others.length < 2 || others.every(({ lazy }) => lazy)) continue
    if (modules.format(target) !== 'module') continue
    const extension = extname(target)
    const name = basename(target).slice(0, -extension.length)
    const path = `${target.slice(0, -extension.length)}.hot${extension}`
    const source = modules.text(target) ?? ''
    const quote = /\bfrom\s*(['"])/.exec(source)?.[1] ?? "'"
    const end = /\bfrom\s*['"][^'"]*['"];/.test(source) ? ';' : ''
    const specifier = `${quote}./${name}${extensionUsed(target, importers, modules)}${quote}${end}`
    const lines = [
      `// For modules that are not hot: they import this one lazily, and hot modules import ${name}${extension} itself.`,
      `export * from ${specifier}`,
      ...(exports.exportNames(target).names.includes('default') ? [`export { default } from ${specifier}`] : []),
    ]
    const text = `${lines.join(lineBreakOf(source))}${lineBreakOf(source)}`
    const there = tree.read(path)
    if (there === undefined || there === text) found.set(target, { path, text })
  }
  return found
}

/** The extension that relative imports have around `target`; empty where they have none. */
function extensionUsed(target: string, importers: ReloadModel['importers'], modules: Analysis['modules']): string {
  const extension = extname(target)
  const compiled = extension.replace('ts', 'js').replace('x', '')
  const own = modules.edges(target).map(({ specifier }) => specifier)
  const all = [...own, ...(importers.get(target) ?? []).map(({ specifier }) => specifier)]
  const written = all.find((specifier) => specifier.startsWith('.') && !specifier.endsWith('.json'))
  if (written === undefined) return compiled
  const [found = ''] = /\.[cm]?[jt]sx?$/.exec(written) ?? []
  return found === '' ? '' : found.includes('t') ? extension : compiled
}

/** How `from`, which names the exported module by `specifier`, names the re-export; undefined where nothing finds it. */
export function specifierOfReexport(
  { resolver }: Analysis,
  from: string,
  specifier: string,
  { path }: Reexport,
): string | undefined {
  const [extension = ''] = /\.[cm]?[jt]sx?$/.exec(specifier) ?? []
  const beside = `${specifier.slice(0, specifier.length - extension.length)}.hot${extension}`
  const step = relative(dirname(from), path).split(sep).join('/')
  const direct = (step.startsWith('.') ? step : `./${step}`).slice(0, -extname(path).length)
  const compiled = extname(path).replace('ts', 'js').replace('x', '')
  return [beside, direct + (specifier.startsWith('.') ? extension : compiled), direct + compiled].find((candidate) => {
    const found = resolver.resolve(from, candidate)
    return found.kind === 'project' && found.path === path
  })
}

/** Whether a module is such a re-export. @param text of it. */
export function isReexport(text: string): boolean {
  const code = text.replace(/\/\/.*|\/\*[^]*?\*\//g, '').trim()
  return /^export \* from (['"])[^'"]+\1;?(?:\s*export \{ default \} from (['"])[^'"]+\2;?)?$/.test(code)
}
