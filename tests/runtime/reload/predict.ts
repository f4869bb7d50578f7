import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { relative } from 'node:path'
import type { Outcome } from '../../../src/graph/reload.ts'
import { openServer } from '../../../src/graph/server.ts'
import { readProject } from '../../../src/project/open.ts'
import type { Runtime } from '../../../src/project/runtime.ts'

export interface Prediction {
  readonly outcome: Outcome
  readonly unstable: boolean
}

export interface PredictOptions {
  /** Relative to the directory. */
  readonly entry: string
  /** Path of the Node binary that runs the application. */
  readonly node: string
  readonly loader: Runtime['loader']
}

/** Our prediction for every module of the project in `directory`, by its path relative to that. */
export function predict(directory: string, { entry, node, loader }: PredictOptions): Record<string, Prediction> {
  const project = readProject(directory, { entry, node: versionOf(node), loader })
  const root = realpathSync(directory)
  const predicted: Record<string, Prediction> = {}
  for (const [path, { outcome, unstable }] of openServer(project).reload().files) {
    predicted[relative(root, path).replaceAll('\\', '/')] = { outcome, unstable }
  }
  return predicted
}

function versionOf(node: string): string {
  if (node === process.execPath) return process.versions.node
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1)
}
