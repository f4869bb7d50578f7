import { frameworks } from '../frameworks/index.ts'
import { UnreadableFile, type FileTree } from '../edits/tree.ts'
import { openServer } from '../graph/server.ts'
import type { Project } from '../project/project.ts'
import { isLink, isSourceFile, listSourceFiles } from '../project/files.ts'
import { createAnalysis, type Analysis, type FilePlan } from './analysis.ts'
import { hotFileOf } from './hot-file.ts'
import { outlineModule } from './outline.ts'
import { syntaxProblem, type SyntaxProblem } from './parse.ts'
import { createPlanOnce } from './plan-once.ts'
import type { PlanOptions } from './plan-options.ts'

/** Every file of the project that imports request-time code, planned, with what one file forbids another taken in. */
export interface ProjectPlan {
  readonly analysis: Analysis
  readonly files: readonly FilePlan[]
  /** Files that do not parse; they are reported and stay as they are. */
  readonly problems: readonly (SyntaxProblem & { readonly path: string })[]
  /** How many files register handlers at all. */
  readonly registering: number
}

/** @param tree stands in for the disk: its texts, the files that it was first listed with, and those it creates. */
export function analyseProject(project: Project, tree?: FileTree, options: PlanOptions = {}): Analysis {
  const server = openServer(
    withBoundaries(project),
    tree && {
      read: (path) => tree.read(path),
      created: () => tree.created(),
      files: () => sourceFilesOf(project, tree),
    },
  )
  const hotFile = options.values ? hotFileOf(project, (path) => server.modules.text(path)).path : undefined
  return createAnalysis(server, project.framework.major, options, hotFile)
}

/** Those of the disk, and those that are not there yet. */
function sourceFilesOf({ root }: Project, tree: FileTree): string[] {
  const added = tree.created().filter((path) => isSourceFile(path))
  return [...new Set([...listSourceFiles(root, tree), ...added])].sort()
}

/** A project without `hotHook.boundaries` is planned for those of its framework. */
function withBoundaries(project: Project): Project {
  const boundaries = project.packageJson.hotHook?.boundaries ?? frameworks[project.framework.name].defaultBoundaries
  return {
    ...project,
    packageJson: { ...project.packageJson, hotHook: { ...project.packageJson.hotHook, boundaries } },
  }
}

const planOnce = createPlanOnce<ProjectPlan>()

/** Plans every source file of the project as `tree` has it; once for each state of the tree. */
export function planProject(project: Project, tree: FileTree, options: PlanOptions = {}): ProjectPlan {
  const { middleware = true, values = false } = options
  const key = [middleware, values].join(' ')
  return planOnce(project, tree, key, () => computePlan(project, tree, { ...options, middleware, values }))
}

function computePlan(project: Project, tree: FileTree, options: PlanOptions): ProjectPlan {
  const analysis = analyseProject(project, tree, options)
  const { version } = tree
  let planned: PlannedFiles | undefined
  // Of many trees, what is tried on top of another, only the analysis is asked for.
  const once = (): PlannedFiles => {
    if (!planned && tree.version !== version) throw new Error('The files changed before they were planned.')
    return (planned ??= planFiles(analysis, options))
  }
  return {
    analysis,
    get files() {
      return once().files
    },
    get problems() {
      return once().problems
    },
    get registering() {
      return once().registering
    },
  }
}

type PlannedFiles = Omit<ProjectPlan, 'analysis'>

function planFiles(analysis: Analysis, { onProgress }: PlanOptions): PlannedFiles {
  const files: FilePlan[] = []
  const problems: (SyntaxProblem & { path: string })[] = []
  let registering = 0
  const sources = analysis.server.files()
  for (const [at, path] of sources.entries()) {
    onProgress?.({ doing: 'plan', done: at + 1, total: sources.length })
    if (!isReadable(path, analysis)) continue
    if (analysis.registers(path)) registering += 1
    const planned = analysis.planFile(path)
    if (!planned) continue
    if ('candidates' in planned) {
      if (planned.candidates.length > 0 && !isLink(path)) {
        files.push({ ...planned, candidates: analysis.settle(path, planned.candidates) })
        // While its tree is there: what is rewritten is compared with it.
        outlineModule(path, planned.text)
      }
    } else {
      problems.push({ ...planned, path })
    }
  }
  // A module that the server loads, and that no one could ask what it imports.
  for (const path of analysis.modules.unreadable) {
    const text = analysis.reload().outcomes.has(path) ? analysis.modules.text(path) : undefined
    const problem = text === undefined ? undefined : syntaxProblem(path, text)
    if (problem && !problems.some((known) => known.path === path)) problems.push({ ...problem, path })
  }
  return { files, problems, registering }
}

/** A file of the server that cannot be read stops the plan; another one (a stub, a fixture) is none of our business. */
function isReadable(path: string, analysis: Analysis): boolean {
  try {
    analysis.modules.text(path)
    return true
  } catch (error) {
    if (!(error instanceof UnreadableFile) || analysis.reload().outcomes.has(path)) throw error
    return false
  }
}
