import { ESLint, type Linter } from 'eslint'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import json from '@eslint/json'
import * as parser from '@typescript-eslint/parser'
import { describe, expect, it, onTestFinished } from 'vitest'
import { repository } from './engines/engines.ts'
import { world } from './fixtures/world.ts'

const built = async <Module>(path: string): Promise<Module> => (await import(join(repository, 'dist', path))) as Module
const { default: plugin } = await built<typeof import('../src/index.ts')>('src/index.js')
const { transformSource, migrate } = await built<typeof import('../src/api.ts')>('src/api.js')
const { migrationAsJson } = await built<typeof import('../src/cli/render/json.ts')>('src/cli/render/json.js')
const { codemods } = await built<typeof import('../codemods/index.ts')>('codemods/index.js')
const { readProject } = await built<typeof import('../src/project/open.ts')>('src/project/open.js')
const { createFileTree } = await built<typeof import('../src/edits/tree.ts')>('src/edits/tree.js')
const { fileRewrites } = await built<typeof import('../src/lazy/file-rewrite.ts')>('src/lazy/file-rewrite.js')

/** A fenced code block whose first words after the language say what the tests do with it. */
interface Block {
  readonly labels: readonly string[]
  /** From the comment in the first line, or from a label; package.json for JSON. */
  readonly filename: string
  readonly text: string
  readonly line: number
}

function blocksOf(page: string): Block[] {
  const source = readFileSync(join(repository, page), 'utf8')
  return [...source.matchAll(/^```(\w+) ([^\n]+)\n([^]*?)^```$/gm)].map(
    ([, language, info = '', text = ''], index, all) => {
      const labels = info.split(' ')
      const comment = /^\/\/ (\S+)\n/.exec(text)?.[1]
      const filename =
        labels.find((label) => label.includes('.')) ?? comment ?? (language === 'json' ? 'package.json' : '')
      return { labels, filename, text, line: source.slice(0, all[index]?.index).split('\n').length }
    },
  )
}

/** Blocks of the first kind, each with the block behind it. */
function pairsOf(page: string, kind: string): [name: string, block: Block, next: Block | undefined][] {
  const blocks = blocksOf(page)
  return blocks.flatMap((block, index) =>
    block.labels[0] === kind
      ? [[`${page}:${block.line}`, block, blocks[index + 1]] as [string, Block, Block | undefined]]
      : [],
  )
}

/** A copy of the world with `files` in it, on AdonisJS 7 where `v7` is among the labels. */
function worldWith(files: readonly Block[], v7: boolean): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-docs-')))
  onTestFinished(() => rmSync(root, { recursive: true }))
  cpSync(world, root, { recursive: true })
  if (v7) {
    const path = join(root, 'package.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"^6.18.0"', '"^7.5.0"'))
  }
  for (const { filename, text } of files) {
    mkdirSync(dirname(join(root, filename)), { recursive: true })
    writeFileSync(join(root, filename), text)
  }
  return root
}

