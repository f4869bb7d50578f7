import { describe, expect, it } from 'vitest'
import { appBoundary } from '../../codemods/app-boundary.ts'
import { createFileTree } from '../../src/edits/tree.ts'
import { planLevel } from '../../src/lazy/levels.ts'
import { readProject } from '../../src/project/open.ts'
import { directoryWith, run, type Result } from './run.ts'

type Files = Readonly<Record<string, string>>

const PACKAGE = JSON.stringify({ name: 'app', type: 'module', scripts: { dev: 'tsx src/server.ts' } })
const EXPRESS_APP =
  "import express from 'express'\n\nexport const app = express()\napp.get('/', (req, res) => res.send('ok'))\n"

const withPackage = (files: Files): Files => ({ 'package.json': PACKAGE, ...files })
const express = (files: Files, major = 5): Promise<Result> =>
  run(appBoundary, withPackage({ 'src/app.ts': EXPRESS_APP, ...files }), { name: 'express', major })

/** The new text of src/server.ts; undefined where it stays. */
async function server(text: string, files: Files = {}, major = 5): Promise<string | undefined> {
  return (await express({ 'src/server.ts': text, ...files }, major)).changed['src/server.ts']
}

describe('Express', () => {
  it('listens with a server of node:http', async () => {
    expect(await server("import { app } from './app.js'\nconst server = app.listen(3000)\n")).toBe(
      `import { createServer } from 'node:http'
const server = createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)
`,
    )
  })

  it('takes a default export', async () => {
    const files = { 'src/app.ts': "import express from 'express'\nconst app = express()\nexport default app\n" }
    expect(await server("import app from './app.js'\napp.listen(3000)\n", files)).toContain(
      "try { (await import('./app.js')).default(req, res) }",
    )
  })

  it('keeps what listens, in a function too, and indents by it', async () => {
    const text = `import { app } from './app.js';
import { connect } from './db.js';

async function start() {
    await connect();
    app.listen(3000, '0.0.0.0', () => console.log('listening'));
}

start();
`
    const after = `import { createServer } from 'node:http';
import { connect } from './db.js';

async function start() {
    await connect();
    createServer(async (req, res) => {
        try { (await import('./app.js')).app(req, res); }
        catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end(); }
    }).listen(3000, '0.0.0.0', () => console.log('listening'));
}

start();
`
    expect(await server(text, { 'src/db.ts': 'export const connect = async () => {}\n' })).toBe(after)
  })

  it('uses the createServer that is imported', async () => {
    const text = "import http from 'node:http'\nimport { app } from './app.js'\nhttp.createServer(app).listen(3000)\n"
    expect(await server(text)).toBe(`import http from 'node:http'
http.createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)
`)
  })

  it('takes the server of https, and the options before the application', async () => {
    const text =
      "import { createServer } from 'node:https'\nimport { app } from './app.js'\nconst key = ''\ncreateServer({ key }, app).listen(443)\n"
    expect(await server(text)).toContain(
      "createServer({ key }, async (req, res) => {\n  try { (await import('./app.js'))",
    )
  })

  it('calls createServer otherwise where the name is taken', async () => {
    const text = "import { app } from './app.js'\nconst createServer = () => app.listen(3000)\ncreateServer()\n"
    expect(await server(text)).toContain(
      "import { createServer as createHttpServer } from 'node:http'\nconst createServer = () => createHttpServer(async",
    )
  })

  it('imports the application for two servers by one constant', async () => {
    const text =
      "import { createServer } from 'node:http'\nimport { app } from './app.js'\ncreateServer(app).listen(80)\ncreateServer(app).listen(81)\n"
    const after = await server(text)
    expect(after).toContain("const loadApp = () => import('./app.js')\n")
    expect(after?.match(/try \{ \(await loadApp\(\)\)\.app\(req, res\) \}/g)).toHaveLength(2)
  })

  it('rewrites a type import beside it, and is left where that one has to stay', async () => {
    const text =
      "import type { App } from './app.js'\nimport { app } from './app.js'\nexport type Mine = App\napp.listen(3000)\n"
    expect(await server(text)).toMatch(/^type App = import\('\.\/app\.js'\)\.App\n/)
    expect(await server(text.replace('{ App }', '{ App /* of Express */ }'))).toBeUndefined()
    expect(await server(text.replace("'./app.js'", "'./app.js' with { mode: 'import' }"))).toBeUndefined()
  })

  it('keeps the type of the application', async () => {
    const text = "import { app } from './app.js'\nexport type App = typeof app\napp.listen(3000)\n"
    expect(await server(text)).toContain("export type App = (typeof import('./app.js'))['app']\n")
  })

  it('follows the factory that a module makes the application with', async () => {
    const files = {
      'src/app.ts': "import { createApp } from './create-app.js'\nexport const app = createApp()\n",
      'src/create-app.ts':
        "import express from 'express'\nexport function createApp() {\n  const app = express()\n  return app\n}\n",
    }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toContain('createServer(async')
  })

  it('does the same on Express 4', async () => {
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", {}, 4)).toContain('createServer(async')
  })

  it('says what a listen error does on Express 5', async () => {
    const text = "import { app } from './app.js'\napp.listen(3000, () => {})\n"
    const { notes } = await express({ 'src/server.ts': text })
    expect(notes[1]).toBe(
      'info src/server.ts:1 Express 5 calls the callback of `app.listen()` when the port cannot be had, too. The server of node:http emits `error` instead, which ends the process where nothing listens to it.',
    )
  })

  it.each([
    ['nothing of it without a callback', 'app.listen(3000)', 5],
    ['nothing of it on Express 4', 'app.listen(3000, () => {})', 4],
  ])('says %s', async (_, call, major) => {
    const { notes } = await express({ 'src/server.ts': `import { app } from './app.js'\n${call}\n` }, major)
    expect(notes).toHaveLength(1)
  })
})

