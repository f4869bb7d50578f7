import { OUTSIDE_SERVER } from './conventions.ts'
import type { Framework } from './framework.ts'

/** Koa 2 and 3. Nothing is loaded but what modules import. */
export const koa: Framework = {
  name: 'koa',
  receivers: [],
  typeModules: /^(?:koa|@koa\/router|koa-router)$/,
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
