/// <reference lib="dom" />
import type { FileReport, ImportReport } from '../../../../graph/report.ts'
import { chainTo } from '../links.ts'
import { importText, placeOf, present, type Data } from './data.ts'
import { badge, baseName, byId, element, fileLink, marks, pathName, plural, withCode } from './dom.ts'
import { egoDrawing } from './ego-drawing.ts'
import { rowsIn } from './rows.ts'

/** A chain that is longer shows its two ends. */
const LONGEST_CHAIN = 60

/** What is known of one file. */
export function showFile(
  data: Data,
  index: number,
  open: (file: number) => void,
  openCut: (cut: number) => void,
): void {
  const file = data.file(index)
  const panel = byId('panel')
  const importers = present(data.links.into, index)
  const imports = present(data.links.out, index)
  panel.replaceChildren(
    title(file),
    element('p', { id: 'message' }, ...withCode(file.message), ' ', element('code', { class: 'reason' }, file.reason)),
    ...cutsFor(data, index, openCut),
    element('h3', {}, 'Chain'),
    chain(data, index),
    element('h3', {}, 'Neighbours'),
    egoDrawing(data, index),
    element(
      'div',
      { class: 'sides' },
      side(`Imported by ${importers.length}`, 'importers', importers.length),
      side(`Imports ${imports.length}`, 'imports', imports.length),
    ),
  )
  fillSide(data, 'importers', importers, ({ from }) => from, open)
  fillSide(data, 'imports', imports, ({ to }) => to, open)
  panel.scrollTop = 0
}

function title(file: FileReport): HTMLElement {
  const name = baseName(file.path)
  const edits = file.edits > 0 ? [element('span', { class: 'count' }, plural(file.edits, 'edit'))] : []
  return element(
    'div',
    { class: 'title' },
    element(
      'h2',
      { id: 'path' },
      element('span', { class: 'dim' }, file.path.slice(0, file.path.length - name.length)),
      name,
    ),
    badge(file.outcome),
    ...marks(file),
    ...edits,
  )
}

function cutsFor({ report }: Data, file: number, openCut: (cut: number) => void): HTMLElement[] {
  const cut = report.cuts.findIndex(({ frees }) => frees.includes(file))
  if (cut < 0) return []
  const button = element('button', { type: 'button', class: 'link', id: 'freed-by' }, `cut ${cut + 1}`)
  button.addEventListener('click', () => openCut(cut))
  return [element('p', {}, 'Turns hot with ', button, '.')]
}

function chain(data: Data, index: number): HTMLElement {
  const steps = chainTo(data.report, index)
  if (steps.length === 0) {
    return element(
      'p',
      { id: 'chain' },
      'No import decides this: the server starts with the file, or loads it by itself.',
    )
  }
  const left = steps.length - LONGEST_CHAIN
  const lines = steps.map((at) => chainLine(data, data.step(at)))
  if (left > 0) {
    const middle = element('li', { class: 'dim' }, `… ${plural(left, 'more step')}`)
    lines.splice(LONGEST_CHAIN / 2, left, middle)
  }
  const { path, outcome } = data.file(index)
  return element(
    'ol',
    { id: 'chain', class: 'steps' },
    ...lines,
    element('li', {}, badge(outcome), ' ', element('strong', {}, path)),
  )
}

function chainLine(data: Data, step: ImportReport): HTMLElement {
  const { path, outcome } = data.file(step.from)
  const place = fileLink(path, placeOf(path, step.line))
  return element('li', {}, badge(outcome), ' ', place, ' ', element('code', {}, importText(step)))
}

function side(heading: string, id: string, count: number): HTMLElement {
  const list = element('div', { id, class: 'box' })
  list.hidden = count === 0
  return element('section', {}, element('h3', {}, heading), list)
}

/** Imports by the file at their other end. */
function fillSide(
  data: Data,
  id: string,
  imports: readonly number[],
  end: (step: ImportReport) => number,
  open: (file: number) => void,
): void {
  const list = rowsIn(byId(id), {
    role: 'listbox',
    label: id === 'imports' ? 'Imports' : 'Imported by',
    render: (at) => sideLine(data, data.step(present(imports, at)), end),
    activate: (at) => open(end(data.step(present(imports, at)))),
  })
  list.show(imports.length)
}

function sideLine(data: Data, step: ImportReport, end: (step: ImportReport) => number): HTMLElement {
  const { path, outcome } = data.file(end(step))
  const place = placeOf(data.file(step.from).path, step.line)
  return element(
    'div',
    { title: `${path}\n${place}: ${importText(step)}` },
    pathName(path),
    element('span', { class: 'count' }, `${step.dynamic ? 'dynamic, ' : ''}line ${step.line || '?'}`),
    badge(outcome),
  )
}
