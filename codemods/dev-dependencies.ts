import { intersects, lt, valid, validRange } from 'semver'
import { jsonPosition, parseJson, setJsonValue } from '../src/edits/json.ts'
import { applyEdits } from '../src/edits/text.ts'
import { packageMajor } from '../src/project/open.ts'
import {
  catalogEntry,
  detectPackageManager,
  installCommand,
  installedVersion,
  isRecord,
  rangeOf,
} from '../src/project/package-manager.ts'
import type { Project } from '../src/project/project.ts'
import type { Codemod, Note } from './codemod.ts'

/** What is written: it works with both majors of AdonisJS. */
const newest = '1.0.0'

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/** Has hot-hook among the dependencies, at a version that works with the project's assembler. */
export const devDependencies: Codemod = {
  name: 'dev-dependencies',
  description: 'Require hot-hook in devDependencies, at a version that fits @adonisjs/assembler',
  optIn: false,
  run(project, tree) {
    const path = project.packageJsonPath
    const text = tree.read(path) ?? ''
    const { after, summary, notes } = planHotHook(project, text)
    if (after === undefined) return { codemod: 'dev-dependencies', summary: '', files: [], edits: 0, notes }
    tree.write(path, after)
    return {
      codemod: 'dev-dependencies',
      summary,
      files: [path],
      edits: 1,
      notes: [...notes, installNote(project, 'hot-hook')],
    }
  },
}

interface Plan {
  /** The new text of package.json, when it changes. */
  readonly after?: string
  readonly summary: string
  readonly notes: readonly Note[]
}

function planHotHook(project: Project, text: string): Plan {
  const found = findDependency(text, project.packageJsonPath, 'hot-hook')
  const assembler =
    packageMajor(project.root, project.packageJson, '@adonisjs/assembler') ?? project.framework.major + 1
  const lowest = lowestFor(assembler)
  if (found === undefined) {
    const range = prefixOfNeighbours(text, project.packageJsonPath) + newest
    const notes = [...(assembler < 8 ? [typeImportNote, enginesNote] : []), ...catalogNotes(project, text, range)]
    return {
      after: addDevDependency(text, project.packageJsonPath, 'hot-hook', range),
      summary: `hot-hook ${range} added`,
      notes,
    }
  }

  const { section, specifier } = found
  const path = project.packageJsonPath
  const line = jsonPosition(text, [section, 'hot-hook'])!.line
  const range = rangeOf(project.root, 'hot-hook', specifier)
  const isIndirect = /^(catalog|workspace):/.test(specifier)
  const requires = `@adonisjs/assembler ${assembler} needs hot-hook ${lowest} or later`
  if (range === undefined) {
    const message = `hot-hook is "${specifier}" in package.json, which is left as it is. ${requires}: check that this is one.`
    return { summary: '', notes: isTag(specifier) ? [] : [{ kind: 'info', message, path, line }] }
  }
  if (!intersects(range, `>=${lowest}`)) {
    if (isIndirect) {
      const entry = catalogEntry(project.root, 'hot-hook', specifier)
      const message = `${requires}, and "${specifier}" stands for ${range}. Set that to ${prefixOf(range)}${newest} and install.`
      return { summary: '', notes: [{ kind: 'manual', message, path: entry?.path ?? path, line: entry?.line ?? line }] }
    }
    const raised = prefixOf(range) + newest
    const after = applyEdits(text, setJsonValue(text, [section, 'hot-hook'], specifier.replace(range, raised)))
    return { after, summary: `hot-hook ${range} → ${raised}`, notes: [] }
  }

  const installed = installedVersion(project.root, 'hot-hook')
  if (installed !== undefined && lt(installed, lowest)) {
    const message = `${requires}; package.json allows it, but ${installed} is installed. Update it with ${detectPackageManager(project.root).name}.`
    return { summary: '', notes: [{ kind: 'manual', message, path, line }] }
  }
  const isOld = installed === undefined ? !intersects(range, `>=${newest}`) : lt(installed, newest)
  return { summary: '', notes: isOld ? [{ ...olderNote(installed ?? range), path, line }] : [] }
}

/**
 * The lowest hot-hook that works with a major of @adonisjs/assembler. 8 sends file changes to hot-hook, which only
 * 1.0.0 listens to. With 7, hot-hook 0.3 throws on a boundary that is imported statically, and 0.2 keeps its old code.
 */
function lowestFor(assembler: number): string {
  return assembler >= 8 ? '1.0.0' : '0.4.0'
}

