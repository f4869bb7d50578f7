import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join, relative, sep } from 'node:path'
import { commandsIn, unquote, type Command, type Word } from '../project/commands.ts'
import { ancestors, installedVersion } from '../project/package-manager.ts'
import type { PackageJson, Project } from '../project/project.ts'
import { parseManifest } from '../project/read.ts'
import { runtimeOf, type Preload, type Runtime } from '../project/runtime.ts'
import { sourceFiles } from '../project/source-file.ts'
import { ASSIGNMENT, HOT_RUNNER_VALUES, nameOf, NODE_VALUES, parseFlags, startOf } from '../project/start-command.ts'
import { VerifyError } from './error.ts'

/** The command that restarts the server when a file is saved. */
export interface OldCommand {
  readonly command: string
  /**
   * `against`: the script of the version to compare with. `git history`: that of the newest package.json whose
   * development script starts the server without hot-hook. `derived`: that of today without hot-hook, restarting.
   */
  readonly source: 'against' | 'git history' | 'derived'
  /** Why sources before this one were passed over, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * The development command that the project had before hot-hook.
 *
 * @param against the project of the version to compare with, where there is one.
 * @throws {VerifyError} when today's command is not known either.
 */
export function oldCommand(project: Project, against?: Project): OldCommand {
  const notes: string[] = []
  if (against) {
    const found = ofManifest(against.root, against.packageJson, against.runtime)
    if (found.command !== undefined) return { command: found.command, source: 'against', notes }
    notes.push(`The version to compare with ${found.problem}.`)
  }
  const committed = ofHistory(project)
  if (committed?.command !== undefined) return { command: committed.command, source: 'git history', notes }
  if (committed) notes.push(`package.json of commit ${committed.commit} ${committed.problem}.`)
  return { command: derived(project), source: 'derived', notes }
}

/** A command, or why there is none: what follows the name of the version, without a period. */
type Found = { readonly command: string } | { readonly command?: undefined; readonly problem: string }

function ofManifest(root: string, packageJson: PackageJson, runtime: Runtime): Found {
  const { script } = runtime
  if (script === undefined) return { problem: 'has no script that starts a server' }
  const named = `has the script "${script.name}": \`${script.command}\`, which`
  if (!isWithoutHotHook(runtime)) return { problem: `${named} starts hot-hook already` }
  if (!restarts(root, packageJson, script.name)) return { problem: `${named} does not restart when files change` }
  const missing = missingPrograms(root, script.command, runtime)
  if (missing.length > 0) return { problem: `${named} needs ${missing.join(' and ')}, not installed any more` }
  return { command: script.command }
}

/** hot-hook that the entry itself initialises is of the entry's version of today; it does not react to anything then. */
function isWithoutHotHook({ hotHook, runner }: Runtime): boolean {
  return hotHook === 'none' || (hotHook === 'init' && runner !== 'hot-runner')
}

function restarts(root: string, packageJson: PackageJson, script: string): boolean {
  const scripts = packageJson.scripts ?? {}
  const manifest = packageJson as Readonly<Record<string, unknown>>
  return startOf(script, { root, scripts, manifest, find: sourceFiles(root) })?.watches === true
}

/** How many versions of package.json are looked at. */
const VERSIONS = 200

/**
 * The newest version of package.json in git history whose script starts the server without hot-hook decides.
 *
 * @returns undefined without git, or without such a version.
 */
function ofHistory({ root, packageJsonPath, framework }: Project): (Found & { readonly commit: string }) | undefined {
  const name = relative(root, packageJsonPath)
  const commits = git(root, 'log', '--format=%h', `--max-count=${VERSIONS}`, '--', name)?.split('\n').filter(Boolean)
  for (const commit of commits ?? []) {
    const text = git(root, 'show', `${commit}:./${name.split(sep).join('/')}`)
    const packageJson = text === undefined ? undefined : parsed(root, packageJsonPath, text)
    if (text === undefined || packageJson === undefined) continue
    const runtime = runtimeOf(root, packageJson, text, framework.name)
    if (runtime.script === undefined || !isWithoutHotHook(runtime)) continue
    return { ...ofManifest(root, packageJson, runtime), commit }
  }
  return undefined
}

function parsed(root: string, path: string, text: string): PackageJson | undefined {
  try {
    return parseManifest({ root, path, text })
  } catch {
    return undefined
  }
}

function git(root: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return undefined
  }
}

/** Programs that start servers, wherever in a command they stand. */
const PROGRAMS = new Set(
  'babel-node esno hot-runner nest node-dev nodemon supervisor swc-node ts-node ts-node-dev ts-node-esm tsm tsnd tsx'.split(
    ' ',
  ),
)

/** Of shells. */
const BUILTINS = new Set(['', ':', '[', 'cd', 'echo', 'exec', 'export', 'set', 'test', 'true'])

/** What a command needs that is neither installed for the project in `root` nor a program of the machine. */
function missingPrograms(
  root: string,
  command: string,
  { runner, loader, loaderVersion, preloads }: Runtime,
): string[] {
  const programs = commandsIn(command).flatMap(programsIn)
  const packages = preloads.flatMap(({ specifier }) => packageOf(specifier) ?? [])
  const missing = [
    ...programs.filter((name) => !hasProgram(root, name)),
    ...packages.filter((name) => installedVersion(root, name) === undefined),
    // nodemon runs TypeScript with ts-node, whether or not it is named.
    ...(runner === 'nodemon' && loader === 'ts-node' && loaderVersion === undefined ? ['ts-node'] : []),
  ]
  return [...new Set(missing)]
}

