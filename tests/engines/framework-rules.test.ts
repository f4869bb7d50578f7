import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { directoryWith } from '../cli/run.ts'
import { EXPRESS, manifest } from '../rules/express.ts'
import { KICKJS } from '../rules/kickjs.ts'
import { repository } from './engines.ts'

/** One file of a project, the rule that reports it, and what `--fix-suggestions` and `--fix` leave of it. */
interface Source {
  readonly rule: string
  readonly text: string
  readonly fixed: string
}

const HEAD =
  "import { Router } from 'express'\nconst users = () => import('./controllers/users.js')\nconst router = Router()\n"

const OF_EXPRESS: Readonly<Record<string, Source>> = {
  'src/routes.ts': {
    rule: 'require-error-forwarding',
    text: `${HEAD}router.get('/', async (req, res) => (await users()).list(req, res))\nexport const routes = router\n`,
    fixed: `${HEAD}router.get('/', (req, res, next) => { users().then((m) => m.list(req, res)).catch(next) })\nexport const routes = router\n`,
  },
  'src/listener.ts': {
    rule: 'require-error-forwarding',
    text: "import { createServer } from 'node:http'\nexport const server = createServer(async (req, res) => (await import('./app.js')).app(req, res))\n",
    fixed:
      "import { createServer } from 'node:http'\nexport const server = createServer(async (req, res) => {\n  try { await (await import('./app.js')).app(req, res) }\n  catch (err) { console.error(err); if (!res.headersSent) res.statusCode = 500; res.end() }\n})\n",
  },
  'src/server.ts': {
    rule: 'valid-error-middleware-arity',
    text: "import express from 'express'\nconst app = express()\napp.use((err, req, res) => res.end())\n",
    fixed: "import express from 'express'\nconst app = express()\napp.use((err, req, res, _next) => res.end())\n",
  },
}

const OF_KICKJS: Readonly<Record<string, Source>> = {
  'src/index.ts': {
    rule: 'valid-kickjs-entry',
    text: "import { bootstrap } from '@forinda/kickjs'\nawait bootstrap({ modules: [] })\n",
    fixed: "import { bootstrap } from '@forinda/kickjs'\nexport const app = await bootstrap({ modules: [] })\n",
  },
  'src/clock.ts': {
    rule: 'require-global-guard',
    text: 'setInterval(tick, 1000)\nfunction tick() {}\n',
    fixed:
      'const g = globalThis as { __tick?: NodeJS.Timeout }\nclearInterval(g.__tick)\ng.__tick = setInterval(tick, 1000)\nfunction tick() {}\n',
  },
  'src/hot.ts': {
    rule: 'no-import-meta-hot',
    text: 'export const now = 1\nimport.meta.hot?.accept()\n',
    fixed: 'export const now = 1\n',
  },
  'src/redis.adapter.ts': {
    rule: 'require-adapter-shutdown',
    text: "import { defineAdapter } from '@forinda/kickjs'\nimport Redis from 'ioredis'\nexport const Cache = defineAdapter({ name: 'Cache', build: () => ({ beforeStart() { new Redis() } }) })\n",
    fixed:
      "import { defineAdapter } from '@forinda/kickjs'\nimport Redis from 'ioredis'\nexport const Cache = defineAdapter({ name: 'Cache', build: () => ({ beforeStart() { new Redis() } }) })\n",
  },
}

it.each([
  ['Express 4', { ...EXPRESS, 'package.json': manifest({ dependencies: { express: '^4.21.0' } }) }, OF_EXPRESS],
  ['KickJS', KICKJS, OF_KICKJS],
])('oxlint reports and fixes what the rules for %s are about', (_, project, sources) => {
  const rules = [...new Set(Object.values(sources).map(({ rule }) => rule))]
  const root = directoryWith({
    ...project,
    ...Object.fromEntries(Object.entries(sources).map(([path, { text }]) => [path, text])),
    '.oxlintrc.json': JSON.stringify({
      categories: { correctness: 'off' },
      jsPlugins: [{ name: 'hot-codemod', specifier: join(repository, 'dist/src/index.js') }],
      rules: Object.fromEntries(rules.map((rule) => [`hot-codemod/${rule}`, 'error'])),
    }),
  })
  const oxlint = (...flags: readonly string[]): string => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(repository, 'node_modules/oxlint/bin/oxlint'), '-c', join(root, '.oxlintrc.json'), ...flags, 'src'],
      { cwd: root, encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    return stdout
  }
  const { diagnostics } = JSON.parse(oxlint('--format=json')) as { diagnostics: { filename: string; code: string }[] }
  expect(diagnostics.map(({ filename, code }) => `${filename} ${code}`).sort()).toEqual(
    Object.entries(sources)
      .map(([path, { rule }]) => `${path} hot-codemod(${rule})`)
      .sort(),
  )

  oxlint('--fix-suggestions', '--fix')
  const left = Object.keys(sources).map((path) => [path, readFileSync(join(root, path), 'utf8')])
  expect(Object.fromEntries(left)).toEqual(
    Object.fromEntries(Object.entries(sources).map(([path, { fixed }]) => [path, fixed])),
  )
})
