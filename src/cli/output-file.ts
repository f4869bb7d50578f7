import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from './command.ts'

/** How what `graph`, `--report` and `--patch` write begins. */
const OURS =
  /^(?:<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy"|diff --git |flowchart LR\n|digraph "|\{\s*"version": ?1,)/

/**
 * @param otherwise what else there is to do, after naming another file.
 * @throws {UsageError} when there is a file that hot-codemod did not write, or none can be written there.
 */
export function requireOurs(output: string, otherwise: string): void {
  let text
  try {
    text = readFileSync(output, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw cannotWrite(output, error)
    return requireDirectory(output)
  }
  if (text === '' || OURS.test(text)) return
  throw new UsageError(`${output} exists, and is none that this command wrote. Name another file, or ${otherwise}.`)
}

function requireDirectory(output: string): void {
  try {
    accessSync(dirname(output), constants.W_OK)
  } catch (error) {
    throw cannotWrite(output, error)
  }
}

/** @throws {UsageError} when the file cannot be written. */
export function writeOutput(output: string, text: string): void {
  try {
    writeFileSync(output, text)
  } catch (error) {
    throw cannotWrite(output, error)
  }
}

function cannotWrite(output: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException
  const why = code === 'EISDIR' ? 'it is a directory' : code === 'ENOENT' ? 'its directory does not exist' : code
  return new UsageError(`${output} cannot be written: ${why ?? String(error)}. Name another file.`)
}
