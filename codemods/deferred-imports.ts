import { count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** Imports that only async functions use which run after boot: each of these imports them when it is called. */
export const deferredImports: Codemod = {
  name: 'deferred-imports',
  description: 'Replace static imports by ones in the async functions that use them, where these run after boot',
  optIn: true,
  async run(project, tree, options) {
    const { rewriteLevel } = await import('../src/lazy/levels.ts')
    const { files, edits, notes } = rewriteLevel('deferred', project, tree, options)
    return { codemod: 'deferred-imports', summary: edits > 0 ? count(edits, 'import') : '', files, edits, notes }
  },
}
