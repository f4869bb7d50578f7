import { join, resolve } from 'node:path'
import { commandsIn, programName, unquote } from './commands.ts'
import { isRecord, readManifest } from './package-manager.ts'
import type { Preload, Runtime } from './runtime.ts'
import type { SourceFile } from './source-file.ts'

/** A command that starts a server with Node.js, as far as its words say. */
export interface Start {
  readonly runner: Runtime['runner']
  /** What the command itself names; undefined when the preloads, or Node.js, decide. */
  readonly loader: Runtime['loader'] | undefined
  /** The module it starts with; undefined when the program finds it by itself. */
  readonly entry: SourceFile | undefined
  readonly preloads: readonly Preload[]
  /** `ace serve --hmr`. */
  readonly hmr: boolean
  /** It restarts, or reloads, when files change. */
  readonly watches: boolean
  /** `HOT_HOOK_WATCH=false` in its environment. */
  readonly watchedByParent: boolean
  /** The script that the command stands in. */
  readonly script: string
  /** How likely it is the server, compared with the other commands; below zero it is not. */
  readonly score: number
}

/** Where commands are run, and what they can refer to. */
export interface Scripts {
  readonly root: string
  /** `scripts` of package.json. */
  readonly scripts: Readonly<Record<string, string>>
  readonly manifest: Readonly<Record<string, unknown>>
  /** See `sourceFiles`. */
  find(directory: string, name: string): SourceFile | undefined
}

interface Context extends Scripts {
  readonly directory: string
  readonly script: string
  /** Scripts on the way here: a script may run itself. */
  readonly seen: readonly string[]
  /** What NODE_OPTIONS loads. */
  readonly preloads: readonly Preload[]
  readonly watchedByParent: boolean
}

/** How the script `name` starts a server, through the scripts, watchers and shells that it runs; undefined when it does not. */
export function startOf(name: string, scripts: Scripts): Start | undefined {
  return ofScript(name, [], {
    ...scripts,
    directory: scripts.root,
    script: name,
    seen: [],
    preloads: [],
    watchedByParent: false,
  })
}

function ofScript(name: string, args: readonly string[], context: Context): Start | undefined {
  const text = context.scripts[name]
  // The scripts of another directory are those of another package.json.
  if (typeof text !== 'string' || context.seen.includes(name) || context.directory !== context.root) return undefined
  return ofText([text, ...args].join(' '), { ...context, script: name, seen: [...context.seen, name] })
}

/** The last of a sequence of commands is the one that stays. */
function ofText(text: string, context: Context): Start | undefined {
  let current = context
  const starts: Start[] = []
  for (const { words, outer } of commandsIn(text)) {
    const [first, ...rest] = words.map((word) => word.text)
    if (first === undefined || outer.length > 0) continue
    if (first === 'cd') {
      current = { ...current, directory: resolve(current.directory, unquote(rest[0] ?? '.')) }
    } else if (first === 'export' || first === 'set') {
      // `set` of the Windows shell takes the rest of the line as the value.
      current = withVariables(first === 'set' ? [rest.join(' ')] : rest, current)
    } else {
      starts.push(...defined(ofWords([first, ...rest], current)))
    }
  }
  return best(starts.toReversed())
}

/** The most likely one; of equals, the first. */
function best(starts: readonly Start[]): Start | undefined {
  return starts.reduce<Start | undefined>((top, start) => (top && top.score >= start.score ? top : start), undefined)
}

function defined<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value]
}

