import { createLazyImportRule } from '../src/lazy/lint.ts'

export default createLazyImportRule({
  name: 'prefer-lazy-middleware-import',
  description: 'Enforce lazy imports of middleware and of the exception handler, which AdonisJS takes no other way',
  roles: ['middleware', 'error-handler'],
})
