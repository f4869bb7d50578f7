import { count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** `requireRole('admin')` and `new UsersController(db)` where they are registered. Opt-in: they are then made later, and again. */
export const madeValues: Codemod = {
  name: 'made-values',
  description: 'Replace what factories and constructors make for routes by values that are made at the first request',
  optIn: true,
  async run(project, tree, options) {
    const { rewriteMadeValues } = await import('../src/lazy/made-values.ts')
    const { files, edits } = rewriteMadeValues(project, tree, options)
    const summary = edits > 0 ? `${count(edits, 'import')}, what is made of it by fromModule()` : ''
    return { codemod: 'made-values', summary, files, edits, notes: [] }
  },
}