/** A variable that is set for a command: the name, and the value as written. */
export const ASSIGNMENT = /^["']?([A-Za-z_]\w*)=(.*)$/s

function withVariables(words: readonly string[], context: Context): Context {
  return words.reduce((current, word) => {
    const [, name, value = ''] = ASSIGNMENT.exec(word) ?? []
    if (name === 'HOT_HOOK_WATCH') return { ...current, watchedByParent: unquote(value) === 'false' }
    if (name !== 'NODE_OPTIONS') return current
    const { flags } = parseFlags(split(unquote(value)), NODE_VALUES)
    return { ...current, preloads: [...current.preloads, ...preloadsIn(flags)] }
  }, context)
}

/** @param words as written, quotes included. */
function ofWords(words: readonly string[], context: Context): Start | undefined {
  const variables = words.findIndex((word) => !ASSIGNMENT.test(word))
  if (variables === -1) return undefined
  const inner = withVariables(words.slice(0, variables), context)
  const [program, ...args] = words.slice(variables)
  const name = nameOf(program!)
  return (PROGRAMS.get(name) ?? ofOther)(args, inner, name)
}

/** The name of the program that a word runs: that of a file of node_modules too. */
export function nameOf(word: string): string {
  const text = unquote(word).replaceAll('\\', '/')
  const inPackage = /(?:^|\/)node_modules\/(?!\.bin\/)((?:@[^/]+\/)?[^/]+)\//.exec(text)?.[1]
  return BINARIES[inPackage ?? ''] ?? inPackage ?? programName({ text, start: 0, end: 0 })
}

/** The program of a package whose file is named in full: `node node_modules/@nestjs/cli/bin/nest.js start`. */
const BINARIES: Readonly<Record<string, string>> = {
  '@nestjs/cli': 'nest',
  '@hot-hook/runner': 'hot-runner',
  'fastify-cli': 'fastify',
  'ts-node-maintained': 'ts-node',
}

type Program = (args: readonly string[], context: Context, name: string) => Start | undefined

/** A program that is not known may run one that is: after `--`, in quotes, or, when it is a wrapper, after its own flags. */
const ofOther: Program = (args, context) => {
  const separator = args.indexOf('--')
  if (separator !== -1) {
    const found = ofWords(args.slice(separator + 1), withVariables(args.slice(0, separator), context))
    if (found) return found
  }
  return best(args.filter((word) => /["'`]/.test(word)).flatMap((word) => defined(ofText(quotedIn(word), context))))
}

/** What an argument holds, that of `--onSuccess="node ."` too. */
function quotedIn(word: string): string {
  return unquote(word.replace(/^--?[\w-]+=/, ''))
}

const ofWrapper: Program = (args, context, name) => {
  const at = args.findIndex((word) => !word.startsWith('-') && !ASSIGNMENT.test(word) && isProgram(nameOf(word)))
  if (at === -1) return ofOther(args, withVariables(args, context), name)
  return ofWords(args.slice(at), withVariables(args.slice(0, at), context))
}

function isProgram(name: string): boolean {
  return PROGRAMS.has(name)
}

/** A flag, and the value after it or after `=`; empty where there is none. */
export interface Flag {
  readonly name: string
  readonly value: string
}

/**
 * Flags and what is left of `words`, without quotes.
 *
 * @param valued flags whose value may be the next word.
 * @param mixed flags may follow the first word that is none, as they may not with node.
 */
export function parseFlags(
  words: readonly string[],
  valued: ReadonlySet<string>,
  mixed = false,
): { flags: Flag[]; rest: string[] } {
  const flags: Flag[] = []
  const rest: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = unquote(words[at]!)
    if (word === '--') return { flags, rest: [...rest, ...words.slice(at + 1).map(unquote)] }
    if (!word.startsWith('-')) {
      rest.push(word)
      if (!mixed) return { flags, rest: [...rest, ...words.slice(at + 1).map(unquote)] }
      continue
    }
    const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
    if (value === undefined && valued.has(name)) at += 1
    flags.push({ name, value: value ?? (valued.has(name) ? unquote(words[at] ?? '') : '') })
  }
  return { flags, rest }
}

function split(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

const PRELOADS: Readonly<Record<string, Preload['flag']>> = {
  '--import': 'import',
  '--loader': 'loader',
  '--experimental-loader': 'loader',
  '-r': 'require',
  '--require': 'require',
}

/** Flags of node whose value may be the next word. */
export const NODE_VALUES = new Set([
  ...Object.keys(PRELOADS),
  '-C',
  '--conditions',
  '--disable-warning',
  '--dns-result-order',
  '--env-file',
  '--env-file-if-exists',
  '--experimental-default-type',
  '--icu-data-dir',
  '--input-type',
  '--run',
  '--stack-trace-limit',
  '--title',
  '--trace-event-categories',
  '--unhandled-rejections',
  '--watch-kill-signal',
  '--watch-path',
])

function preloadsIn(flags: readonly Flag[]): Preload[] {
  return flags.flatMap(({ name, value }) => {
    const flag = PRELOADS[name]
    return flag === undefined ? [] : [{ flag, specifier: value }]
  })
}

const has = (flags: readonly Flag[], pattern: RegExp): boolean => flags.some(({ name }) => pattern.test(name))

interface Found {
  readonly runner: Runtime['runner']
  readonly loader?: Runtime['loader'] | undefined
  readonly entry: SourceFile | undefined
  readonly flags?: readonly Flag[]
  readonly hmr?: boolean
  readonly watches?: boolean
}

function start(context: Context, { runner, loader, entry, flags = [], hmr = false, watches = false }: Found): Start {
  return {
    runner,
    loader,
    entry,
    preloads: [...context.preloads, ...preloadsIn(flags)],
    hmr,
    watches,
    watchedByParent: context.watchedByParent,
    script: context.script,
    score: (watches ? 2 : 0) + (entry === undefined ? 0 : scoreOf(context.root, entry.path)),
  }
}

function scoreOf(root: string, path: string): number {
  const name = path.startsWith(root) ? path.slice(root.length + 1) : path
  if (/(?:^|[\\/])(?:scripts?|tools?|tests?|cypress|prisma|migrations?)[\\/]/.test(name)) return -4
  if (/(?:build|clean|codegen|copy|generate|migrat|seed|set-|worker)[^\\/]*$/i.test(name)) return -4
  return /(?:^|[\\/.-])(?:server|index|main|app|api|www|start|bootstrap)(?:\.[^\\/]*)?$/i.test(name) ? 1 : 0
}

/** The file is what the command is about: without it there is nothing to say. */
function startWith(file: string | undefined, context: Context, found: Omit<Found, 'entry'>): Start | undefined {
  const entry = file === undefined ? undefined : context.find(context.directory, file)
  return entry && start(context, { ...found, entry })
}

const ofNode: Program = (args, context) => {
  const { flags, rest } = parseFlags(args, NODE_VALUES)
  const run = flags.find(({ name }) => name === '--run')
  if (run !== undefined) return ofScript(run.value, rest, context)
  const [file, ...after] = rest
  if (file === undefined || has(flags, /^(?:-e|-p|-pe|--eval|--print|--test|--check|-c)$/)) return undefined
  if (/^ace(?:\.[jt]s)?$/.test(programName({ text: file, start: 0, end: 0 }))) return ofAce(after, context, 'ace')
  if (/(?:^|[\\/])node_modules[\\/]/.test(file)) {
    return ofWords([file, ...after.map(quote)], { ...context, preloads: [...context.preloads, ...preloadsIn(flags)] })
  }
  return startWith(file, context, {
    runner: 'node',
    loader: has(flags, /^--experimental-(?:strip|transform)-types$/) ? 'native' : undefined,
    flags,
    watches: has(flags, /^--watch/) || preloadsIn(flags).some(({ specifier }) => specifier === 'hot-hook/register'),
  })
}

/** Flags before the command's name are those of the node process that runs bin/server.ts. */
const ofAce: Program = (args, context) => {
  const { flags, rest } = parseFlags(args, NODE_VALUES)
  const [command, ...after] = rest
  if (command !== 'serve') return undefined
  const own = parseFlags(after, new Set(), true).flags
  return start(context, {
    runner: 'ace',
    entry: context.find(context.root, 'bin/server.ts') ?? context.find(context.root, 'bin/server.js'),
    flags,
    hmr: has(own, /^--hmr$/) && !own.some(({ name, value }) => name === '--hmr' && value === 'false'),
    watches: has(own, /^(?:--hmr|--watch|-[a-z]*w[a-z]*)$/),
  })
}

/** The same of tsx. */
export const TSX_VALUES = new Set([...NODE_VALUES, '--tsconfig', '--ignore', '--exclude', '--include'])

/** tsx, and the programs that strip types with esbuild as it does. */
const ofTsx: Program = (args, context, name) => {
  const first = parseFlags(args, TSX_VALUES)
  const watch = first.rest[0] === 'watch'
  const { flags, rest } = watch ? parseFlags(first.rest.slice(1), TSX_VALUES) : first
  const all = watch ? [...first.flags, ...flags] : flags
  return startWith(rest[0], context, {
    runner: name === 'tsx' ? 'tsx' : 'other',
    loader: 'tsx',
    flags: all,
    watches: watch || has(all, /^(?:--watch|-w)/),
  })
}

/** The same of ts-node. */
export const TS_NODE_VALUES = new Set([
  ...NODE_VALUES,
  '-P',
  '--project',
  '-O',
  '--compilerOptions',
  '--compiler-options',
  '--compiler',
  '-D',
  '--ignoreDiagnostics',
  '-I',
  '--ignore',
  '--cwd',
  '--ignore-watch',
  '--debounce',
  '--interval',
])

const ofTsNode: Program = (args, context, name) => {
  const { flags, rest } = parseFlags(
    args,
    name === 'ts-node' ? TS_NODE_VALUES : new Set([...TS_NODE_VALUES, '--watch']),
  )
  const restarts = name === 'ts-node-dev' || name === 'tsnd'
  const loader = name.startsWith('swc') ? 'swc' : 'ts-node'
  return startWith(rest[0], context, {
    runner: restarts || loader === 'swc' ? 'other' : 'ts-node',
    loader,
    flags,
    watches: restarts,
  })
}

/** The same of hot-runner. */
export const HOT_RUNNER_VALUES = new Set(['--node-args', '--script-args'])

const ofHotRunner: Program = (args, context) => {
  const { flags, rest } = parseFlags(args, HOT_RUNNER_VALUES, true)
  // Each is one argument of node, spaces included (@hot-hook/runner 1.0.0, measured).
  const nodeArgs = flags.filter(({ name }) => name === '--node-args').map(({ value }) => value)
  return startWith(rest[0], context, {
    runner: 'hot-runner',
    flags: parseFlags(nodeArgs, NODE_VALUES).flags,
    watches: true,
  })
}

/** The same of nodemon, beside those of node. */
export const NODEMON_VALUES = new Set([
  '-w',
  '--watch',
  '-e',
  '--ext',
  '-i',
  '--ignore',
  '-x',
  '--exec',
  '-d',
  '--delay',
  '--config',
  '--signal',
  '--cwd',
])

/**
 * nodemon 3, `lib/config/exec.js`: what `--exec` or the configuration says, with the script after it; `ts-node` for
 * TypeScript unless NODE_OPTIONS loads something; without a script `main`, else the script `start`, of package.json.
 */
const ofNodemon: Program = (args, context) => {
  // Its -C is `--on-change-only`, not node's `--conditions`.
  const valued = new Set([...NODE_VALUES, ...NODEMON_VALUES].filter((name) => name !== '-C'))
  const { flags, rest } = parseFlags(args, valued, true)
  const flag = (...names: string[]): string | undefined => flags.findLast(({ name }) => names.includes(name))?.value
  const config = nodemonConfig(context, flag('--config'))
  const exec = flag('-x', '--exec') ?? config['exec']
  const main = [config['script'], context.manifest['main']].find((name) => typeof name === 'string')
  const file = rest[0] ?? (main as string | undefined)
  const node = flags
    .filter(({ name }) => !NODEMON_VALUES.has(name))
    .flatMap(({ name, value }) =>
      value === '' ? [name] : name.startsWith('--') ? [quote(`${name}=${value}`)] : [name, quote(value)],
    )
  const found =
    typeof exec === 'string'
      ? ofExec(exec, node, rest.map(quote), file, context)
      : file === undefined
        ? ofScript('start', [], context)
        : ofWords([...split(interpreterOf(file, config, context, node)), ...node, quote(file)], context)
  if (found === undefined) return undefined
  return { ...found, runner: 'nodemon', watches: true, score: found.score + (found.watches ? 0 : 2) }
}

function ofExec(
  exec: string,
  node: readonly string[],
  rest: readonly string[],
  file: string | undefined,
  context: Context,
): Start | undefined {
  const commands = commandsIn(exec).filter(({ outer, words }) => outer.length === 0 && words.length > 0)
  const words = commands[0]?.words.map(({ text }) => text) ?? []
  if (commands.length !== 1) return ofText(exec, context)
  const whole = ofWords([...words, ...node, ...rest], context)
  return whole ?? (file === undefined ? undefined : ofWords([...words, ...node, quote(file)], context))
}

function interpreterOf(
  file: string,
  config: Readonly<Record<string, unknown>>,
  { preloads }: Context,
  node: readonly string[],
): string {
  const extension = /\.(\w+)$/.exec(file)?.[1] ?? 'js'
  const map = isRecord(config['execMap']) ? config['execMap'] : {}
  const own = map[extension]
  if (typeof own === 'string') return own
  const loads = preloads.length > 0 || node.some((word) => /^--(?:import|loader)/.test(word))
  return extension === 'ts' && !loads ? 'ts-node' : 'node'
}

/** What nodemon.json, or the file that `--config` names, holds; else `nodemonConfig` of package.json. */
export function nodemonConfig(
  context: Pick<Context, 'directory' | 'manifest'>,
  file: string | undefined,
): Readonly<Record<string, unknown>> {
  const own = readManifest(resolve(context.directory, file ?? 'nodemon.json'))
  const inPackage = context.manifest['nodemonConfig']
  return own ?? (isRecord(inPackage) ? inPackage : {})
}

function quote(text: string): string {
  return /[\s;&|()<>]/.test(text) ? `"${text}"` : text
}

const FASTIFY_VALUES = new Set([
  ...['-p', '--port', '--inspect-port', '--body-limit', '-T', '--plugin-timeout', '-g', '--close-grace-delay'],
  ...['-l', '--log-level', '-a', '--address', '-s', '--socket', '-x', '--prefix', '--ignore-watch', '-L'],
  ...['--logging-module', '--debug-host', '--lang', '-r', '--require', '-i', '--import', '-c', '--config'],
  ...['--trust-proxy-hop', '--trust-proxy-ips', '--follow-watch', '-I', '--debug-port'],
])

/** fastify-cli 8, `args.js`: the application is a plugin, and the server is fastify-cli's. */
const ofFastify: Program = (args, context) => {
  const { flags, rest } = parseFlags(args, FASTIFY_VALUES, true)
  if (rest[0] !== 'start') return undefined
  return startWith(rest[1], context, {
    runner: 'other',
    flags: flags.map((flag) => (flag.name === '-i' ? { ...flag, name: '--import' } : flag)),
    watches: has(flags, /^(?:--watch|-[a-zA-Z]*w[a-zA-Z]*)$/),
  })
}

/** Nest's CLI compiles to dist and starts that: `entryFile`, main by default, below `sourceRoot`, src by default. */
const ofNest: Program = (args, context) => {
  const { flags, rest } = parseFlags(
    args,
    new Set(['-c', '--config', '-p', '--path', '-b', '--builder', '--exec']),
    true,
  )
  if (rest[0] !== 'start') return undefined
  const config = readManifest(join(context.root, 'nest-cli.json')) ?? {}
  const projects = isRecord(config['projects']) ? config['projects'] : {}
  const named = projects[rest[1] ?? '']
  const project = isRecord(named) ? { ...config, ...named } : config
  const options = isRecord(config['compilerOptions']) ? config['compilerOptions'] : {}
  const builder = isRecord(options['builder']) ? options['builder']['type'] : options['builder']
  const flag = flags.find(({ name }) => name === '-b' || name === '--builder')?.value
  const text = (key: string, otherwise: string): string =>
    typeof project[key] === 'string' ? (project[key] as string) : otherwise
  const entry = context.find(context.root, join(text('sourceRoot', 'src'), text('entryFile', 'main')))
  return start(context, {
    runner: 'other',
    loader: (flag ?? builder) === 'swc' ? 'swc' : undefined,
    entry: entry && { ...entry, compiled: true },
    watches: has(flags, /^(?:--watch|-w)$/),
  })
}

/** `kick dev` serves through Vite, with src/index.ts by default. */
const ofKick: Program = (args, context) => {
  if (!/^dev(?::|$)/.test(args[0] ?? '')) return undefined
  return start(context, {
    runner: 'other',
    loader: 'swc',
    entry: context.find(context.root, 'src/index.ts'),
    watches: true,
  })
}

/** bun and deno strip types themselves. */
const ofBun: Program = (args, context, name) => {
  const { flags, rest } = parseFlags(args, new Set(['-r', '--preload', '--env-file', '--cwd', '--filter']), false)
  const [first, ...after] = rest[0] === 'run' ? parseFlags(rest.slice(1), new Set()).rest : rest
  if (first === undefined || has(flags, /^--(?:cwd|filter)$/)) return undefined
  if (context.scripts[first] !== undefined) return ofScript(first, after, context)
  const found = startWith(first, context, {
    runner: 'other',
    loader: 'native',
    watches: args.some((word) => /^--(?:hot|watch)/.test(word)),
  })
  return found ?? (name === 'bun' ? ofWrapper(args, context, name) : undefined)
}

const ofDeno: Program = (args, context) => {
  if (args[0] !== 'run' && args[0] !== 'serve') return undefined
  const { flags, rest } = parseFlags(args.slice(1), new Set(['-c', '--config', '--import-map', '--env-file']))
  return startWith(rest[0], context, { runner: 'other', loader: 'native', watches: has(flags, /^--watch/) })
}

/** Watchers that start `file` with node. */
const ofNodeDev: Program = (args, context) => {
  const { flags, rest } = parseFlags(args, new Set([...NODE_VALUES, '-w', '--watch', '-i', '--ignore', '-e']), true)
  return startWith(rest[0], context, { runner: 'other', flags, watches: true })
}

/** Flags that make npm, pnpm or yarn run the scripts of another package. */
const ELSEWHERE = /^(?:-w|--workspaces?|-ws|--filter(?:-prod)?|-F|-r|--recursive|-C|--dir|--prefix|--cwd)$/

const ofPackageManager: Program = (args, context, name) => {
  let rest = [...args]
  let scripts = true
  for (;;) {
    const { flags, rest: next } = parseFlags(rest, new Set(['--loglevel']))
    if (has(flags, ELSEWHERE)) return undefined
    const skipped = rest.length - next.length
    rest = rest.slice(skipped)
    const head = rest[0]
    if (head === undefined || head === 'workspace' || head === 'workspaces') return undefined
    if (head === 'run' || head === 'run-script') {
      const named = parseFlags(rest.slice(1), new Set()).rest
      if (named[0] !== undefined && context.scripts[named[0]] === undefined && name === 'npm') return undefined
    } else if (/^(?:exec|dlx|x)$/.test(head)) {
      scripts = false
    } else {
      break
    }
    rest = rest.slice(1)
  }
  const [head = '', ...after] = rest
  const own = after.includes('--') ? after.slice(0, after.indexOf('--')) : after
  if (name === 'npm' && own.some((word) => ELSEWHERE.test(word.replace(/=.*/, '')))) return undefined
  if (scripts && context.scripts[unquote(head)] !== undefined) {
    return ofScript(
      unquote(head),
      after.filter((word, index) => word !== '--' || after.indexOf(word) !== index),
      context,
    )
  }
  return ofWords(rest, context)
}

/** npm-run-all and its kin: names of scripts, `*` for a part between colons and `**` for any. */
const ofRunAll: Program = (args, context) => {
  const names = args.filter((word) => !word.startsWith('-')).map((word) => unquote(word).split(' ')[0]!)
  return best(names.flatMap((name) => matching(name, context)).flatMap((name) => defined(ofScript(name, [], context))))
}

function matching(pattern: string, { scripts }: Context): string[] {
  if (!pattern.includes('*')) return [pattern]
  const source = pattern
    .split(/(\*+)/)
    .map((part) => (part === '*' ? '[^:]*' : part.startsWith('**') ? '.*' : part.replace(/[$()+.?[\\\]^{|}]/g, '\\$&')))
    .join('')
  return Object.keys(scripts).filter((name) => new RegExp(`^${source}$`).test(name))
}

/** Each argument of concurrently is a command, or `npm:<script>`. */
const ofConcurrently: Program = (args, context) => {
  const starts = args
    .filter((word) => !word.startsWith('-'))
    .flatMap((word) => {
      const text = unquote(word)
      const named = /^(?:npm|pnpm|yarn|bun):(\S+)(.*)$/.exec(text)
      if (named === null) return defined(ofText(text, context))
      // Its `*` stands for colons too.
      const names = matching(named[1]!.replaceAll('*', '**'), context)
      return names.flatMap((name) => defined(ofScript(name, [named[2]!.trim()], context)))
    })
  return best(starts)
}

const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['node', ofNode],
  ['ace', ofAce],
  ...['tsx', 'esno', 'esr', 'tsm', 'vite-node'].map((name) => [name, ofTsx] as const),
  ...['ts-node', 'ts-node-esm', 'ts-node-script', 'ts-node-transpile-only', 'ts-node-maintained'].map(
    (name) => [name, ofTsNode] as const,
  ),
  ...['ts-node-dev', 'tsnd', 'swc-node'].map((name) => [name, ofTsNode] as const),
  ['hot-runner', ofHotRunner],
  ['nodemon', ofNodemon],
  ['fastify', ofFastify],
  ['nest', ofNest],
  ['kick', ofKick],
  ['kickjs', ofKick],
  ['bun', ofBun],
  ['deno', ofDeno],
  ['node-dev', ofNodeDev],
  ['babel-node', ofNodeDev],
  ...['npm', 'pnpm', 'yarn'].map((name) => [name, ofPackageManager] as const),
  ...['run-p', 'run-s', 'npm-run-all', 'npm-run-all2', 'run-z'].map((name) => [name, ofRunAll] as const),
  ['concurrently', ofConcurrently],
  ['conc', ofConcurrently],
  ...['cross-env', 'cross-env-shell', 'env', 'env-cmd', 'dotenv', 'dotenvx', 'dotenv-flow', 'npx', 'pnpx', 'bunx'].map(
    (name) => [name, ofWrapper] as const,
  ),
  ...['exec', 'time', 'sudo', 'doppler', 'infisical', 'op', 'c8'].map((name) => [name, ofWrapper] as const),
])
