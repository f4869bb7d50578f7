import { count } from '../../edits/text.ts'
import type { Diagnosis, Finding } from '../../api.ts'
import { bootUses, worthwhileCuts, type DescribedCut } from '../../doctor/cuts.ts'
import { titleOf } from '../../doctor/titles.ts'
import { needsRestart } from '../../graph/boot-use.ts'
import { percent } from '../../graph/coverage.ts'
import type { Outcome } from '../../graph/reload.ts'
import type { Colours } from './colours.ts'
import { describeForm, openReasons } from './graph/cut-form.ts'

export const OUTCOMES: readonly Outcome[] = ['hot', 'restart', 'stale', 'error', 'unwatched']

/** How many cuts are shown. */
const CUTS = 5

/** How many of the conditions of a cut are shown. */
const REASONS = 2

/** How many findings of one kind are shown. */
const FINDINGS = 5

export interface DiagnosisView {
  /** The hot coverage asked for, in percent, when it is not reached. */
  readonly minimum?: number | undefined
  /** Show every finding, and not the first few of each kind. */
  readonly all?: boolean | undefined
}

/** What `hot-codemod doctor` shows a person. */
export async function renderDiagnosis(
  diagnosis: Diagnosis,
  paint: Colours,
  { minimum, all }: DiagnosisView = {},
): Promise<string> {
  const { findings } = diagnosis
  const blocks = [
    [`  ${describeServer(diagnosis, paint)}`],
    [...coverageLines(diagnosis, paint, minimum), ...(await bootLines(diagnosis, paint))],
    ...groups(findings).map((group) => findingLines(group, paint, all ? Infinity : FINDINGS)),
    await cutLines(diagnosis, paint),
    [summary(findings, minimum !== undefined, paint)],
  ]
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${text.join('\n\n')}\n`
}

/** `Express 5 · src/server.ts · tsx 4.23.1 · Node.js 20.20.2 · hot-hook 1.0.0` */
export function describeServer({ project, places }: Diagnosis, paint: Colours): string {
  const { framework, runtime } = project
  const node = `Node.js ${runtime.node}`
  const parts = [
    paint.bold(framework.name === 'node' ? node : titleOf(framework)),
    ...(runtime.entry === undefined ? [] : [places.name(runtime.entry)]),
    ...(runtime.loader === 'none' ? [] : [loaderName(runtime.loader, runtime.loaderVersion)]),
    ...(framework.name === 'node' ? [] : [node]),
    ...(runtime.hotHookVersion === undefined ? [] : [`hot-hook ${runtime.hotHookVersion}`]),
  ]
  return parts.join(paint.dim(' · '))
}

function loaderName(loader: string, version: string | undefined): string {
  if (loader === 'native') return 'type stripping'
  return version === undefined ? loader : `${loader} ${version}`
}

function coverageLines(diagnosis: Diagnosis, paint: Colours, minimum: number | undefined): string[] {
  const { coverage, project } = diagnosis
  const { files } = coverage
  const counts = countOutcomes(diagnosis)
  const shown = OUTCOMES.filter((outcome) => counts[outcome] > 0).map(
    (outcome) => `${paintOutcome(outcome, paint)} ${counts[outcome]}`,
  )
  const would = project.runtime.hotHook === 'none' ? paint.dim('hot-hook does not run; with it: ') : ''
  const reached = files.total === 0 ? '' : `: it is ${Math.floor((10_000 * files.hot) / files.total) / 100} %`
  return [
    `  ${paint.bold('Hot coverage')}   ${describeCoverage(coverage)}`,
    ...(shown.length > 0 ? [`  ${would}${shown.join('   ')}`] : []),
    ...(minimum === undefined ? [] : [`  ${paint.red(`Below the ${minimum} % asked for${reached}.`)}`]),
  ]
}

/** That most restarts are as they should be, where there is no more to say of those files. */
async function bootLines(diagnosis: Diagnosis, paint: Colours): Promise<string[]> {
  const { server } = diagnosis
  const model = server.reload()
  const restarts = [...model.files].filter(([, { outcome }]) => outcome === 'restart')
  if (!restarts.some(([, { reason }]) => reason === 'outside-boundary')) return []
  const uses = await bootUses(diagnosis)
  if (uses.size === 0) return []
  const needed = restarts.filter(([path]) => needsRestart(path, model, server.roots, uses)).length
  const which = needed === restarts.length ? 'What restarts is' : `${needed} of the ${restarts.length} that restart are`
  return [paint.dim(`  ${which} used while the server starts: a restart is what an edit needs there.`)]
}

/** `91 % of 23 files`, and of the last edits. */
export function describeCoverage({ files, edits }: Diagnosis['coverage']): string {
  if (files.total === 0) return 'unknown: no module is known to be loaded'
  return `${percent(files)} of ${count(files.total, 'file')}${edits.total > 0 ? `   ${percent(edits)} of your last ${count(edits.total, 'edit')}` : ''}`
}

export function countOutcomes({ server }: Diagnosis): Record<Outcome, number> {
  const counts = { hot: 0, restart: 0, stale: 0, error: 0, unwatched: 0 }
  for (const { outcome } of server.reload().files.values()) counts[outcome] += 1
  return counts
}

export function paintOutcome(outcome: Outcome, paint: Colours): string {
  const colour = { hot: paint.green, restart: paint.yellow, stale: paint.red, error: paint.red, unwatched: paint.dim }
  return colour[outcome](outcome)
}

/** Findings of the same kind and severity, which stand side by side. */
export function groups(findings: readonly Finding[]): Finding[][] {
  const found: Finding[][] = []
  for (const finding of findings) {
    const last = found.at(-1)
    if (last?.[0]?.code === finding.code && last[0].severity === finding.severity) last.push(finding)
    else found.push([finding])
  }
  return found
}

function findingLines(group: readonly Finding[], paint: Colours, most: number): string[] {
  const [first] = group
  if (!first) return []
  const colour = { error: paint.red, warning: paint.yellow, info: paint.cyan }[first.severity]
  const shared = group.every(({ remedy }) => remedy === first.remedy)
  const arrow = (remedy: string): string[] => (remedy === '' ? [] : [`    ${paint.dim('→')} ${remedy}`])
  // One more takes the place of the line that would say so.
  const shown = group.length <= most + 1 ? group : group.slice(0, most)
  const lines = shown.flatMap(({ path, line, message, remedy }) => [
    `    ${paint.underline(line > 0 ? `${path}:${line}` : path)}  ${message}`,
    ...(shared ? [] : arrow(remedy)),
  ])
  return [
    `  ${colour(first.severity)}  ${paint.bold(first.code)}${group.length > 1 ? paint.dim(`  ${group.length} times`) : ''}`,
    ...lines,
    ...(shown.length < group.length ? [paint.dim(`    … and ${group.length - shown.length} more (--all)`)] : []),
    ...(shared ? arrow(first.remedy) : []),
  ]
}

/** A table of the best cuts, with why below those that are not proven. */
async function cutLines(diagnosis: Diagnosis, paint: Colours): Promise<string[]> {
  const { places, coverage } = diagnosis
  const { total } = coverage.edits
  const cuts = await worthwhileCuts(diagnosis, CUTS)
  if (cuts.length === 0) return []
  const names = cuts.map(({ path }) => places.name(path))
  const width = Math.max('Cheapest cuts'.length - 2, ...names.map((name) => name.length))
  const columns = (files: string, edits: string): string => `${files.padStart(6)}${total > 0 ? edits.padStart(8) : ''}`
  return [
    `  ${paint.bold('Cheapest cuts'.padEnd(width + 2))}  ${columns('files', 'edits')}   ${paint.dim('that turn hot when these imports change')}`,
    ...cuts.flatMap((cut, at) => {
      const gain = columns(`+${cut.frees.length}`, `+${percent({ hot: cut.edits, total })}`)
      return [
        `    ${(names[at] ?? '').padEnd(width)}  ${paint.green(gain)}   ${paint.dim(describeChange(cut))}`,
        ...openReasons(cut.imports)
          .slice(0, REASONS)
          .map((reason) => `      ${paint.dim('→')} ${reason}`),
      ]
    }),
    ...(cuts.some(({ verdict, imports }) => verdict === 'fix' && imports.length > 0)
      ? [`  ${paint.dim('Those that are proven:')} hot-codemod migrate --target 90`]
      : []),
  ]
}

/** `` deferred-imports, proven: `src/routes.ts:3` and 1 more ``. */
function describeChange(cut: DescribedCut): string {
  const [first] = cut.imports.length > 0 ? cut.imports : cut.lazy
  if (!first) return ''
  const more = Math.max(0, cut.imports.length - 1)
  const where = `\`${first.path}:${first.line}\`${more > 0 ? ` and ${more} more` : ''}`
  const through = cut.reexported ? ', through a module that only exports it again' : ''
  return cut.imports.length > 0
    ? `${describeForm(cut.imports, cut.verdict)}: ${where}${through}`
    : `lazy already: ${where}, if that runs in each request; only the boundary is missing`
}

