import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { progressOn, renderProgress } from '../../src/cli/progress.ts'
import { colours } from '../../src/cli/render/colours.ts'
import { cut, fitted, padded, widthOf } from '../../src/cli/render/fitted.ts'
import type { Progress } from '../../src/api.ts'
import { migrate } from '../../src/migrate.ts'
import { doctor } from '../../src/inspect.ts'
import { hotCodemodHere, hotCodemodOnTerminal } from './in-process.ts'
import { application, directoryWith } from './run.ts'

const on = (columns: number): { isTTY: boolean; columns: number } => ({ isTTY: true, columns })

describe('a line that is wider than the terminal', () => {
  it('goes on below its own start', () => {
    expect(fitted('  one two three four', on(12))).toBe('  one two\n  three four')
  })

  it('stays as it is when it just fits', () => {
    expect(fitted('  one two three', on(15))).toBe('  one two three')
  })

  it('goes on below its text after a sign', () => {
    expect(fitted('  ! one two three', on(11))).toBe('  ! one two\n    three')
  })

  it('goes on below its own start after a number', () => {
    expect(fitted('  9 one two three', on(11))).toBe('  9 one two\n  three')
  })

  it('goes on indented after a name and two spaces', () => {
    expect(fitted('  a.ts:1  one two three', on(14))).toBe('  a.ts:1  one\n    two three')
  })

  it('has its last column on a line of its own where that is short', () => {
    expect(fitted('   types   1   1   package.json: added', on(24))).toBe('   types   1   1\n     package.json: added')
  })

  it('has its last column wrapped in that column where there is room', () => {
    const line = `  Hot coverage   ${'word '.repeat(16).trimEnd()}`
    expect(fitted(line, on(60))).toBe(
      [`  Hot coverage   ${'word '.repeat(8).trimEnd()}`, `                 ${'word '.repeat(8).trimEnd()}`].join('\n'),
    )
  })

  it('has a path cut in the middle, with its end and its line', () => {
    expect(fitted('  src/controllers/users/list.ts:12', on(20))).toBe('  src/cont…ist.ts:12')
  })

  it('has another long word go on in the next line, and loses nothing of it', () => {
    expect(fitted('https://example.com/a/b', on(10))).toBe('https://ex\nample.com/\na/b')
  })

  it('is measured without its colours, which stay', () => {
    expect(fitted('\u001b[31mone two\u001b[39m three', on(13))).toBe('\u001b[31mone two\u001b[39m three')
    expect(fitted('\u001b[31mone two\u001b[39m three', on(8))).toBe('\u001b[31mone two\u001b[39m\nthree')
  })

  it('is measured in columns, of which a Chinese character takes two', () => {
    expect(fitted('路由 路由 路由', on(10))).toBe('路由 路由\n路由')
  })

  it('is indented by half of the terminal at most', () => {
    expect(fitted(`${' '.repeat(30)}one two`, on(10))).toBe('     one\n     two')
  })

  it('stays as it is where no terminal says how wide it is', () => {
    const line = 'one '.repeat(100)
    expect(fitted(line, { isTTY: true })).toBe(line)
    expect(fitted(line, { isTTY: true, columns: 0 })).toBe(line)
  })

  it('stays as it is where a program reads it', () => {
    expect(fitted('one two', { isTTY: false, columns: 4 })).toBe('one two')
  })
})

describe('the width of a text', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['한국', 4],
    ['한국'.normalize('NFD'), 4],
    ['🇦🇹', 2],
    ['👍🏽', 2],
    ['ｶ', 1],
    ['👩‍👩‍👧', 2],
    ['✗', 1],
    ['…', 1],
    ['\u001b[1mbold\u001b[22m', 4],
  ])('%j is %i', (text, width) => {
    expect(widthOf(text)).toBe(width)
  })

  it('is filled with spaces', () => {
    expect(padded('路由', 6)).toBe('路由  ')
    expect(padded('routes', 4)).toBe('routes')
  })

  it('is cut in the middle', () => {
    expect(cut('src/routes.ts', 9)).toBe('src/…s.ts')
    expect(cut('src/routes.ts', 13)).toBe('src/routes.ts')
  })
})

const long: Record<string, string> = {
  ...application,
  'start/a directory with a name that is long/管理者/routes.ts': application['start/routes.ts'] ?? '',
  'start/left.ts': `import router from '@adonisjs/core/services/router'
import UsersController from '#controllers/users_controller'
router.get('/', [UsersController, 'index'])
console.log(UsersController)
`,
}

