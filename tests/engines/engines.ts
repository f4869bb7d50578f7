import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Linter, Rule } from 'eslint'
import * as parser from '@typescript-eslint/parser'
import { rules } from '../../rules/index.ts'
import { world, type Case } from '../fixtures/world.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

export interface Linted {
  /** What a fix leaves; the input when nothing is fixed. */
  readonly output: string
  readonly reports: number
  readonly suggestions: readonly string[]
}

/** A copy of the world with `AdonisJS 7` in its package.json where the case asks for it, and the case's file in it. */
export function copyWorld(source: Case): string {
  const root = mkdtempSync(join(tmpdir(), 'hot-codemod-'))
  cpSync(world, root, { recursive: true })
  if (source.adonis === 'v7') {
    const path = join(root, 'package.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"^6.18.0"', '"^7.5.0"'))
  }
  const file = join(root, source.filename)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source.input)
  return root
}

/** Lints and fixes one text with the given ESLint class until nothing changes, as `eslint --fix` does. */
export async function lintWith(ESLint: typeof import('eslint').ESLint, source: Case): Promise<Linted> {
  const root = copyWorld(source)
  try {
    const { default: plugin } = (await import('../../dist/src/index.js')) as typeof import('../../src/index.ts')
    const options = (fix: boolean): import('eslint').ESLint.Options => ({
      cwd: root,
      fix,
      overrideConfigFile: true,
      overrideConfig: [{ ...plugin.configs.recommended, languageOptions: { parser: parser as Linter.Parser } }],
    })
    const filePath = join(root, source.filename)
    const [found] = await new ESLint(options(false)).lintText(source.input, { filePath })
    const [fixed] = await new ESLint(options(true)).lintText(source.input, { filePath })
    const all = found?.messages ?? []
    const messages = all.filter(({ ruleId }) => ruleId?.startsWith('hot-codemod/'))
    const fatal = all.find((message) => message.fatal)
    if (fatal) throw new Error(fatal.message)
    return {
      output: fixed?.output ?? source.input,
      reports: messages.length,
      suggestions: messages.flatMap(({ suggestions = [] }) => suggestions.map(({ fix }) => apply(source.input, fix))),
    }
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** ESLint counts from behind a BOM. */
function apply(text: string, { range, text: replacement }: { range: readonly [number, number]; text: string }): string {
  const bom = text.startsWith('\ufeff') ? 1 : 0
  return text.slice(0, range[0] + bom) + replacement + text.slice(range[1] + bom)
}

/** Runs oxlint with the plugin on every case at once, once for the reports and then fixing until nothing changes. */
export function lintWithOxlint(sources: readonly Case[]): Linted[] {
  const roots = sources.map(copyWorld)
  const top = mkdtempSync(join(tmpdir(), 'hot-codemod-oxlint-'))
  try {
    const names = Object.entries<Rule.RuleModule>(rules)
      .filter(([, rule]) => rule.meta?.docs?.recommended)
      .map(([name]) => `hot-codemod/${name}`)
    const config = join(top, '.oxlintrc.json')
    writeFileSync(
      config,
      JSON.stringify({
        categories: { correctness: 'off' },
        jsPlugins: [{ name: 'hot-codemod', specifier: join(repository, 'dist/src/index.js') }],
        rules: Object.fromEntries(names.map((name) => [name, 'error'])),
      }),
    )
    const files = sources.map(({ filename }, index) => join(roots[index] ?? '', filename))
    const run = (...flags: string[]): string =>
      spawnSync(
        process.execPath,
        [join(repository, 'node_modules/oxlint/bin/oxlint'), '-c', config, ...flags, ...files],
        {
          cwd: top,
          encoding: 'utf8',
          maxBuffer: 2 ** 28,
        },
      ).stdout
    const { diagnostics } = JSON.parse(run('--format=json')) as { diagnostics: { filename: string }[] }
    for (let pass = 0, before = ''; pass < 10; pass += 1) {
      run('--fix')
      const after = files.map((file) => readFileSync(file, 'utf8')).join('\0')
      if (after === before) break
      before = after
    }
    return files.map((file) => ({
      output: readFileSync(file, 'utf8'),
      reports: diagnostics.filter(({ filename }) => join(top, filename) === file || filename === file).length,
      suggestions: [],
    }))
  } finally {
    for (const root of [...roots, top]) rmSync(root, { recursive: true })
  }
}

/** Runs the real jscodeshift with our transform on every case. @returns the files' texts afterwards. */
export function transformWithJscodeshift(sources: readonly Case[]): string[] {
  const roots = sources.map(copyWorld)
  const packages = mkdtempSync(join(tmpdir(), 'hot-codemod-jscodeshift-'))
  try {
    // As a user has it: below node_modules, where jscodeshift's Babel leaves the transform alone.
    mkdirSync(join(packages, 'node_modules'))
    symlinkSync(repository, join(packages, 'node_modules/hot-codemod'), 'dir')
    const files = sources.map(({ filename }, index) => join(roots[index] ?? '', filename))
    const transform = join(packages, 'node_modules/hot-codemod/dist/codemods/lazy-imports.js')
    const bin = join(repository, 'node_modules/jscodeshift/bin/jscodeshift.js')
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [bin, '--fail-on-error', '-t', transform, ...files],
      {
        cwd: packages,
        encoding: 'utf8',
      },
    )
    if (status !== 0) throw new Error(stdout + stderr)
    return files.map((file) => readFileSync(file, 'utf8'))
  } finally {
    for (const root of [...roots, packages]) rmSync(root, { recursive: true })
  }
}

/** Runs `migrate --only lazy-imports` on the case's project. @returns the file's text afterwards. */
export async function migrateCase(source: Case): Promise<string> {
  const root = copyWorld(source)
  const file = join(root, source.filename)
  // A project that registers nothing is refused; every real one has a route.
  mkdirSync(join(root, 'start'), { recursive: true })
  writeFileSync(
    join(root, 'start/more.ts'),
    "import router from '@adonisjs/core/services/router'\nrouter.get('/', () => 1)\n",
  )
  try {
    const { migrate } = (await import('../../dist/src/api.js')) as typeof import('../../src/api.ts')
    const migration = await migrate({ directory: root, only: ['lazy-imports'] })
    migration.apply()
    return readFileSync(file, 'utf8')
  } finally {
    rmSync(root, { recursive: true })
  }
}
