import rule from '../../rules/no-static-boundary-import.ts'
import { EXPRESS, manifest, runUnderEslint9 } from './express.ts'
import { ADONIS, projectWith, tester } from './project.ts'

const inExpress = projectWith(EXPRESS)
const inAdonis = projectWith(ADONIS)
/** No framework, plain JavaScript. */
const inNode = projectWith({
  'package.json': JSON.stringify({ type: 'module', main: 'server.js', hotHook: { boundaries: 'pages/*.js' } }),
  'server.js': "export const home = () => import('./pages/home.js')\n",
  'pages/home.js': 'export default 1\n',
})
/** A loader that erases `import type` only. */
const inVerbatim = projectWith({
  ...EXPRESS,
  'tsconfig.json': '{ "compilerOptions": { "verbatimModuleSyntax": true } }',
})
const unconfigured = projectWith({ ...EXPRESS, 'package.json': manifest({ hotHook: undefined }) })
const inCommonJs = projectWith({ ...EXPRESS, 'package.json': manifest({ type: 'commonjs' }) })

const filename = inExpress('src/routes.ts')
const POSTS =
  '`posts.ts` is a boundary of hot-hook, and a static import of it restarts the server for each of its edits, or keeps the old code here.'

tester.run('no-static-boundary-import', rule, {
  valid: [
    { name: 'a lazy import', code: "export const load = () => import('./controllers/posts.js')", filename },
    { name: 'what no glob matches', code: "import { rows } from './services/rows.js'\nrows()", filename },
    { name: 'a package', code: "import express from 'express'\nexpress()", filename },
    { name: 'a file that does not exist', code: "import { list } from './controllers/none.js'\nlist()", filename },
    {
      name: 'import type',
      code: "import type { Post } from './controllers/posts.js'\nexport let post: Post",
      filename,
    },
    {
      name: 'inline types, which the loader erases',
      code: "import { type Post } from './controllers/posts.js'\nexport let post: Post",
      filename,
    },
    {
      name: 'an import that is used as a type only, which the loader erases',
      code: "import { Post } from './controllers/posts.js'\nexport let post: Post",
      filename,
    },
    { name: 'export type', code: "export type { Post } from './controllers/posts.js'", filename },
    { name: 'a local export', code: 'const list = 1\nexport { list }', filename },
    {
      name: 'a test',
      code: "import { list } from '../src/controllers/posts.js'\nlist()",
      filename: inExpress('tests/posts.test.ts'),
    },
    {
      name: 'a script',
      code: "import { list } from '../src/controllers/posts.js'\nlist()",
      filename: inExpress('scripts/seed.ts'),
    },
    {
      name: 'a command of AdonisJS',
      code: "import Users from '#controllers/users_controller'\nnew Users()",
      filename: inAdonis('commands/users.ts'),
    },
    {
      name: 'a registered controller, which another rule is for',
      code: "import router from '@adonisjs/core/services/router'\nimport Users from '#controllers/users_controller'\nrouter.get('/', [Users, 'index'])",
      filename: inAdonis('start/routes.ts'),
    },
    {
      name: 'between boundaries, when that is not asked for',
      code: "import { list } from './users.js'\nlist()",
      filename: inExpress('src/controllers/posts.ts'),
      options: [{ betweenBoundaries: false }],
    },
    {
      name: 'a project without boundaries',
      code: "import { list } from './controllers/posts.js'\nlist()",
      filename: unconfigured('src/routes.ts'),
    },
    {
      name: 'a project without ES modules',
      code: "import { list } from './controllers/posts.js'\nlist()",
      filename: inCommonJs('src/routes.ts'),
    },
  ],
  invalid: [
    {
      name: 'a named import',
      code: "import { Router } from 'express'\nimport { list } from './controllers/posts.js'\nRouter().get(list)",
      filename,
      errors: [{ message: POSTS, line: 2, column: 1, endLine: 2, endColumn: 46 }],
    },
    {
      name: 'an import for its effects',
      code: "import './controllers/posts.js'",
      filename,
      errors: [{ message: POSTS, line: 1 }],
    },
    {
      name: 'a re-export of a name',
      code: "export { list } from './controllers/posts.js'",
      filename,
      errors: [{ message: POSTS, line: 1 }],
    },
    {
      name: 'a re-export of all',
      code: "export * from './controllers/posts.js'",
      filename,
      errors: [{ message: POSTS, line: 1 }],
    },
    {
      name: 'an inline type beside a value',
      code: "import { type Post, list } from './controllers/posts.js'\nexport const posts: Post[] = list()",
      filename,
      errors: [{ message: POSTS, line: 1 }],
    },
    {
      name: 'inline types, where the loader keeps the import',
      code: "import { type Post } from './controllers/posts.js'\nexport let post: Post",
      filename: inVerbatim('src/routes.ts'),
      errors: [{ message: POSTS, line: 1 }],
    },
    {
      name: 'the value import, and not the erased one beside it',
      code: "import { Post } from './controllers/posts.js'\nimport { list } from './controllers/posts.js'\nexport const posts: Post[] = list()",
      filename,
      errors: [{ message: POSTS, line: 2 }],
    },
    {
      name: 'a lazy import of the same file does not help',
      code: "import { list } from './controllers/posts.js'\nexport const load = () => import('./controllers/posts.js')\nlist()",
      filename,
      errors: [{ message: POSTS, line: 1 }],
    },
    {
      name: 'each statement once',
      code: "import { list } from './controllers/posts.js'\nimport * as users from './controllers/users.js'\nlist(users, list, users.list)",
      filename,
      errors: [
        { message: POSTS, line: 1 },
        { message: POSTS.replace('posts', 'users'), line: 2 },
      ],
    },
    {
      name: 'a file that is not there yet',
      code: "import { list } from './controllers/posts.js'\nlist()",
      filename: inExpress('src/new.ts'),
      errors: [{ message: POSTS, line: 1 }],
    },
    {
      name: 'a boundary that imports another one',
      code: "import { list } from './users.js'\nlist()",
      filename: inExpress('src/controllers/posts.ts'),
      errors: [
        {
          message:
            '`users.ts` is a boundary of hot-hook that this boundary imports statically: an edit of it restarts the server, though it would be hot if no glob matched it.',
          line: 1,
        },
      ],
    },
    {
      name: 'plain JavaScript without a framework',
      code: "import home from './pages/home.js'\nhome()",
      filename: inNode('server.js'),
      errors: [{ message: POSTS.replace('posts.ts', 'home.js'), line: 1 }],
    },
    {
      name: 'a controller that is used as a value',
      code: "import Users from '#controllers/users_controller'\nexport const name = Users.name",
      filename: inAdonis('start/boot.ts'),
      errors: [
        {
          message:
            '`Users` is imported statically from a boundary of hot-hook. `Users` is read as a value; only the class has that member.',
          line: 1,
        },
      ],
    },
    {
      name: 'a controller that nothing uses',
      code: "import Users from '#controllers/users_controller'\nexport {}\n",
      filename: inAdonis('start/boot.ts'),
      errors: [
        {
          messageId: 'planned',
          line: 1,
          suggestions: [{ desc: 'Remove the import of `Users`.', output: 'export {}\n' }],
        },
      ],
    },
    {
      name: 'a controller that another one extends',
      code: "import Users from '#controllers/users_controller'\nexport default class Posts extends Users {}",
      filename: inAdonis('app/controllers/posts_controller.ts'),
      errors: [{ messageId: 'planned', line: 1 }],
    },
  ],
})

runUnderEslint9('no-static-boundary-import', rule, {
  valid: [{ code: "export const load = () => import('./controllers/posts.js')", filename }],
  invalid: [{ code: "export * from './controllers/posts.js'", filename, errors: [{ message: POSTS }] }],
})
