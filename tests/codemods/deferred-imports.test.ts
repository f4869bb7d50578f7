import { describe, expect, it } from 'vitest'
import { deferredImports } from '../../codemods/deferred-imports.ts'
import { run } from './run.ts'

type Files = Readonly<Record<string, string>>

const FILES: Files = {
  'package.json': JSON.stringify({ name: 'app', type: 'module', scripts: { dev: 'tsx src/server.ts' } }),
  'src/users.ts': `export interface User {
  name: string
}
export const list = async () => []
export const find = () => ({})
export default class Users {
  all() {
    return []
  }
}
`,
  'src/posts.ts': 'export const posts = () => []\n',
}

/** The new text of src/server.ts; undefined where it stays. */
async function server(text: string, files: Files = {}): Promise<string | undefined> {
  const { changed } = await run(
    deferredImports,
    { ...FILES, 'src/server.ts': text, ...files },
    { name: 'express', major: 5 },
  )
  return changed['src/server.ts']
}

/** The same of a server with one import and one route. */
const route = (clause: string, handler: string): Promise<string | undefined> =>
  server(
    `import express from 'express'\nimport ${clause} from './users.js'\n\nexpress().get('/', ${handler}).listen(3000)\n`,
  )

describe('the statement', () => {
  it.each([
    ['{ list }', 'const { list } = await import(', 'list()'],
    ['{ list as all }', 'const { list: all } = await import(', 'all()'],
    ['Users', 'const { default: Users } = await import(', 'new Users().all()'],
    ['* as users', 'const users = await import(', 'users.list()'],
    ['Users, { list }', 'const { default: Users, list } = await import(', '[new Users().all(), list()]'],
  ])('of %j is %j', async (clause, statement, expression) => {
    expect(await route(clause, `async (req, res) => {\n  res.json(${expression})\n}`)).toBe(
      `import express from 'express'\n\nexpress().get('/', async (req, res) => {\n  ${statement}'./users.js')\n  res.json(${expression})\n}).listen(3000)\n`,
    )
  })

  it('takes only what the function uses', async () => {
    const text = `import express from 'express'
import { find, list } from './users.js'

const app = express()
app.get('/1', async (req, res) => { res.json(await list()) })
app.get('/2', async (req, res) => { res.json(find()) })
app.listen(3000)
`
    expect(await server(text)).toBe(`import express from 'express'

const app = express()
app.get('/1', async (req, res) => { const { list } = await import('./users.js'); res.json(await list()) })
app.get('/2', async (req, res) => { const { find } = await import('./users.js'); res.json(find()) })
app.listen(3000)
`)
  })

  it('stands behind directives and the comment of the first line, in the style of the file', async () => {
    const text = `import express from "express";\r\nimport { list } from "./users.js";\r\n\r\nexpress().get("/", async (req, res) => { // all of them\r\n\t"use strict";\r\n\t// soon\r\n\tres.json(await list());\r\n});\r\n`
    expect(await server(text)).toBe(
      `import express from "express";\r\n\r\nexpress().get("/", async (req, res) => { // all of them\r\n\t"use strict";\r\n\tconst { list } = await import("./users.js");\r\n\t// soon\r\n\tres.json(await list());\r\n});\r\n`,
    )
  })

  it('does not go on with the line below it', async () => {
    const handler = 'async (req, res) => {\n  ;[1].forEach(() => find())\n  res.end()\n}'
    expect(await route('{ find }', handler)).toContain("await import('./users.js')\n  ;[1]")
    expect(await route('{ find }', 'async (req, res) => {\n  [1].forEach(() => find())\n  res.end()\n}')).toContain(
      "await import('./users.js');\n  [1]",
    )
  })

  it.each([
    ['async (req, res) => res.json(await list())', 'return res.json(await list())'],
    ['async () => ({ users: list() })', 'return ({ users: list() })'],
    ['async () =>list()', 'return list()'],
    ['async () =>\n  list()', 'return list()'],
    ['async <T extends () => void>() => list()', 'return list()'],
  ])('makes a block of the body of %j', async (handler, returned) => {
    expect(await route('{ list }', handler)).toContain(
      `=> {\n  const { list } = await import('./users.js')\n  ${returned}\n}).listen(3000)\n`,
    )
  })

  it('is one for each import, in their order', async () => {
    const text = `import express from 'express'
import { posts } from './posts.js'
import { list } from './users.js'

express().get('/', async () => [list(), posts()])
`
    expect(await server(text)).toBe(`import express from 'express'

express().get('/', async () => {
  const { posts } = await import('./posts.js')
  const { list } = await import('./users.js')
  return [list(), posts()]
})
`)
  })

  it('stands in the outer of two functions', async () => {
    const handler = 'async (req, res) => {\n  res.json(await Promise.all([1].map(async () => list())))\n}'
    expect(await route('{ list }', handler)).toContain(
      "=> {\n  const { list } = await import('./users.js')\n  res.json(",
    )
  })

  it('leaves types to an import type', async () => {
    const handler = 'async (req, res) => {\n  const users: User[] = await list()\n  res.json(users)\n}'
    expect(await route('{ list, type User }', handler)).toContain("\ntype User = import('./users.js').User\n")
  })
})

