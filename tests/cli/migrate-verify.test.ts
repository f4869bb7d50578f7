import { readdirSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { migrate, migrateVerified, type MigrateOptions, type Progress } from '../../src/api.ts'
import { remove, writeApp, writeFiles, type Files, type Packages } from '../runtime/frameworks/app.ts'
import { filesIn, git, hotCodemod } from './run.ts'

vi.setConfig({ testTimeout: 300_000 })

const programs = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))

const hot: Packages = { 'hot-hook': 'hot-hook', '@hot-hook/runner': '@hot-hook/runner' }

/** An application in a git repository with one commit; removed after the test. */
async function appWith(files: Files, packages: Packages = { express: 'express', ...hot }, dev = 'node src/server.js') {
  const root = await writeApp({ '.gitignore': 'node_modules\n', ...files }, packages, { scripts: { dev } })
  onTestFinished(() => remove(root))
  await symlink(programs, join(root, 'node_modules/.bin'), 'junction')
  git(root, 'init', '--quiet')
  commit(root)
  return root
}

function commit(root: string): void {
  git(root, 'add', '--all')
  git(root, '-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'all')
}

/** The files of the application itself. */
function sources(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(filesIn(root)).filter(([path]) => !path.startsWith('node_modules')))
}

const server = `import express from 'express'
import { users } from './routes/users.js'
import { posts } from './routes/posts.js'

const app = express()
app.use('/users', users)
app.use('/posts', posts)
app.listen(Number(process.env.PORT), '127.0.0.1')
`

const routes = (name: string, more = ''): string => `import { Router } from 'express'
import { list } from '../controllers/${name}.js'

export const ${name} = Router()
${name}.get('/', list)
${more}`

const express: Files = {
  'src/server.js': server,
  'src/routes/users.js': routes('users'),
  'src/routes/posts.js': routes('posts'),
  'src/controllers/users.js': "export const list = (req, res) => res.send('users: ada')\n",
  'src/controllers/posts.js': "export const list = (req, res) => res.send('posts: first')\n",
}

/** It lists the names of its handlers, and a function that imports a handler has another name. */
const naming: Files = {
  ...express,
  'src/routes/users.js': routes(
    'users',
    "users.get('/names', (req, res) => res.json(users.stack.map(({ route }) => route.stack[0].handle.name)))\n",
  ),
}

/** The same in TypeScript. */
function typescript(files: Files): Files {
  const types = (text: string): string =>
    text
      .replace('(req, res)', '(_req: Request, res: Response)')
      .replace(/^export const list/, "import type { Request, Response } from 'express'\nexport const list")
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace(/js$/, 'ts'), types(text)]))
}

