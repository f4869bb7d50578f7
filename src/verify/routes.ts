import { relative, sep } from 'node:path'
import { positionAt } from '../edits/text.ts'
import type { Server } from '../graph/server.ts'
import { isSourceFile, listSourceFiles } from '../project/files.ts'
import type { Project } from '../project/project.ts'
import { registeredRoutes } from './routes/registrations.ts'
import { doesSomething, sampleOf } from './routes/sample.ts'

/** A route that a GET may be sent to. */
export interface Route {
  /** A path that the pattern matches, `/users/1`: what {@link import('./request.ts').parseRequest} reads. */
  readonly request: string
  /** As it is registered, with the prefixes it is mounted below: `/api/users/:id`. */
  readonly pattern: string
  /** Absolute: the module that registers it. */
  readonly path: string
  /** 1-based. */
  readonly line: number
}

/** How many routes are given. */
const MAX_ROUTES = 200

/**
 * The GET routes of an application, told from the text of the modules that its server loads, and `/`. Of two patterns
 * with one sample, the first registered is given.
 *
 * A route whose path the text does not tell, and one that is named as if a GET did something (`/logout`), is left out.
 * Where the text does not tell what is mounted below a prefix, it is taken to be everything that nothing mounts: a
 * request that leads nowhere does no harm.
 *
 * @returns sorted by request. Never throws: a module that does not parse has no routes.
 */
export function routesOf(project: Project, server: Server): Route[] {
  const files = relevant(filesOf(server), server)
  const routes = new Map<string, Route>()
  for (const { patterns, module, node } of registeredRoutes(project, server, files)) {
    const { line } = positionAt(module.text, node.range[0])
    for (const pattern of patterns) {
      const request = sampleOf(pattern)
      if (request === undefined || routes.has(request) || doesSomething(request)) continue
      routes.set(request, { request, pattern, path: module.path, line })
    }
  }
  if (!routes.has('/')) {
    const path = project.runtime.entry ?? files[0] ?? project.packageJsonPath
    routes.set('/', { request: '/', pattern: '/', path, line: 1 })
  }
  return spread([...routes.values()]).sort((one, other) => (one.request < other.request ? -1 : 1))
}

/** {@link MAX_ROUTES} of the routes at most: as many parts of the application as there are, the shortest paths of each. */
function spread(routes: readonly Route[]): Route[] {
  if (routes.length <= MAX_ROUTES) return [...routes]
  const parts = new Map<string, Route[]>()
  for (const route of routes.toSorted((one, other) => one.request.length - other.request.length)) {
    const part = route.request.split('/', 4).join('/')
    parts.set(part, [...(parts.get(part) ?? []), route])
  }
  const turns = [...parts.values()].flatMap((part) => part.map((route, turn) => ({ route, turn })))
  return turns
    .sort((one, other) => one.turn - other.turn)
    .slice(0, MAX_ROUTES)
    .map(({ route }) => route)
}

/** The modules that the server loads; with those that it may load by a name that only a run could tell. */
function filesOf(server: Server): string[] {
  const loaded = [...server.reload().files.keys()].filter(isSourceFile)
  if (!loaded.some((path) => server.modules.unknownImports(path) > 0)) return loaded
  const seen = new Set(loaded)
  const others = listSourceFiles(server.root).filter((path) => {
    const name = relative(server.root, path).split(sep).join('/')
    return (
      !seen.has(path) &&
      isSourceFile(path) &&
      server.isInServer(path) &&
      !/(?:^|\/)(?:tests?|__tests__|migrations)\/|\.(?:test|spec)\./.test(name)
    )
  })
  return [...loaded, ...others]
}

/** What a module has that registers a route, compares the path of a request, or mounts something. */
const REGISTERS =
  /\.(?:use|register|mount|resource|shallowResource|group|openapi|route|basePath)\s*[<(]|\.(?:get|all|any|on)\s*(?:<[^;{}]*?>)?\(\s*(?:['"`][/:*\w]|[\w.$[\]'"]+\s*,|\[)|\b(?:url|path|pathname|originalUrl)\b\)?\s*(?:===?|\.startsWith|[)\]])|\bmethod\s*:|\]\(|\bexport\s[^\n]*\bGET\b/

/** In AdonisJS, routes are registered on what is called so. */
const ADONISJS = /\b(?:router|Route)\b/

/** The modules to look at: those that may register something, and those that may call them, through a barrel too. */
function relevant(files: readonly string[], server: Server): string[] {
  const isAdonisJs = server.framework.name === 'adonisjs'
  const mayRegister = (text: string): boolean => REGISTERS.test(text) && (!isAdonisJs || ADONISJS.test(text))
  const found = new Set(files.filter((path) => mayRegister(server.modules.text(path) ?? '')))
  const { importers } = server.reload()
  for (let level = 0; level < 2; level++) {
    for (const path of [...found]) for (const importer of importers.get(path) ?? []) found.add(importer.path)
  }
  return files.filter((path) => found.has(path))
}
