import { join, relative, sep } from 'node:path'
import { applyEdits } from '../src/edits/text.ts'
import type { FileTree } from '../src/edits/tree.ts'
import { frameworks } from '../src/frameworks/index.ts'
import { engineOf } from '../src/graph/server.ts'
import type { Analysis } from '../src/lazy/analysis.ts'
import { loadedOnce, replaceableModels, setsOverwriteModels } from '../src/lazy/mongoose-models.ts'
import { parseModule } from '../src/lazy/parse.ts'
import { planProject } from '../src/lazy/project-plan.ts'
import type { Project } from '../src/project/project.ts'
import type { Codemod, Note, Step } from './codemod.ts'
import { reloadThen } from './hot-hook-config.ts'

const NAME = 'mongoose-models'

/** Has Mongoose take the next version of a model under hot-hook, where it throws otherwise, so that models are hot. */
export const mongooseModels: Codemod = {
  name: NAME,
  description: 'Set `overwriteModels` of Mongoose under hot-hook, where models may be replaced',
  optIn: true,
  run(project, tree, options) {
    const nothing: Step = { codemod: NAME, summary: '', files: [], edits: 0, notes: [] }
    if (!frameworks[project.framework.name].functions || !isSupported(project)) return nothing
    const planned = planProject(project, tree, options)
    const { analysis } = planned
    const model = reloadThen(project, planned, tree.read(project.packageJsonPath) ?? '')
    const { modules } = analysis.server
    const once = loadedOnce(project.runtime.entry, modules, model)
    if (setsOverwriteModels(modules, once)) return nothing
    const replaceable = replaceableModels(modules, model)
    if (replaceable.obstacle) return { ...nothing, notes: [obstacleNote(replaceable.obstacle)] }
    if (replaceable.modules.size === 0 || testsAsCommonJs(project, tree)) return nothing
    const place = placeOf(project, analysis, once)
    if (!place) return nothing
    tree.write(place.path, place.after)
    const summary = `set in ${relative(project.root, place.path).split(sep).join('/')}`
    return { ...nothing, summary, files: [place.path], edits: 1 }
  },
}

function obstacleNote({ path, what }: { readonly path: string; readonly what: string }): Note {
  const message = `Models of Mongoose restart the server: with ${what} it is not known who asks for a model of before.`
  return { kind: 'info', message, path }
}

/** Mongoose has the option since 5.11; read and run with 8.19. */
function isSupported({ packageJson: { dependencies, devDependencies }, runtime }: Project): boolean {
  const declared = dependencies?.['mongoose'] ?? devDependencies?.['mongoose']
  // `hot.init()` starts hot-hook when what the entry imports is loaded: import.meta.hot is not there yet.
  return Number(/^[~^]?(\d+)\./.exec(declared ?? '')?.[1] ?? 0) >= 6 && runtime.hotHook !== 'init'
}

/** Whether Jest may make CommonJS of the modules, in which `import.meta` is a syntax error. */
function testsAsCommonJs({ root, packageJson, packageJsonPath }: Project, tree: FileTree): boolean {
  const { dependencies, devDependencies } = packageJson
  if (devDependencies?.['jest'] === undefined && dependencies?.['jest'] === undefined) return false
  const configs = ['js', 'cjs', 'mjs', 'ts', 'json'].map((extension) => join(root, `jest.config.${extension}`))
  return ![packageJsonPath, ...configs].some((path) => /useESM|default-esm|vm-modules/.test(tree.read(path) ?? ''))
}

/** The module that connects, or else one that imports Mongoose. */
function placeOf(
  project: Project,
  { server: { modules, topLevelAwait }, facts }: Analysis,
  once: readonly string[],
): { path: string; after: string } | undefined {
  const engine = engineOf(project.root, project.runtime)
  const places = once.flatMap((path) => {
    const text = modules.text(path) ?? ''
    // Where TypeScript takes `await` at the top level, it takes `import.meta`.
    const isKnown = topLevelAwait || !/\.[cm]?tsx?$/.test(path)
    if (!isKnown || !engine.hasMetaHot(path) || modules.format(path) === 'commonjs' || facts(path).foreign) return []
    const after = withSetting(path, text)
    return after === undefined ? [] : [{ path, after, connects: /\bmongoose\s*\.\s*connect\s*\(/.test(text) }]
  })
  return places.find(({ connects }) => connects) ?? places[0]
}

/** @returns undefined where the module does not import Mongoose by its name. */
function withSetting(path: string, text: string): string | undefined {
  const parsed = parseModule(path, text)
  if (!('program' in parsed)) return undefined
  const imports = parsed.program.body.filter((statement) => statement.type === 'ImportDeclaration')
  const mongoose = imports.find(
    ({ source, importKind, specifiers }) =>
      source.value === 'mongoose' &&
      importKind !== 'type' &&
      specifiers.some(({ type, local }) => type === 'ImportDefaultSpecifier' && local.name === 'mongoose'),
  )
  const last = imports.at(-1)
  if (!mongoose || !last) return undefined
  const quote = mongoose.source.raw[0] ?? "'"
  const semicolon = text[last.range[1] - 1] === ';' ? ';' : ''
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const statement = `if (import.meta.hot) mongoose.set(${quote}overwriteModels${quote}, true)${semicolon}`
  // A comment behind the import stays there.
  const end = /[^\r\n]*/.exec(text.slice(last.range[1]))?.[0] ?? ''
  if (!/^\s*(?:\/\/.*)?$/.test(end)) return undefined
  const at = last.range[1] + end.length
  return applyEdits(text, [{ range: [at, at], text: `${eol}${eol}${statement}` }])
}
