import type { ParseArgsConfig } from 'node:util'
import type { ServerOptions } from '../api.ts'
import { UsageError, type Values } from './command.ts'
import { valid } from '../versions.ts'

/** The options that say how the server is started, where package.json does not. */
export const SERVER_OPTIONS = {
  entry: { type: 'string' },
  node: { type: 'string' },
  loader: { type: 'string' },
} as const satisfies NonNullable<ParseArgsConfig['options']>

export const SERVER_HELP = `  --entry <file>       the module the server starts with, relative to package.json; default: what its scripts start
  --node <version>     the version of Node.js that runs it; default: this one
  --loader <name>      what strips types: none, native, tsx, ts-node, ts-exec, swc; default: what the scripts say
`

const LOADERS = ['none', 'native', 'tsx', 'ts-node', 'ts-exec', 'swc'] as const

/** @throws {UsageError} when the entry is empty, or the version or the loader is none. */
export function serverOptions({ entry, node, loader }: Values): ServerOptions {
  if (entry === '') throw new UsageError('--entry needs the name of a file.')
  const known = LOADERS.find((name) => name === loader)
  if (loader !== undefined && known === undefined) {
    throw new UsageError(`--loader ${String(loader)}: there are ${LOADERS.join(', ')}.`)
  }
  if (node !== undefined && valid(String(node)) === null) {
    throw new UsageError(`--node ${String(node)}: write a whole version, for example 22.23.3.`)
  }
  return {
    ...(typeof entry === 'string' ? { entry } : {}),
    ...(typeof node === 'string' ? { node } : {}),
    ...(known ? { loader: known } : {}),
  }
}
