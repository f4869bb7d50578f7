import { describe, expect, it } from 'vitest'
import { extractHandlers } from '../../codemods/extract-handlers.ts'
import { migrate } from '../../src/migrate.ts'
import { directoryWith, run, type Result } from './run.ts'

type Files = Readonly<Record<string, string>>

const JS: Files = {
  'package.json': JSON.stringify({ name: 'app', type: 'module', scripts: { dev: 'node src/server.js' } }),
  'src/server.js': "import './routes/users.routes.js'\n",
  'src/services/users.js':
    'export const list = () => []\nexport const find = (id) => ({ id })\nexport class Missing {}\n',
  'src/services/mail.js': 'export default (to) => to\n',
}

const ROUTES = 'src/routes/users.routes.js'
const HANDLERS = 'src/routes/users.handlers.js'

const HEAD = `import { Router } from 'express'
import { list } from '../services/users.js'

export const router = Router()
`
const EXTRACTED_HEAD = `import { Router } from 'express'
import { NAMES } from './users.handlers.js'

export const router = Router()
`

const extract = (routes: string, files: Files = {}, name: 'express' | 'koa' = 'express'): Promise<Result> =>
  run(extractHandlers, { ...JS, [ROUTES]: routes, ...files }, { name, major: name === 'koa' ? 3 : 5 })

/** The module that the handlers of a file move to, whose own lines stand below {@link HEAD}; undefined where all stay. */
const moduleOf = async (lines: string, files: Files = {}): Promise<string | undefined> =>
  (await extract(`${HEAD}${lines}`, files)).changed[HANDLERS]

/** Why the handlers of such a file stay. */
async function refusalOf(lines: string, files: Files = {}): Promise<readonly string[]> {
  const { changed, notes } = await extract(`${HEAD}${lines}`, files)
  expect(changed).toEqual({})
  return notes
}

const LIST = "\nrouter.get('/users', (req, res) => res.json(list()))\n"
const LIST_MODULE = `import { list } from '../services/users.js'

export const getUsers = (req, res) => res.json(list())
`

describe('a handler', () => {
  it('moves with the import that only it uses', async () => {
    const { changed, summary, notes } = await extract(HEAD + LIST)
    expect(changed).toEqual({
      [ROUTES]: `${EXTRACTED_HEAD.replace('NAMES', 'getUsers')}\nrouter.get('/users', getUsers)\n`,
      [HANDLERS]: LIST_MODULE,
    })
    expect(summary).toBe('1 handler, in 1 new file')
    expect(notes).toEqual([])
  })

  it('stays where it uses nothing of the project', async () => {
    const { changed } = await extract(`${HEAD}\nlist()\nrouter.get('/users', (req, res) => res.json([]))\n`)
    expect(changed).toEqual({})
  })

  it('stays where the file needs all that it imports', async () => {
    const { changed } = await extract(`${HEAD}\nlist()${LIST}`)
    expect(changed).toEqual({})
  })

  it('stays where what it imports is cold all the same', async () => {
    const server = "import './services/users.js'\nimport './routes/users.routes.js'\n"
    expect((await extract(HEAD + LIST, { 'src/server.js': server })).changed).toEqual({})
  })

  it('takes a part of an import, and leaves the rest', async () => {
    const routes = `import { Router } from 'express'
import { find, list } from '../services/users.js'
import mail from '../services/mail.js'

export const router = Router()
router.use(find)
router.get('/users', (req, res) => res.json(mail(list())))
`
    const { changed } = await extract(routes)
    expect(changed[ROUTES]).toBe(`import { Router } from 'express'
import { find } from '../services/users.js'
import { getUsers } from './users.handlers.js'

export const router = Router()
router.use(find)
router.get('/users', getUsers)
`)
    expect(changed[HANDLERS]).toBe(`import { list } from '../services/users.js'
import mail from '../services/mail.js'

export const getUsers = (req, res) => res.json(mail(list()))
`)
  })

  it('keeps names of imports, defaults and namespaces', async () => {
    const routes = `import { Router } from 'express'
import * as users from "../services/users.js"
import send, { default as mail } from '../services/mail.js'

export const router = Router()
router.get('/users', (req, res) => res.json([users.list(), send(), mail()]))
`
    expect((await extract(routes)).changed[HANDLERS]).toBe(`import * as users from "../services/users.js"
import send, { default as mail } from '../services/mail.js'

export const getUsers = (req, res) => res.json([users.list(), send(), mail()])
`)
  })

  it('is found in a list, behind middleware, and in a wrapper', async () => {
    const text = await moduleOf(
      `const wrap = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next)
router.post('/users', [(req, res, next) => next(list())], wrap(async (req, res) => res.json(list())))
`,
    )
    expect(text).toContain('export const postUsersMiddleware = (req, res, next) => next(list())\n')
    expect(text).toContain('export const postUsers = async (req, res) => res.json(list())\n')
  })

  it('is a function with a name of its own', async () => {
    expect(await moduleOf("router.get('/users', async function all(req, res) {\n  res.json(list())\n})\n")).toContain(
      'export async function all(req, res) {\n  res.json(list())\n}\n',
    )
  })

  it('handles errors', async () => {
    expect(await moduleOf('router.use((err, req, res, next) => res.json(list(err)))\n')).toContain(
      'export const handleError = (err, req, res, next) =>',
    )
  })
})

