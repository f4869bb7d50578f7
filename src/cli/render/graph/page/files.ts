/// <reference lib="dom" />
import { foldersAbove, foldersOf, folderTree, treeRows, type Folder, type TreeRow } from '../tree.ts'
import { present, type Data } from './data.ts'
import { badge, baseName, byId, element, marks, plural } from './dom.ts'
import { rowsIn } from './rows.ts'

export interface Files {
  /** Shows the files for which `shown` holds; with `unfold`, all folders that hold one are open. */
  readonly filter: (shown: (file: number) => boolean, unfold: boolean) => void
  /** Marks a file, opens the folders above it and brings it into view. */
  readonly select: (file: number) => void
}

/** The tree of folders and files. */
export function filesView(data: Data, open: (file: number) => void): Files {
  const root = folderTree(data.report.files)
  const every = foldersOf(root)
  // One folder alone would hide everything.
  let expanded = new Set(
    root.files.length === 0 && root.folders.length === 1 ? root.folders.map(({ path }) => path) : [],
  )
  /** The open folders before a search opened all. */
  let before: Set<string> | undefined
  let shown: (file: number) => boolean = () => true
  let selected: number | undefined
  let lines: TreeRow[] = []
  const rows = rowsIn(byId('tree'), { role: 'tree', label: 'Files', render, activate, press })
  redraw()
  return { filter, select }

  function redraw(): void {
    lines = treeRows(root, expanded, shown)
    rows.show(lines.length)
    byId('none').hidden = lines.length > 0
  }

  function filter(test: (file: number) => boolean, unfold: boolean): void {
    if (unfold) {
      before ??= expanded
      expanded = new Set(every.map(({ path }) => path))
    } else if (before !== undefined) {
      expanded = before
      before = undefined
    }
    shown = test
    redraw()
    rows.reveal(0)
  }

  function select(file: number): void {
    selected = file
    if (shown(file)) for (const { path } of foldersAbove(root, data.file(file).path)) expanded.add(path)
    redraw()
    const index = lines.findIndex((line) => line.kind === 'file' && line.file === file)
    if (index >= 0) rows.reveal(index)
  }

  function toggle({ path }: Folder): void {
    if (!expanded.delete(path)) expanded.add(path)
    redraw()
  }

  function activate(index: number): void {
    const line = present(lines, index)
    if (line.kind === 'folder') toggle(line.folder)
    else open(line.file)
  }

  function press(key: string, index: number): number | undefined {
    const line = present(lines, index)
    const isOpen = line.kind === 'folder' && expanded.has(line.folder.path)
    if (key === 'ArrowRight' && line.kind === 'folder') {
      if (isOpen) return index + 1
      toggle(line.folder)
      return index
    }
    if (key !== 'ArrowLeft') return undefined
    if (line.kind === 'folder' && isOpen) {
      toggle(line.folder)
      return index
    }
    const parent = lines.findLastIndex((above, at) => at < index && above.depth < line.depth)
    return parent < 0 ? index : parent
  }

  function render(index: number): HTMLElement {
    const line = present(lines, index)
    const made = line.kind === 'folder' ? folderLine(line.folder) : fileLine(line.file)
    made.style.setProperty('--depth', String(line.depth))
    made.setAttribute('aria-level', String(line.depth + 1))
    made.setAttribute('aria-posinset', String(line.position))
    made.setAttribute('aria-setsize', String(line.siblings))
    return made
  }

  function folderLine({ name, path, cold, total }: Folder): HTMLElement {
    const isOpen = expanded.has(path)
    const count =
      cold === 0 ? `all ${total} hot` : `${cold.toLocaleString('en')} of ${total.toLocaleString('en')} not hot`
    const meter = element('span', { class: 'meter' })
    meter.style.setProperty('--share', `${Math.round((100 * cold) / total)}%`)
    return element(
      'div',
      { class: 'folder', 'aria-expanded': String(isOpen), title: `${path}/: ${count}` },
      element('span', { class: 'twisty', 'aria-hidden': 'true' }, isOpen ? '▾' : '▸'),
      element('span', { class: 'name' }, `${name}/`),
      meter,
      element('span', { class: 'count' }, count),
    )
  }

  function fileLine(index: number): HTMLElement {
    const file = data.file(index)
    return element(
      'div',
      {
        class: 'file',
        'aria-selected': String(index === selected),
        title: `${file.path}: ${file.outcome}${file.edits > 0 ? `, ${plural(file.edits, 'edit')}` : ''}`,
      },
      element('span', { class: 'name' }, baseName(file.path)),
      ...marks(file),
      badge(file.outcome),
    )
  }
}
