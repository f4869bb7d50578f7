import type { Streams } from '../command.ts'
import { requirePackage } from '../../require.ts'

const picocolors = requirePackage('picocolors') as typeof import('picocolors')

export type Colours = ReturnType<typeof picocolors.createColors>

/** Colours on a terminal, none where the output is read by a program or NO_COLOR is set. */
export function colours({ stdout, env }: Pick<Streams, 'stdout' | 'env'>): Colours {
  return picocolors.createColors(Boolean(stdout.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb')
}
