import { commandsIn, unquote } from '../../src/project/commands.ts'
import {
  ASSIGNMENT,
  HOT_RUNNER_VALUES,
  nameOf,
  NODE_VALUES,
  nodemonConfig,
  NODEMON_VALUES,
  parseFlags,
  TS_NODE_VALUES,
  TSX_VALUES,
  type Flag,
} from '../../src/project/start-command.ts'
import type { PackageJson } from '../../src/project/project.ts'

/** A command that starts the server with Node.js, taken apart so that hot-runner can start it in the same way. */
export interface Launch {
  /** What stands before the program and stays, as written: assignments, cross-env, `dotenv -e .env --`. */
  readonly lead: readonly string[]
  /** `NAME=value` for what were flags of the program. */
  readonly variables: readonly string[]
  /** Flags of node, in their order, preloads among them, without hot-hook's own. */
  readonly nodeArgs: readonly string[]
  /** The module it starts with, as written, without quotes. */
  readonly file: string
  readonly scriptArgs: readonly string[]
  /** The terminal is not cleared at a restart. */
  readonly keepsScreen: boolean
  /** What it watched beside the modules that the server imports. */
  readonly watched: Watched | undefined
  /** What becomes different; sentences. */
  readonly notes: readonly string[]
}

/** What a supervisor watches: paths as written, and extensions without a dot; undefined for any. */
export interface Watched {
  readonly program: string
  readonly paths: readonly string[]
  readonly extensions: readonly string[] | undefined
  readonly ignored: readonly string[]
}

/** Why a command cannot be taken apart; a sentence. */
export interface Obstacle {
  readonly obstacle: string
}

/** The project that a command is run in. */
export interface Place {
  readonly root: string
  readonly packageJson: PackageJson
  /** The text of tsconfig.json, empty where there is none. */
  readonly tsconfig: string
}

/**
 * Takes a command apart that node, tsx, ts-node, ts-node-dev, nodemon or hot-runner starts a server with.
 *
 * @param words as written, quotes included.
 * @returns undefined for other programs.
 */