/** What `--with deferred-imports` does with `statements` in src/server.ts, which import `list` and `find`. */
const isDeferred = async (statements: string, files: Files = {}): Promise<boolean> =>
  (await server(
    `import express from 'express'\nimport { find, list } from './users.js'\n\nexport const app = express()\n${statements}\n`,
    files,
  )) !== undefined

describe('functions that run after boot', () => {
  it.each([
    ["app.get('/', async () => list())"],
    ['app.use(async (req, res, next) => {\n  find()\n  next()\n})'],
    ['setInterval(async () => list(), 1000)'],
    ["import cron from 'node-cron'\ncron.schedule('* * * * *', async () => list())"],
    ["import { Worker } from 'bullmq'\nnew Worker('mail', async (job) => list(job))"],
    ["import { createServer } from 'node:http'\ncreateServer(async (req, res) => res.end(await list())).listen(3000)"],
    ["async function all() {\n  return list()\n}\napp.get('/', async (req, res) => res.json(await all()))"],
    ["const all = async () => list()\napp.get('/', all)"],
    [
      "class Jobs {\n  async run() {\n    await list()\n  }\n}\nconst jobs = new Jobs()\napp.get('/', async () => jobs.run())",
    ],
    ["import { Job } from 'bullmq'\nexport class Mail extends Job {\n  async handle() {\n    await list()\n  }\n}"],
    ["const only = (role) => async (req, res, next) => {\n  find(role)\n  next()\n}\napp.get('/', only('admin'))"],
  ])('%s', async (statements) => {
    expect(await isDeferred(statements)).toBe(true)
  })

  it.each([
    ['nothing calls it', 'export async function all() {\n  return list()\n}'],
    ['called at boot', 'async function start() {\n  await list()\n}\nawait start()'],
    ['called where it stands', 'await (async () => {\n  await list()\n})()'],
    ['not async', "app.get('/', (req, res) => list().then((users) => res.json(users)))"],
    ['a generator', "async function* all() {\n  yield list()\n}\napp.get('/', async () => all())"],
    ['a use while it is loaded', "app.get('/', async () => list())\nfind()"],
    ['a use in a sync function', "app.get('/', async () => list())\napp.get('/2', (req, res) => res.json(find()))"],
    ['a default of a parameter', "app.get('/', async (req, res, next, users = list()) => find(users))"],
    ['exported again', "export { list }\napp.get('/', async () => list())"],
    ['a class field', "class Jobs {\n  users = find()\n}\napp.get('/', async () => list(new Jobs()))"],
    [
      'a signal',
      "const stop = async () => {\n  await null\n  find()\n}\nfor (const name of ['SIGTERM', 'SIGINT']) process.on(name, stop)",
    ],
    ['an unknown function takes it', "import { make } from 'make'\nmake(async () => list())"],
  ])('not: %s', async (_, statements) => {
    expect(await isDeferred(statements)).toBe(false)
  })

  it('finds the calls in other modules', async () => {
    const users = 'export async function all() {\n  return list()\n}\n'
    const text = `import { list } from './users.js'\n\n${users}`
    const files = {
      'src/server.ts':
        "import express from 'express'\nimport { all } from './index.js'\nexpress().get('/', (req, res) => all())\n",
      'src/index.ts': "export { all } from './all.js'\n",
    }
    const { changed } = await run(
      deferredImports,
      { ...FILES, ...files, 'src/all.ts': text },
      { name: 'express', major: 5 },
    )
    expect(changed['src/all.ts']).toContain("  const { list } = await import('./users.js')\n")
  })
})

