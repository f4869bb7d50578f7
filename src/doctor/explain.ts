import { relative, sep } from 'node:path'
import type { BootUse } from '../graph/boot-use.ts'
import { boundaryMatcher } from '../graph/boundaries.ts'
import { OUTCOMES } from '../graph/outcomes.ts'
import type { Outcome } from '../graph/reload.ts'
import { bootUses, bySureness, describeCuts, type DescribedCut } from './cuts.ts'
import type { Diagnosis } from './diagnose.ts'
import { loaderOf } from './modules.ts'
import { chainTo, describe, isOnce } from './report.ts'

/** Why one file is hot or not. Paths are relative to the project's root, with `/`; lines count from 1, 0 when not known. */
export interface Explanation {
  readonly path: string
  readonly outcome: Outcome
  readonly reason: string
  readonly message: string
  /** What to do; empty where nothing has to be done. */
  readonly remedy: string
  readonly unstable: boolean
  /** Where the chain starts: with the entry, or with a module that something else loads; null where nothing loads it. */
  readonly root: { readonly path: string; readonly by: string | null } | null
  /** The imports that decide it, from the start of the process to the file. */
  readonly chain: readonly ChainStep[]
  /** The surest change that turns the file hot; of several the one that turns most hot. */
  readonly cut: ExplainedCut | null
}

export interface ChainStep {
  readonly from: string
  readonly line: number
  readonly specifier: string
  readonly dynamic: boolean
  /** Of a stale file: it is an `import()` that runs once, or whose result is kept. */
  readonly once: boolean
  readonly to: string
}

export interface ExplainedCut extends Pick<DescribedCut, 'reexported' | 'imports' | 'lazy' | 'edits' | 'verdict'> {
  /** The module that would be imported lazily. */
  readonly path: string
  /** How many files turn hot. */
  readonly frees: number
  /** How many edits were counted. */
  readonly totalEdits: number
}

/** @param path absolute and real. */
export async function explainFile(path: string, diagnosis: Diagnosis): Promise<Explanation> {
  const { project, server, places, coverage } = diagnosis
  const file = server.reload().files.get(path)
  if (!file) return explainUnloaded(path, diagnosis)
  const uses = file.reason === 'outside-boundary' ? await bootUses(diagnosis) : new Map<string, BootUse>()
  const use = uses.get(path)
  const restarts = file.outcome === 'restart' && !use
  const freeing = restarts ? diagnosis.cuts.freeing(path).filter((cut) => !uses.has(cut.path)) : []
  const [cut] = (await describeCuts(freeing, diagnosis)).sort(bySureness)
  const chain = chainTo(path, diagnosis)
  const root = chain[0]?.importer.path ?? path
  return {
    path: places.name(path),
    outcome: file.outcome,
    reason: file.reason,
    message: describe(path, file, diagnosis, use),
    remedy: use ? '' : OUTCOMES[file.reason].remedy,
    unstable: file.unstable,
    root: { path: places.name(root), by: root === project.runtime.entry ? null : loaderOf(root, server) },
    chain: chain.map(({ importer, target }) => ({
      from: places.name(importer.path),
      line: places.line(importer.path, importer.specifier, importer.dynamic),
      specifier: importer.specifier,
      dynamic: importer.dynamic,
      once: file.reason === 'imported-once' && isOnce(importer),
      to: places.name(target),
    })),
    cut: cut
      ? {
          path: places.name(cut.path),
          reexported: cut.reexported,
          imports: cut.imports,
          lazy: cut.lazy,
          frees: cut.frees.length,
          edits: cut.edits,
          totalEdits: coverage.edits.total,
          verdict: cut.verdict,
        }
      : null,
  }
}

/** `hotHook.restart` where package.json does not set it (hot-hook 1.0.0). */
const RESTART = ['.env']

function explainUnloaded(path: string, { project, server, places }: Diagnosis): Explanation {
  const name = places.name(path)
  const restarts = boundaryMatcher(project.root, project.packageJson.hotHook?.restart ?? RESTART)(path)
  if (restarts) {
    return unloaded(name, 'restart', 'restart-glob', 'It is no module of the server, and `hotHook.restart` names it.')
  }
  const unread = [...server.modules.unreadable].map((module) => `\`${places.name(module)}\``)
  const doubt =
    unread.length === 0 ? '' : ` What ${unread.slice(0, 3).join(', ')} imports is not known: it does not parse.`
  return unloaded(
    name,
    'unwatched',
    'not-loaded',
    `The server does not load it: no import that is left once types are stripped leads to it, so an edit does nothing.${doubt}`,
  )
}

/** A file of an installed package. @param path absolute and real, with a directory node_modules in it. */
export function explainPackageFile(path: string): Explanation {
  const root = path.slice(0, path.indexOf(`${sep}node_modules${sep}`))
  return unloaded(
    relative(root, path).split(sep).join('/'),
    'unwatched',
    'in-package',
    'It is in node_modules, which hot-hook does not watch: an edit shows after the next restart.',
  )
}

function unloaded(path: string, outcome: Outcome, reason: string, message: string): Explanation {
  return { path, outcome, reason, message, remedy: '', unstable: false, root: null, chain: [], cut: null }
}
