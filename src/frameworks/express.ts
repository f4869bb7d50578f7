import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

/** Express 4 and 5. Nothing is loaded but what modules import. */
export const express: Framework = {
  ...IMPORTS_ONLY,
  name: 'express',
  typeModules: /^express$/,
}
