import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint, type Rule } from 'eslint'
import { describe, expect, it } from 'vitest'
import lintConfig, { oxlintRules } from '../../codemods/lint-config.ts'
import { rules } from '../../rules/index.ts'
import { directoryWith, run, type Result } from './run.ts'

const require = createRequire(import.meta.url)
const { version } = require('hot-codemod/package.json') as { version: string }

/** What becomes of `text` as the file `path` of a project that has hot-codemod in its devDependencies already. */
async function configure(text: string, path = 'eslint.config.js'): Promise<Result> {
  return run(lintConfig, { 'package.json': '{"devDependencies":{"hot-codemod":"^0.1.0"}}', [path]: text })
}

async function configured(text: string, path = 'eslint.config.js'): Promise<string | undefined> {
  const { changed, notes } = await configure(text, path)
  expect(notes).toEqual([])
  return changed[path]
}

describe('lint-config, a TypeScript application', () => {
  const plain = 'export default [{ rules: {} }]\n'
  const files = { 'package.json': '{ "name": "app", "type": "module" }\n', 'adonisrc.ts': 'export default {}\n' }

  it('is not linted without a parser for it: that is left to a person', async () => {
    const { changed, notes } = await run(lintConfig, { ...files, 'eslint.config.js': plain })
    expect(changed).toEqual({})
    expect(notes[0]).toContain('It sets no TypeScript parser, so ESLint cannot read the application')
  })

  it('is linted where there is one', async () => {
    const { changed } = await run(lintConfig, {
      ...files,
      'eslint.config.js': `import tseslint from 'typescript-eslint'\n${plain}`,
    })
    expect(changed['eslint.config.js']).toContain('hotCodemod.configs.recommended')
  })
})

