import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repository } from './engines/engines.ts'

const COPIED = [
  ...['package.json', 'tsconfig.json', 'tsconfig.test.json', 'eslint.config.js', 'vitest.config.ts', 'CONTRIBUTING.md'],
  ...['src', 'rules', 'codemods', 'docs', 'scripts', 'tests', 'examples'],
]

/** A copy of the repository in which one of each kind is made, then built. */
let root: string
let made: Record<string, string>

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-scaffold-')))
  for (const name of COPIED) {
    cpSync(join(repository, name), join(root, name), {
      recursive: true,
      filter: (path) => !path.endsWith('node_modules'),
    })
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'dir')
  made = {
    rule: succeed(['scripts/new.mjs', 'rule', 'no-scaffold', '--root', root], repository),
    codemod: succeed(['scripts/new.mjs', 'codemod', 'scaffold-change', '--root', root], repository),
    framework: succeed(['scripts/new.mjs', 'framework', 'scaffold-framework', '--root', root], repository),
  }
  succeed(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], root)
})

afterAll(() => {
  if (root) rmSync(root, { recursive: true })
})

function node(args: readonly string[], cwd: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, output: stdout + stderr }
}

function succeed(args: readonly string[], cwd: string): string {
  const { status, output } = node(args, cwd)
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}.\n${output}`)
  return output
}

describe('what is made', () => {
  it('is listed, with the next command', () => {
    expect(made).toEqual({
      rule: `Made
  rules/no-scaffold.ts
  tests/rules/no-scaffold.test.ts
  docs/rules/no-scaffold.md
Changed
  rules/index.ts
Next: fill in the places marked TODO, then run
  npm run build && npx vitest run tests/rules/no-scaffold.test.ts tests/docs.test.ts
`,
      codemod: `Made
  codemods/scaffold-change.ts
  tests/codemods/scaffold-change.test.ts
  docs/codemods/scaffold-change.md
Changed
  codemods/index.ts
Next: fill in the places marked TODO, then run
  npm run build && npx vitest run tests/codemods/scaffold-change.test.ts tests/docs.test.ts
`,
      framework: `Made
  src/frameworks/scaffold-framework.ts
  tests/frameworks/scaffold-framework.test.ts
  docs/frameworks/scaffold-framework.md
Changed
  src/frameworks/index.ts
  src/frameworks/framework.ts
Next: fill in the places marked TODO, then run
  npm run build && npx vitest run tests/frameworks/scaffold-framework.test.ts