describe('what is loaded at boot', () => {
  const ENTRY = "import { app } from './app.js'\napp.listen(3000)\n"
  const PRELOADED = `import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
await loadApp()
createServer(async (req, res) => {
  try { (await loadApp()).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)
`

  it.each([
    ['validates the environment', "import { z } from 'zod'\nexport const env = z.object({}).parse(process.env)\n"],
    ['registers a model', "import mongoose from 'mongoose'\nexport const env = mongoose.model('User', {})\n"],
    ['imports a package for its effect', "import 'dotenv/config'\nexport const env = process.env\n"],
    ['waits', 'export const env = await Promise.resolve({})\n'],
    ['throws', "if (!process.env.SECRET) throw new Error('SECRET is missing')\nexport const env = {}\n"],
  ])('stays loaded at boot where it %s', async (_, text) => {
    const app = `import express from 'express'\nimport { env } from './env.js'\nexport const app = express()\napp.locals.env = env\n`
    expect(await server(ENTRY, { 'src/app.ts': app, 'src/env.ts': text })).toBe(PRELOADED)
  })

  it('is left to the first request where it only declares', async () => {
    const app =
      "import express from 'express'\nimport cors from 'cors'\nimport { users } from './users.js'\nexport const app = express()\napp.set('trust proxy', 1)\napp.use(cors(), express.json({ limit: '1mb' }))\napp.use('/users', users)\n"
    const users =
      "import { Router } from 'express'\nexport const users = Router()\nconst cache = new Map<string, string>()\nusers.get('/', (req, res) => res.json([...cache]))\n"
    expect(await server(ENTRY, { 'src/app.ts': app, 'src/users.ts': users })).not.toContain('await loadApp()')
  })

  it('counts what the entry loads itself as loaded', async () => {
    const env = "import 'dotenv/config'\nexport const env = process.env\n"
    const app = "import express from 'express'\nimport './env.js'\nexport const app = express()\n"
    const text = "import { env } from './env.js'\nimport { app } from './app.js'\napp.listen(env.PORT)\n"
    expect(await server(text, { 'src/app.ts': app, 'src/env.ts': env })).not.toContain('await loadApp()')
  })

  it('comes before what stands below it in the file for its order', async () => {
    const app = "import express from 'express'\nimport './env.js'\nexport const app = express()\n"
    const text = "import { app } from './app.js'\nimport './metrics.js'\napp.listen(3000)\n"
    const files = {
      'src/app.ts': app,
      'src/env.ts': "import 'dotenv/config'\n",
      'src/metrics.ts': "process.title = 'app'\n",
    }
    expect(await server(text, files)).toContain("\nawait loadApp()\nawait import('./metrics.js')\n")
  })

  describe('where TypeScript takes no await at the top of a module', () => {
    const files = {
      'src/app.ts': "import express from 'express'\nimport 'dotenv/config'\nexport const app = express()\n",
      'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'es2020', target: 'es2020' } }),
    }

    it('has what the entry runs wait for it', async () => {
      expect(await server(ENTRY, files)).toBe(`import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
loadApp().then(() => {
  createServer(async (req, res) => {
    try { (await loadApp()).app(req, res) }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
  }).listen(3000)
}).catch((err) => { setImmediate(() => { throw err }) })
`)
    })

    it('keeps the order of all that, comments, functions and the lines of templates', async () => {
      const text = `import { app } from './app.js';

// The port of the deployment.
const port = process.env.PORT;
function banner() {
\treturn \`listening
on \${port}\`;
}

const server = app.listen(port, () => console.log(banner())); // starts

process.on('SIGTERM', () => server.close());
// end
`
      expect(await server(text, files)).toBe(`import { createServer } from 'node:http';
const loadApp = () => import('./app.js');

// The port of the deployment.
loadApp().then(() => {
\tconst port = process.env.PORT;
\tfunction banner() {
\t\treturn \`listening
on \${port}\`;
\t}

\tconst server = createServer(async (req, res) => {
\t\ttry { (await loadApp()).app(req, res); }
\t\tcatch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end(); }
\t}).listen(port, () => console.log(banner())); // starts

\tprocess.on('SIGTERM', () => server.close());
}).catch((err) => { setImmediate(() => { throw err }) });
// end
`)
    })

    it('is needed only for what does something', async () => {
      const app = "import express from 'express'\nexport const app = express()\n"
      expect(await server(ENTRY, { ...files, 'src/app.ts': app })).not.toContain('.then(')
    })

    it.each([
      ['exports something', "import { app } from './app.js'\nexport const server = app.listen(3000)\n", {}],
      [
        'imports later',
        "import { app } from './app.js'\napp.listen(3000)\nimport './metrics.js'\n",
        { 'src/metrics.ts': 'export {}\n' },
      ],
      [
        'has a comment for tools above what would be below another line',
        "import { app } from './app.js'\n// @ts-expect-error no port\napp.listen()\n",
        {},
      ],
      ['waits', "import { app } from './app.js'\nawait null\napp.listen(3000)\n", {}],
      ['is imported', ENTRY, { 'tests/start.test.ts': "import '../src/server.js'\n" }],
      [
        'has what it declares in a type above',
        `import { app } from './app.js'\ntype Server = typeof server\nconst server = app.listen(3000)\n`,
        {},
      ],
      [
        'calls something of its own setImmediate',
        `import { app } from './app.js'\nconst setImmediate = 1\napp.listen(3000)\n`,
        {},
      ],
    ])('is left where the entry %s', async (_, text, more) => {
      expect(await server(text, { ...files, ...more })).toBeUndefined()
    })
  })

  it('runs before the statements of the entry that stand above the import', async () => {
    const app =
      "import express from 'express'\nimport { log } from './log.js'\nexport const app = express()\nlog('app')\n"
    const files = { 'src/app.ts': app, 'src/log.ts': 'export const log = console.log\n' }
    const text = "import { log } from './log.js'\nlog('server')\nimport { app } from './app.js'\napp.listen(3000)\n"
    expect(await server(text, files)).toBe(`import { log } from './log.js'
import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
await loadApp()
log('server')
createServer(async (req, res) => {
  try { (await loadApp()).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)
`)
  })
})

describe('what the entry imports after the application', () => {
  const entry =
    "import { serve } from '@hono/node-server'\nimport { app } from './app.js'\nimport { env } from './env.js'\nserve({ fetch: app.fetch, port: env.PORT })\n"
  const files: Files = {
    'src/server.ts': entry,
    'src/app.ts': `import { Hono } from 'hono'
import { userSchema } from './schema.js'
import { env } from './env.js'

export const app = new Hono()
if (env.STAGE !== 'prod') app.get('/schema', (c) => c.json(Object.keys(userSchema.shape)))
`,
    'src/env.ts': `import { config } from 'dotenv'
import { z } from 'zod'
import { STAGES } from './stages.js'

config()
export const env = z.object({ PORT: z.coerce.number(), STAGE: z.enum(STAGES) }).parse(process.env)
`,
    'src/stages.ts': "export const STAGES = ['dev', 'prod'] as const\n",
    'src/schema.ts': `import { z } from 'zod'
import { STAGES } from './stages.js'

export const userSchema = z.object({ name: z.string() })
const names = [...STAGES].map((name) => name.toUpperCase())
export const list = async () => (await import('./env.js')).env
`,
  }
  const hono = (more: Files): Promise<Result> =>
    run(appBoundary, withPackage({ ...files, ...more }), { name: 'hono', major: 4 })

  it('may come before it where neither could tell', async () => {
    const { changed } = await hono({})
    expect(changed['src/server.ts']).toContain('\nawait loadApp()\n')
  })

  const ORM = (driver: string, line: string): string =>
    `import { z } from 'zod'\nimport { made } from 'drizzle-orm/${driver}'\nexport const userSchema = z.object({})\n${line}\n`

  it('may come before a module that makes tables', async () => {
    const { changed } = await hono({
      'src/schema.ts': ORM('pg-core', "export const users = [made('users')].map(String)"),
    })
    expect(changed['src/server.ts']).toContain('\nawait loadApp()\n')
  })

  it.each([
    ['stays as it is', 'const now = Date.now()\n', "import { env } from './started.js'"],
    ['is replaced', 'Date.now = () => 0\n', "const { env } = await import('./started.js')"],
    [
      'is changed by a function',
      'Object.assign(Date, { now: () => 0 })\n',
      "const { env } = await import('./started.js')",
    ],
  ])('waits for it where a global %s that it reads', async (_, line, expected) => {
    const { changed } = await hono({
      'src/server.ts': entry.replace('./env.js', './started.js'),
      'src/app.ts': `import { Hono } from 'hono'\nimport { userSchema } from './schema.js'\nexport const app = new Hono()\napp.get('/', (c) => c.json(userSchema))\n`,
      'src/schema.ts': `import { z } from 'zod'\nexport const userSchema = z.object({})\n${line}\n`,
      'src/started.ts':
        'const all: number[] = []\nfor (const at of [Date.now()]) all.push(at)\nexport const env = { PORT: all.length }\n',
    })
    expect(changed['src/server.ts']).toContain(`\n${expected}\n`)
  })

  it.each([
    ['a driver may read the environment', ORM('node-postgres', 'export const db = [made()].map((one) => one)')],
    [
      'the environment is read',
      "import { z } from 'zod'\nexport const userSchema = z.object(process.env.STAGE ? {} : {})\n",
    ],
    [
      'a variable of the environment is kept',
      "import { z } from 'zod'\nexport const userSchema = z.object({})\nexport const mode = process.env.STAGE\n",
    ],
    [
      'a function is called that reads the environment',
      "import { z } from 'zod'\nimport { isProd } from './mode.js'\nexport const userSchema = z.object({ prod: z.literal(isProd()) })\n",
    ],
    [
      'a function of its own is called that reads the environment',
      "import { z } from 'zod'\nconst mode = () => process.env.STAGE\nexport const userSchema = z.object({ mode: z.literal(mode() ?? '') })\n",
    ],
    [
      'an array is gone through with the environment',
      "import { z } from 'zod'\nexport const userSchema = z.object({})\nconst all = ['STAGE'].map((name) => z.literal(process.env[name] ?? ''))\n",
    ],
    [
      'a package may read the environment',
      "import { Pool } from 'pg'\nimport { z } from 'zod'\nexport const userSchema = z.object({})\nexport const pool = new Pool()\n",
    ],
    [
      'a package is only loaded that may read it',
      "import pg from 'pg'\nimport { z } from 'zod'\nexport const userSchema = z.object({})\nexport const connect = () => pg.connect()\nconst names = ['a'].map((name) => name)\n",
    ],
    [
      'the package is set up that both call',
      "import { z } from 'zod'\nz.config({ jitless: true })\nexport const userSchema = z.object({})\n",
    ],
    [
      'a prototype is changed',
      "import { z } from 'zod'\nexport const userSchema = z.object({})\nString.prototype.trim = () => ''\n",
    ],
  ])('waits for it where, in a module before it, %s', async (_, schema) => {
    const { changed } = await hono({
      'src/schema.ts': schema,
      'src/mode.ts': "export const isProd = () => process.env.STAGE === 'prod'\n",
    })
    expect(changed['src/server.ts']).toContain("\nawait loadApp()\nconst { env } = await import('./env.js')\n")
  })

  it('waits for it where both have a part in what a third keeps', async () => {
    const names =
      "import { z } from 'zod'\nconst names = new Map()\nexport const named = (name) => names.get(name) ?? names.set(name, z.string()).get(name)\n"
    const { changed } = await hono({
      'src/names.ts': names,
      'src/schema.ts':
        "import { z } from 'zod'\nimport { named } from './names.js'\nexport const userSchema = z.object({ name: named('name') })\n",
      'src/env.ts':
        "import { config } from 'dotenv'\nimport { named } from './names.js'\nconfig()\nexport const env = named('name').parse(process.env)\n",
    })
    expect(changed['src/server.ts']).toContain("\nawait loadApp()\nconst { env } = await import('./env.js')\n")
  })

  const effects: Files = {
    'src/schema.ts':
      "import { z } from 'zod'\nexport const userSchema = z.object({})\nexport const mode = process.env.STAGE\n",
    'src/db.ts': "import pg from 'pg'\nexport default new pg.Pool()\nexport let at = 0\nat += 1\nexport type Db = {}\n",
  }
  it('waits in its order, whatever it imports', async () => {
    const { changed } = await hono({
      ...effects,
      'src/server.ts': `import { serve } from '@hono/node-server';
import { app } from './app.js';
import db, { type Db } from './db.js'; // pool
import * as settings from './env.js';
import './db.js';
import 'dotenv/config';
import pino from 'pino';

export const log = pino();
serve({ fetch: app.fetch, port: settings.env.PORT });
db.connect();
`.replace(', { type Db }', ''),
    })
    expect(changed['src/server.ts']).toBe(`import { serve } from '@hono/node-server';
const loadApp = () => import('./app.js');
await loadApp();
const { default: db } = await import('./db.js'); // pool
const settings = await import('./env.js');
await import('./db.js');
await import('dotenv/config');
import pino from 'pino';

export const log = pino();
serve({ fetch: async (req, env) => (await loadApp()).app.fetch(req, env), port: settings.env.PORT });
db.connect();
`)
  })

  it.each([
    ['has a type that is used', "import db, { type Db } from './db.js'\nlet one: Db = db\n"],
    ['is not used', "import db from './db.js'\n"],
    ['changes what it exports', "import { at } from './db.js'\nsetInterval(() => console.log(at), 1000)\n"],
    ['has a directive above it', "// @ts-expect-error untyped\nimport db from './db.js'\ndb.connect()\n"],
    ['has a comment inside', "import db /* pool */ from './db.js'\ndb.connect()\n"],
    ['comes after what runs', "console.log('start')\nimport db from './db.js'\ndb.connect()\n"],
  ])('keeps the application static where it %s', async (_, later) => {
    const { changed } = await hono({ ...effects, 'src/server.ts': entry.replace('serve({', `${later}serve({`) })
    expect(changed).toEqual({})
  })

  it('keeps the application static where the entry may not await', async () => {
    const { changed } = await hono({ ...effects, 'tsconfig.json': '{"compilerOptions":{"module":"commonjs"}}' })
    expect(changed).toEqual({})
  })

  it('keeps the application static where another module imports the entry', async () => {
    const { changed } = await hono({ ...effects, 'src/server.test.ts': "import './server.js'\n" })
    expect(changed).toEqual({})
  })
})

