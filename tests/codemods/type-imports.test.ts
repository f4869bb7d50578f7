import { describe, expect, it } from 'vitest'
import { typeImports } from '../../codemods/type-imports.ts'
import { planStaticImports } from '../../src/lazy/imports/static-imports.ts'
import { directoryWith, open, run } from './run.ts'

type Files = Readonly<Record<string, string>>

const VERBATIM = '{ "compilerOptions": { "verbatimModuleSyntax": true } }'

/** The users controller is hot, and uses the model; src/metrics.ts, which is not, names its type. */
const FILES: Files = {
  'package.json': JSON.stringify({
    name: 'app',
    type: 'module',
    scripts: { dev: 'tsx watch src/server.ts' },
    dependencies: { express: '^5.1.0' },
    hotHook: { boundaries: ['./src/controllers/*.ts'] },
  }),
  'tsconfig.json': VERBATIM,
  'src/server.ts':
    "import express from 'express'\nimport { seen } from './metrics.js'\nimport { users } from './routes.js'\nexpress().use(users).listen(seen.length)\n",
  'src/routes.ts':
    "import { Router } from 'express'\nexport const users = Router().get('/', async (req, res) => (await import('./controllers/users.js')).list(req, res))\n",
  'src/controllers/users.ts':
    "import { User } from '../models/user.js'\nexport const list = (req, res) => res.json(new User())\n",
  'src/models/user.ts': 'export class User { id = 1 }\nexport class Role { id = 1 }\nexport default User\n',
}

const METRICS = "import { User } from './models/user.js'\n\nexport const seen: User[] = []\n"

/** The new text of src/metrics.ts; undefined where it stays. */
async function metrics(text: string, files: Files = {}): Promise<string | undefined> {
  const { changed } = await run(
    typeImports,
    { ...FILES, ...files, 'src/metrics.ts': text },
    { name: 'express', major: 5 },
  )
  return changed['src/metrics.ts']
}

/** `verdict reason detail` of each candidate of src/metrics.ts. */
function verdicts(text: string, files: Files = {}): string[] {
  const { project, tree } = open(directoryWith({ ...FILES, ...files, 'src/metrics.ts': text }), {
    name: 'express',
    major: 5,
  })
  return planStaticImports('type-imports', project, tree)
    .filter(({ path }) => path.endsWith('/metrics.ts'))
    .flatMap(({ candidates }) => candidates.map(({ verdict, reason, detail }) => `${verdict} ${reason} ${detail}`))
}

describe('an import that is used as types only', () => {
  it('becomes a type import', async () => {
    const { changed, summary, notes } = await run(
      typeImports,
      { ...FILES, 'src/metrics.ts': METRICS },
      { name: 'express', major: 5 },
    )
    expect(changed).toEqual({
      'src/metrics.ts': "import type { User } from './models/user.js'\n\nexport const seen: User[] = []\n",
    })
    expect(summary).toBe('1 import')
    expect(notes).toEqual([])
  })

  it('is erased by tsx without verbatimModuleSyntax', async () => {
    expect(await metrics(METRICS, { 'tsconfig.json': '{}' })).toBeUndefined()
    expect(verdicts(METRICS, { 'tsconfig.json': '{}' })).toEqual([])
  })

  it('is kept by Node, which strips types only', async () => {
    const manifest = FILES['package.json']!.replace('tsx watch', 'node --watch')
    expect(await metrics(METRICS, { 'tsconfig.json': '{}', 'package.json': manifest.replace('.js', '.ts') })).toContain(
      'import type',
    )
  })

  it('stays where something of it is used as a value', () => {
    expect(verdicts(METRICS.replace('[]\n', '[new User()]\n'))).toEqual([])
  })

  it('stays where another import of the file loads the module', () => {
    expect(verdicts(`import { Role } from './models/user.js'\n${METRICS}export const role = new Role()\n`)).toEqual([])
    expect(verdicts(`import './models/user.js'\n${METRICS}`)).toEqual([])
    expect(verdicts(`export * from './models/user.js'\n${METRICS}`)).toEqual([])
  })

  it.each([
    [
      'a name among types',
      "import { User, type Role } from './models/user.js'",
      "import type { User, Role } from './models/user.js'",
    ],
    ['a default', "import User from './models/user.js'", "import type User from './models/user.js'"],
    [
      'a default and a name',
      "import User, { type Role } from './models/user.js';",
      "import type User from './models/user.js';\nimport type { Role } from './models/user.js';",
    ],
    [
      'another name',
      "import { Role as User } from './models/user.js'",
      "import type { Role as User } from './models/user.js'",
    ],
    [
      'a comment',
      "import { /* the model */ User } from './models/user.js'",
      "import type { /* the model */ User } from './models/user.js'",
    ],
    ['no spaces', "import{User}from'./models/user.js'", "import type{User}from'./models/user.js'"],
    [
      'two lines',
      "import {\r\n  User,\r\n} from './models/user.js'",
      "import type {\r\n  User,\r\n} from './models/user.js'",
    ],
  ])('keeps all else: %s', async (_, before, after) => {
    const rest = '\n\nexport const seen: User[] = []\n'
    expect(await metrics(before + rest)).toBe(after + rest)
  })

  it('is a namespace', async () => {
    const text = "import * as models from './models/user.js'\n\nexport const seen: models.User[] = []\n"
    expect(await metrics(text)).toBe(text.replace('import *', 'import type *'))
  })

  it.each([
    ['typeof', 'export let seen: typeof User'],
    ['a type argument', 'export const seen = new Map<string, User>()'],
    ['implements', 'export class Seen implements User { id = 2 }'],
    ['satisfies', 'export const seen = { id: 1 } satisfies User'],
    ['an exported type', 'export type { User }'],
  ])('is used in %s', async (_, rest) => {
    const text = `import { User } from './models/user.js'\n${rest}\n`
    expect(await metrics(text)).toBe(text.replace('import {', 'import type {'))
  })

  it.each([
    ['extends', 'export class Seen extends User {}'],
    ['instanceof', 'export const isUser = (value: unknown): value is User => value instanceof User'],
    ['an export', 'export { User }'],
    ['an alias of a namespace', 'import Alias = User.Role\nexport const seen = Alias'],
  ])('is used as a value in %s', (_, rest) => {
    expect(verdicts(`import { User } from './models/user.js'\n${rest}\n`)).toEqual([])
  })
})

