import { describe, expect, it } from 'vitest'
import { lazyMounts } from '../../codemods/lazy-mounts.ts'
import { run, type Result } from './run.ts'

type Files = Readonly<Record<string, string>>

const ROUTER =
  "import { Router } from 'express'\n\nconst router = Router()\nrouter.get('/', (req, res) => res.json([]))\nexport default router\n"

const FILES: Files = {
  'package.json': JSON.stringify({ name: 'app', type: 'module', scripts: { dev: 'tsx src/server.ts' } }),
  'src/server.ts': "import { app } from './app.js'\napp.listen(3000)\n",
  'src/routes/users.routes.ts': ROUTER,
}

/** src/app.ts with `statements` in it. */
const appWith = (imports: string, statements: string): string =>
  `import express from 'express'\n${imports}\nexport const app = express()\n${statements}\n`

const APP = appWith("import usersRouter from './routes/users.routes.js'", "app.use('/users', usersRouter)")

const migrate = (files: Files, major = 5): Promise<Result> =>
  run(lazyMounts, { ...FILES, ...files }, { name: 'express', major })

/** The new text of src/app.ts; undefined where it stays. */
async function app(text: string, files: Files = {}, major = 5): Promise<string | undefined> {
  return (await migrate({ 'src/app.ts': text, ...files }, major)).changed['src/app.ts']
}