describe('an application that the entry awaits', () => {
  const env = { 'src/env.ts': 'export const port = 3000\n' }

  it('is loaded where it is awaited, and again for each request', async () => {
    const files = { 'src/app.ts': `${EXPRESS_APP}if (!process.env.SECRET) throw new Error('SECRET')\n` }
    const text = `import dotenv from 'dotenv';
// From .env.
dotenv.config();

// Reads it.
const { app } = await import('./app.js'); // now

const PORT = process.env.PORT || 5000;
app.listen(PORT, () => {
  console.log(PORT);
});
`
    expect(await server(text, files)).toBe(`import dotenv from 'dotenv';
import { createServer } from 'node:http';
// From .env.
dotenv.config();

// Reads it.
const loadApp = () => import('./app.js');
await loadApp(); // now

const PORT = process.env.PORT || 5000;
createServer(async (req, res) => {
  try { (await loadApp()).app(req, res); }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end(); }
}).listen(PORT, () => {
  console.log(PORT);
});
`)
  })

  it('is not loaded before a request where that does nothing', async () => {
    const text = `import { createServer } from 'http'
process.env.TZ = 'UTC'
const app = (await import('./app.js')).app
createServer(app).listen(3000)
`
    expect(await server(text)).toBe(`import { createServer } from 'http'
process.env.TZ = 'UTC'
createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)
`)
  })

  it('goes where only an import has to come', async () => {
    const text = "process.env.TZ = 'UTC'\n// All.\nconst { app } = await import('./app.js')\napp.listen(3000)\n"
    expect(await server(text)).toBe(`import { createServer } from 'node:http'
process.env.TZ = 'UTC'
// All.
createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)
`)
  })

  it.each([
    ['default export', 'const { default: app } = await import', 'export default app'],
    ['member', 'const app = (await import', 'export default app', ').default'],
    ['another name', 'const { server: app } = await import', 'export { app as server }'],
  ])('as a %s', async (_, start, exported, end = '') => {
    const files = { 'src/app.ts': `import express from 'express'\nconst app = express()\n${exported}\n` }
    const text = `console.log(1)\n${start}('./app.js')${end}\napp.listen(3000)\n`
    expect(await server(text, files)).toContain(
      `(await import('./app.js')).${exported.includes('server') ? 'server' : 'default'}(req, res)`,
    )
  })

  it.each([
    [
      'a static import comes after it',
      "const { app } = await import('./app.js')\nimport { port } from './env.js'\napp.listen(port)\n",
    ],
    ['more of the module is used', "const { app, port } = await import('./app.js')\napp.listen(port)\n"],
    [
      'the application is used otherwise',
      "const { app } = await import('./app.js')\napp.set('x', 1)\napp.listen(3000)\n",
    ],
    [
      'the module may be another one',
      "const { app } = await import(process.env.APP ?? './app.js')\napp.listen(3000)\n",
    ],
    ['the name may change', "let { app } = await import('./app.js')\napp.listen(3000)\n"],
    ['a default stands for it', "const { app = undefined } = await import('./app.js')\napp.listen(3000)\n"],
    ['a comment stands inside', "const { app } = await import(/* all */ './app.js')\napp.listen(3000)\n"],
    ['a comment is for the line', "// @ts-expect-error\nconst { app } = await import('./app.js')\napp.listen(3000)\n"],
    ['the module is kept as one', "const app = await import('./app.js')\napp.app.listen(3000)\n"],
  ])('stays where %s', async (_, text) => {
    expect(await server(`console.log(1)\n${text}`, env)).toBeUndefined()
  })

  it('stays where something is added to it', async () => {
    const text =
      "console.log(1)\nconst { app } = await import('./app.js')\napp.get('/x', (req, res) => res.send('x'))\napp.listen(3000)\n"
    expect((await express({ 'src/server.ts': text })).changed).toEqual({})
  })

  it('with the reason where its module keeps it', async () => {
    const files = { 'src/app.ts': `${EXPRESS_APP}const timer = setInterval(() => {}, 1000)\n` }
    const text = "console.log(1)\nconst { app } = await import('./app.js')\napp.listen(3000)\n"
    const project = readProject(
      directoryWith(
        withPackage({
          ...files,
          'src/server.ts': text,
          'package.json': JSON.stringify({
            name: 'app',
            type: 'module',
            scripts: { dev: 'tsx src/server.ts' },
            dependencies: { express: '^5.0.0' },
          }),
        }),
      ),
    )
    const [planned] = planLevel('app', project, createFileTree()).files
    expect(planned?.candidates.map(({ verdict, reason, range }) => [verdict, reason, ...range])).toEqual([
      ['leave', 'resource', 15, 55],
    ])
  })
})

