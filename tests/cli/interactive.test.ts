import * as parser from '@typescript-eslint/parser'
import { ESLint } from 'eslint'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { main } from '../../dist/src/cli/main.js'
import { hotCodemodHere } from './in-process.ts'
import { application, filesIn, git, hotCodemod, repositoryWith } from './run.ts'

interface Asked {
  readonly code: number
  /** What a person sees. */
  readonly shown: string
  readonly stdout: string
}

/** Runs `migrate --interactive` as on a terminal where a person types `answers`, then nothing more. */
async function choose(root: string, answers: readonly string[], ...args: readonly string[]): Promise<Asked> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stdout = Object.assign(new PassThrough(), { isTTY: true })
  const stderr = Object.assign(new PassThrough(), { isTTY: true })
  const texts = { shown: '', stdout: '' }
  let asked = 0
  const hear = (text: string): void => {
    texts.shown += text
    if (!/(?:\?\] |Why\? |no {2})$/.test(text)) return
    const answer = answers[asked++]
    if (answer === undefined) stdin.end()
    else stdin.write(`${answer}\n`)
  }
  stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text
    hear(text)
  })
  stderr.setEncoding('utf8').on('data', hear)
  const code = await main(['migrate', root, '--interactive', ...args], {
    stdin,
    stdout,
    stderr,
    env: { NO_COLOR: '1' },
  })
  return { code, ...texts }
}

/** A server of Express with two proven imports, a router, and a suggestion: a comment for TypeScript above it. */
const SERVER: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify(
    {
      name: 'app',
      type: 'module',
      scripts: { dev: 'tsx watch src/server.ts' },
      dependencies: { express: '^5.1.0' },
      devDependencies: { tsx: '^4.20.0' },
    },
    null,
    2,
  )}\n`,
  'src/server.ts': "import { app } from './app.js'\n\napp.listen(3000)\n",
  'src/app.ts': `import express from 'express'
import { auth } from './auth.js'
// @ts-expect-error no types
import { stats } from './stats.js'
import users from './users.routes.js'

