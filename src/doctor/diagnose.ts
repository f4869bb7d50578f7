import { jsonPosition } from '../edits/json.ts'
import { readText } from '../edits/tree.ts'
import { configProblems } from '../graph/config.ts'
import { countedFiles, coverageOf, openHistory, type Coverage } from '../graph/coverage.ts'
import { changeable, findCuts, type Cuts } from '../graph/cuts.ts'
import { createPlaces, type Places } from '../graph/places.ts'
import { openServer, type Server } from '../graph/server.ts'
import { listSourceFiles } from '../project/files.ts'
import { ProjectError } from '../project/error.ts'
import type { Progress } from '../project/progress.ts'
import type { Project } from '../project/project.ts'
import { sayServers, serversBelow } from '../project/servers-below.ts'
import { byWeight, finding, type Finding } from './finding.ts'
import { moduleFindings } from './modules.ts'
import { createReading } from './reading.ts'
import { setupFindings } from './setup.ts'

/** What is hot in a project, what is not, and what is wrong. */
export interface Diagnosis {
  readonly project: Project
  readonly server: Server
  readonly places: Places
  readonly coverage: Coverage
  /** How many of the last edits that git knows of were of each file; absolute paths. */
  readonly edits: ReadonlyMap<string, number>
  readonly cuts: Cuts
  /** Worst first. */
  readonly findings: readonly Finding[]
}

export interface DiagnoseOptions {
  /** What was asked for, where that is not in the project. */
  readonly entry?: string
  /** Called for each file that is read. */
  readonly onProgress?: (progress: Progress) => void
}

/**
 * Diagnoses a project as it is on disk. Writes nothing, runs nothing of it.
 *
 * A file that cannot be read or parsed is a finding, and the rest is diagnosed.
 *
 * @throws {ProjectError} when there is no such entry, or the project starts no server and those below it do.
 */
export async function diagnose(project: Project, { entry, onProgress }: DiagnoseOptions = {}): Promise<Diagnosis> {
  requireEntry(project, entry)
  const history = openHistory(project.root)
  const reading = createReading()
  let read = 0
  const server = openServer(project, {
    orphansAsRoots: true,
    read(path) {
      onProgress?.({ doing: 'read', done: ++read })
      return reading.read(path)
    },
  })
  const { root } = server
  const model = server.reload()
  const places = createPlaces(root, server.modules)
  const text = readText(project.packageJsonPath) ?? ''
  const config = configProblems(project.packageJson as Readonly<Record<string, unknown>>, {
    root,
    files: () => listSourceFiles(root),
    model,
    isBoot: (path) => server.isBoot(path),
    place: (importer) => places.of(importer),
  }).map(({ code, at, message, remedy }) =>
    finding(code, 'package.json', jsonPosition(text, at)?.line ?? 0, message, remedy),
  )
  const findings = [
    ...setupFindings(project, server, text),
    ...config,
    ...moduleFindings(project, server, places),
    ...reading.findings((path) => places.name(path)),
  ]
  const recent = await history.of(countedFiles(model, root))
  const edits = new Map<string, number>()
  for (const path of recent) edits.set(path, (edits.get(path) ?? 0) + 1)
  const cuts = findCuts(model, {
    ...changeable(server),
    // An edit counts, and a file that is never edited counts a little. Whole numbers: sums of others depend on the order.
    weight: (path) => 100 * (edits.get(path) ?? 0) + 1,
  })
  return {
    project,
    server,
    places,
    edits,
    cuts,
    coverage: coverageOf(model, project.runtime.hotHook !== 'none', recent, root),
    findings: findings.sort(byWeight),
  }
}

function requireEntry({ root, packageJsonPath, framework, runtime }: Project, asked: string | undefined): void {
  if (runtime.entry !== undefined) return
  if (asked !== undefined) {
    throw new ProjectError(
      `There is no source file ${JSON.stringify(asked)} in ${root} that the server could start with. Name the entry relative to that directory, or by its absolute path.`,
      packageJsonPath,
    )
  }
  if (framework.name === 'adonisjs') return
  const servers = serversBelow(root)
  if (servers.directories.length === 0) return
  throw new ProjectError(
    `${packageJsonPath} starts no server itself. Run hot-codemod in the directory of one; below it, these ${sayServers(servers)}. Or name the module that the server starts with by --entry.`,
    packageJsonPath,
  )
}
