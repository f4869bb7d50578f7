import { describe, expect, it } from 'vitest'
import { directoryWith, filesIn, hotCodemod } from './run.ts'

/** An Express 5 server with one route. */
const server: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify(
    {
      name: 'app',
      type: 'module',
      scripts: { dev: 'nodemon --exec tsx src/server.ts' },
      dependencies: { express: '^5.1.0' },
      devDependencies: { tsx: '^4.0.0' },
    },
    null,
    2,
  )}\n`,
  'pnpm-lock.yaml': '',
  'tsconfig.json': '{ "include": ["src"] }\n',
  'src/server.ts':
    "import express from 'express'\nimport { router } from './routes.js'\n\nexpress().use(router).listen(3000)\n",
  'src/routes.ts':
    "import { Router } from 'express'\nimport { list } from './users.controller.js'\n\nexport const router = Router()\nrouter.get('/users', list)\n",
  'src/users.controller.ts':
    "import type { Request, Response } from 'express'\n\nexport function list(req: Request, res: Response) {\n  res.json([])\n}\n",
}

describe('hot-codemod migrate, on Express', () => {
  it('says what was found, and counts what is hot once hot-hook runs', () => {
    const root = directoryWith(server)
    const { code, stdout } = hotCodemod(root, 'migrate')
    expect(code).toBe(1)
    expect(stdout.split('\n')[0]).toBe(`  Express 5 · ESM · src/server.ts · tsx · pnpm (pnpm-lock.yaml) · ${root}`)
    expect(stdout).toMatch(/Hot coverage {3}0 % → 33 % of 3 files/)
    expect(filesIn(root)).toEqual(server)
  })

  it('leaves coverage at nothing where hot-hook is not run', () => {
    const root = directoryWith(server)
    const { stdout } = hotCodemod(root, 'migrate', '--skip', 'dev-script')
    expect(stdout).toMatch(/Hot coverage {3}0 % of 3 files/)
  })

  it('changes the script, the dependencies and the types, and nothing when run again', () => {
    const root = directoryWith(server)
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
    const files = filesIn(root)
    expect(JSON.parse(files['package.json']!)).toMatchObject({
      scripts: {
        dev: 'hot-runner --node-args=--import=tsx --node-args=--import=hot-hook/register src/server.ts',
      },
      devDependencies: { '@hot-hook/runner': '^1.0.0', 'hot-hook': '^1.0.0', tsx: '^4.0.0' },
    })
    expect(files['src/hot-hook.d.ts']).toBe('/// <reference types="hot-hook/import-meta" />\n')
    const again = hotCodemod(root, 'migrate', '--yes')
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/Hot coverage {3}33 % of 3 files/)
    expect(filesIn(root)).toEqual(files)
  })

  it.each([
    [
      'CommonJS',
      { 'package.json': server['package.json']!.replace('"type": "module",', '') },
      'has no "type": "module", so tsx runs src/server.ts (script "dev", line 5)',
    ],
    [
      'a server without a route',
      { 'src/server.ts': 'export {}\n', 'src/routes.ts': 'export {}\n' },
      'registers a route on an application or a router of Express, so there is nothing to make lazy.',
    ],
  ])('refuses %s, and changes nothing', (_, files, message) => {
    const root = directoryWith({ ...server, ...files })
    const { code, stderr } = hotCodemod(root, 'migrate', '--yes')
    expect(stderr).toContain(message)
    expect(code).toBe(2)
    expect(filesIn(root)).toEqual({ ...server, ...files })
  })

  it('says where coverage is not known', () => {
    const manifest = '{"type": "module", "dependencies": {"express": "^5.1.0"}}'
    const { 'src/server.ts': entry = '', ...files } = server
    const root = directoryWith({ ...files, 'package.json': manifest, 'src/http.ts': entry })
    expect(hotCodemod(root, 'migrate').stdout).toContain(
      'unknown: no script, and no file of a usual name, tells which module the server starts with',
    )
  })
})
