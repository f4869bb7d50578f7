import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { UsageError, type Command, type ExitCode, type Streams, type Values } from './command.ts'
import { commands, type ListedCommand } from './commands.ts'
import { nearest } from './nearest.ts'

const HELP = `hot-codemod: make a Node.js server hot-reloadable with hot-hook, and keep it so

Usage
${commands.map(({ name, usage, summary }) => `  hot-codemod ${`${name} ${usage}`.padEnd(28)}  ${summary}`).join('\n')}

  hot-codemod <command> --help     the options of a command; so does hot-codemod help <command>

Exit codes
  0  done, or nothing to do
  1  work is left: a plan that was not applied, a finding that keeps hot reload from working
  2  could not run: no project, a file that does not parse, uncommitted changes
`

/**
 * The command line.
 *
 * @param argv without the node binary and the script.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<ExitCode> {
  const [first, second] = argv
  if (first === '--version' || first === '-v') {
    const { version } = createRequire(import.meta.url)('hot-codemod/package.json') as { version: string }
    streams.stdout.write(`${version}\n`)
    return 0
  }
  const asksForHelp = first === '--help' || first === '-h' || first === 'help'
  if (first === undefined || (asksForHelp && second === undefined)) {
    streams.stdout.write(HELP)
    return first === undefined ? 2 : 0
  }
  const [name = '', ...args] = asksForHelp ? [second ?? '', '--help'] : argv
  const listed = commands.find((command) => command.name === name)
  if (!listed) {
    const meant = unknown(`command \`${name}\``, nearest(name, namesOfCommands))
    return fail(new UsageError(`${meant} See hot-codemod --help.`), name, args, streams)
  }
  try {
    const command = await listed.load()
    const { values, positionals } = parse(listed, command, args)
    if (values['help']) {
      streams.stdout.write(helpOf(listed, command))
      return 0
    }
    return await command.run(values, positionals, streams)
  } catch (error) {
    const hint = error instanceof UsageError ? `\nSee hot-codemod ${name} --help.` : ''
    return fail(error, name, args, streams, hint)
  }
}

const namesOfCommands = commands.map(({ name }) => name)

/** `There is no option --dryrun. Did you mean --dry-run?` */
function unknown(what: string, meant: string | undefined): string {
  return `There is no ${what}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`
}

function parse(
  { name, usage }: ListedCommand,
  command: Command,
  args: readonly string[],
): { values: Values; positionals: string[] } {
  const options = { ...command.options, help: { type: 'boolean', short: 'h', default: false } } as const
  const config = { args: [...args], allowPositionals: true, options } as const
  let parsed
  try {
    parsed = parseArgs(config)
  } catch (error) {
    const { tokens } = parseArgs({ ...config, strict: false, tokens: true })
    const names = Object.keys(options)
    const stray = tokens.find((token) => token.kind === 'option' && !names.includes(token.name))
    if (stray?.kind !== 'option') throw new UsageError((error as Error).message)
    const meant = nearest(stray.name, names)
    throw new UsageError(unknown(`option ${stray.rawName}`, meant && `--${meant}`))
  }
  const [least, most] = command.takes
  const { positionals } = parsed
  const values = parsed.values as Values
  if (values['help'] !== true && positionals.length < least) {
    throw new UsageError(`hot-codemod ${name} needs ${usage.split(' ')[0]}.`)
  }
  if (positionals.length > most) throw new UsageError(`${positionals[most]} was not understood.`)
  return { values, positionals }
}

function helpOf({ name, usage, summary }: ListedCommand, { help }: Command): string {
  return `hot-codemod ${name} ${usage}\n\n  ${summary}\n\n${help.trimEnd()}\n`
}

/** Names of errors whose message says all there is to say to a person. */
const EXPECTED = new Set(['ProjectError', 'UnreadableFile', 'WriteError', 'VerifyError', 'RangeError'])

/** @param hint what else a person could read. */
async function fail(
  error: unknown,
  command: string,
  args: readonly string[],
  { stdout, stderr }: Streams,
  hint = '',
): Promise<ExitCode> {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const isSaid = error instanceof UsageError || EXPECTED.has(name)
  const { nativeBindingProblem } = await import('./native-binding.ts')
  const text = isSaid ? message : (nativeBindingProblem(error) ?? stack ?? message)
  const format = (await import('./format.ts')).formatAsked(args)
  if (format === 'text') stderr.write(`${text}${hint}\n`)
  else stdout.write(await (await import('./render/report/report.ts')).reportOfError(format, command, text))
  return 2
}
