import { relative, sep } from 'node:path'
import { positionAt } from '../../edits/text.ts'
import type { Project } from '../../project/project.ts'
import type { Analysis } from '../analysis.ts'
import type { Demotion } from '../per-request.ts'

/** Packages that read the routes of an Express application, or of its source: a router that is imported for each request has none for them. */
const PACKAGES =
  /^(?:express-list-endpoints|express-list-routes|express-print-routes|express-routes-catalogue|express-route-parser|express-endpoints|express-sitemap|express-oas-generator|express-openapi-generator|@wesleytodd\/openapi|swagger-autogen)(?:\/|$)/

const WALKS = /\b_router\b|\b(?:app|api|route|router|layer|handle)\??\.(?:\w+\??\.)*stack\b/

/**
 * What in the server forbids every mount: what looks through the routes of routers, which may not hide behind a
 * function then, and a middleware that goes on when `next()` returns, before a router has answered that is imported.
 *
 * @returns undefined when nothing does.
 */
export function mountBlocker(project: Project, { modules, exports, reload }: Analysis): Demotion | undefined {
  const { dependencies = {}, devDependencies = {} } = project.packageJson
  const name = Object.keys({ ...dependencies, ...devDependencies }).find((candidate) => PACKAGES.test(candidate))
  if (name !== undefined) return { verdict: 'leave', reason: 'walks-routes', detail: `\`${name}\`` }
  for (const path of reload().files.keys()) {
    const text = modules.text(path) ?? ''
    // Hoisted, or declared by the root of a workspace.
    const imported = modules.lexed(path)?.imports.find(({ specifier }) => PACKAGES.test(specifier ?? ''))
    if (imported?.specifier) return { verdict: 'leave', reason: 'walks-routes', detail: `\`${imported.specifier}\`` }
    const late = exports.afterNext(path, false)
    if (late !== undefined) return { verdict: 'suggest', reason: 'acts-after-next', detail: late }
    const found = WALKS.exec(text)
    if (!found) continue
    const file = relative(project.root, path).split(sep).join('/')
    const place = `\`${file}:${positionAt(text, found.index).line}\``
    return { verdict: 'leave', reason: 'walks-routes', detail: place }
  }
  return undefined
}
