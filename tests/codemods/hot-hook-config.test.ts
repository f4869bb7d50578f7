import { describe, expect, it } from 'vitest'
import { hotHookConfig } from '../../codemods/hot-hook-config.ts'
import { boundaryMatcher } from '../../src/graph/boundaries.ts'
import { run, type Result } from './run.ts'

const KIT = ['./app/controllers/**/*.ts', './app/middleware/*.ts']

/** A project whose routes import each of `lazy` lazily; `more` are further files. */
function app(
  hotHook: unknown,
  lazy: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const packageJson = { name: 'app', type: 'module', dependencies: { '@adonisjs/core': '^6.18.0' }, hotHook }
  const routes = lazy.map((path, index) => `router.get('/${index}', [() => import('../${path}'), 'index'])\n`)
  return {
    'package.json': `${JSON.stringify(packageJson, null, 2)}\n`,
    'adonisrc.ts': "export default { preloads: [() => import('./start/routes.js')] }\n",
    'start/routes.ts': `import router from '@adonisjs/core/services/router'\n${routes.join('')}`,
    ...Object.fromEntries(lazy.map((path) => [path.replace('.js', '.ts'), 'export default class Some {}\n'])),
    ...more,
  }
}

async function boundariesOf(files: Record<string, string>): Promise<unknown> {
  const { changed } = await run(hotHookConfig, files, { major: 6 })
  const text = changed['package.json']
  return text === undefined
    ? undefined
    : (JSON.parse(text) as { hotHook?: { boundaries?: unknown } }).hotHook?.boundaries
}

describe('without a hotHook block', () => {
  it("takes the starter kits' glob where it covers the lazy imports", async () => {
    expect(await boundariesOf(app(undefined, ['app/controllers/a_controller.js']))).toEqual([
      './app/controllers/**/*.ts',
    ])
  })

  it('derives a glob from the directory of the lazy imports', async () => {
    expect(await boundariesOf(app(undefined, ['app/features/users/controllers/a.js']))).toEqual([
      './app/features/users/controllers/**/*.ts',
    ])
  })

  it('joins directories that differ in one name', async () => {
    expect(
      await boundariesOf(
        app(undefined, ['app/users/controllers/a.js', 'app/posts/controllers/b.js', 'app/tags/controllers/c.js']),
      ),
    ).toEqual(['./app/*/controllers/**/*.ts'])
  })

  it('does not join them over a file that is imported statically', async () => {
    const files = app(undefined, ['app/users/controllers/a.js', 'app/posts/controllers/b.js'], {
      'app/tags/controllers/c.ts': 'export const c = 1\n',
      'config/app.ts': "import '../app/tags/controllers/c.js'\n",
    })
    expect(await boundariesOf(files)).toEqual(['./app/posts/controllers/**/*.ts', './app/users/controllers/**/*.ts'])
  })

  it('does nothing when nothing is lazy', async () => {
    expect(await boundariesOf(app(undefined, []))).toBeUndefined()
  })

  it('stands before `prettier`, as in the starter kits', async () => {
    const files = app(undefined, ['app/controllers/a_controller.js'])
    files['package.json'] = files['package.json']!.replace('"type"', '"prettier": "x",\n  "type"')
    const { changed } = await run(hotHookConfig, files, { major: 6 })
    expect(changed['package.json']).toContain(
      '  "hotHook": {\n    "boundaries": [\n      "./app/controllers/**/*.ts"\n    ]\n  },\n  "prettier"',
    )
  })
})

