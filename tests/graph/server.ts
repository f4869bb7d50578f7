import fc from 'fast-check'
import { join } from 'node:path'
import { frameworks } from '../../src/frameworks/index.ts'
import type { ReloadModel } from '../../src/graph/reload.ts'
import { createServer, type Server, type ServerOptions } from '../../src/graph/server.ts'
import { directoryWith } from '../cli/run.ts'

/** The server of `files`, which starts with src/main.ts; src/ctl/*.ts are boundaries. */
export function serverOf(files: Readonly<Record<string, string>>, options: Partial<ServerOptions> = {}): Server {
  const root = directoryWith({ 'package.json': '{ "type": "module" }', ...files })
  return createServer({
    root,
    framework: frameworks.node,
    hotHook: { boundaries: ['./src/ctl/*.ts'] },
    entry: join(root, 'src/main.ts'),
    ...options,
  })
}

/** A path below src, without its extension: `ctl/a`. */
export function nameOf({ root }: Server, path: string): string {
  return path.slice(root.length + '/src/'.length).replace(/\.[jt]s$/, '')
}

/** The files that restart, by name, sorted. */
export function restarting(server: Server, { outcomes }: ReloadModel): string[] {
  return [...outcomes]
    .filter(([, outcome]) => outcome === 'restart')
    .map(([path]) => nameOf(server, path))
    .sort()
}

/** A module of a random graph, and what it imports: indexes of modules. */
export interface Node {
  /** `lazy` and `static` are boundaries that are imported in this way only; a plain one may be imported in both. */
  readonly kind: 'plain' | 'lazy' | 'static'
  readonly imports: readonly { readonly to: number; readonly dynamic: boolean }[]
}

const node: fc.Arbitrary<Node> = fc.record({
  kind: fc.constantFrom('plain', 'plain', 'plain', 'lazy', 'static'),
  imports: fc.array(fc.record({ to: fc.nat(8), dynamic: fc.boolean() }), { maxLength: 4 }),
})

/** Random graphs in which nothing depends on the order of requests, and no module imports the entry. */
export const graphs: fc.Arbitrary<readonly Node[]> = fc
  .array(node, { minLength: 2, maxLength: 9 })
  .map((nodes) =>
    nodes.map(({ kind, imports }) => ({ kind, imports: imports.filter(({ to }) => to % nodes.length !== 0) })),
  )

/** The text of module `index` of a random graph. The entry is module 0. */
export function textOf(nodes: readonly Node[], index: number): string {
  const seen = new Set<string>()
  const lines = (nodes[index]?.imports ?? []).map(({ to, dynamic }) => {
    const kind = nodes[to % nodes.length]?.kind
    return importOf(`./n${to % nodes.length}.js`, kind === 'lazy' || (kind === 'plain' && dynamic))
  })
  return lines.filter((line) => !seen.has(line) && seen.add(line)).join('') || 'export {}\n'
}

/** A line with an import. */
export function importOf(specifier: string, dynamic: boolean): string {
  return dynamic ? `void (() => import('${specifier}'))\n` : `import '${specifier}'\n`
}

/** The server of a random graph: n0.ts, n1.ts, … in src. */
export function serverOfNodes(nodes: readonly Node[]): Server {
  const files = nodes.map((_, index) => [`src/n${index}.ts`, textOf(nodes, index)] as const)
  const boundaries = nodes.flatMap(({ kind }, index) => (kind === 'plain' || index === 0 ? [] : [`./src/n${index}.ts`]))
  const root = directoryWith({ 'package.json': '{ "type": "module" }', ...Object.fromEntries(files) })
  const entry = join(root, 'src/n0.ts')
  return createServer({ root, framework: frameworks.node, hotHook: { boundaries }, entry })
}