describe('lint-config, the shape of eslint.config.js', () => {
  it('configApp()', async () => {
    expect(await configured("import { configApp } from '@adonisjs/eslint-config'\nexport default configApp()\n")).toBe(
      "import { configApp } from '@adonisjs/eslint-config'\nimport hotCodemod from 'hot-codemod'\nexport default configApp(hotCodemod.configs.recommended)\n",
    )
  })
  it('configApp with a configuration', async () => {
    expect(
      await configured(
        'import { configApp } from "@adonisjs/eslint-config";\n\nexport default configApp({\n  ignores: ["tmp"],\n});\n',
      ),
    ).toBe(
      'import { configApp } from "@adonisjs/eslint-config";\nimport hotCodemod from "hot-codemod";\n\nexport default configApp({\n  ignores: ["tmp"],\n}, hotCodemod.configs.recommended);\n',
    )
  })
  it('configApp with configurations on lines of their own', async () => {
    expect(
      await configured(
        "import { configApp } from '@adonisjs/eslint-config'\n\nexport default configApp(\n  {\n    ignores: ['tmp'],\n  },\n  ...more, // last\n)\n",
      ),
    ).toBe(
      "import { configApp } from '@adonisjs/eslint-config'\nimport hotCodemod from 'hot-codemod'\n\nexport default configApp(\n  {\n    ignores: ['tmp'],\n  },\n  ...more, // last\n  hotCodemod.configs.recommended,\n)\n",
    )
  })
  it('configPkg()', async () => {
    expect(await configured("import { configPkg } from '@adonisjs/eslint-config'\nexport default configPkg()")).toBe(
      "import { configPkg } from '@adonisjs/eslint-config'\nimport hotCodemod from 'hot-codemod'\nexport default configPkg(hotCodemod.configs.recommended)",
    )
  })
  it('an array on one line', async () => {
    expect(await configured("import a from 'a'\nexport default [a, a.b]\n")).toBe(
      "import a from 'a'\nimport hotCodemod from 'hot-codemod'\nexport default [a, a.b, hotCodemod.configs.recommended]\n",
    )
  })
  it('an array on several lines, with tabs, CRLF and a BOM', async () => {
    expect(
      await configured("\uFEFFimport a from 'a';\r\n\r\nexport default [\r\n\ta,\r\n\t{ rules: {} }\r\n];\r\n"),
    ).toBe(
      "\uFEFFimport a from 'a';\r\nimport hotCodemod from 'hot-codemod';\r\n\r\nexport default [\r\n\ta,\r\n\t{ rules: {} },\r\n\thotCodemod.configs.recommended\r\n];\r\n",
    )
  })
  it('an empty array', async () => {
    expect(await configured("import a from 'a'\nexport default []\n")).toBe(
      "import a from 'a'\nimport hotCodemod from 'hot-codemod'\nexport default [hotCodemod.configs.recommended]\n",
    )
  })
  it('an array after a character beyond the BMP', async () => {
    expect(await configured("import a from 'a' // 😀\nexport default [a]\n")).toBe(
      "import a from 'a' // 😀\nimport hotCodemod from 'hot-codemod'\nexport default [a, hotCodemod.configs.recommended]\n",
    )
  })
  it('an array whose last comment has a comma', async () => {
    expect(await configured("import a from 'a'\nexport default [\n  a // one, two\n  // three\n]\n")).toBe(
      "import a from 'a'\nimport hotCodemod from 'hot-codemod'\nexport default [\n  a, // one, two\n  hotCodemod.configs.recommended\n  // three\n]\n",
    )
  })
  it('a last member in parentheses', async () => {
    expect(await configured("import a from 'a'\nexport default [a, ((a ?? []))]\n")).toBe(
      "import a from 'a'\nimport hotCodemod from 'hot-codemod'\nexport default [a, ((a ?? [])), hotCodemod.configs.recommended]\n",
    )
  })
  it('defineConfig with an array', async () => {
    expect(
      await configured("import { defineConfig } from 'eslint/config'\nexport default defineConfig([\n  a,\n])\n"),
    ).toBe(
      "import { defineConfig } from 'eslint/config'\nimport hotCodemod from 'hot-codemod'\nexport default defineConfig([\n  a,\n  hotCodemod.configs.recommended,\n])\n",
    )
  })
  it('defineConfig with arguments', async () => {
    expect(await configured("import { defineConfig } from 'eslint/config'\nexport default defineConfig(a, b)\n")).toBe(
      "import { defineConfig } from 'eslint/config'\nimport hotCodemod from 'hot-codemod'\nexport default defineConfig(a, b, hotCodemod.configs.recommended)\n",
    )
  })
  it('defineConfig under another name', async () => {
    expect(
      await configured("import { defineConfig as define } from 'eslint/config'\nexport default define(a, [b])\n"),
    ).toBe(
      "import { defineConfig as define } from 'eslint/config'\nimport hotCodemod from 'hot-codemod'\nexport default define(a, [b], hotCodemod.configs.recommended)\n",
    )
  })
  it('tseslint.config', async () => {
    expect(
      await configured(
        "import tseslint from 'typescript-eslint'\nexport default tseslint.config(a, ...tseslint.configs.recommended)\n",
      ),
    ).toBe(
      "import tseslint from 'typescript-eslint'\nimport hotCodemod from 'hot-codemod'\nexport default tseslint.config(a, ...tseslint.configs.recommended, hotCodemod.configs.recommended)\n",
    )
  })
  it('config of typescript-eslint', async () => {
    expect(await configured("import { config } from 'typescript-eslint'\nexport default config(a)\n")).toBe(
      "import { config } from 'typescript-eslint'\nimport hotCodemod from 'hot-codemod'\nexport default config(a, hotCodemod.configs.recommended)\n",
    )
  })
  it('a constant that is exported', async () => {
    expect(await configured("import a from 'a'\nconst config = [a]\n\nexport default config\n")).toBe(
      "import a from 'a'\nimport hotCodemod from 'hot-codemod'\nconst config = [a, hotCodemod.configs.recommended]\n\nexport default config\n",
    )
  })
  it('TypeScript', async () => {
    expect(
      await configured(
        "import type { Linter } from 'eslint'\nconst config: Linter.Config[] = [a]\nexport default config satisfies Linter.Config[]\n",
        'eslint.config.ts',
      ),
    ).toBe(
      "import type { Linter } from 'eslint'\nimport hotCodemod from 'hot-codemod'\nconst config: Linter.Config[] = [a, hotCodemod.configs.recommended]\nexport default config satisfies Linter.Config[]\n",
    )
  })
  it('eslint.config.mjs', async () => {
    expect(await configured("import a from 'a'\nexport default [a]", 'eslint.config.mjs')).toBe(
      "import a from 'a'\nimport hotCodemod from 'hot-codemod'\nexport default [a, hotCodemod.configs.recommended]",
    )
  })
})

