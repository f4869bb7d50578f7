import type { Diagnosis, Finding, ImportReport, Migration, VerifiedMigration } from '../../../api.ts'
import { titleOf } from '../../../doctor/titles.ts'
import { count } from '../../../edits/text.ts'
import { PLAIN } from '../colours.ts'
import { countOutcomes, describeCoverage as coverageOfDiagnosis, describeServer, OUTCOMES } from '../diagnosis.ts'
import { renderPatch } from '../patch.ts'
import { countVerdicts, describeCoverage, renderVerified } from '../plan.ts'
import { nameBelow } from './problems.ts'

/** How many rows a table has at most. */
const ROWS = 100

/** How many characters a text may have for the patch to be in it: GitHub takes comments of 65,536. */
const LENGTH = 60_000

/**
 * A migration for a comment on a pull request, or for `$GITHUB_STEP_SUMMARY`.
 *
 * @param id what `undo` takes; undefined when nothing was written.
 */
export function renderMigrationMarkdown(migration: Migration, id?: string, verified?: VerifiedMigration): string {
  const { project, steps, imports, notes, changes } = migration
  const { root, framework } = project
  const name = (path: string): string => nameBelow(root, path)
  const left = imports.filter(({ verdict }) => verdict === 'suggest' || verdict === 'leave')
  const working = steps.filter(({ edits }) => edits > 0)
  const { candidates, done, fix } = countVerdicts(imports)
  const text = blocks([
    `## hot-codemod migrate`,
    `${titleOf(framework)}. **Hot coverage**: ${describeCoverage(migration, PLAIN)}`,
    changes.length === 0
      ? 'Nothing to do.'
      : id === undefined
        ? `**${count(changes.length, 'file')} to change**, and nothing was written.`
        : `**${count(changes.length, 'file')} changed.** To undo it: ${code(`hot-codemod undo ${id}`)}`,
    table(
      ['Codemod', 'Files', 'Edits', 'What changes'],
      working.map(({ codemod, files, edits, summary }) => {
        const where = files.length === 1 && files[0] !== undefined ? `${code(name(files[0]))}: ` : ''
        return [code(codemod), String(files.length), String(edits), where + prose(summary)]
      }),
    ),
    candidates === 0
      ? ''
      : `${count(candidates, 'import')} of request-time code: ${done} lazy already, ${fix} ${id === undefined ? 'to be made lazy' : 'made lazy'}, ${left.length} left alone.`,
    notes
      .map(({ kind, message, path, line }) => {
        const place = path === undefined ? '' : `${code(name(path) + (line === undefined ? '' : `:${line}`))}: `
        return kind === 'manual' ? `- [ ] ${place}${prose(message)}` : `- ${place}${prose(message)}`
      })
      .join('\n'),
    verified ? fenced(renderVerified(verified, PLAIN).trimEnd(), '') : '',
    left.length === 0 ? '' : details(`${count(left.length, 'import')} left alone, and why`, leftTable(left)),
  ])
  return changes.length === 0
    ? text
    : blocks([text.trimEnd(), details('Patch', patchOf(migration, LENGTH - text.length))])
}

function leftTable(left: readonly ImportReport[]): string {
  return table(
    ['Place', 'Import', 'Verdict', 'Why'],
    left.map(({ path, line, names, specifier, verdict, reason, message }) => [
      code(`${path}:${line}`),
      (names.length > 0 ? names : [specifier]).map(code).join(', '),
      `${verdict}, ${code(reason)}`,
      prose(message),
    ]),
  )
}

/** @param most how many characters it may have. */
function patchOf(migration: Migration, most: number): string {
  const patch = renderPatch(migration)
  if (patch.length <= most) return fenced(patch.trimEnd(), 'diff')
  return `It has ${count(patch.split('\n').length - 1, 'line')}, which is too much for a comment. ${code('hot-codemod migrate --dry-run')} prints it.`
}

/**
 * A diagnosis, for the same places.
 *
 * @param minimum the hot coverage asked for, in percent, when it is not reached.
 */
export function renderDiagnosisMarkdown(diagnosis: Diagnosis, minimum?: number): string {
  const { findings, coverage, project } = diagnosis
  const counts = countOutcomes(diagnosis)
  const shown = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${outcome}`)
  const would = project.runtime.hotHook === 'none' ? 'hot-hook does not run; with it: ' : ''
  const number = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length
  return blocks([
    '## hot-codemod doctor',
    `${prose(describeServer(diagnosis, PLAIN))}. **Hot coverage**: ${coverageOfDiagnosis(coverage)}`,
    minimum === undefined ? '' : `**Below the ${minimum} % asked for.**`,
    shown.length === 0 ? '' : `${would}${shown.join(', ')}.`,
    findings.length === 0
      ? 'Nothing is wrong.'
      : `${count(number('error'), 'error')}, ${count(number('warning'), 'warning')}.`,
    table(
      ['Severity', 'Finding', 'Place', 'What, and what to do'],
      findings.map(({ severity, code: kind, path, line, message, remedy }) => [
        severity === 'error' ? '**error**' : severity,
        code(kind),
        code(line > 0 ? `${path}:${line}` : path),
        prose([message, remedy].filter(Boolean).join(' ')),
      ]),
    ),
  ])
}

/** A run that could not be. @param command for example `migrate`. */
export function renderMarkdownError(command: string, message: string): string {
  return blocks([`## hot-codemod ${command}`, 'It could not run:', fenced(message, '')])
}

function blocks(texts: readonly string[]): string {
  return `${texts.filter(Boolean).join('\n\n')}\n`
}

/** Empty without rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const lines = [head, head.map(() => '---'), ...rows.slice(0, ROWS)].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')).join(' | ')} |`,
  )
  const more = rows.length > ROWS ? `\n\n… and ${rows.length - ROWS} more.` : ''
  return lines.join('\n') + more
}

function details(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`
}

/** A code span, whatever is in it. */
function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1)
  const space = /^`|`$/.test(text) ? ' ' : ''
  return ticks + space + text + space + ticks
}

function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${text}\n${fence}`
}

/** How many backquotes stand side by side at most. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}

/** Sentences with what is code in them: nothing else is formatted, and nobody is mentioned. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part.replace(/(@[\w./-]*\w)|[\\<*_[\]~]/g, (found, name) => (name ? code(found) : `\\${found}`)),
    )
    .join('')
}
