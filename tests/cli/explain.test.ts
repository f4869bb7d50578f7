import { appendFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { entry, manifest, server, type Files } from '../doctor/server.ts'
import { hotCodemodHere } from './in-process.ts'
import { directoryWith, git, hotCodemod, repositoryWith, type Ran } from './run.ts'

async function explain(root: string, path: string, ...options: readonly string[]): Promise<Ran> {
  return hotCodemodHere('explain', join(root, path), '--node', '20.20.2', ...options)
}

async function explained(files: Files, path: string): Promise<string> {
  const { code, stdout, stderr } = await explain(directoryWith({ ...server, ...files }), path)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

const STATIC = { 'src/server.ts': "\nimport { list } from './routes/users.js'\nlist\n" }

describe('hot-codemod explain', () => {
  it('shows the chain of imports to a hot file', async () => {
    expect(await explained({}, 'src/services/users.ts')).toBe(`  src/services/users.ts   hot
  Every chain of imports that leads to it crosses a boundary that is imported lazily.

  src/server.ts   the entry
  └ src/routes/users.ts   src/server.ts:4  import('./routes/users.js')
    └ src/services/users.ts   src/routes/users.ts:1  import '../services/users.js'
`)
  })

  it('says who imports a boundary lazily', async () => {
    expect(await explained({}, 'src/routes/users.ts')).toContain(
      '  src/routes/users.ts   hot\n  It is a boundary that `src/server.ts:4` imports lazily.\n',
    )
  })

  it('shows what makes a file restart, and the cheapest cut', async () => {
    expect(await explained(STATIC, 'src/services/users.ts')).toBe(`  src/services/users.ts   restart
  \`src/routes/users.ts:1\` imports it, which is, or is below, a boundary that is imported statically.
  → Import that boundary lazily everywhere, or take it out of \`hotHook.boundaries\`.

  src/server.ts   the entry
  └ src/routes/users.ts   src/server.ts:2  import './routes/users.js'
    └ src/services/users.ts   src/routes/users.ts:1  import '../services/users.js'

  Cheapest cut   import src/routes/users.ts lazily, and make it a boundary: 2 files turn hot
    src/server.ts:2  ./routes/users.js  left to you
      → \`list\`, line \`3\` is used while this module is loaded.
`)
  })

  it('shows the surest cut, with its codemod and its share of the edits of git', async () => {
    const root = repositoryWith({
      ...server,
      'package.json': manifest({ hotHook: { boundaries: [] } }),
      'src/server.ts': "import './app.js'\n",
      'src/app.ts':
        "import express from 'express'\nimport { list } from './routes/users.js'\nexpress().get('/users', list)\n",
      'src/routes/users.ts':
        "import { all } from '../services/users.js'\nexport const list = async (req, res) => { res.json(all()) }\n",
    })
    for (const path of ['src/services/users.ts', 'src/app.ts']) {
      appendFileSync(join(root, path), '// edited\n')
      git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qam', 'x')
    }
    // To import src/app.ts lazily would turn three files hot, and no codemod does.
    expect((await explain(root, 'src/services/users.ts')).stdout).toContain(`
  Cheapest cut   import src/routes/users.ts lazily, and make it a boundary: 2 files turn hot, 50 % of your last 2 edits
    src/app.ts:2  ./routes/users.js  lazy-imports, proven
`)
    expect((await explain(root, 'src/app.ts')).stdout).toContain(`
  Cheapest cut   import src/app.ts lazily, and make it a boundary: 3 files turn hot, 100 % of your last 2 edits
    src/server.ts:1  ./app.js  left to you
`)
  })

  it('says what would have to be true', async () => {
    const stdout = await explained(
      {
        'src/server.ts':
          "import express from 'express'\n// @ts-expect-error of another version\nimport { list } from './routes/users.js'\nexpress().get('/users', list)\n",
        'src/routes/users.ts':
          "import { all } from '../services/users.js'\nexport const list = (req, res) => { res.json(all()) }\n",
      },
      'src/services/users.ts',
    )
    expect(stdout).toContain(`
    src/server.ts:3  ./routes/users.js  lazy-imports, not proven
      → The \`@ts-expect-error\` comment above would apply to the rewritten line.
`)
  })

  it('says where hot modules import the file statically too', async () => {
    const stdout = await explained(
      {
        'src/server.ts': entry(
          "import { all } from './services/users.js'",
          'export const count = () => all().length\n',
        ),
      },
      'src/services/users.ts',
    )
    expect(stdout).toContain(`
  Cheapest cut   import lazily a module that only exports src/services/users.ts again, and make that a boundary: 1 file turns hot
    src/server.ts:2  ./services/users.js  `)
  })

  it('says that a restart is right where the start of the server uses the file', async () => {
    const head = "import { port } from './config.js'"
    const files = { 'src/config.ts': "import { base } from './base.js'\nexport const port = base + 1\n" }
    const started = {
      ...files,
      'src/base.ts': 'export const base = 3000\n',
      'src/server.ts': entry(head, 'app.listen(port)\n'),
    }
    expect(await explained(started, 'src/config.ts')).toBe(`  src/config.ts   restart
  \`src/server.ts:5\` uses \`port\` of it while the server starts, so an edit needs the restart that it gets.

  src/server.ts   the entry
  └ src/config.ts   src/server.ts:2  import './config.js'
`)
    expect(await explained(started, 'src/base.ts')).toContain(
      '`src/config.ts:2` uses `base` of it while the server starts',
    )
  })

  it('offers no cut of what the start of the server uses', async () => {
    const stdout = await explained(
      {
        'src/server.ts': entry("import { port } from './config.js'", 'app.listen(port)\n'),
        'src/config.ts':
          "import { name } from './name.js'\nexport const port = 3000\nexport const later = () => name\n",
        'src/name.ts': "export const name = 'a'\n",
      },
      'src/name.ts',
    )
    expect(stdout).toContain('  Cheapest cut   import src/name.ts lazily, and make it a boundary: 1 file turns hot\n')
  })

  it('says where only the boundary is missing', async () => {
    const stdout = await explained(
      { 'package.json': manifest({ hotHook: { boundaries: ['./none.ts'] } }) },
      'src/services/users.ts',
    )
    expect(stdout).toContain(
      '  Cheapest cut   make src/routes/users.ts a boundary: 2 files turn hot, if its lazy imports run in each request\n    src/server.ts:4  ./routes/users.js\n',
    )
  })

  it('marks the import() that runs once', async () => {
    const stdout = await explained(
      { 'src/server.ts': "const { list } = await import('./routes/users.js')\nlist\n" },
      'src/services/users.ts',
    )
    expect(stdout).toContain('  src/services/users.ts   stale\n')
    expect(stdout).toContain('the old code stays: `src/server.ts:1` imports it, or a module above it, only once.\n')
    expect(stdout.match(/^.* {2}runs once$/gm)).toEqual([
      "  └ src/routes/users.ts   src/server.ts:1  import('./routes/users.js')  runs once",
    ])
  })

  it('says how the entry is loaded', async () => {
    expect(await explained({}, 'src/server.ts')).toBe('  src/server.ts   restart\n  The process starts with it.\n')
  })

  it('says who loads a root', async () => {
    const root = directoryWith({
      ...server,
      'package.json': manifest({ dependencies: { '@adonisjs/core': '^6.0.0' } }),
      'bin/server.ts': '',
      'adonisrc.ts': "export default { preloads: [() => import('#start/routes')] }\n",
      'config/app.ts': "import '../src/services/users.js'\n",
    })
    expect((await explain(root, 'config/app.ts')).stdout).toContain('  AdonisJS loads it once, at boot.\n')
    expect((await explain(root, 'src/services/users.ts')).stdout).toContain(
      '  config/app.ts   loaded by AdonisJS\n  └ src/services/users.ts   config/app.ts:1  ',
    )
  })

  it('says that a root is taken for one, where the entry is not known', async () => {
    const root = directoryWith({ 'package.json': manifest({ scripts: {} }), 'src/mine.ts': '' })
    expect((await explain(root, 'src/mine.ts')).stdout).toContain(
      '  No module imports it, so it is taken for one that the server starts with: its entry is not known.\n',
    )
  })

  it('says that an answer is not stable', async () => {
    const files = {
      'src/server.ts': entry('', "app.get('/base', async () => (await import('./routes/base.js')).base())\n"),
      'src/routes/users.ts': "import { base } from './base.js'\nexport const list = () => base()\n",
      'src/routes/base.ts': 'export const base = () => []\n',
    }
    expect(await explained(files, 'src/routes/base.ts')).toContain('  Unstable: ')
    expect(await explained({}, 'src/routes/users.ts')).not.toContain('Unstable')
  })

  it('shows five of many imports', async () => {
    const users = Array.from({ length: 8 }, (_, index) => `./use${index}.js`)
    const files = Object.fromEntries(
      users.map((name) => [`src/${name.slice(2, -3)}.ts`, "import './services/users.js'\n"]),
    )
    const stdout = await explained(
      { ...files, 'src/server.ts': users.map((name) => `import '${name}'\n`).join('') },
      'src/services/users.ts',
    )
    expect(stdout.match(/^ {4}src\/use\d\.ts:1 /gm)).toHaveLength(5)
    expect(stdout).toContain('1 file turns hot, 8 imports to change\n')
    expect(stdout).toContain('    … and 3 more\n')
  })

  it('names the file from the working directory', () => {
    const root = directoryWith(server)
    const { code, stdout } = hotCodemod(join(root, 'src'), 'explain', 'services/users.ts')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}src\/services\/users\.ts {3}hot\n/)
  })

  it('--json is the explanation, and nothing else is printed', async () => {
    const { stdout, stderr } = await explain(directoryWith({ ...server, ...STATIC }), 'src/services/users.ts', '--json')
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      path: 'src/services/users.ts',
      outcome: 'restart',
      reason: 'below-static-boundary',
      message: expect.any(String) as string,
      remedy: expect.any(String) as string,
      unstable: false,
      root: { path: 'src/server.ts', by: null },
      chain: [
        {
          from: 'src/server.ts',
          line: 2,
          specifier: './routes/users.js',
          dynamic: false,
          once: false,
          to: 'src/routes/users.ts',
        },
        {
          from: 'src/routes/users.ts',
          line: 1,
          specifier: '../services/users.js',
          dynamic: false,
          once: false,
          to: 'src/services/users.ts',
        },
      ],
      cut: {
        path: 'src/routes/users.ts',
        reexported: false,
        imports: [
          {
            path: 'src/server.ts',
            line: 2,
            specifier: './routes/users.js',
            codemod: null,
            verdict: 'leave',
            reason: 'used-at-load',
            message: '`list`, line `3` is used while this module is loaded.',
          },
        ],
        lazy: [],
        frees: 2,
        edits: 0,
        totalEdits: 0,
        verdict: 'leave',
      },
    })
  })
})

