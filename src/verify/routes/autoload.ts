import { dirname, relative, sep } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import { positionAt } from '../../edits/text.ts'
import { autoloadedFiles, autoloadsIn } from '../../frameworks/fastify-autoload.ts'
import type { Module } from './scope.ts'
import { stringsOf, type Value, type Values } from './values.ts'

/** A plugin that @fastify/autoload registers. */
export interface Autoloaded {
  readonly prefixes: readonly string[]
  readonly plugin: readonly Value[]
}

/**
 * The plugins that `register(autoload, options)` registers, with their prefixes: `prefix` of `options.options`, then
 * `autoPrefix` of the plugin, else its directory below `dir`; `prefixOverride` in place of all (@fastify/autoload 6.5.0,
 * `index.js` `handlePrefixConfig`, `lib/find-plugins.js`).
 *
 * @returns none for another registration, and for a `dir` that the text does not tell.
 */
export function autoloaded(
  call: TSESTree.CallExpression,
  options: readonly Value[],
  module: Module,
  values: Values,
  root: string,
): Autoloaded[] {
  const written = module.text.slice(...call.range)
  if (!module.text.includes('autoload') || !/\bdir\b|\boptions\b/i.test(written)) return []
  const { line } = positionAt(module.text, call.range[0])
  const text = (name: string, of: readonly Value[]): string[] => stringsOf(values.property(of, name))
  const own = text('prefix', values.property(options, 'options'))
  const namesDirectories = !/dirNameRoutePrefix\s*:\s*false/.test(written)
  return autoloadsIn(module.path, module.text, root)
    .filter((autoload) => autoload.line === line)
    .flatMap((autoload) =>
      filesOf(autoload).map((path): Autoloaded => {
        const plugin = values.exported(path, 'default')
        const directory = relative(autoload.dir, dirname(path)).split(sep).join('/')
        const named = namesDirectories && directory !== '' ? `/${directory}` : ''
        const auto = stringsOf(values.exported(path, 'autoPrefix'))
        const override = stringsOf(values.exported(path, 'prefixOverride'))
        const ends = auto.length > 0 ? auto : [withParameters(named)]
        const starts = own.length > 0 ? own : ['']
        const prefixes = override.length > 0 ? override : starts.flatMap((start) => ends.map((end) => start + end))
        return { prefixes, plugin: plugin.length > 0 ? plugin : [{ kind: 'namespace', path }] }
      }),
    )
}

function filesOf(autoload: Parameters<typeof autoloadedFiles>[0]): string[] {
  try {
    return autoloadedFiles(autoload)
  } catch {
    // The directory is not there, or not yet.
    return []
  }
}

/** `routeParams`: `_id` is `:id`, and `__` within a name a colon. */
function withParameters(directory: string): string {
  return directory.includes('__') ? directory.replaceAll('__', ':') : directory.replace(/\/_/g, '/:')
}
