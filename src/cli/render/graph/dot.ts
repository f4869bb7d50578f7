import type { FileReport, ServerReport } from '../../../graph/report.ts'
import { LIGHT } from './outcomes.ts'

/**
 * The whole graph for Graphviz, folders as clusters. A boundary has a double border, an unstable file a dashed one;
 * a file whose imports of another are all `import()` has a dashed edge to it. Beyond about 1,000 modules `dot` takes minutes: `sfdp` does not.
 */
export function renderDot({ name, files, imports }: ServerReport): string {
  const folders = new Map<string, string[]>()
  files.forEach((file, index) => {
    const folder = file.path.slice(0, Math.max(0, file.path.lastIndexOf('/')))
    const nodes = folders.get(folder) ?? []
    folders.set(folder, nodes)
    nodes.push(node(file, index))
  })
  const edges = new Map<string, boolean>()
  for (const { from, to, dynamic } of imports) {
    const edge = `n${from} -> n${to}`
    edges.set(edge, dynamic && (edges.get(edge) ?? true))
  }
  return `${[
    `digraph ${quoted(name)} {`,
    '  rankdir=LR',
    '  node [shape=box style="filled" fontname="sans-serif"]',
    ...[...folders].flatMap(([folder, nodes]) => cluster(folder, nodes)),
    ...[...edges].map(([edge, dynamic]) => `  ${edge}${dynamic ? ' [style=dashed]' : ''}`),
    '}',
  ].join('\n')}\n`
}

function cluster(folder: string, nodes: readonly string[]): string[] {
  if (folder === '') return nodes.map((line) => `  ${line}`)
  const label = quoted(`${folder}/`)
  return [
    `  subgraph ${quoted(`cluster_${folder}`)} {`,
    `    label=${label}`,
    ...nodes.map((line) => `    ${line}`),
    '  }',
  ]
}

function node({ path, outcome, boundary, unstable }: FileReport, index: number): string {
  const { fill, ink } = LIGHT[outcome]
  const marks = [...(boundary ? ['peripheries=2'] : []), ...(unstable ? ['style="filled,dashed"'] : [])]
  const attributes = [
    `label=${quoted(`${path.slice(path.lastIndexOf('/') + 1)}\n${outcome}`)}`,
    `tooltip=${quoted(path)}`,
    `fillcolor="${fill}"`,
    `color="${ink}"`,
    `fontcolor="${ink}"`,
    ...marks,
  ]
  return `n${index} [${attributes.join(' ')}]`
}

/** Graphviz reads entities and backslashes in a label. */
function quoted(text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return `"${safe.replaceAll('\n', '\\n')}"`
}
