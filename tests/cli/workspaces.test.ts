import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { application, filesIn, git, hotCodemod, repositoryWith } from './run.ts'

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

const below = (directory: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]))

/** A server on Express whose routes import a handler statically. */
const express = {
  'package.json': json({
    name: '@acme/api',
    type: 'module',
    scripts: { dev: 'node --watch src/server.js' },
    dependencies: { express: '^5.1.0' },
  }),
  'src/server.js': `import express from 'express'
import { list } from './users.js'

const app = express()
app.get('/users', list)
app.listen(3000)
`,
  'src/users.js': 'export const list = (req, res) => res.json([])\n',
}

/** Two servers, a library, and one on a framework that cannot be migrated. */
const monorepo: Readonly<Record<string, string>> = {
  'package.json': json({ name: 'mono', private: true, workspaces: ['apps/*', 'packages/*'] }),
  ...below('apps/(admin) [x]', application),
  ...below('apps/api', express),
  'apps/nest/package.json': json({ scripts: { dev: 'node main.js' }, dependencies: { '@nestjs/core': '^11.0.0' } }),
  'apps/nest/main.js': '',
  'packages/shared/package.json': json({ name: '@acme/shared', type: 'module' }),
}

interface Report {
  readonly applied: boolean
  readonly workspaces: readonly {
    readonly directory: string
    readonly name: string | null
    readonly version: number
    readonly applied: boolean
  }[]
  readonly skipped: readonly { readonly directory: string; readonly name: string | null; readonly reason: string }[]
}

describe('migrate --workspaces', () => {
  it('shows a plan for each package with a server, what is left out and why, and the total', () => {
    const root = repositoryWith(monorepo)
    const { code, stdout } = hotCodemod(root, 'migrate', '--workspaces')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^ {2}apps\/\(admin\) \[x\] app\n {2}AdonisJS 6 · .*\n[^]*\n {2}apps\/api @acme\/api\n {2}Express 5 · /,
    )
    expect(stdout).toContain('\n   ., packages/shared   No script of its package.json starts a server.\n')
    expect(stdout).toContain('\n   apps/nest   ')
    expect(stdout).toContain('depends on @nestjs/core. NestJS reads the metadata')
    expect(stdout).toMatch(/\n {2}Total {3}2 packages, 4 files to write {3}0 % → \d+ % of 9 files\n/)
    expect(filesIn(root)).toEqual(monorepo)
  })

  it('writes what migrate writes in each of them, as one migration that undo takes back', () => {
    const root = repositoryWith(monorepo)
    const { code, stdout } = hotCodemod(root, 'migrate', '--workspaces', '--yes')
    expect(code).toBe(0)
    expect(stdout).toContain('  Done. 4 files written')
    const written = filesIn(root)
    expect(hotCodemod(join(root, 'apps/api'), 'undo').stdout).toContain('4 files put back')
    expect(filesIn(root)).toEqual(monorepo)
    for (const directory of ['apps/(admin) [x]', 'apps/api']) hotCodemod(join(root, directory), 'migrate', '--yes')
    expect(filesIn(root)).toEqual(written)
    expect(hotCodemod(root, 'migrate', '--workspaces', '--yes').stdout).toContain(
      'Total   2 packages, 0 files to write',
    )
    expect(filesIn(root)).toEqual(written)
  })

  it('--dry-run prints one patch for the directory of the workspaces', () => {
    const root = repositoryWith(monorepo)
    const { code, stdout, stderr } = hotCodemod(join(root, 'packages/shared'), 'migrate', '--workspaces', '--dry-run')
    expect(code).toBe(1)
    expect(stderr).toContain('Total   2 packages')
    writeFileSync(join(root, '.git/patch'), stdout)
    git(root, 'apply', '.git/patch')
    const patched = filesIn(root)
    git(root, 'checkout', '--quiet', '.')
    hotCodemod(root, 'migrate', '--workspaces', '--yes')
    expect(filesIn(root)).toEqual(patched)
  })

  it('--json has a report for each, and what is left out', () => {
    const { code, stdout } = hotCodemod(repositoryWith(monorepo), 'migrate', '--workspaces', '--json')
    expect(code).toBe(1)
    const { applied, workspaces, skipped } = JSON.parse(stdout) as Report
    expect(applied).toBe(false)
    expect(workspaces).toMatchObject([
      { directory: 'apps/(admin) [x]', name: 'app', version: 1, framework: { name: 'adonisjs' }, applied: false },
      { directory: 'apps/api', name: '@acme/api', version: 1, framework: { name: 'express' }, applied: false },
    ])
    expect(skipped.map(({ directory, name }) => ({ directory, name }))).toEqual([
      { directory: '.', name: 'mono' },
      { directory: 'apps/nest', name: null },
      { directory: 'packages/shared', name: '@acme/shared' },
    ])
  })

  it('writes nothing anywhere when a file of one package has uncommitted changes', () => {
    const root = repositoryWith(monorepo)
    writeFileSync(join(root, 'apps/api/src/server.js'), `${express['src/server.js']}// mine\n`)
    const before = filesIn(root)
    const { code, stderr } = hotCodemod(root, 'migrate', '--workspaces', '--yes')
    expect(code).toBe(2)
    expect(stderr).toContain('Uncommitted changes in apps/api/src/server.js')
    expect(filesIn(root)).toEqual(before)
  })

  it('writes nothing anywhere when a file of one package does not parse', () => {
    const root = repositoryWith({ ...monorepo, 'apps/api/src/users.js': 'export const = 1\n' })
    const before = filesIn(root)
    const { code, stderr } = hotCodemod(root, 'migrate', '--workspaces', '--yes')
    expect(code).toBe(2)
    expect(stderr).toContain('apps/api/src/users.js:1:14')
    expect(filesIn(root)).toEqual(before)
  })

  it('does not go with --workspace or --verify', () => {
    const root = repositoryWith(monorepo)
    expect(hotCodemod(root, 'migrate', '--workspaces', '-w', 'apps/api').stderr).toMatch(/^--workspaces is all of them/)
    expect(hotCodemod(root, 'migrate', '--workspaces', '--verify').stderr).toMatch(/^--verify is for one package/)
  })

  it('says that there are none', () => {
    const { code, stderr } = hotCodemod(repositoryWith(express), 'migrate', '--workspaces')
    expect(code).toBe(2)
    expect(stderr).toContain('is in no workspace')
  })
})

