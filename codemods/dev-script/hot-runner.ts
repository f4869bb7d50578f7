import { join, relative, sep } from 'node:path'
import { jsonPosition, parseJson, setJsonValue } from '../../src/edits/json.ts'
import { applyEdits } from '../../src/edits/text.ts'
import { readText } from '../../src/edits/tree.ts'
import { commandsIn, programName } from '../../src/project/commands.ts'
import type { PackageJson, Project } from '../../src/project/project.ts'
import { FOR_DEVELOPMENT, runtimeOf, type Runtime } from '../../src/project/runtime.ts'
import { sourceFiles } from '../../src/project/source-file.ts'
import { startOf } from '../../src/project/start-command.ts'
import { gte } from '../../src/versions.ts'
import type { Note } from '../codemod.ts'
import { keyAfter } from '../key-after.ts'
import { asWord, hotRunnerCommand, isDeclared, launchOf, tsxFlags, type Launch, type Place } from './launch.ts'
import { scriptsIn, type ScriptChange } from './scripts.ts'
import { MOST, unseenFiles } from './watched.ts'

export interface HotRunnerPlan {
  /** The new text of package.json. */
  readonly after: string
  readonly change: ScriptChange | undefined
  /** How many edits that is: of the script, and of `hotHook.restart`. */
  readonly edits: number
  /** The command that starts the server under hot-hook: that of the script, or the one that a person is to use. */
  readonly command: string
  readonly notes: readonly Note[]
}

/**
 * Has the development script start the server with hot-runner, in the way it does now. A script that cannot be taken
 * apart stays, and a note says which command to use.
 *
 * @param text of package.json, as the codemods before left it.
 */
export function planHotRunner(project: Project, text: string): HotRunnerPlan {
  const { root, packageJsonPath: path, framework } = project
  const packageJson = parseJson(text, path) as PackageJson
  const runtime = runtimeOf(root, packageJson, text, framework.name)
  const place: Place = { root, packageJson, tsconfig: readText(join(root, 'tsconfig.json')) ?? '' }
  const scripts = scriptsIn(text, path)
  const name = runtime.script?.name
  const note = (kind: Note['kind'], message: string, script = name ?? 'dev'): Note => {
    const line = jsonPosition(text, ['scripts', script])?.line
    return { kind, message, path, ...(line !== undefined && { line }) }
  }
  const left = (
    notes: readonly Note[],
    command = hotRunnerCommand(fallback(runtime, place), false),
  ): HotRunnerPlan => ({
    after: text,
    change: undefined,
    edits: 0,
    command,
    notes,
  })

  if (runtime.entry === undefined) {
    const message = 'No module was found that the server starts with, so the development script is left alone.'
    return left([note('manual', message)])
  }
  const isDevelopment = name !== undefined && (FOR_DEVELOPMENT.has(name) || isWatching(name, project, packageJson))
  if (isDevelopment && runtime.hotHook !== 'none') {
    const { command } = runtime.script!
    if (runtime.runner === 'hot-runner' && !isMisordered(runtime)) return left([], command)
    if (runtime.runner !== 'hot-runner' && !RESTARTS.test(command)) {
      const message = `The script "${name}" loads hot-hook without hot-runner, so nothing restarts the server for files that are not hot. With it: \`${hotRunnerCommand(fallback(runtime, place), false)}\`.`
      return left([note('info', message)], command)
    }
    if (runtime.hotHook === 'init') {
      const message = `The script "${name}" restarts the server for every edit, so hot-hook, which its entry starts, has nothing to reload. Start it without.`
      return left([note('manual', message)], command)
    }
  }

  const converted = name === undefined ? undefined : convert(scripts[name] ?? '', runtime, place)
  // Beside a script that watches build output there is room for one that starts the source.
  const isBeside =
    name !== undefined &&
    !FOR_DEVELOPMENT.has(name) &&
    scripts['dev'] === undefined &&
    converted !== undefined &&
    'launch' in converted &&
    converted.compiled
  if (isDevelopment && !isBeside) {
    const manual = (reason: string, command?: string, remedy?: string): HotRunnerPlan => {
      const instead = command ?? hotRunnerCommand(fallback(runtime, place), false)
      const advice = remedy ?? `Start the server with \`${instead}\` in its place.`
      const message = `The script "${name}" is left alone: ${reason} ${advice}`
      return left([note('manual', message)], instead)
    }
    if (converted === undefined) return manual('it starts the server in a way that is not known.')
    if ('reason' in converted) return manual(converted.reason, converted.command, converted.remedy)
    if (converted.compiled) {
      const source = hotRunnerCommand(sourceLaunch(converted, runtime, place), false)
      return manual('it starts what a compiler wrote, and hot-hook reloads what the server runs.', source)
    }
    const after = withScript(text, name, converted.script, scripts)
    if (!startsAlike(after, project, runtime)) return manual('with hot-runner it would not start the same module.')
    const restart = restartOf(after, converted.launch, project)
    return {
      after: restart.text,
      change: { name, before: scripts[name], after: converted.script },
      edits: restart.text === after ? 1 : 2,
      command: converted.script,
      notes: [
        note('info', RUNNER),
        ...converted.launch.notes.map((message) => note('info', message)),
        ...setterNotes(converted.launch, packageJson).map((message) => note('info', message)),
        ...restart.notes.map((message) => note('info', message)),
      ],
    }
  }

  const base =
    converted !== undefined && 'launch' in converted
      ? sourceLaunch(converted, runtime, place)
      : fallback(runtime, place)
  const command = hotRunnerCommand(base, isDeclared('cross-env', packageJson))
  if (scripts['dev'] !== undefined) {
    const message = `The script "dev" is left alone: it does not start the server with a program that is known. Start the server with \`${command}\` there.`
    return left([note('manual', message, 'dev')], command)
  }
  return {
    after: withScript(text, 'dev', command, scripts),
    change: { name: 'dev', before: undefined, after: command },
    edits: 1,
    command,
    notes: [note('info', RUNNER, name ?? 'dev'), ...base.notes.map((message) => note('info', message))],
  }
}

