import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../src/edits/text.ts'
import { adonisjs } from '../../src/frameworks/adonisjs.ts'
import { createServer } from '../../src/graph/server.ts'
import { createAnalysis } from '../../src/lazy/analysis.ts'
import type { Candidate } from '../../src/lazy/candidate.ts'
import { parseModule } from '../../src/lazy/parse.ts'
import { plan } from '../../src/lazy/plan.ts'
import { world } from '../fixtures/world.ts'

const analysis = createAnalysis(
  createServer({ root: world, framework: adonisjs, hotHook: { boundaries: adonisjs.defaultBoundaries } }),
  6,
)
const path = join(world, 'start/routes.ts')

function planned(text: string): Candidate[] {
  const parsed = parseModule(path, text)
  if ('message' in parsed) throw new Error(`${parsed.message} at ${parsed.line}:${parsed.column} of\n${text}`)
  return plan({ text, ...parsed, framework: adonisjs, facts: analysis.facts(path) })
}

/** The text with the edits of its one candidate with a verdict of this kind. */
function rewritten(text: string, wanted: Candidate['verdict'] = 'fix'): string {
  const found = planned(text).filter(({ verdict }) => verdict === wanted)
  expect(found).toHaveLength(1)
  return applyEdits(text, found[0]!.edits)
}

const verdicts = (text: string): string[] => planned(text).map(({ verdict, reason }) => `${verdict} ${reason}`)

const ROUTER = "import router from '@adonisjs/core/services/router'"
const USERS = "import Users from '#controllers/users_controller'"
const POSTS = "import Posts from '#controllers/posts_controller'"
const LAZY = "const Users = () => import('#controllers/users_controller')"

describe('attributes', () => {
  it('that are empty are attributes', () => {
    const end = "\nrouter.get('/', [Users])\n"
    expect(verdicts(`${ROUTER}\n${USERS} with {}${end}`)).toEqual(['leave import-attributes'])
    expect(verdicts(`${ROUTER}\n${USERS} // with {}${end}`)).toEqual(['fix every-use-is-lazy'])
  })

  it('of an import that nothing uses keep it', () => {
    expect(verdicts(`${USERS} with {}\n`)).toEqual(['leave import-attributes'])
    expect(verdicts(`${USERS}\n`)).toEqual(['suggest unused'])
  })

  it('belong to the import that another one is put behind', () => {
    const text = `${ROUTER}\nimport rows from './rows.json' with { type: 'json' }\nrouter.get('/', [Users])\n${USERS}\n`
    expect(rewritten(text)).toBe(
      `${ROUTER}\nimport rows from './rows.json' with { type: 'json' }\n${LAZY}\nrouter.get('/', [Users])\n`,
    )
  })
})

describe('comments', () => {
  it('in the cast that an inline import replaces keep the import', () => {
    const head = `import server from '@adonisjs/core/services/server'\nimport Errors from '#exceptions/handler'\n`
    expect(verdicts(`${head}server.errorHandler(Errors /* ours */ as any)\n`)).toEqual(['leave comment-inside'])
  })

  it('inside an import that nothing uses keep it', () => {
    expect(verdicts("import /* ours */ Users from '#controllers/users_controller'\n")).toEqual(['leave comment-inside'])
  })

  it('end at a line separator', () => {
    const text = `${ROUTER}\nimport // ours\u2028 Users from '#controllers/users_controller'\nrouter.get('/', [Users])\n`
    expect(rewritten(text)).toBe(
      `${ROUTER}\nconst // ours\u2028 Users = () => import('#controllers/users_controller')\nrouter.get('/', [Users])\n`,
    )
  })
})

describe('an import that goes', () => {
  it.each([
    ['using a = {}', ';', '[1].map(String)'],
    ['const a = f()', ';', '[1].map(String)'],
    ['const a = f()', ';', '`a`.trim()'],
  ])('between %j and %j, leaves a semicolon behind', (above, end, below) => {
    const text = `${above}\n${POSTS}${end}\n${below}\n`
    expect(rewritten(text, 'suggest')).toBe(`${above}\n;\n${below}\n`)
  })

  it.each([
    ['const a = f();', ';', '[1].map(String)'],
    ['using a = {}', ';', 'b()'],
    ['using a = {}', '', ';[1].map(String)'],
  ])('between %j and %j, leaves nothing', (above, end, below) => {
    const text = `${above}\n${POSTS}${end}\n${below}\n`
    expect(rewritten(text, 'suggest')).toBe(`${above}\n${below}\n`)
  })
})

describe.each([
  ['\\n', '\n'],
  ['\\r\\n', '\r\n'],
  ['\\r', '\r'],
])('lines that end with %s', (_, eol) => {
  const lines = (...text: string[]): string => text.map((line) => line + eol).join('')

  it('get the same line break between statements', () => {
    const named = "import Users, { type UserRow } from '#controllers/users_controller'"
    const use = "router.get('/', [Users])"
    const text = lines(ROUTER, named, use, 'export let row: UserRow')
    const type = "type UserRow = import('#controllers/users_controller').UserRow"
    expect(rewritten(text)).toBe(lines(ROUTER, LAZY, type, use, 'export let row: UserRow'))
  })

  it('are removed whole', () => {
    expect(rewritten(lines('setup()', POSTS, 'a()'), 'suggest')).toBe(lines('setup()', 'a()'))
  })

  it('hold the directive that is on the line above, not another one', () => {
    const directive = '// eslint-disable-next-line import/order'
    const use = "router.get('/', [Users])"
    expect(verdicts(lines(ROUTER, directive, USERS, use))).toEqual(['suggest directive'])
    expect(verdicts(lines(directive, ROUTER, USERS, use))).toEqual(['fix every-use-is-lazy'])
  })
})
