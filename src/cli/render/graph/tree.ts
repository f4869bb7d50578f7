import type { FileReport } from '../../../graph/report.ts'

export interface Folder {
  /** Of one folder, or of several where each holds nothing but the next: `src/app`. */
  readonly name: string
  /** From the root, with `/`; empty for the root. */
  readonly path: string
  readonly folders: readonly Folder[]
  /** Indexes of the files directly in it. */
  readonly files: readonly number[]
  /** Files in it and below. */
  readonly total: number
  /** How many of them are not hot. */
  readonly cold: number
}

/** A line of the tree. `position` counts from 1 among `siblings`. */
export type TreeRow = { readonly depth: number; readonly position: number; readonly siblings: number } & (
  { readonly kind: 'folder'; readonly folder: Folder } | { readonly kind: 'file'; readonly file: number }
)

export function folderTree(files: readonly FileReport[]): Folder {
  const all = files.map((file, index) => ({ index, segments: file.path.split('/'), cold: file.outcome !== 'hot' }))
  return folderOf(all, '', '', 0)
}

interface Entry {
  readonly index: number
  readonly segments: readonly string[]
  readonly cold: boolean
}

/** @param depth how many segments of the entries' paths lead to this folder. */
function folderOf(entries: readonly Entry[], name: string, path: string, depth: number): Folder {
  const folders = new Map<string, Entry[]>()
  const files: number[] = []
  for (const entry of entries) {
    const segment = entry.segments[depth]
    if (segment === undefined || depth === entry.segments.length - 1) files.push(entry.index)
    else if (folders.get(segment)?.push(entry) === undefined) folders.set(segment, [entry])
  }
  const [only] = folders
  if (path !== '' && only !== undefined && folders.size === 1 && files.length === 0) {
    return folderOf(entries, `${name}/${only[0]}`, `${path}/${only[0]}`, depth + 1)
  }
  return {
    name,
    path,
    files,
    folders: [...folders].map(([segment, inner]) =>
      folderOf(inner, segment, path === '' ? segment : `${path}/${segment}`, depth + 1),
    ),
    total: entries.length,
    cold: entries.filter(({ cold }) => cold).length,
  }
}

/** Every folder below `root`. */
export function foldersOf(root: Folder): Folder[] {
  return root.folders.flatMap((folder) => [folder, ...foldersOf(folder)])
}

/** The folders that lead to a file, outermost first. */
export function foldersAbove(root: Folder, path: string): Folder[] {
  const next = root.folders.find((folder) => path.startsWith(`${folder.path}/`))
  return next === undefined ? [] : [next, ...foldersAbove(next, path)]
}

/**
 * The visible lines.
 *
 * @param expanded paths of the folders that are open.
 * @param shown the files to show, and with them their folders.
 */
export function treeRows(root: Folder, expanded: ReadonlySet<string>, shown: (file: number) => boolean): TreeRow[] {
  const holds = foldersThatHold(root, shown)
  const rows: TreeRow[] = []
  addRows(root, 0)
  return rows

  function addRows(parent: Folder, depth: number): void {
    const folders = parent.folders.filter((folder) => holds.has(folder))
    const files = parent.files.filter(shown)
    const siblings = folders.length + files.length
    folders.forEach((folder, index) => {
      rows.push({ kind: 'folder', folder, depth, position: index + 1, siblings })
      if (expanded.has(folder.path)) addRows(folder, depth + 1)
    })
    files.forEach((file, index) => {
      rows.push({ kind: 'file', file, depth, position: folders.length + index + 1, siblings })
    })
  }
}

function foldersThatHold(root: Folder, shown: (file: number) => boolean): Set<Folder> {
  const holds = new Set<Folder>()
  visit(root)
  return holds

  function visit(folder: Folder): boolean {
    let found = folder.files.some(shown)
    for (const inner of folder.folders) found = visit(inner) || found
    if (found) holds.add(folder)
    return found
  }
}
