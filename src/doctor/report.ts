import { basename, join } from 'node:path'
import { OUTCOMES } from '../graph/outcomes.ts'
import type { FileReload, Importer } from '../graph/reload.ts'
import type { CutReport, FileReport, ImportReport, ServerReport } from '../graph/report.ts'
import { bootUses, describeCuts } from './cuts.ts'
import { explainBootUse, needsRestart, type BootUse } from '../graph/boot-use.ts'
import type { Diagnosis } from './diagnose.ts'
import { loaderOf } from './modules.ts'

/** How many cuts a report holds at most. */
const CUTS = 50

/** The whole of a diagnosis but its findings, as data: what `graph` draws, and `--json` prints. */
export async function createReport(diagnosis: Diagnosis): Promise<ServerReport> {
  const { project, server, places, coverage, edits, cuts } = diagnosis
  const { files, importers } = server.reload()
  const paths = [...files.keys()].sort()
  const index = new Map(paths.map((path, position) => [path, position]))
  const imports: ImportReport[] = []
  const importIndex = new Map<string, number>()
  const keyOf = (from: string, specifier: string, to: string): string => `${from}\0${specifier}\0${to}`
  const add = (importer: Importer, target: string): void => {
    const key = keyOf(importer.path, importer.specifier, target)
    const position = importIndex.get(key) ?? imports.length
    // One for each specifier: a static import says more of what is loaded than an `import()` beside it.
    if (imports[position] && (importer.dynamic || !imports[position].dynamic)) return
    const [from, to] = [index.get(importer.path), index.get(target)]
    if (from === undefined || to === undefined) return
    importIndex.set(key, position)
    const line = places.line(importer.path, importer.specifier, importer.dynamic)
    imports[position] = { from, to, specifier: importer.specifier, line, dynamic: importer.dynamic }
  }
  for (const path of paths) {
    for (const importer of importers.get(path) ?? []) add(importer, path)
    const via = files.get(path)?.via
    if (via) add(via, path)
  }
  const restarts = [...files.values()].some(({ reason }) => reason === 'outside-boundary')
  const uses = restarts ? await bootUses(diagnosis) : new Map<string, BootUse>()
  const offered = cuts.ranked.filter(({ path }) => !uses.has(path))
  const fileReport = (path: string, file: FileReload): FileReport => ({
    path: places.name(path),
    outcome: file.outcome,
    reason: file.reason,
    message: describe(path, file, diagnosis, uses.get(path)),
    unstable: file.unstable,
    needsRestart: needsRestart(path, server.reload(), server.roots, uses),
    boundary: server.isBoundary(path),
    edits: edits.get(path) ?? 0,
    via: file.via ? (importIndex.get(keyOf(file.via.path, file.via.specifier, path)) ?? null) : null,
  })
  return {
    version: 1,
    name: project.packageJson.name ?? basename(project.root),
    framework: project.framework,
    coverage,
    files: [...paths.entries()].flatMap(([, path]) => {
      const file = files.get(path)
      return file ? [fileReport(path, file)] : []
    }),
    imports,
    cuts: (await describeCuts(offered.slice(0, CUTS), diagnosis)).map((cut): CutReport => {
      const changes = cut.imports.flatMap(({ path, specifier, codemod, verdict, reason, message }) => {
        const found = importIndex.get(keyOf(join(project.root, path), specifier, cut.path))
        return found === undefined ? [] : [{ import: found, codemod, verdict, reason, message }]
      })
      return {
        file: index.get(cut.path) ?? 0,
        reexported: cut.reexported,
        imports: changes.map((change) => change.import),
        frees: cut.frees.map((path) => index.get(path) ?? 0),
        edits: cut.edits,
        verdict: cut.verdict,
        changes,
      }
    }),
  }
}

/** Why a file has its outcome; a sentence. @param use what uses it while the server starts, where that decides. */
export function describe(path: string, file: FileReload, diagnosis: Diagnosis, use?: BootUse): string {
  const { server, places, project } = diagnosis
  const { reason, via } = file
  if (use) return explainBootUse(use, `\`${places.name(use.path)}:${use.line}\``)
  if (reason === 'loaded-at-boot' && project.runtime.entry === undefined && project.framework.name !== 'adonisjs') {
    return 'No module imports it, so it is taken for one that the server starts with: its entry is not known.'
  }
  const loader = loaderOf(path, server)
  if (reason !== 'imported-once') return OUTCOMES[reason].say({ importer: via ? places.of(via) : loader, loader })
  const chain = chainTo(path, diagnosis)
  const once = chain.findLast(({ importer }) => isOnce(importer))?.importer ?? via
  const root = chain[0]?.importer.path ?? path
  return OUTCOMES[reason].say({ importer: once ? places.of(once) : loaderOf(root, server), loader })
}

/** Whether an import is an `import()` that is not evaluated in each call. */
export function isOnce({ dynamic, lazy }: Importer): boolean {
  return dynamic && !lazy
}

/** One import of a chain. */
export interface Link {
  readonly importer: Importer
  readonly target: string
}

/** The imports that lead from a root to `path` and decide its outcome, the root's first; none for a root. */
export function chainTo(path: string, { server }: Diagnosis): readonly Link[] {
  const { files } = server.reload()
  const chain: Link[] = []
  const seen = new Set([path])
  let target = path
  for (let importer = files.get(path)?.via; importer; importer = files.get(importer.path)?.via) {
    chain.unshift({ importer, target })
    if (seen.has(importer.path)) break
    seen.add(importer.path)
    target = importer.path
  }
  return chain
}
