import { structuredPatch } from 'diff'
import type {
  Change,
  Coverage,
  Diagnosis,
  Finding,
  ImportReport,
  Migration,
  Share,
  VerifiedMigration,
} from '../../../api.ts'
import { worthwhileCuts } from '../../../doctor/cuts.ts'
import { createReport } from '../../../doctor/report.ts'
import { titleOf } from '../../../doctor/titles.ts'
import { count } from '../../../edits/text.ts'
import { percent } from '../../../graph/coverage.ts'
import { PLAIN } from '../colours.ts'
import { countOutcomes, describeServer, groups, OUTCOMES } from '../diagnosis.ts'
import { describeForm, openReasons } from '../graph/cut-form.ts'
import { palette } from '../graph/style.ts'
import { escaped, htmlPage } from '../html.ts'
import { countVerdicts, renderVerified } from '../plan.ts'
import { nameBelow } from './problems.ts'

/** How many files may change for their diffs to be open at first. */
const OPEN = 10

/**
 * A migration as one HTML file that needs nothing else, and no script.
 *
 * @param id what `undo` takes; undefined when nothing was written.
 */
export function migrationPage(migration: Migration, id?: string, verified?: VerifiedMigration): string {
  const { project, steps, imports, notes, changes, coverage, level } = migration
  const name = (path: string): string => nameBelow(project.root, path)
  const working = steps.filter(({ edits }) => edits > 0)
  const left = imports.filter(({ verdict }) => verdict === 'suggest' || verdict === 'leave')
  const { candidates, done, fix, suggest, leave } = countVerdicts(imports)
  const state =
    changes.length === 0
      ? 'Nothing to do.'
      : id === undefined
        ? `${count(changes.length, 'file')} to change; nothing was written.`
        : `${count(changes.length, 'file')} changed. To undo it: <code>hot-codemod undo ${escaped(id)}</code>`
  return page(`${nameOf(migration)}: migration to hot reload`, [
    `<h1>${escaped(nameOf(migration))}</h1>`,
    `<p class="dim">hot-codemod migrate · ${escaped(titleOf(project.framework))} · level ${level}</p>`,
    `<p>${state}</p>`,
    section(
      'Hot coverage',
      coverageTable([
        ['before', coverage.before],
        ['after', coverage.after],
      ]),
    ),
    section(
      'Imports of request-time code',
      candidates === 0
        ? ''
        : table(
            [
              'All',
              'Lazy already',
              id === undefined ? 'To be made lazy' : 'Made lazy',
              'Suggestions',
              'To stay static',
            ],
            [[candidates, done, fix, suggest, leave].map(String)],
          ),
    ),
    section(
      'Steps',
      table(
        ['Codemod', 'Files', 'Edits', 'What changes'],
        working.map(({ codemod, files, edits, summary }) => [
          `<code>${escaped(codemod)}</code>`,
          String(files.length),
          String(edits),
          escaped((files.length === 1 && files[0] !== undefined ? `${name(files[0])}: ` : '') + summary),
        ]),
      ),
    ),
    section(
      'Notes',
      list(
        notes.map(({ kind, message, path, line }) => {
          const place = path === undefined ? '' : `${placeOf(name(path), line)}: `
          return `${kind === 'manual' ? '<strong>Left to you.</strong> ' : ''}${place}${prose(message)}`
        }),
      ),
    ),
    section('Verified', verified ? `<pre>${escaped(renderVerified(verified, PLAIN).trimEnd())}</pre>` : ''),
    section('Changes', changes.map((change) => diffOf(change, name(change.path), changes.length <= OPEN)).join('\n')),
    section('Left alone', leftTable(left)),
  ])
}

/**
 * A diagnosis as one HTML file.
 *
 * @param minimum the hot coverage asked for, in percent, when it is not reached.
 */
export async function diagnosisPage(diagnosis: Diagnosis, minimum?: number): Promise<string> {
  const { findings, coverage, project } = diagnosis
  const { name, files } = await createReport(diagnosis)
  const cuts = await worthwhileCuts(diagnosis, OPEN)
  const counts = countOutcomes(diagnosis)
  const would = project.runtime.hotHook === 'none' ? '<p>hot-hook does not run; with it:</p>' : ''
  return page(`${name}: what hot-reloads`, [
    `<h1>${escaped(name)}</h1>`,
    `<p class="dim">hot-codemod doctor · ${escaped(describeServer(diagnosis, PLAIN))}</p>`,
    minimum === undefined ? '' : `<p><strong>Below the ${minimum} % asked for.</strong></p>`,
    section('Hot coverage', coverageTable([['now', coverage]])),
    would,
    `<p>${OUTCOMES.filter((outcome) => counts[outcome] > 0)
      .map((outcome) => `<span class="badge ${outcome}">${outcome}</span> ${counts[outcome]}`)
      .join(' ')}</p>`,
    section(
      'Findings',
      findings.length === 0 ? '<p>Nothing is wrong.</p>' : groups(findings).map(findingsOf).join('\n'),
    ),
    section(
      'Cheapest cuts',
      table(
        ['Module to import lazily, as a boundary', 'Files it turns hot', 'Recent edits of them', 'Imports to change'],
        cuts.map(({ path, reexported, frees, edits, imports }) => [
          `<code>${escaped(diagnosis.places.name(path))}</code>${reexported ? ', through a module that only exports it again' : ''}`,
          String(frees.length),
          String(edits),
          imports
            .map((found) => {
              const why = openReasons([found]).map((reason) => `. ${prose(reason)}`)
              return `${placeOf(found.path, found.line)} ${escaped(describeForm([found], found.verdict))}${why.join('')}`
            })
            .join('<br>'),
        ]),
      ),
    ),
    section(
      'Files',
      OUTCOMES.map((outcome) => {
        const own = files.filter((file) => file.outcome === outcome)
        if (own.length === 0) return ''
        const rows = own.map(({ path, message, edits }) => [
          `<code>${escaped(path)}</code>`,
          String(edits),
          prose(message),
        ])
        return `<details><summary><span class="badge ${outcome}">${outcome}</span> ${count(own.length, 'file')}</summary>${table(['File', 'Recent edits', 'Why'], rows)}</details>`
      }).join('\n'),
    ),
  ])
}

