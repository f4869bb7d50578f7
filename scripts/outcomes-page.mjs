#!/usr/bin/env node
// Writes the tables of docs/outcomes.md and docs/doctor.md from the code. `--check` writes nothing and exits with 1 when
// one is stale. Needs a build: it reads dist/. scripts/docs.mjs may take `tables()` in place of running this.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What the sentences of the outcomes are about in the table. */
const NAMES = { importer: '`src/routes.ts:3`', loader: '`@fastify/autoload in src/app.ts:5`' }

/** The generated tables: the page, the name of the comments around the table, and its text. */
export async function tables() {
  const load = (path) => import(pathToFileURL(join(root, 'dist/src', path)).href)
  const [{ OUTCOMES }, { FINDINGS }] = await Promise.all(['graph/outcomes.js', 'doctor/finding.js'].map(load))
  return [
    { page: 'docs/outcomes.md', name: 'outcomes', text: outcomesTable(OUTCOMES) },
    { page: 'docs/doctor.md', name: 'findings', text: findingsTable(FINDINGS) },
  ]
}

function outcomesTable(outcomes) {
  const rows = Object.entries(outcomes).map(([code, { outcome, say, remedy }]) => [
    `\`${code}\``,
    `\`${outcome}\``,
    say(NAMES),
    remedy,
  ])
  return table(['Reason', 'Outcome', 'Sentence', 'What to do'], rows)
}

function findingsTable(findings) {
  const rows = Object.entries(findings).map(([code, { severity, meaning, remedy }]) => [
    `\`${code}\``,
    severity,
    meaning,
    remedy,
  ])
  return table(['Code', 'Severity', 'Meaning', 'What to do'], rows)
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n').replaceAll('|  |', '| |')
}

/** @throws when the page has no such comments. */
function between(page, text, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const start = text.indexOf(open)
  const end = text.indexOf(close, start)
  if (start === -1 || end === -1) throw new Error(`${page} has no ${open} … ${close}.`)
  return `${text.slice(0, start + open.length)}\n\n${content}\n\n${text.slice(end)}`
}

async function main(check) {
  let stale = 0
  for (const { page, name, text } of await tables()) {
    const before = readFileSync(join(root, page), 'utf8')
    const after = between(page, before, name, text)
    if (after === before) continue
    stale += 1
    if (!check) writeFileSync(join(root, page), after)
    process.stdout.write(check ? `${page} is stale. Run: node scripts/outcomes-page.mjs\n` : `${page} written.\n`)
  }
  return check && stale > 0 ? 1 : 0
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.includes('--check'))
}
