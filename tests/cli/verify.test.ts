import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { remove, writeApp } from '../runtime/frameworks/app.ts'
import { hotCodemod, type Ran } from './run.ts'

vi.setConfig({ testTimeout: 120_000 })

const SERVER = `import { createServer } from 'node:http'
import { page } from './page.js'
const users = () => import('./handlers/users.js')
createServer(async (request, response) => {
  if (request.url === '/page') return response.end(page())
  response.end((await users()).list())
}).listen(process.env.PORT)
`
const FILES = {
  'src/server.js': SERVER,
  'src/page.js': "export const page = () => 'a page'\n",
  'src/handlers/users.js': "import { names } from '../names.js'\nexport const list = () => names.join()\n",
  'src/names.js': "export const names = ['the first name']\n",
}
const SCRIPT = 'node --import=hot-hook/register src/server.js'

interface Options {
  readonly files?: Readonly<Record<string, string>>
  readonly script?: string
  readonly packages?: Readonly<Record<string, string>>
}

/** An application in a temporary directory, with a commit. */
async function application({ files = {}, script = SCRIPT, packages }: Options = {}): Promise<string> {
  const directory = await writeApp(
    { ...FILES, ...files, '.gitignore': 'node_modules\n' },
    packages ?? { 'hot-hook': 'hot-hook' },
    {
      scripts: { dev: script },
      hotHook: { boundaries: ['./src/handlers/*.js'] },
    },
  )
  onTestFinished(() => remove(directory))
  git(directory, 'init', '--quiet')
  commit(directory, 'first')
  return directory
}

function git(directory: string, ...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd: directory,
    stdio: 'pipe',
  })
}

function commit(directory: string, message: string): void {
  git(directory, 'add', '--all')
  git(directory, 'commit', '--quiet', '--message', message)
}

const verify = (directory: string, ...args: readonly string[]): Ran => hotCodemod(directory, 'verify', ...args)

const version = `Node.js ${process.versions.node} · hot-hook 1.0.0 · ${SCRIPT}`

describe('verify', () => {
  it('shows what was asked, what was seen, and that it is as predicted', async () => {
    const { code, stdout } = verify(await application(), '--url', '/users', '--url', '/page')
    expect(stdout).toBe(`  node:http · ${version}

  2 requests   200 × 2

  4 files saved   hot 2   restart 2

  4 of 4 files as predicted.
`)
    expect(code).toBe(0)
  })

  it('finds the requests in the code, and names the files that none of them reaches', async () => {
    const directory = await application({
      files: {
        'src/server.js': SERVER.replace("'/page')", "'/page' || request.method !== 'POST')"),
      },
    })
    const { code, stdout } = verify(directory)
    expect(stdout)
      .toContain(`  2 files not reached   no request has the server load or use them. Name more with --url, such as --url 'POST /users {}'.
    src/handlers/users.js  predicted hot
    src/names.js  predicted hot
`)
    expect(code).toBe(0)
  })

  it('shows first what is stale, and exits with 1', async () => {
    const server = SERVER.replace('const users = () => import', 'const loaded = await import').replace(
      'await users()',
      'loaded',
    )
    const { code, stdout } = verify(await application({ files: { 'src/server.js': server } }), '--url', '/users')
    expect(stdout).toBe(`  node:http · ${version}

  ✗ src/handlers/users.js  stale  as predicted; hot-hook says it is reloaded, and the old code still answers /users
  ✗ src/names.js           stale  as predicted; hot-hook says it is reloaded, and the old code still answers /users

  1 request   200 × 1

  4 files saved   restart 2   stale 2

  4 of 4 files as predicted.
`)
    expect(code).toBe(1)
  })

  it('saves the files only that match', async () => {
    const { stdout } = verify(await application(), '--url', '/users', '--files', 'src/handlers/*,src/page.js')
    expect(stdout).toContain('  2 files saved   hot 1   restart 1\n')
  })

  it('saves the files only that differ from a ref', async () => {
    const directory = await application()
    writeFileSync(join(directory, 'src/names.js'), "export const names = ['another name']\n")
    const { stdout } = verify(directory, '--url', '/users', '--changed', 'HEAD')
    expect(stdout).toContain('  1 file saved   hot 1\n')
  })

  it('has nothing to save where nothing of the server differs', async () => {
    const { code, stdout } = verify(await application(), '--changed', 'HEAD')
    expect(stdout).toContain('  No file that the server loads has changed.\n')
    expect(code).toBe(0)
  })

  it('does not know a ref that git does not', async () => {
    const { code, stderr } = verify(await application(), '--changed', 'nowhere')
    expect(stderr).toContain('with nowhere:')
    expect(code).toBe(2)
  })

  it('says that a file is none of the server', async () => {
    const { code, stderr } = verify(await application(), '--files', 'package.json')
    expect(stderr).toBe('The server loads none of package.json. What it loads: hot-codemod graph --format json.\n')
    expect(code).toBe(2)
  })

  it('works in place, and puts everything back', async () => {
    const directory = await application()
    const { code } = verify(directory, '--url', '/users', '--in-place')
    expect(code).toBe(0)
    expect(readFileSync(join(directory, 'src/names.js'), 'utf8')).toBe(FILES['src/names.js'])
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: directory, encoding: 'utf8' })).toBe('')
  })

  it('prints JSON and nothing else', async () => {
    const { code, stdout, stderr } = verify(await application(), '--url', '/users', '--files', 'src/names.js', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      passes: true,
      command: SCRIPT,
      requests: [{ request: '/users', status: 200 }],
      files: [{ path: 'src/names.js', predicted: 'hot', observed: 'hot', agrees: true, passes: true, request: null }],
      against: null,
      timing: null,
      problems: [],
    })
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })
})

