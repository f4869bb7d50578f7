import { sep } from 'node:path'

/** Whether an absolute path is `directory`, or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
}
