import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import rule from '../../rules/no-hot-import-attribute.ts'
import { ADONIS, projectWith, tester } from './project.ts'

const inAdonis = projectWith(ADONIS)
const unconfigured = projectWith({
  ...ADONIS,
  'package.json': JSON.stringify({ type: 'module', dependencies: { '@adonisjs/core': '^6.18.0' } }),
})
const outside = projectWith({ 'users.ts': '' })
const filename = inAdonis('start/routes.ts')

tester.run('no-hot-import-attribute', rule, {
  valid: [
    { name: 'no attribute', code: "const load = () => import('#services/mail')", filename },
    {
      name: 'import.meta.hot',
      code: "const load = () => import('#services/mail', import.meta.hot?.boundary)",
      filename,
    },
    { name: 'another attribute', code: "import data from './data.json' with { type: 'json' }", filename },
    { name: 'another object', code: "const options = { with: { hot: 'true' } }", filename },
    {
      name: 'a test',
      code: "await import('#services/mail', { with: { hot: 'true' } })",
      filename: inAdonis('tests/mail.spec.ts'),
    },
    {
      name: 'no project',
      code: "await import('./users.js', { with: { hot: 'true' } })",
      filename: outside('boot.ts'),
    },
  ],
  invalid: [
    {
      name: 'a boundary',
      code: "const load = () => import('#controllers/users_controller', { with: { hot: 'true' } })",
      filename,
      output: "const load = () => import('#controllers/users_controller')",
      errors: [
        {
          message:
            'Node.js throws ERR_IMPORT_ATTRIBUTE_UNSUPPORTED for the attribute `hot` where hot-hook is not loaded, in production for example. `hotHook.boundaries` names `users_controller.ts` already.',
          line: 1,
          column: 70,
          endColumn: 81,
        },
      ],
    },
    {
      name: 'a boundary, with a comma behind',
      code: "import(\n  '#controllers/users_controller',\n  { with: { 'hot': 'true' } },\n)",
      filename,
      output: "import(\n  '#controllers/users_controller'\n)",
      errors: [{ messageId: 'boundary' }],
    },
    {
      name: 'no boundary',
      code: "const load = () => import('#services/mail', { with: { hot: 'true' } })",
      filename,
      errors: [
        {
          messageId: 'other',
          suggestions: [
            {
              messageId: 'pass',
              output: "const load = () => import('#services/mail', import.meta.hot?.boundary)",
            },
          ],
        },
      ],
    },
    {
      name: 'a computed specifier',
      code: "const load = (name) => import(name, { with: { hot: 'true' } })",
      filename,
      errors: [
        {
          messageId: 'other',
          suggestions: [
            { messageId: 'pass', output: 'const load = (name) => import(name, import.meta.hot?.boundary)' },
          ],
        },
      ],
    },
    {
      name: 'a boundary of the framework that package.json does not have',
      code: "import('../app/controllers/users_controller.js', { with: { hot: 'true' } })",
      filename: unconfigured('start/routes.ts'),
      errors: [
        {
          messageId: 'other',
          suggestions: [
            {
              messageId: 'pass',
              output: "import('../app/controllers/users_controller.js', import.meta.hot?.boundary)",
            },
          ],
        },
      ],
    },
    {
      name: 'an attribute beside it',
      code: "import('#controllers/users_controller', { with: { hot: 'true', type: 'json' } })",
      filename,
      errors: [{ messageId: 'boundary' }],
    },
    {
      name: 'a comment in it',
      code: "import('#controllers/users_controller', { with: { hot: 'true' /* why */ } })",
      filename,
      errors: [{ messageId: 'boundary' }],
    },
    {
      name: 'a static import',
      code: "import Users from '#controllers/users_controller' with { hot: 'true' }\n",
      filename,
      output: "import Users from '#controllers/users_controller'\n",
      errors: [
        {
          message:
            'Node.js throws ERR_IMPORT_ATTRIBUTE_UNSUPPORTED for the attribute `hot` where hot-hook is not loaded, in production for example. In a static import it makes nothing hot.',
          line: 1,
          column: 58,
          endColumn: 69,
        },
      ],
    },
    {
      name: 'exports',
      code: "export * from '#services/mail' with { 'hot': 'true' };\nexport { now } from '#services/clock' with { hot: 'true' };\n",
      filename,
      output: "export * from '#services/mail';\nexport { now } from '#services/clock';\n",
      errors: [{ messageId: 'static' }, { messageId: 'static' }],
    },
    {
      name: 'a static import with another attribute',
      code: "import data from './data.json' with { type: 'json', hot: 'true' }",
      filename,
      errors: [{ messageId: 'static' }],
    },
  ],
})

describe('Node.js without hot-hook', () => {
  const project = projectWith({ 'users.mjs': 'export default 1\n' })
  const run = (text: string): string =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', text], { cwd: project('.'), encoding: 'utf8' }).stderr

  it('refuses the attribute of an import()', () => {
    expect(run("await import('./users.mjs', { with: { hot: 'true' } })")).toContain('ERR_IMPORT_ATTRIBUTE_UNSUPPORTED')
  })

  it('refuses that of a static import', () => {
    expect(run("import users from './users.mjs' with { hot: 'true' }")).toContain('ERR_IMPORT_ATTRIBUTE_UNSUPPORTED')
  })

  it('takes import.meta.hot?.boundary', () => {
    expect(run("await import('./users.mjs', import.meta.hot?.boundary)")).toBe('')
  })
})
