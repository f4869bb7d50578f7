/** A word of a shell command. Offsets are in the script it was found in. */
export interface Word {
  /** As written, quotes included. */
  readonly text: string
  readonly start: number
  readonly end: number
}

/** A simple command of a shell script: words between `&&`, `|`, `;` and the like, without redirections. */
export interface Command {
  readonly words: Word[]
  /** The words of the commands that have this one as a quoted argument: `concurrently "node ace serve"`. */
  readonly outer: readonly Word[]
}

/** The commands in `script` from `start` to `end`, those in quoted arguments included. */
export function commandsIn(script: string, start = 0, end = script.length, outer: readonly Word[] = []): Command[] {
  const commands: Command[] = []
  let command: Command = { words: [], outer }
  let position = start
  while (position < end) {
    const skipped = match(/\s+|\d*(?:>>?|<)&?[^\S\n]*[^\s;&|()<>"'`]*/y, script, position)
    if (skipped !== '') {
      position = Math.min(position + skipped.length, end)
      continue
    }
    if (/[;&|()]/.test(script[position]!)) {
      commands.push(command)
      command = { words: [], outer }
      position += 1
      continue
    }
    const { wordEnd, quoted } = wordAt(script, position, end)
    command.words.push({ text: script.slice(position, wordEnd), start: position, end: wordEnd })
    for (const [from, to] of quoted) commands.push(...commandsIn(script, from, to, [...outer, ...command.words]))
    position = wordEnd
  }
  return [...commands, command]
}

/** Where the word at `start` ends, and the ranges inside its quotes. */
function wordAt(script: string, start: number, end: number): { wordEnd: number; quoted: [number, number][] } {
  const quoted: [number, number][] = []
  let position = start
  while (position < end && !/[\s;&|()<>]/.test(script[position]!)) {
    const quote = match(/\\?["'`]/y, script, position)
    const from = position + quote.length
    const to = quote === '' ? -1 : closingQuote(script, quote, from, end)
    if (to !== -1) {
      quoted.push([from, to])
      position = to + quote.length
    } else {
      position += script[position] === '\\' ? 2 : 1
    }
  }
  return { wordEnd: Math.min(position, end), quoted }
}

function closingQuote(script: string, quote: string, from: number, end: number): number {
  let at = script.indexOf(quote, from)
  while (quote === '"' && at !== -1 && script[at - 1] === '\\') at = script.indexOf(quote, at + 1)
  return at === -1 || at + quote.length > end ? -1 : at
}

function match(pattern: RegExp, text: string, position: number): string {
  pattern.lastIndex = position
  return pattern.exec(text)?.[0] ?? ''
}

/** The name of the program that a word names: without directories, `.exe` and `.cmd`. */
export function programName({ text }: Word): string {
  return text.replace(/^.*[\\/]/, '').replace(/\.(exe|cmd)$/, '')
}

/** What the program gets for a word: without the quotes, and without the backslashes before quotes. */
export function unquote(text: string): string {
  return text.replace(/\\(["'`\\])|["'`]/g, (_, escaped: string | undefined) => escaped ?? '')
}
