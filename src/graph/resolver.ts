import { existsSync } from 'node:fs'
import { dirname, join, parse, sep } from 'node:path'
import { createPathsMatcher, getTsconfig } from 'get-tsconfig'
import { ancestors } from '../project/package-manager.ts'
import { plugNPlayIn } from '../project/plug-n-play.ts'
import { requirePackage } from '../require.ts'
import { mappedTo, packageImports } from './package-imports.ts'

const { ResolverFactory } = requirePackage('oxc-resolver') as typeof import('oxc-resolver')

/** Where a specifier leads: `project` is a source or JSON file outside every node_modules, symlinks resolved. */
export type Resolution =
  { readonly kind: 'project'; readonly path: string } | { readonly kind: 'external' | 'missing'; readonly path: '' }

/** A relative specifier without its escapes: `./%5Bid%5D.js` is `[id].js`. */
function decodedOf(specifier: string): string {
  if (!/^\.{0,2}\/.*%[\da-f]{2}/i.test(specifier)) return specifier
  try {
    return decodeURIComponent(specifier)
  } catch {
    return specifier
  }
}

export interface Resolver {
  /** @param from absolute path of the importing file. */
  resolve(from: string, specifier: string): Resolution
  /** Forgets what is on disk; call it when files were added, removed or renamed. */
  clear(): void
  /** Looks again for what was missing. @returns whether any of it is there now. */
  recheckMissing(): boolean
}

const EXTERNAL: Resolution = { kind: 'external', path: '' }
const MISSING: Resolution = { kind: 'missing', path: '' }
const SOURCE = /(?<!\.d)\.(?:[cm]?[jt]sx?|json)$/

const NODE_MODULES = `${sep}node_modules${sep}`

const OPTIONS = {
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'],
  extensionAlias: {
    '.js': ['.ts', '.tsx', '.js', '.jsx'],
    '.jsx': ['.tsx', '.jsx'],
    '.mjs': ['.mts', '.mjs'],
    '.cjs': ['.cts', '.cjs'],
  },
  conditionNames: ['node', 'import', 'module-sync', 'default'],
  mainFields: ['main'],
  builtinModules: true,
}

/**
 * Resolves as Node does under a TypeScript loader: package `imports` and `exports`, `.js` for `.ts`, tsconfig `paths`,
 * workspaces by their real path, through node_modules or Yarn Plug'n'Play.
 *
 * @param root absolute: the directory of tsconfig.json, if there is one.
 * @param created files that are not on disk yet, absolute.
 */
export function createResolver(root: string, created: () => readonly string[] = () => []): Resolver {
  const configFile = join(root, 'tsconfig.json')
  const plain = new ResolverFactory(OPTIONS)
  // A tsconfig that extends a package which is not installed makes every resolution fail, hence the second factory.
  const withPaths = existsSync(configFile) ? new ResolverFactory({ ...OPTIONS, tsconfig: { configFile } }) : undefined
  const pnp = ancestors(root).map(plugNPlayIn).find(Boolean)
  const below = root + sep
  // The imports of one module are asked for one after the other.
  let importer = { path: '', directory: '' }
  let found = new Map<string, Resolution>()
  let missing = new Map<string, { readonly directory: string; readonly specifier: string }>()

  function clearCaches(): void {
    plain.clearCache()
    withPaths?.clearCache()
  }

  function compute(directory: string, specifier: string): Resolution {
    const first = withPaths?.sync(directory, specifier)
    const result = first?.path || first?.builtin ? first : plain.sync(directory, specifier)
    if (result.builtin) return EXTERNAL
    if (!result.path) {
      // Node resolves an import as a URL: `./x.js?v=1` and `./x.js#v1` are copies of one file.
      const bare = specifier.replace(/(?<=.)[?#].*$/, '')
      const decoded = decodedOf(bare)
      if (decoded !== specifier) return compute(directory, decoded)
      const planned = createdModule(directory, specifier)
      if (planned !== undefined) return { kind: 'project', path: planned }
      const workspace = workspaceModule(directory, specifier)
      if (workspace !== undefined) return { kind: 'project', path: workspace }
      return /^(?:\.{0,2}\/|#)/.test(specifier) ? MISSING : EXTERNAL
    }
    const path = /[?#]/.test(specifier) ? result.path.replace(/(?<=\.\w+)[?#].*$/, '') : result.path
    return isOwn(path) && SOURCE.test(path) ? { kind: 'project', path } : EXTERNAL
  }

  /** A file that is not on disk yet, by a relative specifier or an alias, with the extensions that others are found by. */
  function createdModule(directory: string, specifier: string): string | undefined {
    const files = created()
    if (files.length === 0) return undefined
    return aliased(directory, specifier)
      .flatMap((path) => {
        const { ext } = parse(path)
        const aliases: readonly string[] | undefined = Object.entries(OPTIONS.extensionAlias).find(
          ([of]) => of === ext,
        )?.[1]
        return aliases
          ? aliases.map((extension) => path.slice(0, -ext.length) + extension)
          : [path, ...OPTIONS.extensions.map((extension) => path + extension)]
      })
      .find((name) => files.includes(name))
  }

  /** The paths that a specifier may stand for, absolute. */
  function aliased(directory: string, specifier: string): string[] {
    if (specifier.startsWith('.')) return [join(directory, specifier)]
    if (specifier.startsWith('#')) {
      const path = mappedTo(specifier, packageImports(root))
      return path?.startsWith('.') ? [join(root, path)] : []
    }
    try {
      const tsconfig = existsSync(configFile) ? getTsconfig(configFile) : null
      return (tsconfig && createPathsMatcher(tsconfig)?.(specifier)) ?? []
    } catch {
      // A tsconfig that extends a package which is not installed.
      return []
    }
  }

  /** What a bare specifier means where Plug'n'Play links workspaces: their `exports`, else `main` or the file itself. */
  function workspaceModule(directory: string, specifier: string): string | undefined {
    const [, name, rest = ''] = /^((?:@[^/]+\/)?[^./#][^/]*)(\/.*)?$/.exec(specifier) ?? []
    const linked = name === undefined ? undefined : pnp?.dependency(directory, name)?.directory
    if (linked === undefined) return undefined
    return plain.sync(linked, specifier).path ?? plain.sync(linked, `.${rest}`).path
  }

  /** A root below a node_modules is looked at all the same. */
  function isOwn(path: string): boolean {
    return !path.includes(NODE_MODULES, path.startsWith(below) ? root.length : 0)
  }

  return {
    resolve(from, specifier) {
      if (importer.path !== from) importer = { path: from, directory: dirname(from) }
      const { directory } = importer
      // Only relative specifiers and the nearest package.json depend on the directory; below one root the latter is shared.
      const shared = !specifier.startsWith('.') && from.startsWith(below)
      const key = shared ? specifier : `${directory}\0${specifier}`
      let resolution = found.get(key)
      if (!resolution) {
        found.set(key, (resolution = compute(directory, specifier)))
        if (resolution === MISSING) missing.set(key, { directory, specifier })
      }
      return resolution
    },
    clear() {
      found = new Map()
      missing = new Map()
      clearCaches()
    },
    recheckMissing() {
      if (missing.size === 0) return false
      clearCaches()
      return [...missing.values()].some(({ directory, specifier }) => compute(directory, specifier) !== MISSING)
    },
  }
}
