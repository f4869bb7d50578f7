import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const bin = fileURLToPath(new URL('../../bin/hot-codemod.js', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real command with standard input closed, as CI does. */
export function hotCodemod(cwd: string, ...args: readonly string[]): Ran {
  return hotCodemodWith({}, cwd, ...args)
}

/** As {@link hotCodemod}, with more in the environment. */
export function hotCodemodWith(env: NodeJS.ProcessEnv, cwd: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    encoding: 'utf8',
    // CI systems set both: colours in their logs, and that nobody is there to be asked.
    env: { ...process.env, FORCE_COLOR: undefined, CI: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { code: status, stdout, stderr }
}

/** An AdonisJS 6 application whose routes import two controllers statically. */
export const application: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify(
    {
      name: 'app',
      type: 'module',
      scripts: { dev: 'node ace serve --watch' },
      imports: { '#controllers/*': './app/controllers/*.js', '#services/*': './app/services/*.js' },
      dependencies: { '@adonisjs/core': '^6.18.0' },
      devDependencies: { '@adonisjs/assembler': '^7.8.2' },
    },
    null,
    2,
  )}\n`,
  'adonisrc.ts': "export default { preloads: [() => import('./start/routes.js')] }\n",
  'bin/server.ts': "import 'reflect-metadata'\n",
  'config/app.ts': 'export const appKey = 1\n',
  'start/routes.ts': `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'
import PostsController from '#controllers/posts_controller'

router.get('/users', [UsersController, 'index'])
router.resource('posts', PostsController)
`,
  'app/controllers/users_controller.ts':
    "import { list } from '#services/users'\nexport default class UsersController { index() { return list() } }\n",
  'app/controllers/posts_controller.ts': 'export default class PostsController { index() {} }\n',
  'app/services/users.ts': 'export const list = () => []\n',
}

/** Writes `files` to a new git repository with one commit; removed after the test. */
export function repositoryWith(files: Readonly<Record<string, string>>): string {
  const root = directoryWith(files)
  git(root, 'init', '--quiet')
  git(root, 'add', '--all')
  git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'all')
  return root
}

/** Writes `files` to a new directory that git does not know; removed after the test. */
export function directoryWith(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hot-codemod-cli-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

export function git(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** Every file below `root` but git's own, by relative path. */
export function filesIn(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((name) => !name.startsWith('.git/'))
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(root, name), 'utf8')]))
}
