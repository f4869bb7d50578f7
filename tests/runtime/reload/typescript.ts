import type { Loader, NodeMajor } from '../hot-hook.ts'
import type { Row } from './rows.ts'

export const hotHook = { boundaries: ['./src/c/*.ts', './src/c/*.tsx'] }
export const entry = 'src/index.ts'
export const others = {
  'tsconfig.json': `{
  "compilerOptions": {
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "allowImportingTsExtensions": true,
    "experimentalDecorators": true,
    "noEmit": true,
    "strict": true,
    "jsx": "react",
    "types": []
  },
  "ts-node": { "swc": true }
}`,
  'src/serve.d.mts': `export function serve(routes: Record<string, () => unknown>): void`,
}

/** ts-node then strips types with TypeScript. */
export function withoutSwc(tsconfig: string): string {
  return tsconfig.replace('"swc": true', '"transpileOnly": true')
}

/** A loader on versions of Node. */
export type Runs = readonly (readonly [Loader, readonly NodeMajor[]])[]

/** What hot-hook sees of a specifier that tsx has made another of: all of it, or, since tsx 4.22 with newer Nodes, nothing. */
export const seeing: Runs = [
  ['tsx', [20]],
  ['tsx-4.21', [20, 22, 24]],
  ['ts-node', [20, 24]],
]
export const blind: Runs = [['tsx', [22, 24]]]
export const stripping: Runs = [['native', [22, 24]]]

/** One row for each loader; native type stripping needs specifiers with the extension `.ts`. */
export function on(runs: Runs, row: Omit<Row, 'entry' | 'hotHook'> & Partial<Row>): Row[] {
  return runs.map(([loader, node]) => ({ entry, hotHook, ...row, others: { ...others, ...row.others }, loader, node }))
}
