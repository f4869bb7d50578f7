import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Codemod, Note } from '../../codemods/codemod.ts'
import { createFileTree, type FileTree } from '../../src/edits/tree.ts'
import { detectPackageManager } from '../../src/project/package-manager.ts'
import type { Project } from '../../src/project/project.ts'
import { runtimeOf } from '../../src/project/runtime.ts'

/** Writes `files` to a new directory, which is removed after the test; `.git` keeps searches upward inside it. */
export function directoryWith(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-')))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, '.git'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

export interface Result {
  readonly summary: string
  readonly edits: number
  /** The texts after, by path in the project. */
  readonly changed: Readonly<Record<string, string>>
  /** `kind path:line message`, with paths in the project. */
  readonly notes: readonly string[]
}

/** The project of a directory, and its files as they are. */
export function open(
  root: string,
  framework: Project['framework'],
): { readonly project: Project; readonly tree: FileTree } {
  const packageJsonPath = join(root, 'package.json')
  const text = readFileSync(packageJsonPath, 'utf8')
  const packageJson = JSON.parse(text.replace('\uFEFF', '')) as Project['packageJson']
  const runtime = runtimeOf(root, packageJson, text, framework.name)
  const packageManager = detectPackageManager(root)
  return {
    project: { root, packageJsonPath, framework, runtime, packageManager, type: 'module', packageJson },
    tree: createFileTree(),
  }
}

/** Runs `codemod` on a project in memory, and again on what it wrote, which must change nothing. */
export async function run(
  codemod: Codemod,
  files: Readonly<Record<string, string>>,
  {
    name = 'adonisjs',
    major = 7,
    directory = '.',
  }: { name?: Project['framework']['name']; major?: number; directory?: string } = {},
): Promise<Result> {
  const top = directoryWith(files)
  const { project, tree } = open(join(top, directory), { name, major })
  const step = await codemod.run(project, tree)
  const changes = tree.changes()
  expect(step.files.toSorted()).toEqual(changes.map(({ path }) => path).toSorted())

  const again = await codemod.run(project, tree)
  expect(again.files).toEqual([])
  expect(again.edits).toBe(0)
  expect(tree.changes()).toEqual(changes)

  const shorten = (text: string): string => text.replaceAll(`${top}/`, '').replaceAll(top, '<root>')
  const describe = ({ kind, path, line, message }: Note): string =>
    shorten(`${kind}${path === undefined ? '' : ` ${path}${line === undefined ? '' : `:${line}`}`} ${message}`)
  return {
    summary: step.summary,
    edits: step.edits,
    changed: Object.fromEntries(changes.map(({ path, after }) => [relative(top, path), after])),
    notes: step.notes.map(describe),
  }
}