function olderNote(version: string): Note {
  return {
    kind: 'info',
    message: `hot-hook ${version} works, but 1.0.0 does more: it also reloads controllers in magic strings and imports whose path is computed, and does not keep old code where a file imports a module both statically and lazily.`,
  }
}

const typeImportNote: Note = {
  kind: 'info',
  message:
    "hot-hook 1.0 restarts the server for a module that a file imports lazily below an `import type` of the same path. Write `import('…').default` for the type there.",
}

const enginesNote: Note = {
  kind: 'info',
  message:
    'hot-hook 1.0 depends on parse-imports 3, which asks for Node.js 22. It runs on 20, but Yarn 1, and npm or pnpm with engine-strict, refuse to install it there: use ^0.4.0 in that case.',
}

/** For a project that keeps its versions in a catalog: how to put this one there too. */
function catalogNotes({ root, packageJsonPath }: Project, text: string, range: string): Note[] {
  const neighbours = Object.entries(sectionOf(text, packageJsonPath, 'devDependencies'))
  const [name, specifier] = neighbours.find(([, value]) => value.startsWith('catalog:')) ?? []
  const entry = name && specifier && catalogEntry(root, name, specifier)
  if (!entry) return []
  const message = `Other devDependencies come from a catalog. To have hot-hook there too, write \`hot-hook: ${range}\` in it, and "hot-hook": "${specifier}" in package.json.`
  return [{ kind: 'info', message, path: entry.path, line: entry.line }]
}

/** How to install what was added to package.json; nothing is installed for the user. */
export function installNote({ root, packageJsonPath }: Project, name: string): Note {
  const manager = detectPackageManager(root)
  const message = `Run \`${installCommand(manager)}\` to install ${name} (${manager.reason}).`
  return { kind: 'info', message, path: packageJsonPath }
}

/** Where package.json depends on `name`, and how. */
export function findDependency(
  text: string,
  path: string,
  name: string,
): { section: (typeof sections)[number]; specifier: string } | undefined {
  for (const section of sections) {
    const specifier = sectionOf(text, path, section)[name]
    if (specifier !== undefined) return { section, specifier }
  }
  return undefined
}

/** The package.json `text` with `name` in devDependencies: in alphabetical order if the others are, else last. */
export function addDevDependency(text: string, path: string, name: string, range: string): string {
  const keys = Object.keys(sectionOf(text, path, 'devDependencies'))
  const before = keys.length > 0 ? keyAfter(keys, name) : successor(text, path, 'dependencies')
  return applyEdits(text, setJsonValue(text, ['devDependencies', name], range, before === undefined ? {} : { before }))
}

/** The key that `name` goes before where `keys` are in alphabetical order; `undefined` for the end. */
export function keyAfter(keys: readonly string[], name: string): string | undefined {
  // npm sorts in the first way, pnpm and Yarn in the second.
  const orders = [(a: string, b: string) => a.localeCompare(b, 'en'), (a: string, b: string) => (a < b ? -1 : 1)]
  const order = orders.find((compare) => keys.every((key, index) => index === 0 || compare(keys[index - 1]!, key) < 0))
  return order && keys.find((key) => order(name, key) < 0)
}

/** The key that follows `key` in package.json itself. */
function successor(text: string, path: string, key: string): string | undefined {
  const manifest = parseJson(text, path)
  const keys = isRecord(manifest) ? Object.keys(manifest) : []
  return keys.includes(key) ? keys[keys.indexOf(key) + 1] : undefined
}

function sectionOf(text: string, path: string, section: string): Record<string, string> {
  const manifest = parseJson(text, path)
  const entries = isRecord(manifest) && isRecord(manifest[section]) ? Object.entries(manifest[section]) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function prefixOfNeighbours(text: string, path: string): string {
  const ranges = Object.values({
    ...sectionOf(text, path, 'dependencies'),
    ...sectionOf(text, path, 'devDependencies'),
  })
  const count = (prefix: string): number =>
    ranges.filter((range) => isPlain(range) && prefixOf(range) === prefix).length
  return ['^', '~', ''].reduce((best, prefix) => (count(prefix) > count(best) ? prefix : best))
}

/** One version with or without `^` or `~`. */
function isPlain(range: string): boolean {
  return valid(range.replace(/^[~^]/, '')) !== null
}

/** How a range follows its version: `^`, `~`, or exactly. */
function prefixOf(range: string): string {
  return isPlain(range) ? /^[~^]?/.exec(range)![0] : '^'
}

function isTag(specifier: string): boolean {
  return /^[a-z][\w.-]*$/i.test(specifier) && validRange(specifier) === null
}

export default devDependencies
