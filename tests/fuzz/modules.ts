import fc from 'fast-check'
import { syntaxProblem } from '../../src/lazy/parse.ts'
import type { World } from './worlds.ts'

/** Fixed, so that a run can be repeated; `FUZZ_SEED=$RANDOM npx vitest run tests/fuzz` looks elsewhere. */
export const seed = Number(process.env['FUZZ_SEED'] ?? 1)

/** How many times as many modules as usual: `FUZZ_FACTOR=50` looks longer. */
export const factor = Number(process.env['FUZZ_FACTOR'] ?? 1)

/** Local names, some of which the code that is written wants for itself, or that are words of the language elsewhere. */
const NAMES = [
  'list',
  'show',
  'users',
  'A',
  'usersController',
  'loadUsers',
  'm',
  'req',
  'res',
  'next',
  'c',
  'args',
  'result',
  'type',
  'of',
  'async',
  'from',
  'as',
  'get',
  'défaut',
  '$',
]

/** Statements beside the registrations; `name` is imported, or not. */
const STATEMENTS: readonly ((name: string, at: number) => string)[] = [
  (name, at) => `export const shadow${at} = (${name}: string) => ${name}.length`,
  (name, at) => `export function take${at}({ ${name} }: any, [x = ${name}]: any) { return [${name}, x] }`,
  (name) => `{ let ${name} = 1; void ${name} }`,
  (name) => `try { throw 1 } catch (${name}) { void ${name} }`,
  (name) => `;(function ${name}() { return ${name} })()`,
  (name) => `for (const ${name} of [1]) void ${name}`,
  (name) => `${name}: for (;;) break ${name}`,
  (name, at) => `export class Held${at} { ${name} = 1; static { void new this().${name} } }`,
  (name, at) => `export enum Kind${at} { ${name} }`,
  (name, at) => `export namespace Space${at} { export const ${name} = 1; void ${name} }`,
  (name, at) => `export type Of${at}<${name}> = ${name}[]`,
  (name, at) => `export type Type${at} = typeof ${name}`,
  (name, at) => `export type Row${at} = { ${name}: string; user?: User }`,
  (_, at) => `export function generic${at}<T>(value: T) { return value as unknown as User }`,
  (name, at) => `export function value${at}(value: ${name}) { return value }`,
  (name, at) => `export { ${name} as exported${at} }`,
  (name) => `void ${name}`,
  (name) => `void { ${name} }`,
  (name) => `void [${name}]`,
  (name, at) => `const held${at} = ${name}`,
  (name, at) => `function later${at}() { return ${name} }`,
  () => ';(async () => {})()',
  () => '[1, 2].forEach(String)',
  () => '`x`.trim()',
  () => '/x/.test("x")',
  () => '+1',
  () => '// 🚀 a comment',
  () => '/* another */',
  (_, at) => `@((value: any, context: any) => {}) class Decorated${at} { constructor(private a?: unknown) {} }`,
  (_, at) => `using resource${at} = { [Symbol.dispose]() {} }`,
  () => "'use strict'",
  () => 'void (<any>globalThis)',
  () => 'await 0',
  (_, at) => `export const json${at} = () => import('./data.json', { with: { type: 'json' } })`,
  (_, at) => `const text${at} = \`import { list } from './users.js' \${1}\``,
  (_, at) => `export const pattern${at} = /import { list } from '.\\/users.js'/`,
  () => '{ const usersController = 0, loadUsers = 0; void [usersController, loadUsers] }',
  (_, at) => `const inner${at} = (usersController: any, m: any, req: any) => [usersController, m, req]`,
]

/** Where a registration may stand. */
const PLACES: readonly ((statement: string, name: string, at: number) => string)[] = [
  (statement) => `{ ${statement} }`,
  (statement) => `if (true) ${statement}`,
  (statement) => `;(() => { ${statement} })()`,
  (statement, _, at) => `function inside${at}() { ${statement} }\ninside${at}()`,
  (statement, _, at) => `inside${at}()\nfunction inside${at}() { ${statement} }`,
  (statement, name, at) =>
    `function inside${at}(m = 1, req = 2, usersController = 3, ${name}2 = 4) { ${statement} }\ninside${at}()`,
  (statement, name) => `try { ${statement} } catch (${name}) { void ${name} }`,
  (statement) => `switch (1) { case 1: ${statement} }`,
  (statement) => `for (const usersController of [1]) { ${statement}; void usersController }`,
  (statement) => `{ const loadUsers = 0; ${statement}; void loadUsers }`,
  (statement, name) => `${name}: { ${statement} }`,
  (statement, _, at) => `class Inside${at} { static { ${statement} } }`,
  (statement, name) => `;((${name}: any) => { ${statement} })(() => {})`,
  (statement, _, at) => `export const done${at} = ${statement}`,
  (statement) => `void (0, ${statement})`,
]

const BREAKS = ['\n', '\n', '\n', '\r\n', '\r', 'mixed'] as const

/** What may stand between two tokens. */
const GAPS: readonly ((at: number) => string)[] = [
  () => '\n',
  () => '\t',
  () => '  \n\t',
  (at) => ` /* ${at} */ `,
  (at) => `/* 🚀\n * ${at} */`,
  (at) => ` // ${at}\n`,
  (at) => `\n// prettier-ignore ${at}\n`,
  (at) => `\n/** @ts-expect-error ${at} */\n`,
  (at) => ` // 'from' ${at} import\u2028`,
]

