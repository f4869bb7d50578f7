import { adonisjs } from './adonisjs.ts'
import type { Framework } from './framework.ts'

/** Every supported framework, by name. */
export const frameworks: Readonly<Record<Framework['name'], Framework>> = { adonisjs }
