import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realPath } from '../../src/project/files.ts'
import { editRate, median } from '../../src/verify/edit-rate.ts'
import { directoryWith } from '../cli/run.ts'
import { git, repositoryOf, type Commit } from './repository.ts'

const FIRST: Commit = { files: { 'src/a.ts': '0', 'src/b.ts': '0', 'readme.md': '0' } }
const isModule = (path: string): boolean => path.endsWith('.ts')

describe('editRate', () => {
  it('counts a file once for each commit that modifies it', async () => {
    const root = repositoryOf([FIRST, { files: { 'src/a.ts': '1', 'src/b.ts': '1' } }, { files: { 'src/a.ts': '2' } }])
    expect(await editRate(root, isModule)).toBe(3)
  })

  it('leaves out days without an edit of the files that count', async () => {
    const root = repositoryOf([
      FIRST,
      { files: { 'src/a.ts': '1' }, day: 2 },
      { files: { 'readme.md': '1' }, day: 3 },
      { files: { 'src/b.ts': '1' }, day: 5 },
    ])
    expect(await editRate(root, isModule)).toBe(1)
  })

  it('is the median of the days', async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`src/${at}.ts`, '0']))
    const root = repositoryOf([
      { files: { ...FIRST.files, ...many } },
      { files: { 'src/a.ts': '1' }, day: 2 },
      { files: { 'src/a.ts': '2', 'src/b.ts': '2' }, day: 3 },
      { files: Object.fromEntries(Object.keys(many).map((name) => [name, '1'])), day: 4 },
    ])
    expect(await editRate(root, isModule)).toBe(2)
  })

  it('is that of the person who runs it', async () => {
    const root = repositoryOf([
      FIRST,
      { files: { 'src/a.ts': '1' } },
      { files: { 'src/a.ts': '2', 'src/b.ts': '2' }, author: 'other@example.org' },
    ])
    expect(await editRate(root, isModule)).toBe(1)
  })

  it('is that of all authors, each with their own days, when that person has no edit', async () => {
    const root = repositoryOf([
      FIRST,
      { files: { 'src/a.ts': '1' }, author: 'one@example.org' },
      { files: { 'src/b.ts': '2' }, author: 'two@example.org' },
    ])
    expect(await editRate(root, isModule)).toBe(1)
  })

  it('knows the files below the directory, in a repository that holds more', async () => {
    const root = repositoryOf([FIRST, { files: { 'src/a.ts': '1', 'readme.md': '1' } }])
    expect(await editRate(join(root, 'src'), (path) => path === join(root, 'src/a.ts'))).toBe(1)
  })

  it('is undefined without such an edit', async () => {
    const root = repositoryOf([FIRST, { files: { 'readme.md': '1' } }])
    expect(await editRate(root, isModule)).toBeUndefined()
  })

  it('is undefined without a commit', async () => {
    const root = realPath(directoryWith({ 'a.ts': '' }))
    git(root, 'init', '--quiet')
    expect(await editRate(root, isModule)).toBeUndefined()
  })

  it('is undefined without git', async () => {
    expect(await editRate(realPath(directoryWith({ 'a.ts': '' })), isModule)).toBeUndefined()
  })
})

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 2, 3], 2.5],
    [[10, 9], 9.5],
    [[], NaN],
  ])('of %j is %d', (numbers, expected) => {
    expect(median(numbers)).toBe(expected)
  })
})