describe('a function that a timer or a scheduler calls, and that is not async', () => {
  const job = (code: string): string => `import cron from 'node-cron'
import pino from 'pino'
import { find, list } from './users.js'

const logger = pino()
${code}
`

  it('becomes async', async () => {
    const code = `cron.schedule('30 2 * * *', () => {
  console.log('starts', new Date().toISOString())
  list()
  console.log(\`started \${Date.now()}\`)
})`
    expect(await server(job(code))).toBe(`import cron from 'node-cron'
import pino from 'pino'

const logger = pino()
cron.schedule('30 2 * * *', async () => {
  const { list } = await import('./users.js')
  console.log('starts', new Date().toISOString())
  list()
  console.log(\`started \${Date.now()}\`)
})
`)
  })

  it('gets one keyword for two imports', async () => {
    const files = { 'src/posts.ts': 'export const posts = async () => []\n' }
    const text =
      "import { list } from './users.js'\nimport { posts } from './posts.js'\n\nsetInterval(() => { list(); posts() }, 1000)\n"
    expect(await server(text, files)).toBe(
      "\nsetInterval(async () => { const { list } = await import('./users.js'); const { posts } = await import('./posts.js'); list(); posts() }, 1000)\n",
    )
  })

  it.each([
    ['setInterval(() => list(), 1000)'],
    ['setInterval(function () { void list() }, 1000)'],
    ["setInterval(() => { list('all', 1).catch((error) => console.error(error)) }, 1000)"],
    ["import { CronJob } from 'cron'\nnew CronJob('* * * * *', () => { list() })"],
    ['async function all() { await 0\n  await list() }\nsetInterval(() => { all() }, 1000)'],
  ])('%s', async (code) => {
    expect(await isDeferred(code)).toBe(true)
  })

  it.each([
    ['calls what may throw', 'setInterval(() => { find() }, 1000)'],
    ['calls what may throw beside it', 'setInterval(() => { list(); JSON.parse("") }, 1000)'],
    ['has an argument that may throw', 'setInterval(() => { list(process.env.NAME.trim()) }, 1000)'],
    ['reads what may not be there yet', 'setInterval(() => { list(later) }, 1000)\nconst later = await 1'],
    ['has something else to do with the promise', 'setInterval(() => { list().then().name }, 1000)'],
    ['branches', 'setInterval(() => { if (Math.random() > 0.5) list() }, 1000)'],
    ['keeps something', 'let last\nsetInterval(() => { last = list() }, 1000)'],
    ['is told when it is done', 'setInterval((done) => { list().then(done) }, 1000)'],
    ['is a generator', 'setInterval(function* () { list() }, 1000)'],
    ['is called once, while the server starts', 'setTimeout(() => { list() }, 1000)'],
    [
      'is called by a function of this file',
      'function setInterval(run) { return run().length }\nsetInterval(() => list(), 1000)',
    ],
    ['is called by a package that is not known', "import { every } from 'every'\nevery(() => { list() })"],
    ['is called by an emitter', "emitter.on('user', () => { list() })"],
    ['answers requests', "app.get('/', () => { list() })"],
  ])('stays where it %s', async (_, code) => {
    expect(await isDeferred(code)).toBe(false)
  })
})

describe('functions that call each other', () => {
  const calling = (imports: string, caller: string) => `import express from 'express'
${imports}

async function all(depth) {
  const own = await list()
  return depth > 0 ? await more(depth - 1) : own
}
async function more(depth) {
  posts()
  return await all(depth)
}
const app = express()
app.get('/', async (req, res) => res.json(await all(1)))
${caller}
app.listen(3000)
`
  const IMPORTS = ["import { list } from './users.js'", "import { posts } from './posts.js'"]

  it.each([IMPORTS.join('\n'), [...IMPORTS].reverse().join('\n')])(
    'are all waited for, or none, whichever import comes first:\n%s',
    async (imports) => {
      const waiting = await server(calling(imports, "app.get('/more', async (req, res) => res.json(await more(1)))"))
      expect(waiting).toContain("const { list } = await import('./users.js')")
      const unawaited = "app.get('/more', (req, res) => {\n  more(1)\n  res.end()\n})"
      expect(await server(calling(imports, unawaited))).toBeUndefined()
    },
  )
})

