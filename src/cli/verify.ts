import type { VerifyOptions } from '../api.ts'
import { UsageError, type Command, type Values } from './command.ts'
import { progressOn } from './progress.ts'
import { colours } from './render/colours.ts'
import { fitted } from './render/fitted.ts'
import { renderVerification, verificationAsJson } from './render/verification.ts'
import { SERVER_OPTIONS, serverOptions } from './server-options.ts'

const { entry, loader } = SERVER_OPTIONS

/** `hot-codemod verify`: runs the application under hot-hook and compares what happens with what is predicted. */
export const verifyCommand: Command = {
  takes: [0, 1],
  options: {
    url: { type: 'string', multiple: true },
    header: { type: 'string', multiple: true, short: 'H' },
    files: { type: 'string', multiple: true },
    changed: { type: 'string' },
    against: { type: 'string' },
    bench: { type: 'boolean', default: false },
    command: { type: 'string' },
    entry,
    loader,
    port: { type: 'string' },
    timeout: { type: 'string' },
    'in-place': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  help: `Options
  --url <request>      what to ask: /users, or 'POST /users {"name":"x"}'; repeatable; default: the GET routes found
  -H, --header <text>  sent with each request: 'Authorization: Bearer …'; repeatable
  --files <globs>      save these files only, relative to package.json (comma-separated)
  --changed <ref>      save only what differs from this git ref
  --against <version>  a git ref or a directory: boot that version too, and compare answers and type errors
  --bench              measure from save to fresh response, with hot-hook and with the command that restarts
  --command <command>  what starts the server under hot-hook; default: the script of package.json
  --entry <file>       the module the server starts with; default: what its scripts start
  --loader <name>      what strips types: none, native, tsx, ts-node, ts-exec, swc; default: what the scripts say
  --port <number>      the port in the variable PORT; default: a free one
  --timeout <seconds>  how long the server may take to listen; default: 60
  --in-place           work in the directory itself, not in a temporary copy; each file is put back
  --json               print the result as JSON

Exit codes
  0  every file that was reached does what was predicted, and none is stale; the other version answers the same
  1  a file does something else, is stale, or breaks the application when it is saved; an answer or a type differs
  2  could not run: hot-hook is not there, or the application does not start
`,
  async run(values, [directory = '.'], streams) {
    const options = { directory, ...serverOptions(values), ...verifyOptions(values) }
    const { verify } = await import('../inspect.ts')
    const progress = progressOn(streams)
    const verification = await interruptibly((signal) =>
      verify({ ...options, signal, onProgress: progress.show }),
    ).finally(progress.clear)
    streams.stdout.write(
      values['json'] === true
        ? verificationAsJson(verification)
        : fitted(renderVerification(verification, colours(streams)), streams.stdout),
    )
    return verification.passes ? 0 : 1
  },
}

function verifyOptions(values: Values): VerifyOptions {
  const { changed, command, against } = values
  const urls = listOf(values['url'])
  const files = listOf(values['files']).flatMap((value) => value.split(',').map((name) => name.trim()))
  const headers = headersIn(listOf(values['header']))
  const port = numberIn('port', values, 65_535)
  const timeout = numberIn('timeout', values, 3600)
  return {
    ...(urls.length > 0 ? { urls } : {}),
    ...(files.length > 0 ? { files } : {}),
    headers,
    ...(typeof changed === 'string' ? { changed } : {}),
    ...(typeof against === 'string' ? { against } : {}),
    ...(typeof command === 'string' ? { command } : {}),
    ...(port === undefined ? {} : { port }),
    ...(timeout === undefined ? {} : { timeout: 1000 * timeout }),
    inPlace: values['in-place'] === true,
    bench: values['bench'] === true,
  }
}

export function listOf(value: Values[string]): readonly string[] {
  return Array.isArray(value) ? value : []
}

export function headersIn(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*)$/.exec(text) ?? []
      if (name === undefined || value === undefined)
        throw new UsageError(`--header ${text}: write a name, a colon and a value: 'Authorization: Bearer …'.`)
      return [name.toLowerCase(), value]
    }),
  )
}

export function numberIn(name: string, values: Values, most: number): number | undefined {
  const text = values[name]
  if (text === undefined) return undefined
  const number = Number(text)
  if (/^\d+$/.test(String(text)) && number >= 1 && number <= most) return number
  throw new UsageError(`--${name} ${String(text)}: write a whole number from 1 to ${most}.`)
}

/** Runs until the end, or until a signal asks this process to stop: then what was started is ended before it does. */
export async function interruptibly<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  let received: NodeJS.Signals | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    received = name
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  // Until all is put back and ended, also when it is asked again.
  for (const name of signals) process.on(name, onSignal)
  try {
    return await run(controller.signal)
  } finally {
    for (const name of signals) process.off(name, onSignal)
    if (received) process.kill(process.pid, received)
  }
}
