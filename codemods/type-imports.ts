import { count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** Imports that are used as types only, and that the project's loader keeps: without them a module is not loaded at boot. */
export const typeImports: Codemod = {
  name: 'type-imports',
  description: 'Replace imports that are used as types only, where the loader keeps them, by type imports',
  optIn: true,
  async run(project, tree, options) {
    const { rewriteStaticImports } = await import('../src/lazy/imports/static-imports.ts')
    const { files, edits, notes } = rewriteStaticImports('type-imports', project, tree, options)
    return { codemod: 'type-imports', summary: edits > 0 ? count(edits, 'import') : '', files, edits, notes }
  },
}
