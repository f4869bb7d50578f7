import { describe, expect, it } from 'vitest'
import { migrate, type MigrateOptions } from '../../src/api.ts'
import { hotCodemodHere } from './in-process.ts'
import { application, directoryWith, filesIn, repositoryWith } from './run.ts'

const ROUTES = application['start/routes.ts']!

/** A comment above one import, code that runs on import in the other. */
const FILES: Readonly<Record<string, string>> = {
  ...application,
  'start/routes.ts': ROUTES.replace('import UsersController', '// @ts-ignore\nimport UsersController'),
  'app/controllers/posts_controller.ts': "console.log('posts')\nexport default class PostsController { index() {} }\n",
}

/** `users` is imported by boot code too. */
const ALSO_STATIC: Readonly<Record<string, string>> = {
  ...FILES,
  'config/app.ts':
    "import UsersController from '#controllers/users_controller'\nexport const guards = UsersController.name\n",
}

/** What becomes of the imports of the routes: `UsersController fix directive`. */
async function verdicts(
  files: Readonly<Record<string, string>>,
  options: Pick<MigrateOptions, 'accept' | 'decline' | 'only' | 'leave'>,
): Promise<string[]> {
  const { imports } = await migrate({ directory: directoryWith(files), only: ['lazy-imports'], ...options })
  return imports
    .filter(({ path }) => path === 'start/routes.ts')
    .map(({ names, verdict, reason }) => `${names.join()} ${verdict} ${reason}`)
}

describe('accept', () => {
  it('nothing leaves suggestions as they are', async () => {
    expect(await verdicts(FILES, {})).toEqual([
      'UsersController suggest directive',
      'PostsController suggest side-effects',
    ])
  })

  it('a reason takes the suggestions that have it', async () => {
    expect(await verdicts(FILES, { accept: ['side-effects'] })).toEqual([
      'UsersController suggest directive',
      'PostsController fix side-effects',
    ])
  })

  it('a reason takes what was not found before either, and leaves the rest of the file as it would be', async () => {
    const files = { ...application, 'start/routes.ts': ROUTES.replace('#controllers/posts_', '#controllers/gone_') }
    expect(await verdicts(files, { accept: ['unresolved'] })).toEqual([
      'UsersController fix every-use-is-lazy',
      'PostsController fix unresolved',
    ])
  })

  it('a place takes the suggestion there', async () => {
    expect(await verdicts(FILES, { accept: ['start/routes.ts:3'] })).toEqual([
      'UsersController fix directive',
      'PostsController suggest side-effects',
    ])
  })

  it('reasons and places together', async () => {
    expect(await verdicts(FILES, { accept: ['./start/routes.ts:3', 'side-effects'] })).toEqual([
      'UsersController fix directive',
      'PostsController fix side-effects',
    ])
  })

  it('a reason leaves what another condition forbids', async () => {
    expect(await verdicts(ALSO_STATIC, { accept: ['directive'] })).toContain('UsersController suggest also-static')
  })

  it('each of the reasons takes it', async () => {
    const found = await verdicts(ALSO_STATIC, { accept: ['directive', 'also-static'] })
    expect(found).toContain('UsersController fix also-static')
  })

  it('a place takes it whatever is not proven', async () => {
    const found = await verdicts(ALSO_STATIC, { accept: ['start/routes.ts:3'] })
    expect(found).toContain('UsersController fix also-static')
  })

  it('an import takes it under the condition that is named only', async () => {
    const users = { path: 'start/routes.ts', specifier: '#controllers/users_controller', names: ['UsersController'] }
    const accept = [{ ...users, reason: 'directive' as const }]
    expect(await verdicts(FILES, { accept })).toContain('UsersController fix directive')
    expect(await verdicts(ALSO_STATIC, { accept })).toContain('UsersController suggest also-static')
  })

  it('is no way around what has to stay', async () => {
    const files = { ...FILES, 'start/routes.ts': `${FILES['start/routes.ts']}new UsersController()\n` }
    expect(await verdicts(files, { accept: ['directive', 'constructed'] })).toContain(
      'UsersController leave constructed',
    )
  })

  it('a function that stands below a comment is no suggestion', async () => {
    const files = { ...FILES, 'app/controllers/users_controller.ts': 'export default function UsersController() {}\n' }
    expect(await verdicts(files, { accept: ['directive'] })).toContain('UsersController leave not-a-class')
  })

  it('leaves a file alone that regressed', async () => {
    const options = { accept: ['start/routes.ts:3'], leave: { 'start/routes.ts': 'it fails' } }
    expect(await verdicts(FILES, options)).toContain('UsersController leave regressed')
  })
})