describe('what the module of the application does for the whole server', () => {
  const db = `import mongoose from 'mongoose'
export const connect = async () => {
  await mongoose.connect('mongodb://localhost')
  process.on('SIGINT', () => process.exit(0))
}
`
  const app = `import express from 'express'
import { connect } from './db.js'
import { port } from './env.js'

const app = express()
// Once.
connect().catch((error) => {
  console.error(error, port)
})
app.get('/', (req, res) => res.send(String(port)))

export default app
`
  const env = 'export const port = 3000\n'
  const started = (
    text: string,
    files: Files = {},
    entry = "import app from './app.js';\n\napp.listen(3000);\n",
  ): Promise<Result> =>
    express({ 'src/db.ts': db, 'src/env.ts': env, 'src/app.ts': text, 'src/server.ts': entry, ...files })

  it('is done once, by the entry', async () => {
    expect((await started(app)).changed).toEqual({
      'src/app.ts': `import express from 'express'
import { port } from './env.js'

const app = express()
app.get('/', (req, res) => res.send(String(port)))

export default app
`,
      'src/server.ts': `import { connect } from './db.js';
import { port } from './env.js';
import { createServer } from 'node:http';

// Once.
connect().catch((error) => {
  console.error(error, port)
})

createServer(async (req, res) => {
  try { (await import('./app.js')).default(req, res); }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end(); }
}).listen(3000);
`,
    })
  })

  it('is loaded in its old place too, where what comes before and after it reads what it sets', async () => {
    const files = {
      'src/first.ts': 'export const first = process.env.FIRST\n',
      'src/db.ts': `import dotenv from 'dotenv'\ndotenv.config()\n${db}`,
      'src/env.ts': 'export const port = process.env.PORT\n',
    }
    const { changed } = await started(app.replace('import', "import './first.js'\nimport"), files)
    expect(changed['src/app.ts']).toContain("import './db.js'\nimport { port } from './env.js'\n")
    expect(changed['src/server.ts']).toContain("const { connect } = await import('./db.js');\n")
  })

  it('has the semicolons of the entry', async () => {
    const text = app.replace("'./db.js'", "'./db.js';")
    expect((await started(text)).changed['src/server.ts']).toContain("import { connect } from './db.js';\n")
  })

  it('waits where it waited, and after the application has run', async () => {
    const text = app
      .replace('connect()', 'await connect()')
      .replace('export', "if (!process.env.KEY) throw new Error('KEY')\nexport")
    expect((await started(text)).changed['src/server.ts']).toBe(`import { connect } from './db.js';
import { port } from './env.js';
import { createServer } from 'node:http';
const loadApp = () => import('./app.js');
await loadApp();

// Once.
await connect().catch((error) => {
  console.error(error, port)
})

createServer(async (req, res) => {
  try { (await loadApp()).default(req, res); }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end(); }
}).listen(3000);
`)
  })

  it('of a module in another directory', async () => {
    const files = {
      'src/web/app.ts': app.replace("'./db.js'", "'../db.js'").replace("'./env.js'", "'../env.js'"),
      'src/app.ts': '',
    }
    const { changed } = await started('', files, "import app from './web/app.js'\n\napp.listen(3000)\n")
    expect(changed['src/server.ts']).toContain(
      "import { connect } from './db.js'\nimport { port } from './env.js'\nimport { createServer } from 'node:http'\n\n// Once.\nconnect()",
    )
  })

  it.each<[string, string, Files?, string?]>([
    ['the application is needed for it', app.replace('connect()', 'connect(app)')],
    [
      'a variable of the module is needed for it',
      app.replace('connect()', 'connect(url)').replace('const app', "const url = ''\nconst app"),
    ],
    ['its result is used', app.replace('connect().catch', 'export const done = connect().catch')],
    ['it may set the environment', app, { 'src/db.ts': db.replace('await', "process.env.URL = 'x'\n  await") }],
    [
      'what comes after it in the module uses what it makes',
      app
        .replace('app.get', "mongoose.model('User').find()\napp.get")
        .replace('import', "import mongoose from 'mongoose'\nimport"),
    ],
    ['a test imports the application', app, { 'tests/app.test.ts': "import '../src/app.js'\n" }],
    [
      'the entry has that name for something else',
      app,
      {},
      "import app from './app.js'\nconst connect = 1\napp.listen(connect)\n",
    ],
    [
      'something of the entry runs among its imports',
      app,
      {},
      "import app from './app.js'\nconsole.log(1)\nimport { port } from './env.js'\napp.listen(port)\n",
    ],
    [
      'another module of the entry does something with it at boot',
      app,
      { 'src/other.ts': "import mongoose from 'mongoose'\nmongoose.set('debug', true)\n" },
      "import app from './app.js'\nimport './other.js'\napp.listen(3000)\n",
    ],
    ['it is an import of the place', app.replace('connect().catch', "import('./db.js').then(() => connect()).catch")],
  ])('stays where %s', async (_, text, files = {}, entry) => {
    expect((await started(text, files, entry)).changed).toEqual({})
  })
})

describe('routes that the entry adds', () => {
  const app = `import express, { type Request } from 'express';

const app = express();
app.get('/', (req: Request, res) => res.send('ok'));

export default app;
`
  const entry = `import { Request, Response } from 'express';
import app from './app.js';
import ms from 'ms';

const port = 3000;

// Who is there.
app.get('/user', (req: Request, res: Response) => {
  res.send({ name: 'John', since: ms('1d') });
}); // for now

app.use(function (req, res) { res.status(404).end(); });
app.listen(port, () => console.log(ms(port)));
`
  const added = (files: Files): Promise<Result> => express({ 'src/app.ts': app, 'src/server.ts': entry, ...files })

  it('move to the end of its module, with what they need', async () => {
    const { changed } = await added({})
    expect(changed).toEqual({
      'src/app.ts': `import express, { type Request } from 'express';
import { Response } from 'express';
import ms from 'ms';

const app = express();
app.get('/', (req: Request, res) => res.send('ok'));

// Who is there.
app.get('/user', (req: Request, res: Response) => {
  res.send({ name: 'John', since: ms('1d') });
}); // for now

app.use(function (req, res) { res.status(404).end(); });

export default app;
`,
      'src/server.ts': `import { createServer } from 'node:http';
import ms from 'ms';

const port = 3000;

createServer(async (req, res) => {
  try { (await import('./app.js')).default(req, res); }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end(); }
}).listen(port, () => console.log(ms(port)));
`,
    })
  })

  it.each([
    ['something of the entry', (text: string) => text.replace("ms('1d')", 'port')],
    ['a module of the project', (text: string) => text.replace("from 'ms'", "from './ms.js'")],
    ['a call', (text: string) => text.replace("app.get('/user', (", "app.get('/user', express.json(), (")],
    ['a variable of the environment', (text: string) => text.replace("'/user'", 'process.env.USER_PATH')],
    ['its place', (text: string) => text.replace("ms('1d')", 'import.meta.url')],
    ['a file beside it', (text: string) => text.replace("ms('1d')", "import('./since.js')")],
    ['a setting', (text: string) => text.replace('const port = 3000', "app.set('trust proxy', 1)\nconst port = 3000")],
    ['a value of the application', (text: string) => text.replace('port = 3000', "port = app.get('port')")],
    ['a function that gets it', (text: string) => text.replace('const port', 'routes(app)\nconst port')],
    ['what is waited for', (text: string) => text.replace('const port', 'await null\nconst port')],
    [
      'a place in a function',
      (text: string) => text.replace('app.listen(', "if (port) app.get('/x', () => {})\napp.listen("),
    ],
    [
      'a name that is another there',
      (text: string) => text.replaceAll('ms(', 'structuredClone(').replace('import ms', 'import structuredClone'),
    ],
    ['a global that is a name there', (text: string) => text.replace("ms('1d')", 'structuredClone(1)')],
    [
      'tools that are told from here on',
      (text: string) => text.replace('// Who', '/* eslint-disable no-console */\n// Who'),
    ],
  ])('stay where they need %s', async (_, edit) => {
    const { changed } = await added({
      'src/app.ts': app.replace('const app', "import structuredClone from 'clone'\nconst app"),
      'src/server.ts': edit(entry),
      'src/ms.ts': 'export default (what) => what\n',
    })
    expect(changed).toEqual({})
  })

  it('are not what keeps an application static that connects', () => {
    const connecting = app.replace('const app', "import pg from 'pg';\nexport const pool = new pg.Pool();\nconst app")
    const manifest = JSON.stringify({ ...JSON.parse(PACKAGE), dependencies: { express: '^5.0.0' } })
    const files = { 'package.json': manifest, 'src/app.ts': connecting, 'src/server.ts': entry }
    const { files: planned } = planLevel('app', readProject(directoryWith(files)), createFileTree())
    const reasons = planned.flatMap(({ candidates }) => candidates.map(({ verdict, reason }) => `${verdict} ${reason}`))
    expect(reasons).toEqual(['leave resource'])
  })

  it.each([
    ['a test has the application too', { 'src/app.test.ts': "import app from './app.js'\n" }],
    ['a module adds to it too', { 'src/users.ts': "import app from './app.js'\napp.get('/users', () => {})\n" }],
    [
      'the module is a barrel',
      { 'src/app.ts': "export { app as default } from './main.js'\n", 'src/main.ts': EXPRESS_APP },
    ],
    [
      'it is made elsewhere',
      { 'src/app.ts': "import { make } from './make.js'\nconst app = make()\nexport default app\n" },
    ],
  ])('stay where %s', async (_, files) => {
    const { changed } = await added(files)
    expect(changed).toEqual({})
  })
})