/** The program that a command is, and those it may run. */
function programsIn({ words, outer }: Command): string[] {
  const texts = words.map(({ text }) => text)
  const first = texts.find((text) => !ASSIGNMENT.test(text))
  const others = texts.filter((text) => /^["']?[\w-]+["']?$|node_modules/.test(text) && PROGRAMS.has(nameOf(text)))
  const names = [...(first === undefined || outer.length > 0 ? [] : [first]), ...others].map(nameOf)
  return names.filter((name) => !BUILTINS.has(name))
}

function hasProgram(root: string, name: string): boolean {
  const own = ancestors(root).map((directory) => join(directory, 'node_modules', '.bin'))
  const files = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`, name] : [name]
  const directories = [...own, ...(process.env['PATH'] ?? '').split(delimiter)]
  return directories.some((directory) => files.some((file) => existsSync(join(directory, file))))
}

/** The package of a specifier; undefined of paths and of what Node has itself. */
function packageOf(specifier: string): string | undefined {
  return /^(?![./]|[a-z]+:)(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0]
}

/**
 * Today's command without hot-hook: `ace serve --hmr` with `--watch`, `hot-runner` as `node --watch` with the same
 * arguments, `node` and `tsx` with the flag that restarts; else `node --watch` with the same preloads and entry.
 */
function derived(project: Project): string {
  const { root, packageJsonPath, runtime } = project
  const { entry, script } = runtime
  const rewritten = script && rewrite(script.command, root, runtime)
  if (rewritten !== undefined) return rewritten
  if (entry === undefined) {
    throw new VerifyError(
      `No script of ${packageJsonPath} starts a server, so there is nothing to compare hot reload with. Add a "dev" script, or name what it starts with --entry.`,
    )
  }
  return nodeCommand(project, '--watch')
}

/** What starts the entry with node and what is loaded before it today, but without hot-hook; undefined without one. */
export function plainCommand(project: Project): string | undefined {
  return project.runtime.entry === undefined ? undefined : nodeCommand(project)
}

function nodeCommand({ root, runtime: { entry = '', preloads } }: Project, ...first: readonly string[]): string {
  const flags = preloads.filter(({ specifier }) => !isHotHook(specifier)).map(flagOf)
  return ['node', ...first, ...flags, quoted(relative(root, entry))].join(' ')
}

function isHotHook(specifier: string): boolean {
  return /(?:^|\/)hot-hook\/(?:register$|build\/)/.test(specifier)
}

function flagOf({ flag, specifier }: Preload): string {
  return quoted(`--${flag}=${specifier}`)
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : JSON.stringify(text)
}

function rewrite(command: string, root: string, { entry, runner }: Runtime): string | undefined {
  const known = replaced(command, (words) => withWatch(words) ?? withoutRunner(words))
  if (known !== undefined) return known
  const plain = command.replace(
    /(?<=[\s"'=])(?:--import|--loader|--experimental-loader|--require|-r)[= ](["']?)hot-hook\/register\1(?:\s+|(?=["']|$))/g,
    '',
  )
  // nodemon restarts by itself.
  return runner === 'nodemon' ? plain : replaced(plain, (words) => watching(words, root, entry))
}

/** A command with a part of it replaced; undefined where nothing is. */
function replaced(command: string, find: (words: readonly Word[]) => Replacement | undefined): string | undefined {
  for (const { words } of commandsIn(command)) {
    const found = find(words)
    if (found) return command.slice(0, found.start) + found.text + command.slice(found.end)
  }
  return undefined
}

interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** `ace serve --hmr`. */
function withWatch(words: readonly Word[]): Replacement | undefined {
  const hmr = words.find(({ text }) => /^--hmr(?:=true)?$/.test(unquote(text)))
  if (hmr === undefined || words.every(({ text }) => unquote(text) !== 'serve')) return undefined
  return { start: hmr.start, end: hmr.end, text: '--watch' }
}

/** What may stand before the name of a program of node_modules. */
const PREFIXES = new Set(['node', 'npx', 'bunx', 'pnpm', 'yarn', 'exec', '-y', '--yes', '--no-install'])

function withoutRunner(words: readonly Word[]): Replacement | undefined {
  const at = words.findIndex(({ text }) => nameOf(text) === 'hot-runner')
  const last = words.at(-1)
  if (at === -1 || last === undefined) return undefined
  let first = at
  while (PREFIXES.has(words[first - 1]?.text ?? '')) first -= 1
  const { flags, rest } = parseFlags(
    words.slice(at + 1).map(({ text }) => text),
    HOT_RUNNER_VALUES,
    true,
  )
  // Each is one argument of node, or of the script.
  const values = (name: string): string[] => flags.filter((flag) => flag.name === name).map(({ value }) => value)
  const nodeArgs = values('--node-args').filter((value) => !isHotHook(value.replace(/^--[\w-]+[= ]/, '')))
  const args = ['--watch', ...nodeArgs, ...rest, ...values('--script-args')]
  return { start: words[first]!.start, end: last.end, text: ['node', ...args.map(quoted)].join(' ') }
}

const WATCH: Readonly<Record<string, string>> = { node: '--watch', tsx: 'watch' }

/** `node` or `tsx` that starts the entry. */
function watching(words: readonly Word[], root: string, entry: string | undefined): Replacement | undefined {
  const at = words.findIndex(({ text }) => nameOf(text) in WATCH)
  const program = words[at]
  if (program === undefined) return undefined
  const args = words.slice(at + 1).map(({ text }) => text)
  const { flags, rest } = parseFlags(args, NODE_VALUES)
  const watches = rest[0] === 'watch' || flags.some(({ name }) => name.startsWith('--watch'))
  if (watches) return { start: program.end, end: program.end, text: '' }
  if (rest[0] === undefined || sourceFiles(root)(root, rest[0])?.path !== entry) return undefined
  return { start: program.end, end: program.end, text: ` ${WATCH[nameOf(program.text)]}` }
}
