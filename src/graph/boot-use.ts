import type { OutcomeReason, ReloadModel } from './reload.ts'

/** What takes a module while the server starts: after an edit, nothing would take it again. */
export interface BootUse {
  /** The module that does; absolute. */
  readonly path: string
  /** 1-based. */
  readonly line: number
  /** What it uses; undefined where it loads the module for what that does. */
  readonly name: string | undefined
}

/** Whether a module restarts since the process starts with it, or the framework loads it once. */
export function startsByItself(reason: OutcomeReason): boolean {
  return reason === 'entry' || reason === 'loaded-at-boot'
}

/** Whether a restart is what an edit of a module needs. @param uses by path: what the start of the server uses. */
export function needsRestart(path: string, { files }: ReloadModel, uses: ReadonlyMap<string, BootUse>): boolean {
  const file = files.get(path)
  return file?.outcome === 'restart' && (startsByItself(file.reason) || uses.has(path))
}

/** A sentence. @param place `` `src/server.ts:3` `` */
export function explainBootUse({ name }: BootUse, place: string): string {
  const what = name === undefined ? 'loads it' : `uses \`${name}\` of it`
  return `${place} ${what} while the server starts, so an edit needs the restart that it gets.`
}
