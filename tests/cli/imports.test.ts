import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { server } from '../doctor/server.ts'
import { repository } from '../engines/engines.ts'
import { application, directoryWith, repositoryWith } from './run.ts'

const preload = pathToFileURL(fileURLToPath(new URL('loaded.mjs', import.meta.url))).href

interface Loaded {
  /** The project's own modules, relative to the repository, sorted. */
  readonly files: readonly string[]
  /** The packages, sorted; native bindings without the platform. */
  readonly packages: readonly string[]
}

/** What the command loads, by a hook in the real process. */
function loadedBy(cwd: string, ...args: readonly string[]): Loaded {
  const list = join(directoryWith({}), 'loaded.txt')
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, join(repository, 'bin/hot-codemod.js'), ...args],
    { cwd, encoding: 'utf8', env: { ...process.env, LOADED: list }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  if (status !== 0 && status !== 1) throw new Error(stderr)
  const files: string[] = []
  const packages: string[] = []
  for (const path of readFileSync(list, 'utf8').split('\n')) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
    if (name !== undefined) packages.push(name.replace(/(?<=\/binding)-.*/, ''))
    else if (path.startsWith(repository) && path !== fileURLToPath(preload)) files.push(relative(repository, path))
  }
  return { files: unique(files), packages: unique(packages) }
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}

/** The directories of src, and codemods and rules, that the files are in. */
function partsOf({ files }: Loaded): string[] {
  return unique(files.flatMap((path) => /^dist\/(?:src\/(?=[^/]+\/)|(?!src\/))([^/]+)\//.exec(path)?.[1] ?? []))
}

const reading = [
  '@oxc-parser/binding',
  '@oxc-resolver/binding',
  '@oxc-transform/binding',
  'es-module-lexer',
  'get-tsconfig',
  'hot-hook-lexer',
  'jsonc-parser',
  'oxc-parser',
  'oxc-resolver',
  'oxc-transform',
  'picomatch',
  'resolve-pkg-maps',
]
const scopes = [
  '@typescript-eslint/scope-manager',
  '@typescript-eslint/types',
  '@typescript-eslint/visitor-keys',
  'eslint-visitor-keys',
]

describe('what only prints, loads no more than that', () => {
  const start = [
    'bin/hot-codemod.js',
    'dist/src/cli/command.js',
    'dist/src/cli/commands.js',
    'dist/src/cli/main.js',
    'dist/src/cli/nearest.js',
  ]

  it('--help', () => {
    expect(loadedBy('/', '--help')).toEqual({ files: start, packages: [] })
  })

  it('--version', () => {
    expect(loadedBy('/', '--version')).toEqual({ files: [...start, 'package.json'], packages: [] })
  })

  it.each([
    ['migrate', ['jsonc-parser', 'picocolors']],
    ['doctor', ['picocolors']],
    ['explain', ['picocolors']],
    ['graph', []],
    ['verify', ['picocolors']],
    ['undo', ['picocolors']],
  ])('%s --help', (command, packages) => {
    expect(loadedBy('/', command, '--help').packages).toEqual(packages)
  })
})

describe('each command loads its own packages', () => {
  it('migrate', () => {
    const loaded = loadedBy(repositoryWith(application), 'migrate')
    expect(loaded.packages).toEqual([...reading, ...scopes, 'picocolors', 'semver'].sort())
    // Of doctor, the names of frameworks.
    expect(partsOf(loaded)).toEqual([
      'cli',
      'codemods',
      'doctor',
      'edits',
      'frameworks',
      'graph',
      'lazy',
      'migrate',
      'project',
    ])
  })

  it('migrate --dry-run takes what makes patches too', () => {
    const { packages } = loadedBy(repositoryWith(application), 'migrate', '--dry-run')
    expect(packages).toEqual([...reading, ...scopes, 'diff', 'picocolors', 'semver'].sort())
  })

  it('doctor takes what plans where a cut is to be shown', () => {
    const loaded = loadedBy(repositoryWith(application), 'doctor')
    expect(loaded.packages).toEqual([...reading, ...scopes, 'picocolors', 'semver'].sort())
    expect(partsOf(loaded)).toEqual(['cli', 'doctor', 'edits', 'frameworks', 'graph', 'lazy', 'project'])
  })

  it('doctor needs no scopes elsewhere', () => {
    const loaded = loadedBy(repositoryWith(server), 'doctor')
    expect(loaded.packages).toEqual([...reading, 'picocolors', 'semver'].sort())
    expect(partsOf(loaded)).toEqual(['cli', 'doctor', 'edits', 'frameworks', 'graph', 'project'])
  })

  it('graph shows no colours', () => {
    const { packages } = loadedBy(repositoryWith(server), 'graph', '--output', '-')
    expect(packages).toEqual([...reading, 'semver'].sort())
  })

  it('undo parses no module', () => {
    const { packages } = loadedBy(repositoryWith(application), 'undo', '--list')
    expect(packages).toEqual(['get-tsconfig', 'jsonc-parser', 'picocolors', 'resolve-pkg-maps'])
  })
})
