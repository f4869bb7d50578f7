import { applyEdits, count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** Imports of modules that hot ones import statically too: through a module that exports them again. */
export const hotReexports: Codemod = {
  name: 'hot-reexports',
  description:
    'Replace imports of modules that hot ones import statically by lazy ones of a module that exports them again',
  optIn: true,
  async run(project, tree, options) {
    const { planReexports } = await import('../src/lazy/reexports.ts')
    const { files, created, partial } = planReexports(project, tree, options)
    const changed: string[] = []
    const targets = new Set<string>()
    let edits = 0
    for (const { path, text, candidates } of files) {
      const fixes = candidates.filter(
        ({ verdict, targets: own }) => verdict === 'fix' && !own.some((target) => partial.has(target)),
      )
      if (fixes.length === 0) continue
      tree.write(
        path,
        applyEdits(
          text,
          fixes.flatMap((fix) => fix.edits),
        ),
      )
      changed.push(path)
      edits += fixes.length
      for (const target of fixes.flatMap((fix) => fix.targets)) targets.add(target)
    }
    for (const [path, text] of created) {
      if (!targets.has(path)) continue
      tree.write(path, text)
      changed.push(path)
    }
    const summary = edits > 0 ? `${count(edits, 'import')}, through ${count(targets.size, 'module')}` : ''
    return { codemod: 'hot-reexports', summary, files: changed, edits, notes: [] }
  },
}
