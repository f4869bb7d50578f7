import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openServer } from '../../src/graph/server.ts'
import { listSourceFiles } from '../../src/project/files.ts'
import { readProject } from '../../src/project/read.ts'
import { checkOut, copyProject, type Copy } from '../../src/verify/copy.ts'
import { VerifyError } from '../../src/verify/error.ts'
import { directoryWith, git, repositoryWith } from '../cli/run.ts'
import { repository } from '../engines/engines.ts'

/** The copy of a project, removed after the test. */
async function copyOf(root: string): Promise<Copy> {
  const copy = await copyProject(root)
  onTestFinished(copy.remove)
  return copy
}

/** Makes `directory` the temporary one until the test ends. */
function useTemporary(directory: string): string {
  vi.stubEnv('TMPDIR', directory)
  return directory
}

afterEach(() => {
  vi.unstubAllEnvs()
})

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  symlinkSync(target, join(root, path))
}

function textOf(directory: string, path: string): string {
  return readFileSync(join(directory, path), 'utf8')
}

/** `hot app/users.ts`, by path from the project. */
function outcomesOf(root: string): string[] {
  return [...openServer(readProject(root)).reload().outcomes]
    .map(([path, outcome]) => `${outcome} ${relative(root, path)}`)
    .sort()
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(VerifyError)
  return (error as VerifyError).message
}

/** A server with a hot module, and one that restarts. */
const server = {
  'package.json': JSON.stringify({
    type: 'module',
    scripts: { dev: 'node --import=hot-hook/register src/server.ts' },
    hotHook: { boundaries: ['./src/users.ts'] },
  }),
  'src/server.ts': "import './config.ts'\nconst users = () => import('./users.ts')",
  'src/users.ts': "import './model.ts'",
  'src/model.ts': 'export const a = 1',
  'src/config.ts': 'export const b = 1',
}

const below = (directory: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]))

describe('copyProject', () => {
  it('copies what git ignores', async () => {
    const root = repositoryWith({ 'package.json': '{}', '.gitignore': '.env\ndist\n*.db\n' })
    mkdirSync(join(root, 'dist'))
    writeFileSync(join(root, '.env'), 'PORT=1')
    writeFileSync(join(root, 'dist/main.js'), '')
    writeFileSync(join(root, 'data.db'), Buffer.from([0, 255, 254]))
    const { top, directory } = await copyOf(root)
    expect(directory).toBe(top)
    expect(directory).toBe(realpathSync(directory))
    expect(readdirSync(directory).sort()).toEqual(['.env', '.git', '.gitignore', 'data.db', 'dist', 'package.json'])
    expect(textOf(directory, '.env')).toBe('PORT=1')
    expect(readFileSync(join(directory, 'data.db'))).toEqual(Buffer.from([0, 255, 254]))
  })

  it('leaves out what build tools keep for themselves', async () => {
    const root = directoryWith({ 'package.json': '{}', '.next/cache/a': '', '.nextjs/a': '', 'web/.turbo/a': '' })
    const { directory } = await copyOf(root)
    expect(readdirSync(directory).sort()).toEqual(['.nextjs', 'package.json', 'web'])
    expect(readdirSync(join(directory, 'web'))).toEqual([])
  })

  it('leaves the original as it is', async () => {
    const root = directoryWith({ 'package.json': '{}', 'a.ts': 'a' })
    const { directory } = await copyOf(root)
    writeFileSync(join(directory, 'a.ts'), 'b')
    expect(textOf(root, 'a.ts')).toBe('a')
  })

  it.runIf(process.platform !== 'win32')('keeps modes', async () => {
    const root = directoryWith({ 'package.json': '{}', 'ace.js': '', 'a.js': '' })
    chmodSync(join(root, 'ace.js'), 0o755)
    const { directory } = await copyOf(root)
    const isExecutable = (name: string) => (lstatSync(join(directory, name)).mode & 0o111) !== 0
    expect([isExecutable('ace.js'), isExecutable('a.js')]).toEqual([true, false])
  })

  it.runIf(process.platform !== 'win32')('skips a FIFO', async () => {
    const root = directoryWith({ 'package.json': '{}', 'a.ts': '' })
    spawnSync('mkfifo', [join(root, 'pipe')])
    expect(lstatSync(join(root, 'pipe')).isFIFO()).toBe(true)
    const { directory } = await copyOf(root)
    expect(readdirSync(directory).sort()).toEqual(['a.ts', 'package.json'])
  })

  it('copies when the temporary directory is in the project', async () => {
    const root = directoryWith({ 'package.json': '{}', 'tmp/a.txt': '' })
    useTemporary(join(root, 'tmp'))
    const { directory } = await copyOf(root)
    expect(readdirSync(join(directory, 'tmp'))).toEqual(['a.txt'])
  })
})