describe('lint-config, what is exported is not written out', () => {
  const head = "import hotCodemod from 'hot-codemod'\n"
  const rest = ', hotCodemod.configs.recommended].flat()'
  it.each([
    ['antfu()', "export default antfu({ type: 'app' })", `export default [await antfu({ type: 'app' })${rest}`],
    ['a function of its own', 'export default configApp()', `export default [await configApp()${rest}`],
    ['a chain', 'export default antfu().override(a)', `export default [await antfu().override(a)${rest}`],
    ['a promise', 'export default (async () => [b])()', `export default [await (async () => [b])()${rest}`],
    ['what is awaited', 'export default await load()', `export default [await load()${rest}`],
    ['a variable', 'let c = []\nexport default c', `let c = []\nexport default [await c${rest}`],
    ['an object', 'export default {}', 'export default [{}, hotCodemod.configs.recommended]'],
    ['a list that is flattened', 'export default [b].flat()', `export default [b${rest}`],
    ['with a type', 'export default load() satisfies C', `export default [await load()${rest} satisfies C`],
  ])('%s', async (_, before, after) => {
    const a = "import a from 'a'\n"
    expect(await configured(`${a}${before}\n`, 'eslint.config.ts')).toBe(`${a}${head}${after}\n`)
  })
  it('defineConfig() that is awaited takes it', async () => {
    expect(
      await configured("import { defineConfig } from 'eslint/config'\nexport default await defineConfig([a])\n"),
    ).toBe(
      `import { defineConfig } from 'eslint/config'\n${head}export default await defineConfig([a, hotCodemod.configs.recommended])\n`,
    )
  })
})

describe('lint-config, the import', () => {
  it('goes after the last of several, and their comments', async () => {
    expect(await configured('import a from \'a\'\nimport {\n  b,\n} from "b"; // why\n\nexport default [a, b]\n')).toBe(
      'import a from \'a\'\nimport {\n  b,\n} from "b"; // why\nimport hotCodemod from "hot-codemod";\n\nexport default [a, b, hotCodemod.configs.recommended]\n',
    )
  })
  it('goes after attributes', async () => {
    expect(await configured("import a from './a.json' with { type: 'json' }\nexport default [a]\n")).toBe(
      "import a from './a.json' with { type: 'json' }\nimport hotCodemod from 'hot-codemod'\nexport default [a, hotCodemod.configs.recommended]\n",
    )
  })
  it('does not take the semicolon of the next line', async () => {
    expect(await configured("import a from 'a'\n;[1].map(a)\nexport default [a]\n")).toBe(
      "import a from 'a'\nimport hotCodemod from 'hot-codemod'\n;[1].map(a)\nexport default [a, hotCodemod.configs.recommended]\n",
    )
  })
  it('splits a line with more code', async () => {
    expect(await configured("import a from 'a'; export default [a]\n")).toBe(
      "import a from 'a';\nimport hotCodemod from 'hot-codemod';\nexport default [a, hotCodemod.configs.recommended]\n",
    )
  })
  it('goes above the first statement and its comment', async () => {
    expect(
      await configured("// @ts-check\n\n/** @type {import('eslint').Linter.Config[]} */\nexport default [{}];\n"),
    ).toBe(
      "// @ts-check\n\nimport hotCodemod from 'hot-codemod';\n\n/** @type {import('eslint').Linter.Config[]} */\nexport default [{}, hotCodemod.configs.recommended];\n",
    )
  })
  it('goes below @ts-check', async () => {
    expect(await configured('// @ts-check\nexport default [{ name: "x" }]\n')).toBe(
      '// @ts-check\nimport hotCodemod from "hot-codemod"\n\nexport default [{ name: "x" }, hotCodemod.configs.recommended]\n',
    )
  })
  it('goes to the top of a file without either', async () => {
    expect(await configured('\uFEFFexport default []\n')).toBe(
      "\uFEFFimport hotCodemod from 'hot-codemod'\n\nexport default [hotCodemod.configs.recommended]\n",
    )
  })
})

