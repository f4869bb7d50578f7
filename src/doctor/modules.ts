import { basename, sep } from 'node:path'
import type { TSESTree } from '@typescript-eslint/utils'
import { parseSync } from 'oxc-parser'
import { positionAt } from '../edits/text.ts'
import { findClusters, LIMIT } from '../graph/clusters.ts'
import { OUTCOMES } from '../graph/outcomes.ts'
import type { Places } from '../graph/places.ts'
import type { FileReload, Importer } from '../graph/reload.ts'
import { disposals, mayMakeResources, moduleResources } from '../graph/resources.ts'
import type { Server } from '../graph/server.ts'
import type { Project } from '../project/project.ts'
import { isEsm } from './setup.ts'
import { finding, type Finding, type FindingCode, FINDINGS, type ReportedReason } from './finding.ts'
import { titleOf } from './titles.ts'

/** What is wrong with the modules of a server: those that go stale, fail, or restart though they are boundaries. */
export function moduleFindings(project: Project, server: Server, places: Places): Finding[] {
  const { files } = server.reload()
  const own = [...files].filter(([path]) => path.startsWith(server.root + sep))
  const found = [
    ...own.flatMap(([path, file]) => outcomeFindings(path, file, server, places)),
    ...own.flatMap(([path]) => importFindings(path, server, places)),
    ...own.flatMap(([path, file]) => (file.outcome === 'hot' ? hotFindings(path, server, places) : [])),
    ...own.flatMap(([path, file]) => metaHotFindings(path, file, project, server, places)),
    ...clusterFindings(server, places),
  ]
  // Said once, of the package.
  return isEsm(project, server) ? found : found.filter(({ code }) => !OF_COMMONJS.has(code))
}

/** What follows from a package that is not one of ES modules. */
const OF_COMMONJS: ReadonlySet<FindingCode> = new Set(['required', 'not-in-tree', 'commonjs'])

/** Who loads a module that no module of the project imports, for people. */
export function loaderOf(path: string, server: Server): string {
  return server.roots.find((root) => root.path === path)?.by ?? titleOf(server.framework)
}

function outcomeFindings(path: string, file: FileReload, server: Server, places: Places): Finding[] {
  const { reason, via, unstable } = file
  const found = isReported(reason) ? reasonFindings(path, reason, via, server, places) : []
  const isSaid = reason === 'static-boundary' || reason === 'static-importer' || reason === 'type-import-above'
  if (unstable && server.isBoundary(path) && !isSaid) {
    const cause = server
      .reload()
      .importers.get(path)
      ?.find(({ lazy }) => !lazy)
    found.push(
      finding(
        'unstable',
        places.name(cause?.path ?? path),
        cause ? places.line(cause.path, cause.specifier) : 0,
        `hot-hook reads one import of \`${places.name(path)}\` as lazy and this one as static: whether an edit is hot depends on which ran last.`,
        FINDINGS.unstable.remedy,
      ),
    )
  }
  return found
}

function isReported(reason: FileReload['reason']): reason is ReportedReason {
  return Object.hasOwn(FINDINGS, reason)
}