describe('migrate --workspace', () => {
  it('migrates the one that is named, from a directory of another', () => {
    const root = repositoryWith(monorepo)
    const { code } = hotCodemod(join(root, 'packages/shared'), 'migrate', '--workspace', '@acme/api', '--yes')
    expect(code).toBe(0)
    const written = filesIn(root)
    expect(Object.keys(written).filter((path) => written[path] !== monorepo[path])).toEqual([
      'apps/api/package.json',
      'apps/api/src/server.js',
    ])
  })
  it('commits what each codemod changes, package by package', () => {
    const root = repositoryWith(monorepo)
    git(root, 'config', 'user.name', 'test')
    git(root, 'config', 'user.email', 'test@example.com')
    expect(hotCodemod(root, 'migrate', '-w', 'apps/api', '--yes', '--commit-per-step').code).toBe(0)
    expect(git(root, 'log', '--format=%s', '--reverse').trim().split('\n')).toEqual([
      'all',
      'hot-codemod: lazy-imports in apps/api',
      'hot-codemod: hot-hook-config in apps/api',
      'hot-codemod: dev-script in apps/api',
      'hot-codemod: dev-dependencies in apps/api',
    ])
    expect(git(root, 'status', '--porcelain')).toBe('')
  })

  it('lists what there is when there is no such one', () => {
    const { code, stderr } = hotCodemod(repositoryWith(monorepo), 'migrate', '-w', 'web')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^There is no workspace `web` in .*There are: \. \(mono\), apps\/\(admin\) \[x\] \(app\), /)
  })
  it('says why one that is named cannot be migrated', () => {
    const { code, stderr } = hotCodemod(repositoryWith(monorepo), 'migrate', '-w', 'packages/shared')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^No workspace of .* can be migrated\.\npackages\/shared: .* depends on no framework that is known/,
    )
  })
})

describe('migrate at the root of a workspace', () => {
  it('names the servers, and --workspaces', () => {
    const { code, stderr } = hotCodemod(repositoryWith(monorepo), 'migrate')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /is the root of a workspace and starts no server itself\. .*apps\/api, apps\/nest, or pass --workspaces\.\n$/,
    )
  })
})
