import { chmodSync, lstatSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { application, directoryWith, filesIn, git, hotCodemod, hotCodemodWith, repositoryWith } from './run.ts'

const MIGRATED_ROUTES = `import router from '@adonisjs/core/services/router'
const UsersController = () => import('#controllers/users_controller')
const PostsController = () => import('#controllers/posts_controller')

router.get('/users', [UsersController, 'index'])
router.resource('posts', PostsController)
`

describe('hot-codemod migrate', () => {
  it('without a terminal shows the plan, writes nothing and says that work is left', () => {
    const root = repositoryWith(application)
    const { code, stdout } = hotCodemod(root, 'migrate')
    expect(code).toBe(1)
    expect(stdout).toContain('lazy-imports           1      2')
    expect(stdout).toMatch(/Hot coverage {3}0 % → 42 % of 7 files/)
    expect(filesIn(root)).toEqual(application)
  })

  it('applies with --yes, and a second run finds nothing to do', () => {
    const root = repositoryWith(application)
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
    const files = filesIn(root)
    expect(files['start/routes.ts']).toBe(MIGRATED_ROUTES)
    expect(JSON.parse(files['package.json']!)).toMatchObject({
      scripts: { dev: 'node ace serve --hmr' },
      devDependencies: { 'hot-hook': expect.any(String) },
      hotHook: { boundaries: ['./app/controllers/**/*.ts'] },
    })
    const again = hotCodemod(root, 'migrate', '--yes', '--allow-dirty')
    expect(again.code).toBe(0)
    expect(again.stdout).toContain('Nothing to do.')
    expect(filesIn(root)).toEqual(files)
  })

  it('takes the directory as an argument', () => {
    const root = repositoryWith(application)
    expect(hotCodemod('/', 'migrate', join(root, 'app/controllers'), '--yes').code).toBe(0)
    expect(filesIn(root)['start/routes.ts']).toBe(MIGRATED_ROUTES)
  })

  it('works in a directory that git does not know', () => {
    const root = directoryWith(application)
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
    expect(filesIn(root)['start/routes.ts']).toBe(MIGRATED_ROUTES)
  })

  it('--dry-run prints a patch that git applies to the same result', () => {
    const root = repositoryWith(application)
    const { code, stdout } = hotCodemod(root, 'migrate', '--dry-run')
    expect(code).toBe(1)
    expect(filesIn(root)).toEqual(application)
    writeFileSync(join(root, '.git/patch'), stdout)
    git(root, 'apply', '.git/patch')
    const patched = filesIn(root)
    git(root, 'checkout', '--quiet', '.')
    hotCodemod(root, 'migrate', '--yes')
    expect(filesIn(root)).toEqual(patched)
  })

  it.each(['.', 'apps', 'apps/a b'])(
    '--dry-run in a package of a monorepo gives a patch that git applies in %s',
    (directory) => {
      const root = repositoryWith(
        Object.fromEntries(Object.entries(application).map(([path, text]) => [`apps/a b/${path}`, text])),
      )
      const { stdout } = hotCodemod(join(root, 'apps/a b'), 'migrate', '--dry-run')
      writeFileSync(join(root, '.git/patch'), stdout)
      git(join(root, directory), 'apply', join(root, '.git/patch'))
      expect(filesIn(root)['apps/a b/start/routes.ts']).toBe(MIGRATED_ROUTES)
    },
  )

  it('--dry-run names files as git does', () => {
    const root = repositoryWith({
      ...application,
      'start/ü "x"/routes.ts': application['start/routes.ts']!,
    })
    writeFileSync(join(root, '.git/patch'), hotCodemod(root, 'migrate', '--dry-run').stdout)
    git(root, 'apply', '.git/patch')
    expect(filesIn(root)['start/ü "x"/routes.ts']).toBe(MIGRATED_ROUTES)
  })

  it('does not write through a link to a source file', () => {
    const outside = join(directoryWith({ 'routes.ts': application['start/routes.ts']! }), 'routes.ts')
    const root = repositoryWith(application)
    symlinkSync(outside, join(root, 'start/linked.ts'))
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
    expect(readFileSync(outside, 'utf8')).toBe(application['start/routes.ts'])
  })

  it('--json prints nothing but the report', () => {
    const root = repositoryWith(application)
    const { code, stdout } = hotCodemod(root, 'migrate', '--json')
    expect(code).toBe(1)
    const report = JSON.parse(stdout) as { totals: Record<string, number>; imports: unknown[] }
    expect(report).toMatchObject({
      version: 1,
      applied: false,
      framework: { name: 'adonisjs', major: 6 },
      coverage: { before: { files: { hot: 0, total: 7 } }, after: { files: { hot: 3, total: 7 } } },
    })
    expect(report.totals).toEqual({ candidates: 2, fix: 2, suggest: 0, leave: 0, done: 0 })
    expect(report.imports[0]).toEqual({
      path: 'start/routes.ts',
      line: 2,
      names: ['UsersController'],
      specifier: '#controllers/users_controller',
      role: 'controller',
      verdict: 'fix',
      reason: 'every-use-is-lazy',
      message: 'Every use of it accepts a lazy import.',
    })
  })

  it('--only runs the named codemods', () => {
    const root = repositoryWith(application)
    expect(hotCodemod(root, 'migrate', '--yes', '--only', 'lazy-imports').code).toBe(0)
    expect(filesIn(root)).toEqual({ ...application, 'start/routes.ts': MIGRATED_ROUTES })
  })

  it('--skip leaves the named codemods out', () => {
    const root = repositoryWith(application)
    hotCodemod(root, 'migrate', '--yes', '--skip', 'lazy-imports,hot-hook-config', '--skip', 'dev-dependencies')
    expect(filesIn(root)).toEqual({
      ...application,
      'package.json': application['package.json']!.replace('serve --watch', 'serve --hmr'),
    })
  })

  it('--with adds an opt-in codemod', () => {
    const routes =
      "import router from '@adonisjs/core/services/router'\n\nrouter.get('/users', '#controllers/users_controller.index')\n"
    const root = repositoryWith({ ...application, 'start/routes.ts': routes })
    hotCodemod(root, 'migrate', '--yes', '--with', 'magic-strings')
    expect(filesIn(root)['start/routes.ts']).toContain("[UsersController, 'index']")
  })

  it('does not overwrite uncommitted changes', () => {
    const root = repositoryWith(application)
    writeFileSync(join(root, 'start/routes.ts'), `${application['start/routes.ts']}// mine\n`)
    const before = filesIn(root)
    const { code, stderr } = hotCodemod(root, 'migrate', '--yes')
    expect(code).toBe(2)
    expect(stderr).toContain('Uncommitted changes in start/routes.ts would be overwritten.')
    expect(filesIn(root)).toEqual(before)
    expect(hotCodemod(root, 'migrate', '--yes', '--allow-dirty').code).toBe(0)
    expect(filesIn(root)['start/routes.ts']).toBe(`${MIGRATED_ROUTES}// mine\n`)
  })

  it('stops where what a symbolic link leads to has uncommitted changes', () => {
    const { 'package.json': manifest = '', ...others } = application
    const root = repositoryWith({ ...others, 'shared/package.json': manifest })
    symlinkSync('shared/package.json', join(root, 'package.json'))
    git(root, 'add', '--all')
    git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'link')
    writeFileSync(join(root, 'shared/package.json'), manifest.replace('"app"', '"edited"'))
    const { code, stderr } = hotCodemod(root, 'migrate', '--yes')
    expect(code).toBe(2)
    expect(stderr).toContain('Uncommitted changes in shared/package.json would be overwritten.')
  })

  it('does not mind uncommitted changes in files it does not touch', () => {
    const root = repositoryWith(application)
    writeFileSync(join(root, 'app/services/users.ts'), 'export const list = () => [1]\n')
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
  })

  it('leaves files that git ignores alone', () => {
    const root = repositoryWith({ ...application, '.gitignore': 'start/local.ts\n' })
    const ignored = application['start/routes.ts']!
    writeFileSync(join(root, 'start/local.ts'), ignored)
    hotCodemod(root, 'migrate', '--yes')
    expect(filesIn(root)['start/local.ts']).toBe(ignored)
  })

  it('keeps the mode of a file', () => {
    const root = directoryWith(application)
    chmodSync(join(root, 'start/routes.ts'), 0o600)
    hotCodemod(root, 'migrate', '--yes')
    expect(statSync(join(root, 'start/routes.ts')).mode & 0o777).toBe(0o600)
  })

  it('writes through a link to a file', () => {
    const root = directoryWith(application)
    const shared = join(directoryWith({ 'package.json': application['package.json']! }), 'package.json')
    rmSync(join(root, 'package.json'))
    symlinkSync(shared, join(root, 'package.json'))
    hotCodemod(root, 'migrate', '--yes')
    expect(lstatSync(join(root, 'package.json')).isSymbolicLink()).toBe(true)
    expect(readFileSync(shared, 'utf8')).toContain('"hotHook"')
  })

  it('follows a symbolic link to the project', () => {
    const root = repositoryWith(application)
    const link = join(directoryWith({}), 'link')
    symlinkSync(root, link)
    expect(hotCodemod(link, 'migrate', '--yes').code).toBe(0)
    expect(readFileSync(join(root, 'start/routes.ts'), 'utf8')).toBe(MIGRATED_ROUTES)
  })
})

