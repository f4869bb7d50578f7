import type { ServerOptions } from '../api.ts'
import { UsageError, type Command, type Values } from './command.ts'
import { requireOurs, writeOutput } from './output-file.ts'
import { progressOn } from './progress.ts'
import { SERVER_HELP, SERVER_OPTIONS, serverOptions } from './server-options.ts'

const FORMATS = ['html', 'mermaid', 'dot', 'json'] as const
type Format = (typeof FORMATS)[number]

/** `hot-codemod graph`: the module graph as a page, a diagram or data. */
export const graphCommand: Command = {
  takes: [0, 1],
  options: {
    ...SERVER_OPTIONS,
    format: { type: 'string' },
    json: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o' },
    file: { type: 'string' },
    force: { type: 'boolean', default: false },
  },
  help: `Options
${SERVER_HELP}  --format <name>      html (default), mermaid, dot, json
  --json               the same as --format json
  -o, --output <file>  where to write it, - for standard output; default: hot-graph.html for html, else -
  --force              overwrite a file that this command did not write
  --file <path>        mermaid: one file and what is around it

Exit codes
  0  drawn
  2  could not run
`,
  async run(values, [directory = '.'], streams) {
    const { stdout, stderr } = streams
    const named = values['format'] ?? (values['json'] === true ? 'json' : 'html')
    const format = FORMATS.find((name) => name === named)
    if (!format) throw new UsageError(`--format ${String(named)}: there are ${FORMATS.join(', ')}.`)
    if (values['json'] === true && format !== 'json')
      throw new UsageError(`--json and --format ${format} exclude each other.`)
    if (values['file'] !== undefined && format !== 'mermaid') {
      throw new UsageError(`--file goes with --format mermaid, not with ${format}.`)
    }
    const output = typeof values['output'] === 'string' ? values['output'] : format === 'html' ? 'hot-graph.html' : '-'
    if (output === '') throw new UsageError('--output needs the name of a file, or -.')
    if (output !== '-' && values['force'] !== true) requireOurs(output, 'pass --force')
    const progress = progressOn(streams)
    const text = await draw(
      format,
      directory,
      { ...serverOptions(values), onProgress: progress.show },
      values['file'],
    ).finally(progress.clear)
    if (output === '-') {
      stdout.write(text)
      return 0
    }
    writeOutput(output, text)
    stderr.write(`Written to ${output}.\n`)
    return 0
  },
}

async function draw(format: Format, directory: string, options: ServerOptions, given: Values[string]): Promise<string> {
  const [{ doctor }, { createReport }] = await Promise.all([import('../inspect.ts'), import('../doctor/report.ts')])
  const diagnosis = await doctor({ directory, ...options })
  const report = await createReport(diagnosis)
  if (format === 'html') return (await import('./render/graph/html.ts')).renderHtml(report)
  if (format === 'dot') return (await import('./render/graph/dot.ts')).renderDot(report)
  if (format === 'json') return `${JSON.stringify(report)}\n`
  const { renderMermaid } = await import('./render/graph/mermaid.ts')
  if (typeof given !== 'string') return renderMermaid(report)
  const { realPath } = await import('../project/files.ts')
  const { join } = await import('node:path')
  // As it is named from here, else as the report names it.
  const candidates = [given, join(diagnosis.project.root, given)]
  const names = candidates.map((path) => diagnosis.places.name(realPath(path)))
  const file = names.find((name) => report.files.some(({ path }) => path === name))
  if (file === undefined) throw new UsageError(`--file ${given}: the server loads no such file.`)
  return renderMermaid(report, { file })
}
