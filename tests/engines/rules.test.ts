import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { directoryWith } from '../cli/run.ts'
import { ADONIS } from '../rules/project.ts'
import { repository } from './engines.ts'

/** One file for each rule, as the project has it, and what the rule leaves of it with `--fix-suggestions`. */
const FILES: Readonly<Record<string, { readonly rule: string; readonly text: string; readonly fixed: string }>> = {
  'start/boot.ts': {
    rule: 'no-import-executed-once',
    text: "export const posts = await import('#controllers/posts_controller')\n",
    fixed: "export const posts = await import('#controllers/posts_controller')\n",
  },
  'app/services/clock.ts': {
    rule: 'require-dispose',
    text: 'const timer = setInterval(() => {}, 1000)\n',
    fixed: 'const timer = setInterval(() => {}, 1000)\n\nimport.meta.hot?.dispose(() => clearInterval(timer))\n',
  },
  'app/services/mail.ts': {
    rule: 'no-duplicate-dispose',
    text: 'import.meta.hot?.dispose(() => a())\nimport.meta.hot?.dispose(() => b())\n',
    fixed: 'import.meta.hot?.dispose(() => {\n  a()\n  b()\n})\n',
  },
  'start/routes.ts': {
    rule: 'no-hot-import-attribute',
    text: "export const load = () => import('#controllers/users_controller', { with: { hot: 'true' } })\n",
    fixed: "export const load = () => import('#controllers/users_controller')\n",
  },
}

/** Runs the real oxlint with the built plugin, on the files above. @returns its standard output. */
function oxlint(root: string, ...flags: readonly string[]): string {
  const bin = join(repository, 'node_modules/oxlint/bin/oxlint')
  const files = Object.keys(FILES).map((path) => join(root, path))
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [bin, '-c', join(root, '.oxlintrc.json'), ...flags, ...files],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  expect(stderr).toBe('')
  return stdout
}

it('oxlint reports and fixes what each rule is about', () => {
  const root = directoryWith({
    ...ADONIS,
    ...Object.fromEntries(Object.entries(FILES).map(([path, { text }]) => [path, text])),
    '.oxlintrc.json': JSON.stringify({
      categories: { correctness: 'off' },
      jsPlugins: [{ name: 'hot-codemod', specifier: join(repository, 'dist/src/index.js') }],
      rules: Object.fromEntries(Object.values(FILES).map(({ rule }) => [`hot-codemod/${rule}`, 'error'])),
    }),
  })
  const { diagnostics } = JSON.parse(oxlint(root, '--format=json')) as {
    diagnostics: { filename: string; code: string }[]
  }
  const found = diagnostics.map(({ filename, code }) => `${filename.replace(`${root}/`, '')} ${code}`)
  expect(found.sort()).toEqual(
    Object.entries(FILES)
      .map(([path, { rule }]) => `${path} hot-codemod(${rule})`)
      .sort(),
  )

  oxlint(root, '--fix-suggestions', '--fix')
  const left = Object.keys(FILES).map((path) => [path, readFileSync(join(root, path), 'utf8')])
  expect(Object.fromEntries(left)).toEqual(
    Object.fromEntries(Object.entries(FILES).map(([path, { fixed }]) => [path, fixed])),
  )
})