describe('bad input changes nothing, exits with 2 and says what to do', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'a route file with a syntax error',
      { 'start/routes.ts': `${application['start/routes.ts']}router.get('/x', [UsersController\n` },
      'start/routes.ts:8:1 ',
    ],
    ['a package.json that is not JSON', { 'package.json': '{\n  "name": "app",\n  oops\n}\n' }, 'package.json:3:3'],
    ['no router at all', { 'start/routes.ts': 'export {}\n' }, 'imports the router, the server or the emitter'],
    [
      'a framework that is not migrated',
      { 'package.json': '{ "name": "app", "type": "module", "dependencies": { "@nestjs/core": "^11" } }\n' },
      'NestJS reads the metadata of its controllers once',
    ],
    [
      'AdonisJS 5',
      { 'package.json': '{ "name": "app", "dependencies": { "@adonisjs/core": "^5.9.0" } }\n' },
      'uses AdonisJS 5',
    ],
    [
      'boundaries that are no list of globs',
      { 'package.json': application['package.json']!.replace('"type"', '"hotHook": { "boundaries": {} },\n  "type"') },
      '"hotHook.boundaries" is not a list of globs',
    ],
    ['a CommonJS project', { 'package.json': application['package.json']!.replace('"type": "module",', '') }, '"type"'],
  ])('%s', (_, files, message) => {
    const root = repositoryWith({ ...application, ...files })
    const before = filesIn(root)
    const { code, stdout, stderr } = hotCodemod(root, 'migrate', '--yes')
    expect(stderr).toContain(message)
    expect(stderr).toContain(root)
    expect(stderr).not.toMatch(/^ {4}at /m)
    expect(stdout).toBe('')
    expect(code).toBe(2)
    expect(filesIn(root)).toEqual(before)
  })

  it('no package.json', () => {
    const { code, stderr } = hotCodemod('/', 'migrate', '/proc')
    expect(code).toBe(2)
    expect(stderr).toContain('There is no package.json')
  })

  it('a directory that does not exist', () => {
    const { code, stderr } = hotCodemod('/', 'migrate', '/nowhere/at/all')
    expect(code).toBe(2)
    expect(stderr).toContain('/nowhere/at/all is not a directory.')
  })

  it('a route file that is not UTF-8', () => {
    const root = repositoryWith(application)
    const bytes = Buffer.concat([Buffer.from(application['start/routes.ts']!), Buffer.from([0x2f, 0x2f, 0xe9, 0x0a])])
    writeFileSync(join(root, 'start/routes.ts'), bytes)
    const { code, stderr } = hotCodemod(root, 'migrate', '--yes', '--allow-dirty')
    expect(code).toBe(2)
    expect(stderr).toContain('start/routes.ts is not UTF-8.')
    expect(readFileSync(join(root, 'start/routes.ts')).equals(bytes)).toBe(true)
  })

  it('a file that is not UTF-8 and not part of the server is none of our business', () => {
    const root = repositoryWith(application)
    writeFileSync(join(root, 'app/legacy.ts'), Buffer.from([0x2f, 0x2f, 0xe9, 0x0a]))
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
  })

  it('a read-only file: everything stays as it was', () => {
    const root = repositoryWith(application)
    chmodSync(join(root, 'package.json'), 0o444)
    const { code, stderr } = hotCodemod(root, 'migrate', '--yes')
    expect(code).toBe(2)
    expect(stderr).toContain('package.json cannot be written (read-only). Nothing was changed')
    expect(filesIn(root)).toEqual(application)
  })

  it.each([
    [['migrate', '--only', 'lazy-import'], 'There is no codemod `lazy-import`.'],
    [['migrate', '--frobnicate'], '--frobnicate'],
    [['frobnicate'], 'There is no command `frobnicate`.'],
    [['migrate', '.', 'twice'], 'twice was not understood.'],
    [['migrate', '--show', 'all'], '--show all: there is `skipped`.'],
  ])('%j', (args, message) => {
    const root = repositoryWith(application)
    const { code, stderr } = hotCodemod(root, ...args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  it('an error is JSON too with --json', () => {
    const { code, stdout } = hotCodemod('/', 'migrate', '/proc', '--json')
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: { message: expect.stringContaining('There is no package.json') },
    })
  })
})

