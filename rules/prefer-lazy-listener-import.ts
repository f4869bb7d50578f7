import { createLazyImportRule } from '../src/lazy/lint.ts'

export default createLazyImportRule({
  name: 'prefer-lazy-listener-import',
  description: 'Enforce lazy imports of event listeners, so that hot-hook can reload them without a restart',
  roles: ['listener'],
})
