import type { Answer, Choice, Chosen, MigrateOptions } from '../api.ts'
import { choose } from '../migrate/choose.ts'
import type { Prompt } from './prompt.ts'
import { renderChoice } from './render/choice.ts'
import type { Streams } from './command.ts'
import { progressOn } from './progress.ts'
import { colours } from './render/colours.ts'

const KEYS = `
  y  take it
  n  leave it
  a  take it, and all that is proven after it
  f  take it, and all that is proven after it in this file
  d  leave it, and all that is after it in this file
  e  leave it and say why, for the report and for a comment above the import
  q  leave it, and all that is after it
  An empty line is the capital letter. a and f leave suggestions as they are.

`

/** What is done without asking: `proven` takes all but suggestions. */
type Preset = 'proven' | 'none'

/** The input ended before the last question. */
class Unanswered extends Error {}

/**
 * Asks for each part of a migration: see {@link choose}.
 *
 * @param streams with the terminal as `stdout`.
 * @returns what was chosen, and whether there was anything to choose; undefined when the input ended before.
 */
export async function chooseOnTerminal(
  options: MigrateOptions,
  prompt: Prompt,
  streams: Streams,
): Promise<(Chosen & { readonly isAsked: boolean }) | undefined> {
  const { stdout } = streams
  const paint = colours(streams)
  const progress = progressOn(streams)
  let forAll: Preset | undefined
  const forFile = new Map<string, Preset>()
  let isAsked = false

  async function answerTo(choice: Choice): Promise<Answer> {
    const isProven = isProvenChoice(choice)
    const file = choice.kind === 'import' ? choice.report.path : undefined
    const keys = [isProven ? 'Y' : 'y', isProven ? 'n' : 'N', 'a', ...(file ? ['f', 'd', 'e'] : []), 'q', '?']
    const question = `  ${paint.bold(isProven ? 'Take it?' : 'Take it, though that is not proven?')} [${keys.join('/')}] `
    for (;;) {
      const line = await prompt.ask(question)
      if (line === undefined) throw new Unanswered()
      const key = line === '' ? (isProven ? 'y' : 'n') : line.toLowerCase()
      if (!keys.some((known) => known.toLowerCase() === key) || key === '?') {
        stdout.write(KEYS)
        continue
      }
      if (key === 'a') forAll = 'proven'
      if (key === 'q') forAll = 'none'
      if (file !== undefined && key === 'f') forFile.set(file, 'proven')
      if (file !== undefined && key === 'd') forFile.set(file, 'none')
      if (key !== 'e') return key === 'y' || key === 'a' || key === 'f'
      const why = await prompt.ask(`  ${paint.bold('Why?')} `)
      if (why === undefined) throw new Unanswered()
      return { why }
    }
  }

  try {
    const chosen = await choose({ ...options, onProgress: progress.show }, async (choice, place) => {
      progress.clear()
      isAsked = true
      const preset = forAll ?? (choice.kind === 'import' ? forFile.get(choice.report.path) : undefined)
      if (preset) return preset === 'proven' && isProvenChoice(choice)
      stdout.write(renderChoice(choice, place, paint, stdout))
      return answerTo(choice)
    })
    return { ...chosen, isAsked }
  } catch (error) {
    if (error instanceof Unanswered) return undefined
    throw error
  } finally {
    progress.clear()
  }
}

/** No cut is made that is not proven. */
function isProvenChoice(choice: Choice): boolean {
  return choice.kind !== 'import' || choice.conditions.length === 0
}
