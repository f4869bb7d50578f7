import { IMPORTS_ONLY, OUTSIDE_SERVER } from './conventions.ts'
import type { Framework } from './framework.ts'

/** Scripts of databases, which are run by hand. */
const SCRIPTS = /^(?:prisma|drizzle)[\\/]|(?:^|[\\/])(?:seed(?:s|ers?)?|migrations?)(?:[\\/]|\.[cm]?[jt]s$)/

/** KickJS. `kick dev` reloads through Vite, so hot-hook does not apply; modules are imported as any other is. */
export const kickjs: Framework = {
  ...IMPORTS_ONLY,
  name: 'kickjs',
  typeModules: /^@forinda\/kickjs(?:-|\/|$)/,
  outsideServer: new RegExp(`${OUTSIDE_SERVER.source}|${SCRIPTS.source}`),
}
