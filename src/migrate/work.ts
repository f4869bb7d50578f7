import type { Codemod, Step } from '../../codemods/codemod.ts'
import type { Change, FileTree } from '../edits/tree.ts'
import type { PlanOptions } from '../lazy/plan-options.ts'
import type { Project } from '../project/project.ts'

/** What a codemod did to a tree, in one go. */
export interface Work {
  readonly step: Step
  readonly changes: readonly Change[]
}

/** What one codemod changed, in one go. */
export interface State {
  readonly codemod: string
  /** As {@link Step.summary}. */
  readonly summary: string
  readonly changes: readonly Change[]
}

/** Runs a codemod on a tree. */
export async function workOf(codemod: Codemod, project: Project, tree: FileTree, options: PlanOptions): Promise<Work> {
  return worked(tree, () => codemod.run(project, tree, options))
}

/** Does something to a tree. */
export async function worked(tree: FileTree, work: () => Step | Promise<Step>): Promise<Work> {
  const before = new Map(tree.changes().map(({ path, after }) => [path, after]))
  const step = await work()
  const changes = tree.changes().flatMap(({ path, before: first, after }) => {
    const last = before.get(path) ?? first
    return last === after ? [] : [{ path, before: last, after }]
  })
  return { step, changes }
}

/** Each round makes something lazy that was not, so chains of re-exports set the number; real servers need two. */
const MOST_ROUNDS = 50

/** Calls `round` until it leaves the tree as it is: what becomes lazy may set free what was imported beside it. */
export async function untilSettled(tree: FileTree, round: () => Promise<void>): Promise<void> {
  for (let rounds = 0, version = -1; version !== tree.version; rounds++) {
    if (rounds > MOST_ROUNDS) {
      throw new Error(
        'The codemods of lazy imports would change what they have changed, again and again. Nothing was written. This is a defect of hot-codemod; please report it.',
      )
    }
    version = tree.version
    await round()
  }
}