describe('what would be noticed', () => {
  it.each([
    ['kept in the instance', 'this.users = list()'],
    ['kept in an instance that is kept', 'const users = new Map([[1, find]])\n    this.users = users'],
    ['kept in the module', 'cache = list()'],
    ['kept by an object of the module', 'Object.assign(users, { find })'],
    ['kept by a map of the module', "users.set('all', list())"],
    ['kept by a listener', "emitter.on('user', () => find())"],
    ['kept by a timer', 'setInterval(() => find(), 1000)'],
    ['kept by a timer, by its name', 'const tick = () => find()\n    setInterval(tick, 1000)'],
    ['kept by a listener, by its name', "function tick() {\n      find()\n    }\n    emitter.on('user', tick)"],
    ['used in a loop without an end', 'for (;;) await list()'],
    ['returned as it is', 'return find'],
  ])('%s', async (_, statement) => {
    const text = `let cache
const users = new Map()
class Jobs {
  async run() {
    ${statement}
  }
}
const jobs = new Jobs()
app.get('/', async () => jobs.run())`
    expect(await isDeferred(text)).toBe(false)
  })

  it.each([
    ['kept by an object of the call', 'const own = {}\n    Object.assign(own, { find })\n    return own.find()'],
    ['a local', 'const users = await list()\n    return users.length'],
    ['an argument', 'await save(list())'],
    ['a property of what it is given', 'request.users = list()'],
    ['a callback that is called at once', 'return [1].map(() => find())'],
    ['the same by its name', 'const one = () => find()\n    return [1].map(one)'],
    ['used in a loop that ends', 'for (let page = 0; page < 9; page++) await list(page)'],
    ['a callback that is awaited', 'await transaction(async () => find())'],
  ])('not: %s', async (_, statement) => {
    const text = `class Jobs {
  async run(request, save, transaction) {
    ${statement}
  }
}
const jobs = new Jobs()
app.get('/', async () => jobs.run())`
    expect(await isDeferred(text)).toBe(true)
  })

  it.each([
    ['nobody awaits what starts with a call', 'find()', false],
    ['nobody awaits what starts with an await', 'await 0\n  find()', true],
  ])('%s', async (_, statement, deferred) => {
    const text = `async function all() {
  ${statement}
}
app.get('/', (req, res) => {
  all()
  res.end()
})`
    expect(await isDeferred(text)).toBe(deferred)
  })
})

describe('a method', () => {
  const jobs = 'class Jobs {\n  async start() {\n    await list()\n  }\n}\n'
  const mails = 'class Mails {\n  async start() {}\n}\n'

  it.each([
    ['that is called after boot', "app.get('/', async () => new Jobs().start())", true],
    [
      'that is called at boot, beside another of its name',
      "await new Jobs().start()\napp.get('/', async () => new Mails().start())",
      false,
    ],
  ])('%s', async (_, statements, deferred) => {
    expect(await isDeferred(jobs + mails + statements)).toBe(deferred)
  })
})

describe('what a caller stores', () => {
  it.each([
    ['kept ??= await make()', false],
    ['const made = await make()\n  kept = made', false],
    ['const made = await make()\n  res.locals.made = made', true],
  ])('%s', async (statement, deferred) => {
    const text = `let kept
async function make() {
  return find()
}
app.get('/', async (req, res) => {
  ${statement}
  res.json(kept)
})`
    expect(await isDeferred(text)).toBe(deferred)
  })
})

describe('a handler of a WebSocket', () => {
  it.each([
    ['{ websocket: true }', false],
    ['{ logLevel: "warn" }', true],
  ])('with %s', async (options, deferred) => {
    const text = `import Fastify from 'fastify'
import { find } from './users.js'

const app = Fastify()
app.get('/', ${options}, async (socket) => {
  socket.on('message', () => {})
  await find()
})
await app.listen({ port: 3000 })
`
    const { changed } = await run(deferredImports, { ...FILES, 'src/server.ts': text }, { name: 'fastify', major: 5 })
    expect(changed['src/server.ts'] !== undefined).toBe(deferred)
  })
})

/** Whether a function that counts its calls, and then calls `find`, imports it. */
const isCountDeferred = (statements: string, files: Files = {}): Promise<boolean> =>
  isDeferred(`const seen = { n: 0 }\nasync function count() {\n  seen.n++\n  find()\n}\n${statements}`, files)

