import { describe, expect, it, vi } from 'vitest'
import { BootError } from '../../../src/verify/session.ts'
import { remove, rewrite, start, writeApp, type Files } from './app.ts'
import { ask } from './requests.ts'

vi.setConfig({ testTimeout: 60_000 })

/** A route whose handler is in `src/users.js`, and one that shows what happened so far. */
const server: Files = {
  'src/server.js': `import express from 'express'
import { list } from './users.js'
import { models } from './models.js'

const app = express()
app.get('/', list)
app.get('/models', (req, res) => res.json([...models.keys()]))
app.listen(Number(process.env.PORT), '127.0.0.1')
`,
  'src/models.js': `export const models = new Map()
export const define = (name) => {
  models.set(name, { name })
  return { name }
}
`,
}

/** The rewritten application, if it is rewritten, and what a process answers first, or how it ends at its start. */
async function run(users: string, more: Files = {}): Promise<{ changed: string; before: string; after: string }> {
  const directory = await writeApp({ ...server, ...more, 'src/users.js': users }, { express: 'express' })
  async function answer(): Promise<string> {
    try {
      const session = await start(directory, { SECRET: '' })
      try {
        return (await ask(session.port, 'GET /models')).body
      } finally {
        await session.stop()
      }
    } catch (error) {
      if (!(error instanceof BootError)) throw error
      return /^\w*Error.*$/m.exec(error.log)?.[0] ?? error.log
    }
  }
  try {
    const before = await answer()
    const { 'src/server.js': changed = '' } = await rewrite(directory, { only: ['lazy-imports'] })
    return { changed, before, after: await answer() }
  } finally {
    await remove(directory)
  }
}

describe('what the start of the server does', () => {
  it.each([
    ['a model that is defined', `define('User')`, '["User"]'],
    ['a model that is defined and kept', `const User = define('User')`, '["User"]'],
    ['a model that is defined and exported', `export const User = define('User')`, '["User"]'],
    ['a property of a global', `models.size || models.set('one', 1)`, '["one"]'],
    ['a missing variable', `if (!process.env.SECRET) throw new Error('No SECRET.')`, 'Error: No SECRET.'],
    [
      'a missing variable that a function wants',
      `const required = (name) => {
  if (!process.env[name]) throw new TypeError('No ' + name)
  return process.env[name]
}
const secret = required('SECRET')`,
      'TypeError: No SECRET',
    ],
    [
      'a missing file',
      `import { readFileSync } from 'node:fs'
const text = readFileSync(new URL('nowhere.txt', import.meta.url), 'utf8')`,
      'Error: ENOENT: no such file or directory',
    ],
    ['a pattern that finds nothing', `const { secret } = JSON.parse('null')`, 'TypeError: Cannot destructure'],
    ['waiting', `await null\ndefine('User')`, '["User"]'],
  ])('%s is as before, and the handler lazy', async (_, statement, expected) => {
    const { changed, before, after } = await run(`import { define, models } from './models.js'
${statement}

export const list = (req, res) => {
  res.json(models.size)
}
`)
    expect(before.startsWith(expected), before).toBe(true)
    expect(after).toBe(before)
    expect(changed).toContain('\nawait users()\n')
  })

  it('is not awaited where there is nothing to do', async () => {
    const { changed, before, after } = await run(`import { models } from './models.js'

const pattern = /a/
const names = new Map([['a', 1]])
export const list = (req, res) => {
  res.json([models.size, names.size, pattern.test('a')])
}
`)
    expect([before, after]).toEqual(['[]', '[]'])
    expect(changed).toContain("const users = () => import('./users.js')\n")
    expect(changed).not.toContain('await users()\n')
  })

  it('is that of a module that only the handler imports', async () => {
    const { changed, before, after } = await run(
      `import './user.js'

export const list = (req, res) => {
  res.json([])
}
`,
      { 'src/user.js': `import { define } from './models.js'\n\ndefine('User')\n` },
    )
    expect([before, after]).toEqual(['["User"]', '["User"]'])
    expect(changed).toContain('\nawait users()\n')
  })
})
