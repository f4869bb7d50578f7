import * as parser from '@typescript-eslint/parser'
import type { Linter, Rule, RuleTester } from 'eslint'
import { RuleTester as RuleTester9 } from 'eslint9'
import { describe, it } from 'vitest'

/** package.json of a server that starts with src/server.ts, under tsx; `more` is added to it. */
export function manifest(more: Readonly<Record<string, unknown>> = {}): string {
  return `${JSON.stringify(
    {
      name: 'app',
      type: 'module',
      scripts: { dev: 'hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts' },
      dependencies: { express: '^5.1.0' },
      devDependencies: { 'hot-hook': '^1.0.0', tsx: '^4.20.0' },
      hotHook: { boundaries: ['./src/controllers/*.ts'] },
      ...more,
    },
    null,
    2,
  )}\n`
}

/** An Express server: src/routes.ts imports the users controller on each request, and that imports a service. */
export const EXPRESS: Readonly<Record<string, string>> = {
  'package.json': manifest(),
  'src/server.ts':
    "import express from 'express'\nimport { routes } from './routes.js'\nexpress().use(routes).listen(3000)\n",
  'src/routes.ts': `import { Router } from 'express'
export const routes = Router().get('/users', async (request, response) =>
  (await import('./controllers/users.js')).list(request, response),
)
`,
  'src/controllers/users.ts': "import { rows } from '../services/rows.js'\nexport const list = () => rows()\n",
  'src/controllers/posts.ts': 'export interface Post { id: number }\nexport const list = () => []\n',
  'src/services/rows.ts': 'export const rows = () => []\n',
}

RuleTester9.describe = describe
RuleTester9.it = it

/** Runs cases under ESLint 9 too. */
export function runUnderEslint9(name: string, rule: Rule.RuleModule, cases: Parameters<RuleTester['run']>[2]): void {
  describe('ESLint 9', () => {
    const tester = new RuleTester9({ languageOptions: { parser: parser as Linter.Parser } })
    tester.run(name, rule as never, cases as never)
  })
}
