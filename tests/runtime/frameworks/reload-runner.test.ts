import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { freePort } from '../../../src/verify/session.ts'
import { remove, rewrite, writeApp, type Files, type Packages } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 120_000 })

const programs = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))

/** Runs the script `dev` of the application in `directory`, with its port in `PORT`. */
async function runDev(directory: string, port: number): Promise<ChildProcess> {
  await symlink(programs, join(directory, 'node_modules/.bin'), 'junction')
  const { scripts } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  const path = [join(directory, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  return spawn(scripts.dev, {
    cwd: directory,
    shell: true,
    detached: true,
    stdio: 'ignore',
    env: {
      ...process.env,
      PATH: path,
      PORT: String(port),
      NODE_ENV: undefined,
      NODE_OPTIONS: undefined,
      VITEST: undefined,
    },
  })
}

/** Writes a text, and waits for the answer of GET / that shows it. The watcher may start late, so the file is touched. */
async function saveUntil(path: string, text: string, port: number, answer: RegExp): Promise<string> {
  await writeFile(path, text)
  let last = ''
  await expect
    .poll(
      async () => {
        await utimes(path, new Date(), new Date())
        const reply = await ask(port, 'GET /').catch(() => undefined)
        return (last = reply ? `${reply.status} ${reply.body}` : '')
      },
      { interval: 400, timeout: 30_000 },
    )
    .toMatch(answer)
  return last
}

const pidOf = (answer: string): string | undefined => /pid=(\d+)/.exec(answer)?.[1]

interface Dev {
  readonly name: string
  readonly dev: string
  readonly packages: Packages
  readonly files: Files
  readonly entry: string
  readonly handler: string
}

const express = (types: string): string => `import express from 'express'
import { list } from './users.js'

const app = express()
app.get('/', list)
app.use((err${types}, req${types}, res${types}, next${types}) => {
  res.status(500).send('caught')
})
app.listen(Number(process.env.PORT), '127.0.0.1')
`

const cases: readonly Dev[] = [
  {
    name: 'node --watch, Express 5',
    dev: 'node --watch src/server.js',
    packages: { express: 'express' },
    entry: 'src/server.js',
    handler: 'src/users.js',
    files: {
      'src/server.js': express(''),
      'src/users.js': `export const list = (req, res) => res.send('list=1 pid=' + process.pid)
`,
    },
  },
  {
    name: 'nodemon, Express 4',
    dev: 'nodemon src/server.js',
    packages: { express: 'express4' },
    entry: 'src/server.js',
    handler: 'src/users.js',
    files: {
      'src/server.js': express(''),
      'src/users.js': `export const list = (req, res) => res.send('list=1 pid=' + process.pid)
`,
    },
  },
  {
    name: 'tsx watch, Express 5',
    dev: 'tsx watch src/server.ts',
    packages: { express: 'express', tsx: 'tsx' },
    entry: 'src/server.ts',
    handler: 'src/users.ts',
    files: {
      'src/server.ts': express(': any'),
      'src/users.ts': `import type { Request, Response } from 'express'

export const list = (req: Request, res: Response) => {
  res.send('list=1 pid=' + process.pid)
}
`,
    },
  },
]

describe.each(cases)('$name', ({ dev, packages, files, entry, handler }) => {
  it('runs under hot-runner: a handler is hot, also when it was broken, and the entry restarts', async () => {
    const directory = await writeApp(files, { ...packages, 'hot-hook': 'hot-hook' }, { scripts: { dev } })
    let child: ChildProcess | undefined
    try {
      await rewrite(directory, {})
      const port = await freePort()
      child = await runDev(directory, port)
      const [handlerPath, entryPath] = [join(directory, handler), join(directory, entry)]
      const [text, entryText] = [await readFile(handlerPath, 'utf8'), await readFile(entryPath, 'utf8')]

      const first = await saveUntil(handlerPath, text, port, /^200 list=1/)
      const second = await saveUntil(handlerPath, text.replace('list=1', 'list=2'), port, /^200 list=2/)
      expect(pidOf(second)).toBe(pidOf(first))

      await saveUntil(handlerPath, `${text} (`, port, /^500 caught/)
      const mended = await saveUntil(handlerPath, text.replace('list=1', 'list=3'), port, /^200 list=3/)
      expect(pidOf(mended)).toBe(pidOf(first))

      await writeFile(entryPath, `${entryText}// saved\n`)
      await expect
        .poll(
          async () => {
            const reply = await ask(port, 'GET /').catch(() => undefined)
            return pidOf(reply?.body ?? '') ?? pidOf(first)
          },
          { interval: 200, timeout: 30_000 },
        )
        .not.toBe(pidOf(first))
    } finally {
      if (child?.pid !== undefined) {
        const ended = once(child, 'close')
        process.kill(-child.pid, 'SIGKILL')
        await ended
      }
      await remove(directory)
    }
  })
})
