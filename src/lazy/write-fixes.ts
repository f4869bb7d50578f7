import { applyEdits } from '../edits/text.ts'
import type { FileTree } from '../edits/tree.ts'
import type { FilePlan } from './analysis.ts'
import type { Candidate } from './candidate.ts'

/**
 * Writes the fixes of planned files to `tree`.
 *
 * @param isTaken which of them. Default: all.
 * @returns the files, absolute, and the fixes.
 */
export function writeFixes(
  files: readonly FilePlan[],
  tree: FileTree,
  isTaken: (fix: Candidate) => boolean = () => true,
): { readonly files: string[]; readonly fixes: readonly Candidate[] } {
  const changed: string[] = []
  const written: Candidate[] = []
  for (const { path, text, candidates } of files) {
    const fixes = candidates.filter((candidate) => candidate.verdict === 'fix' && isTaken(candidate))
    if (fixes.length === 0) continue
    const edits = fixes.flatMap((fix) => fix.edits)
    tree.write(path, applyEdits(text, edits))
    changed.push(path)
    written.push(...fixes)
  }
  return { files: changed, fixes: written }
}