describe('a file that the server does not load', () => {
  const NOT_LOADED =
    'The server does not load it: no import that is left once types are stripped leads to it, so an edit does nothing.'

  it.each([
    ['imported for its types only', 'src/types.ts'],
    ['a test', 'src/users.test.ts'],
    ['no module', 'README.md'],
  ])('%s is unwatched', async (_, path) => {
    const files = { 'src/server.ts': entry("import type { T } from './types.js'", 'export type U = T\n'), [path]: '' }
    expect(await explained(files, path)).toBe(`  ${path}   unwatched\n  ${NOT_LOADED}\n`)
  })

  it('may be loaded by one that does not parse', async () => {
    const files = {
      'src/services/users.ts': "import './other.js'\nexport const all = () => [\n",
      'src/services/other.ts': '',
    }
    expect(await explained(files, 'src/services/other.ts')).toContain(
      `${NOT_LOADED} What \`src/services/users.ts\` imports is not known: it does not parse.\n`,
    )
  })

  it('restarts where hotHook.restart names it', async () => {
    expect(await explained({ '.env': '' }, '.env')).toContain('  .env   restart\n')
    const files = { '.env': '', 'app.yaml': '', 'package.json': manifest({ hotHook: { restart: ['app.yaml'] } }) }
    expect(await explained(files, 'app.yaml')).toContain('  app.yaml   restart\n')
    expect(await explained(files, '.env')).toContain('  .env   unwatched\n')
  })

  it('is in node_modules', async () => {
    expect(await explained({}, 'node_modules/hot-hook/package.json')).toBe(
      '  node_modules/hot-hook/package.json   unwatched\n  It is in node_modules, which hot-hook does not watch: an edit shows after the next restart.\n',
    )
  })
})

