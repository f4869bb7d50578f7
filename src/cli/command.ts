import type { ParseArgsConfig } from 'node:util'

/** Where the CLI reads and writes; a test passes its own. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly env: NodeJS.ProcessEnv
}

/** 0: done, or nothing to do. 1: work is left. 2: could not run. */
export type ExitCode = 0 | 1 | 2

/** Values of the options of a command, by their long names. */
export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>

export interface Command {
  /** Options and what they do, one line each. */
  readonly help: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  /** How many arguments it takes at least, and at most. */
  readonly takes: readonly [least: number, most: number]
  /** @throws {UsageError} when a value is none that the option takes. */
  run(values: Values, positionals: readonly string[], streams: Streams): Promise<ExitCode>
}

/** An option or an argument that a command does not understand. */
export class UsageError extends Error {}
