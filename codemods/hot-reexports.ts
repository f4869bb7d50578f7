import { count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** Imports of modules that hot ones import statically too: through a module that exports them again. */
export const hotReexports: Codemod = {
  name: 'hot-reexports',
  description:
    'Replace imports of modules that hot ones import statically by lazy ones of a module that exports them again',
  optIn: true,
  async run(project, tree, options) {
    const [{ planReexports }, { writeFixes }] = await Promise.all([
      import('../src/lazy/imports/reexports.ts'),
      import('../src/lazy/write-fixes.ts'),
    ])
    const { files, created, partial } = planReexports(project, tree, options)
    const written = writeFixes(files, tree, (fix) => !fix.targets.some((target) => partial.has(target)))
    const changed = written.files
    const edits = written.fixes.length
    const targets = new Set(written.fixes.flatMap((fix) => fix.targets))
    for (const [path, text] of created) {
      if (!targets.has(path)) continue
      tree.write(path, text)
      changed.push(path)
    }
    const summary = edits > 0 ? `${count(edits, 'import')}, through ${count(targets.size, 'module')}` : ''
    return { codemod: 'hot-reexports', summary, files: changed, edits, notes: [] }
  },
}