describe('what verify makes of answers', () => {
  it('does not pass where all requests fail', async () => {
    const server = SERVER.replace('response.end((await users()).list())', 'response.writeHead(500).end()')
    const { code, stdout } = verify(await application({ files: { 'src/server.js': server } }), '--url', '/users')
    expect(stdout).toContain('All requests fail before any file is saved (/users answers 500)')
    expect(code).toBe(1)
  })

  it('does not take one answer that fails for an error of the file', async () => {
    const server = SERVER.replace('createServer(async', 'let count = 0\ncreateServer(async').replace(
      'response.end((await',
      'if (++count % 4 === 0) return response.writeHead(503).end()\n  response.end((await',
    )
    const { code } = verify(await application({ files: { 'src/server.js': server } }), '--url', '/users')
    expect(code).toBe(0)
  })

  it('finds a constant that is kept, of which no function tells', async () => {
    const { code, stdout } = verify(
      await application({
        files: {
          'src/server.js': `import { createServer } from 'node:http'
const memo = (load) => {
  let kept
  return () => (kept ??= load())
}
const answer = memo(() => import('./handlers/users.js'))
createServer(async (request, response) => response.end(String((await answer()).answer))).listen(process.env.PORT)
`,
          'src/handlers/users.js': 'export const answer = 41\n',
        },
      }),
      ...['--url', '/users', '--files', 'src/handlers/users.js'],
    )
    expect(stdout).toContain('src/handlers/users.js  stale  ')
    expect(code).toBe(1)
  })

  it('finds that the old code runs beside the new one', async () => {
    const { code, stdout } = verify(
      await application({
        files: {
          'src/server.js': `import { createServer } from 'node:http'
const kept = []
createServer(async (request, response) => {
  const { count } = await import('./handlers/users.js')
  if (kept.length === 0) kept.push(count)
  response.end(String(request.url === '/kept' ? kept[0]() : count()))
}).listen(process.env.PORT)
`,
          'src/handlers/users.js': 'let calls = 0\nexport const count = () => (calls += 1)\n',
        },
      }),
      ...['--url', '/new', '--url', '/kept', '--files', 'src/handlers/users.js'],
    )
    expect(stdout).toContain(
      'src/handlers/users.js  stale  predicted hot; hot-hook says it is reloaded, and the old code still answers /kept',
    )
    expect(code).toBe(1)
  })
})

describe('verify --against', () => {
  it('finds the same answers', async () => {
    const directory = await application({ script: 'node src/server.js' })
    writeFileSync(
      join(directory, 'package.json'),
      readFileSync(join(directory, 'package.json'), 'utf8').replace('node src', 'node --import=hot-hook/register src'),
    )
    const { code, stdout } = verify(directory, '--url', '/users', '--against', 'HEAD')
    expect(stdout).toContain(`  Against HEAD   node src/server.js
    1 request answered the same
`)
    expect(code).toBe(0)
  })

  it('shows an answer that differs, and exits with 1', async () => {
    const directory = await application()
    writeFileSync(join(directory, 'src/names.js'), "export const names = ['another name']\n")
    const { code, stdout } = verify(directory, '--url', '/users', '--url', '/page', '--against', 'HEAD')
    expect(stdout).toContain(`    1 request answered the same
  ✗ /users  body
      before  the first name
      now     another name
`)
    expect(stdout).toContain('4 of 4 files as predicted; 1 request answered differently.')
    expect(code).toBe(1)
  })

  it('keeps what was seen when the other version does not start', async () => {
    const directory = await application({ files: { 'src/page.js': 'throw new Error()\n' } })
    writeFileSync(join(directory, 'src/page.js'), FILES['src/page.js'])
    const { code, stdout } = verify(directory, '--url', '/users', '--against', 'HEAD')
    expect(stdout).toContain(`✗ \`${SCRIPT}\` does not start in a copy of it.`)
    expect(stdout).toContain('4 of 4 files as predicted.')
    expect(code).toBe(1)
  })

  it('does not know a ref that git does not', async () => {
    const { code, stderr } = verify(await application(), '--against', 'nowhere')
    expect(stderr).toContain('There is no revision "nowhere"')
    expect(code).toBe(2)
  })
})

describe('verify --command', () => {
  it('starts the server in place of the script', async () => {
    const directory = await application({ script: 'node src/server.js' })
    const { code, stdout } = verify(directory, '--url', '/users', '--command', SCRIPT)
    expect(stdout).toContain(`  node:http · ${version}\n`)
    expect(stdout).toContain('4 of 4 files as predicted.')
    expect(code).toBe(0)
  })
})

describe('verify cannot run', () => {
  it('where the script does not start hot-hook', async () => {
    const directory = await application({ script: 'node src/server.js' })
    const { code, stderr } = verify(directory)
    expect(stderr).toContain('The script "dev" does not start hot-hook')
    expect(stderr).toContain('hot-codemod migrate')
    expect(code).toBe(2)
  })

  it('where hot-hook is not installed', async () => {
    const { code, stderr } = verify(await application({ packages: {} }))
    expect(stderr).toContain('hot-hook is not installed')
    expect(code).toBe(2)
  })

  it.each([
    [['--url', 'users'], 'users: write a path'],
    [['--header', 'nothing'], '--header nothing: write a name, a colon and a value'],
    [['--port', '0'], '--port 0: write a whole number from 1 to 65535.'],
    [['--timeout', 'long'], '--timeout long: write a whole number from 1 to 3600.'],
    [['--loader', 'none-such'], '--loader none-such: there are'],
  ])('with %j', async (args, message) => {
    const { code, stderr } = verify(await application(), ...args)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
