import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { boot } from '../../../src/verify/session.ts'
import { nodeBinary } from '../node.ts'
import { remove, rewrite, writeApp, type Files } from './app.ts'
import { testReload } from './reload.ts'

const files: Files = {
  'src/server.js': `import { app } from './app.js'

app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/app.js': `import express from 'express'
import users from './routes/users.js'

export const app = express()
app.use('/users', users)
`,
  'src/routes/users.js': `import { Router } from 'express'
import { count } from '../count.middleware.js'
import { UsersController } from '../users.controller.js'

const users = new UsersController('users')
const router = Router()
router.get('/', count('X-Count'), users.list.bind(users))

export default router
`,
  'src/count.middleware.js': `export function count(header) {
  let requests = 0
  return (req, res, next) => {
    res.locals.count = \`count=1 requests=\${++requests}\`
    next()
  }
}
`,
  'src/users.controller.js': `import { names } from './services/users.js'

export class UsersController {
  hits = 0
  constructor(name) {
    this.name = name
  }
  list(req, res) {
    res.send(['list=1', \`hits=\${++this.hits}\`, names(), res.locals.count].join(' '))
  }
}
`,
  'src/services/users.js': `export const names = () => 'names=1'
`,
}

const HOT = `/**
 * What \`make\` makes of the module that \`load\` imports: made at the first call and kept, and made again only when
 * \`load\` gives another module, because hot-hook has reloaded it. Written by hot-codemod; it is yours to change.
 *
 * @template Module, Value
 * @param {() => Promise<Module>} load
 * @param {(module: Module) => Value} make
 * @returns {() => Promise<Value>}
 */
export function fromModule(load, make) {
  /** @type {{ module: Module, value: Value } | undefined} */
  let made
  return async () => {
    const module = await load()
    if (!made || made.module !== module) made = { module, value: make(module) }
    return made.value
  }
}
`

testReload([
  {
    name: 'values that are made of a module',
    packages: { express: 'express' },
    files,
    migration: { with: ['made-values'] },
    after: {
      'src/hot.js': HOT,
      'src/routes/users.js': `import { Router } from 'express'
import { fromModule } from '../hot.js'
const countMiddleware = () => import('../count.middleware.js')
const countXCount = fromModule(countMiddleware, (m) => m.count('X-Count'))
const usersController = () => import('../users.controller.js')

const users = fromModule(usersController, (m) => new m.UsersController('users'))
const router = Router()
router.get('/', async (req, res, next) => (await countXCount())(req, res, next), async (req, res) => (await users()).list(req, res))

export default router
`,
    },
    urls: ['/users'],
    expected: {
      'src/server.js': 'restart',
      'src/hot.js': 'restart',
      'src/routes/users.js': 'restart',
      'src/count.middleware.js': 'hot',
      'src/users.controller.js': 'hot',
      'src/services/users.js': 'hot',
    },
    node: [20, 22, 24],
  },
])

it('makes a value again after an edit of its module, and after no other', async () => {
  const directory = await writeApp(files, { express: 'express', 'hot-hook': 'hot-hook' })
  try {
    await rewrite(directory, { with: ['made-values'] })
    const session = await boot({
      directory,
      node: await nodeBinary(20),
      args: ['--import=hot-hook/register', 'src/server.js'],
      entry: 'src/server.js',
      watcher: 'parent',
      env: { NODE_NO_WARNINGS: '1', NODE_ENV: undefined, NODE_OPTIONS: undefined, VITEST: undefined },
    })
    const list = async (): Promise<string> => (await session.get('/users')).body
    const edit = async (file: string, from: string, to: string): Promise<string | undefined> => {
      const path = join(directory, file)
      await writeFile(path, (await readFile(path, 'utf8')).replace(from, to))
      return (await session.reaction(path))?.type
    }
    try {
      await session.hold()
      expect(await list()).toBe('list=1 hits=1 names=1 count=1 requests=1')
      expect(await list()).toBe('list=1 hits=2 names=1 count=1 requests=2')
      expect(await edit('src/count.middleware.js', 'count=1', 'count=2')).toBe('hot-hook:invalidated')
      expect(await list()).toBe('list=1 hits=3 names=1 count=2 requests=1')
      expect(await list()).toBe('list=1 hits=4 names=1 count=2 requests=2')
      expect(await edit('src/services/users.js', 'names=1', 'names=2')).toBe('hot-hook:invalidated')
      expect(await list()).toBe('list=1 hits=1 names=2 count=2 requests=3')
      expect(await list()).toBe('list=1 hits=2 names=2 count=2 requests=4')
    } finally {
      await session.stop()
    }
  } finally {
    await remove(directory)
  }
}, 120_000)
