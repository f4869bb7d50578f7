import { OUTSIDE_SERVER } from './conventions.ts'
import type { Framework } from './framework.ts'

/** Hono 4. Nothing is loaded but what modules import. */
export const hono: Framework = {
  name: 'hono',
  receivers: [],
  typeModules: /^hono(?:\/|$)/,
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
