import { UsageError, type Values } from './command.ts'
import { requireOurs } from './output-file.ts'
import { parseArgs, type ParseArgsConfig } from 'node:util'

/** For a person, and for programs: the rest prints nothing else on standard output, and asks nothing. */
export const FORMATS = ['text', 'json', 'github', 'sarif', 'markdown'] as const
export type Format = (typeof FORMATS)[number]
/** A format that a program reads. */
export type ReportFormat = Exclude<Format, 'text'>

export const FORMAT_OPTIONS = {
  format: { type: 'string' },
  json: { type: 'boolean', default: false },
  report: { type: 'string' },
} as const satisfies NonNullable<ParseArgsConfig['options']>

/** @param width of the options in the help of a command. */
export function formatHelp(width: number): string {
  return [
    ['--format <name>', 'text (default), json, github, sarif or markdown: see docs/reports.md'],
    ['--json', 'the same as --format json'],
    ['--report <file>', 'write all of it to a page of its own, an .html file'],
  ]
    .map(([option = '', what = '']) => `  ${option.padEnd(width)}${what}\n`)
    .join('')
}

/** @throws {UsageError} when there is no such format, or `--json` and another one are asked for. */
export function formatIn({ format, json }: Values): Format {
  const found = FORMATS.find((name) => name === (format ?? (json === true ? 'json' : 'text')))
  if (found === undefined) throw new UsageError(`--format ${String(format)}: there are ${FORMATS.join(', ')}.`)
  if (json === true && found !== 'json') throw new UsageError(`--json and --format ${found} exclude each other.`)
  return found
}

/** Where the page of --report goes. @throws {UsageError} when it may not be written there. */
export function pageIn({ report }: Values): string | undefined {
  if (typeof report !== 'string') return undefined
  if (!/.\.html?$/i.test(report)) throw new UsageError(`--report ${report}: name a file that ends in .html.`)
  requireOurs(report, 'delete it')
  return report
}

/** The format that arguments ask for, which may be wrong in another way: how an error is said. */
export function formatAsked(args: readonly string[]): Format {
  const { values } = parseArgs({ args: [...args], options: FORMAT_OPTIONS, strict: false, allowPositionals: true })
  if (values.json === true) return 'json'
  return FORMATS.find((name) => name === values.format) ?? 'text'
}
