import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

/** KickJS. `kick dev` reloads through Vite, so hot-hook does not apply; modules are imported as any other is. */
export const kickjs: Framework = {
  ...IMPORTS_ONLY,
  name: 'kickjs',
  typeModules: /^@forinda\/kickjs(?:-|\/|$)/,
}
