/// <reference lib="dom" />
import type { Outcome } from '../../../../graph/reload.ts'
import { OUTCOMES } from '../outcomes.ts'
import { cutsView } from './cuts.ts'
import { readData, type Data } from './data.ts'
import { byId, element, fragmentOf, pathIn, plural } from './dom.ts'
import { filesView } from './files.ts'
import { overviewIn } from './overview.ts'
import { showFile } from './panel.ts'

type View = 'files' | 'cuts' | 'file' | 'graph'

const VIEWS: readonly View[] = ['files', 'cuts', 'file', 'graph']

start(readData())

function start(data: Data): void {
  const hidden = new Set<Outcome>()
  const search = element('input', {
    id: 'search',
    type: 'search',
    placeholder: 'Search: path, is:boundary, is:unstable',
    'aria-label': 'Search files by path',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  byId('find').prepend(search)
  const wide = matchMedia('(min-width: 60rem)')
  const files = filesView(data, open)
  const cuts = cutsView(data, open)
  const overview = overviewIn(byId('canvas') as HTMLCanvasElement, data, open)
  header(data)
  outcomeFilters(data, hidden, filter)
  for (const view of VIEWS) byId(`to-${view}`).addEventListener('click', () => go(view))
  search.addEventListener('input', filter)
  addEventListener('hashchange', follow)
  addEventListener('keydown', focusSearch)
  wide.addEventListener('change', () => go(current()))
  go(wide.matches ? 'cuts' : 'files')
  filter()
  follow()

  /** The fragment is what is selected: links, the back button and a shared address do the same. */
  function open(file: number): void {
    const fragment = fragmentOf(data.file(file).path)
    if (location.hash === fragment) follow()
    else location.hash = fragment
  }

  function follow(): void {
    const path = pathIn(location.hash)
    const file = path === undefined ? undefined : data.indexes.get(path)
    if (file === undefined) return
    showFile(data, file, open, openCut)
    files.select(file)
    overview.select(file)
    // The whole graph shows the selection itself, where there is room to say more beside it.
    if (current() !== 'graph') go('file')
  }

  function openCut(cut: number): void {
    go('cuts')
    cuts.select(cut)
  }

  function current(): View {
    return VIEWS.find((view) => view === document.body.dataset['view']) ?? 'files'
  }

  /** Where there is room, the files are always in view. */
  function go(view: View): void {
    const next = view === 'files' && wide.matches ? 'cuts' : view
    document.body.dataset['view'] = next
    for (const name of VIEWS) byId(`to-${name}`).setAttribute('aria-pressed', String(name === next))
  }

  function filter(): void {
    const shown = matcher(data, search.value, hidden)
    const count = data.report.files.reduce((sum, _, index) => sum + (shown(index) ? 1 : 0), 0)
    byId('matches').textContent = `${count.toLocaleString('en')} of ${plural(data.report.files.length, 'file')}`
    files.filter(shown, search.value.trim() !== '')
    overview.filter(shown)
  }

  function focusSearch(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    go('files')
    search.focus()
  }
}

/** Files whose path holds every word of the query, and whose outcome is not hidden. */
function matcher({ report, needles }: Data, query: string, hidden: ReadonlySet<Outcome>): (file: number) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const flags = words.filter((word) => word === 'is:boundary' || word === 'is:unstable')
  const texts = words.filter((word) => word !== 'is:boundary' && word !== 'is:unstable')
  return (index) => {
    const file = report.files[index]
    if (file === undefined || hidden.has(file.outcome)) return false
    if (flags.includes('is:boundary') && !file.boundary) return false
    if (flags.includes('is:unstable') && !file.unstable) return false
    return texts.every((text) => needles[index]?.includes(text))
  }
}

function header({ report }: Data): void {
  const { framework, coverage, files } = report
  const unstable = files.filter((file) => file.unstable).length
  byId('name').textContent = report.name
  byId('framework').textContent = framework.major > 0 ? `${framework.name} ${framework.major}` : framework.name
  const notes = [
    `${share(coverage.files)} of ${plural(coverage.files.total, 'file')}`,
    ...(coverage.edits.total > 0
      ? [`${share(coverage.edits)} of the last ${plural(coverage.edits.total, 'edit')}`]
      : []),
    ...(unstable > 0 ? [`${plural(unstable, 'file')} unstable`] : []),
  ]
  byId('coverage').textContent = `Hot coverage: ${notes.join(' · ')}`
}

function share({ hot, total }: { readonly hot: number; readonly total: number }): string {
  return total === 0 ? '0 %' : `${Math.round((100 * hot) / total)} %`
}

/** One button for each outcome, pressed while its files are shown. */
function outcomeFilters({ report }: Data, hidden: Set<Outcome>, changed: () => void): void {
  const buttons = OUTCOMES.map((outcome) => {
    const count = report.files.filter((file) => file.outcome === outcome).length
    const button = element(
      'button',
      { type: 'button', class: `badge ${outcome}`, 'data-outcome': outcome, 'aria-pressed': 'true' },
      `${count.toLocaleString('en')} ${outcome}`,
    )
    button.disabled = count === 0
    button.addEventListener('click', () => {
      if (!hidden.delete(outcome)) hidden.add(outcome)
      button.setAttribute('aria-pressed', String(!hidden.has(outcome)))
      changed()
    })
    return button
  })
  byId('outcomes').append(...buttons)
}
