import { OUTSIDE_SERVER } from './conventions.ts'
import type { Framework } from './framework.ts'

/** No framework, or one that is not known: `node:http` servers and the like. */
export const node: Framework = {
  name: 'node',
  receivers: [],
  typeModules: /(?!)/,
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
