import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  addDevCommand,
  catalogEntry,
  detectPackageManager,
  installCommand,
  installedVersion,
  rangeOf,
} from '../../src/project/package-manager.ts'
import { directoryWith } from '../codemods/run.ts'

function detect(files: Readonly<Record<string, string>>, directory = '.'): string {
  const root = directoryWith(files)
  const { name, reason } = detectPackageManager(join(root, directory))
  return `${name}: ${reason.replaceAll(`${root}/`, '').replaceAll(root, '<root>')}`
}

describe('detectPackageManager', () => {
  it('reads packageManager', () => {
    expect(detect({ 'package.json': '{"packageManager": "pnpm@10.1.0+sha512.abc"}', 'package-lock.json': '{}' })).toBe(
      'pnpm: packageManager in package.json',
    )
  })
  it('reads packageManager of the workspace root', () => {
    expect(
      detect(
        {
          'package.json': '{"packageManager": "yarn@4.1.0"}',
          'apps/api/package.json': '{}',
          'apps/api/package-lock.json': '{}',
        },
        'apps/api',
      ),
    ).toBe('yarn: packageManager in package.json')
  })
  it('reads devEngines', () => {
    expect(
      detect({ 'package.json': '{"devEngines": {"packageManager": {"name": "bun"}}}', 'package-lock.json': '{}' }),
    ).toBe('bun: devEngines.packageManager in package.json')
  })
  it('reads a list in devEngines', () => {
    expect(detect({ 'package.json': '{"devEngines": {"packageManager": [{"name": "vlt"}, {"name": "pnpm"}]}}' })).toBe(
      'pnpm: devEngines.packageManager in package.json',
    )
  })
  it('ignores a packageManager it does not know', () => {
    expect(detect({ 'package.json': '{"packageManager": "vlt@1.0.0"}', 'yarn.lock': '' })).toBe(
      'yarn: yarn.lock in <root>',
    )
  })
  it.each([
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
    ['package-lock.json', 'npm'],
    ['npm-shrinkwrap.json', 'npm'],
  ])('knows %s', (file, name) => {
    expect(detect({ 'package.json': '{}', [file]: '' })).toBe(`${name}: ${file} in <root>`)
  })
  it('takes the nearest lockfile', () => {
    expect(detect({ 'yarn.lock': '', 'apps/api/pnpm-lock.yaml': '', 'apps/api/package.json': '{}' }, 'apps/api')).toBe(
      'pnpm: pnpm-lock.yaml in <root>/apps/api'.replace('<root>/', ''),
    )
  })
  it('does not leave the repository', () => {
    expect(detect({ 'yarn.lock': '', 'inner/.git': 'gitdir: x', 'inner/package.json': '{}' }, 'inner')).toBe(
      'npm: no packageManager field and no lockfile',
    )
  })
  it('is the one that is asked for, whatever the project says', () => {
    const root = directoryWith({ 'package.json': '{"packageManager": "yarn@4.9.2"}', 'pnpm-lock.yaml': '' })
    expect(detectPackageManager(root, { packageManager: 'bun' })).toEqual({ name: 'bun', reason: 'as asked for' })
  })
  it('is the one that runs this, where the project says nothing', () => {
    const root = directoryWith({ 'package.json': '{}' })
    expect(detectPackageManager(root, { userAgent: 'pnpm/10.34.9 npm/? node/v20.20.2 linux x64' })).toEqual({
      name: 'pnpm',
      reason: 'no packageManager field and no lockfile; pnpm runs hot-codemod',
    })
  })
  it('is that of the lockfile, whatever runs this', () => {
    const root = directoryWith({ 'package.json': '{}', 'yarn.lock': '' })
    expect(detectPackageManager(root, { userAgent: 'npm/11.0.0 node/v20.20.2' }).name).toBe('yarn')
  })
  it('survives a package.json that is not JSON', () => {
    expect(detect({ 'package.json': '{', 'yarn.lock': '' })).toBe('yarn: yarn.lock in <root>')
  })
})

describe('the commands', () => {
  it('of npm', () => {
    expect(installCommand({ name: 'npm', reason: '' })).toBe('npm install')
    expect(addDevCommand({ name: 'npm', reason: '' }, 'x@^1.0.0')).toBe('npm install -D x@^1.0.0')
  })
  it('of pnpm', () => {
    expect(installCommand({ name: 'pnpm', reason: '' })).toBe('pnpm install')
    expect(addDevCommand({ name: 'pnpm', reason: '' }, 'x@^1.0.0')).toBe('pnpm add -D x@^1.0.0')
  })
})

