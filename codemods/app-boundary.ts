import type { Codemod } from './codemod.ts'

/** The level of the application: the entry keeps the server, and imports the application for each request. */
export const appBoundary: Codemod = {
  name: 'app-boundary',
  description: 'Replace the static import of the application, where the server is started, by one for each request',
  optIn: true,
  async run(project, tree, options) {
    const { rewriteLevel } = await import('../src/lazy/levels.ts')
    const { files, edits, notes } = rewriteLevel('app', project, tree, options)
    const summary =
      edits > 0 ? `${edits === 1 ? 'the application' : `${edits} applications`}, imported for each request` : ''
    return { codemod: 'app-boundary', summary, files, edits, notes }
  },
}
