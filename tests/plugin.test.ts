import * as parser from '@typescript-eslint/parser'
import { ESLint, type Linter, type Rule } from 'eslint'
import { defineConfig } from 'eslint/config'
import { ESLint as ESLint9 } from 'eslint9'
import { defineConfig as defineConfig9 } from 'eslint9/config'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyWorld, repository } from './engines/engines.ts'
import { cases, type Case } from './fixtures/world.ts'

const require = createRequire(import.meta.url)
const { FlatESLint: ESLint8 } = require('eslint8/use-at-your-own-risk') as { FlatESLint: typeof ESLint }
const { default: plugin } = (await import('../dist/src/index.js')) as typeof import('../src/index.ts')
const { recommended, strict, kickjs } = plugin.configs
const rules = Object.entries(plugin.rules)

const STATIC_ROUTE: Case = {
  id: 'static-route',
  title: 'one handler',
  filename: 'start/routes.ts',
  input: `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'

router.get('/users', [UsersController, 'index'])
`,
  expected: { kind: 'fix', reports: 1 },
}
const withParser = { languageOptions: { parser: parser as Linter.Parser } }

interface Rendered {
  readonly ruleId: string
  readonly texts: readonly string[]
}

let root: string
let rendered: Rendered[]

/** Lints a text of the world with the given configuration. */
async function lint(
  engine: typeof ESLint,
  config: readonly Linter.Config[],
  { input, filename }: Pick<Case, 'input' | 'filename'> = STATIC_ROUTE,
  cwd = root,
): Promise<Linter.LintMessage[]> {
  const eslint = new engine({ cwd, overrideConfigFile: true, overrideConfig: [...config] })
  const [result] = await eslint.lintText(input, { filePath: join(cwd, filename) })
  return result?.messages ?? []
}

const ids = (messages: readonly Linter.LintMessage[]): (string | null)[] => messages.map(({ ruleId }) => ruleId)

beforeAll(async () => {
  root = copyWorld(STATIC_ROUTE)
  rendered = []
  for (const source of cases) {
    const world = copyWorld(source)
    const messages = await lint(ESLint, [{ ...recommended, ...withParser }], source, world)
    rmSync(world, { recursive: true })
    for (const { ruleId, message, suggestions = [] } of messages) {
      if (ruleId?.startsWith('hot-codemod/'))
        rendered.push({ ruleId, texts: [message, ...suggestions.map(({ desc }) => desc)] })
    }
  }
})

afterAll(() => {
  if (root) rmSync(root, { recursive: true })
})

/** The names of the files with an extension, without it. */
function namesIn(directory: string, extension: string): string[] {
  const path = join(repository, directory)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => name.endsWith(extension))
    .map((name) => name.slice(0, -extension.length))
    .filter((name) => name !== 'index')
    .sort()
}

describe('the rules', () => {
  it('are the files of rules/', () => {
    expect(Object.keys(plugin.rules)).toEqual(namesIn('rules', '.ts'))
  })

  it('each have a page', () => {
    expect(namesIn('docs/rules', '.md')).toEqual(Object.keys(plugin.rules))
  })

  it('each report something in a test', () => {
    const reported = new Set(rendered.map(({ ruleId }) => ruleId))
    const untested = Object.keys(plugin.rules).filter(
      (name) => !reported.has(`hot-codemod/${name}`) && !existsSync(join(repository, `tests/rules/${name}.test.ts`)),
    )
    expect(untested).toEqual([])
  })

  it('are what the tests in tests/rules are named after', () => {
    const named = namesIn('tests/rules', '.test.ts').filter((name) => /^(?:no|prefer|require|valid)-/.test(name))
    expect(Object.keys(plugin.rules)).toEqual(expect.arrayContaining(named))
  })
})

describe.each(rules)('%s', (name, rule) => {
  it('says what it enforces', () => {
    expect(rule.meta?.docs?.description).toMatch(/^(?:Enforce|Require|Disallow) .+[^. ]$/)
  })

  it('links to its page', () => {
    expect(rule.meta?.docs?.url).toBe(`https://github.com/hot-codemod/hot-codemod/blob/main/docs/rules/${name}.md`)
  })

  it('is for one language', () => {
    expect([['js/js'], ['json/json', 'json/jsonc']]).toContainEqual(rule.meta?.languages)
  })

  it('describes its options', () => {
    expect(rule.meta?.schema).toBeInstanceOf(Array)
  })

  it('has messages that are sentences', () => {
    const messages = Object.values(rule.meta?.messages ?? {})
    expect(messages).not.toEqual([])
    for (const message of messages) expect(message).toMatch(/^[A-Z`{].*[.}]$/)
  })
})

describe('the messages of all cases', () => {
  it('are many', () => {
    expect(rendered.length).toBeGreaterThan(50)
  })

  it('are sentences', () => {
    const texts = [...new Set(rendered.flatMap((message) => message.texts))]
    expect(texts.filter((text) => !/^[A-Z`].*\.$/.test(text))).toEqual([])
  })

  it('have every placeholder filled in', () => {
    const texts = rendered.flatMap((message) => message.texts)
    expect(texts.filter((text) => /\{\{|\}\}|\bundefined\b|``/.test(text))).toEqual([])
  })
})