describe('what is added to the application when its module has run', () => {
  const files = {
    'src/server.ts': "import { app } from './app.js'\n\napp.listen(3000)\n",
    'src/routes.ts': `export function addLater(app) {
  ['users'].forEach((name) => import(\`./\${name}.js\`).then((m) => app.use(m.default)))
}
export async function addWhenConnected(app) {
  await connect()
  app.use(() => {})
}
export function add(app) {
  app.use(() => {})
}
`,
  }
  function judged(line: string): string[] {
    const root = directoryWith({
      ...files,
      'package.json': JSON.stringify({ ...JSON.parse(PACKAGE), dependencies: { express: '^5.0.0' } }),
      'src/app.ts': `import express from 'express'
import { add, addLater, addWhenConnected } from './routes.js'
export const app = express()
${line}
async function addSoon() {
  await null
  app.get('/', () => {})
}
async function read() {
  await null
  return app.get('env')
}
`,
    })
    const { files: planned } = planLevel('app', readProject(root), createFileTree())
    return planned.flatMap(({ candidates }) =>
      candidates.map(({ verdict, reason, detail }) => `${verdict} ${reason} ${detail}`),
    )
  }

  it.each([
    'addLater(app)',
    'addWhenConnected(app)',
    'addSoon()',
    "import('./users.js').then((m) => app.use(m.default))",
    "setTimeout(() => app.get('/late', () => {}), 10)",
    ';(async () => { app.use(await import("./users.js")) })()',
  ])('is not there at the first request after an edit: %s', (line) => {
    expect(judged(line)).toEqual([expect.stringMatching(/^suggest adds-later /)])
  })

  it.each([
    'add(app)',
    'await addWhenConnected(app)',
    'await addSoon()',
    "await import('./users.js').then((m) => app.use(m.default))",
    "await Promise.all([import('./users.js')].map((users) => users.then((m) => app.use(m.default))))",
    ";['/a', '/b'].forEach((path) => app.get(path, () => {}))",
    'await addSoon(); read()',
  ])('is there when it is waited for: %s', (line) => {
    const text = line.includes('addSoon()') ? line : `${line}\nawait addSoon()`
    expect(judged(text)).toEqual([expect.stringMatching(/^fix /)])
  })
})

describe('what a module adds to what another one keeps', () => {
  const FILES = {
    'src/server.ts': "import { app } from './app.js'\n\napp.listen(3000)\n",
    'src/app.ts':
      "import express from 'express'\nimport { router } from './router.js'\nimport { users } from './users.js'\nexport const app = express()\nusers()\napp.use(router)\n",
    'src/router.ts': "import { Router } from 'express'\nexport const router = Router()\n",
    'src/list.ts':
      'const all = new Map()\nexport const list = []\nexport const add = (one) => { list.push(one) }\nexport const set = (one) => { all.set(one.name, one) }\n',
    'src/schema.ts': "import { z } from '@hono/zod-openapi'\nexport const user = z.object({})\n",
    'src/bus.ts': "import { EventEmitter } from 'node:events'\nexport const hub = new EventEmitter()\n",
  }

  /** @param text of the module that app.ts imports. */
  function judged(text: string): string[] {
    const root = directoryWith({
      'package.json': JSON.stringify({ ...JSON.parse(PACKAGE), dependencies: { express: '^5.0.0' } }),
      ...FILES,
      'src/users.ts': `${text}\nexport function users() {}\n`.replace(
        'inside() {}\nexport function users() {}',
        'users() { router.get("/users", () => {}) }',
      ),
    })
    const { files: planned } = planLevel('app', readProject(root), createFileTree())
    return planned.flatMap(({ candidates }) =>
      candidates.map(({ verdict, reason, detail }) => `${verdict} ${reason} ${detail}`),
    )
  }

  it.each([
    ['a route', "import { router } from './router.js'\nrouter.get('/users', () => {})"],
    ['a route, by a chain', "import { router } from './router.js'\nrouter.route('/users').get(() => {})"],
    ['a route, when the application calls it', "import { router } from './router.js'\nexport function inside() {}"],
    [
      'a route, by a function that is handed the router',
      "import { router } from './router.js'\nfunction add(to) { to.get('/users', () => {}) }\nadd(router)",
    ],
    ['a listener', "import { hub } from './bus.js'\nhub.on('order', () => {})"],
    ['an entry of a list', "import { add } from './list.js'\nadd(() => {})"],
    ['a function that passport asks first', "import passport from 'passport'\npassport.deserializeUser(() => {})"],
    [
      'what calls the function it takes the place of',
      "import express from 'express'\nconst { json } = express.response\nexpress.response.json = function (body) { return json.call(this, body) }",
    ],
    ['the same of a global', 'const log = console.log\nconsole.log = (...args) => log(1, ...args)'],
  ])('stays there after an edit, and comes first: %s', (_, text) => {
    expect(judged(text)).toEqual([expect.stringMatching(/^suggest adds-elsewhere `src\/(?:users|list)\.ts:\d`/)])
  })

  it.each([
    [
      'a route of its own router',
      "import { Router } from 'express'\nconst router = Router()\nrouter.get('/users', () => {})",
    ],
    [
      'a route, of a router that is made by each call',
      "import { Router } from 'express'\nfunction make() { const router = Router(); router.get('/', () => {}); return router }\nmake()",
    ],
    ['what takes the place of what was set', "import { set } from './list.js'\nset(() => {})"],
    ['a strategy by its name', "import passport from 'passport'\npassport.use('local', {})"],
    [
      'a schema that is made of one of another module',
      "import { user } from './schema.js'\nexport const users = user.optional().openapi({ description: 'x' })",
    ],
    ['what is added later', "import { add } from './list.js'\nexport const later = () => add(1)"],
    ['what takes the place of a function', 'BigInt.prototype.toJSON = function () { return String(this) }'],
  ])('does not where it is %s', (_, text) => {
    expect(judged(text)).toEqual([expect.stringMatching(/^fix /)])
  })

  it('is made anew where the other module imports it', () => {
    const root = directoryWith({
      'package.json': JSON.stringify({ ...JSON.parse(PACKAGE), dependencies: { express: '^5.0.0' } }),
      ...FILES,
      'src/router.ts': "import { Router } from 'express'\nimport './users.js'\nexport const router = Router()\n",
      'src/users.ts':
        "import { router } from './router.js'\nexport function users() { router.get('/users', () => {}) }\n",
      'src/app.ts': FILES['src/app.ts'].replace('users()\n', ''),
    })
    const { files: planned } = planLevel('app', readProject(root), createFileTree())
    expect(planned.flatMap(({ candidates }) => candidates.map(({ verdict }) => verdict))).toEqual(['fix'])
  })
})

