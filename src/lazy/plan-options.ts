import type { Progress } from '../project/progress.ts'
import type { Choices } from './choices.ts'

/** Where the boundary is: at each handler, at each router where it is mounted, or at the application. */
export type Level = 'handler' | 'mount' | 'app'

/** What is planned by the functions that run for each request: a level, or the imports of these functions. */
export type Planned = Exclude<Level, 'handler'> | 'deferred'

/** What a person chose for the plan. */
export interface PlanOptions {
  /** Middleware may become lazy. Default: true. */
  readonly middleware?: boolean
  /** What factories and constructors make may be made at a request: see codemods/made-values. Default: false. */
  readonly values?: boolean
  /** Files in which nothing is made lazy, by absolute path, and what happens otherwise: detail of `regressed`. */
  readonly leave?: ReadonlyMap<string, string>
  /** Suggestions that are taken, and imports that are not. */
  readonly choices?: Choices | undefined
  /**
   * The only imports that the codemods of cuts (forms.ts) may take, each as {@link edgeKey}. Default: all that are
   * proven safe.
   */
  readonly cuts?: ReadonlySet<string> | undefined
  /** For deferred imports: modules that are imported through one that exports them again, absolute. Default: none. */
  readonly reexports?: ReadonlyMap<string, string> | undefined
  /** Called for each file that is planned. */
  readonly onProgress?: (progress: Progress) => void
}

/** An import, as {@link PlanOptions.cuts} has it. @param path of the importer, absolute. @param specifier as written. */
export function edgeKey(path: string, specifier: string): string {
  return `${path}\0${specifier}`
}