interface Parts {
  readonly imports: readonly { readonly form: number; readonly attributes: boolean; readonly late: boolean }[]
  readonly names: readonly string[]
  readonly body: readonly {
    readonly kind: 'registration' | 'statement'
    readonly pick: number
    readonly place: number | undefined
    readonly handlers: readonly [number, number]
    readonly name: number
  }[]
}

function write(world: World, { imports, names, body }: Parts, semicolon: boolean, quote: string): string {
  const end = semicolon ? ';' : ''
  const free = [...names]
  const early: string[] = []
  const late: string[] = []
  const handlers: string[] = []
  const locals: string[] = []
  for (const { form: pick, attributes, late: isLate } of imports) {
    const form = world.forms[pick % world.forms.length]!
    const own = free.splice(0, 2)
    const clause = form.clause(...own)
    if (/\bUser\b/.test(clause) && [...early, ...late].some((line) => /\bUser\b/.test(line))) continue
    handlers.push(...form.handlers(...own))
    locals.push(...own.filter((name) => clause.includes(name)))
    const line = `import ${clause} from ${quote}${form.specifier}${quote}${attributes ? ' with {}' : ''}${end}`
    ;(isLate ? late : early).push(line)
  }
  const handlerAt = (pick: number): string => handlers[pick % (handlers.length + 1)] ?? world.inline
  const lines = body.map(({ kind, pick, place, handlers: [a, b], name: named }, at) => {
    const name = [...locals, 'other'][named % (locals.length + 1)]!
    if (kind === 'statement') return STATEMENTS[pick % STATEMENTS.length]!(name, at)
    const statement = world.registrations[pick % world.registrations.length]!(`/${at}`, [handlerAt(a), handlerAt(b)])
    return place === undefined ? statement : PLACES[place % PLACES.length]!(statement, name, at)
  })
  // Statements that start with a bracket need a semicolon before them wherever none ends the one above.
  const guard = (text: string): string => (semicolon || !/^(?:[([`+]|\/[^/*])/.test(text) ? text : `;${text}`)
  const close = (text: string): string => text + (semicolon && !/\/\/|^\/\*|[}]$/.test(text) ? ';' : '')
  const [first = '', ...rest] = [...lines.slice(0, 1), ...late, ...lines.slice(1)]
  return [
    ...world.imports.map((line) => line + end),
    ...early,
    // Nothing guards the first: an import ends where its specifier does.
    ...(world.setup.length > 0 ? [...world.setup, first].map((line) => close(guard(line))) : [close(first)]),
    ...rest.map((line) => (late.includes(line) ? line : close(guard(line)))),
    '',
  ].join('\n')
}

/** Puts something between tokens, wherever the result still parses. */
function fillGaps(path: string, text: string, fill: readonly (readonly [gap: number, what: number])[]): string {
  return fill.reduce((filled, [gap, what], at) => {
    const tokens = [...filled.matchAll(/[\p{ID_Continue}$]+|'[^'\n]*'|"[^"\n]*"|`[^`]*`|[^\s]/gu)]
    const offset = tokens[gap % tokens.length]?.index ?? 0
    const changed = filled.slice(0, offset) + GAPS[what % GAPS.length]!(at) + filled.slice(offset)
    return syntaxProblem(path, changed) ? filled : changed
  }, text)
}

function withBreaks(text: string, lineBreak: (typeof BREAKS)[number]): string {
  if (lineBreak !== 'mixed') return text.replaceAll('\n', lineBreak)
  let count = 0
  return text.replaceAll('\n', () => ['\n', '\r\n', '\r', '\r\n'][count++ % 4]!)
}

/**
 * Modules of a world that parse: imports in every form, registrations in every scope, and whatever else a module may
 * hold, with comments, line breaks and a BOM anywhere.
 */
export function moduleIn(world: World, path: string): fc.Arbitrary<string> {
  const parts: fc.Arbitrary<Parts> = fc.record({
    imports: fc.array(
      fc.record({
        form: fc.nat(200),
        attributes: fc.integer({ min: 0, max: 19 }).map((pick) => pick === 19),
        late: fc.integer({ min: 0, max: 4 }).map((pick) => pick === 4),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    names: fc.shuffledSubarray(NAMES, { minLength: 6, maxLength: 6 }),
    body: fc.array(
      fc.record({
        kind: fc.constantFrom('registration' as const, 'registration' as const, 'statement' as const),
        pick: fc.nat(200),
        place: fc.option(fc.nat(200), { nil: undefined, freq: 2 }),
        handlers: fc.tuple(fc.nat(5), fc.nat(5)),
        name: fc.nat(5),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  return fc
    .record({
      parts,
      semicolon: fc.boolean(),
      quote: fc.constantFrom("'", '"'),
      fill: fc.array(fc.tuple(fc.nat(500), fc.nat(GAPS.length - 1)), { maxLength: 4 }),
      lineBreak: fc.constantFrom(...BREAKS),
      bom: fc.boolean(),
      start: fc.constantFrom('', '', '', '#!/usr/bin/env node\n', "'use strict'\n", '/* first */ ', '\t'),
      indent: fc.constantFrom('', '', '', '\t', '  '),
    })
    .map(({ parts, semicolon, quote, fill, lineBreak, bom, start, indent }) => {
      const text = start + write(world, parts, semicolon, quote)
      if (syntaxProblem(path, text)) return undefined
      const filled = fillGaps(path, text, fill)
      const indented = indent === '' ? filled : filled.replace(/^(?=import|const|app)/gm, indent)
      const whole = (bom ? '\ufeff' : '') + withBreaks(indented, lineBreak)
      return syntaxProblem(path, whole) ? undefined : whole
    })
    .filter((text) => text !== undefined)
}
