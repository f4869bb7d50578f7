import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { main } from '../../dist/src/cli/main.js'
import { application, filesIn, repositoryWith } from './run.ts'

/** Runs `migrate` as on a terminal where a person types `answers`. */
async function migrateWith(
  root: string,
  answers: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; shown: string }> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const stdout = Object.assign(new PassThrough(), { isTTY: true })
  const stderr = new PassThrough()
  let shown = ''
  stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    if (text.includes('Apply?')) stdin.write(`${answers[asked++] ?? 'n'}\n`)
  })
  let asked = 0
  const code = await main(['migrate', root], { stdin, stdout, stderr, env: { NO_COLOR: '1', ...env } })
  return { code, shown }
}

describe('on a terminal, migrate asks', () => {
  it('and applies on yes', async () => {
    const root = repositoryWith(application)
    const { code, shown } = await migrateWith(root, 'y')
    expect(code).toBe(0)
    expect(shown).toContain('Done. 2 files written.')
    expect(filesIn(root)['start/routes.ts']).toContain('() => import(')
  })

  it('and writes nothing on no', async () => {
    const root = repositoryWith(application)
    const { code, shown } = await migrateWith(root, 'n')
    expect(code).toBe(1)
    expect(shown).toContain('Nothing was written.')
    expect(filesIn(root)).toEqual(application)
  })

  it('and shows the diff and what is skipped before', async () => {
    const root = repositoryWith(application)
    const { code, shown } = await migrateWith(root, 'dsn')
    expect(code).toBe(1)
    expect(shown).toContain("+const UsersController = () => import('#controllers/users_controller')")
    expect(shown).toContain('No import is left alone.')
  })

  it('but not in CI', async () => {
    const root = repositoryWith(application)
    const { code, shown } = await migrateWith(root, 'y', { CI: 'true' })
    expect(code).toBe(1)
    expect(shown).not.toContain('Apply?')
    expect(filesIn(root)).toEqual(application)
  })
})