describe('what starts before the caller goes on', () => {
  const awaited = "app.get('/1', async (req, res) => {\n  await count()\n  res.json(seen)\n})\n"

  it.each([
    [
      'a call that is not awaited, of a function that awaits it',
      'async function both() {\n  await count()\n}\n',
      'both()',
      false,
    ],
    ['the same, of one that returns it', 'function both() {\n  return count()\n}\n', 'both()', false],
    [
      'the same, of one that waits before',
      'async function both() {\n  await null\n  await count()\n}\n',
      'both()',
      true,
    ],
    ['what it is handed to', 'const call = (given) => given()\n', 'call(count)', false],
  ])('%s', async (_, declared, call, deferred) => {
    const unawaited = `app.get('/2', (req, res) => {\n  ${call}\n  res.json(seen)\n})`
    expect(await isCountDeferred(awaited + declared + unawaited)).toBe(deferred)
  })

  it.each([
    ['taken out of its object', "const { all } = jobs\napp.get('/2', (req, res) => res.json([all(), seen.n]))", false],
    ['another member', "const { other } = jobs\napp.get('/2', (req, res) => res.json([other(), seen.n]))", true],
  ])('a method that is %s', async (_, statements, deferred) => {
    const jobs = 'const seen = { n: 0 }\nconst jobs = {\n  async all() {\n    seen.n++\n    find()\n  },\n}\n'
    expect(await isDeferred(`${jobs}app.get('/1', async () => jobs.all())\n${statements}`)).toBe(deferred)
  })

  it.each([
    ['goes on', 'const done = this.all()\n    this.ran = true\n    return done', false],
    ['waits', 'return this.all()', true],
  ])('a method that the class it extends calls, and %s', async (_, body, deferred) => {
    const files = { 'src/base.ts': `export class Base {\n  run() {\n    ${body}\n  }\n}\n` }
    const jobs = `import { Base } from './base.js'
class Jobs extends Base {
  async all() {
    this.count++
    find()
  }
}
const jobs = new Jobs()
app.get('/', async () => [await jobs.all(), await jobs.run()])`
    expect(await isDeferred(jobs, files)).toBe(deferred)
  })

  it.each([
    ['goes on after', 'next()\n  seen.n = 0', false],
    ['ends with', 'seen.n = 0\n  next()', true],
  ])('a middleware that %s next()', async (_, body, deferred) => {
    const middleware = `app.use((req, res, next) => {\n  ${body}\n})\n`
    const handler = "const handler = async (req, res) => res.json([seen.n, await count()])\napp.get('/', handler)"
    expect(await isCountDeferred(middleware + handler)).toBe(deferred)
  })
})

describe('the target', () => {
  const handler = "app.get('/', async () => list())"

  it.each([
    [
      'is imported statically elsewhere',
      { 'src/all.ts': "import { list } from './users.js'\nlist()\n" },
      "import './all.js'\n",
    ],
    [
      'assigns to the export again',
      { 'src/users.ts': 'export let list = () => []\nexport const find = () => (list = () => [])\n' },
      '',
    ],
    [
      'makes a server',
      {
        'src/users.ts':
          "import { createServer } from 'node:http'\nexport const list = () => []\nexport const find = list\ncreateServer().listen(1)\n",
      },
      '',
    ],
    [
      'has a `then`',
      { 'src/users.ts': 'export const list = () => []\nexport const find = list\nexport const then = list\n' },
      '',
    ],
  ])('%s', async (_, files, more) => {
    expect(await isDeferred(more + handler, files)).toBe(false)
  })

  it('is loaded at boot too, where loading it does something', async () => {
    const files = { 'src/users.ts': "console.log('users')\nexport const list = () => []\nexport const find = list\n" }
    const text =
      "import express from 'express'\nimport { list } from './users.js'\n\nexpress().get('/', async () => list())\n"
    expect(await server(text, files)).toBe(`import express from 'express'
const users = () => import('./users.js')
await users()

express().get('/', async () => {
  const { list } = await users()
  return list()
})
`)
  })

  it.each([
    ['{ "extends": "@adonisjs/tsconfig/tsconfig.app.json" }', true],
    ['{ "extends": "@other/tsconfig/tsconfig.app.json" }', false],
    ['{ "extends": "@adonisjs/tsconfig/tsconfig.app.json", "compilerOptions": { "module": "CommonJS" } }', false],
  ])(
    'is loaded at boot too, with a tsconfig.json that extends what is not installed: %s',
    async (tsconfig, deferred) => {
      const users = "console.log('users')\nexport const list = () => []\nexport const find = list\n"
      const files = { 'src/users.ts': users, 'tsconfig.json': tsconfig }
      expect(await isDeferred("app.get('/', async () => list())", files)).toBe(deferred)
    },
  )

  it('is left where a hot module has it already', async () => {
    const files = {
      'src/users.ts':
        "import { posts } from './posts.js'\nexport const list = async () => posts()\nexport const find = list\n",
    }
    const { changed } = await run(
      deferredImports,
      {
        ...FILES,
        ...files,
        'src/server.ts':
          "import express from 'express'\nimport { list } from './users.js'\nexpress().get('/', async () => list())\n",
      },
      { name: 'express', major: 5 },
    )
    expect(Object.keys(changed)).toEqual(['src/server.ts'])
  })
})

