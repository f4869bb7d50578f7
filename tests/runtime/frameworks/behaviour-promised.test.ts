import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { boot } from '../../../src/verify/session.ts'
import { remove, rewrite, start, writeApp, type Files, type Packages } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Entries that start the server when a promise is fulfilled: TypeScript takes no `await` at their top level. */
const tsconfig = JSON.stringify({ compilerOptions: { module: 'es2020', target: 'es2020', allowJs: true } })

const express = `import express from 'express'

export async function build() {
  console.log('build')
  const app = express()
  app.get('/', (req, res) => {
    res.json([1])
  })
  app.get('/broken', async () => {
    throw new Error('Broken.')
  })
  return app
}
`
const fastify = `import Fastify from 'fastify'

export async function build() {
  console.log('build')
  const app = Fastify()
  app.addHook('onClose', (instance) => instance.log.info('closed'))
  app.get('/', () => [1])
  app.get('/broken', async () => {
    throw new Error('Broken.')
  })
  return app
}
`

function files(build: string, listen: string): Files {
  return {
    'tsconfig.json': tsconfig,
    'src/build.js': build,
    'src/server.js': `import { build } from './build.js'

const port = Number(process.env.PORT)
build().then((app) => {
  console.log('then')
  ${listen}
  console.log('end')
})
`,
  }
}

const APPS: readonly [name: string, packages: Packages, files: Files][] = [
  ['Express', { express: 'express' }, files(express, "app.listen(port, '127.0.0.1', () => console.log('listening'))")],
  [
    'Fastify',
    { fastify: 'fastify' },
    files(fastify, "app.listen({ port, host: '127.0.0.1' }).then(() => console.log('listening'))"),
  ],
]

describe.each(APPS)('%s, started when its promise is fulfilled', (_, packages, texts) => {
  /** What `run` finds out before and after; the entry is rewritten between. */
  async function compare<Result>(
    texts: Files,
    run: (directory: string) => Result,
  ): Promise<[before: Awaited<Result>, after: Awaited<Result>]> {
    const directory = await writeApp(texts, packages)
    try {
      const before = await run(directory)
      const { 'src/server.js': changed } = await rewrite(directory, { only: ['app-boundary'] })
      expect(changed).toContain('loadApp().then(({ app }) => app).then(')
      return [before, await run(directory)]
    } finally {
      await remove(directory)
    }
  }

  it('does the same in the same order, and answers the same', async () => {
    const [before, after] = await compare(texts, async (directory) => {
      const session = await start(directory)
      try {
        const answers = []
        for (const request of ['GET /', 'GET /none', 'GET /broken', 'POST / [1'])
          answers.push(await ask(session.port, request))
        const logged = session.log.split('\n').filter((line) => /^(?:build|then|end|listening)$/.test(line))
        return [...logged, ...answers.map(({ status, body }) => `${status} ${body.split(' at ')[0] ?? ''}`)]
      } finally {
        await session.stop()
      }
    })
    expect(after).toEqual(before)
    expect(before.slice(0, 5)).toEqual(['build', 'then', 'end', 'listening', '200 [1]'])
  })

  it.each([
    ['a module that fails', "\nthrow new Error('No secret.')\n", '\n'],
    ['a function that fails', "throw new Error('Not built.')", "console.log('build')"],
  ])('ends the process as before with %s', async (_, text, place) => {
    const failing = { ...texts, 'src/build.js': (texts['src/build.js'] ?? '').replace(place, text) }
    const [before, after] = await compare(failing, exitOf)
    expect(after).toBe(before)
    expect(before).toBe(1)
  })

  it('goes on after an edit with which it cannot be built', async () => {
    const directory = await writeApp(texts, { ...packages, 'hot-hook': 'hot-hook' })
    try {
      await rewrite(directory, { only: ['app-boundary', 'hot-hook-config'] })
      const session = await boot({
        directory,
        node: process.execPath,
        args: ['--import=hot-hook/register', 'src/server.js'],
        entry: 'src/server.js',
        env: { NODE_ENV: undefined, NODE_OPTIONS: undefined, VITEST: undefined },
        watcher: 'parent',
      })
      try {
        await session.hold()
        const path = join(directory, 'src/build.js')
        const save = async (text: string): Promise<number> => {
          await writeFile(path, text)
          expect(await session.reaction(path)).toMatchObject({ type: 'hot-hook:invalidated' })
          return (await ask(session.port, 'GET /')).status
        }
        const text = texts['src/build.js'] ?? ''
        const failing = text.replace("console.log('build')", "throw new Error('Not built.')")
        expect([await save(failing), await save(`${failing}// again\n`), await save(text)]).toEqual([500, 500, 200])
        expect(session.exited).toBe(false)
      } finally {
        await session.stop()
      }
    } finally {
      await remove(directory)
    }
  })
})

function exitOf(directory: string): number | null {
  const env = { PATH: process.env['PATH'], PORT: '0' }
  return spawnSync(process.execPath, ['src/server.js'], { cwd: directory, env, timeout: 20_000 }).status
}