describe('decline', () => {
  const users = { path: 'start/routes.ts', specifier: '#controllers/users_controller', names: ['UsersController'] }

  it('leaves the import, and no other', async () => {
    expect(await verdicts(application, { decline: [users] })).toEqual([
      'UsersController leave declined',
      'PostsController fix every-use-is-lazy',
    ])
  })

  it('makes the other imports of its module suggestions', async () => {
    const files = {
      ...application,
      'adonisrc.ts':
        "export default { preloads: [() => import('./start/routes.js'), () => import('./start/more.js')] }\n",
      'start/more.ts': ROUTES,
    }
    const { imports } = await migrate({ directory: directoryWith(files), decline: [users] })
    const found = imports.map(({ path, names, verdict, reason }) => `${path} ${names.join()} ${verdict} ${reason}`)
    expect(found.sort()).toEqual([
      'start/more.ts PostsController fix every-use-is-lazy',
      'start/more.ts UsersController suggest also-static',
      'start/routes.ts PostsController fix every-use-is-lazy',
      'start/routes.ts UsersController leave declined',
    ])
  })
})

describe('accept at the levels above the handler', () => {
  const MOUNTED: Readonly<Record<string, string>> = {
    'package.json': JSON.stringify({
      name: 'app',
      type: 'module',
      scripts: { dev: 'node src/server.js' },
      dependencies: { express: '^5.1.0' },
    }),
    'src/server.js': `import express from 'express'
import users from './users.routes.js'
import { names } from './names.js'

const app = express()
app.use('/users', users)
app.listen(3000, () => console.log(names))
`,
    'src/names.js': "import users from './users.routes.js'\nexport const names = users.stack.length\n",
    'src/users.routes.js':
      "import { Router } from 'express'\nconst users = Router()\nusers.get('/', (req, res) => res.json([]))\nexport default users\n",
  }
  async function mounted(accept: readonly string[]): Promise<string[]> {
    const { imports } = await migrate({ directory: directoryWith(MOUNTED), level: 'mount', accept })
    return imports
      .filter(({ path }) => path === 'src/server.js')
      .map(({ names, verdict, reason }) => `${names.join()} ${verdict} ${reason}`)
  }

  it('takes a suggestion too', async () => {
    expect(await mounted([])).toEqual(['users suggest also-static'])
    expect(await mounted(['also-static'])).toEqual(['users fix also-static'])
    expect(await mounted(['src/server.js:2'])).toEqual(['users fix also-static'])
  })

  it('makes no boundary of what would go stale', async () => {
    const root = repositoryWith(MOUNTED)
    expect((await hotCodemodHere('migrate', root, '--yes', '--level', 'mount', '--accept', 'also-static')).code).toBe(0)
    expect(filesIn(root)['src/server.js']).toContain("(await import('./users.routes.js')).default(req, res, next)")
    expect(filesIn(root)['package.json']).toBe(MOUNTED['package.json'])
  })
})

describe('decline at the level of the application', () => {
  it('leaves the import of node:http to the application that is still lazy', async () => {
    const application = (name: string): string =>
      `import express from 'express'\nexport const ${name} = express()\n${name}.get('/', (req, res) => res.json({}))\n`
    const { changes } = await migrate({
      directory: directoryWith({
        'package.json': JSON.stringify({ name: 'app', type: 'module', dependencies: { express: '^5.1.0' } }),
        'src/server.js':
          "import { app } from './app.js'\nimport { admin } from './admin.js'\n\napp.listen(3000)\nadmin.listen(3001)\n",
        'src/app.js': application('app'),
        'src/admin.js': application('admin'),
      }),
      level: 'app',
      decline: [{ path: 'src/server.js', specifier: './app.js', names: ['app'] }],
    })
    expect(changes.find(({ path }) => path.endsWith('server.js'))?.after).toBe(`import { app } from './app.js'
import { createServer } from 'node:http'

app.listen(3000)
createServer(async (req, res) => {
  try { (await import('./admin.js')).admin(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3001)
`)
  })
})