describe('what is made anew', () => {
  const ENTRY = "import { app } from './app.js'\napp.listen(3000)\n"

  it('is said', async () => {
    const app =
      "import express from 'express'\nimport { db } from './db.js'\nexport const app = express()\napp.locals.db = db\n"
    const db = "import pg from 'pg'\nexport const db = new pg.Pool()\n"
    const { notes } = await express({ 'src/server.ts': ENTRY, 'src/app.ts': app, 'src/db.ts': db })
    expect(notes).toEqual([
      'info src/server.ts:1 What a module below the application keeps in memory (sessions, limits, connections) starts anew when it, or what it imports, is edited. These are made anew then, and nothing undoes the old ones in import.meta.hot.dispose(): `src/db.ts` (new pg.Pool).',
    ])
  })

  it('is said of the threads of pino, and not of a logger without', async () => {
    const app = (options: string): string =>
      `import express from 'express'\nimport pino from 'pino'\nconst log = pino(${options})\nexport const app = express()\napp.use(() => log.info('1'))\n`
    const noted = async (options: string): Promise<string | undefined> =>
      (await express({ 'src/server.ts': ENTRY, 'src/app.ts': app(options) })).notes[0]
    expect(await noted("{ transport: { target: 'pino-pretty' } }")).toContain(
      'the old ones in import.meta.hot.dispose(): `src/app.ts` (a worker thread of pino).',
    )
    expect(await noted("{ level: 'info' }")).not.toContain('import.meta.hot.dispose()')
  })

  it('is not named where dispose() undoes it', async () => {
    const app =
      "import express from 'express'\nimport { db } from './db.js'\nexport const app = express()\napp.locals.db = db\n"
    const db =
      "import pg from 'pg'\nexport const db = new pg.Pool()\nimport.meta.hot?.dispose(() => db.end().catch(() => {}))\n"
    const { notes } = await express({ 'src/server.ts': ENTRY, 'src/app.ts': app, 'src/db.ts': db })
    expect(notes[0]).not.toContain('src/db.ts')
  })

  it.each([
    ['a timer', 'const timer = setInterval(() => {}, 1000)'],
    ['a listener of the process', "process.on('SIGTERM', () => app.emit('end'))"],
    ['a connection', "import mongoose from 'mongoose'\nconst made = mongoose.connect('mongodb://localhost')"],
    ['a server', 'app.listen(3001)'],
  ])('is never the application with %s', async (_, statement) => {
    expect(await server(ENTRY, { 'src/app.ts': `${EXPRESS_APP}${statement}\n` })).toBeUndefined()
  })

  // What app.ts calls when it is loaded: each edit of what it imports would call it again.
  it.each([
    [
      'a function',
      "import { setup } from './jobs.js'",
      'setup(app)',
      'export const setup = () => { setInterval(() => {}, 1000) }',
    ],
    [
      'a function that calls another',
      "import { setup } from './jobs.js'",
      'setup(app)',
      'export async function setup() { every() }\nfunction every() { setInterval(() => {}, 1000) }',
    ],
    [
      'a method of an instance',
      "import { jobs } from './jobs.js'",
      'jobs.start(app)',
      'class Jobs { start() { this.every() } every() { setInterval(() => {}, 1000) } }\nexport const jobs = new Jobs()',
    ],
    [
      'a constructor',
      "import { Jobs } from './jobs.js'",
      'const jobs = new Jobs()',
      'export class Jobs { constructor() { setInterval(() => {}, 1000) } }',
    ],
    [
      'a default export',
      "import jobs from './jobs.js'",
      'await jobs(app)',
      'const jobs = async () => { setInterval(() => {}, 1000) }\nexport default jobs',
    ],
  ])('keeps the application static, by %s of another module', async (_, imported, call, jobs) => {
    const files = { 'src/app.ts': `${imported}\n${EXPRESS_APP}${call}\n`, 'src/jobs.ts': `${jobs}\n` }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toBeUndefined()
  })
  it('keeps the application static, by a function of a third module', async () => {
    const files = {
      'src/app.ts': `import { setup } from './setup.js'\n${EXPRESS_APP}setup(app)\n`,
      'src/setup.ts': "import { every } from './jobs.js'\nexport const setup = () => every()\n",
      'src/jobs.ts': 'export const every = () => setInterval(() => {}, 1000)\n',
    }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toBeUndefined()
  })
  it.each([
    [
      'is called for a request',
      "app.get('/start', () => setup())",
      'export const setup = () => setInterval(() => {}, 1000)',
    ],
    [
      'makes nothing',
      'setup()',
      'const every = () => setInterval(() => {}, 1000)\nexport const setup = () => every.length',
    ],
    [
      'makes it once',
      'setup()',
      'let timer\nexport const setup = () => { if (timer) return\n timer = setInterval(() => {}, 1000) }',
    ],
  ])('is none where the function %s', async (_, call, jobs) => {
    const files = {
      'src/app.ts': `import { setup } from './jobs.js'\n${EXPRESS_APP}${call}\n`,
      'src/jobs.ts': `${jobs}\n`,
    }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toContain("import('./app.js')")
  })

  it('is never a server below it', async () => {
    const app = "import express from 'express'\nimport './socket.js'\nexport const app = express()\n"
    const socket = "import { WebSocketServer } from 'ws'\nexport const wss = new WebSocketServer({ port: 3001 })\n"
    expect(await server(ENTRY, { 'src/app.ts': app, 'src/socket.ts': socket })).toBeUndefined()
  })
})

describe('a logger of the module of the application', () => {
  const app = `import pino from 'pino'\n${EXPRESS_APP}export const logger = pino()\n`
  const log = (text: string, files: Files = {}): Promise<string | undefined> =>
    server(text, { 'src/app.ts': app, ...files })
  const entry = (statements: string, names = 'app, logger'): string =>
    `import { ${names} } from './app.js'\n\n${statements}\n`

  it('is that of the last request wherever it writes', async () => {
    const statements = "app.listen(3000, () => logger.info('up'))\nprocess.on('SIGTERM', () => { logger.warn('down') })"
    expect(await log(entry(statements))).toBe(`import { createServer } from 'node:http'
const loadApp = () => import('./app.js')
let { logger } = await loadApp()

createServer(async (req, res) => {
  try { ({ logger } = await loadApp()).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000, () => logger.info('up'))
process.on('SIGTERM', () => { logger.warn('down') })
`)
  })

  it('keeps the name that it has here', async () => {
    const text = entry("app.listen(3000)\nlog.info('up')", 'app, logger as log')
    expect(await log(text)).toContain('let { logger: log } = await loadApp()\n')
  })

  it('comes with the promise where TypeScript takes no await at the top of a module', async () => {
    const tsconfig = JSON.stringify({ compilerOptions: { module: 'commonjs', target: 'es2020' } })
    const text = entry("app.listen(3000)\nlogger.info('up')")
    expect(await log(text, { 'tsconfig.json': tsconfig })).toContain('loadApp().then(({ logger }) => {\n')
  })

  it.each([
    ['is kept in another form', "app.listen(3000)\nconst child = logger.child({})\nchild.info('up')"],
    ['has another name', "const log = logger\napp.listen(3000)\nlog.info('up')"],
    ['is handed on', "app.listen(3000)\nprocess.on('exit', logger.info)"],
    ['gives something', "app.listen(3000)\nconst written = logger.info('up')"],
    ['is set', "app.listen(3000)\nlogger.level = 'debug'"],
    ['is used as a type too', "app.listen(3000)\nlogger.info('up')\ntype Logger = typeof logger"],
    ['is exported', 'app.listen(3000)\nexport { logger }'],
  ])('stays, and the application with it, where it %s', async (_, statements) => {
    expect(await log(entry(statements))).toBeUndefined()
  })

  it('stays where the functions that replace the application have a parameter of its name', async () => {
    expect(await log(entry("app.listen(3000)\nreq.info('up')", 'app, logger as req'))).toBeUndefined()
  })

  it('stays where a statement stands above the import', async () => {
    expect(await log(`console.log('first')\n${entry("app.listen(3000)\nlogger.info('up')")}`)).toBeUndefined()
  })

  it('stays where another module imports the entry, whose functions it may call before', async () => {
    const files = { 'src/app.ts': `import './users.js'\n${app}`, 'src/users.ts': "import './server.js'\n" }
    expect(await log(entry("app.listen(3000)\nlogger.info('up')"), files)).toBeUndefined()
  })

  it.each([
    [
      'something that is assigned again',
      `import pino from 'pino'\n${EXPRESS_APP}export let logger = pino()\nexport const quiet = () => { logger = pino() }\n`,
    ],
    ['what another module exports', `${EXPRESS_APP}export { logger } from './logger.js'\n`],
    ['a queue', `import { Queue } from 'bullmq'\n${EXPRESS_APP}export const logger = new Queue('mails')\n`],
  ])('is none where it is %s', async (_, text) => {
    const files = { 'src/app.ts': text, 'src/logger.ts': "import pino from 'pino'\nexport const logger = pino()\n" }
    expect(await log(entry("app.listen(3000)\nlogger.info('up')"), files)).toBeUndefined()
  })
})

