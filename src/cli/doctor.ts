import { UsageError, type Command } from './command.ts'
import { FORMAT_OPTIONS, formatHelp, formatIn, pageIn } from './format.ts'
import { writeOutput } from './output-file.ts'
import { progressOn } from './progress.ts'
import { colours } from './render/colours.ts'
import { renderDiagnosis } from './render/diagnosis.ts'
import { fitted } from './render/fitted.ts'
import { SERVER_HELP, SERVER_OPTIONS, serverOptions } from './server-options.ts'

/** `hot-codemod doctor`: what is hot, what restarts, what is wrong. */
export const doctorCommand: Command = {
  takes: [0, 1],
  options: {
    ...SERVER_OPTIONS,
    'min-coverage': { type: 'string' },
    all: { type: 'boolean', default: false },
    ...FORMAT_OPTIONS,
  },
  help: `Options
${SERVER_HELP}  --min-coverage <n>   exit with 1 when less than n percent of the files are hot
  --all                show every finding, not the first few of each kind
${formatHelp(21)}
Exit codes
  0  nothing keeps hot reload from working; there may be warnings
  1  an error was found, or hot coverage is below the minimum
  2  could not run
`,
  async run(values, [directory = '.'], streams) {
    const minimum = minimumIn(values['min-coverage'])
    const options = serverOptions(values)
    const [format, page] = [formatIn(values), pageIn(values)]
    const { doctor } = await import('../inspect.ts')
    const progress = progressOn(streams)
    const diagnosis = await doctor({ directory, ...options, onProgress: progress.show }).finally(progress.clear)
    const { hot, total } = diagnosis.coverage.files
    // Nothing that is known to be loaded is nothing that is known to be hot.
    const isBelow = minimum !== undefined && (total === 0 ? minimum > 0 : 100 * hot < minimum * total)
    const missed = isBelow ? minimum : undefined
    const { stdout, stderr, env } = streams
    if (format === 'text') {
      const view = { minimum: missed, all: values['all'] === true }
      stdout.write(fitted(await renderDiagnosis(diagnosis, colours(streams), view), stdout))
    } else {
      const { reportOfDiagnosis } = await import('./render/report/report.ts')
      stdout.write(await reportOfDiagnosis(format, diagnosis, env, missed))
    }
    if (page !== undefined) {
      const { diagnosisPage } = await import('./render/report/page.ts')
      writeOutput(page, await diagnosisPage(diagnosis, missed))
      stderr.write(`Report written to ${page}.\n`)
    }
    return isBelow || diagnosis.findings.some(({ severity }) => severity === 'error') ? 1 : 0
  },
}

function minimumIn(value: unknown): number | undefined {
  if (value === undefined) return undefined
  const text = String(value)
  const minimum = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
  if (!(minimum <= 100)) throw new UsageError(`--min-coverage ${text}: write a number from 0 to 100.`)
  return minimum
}
