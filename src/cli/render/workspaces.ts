import type { Coverage, Share, Workspace, WorkspacesMigration } from '../../api.ts'
import { count } from '../../edits/text.ts'
import type { Colours } from './colours.ts'
import { describeChange } from './plan.ts'

/** The line above the plan of a package. */
export function renderWorkspace({ directory, name }: Workspace, paint: Colours): string {
  return `  ${paint.bold(directory)}${name === undefined ? '' : ` ${paint.dim(name)}`}\n`
}

/** What is left out, and why; of those that start no server only the names. */
export function renderNotMigrated({ skipped }: WorkspacesMigration, paint: Colours): string {
  if (skipped.length === 0) return ''
  const reasons = new Map<string, string[]>()
  for (const { workspace, reason } of skipped)
    reasons.set(reason, [...(reasons.get(reason) ?? []), workspace.directory])
  const lines = [...reasons].map(([reason, directories]) => `   ${directories.join(', ')}   ${paint.dim(reason)}`)
  return `  ${paint.bold('Not migrated')}\n${lines.join('\n')}\n\n`
}

/** Of all packages together. */
export function renderTotal({ migrations, changes }: WorkspacesMigration, paint: Colours): string {
  const coverages = migrations.map(({ migration }) => migration.coverage)
  const total = (at: 'before' | 'after'): Coverage => ({
    files: sum(coverages.map((coverage) => coverage[at].files)),
    edits: sum(coverages.map((coverage) => coverage[at].edits)),
  })
  const coverage = describeChange(total('before'), total('after'), paint)
  return `  ${paint.bold('Total')}   ${count(migrations.length, 'package')}, ${count(changes.length, 'file')} to write   ${coverage}\n\n`
}

function sum(shares: readonly Share[]): Share {
  return shares.reduce((all, { hot, total }) => ({ hot: all.hot + hot, total: all.total + total }), {
    hot: 0,
    total: 0,
  })
}
