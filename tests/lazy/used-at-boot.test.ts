import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFileTree } from '../../src/edits/tree.ts'
import { usedAtBoot } from '../../src/lazy/cuts/used-at-boot.ts'
import { planProject } from '../../src/lazy/project-plan.ts'
import { readProject } from '../../src/project/open.ts'
import { application, directoryWith } from '../cli/run.ts'
import { manifest, type Files } from '../doctor/server.ts'

/** What the start of the server uses, each with the place and the name: `src/env.ts: src/server.ts:3 env`. */
function used(files: Files): string[] {
  const root = directoryWith(files)
  const project = readProject(root)
  return [...usedAtBoot(planProject(project, createFileTree()).analysis)]
    .filter(([path]) => /\/(?:src|app)\//.test(path))
    .map(([path, use]) =>
      [`${relative(root, path)}:`, `${relative(root, use.path)}:${use.line}`, use.name].filter(Boolean).join(' '),
    )
}

/** An entry of Express with this code behind its imports, and what it imports. */
const express = (code: string, files: Files = {}): Files => ({
  'package.json': manifest(),
  'src/server.ts': code,
  'src/env.ts': "export const env = { PORT: Number(process.env['PORT']) }\n",
  ...files,
})

const ENV = "import { env } from './env.js'\n"
const APP = "import express from 'express'\nconst app = express()\n"

describe('what the start of the server uses', () => {
  it('what the entry uses when it is loaded, and what that uses then', () => {
    const files = { 'src/env.ts': "import { base } from './base.js'\nexport const env = { PORT: base }\n" }
    const base = { 'src/base.ts': 'export const base = 3000\n' }
    expect(used(express(`${ENV}${APP}app.listen(env.PORT)\n`, { ...files, ...base }))).toEqual([
      'src/env.ts: src/server.ts:4 env',
      'src/base.ts: src/env.ts:2 base',
    ])
  })

  it('not what only later functions of it use', () => {
    expect(used(express(`${ENV}${APP}app.listen(3000)\nexport const port = () => env.PORT\n`))).toEqual([])
    expect(
      used(express(`${ENV}${APP}app.get('/', async (req, res) => { res.json(env) })\napp.listen(3000)\n`)),
    ).toEqual([])
  })

  it('what a function uses that runs then only, however it is called', () => {
    expect(used(express(`${ENV}async function start() {\n  console.log(env.PORT)\n}\nawait start()\n`))).toEqual([
      'src/env.ts: src/server.ts:3 env',
    ])
    expect(used(express(`${ENV}Promise.resolve().then(() => {\n  console.log(env.PORT)\n})\n`))).toEqual([
      'src/env.ts: src/server.ts:3 env',
    ])
  })

  it('a type is no use', () => {
    expect(used(express(`${ENV}export let now: typeof env | undefined\n`))).toEqual([])
  })

  it('what runs where the start fails is no use', () => {
    expect(used(express(`${ENV}Promise.resolve().catch(() => {\n  console.log(env)\n})\n`))).toEqual([])
    expect(used(express(`${ENV}try {\n  await 1\n} catch {\n  console.log(env)\n}\n`))).toEqual([])
  })

  it('of a barrel, the module that declares what is used, and not its neighbours', () => {
    const barrel = {
      'src/config.ts': "export { env } from './env.js'\nexport { other } from './other.js'\n",
      'src/other.ts': 'export const other = 1\n',
    }
    expect(used(express("import { env } from './config.js'\nconsole.log(env.PORT)\n", barrel))).toEqual([
      'src/config.ts: src/server.ts:2 env',
      'src/env.ts: src/server.ts:2 env',
    ])
  })

  it('what is imported for what it does, where it does something', () => {
    const files = { 'src/setup.ts': "process.on('exit', () => {})\n", 'src/nothing.ts': 'export const a = 1\n' }
    expect(used(express("import './setup.js'\nimport './nothing.js'\n", files))).toEqual([
      'src/setup.ts: src/server.ts:1',
    ])
  })

  it('what is registered for requests is not, and what builds an application or registers handlers neither', () => {
    const files = {
      'src/users.ts': 'export const list = (req, res) => { res.end() }\n',
      'src/app.ts':
        "import express from 'express'\nimport { env } from './env.js'\nexport const app = express()\napp.set('port', env.PORT)\n",
      'src/routes.ts':
        "import type { Router } from 'express'\nimport { list } from './users.js'\nexport const routes = (router: Router) => router.get('/', list)\n",
    }
    expect(
      used(express(`import { list } from './users.js'\n${APP}app.get('/', list)\napp.listen(3000)\n`, files)),
    ).toEqual([])
    expect(used(express("import { app } from './app.js'\napp.listen(3000)\n", files))).toEqual([])
    expect(
      used(express(`import { routes } from './routes.js'\n${APP}app.use('/', routes(express.Router()))\n`, files)),
    ).toEqual([])
  })

  it('what AdonisJS loads once, route files and the exception handler too, but no controller', () => {
    expect(
      used({
        ...application,
        'adonisrc.ts':
          "export default { preloads: [() => import('./start/routes.js'), () => import('./start/kernel.js')] }\n",
        'app/exceptions/handler.ts': 'export default class HttpExceptionHandler {}\n',
        'start/kernel.ts':
          "import server from '@adonisjs/core/services/server'\nserver.errorHandler(() => import('../app/exceptions/handler.js'))\n",
        'config/app.ts': "import { limit } from '../app/limit.js'\nexport const limits = [limit]\n",
        'app/limit.ts': 'export const limit = 3\n',
      }),
    ).toEqual(['app/limit.ts: config/app.ts:2 limit', 'app/exceptions/handler.ts: start/kernel.ts:2'])
  })

  it('what @fastify/autoload loads is no start: it is loaded again with the application', () => {
    const files = (tail: string): Files => ({
      'package.json': manifest({ dependencies: { fastify: '^5.0.0', '@fastify/autoload': '^6.0.0' } }),
      'src/server.ts': `import { join } from 'node:path'
import autoload from '@fastify/autoload'
import Fastify from 'fastify'
import { limit } from './limit.js'

const app = Fastify()
app.register(autoload, { dir: join(import.meta.dirname, 'routes') })
app.listen({ port: 3000 })
${tail}
`,
      'src/routes/users.ts':
        "import { limit } from '../limit.js'\nconst most = limit + 1\nexport default async (app) => { app.get('/', async () => most) }\n",
      'src/limit.ts': 'export const limit = 3\n',
    })
    expect(used(files('export const later = () => limit'))).toEqual([])
    expect(used(files('console.log(limit)'))).toEqual(['src/limit.ts: src/server.ts:9 limit'])
  })
})