describe('the directory that is copied', () => {
  const relativeTop = ({ top, directory }: Copy): string => relative(top, directory)

  it('is the workspace root', async () => {
    const root = directoryWith({
      'package.json': '{ "workspaces": ["apps/*", "packages/*"] }',
      '.env': 'A=1',
      'tsconfig.base.json': '{}',
      'apps/api/package.json': '{}',
      'packages/shared/src/a.ts': '',
    })
    const copy = await copyOf(join(root, 'apps/api'))
    expect(relativeTop(copy)).toBe('apps/api')
    expect(readdirSync(copy.top).sort()).toEqual(['.env', 'apps', 'package.json', 'packages', 'tsconfig.base.json'])
  })

  it('is the root of a pnpm workspace', async () => {
    const root = directoryWith({ 'pnpm-workspace.yaml': 'packages:\n  - "./apps/*"\n', 'apps/api/package.json': '{}' })
    expect(relativeTop(await copyOf(join(root, 'apps/api')))).toBe('apps/api')
  })

  it('is the project when it is not a member of the workspace', async () => {
    const root = directoryWith({
      'package.json': '{ "workspaces": ["apps/*", "!apps/api"] }',
      'apps/api/package.json': '{}',
    })
    expect(relativeTop(await copyOf(join(root, 'apps/api')))).toBe('')
  })

  it('holds the files that are imported by relative paths', async () => {
    const root = repositoryWith({
      ...below('api', server),
      'api/src/model.ts': "import '../../shared/a.ts'",
      'shared/a.ts': '',
    })
    const copy = await copyOf(join(root, 'api'))
    expect(relativeTop(copy)).toBe('api')
    expect(lstatSync(join(copy.top, 'shared')).isDirectory()).toBe(true)
  })

  it('holds them outside git too', async () => {
    const root = directoryWith({
      ...below('api', server),
      'api/src/model.ts': "import '../../shared/a.ts'",
      'shared/a.ts': '',
    })
    expect(relativeTop(await copyOf(join(root, 'api')))).toBe('api')
  })

  it('holds the tsconfig files that are extended', async () => {
    const root = repositoryWith({
      ...below('apps/api', server),
      'apps/api/tsconfig.json': '{ "extends": "./tsconfig.app" } // TypeScript adds .json',
      'apps/api/tsconfig.app.json': '{ "extends": ["../../tsconfig.base.json"] }',
      'tsconfig.base.json': '{}',
    })
    expect(relativeTop(await copyOf(join(root, 'apps/api')))).toBe('apps/api')
  })

  it('is the project when its files need none above', async () => {
    const root = repositoryWith({ ...below('api', server), 'api/tsconfig.json': '{}', 'shared/a.ts': '' })
    expect(relativeTop(await copyOf(join(root, 'api')))).toBe('')
  })

  it('has links to what is beside it in the repository', async () => {
    const root = repositoryWith({ ...below('api', server), '.env': 'A=1', 'data/a.json': '{}' })
    const { directory } = await copyOf(join(root, 'api'))
    expect(textOf(directory, '../.env')).toBe('A=1')
    expect(realpathSync(join(directory, '../data'))).toBe(join(root, 'data'))
  })
})

