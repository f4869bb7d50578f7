import type { Outcome } from '../../../../src/graph/reload.ts'
import type { Runtime } from '../../../../src/project/runtime.ts'
import type { Files, Packages } from '../../frameworks/app.ts'

/** An application as the codemods leave it. */
export interface MigratedApp extends Migrated {
  readonly packages: Packages
  readonly files: Files
}

/** What is known of it. */
export interface Migrated {
  readonly name: string
  /** What package.json has beside the name, the type and the dependencies. The script is `dev`. */
  readonly packageJson: {
    readonly scripts: { readonly dev: string }
    readonly hotHook: { readonly boundaries: readonly string[] }
    readonly imports?: Readonly<Record<string, string>>
  }
  readonly entry: string
  /** What the script gives `node` before the entry. */
  readonly flags: readonly string[]
  readonly loader: Runtime['loader']
  /**
   * The status of each answer, by the request as `parseRequest` reads it. Those that are GET run every lazy import, and
   * their answers show the word `name=1` of each hot file.
   */
  readonly statuses: Readonly<Record<string, number>>
  /** What saving each file does: all files but package.json, tsconfig.json and .env. Derived by hand from hot-hook's algorithm. */
  readonly expected: Readonly<Record<string, Outcome>>
}
