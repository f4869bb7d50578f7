import { describe, expect, it } from 'vitest'
import { directoryWith, filesIn, hotCodemod, repositoryWith, application } from './run.ts'

const FILES: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify(
    {
      name: 'app',
      type: 'module',
      scripts: { dev: 'tsx watch src/server.ts' },
      dependencies: { express: '^5.1.0' },
      devDependencies: { tsx: '^4.20.0' },
    },
    null,
    2,
  )}\n`,
  'src/server.ts': "import { app } from './app.js'\n\napp.listen(3000)\n",
  'src/app.ts': `import express from 'express'
import { auth } from './auth.js'
import users from './routes/users.js'

export const app = express()
app.use(auth)
app.use('/users', users)
`,
  'src/auth.ts':
    "import type { NextFunction, Request, Response } from 'express'\n\nexport function auth(req: Request, res: Response, next: NextFunction): void {\n  next()\n}\n",
  'src/routes/users.ts':
    "import { Router } from 'express'\nimport { list } from '../controllers/users.js'\n\nconst users = Router()\nusers.get('/', list)\nexport default users\n",
  'src/controllers/users.ts':
    "import type { Request, Response } from 'express'\nimport { rows } from '../rows.js'\n\nexport const list = (req: Request, res: Response): void => {\n  res.json(rows())\n}\n",
  'src/rows.ts': 'export const rows = () => []\n',
}

const LISTENS = `createServer(async (req, res) => {
  try { (await import('./app.js')).app(req, res) }
  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }
}).listen(3000)`

const MOUNTS =
  "app.use('/users', async (req, res, next) => (await import('./routes/users.js')).default(req, res, next))"

function migrated(...args: readonly string[]): { files: Record<string, string>; stdout: string; root: string } {
  const root = repositoryWith(FILES)
  const { code, stdout, stderr } = hotCodemod(root, 'migrate', '--yes', ...args)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return { files: filesIn(root), stdout, root }
}

function boundaries(files: Record<string, string>): unknown {
  return (JSON.parse(files['package.json']!) as { hotHook?: { boundaries?: unknown } }).hotHook?.boundaries
}

describe('hot-codemod migrate --level', () => {
  it('is the handler by default', () => {
    const { files } = migrated()
    expect(files).toEqual(migrated('--level', 'handler').files)
    expect(files['src/server.ts']).toBe(FILES['src/server.ts'])
    expect(files['src/app.ts']).not.toContain(MOUNTS)
    expect(boundaries(files)).toEqual(['./src/auth.ts', './src/controllers/**/*.ts'])
  })

  it('mount imports routers where they are mounted, and what that leaves cold by handlers', () => {
    const { files } = migrated('--level', 'mount')
    expect(files['src/app.ts']).toContain(MOUNTS)
    expect(files['src/app.ts']).toContain("=> import('./auth.js')")
    expect(files['src/routes/users.ts']).toBe(FILES['src/routes/users.ts'])
    expect(boundaries(files)).toEqual(['./src/auth.ts', './src/routes/**/*.ts'])
  })

  it('app imports the application where it is served', () => {
    const { files } = migrated('--level', 'app')
    expect(files['src/server.ts']).toContain(LISTENS)
    expect(files['src/app.ts']).toBe(FILES['src/app.ts'])
    expect(boundaries(files)).toEqual(['./src/app.ts'])
  })

  it('auto takes the level that makes most files hot, and says so', () => {
    const { files, stdout } = migrated('--level', 'auto')
    expect(files['src/server.ts']).toContain(LISTENS)
    expect(stdout).toContain('· level app: 83 % of files (mount 66 %, handler 50 %)')
  })

  it('auto leaves out what cannot be, and says why', () => {
    const root = repositoryWith({ ...FILES, 'src/server.ts': `${FILES['src/server.ts']!}app.set('x', 1)\n` })
    expect(hotCodemod(root, 'migrate', '--yes', '--level', 'auto').stdout).toContain(
      '· level mount: 66 % of files (app not: src/server.ts:1 used-at-start, handler 50 %)',
    )
  })

  it('app says why there is none, and does what is left', () => {
    const root = repositoryWith({ ...FILES, 'src/server.ts': `${FILES['src/server.ts']!}export default app\n` })
    const { stdout } = hotCodemod(root, 'migrate', '--yes', '--level', 'app', '--show', 'skipped')
    expect(stdout).toContain('· level app: src/server.ts:1 `app` is exported again; its importers expect it as it is.')
    expect(stdout).toContain('src/server.ts:1  app  leave · re-exported')
    expect(filesIn(root)['src/app.ts']).toContain(MOUNTS)
  })

  it.each([
    ['--level', 'app'],
    ['--target', '90'],
  ])('%s %s says why an entry that builds its application is not split, though its routers are lazy', (...args) => {
    const root = repositoryWith({
      ...FILES,
      'src/app.ts': '',
      'src/server.ts': `import express from 'express'
