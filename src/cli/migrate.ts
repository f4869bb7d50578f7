import { createInterface } from 'node:readline/promises'
import type { Migration, MigrateOptions } from '../api.ts'
import type { ExitCode, Streams } from './main.ts'
import { migrationAsJson } from './render/json.ts'
import { renderPlan, renderResult, renderSkipped } from './render/plan.ts'
import { colours } from './render/colours.ts'

export interface MigrateCommand extends MigrateOptions {
  readonly yes: boolean
  readonly dryRun: boolean
  readonly json: boolean
  readonly showSkipped: boolean
}

/** `hot-codemod migrate`: plans, shows, asks where there is someone to ask, applies. */
export async function runMigrate(command: MigrateCommand, streams: Streams): Promise<ExitCode> {
  const { migrate, ProjectError, UnreadableFile, WriteError } = await import('../api.ts')
  try {
    const migration = await migrate(command)
    return await finish(migration, command, streams)
  } catch (error) {
    const expected =
      error instanceof ProjectError ||
      error instanceof UnreadableFile ||
      error instanceof WriteError ||
      error instanceof RangeError
    const message =
      expected || !(error instanceof Error) ? String((error as Error).message ?? error) : (error.stack ?? error.message)
    if (command.json) streams.stdout.write(`${JSON.stringify({ version: 1, error: { message } }, null, 2)}\n`)
    else streams.stderr.write(`${message}\n`)
    return 2
  }
}

async function finish(migration: Migration, command: MigrateCommand, streams: Streams): Promise<ExitCode> {
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
  { json }: MigrateCommand,
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
