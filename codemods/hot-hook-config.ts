import { basename, dirname, isAbsolute, relative, sep } from 'node:path'
import { applyEdits, type Edit } from '../src/edits/text.ts'
import { parseJson, setJsonValue } from '../src/edits/json.ts'
import { frameworks } from '../src/frameworks/index.ts'
import { boundaryMatcher } from '../src/graph/boundaries.ts'
import { disposals, mayMakeResources, modelsRegistered, moduleResources } from '../src/graph/resources.ts'
import type { ReloadModel } from '../src/graph/reload.ts'
import type { Analysis } from '../src/lazy/analysis.ts'
import { loadedOnce, replaceableModels, setsOverwriteModels } from '../src/lazy/mongoose-models.ts'
import { parseModule } from '../src/lazy/parse.ts'
import { planProject, type ProjectPlan } from '../src/lazy/project-plan.ts'
import type { PackageJson, Project } from '../src/project/project.ts'
import type { Codemod, Note, Step } from './codemod.ts'

/** Sets `hotHook.boundaries` to globs that cover the modules that are imported lazily, and nothing that must not be one. */
export const hotHookConfig: Codemod = {
  name: 'hot-hook-config',
  description: 'Set hotHook.boundaries to the modules that are imported lazily',
  optIn: false,
  run(project, tree, options) {
    const text = tree.read(project.packageJsonPath) ?? ''
    const { after, ...step } = planConfig(project, planProject(project, tree, options), text)
    if (after === text) return { codemod: 'hot-hook-config', ...step, files: [] }
    tree.write(project.packageJsonPath, after)
    return { codemod: 'hot-hook-config', ...step, files: [project.packageJsonPath] }
  },
}

/** What becomes of package.json, whose text is `text`. */
export function planConfig(
  project: Project,
  planned: ProjectPlan,
  text: string,
): { readonly after: string } & Pick<Step, 'summary' | 'edits' | 'notes'> {
  const { hotHook } = parseJson(text, project.packageJsonPath) as PackageJson
  const current = typeof hotHook?.boundaries === 'string' ? [hotHook.boundaries] : hotHook?.boundaries
  const { boundaries, notes } = deriveBoundaries(project, planned, current)
  const isSame = boundaries.length === 0 || boundaries.join('\0') === current?.join('\0')
  if (!matchesBelow(project.root) && !isSame) {
    const message = `The path of the project, ${project.root}, is a glob to hot-hook, so globs relative to it match nothing: those that are added start with \`**\`.`
    notes.push({ kind: 'info', message, path: project.packageJsonPath })
  }
  const restart = boundaries.length === 0 ? [] : missingRestarts(project, planned, boundaries, hotHook)
  const edits: (readonly Edit[])[] = []
  if (!isSame) {
    edits.push(
      hotHook
        ? setJsonValue(text, ['hotHook', 'boundaries'], boundaries)
        : setJsonValue(text, ['hotHook'], { boundaries }, { before: 'prettier' }),
    )
  }
  let after = applyEdits(text, edits[0] ?? [])
  if (restart.length > 0) {
    // The list replaces hot-hook's own, which is .env.
    const list = [...(hotHook?.restart ?? ['.env']), ...restart]
    after = applyEdits(after, setJsonValue(after, ['hotHook', 'restart'], list))
    notes.push({
      kind: 'info',
      message: `An edit of ${restart.map((name) => `\`${name}\``).join(', ')} restarts the server: ${restart.length > 1 ? 'these modules register' : 'it registers'} models or metrics, or what those import. Evaluated again, their packages throw because the name is taken, and behind a guard such as \`mongoose.models.User ?? mongoose.model('User', schema)\` the model of before stays.`,
      path: project.packageJsonPath,
    })
  }
  if (after === text) return { after, summary: '', edits: 0, notes }
  return { after, summary: boundaries.join(', '), edits: edits.length + (restart.length > 0 ? 1 : 0), notes }
}

/** hot-hook's answer with the boundaries that there will be; `text` is package.json's. */
export function reloadThen(project: Project, planned: ProjectPlan, text: string): ReloadModel {
  const { hotHook } = parseJson(text, project.packageJsonPath) as PackageJson
  const current = typeof hotHook?.boundaries === 'string' ? [hotHook.boundaries] : hotHook?.boundaries
  const { boundaries } = deriveBoundaries(project, planned, current)
  return planned.analysis.server.reloadWith(new Map(), { boundaries })
}

/**
 * The hot modules that cannot be evaluated twice, and what they import: relative to the root, sorted, without those that
 * `hotHook.restart` names already. `mongoose.model()` and the metrics of prom-client throw for a name that is taken
 * (measured: every request is a 500 until a restart), and a module is evaluated again for an edit of what it imports.
 * A guard keeps the model that is there, with the code it was made with: the edit would never show.
 */
