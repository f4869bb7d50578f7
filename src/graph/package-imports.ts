import { join } from 'node:path'
import { isRecord, readManifest } from '../project/package-manager.ts'

/** `imports` of the package.json in `root`. */
export function packageImports(root: string): Readonly<Record<string, unknown>> {
  const imports = readManifest(join(root, 'package.json'))?.['imports']
  return isRecord(imports) ? imports : {}
}

/** What `imports` of package.json makes of a specifier with `#`: a path relative to package.json, as written there. */
export function mappedTo(specifier: string, imports: Readonly<Record<string, unknown>>): string | undefined {
  const key = Object.keys(imports)
    .filter((candidate) => {
      const [head = '', tail] = candidate.split('*')
      return tail === undefined ? candidate === specifier : specifier.startsWith(head) && specifier.endsWith(tail)
    })
    .sort((a, b) => b.length - a.length)[0]
  let value: unknown = key === undefined ? undefined : imports[key]
  while (typeof value === 'object' && value !== null) value = Object.values(value)[0]
  if (typeof value !== 'string' || key === undefined) return undefined
  const [head = '', tail = ''] = key.split('*')
  return value.replace('*', specifier.slice(head.length, specifier.length - tail.length))
}