describe('a server that nothing starts with hot-hook', () => {
  it('is left as it is where AdonisJS cannot', () => {
    const root = repositoryWith({
      ...application,
      'node_modules/@adonisjs/core/package.json': '{ "name": "@adonisjs/core", "version": "6.3.1" }',
    })
    const before = filesIn(root)
    const { code, stderr } = hotCodemod(root, 'migrate', '--yes')
    expect(stderr).toBe(
      '@adonisjs/core 6.3.1 is installed, and `ace serve --hmr` exists from 6.8.0 on. Update @adonisjs/core and @adonisjs/assembler, and run again. Nothing could be hot until then, so nothing was planned.\n',
    )
    expect(code).toBe(2)
    expect(filesIn(root)).toEqual(before)
  })

  it('is migrated by the codemods that are asked for', () => {
    const root = repositoryWith({
      ...application,
      'node_modules/@adonisjs/core/package.json': '{ "name": "@adonisjs/core", "version": "6.3.1" }',
    })
    expect(hotCodemod(root, 'migrate', '--yes', '--only', 'lazy-imports').code).toBe(0)
    expect(filesIn(root)['start/routes.ts']).toContain('() => import(')
  })

  it('is said to be hot once it is, where a person has to change the script', () => {
    const manifest = (application['package.json'] ?? '').replace('node ace', 'nodemon --exec node ace')
    const { stdout } = hotCodemod(repositoryWith({ ...application, 'package.json': manifest }), 'migrate')
    expect(stdout).toContain(
      '! The server is not started with hot-hook, so nothing is hot: 42 % of files are once it is.\n',
    )
    expect(stdout).toContain('Hot coverage   0 % of 7 files')
  })
})

