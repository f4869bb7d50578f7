import { spawnSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { remove, rewrite, start, writeApp, type Files } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 60_000 })

/** Entries of which everything waits for the application: TypeScript takes no `await` at their top level. */
const tsconfig = JSON.stringify({ compilerOptions: { module: 'es2020', target: 'es2020', allowJs: true } })

const server = `import { order } from './order.js'
import { app } from './app.js'

process.on('unhandledRejection', () => order.set('rejection'))
order.set('start')
const host = '127.0.0.1'
app.listen(Number(process.env.PORT), host, () => order.set('listening'))
order.set('end')
`

/** @param app what the module of the application does first. */
function files(app: string, more = ''): Files {
  return {
    'tsconfig.json': tsconfig,
    'src/server.js': server,
    'src/order.js': `export const order = new Map()\n${more}`,
    'src/app.js': `import Koa from 'koa'
import { order } from './order.js'

order.set('app')
${app}
export const app = new Koa()
app.use((ctx) => {
  ctx.body = [...order.keys()]
})
`,
  }
}

/** What `run` finds out before and after; the entry is rewritten between. */
async function compare<Result>(
  texts: Files,
  run: (directory: string) => Result,
): Promise<[before: Awaited<Result>, after: Awaited<Result>]> {
  const directory = await writeApp(texts, { koa: 'koa' })
  try {
    const before = await run(directory)
    const { 'src/server.js': changed } = await rewrite(directory, { only: ['app-boundary'] })
    expect(changed).toContain('loadApp().then(() => {\n')
    return [before, await run(directory)]
  } finally {
    await remove(directory)
  }
}

describe('an entry that waits for its application without await', () => {
  it('does the same in the same order before it listens', async () => {
    const [before, after] = await compare(files(''), async (directory) => {
      const session = await start(directory)
      try {
        return (await ask(session.port, 'GET /')).body
      } finally {
        await session.stop()
      }
    })
    expect(after).toBe(before)
    expect(before).toBe('["app","start","end","listening"]')
  })

  it.each([
    ['an application that fails', "throw new Error('No application.')", '', 1],
    [
      'an application that fails, and rejections that are listened to',
      "throw new Error('No application.')",
      "process.on('unhandledRejection', () => process.exit(3))\n",
      1,
    ],
    [
      'an application that fails, and errors that are listened to',
      "throw new Error('No application.')",
      "process.on('uncaughtException', () => process.exit(4))\n",
      4,
    ],
  ])('ends the process as before with %s', async (_, app, more, status) => {
    const [before, after] = await compare(files(app, more), exitOf)
    expect(after).toBe(before)
    expect(before).toBe(status)
  })

  it('ends the process as before with a statement of its own that fails', async () => {
    const text = server.replace("order.set('start')", "throw new Error('No port.')")
    const [before, after] = await compare({ ...files(''), 'src/server.js': text }, exitOf)
    expect(after).toBe(before)
    expect(before).toBe(1)
  })
})

function exitOf(directory: string): number | null {
  const env = { PATH: process.env['PATH'], PORT: '0' }
  return spawnSync(process.execPath, ['src/server.js'], { cwd: directory, env, timeout: 20_000 }).status
}
