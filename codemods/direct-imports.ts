import { count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** Imports of barrels: what is needed at boot then loads no longer all that the barrel exports. */
export const directImports: Codemod = {
  name: 'direct-imports',
  description:
    'Replace imports through a barrel, where it makes other modules restart, by imports of the modules behind it',
  optIn: true,
  async run(project, tree, options) {
    const { rewriteStaticImports } = await import('../src/lazy/imports/static-imports.ts')
    const { files, edits, notes } = rewriteStaticImports('direct-imports', project, tree, options)
    return { codemod: 'direct-imports', summary: edits > 0 ? count(edits, 'import') : '', files, edits, notes }
  },
}
