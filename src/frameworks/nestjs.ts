import { OUTSIDE_SERVER } from './conventions.ts'
import type { Framework } from './framework.ts'

/** NestJS 10 and 11. Modules name their controllers and providers, which are imported as any other module is. */
export const nestjs: Framework = {
  name: 'nestjs',
  receivers: [],
  typeModules: /^@nestjs\/(?:core|common)$/,
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