const pages = (directory: string): string[] =>
  readdirSync(join(repository, directory))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${directory}/${name}`)

describe('examples of rules', () => {
  async function lint(rule: string, block: Block, fix: boolean): Promise<ESLint.LintResult> {
    // The page's files may be another server than the AdonisJS application of the fixtures.
    const around = block.labels.includes('adonis') ? [] : pairsOf(`docs/rules/${rule}.md`, 'file')
    const root = worldWith([...around.map(([, file]) => file), block], block.labels.includes('v7'))
    const eslint = new ESLint({
      cwd: root,
      fix,
      overrideConfigFile: true,
      overrideConfig: [
        {
          plugins: { json, 'hot-codemod': plugin },
          rules: { [`hot-codemod/${rule}`]: ['error', ...optionsOf(block)] },
          ...(block.filename.endsWith('.json')
            ? { files: ['**/package.json'], language: 'json/json' }
            : { files: ['**/*.ts'], languageOptions: { parser: parser as Linter.Parser } }),
        },
      ],
    })
    const [result] = await eslint.lintText(block.text, { filePath: join(root, block.filename) })
    if (!result) throw new Error(`${block.filename} was not linted.`)
    expect(result.messages.filter(({ fatal }) => fatal)).toEqual([])
    return result
  }

  /** A label that is JSON: `{"minimum":1}`. */
  function optionsOf({ labels }: Block): unknown[] {
    return labels.filter((label) => label.startsWith('{')).map((label) => JSON.parse(label) as unknown)
  }

  for (const page of pages('docs/rules')) {
    const rule = basename(page, '.md')

    it.each(pairsOf(page, 'incorrect'))('%s is incorrect', async (_, block, next) => {
      const { messages } = await lint(rule, block, false)
      const count = Number(block.labels.find((label) => /^\d+$/.test(label)) ?? 1)
      expect(messages.map(({ ruleId }) => ruleId)).toEqual(Array(count).fill(`hot-codemod/${rule}`))
      const lines = block.text.split('\n')
      const reported = messages.map(({ line }) => lines[line - 1])
      expect(new Set(reported).size).toBe(count)
      if (rule.startsWith('prefer-lazy-')) for (const line of reported) expect(line).toMatch(/^(?:import|export) /)

      const { output = block.text } = await lint(rule, block, true)
      expect(output).toBe(next?.labels[0] === 'fixed' ? next.text : block.text)
      const suggested = messages.flatMap(({ suggestions = [] }) =>
        suggestions.map(({ fix }) => block.text.slice(0, fix.range[0]) + fix.text + block.text.slice(fix.range[1])),
      )
      expect(suggested).toEqual(next?.labels[0] === 'suggested' ? [next.text] : [])
    })

    it.each(pairsOf(page, 'correct'))('%s is correct', async (_, block) => {
      expect((await lint(rule, block, false)).messages).toEqual([])
    })

    it.each([...pairsOf(page, 'fixed'), ...pairsOf(page, 'suggested')])('%s has a block before it', (_, block) => {
      expect(pairsOf(page, 'incorrect').map(([, , next]) => next?.line)).toContain(block.line)
    })
  }
})

describe('configurations', () => {
  const setups = pages('docs/rules').flatMap((page) => pairsOf(page, 'setup'))

  it('are shown for package.json', () => {
    expect(setups.map(([name]) => name.split(':')[0])).toContain('docs/rules/valid-hot-hook-config.md')
  })

  it.each(setups)('%s works', async (_, block, next) => {
    const root = worldWith([block, ...(next ? [next] : [])], false)
    for (const [name, target] of [
      ['hot-codemod', repository],
      ['@eslint/json', join(repository, 'node_modules/@eslint/json')],
    ] as const) {
      mkdirSync(dirname(join(root, 'node_modules', name)), { recursive: true })
      symlinkSync(target, join(root, 'node_modules', name), 'dir')
    }
    const results = await new ESLint({ cwd: root }).lintFiles([next?.filename ?? '.'])
    expect(results.flatMap(({ messages }) => messages).map(({ ruleId }) => ruleId)).toEqual([
      'hot-codemod/valid-hot-hook-config',
    ])
  })
})

describe('examples of codemods', () => {
  for (const page of pages('docs/codemods')) {
    const name = basename(page, '.md')
    const blocks = blocksOf(page)

    it.each(pairsOf(page, 'before'))('%s', async (_, before, after) => {
      expect(['after', 'unchanged']).toContain(after?.labels[0])
      const around = filesAround(blocks, before)
      const root = worldWith([...around, before], before.labels.includes('v7'))
      // What works on one file at a time writes no other.
      const run = name in fileRewrites && !after?.text.includes('fromModule') ? transform : runOnProject
      const result = await run(name, root, before.filename, before.text)
      expect(result).toBe(after?.text)
      if (after?.labels[0] === 'unchanged') expect(after.text).toBe(before.text)

      const again = worldWith([...around, { ...before, text: result }], before.labels.includes('v7'))
      expect(await run(name, again, before.filename, result)).toBe(result)
    })
  }

  /** The `file` blocks between the example before and this one. */
  function filesAround(blocks: readonly Block[], before: Block): Block[] {
    const index = blocks.indexOf(blocks.find(({ line }) => line === before.line) ?? before)
    const files: Block[] = []
    for (let at = index - 1; blocks[at]?.labels[0] === 'file'; at -= 1) files.push(...blocks.slice(at, at + 1))
    return files
  }

  async function transform(name: string, root: string, filename: string, text: string): Promise<string> {
    return (await transformSource(name as Parameters<typeof transformSource>[0], join(root, filename), text)) ?? text
  }

  async function runOnProject(name: string, root: string, filename: string): Promise<string> {
    const project = readProject(root)
    const major = JSON.stringify(project.packageJson).includes('"@adonisjs/core":"^7') ? 7 : 6
    // An example without dependencies is of an AdonisJS application.
    const framework = project.framework.name === 'node' ? ({ name: 'adonisjs', major } as const) : project.framework
    const tree = createFileTree()
    await codemods.find((codemod) => codemod.name === name)?.run({ ...project, framework }, tree)
    return tree.read(join(root, filename)) ?? ''
  }
})

describe('the reasons', () => {
  const rows = (page: string, name: string): string[] => {
    const [, table = ''] =
      new RegExp(`<!-- ${name} -->([^]*)<!-- /${name} -->`).exec(readFileSync(join(repository, page), 'utf8')) ?? []
    return [...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, code = '']) => code)
  }

  it.each(pages('docs/rules').filter((page) => page.includes('/prefer-lazy-')))(
    '%s lists those of its role',
    (page) => {
      const role = /prefer-lazy-(\w+)-import/.exec(page)?.[1]
      expect(rows(page, `${role} reasons: suggest`)).toContain('mixed-declaration')
      expect(rows(page, `${role} reasons: leave`)).toContain('constructed')
    },
  )

  it('has all of them in its tables', () => {
    const found = ['reasons', 'reasons of functions'].flatMap((name) => rows('docs/reasons.md', name))
    expect(found).toHaveLength(
      [...readFileSync(join(repository, 'src/lazy/reasons.ts'), 'utf8').matchAll(/^ {2}'?[\w-]+'?: \(/gm)].length,
    )
  })
})

describe('the JSON report', () => {
  it('has the fields that are documented, and no others', async () => {
    const [, table = ''] =
      /<!-- fields -->([^]*)<!-- \/fields -->/.exec(readFileSync(join(repository, 'docs/json.md'), 'utf8')) ?? []
    const documented = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, field = '']) => field)

    const routes = `import router from '@adonisjs/core/services/router'\nimport UsersController from '#controllers/users_controller'\n\nrouter.get('/users', [UsersController, 'index'])\n`
    const block = (filename: string, text: string): Block => ({ filename, text, labels: [], line: 0 })
    const script = block(
      'package.json',
      readFileSync(join(world, 'package.json'), 'utf8').replace(
        '"private"',
        '"scripts": { "start": "node ace serve" },\n  "private"',
      ),
    )
    const root = worldWith([block('start/routes.ts', routes), script], false)
    // Two imports in one file: one that a cut makes lazy, one that it cannot.
    const server = worldWith(
      [
        block(
          'package.json',
          '{ "type": "module", "scripts": { "dev": "tsx watch src/server.ts" }, "dependencies": { "express": "^5.1.0" } }',
        ),
        block(
          'src/server.ts',
          "import express from 'express'\nimport { list } from './users.js'\nimport { limit } from './limit.js'\n\nconst app = express()\napp.get('/', async (req, res) => {\n  res.json(await list(limit))\n})\napp.listen(3000)\nexport const most = () => limit\n",
        ),
        block('src/users.ts', 'export const list = async (limit: number) => [limit]\n'),
        block('src/limit.ts', "export { limit } from './size.js'\n"),
        block('src/size.ts', 'export const limit = 3\n'),
      ],
      false,
    )
    const fields = await Promise.all(
      [{ directory: root }, { directory: server, level: 'handler', target: 90 } as const].map(async (options) =>
        fieldsOf(JSON.parse(migrationAsJson(await migrate(options), '20261122T021500123Z-1a2b3c'))),
      ),
    )
    // What a list without entries leaves of its field.
    const empty = ['cuts.made[]', 'cuts.left[]', 'imports[]', 'notes[]']
    const found = new Set(fields.flat().filter((field) => !empty.includes(field)))
    expect([...found].sort()).toEqual(documented.sort())
  })

  function fieldsOf(value: unknown, path = ''): string[] {
    if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${path}[]`))
    if (typeof value !== 'object' || value === null) return [path]
    return Object.entries(value).flatMap(([key, child]) => fieldsOf(child, path === '' ? key : `${path}.${key}`))
  }
})