describe.runIf(process.platform !== 'win32')('symbolic links', () => {
  it('lead to the same place in the copy', async () => {
    const root = directoryWith({ 'package.json': '{}', 'src/a.ts': '' })
    link(root, 'b.ts', 'src/a.ts')
    link(root, 'c.ts', join(root, 'src/a.ts'))
    const { directory } = await copyOf(root)
    expect(readlinkSync(join(directory, 'b.ts'))).toBe('src/a.ts')
    expect(readlinkSync(join(directory, 'c.ts'))).toBe(join(directory, 'src/a.ts'))
  })

  it('lead out of it to where they led', async () => {
    const top = directoryWith({ 'app/package.json': '{}', 'data/a.json': '1' })
    link(top, 'app/data', '../data')
    const { directory } = await copyOf(join(top, 'app'))
    expect(readlinkSync(join(directory, 'data'))).toBe(join(top, 'data'))
  })

  it('may lead nowhere', async () => {
    const root = directoryWith({ 'package.json': '{}' })
    link(root, 'a', 'missing')
    const { directory } = await copyOf(root)
    expect(readlinkSync(join(directory, 'a'))).toBe('missing')
  })
})

describe('node_modules', () => {
  const workspace = {
    'package.json': '{ "workspaces": ["apps/*", "packages/*"] }',
    'apps/api/package.json': '{}',
    'packages/shared/package.json': '{ "name": "@x/shared" }',
    'packages/shared/index.js': 'shared',
  }

  it('is a directory of links to the original', async () => {
    const root = directoryWith({
      'package.json': '{}',
      'node_modules/a/index.js': '',
      'node_modules/@x/b/index.js': '',
    })
    const { directory } = await copyOf(root)
    const modules = join(directory, 'node_modules')
    expect(lstatSync(modules).isDirectory()).toBe(true)
    expect(readlinkSync(join(modules, 'a'))).toBe(join(root, 'node_modules/a'))
    expect(lstatSync(join(modules, '@x')).isDirectory()).toBe(true)
    expect(readlinkSync(join(modules, '@x/b'))).toBe(join(root, 'node_modules/@x/b'))
  })

  it('has none of what tools write to', async () => {
    const root = directoryWith({
      'package.json': '{}',
      'node_modules/.cache/a': '',
      'node_modules/.vite/a': '',
      'node_modules/.package-lock.json': '{}',
    })
    const { directory } = await copyOf(root)
    expect(readdirSync(join(directory, 'node_modules')).sort()).toEqual(['.cache', '.package-lock.json', '.vite'])
    expect(lstatSync(join(directory, 'node_modules/.cache')).isDirectory()).toBe(true)
    expect(readdirSync(join(directory, 'node_modules/.cache'))).toEqual([])
  })

  it('leads to the copy of a workspace package', async () => {
    const root = directoryWith({ ...workspace, 'node_modules/a/index.js': '' })
    link(root, 'node_modules/@x/shared', '../../packages/shared')
    const { top } = await copyOf(join(root, 'apps/api'))
    expect(realpathSync(join(top, 'node_modules/@x/shared'))).toBe(join(top, 'packages/shared'))
    expect(realpathSync(join(top, 'node_modules/a'))).toBe(join(root, 'node_modules/a'))
  })

  it('leads to the program of a workspace package', async () => {
    const root = directoryWith(workspace)
    link(root, 'node_modules/shared', '../packages/shared')
    link(root, 'node_modules/.bin/shared', '../shared/index.js')
    const { top } = await copyOf(join(root, 'apps/api'))
    expect(realpathSync(join(top, 'node_modules/.bin/shared'))).toBe(join(top, 'packages/shared/index.js'))
  })

  it('leads to the store of pnpm', async () => {
    const store = 'node_modules/.pnpm/a@1.0.0/node_modules/a'
    const root = directoryWith({ ...workspace, [`${store}/index.js`]: '' })
    link(root, 'apps/api/node_modules/a', join('../../..', store))
    link(root, 'apps/api/node_modules/@x/shared', '../../../../packages/shared')
    const { top, directory } = await copyOf(join(root, 'apps/api'))
    expect(readlinkSync(join(top, 'node_modules/.pnpm'))).toBe(join(root, 'node_modules/.pnpm'))
    expect(realpathSync(join(directory, 'node_modules/a'))).toBe(join(root, store))
    expect(realpathSync(join(directory, 'node_modules/@x/shared'))).toBe(join(top, 'packages/shared'))
  })

  it('is found above the copied directory, the nearest first', async () => {
    const root = directoryWith({
      'a/b/app/package.json': '{}',
      'node_modules/x/index.js': '',
      'node_modules/y/index.js': '',
      'a/b/node_modules/x/index.js': '',
    })
    const { directory } = await copyOf(join(root, 'a/b/app'))
    const { resolve } = createRequire(join(directory, 'main.js'))
    expect(resolve('x')).toBe(join(root, 'a/b/node_modules/x/index.js'))
    expect(resolve('y')).toBe(join(root, 'node_modules/y/index.js'))
  })

  it('is named by .pnp.cjs from where the copy is', async () => {
    const root = directoryWith({ 'package.json': '{}' })
    const outside = directoryWith({ 'a.zip': '' })
    const locations = (to: string) => `"packageLocation": "./",\n"packageLocation": "${relative(to, outside)}/a.zip/"`
    writeFileSync(join(root, '.pnp.cjs'), locations(root))
    const { directory } = await copyOf(root)
    expect(textOf(directory, '.pnp.cjs')).toBe(locations(directory))
  })
})