describe('an import type above a lazy import of the module', () => {
  it('would switch hot reload off, so the type is asked of the lazy one', async () => {
    const text = `${METRICS}export const load = () => import('./models/user.js')\n`
    const files = {
      'package.json': FILES['package.json']!.replace('controllers', '{controllers,models}'),
      'src/controllers/users.ts': 'export const list = (req, res) => res.json([])\n',
    }
    expect(await metrics(text, files)).toBe(
      text.replace("import { User } from './models/user.js'", "type User = import('./models/user.js').User"),
    )
  })
})

describe('what stays', () => {
  it('is emitted as metadata of a decorator', () => {
    const text =
      "import { User } from './models/user.js'\ndeclare const inject: any\n@inject\nexport class Seen { constructor(private user: User) {} }\n"
    expect(verdicts(text)).toEqual(['leave decorator-metadata User'])
  })

  it('loads what runs code at boot, and nothing else does', () => {
    const files = {
      'src/models/user.ts': `import './connect.js'\n${FILES['src/models/user.ts']}`,
      'src/models/connect.ts': 'connect()\nfunction connect() {}\n',
    }
    expect(verdicts(METRICS, files)).toEqual(['suggest drops-side-effects `src/models/connect.ts:1`'])
  })

  it('is no matter where the code runs all the same', async () => {
    const files = {
      'src/models/user.ts': `import './connect.js'\n${FILES['src/models/user.ts']}`,
      'src/models/connect.ts': 'connect()\nfunction connect() {}\n',
      'src/server.ts': `import './models/connect.js'\n${FILES['src/server.ts']}`,
    }
    expect(await metrics(METRICS, files)).toContain('import type')
  })

  it('decides the order in which modules run', () => {
    const files = {
      'src/models/user.ts': `import './first.js'\n${FILES['src/models/user.ts']}`,
      'src/models/first.ts': 'globalThis.users = []\n',
      'src/server.ts': FILES['src/server.ts']!.replace(
        "'./metrics.js'\n",
        "'./metrics.js'\nimport './second.js'\nimport './models/first.js'\n",
      ),
      'src/second.ts': 'globalThis.users.push(1)\n',
    }
    expect(verdicts(METRICS, files)).toEqual(['suggest evaluation-order `src/models/first.ts`'])
  })

  it('holds a connection that an edit would open again', () => {
    const files = {
      'src/models/user.ts': `import { Pool } from 'pg'\nexport const pool = new Pool()\n${FILES['src/models/user.ts']}`,
    }
    expect(verdicts(METRICS, files)).toContain('leave resource `new Pool` in `src/models/user.ts:2`')
  })

  it('is not used at all', () => {
    expect(verdicts("import { User } from './models/user.js'\nexport const seen = []\n")).toEqual([
      'suggest unused User',
    ])
  })

  it('is below a comment for tools', () => {
    expect(verdicts(`// @ts-expect-error\n${METRICS}`)).toEqual(['suggest directive @ts-expect-error'])
  })

  it('frees nothing: another module loads it at boot', async () => {
    const server = `${FILES['src/server.ts']}import { Role } from './models/user.js'\nnew Role()\n`
    expect(verdicts(METRICS, { 'src/server.ts': server })).toEqual(['fix used-as-types User'])
    expect(await metrics(METRICS, { 'src/server.ts': server })).toBeUndefined()
  })
})
