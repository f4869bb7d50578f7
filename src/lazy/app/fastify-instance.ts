import { positionAt } from '../../edits/text.ts'
import type { Server } from '../../graph/server.ts'
import type { Boot } from '../boot/boot.ts'
import { closesItsOwn } from './fastify-close.ts'
import type { Demotion } from '../per-request.ts'

/** What stays with the server of the application that is made at boot: hooks that run once, and what waits for upgrades. */
const OF_SERVER =
  /\bonListen\b|\bserverFactory\b|\bwebsocket\s*:\s*true|['"]mercurius['"][^]*\bsubscription\s*:|(?<!\b(?:env|config|options|settings)\??)\.server\b(?!\s*[:(]|\.listening\b)|['"](?:@fastify\/(?:websocket|vite)|fastify-socket\.io|socket\.io|ws)['"]/

/** Plugins that connect for each instance they are registered on, and close with it. */
const CONNECTS =
  /['"](?:@fastify\/(?:postgres|mysql|mongodb|redis|elasticsearch|kafka|leveldb)|fastify-(?:mongoose(?:-\w+)?|knexjs|amqp|objectionjs)|@autotelic\/fastify-\w+)['"]/

/** The container that @fastify/awilix has for the whole process: it goes on with the singletons that it made first (8.2, `fastifyAwilixPlugin.js`). */
const CONTAINER = /\bimport\s+(?!type\b)[^'"]*\bdiContainer(?:Classic|Proxy)?\b[^'"]*['"]@fastify\/awilix['"]/

const ENDS = /\b(?:onClose|preClose)\b/

/** `import.meta.hot?.dispose(() => { if (!app.server.listening) app.close() })`: that of boot goes on, with its server. */
const DISPOSES = /import\.meta\.hot\??\.dispose\(.*\.server\.listening\b.*\.close\(\)/

/**
 * Why an application of Fastify cannot be replaced while its server stays, by what the modules below say; plugins that
 * @fastify/autoload loads are among them.
 *
 * @param target the module of the application, absolute.
 * @param isOne its server is the only one.
 * @returns undefined when nothing is found.
 */
export function ofInstance(server: Server, boot: Boot, target: string, isOne: boolean): Demotion | undefined {
  const paths = modulesOf(server, target)
  const find = (pattern: RegExp): string | undefined => {
    for (const path of paths) {
      const text = server.modules.text(path) ?? ''
      const found = pattern.exec(text)
      if (found) return boot.placeOf(path, positionAt(text, found.index).line)
    }
    return undefined
  }
  const ofServer = find(OF_SERVER)
  if (ofServer !== undefined) return { verdict: 'leave', reason: 'fastify-server', detail: ofServer }
  const localhost = isOne ? undefined : find(/\bhttp2\b\s*[:,}]/)
  if (localhost !== undefined) return { verdict: 'leave', reason: 'fastify-localhost', detail: localhost }
  const container = find(CONTAINER)
  if (container !== undefined) return { verdict: 'leave', reason: 'shared-container', detail: container }
  const isClosed = DISPOSES.test(server.modules.text(target) ?? '')
  const connects = isClosed ? undefined : find(CONNECTS)
  if (connects !== undefined) return { verdict: 'suggest', reason: 'fastify-connections', detail: connects }
  // `close()` ends what a hook beside it ends; the scheduler of @fastify/schedule stops by itself.
  const started = boot
    .startedBy(target)
    .find(({ path, name }) => !isClosed || !(ENDS.test(server.modules.text(path) ?? '') || /Job$/.test(name)))
  return (
    started && {
      verdict: 'suggest',
      reason: 'resource',
      detail: `\`${started.name}\` in ${boot.placeOf(started.path, started.line)}`,
    }
  )
}

/** Whether closing the application ends what it has made, and nothing else; see {@link closesItsOwn}. */
export function mayBeClosed(server: Server, boot: Boot, target: string): boolean {
  const files = modulesOf(server, target)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => boot.open(path))
  return files.every((found) => found.length > 0) && closesItsOwn(files.flat(), target)
}

/**
 * All modules of an application, those too that it imports later, and that @fastify/autoload loads; those of the whole
 * server where only a run could tell.
 */
function modulesOf(server: Server, target: string): readonly string[] {
  const { modules } = server
  const found = new Set([target, ...server.roots.flatMap(({ path, from }) => (from ? [path] : []))])
  for (const path of found) for (const edge of modules.edges(path)) found.add(edge.target)
  if (![...found].some((path) => modules.unknownImports(path) > 0)) return [...found]
  const entries = new Set(server.roots.flatMap(({ path, from }) => (from ? [] : [path])))
  const others = server.files().filter((path) => server.isInServer(path) && !entries.has(path))
  return [...new Set([...found, ...others])]
}
