import type { PackageManager } from './package-manager.ts'
import type { Runtime } from './runtime.ts'

/** The user's project, read once. Paths are absolute; nothing here writes. */
export interface Project {
  /** Directory of the nearest package.json. */
  readonly root: string
  readonly packageJsonPath: string
  readonly framework: FrameworkInUse
  readonly runtime: Runtime
  readonly packageManager: PackageManager
  /** What a `.js` or `.ts` file is: `type` of package.json, `commonjs` without it. */
  readonly type: 'module' | 'commonjs'
  /** `package.json` as it was when the project was opened; codemods that edit it read the tree instead. */
  readonly packageJson: PackageJson
}

export interface FrameworkInUse {
  /** `node`: none that is known. */
  readonly name: 'adonisjs' | 'express' | 'fastify' | 'hono' | 'koa' | 'nestjs' | 'kickjs' | 'node'
  /** Major version: the installed one, else the lowest that package.json allows; 0 when it is not known, and for `node`. */
  readonly major: number
}

export interface PackageJson {
  readonly name?: string
  readonly type?: string
  readonly imports?: Readonly<Record<string, unknown>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly hotHook?: HotHookOptions
}

/** `hotHook` in package.json, as hot-hook 1.0 reads it (facts: README of hot-hook, and its register.js). */
export interface HotHookOptions {
  readonly boundaries?: string | readonly string[]
  readonly ignore?: readonly string[]
  readonly restart?: readonly string[]
  readonly throwWhenBoundariesAreNotDynamicallyImported?: boolean
}