describe('a method that the project calls by the class it extends', () => {
  const base = `export abstract class BaseJob {
  abstract run(): Promise<void>
}
export interface JobConfig {
  readonly expression: string
  readonly job: BaseJob
}
`
  const job = `import { BaseJob } from './base.js'
import { schedule } from './schedule.js'
class Users extends BaseJob {
  async run() {
    await list()
  }
}
schedule({ expression: '* * * * *', job: new Users() })`

  it.each([
    ['in a callback of a scheduler', 'new CronJob(config.expression, async () => await config.job.run())', true],
    ['in place of it', 'void config.job.run()', false],
    ['of something else', 'new CronJob(config.expression, async () => await config.expression.run())', false],
    ['of a type that is not known', 'new CronJob(config.expression, async () => await config.other.run())', false],
    [
      'of a type that is not known, at boot too',
      'new CronJob(config.expression, async () => await config.job.run())\n  return [config].map(({ job }) => job).map((job) => job.run())',
      false,
    ],
  ])('%s', async (_, statement, deferred) => {
    const schedule = `import { CronJob } from 'cron'
import type { JobConfig } from './base.js'
export function schedule(config: JobConfig) {
  ${statement}
}
`
    expect(await isDeferred(job, { 'src/base.ts': base, 'src/schedule.ts': schedule })).toBe(deferred)
  })

  it('and by its name at boot', async () => {
    const schedule = `import { CronJob } from 'cron'
import type { JobConfig } from './base.js'
export function schedule({ expression }: JobConfig, config: JobConfig = { expression, job: other }) {
  new CronJob(expression, async () => await config.job.run())
}
`
    const files = { 'src/base.ts': base, 'src/schedule.ts': schedule }
    expect(await isDeferred(job, files)).toBe(true)
    expect(await isDeferred(`${job}\nawait new Users().run()`, files)).toBe(false)
  })
})