describe('the name', () => {
  const names = async (calls: string): Promise<string[]> =>
    [...((await moduleOf(calls)) ?? '').matchAll(/export const (\w+)/g)].map(([, name = '']) => name)

  it('says the method and the path', async () => {
    expect(await names("router.delete('/users/:userId/blog-posts', (req, res) => res.json(list()))\n")).toEqual([
      'deleteUsersByUserIdBlogPosts',
    ])
  })

  it('takes the file for the path `/`', async () => {
    expect(await names("router.get('/', (req, res) => res.json(list()))\n")).toEqual(['getUsers'])
  })

  it('takes the file for a path that starts with a parameter', async () => {
    expect(await names("router.get('/:id', (req, res) => res.json(list()))\n")).toEqual(['getUsersById'])
  })

  it('is given once', async () => {
    const call = "router.get('/users', (req, res) => res.json(list()))\n"
    expect(await names(call + call)).toEqual(['getUsers', 'getUsersHandler'])
  })

  it('is none that the file has', async () => {
    expect(await names(`const getUsers = 1\nrouter.use(getUsers)\n${LIST}`)).toEqual(['getUsersHandler'])
  })

  it('says the event of a parameter', async () => {
    expect(await names("router.param('id', (req, res, next, id) => next(list(id)))\n")).toEqual(['loadId'])
  })

  it('says that of every path', async () => {
    expect(await names("router.use('*', (req, res) => res.json(list()))\n")).toEqual(['useAll'])
  })

  it('is that of a chain', async () => {
    expect(await names("router.route('/users').get((req, res) => res.json(list()))\n")).toEqual(['getUsers'])
  })
})

