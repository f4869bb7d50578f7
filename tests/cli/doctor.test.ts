import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { entry, manifest, server, type Files } from '../doctor/server.ts'
import { hotCodemodHere, hotCodemodOnTerminal } from './in-process.ts'
import { application, directoryWith, filesIn, git, hotCodemod, repositoryWith } from './run.ts'

/** A server of 32 files of which 30 boundaries import another, as a glob that is too wide makes it. */
const wide = {
  ...server,
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [
      `src/routes/r${String(index).padStart(2, '0')}.ts`,
      "import { base } from './base.js'\nexport const list = () => base\n",
    ]),
  ),
  'src/routes/base.ts': 'export const base = []\n',
  'src/server.ts': `export const routes = [\n${Array.from({ length: 30 }, (_, index) => `  () => import('./routes/r${String(index).padStart(2, '0')}.js'),\n`).join('')}]\n`,
}

const doctor = (root: string, ...options: readonly string[]): ReturnType<typeof hotCodemodHere> =>
  hotCodemodHere('doctor', root, '--node', '20.20.2', ...options)

describe('hot-codemod doctor', () => {
  it('says what is hot, and that nothing is wrong', async () => {
    const { code, stdout, stderr } = await doctor(directoryWith(server))
    expect(stdout).toBe(`  Express 5 · src/server.ts · tsx · Node.js 20.20.2 · hot-hook 1.0.0

  Hot coverage   66 % of 3 files
  hot 2   restart 1

  Nothing is wrong.
`)
    expect([code, stderr]).toEqual([0, ''])
  })

  it('says what is wrong, where, and what to do', async () => {
    const root = directoryWith({ ...server, 'src/server.ts': "\nimport { list } from './routes/users.js'\nlist\n" })
    const { code, stdout } = await doctor(root)
    expect(stdout).toBe(`  Express 5 · src/server.ts · tsx · Node.js 20.20.2 · hot-hook 1.0.0

  Hot coverage   0 % of 3 files
  restart 3

  warning  matches-static
    package.json:17  \`./src/routes/*.ts\` matches 1 file that is imported statically, which makes edits of it, and of all below, restart: \`src/routes/users.ts\` by \`src/server.ts:2\`.
    → Import them lazily, or make the glob narrower: what a boundary imports is hot without being one.

  warning  static-boundary
    src/server.ts:2  It imports the boundary \`src/routes/users.ts\` statically, so an edit of that, and of what only it imports, restarts.
    → Import it lazily there, or take it out of \`hotHook.boundaries\`.

  Cheapest cuts           files   that turn hot when these imports change
    src/routes/users.ts      +2   left to you: \`src/server.ts:2\`
      → \`list\`, line \`3\` is used while this module is loaded.

  2 warnings. Why a file is what it is: hot-codemod explain <file>
`)
    expect(code).toBe(0)
  })

  describe('cheapest cuts', () => {
    const MODULE = "import { all } from '../services/users.js'\n"
    const handlers: Files = {
      ...server,
      'src/server.ts': [
        "import express from 'express'",
        "import { list } from './routes/users.js'",
        '// @ts-expect-error of another version',
        "import { show } from './routes/user.js'",
        "import Settings from './routes/settings.js'",
        'export const app = express()',
        "app.get('/users', list)",
        "app.get('/user', show)",
        "app.get('/settings', Settings.list)",
        '',
      ].join('\n'),
      'src/routes/users.ts': `${MODULE}export const list = async (req, res) => { res.json(all()) }\n`,
      'src/routes/user.ts': `export const show = async (req, res) => { res.json(1) }\n`,
      'src/routes/settings.ts': 'export default class Settings { static list = this.all\nstatic all() {} }\n',
    }

    async function cutsOf(root: string): Promise<string[]> {
      const { stdout } = await doctor(root)
      const lines = stdout.split('\n')
      const start = lines.findIndex((line) => line.startsWith('  Cheapest cuts'))
      return start < 0 ? [] : lines.slice(start, lines.indexOf('', start))
    }

    it('has the codemod that makes each, how sure that is, and what would have to be true', async () => {
      expect(await cutsOf(directoryWith(handlers))).toEqual([
        '  Cheapest cuts              files   that turn hot when these imports change',
        '    src/routes/users.ts         +2   lazy-imports, proven: `src/server.ts:2`',
        '    src/routes/settings.ts      +1   left to you: `src/server.ts:5`',
        '      → What `Settings.list` is cannot be read from its module, so how the framework calls it is not known. Export a function.',
        '    src/routes/user.ts          +1   lazy-imports, not proven: `src/server.ts:4`',
        '      → The `@ts-expect-error` comment above would apply to the rewritten line.',
        '  Those that are proven: hot-codemod migrate --target 90',
      ])
    })

    it('has the share of the edits of git', async () => {
      const root = repositoryWith(handlers)
      writeFileSync(join(root, 'src/services/users.ts'), 'export const all = () => [1]\n')
      git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qam', 'x')
      expect(await cutsOf(root)).toEqual([
        '  Cheapest cuts              files   edits   that turn hot when these imports change',
        '    src/routes/users.ts         +2  +100 %   lazy-imports, proven: `src/server.ts:2`',
        '    src/routes/settings.ts      +1    +0 %   left to you: `src/server.ts:5`',
        '      → What `Settings.list` is cannot be read from its module, so how the framework calls it is not known. Export a function.',
        '    src/routes/user.ts          +1    +0 %   lazy-imports, not proven: `src/server.ts:4`',
        '      → The `@ts-expect-error` comment above would apply to the rewritten line.',
        '  Those that are proven: hot-codemod migrate --target 90',
      ])
    })

    it('leaves out one whose files a surer one frees', async () => {
      const root = directoryWith({
        ...server,
        'package.json': manifest({ hotHook: { boundaries: [] } }),
        'src/server.ts': "import './all.js'\n",
        'src/all.ts': "import './routes/users.js'\n",
      })
      expect(await cutsOf(root)).toEqual([
        '  Cheapest cuts   files   that turn hot when these imports change',
        '    src/all.ts       +3   left to you: `src/server.ts:1`',
        '      → `./all.js` is imported for what it does when it is loaded, which the server needs at its start.',
      ])
    })

    it('is left out where nothing restarts by an import', async () => {
      expect(await cutsOf(directoryWith(server))).toEqual([])
    })

    it('is there for a project with a file that cannot be read', async () => {
      const root = directoryWith({ ...handlers, 'src/routes/latin.ts': 'export const name = 1\n' })
      writeFileSync(join(root, 'src/routes/latin.ts'), Buffer.from('// \xe9\nexport const name = 1\n', 'latin1'))
      writeFileSync(join(root, 'src/routes/user.ts'), "import './latin.js'\nexport const show = 1\n")
      expect(await cutsOf(root)).toEqual([
        '  Cheapest cuts              files   that turn hot when these imports change',
        '    src/routes/users.ts         +2   left to you: `src/server.ts:2`',
        '    src/routes/latin.ts         +1   left to you: `src/routes/user.ts:1`',
        '    src/routes/settings.ts      +1   left to you: `src/server.ts:5`',
        '    src/routes/user.ts          +1   left to you: `src/server.ts:4`',
      ])
    })
  })

  it('exits with 1 for an error', async () => {
    const root = directoryWith({ ...server, 'src/services/users.ts': 'export const all = () => [\n' })
    const { code, stdout } = await doctor(root)
    expect(code).toBe(1)
    expect(stdout).toContain('  1 error. ')
  })

  it('says that hot-hook does not run, and what it would do', async () => {
    const root = directoryWith({ ...server, 'package.json': manifest({ scripts: { dev: 'tsx watch src/server.ts' } }) })
    const { code, stdout } = await doctor(root)
    expect(code).toBe(1)
    expect(stdout).toContain('  Hot coverage   0 % of 3 files\n  hot-hook does not run; with it: hot 2   restart 1\n')
    expect(stdout).toContain(
      '    → Start it with `hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts`.',
    )
  })

  it('weighs coverage by the edits that git knows of', async () => {
    const root = repositoryWith(server)
    const commit = (): string =>
      git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qam', 'x')
    for (const text of ['1', '2', '3']) {
      writeFileSync(join(root, 'src/services/users.ts'), `export const all = () => [${text}]\n`)
      commit()
    }
    expect((await doctor(root)).stdout).toContain('66 % of 3 files   100 % of your last 3 edits\n')
  })

  it('shows the first of many findings of one kind, after the glob that makes them', async () => {
    const root = directoryWith(wide)
    const { stdout } = await doctor(root)
    expect(stdout.match(/^ {4}src\/routes\/r.*/gm)).toHaveLength(5)
    expect(stdout).toContain('  info  static-boundary  30 times\n')
    expect(stdout).toContain('    … and 25 more (--all)\n')
    expect(stdout.indexOf('matches-static')).toBeLessThan(stdout.indexOf('static-boundary'))
  })

  it('--all shows every finding', async () => {
    const { stdout } = await doctor(directoryWith(wide), '--all')
    expect(stdout.match(/^ {4}src\/routes\/r.*/gm)).toHaveLength(30)
    expect(stdout).not.toContain('(--all)')
  })

  it('shows six findings, and not five and that there is one more', async () => {
    const imports = Array.from({ length: 6 }, (_, index) => `import './none${index}.js'\n`).join('')
    const { stdout } = await doctor(
      directoryWith({ ...server, 'src/services/users.ts': `${imports}export const all = 1\n` }),
    )
    expect(stdout.match(/none\d/g)).toHaveLength(6)
  })

  it('colours on a terminal, unless NO_COLOR is set', async () => {
    const argv = ['doctor', directoryWith(server)]
    expect((await hotCodemodOnTerminal(argv)).stdout).toContain('\u001b[')
    expect((await hotCodemodOnTerminal(argv, { NO_COLOR: '1' })).stdout).not.toContain('\u001b')
    expect((await hotCodemodHere(...argv)).stdout).not.toContain('\u001b')
  })

  it('writes nothing', async () => {
    const root = directoryWith(wide)
    await doctor(root)
    expect(filesIn(root)).toEqual(wide)
  })

  it('finds the project from a directory below, and the working directory', async () => {
    const root = directoryWith(server)
    const { stdout } = await doctor(root)
    expect((await doctor(join(root, 'src/services'))).stdout).toBe(stdout)
    expect(hotCodemod(join(root, 'src'), 'doctor', '--node', '20.20.2').stdout).toBe(stdout)
  })

  it.each([
    ['AdonisJS 6', { '@adonisjs/core': '^6.18.0' }],
    ['Express 4', { express: '^4.0.0' }],
    ['Fastify 5', { fastify: '^5.0.0' }],
    ['Hono 4', { hono: '^4.0.0' }],
    ['Koa 3', { koa: '^3.0.0' }],
    ['NestJS 11', { '@nestjs/core': '^11.0.0' }],
    ['Node.js 20.20.2', {}],
  ])('names %s', async (title, dependencies) => {
    const { stdout } = await doctor(directoryWith({ ...server, 'package.json': manifest({ dependencies }) }))
    expect(stdout).toMatch(new RegExp(`^ {2}${title.replaceAll('.', '\\.')} · `))
  })

  it('diagnoses a migrated AdonisJS application without a complaint', async () => {
    const root = repositoryWith(application)
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
    const { findings } = JSON.parse((await doctor(root, '--json')).stdout) as { findings: { code: string }[] }
    expect(findings.map(({ code }) => code)).toEqual(['not-installed'])
  })
})