describe('migrate --verify', () => {
  it('applies what it has run, and the development script starts', async () => {
    const root = await appWith(express)
    const { code, stdout, stderr } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stderr).toBe('')
    expect(stdout).toContain('4 of 4 requests answered as before')
    expect(stdout).toContain('5 files saved: 2 hot, 3 restart')
    expect(stdout).not.toContain('Rolled back')
    expect(code).toBe(0)
    expect(sources(root)['src/routes/users.js']).toContain("import('../controllers/users.js')")
    expect(hotCodemod(root, 'verify')).toMatchObject({ code: 0 })
  })

  it('leaves the file alone whose answers differ, and migrates the other', async () => {
    const root = await appWith(naming)
    const { code, stdout } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stdout).toMatch(/✗ src\/routes\/users\.js {2}\/users\/names has another body: \["",.*and before \["list",/)
    const after = sources(root)
    expect(after['src/routes/users.js']).toBe(naming['src/routes/users.js'])
    expect(after['src/routes/posts.js']).toContain("import('../controllers/posts.js')")
    expect(after['package.json']).toContain('./src/controllers/posts.js')
    expect(code).toBe(1)

    commit(root)
    const again = hotCodemod(root, 'migrate', '--verify', '--yes', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({
      applied: false,
      files: [],
      verified: { rolledBack: [{ path: 'src/routes/users.js' }], regressions: [] },
    })
    expect(again.code).toBe(1)
    expect(sources(root)).toEqual(after)
  })
  it('leaves the files alone whose handlers are stale or break the application when they are saved', async () => {
    const root = await appWith({
      ...express,
      'src/server.js': server
        .replace('import { posts }', "import { tags } from './routes/tags.js'\nimport { posts }")
        .replace('app.listen', "app.use('/tags', tags)\napp.listen"),
      'src/routes/tags.js': routes('tags'),
      'src/once.cjs': `const values = new Map()
exports.once = (name, make) => values.get(name) ?? values.set(name, make()).get(name)
exports.take = (name) => {
  if (values.has(name)) throw new Error(name + ' is taken')
  values.set(name, true)
}
`,
      // Loaded again, it throws.
      'src/controllers/users.js': `import { take } from '../once.cjs'
take('users')
export const list = (req, res) => res.send('users: ada')
`,
      // Loaded again, it answers what it did before.
      'src/controllers/tags.js': `import { once } from '../once.cjs'
export const list = (req, res) => res.send(once('tags', () => 'tags: analytical engine'))
`,
    })
    const { code, stdout } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stdout).toContain('✗ src/routes/users.js  /users fails when src/controllers/users.js is saved')
    expect(stdout).toContain('✗ src/routes/tags.js  /tags shows the old text of src/controllers/tags.js')
    const after = sources(root)
    expect(after['src/routes/users.js']).toBe(routes('users'))
    expect(after['src/routes/tags.js']).toBe(routes('tags'))
    expect(after['src/routes/posts.js']).toContain("import('../controllers/posts.js')")
    expect(code).toBe(1)
  })

  it('leaves all files alone that have a type error then, and nothing is hot', async () => {
    // With `module: es2015`, TypeScript takes no import(); the codemod `types` raises it.
    const root = await appWith(
      {
        ...typescript(express),
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            module: 'es2015',
            target: 'es2022',
            moduleResolution: 'bundler',
            strict: true,
            noEmit: true,
            ignoreDeprecations: '6.0',
            types: ['node'],
          },
          include: ['src'],
        }),
      },
      {
        express: 'express',
        '@types/express': '@types/express',
        '@types/node': '@types/node',
        typescript: 'typescript',
        tsx: 'tsx',
        ...hot,
      },
      'tsx src/server.ts',
    )
    const before = sources(root)
    const { code, stdout } = hotCodemod(root, 'migrate', '--verify', '--yes', '--skip', 'types')
    expect(stdout).toMatch(/✗ src\/routes\/users\.ts {2}src\/routes\/users\.ts:2 has the type error TS1323: /)
    expect(stdout).toMatch(/✗ src\/routes\/posts\.ts {2}src\/routes\/posts\.ts:2 has the type error TS1323: /)
    expect(code).toBe(1)
    expect(sources(root)).toEqual(before)
  })

  it('prints the patch of what it has run with --dry-run, and writes nothing', async () => {
    const root = await appWith(naming)
    const before = sources(root)
    const { code, stdout, stderr } = hotCodemod(root, 'migrate', '--verify', '--dry-run')
    expect(stdout).toContain('+++ b/src/routes/posts.js')
    expect(stdout).not.toContain('+++ b/src/routes/users.js')
    expect(stderr).toContain('✗ src/routes/users.js')
    expect(code).toBe(1)
    expect(sources(root)).toEqual(before)
  })

  it('writes nothing where the application does not start under hot-hook, whatever file stays', async () => {
    // hot-runner has a channel to the process that it starts.
    const guard = "if (process.send) throw new Error('This server is not to be forked.')\n"
    const root = await appWith({ ...express, 'src/server.js': `${server}${guard}` })
    const before = sources(root)
    const { code, stdout } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stdout).toContain('✗ the application does not start (Error: This server is not to be forked)')
    expect(code).toBe(1)
    expect(sources(root)).toEqual(before)
  })

  it('asks for what is named by --url only', async () => {
    const root = await appWith(naming)
    const { code, stdout } = hotCodemod(root, 'migrate', '--verify', '--yes', '--url', '/users')
    expect(stdout).toContain('1 of 1 request answered as before')
    expect(code).toBe(0)
    expect(sources(root)['src/routes/users.js']).toContain("import('../controllers/users.js')")
  })

  it('runs nothing where nothing is left to be done', async () => {
    const root = await appWith({ ...express, 'src/server.js': "throw new Error('started')\n" + server })
    hotCodemod(root, 'migrate', '--yes')
    commit(root)
    const { code, stdout } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stdout).toContain('Nothing to do.')
    expect(code).toBe(0)
  })
})

