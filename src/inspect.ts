import { realpathSync, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { diagnose, type Diagnosis } from './doctor/diagnose.ts'
import { explainFile, explainPackageFile, type Explanation } from './doctor/explain.ts'
import { createReport } from './doctor/report.ts'
import type { ServerReport } from './graph/report.ts'
import { realPath } from './project/files.ts'
import { ProjectError } from './project/error.ts'
import { readProject } from './project/read.ts'
import type { Progress } from './project/progress.ts'
import type { Runtime } from './project/runtime.ts'
import type { Verification, VerifyOptions as RunOptions } from './verify/verify.ts'

/** How the server is started, where package.json does not say it. */
export interface ServerOptions {
  /** The module it starts with: relative to the project root, or absolute. */
  readonly entry?: string
  /** The version of Node.js it runs on, `22.23.3`; default: this process's. */
  readonly node?: string
  /** What strips types. */
  readonly loader?: Runtime['loader']
  /** Called for each file that is read; what it does is part of the time that takes. */
  readonly onProgress?: (progress: Progress) => void
}

export interface DoctorOptions extends ServerOptions {
  /** A directory of the project; the nearest package.json upward decides. Default: the working directory. */
  readonly directory?: string
}

/**
 * Says what hot-reloads, what restarts, what goes stale, and what is wrong. Reads only.
 *
 * @throws {ProjectError} when there is no package.json, it cannot be understood, there is no such entry, or the project
 *   starts no server and others below it do.
 */
export async function doctor({ directory = '.', ...options }: DoctorOptions = {}): Promise<Diagnosis> {
  return diagnose(readProject(realPath(directory), options), options)
}

/**
 * Says why a file hot-reloads or not, by which imports, and what would change it.
 *
 * A file of another package is explained for the server of the working directory, where that loads it.
 *
 * @param file relative to the working directory, or absolute.
 * @throws {ProjectError} when there is no such file, or no project around it.
 */
export async function explain(file: string, options: ServerOptions = {}): Promise<Explanation> {
  const path = resolve(file)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) throw new ProjectError(`There is no file ${path}. Name one of the server's files.`, path)
  if (!stat.isFile()) throw new ProjectError(`${path} is not a file. Name one of the server's files.`, path)
  const real = realpathSync(path)
  if (real.split(sep).includes('node_modules')) return explainPackageFile(real)
  return explainFile(
    real,
    (await loadedHere(real, options)) ?? (await doctor({ directory: dirname(real), ...options })),
  )
}

/** The diagnosis of the working directory's project, when that is not the file's own and its server loads the file. */
async function loadedHere(path: string, options: ServerOptions): Promise<Diagnosis | undefined> {
  try {
    if (readProject('.').root === readProject(dirname(path)).root) return undefined
    const diagnosis = await doctor(options)
    return diagnosis.server.reload().files.has(path) ? diagnosis : undefined
  } catch (error) {
    if (error instanceof ProjectError) return undefined
    throw error
  }
}

/** The module graph of a server with every outcome, as data. @throws {ProjectError} as {@link doctor} does. */
export async function graph(options: DoctorOptions = {}): Promise<ServerReport> {
  return createReport(await doctor(options))
}

export interface VerifyOptions extends RunOptions, Omit<ServerOptions, 'node'> {
  /** A directory of the project; the nearest package.json upward decides. Default: the working directory. */
  readonly directory?: string
}

/**
 * Boots the application under hot-hook, saves one file at a time, and compares what happens with the prediction.
 * Works in a temporary copy, and ends all that it starts.
 *
 * @throws {ProjectError} as {@link doctor} does.
 * @throws {VerifyError} when the application does not start, hot-hook is not there, or no file is to be saved.
 * @throws {RangeError} when a request cannot be read.
 */
export async function verify({ directory = '.', ...options }: VerifyOptions = {}): Promise<Verification> {
  const { verifyProject } = await import('./verify/verify.ts')
  return verifyProject(readProject(realPath(directory), options), options)
}
