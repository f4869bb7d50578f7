import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ProjectError } from '../../src/project/error.ts'
import { openProject, readProject } from '../../src/project/open.ts'
import type { Project } from '../../src/project/project.ts'
import { directoryWith } from '../codemods/run.ts'

/** The message of the error for `files`, without the path of their directory. */
function refusal(files: Readonly<Record<string, string>>, directory = '.'): string {
  const root = directoryWith(files)
  try {
    openProject(join(root, directory))
  } catch (error) {
    expect(error).toBeInstanceOf(ProjectError)
    return (error as ProjectError).message.replaceAll(`${root}/`, '').replaceAll(root, '<root>')
  }
  return expect.unreachable()
}

function majorOf(files: Readonly<Record<string, string>>): number {
  return openProject(directoryWith(files)).framework.major
}

describe('openProject', () => {
  it('opens the project of the nearest package.json', () => {
    const root = directoryWith({
      'package.json': '\uFEFF{"name": "x", "type": "module", "dependencies": {"@adonisjs/core": "^6.18.0"}}',
      'app/controllers/users.ts': '',
      'bin/server.ts': '',
    })
    expect(openProject(join(root, 'app/controllers'))).toEqual({
      root,
      packageJsonPath: join(root, 'package.json'),
      framework: { name: 'adonisjs', major: 6 },
      type: 'module',
      runtime: {
        entry: join(root, 'bin/server.ts'),
        script: undefined,
        runner: 'ace',
        loader: 'ts-node',
        loaderVersion: undefined,
        preloads: [],
        node: process.versions.node,
        hotHook: 'none',
        hotHookVersion: undefined,
        watcher: 'hot-hook',
      },
      packageManager: { name: 'npm', reason: 'no packageManager field and no lockfile' },
      packageJson: { name: 'x', type: 'module', dependencies: { '@adonisjs/core': '^6.18.0' } },
    })
  })

  it('opens an application whose @adonisjs/core is installed for the whole workspace', () => {
    const root = directoryWith({
      'node_modules/@adonisjs/core/package.json': '{"version": "7.5.2"}',
      'apps/api/package.json': '{"type": "module"}',
      'apps/api/adonisrc.ts': '',
    })
    expect(openProject(join(root, 'apps/api')).framework.major).toBe(7)
  })
})

describe('openProject, the version of AdonisJS', () => {
  it('is that of the installed one', () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": ">=6.0.0"}}',
        'node_modules/@adonisjs/core/package.json': '{"version": "7.5.2"}',
      }),
    ).toBe(7)
  })
  it('is that of a prerelease', () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "next"}}',
        'node_modules/@adonisjs/core/package.json': '{"version": "7.0.0-next.3"}',
      }),
    ).toBe(7)
  })
  it('is the lowest of the range when none is installed', () => {
    expect(
      majorOf({ 'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "^6.2.0 || ^7.0.0"}}' }),
    ).toBe(6)
  })
  it('is that of an alias', () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "npm:@adonisjs/core@^7.0.0"}}',
      }),
    ).toBe(7)
  })
  it('is that of the catalog', () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "catalog:"}}',
        'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n\ncatalog:\n  # the framework\n  '@adonisjs/core': ^7.5.0\n",
      }),
    ).toBe(7)
  })
  it('is that of the named catalog', () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "catalog:old"}}',
        'pnpm-workspace.yaml':
          'catalog:\n  "@adonisjs/core": ^7.5.0\ncatalogs:\n  new:\n    "@adonisjs/core": ^7.5.0\n  old:\n    "@adonisjs/core": ^6.18.0\n',
      }),
    ).toBe(6)
  })
  it("is that of Yarn's catalog", () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "catalog:"}}',
        '.yarnrc.yml': 'nodeLinker: node-modules\ncatalog:\n  "@adonisjs/core": ^6.18.0\n',
      }),
    ).toBe(6)
  })
  it('follows from that of the assembler', () => {
    expect(
      majorOf({
        'package.json':
          '{"type": "module", "dependencies": {"@adonisjs/core": "catalog:"}, "devDependencies": {"@adonisjs/assembler": "^7.8.2"}}',
      }),
    ).toBe(6)
  })
  it('follows from hooks that are new in 7', () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "latest"}}',
        'adonisrc.ts': "import { indexEntities } from '@adonisjs/core'\n",
      }),
    ).toBe(7)
  })
  it('is 6 for an adonisrc file without them', () => {
    expect(
      majorOf({
        'package.json': '{"type": "module", "dependencies": {"@adonisjs/core": "latest"}}',
        'adonisrc.ts': '',
      }),
    ).toBe(6)
  })
  it('is unknown otherwise', () => {
    expect(refusal({ 'package.json': '{\n  "dependencies": {\n    "@adonisjs/core": "latest"\n  }\n}' })).toBe(
      'package.json:3 does not say which version of @adonisjs/core it uses, and none is installed. Install the dependencies and run again.',
    )
  })
})