describe('a router', () => {
  it('is imported for each request', async () => {
    const { changed, summary, notes } = await migrate({ 'src/app.ts': APP })
    expect(changed).toEqual({
      'src/app.ts': `import express from 'express'
export const app = express()
app.use('/users', async (req, res, next) => (await import('./routes/users.routes.js')).default(req, res, next))
`,
    })
    expect(summary).toBe('1 router')
    expect(notes).toEqual([])
  })

  it('hands errors on by itself on Express 4', async () => {
    expect(await app(APP, {}, 4)).toContain(
      "app.use('/users', (req, res, next) => { import('./routes/users.routes.js').then((m) => m.default(req, res, next)).catch(next) })",
    )
  })

  it('is a named export', async () => {
    const files = {
      'src/routes/users.routes.ts': "import express from 'express'\nexport const users = express.Router()\n",
    }
    const text = appWith("import { users } from './routes/users.routes.js'", "app.use('/users', users)")
    expect(await app(text, files)).toContain("(await import('./routes/users.routes.js')).users(req, res, next)")
  })

  it('is mounted without a path', async () => {
    const text = appWith("import users from './routes/users.routes.js'", 'app.use(users)')
    expect(await app(text)).toContain("app.use(async (req, res, next) => (await import('./routes/users.routes.js'))")
  })

  it('leaves the middleware before it', async () => {
    const files = { 'src/auth.ts': 'export const auth = (req, res, next) => next()\n' }
    const text = appWith(
      "import { auth } from './auth.js'\nimport users from './routes/users.routes.js'",
      "app.use('/users', auth, users)",
    )
    expect(await app(text, files)).toContain("app.use('/users', auth, async (req, res, next) => (await import(")
  })

  it('is told its type where what stands beside it may be a list', async () => {
    const files = { 'src/checks.ts': 'export const checks = [(req, res, next) => next()]\n' }
    const text = appWith(
      "import { checks } from './checks.js'\nimport users from './routes/users.routes.js'",
      "app.use('/users', checks, users)",
    )
    expect(await app(text, files)).toContain(
      "app.use('/users', checks, (async (req, res, next) => (await import('./routes/users.routes.js')).default(req, res, next)) satisfies import('express').RequestHandler)",
    )
  })

  it('is told no type in JavaScript', async () => {
    const text = appWith("import users from './routes/users.routes.js'", "app.use('/users', [express.json()], users)")
    const files = {
      'package.json': JSON.stringify({ type: 'module', scripts: { dev: 'node src/server.js' } }),
      'src/server.js': FILES['src/server.ts']!,
      'src/app.js': text,
      'src/routes/users.routes.js': ROUTER,
    }
    const { changed } = await run(lazyMounts, files, { name: 'express', major: 5 })
    expect(changed['src/app.js']).toContain('[express.json()], async (req, res, next) => (await import(')
  })

  it('is mounted twice by one constant', async () => {
    const text = appWith(
      "import users from './routes/users.routes.js'",
      "app.use('/users', users)\napp.use('/v1/users', users)",
    )
    expect(await app(text)).toBe(
      appWith(
        "const usersRoutes = () => import('./routes/users.routes.js')",
        "app.use('/users', async (req, res, next) => (await usersRoutes()).default(req, res, next))\napp.use('/v1/users', async (req, res, next) => (await usersRoutes()).default(req, res, next))",
      ),
    )
  })

  it('is loaded at boot as before where something below it runs', async () => {
    const files = {
      'src/routes/users.routes.ts': `import '../models/user.js'\n${ROUTER}`,
      'src/models/user.ts': "import mongoose from 'mongoose'\nmongoose.model('User', new mongoose.Schema({}))\n",
    }
    const { changed, notes } = await migrate({ 'src/app.ts': APP, ...files })
    expect(changed['src/app.ts']).toBe(
      appWith(
        "const usersRoutes = () => import('./routes/users.routes.js')\nawait usersRoutes()",
        "app.use('/users', async (req, res, next) => (await usersRoutes()).default(req, res, next))",
      ),
    )
    expect(notes).toEqual([
      'info src/app.ts:2 What a module below these routers keeps in memory (sessions, limits, connections) starts anew when it, or what it imports, is edited. These are made anew then, and nothing undoes the old ones in import.meta.hot.dispose(): `src/models/user.ts` (mongoose.model).',
    ])
  })

  it('is loaded at boot with another one that runs the same', async () => {
    const files = {
      'src/routes/users.routes.ts': `import '../env.js'\n${ROUTER}`,
      'src/routes/posts.routes.ts': `import '../env.js'\n${ROUTER}`,
      'src/env.ts': "if (!process.env.SECRET) throw new Error('SECRET is missing')\n",
    }
    const text = appWith(
      "import users from './routes/users.routes.js'\nimport posts from './routes/posts.routes.js'",
      "app.use('/users', users)\napp.use('/posts', posts)",
    )
    const after = await app(text, files)
    expect(after).toContain('await usersRoutes()\n')
    expect(after).toContain('await postsRoutes()\n')
  })

  it('keeps its own routers static, which are hot with it', async () => {
    const files = {
      'src/routes/index.ts':
        "import { Router } from 'express'\nimport users from './users.routes.js'\nconst router = Router()\nrouter.use('/users', users)\nexport default router\n",
    }
    const text = appWith("import routes from './routes/index.js'", "app.use('/api', routes)")
    const { changed } = await migrate({ 'src/app.ts': text, ...files })
    expect(Object.keys(changed)).toEqual(['src/app.ts'])
  })

  it('is mounted on a router that has to stay', async () => {
    const files = {
      'src/routes/index.ts':
        "import { Router } from 'express'\nimport users from './users.routes.js'\nexport const limit = 10\nconst router = Router()\nrouter.use('/users', users)\nexport default router\n",
    }
    const text = appWith(
      "import routes, { limit } from './routes/index.js'",
      "app.use('/api', routes)\napp.set('limit', limit)",
    )
    const { changed } = await migrate({ 'src/app.ts': text, ...files })
    expect(Object.keys(changed)).toEqual(['src/routes/index.ts'])
  })

  it('is what a function of the project makes', async () => {
    const files = {
      'src/routes/users.routes.ts': "import { createRouter } from '../router.js'\nexport default createRouter()\n",
      'src/router.ts':
        "import { Router } from 'express'\nexport const createRouter = () => Router({ mergeParams: true })\n",
    }
    expect(await app(APP, files)).toContain('usersRoutes()')
  })

  it('is imported from its own module, where a barrel names it', async () => {
    const files = {
      'src/routes/index.ts':
        "export { default as usersRouter } from './users.routes.js'\nexport { default as postsRouter } from './posts.routes.js'\n",
      'src/routes/posts.routes.ts': ROUTER,
    }
    const text = appWith(
      "import { usersRouter, postsRouter } from './routes/index.js'",
      "app.use('/users', usersRouter)\napp.use('/posts', postsRouter)",
    )
    expect(await app(text, files)).toBe(`import express from 'express'
export const app = express()
app.use('/users', async (req, res, next) => (await import('./routes/users.routes.js')).default(req, res, next))
app.use('/posts', async (req, res, next) => (await import('./routes/posts.routes.js')).default(req, res, next))
`)
  })

  it('is loaded at boot as before behind a barrel too', async () => {
    const files = {
      'src/routes/index.ts': "export { default as usersRouter } from './users.routes.js'\n",
      'src/routes/users.routes.ts': `import 'dotenv/config'\n${ROUTER}`,
    }
    const text = appWith("import { usersRouter } from './routes/index.js'", "app.use('/users', usersRouter)")
    expect(await app(text, files)).toContain('await usersRoutes()\n')
  })

  it('stays where its barrel loads something that nothing else loads', async () => {
    const files = {
      'src/routes/index.ts':
        "export { default as usersRouter } from './users.routes.js'\nexport { metrics } from './metrics.js'\n",
      'src/routes/metrics.ts': "process.title = 'app'\nexport const metrics = {}\n",
    }
    const text = appWith("import { usersRouter } from './routes/index.js'", "app.use('/users', usersRouter)")
    expect(await app(text, files)).toBeUndefined()
  })

  it('shares its module with another one', async () => {
    const files = {
      'src/routes/users.routes.ts':
        "import { Router } from 'express'\nexport const users = Router()\nexport const admins = Router()\n",
    }
    const text = appWith(
      "import { users, admins } from './routes/users.routes.js'",
      "app.use('/users', users)\napp.use('/admins', admins)",
    )
    expect(await app(text, files)).toContain(
      "app.use('/admins', async (req, res, next) => (await usersRoutes()).admins(req, res, next))",
    )
  })

  it('leaves no type import above the lazy one', async () => {
    const files = { 'src/routes/users.routes.ts': `${ROUTER}export interface User { id: number }\n` }
    const text = appWith(
      "import type { User } from './routes/users.routes.js'\nimport users from './routes/users.routes.js'",
      "app.use('/users', users)\nexport const user: User = { id: 1 }",
    )
    expect(await app(text, files)).toBe(
      appWith(
        "type User = import('./routes/users.routes.js').User",
        "app.use('/users', async (req, res, next) => (await import('./routes/users.routes.js')).default(req, res, next))\nexport const user: User = { id: 1 }",
      ),
    )
  })

  it('keeps its type', async () => {
    const text = appWith(
      "import users from './routes/users.routes.js'\nexport type Users = typeof users",
      "app.use('/users', users)",
    )
    expect(await app(text)).toContain("export type Users = (typeof import('./routes/users.routes.js'))['default']")
  })
})

