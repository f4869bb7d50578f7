/* `node transaction.mjs write <root> <changes>` and `… undo <root>`: what migrate and undo do to the disk, without a plan. */
import { readFileSync } from 'node:fs'
import { undo, writeChanges } from '../../dist/src/edits/transaction.js'

const [action, root, changes] = process.argv.slice(2)
try {
  if (action === 'undo') undo(root)
  else writeChanges(JSON.parse(readFileSync(changes, 'utf8')), root)
} catch (error) {
  console.error(error.message)
  process.exitCode = 2
}
