import type { Note } from '../../codemods/codemod.ts'
import { count } from '../edits/text.ts'
import { countedFiles, percent, type Share } from '../graph/coverage.ts'
import type { ReloadModel } from '../graph/reload.ts'
import type { Project } from '../project/project.ts'
import { nameIn } from './import.ts'
import type { MigrateOptions } from './options.ts'

/**
 * That the target is not reached: how much of the rest has to restart, and where to look for what does not.
 *
 * @param files what is hot.
 * @param then hot-hook's answer after the migration.
 * @param isNeeded whether the restart of a module, absolute, is as it should be.
 */
export function targetNote(
  project: Project,
  { target = 0 }: MigrateOptions,
  files: Share,
  then: ReloadModel,
  isNeeded: (path: string) => boolean,
): Note {
  const isCounted = countedFiles(then, project.root)
  const cold = [...then.outcomes].flatMap(([path, outcome]) => (outcome !== 'hot' && isCounted(path) ? [path] : []))
  const open = cold.filter((path) => !isNeeded(path))
  const message = [
    `The target, ${target} % of files, is not reached: ${percent(files)}.`,
    // Where nothing starts the server with hot-hook, nothing is hot for that.
    ...(cold.length === files.total - files.hot ? neededSentence(cold.length - open.length, open.length) : []),
    openSentence(open.map((path) => nameIn(project, path))),
  ].join(' ')
  return { kind: 'info', message }
}

function neededSentence(needed: number, open: number): string[] {
  if (needed === 0) return []
  const files = count(needed, 'file')
  const which = open > 0 ? `Of the others, ${files}` : needed === 1 ? 'The other file' : `The other ${files}`
  return [
    needed === 1
      ? `${which} is used while the server starts: an edit of it needs the restart that it gets.`
      : `${which} are used while the server starts: edits of them need the restart that they get.`,
  ]
}

/** @param open what could be hot. */
function openSentence(open: readonly string[]): string {
  const [first] = open
  if (first === undefined) return 'Nothing is left to do.'
  if (open.length === 1) return `What is left is not proven safe: hot-codemod explain ${first}`
  return 'No other cut is proven safe: hot-codemod doctor has those that are left, and what would have to be true.'
}
