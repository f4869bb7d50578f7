import { describe, expect, it } from 'vitest'
import { appBoundary } from '../../codemods/app-boundary.ts'
import { run } from '../codemods/run.ts'

type Files = Readonly<Record<string, string>>

/** Whether the module of the application closes it; undefined where there is none. */
async function closed(files: Files, app = ''): Promise<boolean | undefined> {
  const text = `import Fastify from 'fastify'
import redis from '@fastify/redis'
import plugin from './plugin.js'
const app = Fastify()
app.register(plugin)
${app}
await app.listen()
`
  const manifest = {
    name: 'app',
    type: 'module',
    scripts: { dev: 'node src/server.js' },
    dependencies: { fastify: '^5.0.0' },
  }
  const { changed } = await run(
    appBoundary,
    { 'package.json': JSON.stringify(manifest), 'src/server.js': text, ...files },
    { name: 'fastify', major: 5 },
  )
  return changed['src/app.js']?.endsWith(
    '\n\nimport.meta.hot?.dispose(() => { if (!app.server.listening) app.close() })\n',
  )
}

const plugin = (body: string, imports = ''): Files => ({
  'src/plugin.js': `import fp from 'fastify-plugin'
import pg from 'pg'
${imports}
const { Pool } = pg
export default fp(async (fastify, opts) => {
  ${body}
})
`,
  'src/db.js': "import knex from 'knex'\nexport const db = knex({})\nexport const close = () => db.destroy()\n",
  'src/config.js': 'export const config = { url: process.env.URL }\n',
})

const DB = "import { db } from './db.js'"
const END = "fastify.addHook('onClose', async (instance) => { await instance.db.end() })"

describe('the application of before is closed', () => {
  it.each([
    ['what the plugin decorates with', `fastify.decorate('db', new Pool(opts))\n${END}`, ''],
    ['a constant of the plugin', "const db = new Pool()\nfastify.addHook('onClose', () => db.end())", ''],
    [
      'both, compared',
      "const db = new Pool()\nfastify.decorate('db', db).addHook('onClose', async (instance) => { if (instance.db === db) await instance.db.end() })",
      '',
    ],
    [
      'what is made of something new',
      `const dialect = new PostgresDialect({ pool: new Pool(opts) })\nfastify.decorate('db', new Kysely({ dialect }))\n${END}`,
      "import { Kysely, PostgresDialect } from 'kysely'",
    ],
    [
      'knex, with options',
      `fastify.decorate('db', knex({ client: 'pg', connection: { host: fastify.config.HOST, port: config.port } }))\n${END}`,
      "import knex from 'knex'\nimport { config } from './config.js'",
    ],
    [
      'a log',
      "const db = new Pool()\nfastify.addHook('onClose', async (i) => { i.log.info('bye'); await db.end() })",
      '',
    ],
    [
      'a hook with done',
      "const db = new Pool()\nfastify.addHook('onClose', (i, done) => { db.end().then(() => done(), done) })",
      '',
    ],
  ])('where its hooks end %s', async (_, body, imports) => {
    expect(await closed(plugin(body, imports))).toBe(true)
  })

  it('where a plugin connects', async () => {
    const text = plugin('await fastify.register(redis, { host: "a" })', "import redis from '@fastify/redis'")
    expect(await closed(text)).toBe(true)
  })

  it('by what its own module made', async () => {
    expect(
      await closed(plugin(''), "const cache = new redis.Redis()\napp.addHook('onClose', () => cache.quit())"),
    ).toBe(true)
  })
})

describe('it is not', () => {
  it.each([
    ['what a module keeps', "fastify.addHook('onClose', () => db.destroy())", DB],
    [
      'what a function of the project closes',
      "fastify.addHook('onClose', () => close())",
      "import { close } from './db.js'",
    ],
    ['a function of the project', "fastify.addHook('onClose', close)", "import { close } from './db.js'"],
    ['what a module keeps, as a decorator', `fastify.decorate('db', db)\n${END}`, DB],
    ['what a module keeps, as a constant', "const own = db\nfastify.addHook('onClose', () => own.destroy())", DB],
    ['what the plugin is handed', "fastify.addHook('onClose', () => opts.db.end())", ''],
    [
      'what wraps something that it is handed',
      `fastify.decorate('db', new Kysely({ dialect: opts.dialect }))\n${END}`,
      "import { Kysely } from 'kysely'",
    ],
    [
      'what wraps something of a module',
      `fastify.decorate('db', new PrismaClient({ adapter: db }))\n${END}`,
      `${DB}\nimport { PrismaClient } from '@prisma/client'`,
    ],
    [
      'what wraps something of a module, short',
      `fastify.decorate('db', new Redlock([db]))\n${END}`,
      `${DB}\nimport Redlock from 'redlock'`,
    ],
    [
      'what a function of the project makes',
      `fastify.decorate('db', make())\n${END}`,
      "import { close as make } from './db.js'",
    ],
    [
      'what mongoose has for all',
      "const own = await mongoose.connect('a')\nfastify.addHook('onClose', () => own.disconnect())",
      "import mongoose from 'mongoose'",
    ],
    ['what is decorated elsewhere', END, ''],
    ['what is assigned again', "let own = new Pool()\nfastify.addHook('onClose', () => own.end())", ''],
    ['the instance, handed on', "fastify.addHook('onClose', (instance) => stop(instance))\nfunction stop() {}", ''],
    ['by this', "fastify.addHook('onClose', function () { return this.db.end() })", ''],
    ['a constant of another module', "fastify.addHook('onClose', () => pool.end())", 'const pool = new pg.Pool()'],
    ['the process', "fastify.addHook('onClose', () => process.exit())", ''],
    ['nothing', '', ''],
  ])('where its hooks end %s', async (_, body, imports) => {
    // A suggestion where it opens connections that would stay.
    expect(await closed(plugin(body, imports))).not.toBe(true)
  })

  it.each(['@fastify/awilix', 'fastify-mongoose', 'mercurius', 'fastify-metrics'])('beside %s', async (name) => {
    const text = plugin('fastify.register(redis)', `import redis from '@fastify/redis'\nimport other from '${name}'`)
    // A suggestion.
    expect(await closed(text)).toBeUndefined()
  })

  it('where only a run could tell what is loaded', async () => {
    const text = plugin(
      "await import(new URL(opts.name, import.meta.url).href)\nconst own = new Pool()\nfastify.addHook('onClose', () => own.end())",
    )
    expect(await closed(text)).toBe(true)
    const route = "export default (app) => { app.addHook('onClose', () => process.exit()) }\n"
    expect(await closed({ ...text, 'src/routes/one.js': route })).toBeUndefined()
  })
})