describe('migrate --verify that cannot run', () => {
  it('says what to install', async () => {
    const root = await appWith(express, { express: 'express' })
    const before = sources(root)
    const { code, stderr } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stderr).toContain('`npm install -D hot-hook@^1.0.0 @hot-hook/runner@^1.0.0`')
    expect(code).toBe(2)
    expect(sources(root)).toEqual(before)
  })

  it('says that the application does not start as it is', async () => {
    const root = await appWith({ ...express, 'src/server.js': `${server}throw new Error('no database')\n` })
    const before = sources(root)
    const { code, stderr } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stderr).toContain('`node src/server.js` does not start before anything is changed')
    expect(stderr).toContain('no database')
    expect(code).toBe(2)
    expect(sources(root)).toEqual(before)
  })

  it('refuses to overwrite uncommitted changes before it runs anything', async () => {
    const root = await appWith({ ...express, 'src/server.js': `${server}throw new Error('no database')\n` })
    await writeFiles(root, { 'src/routes/users.js': routes('users', '// later\n') })
    const { code, stderr } = hotCodemod(root, 'migrate', '--verify', '--yes')
    expect(stderr).toContain('Uncommitted changes in src/routes/users.js would be overwritten.')
    expect(code).toBe(2)
  })

  it('removes its copies when it is aborted', async () => {
    const root = await appWith(express)
    const before = sources(root)
    const copies = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`hot-codemod-verify-${process.pid}-`))
    const controller = new AbortController()
    let found: string[] = []
    const onProgress = ({ doing }: Progress): void => {
      if (doing !== 'start') return
      found = copies()
      controller.abort()
    }
    await expect(migrateVerified({ directory: root, signal: controller.signal, onProgress })).rejects.toThrow()
    expect(found).toHaveLength(2)
    expect(copies()).toEqual([])
    expect(sources(root)).toEqual(before)
  })

  it('takes --url with --verify only', async () => {
    const root = await appWith(express)
    const { code, stderr } = hotCodemod(root, 'migrate', '--url', '/users')
    expect(stderr).toContain('--url says how to verify: it goes with --verify.')
    expect(code).toBe(2)
  })
})

describe('migrate() that leaves files alone', () => {
  const verdicts = async (root: string, options: MigrateOptions): Promise<Record<string, string>> => {
    const { imports, changes } = await migrate({ directory: root, ...options })
    const changed = changes.map(({ path }) => path.slice(root.length + 1))
    return Object.fromEntries(
      imports.map(({ path, names, verdict, reason }) => [
        `${path} ${names.join()}`,
        `${verdict} ${reason}${changed.includes(path) ? ', changed' : ''}`,
      ]),
    )
  }

  it('leaves handlers', async () => {
    const root = await appWith(express)
    expect(await verdicts(root, { leave: { 'src/routes/users.js': '/users fails' } })).toEqual({
      'src/routes/posts.js list': 'fix every-use-is-lazy, changed',
      'src/routes/users.js list': 'leave regressed',
    })
  })

  it('leaves mounts, and the handlers below them may be lazy', async () => {
    const root = await appWith(express)
    expect(await verdicts(root, { level: 'mount', leave: { 'src/server.js': '/users fails' } })).toEqual({
      'src/server.js users': 'leave regressed',
      'src/server.js posts': 'leave regressed',
      'src/routes/posts.js list': 'fix every-use-is-lazy, changed',
      'src/routes/users.js list': 'fix every-use-is-lazy, changed',
    })
  })

  it('has a handler stay static in the other file too, when one file imports it', async () => {
    const shared: Files = {
      ...express,
      'src/routes/posts.js': routes('posts').replace('controllers/posts.js', 'controllers/users.js'),
    }
    expect(await verdicts(await appWith(shared), {})).toEqual({
      'src/routes/posts.js list': 'fix every-use-is-lazy, changed',
      'src/routes/users.js list': 'fix every-use-is-lazy, changed',
    })
    expect(await verdicts(await appWith(shared), { leave: { 'src/routes/users.js': '/users fails' } })).toEqual({
      'src/routes/posts.js list': 'suggest also-static',
      'src/routes/users.js list': 'leave regressed',
    })
  })

  it('says why', async () => {
    const { imports } = await migrate({
      directory: await appWith(express),
      leave: { 'src/routes/users.js': '/users fails' },
    })
    expect(imports.find(({ path }) => path === 'src/routes/users.js')?.message).toBe(
      'The file is left as it is: with lazy imports in it, /users fails.',
    )
  })
})
