import type { CutChange, CutVerdict } from '../../../graph/report.ts'

/** `deferred-imports, proven`: which codemods change imports, and how sure the least sure of them is. */
export function describeForm(changes: readonly Pick<CutChange, 'codemod'>[], verdict: CutVerdict): string {
  if (verdict === 'leave') return 'left to you'
  const names = new Set(changes.flatMap(({ codemod }) => codemod ?? []))
  return `${[...names].join(' and ')}, ${verdict === 'fix' ? 'proven' : 'not proven'}`
}

/** What would have to be true, or be done, of changes that are not proven; sentences, each once. */
export function openReasons(changes: readonly Omit<CutChange, 'import'>[]): string[] {
  const open = changes.filter(({ verdict, reason }) => verdict !== 'fix' && reason !== null)
  return [...new Set(open.map(({ message }) => message))]
}