describe('--min-coverage', () => {
  // Two of three files are hot.
  it.each([
    ['below what is reached', '66', 0],
    ['exactly what is reached', '0', 0],
    ['above what is reached', '66.7', 1],
    ['all', '100', 1],
  ])('%s', async (_, minimum, code) => {
    expect((await doctor(directoryWith(server), '--min-coverage', minimum)).code).toBe(code)
  })

  it('is reached by just as much', async () => {
    const root = directoryWith({ ...server, 'src/routes/users.ts': 'export const list = () => []\n' })
    expect((await doctor(root, '--min-coverage', '50')).code).toBe(0)
    expect((await doctor(root, '--min-coverage', '50.1')).code).toBe(1)
  })

  it('says what is missing', async () => {
    const { stdout } = await doctor(directoryWith(server), '--min-coverage', '80')
    expect(stdout).toContain('  Below the 80 % asked for: it is 66.66 %.\n')
  })

  it('is not reached where nothing is known to be loaded', async () => {
    const root = directoryWith({ 'package.json': manifest({ hotHook: { boundaries: [] } }) })
    expect(JSON.parse((await doctor(root, '--json')).stdout)).toMatchObject({ coverage: { files: { total: 0 } } })
    expect((await doctor(root, '--min-coverage', '1')).stdout).toContain('Below the 1 % asked for.')
  })

  it.each(['', 'abc', '-1', '101', '80%', '1e1'])('does not take %j', async (value) => {
    const { code, stdout, stderr } = await doctor(directoryWith(server), `--min-coverage=${value}`)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(`--min-coverage ${value}: write a number from 0 to 100.\nSee hot-codemod doctor --help.\n`)
  })
})