describe('the new file', () => {
  it('has another name where that is taken', async () => {
    const { changed } = await extract(HEAD + LIST, { [HANDLERS]: '' })
    expect(changed['src/routes/users.routes.handlers.js']).toBe(LIST_MODULE)
  })

  it('has the separator of the route file', async () => {
    const files = { 'src/server.js': "import './routes/user_routes.js'\n", 'src/routes/user_routes.js': HEAD + LIST }
    const { changed } = await extract('', files)
    expect(changed['src/routes/user_handlers.js']).toBe(LIST_MODULE)
  })

  it('is imported as the project imports', async () => {
    const routes = (HEAD + LIST).replace("users.js'", "users'")
    const files = {
      'package.json': JS['package.json']!.replace('node src/server.js', 'tsx src/server.ts'),
      'src/server.ts': "import './routes/users.routes'\n",
      'src/services/users.ts': 'export const list = () => []\n',
      'src/routes/users.routes.ts': routes,
    }
    const { changed } = await run(extractHandlers, files, { name: 'express', major: 5 })
    expect(changed['src/routes/users.routes.ts']).toContain("import { getUsers } from './users.handlers'\n")
  })

  it('has the semicolons, quotes and line breaks of the file', async () => {
    const routes = (HEAD + LIST)
      .replaceAll("'", '"')
      .replace(/(?<=["()])(?=\n)/g, ';')
      .replaceAll('\n', '\r\n')
    const { changed } = await extract(routes)
    expect(changed[HANDLERS]).toBe(
      'import { list } from "../services/users.js";\r\n\r\nexport const getUsers = (req, res) => res.json(list());\r\n',
    )
    expect(changed[ROUTES]).toContain('import { getUsers } from "./users.handlers.js";\r\n')
  })

  it('has the comments of what moved, and its lines further to the left', async () => {
    const lines = `export function routes() {
  // The route stays.
  router.get('/users', (req, res) => {
    // All of them.
    res.send(\`
      \${list()} // is text
    \`) // sent
  })
}
`
    const { changed } = await extract(HEAD + lines)
    expect(changed[HANDLERS]).toBe(`import { list } from '../services/users.js'

export const getUsers = (req, res) => {
  // All of them.
  res.send(\`
      \${list()} // is text
    \`) // sent
}
`)
    expect(changed[ROUTES]).toContain("  // The route stays.\n  router.get('/users', getUsers)\n")
  })

  it('has what says something of the whole file', async () => {
    const { changed } = await extract(`/* eslint-disable no-console */\n${HEAD}${LIST}`)
    expect(changed[HANDLERS]).toBe(`/* eslint-disable no-console */\n\n${LIST_MODULE}`)
  })
})

describe('what a handler uses of the file', () => {
  it('moves with it where nothing else uses it', async () => {
    const { changed } = await extract(`${HEAD}
// At most.
const LIMIT = 20 // of them
const first = (all) => all.slice(0, LIMIT)

router.get('/users', (req, res) => res.json(first(list())))
`)
    expect(changed[HANDLERS]).toBe(`import { list } from '../services/users.js'

// At most.
const LIMIT = 20 // of them

const first = (all) => all.slice(0, LIMIT)

export const getUsers = (req, res) => res.json(first(list()))
`)
    expect(changed[ROUTES]).toBe(`${EXTRACTED_HEAD.replace('NAMES', 'getUsers')}\nrouter.get('/users', getUsers)\n`)
  })

  it('keeps it where something else uses it too', async () => {
    const lines = "const LIMIT = 20\nrouter.get('/users', (req, res) => res.json(list(LIMIT)))\nrouter.limit = LIMIT\n"
    expect(await refusalOf(lines)).toEqual([
      'info src/routes/users.routes.js:6 The function uses `LIMIT` of the file that registers it, so it cannot move. Move `LIMIT` to a module of its own, or pass it in.',
    ])
  })

  it.each([
    ['a collection', 'const cache = new Map()', 'cache.get(list())'],
    ['a list', 'const cache = []', 'cache.push(list())'],
    ['a counter', 'let cache = 0', '(cache += list())'],
    ['an instance', 'const cache = new Date()', 'cache.setTime(list())'],
    ['an expression that keeps its place', 'const cache = /a/g', 'cache.test(list())'],
    ['an export', 'export const cache = 1', 'cache + list()'],
  ])('keeps it where that is %s', async (_, declared, used) => {
    const notes = await refusalOf(`${declared}\nrouter.get('/users', (req, res) => res.json(${used}))\n`)
    expect(notes).toEqual([expect.stringContaining('`cache` of the file')])
  })

  it('keeps it where that is a variable of the function around', async () => {
    const lines = "export function routes(db) {\n  router.get('/users', (req, res) => res.json(list(db)))\n}\n"
    expect(await refusalOf(lines)).toEqual([expect.stringContaining('`db` of the file')])
  })

  it('keeps only the handlers that use it', async () => {
    const { changed, notes } = await extract(`import { Router } from 'express'
import { list } from '../services/users.js'
import mail from '../services/mail.js'

export const router = Router()
let hits = 0
router.get('/users', (req, res) => res.json(list()))
router.get('/hits', (req, res) => res.json(mail(hits++)))
`)
    expect(changed[HANDLERS]).toBe(LIST_MODULE)
    expect(changed[ROUTES]).toContain("import mail from '../services/mail.js'\n")
    expect(notes).toEqual([expect.stringMatching(/users.routes.js:8 .*`hits`/)])
  })
})

describe('a handler that is tied to its place', () => {
  it.each([
    ['this', "router.get('/users', function (req, res) { res.json(list(this)) })", '`this`'],
    ['arguments', "router.get('/users', function (req) { list(arguments) })", '`arguments`'],
    ['import.meta', "router.get('/users', (req, res) => res.json(list(import.meta.url)))", '`import.meta`'],
    ['eval', "router.get('/users', (req, res) => res.json(list(eval(req.body))))", '`this`'],
  ])('stays for %s', async (_, lines, detail) => {
    expect(await refusalOf(`${lines}\n`)).toEqual([expect.stringContaining(detail)])
  })

  it('stays where its import has a comment', async () => {
    const { changed } = await extract((HEAD + LIST).replace('{ list }', '{ list /* all */ }'))
    expect(changed).toEqual({})
  })

  it('stays below a comment that is about its line', async () => {
    const lines = `// eslint-disable-next-line no-unused-vars\n${LIST.trimStart()}`
    expect(await refusalOf(lines)).toEqual([expect.stringContaining('`eslint-disable-next-line`')])
  })

  it('stays where it imports for itself', async () => {
    const lines =
      "list()\nrouter.get('/users', async (req, res) => (await import('../services/mail.js')).default(res))\n"
    expect((await extract(HEAD + lines)).changed).toEqual({})
  })

  it('stays where lazy-imports would not import it', async () => {
    const lines = "router.get('/users', function* (req, res) { yield list() })\n"
    expect(await refusalOf(lines)).toEqual([expect.stringContaining('is no function')])
  })

  it('stays beside files that a plugin loads', async () => {
    const files = {
      'package.json': JSON.stringify({
        type: 'module',
        scripts: { dev: 'node src/server.js' },
        dependencies: { '@fastify/autoload': '^6.0.0' },
      }),
      'src/server.js': `import autoload from '@fastify/autoload'
import fastify from 'fastify'
import { join } from 'node:path'
const app = fastify()
app.register(autoload, { dir: join(import.meta.dirname, 'plugins') })
`,
      'src/services/users.js': 'export const list = () => []\n',
      'src/plugins/users.js':
        "import { list } from '../services/users.js'\nexport default async function (fastify) {\n  fastify.get('/users', async () => list())\n}\n",
    }
    const { changed, notes } = await run(extractHandlers, files, { name: 'fastify', major: 5 })
    expect(changed).toEqual({})
    expect(notes).toEqual([])
  })
})

describe('JSX', () => {
  const files = (head: string): Files => ({
    'package.json': JSON.stringify({ type: 'module', scripts: { dev: 'tsx src/app.tsx' } }),
    'src/services/users.ts': 'export const list = () => []\n',
    'src/app.tsx': `${head}import { Hono } from 'hono'
import { list } from './services/users.js'
export const app = new Hono()
app.get('/users', (c) => c.html(<input value={list()} />))
`,
  })

  it('moves where the compiler imports what it needs', async () => {
    const pragma = '/** @jsxImportSource hono/jsx */\n'
    const { changed } = await run(extractHandlers, files(pragma), { name: 'hono', major: 4 })
    expect(changed['src/app.handlers.tsx']).toBe(`${pragma}
import type { Context } from 'hono'
import { list } from './services/users.js'

export const getUsers = (c: Context) => c.html(<input value={list()} />)
`)
  })

  it('stays where the file does', async () => {
    const head = "/** @jsx jsx */\nimport { jsx } from 'hono/jsx'\n"
    const { changed, notes } = await run(extractHandlers, files(head), { name: 'hono', major: 4 })
    expect(changed).toEqual({})
    expect(notes).toEqual([expect.stringContaining('`jsx`')])
  })
})

describe('migrate --target', () => {
  const FASTIFY: Files = {
    'package.json': JSON.stringify({
      type: 'module',
      scripts: { dev: 'node src/server.js' },
      dependencies: { fastify: '^5.0.0' },
    }),
    'src/server.js': `import fastify from 'fastify'
import { users } from './users.js'
import { posts } from './posts.js'
const app = fastify()
app.register(users)
app.register(posts)
await app.listen({ port: 3000 })
`,
    'src/users.js': `import { list } from './services/users.js'
export async function users(fastify) {
  fastify.get('/users', (req, reply) => { reply.send(list()) })
}
`,
    'src/posts.js': `import { list } from './services/posts.js'
export async function posts(fastify) {
  fastify.get('/posts', (req, reply) => { reply.send(list(fastify)) })
}
`,
    'src/services/users.js': 'export const list = () => []\n',
    'src/services/posts.js': 'export const list = () => []\n',
  }

  it('moves the handlers that hold a file cold, and has them lazy and covered', async () => {
    const { changes } = await migrate({ directory: directoryWith(FASTIFY), target: 100, level: 'handler' })
    const texts = Object.fromEntries(changes.map(({ path, after }) => [path.slice(path.indexOf('src/')), after]))
    expect(texts['src/users.handlers.js']).toContain('export const getUsers = (req, reply) =>')
    expect(texts['src/users.js']).toContain("const usersHandlers = () => import('./users.handlers.js')\n")
    expect(Object.values(texts).join('\n')).toContain('"./src/users.handlers.js"')
  })

  it('leaves those that are not proven', async () => {
    const { changes } = await migrate({ directory: directoryWith(FASTIFY), target: 100, level: 'handler' })
    expect(changes.map(({ path }) => path).filter((path) => path.includes('posts'))).toEqual([])
  })
})

describe('AdonisJS', () => {
  it('keeps its closures', async () => {
    const files = {
      'package.json': JSON.stringify({ type: 'module' }),
      'app/services/users.ts': 'export const list = async () => []\n',
      'start/routes.ts':
        "import router from '@adonisjs/core/services/router'\nimport { list } from '../app/services/users.js'\nrouter.get('/users', async () => list())\n",
    }
    expect((await run(extractHandlers, files)).changed).toEqual({})
  })
})
