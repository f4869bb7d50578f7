import { existsSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { parseTsconfig } from 'get-tsconfig'
import { parseJson } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import { isRecord, readManifest } from './package-manager.ts'

/** A source file that a command, or package.json, names. */
export interface SourceFile {
  /** Absolute and real. */
  readonly path: string
  /** The name is that of what a compiler makes of it: `dist/server.js` for src/server.ts. */
  readonly compiled: boolean
}

const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx']
const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/
const OUTPUT = /^(?:dist|build|out|output|\.build|\.output)$/

/** What a compiler reads to write a file with the extension. */
const WRITTEN_FROM: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
  '': ['.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.cts', '.cjs'],
}

/**
 * Finds the source files that commands of the project in `root` name.
 *
 * A name may lack its extension, may be a directory (`.`), and may be that of build output, below `outDir` of a
 * tsconfig or below dist, build or out: then it is the file it was compiled from, by `rootDir` or below src/.
 *
 * @returns a function of the directory that the command runs in (absolute) and the name as written, without quotes.
 *   It returns undefined when there is no such source file.
 */
export function sourceFiles(root: string): (directory: string, name: string) => SourceFile | undefined {
  let known: readonly Output[] | undefined
  const outputs = (): readonly Output[] => (known ??= outputsOf(root))

  return function find(directory, name) {
    const path = resolve(directory, name.replaceAll('\\', '/'))
    if (relative(root, path).split(sep).includes('node_modules')) return undefined
    const main = isDirectory(path) ? mainOf(path) : undefined
    if (main !== undefined) return find(path, main)
    const source = compiledFrom(root, path, outputs())
    if (source !== undefined) return { path: realpathSync(source), compiled: true }
    if (isInOutput(root, path, outputs())) return undefined
    const file = firstFile([
      path,
      ...EXTENSIONS.map((extension) => path + extension),
      ...EXTENSIONS.map((extension) => join(path, `index${extension}`)),
    ])
    if (file !== undefined) return { path: realpathSync(file), compiled: false }
    // `node bin/server.js` in what `ace build` made; a TypeScript loader finds the .ts file too.
    const written = firstFile(sourcesOf(path))
    return written === undefined ? undefined : { path: realpathSync(written), compiled: true }
  }
}

/** `outDir` and `rootDir` of a tsconfig, absolute. */
interface Output {
  readonly outDir: string
  readonly rootDir: string | undefined
}

function outputsOf(root: string): Output[] {
  const names = readdirSync(root).filter((name) => /^tsconfig(?:\.[\w-]+)?\.json$/.test(name))
  // tsconfig.json first, then tsconfig.build.json and the like.
  return names.sort((one, other) => one.length - other.length).flatMap((name) => outputOf(join(root, name)))
}

function outputOf(path: string): Output[] {
  const options = compilerOptions(path)
  const [outDir, rootDir] = [options?.['outDir'], options?.['rootDir']]
  if (typeof outDir !== 'string') return []
  const directory = dirname(path)
  return [
    {
      outDir: resolve(directory, outDir),
      rootDir: typeof rootDir === 'string' ? resolve(directory, rootDir) : undefined,
    },
  ]
}

function compilerOptions(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseTsconfig(path).compilerOptions as Readonly<Record<string, unknown>> | undefined
  } catch {
    // It extends a package that is not installed: its own options are what is left.
    try {
      const own = parseJson(readText(path) ?? '', path, { comments: true })
      const options = isRecord(own) ? own['compilerOptions'] : undefined
      return isRecord(options) ? options : undefined
    } catch {
      return undefined
    }
  }
}

function isInOutput(root: string, path: string, outputs: readonly Output[]): boolean {
  return OUTPUT.test(segmentsOf(root, path)[0] ?? '') || outputs.some(({ outDir }) => isBelow(outDir, path, root))
}

/** The file that was compiled to `path`. */
function compiledFrom(root: string, path: string, outputs: readonly Output[]): string | undefined {
  const below = outputs.filter(({ outDir }) => isBelow(outDir, path, root))
  const candidates = below.flatMap(({ outDir, rootDir }) => {
    const name = relative(outDir, path)
    return [...(rootDir === undefined ? [] : [join(rootDir, name)]), join(root, 'src', name), join(root, name)]
  })
  const [top, ...rest] = segmentsOf(root, path)
  if (OUTPUT.test(top ?? '')) {
    const name = rest.join('/')
    // The last is Nest's layout of a workspace: dist/apps/api/main.js of apps/api/src/main.ts.
    candidates.push(join(root, 'src', name), join(root, name), join(root, dirname(name), 'src', basename(name)))
  }
  return firstFile(candidates.flatMap(sourcesOf).filter((candidate) => candidate !== path))
}

function isBelow(outDir: string, path: string, root: string): boolean {
  // `outDir: "."` writes beside the sources: then no name is that of build output alone.
  return outDir !== root && !root.startsWith(outDir + sep) && path.startsWith(outDir + sep)
}

function segmentsOf(root: string, path: string): string[] {
  const below = relative(root, path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? [] : below.split(sep)
}

/** The files that a compiler may have made `path` of. */
function sourcesOf(path: string): string[] {
  const extension = /\.[cm]?js$/.exec(path)?.[0] ?? ''
  const bare = path.slice(0, path.length - extension.length)
  const extensions = WRITTEN_FROM[extension] ?? []
  const files = extensions.map((other) => bare + other)
  return extension === '' ? [...files, ...extensions.map((other) => join(bare, `index${other}`))] : files
}

function mainOf(directory: string): string | undefined {
  const main = readManifest(join(directory, 'package.json'))?.['main']
  return typeof main === 'string' && resolve(directory, main) !== directory ? main : undefined
}

/** The first that is a source file; one without an extension counts when it is named in full, as `bin/www` is. */
function firstFile(paths: readonly string[]): string | undefined {
  return paths.find((path) => (SOURCE.test(path) || !basename(path).includes('.')) && statsOf(path)?.isFile())
}

function isDirectory(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false
}

/** `throwIfNoEntry` does not cover a path through a file. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

const NAMES = ['server', 'index', 'main', 'app', 'bin/www']
const CONVENTIONAL = [
  ...['src/', ''].flatMap((directory) =>
    NAMES.flatMap((name) => ['.ts', '.mts', '.js', '.mjs'].map((extension) => directory + name + extension)),
  ),
  'bin/server.ts',
  'bin/server.js',
  'bin/www',
]

/**
 * The module a server most likely starts with, when no script says so: `main`, `module` or `exports` of package.json,
 * else the first that exists of src/server.ts, src/index.ts, src/main.ts, src/app.ts and the like.
 */
export function conventionalEntry(
  root: string,
  manifest: Readonly<Record<string, unknown>>,
  find: (directory: string, name: string) => SourceFile | undefined,
): SourceFile | undefined {
  const declared = [manifest['main'], manifest['module'], exportedMain(manifest['exports'])]
  for (const name of declared) {
    const found = typeof name === 'string' ? find(root, name) : undefined
    if (found !== undefined) return found
  }
  const name = CONVENTIONAL.find((candidate) => existsSync(join(root, candidate)))
  return name === undefined ? undefined : { path: realpathSync(join(root, name)), compiled: false }
}

/** What `import` of the package itself leads to. */
function exportedMain(exports: unknown): unknown {
  if (!isRecord(exports)) return exports
  const main = exports['.'] ?? exports['import'] ?? exports['node'] ?? exports['default']
  return main === exports ? undefined : exportedMain(main)
}