describe('meta', () => {
  it('is what package.json says', () => {
    const { name, version } = require('../package.json') as { name: string; version: string }
    expect(plugin.meta).toEqual({ name, version, namespace: name })
  })
})

describe('recommended', () => {
  it('has a name', () => {
    expect(recommended.name).toBe('hot-codemod/recommended')
  })

  it('is for source files', () => {
    expect(recommended.files).toEqual(['**/*.{js,mjs,jsx,ts,mts,tsx}'])
  })

  it('holds the plugin itself', () => {
    expect(recommended.plugins?.['hot-codemod']).toBe(plugin)
  })

  it('turns on the recommended rules', () => {
    const on = Object.entries(recommended.rules ?? {}).filter(([, severity]) => severity !== 'off')
    const wanted = rules
      .filter(([, rule]) => rule.meta?.docs?.recommended)
      .map(([name]) => [`hot-codemod/${name}`, 'error'])
    expect(on).toEqual(wanted)
  })

  it('turns off the two rules that ours replace', () => {
    const off = Object.entries(recommended.rules ?? {}).filter(([, severity]) => severity === 'off')
    expect(off.map(([name]) => name)).toEqual([
      '@adonisjs/prefer-lazy-controller-import',
      '@adonisjs/prefer-lazy-listener-import',
    ])
  })
})

describe('strict', () => {
  const on = ({ rules = {} }: Linter.Config): string[] => Object.keys(rules).filter((name) => rules[name] === 'error')

  it('has a name', () => {
    expect(strict.name).toBe('hot-codemod/strict')
  })

  it('is for the files of recommended, and holds the plugin', () => {
    expect(strict.files).toEqual(recommended.files)
    expect(strict.plugins?.['hot-codemod']).toBe(plugin)
  })

  it('has all that recommended has', () => {
    expect(strict.rules).toMatchObject(recommended.rules ?? {})
  })

  it('has more than that', () => {
    expect(on(strict).filter((name) => !on(recommended).includes(name))).toEqual([
      'hot-codemod/no-import-meta-hot',
      'hot-codemod/no-restart-leak',
      'hot-codemod/require-adapter-shutdown',
      'hot-codemod/require-global-guard',
      'hot-codemod/valid-kickjs-entry',
    ])
  })

  it('has every rule but those for another language, and so has recommended', () => {
    const forScripts = rules.filter(([, rule]) => rule.meta?.languages?.includes('js/js')).map(([name]) => name)
    expect(on(strict)).toEqual(forScripts.map((name) => `hot-codemod/${name}`))
    expect(Object.keys(plugin.rules)).toContain('valid-hot-hook-config')
    expect([...on(strict), ...on(recommended)]).not.toContain('hot-codemod/valid-hot-hook-config')
  })
})

describe('kickjs', () => {
  it('has a name, the files of recommended, and the plugin', () => {
    expect(kickjs.name).toBe('hot-codemod/kickjs')
    expect(kickjs.files).toEqual(recommended.files)
    expect(kickjs.plugins?.['hot-codemod']).toBe(plugin)
  })

  it('has the rules for KickJS, and none about hot-hook', () => {
    const on = Object.entries(kickjs.rules ?? {}).filter(([, severity]) => severity !== 'off')
    expect(on).toEqual([
      ['hot-codemod/no-import-meta-hot', 'error'],
      ['hot-codemod/require-adapter-shutdown', 'error'],
      ['hot-codemod/require-global-guard', 'error'],
      ['hot-codemod/valid-kickjs-entry', 'error'],
    ])
  })

  it('says nothing in a project that is not on KickJS', async () => {
    const source = { filename: 'start/clock.ts', input: 'setInterval(() => {}, 1000)\nimport.meta.hot?.accept()\n' }
    expect(ids(await lint(ESLint, [{ ...kickjs, ...withParser }], source))).toEqual([])
  })
})

