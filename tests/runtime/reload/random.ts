import { realpathSync } from 'node:fs'
import { posix, relative } from 'node:path'
import { openServer } from '../../../src/graph/server.ts'
import { readProject } from '../../../src/project/open.ts'
import { install, runUnderHotHook, type App } from '../hot-hook.ts'
import type { Prediction } from './predict.ts'

/**
 * How a module imports another. `awaited`: at the top level. `promised`: the same, without waiting. `memoised`: by the
 * first call. `star`: `export * from`.
 */
const KINDS = ['static', 'star', 'lazy', 'awaited', 'promised', 'memoised'] as const
type Kind = (typeof KINDS)[number]

export interface RandomImport {
  /** Indexes into `modules`. */
  readonly from: number
  readonly to: number
  readonly kind: Kind
  /** Which of the ways to write the specifier. */
  readonly spelling: 0 | 1 | 2
  readonly attribute: 'none' | 'written' | 'meta'
}

/** An application by its graph. The first module is the entry. */
export interface RandomApp {
  readonly modules: readonly { readonly path: string; readonly declines: boolean }[]
  /** In the order of the source. */
  readonly imports: readonly RandomImport[]
  readonly boundaries: readonly string[]
  readonly ignore?: readonly string[]
  readonly restart?: readonly string[]
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function randomApp(seed: number): RandomApp {
  const random = randomNumbers(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const chance = (probability: number): boolean => random() < probability
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!

  const declining = chance(0.15)
  const modules = [{ path: 'src/index.js', declines: false }]
  for (let count = 4 + below(6), at = 1; at <= count; at++)
    modules.push({ path: chance(0.5) ? `src/c/m${at}.js` : `src/m${at}.js`, declines: declining && chance(0.3) })
  const others = modules.slice(1).map(({ path }) => `./${path}`)
  const globs = [...(chance(0.6) ? ['./src/c/*.js'] : []), ...others.filter(() => chance(0.15))]

  const imports: RandomImport[] = []
  const withAttributes = chance(0.25)
  const weights: readonly Kind[] = pick([
    ['static', 'lazy'],
    ['static', 'static', 'lazy', 'lazy', 'star'],
    [...KINDS, 'static', 'lazy', 'lazy'],
  ])
  const entryWeights: readonly Kind[] = chance(0.7) ? ['lazy', 'lazy', 'lazy', 'awaited', 'memoised'] : weights
  function add(from: number, to: number): void {
    const picked = pick(from === 0 ? entryWeights : weights)
    // Nothing shows what the entry exports.
    const kind = from === 0 && picked === 'star' ? 'static' : picked
    const attribute = !withAttributes || kind === 'star' ? 'none' : pick(['none', 'none', 'written', 'meta'] as const)
    const one: RandomImport = {
      from,
      to,
      kind,
      spelling: chance(0.8) ? 0 : pick([1, 2] as const),
      attribute: kind === 'static' && attribute === 'meta' ? 'written' : attribute,
    }
    // Modules that wait for each other never run.
    if (kind === 'awaited' && waitsFor(to, from, imports)) return
    imports.push(one)
    if (isDeadlocked(imports)) imports.pop()
  }
  // Each module has an importer among those before it, and some have more, from anywhere.
  for (let to = 1; to < modules.length; to++) add(below(to), to)
  for (let more = below(modules.length + 2); more > 0; more--) add(below(modules.length), 1 + below(modules.length - 1))
  // Now and then, one more import of what is imported already.
  if (chance(0.3)) {
    const { from, to } = pick(imports)
    add(from, to)
  }
  for (let at = imports.length - 1; at > 0; at--) {
    const other = below(at + 1)
    ;[imports[at], imports[other]] = [imports[other]!, imports[at]!]
  }
  return {
    modules,
    imports,
    boundaries: chance(0.05) ? [] : globs,
    ...(chance(0.12) && { ignore: [...(chance(0.8) ? ['**/node_modules/**'] : []), pick(others)] }),
    ...(chance(0.1) && { restart: [pick(others)] }),
  }
}

/** Whether the evaluation of `from` waits for that of `to`. */
function waitsFor(from: number, to: number, imports: readonly RandomImport[]): boolean {
  const seen = new Set([from])
  for (const at of seen)
    for (const { from: by, to: next, kind } of imports)
      if (by === at && (kind === 'static' || kind === 'star' || kind === 'awaited')) seen.add(next)
  return seen.has(to)
}

function isDeadlocked(imports: readonly RandomImport[]): boolean {
  return imports.some(({ from, to, kind }) => kind === 'awaited' && waitsFor(to, from, imports))
}

function specifierOf(from: string, to: string, spelling: 0 | 1 | 2): string {
  const short = posix.relative(posix.dirname(from), to)
  const plain = short.startsWith('.') ? short : `./${short}`
  if (spelling === 0) return plain
  if (spelling === 1) return `#${to}`
  return from.startsWith('src/c/')
    ? plain.replace(/^\.\/|^\.\.\//, (start) => `${start}../${start === './' ? 'c/' : 'src/'}`)
    : `../src/${posix.relative('src', to)}`
}

function textOf(app: RandomApp, own: number): string {
  const { path, declines } = app.modules[own]!
  const head: string[] = []
  const shown: string[] = []
  const name = `m${own}`
  for (const [at, { from, to, kind, spelling, attribute }] of app.imports.entries()) {
    if (from !== own) continue
    const specifier = `'${specifierOf(path, app.modules[to]!.path, spelling)}'`
    const options =
      attribute === 'none' ? '' : attribute === 'meta' ? ', import.meta.hot?.boundary' : `, { with: { hot: 'true' } }`
    const call = `import(${specifier}${options})`
    switch (kind) {
      case 'static':
        head.push(`import * as i${at} from ${specifier}${attribute === 'none' ? '' : ` with { hot: 'true' }`}`)
        shown.push(`i${at}`)
        break
      case 'star':
        head.push(`export * from ${specifier}`)
        break
      case 'lazy':
        head.push(`const i${at} = () => ${call}`)
        shown.push(`await i${at}()`)
        break
      case 'awaited':
        head.push(`const i${at} = await ${call}`)
        shown.push(`i${at}`)
        break
      case 'promised':
        head.push(`const i${at} = ${call}`)
        shown.push(`await i${at}`)
        break
      case 'memoised':
        head.push(`let p${at}`, `const i${at} = () => (p${at} ??= ${call})`)
        shown.push(`await i${at}()`)
    }
  }
  if (declines) head.push('import.meta.hot?.decline()')
  // Each copy of a module shows itself, and what it imports, once in an answer.
  head.push(
    `const self = {}`,
    `export async function ${name}(seen) {`,
    `  if (seen.has(self)) return []`,
    `  seen.add(self)`,
    `  const shown = ['${name}=1']`,
    ...shown.map((value) => `  shown.push(await showAll(${value}, seen))`),
    `  return shown`,
    `}`,
  )
  if (own === 0)
    head.push(
      `import { serve } from './serve.mjs'`,
      `globalThis.showAll = async (module, seen) => {`,
      `  const shown = []`,
      `  for (const value of Object.values(module)) shown.push(await value(seen))`,
      `  return shown`,
      `}`,
      `serve({ '/all': () => m0(new Set()) })`,
    )
  return head.join('\n')
}

export function appOf(random: RandomApp): App {
  const { boundaries, ignore, restart } = random
  return {
    entry: 'src/index.js',
    urls: ['/all'],
    hotHook: { boundaries, ...(ignore && { ignore }), ...(restart && { restart }) },
    packageJson: { imports: { '#src/*': './src/*' } },
    files: Object.fromEntries(random.modules.map(({ path }, at) => [path, textOf(random, at)])),
  }
}

export interface Comparison {
  readonly predicted: Readonly<Record<string, string>>
  readonly observed: Readonly<Record<string, string>>
  readonly log: string
}

/** What is predicted of each file that is not predicted as unstable, and what hot-hook does of it. */
export async function compare(random: RandomApp): Promise<Comparison> {
  const app = appOf(random)
  const installed = await install(app, 20)
  try {
    const all = predictions(installed.directory, app.entry)
    const predicted = Object.fromEntries(
      Object.keys(app.files)
        .map((file) => [file, all[file] ?? { outcome: 'unwatched', unstable: false }] as const)
        .flatMap(([file, { outcome, unstable }]) => (unstable ? [] : [[file, outcome] as const])),
    )
    const { files, log, answers } = await runUnderHotHook(installed, app, Object.keys(predicted))
    const observed = Object.fromEntries(Object.entries(files).map(([file, { outcome }]) => [file, outcome]))
    return { predicted, observed, log: `${Object.values(answers)[0]?.body}\n${log}` }
  } finally {
    await installed.remove()
  }
}

/** As in predict.ts; but whoever runs the application tells hot-hook of changes. */
function predictions(directory: string, entry: string): Record<string, Prediction> {
  const project = readProject(directory, { entry, node: process.versions.node, loader: 'none' })
  const runtime = { ...project.runtime, watcher: 'parent' as const }
  const root = realpathSync(directory)
  const files = openServer({ ...project, runtime }).reload().files
  return Object.fromEntries([...files].map(([path, found]) => [relative(root, path).replaceAll('\\', '/'), found]))
}
