import { statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { readText } from '../edits/tree.ts'

/** What a package of a Yarn Plug'n'Play project imports under a name. */
export interface PnpDependency {
  /** Undefined for a workspace. */
  readonly version: string | undefined
  /** Absolute, of a workspace; undefined for what is in an archive or the cache. */
  readonly directory: string | undefined
}

/** The map of packages in `.pnp.cjs`, by which Yarn resolves where it installs no node_modules. */
export interface PlugNPlay {
  /** @param from absolute: a file or directory of the importing package. @returns `undefined` when it depends on no `name`. */
  dependency(from: string, name: string): PnpDependency | undefined
}

/** As the specification has it: https://yarnpkg.com/advanced/pnp-spec. */
interface Data {
  readonly packageRegistryData: readonly (readonly [name: string | null, references: readonly Entry[]])[]
}
type Entry = readonly [
  reference: string | null,
  { packageLocation: string; packageDependencies: readonly Dependency[] },
]
/** A name and its reference; a name and a reference under another name; null for a peer that is not there. */
type Dependency = readonly [name: string, target: string | readonly [name: string, reference: string] | null]

const known = new Map<string, { readonly mtime: number; readonly map: PlugNPlay | undefined }>()

/** The map in `directory` itself; undefined when there is none, or none that can be read. */
export function plugNPlayIn(directory: string): PlugNPlay | undefined {
  const path = join(directory, '.pnp.cjs')
  const mtime = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  if (mtime === undefined) return undefined
  const cached = known.get(path)
  if (cached?.mtime === mtime) return cached.map
  const data = dataIn(path)
  const map = data && mapOf(data, directory)
  known.set(path, { mtime, map })
  return map
}

/** The data is read, and the code of the file not run: it is a JSON text in a string, or in a file beside it. */
function dataIn(path: string): Data | undefined {
  try {
    const text = readText(path) ?? ''
    const [before] = /RAW_RUNTIME_STATE\s*=\s*'|hydrateRuntimeState\(JSON\.parse\(\s*'/.exec(text) ?? []
    if (before === undefined) return JSON.parse(readText(join(dirname(path), '.pnp.data.json')) ?? '') as Data
    const start = text.indexOf(before) + before.length
    const literal = text.slice(start, text.indexOf("}'", start) + 1)
    return JSON.parse(literal.replace(/\\(\r?\n|[^])/g, (_, next: string) => next.replace(/\r?\n/, ''))) as Data
  } catch {
    return undefined
  }
}

function mapOf({ packageRegistryData }: Data, directory: string): PlugNPlay {
  const entries = packageRegistryData.flatMap(([, references]) => references.map(([, entry]) => entry))
  const locations = entries.map(({ packageLocation }) => packageLocation.replace(/^\.\//, ''))
  return {
    dependency(from, name) {
      const below = `${relative(directory, from).split(sep).join('/')}/`
      const owner = locations.reduce(
        (best, location, index) =>
          below.startsWith(location) && location.length >= (locations[best] ?? '').length ? index : best,
        -1,
      )
      const found = entries[owner]?.packageDependencies.find(([dependency]) => dependency === name)?.[1]
      if (found === undefined || found === null) return undefined
      const [target, reference] = typeof found === 'string' ? [name, found] : found
      const workspace = /^(?:virtual:[^#]*#)?workspace:/.test(reference)
      const [, entry] =
        packageRegistryData
          .find(([candidate]) => candidate === target)?.[1]
          .find(([candidate]) => candidate === reference.replace(/^virtual:[^#]*#(?=workspace:)/, '')) ?? []
      return {
        version: versionIn(reference),
        directory: workspace && entry ? resolve(directory, entry.packageLocation) : undefined,
      }
    },
  }
}

/** `npm:5.3.0`, `virtual:…#npm:5.3.0`, and `patch:typescript@npm%3A6.0.3#…::version=6.0.3&hash=…`. */
function versionIn(reference: string): string | undefined {
  return /(?:^|#)npm:(\d[^#:]*)|::version=(\d[^&]*)/.exec(reference)?.slice(1).find(Boolean)
}
