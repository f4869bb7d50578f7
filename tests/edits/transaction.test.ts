import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WriteError } from '../../src/edits/error.ts'
import { findJournals, isRunning, journalDirectories } from '../../src/edits/journal.ts'
import { requireNoInterruption, undo, writeChanges } from '../../src/edits/transaction.ts'
import { createFileTree, type Change } from '../../src/edits/tree.ts'
import { directoryWith, filesIn, repositoryWith } from '../cli/run.ts'

const FILES = { 'a.ts': '\ufeffone\r\n', 'b/c.ts': 'two', 'package.json': '{}\n' }

/** The changes that give files new texts. */
function changesOf(root: string, texts: Readonly<Record<string, string>>): Change[] {
  const tree = createFileTree()
  for (const [path, text] of Object.entries(texts)) tree.write(join(root, path), text)
  return tree.changes()
}

/** Every file that is not of a journal. */
function tree(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(filesIn(root)).filter(([path]) => !path.startsWith('node_modules/')))
}

describe('writeChanges', () => {
  it('writes new texts and new files, and leaves nothing else behind', () => {
    const root = repositoryWith(FILES)
    writeChanges(changesOf(root, { 'a.ts': '1', 'new/deep/d.ts': '4' }), root)
    expect(filesIn(root)).toEqual({ ...FILES, 'a.ts': '1', 'new/deep/d.ts': '4' })
  })

  it('keeps the mode of a file', () => {
    const root = repositoryWith(FILES)
    chmodSync(join(root, 'a.ts'), 0o750)
    writeChanges(changesOf(root, { 'a.ts': '1' }), root)
    expect(statSync(join(root, 'a.ts')).mode & 0o777).toBe(0o750)
  })

  it('writes what a symbolic link leads to, and keeps the link', () => {
    const root = repositoryWith(FILES)
    symlinkSync('b/c.ts', join(root, 'link.ts'))
    writeChanges(changesOf(root, { 'link.ts': '2' }), root)
    expect(lstatSync(join(root, 'link.ts')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(root, 'b/c.ts'), 'utf8')).toBe('2')
    expect(readdirSync(join(root, 'b'))).toEqual(['c.ts'])
  })

  it('writes nothing where a symbolic link leads to no file', () => {
    const root = repositoryWith(FILES)
    const changes = changesOf(root, { 'a.ts': '1', 'link.ts': '2' })
    symlinkSync('missing.ts', join(root, 'link.ts'))
    expect(() => writeChanges(changes, root)).toThrow('link.ts is a symbolic link that leads to no file.')
    expect(readFileSync(join(root, 'a.ts'), 'utf8')).toBe(FILES['a.ts'])
    expect(findJournals(root)).toEqual([])
  })

  it('writes nothing when a file changed since it was planned', () => {
    const root = repositoryWith(FILES)
    const changes = changesOf(root, { 'a.ts': '1', 'b/c.ts': '2' })
    writeFileSync(join(root, 'b/c.ts'), 'edited')
    expect(() => writeChanges(changes, root)).toThrow(/c\.ts changed while the plan was shown\. Nothing was written/)
    expect(tree(root)).toEqual({ ...FILES, 'b/c.ts': 'edited' })
  })

  it('writes nothing when a file to be made is there', () => {
    const root = repositoryWith(FILES)
    const changes = changesOf(root, { 'a.ts': '1', 'd.ts': '4' })
    writeFileSync(join(root, 'd.ts'), 'mine')
    expect(() => writeChanges(changes, root)).toThrow(/d\.ts changed/)
    expect(tree(root)).toEqual({ ...FILES, 'd.ts': 'mine' })
  })

  it('leaves nothing behind when a later file cannot be written', () => {
    const root = repositoryWith(FILES)
    const changes = changesOf(root, { 'b/c.ts': '2', 'new/d.ts': '4', 'a.ts/e.ts': '5' })
    expect(() => writeChanges(changes, root)).toThrow(
      `${join(root, 'a.ts/e.ts')} cannot be written (ENOTDIR). Nothing was changed; check the permissions`,
    )
    expect(tree(root)).toEqual(FILES)
    expect(findJournals(root)).toEqual([])
  })

  it('does not write a file that is read-only', () => {
    const root = repositoryWith(FILES)
    chmodSync(join(root, 'b/c.ts'), 0o444)
    expect(() => writeChanges(changesOf(root, { 'a.ts': '1', 'b/c.ts': '2' }), root)).toThrow(
      /c\.ts cannot be written \(read-only\)\. Nothing was changed; check the permissions/,
    )
    expect(tree(root)).toEqual(FILES)
  })

  it('does not write while another process does', () => {
    const root = repositoryWith(FILES)
    const lock = join(journalDirectories(root)[0]!, 'lock')
    mkdirSync(lock, { recursive: true })
    writeFileSync(join(lock, String(process.ppid)), '')
    expect(() => writeChanges(changesOf(root, { 'a.ts': '1' }), root)).toThrow(
      `Another hot-codemod, process ${process.ppid}, is writing to ${root}. Nothing was changed; wait for it, and run again.`,
    )
    rmSync(lock, { recursive: true })
    writeChanges(changesOf(root, { 'a.ts': '1' }), root)
    expect(tree(root)).toEqual({ ...FILES, 'a.ts': '1' })
  })

  it('takes over the lock of a process that had its own number, as in the container before', () => {
    const root = repositoryWith(FILES)
    const lock = join(journalDirectories(root)[0]!, 'lock')
    mkdirSync(lock, { recursive: true })
    writeFileSync(join(lock, String(process.pid)), '')
    writeChanges(changesOf(root, { 'a.ts': '1' }), root)
    expect(tree(root)).toEqual({ ...FILES, 'a.ts': '1' })
  })

  it('takes over the lock of a process that was killed', () => {
    const root = repositoryWith(FILES)
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const [directory] = journalDirectories(root)
    mkdirSync(join(directory!, 'lock'), { recursive: true })
    writeFileSync(join(directory!, 'lock', String(pid)), '')
    expect(isRunning(pid)).toBe(false)
    writeChanges(changesOf(root, { 'a.ts': '1' }), root)
    expect(tree(root)).toEqual({ ...FILES, 'a.ts': '1' })
  })
})

