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

/** The rows are needed as a type only, and the loader keeps the import all the same. */
const typed = projectWith({
  ...LEAKING,
  'tsconfig.json': '{ "compilerOptions": { "verbatimModuleSyntax": true } }',
  'src/metrics.ts': "import { Rows } from './services/rows.js'\nexport const metrics: Rows[] = []\n",
  'src/services/rows.ts':
    "import './query.js'\nimport './log.js'\nexport class Rows {}\nexport const rows = () => []\n",
})
/** All rows come from a barrel, of which the metrics need the log only. */
const direct = projectWith({
  ...LEAKING,
  'src/metrics.ts': "\uFEFFimport { log } from './services/index.js'\nexport const metrics = log\n",
  'src/services/index.ts': "export * from './rows.js'\nexport * from './query.js'\nexport * from './log.js'\n",
  'src/services/rows.ts': 'export const rows = () => []\n',
  'src/controllers/users.ts': "import { rows } from '../services/index.js'\nexport const list = () => rows()\n",
})
/** One of the modules behind the barrel does something at boot. */
const acting = projectWith({
  ...LEAKING,
  'src/metrics.ts': "import { log } from './services/index.js'\nexport const metrics = log\n",
  'src/services/index.ts': "export * from './rows.js'\nexport * from './query.js'\nexport * from './log.js'\n",
  'src/services/rows.ts': 'open()\nfunction open() {}\nexport const rows = () => []\n',
  'src/controllers/users.ts': "import { rows } from '../services/index.js'\nexport const list = () => rows()\n",
})
const BARREL = "import { log } from './services/index.js'\nexport const metrics = log\n"

/** The rows are needed now and then; the hot controller uses what they use. */
const POLL = `import { rows } from './services/rows.js'

setInterval(async () => console.log(rows()), 60_000)
`
const polled = projectWith({
  ...LEAKING,
  'src/metrics.ts': POLL,
  'src/controllers/users.ts': "import '../services/query.js'\nimport '../services/log.js'\nexport const list = 1\n",
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
      name: 'a type import is enough',
      code: "import { Rows } from './services/rows.js'\nexport const metrics: Rows[] = []\n",
      filename: typed('src/metrics.ts'),
      errors: [{ messageId: 'leak' }],
      output: "import type { Rows } from './services/rows.js'\nexport const metrics: Rows[] = []\n",
    },
    {
      name: 'a module behind a barrel',
      code: `\uFEFF${BARREL}`,
      filename: direct('src/metrics.ts'),
      errors: [{ messageId: 'leak' }],
      output: `\uFEFF${BARREL.replace('index', 'log')}`,
    },
    {
      name: 'a text that is not saved is not planned',
      code: `// later\n${BARREL}`,
      filename: direct('src/metrics.ts'),
      errors: [{ messageId: 'leak', suggestions: [] }],
      output: null,
    },
    {
      name: 'a module that does something at boot',
      code: BARREL,
      filename: acting('src/metrics.ts'),
      errors: [
        {
          messageId: 'leak',
          suggestions: [
            {
              desc: 'Import `log` from where it is declared. `src/services/rows.ts:1` runs code when it is imported, and nothing else would import it when the server starts.',
              output: BARREL.replace('index', 'log'),
            },
          ],
        },
      ],
      output: null,
    },
    {
      name: 'an import that async functions could make',
      code: POLL,
      filename: polled('src/metrics.ts'),
      options: [{ minimum: 2 }],
      errors: [
        {
          messageId: 'leak',
          suggestions: [
            {
              desc: 'Import `rows` in the functions that use it, and add `rows.ts` to `hotHook.boundaries`. It is used only in async functions that run after boot: each imports it when it is called.',
              output: `
setInterval(async () => {
  const { rows } = await import('./services/rows.js')
  return console.log(rows())
}, 60_000)
`,
            },
          ],
        },
      ],
      output: null,
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