import session from 'express-session'
import users from './routes/users.js'

const app = express()
app.use(session({ secret: 'x' }))
app.use('/users', users)
app.listen(3000)
`,
    })
    const { stdout } = hotCodemod(root, 'migrate', '--yes', ...args)
    expect(stdout).toContain('· level app: src/server.ts:3 `session` (`src/server.ts:6`) is kept in memory')
    expect(filesIn(root)['src/server.ts']).toContain("await import('./routes/users.js')")
  })

  it.each(['handler', 'mount', 'app', 'auto'])('%s changes nothing the second time', (level) => {
    const { files, root } = migrated('--level', level)
    const again = hotCodemod(root, 'migrate', '--yes', '--allow-dirty', '--level', level)
    expect(again.stdout).toContain('Nothing to do.')
    expect(filesIn(root)).toEqual(files)
  })

  it('counts what a level makes hot, and what it leaves', () => {
    const root = directoryWith(FILES)
    const { stdout } = hotCodemod(root, 'migrate', '--json', '--level', 'mount')
    const { level, totals, imports } = JSON.parse(stdout) as {
      level: string
      totals: Record<string, number>
      imports: { path: string; line: number; verdict: string }[]
    }
    expect(level).toBe('mount')
    expect(totals).toEqual({ candidates: 2, fix: 2, suggest: 0, leave: 0, done: 0 })
    expect(imports.map(({ path, line, verdict }) => `${path}:${line} ${verdict}`)).toEqual([
      'src/app.ts:3 fix',
      'src/app.ts:2 fix',
    ])
  })

  it('is the application for node:http, which has nothing else', () => {
    const root = repositoryWith({
      'package.json': '{ "name": "app", "type": "module", "scripts": { "dev": "node --watch src/server.js" } }\n',
      'src/server.js':
        "import { createServer } from 'node:http'\nimport handler from './app.js'\n\ncreateServer(handler).listen(3000)\n",
      'src/app.js': 'export default function handler(req, res) {\n  res.end()\n}\n',
    })
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
    const files = filesIn(root)
    expect(files['src/server.js']).toContain("try { await (await import('./app.js')).default(req, res) }")
    expect(boundaries(files)).toEqual(['./src/app.js'])
  })

  it('refuses a level that is none', () => {
    const { code, stderr } = hotCodemod(directoryWith(FILES), 'migrate', '--level', 'router')
    expect(code).toBe(2)
    expect(stderr).toContain('--level router: there are `handler`, `mount`, `app` and `auto`.')
  })

  it.each(['mount', 'app'])('refuses %s for AdonisJS', (level) => {
    const root = repositoryWith(application)
    const { code, stderr } = hotCodemod(root, 'migrate', '--yes', '--level', level)
    expect(code).toBe(2)
    expect(stderr).toContain(
      `--level ${level}: AdonisJS starts its server and loads its routes itself, so boundaries are its controllers, middleware and listeners. Run without --level.`,
    )
    expect(filesIn(root)).toEqual(application)
  })

  it('auto is the handler for AdonisJS', () => {
    const root = repositoryWith(application)
    expect(hotCodemod(root, 'migrate', '--yes', '--level', 'auto').stdout).toContain('· level handler: 42 % of files')
    const plain = repositoryWith(application)
    hotCodemod(plain, 'migrate', '--yes')
    expect(filesIn(root)).toEqual(filesIn(plain))
  })
})

describe('hot-codemod migrate --no-middleware', () => {
  it('leaves middleware, and says so of each', () => {
    const { files, stdout } = migrated('--no-middleware', '--show', 'skipped')
    expect(files['src/app.ts']).toBe(FILES['src/app.ts'])
    expect(files['src/routes/users.ts']).toContain("=> import('../controllers/users.js')")
    expect(stdout).toContain(
      'src/app.ts:2  auth  leave · static-middleware\n    --no-middleware leaves `auth` as it is.',
    )
    expect(stdout).not.toContain('0.17 to 0.5 ms')
  })

  it('is not the default, whose cost is told', () => {
    expect(migrated().stdout).toContain(
      '· Middleware of 1 module is imported for each request: 0.17 to 0.5 ms each in development, microseconds in production. --no-middleware leaves it static.',
    )
  })
})
