import { IMPORTS_ONLY } from './conventions.ts'
import type { Framework } from './framework.ts'

/** NestJS 10 and 11. Modules name their controllers and providers, which are imported as any other module is. */
export const nestjs: Framework = {
  ...IMPORTS_ONLY,
  name: 'nestjs',
  typeModules: /^@nestjs\/(?:core|common)$/,
}
