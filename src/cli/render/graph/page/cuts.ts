/// <reference lib="dom" />
import type { CutChange } from '../../../../graph/report.ts'
import { describeForm, openReasons } from '../cut-form.ts'
import { importText, placeOf, present, type Data } from './data.ts'
import { badge, byId, element, fileLink, pathName, plural, withCode } from './dom.ts'
import { rowsIn } from './rows.ts'

export interface Cuts {
  readonly select: (cut: number) => void
}

/** The ranked cuts, and what the chosen one takes and gives. */
export function cutsView(data: Data, open: (file: number) => void): Cuts {
  const { cuts } = data.report
  const detail = byId('cut')
  let selected: number | undefined
  byId('cuts-intro').textContent =
    cuts.length === 0
      ? 'No change to a few imports would make more files hot.'
      : 'Each of these modules, imported lazily as a boundary, turns files hot. Best first.'
  byId('cut-list').hidden = cuts.length === 0
  const rows = rowsIn(byId('cut-list'), { role: 'listbox', label: 'Cuts, best first', render, activate: select })
  rows.show(cuts.length)
  return { select }

  function render(index: number): HTMLElement {
    const cut = present(cuts, index)
    const work = cut.imports.length === 0 ? 'a glob' : plural(cut.imports.length, 'import')
    const how = cut.imports.length === 0 ? '' : ` · ${describeForm(cut.changes, cut.verdict)}`
    const gain = `${work} → ${plural(cut.frees.length, 'file')} hot · ${plural(cut.edits, 'edit')}${how}`
    const { path } = data.file(cut.file)
    return element(
      'div',
      { class: 'cut', 'aria-selected': String(index === selected), title: path },
      element('span', { class: 'rank' }, String(index + 1)),
      pathName(path),
      element('span', { class: 'gain' }, gain),
    )
  }

  function select(index: number): void {
    const cut = present(cuts, index)
    const { path } = data.file(cut.file)
    selected = index
    rows.show(cuts.length)
    rows.reveal(index)
    const freed = element('div', { id: 'freed', class: 'box' })
    detail.replaceChildren(
      cut.reexported
        ? element('h3', {}, 'Import lazily a module that only exports ', fileLink(path), ' again, as a boundary')
        : element('h3', {}, 'Import ', fileLink(path), ' lazily, as a boundary'),
      element('h4', {}, `${plural(cut.imports.length, 'import')} to change:`),
      cut.imports.length > 0
        ? element('ul', { id: 'cut-imports', class: 'steps' }, ...cut.changes.map(changeLine))
        : element('p', {}, 'All are lazy: a glob in hotHook.boundaries is enough.'),
      element('h4', {}, `${plural(cut.frees.length, 'file turns', 'files turn')} hot (${plural(cut.edits, 'edit')}):`),
      freed,
    )
    const lines = rowsIn(freed, {
      role: 'listbox',
      label: 'Files that turn hot',
      render: (at) => freedLine(present(cut.frees, at)),
      activate: (at) => open(present(cut.frees, at)),
    })
    lines.show(cut.frees.length)
  }

  function changeLine(change: CutChange): HTMLElement {
    const step = data.step(change.import)
    const { path } = data.file(step.from)
    return element(
      'li',
      {},
      fileLink(path, placeOf(path, step.line)),
      ' ',
      element('code', {}, importText(step)),
      ' ',
      element('span', { class: 'form' }, describeForm([change], change.verdict)),
      ...openReasons([change]).map((reason) => element('p', { class: 'dim' }, ...withCode(reason))),
    )
  }

  function freedLine(index: number): HTMLElement {
    const { path, outcome, edits } = data.file(index)
    const count = edits > 0 ? [element('span', { class: 'count' }, plural(edits, 'edit'))] : []
    return element('div', { title: path }, pathName(path), ...count, badge(outcome))
  }
}