describe('openProject refuses', () => {
  it('a directory without package.json', () => {
    expect(refusal({}, '.')).toBe(
      'There is no package.json in <root> or above it. Run hot-codemod in the directory of an application.',
    )
  })
  it('a directory that does not exist', () => {
    expect(refusal({ 'package.json': '{}' }, 'missing')).toBe(
      'missing is not a directory. Name the directory of an application.',
    )
  })
  it('a package.json that is not JSON', () => {
    expect(refusal({ 'package.json': '{\n  "name": "x"\n  "type": "module"\n}' })).toBe(
      'package.json:3:3 is not valid JSON: a comma is missing. Correct it and run again.',
    )
  })
  it('a package.json that is not an object', () => {
    expect(refusal({ 'package.json': '[]' })).toBe(
      'package.json:1 does not hold a JSON object. Correct it and run again.',
    )
  })
  it('dependencies that are not an object', () => {
    expect(refusal({ 'package.json': '{\n  "dependencies": ["express"]\n}' })).toBe(
      '"dependencies" is not an object in package.json:2. Correct it and run again.',
    )
  })
  it('no framework', () => {
    expect(refusal({ 'package.json': '{"type": "module"}' })).toBe(
      'package.json depends on no framework that is known, and no module was found that a server starts with. hot-codemod migrates AdonisJS 6 and 7, Express 4 and 5, Fastify 4 and 5, Hono, Koa 2 and 3, and node:http. Run it in the directory of such a server, or add a "dev" script that starts it.',
    )
  })
  it('a package for AdonisJS', () => {
    expect(
      refusal({
        'package.json':
          '{"type": "module", "devDependencies": {"@adonisjs/core": "^7.0.0"}, "peerDependencies": {"@adonisjs/core": "^7.0.0"}}',
      }),
    ).toBe(
      'package.json has @adonisjs/core only in devDependencies and there is no adonisrc.ts beside it: it is a package for AdonisJS, not an application. hot-codemod supports AdonisJS 6 and 7 today; run it in the directory of an application.',
    )
  })
  it('AdonisJS 5', () => {
    expect(refusal({ 'package.json': '{\n  "dependencies": {\n    "@adonisjs/core": "^5.9.0"\n  }\n}' })).toBe(
      'package.json:3 uses AdonisJS 5. hot-codemod supports AdonisJS 6 and 7 today. Upgrade the application to AdonisJS 6 and run again.',
    )
  })
  it('AdonisJS 4', () => {
    expect(refusal({ 'package.json': '{"dependencies": {"@adonisjs/framework": "^5.0.9"}}' })).toMatch(
      /^package\.json:1 depends on @adonisjs\/framework\. That is AdonisJS 4\./,
    )
  })
  it('CommonJS by default', () => {
    expect(refusal({ 'package.json': '{"dependencies": {"@adonisjs/core": "^6.0.0"}}' })).toBe(
      'package.json has no "type": "module", so Node.js runs the application as CommonJS, and hot-hook reloads ES modules only. Set "type": "module", which AdonisJS 6 needs, and run again.',
    )
  })
  it('CommonJS by name', () => {
    expect(
      refusal({ 'package.json': '{\n  "type": "commonjs",\n  "dependencies": {"@adonisjs/core": "^6.0.0"}\n}' }),
    ).toMatch(/^package\.json:2 has "type": "commonjs", so /)
  })
  it('carries the file and the line', () => {
    const root = directoryWith({
      'package.json': '{\n  "type": "commonjs",\n  "dependencies": {"@adonisjs/core": "^6.0.0"}\n}',
    })
    expect(() => openProject(root)).toThrow(
      expect.objectContaining({ name: 'ProjectError', path: join(root, 'package.json'), line: 2 }),
    )
  })
  it('bytes that are not UTF-8', () => {
    const root = directoryWith({ 'package.json': '' })
    writeFileSync(join(root, 'package.json'), Buffer.from([0x7b, 0xff, 0x7d]))
    expect(() => openProject(root)).toThrow('is not UTF-8')
  })
})

