/// <reference lib="dom" />
import type { Outcome } from '../../../../graph/reload.ts'
import { OUTCOMES } from '../outcomes.ts'
import { present, type Data } from './data.ts'
import { baseName, byId } from './dom.ts'

export interface Overview {
  readonly select: (file: number) => void
  readonly filter: (shown: (file: number) => boolean) => void
}

/** Size of a cell of `cells`, and of the bar in it, in units that are pixels at scale 1. */
const CELL = { width: 160, height: 16 }
const BAR = { width: 118, height: 12 }
const LARGEST_SCALE = 4
/** More lines than this are not drawn while the view moves: 19,000 take a tenth of a second and more without a graphics card. */
const MOST_MOVING_LINES = 3000

interface Point {
  readonly x: number
  readonly y: number
}

/** The whole graph on a canvas. Drag to move, wheel, pinch or + and - to zoom, 0 to see all of it. */
export function overviewIn(canvas: HTMLCanvasElement, data: Data, open: (file: number) => void): Overview {
  const context = canvas.getContext('2d')
  const { cells, links, report } = data
  const at = new Map(report.files.map((_, file) => [`${cells[2 * file]} ${cells[2 * file + 1]}`, file]))
  const [columns, rows] = extent(cells)
  const pointers = new Map<number, Point>()
  let view = { scale: 1, x: 0, y: 0 }
  let fitted = false
  let dragged = 0
  let frame = 0
  /** Runs when the view has come to rest. */
  let rest: ReturnType<typeof setTimeout> | undefined
  let selected: number | undefined
  let shown: (file: number) => boolean = () => true
  let colours = readColours()

  new ResizeObserver(resized).observe(canvas)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colours = readColours()
    request()
  })
  canvas.addEventListener('pointerdown', pressed)
  canvas.addEventListener('pointermove', moved)
  canvas.addEventListener('pointerup', released)
  canvas.addEventListener('pointercancel', ({ pointerId }) => pointers.delete(pointerId))
  canvas.addEventListener('pointerleave', () => hover(undefined))
  canvas.addEventListener('wheel', turned, { passive: false })
  canvas.addEventListener('keydown', typed)
  byId('zoom-in').addEventListener('click', () => zoom(1.5))
  byId('zoom-out').addEventListener('click', () => zoom(1 / 1.5))
  byId('zoom-fit').addEventListener('click', fit)
  return {
    select: (file) => {
      selected = file
      request()
    },
    filter: (test) => {
      shown = test
      request()
    },
  }

  function request(): void {
    frame ||= requestAnimationFrame(() => {
      frame = 0
      draw()
    })
  }

  /** Draws while the view moves: where lines take too long for that, without them until it rests. */
  function move(): void {
    clearTimeout(rest)
    if (report.imports.length > MOST_MOVING_LINES) {
      rest = setTimeout(() => {
        rest = undefined
        request()
      }, 150)
    }
    request()
  }

  function resized(): void {
    const ratio = devicePixelRatio || 1
    canvas.width = Math.round(canvas.clientWidth * ratio)
    canvas.height = Math.round(canvas.clientHeight * ratio)
    if (canvas.width === 0) return
    if (!fitted) fit()
    // A canvas that got a size is empty until it is drawn: not later than now.
    draw()
  }

  function fit(): void {
    fitted = true
    const [width, height] = [columns * CELL.width, rows * CELL.height]
    const scale = Math.min(1.5, (canvas.clientWidth - 16) / width, (canvas.clientHeight - 16) / height)
    view = {
      scale,
      x: (canvas.clientWidth - width * scale) / 2,
      y: (canvas.clientHeight - height * scale) / 2,
    }
    request()
  }

  function zoom(factor: number, around?: Point): void {
    const { x, y } = around ?? { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 }
    const scale = Math.min(LARGEST_SCALE, Math.max(0.02, view.scale * factor))
    const by = scale / view.scale
    view = { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by }
    move()
  }

  function pan(x: number, y: number): void {
    view = { ...view, x: view.x + x, y: view.y + y }
    move()
  }

  function placeOf(file: number): Point {
    return {
      x: view.x + (cells[2 * file] ?? 0) * CELL.width * view.scale,
      y: view.y + (cells[2 * file + 1] ?? 0) * CELL.height * view.scale,
    }
  }

  function fileAt({ x, y }: Point): number | undefined {
    const column = Math.floor((x - view.x) / view.scale / CELL.width)
    const row = Math.floor((y - view.y) / view.scale / CELL.height)
    const file = at.get(`${column} ${row}`)
    const inside = file !== undefined && x - placeOf(file).x <= BAR.width * view.scale
    return inside ? file : undefined
  }

  function pressed(event: PointerEvent): void {
    canvas.setPointerCapture(event.pointerId)
    pointers.set(event.pointerId, pointOf(event))
    if (pointers.size === 1) dragged = 0
  }

  function moved(event: PointerEvent): void {
    const point = pointOf(event)
    const last = pointers.get(event.pointerId)
    if (last === undefined) return hover(point)
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
    pointers.set(event.pointerId, point)
    dragged += distance(last, point)
    if (other === undefined) return pan(point.x - last.x, point.y - last.y)
    const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 }
    zoom(distance(point, other) / Math.max(1, distance(last, other)), middle)
  }

  function released(event: PointerEvent): void {
    if (!pointers.delete(event.pointerId) || dragged > 4) return
    const file = fileAt(pointOf(event))
    if (file !== undefined) open(file)
  }

  function turned(event: WheelEvent): void {
    event.preventDefault()
    zoom(Math.exp(-event.deltaY / (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 400)), pointOf(event))
  }

  function typed(event: KeyboardEvent): void {
    const step = 60
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => pan(step, 0),
      ArrowRight: () => pan(-step, 0),
      ArrowUp: () => pan(0, step),
      ArrowDown: () => pan(0, -step),
      '+': () => zoom(1.5),
      '=': () => zoom(1.5),
      '-': () => zoom(1 / 1.5),
      '0': fit,
    }
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  function hover(point: Point | undefined): void {
    const file = point === undefined ? undefined : fileAt(point)
    const tip = byId('tip')
    tip.hidden = file === undefined
    canvas.classList.toggle('over', file !== undefined)
    if (file === undefined || point === undefined) return
    const { path, outcome } = data.file(file)
    tip.textContent = `${path}: ${outcome}`
    const left = Math.min(point.x + 12, canvas.clientWidth - tip.offsetWidth - 4)
    tip.style.transform = `translate(${Math.max(4, left)}px, ${point.y + 16}px)`
  }

  function draw(): void {
    if (context === null || canvas.width === 0) return
    const ratio = canvas.width / canvas.clientWidth
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight)
    if (rest === undefined) drawEdges(context)
    drawBars(context)
    if (selected !== undefined) drawSelected(context, selected)
  }

  function drawEdges(paper: CanvasRenderingContext2D): void {
    paper.lineWidth = 1
    paper.strokeStyle = colours.line
    // Many lines over each other still let the bars through.
    paper.globalAlpha = Math.min(0.5, Math.max(0.06, 300 / report.imports.length))
    paper.beginPath()
    for (const index of report.imports.keys()) addLine(paper, index)
    paper.stroke()
    paper.globalAlpha = 1
  }

  function addLine(paper: CanvasRenderingContext2D, index: number): void {
    const step = data.step(index)
    const [from, to] = [placeOf(step.from), placeOf(step.to)]
    const [x1, x2] = [from.x + BAR.width * view.scale, to.x]
    const half = (BAR.height * view.scale) / 2
    if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > canvas.clientWidth) return
    if (Math.max(from.y, to.y) + half < 0 || Math.min(from.y, to.y) > canvas.clientHeight) return
    paper.moveTo(x1, from.y + half)
    paper.lineTo(x2, to.y + half)
  }

  function drawBars(paper: CanvasRenderingContext2D): void {
    const [width, height] = [BAR.width * view.scale, Math.max(1, BAR.height * view.scale)]
    const named = view.scale > 0.7
    paper.font = `${11 * view.scale}px system-ui, sans-serif`
    paper.textBaseline = 'middle'
    report.files.forEach(({ path, outcome, boundary }, file) => {
      const { x, y } = placeOf(file)
      if (x + width < 0 || y + height < 0 || x > canvas.clientWidth || y > canvas.clientHeight) return
      paper.globalAlpha = shown(file) ? 1 : 0.15
      paper.fillStyle = named ? colours.fill[outcome] : colours.ink[outcome]
      paper.fillRect(x, y, width, height)
      if (boundary) {
        paper.fillStyle = colours.text
        paper.fillRect(x, y, Math.max(1, 3 * view.scale), height)
      }
      if (!named) return
      paper.fillStyle = colours.ink[outcome]
      paper.fillText(baseName(path), x + 6 * view.scale, y + height / 2, width - 8 * view.scale)
    })
    paper.globalAlpha = 1
  }

  function drawSelected(paper: CanvasRenderingContext2D, file: number): void {
    const { x, y } = placeOf(file)
    paper.strokeStyle = colours.accent
    paper.lineWidth = 1.5
    for (const dynamic of [false, true]) {
      paper.setLineDash(dynamic ? [5, 4] : [])
      paper.beginPath()
      for (const index of [...present(links.into, file), ...present(links.out, file)]) {
        if (data.step(index).dynamic === dynamic) addLine(paper, index)
      }
      paper.stroke()
    }
    paper.setLineDash([])
    paper.lineWidth = 3
    paper.strokeRect(x - 2, y - 2, BAR.width * view.scale + 4, BAR.height * view.scale + 4)
  }
}

/** Number of columns and rows. */
function extent(cells: readonly number[]): readonly [number, number] {
  let [columns, rows] = [1, 1]
  cells.forEach((cell, index) => {
    if (index % 2 === 0) columns = Math.max(columns, cell + 1)
    else rows = Math.max(rows, cell + 1)
  })
  return [columns, rows]
}

interface CanvasColours {
  readonly text: string
  readonly line: string
  readonly accent: string
  readonly fill: Readonly<Record<Outcome, string>>
  readonly ink: Readonly<Record<Outcome, string>>
}

function readColours(): CanvasColours {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  const each = (part: string): Record<Outcome, string> =>
    Object.fromEntries(OUTCOMES.map((outcome) => [outcome, read(`--${outcome}-${part}`)])) as Record<Outcome, string>
  return {
    text: read('--text'),
    line: read('--dim'),
    accent: read('--accent'),
    fill: each('fill'),
    ink: each('ink'),
  }
}

function pointOf({ offsetX, offsetY }: MouseEvent): Point {
  return { x: offsetX, y: offsetY }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
