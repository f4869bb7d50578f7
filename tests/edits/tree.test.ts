import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFileTree } from '../../src/edits/tree.ts'
import { createResolver } from '../../src/graph/resolver.ts'
import { directoryWith } from '../cli/run.ts'

describe('a tree over another tree', () => {
  it('reads what the other has written, and leaves it as it is', () => {
    const root = directoryWith({ 'a.ts': 'on disk' })
    const below = createFileTree()
    below.write(join(root, 'a.ts'), 'below')
    const above = createFileTree(below)
    expect(above.read(join(root, 'a.ts'))).toBe('below')
    above.write(join(root, 'a.ts'), 'above')
    expect(below.read(join(root, 'a.ts'))).toBe('below')
    expect(above.changes()).toEqual([{ path: join(root, 'a.ts'), before: 'below', after: 'above' }])
  })

  it('has created what the other has', () => {
    const root = directoryWith({ 'a.ts': '' })
    const below = createFileTree()
    below.write(join(root, 'b.ts'), '')
    below.write(join(root, 'a.ts'), 'edited')
    const above = createFileTree(below)
    above.write(join(root, 'c.ts'), '')
    expect(above.created()).toEqual([join(root, 'b.ts'), join(root, 'c.ts')])
  })
})

describe('a file that is not on disk yet', () => {
  const root = (): string => directoryWith({ 'src/server.ts': '' })

  it.each(['./app.ts', './app.js', './app', '../src/app.js'])('is found by %s', (specifier) => {
    const directory = root()
    const app = join(directory, 'src/app.ts')
    const resolver = createResolver(directory, () => [app])
    expect(resolver.resolve(join(directory, 'src/server.ts'), specifier)).toEqual({ kind: 'project', path: app })
  })

  it.each(['./app.mjs', './other.js', 'app.js'])('is not found by %s', (specifier) => {
    const directory = root()
    const resolver = createResolver(directory, () => [join(directory, 'src/app.ts')])
    expect(resolver.resolve(join(directory, 'src/server.ts'), specifier).kind).not.toBe('project')
  })

  it.each([
    ['#app', { imports: { '#*': './src/*.js' } }, undefined],
    ['@/app', {}, { compilerOptions: { paths: { '@/*': ['./src/*'] } } }],
  ])('is found by the alias %s', (specifier, manifest, tsconfig) => {
    const directory = directoryWith({
      'package.json': JSON.stringify(manifest),
      'src/server.ts': '',
      ...(tsconfig ? { 'tsconfig.json': JSON.stringify(tsconfig) } : {}),
    })
    const app = join(directory, 'src/app.ts')
    const resolver = createResolver(directory, () => [app])
    expect(resolver.resolve(join(directory, 'src/server.ts'), specifier)).toEqual({ kind: 'project', path: app })
  })

  it('is not found by an alias of another file', () => {
    const directory = directoryWith({ 'package.json': '{"imports":{"#app":"./src/other.js"}}', 'src/server.ts': '' })
    const resolver = createResolver(directory, () => [join(directory, 'src/app.ts')])
    expect(resolver.resolve(join(directory, 'src/server.ts'), '#app').kind).toBe('missing')
  })

  it('does not stand in for one that is there', () => {
    const directory = root()
    mkdirSync(join(directory, 'src/app'))
    writeFileSync(join(directory, 'src/app/index.ts'), '')
    const resolver = createResolver(directory, () => [join(directory, 'src/app.ts')])
    const found = resolver.resolve(join(directory, 'src/server.ts'), './app/index.js')
    expect(found.path).toBe(join(directory, 'src/app/index.ts'))
  })
})