describe('lint-config leaves', () => {
  it.each([
    ["import hotCodemod from 'hot-codemod'\nexport default [hotCodemod.configs.recommended]\n"],
    ['import hot from "hot-codemod"\nexport default antfu({}, hot.configs.recommended)\n'],
  ])('what is done: %s', async (text) => {
    const { changed, notes, summary } = await configure(text)
    expect(changed).toEqual({})
    expect(notes).toEqual([])
    expect(summary).toBe('')
  })

  it.each([
    ["export { default } from './base.js'\n"],
    ['const config = []\nexport { config as default }\n'],
    ['export default [a, ,]\n'],
    ['export default a ? [] : [b]\n'],
    ['export default async () => []\n'],
  ])('another shape: %s', async (text) => {
    const { changed, notes } = await configure(text)
    expect(changed).toEqual({})
    expect(notes).toEqual([
      `manual eslint.config.js eslint.config.js needs two lines by hand. Where its list of configurations ends could not be told. Install the plugin with \`npm install -D hot-codemod@^${version}\` and add these, the second at the end of the exported list:\nimport hotCodemod from 'hot-codemod'\nhotCodemod.configs.recommended,`,
    ])
  })

  it('a file that cannot be parsed', async () => {
    const { changed, notes } = await configure('export default [\n')
    expect(changed).toEqual({})
    expect(notes[0]).toMatch(/needs two lines by hand\. It cannot be parsed\./)
  })

  it('a file that uses the name', async () => {
    const { changed, notes } = await configure("import hotCodemod from './own.js'\nexport default [hotCodemod]\n")
    expect(changed).toEqual({})
    expect(notes[0]).toMatch(/The name hotCodemod is taken in it\./)
  })

  it('CommonJS', async () => {
    const { changed, notes } = await configure('module.exports = []\n', 'eslint.config.cjs')
    expect(changed).toEqual({})
    expect(notes[0]).toMatch(
      /It is CommonJS\. [^]*\nconst hotCodemod = require\('hot-codemod'\)\nhotCodemod\.configs\.recommended,$/,
    )
  })

  it('.eslintrc', async () => {
    const { changed, notes } = await run(lintConfig, { 'package.json': '{}', '.eslintrc.json': '{}', 'yarn.lock': '' })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      `manual .eslintrc.json .eslintrc.json needs two lines by hand. It is a legacy ESLint configuration, which cannot load hot-codemod: move it (\`npx @eslint/migrate-config .eslintrc.json\`) to eslint.config.js first. Install the plugin with \`yarn add -D hot-codemod@^${version}\` and add these, the second at the end of the exported list:\nimport hotCodemod from 'hot-codemod'\nhotCodemod.configs.recommended,`,
    ])
  })

  it('eslintConfig in package.json', async () => {
    const { changed, notes } = await run(lintConfig, { 'package.json': '{\n  "eslintConfig": {}\n}' })
    expect(changed).toEqual({})
    expect(notes[0]).toMatch(
      /^manual package\.json:2 package\.json needs two lines by hand\. It is a legacy ESLint configuration, which cannot load hot-codemod: move its "eslintConfig" to eslint\.config\.js first\./,
    )
  })

  it('the configuration of the whole workspace', async () => {
    const { changed, notes } = await run(
      lintConfig,
      { 'eslint.config.js': 'export default []\n', 'apps/api/package.json': '{}' },
      { directory: 'apps/api' },
    )
    expect(changed).toEqual({})
    expect(notes[0]).toMatch(
      /^manual eslint\.config\.js eslint\.config\.js needs two lines by hand\. It is shared with the projects beside this one/,
    )
  })

  it('a project without a linter', async () => {
    const { changed, notes } = await run(lintConfig, { 'package.json': '{}' })
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'info There is no ESLint or oxlint configuration in <root>, so nothing will keep imports lazy. To have one, see https://eslint.org/docs/latest/use/getting-started and run again.',
    ])
  })
})