export const app = express()
app.use(auth)
app.get('/stats', stats)
app.use('/users', users)
`,
  'src/auth.ts': 'export function auth(req, res, next) {\n  next()\n}\n',
  'src/stats.ts': 'export const stats = (req, res) => {\n  res.json({})\n}\n',
  'src/users.routes.ts':
    "import { Router } from 'express'\nimport { list } from './users.js'\n\nconst users = Router()\nusers.get('/', list)\nexport default users\n",
  'src/users.ts': 'export const list = (req, res) => {\n  res.json([])\n}\n',
}

const LAZY_AUTH = "const loadAuth = () => import('./auth.js')"
const LAZY_STATS = "const loadStats = () => import('./stats.js')"
const LAZY_USERS = "=> import('./users.js')"

describe('choosing everything', () => {
  it.each([
    ['AdonisJS', application, []],
    ['Express', SERVER, []],
    ['Express, --level mount', SERVER, ['--level', 'mount']],
    ['Express, --level app', SERVER, ['--level', 'app']],
    ['Express, --level auto', SERVER, ['--level', 'auto']],
  ])('is --yes, byte for byte: %s', async (_, files, args) => {
    const [chosen, applied] = [repositoryWith(files), repositoryWith(files)]
    expect((await choose(chosen, ['a', 'y'], ...args)).code).toBe(0)
    expect((await hotCodemodHere('migrate', applied, '--yes', ...args)).code).toBe(0)
    expect(filesIn(chosen)).toEqual(filesIn(applied))
    expect(filesIn(chosen)).not.toEqual(files)
  })

  it('one after the other is the same, suggestions left', async () => {
    const [chosen, applied] = [repositoryWith(SERVER), repositoryWith(SERVER)]
    const { code, shown } = await choose(chosen, ['', '', 'y', 'y', 'y', 'y', 'y'])
    expect(code).toBe(0)
    expect(shown).toContain('3 of 3')
    await hotCodemodHere('migrate', applied, '--yes')
    expect(filesIn(chosen)).toEqual(filesIn(applied))
  })
})

describe('choosing nothing', () => {
  it.each([
    ['by n', ['n', 'n', 'n', 'n', 'n', 'n']],
    ['by q', ['q']],
    ['by d for each file', ['d', 'd', 'q']],
  ])('changes nothing: %s', async (_, answers) => {
    const root = repositoryWith(SERVER)
    const { code, shown } = await choose(root, answers)
    expect(code).toBe(1)
    expect(shown).toContain('Nothing was chosen, so nothing was written.')
    expect(filesIn(root)).toEqual(SERVER)
  })

  it('so does an input that ends', async () => {
    const root = repositoryWith(SERVER)
    const { code, shown } = await choose(root, ['y'])
    expect(code).toBe(1)
    expect(shown).toContain('Nothing was chosen, so nothing was written.')
    expect(filesIn(root)).toEqual(SERVER)
  })

  it('so does a no in the end', async () => {
    const root = repositoryWith(SERVER)
    expect((await choose(root, ['a', 'n'])).code).toBe(1)
    expect(filesIn(root)).toEqual(SERVER)
  })

  it('is no work left where there is nothing to choose', async () => {
    const root = repositoryWith(application)
    await hotCodemodHere('migrate', root, '--yes')
    const { code, shown } = await choose(root, [], '--allow-dirty')
    expect(code).toBe(0)
    expect(shown).toContain('Nothing to do.')
  })
})

describe('choosing some', () => {
  it('makes those lazy, and derives the boundaries from them', async () => {
    const root = repositoryWith(SERVER)
    // auth, stats, list; hot-hook-config, dev-script, dev-dependencies
    expect((await choose(root, ['y', 'n', 'n', 'y', 'y', 'y', 'y'])).code).toBe(0)
    const files = filesIn(root)
    expect(files['src/app.ts']).toContain(LAZY_AUTH)
    expect(files['src/users.routes.ts']).toBe(SERVER['src/users.routes.ts'])
    expect(JSON.parse(files['package.json']!)).toMatchObject({ hotHook: { boundaries: ['./src/auth.ts'] } })
  })

  it('f takes what is proven in the rest of the file, and asks for the next file', async () => {
    const root = repositoryWith(SERVER)
    const { shown } = await choose(root, ['f', 'n', 'a', 'y'])
    expect(shown).not.toContain('src/app.ts:4')
    expect(shown).toContain('src/users.routes.ts:2')
    expect(filesIn(root)['src/app.ts']).toContain(LAZY_AUTH)
    expect(filesIn(root)['src/app.ts']).not.toContain(LAZY_STATS)
    expect(filesIn(root)['src/users.routes.ts']).not.toContain(LAZY_USERS)
  })

  it('d leaves the rest of the file, and asks for the next file', async () => {
    const root = repositoryWith(SERVER)
    await choose(root, ['d', 'a', 'y'])
    expect(filesIn(root)['src/app.ts']).toBe(SERVER['src/app.ts'])
    expect(filesIn(root)['src/users.routes.ts']).toContain(LAZY_USERS)
  })

  it('q keeps what was taken', async () => {
    const root = repositoryWith(SERVER)
    expect((await choose(root, ['y', 'q', 'y'])).code).toBe(0)
    const files = filesIn(root)
    expect(files['src/app.ts']).toContain(LAZY_AUTH)
    expect({ ...files, 'src/app.ts': '' }).toEqual({ ...SERVER, 'src/app.ts': '' })
  })

  it('leaves out one of the other changes', async () => {
    const root = repositoryWith(SERVER)
    // hot-hook-config, dev-script, dev-dependencies
    const { shown } = await choose(root, ['y', 'n', 'y', 'y', 'n', 'y', 'y'])
    expect(shown).toMatch(/dev-script {3}2 of 3 {3}tsx watch src\/server\.ts → hot-runner/)
    const { scripts, hotHook } = JSON.parse(filesIn(root)['package.json']!) as Record<string, unknown>
    expect(scripts).toEqual({ dev: 'tsx watch src/server.ts' })
    expect(hotHook).toBeDefined()
  })

  it('asks for what a refusal makes necessary: without the router, its handlers', async () => {
    const root = repositoryWith(SERVER)
    const { shown } = await choose(root, ['n', 'a', 'y'], '--level', 'mount')
    expect(shown).toMatch(/src\/app\.ts:5 {3}1 of \d {3}users/)
    expect(filesIn(root)['src/app.ts']).toContain("import users from './users.routes.js'")
    expect(filesIn(root)['src/users.routes.ts']).toContain(LAZY_USERS)
  })

  it('asks before anything is answered when files are not committed', async () => {
    const root = repositoryWith(SERVER)
    writeFileSync(join(root, 'src/app.ts'), `${SERVER['src/app.ts']}\n`)
    const { code, shown } = await choose(root, ['a', 'y'])
    expect(code).toBe(2)
    expect(shown).toMatch(/^Uncommitted changes in src\/app\.ts would be overwritten/)
  })

  it('prints the keys for ? and for what is none, and asks again', async () => {
    const root = repositoryWith(SERVER)
    const { shown } = await choose(root, ['?', 'x', 'q'])
    expect(shown.split('  y  take it\n')).toHaveLength(3)
    expect(shown.split('Take it? [Y/n/a/f/d/e/q/?] ')).toHaveLength(4)
  })

  it('goes with --yes, which does not ask in the end', async () => {
    const root = repositoryWith(SERVER)
    expect((await choose(root, ['a'], '--yes')).code).toBe(0)
    expect(filesIn(root)['src/app.ts']).toContain(LAZY_AUTH)
  })
})

describe('a suggestion', () => {
  it('is asked with its condition, and an empty line leaves it', async () => {
    const root = repositoryWith(SERVER)
    const { shown } = await choose(root, ['y', '', 'q', 'y'])
    expect(shown).toContain(`src/app.ts:4   2 of 3   stats
  ! directive   The \`@ts-expect-error\` comment above would apply to the rewritten line.
`)
    expect(shown).toContain('Take it, though that is not proven? [y/N/a/f/d/e/q/?] ')
    expect(filesIn(root)['src/app.ts']).not.toContain(LAZY_STATS)
  })

  it('is taken by y', async () => {
    const root = repositoryWith(SERVER)
    await choose(root, ['n', 'y', 'q', 'y'])
    expect(filesIn(root)['src/app.ts']).toContain(LAZY_STATS)
    expect(filesIn(root)['src/app.ts']).not.toContain(LAZY_AUTH)
  })

  it('is asked again when there is another condition, which only showed then', async () => {
    const root = repositoryWith({
      ...SERVER,
      'src/server.ts': `import { stats } from './stats.js'\n${SERVER['src/server.ts']!}console.log(stats.name)\n`,
    })
    const { shown } = await choose(root, ['n', 'y', 'n', 'n', 'q'])
    expect(shown.match(/ {2}! [\w-]+/g)).toEqual(['  ! directive', '  ! also-static'])
    expect(filesIn(root)['src/app.ts']).toBe(SERVER['src/app.ts'])
  })
})