/** hot-runner 1.0.0, `build/src/serve.js`; a crash was measured. */
const RUNNER =
  'hot-runner restarts the server with SIGKILL, so what it does on SIGTERM or SIGINT does not run then. When the server crashes, a syntax error at its start included, hot-runner ends too: start it again.'

/** Supervisors that restart for every edit. */
const RESTARTS = /\bnodemon\b|\bts-node-dev\b|\btsnd\b|\btsx\s+watch\b|\s--watch\b/

function isWatching(name: string, { root }: Project, packageJson: PackageJson): boolean {
  const manifest = packageJson as Readonly<Record<string, unknown>>
  const start = startOf(name, { root, scripts: packageJson.scripts ?? {}, manifest, find: sourceFiles(root) })
  return start?.watches === true
}

/** Something is preloaded after hot-hook, which fails on it. */
function isMisordered({ preloads }: Runtime): boolean {
  const imports = preloads.filter(({ flag }) => flag === 'import')
  const at = imports.findIndex(({ specifier }) => specifier === 'hot-hook/register')
  return at !== -1 && at < imports.length - 1
}

interface Converted {
  readonly launch: Launch
  /** The whole script, with hot-runner in place of the one command. */
  readonly script: string
  /** The command starts build output. */
  readonly compiled: boolean
}

/** Why a script stays: a sentence, and the command that would do where it was understood, or what else. */
interface Kept {
  readonly reason: string
  readonly command?: string
  readonly remedy?: string
}

const FASTIFY_CLI = 'fastify-cli makes the server, of which the application is a plugin.'
const FASTIFY_REMEDY =
  'Write a module that makes it, registers the plugin and listens, have the script start that, and run again.'

/** @returns undefined when nothing in it starts the entry. */
function convert(script: string, runtime: Runtime, place: Place): Converted | Kept | undefined {
  const commands = commandsIn(script).filter(({ words }) => words.length > 0)
  if (commands.some(({ words }) => words[0]?.text === 'cd')) return { reason: 'it changes the directory.' }
  const find = sourceFiles(place.root)
  let kept: Kept | undefined
  for (const { words, outer } of commands.toReversed()) {
    const launch = launchOf(
      words.map(({ text }) => text),
      place,
    )
    if (launch === undefined) {
      const names = words.map(programName)
      if (names.includes('fastify') && names.includes('start')) return { reason: FASTIFY_CLI, remedy: FASTIFY_REMEDY }
      const other = names.find((program) => program === 'bun' || program === 'deno')
      if (other !== undefined) kept ??= { reason: `${other} runs the server, and hot-hook works on Node.js only.` }
      continue
    }
    if ('obstacle' in launch) {
      kept ??= { reason: launch.obstacle }
      continue
    }
    const file = find(place.root, launch.file)
    if (file === undefined || file.path !== runtime.entry) continue
    const { compiled } = file
    const hasCrossEnv = isDeclared('cross-env', place.packageJson)
    if (outer.length > 0) {
      const beside = { ...sourceLaunch({ launch, compiled }, runtime, place), keepsScreen: true }
      const reason = `the server is started in an argument of ${programName(outer[0]!)}.`
      kept ??= { reason, command: hotRunnerCommand(beside, hasCrossEnv) }
      continue
    }
    const command = hotRunnerCommand(launch, hasCrossEnv)
    const [first, last] = [words[0]!, words.at(-1)!]
    if (/[<>]/.test(withoutWords(script, words))) return { reason: 'it redirects between its arguments.', command }
    return {
      launch,
      script: script.slice(0, first.start) + command + script.slice(last.end),
      compiled,
    }
  }
  return kept
}

/** What stands between the first and the last of `words`. */
function withoutWords(script: string, words: readonly { readonly start: number; readonly end: number }[]): string {
  return words
    .slice(1)
    .map(({ start }, index) => script.slice(words[index]!.end, start))
    .join('')
}

