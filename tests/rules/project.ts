import { RuleTester } from 'eslint'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Linter } from 'eslint'
import * as parser from '@typescript-eslint/parser'
import { afterAll, describe, it } from 'vitest'

RuleTester.describe = describe
RuleTester.it = it
RuleTester.itOnly = it.only

/** ESLint's tester, with the parser of TypeScript projects. */
export const tester = new RuleTester({ languageOptions: { parser: parser as Linter.Parser } })

/** An AdonisJS server: `start/routes.ts` is loaded at boot, and it imports the users controller on each request. */
export const ADONIS: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'app',
    type: 'module',
    imports: { '#controllers/*': './app/controllers/*.js', '#services/*': './app/services/*.js' },
    dependencies: { '@adonisjs/core': '^6.18.0' },
    hotHook: { boundaries: ['./app/controllers/**/*.ts'] },
  }),
  'adonisrc.ts': "export default { preloads: [() => import('./start/routes.js'), () => import('./start/boot.js')] }\n",
  'bin/server.ts': "import 'reflect-metadata'\n",
  'start/boot.ts': 'export {}\n',
  'start/routes.ts': `import router from '@adonisjs/core/services/router'
router.get('/users', [() => import('#controllers/users_controller'), 'index'])
`,
  'app/controllers/users_controller.ts':
    "import '#services/clock'\nexport default class UsersController { index() {} }\n",
  'app/controllers/posts_controller.ts': 'export default class PostsController { index() {} }\n',
  'app/services/clock.ts': 'export {}\n',
  'app/services/mail.ts': 'export {}\n',
}

/** Writes a project for all tests of a file. @returns the absolute path of a file in it. */
export function projectWith(files: Readonly<Record<string, string>>): (path: string) => string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-rule-')))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return (path) => join(root, path)
}
