import { describe, expect, it } from 'vitest'
import type { FileFacts } from '../../src/lazy/facts.ts'
import { problemOf } from '../../src/lazy/validate.ts'

/** A project whose only module is ./users.js, which exports `list`. */
const facts = {
  module: (specifier: string) => ({
    kind: specifier === './users.js' ? 'project' : 'missing',
    exportNames: () => ({ names: ['list', 'default'], complete: true }),
  }),
} as unknown as FileFacts

function problem(before: string | undefined, after: string): string | undefined {
  return problemOf({ path: '/app/src/routes.ts', before, after, facts })
}

const BEFORE = "import { list } from './users.js' // users\r\nexport const routes = [list]\r\n"

describe('problemOf', () => {
  it('takes a module that was rewritten as it should be', () => {
    const after = BEFORE.replace(
      "import { list } from './users.js'",
      "const users = () => import('./users.js')",
    ).replace('[list]', '[async () => (await users()).list()]')
    expect(problem(BEFORE, after)).toBeUndefined()
  })

  it('finds what does not parse', () => {
    expect(problem(BEFORE, 'const = 1')).toMatch(/^line 1 would not parse \(/)
    expect(problem(undefined, 'const = 1')).toMatch(/^line 1 would not parse \(/)
    expect(problem(undefined, 'export const a = missing\n')).toBeUndefined()
  })

  it('finds a BOM that is lost, and line breaks of another kind', () => {
    expect(problem(`\ufeff${BEFORE}`, BEFORE)).toBe('its BOM would change')
    expect(problem(BEFORE, BEFORE.replace('\r\n', '\n'))).toBe('its line breaks would change')
    expect(problem(BEFORE, BEFORE.replaceAll('\r\n', '\n'))).toBe('its line breaks would change')
    expect(problem('f()\rg()\r', 'f()\ng()\n')).toBe('its line breaks would change')
    expect(problem('f()\rg()\r\nh()\n', 'f(); g()\r\nh()\n')).toBeUndefined()
    expect(problem('export {}', 'export {}\n')).toBeUndefined()
  })

  it('finds a comment that is lost, or stands in another place', () => {
    expect(problem(BEFORE, BEFORE.replace(' // users', ''))).toBe('the comment `// users` would be lost')
    expect(problem('/* a */ f() /* b */\n', '/* b */ f() /* a */\n')).toBe('the comment `/* b */` would be lost')
  })

  it('finds a name that nothing declares any more', () => {
    expect(problem(BEFORE, BEFORE.replace(/import .* \/\//, '//'))).toBe('`list` would not be declared')
    expect(problem('f()\n', 'f(), console.error()\n')).toBeUndefined()
    expect(problem('f()\n', 'f()\ntype A = Parameters<typeof f>[0]\n')).toBeUndefined()
  })

  it('finds an export that is lost', () => {
    expect(problem(BEFORE, BEFORE.replace('export const', 'const'))).toBe('it would export nothing in place of routes')
    expect(problem("export * from './a.js'\n", "export * from './b.js'\n")).toBe(
      'it would export * of ./b.js in place of * of ./a.js',
    )
  })

  it('finds a lazy import of a module that is not there', () => {
    expect(problem(BEFORE, `${BEFORE}import('./user.js')\r\n`)).toBe("`import('./user.js')` would find no module")
    expect(problem("import('./user.js')\n", "import('./user.js'); import('./user.js')\n")).toBeUndefined()
  })

  it('takes a lazy import of a module that was not found before either', () => {
    const before = "import { show } from './user.js'\nf(show)\n"
    const after = "const user = () => import('./user.js')\nf(async () => (await user()).show())\n"
    expect(problem(before, after)).toBeUndefined()
  })

  it.each([
    ['awaited', "const users = () => import('./users.js')\nf(async () => (await users()).show())\n"],
    ['destructured', "const users = () => import('./users.js')\nf(async () => { const { show } = await users() })\n"],
    ['in place', "f(async () => (await import('./users.js')).show())\n"],
    ['in then()', "f(() => import('./users.js').then((m) => m.show))\n"],
    ['in then(), destructured', "f(() => import('./users.js').then(({ show }) => show))\n"],
  ])('finds a member that the module does not export: %s', (_, after) => {
    expect(problem('f()\n', after)).toBe("`show` would be asked of './users.js', which does not export it")
    expect(problem('f()\n', after.replaceAll('show', 'list'))).toBeUndefined()
  })
})
