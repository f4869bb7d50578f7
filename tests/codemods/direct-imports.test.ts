import { describe, expect, it } from 'vitest'
import { directImports } from '../../codemods/direct-imports.ts'
import { planStaticImports } from '../../src/lazy/imports/static-imports.ts'
import { directoryWith, open, run } from './run.ts'

type Files = Readonly<Record<string, string>>

/** The users controller is hot, and uses all services; src/metrics.ts, which is not, needs one of them. */
const FILES: Files = {
  'package.json': JSON.stringify({
    name: 'app',
    type: 'module',
    scripts: { dev: 'tsx watch src/server.ts' },
    imports: { '#services': './src/services/index.js', '#lib/*': './src/*.js' },
    dependencies: { express: '^5.1.0' },
    hotHook: { boundaries: ['./src/controllers/*.ts'] },
  }),
  'src/server.ts':
    "import express from 'express'\nimport './metrics.js'\nimport { users } from './routes.js'\nexpress().use(users).listen(3000)\n",
  'src/routes.ts':
    "import { Router } from 'express'\nexport const users = Router().get('/', async (req, res) => (await import('./controllers/users.js')).list(req, res))\n",
  'src/controllers/users.ts':
    "import { clock, users } from '../services/index.js'\nexport const list = (req, res) => res.json([users(), clock()])\n",
  'src/services/index.ts': `export * from './clock.js'
export { listUsers as users, type User } from './users.js'
export { default as Mailer } from './mail/mailer.js'
export * as log from './log.js'
export const version = 1
`,
  'src/services/clock.ts': 'export const clock = () => 1\nexport const zone = () => 2\n',
  'src/services/users.ts': 'export interface User { id: number }\nexport const listUsers = () => []\n',
  'src/services/mail/mailer.ts': 'export default class Mailer {}\nexport const from = 1\n',
  'src/services/log.ts': 'export const info = () => {}\n',
}

const METRICS = "import { clock } from './services/index.js'\n\nexport const seen = () => clock()\n"

/** The new text of src/metrics.ts; undefined where it stays. */
async function metrics(text: string, files: Files = {}): Promise<string | undefined> {
  const all = { ...FILES, 'src/metrics.ts': text, ...files }
  const { changed } = await run(directImports, all, { name: 'express', major: 5 })
  return changed['src/metrics.ts']
}

/** `verdict reason detail` of each candidate of src/metrics.ts. */
function verdicts(text: string, files: Files = {}): string[] {
  const root = directoryWith({ ...FILES, ...files, 'src/metrics.ts': text })
  const { project, tree } = open(root, { name: 'express', major: 5 })
  return planStaticImports('direct-imports', project, tree)
    .filter(({ path }) => path.endsWith('/metrics.ts'))
    .flatMap(({ candidates }) => candidates.map(({ verdict, reason, detail }) => `${verdict} ${reason} ${detail}`))
}

const imports = (statement: string, used: string): string => `${statement}\n\nexport const seen = () => [${used}]\n`

