import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repository } from './engines/engines.ts'
import { startEditor, type Editor } from './engines/language-server.ts'
import { world } from './fixtures/world.ts'

/** One handler, every use proven: a fix. */
const PROVEN = `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'

router.get('/users', [UsersController, 'index'])
`
const PROVEN_FIXED = `import router from '@adonisjs/core/services/router'
const UsersController = () => import('#controllers/users_controller')

router.get('/users', [UsersController, 'index'])
`

/** A value of the same module stays imported, so the lazy form is right under a condition only: a suggestion. */
const CONDITIONAL = `import router from '@adonisjs/core/services/router'
import UsersController, { USERS_PER_PAGE } from '#controllers/users_controller'

router.get('/users', [UsersController, 'index'])
router.get('/limit', () => ({ limit: USERS_PER_PAGE }))
`
const CONDITIONAL_ACCEPTED = `import router from '@adonisjs/core/services/router'
import { USERS_PER_PAGE } from '#controllers/users_controller'
const UsersController = () => import('#controllers/users_controller')

router.get('/users', [UsersController, 'index'])
router.get('/limit', () => ({ limit: USERS_PER_PAGE }))
`

/** The title of the quick fix, in either server's words. */
const FIX = /^Fix (?:this )?hot-codemod\/prefer-lazy-controller-import problem$/
const SUGGESTION = /^Import .+ lazily\./

const WHOLE = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } }

