import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

/** No framework, or one that is not known: `node:http` servers and the like. */
export const node: Framework = {
  ...IMPORTS_ONLY,
  name: 'node',
  typeModules: /(?!)/,
}
