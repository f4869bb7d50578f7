import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { directoryWith } from '../cli/run.ts'
import { EXPRESS } from '../rules/express.ts'
import { repository } from './engines.ts'

const LAZY = "export const load = () => import('./controllers/posts.js')\n"

/** Files of one server, each with the rule that reports it; and a neighbour of each that no rule reports. */
const FILES = {
  'src/server.ts': "import './metrics.js'\nimport './routes.js'\nimport './types.js'\nimport './more.js'\n",
  'src/metrics.ts': "import { rows } from './services/rows.js'\nexport const metrics = rows\n",
  'src/routes.ts': `${EXPRESS['src/routes.ts']}export * from './controllers/users.js'\n`,
  'src/more.ts': "export const load = () => import('./controllers/reports.js')\n",
  'src/types.ts': `import type { Post } from './controllers/posts.js'\n${LAZY}export let post: Post\n`,
  'src/below.ts': `${LAZY}import type { Post } from './controllers/posts.js'\nexport let post: Post\n`,
  'src/services/rows.ts': "import './query.js'\nimport './log.js'\nexport const rows = () => []\n",
  'src/services/query.ts': 'export const query = 1\n',
  'src/services/log.ts': 'export const log = 1\n',
  'src/controllers/reports.ts': "import '../services/rows.js'\n",
  'src/controllers/users.ts': 'export const list = () => []\n',
}

it('oxlint reports, and fixes, what the rules on boundaries are about', () => {
  const root = directoryWith({
    ...EXPRESS,
    ...FILES,
    '.oxlintrc.json': JSON.stringify({
      categories: { correctness: 'off' },
      jsPlugins: [{ name: 'hot-codemod', specifier: join(repository, 'dist/src/index.js') }],
      rules: {
        'hot-codemod/no-static-boundary-import': 'error',
        'hot-codemod/no-type-import-beside-lazy': 'error',
        'hot-codemod/no-restart-leak': ['error', { minimum: 2 }],
      },
    }),
  })
  const oxlint = (...flags: readonly string[]): string => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(repository, 'node_modules/oxlint/bin/oxlint'), '-c', join(root, '.oxlintrc.json'), ...flags, 'src'],
      { cwd: root, encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    return stdout
  }
  const { diagnostics } = JSON.parse(oxlint('--format=json')) as {
    diagnostics: { filename: string; code: string; labels: { span: { line: number } }[] }[]
  }
  expect(diagnostics.map(({ filename, code, labels }) => `${filename}:${labels[0]?.span.line} ${code}`).sort()).toEqual(
    [
      'src/metrics.ts:1 hot-codemod(no-restart-leak)',
      'src/routes.ts:5 hot-codemod(no-static-boundary-import)',
      'src/types.ts:1 hot-codemod(no-type-import-beside-lazy)',
    ],
  )

  oxlint('--fix')
  expect(readFileSync(join(root, 'src/types.ts'), 'utf8')).toBe(
    `type Post = import('./controllers/posts.js').Post\n${LAZY}export let post: Post\n`,
  )
})