describe.each([40, 60, 80, 200])('on a terminal of %i columns', (columns) => {
  it.each([
    ['migrate', ['migrate', '--show', 'skipped']],
    ['migrate --dry-run', ['migrate', '--dry-run']],
    ['doctor', ['doctor']],
  ])('%s writes no wider line', async (_, [command = '', ...options]) => {
    const { stdout, stderr } = await hotCodemodOnTerminal(
      [command, directoryWith(long), ...options],
      { CI: '1' },
      columns,
    )
    const report = options.includes('--dry-run') ? stderr : stdout
    expect(report).toContain('\u001b[')
    expect(report.split('\n').filter((line) => widthOf(line) > columns)).toEqual([])
  })
})

describe('a report that is read by a program', () => {
  it('has the same text as a wide terminal, without colours', async () => {
    const root = directoryWith(long)
    const { stdout } = await hotCodemodHere('doctor', root)
    const terminal = await hotCodemodOnTerminal(['doctor', root], {}, 10_000)
    expect(stdout).toBe(stripVTControlCharacters(terminal.stdout))
    expect(stdout).not.toContain('\u001b')
  })
})

describe('colours', () => {
  const isColoured = (isTTY: boolean, env: NodeJS.ProcessEnv): boolean =>
    colours({ stdout: Object.assign(new PassThrough(), { isTTY }), env }).isColorSupported

  it.each([
    ['are on on a terminal', true, {}, true],
    ['are off where a program reads', false, {}, false],
    ['are off with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['are on with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['are off on a dumb terminal', true, { TERM: 'dumb' }, false],
    ['are on with FORCE_COLOR where a program reads', false, { FORCE_COLOR: '1' }, true],
    ['are on with an empty FORCE_COLOR, as in Node.js', false, { FORCE_COLOR: '' }, true],
    ['are off with FORCE_COLOR=0 on a terminal', true, { FORCE_COLOR: '0' }, false],
    ['are off with FORCE_COLOR=false on a terminal', true, { FORCE_COLOR: 'false' }, false],
    ['are on with both, as in Node.js', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('%s', (_, isTTY, env, expected) => {
    expect(isColoured(isTTY, env)).toBe(expected)
  })
})

describe('progress', () => {
  const CLEAR = '\r\u001b[2K'

  /** What is written to standard error when a file is planned at each of `times`, in milliseconds. */
  function written(times: readonly number[], env: NodeJS.ProcessEnv = {}, isTTY = true): string {
    const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 })
    let now = 0
    const line = progressOn({ stderr, env }, () => now)
    for (const time of times) {
      now = time
      line.show({ doing: 'plan', done: time, total: 1000 })
    }
    line.clear()
    return String((stderr.read() as Buffer | null) ?? '')
  }

  it('shows one line that is written over, and is gone at the end', () => {
    expect(written([500, 1000])).toBe(
      `${CLEAR}  ━━━━━━━━━━──────────  planning 500/1000${CLEAR}  ━━━━━━━━━━━━━━━━━━━━  planning 1000/1000${CLEAR}`,
    )
  })

  it('shows nothing of what is soon done', () => {
    expect(written([1, 100, 299])).toBe('')
  })

  it('does not write for each file', () => {
    expect(written([500, 501, 502, 579]).split(CLEAR)).toHaveLength(3)
  })

  it.each([
    ['in CI', { CI: 'true' }, true],
    ['where standard error is no terminal', {}, false],
    ['on a dumb terminal', { TERM: 'dumb' }, true],
  ])('shows nothing %s', (_, env, isTTY) => {
    expect(written([500, 1000], env, isTTY)).toBe('')
  })

  it.each<[string, Progress, number, string]>([
    ['a total', { doing: 'ask', done: 3, total: 4 }, 80, '  ━━━━━━━━━━━━━━━─────  asking 3/4'],
    ['no total', { doing: 'read', done: 3 }, 80, '  reading 3'],
    ['no room for the bar', { doing: 'plan', done: 3, total: 4 }, 30, '  planning 3/4'],
    ['a long path', { doing: 'save', done: 3, total: 4, file: 'src/controllers/users.ts' }, 20, '  3/4 src…/users.ts'],
  ])('with %s', (_, progress, columns, expected) => {
    expect(renderProgress(progress, columns)).toBe(expected)
  })

  it('says of each file that it is planned', async () => {
    const seen: Progress[] = []
    await migrate({ directory: directoryWith(application), onProgress: (progress) => seen.push(progress) })
    expect(seen.slice(0, 7).map(({ doing, done, total }) => `${doing} ${done}/${total}`)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((done) => `plan ${done}/7`),
    )
  })

  it('says of each file that doctor reads it', async () => {
    const seen: Progress[] = []
    await doctor({ directory: directoryWith(application), onProgress: (progress) => seen.push(progress) })
    expect(seen.map(({ doing, done }) => `${doing} ${done}`)).toContain('read 5')
    expect(new Set(seen.map(({ doing }) => doing))).toEqual(new Set(['read']))
  })
})
