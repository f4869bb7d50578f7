import { relative, sep } from 'node:path'
import type { Migration, VerifiedMigration, WorkspacesMigration } from '../../api.ts'
import { countVerdicts } from './plan.ts'

/** Version of the schema below. Fields may be added to a version; nothing is renamed or removed within one. */
const SCHEMA = 1

/**
 * `hot-codemod migrate --json`; documented in docs/json.md.
 *
 * @param id what `undo` takes; undefined when nothing was written.
 */
export function migrationAsJson(migration: Migration, id?: string, verified?: VerifiedMigration): string {
  return `${JSON.stringify(reportOf(migration, id, verified), null, 2)}\n`
}

/** `hot-codemod migrate --workspaces --json`: a report for each package. */
export function workspacesAsJson({ root, migrations, skipped }: WorkspacesMigration, id?: string): string {
  const report = {
    version: SCHEMA,
    root,
    applied: id !== undefined,
    ...(id === undefined ? {} : { id }),
    workspaces: migrations.map(({ workspace, migration }) => ({
      directory: workspace.directory,
      name: workspace.name ?? null,
      ...reportOf(migration, id),
    })),
    skipped: skipped.map(({ workspace: { directory, name = null }, reason }) => ({ directory, name, reason })),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function reportOf(migration: Migration, id?: string, verified?: VerifiedMigration): object {
  const { project, level, steps, imports, notes, changes, coverage, cuts } = migration
  const name = (path: string): string => relative(project.root, path).split(sep).join('/')
  return {
    version: SCHEMA,
    root: project.root,
    framework: project.framework,
    packageManager: project.packageManager,
    level,
    applied: id !== undefined,
    ...(id === undefined ? {} : { id }),
    coverage,
    cuts,
    totals: countVerdicts(imports),
    steps: steps.map(({ codemod, summary, files, edits }) => ({ codemod, summary, edits, files: files.map(name) })),
    files: changes.map(({ path, before }) => ({ path: name(path), created: before === undefined })),
    imports,
    notes: notes.map(({ path, ...note }) => ({ ...note, ...(path === undefined ? {} : { path: name(path) }) })),
    ...(verified ? { verified: summaryOf(verified) } : {}),
  }
}

/** What `migrate --verify` adds. */
function summaryOf({ verification, rolledBack, regressions }: VerifiedMigration): object {
  const { command, node, requests, files, against } = verification ?? {}
  return { rolledBack, regressions, run: verification && { command, node, requests, files, against } }
}
