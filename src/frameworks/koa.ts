import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

/** Koa 2 and 3. Nothing is loaded but what modules import. */
export const koa: Framework = {
  ...IMPORTS_ONLY,
  name: 'koa',
  typeModules: /^(?:koa|@koa\/router|koa-router)$/,
}
