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

interface Known {
  readonly stamp: string
  readonly project: LintedProject | undefined
  /** Milliseconds since the epoch: when the disk is looked at again. */
  staleAt: number
}

const projects = new Map<string, Known>()

/** How long the disk is trusted between two files, in milliseconds, at least; and how many times as long as a look at it takes. */
const TRUST = 250
const SHARE = 20

/**
 * The project that `filename` belongs to, and its real path; undefined outside one. The disk is looked at again from
 * time to time, so that the answer is right in an editor too.
 */
export function projectOf(filename: string): (LintedProject & { readonly path: string }) | undefined {
  const root = rootOf(dirname(filename))
  if (root === undefined) return undefined
  let known = projects.get(root)
  const now = Date.now()
  if (!known || now > known.staleAt) {
    const config = configOf(root)
    if (known && known.stamp === config + entryText(known.project) && !hasNewEntry(known.project)) {
      known.project?.analysis.refresh()
    } else {
      const project = openForLint(root)
      projects.set(root, (known = { stamp: config + entryText(project), project, staleAt: 0 }))
    }
    const done = Date.now()
    known.staleAt = done + Math.max(TRUST, SHARE * (done - now))
  }
  const real = realpathSync(root)
  return known.project && { ...known.project, path: join(real, relative(root, filename)) }
}

function rootOf(directory: string): string | undefined {
  for (let current = directory; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json'))) return current
    if (dirname(current) === current) return undefined
  }
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
