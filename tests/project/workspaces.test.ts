import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWorkspaces, selectWorkspaces } from '../../src/project/workspaces.ts'
import { directoryWith } from '../codemods/run.ts'

const packages = {
  'apps/api/package.json': '{"name": "@acme/api"}',
  'apps/api/src/server.ts': '',
  'apps/(admin)/package.json': '{"name": "@acme/admin"}',
  'apps/old/package.json': '{}',
  'packages/a/b/package.json': '{"name": "deep"}',
  'node_modules/apps/x/package.json': '{}',
}

function directoriesIn(files: Readonly<Record<string, string>>, from = '.'): string[] {
  return openWorkspaces(join(directoryWith({ ...packages, ...files }), from)).packages.map(({ directory }) => directory)
}

describe('openWorkspaces', () => {
  it.each([
    ['a list', { 'package.json': '{"workspaces": ["apps/*"]}' }],
    ['a list in packages', { 'package.json': '{"workspaces": {"packages": ["./apps/*/"]}}' }],
    ['pnpm-workspace.yaml', { 'package.json': '{}', 'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n" }],
  ])('reads %s', (_, files) => {
    expect(directoriesIn(files)).toEqual(['.', 'apps/(admin)', 'apps/api', 'apps/old'])
  })
  it('leaves out what is excluded', () => {
    expect(directoriesIn({ 'package.json': '{"workspaces": ["apps/*", "!apps/old"]}' })).toEqual([
      '.',
      'apps/(admin)',
      'apps/api',
    ])
  })
  it('follows ** to any depth, and not into node_modules', () => {
    expect(directoriesIn({ 'package.json': '{"workspaces": ["**"]}' })).toEqual([
      '.',
      'apps/(admin)',
      'apps/api',
      'apps/old',
      'packages/a/b',
    ])
  })
  it('finds them from a directory of one', () => {
    expect(directoriesIn({ 'package.json': '{"workspaces": ["apps/*"]}' }, 'apps/api/src')).toHaveLength(4)
  })
  it('takes a link to a package for that package, and leaves out one that leads elsewhere', () => {
    const root = directoryWith({
      ...packages,
      'package.json': '{"workspaces": ["linked/*"]}',
      'linked/x/package.json': '{}',
    })
    symlinkSync(join(root, 'apps/api'), join(root, 'linked/api'))
    symlinkSync(directoryWith({ 'package.json': '{}' }), join(root, 'linked/outside'))
    expect(openWorkspaces(root).packages.map(({ directory }) => directory)).toEqual(['.', 'apps/api', 'linked/x'])
  })
  it('says where there are none', () => {
    expect(() => directoriesIn({ 'package.json': '{}' }, 'apps/api')).toThrow(
      /apps\/api is in no workspace: neither package\.json there or above it has "workspaces"/,
    )
  })
})

describe('selectWorkspaces', () => {
  const select = (from: string, ...wanted: string[]): string[] => {
    const root = directoryWith({ ...packages, 'package.json': '{"name": "mono", "workspaces": ["apps/*"]}' })
    return selectWorkspaces(openWorkspaces(root), wanted, join(root, from)).map(({ directory }) => directory)
  }
  it.each([
    ['a name', '.', ['@acme/api'], ['apps/api']],
    ['a directory', '.', ['./apps/api/'], ['apps/api']],
    ['a directory with glob characters', '.', ['apps/(admin)'], ['apps/(admin)']],
    ['a directory relative to where it is run', 'apps', ['api'], ['apps/api']],
    ['the directory where it is run', 'apps/api', ['.'], ['.', 'apps/api']],
    ['a glob for directories', '.', ['apps/a*'], ['apps/api']],
    ['a glob for names', '.', ['@acme/*'], ['apps/(admin)', 'apps/api']],
    ['one that is named twice', '.', ['@acme/api', 'apps/api'], ['apps/api']],
  ])('%s', (_, from, wanted, found) => {
    expect(select(from, ...wanted)).toEqual(found)
  })
  it('lists what there is where none is meant', () => {
    expect(() => select('.', '@acme/api', 'web')).toThrow(
      /^There is no workspace `web` in .*\. There are: \. \(mono\), apps\/\(admin\) \(@acme\/admin\), apps\/api \(@acme\/api\), apps\/old\.$/,
    )
  })
})
