import { parseJson } from '../../src/edits/json.ts'
import { isRecord } from '../../src/project/package-manager.ts'

/** A script of package.json that changes. */
export interface ScriptChange {
  readonly name: string
  /** Missing for one that is added. */
  readonly before: string | undefined
  readonly after: string
}

/** The scripts of the package.json `text`; entries that are not strings, which npm ignores, are left out. */
export function scriptsIn(text: string, path: string): Record<string, string> {
  const manifest = parseJson(text, path)
  const scripts = isRecord(manifest) && isRecord(manifest['scripts']) ? manifest['scripts'] : {}
  return Object.fromEntries(
    Object.entries(scripts).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** For the plan: `before → after`. */
export function summaryOf({ name, before, after }: ScriptChange): string {
  return before === undefined ? `"${name}": "${after}" added` : `${before} → ${after}`
}
