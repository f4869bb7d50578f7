import type { ServerReport } from '../../../graph/report.ts'

/** For each file, the indexes of the imports that lead to it and of those it makes. */
export interface Links {
  readonly into: readonly (readonly number[])[]
  readonly out: readonly (readonly number[])[]
}

export function linksOf({ files, imports }: ServerReport): Links {
  const into: number[][] = files.map(() => [])
  const out: number[][] = files.map(() => [])
  imports.forEach(({ from, to }, index) => {
    out[from]?.push(index)
    into[to]?.push(index)
  })
  return { into, out }
}

/** The chain that decides the outcome of a file, as indexes of imports from the entry down; empty for an entry. */
export function chainTo({ files, imports }: ServerReport, file: number): number[] {
  const chain: number[] = []
  const seen = new Set<number>()
  for (let at = file; !seen.has(at);) {
    seen.add(at)
    const via = files[at]?.via ?? null
    const step = via === null ? undefined : imports[via]
    if (via === null || step === undefined) break
    chain.push(via)
    at = step.from
  }
  return chain.reverse()
}
