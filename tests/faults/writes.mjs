import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { sep } from 'node:path'

/** What changes something on disk, by where its path, or its descriptor, stands among its arguments. */
const CHANGES = [
  'writeFileSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'unlinkSync',
  'mkdirSync',
  'chmodSync',
  'chownSync',
  'symlinkSync',
  'copyFileSync',
  'appendFileSync',
  'fsyncSync',
]

/**
 * Calls `before` ahead of every change of this process below `root`.
 *
 * @param {string} root absolute.
 * @param {(write: import('./writes.d.mts').Write) => void} before may throw, as the disk would.
 * @returns {() => void} ends it.
 */
export function interceptWrites(root, before) {
  const originals = { openSync: fs.openSync }
  const opened = new Map()
  const isBelow = (path) => typeof path === 'string' && (path === root || path.startsWith(root + sep))
  fs.openSync = (path, flags, ...rest) => {
    const isWrite = isBelow(path) && /[wa+]/.test(String(flags))
    if (isWrite) before({ name: 'openSync', path, half() {} })
    const file = originals.openSync(path, flags, ...rest)
    if (isWrite) opened.set(file, path)
    return file
  }
  for (const name of CHANGES) {
    const original = (originals[name] = fs[name])
    fs[name] = (...args) => {
      const path = opened.get(args[0]) ?? args[0]
      if (!isBelow(path)) return original(...args)
      const half = () => {
        if (/^(?:write|append)/.test(name)) original(args[0], args[1].slice(0, args[1].length / 2))
      }
      before({ name, path, half })
      return original(...args)
    }
  }
  syncBuiltinESMExports()
  return () => {
    Object.assign(fs, originals)
    syncBuiltinESMExports()
  }
}