/** A copy of the world in which the given packages resolve, each from its place in the repository. */
function openWorld(packages: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-editor-')))
  cpSync(world, root, { recursive: true })
  for (const [name, target] of Object.entries(packages)) {
    const link = join(root, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(repository, target), link, 'dir')
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
  return root
}

/** What the ESLint extension of VS Code sends when a person has changed nothing. */
const eslintSettings = (root: string): object => ({
  validate: 'on',
  packageManager: 'npm',
  useESLintClass: true,
  useFlatConfig: true,
  experimental: { useFlatConfig: false },
  codeActionOnSave: { mode: 'all' },
  codeAction: { disableRuleComment: { enable: false }, showDocumentation: { enable: false } },
  format: false,
  quiet: false,
  onIgnoredFiles: 'off',
  options: {},
  rulesCustomizations: [],
  run: 'onType',
  problems: { shortenToSingleLine: false },
  nodePath: null,
  workingDirectory: { mode: 'location' },
  workspaceFolder: { uri: pathToFileURL(root).href, name: 'world' },
})

const ESLINT_CONFIG = `import parser from '@typescript-eslint/parser'
import hotCodemod from 'hot-codemod'

export default [{ ...hotCodemod.configs.recommended, languageOptions: { parser } }]
`

const OXLINT_CONFIG = JSON.stringify({
  categories: { correctness: 'off' },
  jsPlugins: ['hot-codemod'],
  rules: { 'hot-codemod/prefer-lazy-controller-import': 'error' },
})

interface Server {
  readonly packages: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  readonly argv: readonly string[]
  readonly settings: (root: string) => unknown
  readonly diagnostics: 'pull' | 'push'
  readonly fixAll: string
  /** How the server names the rule of a problem. */
  readonly code: string
  /** Where it links to; oxlint links to nothing for rules of a plugin. */
  readonly href: string | undefined
}

const eslintServer = (eslint: string): Server => ({
  packages: { eslint, 'hot-codemod': '.', '@typescript-eslint/parser': 'node_modules/@typescript-eslint/parser' },
  files: { 'eslint.config.js': ESLINT_CONFIG },
  argv: [join(repository, 'node_modules/vscode-langservers-extracted/bin/vscode-eslint-language-server'), '--stdio'],
  settings: eslintSettings,
  diagnostics: 'pull',
  fixAll: 'source.fixAll.eslint',
  code: 'hot-codemod/prefer-lazy-controller-import',
  href: 'https://github.com/hot-codemod/hot-codemod/blob/main/docs/rules/prefer-lazy-controller-import.md',
})

const oxlintServer: Server = {
  packages: { 'hot-codemod': '.' },
  files: { '.oxlintrc.json': OXLINT_CONFIG },
  argv: [join(repository, 'node_modules/oxlint/bin/oxlint'), '--lsp'],
  settings: () => ({ run: 'onType' }),
  diagnostics: 'push',
  fixAll: 'source.fixAll.oxc',
  code: 'hot-codemod(prefer-lazy-controller-import)',
  href: undefined,
}

describe.each([
  ['the ESLint server, ESLint 10', eslintServer('node_modules/eslint')],
  ['the ESLint server, ESLint 9', eslintServer('node_modules/eslint9')],
  ['oxlint --lsp', oxlintServer],
])('%s', (_, server) => {
  let root: string
  let editor: Editor
  let file: string

  beforeAll(async () => {
    root = openWorld(server.packages, server.files)
    file = join(root, 'start/routes.ts')
    writeFileSync(file, '')
    editor = await startEditor({ ...server, root, settings: server.settings(root) })
  })

  afterAll(async () => {
    await editor?.close()
    if (root) rmSync(root, { recursive: true })
  })

  const fixOnSave = async (text: string): Promise<string> => {
    const found = await editor.type(file, text)
    const [action] = await editor.actions(file, WHOLE, found, server.fixAll)
    return action ? editor.apply(file, action) : text
  }

  /** The text after the quick fix of the first problem whose title matches; undefined when none is offered. */
  const quickFix = async (text: string, title: RegExp): Promise<string | undefined> => {
    const found = await editor.type(file, text)
    const [problem] = found
    if (!problem) return undefined
    const action = (await editor.actions(file, problem.range, [problem])).find((offered) => title.test(offered.title))
    return action && editor.apply(file, action)
  }

  it('marks the import', async () => {
    const found = await editor.type(file, PROVEN)
    expect(found.map(({ range }) => range)).toEqual([
      { start: { line: 1, character: 0 }, end: { line: 1, character: 59 } },
    ])
  })

  it('names the rule', async () => {
    const [problem] = await editor.type(file, PROVEN)
    expect(problem?.code).toBe(server.code)
  })

  it('links to the page of the rule', async () => {
    const [problem] = await editor.type(file, PROVEN)
    expect(problem?.codeDescription?.href).toBe(server.href)
  })

  it('marks nothing in a lazy file', async () => {
    expect(await editor.type(file, PROVEN_FIXED)).toEqual([])
  })

  it('offers a proven fix as a quick fix', async () => {
    expect(await quickFix(PROVEN, FIX)).toBe(PROVEN_FIXED)
  })

  it('applies a proven fix on save', async () => {
    expect(await fixOnSave(PROVEN)).toBe(PROVEN_FIXED)
  })

  it('keeps CRLF and the characters around a fix on save', async () => {
    const crlf = (text: string): string => `// 🙂\n${text}// 🙃\n`.replaceAll('\n', '\r\n')
    expect(await fixOnSave(crlf(PROVEN))).toBe(crlf(PROVEN_FIXED))
  })

  it('offers a suggestion as a quick fix', async () => {
    expect(await quickFix(CONDITIONAL, SUGGESTION)).toBe(CONDITIONAL_ACCEPTED)
  })

  it('applies no suggestion on save', async () => {
    expect(await fixOnSave(CONDITIONAL)).toBe(CONDITIONAL)
  })

  it('sees a controller that was written after the server started', async () => {
    const routes = PROVEN.replace('#controllers/users_controller', '#controllers/late_controller')
    const fixed = PROVEN_FIXED.replace('#controllers/users_controller', '#controllers/late_controller')
    expect(await fixOnSave(routes)).toBe(routes)
    writeFileSync(join(root, 'app/controllers/late_controller.ts'), 'export default class { index() {} }\n')
    await expect.poll(() => fixOnSave(routes), { timeout: 10_000, interval: 100 }).toBe(fixed)
  })
})