describe('with a hotHook block', () => {
  it('keeps globs that do their job', async () => {
    const files = app({ boundaries: KIT }, ['app/controllers/a_controller.js'], {
      'app/middleware/log_middleware.ts': 'export default class Log {}\n',
    })
    expect(await boundariesOf(files)).toBeUndefined()
  })

  it('takes a string for a list of one', async () => {
    expect(
      await boundariesOf(app({ boundaries: './app/controllers/**/*.ts' }, ['app/controllers/a_controller.js'])),
    ).toBeUndefined()
  })

  it('drops a glob that matches nothing, and says so', async () => {
    const files = app({ boundaries: ['./app/moduleas/**/*.ts', ...KIT.slice(0, 1)] }, [
      'app/controllers/a_controller.js',
    ])
    expect(await boundariesOf(files)).toEqual(['./app/controllers/**/*.ts'])
    const { notes } = await run(hotHookConfig, files, { major: 6 })
    expect(notes).toEqual([
      'info package.json `./app/moduleas/**/*.ts` in hotHook.boundaries matches no file and was dropped.',
    ])
  })

  it('leaves a base class out of the glob that covers it', async () => {
    const files = app({ boundaries: KIT.slice(0, 1) }, ['app/controllers/a_controller.js'], {
      'app/controllers/a_controller.ts':
        "import Base from './base_controller.js'\nexport default class A extends Base {}\n",
      'app/controllers/base_controller.ts': 'export default class Base {}\n',
    })
    expect(await boundariesOf(files)).toEqual(['./app/controllers/**/!(base_controller).ts'])
  })

  it('does not leave out a name that is a lazy import elsewhere', async () => {
    const files = app({ boundaries: KIT.slice(0, 1) }, ['app/controllers/admin/index.js', 'app/controllers/a.js'], {
      'app/controllers/a.ts': "import './index.js'\nexport default class A {}\n",
      'app/controllers/index.ts': 'export const shared = 1\n',
    })
    expect(await boundariesOf(files)).toEqual(['./app/controllers/a.ts', './app/controllers/admin/**/*.ts'])
  })

  it('keeps what a person left out', async () => {
    const files = app({ boundaries: ['./app/controllers/**/!(base).ts'] }, ['app/controllers/a.js'])
    expect(await boundariesOf(files)).toBeUndefined()
  })

  it('keeps globs of other packages and of data', async () => {
    const boundaries = ['./app/controllers/**/*.ts', '../../packages/*/src/**/*.ts', './resources/data/*.json']
    expect(await boundariesOf(app({ boundaries }, ['app/controllers/a.js']))).toBeUndefined()
  })

  it('keeps files that are imported lazily in a way it does not follow', async () => {
    const files = app({ boundaries: ['./app/jobs/*.ts', ...KIT.slice(0, 1)] }, ['app/controllers/a.js'], {
      'app/controllers/a.ts': 'export default class A { run(name: string) { return import(`../jobs/${name}.js`) } }\n',
      'app/jobs/send.ts': "import './base.js'\n",
      'app/jobs/base.ts': 'export const base = 1\n',
      'config/jobs.ts': "import '../app/jobs/base.js'\n",
    })
    expect(await boundariesOf(files)).toEqual(['./app/jobs/!(base).ts', './app/controllers/**/*.ts'])
  })

  it('does not cover providers and preloads, which run once', async () => {
    const files = app(undefined, ['app/users/users_controller.js'], {
      'adonisrc.ts':
        "export default { providers: [() => import('./app/users/users_provider.js')], preloads: [() => import('./start/routes.js')] }\n",
      'app/users/users_provider.ts': 'export default class UsersProvider {}\n',
    })
    expect(await boundariesOf(files)).toEqual(['./app/users/users_controller.ts'])
  })

  it('does not cover what is imported once, outside any function', async () => {
    const files = app({ boundaries: KIT.slice(0, 1) }, ['app/controllers/a.js'], {
      'config/app.ts': "export const once = await import('../app/controllers/b.js')\n",
      'app/controllers/b.ts': 'export default class B {}\n',
    })
    expect(await boundariesOf(files)).toEqual(['./app/controllers/**/!(b).ts'])
  })

  it('escapes the glob characters of a directory', async () => {
    expect(await boundariesOf(app(undefined, ['app/(admin)/pages/x.js']))).toEqual(['./app/[(]admin[)]/pages/**/*.ts'])
  })

  it('takes boot files out', async () => {
    const files = app({ boundaries: ['./start/**/*.ts', ...KIT.slice(0, 1)] }, ['app/controllers/a_controller.js'])
    expect(await boundariesOf(files)).toEqual(['./app/controllers/**/*.ts'])
  })

  it('adds what is not covered and keeps the other keys', async () => {
    const files = app({ boundaries: KIT.slice(0, 1), ignore: ['**/node_modules/**'] }, [
      'app/controllers/a_controller.js',
      'app/pages/b.js',
    ])
    const { changed } = await run(hotHookConfig, files, { major: 6 })
    expect((JSON.parse(changed['package.json']!) as { hotHook: unknown }).hotHook).toEqual({
      boundaries: ['./app/controllers/**/*.ts', './app/pages/**/*.ts'],
      ignore: ['**/node_modules/**'],
    })
  })

  it('covers what a handler imports on each request', async () => {
    const files = app(undefined, [], {
      'start/routes.ts':
        "import router from '@adonisjs/core/services/router'\nrouter.get('/', async () => (await import('../app/pages/home.js')).index())\n",
      'app/pages/home.ts': 'export const index = () => 1\n',
    })
    expect(await boundariesOf(files)).toEqual(['./app/pages/**/*.ts'])
  })

  it('follows a generated barrel to its modules', async () => {
    const files = app({ boundaries: [] }, [], {
      'start/routes.ts':
        "import router from '@adonisjs/core/services/router'\nimport { controllers } from '#generated/controllers'\n\nrouter.get('/', [controllers.Home, 'index'])\n",
      '.adonisjs/server/controllers.ts':
        "export const controllers = { Home: () => import('../../app/controllers/home_controller.js') }\n",
      'app/controllers/home_controller.ts': 'export default class Home {}\n',
    })
    files['package.json'] = files['package.json']!.replace(
      '"type"',
      '"imports": { "#generated/*": "./.adonisjs/server/*.js" },\n  "type"',
    )
    expect(await boundariesOf(files)).toEqual(['./app/controllers/**/*.ts'])
  })
})

