import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

/** Hono 4. Nothing is loaded but what modules import. */
export const hono: Framework = {
  ...IMPORTS_ONLY,
  name: 'hono',
  typeModules: /^hono(?:\/|$)/,
}
