import type { ServerReport } from '../../../graph/report.ts'
import type { Links } from './links.ts'

export interface EgoNode {
  /** Index into `files`. */
  readonly file: number
  /** 0 is the file itself; what imports it is to the left, what it imports to the right. */
  readonly column: -2 | -1 | 0 | 1 | 2
  /** Counted from the top of the column. */
  readonly row: number
}

export interface Ego {
  readonly nodes: readonly EgoNode[]
  /** `from` and `to` are indexes into `nodes`. Several imports of the same file are one edge. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly dynamic: boolean }[]
  /** Direct importers and imports that did not fit. */
  readonly left: { readonly importers: number; readonly imports: number }
}

/**
 * The neighbourhood of a file, laid out in columns: at most `limit` files. What stands two steps away is shown when
 * all of it fits, for each side.
 */
export function egoOf(report: ServerReport, links: Links, centre: number, limit = 60): Ego {
  const near = rankedNeighbours(report, links, centre)
  const room = Math.max(0, limit - 1)
  const half = Math.max(Math.floor(room / 2), room - near.imports.length)
  const importers = near.importers.slice(0, half)
  const imports = near.imports.slice(0, room - importers.length)
  const taken = new Set([centre, ...importers, ...imports])
  const columns = new Map<EgoNode['column'], number[]>([
    [0, [centre]],
    [-1, importers.sort((a, b) => a - b)],
    [1, imports.sort((a, b) => a - b)],
  ])
  for (const [column, inner] of [
    [-2, importers],
    [2, imports],
  ] as const) {
    const outer = new Set(
      inner.flatMap((file) => neighbours(report, links, file, column)).filter((at) => !taken.has(at)),
    )
    if (outer.size === 0 || taken.size + outer.size > limit) continue
    for (const file of outer) taken.add(file)
    columns.set(column, [...outer])
  }
  const nodes = [...columns].flatMap(([column, files]) => files.map((file, row) => ({ file, column, row })))
  return {
    nodes,
    edges: edgesBetween(report, links, nodes),
    left: {
      importers: near.importers.length - importers.length,
      imports: near.imports.length - imports.length,
    },
  }
}

/** Direct importers and imports, each file once, and the ones worth most room first. A file that is both is an importer. */
function rankedNeighbours(
  report: ServerReport,
  links: Links,
  centre: number,
): { readonly importers: number[]; readonly imports: number[] } {
  const importers = new Set(neighbours(report, links, centre, -1))
  importers.delete(centre)
  const imports = new Set(neighbours(report, links, centre, 1))
  const via = report.files[centre]?.via ?? null
  const decides = via === null ? undefined : report.imports[via]?.from
  const rank = (file: number): number => {
    const { outcome, edits } = report.files[file] ?? { outcome: 'hot', edits: 0 }
    return (file === decides ? 1e9 : 0) + (outcome === 'hot' ? 0 : 1e6) + edits
  }
  const ranked = (files: Iterable<number>): number[] => [...files].sort((a, b) => rank(b) - rank(a) || a - b)
  return {
    importers: ranked(importers),
    imports: ranked([...imports].filter((file) => file !== centre && !importers.has(file))),
  }
}

/** The files one step to the left of a file, or to the right. */
function neighbours({ imports }: ServerReport, { into, out }: Links, file: number, side: number): number[] {
  const found = (side < 0 ? into : out)[file] ?? []
  return found.flatMap((at) => {
    const step = imports[at]
    return step === undefined ? [] : [side < 0 ? step.from : step.to]
  })
}

/** Edges that go to the right, and all of the centre: those between neighbours of one column would hide them. */
function edgesBetween({ imports }: ServerReport, { out }: Links, nodes: readonly EgoNode[]): Ego['edges'] {
  const places = new Map(nodes.map(({ file }, place) => [file, place]))
  const edges = new Map<string, { from: number; to: number; dynamic: boolean }>()
  nodes.forEach(({ file, column }, from) => {
    for (const at of out[file] ?? []) {
      const step = imports[at]
      const to = step === undefined ? undefined : places.get(step.to)
      const target = to === undefined ? undefined : nodes[to]
      if (step === undefined || to === undefined || target === undefined || to === from) continue
      if (target.column <= column && target.column !== 0 && column !== 0) continue
      const edge = edges.get(`${from} ${to}`)
      if (edge === undefined) edges.set(`${from} ${to}`, { from, to, dynamic: step.dynamic })
      else edge.dynamic &&= step.dynamic
    }
  })
  return [...edges.values()]
}