describe('what stays', () => {
  it.each([
    ['an application of its own', "import express from 'express'\nexport default express()\n"],
    ['a function', 'export default (req, res, next) => next()\n'],
    ['a list', "import { Router } from 'express'\nexport default [Router(), Router()]\n"],
    [
      'a router that is assigned again',
      "import { Router } from 'express'\nlet router = Router()\nrouter = Router()\nexport default router\n",
    ],
    ['a router of another package', "import Router from 'express-promise-router'\nexport default Router()\n"],
    ['a router beside a timer', `${ROUTER}setInterval(() => {}, 1000)\n`],
  ])('is %s', async (_, users) => {
    expect(await app(APP, { 'src/routes/users.routes.ts': users })).toBeUndefined()
  })

  it.each([
    ['is used otherwise', "app.use('/users', usersRouter)\nusersRouter.get('/more', (req, res) => res.end())"],
    ['is handed on', "app.use('/users', usersRouter)\nconsole.log(usersRouter)"],
    ['is in a list', "app.use('/users', [usersRouter])"],
    ['is exported again', "app.use('/users', usersRouter)\nexport { usersRouter }"],
    [
      'is mounted on what is no application',
      "const other = { use(path: string, value: unknown) {} }\nother.use('/users', usersRouter)",
    ],
  ])('is a router that %s', async (_, statements) => {
    expect(await app(appWith("import usersRouter from './routes/users.routes.js'", statements))).toBeUndefined()
  })

  it('is a router whose module exports something that is used', async () => {
    const files = {
      'src/routes/users.routes.ts': `${ROUTER}export const registry = []\n`,
      'src/docs.ts': "import { registry } from './routes/users.routes.js'\nexport const docs = () => registry\n",
    }
    const text = appWith(
      "import usersRouter from './routes/users.routes.js'\nimport { docs } from './docs.js'",
      "app.use('/users', usersRouter)\napp.get('/docs', (req, res) => res.json(docs()))",
    )
    expect(await app(text, files)).toBeUndefined()
  })

  it.each([
    ['reads the stack of a router', 'export const layers = (app) => app._router.stack.length\n'],
    ['reads the stack of the router', 'export const layers = (app) => app.router.stack.length\n'],
  ])('is a router where the server %s', async (_, walker) => {
    const text = appWith(
      "import usersRouter from './routes/users.routes.js'\nimport { layers } from './layers.js'",
      "app.use('/users', usersRouter)\napp.get('/layers', (req, res) => res.json(layers(app)))",
    )
    expect(await app(text, { 'src/layers.ts': walker })).toBeUndefined()
  })

  it('is not a router where the server reads the stack of an error', async () => {
    const text = appWith(
      "import usersRouter from './routes/users.routes.js'",
      "app.use('/users', usersRouter)\napp.use((err, req, res, next) => res.status(500).send(err.stack))",
    )
    expect(await app(text)).toContain("await import('./routes/users.routes.js')")
  })

  it('is a router behind a middleware that goes on after next()', async () => {
    const text = appWith(
      "import usersRouter from './routes/users.routes.js'",
      "app.use((req, res, next) => {\n  next()\n  console.log(res.statusCode)\n})\napp.use('/users', usersRouter)",
    )
    expect(await app(text)).toBeUndefined()
  })

  it('is not a router behind a middleware that returns next()', async () => {
    const text = appWith(
      "import usersRouter from './routes/users.routes.js'",
      "app.use((req, res, next) => {\n  console.log(req.url)\n  return next()\n})\napp.use('/users', usersRouter)",
    )
    expect(await app(text)).toContain("await import('./routes/users.routes.js')")
  })

  it('is a router where a package lists the routes', async () => {
    const manifest = { name: 'app', type: 'module', dependencies: { 'express-list-endpoints': '^7.0.0' } }
    const scripts = { dev: 'tsx src/server.ts' }
    expect(await app(APP, { 'package.json': JSON.stringify({ ...manifest, scripts }) })).toBeUndefined()
  })

  it('is a router of another framework', async () => {
    const files = {
      ...FILES,
      'src/routes/users.routes.ts': "import Router from '@koa/router'\nexport default new Router()\n",
      'src/app.ts':
        "import Koa from 'koa'\nimport users from './routes/users.routes.js'\nexport const app = new Koa()\napp.use(users.routes())\n",
    }
    expect((await run(lazyMounts, files, { name: 'koa', major: 3 })).changed).toEqual({})
  })
})
