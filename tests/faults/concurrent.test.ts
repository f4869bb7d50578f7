import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { undo, writeChanges } from '../../src/edits/transaction.ts'
import { directoryWith, repositoryWith } from '../cli/run.ts'
import { changesOf, command, makeSpecial, routesOf, transactionBeside, treeOf, type Ran } from './project.ts'

const FILES = routesOf(30)

/** The environment in which `count` processes begin to write at the same time. */
function meeting(root: string, count: number): Record<string, string> {
  const place = join(directoryWith({}), 'meeting')
  mkdirSync(place)
  return { FAULT_ROOT: root, FAULT_MEET: String(count), FAULT_PLACE: place }
}

function expectOneToWin(results: readonly Ran[]): void {
  expect(results.map(({ code }) => code).sort(), JSON.stringify(results)).toEqual([0, ...results.slice(1).map(() => 2)])
  for (const { code, stderr } of results) {
    if (code === 2) expect(stderr).toMatch(/is writing to .+ Nothing was changed|changed while the plan was shown/)
  }
}

it('of migrations that write at once, one does, and the others change nothing', { timeout: 300_000 }, async () => {
  const root = repositoryWith(FILES)
  makeSpecial(root)
  const before = treeOf(root)
  const changes = await changesOf(root)
  const file = join(directoryWith({}), 'changes.json')
  writeFileSync(file, JSON.stringify(changes))
  writeChanges(changes, root)
  const after = withoutJournals(treeOf(root))
  undo(root)
  for (let round = 0; round < 15; round += 1) {
    const env = meeting(root, 3)
    const results = await Promise.all([1, 2, 3].map(() => transactionBeside(env, 'write', root, file)))
    expectOneToWin(results)
    expect(withoutJournals(treeOf(root)), `round ${round}`).toEqual(after)
    expect(readdirSync(join(root, '.git/hot-codemod'))).toHaveLength(1)
    undo(root)
    expect(treeOf(root), `round ${round}`).toEqual(before)
  }
})

it('of commands that run at once, one migrates, and the other exits with 2', { timeout: 300_000 }, async () => {
  for (let round = 0; round < 2; round += 1) {
    const root = repositoryWith(FILES)
    const before = treeOf(root)
    const env = meeting(root, 2)
    expectOneToWin(await Promise.all([1, 2].map(() => command(root, env, 'migrate', '--yes'))))
    undo(root)
    expect(treeOf(root)).toEqual(before)
  }
})

/** A tree without the files of journals, whose names tell the time. */
function withoutJournals(tree: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !/^\.git\/hot-codemod\//.test(path)))
}
