import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { runMigrate } from './migrate.ts'

/** Where the CLI reads and writes; a test passes its own. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: NodeJS.WritableStream
  readonly env: NodeJS.ProcessEnv
}

/** 0: done, or nothing to do. 1: work is left. 2: could not run. */
export type ExitCode = 0 | 1 | 2

const HELP = `hot-codemod: make a Node.js server hot-reloadable with hot-hook, and keep it so

Usage
  hot-codemod migrate [directory]   plan the migration, show it, apply it

Options of migrate
  -y, --yes           apply without asking
  --dry-run           print a patch that \`git apply\` accepts, write nothing
  --only <names>      run these codemods only (comma-separated)
  --skip <names>      do not run these
  --with <names>      run these opt-in codemods too: bound-instances, magic-strings
  --show skipped      list every import that is left alone, and why
  --allow-dirty       overwrite files with uncommitted changes
  --json              print the plan as JSON

Codemods
  lazy-imports, hot-hook-config, dev-script, dev-dependencies, lint-config
  opt-in: bound-instances, magic-strings

Exit codes
  0  done, or nothing to do
  1  work is left: a plan that was not applied
  2  could not run: no AdonisJS project, a file that does not parse, uncommitted changes
`

/**
 * The command line.
 *
 * @param argv without the node binary and the script.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<ExitCode> {
  let parsed
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        yes: { type: 'boolean', short: 'y', default: false },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'allow-dirty': { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        skip: { type: 'string', multiple: true },
        with: { type: 'string', multiple: true },
        show: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'v', default: false },
      },
    })
  } catch (error) {
    streams.stderr.write(`${(error as Error).message}\nSee hot-codemod --help.\n`)
    return 2
  }
  const { values, positionals } = parsed
  if (values.version) {
    const { version } = createRequire(import.meta.url)('hot-codemod/package.json') as { version: string }
    streams.stdout.write(`${version}\n`)
    return 0
  }
  const [command, directory = '.', extra] = positionals
  if (values.help || command === undefined) {
    streams.stdout.write(HELP)
    return command === undefined && !values.help ? 2 : 0
  }
  if (command !== 'migrate') {
    streams.stderr.write(`There is no command \`${command}\`. See hot-codemod --help.\n`)
    return 2
  }
  if (extra !== undefined || (values.show !== undefined && values.show !== 'skipped')) {
    streams.stderr.write(
      `${extra === undefined ? `--show ${values.show}` : extra} was not understood. See hot-codemod --help.\n`,
    )
    return 2
  }
  return runMigrate(
    {
      directory,
      ...listed('only', values.only),
      ...listed('skip', values.skip),
      ...listed('with', values.with),
      allowDirty: values['allow-dirty'],
      yes: values.yes,
      dryRun: values['dry-run'],
      json: values.json,
      showSkipped: values.show === 'skipped',
    },
    streams,
  )
}

/** `--only a,b --only c` is `{ only: ['a', 'b', 'c'] }`. */
function listed<Key extends string>(key: Key, values: readonly string[] | undefined): Partial<Record<Key, string[]>> {
  if (!values) return {}
  const names = values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter(Boolean)
  return { [key]: names } as Partial<Record<Key, string[]>>
}