describe('lint-config, the dependency', () => {
  const config = "import a from 'a'\nexport default [a]\n"

  it('comes with a configuration that changes', async () => {
    const { changed, summary, edits, notes } = await run(lintConfig, {
      'package.json': '{\n  "devDependencies": {\n    "eslint": "^10.0.0",\n    "vite": "^8.0.0"\n  }\n}\n',
      'eslint.config.js': config,
    })
    expect(changed['package.json']).toBe(
      `{\n  "devDependencies": {\n    "eslint": "^10.0.0",\n    "hot-codemod": "^${version}",\n    "vite": "^8.0.0"\n  }\n}\n`,
    )
    expect(summary).toBe('hot-codemod in eslint.config.js')
    expect(edits).toBe(3)
    expect(notes).toEqual([
      'info package.json Run `npm install` to install hot-codemod (no packageManager field and no lockfile).',
    ])
  })
  it('does not come twice', async () => {
    const { changed, edits } = await run(lintConfig, {
      'package.json': '{"dependencies":{"hot-codemod":"*"}}',
      'eslint.config.js': config,
    })
    expect(Object.keys(changed)).toEqual(['eslint.config.js'])
    expect(edits).toBe(2)
  })
  it('does not come with a configuration that stays', async () => {
    const { changed } = await run(lintConfig, {
      'package.json': '{}',
      'eslint.config.js': "export { default } from './base.js'\n",
    })
    expect(changed).toEqual({})
  })
})

