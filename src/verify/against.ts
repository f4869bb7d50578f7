import { resolve } from 'node:path'
import { statSync } from 'node:fs'
import { realPath } from '../project/files.ts'
import type { Project } from '../project/project.ts'
import { readProject } from '../project/read.ts'
import { compareAnswers, type Comparison } from './answers.ts'
import { checkOut, copyProject } from './copy.ts'
import { newDiagnostics, typeDiagnostics, type Diagnostic, type TypeDiagnostics } from './diagnostics.ts'
import { launchOf, type LaunchOptions } from './launch.ts'
import { plainCommand } from './old-command.ts'
import { askAtStart, type Answers } from './asked.ts'
import { boot, BootError, type Launch } from './session.ts'
import { VerifyError } from './error.ts'

/** A version of a project, ready to be started. */
export interface Version {
  readonly project: Project
  readonly directory: string
  readonly launch: Launch
  remove(): Promise<void>
}

/** How the project differs from another version of itself. */
export interface Against {
  /** The ref, or the directory, as it was named. */
  readonly version: string
  readonly command: string
  readonly answers: Comparison
  /** Null without a compiler or a tsconfig.json. */
  readonly types: TypeComparison | null
}

export interface TypeComparison {
  /** What the compiler says of the project only. */
  readonly added: readonly Diagnostic[]
  /** What it says of the other version only. */
  readonly gone: readonly Diagnostic[]
  /** Why the compiler could not check one of them; null when it could. */
  readonly problem: string | null
}

/** How often each version is started, and asked all requests in each: what varies by itself shows in between. */
const STARTS = 2
const ROUNDS = 2

/**
 * A copy of the version of a project to compare with.
 *
 * @param version a git ref, or a directory with the other version; a directory comes first.
 * @throws {VerifyError} when there is no such ref, or no script starts that version.
 */
export async function openVersion(project: Project, version: string, options: LaunchOptions): Promise<Version> {
  const directory = resolve(version)
  const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true
  const root = isDirectory ? realPath(directory) : project.root
  const copy = await copyProject(root)
  try {
    if (!isDirectory) await checkOut(copy, root, version)
    const other = readProject(copy.directory)
    const { nodePath, headers, timeout, signal } = options
    // It may have been started by hand, as it is today but without hot-hook.
    const command = other.runtime.script ? undefined : plainCommand(project)
    const launch = launchOf(other, copy.directory, { nodePath, headers, timeout, signal, command })
    return {
      project: other,
      directory: copy.directory,
      launch: { ...launch, watcher: 'parent' },
      remove: () => copy.remove(),
    }
  } catch (error) {
    await copy.remove()
    throw error
  }
}

/**
 * Asks two versions of an application the same, and has the TypeScript compiler check both.
 *
 * @param before the version to compare with.
 * @param after how the project is started; nothing of it is edited meanwhile.
 * @throws {VerifyError} when one of them does not start.
 */
export async function compareVersions(
  version: string,
  before: Version,
  after: Launch,
  requests: readonly string[],
): Promise<Against> {
  const [old, own] = [await answersOf(before.launch, requests), await answersOf(after, requests)]
  const directories = [before.directory, after.directory]
  return {
    version,
    command: before.launch.command ?? '',
    answers: compareAnswers(old, own, { directories }),
    types: await compareTypes(await typesOf(before.directory, after.signal), () =>
      typesOf(after.directory, after.signal),
    ),
  }
}

/** What the compiler says; the message where it cannot check; undefined without a compiler or a tsconfig.json. */
export type Types = TypeDiagnostics | string | undefined

export async function typesOf(directory: string, signal: AbortSignal | undefined): Promise<Types> {
  try {
    return await typeDiagnostics(directory, signal ? { signal } : {})
  } catch (error) {
    if (!(error instanceof VerifyError)) throw error
    return error.message
  }
}

/** @param after not asked for where there is nothing before. */
export async function compareTypes(before: Types, after: () => Promise<Types>): Promise<TypeComparison | null> {
  if (before === undefined) return null
  if (typeof before === 'string') return { added: [], gone: [], problem: before }
  const now = await after()
  if (now === undefined) return null
  if (typeof now === 'string') return { added: [], gone: [], problem: now }
  return { added: newDiagnostics(before, now), gone: newDiagnostics(now, before), problem: null }
}

/** @throws {VerifyError} when it does not start. */
export async function answersOf(launch: Launch, requests: readonly string[]): Promise<Answers[]> {
  const all: Answers[] = []
  for (let start = 0; start < STARTS; start++) {
    try {
      const session = await boot(launch)
      try {
        for (let round = 0; round < ROUNDS; round++) all.push(await askAtStart(session, requests))
      } finally {
        await session.stop()
      }
    } catch (error) {
      if (!(error instanceof BootError)) throw error
      throw new VerifyError(`\`${launch.command}\` does not start in a copy of it.\n${error.message}`)
    }
  }
  return all
}
