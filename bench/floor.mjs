import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * What no migration can do without: `node bench/floor.mjs read <directory>` reads every module of a project, and
 * `node bench/floor.mjs parse <directory>` also has oxc-parser list the imports and exports of each. Nothing is
 * analysed, nothing is written.
 */
const [, , mode, root] = process.argv
const { parseSync } = mode === 'parse' ? await import('oxc-parser') : {}
let files = 0
let imports = 0
const pending = [root]
for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) pending.push(path)
    if (!entry.name.endsWith('.ts')) continue
    const text = readFileSync(path, 'utf8')
    files += 1
    if (parseSync) imports += parseSync(path, text).module.staticImports.length
  }
}
console.log(`${files} files${parseSync ? `, ${imports} imports` : ''}`)