function missingRestarts(
  { root, framework, runtime }: Project,
  { analysis }: ProjectPlan,
  boundaries: readonly string[],
  hotHook: PackageJson['hotHook'],
): string[] {
  if (!frameworks[framework.name].functions) return []
  const { server, modules } = analysis
  const model = server.reloadWith(new Map(), { boundaries })
  const { outcomes } = model
  const isHot = (path: string): boolean => outcomes.get(path) === 'hot'
  const replaced = setsOverwriteModels(modules, loadedOnce(runtime.entry, modules, model))
    ? replaceableModels(modules, model).modules
    : new Set<string>()
  const once = new Set(
    [...outcomes.keys()].filter((path) => isHot(path) && registersNames(path, modules, replaced.has(path))),
  )
  for (const path of once) for (const { target } of modules.edges(path)) if (isHot(target)) once.add(target)
  const known = new Set((hotHook?.restart ?? []).map((name) => name.replace(/^\.\//, '')))
  return [...once]
    .map((path) => relative(root, path).split(sep).join('/'))
    .filter((name) => !known.has(name))
    .sort()
}

/** @param isReplaced the models of the module may be registered again. */
function registersNames(path: string, modules: Analysis['modules'], isReplaced: boolean): boolean {
  const text = modules.text(path) ?? ''
  const parsed = mayMakeResources(text) ? parseModule(path, text) : undefined
  if (!parsed || !('program' in parsed) || disposals(parsed.program).length > 0) return false
  return (
    (!isReplaced && modelsRegistered(parsed.program).length > 0) ||
    moduleResources(parsed.program).some(({ kind }) => kind === 'metric')
  )
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
export function deriveBoundaries(
  project: Project,
  planned: ProjectPlan,
  current: readonly string[] | undefined,
): { boundaries: string[]; notes: Note[] } {
  const { root } = project
  const demand = demandOf(project, planned)
  const boundaries: string[] = []
  const notes: Note[] = []
  const tell = (message: string): void => void notes.push({ kind: 'info', message, path: project.packageJsonPath })
  // Without a block, the starter kits' globs are tried first: they also cover the files to come.
  for (const pattern of current ?? frameworks[project.framework.name].defaultBoundaries) {
    if (current && (isForeign(pattern) || !matchesBelow(root))) {
      boundaries.push(pattern)
      continue
    }
    const matches = boundaryMatcher(root, pattern)
    const matched = demand.files.filter(matches)
    if (matched.length === 0) {
      if (current) tell(`\`${pattern}\` in hotHook.boundaries matches no file and was dropped.`)
      continue
    }
    if (!current && !matched.some((path) => demand.wanted.has(path))) continue
    const bad = matched.filter((path) => demand.unwanted.has(path))
    boundaries.push(...(bad.length === 0 ? [pattern] : mend(root, pattern, matched, bad, demand)))
    const [first] = bad
    if (!first || !current) continue
    const others = bad.length > 1 ? ` and ${bad.length - 1} more, which are` : ', which is'
    tell(
      `\`${pattern}\` in hotHook.boundaries also matched \`${relativeTo(root, first)}\`${others} imported statically or run at boot; it was narrowed.`,
    )
  }
  const covered = boundaryMatcher(root, boundaries)
  boundaries.push(
    ...globsFor(
      root,
      [...demand.wanted].filter((path) => !covered(path)),
      demand,
    ),
  )
  return { boundaries: [...new Set(boundaries)], notes }
}

function demandOf(project: Project, { analysis, files }: ProjectPlan): Demand {
  const { importers } = analysis.reload()
  const wanted = new Set(analysis.deferred())
  const unwanted = new Set<string>()
  for (const { path, candidates } of files) {
    for (const { verdict, role, targets, specifier } of candidates) {
      if (verdict !== 'done') continue
      // That of AdonisJS is loaded once, at boot (@adonisjs/http-server `Server.boot`).
      const into = role === 'error-handler' && project.framework.name === 'adonisjs' ? unwanted : wanted
      for (const target of targets.length > 0 ? targets : barrelTargets(analysis, path, specifier)) into.add(target)
    }
  }
  const sources = analysis.server.files()
  for (const path of new Set([...sources, ...importers.keys()])) {
    const imported = importers.get(path)?.some(({ lazy }) => !lazy)
    if (imported || analysis.server.isBoot(path)) unwanted.add(path)
  }
  for (const path of unwanted) wanted.delete(path)
  return { wanted, unwanted, files: sources }
}

/** The modules a generated barrel of lazy imports leads to. */
function barrelTargets(analysis: Analysis, from: string, specifier: string): string[] {
  const barrel = analysis.resolver.resolve(from, specifier)
  if (barrel.kind !== 'project') return []
  return analysis.modules
    .edges(barrel.path)
    .filter(({ dynamic }) => dynamic)
    .map(({ target }) => target)
}

/** A glob for files that are not among the project's sources: another package's, or data. Nothing is known of them. */
function isForeign(pattern: string): boolean {
  return (
    pattern.startsWith('../') ||
    pattern.startsWith('**') ||
    isAbsolute(pattern) ||
    /\.(?![cm]?[jt]sx?$)[a-z]+$/i.test(pattern)
  )
}

/** `pattern` without `bad`: by leaving out their names where that loses nothing wanted, else by directories. */
function mend(
  root: string,
  pattern: string,
  matched: readonly string[],
  bad: readonly string[],
  demand: Demand,
): string[] {
  const tail = /^(.*\/)\*(\.[^*/]+)$/.exec(pattern)
  // All that may stay stays: what is imported lazily in a way we do not follow, and what nothing imports yet.
  const kept = matched.filter((path) => !demand.unwanted.has(path))
  if (tail && bad.length <= kept.length) {
    const [, head = '', extension = ''] = tail
    const names = [...new Set(bad.map((path) => stem(path, extension)))].sort()
    const mended = `${head}!(${names.join('|')})${extension}`
    const matches = boundaryMatcher(root, mended)
    if (kept.every(matches) && !bad.some(matches)) return [mended]
  }
  return globsFor(root, kept, demand)
}

function stem(path: string, extension: string): string {
  return literal(basename(path).slice(0, -extension.length))
}

/** `.ts`, and `.hot.ts` of a module that exports another again. */
function extensionOf(path: string): string {
  return /(?:\.hot)?\.\w+$/.exec(path)?.[0] ?? ''
}

/** Globs that cover `wanted` and nothing unwanted: one for each directory, as wide as may be, alike ones joined by a `*`. */
function globsFor(root: string, wanted: readonly string[], demand: Demand): string[] {
  const isClean = (glob: string): boolean => {
    const matches = boundaryMatcher(root, glob)
    return !demand.files.some((path) => demand.unwanted.has(path) && matches(path))
  }
  const groups = new Map<string, string[]>()
  for (const path of wanted) {
    const key = `${dirname(path)}\0${extensionOf(path)}`
    groups.set(key, [...(groups.get(key) ?? []), path])
  }
  const globs: string[] = []
  for (const [key, paths] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [directory = '', extension = ''] = key.split('\0')
    const below = relativeTo(root, directory)
    const bad = demand.files.filter(
      (path) => dirname(path) === directory && extensionOf(path) === extension && demand.unwanted.has(path),
    )
    const deep = `${below}/**/*${extension}`
    const shallow = `${below}/*${extension}`
    const names = (list: readonly string[]): string =>
      list
        .map((path) => stem(path, extension))
        .sort()
        .join('|')
    if (paths.every(boundaryMatcher(root, globs))) continue
    if (isClean(deep)) globs.push(deep)
    else if (isClean(shallow)) globs.push(shallow)
    else if (bad.length < paths.length && isClean(`${below}/!(${names(bad)})${extension}`))
      globs.push(`${below}/!(${names(bad)})${extension}`)
    else globs.push(...paths.map((path) => relativeTo(root, path)))
  }
  return joinAlike(globs, isClean)
}

/** `./app/a/controllers/*` and `./app/b/controllers/*` to `./app/*\/controllers/*`, where that covers nothing unwanted. */
function joinAlike(globs: readonly string[], isClean: (glob: string) => boolean): string[] {
  let current = [...globs]
  for (;;) {
    const groups = new Map<string, string[]>()
    for (const glob of current) {
      const parts = glob.split('/')
      // The first two parts stay: `./app/*` says where to look, `./*` would not.
      for (let index = 2; index < parts.length - 1; index += 1) {
        if (parts[index]?.includes('*')) continue
        const joined = parts.with(index, '*').join('/')
        groups.set(joined, [...(groups.get(joined) ?? []), glob])
      }
    }
    const [best] = [...groups]
      .filter(([glob, members]) => members.length > 1 && isClean(glob))
      .sort((a, b) => b[1].length - a[1].length)
    if (!best) return current
    const [glob, members] = best
    current = [
      ...current.slice(0, current.indexOf(members[0] ?? '')),
      glob,
      ...current.slice(current.indexOf(members[0] ?? '')),
    ]
    current = current.filter((candidate) => !members.includes(candidate))
  }
}

/** `./app/controllers`: how hot-hook's users write a path, relative to package.json; glob characters as classes. */
function relativeTo(root: string, path: string): string {
  return `${matchesBelow(root) ? '.' : '**'}/${literal(relative(root, path).split(sep).join('/'))}`
}

/** hot-hook resolves a glob against the root, whose own characters count as a glob then: `project (1)` matches nothing. */
function matchesBelow(root: string): boolean {
  return boundaryMatcher(root, './src/*.ts')(`${root.split(sep).join('/')}/src/server.ts`)
}

/** hot-hook turns a backslash into `/`, so a character class is the only way to escape. */
function literal(text: string): string {
  return text.replace(/[()[\]{}*?+@!|]/g, (character) => `[${character}]`)
}
