import { positionAt } from '../edits/text.ts'
import type { Server } from '../graph/server.ts'
import type { Boot } from './boot.ts'
import type { Demotion } from './per-request.ts'

/** What stays with the server of the application that is made at boot: hooks that run once, and what waits for upgrades. */
const OF_SERVER =
  /\bonListen\b|\bserverFactory\b|\bwebsocket\s*:\s*true|['"]mercurius['"][^]*\bsubscription\s*:|(?<!\b(?:env|config|options|settings)\??)\.server\b(?!\s*[:(]|\.listening\b)|['"](?:@fastify\/(?:websocket|vite)|fastify-socket\.io|socket\.io|ws)['"]/

/** Plugins that connect for each instance they are registered on, and close with it. */
const CONNECTS =
  /['"](?:@fastify\/(?:postgres|mysql|mongodb|redis|elasticsearch|kafka|leveldb)|fastify-(?:mongoose(?:-\w+)?|knexjs|amqp|objectionjs)|@autotelic\/fastify-\w+)['"]/

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
  const loaded = server.roots.flatMap(({ path, from }) => (from ? [path] : []))
  const paths = [...new Set([target, ...loaded].flatMap((path) => [...boot.closure(path)]))]
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
  const isClosed = DISPOSES.test(server.modules.text(target) ?? '')
  const connects = isClosed ? undefined : find(CONNECTS)
  return connects === undefined ? undefined : { verdict: 'suggest', reason: 'fastify-connections', detail: connects }
}