describe('an import of a barrel', () => {
  it('names the module behind it', async () => {
    const { changed, summary, notes } = await run(
      directImports,
      { ...FILES, 'src/metrics.ts': METRICS },
      { name: 'express', major: 5 },
    )
    expect(changed).toEqual({ 'src/metrics.ts': METRICS.replace('index', 'clock') })
    expect(summary).toBe('1 import')
    expect(notes).toEqual([])
  })

  it.each([
    ['another name', '{ users }', "import { listUsers as users } from './services/users.js'", 'users'],
    ['a default', '{ Mailer }', "import Mailer from './services/mail/mailer.js'", 'Mailer'],
    ['a namespace', '{ log }', "import * as log from './services/log.js'", 'log'],
    [
      'two of one module',
      '{ clock, zone as tz }',
      "import { clock, zone as tz } from './services/clock.js'",
      'clock, tz',
    ],
  ])('keeps the binding: %s', async (_, names, after, used) => {
    expect(await metrics(imports(`import ${names} from './services/index.js'`, used))).toBe(imports(after, used))
  })

  it('is split', async () => {
    const before = 'import {\r\n  clock,\r\n  Mailer as M,\r\n  zone,\r\n} from "./services/index.js";'
    const after = 'import { clock, zone } from "./services/clock.js";\r\nimport M from "./services/mail/mailer.js";'
    expect(await metrics(imports(before, 'clock, M, zone'))).toBe(imports(after, 'clock, M, zone'))
  })

  it('keeps its types', async () => {
    const before = "import { clock, type User } from './services/index.js'"
    const after = "import { clock } from './services/clock.js'\nimport type { User } from './services/index.js'"
    expect(await metrics(imports(before, 'clock as unknown as User'))).toBe(imports(after, 'clock as unknown as User'))
  })

  it('keeps its comments where only the specifier changes', async () => {
    const before = "import { /* now */ clock } from './services/index.js' // why"
    expect(await metrics(imports(before, 'clock'))).toBe(imports(before.replace('index', 'clock'), 'clock'))
  })

  it('is JavaScript', async () => {
    const files = { 'src/metrics.js': imports("import { clock } from './services/index.js'", 'clock') }
    const { changed } = await run(directImports, { ...FILES, ...files }, { name: 'express', major: 5 })
    expect(changed).toEqual({ 'src/metrics.js': files['src/metrics.js'].replace('index', 'clock') })
  })

  it('goes through several barrels', async () => {
    const files = { 'src/lib.ts': "import { clock } from './services/index.js'\nexport { clock }\n" }
    expect(await metrics(imports("import { clock } from './lib.js'", 'clock'), files)).toBe(
      imports("import { clock } from './services/clock.js'", 'clock'),
    )
  })
})

describe('the specifier', () => {
  it('is a directory', async () => {
    expect(await metrics(METRICS.replace('/index.js', ''))).toBe(METRICS.replace('index.js', 'clock'))
  })

  it('has the extension of TypeScript', async () => {
    expect(await metrics(METRICS.replace('.js', '.ts'))).toBe(METRICS.replace('index.js', 'clock.ts'))
  })

  it('is a package import', async () => {
    expect(await metrics(METRICS.replace('./services/index.js', '#lib/services/index'))).toBe(
      METRICS.replace('./services/index.js', '#lib/services/clock'),
    )
  })

  it('is a package import of the barrel alone', async () => {
    expect(await metrics(METRICS.replace('./services/index.js', '#services'))).toBe(METRICS.replace('index', 'clock'))
  })

  it('is a path of tsconfig.json', async () => {
    const files = { 'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }' }
    expect(await metrics(METRICS.replace('./services/index.js', '@/services'), files)).toBe(
      METRICS.replace('./services/index.js', '@/services/clock'),
    )
  })

  it('leads out of the directory of the barrel', async () => {
    const files = {
      'src/time.ts': 'export const now = () => 1\n',
      'src/services/index.ts': `${FILES['src/services/index.ts']}export * from '../time.js'\n`,
    }
    expect(await metrics(imports("import { now } from './services/index.js'", 'now'), files)).toBe(
      imports("import { now } from './time.js'", 'now'),
    )
  })
})

