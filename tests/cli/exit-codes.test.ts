import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { manifest, server } from '../doctor/server.ts'
import { remove, writeApp } from '../runtime/frameworks/app.ts'
import { hotCodemodHere } from './in-process.ts'
import { application, directoryWith, hotCodemod, repositoryWith } from './run.ts'

vi.setConfig({ testTimeout: 120_000 })

type Files = Readonly<Record<string, string>>

const NOTHING: Files = { 'readme.txt': '' }

/** A server that is started without hot-hook. */
const cold: Files = { ...server, 'package.json': manifest({ scripts: { dev: 'tsx watch src/server.ts' } }) }

type Row = readonly [code: 0 | 1 | 2, when: string, files: Files, args: readonly string[]]

/** `.` is the directory with the files. */
const TABLE: readonly Row[] = [
  [1, 'it was not applied, since nobody can be asked', application, ['migrate', '.']],
  [1, 'there is something to change', application, ['migrate', '.', '--patch', './hot.patch']],
  [2, 'there is no project', NOTHING, ['migrate', '.']],
  [2, 'a file does not parse', { ...application, 'start/routes.ts': 'import {' }, ['migrate', '.', '--yes']],
  [2, 'there is no such option', application, ['migrate', '.', '--no-such-option']],
  [2, 'there is no such codemod', application, ['migrate', '.', '--only', 'none']],
  [0, 'nothing is wrong', server, ['doctor', '.']],
  [0, 'there are warnings only', { ...server, 'src/server.ts': "import './routes/users.js'\n" }, ['doctor', '.']],
  [1, 'there is an error', cold, ['doctor', '.']],
  [1, 'less is hot than is asked for', server, ['doctor', '.', '--min-coverage', '90']],
  [2, 'there is no project', NOTHING, ['doctor', '.']],
  [0, 'it is explained', server, ['explain', './src/services/users.ts']],
  [2, 'there is no such file', server, ['explain', './src/none.ts']],
  [0, 'it is drawn', server, ['graph', '.', '--format', 'dot']],
  [2, 'there is no project', NOTHING, ['graph', '.']],
  [2, 'there is nothing to undo', NOTHING, ['undo', '20000101T000000000Z-000000']],
  [2, 'hot-hook does not run', cold, ['verify', '.']],
  [2, 'there is no such command', NOTHING, ['no-such-command']],
]

/** The same arguments, in a directory with the files. */
function argumentsIn(files: Files, args: readonly string[]): string[] {
  const root = directoryWith(files)
  return args.map((argument) => argument.replace(/^\.(?=$|\/)/, root))
}

describe('the exit code is', () => {
  it.each(TABLE)('%i when %s', async (code, _, files, args) => {
    const ran = await hotCodemodHere(...argumentsIn(files, args))
    expect({ args, code: ran.code }).toEqual({ args, code })
    // What could not run says why on standard error, to people, and prints nothing else.
    if (code !== 2) return
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/^\S/)
    expect(ran.stderr).not.toMatch(/^ {4}at /m)
  })

  it('that of the process, which asks nobody where standard input is closed', () => {
    const root = directoryWith(application)
    expect(hotCodemod(root, 'migrate').code).toBe(1)
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(0)
    expect(hotCodemod(root, 'migrate', '--only', 'none').code).toBe(2)
  })

  it('2 when what would be overwritten is not committed', () => {
    const root = repositoryWith(application)
    appendFileSync(join(root, 'start/routes.ts'), '// edited\n')
    expect(hotCodemod(root, 'migrate', '--yes').code).toBe(2)
    expect(hotCodemod(root, 'migrate', '--yes', '--allow-dirty').code).toBe(0)
  })

  it('0 when it was undone', () => {
    const root = directoryWith(application)
    hotCodemod(root, 'migrate', '--yes')
    expect(hotCodemod(root, 'undo').code).toBe(0)
  })

  it.each([
    [0, 'each file does as predicted', 'const users = () =>', '(await users())'],
    [1, 'old code goes on answering', 'const users = await', 'users'],
  ])('%i when verify sees that %s', async (code, _, load, use) => {
    const root = await writeApp(
      {
        'src/server.js': `import { createServer } from 'node:http'
${load} import('./handlers/users.js')
createServer(async (request, response) => response.end(${use}.list())).listen(process.env.PORT)
`,
        'src/handlers/users.js': "export const list = () => 'the users'\n",
      },
      { 'hot-hook': 'hot-hook' },
      {
        scripts: { dev: 'node --import=hot-hook/register src/server.js' },
        hotHook: { boundaries: ['./src/handlers/*.js'] },
      },
    )
    try {
      expect(hotCodemod(root, 'verify', '--url', '/users').code).toBe(code)
    } finally {
      await remove(root)
    }
  })
})

describe('with --json, a command that could not run says why as JSON, and nothing else', () => {
  it.each<[command: string, files: Files, args: readonly string[]]>([
    ['migrate', NOTHING, ['.']],
    ['migrate', application, ['.', '--no-such-option']],
    ['doctor', NOTHING, ['.']],
    ['doctor', server, ['.', '--min-coverage', '101']],
    ['explain', server, ['./src/none.ts']],
    ['explain', server, []],
    ['graph', NOTHING, ['.']],
    ['undo', NOTHING, ['20000101T000000000Z-000000']],
    ['verify', cold, ['.']],
    ['no-such-command', NOTHING, []],
  ])('%s', async (command, files, args) => {
    const { code, stdout, stderr } = await hotCodemodHere(command, ...argumentsIn(files, args), '--json')
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toEqual({ version: 1, error: { message: expect.stringMatching(/^\S.+\.$/s) as string } })
  })
})
