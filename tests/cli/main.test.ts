import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/cli/nearest.ts'
import { hotCodemodHere } from './in-process.ts'
import { hotCodemod } from './run.ts'

describe('hot-codemod', () => {
  it('without a command prints the help and could not run', () => {
    const { code, stdout, stderr } = hotCodemod('/')
    expect(code).toBe(2)
    expect(stdout).toContain('Usage\n  hot-codemod migrate [directory]')
    expect(stderr).toBe('')
  })

  it('--help prints the same and is done', () => {
    const { code, stdout } = hotCodemod('/', '--help')
    expect(code).toBe(0)
    expect(stdout).toBe(hotCodemod('/').stdout)
  })

  it('--version prints that of package.json', async () => {
    const { code, stdout } = await hotCodemodHere('--version')
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } })
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${manifest.version}\n` })
  })

  it('help <command> is <command> --help', async () => {
    const asked = await hotCodemodHere('help', 'migrate')
    expect(asked.code).toBe(0)
    expect(asked.stdout).toContain('hot-codemod migrate [directory]')
    expect(asked).toEqual(await hotCodemodHere('migrate', '--help'))
  })
})

describe('what there is not, is named with what was meant', () => {
  it('a command', async () => {
    expect(await hotCodemodHere('migarte')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'There is no command `migarte`. Did you mean migrate? See hot-codemod --help.\n',
    })
  })

  it('a command that is like none', async () => {
    const { code, stderr } = await hotCodemodHere('install')
    expect(code).toBe(2)
    expect(stderr).toBe('There is no command `install`. See hot-codemod --help.\n')
  })

  it('a command asked about', async () => {
    const { code, stderr } = await hotCodemodHere('help', 'docter')
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean doctor?')
  })

  it('an option', async () => {
    expect(await hotCodemodHere('migrate', '--dryrun')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'There is no option --dryrun. Did you mean --dry-run?\nSee hot-codemod migrate --help.\n',
    })
  })

  it('an option with a value', async () => {
    const { code, stderr } = await hotCodemodHere('doctor', '--min-covrage=90')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^There is no option --min-covrage\. Did you mean --min-coverage\?$/m)
  })

  it('an option that is like none', async () => {
    const { code, stderr } = await hotCodemodHere('doctor', '--frobnicate')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^There is no option --frobnicate\.$/m)
  })

  it('a letter', async () => {
    const { code, stderr } = await hotCodemodHere('migrate', '-x')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^There is no option -x\.$/m)
  })

  it('but an option without its value is said as such', async () => {
    const { code, stderr } = await hotCodemodHere('migrate', '--level')
    expect(code).toBe(2)
    expect(stderr).toMatch(/'--level <value>' argument missing/)
  })
})

describe('nearest', () => {
  const names = ['migrate', 'doctor', 'explain', 'graph', 'verify']

  it.each([
    ['migrat', 'migrate'],
    ['migratee', 'migrate'],
    ['migarte', 'migrate'],
    ['grahp', 'graph'],
    ['verfy', 'verify'],
    ['exp', 'explain'],
  ])('%s is %s', (text, meant) => {
    expect(nearest(text, names)).toBe(meant)
  })

  it.each(['', 'tree', 'help', 'install'])('%j is none of them', (text) => {
    expect(nearest(text, names)).toBeUndefined()
  })

  it('of two that begin so, it is neither', () => {
    expect(nearest('do', ['document', 'doctor-all'])).toBeUndefined()
  })
})