describe('behind another import', () => {
  /** The barrel has src/env.ts run before the clock, which reads what that sets. */
  const ENV: Files = {
    'src/env.ts': "process.env.LEVEL = 'debug'\n",
    'src/services/index.ts': `import '../env.js'\n${FILES['src/services/index.ts']}`,
    'src/services/clock.ts':
      'export const clock = () => level\nexport const zone = () => 2\nconst level = process.env.LEVEL\n',
  }
  const used = '\nexport const seen = () => clock()\n'

  it.each([
    [
      'the next one',
      "import { clock } from './services/index.js'\nimport 'node:fs'\nimport './env.js'\nimport './last.js'\n",
      "import 'node:fs'\nimport './env.js'\nimport { clock } from './services/clock.js'\nimport './last.js'\n",
    ],
    [
      'the last one',
      "import { clock } from './services/index.js';\r\nimport type { User } from './services/users.js';\r\nimport './env.js'; // first\r\n",
      "import type { User } from './services/users.js';\r\nimport './env.js'; // first\r\nimport { clock } from './services/clock.js';\r\n",
    ],
    [
      'one below',
      "import {\n  clock,\n  Mailer as M,\n} from './services/index.js'\nimport './env.js'\nM\n",
      "import './env.js'\nimport { clock } from './services/clock.js'\nimport M from './services/mail/mailer.js'\nM\n",
    ],
    [
      'its own, where that is right',
      "import './env.js'\nimport { clock } from './services/index.js'\nimport './last.js'\n",
      "import './env.js'\nimport { clock } from './services/clock.js'\nimport './last.js'\n",
    ],
  ])('it is evaluated where it was: %s', async (_, before, after) => {
    const last = { 'src/last.ts': 'console.log(process.env.LEVEL)\n' }
    expect(await metrics(before + used, { ...ENV, ...last })).toBe(after + used)
    expect(verdicts(after + used, { ...ENV, ...last })).toEqual([])
  })

  it('is written with another that has to be there', async () => {
    const files = {
      ...ENV,
      'src/more/index.ts': "import '../env.js'\nexport * from './level.js'\nexport * from '../services/log.js'\n",
      'src/more/level.ts': 'export const level = process.env.LEVEL\n',
    }
    const text = (lines: readonly string[]): string =>
      `${lines.join('\n')}\nexport const seen = () => [clock(), level]\n`
    const before = ["import { clock } from './services/index.js'", "import { level } from './more/index.js'"]
    const after = ["import { clock } from './services/clock.js'", "import { level } from './more/level.js'"]
    const env = "import './env.js'"
    expect(await metrics(text([...before, env]), files)).toBe(text([env, ...after]))
  })

  it.each([
    ['a comment is above it', "// The clock.\nimport { clock } from './services/index.js'\nimport './env.js'\n"],
    ['a comment is beside it', "import { clock } from './services/index.js' // why\nimport './env.js'\n"],
    [
      'no place makes the order',
      "import { clock } from './services/index.js'\nimport './last.js'\nimport './env.js'\n",
    ],
  ])('it is a suggestion: %s', async (_, before) => {
    const files = { ...ENV, 'src/last.ts': "console.log(process.env.LEVEL)\nprocess.env.LEVEL = 'trace'\n" }
    expect(verdicts(before + used, files)).toEqual(['suggest evaluation-order `src/env.ts`'])
    expect(await metrics(before + used, files)).toBeUndefined()
  })
})

describe('what the barrel waits for', () => {
  const files = (read: string): Files => ({
    'src/server.ts': FILES['src/server.ts']?.replace('import', "import './services/log.js'\nimport") ?? '',
    'src/services/log.ts': "await 0\nprocess.env.LEVEL = 'debug'\nexport const info = () => {}\n",
    'src/services/clock.ts': `export const clock = () => 1\n${read}\n`,
  })

  it('was waited for by what reads it', () => {
    expect(verdicts(`${METRICS}console.log(process.env.LEVEL)\n`, files(''))).toEqual([
      'suggest evaluation-order `src/metrics.ts`',
    ])
  })

  it('was not waited for by what the barrel loads beside it', () => {
    expect(verdicts(METRICS, files('console.log(process.env.LEVEL)'))).toEqual(['fix behind-barrel clock'])
  })
})