describe('doctor --json', () => {
  it('is the whole diagnosis, and nothing else is printed', async () => {
    const root = directoryWith(wide)
    const { code, stdout, stderr } = await doctor(root, '--json')
    const report = JSON.parse(stdout) as { findings: { code: string }[]; files: unknown[]; imports: unknown[] }
    expect([code, stderr]).toEqual([0, ''])
    expect(report).toMatchObject({
      version: 1,
      name: 'app',
      root,
      framework: { name: 'express', major: 5 },
      runtime: {
        entry: 'src/server.ts',
        script: 'dev',
        runner: 'hot-runner',
        loader: 'tsx',
        loaderVersion: null,
        node: '20.20.2',
        hotHook: 'register',
        hotHookVersion: '1.0.0',
      },
      coverage: { files: { hot: 30, total: 32 }, edits: { hot: 0, total: 0 } },
    })
    expect(report.findings).toHaveLength(31)
    expect(report.findings[0]).toEqual({
      code: 'matches-static',
      severity: 'warning',
      path: 'package.json',
      line: 17,
      message: expect.stringContaining('`./src/routes/*.ts` matches 1 file') as string,
      remedy: expect.stringContaining('make the glob narrower') as string,
    })
    expect(report.files).toHaveLength(32)
    expect(report.imports).toHaveLength(60)
  })

  it('exits as without', async () => {
    const root = directoryWith({ ...server, 'src/services/users.ts': 'export const all = () => [\n' })
    expect((await doctor(root, '--json')).code).toBe(1)
    expect((await doctor(directoryWith(server), '--json', '--min-coverage', '70')).code).toBe(1)
  })

  it('says why it could not run', async () => {
    const { code, stdout, stderr } = await doctor(directoryWith({ 'package.json': '{' }), '--json')
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: { message: expect.stringContaining('package.json:1') as string },
    })
  })
})

