import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { UsageError, type Command, type ExitCode, type Streams, type Values } from './command.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { graphCommand } from './graph.ts'
import { migrateCommand } from './migrate.ts'
import { undoCommand } from './undo.ts'
import { verifyCommand } from './verify.ts'

export const commands: readonly Command[] = [migrateCommand, doctorCommand, explainCommand, graphCommand, verifyCommand, undoCommand]

const HELP = `hot-codemod: make a Node.js server hot-reloadable with hot-hook, and keep it so

Usage
${commands.map(({ name, usage, summary }) => `  hot-codemod ${`${name} ${usage}`.padEnd(28)}  ${summary}`).join('\n')}

  hot-codemod <command> --help     the options of a command

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
  const [first] = argv
  if (first === '--version' || first === '-v') {
    const { version } = createRequire(import.meta.url)('hot-codemod/package.json') as { version: string }
    streams.stdout.write(`${version}\n`)
    return 0
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    streams.stdout.write(HELP)
    return first === undefined ? 2 : 0
  }
  const command = commands.find(({ name }) => name === first)
  if (!command) {
    streams.stderr.write(`There is no command \`${first}\`. See hot-codemod --help.\n`)
    return 2
  }
  let values: Values & { readonly json?: boolean } = {}
  try {
    const parsed = parse(command, argv.slice(1))
    values = parsed.values
    if (values['help']) {
      streams.stdout.write(helpOf(command))
      return 0
    }
    return await command.run(values, parsed.positionals, streams)
  } catch (error) {
    if (error instanceof UsageError) {
      streams.stderr.write(`${error.message}\nSee hot-codemod ${command.name} --help.\n`)
      return 2
    }
    return fail(error, values.json === true, streams)
  }
}

function parse(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  const options = { ...command.options, help: { type: 'boolean', short: 'h', default: false } } as const
  let parsed
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  const [least, most] = command.takes
  const { positionals } = parsed
  const values = parsed.values as Values
  if (values['help'] !== true && positionals.length < least) {
    throw new UsageError(`hot-codemod ${command.name} needs ${command.usage.split(' ')[0]}.`)
  }
  if (positionals.length > most) throw new UsageError(`${positionals[most]} was not understood.`)
  return { values, positionals }
}

function helpOf({ name, usage, summary, help }: Command): string {
  return `hot-codemod ${name} ${usage}\n\n  ${summary}\n\n${help.trimEnd()}\n`
}

/** Names of errors whose message says all there is to say to a person. */
const EXPECTED = new Set(['ProjectError', 'UnreadableFile', 'WriteError', 'VerifyError', 'RangeError'])

function fail(error: unknown, json: boolean, { stdout, stderr }: Streams): ExitCode {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  const text = EXPECTED.has(name) ? message : (stack ?? message)
  if (json) stdout.write(`${JSON.stringify({ version: 1, error: { message: text } }, null, 2)}\n`)
  else stderr.write(`${text}\n`)
  return 2
}