describe('a listener of a socket', () => {
  const MODEL = `import { BaseModel } from '@adonisjs/lucid/orm'
export default class User extends BaseModel {
  static table = 'users'
}
`
  const SOCKETS = `import { Server, Socket } from 'socket.io'
import User from './user.js'

async function join(socket: Socket, token: string, ack?: any) {
  if (!token) {
    answer(ack, { ok: false })
    return
  }
  const user = await User.query().where('token', token).first()
  await socket.join(room(token))
  answer(ack, { ok: true, id: user.id })
}
const answer = (ack, payload) => {
  if (typeof ack === 'function') ack(payload)
}
const room = (token) => \`room/\${token}\`

const io = new Server(3000)
io.on('connection', (socket) => {
  socket.on('join', async ({ token }, ack) => {
    try {
      await join(socket, token, ack)
    } catch (error) {
      console.error(error)
      answer(ack, { ok: false })
    }
  })
  socket.on('leave', async ({ token }, ack) => {
    await socket.leave(room(token))
    answer(ack, { ok: true })
  })
})
`

  const isJoinDeferred = async (text: string, files: Files = {}): Promise<boolean> => {
    const all = { ...FILES, 'src/user.ts': MODEL, 'src/server.ts': text, ...files }
    const { changed } = await run(deferredImports, all, { name: 'express', major: 5 })
    return changed['src/server.ts'] !== undefined
  }

  it('may start later where none does more than answer, ask for a row, and use its socket', async () => {
    expect(await isJoinDeferred(SOCKETS)).toBe(true)
  })

  it.each([
    ['counts', 'if (!token) {', 'seen.add(token)\n  if (!token) {'],
    ['assigns', 'if (!token) {', 'socket.data.token = token\n  if (!token) {'],
    ['reads what changes', 'if (!token) {', 'if (!token || socket.data.done) {'],
    ['uses its socket', 'if (!token) {', 'socket.join(room(token))\n  if (!token) {'],
    ['writes', ".where('token', token).first()", ".where('token', token).update({ seen: true })"],
    ['asks what a function says', ".where('token', token)", '.where((query) => query.where(seen))'],
    ['is not awaited', 'await join(socket', 'join(socket'],
    ['answers with what the module keeps', 'answer(ack, { ok: false })\n    return', 'answer(ack, { io })\n    return'],
    ['is closed', "'join', async", "'disconnecting', async"],
    ['is no socket', "from 'socket.io'", "from './emitter.js'"],
    ['is beside one that writes', 'await socket.leave(', 'await User.create({ token })\n    await socket.leave('],
    ['is beside one that calls what is not known', 'await socket.leave(', 'await save(token)\n    await socket.leave('],
    ['is beside one that assigns', 'await socket.leave(', 'io.last = token\n    await socket.leave('],
    ['is beside one that is not known', "socket.on('leave'", "socket.on('left', left)\n  socket.on('leave'"],
    ['is beside what has the socket', "socket.on('leave'", "register(socket)\n  socket.on('leave'"],
    ['is beside what stores the socket', "socket.on('leave'", "io.one = socket\n  socket.on('leave'"],
    ['answers by a function of the module', 'answer(ack, { ok: false })\n    return', 'answer(save, {})\n    return'],
  ])('not where it %s', async (_, before, after) => {
    const text = SOCKETS.replace(before, after)
    expect(text).not.toBe(SOCKETS)
    expect(await isJoinDeferred(text)).toBe(false)
  })

  it.each([
    ['has a hook for it', MODEL.replace('static table', '@beforeFind() static count() {}\n  static table')],
    ['asks otherwise', MODEL.replace('static table', 'static query() {}\n  static table')],
    ['extends another', MODEL.replace("'@adonisjs/lucid/orm'", "'./base.js'")],
  ])('not where the model %s', async (_, model) => {
    expect(await isJoinDeferred(SOCKETS, { 'src/user.ts': model })).toBe(false)
  })

  it('not of the server, which emits by itself', async () => {
    const text = SOCKETS.replace(
      /io\.on\('connection'[\s\S]*$/,
      (rest) => `function start(io: Server) {\n${rest}}\nstart(io)\n`,
    )
    expect(await isJoinDeferred(text)).toBe(true)
    expect(await isJoinDeferred(text.replace("socket.on('join'", "io.on('join'"))).toBe(false)
  })

  it('not where another module has sockets that do more', async () => {
    const other = "import { io } from './server.js'\nio.on('connection', (socket) => socket.on('save', () => save()))\n"
    expect(await isJoinDeferred(`import './other.js'\n${SOCKETS}`, { 'src/other.ts': other })).toBe(false)
    expect(await isJoinDeferred(`import './other.js'\n${SOCKETS}`, { 'src/other.ts': 'export {}\n' })).toBe(true)
  })
})

describe('a method that a package waits for', () => {
  const guard = (type: string, from: string, more = ''): string => `import type { ${type} } from '${from}'
import { seen } from './seen.js'
export class Guard implements ${type} {
  async authenticate() {
    seen.add(this)
    return await find()
  }
}
${more}`

  it.each([
    ['of a guard', guard('GuardContract', '@adonisjs/auth/types'), true],
    ['of another interface', guard('GuardContract', '@other/auth/types'), false],
    ['of another interface of it', guard('Authenticators', '@adonisjs/auth/types'), false],
    [
      'that the project calls too, and waits for',
      guard('GuardContract', '@adonisjs/auth/types', "app.use((req, res, next) => req.auth.use('web').authenticate())"),
      true,
    ],
    [
      'that the project calls too, and goes on',
      guard('GuardContract', '@adonisjs/auth/types', 'app.use((req) => void req.auth.authenticate())'),
      false,
    ],
    ['which is static', guard('GuardContract', '@adonisjs/auth/types').replace('async', 'static async'), false],
    [
      'of a mail',
      "import { BaseMail } from '@adonisjs/mail'\nexport class Mail extends BaseMail {\n  async prepare() {\n    await list()\n  }\n}",
      true,
    ],
    [
      'of what calls itself a mail',
      "import { BaseMail } from './mail.js'\nexport class Mail extends BaseMail {\n  async prepare() {\n    await list()\n  }\n}",
      false,
    ],
  ])('%s', async (_, statements, deferred) => {
    const files = { 'src/seen.ts': 'export const seen = new Set()\n', 'src/mail.ts': 'export class BaseMail {}\n' }
    expect(await isDeferred(statements, files)).toBe(deferred)
  })
})

describe('a method of a class that another process makes', () => {
  const JOB = `import { find, list } from './users.js'

export class SendMail {
  static count = 0
  static dispatch() {
    return this.count
  }
  async handle() {
    await this.send(await find())
  }
  async send(user) {
    await list(user)
  }
}
`
  const WORKER =
    "import { SendMail } from '../src/jobs.js'\nconst jobs = new Map([['mail', new SendMail()]])\nexport const work = async (name) => await jobs.get(name).handle()\n"
  const SERVER = `import express from 'express'
import { SendMail } from './jobs.js'

express().get('/', (req, res) => res.json(SendMail.dispatch())).listen(3000)
`

  async function jobs(files: Files): Promise<string | undefined> {
    const { changed } = await run(
      deferredImports,
      { ...FILES, 'src/server.ts': SERVER, 'src/jobs.ts': JOB, 'scripts/work.ts': WORKER, ...files },
      { name: 'express', major: 5 },
    )
    return changed['src/jobs.ts']
  }

  it('is deferred: the server never calls it, and the other process waits for it', async () => {
    expect(await jobs({})).toBe(
      JOB.replace("import { find, list } from './users.js'\n", '')
        .replace('  async handle() {\n', "$&    const { find } = await import('./users.js')\n")
        .replace('  async send(user) {\n', "$&    const { list } = await import('./users.js')\n"),
    )
  })

  it.each([
    [
      'by an import() whose names are taken out',
      "const { SendMail } = await import('./jobs.js')\n  SendMail.dispatch()",
    ],
    ['by an import() whose member is read', "(await import('./jobs.js')).SendMail.dispatch()"],
    ['by a type', 'const nothing: SendMail | undefined = undefined\n  void nothing'],
  ])('is deferred where the server uses the class %s', async (_, statement) => {
    const text = `${SERVER}export const later = async () => {\n  ${statement}\n}\n`
    expect(await jobs({ 'src/server.ts': text })).toContain('const { find } = await import(')
  })

  it('is deferred where a barrel exports the class again', async () => {
    const files = {
      'src/all.ts': "export { SendMail as Mail } from './jobs.js'\n",
      'src/server.ts': SERVER.replace("{ SendMail } from './jobs.js'", "{ Mail } from './all.js'").replace(
        'SendMail.dispatch',
        'Mail.dispatch',
      ),
    }
    expect(await jobs(files)).toContain('const { find } = await import(')
    const made = files['src/server.ts'].replace('Mail.dispatch()', 'new Mail().handle()')
    expect(await jobs({ ...files, 'src/server.ts': made })).toBeUndefined()
  })

  it.each<[string, Files]>([
    ['the server hands the class on', { 'src/server.ts': `${SERVER}register(SendMail)\n` }],
    ['the server keeps an instance', { 'src/server.ts': `${SERVER}export const job = new SendMail()\n` }],
    ['the server extends the class', { 'src/server.ts': `${SERVER}export class Later extends SendMail {}\n` }],
    [
      'the server hands the module on',
      { 'src/server.ts': `import * as jobs from './jobs.js'\n${SERVER}register(jobs)\n` },
    ],
    ['the server hands an import() on', { 'src/server.ts': `${SERVER}register(import('./jobs.js'))\n` }],
    ['the server imports what is computed', { 'src/server.ts': `${SERVER}register(await import(process.env.JOB))\n` }],
    ['a static member makes one', { 'src/jobs.ts': JOB.replace('return this.count', 'return new this()') }],
    ['a static member gives the class away', { 'src/jobs.ts': JOB.replace('this.count', 'register(this)') }],
    ['its module makes one', { 'src/jobs.ts': `${JOB}export const job = new SendMail()\n` }],
    ['a package may make it', { 'src/jobs.ts': JOB.replace('class SendMail', 'class SendMail extends Job') }],
    ['it is decorated', { 'src/jobs.ts': JOB.replace('export class', '@job()\nexport class') }],
    [
      'the server starts what makes one',
      {
        'src/server.ts': `${SERVER}export const worker = fork('./scripts/work.js')\n`,
      },
    ],
    ['the other process goes on', { 'scripts/work.ts': WORKER.replace('await jobs', 'void jobs') }],
    [
      'no other process is known',
      { 'scripts/work.ts': WORKER.replace('SendMail }', 'Other }').replace('SendMail()', 'Other()') },
    ],
  ])('stays where %s', async (_, files) => {
    expect(await jobs(files)).toBeUndefined()
  })
})
