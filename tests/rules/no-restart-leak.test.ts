import rule from '../../rules/no-restart-leak.ts'
import { EXPRESS, manifest, runUnderEslint9 } from './express.ts'
import { ADONIS, projectWith, tester } from './project.ts'

/** src/metrics.ts, which the entry imports, takes the rows of the users controller, and what they use, out of what is hot. */
const LEAKING = {
  ...EXPRESS,
  'src/server.ts': "import './metrics.js'\nimport { routes } from './routes.js'\nroutes.listen(3000)\n",
  'src/metrics.ts': "import { rows } from './services/rows.js'\nexport const metrics = rows\n",
  'src/services/rows.ts': "import './query.js'\nimport './log.js'\nexport const rows = () => []\n",
  'src/services/query.ts': 'export const query = 1\n',
  'src/services/log.ts': 'export const log = 1\n',
}
const METRICS = LEAKING['src/metrics.ts']
const inExpress = projectWith(LEAKING)
const filename = inExpress('src/metrics.ts')

const inAdonis = projectWith({
  ...ADONIS,
  'start/boot.ts': "import '#services/clock'\nexport {}\n",
  'app/services/clock.ts': "import './mail.js'\nimport './rates.js'\n",
  'app/services/rates.ts': 'export {}\n',
})
/** Two files leak: taking one of the imports away changes nothing. */
const twice = projectWith({
  ...LEAKING,
  'src/server.ts': "import './metrics.js'\nimport './jobs.js'\nimport './routes.js'\n",
  'src/jobs.ts': METRICS,
})
/** A chain of imports, each of which alone is enough. */
const chain = projectWith({
  ...LEAKING,
  'src/metrics.ts': "import './collect.js'\n",
  'src/collect.ts': METRICS,
})
/** A barrel, of which the hot files use the members and not itself. */
const barrel = projectWith({
  ...LEAKING,
  'src/metrics.ts': "export * from './services/index.js'\n",
  'src/services/index.ts': "export * from './rows.js'\nexport * from './query.js'\nexport * from './log.js'\n",
  'src/services/rows.ts': 'export const rows = () => []\n',
  'src/controllers/users.ts':
    "import '../services/rows.js'\nimport '../services/query.js'\nimport '../services/log.js'\nexport const list = 1\n",
})
/** Nothing hot uses the rows. */
const unused = projectWith({ ...LEAKING, 'src/controllers/users.ts': 'export const list = 1\n' })
/** The rows are a boundary that is imported statically. */
const boundary = projectWith({
  ...LEAKING,
  'package.json': manifest().replace('./src/controllers/*.ts', './src/{controllers,services}/*.ts'),
})
/** The rows are imported lazily as well, but they are no boundary. */
const lazyToo = projectWith({
  ...LEAKING,
  'src/routes.ts': `${EXPRESS['src/routes.ts']}export const rows = () => import('./services/rows.js')\n`,
})

const MESSAGE =
  'This import of `rows.ts` makes 3 files restart the server that are hot without it (`rows.ts`, `log.ts`, `query.ts`). Import types only, import it lazily, or move what is needed here to a module of its own.'

tester.run('no-restart-leak', rule, {
  valid: [
    { name: 'more files than it costs', code: METRICS, filename, options: [{ minimum: 4 }] },
    { name: 'the import is gone from the text', code: 'export const metrics = 1', filename },
    {
      name: 'the import is of types in the text',
      code: "import type { rows } from './services/rows.js'\nexport let metrics: typeof rows",
      filename,
    },
    {
      name: 'the import is lazy in the text',
      code: "export const rows = () => import('./services/rows.js')",
      filename,
    },
    { name: 'the file above', code: LEAKING['src/server.ts'], filename: inExpress('src/server.ts') },
    { name: 'a hot file', code: EXPRESS['src/controllers/users.ts']!, filename: inExpress('src/controllers/users.ts') },
    { name: 'two files that leak', code: METRICS, filename: twice('src/metrics.ts') },
    { name: 'the other of the two', code: METRICS, filename: twice('src/jobs.ts') },
    { name: 'the upper import of a chain', code: "import './collect.js'", filename: chain('src/metrics.ts') },
    { name: 'nothing hot uses them', code: METRICS, filename: unused('src/metrics.ts') },
    { name: 'a boundary, which another rule is for', code: METRICS, filename: boundary('src/metrics.ts') },
    { name: 'a lazy import of no boundary has the same effect', code: METRICS, filename: lazyToo('src/metrics.ts') },
    {
      name: 'a member of the barrel',
      code: "export * from './rows.js'\nexport * from './query.js'\nexport * from './log.js'\n",
      filename: barrel('src/services/index.ts'),
    },
    { name: 'a test', code: "import '../src/services/rows.js'", filename: inExpress('tests/rows.test.ts') },
  ],
  invalid: [
    {
      name: 'an import that costs three files',
      code: `import express from 'express'\n${METRICS}express()`,
      filename,
      errors: [{ message: MESSAGE, line: 2, column: 1, endLine: 2, endColumn: 42 }],
    },
    {
      name: 'the value import, below one of types',
      code: `import type { Rows } from './services/rows.js'\n${METRICS}export let r: Rows`,
      filename,
      errors: [{ message: MESSAGE, line: 2 }],
    },
    {
      name: 'one file is enough when asked for',
      code: METRICS,
      filename,
      options: [{ minimum: 1 }],
      errors: [{ message: MESSAGE, line: 1 }],
    },
    {
      name: 'the last import of a chain',
      code: METRICS,
      filename: chain('src/collect.ts'),
      errors: [{ message: MESSAGE, line: 1 }],
    },
    {
      name: 'a barrel',
      code: "export * from './services/index.js'\n",
      filename: barrel('src/metrics.ts'),
      errors: [{ messageId: 'leak', line: 1 }],
    },
    {
      name: 'AdonisJS',
      code: "import '#services/clock'\nexport {}\n",
      filename: inAdonis('start/boot.ts'),
      errors: [
        {
          message:
            'This import of `clock.ts` makes 3 files restart the server that are hot without it (`clock.ts`, `rates.ts`, `mail.ts`). Import types only, import it lazily, or move what is needed here to a module of its own.',
          line: 1,
        },
      ],
    },
  ],
})

runUnderEslint9('no-restart-leak', rule, {
  valid: [{ code: 'export const metrics = 1', filename }],
  invalid: [{ code: METRICS, filename, errors: [{ message: MESSAGE }] }],
})