describe('openProject, the root of a workspace', () => {
  const packages = {
    'apps/api/package.json': '{"dependencies": {"@adonisjs/core": "^7.0.0"}}',
    'apps/web/package.json': '{"dependencies": {"next": "^16.0.0"}}',
    'packages/deep/admin/package.json': '{"dependencies": {"@adonisjs/core": "^6.0.0"}}',
    'apps/api/node_modules/x/package.json': '{"dependencies": {"@adonisjs/core": "^6.0.0"}}',
  }
  const answer = (directories: string): string =>
    `package.json is the root of a workspace and starts no server itself. Run hot-codemod in one of the directories that depend on a framework: ${directories}, or pass --workspaces.`

  it('of npm lists the applications', () => {
    expect(refusal({ 'package.json': '{"workspaces": ["./apps/*", "packages/**"]}', ...packages })).toBe(
      answer('apps/api, packages/deep/admin'),
    )
  })
  it('of Yarn lists the applications', () => {
    expect(refusal({ 'package.json': '{"workspaces": {"packages": ["apps/*/"]}}', ...packages })).toBe(
      answer('apps/api'),
    )
  })
  it('of pnpm lists the applications', () => {
    expect(
      refusal({
        'package.json': '{}',
        'pnpm-workspace.yaml': "packages:\n- 'apps/*' # all\n- \"packages/**\"\n- '!packages/deep/**'\n",
        ...packages,
      }),
    ).toBe(answer('apps/api'))
  })
  it('of pnpm, in flow style, lists the applications', () => {
    expect(
      refusal({ 'package.json': '{}', 'pnpm-workspace.yaml': "packages: ['apps/*', packages/deep/*]\n", ...packages }),
    ).toBe(answer('apps/api, packages/deep/admin'))
  })
  it('without an application is no server', () => {
    expect(refusal({ 'package.json': '{"workspaces": ["apps/web"]}', ...packages })).toMatch(
      /^package\.json depends on no framework that is known/,
    )
  })
  it('that is an application is opened', () => {
    expect(
      majorOf({
        ...packages,
        'package.json': '{"type": "module", "workspaces": ["apps/*"], "dependencies": {"@adonisjs/core": "^7.0.0"}}',
      }),
    ).toBe(7)
  })
})

