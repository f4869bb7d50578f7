import type { WorkspacesMigration } from '../api.ts'
import { finish, type Plan } from './apply.ts'
import type { ExitCode, Streams } from './command.ts'
import type { ReportFormat } from './format.ts'
import { commitsOf, type MigrateArguments } from './migrate.ts'
import { progressOn } from './progress.ts'
import type { Prompt } from './prompt.ts'
import type { Colours } from './render/colours.ts'
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
  const { migrateWorkspaces } = await import('../migrate-workspaces.ts')
  const progress = progressOn(streams)
  const found = await migrateWorkspaces({
    ...command,
    ...(workspaces === 'all' ? {} : { workspaces }),
    onProgress: progress.show,
  }).finally(progress.clear)
  return finish(planOf(found, command, streams), command, prompt, streams)
}

function planOf(found: WorkspacesMigration, { format }: MigrateArguments, { stdout, env }: Streams): Plan {
  const { root, changes, migrations } = found
  return {
    root,
    // One install is for all workspaces.
    packageManager: migrations[0]!.migration.project.packageManager,
    changes,
    isRefused: false,
    isComplete: true,
    commits: migrations.flatMap(({ workspace, migration }) =>
      commitsOf(migration, ` in ${workspace.directory || '.'}`),
    ),
    render: (paint) => plans(found, paint),
    renderSkipped: (paint) => skipped(found, paint),
    renderResult: (paint, id) =>
      renderResult({ changes, notes: migrations.flatMap(({ migration }) => migration.notes) }, paint, id),
    async report(id) {
      if (format !== 'text') stdout.write(await reportOf(found, format, env, id))
    },
    requireClean: () => found.requireClean(),
    apply: () => found.apply(),
  }
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
