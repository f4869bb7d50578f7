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
  /** The rules that report something, one for each report. */
  readonly rules: readonly string[]
  /** What a fix leaves; the input when nothing is fixed. */
  readonly output: string
  readonly reports: number
  readonly suggestions: readonly string[]
}

/** A text in a project: the world of AdonisJS, or files of its own. */
export interface Source extends Pick<Case, 'filename' | 'input' | 'adonis'> {
  readonly files?: Readonly<Record<string, string>>
}

/** The project of a source. That of AdonisJS is a copy of the world, with AdonisJS 7 where the source asks for it. */
export function copyWorld({ filename, input, adonis, files }: Source): string {
  const root = mkdtempSync(join(tmpdir(), 'hot-codemod-'))
  if (!files) cpSync(world, root, { recursive: true })
  if (adonis === 'v7') {
    const path = join(root, 'package.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"^6.18.0"', '"^7.5.0"'))
  }
  for (const [name, text] of Object.entries({ ...files, [filename]: input })) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return root
}

/**
 * Lints and fixes one text with the given ESLint class until nothing changes, as `eslint --fix` does.
 *
 * @param off the rules that are off.
 */
export async function lintWith(
  ESLint: typeof import('eslint').ESLint,
  source: Source,
  off: readonly string[] = [],
): Promise<Linted> {
  const root = copyWorld(source)
  try {
    const { default: plugin } = (await import('../../dist/src/index.js')) as typeof import('../../src/index.ts')
    const options = (fix: boolean): import('eslint').ESLint.Options => ({
      cwd: root,
      fix,
      overrideConfigFile: true,
      overrideConfig: [
        { ...plugin.configs.recommended, languageOptions: { parser: parser as Linter.Parser } },
        { rules: Object.fromEntries(off.map((rule) => [rule, 'off' as const])) },
      ],
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
      rules: messages.map(({ ruleId }) => ruleId ?? ''),
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

/**
 * Runs oxlint with the plugin on every case at once, once for the reports and then fixing until nothing changes.
 *
 * @param off the rules that are off.
 */
export function lintWithOxlint(sources: readonly Source[], off: readonly string[] = []): Linted[] {
  const roots = sources.map(copyWorld)
  const top = mkdtempSync(join(tmpdir(), 'hot-codemod-oxlint-'))
  try {
    const names = Object.entries<Rule.RuleModule>(rules)
      .filter(([, rule]) => rule.meta?.docs?.recommended)
      .map(([name]) => `hot-codemod/${name}`)
      .filter((name) => !off.includes(name))
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
    const { diagnostics } = JSON.parse(run('--format=json')) as {
      diagnostics: { filename: string; code?: string; message: string }[]
    }
    for (let pass = 0, before = ''; pass < 10; pass += 1) {
      run('--fix')
      const after = files.map((file) => readFileSync(file, 'utf8')).join('\0')
      if (after === before) break
      before = after
    }
    return files.map((file) => {
      const own = diagnostics.filter(({ filename }) => join(top, filename) === file || filename === file)
      return {
        output: readFileSync(file, 'utf8'),
        reports: own.length,
        // hot-codemod(require-dispose); a failure of the plugin has none.
        rules: own.map(({ code, message }) => code?.replace('(', '/').replace(')', '') ?? message),
        suggestions: [],
      }
    })
  } finally {
    for (const root of [...roots, top]) rmSync(root, { recursive: true })
  }
}

/** Runs the real jscodeshift with our transform on every case. @returns the files' texts afterwards. */
export function transformWithJscodeshift(sources: readonly Source[]): string[] {
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