const engines: [string, typeof ESLint][] = [
  ['ESLint 10', ESLint],
  ['ESLint 9', ESLint9 as unknown as typeof ESLint],
  ['ESLint 8 with a flat config', ESLint8],
]

describe.each(engines)('%s', (_, engine) => {
  it('takes recommended without @adonisjs/eslint-plugin', async () => {
    expect(ids(await lint(engine, [{ ...recommended, ...withParser }]))).toEqual([
      'hot-codemod/prefer-lazy-controller-import',
    ])
  })

  it('takes strict', async () => {
    expect(ids(await lint(engine, [{ ...strict, ...withParser }]))).toEqual([
      'hot-codemod/prefer-lazy-controller-import',
    ])
  })

  it('takes the plugin under another name', async () => {
    const config: Linter.Config = {
      files: ['**/*.ts'],
      plugins: { hot: plugin },
      rules: { 'hot/prefer-lazy-controller-import': 'error' },
      ...withParser,
    }
    expect(ids(await lint(engine, [config]))).toEqual(['hot/prefer-lazy-controller-import'])
  })

  it('says nothing outside a project of AdonisJS', async () => {
    const messages = await lint(engine, [{ ...recommended, ...withParser }], STATIC_ROUTE, repository)
    expect(ids(messages)).toEqual([])
  })
})

describe.each([
  ['ESLint 10', ESLint, defineConfig],
  ['ESLint 9', ESLint9 as unknown as typeof ESLint, defineConfig9 as unknown as typeof defineConfig],
])('defineConfig of %s', (_, engine, define) => {
  it('extends hot-codemod/recommended', async () => {
    const config = define({ plugins: { 'hot-codemod': plugin }, extends: ['hot-codemod/recommended'], ...withParser })
    expect(ids(await lint(engine, config))).toEqual(['hot-codemod/prefer-lazy-controller-import'])
  })

  it('extends recommended under another name', async () => {
    const config = define({ plugins: { hot: plugin }, extends: ['hot/recommended'], ...withParser })
    expect(ids(await lint(engine, config))).toEqual(['hot/prefer-lazy-controller-import'])
  })

  it('takes recommended as it is', async () => {
    const config = define(recommended, withParser)
    expect(ids(await lint(engine, config))).toEqual(['hot-codemod/prefer-lazy-controller-import'])
  })
})

/** A language of ESLint that is not JavaScript, as @eslint/json brings one: a file is one node. */
const lines: NonNullable<ESLint.Plugin['languages']>[string] = {
  fileType: 'text',
  lineStart: 1,
  columnStart: 0,
  nodeTypeKey: 'type',
  visitorKeys: { Document: [] },
  validateLanguageOptions() {},
  parse: () => ({ ok: true, ast: { type: 'Document' } }),
  createSourceCode: ({ body }, { ast }) => ({
    ast,
    text: String(body),
    getLoc: () => ({ start: { line: 1, column: 0 }, end: { line: 1, column: 1 } }),
    getRange: () => [0, 1],
    traverse: () => [
      { type: 'visit', kind: 1, target: ast as object, phase: 1, args: [ast] },
      { type: 'visit', kind: 1, target: ast as object, phase: 2, args: [ast] },
    ],
  }),
}

describe('beside another language', () => {
  const seen: Rule.RuleModule = {
    meta: { messages: { seen: 'Seen.' }, languages: ['data/lines'] } as Rule.RuleMetaData,
    create: (context) => ({ Document: () => context.report({ loc: { line: 1, column: 0 }, messageId: 'seen' }) }),
  }
  const data = { meta: { namespace: 'data' }, languages: { lines }, rules: { seen } } as unknown as ESLint.Plugin
  const json: Linter.Config = {
    files: ['**/*.json'],
    plugins: { data },
    language: 'data/lines',
    rules: { 'data/seen': 'error' },
  }
  const manifest = { filename: 'package.json', input: '{}' }

  it.each(engines.slice(0, 2))('the presets leave the files of that language alone in %s', async (_, engine) => {
    expect(ids(await lint(engine, [recommended, json], manifest))).toEqual(['data/seen'])
    expect(ids(await lint(engine, [strict, json], manifest))).toEqual(['data/seen'])
  })

  it('a config without files would not', async () => {
    const { plugins, rules } = recommended
    await expect(lint(ESLint, [{ plugins, rules } as Linter.Config, json], manifest)).rejects.toThrow(/language/)
  })
})