describe('readProject', () => {
  const read = (files: Readonly<Record<string, string>>): Project => readProject(directoryWith(files))

  it('reads the project of the nearest package.json, whatever it is', () => {
    const root = directoryWith({
      'package.json': '{"name": "x", "scripts": {"dev": "tsx watch src/main.ts"}}',
      'src/main.ts': '',
    })
    expect(readProject(join(root, 'src'))).toMatchObject({
      root,
      packageJsonPath: join(root, 'package.json'),
      framework: { name: 'node', major: 0 },
      type: 'commonjs',
      runtime: { entry: join(root, 'src/main.ts'), runner: 'tsx', loader: 'tsx', script: { name: 'dev', line: 1 } },
      packageJson: { name: 'x' },
    })
  })
  it('takes the entry and the version of Node.js from the caller', () => {
    const root = directoryWith({ 'package.json': '{}', 'src/main.ts': '', 'src/server.ts': '' })
    expect(readProject(root, { entry: 'src/main.ts', node: '24.11.1' }).runtime).toMatchObject({
      entry: join(root, 'src/main.ts'),
      node: '24.11.1',
    })
  })
  it.each([
    ['{"type": "module"}', 'module'],
    ['{"type": "commonjs"}', 'commonjs'],
    ['{}', 'commonjs'],
  ])('of %s is %s', (manifest, type) => {
    expect(read({ 'package.json': manifest }).type).toBe(type)
  })

  it.each([
    ['{"dependencies": {"express": "^5.1.0"}}', 'express', 5],
    ['{"dependencies": {"fastify": ">=4.2"}}', 'fastify', 4],
    ['{"dependencies": {"hono": "4.1.0"}}', 'hono', 4],
    ['{"dependencies": {"koa": "~2.16"}}', 'koa', 2],
    ['{"dependencies": {"@nestjs/core": "^11.0.0", "express": "^5.0.0", "fastify": "^5.0.0"}}', 'nestjs', 11],
    ['{"dependencies": {"@forinda/kickjs-core": "^1.2.2", "express": "^5.1.0"}}', 'kickjs', 1],
    ['{"dependencies": {"@forinda/kickjs": "^7.1.1", "fastify": "^5.1.0"}}', 'kickjs', 7],
    ['{"dependencies": {"express": "^4.0.0", "fastify": "^5.0.0"}}', 'fastify', 5],
    ['{"dependencies": {"express": "^4.0.0"}, "devDependencies": {"fastify": "^5.0.0"}}', 'express', 4],
    ['{"dependencies": {"koa": "^3.0.0", "hono": "^4.0.0"}}', 'hono', 4],
    ['{"devDependencies": {"hono": "^4.0.0"}}', 'hono', 4],
    ['{"dependencies": {"express": "latest"}}', 'express', 0],
    ['{"dependencies": {"@adonisjs/core": "^6.0.0", "express": "^5.0.0"}}', 'adonisjs', 6],
    ['{"dependencies": {"@adonisjs/core": "^5.0.0"}}', 'adonisjs', 5],
    ['{"dependencies": {"@adonisjs/core": "latest"}}', 'adonisjs', 0],
    ['{"dependencies": {"express-session": "^1.0.0"}}', 'node', 0],
    ['{}', 'node', 0],
  ])('%s is %s %i', (manifest, name, major) => {
    expect(read({ 'package.json': manifest }).framework).toEqual({ name, major })
  })
  it('has the major that is installed', () => {
    expect(
      read({
        'package.json': '{"dependencies": {"express": ">=4"}}',
        'node_modules/express/package.json': '{"version": "5.1.0"}',
      }).framework,
    ).toEqual({ name: 'express', major: 5 })
  })
  it('of a package for AdonisJS is no application of it', () => {
    const manifest = '{"devDependencies": {"@adonisjs/core": "^7.0.0"}}'
    expect(read({ 'package.json': manifest }).framework.name).toBe('node')
    expect(read({ 'package.json': manifest, 'adonisrc.ts': '' }).framework).toEqual({ name: 'adonisjs', major: 7 })
  })

  it.each([
    ['[]', 'package.json:1 does not hold a JSON object. Correct it and run again.'],
    ['{\n"scripts": []}', '"scripts" is not an object in package.json:2. Correct it and run again.'],
    ['{', 'is not valid JSON'],
    ['{"hotHook": {"boundaries": 1}}', '"hotHook.boundaries" is not a list of globs in package.json:1.'],
  ])('throws for %s', (text, message) => {
    const root = directoryWith({ 'package.json': text })
    let thrown: unknown
    try {
      readProject(root)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ProjectError)
    expect((thrown as ProjectError).message.replaceAll(`${root}/`, '')).toContain(message)
  })
  it('throws without a package.json', () => {
    expect(() => read({})).toThrow('There is no package.json in')
  })
})