describe('findJournals', () => {
  const withJournal = (text: string): string => {
    const root = repositoryWith(FILES)
    const [directory] = journalDirectories(root)
    mkdirSync(directory!, { recursive: true })
    writeFileSync(join(directory!, '20260101T000000000Z-abcdef.json'), text)
    return root
  }

  it('names a journal that cannot be read', () => {
    const root = withJournal('{ "version": 1, "id')
    const message = /20260101T000000000Z-abcdef\.json says what a migration changed, and cannot be read/
    expect(() => requireNoInterruption(root)).toThrow(message)
    expect(() => undo(root)).toThrow(WriteError)
  })

  it('leaves what another version has done to that version, and goes on after nothing that it left half done', () => {
    const journal = (state: string): string => JSON.stringify({ version: 2, state })
    expect(findJournals(withJournal(journal('written')))).toEqual([])
    expect(() => requireNoInterruption(withJournal(journal('writing')))).toThrow(
      'Another version of hot-codemod was interrupted: ',
    )
  })
})

describe('undo', () => {
  it('puts every file back, byte for byte, and removes what was made', () => {
    const root = repositoryWith(FILES)
    const { id } = writeChanges(changesOf(root, { 'a.ts': '1', 'b/c.ts': '2', 'new/deep/d.ts': '4' }), root)
    expect(undo(root)).toEqual({
      id,
      restored: [join(root, 'a.ts'), join(root, 'b/c.ts')],
      removed: [join(root, 'new/deep/d.ts')],
    })
    expect(filesIn(root)).toEqual(FILES)
    expect(existsSync(join(root, 'new'))).toBe(false)
  })

  it('leaves no trace in a directory that git does not know', () => {
    const root = directoryWith(FILES)
    writeChanges(changesOf(root, { 'a.ts': '1' }), root)
    expect(readdirSync(join(root, 'node_modules/.cache/hot-codemod'))).toHaveLength(1)
    undo(root)
    expect(readdirSync(root).sort()).toEqual(['a.ts', 'b', 'package.json'])
  })

  it('keeps a new directory in which something else is by now', () => {
    const root = repositoryWith(FILES)
    writeChanges(changesOf(root, { 'new/d.ts': '4' }), root)
    writeFileSync(join(root, 'new/mine.ts'), '')
    undo(root)
    expect(filesIn(root)).toEqual({ ...FILES, 'new/mine.ts': '' })
  })

  it('changes nothing when a file was edited since', () => {
    const root = repositoryWith(FILES)
    const { id } = writeChanges(changesOf(root, { 'a.ts': '1', 'b/c.ts': '2' }), root)
    writeFileSync(join(root, 'b/c.ts'), 'edited')
    expect(() => undo(root)).toThrow(
      `${join(root, 'b/c.ts')} was edited since migration ${id}, and that would be lost. Nothing was changed.`,
    )
    expect(filesIn(root)).toEqual({ ...FILES, 'a.ts': '1', 'b/c.ts': 'edited' })
  })

  it('changes nothing when a file was removed since', () => {
    const root = repositoryWith(FILES)
    writeChanges(changesOf(root, { 'a.ts': '1', 'b/c.ts': '2' }), root)
    rmSync(join(root, 'b/c.ts'))
    expect(() => undo(root)).toThrow(/c\.ts was edited since/)
    expect(filesIn(root)).toEqual({ 'a.ts': '1', 'package.json': '{}\n' })
  })

  it('takes a file that has its old text again as it is', () => {
    const root = repositoryWith(FILES)
    writeChanges(changesOf(root, { 'a.ts': '1', 'b/c.ts': '2' }), root)
    writeFileSync(join(root, 'b/c.ts'), FILES['b/c.ts'])
    expect(undo(root).restored).toEqual([join(root, 'a.ts')])
    expect(filesIn(root)).toEqual(FILES)
  })

  it('goes back one after the other, the last first', () => {
    const root = repositoryWith(FILES)
    const first = writeChanges(changesOf(root, { 'a.ts': '1' }), root)
    const second = writeChanges(changesOf(root, { 'a.ts': '2' }), root)
    expect(
      findJournals(root)
        .map(({ journal }) => journal.id)
        .sort(),
    ).toEqual([first.id, second.id].sort())
    expect(() => undo(root, first.id)).toThrow(/a\.ts was edited since/)
    undo(root, second.id)
    undo(root, first.id)
    expect(filesIn(root)).toEqual(FILES)
    expect(() => undo(root)).toThrow(`There is nothing to undo in ${root}`)
  })

  it('names what there is when there is no such migration', () => {
    const root = repositoryWith(FILES)
    const { id } = writeChanges(changesOf(root, { 'a.ts': '1' }), root)
    expect(() => undo(root, 'nope')).toThrow(`There is no migration nope to undo in ${root}. There are: ${id}.`)
  })

  it('finds the project after it was moved', () => {
    const root = repositoryWith(FILES)
    const project = join(root, 'project')
    mkdirSync(join(project, '.git'), { recursive: true })
    writeFileSync(join(project, 'a.ts'), 'one')
    writeChanges(changesOf(project, { 'a.ts': '1' }), project)
    renameSync(project, join(root, 'moved'))
    undo(join(root, 'moved'))
    expect(readFileSync(join(root, 'moved/a.ts'), 'utf8')).toBe('one')
  })

  it('tells projects apart that share node_modules by links', () => {
    const root = directoryWith({ 'shared/x/index.js': '', 'a/a.ts': 'one', 'b/a.ts': 'one' })
    for (const name of ['a', 'b']) symlinkSync('../shared', join(root, name, 'node_modules'))
    writeChanges(changesOf(join(root, 'a'), { 'a.ts': '1' }), join(root, 'a'))
    writeFileSync(join(root, 'b/a.ts'), '1')
    expect(() => undo(join(root, 'b'))).toThrow(/nothing to undo/)
    undo(join(root, 'a'))
    expect(readFileSync(join(root, 'a/a.ts'), 'utf8')).toBe('one')
    expect(readFileSync(join(root, 'b/a.ts'), 'utf8')).toBe('1')
  })

  it('leaves the migrations of another project of the repository alone', () => {
    const root = repositoryWith({ 'x/a.ts': 'one', 'y/a.ts': 'one' })
    writeChanges(changesOf(join(root, 'x'), { 'a.ts': '1' }), join(root, 'x'))
    expect(() => undo(join(root, 'y'))).toThrow(/nothing to undo/)
    undo(root)
    expect(filesIn(root)).toEqual({ 'x/a.ts': 'one', 'y/a.ts': 'one' })
  })
})

describe('an interrupted transaction', () => {
  it('has to be undone before anything else', () => {
    const root = repositoryWith(FILES)
    const { id } = writeChanges(changesOf(root, { 'a.ts': '1', 'b/c.ts': '2' }), root)
    const path = join(journalDirectories(root)[0]!, `${id}.json`)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"written"', '"writing"'))
    writeFileSync(join(root, 'b/c.ts'), FILES['b/c.ts'])
    writeFileSync(join(root, `b/.hot-codemod-${id}-1.tmp`), '2')
    expect(() => requireNoInterruption(root)).toThrow(
      `Migration ${id} of ${root} was interrupted while it was written. Run \`hot-codemod undo ${id}\``,
    )
    undo(root)
    expect(filesIn(root)).toEqual(FILES)
    requireNoInterruption(root)
  })
})