describe('the prediction', () => {
  it('is the same for a project of its own', async () => {
    const root = repositoryWith(server)
    const { directory } = await copyOf(root)
    expect(outcomesOf(directory)).toEqual([
      'hot src/model.ts',
      'hot src/users.ts',
      'restart src/config.ts',
      'restart src/server.ts',
    ])
    expect(outcomesOf(directory)).toEqual(outcomesOf(root))
  })

  it('is the same with a workspace package', async () => {
    const root = repositoryWith({
      'package.json': '{ "workspaces": ["api", "shared"] }',
      ...below('api', server),
      'api/src/model.ts': "import '@x/shared'",
      'shared/package.json': '{ "name": "@x/shared", "exports": "./index.ts" }',
      'shared/index.ts': 'export {}',
    })
    link(root, 'node_modules/@x/shared', '../../shared')
    link(root, 'node_modules/hot-hook', join(repository, 'node_modules/hot-hook'))
    const { directory } = await copyOf(join(root, 'api'))
    expect(outcomesOf(directory)).toContain('hot ../shared/index.ts')
    expect(outcomesOf(directory)).toEqual(outcomesOf(join(root, 'api')))
  })
})

describe('the repository of the copy', () => {
  const names = (root: string): string[] => listSourceFiles(root).map((path) => relative(root, path))

  it('lists the same files', async () => {
    const root = repositoryWith({ 'package.json': '{}', '.gitignore': 'generated\n', 'src/a.ts': '' })
    mkdirSync(join(root, 'generated'))
    writeFileSync(join(root, 'generated/a.ts'), '')
    writeFileSync(join(root, 'generated/tracked.ts'), '')
    writeFileSync(join(root, 'src/new.ts'), '')
    git(root, 'add', '--force', 'generated/tracked.ts')
    const { directory } = await copyOf(root)
    expect(existsSync(join(directory, 'generated/a.ts'))).toBe(true)
    expect(names(directory)).toEqual(['generated/tracked.ts', 'src/a.ts', 'src/new.ts'])
  })

  it('lists the same files of a project below its root', async () => {
    const root = repositoryWith({ '.gitignore': 'generated\n', ...below('api', server) })
    mkdirSync(join(root, 'api/generated'))
    writeFileSync(join(root, 'api/generated/a.ts'), '')
    const { directory } = await copyOf(join(root, 'api'))
    expect(names(directory)).toEqual(['src/config.ts', 'src/model.ts', 'src/server.ts', 'src/users.ts'])
  })

  it('is at the same commit, and is not the original', async () => {
    const root = repositoryWith({ 'package.json': '{}' })
    const { directory } = await copyOf(root)
    writeFileSync(join(directory, 'b.ts'), '')
    git(directory, 'add', 'b.ts')
    expect(git(directory, 'rev-parse', 'HEAD')).toBe(git(root, 'rev-parse', 'HEAD'))
    expect(git(directory, 'status', '--porcelain')).toBe('A  b.ts\n')
    expect(git(root, 'status', '--porcelain')).toBe('')
  })
})

