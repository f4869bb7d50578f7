import { join } from 'node:path'
import { jsonPosition, parseJson, setJsonValue } from '../src/edits/json.ts'
import { applyEdits } from '../src/edits/text.ts'
import { readText } from '../src/edits/tree.ts'
import {
  catalogEntry,
  installCommand,
  installedVersion,
  isRecord,
  packageMajor,
  rangeOf,
  readManifest,
  repositoryDirectories,
} from '../src/project/package-manager.ts'
import { plugNPlayIn } from '../src/project/plug-n-play.ts'
import type { Project } from '../src/project/project.ts'
import { intersects, lt, valid, validRange } from '../src/versions.ts'
import type { Codemod, Note } from './codemod.ts'
import { planHotRunner } from './dev-script/hot-runner.ts'
import { keyAfter } from './key-after.ts'

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/** A package that hot reload needs. */
interface Requirement {
  readonly name: string
  /** What is written where it is missing, or too old. */
  readonly newest: string
  readonly lowest: string
  /** What needs the lowest, or a later one: the beginning of a sentence. */
  readonly needs: string
  /** What to know of it when it is added. */
  readonly notes: readonly Note[]
  /** What to know of one that works and is older than {@link newest}. */
  older?(version: string): Note
}

/** Has hot-hook, and what starts the server under it, among the dependencies, at versions that work together. */
export const devDependencies: Codemod = {
  name: 'dev-dependencies',
  description: 'Require hot-hook, and what the development script needs, in devDependencies',
  optIn: false,
  needsBoundaries: true,
  run(project, tree) {
    const path = project.packageJsonPath
    let text = tree.read(path) ?? ''
    const summaries: string[] = []
    const notes: Note[] = []
    const names: string[] = []
    for (const requirement of requirements(project, text)) {
      const plan = planDependency(project, text, requirement)
      notes.push(...plan.notes)
      if (plan.after === undefined) continue
      text = plan.after
      summaries.push(plan.summary)
      names.push(requirement.name)
    }
    if (names.length === 0) return { codemod: 'dev-dependencies', summary: '', files: [], edits: 0, notes }
    tree.write(path, text)
    return {
      codemod: 'dev-dependencies',
      summary: summaries.join(', '),
      files: [path],
      edits: names.length,
      notes: [...notes, installNote(project, names.join(', '))],
    }
  },
}

function requirements(project: Project, text: string): Requirement[] {
  const { root, packageJson, framework, runtime } = project
  if (framework.name === 'adonisjs') {
    const assembler = packageMajor(root, packageJson, '@adonisjs/assembler') ?? framework.major + 1
    return [
      hotHook(
        // 8 sends file changes to hot-hook, which only 1.0.0 listens to. With 7, hot-hook 0.3 throws on a boundary that
        // is imported statically, and 0.2 keeps its old code.
        assembler >= 8 ? '1.0.0' : '0.4.0',
        `@adonisjs/assembler ${assembler} needs`,
        assembler < 8 ? [typeImportNote, enginesNote] : [],
        'controllers in magic strings and ',
      ),
    ]
  }
  const { command } = planHotRunner(project, text)
  const found = [
    hotHook('0.4.0', 'Lazy imports need', lt(runtime.node, '22.0.0') ? [enginesNote] : [], ''),
    ...(command.includes('hot-runner') ? [runner] : []),
    ...(/--import[= ]tsx(?=\s|$)/.test(command) && !isInWorkspace(root, 'tsx') ? [tsx] : []),
  ]
  return found
}

function hotHook(lowest: string, needs: string, notes: readonly Note[], more: string): Requirement {
  return { name: 'hot-hook', newest: '1.0.0', lowest, needs, notes, older: (version) => olderNote(version, more) }
}

const runner: Requirement = {
  name: '@hot-hook/runner',
  newest: '1.0.0',
  lowest: '1.0.0',
  needs: 'The development script needs',
  notes: [],
}

/** `node --import tsx` is from 4.0 on: its README. */
const tsx: Requirement = {
  name: 'tsx',
  newest: '4.23.15',
  lowest: '4.0.0',
  needs: '`--import=tsx` needs',
  notes: [],
}