/** How the entry is started, as far as the scripts tell. */
function fallback(runtime: Runtime, place: Place): Launch {
  const nodeArgs = runtime.preloads
    .filter(({ specifier }) => specifier !== 'hot-hook/register')
    .map(({ flag, specifier }) => `--${flag}=${specifier}`)
  return withLoader(
    {
      lead: [],
      variables: [],
      nodeArgs,
      file: nameOf(runtime, place),
      scriptArgs: [],
      keepsScreen: false,
      watched: undefined,
      notes: [],
    },
    runtime,
    place,
  )
}

/** The same start for development: of the source, not of what a compiler made of it. */
function sourceLaunch(
  { launch, compiled }: Pick<Converted, 'launch' | 'compiled'>,
  runtime: Runtime,
  place: Place,
): Launch {
  const lead = launch.lead.filter((word) => !/^NODE_ENV=["']?production/.test(word))
  const own = { ...launch, lead: lead.join() === 'cross-env' ? [] : lead }
  return compiled ? withLoader({ ...own, file: nameOf(runtime, place) }, runtime, place) : own
}

function nameOf({ entry }: Runtime, { root }: Place): string {
  return entry === undefined ? 'src/server.ts' : relative(root, entry).split(sep).join('/')
}

const LOADS = /tsx|ts-node|@swc-node|ts-exec|--experimental-(?:strip|transform)-types/

/** With what strips types, where nothing does: a loader that is a dependency, Node.js itself, else tsx. */
function withLoader(launch: Launch, { loader, node }: Runtime, { packageJson }: Place): Launch {
  if (!/\.[cm]?tsx?$/.test(launch.file) || launch.nodeArgs.some((argument) => LOADS.test(argument))) return launch
  const isNative = loader === 'native' && gte(node, '22.18.0')
  const loaders = [
    ['tsx', '--import=tsx'],
    ['ts-node', '--loader=ts-node/esm'],
    ['@swc-node/register', '--import=@swc-node/register/esm-register'],
  ] as const
  const [, declared] = loaders.find(([name]) => isDeclared(name, packageJson)) ?? []
  const flag = declared ?? (isNative ? undefined : '--import=tsx')
  if (flag === undefined) return launch
  const flags = flag === '--import=tsx' ? tsxFlags(packageJson).map(asWord) : [flag]
  return { ...launch, nodeArgs: [...flags, ...launch.nodeArgs] }
}

function withScript(text: string, name: string, command: string, scripts: Readonly<Record<string, string>>): string {
  const next = keyAfter(Object.keys(scripts), name)
  return applyEdits(text, setJsonValue(text, ['scripts', name], command, next === undefined ? {} : { before: next }))
}

/** The new script is understood, and starts the same module with the same preloads at least. */
function startsAlike(text: string, { root, packageJsonPath, framework }: Project, before: Runtime): boolean {
  const after = runtimeOf(root, parseJson(text, packageJsonPath) as PackageJson, text, framework.name)
  const specifiers = after.preloads.map(({ specifier }) => specifier)
  return (
    after.entry === before.entry &&
    after.runner === 'hot-runner' &&
    after.hotHook === 'register' &&
    !isMisordered(after) &&
    before.preloads.every(({ specifier }) => specifiers.includes(specifier) || /register/.test(specifier))
  )
}

function setterNotes({ variables }: Launch, packageJson: PackageJson): string[] {
  if (variables.length === 0 || isDeclared('cross-env', packageJson)) return []
  return [`It sets ${variables.join(' and ')} as shells of Unix do. For Windows, put cross-env before it.`]
}

/** The files of `hotHook.restart`, and what is said of the others. */
function restartOf(text: string, { watched }: Launch, project: Project): { text: string; notes: string[] } {
  if (watched === undefined) return { text, notes: [] }
  const { files, many } = unseenFiles(project.root, watched)
  const { program } = watched
  const notes = [
    `${program} restarted the server for every file it watched. hot-runner does for ES modules that the server imports, and for what hotHook.restart names: no longer for CommonJS, and for data that is read with fs.`,
  ]
  if (many.length > 0) {
    notes.push(
      `${program} also watched more than ${MOST} files (${many.join(', ')}) that are no modules. Name those in hotHook.restart that need a restart; globs do not work there.`,
    )
  }
  const { hotHook } = parseJson(text, project.packageJsonPath) as PackageJson
  // The list replaces hot-hook's own, which is .env.
  const current = hotHook?.restart ?? ['.env']
  const missing = files.filter((name) => !current.some((pattern) => pattern.replace(/^\.\//, '') === name))
  if (missing.length === 0) return { text, notes }
  const restart = [...current, ...missing]
  const edits = hotHook
    ? setJsonValue(text, ['hotHook', 'restart'], restart)
    : setJsonValue(text, ['hotHook'], { restart }, { before: 'prettier' })
  notes.push(
    `${missing.join(', ')}: added to hotHook.restart, since ${program} watched ${missing.length === 1 ? 'it' : 'them'}.`,
  )
  return { text: applyEdits(text, edits), notes }
}
