import { UsageError, type Command, type Values } from './command.ts'
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

/** @throws {UsageError} when there is no such format, or `--json` and another one are asked for. */
export function formatIn({ format, json }: Values): Format {
  const found = FORMATS.find((name) => name === (format ?? (json === true ? 'json' : 'text')))
  if (found === undefined) throw new UsageError(`--format ${String(format)}: there are ${FORMATS.join(', ')}.`)
  if (json === true && found !== 'json') throw new UsageError(`--json and --format ${found} exclude each other.`)
  return found
}

/** The format that arguments ask for, which may be wrong in another way: how an error is said. */
export function formatAsked(args: readonly string[], command?: Command): Format {
  const options = command?.options ?? FORMAT_OPTIONS
  const { values } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true })
  if (values['json'] === true) return 'json'
  return FORMATS.find((name) => name === values['format']) ?? 'text'
}
