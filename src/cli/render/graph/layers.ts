import type { ServerReport } from '../../../graph/report.ts'
import { linksOf } from './links.ts'

/**
 * Places for an overview of the whole graph: one layer for each distance from the modules the server starts with, from
 * left to right, folders kept together. A layer that is too high goes on in the next column.
 *
 * @returns column and row of each file, one after the other: `[column0, row0, column1, row1, …]`.
 */
export function layeredCells(report: ServerReport): number[] {
  const { files } = report
  const layers: number[][] = []
  distancesOf(report).forEach((distance, file) => (layers[distance] ??= []).push(file))
  let height = 12
  let cells = cellsOf(report, layers, height)
  // A cell is ten times as wide as it is high: this makes the whole at most 1.6 times as wide as high.
  while (10 * cells.columns > 1.6 * height && height < 2 * files.length) {
    height = Math.ceil(1.15 * height)
    cells = cellsOf(report, layers, height)
  }
  return cells.places
}

/** Layers side by side, in columns of `height` cells, with room between layers and between folders. */
function cellsOf(
  { files }: ServerReport,
  layers: readonly (readonly number[])[],
  height: number,
): { readonly places: number[]; readonly columns: number } {
  const places = new Array<number>(2 * files.length).fill(0)
  // With one column for each layer, the room between columns tells them apart.
  const gap = layers.some((layer) => layer.length > height) ? 1 : 0
  let column = 0
  for (const layer of layers) {
    let row = 0
    let folder: string | undefined
    for (const file of layer) {
      const path = files[file]?.path ?? ''
      const parent = path.slice(0, path.lastIndexOf('/') + 1)
      if (row > 0 && parent !== folder) row += 1
      folder = parent
      if (row >= height) {
        column += 1
        row = 0
      }
      places[2 * file] = column
      places[2 * file + 1] = row
      row += 1
    }
    column += 1 + gap
  }
  return { places, columns: column }
}

/** Imports on the shortest way from a module that nothing imports, or that the server starts with. */
function distancesOf(report: ServerReport): number[] {
  const { files, imports } = report
  const { into, out } = linksOf(report)
  const distances = new Array<number>(files.length).fill(-1)
  const indexes = [...files.keys()]
  reach(indexes.filter((file) => into[file]?.every((at) => imports[at]?.from === file)))
  reach(indexes.filter((file) => files[file]?.via === null))
  // Cycles that nothing leads to.
  for (const file of indexes) reach([file])
  return distances

  function reach(roots: readonly number[]): void {
    const queue = roots.filter((file) => distances[file] === -1)
    for (const file of queue) distances[file] = 0
    for (const file of queue) {
      for (const at of out[file] ?? []) {
        const to = imports[at]?.to ?? file
        if (distances[to] !== -1) continue
        distances[to] = (distances[file] ?? 0) + 1
        queue.push(to)
      }
    }
  }
}