describe('e', () => {
  const said = ['e', ' it keeps a cache. ', 'n', 'y', 'q', 'y']

  it('says why in the report, and above the import', async () => {
    const root = repositoryWith(SERVER)
    expect((await choose(root, said)).code).toBe(0)
    expect(filesIn(root)['src/app.ts']).toBe(
      SERVER['src/app.ts']!.replace(
        'import { auth }',
        '// eslint-disable-next-line hot-codemod/prefer-lazy-middleware-import -- it keeps a cache\nimport { auth }',
      ),
    )
  })

  it('keeps it so in the next run', async () => {
    const root = repositoryWith(SERVER)
    await choose(root, said)
    const { stdout } = await hotCodemodHere('migrate', root, '--json', '--yes', '--allow-dirty')
    const { imports } = JSON.parse(stdout) as { imports: { names: string[]; verdict: string; reason: string }[] }
    expect(imports).toContainEqual({
      path: 'src/app.ts',
      line: 3,
      names: ['auth'],
      specifier: './auth.js',
      role: 'middleware',
      verdict: 'leave',
      reason: 'declined',
      message: 'It is left as it is by choice: it keeps a cache.',
    })
    expect(filesIn(root)['src/app.ts']).not.toContain(LAZY_AUTH)
  })

  it('keeps the linter quiet, which finds the comment of use', async () => {
    const root = repositoryWith(SERVER)
    await choose(root, said)
    const plugin = ((await import('../../dist/src/index.js')) as typeof import('../../src/index.ts')).default
    const eslint = new ESLint({
      cwd: root,
      overrideConfigFile: true,
      overrideConfig: [
        {
          files: ['**/*.ts'],
          languageOptions: { parser },
          plugins: { 'hot-codemod': plugin },
          rules: { 'hot-codemod/prefer-lazy-middleware-import': 'error' },
          linterOptions: { reportUnusedDisableDirectives: 'error' },
        },
      ],
    })
    const [result] = await eslint.lintFiles('src/app.ts')
    expect(result?.messages).toEqual([])
    expect(result?.suppressedMessages).toHaveLength(1)
  })

  it('writes nothing where nothing is said', async () => {
    const root = repositoryWith(SERVER)
    const { shown } = await choose(root, ['e', '', 'n', 'y', 'q', 'y'], '--show', 'skipped')
    expect(shown).toContain('It is left as it is by choice.')
    expect(filesIn(root)['src/app.ts']).toBe(SERVER['src/app.ts'])
  })

  it('writes nothing below a comment that is for the next line already', async () => {
    const root = repositoryWith(SERVER)
    const { shown } = await choose(root, ['n', 'e', 'untyped', 'y', 'q', 'y'], '--show', 'skipped')
    expect(shown).toContain('It is left as it is by choice: untyped.')
    expect(filesIn(root)['src/app.ts']).toBe(SERVER['src/app.ts'])
  })
})