describe('temporary files', () => {
  it('are gone after remove()', async () => {
    const root = directoryWith({ 'package.json': '{}', 'a/b/c.ts': '' })
    const temporary = useTemporary(directoryWith({}))
    const copy = await copyProject(root)
    expect(readdirSync(temporary)).toEqual([expect.stringMatching(`^hot-codemod-verify-${process.pid}-\\w{6}$`)])
    await copy.remove()
    expect(readdirSync(temporary)).toEqual([])
    await expect(copy.remove()).resolves.toBeUndefined()
  })

  it('leave linked packages in place', async () => {
    const root = directoryWith({ 'package.json': '{}', 'node_modules/a/index.js': 'a' })
    const copy = await copyProject(root)
    await copy.remove()
    expect(textOf(root, 'node_modules/a/index.js')).toBe('a')
  })

  it('are gone when the process exits', () => {
    const temporary = directoryWith({})
    const root = directoryWith({ 'package.json': '{}' })
    const script = `
      import { existsSync } from 'node:fs'
      import { copyProject } from './src/verify/copy.ts'
      copyProject(${JSON.stringify(root)}).then(({ directory }) => {
        console.log(existsSync(directory))
        process.exit()
      })
    `
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
    const env = { ...process.env, TMPDIR: temporary, TSX_DISABLE_CACHE: '1' }
    const { stdout } = spawnSync(process.execPath, args, { cwd: repository, env, encoding: 'utf8' })
    expect(stdout).toBe('true\n')
    expect(readdirSync(temporary)).toEqual([])
  })

  it('of a process that has ended are removed, those of others stay', async () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    const dead = `hot-codemod-verify-${pid}-abcdef`
    const alive = `hot-codemod-verify-${process.ppid}-abcdef`
    const root = directoryWith({ 'package.json': '{}' })
    const temporary = useTemporary(
      directoryWith({ [`${dead}/a/b`]: '', [`${alive}/a`]: '', 'hot-codemod-verify-a/b': '' }),
    )
    const copy = await copyProject(root)
    await copy.remove()
    expect(readdirSync(temporary).sort()).toEqual([alive, 'hot-codemod-verify-a'].sort())
  })

  it('need a temporary directory', async () => {
    const root = directoryWith({ 'package.json': '{}' })
    const missing = useTemporary(join(root, 'missing'))
    expect(await messageOf(copyProject(root))).toBe(
      `The temporary directory ${missing} cannot be written: it does not exist. ` +
        'Name another one by the environment variable TMPDIR, and run again.',
    )
  })
})

