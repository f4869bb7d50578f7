import type { Outcome } from '../../../graph/reload.ts'
import type { FileReport, ServerReport } from '../../../graph/report.ts'
import { egoOf } from './ego.ts'
import { chainTo, linksOf } from './links.ts'
import { LIGHT, OUTCOMES } from './outcomes.ts'

export interface MermaidOptions {
  /** Path of a file as in the report: its chain and its neighbours are drawn. Without it, folders and boundaries. */
  readonly file?: string
  /** The most nodes that are drawn. Mermaid is slow and hard to read with more than about 100. */
  readonly limit?: number
}

/**
 * A Mermaid flowchart, coloured by outcome. A dashed arrow is an `import()`; a boundary has round ends.
 *
 * @throws {Error} when `file` is not in the report.
 */
export function renderMermaid(report: ServerReport, { file, limit = 60 }: MermaidOptions = {}): string {
  const drawing = file === undefined ? folders(report, limit) : surroundings(report, file, limit)
  const lines = [
    'flowchart LR',
    ...drawing.nodes.map(({ label, look, boundary }, index) => `  n${index}${shape(label, boundary)}:::${look}`),
    ...drawing.edges.map(({ from, to, dynamic }) => `  n${from} ${dynamic ? '-.->' : '-->'} n${to}`),
    ...(drawing.left > 0 ? [`  %% Left out: ${drawing.left} arrows, those of the fewest imports.`] : []),
    ...classes(new Set(drawing.nodes.map(({ look }) => look))),
  ]
  return `${lines.join('\n')}\n`
}

/** An outcome, or several of them in one folder. */
type Look = Outcome | 'mixed'

interface Node {
  /** Its lines. */
  readonly label: readonly string[]
  readonly look: Look
  readonly boundary: boolean
}

/** Mermaid 11 throws at a flowchart with more (`maxEdges`), and the text of one cannot raise it. */
const MOST_EDGES = 500

interface Drawing {
  readonly nodes: readonly Node[]
  /** How many edges are not in `edges`. */
  readonly left: number
  /** `from` and `to` are indexes into `nodes`. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly dynamic: boolean }[]
}

/** The chain that decides the file's outcome, and the files next to it. */
function surroundings(report: ServerReport, path: string, limit: number): Drawing {
  const centre = report.files.findIndex((file) => file.path === path)
  if (centre < 0) throw new Error(`The server does not load ${path}.`)
  const chain = chainTo(report, centre).flatMap((at) => report.imports[at]?.from ?? [])
  const near = chain.slice(-Math.floor(limit / 2))
  const ego = egoOf(report, linksOf(report), centre, limit - near.length)
  const shown = [...new Set([...near, centre, ...ego.nodes.map(({ file }) => file)])]
  return drawingOf(
    report,
    shown.flatMap((index) => fileNode(report.files[index], index)),
  )
}

function fileNode(file: FileReport | undefined, index: number): Group[] {
  if (file === undefined) return []
  const { path, outcome, boundary } = file
  return [{ label: [path, outcome], look: outcome, boundary, files: [index] }]
}

/**
 * Boundaries one by one where there is room, and all other files by folder: as deep as there is room. Where one step
 * deeper is far too much and none says nothing, the largest folders are drawn.
 */
function folders(report: ServerReport, limit: number): Drawing {
  const deepest = Math.max(1, ...report.files.map(({ path }) => path.split('/').length - 1))
  const depths = Array.from({ length: deepest }, (_, index) => deepest - index)
  const attempts = [true, false].flatMap((single) => depths.map((depth) => grouped(report, depth, single)))
  const fits = attempts.find(({ length }) => length <= limit)
  const over = attempts.findLast(({ length }) => length > limit)
  if (over === undefined || (fits !== undefined && 6 * fits.length >= limit)) return drawingOf(report, fits ?? [])
  const groups = over.sort((a, b) => b.files.length - a.files.length)
  const rest = groups.splice(Math.max(0, limit - 1))
  const files = rest.flatMap((each) => each.files)
  return drawingOf(report, [...groups, group(report, `${rest.length} smaller folders`, files, false)])
}

interface Group extends Node {
  readonly files: readonly number[]
}

/** @param single whether each boundary is a group of its own. */
function grouped(report: ServerReport, depth: number, single: boolean): Group[] {
  const groups = new Map<string, number[]>()
  report.files.forEach(({ path, boundary }, index) => {
    const folder = path.split('/').slice(0, -1).slice(0, depth).join('/') || '.'
    const key = boundary ? (single ? path : `${folder}/ boundaries`) : `${folder}/`
    const files = groups.get(key) ?? []
    groups.set(key, files)
    files.push(index)
  })
  return [...groups].map(([key, files]) => group(report, key, files, report.files[files[0] ?? 0]?.boundary ?? false))
}

function group({ files }: ServerReport, name: string, members: readonly number[], boundary: boolean): Group {
  const outcomes = members.flatMap((index) => files[index]?.outcome ?? [])
  const [first = 'hot'] = outcomes
  const same = outcomes.every((outcome) => outcome === first)
  const hot = outcomes.filter((outcome) => outcome === 'hot').length
  const [only] = members
  return {
    label:
      members.length === 1 && only !== undefined
        ? [files[only]?.path ?? name, first]
        : [name, `${members.length} files, ${same ? first : `${hot} hot`}`],
    look: same ? first : 'mixed',
    boundary,
    files: members,
  }
}

/** The groups, and an edge wherever a file of one imports a file of another. */
function drawingOf({ imports }: ServerReport, groups: readonly Group[]): Drawing {
  const places = new Map(groups.flatMap(({ files }, place) => files.map((file) => [file, place])))
  const edges = new Map<string, { from: number; to: number; dynamic: boolean; imports: number }>()
  for (const step of imports) {
    const [from, to] = [places.get(step.from), places.get(step.to)]
    if (from === undefined || to === undefined || from === to) continue
    const edge = edges.get(`${from} ${to}`) ?? { from, to, dynamic: true, imports: 0 }
    edges.set(`${from} ${to}`, edge)
    edge.dynamic &&= step.dynamic
    edge.imports += 1
  }
  const heaviest = [...edges.values()].sort((a, b) => b.imports - a.imports).slice(0, MOST_EDGES)
  return { nodes: groups, edges: heaviest, left: edges.size - heaviest.length }
}

function shape(label: readonly string[], boundary: boolean): string {
  const text = `"${label.map(escaped).join('<br/>')}"`
  return boundary ? `([${text}])` : `[${text}]`
}

/** Mermaid reads `#35;` as a character. Whatever could be markup, Markdown or the end of the label is written so. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} ./,()[\]@$+=_-]/gu, (character) => `#${character.codePointAt(0)};`)
}

function classes(used: ReadonlySet<Look>): string[] {
  const paints = { ...LIGHT, mixed: { fill: '#ffffff', ink: LIGHT.unwatched.ink } }
  return [...OUTCOMES, 'mixed' as const]
    .filter((look) => used.has(look))
    .map((look) => `  classDef ${look} fill:${paints[look].fill},stroke:${paints[look].ink},color:${paints[look].ink}`)
}