`,
    })
  })

  it('is in the indexes', async () => {
    const built = async <Module>(path: string): Promise<Module> => (await import(join(root, 'dist', path))) as Module
    const { rules } = await built<typeof import('../rules/index.ts')>('rules/index.js')
    expect(Object.keys(rules)).toEqual(Object.keys(rules).sort())
    expect(Object.keys(rules)).toContain('no-scaffold')
    const { codemods } = await built<typeof import('../codemods/index.ts')>('codemods/index.js')
    expect(codemods.at(-1)?.name).toBe('scaffold-change')
    const { frameworks } = await built<typeof import('../src/frameworks/index.ts')>('src/frameworks/index.js')
    expect(Object.keys(frameworks)).toEqual([
      ...['adonisjs', 'express', 'fastify', 'hono', 'koa', 'nestjs', 'kickjs', 'node'],
      'scaffold-framework',
    ])
  })

  it('changes nothing else of the indexes', () => {
    const without = (path: string): string =>
      readFileSync(join(root, path), 'utf8')
        .replace(
          /^.*(?:no-scaffold|scaffold-change|scaffoldChange,|scaffold-framework\.ts|scaffoldFramework,).*\n/gm,
          '',
        )
        .replace(/ \| 'scaffold-framework'/, '')
    for (const path of [
      'rules/index.ts',
      'codemods/index.ts',
      'src/frameworks/index.ts',
      'src/frameworks/framework.ts',
    ]) {
      expect(without(path)).toBe(readFileSync(join(repository, path), 'utf8'))
    }
  })

  it('passes its tests', () => {
    const tests = ['tests/rules/no-scaffold', 'tests/codemods/scaffold-change', 'tests/frameworks/scaffold-framework']
    const output = succeed(['node_modules/vitest/vitest.mjs', 'run', ...tests], root)
    expect(output).toMatch(/Test Files\s+3 passed/)
  })

  it('has pages whose examples hold', () => {
    const output = succeed(['node_modules/vitest/vitest.mjs', 'run', 'tests/docs.test.ts', '-t', 'scaffold'], root)
    expect(output).toMatch(/Tests\s+[4-9] passed/)
  })

  it('has pages that are up to date', () => {
    expect(node(['scripts/docs.mjs', '--check'], root).output).not.toContain('scaffold')
  })

  it('type-checks and lints', () => {
    const files = [
      ...['rules/no-scaffold.ts', 'tests/rules/no-scaffold.test.ts', 'codemods/scaffold-change.ts'],
      ...[
        'tests/codemods/scaffold-change.test.ts',
        'src/frameworks/scaffold-framework.ts',
        'tests/frameworks/scaffold-framework.test.ts',
      ],
    ]
    const { output } = node(['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.test.json'], root)
    expect(output.split('\n').filter((line) => line.includes('scaffold'))).toEqual([])
    expect(succeed(['node_modules/eslint/bin/eslint.js', ...files], root)).toBe('')
  })
})

describe('what is refused', () => {
  it.each([
    [
      'a second rule of a name',
      ['rule', 'no-scaffold'],
      'There is a rule `no-scaffold` already, or something else of that name: rules/no-scaffold.ts exists.',
    ],
    [
      'a file that is no codemod',
      ['codemod', 'per-file'],
      'There is a codemod `per-file` already, or something else of that name: codemods/per-file.ts exists.',
    ],
    [
      'a framework that exists',
      ['framework', 'adonisjs'],
      'There is a framework `adonisjs` already, or something else of that name: src/frameworks/adonisjs.ts exists.',
    ],
    [
      'a name with capitals',
      ['rule', 'noThing'],
      '`noThing` is not a name in kebab-case: small letters and digits, words joined by one hyphen.',
    ],
    [
      'a path',
      ['codemod', '../thing'],
      '`../thing` is not a name in kebab-case: small letters and digits, words joined by one hyphen.',
    ],
    [
      'a rule without a verb',
      ['rule', 'lazy-things'],
      'The name of a rule starts with no-, prefer-, require- or valid-: `lazy-things` does not.',
    ],
    ['a reserved word', ['codemod', 'delete'], '`delete` is a reserved word of JavaScript. Choose another name.'],
    [
      'a name the index uses',
      ['codemod', 'codemods'],
      'The name `codemods` is taken in codemods/index.ts. Choose another name.',
    ],
    ['another kind', ['guide', 'thing'], 'There is no kind `guide`. There are: rule, codemod, framework.'],
    ['an unknown option', ['rule', 'no-thing', '--force'], "Unknown option '--force'."],
    ['nothing', [], 'Usage: npm run new <kind> <name>'],
  ])('%s', (_, args, message) => {
    const before = readFileSync(join(root, 'codemods/index.ts'), 'utf8')
    const { status, output } = node([join(repository, 'scripts/new.mjs'), ...args, '--root', root], repository)
    expect(output.split('\n')[0]).toContain(message)
    expect(status).toBe(2)
    expect(readFileSync(join(root, 'codemods/index.ts'), 'utf8')).toBe(before)
  })

  it('a directory that is no copy of the repository', () => {
    const { status, output } = node(['scripts/new.mjs', 'rule', 'no-thing', '--root', join(root, 'docs')], repository)
    expect(output).toContain('is missing: is')
    expect(status).toBe(2)
  })
})
