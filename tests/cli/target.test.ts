import { describe, expect, it } from 'vitest'
import { application, filesIn, hotCodemod, repositoryWith, type Ran } from './run.ts'

/** Of five modules, an entry whose handler calls two services: one is deferred, what the other is used for is not. */
const SERVER: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'app', type: 'module', scripts: { dev: 'tsx watch src/server.ts' }, dependencies: { express: '^5.1.0' }, devDependencies: { tsx: '^4.20.0' } }, null, 2)}\n`,
  'src/server.ts': `import express from 'express'
import { list } from './users.js'
import { limit } from './limit.js'

const app = express()
app.get('/users', async (req, res) => {
  res.json(await list(limit))
})
app.set('limit', limit)
app.listen(3000)
`,
  'src/users.ts': "import { find } from './find.js'\nexport const list = (count: number) => find(count)\n",
  'src/find.ts': 'export const find = (count: number) => count\n',
  'src/limit.ts': "import { size } from './size.js'\nexport const limit = size\n",
  'src/size.ts': 'export const size = 3\n',
}

const migrate = (root: string, ...args: string[]): Ran =>
  hotCodemod(root, 'migrate', '--level', 'handler', '--skip', 'lint-config', ...args)

describe('migrate --target', () => {
  it('makes the cut that gets there', () => {
    const root = repositoryWith(SERVER)
    const { code, stdout } = migrate(root, '--target', '40', '--yes')
    expect(stdout).toContain('\n  Cuts            files\n   src/users.ts      +2   deferred-imports, src/server.ts:2\n')
    expect(stdout).toContain('Hot coverage   0 % → 40 % of 5 files\n')
    expect(code).toBe(0)
    expect(filesIn(root)['src/server.ts']).toBe(
      SERVER['src/server.ts']
        ?.replace("import { list } from './users.js'\n", '')
        .replace('=> {\n', "=> {\n  const { list } = await import('./users.js')\n"),
    )
    expect(filesIn(root)['package.json']).toContain('"./src/users.ts"')
  })

  it('has nothing to do a second time', () => {
    const root = repositoryWith(SERVER)
    migrate(root, '--target', '40', '--yes')
    const before = filesIn(root)
    expect(migrate(root, '--target', '40', '--yes', '--allow-dirty').code).toBe(0)
    expect(filesIn(root)).toEqual(before)
  })

  it('has nothing to do a second time where a glob covered what is imported statically', () => {
    const root = repositoryWith({
      'package.json': (SERVER['package.json'] ?? '').replace(
        '"scripts"',
        '"hotHook": { "boundaries": ["./src/routes/*.ts"] },\n  "scripts"',
      ),
      'src/server.ts': `import express from 'express'
import { log } from './log.js'

const app = express()
app.get('/users', async (req, res) => {
  log('users')
  const { users } = await import('./routes/users.js')
  res.json(users())
})
app.listen(3000)
`,
      'src/routes/users.ts': "import { all } from './shared.js'\nexport const users = () => all\n",
      'src/routes/shared.ts':
        "import { log } from '../log.js'\nimport { count } from './count.js'\nlog('loaded')\nexport const all = count\n",
      'src/routes/count.ts': 'export const count = 3\n',
      'src/log.ts': 'export const log = (text: string) => text.length\n',
    })
    migrate(root, '--target', '90', '--yes')
    const before = filesIn(root)
    expect(before['package.json']).toContain('"./src/routes/users.ts"')
    expect(before['src/server.ts']).toContain("await import('./log.hot.js')")
    migrate(root, '--target', '90', '--yes', '--allow-dirty')
    expect(filesIn(root)).toEqual(before)
  })

  it('makes no cut where the target is reached', () => {
    const root = repositoryWith(SERVER)
    migrate(root, '--target', '40', '--yes')
    const { stdout } = migrate(root, '--target', '20', '--yes', '--allow-dirty')
    expect(stdout).toContain('Nothing to do.')
  })

  it('says that it is not reached, and what needs the restart', () => {
    const { code, stdout } = migrate(repositoryWith(SERVER), '--target', '90', '--yes')
    expect(stdout).toContain(
      '· The target, 90 % of files, is not reached: 40 %. The other 3 files are used while the server starts: edits of them need the restart that they get. Nothing is left to do.\n',
    )
    expect(stdout).not.toContain('Cuts left')
    expect(code).toBe(1)
  })

  it('says what is left of the rest', () => {
    const handler = `import express from 'express'