describe('modules that cannot be evaluated twice', () => {
  const express = (model: string, hotHook?: unknown): Record<string, string> => ({
    'package.json': `${JSON.stringify({ type: 'module', scripts: { dev: 'node src/server.js' }, dependencies: { express: '^5.1.0' }, hotHook }, null, 2)}\n`,
    'src/server.js': `import express from 'express'
const users = () => import('./users.js')
express().get('/', async (req, res) => (await users()).list(req, res)).listen(3000)
`,
    'src/users.js':
      "import { User } from './user.js'\nexport const list = async (req, res) => res.json(await User.find())\n",
    'src/user.js': `import mongoose from 'mongoose'\nimport { schema } from './schema.js'\n${model}\n`,
    'src/schema.js': 'export const schema = {}\n',
  })
  const hotHookOf = async (files: Record<string, string>): Promise<unknown> => {
    const { changed } = await run(hotHookConfig, files, { name: 'express', major: 5 })
    return (JSON.parse(changed['package.json'] ?? '{}') as { hotHook?: unknown }).hotHook
  }

  it('restart the server, with what they import', async () => {
    expect(await hotHookOf(express("export const User = mongoose.model('User', schema)"))).toEqual({
      boundaries: ['./src/users.js'],
      restart: ['.env', 'src/schema.js', 'src/user.js'],
    })
  })

  it.each([
    "export const User = mongoose.models.User ?? mongoose.model('User', schema)",
    "export const User = mongoose.models['User'] ? mongoose.model('User') : mongoose.model('User', schema)",
    "if (!mongoose.models.User) mongoose.model('User', schema)\nexport const User = mongoose.model('User')",
  ])('restart behind a guard too, which keeps the schema of before: %s', async (guarded) => {
    expect(await hotHookOf(express(guarded))).toEqual({
      boundaries: ['./src/users.js'],
      restart: ['.env', 'src/schema.js', 'src/user.js'],
    })
  })

  it('are hot where the module asks for a model only, or deletes its own', async () => {
    expect(await hotHookOf(express("export const find = () => mongoose.model('User').find()"))).toEqual({
      boundaries: ['./src/users.js'],
    })
    const deleted =
      "export const User = mongoose.model('User', schema)\nimport.meta.hot?.dispose(() => mongoose.deleteModel('User'))"
    expect(await hotHookOf(express(deleted))).toEqual({ boundaries: ['./src/users.js'] })
  })

  it('join those that are named already', async () => {
    const hotHook = { boundaries: ['./src/users.js'], restart: ['.env', 'config.yaml', 'src/user.js'] }
    expect(await hotHookOf(express("export const User = mongoose.model('User', schema)", hotHook))).toEqual({
      ...hotHook,
      restart: [...hotHook.restart, 'src/schema.js'],
    })
  })
})

describe('paths with glob characters', () => {
  it.each(['[id]', '(admin)', '[...slug]', '@modal', '{a,b}', 'a*b', '+page', '!x', 'a|b', 'ü b'])(
    'a directory %s is matched, and no other',
    async (name) => {
      const boundaries = await boundariesOf(app(undefined, [`app/pages/${name}/a.js`]))
      expect(boundaries).toHaveLength(1)
      const isBoundary = boundaryMatcher('/project', boundaries as string[])
      expect(isBoundary(`/project/app/pages/${name}/a.ts`)).toBe(true)
      expect(isBoundary('/project/app/pages/i/a.ts')).toBe(false)
    },
  )

  const inside = (directory: string, hotHook: unknown): Promise<Result> =>
    run(
      hotHookConfig,
      Object.fromEntries(
        Object.entries(app(hotHook, ['app/controllers/a.js'])).map(([path, text]) => [`${directory}/${path}`, text]),
      ),
      { major: 6, directory },
    )
  const boundariesIn = ({ changed }: Result): unknown =>
    (JSON.parse(Object.values(changed)[0] ?? '{}') as { hotHook?: { boundaries?: unknown } }).hotHook?.boundaries

  it.each(['project (1)', 'a|b', 'x {a,b}'])('globs match from anywhere for a project in %s', async (directory) => {
    const result = await inside(directory, undefined)
    expect(boundariesIn(result)).toEqual(['**/app/controllers/**/*.ts'])
    expect(boundaryMatcher(`/${directory}`, ['**/app/controllers/**/*.ts'])(`/${directory}/app/controllers/a.ts`)).toBe(
      true,
    )
    expect(result.notes[0]).toContain('is a glob to hot-hook, so globs relative to it match nothing')
  })
  it('what is there stays, since it matches where others have the project', async () => {
    expect(boundariesIn(await inside('project (1)', { boundaries: KIT }))).toEqual([
      ...KIT,
      '**/app/controllers/**/*.ts',
    ])
  })
  it.each(['[id]', 'a b', 'ü', '100%', '#1', 'a{b}', '@x'])(
    'globs are relative for a project in %s',
    async (directory) => {
      const result = await inside(directory, undefined)
      expect(boundariesIn(result)).toEqual(['./app/controllers/**/*.ts'])
      expect(boundaryMatcher(`/${directory}`, './app/controllers/**/*.ts')(`/${directory}/app/controllers/a.ts`)).toBe(
        true,
      )
    },
  )
})
