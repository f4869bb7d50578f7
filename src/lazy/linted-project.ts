import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { frameworks } from '../frameworks/index.ts'
import type { Framework } from '../frameworks/framework.ts'
import type { Server } from '../graph/server.ts'
import { readProject } from '../project/open.ts'
import type { Project } from '../project/project.ts'
import type { Analysis } from './analysis.ts'
import { analyseProject } from './project-plan.ts'

/** The project of a file that is being linted, as it is on disk. */
export interface LintedProject {
  readonly project: Project
  readonly framework: Framework
  readonly analysis: Analysis
  readonly server: Server
}

/** A file that is being linted: its project, and its real path. */
export interface LintedFile extends LintedProject {
  readonly path: string
}

interface Known {
  readonly stamp: string
  readonly project: LintedProject | undefined
  /** The project's directory, symlinks resolved. */
  readonly real: string
  /** Milliseconds since the epoch: until then the disk is trusted whatever happens. */
  trustedUntil: number
  /** Milliseconds since the epoch: when a file of the project was last linted. */
  lintedAt: number
  /** The files that were linted since the disk was looked at. */
  readonly linted: Set<string>
}

const projects = new Map<string, Known>()
/** The project root that each directory is below, as of the last look at the disk. */
const roots = new Map<string, string>()
/** What was found for a lint, by its tree: the rules of one lint share the tree, and get one answer. */
const files = new WeakMap<object, LintedFile | 'none'>()

/** How long the disk is trusted in any case, in milliseconds, at least; and how many times as long as a look at it takes. */
const TRUST = 250
const SHARE = 20
/** Milliseconds without a lint after which somebody may have edited. */
const PAUSE = 500

/**
 * The project that `filename` belongs to, and its real path; undefined outside one.
 *
 * The disk is looked at again where it may have changed: when a file is linted that was linted since the last look (a
 * pass of --fix, an editor), and after a pause (an editor). A run over many files looks once.
 *
 * @param tree stands for one lint of the file: `sourceCode.ast`.
 */
export function projectOf(filename: string, tree: object): LintedFile | undefined {
  let file = files.get(tree)
  if (!file) files.set(tree, (file = lookUp(filename) ?? 'none'))
  return file === 'none' ? undefined : file
}

function lookUp(filename: string): LintedFile | undefined {
  const now = Date.now()
  let root = rootOf(dirname(filename))
  let known = root === undefined ? undefined : projects.get(root)
  if (!known || (now > known.trustedUntil && (known.linted.has(filename) || now > known.lintedAt + PAUSE))) {
    roots.clear()
    root = rootOf(dirname(filename))
    if (root === undefined) return undefined
    known = look(root, projects.get(root), now)
    projects.set(root, known)
  }
  known.lintedAt = Date.now()
  known.linted.add(filename)
  return known.project && { ...known.project, path: join(known.real, relative(root ?? '', filename)) }
}

/** Looks at the disk. @param now milliseconds since the epoch. */
function look(root: string, known: Known | undefined, now: number): Known {
  const config = configOf(root)
  let { project, stamp = '' } = known ?? {}
  if (known && stamp === config + entryText(project) && !hasNewEntry(project)) {
    project?.analysis.refresh()
  } else {
    project = openForLint(root)
    stamp = config + entryText(project)
  }
  const done = Date.now()
  return {
    stamp,
    project,
    real: realpathSync(root),
    trustedUntil: done + Math.max(TRUST, SHARE * (done - now)),
    lintedAt: done,
    linted: new Set(),
  }
}

function rootOf(directory: string): string | undefined {
  const known = roots.get(directory)
  if (known !== undefined) return known
  const parent = dirname(directory)
  const root = existsSync(join(directory, 'package.json'))
    ? directory
    : parent === directory
      ? undefined
      : rootOf(parent)
  if (root !== undefined) roots.set(directory, root)
  return root
}

/** The texts that a project is opened from: two writes may leave a file with the same time and size. */
function configOf(root: string): string {
  return ['package.json', 'tsconfig.json'].map((name) => `${textOf(join(root, name))}\0`).join('')
}

/** The entry may hold the options of hot-hook. */
function entryText(known: LintedProject | undefined): string {
  const entry = known?.project.runtime.entry
  return entry === undefined ? '' : textOf(entry)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Whether the server had nothing to start with, and has now. */
function hasNewEntry(known: LintedProject | undefined): boolean {
  if (!known || known.project.runtime.entry !== undefined) return false
  return readProject(known.project.root).runtime.entry !== undefined
}

/** A project without ES modules, or that the CLI would refuse (a broken package.json), has nothing to lint: the CLI says why. */
function openForLint(root: string): LintedProject | undefined {
  try {
    const project = readProject(realpathSync(root))
    if (project.type !== 'module' || (project.framework.name === 'adonisjs' && project.framework.major < 6))
      return undefined
    const analysis = analyseProject(project)
    return { project, framework: frameworks[project.framework.name], analysis, server: analysis.server }
  } catch {
    return undefined
  }
}
