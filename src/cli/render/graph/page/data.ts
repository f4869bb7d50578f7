/// <reference lib="dom" />
import type { FileReport, ImportReport, ServerReport } from '../../../../graph/report.ts'
import { linksOf, type Links } from '../links.ts'
import { byId, wellFormed } from './dom.ts'

/** What is embedded in the page. */
export interface PageData {
  readonly report: ServerReport
  /** From `layeredCells`. */
  readonly cells: readonly number[]
}

/** The data, and what is looked up in it all the time. */
export interface Data extends PageData {
  readonly links: Links
  readonly indexes: ReadonlyMap<string, number>
  /** Paths in lower case, for the search. */
  readonly needles: readonly string[]
  /** @throws {RangeError} when there is no such file. */
  readonly file: (index: number) => FileReport
  /** @throws {RangeError} when there is no such import. */
  readonly step: (index: number) => ImportReport
}

export function readData(): Data {
  const { report, cells } = JSON.parse(byId('data').textContent ?? '') as PageData
  return {
    report,
    cells,
    links: linksOf(report),
    indexes: new Map(report.files.map(({ path }, index) => [wellFormed(path), index])),
    needles: report.files.map(({ path }) => path.toLowerCase()),
    file: (index) => present(report.files, index),
    step: (index) => present(report.imports, index),
  }
}

export function present<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new RangeError(`${index} of ${items.length}`)
  return item
}

/** How an import reads: its line is in the importing file. */
export function importText({ specifier, dynamic }: ImportReport): string {
  return dynamic ? `import('${specifier}')` : `import … '${specifier}'`
}

export function placeOf(path: string, line: number): string {
  return line > 0 ? `${path}:${line}` : path
}