function nameOf({ project: { packageJson, root } }: Migration): string {
  return packageJson.name ?? root
}

function page(title: string, parts: readonly string[]): string {
  return htmlPage({
    title,
    style: STYLE,
    body: `<body>\n<main>\n${parts.filter(Boolean).join('\n')}\n</main>\n</body>`,
  })
}

/** Empty where there is nothing in it. */
function section(title: string, body: string): string {
  return body === '' ? '' : `<section>\n<h2>${title}</h2>\n${body}\n</section>`
}

/** @param rows of HTML. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag.slice(0, 2)}>`).join('')}</tr>`
  return `<div class="wide"><table>
<thead>${line(head, 'th scope="col"')}</thead>
<tbody>
${rows.map((cells) => line(cells, 'td')).join('\n')}
</tbody>
</table></div>`
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>\n${items.map((item) => `<li>${item}</li>`).join('\n')}\n</ul>`
}

/** @param rows when, and what was hot then. */
function coverageTable(rows: readonly (readonly [when: string, coverage: Coverage])[]): string {
  const cell = ({ hot, total }: Share): string => {
    const bar = `<svg class="bar" viewBox="0 0 ${Math.max(total, 1)} 8" preserveAspectRatio="none" aria-hidden="true"><rect class="all" width="${total}" height="8"/><rect class="share" width="${hot}" height="8"/></svg>`
    return total === 0 ? 'unknown' : `${bar} ${percent({ hot, total })} <span class="dim">${hot} of ${total}</span>`
  }
  const hasEdits = rows.some(([, { edits }]) => edits.total > 0)
  return table(
    ['', 'of files', ...(hasEdits ? ['of the last edits'] : [])],
    rows.map(([when, { files, edits }]) => [when, cell(files), ...(hasEdits ? [cell(edits)] : [])]),
  )
}

function leftTable(left: readonly ImportReport[]): string {
  return table(
    ['Place', 'Import', 'Verdict', 'Why'],
    left.map(({ path, line, names, specifier, verdict, reason, message }) => [
      placeOf(path, line),
      (names.length > 0 ? names : [specifier]).map((text) => `<code>${escaped(text)}</code>`).join(', '),
      `${verdict} · <code>${reason}</code>`,
      prose(message),
    ]),
  )
}

function findingsOf(group: readonly Finding[]): string {
  const [first] = group
  if (!first) return ''
  const shared = group.every(({ remedy }) => remedy === first.remedy)
  const items = group.map(({ path, line, message, remedy }) => {
    const what = shared ? message : [message, remedy].filter(Boolean).join(' ')
    return `${placeOf(path, line)} ${prose(what)}`
  })
  return `<h3><span class="mark ${first.severity}">${first.severity}</span> ${first.code}</h3>
${list(items)}
${shared && first.remedy !== '' ? `<p>→ ${prose(first.remedy)}</p>` : ''}`
}

/** One file, as git shows it. */
function diffOf({ path, before, after }: Change, name: string, open: boolean): string {
  const { hunks } = structuredPatch(path, path, before ?? '', after)
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `<span class="hunk">@@ -${oldStart},${oldLines} +${newStart},${newLines} @@</span>`,
    ...lines.map((line) => {
      const tag = line.startsWith('+') ? 'ins' : line.startsWith('-') ? 'del' : 'span'
      return `<${tag}>${escaped(line.replace(/\r$/, ''))}</${tag}>`
    }),
  ])
  return `<details${open ? ' open' : ''}><summary><code>${escaped(name)}</code>${before === undefined ? ' <span class="dim">new</span>' : ''}</summary>
<pre class="wide">${lines.join('\n')}</pre></details>`
}

function placeOf(path: string, line = 0): string {
  return `<code>${escaped(line > 0 ? `${path}:${line}` : path)}</code>`
}

/** A sentence with code between backquotes. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

const STYLE = `${palette()}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 75rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.8rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.3rem; }
p, ul { margin: 0.4rem 0; }
ul { padding-left: 1.2rem; }
.dim { color: var(--dim); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; white-space: nowrap; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
td code, li code { overflow-wrap: break-word; }
summary { padding: 0.3rem 0; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
pre { margin: 0 0 0.8rem; padding: 0.6rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; }
pre ins, pre del { text-decoration: none; }
pre ins { background: var(--hot-fill); color: var(--hot-ink); }
pre del { background: var(--error-fill); color: var(--error-ink); }
pre .hunk { color: var(--dim); }
.bar { width: 8rem; height: 0.6rem; border-radius: 3px; vertical-align: middle; }
.bar .all { fill: var(--restart-fill); }
.bar .share { fill: var(--hot-ink); }
.badge, .mark { padding: 0 0.45rem; border-radius: 9px; font-size: 0.8rem; font-weight: 600; }
${OUTCOMES.map((outcome) => `.badge.${outcome} { background: var(--${outcome}-fill); color: var(--${outcome}-ink); }`).join('\n')}
.mark.error { background: var(--error-fill); color: var(--error-ink); }
.mark.warning { background: var(--restart-fill); color: var(--restart-ink); }
.mark.info { background: var(--unwatched-fill); color: var(--unwatched-ink); }
@media print { details:not([open]) > * { display: block; } }
`
