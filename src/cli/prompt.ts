import { createInterface, type Interface } from 'node:readline'

/** Questions on a terminal. */
export interface Prompt {
  /** @returns the line, without spaces around it; undefined when the input has ended. */
  ask(question: string): Promise<string | undefined>
  close(): void
}

/** The input is read from the first question on, and lines that come before their question wait for it. */
export function openPrompt(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Prompt {
  const lines: string[] = []
  let reader: Interface | undefined
  let isEnded = false
  let answer: ((line: string | undefined) => void) | undefined
  const give = (): void => {
    if (!answer || (lines.length === 0 && !isEnded)) return
    const waiting = answer
    answer = undefined
    waiting(lines.shift()?.trim())
  }
  return {
    ask(question) {
      output.write(question)
      reader ??= createInterface({ input, terminal: false })
        .on('line', (line) => {
          lines.push(line)
          give()
        })
        .on('close', () => {
          isEnded = true
          give()
        })
      return new Promise((resolve) => {
        answer = resolve
        give()
      })
    },
    close: () => reader?.close(),
  }
}
