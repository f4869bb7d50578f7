import { count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** `router.get('/users', async (req, res) => {…})`: the function moves to a module that can be lazy. Opt-in: code moves. */
export const extractHandlers: Codemod = {
  name: 'extract-handlers',
  description: 'Replace handlers that are written in route files by imports of modules of their own',
  optIn: true,
  async run(project, tree, options) {
    const { rewriteExtractions } = await import('../src/lazy/extract/rewrite.ts')
    const { files, edits, notes } = rewriteExtractions(project, tree, options)
    const summary = edits > 0 ? `${count(edits, 'handler')}, in ${count(files.length / 2, 'new file')}` : ''
    return { codemod: 'extract-handlers', summary, files, edits, notes }
  },
}
