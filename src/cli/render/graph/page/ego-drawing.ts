/// <reference lib="dom" />
import { egoOf, type Ego, type EgoNode } from '../ego.ts'
import { present, type Data } from './data.ts'
import { baseName, drawing, element, fragmentOf, plural } from './dom.ts'

const WIDTH = 204
const HEIGHT = 24
const COLUMN = WIDTH + 56
const ROW = HEIGHT + 8
/** Columns are centred on each other, but none starts further down than this many rows: the file stays in view. */
const LOWEST = 5
/** Characters of a name that fit beside the outcome. */
const FITS = 20

/** A file with what imports it on the left and what it imports on the right, as links. */
export function egoDrawing(data: Data, file: number): HTMLElement {
  const ego = egoOf(data.report, data.links, file)
  const columns = ego.nodes.map(({ column }) => column)
  const first = Math.min(...columns)
  const longest = Math.max(...columns.map((at) => columns.filter((column) => column === at).length))
  const width = (Math.max(...columns) - first) * COLUMN + WIDTH + 2
  const height = longest * ROW
  const place = ({ column, row }: EgoNode): Place => {
    const spare = longest - columns.filter((at) => at === column).length
    return { x: (column - first) * COLUMN + 1, y: (row + Math.min(spare / 2, LOWEST)) * ROW + (ROW - HEIGHT) / 2 }
  }
  const image = drawing(
    'svg',
    { id: 'ego', width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Neighbours' },
    arrowHead(),
    ...ego.edges.map(({ from, to, dynamic }) =>
      edge(place(present(ego.nodes, from)), place(present(ego.nodes, to)), dynamic),
    ),
    ...ego.nodes.map((node) => box(data, node, place(node))),
  )
  return element('div', {}, element('div', { class: 'scroll' }, image), element('p', { class: 'dim' }, caption(ego)))
}

interface Place {
  readonly x: number
  readonly y: number
}

function caption({ left: { importers, imports } }: Ego): string {
  const rest = [
    ...(importers > 0 ? [plural(importers, 'more importer')] : []),
    ...(imports > 0 ? [plural(imports, 'more import')] : []),
  ]
  return `Importers on the left, imports on the right; dashed: import(). ${rest.length > 0 ? `Not drawn: ${rest.join(', ')}.` : ''}`
}

function arrowHead(): SVGElement {
  const head = drawing('path', { d: 'M0 0 6 3 0 6z', class: 'head' })
  const shape = { id: 'arrow', viewBox: '0 0 6 6', refX: 6, refY: 3, markerWidth: 6, markerHeight: 6, orient: 'auto' }
  return drawing('defs', {}, drawing('marker', shape, head))
}

function edge(from: Place, to: Place, dynamic: boolean): SVGElement {
  const back = to.x < from.x
  const [x1, x2] = back ? [from.x, to.x + WIDTH] : [from.x + WIDTH, to.x]
  const [y1, y2] = [from.y + HEIGHT / 2, to.y + HEIGHT / 2]
  const middle = (x1 + x2) / 2
  const d = `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
  return drawing('path', { d, class: dynamic ? 'edge dynamic' : 'edge', 'marker-end': 'url(#arrow)' })
}

function box(data: Data, { file, column }: EgoNode, { x, y }: Place): SVGElement {
  const { path, outcome, boundary } = data.file(file)
  const shape = { class: 'shape', width: WIDTH, height: HEIGHT, rx: boundary ? 12 : 4 }
  return drawing(
    'a',
    {
      href: fragmentOf(path),
      class: `node ${outcome}${column === 0 ? ' centre' : ''}`,
      transform: `translate(${x} ${y})`,
      'data-file': path,
    },
    drawing('title', {}, `${path}: ${outcome}${boundary ? ', boundary' : ''}`),
    drawing('rect', shape),
    drawing('text', { x: 8, y: 16 }, shortened(path)),
    drawing('text', { x: WIDTH - 8, y: 16, class: 'end' }, outcome),
  )
}

/** The name of a file, with its folder where the name alone says little. */
function shortened(path: string): string {
  const name = baseName(path)
  const long = /^index\./.test(name) ? path.split('/').slice(-2).join('/') : name
  const characters = [...long]
  return characters.length <= FITS ? long : `…${characters.slice(1 - FITS).join('')}`
}
