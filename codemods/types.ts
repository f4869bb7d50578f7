import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { createFilesMatcher, parseTsconfig, type TsConfigResult } from 'get-tsconfig'
import { InvalidJson, parseJson, setJsonValue } from '../src/edits/json.ts'
import { applyEdits } from '../src/edits/text.ts'
import { readText, type FileTree } from '../src/edits/tree.ts'
import { listDeclarationFiles, listSourceFiles } from '../src/project/files.ts'
import { isRecord } from '../src/project/package-manager.ts'
import type { Project } from '../src/project/project.ts'
import type { Codemod, Note } from './codemod.ts'
import { findDependency } from './dev-dependencies.ts'

const NAME = 'hot-hook.d.ts'
/** What hot-hook 1.0 has its declaration of `import.meta.hot` under. */
const DECLARATION = 'hot-hook/import-meta'
const TEXT = `/// <reference types="${DECLARATION}" />\n`

/**
 * Declares `import.meta.hot` for TypeScript. On AdonisJS only where a file uses it; elsewhere always, since what becomes
 * hot may have to be disposed of, and nothing else in such a project declares it. A tsconfig.json whose `module` allows
 * neither that nor `import()` gets one that does.
 */
export const types: Codemod = {
  name: 'types',
  description: 'Add the type of `import.meta.hot` to projects in TypeScript',
  optIn: false,
  needsBoundaries: true,
  run(project, tree) {
    const { file, notes } = planTypes(project, tree)
    const raised = raisedModule(project, tree)
    if (file !== undefined) tree.write(file, TEXT)
    if (raised) tree.write(raised.path, raised.text)
    const files = [...(file === undefined ? [] : [file]), ...(raised ? [raised.path] : [])]
    const done = [
      ...(file === undefined ? [] : ['`import.meta.hot` declared']),
      ...(raised ? [`\`module\` of ${basename(raised.path)} raised`] : []),
    ]
    return { codemod: 'types', summary: done.join(', '), files, edits: files.length, notes }
  },
}

interface Plan {
  /** Absolute, the file to be written. */
  readonly file?: string
  readonly notes: readonly Note[]
}

/**
 * The tsconfig.json of the entry with a `module` under which `import()` and `import.meta` may be written: that of ES2015,
 * which is TypeScript 5's default for every later target too, has neither (TS1323, TS1343). The modules stay ES modules.
 *
 * @returns undefined where they may be written, or the file holds no JSON.
 */
function raisedModule({ root, runtime }: Project, tree: FileTree): { path: string; text: string } | undefined {
  const config = readConfig(join(root, 'tsconfig.json'))
  if (!config || !listSourceFiles(root, tree).some((path) => /\.[cm]?tsx?$/.test(path))) return undefined
  const { path, config: covering } = coveringOf(config, runtime.entry)
  if (!/^es(?:6|2015)$/i.test(covering.compilerOptions?.module ?? '')) return undefined
  const text = textOf(tree, path)
  try {
    const edits = setJsonValue(text, ['compilerOptions', 'module'], 'ESNext')
    return edits.length > 0 ? { path, text: applyEdits(text, edits) } : undefined
  } catch (error) {
    if (error instanceof TypeError || error instanceof InvalidJson) return undefined
    throw error
  }
}

/** Of a tsconfig.json and those that it refers to, the one that holds a file. */
function coveringOf(config: Config, file: string | undefined): Config {
  if (file === undefined) return config
  return [config, ...referenced(config)].find(({ matches }) => matches(file)) ?? config
}