describe('how the server is started', () => {
  it('--entry names it', async () => {
    const root = directoryWith({ ...server, 'src/worker.ts': "import './services/users.js'\n" })
    expect((await doctor(root, '--entry', 'src/worker.ts')).stdout).toContain('Express 5 · src/worker.ts · ')
    expect((await doctor(root, '--entry', join(root, 'src/worker.ts'))).stdout).toContain(' of 2 files')
  })

  it('--entry that is not there is an error', async () => {
    const root = directoryWith(server)
    const { code, stdout, stderr } = await doctor(root, '--entry', 'src/none.ts')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      `There is no source file "src/none.ts" in ${root} that the server could start with. Name the entry relative to that directory, or by its absolute path.\n`,
    )
  })

  it('--node decides what hot-hook sees', async () => {
    const root = directoryWith({
      ...server,
      'src/server.ts': entry("import { list } from './routes/users.js'", 'list\n'),
    })
    expect((await hotCodemodHere('doctor', root, '--node', '20.20.2')).stdout).toContain('  restart 3\n')
    expect((await hotCodemodHere('doctor', root, '--node', '24.11.1')).stdout).toContain('  restart 1   stale 2\n')
  })

  it('--loader decides too', async () => {
    const root = directoryWith({
      ...server,
      'src/server.ts': entry("import { list } from './routes/users.js'", 'list\n'),
    })
    const { stdout } = await hotCodemodHere('doctor', root, '--node', '24.11.1', '--loader', 'native')
    expect(stdout).toContain('Express 5 · src/server.ts · type stripping · ')
    expect(stdout).toContain('  restart 3\n')
  })

  it.each([
    ['--entry=', '--entry needs the name of a file.'],
    ['--node=22', '--node 22: write a whole version, for example 22.23.3.'],
    ['--loader=babel', '--loader babel: there are none, native, tsx, ts-node, ts-exec, swc.'],
    ['--colour', 'There is no option --colour.'],
  ])('%s is not understood', async (option, message) => {
    const { code, stdout, stderr } = await hotCodemodHere('doctor', directoryWith(server), option)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain('See hot-codemod doctor --help.\n')
  })
})

