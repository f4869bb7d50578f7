import { createLazyImportRule } from '../src/lazy/lint.ts'

export default createLazyImportRule({
  name: 'prefer-lazy-controller-import',
  description: 'Enforce lazy imports of controllers, so that hot-hook can reload them without a restart',
  roles: ['controller'],
})
