import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { parseJson } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import { isRecord } from '../project/package-manager.ts'
import { VerifyError } from './error.ts'

/** An error that the TypeScript compiler reports. */
export interface Diagnostic {
  /** Relative to the directory, with `/`; from `node_modules/` on where a package holds it. */
  readonly path: string
  /** 1-based. */
  readonly line: number
  /** 1-based. */
  readonly column: number
  /** `TS2322`. */
  readonly code: string
  /** All its lines. Paths of the project are relative to the directory, as `path`. */
  readonly message: string
}

export interface TypeDiagnostics {
  /** Of the compiler: `6.0.3`. */
  readonly version: string
  /** What was checked, relative to the directory, with `/`: `tsconfig.json`, or what it references. */
  readonly configs: readonly string[]
  /** In the order of the compiler; what two configs report alike is there once. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface TypeDiagnosticsOptions {
  /** The directory that was copied, where it is above: of a workspace. Paths below it are made relative in messages. */
  readonly root?: string
  /** Ends the compiler. */
  readonly signal?: AbortSignal
  /** Milliseconds for each config; 300,000 when not given. */
  readonly timeout?: number
}

interface Compiler {
  readonly version: string
  /** The script or binary that package.json names, absolute. */
  readonly path: string
}

/**
 * Overrides of a tsconfig. `null` is the command line's word for "not set": `tsBuildInfoFile` is an error without
 * `incremental` (TS5069), which would write it also with `noEmit`; `composite` is one with `incremental: false`
 * (TS6379), and `emitDeclarationOnly` one with `noEmit` (TS5053). Tried with TypeScript 5.0, 5.9, 6.0 and 7.0.
 */
const FLAGS = [
  ...['--noEmit', '--pretty', 'false', '--incremental', 'false', '--composite', 'false'],
  ...['--tsBuildInfoFile', 'null', '--emitDeclarationOnly', 'false'],
]

/** What the compiler says of an option and goes on: unknown, of a wrong type, or a wrong value. */
const HARMLESS = new Set(['TS5023', 'TS5024', 'TS5025', 'TS6046'])

/**
 * What the project's own TypeScript compiler says of tsconfig.json in `directory`. Nothing is written there.
 *
 * A config that references others is checked together with those below `directory`, each by itself (`tsc -b` would
 * write their output). What one imports of another that is not built is TS6305 then, before and after alike.
 *
 * @param directory absolute.
 * @returns undefined when there is no tsconfig.json, or no compiler among the installed packages.
 * @throws {VerifyError} when the compiler crashes, takes too long, or checks nothing because of its configuration.
 * @throws the reason of `signal`, when it is aborted.
 */
export async function typeDiagnostics(
  directory: string,
  options: TypeDiagnosticsOptions = {},
): Promise<TypeDiagnostics | undefined> {
  const config = join(directory, 'tsconfig.json')
  const compiler = compilerOf(directory)
  if (!existsSync(config) || compiler === undefined) return undefined
  const real = realpathSync(directory)
  const roots = [directory, options.root ?? directory].map((root) => ({ given: root, real: realpathSync(root) }))
  const place: Place = { directory: real, roots }
  const configs = configsOf(real, join(real, 'tsconfig.json'))
  const known = new Map<string, Diagnostic>()
  for (const path of configs) {
    for (const diagnostic of await check(compiler, place, path, options)) {
      known.set(JSON.stringify(diagnostic), diagnostic)
    }
  }
  return {
    version: compiler.version,
    configs: configs.map((path) => slashes(relative(real, path))),
    diagnostics: [...known.values()],
  }
}

/**
 * The diagnostics of `after` that `before` does not have; for those that went away, give them the other way round.
 *
 * They are the same by path, code and message: a rewrite moves lines. The members of a union may change places, as
 * the compiler lists them in the order in which it met them. Of several that are the same, the last ones are new.
 */
