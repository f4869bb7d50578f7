import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { newDiagnostics, typeDiagnostics, type Diagnostic } from '../../src/verify/diagnostics.ts'
import { VerifyError } from '../../src/verify/error.ts'
import { repository } from '../engines/engines.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

type Files = Readonly<Record<string, string>>

function write(files: Files): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-')))
  directories.push(root)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

/** A project with the TypeScript of this repository. */
function project(files: Files): string {
  const root = write(files)
  mkdirSync(join(root, 'node_modules'))
  symlinkSync(join(repository, 'node_modules/typescript'), join(root, 'node_modules/typescript'))
  return root
}

/** A small library, so that the compiler has little to read. */
const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', lib: ['es5'], types: [] }

function config(more: object = {}, top: object = {}): string {
  return JSON.stringify({ compilerOptions: { ...options, ...more }, ...top })
}

async function diagnosticsOf(files: Files): Promise<readonly Diagnostic[] | undefined> {
  return (await typeDiagnostics(project(files)))?.diagnostics
}

const NO_NUMBER = "Type 'string' is not assignable to type 'number'."

function wrong(path: string, line: number, column: number): Diagnostic {
  return { path, line, column, code: 'TS2322', message: NO_NUMBER }
}

describe('typeDiagnostics', () => {
  it('finds none', async () => {
    const found = await typeDiagnostics(project({ 'tsconfig.json': config(), 'a.ts': 'export const n: number = 1' }))
    expect(found).toMatchObject({ configs: ['tsconfig.json'], diagnostics: [] })
    expect(found?.version).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('says where and what', async () => {
    const files = { 'tsconfig.json': config(), 'src/a.ts': "\nexport const n: number = ''" }
    expect(await diagnosticsOf(files)).toEqual([wrong('src/a.ts', 2, 14)])
  })

  it('keeps all lines of a message', async () => {
    const text = 'export const a: { b: { c: number } } = { b: { c: 1 } }\nexport const d: { b: { c: string } } = a'
    expect(await diagnosticsOf({ 'tsconfig.json': config(), 'a.ts': text })).toMatchObject([
      {
        message: [
          "Type '{ b: { c: number; }; }' is not assignable to type '{ b: { c: string; }; }'.",
          "  The types of 'b.c' are incompatible between these types.",
          "    Type 'number' is not assignable to type 'string'.",
        ].join('\n'),
      },
    ])
  })

  it('makes paths in messages relative', async () => {
    const found = await diagnosticsOf({
      'tsconfig.json': config(),
      'src/one.ts': 'export class User { private a = 1 }',
      'src/two.ts': 'export class User { private a = 1 }',
      'src/use.ts': "import * as one from './one.js'\nexport const u: typeof one = await import('./two.js')",
      'package.json': '{"type":"module"}',
    })
    const text = found?.map(({ message }) => message).join('\n')
    expect(text).toContain('typeof import("src/two"')
    expect(text).not.toContain(tmpdir())
  })

  it('leaves a path that is a type', async () => {
    const found = await diagnosticsOf({ 'tsconfig.json': config(), 'a.ts': "export const a: '/users' = '/posts'" })
    expect(found).toMatchObject([{ message: 'Type \'"/posts"\' is not assignable to type \'"/users"\'.' }])
  })

  it.each([
    ['composite', { composite: true, noEmit: false, outDir: 'dist' }],
    ['incremental', { incremental: true }],
    ['incremental with a file', { incremental: true, tsBuildInfoFile: 'x.tsbuildinfo' }],
    ['emitDeclarationOnly', { noEmit: false, declaration: true, declarationMap: true, emitDeclarationOnly: true }],
  ])('checks and writes nothing with %s', async (_, more) => {
    const root = project({ 'tsconfig.json': config(more), 'a.ts': "export const n: number = ''" })
    expect((await typeDiagnostics(root))?.diagnostics).toEqual([wrong('a.ts', 1, 14)])
    expect(readdirSync(root).sort()).toEqual(['a.ts', 'node_modules', 'tsconfig.json'])
  })

  it('checks what a config references', async () => {
    const root = project({
      'tsconfig.json':
        '{ "files": [], /* both */ "references": [{ "path": "./app" }, { "path": "./tsconfig.node.json" }] }',
      'app/tsconfig.json': config({ composite: true, noEmit: false }),
      'app/a.ts': "export const n: number = ''",
      'tsconfig.node.json': config({ composite: true, noEmit: false }, { include: ['b.ts', 'app/a.ts'] }),
      'b.ts': "\nexport const n: number = ''",
    })
    expect(await typeDiagnostics(root)).toMatchObject({
      configs: ['app/tsconfig.json', 'tsconfig.node.json'],
      diagnostics: [wrong('app/a.ts', 1, 14), wrong('b.ts', 2, 14)],
    })
  })

  it('leaves what is referenced outside of the directory', async () => {
    const root = project({
      'server/tsconfig.json': config({}, { references: [{ path: '../shared' }] }),
      'server/a.ts': 'export const n: number = 1',
      'shared/tsconfig.json': config({ composite: true, noEmit: false }),
      'shared/b.ts': "export const n: number = ''",
    })
    expect(await typeDiagnostics(join(root, 'server'))).toMatchObject({ configs: ['tsconfig.json'], diagnostics: [] })
  })

  it('goes through a link', async () => {
    const root = project({ 'app/tsconfig.json': config(), 'app/a.ts': "export const n: number = ''" })
    symlinkSync(join(root, 'app'), join(root, 'link'))
    expect((await typeDiagnostics(join(root, 'link')))?.diagnostics).toEqual([wrong('a.ts', 1, 14)])
  })

  it('is undefined without a tsconfig', async () => {
    expect(await diagnosticsOf({ 'a.js': 'export const n = 1' })).toBeUndefined()
  })

  it('is undefined without a compiler', async () => {
    expect(await typeDiagnostics(write({ 'tsconfig.json': config(), 'a.ts': '' }))).toBeUndefined()
  })

  it('goes on after an option that the compiler does not know', async () => {
    const found = await diagnosticsOf({ 'tsconfig.json': config({ unheardOf: 1 }), 'a.ts': 'export const n = 1' })
    expect(found).toMatchObject([{ path: 'tsconfig.json', line: 1, code: 'TS5023' }])
  })

  it.each([
    ['no files', config({}, { include: ['src'] }), /TS18003/],
    ['types that are not there', config({ types: ['unheard-of'] }), /TS2688: Cannot find type definition file/],
    ['options that exclude each other', config({ isolatedDeclarations: true }), /tsconfig\.json:1: TS5069/],
    ['a base that is not there', config({}, { extends: './base.json', files: [] }), /TS\d+/],
  ])('refuses a config with %s', async (_, text, message) => {
    const root = project({ 'tsconfig.json': text, 'a.ts': "export const n: number = ''" })
    const error: unknown = await typeDiagnostics(root).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(VerifyError)
    expect(String(error)).toMatch(message)
    expect(String(error)).toContain('Run `npx tsc --noEmit -p tsconfig.json`')
  })
})

/** A project whose compiler is a script of its own: what the real one does not do on demand. */
function broken(script: string): string {
  return write({
    'tsconfig.json': config(),
    'node_modules/typescript/package.json': '{"version":"0.0.1","bin":{"tsserver":"./no.js","tsc":"./bin/tsc"}}',
    'node_modules/typescript/bin/tsc': `#!/usr/bin/env node\n${script}`,
  })
}

const HANGS =
  "require('node:child_process').execFileSync(process.execPath, ['-e', 'setInterval(() => {}, 9)'], { stdio: 'inherit' })"

describe('a compiler that fails', () => {
  it('by an exception', async () => {
    const message = /^TypeScript 0\.0\.1 failed on tsconfig\.json \((?:.|\n)*Debug Failure/
    await expect(typeDiagnostics(broken("throw new Error('Debug Failure')"))).rejects.toThrow(message)
  })

  it('by a signal, after it printed some', async () => {
    const script = "console.log('a.ts(1,1): error TS1: x.'); process.kill(process.pid, 'SIGKILL')"
    await expect(typeDiagnostics(broken(script))).rejects.toThrow(VerifyError)
  })

  it('by taking too long: it is ended with what it started', async () => {
    const message = 'TypeScript 0.0.1 did not check tsconfig.json within 100 ms.'
    await expect(typeDiagnostics(broken(HANGS), { timeout: 100 })).rejects.toThrow(message)
  })

  it('by being called off: it is ended with what it started', async () => {
    const signal = AbortSignal.timeout(100)
    await expect(typeDiagnostics(broken(HANGS), { signal })).rejects.toThrow('aborted due to timeout')
  })

  it('does not start when it was called off before', async () => {
    const signal = AbortSignal.abort()
    await expect(typeDiagnostics(broken(HANGS), { signal })).rejects.toBe(signal.reason)
  })

  it('is not one that prints a lot', async () => {
    const script =
      "for (let n = 1; n <= 50_000; n++) console.log('a.ts(%d,1): error TS1: Wrong.', n); process.exitCode = 2"
    expect((await typeDiagnostics(broken(script)))?.diagnostics).toHaveLength(50_000)
  })

  it('is run by itself when it is a binary', async () => {
    const root = broken('')
    rmSync(join(root, 'node_modules/typescript/bin/tsc'))
    symlinkSync(process.execPath, join(root, 'node_modules/typescript/bin/tsc'))
    await expect(typeDiagnostics(root)).rejects.toThrow(/bad option: --noEmit/)
  })
})

describe('newDiagnostics', () => {
  /** Those that are new in the text after, and those that went away, each with its place. */
  async function compared(before: string, after: string): Promise<{ added: string[]; gone: string[] }> {
    const check = async (text: string) => (await diagnosticsOf({ 'tsconfig.json': config(), 'a.ts': text })) ?? []
    const [was, is] = [{ diagnostics: await check(before) }, { diagnostics: await check(after) }]
    const places = (list: readonly Diagnostic[]) => list.map(({ path, line, code }) => `${path}:${line} ${code}`)
    return { added: places(newDiagnostics(was, is)), gone: places(newDiagnostics(is, was)) }
  }

  const [right, bad] = ['export const a: number = 1', "export const a: number = ''"]

  it('has none when there were none', async () => {
    expect(await compared(right, right)).toEqual({ added: [], gone: [] })
  })

  it('has one that is new', async () => {
    expect(await compared(right, bad)).toEqual({ added: ['a.ts:1 TS2322'], gone: [] })
  })

  it('has one that went away', async () => {
    expect(await compared(bad, right)).toEqual({ added: [], gone: ['a.ts:1 TS2322'] })
  })

  it('has none that only moved', async () => {
    expect(await compared(bad, `\n\n  ${bad}`)).toEqual({ added: [], gone: [] })
  })

  it('has the second of two that are alike', async () => {
    const second = "export const b: number = ''"
    expect(await compared(bad, `${bad}\n${second}`)).toEqual({ added: ['a.ts:2 TS2322'], gone: [] })
  })

  it('has one that became another', async () => {
    expect(await compared(bad, 'export const a: number = true')).toEqual({
      added: ['a.ts:1 TS2322'],
      gone: ['a.ts:1 TS2322'],
    })
  })

  const of = (message: string, path = 'a.ts') => ({ diagnostics: [{ ...wrong(path, 1, 1), message }] })

  it('has none whose union has another order', () => {
    const [was, is] = [
      `Type 'C' is not assignable to type '"a" | "b"'.`,
      `Type 'C' is not assignable to type '"b" | "a"'.`,
    ]
    expect(newDiagnostics(of(was), of(is))).toEqual([])
  })

  it('has one whose union has another member', () => {
    const [was, is] = [
      `Type 'C' is not assignable to type '"a" | "b"'.`,
      `Type 'C' is not assignable to type '"a" | "c"'.`,
    ]
    expect(newDiagnostics(of(was), of(is))).toEqual(of(is).diagnostics)
  })

  it('has one that is in another file', () => {
    expect(newDiagnostics(of('x'), of('x', 'b.ts'))).toEqual(of('x', 'b.ts').diagnostics)
  })
})
