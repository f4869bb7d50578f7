import { escapePattern } from '../edits/text.ts'
import { modelsOfModule, type ModelsOfModule } from '../graph/mongoose-models.ts'
import type { Modules } from '../graph/modules.ts'
import type { ReloadModel } from '../graph/reload.ts'
import { parseModule } from './parse.ts'

/**
 * The modules whose models of Mongoose may be replaced by those of their next version, as they are where
 * `overwriteModels` is set, and nothing could tell: each request evaluates the new version before it asks for the model,
 * also where it does so by name, as `populate()` does. Until then the model of before is the one of that name.
 */
export interface ReplaceableModels {
  /** Absolute. */
  readonly modules: ReadonlySet<string>
  /** Why there is none, of which module; undefined where it is for the single models. */
  readonly obstacle: { readonly path: string; readonly what: string } | undefined
}

/** What makes or asks for models in ways that are not followed. */
const OTHER =
  /\bdiscriminators?\b|\bcreateConnection\b|\buseDb\b|\bdeleteModel\b|\bconnection\s*\.\s*models?\b|\{[^{}]*\bmodels\b[^{}]*\}\s*=\s*mongoose\b|\}\s*=\s*mongoose\s*\.\s*(?:models|connection)\b|\bmodels\b[^{}]*\}\s*from\s*['"]mongoose['"]/
/** What may ask for a model by its name: populating, and `model()` with the name alone. */
const ASKS = /populate|\.\s*models\b|\bmodel\s*(?:<[^()]*>)?\(\s*(?:['"][^'"]*['"]\s*,?\s*\)|[^'"\s])/i
/** The same, with a name that only a run could tell. */
const ASKS_ANY =
  /refPath|\bmodelNames\b|\.\s*models\b(?!\s*\??\.\s*[\w[]|\s*\[\s*['"])|\bmodel\s*(?:<[^()]*>)?\(\s*[^'"\s]/

/** @param model hot-hook's answer for the modules. */
export function replaceableModels(modules: Modules, { outcomes, importers }: ReloadModel): ReplaceableModels {
  const text = (path: string): string => modules.text(path) ?? ''
  const isHot = (path: string): boolean => outcomes.get(path) === 'hot'
  const found = new Map<string, ModelsOfModule>()
  for (const path of outcomes.keys()) {
    const parsed = text(path).includes('mongoose') ? parseModule(path, text(path)) : undefined
    if (parsed && 'program' in parsed) found.set(path, modelsOfModule(parsed.program))
  }
  const hot = [...found].filter(([path, { registered }]) => isHot(path) && registered.length > 0)
  if (hot.length === 0) return { modules: new Set(), obstacle: undefined }
  const obstacle = obstacleIn(outcomes.keys(), found, text)
  if (obstacle) return { modules: new Set(), obstacle }
  const byName = new Map<string, string[]>()
  for (const [path, { registered }] of found) {
    for (const name of registered) if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), path])
  }
  const asked = new Set([...found.values()].flatMap((models) => models.asked))
  const cold = new Set([...outcomes.keys()].filter((path) => !isHot(path)))
  const boundaries = [...outcomes.keys()].filter(
    (path) => isHot(path) && importers.get(path)?.some(({ dynamic }) => dynamic),
  )
  const asking = [cold, ...boundaries.map((path) => closureOf(path, modules))].map((loaded) => {
    const texts = [...withNamed(loaded, byName, text)].map(text)
    return { loaded, texts: texts.some((one) => ASKS.test(one)) ? texts : [] }
  })
  const isAskedElsewhere = (name: string, path: string): boolean =>
    asking.some(({ loaded, texts }) => !loaded.has(path) && texts.some((one) => ASKS_ANY.test(one) || names(one, name)))
  const isReplaceable = (name: string | undefined, path: string): boolean =>
    name !== undefined && byName.get(name)?.length === 1 && !asked.has(name) && !isAskedElsewhere(name, path)
  const replaceable = hot.filter(
    ([path, { registered, guarded }]) => !guarded && registered.every((name) => isReplaceable(name, path)),
  )
  return { modules: new Set(replaceable.map(([path]) => path)), obstacle: undefined }
}

function obstacleIn(
  paths: Iterable<string>,
  found: ReadonlyMap<string, ModelsOfModule>,
  text: (path: string) => string,
): ReplaceableModels['obstacle'] {
  for (const path of paths) {
    const other = OTHER.exec(text(path))
    if (other) return { path, what: `\`${other[0]}\`` }
  }
  const registered = new Set<string>()
  for (const [path, models] of found) {
    if (models.registersLater) return { path, what: 'a model that a function registers' }
    for (const name of models.registered) {
      if (name === undefined) return { path, what: 'a model whose name is no literal' }
      if (!models.guarded && registered.has(name)) return { path, what: `a second model \`${name}\`` }
      if (!models.guarded) registered.add(name)
    }
    if (models.asked.includes(undefined))
      return { path, what: 'a model that is asked for by a name that is no literal' }
  }
  return undefined
}

/** The module and what it imports statically. */
function closureOf(path: string, modules: Modules): ReadonlySet<string> {
  const loaded = new Set([path])
  for (const one of loaded) for (const { target, dynamic } of modules.edges(one)) if (!dynamic) loaded.add(target)
  return loaded
}

/** With the modules of the models that they name: their schemas name others. */
function withNamed(
  loaded: ReadonlySet<string>,
  byName: ReadonlyMap<string, readonly string[]>,
  text: (path: string) => string,
): ReadonlySet<string> {
  const all = new Set(loaded)
  for (const path of all) {
    for (const [name, others] of byName) if (names(text(path), name)) for (const other of others) all.add(other)
  }
  return all
}

function names(text: string, name: string): boolean {
  return new RegExp(String.raw`['"\`]${escapePattern(name)}['"\`]|\.\s*models\s*\??\.\s*${escapePattern(name)}\b`).test(
    text,
  )
}

/** `mongoose.set('overwriteModels', true)`, in a module that is loaded once, with the process. */
export function setsOverwriteModels(modules: Modules, atStart: Iterable<string>): boolean {
  return [...atStart].some((path) =>
    /\bmongoose\s*\.\s*set\s*\(\s*['"]overwriteModels['"]\s*,\s*true\s*\)/.test(modules.text(path) ?? ''),
  )
}

/** The modules that the entry loads before it runs, itself first, and that stay until the process ends. */
export function loadedOnce(entry: string | undefined, modules: Modules, { outcomes }: ReloadModel): string[] {
  if (entry === undefined) return []
  return [...closureOf(entry, modules)].filter((path) => outcomes.get(path) === 'restart')
}