import { hello } from './hello.js'

const app = express()
app.get('/users', (req, res) => {
  res.end()
})
app.listen(3000)
export const greet = () => hello()
`
    const one = {
      'package.json': SERVER['package.json'] ?? '',
      'src/server.ts': handler,
      'src/hello.ts': 'export const hello = () => 1\n',
    }
    expect(migrate(repositoryWith(one), '--target', '90').stdout).toContain(
      'is not reached: 0 %. Of the others, 1 file is used while the server starts: an edit of it needs the restart that it gets. What is left is not proven safe: hot-codemod explain src/hello.ts\n',
    )
    const two = {
      ...one,
      'src/hello.ts': "import { name } from './name.js'\nexport const hello = () => name\n",
      'src/name.ts': "export const name = 'a'\n",
    }
    const { stdout } = migrate(repositoryWith(two), '--target', '90')
    expect(stdout).toContain(
      'No other cut is proven safe: hot-codemod doctor has those that are left, and what would have to be true.\n',
    )
    expect(stdout).toContain('\n  Cuts left       files\n   src/hello.ts      +2   src/server.ts:2\n')
  })

  it('makes no cut by a codemod that is skipped', () => {
    const root = repositoryWith(SERVER)
    const { code, stdout } = migrate(root, '--target', '40', '--yes', '--skip', 'deferred-imports')
    expect(stdout).toContain('is not reached: 0 %.')
    expect(code).toBe(1)
    expect(filesIn(root)['src/server.ts']).toBe(SERVER['src/server.ts'])
  })

  it('without it, the plan has the cuts that could be made', () => {
    const { stdout } = migrate(repositoryWith(SERVER))
    expect(stdout).toContain(`
  Cuts (--target makes them)    files
   src/limit.ts`)
  })

  it.each(['0', '101', 'most'])('takes no %s', (target) => {
    const { code, stderr } = migrate(repositoryWith(SERVER), '--target', target)
    expect(stderr).toContain(`--target ${target}: write a whole number from 1 to 100.`)
    expect(code).toBe(2)
  })
})

describe('a suggestion', () => {
  // What runs before the first `await` would run later.
  const doubtful = {
    ...SERVER,
    'src/server.ts': `import express from 'express'
import { list } from './users.js'

const seen = []
async function all() {
  seen.push(1)
  return list(3)
}
const app = express()
app.get('/users', (req, res) => {
  all().then((users) => res.json(users))
})
app.listen(3000)
`,
  }

  it('is not taken for a target', () => {
    const root = repositoryWith(doubtful)
    const { code, stdout } = migrate(root, '--target', '40', '--yes')
    expect(stdout).toContain('is not reached: 0 %.')
    expect(code).toBe(1)
    expect(filesIn(root)['src/server.ts']).toBe(doubtful['src/server.ts'])
  })

  it('is taken where it is accepted', () => {
    const root = repositoryWith(doubtful)
    const { stdout } = migrate(root, '--target', '40', '--yes', '--accept', 'runs-before-await')
    expect(stdout).toContain('   src/users.ts      +2   deferred-imports, src/server.ts:2\n')
    expect(filesIn(root)['src/server.ts']).toContain("  const { list } = await import('./users.js')\n  seen.push(1)")
  })
})

describe('controllers of AdonisJS that are instantiated', () => {
  const instances = {
    ...application,
    'start/routes.ts': `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'

const users = new UsersController()
router.get('/users', users.index.bind(users))
`,
  }

  it('are lazy where the target is not reached without them', () => {
    const root = repositoryWith(instances)
    const { code } = hotCodemod(root, 'migrate', '--skip', 'lint-config', '--target', '30', '--yes')
    expect(filesIn(root)['start/routes.ts']).toContain("router.get('/users', [UsersController, 'index'])")
    expect(code).toBe(0)
  })

  it('stay where that codemod is skipped', () => {
    const root = repositoryWith(instances)
    hotCodemod(root, 'migrate', '--skip', 'lint-config,bound-instances', '--target', '30', '--yes')
    expect(filesIn(root)['start/routes.ts']).toBe(instances['start/routes.ts'])
  })
})
