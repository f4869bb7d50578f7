import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findJournals } from '../../src/edits/journal.ts'
import { undo, writeChanges } from '../../src/edits/transaction.ts'
import { directoryWith, hotCodemod, repositoryWith } from '../cli/run.ts'
import { changesOf, command, makeSpecial, routesOf, transaction, treeOf } from './project.ts'

const FILES = routesOf(100)

/** Undoes what a killed process left; it may have changed nothing yet. */
function undoAny(root: string): void {
  const [found] = findJournals(root)
  if (found) undo(root)
  else expect(() => undo(root)).toThrow('There is nothing to undo')
}

describe.each([
  ['in a repository of git', repositoryWith, 1],
  // Its journals stand elsewhere; the rest is the same.
  ['in a directory that git does not know', directoryWith, 9],
] as const)('a migration of 100 files %s', (_, make, step) => {
  it('that is killed at any of its writes is undone: the tree is as before', { timeout: 600_000 }, async () => {
    const root = make(FILES)
    makeSpecial(root)
    const before = treeOf(root)
    const changes = await changesOf(root)
    expect(changes.length).toBeGreaterThan(100)
    const file = join(directoryWith({}), 'changes.json')
    writeFileSync(file, JSON.stringify(changes))
    for (let at = 1; ; at += step) {
      const { code, signal } = transaction({ FAULT_ROOT: root, FAULT_KILL: String(at) }, 'write', root, file)
      if (signal === null) {
        expect(code).toBe(0)
        // A write for each file, a rename for each, and the journal's.
        expect(at).toBeGreaterThan(2 * changes.length)
        break
      }
      expect(signal).toBe('SIGKILL')
      undoAny(root)
      expect(treeOf(root), `killed at write ${at}`).toEqual(before)
    }
  })
})

it('an undo that is killed at any of its writes is done by another', { timeout: 600_000 }, async () => {
  const root = repositoryWith(routesOf(25))
  makeSpecial(root)
  const before = treeOf(root)
  const changes = await changesOf(root)
  for (let at = 1; ; at += 1) {
    writeChanges(changes, root)
    const { code, signal } = transaction({ FAULT_ROOT: root, FAULT_KILL: String(at) }, 'undo', root)
    if (signal === null) {
      expect(code).toBe(0)
      expect(at).toBeGreaterThan(2 * changes.length)
      break
    }
    expect(signal).toBe('SIGKILL')
    undoAny(root)
    expect(treeOf(root), `killed at write ${at}`).toEqual(before)
  }
  expect(treeOf(root)).toEqual(before)
})

it.each([10, 120, 210])('hot-codemod migrate that is killed at write %i has to be undone', async (at) => {
  const root = repositoryWith(FILES)
  const before = treeOf(root)
  const { signal } = await command(root, { FAULT_ROOT: root, FAULT_KILL: String(at) }, 'migrate', '--yes')
  expect(signal).toBe('SIGKILL')
  expect(treeOf(root)).not.toEqual(before)
  const { code, stderr } = hotCodemod(root, 'migrate', '--yes', '--allow-dirty')
  expect(code).toBe(2)
  expect(stderr).toContain('was interrupted')
  expect(hotCodemod(root, 'undo').code).toBe(0)
  expect(treeOf(root)).toEqual(before)
})
