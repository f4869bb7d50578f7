import { createRequire } from 'node:module'

/**
 * Loads a CommonJS package. An import of one takes ten times as long, 10 to 40 ms, because Node.js then reads its
 * sources for the names it exports.
 */
export const requirePackage: NodeJS.Require = createRequire(import.meta.url)