describe('what stays', () => {
  it.each([
    ['is set up further', "app.set('port', 3000)\napp.listen(3000)"],
    ['is asked', "app.listen(app.get('port'))"],
    ['is exported', 'export { app }\napp.listen(3000)'],
    ['is exported as default', 'app.listen(3000)\nexport default app'],
    ['is handed on', 'setUp(app)\napp.listen(3000)\nfunction setUp(value: unknown) { return value }'],
    ['has a callback that may look at the error', 'app.listen(3000, (error) => console.log(error))'],
    [
      'has a named callback that may',
      'function onListen(error?: Error) { console.log(error) }\napp.listen(3000, onListen)',
    ],
    ['takes unknown arguments', 'const options = [3000] as const\napp.listen(...options)'],
  ])('is an application that %s', async (_, statements) => {
    expect(await server(`import { app } from './app.js'\n${statements}\n`)).toBeUndefined()
  })

  it('is not an application with a named callback that takes nothing', async () => {
    const text = "import { app } from './app.js'\nfunction onListen() {}\napp.listen(3000, onListen)\n"
    expect(await server(text)).toContain('.listen(3000, onListen)')
  })

  it('is an application that another module imports', async () => {
    const files = {
      'src/app.ts':
        "import express from 'express'\nimport { log } from './users.js'\nexport const app = express()\napp.get('/', () => log())\n",
      'src/users.ts': "import { app } from './app.js'\nexport const log = () => app.get('env')\n",
    }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toBeUndefined()
  })

  it('is not an application that another module imports the type of', async () => {
    const files = {
      'src/app.ts':
        "import express from 'express'\nimport { log } from './users.js'\nexport const app = express()\napp.get('/', () => log())\n",
      'src/users.ts': "import type { app } from './app.js'\nexport const log = (value?: typeof app) => value\n",
    }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toContain('createServer(')
  })

  it('is not an application that a test imports', async () => {
    const files = { 'src/app.test.ts': "import { app } from './app.js'\napp.listen(0)\n" }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toContain('createServer(')
  })

  it('is an application beside something else of its module', async () => {
    const files = { 'src/app.ts': `${EXPRESS_APP}export const logger = console\n` }
    const text = "import { app, logger } from './app.js'\napp.listen(3000)\nlogger.log('listening')\n"
    expect(await server(text, files)).toBeUndefined()
  })

  it('is an application that a function gives, and may have given before', async () => {
    const files = {
      'src/app.ts': "import express from 'express'\nconst app = express()\nexport const createApp = () => app\n",
    }
    const text = "import { createApp } from './app.js'\ncreateApp().listen(3000)\n"
    expect(await server(text, files)).toBeUndefined()
  })

  it('is an object whose listen is its own', async () => {
    const files = { 'src/app.ts': 'class App { listen(port: number) { return port } }\nexport const app = new App()\n' }
    expect(await server("import { app } from './app.js'\napp.listen(3000)\n", files)).toBeUndefined()
  })

  it('is a CommonJS application', async () => {
    const files = { 'src/app.cts': "import express = require('express')\nexport const app = express()\n" }
    expect(await server("import { app } from './app.cjs'\napp.listen(3000)\n", files)).toBeUndefined()
  })
})

describe('Hono', () => {
  const hono = async (
    text: string,
    app = "import { Hono } from 'hono'\nexport default new Hono()\n",
  ): Promise<unknown> => {
    const files = withPackage({ 'src/app.ts': app, 'src/server.ts': text })
    return (await run(appBoundary, files, { name: 'hono', major: 4 })).changed['src/server.ts']
  }

  it('serves what it imports', async () => {
    const text =
      "import { serve } from '@hono/node-server'\nimport app from './app'\n\nconst port = 3000\nserve({ fetch: app.fetch, port })\n"
    expect(await hono(text)).toBe(
      "import { serve } from '@hono/node-server'\n\nconst port = 3000\nserve({ fetch: async (req, env) => (await import('./app')).default.fetch(req, env), port })\n",
    )
  })

  it('takes another name that it has here', async () => {
    const text =
      "import { serve } from '@hono/node-server'\nimport app from './app.js'\n\n// The application.\nconst main = app\nserve({ fetch: main.fetch, port: 3000 })\n"
    expect(await hono(text)).toBe(`import { serve } from '@hono/node-server'

// The application.
serve({ fetch: async (req, env) => (await import('./app.js')).default.fetch(req, env), port: 3000 })
`)
  })

  it.each([
    ['is exported', 'export const main = app\nserve({ fetch: main.fetch })'],
    ['may be another', 'let main = app\nserve({ fetch: main.fetch })'],
    ['is used otherwise', "const main = app\nmain.get('/', (c) => c.text(''))\nserve({ fetch: main.fetch })"],
    ['names a type', 'const main = app\nexport type App = typeof main\nserve({ fetch: main.fetch })'],
  ])('leaves another name that %s', async (_, text) => {
    expect(
      await hono(`import { serve } from '@hono/node-server'\nimport app from './app.js'\n${text}\n`),
    ).toBeUndefined()
  })

  it('serves an application that is handed over as it is', async () => {
    const text = "import { serve } from '@hono/node-server'\nimport app from './app.js'\nserve(app, () => {})\n"
    expect(await hono(text)).toBe(
      "import { serve } from '@hono/node-server'\nserve({ fetch: async (req, env) => (await import('./app.js')).default.fetch(req, env) }, () => {})\n",
    )
  })

  it('takes what a function of the project makes', async () => {
    const text = "import { serve } from '@hono/node-server'\nimport app from './app.js'\nserve({ fetch: app.fetch })\n"
    const app = "import { Hono } from 'hono'\nconst make = () => new Hono()\nconst app = make()\nexport default app\n"
    expect(await hono(text, app)).toContain('await loadApp()')
  })

  it('stays where the application is used otherwise', async () => {
    const text =
      "import { serve } from '@hono/node-server'\nimport app from './app.js'\napp.get('/', (c) => c.text('ok'))\nserve({ fetch: app.fetch })\n"
    expect(await hono(text)).toBeUndefined()
  })
})

describe('Koa', () => {
  const KOA_APP = "import Koa from 'koa'\nexport const app = new Koa()\napp.use((ctx) => { ctx.body = 'ok' })\n"
  const koa = async (text: string, app = KOA_APP): Promise<unknown> => {
    const files = withPackage({ 'src/app.ts': app, 'src/server.ts': text })
    return (await run(appBoundary, files, { name: 'koa', major: 3 })).changed['src/server.ts']
  }

  it('listens with a server of node:http', async () => {
    expect(await koa("import { app } from './app.js'\napp.listen(3000, () => {})\n")).toBe(
      `import { createServer } from 'node:http'
createServer(async (req, res) => {
  try { await (await import('./app.js')).app.callback()(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000, () => {})
`,
    )
  })

  it('needs nothing at boot of an application that listens to its own errors', async () => {
    const text = "import { app } from './app.js'\napp.listen(3000)\n"
    const listening = `${KOA_APP}app.on('error', (err) => console.error(err))\n`
    expect(await koa(text, listening)).toContain("await (await import('./app.js')).app.callback()(req, res)")
    const starting = `${KOA_APP}app.on('error', (err) => console.error(err))\nprocess.emitWarning('started')\n`
    expect(await koa(text, starting)).toContain('await loadApp()\n')
  })

  it('takes the callback of a server', async () => {
    const text =
      "import { createServer } from 'node:http'\nimport { app } from './app.js'\ncreateServer(app.callback()).listen(3000)\n"
    expect(await koa(text)).toContain("try { await (await import('./app.js')).app.callback()(req, res) }")
  })

  it('stays where it listens to errors of the application', async () => {
    expect(
      await koa("import { app } from './app.js'\napp.on('error', console.error)\napp.listen(3000)\n"),
    ).toBeUndefined()
  })
})

describe('node:http', () => {
  const node = async (handler: string, text = ENTRY): Promise<unknown> => {
    const files = withPackage({ 'src/app.ts': handler, 'src/server.ts': text })
    return (await run(appBoundary, files, { name: 'node', major: 0 })).changed['src/server.ts']
  }
  const ENTRY =
    "import { createServer } from 'node:http'\nimport handler from './app.js'\ncreateServer(handler).listen(3000)\n"

  it('answers 500 where the import or the handler fails', async () => {
    expect(await node('export default function handler(req, res) { res.end() }\n')).toBe(
      `import { createServer } from 'node:http'
createServer(async (req, res) => {
  try { await (await import('./app.js')).default(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)
`,
    )
  })

  it('passes what the handler declares', async () => {
    expect(await node('export default (req) => { req.socket.end() }\n')).toContain('.default(req) }')
  })

  it.each([
    ['uses this', 'export default function handler(req, res) { res.end(this.listening) }\n'],
    ['is a class', 'export default class Handler {}\n'],
    ['is options', 'export default { keepAlive: true }\n'],
  ])('stays where the handler %s', async (_, handler) => {
    expect(await node(handler)).toBeUndefined()
  })
})

