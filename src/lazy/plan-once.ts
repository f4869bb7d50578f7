import type { FileTree } from '../edits/tree.ts'
import type { Project } from '../project/project.ts'

/** Computes what a key stands for, unless it is known for this project and this state of its tree. */
type PlanOnce<Plan> = (project: Project, tree: FileTree, key: string, compute: () => Plan) => Plan

/** Remembers plans until their tree is written to, or is planned for another project. */
export function createPlanOnce<Plan>(): PlanOnce<Plan> {
  const known = new WeakMap<FileTree, { project: Project; version: number; plans: Map<string, Plan> }>()
  return (project, tree, key, compute) => {
    let last = known.get(tree)
    if (last?.version !== tree.version || last.project !== project)
      known.set(tree, (last = { project, version: tree.version, plans: new Map() }))
    let plan = last.plans.get(key)
    if (plan === undefined) last.plans.set(key, (plan = compute()))
    return plan
  }
}
