import { describe, expect, it } from 'vitest'
import { frameworks } from '../../src/frameworks/index.ts'
import { directoryWith } from '../codemods/run.ts'

describe.each(Object.entries(frameworks))('%s', (name, framework) => {
  it('is registered under its name', () => {
    expect(framework.name).toBe(name)
  })
  it('leaves tests and declarations out of the server', () => {
    expect(framework.outsideServer.test('tests/users.ts')).toBe(true)
    expect(framework.outsideServer.test('src/users.spec.ts')).toBe(true)
    expect(framework.outsideServer.test('src/types.d.ts')).toBe(true)
    expect(framework.outsideServer.test('src/users.ts')).toBe(false)
    expect(framework.outsideServer.test('src/contest.ts')).toBe(false)
  })
  it('loads nothing of an empty project', () => {
    expect(framework.loads(directoryWith({}), () => undefined, undefined)).toEqual([])
  })
})