describe('hot-codemod migrate --accept', () => {
  it('writes what was accepted; a second run with it finds nothing to do', async () => {
    const root = repositoryWith(FILES)
    const { code } = await hotCodemodHere('migrate', root, '--yes', '--accept', 'side-effects, start/routes.ts:3')
    expect(code).toBe(0)
    const files = filesIn(root)
    expect(files['start/routes.ts']).toBe(`import router from '@adonisjs/core/services/router'
// @ts-ignore
const UsersController = () => import('#controllers/users_controller')
const PostsController = () => import('#controllers/posts_controller')

router.get('/users', [UsersController, 'index'])
router.resource('posts', PostsController)
`)
    const again = await hotCodemodHere('migrate', root, '--yes', '--allow-dirty', '--accept', 'start/routes.ts:3')
    expect(again.stdout).toContain('Nothing to do.')
    expect(again.code).toBe(0)
    expect(filesIn(root)).toEqual(files)
  })

  it('is named by the plan and by --show skipped', async () => {
    const { stdout } = await hotCodemodHere('migrate', repositoryWith(FILES), '--show', 'skipped')
    const line = '  2 suggestions wait for you: --interactive, or --accept <reason> (directive, side-effects)\n'
    expect(stdout.split(line)).toHaveLength(3)
  })

  it('is not named where nothing waits', async () => {
    const { stdout } = await hotCodemodHere('migrate', repositoryWith(application), '--show', 'skipped')
    expect(stdout).not.toContain('--accept')
  })

  it.each([
    [
      'side-efects',
      'There is no reason `side-efects`. Suggestions are: start/routes.ts:3 (directive), start/routes.ts:4 (side-effects).',
    ],
    [
      'start/routes.ts:99',
      'There is no import of request-time code at start/routes.ts:99. Suggestions are: start/routes.ts:3 (directive), start/routes.ts:4 (side-effects).',
    ],
  ])('%s: says what there is', async (what, message) => {
    const root = repositoryWith(FILES)
    const { code, stderr } = await hotCodemodHere('migrate', root, '--yes', '--accept', what)
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${message}\n` })
    expect(filesIn(root)).toEqual(FILES)
  })

  it('says why a place cannot be accepted', async () => {
    const root = repositoryWith({ ...application, 'start/routes.ts': `${ROUTES}new UsersController()\n` })
    const { code, stderr } = await hotCodemodHere('migrate', root, '--accept', 'start/routes.ts:2')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'start/routes.ts:2 cannot be accepted. `new UsersController()` needs the class itself.\n',
    })
  })

  it('says that no suggestion has the reason', async () => {
    const { stdout } = await hotCodemodHere('migrate', repositoryWith(application), '--accept', 'directive')
    expect(stdout).toContain('· --accept directive: no suggestion has that reason.')
  })

  it('does not say so of one that waits for another reason now', async () => {
    const routes = ROUTES.replace('import PostsController', '// @ts-ignore\nimport PostsController')
    const root = repositoryWith({ ...FILES, 'start/routes.ts': routes })
    const { stdout } = await hotCodemodHere('migrate', root, '--accept', 'directive')
    expect(stdout).toContain('1 suggestion waits for you: --interactive, or --accept <reason> (side-effects)')
    expect(stdout).not.toContain('no suggestion has that reason')
  })
})

describe('a comment that switches off the rule', () => {
  it.each([
    ['// eslint-disable-next-line hot-codemod/prefer-lazy-controller-import -- slow', 'leave declined'],
    ['// eslint-disable-next-line no-console, hot-codemod/prefer-lazy-controller-import', 'leave declined'],
    ['/* oxlint-disable-next-line hot-codemod/prefer-lazy-controller-import -- slow */', 'leave declined'],
    ['// eslint-disable-next-line hot-codemod/prefer-lazy-controller-import-x', 'suggest directive'],
    ['// eslint-disable-next-line no-console -- not prefer-lazy', 'suggest directive'],
    ['// eslint-disable-next-line', 'suggest directive'],
  ])('declines its import: %s', async (comment, expected) => {
    const files = {
      ...application,
      'start/routes.ts': ROUTES.replace('import UsersController', `${comment}\nimport UsersController`),
    }
    expect(await verdicts(files, {})).toContain(`UsersController ${expected}`)
  })
})
