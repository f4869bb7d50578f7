import type { WorkspacesMigration } from '../api.ts'
import { requireNothingStaged } from '../project/commits.ts'
import type { ExitCode, Streams } from './command.ts'
import { canAsk, isConfirmed } from './confirmation.ts'
import type { ReportFormat } from './format.ts'
import { isCommitted, type MigrateArguments } from './migrate.ts'
import { writeOutput } from './output-file.ts'
import { progressOn } from './progress.ts'
import type { Prompt } from './prompt.ts'
import { colours, type Colours } from './render/colours.ts'
import { fitted } from './render/fitted.ts'
import { workspacesAsJson } from './render/json.ts'
import { renderPlan, renderResult, renderSkipped } from './render/plan.ts'
import { renderNotMigrated, renderTotal, renderWorkspace } from './render/workspaces.ts'

/** `hot-codemod migrate --workspaces`: one plan for each package, and all of it is written or nothing. */
export async function migrateInWorkspaces(
  workspaces: readonly string[] | 'all',
  command: MigrateArguments,
  prompt: Prompt,
  streams: Streams,
): Promise<ExitCode> {
  const { stdout, stderr } = streams
  const { migrateWorkspaces } = await import('../migrate-workspaces.ts')
  const progress = progressOn(streams)
  const found = await migrateWorkspaces({
    ...command,
    ...(workspaces === 'all' ? {} : { workspaces }),
    onProgress: progress.show,
  }).finally(progress.clear)
  const isPending = found.changes.length > 0
  const isForPeople = command.format === 'text'
  const conclude = async (id?: string): Promise<void> => {
    if (command.format !== 'text') stdout.write(await reportOf(found, command.format, streams.env, id))
  }
  if (command.dryRun) {
    if (command.patch !== undefined) {
      writeOutput(command.patch, await patchOf(found))
      if (isForPeople) stderr.write(`Patch written to ${command.patch}.\n`)
    }
    if (isForPeople) {
      if (command.patch === undefined) stdout.write(await patchOf(found))
      stderr.write(fitted(plans(found, colours({ stdout: stderr, env: streams.env })), stderr))
    }
    await conclude()
    return isPending ? 1 : 0
  }
  if (isPending && (command.yes || (isForPeople && canAsk(streams)))) {
    found.requireClean()
    if (command.commitPerStep) requireNothingStaged(found.root)
  }
  const paint = colours(streams)
  const print = (text: string): void => void stdout.write(fitted(text, stdout))
  if (isForPeople) {
    print(plans(found, paint))
    if (command.showSkipped) print(skipped(found, paint))
  }
  const views = { diff: () => patchOf(found), skipped: () => skipped(found, paint) }
  if (!isPending || !(command.yes || (isForPeople && (await isConfirmed(views, prompt, streams))))) {
    if (isForPeople && isPending) print(paint.dim('  Nothing was written. Apply with --yes.\n'))
    await conclude()
    return isPending ? 1 : 0
  }
  const { id } = found.apply()
  const notes = found.migrations.flatMap(({ migration }) => migration.notes)
  if (isForPeople) print(renderResult({ changes: found.changes, notes }, paint, id))
  await conclude(id)
  const isDone =
    !command.commitPerStep ||
    found.migrations.every(({ workspace, migration }) =>
      isCommitted(migration, streams, ` in ${workspace.directory || '.'}`),
    )
  const isInstalled = !command.install || (await isInstalledIn(found, streams, !isForPeople))
  return isDone && isInstalled ? 0 : 1
}

/** One install is for all workspaces. */
async function isInstalledIn(
  { root, migrations }: WorkspacesMigration,
  streams: Streams,
  json: boolean,
): Promise<boolean> {
  const [{ migration } = { migration: undefined }] = migrations
  if (migration === undefined) return true
  const { runInstall } = await import('./install.ts')
  return runInstall({ root, packageManager: migration.project.packageManager }, streams, json)
}

async function reportOf(
  found: WorkspacesMigration,
  format: ReportFormat,
  env: NodeJS.ProcessEnv,
  id: string | undefined,
): Promise<string> {
  if (format === 'json') return workspacesAsJson(found, id)
  const { reportOfMigration } = await import('./render/report/report.ts')
  const reports = found.migrations.map(({ migration }) => reportOfMigration(format, migration, env, id))
  return (await Promise.all(reports)).join('')
}

function plans(found: WorkspacesMigration, paint: Colours): string {
  const each = found.migrations.map(
    ({ workspace, migration }) => renderWorkspace(workspace, paint) + renderPlan(migration, paint),
  )
  return [...each, renderNotMigrated(found, paint), renderTotal(found, paint)].join('')
}

function skipped({ migrations }: WorkspacesMigration, paint: Colours): string {
  return migrations
    .map(({ workspace, migration }) => renderWorkspace(workspace, paint) + renderSkipped(migration, paint))
    .join('\n')
}

async function patchOf({ changes, root }: WorkspacesMigration): Promise<string> {
  const { renderPatch } = await import('./render/patch.ts')
  return renderPatch({ changes, project: { root } })
}