describe('openProject, other frameworks', () => {
  const opened = (files: Readonly<Record<string, string>>): Project => openProject(directoryWith(files))

  it.each([
    ['{"express": "^4.19.0"}', 'express', 4],
    ['{"express": "^5.1.0"}', 'express', 5],
    ['{"fastify": "^4.0.0"}', 'fastify', 4],
    ['{"fastify": "^5.0.0"}', 'fastify', 5],
    ['{"hono": "^4.0.0"}', 'hono', 4],
    ['{"koa": "^2.16.0"}', 'koa', 2],
    ['{"koa": "^3.0.0"}', 'koa', 3],
    ['{"koa": "latest"}', 'koa', 0],
    ['{"express": "^4.0.0", "@trpc/server": "^11.0.0", "next": "^16.0.0"}', 'express', 4],
  ])('opens %s', (dependencies, name, major) => {
    const { framework } = opened({
      'package.json': `{"type": "module", "scripts": {"dev": "tsx watch src/server.ts"}, "dependencies": ${dependencies}}`,
      'src/server.ts': '',
    })
    expect(framework).toEqual({ name, major })
  })
  it('opens one without a script that tells the entry', () => {
    expect(opened({ 'package.json': '{"type": "module", "dependencies": {"express": "^5.0.0"}}' }).runtime.entry).toBe(
      undefined,
    )
  })
  it('opens node:http with an entry', () => {
    const { framework, runtime } = opened({ 'package.json': '{"type": "module"}', 'server.js': '' })
    expect(framework.name).toBe('node')
    expect(runtime.entry).toMatch(/server\.js$/)
  })
  it('opens a server beside a front end with a development server of its own', () => {
    const { framework } = opened({
      'package.json':
        '{"type": "module", "scripts": {"dev": "tsx watch server.ts"}, "dependencies": {"next": "^16.0.0", "express": "^5.0.0"}}',
      'server.ts': '',
    })
    expect(framework.name).toBe('express')
  })

  it.each([
    ['express', '^3.0.0', 'Upgrade to express 4 or later and run again.'],
    ['fastify', '^3.2.0', 'Upgrade to fastify 4 or later and run again.'],
    ['fastify', '^6.0.0', '`hot-codemod doctor`, `explain` and `graph` work here too.'],
  ])('refuses %s %s', (name, range, next) => {
    const manifest = `{"type": "module",\n"dependencies": {"${name}": "${range}"}}`
    expect(refusal({ 'package.json': manifest, 'server.js': '' })).toBe(
      `package.json:2 uses ${name} ${range[1]}. hot-codemod migrates AdonisJS 6 and 7, Express 4 and 5, Fastify 4 and 5, Hono, Koa 2 and 3, and node:http. ${next}`,
    )
  })
  it('refuses a version that is not known where forms depend on it', () => {
    expect(
      refusal({ 'package.json': '{"type": "module", "dependencies": {"express": "latest"}}', 'server.js': '' }),
    ).toBe(
      'package.json:1 does not say which version of express it uses, and none is installed. Install the dependencies and run again.',
    )
  })

  it.each([
    [
      '@nestjs/core',
      '{"@nestjs/core": "^11.0.0", "express": "^5.0.0"}',
      /once, when it starts.*frameworks\/nestjs\.md/,
    ],
    ['@forinda/kickjs', '{"@forinda/kickjs": "^7.0.0", "express": "^5.0.0"}', /through Vite.*configs\.kickjs/],
    ['@feathersjs/feathers', '{"@feathersjs/feathers": "^5.0.0", "koa": "^2.0.0"}', /registers services by instances/],
    ['next', '{"next": "^16.0.0"}', /Next\.js has a development server of its own/],
    ['nuxt', '{"nuxt": "^4.0.0"}', /Nuxt has/],
    ['nitropack', '{"nitropack": "^2.0.0", "h3": "^1.0.0"}', /Nitro has/],
    ['wrangler', '{"hono": "^4.0.0", "wrangler": "^4.0.0"}', /Cloudflare Workers/],
    ['@hapi/hapi', '{"@hapi/hapi": "^21.0.0"}', /does not know which of its calls/],
    ['elysia', '{"elysia": "^1.0.0"}', /does not know/],
    ['h3', '{"h3": "^2.0.0"}', /does not know/],
    ['polka', '{"polka": "^0.5.0"}', /does not know/],
    ['restify', '{"restify": "^11.0.0"}', /does not know/],
    ['@trpc/server', '{"@trpc/server": "^11.0.0"}', /does not know/],
  ])('refuses %s', (name, dependencies, why) => {
    const message = refusal({
      'package.json': `{"type": "module",\n"dependencies": ${dependencies}}`,
      'src/index.ts': '',
    })
    expect(message.startsWith(`package.json:2 depends on ${name}. `)).toBe(true)
    expect(message).toMatch(why)
    expect(message).toMatch(/`hot-codemod doctor`, `explain` and `graph` work here too\.$/)
  })
  it('opens Hono on Node.js that is also deployed to Workers', () => {
    const dependencies = '{"hono": "^4.0.0", "@hono/node-server": "^1.0.0", "wrangler": "^4.0.0"}'
    const { framework } = opened({ 'package.json': `{"type": "module", "dependencies": ${dependencies}}` })
    expect(framework.name).toBe('hono')
  })
  it('refuses NestJS before it asks for ES modules', () => {
    expect(refusal({ 'package.json': '{"dependencies": {"@nestjs/core": "^11.0.0"}}' })).toMatch(
      /^package\.json:1 depends/,
    )
  })

  it.each([
    [
      'declared',
      { 'package.json': '{"workspaces": ["apps/*"]}' },
      'is the root of a workspace and starts',
      ', or pass --workspaces',
    ],
    ['not declared', { 'package.json': '{"scripts": {"dev": "npm --prefix apps/api run dev"}}' }, 'starts', ''],
  ])('names the servers below a root, in workspaces that are %s', (_, files, what, or) => {
    expect(
      refusal({
        ...files,
        'apps/api/package.json':
          '{"scripts": {"dev": "tsx watch src/server.ts"}, "dependencies": {"express": "^5.0.0"}}',
        'apps/api/src/server.ts': '',
        'apps/web/package.json': '{"dependencies": {"next": "^16.0.0"}}',
      }),
    ).toBe(
      `package.json ${what} no server itself. Run hot-codemod in one of the directories that start one: apps/api${or}.`,
    )
  })
})

