import { jsonPosition, setJsonValue } from '../../src/edits/json.ts'
import { applyEdits, type Edit } from '../../src/edits/text.ts'
import type { FileTree } from '../../src/edits/tree.ts'
import { commandsIn, programName, type Command, type Word } from '../../src/project/commands.ts'
import { installedVersion } from '../../src/project/package-manager.ts'
import type { Project } from '../../src/project/project.ts'
import { lt } from '../../src/versions.ts'
import type { Note, Step } from '../codemod.ts'
import { keyAfter } from '../key-after.ts'
import { scriptsIn, summaryOf, type ScriptChange } from './scripts.ts'

const hmrCommand = 'node ace serve --hmr'

/** `ace serve` knows `--hmr` from this version of @adonisjs/core on. */
const firstWithHmr = '6.8.0'

/** Makes `ace serve` hot-reload: `--hmr` in place of `--watch`, in every script that runs it for development. */
export function setHmr(project: Project, tree: FileTree): Omit<Step, 'codemod'> {
  const path = project.packageJsonPath
  const text = tree.read(path) ?? ''
  const scripts = scriptsIn(text, path)
  const { changes, left } = planScripts(scripts)
  const notes = left.map(({ script, ...note }): Note => {
    const line = jsonPosition(text, ['scripts', script])?.line
    return { ...note, path, ...(line !== undefined && { line }) }
  })

  const tooOld = changes.length > 0 ? withoutHmr(project) : undefined
  if (tooOld !== undefined) {
    return { summary: '', files: [], edits: 0, notes: [{ kind: 'manual', message: tooOld, path }] }
  }

  let result = text
  for (const { name, after } of changes) {
    const next = keyAfter(Object.keys(scripts), name)
    result = applyEdits(
      result,
      setJsonValue(result, ['scripts', name], after, next === undefined ? {} : { before: next }),
    )
  }
  if (changes.length > 0) tree.write(path, result)
  return {
    summary: summarize(changes),
    files: changes.length > 0 ? [path] : [],
    edits: changes.length,
    notes,
  }
}

/** That the installed AdonisJS has no `--hmr`, and what to do; undefined where it has, or none is installed. */
export function withoutHmr({ root, framework }: Project): string | undefined {
  const installed = framework.name === 'adonisjs' ? installedVersion(root, '@adonisjs/core') : undefined
  if (installed === undefined || !lt(installed, firstWithHmr)) return undefined
  return `@adonisjs/core ${installed} is installed, and \`ace serve --hmr\` exists from ${firstWithHmr} on. Update @adonisjs/core and @adonisjs/assembler, and run again.`
}

function summarize(changes: readonly ScriptChange[]): string {
  const [first] = changes
  if (first === undefined) return ''
  return changes.length > 1 ? `--hmr in ${changes.map(({ name }) => name).join(', ')}` : summaryOf(first)
}

/**
 * `script` with `--hmr` on each `node ace serve` in it: in place of `--watch`, else after the arguments it has.
 * Commands under a process supervisor, behind a package runner or for production stay as they are.
 */
export function hmrScript(script: string): string {
  return inspect(script).after
}

interface ScriptNote {
  readonly script: string
  readonly kind: Note['kind']
  readonly message: string
}

function planScripts(scripts: Readonly<Record<string, string>>): { changes: ScriptChange[]; left: ScriptNote[] } {
  const changes: ScriptChange[] = []
  const left: ScriptNote[] = []
  let serves = false
  for (const [name, before] of Object.entries(scripts)) {
    const { commands, obstacles, after } = inspect(before)
    const has = (isFlag: (word: Word) => boolean): boolean => commands.some((command) => command.flags.some(isFlag))
    serves ||= commands.length > 0
    if (after !== before && isForProduction(name) && !has(isWatchFlag)) {
      const message = `The script "${name}" runs \`ace serve\` without --watch and its name is not that of a development script, so it is left alone. If it is one, add --hmr to it.`
      left.push({ script: name, kind: 'manual', message })
      continue
    }
    left.push(
      ...obstacles.map(({ kind, reason }) => ({
        script: name,
        kind,
        message: `The script "${name}" is left alone: ${reason}`,
      })),
    )
    if (after === before) continue
    changes.push({ name, before, after })
    if (has(isPollFlag)) {
      const message = `The script "${name}" has --poll, which has no effect with --hmr. Where the file system reports no changes (some Docker and WSL mounts), set CHOKIDAR_USEPOLLING=true.`
      left.push({ script: name, kind: 'info', message })
    }
  }
  if (!serves && scripts['dev'] === undefined) changes.push({ name: 'dev', before: undefined, after: hmrCommand })
  else if (!serves) {
    const message = `The script "dev" does not run \`ace serve\`, and no other script does. Start the development server with \`${hmrCommand}\` there.`
    left.push({ script: 'dev', kind: 'manual', message })
  }
  return { changes, left }
}

function isForProduction(name: string): boolean {
  return /^(start|preview)$|(^|[:_-])(prod|production|staging|tests?|e2e|ci)([:_-]|$)/.test(name)
}

interface Obstacle {
  readonly kind: Note['kind']
  readonly reason: string
}