/** A directory above has it, in the same repository; with Plug'n'Play a package has what it declares itself, only. */
function isInWorkspace(root: string, name: string): boolean {
  const directories = repositoryDirectories(root)
  if (directories.some((directory) => plugNPlayIn(directory) !== undefined)) return false
  return directories.slice(1).some((directory) => {
    const path = join(directory, 'package.json')
    const text = readText(path)
    return text !== undefined && readManifest(path) !== undefined && findDependency(text, path, name) !== undefined
  })
}

interface Plan {
  /** The new text of package.json, when it changes. */
  readonly after?: string
  readonly summary: string
  readonly notes: readonly Note[]
}

function planDependency(project: Project, text: string, requirement: Requirement): Plan {
  const { name, newest, lowest, needs, older } = requirement
  const path = project.packageJsonPath
  const found = findDependency(text, path, name)
  if (found === undefined) {
    const range = prefixOfNeighbours(text, path) + newest
    return {
      after: addDevDependency(text, path, name, range),
      summary: `${name} ${range} added`,
      notes: [...requirement.notes, ...catalogNotes(project, text, name, range)],
    }
  }

  const { section, specifier } = found
  const line = jsonPosition(text, [section, name])!.line
  const range = rangeOf(project.root, name, specifier)
  const isIndirect = /^(catalog|workspace):/.test(specifier)
  const requires = `${needs} ${name} ${lowest} or later`
  if (range === undefined) {
    const message = `${name} is "${specifier}" in package.json, which is left as it is. ${requires}: check that this is one.`
    return { summary: '', notes: isTag(specifier) ? [] : [{ kind: 'info', message, path, line }] }
  }
  if (!intersects(range, `>=${lowest}`)) {
    if (isIndirect) {
      const entry = catalogEntry(project.root, name, specifier)
      const message = `${requires}, and "${specifier}" stands for ${range}. Set that to ${prefixOf(range)}${newest} and install.`
      return { summary: '', notes: [{ kind: 'manual', message, path: entry?.path ?? path, line: entry?.line ?? line }] }
    }
    const raised = prefixOf(range) + newest
    const after = applyEdits(text, setJsonValue(text, [section, name], specifier.replace(range, raised)))
    return { after, summary: `${name} ${range} → ${raised}`, notes: [] }
  }

  const installed = installedVersion(project.root, name)
  if (installed !== undefined && lt(installed, lowest)) {
    const message = `${requires}; package.json allows it, but ${installed} is installed. Update it with ${project.packageManager.name}.`
    return { summary: '', notes: [{ kind: 'manual', message, path, line }] }
  }
  const isOld = installed === undefined ? !intersects(range, `>=${newest}`) : lt(installed, newest)
  return { summary: '', notes: isOld && older ? [{ ...older(installed ?? range), path, line }] : [] }
}

function olderNote(version: string, more: string): Note {
  return {
    kind: 'info',
    message: `hot-hook ${version} works, but 1.0.0 does more: it also reloads ${more}imports whose path is computed, and does not keep old code where a file imports a module both statically and lazily.`,
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
function catalogNotes({ root, packageJsonPath }: Project, text: string, added: string, range: string): Note[] {
  const neighbours = Object.entries(sectionOf(text, packageJsonPath, 'devDependencies'))
  const [name, specifier] = neighbours.find(([, value]) => value.startsWith('catalog:')) ?? []
  const entry = name && specifier && catalogEntry(root, name, specifier)
  if (!entry) return []
  const message = `Other devDependencies come from a catalog. To have ${added} there too, write \`${added}: ${range}\` in it, and "${added}": "${specifier}" in package.json.`
  return [{ kind: 'info', message, path: entry.path, line: entry.line }]
}

/** How to install what was added to package.json; nothing is installed for the user. */
export function installNote({ packageManager, packageJsonPath }: Project, name: string): Note {
  const message = `Run \`${installCommand(packageManager)}\` to install ${name} (${packageManager.reason}).`
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
