import { describe, expect, it } from 'vitest'
import { types } from '../../codemods/types.ts'
import { run, type Result } from './run.ts'

const TEXT = '/// <reference types="hot-hook/import-meta" />\n'
const project = {
  'package.json': '{"scripts":{"dev":"tsx src/server.ts"},"devDependencies":{"hot-hook":"^1.0.0"}}',
  'src/server.ts': '',
}

function express(files: Readonly<Record<string, string>>): Promise<Result> {
  return run(types, { ...project, ...files }, { name: 'express', major: 5 })
}

describe('types', () => {
  it.each([
    ['of all files', '{}', 'hot-hook.d.ts'],
    ['that includes one directory', '{ // comment\n"include": ["src"],\n}', 'src/hot-hook.d.ts'],
    ['that includes a glob', '{"include": ["src/**/*.ts"]}', 'src/hot-hook.d.ts'],
    ['that includes declarations of one directory', '{"include": ["src/*.ts", "types/*.d.ts"]}', 'src/hot-hook.d.ts'],
    ['that includes another directory', '{"files": ["src/server.ts"], "include": ["types"]}', 'types/hot-hook.d.ts'],
    ['with rootDir', '{"compilerOptions": {"rootDir": "./src"}}', 'src/hot-hook.d.ts'],
    ['with rootDir and all included', '{"compilerOptions": {"rootDir": "."}, "include": ["**/*"]}', 'hot-hook.d.ts'],
    [
      'that extends a package that is not installed',
      '{"extends": "@tsconfig/node20/tsconfig.json", "include": ["src"]}',
      'src/hot-hook.d.ts',
    ],
  ])('are declared where a tsconfig.json %s has them', async (_, tsconfig, path) => {
    const { changed, summary, edits, notes } = await express({ 'tsconfig.json': tsconfig })
    expect(changed).toEqual({ [path]: TEXT })
    expect(summary).toBe('`import.meta.hot` declared')
    expect(edits).toBe(1)
    expect(notes).toEqual([])
  })
  it('are declared in the project that is referred to', async () => {
    const { changed } = await express({
      'tsconfig.json':
        '{"files": [], "references": [{"path": "./tsconfig.web.json"}, {"path": "./tsconfig.server.json"}]}',
      'tsconfig.web.json': '{"include": ["web"]}',
      'tsconfig.server.json': '{"include": ["src"]}',
    })
    expect(changed).toEqual({ 'src/hot-hook.d.ts': TEXT })
  })

  it.each([
    ['without tsconfig.json', {}],
    ['referenced', { 'tsconfig.json': '{}', 'src/env.d.ts': TEXT }],
    ['referenced in a source file', { 'tsconfig.json': '{}', 'src/server.ts': TEXT }],
    ['listed', { 'tsconfig.json': '{"compilerOptions": {"types": ["node", "hot-hook/import-meta"]}}' }],
    [
      'declared',
      { 'tsconfig.json': '{}', 'types/meta.d.ts': 'interface ImportMeta {\n  readonly hot?: { dispose(): void }\n}\n' },
    ],
  ])('are left alone %s', async (_, files) => {
    const { changed, notes } = await express(files)
    expect(changed).toEqual({})
    expect(notes).toEqual([])
  })
  it('are left alone in JavaScript', async () => {
    const { changed } = await run(
      types,
      { 'package.json': project['package.json'], 'tsconfig.json': '{}', 'src/server.js': '' },
      { name: 'express', major: 5 },
    )
    expect(changed).toEqual({})
  })
  it.each([
    ['vite/client', { 'tsconfig.json': '{"compilerOptions": {"types": ["vite/client"]}}' }],
    ['vite/client', { 'tsconfig.json': '{}', 'src/vite-env.d.ts': '/// <reference types="vite/client" />\n' }],
    ['bun', { 'tsconfig.json': '{"compilerOptions": {"types": ["bun"]}}' }],
  ])('are left alone beside those of %s', async (name, files) => {
    const { changed, notes } = await express(files)
    expect(changed).toEqual({})
    expect(notes).toEqual([
      `info tsconfig.json ${name} declares import.meta.hot as another tool has it, so hot-hook's declaration was not added: TypeScript refuses both.`,
    ])
  })
  it('are left to a person where files are listed', async () => {
    const { changed, notes } = await express({ 'tsconfig.json': '{"files": ["src/server.ts"]}' })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual tsconfig.json It lists its files, so nothing was added for import.meta.hot. Add a file with `/// <reference types="hot-hook/import-meta" />` to the list.',
    ])
  })
  it('need hot-hook', async () => {
    const { changed, notes } = await express({ 'tsconfig.json': '{}', 'package.json': '{}' })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'info package.json hot-hook is no dependency, so TypeScript would not find its declaration of import.meta.hot. Run the codemod dev-dependencies too.',
    ])
  })

  it('are declared on AdonisJS where a file uses them', async () => {
    const files = { 'package.json': '{"devDependencies":{"hot-hook":"^1.0.0"}}', 'tsconfig.json': '{}' }
    const unused = await run(types, { ...files, 'app/a.ts': '// import.meta\n' })
    expect(unused.changed).toEqual({})
    const used = await run(types, { ...files, 'app/a.ts': 'import.meta.hot?.dispose(() => {})\n' })
    expect(used.changed).toEqual({ 'hot-hook.d.ts': TEXT })
  })

  it.each([
    [
      'is the default of TypeScript 5 for a later target',
      '{\n  "compilerOptions": {\n    "target": "ESNext" // latest\n  }\n}\n',
      '{\n  "compilerOptions": {\n    "target": "ESNext", // latest\n    "module": "ESNext"\n  }\n}\n',
    ],
    ['is said', '{"compilerOptions": {"module": "es2015"}}', '{"compilerOptions": {"module": "ESNext"}}'],
  ])('raise a module of ES2015, which has no import(): it %s', async (_, before, after) => {
    const { changed, summary, edits } = await express({ 'tsconfig.json': before })
    expect(changed).toEqual({ 'hot-hook.d.ts': TEXT, 'tsconfig.json': after })
    expect(summary).toBe('`import.meta.hot` declared, `module` of tsconfig.json raised')
    expect(edits).toBe(2)
  })
  it('raise the module that another file says', async () => {
    const { changed } = await express({
      'tsconfig.json': '{"extends": "./tsconfig.base.json", "compilerOptions": {"strict": true}}',
      'tsconfig.base.json': '{"compilerOptions": {"module": "ES6"}}',
    })
    expect(changed['tsconfig.json']).toBe(
      '{"extends": "./tsconfig.base.json", "compilerOptions": {"strict": true, "module": "ESNext"}}',
    )
    expect(changed['tsconfig.base.json']).toBeUndefined()
  })
  it.each([
    ['of a later one', '{"compilerOptions": {"target": "ES2022", "module": "ES2020"}}'],
    ['of Node.js', '{"compilerOptions": {"module": "nodenext"}}'],
    ['of CommonJS by default', '{"compilerOptions": {"strict": true}}'],
  ])('leave a module alone %s', async (_, tsconfig) => {
    const { changed } = await express({ 'tsconfig.json': tsconfig })
    expect(changed).toEqual({ 'hot-hook.d.ts': TEXT })
  })
})
