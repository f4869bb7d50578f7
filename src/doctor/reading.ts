import { readFileSync } from 'node:fs'
import { readText, UnreadableFile } from '../edits/tree.ts'
import { finding, FINDINGS, type Finding } from './finding.ts'

/** The disk, for one that only looks: a file that cannot be read as it should is noted, and does not end the run. */
export interface Reading {
  /** The text of a file; undefined when there is none, or it cannot be read. */
  read(path: string): string | undefined
  /** What could not be read as it should, so far. @param name gives the path of a file for people. */
  findings(name: (path: string) => string): Finding[]
}

export function createReading(): Reading {
  const notUtf8: string[] = []
  const unreadable = new Map<string, string>()
  return {
    read(path) {
      try {
        return readText(path)
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error
        try {
          // Node reads a module that is not UTF-8 as well, with U+FFFD in place of what it cannot decode.
          const text = readFileSync(path, 'utf8')
          notUtf8.push(path)
          return text
        } catch (reason) {
          unreadable.set(path, (reason as NodeJS.ErrnoException).code ?? String(reason))
          return undefined
        }
      }
    },
    findings: (name) => [
      ...notUtf8.map((path) =>
        finding(
          'not-utf8',
          name(path),
          firstLineWithReplacement(path),
          'The file is not UTF-8, so Node.js reads other characters than were written.',
          FINDINGS['not-utf8'].remedy,
        ),
      ),
      ...[...unreadable].map(([path, code]) =>
        finding(
          'unreadable-file',
          name(path),
          0,
          `The file cannot be read (${code}), so what it imports is not known.`,
          FINDINGS['unreadable-file'].remedy,
        ),
      ),
    ],
  }
}

function firstLineWithReplacement(path: string): number {
  const text = readFileSync(path, 'utf8')
  return text.slice(0, text.indexOf('\ufffd')).split('\n').length
}
