import type { FileTree } from '../../edits/tree.ts'
import type { Project } from '../../project/project.ts'
import type { FilePlan } from '../analysis.ts'
import { planExtractions } from '../extract/plan.ts'
import { planLevel } from '../levels.ts'
import type { PlanOptions } from '../plan-options.ts'
import { planProject } from '../project-plan.ts'
import { planReexports } from '../imports/reexports.ts'
import { planStaticImports } from '../imports/static-imports.ts'

/** A way to take an import out of what restarts. */
export interface Form {
  /** The codemod that writes it. */
  readonly codemod: string
  /** The targets of its candidates are still imported statically: they restart as before. */
  readonly isStatic?: true
  /** Which cuts it makes: of modules that become boundaries, of those that others import statically too, or both. */
  readonly fits: 'boundary' | 'reexported' | 'both'
  /**
   * The imports it concerns, file by file. A candidate without edits is written by the codemod as a whole (a file that
   * is split).
   */
  plan(project: Project, tree: FileTree, options?: PlanOptions): readonly FilePlan[]
}

/** Every form, the one that changes least first: of two that fit an import, the first is taken. */
export const forms: readonly Form[] = [
  { codemod: 'type-imports', fits: 'both', plan: (...of) => planStaticImports('type-imports', ...of) },
  { codemod: 'lazy-imports', fits: 'boundary', plan: (...of) => planProject(...of).files },
  { codemod: 'deferred-imports', fits: 'boundary', plan: (...of) => planLevel('deferred', ...of).files },
  { codemod: 'hot-reexports', fits: 'reexported', plan: (...of) => planReexports(...of).files },
  { codemod: 'lazy-mounts', fits: 'boundary', plan: (...of) => planLevel('mount', ...of).files },
  { codemod: 'extract-handlers', fits: 'boundary', plan: (...of) => planExtractions(...of).files },
  { codemod: 'app-boundary', fits: 'boundary', plan: (...of) => planLevel('app', ...of).files },
  {
    codemod: 'direct-imports',
    fits: 'both',
    isStatic: true,
    plan: (...of) => planStaticImports('direct-imports', ...of),
  },
]
