/**
 * Runs ace commands from TypeScript sources: `node ace serve`.
 * The compiled application starts from `bin/server.js` instead.
 */
import '@poppinss/ts-exec'

await import('./bin/console.js')