export function newDiagnostics(
  before: Pick<TypeDiagnostics, 'diagnostics'>,
  after: Pick<TypeDiagnostics, 'diagnostics'>,
): Diagnostic[] {
  const left = new Map<string, number>()
  for (const diagnostic of before.diagnostics) {
    const identity = identityOf(diagnostic)
    left.set(identity, (left.get(identity) ?? 0) + 1)
  }
  return after.diagnostics.filter((diagnostic) => {
    const identity = identityOf(diagnostic)
    const count = left.get(identity) ?? 0
    left.set(identity, count - 1)
    return count <= 0
  })
}

function identityOf({ path, code, message }: Diagnostic): string {
  const sorted = message.replace(/'[^'\n]* \| [^'\n]*'/g, (type) =>
    type
      .split(/[^\w$"./-]+/)
      .sort()
      .join(' '),
  )
  return JSON.stringify([path, code, sorted])
}

/** By the `bin` of the package: `tsc`, or `tsc6` of @typescript/typescript6 under the name of typescript. */
function compilerOf(directory: string): Compiler | undefined {
  const manifest = resolvePackage(directory, 'typescript/package.json')
  if (manifest === undefined) return undefined
  const { version, bin } = parseJson(readText(manifest) ?? '{}', manifest) as { version?: unknown; bin?: unknown }
  const bins = isRecord(bin) ? bin : { tsc: bin }
  const path = Object.entries(bins).find(([name]) => /^tsc\d*$/.test(name))?.[1]
  if (typeof path !== 'string') return undefined
  return { version: String(version), path: join(dirname(manifest), path) }
}

function resolvePackage(directory: string, name: string): string | undefined {
  try {
    return createRequire(join(directory, 'package.json')).resolve(name)
  } catch {
    return undefined
  }
}

/** `config` and what it references below `directory`; without those that have no files of their own. */
function configsOf(directory: string, config: string, seen = new Set<string>()): string[] {
  if (seen.has(config)) return []
  seen.add(config)
  const { files, references } = readConfig(config)
  const referenced = (Array.isArray(references) ? references : [])
    .flatMap((reference) => (isRecord(reference) && typeof reference['path'] === 'string' ? [reference['path']] : []))
    .map((path) => resolve(dirname(config), path))
    .map((path) => (isDirectory(path) ? join(path, 'tsconfig.json') : path))
    .filter((path) => isBelow(directory, path))
  const others = referenced.flatMap((path) => configsOf(directory, path, seen))
  const isEmpty = Array.isArray(files) && files.length === 0 && others.length > 0
  return isEmpty ? others : [config, ...others]
}

/** Nothing of one that cannot be read: the compiler says so better. */
function readConfig(path: string): Record<string, unknown> {
  try {
    const config = parseJson(readText(path) ?? '{}', path, { comments: true })
    return isRecord(config) ? config : {}
  } catch {
    return {}
  }
}

interface Place {
  /** Real path. */
  readonly directory: string
  /** What was copied, as it was given and as it is: a path goes through a link, or does not. */
  readonly roots: readonly { readonly given: string; readonly real: string }[]
}

async function check(
  compiler: Compiler,
  place: Place,
  config: string,
  { signal, timeout = 300_000 }: TypeDiagnosticsOptions,
): Promise<Diagnostic[]> {
  const name = slashes(relative(place.directory, config))
  const tsc = `TypeScript ${compiler.version}`
  const alone = `Run \`npx tsc --noEmit -p ${name}\` in ${place.directory} to see it alone.`
  const { code, output, errors } = await run(compiler.path, [...FLAGS, '-p', name], place.directory, signal, timeout)
  if (code === 'timeout') throw new VerifyError(`${tsc} did not check ${name} within ${timeout} ms. ${alone}`)
  const found = parseDiagnostics(output, place)
  const isCrash = code !== 0 && (code === null || found.length === 0)
  if (isCrash) throw new VerifyError(`${tsc} failed on ${name} (${lastLines(errors || output)}). ${alone}`)
  const stop = stopOf(found)
  if (stop) {
    const { path, line, code, message } = stop
    const where = path === undefined ? name : `${path}:${line}`
    throw new VerifyError(`${tsc} checks no types, because of an error of ${where}: ${code}: ${message}\n${alone}`)
  }
  return found.filter(hasPath)
}

type Parsed = Omit<Diagnostic, 'path'> & { readonly path: string | undefined }

function hasPath(diagnostic: Parsed): diagnostic is Diagnostic {
  return diagnostic.path !== undefined
}

/**
 * The error for which the compiler did not come to the types: it leaves off after the errors of options and those
 * without a file, such as TS2688, TS5107 and TS18003 (`emitFilesAndReportErrors` in TypeScript's executeCommandLine).
 */
function stopOf(diagnostics: readonly Parsed[]): Parsed | undefined {
  const isOfConfig = ({ path }: Parsed): boolean => path === undefined || path.endsWith('.json')
  return diagnostics.every(isOfConfig) ? diagnostics.find(({ code }) => !HARMLESS.has(code)) : undefined
}

/** Reads what `tsc --pretty false` prints: `src/a.ts(1,2): error TS2322: …`, then the lines that go on with it. */
function parseDiagnostics(output: string, place: Place): Parsed[] {
  const found: { head: RegExpExecArray; lines: string[] }[] = []
  for (const line of output.split(/\r?\n/)) {
    const head = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/.exec(line)
    if (head) found.push({ head, lines: [head[5] ?? ''] })
    else if (line.trim() !== '') found.at(-1)?.lines.push(line)
  }
  return found.map(({ head: [, path, line, column, code = ''], lines }) => ({
    path: path === undefined ? undefined : pathIn(place, resolve(place.directory, path)),
    line: Number(line ?? 0),
    column: Number(column ?? 0),
    code,
    message: withoutRoots(place, lines.join('\n')),
  }))
}

/** Makes `import("/copy/src/a")` and other quoted paths the same in every copy; `"/users"` in a type stays. */
function withoutRoots(place: Place, message: string): string {
  return message.replace(
    /(import\()?(["'])((?:[A-Za-z]:)?\/[^"'\n]*)\2/g,
    (text, imports: string | undefined, quote: string, path: string) =>
      imports ||
      path.includes('/node_modules/') ||
      place.roots.some(({ given, real }) => isBelow(given, path) || isBelow(real, path))
        ? `${imports ?? ''}${quote}${pathIn(place, path)}${quote}`
        : text,
  )
}

/** Packages may be linked from elsewhere: their path begins at `node_modules/`. */
function pathIn({ directory, roots }: Place, path: string): string {
  const installed = /[\\/](node_modules[\\/].*)$/s.exec(path)?.[1]
  if (installed !== undefined) return slashes(installed)
  const root = roots.find(({ given }) => isBelow(given, path))
  const real = root === undefined ? path : join(root.real, relative(root.given, path))
  return slashes(relative(directory, real)) || '.'
}

interface Run {
  /** Null when a signal ended it. */
  readonly code: number | null | 'timeout'
  readonly output: string
  readonly errors: string
}

/** Runs a script of Node.js, or a binary, in a group of processes of its own: `tsc` of TypeScript 7 starts another. */
async function run(
  path: string,
  args: readonly string[],
  directory: string,
  signal: AbortSignal | undefined,
  timeout: number,
): Promise<Run> {
  signal?.throwIfAborted()
  const [command, ...first] = isBinary(path) ? [path] : [process.execPath, path]
  const child = spawn(command, [...first, ...args], {
    cwd: directory,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))

  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
  }
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    kill()
  }, timeout)
  process.once('exit', kill)
  signal?.addEventListener('abort', kill, { once: true })
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    signal?.throwIfAborted()
    return { code: isLate ? 'timeout' : code, output: textOf(output), errors: textOf(errors) }
  } finally {
    clearTimeout(timer)
    process.off('exit', kill)
    signal?.removeEventListener('abort', kill)
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

/** Whether the system runs the file, not Node.js: ELF, Mach-O and PE have a zero byte in their first 64. */
function isBinary(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(64)
    return start.subarray(0, readSync(file, start)).includes(0)
  } finally {
    closeSync(file)
  }
}

/** Without the stack, and without the compiler's source, which Node.js prints: a line of megabytes. */
function lastLines(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
  const shown = lines.slice(-8).map((line) => line.slice(0, 300))
  return shown.join('\n') || 'it printed nothing'
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isBelow(directory: string, path: string): boolean {
  const way = relative(directory, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/')
}