function planTypes({ root, packageJsonPath, framework, runtime }: Project, tree: FileTree): Plan {
  const config = readConfig(join(root, 'tsconfig.json'))
  if (config === undefined) return { notes: [] }
  const sources = listSourceFiles(root, tree).filter((path) => /\.[cm]?tsx?$/.test(path))
  const isUsed = (): boolean => sources.some((path) => /\bimport\s*\.\s*meta\s*\.\s*hot\b/.test(textOf(tree, path)))
  if (sources.length === 0 || (framework.name === 'adonisjs' && !isUsed())) return { notes: [] }

  const covering = coveringOf(config, runtime.entry ?? sources[0])
  const places = placesFor(root, covering, runtime.entry)
  const declarations = [...new Set([...listDeclarationFiles(root, tree), ...places])].map((path) => textOf(tree, path))
  const texts = [...declarations, ...sources.map((path) => textOf(tree, path))]
  const listed = (config.config.compilerOptions?.types ?? []) as readonly string[]
  if (listed.includes(DECLARATION) || texts.some((text) => DECLARES.test(text))) return { notes: [] }
  const other = ['vite/client', 'bun', '@types/bun', 'bun-types'].find(
    (name) => listed.includes(name) || declarations.some((text) => text.includes(`types="${name}"`)),
  )
  if (other !== undefined) {
    const message = `${other} declares import.meta.hot as another tool has it, so hot-hook's declaration was not added: TypeScript refuses both.`
    return { notes: [{ kind: 'info', message, path: config.path }] }
  }

  const manifest = tree.read(packageJsonPath) ?? ''
  if (findDependency(manifest, packageJsonPath, 'hot-hook') === undefined && runtime.hotHookVersion === undefined) {
    const message =
      'hot-hook is no dependency, so TypeScript would not find its declaration of import.meta.hot. Run the codemod dev-dependencies too.'
    return { notes: [{ kind: 'info', message, path: packageJsonPath }] }
  }
  const file = places.find((path) => covering.matches(path) && tree.read(path) === undefined)
  if (file === undefined) {
    const message = `It lists its files, so nothing was added for import.meta.hot. Add a file with \`${TEXT.trim()}\` to the list.`
    return { notes: [{ kind: 'manual', message, path: covering.path }] }
  }
  return { file, notes: [] }
}

/** A reference to hot-hook's declaration, or a declaration of one's own. */
const DECLARES = /['"]hot-hook\/import-meta['"]|\binterface\s+ImportMeta\s*\{[^}]*\bhot\b/

function textOf(tree: FileTree, path: string): string {
  try {
    return tree.read(path) ?? ''
  } catch {
    return ''
  }
}

interface Config extends TsConfigResult {
  /** Whether a file of that path would be part of it. */
  matches(path: string): boolean
}

/** Its own part alone where it extends a package that is not installed; undefined when there is none. */
function readConfig(path: string): Config | undefined {
  if (readText(path) === undefined) return undefined
  let config: TsConfigResult['config']
  try {
    config = parseTsconfig(path)
  } catch {
    try {
      const own = parseJson(readText(path) ?? '', path, { comments: true })
      config = isRecord(own) ? { ...(own as TsConfigResult['config']) } : {}
      delete (config as { extends?: unknown }).extends
    } catch {
      return undefined
    }
  }
  const matcher = createFilesMatcher({ path, config })
  return { path, config, matches: (file) => matcher(file.split(sep).join('/')) !== undefined }
}

/** The projects that a tsconfig.json refers to, which may hold all of the files. */
function referenced({ path, config }: Config): Config[] {
  return (config.references ?? []).flatMap(({ path: reference }) => {
    const target = resolve(dirname(path), reference)
    return readConfig(target.endsWith('.json') ? target : join(target, 'tsconfig.json')) ?? []
  })
}

/** Where the file may stand, the best place first. */
function placesFor(root: string, { path, config }: Config, entry: string | undefined): string[] {
  const { rootDir } = config.compilerOptions ?? {}
  const directory = dirname(path)
  const included = (config.include ?? []).map((pattern) => pattern.replace(/(?:^|\/)[^/]*[*?].*$/, ''))
  const directories = [
    ...(rootDir === undefined ? [] : [resolve(directory, rootDir)]),
    directory,
    ...(entry === undefined ? [] : [dirname(entry)]),
    ...included.map((base) => resolve(directory, base)),
  ]
  return directories
    .filter((candidate) => !relative(root, candidate).startsWith('..'))
    .map((candidate) => join(candidate, NAME))
}

export default types
