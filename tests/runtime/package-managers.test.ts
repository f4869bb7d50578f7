import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { repositoryWith } from '../cli/run.ts'
import { repository } from '../engines/engines.ts'
import { cached, npmInstall } from './node.ts'

const run = promisify(execFile)

/** A directory with `npm`, `pnpm`, `yarn`, `yarn1` and `bun` for PATH, and the registry that npm uses. */
let programs = ''
let registry = ''

beforeAll(async () => {
  const folder = await cached('package-managers-1', (into) =>
    npmInstall(into, { pnpm: '10.34.9', '@yarnpkg/cli-dist': '4.18.1', yarn: '1.22.22', bun: '1.4.5' }),
  )
  programs = join(folder, 'node_modules/.bin')
  registry = (await run('npm', ['config', 'get', 'registry'])).stdout.trim().replace(/\/$/, '')
}, 120_000)

const manifest = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

/** A monorepo with a server in `apps/api`, which imports a package beside it. */
const monorepo = {
  'package.json': manifest({ name: 'mono', private: true, workspaces: ['apps/*', 'packages/*'] }),
  'packages/shared/package.json': manifest({
    name: '@acme/shared',
    version: '1.0.0',
    type: 'module',
    main: 'index.js',
  }),
  'packages/shared/index.js': "export const shared = () => 'shared'\n",
  'apps/api/package.json': manifest({
    name: '@acme/api',
    version: '1.0.0',
    type: 'module',
    scripts: { dev: 'node --watch server.js' },
    dependencies: { '@acme/shared': '1.0.0', hono: '^4.13.0' },
  }),
  'apps/api/server.js': `import { createServer } from 'node:http'
import { Hono } from 'hono'
import { users } from './users.js'

const app = new Hono()
app.get('/users', users)
createServer(() => app).listen(3000)
`,
  'apps/api/users.js': "import { shared } from '@acme/shared'\n\nexport const users = (c) => c.text(shared())\n",
  '.gitignore': 'node_modules\n.yarn\n.pnp*\n',
}

interface Case {
  readonly files?: Readonly<Record<string, string>>
  /** The program, if it is not the one of that name. */
  readonly program?: string
  readonly lockfile: string
  readonly env?: NodeJS.ProcessEnv
}

const berry = { program: '@yarnpkg/cli-dist/bin/yarn.js', lockfile: 'yarn.lock' }
const cases: Readonly<Record<string, Case>> = {
  npm: { lockfile: 'package-lock.json' },
  pnpm: {
    lockfile: 'pnpm-lock.yaml',
    files: {
      'pnpm-workspace.yaml': 'packages:\n  - apps/*\n  - packages/*\ncatalog:\n  hono: ^4.13.0\n',
      'apps/api/package.json': monorepo['apps/api/package.json']
        .replace('"^4.13.0"', '"catalog:"')
        .replace('"1.0.0",\n    "hono', '"workspace:*",\n    "hono'),
    },
  },
  "yarn with Plug'n'Play": { ...berry, files: { 'yarn.lock': '', '.yarnrc.yml': 'enableTelemetry: false\n' } },
  'yarn with node_modules': {
    ...berry,
    files: { 'yarn.lock': '', '.yarnrc.yml': 'enableTelemetry: false\nnodeLinker: node-modules\n' },
  },
  // hot-hook 1.0 depends on parse-imports 3, which asks for Node.js 22, and Yarn 1 refuses on that.
  'yarn 1': { lockfile: 'yarn.lock', program: 'yarn/bin/yarn.js', env: { yarn_ignore_engines: 'true' } },
  bun: { lockfile: 'bun.lock' },
}

/** What a shell in the project would have: the package manager on PATH, in CI. */
function environment(root: string, name: string, { program, env }: Case): NodeJS.ProcessEnv {
  const folder = join(root, '.git/bin')
  mkdirSync(folder, { recursive: true })
  if (program !== undefined) {
    const path = join(folder, name)
    writeFileSync(
      path,
      `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(join(programs, '..', program))} "$@"\n`,
    )
    chmodSync(path, 0o755)
  }
  return {
    ...process.env,
    CI: '1',
    PATH: [folder, ...(name === 'npm' ? [] : [programs]), process.env['PATH']].join(delimiter),
    npm_config_registry: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_ENABLE_GLOBAL_CACHE: 'true',
    ...env,
  }
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

describe.each(Object.entries(cases))('with %s', (title, tested) => {
  it('a workspace is migrated, --install brings what it needs, and doctor finds it', { timeout: 120_000 }, async () => {
    const [name = ''] = title.split(' ')
    const files = { ...monorepo, ...tested.files }
    const root = repositoryWith(files)
    const api = join(root, 'apps/api')
    const env = environment(root, name, tested)
    const hotCodemod = (...args: string[]): Promise<{ stdout: string }> =>
      run(process.execPath, [join(repository, 'bin/hot-codemod.js'), ...args], { cwd: api, env })
    await run(name, ['install'], { cwd: root, env: { ...env, CI: '' } })

    const { stdout } = await hotCodemod('migrate', '--yes', '--install')
    expect(stdout).toContain(` · ${name} (${tested.lockfile} in ${root}) · `)
    expect(stdout).toContain(`\n  ${name} install\n`)
    expect(readFileSync(join(root, tested.lockfile), 'utf8')).toContain('@hot-hook/runner')
    const before = JSON.parse(files['apps/api/package.json']) as Manifest
    const after = JSON.parse(readFileSync(join(api, 'package.json'), 'utf8')) as Manifest
    expect(after.dependencies).toEqual(before.dependencies)
    expect(after.devDependencies).toEqual({ '@hot-hook/runner': '^1.0.0', 'hot-hook': '^1.0.0' })

    expect(JSON.parse((await hotCodemod('doctor', '--json')).stdout)).toMatchObject({
      framework: { name: 'hono', major: 4 },
      runtime: { hotHook: 'register', hotHookVersion: '1.0.0' },
      files: [
        { path: 'server.js', outcome: 'restart' },
        { path: 'users.js', outcome: 'hot' },
        { path: '../../packages/shared/index.js', outcome: 'hot' },
      ],
      findings: [],
    })
  })
})