function reasonFindings(
  path: string,
  reason: ReportedReason,
  via: Importer | undefined,
  server: Server,
  places: Places,
): Finding[] {
  const name = places.name(path)
  const { remedy } = OUTCOMES[reason]
  const here = (line: number, message = OUTCOMES[reason].say({ importer: '', loader: '' })): Finding[] => [
    finding(reason, name, line, message, remedy),
  ]
  const at = ({ path: from, specifier, dynamic }: Importer, message: string): Finding =>
    finding(reason, places.name(from), places.line(from, specifier, dynamic), message, remedy)
  switch (reason) {
    case 'static-boundary': {
      const importers = staticImporters(path, server)
      const causes = importers.length > 0 || !via ? importers : [via]
      const message = `It imports the boundary \`${name}\` statically, so an edit of that, and of what only it imports, restarts.`
      return causes.map((cause) => ({
        ...at(cause, message),
        // What a boundary imports is hot without being one: a glob that is too wide, and not worth a warning each.
        severity: isHotCode(cause.path, server) ? 'info' : 'warning',
      }))
    }
    // Reported for the boundary they start with, not again for each file below it.
    case 'imported-once':
      if (!server.isBoundary(path)) return []
      if (!via) {
        return [
          finding(
            reason,
            name,
            0,
            `${loaderOf(path, server)} imports this boundary once, at boot, so edits of it are lost.`,
            'Take it out of `hotHook.boundaries`, so that edits restart, or register it by a lazy import of your own.',
          ),
        ]
      }
      return [
        at(via, `This import of the boundary \`${name}\` runs once, so edits of it, and of what it imports, are lost.`),
      ]
    case 'static-importer':
      if (!server.isBoundary(path) || !via) return []
      return [
        at(
          via,
          `It imports the boundary \`${name}\` statically and keeps the old code, which hot-hook calls invalidated.`,
        ),
      ]
    case 'json':
    case 'required':
      // An edit of it is none of the server.
      if (basename(path) === 'package.json') return []
      if (reason === 'json' || !via) return here(0)
      return [at(via, `It requires \`${name}\`, which hot-hook does not see: an edit of that does nothing.`)]
    case 'type-import-above':
      // The one to move.
      if (!via) return here(0)
      return [
        at({ ...via, dynamic: false }, `\`${name}\`: ${OUTCOMES[reason].say({ importer: 'this file', loader: '' })}`),
      ]
    case 'before-hot-hook':
      // What these import in turn is so too.
      if (!via || !server.roots.some((root) => root.path === via.path)) return []
      return [
        at(
          via,
          `It imports \`${name}\` before \`hot.init()\` runs, so hot-hook does not know that: an edit does nothing.`,
        ),
      ]
    case 'unreadable-importer':
    case 'not-in-tree':
    case 'entry-imported':
      if (!via) return here(0)
      return [at(via, `\`${name}\`: ${OUTCOMES[reason].say({ importer: 'this file', loader: '' })}`)]
    case 'shebang':
      return here(1)
    case 'syntax-error': {
      const { line, message } = syntaxProblem(path, server.modules.text(path) ?? '')
      return here(line, `${OUTCOMES[reason].say({ importer: '', loader: '' })} ${message}`.trimEnd())
    }
    default:
      return here(0)
  }
}

function staticImporters(path: string, server: Server): readonly Importer[] {
  return (server.reload().importers.get(path) ?? []).filter(({ dynamic }) => !dynamic)
}

/** A module that a request runs: a boundary, or one below. */
function isHotCode(path: string, server: Server): boolean {
  return server.isBoundary(path) || server.reload().outcomes.get(path) === 'hot'
}

/** Why a module cannot be lexed; line 0 and no message where the parser takes it. */
function syntaxProblem(path: string, text: string): { line: number; message: string } {
  const [error] = parseSync(path, text, { sourceType: 'module' }).errors
  if (!error) return { line: 0, message: '' }
  // What is no character is none for a terminal either.
  const sentence = (error.message.split('\n')[0] ?? '').replace(/\p{Cc}/gu, '?')
  return {
    line: positionAt(text, error.labels[0]?.start ?? 0).line,
    message: /[.!?]$/.test(sentence) ? sentence : `${sentence}.`,
  }
}

function importFindings(path: string, { modules, framework }: Server, places: Places): Finding[] {
  const name = places.name(path)
  const missing = modules
    .missing(path)
    .map((specifier) =>
      finding(
        'unresolved',
        name,
        places.line(path, specifier),
        `\`${specifier}\` leads to no file, so what is below it is not known.`,
        FINDINGS.unresolved.remedy,
      ),
    )
  const unknown = modules.unknownImports(path)
  // The importer that a framework is given, in the files that start it, is none of the project's own.
  if (unknown === 0 || framework.boot.test(name)) return missing
  const what = unknown === 1 ? 'An `import()` has a specifier' : `${unknown} \`import()\`s have specifiers`
  return [
    ...missing,
    finding(
      'computed-import',
      name,
      lineOfComputed(path, modules),
      `${what} that only a run can tell; the files it loads are not counted here unless something else imports them.`,
      'Nothing, if those files are boundaries: hot-hook takes such an import for a dynamic one.',
    ),
  ]
}

