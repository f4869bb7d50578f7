/** The user's project, read once. Paths are absolute; nothing here writes. */
export interface Project {
  /** Directory of the nearest package.json. */
  readonly root: string
  readonly packageJsonPath: string
  readonly framework: FrameworkInUse
  /** `package.json` as it was when the project was opened; codemods that edit it read the tree instead. */
  readonly packageJson: PackageJson
}

export interface FrameworkInUse {
  readonly name: 'adonisjs'
  /** Major version of @adonisjs/core: the installed one, else the lowest that package.json allows. */
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
}