describe('openProject, CommonJS', () => {
  const express = '"dependencies": {"express": "^5.0.0"}'
  const warning =
    'hot-hook reloads ES modules only: imported lazily, a handler would keep its old code, or its requests fail with HTTP 500 (`Node … does not exist`). Nothing was changed.'
  const lines = (files: Readonly<Record<string, string>>): string[] => refusal(files).split('\n')

  it('without "type" is refused, with what decides it and what to change', () => {
    expect(
      lines({
        'package.json': `{\n"scripts": {\n"dev": "tsx watch src/server.ts"},\n${express}}`,
        'tsconfig.json': '{\n  "compilerOptions": {\n    "module": "CommonJS"\n  }\n}',
        'src/server.ts':
          "import express from 'express'\nimport { users } from './users'\n// import './old'\nimport type { T } from './types'\nimport data from './data.json'\nimport { a } from './a.js'\n",
        'src/users.ts':
          "const fs = require('fs')\nmodule.exports = { dir: __dirname }\nexport * from '..'\nimport('./lazy')\nconst u = require.resolve('x')\n",
        'tests/users.test.ts': "import '../src/users'\n",
      }),
    ).toEqual([
      `package.json has no "type": "module", so tsx runs src/server.ts (script "dev", line 3) and what it imports as CommonJS, whatever syntax they have. ${warning}`,
      'To run the server as ES modules:',
      '- set "type": "module" in package.json',
      '- set "module": "nodenext" (tsconfig.json:3)',
      "- write extensions, as in './users.js': Node.js and tsc ask for them, tsx does not (3 relative imports have none, the first in src/server.ts:2)",
      '- use `import`, or `createRequire(import.meta.url)` (1 call of require(), the first in src/users.ts:1)',
      '- use `export` (1 use of module.exports, the first in src/users.ts:2)',
      '- use `import.meta.dirname` and `import.meta.filename` (1 use of __dirname or __filename, the first in src/users.ts:2)',
      "- add `with { type: 'json' }` (1 import of JSON, the first in src/server.ts:5)",
      'Then run hot-codemod again.',
      '`hot-codemod doctor`, `explain` and `graph` work here too.',
    ])
  })
  it.each([
    ['ts-node src/server.ts', 'ts-node'],
    ['nodemon src/server.ts', 'ts-node'],
    ['node --watch src/server.ts', 'Node.js'],
  ])('names what runs it: %s', (dev, by) => {
    expect(
      lines({
        'package.json': JSON.stringify({ scripts: { dev }, dependencies: { express: '^5.0.0' } }),
        'src/server.ts': '',
      })[0],
    ).toContain(`so ${by} runs src/server.ts (script "dev", line 1)`)
  })
  it('by name is refused', () => {
    expect(
      lines({
        'package.json': `{\n"type": "commonjs",\n${express}}`,
        'index.js': '',
      }).slice(0, 3),
    ).toEqual([
      `package.json:2 has "type": "commonjs", so Node.js runs index.js and what it imports as CommonJS, whatever syntax they have. ${warning}`,
      'To run the server as ES modules:',
      '- set "type": "module" in package.json',
    ])
  })
  it.each(['.mts', '.mjs'])('is not what an entry %s is', (extension) => {
    const root = directoryWith({
      'package.json': `{"scripts": {"dev": "tsx src/server${extension}"}, ${express}}`,
      [`src/server${extension}`]: '',
    })
    expect(openProject(root).framework.name).toBe('express')
  })
  it('by the extension of the entry is refused', () => {
    expect(
      lines({
        'package.json': `{"type": "module", "scripts": {"dev": "node --watch server.cjs"}, ${express}}`,
        'server.cjs': '',
      }).slice(0, 3),
    ).toEqual([
      `server.cjs:1 is what the server starts with, and CommonJS by its extension. ${warning}`,
      'To run the server as ES modules:',
      '- rename it to .mjs',
    ])
  })
  it('by a package.json nearer to the entry is refused', () => {
    expect(
      lines({
        'package.json': `{"type": "module", "scripts": {"dev": "tsx server/index.ts"}, ${express}}`,
        'server/package.json': '{\n"type": "commonjs"}',
        'server/index.ts': '',
      })[0],
    ).toMatch(/^server\/package\.json:2 has "type": "commonjs", so tsx runs server\/index\.ts/)
  })
  it('by a package.json nearer to the entry can be taken back', () => {
    const root = directoryWith({
      'package.json': `{"scripts": {"dev": "tsx server/index.ts"}, ${express}}`,
      'server/package.json': '{"type": "module"}',
      'server/index.ts': '',
    })
    expect(openProject(root).framework.name).toBe('express')
  })
  it('that a build writes is refused', () => {
    expect(
      lines({
        'package.json': `{"type": "module", "scripts": {\n"dev": "tsup src/server.ts --watch --onSuccess 'node dist/server.cjs'"}, ${express}}`,
        'src/server.ts': '',
      }).slice(0, 3),
    ).toEqual([
      `package.json:2 starts dist/server.cjs, which is CommonJS by its extension. ${warning}`,
      'To run the server as ES modules:',
      '- start the source, or let the build write ES modules (`format: esm`)',
    ])
  })
})
