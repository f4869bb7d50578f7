import { count } from '../src/edits/text.ts'
import type { Codemod } from './codemod.ts'

/** The level of the mount: each router is imported for each request, where it is mounted. */
export const lazyMounts: Codemod = {
  name: 'lazy-mounts',
  description: 'Replace the static imports of routers, where Express mounts them, by ones for each request',
  optIn: true,
  async run(project, tree, options) {
    const { rewriteLevel } = await import('../src/lazy/levels.ts')
    const { files, edits, notes } = rewriteLevel('mount', project, tree, options)
    return { codemod: 'lazy-mounts', summary: edits > 0 ? count(edits, 'router') : '', files, edits, notes }
  },
}