describe('hot-codemod migrate --help', () => {
  it('names every codemod', () => {
    const { code, stdout } = hotCodemod('/', 'migrate', '--help')
    expect(code).toBe(0)
    for (const name of [
      'lazy-imports',
      'hot-hook-config',
      'dev-script',
      'dev-dependencies',
      'types',
      'lint-config',
      'bound-instances',
      'magic-strings',
    ]) {
      expect(stdout).toContain(name)
    }
  })
})

describe('hot-codemod migrate, when only a part of it runs', () => {
  const express = {
    'package.json': JSON.stringify({
      type: 'module',
      scripts: { dev: 'node --watch server.js' },
      dependencies: { express: '^5.0.0' },
    }),
    'server.js':
      "import express from 'express'\nimport { list } from './users.js'\nconst app = express()\napp.get('/', list)\napp.listen(3000)\n",
    'users.js': 'export const list = (req, res) => { res.json([]) }\n',
  }

  it('says of lazy imports without a boundary that they are not hot', () => {
    const { stdout } = hotCodemod(repositoryWith(express), 'migrate', '--only', 'lazy-imports')
    expect(stdout).toContain('The lazy imports are not hot yet: no boundary covers them')
  })

  it('does not say that nothing can be lazy where that was not tried', () => {
    const { stdout } = hotCodemod(repositoryWith(express), 'migrate', '--only', 'types')
    expect(stdout).not.toContain('No import can be made lazy')
  })

  it('names five of many files with uncommitted changes', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const router =
      "import express from 'express'\nimport { list } from './users.js'\nexport const router = express.Router()\nrouter.get('/', list)\n"
    const root = repositoryWith({
      ...express,
      'server.js': `import express from 'express'\n${names.map((name) => `import { router as ${name} } from './${name}.js'\n`).join('')}const app = express()\n${names.map((name) => `app.use(${name})\n`).join('')}app.listen(3000)\n`,
      ...Object.fromEntries(names.map((name) => [`${name}.js`, router])),
    })
    for (const name of names) writeFileSync(join(root, `${name}.js`), `${router}\n`)
    expect(hotCodemod(root, 'migrate', '--yes').stderr).toBe(
      'Uncommitted changes in a.js, b.js, c.js, d.js, e.js and 2 more files would be overwritten. Commit or stash them, or pass --allow-dirty.\n',
    )
  })
})