describe('what stays', () => {
  it.each([
    [
      'what the barrel itself declares',
      imports("import { clock, version } from './services/index.js'", 'clock, version'),
      'leave mixed-declaration version',
    ],
    [
      'a barrel that another statement imports',
      `${METRICS}export * from './services/index.js'\n`,
      'leave re-exported ./services/index.js',
    ],
    [
      'a barrel of which another statement needs what it declares',
      `import { version } from './services/index.js'\n${METRICS}export const v = version\n`,
      'leave mixed-declaration version',
    ],
    [
      'a comment',
      imports("import { clock, /* mail */ Mailer } from './services/index.js'", 'clock, Mailer'),
      'leave comment-inside ',
    ],
  ])('is %s', async (_, text, verdict) => {
    expect(verdicts(text)).toEqual([verdict])
    expect(await metrics(text)).toBeUndefined()
  })

  it.each([
    ['a namespace of the barrel', imports("import * as services from './services/index.js'", 'services')],
    ['no barrel', imports("import { clock } from './services/clock.js'", 'clock')],
    ['a constant of the barrel', imports("import { version } from './services/index.js'", 'version')],
  ])('is %s', (_, text) => {
    expect(verdicts(text)).toEqual([])
  })

  it('is a copy, which another type may be given', () => {
    const files = {
      'src/services/index.ts': "import { clock as now } from './clock.js'\nexport const clock: () => unknown = now\n",
    }
    expect(verdicts(METRICS, files)).toEqual([])
  })

  it('comes from a package', () => {
    const files = { 'src/services/index.ts': `${FILES['src/services/index.ts']}export { z } from 'zod'\n` }
    expect(verdicts(imports("import { clock, z } from './services/index.js'", 'clock, z'), files)).toEqual([
      'leave mixed-declaration z',
    ])
  })

  it('runs code at boot that nothing else imports', () => {
    const files = { 'src/services/log.ts': 'open()\nfunction open() {}\n' }
    expect(verdicts(METRICS, files)).toEqual(['suggest drops-side-effects `src/services/log.ts:1`'])
  })

  describe('beside what is loaded at boot in another way', () => {
    const log = "console.log('loaded')\nexport const info = () => {}\n"
    const served = (load: string): Files => ({
      'src/services/log.ts': log,
      'src/server.ts': `import express from 'express'\nimport './metrics.js'\nconst loadUsers = () => import('./controllers/users.js')\n${load}\nexpress().get('/', async (req, res) => (await loadUsers()).list(req, res)).listen(3000)\n`,
    })

    it.each(['await loadUsers()', 'const { list } = await loadUsers()'])('is a fix: %s', (load) => {
      expect(verdicts(METRICS, served(load))).toEqual(['fix behind-barrel clock'])
    })

    it('is none where that is loaded by a request', () => {
      expect(verdicts(METRICS, served('express()'))).toEqual(['suggest drops-side-effects `src/services/log.ts:1`'])
    })

    it('is none where what is loaded then comes behind what might notice', () => {
      const files = {
        ...served('await loadUsers()'),
        'src/services/log.ts': "process.env.LEVEL = 'debug'\nexport const info = () => {}\n",
        'src/last.ts': 'console.log(process.env.LEVEL)\n',
      }
      const text = `${METRICS.replace('\n', "\nimport './last.js'\n")}`
      expect(verdicts(text, files)).toEqual(['suggest evaluation-order `src/services/log.ts`'])
    })
  })

  it('is none of a store for asynchronous contexts, which does nothing when it is made', () => {
    const store = (of: string): Files => ({
      'src/services/log.ts': `import { ${of} } from 'node:${of === 'Worker' ? 'worker_threads' : 'async_hooks'}'\nexport const store = new ${of}()\nexport const info = () => {}\n`,
    })
    expect(verdicts(METRICS, store('AsyncLocalStorage'))).toEqual(['fix behind-barrel clock'])
    expect(verdicts(METRICS, store('Worker'))).toEqual(['suggest drops-side-effects `src/services/log.ts:2`'])
  })

  it('is taken where that is accepted', async () => {
    const files = { ...FILES, 'src/metrics.ts': METRICS, 'src/services/log.ts': 'open()\nfunction open() {}\n' }
    const { project, tree } = open(directoryWith(files), { name: 'express', major: 5 })
    const choices = { met: new Set<never>(), accepts: () => true, declined: () => undefined }
    const step = await directImports.run(project, tree, { choices })
    expect(step.edits).toBe(1)
  })

  it('frees nothing: the entry needs the barrel', async () => {
    const server = `${FILES['src/server.ts']}import { version } from './services/index.js'\nconsole.log(version)\n`
    expect(await metrics(METRICS, { 'src/server.ts': server })).toBeUndefined()
  })
})
