import { basename, dirname, extname, relative, sep } from 'node:path'
import { applyEdits } from '../src/edits/text.ts'
import { setJsonValue } from '../src/edits/json.ts'
import { frameworks } from '../src/frameworks/index.ts'
import { boundaryMatcher } from '../src/graph/boundaries.ts'
import type { Analysis } from '../src/lazy/analysis.ts'
import { planProject, type ProjectPlan } from '../src/lazy/project-plan.ts'
import { listSourceFiles } from '../src/project/files.ts'
import type { Project } from '../src/project/project.ts'
import type { Codemod, Note } from './codemod.ts'

/** Sets `hotHook.boundaries` to globs that cover the modules that are imported lazily, and nothing that must not be one. */
export const hotHookConfig: Codemod = {
  name: 'hot-hook-config',
  description: 'Set hotHook.boundaries to the modules that are imported lazily',
  optIn: false,
  run(project, tree) {
    const text = tree.read(project.packageJsonPath) ?? ''
    const { boundaries, notes } = deriveBoundaries(project, planProject(project, tree))
    const current = project.packageJson.hotHook?.boundaries
    const unchanged = JSON.stringify(typeof current === 'string' ? [current] : current) === JSON.stringify(boundaries)
    if (unchanged || boundaries.length === 0) return { codemod: 'hot-hook-config', summary: '', files: [], edits: 0, notes }
    const hasBlock = project.packageJson.hotHook !== undefined
    const edits = hasBlock
      ? setJsonValue(text, ['hotHook', 'boundaries'], boundaries)
      : setJsonValue(text, ['hotHook'], { boundaries }, { before: 'prettier' })
    tree.write(project.packageJsonPath, applyEdits(text, edits))
    return {
      codemod: 'hot-hook-config',
      summary: boundaries.join(', '),
      files: [project.packageJsonPath],
      edits: 1,
      notes,
    }
  },
}

/** What a boundary glob has to cover, and what it must leave alone; absolute paths. */
interface Demand {
  /** Imported lazily, per request or event. */
  readonly wanted: ReadonlySet<string>
  /** Imported statically by something the server loads, or run at boot. */
  readonly unwanted: ReadonlySet<string>
  /** Every source file of the project. */
  readonly files: readonly string[]
}

/**
 * The globs for package.json: those there that do their job, mended where they cover a file that is imported
 * statically (hot-hook would restart on it and on everything below it), without those that match nothing, and one
 * for each directory of lazy imports that is not covered yet.
 */
export function deriveBoundaries(project: Project, planned: ProjectPlan): { boundaries: string[]; notes: Note[] } {
  const { root, packageJson } = project
  const demand = demandOf(project, planned)
  const configured = packageJson.hotHook?.boundaries
  const current = configured === undefined ? undefined : typeof configured === 'string' ? [configured] : configured
  const boundaries: string[] = []
  const notes: Note[] = []
  // Without a block, the starter kits' globs are tried first: they also cover the files to come.
  for (const pattern of current ?? frameworks[project.framework.name].defaultBoundaries) {
    const matches = boundaryMatcher(root, pattern)
    const matched = demand.files.filter(matches)
    if (matched.length === 0) {
      if (current) notes.push({ kind: 'info', message: `\`${pattern}\` in hotHook.boundaries matches no file and was dropped.`, path: project.packageJsonPath })
      continue
    }
    if (!current && !matched.some((path) => demand.wanted.has(path))) continue
    const bad = matched.filter((path) => demand.unwanted.has(path))
    boundaries.push(...(bad.length === 0 ? [pattern] : mend(root, pattern, matched, bad, demand)))
  }
  const covered = boundaryMatcher(root, boundaries)
  boundaries.push(...globsFor(root, [...demand.wanted].filter((path) => !covered(path)), demand))
  return { boundaries: [...new Set(boundaries)], notes }
}

function demandOf(project: Project, { analysis, files }: ProjectPlan): Demand {
  const framework = frameworks[project.framework.name]
  const { importers } = analysis.reload()
  const wanted = new Set<string>()
  for (const { path, candidates } of files) {
    for (const { verdict, role, targets, specifier } of candidates) {
      if (verdict !== 'done' || role === 'error-handler') continue
      for (const target of targets.length > 0 ? targets : barrelTargets(analysis, path, specifier)) wanted.add(target)
    }
  }
  const sources = listSourceFiles(project.root)
  const unwanted = new Set<string>()
  for (const path of new Set([...sources, ...importers.keys()])) {
    const boot = framework.boot.test(relative(project.root, path).split(sep).join('/'))
    const imported = importers.get(path)?.some(({ dynamic }) => !dynamic)
    if (boot || imported || analysis.roots.includes(path)) unwanted.add(path)
  }
  for (const path of unwanted) wanted.delete(path)
  return { wanted, unwanted, files: sources }
}

/** The modules a generated barrel of lazy imports leads to. */
function barrelTargets(analysis: Analysis, from: string, specifier: string): string[] {
  const barrel = analysis.resolver.resolve(from, specifier)
  if (barrel.kind !== 'project') return []
  return analysis.modules.edges(barrel.path).filter(({ dynamic }) => dynamic).map(({ target }) => target)
}

/** `pattern` without `bad`: by leaving out their names where that loses nothing wanted, else by directories. */
function mend(root: string, pattern: string, matched: readonly string[], bad: readonly string[], demand: Demand): string[] {
  const tail = /^(.*\/)\*(\.[^*/]+)$/.exec(pattern)
  const wanted = matched.filter((path) => demand.wanted.has(path))
  if (tail && bad.length <= wanted.length) {
    const [, head = '', extension = ''] = tail
    const names = [...new Set(bad.map((path) => stem(path, extension)))].sort()
    const mended = `${head}!(${names.join('|')})${extension}`
    const matches = boundaryMatcher(root, mended)
    if (wanted.every(matches) && !bad.some(matches)) return [mended]
  }
  return globsFor(root, wanted, demand)
}

function stem(path: string, extension: string): string {
  return basename(path).slice(0, -extension.length)
}

/** One glob for each directory that holds wanted files, as wide as it may be; subtrees that may be covered whole are one glob. */
function globsFor(root: string, wanted: readonly string[], demand: Demand): string[] {
  const globs: string[] = []
  const groups = new Map<string, string[]>()
  for (const path of wanted) {
    const key = `${dirname(path)}\0${extname(path)}`
    groups.set(key, [...(groups.get(key) ?? []), path])
  }
  for (const [key, paths] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    const [directory = '', extension = ''] = key.split('\0')
    const below = `./${relative(root, directory).split(sep).join('/')}`
    if (boundaryMatcher(root, globs)(paths[0] ?? '') && paths.every(boundaryMatcher(root, globs))) continue
    const bad = demand.files.filter((path) => dirname(path) === directory && extname(path) === extension && demand.unwanted.has(path))
    const deep = `${below}/**/*${extension}`
    const shallow = `${below}/*${extension}`
    const isClean = (glob: string): boolean => !demand.files.filter(boundaryMatcher(root, glob)).some((path) => demand.unwanted.has(path))
    if (isClean(deep)) globs.push(deep)
    else if (isClean(shallow)) globs.push(shallow)
    else if (bad.length < paths.length) globs.push(`${below}/!(${bad.map((path) => stem(path, extension)).sort().join('|')})${extension}`)
    else globs.push(...paths.map((path) => `./${relative(root, path).split(sep).join('/')}`))
  }
  return globs
}