interface Inspection {
  readonly commands: readonly ServeCommand[]
  /** Why some of the commands stay as they are, though they do not run with `--hmr` alone. */
  readonly obstacles: readonly Obstacle[]
  readonly after: string
}

function inspect(script: string): Inspection {
  const commands = commandsIn(script).flatMap((command) => serveCommand(command) ?? [])
  const obstacles: Obstacle[] = []
  const edits: Edit[] = []
  for (const command of commands) {
    const obstacle = obstacleOf(command)
    if (obstacle !== undefined) obstacles.push(obstacle)
    else edits.push(...hmrEdits(command))
  }
  return { commands, obstacles, after: applyEdits(script, edits) }
}

function hmrEdits({ flags, end }: ServeCommand): Edit[] {
  if (flags.some(isHmrFlag)) return []
  const watch = flags.find(isWatchFlag)
  if (watch === undefined) return [{ range: [end, end], text: ' --hmr' }]
  const others = /^-[a-z]{2,}$/.test(watch.text) ? `${watch.text.replace('w', '')} ` : ''
  return [{ range: [watch.start, watch.end], text: `${others}--hmr` }]
}

function isHmrFlag({ text }: Word): boolean {
  return /^--hmr(=|$)/.test(text)
}

function isWatchFlag({ text }: Word): boolean {
  return /^--watch(=|$)|^-[a-z]*w[a-z]*$/.test(text)
}

function isPollFlag({ text }: Word): boolean {
  return /^--poll(=|$)|^-[a-z]*p[a-z]*$/.test(text)
}

/** A command that runs `ace serve`. */
interface ServeCommand {
  /** The words before `ace`, and those of the commands it is an argument of. */
  readonly lead: readonly Word[]
  readonly outer: readonly Word[]
  /** The arguments of `serve`, up to `--`. */
  readonly flags: readonly Word[]
  /** Where its own arguments end. */
  readonly end: number
}

function serveCommand({ words, outer }: Command): ServeCommand | undefined {
  const ace = words.findIndex(({ text }) => /^(?:.*[\\/])?ace(?:\.[jt]s)?$/.test(text))
  if (ace === -1) return undefined
  const serve = words.findIndex(({ text }, index) => index > ace && !text.startsWith('-'))
  if (words[serve]?.text !== 'serve') return undefined
  const lead = words.slice(0, ace)
  const separator = words.findIndex(({ text }, index) => index > serve && text === '--')
  const own = separator === -1 ? words : words.slice(0, separator)
  const all = runsNode(lead) ? own : words
  return { lead, outer, flags: all.slice(serve + 1), end: own.at(-1)!.end }
}

const supervisors = [
  'chokidar',
  'entr',
  'forever',
  'node-dev',
  'nodemon',
  'onchange',
  'pm2',
  'pm2-dev',
  'pm2-runtime',
  'ts-node-dev',
  'tsnd',
  'watchexec',
]
const packageRunners = ['bun', 'bunx', 'npm', 'npx', 'pnpm', 'pnpx', 'yarn']
const environmentTools = ['cross-env', 'cross-env-shell', 'dotenv', 'dotenvx', 'env-cmd']

function obstacleOf({ lead, outer, flags }: ServeCommand): Obstacle | undefined {
  const supervisor = [...outer, ...lead].map(programName).find((name) => supervisors.includes(name))
  const restarts =
    supervisor ?? (lead.some(({ text }) => /^--watch(-path)?(=|$)/.test(text)) ? 'node --watch' : undefined)
  if (restarts !== undefined) {
    return {
      kind: 'manual',
      reason: `${restarts} restarts the server on every change, so nothing is reloaded in place. Run \`${hmrCommand}\` without it.`,
    }
  }
  if (flags.some(({ text }) => text === '--no-hmr')) return { kind: 'info', reason: 'it says --no-hmr.' }
  if (flags.some(isHmrFlag)) return undefined
  if (lead.some(({ text }) => /^NODE_ENV=["']?production/.test(text))) {
    return { kind: 'info', reason: 'it sets NODE_ENV=production, so it is not for development.' }
  }
  const runner = lead.findIndex((word) => packageRunners.includes(programName(word)))
  const run = lead.slice(runner + 1).find(({ text }) => !/^(-.*|exec|dlx|x|run)$/.test(text))
  if (runner !== -1 && (run === undefined || !environmentTools.includes(programName(run)))) {
    return {
      kind: 'manual',
      reason: `${lead[runner]!.text} runs \`ace serve\`, perhaps in another package. Add --hmr to it, in place of --watch, if it is this one.`,
    }
  }
  if (!runsNode(lead)) {
    return { kind: 'manual', reason: `it does not run \`ace serve\` with node. Run \`${hmrCommand}\` instead.` }
  }
  return undefined
}

/** The words end with `node` and its options. */
function runsNode(lead: readonly Word[]): boolean {
  const node = lead.findLastIndex((word) => programName(word) === 'node')
  const options = lead.slice(node + 1)
  return (
    node !== -1 &&
    options.every(({ text }, index) => text.startsWith('-') || /^-[^=]*$/.test(options[index - 1]?.text ?? ''))
  )
}
