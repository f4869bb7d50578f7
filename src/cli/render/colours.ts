import type { Streams } from '../command.ts'
import { requirePackage } from '../../require.ts'

const picocolors = requirePackage('picocolors') as typeof import('picocolors')

export type Colours = ReturnType<typeof picocolors.createColors>

/** No colours: for what is no terminal. */
export const PLAIN: Colours = picocolors.createColors(false)

/**
 * Colours on a terminal, none where the output is read by a program. NO_COLOR turns them off, FORCE_COLOR turns them on
 * everywhere, or off with `0`; of both FORCE_COLOR counts, as it does for Node.js.
 */
export function colours({ stdout, env }: Pick<Streams, 'stdout' | 'env'>): Colours {
  return picocolors.createColors(isColoured(stdout, env))
}

function isColoured({ isTTY = false }: Streams['stdout'], { FORCE_COLOR, NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR !== undefined) return !/^(?:0|false)$/.test(FORCE_COLOR)
  return isTTY && !NO_COLOR && TERM !== 'dumb'
}
