import { relative, sep } from 'node:path'
import type {
  Coverage,
  CutSummary,
  ImportReport,
  Migration,
  Share,
  Verification,
  VerifiedMigration,
} from '../../api.ts'
import { titleOf } from '../../doctor/titles.ts'
import { count } from '../../edits/text.ts'
import { percent } from '../../graph/coverage.ts'
import type { Verdict } from '../../lazy/candidate.ts'
import type { Colours } from './colours.ts'

export function countVerdicts(imports: readonly ImportReport[]): Record<Verdict | 'candidates', number> {
  const count = (verdict: Verdict): number => imports.filter((report) => report.verdict === verdict).length
  return {
    candidates: imports.length,
    fix: count('fix'),
    suggest: count('suggest'),
    leave: count('leave'),
    done: count('done'),
  }
}

/** What was found, what changes, and hot coverage before and after. */
export function renderPlan(migration: Migration, paint: Colours): string {
  const { project, steps, imports, changes, notes } = migration
  const name = (path: string): string => relative(project.root, path).split(sep).join('/') || '.'
  const lines = [headerOf(project, paint), '']
  const working = steps.filter(({ edits }) => edits > 0)
  if (working.length > 0) {
    const width = Math.max(...working.map(({ codemod }) => codemod.length))
    lines.push(`  ${paint.bold('Plan'.padEnd(width + 2))}  files  edits`)
    for (const { codemod, files, edits, summary } of working) {
      const where = files.length === 1 && files[0] !== undefined ? `${name(files[0])}: ` : ''
      lines.push(
        `   ${codemod.padEnd(width + 1)}  ${String(files.length).padStart(5)}  ${String(edits).padStart(5)}   ${paint.dim(where + summary)}`,
      )
    }
  } else {
    lines.push(`  ${changes.length === 0 ? 'Nothing to do.' : ''}`)
  }
  lines.push(...cutLines(migration, paint))
  const { done, suggest, leave, candidates } = countVerdicts(imports)
  if (candidates > 0) {
    const left = imports.filter(({ verdict }) => verdict === 'leave' || verdict === 'suggest')
    const files = new Set(left.map(({ path }) => path)).size
    lines.push(
      '',
      `  ${candidates} ${candidates === 1 ? 'import' : 'imports'} of request-time code: ${done} lazy already, ${candidates - done - suggest - leave} to be made lazy, ${left.length} left alone${left.length > 0 ? ` in ${files} ${files === 1 ? 'file' : 'files'} (why: --show skipped)` : ''}`,
      ...waitingLines(migration),
    )
  }
  for (const note of notes) {
    const place = note.path === undefined ? '' : `${name(note.path)}${note.line === undefined ? '' : `:${note.line}`}: `
    lines.push(`  ${note.kind === 'info' ? paint.dim('·') : paint.yellow('!')} ${place}${note.message}`)
  }
  lines.push('', `  ${paint.bold('Hot coverage')}   ${describeCoverage(migration, paint)}`, '')
  return `${lines.join('\n')}\n`
}

/** What was done to reach the target, and what would turn most of what is left hot. */
function cutLines({ cuts: { made, left }, target, coverage }: Migration, paint: Colours): string[] {
  const { total } = coverage.after.edits
  const line = ({ path, files, edits, imports }: CutSummary): string => {
    const share = total === 0 ? '' : `  ${`+${percent({ hot: edits, total })}`.padStart(6)}`
    const where = imports.map((found) => `${found.path}:${found.line}`).join(', ')
    const codemods = [...new Set(imports.flatMap(({ codemod }) => codemod ?? []))].join(', ')
    const how = codemods === '' ? where : `${codemods}, ${where}`
    return `   ${path.padEnd(width + 1)}  ${`+${files}`.padStart(5)}${share}   ${paint.dim(how)}`
  }
  const titles = { made: 'Cuts', left: target !== undefined ? 'Cuts left' : 'Cuts (--target makes them)' }
  const shown = [...made.map(() => titles.made), ...left.map(() => titles.left)]
  const width = Math.max(...shown.map((title) => title.length), ...[...made, ...left].map(({ path }) => path.length))
  const table = (title: string, cuts: readonly CutSummary[]): string[] =>
    cuts.length === 0
      ? []
      : ['', `  ${paint.bold(title.padEnd(width + 2))}  files${total === 0 ? '' : '   edits'}`, ...cuts.map(line)]
  return [...table(titles.made, made), ...table(titles.left, left)]
}

/** How suggestions are taken, where there are any that can be. */
function waitingLines({ choices }: Migration): string[] {
  const waiting = choices.filter(({ conditions }) => conditions.length > 0)
  if (waiting.length === 0) return []
  const reasons = [...new Set(waiting.map(({ report }) => report.reason))].sort()
  return [
    `  ${count(waiting.length, 'suggestion')} ${waiting.length === 1 ? 'waits' : 'wait'} for you: --interactive, or --accept <reason> (${reasons.join(', ')})`,
  ]
}