describe('installedVersion', () => {
  it('is found in a directory above', () => {
    const root = directoryWith({ 'node_modules/x/package.json': '{"version": "1.2.3"}', 'apps/api/package.json': '{}' })
    expect(installedVersion(join(root, 'apps/api'), 'x')).toBe('1.2.3')
  })
  it('is that of the nearest', () => {
    const root = directoryWith({
      'node_modules/x/package.json': '{"version": "1.2.3"}',
      'apps/api/node_modules/x/package.json': '{"version": "2.0.0"}',
    })
    expect(installedVersion(join(root, 'apps/api'), 'x')).toBe('2.0.0')
  })
  it('is undefined when there is none', () => {
    expect(installedVersion(directoryWith({}), 'x')).toBeUndefined()
  })
})

describe("installedVersion, with Yarn Plug'n'Play", () => {
  const dependencies = [
    ['express', 'npm:5.3.0'],
    ['hono', 'virtual:0a1b#npm:4.13.19'],
    ['typescript', 'patch:typescript@npm%3A6.0.3#optional!builtin<compat/typescript>::version=6.0.3&hash=5786d5'],
    ['renamed', ['express', 'npm:4.22.3']],
    ["it's", 'npm:1.0.0'],
    ['@acme/shared', 'workspace:packages/shared'],
    ['peer', null],
  ]
  const location = (packageLocation: string, packageDependencies: unknown = []): object => ({
    packageLocation,
    packageDependencies,
  })
  const data = {
    packageRegistryData: [
      [null, [[null, location('./', [['root-only', 'npm:9.0.0']])]]],
      ['@acme/api', [['workspace:apps/api', location('./apps/api/', dependencies)]]],
      ['@acme/shared', [['workspace:packages/shared', location('./packages/shared/')]]],
    ],
  }
  const escaped = JSON.stringify(data, null, 2).replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\\n')
  const files = {
    'apps/api/package.json': '{}',
    'packages/shared/package.json': '{"version": "1.2.3"}',
    '.pnp.cjs': `"use strict";\n\nconst RAW_RUNTIME_STATE =\n'${escaped}';\nthrow new Error('It was run.')\n`,
  }

  it.each([
    ['express', '5.3.0'],
    ['hono', '4.13.19'],
    ['typescript', '6.0.3'],
    ['renamed', '4.22.3'],
    ["it's", '1.0.0'],
    ['@acme/shared', '1.2.3'],
    ['peer', undefined],
    ['root-only', undefined],
    ['nothing', undefined],
  ])('%s is %s', (name, version) => {
    expect(installedVersion(join(directoryWith(files), 'apps/api'), name)).toBe(version)
  })
  it('is read from the file beside it, where the data is there', () => {
    const root = directoryWith({
      ...files,
      '.pnp.cjs': 'module.exports = {}\n',
      '.pnp.data.json': JSON.stringify(data),
    })
    expect(installedVersion(join(root, 'apps/api'), 'express')).toBe('5.3.0')
  })
  it('is undefined where the file cannot be read', () => {
    expect(installedVersion(directoryWith({ '.pnp.cjs': "const RAW_RUNTIME_STATE = '{'" }), 'express')).toBeUndefined()
  })
})

describe('rangeOf', () => {
  it.each([
    ['^1.0.0', '^1.0.0'],
    ['workspace:^1.0.0', '^1.0.0'],
    ['workspace:*', '*'],
    ['npm:other@~1.0.0', '~1.0.0'],
    ['npm:@scope/other@1.x', '1.x'],
    ['latest', undefined],
    ['link:../x', undefined],
    ['github:me/x', undefined],
    ['catalog:', undefined],
  ])('%s is %s', (specifier, range) => {
    expect(rangeOf('/nowhere', 'x', specifier)).toBe(range)
  })
})

describe('catalogEntry', () => {
  it('says where it is', () => {
    const root = directoryWith({
      'pnpm-workspace.yaml': 'packages:\n  - apps/*\r\ncatalog:\n\n  y: 1.0.0\n  x: "^2.0.0" # why\n',
      'apps/api/package.json': '{}',
    })
    expect(catalogEntry(join(root, 'apps/api'), 'x', 'catalog:')).toEqual({
      range: '^2.0.0',
      path: join(root, 'pnpm-workspace.yaml'),
      line: 6,
    })
  })
  it('does not read a key of another block', () => {
    const root = directoryWith({ 'pnpm-workspace.yaml': 'catalog:\n  y: 1.0.0\noverrides:\n  x: 2.0.0\n' })
    expect(catalogEntry(root, 'x', 'catalog:')).toBeUndefined()
  })
  it('does not read a deeper key', () => {
    const root = directoryWith({ 'pnpm-workspace.yaml': 'catalog:\n  y:\n    x: 2.0.0\n' })
    expect(catalogEntry(root, 'x', 'catalog:')).toBeUndefined()
  })
  it('reads the default catalog by its name', () => {
    const root = directoryWith({ 'pnpm-workspace.yaml': 'catalogs:\n  default:\n    x: 2.0.0\n' })
    expect(catalogEntry(root, 'x', 'catalog:')?.line).toBe(3)
  })
})