describe('a file of another package', () => {
  const workspace = {
    'package.json': '{ "workspaces": ["apps/*", "packages/*"] }',
    'apps/api/package.json': manifest({ scripts: { dev: 'node src/server.js' } }),
    'apps/api/src/server.js': "import { a } from '@x/shared'\na\n",
    'packages/shared/package.json': '{ "name": "@x/shared", "type": "module", "exports": "./lib/shared.js" }',
    'packages/shared/lib/shared.js': 'export const a = 1\n',
    'packages/shared/lib/unused.js': '',
  }

  function linked(): string {
    const root = directoryWith(workspace)
    mkdirSync(join(root, 'node_modules/@x'), { recursive: true })
    symlinkSync(join(root, 'packages/shared'), join(root, 'node_modules/@x/shared'))
    return root
  }

  it('is explained for the server of the working directory, where that loads it', () => {
    const { code, stdout } = hotCodemod(join(linked(), 'apps/api'), 'explain', '../../packages/shared/lib/shared.js')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}\.\.\/\.\.\/packages\/shared\/lib\/shared\.js {3}restart\n/)
    expect(stdout).toContain("  └ ../../packages/shared/lib/shared.js   src/server.js:1  import '@x/shared'\n")
  })

  it('is explained for its own, where that does not', () => {
    const { stdout } = hotCodemod(join(linked(), 'apps/api'), 'explain', '../../packages/shared/lib/unused.js')
    expect(stdout).toMatch(/^ {2}lib\/unused\.js {3}/)
  })

  it('is explained for its own from the root of the workspace', () => {
    const { stdout } = hotCodemod(linked(), 'explain', 'apps/api/src/server.js')
    expect(stdout).toBe('  src/server.js   restart\n  The process starts with it.\n')
  })
})

