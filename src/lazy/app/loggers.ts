import type { Value } from '../../graph/exports.ts'
import { makerOf } from '../receivers.ts'

/** What makes an object that writes logs, and does nothing else when it is told to. */
const LOGGERS = new Set([
  'bunyan#createLogger',
  'bunyan#default.createLogger',
  'consola#createConsola',
  'log4js#default.getLogger',
  'log4js#getLogger',
  'loglevel#default.getLogger',
  'pino#default',
  'pino#pino',
  'tslog#Logger',
  'winston#createLogger',
  'winston#default.createLogger',
])

/** Methods of loggers that write. */
export const LEVELS =
  /^(?:box|critical|debug|error|fatal|http|info|log|notice|silly|start|success|trace|verbose|warn|warning)$/

/** Whether the export is a logger of a package that is known, and stays that. */
export function isLogger(imported: Value & { readonly mutable: boolean }): boolean {
  return !imported.mutable && LOGGERS.has(makerOf(imported) ?? '')
}
