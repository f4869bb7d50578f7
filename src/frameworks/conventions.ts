import type { Framework } from './framework.ts'

/** Files that do not run in the server of a project without a framework that says so: tests, builds, declarations. */
export const OUTSIDE_SERVER =
  /^(?:tests?|__tests__|scripts|build|dist)[\\/]|[\\/]__tests__[\\/]|\.(?:spec|test)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/

/** A framework of which nothing is known but that modules import each other: `doctor` needs no more. */
export const IMPORTS_ONLY: Omit<Framework, 'name' | 'typeModules'> = {
  receivers: [],
  registrations: [],
  generated: /(?!)/,
  roleOf: () => undefined,
  defaultBoundaries: [],
  outsideServer: OUTSIDE_SERVER,
  boot: /(?!)/,
  importsOnce: /(?!)/,
  loads: () => [],
  routeName: (name) => name,
}
