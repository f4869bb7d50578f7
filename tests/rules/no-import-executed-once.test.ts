import rule from '../../rules/no-import-executed-once.ts'
import { ADONIS, projectWith, tester } from './project.ts'

const inAdonis = projectWith(ADONIS)
const unconfigured = projectWith({
  ...ADONIS,
  'package.json': JSON.stringify({ type: 'module', dependencies: { '@adonisjs/core': '^6.18.0' } }),
})
const outside = projectWith({ 'app/controllers/users_controller.ts': '' })
const filename = inAdonis('start/boot.ts')

tester.run('no-import-executed-once', rule, {
  valid: [
    { name: 'a thunk', code: "const Users = () => import('#controllers/users_controller')", filename },
    { name: 'no boundary', code: "const clock = await import('#services/clock')", filename },
    {
      name: 'no boundary, with another attribute',
      code: "const mail = await import('#services/mail', { with: { type: 'json' } })",
      filename,
    },
    { name: 'a package', code: "const users = await import('@adonisjs/core')", filename },
    { name: 'a computed specifier', code: 'const users = await import(name)', filename },
    { name: 'nothing to find', code: "import router from '@adonisjs/core/services/router'", filename },
    {
      name: 'a module that is replaced itself',
      code: "const users = await import('#controllers/posts_controller')",
      filename: inAdonis('app/services/clock.ts'),
    },
    {
      name: 'a test',
      code: "const users = await import('#controllers/users_controller')",
      filename: inAdonis('tests/users.spec.ts'),
    },
    {
      name: 'a command',
      code: "const users = await import('#controllers/users_controller')",
      filename: inAdonis('commands/users.ts'),
    },
    {
      name: 'a project without boundaries',
      code: "const users = await import('../app/controllers/users_controller.js')",
      filename: unconfigured('start/boot.ts'),
    },
    {
      name: 'no project',
      code: "const users = await import('./app/controllers/users_controller.js')",
      filename: outside('boot.ts'),
    },
  ],
  invalid: [
    {
      code: "const users = await import('#controllers/users_controller')",
      filename,
      errors: [
        {
          message:
            '`users_controller.ts` is imported once, while this module is loaded: after an edit of it, hot-hook says it is replaced, and the old code stays. Import it in the function that uses it.',
          line: 1,
          column: 21,
          endColumn: 60,
        },
      ],
    },
    {
      code: "let users\nexport const load = () => (users ??= import('#controllers/users_controller'))",
      filename,
      errors: [{ messageId: 'memoised', data: { target: 'users_controller.ts' }, line: 2 }],
    },
    {
      code: "async function boot() {\n  const users = await import('../app/controllers/users_controller.js')\n}\nawait boot()",
      filename,
      errors: [{ messageId: 'caller', data: { target: 'users_controller.ts' }, line: 2 }],
    },
    {
      code: "router.use((await import('#controllers/posts_controller')).default)",
      filename,
      errors: [{ messageId: 'registered', data: { target: 'posts_controller.ts' }, line: 1 }],
    },
    {
      name: 'a boundary by its attribute',
      code: "const mail = await import('#services/mail', import.meta.hot?.boundary)",
      filename,
      errors: [{ messageId: 'module-level', data: { target: 'mail.ts' }, line: 1 }],
    },
    {
      name: 'a file that is not loaded yet',
      code: "await import('#controllers/users_controller')\nawait import('#controllers/posts_controller')",
      filename: inAdonis('start/new.ts'),
      errors: [
        { messageId: 'module-level', line: 1 },
        { messageId: 'module-level', line: 2 },
      ],
    },
  ],
})