export function launchOf(words: readonly string[], place: Place): Launch | Obstacle | undefined {
  const split = splitLead(words)
  if (split === undefined) return undefined
  const options = split.lead.filter((word) => /^["']?NODE_OPTIONS=/.test(word)).join(' ')
  if (options.includes('--inspect')) return { obstacle: 'NODE_OPTIONS opens an inspector, in hot-runner too.' }
  const found = PROGRAMS.get(split.program)!(split.args, place, split.program, options)
  if (found === undefined || 'obstacle' in found) return found
  const wrapper = split.lead.map(nameOf).find((name) => WRAPPERS.has(name))
  if (wrapper !== undefined && found.lead.some((word) => ASSIGNMENT.test(word))) {
    return { obstacle: `${wrapper} would take what it sets for a program.` }
  }
  return { ...found, lead: [...split.lead, ...found.lead] }
}

interface Split {
  readonly lead: readonly string[]
  readonly program: string
  readonly args: readonly string[]
}

const RUNNERS = new Set(['npm', 'npx', 'pnpm', 'pnpx', 'yarn'])
const SETTERS = new Set(['cross-env', 'env'])
const WRAPPERS = new Set(['doppler', 'dotenv', 'dotenv-flow', 'dotenvx', 'env-cmd', 'exec', 'infisical', 'op', 'time'])

/** Package runners are dropped: scripts find what node_modules/.bin holds. */
function splitLead(words: readonly string[]): Split | undefined {
  const lead: string[] = []
  let rest = words
  const keep = (number: number): void => {
    lead.push(...rest.slice(0, number))
    rest = rest.slice(number)
  }
  for (;;) {
    const assignments = rest.findIndex((word) => !ASSIGNMENT.test(word))
    if (assignments === -1) return undefined
    keep(assignments)
    const name = nameOf(rest[0]!)
    if (PROGRAMS.has(name)) return { lead, program: name, args: rest.slice(1) }
    if (SETTERS.has(name)) {
      keep(1)
    } else if (WRAPPERS.has(name)) {
      const separator = rest.indexOf('--')
      const program = rest.findIndex((word, index) => index > 0 && PROGRAMS.has(nameOf(word)))
      if (separator === -1 && program === -1) return undefined
      keep(separator === -1 ? program : separator + 1)
    } else if (RUNNERS.has(name)) {
      const run = rest.findIndex((word, index) => index > 0 && !/^(?:-y|--yes|--no-install|--|exec|x)$/.test(word))
      if (run === -1) return undefined
      rest = rest.slice(run)
    } else {
      return undefined
    }
    if (rest.length === 0) return undefined
  }
}

/** @param options NODE_OPTIONS, as it is set before the command. */
type Program = (args: readonly string[], place: Place, name: string, options: string) => Launch | Obstacle | undefined

const OTHER_NAMES: Readonly<Record<string, string>> = { '-r': '--require', '-C': '--conditions' }

export function asWord({ name, value }: Flag): string {
  const long = OTHER_NAMES[name] ?? name
  return value === '' ? long : `${long}=${value}`
}

function isHotHook({ value }: Flag): boolean {
  return value === 'hot-hook/register'
}

interface Parts {
  readonly flags: readonly Flag[]
  readonly rest: readonly string[]
}

function launch({ flags, rest }: Parts, more: Partial<Launch> = {}): Launch | Obstacle | undefined {
  const [file, ...scriptArgs] = rest
  if (file === undefined) return undefined
  const short = flags.find(({ name }) => /^-[^-]/.test(name) && OTHER_NAMES[name] === undefined)
  if (short !== undefined) return { obstacle: `it has the flag ${short.name}.` }
  if (scriptArgs.includes('--')) return { obstacle: 'it hands `--` on to the server.' }
  const special = [file, ...scriptArgs, ...flags.map(asWord)].find((word) => /[!"#'*?\\`~]/.test(word))
  if (special !== undefined) return { obstacle: `a shell may read \`${special}\` in another way.` }
  return {
    lead: [],
    variables: [],
    nodeArgs: flags.filter((flag) => !isHotHook(flag)).map(asWord),
    file,
    scriptArgs,
    keepsScreen: false,
    watched: undefined,
    notes: [],
    ...more,
  }
}

const ofNode: Program = (args, place) => {
  const { flags, rest } = parseFlags(args, NODE_VALUES)
  if (flags.some(({ name }) => /^(?:-e|-p|-pe|-c|--eval|--print|--test|--check|--run)$/.test(name))) return undefined
  if (flags.length === 0 && /(?:^|[\\/])node_modules[\\/]/.test(rest[0] ?? '')) return launchOf(args, place)
  const paths = flags.filter(({ name }) => name === '--watch-path').map(({ value }) => value)
  return launch(
    { flags: flags.filter(({ name }) => !name.startsWith('--watch')), rest },
    {
      keepsScreen: flags.some(({ name }) => name === '--watch-preserve-output'),
      ...(paths.length > 0 && { watched: { program: 'node', paths, extensions: undefined, ignored: [] } }),
    },
  )
}

/**
 * What loads tsx. @fastify/autoload takes TypeScript where `process._preload_modules` names tsx (6.3, `lib/runtime.js`):
 * those are the modules of `--require`, of which the program tsx has one, and `--import` none.
 */
export function tsxFlags(packageJson: PackageJson): Flag[] {
  const loaded = isDeclared('@fastify/autoload', packageJson) ? [{ name: '--require', value: 'tsx/cjs' }] : []
  return [...loaded, { name: '--import', value: 'tsx' }]
}

const ofTsx: Program = (args, { packageJson }) => {
  const first = parseFlags(args, TSX_VALUES)
  const { flags, rest } = first.rest[0] === 'watch' ? parseFlags(first.rest.slice(1), TSX_VALUES) : first
  const all = first.rest[0] === 'watch' ? [...first.flags, ...flags] : flags
  const values = (...names: string[]): string[] =>
    all.filter(({ name }) => names.includes(name)).map(({ value }) => value)
  const own = /^(?:--watch|-w|--tsconfig|--no-cache|--(?:no-)?clear-screen|--include|--exclude|--ignore)$/
  const included = values('--include')
  const excluded = values('--exclude', '--ignore')
  return launch(
    { flags: [...tsxFlags(packageJson), ...all.filter(({ name }) => !own.test(name))], rest },
    {
      variables: values('--tsconfig').map((path) => `TSX_TSCONFIG_PATH=${path}`),
      keepsScreen: all.some(
        ({ name, value }) => name === '--no-clear-screen' || (name === '--clear-screen' && value === 'false'),
      ),
      ...(included.length > 0 && {
        watched: { program: 'tsx', paths: included, extensions: undefined, ignored: excluded },
      }),
      notes: excluded.length === 0 ? [] : [excludedNote(excluded)],
    },
  )
}

function excludedNote(names: readonly string[]): string {
  return `${names.join(', ')} was excluded from watching. hot-hook watches what the server imports: name it in hotHook.ignore, beside \`**/node_modules/**\`, if the server imports it.`
}

/** ts-node 10.9, `dist/esm.js` and the variables of `dist/index.js`: the loader takes its options from the environment. */
const TS_NODE_VARIABLES: Readonly<Record<string, string>> = {
  '-T': 'TS_NODE_TRANSPILE_ONLY=true',
  '--transpile-only': 'TS_NODE_TRANSPILE_ONLY=true',
  '--transpileOnly': 'TS_NODE_TRANSPILE_ONLY=true',
  '--files': 'TS_NODE_FILES=true',
}

const ofTsNode: Program = (args, { packageJson }, name) => {
  const { flags, rest } = parseFlags(args, TS_NODE_VALUES)
  const variables: string[] = name === 'ts-node-transpile-only' ? ['TS_NODE_TRANSPILE_ONLY=true'] : []
  const kept: Flag[] = []
  for (const flag of flags) {
    if (flag.name === '--esm') continue
    const variable = TS_NODE_VARIABLES[flag.name]
    if (variable !== undefined) variables.push(variable)
    else if (/^(?:-P|--project)$/.test(flag.name)) variables.push(`TS_NODE_PROJECT=${flag.value}`)
    else if (NODE_VALUES.has(flag.name)) kept.push(flag)
    else return { obstacle: `it has ts-node's flag ${flag.name}, and the loader takes none.` }
  }
  const loader = isDeclared('ts-node-maintained', packageJson) ? 'ts-node-maintained/esm' : 'ts-node/esm'
  return launch({ flags: [{ name: '--loader', value: loader }, ...kept], rest }, { variables })
}

const TS_NODE_DEV_VALUES = new Set([...TS_NODE_VALUES, '--watch'])
const TS_NODE_DEV_FLAGS =
  /^(?:-T|--(?:respawn|transpile-only|transpileOnly|exit-child|rs|clear|cls|watch|ignore-watch|debounce|interval|no-notify|notify|quiet|files|esm|no-deps|deps|all-deps|dedupe|fork|tree-kill))$/

/** ts-node-dev has no loader that could be preloaded; tsx reads `paths` of tsconfig.json by itself. */
const ofTsNodeDev: Program = (args, { tsconfig, packageJson }, program) => {
  if (/"emitDecoratorMetadata"\s*:\s*true/.test(tsconfig)) {
    return {
      obstacle: 'tsconfig.json has emitDecoratorMetadata, which tsx, the loader in place of ts-node-dev, lacks.',
    }
  }
  const { flags, rest } = parseFlags(args, TS_NODE_DEV_VALUES)
  const variables: string[] = []
  const kept: Flag[] = []
  for (const flag of flags) {
    if (/^(?:-P|--project)$/.test(flag.name)) variables.push(`TSX_TSCONFIG_PATH=${flag.value}`)
    else if (/^(?:tsconfig-paths|ts-node)\/register/.test(flag.value)) continue
    else if (NODE_VALUES.has(flag.name) || /^--inspect/.test(flag.name)) kept.push(flag)
    else if (!TS_NODE_DEV_FLAGS.test(flag.name)) return { obstacle: `it has ${program}'s flag ${flag.name}.` }
  }
  const paths = flags.filter(({ name }) => name === '--watch').flatMap(({ value }) => value.split(','))
  const checks = !flags.some(({ name }) => /^(?:-T|--transpile-only|--transpileOnly)$/.test(name))
  return launch(
    { flags: [...tsxFlags(packageJson), ...kept], rest },
    {
      variables,
      ...(paths.length > 0 && { watched: { program, paths, extensions: undefined, ignored: [] } }),
      notes: checks ? [`${program} checked types at each start. tsx does not: run \`tsc --noEmit\` beside it.`] : [],
    },
  )
}

/** Flags of nodemon 3 without a value, and keys of its configuration, that have nothing to do with how the server is started. */
const NODEMON_FLAGS =
  /^(?:-[CqVLIt]|--(?:on-change-only|quiet|verbose|legacy-watch|no-stdin|no-colou?rs|colou?rs|no-update-notifier|exitcrash|spawn|polling-interval))$/
const NODEMON_KEYS = new Set([
  ...['$schema', 'colours', 'delay', 'dump', 'env', 'exec', 'execMap', 'exitcrash', 'ext', 'ignore', 'ignoreRoot'],
  ...[
    'legacyWatch',
    'pollingInterval',
    'quiet',
    'restartable',
    'script',
    'signal',
    'spawn',
    'stdin',
    'stdout',
    'verbose',
  ],
  ...['verbose', 'watch', 'watchOptions'],
])

interface NodemonArguments {
  readonly own: readonly Flag[]
  /** Flags that it hands to what it runs. */
  readonly node: readonly Flag[]
  readonly script: string | undefined
  readonly scriptArgs: readonly string[]
}

/** nodemon 3, `lib/cli/parse.js`: it takes its own flags wherever they stand, and leaves others where they are. */
function nodemonArguments(args: readonly string[]): NodemonArguments {
  const words = args.map(unquote)
  const own: Flag[] = []
  const node: Flag[] = []
  const rest: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!
    if (word === '--') {
      rest.push(...words.slice(at + 1))
      break
    }
    const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
    const isOwn = NODEMON_VALUES.has(name) || NODEMON_FLAGS.test(name)
    if (!word.startsWith('-') || (rest.length > 0 && !isOwn)) {
      rest.push(word)
      continue
    }
    const takes = value === undefined && (isOwn ? NODEMON_VALUES : NODE_VALUES).has(name)
    if (takes) at += 1
    ;(isOwn ? own : node).push({ name, value: value ?? (takes ? (words[at] ?? '') : '') })
  }
  return { own, node, script: rest[0], scriptArgs: rest.slice(1) }
}

const ofNodemon: Program = (args, place, _, options) => {
  const { own, node, ...named } = nodemonArguments(args)
  const given = (...names: string[]): string[] =>
    own.filter(({ name }) => names.includes(name)).map(({ value }) => value)
  const manifest = place.packageJson as Readonly<Record<string, unknown>>
  const config = nodemonConfig({ directory: place.root, manifest }, given('--config').at(-1))
  const strange = Object.keys(config).find((key) => !NODEMON_KEYS.has(key))
  if (strange !== undefined) return { obstacle: `nodemon's configuration has "${strange}".` }
  const unfit = own.find(({ name }) => /^(?:-C|--on-change-only|--cwd)$/.test(name))
  if (unfit !== undefined) return { obstacle: `it has nodemon's flag ${unfit.name}.` }
  const exec = given('-x', '--exec').at(-1) ?? config['exec']
  const script = [named.script, config['script'], manifest['main']].find((name) => typeof name === 'string')
  const rest = named.script === undefined ? [] : [named.script, ...named.scriptArgs].map(quote)
  const words = node.map((flag) => quote(asWord(flag)))
  const command = nodemonCommand(exec, { node: words, rest, script, config, options })
  if (command === undefined) return undefined
  if ('obstacle' in command) return command
  const inner = launchOf(command.words, place)
  if (inner === undefined || 'obstacle' in inner) return inner
  const polls = config['legacyWatch'] === true || own.some(({ name }) => /^(?:-L|--legacy-watch)$/.test(name))
  return {
    ...inner,
    variables: [...variablesOf(config['env']), ...inner.variables],
    watched: nodemonWatched(config, given),
    notes: [
      ...inner.notes,
      ...(polls ? ['nodemon polled. Where the file system reports no changes, set CHOKIDAR_USEPOLLING=true.'] : []),
    ],
  }
}

interface NodemonWords {
  readonly node: readonly string[]
  readonly rest: readonly string[]
  readonly script: string | undefined
  readonly config: Readonly<Record<string, unknown>>
  readonly options: string
}

/** nodemon 3, `lib/config/exec.js`: see `ofNodemon` of src/project/start-command.ts. */
function nodemonCommand(
  exec: unknown,
  { node, rest, script, config, options }: NodemonWords,
): { words: readonly string[] } | Obstacle | undefined {
  if (typeof exec === 'string') {
    const commands = commandsIn(exec).filter(({ outer, words }) => outer.length === 0 && words.length > 0)
    if (commands.length !== 1) return { obstacle: 'nodemon runs several commands.' }
    const words = commands[0]!.words.map(({ text }) => text)
    const split = splitLead(words)
    const isWhole = split !== undefined && parseFlags(split.args, TSX_VALUES).rest.some((word) => word !== 'watch')
    return {
      words: [...words, ...node, ...(rest.length > 0 || isWhole || script === undefined ? rest : [quote(script)])],
    }
  }
  if (script === undefined) return undefined
  const map = typeof config['execMap'] === 'object' ? (config['execMap'] as Readonly<Record<string, unknown>>) : {}
  const extension = /\.(\w+)$/.exec(script)?.[1] ?? 'js'
  const loads = [options, ...node].some((word) => /--(?:import|loader)/.test(word))
  const mapped = map[extension]
  const program = typeof mapped === 'string' ? mapped : extension === 'ts' && !loads ? 'ts-node' : 'node'
  return { words: [...program.split(/\s+/), ...node, ...(rest.length > 0 ? rest : [quote(script)])] }
}

function variablesOf(env: unknown): string[] {
  return typeof env === 'object' && env !== null
    ? Object.entries(env).map(([name, value]) => `${name}=${String(value)}`)
    : []
}

function nodemonWatched(config: Readonly<Record<string, unknown>>, given: (...names: string[]) => string[]): Watched {
  const paths = [...given('-w', '--watch'), ...listOf(config['watch'])]
  const extensions = given('-e', '--ext').at(-1) ?? config['ext']
  return {
    program: 'nodemon',
    paths: paths.length > 0 ? paths : ['.'],
    extensions: (typeof extensions === 'string' ? extensions : 'js,mjs,cjs,json')
      .split(/[\s,]+/)
      .map((extension) => extension.replace(/^[*.]*/, '')),
    ignored: [...given('-i', '--ignore'), ...listOf(config['ignore'])],
  }
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string')
}

const ofHotRunner: Program = (args) => {
  const { flags, rest } = parseFlags(args, HOT_RUNNER_VALUES, true)
  const values = (flag: string): string[] => flags.filter(({ name }) => name === flag).map(({ value }) => value)
  const { flags: node } = parseFlags(values('--node-args'), NODE_VALUES)
  return launch(
    { flags: node, rest: [...rest, ...values('--script-args')] },
    {
      keepsScreen: flags.some(
        ({ name, value }) => name === '--no-clear-screen' || (name === '--clear-screen' && value === 'false'),
      ),
    },
  )
}

const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['node', ofNode],
  ['tsx', ofTsx],
  ['ts-node', ofTsNode],
  ['ts-node-esm', ofTsNode],
  ['ts-node-maintained', ofTsNode],
  ['ts-node-transpile-only', ofTsNode],
  ['ts-node-dev', ofTsNodeDev],
  ['tsnd', ofTsNodeDev],
  ['nodemon', ofNodemon],
  ['hot-runner', ofHotRunner],
])

/**
 * The command that starts the server in the same way with hot-runner and hot-hook: a loader has to be preloaded before
 * hot-hook, which is last (README of @hot-hook/runner 1.0.0; each `--node-args` is one argument of node).
 *
 * @param declared whether cross-env is a dependency, for variables that the command did not set before.
 */
export function hotRunnerCommand(
  { lead, variables, nodeArgs, file, scriptArgs, keepsScreen }: Launch,
  hasCrossEnv: boolean,
): string {
  const at = lead.findIndex((word) => nameOf(word) === 'cross-env')
  const setter = at === -1 && hasCrossEnv && variables.length > 0 ? ['cross-env'] : []
  const before = [...lead.slice(0, at + 1), ...setter, ...variables.map(quote), ...lead.slice(at + 1)]
  return [
    ...before,
    'hot-runner',
    ...(keepsScreen ? ['--no-clear-screen'] : []),
    ...[...nodeArgs, '--import=hot-hook/register'].map((argument) => quote(`--node-args=${argument}`)),
    ...scriptArgs.map((argument) => quote(`--script-args=${argument}`)),
    quote(file),
  ].join(' ')
}

function quote(text: string): string {
  return /[\s;&|()<>]/.test(text) ? `"${text}"` : text
}

export function isDeclared(name: string, { dependencies, devDependencies }: PackageJson): boolean {
  return (dependencies ?? {})[name] !== undefined || (devDependencies ?? {})[name] !== undefined
}
