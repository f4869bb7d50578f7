import { structuredPatch } from 'diff'
import { relative, sep } from 'node:path'
import type { Choice } from '../../api.ts'
import { count } from '../../edits/text.ts'
import type { Streams } from '../command.ts'
import type { Colours } from './colours.ts'
import { fitted } from './fitted.ts'

/** Lines around a change. */
const CONTEXT = 2

/**
 * One choice of a migration, with the changes that it is. Lines of code are as wide as they are.
 *
 * @param place which of how many.
 * @param stream what it is written to.
 */
export function renderChoice(
  choice: Choice,
  { number, total }: { readonly number: number; readonly total: number },
  paint: Colours,
  stream: Streams['stdout'],
): string {
  const place = paint.dim(`${number} of ${total}`)
  if (choice.kind === 'step') {
    const { codemod, summary, changes } = choice.step
    const files = changes.map(
      ({ path, before = '', after }) =>
        `  ${paint.dim(relative(choice.root, path).split(sep).join('/'))}\n${renderDiff(before, after, paint)}`,
    )
    return fitted(`\n  ${paint.bold(codemod)}   ${place}   ${summary}\n`, stream) + files.join('')
  }
  if (choice.kind === 'cut') {
    const texts = choice.texts()
    const { path, files, imports } = choice.report
    const head = `\n  ${paint.bold(`Cut: ${path}`)}   ${place}   +${count(files, 'file')} hot\n`
    const changed = imports.map(({ path: from, line, codemod = '', message = '' }, at) => {
      const { before = '', after = '' } = texts[at] ?? {}
      // What a codemod does to the file as a whole has no lines here.
      const what = before === after ? `   ${message}` : ''
      return fitted(`  ${from}:${line}   ${paint.dim(codemod)}${what}\n`, stream) + renderDiff(before, after, paint)
    })
    return fitted(head, stream) + changed.join('')
  }
  const { report, conditions } = choice
  const { before, after } = choice.texts()
  const names = report.names.join(', ') || report.specifier
  const head = `\n  ${paint.bold(`${report.path}:${report.line}`)}   ${place}   ${names}\n`
  const doubts = conditions.map(({ reason, message }) => `  ${paint.yellow(`! ${reason}`)}   ${message}\n`)
  return fitted(head + doubts.join(''), stream) + renderDiff(before, after, paint)
}

function renderDiff(before: string, after: string, paint: Colours): string {
  const { hunks } = structuredPatch('a', 'b', before, after, undefined, undefined, { context: CONTEXT })
  return hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      paint.cyan(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
      ...lines.map((line) => coloured(printable(line), paint)),
    ])
    .map((line) => `  ${line}\n`)
    .join('')
}

function coloured(line: string, paint: Colours): string {
  if (line.startsWith('+')) return paint.green(line)
  return line.startsWith('-') ? paint.red(line) : line
}

/** A line of a file, which may hold what a terminal acts upon. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}]/gu, (character) => (character === '\t' ? '\t' : ''))
}