function lineOfComputed(path: string, modules: Server['modules']): number {
  const found = modules
    .lexed(path)
    ?.imports.find(({ type, specifier }) => type === 'dynamic' && specifier === undefined)
  return found ? positionAt(modules.text(path) ?? '', found.importStart).line : 0
}

/** Characters from which on a module is large. */
const LARGE = 1_000_000

/** What reloads of a hot module cost: its size, and what it makes while it is loaded and nothing undoes. */
function hotFindings(path: string, { modules }: Server, places: Places): Finding[] {
  const name = places.name(path)
  const text = modules.text(path) ?? ''
  const found: Finding[] = []
  if (text.length >= LARGE) {
    const size = `${(text.length / 1_000_000).toFixed(1)} MB`
    found.push(
      finding(
        'large-file',
        name,
        1,
        `It holds ${size}, which Node.js parses again in each reload of it, or of what it imports.`,
        FINDINGS['large-file'].remedy,
      ),
    )
  }
  if (!mayMakeResources(text)) return found
  const parsed = parseSync(path, text, { range: true, preserveParens: false, astType: 'ts' })
  const program = parsed.program as unknown as TSESTree.Program
  if (parsed.errors.length > 0 || disposals(program).length > 0) return found
  return [
    ...found,
    ...moduleResources(program).map(({ name: what, node }) =>
      finding(
        'no-dispose',
        name,
        positionAt(text, node.range[0]).line,
        `Each hot reload of this module runs \`${what}\` again, and nothing undoes what it did before.`,
        FINDINGS['no-dispose'].remedy,
      ),
    ),
  ]
}

const META_HOT = /^import\.meta\.hot\b/

function metaHotFindings(
  path: string,
  file: FileReload,
  project: Project,
  { modules }: Server,
  places: Places,
): Finding[] {
  const text = modules.text(path) ?? ''
  if (!text.includes('import.meta.hot')) return []
  const uses = (modules.lexed(path)?.imports ?? []).filter(
    ({ type, importStart }) => type === 'import-meta' && META_HOT.test(text.slice(importStart, importStart + 20)),
  )
  const first = uses[0]
  if (!first) return []
  const line = positionAt(text, first.importStart).line
  const { runner, loader } = project.runtime
  const found: Finding[] = []
  const add = (code: FindingCode, message: string): void => {
    found.push(finding(code, places.name(path), line, message, FINDINGS[code].remedy))
  }
  if (loader === 'native' && /\.[cm]?ts$/.test(path)) {
    add(
      'no-meta-hot',
      '`import.meta.hot` is undefined where Node.js itself strips the types, so `dispose`, `decline` and `boundary` do nothing.',
    )
  } else if (/[^\x21-\x7e]/.test(path) && /\.hot\??\.(?:dispose|decline)\b/.test(text)) {
    add(
      'dispose-never-runs',
      'The path holds a space or a character outside ASCII, and hot-hook 1.0 then finds neither `dispose` nor `decline` of the module.',
    )
  }
  if (file.reason === 'declined' && runner === 'hot-runner') {
    add('decline-stops-runner', 'An edit of a module that declines stops hot-runner 1.0 itself.')
  }
  return found
}

/** How many of the modules of a cluster are named. */
const NAMED = 3

function clusterFindings(server: Server, places: Places): Finding[] {
  return findClusters(server.reload()).map(({ paths, visits }) => {
    const [first = server.root] = paths
    const inside = (server.reload().importers.get(first) ?? []).find(({ path }) => paths.includes(path))
    const names = paths.slice(0, NAMED).map((path) => `\`${places.name(path)}\``)
    const rest = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : ''
    return finding(
      'slow-cluster',
      places.name(inside?.path ?? first),
      inside ? places.line(inside.path, inside.specifier, inside.dynamic) : 0,
      `${paths.length} modules import each other (${names.join(', ')}${rest}), and hot-hook follows ${visits >= LIMIT ? `more than ${LIMIT.toLocaleString('en')}` : visits.toLocaleString('en')} chains of importers for an edit of one of them: the server stands still meanwhile.`,
      FINDINGS['slow-cluster'].remedy,
    )
  })
}
