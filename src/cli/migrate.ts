import { createInterface } from 'node:readline/promises'
import type { Migration, MigrateOptions } from '../api.ts'
import { UsageError, type Command, type ExitCode, type Streams, type Values } from './command.ts'
import { migrationAsJson } from './render/json.ts'
import { renderPlan, renderResult, renderSkipped } from './render/plan.ts'
import { colours } from './render/colours.ts'

interface MigrateArguments extends MigrateOptions {
  readonly yes: boolean
  readonly dryRun: boolean
  readonly json: boolean
  readonly showSkipped: boolean
}

/** `hot-codemod migrate`: plans, shows, asks where there is someone to ask, applies. */
export const migrateCommand: Command = {
  name: 'migrate',
  usage: '[directory]',
  summary: 'plan the migration, show it, apply it',
  takes: [0, 1],
  options: {
    yes: { type: 'boolean', short: 'y', default: false },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'allow-dirty': { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    skip: { type: 'string', multiple: true },
    with: { type: 'string', multiple: true },
    level: { type: 'string' },
    'no-middleware': { type: 'boolean', default: false },
    show: { type: 'string' },
  },
  help: `  -y, --yes           apply without asking
  --dry-run           print a patch that \`git apply\` accepts, write nothing
  --level <level>     where the boundary is: handler (default), mount, app, or auto
  --no-middleware     leave middleware static
  --only <names>      run these codemods only (comma-separated)
  --skip <names>      do not run these
  --with <names>      run these opt-in codemods too
  --show skipped      list every import that is left alone, and why
  --allow-dirty       overwrite files with uncommitted changes
  --json              print the plan as JSON

Codemods
  lazy-imports, hot-hook-config, dev-script, dev-dependencies, types, lint-config
  opt-in, with --with: bound-instances, magic-strings (AdonisJS), made-values (functions)
  with --level mount: lazy-mounts, with --level app: app-boundary too
`,
  async run(values, [directory = '.'], streams) {
    const { show } = values
    if (show !== undefined && show !== 'skipped') throw new UsageError(`--show ${String(show)}: there is \`skipped\`.`)
    const level = levelIn(values)
    const { migrate } = await import('../migrate.ts')
    const command: MigrateArguments = {
      directory,
      ...listed('only', values),
      ...listed('skip', values),
      ...listed('with', values),
      ...(level === undefined ? {} : { level }),
      middleware: values['no-middleware'] !== true,
      allowDirty: values['allow-dirty'] === true,
      yes: values['yes'] === true,
      dryRun: values['dry-run'] === true,
      json: values['json'] === true,
      showSkipped: show === 'skipped',
    }
    return finish(await migrate(command), command, streams)
  },
}

/** `--only a,b --only c` is `{ only: ['a', 'b', 'c'] }`. */
function listed<Key extends string>(key: Key, values: Values): Partial<Record<Key, string[]>> {
  const given = values[key]
  if (!Array.isArray(given)) return {}
  const names = (given as readonly string[])
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter(Boolean)
  return { [key]: names } as Partial<Record<Key, string[]>>
}

const LEVELS = ['handler', 'mount', 'app', 'auto'] as const

function levelIn({ level }: Values): MigrateOptions['level'] {
  const found = LEVELS.find((name) => name === level)
  if (level !== undefined && !found)
    throw new UsageError(`--level ${String(level)}: there are \`handler\`, \`mount\`, \`app\` and \`auto\`.`)
  return found
}

async function finish(migration: Migration, command: MigrateArguments, streams: Streams): Promise<ExitCode> {
  const { stdout, stderr } = streams
  const paint = colours(streams)
  const pending = migration.changes.length > 0
  if (command.dryRun) {
    stdout.write(command.json ? migrationAsJson(migration, false) : await patchOf(migration))
    if (!command.json)
      stderr.write(
        renderPlan(migration, colours({ ...streams, stdout: { ...stdout, isTTY: false } as Streams['stdout'] })),
      )
    return pending ? 1 : 0
  }
  if (!command.json) {
    stdout.write(renderPlan(migration, paint))
    if (command.showSkipped) stdout.write(renderSkipped(migration, paint))
  }
  if (!pending) {
    if (command.json) stdout.write(migrationAsJson(migration, false))
    return 0
  }
  if (!(command.yes || (await isConfirmed(migration, streams, command)))) {
    if (command.json) stdout.write(migrationAsJson(migration, false))
    else stdout.write(paint.dim('  Nothing was written. Apply with --yes.\n'))
    return 1
  }
  migration.apply()
  if (command.json) stdout.write(migrationAsJson(migration, true))
  else stdout.write(renderResult(migration, paint))
  return 0
}

async function patchOf(migration: Migration): Promise<string> {
  const { renderPatch } = await import('./render/patch.ts')
  return renderPatch(migration)
}

/** Asks on a terminal; anywhere else the answer is no. */
async function isConfirmed(
  migration: Migration,
  { stdin, stdout, env }: Streams,
  { json }: MigrateArguments,
): Promise<boolean> {
  if (json || !stdin.isTTY || !stdout.isTTY || env.CI) return false
  const paint = colours({ stdout, env })
  const prompt = createInterface({ input: stdin, output: stdout, terminal: false })
  try {
    for (;;) {
      const answer = (await prompt.question('  Apply? [y] yes  [d] diff  [s] skipped  [n] no  ')).trim().toLowerCase()
      if (answer === 'y' || answer === 'yes') return true
      if (answer === 'd') stdout.write(`\n${await patchOf(migration)}\n`)
      else if (answer === 's') stdout.write(renderSkipped(migration, paint))
      else if (answer === 'n' || answer === 'no' || answer === '') return false
    }
  } catch {
    return false
  } finally {
    prompt.close()
  }
}
