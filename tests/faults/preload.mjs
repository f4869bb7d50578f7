/*
 * For `node --import`: kills the process at one of its writes below FAULT_ROOT, half done where it writes a text
 * (FAULT_KILL, from 1), or lets it wait ahead of the first of them until FAULT_MEET processes are there.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { interceptWrites } from './writes.mjs'

const { FAULT_ROOT, FAULT_KILL, FAULT_MEET, FAULT_PLACE } = process.env
let count = 0

if (FAULT_ROOT !== undefined && existsSync(FAULT_ROOT)) {
  interceptWrites(FAULT_ROOT, (write) => {
    count += 1
    if (count === Number(FAULT_KILL)) {
      write.half()
      process.kill(process.pid, 'SIGKILL')
    }
    if (count === 1 && FAULT_MEET !== undefined) meet(Number(FAULT_MEET))
  })
}

function meet(number) {
  mkdirSync(join(FAULT_PLACE, String(process.pid)))
  while (readdirSync(FAULT_PLACE).length < number) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
}