/** `Express 5 · ESM · src/server.ts · tsx · pnpm`, and where that is. Nothing but ES modules is migrated. */
function headerOf({ root, framework, runtime, packageManager }: Migration['project'], paint: Colours): string {
  const { entry, loader } = runtime
  const parts = [
    'ESM',
    ...(entry === undefined ? [] : [relative(root, entry).split(sep).join('/')]),
    ...(loader === 'none' ? [] : [loader === 'native' ? 'type stripping' : loader]),
    `${packageManager.name} (${packageManager.reason.replace(`${root}/`, '').replace(` in ${root}`, '')})`,
    root,
  ]
  return `  ${paint.bold(titleOf(framework))} ${paint.dim(`· ${parts.join(' · ')}`)}`
}

/** `0 % → 91 % of 23 files`, and of the last edits. */
export function describeCoverage({ project, coverage: { before, after } }: Migration, paint: Colours): string {
  if (before.files.total === 0 && after.files.total === 0) {
    return project.framework.name === 'adonisjs'
      ? 'unknown: neither bin/server.ts nor adonisrc.ts was found, so nothing is known to be loaded'
      : 'unknown: no script, and no file of a usual name, tells which module the server starts with'
  }
  return describeChange(before, after, paint)
}

/** `0 % → 91 % of 30 files   0 % → 96 % of your last 500 edits`. */
export function describeChange(before: Coverage, after: Coverage, paint: Colours): string {
  const step = (from: Share, to: Share): string =>
    percent(from) === percent(to) ? percent(to) : `${percent(from)} → ${paint.green(percent(to))}`
  const edits =
    after.edits.total > 0
      ? `   ${step(before.edits, after.edits)} of your last ${count(after.edits.total, 'edit')}`
      : ''
  return `${step(before.files, after.files)} of ${count(after.files.total, 'file')}${edits}`
}

/** Every import that stays static, with the reason, and how those that may become lazy are taken. */
export function renderSkipped(migration: Migration, paint: Colours): string {
  const { imports } = migration
  const left = imports.filter(({ verdict }) => verdict === 'leave' || verdict === 'suggest')
  const lines = left.map(
    ({ path, line, names, message, verdict, reason }) =>
      `  ${path}:${line}  ${paint.bold(names.join(', '))}  ${paint.dim(`${verdict} · ${reason}`)}\n    ${message}`,
  )
  return left.length === 0 ? '  No import is left alone.\n' : `${[...lines, ...waitingLines(migration)].join('\n')}\n`
}

/** What `migrate --verify` has seen: what holds with the migration, and what stays as it is since it would not. */
export function renderVerified(verified: VerifiedMigration, paint: Colours): string {
  const { verification, rolledBack, regressions } = verified
  const lines = verification ? provenLines(verification, paint) : []
  if (rolledBack.length > 0) {
    lines.push(
      `  ${paint.bold('Rolled back')}   ${count(rolledBack.length, 'file')} left as ${rolledBack.length === 1 ? 'it is' : 'they are'}, since with lazy imports there:`,
    )
    lines.push(...rolledBack.map(({ path, what }) => `  ${paint.red('✗')} ${path}  ${paint.dim(what)}`))
  }
  if (regressions.length > 0) {
    lines.push(
      `  ${paint.bold('Not proven')}   nothing is written, since it does not help to leave source files as they are:`,
    )
    lines.push(...regressions.map((what) => `  ${paint.red('✗')} ${what}`))
  }
  if (lines.length === 0) lines.push(paint.dim('  Nothing would be hot or nothing changes, so nothing was run.'))
  return `${lines.join('\n')}\n\n`
}

function provenLines({ files, requests, against }: Verification, paint: Colours): string[] {
  const { same = 0, varying = [] } = against?.answers ?? {}
  const seen = (['hot', 'restart', 'stale', 'error', 'unwatched', 'not-reached'] as const).flatMap((outcome) => {
    const number = files.filter(({ observed }) => observed === outcome).length
    return number === 0 ? [] : [`${number} ${outcome === 'not-reached' ? 'not reached by a request' : outcome}`]
  })
  const types = against?.types
  return [
    `  ${paint.bold('Verified')}   ${same} of ${count(requests.length, 'request')} answered as before${varying.length > 0 ? `, ${varying.length} vary by themselves: ${varying.join(', ')}` : ''}`,
    ...(types ? [`             ${types.problem ?? 'no new type error'}`] : []),
    `             ${count(files.length, 'file')} saved: ${seen.join(', ')}`,
  ]
}

/** What was written, and what comes next. @param id what `undo` needs where it may be run in another project. */
export function renderResult(
  { changes, notes }: Pick<Migration, 'changes' | 'notes'>,
  paint: Colours,
  id?: string,
): string {
  const manual = notes.filter(({ kind }) => kind === 'manual').length
  const files = `${changes.length} ${changes.length === 1 ? 'file' : 'files'}`
  return `  ${paint.green('Done.')} ${files} written${manual > 0 ? `; ${manual} ${manual === 1 ? 'step is' : 'steps are'} left to you, marked ! above` : ''}. ${paint.dim(`To take it back: hot-codemod undo${id === undefined ? '' : ` ${id}`}`)}\n`
}
