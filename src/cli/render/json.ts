import { relative, sep } from 'node:path'
import type { Migration, VerifiedMigration } from '../../api.ts'
import { countVerdicts } from './plan.ts'

/** Version of the schema below. Fields may be added to a version; nothing is renamed or removed within one. */
const SCHEMA = 1

/**
 * `hot-codemod migrate --json`; documented in docs/json.md.
 *
 * @param id what `undo` takes; undefined when nothing was written.
 */
export function migrationAsJson(migration: Migration, id?: string, verified?: VerifiedMigration): string {
  const { project, level, steps, imports, notes, changes, coverage } = migration
  const name = (path: string): string => relative(project.root, path).split(sep).join('/')
  const report = {
    version: SCHEMA,
    root: project.root,
    framework: project.framework,
    packageManager: project.packageManager,
    level,
    applied: id !== undefined,
    ...(id === undefined ? {} : { id }),
    coverage,
    totals: countVerdicts(imports),
    steps: steps.map(({ codemod, summary, files, edits }) => ({ codemod, summary, edits, files: files.map(name) })),
    files: changes.map(({ path, before }) => ({ path: name(path), created: before === undefined })),
    imports,
    notes: notes.map(({ path, ...note }) => ({ ...note, ...(path === undefined ? {} : { path: name(path) }) })),
    ...(verified ? { verified: summaryOf(verified) } : {}),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

/** What `migrate --verify` adds. */
function summaryOf({ verification, rolledBack, regressions }: VerifiedMigration): object {
  const { command, node, requests, files, against } = verification ?? {}
  return { rolledBack, regressions, run: verification && { command, node, requests, files, against } }
}