describe('hot-codemod migrate, of files that nobody edits by hand', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['a generated file', { 'start/routes.ts': `// @generated\n${application['start/routes.ts']!}` }, 'generated'],
    ['a file that git ignores', { '.gitignore': 'start\n' }, undefined],
  ])('leaves %s as it is', (_, files, reason) => {
    const root = repositoryWith({ ...application, ...files })
    const { imports, files: changed } = JSON.parse(hotCodemod(root, 'migrate', '--yes', '--json').stdout || '{}') as {
      imports?: { reason: string }[]
      files?: { path: string }[]
    }
    expect(changed?.map(({ path }) => path) ?? []).not.toContain('start/routes.ts')
    expect([...new Set(imports?.map((found) => found.reason))]).toEqual(reason === undefined ? [] : [reason])
    expect(filesIn(root)['start/routes.ts']).toBe(files['start/routes.ts'] ?? application['start/routes.ts'])
  })

  it('leaves a vendored router as it is, and the rest is migrated', () => {
    const routes = application['start/routes.ts']!
    const root = repositoryWith({
      ...application,
      'vendor/more.ts': routes,
      'start/routes.ts': `import '../vendor/more.js'\n${routes}`,
    })
    expect(hotCodemod(root, 'migrate', '--yes', '--show', 'skipped').stdout).toContain(
      "The file is a copy of another project's (`vendor/`).",
    )
    expect(filesIn(root)['vendor/more.ts']).toBe(routes)
  })
})

describe('hot-codemod migrate --patch', () => {
  it('writes the patch of --dry-run to a file, and nothing else', () => {
    const root = repositoryWith(application)
    const patch = hotCodemod(root, 'migrate', '--dry-run').stdout
    const { code, stdout, stderr } = hotCodemod(root, 'migrate', '--patch', '.git/patch', '--yes')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('Plan')
    expect(readFileSync(join(root, '.git/patch'), 'utf8')).toBe(patch)
    expect(filesIn(root)).toEqual(application)
    expect(hotCodemod(root, 'migrate', '--patch', '.git/patch').code).toBe(1)
  })

  it('does not overwrite what is no patch', () => {
    const root = repositoryWith(application)
    const { code, stderr } = hotCodemod(root, 'migrate', '--patch', 'start/routes.ts')
    expect(code).toBe(2)
    expect(stderr).toContain(
      'start/routes.ts exists, and is none that this command wrote. Name another file, or delete it.',
    )
    expect(filesIn(root)).toEqual(application)
  })
})

