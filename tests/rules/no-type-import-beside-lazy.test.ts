import rule from '../../rules/no-type-import-beside-lazy.ts'
import { EXPRESS, runUnderEslint9 } from './express.ts'
import { ADONIS, projectWith, tester } from './project.ts'

const inExpress = projectWith(EXPRESS)
const inAdonis = projectWith({
  ...ADONIS,
  'app/controllers/posts_controller.ts':
    'export interface Post { id: number }\nexport default class PostsController { index() {} }\n',
})

const filename = inExpress('src/routes.ts')
const LAZY = "export const load = () => import('./controllers/posts.js')\n"
const TYPE = "import type { Post } from './controllers/posts.js'\n"
const USE = 'export let post: Post\n'
const MESSAGE =
  'The type import of `Post` stands above a lazy import of the same module, and hot-hook 1.0 takes the first import it reads: hot reload is off for that module.'

tester.run('no-type-import-beside-lazy', rule, {
  valid: [
    { name: 'the type import below', code: LAZY + TYPE + USE, filename },
    { name: 'no lazy import', code: TYPE + USE, filename },
    { name: 'no type import', code: LAZY, filename },
    { name: 'another specifier', code: TYPE.replace('.js', '.ts') + LAZY + USE, filename },
    { name: 'another file', code: TYPE.replace('posts', 'users') + LAZY + USE, filename },
    {
      name: 'what is no boundary',
      code: "import type { rows } from './services/rows.js'\nexport const load = (): Promise<{ rows: typeof rows }> => import('./services/rows.js')\n",
      filename,
    },
    { name: 'a type of import()', code: `export let post: import('./controllers/posts.js').Post\n${LAZY}`, filename },
    { name: 'export type', code: `export type { Post } from './controllers/posts.js'\n${LAZY}`, filename },
    {
      name: 'a value import, which another rule is for',
      code: `import { list } from './controllers/posts.js'\n${LAZY}list()`,
      filename,
    },
    { name: 'a computed specifier', code: `${TYPE}export const load = (name) => import(name)\n${USE}`, filename },
    {
      name: 'a test',
      code: (TYPE + LAZY + USE).replaceAll('./', '../src/'),
      filename: inExpress('tests/posts.test.ts'),
    },
  ],
  invalid: [
    {
      name: 'import type',
      code: TYPE + LAZY + USE,
      filename,
      errors: [{ message: MESSAGE, line: 1, column: 1, endColumn: 51 }],
      output: `type Post = import('./controllers/posts.js').Post\n${LAZY}${USE}`,
    },
    {
      name: 'inline types',
      code: TYPE.replace('type { Post', '{ type Post') + LAZY + USE,
      filename,
      errors: [{ message: MESSAGE, line: 1 }],
      output: `type Post = import('./controllers/posts.js').Post\n${LAZY}${USE}`,
    },
    {
      name: 'an import that is used as a type only',
      code: TYPE.replace('type ', '') + LAZY + USE,
      filename,
      errors: [{ message: MESSAGE, line: 1 }],
      output: `type Post = import('./controllers/posts.js').Post\n${LAZY}${USE}`,
    },
    {
      name: 'a lazy import in backquotes, and a space before it',
      code: TYPE + LAZY.replace("import('./controllers/posts.js')", 'import (`./controllers/posts.js`)') + USE,
      filename,
      errors: [{ message: MESSAGE, line: 1 }],
      output: `type Post = import('./controllers/posts.js').Post\n${LAZY.replace("import('./controllers/posts.js')", 'import (`./controllers/posts.js`)')}${USE}`,
    },
    {
      name: 'CRLF, and a name of its own',
      code: "import type { Post as Row } from './controllers/posts.js'\r\nexport const load = () => import('./controllers/posts.js')\r\nexport let row: Row\r\n",
      filename,
      errors: [{ message: MESSAGE.replace('Post', 'Row'), line: 1 }],
      output:
        "type Row = import('./controllers/posts.js').Post\r\nexport const load = () => import('./controllers/posts.js')\r\nexport let row: Row\r\n",
    },
    {
      name: 'a comment above that may apply to the line',
      code: `// @ts-ignore\n${TYPE}${LAZY}${USE}`,
      filename,
      errors: [
        {
          message:
            'The type import of `Post` stands above a lazy import of the same module, so hot reload is off for that module. The `@ts-ignore` comment above would apply to the rewritten line.',
          line: 2,
          suggestions: [
            {
              desc: "Write `import('…')` types for `Post`.",
              output: `// @ts-ignore\ntype Post = import('./controllers/posts.js').Post\n${LAZY}${USE}`,
            },
          ],
        },
      ],
    },
    {
      name: 'a comment inside, which would be lost',
      code: TYPE.replace('Post', 'Post /* row */') + LAZY + USE,
      filename,
      errors: [
        {
          message:
            'The type import of `Post` stands above a lazy import of the same module, so hot reload is off for that module: hot-hook 1.0 takes the first import it reads. Move it below the lazy import.',
          line: 1,
        },
      ],
    },
    {
      name: 'a namespace',
      code: `import type * as posts from './controllers/posts.js'\n${LAZY}export let post: posts.Post\n`,
      filename,
      errors: [{ messageId: 'kept', data: { names: '`posts`' }, line: 1 }],
    },
    {
      name: 'AdonisJS',
      code: "import type { Post } from '#controllers/posts_controller'\nexport const load = () => import('#controllers/posts_controller')\nexport let post: Post\n",
      filename: inAdonis('start/routes.ts'),
      errors: [{ message: MESSAGE, line: 1 }],
      output:
        "type Post = import('#controllers/posts_controller').Post\nexport const load = () => import('#controllers/posts_controller')\nexport let post: Post\n",
    },
  ],
})

runUnderEslint9('no-type-import-beside-lazy', rule, {
  valid: [{ code: LAZY + TYPE + USE, filename }],
  invalid: [
    {
      code: TYPE + LAZY + USE,
      filename,
      errors: [{ message: MESSAGE }],
      output: `type Post = import('./controllers/posts.js').Post\n${LAZY}${USE}`,
    },
  ],
})