function summary(findings: readonly Finding[], isBelow: boolean, paint: Colours): string {
  const number = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length
  const [errors, warnings] = [number('error'), number('warning')]
  if (errors + warnings === 0) return isBelow ? '  Nothing else is wrong.' : `  ${paint.green('Nothing is wrong.')}`
  const parts = [
    ...(errors > 0 ? [paint.red(count(errors, 'error'))] : []),
    ...(warnings > 0 ? [paint.yellow(count(warnings, 'warning'))] : []),
  ]
  return `  ${parts.join(', ')}. ${paint.dim('Why a file is what it is: hot-codemod explain <file>')}`
}

/** `hot-codemod doctor --json`; documented in docs/json.md. */
export async function diagnosisAsJson(diagnosis: Diagnosis): Promise<string> {
  const { createReport } = await import('../../doctor/report.ts')
  const { version, ...report } = await createReport(diagnosis)
  const { root } = diagnosis.project
  const { findings } = diagnosis
  // Not indented: a large project's takes half as long so, and a program reads it.
  return `${JSON.stringify({ version, root, runtime: describeRuntime(diagnosis), findings, ...report })}\n`
}

function describeRuntime({ project, places }: Diagnosis): object {
  const { entry, script, runner, loader, loaderVersion, node, hotHook, hotHookVersion } = project.runtime
  return {
    entry: entry === undefined ? null : places.name(entry),
    script: script?.name ?? null,
    runner,
    loader,
    loaderVersion: loaderVersion ?? null,
    node,
    hotHook,
    hotHookVersion: hotHookVersion ?? null,
  }
}