describe('lint-config, oxlint', () => {
  const all = {
    'hot-codemod/no-duplicate-dispose': 'error',
    'hot-codemod/no-hot-import-attribute': 'error',
    'hot-codemod/no-import-executed-once': 'error',
    'hot-codemod/no-static-boundary-import': 'error',
    'hot-codemod/no-type-import-beside-lazy': 'error',
    'hot-codemod/prefer-lazy-controller-import': 'error',
    'hot-codemod/prefer-lazy-listener-import': 'error',
    'hot-codemod/prefer-lazy-middleware-import': 'error',
    'hot-codemod/require-dispose': 'error',
    'hot-codemod/require-error-forwarding': 'error',
    'hot-codemod/valid-error-middleware-arity': 'error',
  }

  it('has the rules of the recommended preset', () => {
    const recommended = Object.entries<Rule.RuleModule>(rules).filter(([, { meta }]) => meta?.docs?.recommended)
    expect(recommended.map(([name]) => `hot-codemod/${name}`)).toEqual(oxlintRules)
  })

  it('gets the plugin before the rules, and comments stay', async () => {
    const { changed, edits } = await configure(
      '{\n  // ours\n  "plugins": ["import"],\n  "rules": {\n    "eqeqeq": "warn", // why\n  },\n}\n',
      '.oxlintrc.json',
    )
    expect(changed['.oxlintrc.json']).toBe(
      `{
  // ours
  "plugins": ["import"],
  "jsPlugins": [
    {
      "name": "hot-codemod",
      "specifier": "hot-codemod"
    }
  ],
  "rules": {
    "eqeqeq": "warn", // why
    "hot-codemod/no-duplicate-dispose": "error",
    "hot-codemod/no-hot-import-attribute": "error",
    "hot-codemod/no-import-executed-once": "error",
    "hot-codemod/no-static-boundary-import": "error",
    "hot-codemod/no-type-import-beside-lazy": "error",
    "hot-codemod/prefer-lazy-controller-import": "error",
    "hot-codemod/prefer-lazy-listener-import": "error",
    "hot-codemod/prefer-lazy-middleware-import": "error",
    "hot-codemod/require-dispose": "error",
    "hot-codemod/require-error-forwarding": "error",
    "hot-codemod/valid-error-middleware-arity": "error",
  },
}
`,
    )
    expect(edits).toBe(12)
  })
  it('gets both when it has neither', async () => {
    const { changed } = await configure('{}', '.oxlintrc.json')
    expect(JSON.parse(changed['.oxlintrc.json']!)).toEqual({
      jsPlugins: [{ name: 'hot-codemod', specifier: 'hot-codemod' }],
      rules: all,
    })
  })
  it('keeps other plugins, and a severity that is set', async () => {
    const { changed, edits } = await configure(
      '{"jsPlugins":["./x.js"],"rules":{"hot-codemod/prefer-lazy-listener-import":"off"}}',
      '.oxlintrc.jsonc',
    )
    expect(changed['.oxlintrc.jsonc']).toBe(
      '{"jsPlugins":["./x.js",{"name":"hot-codemod","specifier":"hot-codemod"}],"rules":{"hot-codemod/prefer-lazy-listener-import":"off","hot-codemod/no-duplicate-dispose":"error","hot-codemod/no-hot-import-attribute":"error","hot-codemod/no-import-executed-once":"error","hot-codemod/no-static-boundary-import":"error","hot-codemod/no-type-import-beside-lazy":"error","hot-codemod/prefer-lazy-controller-import":"error","hot-codemod/prefer-lazy-middleware-import":"error","hot-codemod/require-dispose":"error","hot-codemod/require-error-forwarding":"error","hot-codemod/valid-error-middleware-arity":"error"}}',
    )
    expect(edits).toBe(11)
  })
  it.each([['{"jsPlugins": ["hot-codemod"]}'], ['{"jsPlugins": [{"name": "hot", "specifier": "hot-codemod"}]}']])(
    'is left when it has the plugin: %s',
    async (text) => {
      const { changed, notes } = await configure(text, '.oxlintrc.json')
      expect(changed).toEqual({})
      expect(notes).toEqual([])
    },
  )
  it('is left when it is not JSON', async () => {
    const { changed, notes } = await configure('{\n  "rules": {\n}\n', '.oxlintrc.json')
    expect(changed).toEqual({})
    expect(notes).toEqual([
      'manual .oxlintrc.json:4 .oxlintrc.json:4:1 is not valid JSON: a comma or `}` is missing. Correct it and run again.',
    ])
  })
  it('is left when it is code', async () => {
    const { changed, notes } = await configure('export default {}\n', 'oxlint.config.ts')
    expect(changed).toEqual({})
    expect(notes).toEqual([
      `manual oxlint.config.ts oxlint.config.ts needs two lines by hand. Configurations in code are left alone. Install the plugin with \`npm install -D hot-codemod@^${version}\` and add:\njsPlugins: [{"name":"hot-codemod","specifier":"hot-codemod"}],\nrules: { "hot-codemod/no-duplicate-dispose": "error", "hot-codemod/no-hot-import-attribute": "error", "hot-codemod/no-import-executed-once": "error", "hot-codemod/no-static-boundary-import": "error", "hot-codemod/no-type-import-beside-lazy": "error", "hot-codemod/prefer-lazy-controller-import": "error", "hot-codemod/prefer-lazy-listener-import": "error", "hot-codemod/prefer-lazy-middleware-import": "error", "hot-codemod/require-dispose": "error", "hot-codemod/require-error-forwarding": "error", "hot-codemod/valid-error-middleware-arity": "error" },`,
    ])
  })
  it('is changed beside ESLint', async () => {
    const { changed, summary } = await run(lintConfig, {
      'package.json': '{}',
      'eslint.config.js': 'export default []\n',
      '.oxlintrc.json': '{}',
    })
    expect(Object.keys(changed)).toEqual(['eslint.config.js', '.oxlintrc.json', 'package.json'])
    expect(summary).toBe('hot-codemod in eslint.config.js and .oxlintrc.json')
  })
})

