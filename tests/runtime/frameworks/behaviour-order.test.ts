import { describe, expect, it, vi } from 'vitest'
import { remove, rewrite, start, writeApp, type Files } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 60_000 })

const files: Files = {
  'src/server.js': `import { app } from './app.js'
import { log as write } from './log.js'
import { default as connect, host } from './db.js'
import './late.js'

write('start')
connect()
app.listen(Number(process.env.PORT), host)
`,
  'src/app.js': `import Koa from 'koa'
import { log } from './log.js'
import './schema.js'

log('app')
export const app = new Koa()
app.use((ctx) => {
  ctx.body = globalThis.order
})
`,
  'src/log.js': 'export const log = (what) => (globalThis.order ??= []).push(what)\n',
  'src/schema.js': "import { log } from './log.js'\nlog('schema ' + (process.env.STAGE ?? 'none'))\n",
  'src/db.js': `import { log } from './log.js'
log('db')
process.env.STAGE = 'db'
export const host = '127.0.0.1'
export default () => log('connected')
`,
  'src/late.js': "import { log } from './log.js'\nlog('late')\n",
}

describe('what the entry imports after the application', () => {
  it('is loaded after it, and in its order', async () => {
    const directory = await writeApp(files, { koa: 'koa' })
    async function answer(): Promise<string> {
      const session = await start(directory)
      try {
        return (await ask(session.port, 'GET /')).body
      } finally {
        await session.stop()
      }
    }
    try {
      const before = await answer()
      const { 'src/server.js': changed } = await rewrite(directory, { only: ['app-boundary'] })
      expect(changed).toContain(`const loadApp = () => import('./app.js')
await loadApp()
const { log: write } = await import('./log.js')
const { default: connect, host } = await import('./db.js')
await import('./late.js')
`)
      expect(await answer()).toBe(before)
      expect(before).toBe('["schema none","app","db","late","start","connected"]')
    } finally {
      await remove(directory)
    }
  })
})
