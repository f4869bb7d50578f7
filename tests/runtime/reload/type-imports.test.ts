import type { Outcome } from '../../../src/graph/reload.ts'
import { testRows } from './rows.ts'
import { blind, on, others, seeing, stripping, withoutSwc } from './typescript.ts'

const typeImports = {
  name: 'types imported from a boundary, as .js, beside its lazy import',
  urls: ['/before', '/inline', '/after', '/query', '/spelling', '/export'],
  packageJson: { imports: { '#c/*': './src/c/*' } },
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
import type { T as Before } from './c/before.js'
import { type T as Inline } from './c/inline.js'
import type { T as Spelling } from './c/../c/spelling.js'
export type { T as Exported } from './c/export.js'
type Query = import('./c/query.js').T
const before = async (): Promise<Before> => (await import('./c/before.js')).show()
const inline = async (): Promise<Inline> => (await import('./c/inline.js')).show()
const after = async (): Promise<After> => (await import('./c/after.js')).show()
const query = async (): Promise<Query> => (await import('./c/query.js')).show()
const spelling = async (): Promise<Spelling> => (await import('./c/spelling.js')).show()
const exported = async () => (await import('./c/export.js')).show()
import type { T as After } from './c/after.js'
serve({ '/before': before, '/inline': inline, '/after': after, '/query': query, '/spelling': spelling, '/export': exported })`,
    ...Object.fromEntries(
      ['before', 'inline', 'after', 'query', 'spelling', 'export'].map((name) => [
        `src/c/${name}.ts`,
        `export type T = string\nexport const show = (): T => '${name}=1'`,
      ]),
    ),
  },
}
const trapped: Record<string, Outcome> = {
  'src/c/before.ts': 'restart',
  'src/c/inline.ts': 'restart',
  'src/c/after.ts': 'hot',
  'src/c/query.ts': 'hot',
  'src/c/spelling.ts': 'hot',
  'src/c/export.ts': 'hot',
}
const withTsExtension = {
  ...typeImports,
  name: 'types imported from a boundary, as .ts, beside its lazy import',
  files: {
    ...typeImports.files,
    'src/index.ts': typeImports.files['src/index.ts']
      .replaceAll(/(\w)\.js'/g, "$1.ts'")
      .replace('{ type T as Inline }', 'type { T as Inline }'),
  },
}

testRows([
  ...on(seeing, { ...typeImports, expected: trapped }),
  ...on(blind, { ...typeImports, expected: { ...trapped, 'src/c/before.ts': 'hot', 'src/c/inline.ts': 'hot' } }),
  ...on([...seeing, ...blind, ...stripping], { ...withTsExtension, expected: trapped }),
])

const typeOnlyUses = {
  name: 'imports that are used as types only',
  urls: ['/a'],
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
import { Used } from './used.ts'
import { type Inline } from './inline.ts'
import type { Typed } from './typed.ts'
import type { Only } from './only.ts'
const show = async (): Promise<unknown> => (await import('./c/a.ts')).show()
serve({ '/a': show })
export const use = (used: Used, inline: Inline, typed: Typed, only: Only): unknown => [used, inline, typed, only]`,
    'src/c/a.ts': `import { Used } from '../used.ts'
import { Inline } from '../inline.ts'
import { Typed } from '../typed.ts'
export const show = (): unknown => ['a=1', new Used().text, new Inline().text, new Typed().text]`,
    'src/used.ts': `export class Used { text: string = 'used=1' }`,
    'src/inline.ts': `export class Inline { text: string = 'inline=1' }`,
    'src/only.ts': `export interface Only {}`,
    'src/typed.ts': `export class Typed { text: string = 'typed=1' }`,
  },
}
const verbatim = {
  ...typeOnlyUses,
  others: { 'tsconfig.json': others['tsconfig.json'].replace('"types"', '"verbatimModuleSyntax": true, "types"') },
}
const kept: Record<string, Outcome> = {
  'src/c/a.ts': 'hot',
  'src/used.ts': 'restart',
  'src/inline.ts': 'restart',
  'src/typed.ts': 'hot',
  'src/only.ts': 'unwatched',
}
const elided: Record<string, Outcome> = { ...kept, 'src/used.ts': 'hot', 'src/inline.ts': 'hot' }

const injected = {
  name: 'a class injected by emitDecoratorMetadata',
  urls: ['/a'],
  files: {
    'src/index.ts': `import { serve } from './serve.mjs'
import { Server } from './server.js'
serve({ '/a': async () => [Server.name, await (await import('./c/a.js')).show()] })`,
    'src/server.ts': `import { Service } from './service.js'
const inject = (target: unknown): void => void target
@inject
export class Server {
  constructor(public service: Service) {}
}`,
    'src/service.ts': `export class Service { text: string = 'service=1' }`,
    'src/c/a.ts': `import { Service } from '../service.js'
export const show = (): unknown => ['a=1', new Service().text]`,
  },
  others: {
    'tsconfig.json': others['tsconfig.json'].replace('"types"', '"emitDecoratorMetadata": true, "types"'),
  },
}

testRows([
  ...on(
    [
      ['tsx', [20, 24]],
      ['ts-node', [20, 24]],
    ],
    { ...typeOnlyUses, expected: elided },
  ),
  ...on(stripping, { ...typeOnlyUses, expected: kept }),
  ...on([['tsx', [20, 24]]], { ...verbatim, name: `${typeOnlyUses.name}, with verbatimModuleSyntax`, expected: kept }),
  // ts-node does not tell swc of verbatimModuleSyntax.
  ...on([['ts-node', [20, 24]]], {
    ...verbatim,
    name: `${typeOnlyUses.name}, with verbatimModuleSyntax and swc`,
    expected: elided,
  }),
  ...on([['ts-node', [20, 24]]], {
    ...verbatim,
    name: `${typeOnlyUses.name}, with verbatimModuleSyntax and without swc`,
    others: { 'tsconfig.json': withoutSwc(verbatim.others['tsconfig.json']) },
    expected: kept,
  }),
  ...on([['tsx', [20, 24]]], { ...injected, expected: { 'src/server.ts': 'restart', 'src/service.ts': 'hot' } }),
  ...on([['ts-node', [20, 24]]], {
    ...injected,
    expected: { 'src/server.ts': 'restart', 'src/service.ts': 'restart' },
  }),
])