describe.runIf(process.platform !== 'win32')('permissions', () => {
  /** A directory that a user without privileges can read. */
  function open(files: Readonly<Record<string, string>>): string {
    const root = directoryWith(files)
    chmodSync(root, 0o755)
    mkdirSync(join(root, '.git'))
    return root
  }

  /** Root may do everything: another user has to try. Node ignores TMPDIR then. */
  async function withoutPrivileges<T>(action: () => Promise<T>): Promise<T> {
    if (process.getuid?.() !== 0) return action()
    process.seteuid?.(65534)
    try {
      return await action()
    } finally {
      process.seteuid?.(0)
    }
  }

  it('names the file that cannot be read, and leaves nothing', async () => {
    const root = open({ 'package.json': '{}', 'secret.key': '' })
    chmodSync(join(root, 'secret.key'), 0)
    expect(await withoutPrivileges(() => messageOf(copyProject(root)))).toBe(
      `${join(root, 'secret.key')} cannot be read (EACCES), so the project cannot be copied. ` +
        'Make it readable, or move it out of the project, and run again.',
    )
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`hot-codemod-verify-${process.pid}-`))).toEqual([])
  })

  it('names the directory that cannot be read', async () => {
    const root = open({ 'package.json': '{}', 'data/a': '' })
    chmodSync(join(root, 'data'), 0)
    onTestFinished(() => chmodSync(join(root, 'data'), 0o755))
    expect(await withoutPrivileges(() => messageOf(copyProject(root)))).toContain(
      `${join(root, 'data')} cannot be read (EACCES)`,
    )
  })

  it('copies a file that cannot be written', async () => {
    const root = open({ 'package.json': '{}', 'a.ts': '' })
    chmodSync(join(root, 'a.ts'), 0o444)
    const copied = await withoutPrivileges(async () => {
      const copy = await copyProject(root)
      const names = readdirSync(copy.directory)
      await copy.remove()
      return names
    })
    expect(copied).toContain('a.ts')
  })

  it.runIf(process.getuid?.() !== 0)('names the temporary directory that cannot be written', async () => {
    const root = open({ 'package.json': '{}' })
    const temporary = useTemporary(join(root, 'tmp'))
    mkdirSync(temporary, 0o555)
    expect(await messageOf(copyProject(root))).toBe(
      `The temporary directory ${temporary} cannot be written: you have no permission. ` +
        'Name another one by the environment variable TMPDIR, and run again.',
    )
  })
})