describe('with a target', () => {
  /** Two services that the handler calls, each with a module of its own below it. */
  const service = (name: string): Readonly<Record<string, string>> => ({
    [`src/${name}.ts`]: `import { find } from './find-${name}.js'\nexport const ${name} = (count: number) => find(count)\n`,
    [`src/find-${name}.ts`]: 'export const find = (count: number) => count\n',
  })
  const SERVICES: Readonly<Record<string, string>> = {
    'package.json': SERVER['package.json'] ?? '',
    'src/server.ts': `import express from 'express'
import { posts } from './posts.js'
import { users } from './users.js'

const app = express()
app.get('/', async (req, res) => {
  res.json([await posts(3), await users(3)])
})
app.listen(3000)
`,
    ...service('posts'),
    ...service('users'),
  }
  const withTarget = (root: string, ...answers: string[]): Promise<Asked> =>
    choose(root, answers, '--target', '40', '--level', 'handler', '--skip', 'lint-config', '--yes')

  it('shows a cut with what it frees and what is written, and takes it', async () => {
    const root = repositoryWith(SERVICES)
    const { code, shown } = await withTarget(root, 'y', 'a')
    expect(shown).toContain('  Cut: src/posts.ts   1 of 1   +2 files hot\n  src/server.ts:2   deferred-imports\n')
    expect(shown).toContain("  -import { posts } from './posts.js'\n")
    expect(shown).toContain("  +  const { posts } = await import('./posts.js')\n")
    expect(code).toBe(0)
    expect(filesIn(root)['src/server.ts']).toContain("  const { posts } = await import('./posts.js')\n")
    expect(filesIn(root)['src/server.ts']).toContain("import { users } from './users.js'\n")
  })

  it('asks for another cut in place of one that is left', async () => {
    const root = repositoryWith(SERVICES)
    const { code, shown } = await withTarget(root, 'n', 'y', 'a')
    expect(shown).toContain('  Cut: src/users.ts   1 of 1   +2 files hot\n')
    expect(code).toBe(0)
    expect(filesIn(root)['src/server.ts']).toContain("import { posts } from './posts.js'\n")
    expect(filesIn(root)['src/server.ts']).toContain("  const { users } = await import('./users.js')\n")
  })

  it('writes nothing where every cut is left', async () => {
    const root = repositoryWith(SERVICES)
    const { code, shown } = await withTarget(root, 'n', 'q')
    expect(shown).toContain('Nothing was chosen, so nothing was written.')
    expect(code).toBe(1)
    expect(filesIn(root)).toEqual(SERVICES)
  })
})

describe('where', () => {
  it('there is no terminal, it could not run', () => {
    const root = repositoryWith(SERVER)
    const { code, stdout, stderr } = hotCodemod(root, 'migrate', '--interactive')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(
      '--interactive asks on a terminal, and this is none. Without it, --accept takes suggestions and --yes applies.',
    )
  })

  it('a program reads the report, it could not run', async () => {
    const root = repositoryWith(SERVER)
    const { code, shown } = await choose(root, [], '--json')
    expect(code).toBe(2)
    expect(shown).toContain('--interactive asks, and --format json prints a report only')
  })

  it('--dry-run is given, standard output is the patch of what was chosen', async () => {
    const root = repositoryWith(SERVER)
    const { code, stdout } = await choose(root, ['y', 'q'], '--dry-run')
    expect(code).toBe(1)
    expect(filesIn(root)).toEqual(SERVER)
    writeFileSync(join(root, '.git/patch'), stdout)
    git(root, 'apply', '.git/patch')
    expect(filesIn(root)['src/app.ts']).toContain(LAZY_AUTH)
    expect(filesIn(root)['src/users.routes.ts']).toBe(SERVER['src/users.routes.ts'])
  })

  it('the terminal is a real one, all lines typed ahead', () => {
    const root = repositoryWith(SERVER)
    const bin = fileURLToPath(new URL('../../bin/hot-codemod.js', import.meta.url))
    const { status, stdout } = spawnSync('script', ['-qec', `'${process.execPath}' '${bin}' migrate -i`, '/dev/null'], {
      cwd: root,
      env: { ...process.env, CI: undefined, NO_COLOR: '1' },
      encoding: 'utf8',
      input: 'y\nn\nq\ny\n',
    })
    expect(stdout).toContain('Done. 1 file written.')
    expect(status).toBe(0)
    expect(readFileSync(join(root, 'src/app.ts'), 'utf8')).toContain(LAZY_AUTH)
  })
})
