import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { application, directoryWith, filesIn, hotCodemod, repositoryWith } from './run.ts'

describe('hot-codemod undo', () => {
  it('puts back what migrate changed', () => {
    const root = repositoryWith(application)
    const migrated = hotCodemod(root, 'migrate', '--yes')
    expect(migrated.stdout).toContain('To take it back: hot-codemod undo')
    const { code, stdout } = hotCodemod(root, 'undo')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}Undone\. 2 files put back: \S+\n {3}start\/routes\.ts\n {3}package\.json\n$/)
    expect(filesIn(root)).toEqual(application)
  })

  it('works in a directory that git does not know, and from below', () => {
    const root = directoryWith(application)
    hotCodemod(root, 'migrate', '--yes')
    expect(hotCodemod(join(root, 'app'), 'undo').code).toBe(0)
    expect(filesIn(root)).toEqual(application)
  })

  it('says so where a file was edited since, and changes nothing', () => {
    const root = repositoryWith(application)
    hotCodemod(root, 'migrate', '--yes')
    writeFileSync(join(root, 'start/routes.ts'), 'edited')
    const before = filesIn(root)
    const { code, stdout, stderr } = hotCodemod(root, 'undo')
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('start/routes.ts was edited since migration')
    expect(filesIn(root)).toEqual(before)
  })

  it('takes an id anywhere in the repository', () => {
    const root = repositoryWith({
      ...Object.fromEntries(Object.entries(application).map(([path, text]) => [`one/${path}`, text])),
      'two/package.json': '{}',
    })
    const { id } = JSON.parse(hotCodemod(join(root, 'one'), 'migrate', '--yes', '--json').stdout) as { id: string }
    expect(hotCodemod(join(root, 'two'), 'undo').code).toBe(2)
    expect(hotCodemod(join(root, 'two'), 'undo', id).code).toBe(0)
    expect(filesIn(root)['one/start/routes.ts']).toBe(application['start/routes.ts'])
  })

  it('says so where there is nothing to undo', () => {
    const root = repositoryWith(application)
    expect(hotCodemod(root, 'undo')).toMatchObject({
      code: 2,
      stderr: `There is nothing to undo in ${root}: no migration was applied there, or it was undone.\n`,
    })
  })

  it('--list and --json name what there is, and what was put back', () => {
    const root = repositoryWith(application)
    expect(hotCodemod(root, 'undo', '--list').stdout).toBe('  There is nothing to undo.\n')
    const { id } = JSON.parse(hotCodemod(root, 'migrate', '--yes', '--json').stdout) as { id: string }
    expect(hotCodemod(root, 'undo', '--list').stdout).toBe(`  ${id}  2 files  start/routes.ts, …\n`)
    const files = ['start/routes.ts', 'package.json'].map((path) => join(root, path))
    expect(JSON.parse(hotCodemod(root, 'undo', '--list', '--json').stdout)).toEqual({
      version: 1,
      migrations: [{ id, state: 'applied', files }],
    })
    expect(JSON.parse(hotCodemod(root, 'undo', id, '--json').stdout)).toEqual({
      version: 1,
      id,
      restored: files,
      removed: [],
    })
  })
})
