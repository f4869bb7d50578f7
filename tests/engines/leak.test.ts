import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ESLint as ESLint10 } from 'eslint'
import { ESLint as ESLint9 } from 'eslint9'
import * as parser from '@typescript-eslint/parser'
import { expect, it } from 'vitest'
import { migrate } from '../../dist/src/migrate.js'
import { directoryWith } from '../cli/run.ts'
import { EXPRESS } from '../rules/express.ts'
import { repository } from './engines.ts'

/** src/metrics.ts takes two modules out of what is hot: one by a type that the loader keeps, the other by a barrel. */
const FILES: Readonly<Record<string, string>> = {
  ...EXPRESS,
  'tsconfig.json': '{ "compilerOptions": { "verbatimModuleSyntax": true } }',
  'src/server.ts': "import './metrics.js'\nimport { routes } from './routes.js'\nroutes.listen(3000)\n",
  'src/metrics.ts': `import { User } from "./models/user.js";
import { clock, type Rows } from "./services/index.js";

export const metrics: [User?, Rows?] = [];
export const started = clock();
`,
  'src/models/user.ts': 'export class User {}\n',
  'src/services/index.ts': "export * from './clock.js'\nexport * from './rows.js'\n",
  'src/services/clock.ts': 'export const clock = () => 1\n',
  'src/services/rows.ts': 'export type Rows = []\nexport const rows = () => []\n',
  'src/controllers/users.ts':
    "import { User } from '../models/user.js'\nimport { rows } from '../services/index.js'\nexport const list = () => [new User(), rows()]\n",
}
const RULE = 'hot-codemod/no-restart-leak'
const FIXED = `import type { User } from "./models/user.js";
import { clock } from "./services/clock.js";
import type { Rows } from "./services/index.js";

export const metrics: [User?, Rows?] = [];
export const started = clock();
`

/** `eslint --fix`, once: the imports do not overlap. */
async function fixWith(ESLint: typeof ESLint10, root: string): Promise<string> {
  const { default: plugin } = await import('../../dist/src/index.js')
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    fix: true,
    overrideConfig: [
      {
        files: ['**/*.ts'],
        languageOptions: { parser },
        plugins: { 'hot-codemod': plugin },
        rules: { [RULE]: ['error', { minimum: 1 }] },
      },
    ] as never,
  })
  await ESLint.outputFixes(await eslint.lintFiles(['src/metrics.ts']))
  return metricsIn(root)
}

function metricsIn(root: string): string {
  return readFileSync(join(root, 'src/metrics.ts'), 'utf8')
}

it('the codemods and every linter write the same', async () => {
  const migrated = directoryWith(FILES)
  const migration = await migrate({ directory: migrated, only: ['type-imports', 'direct-imports'], allowDirty: true })
  migration.apply()
  expect(metricsIn(migrated)).toBe(FIXED)

  expect(await fixWith(ESLint10, directoryWith(FILES))).toBe(FIXED)
  expect(await fixWith(ESLint9 as never, directoryWith(FILES))).toBe(FIXED)

  const linted = directoryWith(FILES)
  const config = {
    categories: { correctness: 'off' },
    jsPlugins: [{ name: 'hot-codemod', specifier: join(repository, 'dist/src/index.js') }],
    rules: { [RULE]: ['error', { minimum: 1 }] },
  }
  writeFileSync(join(linted, '.oxlintrc.json'), JSON.stringify(config))
  const bin = join(repository, 'node_modules/oxlint/bin/oxlint')
  spawnSync(process.execPath, [bin, '-c', '.oxlintrc.json', '--fix', 'src/metrics.ts'], { cwd: linted })
  expect(metricsIn(linted)).toBe(FIXED)
})
