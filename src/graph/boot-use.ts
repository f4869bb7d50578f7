import type { ReloadModel, Root } from './reload.ts'

/** What takes a module while the server starts: after an edit, nothing would take it again. */
export interface BootUse {
  /** The module that does; absolute. */
  readonly path: string
  /** 1-based. */
  readonly line: number
  /** What it uses; undefined where it loads the module for what that does. */
  readonly name: string | undefined
}

/**
 * Whether a module restarts since the process starts with it, or the framework loads it once. Not what a module of the
 * project has loaded, which does so again wherever that module is evaluated again.
 */
export function startsByItself(path: string, { files }: ReloadModel, roots: readonly Root[]): boolean {
  const { reason } = files.get(path) ?? {}
  if (reason === 'entry') return true
  return reason === 'loaded-at-boot' && !roots.some((root) => root.path === path && root.from !== undefined)
}

/** Whether a restart is what an edit of a module needs. @param uses by path: what the start of the server uses. */
export function needsRestart(
  path: string,
  then: ReloadModel,
  roots: readonly Root[],
  uses: ReadonlyMap<string, BootUse>,
): boolean {
  if (then.outcomes.get(path) !== 'restart') return false
  return startsByItself(path, then, roots) || uses.has(path)
}

/** A sentence. @param place `` `src/server.ts:3` `` */
export function explainBootUse({ name }: BootUse, place: string): string {
  const what = name === undefined ? 'loads it' : `uses \`${name}\` of it`
  return `${place} ${what} while the server starts, so an edit needs the restart that it gets.`
}
