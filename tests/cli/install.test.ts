import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from '../engines/engines.ts'
import { application, filesIn, repositoryWith, type Ran } from './run.ts'

/** Runs `migrate` with a `pnpm` of one line of shell on PATH, and with no other. */
function migrateWith(root: string, pnpm: string | undefined, ...args: readonly string[]): Ran {
  const folder = join(root, '.git/bin')
  mkdirSync(folder)
  if (pnpm !== undefined) {
    writeFileSync(join(folder, 'pnpm'), `#!/bin/sh\n${pnpm}\n`)
    chmodSync(join(folder, 'pnpm'), 0o755)
  }
  const bin = join(repository, 'bin/hot-codemod.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'migrate', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: [folder, '/usr/bin', '/bin'].join(delimiter) },
  })
  return { code: status, stdout, stderr }
}

const files = { ...application, 'pnpm-lock.yaml': '' }
const SAYS_WHAT = 'echo "$PWD: $@"'

describe('migrate --install', () => {
  it('runs the install of the package manager in the directory of package.json, once it is applied', () => {
    const root = repositoryWith(files)
    const { code, stdout } = migrateWith(root, SAYS_WHAT, '--yes', '--install')
    expect(code).toBe(0)
    expect(stdout).toMatch(/Done\. [^]*\n {2}pnpm install\n.*: install --no-frozen-lockfile\n$/)
    expect(stdout).toContain(`${root}: install`)
  })
  it('is what it takes: nothing is installed without it', () => {
    const { code, stdout } = migrateWith(repositoryWith(files), SAYS_WHAT, '--yes')
    expect(code).toBe(0)
    expect(stdout).not.toContain('--no-frozen-lockfile')
  })
  it('does nothing when nothing is applied', () => {
    const { code, stdout } = migrateWith(repositoryWith(files), SAYS_WHAT, '--install')
    expect(code).toBe(1)
    expect(stdout).not.toContain('--no-frozen-lockfile')
  })
  it('keeps standard output for the report with --json', () => {
    const { code, stdout, stderr } = migrateWith(repositoryWith(files), SAYS_WHAT, '--yes', '--install', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      applied: true,
      packageManager: { name: 'pnpm', reason: expect.stringMatching(/^pnpm-lock\.yaml in /) as string },
    })
    expect(stderr).toContain(': install --no-frozen-lockfile\n')
  })
  it('says what is written and what to run when it fails', () => {
    const root = repositoryWith(files)
    const { code, stderr } = migrateWith(root, 'echo ERR_PNPM_WHATEVER >&2; exit 7', '--yes', '--install')
    expect(code).toBe(1)
    expect(stderr).toBe(
      `ERR_PNPM_WHATEVER\n\`pnpm install\` ended with 7. The migration is written, and what it needs is not installed: run \`pnpm install\` in ${root}.\n`,
    )
    expect(filesIn(root)['package.json']).toContain('hot-hook')
  })
  it('says so when there is no such program', () => {
    const { code, stderr } = migrateWith(repositoryWith(files), undefined, '--yes', '--install')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^`pnpm install` was not found: is pnpm installed\? Or name another by --pm\. The migration is/,
    )
  })
})

describe('migrate --pm', () => {
  it('is the package manager that is named', () => {
    const root = repositoryWith(files)
    const { stdout } = migrateWith(root, undefined, '--pm', 'bun')
    expect(stdout).toContain(' · bun (as asked for) · ')
    expect(stdout).toContain('Run `bun install` to install hot-hook (as asked for).')
  })
  it('refuses one that it does not know', () => {
    const { code, stderr } = migrateWith(repositoryWith(files), undefined, '--pm', 'vlt')
    expect(code).toBe(2)
    expect(stderr).toBe('--pm vlt: there are npm, pnpm, yarn, bun.\nSee hot-codemod migrate --help.\n')
  })
})