describe('the pages', () => {
  it('exist for each rule and each codemod', () => {
    expect(pages('docs/rules').sort()).toEqual(
      Object.keys(plugin.rules)
        .map((name) => `docs/rules/${name}.md`)
        .sort(),
    )
    expect(pages('docs/codemods').sort()).toEqual(codemods.map(({ name }) => `docs/codemods/${name}.md`).sort())
  })

  it('are as the code says', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/docs.mjs', '--check'], {
      cwd: repository,
      encoding: 'utf8',
    })
    expect(stdout + stderr).toBe('')
    expect(status).toBe(0)
  })

  it('are written again when they are stale', () => {
    const root = mkdtempSync(join(tmpdir(), 'hot-codemod-docs-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    for (const name of ['docs', 'scripts', 'package.json', 'src'])
      cpSync(join(repository, name), join(root, name), { recursive: true })
    for (const name of ['dist', 'node_modules']) symlinkSync(join(repository, name), join(root, name), 'dir')
    const page = join(root, 'docs/rules/prefer-lazy-controller-import.md')
    const text = readFileSync(page, 'utf8')
    writeFileSync(page, text.replace('Enforce lazy', 'Enforce eager').replace(/^\| `mixed-declaration`.*\n/m, ''))
    writeFileSync(join(root, 'README.md'), '# x\n\n<!-- rules -->\n<!-- /rules -->\n')

    const run = (...flags: string[]): [number | null, string] => {
      const { status, stdout } = spawnSync(process.execPath, ['scripts/docs.mjs', ...flags], {
        cwd: root,
        encoding: 'utf8',
      })
      return [status, stdout]
    }
    expect(run('--check')).toEqual([
      1,
      'docs/rules/prefer-lazy-controller-import.md is stale. Run: npm run docs\nREADME.md is stale. Run: npm run docs\n',
    ])
    expect(run()).toEqual([0, 'docs/rules/prefer-lazy-controller-import.md written.\nREADME.md written.\n'])
    expect(run('--check')).toEqual([0, ''])
    expect(readFileSync(page, 'utf8')).toBe(text)
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(
      '[prefer-lazy-listener-import](docs/rules/prefer-lazy-listener-import.md)',
    )
  })
})

describe('links', () => {
  const documents = [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].filter((path) => existsSync(join(repository, path))),
    ...readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ]

  it.each(documents)('of %s resolve', (document) => {
    const text = readFileSync(join(repository, document), 'utf8').replace(/^```[^]*?^```$/gm, '')
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? join(repository, document) : resolve(repository, dirname(document), path)
      if (!existsSync(target) || relative(repository, target).startsWith('..')) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  /** As GitHub makes them of headings. */
  function anchorsOf(path: string): string[] {
    const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
    return headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    )
  }

  it.each(documents)('of %s name scripts of package.json', (document) => {
    const { scripts = {} } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      scripts?: Record<string, string>
    }
    const text = readFileSync(join(repository, document), 'utf8')
    const named = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g)].map(
      ([, script, test]) => script ?? test ?? '',
    )
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })
})