describe('what cannot be explained', () => {
  it('is a file that is not there', async () => {
    const root = directoryWith(server)
    expect(await explain(root, 'src/none.ts')).toEqual({
      code: 2,
      stdout: '',
      stderr: `There is no file ${join(root, 'src/none.ts')}. Name one of the server's files.\n`,
    })
  })

  it('is a directory', async () => {
    const root = directoryWith(server)
    expect((await explain(root, 'src')).stderr).toBe(
      `${join(root, 'src')} is not a file. Name one of the server's files.\n`,
    )
  })

  it('is a file outside of any project', async () => {
    const root = directoryWith({ 'a.ts': '' })
    const { code, stderr } = await explain(root, 'a.ts')
    expect(code).toBe(2)
    expect(stderr).toBe(
      `There is no package.json in ${root} or above it. Run hot-codemod in the directory of an application.\n`,
    )
  })

  it('is no file at all', async () => {
    expect(await hotCodemodHere('explain')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'hot-codemod explain needs <file>.\nSee hot-codemod explain --help.\n',
    })
  })

  it('is more than one', async () => {
    expect((await hotCodemodHere('explain', 'a.ts', 'b.ts')).stderr).toBe(
      'b.ts was not understood.\nSee hot-codemod explain --help.\n',
    )
  })

  it('is said as JSON too', async () => {
    const { code, stdout, stderr } = await explain(directoryWith(server), 'none.ts', '--json')
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { message: expect.any(String) as string } })
  })
})
