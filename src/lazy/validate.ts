import type { FileFacts } from './facts.ts'
import { outlineModule, type Outline } from './outline.ts'

/** A module that was rewritten. */
export interface Rewrite {
  readonly path: string
  /** Undefined for a module that is new. */
  readonly before: string | undefined
  readonly after: string
  /** The modules that are new: code may have moved there, with its comments and exports. */
  readonly created?: readonly { readonly path: string; readonly after: string }[]
  /** The other modules that are rewritten: statements may have moved there, with their comments. */
  readonly others?: readonly { readonly before: string; readonly after: string }[]
  readonly facts: FileFacts
}

/**
 * Looks at a rewritten module as if nothing were known of how it was made: it parses; every comment, the BOM and the
 * kind of line breaks are there; every name is declared that was; it exports the same; and what it now imports by
 * `import()` is there, with the members that are taken of it. Comments and exports may be in a module that is created.
 *
 * @returns what is wrong, as a clause; undefined when nothing is.
 */
export function problemOf({ path, before, after, facts, created = [], others = [] }: Rewrite): string | undefined {
  const now = outlineModule(path, after)
  if ('message' in now) return `line ${now.line} would not parse (${now.message})`
  const old = before === undefined ? undefined : outlineModule(path, before)
  // What does not parse is not planned.
  if (before === undefined || old === undefined || 'message' in old) return undefined
  const moved = created.flatMap((module) => {
    const outline = outlineModule(module.path, module.after)
    return 'exports' in outline ? outline.exports : []
  })
  return (
    textProblem(before, after) ??
    commentProblem(old.comments, now.comments, [...created, ...others]) ??
    nameProblem(old.unresolved, now.unresolved) ??
    exportProblem(
      old.exports.filter((name) => now.exports.includes(name) || !moved.includes(name)).join(', '),
      now.exports.join(', '),
    ) ??
    importProblem(old, now, facts)
  )
}

function textProblem(before: string, after: string): string | undefined {
  if (before.startsWith('\ufeff') !== after.startsWith('\ufeff')) return 'its BOM would change'
  const breaksIn = (text: string): string[] => text.match(/\r\n?|\n/g) ?? []
  const known = new Set(breaksIn(before))
  const isChanged = known.size > 0 && breaksIn(after).some((lineBreak) => !known.has(lineBreak))
  return isChanged ? 'its line breaks would change' : undefined
}

/** All comments are there, in their order, or in one of the modules that are new, or did not have them. */
function commentProblem(
  before: readonly string[],
  after: readonly string[],
  modules: readonly { readonly before?: string; readonly after: string }[],
): string | undefined {
  const elsewhere = modules.map((module) => [withoutIndent(module.before ?? ''), withoutIndent(module.after)])
  let from = 0
  for (const comment of before) {
    const at = after.indexOf(comment, from)
    if (at !== -1) from = at + 1
    else if (!elsewhere.some(([old, text]) => isIn(text, comment) && !isIn(old, comment)))
      return `the comment \`${comment}\` would be lost`
  }
  return undefined
}

function isIn(text: string | undefined, comment: string): boolean {
  return text?.includes(withoutIndent(comment)) === true
}

function withoutIndent(text: string): string {
  return text.replace(/(?<=\n)[\t ]+/g, '')
}

function nameProblem(before: ReadonlySet<string>, after: ReadonlySet<string>): string | undefined {
  const lost = [...after].find((name) => !before.has(name) && !(name in globalThis))
  return lost === undefined ? undefined : `\`${lost}\` would not be declared`
}

function exportProblem(before: string, after: string): string | undefined {
  return before === after ? undefined : `it would export ${after || 'nothing'} in place of ${before || 'nothing'}`
}

function importProblem(before: Outline, after: Outline, facts: FileFacts): string | undefined {
  for (const { specifier, members } of after.lazy) {
    if (before.lazy.some((known) => known.specifier === specifier)) continue
    const module = facts.module(specifier)
    // What was not found before either is somebody's choice: `--accept unresolved`.
    if (module.kind === 'missing' && before.imported.has(specifier)) continue
    if (module.kind === 'missing') return `\`import('${specifier}')\` would find no module`
    if (members.length === 0) continue
    const { names, complete } = module.exportNames()
    const missing = complete ? members.find((name) => !names.includes(name)) : undefined
    if (missing !== undefined) return `\`${missing}\` would be asked of '${specifier}', which does not export it`
  }
  return undefined
}