describe('a project that cannot be diagnosed', () => {
  const refusal = async (root: string): Promise<string> => {
    const { code, stdout, stderr } = await doctor(root)
    expect([code, stdout]).toEqual([2, ''])
    return stderr.replaceAll(root, '.')
  }

  it('has no package.json', async () => {
    expect(await refusal(directoryWith({ 'src/server.ts': '' }))).toBe(
      'There is no package.json in . or above it. Run hot-codemod in the directory of an application.\n',
    )
  })

  it('has one that is not JSON', async () => {
    expect(await refusal(directoryWith({ 'package.json': '{\n  "name": ,\n}' }))).toMatch(
      /^\.\/package\.json:2:\d+ is not valid JSON: .* Correct it and run again\.\n$/,
    )
  })

  it('is no directory', async () => {
    const root = join(directoryWith(server), 'package.json')
    expect(await refusal(root)).toBe('. is not a directory. Name the directory of an application.\n')
  })

  const api = manifest({ scripts: { dev: 'node src/server.js' } })
  const web = '{ "name": "web", "dependencies": { "react": "^19.0.0" } }'

  it('is the root of a workspace, and names the servers in it', async () => {
    const root = directoryWith({
      'package.json': '{ "workspaces": ["apps/*", "examples/*", "!apps/old"] }',
      'apps/api/package.json': api,
      'apps/api/src/server.js': '',
      'apps/old/package.json': api,
      'apps/old/src/server.js': '',
      'apps/web/package.json': web,
      'examples/api/package.json': api,
      'examples/api/src/server.js': '',
      'other/package.json': api,
      'other/src/server.js': '',
    })
    expect(await refusal(root)).toBe(
      './package.json starts no server itself. Run hot-codemod in the directory of one; below it, these start one: apps/api, examples/api. Or name the module that the server starts with by --entry.\n',
    )
    expect((await doctor(join(root, 'apps/api'))).stdout).toContain('Express 5 · src/server.js · ')
  })

  it('starts no server, and a package below it does', async () => {
    const files = { 'package.json': '{}', 'admin/package.json': api, 'admin/src/server.js': '' }
    expect(await refusal(directoryWith(files))).toContain('these start one: admin. ')
    expect((await doctor(directoryWith({ 'package.json': '{}', 'web/package.json': web }))).code).toBe(1)
  })

  it('has packages below it that only depend on a framework', async () => {
    const library = '{ "dependencies": { "koa": "^3.0.0" } }'
    const files = { 'package.json': '{ "workspaces": ["packages/*"] }', 'packages/a/package.json': library }
    expect(await refusal(directoryWith(files))).toContain('these depend on a framework: packages/a. ')
  })

  it('can be told its entry', async () => {
    const root = directoryWith({
      'package.json': '{ "workspaces": ["apps/*"] }',
      'apps/api/package.json': api,
      'apps/api/src/server.js': "import './app.js'\n",
      'apps/api/src/app.js': '',
    })
    expect((await doctor(root, '--entry', 'apps/api/src/server.js')).stdout).toContain(' of 2 files')
  })
})

describe('bad input', () => {
  it('is found, and the rest is diagnosed', async () => {
    const root = directoryWith({
      ...server,
      'src/services/users.ts':
        "import './broken.js'\nimport './loop.js'\nimport './none.js'\nimport './directory.js'\nexport const all = () => []\n",
      'src/services/broken.ts': '\nexport const = 1 {\n',
      'src/services/loop.ts': "import './users.js'\n",
      'src/services/directory.ts/index.txt': '',
    })
    const { findings, files } = JSON.parse((await doctor(root, '--json')).stdout) as {
      findings: { code: string; path: string; line: number }[]
      files: { path: string; outcome: string }[]
    }
    expect(findings.map(({ code, path, line }) => `${code} ${path}:${line}`)).toEqual([
      'syntax-error src/services/broken.ts:2',
      'unresolved src/services/users.ts:3',
      'unresolved src/services/users.ts:4',
    ])
    expect(files.map(({ path, outcome }) => `${outcome} ${path}`)).toEqual([
      'hot src/routes/users.ts',
      'restart src/server.ts',
      'error src/services/broken.ts',
      'hot src/services/loop.ts',
      'hot src/services/users.ts',
    ])
  })

  it('of ten megabytes is read', async () => {
    const line = `  '${'0123456789'.repeat(10)}',\n`
    const root = directoryWith({
      ...server,
      'src/services/users.ts': `import './other.js'\nexport const all = () => data\nconst data = [\n${line.repeat(100_000)}]\n`,
      'src/services/other.ts': 'export {}\n',
    })
    const { stdout } = await doctor(root)
    expect(stdout).toContain('hot 3   restart 1')
    expect(stdout).toContain('    src/services/users.ts:1  It holds 10.6 MB, which Node.js parses again')
  })
})

describe('help', () => {
  it('of hot-codemod names the command', async () => {
    const { code, stdout } = await hotCodemodHere('--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^ {2}hot-codemod doctor \[directory\] +say what hot-reloads, what restarts, and what is wrong$/m,
    )
    expect(stdout).toMatch(/^ {2}hot-codemod explain <file> +say why a file is hot or not/m)
    expect(stdout).toMatch(/^ {2}hot-codemod graph \[directory\] +draw the module graph/m)
  })

  it.each(['doctor', 'explain', 'graph'])('of %s names its options, one line each', async (name) => {
    const { code, stdout } = await hotCodemodHere(name, '--help')
    expect(code).toBe(0)
    const { commands } = await import('../../dist/src/cli/commands.js')
    const { options = {} } = (await commands.find((command) => command.name === name)?.load()) ?? {}
    const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, option]) => option)
    expect(listed.sort()).toEqual(Object.keys(options).sort())
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })
})
