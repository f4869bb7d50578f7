import type { Streams } from './command.ts'
import type { Prompt } from './prompt.ts'
import { fitted } from './render/fitted.ts'

/** What is shown to whom it takes more to decide. */
export interface Views {
  diff(): Promise<string>
  skipped(): string
}

/** Whether there is someone to ask. */
export function canAsk({ stdin, stdout, env }: Pick<Streams, 'stdin' | 'stdout' | 'env'>): boolean {
  return stdin.isTTY === true && stdout.isTTY === true && !env.CI
}

/** Asks on a terminal; anywhere else the answer is no. */
export async function isConfirmed(views: Views, prompt: Prompt, streams: Streams): Promise<boolean> {
  if (!canAsk(streams)) return false
  const { stdout } = streams
  for (;;) {
    const line = await prompt.ask('  Apply? [y] yes  [d] diff  [s] skipped  [n] no  ')
    const answer = line?.toLowerCase() ?? 'no'
    if (answer === 'y' || answer === 'yes') return true
    if (answer === 'd') stdout.write(`\n${await views.diff()}\n`)
    else if (answer === 's') stdout.write(fitted(views.skipped(), stdout))
    else if (answer === 'n' || answer === 'no' || answer === '') return false
  }
}
