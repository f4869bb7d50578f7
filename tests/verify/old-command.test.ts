import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realPath } from '../../src/project/files.ts'
import type { Project } from '../../src/project/project.ts'
import { readProject } from '../../src/project/read.ts'
import { oldCommand } from '../../src/verify/old-command.ts'
import { directoryWith } from '../cli/run.ts'
import { repositoryOf } from './repository.ts'

const HOT = 'hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts'

/** package.json with this script `dev`. */
function manifest(dev: string, more: object = {}): string {
  return `${JSON.stringify({ name: 'app', type: 'module', scripts: { dev }, ...more })}\n`
}

/** What npm leaves of a package with a program. */
function installed(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0' })],
      [`node_modules/.bin/${name}`, ''],
    ]),
  )
}

/** A project whose package.json had each of these texts in its turn. */
function projectWith(texts: readonly string[], files: Readonly<Record<string, string>> = {}): Project {
  const root = repositoryOf(
    texts.map((text, at) => ({ files: { 'package.json': text, ...(at === 0 ? { 'src/server.ts': '' } : {}) } })),
  )
  write(root, files)
  return readProject(root)
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

describe('the version to compare with', () => {
  const today = [manifest('tsx watch src/index.ts'), manifest(HOT)]

  /** That version, in a directory of its own. */
  function against(dev: string, files = installed('tsx')): Project {
    const root = realPath(directoryWith({ 'package.json': manifest(dev), 'src/server.ts': '', ...files }))
    return readProject(root)
  }

  it('comes first', () => {
    expect(oldCommand(projectWith(today, installed('tsx')), against('tsx watch src/server.ts'))).toEqual({
      command: 'tsx watch src/server.ts',
      source: 'against',
      notes: [],
    })
  })

  it.each([
    [HOT, 'starts hot-hook already'],
    ['tsx src/server.ts', 'does not restart when files change'],
    ['nodemon --exec tsx src/server.ts', 'needs nodemon, not installed any more'],
  ])('is passed over with `%s`, which %s', (dev, problem) => {
    const today = [manifest('node --watch src/server.ts'), manifest(HOT)]
    expect(oldCommand(projectWith(today), against(dev))).toEqual({
      command: 'node --watch src/server.ts',
      source: 'git history',
      notes: [`The version to compare with has the script "dev": \`${dev}\`, which ${problem}.`],
    })
  })

  it('is passed over without a script', () => {
    const other = realPath(directoryWith({ 'package.json': '{}' }))
    expect(oldCommand(projectWith([manifest(HOT)]), readProject(other)).notes).toEqual([
      'The version to compare with has no script that starts a server.',
    ])
  })
})

describe('git history', () => {
  it('has the newest script without hot-hook', () => {
    const texts = ['node --watch src/server.ts', 'tsx watch src/server.ts', HOT, `PORT=1 ${HOT}`].map((dev) =>
      manifest(dev),
    )
    expect(oldCommand(projectWith(texts, installed('tsx')))).toEqual({
      command: 'tsx watch src/server.ts',
      source: 'git history',
      notes: [],
    })
  })

  it('is that of the last commit when hot-hook is not committed yet', () => {
    const { root } = projectWith([manifest('node --watch src/server.ts')], { 'package.json': manifest(HOT) })
    expect(oldCommand(readProject(root))).toMatchObject({
      command: 'node --watch src/server.ts',
      source: 'git history',
    })
  })

  it('is read below the root of the repository', () => {
    const root = repositoryOf([
      { files: { 'api/package.json': manifest('node --watch src/server.ts'), 'api/src/server.ts': '' } },
      { files: { 'api/package.json': manifest(HOT) } },
    ])
    expect(oldCommand(readProject(join(root, 'api')))).toMatchObject({ command: 'node --watch src/server.ts' })
  })

  it('passes over a package.json that cannot be read', () => {
    const texts = [manifest('node --watch src/server.ts'), '<<<<<<< HEAD\n', manifest(HOT)]
    expect(oldCommand(projectWith(texts))).toMatchObject({ command: 'node --watch src/server.ts' })
  })

  it.each([
    ['nodemon src/server.ts', installed('nodemon'), 'needs ts-node, not installed any more'],
    ['nodemon src/server.ts', installed('ts-node'), 'needs nodemon, not installed any more'],
    ['npx nodemon --exec tsx src/server.ts', installed('tsx'), 'needs nodemon, not installed any more'],
    ['node --watch --import=tsx src/server.ts', {}, 'needs tsx, not installed any more'],
    ['node src/server.ts', {}, 'does not restart when files change'],
  ])('is passed over where `%s` %#', (dev, files, problem) => {
    const { command, source, notes } = oldCommand(projectWith([manifest(dev), manifest(HOT)], files))
    expect({ command, source }).toEqual({ command: 'node --watch --import=tsx src/server.ts', source: 'derived' })
    expect(notes.map((note) => note.replace(/(?<=commit )[0-9a-f]{7,}/, '1a2b3c4'))).toEqual([
      `package.json of commit 1a2b3c4 has the script "dev": \`${dev}\`, which ${problem}.`,
    ])
  })

  it('has nodemon where it is installed', () => {
    const texts = [manifest('nodemon --exec tsx src/server.ts'), manifest(HOT)]
    expect(oldCommand(projectWith(texts, installed('nodemon', 'tsx')))).toMatchObject({
      command: 'nodemon --exec tsx src/server.ts',
      source: 'git history',
    })
  })
})

describe('without a history', () => {
  const entry = { 'src/server.ts': '', 'ace.js': '', 'bin/server.ts': '' }

  it.each([
    [HOT, 'node --watch --import=tsx src/server.ts'],
    [
      'NODE_ENV=development npx hot-runner --node-args=--import=hot-hook/register --node-args=--env-file=.env --script-args=--verbose src/server.ts',
      'NODE_ENV=development node --watch --env-file=.env src/server.ts --verbose',
    ],
    [
      'concurrently "hot-runner --node-args=--import=hot-hook/register src/server.ts" "vite"',
      'concurrently "node --watch src/server.ts" "vite"',
    ],
    ['node --import=hot-hook/register src/server.ts', 'node --watch src/server.ts'],
    ['node --import tsx --import hot-hook/register src/server.ts', 'node --watch --import tsx src/server.ts'],
    [
      'NODE_OPTIONS="--import=tsx --import=hot-hook/register" node src/server.ts',
      'NODE_OPTIONS="--import=tsx " node --watch src/server.ts',
    ],
    ['node --watch --import=hot-hook/register src/server.ts', 'node --watch src/server.ts'],
    ['tsx --import=hot-hook/register src/server.ts', 'tsx watch src/server.ts'],
    [
      'nodemon --exec "node --import=tsx --import=hot-hook/register src/server.ts"',
      'nodemon --exec "node --import=tsx src/server.ts"',
    ],
    [
      'ts-node --import=./register.js --require dotenv/config src/server.ts',
      'node --watch --import=./register.js --require=dotenv/config src/server.ts',
    ],
  ])('`%s` becomes `%s`', (dev, command) => {
    const root = realPath(directoryWith({ 'package.json': manifest(dev), ...entry }))
    expect(oldCommand(readProject(root))).toEqual({ command, source: 'derived', notes: [] })
  })

  it.each([
    ['node ace serve --hmr', 'node ace serve --watch'],
    ['node ace serve --hmr --no-clear', 'node ace serve --watch --no-clear'],
  ])('`%s` of AdonisJS becomes `%s`', (dev, command) => {
    const text = manifest(dev, { dependencies: { '@adonisjs/core': '^7.0.0' } })
    const root = realPath(directoryWith({ 'package.json': text, ...entry }))
    expect(oldCommand(readProject(root))).toEqual({ command, source: 'derived', notes: [] })
  })

  it('starts the entry that is known without a script', () => {
    const root = realPath(directoryWith({ 'package.json': '{"type":"module"}', ...entry }))
    expect(oldCommand(readProject(root, { entry: 'src/server.ts' }))).toMatchObject({
      command: 'node --watch src/server.ts',
    })
  })

  it('says that nothing starts a server', () => {
    const root = realPath(directoryWith({ 'package.json': '{}' }))
    expect(() => oldCommand(readProject(root))).toThrow('No script of')
  })
})
