import { OUTSIDE_SERVER } from './conventions.ts'
import type { Framework } from './framework.ts'

/** Express 4 and 5. Nothing is loaded but what modules import. */
export const express: Framework = {
  name: 'express',
  receivers: [],
  typeModules: /^express$/,
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