describe('Fastify', () => {
  const APP = "import Fastify from 'fastify'\n\nconst app = Fastify()\nexport default app\n"
  const LISTEN = "import app from './app.js'\nawait app.listen({ port: 3000, host: '0.0.0.0' })\n"
  const filesOf = (text: string, files: Files): Files => ({
    'package.json': JSON.stringify({ ...JSON.parse(PACKAGE), dependencies: { fastify: '^5.0.0' } }),
    'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "target": "es2022" } }',
    'src/app.ts': APP,
    'src/server.ts': text,
    ...files,
  })
  const fastify = (text: string, files: Files = {}): Promise<Result> =>
    run(appBoundary, filesOf(text, files), { name: 'fastify', major: 5 })

  /** `verdict reason detail` */
  function judged(text: string, files: Files = {}): string {
    const project = readProject(directoryWith(filesOf(text, files)))
    const { files: planned } = planLevel('app', project, createFileTree())
    const [candidate] = planned.flatMap(({ candidates }) => candidates)
    return candidate ? [candidate.verdict, candidate.reason, candidate.detail].filter(Boolean).join(' ') : 'nothing'
  }

  it('listens with the application of boot, and hands each request to the newest', async () => {
    const text = `import app from "./app.js";
import { port } from "./port.js";

async function start() {
    try {
        await app.listen({ port, host: "0.0.0.0" });
        app.log.info("listening");
    } catch (error) {
        app.log.error(error);
        process.exit(1);
    }
}

process.on("SIGTERM", () => app.close());
start();
`
    const { changed } = await fastify(text, { 'src/port.ts': 'export const port = 3000\n' })
    expect(changed).toEqual({
      'src/server.ts': `import { port } from "./port.js";
const loadApp = () => import("./app.js");
const { default: app } = await loadApp();
app.server.removeAllListeners("request").on("request", async (req, res) => {
    try { const current = (await loadApp()).default; await current.ready(); current.routing(req, res); }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end(); }
});

async function start() {
    try {
        await app.listen({ port, host: "0.0.0.0" });
        app.log.info("listening");
    } catch (error) {
        app.log.error(error);
        process.exit(1);
    }
}

process.on("SIGTERM", () => app.close());
start();
`,
    })
  })

  it('takes a named export, under another name too', async () => {
    const text = "import { app as api } from './app.js'\nawait api.listen({ port: 3000, host: '::' })\n"
    const app = "import { fastify } from 'fastify'\n\nexport const app = fastify()\n"
    expect((await fastify(text, { 'src/app.ts': app })).changed['src/server.ts']).toBe(
      `const app = () => import('./app.js')
const { app: api } = await app()
api.server.removeAllListeners('request').on('request', async (req, res) => {
  try { const current = (await app()).app; await current.ready(); current.routing(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})
await api.listen({ port: 3000, host: '::' })
`,
    )
  })

  it('keeps another name that it has', async () => {
    const text = "import app from './app.js'\nconst api = app\nawait api.listen({ port: 3000, host: '::' })\n"
    expect((await fastify(text)).changed['src/server.ts']).toBe(
      `const loadApp = () => import('./app.js')
const { default: app } = await loadApp()
app.server.removeAllListeners('request').on('request', async (req, res) => {
  try { const current = (await loadApp()).default; await current.ready(); current.routing(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
})
const api = app
await api.listen({ port: 3000, host: '::' })
`,
    )
  })

  it('is not rewritten twice', async () => {
    const { changed } = await fastify(LISTEN)
    expect(Object.keys(changed)).toEqual(['src/server.ts'])
    expect((await fastify(changed['src/server.ts'] ?? '')).changed).toEqual({})
  })

  it.each([
    ["{ port: 3000, host: '127.0.0.1' }", 'fix kept-server app'],
    ["{ path: '/tmp/app.sock' }", 'fix kept-server app'],
    ['{ port: 3000 }', 'leave fastify-localhost `src/app.ts:3`'],
    ["{ port: 3000, host: 'localhost' }", 'leave fastify-localhost `src/app.ts:3`'],
    ['', 'leave fastify-localhost `src/app.ts:3`'],
    ['{ port: 3000, host: process.env.HOST }', 'leave fastify-localhost `src/app.ts:3`'],
    ["{ host: '::', ...options }", 'leave fastify-localhost `src/app.ts:3`'],
    ['options', 'leave fastify-localhost `src/app.ts:3`'],
  ])('of HTTP/2 listens on more than its one server, or not: %s', (options, expected) => {
    const text = `import app from './app.js'\nconst options = {}\napp.listen(${options})\n`
    expect(judged(text, { 'src/app.ts': APP.replace('Fastify()', 'Fastify({ http2: true })') })).toBe(expected)
    expect(judged(text)).toBe('fix kept-server app')
  })

  it('may listen on more than one server', async () => {
    const text = "import server from './app.js'\nawait server.listen({ port: 3000 })\n"
    expect((await fastify(text)).changed['src/server.ts']).toBe(
      `import { subscribe } from 'node:diagnostics_channel'
const app = () => import('./app.js')
const { default: server } = await app()
subscribe('http.server.request.start', (message) => {
  const httpServer = (message as { server: typeof server.server }).server
  if (!httpServer.listeners('request').includes(server.routing)) return
  httpServer.removeAllListeners('request').on('request', async (req, res) => {
    try { const current = (await app()).default; await current.ready(); current.routing(req, res) }
    catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
  })
})
await server.listen({ port: 3000 })
`,
    )
  })

  it.each([
    ["app.get('/', async () => 'hello')", 'app.get'],
    ["app.addHook('onClose', async () => {})", 'app.addHook'],
    ["app.server.on('upgrade', () => {})", 'app.server'],
    ['plugin(app)', 'app'],
  ])('is left where the entry does more with it: %s', (line, name) => {
    expect(judged(`${LISTEN}${line}\nfunction plugin(app: unknown) {}\n`)).toBe(`leave used-at-start ${name}`)
  })

  it.each([
    ["app.addHook('onListen', async () => {})", 'leave fastify-server `src/plugin.ts:3`'],
    ["app.server.on('upgrade', () => {})", 'leave fastify-server `src/plugin.ts:3`'],
    ["app.register(import('@fastify/websocket'))", 'leave fastify-server `src/plugin.ts:3`'],
    ["app.register(import('@fastify/redis'))", 'suggest fastify-connections `src/plugin.ts:3`'],
    [
      "app.register(await import('@fastify/awilix'))\nimport { diContainer } from '@fastify/awilix'",
      'leave shared-container `src/plugin.ts:4`',
    ],
    [
      "app.register(await import('@fastify/awilix'))\nimport type { Cradle } from '@fastify/awilix'",
      'fix kept-server app',
    ],
    ["app.get('/', async () => env.server.port)", 'fix kept-server app'],
    ["app.addHook('onClose', async () => {})", 'fix kept-server app'],
  ])('is judged by what is registered below: %s', (line, expected) => {
    const [body = '', imports = ''] = line.split('\n')
    const plugin = `import { env } from './env.js'\nexport async function plugin(app) {\n  ${body}\n}${imports}\n`
    const app =
      "import Fastify from 'fastify'\nimport { plugin } from './plugin.js'\n\nconst app = Fastify()\napp.register(plugin)\nexport default app\n"
    const env = 'export const env = { server: { port: 1 } }\n'
    expect(judged(LISTEN, { 'src/app.ts': app, 'src/plugin.ts': plugin, 'src/env.ts': env })).toBe(expected)
  })

  it('may connect where the application is closed when another takes its place', () => {
    const app = (dispose: string): Files => ({
      'src/app.ts': `import redis from '@fastify/redis'\nimport Fastify from 'fastify'\n\nconst app = Fastify()\napp.register(redis)\n${dispose}\nexport default app\n`,
    })
    expect(judged(LISTEN, app(''))).toBe('suggest fastify-connections `src/app.ts:1`')
    expect(judged(LISTEN, app('import.meta.hot?.dispose(() => { if (!app.server.listening) app.close() })'))).toBe(
      'fix kept-server app',
    )
  })

  it('is judged by what @fastify/autoload loads', () => {
    const manifest = JSON.stringify({
      ...JSON.parse(PACKAGE),
      dependencies: { fastify: '^5.0.0', '@fastify/autoload': '^6.0.0' },
    })
    const app = `import autoload from '@fastify/autoload'
import Fastify from 'fastify'

const app = Fastify()
app.register(autoload, { dir: new URL('plugins', import.meta.url).pathname })
export default app
`
    const plugin = (line: string): Files => ({
      'package.json': manifest,
      'src/app.ts': app,
      'src/plugins/one.ts': `export default async (app) => {\n  ${line}\n}\n`,
    })
    expect(judged(LISTEN, plugin("app.addHook('onListen', async () => {})"))).toBe(
      'leave fastify-server `src/plugins/one.ts:2`',
    )
    expect(judged(LISTEN, plugin("app.get('/', async () => 'one')"))).toBe('fix kept-server app')
    // What a plugin does when it is loaded, it does then, as before.
    const acts = { 'src/plugins/one.ts': "import '../names.js'\nexport default async () => {}\nprocess.umask(0)\n" }
    const names = { 'src/names.ts': 'console.log(process.umask())\n' }
    const acting = { ...plugin(''), 'src/app.ts': `${app}process.umask(1)\n`, ...acts, ...names }
    expect(judged(LISTEN, acting)).toBe('fix kept-server app')
  })

  it('needs top-level await', () => {
    const tsconfig = '{ "compilerOptions": { "module": "es2020" } }'
    expect(judged(LISTEN, { 'tsconfig.json': tsconfig })).toBe('suggest top-level-await')
  })
})