describe('checkOut', () => {
  function commit(root: string): void {
    git(root, 'add', '--all')
    git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'more')
  }

  it('puts the files of the revision in place', async () => {
    const root = repositoryWith({ 'package.json': '{}', 'src/a b.ts': 'old', 'gone.ts': 'gone', 'été.ts': 'old' })
    writeFileSync(join(root, 'src/a b.ts'), 'new')
    writeFileSync(join(root, 'été.ts'), 'new')
    renameSync(join(root, 'gone.ts'), join(root, 'src/added.ts'))
    commit(root)
    const copy = await copyOf(root)
    await checkOut(copy, root, 'HEAD~1')
    expect(textOf(copy.directory, 'src/a b.ts')).toBe('old')
    expect(textOf(copy.directory, 'été.ts')).toBe('old')
    expect(textOf(copy.directory, 'gone.ts')).toBe('gone')
    expect(existsSync(join(copy.directory, 'src/added.ts'))).toBe(false)
    expect(listSourceFiles(copy.directory).map((path) => relative(copy.directory, path))).toEqual([
      'gone.ts',
      'src/a b.ts',
      'été.ts',
    ])
  })

  it('puts changes that are not committed aside', async () => {
    const root = repositoryWith({ 'package.json': '{}', 'a.ts': 'old' })
    writeFileSync(join(root, 'a.ts'), 'new')
    const copy = await copyOf(root)
    await checkOut(copy, root, 'HEAD')
    expect(textOf(copy.directory, 'a.ts')).toBe('old')
  })

  it('leaves files that git does not track', async () => {
    const root = repositoryWith({ 'package.json': '{}', '.gitignore': '.env\n' })
    writeFileSync(join(root, '.env'), 'A=1')
    writeFileSync(join(root, 'new.ts'), 'new')
    const copy = await copyOf(root)
    await checkOut(copy, root, 'HEAD')
    expect(textOf(copy.directory, '.env')).toBe('A=1')
    expect(textOf(copy.directory, 'new.ts')).toBe('new')
  })

  it('leaves the original as it is', async () => {
    const root = repositoryWith({ 'package.json': '{}', 'a.ts': 'old' })
    writeFileSync(join(root, 'a.ts'), 'new')
    commit(root)
    writeFileSync(join(root, 'a.ts'), 'staged')
    git(root, 'add', 'a.ts')
    writeFileSync(join(root, 'a.ts'), 'work')
    const index = readFileSync(join(root, '.git/index'))
    const head = git(root, 'rev-parse', 'HEAD')
    const copy = await copyOf(root)
    await checkOut(copy, root, 'HEAD~1')
    expect(textOf(copy.directory, 'a.ts')).toBe('old')
    expect(readFileSync(join(root, '.git/index'))).toEqual(index)
    expect(git(root, 'rev-parse', 'HEAD')).toBe(head)
    expect(textOf(root, 'a.ts')).toBe('work')
    expect(readdirSync(join(root, '.git'))).not.toContain('index.lock')
  })

  it('takes the files of a project below the root of the repository only', async () => {
    const root = repositoryWith({ ...below('api', server), 'web/a.ts': 'old' })
    writeFileSync(join(root, 'api/src/model.ts'), 'new')
    writeFileSync(join(root, 'web/a.ts'), 'new')
    const copy = await copyOf(join(root, 'api'))
    await checkOut(copy, join(root, 'api'), 'HEAD')
    expect(textOf(copy.directory, 'src/model.ts')).toBe('export const a = 1')
    expect(textOf(root, 'api/src/model.ts')).toBe('new')
    expect(textOf(root, 'web/a.ts')).toBe('new')
  })

  it('leaves what links lead to', async () => {
    const outside = directoryWith({ 'a.ts': 'outside' })
    const root = repositoryWith({ 'package.json': '{}', 'lib/a.ts': 'old', 'node_modules/x/index.js': 'old' })
    writeFileSync(join(root, 'node_modules/x/index.js'), 'new')
    renameSync(join(root, 'lib'), join(root, 'former'))
    link(root, 'lib', outside)
    const copy = await copyOf(root)
    await checkOut(copy, root, 'HEAD')
    expect(textOf(copy.directory, 'lib/a.ts')).toBe('old')
    expect(textOf(outside, 'a.ts')).toBe('outside')
    expect(textOf(copy.directory, 'node_modules/x/index.js')).toBe('old')
    expect(textOf(root, 'node_modules/x/index.js')).toBe('new')
  })

  it('takes the files of the whole workspace', async () => {
    const root = repositoryWith({
      'package.json': '{ "workspaces": ["*"] }',
      'api/package.json': '{}',
      'web/a.ts': 'old',
    })
    writeFileSync(join(root, 'web/a.ts'), 'new')
    const copy = await copyOf(join(root, 'api'))
    await checkOut(copy, join(root, 'api'), 'HEAD')
    expect(textOf(copy.top, 'web/a.ts')).toBe('old')
  })

  it('names a revision that does not exist', async () => {
    const root = repositoryWith({ 'package.json': '{}' })
    expect(await messageOf(checkOut(await copyOf(root), root, 'v9'))).toBe(
      `There is no revision "v9" in ${root}. Name a branch, a tag or a commit, as \`git log\` shows them, or fetch it.`,
    )
  })

  it('names a revision without the project', async () => {
    const root = repositoryWith({ 'a.ts': '' })
    writeFileSync(join(root, 'package.json'), '{}')
    expect(await messageOf(checkOut(await copyOf(root), root, 'HEAD'))).toBe(
      'Revision "HEAD" has no package.json. Name one in which the application exists.',
    )
  })

  it('needs a git repository', async () => {
    const root = directoryWith({ 'package.json': '{}' })
    expect(await messageOf(checkOut(await copyOf(root), root, 'HEAD'))).toBe(
      `${root} is not in a git repository, or git is not installed. Compare with a directory instead of a revision.`,
    )
  })
})
