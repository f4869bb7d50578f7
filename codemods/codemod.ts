import type { FileTree } from '../src/edits/tree.ts'
import type { PlanOptions } from '../src/lazy/plan-options.ts'
import type { Project } from '../src/project/project.ts'

/** Something the user has to do by hand, or should know: shown in the plan and in the report. */
export interface Note {
  /** `manual`: a step is left to a person; `info`: nothing to do. */
  readonly kind: 'manual' | 'info'
  readonly message: string
  /** Absolute path, and 1-based line where there is one. */
  readonly path?: string
  readonly line?: number
}

/** What one codemod did to the tree, for the plan's table. */
export interface Step {
  readonly codemod: string
  /** One line for people: what changes, for example `node ace serve --watch → node ace serve --hmr`. */
  readonly summary: string
  /** Absolute paths of the files it changed in the tree; empty when there was nothing to do. */
  readonly files: readonly string[]
  /** How many separate edits that is. */
  readonly edits: number
  readonly notes: readonly Note[]
}

/** A project-wide transformation. Running it on its own result changes nothing. */
export interface Codemod {
  readonly name: string
  /** `^(Enforce|Require|Disallow|Replace|Add|Set) …`, without a period; shown by `--help` and the docs. */
  readonly description: string
  /** Runs only when named by `--only` or `--with`. */
  readonly optIn: boolean
  /** It is there to have hot-hook run: of no use in a project without boundaries. */
  readonly needsBoundaries?: true
  run(project: Project, tree: FileTree, options?: PlanOptions): Step | Promise<Step>
}
