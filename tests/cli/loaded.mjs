// Preloaded by imports.test.ts: writes the path of every module that the process loads to the file in LOADED.
import { appendFileSync } from 'node:fs'
import { Module, register } from 'node:module'

const file = process.env.LOADED

const hooks = `
  import { appendFileSync } from 'node:fs'
  let file
  export const initialize = (data) => { file = data }
  export function load(url, context, next) {
    if (url.startsWith('file:')) appendFileSync(file, new URL(url).pathname + '\\n')
    return next(url, context)
  }
`
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: file })

process.on('exit', () => appendFileSync(file, Object.keys(Module._cache).join('\n')))
