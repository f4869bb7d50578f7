import { basename, dirname, extname, relative, sep } from 'node:path'
import type { Analysis } from '../analysis.ts'
import type { FileFacts } from '../facts.ts'

/** The facts of a file to which a module is the one that exports it again. @param reexports by the path of the module. */
export function factsThrough(
  facts: FileFacts,
  path: string,
  reexports: ReadonlyMap<string, string>,
  analysis: Analysis,
): FileFacts {
  return Object.create(facts, {
    module: {
      value(specifier: string) {
        const module = facts.module(specifier)
        const hot = reexports.get(module.path)
        const through = hot === undefined ? undefined : specifierThrough(analysis, path, specifier, module.path, hot)
        if (hot === undefined || through === undefined) return module
        return Object.create(module, {
          exported: {
            value: (name: string) => ({ ...module.exported(name), path: hot, exportName: name, specifier: through }),
          },
        })
      },
    },
  }) as FileFacts
}

/** How a file that names the module `path` by `specifier` names `hot`, which exports it again; undefined when it cannot. */
export function specifierThrough(
  { resolver }: Analysis,
  from: string,
  specifier: string,
  path: string,
  hot: string,
): string | undefined {
  const extension = /\.[cm]?[jt]sx?$/.exec(specifier)?.[0] ?? ''
  const step = relative(dirname(from), hot).split(sep).join('/')
  const stem = basename(path, extname(path))
  const bare = specifier.slice(0, specifier.length - extension.length)
  const beside = bare.endsWith(stem) ? [`${bare}.hot${extension}`] : [`${specifier}/${stem}.hot`]
  const below = (step.startsWith('.') ? step : `./${step}`).slice(0, -extname(hot).length)
  const others = [extension, '.js', ''].map((end) => below + end)
  return [...beside, ...others].find((candidate) => resolver.resolve(from, candidate).path === hot)
}