describe('hot-codemod migrate --commit-per-step', () => {
  const identity = { GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_0: 'user.name', GIT_CONFIG_VALUE_0: 'test' }
  const env = { ...identity, GIT_CONFIG_KEY_1: 'user.email', GIT_CONFIG_VALUE_1: 'test@example.com' }
  const log = (root: string): string[] => git(root, 'log', '--format=%s', '--reverse').trim().split('\n')

  it('makes a commit of what each codemod changes, together what it writes without', () => {
    const all = repositoryWith(application)
    hotCodemod(all, 'migrate', '--yes')
    const root = repositoryWith(application)
    expect(hotCodemodWith(env, root, 'migrate', '--yes', '--commit-per-step').code).toBe(0)
    expect(log(root)).toEqual([
      'all',
      'hot-codemod: lazy-imports',
      'hot-codemod: hot-hook-config',
      'hot-codemod: dev-script',
      'hot-codemod: dev-dependencies',
    ])
    expect(git(root, 'status', '--porcelain')).toBe('')
    expect(filesIn(root)).toEqual(filesIn(all))
    expect(git(root, 'show', '--name-only', '--format=', 'HEAD~3')).toBe('start/routes.ts\n')
    expect(git(root, 'show', 'HEAD~2:package.json')).not.toContain('--hmr')
    expect(git(root, 'show', 'HEAD~1:package.json')).toContain('--hmr')
  })

  it('commits what a symbolic link leads to, and leaves the link one', () => {
    const { 'package.json': manifest = '', ...others } = application
    const root = repositoryWith({ ...others, 'shared/package.json': manifest })
    symlinkSync('shared/package.json', join(root, 'package.json'))
    git(root, 'add', '--all')
    git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'link')
    expect(hotCodemodWith(env, root, 'migrate', '--yes', '--commit-per-step').code).toBe(0)
    expect(git(root, 'status', '--porcelain')).toBe('')
    expect(git(root, 'show', 'HEAD:package.json')).toBe('shared/package.json')
    expect(git(root, 'show', 'HEAD:shared/package.json')).toContain('--hmr')
  })

  it('names files by their place in a monorepo, and leaves the rest of it alone', () => {
    const root = repositoryWith({
      ...Object.fromEntries(Object.entries(application).map(([path, text]) => [`apps/ü b/${path}`, text])),
      'README.md': 'one\n',
    })
    writeFileSync(join(root, 'README.md'), 'two\n')
    expect(hotCodemodWith(env, join(root, 'apps/ü b'), 'migrate', '--yes', '--commit-per-step').code).toBe(0)
    expect(git(root, 'status', '--porcelain')).toBe(' M README.md\n')
    expect(log(root)).toHaveLength(5)
  })

  it('writes nothing while something is staged', () => {
    const root = repositoryWith({ ...application, 'README.md': 'one\n' })
    writeFileSync(join(root, 'README.md'), 'two\n')
    git(root, 'add', 'README.md')
    const { code, stderr } = hotCodemodWith(env, root, 'migrate', '--yes', '--commit-per-step')
    expect(code).toBe(2)
    expect(stderr).toBe(
      'README.md is staged, and would be in the first commit. Nothing was changed. Commit or unstage it, and run again.\n',
    )
    expect(filesIn(root)).toEqual({ ...application, 'README.md': 'two\n' })
  })

  it('writes nothing outside a repository', () => {
    const root = directoryWith(application)
    const { code, stderr } = hotCodemodWith(env, root, 'migrate', '--yes', '--commit-per-step')
    expect(code).toBe(2)
    expect(stderr).toBe(
      `Nothing can be committed in ${root}: fatal: not a git repository (or any of the parent directories): .git. Nothing was changed.\n`,
    )
    expect(filesIn(root)).toEqual(application)
  })

  it('keeps the files and says what is left when a hook refuses a commit', () => {
    const root = repositoryWith(application)
    writeFileSync(
      join(root, '.git/hooks/pre-commit'),
      '#!/bin/sh\ngit diff --cached --name-only | grep -q package.json && { echo not today >&2; exit 1; } || exit 0\n',
      { mode: 0o755 },
    )
    const { code, stderr } = hotCodemodWith(env, root, 'migrate', '--yes', '--commit-per-step')
    expect(code).toBe(1)
    expect(stderr).toBe(
      'Every file is written, but git did not take commit 2 of 4, "hot-codemod: hot-hook-config": not today. Commit the rest by hand, or run `hot-codemod undo`.\n',
    )
    expect(git(root, 'status', '--porcelain')).toBe(' M package.json\n')
    expect(log(root)).toEqual(['all', 'hot-codemod: lazy-imports'])
  })

  it('does not go with --allow-dirty', () => {
    const { code, stderr } = hotCodemod('/', 'migrate', '--commit-per-step', '--allow-dirty')
    expect(code).toBe(2)
    expect(stderr).toContain('--commit-per-step would commit what --allow-dirty lets pass.')
  })
})
