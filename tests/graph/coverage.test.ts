import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EDITS, openHistory, recentEdits } from '../../src/graph/coverage.ts'
import { realPath } from '../../src/project/files.ts'
import { directoryWith } from '../cli/run.ts'

const FILES = ['app/a.ts', 'app/b.ts', 'other/c.ts']

/** A repository whose first commit adds app/a.ts, app/b.ts and other/c.ts, and each later one edits the files named. */
function repository(commits: readonly (readonly string[])[]): string {
  const root = realPath(directoryWith({ 'readme.md': '' }))
  const all = [FILES, ...commits].map((names, at) => {
    const files = names.map((name) => `M 100644 inline ${name}\ndata ${String(at).length}\n${at}\n`)
    return `commit refs/heads/main\ncommitter A <a@example.org> ${at} +0000\ndata 1\nx\n${files.join('')}`
  })
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: root })
  execFileSync('git', ['fast-import', '--quiet'], { cwd: root, input: all.join('\n') })
  return root
}

function names(root: string, paths: readonly string[]): string[] {
  return paths.map((path) => path.slice(root.length + 1))
}

describe('openHistory', () => {
  it('gives a file once for each commit that edits it, newest first, without the commit that adds it', async () => {
    const root = repository([['app/a.ts'], ['app/b.ts', 'app/a.ts']])
    expect(names(root, await openHistory(root).of(() => true))).toEqual(['app/a.ts', 'app/b.ts', 'app/a.ts'])
  })

  it('gives those alone that count', async () => {
    const root = repository([['app/a.ts'], ['app/b.ts'], ['app/a.ts']])
    expect(names(root, await openHistory(root).of((path) => path.endsWith('b.ts')))).toEqual(['app/b.ts'])
  })

  it('counts each edit once, also where it looks further back past commits that only add files', async () => {
    const commits = Array.from({ length: 400 }, (_, at) => [at % 2 === 0 ? 'app/a.ts' : `app/added-${at}.ts`])
    expect(await openHistory(repository(commits)).of(() => true)).toHaveLength(200)
  })

  it('looks further back where the latest commits hold too few', async () => {
    const root = repository([['app/a.ts'], ...Array.from({ length: 400 }, () => ['other/c.ts'])])
    expect(names(root, await openHistory(root).of((path) => path.endsWith('a.ts')))).toEqual(['app/a.ts'])
  })

  it('ends after as many as are weighed', async () => {
    const root = repository(Array.from({ length: 300 }, () => FILES))
    expect(await openHistory(root).of(() => true)).toHaveLength(EDITS)
  })

  it('gives what is below the directory, in a repository that holds more', async () => {
    const root = join(repository([['other/c.ts'], ['app/a.ts', 'other/c.ts']]), 'app')
    execFileSync('git', ['checkout', '--quiet', '--force'], { cwd: join(root, '..') })
    expect(names(root, await openHistory(root).of(() => true))).toEqual(['a.ts'])
  })

  it('is empty without a repository', async () => {
    const root = realPath(directoryWith({ 'a.ts': '' }))
    expect(await openHistory(root).of(() => true)).toEqual([])
    expect(await recentEdits(root)).toEqual([])
  })
})
