import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openProject, ProjectError, readProject } from '../../src/project/open.ts'
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
  it('another framework', () => {
    expect(refusal({ 'package.json': '{"type": "module", "dependencies": {"express": "^5.0.0"}}' })).toBe(
      'package.json is not an AdonisJS application: it depends on express, not on @adonisjs/core. hot-codemod supports AdonisJS 6 and 7 today; run it in the directory of such an application.',
    )
  })
  it('no framework', () => {
    expect(refusal({ 'package.json': '{"type": "module"}' })).toBe(
      'package.json is not an AdonisJS application: it does not depend on @adonisjs/core. hot-codemod supports AdonisJS 6 and 7 today; run it in the directory of such an application.',
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
    expect(refusal({ 'package.json': '{"dependencies": {"@adonisjs/framework": "^5.0.9"}}' })).toContain(
      'it depends on @adonisjs/framework, not on @adonisjs/core.',
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
    `package.json is the root of a workspace and does not depend on @adonisjs/core itself. Run hot-codemod in one of the directories that do: ${directories}.`

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
  it('without an application is no AdonisJS application', () => {
    expect(refusal({ 'package.json': '{"workspaces": ["apps/web"]}', ...packages })).toMatch(
      /^package\.json is not an AdonisJS application/,
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
