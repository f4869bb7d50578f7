import { OUTSIDE_SERVER } from './conventions.ts'
import type { Framework } from './framework.ts'

/** KickJS. `kick dev` reloads through Vite, so hot-hook does not apply; modules are imported as any other is. */
export const kickjs: Framework = {
  name: 'kickjs',
  receivers: [],
  typeModules: /^@forinda\/kickjs(?:-|\/|$)/,
  registrations: [],
  generated: /(?!)/,
  roleOf: () => undefined,
  defaultBoundaries: [],
  outsideServer: OUTSIDE_SERVER,
  boot: /(?!)/,
  importsOnce: /(?!)/,
  loads: () => [],
  routeName: (name) => name,
}
