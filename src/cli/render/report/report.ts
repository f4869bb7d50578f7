import type { Diagnosis, Migration, VerifiedMigration } from '../../../api.ts'
import type { ReportFormat } from '../../format.ts'
import { PLAIN } from '../colours.ts'
import { diagnosisAsJson, describeCoverage as coverageOfDiagnosis } from '../diagnosis.ts'
import { migrationAsJson } from '../json.ts'
import { describeCoverage } from '../plan.ts'

/**
 * A migration for a program: see docs/reports.md.
 *
 * @param id what `undo` takes; undefined when nothing was written.
 */
export async function reportOfMigration(
  format: ReportFormat,
  migration: Migration,
  env: NodeJS.ProcessEnv,
  id?: string,
  verified?: VerifiedMigration,
): Promise<string> {
  if (format === 'json') return migrationAsJson(migration, id, verified)
  if (format === 'markdown') return (await import('./markdown.ts')).renderMigrationMarkdown(migration, id, verified)
  const { problemsOfMigration, topOf } = await import('./problems.ts')
  const { root } = migration.project
  const problems = problemsOfMigration(migration, id !== undefined, verified)
  const top = topOf(root, env)
  if (format === 'sarif') return (await import('./sarif.ts')).renderSarif({ command: 'migrate', problems, top, root })
  return (await import('./github.ts')).renderGithub(describeCoverage(migration, PLAIN), problems, top)
}

/** A diagnosis for a program. @param minimum the hot coverage asked for, in percent, when it is not reached. */
export async function reportOfDiagnosis(
  format: ReportFormat,
  diagnosis: Diagnosis,
  env: NodeJS.ProcessEnv,
  minimum?: number,
): Promise<string> {
  if (format === 'json') return diagnosisAsJson(diagnosis)
  if (format === 'markdown') return (await import('./markdown.ts')).renderDiagnosisMarkdown(diagnosis, minimum)
  const { problemsOfDiagnosis, topOf } = await import('./problems.ts')
  const { root } = diagnosis.project
  const problems = problemsOfDiagnosis(diagnosis, minimum)
  const top = topOf(root, env)
  if (format === 'sarif') return (await import('./sarif.ts')).renderSarif({ command: 'doctor', problems, top, root })
  return (await import('./github.ts')).renderGithub(coverageOfDiagnosis(diagnosis.coverage), problems, top)
}

/** A run that could not be, for a program. @param command for example `migrate`. */
export async function reportOfError(format: ReportFormat, command: string, message: string): Promise<string> {
  if (format === 'json') return `${JSON.stringify({ version: 1, error: { message } }, null, 2)}\n`
  if (format === 'markdown') return (await import('./markdown.ts')).renderMarkdownError(command, message)
  if (format === 'sarif') return (await import('./sarif.ts')).renderSarifError(message)
  return (await import('./github.ts')).renderGithubError(command, message)
}
