import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findJournals, journalDirectories } from '../../src/edits/journal.ts'
import { WriteError } from '../../src/edits/error.ts'
import { undo, writeChanges } from '../../src/edits/transaction.ts'
import { directoryWith, repositoryWith } from '../cli/run.ts'
import { changesOf, makeSpecial, routesOf, treeOf } from './project.ts'
import { interceptWrites, type Write } from './writes.mjs'

const FILES = routesOf(12)

/** What the disk does, from the failing write on. */
const DISKS: readonly (readonly [name: string, code: string, fails: (write: Write, since: number) => boolean])[] = [
  ['refuses one write', 'EACCES', (_, since) => since === 0],
  ['is full', 'ENOSPC', ({ name }) => /^(?:write|open|mkdir|copy|append)/.test(name)],
  ['becomes read-only', 'EROFS', () => true],
]

/** Calls `act` with a disk that fails from its write `at` on. @returns what it throws; how many writes there were. */
function withDisk(
  root: string,
  at: number,
  [, code, fails]: (typeof DISKS)[number],
  act: () => void,
): { readonly thrown: unknown; readonly writes: number } {
  let writes = 0
  const restore = interceptWrites(root, (write) => {
    writes += 1
    if (writes < at || !fails(write, writes - at)) return
    write.half()
    throw Object.assign(new Error(`${code}: ${write.name} ${write.path}`), { code })
  })
  try {
    act()
    return { thrown: undefined, writes }
  } catch (thrown) {
    return { thrown, writes }
  } finally {
    restore()
  }
}

/** What a person does when the disk is mended. @returns what was undone; undefined where all was put back already. */
function undoLater(root: string): string | undefined {
  endProcess(root)
  const [found] = findJournals(root)
  if (found) return undo(root).id
  expect(() => undo(root)).toThrow('There is nothing to undo')
  return undefined
}

/** The number of a process that has ended. */
const { pid } = spawnSync(process.execPath, ['--version'])

/** A lock that could not be removed is one of a process that has ended. */
function endProcess(root: string): void {
  for (const directory of journalDirectories(root)) {
    const lock = join(directory, 'lock')
    if (existsSync(join(lock, String(process.pid))))
      renameSync(join(lock, String(process.pid)), join(lock, String(pid)))
    if (existsSync(`${lock}-${process.pid}`)) renameSync(`${lock}-${process.pid}`, `${lock}-${pid}`)
  }
}

describe.each(DISKS.map((disk) => [disk[0], disk] as const))('a disk that %s', (name, disk) => {
  it.each([
    ['a repository of git', repositoryWith],
    ['a directory that git does not know', directoryWith],
  ])('at any write of a migration of %s: all is put back, or undo does that later', async (_, make) => {
    const root = make(FILES)
    makeSpecial(root)
    const before = treeOf(root)
    const changes = await changesOf(root)
    const all = withDisk(root, Infinity, disk, () => writeChanges(changes, root)).writes
    expect(all).toBeGreaterThan(2 * changes.length)
    undo(root)
    expect(treeOf(root)).toEqual(before)
    for (let at = 1; at <= all; at += 1) {
      const { thrown } = withDisk(root, at, disk, () => writeChanges(changes, root))
      const where = `write ${at} of ${all}: ${String(thrown)}`
      const isWhole = name === 'refuses one write' && thrown !== undefined
      if (isWhole) expect(treeOf(root), where).toEqual(before)
      const undone = undoLater(root)
      if (thrown !== undefined) {
        expect(thrown, where).toBeInstanceOf(WriteError)
        expect(/run `hot-codemod undo (\S+)`/.exec((thrown as Error).message)?.[1], where).toBe(undone)
      }
      expect(treeOf(root), where).toEqual(before)
    }
  })

  it('at any write of an undo: another finishes it', async () => {
    const root = repositoryWith(FILES)
    makeSpecial(root)
    const before = treeOf(root)
    const changes = await changesOf(root)
    writeChanges(changes, root)
    const all = withDisk(root, Infinity, disk, () => undo(root)).writes
    expect(all).toBeGreaterThan(2 * changes.length)
    for (let at = 1; at <= all; at += 1) {
      writeChanges(changes, root)
      const { thrown } = withDisk(root, at, disk, () => undo(root))
      const where = `write ${at} of ${all}: ${String(thrown)}`
      if (thrown !== undefined) expect(thrown, where).toBeInstanceOf(WriteError)
      undoLater(root)
      expect(treeOf(root), where).toEqual(before)
    }
  })
})

describe('between the plan and the first write', () => {
  it.each([
    ['changed', (path: string) => writeFileSync(path, 'changed\n')],
    ['deleted', (path: string) => rmSync(path)],
  ])('a file that is %s stops it, and nothing is written', async (_, act) => {
    const root = repositoryWith(FILES)
    makeSpecial(root)
    const changes = await changesOf(root)
    act(join(root, 'src/routes/r7.js'))
    const before = treeOf(root)
    expect(() => writeChanges(changes, root)).toThrow('src/routes/r7.js changed while the plan was shown')
    expect(treeOf(root)).toEqual(before)
  })

  it('a file that no change is for may change', async () => {
    const root = repositoryWith(FILES)
    makeSpecial(root)
    const changes = await changesOf(root)
    writeFileSync(join(root, 'src/handlers/h7.js'), 'changed\n')
    const before = treeOf(root)
    writeChanges(changes, root)
    undo(root)
    expect(treeOf(root)).toEqual(before)
  })
})
