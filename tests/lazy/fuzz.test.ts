import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../src/edits/text.ts'
import { adonisjs } from '../../src/frameworks/adonisjs.ts'
import { createServer } from '../../src/graph/server.ts'
import { createAnalysis } from '../../src/lazy/analysis.ts'
import type { Candidate } from '../../src/lazy/candidate.ts'
import { parseModule, type Parsed } from '../../src/lazy/parse.ts'
import { plan } from '../../src/lazy/plan.ts'
import { world } from '../fixtures/world.ts'

const analysis = createAnalysis(
  createServer({ root: world, framework: adonisjs, hotHook: { boundaries: adonisjs.defaultBoundaries } }),
  6,
)
const path = join(world, 'start/routes.ts')

function parse(text: string): Parsed {
  const parsed = parseModule(path, text)
  if ('message' in parsed) throw new Error(`${parsed.message} at ${parsed.line}:${parsed.column} of\n${text}`)
  return parsed
}

function candidatesOf(text: string): Candidate[] {
  return plan({ text, ...parse(text), framework: adonisjs, facts: analysis.facts(path) })
}

/** Names that a module refers to and does not declare. */
function unresolved(text: string): string[] {
  const { scopes } = parse(text)
  return [...new Set(scopes.globalScope?.through.map(({ identifier }) => String(identifier.name)))].sort()
}

const space = fc.constantFrom(' ', '  ', '\t', ' /* note */ ')
const specifier = fc.constantFrom(
  '#controllers/users_controller',
  '#controllers/posts_controller',
  '#controllers/named_controller',
  '#controllers/index',
  '../app/controllers/home_controller.js',
  '#listeners/audit',
  '#controllers/gone',
)
const clause = fc.constantFrom(
  'A',
  '{ default as A }',
  '{ NamedController as A }',
  '{ UsersController as A }',
  'A, { USERS_PER_PAGE }',
  'A, { type UserRow }',
  '* as A',
  '{ NamedController as A, OtherController as B }',
)
const registration = fc.constantFrom(
  "router.get('/a', [A, 'index'])",
  "router.resource('a', A).apiOnly()",
  "router.group(() => { router.any('/a', [A]) }).prefix('/x')",
  "emitter.on('a', [A, 'handle'])",
  'server.errorHandler(A as any)',
  'router.use([A])',
  "router.get('/b', [B, 'index'])",
)
const other = fc.constantFrom(
  'export const shadow = (A: string) => A.length',
  'export type T = InstanceType<typeof A>',
  'export function take(value: A) { return value }',
  'export type Row = UserRow',
  'new A()',
  'A.guards',
  'export { A }',
  '(async () => {})()',
  '[1, 2].forEach(String)',
  '`x`.trim()',
  '/x/.test("x")',
  '// 🚀 a comment',
  '/* another */',
  'function later() { return A }',
  '@decorate() class D { constructor(private a: A) {} }',
  "const lazy = () => import('#controllers/users_controller')",
  "import type { UserRow as Kept } from '#controllers/users_controller'; export type K = Kept",
  'using resource = open()',
  "'use strict'",
  '<any>window',
)
const statement = fc.oneof({ arbitrary: registration, weight: 3 }, { arbitrary: other, weight: 2 })

/** Fixed, so that a run can be repeated; `FUZZ_SEED=$RANDOM npx vitest run tests/lazy/fuzz.test.ts` looks elsewhere. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1)

const moduleText = fc
  .record({
    bom: fc.boolean(),
    crlf: fc.boolean(),
    quote: fc.constantFrom("'", '"'),
    semicolon: fc.boolean(),
    space,
    clause,
    specifier,
    sameLine: fc.boolean(),
    above: fc.array(statement, { maxLength: 2 }),
    below: fc.array(statement, { minLength: 1, maxLength: 5 }),
    finalBreak: fc.boolean(),
  })
  .map((parts) => {
    const end = parts.semicolon ? ';' : ''
    const q = parts.quote
    const line = (text: string): string => text + (parts.semicolon && !/\/\/|^\/\*|[}]$/.test(text) ? ';' : '')
    // Statements that start with a bracket need a semicolon before them wherever none ends the one above.
    const guard = (text: string): string =>
      parts.semicolon || !/^[([`/<]/.test(text) || /^\/[/*]/.test(text) ? text : `;${text}`
    const [first = '', ...rest] = parts.below
    const lines = [
      `import router from ${q}@adonisjs/core/services/router${q}${end}`,
      `import server from ${q}@adonisjs/core/services/server${q}${end}`,
      `import emitter from ${q}@adonisjs/core/services/emitter${q}${end}`,
      ...parts.above.map((text) => line(guard(text))),
      `import${parts.space}${parts.clause}${parts.space}from${parts.space}${q}${parts.specifier}${q}${end}${parts.sameLine && parts.semicolon ? ' // tail' : ''}`,
      line(first),
      ...rest.map((text) => line(guard(text))),
    ]
    const text = (parts.bom ? '\ufeff' : '') + lines.join('\n') + (parts.finalBreak ? '\n' : '')
    return parts.crlf ? text.replaceAll('\n', '\r\n') : text
  })
  .filter((text) => !('message' in parseModule(path, text)))

describe('any module', () => {
  it('is left parseable, with the names it refers to, and with nothing to do for a second run', () => {
    let fixed = 0
    fc.assert(
      fc.property(moduleText, (text) => {
        const candidates = candidatesOf(text)
        const fixes = candidates.filter(({ verdict }) => verdict === 'fix')
        const output = applyEdits(
          text,
          fixes.flatMap(({ edits }) => edits),
        )
        if (fixes.length > 0) fixed += 1
        expect(unresolved(output)).toEqual(unresolved(text))
        expect(candidatesOf(output).filter(({ verdict }) => verdict === 'fix')).toEqual([])
        expect(output.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'))
        if (text.includes('\r\n')) expect(output.replaceAll('\r\n', '')).not.toContain('\n')
        expect(output.match(/\/\*.*?\*\/|\/\/.*/g)?.map((comment) => comment.trimEnd())).toEqual(
          text.match(/\/\*.*?\*\/|\/\/.*/g)?.map((comment) => comment.trimEnd()),
        )
      }),
      { numRuns: 2000, seed },
    )
    expect(fixed).toBeGreaterThan(100)
  })

  it('keeps its statements apart: as many as before, whatever follows an import', () => {
    fc.assert(
      fc.property(moduleText, (text) => {
        const fixes = candidatesOf(text).filter(({ verdict }) => verdict === 'fix')
        const output = applyEdits(
          text,
          fixes.flatMap(({ edits }) => edits),
        )
        const kinds = (source: string): string[] =>
          parse(source)
            .program.body.map(({ type }) => type as string)
            .filter(
              (type) => type === 'ExpressionStatement' || type === 'FunctionDeclaration' || type === 'ClassDeclaration',
            )
        expect(kinds(output)).toEqual(kinds(text))
      }),
      { numRuns: 1000, seed },
    )
  })

  it('gets suggestions that parse too', () => {
    fc.assert(
      fc.property(moduleText, (text) => {
        for (const { edits, verdict } of candidatesOf(text)) {
          if (verdict === 'suggest') parse(applyEdits(text, edits))
        }
      }),
      { numRuns: 1000, seed },
    )
  })
})
