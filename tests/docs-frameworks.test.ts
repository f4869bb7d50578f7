import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { repository } from './engines/engines.ts'
import { migrate, type MigrateOptions } from '../src/api.ts'

/**
 * A fenced block of a page, as the words after its language say: `file` is part of the project of all examples below
 * it, `before` an example, and the block behind that one either `after` or `unchanged`.
 */
interface Block {
  readonly kind: string
  /** `express@4` and `level=mount` of a `before`, the reason of an `unchanged`. */
  readonly labels: readonly string[]
  /** From the comment in its first line. */
  readonly filename: string
  readonly text: string
  readonly line: number
}

interface Example {
  readonly name: string
  readonly files: readonly Block[]
  readonly before: Block
  readonly after: Block
}

/** What the examples of a page depend on where they do not say it. */
const DEPENDENCIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'README.md': { express: '^5.1.0' },
  'docs/frameworks/express.md': { express: '^5.1.0' },
  'docs/frameworks/fastify.md': { fastify: '^5.6.0' },
  'docs/frameworks/hono.md': { hono: '^4.9.0', '@hono/node-server': '^1.19.0' },
  'docs/frameworks/koa.md': { koa: '^3.0.0', '@koa/router': '^14.0.0' },
  'docs/frameworks/node-http.md': {},
}

function blocksOf(page: string): Block[] {
  const source = readFileSync(join(repository, page), 'utf8')
  return [...source.matchAll(/^```(?:ts|js) ([^\n]+)\n(\/\/ (\S+)\n[^]*?)^```$/gm)].map((match) => {
    const [, info = '', text = '', filename = ''] = match
    const [kind = '', ...labels] = info.split(' ')
    return { kind, labels, filename, text, line: source.slice(0, match.index).split('\n').length }
  })
}

/** The examples of a page, each with the files above it; of two with one name, the nearer one. */
function examplesOf(page: string): Example[] {
  const blocks = blocksOf(page)
  return blocks.flatMap((before, index) => {
    const after = blocks[index + 1]
    if (before.kind !== 'before' || after === undefined) return []
    const files = blocks.slice(0, index).filter(({ kind }) => kind === 'file')
    return [{ name: `${page}:${before.line}`, files, before, after }]
  })
}

/** A project with the files of an example; `express@4` among its labels is the version it depends on. */
function projectOf(page: string, { files, before }: Example, text: string): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-docs-')))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, '.git'))
  const versions = before.labels.flatMap((label) => {
    const [, name, major] = /^(.+)@(\d+)$/.exec(label) ?? []
    return name === undefined ? [] : [[name, `^${major}.0.0`]]
  })
  const dependencies = { ...DEPENDENCIES[page], ...(Object.fromEntries(versions) as Record<string, string>) }
  const entry = [...files, before].find(({ filename }) => /(?:^|\/)server\.[jt]s$/.test(filename))?.filename
  const manifest = { name: 'app', type: 'module', scripts: { dev: `tsx watch ${entry}` }, dependencies }
  const texts = new Map(files.map((file) => [file.filename, file.text]))
  texts.set(before.filename, text).set('package.json', JSON.stringify(manifest))
  for (const [path, content] of texts) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

function levelOf({ labels }: Block): Pick<MigrateOptions, 'level'> {
  const level = labels.find((label) => label.startsWith('level='))?.slice('level='.length)
  return level === undefined ? {} : { level: level as NonNullable<MigrateOptions['level']> }
}

/** The text of the example's file as `migrate` leaves it, and the reasons of what it did not rewrite there. */
async function migrated(page: string, example: Example, text: string): Promise<[text: string, reasons: string[]]> {
  const { before } = example
  const directory = projectOf(page, example, text)
  const { changes, imports } = await migrate({ directory, ...levelOf(before) })
  const path = join(directory, before.filename)
  const left = imports.filter((found) => found.path === before.filename && /leave|suggest/.test(found.verdict))
  return [changes.find((change) => change.path === path)?.after ?? text, left.map(({ reason }) => reason)]
}

describe.each(Object.keys(DEPENDENCIES))('%s', (page) => {
  it('has a block behind each example that says what becomes of it', () => {
    const kinds = blocksOf(page).map(({ kind }) => kind)
    expect(kinds.filter((kind) => !/^(?:file|before|after|unchanged)$/.test(kind))).toEqual([])
    const examples = examplesOf(page)
    expect(examples.length).toBeGreaterThan(0)
    expect(examples.filter(({ after }) => !/^(?:after|unchanged)$/.test(after.kind))).toEqual([])
    expect(kinds.filter((kind) => /^(?:after|unchanged)$/.test(kind))).toHaveLength(examples.length)
  })

  it.each(examplesOf(page).map((example) => [example.name, example] as const))('%s', async (_, example) => {
    const { before, after } = example
    const [text, reasons] = await migrated(page, example, before.text)
    expect(text).toBe(after.text)
    if (after.kind === 'unchanged') {
      expect(after.text).toBe(before.text)
      expect(reasons).toEqual(after.labels)
    }
    const [again] = await migrated(page, example, text)
    expect(again).toBe(text)
  })
})
