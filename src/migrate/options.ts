import type { Level } from '../lazy/plan-options.ts'
import type { PackageManagerOptions } from '../project/package-manager.ts'
import type { Progress } from '../project/progress.ts'
import type { AcceptedImport, DeclinedImport } from './choices.ts'

export interface MigrateOptions extends PackageManagerOptions {
  /** A directory of the project; the nearest package.json upward decides. Default: the working directory. */
  readonly directory?: string
  /** Names of the only codemods to run; opt-in ones may be among them. */
  readonly only?: readonly string[]
  /** Names of codemods not to run. */
  readonly skip?: readonly string[]
  /** Names of opt-in codemods to run beside the default ones. */
  readonly with?: readonly string[]
  /** Overwrite files that git has no committed version of. */
  readonly allowDirty?: boolean
  /**
   * Where the boundary is: at each handler, at each router where it is mounted, or at the application; what a level
   * leaves cold is made hot on those below it. `auto`: whichever makes most files hot. Default: `handler`; with
   * node:http it is always `app`.
   */
  readonly level?: Level | 'auto'
  /**
   * Percent of the server's source files that are to be hot, 1 to 100: the fewest cuts that get there are made too, those
   * that are proven safe. Without a `level`, it is the one that gets there with least edits.
   */
  readonly target?: number
  /** Make middleware lazy. Default: true. */
  readonly middleware?: boolean
  /**
   * Source files in which nothing is made lazy: what happens otherwise, by path relative to the project's root, with
   * `/`. Their imports are reported as `regressed`, with that in the message. Default: none.
   */
  readonly leave?: Readonly<Record<string, string>>
  /**
   * Suggestions to take: all those with a reason (`side-effects`), those at a place (`src/routes.ts:3`, relative to the
   * project's root), or an import. What is right under several conditions is taken when each is accepted.
   */
  readonly accept?: readonly (string | AcceptedImport)[]
  /** Imports that stay as they are, though they could be lazy. They are reported as `declined`. */
  readonly decline?: readonly DeclinedImport[]
  /** Modules of which no cut is made to reach the `target`: paths relative to the project's root, with `/`. */
  readonly declineCuts?: readonly string[]
  /** Called for each file that is planned, in each round; what it does is part of the time that takes. */
  readonly onProgress?: (progress: Progress) => void
}