describe('lint-config, the configurations it writes', () => {
  const plugin = `const rule = {
  meta: { messages: { lazy: 'Import it lazily.' } },
  create: (context) => ({ ImportDeclaration: (node) => context.report({ node, messageId: 'lazy' }) }),
}
const names = ${JSON.stringify(oxlintRules.map((name) => name.replace('hot-codemod/', '')))}
const plugin = { meta: { name: 'hot-codemod' }, rules: Object.fromEntries(names.map((name) => [name, rule])), configs: {} }
plugin.configs.recommended = {
  plugins: { 'hot-codemod': plugin },
  rules: Object.fromEntries(names.map((name) => ['hot-codemod/' + name, 'error'])),
}
export default plugin
`
  const expected = oxlintRules

  /** A project on disk with the stand-in plugin installed, and `config` as the codemod leaves it. */
  async function write(path: string, config: string): Promise<string> {
    const { changed } = await configure(config, path)
    const root = directoryWith({
      'package.json': '{"type": "module"}',
      'node_modules/hot-codemod/package.json':
        '{"name": "hot-codemod", "version": "0.0.0", "type": "module", "main": "index.js"}',
      'node_modules/hot-codemod/index.js': plugin,
      'app.js': "import 'node:fs'\n",
    })
    mkdirSync(join(root, 'node_modules/eslint'))
    writeFileSync(
      join(root, 'node_modules/eslint/config.js'),
      `export * from ${JSON.stringify(require.resolve('eslint/config'))}\n`,
    )
    writeFileSync(
      join(root, 'node_modules/eslint/package.json'),
      '{"type": "module", "exports": {"./config": "./config.js"}}',
    )
    writeFileSync(join(root, path), changed[path]!)
    return root
  }

  it('load in oxlint', { timeout: 30_000 }, async () => {
    const root = await write('.oxlintrc.json', '{\n  "categories": { "correctness": "off" },\n}\n')
    const oxlint = join(require.resolve('oxlint/package.json'), '../bin/oxlint')
    let output = ''
    try {
      output = execFileSync(process.execPath, [oxlint, '-f', 'json', 'app.js'], { cwd: root, encoding: 'utf8' })
    } catch (error) {
      output = (error as { stdout: string }).stdout
    }
    const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string }[] }
    expect(diagnostics.map(({ code }) => code.replace(/^(.*)\((.*)\)$/, '$1/$2')).sort()).toEqual(expected)
  })

  it.each([
    ['export default []\n'],
    [
      "import { defineConfig } from 'eslint/config'\nexport default defineConfig([\n  { rules: { eqeqeq: 'error' } },\n])\n",
    ],
    ["import { defineConfig } from 'eslint/config'\nexport default defineConfig({ rules: { eqeqeq: 'error' } })\n"],
    ['const composed = () => ({ then: (done) => done([{ rules: {} }]) })\nexport default composed()\n'],
    ['const load = async () => ({ rules: {} })\nexport default load()\n'],
    ['const list = () => [{ rules: {} }]\nexport default list().concat([])\n'],
    ['export default { rules: {} }\n'],
  ])('load in ESLint: %s', { timeout: 30_000 }, async (config) => {
    const root = await write('eslint.config.js', config)
    const [result] = await new ESLint({ cwd: root }).lintFiles(['app.js'])
    expect(result?.messages.map(({ ruleId, message }) => ruleId ?? message).sort()).toEqual(expected)
  })
})
